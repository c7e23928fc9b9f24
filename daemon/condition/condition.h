/* frame -> map: tare, noise floor, stuck cells. Cost: a fixed number of passes over the cells.
 *
 * The stage must know whether the seat is empty before it may move the baseline, but may not look downstream; so it
 * judges for itself, by stillness and by nearness to the present baseline. See condition.c. */
#ifndef CONDITION_CONDITION_H
#define CONDITION_CONDITION_H

#include <stdbool.h>
#include <stdint.h>

#include "sitbone/frame.h"
#include "sitbone/geometry.h"
#include "sitbone/map.h"
#include "sitbone/memory.h"
#include "sitbone/settings.h"

struct condition {
        struct settings_condition settings;
        const struct geometry *geometry; /* not owned */
        /* private state follows; condition.c */
        bool tared;
        float baseline[CELLS_MAX]; /* raw units */
        float noise[CELLS_MAX];
};

void condition_init(struct condition *c, const struct settings_condition *settings, const struct geometry *geometry);
void condition_configure(struct condition *c, const struct settings_condition *settings);

/* Fills every field of *ret. frame->n_cells == geometry->n_cells. */
void condition_step(struct condition *c, const struct frame *frame, struct map *ret);

/* Takes the mean of the recent frames as empty. False = unsteady or too few frames yet; nothing changed. */
bool condition_tare(struct condition *c);

void condition_remember(const struct condition *c, struct memory_tare *ret);
/* Ignored (false) when the cell count differs. */
bool condition_recall(struct condition *c, const struct memory_tare *tare);

#endif
