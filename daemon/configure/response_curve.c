/* SPDX-License-Identifier: MIT */
#include "configure/response_curve.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "core/acquire/parse_number.h"
#include "util/file.h"

enum { FILE_LIMIT = 1 << 20 };

static const double LOAD_MAX_N = 10000, VALUE_MAX = 1e9, NUMBER_MIN = 1e-9;

/* Closer numbers are no slope that anybody measured, and soon none that a float holds. */
static const float RISE = 1.0001F;

struct reading {
        const char *name;
        int line;
        bool headed;
        struct config_errors *mistakes;
        struct response *response;
};

static bool is_blank(char c) {
        return c == ' ' || c == '\t' || c == '\r';
}

/* The next word; empty at the end of the line. */
static size_t next_word(const char **at, const char *end) {
        const char *p;

        while (*at < end && is_blank(**at))
                (*at)++;
        for (p = *at; p < end && !is_blank(*p); p++)
                ;
        return (size_t)(p - *at);
}

static bool is(const char *word, size_t n, const char *wanted) {
        return n == strlen(wanted) && memcmp(word, wanted, n) == 0;
}

/* A whole word that is a number above 0 that a float holds with all its digits, at most `most`. */
static bool take_number(const char **at, const char *end, double most, double *ret) {
        size_t n = next_word(at, end);
        const char *p = *at, *stop = *at + n;

        if (n == 0 || !number_parse(&p, stop, ret) || p != stop || !(*ret >= NUMBER_MIN && *ret <= most))
                return false;
        *at = stop;
        return true;
}

static bool ends(const char *at, const char *end) {
        return next_word(&at, end) == 0;
}

static void take_cells(struct reading *r, const char *at, const char *end) {
        double cells;

        if (r->response->n_points > 0 || r->response->n_cells > 0)
                config_error_add(r->mistakes, "%s:%d: cells must stand once, before the first load", r->name, r->line);
        else if (!take_number(&at, end, CELLS_MAX, &cells) || cells != (uint32_t)cells || !ends(at, end))
                config_error_add(r->mistakes, "%s:%d: cells must be a number from 1 to %d", r->name, r->line,
                                 CELLS_MAX);
        else
                r->response->n_cells = (uint32_t)cells;
}

static bool take_value(struct reading *r, uint32_t cell, const char **at, const char *end) {
        struct response *s = r->response;
        const uint32_t k = s->n_points;
        double value;

        if (!take_number(at, end, VALUE_MAX, &value)) {
                config_error_add(
                        r->mistakes,
                        "%s:%d: number %u is missing or not from %g to %g: a load has 1 or %u numbers behind it",
                        r->name, r->line, cell + 1, NUMBER_MIN, VALUE_MAX, s->n_cells);
                return false;
        }
        s->value[k][cell] = (float)value;
        if (k > 0 && !(s->value[k][cell] > RISE * s->value[k - 1][cell])) {
                config_error_add(
                        r->mistakes,
                        "%s:%d: number %u is not above that of the load before, by a ten-thousandth at least: a cell "
                        "must read more under more",
                        r->name, r->line, cell + 1);
                return false;
        }
        return true;
}

static void take_load(struct reading *r, const char *at, const char *end) {
        struct response *s = r->response;
        const uint32_t k = s->n_points;
        const char *second;
        double load_n, value;
        bool one;

        if (s->n_cells == 0 || k == RESPONSE_POINTS_MAX) {
                config_error_add(r->mistakes,
                                 s->n_cells == 0 ? "%s:%d: cells must stand before the first load"
                                                 : "%s:%d: more loads than 8",
                                 r->name, r->line);
                return;
        }
        if (!take_number(&at, end, LOAD_MAX_N, &load_n) || (k > 0 && !((float)load_n > RISE * s->load_n[k - 1]))) {
                config_error_add(
                        r->mistakes,
                        "%s:%d: load must be newtons on one cell, from %g to %g and above the load before, by a "
                        "ten-thousandth at least",
                        r->name, r->line, NUMBER_MIN, LOAD_MAX_N);
                return;
        }
        second = at;
        one = take_number(&second, end, VALUE_MAX, &value) && ends(second, end);
        for (uint32_t i = 0; i < s->n_cells; i++) {
                const char *same = at;

                if (!take_value(r, i, one ? &same : &at, end))
                        return;
        }
        if (!one && !ends(at, end)) {
                config_error_add(r->mistakes, "%s:%d: more than %u numbers behind the load", r->name, r->line,
                                 s->n_cells);
                return;
        }
        s->load_n[s->n_points++] = (float)load_n;
}

static void take_line(struct reading *r, const char *at, const char *end) {
        const char *comment = memchr(at, '#', (size_t)(end - at));
        const char *rest;
        size_t n;

        end = comment ? comment : end;
        n = next_word(&at, end);
        rest = at + n;
        if (n == 0)
                return;
        if (!r->headed) {
                double version;

                r->headed = true;
                if (!is(at, n, "sitbone-response") || !take_number(&rest, end, 1, &version) || version != 1)
                        config_error_add(r->mistakes, "%s:%d: the first line must be: sitbone-response 1", r->name,
                                         r->line);
        } else if (is(at, n, "cells")) {
                take_cells(r, rest, end);
        } else if (is(at, n, "load")) {
                take_load(r, rest, end);
        } else {
                config_error_add(r->mistakes, "%s:%d: neither cells nor load: %.*s", r->name, r->line,
                                 n < 40 ? (int)n : 40, at);
        }
}

void response_parse(const char *name, const char *text, size_t n, struct config_errors *mistakes,
                    struct response *ret) {
        struct reading r = {.name = name, .mistakes = mistakes, .response = ret};
        const char *at = text, *end = text + n;
        const int before = mistakes->n;

        ret->n_cells = ret->n_points = 0;
        while (at < end && mistakes->n == before) { /* one mistake in a table makes the rest meaningless */
                const char *line_end = memchr(at, '\n', (size_t)(end - at));

                line_end = line_end ? line_end : end;
                r.line++;
                take_line(&r, at, line_end);
                at = line_end < end ? line_end + 1 : end;
        }
        if (mistakes->n == before && ret->n_points == 0)
                config_error_add(mistakes, "%s: no load in it: not a file of response curves", name);
}

struct response *response_load(const char *path, struct config_errors *mistakes) {
        struct response *ret = malloc(sizeof(*ret));
        const int before = mistakes->n;
        char *text;
        size_t n;
        int r = ret ? file_read(path, FILE_LIMIT, &text, &n) : -ENOMEM;

        if (r < 0) {
                config_error_add(mistakes, "%s: %s", path, strerror(-r));
        } else {
                response_parse(path, text, n, mistakes, ret);
                free(text);
        }
        if (mistakes->n == before)
                return ret;
        free(ret);
        return NULL;
}

void response_print(FILE *f, const struct response *s) {
        fprintf(f,
                "sitbone-response 1\ncells %u\n# newtons on one cell, then what each cell reads above the empty "
                "seat\n",
                s->n_cells);
        for (uint32_t k = 0; k < s->n_points; k++) {
                fprintf(f, "load %.6g", (double)s->load_n[k]);
                for (uint32_t i = 0; i < s->n_cells; i++)
                        fprintf(f, " %.6g", (double)s->value[k][i]);
                fputc('\n', f);
        }
}
