/* SPDX-License-Identifier: MIT */
/* The advice on safety is shown once to each user, with the first alert that offers an exercise. */
#ifndef TOOLS_SITBONE_AGENT_SAFETY_H
#define TOOLS_SITBONE_AGENT_SAFETY_H

#include <stdbool.h>

/* True if this user has not been shown the advice yet; records that it is shown now. */
bool safety_claim_first_showing(void);

#endif
