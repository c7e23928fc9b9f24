/* SPDX-License-Identifier: MIT */
/* A rectangle of characters with colours, and the palette of the pressure map. Nothing here touches a terminal: the screen,
 * plain text and tests show the same canvas. */
#ifndef TOOLS_SITBONECTL_VIEW_CANVAS_H
#define TOOLS_SITBONECTL_VIEW_CANVAS_H

#include <stdbool.h>
#include <stdint.h>

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
        struct glyph *at; /* cols x rows, row after row */
};

enum { CANVAS_COLS_MIN = 60, CANVAS_ROWS_MIN = 22, CANVAS_COLS_MAX = 400, CANVAS_ROWS_MAX = 200 };

struct style {
        int16_t fg; /* palette of the terminal, or COLOUR_DEFAULT */
        bool bold;
};

/* A character, and its spelling where the terminal has ASCII only. */
struct sign {
        uint32_t utf8;
        char ascii;
};

/* Sets the size, and clears the canvas. False = out of memory. */
bool canvas_resize(struct canvas *c, int cols, int rows);
void canvas_free(struct canvas *c);
void canvas_clear(struct canvas *c);

/* Writes a sign; outside the canvas it does nothing. */
void canvas_put(struct canvas *c, int x, int y, struct style style, struct sign sign);

/* Writes UTF-8 text, spelt in ASCII where the terminal has no UTF-8, cut at the right edge. Returns the column after it. */
int canvas_text(struct canvas *c, int x, int y, struct style style, const char *text);

/* Perceptually ordered, dark to light: lightness grows evenly, so that the map can be read without colour vision. */
enum { PALETTE_N = 11 };
int palette_index(float shade);                      /* xterm 256 */
void palette_rgb(float shade, unsigned char ret[3]); /* the same scale, interpolated */

#endif
