/* SPDX-License-Identifier: MIT */
/* The live view as characters: pressure map and numbers, on a rectangle of coloured characters. Nothing here touches a
 * terminal: the screen, plain text and tests show the same canvas. */
#ifndef TOOLS_SITBONECTL_VIEW_DRAW_H
#define TOOLS_SITBONECTL_VIEW_DRAW_H

#include <stdbool.h>
#include <stdint.h>

#include "tools/sitbonectl/view/values.h"

/* Capabilities of the terminal. */
struct look {
        bool utf8;
        int colours; /* 0, 8 or 256 */
};

enum { COLOUR_DEFAULT = -1 };

struct glyph {
        uint32_t ch;    /* code point */
        int16_t fg, bg; /* palette of the terminal, or COLOUR_DEFAULT */
        bool bold;
};

struct canvas {
        int cols, rows;
        struct look look;
        struct glyph *at; /* malloc'd, cols x rows, row after row; its user frees it */
};

enum { CANVAS_COLS_MIN = 60, CANVAS_ROWS_MIN = 23, CANVAS_COLS_MAX = 400, CANVAS_ROWS_MAX = 200 };

/* Sets the size, and clears the canvas. False = out of memory. */
bool canvas_resize(struct canvas *c, int cols, int rows);

/* Marks on the map: centre of pressure (heavy Greek cross), sit bone (bullseye), not measured (times). */
enum { MARK_COP = 0x271a, MARK_BONE = 0x25ce, MARK_UNMEASURED = 0xd7 };

/* message (may be "") stands in the last line, or else, with keys, the line of keys. */
void draw_view(struct canvas *c, const struct view *v, const char *message, bool keys);

#endif
