/* SPDX-License-Identifier: MIT */
/* Order, lists, boards, masks, scattered cells, rotate and flip: the places of the cells, and the refusals. */
#include <stdio.h>
#include <string.h>

#include "check.h"
#include "core/acquire/formats.h"
#include "core/acquire/layout.h"

static struct layout layout;

/* 2 rows of 3: wire 0 1 2 / 3 4 5, row 0 at the back. */
static const struct format small = {
        .framing = FRAMING_PREFIX, .full_scale = 255, .rows = 2, .cols = 3, .pitch_x_mm = 10, .pitch_y_mm = 20};

static void check_order(const struct format *f, int32_t rotate, bool flip_x, bool flip_y, const uint16_t *expected) {
        struct settings_device device = {.rotate = rotate, .flip_x = flip_x, .flip_y = flip_y};

        CHECK(layout_build(f, &device, &layout) == NULL);
        CHECK(layout.geometry.n_cells == 6 && memcmp(layout.wire_of, expected, 6 * sizeof(*expected)) == 0);
        for (uint32_t i = 0; i < 6; i++)
                CHECK(layout.cell_of[layout.wire_of[i]] == i);
}

static void test_turns(void) {
        check_order(&small, 0, false, false, (uint16_t[]){0, 1, 2, 3, 4, 5});
        CHECK(layout.geometry.x_mm[0] == -10 && layout.geometry.y_mm[0] == -10 && layout.geometry.x_mm[5] == 10);
        check_order(&small, 0, true, false, (uint16_t[]){2, 1, 0, 5, 4, 3});
        check_order(&small, 0, false, true, (uint16_t[]){3, 4, 5, 0, 1, 2});
        check_order(&small, 180, false, false, (uint16_t[]){5, 4, 3, 2, 1, 0});
        /* clockwise seen from above: front left (3) becomes front right, back left (0) becomes front left */
        check_order(&small, 90, false, false, (uint16_t[]){2, 5, 1, 4, 0, 3});
        CHECK(layout.geometry.rows == 3 && layout.geometry.cols == 2);
        CHECK(layout.geometry.pitch_x_mm == 20 && layout.geometry.pitch_y_mm == 10);
        check_order(&small, 270, false, false, (uint16_t[]){3, 0, 4, 1, 5, 2});
        check_order(&small, 90, true, false, (uint16_t[]){5, 2, 4, 1, 3, 0});
}

static void test_orders(void) {
        struct format f = small;

        f.order.column_major = true; /* wire 0 2 4 / 1 3 5 */
        check_order(&f, 0, false, false, (uint16_t[]){0, 2, 4, 1, 3, 5});
        f.order.serpentine = true; /* 0 3 4 / 1 2 5 */
        check_order(&f, 0, false, false, (uint16_t[]){0, 3, 4, 1, 2, 5});
        f.order.column_major = false; /* 0 1 2 / 5 4 3 */
        check_order(&f, 0, false, false, (uint16_t[]){0, 1, 2, 5, 4, 3});
        f.order.serpentine = false;
        f.order.n_listed = 2;
        f.order.row_list[0] = 1;
        f.order.row_list[1] = 0;
        check_order(&f, 0, false, false, (uint16_t[]){3, 4, 5, 0, 1, 2});
}

static void check_refused(const struct format *f, struct settings_device device, const char *word) {
        const char *wrong = layout_build(f, &device, &layout);

        CHECK(wrong && strstr(wrong, word));
}

static void test_refusals(void) {
        check_refused(&small, (struct settings_device){.rotate = 45}, "rotate");
        check_refused(&small, (struct settings_device){.rows = 3}, "fixed");
        check_refused(&small, (struct settings_device){.pitch_x_mm = -1}, "negative");
        check_refused(format_by_name("csv-line"), (struct settings_device){.rows = 100, .cols = 41}, "4096");
        check_refused(format_by_name("csv-line"), (struct settings_device){.rows = -1}, "negative");
}

static void test_sizes(void) {
        const struct format *line = format_by_name("csv-line");
        struct settings_device device = {.cols = 4};

        CHECK(layout_build(line, &device, &layout) == NULL && layout.geometry.n_cells == 0);
        CHECK(layout_learn(line, &device, 12, &layout) == NULL && layout.geometry.rows == 3);
        CHECK(layout.geometry.pitch_assumed && layout.geometry.pitch_x_mm == 100);
        CHECK(layout_learn(line, &device, 13, &layout) == NULL && layout.geometry.kind == GEOMETRY_UNPLACED);
        CHECK(layout_learn(line, &device, 0, &layout) != NULL);
        device = (struct settings_device){.rows = 3}; /* the columns follow from the first line */
        CHECK(layout_build(line, &device, &layout) == NULL && layout.geometry.n_cells == 0);
        CHECK(layout_learn(line, &device, 12, &layout) == NULL && layout.geometry.kind == GEOMETRY_GRID);
        CHECK(layout.geometry.rows == 3 && layout.geometry.cols == 4);
        CHECK(layout_learn(line, &device, 13, &layout) == NULL && layout.geometry.kind == GEOMETRY_UNPLACED);
        device = (struct settings_device){.cols = 4};
        device.pitch_x_mm = 15; /* one pitch is used in both directions */
        CHECK(layout_learn(line, &device, 12, &layout) == NULL && layout.geometry.pitch_y_mm == 15);
        CHECK(!layout.geometry.pitch_assumed);
}

static const struct format text = {.framing = FRAMING_TEXT, .full_scale = 1023};

static void check_wire(const struct format *f, const struct settings_device *d, const uint16_t *expected, uint32_t n) {
        const char *wrong = layout_build(f, d, &layout);

        if (wrong)
                fprintf(stderr, "%s\n", wrong);
        CHECK(!wrong && layout.geometry.n_cells == n);
        for (uint32_t i = 0; i < n; i++)
                CHECK(layout.wire_of[i] == expected[i] && layout.cell_of[expected[i]] == i);
}

/* The user's lists name rows and columns of the wire, whatever the format's own order is; rotate and flip are applied after them. */
static void test_lists(void) {
        struct settings_device d = {.row_list = "1 0", .col_list = "2-0"};
        struct format f = small;

        check_wire(&f, &d, (uint16_t[]){5, 4, 3, 2, 1, 0}, 6);
        f.order.flip_y = f.order.flip_x = true;
        f.order.n_listed = f.order.n_cols_listed = 2;
        f.order.row_list[0] = 1;
        check_wire(&f, &d, (uint16_t[]){5, 4, 3, 2, 1, 0}, 6);
        d.flip_x = true;
        check_wire(&f, &d, (uint16_t[]){3, 4, 5, 0, 1, 2}, 6);
        f = small;
        f.order.n_cols_listed = 3;
        f.order.col_list[0] = 2;
        f.order.col_list[2] = 1;
        check_wire(&f, &(struct settings_device){0}, (uint16_t[]){2, 0, 1, 5, 3, 4}, 6);
        check_refused(&small, (struct settings_device){.row_list = "0 0"}, "every row once");
        check_refused(&small, (struct settings_device){.row_list = "0 1 2"}, "every row once");
        check_refused(&small, (struct settings_device){.col_list = "0 1 3"}, "every column once");
        check_refused(&small, (struct settings_device){.col_list = "0 1 x"}, "not a list");
        check_refused(&text, (struct settings_device){.row_list = "0 1"}, "row_list needs rows");
}

/* Two boards of 2 x 3 beside one another, and one before the other, the second turned by half. */
static void test_boards(void) {
        struct format f = small;
        struct settings_device d = {.boards = "4 1"};

        f.sync = (struct format_bytes){1, {0xAA}};
        f.header_n = 2;
        f.board_at = 1;
        check_wire(&f, &d, (uint16_t[]){6, 7, 8, 0, 1, 2, 9, 10, 11, 3, 4, 5}, 12);
        CHECK(layout.n_boards == 2 && layout.boards[0] == 1 && layout.boards[1] == 4);
        CHECK(layout.geometry.cols == 6 && layout.geometry.rows == 2 && layout.rows == 2 && layout.cols == 3);
        CHECK(layout_part_cells(&f, &layout) == 6);
        d = (struct settings_device){.boards = "0 / 1xy"};
        check_wire(&f, &d, (uint16_t[]){0, 1, 2, 3, 4, 5, 11, 10, 9, 8, 7, 6}, 12);
        snprintf(d.row_list, sizeof(d.row_list), "%s", "2 3 0 1");
        check_wire(&f, &d, (uint16_t[]){11, 10, 9, 8, 7, 6, 0, 1, 2, 3, 4, 5}, 12);
        CHECK(layout_build(&f, &(struct settings_device){0}, &layout) == NULL && layout.geometry.n_cells == 6);
        check_refused(&f, (struct settings_device){.boards = "0 0"}, "each once");
        check_refused(&f, (struct settings_device){.boards = "0 1 / 2"}, "same length");
        check_refused(&small, (struct settings_device){.boards = "0 1"}, "which board");
}

static void test_masks(void) {
        struct settings_device d = {.mask = "5, 0:1 col 0"};

        CHECK(layout_build(&small, &d, &layout) == NULL);
        CHECK(memcmp(layout.geometry.masked, (uint8_t[]){1, 1, 0, 1, 0, 1}, 6) == 0);
        d.rotate = 90; /* cells are named by their places in the final picture: 3 rows of 2 now */
        snprintf(d.mask, sizeof(d.mask), "row 2 0-1:1");
        CHECK(layout_build(&small, &d, &layout) == NULL);
        CHECK(memcmp(layout.geometry.masked, (uint8_t[]){0, 1, 0, 1, 1, 1}, 6) == 0);
        check_refused(&small, (struct settings_device){.mask = "6"}, "a cell that is not there");
        check_refused(&small, (struct settings_device){.mask = "row 2"}, "not there");
        check_refused(&small, (struct settings_device){.mask = "2:0"}, "not there");
        check_refused(&small, (struct settings_device){.mask = "row"}, "not a list");
        check_refused(&small, (struct settings_device){.mask = "0-5"}, "no cell");
        check_refused(&text, (struct settings_device){.mask = "rows 3"}, "not a list");
        d = (struct settings_device){.mask = "7"};
        CHECK(layout_build(&text, &d, &layout) == NULL); /* checked when the cells have been counted */
        CHECK(layout_learn(&text, &d, 9, &layout) == NULL && layout.geometry.masked[7] == 1);
        CHECK(layout_learn(&text, &d, 7, &layout) != NULL && layout.geometry.n_cells == 9);
}

/* A chair of five resistors: the lists give the number of cells before the first line does. */
static void test_scattered(void) {
        struct settings_device d = {.x_mm = "-90 90, 0 -60.5 60.5", .y_mm = "-80 -80 0 100 100", .mask = "4"};
        struct format f = text;

        CHECK(layout_build(&text, &d, &layout) == NULL && layout.geometry.kind == GEOMETRY_SCATTERED);
        CHECK(layout.geometry.n_cells == 5 && layout.geometry.x_mm[3] == -60.5f && layout.geometry.y_mm[4] == 100);
        CHECK(layout.wire_of[3] == 3 && layout.geometry.masked[4] == 1 && layout.geometry.pitch_assumed);
        d.rotate = 90; /* x' = y, y' = -x */
        d.flip_y = true;
        d.pitch_x_mm = 30;
        CHECK(layout_build(&text, &d, &layout) == NULL && layout.geometry.cell_cm2 == 9);
        CHECK(layout.geometry.x_mm[0] == -80 && layout.geometry.y_mm[0] == -90);
        check_refused(&text, (struct settings_device){.x_mm = "1 2 3", .y_mm = "1 2"}, "one number each");
        check_refused(&text, (struct settings_device){.x_mm = "1 2 3"}, "one number each");
        check_refused(&text, (struct settings_device){.x_mm = "1 2001", .y_mm = "1 2"}, "-2000 to 2000");
        check_refused(&small, (struct settings_device){.x_mm = "1 2", .y_mm = "1 2"}, "every cell of the mat");
        check_refused(&text, (struct settings_device){.x_mm = "1 2", .y_mm = "1 2", .mask = "0:1"}, "rows or columns");
        f.cells = 2; /* and in the description, which the settings can correct */
        memcpy(f.x_mm, "-5 5", 5);
        memcpy(f.y_mm, "0 0", 4);
        CHECK(layout_build(&f, &(struct settings_device){0}, &layout) == NULL && layout.geometry.x_mm[0] == -5);
        d = (struct settings_device){.x_mm = "1 2", .y_mm = "3 4"};
        CHECK(layout_build(&f, &d, &layout) == NULL && layout.geometry.x_mm[0] == 1);
}

int main(void) {
        test_turns();
        test_lists();
        test_boards();
        test_masks();
        test_scattered();
        test_orders();
        test_refusals();
        test_sizes();
        return 0;
}
