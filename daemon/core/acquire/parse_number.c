/* SPDX-License-Identifier: MIT */
#include "core/acquire/parse_number.h"

#include <stdint.h>

#include "util/ascii.h"

/* 10^22 is the largest power of ten that a double holds exactly: up to there a single rounding occurs. */
static const double POWERS_OF_TEN[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                       1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

struct decimal {
        uint64_t mantissa;
        int digits;   /* significant ones in the mantissa */
        int exponent; /* of ten */
        bool any;
};

/* A double distinguishes 17 digits: later ones only change the exponent. */
static const char *parse_digits(const char *at, const char *end, bool fraction, struct decimal *d) {
        for (; at < end && is_digit(*at); at++) {
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

/* An e without digits after it is not part of the number. */
static const char *parse_exponent(const char *at, const char *end, struct decimal *d) {
        const char *p = at;
        bool minus;
        int e = 0;

        if (p >= end || (*p != 'e' && *p != 'E'))
                return at;
        p++;
        minus = p < end && *p == '-';
        if (p < end && (*p == '-' || *p == '+'))
                p++;
        if (p == end || !is_digit(*p))
                return at;
        for (; p < end && is_digit(*p); p++)
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
        p = parse_digits(p, end, false, &d);
        if (p < end && *p == '.')
                p = parse_digits(p + 1, end, true, &d);
        if (!d.any)
                return false;
        p = parse_exponent(p, end, &d);
        value = (double)d.mantissa;
        if (d.exponent > 22)
                return false;
        if (d.exponent < -44)
                value = 0;
        else if (d.exponent < -22)
                value = value / POWERS_OF_TEN[22] / POWERS_OF_TEN[-d.exponent - 22];
        else
                value = d.exponent < 0 ? value / POWERS_OF_TEN[-d.exponent] : value * POWERS_OF_TEN[d.exponent];
        *ret = minus ? -value : value;
        *at = p;
        return true;
}

static char lower_case(char c) {
        return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

static bool is_inside_word(char c) {
        c = lower_case(c);
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

static bool goes_on(char c) {
        return is_inside_word(c) || c == '+' || c == '-' || c == '.';
}

/* Bytes of the word of the list that is at `at`, or 0. */
static size_t match_missing(const char *words, const char *at, const char *end) {
        for (const char *word = words; *word; word += *word == ' ') {
                size_t n = 0, same = 0;

                for (; word[n] && word[n] != ' '; n++)
                        same += same == n && at + n < end && lower_case(at[n]) == lower_case(word[n]);
                if (same == n && n > 0 && (at + n == end || !goes_on(at[n])))
                        return n;
                word += n;
        }
        return 0;
}

size_t number_missing(const char *words, const char *line, const char *at, const char *end) {
        const bool has_sign = *at == '-' || *at == '+';
        size_t n;

        if (!*words || (at > line && is_inside_word(at[-1])))
                return 0;
        n = match_missing(words, at, end);
        if (n > 0 || !has_sign)
                return n;
        n = match_missing(words, at + 1, end);
        return n > 0 ? n + 1 : 0;
}
