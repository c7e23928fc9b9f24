/* SPDX-License-Identifier: MIT */
#include "contract/live_json.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "util/sanitize.h"

json_t *live_json_number(double value, int decimals) {
        static const double powers[] = {1, 10, 100, 1e3, 1e4, 1e5, 1e6};
        double scaled = round(value * powers[decimals]);

        if (!isfinite(scaled))
                return json_null();
        return decimals ? json_real(scaled / powers[decimals] + 0.0) : json_integer((json_int_t)scaled);
}

json_t *live_json_text(const char *text) {
        json_t *value = *text ? json_string(text) : json_null();
        char *copy;

        if (value)
                return value;
        copy = strdup(text);
        if (copy) {
                sanitize_line(copy);
                value = json_string(copy);
        }
        free(copy);
        return value ? value : json_null();
}

/* json_dumpf() would write every token by itself. */
void live_json_write(FILE *f, json_t *document, size_t flags) {
        char *text = json_dumps(document, flags);

        if (text && !is_sanitized(text)) {
                free(text);
                text = json_dumps(document, flags | JSON_ENSURE_ASCII);
        }
        if (text)
                fputs(text, f);
        free(text);
        json_decref(document);
}

void live_json_print(FILE *f, json_t *document) {
        live_json_write(f, document, LIVE_JSON_FLAGS);
        fputc('\n', f);
}

json_t *live_json_names(const char *names) {
        json_t *array = json_array();
        size_t n;

        for (; (n = strcspn(names, " ")) > 0; names += n + (names[n] == ' '))
                json_array_append_new(array, json_stringn(names, n));
        return array;
}

/* As many as there is room for: the place of a number in the array is its meaning. */
static json_t *make_array(const struct live_array *a, int decimals) {
        json_t *array = json_array();

        for (int i = 0; i < LIVE_ARRAY_MAX; i++)
                json_array_append_new(array, live_json_number(a->of[i], decimals));
        return array;
}

static json_t *make_value(const struct live_field *f, const void *member, int decimals) {
        switch (f->type) {
        case LIVE_TEXT:
                return f->empty_stays ? json_string(member) : live_json_text(member);
        case LIVE_NAMES:
                return live_json_names(member);
        case LIVE_FLAG:
                return json_boolean(*(const bool *)member);
        case LIVE_MAYBE:
                return *(const enum maybe *)member == MAYBE_UNKNOWN ? json_null()
                                                                    : json_boolean(*(const enum maybe *)member);
        case LIVE_NUMBER:
                return live_json_number(*(const double *)member, decimals);
        case LIVE_ARRAY:
                return make_array(member, decimals);
        case LIVE_COUNT:
                return f->optional && *(const uint32_t *)member == LIVE_COUNT_UNKNOWN
                               ? json_null()
                               : json_integer(*(const uint32_t *)member);
        case LIVE_COUNT64:
        case LIVE_INSTANT:
                break;
        }
        return json_integer((json_int_t) * (const uint64_t *)member);
}

/* key "a.b": member b of the object a, which is made when it is not there. */
static void put_value(json_t *root, const char *key, json_t *value) {
        const char *dot = strchr(key, '.');
        char name[32];

        if (dot) {
                json_t *object;

                snprintf(name, sizeof(name), "%.*s", (int)(dot - key), key);
                object = json_object_get(root, name);
                if (!object) {
                        object = json_object();
                        json_object_set_new(root, name, object);
                }
                root = object;
                key = dot + 1;
        }
        json_object_set_new(root, key, value);
}

void live_json_put(json_t *root, const struct live_values *v, enum live_document document) {
        for (size_t i = 0; i < live_fields_n; i++) {
                const struct live_field *f = &live_fields[i];

                if (f->in[document].key && f->type != LIVE_INSTANT)
                        put_value(root, f->in[document].key,
                                  make_value(f, live_member(f, v), f->in[document].decimals));
        }
}
