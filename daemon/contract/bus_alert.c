/* SPDX-License-Identifier: MIT */
#include "contract/bus_alert.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "configure/exercises.h"
#include "util/clock.h"
#include "util/language.h"
#include "words/names.h"
#include "words/sentences.h"

/* Type of the member; seconds on the bus are microseconds in the alert. */
enum member_type { TEXT, SECONDS, FLOAT_SECONDS, FLOAT, U32, U16, U8 };

static const struct row {
        const char *key;
        enum member_type type;
        size_t offset, size;
} rows[] = {
#define ROW(key, type, member)                                                                                        \
        { key, type, offsetof(struct bus_alert, member), sizeof(((struct bus_alert *)0)->member) }
        ROW("language", TEXT, language),
        ROW("catalogue", TEXT, catalogue),
        ROW("seated_s", SECONDS, alert.seated_us),
        ROW("cause_s", SECONDS, alert.cause_us),
        ROW("limit_s", SECONDS, alert.limit_us),
        ROW("window_s", SECONDS, alert.window_us),
        ROW("slouched_share", FLOAT, alert.slouched_share),
        ROW("asymmetry", FLOAT, alert.asymmetry),
        ROW("shifts_per_hour", FLOAT, alert.shifts_per_hour),
        ROW("shifts_target", FLOAT, alert.shifts_target),
        ROW("break_s", FLOAT_SECONDS, alert.break_us),
        ROW("exercise", TEXT, exercise.id),
        ROW("exercise_name", TEXT, exercise.name),
        ROW("exercise_dose", TEXT, exercise.dose),
        ROW("exercise_how", TEXT, exercise.how),
        ROW("exercise_kind", U32, exercise.kind),
        ROW("also", U32, alert.also),
        ROW("why_suits", U32, alert.why.suits),
        ROW("why_share", FLOAT, alert.why.share),
        ROW("why_lately", U16, alert.why.lately),
        ROW("why_other_lately", U16, alert.why.other_lately),
        ROW("why_other", U8, alert.why.other),
        ROW("why_first", U8, alert.why.first),
};

enum { ROWS_N = sizeof(rows) / sizeof(rows[0]) };

static int append_value(sd_bus_message *m, const char *key, const struct row *row, const void *member) {
        switch (row->type) {
        case TEXT:
                return sd_bus_message_append(m, "{sv}", key, "s", (const char *)member);
        case SECONDS:
                return sd_bus_message_append(m, "{sv}", key, "u",
                                             (uint32_t)(*(const uint64_t *)member / USEC_PER_SEC));
        case FLOAT_SECONDS:
                return sd_bus_message_append(m, "{sv}", key, "d",
                                             (double)*(const uint64_t *)member / (double)USEC_PER_SEC);
        case FLOAT:
                return sd_bus_message_append(m, "{sv}", key, "d", (double)*(const float *)member);
        case U32:
                return sd_bus_message_append(m, "{sv}", key, "u", *(const uint32_t *)member);
        case U16:
                return sd_bus_message_append(m, "{sv}", key, "u", (uint32_t) * (const uint16_t *)member);
        case U8:
                break;
        }
        return sd_bus_message_append(m, "{sv}", key, "u", (uint32_t) * (const uint8_t *)member);
}

int bus_alert_append(sd_bus_message *m, const struct bus_alert *b, const char *prefix) {
        char key[48];
        int r = 0;

        for (int i = 0; i < ROWS_N && r >= 0; i++) {
                snprintf(key, sizeof(key), "%s%s", prefix, rows[i].key);
                r = append_value(m, key, &rows[i], (const char *)b + rows[i].offset);
        }
        return r;
}

/* A number from the bus may be anything: out of range becomes 0. */
static double limit_number(double number, double most) {
        return number >= 0 && number <= most ? number : 0;
}

static void store_number(enum member_type type, void *member, double number) {
        switch (type) {
        case TEXT:
                break;
        case SECONDS:
        case FLOAT_SECONDS:
                *(uint64_t *)member = (uint64_t)(limit_number(number, UINT32_MAX) * (double)USEC_PER_SEC);
                break;
        case FLOAT:
                *(float *)member = (float)number;
                break;
        case U32:
                *(uint32_t *)member = (uint32_t)limit_number(number, UINT32_MAX);
                break;
        case U16:
                *(uint16_t *)member = (uint16_t)limit_number(number, UINT16_MAX);
                break;
        case U8:
                *(uint8_t *)member = (uint8_t)limit_number(number, UINT8_MAX);
                break;
        }
}

void bus_alert_set_value(struct bus_alert *b, const char *key, const char *text, double number) {
        for (int i = 0; i < ROWS_N; i++) {
                void *member = (char *)b + rows[i].offset;

                if (strcmp(rows[i].key, key) != 0 || (rows[i].type == TEXT) != (text != NULL))
                        continue;
                if (text)
                        snprintf(member, rows[i].size, "%s", text);
                else
                        store_number(rows[i].type, member, number);
        }
}

int bus_alert_read(sd_bus_message *m, const char *key, struct bus_alert *b) {
        const char *type, *text;
        double d;
        uint32_t u;
        int r = sd_bus_message_peek_type(m, NULL, &type);

        if (r < 0)
                return r;
        switch (strlen(type) == 1 ? *type : '\0') {
        case 's':
                r = sd_bus_message_read(m, "v", "s", &text);
                if (r >= 0)
                        bus_alert_set_value(b, key, text, 0);
                return r;
        case 'u':
                r = sd_bus_message_read(m, "v", "u", &u);
                if (r >= 0)
                        bus_alert_set_value(b, key, NULL, u);
                return r;
        case 'd':
                r = sd_bus_message_read(m, "v", "d", &d);
                if (r >= 0)
                        bus_alert_set_value(b, key, NULL, d);
                return r;
        default:
                return sd_bus_message_skip(m, "v");
        }
}

/* ---- words ---- */

/* Sets b->kind to the kind of this name. False: a newer daemon sent a kind that is not known here. */
static bool set_kind(struct bus_alert *b, const char *name) {
        for (int k = 0; k < ALERT_KIND_N; k++)
                if (strcmp(alert_kind_name((enum alert_kind)k), name) == 0) {
                        b->kind = (enum alert_kind)k;
                        return true;
                }
        return false;
}

/* Replaces the words of the exercise with those of the catalogue that the daemon uses; empty = the installed one. */
static void translate_exercise(const char *catalogue, struct exercise *e, struct alert_words *ret) {
        struct exercise_catalogue *c = calloc(1, sizeof(*c));
        struct config_errors errors = {0};

        if (c)
                exercises_load(*catalogue ? catalogue : NULL, &errors, c);
        for (uint32_t i = 0; c && i < c->n; i++)
                if (strcmp(c->of[i].id, e->id) == 0) {
                        *e = c->of[i];
                        snprintf(ret->safety, sizeof(ret->safety), "%s", c->safety);
                        snprintf(ret->safety_short, sizeof(ret->safety_short), "%s", c->safety_short);
                        break;
                }
        free(c);
}

bool alert_words_make(struct bus_alert *b, const char *kind, struct alert_words *ret) {
        struct exercise exercise = b->exercise;
        const struct exercise *e = *exercise.id ? &exercise : NULL;

        if (strcmp(b->language, language_chosen()) == 0 || !set_kind(b, kind))
                return false;
        memset(ret, 0, sizeof(*ret));
        if (e)
                translate_exercise(b->catalogue, &exercise, ret);
        snprintf(ret->title, sizeof(ret->title), "%s", alert_title(b->kind));
        snprintf(ret->exercise, sizeof(ret->exercise), "%s", e ? e->name : "");
        alert_reason(&b->alert, b->kind, ret->reason, sizeof(ret->reason));
        exercise_reason(e, &b->alert.why, ret->chosen, sizeof(ret->chosen));
        alert_body(&b->alert, b->kind, e, ret->body, sizeof(ret->body));
        return true;
}
