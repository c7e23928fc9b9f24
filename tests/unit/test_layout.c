/* Order, rotate and flip: where the corners go, and what is refused. */
#include <string.h>

#include "acquire/layout.h"
#include "check.h"

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
        /* clockwise seen from above: what was front left (3) is front right then, back left (0) front left */
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
        const struct format *text = format_by_name("csv-line");
        struct settings_device device = {.cols = 4};

        CHECK(layout_build(text, &device, &layout) == NULL && layout.geometry.n_cells == 0);
        CHECK(layout_learn(text, &device, 12, &layout) == NULL && layout.geometry.rows == 3);
        CHECK(layout.geometry.pitch_assumed && layout.geometry.pitch_x_mm == 100);
        CHECK(layout_learn(text, &device, 13, &layout) == NULL && layout.geometry.kind == GEOMETRY_UNPLACED);
        CHECK(layout_learn(text, &device, 0, &layout) != NULL);
        device.pitch_x_mm = 15; /* said once, it holds both ways */
        CHECK(layout_learn(text, &device, 12, &layout) == NULL && layout.geometry.pitch_y_mm == 15);
        CHECK(!layout.geometry.pitch_assumed);
}

int main(void) {
        test_turns();
        test_orders();
        test_refusals();
        test_sizes();
        return 0;
}
