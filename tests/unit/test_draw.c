/* SPDX-License-Identifier: MIT */
/* The live view as characters: what fits, what an open alert says, and cells that are not measured. */
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "tools/sitbonectl/view/draw.h"

enum { SIDE = 32 };

static struct view view;
static struct canvas canvas;

static void sit_on(void) {
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

static void draw(int cols, int rows) {
        CHECK(canvas_resize(&canvas, cols, rows));
        draw_view(&canvas, &view, "", true);
}

/* A line as ASCII, what is none as '?'. */
static const char *line(int y) {
        static char text[CANVAS_COLS_MAX + 1];

        for (int x = 0; x < canvas.cols; x++)
                text[x] = (char)(canvas.at[y * canvas.cols + x].ch < 0x80 ? canvas.at[y * canvas.cols + x].ch : '?');
        text[canvas.cols] = '\0';
        return text;
}

static bool says(const char *words) {
        for (int y = 0; y < canvas.rows; y++)
                if (strstr(line(y), words))
                        return true;
        return false;
}

static void fits_sixty_columns(void) {
        sit_on();
        strcpy(view.live.occupancy, "vacant");
        draw(60, 24);
        CHECK(says("nobody on the seat") && says("unknown, nobody sits") && says("q quit"));
        draw(59, 24);
        CHECK(says("at least 60x"));
}

static void alert_is_told_whole(void) {
        sit_on();
        strcpy(view.live.alert_title, "Time to activate your glutes");
        strcpy(view.live.alert_reason, "seated 105 min without a 2 min break; slouched 16 % of it");
        strcpy(view.live.alert_exercise, "Standing glute contraction");
        draw(60, 24);
        CHECK(says(view.live.alert_title) && says(view.live.alert_reason) && says(view.live.alert_exercise));
}

static void no_minus_zero(void) {
        char text[40];

        view_uncertain_words(-0.04, 2, "", text, sizeof(text));
        CHECK(strcmp(text, "+0.0 ± 2.0°") == 0);
        view_uncertain_words(-0.06, 2, "", text, sizeof(text));
        CHECK(strcmp(text, "-0.1 ± 2.0°") == 0);
        sit_on();
        view.live.cop_x_mm = -0.2;
        view.live.cop_y_mm = -7;
        draw(80, 24);
        CHECK(says("x +0, y -7 mm"));
}

static int marks(uint32_t mark) {
        int n = 0;

        for (int i = 0; i < canvas.cols * canvas.rows; i++)
                n += canvas.at[i].ch == mark;
        return n;
}

/* The line that counts them has one mark; each other one stands in the map. */
static void unmeasured_cells_are_seen(void) {
        sit_on();
        canvas.look = (struct look){.utf8 = true, .colours = 0};
        for (int i = 0; i < 4; i++)
                view.level[(8 + i / 2) * SIDE + 10 + i % 2] = NAN; /* four of the eight cells of an element */
        draw(60, 24);
        CHECK(marks(MARK_UNMEASURED) == 2 && says("not measured: 4"));
        view.level[8 * SIDE + 10] = 0.4F; /* three of eight: the others speak for them, and they are counted */
        draw(60, 24);
        CHECK(marks(MARK_UNMEASURED) == 1 && says("not measured: 3"));
}

/* Half a character each: the grey of the unmeasured half is none of the palette's. */
static void unmeasured_half_is_grey(void) {
        int grey = 0;

        sit_on();
        canvas.look = (struct look){.utf8 = true, .colours = 256};
        draw(160, 60);
        for (int i = 0; i < canvas.cols * canvas.rows; i++)
                grey += canvas.at[i].bg == 244;
        CHECK(grey == 0);
        view.level[10 * SIDE + 10] = NAN;
        draw(160, 60);
        for (int i = 0; i < canvas.cols * canvas.rows; i++)
                grey += (canvas.at[i].ch == 0x2580) && (canvas.at[i].bg == 244 || canvas.at[i].fg == 244);
        CHECK(grey > 0);
}

int main(void) {
        canvas.look = (struct look){.utf8 = true, .colours = 0};
        fits_sixty_columns();
        alert_is_told_whole();
        no_minus_zero();
        unmeasured_cells_are_seen();
        unmeasured_half_is_grey();
        canvas_free(&canvas);
        return 0;
}
