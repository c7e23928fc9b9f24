/* SPDX-License-Identifier: MIT */
/* Writes the frames: to a file at full speed, or to a pty that behaves like a serial line. */
#ifndef TOOLS_SITBONE_SIM_OUTPUT_H
#define TOOLS_SITBONE_SIM_OUTPUT_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "sitbone/geometry.h"
#include "tools/sitbone-sim/scene.h"

struct sim_line {
        int fd; /* -1 = not open */
        char link[256];
        uint64_t frames, dropped; /* dropped: nobody had the line open, or the reader was too slow */
        uint8_t *rest;            /* of the frame that is being sent; malloc'd */
        size_t rest_at, rest_n, rest_size;
};

/* Opens a pty and makes PATH a symlink to it. Negative errno; -EEXIST: PATH is there and is no symlink. */
int sim_line_open(struct sim_line *l, const char *path);

/* Sends a whole frame, or drops it while an older one is still being sent. 0, or a negative errno. */
int sim_line_send(struct sim_line *l, const uint8_t *bytes, size_t n);

/* Sends the rest of a frame that the line had no room for. Negative errno, 1 when some of it is still left, else 0. */
int sim_line_flush(struct sim_line *l);
void sim_line_close(struct sim_line *l);

/* Frames CSV; text of one row fits in SIM_CSV_MAX bytes. */
enum { SIM_CSV_MAX = CELLS_MAX * 12 + 256 };
void sim_csv_head(FILE *out, const struct geometry *g, double rate_hz, double full_scale_kpa);
size_t sim_csv_row(char *ret, const struct geometry *g, double t, const struct sim_truth *truth, const float *raw);

void sim_truth_head(FILE *out);
void sim_truth_row(FILE *out, double t, const struct sim_truth *truth);

#endif
