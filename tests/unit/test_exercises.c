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

static void optional_keys(void) {
        CHECK(parse(GOOD) == 0 && catalogue.of[0].set[0] == '\0' && catalogue.about[0] == '\0');
        CHECK(parse(GOOD
                    "set = 1 x\nsource = Doe 2020\n[about]\ntext = One.\ntext = Two.\n[safety]\nshort = Stop.\n") ==
              0);
        CHECK(strcmp(catalogue.of[0].set, "1 x") == 0 && strcmp(catalogue.of[0].source, "Doe 2020") == 0);
        CHECK(strcmp(catalogue.about, "One.\nTwo.") == 0 && strcmp(catalogue.safety_short, "Stop.") == 0);
        CHECK(strcmp(catalogue.safety, "Stop if it hurts.\nSecond.") == 0);
        expect_error(GOOD "[about]\nshort = x\n", "x.conf:13: [about] short: no such key; legal is text");
        expect_error(GOOD "[safety]\nshort =\n", "x.conf:13: [safety] short: must have 1..191 bytes");
        CHECK(parse("[safety]\ntext = x\n[c]\nname = n\nkind = activate\nplace = away\nsuits = any\ndose = 1\n"
                    "how = h\nprompt = yes\n") == 0);
}

/* A notification of 300 x 100 pixels, the least of the common desktops, has four lines of 34 characters. */
static int count_lines(const char *text) {
        int lines = 1, column = 0;

        while (*text) {
                int word = 0;
                size_t n = strcspn(text, " ");

                for (size_t i = 0; i < n; i++)
                        word += ((unsigned char)text[i] & 0xC0) != 0x80;
                if (column > 0 && column + 1 + word > 34) {
                        lines++;
                        column = 0;
                }
                column += word + (column > 0);
                text += n + strspn(text + n, " ");
        }
        return lines;
}

static void expect_all(const char *text, const char *const *words) {
        for (; *words; words++) {
                if (!strstr(text, *words))
                        fprintf(stderr, "missing: %s\n", *words);
                CHECK(strstr(text, *words));
        }
}

/* Claims that no study supports, and promises that a reminder cannot hold. */
static void expect_no_promise(const char *text) {
        static const char *const words[] = {"orrect posture", "amnesia", "dormant",     "dead butt", "diagnos",
                                            "prevents",       "relieve", "eliminate",   "guarantee", "fixes",
                                            "heals",          "treats",  "Amnesie",     "Diagnose",  "verhindert",
                                            "beugt vor",      "heilt",   "richtige Ha", "lindert",   "garantiert"};

        for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
                if (strstr(text, words[i]))
                        fprintf(stderr, "said: %s\n", words[i]);
                CHECK(!strstr(text, words[i]));
        }
}

/* Every exercise has its amount, every one that a prompt offers one set, and nothing is promised. */
static void check_words(const struct exercise_catalogue *c) {
        for (uint32_t i = 0; i < c->n; i++) {
                const struct exercise *e = &c->of[i];

                CHECK(*e->name && *e->dose && *e->how && *e->source);
                CHECK(e->prompt == (*e->set != '\0'));
                CHECK(!strstr(e->set, " x ")); /* several sets */
                expect_no_promise(e->how);
        }
        CHECK(*c->safety_short && count_lines(c->safety_short) <= 4);
        expect_no_promise(c->about);
        expect_no_promise(c->safety);
}

static const struct exercise *find(const char *id) {
        for (uint32_t i = 0; i < catalogue.n; i++)
                if (strcmp(catalogue.of[i].id, id) == 0)
                        return &catalogue.of[i];
        return NULL;
}

/* What the programmes behind the catalogue have. */
static void shipped_programme(void) {
        static const char *const ids[] = {"ball-or-roller-release", "pelvic-tilts", "plank", "lower-back-stretch",
                                          "seated-glute-squeeze"};
        static const char *const about[] = {"Why both", "may be tight",    "may be weak",
                                            "Regular",  "physiotherapist", NULL};
        static const char *const safety[] = {
                "before you begin", "physiotherapist", "severe pain", "weakness", "numbness", "fall", "fever",
                "few days",         "gets worse",      "weight loss", NULL};

        for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++)
                CHECK(find(ids[i]));
        CHECK(!find("desk-bridge-hold") && find("walk-uphill-or-stairs")->prompt);
        CHECK(find("seated-glute-squeeze")->kind == EXERCISE_ACTIVATE);
        CHECK(find("seated-glute-squeeze")->place == EXERCISE_DESK);
        CHECK(strstr(find("contract-and-relax")->how, "less than before?"));
        CHECK(strstr(find("lateral-band-walk")->how, "above the knees") && strstr(find("fire-hydrant")->how, "band"));
        expect_all(catalogue.about, about);
        expect_all(catalogue.safety, safety);
        /* by urgency: an emergency, then pain that needs a doctor at once, then pain that stays */
        CHECK(strstr(catalogue.safety, "emergency") < strstr(catalogue.safety, "severe pain"));
        CHECK(strstr(catalogue.safety, "severe pain") < strstr(catalogue.safety, "few days"));
}

/* The shipped file is the whole programme and offers an exercise for everything that the seat may detect. */
static void shipped(void) {
        uint32_t seated = 0, standing = 0, kinds = 0;

        memset(&errors, 0, sizeof(errors));
        CHECK(exercises_load("config/exercises.conf", &errors, &catalogue) == 0);
        CHECK(catalogue.n >= 15);
        for (uint32_t i = 0; i < catalogue.n; i++) {
                kinds |= 1u << catalogue.of[i].kind;
                if (catalogue.of[i].prompt && catalogue.of[i].place == EXERCISE_DESK)
                        seated |= catalogue.of[i].suits;
                else if (catalogue.of[i].prompt)
                        standing |= catalogue.of[i].suits;
        }
        CHECK(kinds == 0xF);
        /* everything that the seat detects has an exercise in the seat and one for a prompt to stand up */
        CHECK(seated == (1u << EXERCISE_SUITS_N) - 1 && standing == seated);
        CHECK(strcmp(catalogue.of[0].id, "standing-glute-contraction") == 0);
        CHECK(strstr(catalogue.safety, "emergency") && strstr(catalogue.safety, "not a medical device"));
        check_words(&catalogue);
        shipped_programme();
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
        CHECK(translate("[a-b]\nname = Ä\ndose = 2\nset = 1\nhow = h\n[about]\ntext = Warum.\n") == 0);
        CHECK(strcmp(catalogue.of[0].set, "1") == 0 && strcmp(catalogue.about, "Warum.") == 0);
        /* one set in another language than the rest is worse than the whole dose */
        CHECK(translate("[a-b]\nname = Ä\ndose = 2\nhow = h\n") == 0 && catalogue.of[0].set[0] == '\0');
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
                CHECK(!*e->set || strcmp(e->set, d->set) != 0);
        }
        check_words(&catalogue);
        CHECK(strstr(catalogue.about, "Warum beides") && strstr(catalogue.safety, "Physiotherapie"));
        CHECK(strcmp(catalogue.safety_short, english.safety_short) != 0);
        CHECK(strstr(catalogue.safety, "Notfall") && strstr(catalogue.safety, "kein Medizinprodukt"));
        CHECK(!strstr(catalogue.safety, "doctor"));
}

int main(void) {
        translations();
        languages();
        shipped_german();
        CHECK(language("C", "", "en", ""));
        good();
        optional_keys();
        mistakes_are_said();
        shipped();
        return 0;
}
