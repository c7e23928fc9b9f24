/* SPDX-License-Identifier: MIT */
/* The keys are those of the documentation and stay: scripts rely on them. */
#include <math.h>
#include <stdlib.h>

#include "tools/sitbonectl/json_writer.h"
#include "tools/sitbonectl/replay/command.h"
#include "words/names.h"

struct replay_json {
        struct out out;
};

struct replay_json *replay_json_new(FILE *f) {
        struct replay_json *j = malloc(sizeof(*j));

        if (!j)
                return NULL;
        out_init(&j->out, f);
        return j;
}

void replay_json_free(struct replay_json *j) {
        if (j)
                out_flush(&j->out);
        free(j);
}

static void number(struct out *o, const char *key, float value, int decimals) {
        out_number(o, key, (double)value, decimals);
}

static void begin(struct out *o, const struct snapshot *s) {
        out_text(o, "{\"t_s\":");
        out_fixed(o, replay_time_s(s), 3);
}

/* Two lumps of noise on an empty seat are no sit bones. */
static void bones(struct out *o, const struct sit_bones *b, bool person) {
        double mm[4] = {NAN, NAN, NAN, NAN};

        for (int i = 0; i < 2 && b->valid && person; i++) {
                mm[i] = (double)b->left_mm[i];
                mm[2 + i] = (double)b->right_mm[i];
        }
        out_key(o, "sit_bones");
        out_bones(o, mm, (double)b->quality);
}

static void write_frame(struct out *o, const struct snapshot *s) {
        const struct posture *p = &s->posture;
        const struct features *f = &s->features;

        begin(o, s);
        out_word(o, "occupancy", occupancy_name(p->occupancy));
        out_word(o, "posture", posture_name(p->posture_class));
        number(o, "confidence", p->confidence, 2);
        number(o, "pelvic_tilt_deg", p->tilt_deg.value, 2);
        number(o, "pelvic_tilt_sd_deg", p->tilt_deg.sd, 2);
        number(o, "pelvic_obliquity_deg", p->obliquity_deg.value, 2);
        number(o, "pelvic_obliquity_sd_deg", p->obliquity_deg.sd, 2);
        number(o, "load", f->load, 1);
        number(o, "contact_area_cm2", f->contact_area_cm2, 0);
        number(o, "cop_x_mm", f->cop_x_mm, 1);
        number(o, "cop_y_mm", f->cop_y_mm, 1);
        number(o, "asymmetry", p->occupancy == OCCUPANCY_VACANT ? NAN : f->asymmetry, 3);
        bones(o, &f->sit_bones, p->occupancy == OCCUPANCY_PERSON);
        out_word_or_null(o, "taught", p->taught);
        out_text(o, "}\n");
}

static void write_sitting(struct out *o, const struct snapshot *s) {
        static const struct {
                enum sitting_change change;
                const char *event;
        } events[] = {
                {SITTING_BOUT_STARTED, "bout_started"},   {SITTING_LEFT_SEAT, "left_seat"},   {SITTING_BACK, "back"},
                {SITTING_PARTIAL_BREAK, "partial_break"}, {SITTING_BOUT_ENDED, "bout_ended"},
        };

        for (size_t i = 0; i < sizeof(events) / sizeof(*events); i++) {
                if (!(s->sitting.changes & (uint32_t)events[i].change))
                        continue;
                begin(o, s);
                out_word(o, "event", events[i].event);
                if (events[i].change == SITTING_BACK)
                        number(o, "away_s", (float)s->sitting.last_away_us / 1e6f, 1);
                if (events[i].change == SITTING_BOUT_ENDED)
                        number(o, "seated_s", (float)s->sitting.last_bout_us / 1e6f, 1);
                out_text(o, "}\n");
        }
}

static void write_raised(struct out *o, const struct snapshot *s, enum alert_kind kind) {
        const struct alert *a = &s->alerts.of[kind];
        const struct exercise *e = alert_exercise(s->exercises, a);
        char reason[512];

        alert_reason(a, kind, reason, sizeof(reason));
        begin(o, s);
        out_word(o, "event", alert_event_name(kind));
        out_word(o, "reason", reason);
        out_word_or_null(o, "exercise", e ? e->id : NULL);
        out_text(o, "}\n");
}

static void write_alerts(struct out *o, const struct snapshot *s) {
        for (int k = 0; k < ALERT_KIND_N; k++) {
                const struct alert *a = &s->alerts.of[k];

                if (a->changes & ALERT_RAISED)
                        write_raised(o, s, (enum alert_kind)k);
                if (!(a->changes & ALERT_CLEARED))
                        continue;
                begin(o, s);
                out_word(o, "event", "alert_cleared");
                out_word(o, "kind", alert_kind_name((enum alert_kind)k));
                out_word(o, "outcome", alert_outcome_name(a->outcome));
                number(o, "latency_s", a->answered_us ? (float)(a->answered_us - a->raised_us) / 1e6f : NAN, 1);
                out_text(o, "}\n");
        }
}

void replay_json_decided(void *userdata, const struct snapshot *s) {
        struct replay_json *j = userdata;

        if (s->fresh)
                write_frame(&j->out, s);
        write_sitting(&j->out, s);
        write_alerts(&j->out, s);
}
