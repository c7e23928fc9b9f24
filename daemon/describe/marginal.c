#include "describe/marginal.h"

#include <math.h>

enum { LANES = 8 };

float lanes_sum(const float *values, uint32_t n) {
        float lane[LANES] = {0}, rest = 0;
        uint32_t i = 0;

        for (; i + LANES <= n; i += LANES)
                for (uint32_t k = 0; k < LANES; k++)
                        lane[k] += values[i + k];
        for (; i < n; i++)
                rest += values[i];
        return ((lane[0] + lane[4]) + (lane[1] + lane[5])) + ((lane[2] + lane[6]) + (lane[3] + lane[7])) + rest;
}

float lanes_max(const float *values, uint32_t n) {
        float lane[LANES] = {0}, most = 0;
        uint32_t i = 0;

        for (; i + LANES <= n; i += LANES)
                for (uint32_t k = 0; k < LANES; k++)
                        lane[k] = values[i + k] > lane[k] ? values[i + k] : lane[k];
        for (; i < n; i++)
                most = values[i] > most ? values[i] : most;
        for (uint32_t k = 0; k < LANES; k++)
                most = lane[k] > most ? lane[k] : most;
        return most;
}

float marginal_begin(const struct marginal *m) {
        return m->n ? m->first_mm - m->pitch_mm / 2 : NAN;
}

float marginal_end(const struct marginal *m) {
        return m->n ? m->first_mm + ((float)m->n - 0.5F) * m->pitch_mm : NAN;
}

float marginal_mean(const struct marginal *m, float total) {
        float moment = 0;

        if (m->n == 0 || !(total > 0))
                return NAN;
        for (uint32_t i = 0; i < m->n; i++)
                moment += (float)i * m->load[i];
        return m->first_mm + m->pitch_mm * (moment / total);
}

float marginal_quantile(const struct marginal *m, float total, float q) {
        float below = 0;

        if (m->n == 0 || !(total > 0))
                return NAN;
        for (uint32_t i = 0; i < m->n; i++) {
                float part = m->load[i];

                if (part > 0 && below + part >= q * total)
                        return marginal_begin(m) + m->pitch_mm * ((float)i + (q * total - below) / part);
                below += part;
        }
        return marginal_end(m);
}

/* Bin boundary position in bins from the beginning, within 0..n. */
static float in_bins(const struct marginal *m, float mm) {
        float at = (mm - marginal_begin(m)) / m->pitch_mm;

        at = at > 0 ? at : 0;
        return at < (float)m->n ? at : (float)m->n;
}

float marginal_between(const struct marginal *m, float from_mm, float to_mm) {
        float from, to, sum = 0;

        if (m->n == 0)
                return NAN;
        from = in_bins(m, from_mm);
        to = in_bins(m, to_mm);
        for (uint32_t i = (uint32_t)from; i < m->n && (float)i < to; i++) {
                float begin = (float)i > from ? (float)i : from;
                float end = (float)(i + 1) < to ? (float)(i + 1) : to;

                sum += m->load[i] * (end - begin);
        }
        return sum;
}
