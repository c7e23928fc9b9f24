/* SPDX-License-Identifier: MIT */
#include "contract/alert_words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "configure/exercises.h"
#include "util/language.h"
#include "words/names.h"

/* The last one looked up: a live view asks many times a second. */
static struct {
        char catalogue[sizeof(((struct bus_alert *)0)->catalogue)], safety[2048];
        struct exercise exercise;
} known;

/* A catalogue that cannot be read here leaves the words as they came. */
static void look_up(const char *catalogue, const struct exercise *e) {
        struct exercise_catalogue *c = calloc(1, sizeof(*c));
        struct config_errors *mistakes = calloc(1, sizeof(*mistakes));

        snprintf(known.catalogue, sizeof(known.catalogue), "%s", catalogue);
        known.exercise = *e;
        known.safety[0] = '\0';
        if (c && mistakes)
                exercises_load(*catalogue ? catalogue : NULL, mistakes, c);
        for (uint32_t i = 0; c && i < c->n; i++)
                if (strcmp(c->of[i].id, e->id) == 0) {
                        known.exercise = c->of[i];
                        snprintf(known.safety, sizeof(known.safety), "%s", c->safety);
                }
        free(mistakes);
        free(c);
}

static const struct exercise *translated(const char *catalogue, const struct exercise *e) {
        if (!*e->id)
                return NULL;
        if (strcmp(known.exercise.id, e->id) != 0 || strcmp(known.catalogue, catalogue) != 0)
                look_up(catalogue, e);
        return &known.exercise;
}

bool alert_words_make(struct bus_alert *b, const char *kind, struct alert_words *ret) {
        const struct exercise *e;

        if (!b->numbers || strcmp(b->language, language_chosen()) == 0 || !bus_alert_is(b, kind))
                return false;
        memset(ret, 0, sizeof(*ret));
        e = translated(b->catalogue, &b->exercise);
        snprintf(ret->safety, sizeof(ret->safety), "%s", e ? known.safety : "");
        snprintf(ret->title, sizeof(ret->title), "%s", alert_title(b->kind));
        snprintf(ret->exercise, sizeof(ret->exercise), "%s", e ? e->name : "");
        alert_reason(&b->alert, b->kind, ret->reason, sizeof(ret->reason));
        exercise_reason(e, &b->alert.why, ret->chosen, sizeof(ret->chosen));
        alert_body(&b->alert, b->kind, e, ret->body, sizeof(ret->body));
        return true;
}
