/* SPDX-License-Identifier: MIT */
/* Random numbers that are the same on every machine for a seed. */
#ifndef TOOLS_SITBONE_SIM_RANDOM_H
#define TOOLS_SITBONE_SIM_RANDOM_H

#include <stdint.h>

struct sim_random {
        uint64_t state;
};

/* stream: sitter and sensor have a stream each, so that a change to one does not change the other. */
void sim_random_init(struct sim_random *r, uint64_t seed, uint64_t stream);

double sim_random_uniform(struct sim_random *r); /* 0 < x < 1 */
double sim_random_normal(struct sim_random *r);

#endif
