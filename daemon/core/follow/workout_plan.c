/* SPDX-License-Identifier: MIT */
#include "core/follow/workout_plan.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* Days of the week with a workout, by workouts a week: bit 0 is Monday. */
static const uint8_t WORKOUT_DAYS[] = {0, 1u << 2, 1u << 0 | 1u << 3, 1u << 0 | 1u << 2 | 1u << 4};

enum {
        WORKOUT_DAYS_N = sizeof(WORKOUT_DAYS) / sizeof(WORKOUT_DAYS[0]),
        SEEN_LEAST = 12, /* eighths */
        WEEK = 7,
};

/* The observation that decided most often lately, as one bit; 0 = none often enough. */
static uint32_t most_seen(const struct exercise_history *history) {
        uint32_t most = 0, n = SEEN_LEAST - 1;

        for (uint32_t i = 0; i < EXERCISE_SUITS_N; i++)
                if (1u << i != EXERCISE_SUITS_ANY && history->seen[i] > n) {
                        n = history->seen[i];
                        most = 1u << i;
                }
        return most;
}

/* Ranks, best first: exercises that suit the observation and that no alert offers; that suit; that no alert offers; the rest. */
enum { RANK_N = 4 };

static bool has_rank(const struct exercise *e, enum exercise_kind kind, uint32_t suits, uint32_t rank) {
        bool suiting = (e->suits & suits) != 0;

        return e->kind == kind && e->place != EXERCISE_AWAY && suiting == (rank < 2) && e->prompt == (rank % 2 == 1);
}

static void add_nth_exercise(const struct exercise_catalogue *c, enum exercise_kind kind, uint32_t rank, uint32_t n,
                             struct workout *workout) {
        for (uint32_t i = 0; i < c->n; i++)
                if (has_rank(&c->of[i], kind, workout->suits, rank) && n-- == 0) {
                        workout->exercise[workout->n++] = (uint8_t)i;
                        return;
                }
}

/* Adds up to n exercises of a rank, spread over the file; returns how many are still missing. */
static uint32_t add_exercises(const struct exercise_catalogue *c, enum exercise_kind kind, uint32_t rank, uint32_t n,
                              struct workout *workout) {
        uint32_t available = 0, step;

        for (uint32_t i = 0; i < c->n; i++)
                available += has_rank(&c->of[i], kind, workout->suits, rank);
        if (available == 0 || n == 0)
                return n;
        step = available > n ? available / n : 1;
        for (uint32_t i = 0; i < n && i < available; i++)
                add_nth_exercise(c, kind, rank, (workout->number - 1u + i * step) % available, workout);
        return available < n ? n - available : 0;
}

static void add_all_parts(const struct exercise_catalogue *c, struct workout *workout) {
        static const struct {
                enum exercise_kind kind;
                uint32_t n;
        } parts[] = {{EXERCISE_ACTIVATE, 1}, {EXERCISE_STRENGTHEN, 3}, {EXERCISE_RELEASE, 1}, {EXERCISE_STRETCH, 1}};

        for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
                for (uint32_t rank = 0, n = parts[i].n; rank < RANK_N && n > 0; rank++)
                        n = add_exercises(c, parts[i].kind, rank, n, workout);
}

/* Days are counted from Monday of last week: today lies in the second week. done: bit n = done n days ago. */
struct week {
        uint32_t days, today, done;
};

static bool is_planned(const struct week *w, uint32_t day) {
        return w->days & 1u << day % WEEK;
}

/* Days to come count as not done. */
static bool was_done(const struct week *w, uint32_t day) {
        return day <= w->today && w->done & 1u << (w->today - day);
}

/* Workouts done in the week that begins with this day. */
static uint32_t count_done(const struct week *w, uint32_t monday) {
        uint32_t n = 0;

        for (uint32_t day = monday; day < monday + WEEK; day++)
                n += was_done(w, day);
        return n;
}

static bool is_wanted(const struct week *w, uint32_t day, uint32_t of) {
        bool postponed = is_planned(w, day - 1) && was_done(w, day - 2);

        return (is_planned(w, day) || postponed) && !was_done(w, day) && !was_done(w, day - 1) &&
               count_done(w, day - day % WEEK) < of;
}

void workout_plan(const struct exercise_catalogue *catalogue, const struct exercise_history *history,
                  int32_t workouts_per_week, uint32_t weekday, uint32_t done, struct workout *ret) {
        /* last week is included for the workouts done in it */
        struct week w = {.today = WEEK + (weekday + WEEK - 1) % WEEK, .done = done};
        uint32_t day = w.today;

        memset(ret, 0, sizeof(*ret));
        if (workouts_per_week > 0 && workouts_per_week < WORKOUT_DAYS_N)
                w.days = WORKOUT_DAYS[workouts_per_week];
        if (!w.days)
                return;
        ret->of = (uint8_t)workouts_per_week;
        ret->done = (uint8_t)count_done(&w, WEEK);
        ret->done_today = was_done(&w, w.today);
        while (!is_wanted(&w, day, ret->of))
                day++;
        ret->in_days = (uint8_t)(day - w.today);
        for (uint32_t d = day - day % WEEK; d <= day; d++)
                ret->number += is_planned(&w, d);
        ret->suits = most_seen(history);
        add_all_parts(catalogue, ret);
}
