/* SPDX-License-Identifier: MIT */
#include "tools/sitbonectl/probe/names.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "sitbone/frame.h"

enum {
        NAME_SIZE = 32,
        FAMILIES = 12,
        SEEN_MIN = 5, /* frames */
        LISTED_MAX = 16,
};

/* Names that differ only in their numbers: C#R#. */
struct family {
        char stem[NAME_SIZE];
        int numbers; /* in the stem: 0 to 2 */
        uint32_t least[2], most[2];
        size_t values, found; /* places where a value follows; different names */
        bool seen[CELLS_MAX]; /* by 64 * the first number + the second, or by the number */
        bool fast_first;      /* on the wire the first number changes faster */
        uint32_t last[2];
        size_t in_turn, lines; /* names that are the successor of the last one; lines with one of them */
        size_t last_line;
};

struct search {
        const struct lines *lines;
        struct family *families;
        int n;
        size_t named, unnamed; /* values */
};

static bool is_name_byte(uint8_t c) {
        return isalnum(c) || c == '_';
}

/* Finds the name before this place: with a colon or an equals sign between them. Returns its length. */
static size_t find_name(const uint8_t *begin, const uint8_t *at, const uint8_t **ret) {
        const uint8_t *end;

        while (at > begin && strchr(" \t\"'", at[-1]))
                at--;
        if (at == begin || (at[-1] != ':' && at[-1] != '='))
                return 0;
        for (at--; at > begin && strchr(" \t\"']", at[-1]);) /* [3]=12 */
                at--;
        for (end = at; at > begin && is_name_byte(at[-1]);)
                at--;
        /* a number alone may belong to the word before it: FSR 1: 12 */
        if (end > at && isdigit(*at) && at - begin > 1 && at[-1] == ' ' && isalpha(at[-2]))
                for (at--; at > begin && isalpha(at[-1]);)
                        at--;
        if (at > begin && (at[-1] == '.' || (isdigit(*at) && (at[-1] == ':' || at[-1] == '='))))
                return 0; /* 0:3:1 is a list of values */
        *ret = at;
        return (size_t)(end - at);
}

/* Splits a name into its stem and up to two numbers. False: it is too long, or has more numbers. */
static bool split_name(const uint8_t *name, size_t n, char stem[NAME_SIZE], uint32_t number[2], int *ret_numbers) {
        size_t length = 0;

        *ret_numbers = 0;
        number[0] = number[1] = 0;
        for (size_t i = 0; i < n; i++) {
                if (length + 2 > NAME_SIZE)
                        return false;
                if (!isdigit(name[i])) {
                        stem[length++] = (char)(name[i] == ' ' ? '_' : name[i]);
                        continue;
                }
                if (*ret_numbers == 2)
                        return false;
                for (; i < n && isdigit(name[i]) && number[*ret_numbers] < CELLS_MAX; i++)
                        number[*ret_numbers] = number[*ret_numbers] * 10 + (uint32_t)(name[i] - '0');
                i--;
                ++*ret_numbers;
                stem[length++] = '#';
        }
        stem[length] = '\0';
        return length > 0;
}

static struct family *find_family(struct search *s, const char *stem, int numbers) {
        for (int i = 0; i < s->n; i++)
                if (strcmp(s->families[i].stem, stem) == 0)
                        return &s->families[i];
        if (s->n == FAMILIES)
                return NULL;
        snprintf(s->families[s->n].stem, NAME_SIZE, "%s", stem);
        s->families[s->n].numbers = numbers;
        return &s->families[s->n++];
}

static size_t index_of_name(const struct family *f, const uint32_t number[2]) {
        return f->numbers == 2 ? (size_t)number[0] * 64 + number[1] : number[0];
}

static void count_name(struct family *f, const uint32_t number[2], size_t line) {
        size_t at = index_of_name(f, number);

        if (at >= CELLS_MAX || (f->numbers == 2 && number[1] >= 64))
                return;
        for (int i = 0; i < 2; i++) {
                f->least[i] = f->values == 0 || number[i] < f->least[i] ? number[i] : f->least[i];
                f->most[i] = number[i] > f->most[i] ? number[i] : f->most[i];
        }
        if (f->values > 0) {
                f->fast_first =
                        f->fast_first || (f->values == 1 && number[0] != f->last[0] && number[1] == f->last[1]);
                f->in_turn += number[0] == f->last[0] + 1 || number[1] == f->last[1] + 1 ||
                              (number[0] <= f->last[0] && number[1] <= f->last[1]);
        }
        f->lines += f->values == 0 || f->last_line != line;
        f->last_line = line;
        f->found += !f->seen[at];
        f->seen[at] = true;
        memcpy(f->last, number, sizeof(f->last));
        f->values++;
}

/* The values of one line, or the names before opening braces. */
static void search_line(struct search *s, size_t index, bool braces) {
        const struct line *line = &s->lines->of[index];
        const uint8_t *begin = s->lines->bytes + line->at, *name;
        char stem[NAME_SIZE];
        uint32_t number[2];
        int numbers;

        for (size_t i = 0; i < (braces ? line->n : line->n_numbers); i++) {
                const uint8_t *at = braces ? begin + i : s->lines->bytes + s->lines->numbers[line->first + i].at;
                size_t n = !braces || *at == '{' ? find_name(begin, at, &name) : 0;
                struct family *f;

                if (n > 0 && split_name(name, n, stem, number, &numbers) && (f = find_family(s, stem, numbers))) {
                        count_name(f, number, index);
                        s->named++;
                } else if (!braces) { /* digits of a name are no value */
                        for (at += s->lines->numbers[line->first + i].length; *at == ' ' || *at == '"';)
                                at++;
                        s->unnamed += !s->lines->numbers[line->first + i].glued && *at != ':' && *at != '=';
                }
        }
}

/* The family with most names; with braces a family without numbers does not count. */
static const struct family *find_largest(const struct search *s) {
        const struct family *best = NULL;

        for (int i = 0; i < s->n; i++)
                if (s->families[i].numbers > 0 && s->families[i].found >= 2 &&
                    (!best || s->families[i].found > best->found))
                        best = &s->families[i];
        return best;
}

static void append_name(const struct family *f, const uint32_t number[2], char *ret, size_t size) {
        size_t n = strlen(ret);
        int at = 0;

        for (const char *c = f->stem; *c; c++) {
                if (*c == '#')
                        snprintf(ret + n, size - n, "%u", number[at++ % 2]);
                else
                        snprintf(ret + n, size - n, "%c", *c);
                n += strlen(ret + n);
        }
}

static bool list_names(const struct family *f, struct names *ret) {
        size_t all = f->numbers == 2 ? (size_t)(f->most[0] - f->least[0] + 1) * (f->most[1] - f->least[1] + 1)
                                     : f->most[0] - f->least[0] + 1u;
        uint32_t number[2] = {f->least[0], f->least[1]};

        ret->n = (uint32_t)f->found;
        if (f->found == all) {
                append_name(f, f->least, ret->list, sizeof(ret->list));
                snprintf(ret->list + strlen(ret->list), sizeof(ret->list) - strlen(ret->list), "-");
                append_name(f, f->most, ret->list, sizeof(ret->list));
                if (f->numbers == 2) {
                        ret->column_major = toupper(f->stem[0]) == 'C' || toupper(f->stem[0]) == 'X';
                        ret->rows = f->most[ret->column_major] - f->least[ret->column_major] + 1;
                        ret->cols = f->most[!ret->column_major] - f->least[!ret->column_major] + 1;
                }
                return true;
        }
        for (; f->numbers == 1 && f->found <= LISTED_MAX && number[0] <= f->most[0]; number[0]++)
                if (f->seen[number[0]]) {
                        snprintf(ret->list + strlen(ret->list), sizeof(ret->list) - strlen(ret->list), "%s",
                                 *ret->list ? " " : "");
                        append_name(f, number, ret->list, sizeof(ret->list));
                }
        return *ret->list;
}

static void classify_names(const struct family *f, struct names *ret) {
        size_t a_line = f->lines > 0 ? (f->values + f->lines - 1) / f->lines : 0;

        if (f->values < SEEN_MIN * f->found && f->lines < SEEN_MIN)
                return;
        if (!list_names(f, ret))
                return;
        ret->frames = f->values / f->found;
        ret->kind = 4 * a_line >= 3 * f->found               ? NAMES_LINE
                    : 10 * f->in_turn >= 8 * (f->values - 1) ? NAMES_CYCLE
                    : *f->stem == '#'                        ? NAMES_NONE
                                                             : NAMES_CHANGES;
}

/* "FSR_1": {"ohm": 480, "force": 7}: which of the values inside. */
static void find_value_after(const struct search *values, struct names *ret) {
        static const char *const words[] = {"force", "pressure", "value",  "val", "adc",
                                            "raw",   "reading",  "weight", "load"};
        const struct family *chosen = NULL;

        for (int i = 0; i < values->n && !chosen; i++)
                for (size_t k = 0; k < sizeof(words) / sizeof(*words); k++)
                        if (strcasecmp(values->families[i].stem, words[k]) == 0 &&
                            2 * (size_t)ret->n + values->families[i].values >= ret->n * ret->frames)
                                chosen = &values->families[i];
        for (int i = 0; i < values->n && !chosen; i++)
                if (2 * (size_t)ret->n + values->families[i].values >= ret->n * ret->frames)
                        chosen = &values->families[i];
        if (chosen)
                snprintf(ret->value_after, sizeof(ret->value_after), "\"%.28s\"", chosen->stem);
        else
                ret->kind = NAMES_NONE;
}

void names_find(const struct lines *l, struct names *ret) {
        struct family *families = calloc(2 * (size_t)FAMILIES, sizeof(*families));
        struct search values = {.lines = l, .families = families},
                      braces = {.lines = l, .families = families + FAMILIES};
        const struct family *nested, *flat;

        *ret = (struct names){0};
        for (size_t i = 0; families && i < l->n; i++) {
                search_line(&values, i, false);
                search_line(&braces, i, true);
        }
        nested = find_largest(&braces);
        flat = find_largest(&values);
        if (nested && (!flat || nested->found > flat->found)) {
                classify_names(nested, ret);
                if (ret->kind != NAMES_NONE)
                        find_value_after(&values, ret);
        } else if (flat) {
                classify_names(flat, ret);
                /* "Row 3: 12 30 5" has one name a line, and other numbers may precede and follow named cells */
                if (4 * values.unnamed > values.named && (ret->kind != NAMES_LINE || values.unnamed > 3 * flat->lines))
                        ret->kind = NAMES_NONE;
        }
        free(families);
}
