/* SPDX-License-Identifier: MIT */
/* The evidence for a posture class, and the class that it speaks for. */
#ifndef CORE_ESTIMATE_POSTURE_EVIDENCE_H
#define CORE_ESTIMATE_POSTURE_EVIDENCE_H

#include "core/estimate/reference_vector.h"
#include "sitbone/posture.h"
#include "sitbone/settings/posture.h"

struct posture_candidate {
        enum posture_class posture_class;
        float confidence;
};

/* Input of the classification. */
struct posture_evidence {
        const struct features *features;
        const struct reference *reference;
        float rest_share;    /* of the load: shown by the mat itself */
        float expected_load; /* of this sit; NAN = not known */
        struct uncertain tilt_deg;
        float thighs;  /* asymmetry of the thighs beside that of the rest, relative to upright; NAN = not known */
        bool shifting; /* a change of class takes twice as long while the sitter moves */
};

#endif
