/* SPDX-License-Identifier: MIT */
#include "tools/sitbone-sim/sensor.h"

#include <math.h>
#include <string.h>

/* Gain spread 0.21 to 0.25 at light load and 0.10 near saturation, creep of velostat 12 to 26 % a decade, two cells in
 * a thousand that read something when empty, leakage without guarding up to 30 %: measured on real mats
 * and published. Guarded read-out is the usual case: no leakage unless asked for. */
const struct sim_mat sim_mat_usual = {
        .imperfection = 1,
        .full_scale_kpa = 27, /* 200 mmHg, what commercial seat mats are made for */
        .gain = 0.2,
        .curve = 0.35,
        .noise = 0.003,
        .offset = 0.001,
        .creep = 0.18,
        .dead = 0.002,
        .stuck = 0.001,
};

static void draw_cell(struct sim_sensor *s, struct sim_cell *c) {
        const struct sim_mat *m = &s->mat;
        struct sim_random *r = &s->random;
        double much = m->imperfection;
        memset(c, 0, sizeof(*c));
        c->gain = fmax(sim_random_normal(r), -3);
        c->creep = m->creep * much * (1 + 0.2 * sim_random_normal(r));
        c->offset = -m->offset * much * log(sim_random_uniform(r));
        if (sim_random_uniform(r) < 0.002 * fmin(much, 1))
                c->offset += 10 * m->offset * much;
        c->dead = sim_random_uniform(r) < m->dead * much;
        double high = sim_random_uniform(r);
        c->stuck = sim_random_uniform(r) < m->stuck * much ? 0.1 + 0.8 * high : -1;
}

static void kill_rows(struct sim_sensor *s) {
        const struct geometry *g = s->geometry;
        for (int n = 0; n < (int)s->mat.dead_rows && g->rows > 0; n++) {
                uint32_t row = (uint32_t)(sim_random_uniform(&s->random) * g->rows);
                for (uint32_t col = 0; col < g->cols; col++)
                        s->cell[row * g->cols + col].dead = true;
        }
}

void sim_sensor_init(struct sim_sensor *s, const struct sim_mat *mat, const struct geometry *geometry, uint64_t seed) {
        s->mat = *mat;
        s->geometry = geometry;
        sim_random_init(&s->random, seed, 2);
        for (uint32_t i = 0; i < geometry->n_cells; i++)
                draw_cell(s, &s->cell[i]);
        kill_rows(s);
        for (uint32_t i = 0; mat->rest > 0 && i < geometry->n_cells; i++)
                s->cell[i].rest = mat->rest * (1 + mat->rest_spread * (2 * sim_random_uniform(&s->random) - 1));
        s->age_s = 0;
}

/* Pressure summed from the back left corner to each grid line, so that the mean over any rectangle costs four look-ups. */
static void sum_area(const struct sim_contact *contact, double sum[SIM_GRID + 1][SIM_GRID + 1]) {
        memset(sum, 0, sizeof(double) * (SIM_GRID + 1) * (SIM_GRID + 1));
        for (int r = 0; r < SIM_GRID; r++)
                for (int c = 0; c < SIM_GRID; c++)
                        sum[r + 1][c + 1] = sum[r][c + 1] + sum[r + 1][c] - sum[r][c] + contact->kpa[r][c];
}

static double sum_to(double sum[SIM_GRID + 1][SIM_GRID + 1], double x_mm, double y_mm) {
        double x = fmin(fmax((x_mm + SIM_SEAT_MM / 2) / SIM_GRID_MM, 0), SIM_GRID);
        double y = fmin(fmax((y_mm + SIM_SEAT_MM / 2) / SIM_GRID_MM, 0), SIM_GRID);
        int c = x >= SIM_GRID ? SIM_GRID - 1 : (int)x, r = y >= SIM_GRID ? SIM_GRID - 1 : (int)y;
        double u = x - c, v = y - r;
        return (1 - v) * ((1 - u) * sum[r][c] + u * sum[r][c + 1]) +
               v * ((1 - u) * sum[r + 1][c] + u * sum[r + 1][c + 1]);
}

static double cell_kpa(const struct geometry *g, double sum[SIM_GRID + 1][SIM_GRID + 1], uint32_t i) {
        double x0 = (double)(g->x_mm[i] - g->pitch_x_mm / 2), x1 = x0 + (double)g->pitch_x_mm;
        double y0 = (double)(g->y_mm[i] - g->pitch_y_mm / 2), y1 = y0 + (double)g->pitch_y_mm;
        double whole = sum_to(sum, x1, y1) - sum_to(sum, x0, y1) - sum_to(sum, x1, y0) + sum_to(sum, x0, y0);
        return fmax(whole, 0) * SIM_GRID_MM * SIM_GRID_MM / ((double)g->pitch_x_mm * (double)g->pitch_y_mm);
}

static const double DECADE_S[SIM_CREEP_DECADES] = {1, 10, 100, 1000};

/* Creep in logarithmic time: one lag for each decade (1 s to 1000 s), equal shares; foil recovers faster than it
 * creeps. A cell that is loaded again reads high at once by the part that has not yet recovered; an unloaded cell shows only a
 * trace of it. A mat is
 * calibrated after about a minute of load, so a fresh load reads low and an old one high. */
static double apply_creep(struct sim_cell *c, double v, const double keep[SIM_CREEP_DECADES],
                          const double let_go[SIM_CREEP_DECADES]) {
        const double trace = 0.02;
        double more = 0;
        for (int d = 0; d < SIM_CREEP_DECADES; d++) {
                double x = v + (c->crept[d] - v) * (v < c->crept[d] ? let_go[d] : keep[d]);
                c->crept[d] = x;
                more += x < v ? x : v + trace * (x - v);
        }
        return (v + c->creep * more) / (1 + 2 * c->creep);
}

/* Response curves are usually right somewhere in the middle of the range. */
static const double CALIBRATED_AT = 0.35;

static double read_pressure(const struct sim_mat *m, const struct sim_cell *c, double kpa) {
        double u = fmin(kpa / m->full_scale_kpa, 1.5), bend = m->curve * m->imperfection;
        double v = u * (1 + bend * CALIBRATED_AT) / (1 + bend * u);
        double spread = m->gain * m->imperfection * (1 - 0.5 * fmin(v, 1));
        return fmax(v * (1 + spread * c->gain), 0);
}

static void leak_readings(struct sim_sensor *s, double share) {
        const struct geometry *g = s->geometry;
        double row[CELLS_MAX], col[CELLS_MAX];
        if (share <= 0 || g->rows == 0)
                return;
        memset(row, 0, sizeof(double) * g->rows);
        memset(col, 0, sizeof(double) * g->cols);
        for (uint32_t i = 0; i < g->n_cells; i++) {
                row[i / g->cols] += s->reading[i] / g->cols;
                col[i % g->cols] += s->reading[i] / g->rows;
        }
        for (uint32_t i = 0; i < g->n_cells; i++)
                s->reading[i] = (1 - share) * s->reading[i] + share * (row[i / g->cols] + col[i % g->cols]) / 2;
}

void sim_sensor_scan(struct sim_sensor *s, const struct sim_contact *contact, double dt, float *ret_raw) {
        const struct geometry *g = s->geometry;
        double sum[SIM_GRID + 1][SIM_GRID + 1], keep[SIM_CREEP_DECADES], let_go[SIM_CREEP_DECADES];
        for (int d = 0; d < SIM_CREEP_DECADES; d++) {
                keep[d] = exp(-dt / DECADE_S[d]);
                let_go[d] = exp(-10 * dt / DECADE_S[d]);
        }
        sum_area(contact, sum);
        for (uint32_t i = 0; i < g->n_cells; i++)
                s->reading[i] = apply_creep(&s->cell[i], read_pressure(&s->mat, &s->cell[i], cell_kpa(g, sum, i)),
                                            keep, let_go);
        s->age_s += dt;
        leak_readings(s, s->mat.crosstalk * s->mat.imperfection);
        for (uint32_t i = 0; i < g->n_cells; i++) {
                const struct sim_cell *c = &s->cell[i];
                double noise = s->mat.noise * s->mat.imperfection * sim_random_normal(&s->random);
                double rest = fmax(c->rest + s->mat.drift * s->age_s / 60, 0);
                double v = c->stuck >= 0 ? c->stuck : c->dead ? 0 : s->reading[i] + c->offset + rest + noise;

                v = fmin(fmax(v, 0), 1);
                ret_raw[i] = (float)round((s->mat.falls > 0 ? 1 - v : v) * (double)g->full_scale);
        }
}
