/* SPDX-License-Identifier: MIT */
/* Decides which callers may call a method, and how often. The caller's uid comes from the bus daemon by an
 * asynchronous call: the ready-made sd_bus_query_sender_creds() would make the decision thread wait for the bus
 * daemon. */
#ifndef PUBLISH_BUS_CALLERS_H
#define PUBLISH_BUS_CALLERS_H

#include <stdbool.h>
#include <stdint.h>
#include <systemd/sd-bus.h>

/* Answers the method call m. */
typedef int (*bus_answer_fn)(void *userdata, sd_bus_message *m);

enum { BUS_CALLERS_MAX = 32, BUS_PENDING_MAX = 16 };

struct bus_caller {
        char name[32]; /* unique name; a bus never gives one twice */
        bool known;    /* uid is */
        uint32_t uid;
        double allowance; /* in calls; see callers.c */
        uint64_t seen_us;
};

struct bus_callers {
        bool everybody;                        /* session bus: only its own user can be on it */
        void *userdata;                        /* of the answers */
        struct bus_caller of[BUS_CALLERS_MAX]; /* the most recent ones */
        struct bus_pending_call {
                struct bus_callers *callers;
                sd_bus_message *call; /* NULL = this place is free */
                bus_answer_fn answer;
                sd_bus_slot *slot;
        } pending[BUS_PENDING_MAX]; /* wait for the uid of their caller */
};

void bus_callers_init(struct bus_callers *c, bool everybody, void *userdata);

/* Calls answer at once, or as soon as the bus has told the caller's uid, or answers with an error itself. cost: 1 = an
 * ordinary call; a caller that calls too often is refused. */
int bus_callers_admit(struct bus_callers *c, sd_bus_message *m, double cost, uint64_t now_us, bus_answer_fn answer);

/* The connection is gone: forgets unique names and pending calls, which went with it. */
void bus_callers_reset(struct bus_callers *c);

#endif
