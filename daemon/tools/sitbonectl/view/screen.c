/* SPDX-License-Identifier: MIT */
#define NCURSES_WIDECHAR 1
#include "tools/sitbonectl/view/screen.h"

#include <langinfo.h>
#include <ncurses.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

bool screen_in_colour(void) {
        const char *no_colour = getenv("NO_COLOR");

        return !no_colour || !no_colour[0];
}

bool screen_open(struct screen *s) {
        memset(s, 0, sizeof(*s));
        s->terminal = newterm(NULL, stdout, stdin);
        if (!s->terminal)
                return false;
        cbreak();
        noecho();
        curs_set(0);
        keypad(stdscr, TRUE);
        if (screen_in_colour() && has_colors() && start_color() == OK && use_default_colors() == OK)
                s->look.colours = COLORS >= 256 ? 256 : COLORS >= 8 ? 8 : 0;
        s->look.utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
        s->pairs_max = COLOR_PAIRS - 1 < SCREEN_PAIRS_MAX ? COLOR_PAIRS - 1 : SCREEN_PAIRS_MAX;
        return true;
}

void screen_close(struct screen *s) {
        endwin();
        delscreen(s->terminal);
}

bool screen_fit(struct screen *s, struct canvas *c) {
        int rows, cols;

        (void)s;
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

void screen_show(struct screen *s, const struct canvas *c) {
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

int screen_key(struct screen *s, int wait_ms) {
        int key;

        (void)s;
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

void canvas_print(const struct canvas *c, FILE *f) {
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
