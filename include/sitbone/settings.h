/* SPDX-License-Identifier: MIT */
/* Every user setting: one struct for each section of the settings file. Parts of the program include the header of their
 * own section only. Ranges, units, defaults and reasons are listed in one place, configure/settings_table.c; the reader
 * in configure/ guarantees that each value is within the range of its row. Times are in the unit of the name. */
#ifndef SITBONE_SETTINGS_H
#define SITBONE_SETTINGS_H

#include <stdbool.h>
#include <stdint.h>

#include "sitbone/settings/alert.h"
#include "sitbone/settings/condition.h"
#include "sitbone/settings/device.h"
#include "sitbone/settings/mqtt.h"
#include "sitbone/settings/occupancy.h"
#include "sitbone/settings/posture.h"
#include "sitbone/settings/sitting.h"

enum bus_kind { BUS_SYSTEM, BUS_SESSION, BUS_OFF };

struct settings_seat {
        char id[64]; /* "auto" or a slug */
        char name[96];
        char area[64];
        char language[16]; /* of sentences for people; auto = that of the environment */
        bool recognise;    /* recognise sitters by what the mat measures of them */
};

struct settings_exercise {
        int32_t sessions_per_week; /* workouts to plan; 0 = none */
        int32_t squeeze_goal_s;    /* held squeezes a day; 0 = no goal */
};

struct settings_history {
        bool enabled;
        int32_t keep_days; /* 0 = forever */
};

struct settings_bus {
        int32_t bus; /* enum bus_kind */
};

struct settings_realtime {
        bool lock_memory;
        int32_t priority; /* 0 = ordinary, 1..99 = SCHED_FIFO */
};

struct settings {
        struct settings_seat seat;
        struct settings_device device;
        struct settings_condition condition;
        struct settings_occupancy occupancy;
        struct settings_posture posture;
        struct settings_sitting sitting;
        struct settings_alert alert;
        struct settings_exercise exercise;
        struct settings_mqtt mqtt;
        struct settings_history history;
        struct settings_bus bus;
        struct settings_realtime realtime;
};

#endif
