/* SPDX-License-Identifier: MIT */
#include "values.h"

#include <stdio.h>
#include <string.h>

#include "words/names.h"
#include "words/sentences.h"

void values_print_time(uint64_t us, char *ret, size_t size) {
        unsigned h = (unsigned)(us / (3600 * SECOND)), m = (unsigned)(us / (60 * SECOND) % 60);
        uint64_t rest = us % (60 * SECOND);
        int n = h ? snprintf(ret, size, "%u:%02u:%02u", h, m, (unsigned)(rest / SECOND))
                  : snprintf(ret, size, "%u:%02u", m, (unsigned)(rest / SECOND));

        if (rest % SECOND == 0)
                return;
        n += snprintf(ret + n, size - (size_t)n, ".%06u", (unsigned)(rest % SECOND));
        while (ret[n - 1] == '0')
                ret[--n] = '\0';
}

static bool print_number(const char *name, const struct world *w, char *ret, size_t size) {
        const struct {
                const char *name;
                uint64_t value;
        } numbers[] = {
                {"bouts", w->sitting.bouts_today},
                {"breaks", w->sitting.breaks_today},
                {"partial breaks", w->sitting.partial_breaks_today},
                {"alerts", w->alerts.raised_today},
                {"snoozes", w->alerts.snoozes_today},
                {"skips", w->alerts.skips_today},
                {"squeezes", w->sitting.bout.squeezes},
                {"squeezed today", (uint64_t)w->sitting.squeezed_today_s},
                {"sessions done", w->alerts.workout.done},
        };

        for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
                if (strcmp(numbers[i].name, name) == 0) {
                        snprintf(ret, size, "%llu", (unsigned long long)numbers[i].value);
                        return true;
                }
        return false;
}

static bool print_length(const char *name, const struct world *w, char *ret, size_t size) {
        const struct sitting *s = &w->sitting;
        uint64_t now = world_now(w);
        const struct {
                const char *name;
                bool known;
                uint64_t us;
        } lengths[] = {
                {"bout", s->bout_started_us > 0, s->bout.seated_us},
                {"slouched", s->bout_started_us > 0, s->bout.slouched_us},
                {"arched", s->bout_started_us > 0, s->bout.arched_us},
                {"lopsided", s->bout_started_us > 0, s->bout.lopsided_us},
                {"slouched in window", s->bout_started_us > 0, s->slouched_window_us},
                {"last bout", s->last_bout_us > 0, s->last_bout_us},
                {"today", true, s->today_us},
                {"bout started", s->bout_started_us > 0, (uint64_t)((int64_t)s->bout_started_us - w->boot_us)},
                {"still for", s->last_shift_us > 0, now - s->last_shift_us},
                {"prompt due", w->alerts.activate_due_us > 0,
                 (uint64_t)((int64_t)w->alerts.activate_due_us - w->boot_us)},
                {"paused until", w->alerts.paused_until_us > 0,
                 (uint64_t)((int64_t)w->alerts.paused_until_us - w->boot_us)},
                {"quiet until", w->alerts.quiet_until_us > 0,
                 (uint64_t)((int64_t)w->alerts.quiet_until_us - w->boot_us)},
        };

        for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
                if (strcmp(lengths[i].name, name) != 0)
                        continue;
                snprintf(ret, size, "none");
                if (lengths[i].known)
                        values_print_time(lengths[i].us, ret, size);
                return true;
        }
        return false;
}

/* The time from raising to the act that decided the outcome; "none" until there was one. */
static void print_latency(const struct alert *a, char *ret, size_t size) {
        snprintf(ret, size, "none");
        if (a->answered_us > a->raised_us)
                values_print_time(a->answered_us - a->raised_us, ret, size);
}

static void print_kinds(uint32_t kinds, char *ret, size_t size) {
        ret[0] = '\0';
        for (enum alert_kind k = 0; k < ALERT_KIND_N; k++)
                if (kinds & (1U << k))
                        snprintf(ret + strlen(ret), size - strlen(ret), "%s%s", *ret ? " " : "", alert_kind_name(k));
}

static bool print_alert(const char *name, const struct world *w, char *ret, size_t size) {
        char what[32];
        size_t n = strcspn(name, " ");
        enum alert_kind k = 0;

        while (k < ALERT_KIND_N && strcmp(name + n + (name[n] != '\0'), alert_kind_name(k)) != 0)
                k++;
        if (k == ALERT_KIND_N || n >= sizeof(what))
                return false;
        const struct alert *a = &w->alerts.of[k];
        snprintf(what, sizeof(what), "%.*s", (int)n, name);
        if (strcmp(what, "reason") == 0)
                alert_reason(a, k, ret, size);
        else if (strcmp(what, "exercise") == 0)
                snprintf(ret, size, "%s", a->exercise < 0 ? "none" : w->exercises->of[a->exercise].id);
        else if (strcmp(what, "chosen") == 0)
                exercise_reason(alert_exercise(w->exercises, a), &a->why, ret, size);
        else if (strcmp(what, "first") == 0)
                snprintf(ret, size, "%s",
                         a->why.first == EXERCISE_SIDE_LEFT    ? "left"
                         : a->why.first == EXERCISE_SIDE_RIGHT ? "right"
                                                               : "any");
        else if (strcmp(what, "moment") == 0)
                snprintf(ret, size, "%s", alert_moment_name(a->moment));
        else if (strcmp(what, "latency") == 0)
                print_latency(a, ret, size);
        else if (strcmp(what, "showings") == 0)
                snprintf(ret, size, "%u", a->showings);
        else if (strcmp(what, "also") == 0)
                print_kinds(a->also, ret, size);
        else if (strcmp(what, "held") == 0)
                alert_held_names(w->alerts.plan[k].inhibits, ret, size);
        else
                return false;
        if (!*ret)
                snprintf(ret, size, "nothing");
        return true;
}

static void print_shown(const struct world *w, char *ret, size_t size) {
        uint32_t kinds = 0;

        for (int k = 0; k < ALERT_KIND_N; k++)
                kinds |= w->alerts.of[k].open ? 1U << k : 0;
        print_kinds(kinds, ret, size);
        if (!*ret)
                snprintf(ret, size, "nothing");
}

/* "today 1 of 3: glute-bridge ...", "in 2 days 1 of 3: ..." or "none" */
static void print_workout(const struct world *w, char *ret, size_t size) {
        const struct workout *s = &w->alerts.workout;

        snprintf(ret, size, "none");
        if (s->of == 0)
                return;
        if (s->in_days == 0)
                snprintf(ret, size, "today %u of %u:", s->number, s->of);
        else
                snprintf(ret, size, "in %u days %u of %u:", s->in_days, s->number, s->of);
        for (uint32_t i = 0; i < s->n; i++)
                snprintf(ret + strlen(ret), size - strlen(ret), " %s", w->exercises->of[s->exercise[i]].id);
}

bool values_print(const char *name, const struct world *w, char *ret, size_t size) {
        if (strcmp(name, "phase") == 0)
                snprintf(ret, size, "%s", phase_name(w->sitting.phase));
        else if (strcmp(name, "shown") == 0)
                print_shown(w, ret, size);
        else if (strcmp(name, "session") == 0)
                print_workout(w, ret, size);
        else
                return print_number(name, w, ret, size) || print_length(name, w, ret, size) ||
                       print_alert(name, w, ret, size);
        return true;
}
