/* SPDX-License-Identifier: MIT */
/* Settings of the section [condition]: from a frame to a map. */
#ifndef SITBONE_SETTINGS_CONDITION_H
#define SITBONE_SETTINGS_CONDITION_H

#include <stdbool.h>
#include <stdint.h>

#include "sitbone/settings/text.h"

/* Relation of a reading to the load, where no curve was measured. */
enum response_model { RESPONSE_LINEAR, RESPONSE_DIVIDER };

struct settings_condition {
        bool tare;             /* learn the readings of the empty seat */
        float noise_floor_pct; /* of full scale, above the baseline */
        float tare_s;          /* empty and still this long before the baseline follows */
        bool stuck_mask;       /* exclude cells that cannot be measuring */
        float crosstalk;       /* strength of the correction along columns; below 0 = that of the format */
        bool creep;            /* bring old loads back to the reading of fresh ones */
        int32_t response;      /* enum response_model */
        char response_file[SETTING_TEXT_MAX]; /* response curves of this mat; "" = none */
};

#endif
