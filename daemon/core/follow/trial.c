/* SPDX-License-Identifier: MIT */
#include "core/follow/trial.h"

/* One decision of five. Steele's and Vigna's splitmix64 turns the number of the decision into random bits. */
static bool draw_withheld(struct trial *t) {
        uint64_t x = t->seed + ++t->draws * UINT64_C(0x9e3779b97f4a7c15);

        x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
        x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
        return (x ^ (x >> 31)) < UINT64_MAX / 5;
}

bool trial_withhold(struct trial *t, const struct sitting *s, uint64_t now_us) {
        if (t->withheld_until_us > 0)
                return now_us < t->withheld_until_us;
        if (t->seed == 0 || t->result.decided_us > 0)
                return false;
        t->result = (struct trial_result){.decided_us = now_us, .withheld = draw_withheld(t)};
        t->bout_number = s->bout_number;
        t->shifts_before = s->bout.shifts;
        t->left_us = 0;
        t->over = t->lost = false;
        if (t->result.withheld)
                t->withheld_until_us = now_us + TRIAL_WINDOW_US;
        return t->result.withheld;
}

static void follow_sitter(struct trial *t, const struct sitting *s, uint64_t now_us) {
        struct trial_result *r = &t->result;
        uint64_t end_us = r->decided_us + TRIAL_WINDOW_US;

        if (s->bout_number == t->bout_number) {
                if (s->phase == SITTING_INTERRUPTED)
                        t->left_us = s->left_seat_us;
                else if (s->phase == SITTING_SEATED)
                        t->left_us = 0;
                if (now_us <= end_us && s->bout.shifts > t->shifts_before)
                        r->shifts = s->bout.shifts - t->shifts_before;
                return;
        }
        t->over = true;
        t->lost = !(s->changes & SITTING_BREAK);
        r->stood = !t->lost && t->left_us > 0 && t->left_us <= end_us;
}

bool trial_step(struct trial *t, const struct sitting *s, uint64_t now_us, struct trial_result *ret) {
        uint64_t end_us = t->result.decided_us + TRIAL_WINDOW_US;
        bool known;

        if (s->phase == SITTING_AWAY || s->phase == SITTING_CONFIRMING)
                t->withheld_until_us = 0; /* the time to the next prompt starts again */
        if (t->result.decided_us == 0)
                return false;
        if (!t->over)
                follow_sitter(t, s, now_us);
        if (now_us < end_us || (!t->over && s->phase == SITTING_INTERRUPTED && t->left_us <= end_us))
                return false;
        known = t->over ? !t->lost : s->phase != SITTING_SUSPENDED;
        *ret = t->result;
        t->result.decided_us = 0;
        return known;
}
