/* SPDX-License-Identifier: MIT */
#include "core/describe/lanes.h"

#include <string.h>

/* Four lanes each, spelt out, because gcc 12 does not find them. */
typedef float four __attribute__((vector_size(16)));
enum { LANES = 8 };

float lanes_sum(const float *values, uint32_t n) {
        four a = {0}, b = {0}, x, y;
        float rest = 0;

        for (; n >= LANES; n -= LANES, values += LANES) {
                memcpy(&x, values, sizeof(x));
                memcpy(&y, values + 4, sizeof(y));
                a += x;
                b += y;
        }
        for (; n > 0; n--)
                rest += *values++;
        a += b;
        return (a[0] + a[1]) + (a[2] + a[3]) + rest;
}

float lanes_max(const float *values, uint32_t n) {
        float lane[4] = {0}, most = 0;

        for (; n >= 4; n -= 4, values += 4)
                for (int k = 0; k < 4; k++)
                        lane[k] = values[k] > lane[k] ? values[k] : lane[k];
        for (int k = 0; k < 4; k++)
                most = lane[k] > most ? lane[k] : most;
        for (; n > 0; n--, values++)
                most = *values > most ? *values : most;
        return most;
}
