/* SPDX-License-Identifier: MIT */
/* Published values as JSON: numbers rounded to the decimals of their row; unknown = null, so that every key is always
 * there. */
#ifndef CONTRACT_LIVE_JSON_H
#define CONTRACT_LIVE_JSON_H

#include <jansson.h>
#include <stdio.h>

#include "contract/live_fields.h"

/* Flags of json_dumps() that print a rounded number as it was rounded. */
#define LIVE_JSON_FLAGS (JSON_COMPACT | JSON_REAL_PRECISION(15))

/* Rounded; an integer when decimals is 0, null when it is not finite, never -0. */
json_t *live_json_number(double value, int decimals);

/* null when it is empty. A text from a file or a path may hold bytes that are not UTF-8: they become '?'. */
json_t *live_json_text(const char *text);

/* An array of names that are separated by blanks. */
json_t *live_json_names(const char *names);

/* Prints a document with these flags of jansson, none of which breaks lines, and frees it. Characters that a terminal
 * acts on are escaped. */
void live_json_write(FILE *f, json_t *document, size_t flags);

/* The same on a line of its own. */
void live_json_print(FILE *f, json_t *document);

/* Adds the values of this document. Instants are left to the caller: only it knows how they are written. */
void live_json_put(json_t *root, const struct live_values *v, enum live_document document);

#endif
