/* The language of sentences for people (gettext). Names on the wire, keys and settings are never translated, and numbers
 * keep their decimal point: only LC_MESSAGES is touched. */
#ifndef UTIL_LANGUAGE_H
#define UTIL_LANGUAGE_H

#include <libintl.h>
#include <stdbool.h>

#define _(text)  gettext(text)
#define N_(text) (text) /* found by xgettext, translated later */

/* Once at the start, before there are threads. wish: "de", "de_AT", "en"; "" or "auto": the environment (LC_ALL,
 * LC_MESSAGES, LANG; LANGUAGE where these name any). A locale that was never generated will do. False: the
 * wish is no language; English then. */
bool language_choose(const char *wish);

/* "de", "de_AT" without coding; "" = English. */
const char *language_now(void);

#endif
