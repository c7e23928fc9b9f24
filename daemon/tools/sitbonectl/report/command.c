/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tools/sitbonectl/history/load.h"
#include "tools/sitbonectl/report/page.h"
#include "tools/sitbonectl/report/png.h"
#include "util/file.h"
#include "util/language.h"

enum { PAGE_MODE = 0644 };

struct bytes {
        char *of; /* malloc'd */
        size_t n;
};

static int refuse_page(int error) {
        complain(_("cannot draw the report: %s"), strerror(-error));
        return STATUS_FAILED;
}

static int make_svg(const struct history *h, struct bytes *ret) {
        struct svg svg;
        int r = report_draw_page(h, &svg);

        if (r < 0)
                return refuse_page(r);
        *ret = (struct bytes){svg.text, svg.n};
        return STATUS_DONE;
}

/* A page around the picture; it contains no script and fetches nothing. */
static int make_html(const struct history *h, struct bytes *ret) {
        struct svg svg;
        int r = report_draw_page(h, &svg);
        FILE *f = r < 0 ? NULL : open_memstream(&ret->of, &ret->n);

        if (!f)
                return refuse_page(r < 0 ? r : -errno);
        fprintf(f,
                "<!doctype html>\n<html lang=\"%s\"><meta charset=\"utf-8\">\n"
                "<meta name=\"viewport\" content=\"width=device-width\">\n<title>%s: ",
                *language_chosen() ? language_chosen() : "en", _("Sitting report"));
        svg_write_escaped(f, h->period.title);
        fprintf(f,
                "</title>\n<style>body { margin: 0; background: #eef0f2 } "
                "svg { display: block; margin: 24px auto; width: min(100%%, 1100px); height: auto; "
                "box-shadow: 0 1px 8px #0002 }</style>\n%s</html>\n",
                svg.text);
        free(svg.text);
        r = ferror(f) ? -ENOMEM : 0;
        if (fclose(f) != 0)
                r = -errno;
        return r < 0 ? refuse_page(r) : STATUS_DONE;
}

static int make_png(const struct history *h, struct bytes *ret) {
        struct bytes svg;
        int status = make_svg(h, &svg);

        if (status != STATUS_DONE)
                return status;
        status = png_from_svg(svg.of, svg.n, &ret->of, &ret->n);
        free(svg.of);
        return status;
}

/* Kinds of pages by the end of the file's name. */
static const struct kind_of_page {
        const char *ending;
        int (*make)(const struct history *h,
                    struct bytes *ret); /* returns STATUS_*, after a complaint unless it is done */
} KINDS_OF_PAGES[] = {{".svg", make_svg}, {".png", make_png}, {".html", make_html}};

/* NULL for another ending. */
static const struct kind_of_page *find_kind_of_page(const char *path) {
        size_t n = strlen(path);

        for (size_t i = 0; i < sizeof(KINDS_OF_PAGES) / sizeof(*KINDS_OF_PAGES); i++) {
                size_t m = strlen(KINDS_OF_PAGES[i].ending);

                if (n > m && strcmp(path + n - m, KINDS_OF_PAGES[i].ending) == 0)
                        return &KINDS_OF_PAGES[i];
        }
        return NULL;
}

static int write_page(const struct history *h, const struct kind_of_page *kind, const char *path) {
        struct bytes page = {0};
        int status = kind->make(h, &page), r;

        if (status != STATUS_DONE)
                return status;
        r = file_write_atomically(path, page.of, page.n, PAGE_MODE);
        free(page.of);
        if (r < 0) {
                complain(_("cannot write %s: %s"), path, strerror(-r));
                return STATUS_FAILED;
        }
        printf("%s\n", path);
        return STATUS_DONE;
}

static int run_report(const struct options *options) {
        const char *path = options->output, *text = options->period ? options->period : "week";
        const struct kind_of_page *kind = path ? find_kind_of_page(path) : NULL;
        struct history_period period;
        struct history *h;
        sqlite3 *db;
        int status;

        if (!path) {
                complain(_("report: no file to write; add --output FILE.svg, FILE.png or FILE.html"));
                return STATUS_USAGE;
        }
        if (!kind) {
                complain(_("report --output %s: must end in .svg, .png or .html"), path);
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
                status = write_page(h, kind, path);
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
        .options = {{"output", "file to write: .svg, .html or .png (by rsvg-convert)"},
                    {"period", "as for history (default: week)"},
                    {"file"},
                    {"seat", "history of sitboned@ID"},
                    {"config", "settings with the exercises by name (default: the installed ones)"}},
        .run = run_report,
};
