/* SPDX-License-Identifier: MIT */
/* What it costs to turn bytes into frames, in units of copying the same bytes and widening them to float: the least that
 * anybody could do. The least knows of no frames: what is done once a frame or part (find it, judge it, say where its
 * cells belong, hand it over) weighs the more the shorter they are. Ratios within one run, medians of batches taken in
 * turn. Prints, never fails on time.
 *
 *   bench_decode                  every row of the format table, on frames the encoder made
 *   bench_decode FORMAT FILE...   ns a byte for that row on the bytes of a file, for bench_decode.py */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/acquire/decoder.h"
#include "core/acquire/encoder.h"
#include "core/acquire/formats.h"

enum { BATCHES = 41, WIRE_MAX = 4 << 20, WIRE_WANTED = 256 * 1024, CHUNK = 4096, GOAL = 4 };

static struct layout layout;
static struct decoder decoder;
static struct frame frame;
static float cells[CELLS_MAX], widened[CHUNK];
static uint8_t wire[WIRE_MAX], copied[CHUNK];
static volatile float sink;
static uint64_t taken;

static double now_ns(void) {
        struct timespec t;

        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t); /* what other processes take is not ours */
        return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static void take(void *userdata, const struct frame *got) {
        (void)userdata;
        sink = got->raw[0];
        taken++;
}

static void decode(size_t n) {
        for (size_t at = 0; at < n; at += CHUNK)
                decoder_feed(&decoder, wire + at, n - at < CHUNK ? n - at : CHUNK, 1,
                             &(struct frame_sink){&frame, take, NULL});
}

static void copy_and_widen(size_t n) {
        for (size_t at = 0; at < n; at += CHUNK) {
                size_t some = n - at < CHUNK ? n - at : CHUNK;

                memcpy(copied, wire + at, some);
                for (size_t i = 0; i < some; i++)
                        widened[i] = (float)copied[i];
                sink = widened[some - 1];
        }
}

static int ascending(const void *a, const void *b) {
        const double *x = a, *y = b;

        return (*x > *y) - (*x < *y);
}

static double median(double *v) {
        qsort(v, BATCHES, sizeof(*v), ascending);
        return v[BATCHES / 2];
}

struct cost {
        double decode_ns, ratio; /* a byte; against the least */
        uint64_t frames;
};

static struct cost measure(const struct format *f, size_t n) {
        static double decoded[BATCHES], ratio[BATCHES];
        uint64_t frames = 0;

        for (int b = 0; b < BATCHES; b++) {
                double t0, t1, t2;

                decoder_init(&decoder, f, &layout); /* once for a port, not once for so many bytes */
                decoder_at_boundary(&decoder);
                taken = 0;
                t0 = now_ns();
                decode(n);
                t1 = now_ns();
                copy_and_widen(n);
                t2 = now_ns();
                frames = taken;
                decoded[b] = (t1 - t0) / (double)n;
                ratio[b] = (t1 - t0) / (t2 - t1);
        }
        return (struct cost){median(decoded), median(ratio), frames};
}

static size_t make_wire(const struct format *f, uint64_t *ret_frames) {
        size_t n = 0;

        srand(1);
        for (*ret_frames = 0; n < WIRE_WANTED; ++*ret_frames) {
                for (uint32_t i = 0; i < layout.geometry.n_cells; i++)
                        cells[i] = i % 3 == 0 ? 0 : (float)(rand() % (int)(layout.geometry.full_scale / 2 + 1));
                n += format_encode(f, &layout, cells, wire + n, sizeof(wire) - n);
        }
        return n;
}

static int all_rows(void) {
        printf("bytes to frames against copying and widening the same bytes (goal for binary rows: %d)\n", GOAL);
        printf("%-18s %6s %8s %9s %10s %8s\n", "format", "cells", "bytes", "MB/s", "ns a byte", "x least");
        for (size_t i = 0; i < format_count(); i++) {
                const struct format *f = format_at(i);
                struct settings_device device = {0};
                uint64_t sent;
                struct cost c;
                size_t n;

                if (f->rows == 0 && f->cells == 0)
                        device.rows = device.cols = 16;
                if (layout_build(f, &device, &layout) != NULL)
                        return 1;
                n = make_wire(f, &sent);
                c = measure(f, n);
                printf("%-18s %6u %8.0f %9.0f %10.2f %8.1f\n", f->name, layout.geometry.n_cells,
                       (double)n / (double)sent, 1e3 / c.decode_ns, c.decode_ns, c.ratio);
                if (c.frames + 1 < sent) { /* the last one may wait for a delimiter */
                        fprintf(stderr, "%s: %llu of %llu frames: the bench did not measure what it says\n", f->name,
                                (unsigned long long)c.frames, (unsigned long long)sent);
                        return 1;
                }
        }
        return 0;
}

static int one_file(const char *name, const char *path) {
        const struct format *f = format_by_name(name);
        struct settings_device device = {0};
        FILE *file = fopen(path, "rb");
        struct cost c;
        size_t n;

        if (!f || !file) {
                fprintf(stderr, "%s: no such format, or %s cannot be read\n", name, path);
                return 1;
        }
        n = fread(wire, 1, sizeof(wire), file);
        fclose(file);
        if (f->rows == 0 && f->cells == 0)
                device.rows = device.cols = 32;
        if (layout_build(f, &device, &layout) != NULL)
                return 1;
        c = measure(f, n);
        printf("%.4f %.4f %llu\n", c.decode_ns, c.ratio, (unsigned long long)c.frames);
        return 0;
}

int main(int argc, char *argv[]) {
        if (argc == 3)
                return one_file(argv[1], argv[2]);
        return all_rows();
}
