/* SPDX-License-Identifier: MIT */
#include "tools/sitbonectl/view/draw.h"

#include <math.h>
#include <string.h>

#include "tools/sitbonectl/view/heat_map.h"
#include "util/language.h"

enum { PANEL = 36, LABEL = 12, GAUGE = 21, FOOT = 4 };

enum ink { INK_PLAIN, INK_DIM, INK_GOOD, INK_ALERT, INK_MARK };

/* What matters most has the terminal's own colour, the rest middle tones: readable on a dark and on a light ground. */
static int ink(const struct canvas *c, enum ink which) {
        static const int many[] = {COLOUR_DEFAULT, 244, 71, 172, 37}, few[] = {COLOUR_DEFAULT, 6, 2, 5, 6};

        if (c->look.colours >= 256)
                return many[which];
        return c->look.colours >= 8 ? few[which] : COLOUR_DEFAULT;
}

static void put(struct canvas *c, int x, int y, int fg, bool bold, uint32_t utf8, char ascii) {
        if (x < 0 || y < 0 || x >= c->cols || y >= c->rows)
                return;
        c->at[y * c->cols + x] =
                (struct glyph){c->look.utf8 ? utf8 : (unsigned char)ascii, (int16_t)fg, COLOUR_DEFAULT, bold};
}

static void line_of(struct canvas *c, int x, int y, const char *label,
                    void (*words)(const struct view *, char *, size_t), const struct view *v) {
        char text[VIEW_TEXT_MAX];

        words(v, text, sizeof(text));
        canvas_text(c, x, y, ink(c, INK_DIM), false, label);
        canvas_text(c, x + LABEL, y, ink(c, INK_PLAIN), false, text);
}

/* -range .. +range with a tick at 0, the value as a dot, one standard deviation to each side as a thick line. */
static void gauge(struct canvas *c, int x, int y, double value, double sd, double range) {
        int middle = GAUGE / 2;

        for (int i = 0; i < GAUGE; i++) {
                double at = (i - middle) * range / middle, step = range / middle / 2;
                bool known = isfinite(value), thick = known && sd > 0 && fabs(at - value) <= sd + step;

                if (thick)
                        put(c, x + i, y, ink(c, INK_MARK), true, 0x2501, '=');
                else if (i == middle)
                        put(c, x + i, y, ink(c, INK_DIM), false, 0x253c, '+');
                else
                        put(c, x + i, y, ink(c, INK_DIM), false, 0x2500, '-');
        }
        if (isfinite(value)) {
                int i = middle + (int)lround(fmax(-1, fmin(1, value / range)) * middle);

                put(c, x + i, y, ink(c, INK_PLAIN), true, 0x25cf, 'o');
        }
}

static void gauge_line(struct canvas *c, int x, int y, const char *low, const char *high, double value, double sd,
                       double range) {
        canvas_text(c, x, y, ink(c, INK_DIM), false, low);
        gauge(c, x + 6, y, value, sd, range);
        canvas_text(c, x + 6 + GAUGE + 1, y, ink(c, INK_DIM), false, high);
}

static void obliquity_words(const struct view *v, char *ret, size_t size) {
        view_uncertain_words(v->live.obliquity_deg, v->live.obliquity_sd_deg, _("unknown"), ret, size);
}

static void centre_words(const struct view *v, char *ret, size_t size) {
        if (isfinite(v->live.cop_x_mm) && isfinite(v->live.cop_y_mm))
                snprintf(ret, size, "x %+ld, y %+ld mm", lround(v->live.cop_x_mm), lround(v->live.cop_y_mm));
        else
                snprintf(ret, size, "%s", _("unknown"));
}

static void mqtt_words(const struct view *v, char *ret, size_t size) {
        snprintf(ret, size, "%s", v->live.mqtt[0] ? language_translate(v->live.mqtt) : _("off"));
}

static int headline(struct canvas *c, int x, int y, const struct view *v) {
        char text[VIEW_TEXT_MAX];
        int end;

        view_posture_words(v, text, sizeof(text));
        end = canvas_text(c, x, y, ink(c, INK_PLAIN), true, text);
        if (!view_is_sure(v))
                return y + 2;
        snprintf(text, sizeof(text), _("  %.0f %% sure"), v->live.confidence * 100);
        canvas_text(c, end, y, ink(c, INK_DIM), false, text);
        return y + 2;
}

static int pelvis(struct canvas *c, int x, int y, const struct view *v) {
        line_of(c, x, y++, _("tilt"), view_tilt_words, v);
        gauge_line(c, x, y++, _("back"), _("front"), v->live.tilt_deg, v->live.tilt_sd_deg, 20);
        line_of(c, x, y++, _("obliquity"), obliquity_words, v);
        gauge_line(c, x, y++, _("left"), _("right"), v->live.obliquity_deg, v->live.obliquity_sd_deg, 10);
        line_of(c, x, y++, _("balance"), view_balance_words, v);
        gauge_line(c, x, y++, _("left"), _("right"), v->live.asymmetry, 0, 0.5);
        return y + 1;
}

static void panel(struct canvas *c, int x, int y, const struct view *v) {
        y = headline(c, x, y, v);
        y = pelvis(c, x, y, v);
        line_of(c, x, y++, _("seated"), view_seated_words, v);
        line_of(c, x, y++, _("next alert"), view_next_words, v);
        line_of(c, x, y++, _("today"), view_today_words, v);
        y += c->rows > CANVAS_ROWS_MIN + 1;
        line_of(c, x, y++, _("contact"), view_contact_words, v);
        put(c, x + LABEL - 2, y, ink(c, INK_MARK), true, MARK_COP, 'X');
        line_of(c, x, y++, _("centre"), centre_words, v);
        put(c, x + LABEL - 2, y, ink(c, INK_MARK), true, MARK_BONE, 'O');
        line_of(c, x, y++, _("sit bones"), view_bones_words, v);
        line_of(c, x, y++, _("mat"), view_mat_words, v);
        if (view_unmeasured(v) > 0) {
                put(c, x + LABEL - 2, y, ink(c, INK_DIM), false, MARK_UNMEASURED, 'x');
                line_of(c, x, y++, _("left out"), view_unmeasured_words, v);
        }
        line_of(c, x, y, "mqtt", mqtt_words, v);
}

static void across(struct canvas *c, int x, int y, int n, const char *word) {
        int room = n - (int)strlen(word);

        for (int i = 0; i < n + 2; i++)
                put(c, x + i, y, ink(c, INK_DIM), false, 0x2500, '-');
        if (room >= 0)
                canvas_text(c, x + 1 + room / 2, y, ink(c, INK_DIM), false, word);
}

static void frame(struct canvas *c, const struct map_place *p, bool placed) {
        int lines = map_lines(c, p), right = p->left + p->wide, bottom = p->top + lines;

        across(c, p->left - 1, p->top - 1, p->wide, placed ? _(" front ") : "");
        across(c, p->left - 1, bottom, p->wide, placed ? _(" back ") : "");
        for (int y = p->top; y < bottom; y++) {
                put(c, p->left - 1, y, ink(c, INK_DIM), false, 0x2502, '|');
                put(c, right, y, ink(c, INK_DIM), false, 0x2502, '|');
        }
        put(c, p->left - 1, p->top - 1, ink(c, INK_DIM), false, 0x256d, '+');
        put(c, right, p->top - 1, ink(c, INK_DIM), false, 0x256e, '+');
        put(c, p->left - 1, bottom, ink(c, INK_DIM), false, 0x2570, '+');
        put(c, right, bottom, ink(c, INK_DIM), false, 0x256f, '+');
        if (!placed)
                return;
        put(c, p->left - 1, p->top + lines / 2, ink(c, INK_DIM), false, 'L', 'L');
        put(c, right, p->top + lines / 2, ink(c, INK_DIM), false, 'R', 'R');
}

static void header(struct canvas *c, const struct view *v) {
        const char *where = v->live.n_cells > 0 && v->kind == GEOMETRY_UNPLACED
                                    ? _("in wire order: where the cells lie is unknown")
                                    : _("seen from above: front = knees, L = your left");
        int x = canvas_text(c, 1, 0, ink(c, INK_GOOD), true, "sitbone");

        if (v->live.seat_name[0]) {
                x = canvas_text(c, x, 0, ink(c, INK_DIM), false, " · ");
                x = canvas_text(c, x, 0, ink(c, INK_PLAIN), true, v->live.seat_name);
        }
        if (x + 2 + (int)strlen(where) < c->cols)
                canvas_text(c, c->cols - 1 - (int)strlen(where), 0, ink(c, INK_DIM), false, where);
}

static void foot(struct canvas *c, const struct view *v, const char *message, bool keys) {
        int y = c->rows - (keys || message[0] ? 3 : 2), x;

        if (v->live.alert_title[0]) {
                x = canvas_text(c, 1, y, ink(c, INK_ALERT), true, v->live.alert_title);
                x = canvas_text(c, x, y, ink(c, INK_DIM), false, v->live.alert_exercise[0] ? " · " : "");
                canvas_text(c, x, y, ink(c, INK_PLAIN), false, v->live.alert_exercise);
                canvas_text(c, 1, y + 1, ink(c, INK_PLAIN), false, v->live.alert_reason);
        }
        if (message[0])
                canvas_text(c, 1, c->rows - 1, ink(c, INK_ALERT), false, message);
        else if (keys)
                canvas_text(c, 1, c->rows - 1, ink(c, INK_DIM), false,
                            _("q quit   s snooze   d done   t tare (seat empty)"));
}

static void too_small(struct canvas *c) {
        char text[80];

        snprintf(text, sizeof(text), _("%dx%d is too small:"), c->cols, c->rows);
        canvas_text(c, 0, 0, COLOUR_DEFAULT, false, text);
        snprintf(text, sizeof(text), _("at least %dx%d"), CANVAS_COLS_MIN, CANVAS_ROWS_MIN);
        canvas_text(c, 0, 1, COLOUR_DEFAULT, false, text);
}

void draw_view(struct canvas *c, const struct view *v, const char *message, bool keys) {
        struct map_place place;
        int cols = c->cols - PANEL - 6, lines = c->rows - 3 - FOOT + !keys;

        canvas_clear(c);
        if (c->cols < CANVAS_COLS_MIN || c->rows < CANVAS_ROWS_MIN) {
                too_small(c);
                return;
        }
        map_fit(c, v, cols, lines, &place);
        place.left = 2;
        place.top = 2;
        header(c, v);
        map_draw(c, v, &place);
        frame(c, &place, v->kind != GEOMETRY_UNPLACED);
        panel(c, place.left + place.wide + 3, 1, v);
        foot(c, v, message, keys);
}
