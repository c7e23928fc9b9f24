/* SPDX-License-Identifier: MIT */
#include "core/acquire/cell_names.h"

#include <string.h>

#include "core/acquire/parse_number.h"
#include "sitbone/frame.h"
#include "util/ascii.h"

static bool is_letter(char c) {
        return ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '_';
}

/* --- the list --- */

static const char *skip_blanks(const char *at) {
        while (*at == ' ')
                at++;
        return at;
}

static const char *find_word_end(const char *at) {
        while (*at && *at != ' ')
                at++;
        return at;
}

/* Parses up to five digits. Returns false if there are none, or too many. */
static bool parse_digits(const char **at, const char *end, uint32_t *ret) {
        const char *from = *at;

        for (*ret = 0; *at < end && is_digit(**at) && *at - from < 5; ++*at)
                *ret = *ret * 10 + (uint32_t)(**at - '0');
        return *at > from && (*at == end || !is_digit(**at));
}

/* Parses both ends of a range side by side: the same words, and numbers that do not fall. */
static bool parse_range(const char *list, const char *a, const char *a_end, const char *b, struct cell_name_entry *e) {
        const char *b_end = find_word_end(b);
        uint32_t cells = 1;

        while (true) {
                const char *word = a;
                uint32_t from, to;

                while (a < a_end && b < b_end && *a == *b && !is_digit(*a)) {
                        a++;
                        b++;
                }
                e->word[e->numbers].at = (uint8_t)(word - list);
                e->word[e->numbers].n = (uint8_t)(a - word);
                if (a == a_end && b == b_end)
                        return e->numbers > 0 && cells <= CELLS_MAX;
                if (e->numbers == CELL_NAME_NUMBERS || !parse_digits(&a, a_end, &from) ||
                    !parse_digits(&b, b_end, &to) || to < from || to - from >= CELLS_MAX)
                        return false;
                e->first[e->numbers] = (uint16_t)from;
                e->count[e->numbers++] = (uint16_t)(to - from + 1);
                cells *= to - from + 1;
        }
}

static uint32_t count_names(const struct cell_name_entry *e) {
        uint32_t n = 1;

        for (uint8_t i = 0; i < e->numbers; i++)
                n *= e->count[i];
        return n;
}

static bool has_digit(const char *word, size_t n) {
        for (size_t i = 0; i < n; i++)
                if (is_digit(word[i]))
                        return true;
        return false;
}

/* A dash between words without a number is a part of the name: left-front. */
static bool parse_entry(const char *list, const char *word, size_t n, struct cell_name_entry *e) {
        const char *dash = memchr(word, '-', n);

        memset(e, 0, sizeof(*e));
        if (dash && has_digit(word, n))
                return parse_range(list, word, dash, dash + 1, e);
        e->word[0].at = (uint8_t)(word - list);
        e->word[0].n = (uint8_t)n;
        return true;
}

bool cell_names_parse(const char *list, struct cell_names *ret) {
        const char *end;

        *ret = (struct cell_names){.list = list};
        for (const char *at = skip_blanks(list); *at; at = skip_blanks(end)) {
                struct cell_name_entry *e = &ret->of[ret->n];

                end = find_word_end(at);
                if (ret->n == CELL_NAME_ENTRIES || end - list > UINT8_MAX ||
                    !parse_entry(list, at, (size_t)(end - at), e))
                        return false;
                e->cell = (uint16_t)ret->n_cells;
                ret->n_cells += count_names(e);
                if (ret->n_cells > CELLS_MAX)
                        return false;
                ret->n++;
        }
        return true;
}

/* --- a line --- */

static bool match_word(const char *word, size_t n, const char *at, const char *end) {
        if ((size_t)(end - at) < n)
                return false;
        for (size_t i = 0; i < n; i++)
                if (at[i] != word[i] && !(word[i] == '_' && at[i] == ' '))
                        return false;
        return true;
}

/* Returns the end of the name, or NULL. */
static const char *match_entry(const struct cell_names *names, const struct cell_name_entry *e, const char *at,
                               const char *end, uint16_t *ret) {
        uint32_t cell = 0;

        for (uint8_t i = 0;; i++) {
                uint32_t number;

                if (!match_word(names->list + e->word[i].at, e->word[i].n, at, end))
                        return NULL;
                at += e->word[i].n;
                if (i == e->numbers)
                        break;
                if (!parse_digits(&at, end, &number) || number < e->first[i] || number - e->first[i] >= e->count[i])
                        return NULL;
                cell = cell * e->count[i] + number - e->first[i];
        }
        *ret = (uint16_t)(e->cell + cell);
        return at;
}

/* A name ends where its last word does not go on. A number may follow a letter at once. */
static bool ends_here(const char *name_end, const char *end) {
        if (name_end == end)
                return true;
        return !is_letter(*name_end) && !(is_digit(*name_end) && is_digit(name_end[-1]));
}

static const char *match_name(const struct cell_names *names, const char *at, const char *end, uint16_t *ret) {
        for (uint8_t i = 0; i < names->n; i++) {
                const char *name_end = match_entry(names, &names->of[i], at, end, ret);

                if (name_end && name_end > at && ends_here(name_end, end))
                        return name_end;
        }
        return NULL;
}

/* A word or a number that goes on from the byte before is neither a name nor a value. */
static bool begins_here(const char *line, const char *at) {
        return at == line || !(is_letter(at[-1]) || (is_digit(*at) && (is_digit(at[-1]) || at[-1] == '.')));
}

/* Whether value_after is here, so that the next number is the value. */
static bool arms_value(const struct cell_names *names, const char *at, const char *end) {
        return at && (size_t)(end - at) >= names->value_after_n &&
               memcmp(at, names->value_after, names->value_after_n) == 0;
}

bool cell_names_next(const struct cell_names *names, struct cell_name_scan *scan, const char *line, const char **at,
                     const char *end, double *ret) {
        bool after_name = false;

        while (*at < end) {
                const char *p = *at;

                if (scan->waits && scan->armed && (after_name || begins_here(line, p)) && number_parse(at, end, ret)) {
                        scan->waits = false;
                        return true;
                }
                if (begins_here(line, p) && (p = match_name(names, p, end, &scan->cell)) != NULL) {
                        scan->waits = after_name = true;
                        scan->armed = names->value_after_n == 0;
                        *at = p;
                        continue;
                }
                if (scan->waits && !scan->armed && arms_value(names, *at, end)) {
                        scan->armed = true;
                        *at += names->value_after_n;
                        continue;
                }
                if (scan->waits && number_missing(names->missing, line, *at, end) > 0)
                        scan->waits = false;
                after_name = false;
                ++*at;
        }
        return false;
}

static size_t write_number(uint32_t number, char *ret) {
        uint32_t power = 1;
        size_t n = 0;

        while (number / power > 9)
                power *= 10;
        for (; power > 0; power /= 10)
                ret[n++] = (char)('0' + number / power % 10);
        return n;
}

size_t cell_names_write(const struct cell_names *names, uint32_t cell, char *ret) {
        const struct cell_name_entry *e = names->of;
        uint32_t rest, per = 1;
        size_t n = 0;

        while (e + 1 < names->of + names->n && cell >= e[1].cell)
                e++;
        rest = cell - e->cell;
        for (uint8_t i = 1; i < e->numbers; i++)
                per *= e->count[i];
        for (uint8_t i = 0;; i++) {
                memcpy(ret + n, names->list + e->word[i].at, e->word[i].n);
                n += e->word[i].n;
                if (i == e->numbers)
                        return n;
                n += write_number(e->first[i] + rest / per % e->count[i], ret + n);
                per = i + 1 < e->numbers ? per / e->count[i + 1] : 1;
        }
}
