/* SPDX-License-Identifier: MIT */
#include "core/follow/exercise_choice.h"

#include <math.h>
#include <stdbool.h>

/* Less than a third of the bout is a passing posture, not what the sitter does. */
static const float SPECIAL_SHARE = 0.3f;

/* ---- what the seat saw ---- */

static float share(uint64_t part_us, uint64_t whole_us) {
        return whole_us > 0 ? (float)((double)part_us / (double)whole_us) : 0;
}

static float share_of(const struct sitting *s, uint32_t bit) {
        switch (bit) {
        case EXERCISE_SUITS_SLOUCHED:
                return share(s->bout_slouched_us, s->bout_seated_us);
        case EXERCISE_SUITS_ARCHED:
                return share(s->bout_arched_us, s->bout_seated_us);
        case EXERCISE_SUITS_LOPSIDED:
                return share(s->bout_lopsided_us, s->bout_seated_us);
        default:
                return NAN;
        }
}

static uint32_t seen(const struct sitting *s, enum alert_kind kind) {
        uint32_t bits = kind == ALERT_SLOUCH      ? EXERCISE_SUITS_SLOUCHED
                        : kind == ALERT_ASYMMETRY ? EXERCISE_SUITS_LOPSIDED
                        : kind == ALERT_STILL     ? EXERCISE_SUITS_STILL
                                                  : 0;

        for (uint32_t bit = 1; bit < 1u << EXERCISE_SUITS_N; bit <<= 1)
                if (share_of(s, bit) >= SPECIAL_SHARE)
                        bits |= bit;
        return bits;
}

static enum exercise_side lighter_side(const struct sitting *s) {
        uint64_t left_us = s->bout_in_us[POSTURE_LEANING_LEFT], right_us = s->bout_in_us[POSTURE_LEANING_RIGHT];

        if (left_us != right_us)
                return left_us > right_us ? EXERCISE_SIDE_RIGHT : EXERCISE_SIDE_LEFT;
        if (isnan(s->asymmetry) || s->asymmetry == 0)
                return EXERCISE_SIDE_ANY;
        return s->asymmetry > 0 ? EXERCISE_SIDE_LEFT : EXERCISE_SIDE_RIGHT;
}

/* ---- choosing ---- */

/* The short tier is for the seat itself. */
static bool fits(const struct exercise *e, enum alert_kind kind, uint32_t suits) {
        return e->prompt && (e->suits & suits) &&
               (e->place == EXERCISE_DESK || (e->place == EXERCISE_STANDING && kind != ALERT_SHORT));
}

/* How many of each exercise kind there are to choose from. */
static bool count(const struct exercise_catalogue *c, enum alert_kind kind, uint32_t suits,
                  uint32_t ret_n[EXERCISE_KIND_N]) {
        bool any = false;

        for (int i = 0; i < EXERCISE_KIND_N; i++)
                ret_n[i] = 0;
        for (uint32_t i = 0; i < c->n; i++)
                if (fits(&c->of[i], kind, suits)) {
                        ret_n[c->of[i].kind]++;
                        any = true;
                }
        return any;
}

/* The n-th of an exercise kind. */
static int32_t nth(const struct exercise_catalogue *c, enum alert_kind kind, uint32_t suits, enum exercise_kind of,
                   uint32_t n) {
        for (uint32_t i = 0; i < c->n; i++)
                if (c->of[i].kind == of && fits(&c->of[i], kind, suits) && n-- == 0)
                        return (int32_t)i;
        return -1;
}

/* Offered least lately; there is at least one to choose. */
static enum exercise_kind rarest(const struct exercise_catalogue *c, enum alert_kind kind, uint32_t suits,
                                 const struct exercise_history *history) {
        enum exercise_kind best = EXERCISE_KIND_N;

        for (uint32_t i = 0; i < c->n; i++)
                if (fits(&c->of[i], kind, suits) &&
                    (best == EXERCISE_KIND_N || history->lately[c->of[i].kind] < history->lately[best]))
                        best = c->of[i].kind;
        return best;
}

static uint16_t whole(uint16_t eighths) {
        return (uint16_t)((eighths + 7) / 8);
}

/* The most frequent of the other kinds that there were, when that decided. */
static void weigh(const uint32_t n[EXERCISE_KIND_N], enum exercise_kind taken, const struct exercise_history *history,
                  struct exercise_reason *ret) {
        uint16_t most = whole(history->lately[taken]);

        for (int k = 0; k < EXERCISE_KIND_N; k++)
                if (n[k] > 0 && whole(history->lately[k]) > most) {
                        most = ret->other_lately = whole(history->lately[k]);
                        ret->other = (uint8_t)k;
                        ret->lately = whole(history->lately[taken]);
                }
}

float choice_share(const struct sitting *s, uint32_t suits) {
        for (uint32_t bit = 1; bit < 1u << EXERCISE_SUITS_N; bit <<= 1)
                if ((suits & bit) && !isnan(share_of(s, bit)))
                        return share_of(s, bit);
        return NAN;
}

struct choice choice_make(const struct exercise_catalogue *catalogue, const struct sitting *sitting,
                          enum alert_kind kind, const struct exercise_history *history) {
        struct choice ret = {-1, {.share = NAN}};
        uint32_t n[EXERCISE_KIND_N], suits = seen(sitting, kind);
        const struct exercise *e;
        enum exercise_kind of;

        if (!count(catalogue, kind, suits, n)) {
                suits = EXERCISE_SUITS_ANY;
                if (!count(catalogue, kind, suits, n))
                        return ret;
        }
        of = rarest(catalogue, kind, suits, history);
        ret.exercise = nth(catalogue, kind, suits, of, history->turn[of] % n[of]);
        e = &catalogue->of[ret.exercise];
        ret.why.suits = e->suits & suits;
        ret.why.share = choice_share(sitting, ret.why.suits);
        weigh(n, of, history, &ret.why);
        if (e->sides && (ret.why.suits & EXERCISE_SUITS_LOPSIDED))
                ret.why.first = (uint8_t)lighter_side(sitting);
        return ret;
}

/* ---- what was offered ---- */

enum { ONE = 8, FULL = UINT16_MAX / 16 }; /* eighths of one */

static uint16_t more(uint16_t count, uint32_t by) {
        return (uint16_t)(count + by < FULL ? count + by : FULL);
}

void choice_offered(const struct exercise_catalogue *catalogue, const struct choice *choice,
                    struct exercise_history *history) {
        enum exercise_kind kind;

        if (choice->exercise < 0)
                return;
        kind = catalogue->of[choice->exercise].kind;
        history->turn[kind]++;
        history->lately[kind] = more(history->lately[kind], ONE);
        for (int i = 0; i < EXERCISE_SUITS_N; i++)
                if (choice->why.suits & 1u << i)
                        history->seen_today[i] = more(history->seen_today[i], ONE);
}

static uint16_t faded(uint16_t count) {
        return (uint16_t)(count * 6u / 7u);
}

void choice_fade(struct exercise_history *history) {
        for (int i = 0; i < EXERCISE_KIND_N; i++)
                history->lately[i] = faded(history->lately[i]);
        for (int i = 0; i < EXERCISE_SUITS_N; i++) {
                history->seen[i] = more(faded(history->seen[i]), history->seen_today[i]);
                history->seen_today[i] = 0;
        }
}
