/* SPDX-License-Identifier: MIT */
/* The live view drawn on a canvas: pressure map and numbers. */
#ifndef TOOLS_SITBONECTL_VIEW_DRAW_H
#define TOOLS_SITBONECTL_VIEW_DRAW_H

#include <stdbool.h>

#include "tools/sitbonectl/view/canvas.h"
#include "tools/sitbonectl/view/values.h"

/* Marks on the map: centre of pressure (heavy Greek cross), sit bone (bullseye), not measured (times). */
enum { MARK_COP = 0x271a, MARK_BONE = 0x25ce, MARK_UNMEASURED = 0xd7 };

/* message (may be "") stands in the last line, or else, with keys, the line of keys. */
void draw_view(struct canvas *c, const struct view *v, const char *message, bool keys);

#endif
