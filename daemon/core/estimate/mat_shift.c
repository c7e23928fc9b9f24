/* SPDX-License-Identifier: MIT */
#include "core/estimate/mat_shift.h"

#include <math.h>
#include <string.h>

enum { CELLS_LEAST = 16, SITS_LEAST = 4, SITS_MOST = 20 };

static const float PRIOR_SITS = 4,
                   PRIOR_MM = 12; /* between sits, before any is known: re-sitting moves by centimetres */
static const float FAR_MM = 15, FAR_SDS = 4.1F;
static const float BACK = 0.5F;     /* of the limit */
static const float FACING_MM = 6;   /* a third of the usual 20: less points nowhere */
static const float EIGHTH_DEG = 45; /* half of a quarter turn */
static const float MOVED_FACTOR = 0.7F, TURNED_FACTOR = 0.5F;

void moved_forget(struct moved_gather *g) {
        memset(g, 0, sizeof(*g));
}

void moved_look(struct moved_gather *g, const struct features *f, bool quiet, float dt) {
        const float now[PLACE_N] = {f->cop_x_mm, f->cop_y_mm, f->facing_x_mm, f->facing_y_mm};

        if (!quiet || !f->tared || f->n_cells < CELLS_LEAST || !(dt > 0))
                return;
        for (int i = 0; i < PLACE_N; i++)
                if (!isfinite(now[i]))
                        return;
        g->sum_s += dt;
        for (int i = 0; i < PLACE_N; i++)
                g->mean[i] += dt / g->sum_s * (now[i] - g->mean[i]);
}

static void learn(struct usual_place *u, const float sit[PLACE_N]) {
        u->sits++;
        for (int i = 0; i < PLACE_N; i++) {
                const float away = sit[i] - u->mean[i], part = 1 / (float)u->sits;

                u->mean[i] += part * away;
                if (i < 2)
                        u->variance[i] = (1 - part) * (u->variance[i] + part * away * away);
        }
}

/* Standard deviation between sits, towards the usual one as far as few are known. */
static float between(const struct usual_place *u, int i) {
        const float n = (float)u->sits;

        return sqrtf((PRIOR_SITS * PRIOR_MM * PRIOR_MM + n * u->variance[i]) / (PRIOR_SITS + n - 1));
}

/* Of the last sits from the usual place, mm. */
static void displacement(const struct usual_place *u, float ret[2]) {
        ret[0] = ret[1] = 0;
        for (int k = 0; k < PLACE_RECENT; k++)
                for (int i = 0; i < 2; i++)
                        ret[i] += (u->recent[k][i] - u->mean[i]) / PLACE_RECENT;
}

static bool is_moved(const struct usual_place *u, bool before) {
        const float sd[2] = {between(u, 0), between(u, 1)};
        const float far = FAR_SDS * sqrtf(1 / (float)PLACE_RECENT + 1 / (float)u->sits); /* of a sit */
        float mm[2], x, y, length;

        displacement(u, mm);
        x = mm[0] / sd[0];
        y = mm[1] / sd[1];
        length = hypotf(x, y);
        if (before)
                return length > BACK * far;
        if (length <= far || hypotf(mm[0], mm[1]) < FAR_MM)
                return false;
        for (int k = 0; k < PLACE_RECENT; k++) {
                const float dx = (u->recent[k][0] - u->mean[0]) / sd[0], dy = (u->recent[k][1] - u->mean[1]) / sd[1];

                if ((dx * x + dy * y) / length < BACK * far) /* one sit alone carries the mean */
                        return false;
        }
        return true;
}

/* The quarter turn of the mat that a sit shows: 0, 90, 180 or -90, clockwise from above; the sitter seems to turn the
 * other way. */
static int quarter(const struct usual_place *u, const float sit[PLACE_N]) {
        const float ux = u->mean[PLACE_FACING_X_MM], uy = u->mean[PLACE_FACING_Y_MM];
        const float x = sit[PLACE_FACING_X_MM], y = sit[PLACE_FACING_Y_MM];
        float deg;

        if (hypotf(ux, uy) < FACING_MM || hypotf(x, y) < FACING_MM)
                return 0;
        deg = atan2f(ux * y - uy * x, ux * x + uy * y) * (180 / 3.14159265F);
        if (fabsf(deg) <= EIGHTH_DEG)
                return 0;
        return fabsf(deg) >= 180 - EIGHTH_DEG ? 180 : deg > 0 ? 90 : -90;
}

static int turned_deg(const struct usual_place *u) {
        const int first = quarter(u, u->recent[0]);

        for (int i = 1; i < PLACE_RECENT; i++)
                if (quarter(u, u->recent[i]) != first)
                        return 0;
        return first;
}

static enum place_verdict judged(const struct usual_place *u) {
        if (u->sits < SITS_LEAST || u->n_recent < PLACE_RECENT)
                return PLACE_LEARNING;
        if (turned_deg(u))
                return PLACE_TURNED;
        return is_moved(u, u->verdict == PLACE_MOVED) ? PLACE_MOVED : PLACE_USUAL;
}

void moved_add(struct usual_place *u, const struct moved_gather *sit) {
        if (!(sit->sum_s > 0))
                return;
        if (u->n_recent == PLACE_RECENT) {
                if (moved_trusts(u) && u->sits < SITS_MOST)
                        learn(u, u->recent[0]);
                memmove(u->recent[0], u->recent[1], sizeof(u->recent) - sizeof(u->recent[0]));
                u->n_recent--;
        }
        memcpy(u->recent[u->n_recent++], sit->mean, sizeof(sit->mean));
        u->verdict = judged(u);
}

bool moved_trusts(const struct usual_place *u) {
        return u->verdict != PLACE_MOVED && u->verdict != PLACE_TURNED;
}

bool moved_turned(const struct usual_place *u) {
        return u->verdict == PLACE_TURNED;
}

void moved_tell(const struct usual_place *u, struct place *ret) {
        float mm[2];

        *ret = (struct place){.verdict = PLACE_LEARNING, .moved_x_mm = NAN, .moved_y_mm = NAN};
        if (u->verdict == PLACE_UNJUDGED)
                return;
        ret->verdict = (enum place_verdict)u->verdict;
        if (u->verdict == PLACE_TURNED)
                ret->turned_deg = turned_deg(u);
        if (u->verdict != PLACE_MOVED)
                return;
        displacement(u, mm);
        ret->moved_x_mm = -mm[0]; /* the sitter is where he was, the mat is not */
        ret->moved_y_mm = -mm[1];
}

bool moved_possible(const struct geometry *g) {
        return g->kind != GEOMETRY_UNPLACED && g->n_cells >= CELLS_LEAST;
}

float moved_factor(const struct usual_place *u) {
        return u->verdict == PLACE_MOVED ? MOVED_FACTOR : u->verdict == PLACE_TURNED ? TURNED_FACTOR : 1;
}
