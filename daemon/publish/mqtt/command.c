/* SPDX-License-Identifier: MIT */
#include "publish/mqtt/command.h"

#include <ctype.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "util/clock.h"
#include "words/names.h"

/* What a payload says, bare or as JSON. */
struct said {
        bool empty;
        char word[32]; /* bare text or a JSON string; "" when a number came */
        bool is_number;
        long long number;
};

static bool legal_verb(const char *verb) {
        size_t n = strspn(verb, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-");

        return n > 0 && n < VERB_MAX && verb[n] == '\0';
}

static bool read_bare(const char *text, size_t n, struct said *ret) {
        while (n > 0 && isspace((unsigned char)text[n - 1]))
                n--;
        while (n > 0 && isspace((unsigned char)*text)) {
                text++;
                n--;
        }
        if (n == 0) {
                ret->empty = true;
                return true;
        }
        if (n >= sizeof(ret->word) || memchr(text, '\0', n))
                return false;
        memcpy(ret->word, text, n);
        ret->word[n] = '\0';
        if (strspn(ret->word, "0123456789") == n && n <= 9) {
                ret->is_number = true;
                for (size_t i = 0; i < n; i++)
                        ret->number = ret->number * 10 + (ret->word[i] - '0');
        }
        return true;
}

static bool read_value(const json_t *value, struct said *ret) {
        if (!value) {
                ret->empty = true;
                return true;
        }
        if (json_is_integer(value)) {
                ret->is_number = true;
                ret->number = json_integer_value(value);
                return true;
        }
        return json_is_string(value) && read_bare(json_string_value(value), json_string_length(value), ret);
}

static bool put_transaction(const json_t *value, char ret[TRANSACTION_MAX]) {
        size_t n;

        if (!value)
                return true;
        if (!json_is_string(value) && !json_is_integer(value))
                return false;
        n = json_dumpb(value, ret, TRANSACTION_MAX - 1, JSON_ENCODE_ANY | JSON_COMPACT);
        if (n > TRANSACTION_MAX - 1) {
                ret[0] = '\0';
                return false;
        }
        ret[n] = '\0';
        return true;
}

/* value_key: the only key besides transaction. */
static bool read_json(const char *text, size_t n, const char *value_key, struct said *ret,
                      char transaction[TRANSACTION_MAX]) {
        json_t *root = json_loadb(text, n, JSON_REJECT_DUPLICATES, NULL);
        const json_t *value = value_key ? json_object_get(root, value_key) : NULL;
        const json_t *id = json_object_get(root, "transaction");
        bool ok = json_is_object(root);

        ok = ok && put_transaction(id, transaction);
        ok = ok && json_object_size(root) == (size_t)(value ? 1 : 0) + (size_t)(id ? 1 : 0);
        ok = ok && read_value(value, ret);
        json_decref(root);
        return ok;
}

static enum command_result minutes(const struct said *said, long long most, struct command *ret) {
        ret->minutes = 0;
        if (said->empty || strcmp(said->word, "default") == 0)
                return COMMAND_OK;
        if (!said->is_number)
                return COMMAND_MALFORMED;
        if (said->number < 1 || said->number > most)
                return COMMAND_OUT_OF_RANGE;
        ret->minutes = (uint32_t)said->number;
        return COMMAND_OK;
}

static enum command_result snooze(const struct said *said, struct command *ret) {
        ret->type = COMMAND_SNOOZE;
        return minutes(said, 240, ret);
}

static enum command_result pause_(const struct said *said, struct command *ret) {
        ret->type = COMMAND_PAUSE;
        return minutes(said, 1440, ret);
}

static enum command_result resume(const struct said *said, struct command *ret) {
        (void)said;
        ret->type = COMMAND_RESUME;
        return COMMAND_OK;
}

static enum command_result skip(const struct said *said, struct command *ret) {
        (void)said;
        ret->type = COMMAND_SKIP;
        return COMMAND_OK;
}

static enum command_result hold(const struct said *said, struct command *ret) {
        ret->type = COMMAND_INHIBIT;
        ret->on = strcmp(said->word, "on") == 0;
        return ret->on || strcmp(said->word, "off") == 0 ? COMMAND_OK : COMMAND_MALFORMED;
}

static enum command_result activation_done(const struct said *said, struct command *ret) {
        (void)said; /* a button sends whatever it was given */
        ret->type = COMMAND_DONE;
        return COMMAND_OK;
}

static enum command_result session_done(const struct said *said, struct command *ret) {
        (void)said;
        ret->type = COMMAND_WORKOUT;
        return COMMAND_OK;
}

static enum command_result calibrate(const struct said *said, struct command *ret) {
        ret->type = COMMAND_CALIBRATE;
        return calibrate_target_of(said->word, &ret->target) ? COMMAND_OK : COMMAND_MALFORMED;
}

static enum command_result teach(const struct said *said, struct command *ret) {
        ret->type = COMMAND_TEACH;
        return name_of(said->word, ret->name) ? COMMAND_OK : COMMAND_MALFORMED;
}

static enum command_result unteach(const struct said *said, struct command *ret) {
        ret->type = COMMAND_UNTEACH;
        return name_of(said->word, ret->name) ? COMMAND_OK : COMMAND_MALFORMED;
}

/* Empty = nobody in particular; but a number in JSON has no word. */
static enum command_result sitter(const struct said *said, struct command *ret) {
        ret->type = COMMAND_SITTER;
        return said->empty || name_of(said->word, ret->name) ? COMMAND_OK : COMMAND_MALFORMED;
}

static enum command_result tare(const struct said *said, struct command *ret) {
        (void)said;
        ret->type = COMMAND_TARE;
        return COMMAND_OK;
}

static enum command_result announce(const struct said *said, struct command *ret) {
        (void)said;
        (void)ret;
        return COMMAND_OK;
}

static const struct verb {
        const char *name, *value_key;
        enum command_word word;
        enum command_result (*read)(const struct said *said, struct command *ret);
} verbs[] = {
        {"snooze", "minutes", WORD_COMMAND, snooze},
        {"activation_done", NULL, WORD_COMMAND, activation_done},
        {"calibrate", "target", WORD_COMMAND, calibrate},
        {"tare", NULL, WORD_COMMAND, tare},
        {"announce", NULL, WORD_ANNOUNCE, announce},
        {"teach", "name", WORD_COMMAND, teach},
        {"skip", NULL, WORD_COMMAND, skip},
        {"pause", "minutes", WORD_COMMAND, pause_},
        {"resume", NULL, WORD_COMMAND, resume},
        {"hold", "state", WORD_COMMAND, hold},
        {"unteach", "name", WORD_COMMAND, unteach},
        {"sitter", "name", WORD_COMMAND, sitter},
        {"session_done", NULL, WORD_COMMAND, session_done},
};

static const struct verb *find_verb(const char *name) {
        for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
                if (strcmp(verbs[i].name, name) == 0)
                        return &verbs[i];
        return NULL;
}

enum command_result command_read(const char *name, const void *payload, size_t n, bool retained,
                                 enum command_word *ret_word, struct request *ret) {
        const struct verb *verb = find_verb(name);
        struct said said = {0};
        bool read;

        memset(ret, 0, sizeof(*ret));
        snprintf(ret->reply_to.verb, sizeof(ret->reply_to.verb), "%s", legal_verb(name) ? name : "invalid");
        if (!verb)
                return COMMAND_UNKNOWN;
        if (n > COMMAND_PAYLOAD_MAX)
                return COMMAND_MALFORMED;
        read = n > 0 && *(const char *)payload == '{'
                       ? read_json(payload, n, verb->value_key, &said, ret->reply_to.transaction)
                       : read_bare(n ? payload : "", n, &said);
        if (retained)
                return COMMAND_RETAINED;
        if (!read)
                return COMMAND_MALFORMED;
        *ret_word = verb->word;
        return verb->read(&said, &ret->command);
}

bool bucket_take(struct bucket *b, uint64_t now_us) {
        b->level += (double)(now_us - b->filled_us) / (double)USEC_PER_SEC * b->per_s;
        b->level = b->level < b->most ? b->level : b->most;
        b->filled_us = now_us;
        if (b->level < 1)
                return false;
        b->level -= 1;
        return true;
}
