/* SPDX-License-Identifier: MIT */
#include "core/condition/condition.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

#include "util/minmax.h"

static const float RECENT_S = 2;           /* time constant of the recent mean: a few frames even at 2 Hz */
static const uint64_t RECENT_US = 45000;   /* it is updated at most twenty times a second */
static const uint64_t TICK_US = 1000000;   /* the slow pass */
enum { PERIODS = 16 };                     /* frames in the mean time between them */
static const uint64_t CREEP_US = 250000;   /* often enough that a shift is followed while it happens */
static const uint64_t STEADY_US = 1500000; /* stillness that a tare by command needs */
static const float SATURATED = 0.98F;      /* of full scale, see map.h */
static const float EMPTY_CM2 = 2;         /* of full scale; with more on it a seat is not empty: a bag of 1 kg or so */
static const float STUCK_COUNTS = 4;      /* noise floors that a cell counts at most: it may be stuck */
static const float WHOLE_SEAT_CM2 = 1000; /* smaller mats measure a part of it */
static const float FEW_EMPTY = 0.05F;     /* mean reading: less than any person makes few cells read */
static const float FEW_RESIDUE =
        0.22F; /* of the peak, which is forgotten in PEAK_S: residue of the sitter, and drift */
static const float PEAK_S = 120;
static const float REST_STAYS = 0.6F;    /* of the load at which it began: with noise the state would flap */
static const uint32_t SPARE_CELLS = 8;   /* a mat with this many cells may have one that is stuck */
static const float NOISE_MARGIN = 5;     /* floor in mean absolute deviations: about 4 sigma of normal noise */
static const float CHANGE_NOISE = 0.71F; /* deviation in changes from frame to frame: white noise changes by sqrt(2) */
static const float NOISE_FIRST = 0.02F;  /* of full scale: more is movement, not noise */
static const float FOLLOW_UP =
        1.0F / 16;                      /* per tick, while empty: slow, so that nothing laid down gently is absorbed */
static const float FOLLOW_DOWN = 0.25F; /* per tick, always: a load below zero means that the baseline is too high */
static const float OUTSIDE = 0.02F, ORIGIN = 0.25F; /* of full scale */
static const float RAW_MOST = 1e10F;                /* more than any converter reads */
static const float UNTURNED = 0.97F;   /* of full scale, in all cells: the readings do not fall under load after all */
static const float STUCK_LEVEL = 0.5F; /* of full scale: a cell resting above it has lost most of its range */
static const float STUCK_RANGE = 0.03F;    /* of full scale: a live cell under a sitter moves more, by creep alone */
static const uint64_t STUCK_US = 60000000; /* a cell is watched for at least this long */

/* Limits of the quality, see condition.h. */
static const float SATURATED_SHARE = 0.1F;
static const float SLOW_S = 0.55F; /* two frames a second, and a tenth */
static const float DRIFT_LEAST = 0.02F, DRIFT_WORST = 0.5F;

static uint32_t max_u32(uint32_t a, uint32_t b) {
        return a > b ? a : b;
}

/* ---- faults ---- */

/* Cells that cannot be measuring, and their replacement.
 *
 * Stuck: reads high with nobody on the seat, or never changes while the others come and go. Dead line: a matrix fails
 * by row or column. A line that reads nothing at all while the lines on both sides carry load at the same places is
 * dead after a minute of that. Up to two lines side by side. Dead cell: reads nothing while all four neighbours carry
 * load, for a minute. A cell that was never loaded is not dead: a third of a seat mat's cells never carry anything, so
 * only neighbours with a clear load count: half as much as the mean of the loaded cells, and four noise floors. A cell
 * that reads anything again is alive.
 *
 * On a grid a masked cell gets the mean of the nearest good cells on opposite sides, along row, column or both; where
 * there are none (edges, other mats), it stays masked: its load is 0. */
static const uint8_t SURE_S = 60;     /* the gaps of a posture last less */
static const float FLOORS = 4;        /* a neighbour with this many noise floors is loaded */
static const float OF_MEAN = 0.5F;    /* and with this share of the mean of the loaded cells */
static const uint32_t GAP_MAX = 3;    /* lines to the next good one at most: two dead ones side by side */
static const uint32_t LINE_LEAST = 3; /* places along a line that must be loaded on both sides */

static void faults_init(struct faults *f, const struct geometry *geometry) {
        const uint32_t n = geometry->n_cells;

        memset(f, 0, offsetof(struct faults, silent_s));
        memset(f->silent_s, 0, n);
        memset(f->row_s, 0, n);
        memset(f->col_s, 0, n);
        f->geometry = geometry;
}

/* A line of cells: n of them from the first, step apart. */
struct line {
        uint32_t first, n, step;
};

static struct line row_line(const struct geometry *g, uint32_t row) {
        return (struct line){row * g->cols, g->cols, 1};
}

static struct line col_line(const struct geometry *g, uint32_t col) {
        return (struct line){col, g->rows, g->cols};
}

static bool is_line_empty(struct line l, const float *load) {
        for (uint32_t k = 0; k < l.n; k++)
                if (load[l.first + k * l.step] > 0)
                        return false;
        return true;
}

static void count_up(uint8_t *seconds) {
        if (*seconds < UINT8_MAX)
                ++*seconds;
}

/* The nearest line with load, up (by = 1) or down (by = -1); UINT32_MAX = none near. */
static uint32_t find_loaded_line(const uint8_t *empty, uint32_t n, uint32_t at, int by) {
        for (uint32_t k = 1; k <= GAP_MAX; k++) {
                uint32_t i = by > 0 ? at + k : at - k;

                if (i >= n) /* also below 0 */
                        return UINT32_MAX;
                if (!empty[i])
                        return i;
        }
        return UINT32_MAX;
}

static uint32_t count_loaded_places(struct line a, struct line b, const float *load, float enough) {
        uint32_t places = 0;

        for (uint32_t k = 0; k < a.n; k++)
                places += load[a.first + k * a.step] >= enough && load[b.first + k * b.step] >= enough;
        return places;
}

/* Counts the seconds of those rows (or columns) that are empty between loaded ones. */
static void observe_lines(const struct geometry *g, bool rows, const float *load, float enough, uint8_t *seconds) {
        struct line (*line)(const struct geometry *, uint32_t) = rows ? row_line : col_line;
        const uint32_t n = rows ? g->rows : g->cols;
        uint8_t empty[CELLS_MAX];

        for (uint32_t i = 0; i < n; i++)
                empty[i] = is_line_empty(line(g, i), load);
        for (uint32_t i = 0; i < n; i++) {
                uint32_t below = find_loaded_line(empty, n, i, -1), above = find_loaded_line(empty, n, i, 1);

                if (!empty[i])
                        seconds[i] = 0;
                else if (below != UINT32_MAX && above != UINT32_MAX && above - below <= GAP_MAX &&
                         count_loaded_places(line(g, below), line(g, above), load, enough) >= LINE_LEAST)
                        count_up(&seconds[i]);
        }
}

static void observe_cells(struct faults *f, const float *load, float enough) {
        const struct geometry *g = f->geometry;

        for (uint32_t r = 1; r + 1 < g->rows; r++)
                for (uint32_t k = r * g->cols + 1; k + 1 < (r + 1) * g->cols; k++)
                        if (load[k] > 0)
                                f->silent_s[k] = 0;
                        else if (load[k - 1] >= enough && load[k + 1] >= enough && load[k - g->cols] >= enough &&
                                 load[k + g->cols] >= enough)
                                count_up(&f->silent_s[k]);
}

/* Once a second, with the loads as measured. */
static void faults_observe(struct faults *f, const float *load, float floor) {
        const struct geometry *g = f->geometry;
        float sum = 0, enough;
        uint32_t active = 0;

        for (uint32_t i = 0; i < g->n_cells; i++) {
                sum += load[i];
                active += load[i] > 0;
        }
        if (g->kind != GEOMETRY_GRID || active == 0)
                return;
        enough = OF_MEAN * sum / (float)active;
        enough = enough > FLOORS * floor ? enough : FLOORS * floor;
        observe_lines(g, true, load, enough, f->row_s);
        observe_lines(g, false, load, enough, f->col_s);
        observe_cells(f, load, enough);
}

static bool faults_is_dead(const struct faults *f, uint32_t cell) {
        const uint32_t cols = f->geometry->cols;

        if (f->geometry->kind != GEOMETRY_GRID)
                return false;
        return f->silent_s[cell] >= SURE_S || f->row_s[cell / cols] >= SURE_S || f->col_s[cell % cols] >= SURE_S;
}

/* The cell reads something again. */
static void faults_revive(struct faults *f, uint32_t cell) {
        if (f->geometry->kind != GEOMETRY_GRID)
                return;
        f->silent_s[cell] = f->row_s[cell / f->geometry->cols] = f->col_s[cell % f->geometry->cols] = 0;
}

/* Finds the nearest good cell, at most GAP_MAX - 1 steps of `step` cells away and `room` of them on the mat; or
 * UINT32_MAX. */
static uint32_t find_good_cell(const uint8_t *trusted, uint32_t cell, int step, uint32_t room) {
        for (uint32_t k = 1; k < GAP_MAX && k <= room; k++) {
                uint32_t at = (uint32_t)((int)cell + (int)k * step);

                if (trusted[at])
                        return at;
        }
        return UINT32_MAX;
}

static void add_pair(struct faults_fill *fill, uint32_t a, uint32_t b) {
        if (a == UINT32_MAX || b == UINT32_MAX)
                return;
        fill->from[fill->n++] = (uint16_t)a;
        fill->from[fill->n++] = (uint16_t)b;
}

/* Plans the replacement of each masked cell; call it after faults_observe(). trusted: 1 = measuring. */
static void faults_plan_fill(struct faults *f, const uint8_t *trusted) {
        const struct geometry *g = f->geometry;
        const int cols = (int)g->cols;

        f->n_filled = 0;
        for (uint32_t i = 0; g->kind == GEOMETRY_GRID && i < g->n_cells && f->n_filled < FAULTS_FILLED_MAX; i++) {
                struct faults_fill *fill = &f->fill[f->n_filled];
                const uint32_t row = i / g->cols, col = i % g->cols;

                if (trusted[i] || g->masked[i])
                        continue;
                *fill = (struct faults_fill){.cell = (uint16_t)i};
                add_pair(fill, find_good_cell(trusted, i, -1, col), find_good_cell(trusted, i, 1, g->cols - 1 - col));
                add_pair(fill, find_good_cell(trusted, i, -cols, row),
                         find_good_cell(trusted, i, cols, g->rows - 1 - row));
                f->n_filled += fill->n > 0;
        }
}

/* Replaces masked cells in place, every frame. */
static void faults_fill(const struct faults *f, float *load) {
        for (uint32_t i = 0; i < f->n_filled; i++) {
                const struct faults_fill *fill = &f->fill[i];
                float sum = 0;

                for (uint32_t k = 0; k < fill->n; k++)
                        sum += load[fill->from[k]];
                load[fill->cell] = sum / (float)fill->n;
        }
}

/* ---- quality ---- */

static void add_flaw(struct map *map, enum map_flaw flaw, float factor) {
        map->flaws |= (uint32_t)flaw;
        map->quality *= factor;
}

static void rate_cells(struct map *map) {
        const float all = (float)map->n_cells, filled = (float)map->n_filled;
        const float masked = (float)(map->n_stuck + map->n_dead), share = (masked - filled / 2) / all;

        if (map->n_stuck > 0)
                add_flaw(map, FLAW_STUCK, 1);
        if (map->n_dead > 0)
                add_flaw(map, FLAW_DEAD, 1);
        map->quality *= share < 1 ? 1 - share : 0;
}

/* Sets quality and flaws from the other fields of the map. */
static void rate_quality(struct condition *c, struct map *map) {
        const float saturated = map->n_active ? (float)map->n_saturated / (float)map->n_active : 0;
        const float drift = 5 * c->drift;

        map->drift = c->drift;
        map->quality = 1;
        map->flaws = 0;
        if (!map->tared)
                add_flaw(map, FLAW_NOT_TARED, 0.6F);
        if (map->resting)
                add_flaw(map, FLAW_WAITING, 1);
        if (c->falls || (map->resting && first_empty_reads_high(&c->first)))
                add_flaw(map, FLAW_FALLS, 1);
        rate_cells(map);
        if (saturated > SATURATED_SHARE)
                add_flaw(map, FLAW_SATURATED, saturated < 1 ? 1 - saturated / 2 : 0.5F);
        if (c->period_s > SLOW_S)
                add_flaw(map, FLAW_SLOW, 0.7F);
        if (map->drift > DRIFT_LEAST)
                add_flaw(map, FLAW_DRIFTING, drift < DRIFT_WORST ? 1 - drift : 1 - DRIFT_WORST);
        if (c->geometry->kind == GEOMETRY_UNPLACED)
                add_flaw(map, FLAW_UNPLACED, 0.5F);
        else if (c->geometry->pitch_assumed)
                add_flaw(map, FLAW_PITCH_GUESSED, 0.9F);
        c->quality = map->quality;
        c->flaws = map->flaws;
}

/* ---- cells ---- */

static float clamp_raw(float raw, float full_scale) {
        float x = raw > 0 ? raw : 0; /* NAN compares false */

        return x < full_scale ? x : full_scale;
}

static bool is_stuck(const struct condition *c, uint32_t i) {
        const float full = c->geometry->full_scale;
        const uint32_t n = c->geometry->n_cells;
        bool swung = c->most_active >= c->least_active + max_u32(2, n / 3) && c->least_active <= n / 2 &&
                     c->last_us - c->started_us >= STUCK_US;

        if (!c->settings.stuck_mask)
                return false;
        if (c->tared && c->baseline[i] > STUCK_LEVEL * full)
                return true;
        return swung && c->lowest[i] > STUCK_LEVEL * full && c->highest[i] - c->lowest[i] < STUCK_RANGE * full;
}

/* Derives gains, thresholds and trust from the present state. */
static void derive_cells(struct condition *c) {
        const struct geometry *g = c->geometry;
        const float floor = c->settings.noise_floor_pct / 100;

        c->n_stuck = c->n_dead = 0;
        for (uint32_t i = 0; i < g->n_cells; i++) {
                const float own = NOISE_MARGIN * c->noise[i] / g->full_scale;
                bool stuck = is_stuck(c, i), dead;

                dead = !stuck && !g->masked[i] && c->settings.stuck_mask && faults_is_dead(&c->faults, i);
                c->n_stuck += stuck;
                c->n_dead += dead;
                c->trusted[i] = !stuck && !dead && !g->masked[i];
                c->gain[i] = c->trusted[i] ? 1 / g->full_scale : 0;
                c->threshold[i] = own > floor ? own : floor;
        }
        faults_plan_fill(&c->faults, c->trusted);
}

void condition_init(struct condition *c, const struct settings_condition *settings, const struct geometry *geometry) {
        const size_t size = geometry->n_cells * sizeof(float);
        uint32_t masked = 0;

        /* of the cell arrays only the part that is used: the rest never costs memory */
        memset(c, 0, offsetof(struct condition, origin));
        memset(c->origin, 0, size);
        memset(c->baseline, 0, size);
        memset(c->noise, 0, size);
        memset(c->recent, 0, size);
        memset(c->lowest, 0, size);
        memset(c->highest, 0, size);
        memset(c->first_baseline, 0, size);
        c->settings = *settings;
        c->geometry = geometry;
        c->first.geometry = NULL;
        faults_init(&c->faults, geometry);
        creep_init(&c->creep, geometry->n_cells);
        response_prepare(&c->curves, NULL, geometry);
        c->still_since_us = c->quiet_since_us = UINT64_MAX;
        c->least_active = geometry->n_cells;
        for (uint32_t i = 0; i < geometry->n_cells; i++)
                masked += geometry->masked[i];
        c->few = geometry->n_cells - masked <= FEW_CELLS_MAX;
        derive_cells(c);
}

bool condition_set_response(struct condition *c, const struct response *response) {
        return response_prepare(&c->curves, response, c->geometry);
}

void condition_configure(struct condition *c, const struct settings_condition *settings) {
        c->settings = *settings;
        derive_cells(c);
}

static void start_recent(struct condition *c, const struct frame *frame) {
        for (uint32_t i = 0; i < frame->n_cells; i++) {
                c->recent[i] = clamp_raw(frame->raw[i], c->geometry->full_scale);
                c->lowest[i] = c->highest[i] = c->recent[i];
        }
        c->started = true;
        c->started_us = c->last_us = c->ticked_us = c->recent_us = frame->arrived_us;
}

/* Short loops over the cells, each of a shape that gcc and clang vectorise under strict floating point: no sums of
 * floats, no value both selected and compared in one loop. */
static uint32_t subtract_baseline(const struct condition *c, const float *restrict raw, float *restrict load) {
        const float *restrict baseline = c->baseline, *restrict gain = c->gain, *restrict threshold = c->threshold;
        const float full = c->geometry->full_scale;
        const uint32_t n = c->geometry->n_cells;
        uint32_t active = 0;

        for (uint32_t i = 0; i < n; i++) {
                float y = (clamp_raw(raw[i], full) - baseline[i]) * gain[i];

                y = y < 1 ? y : 1;
                load[i] = y > threshold[i] ? y : 0;
                active += y > threshold[i];
        }
        return active;
}

/* Updates the recent mean. Returns how many cells moved. */
static uint32_t update_recent(struct condition *c, const float *restrict raw, float follow) {
        const float *restrict threshold = c->threshold;
        float *restrict recent = c->recent;
        const float full = c->geometry->full_scale;
        const uint32_t n = c->geometry->n_cells;
        uint32_t moved = 0;

        for (uint32_t i = 0; i < n; i++) {
                float change = clamp_raw(raw[i], full) - recent[i];

                recent[i] += follow * change;
                moved += fabsf(change) > full * threshold[i];
        }
        return moved;
}

static uint32_t count_saturated(const struct condition *c, const float *restrict raw) {
        const float *restrict gain = c->gain;
        const float saturated = SATURATED * c->geometry->full_scale;
        const uint32_t n = c->geometry->n_cells;
        uint32_t over = 0;

        for (uint32_t i = 0; i < n; i++)
                over += (raw[i] >= saturated) & (gain[i] > 0);
        return over;
}

/* Tracks the range of each cell, and how many cells exceed the floor without baseline: both show stuck
 * cells. */
static void track_range(struct condition *c) {
        const float floor = c->settings.noise_floor_pct / 100 * c->geometry->full_scale;
        uint32_t above = 0;

        for (uint32_t i = 0; i < c->geometry->n_cells; i++) {
                float x = c->recent[i];

                c->lowest[i] = x < c->lowest[i] ? x : c->lowest[i];
                c->highest[i] = x > c->highest[i] ? x : c->highest[i];
                above += x > floor;
        }
        c->least_active = above < c->least_active ? above : c->least_active;
        c->most_active = max_u32(c->most_active, above);
}

/* An object on the seat has weight and presses on neighbouring cells: a loaded cell counts as far as the next one of
 * its row is loaded too. Cells that read high by themselves lie scattered; a single one is too small to matter. */
static float weigh_objects_cm2(const struct condition *c, const struct map *map, float enough_cm2) {
        const struct geometry *g = c->geometry;
        const uint32_t next = g->kind == GEOMETRY_GRID && g->cols > 1 ? 1 : 0;
        const uint32_t cols = next ? g->cols : g->n_cells, rows = g->n_cells / cols;
        const float most = STUCK_COUNTS * map->floor, enough = enough_cm2 / g->cell_cm2;
        float sum = 0;

        for (uint32_t r = 0; r < rows && sum < enough; r++)
                for (uint32_t k = r * cols; k + next < (r + 1) * cols; k++)
                        sum += min_f(most, min_f(map->load[k], map->load[k + next]));
        return sum * g->cell_cm2;
}

/* The load of the least object. */
static float empty_cm2(const struct condition *c) {
        return EMPTY_CM2 * min_f(1, c->geometry->cell_cm2 * (float)c->geometry->n_cells / WHOLE_SEAT_CM2);
}

/* An object placed on the seat is never absorbed into the baseline, even if it does not move. Under a few cells nothing
 * so light can be told from the drift of the cells. */
static bool is_empty(const struct condition *c, const struct map *map) {
        const struct geometry *g = c->geometry;
        const float enough = empty_cm2(c);

        if (c->few)
                return map->reading < FEW_EMPTY || map->reading < FEW_RESIDUE * c->peak;
        return map->n_active <= (g->n_cells >= SPARE_CELLS ? 1 : 0) || weigh_objects_cm2(c, map, enough) < enough;
}

/* Drift is measured relative to the first tare. With noise above the floor no later frame would look still enough to
 * learn the noise from it. */
static void mark_tared(struct condition *c) {
        const float most = NOISE_FIRST * c->geometry->full_scale;

        if (!c->tared)
                memcpy(c->first_baseline, c->baseline, c->geometry->n_cells * sizeof(float));
        for (uint32_t i = 0; !c->tared && c->first.geometry && i < c->geometry->n_cells; i++)
                c->noise[i] = min_f(most, CHANGE_NOISE * c->first.noise[i]);
        c->tared = true;
}

static void set_baseline(struct condition *c) {
        memcpy(c->baseline, c->recent, c->geometry->n_cells * sizeof(float));
        mark_tared(c);
}

static float measure_drift(const struct condition *c) {
        const uint32_t n = c->geometry->n_cells;
        float sum = 0;

        for (uint32_t i = 0; i < n && c->tared; i++)
                sum += c->trusted[i] ? fabsf(c->baseline[i] - c->first_baseline[i]) : 0;
        return sum / ((float)n * c->geometry->full_scale);
}

static void follow_baseline(struct condition *c, const struct frame *frame) {
        const float full = c->geometry->full_scale;

        for (uint32_t i = 0; i < c->geometry->n_cells; i++) {
                float off = fabsf(clamp_raw(frame->raw[i], full) - c->recent[i]);

                c->baseline[i] += FOLLOW_UP * (c->recent[i] - c->baseline[i]);
                c->noise[i] += FOLLOW_UP * (off - c->noise[i]);
        }
}

static void lower_baseline(struct condition *c) {
        const float full = c->geometry->full_scale;

        for (uint32_t i = 0; i < c->geometry->n_cells; i++) {
                float below = c->baseline[i] - c->recent[i];

                if (below > c->threshold[i] * full)
                        c->baseline[i] -= FOLLOW_DOWN * below;
        }
}

static void update_still(struct condition *c, uint32_t moved, uint64_t now) {
        if (moved > c->geometry->n_cells / 16)
                c->still_since_us = c->quiet_since_us = UINT64_MAX;
        else if (c->still_since_us > now)
                c->still_since_us = now;
}

static void observe_recent(struct condition *c, const struct frame *frame) {
        const float dt = (float)(frame->arrived_us - c->recent_us) * 1e-6F;

        c->recent_us = frame->arrived_us;
        c->n_saturated = count_saturated(c, frame->raw);
        update_still(c, update_recent(c, frame->raw, dt / (RECENT_S + dt)), frame->arrived_us);
}

/* Returns whether the seat has been still and empty for long enough. */
static bool update_quiet(struct condition *c, const struct map *map, uint64_t now) {
        if (c->still_since_us > now || !is_empty(c, map))
                c->quiet_since_us = UINT64_MAX;
        else if (c->quiet_since_us > now)
                c->quiet_since_us = c->still_since_us > c->ticked_us ? c->still_since_us : c->ticked_us;
        return c->quiet_since_us <= now && (float)(now - c->quiet_since_us) >= c->settings.tare_s * 1e6F;
}

/* A cell marked dead that reads above its threshold is alive again. */
static void revive_cells(struct condition *c) {
        for (uint32_t i = 0; i < c->geometry->n_cells && c->n_dead > 0; i++)
                if (c->recent[i] - c->baseline[i] > c->threshold[i] * c->geometry->full_scale)
                        faults_revive(&c->faults, i);
}

/* The slow pass: baseline, faults, quality. */
static void run_slow_pass(struct condition *c, const struct frame *frame, struct map *map) {
        const uint64_t now = frame->arrived_us;
        const float passed_s = (float)(now - c->ticked_us) * 1e-6F;
        bool quiet;

        c->peak = fmaxf(map->reading, c->peak / (1 + passed_s / PEAK_S));
        quiet = update_quiet(c, map, now);
        c->ticked_us = now;
        track_range(c);
        if (c->settings.tare && quiet && !c->tared)
                set_baseline(c);
        else if (c->settings.tare && quiet)
                follow_baseline(c, frame);
        else if (c->settings.tare && c->tared)
                lower_baseline(c);
        if (c->settings.tare && c->tared)
                first_empty_follow_drift(c->geometry, c->recent, c->trusted, map->floor, c->baseline);
        faults_observe(&c->faults, map->load, map->floor);
        revive_cells(c);
        derive_cells(c);
        c->drift = measure_drift(c);
        rate_quality(c, map);
}

static bool is_divider(const struct condition *c) {
        return c->settings.response == RESPONSE_DIVIDER && c->curves.n_knots == 0;
}

static float measure_reading(const struct condition *c, const float *load) {
        float sum = 0;
        uint32_t n = 0;

        if (!c->few && !is_divider(c))
                return NAN;
        for (uint32_t i = 0; i < c->geometry->n_cells; i++) {
                sum += load[i];
                n += c->trusted[i];
        }
        return n ? sum / (float)n : 0;
}

static float crosstalk_strength(const struct condition *c) {
        return c->settings.crosstalk < 0 ? c->geometry->crosstalk : c->settings.crosstalk;
}

static void remove_creep(struct condition *c, float *load, uint64_t now) {
        if (!c->settings.creep)
                return;
        if (!c->creep.started || now < c->creep.ticked_us || now - c->creep.ticked_us >= CREEP_US)
                creep_tick(&c->creep, load, c->still_since_us <= now, now);
        creep_remove(&c->creep, load);
}

const float *condition_creep_share(const struct condition *c) {
        return c->settings.creep ? c->creep.share : NULL;
}

/* Sets every field but the loads, their count and their sum. */
static void set_map_state(const struct condition *c, const struct frame *frame, struct map *ret) {
        ret->seq = frame->seq;
        ret->arrived_us = frame->arrived_us;
        ret->n_cells = c->geometry->n_cells;
        ret->n_saturated = c->n_saturated;
        ret->n_stuck = c->n_stuck;
        ret->n_dead = c->n_dead;
        ret->n_filled = c->faults.n_filled;
        ret->tared = c->tared;
        ret->resting = !c->tared && c->resting;
        ret->straight = is_divider(c) || c->curves.n_knots > 0;
        ret->floor = c->settings.noise_floor_pct / 100;
        ret->unit_n = c->curves.unit_n;
        ret->creep = c->settings.creep ? c->creep.constant : NAN;
        ret->drift = c->drift;
        ret->quality = c->quality;
        ret->flaws = c->flaws;
        memcpy(ret->trusted, c->trusted, c->geometry->n_cells);
}

/* The readings fall under load. */
static void turn_round(struct condition *c) {
        const float full = c->geometry->full_scale;

        c->falls = !c->falls;
        for (uint32_t i = 0; i < c->geometry->n_cells; i++) {
                c->baseline[i] = full - c->first.level[i];
                c->recent[i] = full - c->recent[i];
                c->lowest[i] = c->highest[i] = c->recent[i];
        }
}

/* Saturated cells that a sitter leaves look like readings that fall under load, until all of them read nothing. */
static void check_turn(struct condition *c) {
        uint32_t high = 0;

        for (uint32_t i = 0; i < c->geometry->n_cells; i++)
                high += c->recent[i] >= UNTURNED * c->geometry->full_scale;
        if (!c->falls || high < c->geometry->n_cells)
                return;
        turn_round(c);
        memset(c->baseline, 0, c->geometry->n_cells * sizeof(float));
        c->tared = false;
        c->first.geometry = NULL;
}

/* Before the first tare: learns the empty seat from what happens on it. */
static void watch_first_empty(struct condition *c, const float *raw, const struct map *map, uint64_t now) {
        const float full = c->geometry->full_scale;
        float x[CELLS_MAX];
        enum first_verdict verdict;
        float load = 0, recent = 0, least;

        for (uint32_t i = 0; i < c->geometry->n_cells; i++) {
                x[i] = clamp_raw(raw[i], full);
                load += map->load[i];
                recent += (c->recent[i] - c->baseline[i]) / full;
        }
        verdict = first_empty_step(&c->first, c->geometry, x, c->threshold, now);
        least = c->few ? FEW_EMPTY * (float)c->geometry->n_cells : empty_cm2(c) / c->geometry->cell_cm2;
        c->resting =
                verdict == FIRST_RESTS && (load >= least || (c->resting && fmaxf(load, recent) >= REST_STAYS * least));
        if (verdict == FIRST_FALLS)
                turn_round(c);
        else if (verdict == FIRST_EMPTY)
                memcpy(c->baseline, c->first.level, c->geometry->n_cells * sizeof(float));
        else
                return;
        mark_tared(c);
        derive_cells(c);
}

static float sum_force_n(const struct condition *c, const float *load) {
        float sum = 0;

        if (c->curves.n_knots == 0)
                return NAN;
        for (uint32_t i = 0; i < c->geometry->n_cells; i++)
                sum += load[i];
        return sum * c->curves.unit_n;
}

/* Readings that begin far from 0, or fall under load, as ordinary ones. */
static void turn_frame(const struct condition *c, const struct frame *frame, struct frame *ret) {
        const float full = c->geometry->full_scale;

        ret->seq = frame->seq;
        ret->arrived_us = frame->arrived_us;
        ret->n_cells = frame->n_cells;
        for (uint32_t i = 0; i < c->geometry->n_cells; i++)
                ret->raw[i] = c->falls ? full - frame->raw[i] : frame->raw[i] - c->origin[i];
}

/* Gives cells that read outside of 0 to full scale an origin, so that they rest at a quarter of it. */
static void find_origins(struct condition *c, const float *raw) {
        const float full = c->geometry->full_scale;

        for (uint32_t i = 0; i < c->geometry->n_cells && !c->tared; i++)
                if (fabsf(raw[i]) < RAW_MOST && (raw[i] < -OUTSIDE * full || raw[i] > (1 + OUTSIDE) * full)) {
                        c->origin[i] = raw[i] - ORIGIN * full;
                        c->shifted = true;
                }
}

static void step_frame(struct condition *c, const struct frame *frame, struct map *ret) {
        const uint64_t now = frame->arrived_us;
        const bool first = !c->started || now < c->last_us;
        float dt;

        if (first)
                start_recent(c, frame);
        dt = (float)(now - c->last_us) * 1e-6F;
        c->period_s += (dt - c->period_s) / (c->frames < PERIODS ? (float)(c->frames > 0 ? c->frames : 1) : PERIODS);
        c->frames += c->frames < UINT32_MAX;
        c->last_us = now;
        ret->n_active = subtract_baseline(c, frame->raw, ret->load);
        if (c->settings.tare && !c->tared) {
                watch_first_empty(c, frame->raw, ret, now);
                if (c->falls) /* from the next frame on */
                        memset(ret->load, 0, c->geometry->n_cells * sizeof(float));
                ret->n_active = c->falls ? 0 : subtract_baseline(c, frame->raw, ret->load);
        }
        if (first || now - c->recent_us >= RECENT_US)
                observe_recent(c, frame);
        crosstalk_remove(c->geometry, crosstalk_strength(c), ret->load);
        ret->reading = measure_reading(c, ret->load);
        remove_creep(c, ret->load, now);
        set_map_state(c, frame, ret);
        if (first)
                rate_quality(c, ret);
        if (now - c->ticked_us >= TICK_US) {
                run_slow_pass(c, frame, ret);
                check_turn(c);
        }
        if (is_divider(c))
                divider_apply(c->baseline, c->gain, c->geometry->n_cells, ret->load);
        response_apply(&c->curves, ret->load);
        faults_fill(&c->faults, ret->load);
        ret->force_n = sum_force_n(c, ret->load);
}

void condition_step(struct condition *c, const struct frame *frame, struct map *ret) {
        if (!c->started)
                find_origins(c, frame->raw);
        if (c->falls || c->shifted)
                turn_frame(c, frame, &c->turned);
        step_frame(c, c->falls || c->shifted ? &c->turned : frame, ret);
}

bool condition_tare(struct condition *c, bool stated_empty) {
        const uint64_t since_us = stated_empty ? c->started_us : c->still_since_us;

        if (c->frames < 3 || since_us > c->last_us || c->last_us - since_us < STEADY_US)
                return false;
        set_baseline(c);
        derive_cells(c);
        return true;
}

void condition_remember(const struct condition *c, struct memory_tare *ret) {
        const uint32_t n = c->tared && !c->falls ? c->geometry->n_cells : 0;

        memset(ret, 0, sizeof(*ret));
        ret->n_cells = n;
        for (uint32_t i = 0; i < n; i++)
                ret->baseline[i] = c->origin[i] + c->baseline[i];
        memcpy(ret->noise, c->noise, n * sizeof(float));
        ret->creep = c->creep.constant;
}

static bool is_plausible(const struct condition *c, const struct memory_tare *tare) {
        const float full = c->geometry->full_scale;

        if (tare->n_cells == 0 || tare->n_cells != c->geometry->n_cells)
                return false;
        for (uint32_t i = 0; i < tare->n_cells; i++)
                if (!(isfinite(tare->baseline[i]) && tare->noise[i] >= 0 && tare->noise[i] <= full))
                        return false;
        return true;
}

bool condition_recall(struct condition *c, const struct memory_tare *tare) {
        if (!is_plausible(c, tare))
                return false;
        find_origins(c, tare->baseline);
        for (uint32_t i = 0; i < tare->n_cells; i++)
                c->baseline[i] = clamp_raw(tare->baseline[i] - c->origin[i], c->geometry->full_scale);
        memcpy(c->noise, tare->noise, tare->n_cells * sizeof(float));
        creep_recall(&c->creep, tare->creep);
        mark_tared(c);
        derive_cells(c);
        return true;
}
