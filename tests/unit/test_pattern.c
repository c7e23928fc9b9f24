/* SPDX-License-Identifier: MIT */
/* Bytes of unknown mats: the sync, the distance, and the description of many kinds of frames, cut anywhere and damaged. Noise and
 * the packets of other sensors have none. */
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "tools/sitbonectl/probe/mismatch.h"
#include "tools/sitbonectl/probe/pattern_describe.h"

enum { BYTES_MAX = 256 * 1024, FRAMES = 120 };

static uint8_t bytes[BYTES_MAX];
static struct suggestion suggestion;
static uint32_t state;

static uint32_t any(void) {
        state = state * 1664525u + 1013904223u;
        return state >> 8;
}

/* A frame on the wire. */
struct wire {
        const char *sync, *tail, *element, *check;
        size_t cells, period;
        bool counter;
        const char *want; /* a key that the description must have, as name=value; NULL = none */
};

static size_t put_bytes(uint8_t *at, const char *hex) {
        size_t n = 0;

        for (char *end; *hex; hex = end)
                at[n++] = (uint8_t)strtoul(hex, &end, 16);
        return n;
}

/* A sitter who moves: each cell has a level of its own, which changes every two seconds, and noise. */
static uint32_t read_cell(size_t frame, size_t cell, uint32_t full) {
        uint32_t level = (uint32_t)(frame / 20 * 2654435761u + cell * 40503u) >> 7;

        return (level % full) / 2 + any() % (full / 64 + 2);
}

static size_t put_cells(uint8_t *at, const struct wire *w, size_t frame) {
        size_t n = 0;

        for (size_t i = 0; i < w->cells; i++) {
                uint32_t v = read_cell(frame, i, strcmp(w->element, "u8") == 0 ? 250 : 1000);

                if (strcmp(w->element, "u8") == 0) {
                        at[n++] = (uint8_t)v;
                } else if (strncmp(w->element, "u16", 3) == 0) {
                        bool big = strcmp(w->element, "u16be") == 0;

                        at[n++] = (uint8_t)(big ? v >> 8 : v);
                        at[n++] = (uint8_t)(big ? v : v >> 8);
                } else { /* two of 12 bits */
                        uint32_t next = read_cell(frame, i++, 1000);
                        bool big = strcmp(w->element, "pack12be") == 0;

                        at[n++] = (uint8_t)(big ? v >> 4 : v);
                        at[n++] = (uint8_t)(big ? v << 4 | next >> 8 : v >> 8 | next << 4);
                        at[n++] = (uint8_t)(big ? next : next >> 4);
                }
        }
        return n;
}

/* From the middle of a frame on. */
static struct heard make_stream(const struct wire *w) {
        size_t n = 0, cut;

        for (size_t i = 0; i < FRAMES; i++) {
                size_t begin = n;
                uint8_t sum = 0;

                n += put_bytes(bytes + n, w->sync);
                if (w->counter)
                        bytes[n++] = (uint8_t)i;
                n += put_cells(bytes + n, w, i);
                for (size_t k = begin; k < n; k++)
                        sum = strcmp(w->check, "xor8") == 0 ? sum ^ bytes[k] : (uint8_t)(sum + bytes[k]);
                if (*w->check)
                        bytes[n++] = sum;
                n += put_bytes(bytes + n, w->tail);
                CHECK(n - begin == w->period);
        }
        cut = w->period / 3;
        return (struct heard){.bytes = bytes + cut, .n = n - cut};
}

static bool has_key(const char *want) {
        char line[128];

        for (int i = 0; i < suggestion.n_keys; i++) {
                snprintf(line, sizeof(line), "%s=%.80s", suggestion.keys[i].name, suggestion.keys[i].value);
                if (strcmp(line, want) == 0)
                        return true;
        }
        return false;
}

static const struct wire wires[] = {
        {"A5 5A", "", "u16le", "", 160, 322, false, "element=u16le"},
        {"FF FF 00 06", "FF FE", "u16be", "", 6, 18, false, "tail=FF FE"},
        {"AA 55", "", "pack12be", "sum8", 64, 99, false, "element=pack12be"},
        {"AA 55", "", "pack12le", "", 64, 98, false, "element=pack12le"},
        {"C3 99 01", "0D 0A", "u8", "xor8", 63, 69, false, "check=xor8"},
        {"FE", "", "u8", "sum8", 48, 50, false, "check=sum8"},
        {"55 AA", "", "u16be", "sum8", 100, 204, true, "header=1"},
        {"3C 3E", "", "u8", "", 256, 259, true, "header=1"},
        {"AA 55 C0", "", "u8", "sum8", 192, 196, false, "check=sum8"},
};

static void check_wire(const struct wire *w) {
        struct heard heard = make_stream(w);
        struct pattern p = pattern_find(&heard);
        uint8_t sync[8];
        size_t n = put_bytes(sync, w->sync);

        if (p.period != w->period || memcmp(p.sync, sync, n < p.n_sync ? n : p.n_sync) != 0)
                printf("%s %s: %02X %02X every %zu bytes\n", w->sync, w->element, p.sync[0], p.sync[1], p.period);
        CHECK(p.period == w->period);
        n = n < p.n_sync ? n : p.n_sync;
        CHECK(memcmp(p.sync, sync, n) == 0);
        pattern_describe(&heard, &p, &suggestion);
        if (!suggestion.fits || suggestion.cells != w->cells || !has_key(w->want))
                printf("%s %s %zu: %u cells, %s\n", w->sync, w->element, w->cells, suggestion.cells,
                       suggestion.reason ? suggestion.reason : "described");
        CHECK(suggestion.fits && suggestion.cells == w->cells && has_key(w->want));
        CHECK((suggestion.n_doubts > 0) == !*w->check);
}

static void test_wires(void) {
        for (size_t i = 0; i < sizeof(wires) / sizeof(*wires); i++) {
                state = (uint32_t)i + 1;
                check_wire(&wires[i]);
        }
}

/* One frame in twelve has lost a byte, another one has a wrong byte. */
static void test_damaged(void) {
        struct heard heard = make_stream(&wires[4]);
        struct pattern p;
        size_t n = 0;

        for (size_t i = 0; i < heard.n; i++)
                if (any() % (wires[4].period * 12) > 0)
                        bytes[n++] = any() % (wires[4].period * 12) > 0 ? heard.bytes[i] : (uint8_t)any();
        heard = (struct heard){.bytes = bytes, .n = n};
        p = pattern_find(&heard);
        CHECK(p.period == wires[4].period);
        pattern_describe(&heard, &p, &suggestion);
        CHECK(suggestion.fits && suggestion.cells == wires[4].cells && has_key("check=xor8"));
}

/* The flag and the escape are escaped in a frame: the length changes, the description knows the escape. */
static void test_escaped(void) {
        static const struct wire wire = {"7E 01 40", "", "u8", "sum8", 64, 68, false, "escape=7D"};
        static uint8_t escaped[2 * BYTES_MAX];
        struct heard heard = make_stream(&wire);
        struct pattern p;
        size_t n = 0, cut = wire.period / 3;

        for (size_t i = 0; i < heard.n; i++) {
                bool flag = (i + cut) % wire.period > 0 && (heard.bytes[i] == 0x7E || heard.bytes[i] == 0x7D);

                if (flag)
                        escaped[n++] = 0x7D;
                escaped[n++] = flag ? heard.bytes[i] ^ 0x20 : heard.bytes[i];
        }
        heard = (struct heard){.bytes = escaped, .n = n};
        p = pattern_find(&heard);
        CHECK(p.escaped && p.period == wire.period);
        pattern_describe(&heard, &p, &suggestion);
        CHECK(suggestion.fits && suggestion.cells == 64 && has_key("escape=7D") && has_key("check=sum8"));
}

static void test_none(void) {
        for (int seed = 0; seed < 20; seed++) {
                struct heard heard = {.bytes = bytes, .n = (size_t)seed * 500};

                state = (uint32_t)seed;
                for (size_t i = 0; i < heard.n; i++)
                        bytes[i] = (uint8_t)(seed % 2 ? any() : any() % 3);
                CHECK(pattern_find(&heard).period == 0);
        }
}

/* Random values in a fixed frame, and frames of which nothing changes, are no mat. */
static void test_no_mat(void) {
        const struct heard heard = {.bytes = bytes, .n = 4000};
        struct pattern p;

        for (int constant = 0; constant < 2; constant++) {
                for (size_t i = 0; i < heard.n; i++)
                        bytes[i] = i % 40 == 0   ? 0xA9
                                   : i % 40 == 1 ? 0xC6
                                   : constant    ? (uint8_t)(i % 40)
                                                 : (uint8_t)any();
                p = pattern_find(&heard);
                CHECK(p.period == 40);
                pattern_describe(&heard, &p, &suggestion);
                CHECK(!suggestion.fits && strcmp(suggestion.reason, "unknown") == 0);
        }
}

static void test_mismatch(void) {
        struct format f = {.name = "mine",
                           .framing = FRAMING_DELIMITER,
                           .sync = {2, {0xA5, 0x5A}},
                           .element = ELEMENT_U16LE,
                           .full_scale = 1023};
        struct heard heard = make_stream(&wires[0]);
        char words[240];

        CHECK(!mismatch_write(&f, 160, &heard, words, sizeof(words)));
        CHECK(mismatch_write(&f, 64, &heard, words, sizeof(words)));
        CHECK(strcmp(words,
                     "mine expects frames of 130 bytes (64 cells), but A5 5A occurs every 322 bytes (160 cells)") ==
              0);
        f.element = ELEMENT_U16BE;
        CHECK(mismatch_write(&f, 160, &heard, words, sizeof(words)) && strstr(words, "element = u16le"));
}

int main(void) {
        test_wires();
        test_damaged();
        test_escaped();
        test_none();
        test_no_mat();
        test_mismatch();
        return 0;
}
