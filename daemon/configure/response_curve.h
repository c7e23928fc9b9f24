/* SPDX-License-Identifier: MIT */
/* The file with the response curves of one mat, written by sitbonectl calibrate response, or by hand:
 *
 *   # the rest of a line after a # is a comment
 *   sitbone-response 1
 *   cells 256
 *   load 0.5 12 13 11 ...   newtons on one cell, then the reading of each cell above the empty seat in raw counts,
 *   load 2 40 44 39 ...     or one number for all cells. 1 to 8 loads. Loads and the numbers of each cell rise from
 *                           line to line by a ten-thousandth at least; with less no slope can be derived.
 */
#ifndef CONFIGURE_RESPONSE_CURVE_H
#define CONFIGURE_RESPONSE_CURVE_H

#include <stddef.h>
#include <stdio.h>

#include "sitbone/response.h"
#include "util/config_errors.h"

/* Parses n bytes of text. Every error is added with file and line; *ret is undefined if there is one. */
void response_parse(const char *name, const char *text, size_t n, struct config_errors *errors, struct response *ret);

/* Loads a file. NULL if there is an error or no memory. The caller frees the result. */
struct response *response_load(const char *path, struct config_errors *errors);

/* The caller checks the stream for write errors. */
void response_print(FILE *f, const struct response *s);

#endif
