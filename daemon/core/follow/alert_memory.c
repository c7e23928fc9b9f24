/* SPDX-License-Identifier: MIT */
/* What alerts keep over a restart. */
#include <string.h>

#include "core/follow/alert.h"
#include "util/minmax.h"

static uint64_t age(uint64_t at_us, uint64_t now_us) {
        return at_us > 0 ? now_us - at_us : UINT64_MAX;
}

static uint64_t left(uint64_t until_us, uint64_t now_us) {
        return until_us > now_us ? until_us - now_us : 0;
}

static void remember_one(const struct alert_desk *d, enum alert_kind k, uint64_t now_us, struct memory_alerts *ret) {
        const struct alert *a = &d->now.of[k];

        ret->of[k].open = a->open;
        ret->of[k].withdrawn = a->withdrawn;
        ret->of[k].id = a->id;
        ret->of[k].raised_age_us = age(a->raised_us, now_us);
        ret->of[k].closed_age_us = age(a->closed_us, now_us);
        ret->of[k].answered_age_us = age(a->answered_us, now_us);
        ret->of[k].outcome = a->outcome;
        ret->of[k].exercise = a->exercise;
        ret->of[k].why = a->why;
        ret->of[k].seated_us = a->seated_us;
        ret->of[k].cause_us = a->cause_us;
        ret->of[k].raised_seated_us = d->raised_seated_us[k];
        ret->of[k].slouched_share = a->slouched_share;
        ret->of[k].asymmetry = a->asymmetry;
        ret->of[k].moment = a->moment;
        ret->of[k].showings = a->showings;
        ret->of[k].hour = d->hour[k];
        ret->of[k].limit_us = a->limit_us;
        ret->of[k].window_us = a->window_us;
}

void alert_remember(const struct alert_desk *d, uint64_t now_us, struct memory_alerts *ret) {
        memset(ret, 0, sizeof(*ret));
        ret->next_id = d->next_id;
        ret->snooze_left_us = left(d->now.snoozed_until_us, now_us);
        ret->pause_left_us = left(d->now.paused_until_us, now_us);
        ret->still_from_age_us = age(d->still_from_us, now_us);
        ret->short_from_us = d->short_from_us;
        ret->partial = d->partial;
        ret->activate_from_us = d->activate_from_us;
        ret->activate_hold_us = d->activate_hold_us;
        ret->posture_alert_age_us = age(d->posture_alert_us, now_us);
        ret->raised_today = d->now.raised_today;
        ret->snoozes_today = d->now.snoozes_today;
        ret->skips_today = d->now.skips_today;
        ret->hold = d->disturb_us[ALERT_HOLDER_PERSON] > 0;
        ret->offered = d->offered;
        ret->sessions_done = d->sessions_done;
        for (int h = 0; h < 24; h++) {
                ret->hour[h].raised = d->habit.raised[h];
                ret->hour[h].worked = d->habit.worked[h];
        }
        for (int k = 0; k < ALERT_KIND_N; k++)
                remember_one(d, (enum alert_kind)k, now_us, ret);
}

/* Instants before this boot are its beginning; 0 means "not set". */
static uint64_t ago(uint64_t now_us, uint64_t age_us, uint64_t elapsed_us) {
        if (age_us == UINT64_MAX)
                return 0;
        return now_us > age_us + elapsed_us ? now_us - age_us - elapsed_us : 1;
}

static uint64_t still_left(uint64_t left_us, uint64_t elapsed_us, uint64_t now_us) {
        return left_us > elapsed_us ? now_us + left_us - elapsed_us : 0;
}

static uint8_t min_u8(uint8_t a, uint8_t b) {
        return a < b ? a : b;
}

static void recall_one(struct alert_desk *d, enum alert_kind k, const struct memory_alerts *m, uint64_t elapsed_us,
                       uint64_t now_us) {
        int32_t exercise = m->of[k].exercise;

        d->shown_us[k] = now_us; /* a repetition comes its full time later */
        d->hour[k] = m->of[k].hour;
        d->raised_seated_us[k] = m->of[k].raised_seated_us;
        d->now.of[k] = (struct alert){
                .changes = m->of[k].open ? ALERT_UPDATED : 0,
                .open = m->of[k].open != 0,
                .withdrawn = m->of[k].withdrawn != 0,
                .id = m->of[k].id,
                .raised_us = ago(now_us, m->of[k].raised_age_us, elapsed_us),
                .closed_us = ago(now_us, m->of[k].closed_age_us, elapsed_us),
                .answered_us = ago(now_us, m->of[k].answered_age_us, elapsed_us),
                .outcome = m->of[k].outcome < ALERT_OUTCOME_N ? (enum alert_outcome)m->of[k].outcome : ALERT_UNKNOWN,
                .seated_us = m->of[k].seated_us,
                .cause_us = m->of[k].cause_us,
                .limit_us = m->of[k].limit_us,
                .window_us = m->of[k].window_us,
                .moment = m->of[k].moment < ALERT_MOMENT_N ? (enum alert_moment)m->of[k].moment : ALERT_AT_ONCE,
                .showings = m->of[k].showings,
                .slouched_share = m->of[k].slouched_share,
                .asymmetry = m->of[k].asymmetry,
                .exercise = exercise >= 0 && (uint32_t)exercise < d->exercises->n ? exercise : -1,
                .why = m->of[k].why,
        };
}

void alert_recall(struct alert_desk *d, const struct memory_alerts *m, uint64_t elapsed_us, uint64_t now_us) {
        d->next_id = max_u64(m->next_id, 1);
        d->now.snoozed_until_us = still_left(m->snooze_left_us, elapsed_us, now_us);
        d->now.paused_until_us = still_left(m->pause_left_us, elapsed_us, now_us);
        d->still_from_us = ago(now_us, m->still_from_age_us, elapsed_us);
        d->short_from_us = m->short_from_us;
        d->partial = m->partial != 0;
        d->activate_from_us = m->activate_from_us;
        d->activate_hold_us = m->activate_hold_us;
        d->posture_alert_us = ago(now_us, m->posture_alert_age_us, elapsed_us);
        d->now.raised_today = m->raised_today;
        d->now.snoozes_today = m->snoozes_today;
        d->now.skips_today = m->skips_today;
        d->disturb_us[ALERT_HOLDER_PERSON] = m->hold ? now_us : 0;
        d->offered = m->offered;
        d->sessions_done = m->sessions_done;
        d->bout_squeezes = UINT32_MAX;
        for (int h = 0; h < 24; h++) {
                d->habit.raised[h] = m->hour[h].raised;
                d->habit.worked[h] = min_u8(m->hour[h].worked, m->hour[h].raised);
        }
        for (enum alert_kind k = 0; k < ALERT_KIND_N; k++)
                recall_one(d, k, m, elapsed_us, now_us);
}
