/* SPDX-License-Identifier: MIT */
#ifndef TOOLS_SITBONECTL_REPORT_PNG_H
#define TOOLS_SITBONECTL_REPORT_PNG_H

#include <stddef.h>

/* Makes a PNG of an SVG picture with the program rsvg-convert, at two pixels for each one of the picture. *ret is malloc'd.
 * STATUS_DONE, or STATUS_FAILED after a complaint. */
int png_from_svg(const char *svg, size_t n, char **ret, size_t *ret_n);

#endif
