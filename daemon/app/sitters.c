/* SPDX-License-Identifier: MIT */
#include "app/sitters.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/estimate/estimate.h"
#include "util/clock.h"
#include "util/log.h"
#include "words/names.h"
#include "words/sentences.h"

/* A wrong profile spoils a sit, while no profile only widens the uncertainty: a sitter is recognised with this
 * probability, or not at all. */
static const float RECOGNISED_CONFIDENCE = 0.9F;

/* Another sitter may always have the same baseline: recognition is never certain. */
static const float CONFIDENCE_MAX = 0.99F;

static uint32_t count_cells(const struct sitters *s) {
        return s->pipeline->geometry->n_cells;
}

static const char *name_sitter(const char *sitter) {
        return *sitter ? sitter : "nobody in particular";
}

/* Loads everything that is known of the sitter, which may be nothing. */
static void load_profile(struct sitters *s, const char *sitter, float confidence) {
        static const struct profile empty;
        const struct profile *known = s->profiles ? profiles_get(s->profiles, sitter) : NULL;
        struct profile *p = &s->loading;

        *p = known ? *known : empty;
        snprintf(p->sitter, sizeof(p->sitter), "%s", sitter);
        estimate_load_profile(&s->pipeline->estimate, p, confidence, count_cells(s));
        if (s->pipeline->estimate.learner.stale_mat)
                log_warning("profile of %s: made on a mat with %u cells, this one has %u: not used, calibrate again",
                            name_sitter(sitter), p->n_cells, count_cells(s));
}

void sitters_reload(struct sitters *s) {
        char sitter[SITTER_NAME_MAX];

        memcpy(sitter, s->pipeline->estimate.learner.profile.sitter, sizeof(sitter));
        /* after a restart another sitter may sit there */
        load_profile(s, sitter, s->settings->seat.recognise ? RECOGNISED_CONFIDENCE : 1);
}

void sitters_init(struct sitters *s, struct pipeline *pipeline, const struct settings *settings,
                  const char *state_directory) {
        int r;

        s->pipeline = pipeline;
        s->settings = settings;
        if (!state_directory)
                return;
        r = profiles_new(state_directory, &s->profiles);
        if (r < 0)
                log_warning("profiles: %s: %s: what is learnt will be lost at a restart", state_directory,
                            strerror(-r));
        sitters_reload(s);
}

void sitters_free(struct sitters *s) {
        profiles_free(s->profiles);
        s->profiles = NULL;
}

void sitters_save(struct sitters *s) {
        if (s->profiles)
                profiles_write_all(s->profiles);
}

/* Finds the sitter among those whose upright is stored under a name. */
static void recognise_sitter(struct sitters *s, const float sample[BASELINE_N]) {
        float likeness[SITTERS_MAX], confidence;
        const struct profile *p;
        int best, n = 0;

        while (s->profiles && n < SITTERS_MAX && (p = profiles_at(s->profiles, n))) {
                bool same_mat = p->n_cells == 0 || p->n_cells == count_cells(s);

                likeness[n++] = *p->sitter && same_mat ? sitter_baseline_likeness(&p->baseline, sample) : -INFINITY;
        }
        best = sitter_baseline_identify(likeness, n, &confidence);
        p = best >= 0 && confidence >= RECOGNISED_CONFIDENCE ? profiles_at(s->profiles, best) : NULL;
        log_info("sitter: %s (%.0f %% sure)", name_sitter(p ? p->sitter : ""), 100 * (double)confidence);
        load_profile(s, p ? p->sitter : "", p ? fminf(confidence, CONFIDENCE_MAX) : NAN);
}

/* Counts this sit for the present sitter, once. */
static void record_sit(struct sitters *s) {
        const char *sitter = s->pipeline->estimate.learner.profile.sitter;

        if (s->recorded && strcmp(s->recorded_for, sitter) == 0)
                return;
        snprintf(s->recorded_for, sizeof(s->recorded_for), "%s", sitter);
        s->recorded = true;
        estimate_record_sit(&s->pipeline->estimate);
}

/* The first quiet seconds of a sit are complete. A sitter that was set by a command stays. */
static void on_sat_upright(struct sitters *s, const float sample[BASELINE_N]) {
        const struct learner *l = &s->pipeline->estimate.learner;

        if (s->settings->seat.recognise && !(l->confidence >= 1) && !s->settled)
                recognise_sitter(s, sample);
        if (!s->settings->seat.recognise || l->confidence >= 0)
                record_sit(s);
        s->sat_upright = true;
}

static void store_profile(struct sitters *s, bool calibration_changed) {
        struct profile *p = &s->pipeline->estimate.learner.profile;
        int r;

        if (calibration_changed)
                p->calibration.taken_at_s = clock_realtime_us() / USEC_PER_SEC;
        r = s->profiles ? profiles_put(s->profiles, p) : 0;
        if (r < 0)
                log_warning("profile of %s: %s: not stored", name_sitter(p->sitter), strerror(-r));
}

static void log_place(struct sitters *s, const struct place *now) {
        const bool moved = now->verdict == PLACE_MOVED || now->verdict == PLACE_TURNED;
        char how[256];

        if (now->verdict < PLACE_USUAL || now->verdict == s->place_reported)
                return;
        place_text(now, how, sizeof(how));
        if (moved)
                log_warning("the mat %s: calibrate upright if it is to stay like this", how);
        else if (s->place_reported >= PLACE_MOVED)
                log_notice("the mat is in its usual place again, or upright was calibrated since");
        s->place_reported = now->verdict;
}

void sitters_step(struct sitters *s, const struct snapshot *snapshot) {
        struct estimate *e = &s->pipeline->estimate;
        float sample[BASELINE_N];

        if (snapshot->learning.profile_changed)
                store_profile(s, snapshot->learning.calibration_changed); /* before another one is loaded */
        log_place(s, &snapshot->posture.place);
        if (snapshot->posture.occupancy != OCCUPANCY_PERSON)
                s->settled = s->recorded = s->sat_upright = false;
        if (s->settings->seat.recognise && (snapshot->sitting.changes & SITTING_BOUT_ENDED) &&
            *e->learner.profile.sitter)
                load_profile(s, "", NAN); /* the next sitter may be another one */
        if (estimate_poll_upright(e, sample))
                on_sat_upright(s, sample);
}

/* A sitter who sets the name, or calibrates or teaches, keeps that profile until the sit ends. A sitter who is named in the
 * middle of a sit learns from it what came before the name. */
void sitters_note_command(struct sitters *s, enum command_type type, const struct snapshot *snapshot) {
        if (type == COMMAND_SITTER || type == COMMAND_CALIBRATE || type == COMMAND_TEACH)
                s->settled = snapshot->posture.occupancy == OCCUPANCY_PERSON;
        if (type == COMMAND_SITTER && s->settled && s->sat_upright)
                record_sit(s);
}

enum command_result sitters_choose(struct sitters *s, const char *name) {
        if (*name && !profile_name_is_legal(name))
                return COMMAND_MALFORMED;
        if (s->profiles && !profiles_have_room(s->profiles, name))
                return COMMAND_FULL;
        load_profile(s, name, 1);
        log_info("sitter: %s, set by a command", name_sitter(name));
        return COMMAND_OK;
}
