/* SPDX-License-Identifier: MIT */
#include "core/acquire/text_line.h"

#include <math.h>
#include <string.h>

#include "core/acquire/parse_number.h"
#include "sitbone/frame.h"

/* No converter of any known mat has 24 bits. */
static const float VALUE_MAX = 1 << 24;

void text_rules_init(struct text_rules *r, const struct format *format) {
        const char *separators = format->separators;

        r->format = format;
        r->words = strchr(separators, FORMAT_SEPARATOR_ANY) != NULL;
        memset(r->separates, r->words, sizeof(r->separates));
        for (const char *c = "0123456789+-.\n"; *c; c++)
                r->separates[(uint8_t)*c] = false;
        r->separates[' '] = true;
        for (const char *c = separators; *c; c++)
                r->separates[(uint8_t)*c] = true;
}

/* Nearly every cell is up to seven digits and a separator: parses both. False, and nothing is consumed, for anything
 * else. A newline follows the line in memory, so the digits end before the bytes do. */
static inline bool parse_count(const bool separates[256], const char **at, const char *end, float *ret) {
        const char *p = *at;
        uint32_t value = 0, digit;

        for (; (digit = (uint8_t)*p - (uint32_t)'0') < 10; p++)
                value = value * 10 + digit;
        if (p == *at || p - *at > 7 || (p < end && !separates[(uint8_t)*p]))
                return false;
        *at = p + 1;
        *ret = (float)(int32_t)value;
        return true;
}

/* A sign or point without a number after it, as in "->", is a word where words may occur. */
static bool is_lone_sign(const struct text_rules *r, const char *at, const char *end) {
        double value;

        return !text_is_digit(*at) && r->words && !number_parse(&at, end, &value);
}

/* Parses any other number up to a separator. */
static bool parse_number(const struct text_rules *r, const char **at, const char *end, float *ret) {
        double value;

        if (!number_parse(at, end, &value) || (*at < end && !text_is_separator(r, **at)))
                return false;
        *ret = (float)value;
        return true;
}

/* Parses one digit, where every digit is a cell. */
static inline bool parse_digit(const char **at, float *ret) {
        *ret = (float)(**at - '0');
        return text_is_digit(*(*at)++);
}

static bool all_in_range(const struct format *f, const float *values, uint32_t n) {
        const float most = (float)f->max_valid;

        for (uint32_t i = 0; most > 0 && i < n; i++)
                if (values[i] > most)
                        return false;
        return true;
}

enum refusal text_parse_line(const struct text_rules *r, const char *line, size_t length, struct text_room room,
                             float *ret, uint32_t *ret_n) {
        const char *at = line, *end = line + length;
        const uint32_t trailer_n = r->format->trailer_n;
        const bool digits = r->format->digits;
        uint32_t n = 0U - r->format->header_n; /* cells of this line; wraps to 0 at the first */
        float value;

        while (at < end) {
                if (digits || !parse_count(r->separates, &at, end, &value)) {
                        if (text_is_separator(r, *at)) {
                                at++;
                                continue;
                        }
                        if (!digits && is_lone_sign(r, at, end)) {
                                at++;
                                continue;
                        }
                        if (digits ? !parse_digit(&at, &value) : !parse_number(r, &at, end, &value))
                                return REFUSED_TEXT;
                        if (n < room.store && fabsf(value) > VALUE_MAX && (room.count_known || trailer_n == 0))
                                return REFUSED_RANGE;
                }
                if (n < room.store)
                        ret[n] = value;
                if (n++ == CELLS_MAX + trailer_n)
                        break;
        }
        n = n <= CELLS_MAX + 1 + trailer_n && n > trailer_n ? n - trailer_n : 0;
        if (n == 0 || n > room.accept)
                return REFUSED_COUNT;
        *ret_n = n;
        return all_in_range(r->format, ret, n < room.store ? n : room.store) ? REFUSAL_N : REFUSED_RANGE;
}
