/* SPDX-License-Identifier: MIT */
#include "core/follow/alert_memory.h"

#include <string.h>

#include "util/minmax.h"

static uint64_t age_of(uint64_t at_us, uint64_t now_us) {
        return at_us > 0 ? now_us - at_us : UINT64_MAX;
}

static uint64_t time_left(uint64_t until_us, uint64_t now_us) {
        return until_us > now_us ? until_us - now_us : 0;
}

static void remember_alert(const struct alert_tracker *t, enum alert_kind k, uint64_t now_us,
                           struct memory_alerts *ret) {
        const struct alert *a = &t->now.of[k];

        ret->of[k].open = a->open;
        ret->of[k].withdrawn = a->withdrawn;
        ret->of[k].id = a->id;
        ret->of[k].raised_age_us = age_of(a->raised_us, now_us);
        ret->of[k].closed_age_us = age_of(a->closed_us, now_us);
        ret->of[k].answered_age_us = age_of(a->answered_us, now_us);
        ret->of[k].outcome = a->outcome;
        ret->of[k].exercise = a->exercise;
        ret->of[k].why = a->why;
        ret->of[k].seated_us = a->seated_us;
        ret->of[k].cause_us = a->cause_us;
        ret->of[k].raised_seated_us = t->kind[k].raised_seated_us;
        ret->of[k].slouched_share = a->slouched_share;
        ret->of[k].asymmetry = a->asymmetry;
        ret->of[k].shifts_per_hour = a->shifts_per_hour;
        ret->of[k].shifts_target = a->shifts_target;
        ret->of[k].moment = a->moment;
        ret->of[k].also = a->also;
        ret->of[k].showings = a->showings;
        ret->of[k].hour = t->kind[k].hour;
        ret->of[k].comes_back = t->kind[k].comes_back;
        ret->of[k].snooze_left_us = time_left(t->kind[k].snoozed_until_us, now_us);
        ret->of[k].limit_us = a->limit_us;
        ret->of[k].window_us = a->window_us;
        ret->of[k].break_us = a->break_us;
}

void alert_remember(const struct alert_tracker *t, uint64_t now_us, struct memory_alerts *ret) {
        const struct inhibit_request *request = &t->inhibit.request[ALERT_INHIBITOR_PERSON];

        memset(ret, 0, sizeof(*ret));
        ret->next_id = t->next_id;
        ret->snooze_left_us = time_left(t->now.snoozed_until_us, now_us);
        ret->pause_left_us = time_left(t->now.paused_until_us, now_us);
        ret->still_from_age_us = age_of(t->counting.still_from_us, now_us);
        ret->short_from_us = t->counting.short_from_us;
        ret->partial = t->sitter.partial;
        if (t->trial.withheld_until_us > 0)
                ret->withheld_left_us = max_u64(time_left(t->trial.withheld_until_us, now_us), 1);
        ret->limit_reported = t->limit_reported;
        ret->activate_from_us = t->counting.activate_from_us;
        ret->activate_not_before_us = t->counting.activate_not_before_us;
        ret->posture_alert_age_us = age_of(t->counting.posture_alert_us, now_us);
        ret->any_alert_age_us = age_of(t->counting.any_alert_us, now_us);
        for (int i = 0; i < ALERT_LESSER_MAX; i++)
                ret->lesser_left_us[i] =
                        t->counting.lesser_us[i] > 0 ? time_left(t->counting.lesser_us[i] + ALERT_HOUR_US, now_us) : 0;
        ret->raised_today = t->now.raised_today;
        ret->snoozes_today = t->now.snoozes_today;
        ret->skips_today = t->now.skips_today;
        ret->inhibited = request->last_us > 0;
        ret->inhibited_reported = request->reported;
        ret->inhibited_age_us = age_of(request->since_us, now_us);
        memcpy(ret->inhibited_by, request->by, sizeof(ret->inhibited_by));
        ret->offered = t->exercises.offered;
        ret->workouts_done = t->exercises.workouts_done;
        for (int h = 0; h < 24; h++) {
                ret->hour[h].raised = t->hours.raised[h];
                ret->hour[h].worked = t->hours.worked[h];
        }
        for (int k = 0; k < ALERT_KIND_N; k++)
                remember_alert(t, (enum alert_kind)k, now_us, ret);
}

/* An instant before this boot becomes the beginning of this boot; 0 means "not set". */
static uint64_t instant_before(uint64_t now_us, uint64_t age_us, uint64_t elapsed_us) {
        if (age_us == UINT64_MAX)
                return 0;
        return now_us > age_us + elapsed_us ? now_us - age_us - elapsed_us : 1;
}

/* The end of a period that had left_us to go at the save; 0 = it is over. */
static uint64_t instant_after(uint64_t left_us, uint64_t elapsed_us, uint64_t now_us) {
        return left_us > elapsed_us ? now_us + left_us - elapsed_us : 0;
}

static uint8_t min_u8(uint8_t a, uint8_t b) {
        return a < b ? a : b;
}

static void recall_alert(struct alert_tracker *t, enum alert_kind k, const struct memory_alerts *m,
                         uint64_t elapsed_us, uint64_t now_us) {
        int32_t exercise = m->of[k].exercise;

        t->kind[k].hour = m->of[k].hour;
        t->kind[k].comes_back = m->of[k].comes_back != 0;
        t->kind[k].snoozed_until_us = instant_after(m->of[k].snooze_left_us, elapsed_us, now_us);
        t->kind[k].raised_seated_us = m->of[k].raised_seated_us;
        t->now.of[k] = (struct alert){
                .changes = m->of[k].open ? ALERT_UPDATED : 0,
                .open = m->of[k].open != 0,
                .withdrawn = m->of[k].withdrawn != 0,
                .id = m->of[k].id,
                .raised_us = instant_before(now_us, m->of[k].raised_age_us, elapsed_us),
                .shown_us = now_us, /* a full repeat_min passes before the next repetition */
                .also = m->of[k].also,
                .closed_us = instant_before(now_us, m->of[k].closed_age_us, elapsed_us),
                .answered_us = instant_before(now_us, m->of[k].answered_age_us, elapsed_us),
                .outcome = m->of[k].outcome < ALERT_OUTCOME_N ? (enum alert_outcome)m->of[k].outcome : ALERT_UNKNOWN,
                .seated_us = m->of[k].seated_us,
                .cause_us = m->of[k].cause_us,
                .limit_us = m->of[k].limit_us,
                .window_us = m->of[k].window_us,
                .break_us = m->of[k].break_us,
                .moment = m->of[k].moment < ALERT_MOMENT_N ? (enum alert_moment)m->of[k].moment : ALERT_AT_ONCE,
                .showings = m->of[k].showings,
                .slouched_share = m->of[k].slouched_share,
                .asymmetry = m->of[k].asymmetry,
                .shifts_per_hour = m->of[k].shifts_per_hour,
                .shifts_target = m->of[k].shifts_target,
                .exercise = exercise >= 0 && (uint32_t)exercise < t->exercises.catalogue->n ? exercise : -1,
                .why = m->of[k].why,
        };
}

void alert_recall(struct alert_tracker *t, const struct memory_alerts *m, uint64_t elapsed_us, uint64_t now_us) {
        struct inhibit_request *request = &t->inhibit.request[ALERT_INHIBITOR_PERSON];

        t->next_id = max_u64(m->next_id, 1);
        t->now.snoozed_until_us = instant_after(m->snooze_left_us, elapsed_us, now_us);
        t->now.paused_until_us = instant_after(m->pause_left_us, elapsed_us, now_us);
        t->counting.still_from_us = instant_before(now_us, m->still_from_age_us, elapsed_us);
        t->counting.short_from_us = m->short_from_us;
        t->sitter.partial = m->partial != 0;
        if (m->withheld_left_us > 0)
                t->trial.withheld_until_us = max_u64(instant_after(m->withheld_left_us, elapsed_us, now_us), 1);
        t->limit_reported = m->limit_reported != 0;
        t->counting.activate_from_us = m->activate_from_us;
        t->counting.activate_not_before_us = m->activate_not_before_us;
        t->counting.posture_alert_us = instant_before(now_us, m->posture_alert_age_us, elapsed_us);
        t->counting.any_alert_us = instant_before(now_us, m->any_alert_age_us, elapsed_us);
        for (int i = 0; i < ALERT_LESSER_MAX; i++)
                if (m->lesser_left_us[i] > elapsed_us)
                        t->counting.lesser_us[i] = instant_before(
                                now_us, ALERT_HOUR_US - min_u64(m->lesser_left_us[i], ALERT_HOUR_US), elapsed_us);
        t->now.raised_today = m->raised_today;
        t->now.snoozes_today = m->snoozes_today;
        t->now.skips_today = m->skips_today;
        if (m->inhibited) {
                request->last_us = max_u64(now_us, 1);
                request->since_us = max_u64(instant_before(now_us, m->inhibited_age_us, elapsed_us), 1);
                request->reported = m->inhibited_reported != 0;
                memcpy(request->by, m->inhibited_by, sizeof(request->by) - 1);
        }
        t->exercises.offered = m->offered;
        t->exercises.workouts_done = m->workouts_done;
        t->sitter.bout_squeezes = UINT32_MAX;
        for (int h = 0; h < 24; h++) {
                t->hours.raised[h] = m->hour[h].raised;
                t->hours.worked[h] = min_u8(m->hour[h].worked, m->hour[h].raised);
        }
        for (enum alert_kind k = 0; k < ALERT_KIND_N; k++)
                recall_alert(t, k, m, elapsed_us, now_us);
}
