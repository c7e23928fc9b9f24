/* SPDX-License-Identifier: MIT */
#include "tools/sitbonectl/view/canvas.h"

#include <stdlib.h>
#include <string.h>
#include <wchar.h>

/* Matplotlib's inferno, each colour with the nearest of xterm's colour cube whose lightness still grows. The first colour is
 * that of a cell without load. */
static const struct {
        int16_t index;
        unsigned char rgb[3];
} palette[PALETTE_N] = {
        {234, {0x1c, 0x1c, 0x1c}}, {17, {0x16, 0x0b, 0x39}},  {53, {0x42, 0x0a, 0x68}},  {89, {0x6a, 0x17, 0x6e}},
        {125, {0x93, 0x26, 0x67}}, {161, {0xbc, 0x37, 0x54}}, {203, {0xdd, 0x51, 0x3a}}, {208, {0xf3, 0x77, 0x1a}},
        {214, {0xfc, 0xa5, 0x0a}}, {221, {0xf6, 0xd6, 0x45}}, {229, {0xfc, 0xff, 0xa4}},
};

int palette_index(float shade) {
        int i = 1 + (int)(shade * (PALETTE_N - 1));

        if (!(shade > 0))
                return palette[0].index;
        return palette[i < PALETTE_N ? i : PALETTE_N - 1].index;
}

void palette_rgb(float shade, unsigned char ret[3]) {
        float at = shade > 0 ? shade * (PALETTE_N - 1) : 0, part;
        int i = (int)at;

        if (i > PALETTE_N - 2)
                i = PALETTE_N - 2;
        part = at - (float)i;
        for (int k = 0; k < 3; k++) {
                float a = palette[i].rgb[k], b = palette[i + 1].rgb[k];

                ret[k] = (unsigned char)(a + (b - a) * (part > 1 ? 1 : part) + 0.5f);
        }
}

bool canvas_resize(struct canvas *c, int cols, int rows) {
        struct glyph *at;

        cols = cols < 1 ? 1 : cols > CANVAS_COLS_MAX ? CANVAS_COLS_MAX : cols;
        rows = rows < 1 ? 1 : rows > CANVAS_ROWS_MAX ? CANVAS_ROWS_MAX : rows;
        at = realloc(c->at, (size_t)cols * (size_t)rows * sizeof(*at));
        if (!at)
                return false;
        c->at = at;
        c->cols = cols;
        c->rows = rows;
        canvas_clear(c);
        return true;
}

void canvas_free(struct canvas *c) {
        free(c->at);
        c->at = NULL;
}

void canvas_clear(struct canvas *c) {
        for (int i = 0; i < c->cols * c->rows; i++)
                c->at[i] = (struct glyph){' ', COLOUR_DEFAULT, COLOUR_DEFAULT, false};
}

/* Reads one code point, '?' for anything that is not well-formed. Returns the text after it. */
static const char *decode_character(const char *p, uint32_t *ret) {
        unsigned char c = (unsigned char)*p++;
        int more = c >= 0xf0 ? 3 : c >= 0xe0 ? 2 : c >= 0xc0 ? 1 : 0;
        uint32_t code = more ? c & (0x3fu >> more) : c;

        *ret = '?';
        if (c >= 0x80 && more == 0)
                return p;
        for (int i = 0; i < more; i++, p++) {
                if (((unsigned char)*p & 0xc0) != 0x80)
                        return p;
                code = code << 6 | ((unsigned char)*p & 0x3fu);
        }
        *ret = code;
        return p;
}

/* The spelling of a character where the terminal has ASCII only. */
static const char *spell_ascii(uint32_t code) {
        static const struct {
                uint32_t code;
                const char *text;
        } signs[] = {{0xb1, "+-"},  {0xb0, " deg"}, {0xb2, "2"},    {0xb7, "-"},
                     {0x2013, "-"}, {0x2014, "-"},  {0x2026, "..."}};

        for (size_t i = 0; i < sizeof(signs) / sizeof(*signs); i++)
                if (signs[i].code == code)
                        return signs[i].text;
        return "?";
}

static void put_character(struct canvas *c, int x, int y, struct style style, uint32_t code) {
        struct glyph *g;

        if (x < 0 || y < 0 || x >= c->cols || y >= c->rows)
                return;
        g = &c->at[y * c->cols + x];
        g->ch = code;
        g->fg = style.fg;
        g->bold = style.bold;
}

void canvas_put(struct canvas *c, int x, int y, struct style style, struct sign sign) {
        put_character(c, x, y, style, c->look.utf8 ? sign.utf8 : (unsigned char)sign.ascii);
}

int canvas_text(struct canvas *c, int x, int y, struct style style, const char *text) {
        while (*text) {
                uint32_t code;

                text = decode_character(text, &code);
                /* keeps escape sequences, for example in the name of a seat, off the screen */
                if (code < ' ' || code == 0x7f || (code > 0x7f && wcwidth((wchar_t)code) != 1 && c->look.utf8))
                        code = '?';
                if (code < 0x80 || c->look.utf8) {
                        put_character(c, x++, y, style, code);
                        continue;
                }
                for (const char *p = spell_ascii(code); *p; p++)
                        put_character(c, x++, y, style, (unsigned char)*p);
        }
        return x;
}
