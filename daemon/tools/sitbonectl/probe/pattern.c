/* SPDX-License-Identifier: MIT */
#include "tools/sitbonectl/probe/pattern.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
        PERIOD_MIN = 4,
        PERIOD_MAX = 16 * 1024,
        REPEATS_MIN = 4,
        KINDS = 65536, /* pairs of bytes */
        RUN_MAX = 32,  /* constant bytes around the sync */
};
/* Share of the bytes that are in frames of the period. */
static const double COVERAGE_MIN = 0.6;
/* Share of the frames in which a constant byte has its value: some frames are damaged. */
static const double CONSTANT_SHARE = 0.9;

/* Distances between two occurrences of the same pair of bytes, or of the same byte, by majority vote (Boyer & Moore 1981). */
struct distance {
        uint32_t last; /* offset of the last occurrence, plus one */
        uint32_t usual;
        uint32_t votes;
        uint32_t count; /* occurrences at the usual distance */
        uint32_t all;
};

/* The mark of one or two bytes at this offset. */
static uint32_t mark_at(const struct heard *h, size_t i, size_t width) {
        return width == 1 ? h->bytes[i] : (uint32_t)h->bytes[i] << 8 | h->bytes[i + 1];
}

static void vote_distances(const struct heard *h, size_t width, struct distance *of) {
        memset(of, 0, KINDS * sizeof(*of));
        for (size_t i = 0; i + width <= h->n; i++) {
                struct distance *d = &of[mark_at(h, i, width)];
                uint32_t gap = (uint32_t)i + 1 - d->last;

                if (d->last > 0 && gap == d->usual)
                        d->votes++;
                else if (d->last > 0 && d->votes > 0)
                        d->votes--;
                else if (d->last > 0) {
                        d->usual = gap;
                        d->votes = 1;
                }
                d->last = (uint32_t)i + 1;
        }
}

static void count_distances(const struct heard *h, size_t width, struct distance *of) {
        for (size_t i = 0; i < KINDS; i++)
                of[i].last = 0;
        for (size_t i = 0; i + width <= h->n; i++) {
                struct distance *d = &of[mark_at(h, i, width)];

                d->all++;
                d->count += d->last > 0 && (uint32_t)i + 1 - d->last == d->usual;
                d->last = (uint32_t)i + 1;
        }
}

/* Bytes by which many packets begin. */
static bool begins_frame(const uint8_t *at) {
        static const uint8_t marks[][2] = {{0xAA, 0x55}, {0x55, 0xAA}, {0xA5, 0x5A}, {0x5A, 0xA5}, {0xFF, 0xFF},
                                           {0xAA, 0xAA}, {0x55, 0x55}, {0xFE, 0xFE}, {0xEB, 0x90}, {0xFF, 0xAA},
                                           {0xAA, 0xFF}, {0xFF, 0x55}, {0xAA, 0xBB}, {0xAB, 0xCD}, {0x7E, 0x00},
                                           {0x59, 0x59}, {0xB5, 0x62}, {0x42, 0x4D}};

        for (size_t i = 0; i < sizeof(marks) / sizeof(*marks); i++)
                if (memcmp(at, marks[i], 2) == 0)
                        return true;
        return false;
}

/* Several marks may explain the bytes as well: the likelier one is taken. Zeros are unloaded cells. */
static double rate_mark(uint32_t mark) {
        const uint8_t bytes[] = {(uint8_t)(mark >> 8), (uint8_t)mark};

        return bytes[0] == 0 || bytes[1] == 0 ? 0 : begins_frame(bytes) ? 0.04 : bytes[0] & 0x80 ? 0.03 : 0.02;
}

/* Finds the mark that explains most of the bytes by its distance. Returns it, or -1. A single byte must occur hardly
 * anywhere else. */
static int find_mark(const struct heard *h, size_t width, struct distance *of) {
        double best = COVERAGE_MIN;
        int ret = -1;

        vote_distances(h, width, of);
        count_distances(h, width, of);
        for (int i = 0; i < KINDS; i++) {
                double coverage = (double)of[i].count * of[i].usual / (double)h->n;

                if (of[i].usual < PERIOD_MIN || of[i].usual > PERIOD_MAX || of[i].count < REPEATS_MIN)
                        continue;
                if (width == 1 && (i == 0 || of[i].all > of[i].count + of[i].count / 4 + 2))
                        continue;
                coverage += rate_mark((uint32_t)i);
                if (coverage > best) {
                        best = coverage;
                        ret = i;
                }
        }
        return ret;
}

/* The sync occurs at the beginning of a frame and one period later. */
size_t pattern_next(const struct heard *h, const struct pattern *p, size_t at) {
        for (; at + p->period + p->n_sync <= h->n; at++)
                if (memcmp(h->bytes + at, p->sync, p->n_sync) == 0 &&
                    memcmp(h->bytes + at + p->period, p->sync, p->n_sync) == 0)
                        return at;
        return h->n;
}

static size_t count_frames(const struct heard *h, const struct pattern *p) {
        size_t n = 0;

        for (size_t at = pattern_next(h, p, 0); at < h->n; at = pattern_next(h, p, at + p->period))
                n++;
        return n;
}

/* True if the byte at this distance from the sync, which may be negative, has one value in all frames but the damaged. */
static bool is_constant(const struct heard *h, const struct pattern *p, long offset, uint8_t *ret) {
        size_t counts[256] = {0}, frames = 0;
        int most = 0;

        for (size_t at = pattern_next(h, p, 0); at < h->n; at = pattern_next(h, p, at + p->period)) {
                long i = (long)at + offset;

                if (i < 0 || i >= (long)h->n)
                        continue;
                frames++;
                counts[h->bytes[i]]++;
        }
        for (int i = 1; i < 256; i++)
                most = counts[i] > counts[most] ? i : most;
        *ret = (uint8_t)most;
        return frames > 0 && (double)counts[most] >= CONSTANT_SHARE * (double)frames;
}

/* --- beginning and end of a frame --- */

/* Constant bytes around the pair that was found. */
struct run {
        size_t n, before; /* before: those before the pair */
        uint8_t of[RUN_MAX];
};

static void find_run(const struct heard *h, const struct pattern *p, struct run *ret) {
        size_t most = p->period < RUN_MAX ? p->period : RUN_MAX;
        uint8_t value = 0;

        *ret = (struct run){0};
        while (ret->before < most / 2 && is_constant(h, p, -(long)ret->before - 1, &value))
                ret->before++;
        while (ret->n < most && is_constant(h, p, (long)ret->n - (long)ret->before, &value))
                ret->of[ret->n++] = value;
        while (ret->before > 0 && ret->of[0] == 0) { /* the last cells, or their upper bytes */
                memmove(ret->of, ret->of + 1, --ret->n);
                ret->before--;
        }
}

/* A pause comes before a frame. Returns the place in the run, or -1 without pauses. */
static int find_pause(const struct heard *h, const struct pattern *p, const struct run *run) {
        size_t counts[RUN_MAX] = {0}, pause = 0;
        int best = -1;

        for (size_t at = pattern_next(h, p, 0); at < h->n; at = pattern_next(h, p, at + p->period)) {
                size_t from = at - (run->before < at ? run->before : at);

                while (pause < h->n_pauses && h->pauses[pause] < from)
                        pause++;
                if (pause < h->n_pauses && h->pauses[pause] < from + run->n)
                        counts[h->pauses[pause] - from]++;
        }
        for (int i = 0; i < (int)run->n; i++)
                if (counts[i] >= REPEATS_MIN && (best < 0 || counts[i] > counts[best]))
                        best = i;
        return best;
}

static size_t find_beginning(const struct heard *h, const struct pattern *p, const struct run *run) {
        int pause = find_pause(h, p, run);

        if (pause >= 0)
                return (size_t)pause;
        for (size_t i = 0; i + 1 < run->n; i++) {
                if (begins_frame(run->of + i))
                        return i;
                if (i + 2 < run->n && memcmp(run->of + i, "\r\n", 2) == 0)
                        return i + 2;
        }
        return 0;
}

/* Divides the run into the tail of a frame, and the sync and other constants of the next. */
static void divide_run(struct pattern *p, const struct run *run, size_t begin) {
        size_t tail = begin < PATTERN_SYNC_MAX ? begin : PATTERN_SYNC_MAX;

        p->n_tail = tail;
        memcpy(p->tail, run->of + begin - tail, tail);
        p->fixed = run->n - begin;
        while (p->fixed > p->n_sync && run->of[begin + p->fixed - 1] == 0)
                p->fixed--; /* the first cells, or their upper bytes */
        p->n_sync = p->fixed < PATTERN_SYNC_MAX ? p->fixed : PATTERN_SYNC_MAX;
        memcpy(p->sync, run->of + begin, p->n_sync);
}

/* A mark of two bytes, or of one. */
static struct pattern find_period(const struct heard *h, struct distance *of) {
        for (size_t width = 2; width > 0; width--) {
                int mark = find_mark(h, width, of);

                if (mark >= 0)
                        return (struct pattern){.period = of[mark].usual,
                                                .n_sync = width,
                                                .fixed = width,
                                                .sync = {(uint8_t)(width == 2 ? mark >> 8 : mark), (uint8_t)mark}};
        }
        return (struct pattern){.period = 0};
}

static struct pattern find_plain(const struct heard *heard) {
        struct distance *of = calloc(KINDS, sizeof(*of));
        struct pattern p = {.period = 0};
        struct run run;

        if (of && heard->n > (size_t)REPEATS_MIN * PERIOD_MIN)
                p = find_period(heard, of);
        free(of);
        if (p.period == 0)
                return p;
        find_run(heard, &p, &run);
        if (run.n >= p.n_sync)
                divide_run(&p, &run, find_beginning(heard, &p, &run));
        p.repeats = count_frames(heard, &p);
        if (p.repeats < REPEATS_MIN)
                p.period = 0;
        return p;
}

/* --- escapes --- */

enum { FLAG = 0x7E, ESCAPE = 0x7D, ESCAPE_XOR = 0x20 };

size_t pattern_unescape(const struct heard *heard, uint8_t *ret) {
        size_t n = 0;

        for (size_t i = 0; i < heard->n; i++)
                ret[n++] = heard->bytes[i] == ESCAPE && i + 1 < heard->n ? heard->bytes[++i] ^ ESCAPE_XOR
                                                                         : heard->bytes[i];
        return n;
}

/* True if hardly any byte but an escaped flag or escape follows an escape. */
static bool looks_escaped(const struct heard *h) {
        size_t escapes = 0, right = 0;

        for (size_t i = 0; i + 1 < h->n; i++) {
                escapes += h->bytes[i] == ESCAPE;
                right += h->bytes[i] == ESCAPE &&
                         (h->bytes[i + 1] == (FLAG ^ ESCAPE_XOR) || h->bytes[i + 1] == (ESCAPE ^ ESCAPE_XOR));
        }
        return right >= REPEATS_MIN && 10 * right >= 9 * escapes;
}

struct pattern pattern_find(const struct heard *heard) {
        struct pattern p;
        struct heard plain = {.n = 0};
        uint8_t *bytes = looks_escaped(heard) ? malloc(heard->n) : NULL;

        if (!bytes)
                return find_plain(heard);
        plain.n = pattern_unescape(heard, bytes);
        plain.bytes = bytes;
        p = find_plain(&plain);
        p.escaped = p.period > 0 && p.sync[0] == FLAG;
        free(bytes);
        return p.escaped ? p : find_plain(heard);
}

void pattern_write_bytes(const uint8_t *bytes, size_t n, char *ret, size_t size) {
        size_t used = 0;

        *ret = '\0';
        for (size_t i = 0; i < n && used + 4 < size; i++)
                used += (size_t)snprintf(ret + used, size - used, "%s%02X", i > 0 ? " " : "", bytes[i]);
}

void pattern_write(const struct pattern *p, char *ret, size_t size) {
        char sync[4 * PATTERN_SYNC_MAX], tail[4 * PATTERN_SYNC_MAX];

        pattern_write_bytes(p->sync, p->n_sync, sync, sizeof(sync));
        pattern_write_bytes(p->tail, p->n_tail, tail, sizeof(tail));
        snprintf(ret, size, "%s%s%s occurs every %zu bytes", sync, p->n_tail > 0 ? " .. " : "", tail, p->period);
}
