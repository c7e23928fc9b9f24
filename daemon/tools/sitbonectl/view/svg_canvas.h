/* SPDX-License-Identifier: MIT */
/* An SVG picture in memory, drawn with a few primitives: the live view and the report use the same ones. Each primitive has
 * a class (or several, separated by blanks) of the style sheet that the picture begins with. Coordinates are in pixels, y
 * grows downwards, and are written with one decimal. */
#ifndef TOOLS_SITBONECTL_VIEW_SVG_CANVAS_H
#define TOOLS_SITBONECTL_VIEW_SVG_CANVAS_H

#include <stddef.h>
#include <stdio.h>

struct svg {
        FILE *f; /* writes to text */
        char *text;
        size_t n;
};

struct svg_box {
        double x, y, width, height; /* x, y: the upper left corner */
};

/* Begins a picture with this style sheet. Negative errno. */
int svg_begin(struct svg *s, int width, int height, const char *style);

/* Ends the picture: s->text is then complete, and the caller frees it. Negative errno, after which s->text is NULL. */
int svg_end(struct svg *s);

/* y is the base line. Characters that mean something in XML are escaped, control characters are left out. */
void svg_text(struct svg *s, double x, double y, const char *class, const char *text);
void svg_printf(struct svg *s, double x, double y, const char *class, const char *format, ...)
        __attribute__((format(printf, 5, 6)));

/* Text in letters of a size of its own, which overrides that of the class. */
void svg_sized_text(struct svg *s, double x, double y, const char *class, double size, const char *text);

/* Text in two classes; the second part follows the end of the first at a distance of gap. */
void svg_text_pair(struct svg *s, double x, double y, const char *const class[2], const char *const text[2],
                   double gap);

/* radius: of the corners; 0 = sharp corners. */
void svg_rectangle(struct svg *s, struct svg_box box, double radius, const char *class);
void svg_coloured_rectangle(struct svg *s, struct svg_box box, double radius, const unsigned char rgb[3]);
void svg_circle(struct svg *s, double x, double y, double radius, const char *class);

/* format makes the commands of the path: "M%.1f %.1fh%d". */
void svg_path(struct svg *s, const char *class, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* An estimate of the width of a text at a size, from the letters of DejaVu Sans; a viewer may have another font. */
double svg_text_width(const char *text, double size);

/* Escapes text as svg_text() does; for a page around the picture. */
void svg_write_escaped(FILE *f, const char *text);

#endif
