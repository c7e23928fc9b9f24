/* SPDX-License-Identifier: MIT */
/* An alert on the bus, in numbers. Each program that shows it makes words in its own language of them (alert_words.h),
 * which need not be the language of the daemon. */
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

/* Sets b->kind to the kind of this name. False: a newer daemon sent a kind that is not known here. */
bool bus_alert_set_kind(struct bus_alert *b, const char *name);

/* Stores the value of a key, without its prefix; keys that are not known are skipped. text NULL: it is a number. */
void bus_alert_set_value(struct bus_alert *b, const char *key, const char *text, double number);

/* Reads the variant that is next, and stores it if it is a text or a number. */
int bus_alert_read(sd_bus_message *m, const char *key, struct bus_alert *b);

#endif
