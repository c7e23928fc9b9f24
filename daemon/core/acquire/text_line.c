/* SPDX-License-Identifier: MIT */
#include "core/acquire/text_line.h"

#include <math.h>
#include <string.h>

#include "core/acquire/parse_number.h"
#include "sitbone/frame.h"

/* With words, brackets and colons are no separators between which something could be missing. */
static void choose_hard_separators(struct text_rules *r, const char *separators) {
        size_t n = 0;

        for (const char *c = r->words ? ",;|" : separators; *c; c++)
                if (*c != ' ' && *c != '\t')
                        r->hard[n++] = *c;
        if (n == 0 && strchr(separators, '\t'))
                r->hard[n++] = '\t';
        r->hard[n] = '\0';
}

void text_rules_init(struct text_rules *r, const struct format *format) {
        const char *separators = format->separators;

        r->format = format;
        r->words = strchr(separators, FORMAT_SEPARATOR_ANY) || *format->names;
        memset(r->separates, r->words, sizeof(r->separates));
        for (const char *c = "0123456789+-.\n"; *c; c++)
                r->separates[(uint8_t)*c] = false;
        r->separates[' '] = true;
        r->separates['\n'] = format->line_end != '\0';
        for (const char *c = separators; *c; c++)
                r->separates[(uint8_t)*c] = true;
        r->hard[0] = '\0';
        if (format->missing_empty)
                choose_hard_separators(r, separators);
        cell_names_parse(format->names, &r->names);
        r->names.value_after = format->value_after.of;
        r->names.value_after_n = format->value_after.n;
        r->names.missing = format->missing;
        r->has_missing = *format->missing || format->missing_empty;
        r->prepares = format->check == CHECK_NMEA || format->skip_to.n > 0 || format->line_start.n > 0 ||
                      format->skip_times || format->decimal_comma;
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

        return !is_digit(*at) && r->words && !number_parse(&at, end, &value);
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
        return is_digit(*(*at)++);
}

static bool all_in_range(const struct format *f, const float *values, uint32_t n) {
        const float most = (float)f->max_valid;

        for (uint32_t i = 0; most > 0 && i < n; i++)
                if (values[i] > most)
                        return false;
        return true;
}

static bool is_hard(const struct text_rules *r, char c) {
        return c != '\0' && strchr(r->hard, c) != NULL;
}

/* Whether nothing but blanks is between this place and the hard separator, or the beginning, before it. */
static bool is_empty_before(const struct text_rules *r, const char *line, const char *at) {
        while (at > line && (at[-1] == ' ' || at[-1] == '\t') && !is_hard(r, at[-1]))
                at--;
        return at == line || is_hard(r, at[-1]);
}

/* Parses what stands in place of a number, and is none: a word, or nothing before a hard separator. */
static bool parse_missing(const struct text_rules *r, const char *line, const char **at, const char *end) {
        size_t n = number_missing(r->format->missing, line, *at, end);

        *at += n;
        if (n > 0)
                return true;
        if (!is_hard(r, **at) || !is_empty_before(r, line, *at))
                return false;
        ++*at;
        return true;
}

/* One number, of a cell or not. REFUSED_COUNT: a separator or a word was skipped instead. */
static enum refusal parse_item(const struct text_rules *r, const char *line, const char **at, const char *end,
                               float *ret) {
        *ret = NAN;
        if (r->has_missing && parse_missing(r, line, at, end))
                return REFUSAL_N;
        if (text_is_separator(r, **at) || is_lone_sign(r, *at, end)) {
                ++*at;
                return REFUSED_COUNT;
        }
        return parse_number(r, at, end, ret) ? REFUSAL_N : REFUSED_TEXT;
}

enum refusal text_parse_line(const struct text_rules *r, const char *line, size_t length, struct text_room room,
                             float *ret, uint32_t *ret_n) {
        const char *at = line, *end = line + length;
        const uint32_t trailer_n = room.header_left ? 0 : r->format->trailer_n;
        const uint32_t header_n = room.header_left ? *room.header_left : r->format->header_n;
        const bool digits = r->format->digits;
        uint32_t n = 0U - header_n; /* cells of this line; wraps to 0 at the first */
        float value;

        while (at < end) {
                if (digits) {
                        if (text_is_separator(r, *at)) {
                                at++;
                                continue;
                        }
                        if (!parse_digit(&at, &value))
                                return REFUSED_TEXT;
                } else if (!parse_count(r->separates, &at, end, &value)) {
                        enum refusal wrong = parse_item(r, line, &at, end, &value);

                        if (wrong == REFUSED_COUNT)
                                continue;
                        if (wrong != REFUSAL_N)
                                return wrong;
                        if (n < room.store && fabsf(value) > format_value_limit(r->format) &&
                            (room.count_known || trailer_n == 0))
                                return REFUSED_RANGE;
                }
                if (n < room.store)
                        ret[n] = value;
                if (n++ == CELLS_MAX + trailer_n)
                        break;
        }
        if (r->hard[0] && room.count_known && n + 1 == room.store + trailer_n && is_empty_before(r, line, end)) {
                if (n < room.store)
                        ret[n] = NAN;
                n++;
        }
        if (room.header_left)
                *room.header_left = 0U - n <= header_n ? 0U - n : 0;
        n = n <= CELLS_MAX + 1 + trailer_n && n > trailer_n ? n - trailer_n : 0;
        if (n == 0 || n > room.accept)
                return REFUSED_COUNT;
        *ret_n = n;
        return all_in_range(r->format, ret, n < room.store ? n : room.store) ? REFUSAL_N : REFUSED_RANGE;
}
