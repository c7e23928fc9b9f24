/* SPDX-License-Identifier: MIT */
/* The pair of pressure maxima under the ischial tuberosities ("sit bones"), at sub-cell precision. Grids only. */
#ifndef CORE_DESCRIBE_SIT_BONES_H
#define CORE_DESCRIBE_SIT_BONES_H

#include "core/describe/marginal.h"
#include "sitbone/features.h"
#include "sitbone/geometry.h"
#include "sitbone/map.h"

/* A map of a grid with its marginals: the search reads nothing else. */
struct bone_map {
        const struct geometry *geometry;
        const struct marginal *x, *y;
        const float *load;
};

/* Enough load and no strong lean: a search makes sense. */
bool sit_bones_possible(const struct geometry *geometry, const struct features *f);

/* f: load, asymmetry and edges of this map. previous: the last pair, where the search begins. */
struct sit_bones sit_bones_find(const struct bone_map *map, const struct features *f,
                                const struct sit_bones *previous);

#endif
