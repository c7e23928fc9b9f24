/* SPDX-License-Identifier: MIT */
/* Alerts that come, go or move when the same time is decided with two settings. For replay --against and
 * history --what-if. */
#ifndef TOOLS_SITBONECTL_WHAT_IF_H
#define TOOLS_SITBONECTL_WHAT_IF_H

#include <stdbool.h>
#include <stddef.h>

#include "sitbone/alert.h"

struct what_if_alert {
        double at_s;
        enum alert_kind kind;
        bool matched;
};

struct what_if_list {
        size_t n;
        struct what_if_alert *of; /* in time order */
};

struct what_if {
        /* Adds the alerts with the one settings or (after) with the others. STATUS_* */
        int (*collect)(void *userdata, bool after, struct what_if_list *list);
        /* Writes at_s for people. */
        void (*format_moment)(double at_s, char *ret, size_t size);
        void *userdata; /* for collect */
        /* An alert of one list is the same as, or moved to, one of the other list when they are of one kind and at most
         * near_s apart. */
        double near_s;
        const char *title; /* printed above the text; NULL = none */
};

/* Adds an alert. False = out of memory. */
bool what_if_add(struct what_if_list *l, enum alert_kind kind, double at_s);

/* Collects both lists, and prints each alert that differs, in time order, then the sums; or, with json, all alerts as an
 * array of {"kind", "change", "before_s", "after_s"}. STATUS_* */
int what_if_compare(const struct what_if *w, bool json);

#endif
