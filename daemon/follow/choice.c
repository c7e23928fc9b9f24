#include "follow/choice.h"

#include <stdbool.h>

/* Less than a third of the bout is a passing posture, not what the sitter does. */
static const double SPECIAL_SHARE = 0.3;

static uint32_t seen_if(uint64_t part_us, uint64_t whole_us, uint32_t bit) {
        return whole_us > 0 && (double)part_us >= SPECIAL_SHARE * (double)whole_us ? bit : 0;
}

static uint32_t seen(const struct sitting *s, enum alert_kind kind) {
        uint32_t bits = seen_if(s->bout_slouched_us, s->bout_seated_us, EXERCISE_SUITS_SLOUCHED) |
                        seen_if(s->bout_arched_us, s->bout_seated_us, EXERCISE_SUITS_ARCHED) |
                        seen_if(s->bout_lopsided_us, s->bout_seated_us, EXERCISE_SUITS_LOPSIDED);

        switch (kind) {
        case ALERT_SLOUCH:
                return bits | EXERCISE_SUITS_SLOUCHED;
        case ALERT_ASYMMETRY:
                return bits | EXERCISE_SUITS_LOPSIDED;
        case ALERT_STILL:
                return bits | EXERCISE_SUITS_STILL;
        default:
                return bits;
        }
}

/* The short tier is for the seat itself. */
static bool fits(const struct exercise *e, enum alert_kind kind) {
        return e->prompt && (e->place == EXERCISE_DESK || (e->place == EXERCISE_STANDING && kind != ALERT_SHORT));
}

static uint32_t count(const struct exercise_catalogue *c, enum alert_kind kind, uint32_t suits) {
        uint32_t n = 0;

        for (uint32_t i = 0; i < c->n; i++)
                n += fits(&c->of[i], kind) && (c->of[i].suits & suits);
        return n;
}

static struct choice nth(const struct exercise_catalogue *c, enum alert_kind kind, uint32_t suits, uint32_t n) {
        for (uint32_t i = 0; i < c->n; i++)
                if (fits(&c->of[i], kind) && (c->of[i].suits & suits) && n-- == 0)
                        return (struct choice){(int32_t)i, c->of[i].suits & suits};
        return (struct choice){-1, 0};
}

struct choice choice_make(const struct exercise_catalogue *catalogue, const struct sitting *sitting,
                          enum alert_kind kind, uint32_t turn) {
        uint32_t suits = seen(sitting, kind), n = count(catalogue, kind, suits);

        if (n == 0) {
                suits = EXERCISE_SUITS_ANY;
                n = count(catalogue, kind, suits);
        }
        return n > 0 ? nth(catalogue, kind, suits, turn % n) : (struct choice){-1, 0};
}
