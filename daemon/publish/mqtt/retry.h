/* SPDX-License-Identifier: MIT */
/* Decides when and in which version of MQTT to connect again. */
#ifndef PUBLISH_MQTT_RETRY_H
#define PUBLISH_MQTT_RETRY_H

#include <stdbool.h>
#include <stdint.h>

#include "publish/mqtt/connection.h"

/* Counts that decide when and how to connect again. */
struct client_retry {
        bool v5;                /* MQTT version of the next connection: 5 or 3.1.1 */
        bool v5_spoils;         /* the library crashed under MQTT 5: protocol = auto means 3.1.1 */
        uint64_t deaf_until_us; /* no subscriptions: a message there was too large; 0 = none was */
        unsigned failures;      /* attempts since the last connection */
        unsigned take_overs;    /* connections that another client with the same id ended */
        unsigned short_lives;   /* short connections in a row */
        unsigned unheard;       /* connections that the broker closed without an answer */
        char logged_reason[sizeof((struct link){0}.why)];
};

/* A connection has ended that lasted for life_us. */
void retry_count_connection(struct client_retry *retry, enum mqtt_status end, uint64_t life_us);

/* Milliseconds before the next attempt, with full jitter. */
unsigned retry_find_backoff_ms(const struct client_retry *retry, enum mqtt_status end);

/* True once, when another client with the same id is first suspected. */
bool retry_is_pushed_out(const struct client_retry *retry, bool was_up);

/* Old brokers close the connection on an MQTT 5 greeting, or refuse the version: then 3.1.1 is used. Returns true if
 * the next attempt should follow immediately. */
bool retry_choose_protocol(struct client_retry *retry, const struct link *l);

uint64_t retry_random_below(uint64_t limit);

#endif
