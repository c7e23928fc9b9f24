/* SPDX-License-Identifier: MIT */
/* GetWhy: when each kind of alert is due, what inhibits it, and why the last alert came. */
#include "publish/bus/values.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "util/clock.h"
#include "words/names.h"
#include "words/sentences.h"

static int append_kind(sd_bus_message *m, const struct bus_view *v, enum alert_kind k) {
        const struct alert_plan *p = &v->snapshot->alerts.plan[k];
        char held[128];

        alert_held_names(p->inhibits, held, sizeof(held));
        return sd_bus_message_append(m, "a{sv}", 6, "kind", "s", alert_kind_name(k), "title", "s",
                                     alert_title(k),                                       /* */
                                     "have_s", "u", (uint32_t)(p->have_us / USEC_PER_SEC), /* */
                                     "need_s", "u", (uint32_t)(p->need_us / USEC_PER_SEC), /* */
                                     "due_at", "t", bus_wall_us(v, p->due_us),             /* */
                                     "held", "s", held);
}

static enum alert_kind find_last_raised(const struct alerts *a) {
        enum alert_kind last = 0;

        for (enum alert_kind k = 1; k < ALERT_KIND_N; k++)
                if (a->of[k].id > a->of[last].id)
                        last = k;
        return last;
}

/* Appends nothing when no alert was ever raised. */
static int append_last(sd_bus_message *m, const struct bus_view *v) {
        enum alert_kind k = find_last_raised(&v->snapshot->alerts);
        const struct alert *a = &v->snapshot->alerts.of[k];
        bool answered = a->answered_us >= a->raised_us && a->answered_us > 0;
        char id[24], reason[256], chosen[256];
        const struct exercise *e = alert_exercise(v->snapshot->exercises, a);
        struct bus_alert b;
        int r;

        if (a->id == 0)
                return 0;
        snprintf(id, sizeof(id), "%" PRIu64, a->id);
        alert_reason(a, k, reason, sizeof(reason));
        exercise_reason(e, &a->why, chosen, sizeof(chosen));
        bus_fill_alert(v, k, &b);
        r = sd_bus_message_append(m, "{sv}{sv}{sv}{sv}{sv}{sv}{sv}{sv}{sv}", "last_exercise_why", "s", chosen,
                                  "last_id", "s", id, "last_kind", "s", alert_kind_name(k),                 /* */
                                  "last_at", "t", bus_wall_us(v, a->raised_us), "last_reason", "s", reason, /* */
                                  "last_moment", "s", alert_moment_name(a->moment),                         /* */
                                  "last_showings", "u", a->showings, "last_outcome", "s",
                                  alert_outcome_name(a->outcome), /* */
                                  "last_latency_s", "d",
                                  answered ? (double)(a->answered_us - a->raised_us) / (double)USEC_PER_SEC : -1.0);
        return r < 0 ? r : bus_alert_append(m, &b, "last_");
}

/* The strengthening session of today, or else the next one. Appends nothing when none are planned. */
static int append_session(sd_bus_message *m, const struct snapshot *s) {
        const struct workout *x = &s->alerts.workout;
        char ids[WORKOUT_EXERCISES_MAX * (EXERCISE_ID_MAX + 1)] = "";
        size_t n = 0;

        if (x->of == 0)
                return 0;
        for (uint32_t i = 0; i < x->n && n < sizeof(ids); i++)
                if (x->exercise[i] < s->exercises->n)
                        n += (size_t)snprintf(ids + n, sizeof(ids) - n, "%s%s", n ? " " : "",
                                              s->exercises->of[x->exercise[i]].id);
        return sd_bus_message_append(m, "{sv}{sv}{sv}{sv}{sv}{sv}{sv}", "session", "s", ids, "session_number", "u",
                                     (uint32_t)x->number, "session_of", "u", (uint32_t)x->of, "session_in_days", "u",
                                     (uint32_t)x->in_days, "session_done", "u", (uint32_t)x->done,
                                     "session_done_today", "b", (int)x->done_today, "session_suits", "s",
                                     exercise_suits_name(x->suits));
}

static int append_overview(sd_bus_message *m, const struct bus_view *v) {
        const struct alerts *a = &v->snapshot->alerts;
        int r = sd_bus_message_open_container(m, 'a', "{sv}");

        if (r >= 0)
                r = sd_bus_message_append(m, "{sv}{sv}{sv}{sv}{sv}{sv}{sv}{sv}",                               /* */
                                          "snoozed_until", "t", bus_wall_us(v, a->snoozed_until_us),           /* */
                                          "paused_until", "t", bus_wall_us(v, a->paused_until_us),             /* */
                                          "quiet_until", "t", bus_wall_us(v, a->quiet_until_us),               /* */
                                          "disturb", "u", a->inhibitors, "alerts_today", "u", a->raised_today, /* */
                                          "snoozes_today", "u", a->snoozes_today, "skips_today", "u",          /* */
                                          a->skips_today, "daily_max", "u",                                    /* */
                                          (uint32_t)v->settings->alert.daily_max);
        if (r >= 0)
                r = append_session(m, v->snapshot);
        if (r >= 0)
                r = append_last(m, v);
        return r < 0 ? r : sd_bus_message_close_container(m);
}

int bus_append_why(sd_bus_message *m, const struct bus_view *v) {
        int r = v->snapshot ? append_overview(m, v) : -EAGAIN;

        if (r >= 0)
                r = sd_bus_message_open_container(m, 'a', "a{sv}");
        for (enum alert_kind k = 0; k < ALERT_KIND_N && r >= 0; k++)
                r = append_kind(m, v, k);
        return r < 0 ? r : sd_bus_message_close_container(m);
}
