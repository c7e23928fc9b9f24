/* SPDX-License-Identifier: MIT */
#include "core/acquire/parse_number.h"

#include <stddef.h>
#include <stdint.h>

/* 10^22 is the largest power of ten that a double holds exactly: up to there one rounding is all that happens. */
static const double powers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

struct decimal {
        uint64_t mantissa;
        int digits;   /* significant ones in the mantissa */
        int exponent; /* of ten */
        bool any;
};

static bool is_digit(const char *at, const char *end) {
        return at < end && *at >= '0' && *at <= '9';
}

/* A double has 17 digits to tell apart: later ones only move the exponent. */
static const char *take_digits(const char *at, const char *end, bool fraction, struct decimal *d) {
        for (; is_digit(at, end); at++) {
                d->any = true;
                if (d->digits < 18) {
                        d->mantissa = d->mantissa * 10 + (uint64_t)(*at - '0');
                        d->digits += d->mantissa > 0;
                        d->exponent -= fraction;
                } else if (!fraction && d->exponent < 1000) {
                        d->exponent++;
                }
        }
        return at;
}

/* "1e5": taken only when digits follow, otherwise the number ends before the e. */
static const char *take_exponent(const char *at, const char *end, struct decimal *d) {
        const char *p = at;
        bool minus;
        int e = 0;

        if (p >= end || (*p != 'e' && *p != 'E'))
                return at;
        p++;
        minus = p < end && *p == '-';
        if (p < end && (*p == '-' || *p == '+'))
                p++;
        if (!is_digit(p, end))
                return at;
        for (; is_digit(p, end); p++)
                e = e < 1000 ? e * 10 + (*p - '0') : e;
        d->exponent += minus ? -e : e;
        return p;
}

bool number_parse(const char **at, const char *end, double *ret) {
        const char *p = *at;
        struct decimal d = {0};
        bool minus = p < end && *p == '-';
        double value;

        if (p < end && (*p == '-' || *p == '+'))
                p++;
        p = take_digits(p, end, false, &d);
        if (p < end && *p == '.')
                p = take_digits(p + 1, end, true, &d);
        if (!d.any)
                return false;
        p = take_exponent(p, end, &d);
        value = (double)d.mantissa;
        if (d.exponent > 22)
                return false;
        if (d.exponent < -44)
                value = 0;
        else if (d.exponent < -22)
                value = value / powers[22] / powers[-d.exponent - 22];
        else
                value = d.exponent < 0 ? value / powers[-d.exponent] : value * powers[d.exponent];
        *ret = minus ? -value : value;
        *at = p;
        return true;
}
