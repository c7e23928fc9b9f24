/* SPDX-License-Identifier: MIT */
/* The pressure map on a canvas: two picture elements a character (half blocks) where 256 colours and UTF-8 are there,
 * otherwise one, with a ramp of characters. Seen from above, knees at the top, the way a sitter looks down. */
#include "tools/sitbonectl/view/heat_map.h"

#include <math.h>
#include <stdlib.h>

enum { DIM_MANY = 244, DIM_FEW = 6 };

static bool half_blocks(const struct look *look) {
        return look->utf8 && look->colours >= 256;
}

static int per_line(const struct look *look) {
        return half_blocks(look) ? 2 : 1;
}

/* Characters are twice as high as wide; whole elements a cell wherever the mat fits. */
void map_fit(const struct canvas *c, const struct view *v, int cols, int lines, struct map_place *ret) {
        struct view_extent e = view_extent(v);
        int n_x = (int)view_cols(v), n_y = (int)view_rows(v), high = lines * per_line(&c->look);
        double shape = e.height_mm / e.width_mm * per_line(&c->look) / 2;
        bool blocks = v->kind != GEOMETRY_SCATTERED && n_x > 0 && n_y > 0;

        ret->extent = e;
        for (int k = blocks ? cols / n_x : 0; k >= 1; k--) {
                double each = k * n_x * shape / n_y; /* elements a cell is high */

                ret->wide = n_x * k;
                ret->high = each >= 0.75 ? n_y * (int)lround(each) : (int)lround(each * n_y);
                if (ret->high > 0 && ret->high <= high)
                        return;
        }
        for (int d = 2; blocks && d < 64; d++) { /* too large: d x d cells an element */
                ret->wide = (n_x + d - 1) / d;
                ret->high = (int)lround(ceil((double)n_x / d) * shape);
                if (ret->wide <= cols && ret->high <= high && ret->high > 0)
                        return;
        }
        ret->wide = (int)fmin(cols, high / shape);
        ret->high = (int)fmin(high, ret->wide * shape);
        ret->wide = ret->wide < 1 ? 1 : ret->wide;
        ret->high = ret->high < 1 ? 1 : ret->high;
}

int map_lines(const struct canvas *c, const struct map_place *place) {
        return (place->high + per_line(&c->look) - 1) / per_line(&c->look);
}

/* Mean of the cells under an element, VIEW_UNMEASURED when most of them are not measured, NAN where there is no cell. Grid
 * rows count from the back, the picture from the front. */
static float block_shade(const struct view *v, const struct map_place *p, int x, int y) {
        int n_x = (int)view_cols(v), n_y = (int)view_rows(v);
        int x0 = x * n_x / p->wide, x1 = (x + 1) * n_x / p->wide, y0 = y * n_y / p->high, y1 = (y + 1) * n_y / p->high;
        float sum = 0;
        int n = 0, unmeasured = 0;

        for (int j = y0; j < y1 || j == y0; j++)
                for (int i = x0; i < x1 || i == x0; i++) {
                        uint32_t at = (uint32_t)((v->kind == GEOMETRY_GRID ? n_y - 1 - j : j) * n_x + i);

                        if (at >= v->live.n_cells)
                                continue;
                        if (isnan(v->level[at])) {
                                unmeasured++;
                                continue;
                        }
                        sum += view_shade(v, v->level[at]);
                        n++;
                }
        if (unmeasured > 0 && unmeasured >= n)
                return VIEW_UNMEASURED;
        return n ? sum / (float)n : NAN;
}

static float scattered_shade(const struct view *v, const struct map_place *p, int x, int y) {
        double x_mm = p->extent.middle_x_mm + ((x + 0.5) / p->wide - 0.5) * p->extent.width_mm;
        double y_mm = p->extent.middle_y_mm - ((y + 0.5) / p->high - 0.5) * p->extent.height_mm;
        double best = INFINITY;
        float shade = NAN;

        for (uint32_t i = 0; i < v->live.n_cells; i++) {
                double off = fmax(fabs(v->x_mm[i] - x_mm) / v->live.pitch_x_mm,
                                  fabs(v->y_mm[i] - y_mm) / v->live.pitch_y_mm);

                if (off > 0.5 || off >= best)
                        continue;
                best = off;
                shade = view_shade(v, v->level[i]);
        }
        return shade;
}

static float shade_at(const struct view *v, const struct map_place *p, int x, int y) {
        if (y >= p->high)
                return NAN;
        return v->kind == GEOMETRY_SCATTERED ? scattered_shade(v, p, x, y) : block_shade(v, p, x, y);
}

/* NAN and VIEW_UNMEASURED have none. */
static bool has_colour(float shade) {
        return shade >= 0;
}

/* Grey is none of the palette's: half a character that is not measured. */
static int16_t colour_of(float shade) {
        return has_colour(shade) ? (int16_t)palette_index(shade) : isfinite(shade) ? DIM_MANY : COLOUR_DEFAULT;
}

static struct glyph half_block(float upper, float lower) {
        if (!has_colour(upper) && !has_colour(lower) && (isfinite(upper) || isfinite(lower)))
                return (struct glyph){MARK_UNMEASURED, DIM_MANY, COLOUR_DEFAULT, false};
        if (!has_colour(upper) && !has_colour(lower))
                return (struct glyph){' ', COLOUR_DEFAULT, COLOUR_DEFAULT, false};
        if (isnan(upper))
                return (struct glyph){0x2584, colour_of(lower), COLOUR_DEFAULT, false}; /* lower half block */
        return (struct glyph){0x2580, colour_of(upper), colour_of(lower), false};       /* upper half block */
}

/* Ten characters by how much ink they have; eight colours in order of lightness beside it. */
static struct glyph ramp(const struct look *look, float shade) {
        static const char ink[] = ".:-=+*#%@@";
        static const int16_t colours[] = {4, 4, 5, 5, 1, 1, 3, 3, COLOUR_DEFAULT, COLOUR_DEFAULT};
        int i = has_colour(shade) ? (int)(shade * 9.99f) : 0;

        if (!isfinite(shade))
                return (struct glyph){' ', COLOUR_DEFAULT, COLOUR_DEFAULT, false};
        if (!has_colour(shade))
                return (struct glyph){look->utf8 ? MARK_UNMEASURED : 'x', look->colours ? DIM_FEW : COLOUR_DEFAULT,
                                      COLOUR_DEFAULT, false};
        if (shade <= 0)
                return (struct glyph){look->utf8 ? 0xb7 : ' ', look->colours ? 4 : COLOUR_DEFAULT, COLOUR_DEFAULT,
                                      false};
        return (struct glyph){(uint32_t)ink[i], look->colours ? colours[i] : COLOUR_DEFAULT, COLOUR_DEFAULT, i >= 6};
}

static void mark(struct canvas *c, const struct map_place *p, double x_mm, double y_mm, uint32_t utf8, char ascii) {
        double x = ((x_mm - p->extent.middle_x_mm) / p->extent.width_mm + 0.5) * p->wide;
        double y = (0.5 - (y_mm - p->extent.middle_y_mm) / p->extent.height_mm) * p->high / per_line(&c->look);
        struct glyph *g;

        if (!(x >= 0 && x < p->wide && y >= 0 && y * per_line(&c->look) < p->high))
                return;
        g = &c->at[(p->top + (int)y) * c->cols + p->left + (int)x];
        if (half_blocks(
                    &c->look)) { /* on the darker of the two halves' middle, black or white, whichever stands out */
                bool light = g->fg >= 203 && g->fg < 232;

                *g = (struct glyph){utf8, light ? 16 : 231, g->fg, true};
        } else {
                *g = (struct glyph){c->look.utf8 ? utf8 : (unsigned char)ascii, c->look.colours ? 6 : COLOUR_DEFAULT,
                                    COLOUR_DEFAULT, true};
        }
}

void map_draw(struct canvas *c, const struct view *v, const struct map_place *p) {
        for (int line = 0; line < map_lines(c, p); line++)
                for (int x = 0; x < p->wide; x++) {
                        struct glyph *g = &c->at[(p->top + line) * c->cols + p->left + x];

                        if (half_blocks(&c->look))
                                *g = half_block(shade_at(v, p, x, 2 * line), shade_at(v, p, x, 2 * line + 1));
                        else
                                *g = ramp(&c->look, shade_at(v, p, x, line));
                }
        if (v->kind == GEOMETRY_UNPLACED)
                return;
        mark(c, p, v->live.sit_bones.of[0], v->live.sit_bones.of[1], MARK_BONE, 'O');
        mark(c, p, v->live.sit_bones.of[2], v->live.sit_bones.of[3], MARK_BONE, 'O');
        mark(c, p, v->live.cop_x_mm, v->live.cop_y_mm, MARK_COP, 'X');
}
