/* SPDX-License-Identifier: MIT */
#include "core/condition/quality.h"

static const float SATURATED_SHARE = 0.1F;
static const float SLOW_S = 0.55F; /* two frames a second, and a tenth */
static const float DRIFT = 0.02F;
static const float DRIFT_WORST = 0.5F;

static void flaw(struct map *map, enum map_flaw which, float factor) {
        map->flaws |= (uint32_t)which;
        map->quality *= factor;
}

static void judge_cells(struct map *map) {
        const float all = (float)map->n_cells, filled = (float)map->n_filled;
        const float out = (float)(map->n_stuck + map->n_dead), share = (out - filled / 2) / all;

        if (map->n_stuck > 0)
                flaw(map, FLAW_STUCK, 1);
        if (map->n_dead > 0)
                flaw(map, FLAW_DEAD, 1);
        map->quality *= share < 1 ? 1 - share : 0;
}

void quality_judge(const struct geometry *geometry, float period_s, struct map *map) {
        const float saturated = map->n_active ? (float)map->n_saturated / (float)map->n_active : 0;
        const float drift = 5 * map->drift;

        map->quality = 1;
        map->flaws = 0;
        if (!map->tared)
                flaw(map, FLAW_NOT_TARED, 0.6F);
        judge_cells(map);
        if (saturated > SATURATED_SHARE)
                flaw(map, FLAW_SATURATED, saturated < 1 ? 1 - saturated / 2 : 0.5F);
        if (period_s > SLOW_S)
                flaw(map, FLAW_SLOW, 0.7F);
        if (map->drift > DRIFT)
                flaw(map, FLAW_DRIFTING, drift < DRIFT_WORST ? 1 - drift : 1 - DRIFT_WORST);
        if (geometry->kind == GEOMETRY_UNPLACED)
                flaw(map, FLAW_UNPLACED, 0.5F);
        else if (geometry->pitch_assumed)
                flaw(map, FLAW_PITCH_GUESSED, 0.9F);
}
