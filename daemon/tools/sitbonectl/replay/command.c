/* SPDX-License-Identifier: MIT */
/* replay: a recording through pipeline_step() in virtual time; sinks turn each decision into lines, a summary or a
 * picture. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "configure/exercises.h"
#include "configure/response_curve.h"
#include "contract/live_fill.h"
#include "contract/live_json.h"
#include "core/estimate/calibration.h"
#include "core/estimate/estimate.h"
#include "core/estimate/pose_average.h"
#include "core/estimate/reference.h"
#include "core/estimate/taught.h"
#include "core/pipeline.h"
#include "sitbone/settings.h"
#include "sitbone/snapshot.h"
#include "tools/sitbonectl/replay/summary.h"
#include "tools/sitbonectl/source.h"
#include "tools/sitbonectl/view/values.h"
#include "tools/sitbonectl/what_if.h"
#include "util/clock.h"
#include "words/names.h"
#include "words/sentences.h"

enum { STALE_PERIODS = 4 };

/* NEAR_S: alerts of one kind in two runs, at most this far apart, are one alert that moved. END_S: a recording ends at most
 * this long after its last frame. */
enum { NEAR_S = 900, END_S = 2 };

/* A part of the recording to learn from: NAME=FROM-TO. */
struct span {
        const char *text; /* as it was typed */
        double from_s, to_s;
};

struct lesson_span {
        struct span span;
        struct lesson lesson;
};

struct pose_span {
        struct span span;
        enum calibrate_pose pose;
        struct pose_average average;
};

/* The recording is run through once to learn postures (--teach) and a guided calibration (--calibrate) from it, and then
 * again with the profile that was learnt. */
struct teaching {
        int n_lessons, n_poses;
        struct lesson_span *lessons;
        struct pose_span poses[POSE_N];
        double last_s; /* of the frame before; NAN = none */
        struct profile profile;
};

/* Called after every decision, whether a frame came or only time passed. */
typedef void (*replay_fn)(void *userdata, const struct snapshot *snapshot);

struct replay {
        struct pipeline pipeline;
        struct snapshot snapshot;
        struct exercise_catalogue exercises;
        struct source *source;
        struct teaching teaching;
        uint64_t deadline_us;
        replay_fn decided;
        void *userdata;
};

/* ---- JSON: a line for each frame and a line for each event. Scripts rely on the keys: they stay. ---- */

struct replay_json {
        FILE *f;
        struct live_values values; /* of the last frame */
};

static void print_frame(struct replay_json *j, const struct snapshot *s) {
        struct live_values *v = &j->values;
        const bool person = s->posture.occupancy == OCCUPANCY_PERSON;
        json_t *line;

        live_values_fill_frame(v, s, 0);
        if (s->posture.occupancy == OCCUPANCY_VACANT)
                v->asymmetry = (double)NAN;
        line = json_pack("{s:o}", "t_s", live_json_number(source_time_s(s->now_us), 3));
        live_json_put(line, v, LIVE_REPLAY);
        /* two lumps of noise on an empty seat are no sit bones */
        json_object_set_new(line, "sit_bones", person ? view_bones_json(v) : json_null());
        live_json_print(j->f, line);
}

static json_t *make_event(const struct snapshot *s, const char *event) {
        return json_pack("{s:o,s:s}", "t_s", live_json_number(source_time_s(s->now_us), 3), "event", event);
}

static void put_seconds(json_t *line, const char *key, uint64_t us) {
        json_object_set_new(line, key, live_json_number((double)us / (double)USEC_PER_SEC, 1));
}

static void print_sitting(struct replay_json *j, const struct snapshot *s) {
        static const struct {
                enum sitting_change change;
                const char *event;
        } events[] = {
                {SITTING_BOUT_STARTED, "bout_started"},
                {SITTING_LEFT_SEAT, "left_seat"},
                {SITTING_BACK, "back"},
                {SITTING_PARTIAL_BREAK, "partial_break"},
                {SITTING_BOUT_ENDED, "bout_ended"},
                {SITTING_SHIFTED, "shifted"},
        };

        for (size_t i = 0; i < sizeof(events) / sizeof(*events); i++) {
                json_t *line;

                if (!(s->sitting.changes & (uint32_t)events[i].change))
                        continue;
                line = make_event(s, events[i].event);
                if (events[i].change == SITTING_BACK)
                        put_seconds(line, "away_s", s->sitting.last_away_us);
                if (events[i].change == SITTING_BOUT_ENDED)
                        put_seconds(line, "seated_s", s->sitting.last_bout_us);
                live_json_print(j->f, line);
        }
}

static void print_raised(struct replay_json *j, const struct snapshot *s, enum alert_kind kind) {
        const struct alert *a = &s->alerts.of[kind];
        const struct exercise *e = alert_exercise(s->exercises, a);
        json_t *line = make_event(s, alert_event_name(kind));
        char reason[512];

        alert_reason(a, kind, reason, sizeof(reason));
        json_object_set_new(line, "reason", json_string(reason));
        json_object_set_new(line, "exercise", live_json_text(e ? e->id : ""));
        live_json_print(j->f, line);
}

static void print_cleared(struct replay_json *j, const struct snapshot *s, enum alert_kind kind) {
        const struct alert *a = &s->alerts.of[kind];
        json_t *line = make_event(s, "alert_cleared");

        json_object_set_new(line, "kind", json_string(alert_kind_name(kind)));
        json_object_set_new(line, "outcome", json_string(alert_outcome_name(a->outcome)));
        json_object_set_new(line, "latency_s", json_null());
        if (a->answered_us)
                put_seconds(line, "latency_s", a->answered_us - a->raised_us);
        live_json_print(j->f, line);
}

/* userdata: the struct replay_json. */
static void print_decision(void *userdata, const struct snapshot *s) {
        struct replay_json *j = userdata;

        if (s->fresh)
                print_frame(j, s);
        print_sitting(j, s);
        for (int k = 0; k < ALERT_KIND_N; k++) {
                if (s->alerts.of[k].changes & ALERT_RAISED)
                        print_raised(j, s, (enum alert_kind)k);
                if (s->alerts.of[k].changes & ALERT_CLEARED)
                        print_cleared(j, s, (enum alert_kind)k);
        }
}

static void step_pipeline(struct replay *r, const struct frame *frame, uint64_t now_us) {
        struct health *h = &r->snapshot.health;

        h->frames += frame != NULL;
        h->mat_online = true;
        h->mat_state = MAT_FRAMES;
        r->deadline_us = pipeline_step(&r->pipeline, frame, now_us, &r->snapshot);
        r->decided(r->userdata, &r->snapshot);
}

/* Makes the decisions that the daemon's timer would have made before this time. */
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

/* A recording may be slower than every mat that the stale limit was made for: the mat would be silent before each frame. */
static void raise_stale_limit(struct source *s) {
        double period_s = source_period_s(s), limit_ms = ceil(period_s * STALE_PERIODS * 1000);

        if (!isfinite(limit_ms) || limit_ms <= s->settings.device.stale_ms)
                return;
        if (limit_ms > 3600e3)
                limit_ms = 3600e3;
        fprintf(stderr, "note: a frame comes every %.2f s; the mat counts as silent after %.1f s instead of %.1f s\n",
                period_s, limit_ms / 1000, s->settings.device.stale_ms / 1000.0);
        s->settings.device.stale_ms = (int32_t)limit_ms;
}

/* Alerts do without exercises if the installed catalogue is missing; a catalogue that was named must be in order. */
static int load_exercises(const char *path, struct exercise_catalogue *ret) {
        struct config_errors mistakes = {0};

        exercises_load(path, &mistakes, ret);
        if (path)
                return report_mistakes(&mistakes);
        if (mistakes.n)
                fprintf(stderr, "note: alerts name no exercise (%s); add --exercises FILE\n", mistakes.text[0]);
        return STATUS_DONE;
}

/* Loads the response curves if the settings name any. */
static int load_response(struct replay *r) {
        const char *path = r->source->settings.condition.response_file;
        struct config_errors mistakes = {0};
        struct response *response = *path ? response_load(path, &mistakes) : NULL;
        int status = report_mistakes(&mistakes);

        if (!condition_set_response(&r->pipeline.condition, response) && response) {
                complain("%s: curves of %u cells, the recording has %u", path, response->n_cells,
                         r->source->recording.layout.geometry.n_cells);
                status = STATUS_USAGE;
        }
        free(response);
        return status;
}

/* Runs the recording through from its beginning, with what is known of the sitter (perhaps NULL). */
static int run_once(struct replay *r, const struct profile *profile, replay_fn decided, void *userdata) {
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
        complain("%s: no frame in it; sitbonectl check %s says why", source->path, source->path);
        return STATUS_FAILED;
}

/* ---- learning from the recording itself ---- */

/* Complains of a span that ends before it begins, or as it begins. False: it is wrong in another way. */
static bool complain_of_order(const char *option, const char *text) {
        const char *times = strchr(text, '=');
        char *dash = NULL, *end = NULL;
        double from_s = times ? strtod(times + 1, &dash) : -1,
               to_s = dash && *dash == '-' ? strtod(dash + 1, &end) : -1;

        if (!end || *end || !(from_s >= 0 && to_s >= 0 && to_s <= from_s))
                return false;
        complain("%s %s: there is no frame in that time; TO must be later than FROM, and a frame at TO does not count",
                 option, text);
        return true;
}

/* Parses "NAME=FROM-TO" for a lesson. The name may contain a hyphen; times are not negative. */
static bool parse_lesson(const char *text, struct lesson_span *ret) {
        const char *times = strchr(text, '=');
        char name[POSTURE_NAME_MAX] = "";
        size_t n = times ? (size_t)(times - text) : 0;

        if (n == 0 || n >= sizeof(name))
                return false;
        memcpy(name, text, n);
        ret->span.text = text;
        return parse_span(times + 1, &ret->span.from_s, &ret->span.to_s) && lesson_begin(&ret->lesson, name);
}

static int parse_lessons(const struct repeated *all, struct teaching *l) {
        if (all->n > OPTIONS_REPEATED_MAX) {
                complain("--teach at most %d times", OPTIONS_REPEATED_MAX);
                return STATUS_USAGE;
        }
        l->lessons = calloc((size_t)all->n + 1, sizeof(*l->lessons));
        if (!l->lessons)
                return complain_of_memory();
        for (; l->n_lessons < all->n; l->n_lessons++)
                if (!parse_lesson(all->of[l->n_lessons], &l->lessons[l->n_lessons])) {
                        if (complain_of_order("--teach", all->of[l->n_lessons]))
                                return STATUS_USAGE;
                        complain("--teach %s: must be NAME=FROM-TO, a name of letters, digits, - and _ (at most %d) "
                                 "and seconds of the recording, as in crossed-left=30-40",
                                 all->of[l->n_lessons], POSTURE_NAME_MAX - 1);
                        return STATUS_USAGE;
                }
        return STATUS_DONE;
}

static bool find_pose(const char *name, size_t n, enum calibrate_pose *ret) {
        for (enum calibrate_pose p = POSE_UPRIGHT; p < POSE_N; p++)
                if (strlen(pose_name(p)) == n && strncmp(pose_name(p), name, n) == 0) {
                        *ret = p;
                        return true;
                }
        return false;
}

/* Parses "POSE=FROM-TO". */
static bool parse_pose(const char *text, struct pose_span *ret) {
        const char *times = strchr(text, '=');

        ret->span.text = text;
        return times && find_pose(text, (size_t)(times - text), &ret->pose) &&
               parse_span(times + 1, &ret->span.from_s, &ret->span.to_s);
}

static int parse_poses(const struct repeated *all, struct teaching *l) {
        bool upright = all->n == 0;

        if (all->n > POSE_N) {
                complain("--calibrate once for each of the %d poses", POSE_N);
                return STATUS_USAGE;
        }
        l->last_s = (double)NAN;
        for (; l->n_poses < all->n; l->n_poses++) {
                struct pose_span *p = &l->poses[l->n_poses];

                if (!parse_pose(all->of[l->n_poses], p)) {
                        if (complain_of_order("--calibrate", all->of[l->n_poses]))
                                return STATUS_USAGE;
                        complain("--calibrate %s: must be POSE=FROM-TO, upright, slouched, arched, left or right and "
                                 "seconds of the recording, as in slouched=60-75",
                                 all->of[l->n_poses]);
                        return STATUS_USAGE;
                }
                pose_average_start(&p->average, p->pose);
                upright = upright || p->pose == POSE_UPRIGHT;
        }
        if (upright)
                return STATUS_DONE;
        complain("--calibrate: upright=FROM-TO is missing; the other poses are compared with it");
        return STATUS_USAGE;
}

static bool is_within(const struct span *s, double now_s) {
        return now_s >= s->from_s - 1e-6 && now_s < s->to_s - 1e-6;
}

static void add_to_lessons(void *userdata, const struct snapshot *s) {
        struct teaching *l = userdata;
        const double now_s = source_time_s(s->now_us), dt = isnan(l->last_s) ? 0 : now_s - l->last_s;
        struct sitter_sample sample = {.features = &s->features, .quiet = !s->posture.shifting, .dt_s = (float)dt};

        if (!s->fresh)
                return;
        l->last_s = now_s;
        for (int i = 0; i < l->n_lessons; i++)
                if (is_within(&l->lessons[i].span, now_s))
                        lesson_add(&l->lessons[i].lesson, &l->profile, &s->features);
        reference_vector(&s->features, sample.vector);
        for (int i = 0; i < l->n_poses; i++)
                if (is_within(&l->poses[i].span, now_s) && s->posture.occupancy == OCCUPANCY_PERSON)
                        pose_average_step(&l->poses[i].average, &sample);
}

static int learn_postures(struct teaching *l) {
        for (int i = 0; i < l->n_lessons; i++) {
                enum command_result r = lesson_learn(&l->lessons[i].lesson, &l->profile);

                if (r == COMMAND_OK)
                        continue;
                complain("--teach %s: %s", l->lessons[i].span.text,
                         r == COMMAND_OUT_OF_RANGE ? "too many names" : "fewer than two maps in that time");
                return STATUS_FAILED;
        }
        return STATUS_DONE;
}

static int learn_poses(struct teaching *l, uint32_t n_cells) {
        struct calibration *c = &l->profile.calibration;

        for (int i = 0; i < l->n_poses; i++) {
                if (l->poses[i].average.phase != LEARNING_DONE) {
                        complain("--calibrate %s: not ten quiet seconds of somebody sitting in that time",
                                 l->poses[i].span.text);
                        return STATUS_FAILED;
                }
                pose_average_result(&l->poses[i].average, &c->pose[l->poses[i].pose]);
        }
        for (int i = 0; i < l->n_poses; i++)
                if (calibration_separation(c, POSE_UPRIGHT, l->poses[i].pose) < CALIBRATION_APART_LEAST) {
                        complain("--calibrate %s: cannot be distinguished from upright", l->poses[i].span.text);
                        return STATUS_FAILED;
                }
        if (l->n_poses > 0) {
                c->version = PROFILE_VERSION;
                l->profile.n_cells = n_cells;
        }
        return STATUS_DONE;
}

/* ---- runs ---- */

/* Runs once, or twice: to learn, and to decide with what was learnt. */
static int run_and_learn(struct replay *r, replay_fn decided, void *userdata) {
        struct teaching *l = &r->teaching;
        int status;

        if (l->n_lessons == 0 && l->n_poses == 0)
                return run_once(r, NULL, decided, userdata);
        status = run_once(r, NULL, add_to_lessons, l);
        if (status == STATUS_DONE)
                status = learn_postures(l);
        if (status == STATUS_DONE)
                status = learn_poses(l, r->source->recording.layout.geometry.n_cells);
        return status == STATUS_DONE ? run_once(r, &l->profile, decided, userdata) : status;
}

static int run_source(struct source *source, const struct options *options, replay_fn decided, void *userdata) {
        struct replay *r = calloc(1, sizeof(*r));
        int status;

        if (!r)
                return complain_of_memory();
        r->source = source;
        status = parse_lessons(&options->teach, &r->teaching);
        if (status == STATUS_DONE)
                status = parse_poses(&options->calibrate, &r->teaching);
        if (status == STATUS_DONE)
                status = load_exercises(exercises_path(options, &source->settings), &r->exercises);
        if (status == STATUS_DONE) {
                raise_stale_limit(source);
                status = run_and_learn(r, decided, userdata);
        }
        free(r->teaching.lessons);
        free(r);
        return status;
}

/* ---- sinks ---- */

static int replay_as_json(struct source *source, const struct options *options) {
        struct replay_json json = {.f = stdout};

        return run_source(source, options, print_decision, &json);
}

static int replay_as_summary(struct source *source, const struct options *options) {
        struct replay_summary *summary = calloc(1, sizeof(*summary));
        int status;

        if (!summary)
                return complain_of_memory();
        summary->taught = options->teach.n > 0;
        status = run_source(source, options, replay_summary_decided, summary);
        if (status == STATUS_DONE)
                replay_summary_print(summary, stdout, source->path, &source->recording);
        free(summary);
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

static void update_picture(void *userdata, const struct snapshot *s) {
        struct picture *p = userdata;

        if (source_time_s(s->now_us) > p->at_s && isfinite(p->taken_s))
                return;
        p->taken_s = source_time_s(s->now_us);
        fill_view(&p->view, s, p->settings);
}

static int replay_as_picture(struct source *source, const struct options *options) {
        struct picture *p = calloc(1, sizeof(*p));
        char *end = NULL;
        int status, r;

        if (!p)
                return complain_of_memory();
        p->at_s = options->at ? strtod(options->at, &end) : (double)INFINITY;
        p->taken_s = (double)NAN;
        p->settings = &source->settings;
        if (options->at && (*end || end == options->at || !(p->at_s >= 0))) {
                complain("--at %s: must be seconds of the recording", options->at);
                free(p);
                return STATUS_USAGE;
        }
        status = run_source(source, options, update_picture, p);
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

static void add_alerts(void *userdata, const struct snapshot *s) {
        struct what_if_list *l = userdata;

        for (int k = 0; k < ALERT_KIND_N; k++)
                if (s->alerts.of[k].changes & ALERT_RAISED)
                        (void)what_if_add(l, (enum alert_kind)k, source_time_s(s->now_us));
}

static void format_moment(double at_s, char *ret, size_t size) {
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

        return status == STATUS_DONE ? run_source(c->source, c->options, add_alerts, list) : status;
}

/* Runs the same recording twice: with --config, then with --against. */
static int replay_against(struct source *source, const struct options *options) {
        struct comparison comparison = {source, options};
        struct what_if what_if = {
                .collect = collect_alerts, .format_moment = format_moment, .userdata = &comparison, .near_s = NEAR_S};

        return what_if_compare(&what_if, options->json);
}

/* Standard output may be JSON for a script: losses are reported on standard error. The summary has the refused frames. */
static void report_losses(const struct source *s) {
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
                report_losses(source);
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
                    {"columns"},
                    {"delimiter"},
                    {"exercises"},
                    {"json", "print an object for each frame and each event, in time order"},
                    {"svg", "write a picture of the seat at the time given with --at"},
                    {"at", "second of the recording for --svg (default: its end)"},
                    {"teach", "seconds FROM to TO are a lesson for a posture, as with the command teach"},
                    {"calibrate", "seconds FROM to TO, at least 12, are a calibrated pose; upright is required"}},
        .streams = STREAMS_JSON,
        .run = run_replay,
};
