/* SPDX-License-Identifier: MIT */
/* The view as one SVG: the same values, words and palette as in the terminal. Plain fprintf; no number is drawn that
 * the view does not hold. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tools/sitbonectl/view/draw.h"
#include "util/language.h"

enum { MAP_SIDE = 416, MAP_LEFT = 40, MAP_TOP = 64, PANEL_LEFT = 520, WIDTH = 900, HEIGHT = 540, GAUGE = 280 };

/* Text of others (seat name, MQTT status) may hold anything. */
static void escaped(FILE *f, const char *text) {
        for (; *text; text++) {
                if (*text == '<' || *text == '>' || *text == '&' || *text == '"')
                        fprintf(f, "&#%d;", *text);
                else if ((unsigned char)*text >= ' ')
                        fputc(*text, f);
        }
}

static void text_at(FILE *f, double x, double y, const char *class, const char *text) {
        fprintf(f, "<text x=\"%.1f\" y=\"%.1f\" class=\"%s\">", x, y, class);
        escaped(f, text);
        fputs("</text>\n", f);
}

struct placed {
        FILE *f;
        const struct view *v;
        struct view_extent e;
        double left, top, scale; /* pixels, pixels, pixels per mm */
};

static double to_x(const struct placed *p, double x_mm) {
        return p->left + (x_mm - p->e.middle_x_mm + p->e.width_mm / 2) * p->scale;
}

static double to_y(const struct placed *p, double y_mm) {
        return p->top + (p->e.middle_y_mm + p->e.height_mm / 2 - y_mm) * p->scale;
}

/* Middle of cell i in mm, also for cells that only have a place in the block. */
static void cell_middle(const struct view *v, uint32_t i, double *ret_x, double *ret_y) {
        uint32_t cols = view_cols(v), row = i / cols, col = i % cols;

        *ret_x = v->x_mm[i];
        *ret_y = v->y_mm[i];
        if (v->kind == GEOMETRY_SCATTERED)
                return;
        if (v->kind == GEOMETRY_UNPLACED) /* first cell at the top left */
                row = view_rows(v) - 1 - row;
        *ret_x = (col + 0.5 - cols / 2.0) * v->live.pitch_x_mm;
        *ret_y = (row + 0.5 - view_rows(v) / 2.0) * v->live.pitch_y_mm;
}

static void draw_unmeasured(const struct placed *p, double x_mm, double y_mm, double dx, double dy) {
        double x = to_x(p, x_mm), y = to_y(p, y_mm);

        fprintf(p->f, "<path d=\"M%.1f %.1fL%.1f %.1fM%.1f %.1fL%.1f %.1f\" class=\"axis\"/>\n", x - dx, y - dy,
                x + dx, y + dy, x - dx, y + dy, x + dx, y - dy);
}

static void draw_cells(const struct placed *p) {
        double wide = p->v->live.pitch_x_mm * p->scale, high = p->v->live.pitch_y_mm * p->scale,
               gap = fmin(wide, high) * 0.06;

        for (uint32_t i = 0; i < p->v->live.n_cells; i++) {
                unsigned char rgb[3];
                double x, y;

                cell_middle(p->v, i, &x, &y);
                if (isnan(p->v->level[i])) {
                        draw_unmeasured(p, x, y, wide / 5, high / 5);
                        continue;
                }
                palette_rgb(view_shade(p->v, p->v->level[i]), rgb);
                fprintf(p->f,
                        "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" rx=\"%.1f\" "
                        "fill=\"#%02x%02x%02x\"/>\n",
                        to_x(p, x) - wide / 2 + gap, to_y(p, y) - high / 2 + gap, wide - 2 * gap, high - 2 * gap,
                        gap * 3, rgb[0], rgb[1], rgb[2]);
        }
}

static void draw_bone(const struct placed *p, const double mm[2]) {
        if (!isfinite(mm[0]) || !isfinite(mm[1]))
                return;
        for (int i = 0; i < 2; i++)
                fprintf(p->f, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"11\" class=\"%s\"/>\n", to_x(p, mm[0]),
                        to_y(p, mm[1]), i ? "bone" : "halo");
}

static void draw_cop(const struct placed *p) {
        double x, y;

        if (!isfinite(p->v->live.cop_x_mm) || !isfinite(p->v->live.cop_y_mm))
                return;
        x = to_x(p, p->v->live.cop_x_mm);
        y = to_y(p, p->v->live.cop_y_mm);
        for (int i = 0; i < 2; i++)
                fprintf(p->f, "<path d=\"M%.1f %.1fh18M%.1f %.1fv18\" class=\"%s\"/>\n", x - 9, y, x, y - 9,
                        i ? "cop" : "halo");
}

static void draw_map(FILE *f, const struct view *v) {
        struct placed p = {.f = f, .v = v, .e = view_extent(v)};
        double wide, high;
        bool placed = v->kind != GEOMETRY_UNPLACED;

        p.scale = MAP_SIDE / fmax(p.e.width_mm, p.e.height_mm);
        wide = p.e.width_mm * p.scale;
        high = p.e.height_mm * p.scale;
        p.left = MAP_LEFT + (MAP_SIDE - wide) / 2;
        p.top = MAP_TOP + (MAP_SIDE - high) / 2;
        fprintf(f, "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" rx=\"14\" class=\"mat\"/>\n",
                p.left - 8, p.top - 8, wide + 16, high + 16);
        draw_cells(&p);
        text_at(f, MAP_LEFT + MAP_SIDE / 2.0, p.top - 16, "dim middle",
                placed ? _("front (knees)") : _("in wire order"));
        text_at(f, MAP_LEFT + MAP_SIDE / 2.0, p.top + high + 26, "dim middle",
                placed ? _("back (backrest)") : _("positions unknown"));
        if (!placed)
                return;
        text_at(f, p.left - 22, p.top + high / 2, "dim middle", "L");
        text_at(f, p.left + wide + 22, p.top + high / 2, "dim middle", "R");
        draw_bone(&p, v->live.sit_bones.of);
        draw_bone(&p, v->live.sit_bones.of + 2);
        draw_cop(&p);
}

static double row_words(FILE *f, double y, const char *label, void (*words)(const struct view *, char *, size_t),
                        const struct view *v) {
        char text[VIEW_TEXT_MAX];

        words(v, text, sizeof(text));
        text_at(f, PANEL_LEFT, y, "dim", label);
        text_at(f, PANEL_LEFT + 100, y, "plain", text);
        return y + 24;
}

static double gauge(FILE *f, double y, const char *low, const char *high, double value, double sd, double range) {
        double left = PANEL_LEFT + 36, middle = left + GAUGE / 2.0, scale = GAUGE / 2.0 / range;

        text_at(f, PANEL_LEFT, y, "small", low);
        text_at(f, left + GAUGE + 10, y, "small", high);
        y -= 4;
        fprintf(f, "<path d=\"M%.1f %.1fh%dM%.1f %.1fv12\" class=\"axis\"/>\n", left, y, GAUGE, middle, y - 6);
        if (isfinite(value) && isfinite(sd) && sd > 0) {
                double from = fmax(-range, value - sd), to = fmin(range, value + sd);

                if (to > from)
                        fprintf(f, "<path d=\"M%.1f %.1fH%.1f\" class=\"band\"/>\n", middle + from * scale, y,
                                middle + to * scale);
        }
        if (isfinite(value))
                fprintf(f, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"6\" class=\"dot\"/>\n",
                        middle + fmax(-range, fmin(range, value)) * scale, y);
        return y + 34;
}

static void obliquity_words(const struct view *v, char *ret, size_t size) {
        view_uncertain_words(v->live.obliquity_deg, v->live.obliquity_sd_deg, _("unknown"), ret, size);
}

static double draw_headline(FILE *f, const struct view *v) {
        char text[VIEW_TEXT_MAX];

        view_posture_words(v, text, sizeof(text));
        text_at(f, PANEL_LEFT, 84, "posture", text);
        if (view_is_sure(v)) {
                snprintf(text, sizeof(text), _("%.0f %% sure"), v->live.confidence * 100);
                text_at(f, PANEL_LEFT, 106, "dim", text);
        }
        return 142;
}

static void draw_panel(FILE *f, const struct view *v) {
        double y = draw_headline(f, v);

        y = row_words(f, y, _("tilt"), view_tilt_words, v);
        y = gauge(f, y, _("back"), _("front"), v->live.tilt_deg, v->live.tilt_sd_deg, 20);
        y = row_words(f, y, _("obliquity"), obliquity_words, v);
        y = gauge(f, y, _("left"), _("right"), v->live.obliquity_deg, v->live.obliquity_sd_deg, 10);
        y = row_words(f, y, _("balance"), view_balance_words, v);
        y = gauge(f, y, _("left"), _("right"), v->live.asymmetry, 0, 0.5) + 8;
        y = row_words(f, y, _("seated"), view_seated_words, v);
        y = row_words(f, y, _("next alert"), view_next_words, v);
        y = row_words(f, y, _("today"), view_today_words, v);
        y = row_words(f, y, _("contact"), view_contact_words, v);
        row_words(f, y, _("sit bones"), view_bones_words, v);
}

static void draw_foot(FILE *f, const struct view *v) {
        char text[VIEW_TEXT_MAX + LIVE_WORD_MAX + 8];

        text_at(f, PANEL_LEFT, HEIGHT - 22, "small",
                view_unmeasured(v) > 0 ? _("cross: centre of pressure; circles: sit bones; x: not measured")
                                       : _("cross: centre of pressure; circles: sit bones"));
        if (!v->live.alert_title[0])
                return;
        fprintf(f, "<rect x=\"0\" y=\"%d\" width=\"%d\" height=\"56\" class=\"alert\"/>\n", HEIGHT, WIDTH);
        text_at(f, MAP_LEFT - 8, HEIGHT + 24, "title", v->live.alert_title);
        snprintf(text, sizeof(text), "%s%s%s", v->live.alert_reason, v->live.alert_exercise[0] ? " · " : "",
                 v->live.alert_exercise);
        text_at(f, MAP_LEFT - 8, HEIGHT + 44, "plain", text);
}

static void draw_head(FILE *f, const struct view *v) {
        int height = v->live.alert_title[0] ? HEIGHT + 56 : HEIGHT;

        fprintf(f, "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\">\n",
                WIDTH, height, WIDTH, height);
        fputs("<style>\n"
              "text{font-family:'DejaVu Sans','Noto Sans',sans-serif;font-size:15px;fill:#d0d0d0}\n"
              ".dim{fill:#8a8a8a}.small{fill:#8a8a8a;font-size:12px}.middle{text-anchor:middle}\n"
              ".posture{font-size:24px;font-weight:bold;fill:#f0f0f0}.title{font-weight:bold;fill:#ffaf5f}\n"
              ".card{fill:#121212}.mat{fill:#0a0a0a;stroke:#3a3a3a}.alert{fill:#2a1e10}\n"
              ".axis{stroke:#4e4e4e;stroke-width:2;fill:none}.dot{fill:#ffffff}\n"
              ".band{stroke:#5fd7d7;stroke-width:7;stroke-linecap:round;opacity:.75}\n"
              ".halo{fill:none;stroke:#000000;stroke-width:6;opacity:.55}\n"
              ".bone{fill:none;stroke:#ffffff;stroke-width:2.5}.cop{fill:none;stroke:#5fffff;stroke-width:3}\n"
              "</style>\n",
              f);
        fprintf(f, "<rect width=\"%d\" height=\"%d\" rx=\"18\" class=\"card\"/>\n", WIDTH, height);
        text_at(f, PANEL_LEFT, 36, "dim", v->live.seat_name[0] ? v->live.seat_name : "sitbone");
}

int view_write_svg(const char *path, const struct view *v) {
        FILE *f = fopen(path, "we");
        bool failed;

        if (!f)
                return -errno;
        draw_head(f, v);
        draw_map(f, v);
        draw_panel(f, v);
        draw_foot(f, v);
        fputs("</svg>\n", f);
        failed = ferror(f) != 0;
        if (fclose(f) != 0)
                return -errno;
        return failed ? -EIO : 0;
}
