/* SPDX-License-Identifier: MIT */
/* Shows a canvas on a terminal: with ncurses for the live view, or as plain bytes. */
#ifndef TOOLS_SITBONECTL_VIEW_SCREEN_H
#define TOOLS_SITBONECTL_VIEW_SCREEN_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "tools/sitbonectl/view/canvas.h"

enum { SCREEN_PAIRS_MAX = 512 };

struct screen {
        void *terminal; /* SCREEN of ncurses */
        struct look look;
        int n_pairs, pairs_max;
        struct {
                int16_t fg, bg;
        } pairs[SCREEN_PAIRS_MAX]; /* pair i + 1 */
};

/* False if NO_COLOR is set. */
bool screen_in_colour(void);

/* False if the terminal is unsuitable. */
bool screen_open(struct screen *s);
void screen_close(struct screen *s);

/* Gives the canvas the present size of the terminal. False = out of memory. */
bool screen_fit(struct screen *s, struct canvas *c);
void screen_show(struct screen *s, const struct canvas *c);

/* Waits for a key at most wait_ms; -1 = none was pressed. */
int screen_key(struct screen *s, int wait_ms);

/* Prints UTF-8 or ASCII lines, with escape sequences if the look has colours. */
void canvas_print(const struct canvas *c, FILE *f);

#endif
