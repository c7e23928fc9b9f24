/* SPDX-License-Identifier: MIT */
/* Random descriptions that use everything a description can hold: the decoder reads the cells that the encoder wrote, in any
 * split of the bytes, and damaged bytes give the same result in any split. Also the descriptions that are shipped.
 * Usage: test_described [SOURCE-FOLDER [HOW-MANY]] */
#include <glob.h>

#include "configure/format_file.h"
#include "core/acquire/encoder.h"
#include "wire.h"

enum { FRAMES = 6, HEADER_MAX = 20 };

static struct layout layout;
static struct decoder decoder;
static struct frame frame;
static float cells[CELLS_MAX];
static uint8_t wire[1 << 20];
static uint64_t seed;

static uint32_t random_number(uint32_t n) {
        return wire_random(&seed) % n;
}

static struct format_bytes some_bytes(uint32_t least, uint32_t most) {
        struct format_bytes b = {.n = (uint8_t)(least + random_number(most - least + 1))};

        for (uint8_t i = 0; i < b.n; i++)
                b.of[i] = (uint8_t)random_number(256);
        return b;
}

/* A place in the header for n bytes, sometimes with a gap before it. */
static uint8_t take_place(struct format *f, uint8_t n) {
        f->header_n = (uint8_t)(f->header_n + (random_number(3) == 0) + n);
        return (uint8_t)(f->sync.n + f->header_n - n);
}

static void some_list(char *ret, uint32_t n) {
        uint32_t order[64];

        for (uint32_t i = 0; i < n; i++) {
                uint32_t k = random_number(i + 1);

                order[i] = order[k];
                order[k] = i;
        }
        for (uint32_t i = 0; i < n; i++)
                ret += sprintf(ret, "%u%s", order[i], i + 1 < n ? (random_number(2) ? " " : ", ") : "");
}

static void some_header(struct format *f) {
        if (random_number(2)) {
                f->length.kind = (enum length_kind)random_number(4);
                f->length.elements = random_number(2);
                if (f->length.kind != LENGTH_FIXED)
                        f->length.at = take_place(f, 2);
                if (f->length.kind != LENGTH_FIXED && random_number(2))
                        f->length.adds = (uint8_t)random_number(12);
        }
        if (random_number(3) == 0 || (f->sync.n == 0 && f->framing == FRAMING_PREFIX)) {
                f->shape.kind = (enum shape_kind)(1 + random_number(2));
                f->shape.at = f->sync.n == 0 ? 0 : take_place(f, 4);
                if (f->sync.n == 0 && (f->framing == FRAMING_SLIP || f->framing == FRAMING_COBS))
                        f->shape.kind = SHAPE_NONE;
        }
        if (random_number(3) == 0) {
                bool open = f->framing == FRAMING_SLIP || f->framing == FRAMING_COBS;

                f->part.kind = (enum part_kind)(1 + random_number(2));
                open = open || f->part.kind == PART_INDEX_U8;
                f->part.at = take_place(f, 2);
                f->part.first = (uint8_t)(f->part.kind == PART_INDEX_U8 && random_number(2) ? random_number(50) : 0);
                f->part.cells = (uint16_t)(open && random_number(2) ? 0 : 1 + random_number(40));
        } else if (random_number(3) == 0 && f->sync.n > 0) {
                f->board_at = take_place(f, 1);
        }
        if (random_number(3) == 0 && f->length.kind != LENGTH_FIXED && f->part.kind == PART_NONE && f->board_at == 0) {
                f->sparse.size = (uint8_t)(2 + format_element_size(f) + random_number(3));
                f->sparse.x_at = (uint8_t)random_number(2);
                f->sparse.y_at = (uint8_t)(1 - f->sparse.x_at);
                f->sparse.value_at = (uint8_t)(f->sparse.size - format_element_size(f));
        }
        for (f->n_constants = 0; f->n_constants < FORMAT_CONSTANTS_MAX && random_number(2);) {
                uint8_t mask = (uint8_t)(random_number(2) ? 0xFF : 1 + random_number(255)),
                        value = (uint8_t)(random_number(256) & mask);

                f->constants[f->n_constants++] = (struct format_constant){take_place(f, 1), mask, value};
        }
}

static void some_element(struct format *f) {
        static const uint32_t largest[] = {255, 65535, 65535, 32767, 32767, 1 << 20, 1 << 20, 1023, 4095};
        uint32_t most;

        f->element = (enum element)random_number(9);
        most = largest[f->element];
        if (f->element <= ELEMENT_U16BE && random_number(3) == 0) {
                f->shift = (uint8_t)random_number(f->element == ELEMENT_U8 ? 4 : 8);
                f->mask = (uint16_t)((most >> random_number(4)) & ~((1u << f->shift) - 1));
                most = (most & f->mask) >> f->shift;
        }
        f->full_scale = (float)(1 + random_number(most));
        if (random_number(3) == 0 && f->full_scale <= 65535)
                f->max_valid = (uint16_t)f->full_scale;
        f->inverted = random_number(3) == 0;
}

static void some_order(struct format *f) {
        f->order.column_major = random_number(2);
        f->order.serpentine = random_number(3) == 0;
        f->order.flip_x = random_number(3) == 0;
        f->order.flip_y = random_number(3) == 0;
}

/* Packed elements and escaped bytes, for frames that come whole. */
static void some_coding(struct format *f) {
        if (f->part.kind != PART_NONE || f->sparse.size > 0)
                return;
        if (random_number(4) == 0) {
                f->element = (enum element)(ELEMENT_PACK10LE + random_number(4));
                f->mask = f->max_valid = f->shift = 0;
                f->full_scale = f->element < ELEMENT_PACK12LE ? 1023 : 4095;
        }
        if (random_number(3) == 0 && f->framing == FRAMING_PREFIX && f->sync.n > 0)
                f->escape = (uint8_t)(f->sync.of[0] + 1 + random_number(255));
}

static struct format some_binary(void) {
        struct format f = {.name = "random", .framing = (enum framing)random_number(6)};
        bool packet = f.framing == FRAMING_SLIP || f.framing == FRAMING_COBS;

        if (f.framing == FRAMING_TEXT)
                f.framing = FRAMING_PREFIX;
        f.sync = some_bytes(packet || (f.framing == FRAMING_PREFIX && random_number(5) == 0) ? 0 : 1, packet ? 2 : 8);
        some_element(&f);
        if (f.framing == FRAMING_PREFIX && f.sync.n > 0 && random_number(4) == 0) {
                f.preamble = some_bytes(1, 3);
                f.preamble.of[0] = (uint8_t)(f.sync.of[0] + 1 + random_number(255));
        }
        if (f.sync.n == 0 && !packet) /* the shape comes first */
                f.header_n = 4;
        some_header(&f);
        f.trailer_n = (uint8_t)random_number(4);
        f.check = (enum check)random_number(4);
        f.check_from =
                (uint8_t)(f.check != CHECK_NONE && random_number(2) ? random_number(f.sync.n + f.header_n + 1u) : 0);
        if (random_number(3) == 0 && f.framing != FRAMING_SUFFIX)
                f.tail = some_bytes(1, 3);
        some_coding(&f);
        some_order(&f);
        return f;
}

static struct format_command some_words(const char *words) {
        struct format_command ret = {.n = (uint8_t)strlen(words)};

        memcpy(ret.of, words, ret.n);
        return ret;
}

/* Text around the numbers. */
static void some_lines(struct format *f) {
        if (f->text_end == TEXT_END_MARK || f->text_end == TEXT_END_TITLE)
                f->mark = some_words(random_number(2) ? "\x1B[H" : "Matrix");
        if (random_number(4) == 0)
                f->line_end = random_number(2) ? '\r' : '~';
        if (random_number(4) == 0)
                f->skip_to = some_words("I (12) mat:");
        if (random_number(4) == 0)
                f->line_start = some_words("S,");
        if (random_number(4) == 0)
                f->check = CHECK_NMEA;
        if (f->digits)
                return;
        f->decimal_comma = random_number(4) == 0;
        f->skip_times = random_number(4) == 0 && *f->separators != '/' && *f->separators != '-'; /* dates */
        f->missing_empty = random_number(4) == 0;
        if (random_number(4) == 0)
                snprintf(f->missing, sizeof(f->missing), "nan XX");
}

/* Names for all cells of the size in force. */
static void some_names(struct format *f, struct settings_device *d) {
        if (f->digits || f->text_end == TEXT_END_NUMBER || (f->text_end != TEXT_END_NAME && random_number(3)))
                return;
        f->rows = d->rows > 0 ? (uint16_t)d->rows : f->rows;
        f->cols = d->cols > 0 ? (uint16_t)d->cols : f->cols;
        f->resizable = false;
        f->header_n = f->trailer_n = 0;
        f->skip_times = false; /* 8:17 is both */
        if (random_number(2))
                snprintf(f->names, sizeof(f->names), "c%u-c%u", 5u, f->rows * f->cols + 4u);
        else if (random_number(2))
                snprintf(f->names, sizeof(f->names), "R1C1_mV-R%uC%u_mV", f->rows, f->cols);
        else
                snprintf(f->names, sizeof(f->names), f->rows * f->cols > 1 ? "front 0-%u" : "front",
                         f->rows * f->cols - 2u);
        if (random_number(3) == 0)
                f->value_after = some_words("force");
}

static struct format some_text(void) {
        static const char separators[][8] = {",", " ", "\t", ",; \t", "/ ", "|", "*", "-"};
        struct format f = {.name = "random", .framing = FRAMING_TEXT, .digits = random_number(4) == 0};

        memcpy(f.separators, separators[random_number(8)], sizeof(f.separators));
        f.text_end = (enum text_end)random_number(f.digits ? 3 : 8);
        f.header_n = (uint8_t)(f.digits || random_number(3) ? 0 : random_number(4));
        f.trailer_n = (uint8_t)(f.digits || random_number(3) ? 0 : random_number(4));
        if (f.text_end == TEXT_END_NUMBER && f.header_n == 0)
                f.header_n = 1;
        f.full_scale = (float)(f.digits ? 9 : 1 + random_number(random_number(4) ? 100000 : 1 << 24));
        f.inverted = random_number(3) == 0;
        some_lines(&f);
        some_order(&f);
        return f;
}

static struct settings_device some_device(struct format *f) {
        struct settings_device d = {
                .rotate = (int32_t)(90 * random_number(4)), .flip_x = random_number(2), .flip_y = random_number(2)};

        uint32_t most = random_number(20) == 0 ? 45 : 16;

        f->rows = (uint16_t)(1 + random_number(most));
        f->cols = (uint16_t)(1 + random_number(most));
        if (random_number(2)) {
                f->resizable = true;
                d.rows = (int32_t)(1 + random_number(16));
                d.cols = (int32_t)(1 + random_number(16));
        }
        if (f->board_at > 0)
                snprintf(d.boards, sizeof(d.boards), "%s", random_number(2) ? "3y 0x" : "7 / 2xy");
        else if (random_number(3) == 0)
                some_list(d.row_list, d.rows > 0 ? (uint32_t)d.rows : f->rows);
        if (f->board_at == 0 && random_number(3) == 0)
                some_list(d.col_list, d.cols > 0 ? (uint32_t)d.cols : f->cols);
        return d;
}

static void fill_cells(uint64_t frame_seed) {
        for (uint32_t i = 0; i < layout.geometry.n_cells; i++)
                cells[i] = (float)(wire_random(&frame_seed) % ((uint32_t)layout.geometry.full_scale + 1));
}

static void print_failure(const struct format *f, const char *what) {
        fprintf(stderr,
                "%s: framing %d sync %u header %u length %d shape %d part %d/%u board %u sparse %u constants %u "
                "element %d mask %x shift %u scale %g max %u inverted %d rows %u cols %u (wire %u x %u) check %d tail "
                "%u "
                "trailer %u text_end %d digits %d names %s missing %s %d separators %s\n",
                what, f->framing, f->sync.n, f->header_n, f->length.kind, f->shape.kind, f->part.kind, f->part.cells,
                f->board_at, f->sparse.size, f->n_constants, f->element, f->mask, f->shift, (double)f->full_scale,
                f->max_valid, f->inverted, f->rows, f->cols, layout.rows, layout.cols, f->check, f->tail.n,
                f->trailer_n, f->text_end, f->digits, f->names, f->missing, f->missing_empty, f->separators);
}

/* In pieces of 1 to `most` bytes; 0 = in one. */
static struct wire_frames decode_split(const struct format *f, size_t from, size_t n, uint32_t most) {
        struct wire_frames ret = {0};

        decoder_init(&decoder, f, &layout);
        if (from == 0)
                decoder_at_boundary(&decoder);
        for (size_t at = from, take; at < n; at += take) {
                take = most > 0 ? 1 + random_number(most) : n;
                take = take < n - at ? take : n - at;
                decoder_feed(&decoder, wire + at, take, 1, &(struct frame_sink){&frame, wire_collect, &ret});
        }
        decoder_idle(&decoder, 1, &(struct frame_sink){&frame, wire_collect, &ret});
        return ret;
}

static bool as_sent(const struct wire_frames *got) {
        if (got->n != FRAMES || got->n_cells != layout.geometry.n_cells || wire_refused(&decoder) > 0)
                return false;
        for (size_t i = 0; i < FRAMES; i++) {
                fill_cells(i + 1);
                if (memcmp(got->raw + i * got->n_cells, cells, got->n_cells * sizeof(*cells)) != 0)
                        return false;
        }
        return true;
}

/* The bytes of check_round_trip(), damaged, sometimes without their beginning: every split gives the same frames and the
 * same counts. */
static void check_damaged(const struct format *f, size_t n) {
        static const uint32_t one_in[] = {1000, 100, 10}, splits[] = {1, 40};
        uint32_t rate = one_in[random_number(3)];
        size_t from = random_number(2) ? 0 : random_number((uint32_t)n);
        uint64_t refused[REFUSAL_N], discarded;
        struct wire_frames whole;

        for (size_t i = 0; i < n; i++)
                if (random_number(rate) == 0)
                        wire[i] = (uint8_t)random_number(256);
        whole = decode_split(f, from, n, 0);
        memcpy(refused, decoder.refused, sizeof(refused));
        discarded = decoder.discarded_bytes;
        for (size_t i = 0; i < sizeof(splits) / sizeof(splits[0]); i++) {
                struct wire_frames got = decode_split(f, from, n, splits[i]);
                bool same = got.n == whole.n && memcmp(refused, decoder.refused, sizeof(refused)) == 0 &&
                            decoder.discarded_bytes == discarded;

                for (size_t k = 0; same && k < got.n; k++)
                        same = wire_same(&got, k, &whole, k);
                if (!same)
                        print_failure(f, "damaged, it depends on the split");
                CHECK(same);
                wire_clear(&got);
        }
        wire_clear(&whole);
}

/* False: it cannot be sent (a length of one byte for too much). */
static bool check_round_trip(const struct format *f, const struct settings_device *d) {
        static const uint32_t splits[] = {0, 1, 7, 300};
        const char *wrong = layout_build(f, d, &layout);
        size_t n = 0;

        if (wrong)
                print_failure(f, wrong);
        CHECK(!wrong);
        for (size_t i = 0; i < FRAMES; i++) {
                size_t length;

                fill_cells(i + 1);
                length = format_encode(f, &layout, cells, wire + n, sizeof(wire) - n);
                if (length == 0)
                        return false;
                n += length;
        }
        for (size_t i = 0; i < sizeof(splits) / sizeof(splits[0]); i++) {
                struct wire_frames got = decode_split(f, 0, n, splits[i]);

                if (!as_sent(&got))
                        print_failure(f, "not as it was sent");
                CHECK(as_sent(&got));
                wire_clear(&got);
        }
        check_damaged(f, n);
        return true;
}

static void test_random(uint32_t many) {
        uint32_t sent = 0, described = 0;

        for (uint32_t i = 1; i <= many; i++) {
                struct format f;
                struct settings_device d;

                seed = i * 0x9E3779B97F4A7C15ull;
                f = random_number(5) == 0 ? some_text() : some_binary();
                d = some_device(&f);
                if (f.framing == FRAMING_TEXT)
                        some_names(&f, &d);
                if (format_validate(&f) || layout_check(&f, &d))
                        continue;
                described++;
                sent += check_round_trip(&f, &d);
        }
        printf("%u of %u descriptions hold together, %u were sent and read back\n", described, many, sent);
        CHECK(described > many / 2 && sent > many / 3);
}

static void test_shipped(const char *folder) {
        struct config_errors *mistakes = calloc(1, sizeof(*mistakes));
        const struct settings_device turned = {.rotate = 270, .flip_x = true};
        struct format f;
        char pattern[512];
        glob_t found;

        snprintf(pattern, sizeof(pattern), "%s/config/formats/*.conf", folder);
        CHECK(mistakes && glob(pattern, 0, NULL, &found) == 0 && found.gl_pathc > 0);
        for (size_t i = 0; i < found.gl_pathc; i++) {
                CHECK(format_find(found.gl_pathv[i], &f, mistakes) == &f);
                CHECK(check_round_trip(&f, &turned));
        }
        globfree(&found);
        free(mistakes);
}

int main(int argc, char **argv) {
        test_shipped(argc > 1 ? argv[1] : ".");
        test_random(argc > 2 ? (uint32_t)atoi(argv[2]) : 2000);
        return 0;
}
