/* SPDX-License-Identifier: MIT */
/* An alert on the bus, in numbers and in the daemon's words. A program that shows it makes words of the numbers in
 * its own language, which need not be the daemon's. */
#ifndef CONTRACT_BUS_ALERT_H
#define CONTRACT_BUS_ALERT_H

#include <stdbool.h>
#include <systemd/sd-bus.h>

#include "sitbone/alert.h"

struct bus_alert {
        char language[16];        /* of the words that the daemon sends; "" = English */
        char catalogue[256];      /* file of the daemon's exercises; "" = the installed one */
        enum alert_kind kind;     /* travels apart from the numbers */
        struct alert alert;       /* only the members that make a reason */
        struct exercise exercise; /* id "" = none; only the members that a notification shows */
};

/* Appends an entry {sv} for each number and text, its key after the prefix. */
int bus_alert_append(sd_bus_message *m, const struct bus_alert *b, const char *prefix);

/* Stores the value of a key, without its prefix; keys that are not known are skipped. text NULL: it is a number. */
void bus_alert_set_value(struct bus_alert *b, const char *key, const char *text, double number);

/* Reads the variant that is next, and stores it if it is a text or a number. */
int bus_alert_read(sd_bus_message *m, const char *key, struct bus_alert *b);

struct alert_words {
        char title[128], reason[256], chosen[256], body[1536]; /* chosen: why this exercise */
        char exercise[96];                                     /* its name */
        char safety[2048];                                     /* "" = without an exercise */
        char safety_short[192];                                /* for a notification */
};

/* kind: the name of the alert's kind. Returns false when the daemon's words stay as they are, because they are in
 * the language of this program or the kind is not known here; *ret is not written then. The words of the exercise
 * come from the translation of the daemon's own catalogue; they stay the daemon's where that has none, or cannot
 * be read. */
bool alert_words_make(struct bus_alert *b, const char *kind, struct alert_words *ret);

#endif
