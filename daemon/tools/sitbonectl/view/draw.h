/* SPDX-License-Identifier: MIT */
/* A view drawn into a buffer of characters: pure, so that the terminal, plain text and tests look at the same thing. */
#ifndef TOOLS_SITBONECTL_VIEW_DRAW_H
#define TOOLS_SITBONECTL_VIEW_DRAW_H

#include <stdbool.h>
#include <stdint.h>

#include "tools/sitbonectl/view/values.h"

/* What the terminal can do. */
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
        struct glyph *at; /* cols x rows, row after row */
};

enum { CANVAS_COLS_MIN = 60, CANVAS_ROWS_MIN = 22, CANVAS_COLS_MAX = 400, CANVAS_ROWS_MAX = 200 };

/* False when there is no memory. May be called again for another size. */
bool canvas_resize(struct canvas *c, int cols, int rows);
void canvas_free(struct canvas *c);
void canvas_clear(struct canvas *c);

/* UTF-8 text; without UTF-8 on the screen it is spelt in ASCII. Cut at the right edge. Returns the column after it. */
int canvas_text(struct canvas *c, int x, int y, int fg, bool bold, const char *text);

/* The whole view; message (may be "") stands in the last line instead of the keys. keys false: no line of keys. */
void draw_view(struct canvas *c, const struct view *v, const char *message, bool keys);

/* Perceptually ordered, dark to light: lightness grows evenly, so the map also reads without colour vision. */
enum { PALETTE_N = 11 };
int palette_index(float shade);                      /* xterm 256 */
void palette_rgb(float shade, unsigned char ret[3]); /* the same scale, interpolated */

#endif
