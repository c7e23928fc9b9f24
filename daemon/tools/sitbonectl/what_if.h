/* SPDX-License-Identifier: MIT */
/* Two lists of alerts over the same time, one for each settings: which come, go or move. */
#ifndef TOOLS_SITBONECTL_WHAT_IF_H
#define TOOLS_SITBONECTL_WHAT_IF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "sitbone/alert.h"

struct what_if_alert {
        double at_s;
        enum alert_kind kind;
        bool matched;
};

struct what_if_list {
        size_t n;
        struct what_if_alert *of; /* in time order; freed by the owner */
};

/* False = no memory. */
bool what_if_add(struct what_if_list *l, enum alert_kind kind, double at_s);

/* Writes each alert that differs in time order, then the sums. moment puts words to at_s. An alert of one list is taken
 * for one of the other when they are of one kind and at most near_s apart: it moved. */
void what_if_print(FILE *f, struct what_if_list *before, struct what_if_list *after, double near_s,
                   void (*moment)(double at_s, char *ret, size_t size));

/* The same as an array of {"kind", "change", "before_s", "after_s"}. */
void what_if_print_json(FILE *f, struct what_if_list *before, struct what_if_list *after, double near_s);

#endif
