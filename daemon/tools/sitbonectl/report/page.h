/* SPDX-License-Identifier: MIT */
/* The report: one page with the days, postures, alerts and hours of a period. The colours are those of Okabe and Ito, which
 * people with any kind of colour vision can tell apart; words and places repeat what colours say. */
#ifndef TOOLS_SITBONECTL_REPORT_PAGE_H
#define TOOLS_SITBONECTL_REPORT_PAGE_H

#include "tools/sitbonectl/history/load.h"
#include "tools/sitbonectl/view/svg_canvas.h"

/* Draws the page. ret->text is the caller's to free. Negative errno. */
int report_draw_page(const struct history *h, struct svg *ret);

#endif
