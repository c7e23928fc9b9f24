/* SPDX-License-Identifier: MIT */
#include "contract/alert_words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "configure/exercises.h"
#include "util/language.h"
#include "words/sentences.h"

/* Replaces the words of the exercise with those of the catalogue that the daemon uses; empty = the installed one. */
static void translate_exercise(const char *catalogue, struct exercise *e, char *ret_safety, size_t size) {
        struct exercise_catalogue *c = calloc(1, sizeof(*c));
        struct config_errors *errors = calloc(1, sizeof(*errors));

        if (c && errors)
                exercises_load(*catalogue ? catalogue : NULL, errors, c);
        for (uint32_t i = 0; c && i < c->n; i++)
                if (strcmp(c->of[i].id, e->id) == 0) {
                        *e = c->of[i];
                        snprintf(ret_safety, size, "%s", c->safety);
                        break;
                }
        free(errors);
        free(c);
}

bool alert_words_make(struct bus_alert *b, const char *kind, struct alert_words *ret) {
        struct exercise exercise = b->exercise;
        const struct exercise *e = *exercise.id ? &exercise : NULL;

        if (strcmp(b->language, language_chosen()) == 0 || !bus_alert_set_kind(b, kind))
                return false;
        memset(ret, 0, sizeof(*ret));
        if (e)
                translate_exercise(b->catalogue, &exercise, ret->safety, sizeof(ret->safety));
        snprintf(ret->title, sizeof(ret->title), "%s", alert_title(b->kind));
        snprintf(ret->exercise, sizeof(ret->exercise), "%s", e ? e->name : "");
        alert_reason(&b->alert, b->kind, ret->reason, sizeof(ret->reason));
        exercise_reason(e, &b->alert.why, ret->chosen, sizeof(ret->chosen));
        alert_body(&b->alert, b->kind, e, ret->body, sizeof(ret->body));
        return true;
}
