/* SPDX-License-Identifier: MIT */
/* Writes the head of frames CSV, the table of frames that core/acquire/recording.h reads. */
#ifndef RECORDING_FRAMES_CSV_H
#define RECORDING_FRAMES_CSV_H

#include <stdio.h>

#include "sitbone/geometry.h"

/* The first line, and the lines that describe the mat: size or positions of the cells, pitch, full scale. */
void frames_csv_print_head(FILE *f, const struct geometry *g);

/* The line with the names of the columns: t_s,label,c0,c1,... */
void frames_csv_print_columns(FILE *f, uint32_t n_cells);

#endif
