/* SPDX-License-Identifier: MIT */
/* The table of published values: one row for each member of struct live_values, with its key on every outlet. MQTT,
 * D-Bus, --json and the test of the manual walk it. */
#ifndef CONTRACT_LIVE_FIELDS_H
#define CONTRACT_LIVE_FIELDS_H

#include <stddef.h>

#include "contract/live_values.h"

enum live_type {
        LIVE_TEXT,    /* char[], "" = unknown */
        LIVE_NAMES,   /* char[], names separated by blanks */
        LIVE_FLAG,    /* bool */
        LIVE_MAYBE,   /* enum maybe */
        LIVE_NUMBER,  /* double, NAN = unknown */
        LIVE_ARRAY,   /* struct live_array */
        LIVE_COUNT,   /* uint32_t */
        LIVE_COUNT64, /* uint64_t */
        LIVE_INSTANT, /* uint64_t, 0 = none */
};

/* JSON documents. */
enum live_document {
        LIVE_STATUS, /* sitbonectl status --json, watch --json */
        LIVE_REPLAY, /* a frame of sitbonectl replay --json */
        LIVE_STATE,  /* MQTT topic state */
        LIVE_DIAG,   /* MQTT topic diag */
        LIVE_DOCUMENT_N,
};

/* The time within which a change is worth a message on MQTT. */
enum live_pace {
        LIVE_AT_HEARTBEAT, /* heartbeat_s */
        LIVE_AT_INTERVAL,  /* state_interval_s */
        LIVE_AT_ONCE,      /* a person would notice a delay */
};

struct live_field {
        enum live_type type;
        size_t offset, size; /* of the member */
        const char *unit;    /* NULL = it has none, or a word */
        const char *meaning;
        bool optional;    /* left out on D-Bus while it is unknown; a count may be unknown */
        bool empty_stays; /* "" is written to JSON as it is, not as null */

        const char *bus; /* key of GetLive; NULL = not on D-Bus */
        /* > 0: also a property, announced when it moved by this much. INFINITY: a constant property. */
        double property_step;

        struct {
                const char *key; /* NULL = not in this document; "a.b" = member b of the object a */
                int decimals;
        } in[LIVE_DOCUMENT_N];

        enum live_pace pace;
        double pace_step; /* a number that moved by less has not changed */
};

enum { LIVE_FIELDS_MAX = 160 };
extern const struct live_field live_fields[];
extern const size_t live_fields_n;

static inline const void *live_member(const struct live_field *f, const struct live_values *v) {
        return (const char *)v + f->offset;
}

void live_array_clear(struct live_array *array);

/* Nothing is known. */
void live_values_clear(struct live_values *v);

/* The row with this key of GetLive; NULL = there is none. */
const struct live_field *live_field_on_bus(const char *key);

#endif
