/* SPDX-License-Identifier: MIT */
#include "tools/sitbonectl/commands.h"

#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/suggest.h"

static const struct option_row {
        const char *name;
        size_t offset; /* in struct options: const char * when it takes a value, else bool */
        bool takes_value;
        bool again; /* struct repeated */
} rows[] = {
        {"bus", offsetof(struct options, bus), true},
        {"seat", offsetof(struct options, seat), true},
        {"config", offsetof(struct options, config), true},
        {"format", offsetof(struct options, format), true},
        {"exercises", offsetof(struct options, exercises), true},
        {"svg", offsetof(struct options, svg), true},
        {"at", offsetof(struct options, at), true},
        {"device", offsetof(struct options, device), true},
        {"baud", offsetof(struct options, baud), true},
        {"seconds", offsetof(struct options, seconds), true},
        {"rows", offsetof(struct options, rows), true},
        {"cols", offsetof(struct options, cols), true},
        {"teach", offsetof(struct options, teach), true, true},
        {"calibrate", offsetof(struct options, calibrate), true, true},
        {"period", offsetof(struct options, period), true},
        {"file", offsetof(struct options, file), true},
        {"export", offsetof(struct options, export), true},
        {"what-if", offsetof(struct options, what_if), true},
        {"against", offsetof(struct options, against), true},
        {"forget", offsetof(struct options, forget), true},
        {"session", offsetof(struct options, session), false},
        {"list", offsetof(struct options, list), false},
        {"load", offsetof(struct options, load), true, true},
        {"output", offsetof(struct options, output), true},
        {"send", offsetof(struct options, send), false},
        {"json", offsetof(struct options, json), false},
        {"plain", offsetof(struct options, plain), false},
        {"once", offsetof(struct options, once), false},
        {"help", offsetof(struct options, help), false},
};

static bool takes(const struct verb *verb, const char *name) {
        size_t n = strlen(name);

        if (strcmp(name, "help") == 0)
                return true;
        for (const char *p = verb->options; (p = strstr(p, name)); p += n)
                if ((p == verb->options || p[-1] == ' ') && (p[n] == ' ' || p[n] == '\0'))
                        return true;
        return false;
}

/* The row of "--name" or "--name=value" when this verb takes it. */
static const struct option_row *find(const struct verb *verb, const char *word, size_t n) {
        for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
                if (strlen(rows[i].name) == n && memcmp(rows[i].name, word, n) == 0 && takes(verb, rows[i].name))
                        return &rows[i];
        return NULL;
}

static int unknown_option(const struct verb *verb, const char *word, size_t n) {
        const char *near = NULL;
        char typed[64];

        snprintf(typed, sizeof(typed), "%.*s", (int)n, word);
        for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
                if (takes(verb, rows[i].name))
                        suggest_nearest(typed, rows[i].name, &near);
        if (near)
                complain("%s takes no option --%s; did you mean --%s?", verb->name, typed, near);
        else
                complain("%s takes no option --%s; see sitbonectl %s --help", verb->name, typed, verb->name);
        return STATUS_USAGE;
}

static void take_value(const struct option_row *row, void *field, const char *value) {
        struct repeated *all = field;

        if (!row->again)
                *(const char **)field = value;
        else if (all->n++ < OPTIONS_REPEATED_MAX)
                all->of[all->n - 1] = value;
}

/* Words used up: 1, 2, or -STATUS_USAGE. */
static int take_option(const struct verb *verb, const char *word, const char *next, struct options *ret) {
        size_t n = strcspn(word, "=");
        const struct option_row *row = find(verb, word, n);
        char *field;

        if (!row)
                return -unknown_option(verb, word, n);
        field = (char *)ret + row->offset;
        if (row->takes_value && word[n] != '=' && !next) {
                complain("--%s needs a value; see sitbonectl %s --help", row->name, verb->name);
                return -STATUS_USAGE;
        }
        if (!row->takes_value && word[n] == '=') {
                complain("--%s takes no value", row->name);
                return -STATUS_USAGE;
        }
        if (!row->takes_value) {
                *(bool *)field = true;
                return 1;
        }
        take_value(row, field, word[n] == '=' ? word + n + 1 : next);
        return word[n] == '=' ? 1 : 2;
}

static int check_args(const struct verb *verb, const struct options *options) {
        if (options->help || (options->n_args >= verb->min_args && options->n_args <= verb->max_args))
                return STATUS_DONE;
        complain("%s%s%s: %s; see sitbonectl %s --help", verb->name, *verb->usage ? " " : "", verb->usage,
                 options->n_args < verb->min_args ? "an argument is missing" : "too many arguments", verb->name);
        return STATUS_USAGE;
}

int options_parse(const struct verb *verb, int argc, char **argv, struct options *ret) {
        struct options o = {.bus = "auto"};
        bool only_arguments = false;

        for (int i = 0; i < argc;) {
                const char *word = argv[i];

                if (only_arguments || word[0] != '-' || strcmp(word, "-") == 0) {
                        if (o.n_args < OPTIONS_ARGS_MAX)
                                o.args[o.n_args++] = word;
                        i++;
                } else if (strcmp(word, "--") == 0) {
                        only_arguments = true;
                        i++;
                } else {
                        const char *next = i + 1 < argc ? argv[i + 1] : NULL;
                        int used = take_option(verb, strcmp(word, "-h") == 0 ? "help" : word + strspn(word, "-"), next,
                                               &o);

                        if (used < 0)
                                return -used;
                        i += used;
                }
        }
        *ret = o;
        return check_args(verb, &o);
}

bool span_of(const char *text, double *ret_from_s, double *ret_to_s) {
        char *end;
        double from_s = strtod(text, &end), to_s;

        if (end == text || *end != '-')
                return false;
        text = end + 1;
        to_s = strtod(text, &end);
        if (end == text || *end != '\0' || !(from_s >= 0 && to_s > from_s) || !isfinite(to_s))
                return false;
        *ret_from_s = from_s;
        *ret_to_s = to_s;
        return true;
}
