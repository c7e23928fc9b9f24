/* SPDX-License-Identifier: MIT */
/* Everything that inhibits alerts of every kind: a snooze, a pause, quiet hours and days, and requests of "do not disturb".
 *
 * A request of a desktop expires unless it is repeated: a desktop may crash. A request that lasts for longer than
 * inhibit_most_min is overridden until it ends, because a program that always asks for it (a media player, a tool that
 * keeps the screen on) would silence the seat for ever. After an hour of a request it is reported, once: the sitter
 * may not know of it. */
#ifndef CORE_FOLLOW_ALERT_INHIBIT_H
#define CORE_FOLLOW_ALERT_INHIBIT_H

#include <stdint.h>

#include "sitbone/alert.h"
#include "sitbone/command.h"
#include "sitbone/settings/alert.h"
#include "sitbone/wall_clock.h"

struct inhibit_request {
        uint64_t last_us;  /* when last requested; 0 = not */
        uint64_t since_us; /* when first, without a gap */
        bool reported;     /* as lasting long */
        char by[ALERT_INHIBITED_BY_MAX];
};

struct alert_inhibit {
        struct inhibit_request request[ALERT_INHIBITOR_N];
        /* of the last update */
        uint32_t reasons;     /* enum alert_inhibit_reason bits that apply to every kind */
        uint64_t last_end_us; /* when the last of them ends by itself; 0 = none applies, UINT64_MAX = not known */
        uint64_t next_end_us; /* when the next change by time alone comes; UINT64_MAX = none */
};

/* Executes COMMAND_INHIBIT. */
void inhibit_execute(struct alert_inhibit *i, const struct command *command, uint64_t now_us);

/* Ends everything whose time is over, and fills the members of *state that report it. */
void inhibit_update(struct alert_inhibit *i, const struct settings_alert *settings, const struct wall_clock *clock,
                    uint64_t now_us, struct alerts *state);

#endif
