/* SPDX-License-Identifier: MIT */
/* An alert on the bus, in numbers: whoever shows it puts it into words of its own language (alert_words.h), which need not
 * be that of the daemon. */
#ifndef CONTRACT_BUS_ALERT_H
#define CONTRACT_BUS_ALERT_H

#include <stdbool.h>
#include <systemd/sd-bus.h>

#include "sitbone/alert.h"

struct bus_alert {
        char language[16];        /* of the words that the daemon sent; "" = English */
        char catalogue[256];      /* where the daemon has its exercises from; "" = the installed ones */
        bool numbers;             /* they came: an older daemon sends none */
        enum alert_kind kind;     /* not sent in here */
        struct alert alert;       /* what a reason is made of */
        struct exercise exercise; /* id "" = none; only what a notification says of it */
};

/* An entry {sv} for each number and word, its key with the prefix before it. */
int bus_alert_append(sd_bus_message *m, const struct bus_alert *b, const char *prefix);

/* The kind of this name into b->kind. False: of a newer daemon. */
bool bus_alert_is(struct bus_alert *b, const char *kind);

/* The other way, key without prefix; keys that are not known are skipped. text NULL: a number. */
void bus_alert_take(struct bus_alert *b, const char *key, const char *text, double number);

/* Reads the variant that is next, a text or a number, and takes it; others are skipped. */
int bus_alert_read(sd_bus_message *m, const char *key, struct bus_alert *b);

#endif
