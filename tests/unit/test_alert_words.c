/* SPDX-License-Identifier: MIT */
/* Words of an alert from the numbers that came over the bus, whatever they are. */
#include <string.h>

#include "check.h"
#include "contract/bus_alert.h"

static void set_all(struct bus_alert *b, double number, const char *text) {
        static const char *const numbers[] = {
                "seated_s",   "cause_s",          "limit_s",       "window_s",  "asymmetry",
                "break_s",    "slouched_share",   "exercise_kind", "why_suits", "why_share",
                "why_lately", "why_other_lately", "why_other",     "why_first", "of_another_daemon",
                "seated_s",   "shifts_per_hour",  "shifts_target"};
        static const char *const texts[] = {"language",      "catalogue",     "exercise",
                                            "exercise_name", "exercise_dose", "exercise_how"};

        for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
                bus_alert_set_value(b, numbers[i], NULL, number);
        for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
                bus_alert_set_value(b, texts[i], text, 0);
}

static void test_words(void) {
        struct bus_alert b = {.kind = ALERT_ACTIVATE};
        struct alert_words words;

        CHECK(!alert_words_make(&b, "activate", &words)); /* English, as this program */
        bus_alert_set_value(&b, "language", "", 0);
        CHECK(!alert_words_make(&b, "activate", &words)); /* the same, sent */
        bus_alert_set_value(&b, "language", "de", 0);
        CHECK(!alert_words_make(&b, "headstand", &words)); /* a kind of a newer daemon */
        bus_alert_set_value(&b, "seated_s", NULL, 31 * 60 + 59);
        bus_alert_set_value(&b, "slouched_share", NULL, 0.64);
        bus_alert_set_value(&b, "break_s", NULL, 120);
        bus_alert_set_value(&b, "exercise", "no-such-exercise", 0);
        bus_alert_set_value(&b, "exercise_name", "Gesäß anspannen", 0);
        bus_alert_set_value(&b, "exercise_dose", "3 x 12", 0);
        bus_alert_set_value(&b, "exercise_how", "Im Stehen.", 0);
        CHECK(alert_words_make(&b, "activate", &words));
        CHECK(strcmp(words.title, "Stand up: time to activate your glutes") == 0);
        CHECK(strcmp(words.reason, "seated 31 min without a 2-minute break; slouched 64 % of it") == 0);
        CHECK(strcmp(words.body,
                     "Seated 31 min without a 2-minute break; slouched 64 % of it.\n"
                     "Gesäß anspannen: 3 x 12. Im Stehen.") == 0); /* the daemon's words where this program has none */
        CHECK(strcmp(words.exercise, "Gesäß anspannen") == 0 && words.safety[0] == '\0');
}

static void test_any_numbers(void) {
        static const double numbers[] = {0, -1, 1e300, -1e300, 4294967295.0, 4294967296.0, 65536, 256, 0.5};
        static const char *const kinds[] = {"activate", "slouch", "asymmetry", "still", "short"};
        char long_text[4096];

        memset(long_text, 'x', sizeof(long_text) - 1);
        long_text[sizeof(long_text) - 1] = '\0';
        for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]) + 3; i++) {
                double number = i < 9     ? numbers[i]
                                : i == 9  ? (double)NAN
                                : i == 10 ? (double)INFINITY
                                          : -(double)INFINITY;

                for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++) {
                        struct bus_alert b = {.kind = ALERT_ACTIVATE};
                        struct alert_words words;

                        set_all(&b, number, long_text);
                        CHECK(alert_words_make(&b, kinds[k], &words));
                        CHECK(strlen(words.reason) > 3 && strlen(words.body) > strlen(words.reason));
                }
        }
}

int main(void) {
        test_words();
        test_any_numbers();
        return 0;
}
