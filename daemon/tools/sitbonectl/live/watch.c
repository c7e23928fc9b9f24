/* SPDX-License-Identifier: MIT */
/* watch: the live view, read from the daemon ten times a second; ncurses on a terminal, text otherwise. */
#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "tools/sitbonectl/live/get_live.h"
#include "tools/sitbonectl/view/draw.h"
#include "tools/sitbonectl/view/screen.h"
#include "util/clock.h"
#include "util/language.h"

enum { POLL_MS = 100, RETRY_MS = 1000, MESSAGE_MS = 3000 };

struct watch {
        const struct options *options;
        struct link link;
        bool linked;
        struct view view;
        struct canvas canvas;
        char message[VIEW_TEXT_MAX];
        uint64_t message_until_us;
};

static void set_message(struct watch *w, const char *text) {
        snprintf(w->message, sizeof(w->message), "%s", text);
        w->message_until_us = clock_boottime_us() + MESSAGE_MS * 1000ull;
}

static void call_method(struct watch *w, const char *method, const char *done) {
        char refusal[VIEW_TEXT_MAX];
        int status;

        if (!w->linked)
                return;
        if (strcmp(method, "Snooze") == 0)
                status = link_call(&w->link, method, refusal, sizeof(refusal), "u", (uint32_t)0);
        else
                status = link_call(&w->link, method, refusal, sizeof(refusal), "");
        set_message(w, status == STATUS_DONE ? done : refusal);
}

/* False = quit. */
static bool handle_key(struct watch *w, int key) {
        switch (key) {
        case 'q':
                return false;
        case 's':
                call_method(w, "Snooze", _("Snoozed."));
                break;
        case 'd':
                call_method(w, "Done", _("Recorded: done."));
                break;
        case 't':
                call_method(w, "Tare", _("The seat as it is now counts as empty."));
                break;
        default:
                break;
        }
        return true;
}

static void close_link(struct watch *w) {
        if (w->linked)
                link_close(&w->link);
        w->linked = false;
        view_clear(&w->view);
}

/* Links again if necessary: the daemon may be restarted while the view is shown. Returns milliseconds until the next call. */
static int update_view(struct watch *w) {
        int r = 0;

        if (!w->linked && link_find(w->options, &w->link, false) == 1)
                w->linked = true;
        if (w->linked && (r = link_live(&w->link, &w->view)) < 0)
                close_link(w);
        if (!w->linked)
                set_message(w,
                            link_denied(r) ? link_denied(r) : _("waiting for the daemon: systemctl status sitboned"));
        else if (clock_boottime_us() > w->message_until_us)
                w->message[0] = '\0';
        return w->linked ? POLL_MS : RETRY_MS;
}

static int watch_screen(struct watch *w) {
        struct screen screen;
        bool go = true;
        int r = link_find(w->options, &w->link, true);

        if (r < 0)
                return STATUS_USAGE;
        w->linked = r > 0;
        if (!screen_open(&screen)) {
                complain("this terminal (TERM=%s) cannot show the view; try --plain",
                         getenv("TERM") ? getenv("TERM") : "");
                return STATUS_FAILED;
        }
        w->canvas.look = screen.look;
        while (go) {
                int wait_ms = update_view(w);

                if (!screen_fit(&screen, &w->canvas))
                        break;
                draw_view(&w->canvas, &w->view, w->message, true);
                screen_show(&screen, &w->canvas);
                go = handle_key(w, screen_key(&screen, wait_ms));
        }
        screen_close(&screen);
        return go ? STATUS_FAILED : STATUS_DONE;
}

/* The size of the terminal with a line left for the prompt, or 80 x 23. */
static void find_plain_size(int *ret_cols, int *ret_rows) {
        struct winsize size;

        *ret_cols = 80;
        *ret_rows = 23;
        if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 && size.ws_row > 1) {
                *ret_cols = size.ws_col;
                *ret_rows = size.ws_row - 1;
        }
}

static void show_plain(struct watch *w) {
        const char *term = getenv("TERM");
        int cols, rows;

        find_plain_size(&cols, &rows);
        if (!canvas_resize(&w->canvas, cols, rows))
                return;
        w->canvas.look.utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
        w->canvas.look.colours = 0;
        if (!w->options->plain && isatty(STDOUT_FILENO) && screen_in_colour() && term && strstr(term, "256color"))
                w->canvas.look.colours = 256;
        draw_view(&w->canvas, &w->view, "", false);
        canvas_print(&w->canvas, stdout);
}

/* Prints text, JSON or a picture, once or repeatedly. */
static int watch_text(struct watch *w) {
        const struct timespec poll = {0, POLL_MS * 1000000L};
        int status = link_open(w->options, &w->link), r;

        if (status != STATUS_DONE)
                return status;
        w->linked = true;
        for (;;) {
                r = link_live(&w->link, &w->view);
                if (r < 0)
                        return link_lost(r);
                if (w->options->svg && (r = view_write_svg(w->options->svg, &w->view)) < 0) {
                        complain("cannot write %s: %s", w->options->svg, strerror(-r));
                        return STATUS_FAILED;
                }
                if (w->options->json)
                        view_print_json(stdout, &w->view);
                else if (!w->options->svg)
                        show_plain(w);
                if (w->options->once || fflush(stdout) != 0)
                        return STATUS_DONE;
                nanosleep(&poll, NULL);
        }
}

static int run_watch(const struct options *options) {
        struct watch *w = calloc(1, sizeof(*w));
        int status;

        if (!w) {
                complain("out of memory");
                return STATUS_FAILED;
        }
        w->options = options;
        view_clear(&w->view);
        if (options->svg && !options->once) {
                complain("watch --svg writes one picture; add --once");
                free(w);
                return STATUS_USAGE;
        }
        if (options->plain || options->once || options->json || !isatty(STDOUT_FILENO) || !isatty(STDIN_FILENO))
                status = watch_text(w);
        else
                status = watch_screen(w);
        if (w->linked)
                link_close(&w->link);
        canvas_free(&w->canvas);
        free(w);
        return status;
}

const struct ctl_command watch_command = {
        .name = "watch",
        .arguments = "",
        .summary = "show the seat live: pressure map, posture, numbers",
        .examples = "  sitbonectl watch\n"
                    "  sitbonectl watch --once --svg seat.svg\n",
        .notes = "Keys: q quit, s snooze, d done, t tare (seat empty).",
        .options = {{"plain", "print text, also if standard output is not a terminal; no keys"},
                    {"once", "one picture, then exit"},
                    {"svg", "with --once: write the picture to FILE"},
                    {"json", "print one object for each picture"},
                    {"bus"},
                    {"seat"}},
        .run = run_watch,
};
