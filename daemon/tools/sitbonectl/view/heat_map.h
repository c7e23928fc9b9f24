/* SPDX-License-Identifier: MIT */
/* The pressure map on a canvas. */
#ifndef TOOLS_SITBONECTL_VIEW_HEAT_MAP_H
#define TOOLS_SITBONECTL_VIEW_HEAT_MAP_H

#include "tools/sitbonectl/view/draw.h"

enum { MARK_COP = 0x271a, MARK_BONE = 0x25ce, MARK_UNMEASURED = 0xd7 }; /* heavy Greek cross, bullseye, times */

/* Where the map stands, and how many picture elements it has. */
struct map_place {
        int left, top;  /* set by the caller before map_draw() */
        int wide, high; /* picture elements; one or two a line of text */
        struct view_extent extent;
};

/* The largest whole-numbered size that fits into cols x lines characters. */
void map_fit(const struct canvas *c, const struct view *v, int cols, int lines, struct map_place *ret);
int map_lines(const struct canvas *c, const struct map_place *place);
void map_draw(struct canvas *c, const struct view *v, const struct map_place *place);

#endif
