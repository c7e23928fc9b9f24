/* SPDX-License-Identifier: MIT */
/* Words for an alert that came over the bus, in the language of this program where it is not the daemon's. */
#ifndef CONTRACT_ALERT_WORDS_H
#define CONTRACT_ALERT_WORDS_H

#include "contract/bus_alert.h"

struct alert_words {
        char title[128], reason[256], chosen[256], body[1536];
        char exercise[96]; /* its name */
        char safety[2048]; /* "" = without an exercise */
};

/* kind: its name. False: what the daemon wrote is in our language, or another daemon sent no numbers, or a kind unknown here; *ret is not written then. The
 * exercise's words come from the translation of the daemon's own catalogue; where it has none, they are the daemon's. */
bool alert_words_make(struct bus_alert *b, const char *kind, struct alert_words *ret);

#endif
