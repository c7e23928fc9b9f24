/* SPDX-License-Identifier: MIT */
/* The live view as characters: its smallest size, the text of an open alert, and cells that are not measured. */
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "tools/sitbonectl/view/draw.h"

enum { SIDE = 32 };

static struct view view;
static struct canvas canvas;

static void make_sitter(void) {
        view_clear(&view);
        view.kind = GEOMETRY_GRID;
        view.live.rows = view.live.cols = SIDE;
        view.live.n_cells = SIDE * SIDE;
        view.live.pitch_x_mm = view.live.pitch_y_mm = 12.5;
        view.live.peak = 0.5;
        for (int i = 0; i < SIDE * SIDE; i++)
                view.level[i] = 0.4F;
        view.live.mat_online = view.live.referenced = true;
        strcpy(view.live.occupancy, "person");
        strcpy(view.live.seat_name, "Desk chair");
}

static void draw_size(int cols, int rows) {
        CHECK(canvas_resize(&canvas, cols, rows));
        draw_view(&canvas, &view, "", true);
}

/* A line as ASCII, with '?' for other characters. */
static const char *read_line(int y) {
        static char text[CANVAS_COLS_MAX + 1];

        for (int x = 0; x < canvas.cols; x++)
                text[x] = (char)(canvas.at[y * canvas.cols + x].ch < 0x80 ? canvas.at[y * canvas.cols + x].ch : '?');
        text[canvas.cols] = '\0';
        return text;
}

static bool is_shown(const char *words) {
        for (int y = 0; y < canvas.rows; y++)
                if (strstr(read_line(y), words))
                        return true;
        return false;
}

static void test_sixty_columns(void) {
        make_sitter();
        strcpy(view.live.occupancy, "vacant");
        draw_size(60, 24);
        CHECK(is_shown("nobody on the seat") && is_shown("unknown, nobody sits") && is_shown("q quit"));
        draw_size(59, 24);
        CHECK(is_shown("at least 60x"));
}

static void test_alert_is_complete(void) {
        make_sitter();
        strcpy(view.live.alert_title, "Stand up: time to activate your glutes");
        strcpy(view.live.alert_reason, "seated 1 h 45 min without a 2-minute break; slouched 16 % of it");
        strcpy(view.live.alert_exercise, "Standing glute contraction");
        draw_size(60, 24);
        CHECK(is_shown(view.live.alert_title) && is_shown(view.live.alert_exercise));
        CHECK(is_shown("seated 1 h 45 min without a 2-minute break; slouched 16 %") && is_shown("of it ? Standing"));
        draw_size(80, 24);
        CHECK(is_shown("glutes ? Standing glute contraction") && is_shown(view.live.alert_reason));
}

static void test_no_minus_zero(void) {
        char text[40];

        view.live.obliquity_deg = -0.04;
        view.live.obliquity_sd_deg = 2;
        view_obliquity_words(&view, text, sizeof(text));
        CHECK(strcmp(text, "+0.0 ± 2.0°") == 0);
        view.live.obliquity_deg = -0.06;
        view_obliquity_words(&view, text, sizeof(text));
        CHECK(strcmp(text, "-0.1 ± 2.0°") == 0);
        make_sitter();
        view.live.cop_x_mm = -0.2;
        view.live.cop_y_mm = -7;
        draw_size(80, 24);
        CHECK(is_shown("x +0, y -7 mm"));
}

static int count_marks(uint32_t mark) {
        int n = 0;

        for (int i = 0; i < canvas.cols * canvas.rows; i++)
                n += canvas.at[i].ch == mark;
        return n;
}

/* The line with their number has one mark; every other mark is in the map. */
static void test_unmeasured_cells(void) {
        make_sitter();
        canvas.look = (struct look){.utf8 = true, .colours = 0};
        for (int i = 0; i < 4; i++)
                view.level[(8 + i / 2) * SIDE + 10 + i % 2] = NAN; /* four of the eight cells in an element */
        draw_size(60, 24);
        CHECK(count_marks(MARK_UNMEASURED) == 2 && is_shown("not measured: 4"));
        view.level[8 * SIDE + 10] = 0.4F; /* three of eight: the element shows the others */
        draw_size(60, 24);
        CHECK(count_marks(MARK_UNMEASURED) == 1 && is_shown("not measured: 3"));
}

/* With two elements in a character the unmeasured half is grey, which is not in the palette. */
static void test_unmeasured_half_is_grey(void) {
        int grey = 0;

        make_sitter();
        canvas.look = (struct look){.utf8 = true, .colours = 256};
        draw_size(160, 60);
        for (int i = 0; i < canvas.cols * canvas.rows; i++)
                grey += canvas.at[i].bg == 244;
        CHECK(grey == 0);
        view.level[10 * SIDE + 10] = NAN;
        draw_size(160, 60);
        for (int i = 0; i < canvas.cols * canvas.rows; i++)
                grey += (canvas.at[i].ch == 0x2580) && (canvas.at[i].bg == 244 || canvas.at[i].fg == 244);
        CHECK(grey > 0);
}

int main(void) {
        canvas.look = (struct look){.utf8 = true, .colours = 0};
        test_sixty_columns();
        test_alert_is_complete();
        test_no_minus_zero();
        test_unmeasured_cells();
        test_unmeasured_half_is_grey();
        free(canvas.at);
        return 0;
}
