/* SPDX-License-Identifier: MIT */
/* Prints the frames of a recording, for people and for diff: a line a frame with a checksum of its cells, and the last frame
 * as a picture, front at the top. Usage: cells SETTINGS RECORDING [FORMAT] */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "configure/format_file.h"
#include "configure/settings.h"
#include "core/acquire/recording.h"
#include "util/checksum.h"
#include "util/file.h"

enum { RECORDING_LIMIT = 16 * 1024 * 1024 };

static struct recording recording;
static struct frame frame;
static struct settings settings;
static struct config_errors mistakes;

static _Noreturn void print_and_fail(const char *what) {
        for (int i = 0; i < mistakes.n && i < CONFIG_ERRORS_MAX; i++)
                fprintf(stderr, "%s\n", mistakes.text[i]);
        fprintf(stderr, "cells: %s\n", what);
        exit(1);
}

static void print_frame(void *userdata, const struct frame *f, const struct recording_row *row) {
        double sum = 0;
        float largest = 0;

        (void)userdata;
        for (uint32_t i = 0; i < f->n_cells; i++) {
                sum += (double)f->raw[i];
                largest = fmaxf(largest, f->raw[i]);
        }
        printf("%6.3f s  sum %7.0f  largest %5.0f  crc %08x%s%s\n", (double)(f->arrived_us - 1000000) / 1e6, sum,
               (double)largest, checksum_crc32(0, f->raw, f->n_cells * sizeof(float)), *row->label ? "  " : "",
               row->label);
}

static char choose_shade(uint32_t i) {
        float share = frame.raw[i] / recording.layout.geometry.full_scale;

        return recording.layout.geometry.masked[i] ? '#'
               : frame.raw[i] <= 0                 ? '.'
                                                   : (char)('0' + (int)fminf(share * 10, 9));
}

static void print_picture(void) {
        const struct geometry *g = &recording.layout.geometry;

        for (uint32_t r = g->rows; r-- > 0; putchar('\n'))
                for (uint32_t c = 0; c < g->cols; c++)
                        putchar(choose_shade(r * g->cols + c));
        for (uint32_t i = 0; g->rows == 0 && i < g->n_cells; i++)
                printf("cell %u at %g %g mm: %g%s\n", i, (double)g->x_mm[i], (double)g->y_mm[i], (double)frame.raw[i],
                       g->masked[i] ? " masked" : "");
}

int main(int argc, char **argv) {
        static const char *const kinds[] = {"grid", "scattered", "unplaced"};
        const struct geometry *g = &recording.layout.geometry;
        const struct format *format = NULL;
        struct format described;
        char *data, error[RECORDING_ERROR_MAX];
        uint64_t refused = 0;
        size_t n;

        if (argc < 3)
                print_and_fail("SETTINGS RECORDING [FORMAT]");
        settings_load(argv[1], &settings, &mistakes);
        if (argc > 3 && !(format = format_find(argv[3], &described, &mistakes)))
                print_and_fail(argv[3]);
        if (mistakes.n > 0 || file_read(argv[2], RECORDING_LIMIT, &data, &n) < 0)
                print_and_fail(argv[2]);
        if (recording_open(&recording, data, n, format, &settings.device, error) < 0)
                print_and_fail(error);
        printf("%s %u x %u, %u cells, pitch %g %g mm, full scale %g\n", kinds[g->kind], g->rows, g->cols, g->n_cells,
               (double)g->pitch_x_mm, (double)g->pitch_y_mm, (double)g->full_scale);
        recording_each(&recording, &frame, print_frame, NULL);
        for (int i = 0; i < REFUSAL_N; i++)
                refused += recording.refused[i];
        printf("%llu frames, %llu refused\n", (unsigned long long)recording.frames, (unsigned long long)refused);
        if (recording.frames > 0)
                print_picture();
        free(data);
        return 0;
}
