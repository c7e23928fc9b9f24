/* SPDX-License-Identifier: MIT */
#include "contract/bus_alert.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "util/clock.h"
#include "words/names.h"

enum as { AS_TEXT, AS_SECONDS, AS_FLOAT_SECONDS, AS_FLOAT, AS_U32, AS_U16, AS_U8 };

static const struct row {
        const char *key;
        enum as as;
        size_t offset, size; /* size: of a text */
} rows[] = {
#define TEXT(key, field)                                                                                              \
        { key, AS_TEXT, offsetof(struct bus_alert, field), sizeof(((struct bus_alert *)0)->field) }
#define NUMBER(key, as, field)                                                                                        \
        { key, as, offsetof(struct bus_alert, field), 0 }
        TEXT("language", language),
        TEXT("catalogue", catalogue),
        NUMBER("seated_s", AS_SECONDS, alert.seated_us),
        NUMBER("cause_s", AS_SECONDS, alert.cause_us),
        NUMBER("limit_s", AS_SECONDS, alert.limit_us),
        NUMBER("window_s", AS_SECONDS, alert.window_us),
        NUMBER("slouched_share", AS_FLOAT, alert.slouched_share),
        NUMBER("asymmetry", AS_FLOAT, alert.asymmetry),
        NUMBER("break_s", AS_FLOAT_SECONDS, alert.break_us),
        TEXT("exercise", exercise.id),
        TEXT("exercise_name", exercise.name),
        TEXT("exercise_dose", exercise.dose),
        TEXT("exercise_how", exercise.how),
        NUMBER("exercise_kind", AS_U32, exercise.kind),
        NUMBER("why_suits", AS_U32, alert.why.suits),
        NUMBER("why_share", AS_FLOAT, alert.why.share),
        NUMBER("why_lately", AS_U16, alert.why.lately),
        NUMBER("why_other_lately", AS_U16, alert.why.other_lately),
        NUMBER("why_other", AS_U8, alert.why.other),
        NUMBER("why_first", AS_U8, alert.why.first),
};

enum { ROWS_N = sizeof(rows) / sizeof(rows[0]) };

static int append_value(sd_bus_message *m, const char *key, const struct row *row, const void *field) {
        switch (row->as) {
        case AS_TEXT:
                return sd_bus_message_append(m, "{sv}", key, "s", (const char *)field);
        case AS_SECONDS:
                return sd_bus_message_append(m, "{sv}", key, "u", (uint32_t)(*(const uint64_t *)field / USEC_PER_SEC));
        case AS_FLOAT_SECONDS:
                return sd_bus_message_append(m, "{sv}", key, "d", (double)*(const uint64_t *)field / USEC_PER_SEC);
        case AS_FLOAT:
                return sd_bus_message_append(m, "{sv}", key, "d", (double)*(const float *)field);
        case AS_U32:
                return sd_bus_message_append(m, "{sv}", key, "u", *(const uint32_t *)field);
        case AS_U16:
                return sd_bus_message_append(m, "{sv}", key, "u", (uint32_t) * (const uint16_t *)field);
        default:
                return sd_bus_message_append(m, "{sv}", key, "u", (uint32_t) * (const uint8_t *)field);
        }
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

/* A number from the bus may be anything. */
static double within(double number, double most) {
        return number >= 0 && number <= most ? number : 0;
}

static void take_number(enum as as, void *field, double number) {
        switch (as) {
        case AS_SECONDS:
        case AS_FLOAT_SECONDS:
                *(uint64_t *)field = (uint64_t)(within(number, UINT32_MAX) * (double)USEC_PER_SEC);
                break;
        case AS_FLOAT:
                *(float *)field = (float)number;
                break;
        case AS_U32:
                *(uint32_t *)field = (uint32_t)within(number, UINT32_MAX);
                break;
        case AS_U16:
                *(uint16_t *)field = (uint16_t)within(number, UINT16_MAX);
                break;
        default:
                *(uint8_t *)field = (uint8_t)within(number, UINT8_MAX);
                break;
        }
}

void bus_alert_take(struct bus_alert *b, const char *key, const char *text, double number) {
        for (int i = 0; i < ROWS_N; i++) {
                void *field = (char *)b + rows[i].offset;

                if (strcmp(rows[i].key, key) != 0 || (rows[i].as == AS_TEXT) != (text != NULL))
                        continue;
                if (text)
                        snprintf(field, rows[i].size, "%s", text);
                else
                        take_number(rows[i].as, field, number);
                b->numbers |= strcmp(key, "language") == 0;
        }
}

bool bus_alert_is(struct bus_alert *b, const char *kind) {
        for (int k = 0; k < ALERT_KIND_N; k++)
                if (strcmp(alert_kind_name((enum alert_kind)k), kind) == 0) {
                        b->kind = (enum alert_kind)k;
                        return true;
                }
        return false;
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
                        bus_alert_take(b, key, text, 0);
                return r;
        case 'u':
                r = sd_bus_message_read(m, "v", "u", &u);
                if (r >= 0)
                        bus_alert_take(b, key, NULL, u);
                return r;
        case 'd':
                r = sd_bus_message_read(m, "v", "d", &d);
                if (r >= 0)
                        bus_alert_take(b, key, NULL, d);
                return r;
        default:
                return sd_bus_message_skip(m, "v");
        }
}
