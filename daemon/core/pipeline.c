/* SPDX-License-Identifier: MIT */
#include "core/pipeline.h"

#include <string.h>

#include "sitbone/settings.h"
#include "util/minmax.h"

/* Sitting and alerts are stepped at most 20 times a second, and immediately when occupancy or posture changes. */
static const uint64_t FOLLOW_US = 45000;
/* Time after a refused tare in which the same command counts as the owner's answer. */
static const uint64_t TARE_FRESH_US = 10000000; /* an unknown seat without frames for this long is silent */
static const uint64_t TARE_AGAIN_US = 2000000, TARE_FORGET_US = 60000000;

void pipeline_init(struct pipeline *p, const struct settings *settings, const struct geometry *geometry,
                   const struct exercise_catalogue *exercises) {
        p->geometry = geometry;
        p->exercises = exercises;
        p->follow_at_us = p->tare_refused_us = 0;
        condition_init(&p->condition, &settings->condition, geometry);
        describe_init(&p->describe, geometry);
        estimate_init(&p->estimate, settings, geometry);
        sitting_init(&p->sitting, settings);
        alert_init(&p->alert, settings, exercises);
}

void pipeline_configure(struct pipeline *p, const struct settings *settings) {
        condition_configure(&p->condition, &settings->condition);
        estimate_configure(&p->estimate, settings);
        sitting_configure(&p->sitting, settings);
        alert_configure(&p->alert, settings);
        p->follow_at_us = 0;
}

/* Steps sitting and alerts, and reports learning. */
static void step_followers(struct pipeline *p, uint64_t now_us, struct snapshot *snapshot) {
        uint64_t sitting, alert;

        estimate_report_learning(&p->estimate, &snapshot->learning);
        sitting = sitting_step(&p->sitting, &snapshot->posture, now_us, &snapshot->sitting);
        alert = alert_step(&p->alert, &snapshot->sitting, now_us, &snapshot->alerts);
        p->deadline_us = min_u64(sitting, alert);
        p->followed_us = now_us;
        p->follow_at_us = min_u64(p->deadline_us, now_us + FOLLOW_US);
}

/* Change bits are edge-triggered: clears those that the previous snapshot reported. */
static void clear_changes(struct snapshot *snapshot) {
        snapshot->learning.profile_changed = snapshot->learning.calibration_changed = false;
        snapshot->sitting.changes = 0;
        snapshot->alerts.changes = 0;
        for (int k = 0; k < ALERT_KIND_N; k++)
                snapshot->alerts.of[k].changes = 0;
}

static bool has_changed(const struct posture *a, const struct posture *b) {
        return a->occupancy != b->occupancy || a->doubted != b->doubted || a->posture_class != b->posture_class ||
               a->shifting != b->shifting;
}

uint64_t pipeline_step(struct pipeline *p, const struct frame *frame, uint64_t now_us, struct snapshot *snapshot) {
        const struct posture before = snapshot->posture;
        uint64_t estimate;

        snapshot->now_us = now_us;
        snapshot->fresh = frame != NULL;
        snapshot->geometry = p->geometry;
        snapshot->exercises = p->exercises;

        if (frame) {
                condition_step(&p->condition, frame, &snapshot->map);
                describe_step(&p->describe, &snapshot->map, condition_creep_share(&p->condition), &snapshot->features);
        }
        estimate = estimate_step(&p->estimate, frame ? &snapshot->features : NULL, now_us, &snapshot->posture);
        snapshot->only_numbers = frame && now_us < p->follow_at_us && now_us >= p->followed_us &&
                                 !has_changed(&before, &snapshot->posture);
        if (snapshot->only_numbers)
                clear_changes(snapshot);
        else
                step_followers(p, now_us, snapshot);
        return min_u64(estimate, p->deadline_us);
}

void pipeline_set_link(struct pipeline *p, bool open, uint64_t now_us) {
        struct silence *silence = &p->estimate.silence;

        if (!open && !silence->lost)
                silence->lost_us = now_us;
        silence->lost = !open;
}

/* A seat that reads like a person is tared only when the owner states that it is empty: with the command, or by giving
 * it again after the refusal. A double press of a button is one statement. */
static enum command_result tare_seat(struct pipeline *p, bool stated_empty, uint64_t now_us,
                                     const struct snapshot *last) {
        const uint64_t refused_us = p->tare_refused_us;
        const bool again =
                refused_us > 0 && now_us >= refused_us + TARE_AGAIN_US && now_us < refused_us + TARE_FORGET_US;

        if (last->posture.occupancy == OCCUPANCY_UNKNOWN &&
            !(last->map.resting && now_us < last->map.arrived_us + TARE_FRESH_US))
                return COMMAND_NO_FRAMES;
        if (last->posture.occupancy == OCCUPANCY_PERSON && !stated_empty && !again) {
                p->tare_refused_us = now_us;
                return COMMAND_SOMEBODY_SEATED;
        }
        if (!condition_tare(&p->condition, stated_empty || again))
                return COMMAND_UNSTEADY;
        p->tare_refused_us = 0;
        return COMMAND_OK;
}

enum command_result pipeline_command(struct pipeline *p, const struct command *command, uint64_t now_us,
                                     const struct snapshot *last, struct command_answer *ret) {
        p->follow_at_us = 0;
        switch (command->type) {
        case COMMAND_CALIBRATE:
                if (command->target == CALIBRATE_EMPTY)
                        return tare_seat(p, command->on, now_us, last);
                if (command->target >= CALIBRATE_TARGET_N)
                        break;
                return estimate_command(&p->estimate, command, now_us);
        case COMMAND_TARE:
                return tare_seat(p, command->on, now_us, last);
        case COMMAND_TEACH:
        case COMMAND_UNTEACH:
                return estimate_command(&p->estimate, command, now_us);
        case COMMAND_SNOOZE:
        case COMMAND_DONE:
        case COMMAND_SKIP:
        case COMMAND_PAUSE:
        case COMMAND_RESUME:
        case COMMAND_INHIBIT:
        case COMMAND_WORKOUT:
                return alert_command(&p->alert, command, now_us, ret);
        case COMMAND_SITTER:
        case COMMAND_LABEL:
        case COMMAND_SET:
        case COMMAND_TYPE_N:
                break;
        }
        return COMMAND_UNKNOWN;
}

void pipeline_set_clock(struct pipeline *p, const struct wall_clock *clock) {
        alert_set_clock(&p->alert, clock);
        p->follow_at_us = 0;
}

void pipeline_new_day(struct pipeline *p, uint64_t now_us) {
        sitting_new_day(&p->sitting, now_us);
        alert_new_day(&p->alert);
        p->follow_at_us = 0;
}

void pipeline_remember(const struct pipeline *p, uint64_t now_us, struct memory *ret) {
        memset(ret, 0, sizeof(*ret));
        sitting_remember(&p->sitting, now_us, &ret->sitting);
        alert_remember(&p->alert, now_us, &ret->alerts);
        estimate_remember(&p->estimate, ret);
}

void pipeline_recall(struct pipeline *p, const struct memory *memory, uint64_t elapsed_us, uint64_t now_us) {
        sitting_recall(&p->sitting, &memory->sitting, elapsed_us, now_us);
        alert_recall(&p->alert, &memory->alerts, elapsed_us, now_us);
        estimate_recall(&p->estimate, memory);
        p->follow_at_us = 0;
}
