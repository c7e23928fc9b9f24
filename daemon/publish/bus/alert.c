/* SPDX-License-Identifier: MIT */
#include "publish/bus/alert.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "util/language.h"
#include "words/names.h"

void bus_alert_of(const struct bus_view *v, enum alert_kind k, struct bus_alert *ret) {
        const struct alerts *a = &v->snapshot->alerts;
        const struct exercise *e = alert_exercise(v->snapshot->exercises, &a->of[k]);

        memset(ret, 0, sizeof(*ret));
        ret->numbers = true;
        ret->kind = k;
        ret->alert = a->of[k];
        if (e)
                ret->exercise = *e;
        snprintf(ret->language, sizeof(ret->language), "%s", language_chosen());
        snprintf(ret->catalogue, sizeof(ret->catalogue), "%s", v->settings->alert.exercises_file);
}

int bus_append_alert(sd_bus_message *m, const struct bus_view *v, enum alert_kind k) {
        char id[24], reason[256], chosen[256], body[1536];
        struct bus_alert b;
        int r;

        bus_alert_of(v, k, &b);
        const struct exercise *e = *b.exercise.id ? &b.exercise : NULL;
        snprintf(id, sizeof(id), "%" PRIu64, b.alert.id);
        alert_reason(&b.alert, k, reason, sizeof(reason));
        exercise_reason(e, &b.alert.why, chosen, sizeof(chosen));
        alert_body(&b.alert, k, e, body, sizeof(body));
        r = sd_bus_message_append(m, "ss", id, alert_kind_name(k));
        if (r >= 0)
                r = sd_bus_message_open_container(m, 'a', "{sv}");
        if (r >= 0)
                r = sd_bus_message_append(m, "{sv}{sv}{sv}{sv}{sv}{sv}{sv}", "title", "s", alert_title(k), /* */
                                          "body", "s", body, "reason", "s", reason,                        /* */
                                          "exercise_why", "s", chosen, "safety", "s",                      /* */
                                          e ? v->snapshot->exercises->safety : "",                         /* */
                                          "showings", "u", b.alert.showings,                               /* */
                                          "snooze_min", "u", (uint32_t)lrintf(v->settings->alert.snooze_min));
        if (r >= 0)
                r = bus_alert_append(m, &b, "");
        return r < 0 ? r : sd_bus_message_close_container(m);
}
