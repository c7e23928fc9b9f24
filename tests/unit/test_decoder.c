/* SPDX-License-Identifier: MIT */
/* The decoder on bytes made for the purpose: round trips of every row, splits, damage, cut beginnings, text in the
 * stream, and bytes that are slow to decode. */
#include <time.h>

#include "core/acquire/encoder.h"
#include "core/acquire/formats.h"
#include "wire.h"

static struct layout layout;
static struct decoder decoder;
static struct frame frame;
static float cells[CELLS_MAX];
static uint8_t wire[1 << 20];

static const struct format checked = {
        .name = "checked",
        .framing = FRAMING_PREFIX,
        .sync = {2, {0xBB, 0xAA}},
        .header_n = 3,
        .length = {LENGTH_U16LE, 2},
        .n_constants = 1,
        .constants = {{4, 0xF0, 0x40}},
        .check = CHECK_CRC16_MODBUS,
        .tail = {1, {0x55}},
        .element = ELEMENT_U16LE,
        .mask = 0x0FFF,
        .inverted = true,
        .full_scale = 4095,
        .rows = 8,
        .cols = 6,
        .order = {.serpentine = true, .flip_x = true},
};

static const struct format summed = {
        .name = "summed",
        .framing = FRAMING_PREFIX,
        .sync = {1, {0xAA}},
        .header_n = 1,
        .check = CHECK_SUM8,
        .element = ELEMENT_U16BE,
        .shift = 2,
        .full_scale = 1023,
        .rows = 4,
        .cols = 4,
        .order = {.column_major = true, .flip_y = true},
};

/* Settings for formats that leave the size open. */
static struct settings_device size_of(const struct format *f, int32_t rows, int32_t cols) {
        bool open = f->rows == 0 && f->cells == 0;

        return (struct settings_device){.rows = open ? rows : 0, .cols = open ? cols : 0};
}

static void set_up_decoder(const struct format *f, const struct settings_device *device) {
        CHECK(f && layout_build(f, device, &layout) == NULL);
        decoder_init(&decoder, f, &layout);
}

static void fill_cells(uint64_t seed) {
        for (uint32_t i = 0; i < layout.geometry.n_cells; i++)
                cells[i] = (float)(wire_random(&seed) % ((uint32_t)layout.geometry.full_scale + 1));
}

static size_t make_wire(const struct format *f, size_t frames, uint8_t *ret, size_t size) {
        size_t n = 0;

        for (size_t i = 0; i < frames; i++) {
                size_t length;

                fill_cells(i + 1);
                length = format_encode(f, &layout, cells, ret + n, size - n);
                CHECK(length > 0);
                n += length;
        }
        return n;
}

static struct wire_frames feed_decoder(const uint8_t *bytes, size_t n) {
        struct wire_frames ret = {0};

        decoder_feed(&decoder, bytes, n, 5, &(struct frame_sink){&frame, wire_collect, &ret});
        decoder_idle(&decoder, 5, &(struct frame_sink){&frame, wire_collect, &ret});
        return ret;
}

static void check_round_trip(const struct format *f, const struct settings_device *device) {
        const size_t frames = 25;
        struct wire_frames got = {0};
        uint64_t seed = 3;
        size_t n;

        set_up_decoder(f, device);
        decoder_at_boundary(&decoder);
        n = make_wire(f, frames, wire, sizeof(wire));
        for (size_t at = 0, take; at < n; at += take) {
                take = wire_random(&seed) % 50;
                take = take < n - at ? take : n - at;
                decoder_feed(&decoder, wire + at, take, 5, &(struct frame_sink){&frame, wire_collect, &got});
        }
        decoder_idle(&decoder, 5, &(struct frame_sink){&frame, wire_collect, &got});
        CHECK(got.n == frames && got.n_cells == layout.geometry.n_cells);
        CHECK(wire_refused(&decoder) == 0 && decoder.discarded_bytes == 0);
        CHECK(frame.seq == frames && frame.arrived_us == 5);
        for (size_t i = 0; i < frames; i++) {
                fill_cells(i + 1);
                for (uint32_t c = 0; c < got.n_cells; c++)
                        CHECK(got.raw[i * got.n_cells + c] == cells[c]);
        }
        wire_clear(&got);
}

static void test_round_trips(void) {
        struct settings_device plain = {0}, turned = {.rotate = 90, .flip_x = true};

        for (size_t i = 0; i < format_count(); i++) {
                struct settings_device device = turned;
                const struct format *f = format_at(i);

                CHECK(format_by_name(f->name) == f);
                if (f->board_at > 0)
                        snprintf(device.boards, sizeof(device.boards), "1 0x");
                if (f->rows == 0 && f->cells == 0) {
                        device.rows = 12;
                        device.cols = 5;
                        device.inverted = true;
                }
                check_round_trip(f, &device);
        }
        check_round_trip(format_by_name("jq-seat-32"), &plain);
        check_round_trip(&checked, &turned);
        check_round_trip(&summed, &plain);
        plain.rows = 18;
        plain.cols = 11;
        check_round_trip(format_by_name("marveldex-v1"), &plain); /* another model sends another length */
        plain.rows = 40;
        CHECK(layout_build(format_by_name("marveldex-v1"), &plain, &layout) == NULL);
        CHECK(format_encode(format_by_name("marveldex-v1"), &layout, cells, wire, sizeof(wire)) == 0); /* 440 > u8 */
}

/* One damaged byte in the middle of ten frames, at each place of the frame in turn: the right reason is counted. */
static void check_reason(const struct format *f, size_t at, uint8_t value, enum refusal reason) {
        struct settings_device device = {0};
        struct wire_frames got;
        size_t n, length;

        set_up_decoder(f, &device);
        decoder_at_boundary(&decoder);
        n = make_wire(f, 10, wire, sizeof(wire));
        length = n / 10;
        wire[4 * length + at] = value;
        got = feed_decoder(wire, n);
        if (got.n != 9 || decoder.refused[reason] != 1 || wire_refused(&decoder) != 1)
                fprintf(stderr, "%s: byte %zu: %zu frames, %d refused\n", f->name, at, got.n,
                        (int)wire_refused(&decoder));
        CHECK(got.n == 9 && decoder.refused[reason] == 1 && wire_refused(&decoder) == 1);
        CHECK(decoder.discarded_bytes == length);
        wire_clear(&got);
}

static void test_reasons(void) {
        const struct format *mdex = format_by_name("marveldex-v1");

        check_reason(mdex, 0, 0x00, REFUSED_LENGTH); /* the sync itself */
        check_reason(mdex, 4, 0x10, REFUSED_LENGTH);
        check_reason(mdex, 50, 0xF3, REFUSED_RANGE);
        check_reason(mdex, 185, 0x00, REFUSED_TAIL);
        check_reason(&checked, 4, 0x33, REFUSED_CONSTANT);
        check_reason(&checked, 103, 0x5A, REFUSED_TAIL);
        CHECK(format_overhead(&checked) == 8);
        set_up_decoder(&checked, &(struct settings_device){0});
        make_wire(&checked, 10, wire, sizeof(wire));
        check_reason(&checked, 20, (uint8_t)(wire[4 * 104 + 20] ^ 1), REFUSED_CHECK);
}

/* The bytes begin in the middle of a frame, as when a port is opened. */
static void test_cut_beginning(void) {
        struct settings_device device;
        struct wire_frames got;
        const char *text = "0,1,2,3\n1,2,3,4\n";
        size_t n, length;

        for (size_t i = 0; i < format_count(); i++) {
                const struct format *f = format_at(i);

                device = size_of(f, 4, 4);
                set_up_decoder(f, &device);
                n = make_wire(f, 6, wire, sizeof(wire));
                fill_cells(1);
                length = format_encode(f, &layout, cells, wire + n, sizeof(wire) - n);
                got = feed_decoder(wire + length / 2, n - length / 2);
                CHECK(got.n == 5 && decoder.refused[REFUSED_PARTIAL] == 1 && wire_refused(&decoder) == 1);
                wire_clear(&got);
        }
        /* text: a first line cut inside its first number looks whole */
        device.rows = 2;
        device.cols = 2;
        set_up_decoder(format_by_name("csv-line"), &device);
        got = feed_decoder((const uint8_t *)text, strlen(text));
        CHECK(got.n == 1 && got.raw[0] == 1 && decoder.refused[REFUSED_PARTIAL] == 1);
        wire_clear(&got);
        decoder_reset(&decoder);
        got = feed_decoder((const uint8_t *)text, strlen(text));
        CHECK(got.n == 1 && decoder.refused[REFUSED_PARTIAL] == 2 && decoder.frames == 2);
        wire_clear(&got);
}

/* A delimiter in the payload, an answer to AT between and inside frames, silence instead of the next delimiter. */
static void test_delimiter(void) {
        static const char answer[] = "Unique ID: 24EC4A12 Versions: V2.1 company: JQ\r\n";
        const struct format *f = format_by_name("jq-seat-32");
        struct settings_device device = {0};
        struct wire_frames got = {0};
        size_t n, length, text = sizeof(answer) - 1;

        set_up_decoder(f, &device);
        decoder_at_boundary(&decoder);
        n = make_wire(f, 10, wire, sizeof(wire));
        length = n / 10;
        for (size_t i = 0; i < 10; i++) { /* not at the same place in each frame */
                memcpy(wire + i * length + 100 + 17 * i, f->sync.of, 4);
                memcpy(wire + i * length + 104 + 17 * i, f->sync.of, 4);
        }
        got = feed_decoder(wire, n);
        CHECK(got.n == 10 && wire_refused(&decoder) == 0);
        wire_clear(&got);

        set_up_decoder(f, &device);
        decoder_at_boundary(&decoder);
        n = make_wire(f, 10, wire, sizeof(wire));
        memmove(wire + 3 * length + text, wire + 3 * length, n - 3 * length); /* after frame 3 */
        memcpy(wire + 3 * length, answer, text);
        n += text;
        memmove(wire + 6 * length + 400 + text, wire + 6 * length + 400, n - 6 * length - 400); /* inside frame 6 */
        memcpy(wire + 6 * length + 400, answer, text);
        got = feed_decoder(wire, n + text);
        CHECK(got.n == 8 && decoder.refused[REFUSED_LENGTH] == 2 && wire_refused(&decoder) == 2);
        wire_clear(&got);

        set_up_decoder(f, &device);
        make_wire(f, 2, wire, sizeof(wire));
        decoder_feed(&decoder, wire, length, 1, &(struct frame_sink){&frame, wire_collect, &got});
        CHECK(got.n == 0); /* whole, but not closed */
        decoder_idle(&decoder, 2, &(struct frame_sink){&frame, wire_collect, &got});
        CHECK(got.n == 1 && frame.arrived_us == 2);
        decoder_feed(&decoder, wire + length, length / 2, 3, &(struct frame_sink){&frame, wire_collect, &got});
        decoder_idle(
                &decoder, 4,
                &(struct frame_sink){&frame, wire_collect, &got}); /* a pause in the middle of a frame loses nothing */
        decoder_feed(&decoder, wire + length + length / 2, length - length / 2, 5,
                     &(struct frame_sink){&frame, wire_collect, &got});
        decoder_idle(&decoder, 6, &(struct frame_sink){&frame, wire_collect, &got});
        CHECK(got.n == 2 && wire_refused(&decoder) == 0);
        wire_clear(&got);
}

static size_t make_boards(const struct format *f, const char *boards, size_t frames, size_t *ret_length) {
        struct settings_device device = {0};
        size_t n;

        snprintf(device.boards, sizeof(device.boards), "%s", boards);
        check_round_trip(f, &device);
        set_up_decoder(f, &device);
        decoder_at_boundary(&decoder);
        n = make_wire(f, frames, wire, sizeof(wire));
        *ret_length = n / frames / layout.n_boards;
        return n;
}

/* Boards that take turns: a lost part costs one frame, a part from an unknown board costs nothing, and either board may
 * come first. */
static void test_boards(void) {
        const struct format *f = format_by_name("marveldex-v1");
        struct wire_frames got;
        size_t length, n = make_boards(f, "7x 2 / 3 5y", 5, &length);

        CHECK(n == 20 * length && length == 186);
        got = feed_decoder(wire + length, n - length); /* board 3 first */
        CHECK(got.n == 4 && wire_refused(&decoder) == 0);
        wire_clear(&got);
        n = make_boards(f, "7x 2 / 3 5y", 5, &length);
        wire[9 * length + 5] = 9; /* another board in between, in the place of board 3 */
        got = feed_decoder(wire, n);
        CHECK(got.n == 4 && decoder.refused[REFUSED_CONSTANT] == 1 && decoder.refused[REFUSED_COUNT] == 1);
        wire_clear(&got);
        n = make_boards(f, "7x 2 / 3 5y", 5, &length);
        memmove(wire + 10 * length, wire + 9 * length, n - 9 * length); /* one more part, from an unknown board */
        wire[9 * length + 5] = 9;
        got = feed_decoder(wire, n + length);
        CHECK(got.n == 5 && decoder.refused[REFUSED_CONSTANT] == 1 && wire_refused(&decoder) == 1);
        wire_clear(&got);
        make_boards(format_by_name("marveldex-v2"), "0 1", 5, &length);
        CHECK(length == 186 && wire[length + 3] == 1);
}

/* Packets have a length: the last part of a frame may be filled up, or end with the last cell. */
static void test_last_part(void) {
        static const uint8_t packets[] = "\0ab\xC0\1cd\xC0\2e\xC0"  /* ends with the last cell */
                                         "\0fg\xC0\1hi\xC0\2jx\xC0" /* filled up */
                                         "\0k\xC0\1lm\xC0\2n\xC0";  /* a short part that is not the last */
        struct format f = {.framing = FRAMING_SLIP,
                           .header_n = 1,
                           .part = {PART_INDEX_U8, 0, 2},
                           .full_scale = 255,
                           .rows = 1,
                           .cols = 5};
        struct wire_frames got;

        CHECK(format_validate(&f) == NULL);
        set_up_decoder(&f, &(struct settings_device){0});
        decoder_at_boundary(&decoder);
        got = feed_decoder(packets, sizeof(packets) - 1);
        CHECK(got.n == 2 && decoder.refused[REFUSED_LENGTH] == 1 && wire_refused(&decoder) == 1);
        for (int i = 0; i < 10; i++)
                CHECK(got.raw[i] == (float)('a' + i));
        wire_clear(&got);
}

static void test_text(void) {
        const char *text =
                "\nESP-ROM:esp32c3\r\n# rows 2\r\n115200\n1, 2;3\t4\r\n5 6 7 8 \n1,2,3\n1,2,3,4,5\n1,x,3,4\n"
                "-1.5,2e2,+3,4.\n1e9,2,3,4\n1,,2,3,4\n9,9,9,9";
        struct settings_device device = {0};
        struct wire_frames got;

        set_up_decoder(format_by_name("csv-line"), &device);
        CHECK(layout.geometry.n_cells == 0);
        got = feed_decoder((const uint8_t *)text, strlen(text));
        CHECK(got.n == 4 && got.n_cells == 4);
        CHECK(got.raw[3] == 4 && got.raw[4] == 5 && got.raw[8] == -1.5f && got.raw[9] == 200 && got.raw[11] == 4);
        CHECK(decoder.refused[REFUSED_TEXT] == 1 && decoder.refused[REFUSED_COUNT] == 3 && decoder.words == 2);
        CHECK(decoder.refused[REFUSED_RANGE] == 1 && wire_refused(&decoder) == 5);
        wire_clear(&got);

        set_up_decoder(format_by_name("csv-line"), &device); /* a line without end, then good ones */
        memset(wire, '1', 300000);
        memcpy(wire + 300000, "\n1,2,3,4\n", sizeof("\n1,2,3,4\n"));
        got = feed_decoder(wire, 300009);
        CHECK(got.n == 1 && decoder.refused[REFUSED_OVERRUN] == 1 && wire_refused(&decoder) == 1);
        wire_clear(&got);
}

static size_t put_lines(char *ret, size_t n, uint32_t many, uint32_t first, const char *behind) {
        size_t at = 0;

        for (size_t i = 0; i < n; i++) {
                for (uint32_t c = 0; c < many; c++)
                        at += (size_t)sprintf(ret + at, "%u%s", first + c, c + 1 < many ? "," : "\n");
                at += (size_t)sprintf(ret + at, "%s", behind);
        }
        return at;
}

/* Another mat on the same line: its count is learnt after ten frames in a row, unless the settings give the count. */
static void check_other_mat(const char *name, const char *behind) {
        struct settings_device device = {.cols = 4, .flip_x = true};
        struct wire_frames got = {0};
        char *text = (char *)wire;
        size_t n = put_lines(text, 5, 12, 0, behind);

        set_up_decoder(format_by_name(name), &device);
        decoder_at_boundary(&decoder);
        decoder_feed(&decoder, wire, n, 1, &(struct frame_sink){&frame, wire_collect, &got});
        CHECK(got.n == 5 && got.n_cells == 12 && got.raw[1] == 1);
        wire_clear(&got);
        CHECK(layout_learn(decoder.format, &device, 12, &layout) == NULL);
        n = put_lines(text, 9, 16, 0, behind);
        n += put_lines(text + n, 1, 12, 0, behind);
        n += put_lines(text + n, 10, 16, 0, behind);
        got = feed_decoder(wire, n);
        CHECK(got.n == 1 && got.n_cells == 12 && got.raw[0] == 3 && decoder.refused[REFUSED_COUNT] == 19);
        wire_clear(&got);
        n = put_lines(text, 1, 16, 100, behind);
        got = feed_decoder(wire, n);
        CHECK(got.n == 1 && got.n_cells == 16 && got.raw[0] == 100 && got.raw[15] == 115); /* in wire order */
        wire_clear(&got);
        CHECK(layout_learn(decoder.format, &device, 16, &layout) == NULL);
        got = feed_decoder(wire, n);
        CHECK(got.n == 1 && got.raw[0] == 103 && decoder.refused[REFUSED_COUNT] == 19);
        wire_clear(&got);

        device.rows = 3;
        set_up_decoder(format_by_name(name), &device);
        decoder_at_boundary(&decoder);
        n = put_lines(text, 30, 16, 0, behind);
        got = feed_decoder(wire, n);
        CHECK(got.n == 0 && decoder.refused[REFUSED_COUNT] == 30);
}

static void test_other_mat(void) {
        check_other_mat("csv-line", "");
        check_other_mat("rows-blank", "\n");
        check_other_mat("rows-word", "END\n");
}

static double measure_seconds(const struct format *f, size_t n, size_t step) {
        struct settings_device device = size_of(f, 4, 4);
        struct timespec from, to;
        struct wire_frames got = {0};

        set_up_decoder(f, &device);
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
        for (size_t at = 0; at < n; at += step)
                decoder_feed(&decoder, wire + at, step < n - at ? step : n - at, 1,
                             &(struct frame_sink){&frame, wire_collect, &got});
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &to);
        wire_clear(&got);
        return (double)(to.tv_sec - from.tv_sec) + 1e-9 * (double)(to.tv_nsec - from.tv_nsec);
}

/* Four times the bytes take about four times as long; sixteen times would be quadratic. A tenth of a second is noise, and
 * a machine that stalls may exceed it once. */
static void check_linear(const struct format *f, size_t n, size_t step) {
        bool linear = false;

        for (int i = 0; i < 5 && !linear; i++)
                linear = measure_seconds(f, n, step) < 8 * measure_seconds(f, n / 4, step) + 0.1;
        CHECK(linear);
}

/* Bytes that begin frames everywhere, or never end one, take a bounded time each. */
static void test_adversarial(void) {
        static const char *const patterns[] = {"\xFF\xFF\x00\x00\xB0",
                                               "\xFF",
                                               "\xAA\x55\x03\x99",
                                               "\xAA",
                                               "\xAA\x55\x03",
                                               "wr",
                                               "w",
                                               "\xDB\xDC",
                                               "\x10\x00",
                                               "\x4D\x10",
                                               "1,",
                                               "1,2,3,4\n",
                                               "\n",
                                               "#",
                                               "9"};

        const size_t size = sizeof(wire) / 16;

        for (size_t p = 0; p < sizeof(patterns) / sizeof(patterns[0]); p++) {
                size_t length = p == 0 ? 5 : strlen(patterns[p]);

                for (size_t i = 0; i < size; i++)
                        wire[i] = (uint8_t)patterns[p][i % length];
                for (size_t i = 0; i < format_count(); i++) {
                        check_linear(format_at(i), size, size);
                        check_linear(format_at(i), size, 1);
                }
        }
}

/* A megabyte of noise: nothing but counting happens, and every byte is accounted for. With one byte of sync and a sum
 * of one byte, one place in 65536 looks like a frame, and no decoder can recognise that. */
static void test_noise(void) {
        uint64_t seed = 11;

        for (size_t i = 0; i < sizeof(wire); i++)
                wire[i] = (uint8_t)wire_random(&seed);
        for (size_t i = 0; i < format_count(); i++) {
                const struct format *f = format_at(i);
                struct settings_device device = size_of(f, 4, 4);
                struct wire_frames got;

                set_up_decoder(f, &device);
                got = feed_decoder(wire, sizeof(wire));
                if (got.n > 0)
                        printf("%s: %zu frames in a megabyte of noise\n", f->name, got.n);
                CHECK(got.n <= (f->sync.n == 1 && f->check == CHECK_SUM8 ? 30 : 0));
                CHECK(decoder.discarded_bytes > sizeof(wire) * 9 / 10);
                wire_clear(&got);
        }
}

int main(void) {
        test_round_trips();
        test_reasons();
        test_cut_beginning();
        test_delimiter();
        test_boards();
        test_last_part();
        test_text();
        test_other_mat();
        test_adversarial();
        test_noise();
        return 0;
}
