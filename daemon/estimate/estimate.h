/* features -> posture: occupancy, posture, tilt and obliquity, each with its uncertainty. */
#ifndef ESTIMATE_ESTIMATE_H
#define ESTIMATE_ESTIMATE_H

#include <stdbool.h>
#include <stdint.h>

#include "sitbone/command.h"
#include "sitbone/features.h"
#include "sitbone/memory.h"
#include "sitbone/posture.h"
#include "sitbone/settings.h"

struct estimate {
        struct settings_occupancy occupancy_settings;
        struct settings_posture posture_settings;
        uint64_t stale_us; /* silence after which occupancy is unknown, not vacant */
        /* private state follows; estimate.c */
};

void estimate_init(struct estimate *e, const struct settings *settings);
void estimate_configure(struct estimate *e, const struct settings *settings);

/* features NULL = only time passed. Returns the next deadline (UINT64_MAX = none). Fills every field of *ret. */
uint64_t estimate_step(struct estimate *e, const struct features *features, uint64_t now_us, struct posture *ret);

/* The sitter sits upright now. COMMAND_OK, COMMAND_NOBODY_SEATED, COMMAND_NO_FRAMES or COMMAND_UNSTEADY. */
enum command_result estimate_calibrate_upright(struct estimate *e, uint64_t now_us);

void estimate_remember(const struct estimate *e, struct memory_reference *ret);
void estimate_recall(struct estimate *e, const struct memory_reference *reference);

#endif
