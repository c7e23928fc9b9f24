/* SPDX-License-Identifier: MIT */
/* Who may ask, and how often. The caller's uid comes from the bus daemon by an asynchronous call: the ready-made
 * sd_bus_query_sender_creds() would make the decision thread wait for the bus daemon. */
#ifndef PUBLISH_BUS_CALLERS_H
#define PUBLISH_BUS_CALLERS_H

#include <stdbool.h>
#include <stdint.h>
#include <systemd/sd-bus.h>

/* Answers the method call m. */
typedef int (*bus_answer_fn)(void *userdata, sd_bus_message *m);

enum { BUS_CALLERS_MAX = 32, BUS_ASKING_MAX = 16 };

struct bus_caller {
        char name[32]; /* unique name; a bus never gives one twice */
        bool known;
        uint32_t uid;
        double allowance;
        uint64_t seen_us;
};

struct bus_callers {
        bool everybody; /* session bus: only its own user can be on it */
        bus_answer_fn answer;
        void *userdata;
        struct bus_caller of[BUS_CALLERS_MAX]; /* the ones seen last */
        struct bus_asking {
                struct bus_callers *callers;
                sd_bus_message *call;
                sd_bus_slot *slot;
        } asking[BUS_ASKING_MAX];
};

void bus_callers_init(struct bus_callers *c, bool everybody, bus_answer_fn answer, void *userdata);

/* Calls answer now or once the bus said who the caller is, or answers with an error itself. cost: 1 = an
 * ordinary call; who asks too often is refused. */
int bus_callers_admit(struct bus_callers *c, sd_bus_message *m, double cost, uint64_t now_us);

/* The connection is gone: unique names and waiting calls with it. */
void bus_callers_reset(struct bus_callers *c);

#endif
