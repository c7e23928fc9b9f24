/* SPDX-License-Identifier: MIT */
/* Words for an alert that came over the bus, in the language of this program where it is not the daemon's. */
#ifndef CONTRACT_ALERT_WORDS_H
#define CONTRACT_ALERT_WORDS_H

#include "contract/bus_alert.h"

struct alert_words {
        char title[128], reason[256], chosen[256], body[1536]; /* chosen: why this exercise */
        char exercise[96];                                     /* its name */
        char safety[2048];                                     /* "" = without an exercise */
};

/* kind: the name of the alert's kind. Returns false when the daemon's words stay as they are, because they are in the
 * language of this program or the kind is not known here; *ret is not written then. The words of the exercise come from
 * the translation of the daemon's own catalogue; they stay the daemon's where that has none, or cannot be read. */
bool alert_words_make(struct bus_alert *b, const char *kind, struct alert_words *ret);

#endif
