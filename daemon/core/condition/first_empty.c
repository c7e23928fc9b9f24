/* SPDX-License-Identifier: MIT */
#include "core/condition/first_empty.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

/* The numbers without a source are [judgement], tried on simulated sitters and on recordings of real ones. */
static const uint64_t BRIEF_US = 500000, WIDE_US = 5000000;
enum { BLOCK_FRAMES = 2 };
static const float WHOLE_SEAT_CM2 = 1000; /* smaller mats measure a part of it */
static const float STEP_CM2 = 10;         /* a quarter of the least load of a person */
static const float STEP_SHARE = 0.15F;    /* of the level before */
static const float STEP_BLIND = 0.2F;     /* the same where a shape cannot be seen: leaning and swaying are less */
static const float STEP_NOISE = 5;        /* mean changes from frame to frame: 5.6 sigma of white noise */
static const float AGAINST = 0.2F;        /* a step goes one way: this share of it may go the other way */
/* evenness */
enum { SHAPE_CELLS = 36, LEVEL_CELLS = 8 }; /* fewer cells show no shape, or nothing at all */
static const float LEVEL_LEAST = 0.25F;     /* of the mean */
static const float LIKENESS = 0.4F;         /* correlation of neighbours: a sitter has more, random levels have less */
static const float LIKENESS_LEAST = 0.15F;  /* with less, no sitter is hidden in it */
static const float FLAT_CV = 0.15F;         /* variation over the cells: a sitter has more, also on a level of 30 % */
static const float FLAT_LEAST = 0.3F;       /* least cell, of the mean */
/* movement: the second difference of block means, relative to its expectation from the noise between frames. White
 * noise of mean absolute change m between frames gives a mean absolute second difference of 1.73 m / sqrt(frames). */
static const float FROM_NOISE = 1.73F;
static const float FROM_QUANTUM = 0.4F;  /* a cell between two steps of the converter moves by that much alone */
static const float FROM_SCALE = 0.0003F; /* of full scale: slow noise of the sensors */
static const float CELL_MOST = 8;        /* one cell that jumps is no sitter */
static const float MOVED = 1.4F, MOVED_FEW = 4;
/* A push against the chair is in up to three second differences. Recorded sitters move in 30 to 100 % of the blocks. */
static const float SITTER_BLOCKS = 3.2F, FADE_BLOCKS = 30;
/* Simulated sitters on one to sixteen cells have a mean of 1.1 to 2.4, empty mats with noise of 1 % one of 0.6 to 0.9. */
static const float SWAY = 0.9F, SWAY_MEAN = 1, SWAY_FEW = 0.5F, SWAY_MOST = 2;
enum { SWAYING = 4, SWAY_NONE = 2 }; /* of the last blocks: a push is in three of them */
/* A sway of less than five seconds is lost in the means of five: then half of the short blocks show it. Chairs are pushed
 * for less than 12 s. */
static const float FAST_FEW = 1.5F, FAST_FADE = 60, FAST_SITTER = 20, FAST_LEVEL = 8;
enum { MOTIONLESS_BLOCKS = 30 }; /* after these, nobody is there after all */
enum { UNEVEN_BLOCKS = 8, LEVEL_BLOCKS = 3, CALM_BLOCKS = 20, FALL_BLOCKS = 2 };
enum { CHANGES = 64 };
static const uint64_t STEP_US = 3000000;    /* a sit-down takes 1.4 s */
static const float LEVEL_MOVED = 2;         /* a seat with more movement before is no empty one */
static const float SETTLED = 0.03F;         /* change of a block, of the step down: sensors and foam creep back */
enum { DRIFT_STEPS = 8, DRIFT_CELLS = 16 }; /* in a floor; fewer cells show no share */
static const float DRIFT_FOLLOW = 0.25F;
/* polarity */
static const float FALLS_CELL = 0.08F, FALLS_CELLS = 0.4F,
                   FALLS_FEW = 0.6F;                     /* of its level; of the cells: leaning moves half */
static const float FALLS_LEAST = 0.1F;                   /* mean, of full scale */
static const float HIGH_MEAN = 0.85F, HIGH_LEAST = 0.6F; /* of full scale */

static float sum_cells(const float *x, uint32_t n) {
        float sum = 0;

        for (uint32_t i = 0; i < n; i++)
                sum += x[i];
        return sum;
}

/* Of full scale, as loads are. */
static float area_of(const struct geometry *g, float sum) {
        return sum / g->full_scale * g->cell_cm2;
}

static float scale_of(const struct geometry *g) {
        const float mat_cm2 = g->cell_cm2 * (float)g->n_cells;

        return mat_cm2 < WHOLE_SEAT_CM2 ? mat_cm2 / WHOLE_SEAT_CM2 : 1;
}

static bool shows_shape(const struct geometry *g) {
        return g->kind == GEOMETRY_GRID && g->n_cells >= SHAPE_CELLS && g->rows > 2 && g->cols > 2;
}

/* ---- evenness ---- */

/* Correlation of neighbours in rows and columns (Moran's I). */
static float measure_likeness(const struct geometry *g, const float *x, float mean, float variance) {
        float sum = 0;
        uint32_t pairs = 0;

        for (uint32_t r = 0; r < g->rows; r++)
                for (uint32_t k = 0; k < g->cols; k++) {
                        const uint32_t i = r * g->cols + k;

                        if (k + 1 < g->cols)
                                sum += (x[i] - mean) * (x[i + 1] - mean);
                        if (r + 1 < g->rows)
                                sum += (x[i] - mean) * (x[i + g->cols] - mean);
                        pairs += (k + 1 < g->cols ? 1U : 0U) + (r + 1 < g->rows ? 1U : 0U);
                }
        return variance > 0 ? sum / (float)pairs / variance : 0;
}

/* Of a few cells: hardly any reads next to nothing. */
static bool is_level(const float *x, uint32_t n, float mean) {
        uint32_t low = 0;

        for (uint32_t i = 0; i < n; i++)
                low += x[i] < LEVEL_LEAST * mean;
        return n < LEVEL_CELLS || 10 * low <= n;
}

static bool is_even(const struct geometry *g, const float *x, float likeness) {
        const uint32_t n = g->n_cells;
        const float mean = sum_cells(x, n) / (float)n;
        float squares = 0, least = INFINITY;

        if (!shows_shape(g))
                return is_level(x, n, mean);
        for (uint32_t i = 0; i < n; i++) {
                squares += (x[i] - mean) * (x[i] - mean);
                least = x[i] < least ? x[i] : least;
        }
        squares /= (float)n;
        if (squares < FLAT_CV * FLAT_CV * mean * mean && least >= FLAT_LEAST * mean)
                return true;
        return measure_likeness(g, x, mean, squares) < likeness;
}

static bool is_high(const struct geometry *g, const float *x) {
        uint32_t low = 0;

        for (uint32_t i = 0; i < g->n_cells; i++)
                low += x[i] < HIGH_LEAST * g->full_scale;
        return 10 * low <= g->n_cells && sum_cells(x, g->n_cells) >= HIGH_MEAN * g->full_scale * (float)g->n_cells;
}

/* ---- one frame ---- */

static void add_frame(struct first_empty *f, const float *x) {
        const uint32_t n = f->geometry->n_cells;
        const float follow = f->changes > 0 ? 1 / (float)f->changes : 0;
        float least = f->quantum;

        for (uint32_t i = 0; i < n; i++) {
                const float change = f->changes > 0 ? fabsf(x[i] - f->before[i]) : 0;

                least = change > 0 && change < least ? change : least;
                f->noise[i] += follow * (change - f->noise[i]);
                f->before[i] = x[i];
        }
        f->changes += f->changes < CHANGES;
        f->quantum = least;
}

/* Returns the number of frames of a block that is complete now; otherwise 0. */
static uint32_t add_to_block(struct first_blocks *b, const float *x, uint32_t n, uint64_t length_us, uint64_t now) {
        const uint32_t frames = b->frames + 1;

        if (b->frames + b->blocks == 0)
                b->since_us = now;
        for (uint32_t i = 0; i < n; i++)
                b->sum[i] += x[i];
        b->frames = frames;
        if (frames < BLOCK_FRAMES || now < b->since_us + length_us)
                return 0;
        memcpy(b->mean[2], b->mean[1], n * sizeof(float));
        memcpy(b->mean[1], b->mean[0], n * sizeof(float));
        for (uint32_t i = 0; i < n; i++)
                b->mean[0][i] = b->sum[i] / (float)frames;
        memset(b->sum, 0, n * sizeof(float));
        b->frames = 0;
        b->since_us = now;
        b->blocks += b->blocks < UINT32_MAX / 2;
        return frames;
}

/* Somebody sat down on the level: the sum rises, and nearly nothing falls. */
static bool has_stepped_up(const struct first_empty *f, const float *x, const float *floor) {
        const struct geometry *g = f->geometry;
        float up = 0, down = 0, step;

        for (uint32_t i = 0; i < g->n_cells; i++) {
                const float change = x[i] - f->level[i];
                const float least = fmaxf(floor[i] * g->full_scale, STEP_NOISE * f->noise[i]);

                up += change > least ? change : 0;
                down += change < -least ? -change : 0;
        }
        step = (shows_shape(g) ? STEP_SHARE : STEP_BLIND) * area_of(g, sum_cells(f->level, g->n_cells));
        step = step > STEP_CM2 * scale_of(g) ? step : STEP_CM2 * scale_of(g);
        return area_of(g, up) >= step && down <= AGAINST * up;
}

/* ---- one block ---- */

/* 0 before there are blocks enough. */
static float measure_motion(const struct first_empty *f, const struct first_blocks *b, uint32_t frames) {
        const struct geometry *g = f->geometry;
        const float quantum = isfinite(f->quantum) ? FROM_QUANTUM * f->quantum : 0;
        const float noise = FROM_NOISE / sqrtf((float)frames), scale = FROM_SCALE * g->full_scale;
        float sum = 0;

        if (b->blocks < BLOCK_MEANS)
                return 0;
        for (uint32_t i = 0; i < g->n_cells; i++) {
                const float expected = noise * f->noise[i] + quantum + scale;
                const float second = fabsf(b->mean[0][i] - 2 * b->mean[1][i] + b->mean[2][i]);

                sum += second < CELL_MOST * expected ? second / expected : CELL_MOST;
        }
        return sum / (float)g->n_cells;
}

static bool is_movement(const struct first_empty *f, float motion, float few) {
        return motion > MOVED + few / sqrtf((float)f->geometry->n_cells);
}

/* Every long block. */
static void count_movement(struct first_empty *f, float motion) {
        uint32_t swaying = 0;
        float sum = 0;

        f->motion[f->motions++ % MOTIONS] = motion;
        f->motions -= f->motions >= 4 * MOTIONS ? MOTIONS : 0;
        for (int i = 0; i < MOTIONS; i++) {
                sum += f->motion[i] < SWAY_MOST ? f->motion[i] : SWAY_MOST;
                swaying += f->motion[i] > SWAY;
        }
        f->moved += (float)is_movement(f, motion, MOVED_FEW) - f->moved / FADE_BLOCKS;
        f->motionless = swaying > SWAY_NONE ? 0 : f->motionless + 1;
        if (f->moved >= SITTER_BLOCKS ||
            (swaying >= SWAYING && sum >= MOTIONS * (SWAY_MEAN + SWAY_FEW / (float)f->geometry->n_cells)))
                f->sitter = true;
        else if (f->motionless >= MOTIONLESS_BLOCKS)
                f->sitter = false;
}

/* Every short block, on a mat that shows no shape. */
static void count_fast_movement(struct first_empty *f, float motion) {
        f->fast += (float)is_movement(f, motion, FAST_FEW) - f->fast / FAST_FADE;
        if (f->fast >= FAST_SITTER) {
                f->sitter = true;
                f->motionless = 0;
        }
}

/* A mat that shows no shape tells getting up from leaning by the cells: most of them fall, and none rises. */
static bool falls_everywhere(const struct first_empty *f, const float *from, float least, float cells) {
        const uint32_t n = f->geometry->n_cells;
        uint32_t fallen = 0;
        float up = 0, down = 0;

        for (uint32_t i = 0; i < n; i++) {
                const float fall = from[i] - f->brief.mean[0][i];

                fallen += fall >= fmaxf(least * from[i], STEP_NOISE * f->noise[i]);
                up += fall < 0 ? -fall : 0;
                down += fall > 0 ? fall : 0;
        }
        return (float)fallen >= cells * (float)n && up <= AGAINST * down;
}

/* A step down from the largest level; true once the load has settled after it, on an even level. */
static bool has_left(struct first_empty *f, float level_cm2) {
        const struct geometry *g = f->geometry;
        const float fall = f->top_cm2 - level_cm2;
        float step = (shows_shape(g) ? STEP_SHARE : STEP_BLIND) * f->top_cm2, change = 0;

        step = step > STEP_CM2 * scale_of(g) ? step : STEP_CM2 * scale_of(g);
        if (level_cm2 > f->top_cm2) {
                f->top_cm2 = level_cm2;
                memcpy(f->top, f->brief.mean[0], g->n_cells * sizeof(float));
        }
        for (uint32_t i = 0; i < g->n_cells; i++)
                change += fabsf(f->brief.mean[0][i] - f->brief.mean[1][i]);
        if (!shows_shape(g) && !falls_everywhere(f, f->top, STEP_SHARE, 0.5F))
                step = INFINITY;
        f->settled = fall >= step && f->even && area_of(g, change) < SETTLED * fall ? f->settled + 1 : 0;
        return f->settled >= FALL_BLOCKS && !f->high;
}

/* Somebody sat down on readings that fall under load. A few saturated cells that a sitter leaves fall as well, but to
 * nothing at once. */
static bool falls_under_load(const struct first_empty *f) {
        const struct geometry *g = f->geometry;
        const float *x = f->brief.mean[0], n = (float)g->n_cells;
        float up = 0, down = 0;

        if (!f->high || f->brief.since_us >= f->level_until_us ||
            sum_cells(x, g->n_cells) < FALLS_LEAST * g->full_scale * n)
                return false;
        for (uint32_t i = 0; i < g->n_cells; i++) {
                up += x[i] > f->level[i] ? x[i] - f->level[i] : 0;
                down += x[i] < f->level[i] ? f->level[i] - x[i] : 0;
        }
        return area_of(g, down) >= STEP_CM2 * scale_of(g) && up <= AGAINST * down &&
               (shows_shape(g) ||
                falls_everywhere(f, f->level, FALLS_CELL, g->n_cells < LEVEL_CELLS ? FALLS_FEW : FALLS_CELLS));
}

/* Every half second. */
static bool end_brief_block(struct first_empty *f, uint32_t frames, uint64_t now) {
        const struct first_blocks *b = &f->brief;
        const struct geometry *g = f->geometry;
        const size_t size = g->n_cells * sizeof(float);
        const float motion = measure_motion(f, b, frames);
        const bool moved = is_movement(f, motion, MOVED_FEW);

        if (!shows_shape(g))
                count_fast_movement(f, motion);
        f->even = is_even(g, b->mean[0], LIKENESS);
        f->calm = moved || !f->even ? 0 : f->calm + 1;
        if (f->even)
                f->uneven -= f->uneven > 0;
        else if ((f->uneven += 2) >= UNEVEN_BLOCKS) {
                f->uneven = UNEVEN_BLOCKS;
                f->sitter = true;
                f->motionless = 0;
        }
        if (b->blocks == 1) {
                f->high = is_high(g, b->mean[0]);
                return false;
        }
        if (!moved) {
                memcpy(f->level, b->mean[1], size);
                if (f->calm >= LEVEL_BLOCKS && f->moved < LEVEL_MOVED && f->fast < FAST_LEVEL)
                        f->level_until_us = now + STEP_US;
        }
        if (has_left(f, area_of(g, sum_cells(b->mean[0], g->n_cells)))) {
                memcpy(f->level, b->mean[0], size);
                return true;
        }
        return shows_shape(g) && !f->high && f->calm >= CALM_BLOCKS && is_even(g, b->mean[0], LIKENESS_LEAST);
}

static void start_watch(struct first_empty *f, const struct geometry *geometry) {
        const size_t size = geometry->n_cells * sizeof(float);

        memset(f, 0, offsetof(struct first_empty, brief));
        memset(&f->brief, 0, offsetof(struct first_blocks, mean[0]));
        memset(&f->wide, 0, offsetof(struct first_blocks, mean[0]));
        memset(f->noise, 0, size);
        f->geometry = geometry;
        f->quantum = INFINITY;
}

enum first_verdict first_empty_step(struct first_empty *f, const struct geometry *geometry, const float *x,
                                    const float *floor, uint64_t now) {
        const uint32_t n = geometry->n_cells;
        uint32_t frames;

        if (!f->geometry)
                start_watch(f, geometry);
        if (f->changes == 0)
                f->uneven = is_even(f->geometry, x, LIKENESS) ? 0 : UNEVEN_BLOCKS / 2;
        if (now < f->level_until_us && !f->sitter && has_stepped_up(f, x, floor))
                return FIRST_EMPTY;
        add_frame(f, x);
        frames = add_to_block(&f->wide, x, n, WIDE_US, now);
        if (frames > 0)
                count_movement(f, measure_motion(f, &f->wide, frames));
        frames = add_to_block(&f->brief, x, n, BRIEF_US, now);
        if (frames > 0 && end_brief_block(f, frames, now))
                return FIRST_EMPTY;
        if (frames > 0 && falls_under_load(f))
                return FIRST_FALLS;
        return f->uneven == 0 && !f->sitter ? FIRST_RESTS : FIRST_OPEN;
}

bool first_empty_reads_high(const struct first_empty *f) {
        return f->high && f->uneven == 0 && !f->sitter;
}

/* ---- after the first tare ---- */

/* The reading above the baseline that a share of the trusted cells does not reach, in steps; at most 2 floors. */
static uint32_t find_quantile(uint32_t n_cells, const float *above, const uint8_t *trusted, float step, float share) {
        uint32_t count[2 * DRIFT_STEPS + 1] = {0}, n = 0, below = 0, k = 0;

        for (uint32_t i = 0; i < n_cells; i++) {
                const float steps = above[i] / step;

                count[!(steps > 0) ? 0 : steps < 2 * DRIFT_STEPS ? (uint32_t)steps : 2 * DRIFT_STEPS] += trusted[i];
                n += trusted[i];
        }
        while (k < 2 * DRIFT_STEPS && (float)(below + count[k]) < share * (float)n)
                below += count[k++];
        return k;
}

void first_empty_follow_drift(const struct geometry *g, const float *x, const uint8_t *trusted, float floor,
                              float *baseline) {
        const float step = floor * g->full_scale / DRIFT_STEPS;
        float above[CELLS_MAX];
        uint32_t tenth, quarter;

        if (g->n_cells < DRIFT_CELLS || !(step > 0))
                return;
        for (uint32_t i = 0; i < g->n_cells; i++)
                above[i] = x[i] - baseline[i];
        tenth = find_quantile(g->n_cells, above, trusted, step, 0.1F);
        quarter = find_quantile(g->n_cells, above, trusted, step, 0.25F);
        if (tenth >= 2 * DRIFT_STEPS || quarter - tenth > DRIFT_STEPS / 2)
                return;
        for (uint32_t i = 0; i < g->n_cells; i++)
                baseline[i] += DRIFT_FOLLOW * (float)tenth * step;
}
