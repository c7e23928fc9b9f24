/* SPDX-License-Identifier: MIT */
#include "core/follow/workout_plan.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* Days of sessions counted from Monday, as bits. */
static const uint8_t days_of[] = {0, 1u << 2, 1u << 0 | 1u << 3, 1u << 0 | 1u << 2 | 1u << 4};

enum { DAYS_N = sizeof(days_of) / sizeof(days_of[0]), SEEN_LEAST = 12 /* eighths */, WEEK = 7 };

static uint32_t seen_most(const struct exercise_history *history) {
        uint32_t most = 0, n = SEEN_LEAST - 1;

        for (uint32_t i = 0; i < EXERCISE_SUITS_N; i++)
                if (1u << i != EXERCISE_SUITS_ANY && history->seen[i] > n) {
                        n = history->seen[i];
                        most = 1u << i;
                }
        return most;
}

/* Best first: what suits, and what no alert offers anyway. */
enum { CLASS_N = 4 };

static bool fits(const struct exercise *e, enum exercise_kind kind, uint32_t suits, uint32_t class) {
        bool suiting = (e->suits & suits) != 0;

        return e->kind == kind && e->place != EXERCISE_AWAY && suiting == (class < 2) && e->prompt == (class % 2 == 1);
}

static void take_nth(const struct exercise_catalogue *c, enum exercise_kind kind, uint32_t class, uint32_t n,
                     struct exercise_session *s) {
        for (uint32_t i = 0; i < c->n; i++)
                if (fits(&c->of[i], kind, s->suits, class) && n-- == 0) {
                        s->exercise[s->n++] = (uint8_t)i;
                        return;
                }
}

/* Up to n of a class, spread over the file; returns how many are still wanted. */
static uint32_t take(const struct exercise_catalogue *c, enum exercise_kind kind, uint32_t class, uint32_t n,
                     struct exercise_session *s) {
        uint32_t there = 0, step;

        for (uint32_t i = 0; i < c->n; i++)
                there += fits(&c->of[i], kind, s->suits, class);
        if (there == 0 || n == 0)
                return n;
        step = there > n ? there / n : 1;
        for (uint32_t i = 0; i < n && i < there; i++)
                take_nth(c, kind, class, (s->number - 1u + i * step) % there, s);
        return there < n ? n - there : 0;
}

static void fill(const struct exercise_catalogue *c, struct exercise_session *s) {
        static const struct {
                enum exercise_kind kind;
                uint32_t n;
        } parts[] = {{EXERCISE_ACTIVATE, 1}, {EXERCISE_STRENGTHEN, 3}, {EXERCISE_RELEASE, 1}, {EXERCISE_STRETCH, 1}};

        for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
                for (uint32_t class = 0, n = parts[i].n; class < CLASS_N && n > 0; class ++)
                        n = take(c, parts[i].kind, class, n, s);
}

/* Days from Monday, counted on over Sunday. today is one of the first week. */
struct week {
        uint32_t days, today, done;
};

static bool planned(const struct week *w, uint32_t day) {
        return w->days & 1u << day % WEEK;
}

/* Nothing is done in days to come. */
static bool was_done(const struct week *w, uint32_t day) {
        return day <= w->today && w->done & 1u << (w->today - day);
}

/* Of the week that begins with this day. */
static uint32_t done_from(const struct week *w, uint32_t monday) {
        uint32_t n = 0;

        for (uint32_t day = monday; day < monday + WEEK; day++)
                n += was_done(w, day);
        return n;
}

static bool wanted(const struct week *w, uint32_t day, uint32_t of) {
        bool moved = planned(w, day - 1) && was_done(w, day - 2);

        return (planned(w, day) || moved) && !was_done(w, day) && !was_done(w, day - 1) &&
               done_from(w, day - day % WEEK) < of;
}

void plan_session(const struct exercise_catalogue *catalogue, const struct exercise_history *history,
                  int32_t sessions_per_week, uint32_t weekday, uint32_t done, struct exercise_session *ret) {
        /* the week before is there for what was done in it */
        struct week w = {.today = WEEK + (weekday + WEEK - 1) % WEEK, .done = done};
        uint32_t day = w.today;

        memset(ret, 0, sizeof(*ret));
        if (sessions_per_week > 0 && sessions_per_week < DAYS_N)
                w.days = days_of[sessions_per_week];
        if (!w.days)
                return;
        ret->of = (uint8_t)sessions_per_week;
        ret->done = (uint8_t)done_from(&w, WEEK);
        ret->done_today = was_done(&w, w.today);
        while (!wanted(&w, day, ret->of))
                day++;
        ret->in_days = (uint8_t)(day - w.today);
        for (uint32_t d = day - day % WEEK; d <= day; d++)
                ret->number += planned(&w, d);
        ret->suits = seen_most(history);
        fill(catalogue, ret);
}
