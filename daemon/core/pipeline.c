/* SPDX-License-Identifier: MIT */
#include "core/pipeline.h"

#include <string.h>

#include "core/estimate/learn.h"
#include "util/minmax.h"

/* Who counts minutes is told twenty times a second, and at once of what begins or ends. */
static const uint64_t FOLLOW_US = 45000;

void pipeline_init(struct pipeline *p, const struct settings *settings, const struct geometry *geometry,
                   const struct exercise_catalogue *exercises) {
        p->geometry = geometry;
        p->exercises = exercises;
        p->follow_at_us = 0;
        condition_init(&p->condition, &settings->condition, geometry);
        describe_init(&p->describe, geometry);
        estimate_init(&p->estimate, settings);
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

/* From the estimator's news to the alerts. */
static void follow(struct pipeline *p, uint64_t now_us, struct snapshot *ret) {
        uint64_t sitting, alert;

        estimate_learning(&p->estimate, &ret->learning);
        if (!moved_possible(p->geometry))
                ret->learning.place.verdict = PLACE_UNJUDGED;
        sitting = sitting_step(&p->sitting, &ret->posture, now_us, &ret->sitting);
        alert = alert_step(&p->alert, &ret->sitting, now_us, &ret->alerts);
        p->deadline_us = min_u64(sitting, alert);
        p->followed_us = now_us;
        p->follow_at_us = min_u64(p->deadline_us, now_us + FOLLOW_US);
}

/* Each change was told once, in the snapshot before. */
static void nothing_new(struct snapshot *ret) {
        ret->learning.profile_changed = ret->learning.calibration_changed = false;
        ret->sitting.changes = 0;
        for (int k = 0; k < ALERT_KIND_N; k++)
                ret->alerts.of[k].changes = 0;
}

/* What only the stages behind can see of the map's quality. */
static void doubt_place(const struct usual_place *place, struct map *map) {
        map->quality *= moved_factor(place);
        if (!moved_trusts(place))
                map->flaws |= moved_turned(place) ? FLAW_TURNED : FLAW_MOVED;
}

static bool another(const struct posture *a, const struct posture *b) {
        return a->occupancy != b->occupancy || a->doubted != b->doubted || a->posture_class != b->posture_class ||
               a->shifting != b->shifting;
}

uint64_t pipeline_step(struct pipeline *p, const struct frame *frame, uint64_t now_us, struct snapshot *ret) {
        struct posture before = ret->posture;
        uint64_t estimate;

        ret->now_us = now_us;
        ret->fresh = frame != NULL;
        ret->geometry = p->geometry;
        ret->exercises = p->exercises;

        if (frame) {
                condition_step(&p->condition, frame, &ret->map);
                describe_step(&p->describe, &ret->map, &ret->features);
        }
        estimate = estimate_step(&p->estimate, frame ? &ret->features : NULL, now_us, &ret->posture);
        if (frame)
                doubt_place(&p->estimate.learner.profile.place, &ret->map);
        ret->only_numbers =
                frame && now_us < p->follow_at_us && now_us >= p->followed_us && !another(&before, &ret->posture);
        if (ret->only_numbers)
                nothing_new(ret);
        else
                follow(p, now_us, ret);
        return min_u64(estimate, p->deadline_us);
}

static enum command_result tare(struct pipeline *p, const struct snapshot *last) {
        if (last->posture.occupancy == OCCUPANCY_UNKNOWN)
                return COMMAND_NO_FRAMES;
        if (last->posture.occupancy == OCCUPANCY_PERSON)
                return COMMAND_SOMEBODY_SEATED;
        return condition_tare(&p->condition) ? COMMAND_OK : COMMAND_UNSTEADY;
}

enum command_result pipeline_command(struct pipeline *p, const struct command *command, uint64_t now_us,
                                     const struct snapshot *last) {
        p->follow_at_us = 0;
        switch (command->type) {
        case COMMAND_CALIBRATE:
                if (command->target == CALIBRATE_EMPTY)
                        return tare(p, last);
                if (command->target == CALIBRATE_SQUEEZE)
                        return estimate_squeeze(&p->estimate, now_us);
                if (command->target < CALIBRATE_EMPTY)
                        return estimate_calibrate(&p->estimate, (enum calibrate_pose)command->target, now_us);
                break;
        case COMMAND_TARE:
                return tare(p, last);
        case COMMAND_TEACH:
                return estimate_teach(&p->estimate, command->name, now_us);
        case COMMAND_UNTEACH:
                return estimate_unteach(&p->estimate, command->name);
        case COMMAND_SNOOZE:
        case COMMAND_DONE:
        case COMMAND_SKIP:
        case COMMAND_PAUSE:
        case COMMAND_RESUME:
        case COMMAND_INHIBIT:
        case COMMAND_WORKOUT:
                return alert_command(&p->alert, command, now_us);
        case COMMAND_SITTER:
        case COMMAND_TYPE_N:
                break;
        }
        return COMMAND_UNKNOWN;
}

void pipeline_surround(struct pipeline *p, const struct wall_clock *around) {
        alert_set_clock(&p->alert, around);
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
