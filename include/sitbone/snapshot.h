/* SPDX-License-Identifier: MIT */
/* One of each noun: everything that a publisher may see. Written by pipeline_step(), health by app/. */
#ifndef SITBONE_SNAPSHOT_H
#define SITBONE_SNAPSHOT_H

#include <stdint.h>

#include "sitbone/alert.h"
#include "sitbone/exercise.h"
#include "sitbone/features.h"
#include "sitbone/geometry.h"
#include "sitbone/health.h"
#include "sitbone/map.h"
#include "sitbone/posture.h"
#include "sitbone/profile.h"
#include "sitbone/sitting.h"

struct snapshot {
        uint64_t now_us; /* CLOCK_BOOTTIME (or virtual time) of the decision */
        /* A frame was processed in this step; false = only time passed, map and features are the last ones. */
        bool fresh;
        /* Learning, sitting and alerts are the last ones, without changes: they are stepped at most twenty times a
         * second, and at once when something begins or ends. */
        bool only_numbers;
        const struct geometry *geometry;            /* never NULL, outlives the snapshot */
        const struct exercise_catalogue *exercises; /* never NULL */
        struct map map;
        struct features features;
        struct posture posture;
        struct learning learning;
        struct sitting sitting;
        struct alerts alerts;
        struct health health;
};

#endif
