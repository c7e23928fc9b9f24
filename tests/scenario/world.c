/* SPDX-License-Identifier: MIT */
#include "world.h"

#include <math.h>
#include <string.h>

#include "check.h"

enum { UPTIME_S = 3600 }; /* uptime of the machine when a scenario begins */

static const int64_t DAY = 24 * 3600 * (int64_t)SECOND;
static const int64_t FIRST_DAY = 700000; /* a Sunday; clocks may be set back from here */
static const float TYPING = 0.2f;        /* movement per second */

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
        w->posture.occupancy_since_us = w->posture.class_since_us = world_now(w);
        w->next = w->posture;
        sitting_init(&w->sitting_tracker, settings);
        alert_init(&w->alert_tracker, settings, exercises);
        world_step(w);
        world_save(w);
}

/* Does what the daemon does: another date is a new day, whatever moved the clock. */
static void read_clock(struct world *w) {
        int64_t wall = (int64_t)w->t_us + w->wall_us, days;
        struct wall_clock clock = {.known = true, .now_us = world_now(w)};

        if (!w->clock_known)
                return;
        clock.day_us = (uint64_t)(wall % DAY);
        clock.weekday = (uint32_t)(wall / DAY % 7);
        alert_set_clock(&w->alert_tracker, &clock);
        if (wall / DAY == w->day)
                return;
        days = wall / DAY > w->day ? wall / DAY - w->day : 1;
        w->day = wall / DAY;
        while (days-- > 0) {
                sitting_new_day(&w->sitting_tracker, world_now(w));
                alert_new_day(&w->alert_tracker);
        }
}

void world_step(struct world *w) {
        uint64_t now = world_now(w), sitting, alert, next;

        read_clock(w);

        if (w->pending && w->t_us >= w->pending_us) {
                w->posture = w->next;
                w->pending = false;
        }
        w->posture.doubted = w->pending;
        if (w->shifting_until_us > 0 && w->t_us >= w->shifting_until_us) {
                w->shifting_until_us = 0;
                w->posture.shift_began_us = w->next.shift_began_us;
                w->posture.shifts = ++w->next.shifts;
        }
        w->posture.shifting = w->t_us < w->shifting_until_us;
        w->posture.movement = w->t_us < w->typing_until_us ? TYPING : 0;
        sitting = sitting_step(&w->sitting_tracker, &w->posture, now, &w->sitting);
        alert = alert_step(&w->alert_tracker, &w->sitting, now, &w->alerts);
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
        if (w->typing_until_us > w->t_us && w->typing_until_us < next)
                next = w->typing_until_us;
        if (w->clock_known && (w->day + 1) * DAY - w->wall_us < (int64_t)next)
                next = (uint64_t)((w->day + 1) * DAY - w->wall_us);
        return next;
}

void world_run_until(struct world *w, uint64_t t_us) {
        /* more steps than this: the daemon would spin */
        uint64_t steps = 0, most = (t_us - w->t_us) / SECOND * (w->frame_us > 0 ? 12 : 2) + 20;

        while (w->t_us < t_us) {
                uint64_t next = next_step(w, t_us);
                CHECK(++steps < most);
                world_check(w, next - w->t_us, true);
                w->t_us = next;
                world_step(w);
        }
}

void world_set_seat(struct world *w, enum occupancy occupancy, enum posture_class kind, float confidence,
                    float asymmetry) {
        uint64_t now = world_now(w);
        bool same = occupancy == w->next.occupancy;

        w->next = (struct posture){
                .occupancy = occupancy,
                .occupancy_since_us = same ? w->next.occupancy_since_us : now,
                .posture_class = kind,
                .class_since_us = kind == w->next.posture_class ? w->next.class_since_us : now,
                .confidence = confidence,
                .tilt_deg = {NAN, NAN},
                .obliquity_deg = {NAN, NAN},
                .asymmetry = asymmetry,
                .squeezes = w->next.squeezes,
                .shifts = w->next.shifts,
                .shift_began_us = w->next.shift_began_us,
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
        w->next.shift_began_us = world_now(w);
        world_step(w);
}

void world_type(struct world *w, uint64_t for_us) {
        w->typing_until_us = w->t_us + for_us;
        world_step(w);
}

/* Takes the nearest such day: when summer time begins at 3:00 on Sunday, the night is the same one. */
void world_set_clock(struct world *w, uint32_t weekday, uint64_t day_us) {
        int64_t now = w->clock_known ? ((int64_t)w->t_us + w->wall_us) / DAY : FIRST_DAY + (int64_t)weekday;
        int64_t ahead = ((int64_t)weekday - now % 7 + 10) % 7 - 3;

        if (!w->clock_known)
                w->day = now;
        w->clock_known = true;
        w->wall_us = (now + ahead) * DAY + (int64_t)day_us - (int64_t)w->t_us;
        world_step(w);
}

/* A hold of a person ends by itself only with inhibit_most_min; made again while it runs, it does not begin again. */
static void record_hold(struct world *w, bool on) {
        uint64_t *until_us = &w->check.inhibited_until_us[ALERT_INHIBITOR_PERSON];
        double most_min = (double)w->settings.alert.inhibit_most_min;

        if (!on)
                *until_us = 0;
        else if (*until_us == 0)
                *until_us = most_min > 0 ? w->t_us + (uint64_t)(most_min * 60 * (double)SECOND) : UINT64_MAX;
}

/* Computes until when alerts must not be raised, independently of the code under test. */
static void record_command(struct world *w, const struct command *c) {
        uint64_t min = 60 * SECOND;

        if (c->type == COMMAND_SNOOZE && !c->alert_id)
                w->check.snoozed_until_us =
                        w->t_us + (c->minutes ? c->minutes * min
                                              : (uint64_t)((double)w->settings.alert.snooze_min * (double)min));
        if (c->type == COMMAND_PAUSE)
                w->check.paused_until_us =
                        w->t_us + (c->minutes ? c->minutes * min
                                              : (uint64_t)((double)w->settings.alert.pause_min * (double)min));
        if (c->type == COMMAND_RESUME)
                w->check.paused_until_us = w->check.snoozed_until_us = 0;
        if (c->type == COMMAND_INHIBIT && c->name[0])
                w->check.inhibited_until_us[ALERT_INHIBITOR_DESKTOP] = c->on ? w->t_us + 3 * min : 0;
        else if (c->type == COMMAND_INHIBIT)
                record_hold(w, c->on);
}

enum command_result world_command(struct world *w, const struct command *command) {
        enum command_result r = alert_command(&w->alert_tracker, command, world_now(w), &(struct command_answer){0});

        if (r == COMMAND_OK)
                record_command(w, command);
        world_step(w);
        if (r == COMMAND_OK)
                world_save(w);
        return r;
}

/* No step for a while; the seat may be in another state afterwards. */
void world_sleep(struct world *w, uint64_t for_us) {
        /* a sleep of a few seconds is not detected, by design */
        world_check(w, for_us, world_now(w) + for_us <= w->sitting_tracker.call_by_us + 5 * SECOND);
        w->t_us += for_us;
        world_step(w);
}

void world_save(struct world *w) {
        memset(&w->saved, 0, sizeof(w->saved));
        w->saved_us = w->t_us;
        sitting_remember(&w->sitting_tracker, world_now(w), &w->saved.sitting);
        alert_remember(&w->alert_tracker, world_now(w), &w->saved.alerts);
}

void world_restart(struct world *w, uint64_t for_us, bool reboot) {
        uint64_t now, elapsed_us = w->t_us + for_us - w->saved_us;

        world_check(w, for_us, false);
        w->t_us += for_us;
        if (reboot)
                w->check.exact = false; /* the bout may have begun before this clock */
        if (reboot)
                w->boot_us = (int64_t)(20 * SECOND) - (int64_t)w->t_us;
        now = world_now(w);
        w->check.inhibited_until_us[ALERT_INHIBITOR_DESKTOP] = 0; /* the desktop repeats its request */
        w->posture.occupancy_since_us = w->next.occupancy_since_us = now;
        w->posture.class_since_us = w->next.class_since_us = now;
        w->posture.squeezes = w->next.squeezes = (struct squeezes){0};
        w->posture.shifts = w->next.shifts = 0;
        sitting_init(&w->sitting_tracker, &w->settings);
        alert_init(&w->alert_tracker, &w->settings, w->exercises);
        sitting_recall(&w->sitting_tracker, &w->saved.sitting, elapsed_us, now);
        alert_recall(&w->alert_tracker, &w->saved.alerts, elapsed_us, now);
        world_step(w);
}

void world_midnight(struct world *w) {
        sitting_new_day(&w->sitting_tracker, world_now(w));
        alert_new_day(&w->alert_tracker);
        world_step(w);
}

void world_configure(struct world *w, const struct settings *settings) {
        w->settings = *settings;
        sitting_configure(&w->sitting_tracker, settings);
        alert_configure(&w->alert_tracker, settings);
        world_step(w);
}

void world_squeeze(struct world *w, uint32_t reps) {
        w->posture.squeezes.reps += reps;
        w->posture.squeezes.held_s += 5 * (float)reps;
        w->next.squeezes = w->posture.squeezes;
        world_step(w);
}
