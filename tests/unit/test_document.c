/* SPDX-License-Identifier: MIT */
/* Structs come back from their files as they were; what is missing is zero, what is damaged is refused. */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "store/document.h"

struct inner {
        uint64_t age_us;
        float value;
};

struct outer {
        uint8_t small;
        uint16_t medium;
        uint32_t large, color;
        uint64_t huge;
        int8_t negative;
        int32_t index;
        float real;
        char text[8];
        uint64_t counts[3];
        struct inner inner, list[2];
        float grid[2][2], many[1000];
};

static const char *name_color(int i) {
        return i == 0 ? "red" : i == 1 ? "green" : "blue";
}

static const struct stored_member inner_members[] = {
        {STORED_AGE(struct inner, "age_us", age_us)},
        {STORED_NUMBER(struct inner, "value", value)},
        {0},
};

static const struct stored_member outer_members[] = {
        {STORED_NUMBER(struct outer, "small", small)},
        {STORED_NUMBER(struct outer, "medium", medium)},
        {STORED_NUMBER(struct outer, "large", large)},
        {STORED_WORD(struct outer, "color", color, name_color, 3)},
        {STORED_NUMBER(struct outer, "huge", huge)},
        {STORED_NUMBER(struct outer, "negative", negative)},
        {STORED_NUMBER(struct outer, "index", index)},
        {STORED_NUMBER(struct outer, "real", real)},
        {STORED_STRING(struct outer, "text", text)},
        {STORED_NUMBERS(struct outer, "counts", counts, name_color)},
        {STORED_STRUCT(struct outer, "inner", inner, inner_members)},
        {STORED_STRUCTS(struct outer, "list", list, inner_members, NULL)},
        {STORED_GRID(struct outer, "grid", grid)},
        {STORED_NUMBERS(struct outer, "many", many, NULL)},
        {0},
};

static const struct document_kind kind = {
        .name = "test", .version = 3, .size = sizeof(struct outer), .members = outer_members};

static struct outer outer, back;

static void expect_round_trip(void) {
        size_t n;
        char *text = document_write(&kind, &outer, &n);

        CHECK(text && n == strlen(text) && text[n - 1] == '\n');
        memset(&back, 0x55, sizeof(back));
        CHECK(!document_read(&kind, text, n, &back));
        CHECK(memcmp(&back, &outer, sizeof(outer)) == 0);
        free(text);
}

static void test_round_trip(void) {
        memset(&outer, 0, sizeof(outer));
        expect_round_trip();
        outer.small = UINT8_MAX;
        outer.medium = UINT16_MAX;
        outer.large = UINT32_MAX;
        outer.color = 2;
        outer.huge = INT64_MAX;
        outer.negative = INT8_MIN;
        outer.index = INT32_MIN;
        outer.real = NAN;
        memcpy(outer.text, "\xc3\xbc\"\\", 5);
        outer.counts[1] = 7;
        outer.inner = (struct inner){.age_us = UINT64_MAX, .value = -1.5e-38F};
        outer.list[1].value = 3.4e38F;
        outer.grid[1][0] = -0.0F;
        expect_round_trip();
}

/* Nine digits bring back every float, whatever its bits. */
static void test_floats(void) {
        uint32_t bits = 1;

        for (int round = 0; round < 200; round++) {
                for (int i = 0; i < 1000; i++) {
                        do {
                                bits = bits * 1664525 + 1013904223;
                                memcpy(&outer.many[i], &(uint32_t){bits ^ bits >> 15}, sizeof(float));
                        } while (!isfinite(outer.many[i]));
                }
                expect_round_trip();
        }
}

static const char *read_data(const char *data) {
        char text[512];

        snprintf(text, sizeof(text), "{\"sitbone\": \"test\", \"version\": 3, \"data\": %s}  \n", data);
        return document_read(&kind, text, strlen(text), &back);
}

static void test_missing_and_unknown(void) {
        CHECK(!read_data("{}"));
        CHECK(back.large == 0 && back.inner.age_us == 0); /* a record that is missing is zero as a whole */
        CHECK(!read_data("{\"inner\": {}, \"large\": 8, \"later\": [1, 2], \"counts\": {\"blue\": 4, \"pink\": 5}}"));
        CHECK(back.inner.age_us == UINT64_MAX && back.large == 8 && back.counts[2] == 4);
        CHECK(!read_data("{\"real\": 3, \"color\": \"green\"}") && back.real == 3 && back.color == 1);
}

static void test_refused(void) {
        static const char *const bad[] = {"[]",
                                          "{\"small\": 256}",
                                          "{\"small\": -1}",
                                          "{\"small\": 1.5}",
                                          "{\"small\": null}",
                                          "{\"small\": \"1\"}",
                                          "{\"negative\": -129}",
                                          "{\"index\": 2147483648}",
                                          "{\"huge\": -1}",
                                          "{\"huge\": 9223372036854775808}",
                                          "{\"real\": \"1\"}",
                                          "{\"real\": 1e39}",
                                          "{\"color\": \"pink\"}",
                                          "{\"color\": 1}",
                                          "{\"text\": \"12345678\"}",
                                          "{\"text\": 1}",
                                          "{\"counts\": [1]}",
                                          "{\"list\": [{}, {}, {}]}",
                                          "{\"list\": {}}",
                                          "{\"inner\": []}",
                                          "{\"grid\": [1, 2, 3, 4, 5]}",
                                          "{\"small\": 1, \"small\": 2}",
                                          "{\"small\": 1"};

        for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
                const char *why = read_data(bad[i]);

                if (!why)
                        printf("accepted: %s\n", bad[i]);
                CHECK(why && strcmp(why, "it is damaged") == 0);
        }
}

static const char *read_text(const char *text) {
        return document_read(&kind, text, strlen(text), &back);
}

static void test_head(void) {
        size_t n;
        char *text, *digit;

        CHECK(strcmp(read_text("{\"sitbone\": \"test\", \"version\": 4, \"data\": []}"), "it is of a newer version") ==
              0);
        CHECK(strcmp(read_text("{\"sitbone\": \"test\", \"version\": 2, \"data\": []}"),
                     "it is of an older version") == 0);
        CHECK(strcmp(read_text("{\"sitbone\": \"other\", \"version\": 3}"), "it is not a file of this kind") == 0);
        CHECK(strcmp(read_text("[1, 2]"), "it is not a file of this kind") == 0);
        CHECK(strcmp(read_text(""), "it is damaged") == 0);
        memset(&outer, 0, sizeof(outer));
        outer.large = 12345;
        text = document_write(&kind, &outer, &n);
        for (size_t cut = 0; cut + 2 < n; cut++)
                CHECK(document_read(&kind, text, cut, &back)); /* a file that is cut off */
        digit = strstr(text, "12345");
        digit[2] = '4'; /* still JSON, but not what was written */
        CHECK(strcmp(read_text(text), "it is damaged") == 0);
        free(text);
}

int main(void) {
        test_round_trip();
        test_floats();
        test_missing_and_unknown();
        test_refused();
        test_head();
        return 0;
}
