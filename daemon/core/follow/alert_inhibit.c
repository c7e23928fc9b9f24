/* SPDX-License-Identifier: MIT */
#include "core/follow/alert_inhibit.h"

#include <string.h>

#include "util/minmax.h"

#define US_PER_MIN (60 * UINT64_C(1000000))

static const uint64_t DAY_US = 1440 * US_PER_MIN;

/* The agent repeats the desktop's request every minute. */
static const uint64_t DESKTOP_EXPIRY_US = 3 * US_PER_MIN;

/* A request that lasts for longer is reported. */
static const uint64_t LONG_US = 60 * US_PER_MIN;

/* ---- quiet hours ---- */

/* From this time of day to the end of the quiet hours; 0 = it is not in them. */
static uint64_t quiet_hours_left(const struct setting_hours *h, uint64_t day_us) {
        uint64_t from = (uint64_t)h->from_min * US_PER_MIN, to = (uint64_t)h->to_min * US_PER_MIN;
        uint64_t length = (to + DAY_US - from) % DAY_US, since = (day_us + DAY_US - from) % DAY_US;

        return since < length ? length - since : 0;
}

/* The end of the present quiet hours and days; 0 = none now. Hours and days may follow on each other, as a night before a
 * Saturday does. A week of them is always. */
static uint64_t find_quiet_end(const struct settings_alert *s, const struct wall_clock *clock, uint64_t now_us) {
        uint64_t day_us = clock->day_us + (now_us > clock->now_us ? now_us - clock->now_us : 0);
        uint64_t weekday = clock->weekday + day_us / DAY_US, end_us = now_us;

        day_us %= DAY_US;
        while (end_us < now_us + 8 * DAY_US) {
                uint64_t left = quiet_hours_left(&s->quiet_hours, day_us);

                if (left == 0 && (s->quiet_days & (1U << weekday % 7)))
                        left = DAY_US - day_us;
                if (left == 0)
                        break;
                end_us += left;
                weekday += (day_us + left) / DAY_US;
                day_us = (day_us + left) % DAY_US;
        }
        return end_us > now_us ? end_us : 0;
}

/* ---- requests ---- */

void inhibit_execute(struct alert_inhibit *i, const struct command *command, uint64_t now_us) {
        bool desktop = strcmp(command->name, "desktop") == 0;
        struct inhibit_request *r = &i->request[desktop ? ALERT_INHIBITOR_DESKTOP : ALERT_INHIBITOR_PERSON];

        if (!command->on) {
                *r = (struct inhibit_request){0};
                return;
        }
        r->last_us = max_u64(now_us, 1);
        if (r->since_us == 0)
                r->since_us = r->last_us;
        memset(r->by, 0, sizeof(r->by));
        if (*command->source)
                memcpy(r->by, command->source, sizeof(command->source));
        else
                memcpy(r->by, command->name, sizeof(command->name));
}

static uint64_t limit_us(const struct settings_alert *settings) {
        return (uint64_t)((double)settings->inhibit_most_min * US_PER_MIN);
}

static bool is_overridden(const struct inhibit_request *r, const struct settings_alert *settings, uint64_t now_us) {
        return settings->inhibit_most_min > 0 && now_us - r->since_us >= limit_us(settings);
}

/* When the request ends, is overridden or is reported; the first of these that is to come. UINT64_MAX = none. */
static uint64_t next_change(const struct inhibit_request *r, enum alert_inhibitor which,
                            const struct settings_alert *settings, uint64_t now_us) {
        uint64_t next = which == ALERT_INHIBITOR_DESKTOP ? r->last_us + DESKTOP_EXPIRY_US : UINT64_MAX;

        if (!r->reported)
                next = min_u64(next, r->since_us + LONG_US);
        if (settings->inhibit_most_min > 0 && !is_overridden(r, settings, now_us))
                next = min_u64(next, r->since_us + limit_us(settings));
        return next;
}

/* When the request ceases to inhibit, as far as that is known. */
static uint64_t request_end(const struct inhibit_request *r, enum alert_inhibitor which,
                            const struct settings_alert *settings) {
        uint64_t end_us = which == ALERT_INHIBITOR_DESKTOP ? r->last_us + DESKTOP_EXPIRY_US : UINT64_MAX;

        return settings->inhibit_most_min > 0 ? min_u64(end_us, r->since_us + limit_us(settings)) : end_us;
}

static void update_request(struct alert_inhibit *i, enum alert_inhibitor which, const struct settings_alert *settings,
                           uint64_t now_us, struct alerts *state) {
        struct inhibit_request *r = &i->request[which];

        if (which == ALERT_INHIBITOR_DESKTOP && r->last_us + DESKTOP_EXPIRY_US <= now_us)
                *r = (struct inhibit_request){0};
        if (r->last_us == 0)
                return;
        state->inhibitors |= 1U << which;
        if (!r->reported && now_us - r->since_us >= LONG_US) {
                r->reported = true;
                state->changes |= ALERTS_HELD_LONG;
        }
        i->next_end_us = min_u64(i->next_end_us, next_change(r, which, settings, now_us));
        if (is_overridden(r, settings, now_us))
                return;
        if (state->inhibited_since_us == 0 || r->since_us < state->inhibited_since_us) {
                state->inhibited_since_us = r->since_us;
                memcpy(state->inhibited_by, r->by, sizeof(r->by));
        }
        i->reasons |= ALERT_INHIBIT_REQUESTED;
        i->last_end_us = max_u64(i->last_end_us, request_end(r, which, settings));
}

static void add_period(struct alert_inhibit *i, enum alert_inhibit_reason reason, uint64_t until_us) {
        if (until_us == 0)
                return;
        i->reasons |= reason;
        i->last_end_us = max_u64(i->last_end_us, until_us);
        i->next_end_us = min_u64(i->next_end_us, until_us);
}

void inhibit_update(struct alert_inhibit *i, const struct settings_alert *settings, const struct wall_clock *clock,
                    uint64_t now_us, struct alerts *state) {
        if (state->snoozed_until_us <= now_us)
                state->snoozed_until_us = 0;
        if (state->paused_until_us <= now_us)
                state->paused_until_us = 0;
        state->quiet_until_us = clock->known ? find_quiet_end(settings, clock, now_us) : 0;
        state->inhibitors = 0;
        state->inhibited_since_us = 0;
        state->inhibited_by[0] = '\0';
        i->reasons = 0;
        i->last_end_us = 0;
        i->next_end_us = UINT64_MAX;
        add_period(i, ALERT_INHIBIT_SNOOZE, state->snoozed_until_us);
        add_period(i, ALERT_INHIBIT_PAUSE, state->paused_until_us);
        add_period(i, ALERT_INHIBIT_QUIET, state->quiet_until_us);
        for (enum alert_inhibitor which = 0; which < ALERT_INHIBITOR_N; which++)
                update_request(i, which, settings, now_us, state);
}
