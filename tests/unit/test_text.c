/* SPDX-License-Identifier: MIT */
/* Names and sentences: no enum without a name, numbers in every reason, and no character cut in two. */
#include <string.h>

#include "check.h"
#include "words/names.h"
#include "words/sentences.h"

static void test_names(void) {
        for (int i = 0; i <= REFUSAL_N; i++)
                CHECK(refusal_name((enum refusal)i)[0] != '\0');
        for (int i = 0; i < COMMAND_RESULT_N; i++)
                CHECK(strlen(command_result_text((enum command_result)i)) > 3);
        for (int i = 0; i < ALERT_KIND_N; i++)
                CHECK(strlen(alert_title((enum alert_kind)i)) > 3);
        CHECK(strcmp(alert_title(ALERT_ACTIVATE), "Stand up: time to activate your glutes") == 0);
        CHECK(strcmp(alert_title(ALERT_SLOUCH), "Sit back a little") == 0);
        CHECK(strcmp(posture_name(POSTURE_LEANING_LEFT), "leaning_left") == 0);
        CHECK(strcmp(posture_name((enum posture_class)99), "unknown") == 0);
        CHECK(strcmp(alert_event_name(ALERT_ACTIVATE), "glute_activation_due") == 0);
        CHECK(strcmp(alert_outcome_name(ALERT_STOOD), "stood") == 0);
        CHECK(strcmp(command_result_name(COMMAND_NOTHING_DUE), "NothingDue") == 0);
}

static void test_refusal(void) {
        char text[200];
        unsigned pct;

        command_refusal_text(COMMAND_SOMEBODY_SEATED, 37.6, text, sizeof(text));
        CHECK(strcmp(text, "The seat reads like a person (38 % of full scale). If it is empty, run: sitbonectl tare "
                           "--empty") == 0);
        CHECK(sscanf(text, SEAT_READS_LIKE_PERSON, &pct) == 1 && pct == 38);
        command_refusal_text(COMMAND_SOMEBODY_SEATED, NAN, text, sizeof(text));
        CHECK(strstr(text, "tare --empty") && !strchr(text, '%'));
        command_refusal_text(COMMAND_NO_FRAMES, 38, text, sizeof(text));
        CHECK(strcmp(text, command_result_text(COMMAND_NO_FRAMES)) == 0);
}

static void test_reasons(void) {
        struct alert a = {.seated_us = 31 * 60000000ull + 59000000, .break_us = 120000000, .slouched_share = 0.64f};
        char text[200];

        alert_reason(&a, ALERT_ACTIVATE, text, sizeof(text));
        CHECK(strcmp(text, "seated 31 min without a 2-minute break; slouched 64 % of it") == 0);
        a.slouched_share = NAN;
        a.break_us = 90000000;
        alert_reason(&a, ALERT_ACTIVATE, text, sizeof(text));
        CHECK(strcmp(text, "seated 31 min without a 90-second break") == 0);
        a.asymmetry = 0.4f;
        a.cause_us = a.limit_us = 600000000;
        a.window_us = 900000000;
        alert_reason(&a, ALERT_ASYMMETRY, text, sizeof(text));
        CHECK(strcmp(text, "more load on the right 10 of the last 15 min (limit 10 min)") == 0);
        alert_body(&a, ALERT_ASYMMETRY, NULL, text, sizeof(text));
        CHECK(strcmp(text, "More load on the right 10 of the last 15 min: bring some weight to the left.") == 0);
        a.asymmetry = -0.4f;
        alert_body(&a, ALERT_ASYMMETRY, NULL, text, sizeof(text));
        CHECK(strcmp(text, "More load on the left 10 of the last 15 min: bring some weight to the right.") == 0);
        a.asymmetry = NAN;
        alert_body(&a, ALERT_ASYMMETRY, NULL, text, sizeof(text));
        CHECK(strcmp(text, "More load on one side 10 of the last 15 min.") == 0);
        alert_body(&a, ALERT_SLOUCH, NULL, text, sizeof(text));
        CHECK(strcmp(text, "Slouched 10 of the last 15 min.") == 0);
        alert_reason(&a, ALERT_STILL, text, sizeof(text));
        CHECK(strcmp(text, "no weight shift for 10 min (limit 10 min)") == 0);
        a.shifts_per_hour = 9.2f;
        a.shifts_target = 14;
        alert_reason(&a, ALERT_STILL, text, sizeof(text));
        CHECK(strcmp(text, "9 weight shifts an hour lately, your target is 14") == 0);
        a.shifts_target = 0;
        a.cause_us = 65 * 60000000ull;
        alert_reason(&a, ALERT_SHORT, text, sizeof(text));
        CHECK(strcmp(text, "seated 1 h 5 min since the last prompt (limit 10 min)") == 0);
        a.seated_us = 120 * 60000000ull;
        a.break_us = 60000000;
        alert_reason(&a, ALERT_ACTIVATE, text, sizeof(text));
        CHECK(strcmp(text, "seated 2 h without a 1-minute break") == 0);
}

static void write_body(const struct snapshot *s, char *ret, size_t size) {
        const struct alert *a = &s->alerts.of[ALERT_ACTIVATE];

        alert_body(a, ALERT_ACTIVATE, alert_exercise(s->exercises, a), ret, size);
}

static int count_words(const char *text, size_t n) {
        int words = 0;

        for (size_t i = 0; i < n; i++)
                words += text[i] != ' ' && text[i] != '\n' && (i == 0 || text[i - 1] == ' ' || text[i - 1] == '\n');
        return words;
}

/* At most 25 words come before the exercise, title included, in every kind with the longest numbers. */
static void test_word_count(void) {
        static const struct exercise e = {.name = "N", .dose = "3 x 12", .set = "12", .how = "H"};
        struct alert a = {.seated_us = 605 * 60000000ull,
                          .cause_us = 605 * 60000000ull,
                          .window_us = 905 * 60000000ull,
                          .break_us = 150000000,
                          .slouched_share = 1,
                          .asymmetry = -0.5f,
                          .also = ~0U,
                          .why = {.suits = EXERCISE_SUITS_SLOUCHED, .share = 1, .other_lately = 9}};
        char text[900];

        for (enum alert_kind k = 0; k < ALERT_KIND_N; k++) {
                alert_body(&a, k, &e, text, sizeof(text));
                const char *end = strchr(text, '\n');
                CHECK(end && strcmp(end, "\nN: 12. H") == 0); /* one set, and nothing after it */
                CHECK(count_words(alert_title(k), strlen(alert_title(k))) + count_words(text, (size_t)(end - text)) <=
                      25);
        }
        CHECK(strcmp(exercise_one_set(&e), "12") == 0);
        a.seated_us = 31 * 60000000ull;
        a.break_us = 120000000;
        alert_body(&a, ALERT_ACTIVATE, NULL, text, sizeof(text)); /* the clauses that fit stay */
        CHECK(strcmp(text,
                     "Seated 31 min without a 2-minute break; slouched 100 % of it; no weight shift for long.") == 0);
}

/* In a buffer of any size, a character is complete or missing. */
static void test_truncation(void) {
        static struct snapshot s;
        static struct exercise_catalogue c;
        char whole[900], text[900];

        c.n = 1;
        snprintf(c.of[0].name, sizeof(c.of[0].name), "Gesäß ✓ 𝄞");
        snprintf(c.of[0].dose, sizeof(c.of[0].dose), "3 × 12");
        snprintf(c.of[0].set, sizeof(c.of[0].set), "12 ×");
        snprintf(c.of[0].how, sizeof(c.of[0].how), "Übung für später");
        s.exercises = &c;
        s.alerts.of[ALERT_ACTIVATE].seated_us = 30 * 60000000ull;
        s.alerts.of[ALERT_ACTIVATE].break_us = 120000000;
        s.alerts.of[ALERT_ACTIVATE].why = (struct exercise_reason){.suits = EXERCISE_SUITS_SLOUCHED,
                                                                   .share = 0.64f,
                                                                   .other_lately = 2,
                                                                   .other = EXERCISE_STRENGTHEN,
                                                                   .lately = 1,
                                                                   .first = EXERCISE_SIDE_LEFT};
        write_body(&s, whole, sizeof(whole));
        CHECK(strstr(whole, "Seated 30 min without a 2-minute break.\nGesäß ✓ 𝄞: 12 ×. Übung für später"));
        CHECK(strstr(whole, "später Begin with the left side, which carried less."));
        CHECK(!strstr(whole, "lately") && !strstr(whole, "because")); /* the choice is explained by `why` alone */
        for (size_t room = 1; room <= strlen(whole) + 1; room++) {
                write_body(&s, text, room);
                size_t n = strlen(text);
                CHECK(n < room && strncmp(whole, text, n) == 0);
                CHECK(((unsigned char)whole[n] & 0xC0) != 0x80); /* the next byte begins a character */
                CHECK(n + 4 >= room - 1);                        /* and no more is missing than that character */
        }
        write_body(&s, NULL, 0);
        s.alerts.of[ALERT_ACTIVATE].exercise = 7; /* not in the catalogue any more */
        write_body(&s, text, sizeof(text));
        CHECK(strcmp(text, "Seated 30 min without a 2-minute break.") == 0);
}

int main(void) {
        test_names();
        test_refusal();
        test_reasons();
        test_word_count();
        test_truncation();
        return 0;
}
