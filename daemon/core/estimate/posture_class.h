/* SPDX-License-Identifier: MIT */
/* The posture's name: thresholds a user can read, hysteresis, dwell; and how sure it is. */
#ifndef CORE_ESTIMATE_POSTURE_CLASS_H
#define CORE_ESTIMATE_POSTURE_CLASS_H

#include "core/estimate/estimate.h"

/* What the name is made from. */
struct kind_evidence {
        const struct features *features;
        const struct reference *reference;
        float rest_share; /* of the load, shown by the mat itself */
        float usual_load; /* of this sit; NAN = not known */
        struct uncertain tilt_deg;
        bool shifting; /* another name takes twice as long while the sitter moves */
};

void kind_step(struct kind_judge *j, const struct settings_posture *settings, const struct kind_evidence *evidence,
               uint64_t now_us);
/* Nobody, or nothing known: vacant or unknown at once. */
void kind_set(struct kind_judge *j, enum posture_class kind, uint64_t since_us);

#endif
