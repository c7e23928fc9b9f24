/* SPDX-License-Identifier: MIT */
/* One moment of one seat, as the live view, status and the SVG picture show it: the published values and the map.
 * Filled from the daemon (live/daemon_link.c) or from a snapshot (replay/command.c). */
#ifndef TOOLS_SITBONECTL_VIEW_VALUES_H
#define TOOLS_SITBONECTL_VIEW_VALUES_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "contract/live_values.h"
#include "sitbone/geometry.h"
#include "sitbone/snapshot.h"

enum { VIEW_TEXT_MAX = 512, VIEW_LABEL_W = 11 };

struct view {
        struct live_values live;
        enum geometry_kind kind;
        float level[CELLS_MAX]; /* share of full scale; NAN = not measured (masked, stuck or dead) */
        double x_mm[CELLS_MAX], y_mm[CELLS_MAX];
};

void view_clear(struct view *v);

/* Clears what means nothing: the numbers of a silent mat, and of a seat with nobody on it. */
void view_settle(struct view *v);

/* Millimetres that the map covers, and its middle. Cells without positions count as a block of unit cells. */
struct view_extent {
        double middle_x_mm, middle_y_mm, width_mm, height_mm;
};
struct view_extent view_extent(const struct view *v);

/* Rows and columns of the block in which cells without positions are shown. */
uint32_t view_cols(const struct view *v);
uint32_t view_rows(const struct view *v);

/* The number of cells that are not measured. */
uint32_t view_unmeasured(const struct view *v);

/* 0..1 for the palette: full at the peak, but a nearly empty seat stays dark. VIEW_UNMEASURED for an unmeasured
 * cell. */
static const float VIEW_UNMEASURED = -1;
float view_shade(const struct view *v, float level);

/* The palette: perceptually ordered, dark to light: lightness grows evenly, so that the map can be read without colour
 * vision. */
enum { VIEW_PALETTE_N = 11 };
struct view_colour {
        int16_t xterm256;
        unsigned char rgb[3];
};
extern const struct view_colour view_palette[VIEW_PALETTE_N];

/* True when a person sits in a posture that has a name, and a confidence goes with it. */
bool view_is_sure(const struct view *v);

/* Prints the beginning of a line: its label, in a column of its own. */
void view_label(const char *label);
void view_line(const char *label, const char *text);

/* Words for the values, the same in the terminal and in the picture. All end with a NUL.
 * view_list_words: from names, separated by blanks, to words: "upright, slouched". */
void view_list_words(const char *names, const char *(*words)(const char *), char *ret, size_t size);
void view_posture_words(const struct view *v, char *ret, size_t size);
void view_tilt_words(const struct view *v, char *ret, size_t size);
void view_obliquity_words(const struct view *v, char *ret, size_t size);
void view_balance_words(const struct view *v, char *ret, size_t size);
void view_duration_words(double s, char *ret, size_t size);

/* "14:05", local time of this machine. */
void view_clock_words(uint64_t realtime_us, char *ret, size_t size);
void view_seated_words(const struct view *v, char *ret, size_t size);
void view_shifts_words(const struct view *v, char *ret, size_t size);
void view_next_words(const struct view *v, char *ret, size_t size);
void view_today_words(const struct view *v, char *ret, size_t size);
void view_contact_words(const struct view *v, char *ret, size_t size);
void view_bones_words(const struct view *v, char *ret, size_t size);
void view_mat_words(const struct view *v, char *ret, size_t size);

/* The object of the sit bones, null when there is no pair. */
json_t *view_bones_json(const struct live_values *v);

/* One line of JSON: every published value, without the cells. */
void view_print_json(FILE *f, const struct view *v);

/* The picture. 0, or a negative errno. */
int view_write_svg(const char *path, const struct view *v);

#endif
