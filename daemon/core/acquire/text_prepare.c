/* SPDX-License-Identifier: MIT */
#include "core/acquire/text_prepare.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "util/ascii.h"

/* Bytes of the code that begins with the escape at the front: ESC [ parameters letter, or ESC and one byte. */
static size_t measure_code(const char *code, size_t n) {
        size_t i = 2;

        if (n < 2 || code[1] != '[')
                return n < 2 ? n : 2;
        while (i < n && code[i] >= 0x20 && code[i] < 0x40)
                i++;
        return i < n ? i + 1 : n;
}

/* Removes the codes that terminals act on. Returns the new length; a newline follows if it is shorter. */
static size_t strip_codes(char *line, size_t n) {
        char *code = memchr(line, TEXT_ESCAPE, n);
        size_t out, i;

        if (!code)
                return n;
        for (i = out = (size_t)(code - line); i < n;) {
                if (line[i] == TEXT_ESCAPE)
                        i += measure_code(line + i, n - i);
                else
                        line[out++] = line[i++];
        }
        line[out] = '\n';
        return out;
}

/* --- times --- */

/* Counts the digits here, up to five. */
static size_t count_digits(const char *at, const char *end) {
        size_t n = 0;

        while (n < 5 && at + n < end && is_digit(at[n]))
                n++;
        return n;
}

/* The thousandths of a log after a comma: "09:59:05,100 ". Without a blank or bracket after them they are a column. */
static bool are_thousandths(const char *at, const char *end) {
        return end - at > 4 && *at == ',' && count_digits(at + 1, end) == 3 && (at[4] == ' ' || at[4] == ']');
}

/* 9:59, 09:59:05, 09:59:05.100. Returns its end, or NULL. */
static char *match_clock(char *at, const char *end) {
        size_t n = count_digits(at, end);
        int groups = 0;

        if (n == 0 || n > 2)
                return NULL;
        for (at += n; groups < 2 && end - at >= 3 && *at == ':' && count_digits(at + 1, end) == 2; at += 3)
                groups++;
        if (groups == 2 && end - at >= 2 && *at == '.' && is_digit(at[1]))
                for (at++; at < end && is_digit(*at);)
                        at++;
        else if (groups == 2 && are_thousandths(at, end))
                at += 4;
        return groups > 0 ? at : NULL;
}

/* 2024-03-05, 5.3.2024, 3/5/2024: three numbers, and the first or the last has four digits. Returns its end, or
 * NULL. */
static char *match_date(char *at, const char *end) {
        size_t n[3];
        char sign = '\0';

        for (int i = 0; i < 3; i++) {
                n[i] = count_digits(at, end);
                at += n[i];
                if (n[i] == 0 || n[i] == 3 || n[i] > 4 || (i < 2 && at >= end))
                        return NULL;
                if (i == 0)
                        sign = *at;
                if (i < 2 && (*at++ != sign || (sign != '-' && sign != '.' && sign != '/')))
                        return NULL;
        }
        return (n[0] == 4) + (n[1] == 4) + (n[2] == 4) == 1 && n[1] <= 2 ? at : NULL;
}

/* Z, +01:00 or +0100 after a time. */
static char *match_zone(char *at, const char *end) {
        size_t n;

        if (at < end && *at == 'Z')
                return at + 1;
        if (at + 1 >= end || (*at != '+' && *at != '-'))
                return at;
        n = count_digits(at + 1, end);
        if (n == 4)
                return at + 5;
        return n == 2 && at + 5 < end && at[3] == ':' && count_digits(at + 4, end) == 2 ? at + 6 : at;
}

static char *match_time(char *at, const char *end) {
        char *date = match_date(at, end), *clock = at;

        if (date) {
                clock = date;
                if (clock + 1 < end && (*clock == 'T' || *clock == ' ' || *clock == ','))
                        clock++;
        }
        clock = match_clock(clock, end);
        return clock ? match_zone(clock, end) : date;
}

/* A time and the separator after it are overwritten, so that they leave no empty place. */
static void erase_times(char *line, size_t n) {
        char *end = line + n;

        for (char *at = line; at < end;) {
                bool in_word = at > line && (at[-1] | 0x20) >= 'a' && (at[-1] | 0x20) <= 'z';
                char *after = is_digit(*at) && !in_word ? match_time(at, end) : NULL;

                if (!after) {
                        for (bool digits = is_digit(*at); at < end && is_digit(*at) == digits; at++)
                                ;
                        continue;
                }
                while (after < end && *after == ' ')
                        after++;
                if (after < end && (*after == ',' || *after == ';' || *after == '|' || *after == '\t'))
                        after++;
                memset(at, ' ', (size_t)(after - at));
                at = after;
        }
}

/* --- decimals and checks --- */

static void replace_decimal_commas(char *line, size_t n) {
        for (size_t i = 1; i + 1 < n; i++)
                if (line[i] == ',' && is_digit(line[i - 1]) && is_digit(line[i + 1]))
                        line[i] = '.';
}

static int read_hex_digit(char c) {
        return is_digit(c) ? c - '0' : (c | 0x20) >= 'a' && (c | 0x20) <= 'f' ? (c | 0x20) - 'a' + 10 : -1;
}

/* Compares and removes the "*hh" at the end. */
static bool remove_check(char **line, size_t *n) {
        uint8_t check = 0;
        int high, low;

        if (*n < 3 || (*line)[*n - 3] != '*')
                return false;
        high = read_hex_digit((*line)[*n - 2]);
        low = read_hex_digit((*line)[*n - 1]);
        *n -= 3;
        if (*n > 0 && **line == '$') {
                ++*line;
                --*n;
        }
        for (size_t i = 0; i < *n; i++)
                check ^= (uint8_t)(*line)[i];
        return high >= 0 && low >= 0 && check == high * 16 + low;
}

/* Blanks, and the line end that precedes a line where another byte ends it. */
static void skip_blanks(char **line, size_t *n) {
        for (; *n > 0 && (**line == ' ' || **line == '\r' || **line == '\n'); --*n)
                ++*line;
}

static bool skip_prefix(const struct format *f, char **line, size_t *n) {
        if (f->skip_to.n > 0) {
                const char *at = text_find(&f->skip_to, *line, *n);

                if (!at)
                        return false;
                *n -= (size_t)(at - *line) + f->skip_to.n;
                *line += (size_t)(at - *line) + f->skip_to.n;
        }
        skip_blanks(line, n);
        if (*n < f->line_start.n || memcmp(*line, f->line_start.of, f->line_start.n) != 0)
                return false;
        *line += f->line_start.n;
        *n -= f->line_start.n;
        return true;
}

enum prepared text_prepare(const struct format *f, char **line, size_t *n) {
        const bool checked = f->check == CHECK_NMEA;

        *n = strip_codes(*line, *n);
        while (*n > 0 && ((*line)[*n - 1] == '\r' || (*line)[*n - 1] == '\0'))
                --*n;
        if (checked)
                skip_blanks(line, n);
        if (checked && *n > 0 && !remove_check(line, n))
                return PREPARED_DAMAGED;
        if ((f->skip_to.n > 0 || f->line_start.n > 0) && !skip_prefix(f, line, n))
                return *n > 0 ? PREPARED_WORDS : PREPARED_LINE;
        if (f->skip_times)
                erase_times(*line, *n);
        if (f->decimal_comma)
                replace_decimal_commas(*line, *n);
        return PREPARED_LINE;
}
