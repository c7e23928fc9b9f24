/* SPDX-License-Identifier: MIT */
#include "core/follow/exercise_choice.h"

#include <math.h>
#include <stdbool.h>

/* Less than a third of the bout is a passing posture, not typical of the sitter. */
static const float SPECIAL_SHARE = 0.3f;

/* ---- observations ---- */

static float divide_us(uint64_t part_us, uint64_t whole_us) {
        return whole_us > 0 ? (float)((double)part_us / (double)whole_us) : 0;
}

/* The share of the bout that showed what an enum exercise_suits bit stands for; NAN = it has no share. */
static float share_showing(const struct sitting *s, uint32_t bit) {
        switch (bit) {
        case EXERCISE_SUITS_SLOUCHED:
                return divide_us(s->bout.slouched_us, s->bout.seated_us);
        case EXERCISE_SUITS_ARCHED:
                return divide_us(s->bout.arched_us, s->bout.seated_us);
        case EXERCISE_SUITS_LOPSIDED:
                return divide_us(s->bout.lopsided_us, s->bout.seated_us);
        default:
                return NAN;
        }
}

static uint32_t find_observations(const struct sitting *s, enum alert_kind kind) {
        uint32_t bits = kind == ALERT_SLOUCH      ? EXERCISE_SUITS_SLOUCHED
                        : kind == ALERT_ASYMMETRY ? EXERCISE_SUITS_LOPSIDED
                        : kind == ALERT_STILL     ? EXERCISE_SUITS_STILL
                                                  : 0;

        for (uint32_t bit = 1; bit < 1u << EXERCISE_SUITS_N; bit <<= 1)
                if (share_showing(s, bit) >= SPECIAL_SHARE)
                        bits |= bit;
        return bits;
}

static enum exercise_side lighter_side(const struct sitting *s) {
        uint64_t left_us = s->bout.in_us[POSTURE_LEANING_LEFT], right_us = s->bout.in_us[POSTURE_LEANING_RIGHT];

        if (left_us != right_us)
                return left_us > right_us ? EXERCISE_SIDE_RIGHT : EXERCISE_SIDE_LEFT;
        if (isnan(s->asymmetry) || s->asymmetry == 0)
                return EXERCISE_SIDE_ANY;
        return s->asymmetry > 0 ? EXERCISE_SIDE_LEFT : EXERCISE_SIDE_RIGHT;
}

/* ---- choosing ---- */

/* The conditions that an exercise must meet to be offered now. */
struct offer {
        const struct exercise_catalogue *catalogue;
        uint32_t suits;      /* enum exercise_suits bits, any of which must match */
        bool away_from_seat; /* otherwise in the seat */
        bool strengthens;    /* exercises that strengthen are allowed, too */
};

static bool is_suitable(const struct offer *o, const struct exercise *e) {
        return e->prompt && (e->suits & o->suits) && e->place != EXERCISE_FLOOR &&
               o->away_from_seat == (e->place != EXERCISE_DESK) && (o->strengthens || e->kind != EXERCISE_STRENGTHEN);
}

/* Counts the suitable exercises of each kind; false when there are none. */
static bool count_suitable(const struct offer *o, uint32_t ret_n[EXERCISE_KIND_N]) {
        const struct exercise_catalogue *c = o->catalogue;
        bool any = false;

        for (int i = 0; i < EXERCISE_KIND_N; i++)
                ret_n[i] = 0;
        for (uint32_t i = 0; i < c->n; i++)
                if (is_suitable(o, &c->of[i])) {
                        ret_n[c->of[i].kind]++;
                        any = true;
                }
        return any;
}

/* The n-th suitable exercise of a kind. */
static int32_t find_nth(const struct offer *o, enum exercise_kind of, uint32_t n) {
        for (uint32_t i = 0; i < o->catalogue->n; i++)
                if (o->catalogue->of[i].kind == of && is_suitable(o, &o->catalogue->of[i]) && n-- == 0)
                        return (int32_t)i;
        return -1;
}

/* The kind that was offered least lately; at least one exercise is suitable. */
static enum exercise_kind find_rarest_kind(const struct offer *o, const struct exercise_history *history) {
        const struct exercise_catalogue *c = o->catalogue;
        enum exercise_kind best = EXERCISE_KIND_N;

        for (uint32_t i = 0; i < c->n; i++)
                if (is_suitable(o, &c->of[i]) &&
                    (best == EXERCISE_KIND_N || history->lately[c->of[i].kind] < history->lately[best]))
                        best = c->of[i].kind;
        return best;
}

static uint16_t round_up_eighths(uint16_t eighths) {
        return (uint16_t)((eighths + 7) / 8);
}

/* Names the most frequent of the other kinds, when the balance of kinds decided. */
static void explain_balance(const uint32_t n[EXERCISE_KIND_N], enum exercise_kind chosen,
                            const struct exercise_history *history, struct exercise_reason *ret) {
        uint16_t most = round_up_eighths(history->lately[chosen]);

        for (int k = 0; k < EXERCISE_KIND_N; k++)
                if (n[k] > 0 && round_up_eighths(history->lately[k]) > most) {
                        most = ret->other_lately = round_up_eighths(history->lately[k]);
                        ret->other = (uint8_t)k;
                        ret->lately = round_up_eighths(history->lately[chosen]);
                }
}

float choice_share(const struct sitting *s, uint32_t suits) {
        for (uint32_t bit = 1; bit < 1u << EXERCISE_SUITS_N; bit <<= 1)
                if ((suits & bit) && !isnan(share_showing(s, bit)))
                        return share_showing(s, bit);
        return NAN;
}

/* Tries what suits the observations, then what suits anybody. */
static bool find_suits(struct offer *o, uint32_t observed, uint32_t ret_n[EXERCISE_KIND_N]) {
        o->suits = observed;
        if (count_suitable(o, ret_n))
                return true;
        o->suits = EXERCISE_SUITS_ANY;
        return count_suitable(o, ret_n);
}

/* While the muscles rest, an exercise that strengthens is offered only if there is no other; and so is one at the other
 * place, but the short tier asks nobody to stand. False: there is none at all. */
static bool find_offer(struct offer *o, enum alert_kind kind, bool rests, uint32_t observed,
                       uint32_t ret_n[EXERCISE_KIND_N]) {
        const int places = kind == ALERT_SHORT ? 1 : 2;

        for (int i = 0; i < places; i++) {
                o->away_from_seat = (kind == ALERT_ACTIVATE) == (i == 0);
                o->strengthens = !rests;
                if (find_suits(o, observed, ret_n))
                        return true;
                o->strengthens = true;
                if (rests && find_suits(o, observed, ret_n))
                        return true;
        }
        return false;
}

struct choice choice_make(const struct exercise_catalogue *catalogue, const struct sitting *sitting,
                          enum alert_kind kind, const struct exercise_history *history) {
        struct offer offer = {.catalogue = catalogue};
        struct choice ret = {-1, {.share = NAN}};
        uint32_t n[EXERCISE_KIND_N];
        const struct exercise *e;
        enum exercise_kind of;

        if (!find_offer(&offer, kind, history->rest_days > 0, find_observations(sitting, kind), n))
                return ret;
        of = find_rarest_kind(&offer, history);
        ret.exercise = find_nth(&offer, of, history->turn[of] % n[of]);
        e = &catalogue->of[ret.exercise];
        ret.why.suits = e->suits & offer.suits;
        ret.why.share = choice_share(sitting, ret.why.suits);
        explain_balance(n, of, history, &ret.why);
        if (e->sides && (ret.why.suits & EXERCISE_SUITS_LOPSIDED))
                ret.why.first = (uint8_t)lighter_side(sitting);
        return ret;
}

/* ---- history of offers ---- */

enum {
        ONE = 8, /* eighths of one */
        FULL = UINT16_MAX / 16,
        REST_DAYS = 2, /* the rest of the day, and the next one, as between two workouts */
};

static uint16_t add_capped(uint16_t count, uint32_t by) {
        return (uint16_t)(count + by < FULL ? count + by : FULL);
}

void choice_record(const struct exercise_catalogue *catalogue, const struct choice *choice,
                   struct exercise_history *history) {
        enum exercise_kind kind;

        if (choice->exercise < 0)
                return;
        kind = catalogue->of[choice->exercise].kind;
        if (kind == EXERCISE_STRENGTHEN)
                history->rest_days = REST_DAYS;
        history->turn[kind]++;
        history->lately[kind] = add_capped(history->lately[kind], ONE);
        for (int i = 0; i < EXERCISE_SUITS_N; i++)
                if (choice->why.suits & 1u << i)
                        history->seen_today[i] = add_capped(history->seen_today[i], ONE);
}

static uint16_t fade_count(uint16_t count) {
        return (uint16_t)(count * 6u / 7u);
}

void choice_fade(struct exercise_history *history) {
        if (history->rest_days > 0)
                history->rest_days--;
        for (int i = 0; i < EXERCISE_KIND_N; i++)
                history->lately[i] = fade_count(history->lately[i]);
        for (int i = 0; i < EXERCISE_SUITS_N; i++) {
                history->seen[i] = add_capped(fade_count(history->seen[i]), history->seen_today[i]);
                history->seen_today[i] = 0;
        }
}
