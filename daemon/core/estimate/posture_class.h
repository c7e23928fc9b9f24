/* SPDX-License-Identifier: MIT */
/* The posture class: thresholds that a user can read, hysteresis, dwell, and the confidence in the class. */
#ifndef CORE_ESTIMATE_POSTURE_CLASS_H
#define CORE_ESTIMATE_POSTURE_CLASS_H

#include "core/estimate/reference_vector.h"
#include "sitbone/posture.h"
#include "sitbone/settings/posture.h"

struct posture_classifier {
        enum posture_class now, candidate;
        uint64_t since_us, candidate_since_us;
        float confidence;
};

/* Input of the classification. */
struct posture_evidence {
        const struct features *features;
        const struct reference *reference;
        float rest_share;    /* of the load: shown by the mat itself */
        float expected_load; /* of this sit; NAN = not known */
        struct uncertain tilt_deg;
        bool shifting; /* a change of class takes twice as long while the sitter moves */
};

void posture_class_step(struct posture_classifier *c, const struct settings_posture *settings,
                        const struct posture_evidence *evidence, uint64_t now_us);
/* Nobody sits there, or nothing is known: vacant or unknown at once. */
void posture_class_set(struct posture_classifier *c, enum posture_class posture_class, uint64_t since_us);

#endif
