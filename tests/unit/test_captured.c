/* SPDX-License-Identifier: MIT */
/* Bytes as real mats send them: every frame is decoded, none is refused, whatever the split; damage stays local. The
 * bytes are made by made.h; with SITBONE_DATA the captured ones are checked in the same way. */
#include "core/acquire/formats.h"
#include "core/acquire/recording.h"
#include "made.h"

static struct layout layout;
static struct decoder decoder;
static struct frame frame;

static struct wire_frames decode_split(const struct format *f, const uint8_t *bytes, size_t n, uint64_t seed,
                                       bool close) {
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
        struct wire_frames good = decode_split(f, bytes, n, 0, true), got;
        uint64_t seed = 4711;
        size_t j = 0, expected = 0;

        CHECK(damaged && hit);
        memcpy(damaged, bytes, n);
        for (size_t i = 0; i < n; i++)
                if (wire_random(&seed) < share * UINT32_MAX) {
                        damaged[i] = (uint8_t)wire_random(&seed);
                        hit[i / length + 1] |= damaged[i] != bytes[i];
                }
        got = decode_split(f, damaged, n, 99, true);
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

static void check_wire(const char *name, const uint8_t *bytes, size_t n, size_t length) {
        const struct format *f = format_by_name(name);
        struct settings_device device = {0};
        struct wire_frames whole, split;
        size_t frames = n / length;

        CHECK(f && layout_build(f, &device, &layout) == NULL && n % length == 0 && frames > 10);
        whole = decode_split(f, bytes, n, 0, true);
        CHECK(whole.n == frames && decoder.frames == frames);
        CHECK(wire_refused(&decoder) == 0 && decoder.discarded_bytes == 0);
        for (uint64_t seed = 1; seed <= 20; seed++) {
                split = decode_split(f, bytes, n, seed, true);
                CHECK(split.n == frames && wire_refused(&decoder) == 0);
                for (size_t i = 0; i < frames; i++)
                        CHECK(wire_same(&whole, i, &split, i));
                wire_clear(&split);
        }
        /* opened in the middle of a frame: that one is lost, counted once, the others are there */
        split = decode_split(f, bytes + length / 2, n - length / 2, 7, true);
        CHECK(split.n == frames - 1 && decoder.refused[REFUSED_PARTIAL] == 1 && wire_refused(&decoder) == 1);
        wire_clear(&split);
        check_damage(f, bytes, n, length, 0.01);
        check_damage(f, bytes, n, length, 0.0001);
        wire_clear(&whole);
}

/* The rows of the made pad come out of the wire in the order of the picture from which they were made. */
static void check_made_order(const uint8_t *bytes, size_t n) {
        const struct format *f = format_by_name("jq-seat-32");
        struct settings_device device = {.flip_y = true};
        struct wire_frames wire;

        CHECK(layout_build(f, &device, &layout) == NULL);
        wire = decode_split(f, bytes, n, 0, true);
        CHECK(wire.n == n / 1028);
        for (size_t i = 0; i < wire.n * 1024; i++)
                CHECK(wire.raw[i] == (float)made_seat_cell(i / 1024, i / 32 % 32, i % 32));
        wire_clear(&wire);
}

/* The captured pad's wire order against the frames CSV of the same pad, which has the vertical flip done. */
static void check_jq_order(void) {
        const struct format *f = format_by_name("jq-seat-32");
        struct settings_device device = {.flip_y = true};
        static struct recording recording;
        struct wire_frames wire;
        char error[RECORDING_ERROR_MAX];
        size_t n, n_csv, same = 0;
        char *bytes = wire_data("wire/jq-seat-32.bin", &n), *csv = wire_data("seat32-jq.csv", &n_csv);
        const char *line;

        if (!bytes || !csv) {
                free(bytes);
                free(csv);
                return;
        }
        CHECK(layout_build(f, &device, &layout) == NULL);
        wire = decode_split(f, (uint8_t *)bytes, n, 0, true);
        device.flip_y = false;
        CHECK(recording_open(&recording, csv, n_csv, NULL, &device, error) == 0);
        /* every frame of the wire is somewhere in the CSV, cell by cell */
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
static void check_digits(const char *text, size_t n) {
        const struct format *f = format_by_name("digits");
        struct settings_device device = {.rows = 15, .cols = 10};
        struct wire_frames got;
        size_t lines = 0, row = 0;
        const char *at;

        CHECK(layout_build(f, &device, &layout) == NULL);
        got = decode_split(f, (const uint8_t *)text, n, 5, true);
        for (size_t i = 0; i < n; i++)
                lines += text[i] == '\n';
        CHECK(lines > 2 && got.n == lines - 1 && wire_refused(&decoder) == 1 && decoder.refused[REFUSED_PARTIAL] == 1);
        for (at = memchr(text, '\n', n); row < got.n; at = memchr(at + 1, '\n', n - (size_t)(at + 1 - text)), row++)
                for (size_t c = 0; c < 150; c++)
                        CHECK(got.raw[row * 150 + c] == (float)(at[1 + c] - '0'));
        wire_clear(&got);
}

/* A mat of two boards: when the settings say how they lie, one frame holds both, each as it lies alone. */
static void check_boards(const uint8_t *bytes, size_t n) {
        const struct format *f = format_by_name("marveldex-v1");
        struct settings_device device = {.boards = "1 0"}, alone = {0};
        struct wire_frames both, single;

        CHECK(layout_build(f, &alone, &layout) == NULL);
        single = decode_split(f, bytes, n, 0, true);
        CHECK(single.n == 72 && decoder.boards_seen == 3);
        CHECK(layout_build(f, &device, &layout) == NULL && layout.geometry.cols == 22);
        both = decode_split(f, bytes, n, 3, true);
        CHECK(both.n == 36 && both.n_cells == 352 && wire_refused(&decoder) == 0 && decoder.discarded_bytes == 0);
        for (size_t i = 0; i < both.n * 352; i++) {
                size_t at = i / 352, row = i / 22 % 16, col = i % 22, board = col < 11;

                CHECK(both.raw[i] == single.raw[(2 * at + board) * 176 + row * 11 + col % 11]);
        }
        wire_clear(&both);
        wire_clear(&single);
}

static void check_captured(void) {
        size_t n = 0;
        char *bytes = wire_data("wire/jq-seat-32.bin", &n);

        if (!bytes)
                printf("captured bytes not checked: needs SITBONE_DATA\n");
        else
                check_wire("jq-seat-32", (uint8_t *)bytes, n, 1028);
        free(bytes);
        check_jq_order();
        bytes = wire_data("wire/marveldex-v1.bin", &n);
        if (bytes) {
                check_wire("marveldex-v1", (uint8_t *)bytes, n, 186);
                check_boards((uint8_t *)bytes, n);
        }
        free(bytes);
        bytes = wire_data("wire/digits-150.txt", &n);
        if (bytes)
                check_digits(bytes, n);
        free(bytes);
}

int main(void) {
        struct made m = made_jq_seat_32(120);

        check_wire("jq-seat-32", (uint8_t *)m.text, m.n, 1028);
        check_made_order((uint8_t *)m.text, m.n);
        free(m.text);
        m = made_marveldex_v1(72);
        check_wire("marveldex-v1", (uint8_t *)m.text, m.n, 186);
        check_boards((uint8_t *)m.text, m.n);
        free(m.text);
        m = made_digits(200);
        check_digits(m.text, m.n);
        free(m.text);
        check_captured();
        return 0;
}
