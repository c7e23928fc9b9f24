/* SPDX-License-Identifier: MIT */
#include "core/describe/marginal.h"

#include <math.h>
#include <stdbool.h>
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

float marginal_begin(const struct marginal *m) {
        return m->n ? m->first_mm - m->pitch_mm / 2 : NAN;
}

float marginal_end(const struct marginal *m) {
        return m->n ? m->first_mm + ((float)m->n - 0.5F) * m->pitch_mm : NAN;
}

static float position_in(const struct marginal *m, uint32_t bin, float share) {
        return marginal_begin(m) + m->pitch_mm * ((float)bin + share);
}

/* One pass for all three numbers: each addition waits for the one before, but not for those of the other sum. */
struct spread marginal_spread(const struct marginal *m, float total) {
        const float from = 0.05F * total, to = 0.95F * total;
        struct spread ret = {NAN, marginal_end(m), marginal_end(m)};
        float moment = 0, below = 0;
        bool has_from = false, has_to = false;

        if (m->n == 0 || !(total > 0))
                return (struct spread){NAN, NAN, NAN};
        for (uint32_t i = 0; i < m->n; i++) {
                const float part = m->load[i], upto = below + part;

                moment += (float)i * part;
                if (!has_from && part > 0 && upto >= from) {
                        ret.from_mm = position_in(m, i, (from - below) / part);
                        has_from = true;
                }
                if (!has_to && part > 0 && upto >= to) {
                        ret.to_mm = position_in(m, i, (to - below) / part);
                        has_to = true;
                }
                below = upto;
        }
        ret.mean_mm = m->first_mm + m->pitch_mm * (moment / total);
        return ret;
}

/* A position in bins from the beginning, within 0..n. */
static float bins_before(const struct marginal *m, float mm) {
        float at = (mm - marginal_begin(m)) / m->pitch_mm;

        at = at > 0 ? at : 0;
        return at < (float)m->n ? at : (float)m->n;
}

float marginal_between(const struct marginal *m, float from_mm, float to_mm) {
        float from, to, sum = 0;

        if (m->n == 0)
                return NAN;
        from = bins_before(m, from_mm);
        to = bins_before(m, to_mm);
        for (uint32_t i = (uint32_t)from; i < m->n && (float)i < to; i++) {
                float begin = (float)i > from ? (float)i : from;
                float end = (float)(i + 1) < to ? (float)(i + 1) : to;

                sum += m->load[i] * (end - begin);
        }
        return sum;
}
