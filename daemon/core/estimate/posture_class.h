/* SPDX-License-Identifier: MIT */
/* The posture class: thresholds that a user can read, hysteresis, dwell, and the confidence in the class. */
#ifndef CORE_ESTIMATE_POSTURE_CLASS_H
#define CORE_ESTIMATE_POSTURE_CLASS_H

#include "core/estimate/posture_evidence.h"
#include "sitbone/posture.h"
#include "sitbone/settings/posture.h"

struct posture_classifier {
        enum posture_class now, candidate;
        uint64_t since_us, candidate_since_us;
        uint64_t agreed_us; /* last evidence of now */
        float confidence;
};

void posture_class_step(struct posture_classifier *c, const struct settings_posture *settings,
                        const struct posture_evidence *evidence, uint64_t now_us);
/* Nobody sits there, or nothing is known: vacant or unknown at once. */
void posture_class_set(struct posture_classifier *c, enum posture_class posture_class, uint64_t since_us);

#endif
