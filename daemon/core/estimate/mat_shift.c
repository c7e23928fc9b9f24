/* SPDX-License-Identifier: MIT */
#include "core/estimate/mat_shift.h"

#include <math.h>
#include <string.h>

enum { CELLS_LEAST = 16, SITS_LEAST = 4, SITS_MOST = 20 };

/* Spread between sits before any is known: sitting down again moves the sitter by centimetres. */
static const float PRIOR_SITS = 4, PRIOR_MM = 12;
static const float FAR_MM = 15, FAR_SDS = 4.1F;
static const float BACK = 0.5F;        /* of the limit */
static const float ORIENTATION_MM = 6; /* a third of the usual 20: a shorter vector points nowhere */
static const float EIGHTH_DEG = 45;    /* half of a quarter turn */
static const float MOVED_LOSS = 0.3F, TURNED_LOSS = 0.5F; /* of the map's quality [judgement] */

void mat_shift_step(struct place_average *a, const struct sitter_sample *sample) {
        const struct features *f = sample->features;
        const float now[PLACE_N] = {f->cop_x_mm, f->cop_y_mm, f->orientation_x_mm, f->orientation_y_mm};
        const float dt = sample->dt_s;

        if (!sample->quiet || !f->tared || f->n_cells < CELLS_LEAST || !(dt > 0))
                return;
        for (int i = 0; i < PLACE_N; i++)
                if (!isfinite(now[i]))
                        return;
        a->sum_s += dt;
        for (int i = 0; i < PLACE_N; i++)
                a->mean[i] += dt / a->sum_s * (now[i] - a->mean[i]);
}

static void learn_sit(struct place_baseline *b, const float sit[PLACE_N]) {
        b->sits++;
        for (int i = 0; i < PLACE_N; i++) {
                const float away = sit[i] - b->mean[i], part = 1 / (float)b->sits;

                b->mean[i] += part * away;
                if (i < 2)
                        b->variance[i] = (1 - part) * (b->variance[i] + part * away * away);
        }
}

/* Standard deviation between sits, pulled to the prior as far as few sits are known. */
static float sd_between(const struct place_baseline *b, int i) {
        const float n = (float)b->sits;

        return sqrtf((PRIOR_SITS * PRIOR_MM * PRIOR_MM + n * b->variance[i]) / (PRIOR_SITS + n - 1));
}

/* Displacement of the last sits from the usual place, mm. */
static void measure_displacement(const struct place_baseline *b, float ret[2]) {
        ret[0] = ret[1] = 0;
        for (int k = 0; k < PLACE_RECENT; k++)
                for (int i = 0; i < 2; i++)
                        ret[i] += (b->recent[k][i] - b->mean[i]) / PLACE_RECENT;
}

static bool is_moved(const struct place_baseline *b, bool before) {
        const float sd[2] = {sd_between(b, 0), sd_between(b, 1)};
        const float far = FAR_SDS * sqrtf(1 / (float)PLACE_RECENT + 1 / (float)b->sits); /* in SDs of a sit */
        float mm[2], x, y, length;

        measure_displacement(b, mm);
        x = mm[0] / sd[0];
        y = mm[1] / sd[1];
        length = hypotf(x, y);
        if (before)
                return length > BACK * far;
        if (length <= far || hypotf(mm[0], mm[1]) < FAR_MM)
                return false;
        for (int k = 0; k < PLACE_RECENT; k++) {
                const float dx = (b->recent[k][0] - b->mean[0]) / sd[0], dy = (b->recent[k][1] - b->mean[1]) / sd[1];

                if ((dx * x + dy * y) / length < BACK * far) /* one sit alone carries the mean */
                        return false;
        }
        return true;
}

/* The quarter turn of the mat that a sit shows: 0, 90, 180 or -90, clockwise from above; the sitter seems to turn the
 * other way. */
static int quarter_turn_deg(const struct place_baseline *b, const float sit[PLACE_N]) {
        const float ux = b->mean[PLACE_ORIENTATION_X_MM], uy = b->mean[PLACE_ORIENTATION_Y_MM];
        const float x = sit[PLACE_ORIENTATION_X_MM], y = sit[PLACE_ORIENTATION_Y_MM];
        float deg;

        if (hypotf(ux, uy) < ORIENTATION_MM || hypotf(x, y) < ORIENTATION_MM)
                return 0;
        deg = atan2f(ux * y - uy * x, ux * x + uy * y) * (180 / 3.14159265F);
        if (fabsf(deg) <= EIGHTH_DEG)
                return 0;
        return fabsf(deg) >= 180 - EIGHTH_DEG ? 180 : deg > 0 ? 90 : -90;
}

/* The quarter turn that all recent sits show; 0 when they differ. */
static int turned_deg(const struct place_baseline *b) {
        const int first = quarter_turn_deg(b, b->recent[0]);

        for (int i = 1; i < PLACE_RECENT; i++)
                if (quarter_turn_deg(b, b->recent[i]) != first)
                        return 0;
        return first;
}

static enum place_verdict decide_verdict(const struct place_baseline *b) {
        if (b->sits < SITS_LEAST || b->n_recent < PLACE_RECENT)
                return PLACE_LEARNING;
        if (turned_deg(b))
                return PLACE_TURNED;
        return is_moved(b, b->verdict == PLACE_MOVED) ? PLACE_MOVED : PLACE_USUAL;
}

void mat_shift_add(struct place_baseline *b, const struct place_average *sit) {
        if (!(sit->sum_s > 0))
                return;
        if (b->n_recent == PLACE_RECENT) {
                if (mat_shift_trusts(b) && b->sits < SITS_MOST)
                        learn_sit(b, b->recent[0]);
                memmove(b->recent[0], b->recent[1], sizeof(b->recent) - sizeof(b->recent[0]));
                b->n_recent--;
        }
        memcpy(b->recent[b->n_recent++], sit->mean, sizeof(sit->mean));
        b->verdict = decide_verdict(b);
}

bool mat_shift_trusts(const struct place_baseline *b) {
        return b->verdict != PLACE_MOVED && b->verdict != PLACE_TURNED;
}

bool mat_shift_possible(const struct geometry *g) {
        return g->kind != GEOMETRY_UNPLACED && g->n_cells >= CELLS_LEAST;
}

void mat_shift_report(const struct place_baseline *b, struct place *ret) {
        float mm[2];

        *ret = (struct place){.verdict = PLACE_LEARNING, .moved_x_mm = NAN, .moved_y_mm = NAN};
        if (b->verdict == PLACE_UNJUDGED) /* no sit yet */
                return;
        ret->verdict = (enum place_verdict)b->verdict;
        if (b->verdict == PLACE_TURNED) {
                ret->turned_deg = turned_deg(b);
                ret->quality_loss = TURNED_LOSS;
        }
        if (b->verdict != PLACE_MOVED)
                return;
        measure_displacement(b, mm);
        ret->moved_x_mm = -mm[0]; /* the mat has moved, not the sitter */
        ret->moved_y_mm = -mm[1];
        ret->quality_loss = MOVED_LOSS;
}
