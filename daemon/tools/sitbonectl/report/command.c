/* SPDX-License-Identifier: MIT */
#include "tools/sitbonectl/report/draw.h"

#include <cairo-svg.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "util/file.h"
#include "util/language.h"

enum { PNG_SCALE = 2, PAGE_MODE = 0644 };

/* What cairo writes, in memory: a file is there as a whole or not at all. */
struct page {
        char *bytes;
        size_t n;
};

static cairo_status_t append(void *userdata, const unsigned char *bytes, unsigned n) {
        struct page *p = userdata;
        char *more = realloc(p->bytes, p->n + n + 1);

        if (!more)
                return CAIRO_STATUS_NO_MEMORY;
        p->bytes = more;
        memcpy(more + p->n, bytes, n);
        p->n += n;
        more[p->n] = '\0';
        return CAIRO_STATUS_SUCCESS;
}

static cairo_status_t add_text(struct page *p, const char *text) {
        return append(p, (const unsigned char *)text, (unsigned)strlen(text));
}

static cairo_status_t draw_on(cairo_surface_t *surface, double scale, const struct history *h) {
        cairo_t *c = cairo_create(surface);
        cairo_status_t status;

        cairo_scale(c, scale, scale);
        report_draw(c, h);
        status = cairo_status(c);
        cairo_destroy(c);
        return status;
}

static cairo_status_t make_svg(const struct history *h, struct page *p) {
        cairo_surface_t *s = cairo_svg_surface_create_for_stream(append, p, REPORT_WIDTH, report_height(h));
        cairo_status_t status;

        cairo_svg_surface_set_document_unit(s, CAIRO_SVG_UNIT_PX);
        status = draw_on(s, 1, h);
        cairo_surface_finish(s);
        if (status == CAIRO_STATUS_SUCCESS)
                status = cairo_surface_status(s);
        cairo_surface_destroy(s);
        return status;
}

static cairo_status_t make_png(const struct history *h, struct page *p) {
        cairo_surface_t *s = cairo_image_surface_create(CAIRO_FORMAT_RGB24, REPORT_WIDTH * PNG_SCALE,
                                                        (int)(report_height(h) * PNG_SCALE));
        cairo_status_t status = draw_on(s, PNG_SCALE, h);

        if (status == CAIRO_STATUS_SUCCESS)
                status = cairo_surface_write_to_png_stream(s, append, p);
        cairo_surface_destroy(s);
        return status;
}

/* The picture inside a page: no script, nothing fetched. */
static cairo_status_t make_html(const struct history *h, struct page *p) {
        struct page svg = {0};
        cairo_status_t status = make_svg(h, &svg);
        const char *from = svg.bytes ? strstr(svg.bytes, "<svg") : NULL;

        if (status == CAIRO_STATUS_SUCCESS && !from)
                status = CAIRO_STATUS_WRITE_ERROR;
        if (status == CAIRO_STATUS_SUCCESS)
                status = add_text(p, "<!doctype html>\n<html lang=\"");
        if (status == CAIRO_STATUS_SUCCESS)
                status = add_text(p, *language_chosen() ? language_chosen() : "en");
        if (status == CAIRO_STATUS_SUCCESS)
                status = add_text(p, "\"><meta charset=\"utf-8\">\n"
                                     "<meta name=\"viewport\" content=\"width=device-width\">\n<title>");
        if (status == CAIRO_STATUS_SUCCESS)
                status = add_text(p, _("What the seat saw"));
        if (status == CAIRO_STATUS_SUCCESS)
                status = add_text(p, ": ");
        if (status == CAIRO_STATUS_SUCCESS)
                status = add_text(p, h->period.title);
        if (status == CAIRO_STATUS_SUCCESS)
                status =
                        add_text(p, "</title>\n<style>body { margin: 0; background: #eef0f2 } "
                                    "svg { display: block; margin: 24px auto; width: min(100%, 1100px); height: auto; "
                                    "box-shadow: 0 1px 8px #0002 }</style>\n");
        if (status == CAIRO_STATUS_SUCCESS)
                status = add_text(p, from);
        if (status == CAIRO_STATUS_SUCCESS)
                status = add_text(p, "</html>\n");
        free(svg.bytes);
        return status;
}

static bool ends_with(const char *text, const char *end) {
        size_t n = strlen(text), m = strlen(end);

        return n > m && strcmp(text + n - m, end) == 0;
}

static int write_page(const struct history *h, const char *path) {
        struct page page = {0};
        cairo_status_t status;
        int r = 0;

        if (ends_with(path, ".png"))
                status = make_png(h, &page);
        else if (ends_with(path, ".html"))
                status = make_html(h, &page);
        else
                status = make_svg(h, &page);
        if (status == CAIRO_STATUS_SUCCESS)
                r = file_write_atomically(path, page.bytes, page.n, PAGE_MODE);
        free(page.bytes);
        if (status != CAIRO_STATUS_SUCCESS)
                complain("%s: %s", path, cairo_status_to_string(status));
        else if (r < 0)
                complain("cannot write %s: %s", path, strerror(-r));
        return status == CAIRO_STATUS_SUCCESS && r >= 0 ? STATUS_DONE : STATUS_FAILED;
}

static int run_report(const struct options *options) {
        const char *path = options->output, *text = options->period ? options->period : "week";
        struct history_period period;
        struct history *h;
        sqlite3 *db;
        int status;

        if (!path || !(ends_with(path, ".svg") || ends_with(path, ".png") || ends_with(path, ".html"))) {
                if (path)
                        complain(_("report --output %s: must end in .svg, .png or .html"), path);
                else
                        complain(_("report: say --output FILE.svg, FILE.png or FILE.html"));
                return STATUS_USAGE;
        }
        if (!history_period_parse(text, NULL, &period))
                return STATUS_USAGE;
        status = history_open(options, &db);
        if (status != STATUS_DONE)
                return status;
        h = calloc(1, sizeof(*h));
        if (h && history_period_parse(text, db, &period))
                status = history_load(db, &period, h);
        else
                status = STATUS_FAILED;
        if (status == STATUS_DONE) {
                history_name(h, options->config);
                status = write_page(h, path);
        }
        if (h)
                history_unload(h);
        free(h);
        sqlite3_close(db);
        return status;
}

const struct ctl_command report_command = {
        .name = "report",
        .arguments = "",
        .summary = "write the history as a page in one file",
        .examples = "  sitbonectl report --output week.png\n"
                    "  sitbonectl report --output november.html --period 2026-11-01..2026-11-30\n",
        .options = {{"output", "file to write: .svg, .png or .html"},
                    {"period", "as for history (default: week)"},
                    {"file"},
                    {"seat", "history of sitboned@ID"},
                    {"config", "settings with the exercises by name (default: the installed ones)"}},
        .run = run_report,
};
