/* SPDX-License-Identifier: MIT */
/* Settings of the section [alert]. */
#ifndef SITBONE_SETTINGS_ALERT_H
#define SITBONE_SETTINGS_ALERT_H

#include <stdbool.h>
#include <stdint.h>

#include "sitbone/settings/text.h"

/* Part of each local day in minutes from midnight. from > to: over midnight; from = to: none. */
struct setting_hours {
        int32_t from_min, to_min;
};

enum alert_profile { PROFILE_QUIET, PROFILE_NORMAL, PROFILE_STRICT, PROFILE_COACH };
enum coach_kind { COACH_OFF, COACH_SHIFTS };

struct settings_alert {
        bool enabled;
        int32_t profile; /* enum alert_profile: the defaults of the others, applied by the reader already */
        float prompt_min, still_min;
        float posture_min, posture_window_min, posture_gap_min;
        float lopsided_asymmetry;
        float snooze_min, pause_min;
        float inhibit_most_min; /* 0 = no limit */
        float sitting_limit_h;  /* a day, 0 = none */
        float min_confidence;
        float hold_max_s, lull_s, lull_movement; /* delay of a due alert until a convenient moment */
        bool hold_still;
        struct setting_hours quiet_hours;
        uint32_t quiet_days;                       /* bits 1 << weekday, Sunday = 0 */
        int32_t snoozes_max, skips_max, daily_max; /* per day, 0 = no limit */
        float repeat_min;                          /* 0 = never */
        int32_t repeat_max;
        float short_min;  /* 0 = no short prompts */
        int32_t squeezes; /* number that answers an alert whose exercise is done in the seat */
        float heads_up_s; /* 0 = no announcement */
        bool adaptive;
        bool trial;
        int32_t coach;                           /* enum coach_kind */
        bool activate, slouch, asymmetry, still; /* kinds that are switched on */
        bool desktop;                            /* sitbone-agent shows notifications */
        char exercises_file[SETTING_TEXT_MAX];   /* "" = the installed catalogue */
};

#endif
