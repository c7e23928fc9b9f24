/* SPDX-License-Identifier: MIT */
/* The pair of pressure maxima under the ischial tuberosities ("sit bones"), at sub-cell precision. Grids only. */
#ifndef CORE_DESCRIBE_SIT_BONES_H
#define CORE_DESCRIBE_SIT_BONES_H

#include "core/describe/describe.h"

/* Enough load and no strong lean: worth a search. */
bool sit_bones_possible(const struct describe *d, const struct features *f);

/* Reads the marginals and edges already in d and f. */
struct sit_bones sit_bones_find(const struct describe *d, const struct map *map, const struct features *f);

#endif
