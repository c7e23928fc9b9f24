/* SPDX-License-Identifier: MIT */
/* The seam between the decision thread and the world. An outlet sees snapshots, never a stage. post() must not
 * block: an outlet that can block owns a thread and a bounded mailbox. */
#ifndef PUBLISH_OUTLET_H
#define PUBLISH_OUTLET_H

#include <stdbool.h>
#include <stdint.h>

#include <systemd/sd-event.h>

#include "sitbone/command.h"
#include "sitbone/identity.h"
#include "sitbone/snapshot.h"

struct settings;

/* Executes a command at once, and writes the details of its answer. Call it on the decision thread only. */
typedef enum command_result (*command_fn)(void *userdata, const struct command *command, struct command_answer *ret);

/* The daemon as an outlet sees it. An outlet that receives commands adds its own source to the event loop and calls
 * execute from there. settings and identity are copied by the outlet. */
struct outlet_host {
        sd_event *event; /* the loop of the decision thread */
        const struct settings *settings;
        const struct identity *identity;
        command_fn execute;
        void *userdata; /* of execute */
};

struct outlet_ops {
        const char *name;
        /* Called for each decision. With snapshot.only_numbers only numbers are new: return soon. */
        void (*post)(void *self, const struct snapshot *snapshot);
        /* A short phrase for STATUS= and `sitbonectl status`: "connected", "refused: not authorised". */
        const char *(*status)(void *self);
        /* Number of entries that a full mailbox dropped. NULL: the outlet has no mailbox, or publishes the count
         * itself. */
        uint64_t (*lost)(void *self);
        /* Adopts new settings (SIGHUP). */
        void (*configure)(void *self, const struct settings *settings);
        /* Removes what others store of this seat, and stops publishing until configure(). False: it is not connected.
         * NULL: nobody stores anything. */
        bool (*remove)(void *self);
        /* Closes connections properly and frees; takes at most 2 s. */
        void (*free)(void *self);
};

struct outlet {
        const struct outlet_ops *ops;
        void *self;
};

#endif
