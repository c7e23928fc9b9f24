/* SPDX-License-Identifier: MIT */
#include "core/follow/alert_inhibit.h"

#include "core/follow/alert_due.h"
#include "util/minmax.h"

static const uint64_t DAY_US = 1440 * US_PER_MIN;

/* The agent says it again every minute. */
static const uint64_t DESKTOP_LAPSE_US = 3 * US_PER_MIN;

uint64_t hold_day_us(const struct surroundings *around, uint64_t at_us) {
        if (at_us >= around->now_us)
                return (around->day_us + (at_us - around->now_us)) % DAY_US;
        return (around->day_us + DAY_US - (around->now_us - at_us) % DAY_US) % DAY_US;
}

/* ---- quiet hours ---- */

/* From here to the end of the quiet hours, 0 = not in them. */
static uint64_t left_of_hours(const struct setting_hours *h, uint64_t day_us) {
        uint64_t from = (uint64_t)h->from_min * US_PER_MIN, to = (uint64_t)h->to_min * US_PER_MIN;
        uint64_t length = (to + DAY_US - from) % DAY_US, since = (day_us + DAY_US - from) % DAY_US;

        return since < length ? length - since : 0;
}

/* Hours and days may follow on each other, as a night before a Saturday does. A week of them is always. */
static uint64_t quiet_until(const struct alert_desk *d, uint64_t now_us) {
        uint64_t passed = now_us > d->around.now_us ? now_us - d->around.now_us : 0;
        uint64_t day_us = d->around.day_us + passed, weekday = d->around.weekday + day_us / DAY_US, t = now_us;

        day_us %= DAY_US;
        while (t < now_us + 8 * DAY_US) {
                uint64_t left = left_of_hours(&d->settings.quiet_hours, day_us);

                if (left == 0 && (d->settings.quiet_days & (1U << weekday % 7)))
                        left = DAY_US - day_us;
                if (left == 0)
                        break;
                t += left;
                weekday += (day_us + left) / DAY_US;
                day_us = (day_us + left) % DAY_US;
        }
        return t > now_us ? t : 0;
}

/* ---- what the sitter does ---- */

static void see_sitter(struct alert_desk *d, const struct sitting *s, uint64_t now_us) {
        bool seated = s->phase == SITTING_SEATED, busy = seated && s->movement >= d->settings.lull_movement;

        if (busy || (seated && d->busy))
                d->busy_us = now_us; /* what was seen last holds until now */
        d->busy = busy;
        if (s->shifting && !d->shifting)
                d->shift_us = now_us;
        d->shifting = s->shifting;
        if (!seated)
                return;
        if (s->shifting || (s->changes & SITTING_SHIFTED))
                d->changed_us = now_us;
        if (s->posture == POSTURE_UNKNOWN || s->posture == POSTURE_VACANT || s->posture == d->posture)
                return;
        d->posture = s->posture;
        d->changed_us = now_us;
}

void hold_step(struct alert_desk *d, const struct sitting *s, uint64_t now_us) {
        struct alerts *a = &d->now;

        if (a->snoozed_until_us <= now_us)
                a->snoozed_until_us = 0;
        if (a->paused_until_us <= now_us)
                a->paused_until_us = 0;
        if (d->disturb_us[ALERT_HOLDER_DESKTOP] + DESKTOP_LAPSE_US <= now_us)
                d->disturb_us[ALERT_HOLDER_DESKTOP] = 0;
        a->disturb = 0;
        for (int who = 0; who < ALERT_HOLDER_N; who++)
                a->disturb |= d->disturb_us[who] > 0 ? 1U << who : 0;
        a->quiet_until_us = d->around.known ? quiet_until(d, now_us) : 0;
        see_sitter(d, s, now_us);
}

static bool day_is_full(const struct alert_desk *d) {
        return d->settings.daily_max > 0 && d->now.raised_today >= (uint32_t)d->settings.daily_max;
}

uint32_t hold_bits(const struct alert_desk *d) {
        return (d->now.snoozed_until_us ? ALERT_HELD_SNOOZE : 0) | (d->now.paused_until_us ? ALERT_HELD_PAUSE : 0) |
               (d->now.disturb ? ALERT_HELD_DISTURB : 0) | (d->now.quiet_until_us ? ALERT_HELD_QUIET : 0) |
               (day_is_full(d) ? ALERT_HELD_DAY : 0);
}

static uint64_t lapse_us(const struct alert_desk *d) {
        uint64_t said = d->disturb_us[ALERT_HOLDER_DESKTOP];

        return said > 0 ? said + DESKTOP_LAPSE_US : 0;
}

uint64_t hold_release_us(const struct alert_desk *d) {
        if (d->disturb_us[ALERT_HOLDER_PERSON] || day_is_full(d))
                return UINT64_MAX;
        return max_u64(max_u64(d->now.snoozed_until_us, d->now.paused_until_us),
                       max_u64(d->now.quiet_until_us, lapse_us(d)));
}

static uint64_t or_never(uint64_t at_us) {
        return at_us > 0 ? at_us : UINT64_MAX;
}

uint64_t hold_deadline(const struct alert_desk *d) {
        return min_u64(min_u64(or_never(d->now.snoozed_until_us), or_never(d->now.paused_until_us)),
                       min_u64(or_never(d->now.quiet_until_us), or_never(lapse_us(d))));
}

/* ---- the moment ---- */

static uint64_t hold_max_us(const struct alert_desk *d) {
        return (uint64_t)((double)d->settings.hold_max_s * US_PER_S);
}

static bool lull_will_do(const struct alert_desk *d, enum alert_kind k) {
        return !d->settings.hold_still || k == ALERT_STILL;
}

/* The end of the last busy spell and what makes a lull of it. */
static uint64_t lull_us(const struct alert_desk *d) {
        return d->busy_us > 0 ? d->busy_us + (uint64_t)((double)d->settings.lull_s * US_PER_S) : 0;
}

bool hold_moment(struct alert_desk *d, enum alert_kind k, uint64_t now_us, enum alert_moment *ret) {
        if (d->free_us[k] == 0)
                d->free_us[k] = now_us;
        if (d->settings.hold_max_s <= 0)
                *ret = ALERT_AT_ONCE;
        else if (d->changed_us >= d->free_us[k])
                *ret = ALERT_AT_CHANGE;
        else if (lull_will_do(d, k) && now_us >= lull_us(d))
                *ret = ALERT_AT_LULL;
        else if (now_us - d->free_us[k] >= hold_max_us(d))
                *ret = ALERT_AT_LIMIT;
        else
                return false;
        return true;
}

uint64_t hold_moment_deadline(const struct alert_desk *d, enum alert_kind k) {
        uint64_t latest = d->free_us[k] + hold_max_us(d);

        return lull_will_do(d, k) ? min_u64(latest, lull_us(d)) : latest;
}
