/* SPDX-License-Identifier: MIT */
#include "publish/bus/values.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "contract/bus_alert.h"
#include "contract/live_bus.h"
#include "contract/live_fill.h"
#include "sitbone/settings.h"
#include "util/clock.h"
#include "util/language.h"
#include "words/names.h"
#include "words/sentences.h"

static const char *mqtt_status(const struct outlet *mqtt) {
        return mqtt && mqtt->ops && mqtt->ops->status ? mqtt->ops->status(mqtt->self) : "off";
}

static uint64_t to_wall_us(const struct bus_view *v, uint64_t instant_us) {
        return clock_to_wall_us(instant_us, v->wall.now_us, v->wall.realtime_us);
}

void bus_fill_values(const struct bus_view *v, struct live_values *ret) {
        const struct snapshot *s = v->snapshot;

        live_values_fill(ret, s, s ? to_wall_us(v, s->now_us) : 0, v->settings, v->identity);
        snprintf(ret->mqtt, sizeof(ret->mqtt), "%s", mqtt_status(v->mqtt));
}

/* ---- alerts ---- */

static bool is_alert_open(const struct bus_view *v, enum alert_kind k) {
        return v->snapshot && v->snapshot->alerts.of[k].open;
}

static void fill_alert(const struct bus_view *v, enum alert_kind k, struct bus_alert *ret) {
        const struct alert *a = &v->snapshot->alerts.of[k];
        const struct exercise *e = alert_exercise(v->snapshot->exercises, a);

        memset(ret, 0, sizeof(*ret));
        ret->kind = k;
        ret->alert = *a;
        if (e)
                ret->exercise = *e;
        if (e) /* an alert asks for one set */
                snprintf(ret->exercise.dose, sizeof(ret->exercise.dose), "%s", exercise_one_set(e));
        snprintf(ret->language, sizeof(ret->language), "%s", language_chosen());
        snprintf(ret->catalogue, sizeof(ret->catalogue), "%s", v->settings->alert.exercises_file);
}

int bus_append_alert(sd_bus_message *m, const struct bus_view *v, enum alert_kind k) {
        char id[24], reason[256], chosen[256], body[1536];
        struct bus_alert b;
        int r;

        fill_alert(v, k, &b);
        const struct exercise *e = *b.exercise.id ? &b.exercise : NULL;
        snprintf(id, sizeof(id), "%" PRIu64, b.alert.id);
        alert_reason(&b.alert, k, reason, sizeof(reason));
        exercise_reason(e, &b.alert.why, chosen, sizeof(chosen));
        alert_body(&b.alert, k, e, body, sizeof(body));
        r = sd_bus_message_append(m, "ss", id, alert_kind_name(k));
        if (r >= 0)
                r = sd_bus_message_open_container(m, 'a', "{sv}");
        if (r >= 0)
                r = sd_bus_message_append(m, "{sv}{sv}{sv}{sv}{sv}{sv}{sv}{sv}", "title", "s", alert_title(k), /* */
                                          "body", "s", body, "reason", "s", reason,                            /* */
                                          "exercise_why", "s", chosen, "safety", "s",                          /* */
                                          e ? v->snapshot->exercises->safety : "", "safety_short", "s",        /* */
                                          e ? v->snapshot->exercises->safety_short : "",                       /* */
                                          "showings", "u", b.alert.showings,                                   /* */
                                          "snooze_min", "u", (uint32_t)lrintf(v->settings->alert.snooze_min));
        if (r >= 0)
                r = bus_alert_append(m, &b, "");
        return r < 0 ? r : sd_bus_message_close_container(m);
}

/* The a(ssa{sv}) of the alerts that are shown now. */
static int append_open_alerts(sd_bus_message *m, const struct bus_view *v) {
        int r = sd_bus_message_open_container(m, 'a', "(ssa{sv})");

        for (int k = 0; k < ALERT_KIND_N && r >= 0; k++) {
                if (!is_alert_open(v, (enum alert_kind)k))
                        continue;
                r = sd_bus_message_open_container(m, 'r', "ssa{sv}");
                if (r >= 0)
                        r = bus_append_alert(m, v, (enum alert_kind)k);
                if (r >= 0)
                        r = sd_bus_message_close_container(m);
        }
        return r < 0 ? r : sd_bus_message_close_container(m);
}

int bus_get_open_alerts(sd_bus *bus, const char *path, const char *interface, const char *property,
                        sd_bus_message *reply, void *userdata, sd_bus_error *error) {
        (void)bus, (void)path, (void)interface, (void)property, (void)error;
        return append_open_alerts(reply, userdata);
}

/* ---- the live view ---- */

static int open_entry(sd_bus_message *m, const char *key, const char *type) {
        int r = sd_bus_message_open_container(m, 'e', "sv");

        if (r >= 0)
                r = sd_bus_message_append(m, "s", key);
        return r < 0 ? r : sd_bus_message_open_container(m, 'v', type);
}

static int close_entry(sd_bus_message *m) {
        int r = sd_bus_message_close_container(m);

        return r < 0 ? r : sd_bus_message_close_container(m);
}

static int append_positions(sd_bus_message *m, const char *key, const float *mm, uint32_t n) {
        int r = open_entry(m, key, "ad");

        if (r >= 0)
                r = sd_bus_message_open_container(m, 'a', "d");
        for (uint32_t i = 0; i < n && r >= 0; i++)
                r = sd_bus_message_append(m, "d", (double)mm[i]);
        if (r >= 0)
                r = sd_bus_message_close_container(m);
        return r < 0 ? r : close_entry(m);
}

static int append_bytes(sd_bus_message *m, const char *key, const uint8_t *bytes, uint32_t n) {
        int r = open_entry(m, key, "ay");

        if (r >= 0)
                r = sd_bus_message_append_array(m, 'y', bytes, n);
        return r < 0 ? r : close_entry(m);
}

/* unmeasured: 1 for a cell that is masked, stuck or dead and not estimated from its neighbours; only where there are
 * any. */
static int append_cells(sd_bus_message *m, const struct map *map, float peak) {
        uint8_t cells[CELLS_MAX], unmeasured[CELLS_MAX];
        uint32_t n = map->n_cells < CELLS_MAX ? map->n_cells : CELLS_MAX;
        int r;

        for (uint32_t i = 0; i < n; i++) {
                cells[i] = peak > 0 ? (uint8_t)lrintf(fminf(fmaxf(map->load[i] / peak, 0), 1) * 255) : 0;
                unmeasured[i] = !map->trusted[i] && !(map->load[i] > 0);
        }
        r = append_bytes(m, "cells", cells, n);
        return r < 0 || !memchr(unmeasured, 1, n) ? r : append_bytes(m, "unmeasured", unmeasured, n);
}

static int append_map(sd_bus_message *m, const struct snapshot *s) {
        const struct geometry *g = s->geometry;
        uint32_t placed = g->kind == GEOMETRY_SCATTERED ? g->n_cells : 0;
        int r = append_cells(m, &s->map, s->features.peak);

        if (r >= 0)
                r = append_positions(m, "x_mm", g->x_mm, placed);
        return r < 0 ? r : append_positions(m, "y_mm", g->y_mm, placed);
}

/* The numbers of the most important open alert: the kinds are in that order. */
static int append_alert_numbers(sd_bus_message *m, const struct bus_view *v) {
        struct bus_alert b;

        for (int k = 0; k < ALERT_KIND_N; k++)
                if (is_alert_open(v, (enum alert_kind)k)) {
                        fill_alert(v, (enum alert_kind)k, &b);
                        return bus_alert_append(m, &b, "alert_");
                }
        return 0;
}

/* Before the first snapshot only the properties are known. */
static int append_fields(sd_bus_message *m, const struct bus_view *v) {
        struct live_values values;
        int r = 0;

        bus_fill_values(v, &values);
        for (size_t i = 0; i < live_fields_n && r >= 0; i++)
                if (live_fields[i].bus && (v->snapshot || live_fields[i].property_step > 0))
                        r = live_bus_append_entry(m, &live_fields[i], &values);
        return r;
}

int bus_append_live(sd_bus_message *m, const struct bus_view *v) {
        int r = sd_bus_message_open_container(m, 'a', "{sv}");

        if (r >= 0)
                r = append_fields(m, v);
        if (r >= 0)
                r = open_entry(m, "OpenAlerts", "a(ssa{sv})");
        if (r >= 0)
                r = append_open_alerts(m, v);
        if (r >= 0)
                r = close_entry(m);
        if (r >= 0 && v->snapshot)
                r = append_map(m, v->snapshot);
        if (r >= 0)
                r = append_alert_numbers(m, v);
        return r < 0 ? r : sd_bus_message_close_container(m);
}

/* ---- GetWhy: when each kind of alert is due, what inhibits it, and why the last alert came ---- */

static int append_kind(sd_bus_message *m, const struct bus_view *v, enum alert_kind k) {
        const struct alert_plan *p = &v->snapshot->alerts.plan[k];
        char held[128];

        alert_held_names(p->inhibits, held, sizeof(held));
        return sd_bus_message_append(m, "a{sv}", 6, "kind", "s", alert_kind_name(k), "title", "s",
                                     alert_title(k),                                       /* */
                                     "have_s", "u", (uint32_t)(p->have_us / USEC_PER_SEC), /* */
                                     "need_s", "u", (uint32_t)(p->need_us / USEC_PER_SEC), /* */
                                     "due_at", "t", to_wall_us(v, p->due_us),              /* */
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
        fill_alert(v, k, &b);
        r = sd_bus_message_append(m, "{sv}{sv}{sv}{sv}{sv}{sv}{sv}{sv}{sv}", "last_exercise_why", "s", chosen,
                                  "last_id", "s", id, "last_kind", "s", alert_kind_name(k),                /* */
                                  "last_at", "t", to_wall_us(v, a->raised_us), "last_reason", "s", reason, /* */
                                  "last_moment", "s", alert_moment_name(a->moment),                        /* */
                                  "last_showings", "u", a->showings, "last_outcome", "s",
                                  alert_outcome_name(a->outcome), /* */
                                  "last_latency_s", "d",
                                  answered ? (double)(a->answered_us - a->raised_us) / (double)USEC_PER_SEC : -1.0);
        return r < 0 ? r : bus_alert_append(m, &b, "last_");
}

static int append_coach(sd_bus_message *m, const struct sitting *s) {
        if (isnan(s->shifts_target) || isnan(s->shifts_per_hour))
                return 0;
        return sd_bus_message_append(m, "{sv}{sv}", "shifts_per_hour", "d", (double)s->shifts_per_hour,
                                     "shifts_target", "d", (double)s->shifts_target);
}

/* The strengthening workout of today, or else the next one. Appends nothing when none are planned. */
static int append_workout(sd_bus_message *m, const struct snapshot *s) {
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
                r = sd_bus_message_append(m, "{sv}{sv}{sv}{sv}{sv}{sv}{sv}{sv}{sv}{sv}{sv}",        /* */
                                          "snoozed_until", "t", to_wall_us(v, a->snoozed_until_us), /* */
                                          "paused_until", "t", to_wall_us(v, a->paused_until_us),   /* */
                                          "quiet_until", "t", to_wall_us(v, a->quiet_until_us),     /* */
                                          "inhibited_by", "s", a->inhibited_by, "inhibited_since", "t",
                                          to_wall_us(v, a->inhibited_since_us), "disturb", "u", a->inhibitors,
                                          "alerts_today", "u", a->raised_today,                       /* */
                                          "snoozes_today", "u", a->snoozes_today, "skips_today", "u", /* */
                                          a->skips_today, "daily_max", "u",                           /* */
                                          (uint32_t)v->settings->alert.daily_max, "trial", "b",       /* */
                                          (int)a->trial_runs);
        if (r >= 0)
                r = append_coach(m, &v->snapshot->sitting);
        if (r >= 0)
                r = append_workout(m, v->snapshot);
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
