/* SPDX-License-Identifier: MIT */
#include "publish/mqtt/command.h"

#include <ctype.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/clock.h"
#include "words/names.h"

/* Argument of a command: the value of a payload, bare or in JSON. */
struct argument {
        bool empty;
        char word[32]; /* bare text or a JSON string; "" for a JSON number */
        bool is_number;
        long long number;
        uint64_t alert_id; /* 0 = none */
};

/* One level or several, as in set/prompt_min: no command, but its refusal has an address. */
static bool is_topic_end(const char *name) {
        size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-/");

        return n > 0 && n < COMMAND_NAME_MAX && name[n] == '\0' && *name != '/' && name[n - 1] != '/' &&
               !strstr(name, "//");
}

static bool parse_bare(const char *text, size_t n, struct argument *ret) {
        *ret = (struct argument){0};
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
                ret->number = strtoll(ret->word, NULL, 10);
        }
        return true;
}

static bool parse_value(const json_t *value, struct argument *ret) {
        *ret = (struct argument){.empty = !value};
        if (!value)
                return true;
        if (json_is_integer(value)) {
                ret->is_number = true;
                ret->number = json_integer_value(value);
                return true;
        }
        if (json_is_boolean(value)) {
                snprintf(ret->word, sizeof(ret->word), "%s", json_is_true(value) ? "true" : "false");
                return true;
        }
        return json_is_string(value) && parse_bare(json_string_value(value), json_string_length(value), ret);
}

static bool print_transaction(const json_t *value, char ret[TRANSACTION_MAX]) {
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

enum argument_kind {
        ARGUMENT_NONE,
        ARGUMENT_MINUTES,
        ARGUMENT_ON_OFF,
        ARGUMENT_TARGET,
        ARGUMENT_NAME,
        ARGUMENT_SITTER,
        ARGUMENT_EMPTY
};

/* A command without argument ignores its payload: a button sends whatever it was given. */
static const struct row {
        const char *name, *value_key; /* value_key: key of the argument in JSON, NULL = none */
        enum command_word word;
        enum command_type type; /* of WORD_COMMAND */
        enum argument_kind argument;
        long long minutes_max;
} rows[] = {
        {"snooze", "minutes", WORD_COMMAND, COMMAND_SNOOZE, ARGUMENT_MINUTES, 240},
        {"activation_done", NULL, WORD_COMMAND, COMMAND_DONE, ARGUMENT_NONE, 0},
        {"calibrate", "target", WORD_COMMAND, COMMAND_CALIBRATE, ARGUMENT_TARGET, 0},
        {"tare", "empty", WORD_COMMAND, COMMAND_TARE, ARGUMENT_EMPTY, 0},
        {"announce", NULL, WORD_ANNOUNCE, COMMAND_TARE, ARGUMENT_NONE, 0},
        {"teach", "name", WORD_COMMAND, COMMAND_TEACH, ARGUMENT_NAME, 0},
        {"unteach", "name", WORD_COMMAND, COMMAND_UNTEACH, ARGUMENT_NAME, 0},
        {"sitter", "name", WORD_COMMAND, COMMAND_SITTER, ARGUMENT_SITTER, 0},
        {"skip", NULL, WORD_COMMAND, COMMAND_SKIP, ARGUMENT_NONE, 0},
        {"pause", "minutes", WORD_COMMAND, COMMAND_PAUSE, ARGUMENT_MINUTES, 1440},
        {"resume", NULL, WORD_COMMAND, COMMAND_RESUME, ARGUMENT_NONE, 0},
        {"hold", "state", WORD_COMMAND, COMMAND_INHIBIT, ARGUMENT_ON_OFF, 0},
        {"session_done", NULL, WORD_COMMAND, COMMAND_WORKOUT, ARGUMENT_NONE, 0},
        {"label", "name", WORD_COMMAND, COMMAND_LABEL, ARGUMENT_SITTER, 0},
};

/* done, skip and snooze may name the alert that they answer. */
static bool answers_alert(const struct row *row) {
        return row->type == COMMAND_DONE || row->type == COMMAND_SKIP || row->type == COMMAND_SNOOZE;
}

static bool parse_alert_id(const json_t *value, uint64_t *ret) {
        if (!json_is_integer(value))
                return !value || (json_is_string(value) && alert_id_of(json_string_value(value), ret));
        *ret = json_integer_value(value) > 0 ? (uint64_t)json_integer_value(value) : 0;
        return *ret > 0;
}

/* The only legal keys are transaction, alert_id if the command answers an alert, and that of the command's value. */
static bool parse_json(const char *text, size_t n, const struct row *row, struct argument *ret,
                       char transaction[TRANSACTION_MAX]) {
        json_t *root = json_loadb(text, n, JSON_REJECT_DUPLICATES, NULL);
        const json_t *value = row->value_key ? json_object_get(root, row->value_key) : NULL;
        const json_t *alert = answers_alert(row) ? json_object_get(root, "alert_id") : NULL;
        const json_t *id = json_object_get(root, "transaction");
        size_t keys = (value ? 1U : 0U) + (alert ? 1U : 0U) + (id ? 1U : 0U);
        bool ok = json_is_object(root);

        ok = ok && print_transaction(id, transaction);
        ok = ok && json_object_size(root) == keys;
        ok = ok && parse_value(value, ret) && (!json_is_boolean(value) || row->argument == ARGUMENT_EMPTY);
        ok = ok && parse_alert_id(alert, &ret->alert_id);
        json_decref(root);
        return ok;
}

const char *command_name(size_t i) {
        return i < sizeof(rows) / sizeof(rows[0]) ? rows[i].name : NULL;
}

static const struct row *find_row(const char *name) {
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
                if (strcmp(rows[i].name, name) == 0)
                        return &rows[i];
        return NULL;
}

/* Nothing or "default" leaves the minutes at 0: the length in the settings. */
static enum command_result apply_minutes(const struct argument *a, long long max, struct command *command) {
        if (a->empty || strcmp(a->word, "default") == 0)
                return COMMAND_OK;
        if (!a->is_number)
                return COMMAND_MALFORMED;
        if (a->number < 1 || a->number > max)
                return COMMAND_OUT_OF_RANGE;
        command->minutes = (uint32_t)a->number;
        return COMMAND_OK;
}

static enum command_result apply_argument(const struct row *row, const struct argument *a, struct command *command) {
        bool ok = true;

        switch (row->argument) {
        case ARGUMENT_NONE:
                break;
        case ARGUMENT_MINUTES:
                return apply_minutes(a, row->minutes_max, command);
        case ARGUMENT_EMPTY: /* any other payload is that of a button */
                command->on = strcmp(a->word, "empty") == 0 || strcmp(a->word, "true") == 0;
                break;
        case ARGUMENT_ON_OFF:
                command->on = strcmp(a->word, "on") == 0;
                ok = command->on || strcmp(a->word, "off") == 0;
                break;
        case ARGUMENT_TARGET:
                ok = calibrate_target_of(a->word, &command->target);
                break;
        case ARGUMENT_NAME:
                ok = name_of(a->word, command->name);
                break;
        case ARGUMENT_SITTER:
                ok = a->empty || name_of(a->word, command->name); /* empty = nobody in particular */
                break;
        }
        return ok ? COMMAND_OK : COMMAND_MALFORMED;
}

enum command_result command_parse(const char *name, const void *payload, size_t n, bool retained,
                                  enum command_word *ret_word, struct request *ret) {
        const struct row *row = find_row(name);
        struct argument argument = {0};
        bool parsed;

        memset(ret, 0, sizeof(*ret));
        snprintf(ret->reply_to.command, sizeof(ret->reply_to.command), "%s", is_topic_end(name) ? name : "invalid");
        if (!row)
                return COMMAND_UNKNOWN;
        if (n > COMMAND_PAYLOAD_MAX)
                return COMMAND_MALFORMED;
        parsed = n > 0 && *(const char *)payload == '{'
                         ? parse_json(payload, n, row, &argument, ret->reply_to.transaction)
                         : parse_bare(n ? payload : "", n, &argument);
        if (retained)
                return COMMAND_RETAINED;
        if (!parsed)
                return COMMAND_MALFORMED;
        *ret_word = row->word;
        ret->command.type = row->type;
        ret->command.alert_id = argument.alert_id;
        return apply_argument(row, &argument, &ret->command);
}

/* Adds "key=value". Neither may hold a character that would change the lines. */
static bool add_setting(const char *key, const char *text, size_t n_text, char lines[COMMAND_SETTINGS_MAX]) {
        size_t n = strlen(lines);
        int added;

        if (!*key || key[strspn(key, "abcdefghijklmnopqrstuvwxyz0123456789_")] || memchr(text, '\0', n_text) ||
            memchr(text, '\n', n_text))
                return false;
        added = snprintf(lines + n, COMMAND_SETTINGS_MAX - n, "%s=%.*s\n", key, (int)n_text, text);
        return added >= 0 && (size_t)added < COMMAND_SETTINGS_MAX - n;
}

static bool add_json_setting(const char *key, const json_t *value, char lines[COMMAND_SETTINGS_MAX]) {
        char number[40] = "";

        if (json_is_string(value))
                return add_setting(key, json_string_value(value), json_string_length(value), lines);
        if (json_is_boolean(value))
                snprintf(number, sizeof(number), "%s", json_is_true(value) ? "yes" : "no");
        else if (json_is_number(value))
                snprintf(number, sizeof(number), "%.9g", json_number_value(value));
        else if (!json_is_null(value))
                return false;
        return add_setting(key, number, strlen(number), lines);
}

static bool parse_settings(const char *key, const char *text, size_t n, struct request *ret) {
        json_t *root = json_loadb(text, n, JSON_REJECT_DUPLICATES, NULL), *value;
        bool ok = json_is_object(root) && json_object_size(root) > 0;
        const char *name;

        json_object_foreach(root, name, value) {
                if (strcmp(name, "transaction") == 0)
                        ok = print_transaction(value, ret->reply_to.transaction) && ok;
                else
                        ok = ok && (!*key || strcmp(name, "value") == 0) &&
                             add_json_setting(*key ? key : name, value, ret->command.settings);
        }
        json_decref(root);
        return ok && *ret->command.settings;
}

enum command_result set_parse(const char *key, const void *payload, size_t n, bool retained, struct request *ret) {
        const char *text = n ? payload : "";
        bool ok = n <= COMMAND_PAYLOAD_MAX;

        memset(ret, 0, sizeof(*ret));
        snprintf(ret->reply_to.command, sizeof(ret->reply_to.command), "set");
        ret->command.type = COMMAND_SET;
        if (ok && (!*key || *text == '{')) {
                ok = parse_settings(key, text, n, ret);
        } else if (ok) {
                for (; n > 0 && isspace((unsigned char)text[n - 1]); n--)
                        ;
                for (; n > 0 && isspace((unsigned char)*text); n--)
                        text++;
                ok = add_setting(key, text, n, ret->command.settings);
        }
        if (retained)
                return COMMAND_RETAINED;
        return ok ? COMMAND_OK : COMMAND_MALFORMED;
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
