/* SPDX-License-Identifier: MIT */
/* watch: the live view, read from the daemon ten times a second; ncurses on a terminal, text otherwise. */
#define NCURSES_WIDECHAR 1
#include <langinfo.h>
#include <ncurses.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>
#include <wchar.h>

#include "tools/sitbonectl/live/daemon_link.h"
#include "tools/sitbonectl/view/draw.h"
#include "util/clock.h"
#include "util/language.h"
#include "util/terminal.h"

enum { POLL_MS = 100, RETRY_MS = 1000, MESSAGE_MS = 3000, PAIRS_MAX = 512 };

/* ---- a canvas on a terminal ---- */

struct screen {
        void *terminal; /* SCREEN of ncurses */
        struct look look;
        int n_pairs, pairs_max;
        struct {
                int16_t fg, bg;
        } pairs[PAIRS_MAX]; /* pair i + 1 */
};

/* False if the terminal is unsuitable. */
static bool open_screen(struct screen *s) {
        memset(s, 0, sizeof(*s));
        s->terminal = newterm(NULL, stdout, stdin);
        if (!s->terminal)
                return false;
        cbreak();
        noecho();
        curs_set(0);
        keypad(stdscr, TRUE);
        if (terminal_wants_colour() && has_colors() && start_color() == OK && use_default_colors() == OK)
                s->look.colours = COLORS >= 256 ? 256 : COLORS >= 8 ? 8 : 0;
        s->look.utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
        s->pairs_max = COLOR_PAIRS - 1 < PAIRS_MAX ? COLOR_PAIRS - 1 : PAIRS_MAX;
        return true;
}

static void close_screen(struct screen *s) {
        endwin();
        delscreen(s->terminal);
}

/* Gives the canvas the present size of the terminal. False = out of memory. */
static bool fit_canvas(struct canvas *c) {
        int rows, cols;

        getmaxyx(stdscr, rows, cols);
        if (rows == c->rows && cols == c->cols)
                return true;
        erase();
        return canvas_resize(c, cols, rows);
}

/* Colour pairs are made when needed; without free pairs the default colours are used. */
static short choose_pair(struct screen *s, int16_t fg, int16_t bg) {
        if (s->look.colours == 0)
                return 0;
        for (int i = 0; i < s->n_pairs; i++)
                if (s->pairs[i].fg == fg && s->pairs[i].bg == bg)
                        return (short)(i + 1);
        if (s->n_pairs >= s->pairs_max)
                return 0;
        s->pairs[s->n_pairs].fg = fg;
        s->pairs[s->n_pairs].bg = bg;
        s->n_pairs++;
        init_pair((short)s->n_pairs, fg, bg);
        return (short)s->n_pairs;
}

static void show_canvas(struct screen *s, const struct canvas *c) {
        for (int y = 0; y < c->rows; y++)
                for (int x = 0; x < c->cols; x++) {
                        const struct glyph *g = &c->at[y * c->cols + x];
                        wchar_t text[2] = {(wchar_t)g->ch, 0};
                        cchar_t cell;

                        setcchar(&cell, text, g->bold ? A_BOLD : A_NORMAL, choose_pair(s, g->fg, g->bg), NULL);
                        mvadd_wch(y, x, &cell);
                }
        refresh();
}

/* Waits for a key at most wait_ms; -1 = none was pressed. */
static int wait_for_key(int wait_ms) {
        int key;

        timeout(wait_ms);
        key = getch();
        return key == ERR ? -1 : key;
}

static void print_colour(FILE *f, const struct glyph *g) {
        fputs("\033[0", f);
        if (g->bold)
                fputs(";1", f);
        if (g->fg >= 0)
                fprintf(f, ";38;5;%d", g->fg);
        if (g->bg >= 0)
                fprintf(f, ";48;5;%d", g->bg);
        fputc('m', f);
}

static void print_character(FILE *f, uint32_t code) {
        if (code < 0x80) {
                fputc((int)code, f);
        } else if (code < 0x800) {
                fputc((int)(0xc0 | code >> 6), f);
                fputc((int)(0x80 | (code & 0x3f)), f);
        } else {
                fputc((int)(0xe0 | (code >> 12 & 0xf)), f);
                fputc((int)(0x80 | (code >> 6 & 0x3f)), f);
                fputc((int)(0x80 | (code & 0x3f)), f);
        }
}

static int find_line_end(const struct canvas *c, int y) {
        int end = c->cols;

        while (end > 0 && c->at[y * c->cols + end - 1].ch == ' ' && c->at[y * c->cols + end - 1].bg < 0)
                end--;
        return end;
}

/* Prints UTF-8 or ASCII lines, with escape sequences if the look has colours. */
static void print_canvas(const struct canvas *c, FILE *f) {
        for (int y = 0; y < c->rows; y++) {
                const struct glyph *last = NULL;

                for (int x = 0; x < find_line_end(c, y); x++) {
                        const struct glyph *g = &c->at[y * c->cols + x];

                        if (c->look.colours &&
                            (!last || last->fg != g->fg || last->bg != g->bg || last->bold != g->bold))
                                print_colour(f, g);
                        print_character(f, g->ch);
                        last = g;
                }
                fputs(c->look.colours ? "\033[0m\n" : "\n", f);
        }
}

/* ---- the live view ---- */

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
        if (!open_screen(&screen)) {
                complain("this terminal (TERM=%s) cannot show the view; try --plain",
                         getenv("TERM") ? getenv("TERM") : "");
                return STATUS_FAILED;
        }
        w->canvas.look = screen.look;
        while (go) {
                int wait_ms = update_view(w);

                if (!fit_canvas(&w->canvas))
                        break;
                draw_view(&w->canvas, &w->view, w->message, true);
                show_canvas(&screen, &w->canvas);
                go = handle_key(w, wait_for_key(wait_ms));
        }
        close_screen(&screen);
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
        if (!w->options->plain && isatty(STDOUT_FILENO) && terminal_wants_colour() && term && strstr(term, "256color"))
                w->canvas.look.colours = 256;
        draw_view(&w->canvas, &w->view, "", false);
        print_canvas(&w->canvas, stdout);
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

        if (!w)
                return complain_of_memory();
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
        free(w->canvas.at);
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
        .streams = STREAMS_TEXT | STREAMS_JSON,
        .run = run_watch,
};
