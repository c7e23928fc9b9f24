/* SPDX-License-Identifier: MIT */
#include "tools/sitbonectl/table.h"

#include <ctype.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "util/sanitize.h"

/* LINES_JUDGED: enough to see how a table is made. */
enum { LINES_JUDGED = 50, FIELD_MAX = 64, DAY_S = 86400 };

/* Part of a line. */
struct span {
        const char *at, *end;
};

/* ---- lines and fields ---- */

/* False at the end. Empty lines, remarks and the line sep=; of spreadsheets are skipped. */
static bool next_line(struct span *rest, struct span *ret) {
        while (rest->at < rest->end) {
                const char *stop = memchr(rest->at, '\n', (size_t)(rest->end - rest->at));

                *ret = (struct span){rest->at, stop ? stop : rest->end};
                rest->at = stop ? stop + 1 : rest->end;
                while (ret->end > ret->at && isspace((unsigned char)ret->end[-1]) && ret->end[-1] != '\t')
                        ret->end--;
                if (ret->at < ret->end && *ret->at != '#' &&
                    (ret->end - ret->at > 5 || strncmp(ret->at, "sep=", 4) != 0))
                        return true;
        }
        return false;
}

/* Delimiters between quotation marks do not count; several blanks are one delimiter. False at the end of the line. */
static bool next_field(struct span *line, char delimiter, struct span *ret) {
        const char *p = line->at;
        bool quoted = false;

        if (p > line->end)
                return false;
        while (delimiter == ' ' && p < line->end && *p == ' ')
                p++;
        ret->at = p;
        for (; p < line->end && (quoted || *p != delimiter); p++)
                quoted ^= *p == '"';
        ret->end = p;
        line->at = p + 1;
        while (ret->at < ret->end && (isspace((unsigned char)*ret->at) || *ret->at == '"'))
                ret->at++;
        while (ret->end > ret->at && (isspace((unsigned char)ret->end[-1]) || ret->end[-1] == '"'))
                ret->end--;
        return true;
}

static int count_fields(struct span line, char delimiter) {
        struct span field;
        int n = 0;

        while (next_field(&line, delimiter, &field))
                n++;
        return n;
}

static bool find_field(struct span line, char delimiter, int column, struct span *ret) {
        for (int i = 0; next_field(&line, delimiter, ret); i++)
                if (i == column)
                        return true;
        return false;
}

/* A copy with decimal points in place of decimal commas. */
static void copy_field(struct span field, char delimiter, char ret[FIELD_MAX]) {
        snprintf(ret, FIELD_MAX, "%.*s", (int)(field.end - field.at), field.at);
        for (char *p = ret; *p; p++)
                if (*p == ',' && delimiter != ',')
                        *p = '.';
}

static bool parse_value(struct span field, char delimiter, double *ret) {
        char text[FIELD_MAX], *end;

        copy_field(field, delimiter, text);
        *ret = strtod(text, &end);
        return end > text && *end == '\0' && isfinite(*ret);
}

/* Seconds of a date and time or of a time of day; NAN = neither. */
static double parse_clock(struct span field) {
        char text[FIELD_MAX];
        struct tm tm = {.tm_mday = 1};
        double seconds;

        copy_field(field, ';', text);
        /* NOLINTBEGIN(cert-err34-c): fields of 63 characters at most, and numbers out of range are no clock */
        if (sscanf(text, "%d%*1[-/]%d%*1[-/]%d%*1[ T]%d:%d:%lf", &tm.tm_year, &tm.tm_mon, &tm.tm_mday, &tm.tm_hour,
                   &tm.tm_min, &seconds) == 6) {
                tm.tm_year -= 1900;
                tm.tm_mon -= 1;
                return (double)timegm(&tm) + seconds;
        }
        if (sscanf(text, "%d:%d:%lf", &tm.tm_hour, &tm.tm_min, &seconds) == 3)
                return tm.tm_hour * 3600 + tm.tm_min * 60 + seconds;
        /* NOLINTEND(cert-err34-c) */
        return (double)NAN;
}

/* ---- what a table looks like ---- */

/* The delimiter that most of the first lines have equally often; 0 = none. */
static char find_delimiter(struct span rest) {
        static const char candidates[] = {';', '\t', ',', '|', ' '};
        struct span lines[LINES_JUDGED];
        int n = 0;

        while (n < LINES_JUDGED && next_line(&rest, &lines[n]))
                n++;
        for (size_t i = 0; i < sizeof(candidates) && n >= 2; i++) {
                int fields = count_fields(lines[1], candidates[i]), same = 0;

                for (int k = 0; k < n; k++)
                        same += count_fields(lines[k], candidates[i]) == fields;
                if (fields >= 2 && same * 10 >= n * 9)
                        return candidates[i];
        }
        return 0;
}

static bool is_numeric(struct span field, char delimiter) {
        double value;

        return parse_value(field, delimiter, &value);
}

/* True if the name of a column is one for times. */
static bool names_time(struct span name) {
        static const char *const words[] = {"t",     "t_s",       "time",   "zeit", "uhrzeit",
                                            "temps", "timestamp", "millis", "ms"};

        for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
                if ((size_t)(name.end - name.at) == strlen(words[i]) &&
                    strncasecmp(name.at, words[i], strlen(words[i])) == 0)
                        return true;
        return false;
}

/* True if the numbers of this column rise from row to row. */
static bool column_rises(struct span rest, const struct table *t, int column) {
        struct span line, field;
        double last = -(double)INFINITY, value;

        for (int rows = 0; rows < LINES_JUDGED && next_line(&rest, &line); rows++) {
                if (!find_field(line, t->delimiter, column, &field) || !parse_value(field, t->delimiter, &value) ||
                    value <= last)
                        return false;
                last = value;
        }
        return true;
}

/* The time is the first column with a clock, or else with a name for it, or else one that rises. The longest run of other
 * columns with numbers is that of the cells. */
static void find_columns(struct span names, struct span row, struct span rows, struct table *t) {
        struct span field, name, line = row;
        int run = 0, best = 0;

        t->time = t->first_cell = t->last_cell = -1;
        for (int i = 0; next_field(&line, t->delimiter, &field); i++) {
                int rank = isfinite(parse_clock(field))                                                 ? 3
                           : !is_numeric(field, t->delimiter)                                           ? 0
                           : t->header && find_field(names, t->delimiter, i, &name) && names_time(name) ? 2
                           : column_rises(rows, t, i)                                                   ? 1
                                                                                                        : 0;

                if (rank > best) {
                        best = rank;
                        t->time = i;
                }
                run = rank == 0 && is_numeric(field, t->delimiter) ? run + 1 : 0;
                if (run > t->last_cell - t->first_cell + (t->first_cell >= 0)) {
                        t->first_cell = i - run + 1;
                        t->last_cell = i;
                }
        }
}

bool table_detect(const char *data, size_t n, char delimiter, struct table *ret) {
        struct span rest = {data, data + n}, rows, line, row, field, names;

        if (n >= 3 && memcmp(data, "\xEF\xBB\xBF", 3) == 0)
                rest.at += 3;
        *ret = (struct table){.delimiter = delimiter ? delimiter : find_delimiter(rest), .header = true};
        if (ret->delimiter == 0 || !next_line(&rest, &line))
                return false;
        rows = rest;
        if (!next_line(&rest, &row))
                return false;
        names = line;
        while (next_field(&names, ret->delimiter, &field))
                ret->header = ret->header && !is_numeric(field, ret->delimiter);
        ret->header_at = (size_t)(line.at - data);
        ret->columns = count_fields(row, ret->delimiter);
        find_columns(line, row, rows, ret);
        return ret->first_cell >= 0 && ret->columns <= TABLE_COLUMNS_MAX;
}

static struct span header_line(const char *data, size_t n, const struct table *t) {
        struct span rest = {data + t->header_at, data + n}, line = rest;

        next_line(&rest, &line);
        return line;
}

void table_column_name(const char *data, size_t n, const struct table *t, int column, char ret[TABLE_NAME_MAX]) {
        struct span field = {data, data};

        if (t->header && find_field(header_line(data, n, t), t->delimiter, column, &field))
                snprintf(ret, TABLE_NAME_MAX, "%.*s", (int)(field.end - field.at), field.at);
        else
                snprintf(ret, TABLE_NAME_MAX, "%d", column + 1);
        sanitize_line(ret);
}

/* ---- --columns ---- */

struct columns {
        int time, label, first, last; /* -1 = none */
        double unit_s;                /* of the numbers in time; 0 = not given, find it */
        double rate_hz;               /* for a table without time; 0 = not given */
};

/* A column by its name or its number from 1; -1 = none. */
static int find_column(struct span names, const struct table *t, const char *name) {
        struct span field;
        long number;
        char *end;

        for (int i = 0; t->header && next_field(&names, t->delimiter, &field); i++)
                if ((size_t)(field.end - field.at) == strlen(name) && strncasecmp(field.at, name, strlen(name)) == 0)
                        return i;
        number = strtol(name, &end, 10);
        return end > name && *end == '\0' && number >= 1 && number <= t->columns ? (int)number - 1 : -1;
}

__attribute__((format(printf, 2, 3))) static int fail(char error[TABLE_ERROR_MAX], const char *format, ...) {
        va_list arguments;

        va_start(arguments, format);
        vsnprintf(error, TABLE_ERROR_MAX, format, arguments);
        va_end(arguments);
        sanitize_line(error);
        return -1;
}

static double unit_seconds(const char *unit) {
        return strcmp(unit, "s") == 0 ? 1 : strcmp(unit, "ms") == 0 ? 1e-3 : strcmp(unit, "us") == 0 ? 1e-6 : 0;
}

/* value is the text after the = of one part of --columns; it may be written to. */
static int apply_part(struct columns *c, const char *key, char *value, struct span names, const struct table *t,
                      char error[TABLE_ERROR_MAX]) {
        char *unit = strrchr(value, ':'), *to = strstr(value, "..");

        if (strcmp(key, "rate") == 0) {
                c->rate_hz = strtod(value, NULL);
                return c->rate_hz > 0 && c->rate_hz <= 1000 ? 0 : fail(error, "rate=%s: must be 0.001 to 1000", value);
        }
        if (strcmp(key, "cells") == 0) {
                if (to) {
                        *to = '\0';
                        to += 2;
                }
                c->first = find_column(names, t, value);
                c->last = to ? find_column(names, t, to) : c->first;
                if (c->first < 0 || c->last < c->first)
                        return fail(error, "cells=%s: there is no such column, or the last is before the first",
                                    c->first < 0 || !to ? value : to);
                return 0;
        }
        if (strcmp(key, "time") == 0 && unit && unit_seconds(unit + 1) > 0) {
                *unit = '\0';
                c->unit_s = unit_seconds(unit + 1);
        }
        if (strcmp(key, "time") == 0 || strcmp(key, "label") == 0) {
                int column = find_column(names, t, value);

                *(*key == 't' ? &c->time : &c->label) = column;
                return column >= 0 ? 0 : fail(error, "there is no column %s", value);
        }
        return fail(error, "%s is none of time, cells, label and rate", key);
}

static int read_columns(const char *text, struct span names, const struct table *t, struct columns *ret,
                        char error[TABLE_ERROR_MAX]) {
        char copy[512], *rest = NULL;

        *ret = (struct columns){.time = -1, .label = -1, .first = -1, .last = -1};
        if (snprintf(copy, sizeof(copy), "%s", text) >= (int)sizeof(copy))
                return fail(error, "%s", "the list is too long");
        for (char *part = strtok_r(copy, ",", &rest); part; part = strtok_r(NULL, ",", &rest)) {
                char *equals = strchr(part, '=');

                if (!equals)
                        return fail(error, "%s: must be time=NAME, cells=FROM..TO, label=NAME or rate=HZ", part);
                *equals = '\0';
                if (apply_part(ret, part, equals + 1, names, t, error) < 0)
                        return -1;
        }
        if (ret->first < 0)
                return fail(error, "%s", "the cells are missing: cells=FROM..TO");
        if (ret->time < 0 && ret->rate_hz <= 0)
                return fail(error, "%s", "the time is missing: time=NAME, or rate=HZ for a table without time");
        return 0;
}

/* Numbers that rise by two and more from row to row are milliseconds, by two thousand and more microseconds. */
static double guess_unit(struct span rest, const struct table *t, int column) {
        struct span line, field;
        double first = 0, last = 0, step;
        int rows = 0;

        while (rows < LINES_JUDGED && next_line(&rest, &line)) {
                if (!find_field(line, t->delimiter, column, &field) || !parse_value(field, t->delimiter, &last))
                        continue;
                first = rows++ == 0 ? last : first;
        }
        step = rows > 1 ? (last - first) / (rows - 1) : 0;
        return step >= 2000 ? 1e-6 : step >= 2 ? 1e-3 : 1;
}

/* ---- writing ---- */

struct conversion {
        const struct table *table;
        struct columns columns;
        FILE *out;
        double day_s, last_s; /* a time of day begins again at midnight */
        long row;
};

static double find_time(struct conversion *c, struct span line) {
        struct span field;
        double value;

        if (c->columns.time < 0)
                return (double)c->row / c->columns.rate_hz;
        if (!find_field(line, c->table->delimiter, c->columns.time, &field))
                return (double)NAN;
        if (parse_value(field, c->table->delimiter, &value))
                return value * c->columns.unit_s;
        value = parse_clock(field);
        if (value < DAY_S && value + c->day_s < c->last_s - DAY_S / 2.0)
                c->day_s += DAY_S;
        return value < DAY_S ? value + c->day_s : value;
}

static void convert_row(struct conversion *c, struct span line) {
        struct span field, rest = line;
        char text[FIELD_MAX];
        double t_s = find_time(c, line);

        c->row++;
        if (isfinite(t_s)) {
                c->last_s = t_s;
                fprintf(c->out, "%.6f,", t_s);
        } else {
                fputs("?,", c->out); /* refused and counted, as any row that cannot be read */
        }
        if (c->columns.label >= 0 && find_field(line, c->table->delimiter, c->columns.label, &field)) {
                copy_field(field, ',', text);
                sanitize_line(text);
                fprintf(c->out, "\"%s\"", text);
        }
        for (int i = 0; next_field(&rest, c->table->delimiter, &field); i++) {
                if (i < c->columns.first || i > c->columns.last)
                        continue;
                copy_field(field, c->table->delimiter, text);
                fprintf(c->out, ",%s", text);
        }
        fputc('\n', c->out);
}

static int convert_rows(struct conversion *c, struct span rest, char **ret, size_t *ret_n) {
        struct span line;
        int failed;

        c->out = open_memstream(ret, ret_n);
        if (!c->out)
                return -1;
        fputs("t_s,label", c->out);
        for (int i = c->columns.first; i <= c->columns.last; i++)
                fprintf(c->out, ",c%d", i - c->columns.first);
        fputc('\n', c->out);
        while (next_line(&rest, &line))
                convert_row(c, line);
        failed = ferror(c->out);
        return fclose(c->out) == 0 && !failed ? 0 : -1;
}

static char delimiter_of(const char *word) {
        static const struct {
                const char *word;
                char delimiter;
        } words[] = {{"comma", ','}, {"semicolon", ';'}, {"tab", '\t'}, {"blank", ' '}};

        for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
                if (strcmp(words[i].word, word) == 0)
                        return words[i].delimiter;
        return word[0] && !word[1] && !isalnum((unsigned char)word[0]) ? word[0] : '\0';
}

int table_to_frames_csv(const char *data, size_t n, const struct options *options, char **ret, size_t *ret_n,
                        char error[TABLE_ERROR_MAX]) {
        const char *delimiter = options->delimiter;
        struct table table;
        struct conversion c = {.table = &table};
        struct span rest;

        if (delimiter && !delimiter_of(delimiter))
                return fail(error, "--delimiter %s: must be comma, semicolon, tab, blank or one character", delimiter);
        if (!table_detect(data, n, delimiter ? delimiter_of(delimiter) : '\0', &table))
                return n >= 2 && (memcmp(data, "\xFF\xFE", 2) == 0 || memcmp(data, "\xFE\xFF", 2) == 0)
                               ? fail(error, "%s", "text in UTF-16; save it as UTF-8")
                               : fail(error, "%s", "no table of numbers in it; is the --delimiter another one?");
        if (read_columns(options->columns, header_line(data, n, &table), &table, &c.columns, error) < 0)
                return -1;
        rest = (struct span){data + table.header_at, data + n};
        if (table.header)
                next_line(&rest, &(struct span){0});
        if (c.columns.time >= 0 && c.columns.unit_s <= 0)
                c.columns.unit_s = guess_unit(rest, &table, c.columns.time);
        return convert_rows(&c, rest, ret, ret_n) == 0 ? 0 : fail(error, "%s", "out of memory");
}
