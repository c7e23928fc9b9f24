/* SPDX-License-Identifier: MIT */
/* The file with the response curves of one mat, written by sitbonectl calibrate response, or by hand:
 *
 *   # what follows a # is a comment
 *   sitbone-response 1
 *   cells 256
 *   load 0.5 12 13 11 ...      newtons on one cell, then what each cell reads above the empty seat, in raw counts; or one
 *   load 2 40 44 39 ...        number for all. 1 to 8 loads, rising, and so are each cell's numbers:
 *                              by a ten-thousandth at least, or no slope can be told
 */
#ifndef CONFIGURE_RESPONSE_CURVE_H
#define CONFIGURE_RESPONSE_CURVE_H

#include <stddef.h>
#include <stdio.h>

#include "sitbone/response.h"
#include "util/config_errors.h"

/* Every mistake with file and line; *ret means nothing when there was one. n bytes of text. */
void response_parse(const char *name, const char *text, size_t n, struct config_errors *mistakes,
                    struct response *ret);

/* The same from a file; NULL when there was a mistake or no memory. To be freed. */
struct response *response_load(const char *path, struct config_errors *mistakes);

/* Whether the stream took it is for the caller to ask. */
void response_print(FILE *f, const struct response *s);

#endif
