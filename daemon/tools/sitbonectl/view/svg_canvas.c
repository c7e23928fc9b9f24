/* SPDX-License-Identifier: MIT */
#include "tools/sitbonectl/view/svg_canvas.h"

#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

enum { FIRST_LETTER = ' ', LAST_LETTER = '~', OTHER_LETTER = 62 };

/* Hundredths of the size of the letters: advance widths of DejaVu Sans 2.37 from ' ' to '~'. Letters with accents are as wide
 * as those without; other characters count as OTHER_LETTER. */
static const uint8_t LETTER_WIDTH[] = {
        32, 40, 46, 84, 64, 95, 78, 27, 39,  39, 50, 84, 32, 36, 32, 34, 64, 64, 64, 64, 64, 64, 64, 64,
        64, 64, 34, 34, 84, 84, 84, 53, 100, 68, 69, 70, 77, 63, 58, 77, 75, 29, 29, 66, 56, 86, 75, 79,
        60, 79, 69, 63, 61, 73, 68, 99, 69,  61, 69, 39, 34, 39, 84, 50, 50, 61, 63, 55, 63, 62, 35, 63,
        63, 28, 28, 58, 28, 97, 63, 61, 63,  63, 41, 52, 39, 63, 59, 82, 59, 59, 52, 64, 34, 64, 84,
};
static_assert(sizeof(LETTER_WIDTH) == LAST_LETTER - FIRST_LETTER + 1, "a width for each letter");

double svg_text_width(const char *text, double size) {
        unsigned hundredths = 0;

        for (; *text; text++) {
                unsigned char c = (unsigned char)*text;

                if (c >= FIRST_LETTER && c <= LAST_LETTER)
                        hundredths += LETTER_WIDTH[c - FIRST_LETTER];
                else if (c >= 0xC0) /* the first byte of a longer character of UTF-8 */
                        hundredths += OTHER_LETTER;
        }
        return hundredths * size / 100;
}

void svg_write_escaped(FILE *f, const char *text) {
        for (; *text; text++) {
                if (*text == '<' || *text == '>' || *text == '&' || *text == '"')
                        fprintf(f, "&#%d;", *text);
                else if ((unsigned char)*text >= ' ')
                        fputc(*text, f);
        }
}

int svg_begin(struct svg *s, int width, int height, const char *style) {
        s->text = NULL;
        s->f = open_memstream(&s->text, &s->n);
        if (!s->f)
                return -errno;
        fprintf(s->f,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\">\n"
                "<style>\n%s</style>\n",
                width, height, width, height, style);
        return 0;
}

int svg_end(struct svg *s) {
        bool failed;

        fputs("</svg>\n", s->f);
        failed = ferror(s->f) != 0;
        if (fclose(s->f) == 0 && !failed)
                return 0;
        free(s->text);
        s->text = NULL;
        return -ENOMEM;
}

void svg_text(struct svg *s, double x, double y, const char *class, const char *text) {
        fprintf(s->f, "<text x=\"%.1f\" y=\"%.1f\" class=\"%s\">", x, y, class);
        svg_write_escaped(s->f, text);
        fputs("</text>\n", s->f);
}

void svg_printf(struct svg *s, double x, double y, const char *class, const char *format, ...) {
        char text[256];
        va_list ap;

        va_start(ap, format);
        vsnprintf(text, sizeof(text), format, ap);
        va_end(ap);
        svg_text(s, x, y, class, text);
}

void svg_sized_text(struct svg *s, double x, double y, const char *class, double size, const char *text) {
        fprintf(s->f, "<text x=\"%.1f\" y=\"%.1f\" class=\"%s\" style=\"font-size:%.1fpx\">", x, y, class, size);
        svg_write_escaped(s->f, text);
        fputs("</text>\n", s->f);
}

void svg_text_pair(struct svg *s, double x, double y, const char *const class[2], const char *const text[2],
                   double gap) {
        fprintf(s->f, "<text x=\"%.1f\" y=\"%.1f\"><tspan class=\"%s\">", x, y, class[0]);
        svg_write_escaped(s->f, text[0]);
        fprintf(s->f, "</tspan><tspan class=\"%s\" dx=\"%.1f\">", class[1], gap);
        svg_write_escaped(s->f, text[1]);
        fputs("</tspan></text>\n", s->f);
}

static void write_box(struct svg *s, struct svg_box box, double radius) {
        fprintf(s->f, "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"", box.x, box.y, box.width,
                box.height);
        if (radius > 0)
                fprintf(s->f, " rx=\"%.1f\"", radius);
}

void svg_rectangle(struct svg *s, struct svg_box box, double radius, const char *class) {
        write_box(s, box, radius);
        fprintf(s->f, " class=\"%s\"/>\n", class);
}

void svg_coloured_rectangle(struct svg *s, struct svg_box box, double radius, const unsigned char rgb[3]) {
        write_box(s, box, radius);
        fprintf(s->f, " fill=\"#%02x%02x%02x\"/>\n", rgb[0], rgb[1], rgb[2]);
}

void svg_circle(struct svg *s, double x, double y, double radius, const char *class) {
        fprintf(s->f, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"%.1f\" class=\"%s\"/>\n", x, y, radius, class);
}

void svg_path(struct svg *s, const char *class, const char *format, ...) {
        va_list ap;

        fputs("<path d=\"", s->f);
        va_start(ap, format);
        vfprintf(s->f, format, ap);
        va_end(ap);
        fprintf(s->f, "\" class=\"%s\"/>\n", class);
}
