/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tools/sitbonectl/complain.h"
#include "tools/sitbonectl/history/load.h"
#include "tools/sitbonectl/report/page.h"
#include "util/file.h"
#include "util/language.h"

enum { PAGE_MODE = 0644 };

struct bytes {
        char *of; /* malloc'd */
        size_t n;
};

extern char **environ;

static char *const CONVERTER[] = {(char[]){"rsvg-convert"}, (char[]){"--zoom"}, (char[]){"2"}, NULL};

/* A file without a name that holds these bytes, at its beginning. Negative errno. */
static int open_bytes(const char *bytes, size_t n) {
        int fd = memfd_create("report.svg", MFD_CLOEXEC);
        ssize_t written = 0;

        if (fd < 0)
                return -errno;
        while (n > 0 && (written = write(fd, bytes, n)) > 0) {
                bytes += written;
                n -= (size_t)written;
        }
        if (n == 0 && lseek(fd, 0, SEEK_SET) == 0)
                return fd;
        close(fd);
        return -EIO;
}

static int start_converter(int input, int output, pid_t *ret) {
        posix_spawn_file_actions_t actions;
        int r = posix_spawn_file_actions_init(&actions);

        if (r != 0)
                return -r;
        r = posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
        if (r == 0)
                r = posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
        if (r == 0)
                r = posix_spawnp(ret, CONVERTER[0], &actions, NULL, CONVERTER, environ);
        posix_spawn_file_actions_destroy(&actions);
        return -r;
}

static int read_to_end(int fd, char **ret, size_t *ret_n) {
        FILE *f = open_memstream(ret, ret_n);
        char bytes[64 * 1024];
        ssize_t n = 0;
        int r = 0;

        if (!f)
                return -errno;
        while ((n = read(fd, bytes, sizeof(bytes))) > 0)
                fwrite(bytes, 1, (size_t)n, f);
        if (n < 0)
                r = -errno;
        if (ferror(f))
                r = -ENOMEM;
        if (fclose(f) != 0 && r == 0)
                r = -ENOMEM;
        return r;
}

/* 0, a negative errno, or 1 when the converter has failed and said so itself. */
static int run_converter(int input, char **ret, size_t *ret_n) {
        int ends[2], status = 0, r;
        pid_t pid = -1;

        if (pipe2(ends, O_CLOEXEC) < 0)
                return -errno;
        r = start_converter(input, ends[1], &pid);
        close(ends[1]);
        if (r == 0) {
                r = read_to_end(ends[0], ret, ret_n);
                if (waitpid(pid, &status, 0) < 0 && r == 0)
                        r = -errno;
                if (r == 0 && status != 0)
                        r = 1;
        }
        close(ends[0]);
        return r;
}

/* Makes a PNG of an SVG picture with the program rsvg-convert, at two pixels for each one of the picture. *ret is malloc'd.
 * STATUS_DONE, or STATUS_FAILED after a complaint. */
static int convert_to_png(const char *svg, size_t n, char **ret, size_t *ret_n) {
        int input = open_bytes(svg, n), r;

        *ret = NULL;
        r = input < 0 ? input : run_converter(input, ret, ret_n);
        if (input >= 0)
                close(input);
        if (r == -ENOENT)
                complain(_("cannot make a .png: rsvg-convert is not installed; install the package librsvg2-bin, or "
                           "choose a .svg or .html file"));
        else if (r < 0)
                complain(_("cannot make a .png: %s: %s"), CONVERTER[0], strerror(-r));
        else if (r > 0)
                complain(_("cannot make a .png: rsvg-convert failed; choose a .svg or .html file"));
        if (r == 0)
                return STATUS_DONE;
        free(*ret);
        *ret = NULL;
        return STATUS_FAILED;
}

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
        status = convert_to_png(svg.of, svg.n, &ret->of, &ret->n);
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
                status = history_load(db, &period, options->sitter, h);
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
                    {"sitter"},
                    {"file"},
                    {"seat", "history of sitboned@ID"},
                    {"config", "settings with the exercises by name (default: the installed ones)"}},
        .run = run_report,
};
