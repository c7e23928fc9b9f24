/* SPDX-License-Identifier: MIT */
/* The language of sentences for people (gettext). Names on the wire, keys and settings are never translated, and numbers
 * keep their decimal point: only LC_MESSAGES is touched. */
#ifndef UTIL_LANGUAGE_H
#define UTIL_LANGUAGE_H

#include <libintl.h>
#include <stdbool.h>
#include <stddef.h>
#include <time.h>

#define _(text)  gettext(text)
#define N_(text) (text) /* found by xgettext, translated later */

/* Once at the start, before there are threads. wish: "de", "de_AT", "en"; "" or "auto": the environment (LC_ALL,
 * LC_MESSAGES, LANG; LANGUAGE where these name any). A locale that was never generated will do. False: the
 * wish is no language; English then. */
bool language_choose(const char *wish);

/* "de", "de_AT" without coding; "" = English. */
const char *language_chosen(void);

/* gettext; "" stays "", which to gettext is the title of the whole file of translations. What comes over the bus as a
 * sentence is English, and put into words of the reader by this. */
const char *language_translate(const char *english);

/* Columns that n bytes of UTF-8 take on a terminal; words of our languages have no wide characters. */
int language_columns(const char *text, size_t n);
/* What "%-*s" must be told so that text takes so many columns: printf counts bytes. */
int language_field_width(const char *text, int columns);

/* strftime with names of days and months in the language also where its locale was never generated. */
__attribute__((format(strftime, 3, 0))) void language_date(char *ret, size_t size, const char *format,
                                                           const struct tm *tm);

#endif
