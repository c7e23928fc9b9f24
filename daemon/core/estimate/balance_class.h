/* SPDX-License-Identifier: MIT */
/* The posture class on a mat of few cells: leans in the directions in which there are cells, from the balance of the
 * load relative to the sitter's own upright; otherwise upright, or unknown where a lean could have been missed. */
#ifndef CORE_ESTIMATE_BALANCE_CLASS_H
#define CORE_ESTIMATE_BALANCE_CLASS_H

#include "core/estimate/posture_evidence.h"

struct posture_candidate balance_class(enum posture_class now, const struct settings_posture *settings,
                                       const struct posture_evidence *evidence);

#endif
