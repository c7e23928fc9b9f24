/* map -> features: pure measurement, no judgement. Formulas and sources stand beside each feature in describe.c. */
#ifndef DESCRIBE_DESCRIBE_H
#define DESCRIBE_DESCRIBE_H

#include "sitbone/features.h"
#include "sitbone/geometry.h"
#include "sitbone/map.h"

struct describe {
        const struct geometry *geometry; /* not owned */
        /* private state: the previous map, for movement */
        bool has_previous;
        uint64_t previous_us;
        float previous[CELLS_MAX];
};

void describe_init(struct describe *d, const struct geometry *geometry);
void describe_step(struct describe *d, const struct map *map, struct features *ret);

#endif
