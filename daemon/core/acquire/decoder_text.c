/* SPDX-License-Identifier: MIT */
/* Numbers in text: a line a frame, or a line a row. */
#include <math.h>
#include <string.h>

#include "core/acquire/decoder_inside.h"
#include "core/acquire/parse_number.h"

/* A line with fewer numbers does not say how many cells a mat has: boot banners print single numbers. */
enum { LEARN_CELLS_MIN = 4 };

/* So many frames of another count, none of the old one between: another mat is on the line, or the first line lied. */
enum { FORGET_FRAMES = 10 };

/* No converter of any known mat has 24 bits. */
static const float TEXT_VALUE_MAX = 1 << 24;

static bool is_separator(const struct decoder *d, char c) {
        return d->separates[(uint8_t)c];
}

static bool is_digit(char c) {
        return c >= '0' && c <= '9';
}

/* Words may stand between the numbers. */
static bool takes_words(const struct decoder *d) {
        return strchr(d->format->separators, FORMAT_SEPARATOR_ANY) != NULL;
}

/* What nearly every cell is: up to seven digits and a separator, both taken. False, and nothing moved, when it is
 * anything else. A line is followed by its newline in the buffer, so digits end before the bytes do. */
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

/* "->" between numbers where words may stand there: a sign or point without a number behind it. */
static bool is_lone_sign(const struct decoder *d, const char *at, const char *end) {
        double value;

        return !is_digit(*at) && takes_words(d) && !number_parse(&at, end, &value);
}

/* Anything else that is a number up to a separator; or, where every digit is a cell, one digit. */
static bool parse_cell(const struct decoder *d, const char **at, const char *end, float *ret) {
        double value;

        if (d->format->digits) {
                *ret = (float)(**at - '0');
                return is_digit(*(*at)++);
        }
        if (!number_parse(at, end, &value) || (*at < end && !is_separator(d, **at)))
                return false;
        *ret = (float)value;
        return true;
}

static bool in_range(const struct decoder *d, uint32_t from, uint32_t to) {
        const float most = (float)d->format->max_valid;

        for (uint32_t i = from; most > 0 && i < to; i++)
                if (d->elements[i] > most)
                        return false;
        return true;
}

/* Numbers of one line behind the `first` cells there are. Returns how many there are then, or why not in *ret_reason.
 * More than there are cells are counted only. Those at both ends that are no cells (a time, a counter) may be of any
 * size. */
static bool parse_line(struct decoder *d, const char *at, const char *end, uint32_t first, uint32_t *ret_n,
                       enum refusal *ret_reason) {
        const uint32_t known = d->n_cells > 0 ? d->n_cells : CELLS_MAX, behind = d->format->trailer_n;
        const uint32_t room = known > first ? known - first : 0;
        const bool digits = d->format->digits;
        uint32_t n = 0U - d->format->header_n; /* of this line; wraps to 0 at the first cell */
        float value;

        while (at < end) {
                if (digits || !parse_count(d->separates, &at, end, &value)) {
                        if (is_separator(d, *at)) {
                                at++;
                                continue;
                        }
                        *ret_reason = REFUSED_TEXT;
                        if (!digits && is_lone_sign(d, at, end)) {
                                at++;
                                continue;
                        }
                        if (!parse_cell(d, &at, end, &value))
                                return false;
                        *ret_reason = REFUSED_RANGE;
                        if (n < room && fabsf(value) > TEXT_VALUE_MAX && !(d->n_cells == 0 && behind > 0))
                                return false;
                }
                if (n < room)
                        d->elements[first + n] = value;
                if (n++ == CELLS_MAX + behind)
                        break;
        }
        *ret_reason = REFUSED_COUNT;
        n = n <= CELLS_MAX + 1 + behind && n > behind ? n - behind : 0;
        if (n == 0 || first + n > CELLS_MAX)
                return false;
        *ret_reason = REFUSED_RANGE;
        *ret_n = first + n;
        return in_range(d, first, first + (n < room ? n : room));
}

static void refuse_line(struct decoder *d, enum refusal reason, size_t n) {
        d->refused[reason]++;
        d->discarded_bytes += n;
}

/* So many cells came: a frame, the first of which says how many there are. */
static bool count_fits(struct decoder *d, uint32_t count) {
        if (d->n_cells == 0 && count >= LEARN_CELLS_MIN) {
                d->n_cells = count;
                if (count == d->layout->geometry.n_cells)
                        return false; /* the old mat again: nobody would put this one frame into order */
        }
        if (count == d->n_cells) {
                d->strange = 0;
                return true;
        }
        d->strange = count == d->strange_count ? d->strange + 1 : 1;
        d->strange_count = count;
        if (d->learns && d->strange == FORGET_FRAMES && count >= LEARN_CELLS_MIN)
                d->n_cells = d->strange = 0; /* the next one says it */
        return false;
}

static void take_numbers(struct decoder *d, const char *line, size_t n, const struct taker *t) {
        enum refusal reason;
        uint32_t count;

        if (!parse_line(d, line, line + n, 0, &count, &reason))
                refuse_line(d, reason, n);
        else if (!count_fits(d, count))
                refuse_line(d, REFUSED_COUNT, n);
        else
                decoder_accept(d, t);
}

/* --- a line a row --- */

static void end_rows(struct decoder *d, const struct taker *t) {
        uint32_t count = d->gathered;
        bool spoilt = d->spoilt;

        d->gathered = 0;
        d->spoilt = false;
        if (!d->started) {
                d->started = true;
                d->refused[REFUSED_PARTIAL]++;
        } else if (spoilt || count == 0) {
                return; /* counted when the row was refused; several ends in a row say nothing */
        } else if (!count_fits(d, count)) {
                d->refused[REFUSED_COUNT]++;
        } else {
                decoder_accept(d, t);
        }
}

/* "Frame 12:", "=== 12 ===". One such byte alone may be a damaged digit, and bytes of other kinds are noise. */
static bool begins_with_word(const struct decoder *d, const char *line, size_t n) {
        if (n < 2 || is_digit(line[0]) || is_separator(d, line[0]) || is_digit(line[1]) || is_separator(d, line[1]) ||
            line[1] == '.')
                return false;
        for (size_t i = 0; i < n; i++)
                if ((line[i] < ' ' && line[i] != '\t') || line[i] > '~')
                        return false;
        return true;
}

static bool has_digit(const char *line, size_t n) {
        for (size_t i = 0; i < n; i++)
                if (is_digit(line[i]))
                        return true;
        return false;
}

static bool ends_rows(const struct decoder *d, const char *line, size_t n) {
        if (d->format->text_end == TEXT_END_BLANK)
                return n == 0;
        return n > 0 && (!has_digit(line, n) || begins_with_word(d, line, n));
}

/* A number that does not go on rising begins the next frame, with row 0 or 1; any other is damage, or the rest of a line. */
static void note_number(struct decoder *d, const char *line, size_t n, const struct taker *t) {
        const char *end = line + n;
        double number;

        while (line < end && !is_digit(*line))
                line++;
        if (!number_parse(&line, end, &number))
                return;
        if (number <= d->row) {
                end_rows(d, t);
                d->spoilt = number > 1;
        }
        d->row = number;
}

static void take_row(struct decoder *d, const char *line, size_t n, const struct taker *t) {
        enum refusal reason;

        if (d->format->text_end == TEXT_END_NUMBER) {
                note_number(d, line, n, t);
        } else if (ends_rows(d, line, n)) {
                end_rows(d, t);
                return;
        }
        if (d->spoilt || !d->started || n == 0) {
                d->discarded_bytes += n;
                return;
        }
        if (parse_line(d, line, line + n, d->gathered, &d->gathered, &reason))
                return;
        if (reason == REFUSED_COUNT && takes_words(d)) { /* only words, or only numbers that are no cells */
                d->discarded_bytes += n;
                return;
        }
        d->spoilt = true;
        refuse_line(d, reason, n);
}

void decoder_text_quiet(struct decoder *d, const struct taker *t) {
        if (d->format->text_end != TEXT_END_LINE && d->started && d->held == 0 && d->gathered > 0 &&
            d->gathered == d->n_cells && !d->spoilt)
                end_rows(d, t);
}

/* --- lines --- */

/* Some end their lines the other way round, or send the byte that ends their text. Words are no padding. */
static bool is_padding(const struct decoder *d, char c, bool words) {
        return c == '\r' || c == '\0' || (is_separator(d, c) && (!words || c == ' ' || c == '\t'));
}

static void take_line_of(struct decoder *d, const char *line, size_t n, const struct taker *t) {
        bool rows = d->format->text_end != TEXT_END_LINE, words = takes_words(d);

        for (; n > 0 && is_padding(d, *line, words); n--)
                line++;
        while (n > 0 && is_padding(d, line[n - 1], words))
                n--;
        if (d->overlong || (n > 0 && line[0] == '#') || (n == 0 && !rows))
                d->discarded_bytes += n;
        else if (rows)
                take_row(d, line, n, t);
        else if (!d->started)
                refuse_line(d, REFUSED_PARTIAL, n);
        else
                take_numbers(d, line, n, t);
        d->overlong = false;
        d->started = d->started || !rows;
}

/* False: the line has not ended yet. `scanned` keeps single bytes from being looked at again and again. */
bool decoder_take_line(struct decoder *d, const struct taker *t) {
        const char *text = (const char *)d->buffer + d->start;
        size_t end = d->scanned;

        const char *newline = memchr(text + end, '\n', d->held - end);

        end = newline ? (size_t)(newline - text) : d->held;
        if (end < d->held) {
                decoder_consume(d, end + 1);
                take_line_of(d, text, end, t);
                return true;
        }
        d->scanned = end;
        if (d->held < DECODER_BUFFER)
                return false;
        d->refused[REFUSED_OVERRUN] += !d->overlong;
        d->overlong = d->spoilt = true;
        decoder_discard(d, d->held);
        return false;
}
