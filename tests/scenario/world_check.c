/* SPDX-License-Identifier: MIT */
/* The rules that hold after every step of every scenario. */
#include "check.h"
#include "world.h"

static bool is_in_bout(const struct sitting *s) {
        return s->phase == SITTING_SEATED || s->phase == SITTING_INTERRUPTED || s->phase == SITTING_SUSPENDED;
}

static bool awaits_outcome(const struct alert *a) {
        return a->open || a->withdrawn;
}

static void check_one_alert(struct world_check *c, const struct alert *was, const struct alert *is) {
        CHECK(!(is->open && is->withdrawn));
        if (is->changes & ALERT_RAISED) {
                CHECK(!awaits_outcome(was)); /* one open alert a kind */
                CHECK(is->id > c->last_id);
                CHECK(is->open && is->outcome == ALERT_PENDING);
                c->last_id = is->id;
                c->raised++;
        } else {
                CHECK(is->id == was->id);
        }
        if (is->changes & ALERT_CLEARED) {
                CHECK(awaits_outcome(was)); /* exactly one outcome */
                CHECK(!awaits_outcome(is) && is->outcome != ALERT_PENDING);
                CHECK(is->closed_us >= is->raised_us);
                if (is->outcome == ALERT_IGNORED || is->outcome == ALERT_UNKNOWN || is->outcome == ALERT_ABSORBED ||
                    is->outcome == ALERT_SWITCHED_OFF)
                        CHECK(is->answered_us == 0);
                else
                        CHECK(is->answered_us >= is->raised_us && is->answered_us <= is->closed_us);
                c->cleared++;
        } else if (awaits_outcome(was)) {
                CHECK(awaits_outcome(is)); /* never gone without an outcome */
        }
        if (is->changes & ALERT_WITHDRAWN)
                CHECK(is->withdrawn && was->open);
        if (is->changes & ALERT_HEADS_UP)
                CHECK(!awaits_outcome(is));
        CHECK(is->showings == was->showings ||
              (is->changes & ALERT_RAISED ? is->showings == 1 : is->changes & ALERT_REPEATED && is->open));
        if (is->changes & (ALERT_UPDATED | ALERT_REPEATED))
                CHECK(is->open && awaits_outcome(was));
}

static bool is_quiet(const struct world *w) {
        const struct settings_alert *s = &w->settings.alert;
        int64_t minute = ((int64_t)w->t_us + w->wall_us) / (60 * (int64_t)SECOND);
        int32_t m = (int32_t)(minute % 1440), from = s->quiet_hours.from_min, to = s->quiet_hours.to_min;
        bool hours = from < to ? m >= from && m < to : from > to && (m >= from || m < to);

        return w->clock_known && (hours || (s->quiet_days & (1U << (minute / 1440 % 7))));
}

/* No alert is raised while anything inhibits it. */
static void check_not_inhibited(const struct world *w) {
        const struct world_check *c = &w->check;

        CHECK(w->sitting.phase == SITTING_SEATED);
        CHECK(w->alerts.snoozed_until_us == 0 && w->t_us >= c->snoozed_until_us);
        CHECK(w->alerts.paused_until_us == 0 && w->t_us >= c->paused_until_us);
        for (int i = 0; i < ALERT_INHIBITOR_N; i++)
                CHECK(w->t_us >= c->inhibited_until_us[i]);
        CHECK(!is_quiet(w));
        CHECK(w->settings.alert.daily_max == 0 || w->alerts.raised_today <= (uint32_t)w->settings.alert.daily_max);
}

static void check_alerts(struct world *w) {
        struct world_check *c = &w->check;
        uint64_t waiting = 0;

        for (int k = 0; k < ALERT_KIND_N; k++) {
                const struct alert *a = &w->alerts.of[k];
                check_one_alert(c, &c->alerts.of[k], a);
                if (a->changes & (ALERT_RAISED | ALERT_REPEATED | ALERT_HEADS_UP))
                        check_not_inhibited(w);
                if (a->open) /* an absent sitter sees no alert */
                        CHECK(w->sitting.phase == SITTING_SEATED || w->sitting.phase == SITTING_SUSPENDED);
                waiting += awaits_outcome(a);
        }
        CHECK(waiting <= 1); /* one voice */
        CHECK(c->raised == c->cleared + waiting);
}

/* The bout contains all the time on the seat since it began, and nothing else. */
static void check_sum(struct world *w) {
        struct world_check *c = &w->check;
        const struct sitting *s = &w->sitting;
        uint64_t now = world_now(w), on = c->on_us - c->bout_on_us, in = 0;

        if (s->changes & SITTING_BOUT_STARTED) {
                CHECK(s->bout.seated_us == now - s->bout_started_us);
                c->bout_on_us = c->on_us - s->bout.seated_us;
                c->bout_other_us = c->off_us + c->silent_us;
                c->exact = w->dwell_us == 0;
                on = s->bout.seated_us;
        }
        if (!is_in_bout(s) || !c->exact)
                return;
        CHECK(s->bout.seated_us == on);
        for (int k = 0; k < POSTURE_N; k++)
                in += s->bout.in_us[k];
        CHECK(in == on && s->bout_number > 0);
        CHECK(on + (c->off_us + c->silent_us - c->bout_other_us) == now - s->bout_started_us);
}

static void check_sitting(struct world *w) {
        struct world_check *c = &w->check;
        const struct sitting *s = &w->sitting;

        CHECK((s->phase == SITTING_SEATED || s->phase == SITTING_CONFIRMING) ==
              (w->posture.occupancy == OCCUPANCY_PERSON));
        CHECK(is_in_bout(s) == (s->bout_started_us > 0));
        CHECK(s->bout.slouched_us <= s->bout.seated_us && s->bout.lopsided_us <= s->bout.seated_us);
        CHECK(s->slouched_share >= 0 && s->slouched_share <= 1);
        CHECK(s->lopsided_share >= 0 && s->lopsided_share <= 1);
        if (!c->in_bout)
                CHECK(!is_in_bout(s) || (s->changes & SITTING_BOUT_STARTED));
        if (c->in_bout && !is_in_bout(s))
                CHECK(s->changes & SITTING_BOUT_ENDED);
        if (s->changes & SITTING_BREAK)
                CHECK(s->changes & SITTING_BOUT_ENDED);
        check_sum(w);
        c->in_bout = is_in_bout(s);
}

void world_check(struct world *w, uint64_t dt_us, bool observed) {
        struct world_check *c = &w->check;

        if (dt_us > 0) {
                if (!observed || w->posture.occupancy == OCCUPANCY_UNKNOWN)
                        c->silent_us += dt_us;
                else if (w->posture.occupancy == OCCUPANCY_PERSON)
                        c->on_us += dt_us;
                else
                        c->off_us += dt_us;
                return;
        }
        check_sitting(w);
        check_alerts(w);
        c->sitting = w->sitting;
        c->alerts = w->alerts;
}
