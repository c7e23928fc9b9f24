/* SPDX-License-Identifier: MIT */
/* A canvas on a terminal: ncurses for the live view, plain bytes otherwise. */
#ifndef TOOLS_SITBONECTL_VIEW_SCREEN_H
#define TOOLS_SITBONECTL_VIEW_SCREEN_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "tools/sitbonectl/view/draw.h"

enum { SCREEN_PAIRS_MAX = 512 };

struct screen {
        void *terminal; /* SCREEN of ncurses */
        struct look look;
        int n_pairs, pairs_max;
        struct {
                int16_t fg, bg;
        } pairs[SCREEN_PAIRS_MAX]; /* pair i + 1 */
};

/* Not where NO_COLOR is set. */
bool screen_in_colour(void);

/* False when the terminal cannot. */
bool screen_open(struct screen *s);
void screen_close(struct screen *s);

/* Gives the canvas the terminal's present size. */
bool screen_fit(struct screen *s, struct canvas *c);
void screen_show(struct screen *s, const struct canvas *c);

/* A key, or -1 after wait_ms without one. */
int screen_key(struct screen *s, int wait_ms);

/* UTF-8 or ASCII lines, coloured by escape sequences when the look has colours. */
void canvas_print(const struct canvas *c, FILE *f);

#endif
