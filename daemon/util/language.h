/* SPDX-License-Identifier: MIT */
/* The language of sentences for people (gettext). Names on the wire, keys and settings are never translated, and
 * numbers keep their decimal point: only LC_MESSAGES is set. */
#ifndef UTIL_LANGUAGE_H
#define UTIL_LANGUAGE_H

#include <libintl.h>
#include <stdbool.h>
#include <stddef.h>
#include <time.h>

#define _(text)  gettext(text)
#define N_(text) (text) /* found by xgettext, translated later */

/* Called once at the start, before there are threads. wish: "de", "de_AT", "en"; "" or "auto": the environment
 * (LC_ALL, LC_MESSAGES, LANG, and LANGUAGE when one of these is set). The locale need not be installed. False: the
 * wish is no language, and English is chosen. */
bool language_choose(const char *wish);

/* False: wish is no language, and language_choose() would choose English. */
bool language_accepts(const char *wish);

/* "de", "de_AT" without coding; "" = English. */
const char *language_chosen(void);

/* gettext(), but "" stays "" (gettext has the header of the translation file for it). Sentences come over the bus in
 * English, and the reader translates them with this. */
const char *language_translate(const char *english);

/* The columns that n bytes of UTF-8 take on a terminal. No language of sitbone has wide characters. */
int language_columns(const char *text, size_t n);
/* The width for "%-*s" that makes text take this many columns: printf counts bytes. */
int language_field_width(const char *text, int columns);

/* strftime() with the names of days and months in the language, also when its locale is not installed. */
__attribute__((format(strftime, 3, 0))) void language_date(char *ret, size_t size, const char *format,
                                                           const struct tm *tm);

#endif
