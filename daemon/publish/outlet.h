/* SPDX-License-Identifier: MIT */
/* The seam between the decision thread and the world. An outlet sees snapshots, never a stage. post() must not
 * block: an outlet that can block owns a thread and a bounded mailbox. */
#ifndef PUBLISH_OUTLET_H
#define PUBLISH_OUTLET_H

#include <stdbool.h>
#include <stdint.h>

#include "sitbone/command.h"
#include "sitbone/identity.h"
#include "sitbone/settings.h"
#include "sitbone/snapshot.h"

/* Executes a command on the decision thread, at once. */
typedef enum command_result (*command_fn)(void *userdata, const struct command *command);

struct outlet_ops {
        const char *name;
        /* Each decision. With snapshot.only_numbers nothing else in it is new: return soon. */
        void (*post)(void *self, const struct snapshot *snapshot);
        /* Descriptor that becomes readable when commands wait, or -1; dispatch() then hands them to execute. */
        int (*fd)(void *self);
        void (*dispatch)(void *self, command_fn execute, void *userdata);
        /* One short phrase for STATUS= and `sitbonectl status`: "connected", "refused: not authorised". */
        const char *(*status)(void *self);
        /* How much a full mailbox let go. NULL: it has none, or counts for itself. */
        uint64_t (*lost)(void *self);
        /* Thresholds that it shows have changed (SIGHUP). */
        void (*configure)(void *self, const struct settings *settings);
        /* Says good-bye properly and frees; bounded to 2 s. */
        void (*free)(void *self);
};

struct outlet {
        const struct outlet_ops *ops;
        void *self;
};

/* Time as the world tells it: publishers turn instants into wall-clock text with this, taken at each post. */
struct wall {
        uint64_t now_us;      /* CLOCK_BOOTTIME (or virtual) */
        uint64_t realtime_us; /* CLOCK_REALTIME at the same moment */
};

#endif
