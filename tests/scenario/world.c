#include "world.h"

#include <math.h>
#include <string.h>

#include "check.h"

enum { UPTIME_S = 3600 }; /* of the machine when a scenario begins */

uint64_t world_now(const struct world *w) {
        return (uint64_t)((int64_t)w->t_us + w->boot_us);
}

void world_init(struct world *w, const struct settings *settings, const struct exercise_catalogue *exercises,
                uint64_t frame_us, world_fn on_step, void *userdata) {
        memset(w, 0, sizeof(*w));
        w->settings = *settings;
        w->exercises = exercises;
        w->boot_us = (int64_t)(UPTIME_S * SECOND);
        w->frame_us = frame_us;
        w->on_step = on_step;
        w->userdata = userdata;
        w->posture = (struct posture){.occupancy = OCCUPANCY_VACANT, .asymmetry = NAN};
        w->posture.occupancy_since_us = w->posture.kind_since_us = world_now(w);
        w->next = w->posture;
        sitting_init(&w->tracker, settings);
        alert_init(&w->desk, settings, exercises);
        world_step(w);
        world_save(w);
}

void world_step(struct world *w) {
        uint64_t now = world_now(w), sitting, alert, next;

        if (w->pending && w->t_us >= w->pending_us) {
                w->posture = w->next;
                w->pending = false;
        }
        w->posture.shifting = w->t_us < w->shifting_until_us;
        sitting = sitting_step(&w->tracker, &w->posture, now, &w->sitting);
        alert = alert_step(&w->desk, &w->sitting, now, &w->alerts);
        next = sitting < alert ? sitting : alert;
        w->deadline_us = next == UINT64_MAX ? UINT64_MAX : (uint64_t)((int64_t)next - w->boot_us);
        CHECK(w->deadline_us > w->t_us);
        world_check(w, 0, true);
        w->on_step(w->userdata, w);
}

static uint64_t next_step(const struct world *w, uint64_t t_us) {
        uint64_t next = w->deadline_us < t_us ? w->deadline_us : t_us;

        if (w->frame_us > 0 && (w->t_us / w->frame_us + 1) * w->frame_us < next)
                next = (w->t_us / w->frame_us + 1) * w->frame_us;
        if (w->pending && w->pending_us < next)
                next = w->pending_us;
        if (w->shifting_until_us > w->t_us && w->shifting_until_us < next)
                next = w->shifting_until_us;
        return next;
}

void world_run_until(struct world *w, uint64_t t_us) {
        /* asked for too often, the daemon would spin */
        uint64_t steps = 0, most = (t_us - w->t_us) / SECOND * (w->frame_us > 0 ? 12 : 2) + 20;

        while (w->t_us < t_us) {
                uint64_t next = next_step(w, t_us);
                CHECK(++steps < most);
                world_check(w, next - w->t_us, true);
                w->t_us = next;
                world_step(w);
        }
}

void world_see(struct world *w, enum occupancy occupancy, enum posture_kind kind, float confidence, float asymmetry) {
        uint64_t now = world_now(w);
        bool same = occupancy == w->next.occupancy;

        w->next = (struct posture){
                .occupancy = occupancy,
                .occupancy_since_us = same ? w->next.occupancy_since_us : now,
                .kind = kind,
                .kind_since_us = kind == w->next.kind ? w->next.kind_since_us : now,
                .confidence = confidence,
                .tilt_deg = {NAN, NAN},
                .obliquity_deg = {NAN, NAN},
                .asymmetry = asymmetry,
        };
        if (!same) {
                w->pending = w->dwell_us > 0;
                w->pending_us = w->t_us + w->dwell_us;
        }
        if (!w->pending)
                w->posture = w->next;
        world_step(w);
}

void world_shift(struct world *w, uint64_t for_us) {
        w->shifting_until_us = w->t_us + for_us;
        world_step(w);
}

/* Nobody calls for a while; the seat may look different afterwards. */
void world_sleep(struct world *w, uint64_t for_us) {
        /* a few seconds are not noticed, and not meant to be */
        world_check(w, for_us, world_now(w) + for_us <= w->tracker.call_by_us + 5 * SECOND);
        w->t_us += for_us;
        world_step(w);
}

void world_save(struct world *w) {
        memset(&w->saved, 0, sizeof(w->saved));
        sitting_remember(&w->tracker, world_now(w), &w->saved.sitting);
        alert_remember(&w->desk, world_now(w), &w->saved.alerts);
}

void world_restart(struct world *w, uint64_t for_us, bool reboot) {
        uint64_t now;

        world_check(w, for_us, false);
        w->t_us += for_us;
        if (reboot)
                w->check.exact = false; /* the bout may have begun before this clock */
        if (reboot)
                w->boot_us = (int64_t)(20 * SECOND) - (int64_t)w->t_us;
        now = world_now(w);
        w->posture.occupancy_since_us = w->next.occupancy_since_us = now;
        w->posture.kind_since_us = w->next.kind_since_us = now;
        sitting_init(&w->tracker, &w->settings);
        alert_init(&w->desk, &w->settings, w->exercises);
        sitting_recall(&w->tracker, &w->saved.sitting, for_us, now);
        alert_recall(&w->desk, &w->saved.alerts, for_us, now);
        world_step(w);
}

void world_midnight(struct world *w) {
        sitting_new_day(&w->tracker, world_now(w));
        alert_new_day(&w->desk, world_now(w));
        world_step(w);
}

void world_configure(struct world *w, const struct settings *settings) {
        w->settings = *settings;
        sitting_configure(&w->tracker, settings);
        alert_configure(&w->desk, settings);
        world_step(w);
}
