/* SPDX-License-Identifier: MIT */
#include "configure/response_curve.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "core/acquire/parse_number.h"
#include "util/ascii.h"
#include "util/file.h"

enum { FILE_LIMIT = 1 << 20 };

static const double LOAD_MAX_N = 10000, VALUE_MAX = 1e9, NUMBER_MIN = 1e-9;

/* Least ratio of two successive numbers: closer ones are not a measured slope, and soon not one that a float can
 * hold. */
static const float RISE_MIN = 1.0001F;

struct reading {
        const char *name;
        int line;
        bool header_seen;
        struct config_errors *errors;
        struct response *response;
};

/* Moves *at to the next word and returns its length; 0 at the end of the line. */
static size_t find_next_word(const char **at, const char *end) {
        const char *p;

        while (*at < end && is_blank(**at))
                (*at)++;
        for (p = *at; p < end && !is_blank(*p); p++)
                ;
        return (size_t)(p - *at);
}

static bool is_word(const char *word, size_t n, const char *wanted) {
        return n == strlen(wanted) && memcmp(word, wanted, n) == 0;
}

/* Parses a whole word that is a number above 0, which a float holds with all its digits, and at most `max`. */
static bool parse_number(const char **at, const char *end, double max, double *ret) {
        size_t n = find_next_word(at, end);
        const char *p = *at, *stop = *at + n;

        if (n == 0 || !number_parse(&p, stop, ret) || p != stop || !(*ret >= NUMBER_MIN && *ret <= max))
                return false;
        *at = stop;
        return true;
}

static bool is_line_end(const char *at, const char *end) {
        return find_next_word(&at, end) == 0;
}

static void parse_cells(struct reading *r, const char *at, const char *end) {
        double cells;

        if (r->response->n_points > 0 || r->response->n_cells > 0)
                config_error_add(r->errors, "%s:%d: cells must be given once, before the first load", r->name,
                                 r->line);
        else if (!parse_number(&at, end, CELLS_MAX, &cells) || cells != (uint32_t)cells || !is_line_end(at, end))
                config_error_add(r->errors, "%s:%d: cells must be a number from 1 to %d", r->name, r->line, CELLS_MAX);
        else
                r->response->n_cells = (uint32_t)cells;
}

static bool parse_value(struct reading *r, uint32_t cell, const char **at, const char *end) {
        struct response *s = r->response;
        const uint32_t k = s->n_points;
        double value;

        if (!parse_number(at, end, VALUE_MAX, &value)) {
                config_error_add(
                        r->errors,
                        "%s:%d: number %u is missing or not from %g to %g: a load is followed by 1 or %u numbers",
                        r->name, r->line, cell + 1, NUMBER_MIN, VALUE_MAX, s->n_cells);
                return false;
        }
        s->value[k][cell] = (float)value;
        if (k > 0 && !(s->value[k][cell] > RISE_MIN * s->value[k - 1][cell])) {
                config_error_add(r->errors,
                                 "%s:%d: number %u does not exceed that of the load before by a ten-thousandth at "
                                 "least: a cell "
                                 "must read more under more",
                                 r->name, r->line, cell + 1);
                return false;
        }
        return true;
}

static void parse_load(struct reading *r, const char *at, const char *end) {
        struct response *s = r->response;
        const uint32_t k = s->n_points;
        const char *second;
        double load_n, value;
        bool one;

        if (s->n_cells == 0 || k == RESPONSE_POINTS_MAX) {
                config_error_add(r->errors,
                                 s->n_cells == 0 ? "%s:%d: cells must be given before the first load"
                                                 : "%s:%d: more loads than 8",
                                 r->name, r->line);
                return;
        }
        if (!parse_number(&at, end, LOAD_MAX_N, &load_n) ||
            (k > 0 && !((float)load_n > RISE_MIN * s->load_n[k - 1]))) {
                config_error_add(
                        r->errors,
                        "%s:%d: load must be newtons on one cell, from %g to %g, and exceed the load before by a "
                        "ten-thousandth at least",
                        r->name, r->line, NUMBER_MIN, LOAD_MAX_N);
                return;
        }
        second = at;
        one = parse_number(&second, end, VALUE_MAX, &value) && is_line_end(second, end);
        for (uint32_t i = 0; i < s->n_cells; i++) {
                const char *same = at;

                if (!parse_value(r, i, one ? &same : &at, end))
                        return;
        }
        if (!one && !is_line_end(at, end)) {
                config_error_add(r->errors, "%s:%d: more than %u numbers after the load", r->name, r->line,
                                 s->n_cells);
                return;
        }
        s->load_n[s->n_points++] = (float)load_n;
}

static void parse_line(struct reading *r, const char *at, const char *end) {
        const char *comment = memchr(at, '#', (size_t)(end - at));
        const char *rest;
        size_t n;

        end = comment ? comment : end;
        n = find_next_word(&at, end);
        rest = at + n;
        if (n == 0)
                return;
        if (!r->header_seen) {
                double version;

                r->header_seen = true;
                if (!is_word(at, n, "sitbone-response") || !parse_number(&rest, end, 1, &version) || version != 1)
                        config_error_add(r->errors, "%s:%d: the first line must be: sitbone-response 1", r->name,
                                         r->line);
        } else if (is_word(at, n, "cells")) {
                parse_cells(r, rest, end);
        } else if (is_word(at, n, "load")) {
                parse_load(r, rest, end);
        } else {
                config_error_add(r->errors, "%s:%d: neither cells nor load: %.*s", r->name, r->line,
                                 n < 40 ? (int)n : 40, at);
        }
}

void response_parse(const char *name, const char *text, size_t n, struct config_errors *errors, struct response *ret) {
        struct reading r = {.name = name, .errors = errors, .response = ret};
        const char *at = text, *end = text + n;
        const int before = errors->n;

        ret->n_cells = ret->n_points = 0;
        while (at < end && errors->n == before) { /* one error in a table makes the rest meaningless */
                const char *line_end = memchr(at, '\n', (size_t)(end - at));

                line_end = line_end ? line_end : end;
                r.line++;
                parse_line(&r, at, line_end);
                at = line_end < end ? line_end + 1 : end;
        }
        if (errors->n == before && ret->n_points == 0)
                config_error_add(errors, "%s: contains no load, so it is not a file of response curves", name);
}

struct response *response_load(const char *path, struct config_errors *errors) {
        struct response *ret = malloc(sizeof(*ret));
        const int before = errors->n;
        char *text;
        size_t n;
        int r = ret ? file_read(path, FILE_LIMIT, &text, &n) : -ENOMEM;

        if (r < 0) {
                config_error_add(errors, "%s: %s", path, strerror(-r));
        } else {
                response_parse(path, text, n, errors, ret);
                free(text);
        }
        if (errors->n == before)
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
