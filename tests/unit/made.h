/* SPDX-License-Identifier: MIT */
/* Recordings and wire bytes of mats that are not in the tree, made here with the same formats, sizes, noise and faults.
 * The bytes follow the data sheets of acquire/formats_*.c by hand, not by the encoder. Every run makes the same. */
#ifndef TESTS_MADE_H
#define TESTS_MADE_H

#include <stdarg.h>

#include "sitter.h"
#include "wire.h"

/* --- text --- */

struct made {
        char *text; /* or bytes */
        size_t n, most;
};

static inline void made_add(struct made *m, const void *bytes, size_t n) {
        if (m->n + n + 1 > m->most) {
                m->most = 2 * (m->n + n + 1);
                m->text = realloc(m->text, m->most);
                CHECK(m->text);
        }
        memcpy(m->text + m->n, bytes, n);
        m->n += n;
        m->text[m->n] = '\0';
}

__attribute__((format(printf, 2, 3))) static inline void made_print(struct made *m, const char *format, ...) {
        char line[512];
        va_list args;
        int n;

        va_start(args, format);
        n = vsnprintf(line, sizeof(line), format, args);
        va_end(args);
        CHECK(n >= 0 && (size_t)n < sizeof(line));
        made_add(m, line, (size_t)n);
}

static inline void made_columns(struct made *m, const char *before, uint32_t cells) {
        made_print(m, "t_s,label%s", before);
        for (uint32_t i = 0; i < cells; i++)
                made_print(m, ",c%u", i);
        made_print(m, "\n");
}

/* -1 to 1. */
static inline float made_noise(uint64_t *seed) {
        return (float)wire_random(seed) / (float)UINT32_MAX * 2 - 1;
}

static inline int made_level(float x, int most) {
        return x < 0 ? 0 : x > (float)most ? most : (int)lrintf(x);
}

/* --- wire bytes --- */

/* A 32 x 32 picture, row 0 at the back, of somebody who sits from the fifth frame on and sways. */
static inline uint8_t made_seat_cell(size_t frame, uint32_t row, uint32_t col) {
        struct sitter s = SITTER;
        uint64_t seed = 1 + frame * 1024 + row * 32 + col;
        float x = ((float)col - 15.5F) * 12.5F, y = ((float)row - 15.5F) * 12.5F, load;

        s.x = 10 * sinf((float)frame / 7);
        s.right = 0.5F + 0.1F * sinf((float)frame / 11);
        load = frame < 5 ? 0 : 170 * sitter_load(&s, x, y);
        wire_random(&seed);
        return (uint8_t)made_level(load + 2 * made_noise(&seed), 255);
}

/* The pad's wire starts in the middle of its folded sheet: rows 17 to 31 of the sheet come first, the last one ahead of
 * the others, then rows 0 to 16. Row 0 of the sheet lies at the knees. */
static inline struct made made_jq_seat_32(size_t frames) {
        static const uint8_t delimiter[] = {0xAA, 0x55, 0x03, 0x99};
        struct made m = {0};

        for (size_t i = 0; i < frames; i++) {
                made_add(&m, delimiter, sizeof(delimiter));
                for (uint32_t wire = 0; wire < 32; wire++)
                        for (uint32_t col = 0; col < 32; col++) {
                                uint32_t sheet = wire < 15 ? 31 - wire : wire - 15;
                                uint8_t cell = made_seat_cell(i, 31 - sheet, col);

                                made_add(&m, &cell, 1);
                        }
        }
        return m;
}

/* Two boards that take turns, each 11 columns of 16; no value above EF. */
static inline struct made made_marveldex_v1(size_t frames) {
        struct made m = {0};

        for (size_t i = 0; i < frames; i++) {
                const uint8_t head[] = {0xFF, 0xFF, 0, 0, 176, i % 2, 0, 0}, tail[] = {0x00, 0xFE};

                made_add(&m, head, sizeof(head));
                for (uint32_t col = 0; col < 11; col++)
                        for (uint32_t row = 0; row < 16; row++) {
                                uint32_t both = col + (i % 2 ? 0 : 11);
                                uint8_t cell = made_seat_cell(i / 2, row * 2, both * 32 / 22);

                                cell = i % 9 == 5 && row == 7 ? 0xEF : cell > 0xEF ? 0xEF : cell;
                                made_add(&m, &cell, 1);
                        }
                made_add(&m, tail, sizeof(tail));
        }
        return m;
}

/* Lines of 150 digits, 15 x 10; the first one is cut, as when a port is opened. Foil that nobody touches reads 2. */
static inline struct made made_digits(size_t lines) {
        struct made m = {0};

        for (size_t i = 0; i < lines; i++) {
                for (uint32_t c = i ? 0 : 37; c < 150; c++)
                        made_print(&m, "%d", 2 + made_seat_cell(i + 5, c / 10 * 2, c % 10 * 3) * 7 / 256);
                made_print(&m, "\n");
        }
        return m;
}

/* --- frames CSV --- */

enum { MADE_SEAT32_FRAMES = 500, MADE_SEAT32_CHANGES = 10 };
static const size_t MADE_SEAT32_CHANGE[MADE_SEAT32_CHANGES] = {31, 72, 104, 155, 190, 241, 270, 322, 351, 409};

/* Share of the sitter's load in a frame: people come down within two seconds and get up within one frame. */
static inline float made_seat32_share(size_t i, size_t changes, size_t since) {
        static const float down[] = {0.3F, 0.6F, 0.8F, 0.9F};

        if (changes % 2 == 0)
                return 0;
        if (i + 1 == MADE_SEAT32_CHANGE[changes])
                return 0.2F;
        return since < 4 ? down[since] : 1;
}

/* A 32 x 32 pad at 2.4 Hz, noisy where there is load, some cells not zero when it is empty: five people one after the
 * other. */
static inline struct made made_seat32(void) {
        struct made m = {0};
        uint64_t seed = 32;
        size_t changes = 0, since = 100;

        made_print(&m, "# rows=32\n# cols=32\n# pitch_x_mm=12.5\n# pitch_y_mm=12.5\n# full_scale=255\n");
        made_columns(&m, "", 1024);
        for (size_t i = 0; i < MADE_SEAT32_FRAMES; i++) {
                struct sitter s = SITTER;

                since++;
                if (changes < MADE_SEAT32_CHANGES && i == MADE_SEAT32_CHANGE[changes]) {
                        changes++;
                        since = 0;
                }
                s.x = 12 * sinf((float)changes);
                s.y += 15 * cosf((float)changes);
                made_print(&m, "%.3f,%s", (double)i / 2.4, changes % 2 ? "seated" : "empty");
                for (uint32_t c = 0; c < 1024; c++) {
                        float x = ((float)(c % 32) - 15.5F) * 12.5F, y = ((float)(c / 32) - 15.5F) * 12.5F;
                        float load = made_seat32_share(i, changes, since) * (190 + 6 * (float)changes);
                        float base = c % 37 == 0 ? 9 : 0, read = base + load * sitter_load(&s, x, y);

                        made_print(&m, ",%d", made_level(read > 1 ? read + 2.5F * made_noise(&seed) : 0, 255));
                }
                made_print(&m, "\n");
        }
        return m;
}

/* Twelve cells at 2 Hz whose places nobody knows, four of them in the backrest, one of them stuck: twelve poses, and
 * nobody between two of them ("pose0"), at first with one cell still loaded. */
static inline struct made made_chair12(bool gets_up) {
        enum { SITS = 12, SEATED = 40, EMPTY = 40 };
        struct made m = {0};
        uint64_t seed = 12;
        size_t row = 0;

        made_print(&m, "# cells=12\n# full_scale=4095\n");
        made_columns(&m, "", 12);
        for (uint32_t pose = 1; pose <= SITS; pose++)
                for (uint32_t i = 0; i < (gets_up ? SEATED + EMPTY : SEATED); i++, row++) {
                        bool seated = i < SEATED;

                        made_print(&m, "%.3f,pose%u", (double)row / 2, seated ? pose : 0);
                        for (uint32_t c = 0; c < 12; c++) {
                                float load = 300 + 200 * (float)((c * 7 + pose * 5) % 12), read;

                                if (c < 4 && pose % 3 == 0)
                                        load = 0; /* leans forward */
                                read = seated || (c == 9 && i < SEATED + 2) ? load + 40 * made_noise(&seed) : 0;
                                read = c == 7 ? 200 + 8 * made_noise(&seed) : read;
                                made_print(&m, ",%d", made_level(read, 4095));
                        }
                        made_print(&m, "\n");
                }
        return m;
}

/* Twelve scattered cells at 10 Hz under somebody who leans to all sides, with the tilt of a reference sensor. */
static inline struct made made_wheelchair12(void) {
        static const int x_mm[] = {-120, -60, -120, -45, -120, -45, 45, 120, 45, 120, 60, 120},
                         y_mm[] = {130, 80, 20, -30, -115, -115, -115, -115, -30, 20, 80, 130};
        struct made m = {0};
        uint64_t seed = 10;

        made_print(&m, "# cells=12\n# full_scale=255\n# x_mm=");
        for (int i = 0; i < 12; i++)
                made_print(&m, "%d%s", x_mm[i], i < 11 ? " " : "\n# y_mm=");
        for (int i = 0; i < 12; i++)
                made_print(&m, "%d%s", y_mm[i], i < 11 ? " " : "\n");
        made_columns(&m, ",ref_pitch_deg,ref_roll_deg", 12);
        for (uint32_t row = 0; row < 600; row++) {
                float roll = 12 * sinf((float)row / 60), pitch = 8 * sinf((float)row / 41);
                struct sitter s = {2 * roll, -60 + 3 * pitch, 120, 0.5F, 0.5F + roll / 60, 0.25F, 230};

                made_print(&m, "%.3f,", (double)row / 10);
                if (row % 50 == 49)
                        made_print(&m, "drive,nan,nan");
                else
                        made_print(&m, "drive,%.2f,%.2f", (double)pitch, (double)roll);
                for (uint32_t c = 0; c < 12; c++)
                        made_print(&m, ",%d",
                                   made_level(25 + 200 * sitter_load(&s, (float)x_mm[c], (float)y_mm[c]) +
                                                      3 * made_noise(&seed),
                                              255));
                made_print(&m, "\n");
        }
        return m;
}

/* Nine resistors that fall with load, somewhere on a cushion: six postures, and an empty seat before and after. */
static inline struct made made_fsr9(void) {
        struct made m = {0};
        uint64_t seed = 9;

        made_print(&m, "# cells=9\n# full_scale=1023\n# polarity=inverted\n");
        made_columns(&m, "", 9);
        for (uint32_t row = 0; row < 1000; row++) {
                bool empty = row < 250 || row >= 750;
                uint32_t posture = (row - 250) / 84 + 1;

                if (empty)
                        made_print(&m, "%.3f,empty", (double)row / 5);
                else
                        made_print(&m, "%.3f,posture%u", (double)row / 5, posture);
                for (uint32_t c = 0; c < 9; c++) {
                        float load = empty ? 0 : 250 + 60 * (float)((c * 5 + posture * 4) % 9);

                        made_print(&m, ",%d", 1023 - made_level(load + 4 + 4 * made_noise(&seed), 1023));
                }
                made_print(&m, "\n");
        }
        return m;
}

/* A home-made cushion of 10 x 15 cells, ten levels each, that nobody leaves: foil that nobody touches reads 2. */
static inline struct made made_levels(void) {
        struct made m = {0};
        uint64_t seed = 15;

        made_print(&m, "# rows=10\n# cols=15\n# full_scale=9\n");
        made_columns(&m, "", 150);
        for (uint32_t row = 0; row < 600; row++) {
                struct sitter s = SITTER;

                s.right = row < 200 ? 0.5F : row < 400 ? 0.7F : 0.3F;
                made_print(&m, "%.3f,%s", (double)row / 10, row < 200 ? "sit" : row < 400 ? "left_up" : "right_up");
                for (uint32_t c = 0; c < 150; c++) {
                        float x = ((float)(c % 15) - 7) * 27, y = ((float)(c / 15) - 4.5F) * 40;
                        float load = 2.4F + 6 * sitter_load(&s, x, y) + 0.3F * made_noise(&seed);

                        made_print(&m, ",%d", made_level(load, 9));
                }
                made_print(&m, "\n");
        }
        return m;
}

#endif
