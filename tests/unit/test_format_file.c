/* SPDX-License-Identifier: MIT */
/* A description in a file is the same as a row of the table; errors name file, line and legal values; an
 * accepted description works in encoder and decoder. Usage: test_format_file [SOURCE-FOLDER] */
#include <string.h>

#include "configure/format_file.h"
#include "core/acquire/encoder.h"
#include "core/acquire/formats.h"
#include "wire.h"

static struct config_errors errors;
static struct format format;
static struct decoder decoder;

static int parse(const char *text) {
        memset(&errors, 0, sizeof(errors));
        return format_parse("dir/my-mat.conf", text, strlen(text), &errors, &format);
}

static void expect_error(const char *text, const char *said) {
        memset(&format, 0, sizeof(format));
        if (parse(text) != 1 || !strstr(errors.text[0], said))
                fprintf(stderr, "%d errors: %s\n", errors.n, errors.text[0]);
        CHECK(errors.n == 1 && strstr(errors.text[0], said) && format.name[0] == '\0');
}

static void test_mistakes(void) {
        expect_error("[format]\nfull_scale = 9\nsink = AA\n", "dir/my-mat.conf:3: no key \"sink\"; did you mean sync");
        expect_error("[format]\nfull_scale = 9\nelement = u17\n",
                     "dir/my-mat.conf:3: element = u17: must be u8 | u16le");
        expect_error("[format]\nfull_scale = 9\nbaud = 9600 baud\n", "baud: write the number without a unit; must be");
        expect_error("[format]\nfull_scale = 9\nrows = 16 # rows\n", "a comment needs a line of its own; must be 0..");
        expect_error("[format]\nfull_scale = 9\nelement = \"u8\"\n", "without quotation marks; must be u8");
        expect_error("[format]\nfull_scale = 9\nrows = 5000\n", "dir/my-mat.conf:3: rows = 5000: must be 0..4096");
        expect_error("[format]\nfull_scale = 9\nfull_scale = 9\n", "dir/my-mat.conf:3: full_scale is given twice");
        expect_error("[format]\nfull_scale = 9\nsync = A\n", "must be 1..8 bytes as AA 55 03");
        expect_error("[format]\nfull_scale = 9\nsync = 1 2 3\n", "must be 1..8 bytes");
        expect_error("[format]\nfull_scale = 9\nsync = 010203040506070809\n", "must be 1..8 bytes");
        expect_error("[format]\nfull_scale = 9\nconstants = 2\n", "PLACE=VALUE");
        expect_error("[format]\nfull_scale = 9\nseparators = comma dot\n", "must be comma | semicolon");
        expect_error("[mat]\n", "my-mat.conf:1: [mat]: there is only the section [format]");
        expect_error("full_scale = 9\n[format]\nfull_scale = 9\n",
                     "my-mat.conf:1: full_scale: is before the line [format]");
        expect_error("[format]\nrows = 4\ncols = 4\n", "full_scale is missing");
        expect_error("[format]\nfull_scale = 9\nframing = prefix\n", "sync is missing");
        expect_error("[format]\nframing = prefix\nsync = AA\nfull_scale = 1023\n",
                     "my-mat.conf:4: full_scale is more than");
        expect_error("[format]\ndigits = yes\nfull_scale = 10\n", "my-mat.conf:3: full_scale is more than");
        CHECK(parse("[format]\nframing = prefix\nsync = AA\nelement = u16be\nmask = 65472\nshift = 6\nfull_scale = "
                    "1023\n") == 0);
        expect_error("[format]\nfull_scale = 9\nrows = 4\n", "my-mat.conf:3: rows and cols go together");
        expect_error("[format]\nfull_scale = 9\nrows = 65\ncols = 65\n",
                     "my-mat.conf:3: rows x cols is more than 4096 cells");
        expect_error("[format]\nfull_scale = 9\nframing = prefix\nsync = AA\nlength = u16le\nlength_at = 0\n",
                     "length_at");
        expect_error("[format]\nfull_scale = 9\nframing = prefix\nsync = AA\nconstants = 1=02\n",
                     "my-mat.conf:5: constants has a place");
        expect_error("[format]\nfull_scale = 9\nrequest = 01\n", "my-mat.conf:3: request needs request_every_ms");
        expect_error("[format]\nfull_scale = 9\nrows = 2\ncols = 2\nrow_list = 1 1\n", "every row once");
}

static void test_places(void) {
        CHECK(parse("[format]\nfull_scale = 9\nrows = 4\ncols = 3\nrow_list = 3-0\ncol_list = 2, 0 1\nmask_cells = 5 "
                    "row 2\n") == 0);
        CHECK(format.order.n_listed == 4 && format.order.row_list[0] == 3 && format.order.n_cols_listed == 3 &&
              format.order.col_list[0] == 2 && strcmp(format.mask_cells, "5 row 2") == 0);
        CHECK(parse("[format]\nfull_scale = 9\nx_mm = -50 50\ny_mm = 0 0\n") == 0);
        CHECK(strcmp(format.x_mm, "-50 50") == 0);
        CHECK(parse("[format]\nfull_scale = 9\nframing = prefix\nsync = AA\nheader = 1\nboard_at = 1\nboards = 0 1x\n"
                    "rows = 2\ncols = 2\n") == 0);
        CHECK(format.board_at == 1 && strcmp(format.boards, "0 1x") == 0);
        expect_error("[format]\nfull_scale = 9\nrows = 2\ncols = 2\ncol_list = 0 2\n", "every column once");
        expect_error("[format]\nfull_scale = 9\nmask_cells = 3;4\n", "my-mat.conf:3: mask_cells = 3;4: must be");
        expect_error("[format]\nfull_scale = 9\nrows = 2\ncols = 2\nmask_cells = row 2\n",
                     "my-mat.conf:5: mask_cells names a cell, row or column that is not there");
        expect_error("[format]\nfull_scale = 9\nx_mm = 3 a\n", "my-mat.conf:3: x_mm = 3 a: must be");
        expect_error("[format]\nfull_scale = 9\nx_mm = 3 4\n", "one number each");
        expect_error("[format]\nfull_scale = 9\nframing = prefix\nsync = AA\nboards = 0 1\n", "needs board_at");
        expect_error("[format]\nfull_scale = 9\nframing = prefix\nsync = AA\nboard_at = 1\n",
                     "board_at must be within");
}

#define BYTES "[format]\nfull_scale = 9\nframing = prefix\nsync = AA 55\nheader = 2\n"

/* Keys that would be ignored are errors. */
static void test_in_vain(void) {
        expect_error("[format]\nfull_scale = 9\nsync = AA\n",
                     "my-mat.conf:3: sync: is about bytes, and framing is text");
        expect_error("[format]\nfull_scale = 9\nframing = text\ncheck = sum8\n",
                     "my-mat.conf:4: check: is about bytes");
        expect_error("[format]\nfull_scale = 9\ndigits = yes\nheader = 1\n", "every digit is a cell");
        expect_error("[format]\nfull_scale = 9\nframe_end = number\n",
                     "my-mat.conf:3: frame_end = number needs header");
        expect_error("[format]\nfull_scale = 9\nrequest_every_ms = 50\n",
                     "my-mat.conf:3: request_every_ms: needs request");
        expect_error(BYTES "separators = comma\n", "my-mat.conf:6: separators: is for framing = text");
        expect_error(BYTES "length_at = 2\n", "my-mat.conf:6: length_at: needs length = u8");
        expect_error(BYTES "length = u16le\n", "length_at is in the sync");
        expect_error(BYTES "shape_at = 2\n", "needs shape = u8");
        expect_error(BYTES "shape = u8\n", "shape_at is in the sync");
        expect_error(BYTES "part_cells = 2\n", "needs part = index");
        expect_error(BYTES "part = index\nrows = 2\ncols = 2\n", "part_at is in the sync");
        expect_error(BYTES "part = start\npart_at = 2\npart_cells = 2\npart_first = 1\nrows = 2\ncols = 2\n",
                     "needs part = index");
        expect_error(BYTES "trailer = 65\n", "my-mat.conf:6: trailer: must be 0..64 bytes");
        expect_error(BYTES "check_from = 2\n", "my-mat.conf:6: check_from: needs check");
        expect_error(BYTES "check = sum8\ncheck_from = 5\n", "my-mat.conf:7: check_from is not within");
        expect_error(BYTES "length_adds = 2\n", "needs length = u8");
        expect_error(BYTES "record_y_at = 1\n", "needs record");
        expect_error(BYTES "element = i16le\nmask = 4095\n", "my-mat.conf:7: mask: is for elements of u8");
        expect_error(BYTES "length = u8\nlength_at = 2\nrows = 16\ncols = 16\n", "cannot count that much");
        CHECK(parse(BYTES "length = u8\nlength_at = 2\nlength_counts_elements = yes\nelement = u16le\nrows = 15\n"
                          "cols = 16\n") == 0);
}

#define TEXT "[format]\nfull_scale = 9\n"

static void test_text_keys(void) {
        CHECK(parse(TEXT "names = s1-s12 back\nmissing = nan empty XX\nframe_end = name\n") == 0 &&
              format.cells == 13);
        CHECK(strcmp(format.missing, "nan XX") == 0 && format.missing_empty && format.text_end == TEXT_END_NAME);
        CHECK(parse(TEXT "decimal = comma\n") == 0 && strcmp(format.separators, "; \t") == 0);
        CHECK(parse(TEXT "line_end = \">\"\nskip_to = \"-> \"\nline_start = 53 2C\ncheck = nmea\n") == 0 &&
              format.line_end == '>' && format.skip_to.n == 3 && format.line_start.n == 2);
        CHECK(parse("[format]\nfull_scale = 2147483648\n") == 0);
        expect_error("[format]\nfull_scale = 2147483649\n", "must be 0.001..2147483648");
        expect_error(TEXT "names = s4-s1\n", "my-mat.conf:3: names = s4-s1: must be up to 16 names or ranges");
        expect_error(TEXT "names = s1-t4\n", "must be up to 16 names");
        expect_error(TEXT "names = a0-a4096\n", "must be up to 16 names");
        expect_error(TEXT "names = a1b1c1-a2b2c2\n", "must be up to 16 names");
        expect_error(TEXT "names = a b c d e f g h i j k l m n o p q\n", "must be up to 16 names");
        expect_error(TEXT "names = s1-s4\ncells = 5\n", "my-mat.conf:3: names are not as many");
        expect_error(TEXT "names = s1-s4\nrows = 2\ncols = 3\n", "names are not as many");
        expect_error(TEXT "names = s1-s4\nheader = 1\n", "header: with names only the numbers after them count");
        expect_error(TEXT "frame_end = name\n", "my-mat.conf:3: frame_end = name needs names");
        expect_error(TEXT "value_after = \"x\"\n", "my-mat.conf:3: value_after needs names");
        expect_error(TEXT "frame_end = mark\n", "my-mat.conf:3: frame_end = mark and title need mark");
        expect_error(TEXT "mark = \"x\"\n", "my-mat.conf:3: mark needs frame_end");
        expect_error(TEXT "frame_end = bracket\n", "frame_end = bracket needs separators = any");
        expect_error(TEXT "line_end = \"5\"\n", "my-mat.conf:3: line_end cannot be");
        expect_error(TEXT "line_end = 00\n", "my-mat.conf:3: line_end = 00: must be one byte");
        expect_error(TEXT "decimal = comma\nseparators = comma blank\n", "separators has comma");
        expect_error(TEXT "check = nmea\nframe_end = word\n", "check = nmea is in every line");
        expect_error(TEXT "missing = abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnopq\n",
                     "must be up to 63 bytes of words");
        expect_error(TEXT "digits = yes\nmissing = nan\n", "every digit is a cell");
        expect_error(TEXT "escape = 7D\n", "my-mat.conf:3: escape: is about bytes");
        expect_error(BYTES "check = nmea\n", "my-mat.conf:6: check: is for framing = text");
        expect_error(BYTES "names = s1-s2\n", "my-mat.conf:6: names: is for framing = text");
        expect_error(BYTES "escape = 8A\n", "my-mat.conf:6: escape is the first byte of the sync");
        expect_error(BYTES "escape = 7D\npart = index\npart_at = 2\nrows = 2\ncols = 2\n", "escape needs");
        expect_error(BYTES "element = pack12le\npart = index\npart_at = 2\nrows = 2\ncols = 2\n", "element is packed");
        expect_error(BYTES "element = pack10be\nshift = 2\n", "shift: is for elements of u8");
}

/* Derived values: the number of cells that have a position, and a shape at the start of the frame, which is not part of
 * the header. */
static void test_understood(void) {
        static struct layout layout;
        const struct settings_device device = {0};

        CHECK(parse(BYTES "x_mm = -50 50 0\ny_mm = 0 0 9\n") == 0 && format.cells == 3);
        CHECK(layout_build(&format, &device, &layout) == NULL && layout.geometry.n_cells == 3);
        CHECK(parse("[format]\nfull_scale = 9\nframing = prefix\nshape = u16le\nrows = 2\ncols = 2\n") == 0);
        CHECK(format.header_n == 0);
        CHECK(parse("[format]\nfull_scale = 9\nframing = prefix\nshape = u16le\nheader = 5\nrows = 2\ncols = 2\n") ==
              0);
        CHECK(format.header_n == 1);
}

static void decode_line(void *userdata, const struct frame *f) {
        char *at = userdata;

        CHECK(f->n_cells > 0);
        for (uint32_t i = 0; i < f->n_cells; i++)
                at += sprintf(at + strlen(at), "%g ", (double)f->raw[i]);
}

static const char *decoded(const char *description, const char *text) {
        static struct layout layout;
        static struct frame frame;
        static char cells[256];
        const struct settings_device device = {0};

        CHECK(parse(description) == 0 && layout_build(&format, &device, &layout) == NULL);
        decoder_init(&decoder, &format, &layout);
        decoder_at_boundary(&decoder);
        *cells = '\0';
        for (const char *c = text; *c; c++)
                decoder_feed(&decoder, (const uint8_t *)c, 1, 1, &(struct frame_sink){&frame, decode_line, cells});
        return cells;
}

/* Words between the numbers, and numbers that are not cells. */
static void test_words(void) {
        const char *any = "[format]\nfull_scale = 1023\nseparators = any\nrows = 2\ncols = 2\n";
        const char *clock = "[format]\nfull_scale = 1023\nheader = 1\ntrailer = 2\nrows = 2\ncols = 2\n";
        const char *rows = "[format]\nfull_scale = 1023\nheader = 1\nframe_end = blank\nrows = 2\ncols = 2\n";
        const char *named =
                "[format]\nfull_scale = 9\nseparators = any\nheader = 1\nframe_end = blank\nrows = 2\ncols = 2\n";
        const char *names =
                "[format]\nfull_scale = 9\nseparators = any\nheader = 1\nframe_end = word\nrows = 2\ncols = 2\n";
        const char *numbered = "[format]\nfull_scale = 9\nheader = 1\nframe_end = number\nrows = 2\ncols = 2\n";
        const char *word = "[format]\nfull_scale = 9\nframe_end = word\nrows = 2\ncols = 2\n";

        CHECK(strcmp(decoded(any, "FSR: 1, 2, 3, -4 mV\r\nready\n3 ok\n{\"cells\":[[5,6],[7,8.5]]}\n"),
                     "1 2 3 -4 5 6 7 8.5 ") == 0);
        CHECK(strcmp(decoded(clock, "4294967295,1,2,3,4,0,9\n1,2,3,4\n4294967296,5,6,7,8,99999999,9\n"),
                     "1 2 3 4 5 6 7 8 ") == 0);
        CHECK(strcmp(decoded(rows, "0 1 2\n1 3 4\n\n0 5 6\n1 7 8\n\n"), "1 2 3 4 5 6 7 8 ") == 0);
        /* rows with names, and a separator between frames */
        CHECK(strcmp(decoded(named, "Mat 7\nR0: 1 2\nR1: 3 - 4\n\nMat 8\nready\nR0: 5 6\nR1: 7 -> 8\n\n"),
                     "1 2 3 4 5 6 7 8 ") == 0);
        CHECK(strcmp(decoded(word, "Frame 1:\n1\t2\n3\t4\nFrame 2:\n5\t6\n7\t8\n=== 3 ===\nx 1\n2 3\n--- 4\n"),
                     "1 2 3 4 5 6 7 8 ") == 0);
        CHECK(decoder.refused[REFUSED_TEXT] == 1 && wire_refused(&decoder) == 1);
        CHECK(strcmp(decoded(names, "Row 0: 1 2\r\nRow 1: 3 4\r\n-- end --\r\n"), "1 2 3 4 ") == 0);
        /* rows with numbers and no separator between frames: a frame ends with the first row of the next, or with silence */
        CHECK(strcmp(decoded(numbered, "1 1 2\n2 3 4\n1 5 6\n2 7 8\n1 9 9\n2 9\n"), "1 2 3 4 5 6 7 8 ") == 0);
        CHECK(wire_refused(&decoder) == 0);
        CHECK(strcmp(decoded(numbered, "0 1 2\n1 3 4\n1 5 6\n0 5 6\n0 5 6\n1 7 8\n0 9 9\n3 9 9\n4 9 9\n0 9 9\n"),
                     "1 2 3 4 5 6 7 8 ") == 0);
        /* blanks that are not listed as separators, and reversed line ends */
        CHECK(strcmp(decoded("[format]\nfull_scale = 9\nseparators = bar\nrows = 1\ncols = 2\n",
                             "| 1 | 2 |\n\r| 3 | 4 |\n\r"),
                     "1 2 3 4 ") == 0);
        CHECK(strcmp(decoded("[format]\nfull_scale = 9\nmax_valid = 9\nrows = 1\ncols = 2\n", "3 4\n3 10\n5 6\n"),
                     "3 4 5 6 ") == 0);
        /* number of cells unknown: the first line defines it */
        CHECK(strcmp(decoded("[format]\nfull_scale = 9\nheader = 1\n", "70000000 1 2 3 4\n70000001 5 6 7 8\n"),
                     "1 2 3 4 5 6 7 8 ") == 0);
        /* an empty field is not a cell */
        CHECK(strcmp(decoded("[format]\nfull_scale = 9\nheader = 4\n", "1\n1 2 3 4\n1 2 3 4 5 6 7 8\n"), "5 6 7 8 ") ==
              0);
}

/* A length that counts more than the elements, a check that excludes the header, rows counted from 1. */
static void test_counted(void) {
        const char *length = "[format]\nfull_scale = 9\nframing = prefix\nsync = \"L\"\nheader = 1\nlength = u8\n"
                             "length_at = 1\nlength_adds = 3\ncheck = xor8\ncheck_from = 2\nrows = 1\ncols = 4\n";
        const char *rows = "[format]\nfull_scale = 9\nframing = prefix\nsync = \"R\"\nheader = 1\npart = index\n"
                           "part_at = 1\npart_first = 1\nrows = 2\ncols = 2\n";

        CHECK(strcmp(decoded(length, "L\x07\x01\x02\x03\x08\x08L\x04\x01\x02\x03\x08\x08L\x07\x05\x05\x06\x07\x01L"),
                     "1 2 3 8 5 5 6 7 ") == 0);
        CHECK(decoder.refused[REFUSED_LENGTH] == 1 && wire_refused(&decoder) == 1);
        CHECK(strcmp(decoded(rows, "R\x01\x05\x06R\x02\x07\x08R\x01\x01\x02R\x02\x03\x04"), "5 6 7 8 1 2 3 4 ") == 0);
}

static void same_as_row(const char *text, const char *name) {
        const struct format *row = format_by_name(name);

        if (parse(text) != 0)
                fprintf(stderr, "%s\n", errors.text[0]);
        CHECK(errors.n == 0 && row && strcmp(format.name, "my-mat") == 0);
        snprintf(format.name, sizeof(format.name), "%s", row->name);
        memset(format.separators, 0, row->framing == FRAMING_TEXT ? 0 : sizeof(format.separators));
        CHECK(format.framing == row->framing && format.element == row->element && format.check == row->check);
        CHECK(memcmp(&format.sync, &row->sync, sizeof(format.sync)) == 0);
        CHECK(memcmp(&format.tail, &row->tail, sizeof(format.tail)) == 0);
        CHECK(memcmp(&format.preamble, &row->preamble, sizeof(format.preamble)) == 0);
        CHECK(format.header_n == row->header_n && format.trailer_n == row->trailer_n);
        CHECK(memcmp(&format.length, &row->length, sizeof(format.length)) == 0);
        CHECK(memcmp(&format.shape, &row->shape, sizeof(format.shape)) == 0);
        CHECK(memcmp(&format.part, &row->part, sizeof(format.part)) == 0);
        CHECK(memcmp(&format.sparse, &row->sparse, sizeof(format.sparse)) == 0);
        CHECK(memcmp(format.constants, row->constants, sizeof(format.constants)) == 0);
        CHECK(memcmp(&format.order, &row->order, sizeof(format.order)) == 0);
        CHECK(strcmp(format.separators, row->separators) == 0 && format.text_end == row->text_end);
        CHECK(format.rows == row->rows && format.cols == row->cols && format.resizable == row->resizable);
        CHECK(format.max_valid == row->max_valid && format.inverted == row->inverted && format.baud == row->baud);
        CHECK(memcmp(&format.start, &row->start, sizeof(format.start)) == 0);
        CHECK(memcmp(&format.request, &row->request, sizeof(format.request)) == 0);
        CHECK(format.request_every_ms == row->request_every_ms && format.dtr == row->dtr && format.rts == row->rts);
}

static void test_rows(void) {
        same_as_row(
                "[format]\nframing = prefix\npreamble = 48 00 0A\nsync = 4D\nheader = 2\nlength = u8\nlength_at = 1\n"
                "length_counts_elements = yes\npart = index\npart_at = 2\ntail = 0A\nelement = u16le\n"
                "max_valid = 4095\ninverted = yes\nfull_scale = 4095\nrows = 16\ncols = 16\nresizable = yes\n"
                "start = \"S\"\n",
                "sensingtex-full");
        same_as_row("[format]\nframing = prefix\nsync = FF FF\nheader = 6\nshape = u8\nshape_at = 6\n"
                    "constants = 2=02 4=02\ntrailer = 1\ntail = FE\nmax_valid = 239\nfull_scale = 239\nrows = 16\n"
                    "cols = 11\nresizable = yes\ncolumn_major = yes\nbaud = 921600\n",
                    "marveldex-v2");
        same_as_row("[format]\nframing = suffix\nsync = FFFEFEFF\nfull_scale = 207\nrows = 56\ncols = 28\n"
                    "start = \"start_reading\\n\"\n",
                    "willowec-28x56");
        same_as_row(
                "[format]\nseparators = blank comma tab\nframe_end = blank\nfull_scale = 255\nrows = 16\ncols = 16\n"
                "baud = 2000000\n",
                "vitac-text");
        same_as_row("[format]\nframing = prefix\nsync = AA5502\nheader = 2\nlength = u8\nlength_at = 4\ncheck = sum8\n"
                    "full_scale = 255\nrows = 12\ncols = 6\ncolumn_major = yes\nbaud = 1152000\n"
                    "request = AA 55 01 01 01\nrequest_every_ms = 50\n",
                    "sdk-12x6");
        for (size_t i = 0; i < format_count(); i++)
                CHECK(format_validate(format_at(i)) == NULL);
}

static void count(void *userdata, const struct frame *frame) {
        (void)frame;
        ++*(int *)userdata;
}

/* The installed example, by its path: parsed, encoded and decoded. */
static void test_shipped(const char *folder) {
        static struct layout layout;
        static struct frame frame;
        static uint8_t wire[8192];
        static float cells[CELLS_MAX];
        const struct settings_device device = {0};
        char path[512];
        int frames = 0;
        size_t n;

        snprintf(path, sizeof(path), "%s/config/formats/jq-smallbed.conf", folder);
        CHECK(format_exists(path) && !format_exists("no-such-format") && !format_exists(""));
        CHECK(format_find(path, &format, &errors) == &format && strcmp(format.name, "jq-smallbed") == 0);
        CHECK(layout_build(&format, &device, &layout) == NULL && layout.geometry.n_cells == 1024);
        decoder_init(&decoder, &format, &layout);
        decoder_at_boundary(&decoder);
        n = format_encode(&format, &layout, cells, wire, sizeof(wire));
        CHECK(n == 8 + 2048);
        decoder_feed(&decoder, wire, n, 1, &(struct frame_sink){&frame, count, &frames});
        decoder_feed(&decoder, wire, n, 1, &(struct frame_sink){&frame, count, &frames});
        CHECK(frames == 1);
}

int main(int argc, char **argv) {
        test_mistakes();
        test_places();
        test_in_vain();
        test_text_keys();
        test_understood();
        test_words();
        test_counted();
        test_rows();
        memset(&errors, 0, sizeof(errors));
        test_shipped(argc > 1 ? argv[1] : ".");
        return 0;
}
