/* SPDX-License-Identifier: MIT */
#include "tools/sitbonectl/probe/pattern_describe.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/acquire/crc16.h"
#include "tools/sitbonectl/probe/fit.h"

enum {
        HEADER_MAX = 12,    /* bytes in which a counter or a clock is looked for */
        CLOCK_FRAMES = 8,   /* fewer do not tell a clock from a cell */
        LEAD_MAX = 3,       /* unexplained bytes before the elements */
        TRAIL_MAX = 2,      /* and after them */
        DOUBTED_CELLS = 24, /* fewer are doubted if no check was found */
        CELLS_MIN = 4,      /* packets with fewer values are other sensors' */
        SMALL = 16,         /* the upper half of an element of 12 bits */
        RANDOM_RANGE = 100, /* of values that jump from one end of it to the other */
};
/* Share of the frames in which a check is right, a counter counts, a clock rises. */
static const double RULE_SHARE = 0.85;
/* A value that jumps: its mean step is this part of its range. 1/3 = random. */
static const double RANDOM_STEP = 0.25;
/* A kind of element must need this much less than single bytes, and than the other order of bytes. */
static const double MARGIN = 0.95;
/* For each unexplained byte of a frame, in bits. */
static const double PENALTY = 0.5;
/* Converters of load cells have 24 bits; positions and times are larger. */
static const double LARGEST = 16777216;
/* Share of the elements that must change: others are no cells, or nobody touches the seat. */
static const double CHANGING_MIN = 0.125;
/* Share of elements that jump, or of elements that are not zero where every second byte is. */
static const double SHARE_QUARTER = 0.25;

/* Elements of so many bits without gaps. group: the bytes of whole elements. */
struct kind {
        const char *name;
        unsigned bits;
        bool big_endian;
        size_t group;
};

static const struct kind kinds[] = {
        {"u8", 8, false, 1},        {"u16le", 16, false, 2},   {"u16be", 16, true, 2},     {"i32le", 32, false, 4},
        {"pack12le", 12, false, 3}, {"pack12be", 12, true, 3}, {"pack10le", 10, false, 5}, {"pack10be", 10, true, 5},
};
enum { KINDS_N = sizeof(kinds) / sizeof(*kinds) };

/* The parts of a frame. The elements are the bytes from `from` up to `to`. */
struct parts {
        const struct heard *heard;
        const struct pattern *pattern;
        size_t from, to;
        const struct kind *kind;
        const char *element; /* name of the kind, or f32le, i16le, i16be */
        const char *check;   /* NULL = none */
        size_t check_n, check_from, trailer;
};

static int64_t element_at(const uint8_t *bytes, const struct kind *kind, size_t i) {
        size_t bit = i * kind->bits;
        uint64_t v = 0;

        bytes += bit / 8;
        for (unsigned k = 0; k < (bit % 8 + kind->bits + 7) / 8; k++)
                v = kind->big_endian ? v << 8 | bytes[k] : v | (uint64_t)bytes[k] << (8 * k);
        v >>= kind->big_endian ? (8 - (bit + kind->bits) % 8) % 8 : bit % 8;
        v &= (UINT64_C(1) << kind->bits) - 1;
        return kind->bits == 32 ? (int32_t)v : (int64_t)v;
}

/* Bits that describe how the elements of this kind in these bytes of a frame change, for all frames. The right kind needs the
 * fewest: in others a small step in a low byte is a large one, or two. */
static double measure_cost(const struct parts *p, const struct kind *kind, size_t from, size_t to) {
        const struct heard *h = p->heard;
        size_t n = (to - from) * 8 / kind->bits, last = pattern_next(h, p->pattern, 0), at;
        double bits = 0;

        for (; last < h->n; last = at) {
                at = pattern_next(h, p->pattern, last + p->pattern->period);
                for (size_t i = 0; at < h->n && i < n; i++) {
                        int64_t step = element_at(h->bytes + at + from, kind, i) -
                                       element_at(h->bytes + last + from, kind, i);

                        bits += step == 0 ? 0 : log2(1 + (double)llabs(step));
                }
        }
        return bits;
}

/* --- what stands around the elements --- */

/* A rule that two frames in a row, or one frame, follow. */
typedef bool (*rule_fn)(const struct parts *p, const uint8_t *last, const uint8_t *frame);

static double measure_rule(const struct parts *p, rule_fn rule) {
        const struct heard *h = p->heard;
        size_t frames = 0, good = 0, last = pattern_next(h, p->pattern, 0), at;

        for (; last < h->n; last = at) {
                at = pattern_next(h, p->pattern, last + p->pattern->period);
                if (at < h->n) {
                        frames++;
                        good += rule(p, h->bytes + last, h->bytes + at);
                }
        }
        return frames > 0 ? (double)good / (double)frames : 0;
}

static bool is_rule(const struct parts *p, rule_fn rule) {
        return measure_rule(p, rule) >= RULE_SHARE;
}

static bool follow_counter(const struct parts *p, const uint8_t *last, const uint8_t *frame) {
        return frame[p->from] == (uint8_t)(last[p->from] + 1);
}

/* A counter of two bytes counts as well as its lower byte. */
static bool follow_counter16(const struct parts *p, const uint8_t *last, const uint8_t *frame) {
        return ((element_at(frame + p->from, &kinds[1], 0) - element_at(last + p->from, &kinds[1], 0)) & 0xFFFF) == 1;
}

static bool follow_clock(const struct parts *p, const uint8_t *last, const uint8_t *frame) {
        return element_at(frame + p->from, p->kind, 0) > element_at(last + p->from, p->kind, 0);
}

static bool follow_sum8(const struct parts *p, const uint8_t *last, const uint8_t *frame) {
        uint8_t sum = 0;

        (void)last;
        for (size_t i = p->check_from; i < p->to; i++)
                sum = (uint8_t)(sum + frame[i]);
        return sum == frame[p->to];
}

static bool follow_xor8(const struct parts *p, const uint8_t *last, const uint8_t *frame) {
        uint8_t sum = 0;

        (void)last;
        for (size_t i = p->check_from; i < p->to; i++)
                sum ^= frame[i];
        return sum == frame[p->to];
}

/* Bit by bit: this is done once. */
static bool follow_crc16(const struct parts *p, const uint8_t *last, const uint8_t *frame) {
        uint16_t crc = 0xFFFF;

        (void)last;
        for (size_t i = p->check_from; i < p->to; i++) {
                crc ^= frame[i];
                for (int k = 0; k < 8; k++)
                        crc = crc & 1 ? (uint16_t)(crc >> 1 ^ 0xA001) : (uint16_t)(crc >> 1);
        }
        return crc == (frame[p->to] | frame[p->to + 1] << 8);
}

static void find_check(struct parts *p) {
        static const struct {
                const char *name;
                size_t n;
                rule_fn rule;
        } checks[] = {{"sum8", 1, follow_sum8}, {"xor8", 1, follow_xor8}, {"crc16-modbus", 2, follow_crc16}};
        size_t end = p->to, most = p->from;

        for (size_t i = 0; i < 3; i++)
                for (size_t from = 0; from <= most && from + 4 < end; from++) {
                        p->to = end - checks[i].n;
                        p->check_from = from;
                        if (is_rule(p, checks[i].rule)) {
                                p->check = checks[i].name;
                                p->check_n = checks[i].n;
                                return;
                        }
                }
        p->to = end;
        p->check_from = 0;
}

/* A length or a number of elements in the header that agrees with the length of the frame, and whose upper byte is zero. */
static void skip_length(struct parts *p) {
        const uint8_t *frame = p->heard->bytes + pattern_next(p->heard, p->pattern, 0);
        size_t length = frame[p->from - 1], left = p->to - p->from - 1;

        if (frame[p->from] == 0 && (length == left || 2 * length == left || length == left + p->check_n))
                p->from++;
}

/* A clock of two bytes whose next two are zero may be one of four: mats have an even number of cells more often. */
static bool is_long_clock(const struct parts *p, size_t at) {
        uint8_t upper = 0;

        for (size_t k = pattern_next(p->heard, p->pattern, 0); k < p->heard->n;
             k = pattern_next(p->heard, p->pattern, k + p->pattern->period))
                upper |= p->heard->bytes[k + at + 2] | p->heard->bytes[k + at + 3];
        return upper != 0 || (p->to - at) / 2 % 2 == 0;
}

/* A counter of one byte, or a clock of two or four, after the constants. */
static void skip_clocks(struct parts *p) {
        size_t begin = p->from, end = begin;

        for (size_t at = begin; at < begin + HEADER_MAX && at + 4 < p->to && p->pattern->repeats >= CLOCK_FRAMES;
             at++) {
                double counts;

                p->from = at;
                p->kind = &kinds[0];
                counts = measure_rule(p, follow_counter);
                if (counts >= RULE_SHARE)
                        end = at + (measure_rule(p, follow_counter16) >= counts ? 2 : 1);
                for (int i = 1; i <= 3 && counts < RULE_SHARE; i++) {
                        p->kind = &kinds[i];
                        if ((i < 3 || is_long_clock(p, at)) && is_rule(p, follow_clock))
                                end = at + kinds[i].bits / 8;
                }
                if (end > at + 1)
                        at = end - 1;
        }
        p->from = end;
}

/* A byte that jumps from frame to frame is part of an unknown check, not of a cell. */
static bool is_random(const struct parts *p, const struct kind *kind, size_t from, size_t i) {
        const struct heard *h = p->heard;
        int64_t least = INT64_MAX, most = INT64_MIN, last = 0;
        double steps = 0;
        size_t frames = 0;

        for (size_t at = pattern_next(h, p->pattern, 0); at < h->n;
             at = pattern_next(h, p->pattern, at + p->pattern->period)) {
                int64_t v = element_at(h->bytes + at + from, kind, i);

                steps += frames++ > 0 ? (double)llabs(v - last) : 0;
                least = v < least ? v : least;
                most = v > most ? v : most;
                last = v;
        }
        return most - least > RANDOM_RANGE && steps > RANDOM_STEP * (double)(most - least) * (double)frames;
}

/* --- the elements --- */

/* If every second byte, or two of four, are always zero or nearly so, the wider element costs the same as bytes do. */
static bool has_zeros_between(const struct parts *p, const struct kind *kind) {
        size_t n = (p->to - p->from) / kind->group, loaded = 0;

        for (size_t i = 0; i < n && kind->bits % 16 == 0; i++) {
                int64_t most = 0;

                for (size_t at = pattern_next(p->heard, p->pattern, 0); at < p->heard->n;
                     at = pattern_next(p->heard, p->pattern, at + p->pattern->period))
                        most |= element_at(p->heard->bytes + at + p->from, kind, i);
                if (most >> kind->bits / 2 >= SMALL)
                        return false;
                loaded += most != 0;
        }
        return (double)loaded > SHARE_QUARTER * (double)n;
}

/* Tries every kind with some unexplained bytes before and after the elements. */
static void find_kind(struct parts *p) {
        size_t from = p->from, to = p->to, lead = 0, trail = 0;
        double frames = (double)p->pattern->repeats, best = (double)INFINITY, bytes = (double)INFINITY;

        for (int k = 0; k < KINDS_N; k++)
                for (size_t i = 0; i <= (k > 0 ? LEAD_MAX : 0); i++)
                        for (size_t j = 0; j <= (k > 0 ? TRAIL_MAX : 0); j++) {
                                double cost;

                                if (from + i + j + kinds[k].group > to || (to - from - i - j) % kinds[k].group != 0)
                                        continue;
                                cost = measure_cost(p, &kinds[k], from + i, to - j) +
                                       measure_cost(p, &kinds[0], from, from + i) +
                                       measure_cost(p, &kinds[0], to - j, to) + PENALTY * (double)(i + j) * frames;
                                bytes = k == 0 ? cost : bytes;
                                p->from = from + i;
                                p->to = to - j;
                                if (k > 0 && cost > MARGIN * bytes &&
                                    !(cost <= bytes && has_zeros_between(p, &kinds[k])))
                                        continue;
                                if (cost > best || (cost == best && kinds[k].bits % 8 != 0))
                                        continue;
                                best = cost;
                                p->kind = &kinds[k];
                                lead = i;
                                trail = j;
                        }
        p->from = from + lead;
        p->to = to - trail;
        p->trailer += trail;
        p->element = p->kind->name;
}

/* Floating point numbers: bytes of which the upper two lie in a narrow range. */
static bool are_floats(const struct parts *p) {
        size_t n = 0, good = 0, loaded = 0;

        for (size_t at = pattern_next(p->heard, p->pattern, 0); at < p->heard->n && (p->to - p->from) % 4 == 0;
             at = pattern_next(p->heard, p->pattern, at + p->pattern->period))
                for (size_t i = p->from; i < p->to; i += 4) {
                        float v;

                        memcpy(&v, p->heard->bytes + at + i, sizeof(v));
                        n++;
                        good += v == 0 || (v > 1e-4f && v < 1e7f);
                        loaded += v != 0;
                }
        return n > 0 && (double)good > 0.99 * (double)n && (double)loaded > SHARE_QUARTER * (double)n;
}

static void find_elements(struct parts *p) {
        if (are_floats(p)) {
                p->element = "f32le";
                p->kind = &kinds[3];
                return;
        }
        find_kind(p);
}

/* Part of the elements that changed at all. */
static double measure_change(const struct parts *p) {
        size_t n = (p->to - p->from) * 8 / p->kind->bits, changed = 0, first = pattern_next(p->heard, p->pattern, 0);

        for (size_t i = 0; i < n; i++) {
                int64_t value = element_at(p->heard->bytes + first + p->from, p->kind, i);
                size_t at = first;

                while (at < p->heard->n && element_at(p->heard->bytes + at + p->from, p->kind, i) == value)
                        at = pattern_next(p->heard, p->pattern, at + p->pattern->period);
                changed += at < p->heard->n;
        }
        return (double)changed / (double)n;
}

/* Largest value of a cell, and whether the values may be those of a mat. */
static bool are_cells(const struct parts *p, double *ret_largest) {
        size_t n = (p->to - p->from) * 8 / p->kind->bits, random = 0;

        *ret_largest = 0;
        for (size_t i = 0; i < n; i++)
                random += is_random(p, p->kind, p->from, i);
        for (size_t at = pattern_next(p->heard, p->pattern, 0); at < p->heard->n;
             at = pattern_next(p->heard, p->pattern, at + p->pattern->period))
                for (size_t i = 0; i < n; i++) {
                        double v = (double)element_at(p->heard->bytes + at + p->from, p->kind, i);
                        float f;

                        if (strcmp(p->element, "f32le") == 0) {
                                memcpy(&f, p->heard->bytes + at + p->from + 4 * i, sizeof(f));
                                v = (double)f;
                        }
                        *ret_largest = v > *ret_largest ? v : *ret_largest;
                        if (p->kind->bits == 16 && v >= 0xC000) /* below zero: other sensors swing around it */
                                random++;
                }
        return (double)random <= SHARE_QUARTER * (double)n && *ret_largest < LARGEST;
}

/* --- the description --- */

static void add_keys(struct suggestion *s, const struct parts *p, double largest) {
        const struct pattern *pattern = p->pattern;
        double bits = fmax(8, ceil(log2(largest + 1))), full_scale;
        size_t header = p->from - pattern->n_sync;
        char bytes[64];

        if (p->kind->bits > 8) /* converters have 10, 12 or more bits */
                bits = bits <= 10 ? 10 : bits <= 12 ? 12 : bits;
        full_scale = exp2(bits) - 1;
        suggestion_add_key(s, "framing", p->check || pattern->n_tail > 0 || pattern->escaped ? "prefix" : "delimiter");
        pattern_write_bytes(pattern->sync, pattern->n_sync, bytes, sizeof(bytes));
        suggestion_add_key(s, "sync", "%s", bytes);
        if (header > 0)
                suggestion_add_key(s, "header", "%zu", header);
        if (p->element && strcmp(p->element, "u8") != 0)
                suggestion_add_key(s, "element", "%s", p->element);
        if (p->trailer > 0)
                suggestion_add_key(s, "trailer", "%zu", p->trailer);
        if (p->check)
                suggestion_add_key(s, "check", "%s", p->check);
        if (p->check && p->check_from > 0)
                suggestion_add_key(s, "check_from", "%zu", p->check_from);
        pattern_write_bytes(pattern->tail, pattern->n_tail, bytes, sizeof(bytes));
        if (pattern->n_tail > 0)
                suggestion_add_key(s, "tail", "%s", bytes);
        if (pattern->escaped)
                suggestion_add_key(s, "escape", "7D");
        suggestion_add_key(s, "cells", "%zu", (p->to - p->from) * 8 / p->kind->bits);
        suggestion_add_key(s, "full_scale", "%.0f", full_scale);
}

/* Parses the description as the service does, and decodes the bytes with it. */
static void try_description(const struct heard *heard, struct suggestion *s) {
        struct config_errors *errors = calloc(1, sizeof(*errors));
        struct format *format = calloc(1, sizeof(*format));
        struct format_list *list = calloc(1, sizeof(*list));
        struct prober *prober = calloc(1, sizeof(*prober));
        char text[1024] = "[format]\n";

        for (int i = 0; i < s->n_keys; i++)
                snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s = %s\n", s->keys[i].name,
                         s->keys[i].value);
        if (errors && format && list && prober &&
            format_parse("my-mat.conf", text, strlen(text), errors, format) == 0) {
                list->of[list->n++] = format;
                probe_bytes(prober, list, heard, 0, 0);
                if (probe_fits(prober)) {
                        s->fits = true;
                        s->reason = NULL;
                        s->cells = prober->fits[0].n_cells;
                        s->frames = prober->fits[0].frames;
                        s->refused = prober->fits[0].refused;
                        s->largest = prober->fits[0].largest;
                }
        }
        free(errors);
        free(format);
        free(list);
        free(prober);
}

static struct parts find_parts(const struct heard *heard, const struct pattern *pattern) {
        struct parts p = {.heard = heard,
                          .pattern = pattern,
                          .from = pattern->fixed,
                          .to = pattern->period - pattern->n_tail,
                          .kind = &kinds[0]};

        if (p.from + 1 >= p.to)
                return p;
        find_check(&p);
        skip_length(&p);
        skip_clocks(&p);
        while (!p.check && p.trailer < TRAIL_MAX && p.from + 2 < p.to && is_random(&p, &kinds[0], 0, p.to - 1)) {
                p.to--;
                p.trailer++;
        }
        find_elements(&p);
        return p;
}

/* plain: the bytes without escapes. */
static void describe_plain(const struct heard *heard, const struct heard *plain, const struct pattern *pattern,
                           struct suggestion *ret) {
        struct parts p = find_parts(plain, pattern);
        size_t cells = p.from < p.to ? (p.to - p.from) * 8 / p.kind->bits : 0;
        double largest;

        *ret = (struct suggestion){.reason = "unknown"};
        if (cells < CELLS_MIN || !are_cells(&p, &largest) || (cells < FEW_CELLS && !p.check && pattern->n_tail == 0))
                return;
        if (measure_change(&p) < CHANGING_MIN) {
                snprintf(ret->advice, sizeof(ret->advice),
                         "Hardly any value changes: press the seat while probe listens, so that the cells show.");
                return;
        }
        add_keys(ret, &p, largest);
        try_description(heard, ret);
        if (!ret->fits && p.kind->bits % 8 != 0)
                suggestion_set_reason(
                        ret, "packed_bits",
                        "The cells share bytes (%u bits each, without gaps): send two bytes for each cell.",
                        p.kind->bits);
        if (ret->fits && (cells < FEW_CELLS || (cells < DOUBTED_CELLS && !p.check)))
                suggestion_add_doubt(ret, "Other sensors send such packets, too: is this a mat?");
        if (ret->fits && p.from > pattern->n_sync)
                suggestion_add_note(ret, "The %zu bytes after the sync are no cells: they are constant or count up.",
                                    p.from - pattern->n_sync);
        if (ret->fits && !p.check)
                suggestion_add_doubt(ret, "No check was found: nothing shows that the bytes are right.");
}

void pattern_describe(const struct heard *heard, const struct pattern *pattern, struct suggestion *ret) {
        uint8_t *bytes = pattern->escaped ? malloc(heard->n) : NULL;
        struct heard plain = *heard;

        if (bytes) {
                plain = (struct heard){.bytes = bytes, .n = pattern_unescape(heard, bytes)};
        }
        describe_plain(heard, &plain, pattern, ret);
        free(bytes);
}

bool pattern_is_swapped(const struct heard *heard, const struct pattern *pattern, size_t from, bool big_endian) {
        struct parts p = {.heard = heard, .pattern = pattern};
        size_t to = pattern->period - pattern->n_tail;

        to -= (to - from) % 2;
        return from < to && measure_cost(&p, &kinds[big_endian ? 1 : 2], from, to) <
                                    MARGIN * measure_cost(&p, &kinds[big_endian ? 2 : 1], from, to);
}
