/* SPDX-License-Identifier: MIT */
#include "contract/live_bus.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "util/clock.h"
#include "util/sanitize.h"

const char *live_bus_type(const struct live_field *f) {
        static const char *const types[] = {
                [LIVE_TEXT] = "s",  [LIVE_NAMES] = "as",  [LIVE_FLAG] = "b",
                [LIVE_MAYBE] = "b", [LIVE_NUMBER] = "d",  [LIVE_ARRAY] = "ad",
                [LIVE_COUNT] = "u", [LIVE_COUNT64] = "t", [LIVE_INSTANT] = "t",
        };

        return types[f->type];
}

static int append_names(sd_bus_message *m, const char *names) {
        int r = sd_bus_message_open_container(m, 'a', "s");
        char name[LIVE_WORD_MAX];
        size_t n;

        for (; r >= 0 && (n = strcspn(names, " ")) > 0; names += n + (names[n] == ' ')) {
                snprintf(name, sizeof(name), "%.*s", (int)n, names);
                r = sd_bus_message_append(m, "s", name);
        }
        return r < 0 ? r : sd_bus_message_close_container(m);
}

int live_bus_append_value(sd_bus_message *m, const struct live_field *f, const struct live_values *v) {
        const void *member = live_member(f, v);
        const struct live_array *array = member;
        uint64_t wall_us;
        int yes;

        switch (f->type) {
        case LIVE_NAMES:
                return append_names(m, member);
        case LIVE_ARRAY:
                return sd_bus_message_append_array(m, 'd', array->of, array->n * sizeof(double));
        case LIVE_FLAG:
                yes = *(const bool *)member;
                return sd_bus_message_append_basic(m, 'b', &yes);
        case LIVE_MAYBE:
                yes = *(const enum maybe *)member == MAYBE_YES;
                return sd_bus_message_append_basic(m, 'b', &yes);
        case LIVE_INSTANT:
                wall_us = clock_to_wall_us(*(const uint64_t *)member, v->now_us, v->realtime_us);
                return sd_bus_message_append_basic(m, 't', &wall_us);
        case LIVE_TEXT:
        case LIVE_NUMBER:
        case LIVE_COUNT:
        case LIVE_COUNT64:
                break;
        }
        return sd_bus_message_append_basic(m, *live_bus_type(f), member);
}

static bool is_unknown(const struct live_field *f, const void *member) {
        return (f->type == LIVE_TEXT && *(const char *)member == '\0') ||
               (f->type == LIVE_MAYBE && *(const enum maybe *)member == MAYBE_UNKNOWN) ||
               (f->type == LIVE_NUMBER && isnan(*(const double *)member)) ||
               (f->type == LIVE_COUNT && *(const uint32_t *)member == LIVE_COUNT_UNKNOWN);
}

int live_bus_append_entry(sd_bus_message *m, const struct live_field *f, const struct live_values *v) {
        int r;

        if (f->optional && is_unknown(f, live_member(f, v)))
                return 0;
        r = sd_bus_message_open_container(m, 'e', "sv");
        if (r >= 0)
                r = sd_bus_message_append(m, "s", f->bus);
        if (r >= 0)
                r = sd_bus_message_open_container(m, 'v', live_bus_type(f));
        if (r >= 0)
                r = live_bus_append_value(m, f, v);
        if (r >= 0)
                r = sd_bus_message_close_container(m);
        return r < 0 ? r : sd_bus_message_close_container(m);
}

static int read_names(sd_bus_message *m, char *ret, size_t size) {
        int r = sd_bus_message_enter_container(m, 'a', "s");
        const char *name;

        ret[0] = '\0';
        while (r >= 0 && (r = sd_bus_message_read_basic(m, 's', &name)) > 0)
                snprintf(ret + strlen(ret), size - strlen(ret), "%s%s", *ret ? " " : "", name);
        return r < 0 ? r : sd_bus_message_exit_container(m);
}

static int read_array(sd_bus_message *m, struct live_array *ret) {
        const void *numbers;
        size_t size;
        int r = sd_bus_message_read_array(m, 'd', &numbers, &size);

        if (r < 0)
                return r;
        ret->n = size / sizeof(double) < LIVE_ARRAY_MAX ? (uint32_t)(size / sizeof(double)) : LIVE_ARRAY_MAX;
        if (ret->n > 0)
                memcpy(ret->of, numbers, ret->n * sizeof(double));
        return 0;
}

static int read_text(sd_bus_message *m, char *ret, size_t size) {
        const char *text;
        int r = sd_bus_message_read_basic(m, 's', &text);

        if (r >= 0)
                snprintf(ret, size, "%s", text);
        return r;
}

static int read_flag(sd_bus_message *m, const struct live_field *f, void *ret) {
        int yes, r = sd_bus_message_read_basic(m, 'b', &yes);

        if (r >= 0 && f->type == LIVE_FLAG)
                *(bool *)ret = yes;
        else if (r >= 0)
                *(enum maybe *)ret = yes ? MAYBE_YES : MAYBE_NO;
        return r;
}

static int read_value(sd_bus_message *m, const struct live_field *f, void *member) {
        switch (f->type) {
        case LIVE_TEXT:
                return read_text(m, member, f->size);
        case LIVE_NAMES:
                return read_names(m, member, f->size);
        case LIVE_FLAG:
        case LIVE_MAYBE:
                return read_flag(m, f, member);
        case LIVE_ARRAY:
                return read_array(m, member);
        case LIVE_NUMBER:
        case LIVE_COUNT:
        case LIVE_COUNT64:
        case LIVE_INSTANT:
                break;
        }
        return sd_bus_message_read_basic(m, *live_bus_type(f), member);
}

int live_bus_read_entry(sd_bus_message *m, const char *key, struct live_values *v) {
        const struct live_field *f = live_field_on_bus(key);
        const char *type;
        int r = sd_bus_message_peek_type(m, NULL, &type);

        if (r < 0 || !f || strcmp(live_bus_type(f), type) != 0)
                return r < 0 ? r : 0;
        r = sd_bus_message_enter_container(m, 'v', type);
        if (r >= 0)
                r = read_value(m, f, (char *)v + f->offset);
        if (r >= 0 && (f->type == LIVE_TEXT || f->type == LIVE_NAMES))
                sanitize_line((char *)v + f->offset); /* it goes to a terminal */
        if (r >= 0)
                r = sd_bus_message_exit_container(m);
        return r < 0 ? r : 1;
}
