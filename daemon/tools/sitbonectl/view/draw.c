/* SPDX-License-Identifier: MIT */
#include "tools/sitbonectl/view/draw.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "util/language.h"

/* ---- the canvas ---- */

struct style {
        int16_t fg; /* palette of the terminal, or COLOUR_DEFAULT */
        bool bold;
};

/* A character, and its spelling where the terminal has ASCII only. */
struct sign {
        uint32_t utf8;
        char ascii;
};

static void clear_canvas(struct canvas *c) {
        for (int i = 0; i < c->cols * c->rows; i++)
                c->at[i] = (struct glyph){' ', COLOUR_DEFAULT, COLOUR_DEFAULT, false};
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
        clear_canvas(c);
        return true;
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

/* Writes a sign; outside the canvas it does nothing. */
static void put_sign(struct canvas *c, int x, int y, struct style style, struct sign sign) {
        put_character(c, x, y, style, c->look.utf8 ? sign.utf8 : (unsigned char)sign.ascii);
}

/* Writes UTF-8 text, spelt in ASCII where the terminal has no UTF-8, cut at the right edge. Returns the column after it. */
static int put_text(struct canvas *c, int x, int y, struct style style, const char *text) {
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

/* ---- the pressure map: two picture elements in a character (half blocks) where the terminal has 256 colours and UTF-8,
 * otherwise one, as a ramp of characters. Seen from above, knees at the top, as a sitter looks down. ---- */

/* Colours of the terminal, by the number of colours that it has. */
enum { BLACK_256 = 16, WHITE_256 = 231, GREY_256 = 244, BLUE_8 = 4, CYAN_8 = 6 };

static const struct sign cop_sign = {MARK_COP, 'X'}, bone_sign = {MARK_BONE, 'O'},
                         unmeasured_sign = {MARK_UNMEASURED, 'x'};

struct map_place {
        int left, top;  /* set by the caller before draw_map() */
        int wide, high; /* picture elements; one or two in a line of text */
        struct view_extent extent;
};

static bool has_half_blocks(const struct look *look) {
        return look->utf8 && look->colours >= 256;
}

static int count_per_line(const struct look *look) {
        return has_half_blocks(look) ? 2 : 1;
}

/* Finds the largest size that fits into cols x lines characters, with a whole number of picture elements for each cell if
 * the mat fits at all. Characters are twice as high as wide. */
static void fit_map(const struct canvas *c, const struct view *v, int cols, int lines, struct map_place *ret) {
        struct view_extent e = view_extent(v);
        int n_x = (int)view_cols(v), n_y = (int)view_rows(v), high = lines * count_per_line(&c->look);
        double shape = e.height_mm / e.width_mm * count_per_line(&c->look) / 2;
        bool blocks = v->kind != GEOMETRY_SCATTERED && n_x > 0 && n_y > 0;

        ret->extent = e;
        for (int k = blocks ? cols / n_x : 0; k >= 1; k--) {
                double each = k * n_x * shape / n_y; /* elements in the height of a cell */

                ret->wide = n_x * k;
                ret->high = each >= 0.75 ? n_y * (int)lround(each) : (int)lround(each * n_y);
                if (ret->high > 0 && ret->high <= high)
                        return;
        }
        for (int d = 2; blocks && d < 64; d++) { /* too large: d x d cells in an element */
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

static int count_map_lines(const struct canvas *c, const struct map_place *place) {
        return (place->high + count_per_line(&c->look) - 1) / count_per_line(&c->look);
}

/* Mean of the cells in an element; VIEW_UNMEASURED when most of them are not measured, NAN when there are none. Rows of a grid
 * count from the back, rows of the picture from the front. */
static float measure_block(const struct view *v, const struct map_place *p, int x, int y) {
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

static float measure_scattered(const struct view *v, const struct map_place *p, int x, int y) {
        double x_mm = p->extent.middle_x_mm + ((x + 0.5) / p->wide - 0.5) * p->extent.width_mm;
        double y_mm = p->extent.middle_y_mm - ((y + 0.5) / p->high - 0.5) * p->extent.height_mm;
        double best = (double)INFINITY;
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

static float measure_shade(const struct view *v, const struct map_place *p, int x, int y) {
        if (y >= p->high)
                return NAN;
        return v->kind == GEOMETRY_SCATTERED ? measure_scattered(v, p, x, y) : measure_block(v, p, x, y);
}

/* The nearest of the 256 colours of xterm. */
static int16_t choose_palette(float shade) {
        int i = 1 + (int)(shade * (VIEW_PALETTE_N - 1));

        if (!(shade > 0))
                return view_palette[0].xterm256;
        return view_palette[i < VIEW_PALETTE_N ? i : VIEW_PALETTE_N - 1].xterm256;
}

/* NAN and VIEW_UNMEASURED have no colour. */
static bool has_colour(float shade) {
        return shade >= 0;
}

/* Half a character that is not measured is grey, which is not in the palette. */
static int16_t choose_colour(float shade) {
        return has_colour(shade) ? choose_palette(shade) : isfinite(shade) ? GREY_256 : COLOUR_DEFAULT;
}

static struct glyph make_half_blocks(float upper, float lower) {
        if (!has_colour(upper) && !has_colour(lower) && (isfinite(upper) || isfinite(lower)))
                return (struct glyph){MARK_UNMEASURED, GREY_256, COLOUR_DEFAULT, false};
        if (!has_colour(upper) && !has_colour(lower))
                return (struct glyph){' ', COLOUR_DEFAULT, COLOUR_DEFAULT, false};
        if (isnan(upper))
                return (struct glyph){0x2584, choose_colour(lower), COLOUR_DEFAULT, false}; /* lower half block */
        return (struct glyph){0x2580, choose_colour(upper), choose_colour(lower), false};   /* upper half block */
}

/* One of ten characters with more and more ink, and one of eight colours in order of lightness. */
static struct glyph make_ramp(const struct look *look, float shade) {
        static const char ink[] = ".:-=+*#%@@";
        static const int16_t colours[] = {4, 4, 5, 5, 1, 1, 3, 3, COLOUR_DEFAULT, COLOUR_DEFAULT};
        int i = has_colour(shade) ? (int)(shade * 9.99f) : 0;

        if (!isfinite(shade))
                return (struct glyph){' ', COLOUR_DEFAULT, COLOUR_DEFAULT, false};
        if (!has_colour(shade))
                return (struct glyph){look->utf8 ? MARK_UNMEASURED : 'x', look->colours ? CYAN_8 : COLOUR_DEFAULT,
                                      COLOUR_DEFAULT, false};
        if (shade <= 0)
                return (struct glyph){look->utf8 ? 0xb7 : ' ', look->colours ? BLUE_8 : COLOUR_DEFAULT, COLOUR_DEFAULT,
                                      false};
        return (struct glyph){(uint32_t)ink[i], look->colours ? colours[i] : COLOUR_DEFAULT, COLOUR_DEFAULT, i >= 6};
}

static void draw_mark(struct canvas *c, const struct map_place *p, double x_mm, double y_mm, struct sign sign) {
        double x = ((x_mm - p->extent.middle_x_mm) / p->extent.width_mm + 0.5) * p->wide;
        double y = (0.5 - (y_mm - p->extent.middle_y_mm) / p->extent.height_mm) * p->high / count_per_line(&c->look);
        struct glyph *g;

        if (!(x >= 0 && x < p->wide && y >= 0 && y * count_per_line(&c->look) < p->high))
                return;
        g = &c->at[(p->top + (int)y) * c->cols + p->left + (int)x];
        if (has_half_blocks(&c->look)) { /* on the colour of the upper half, in black or white for contrast */
                bool light = g->fg >= 203 && g->fg < 232;

                *g = (struct glyph){sign.utf8, light ? BLACK_256 : WHITE_256, g->fg, true};
        } else {
                *g = (struct glyph){c->look.utf8 ? sign.utf8 : (unsigned char)sign.ascii,
                                    c->look.colours ? CYAN_8 : COLOUR_DEFAULT, COLOUR_DEFAULT, true};
        }
}

static void draw_map(struct canvas *c, const struct view *v, const struct map_place *p) {
        for (int line = 0; line < count_map_lines(c, p); line++)
                for (int x = 0; x < p->wide; x++) {
                        struct glyph *g = &c->at[(p->top + line) * c->cols + p->left + x];

                        if (has_half_blocks(&c->look))
                                *g = make_half_blocks(measure_shade(v, p, x, 2 * line),
                                                      measure_shade(v, p, x, 2 * line + 1));
                        else
                                *g = make_ramp(&c->look, measure_shade(v, p, x, line));
                }
        if (v->kind == GEOMETRY_UNPLACED)
                return;
        draw_mark(c, p, v->live.sit_bones.of[0], v->live.sit_bones.of[1], bone_sign);
        draw_mark(c, p, v->live.sit_bones.of[2], v->live.sit_bones.of[3], bone_sign);
        draw_mark(c, p, v->live.cop_x_mm, v->live.cop_y_mm, cop_sign);
}

/* ---- the panel of numbers ---- */

enum { PANEL_W = 36, LABEL_W = 12, GAUGE_W = 21, GAUGE_LABEL_W = 6, FOOT_H = 4 };

struct drawing {
        struct canvas *canvas;
        const struct view *view;
        struct style plain, bold, dim, good, alert, mark;
        int x, y; /* where the next line of the panel begins */
};

/* The most important text has the terminal's own colour, the rest middle tones: readable on dark and on light ground. */
static void choose_styles(struct drawing *d) {
        int colours = d->canvas->look.colours;
        bool many = colours >= 256, few = colours >= 8;

        d->plain = (struct style){COLOUR_DEFAULT, false};
        d->bold = (struct style){COLOUR_DEFAULT, true};
        d->dim = (struct style){many ? GREY_256 : few ? CYAN_8 : COLOUR_DEFAULT, false};
        d->good = (struct style){many ? 71 : few ? 2 : COLOUR_DEFAULT, true};
        d->alert = (struct style){many ? 172 : few ? 5 : COLOUR_DEFAULT, true};
        d->mark = (struct style){many ? 37 : few ? CYAN_8 : COLOUR_DEFAULT, true};
}

static void draw_value(struct drawing *d, const char *label,
                       void (*write_words)(const struct view *, char *, size_t)) {
        char text[VIEW_TEXT_MAX];

        write_words(d->view, text, sizeof(text));
        put_text(d->canvas, d->x, d->y, d->dim, label);
        put_text(d->canvas, d->x + LABEL_W, d->y, d->plain, text);
        d->y++;
}

/* A value whose label is followed by its mark on the map. */
static void draw_marked_value(struct drawing *d, struct sign sign, struct style style, const char *label,
                              void (*write_words)(const struct view *, char *, size_t)) {
        put_sign(d->canvas, d->x + LABEL_W - 2, d->y, style, sign);
        draw_value(d, label, write_words);
}

/* -range .. +range with a tick at 0, the value as a dot, one standard deviation to each side as a thick line. */
static void draw_gauge(struct drawing *d, const char *low, const char *high, double value, double sd, double range) {
        static const struct sign thick_line = {0x2501, '='}, line = {0x2500, '-'}, tick = {0x253c, '+'},
                                 dot = {0x25cf, 'o'};
        int middle = GAUGE_W / 2, left = d->x + GAUGE_LABEL_W;

        put_text(d->canvas, d->x, d->y, d->dim, low);
        for (int i = 0; i < GAUGE_W; i++) {
                double at = (i - middle) * range / middle, step = range / middle / 2;
                bool thick = isfinite(value) && sd > 0 && fabs(at - value) <= sd + step;

                put_sign(d->canvas, left + i, d->y, thick ? d->mark : d->dim,
                         thick         ? thick_line
                         : i == middle ? tick
                                       : line);
        }
        if (isfinite(value)) {
                int i = middle + (int)lround(fmax(-1, fmin(1, value / range)) * middle);

                put_sign(d->canvas, left + i, d->y, d->bold, dot);
        }
        put_text(d->canvas, left + GAUGE_W + 1, d->y, d->dim, high);
        d->y++;
}

static void write_centre(const struct view *v, char *ret, size_t size) {
        if (isfinite(v->live.cop_x_mm) && isfinite(v->live.cop_y_mm))
                snprintf(ret, size, "x %+ld, y %+ld mm", lround(v->live.cop_x_mm), lround(v->live.cop_y_mm));
        else
                snprintf(ret, size, "%s", _("unknown"));
}

static void write_mqtt(const struct view *v, char *ret, size_t size) {
        snprintf(ret, size, "%s", v->live.mqtt[0] ? language_translate(v->live.mqtt) : _("off"));
}

static void write_unmeasured(const struct view *v, char *ret, size_t size) {
        snprintf(ret, size, _("not measured: %u"), view_unmeasured(v));
}

static void draw_posture(struct drawing *d) {
        const struct view *v = d->view;
        char text[VIEW_TEXT_MAX];
        int end;

        view_posture_words(v, text, sizeof(text));
        end = put_text(d->canvas, d->x, d->y, d->bold, text);
        if (view_is_sure(v)) {
                snprintf(text, sizeof(text), _("  %.0f %% sure"), v->live.confidence * 100);
                put_text(d->canvas, end, d->y, d->dim, text);
        }
        d->y += 2;
}

static void draw_panel(struct drawing *d) {
        const struct live_values *live = &d->view->live;

        draw_posture(d);
        draw_value(d, _("tilt"), view_tilt_words);
        draw_gauge(d, _("back"), _("front"), live->tilt_deg, live->tilt_sd_deg, 20);
        draw_value(d, _("obliquity"), view_obliquity_words);
        draw_gauge(d, _("left"), _("right"), live->obliquity_deg, live->obliquity_sd_deg, 10);
        draw_value(d, _("balance"), view_balance_words);
        draw_gauge(d, _("left"), _("right"), live->asymmetry, 0, 0.5);
        d->y++;
        draw_value(d, _("seated"), view_seated_words);
        draw_value(d, _("shifts"), view_shifts_words);
        draw_value(d, _("next alert"), view_next_words);
        draw_value(d, _("today"), view_today_words);
        d->y += d->canvas->rows > CANVAS_ROWS_MIN;
        draw_value(d, _("contact"), view_contact_words);
        draw_marked_value(d, cop_sign, d->mark, _("centre"), write_centre);
        draw_marked_value(d, bone_sign, d->mark, _("sit bones"), view_bones_words);
        draw_value(d, _("mat"), view_mat_words);
        if (view_unmeasured(d->view) > 0)
                draw_marked_value(d, unmeasured_sign, d->dim, _("left out"), write_unmeasured);
        draw_value(d, "mqtt", write_mqtt);
}

/* ---- around the map ---- */

static int count_columns(const char *text) {
        return language_columns(text, strlen(text));
}

/* A horizontal side of the frame, n characters between its corners, with a word in the middle. */
static void draw_side(const struct drawing *d, int x, int y, int n, const char *word) {
        static const struct sign line = {0x2500, '-'};
        int room = n - count_columns(word);

        for (int i = 0; i < n + 2; i++)
                put_sign(d->canvas, x + i, y, d->dim, line);
        if (room >= 0)
                put_text(d->canvas, x + 1 + room / 2, y, d->dim, word);
}

static void draw_frame(const struct drawing *d, const struct map_place *p) {
        static const struct sign upright = {0x2502, '|'};
        static const struct sign corners[2][2] = {{{0x256d, '+'}, {0x256e, '+'}}, {{0x2570, '+'}, {0x256f, '+'}}};
        bool placed = d->view->kind != GEOMETRY_UNPLACED;
        int lines = count_map_lines(d->canvas, p);
        int left = p->left - 1, right = p->left + p->wide, top = p->top - 1, bottom = p->top + lines;

        draw_side(d, left, top, p->wide, placed ? _(" front ") : "");
        draw_side(d, left, bottom, p->wide, placed ? _(" back ") : "");
        for (int y = p->top; y < bottom; y++) {
                put_sign(d->canvas, left, y, d->dim, upright);
                put_sign(d->canvas, right, y, d->dim, upright);
        }
        for (int i = 0; i < 4; i++)
                put_sign(d->canvas, i % 2 ? right : left, i / 2 ? bottom : top, d->dim, corners[i / 2][i % 2]);
        if (!placed)
                return;
        put_text(d->canvas, left, p->top + lines / 2, d->dim, "L");
        put_text(d->canvas, right, p->top + lines / 2, d->dim, "R");
}

static void draw_header(const struct drawing *d) {
        const struct view *v = d->view;
        struct canvas *c = d->canvas;
        const char *orientation = v->live.n_cells > 0 && v->kind == GEOMETRY_UNPLACED
                                          ? _("in wire order: the positions of the cells are unknown")
                                          : _("seen from above: front = knees, L = your left");
        int x = put_text(c, 1, 0, d->good, "sitbone"), width = count_columns(orientation);

        if (v->live.seat_name[0]) {
                x = put_text(c, x, 0, d->dim, " · ");
                x = put_text(c, x, 0, d->bold, v->live.seat_name);
        }
        if (x + 2 + width < c->cols)
                put_text(c, c->cols - 1 - width, 0, d->dim, orientation);
}

/* The number of bytes of the text that fit into a row, up to the end of a word. */
static size_t find_row_end(const char *text, int cols) {
        size_t end = strcspn(text, " ");

        for (size_t n = end; text[n]; end = n) {
                n += 1 + strcspn(text + n + 1, " ");
                if (language_columns(text, n) > cols)
                        break;
        }
        return end;
}

/* Writes the alert in the rows above bottom: the title, and the exercise beside it if there is room, otherwise after the
 * reason. */
static void draw_alert(const struct drawing *d, int bottom) {
        const struct live_values *live = &d->view->live;
        const char *dot = live->alert_exercise[0] ? " · " : "";
        const int cols = d->canvas->cols - 2;
        char rest[LIVE_TEXT_MAX + 128], row[LIVE_TEXT_MAX + 128];
        bool beside = count_columns(live->alert_title) + 3 + count_columns(live->alert_exercise) <= cols;
        int y = bottom - 1, x;

        snprintf(rest, sizeof(rest), "%s%s%s", live->alert_reason, beside ? "" : dot,
                 beside ? "" : live->alert_exercise);
        for (const char *t = rest; *t; t += find_row_end(t, cols), t += *t == ' ')
                y--;
        x = put_text(d->canvas, 1, y, d->alert, live->alert_title);
        if (beside) {
                x = put_text(d->canvas, x, y, d->dim, dot);
                put_text(d->canvas, x, y, d->plain, live->alert_exercise);
        }
        for (const char *t = rest; *t; t += *t == ' ') {
                size_t n = find_row_end(t, cols);

                snprintf(row, sizeof(row), "%.*s", (int)n, t);
                put_text(d->canvas, 1, ++y, d->plain, row);
                t += n;
        }
}

static void draw_foot(const struct drawing *d, const char *message, bool keys) {
        struct canvas *c = d->canvas;

        if (d->view->live.alert_title[0])
                draw_alert(d, c->rows - (keys || message[0]));
        if (message[0])
                put_text(c, 1, c->rows - 1, (struct style){d->alert.fg, false}, message);
        else if (keys)
                put_text(c, 1, c->rows - 1, d->dim, _("q quit   s snooze   d done   t tare (seat empty)"));
}

static void draw_too_small(const struct drawing *d) {
        char text[80];

        snprintf(text, sizeof(text), _("%dx%d is too small:"), d->canvas->cols, d->canvas->rows);
        put_text(d->canvas, 0, 0, d->plain, text);
        snprintf(text, sizeof(text), _("at least %dx%d"), CANVAS_COLS_MIN, CANVAS_ROWS_MIN);
        put_text(d->canvas, 0, 1, d->plain, text);
}

void draw_view(struct canvas *c, const struct view *v, const char *message, bool keys) {
        struct drawing d = {.canvas = c, .view = v};
        struct map_place place;
        int cols = c->cols - PANEL_W - 6, lines = c->rows - 3 - FOOT_H + !keys;

        choose_styles(&d);
        clear_canvas(c);
        if (c->cols < CANVAS_COLS_MIN || c->rows < CANVAS_ROWS_MIN) {
                draw_too_small(&d);
                return;
        }
        fit_map(c, v, cols, lines, &place);
        place.left = 2;
        place.top = 2;
        draw_header(&d);
        draw_map(c, v, &place);
        draw_frame(&d, &place);
        d.x = place.left + place.wide + 3;
        d.y = 1;
        draw_panel(&d);
        draw_foot(&d, message, keys);
}
