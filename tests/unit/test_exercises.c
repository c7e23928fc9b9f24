/* SPDX-License-Identifier: MIT */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "configure/exercises.h"
#include "util/language.h"

static struct exercise_catalogue catalogue;
static struct config_errors errors;

#define GOOD                                                                                                          \
        "[safety]\ntext = Stop if it hurts.\ntext = Second.\n"                                                        \
        "[a-b]\nname = A; #\nkind = activate\nplace = desk\nsuits = any, still\ndose = 1\nhow = do\nprompt = yes\n"

static int parse(const char *text) {
        memset(&errors, 0, sizeof(errors));
        return exercises_parse("x.conf", text, strlen(text), &errors, &catalogue);
}

/* The text has exactly one error, whose message contains the words. */
static void expect_error(const char *text, const char *said) {
        catalogue.n = 77;
        CHECK(parse(text) == 1);
        if (!strstr(errors.text[0], said))
                fprintf(stderr, "said: %s\n", errors.text[0]);
        CHECK(strstr(errors.text[0], said));
        CHECK(catalogue.n == 77); /* unchanged */
}

static void good(void) {
        CHECK(parse(GOOD) == 0);
        CHECK(catalogue.n == 1);
        CHECK(strcmp(catalogue.of[0].id, "a-b") == 0 && strcmp(catalogue.of[0].name, "A; #") == 0);
        CHECK(catalogue.of[0].suits == (EXERCISE_SUITS_ANY | EXERCISE_SUITS_STILL) && catalogue.of[0].prompt);
        CHECK(strcmp(catalogue.safety, "Stop if it hurts.\nSecond.") == 0);
}

static void mistakes_are_said(void) {
        static char many[EXERCISES_MAX * 160], *at = many;

        expect_error(GOOD "kind = stretch\n", "x.conf:12: [a-b] kind: given twice");
        expect_error(GOOD "colour = red\n", "x.conf:12: [a-b] colour: no such key; legal are name, kind");
        expect_error(GOOD "sides = left\n", "x.conf:12: [a-b] sides = left: must be one of no, yes");
        expect_error(GOOD "[a-b]\n", "x.conf:12: [a-b]: an exercise of this name exists already");
        expect_error(GOOD "[A B]\n", "x.conf:12: [A B]: the name of an exercise is");
        expect_error("[safety]\ntext = x\n[c]\nname = n\nkind = run\nplace = desk\nsuits = any\ndose = 1\nhow = "
                     "h\nprompt = "
                     "no\n",
                     "x.conf:5: [c] kind = run: must be one of activate, strengthen, release, stretch");
        expect_error("[safety]\ntext = x\n[c]\nname = n\nkind = release\nplace = floor\nsuits = any\ndose = 1\nhow = "
                     "h\nprompt = yes\n",
                     "prompt = yes needs place = desk or standing");
        expect_error("[safety]\ntext = x\n[c]\nname = n\nkind = release\nplace = desk\nsuits = some\ndose = 1\nhow = "
                     "h\nprompt = no\n",
                     "x.conf:7: [c] suits = some: must be one of any, slouched");
        expect_error(
                "[safety]\ntext = x\n[c]\nname = n\nkind = release\nplace = desk\nsuits = any\nhow = h\nprompt = no\n",
                "x.conf:3: [c]: dose is missing");
        expect_error("[safety]\ntext = x\n[c]\nname = n\nkind = release\nplace = desk\nsuits = any\ndose =\nhow = "
                     "h\nprompt "
                     "= no\n",
                     "x.conf:8: [c] dose: must have 1..95 bytes");
        expect_error("[safety]\ntext = x\n[c]\nname = n\nkind = release\nplace = desk\nsuits = any\ndose = 1\nhow = "
                     "h\nprompt "
                     "= no\n[safety]\ntext = \xff\n",
                     "x.conf:12: [safety] text: not UTF-8");
        expect_error("[safety]\ntext = x\n[c]\nprompt = no\n",
                     "x.conf:3: [c]: name, kind, place, suits, dose, how are missing");
        expect_error("[safety]\ntext = x\n[c]\nname = n\ndose = 1\nhow = h\n[d]\nname = n\ndose = 1\nhow = h\n",
                     "x.conf:3: [c] and 1 more: kind, place, suits, prompt are missing. A translation");
        expect_error(GOOD "[safety]\nwords = x\n", "x.conf:13: [safety] words: no such key");
        expect_error("[safety]\ntext = x\n", "contains no exercise");
        expect_error("name = x\n" GOOD, "x.conf:1: name: before the first");
        at += sprintf(at, "[safety]\ntext = x\n");
        for (int i = 0; i <= EXERCISES_MAX; i++)
                at += sprintf(
                        at,
                        "[e%d]\nname = n\nkind = release\nplace = desk\nsuits = any\ndose = 1\nhow = h\nprompt = no\n",
                        i);
        expect_error(many, "more than 64 exercises");
        CHECK(exercises_load("/nonexistent/x.conf", &errors, &catalogue) == 1 && catalogue.n == 0);
}

/* The shipped file is the whole programme and offers an exercise for everything that the seat may detect. */
static void shipped(void) {
        uint32_t offered = 0, kinds = 0;

        memset(&errors, 0, sizeof(errors));
        CHECK(exercises_load("config/exercises.conf", &errors, &catalogue) == 0);
        CHECK(catalogue.n >= 15);
        for (uint32_t i = 0; i < catalogue.n; i++) {
                kinds |= 1u << catalogue.of[i].kind;
                offered |= catalogue.of[i].prompt ? catalogue.of[i].suits : 0;
        }
        CHECK(kinds == 0xF);
        CHECK(offered ==
              (1u << EXERCISE_SUITS_N) - 1); /* an exercise at the desk exists for everything that the seat detects */
        CHECK(strcmp(catalogue.of[0].id, "standing-glute-contraction") == 0);
        CHECK(strstr(catalogue.safety, "emergency") && strstr(catalogue.safety, "not a medical device"));
}

static int translate(const char *text) {
        memset(&errors, 0, sizeof(errors));
        return exercises_translate("x.de.conf", text, strlen(text), &errors, &catalogue);
}

/* A translation changes words only, and all of them or none. */
static void translations(void) {
        CHECK(parse(GOOD) == 0);
        CHECK(translate("[a-b]\nname = Ä\ndose = 2\nhow = tu es\n") == 0);
        CHECK(strcmp(catalogue.of[0].name, "Ä") == 0 && strcmp(catalogue.of[0].dose, "2") == 0);
        CHECK(catalogue.of[0].prompt && catalogue.of[0].suits == (EXERCISE_SUITS_ANY | EXERCISE_SUITS_STILL));
        CHECK(strcmp(catalogue.safety, "Stop if it hurts.\nSecond.") == 0);
        CHECK(translate("[safety]\ntext = Halt.\n") == 0 && strcmp(catalogue.safety, "Halt.") == 0);
        CHECK(translate("[c]\nname = x\n") == 1);
        CHECK(strstr(errors.text[0], "x.de.conf:1: [c]: the catalogue has no such exercise"));
        CHECK(translate("[a-b]\nname = Neu\ndose = 3\nhow = h\nkind = stretch\n") == 1);
        CHECK(strstr(errors.text[0], "x.de.conf:5: [a-b] kind: no such key; legal are name, dose, how"));
        CHECK(strcmp(catalogue.of[0].name, "Ä") == 0);
        CHECK(translate("[a-b]\nname = Neu\nhow = h\n") == 1);
        CHECK(strstr(errors.text[0], "x.de.conf:1: [a-b]: dose is missing"));
}

static bool language(const char *all, const char *list, const char *wish, const char *gives) {
        setenv("LC_ALL", all, 1);
        setenv("LANGUAGE", list, 1);
        language_choose(wish);
        return strcmp(language_chosen(), gives) == 0;
}

static void languages(void) {
        CHECK(language("de_AT.UTF-8", "", "", "de_AT"));
        CHECK(language("de_DE@euro", "fr:de", "auto", "fr"));
        CHECK(language("C.UTF-8", "de", "", "")); /* C selects no translation, whatever the other variables are */
        CHECK(language("en_GB.UTF-8", "", "", ""));
        CHECK(language("", "", "", ""));
        CHECK(language("C", "", "de", "de"));
        CHECK(language("C", "", "../../x", "")); /* the language becomes part of a path */
}

/* Every shipped translation translates every exercise and the safety text. */
static void shipped_german(void) {
        static struct exercise_catalogue english;

        CHECK(language("C", "", "en", ""));
        memset(&errors, 0, sizeof(errors));
        CHECK(exercises_load("config/exercises.conf", &errors, &english) == 0);
        CHECK(language("de_AT.UTF-8", "", "", "de_AT"));
        CHECK(exercises_load("config/exercises.conf", &errors, &catalogue) == 0 && catalogue.n == english.n);
        for (uint32_t i = 0; i < english.n; i++) {
                const struct exercise *e = &english.of[i], *d = &catalogue.of[i];

                CHECK(strcmp(e->id, d->id) == 0 && e->kind == d->kind && e->suits == d->suits);
                CHECK(strcmp(e->name, d->name) != 0 && strcmp(e->how, d->how) != 0);
        }
        CHECK(strstr(catalogue.safety, "Notfall") && strstr(catalogue.safety, "kein Medizinprodukt"));
        CHECK(!strstr(catalogue.safety, "doctor"));
}

int main(void) {
        translations();
        languages();
        shipped_german();
        CHECK(language("C", "", "en", ""));
        good();
        mistakes_are_said();
        shipped();
        return 0;
}
