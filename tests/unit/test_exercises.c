#include <string.h>

#include "check.h"
#include "exercises.h"

static struct exercise_catalogue catalogue;
static struct mistakes mistakes;

#define GOOD                                                                                                          \
        "[safety]\ntext = Stop if it hurts.\ntext = Second.\n"                                                        \
        "[a-b]\nname = A; #\nkind = activate\nplace = desk\nsuits = any, still\ndose = 1\nhow = do\nprompt = yes\n"

static int parse(const char *text) {
        memset(&mistakes, 0, sizeof(mistakes));
        return exercises_parse("x.conf", text, strlen(text), &mistakes, &catalogue);
}

/* text has exactly one mistake, and it is said so. */
static void wrong(const char *text, const char *said) {
        catalogue.n = 77;
        CHECK(parse(text) == 1);
        if (!strstr(mistakes.of[0], said))
                fprintf(stderr, "said: %s\n", mistakes.of[0]);
        CHECK(strstr(mistakes.of[0], said));
        CHECK(catalogue.n == 77); /* untouched */
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

        wrong(GOOD "kind = stretch\n", "x.conf:12: [a-b] kind: given twice");
        wrong(GOOD "colour = red\n", "x.conf:12: [a-b] colour: no such key; legal are name, kind");
        wrong(GOOD "[a-b]\n", "x.conf:12: [a-b]: there already is");
        wrong(GOOD "[A B]\n", "x.conf:12: [A B]: the name of an exercise is");
        wrong("[safety]\ntext = x\n[c]\nname = n\nkind = run\nplace = desk\nsuits = any\ndose = 1\nhow = h\nprompt = "
              "no\n",
              "x.conf:5: [c] kind = run: must be one of activate, strengthen, release, stretch");
        wrong("[safety]\ntext = x\n[c]\nname = n\nkind = release\nplace = floor\nsuits = any\ndose = 1\nhow = "
              "h\nprompt = yes\n",
              "prompt = yes needs place = desk or standing");
        wrong("[safety]\ntext = x\n[c]\nname = n\nkind = release\nplace = desk\nsuits = some\ndose = 1\nhow = "
              "h\nprompt = no\n",
              "x.conf:7: [c] suits = some: must be one of any, slouched");
        wrong("[safety]\ntext = x\n[c]\nname = n\nkind = release\nplace = desk\nsuits = any\nhow = h\nprompt = no\n",
              "x.conf:3: [c]: dose is missing");
        wrong("[safety]\ntext = x\n[c]\nname = n\nkind = release\nplace = desk\nsuits = any\ndose =\nhow = h\nprompt "
              "= no\n",
              "x.conf:8: [c] dose: must have 1..95 bytes");
        wrong("[safety]\ntext = x\n[c]\nname = n\nkind = release\nplace = desk\nsuits = any\ndose = 1\nhow = "
              "h\nprompt "
              "= no\n[safety]\ntext = \xff\n",
              "x.conf:12: [safety] text: not UTF-8");
        wrong(GOOD "[safety]\nwords = x\n", "x.conf:13: [safety] words: no such key");
        wrong("[safety]\ntext = x\n", "no exercise in it");
        wrong("name = x\n" GOOD, "x.conf:1: name: before the first");
        at += sprintf(at, "[safety]\ntext = x\n");
        for (int i = 0; i <= EXERCISES_MAX; i++)
                at += sprintf(
                        at,
                        "[e%d]\nname = n\nkind = release\nplace = desk\nsuits = any\ndose = 1\nhow = h\nprompt = no\n",
                        i);
        wrong(many, "more than 64 exercises");
        CHECK(exercises_load("/nonexistent/x.conf", &mistakes, &catalogue) == 1 && catalogue.n == 0);
}

/* The shipped file is the whole programme and offers something for everything that the seat may see. */
static void shipped(void) {
        uint32_t offered = 0, kinds = 0;

        memset(&mistakes, 0, sizeof(mistakes));
        CHECK(exercises_load("config/exercises.conf", &mistakes, &catalogue) == 0);
        CHECK(catalogue.n >= 15);
        for (uint32_t i = 0; i < catalogue.n; i++) {
                kinds |= 1u << catalogue.of[i].kind;
                offered |= catalogue.of[i].prompt ? catalogue.of[i].suits : 0;
        }
        CHECK(kinds == 0xF);
        CHECK(offered & EXERCISE_SUITS_ANY);
        CHECK(strcmp(catalogue.of[0].id, "standing-glute-contraction") == 0);
        CHECK(strstr(catalogue.safety, "emergency") && strstr(catalogue.safety, "not a medical device"));
}

int main(void) {
        good();
        mistakes_are_said();
        shipped();
        return 0;
}
