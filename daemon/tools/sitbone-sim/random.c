/* SPDX-License-Identifier: MIT */
#include "tools/sitbone-sim/random.h"

#include <math.h>

/* splitmix64 (Steele, Lea, Flood 2014): small, and every seed is good. */
static uint64_t draw_bits(struct sim_random *r) {
        uint64_t z = (r->state += 0x9e3779b97f4a7c15u);
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
        return z ^ (z >> 31);
}

void sim_random_init(struct sim_random *r, uint64_t seed, uint64_t stream) {
        r->state = seed * 0x632be59bd9b4e019u + stream * 0xd1342543de82ef95u;
        draw_bits(r);
}

double sim_random_uniform(struct sim_random *r) {
        return ((double)(draw_bits(r) >> 11) + 0.5) / 9007199254740992.0; /* 2^53 */
}

/* The sum of twelve uniform draws: mean 0, SD 1, no tail beyond 6, and no call into libm that differs between
 * machines. */
double sim_random_normal(struct sim_random *r) {
        double sum = -6;
        for (int i = 0; i < 6; i++) {
                uint64_t v = draw_bits(r);
                sum += ((double)(v >> 32) + (double)(v & 0xffffffffu) + 1) / 4294967296.0;
        }
        return sum;
}
