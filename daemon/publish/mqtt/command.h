/* SPDX-License-Identifier: MIT */
/* An MQTT message under cmd/ as a command, or why not. */
#ifndef PUBLISH_MQTT_COMMAND_H
#define PUBLISH_MQTT_COMMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "publish/mqtt/mailbox.h"

enum { COMMAND_PAYLOAD_MAX = 1024 };

enum command_word { WORD_COMMAND, WORD_ANNOUNCE };

/* name: the level after cmd/. Fills *ret_request->reply_to always (verb, transaction where one can be read) and the
 * command when the answer is COMMAND_OK. Payload: empty, a bare value, or {"minutes":10,"transaction":"a"}. */
enum command_result command_read(const char *name, const void *payload, size_t n, bool retained,
                                 enum command_word *ret_word, struct request *ret);

/* So many at once, then so many a second. */
struct bucket {
        double level, most, per_s;
        uint64_t filled_us;
};

bool bucket_take(struct bucket *b, uint64_t now_us);

#endif
