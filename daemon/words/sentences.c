/* SPDX-License-Identifier: MIT */
/* Names in words of the language. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "util/language.h"
#include "words/names.h"

struct word {
        const char *name, *text;
};

static const char *in_words(const struct word *words, size_t n, const char *name) {
        for (size_t i = 0; i < n; i++)
                if (strcmp(words[i].name, name) == 0)
                        return _(words[i].text);
        return name;
}

#define IN_WORDS(table, name) in_words(table, sizeof(table) / sizeof((table)[0]), name)

const char *occupancy_text(const char *name) {
        static const struct word words[] = {
                {"unknown", N_("unknown")},
                {"vacant", N_("vacant")},
                {"object", N_("object")},
                {"person", N_("person")},
        };
        return IN_WORDS(words, name);
}

const char *posture_text(const char *name) {
        static const struct word words[] = {
                {"left", N_("left")}, /* of the calibration */
                {"right", N_("right")},
                {"squeeze", N_("squeeze")},
                {"unknown", N_("not sure")},
                {"vacant", N_("vacant")},
                {"upright", N_("upright")},
                {"slouched", N_("slouched")},
                {"arched", N_("arched")},
                {"leaning_left", N_("leaning left")},
                {"leaning_right", N_("leaning right")},
                {"leaning_forward", N_("leaning forward")},
                {"perched", N_("perched")},
        };
        return IN_WORDS(words, name);
}

const char *alert_kind_text(const char *name) {
        static const struct word words[] = {
                {"activate", N_("stand up")}, {"slouch", N_("slouch")},    {"asymmetry", N_("one side")},
                {"still", N_("stillness")},   {"short", N_("short move")},
        };
        return IN_WORDS(words, name);
}

const char *alert_outcome_text(const char *name) {
        static const struct word words[] = {
                {"pending", N_("open")},
                {"stood", N_("you stood up")},
                {"partial", N_("you stood too short")},
                {"shifted", N_("you moved")},
                {"done", N_("done")},
                {"snoozed", N_("snoozed")},
                {"ignored", N_("nothing came of it")},
                {"unknown", N_("unknown")},
                {"skipped", N_("skipped")},
                {"squeezed", N_("you squeezed")},
        };
        return IN_WORDS(words, name);
}

const char *exercise_kind_text(enum exercise_kind k) {
        static const char *const texts[EXERCISE_KIND_N] = {
                [EXERCISE_ACTIVATE] = N_("activates"),
                [EXERCISE_STRENGTHEN] = N_("strengthens"),
                [EXERCISE_RELEASE] = N_("releases"),
                [EXERCISE_STRETCH] = N_("stretches"),
        };
        return (unsigned)k < EXERCISE_KIND_N ? _(texts[k]) : "";
}

const char *exercise_place_text(enum exercise_place p) {
        static const char *const texts[EXERCISE_PLACE_N] = {
                [EXERCISE_DESK] = N_("in the seat"),
                [EXERCISE_STANDING] = N_("standing"),
                [EXERCISE_FLOOR] = N_("on the floor"),
                [EXERCISE_AWAY] = N_("on the way"),
        };
        return (unsigned)p < EXERCISE_PLACE_N ? _(texts[p]) : "";
}

const char *exercise_suits_text(const char *name) {
        static const struct word words[] = {
                {"slouched", N_("you sat slouched")},
                {"arched", N_("you sat arched")},
                {"lopsided", N_("you sat more on one side")},
                {"still", N_("you sat still")},
        };
        return IN_WORDS(words, name);
}

static void moved_text(const struct place *p, char *ret, size_t size) {
        const bool sideways = fabsf(p->moved_x_mm) > fabsf(p->moved_y_mm);
        const char *where = p->moved_x_mm > 0 ? _("to the right") : _("to the left");

        if (!sideways)
                where = p->moved_y_mm > 0 ? _("forward") : _("backward");
        snprintf(ret, size, _("seems to have moved under you by %.0f mm %s"),
                 (double)hypotf(p->moved_x_mm, p->moved_y_mm), where);
}

void place_text(const struct place *p, char *ret, size_t size) {
        *ret = '\0';
        if (p->verdict == PLACE_UNJUDGED)
                snprintf(ret, size, "%s",
                         _("whether it was moved cannot be judged: cells without positions, or too few"));
        else if (p->verdict == PLACE_MOVED)
                moved_text(p, ret, size);
        else if (p->verdict == PLACE_TURNED && p->turned_deg == 180)
                snprintf(ret, size, "%s", _("seems to have been turned round under you"));
        else if (p->verdict == PLACE_TURNED)
                snprintf(ret, size, "%s",
                         p->turned_deg > 0 ? _("seems to have been turned by a quarter to the right under you")
                                           : _("seems to have been turned by a quarter to the left under you"));
}
