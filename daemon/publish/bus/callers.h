/* SPDX-License-Identifier: MIT */
/* The callers of methods on the bus: who may call, and how often. */
#ifndef PUBLISH_BUS_CALLERS_H
#define PUBLISH_BUS_CALLERS_H

#include <stdbool.h>
#include <stdint.h>
#include <systemd/sd-bus.h>

enum { CALLERS_MAX = 32, PENDING_MAX = 16 };

struct callers;

/* Answers the method call m. */
typedef int (*answer_fn)(void *userdata, sd_bus_message *m);

struct caller {
        char name[32]; /* unique name; a bus never gives one twice */
        bool known;    /* uid is */
        uint32_t uid;
        double allowance; /* in calls */
        uint64_t seen_us;
};

/* A call that waits for the uid of its caller. */
struct pending_call {
        struct callers *callers;
        sd_bus_message *call; /* NULL = this place is free */
        answer_fn answer;
        sd_bus_slot *slot;
};

/* Set to 0, but for userdata and everybody. */
struct callers {
        void *userdata;                /* of the answers */
        bool everybody;                /* a session bus: only its own user can be on it */
        struct caller of[CALLERS_MAX]; /* the most recent ones */
        struct pending_call pending[PENDING_MAX];
};

/* Calls answer at once, or as soon as the bus has reported the caller's uid, or answers with an error itself. cost: 1 =
 * an ordinary call; a caller that calls too often is refused. */
int callers_admit(struct callers *c, sd_bus_message *m, double cost, answer_fn answer);

/* The connection is gone: forgets unique names and pending calls, which went with it. */
void callers_forget(struct callers *c);

#endif
