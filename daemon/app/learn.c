/* SPDX-License-Identifier: MIT */
/* Whose profile counts, and that it is kept. The files are publish/profiles.c's; what is learnt, core/estimate's. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "app/app.h"
#include "core/estimate/estimate.h"
#include "util/clock.h"
#include "util/log.h"
#include "words/names.h"
#include "words/sentences.h"

/* A wrong profile spoils a sit, nobody in particular only widens it: so sure, or not at all. */
static const float SURE = 0.9F;

/* Everything that is known of the sitter, which may be nothing. */
static void know(struct app *a, const char *sitter, float confidence) {
        static const struct profile nothing;
        const struct profile *known = a->profiles ? profiles_get(a->profiles, sitter) : NULL;
        struct profile *p = &a->profile;

        *p = known ? *known : nothing;
        snprintf(p->sitter, sizeof(p->sitter), "%s", sitter);
        estimate_load_profile(&a->pipeline.estimate, p, confidence, a->mat.layout.geometry.n_cells);
        if (a->pipeline.estimate.learner.stale_mat)
                log_warning("profile %s: made on a mat with %u cells, this one has %u: not used, calibrate again",
                            *sitter ? sitter : "of nobody in particular", p->n_cells, a->mat.layout.geometry.n_cells);
}

void app_learn_again(struct app *a) {
        char sitter[SITTER_NAME_MAX];

        memcpy(sitter, a->pipeline.estimate.learner.profile.sitter, sizeof(sitter));
        know(a, sitter, a->settings.seat.recognise ? SURE : 1); /* after a restart it may be somebody else */
}

void app_learn_open(struct app *a) {
        int r;

        if (!a->options.state_directory)
                return;
        r = profiles_new(a->options.state_directory, &a->profiles);
        if (r < 0)
                log_warning("profiles: %s: %s: nothing that is learnt will survive a restart",
                            a->options.state_directory, strerror(-r));
        app_learn_again(a);
}

static const char *shown(const char *sitter) {
        return *sitter ? sitter : "nobody in particular";
}

/* Who sits there, of those whose upright is known by name. */
static void recognise(struct app *a, const float sample[BASELINE_N]) {
        float likeness[SITTERS_MAX], sure;
        const struct profile *p;
        int best, n = 0;

        while (a->profiles && n < SITTERS_MAX && (p = profiles_at(a->profiles, n))) {
                bool same_mat = p->n_cells == 0 || p->n_cells == a->mat.layout.geometry.n_cells;

                likeness[n++] = *p->sitter && same_mat ? sitter_baseline_likeness(&p->baseline, sample) : -INFINITY;
        }
        best = sitter_baseline_identify(likeness, n, &sure);
        p = best >= 0 && sure >= SURE ? profiles_at(a->profiles, best) : NULL;
        log_info("sitter: %s (%.0f %% sure)", shown(p ? p->sitter : ""), 100 * (double)sure);
        know(a, p ? p->sitter : "", p ? fminf(sure, 0.99F) : NAN);
}

/* The first quiet seconds of a sit. By hand goes before what the mat thinks. */
static void on_sat_upright(struct app *a, const float sample[BASELINE_N]) {
        const struct learner *l = &a->pipeline.estimate.learner;

        if (a->settings.seat.recognise && !(l->confidence >= 1) && !a->sitter_settled)
                recognise(a, sample);
        if (!a->settings.seat.recognise || l->confidence >= 0)
                estimate_record_sit(&a->pipeline.estimate);
}

static void keep(struct app *a) {
        struct profile *p = &a->pipeline.estimate.learner.profile;
        int r;

        if (a->snapshot.learning.calibration_changed)
                p->calibration.taken_at_s = clock_realtime_us() / USEC_PER_SEC;
        r = a->profiles ? profiles_put(a->profiles, p) : 0;
        if (r < 0)
                log_warning("profile of %s: %s: not kept", shown(p->sitter), strerror(-r));
}

static void say_place(struct app *a) {
        const struct place *now = &a->snapshot.posture.place;
        const bool moved = now->verdict == PLACE_MOVED || now->verdict == PLACE_TURNED;
        char how[256];

        if (now->verdict < PLACE_USUAL || now->verdict == a->place_said)
                return;
        place_text(now, how, sizeof(how));
        if (moved)
                log_warning("the mat %s: calibrate upright if it is to stay like this", how);
        else if (a->place_said >= PLACE_MOVED)
                log_notice("the mat lies as it did, or upright was calibrated since");
        a->place_said = now->verdict;
}

void app_learn(struct app *a) {
        struct estimate *e = &a->pipeline.estimate;
        float sample[BASELINE_N];

        if (a->snapshot.learning.profile_changed)
                keep(a); /* before another one is taken up */
        say_place(a);
        if (a->snapshot.posture.occupancy != OCCUPANCY_PERSON)
                a->sitter_settled = false;
        if (a->settings.seat.recognise && (a->snapshot.sitting.changes & SITTING_BOUT_ENDED) &&
            *e->learner.profile.sitter)
                know(a, "", NAN); /* who comes next is another question */
        if (estimate_poll_upright(e, sample))
                on_sat_upright(a, sample);
}

/* Who says who sits there, or has something learnt, is not to be moved to another profile in the middle of it. */
void app_learn_by_hand(struct app *a, enum command_type type) {
        if (type == COMMAND_SITTER || type == COMMAND_CALIBRATE || type == COMMAND_TEACH)
                a->sitter_settled = a->snapshot.posture.occupancy == OCCUPANCY_PERSON;
}

enum command_result app_sitter(struct app *a, const struct command *command) {
        if (*command->name && !profile_name_is_legal(command->name))
                return COMMAND_MALFORMED;
        if (a->profiles && !profiles_have_room(a->profiles, command->name))
                return COMMAND_FULL;
        know(a, command->name, 1);
        log_info("sitter: %s, said by hand", shown(command->name));
        return COMMAND_OK;
}
