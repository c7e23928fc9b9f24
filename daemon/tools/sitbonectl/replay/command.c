/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "configure/exercises.h"
#include "configure/response_curve.h"
#include "contract/live_fill.h"
#include "core/estimate/estimate.h"
#include "core/pipeline.h"
#include "tools/sitbonectl/commands.h"
#include "tools/sitbonectl/replay/json.h"
#include "tools/sitbonectl/replay/learn.h"
#include "tools/sitbonectl/replay/summary.h"
#include "tools/sitbonectl/replay/time.h"
#include "tools/sitbonectl/source.h"
#include "tools/sitbonectl/view/values.h"
#include "tools/sitbonectl/what_if.h"

enum { STALE_PERIODS = 4 };

enum {
        NEAR_S = 900, /* alerts of one kind in two runs that are this close count as one that moved */
        END_S = 2,    /* a recording ends at most this long after its last frame */
};

/* Called after every decision, whether a frame came or only time passed. */
typedef void (*replay_fn)(void *userdata, const struct snapshot *snapshot);

struct replay {
        struct pipeline pipeline;
        struct snapshot snapshot;
        struct exercise_catalogue exercises;
        struct source *source;
        uint64_t deadline_us;
        replay_fn decided;
        void *userdata;
};

static void step_pipeline(struct replay *r, const struct frame *frame, uint64_t now_us) {
        struct health *h = &r->snapshot.health;

        h->frames += frame != NULL;
        h->mat_online = true;
        r->deadline_us = pipeline_step(&r->pipeline, frame, now_us, &r->snapshot);
        r->decided(r->userdata, &r->snapshot);
}

/* Makes the decisions that the daemon's timer would have made before this frame. */
static void let_time_pass(struct replay *r, uint64_t until_us) {
        while (r->deadline_us < until_us) {
                uint64_t now_us = r->deadline_us;

                if (now_us <= r->snapshot.now_us) /* at most a thousand decisions a second */
                        now_us = r->snapshot.now_us + 1000;
                if (now_us >= until_us)
                        return;
                step_pipeline(r, NULL, now_us);
        }
}

static void on_frame(void *userdata, const struct frame *frame, const struct recording_row *row) {
        struct replay *r = userdata;

        (void)row;
        let_time_pass(r, frame->arrived_us);
        step_pipeline(r, frame, frame->arrived_us);
}

/* A recording may be slower than any mat that the stale limit was made for: the mat would count as silent before every frame. */
static void suit_stale_limit(struct source *s) {
        double period_s = source_period_s(s), limit_ms = ceil(period_s * STALE_PERIODS * 1000);

        if (!isfinite(limit_ms) || limit_ms <= s->settings.device.stale_ms)
                return;
        if (limit_ms > 3600e3)
                limit_ms = 3600e3;
        fprintf(stderr, "note: a frame comes every %.2f s; the mat counts as silent after %.1f s instead of %.1f s\n",
                period_s, limit_ms / 1000, s->settings.device.stale_ms / 1000.0);
        s->settings.device.stale_ms = (int32_t)limit_ms;
}

/* Alerts work without exercises, but a catalogue given by the user must be readable. */
static int load_exercises(const char *path, struct exercise_catalogue *ret) {
        struct config_errors *mistakes = calloc(1, sizeof(*mistakes));
        int status = STATUS_DONE;

        if (!mistakes) {
                complain("out of memory");
                return STATUS_FAILED;
        }
        exercises_load(path, mistakes, ret);
        for (int i = 0; path && i < mistakes->n && i < CONFIG_ERRORS_MAX; i++)
                complain("%s", mistakes->text[i]);
        if (mistakes->n && path)
                status = STATUS_USAGE;
        else if (mistakes->n)
                fprintf(stderr, "note: alerts name no exercise (%s); add --exercises FILE\n", mistakes->text[0]);
        free(mistakes);
        return status;
}

/* Loads the response curves of the settings, if there are any. */
static int load_response(struct replay *r) {
        const char *path = r->source->settings.condition.response_file;
        struct config_errors *mistakes = calloc(1, sizeof(*mistakes));
        struct response *response = mistakes && *path ? response_load(path, mistakes) : NULL;
        int status = mistakes && mistakes->n == 0 ? STATUS_DONE : STATUS_USAGE;

        for (int i = 0; mistakes && i < mistakes->n && i < CONFIG_ERRORS_MAX; i++)
                complain("%s", mistakes->text[i]);
        if (!condition_set_response(&r->pipeline.condition, response) && response) {
                complain("%s: curves of %u cells, the recording has %u", path, response->n_cells,
                         r->source->recording.layout.geometry.n_cells);
                status = STATUS_USAGE;
        }
        free(response);
        free(mistakes);
        return status;
}

/* Replays from the beginning with a profile of the sitter (may be NULL). */
static int run_pass(struct replay *r, const struct profile *profile, replay_fn decided, void *userdata) {
        struct source *source = r->source;
        char error[RECORDING_ERROR_MAX];
        int status = source_open(source, error);

        if (status != STATUS_DONE) {
                complain("%s: %s%s", source->path, error,
                         source->format || source->recording.native ? "" : " (raw wire bytes need --format NAME)");
                return status;
        }
        memset(&r->snapshot, 0, sizeof(r->snapshot));
        r->deadline_us = UINT64_MAX;
        r->decided = decided;
        r->userdata = userdata;
        pipeline_init(&r->pipeline, &source->settings, &source->recording.layout.geometry, &r->exercises);
        status = load_response(r);
        if (status != STATUS_DONE)
                return status;
        if (profile)
                estimate_load_profile(&r->pipeline.estimate, profile, NAN, source->recording.layout.geometry.n_cells);
        recording_each(&source->recording, &source->frame, on_frame, r);
        if (source->recording.frames > 0)
                return STATUS_DONE;
        complain("%s: no frame in it; sitbonectl check %s reports why", source->path, source->path);
        return STATUS_FAILED;
}

/* Replays once, or twice if there is something to learn: first to learn, then to decide with the profile. */
static int run_passes(struct replay *r, struct replay_learner *learner, replay_fn decided, void *userdata) {
        struct profile *profile = NULL;
        int status = STATUS_DONE;

        if (learner) {
                profile = calloc(1, sizeof(*profile));
                status = profile ? run_pass(r, NULL, replay_learner_decided, learner) : STATUS_FAILED;
                if (status == STATUS_DONE)
                        status = replay_learner_finish(learner, r->source->recording.layout.geometry.n_cells, profile);
        }
        if (status == STATUS_DONE)
                status = run_pass(r, profile, decided, userdata);
        free(profile);
        return status;
}

static int replay_source(struct source *source, const struct options *options, replay_fn decided, void *userdata) {
        struct replay *r = calloc(1, sizeof(*r));
        struct replay_learner *learner = NULL;
        int status;

        if (!r) {
                complain("out of memory");
                return STATUS_FAILED;
        }
        r->source = source;
        status = replay_learner_new(options, &learner);
        if (status == STATUS_DONE)
                status = load_exercises(exercises_path(options, &source->settings), &r->exercises);
        if (status == STATUS_DONE) {
                suit_stale_limit(source);
                status = run_passes(r, learner, decided, userdata);
        }
        replay_learner_free(learner);
        free(r);
        return status;
}

static int replay_as_json(struct source *source, const struct options *options) {
        struct replay_json *json = replay_json_new(stdout);
        int status = STATUS_FAILED;

        if (json)
                status = replay_source(source, options, replay_json_decided, json);
        replay_json_free(json);
        return status;
}

static int replay_as_summary(struct source *source, const struct options *options) {
        struct replay_summary *summary = replay_summary_new(options->teach.n > 0);
        int status = STATUS_FAILED;

        if (summary)
                status = replay_source(source, options, replay_summary_decided, summary);
        if (status == STATUS_DONE)
                replay_summary_print(summary, stdout, source->path, &source->recording);
        replay_summary_free(summary);
        return status;
}

/* A picture of the last decision up to a moment. */
struct picture {
        double at_s, taken_s; /* taken_s NAN = none yet */
        const struct settings *settings;
        struct view view;
};

/* Fills *v as the daemon would answer at this moment; the name of the seat and MQTT stay empty. */
static void fill_view(struct view *v, const struct snapshot *s, const struct settings *settings) {
        const struct geometry *g = s->geometry;

        view_clear(v);
        live_values_fill(&v->live, s, 0, settings, NULL);
        v->kind = g->kind;
        v->live.pitch_x_mm = (double)g->pitch_x_mm;
        v->live.pitch_y_mm = (double)g->pitch_y_mm;
        for (uint32_t i = 0; i < g->n_cells; i++) {
                v->level[i] = s->map.trusted[i] || s->map.load[i] > 0 ? s->map.load[i] : NAN;
                v->x_mm[i] = (double)g->x_mm[i];
                v->y_mm[i] = (double)g->y_mm[i];
        }
        view_settle(v);
}

static void picture_decided(void *userdata, const struct snapshot *s) {
        struct picture *p = userdata;

        if (replay_time_s(s) > p->at_s && isfinite(p->taken_s))
                return;
        p->taken_s = replay_time_s(s);
        fill_view(&p->view, s, p->settings);
}

static int replay_as_picture(struct source *source, const struct options *options) {
        struct picture *p = calloc(1, sizeof(*p));
        char *end = NULL;
        int status, r;

        if (!p)
                return STATUS_FAILED;
        p->at_s = options->at ? strtod(options->at, &end) : (double)INFINITY;
        p->taken_s = (double)NAN;
        p->settings = &source->settings;
        if (options->at && (*end || end == options->at || !(p->at_s >= 0))) {
                complain("--at %s: must be seconds of the recording", options->at);
                free(p);
                return STATUS_USAGE;
        }
        status = replay_source(source, options, picture_decided, p);
        snprintf(p->view.live.seat_name, sizeof(p->view.live.seat_name), "sitbone");
        if (status == STATUS_DONE && options->at && p->at_s > p->taken_s + END_S) {
                complain("--at %s: the recording ends at %.1f s", options->at, p->taken_s);
                status = STATUS_FAILED;
        }
        if (status == STATUS_DONE && (r = view_write_svg(options->svg, &p->view)) < 0) {
                complain("cannot write %s: %s", options->svg, strerror(-r));
                status = STATUS_FAILED;
        }
        free(p);
        return status;
}

static void list_alerts(void *userdata, const struct snapshot *s) {
        struct what_if_list *l = userdata;

        for (int k = 0; k < ALERT_KIND_N; k++)
                if (s->alerts.of[k].changes & ALERT_RAISED)
                        (void)what_if_add(l, (enum alert_kind)k, replay_time_s(s));
}

static void write_moment(double at_s, char *ret, size_t size) {
        unsigned long whole = (unsigned long)at_s;

        snprintf(ret, size, "%lu:%02lu:%02lu", whole / 3600, whole / 60 % 60, whole % 60);
}

struct comparison {
        struct source *source;
        const struct options *options;
};

static int collect_alerts(void *userdata, bool after, struct what_if_list *list) {
        struct comparison *c = userdata;
        int status = after ? load_settings(c->options->against, &c->source->settings) : STATUS_DONE;

        return status == STATUS_DONE ? replay_source(c->source, c->options, list_alerts, list) : status;
}

/* Replays the recording twice: with --config, then with --against. */
static int replay_against(struct source *source, const struct options *options) {
        struct comparison comparison = {source, options};
        struct what_if what_if = {
                .collect = collect_alerts, .format_moment = write_moment, .userdata = &comparison, .near_s = NEAR_S};

        return what_if_compare(&what_if, options->json);
}

/* Standard output may be JSON for a script: damage is reported on standard error. Refused frames are in the summary. */
static void print_missing(const struct source *s) {
        const struct recording *r = &s->recording;

        if (!r->format || r->damaged_bytes > 0 || r->cut_bytes > 0)
                source_print_losses(s, stderr);
}

static int run_replay(const struct options *options) {
        struct source *source;
        int status;

        if (options->at && !options->svg) {
                complain("replay --at goes with --svg FILE");
                return STATUS_USAGE;
        }
        status = source_load(options, &source);
        if (status != STATUS_DONE)
                return status;
        if (options->against)
                status = replay_against(source, options);
        else if (options->svg)
                status = replay_as_picture(source, options);
        else if (options->json)
                status = replay_as_json(source, options);
        else
                status = replay_as_summary(source, options);
        if (status == STATUS_DONE)
                print_missing(source);
        source_free(source);
        return status;
}

const struct ctl_command replay_command = {
        .name = "replay",
        .arguments = "FILE",
        .min_args = 1,
        .max_args = 1,
        .summary = "run a recording through the pipeline in virtual time",
        .examples = "  sitbonectl replay lunch.csv\n"
                    "  sitbonectl replay capture.bin --format jq-seat-32 --json > decisions.jsonl\n"
                    "  sitbonectl replay lunch.csv --svg seat.svg --at 95\n"
                    "  sitbonectl replay lunch.csv --teach crossed=30-40 --teach crossed=95-105\n"
                    "  sitbonectl replay lunch.csv --calibrate upright=20-35 --calibrate slouched=40-55\n",
        .notes = "FILE is a recording of sitbonectl record, frames CSV, or raw wire bytes with --format.",
        .options = {{"config", "settings to decide with (default: the installed ones)"},
                    {"against", "list the alerts that would come, go or move with these settings"},
                    {"format"},
                    {"exercises"},
                    {"json", "print an object for each frame and each event, in time order"},
                    {"svg", "write a picture of the seat at the time given with --at"},
                    {"at", "second of the recording for --svg (default: its end)"},
                    {"teach", "seconds FROM to TO are a lesson for a posture, as with the command teach"},
                    {"calibrate", "seconds FROM to TO, at least 12, are a calibrated pose; upright is required"}},
        .run = run_replay,
};
