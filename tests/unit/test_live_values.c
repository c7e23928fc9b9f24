/* SPDX-License-Identifier: MIT */
/* The table of published values: each row is complete, no key occurs twice on an outlet, units agree with keys,
 * and the manual pages describe every key. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "contract/live_fields.h"
#include "contract/live_json.h"

static const char *const documents[LIVE_DOCUMENT_N] = {
        [LIVE_STATUS] = "sitbonectl.1",
        [LIVE_REPLAY] = "sitbonectl.1",
        [LIVE_STATE] = "sitbone-mqtt.7",
        [LIVE_DIAG] = "sitbone-mqtt.7",
};

static bool ends_with(const char *text, const char *end) {
        size_t n = strlen(text), m = strlen(end);

        return n >= m && strcmp(text + n - m, end) == 0;
}

static void check_unit(const char *key, const char *unit) {
        static const struct {
                const char *end, *unit;
        } units[] = {
                {"_per_cm", "1/cm"}, {"_mm_s", "mm/s"}, {"_mm", "mm"},   {"_deg", "deg"}, {"_pct", "%"}, {"_hz", "Hz"},
                {"_cm2", "cm2"},     {"_us", "us"},     {"_min", "min"}, {"Deg", "deg"},  {"_s", "s"},   {"_n", "N"},
        };

        for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++)
                if (ends_with(key, units[i].end)) {
                        CHECK(unit && strcmp(unit, units[i].unit) == 0);
                        return;
                }
}

static void test_rows(void) {
        for (size_t i = 0; i < live_fields_n; i++) {
                const struct live_field *f = &live_fields[i];
                bool somewhere = f->bus != NULL;

                CHECK(f->meaning && *f->meaning && f->size > 0);
                CHECK(f->offset + f->size <= sizeof(struct live_values));
                CHECK(f->type != LIVE_INSTANT || !f->in[LIVE_DIAG].key);
                if (f->bus)
                        check_unit(f->bus, f->unit);
                for (int d = 0; d < LIVE_DOCUMENT_N; d++)
                        if (f->in[d].key) {
                                somewhere = true;
                                check_unit(f->in[d].key, f->unit);
                        }
                CHECK(somewhere);
                for (size_t j = 0; j < i; j++) {
                        CHECK(f->offset != live_fields[j].offset);
                        CHECK(!f->bus || !live_fields[j].bus || strcmp(f->bus, live_fields[j].bus) != 0);
                        for (int d = 0; d < LIVE_DOCUMENT_N; d++)
                                CHECK(!f->in[d].key || !live_fields[j].in[d].key ||
                                      strcmp(f->in[d].key, live_fields[j].in[d].key) != 0);
                }
        }
}

static void test_numbers(void) {
        static const struct {
                double value;
                int decimals;
                const char *text;
        } cases[] = {{-0.04, 1, "0.0"}, {0.85, 2, "0.85"}, {12, 1, "12.0"},       {-7.5, 0, "-8"},
                     {2.5, 0, "3"},     {NAN, 3, "null"},  {INFINITY, 0, "null"}, {123456.789, 3, "123456.789"}};

        for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
                json_t *number = live_json_number(cases[i].value, cases[i].decimals);
                char *text = json_dumps(number, LIVE_JSON_FLAGS | JSON_ENCODE_ANY);

                CHECK(text && strcmp(text, cases[i].text) == 0);
                free(text);
                json_decref(number);
        }
}

/* Nothing is known: every key is there, and no number is made up. */
static void test_unknown(void) {
        static struct live_values v;
        json_t *root = json_object();

        live_values_clear(&v);
        live_json_put(root, &v, LIVE_STATUS);
        CHECK(json_is_null(json_object_get(root, "pelvic_tilt_deg")));
        CHECK(json_is_null(json_object_get(root, "squeezes")) && json_is_null(json_object_get(root, "sitter")));
        CHECK(json_is_false(json_object_get(root, "mat_online")));
        CHECK(json_array_size(json_object_get(root, "region_loaded_s")) == REGION_N);
        CHECK(strcmp(json_string_value(json_object_get(root, "seat_name")), "") == 0);
        json_decref(root);
        root = json_object();
        live_json_put(root, &v, LIVE_STATE);
        CHECK(json_is_null(json_object_get(root, "occupied")) &&
              json_is_null(json_object_get(root, "last_session_min")));
        CHECK(json_object_get(json_object_get(root, "learning"), "left_s"));
        json_decref(root);
}

/* The page's source, malloc'd. */
static char *read_page(const char *page) {
        char path[64], *text = calloc(1, 200000);
        FILE *f;

        snprintf(path, sizeof(path), "config/man/%s.scd", page);
        f = fopen(path, "r");
        CHECK(text && f && fread(text, 1, 199999, f) > 0);
        fclose(f);
        return text;
}

/* "a.b" is described as *b*, *b*: or *b* type. */
static bool describes_key(const char *page, const char *key) {
        const char *dot = strrchr(key, '.');
        char bold[64];

        snprintf(bold, sizeof(bold), "*%s*", dot ? dot + 1 : key);
        return strstr(page, bold) != NULL;
}

static int count_missing(const char *name, const char *page, const char *key) {
        if (!key || describes_key(page, key))
                return 0;
        fprintf(stderr, "%s does not describe %s\n", name, key);
        return 1;
}

static void test_manual(void) {
        char *page = read_page("sitbone-dbus.7");
        int missing = 0;

        for (size_t i = 0; i < live_fields_n; i++)
                missing += count_missing("sitbone-dbus.7", page, live_fields[i].bus);
        free(page);
        for (int d = 0; d < LIVE_DOCUMENT_N; d++) {
                page = read_page(documents[d]);
                for (size_t i = 0; i < live_fields_n; i++)
                        missing += count_missing(documents[d], page, live_fields[i].in[d].key);
                free(page);
        }
        CHECK(missing == 0);
}

int main(void) {
        test_rows();
        test_numbers();
        test_unknown();
        test_manual();
        return 0;
}
