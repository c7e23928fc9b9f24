/* SPDX-License-Identifier: MIT */
/* A sitter by formula, for tests that need the truth: two sit bones as bumps, a broad buttock, two thighs. */
#ifndef TESTS_SITTER_H
#define TESTS_SITTER_H

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "check.h"
#include "sitbone/frame.h"
#include "sitbone/geometry.h"
#include "sitbone/map.h"

struct sitter {
        float x, y;      /* middle of the sit-bone pair, mm */
        float apart;     /* mm */
        float bone;      /* height of the bumps, share of full scale */
        float right;     /* share of the load on the right, 0.5 = even */
        float soft;      /* height of the broad buttock and thighs */
        float thigh_end; /* mm in front of the bones */
};

static const struct sitter SITTER = {0, -60, 120, 0.5F, 0.5F, 0.15F, 230};

static inline void grid(struct geometry *g, uint32_t rows, uint32_t cols, float pitch) {
        memset(g, 0, sizeof(*g));
        g->kind = GEOMETRY_GRID;
        g->rows = rows;
        g->cols = cols;
        g->n_cells = rows * cols;
        g->pitch_x_mm = g->pitch_y_mm = pitch;
        g->cell_cm2 = pitch * pitch / 100;
        g->full_scale = 255;
        for (uint32_t i = 0; i < g->n_cells; i++) {
                g->x_mm[i] = ((float)(i % cols) - (float)(cols - 1) / 2) * pitch;
                g->y_mm[i] = ((float)(i / cols) - (float)(rows - 1) / 2) * pitch;
        }
}

static inline float bump(float dx, float dy, float sigma) {
        return expf(-(dx * dx + dy * dy) / (2 * sigma * sigma));
}

/* 1 inside, 0 outside, soft rim of 10 mm. */
static inline float box(float x, float from, float to) {
        return 1 / (1 + expf(-(x - from) / 10)) / (1 + expf((x - to) / 10));
}

static inline float sitter_load(const struct sitter *s, float x, float y) {
        float dx = x - s->x, dy = y - s->y, half = s->apart / 2;
        float left = 2 * (1 - s->right), right = 2 * s->right;
        float ret = s->bone * (left * bump(dx + half, dy, 24) + right * bump(dx - half, dy, 24));

        ret += s->soft * (dx < 0 ? left : right) * box(fabsf(dx), 8, 150) * box(dy, -90, s->thigh_end);
        return ret < 1 ? ret : 1;
}

/* Sets the raw values of a frame; s NULL = an empty seat. */
static inline void sit(const struct geometry *g, const struct sitter *s, uint64_t at_us, struct frame *ret) {
        ret->seq++;
        ret->arrived_us = at_us;
        ret->n_cells = g->n_cells;
        for (uint32_t i = 0; i < g->n_cells; i++)
                ret->raw[i] = s ? g->full_scale * sitter_load(s, g->x_mm[i], g->y_mm[i]) : 0;
}

/* Sets the same load as a conditioned map, exactly. */
static inline void sit_map(const struct geometry *g, const struct sitter *s, uint64_t at_us, struct map *ret) {
        memset(ret, 0, sizeof(*ret));
        ret->arrived_us = at_us;
        ret->n_cells = g->n_cells;
        ret->tared = true;
        ret->floor = 0.02F;
        for (uint32_t i = 0; i < g->n_cells; i++) {
                float load = s ? sitter_load(s, g->x_mm[i], g->y_mm[i]) : 0;

                ret->trusted[i] = !g->masked[i];
                ret->load[i] = load > ret->floor && ret->trusted[i] ? load : 0;
                ret->n_active += ret->load[i] > 0;
        }
}

#endif
