/* SPDX-License-Identifier: MIT */
#include "core/describe/sit_bones.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

/* The bones are 112 +- 9 mm apart in men, about 13 mm more in women; 135 mm in one recorded sitter: 80..170 mm holds
 * them all. */
static const float APART_LEAST_MM = 80, APART_MOST_MM = 170;
/* Prior knowledge of people, a standard deviation each: distance in men and women, and slant of a sitter who does not
 * sit askew. The *_CELLS are the errors of the measured pair when cells differ by a fifth, as a share of their
 * pitch. */
static const float APART_USUAL_MM = 118, APART_SD_MM = 12, SLANT_SD_MM = 5;
static const float APART_SD_CELLS = 0.4F, SLANT_SD_CELLS = 0.55F;
/* With a strong one-sided lean the unloaded bone cannot be found. */
static const float LEAN_MOST = 0.35F;
/* On a whole seat, a tenth of a sitter: with less load a pair of bumps is the mat's own. */
static const float LOAD_LEAST_CM2 = 20, WHOLE_SEAT_CM2 = 1000;
static const float FROM_MIDDLE_LEAST_MM = 15, FROM_MIDDLE_MOST_MM = 120; /* of the contact: the search range */
static const float BLOCK_MM = 25;     /* first search: the width of a sit bone's pressure peak */
static const float WINDOW_MM = 36;    /* refinement: radius of the smoothing kernel */
static const float WINDOW_CELLS = 2;  /* at least: a coarse cell that reads high must not count alone */
static const float REAR_SHARE = 0.6F; /* of the contact's length: the bones are in the rear, the thighs in front */
static const float LEVEL_MM = 45;     /* a pair is level: turned on the seat by some 20 degrees at most */
static const float VALLEY = 0.3F;     /* depth of the valley between two clear peaks, relative to the lower one */
static const float FRONT_MM = 48, FRONT_FALL = 0.1F; /* the thighs are lower by at least this share */
static const float QUALITY_LEAST = 0.15F;

enum { STEPS = 12, WINDOW_MOST = 32 };

struct spot {
        float x, y; /* mm */
        float height;
};

struct window {
        uint32_t row0, row1, col0, col1; /* half open */
};

static uint32_t bin_at(const struct marginal *m, float mm) {
        float at = (mm - marginal_begin(m)) / m->pitch_mm;

        if (!(at > 0))
                return 0;
        return at < (float)m->n ? (uint32_t)at : m->n;
}

static struct window window_at(const struct bone_map *m, float x, float y, float rx, float ry) {
        struct window w = {bin_at(m->y, y - ry), bin_at(m->y, y + ry) + 1, bin_at(m->x, x - rx),
                           bin_at(m->x, x + rx) + 1};

        w.row1 = w.row1 < m->y->n ? w.row1 : m->y->n;
        w.col1 = w.col1 < m->x->n ? w.col1 : m->x->n;
        if (w.row1 - w.row0 >
            WINDOW_MOST) /* cells of a millimetre: no seat mat has them, but a format file may define them */
                w.row1 = w.row0 + WINDOW_MOST;
        if (w.col1 - w.col0 > WINDOW_MOST)
                w.col1 = w.col0 + WINDOW_MOST;
        return w;
}

static float window_radius(const struct geometry *g) {
        float pitch = g->pitch_x_mm > g->pitch_y_mm ? g->pitch_x_mm : g->pitch_y_mm;

        return WINDOW_MM > WINDOW_CELLS * pitch ? WINDOW_MM : WINDOW_CELLS * pitch;
}

/* A window along one direction. */
struct kernel {
        float weight[WINDOW_MOST], moment[WINDOW_MOST];
};

/* Sets kernel weights along one direction, 1 - d2/h2, and the same times d. Returns the sum of the weights. */
static float set_weights(const struct marginal *m, uint32_t from, uint32_t to, float at, float h,
                         struct kernel *restrict ret) {
        const float first = m->first_mm - at, inverse = 1 / (h * h);
        float sum = 0;

        for (uint32_t i = from; i < to; i++) {
                float d = first + (float)i * m->pitch_mm, k = 1 - d * d * inverse;

                k = k > 0 ? k : 0;
                ret->weight[i - from] = k;
                ret->moment[i - from] = k * d;
                sum += k;
        }
        return sum;
}

/* One mean-shift step: the centroid under a smooth window, whose fixed points are the maxima of the smoothed map
 * (Comaniciu & Meer 2002). The window is a product, so that columns add up first and the inner loop vectorises. */
static struct spot shift_spot(const struct bone_map *m, struct spot at) {
        const float h = window_radius(m->geometry);
        const struct window w = window_at(m, at.x, at.y, h, h);
        const uint32_t n = w.col1 - w.col0;
        struct kernel x, y;
        float sums[WINDOW_MOST], moments[WINDOW_MOST], sum = 0, sum_x = 0, sum_y = 0;
        const float weights =
                set_weights(m->x, w.col0, w.col1, at.x, h, &x) * set_weights(m->y, w.row0, w.row1, at.y, h, &y);

        for (uint32_t c = 0; c < n; c++) /* not the whole arrays: n is 3 to 13 */
                sums[c] = moments[c] = 0;
        for (uint32_t r = w.row0; r < w.row1; r++) {
                const float *restrict load = m->load + (size_t)r * m->x->n + w.col0;
                const float row_weight = y.weight[r - w.row0], row_moment = y.moment[r - w.row0];

                for (uint32_t c = 0; c < n; c++) {
                        sums[c] += row_weight * load[c];
                        moments[c] += row_moment * load[c];
                }
        }
        for (uint32_t c = 0; c < n; c++) {
                // NOLINTNEXTLINE(clang-analyzer-core.UndefinedBinaryOperatorResult): set_weights() has written 0..n-1
                sum += x.weight[c] * sums[c];
                sum_x += x.moment[c] * sums[c];
                sum_y += x.weight[c] * moments[c];
        }
        if (!(sum > 0))
                return (struct spot){at.x, at.y, 0};
        return (struct spot){at.x + sum_x / sum, at.y + sum_y / sum, sum / weights};
}

/* Climbs to the nearest maximum. */
static struct spot climb_from(const struct bone_map *m, struct spot at) {
        for (int i = 0; i < STEPS; i++) {
                struct spot next = shift_spot(m, at);
                bool there = fabsf(next.x - at.x) + fabsf(next.y - at.y) < 0.2F;

                at = next;
                if (there)
                        break;
        }
        return at;
}

struct search {
        struct spot left, right;
};

/* Columns of one side, and the heaviest block found in them so far. */
struct side {
        uint32_t from, to;
        uint32_t row, col;
        float most;
};

static void search_row(struct side *side, const float *columns, uint32_t block, uint32_t row) {
        for (uint32_t c = side->from; c + block <= side->to; c += block) {
                float sum = 0;

                for (uint32_t k = 0; k < block; k++)
                        sum += columns[c + k];
                if (sum > side->most) {
                        side->most = sum;
                        side->row = row;
                        side->col = c;
                }
        }
}

static struct spot spot_of(const struct bone_map *m, const struct side *s, uint32_t block_x, uint32_t block_y) {
        return (struct spot){m->x->first_mm + ((float)s->col + (float)(block_x - 1) / 2) * m->x->pitch_mm,
                             m->y->first_mm + ((float)s->row + (float)(block_y - 1) / 2) * m->y->pitch_mm, s->most};
}

static void add_row(float *restrict columns, const float *restrict load, uint32_t n) {
        for (uint32_t c = 0; c < n; c++)
                columns[c] += load[c];
}

static uint32_t block_of(float pitch_mm) {
        float n = BLOCK_MM / pitch_mm + 0.5F;

        return n < 1 ? 1 : n < (float)CELLS_MAX ? (uint32_t)n : CELLS_MAX;
}

/* The middle of the contact, not of the load: one side may carry more. */
static float middle_of(const struct bone_map *m, float total) {
        const struct spread x = marginal_spread(m->x, total);

        return (x.from_mm + x.to_mm) / 2;
}

/* A person's weight is on the mat; mats smaller than a seat measure a part of it. */
static bool carries_pair(const struct geometry *g, float load) {
        float mat = g->cell_cm2 * (float)g->n_cells;

        return load >= LOAD_LEAST_CM2 * (mat < WHOLE_SEAT_CM2 ? mat / WHOLE_SEAT_CM2 : 1);
}

/* Finds the heaviest block on each side. */
static struct search search_blocks(const struct bone_map *m, const struct features *f) {
        const float middle = middle_of(m, f->load / m->geometry->cell_cm2);
        const uint32_t begin = bin_at(m->y, f->back_y_mm - BLOCK_MM);
        const uint32_t end = bin_at(m->y, f->back_y_mm + REAR_SHARE * (f->front_y_mm - f->back_y_mm));
        const uint32_t block_x = block_of(m->x->pitch_mm), block_y = block_of(m->y->pitch_mm);
        struct side left = {.from = bin_at(m->x, middle - FROM_MIDDLE_MOST_MM),
                            .to = bin_at(m->x, middle - FROM_MIDDLE_LEAST_MM)};
        struct side right = {.from = bin_at(m->x, middle + FROM_MIDDLE_LEAST_MM),
                             .to = bin_at(m->x, middle + FROM_MIDDLE_MOST_MM)};
        float columns[CELLS_MAX];

        for (uint32_t r = begin; r + block_y <= end; r += block_y) {
                memcpy(columns, m->load + (size_t)r * m->x->n, m->x->n * sizeof(float));
                for (uint32_t k = 1; k < block_y; k++)
                        add_row(columns, m->load + (size_t)(r + k) * m->x->n, m->x->n);
                search_row(&left, columns, block_x, r);
                search_row(&right, columns, block_x, r);
        }
        return (struct search){spot_of(m, &left, block_x, block_y), spot_of(m, &right, block_x, block_y)};
}

static float clamp_to_unit(float x) {
        return x > 0 ? (x < 1 ? x : 1) : 0;
}

static float height_at(const struct bone_map *m, float x, float y) {
        return shift_spot(m, (struct spot){x, y, 0}).height;
}

/* Two bumps, not two plateaus: depth of the valley between them, and of the fall from each to the thigh in front of
 * it, relative to the lower one; 0..1. */
static float find_prominence(const struct bone_map *m, const struct search *s) {
        const struct spot *l = &s->left, *r = &s->right;
        const float lower = l->height < r->height ? l->height : r->height;
        const float between = height_at(m, (l->x + r->x) / 2, (l->y + r->y) / 2);
        const float front_left = l->height - height_at(m, l->x, l->y + FRONT_MM);
        const float front_right = r->height - height_at(m, r->x, r->y + FRONT_MM);
        const float front = front_left < front_right ? front_left : front_right;

        return clamp_to_unit((lower - between) / (VALLEY * lower)) * clamp_to_unit(front / (FRONT_FALL * lower));
}

static float score_pair(const struct bone_map *m, const struct search *s) {
        const float apart = s->right.x - s->left.x, slant = fabsf(s->right.y - s->left.y);

        if (!(s->left.height > 0 && s->right.height > 0) || apart < APART_LEAST_MM || apart > APART_MOST_MM)
                return 0;
        return find_prominence(m, s) * clamp_to_unit(1.5F - slant / LEVEL_MM) *
               clamp_to_unit(0.5F + (apart - APART_LEAST_MM) / 20) *
               clamp_to_unit(0.5F + (APART_MOST_MM - apart) / 20);
}

static float trust_in(float usual_sd, float measured_sd) {
        return usual_sd * usual_sd / (usual_sd * usual_sd + measured_sd * measured_sd);
}

/* Pulls the pair towards a level one at the usual distance, as far as the cells are coarse. */
static void level_pair(const struct geometry *g, struct search *s) {
        const float pitch = g->pitch_x_mm > g->pitch_y_mm ? g->pitch_x_mm : g->pitch_y_mm;
        const float apart = s->right.x - s->left.x, slant = s->right.y - s->left.y;
        const float wider = (1 - trust_in(APART_SD_MM, APART_SD_CELLS * pitch)) * (APART_USUAL_MM - apart) / 2;
        const float lower = (1 - trust_in(SLANT_SD_MM, SLANT_SD_CELLS * pitch)) * slant / 2;

        s->left.x -= wider;
        s->right.x += wider;
        s->left.y += lower;
        s->right.y -= lower;
}

/* Begins at the previous place when the search ends in its neighbourhood: two steps instead of ten. */
static struct spot begin_at(const struct spot *found, const struct sit_bones *previous, const float mm[2]) {
        bool near = previous->valid && fabsf(found->x - mm[0]) < BLOCK_MM && fabsf(found->y - mm[1]) < BLOCK_MM;

        return near ? (struct spot){mm[0], mm[1], found->height} : *found;
}

bool sit_bones_possible(const struct geometry *g, const struct features *f) {
        return g->kind == GEOMETRY_GRID && carries_pair(g, f->load) && fabsf(f->asymmetry) <= LEAN_MOST;
}

struct sit_bones sit_bones_find(const struct bone_map *m, const struct features *f, const struct sit_bones *previous) {
        struct sit_bones ret = {.left_mm = {NAN, NAN}, .right_mm = {NAN, NAN}, .press = {NAN, NAN}};
        struct search s;

        if (!sit_bones_possible(m->geometry, f))
                return ret;
        s = search_blocks(m, f);
        if (!(s.left.height > 0 && s.right.height > 0))
                return ret;
        s.left = climb_from(m, begin_at(&s.left, previous, previous->left_mm));
        s.right = climb_from(m, begin_at(&s.right, previous, previous->right_mm));
        ret.press[0] = s.left.height;
        ret.press[1] = s.right.height;
        ret.quality = score_pair(m, &s);
        if (ret.quality < QUALITY_LEAST)
                return ret;
        level_pair(m->geometry, &s);
        ret.valid = true;
        ret.left_mm[0] = s.left.x;
        ret.left_mm[1] = s.left.y;
        ret.right_mm[0] = s.right.x;
        ret.right_mm[1] = s.right.y;
        return ret;
}
