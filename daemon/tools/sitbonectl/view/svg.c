/* SPDX-License-Identifier: MIT */
/* The view as one SVG picture: the same values, words and palette as in the terminal. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tools/sitbonectl/view/svg_canvas.h"
#include "tools/sitbonectl/view/values.h"
#include "util/language.h"

enum {
        MAP_SIDE = 416,
        MAP_LEFT = 40,
        MAP_TOP = 64,
        PANEL_LEFT = 520,
        WIDTH = 900,
        HEIGHT = 540,
        ALERT_HEIGHT = 56,
        GAUGE = 280 /* width */
};

static const char STYLE[] =
        "text{font-family:'DejaVu Sans','Noto Sans',sans-serif;font-size:15px;fill:#d0d0d0}\n"
        ".dim{fill:#8a8a8a}.small{fill:#8a8a8a;font-size:12px}.middle{text-anchor:middle}\n"
        ".posture{font-size:24px;font-weight:bold;fill:#f0f0f0}.title{font-weight:bold;fill:#ffaf5f}\n"
        ".card{fill:#121212}.mat{fill:#0a0a0a;stroke:#3a3a3a}.alert{fill:#2a1e10}\n"
        ".axis{stroke:#4e4e4e;stroke-width:2;fill:none}.dot{fill:#ffffff}\n"
        ".band{stroke:#5fd7d7;stroke-width:7;stroke-linecap:round;opacity:.75}\n"
        ".halo{fill:none;stroke:#000000;stroke-width:6;opacity:.55}\n"
        ".bone{fill:none;stroke:#ffffff;stroke-width:2.5}.cop{fill:none;stroke:#5fffff;stroke-width:3}\n";

/* The map of the seat on the picture. */
struct map_picture {
        struct svg *svg;
        const struct view *v;
        struct view_extent extent;
        double left, top, scale; /* pixels, pixels, pixels per mm */
};

static double to_x(const struct map_picture *p, double x_mm) {
        return p->left + (x_mm - p->extent.middle_x_mm + p->extent.width_mm / 2) * p->scale;
}

static double to_y(const struct map_picture *p, double y_mm) {
        return p->top + (p->extent.middle_y_mm + p->extent.height_mm / 2 - y_mm) * p->scale;
}

/* The middle of cell i in mm; for cells without positions, in the block in which they are shown. */
static void find_cell_middle(const struct view *v, uint32_t i, double *ret_x, double *ret_y) {
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

static void draw_unmeasured(const struct map_picture *p, double x_mm, double y_mm, double dx, double dy) {
        double x = to_x(p, x_mm), y = to_y(p, y_mm);

        svg_path(p->svg, "axis", "M%.1f %.1fL%.1f %.1fM%.1f %.1fL%.1f %.1f", x - dx, y - dy, x + dx, y + dy, x - dx,
                 y + dy, x + dx, y - dy);
}

static void interpolate_palette(float shade, unsigned char ret[3]) {
        float at = shade > 0 ? shade * (VIEW_PALETTE_N - 1) : 0, part;
        int i = (int)at;

        if (i > VIEW_PALETTE_N - 2)
                i = VIEW_PALETTE_N - 2;
        part = at - (float)i;
        for (int k = 0; k < 3; k++) {
                float a = view_palette[i].rgb[k], b = view_palette[i + 1].rgb[k];

                ret[k] = (unsigned char)(a + (b - a) * (part > 1 ? 1 : part) + 0.5f);
        }
}

static void draw_cells(const struct map_picture *p) {
        double wide = p->v->live.pitch_x_mm * p->scale, high = p->v->live.pitch_y_mm * p->scale,
               gap = fmin(wide, high) * 0.06;

        for (uint32_t i = 0; i < p->v->live.n_cells; i++) {
                unsigned char rgb[3];
                double x, y;

                find_cell_middle(p->v, i, &x, &y);
                if (isnan(p->v->level[i])) {
                        draw_unmeasured(p, x, y, wide / 5, high / 5);
                        continue;
                }
                interpolate_palette(view_shade(p->v, p->v->level[i]), rgb);
                svg_coloured_rectangle(p->svg,
                                       (struct svg_box){to_x(p, x) - wide / 2 + gap, to_y(p, y) - high / 2 + gap,
                                                        wide - 2 * gap, high - 2 * gap},
                                       gap * 3, rgb);
        }
}

static void draw_bone(const struct map_picture *p, const double mm[2]) {
        if (!isfinite(mm[0]) || !isfinite(mm[1]))
                return;
        for (int i = 0; i < 2; i++)
                svg_circle(p->svg, to_x(p, mm[0]), to_y(p, mm[1]), 11, i ? "bone" : "halo");
}

static void draw_cop(const struct map_picture *p) {
        double x, y;

        if (!isfinite(p->v->live.cop_x_mm) || !isfinite(p->v->live.cop_y_mm))
                return;
        x = to_x(p, p->v->live.cop_x_mm);
        y = to_y(p, p->v->live.cop_y_mm);
        for (int i = 0; i < 2; i++)
                svg_path(p->svg, i ? "cop" : "halo", "M%.1f %.1fh18M%.1f %.1fv18", x - 9, y, x, y - 9);
}

static void draw_map(struct svg *svg, const struct view *v) {
        struct map_picture p = {.svg = svg, .v = v, .extent = view_extent(v)};
        double wide, high;
        bool placed = v->kind != GEOMETRY_UNPLACED;

        p.scale = MAP_SIDE / fmax(p.extent.width_mm, p.extent.height_mm);
        wide = p.extent.width_mm * p.scale;
        high = p.extent.height_mm * p.scale;
        p.left = MAP_LEFT + (MAP_SIDE - wide) / 2;
        p.top = MAP_TOP + (MAP_SIDE - high) / 2;
        svg_rectangle(svg, (struct svg_box){p.left - 8, p.top - 8, wide + 16, high + 16}, 14, "mat");
        draw_cells(&p);
        svg_text(svg, MAP_LEFT + MAP_SIDE / 2.0, p.top - 16, "dim middle",
                 placed ? _("front (knees)") : _("in wire order"));
        svg_text(svg, MAP_LEFT + MAP_SIDE / 2.0, p.top + high + 26, "dim middle",
                 placed ? _("back (backrest)") : _("positions unknown"));
        if (!placed)
                return;
        svg_text(svg, p.left - 22, p.top + high / 2, "dim middle", "L");
        svg_text(svg, p.left + wide + 22, p.top + high / 2, "dim middle", "R");
        draw_bone(&p, v->live.sit_bones.of);
        draw_bone(&p, v->live.sit_bones.of + 2);
        draw_cop(&p);
}

static double draw_row(struct svg *svg, double y, const char *label,
                       void (*words)(const struct view *, char *, size_t), const struct view *v) {
        char text[VIEW_TEXT_MAX];

        words(v, text, sizeof(text));
        svg_text(svg, PANEL_LEFT, y, "dim", label);
        svg_text(svg, PANEL_LEFT + 100, y, "plain", text);
        return y + 24;
}

/* A scale from -range to range around its middle, with the words at its ends. */
struct gauge {
        const char *low, *high;
        double range;
};

/* value NAN: only the scale. sd > 0: with a band of one standard deviation. */
static double draw_gauge(struct svg *svg, double y, const struct gauge *gauge, double value, double sd) {
        double left = PANEL_LEFT + 36, middle = left + GAUGE / 2.0, scale = GAUGE / 2.0 / gauge->range;

        svg_text(svg, PANEL_LEFT, y, "small", gauge->low);
        svg_text(svg, left + GAUGE + 10, y, "small", gauge->high);
        y -= 4;
        svg_path(svg, "axis", "M%.1f %.1fh%dM%.1f %.1fv12", left, y, GAUGE, middle, y - 6);
        if (isfinite(value) && isfinite(sd) && sd > 0) {
                double from = fmax(-gauge->range, value - sd), to = fmin(gauge->range, value + sd);

                if (to > from)
                        svg_path(svg, "band", "M%.1f %.1fH%.1f", middle + from * scale, y, middle + to * scale);
        }
        if (isfinite(value))
                svg_circle(svg, middle + fmax(-gauge->range, fmin(gauge->range, value)) * scale, y, 6, "dot");
        return y + 34;
}

static double draw_headline(struct svg *svg, const struct view *v) {
        char text[VIEW_TEXT_MAX];

        view_posture_words(v, text, sizeof(text));
        svg_text(svg, PANEL_LEFT, 84, "posture", text);
        if (view_is_sure(v)) {
                snprintf(text, sizeof(text), _("%.0f %% sure"), v->live.confidence * 100);
                svg_text(svg, PANEL_LEFT, 106, "dim", text);
        }
        return 142;
}

static void draw_panel(struct svg *svg, const struct view *v) {
        const struct gauge tilt = {_("back"), _("front"), 20}, obliquity = {_("left"), _("right"), 10},
                           balance = {_("left"), _("right"), 0.5};
        double y = draw_headline(svg, v);

        y = draw_row(svg, y, _("tilt"), view_tilt_words, v);
        y = draw_gauge(svg, y, &tilt, v->live.tilt_deg, v->live.tilt_sd_deg);
        y = draw_row(svg, y, _("obliquity"), view_obliquity_words, v);
        y = draw_gauge(svg, y, &obliquity, v->live.obliquity_deg, v->live.obliquity_sd_deg);
        y = draw_row(svg, y, _("balance"), view_balance_words, v);
        y = draw_gauge(svg, y, &balance, v->live.asymmetry, 0) + 8;
        y = draw_row(svg, y, _("seated"), view_seated_words, v);
        y = draw_row(svg, y, _("next alert"), view_next_words, v);
        y = draw_row(svg, y, _("today"), view_today_words, v);
        y = draw_row(svg, y, _("contact"), view_contact_words, v);
        draw_row(svg, y, _("sit bones"), view_bones_words, v);
}

static void draw_foot(struct svg *svg, const struct view *v) {
        char text[VIEW_TEXT_MAX + LIVE_WORD_MAX + 8];

        svg_text(svg, PANEL_LEFT, HEIGHT - 22, "small",
                 view_unmeasured(v) > 0 ? _("cross: centre of pressure; circles: sit bones; x: not measured")
                                        : _("cross: centre of pressure; circles: sit bones"));
        if (!v->live.alert_title[0])
                return;
        svg_rectangle(svg, (struct svg_box){0, HEIGHT, WIDTH, ALERT_HEIGHT}, 0, "alert");
        svg_text(svg, MAP_LEFT - 8, HEIGHT + 24, "title", v->live.alert_title);
        snprintf(text, sizeof(text), "%s%s%s", v->live.alert_reason, v->live.alert_exercise[0] ? " · " : "",
                 v->live.alert_exercise);
        svg_text(svg, MAP_LEFT - 8, HEIGHT + 44, "plain", text);
}

static void draw_page(struct svg *svg, const struct view *v, int height) {
        svg_rectangle(svg, (struct svg_box){0, 0, WIDTH, height}, 18, "card");
        svg_text(svg, PANEL_LEFT, 36, "dim", v->live.seat_name[0] ? v->live.seat_name : "sitbone");
        draw_map(svg, v);
        draw_panel(svg, v);
        draw_foot(svg, v);
}

static int write_file(const char *path, const char *text, size_t n) {
        FILE *f = fopen(path, "we");
        bool failed;

        if (!f)
                return -errno;
        failed = fwrite(text, 1, n, f) != n;
        if (fclose(f) != 0)
                return -errno;
        return failed ? -EIO : 0;
}

int view_write_svg(const char *path, const struct view *v) {
        int height = v->live.alert_title[0] ? HEIGHT + ALERT_HEIGHT : HEIGHT;
        struct svg svg;
        int r = svg_begin(&svg, WIDTH, height, STYLE);

        if (r < 0)
                return r;
        draw_page(&svg, v, height);
        r = svg_end(&svg);
        if (r == 0)
                r = write_file(path, svg.text, svg.n);
        free(svg.text);
        return r;
}
