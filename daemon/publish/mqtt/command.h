/* SPDX-License-Identifier: MIT */
/* Parses MQTT messages below cmd/ and set/, and limits their rate. */
#ifndef PUBLISH_MQTT_COMMAND_H
#define PUBLISH_MQTT_COMMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sitbone/command.h"

enum { COMMAND_PAYLOAD_MAX = 1024, COMMAND_NAME_MAX = 33, TRANSACTION_MAX = 128, CORRELATION_MAX = 128 };

/* Address of an answer. */
struct reply_to {
        char command[COMMAND_NAME_MAX];    /* the answer goes to response/<command> ... */
        char transaction[TRANSACTION_MAX]; /* a JSON scalar, "" = none */
        char topic[256];                   /* ... or to this MQTT 5 Response Topic, "" = none */
        uint8_t correlation[CORRELATION_MAX];
        uint32_t n_correlation;
};

struct request {
        struct command command;
        struct reply_to reply_to;
};

struct answer {
        enum command_result result;
        struct command_answer details;
        uint64_t until_realtime_us; /* details.until_us on the wall clock, 0 = none */
        struct reply_to reply_to;
};

enum command_word { WORD_COMMAND, WORD_ANNOUNCE };

/* name: the topic after cmd/. The payload is empty, a bare value, or {"minutes":10,"alert_id":7,"transaction":"a"}. Always fills
 * ret->reply_to (the command, and the transaction if one can be parsed); fills ret->command and *ret_word if it
 * returns COMMAND_OK. */
enum command_result command_parse(const char *name, const void *payload, size_t n, bool retained,
                                  enum command_word *ret_word, struct request *ret);

/* key: the topic after set/, and the payload a bare value, {"value":25,"transaction":"a"} or empty: reset. key "": the
 * payload is an object of keys and values, null: reset. Fills like command_parse(). */
enum command_result set_parse(const char *key, const void *payload, size_t n, bool retained, struct request *ret);

/* Names of the commands, which are also in the document `info`; NULL after the last. */
const char *command_name(size_t i);

/* A token bucket: allows `most` at once, then per_s per second. */
struct bucket {
        double level, most, per_s;
        uint64_t filled_us;
};

/* Takes one token; false if there is none. */
bool bucket_take(struct bucket *b, uint64_t now_us);

#endif
