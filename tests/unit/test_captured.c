/* SPDX-License-Identifier: MIT */
/* Bytes and frames of real mats: every frame decoded, none refused, whatever the split; damage stays where it is. */
#include "core/acquire/formats.h"
#include "core/acquire/recording.h"
#include "wire.h"

static struct layout layout;
static struct decoder decoder;
static struct frame frame;

static struct wire_frames decode(const struct format *f, const uint8_t *bytes, size_t n, uint64_t seed, bool close) {
        struct wire_frames ret = {0};

        decoder_init(&decoder, f, &layout);
        for (size_t at = 0, take; at < n; at += take) {
                take = seed ? wire_random(&seed) % 300 : n;
                take = take < n - at ? take : n - at;
                decoder_feed(&decoder, bytes + at, take, 1, &(struct frame_sink){&frame, wire_collect, &ret});
        }
        if (close)
                decoder_idle(&decoder, 1, &(struct frame_sink){&frame, wire_collect, &ret});
        return ret;
}

/* Each frame of `good` that has no damage in it or in its neighbours (starts and lengths in bytes) must be found again,
 * in order. */
static void check_damage(const struct format *f, const uint8_t *bytes, size_t n, size_t length, double share) {
        uint8_t *damaged = malloc(n);
        bool *hit = calloc(n / length + 3, sizeof(bool));
        struct wire_frames good = decode(f, bytes, n, 0, true), got;
        uint64_t seed = 4711;
        size_t j = 0, expected = 0;

        CHECK(damaged && hit);
        memcpy(damaged, bytes, n);
        for (size_t i = 0; i < n; i++)
                if (wire_random(&seed) < share * UINT32_MAX) {
                        damaged[i] = (uint8_t)wire_random(&seed);
                        hit[i / length + 1] |= damaged[i] != bytes[i];
                }
        got = decode(f, damaged, n, 99, true);
        for (size_t i = 0; i < good.n; i++) {
                if (hit[i] || hit[i + 1] || hit[i + 2])
                        continue;
                expected++;
                while (j < got.n && !wire_same(&good, i, &got, j))
                        j++;
                CHECK(j < got.n);
                j++;
        }
        CHECK(share > 0.001 || expected > 0);
        free(damaged);
        free(hit);
        wire_clear(&good);
        wire_clear(&got);
}

static void check_wire(const char *file, const char *name, size_t length, size_t frames) {
        const struct format *f = format_by_name(name);
        struct settings_device device = {0};
        struct wire_frames whole, split;
        size_t n;
        uint8_t *bytes = (uint8_t *)wire_data(file, &n);

        CHECK(f && layout_build(f, &device, &layout) == NULL);
        if (!bytes)
                SKIP("no recordings (SITBONE_DATA)");
        whole = decode(f, bytes, n, 0, true);
        CHECK(whole.n == frames && decoder.frames == frames);
        CHECK(wire_refused(&decoder) == 0 && decoder.discarded_bytes == 0);
        for (uint64_t seed = 1; seed <= 20; seed++) {
                split = decode(f, bytes, n, seed, true);
                CHECK(split.n == frames && wire_refused(&decoder) == 0);
                for (size_t i = 0; i < frames; i++)
                        CHECK(wire_same(&whole, i, &split, i));
                wire_clear(&split);
        }
        /* opened in the middle of a frame: that one is lost, counted once, the others are there */
        split = decode(f, bytes + length / 2, n - length / 2, 7, true);
        CHECK(split.n == frames - 1 && decoder.refused[REFUSED_PARTIAL] == 1 && wire_refused(&decoder) == 1);
        wire_clear(&split);
        check_damage(f, bytes, n, length, 0.01);
        check_damage(f, bytes, n, length, 0.0001);
        wire_clear(&whole);
        free(bytes);
}

/* The pad's wire order against the frames CSV of the same pad, which has the vertical flip done. */
static void check_jq_order(void) {
        const struct format *f = format_by_name("jq-seat-32");
        struct settings_device device = {.flip_y = true};
        static struct recording recording;
        struct wire_frames wire;
        char error[RECORDING_ERROR_MAX];
        size_t n, n_csv, same = 0;
        char *bytes = wire_data("wire/jq-seat-32.bin", &n), *csv = wire_data("seat32-jq.csv", &n_csv);
        const char *line;

        CHECK(bytes && csv && layout_build(f, &device, &layout) == NULL);
        wire = decode(f, (uint8_t *)bytes, n, 0, true);
        device.flip_y = false;
        CHECK(recording_open(&recording, csv, n_csv, NULL, &device, error) == 0);
        /* every frame of the wire stands somewhere in the CSV, cell by cell */
        for (line = csv; line && same < wire.n; line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL) {
                const char *at = strchr(line, ',');
                bool equal = at && line[0] >= '0' && line[0] <= '9';

                at = equal ? strchr(at + 1, ',') : NULL;
                for (uint32_t c = 0; equal && c < 1024; c++) {
                        equal = at && strtof(at + 1, NULL) == wire.raw[same * 1024 + c];
                        at = at ? strchr(at + 1, ',') : NULL;
                }
                same += equal;
        }
        CHECK(same == wire.n);
        wire_clear(&wire);
        free(bytes);
        free(csv);
}

/* Recorded lines of a digit a cell, 15 rows of 10: each line but the first, which may have been cut. */
static void check_digits(void) {
        const struct format *f = format_by_name("digits");
        struct settings_device device = {.rows = 15, .cols = 10};
        struct wire_frames got;
        size_t n, lines = 0, row = 0;
        char *text = wire_data("wire/digits-150.txt", &n), *at;

        if (!text)
                SKIP("no recorded digits (SITBONE_DATA)");
        CHECK(layout_build(f, &device, &layout) == NULL);
        got = decode(f, (const uint8_t *)text, n, 5, true);
        for (size_t i = 0; i < n; i++)
                lines += text[i] == '\n';
        CHECK(lines > 2 && got.n == lines - 1 && wire_refused(&decoder) == 1 && decoder.refused[REFUSED_PARTIAL] == 1);
        for (at = memchr(text, '\n', n); row < got.n; at = memchr(at + 1, '\n', n - (size_t)(at + 1 - text)), row++)
                for (size_t c = 0; c < 150; c++)
                        CHECK(got.raw[row * 150 + c] == (float)(at[1 + c] - '0'));
        wire_clear(&got);
        free(text);
}

/* The captured mat has two boards: said how they lie, one frame holds both, each where it lies alone. */
static void check_boards(void) {
        const struct format *f = format_by_name("marveldex-v1");
        struct settings_device device = {.boards = "1 0"}, alone = {0};
        struct wire_frames both, single;
        size_t n;
        uint8_t *bytes = (uint8_t *)wire_data("wire/marveldex-v1.bin", &n);

        CHECK(bytes && layout_build(f, &alone, &layout) == NULL);
        single = decode(f, bytes, n, 0, true);
        CHECK(single.n == 72 && decoder.boards_seen == 3);
        CHECK(layout_build(f, &device, &layout) == NULL && layout.geometry.cols == 22);
        both = decode(f, bytes, n, 3, true);
        CHECK(both.n == 36 && both.n_cells == 352 && wire_refused(&decoder) == 0 && decoder.discarded_bytes == 0);
        for (size_t i = 0; i < both.n * 352; i++) {
                size_t at = i / 352, row = i / 22 % 16, col = i % 22, board = col < 11;

                CHECK(both.raw[i] == single.raw[(2 * at + board) * 176 + row * 11 + col % 11]);
        }
        wire_clear(&both);
        wire_clear(&single);
        free(bytes);
}

int main(void) {
        check_wire("wire/jq-seat-32.bin", "jq-seat-32", 1028, 120);
        check_wire("wire/marveldex-v1.bin", "marveldex-v1", 186, 72);
        check_jq_order();
        check_boards();
        check_digits();
        return 0;
}
