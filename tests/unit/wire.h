/* SPDX-License-Identifier: MIT */
/* For the tests of acquire/: frames collected from a decoder, splits, damage and files of real recordings. */
#ifndef TESTS_WIRE_H
#define TESTS_WIRE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "core/acquire/decoder.h"

/* xorshift64*: the same bytes on every run. */
static inline uint32_t wire_random(uint64_t *state) {
        *state ^= *state >> 12;
        *state ^= *state << 25;
        *state ^= *state >> 27;
        return (uint32_t)(*state * 2685821657736338717ull >> 32);
}

struct wire_frames {
        size_t n, most;
        uint32_t n_cells;
        float *raw; /* n x n_cells */
};

static inline void wire_collect(void *userdata, const struct frame *frame) {
        struct wire_frames *f = userdata;

        if (f->n == 0)
                f->n_cells = frame->n_cells;
        CHECK(frame->n_cells == f->n_cells);
        if (f->n == f->most) {
                f->most = f->most ? 2 * f->most : 16;
                f->raw = realloc(f->raw, f->most * f->n_cells * sizeof(float));
                CHECK(f->raw);
        }
        memcpy(f->raw + f->n++ * f->n_cells, frame->raw, f->n_cells * sizeof(float));
}

static inline void wire_clear(struct wire_frames *f) {
        free(f->raw);
        *f = (struct wire_frames){0};
}

static inline bool wire_same(const struct wire_frames *a, size_t i, const struct wire_frames *b, size_t j) {
        return a->n_cells == b->n_cells &&
               memcmp(a->raw + i * a->n_cells, b->raw + j * b->n_cells, a->n_cells * sizeof(float)) == 0;
}

static inline uint64_t wire_refused(const struct decoder *d) {
        uint64_t sum = 0;

        for (int i = 0; i < REFUSAL_N; i++)
                sum += d->refused[i];
        return sum;
}

/* The whole file FOLDER/NAME, or NULL when it is not there. */
static inline char *wire_file(const char *folder, const char *name, size_t *ret_n) {
        const size_t most = 8 << 20;
        char path[512];
        char *ret;
        FILE *f;

        snprintf(path, sizeof(path), "%s/%s", folder, name);
        f = fopen(path, "rb");
        if (!f)
                return NULL;
        ret = malloc(most);
        CHECK(ret);
        *ret_n = fread(ret, 1, most, f);
        fclose(f);
        return ret;
}

/* A file of the larger set of recordings, which is found by the environment variable SITBONE_DATA only; NULL without
 * it. Tests must check something without it, too: tests/recordings and made.h are always there. */
static inline char *wire_data(const char *name, size_t *ret_n) {
        const char *folder = getenv("SITBONE_DATA");

        return folder && *folder ? wire_file(folder, name, ret_n) : NULL;
}

#endif
