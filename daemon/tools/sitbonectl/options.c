/* SPDX-License-Identifier: MIT */
#include "tools/sitbonectl/options.h"

#include <ctype.h>
#include <getopt.h>
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/sitbonectl/terminal.h"
#include "util/suggest.h"

enum option_type { OPTION_FLAG, OPTION_VALUE, OPTION_REPEATED };

static const struct option_row {
        const char *name;
        size_t offset; /* in struct options: bool, const char * or struct repeated, according to type */
        enum option_type type;
        const char *value, *meaning; /* for --help */
} rows[] = {
        {"bus", offsetof(struct options, bus), OPTION_VALUE, "system|session|auto",
         "bus of the daemon (default auto: the system bus first, then the session bus)"},
        {"seat", offsetof(struct options, seat), OPTION_VALUE, "ID", "seat, if there are several"},
        {"config", offsetof(struct options, config), OPTION_VALUE, "FILE", "settings (default: the installed ones)"},
        {"format", offsetof(struct options, format), OPTION_VALUE, "NAME", "FILE holds raw wire bytes of this format"},
        {"exercises", offsetof(struct options, exercises), OPTION_VALUE, "FILE",
         "exercise catalogue (default: the one in the settings)"},
        {"svg", offsetof(struct options, svg), OPTION_VALUE, "FILE", "write a picture to FILE"},
        {"at", offsetof(struct options, at), OPTION_VALUE, "S", "second of the recording"},
        {"device", offsetof(struct options, device), OPTION_VALUE, "SPEC", "device of the mat"},
        {"baud", offsetof(struct options, baud), OPTION_VALUE, "N", "baud rate"},
        {"seconds", offsetof(struct options, seconds), OPTION_VALUE, "S", "a duration"},
        {"rows", offsetof(struct options, rows), OPTION_VALUE, "N", "rows of the mat"},
        {"cols", offsetof(struct options, cols), OPTION_VALUE, "N", "columns of the mat"},
        {"teach", offsetof(struct options, teach), OPTION_REPEATED, "NAME=FROM-TO", "a lesson for a posture"},
        {"calibrate", offsetof(struct options, calibrate), OPTION_REPEATED, "POSE=FROM-TO", "a calibrated pose"},
        {"period", offsetof(struct options, period), OPTION_VALUE, "PERIOD", "the days shown"},
        {"file", offsetof(struct options, file), OPTION_VALUE, "FILE",
         "history (default: that of your own daemon, or else that of the service)"},
        {"export", offsetof(struct options, export), OPTION_VALUE, "csv|json", "print every row"},
        {"what-if", offsetof(struct options, what_if), OPTION_VALUE, "FILE", "compare with these settings"},
        {"against", offsetof(struct options, against), OPTION_VALUE, "FILE", "compare with these settings"},
        {"forget", offsetof(struct options, forget), OPTION_VALUE, "NAME", "delete"},
        {"session", offsetof(struct options, session), OPTION_FLAG, NULL, "the strengthening workout"},
        {"list", offsetof(struct options, list), OPTION_FLAG, NULL, "print a list"},
        {"load", offsetof(struct options, load), OPTION_REPEATED, "N=FROM-TO", "a known load"},
        {"output", offsetof(struct options, output), OPTION_VALUE, "FILE", "file to write"},
        {"send", offsetof(struct options, send), OPTION_FLAG, NULL, "send bytes to the mat"},
        {"json", offsetof(struct options, json), OPTION_FLAG, NULL, "print JSON, for programs"},
        {"plain", offsetof(struct options, plain), OPTION_FLAG, NULL, "print text"},
        {"once", offsetof(struct options, once), OPTION_FLAG, NULL, "once, then exit"},
        {"help", offsetof(struct options, help), OPTION_FLAG, NULL, "print this help"},
        {"version", offsetof(struct options, version), OPTION_FLAG, NULL, "print the version"},
};

/* LONG_BASE: what getopt_long() returns for the first row. SHORT_OPTIONS: arguments come in order (-), and a missing value
 * is told apart from an unknown option (:). */
enum { ROWS_N = sizeof(rows) / sizeof(*rows), LONG_BASE = 256, HELP_COLUMN = 22, NAME_MAX_SHOWN = 64 };
#define SHORT_OPTIONS "-:hV"

static bool is_common(const struct option_row *row) {
        return row->offset == offsetof(struct options, help) || row->offset == offsetof(struct options, version);
}

static const struct command_option *find_option(const struct ctl_command *command, const char *name) {
        for (int i = 0; i < COMMAND_OPTIONS_MAX && command->options[i].name; i++)
                if (strcmp(command->options[i].name, name) == 0)
                        return &command->options[i];
        return NULL;
}

/* command NULL: any command. */
static bool accepts_option(const struct ctl_command *command, const struct option_row *row) {
        return !command || is_common(row) || find_option(command, row->name);
}

static void make_long_options(const struct ctl_command *command, struct option ret[ROWS_N + 1]) {
        int n = 0;

        for (int i = 0; i < ROWS_N; i++)
                if (accepts_option(command, &rows[i]))
                        ret[n++] = (struct option){rows[i].name,
                                                   rows[i].type == OPTION_FLAG ? no_argument : required_argument, NULL,
                                                   LONG_BASE + i};
        ret[n] = (struct option){0};
}

static void store_option(const struct option_row *row, const char *value, struct options *options) {
        void *member = (char *)options + row->offset;
        struct repeated *all = member;

        if (row->type == OPTION_FLAG)
                *(bool *)member = true;
        else if (row->type == OPTION_VALUE)
                *(const char **)member = value;
        else if (all->n++ < OPTIONS_REPEATED_MAX)
                all->of[all->n - 1] = value;
}

/* key: what getopt_long() returned. False when it is no option. */
static bool store_key(int key, const char *value, struct options *options) {
        if (key >= LONG_BASE)
                store_option(&rows[key - LONG_BASE], value, options);
        else if (key == 'h')
                options->help = true;
        else if (key == 'V')
                options->version = true;
        else
                return false;
        return true;
}

static void store_argument(const char *word, struct options *options) {
        if (options->n_args++ < OPTIONS_ARGS_MAX)
                options->args[options->n_args - 1] = word;
}

/* ---- complaints ---- */

/* Complains when several options begin with these letters. */
static bool complain_of_ambiguity(const struct ctl_command *command, const char *typed) {
        char list[256] = "";
        int n = 0;

        for (int i = 0; i < ROWS_N; i++)
                if (accepts_option(command, &rows[i]) && strncmp(rows[i].name, typed, strlen(typed)) == 0) {
                        size_t end = strlen(list);

                        snprintf(list + end, sizeof(list) - end, "%s--%s", n ? ", " : "", rows[i].name);
                        n++;
                }
        if (n > 1)
                complain("--%s is not clear; it may be one of %s", typed, list);
        return n > 1;
}

/* word as it was typed: "--name", "--name=value" or "-x..."; letter: the unknown short option, 0 = a long one. */
static int complain_of_unknown(const struct ctl_command *command, const char *word, int letter) {
        const char *nearest = NULL;
        char typed[NAME_MAX_SHOWN], whose[NAME_MAX_SHOWN] = "";

        if (command)
                snprintf(whose, sizeof(whose), " %s", command->name);
        if (letter) {
                complain("unknown option -%c; see sitbonectl%s --help", letter, whose);
                return STATUS_USAGE;
        }
        word += strlen("--");
        snprintf(typed, sizeof(typed), "%.*s", (int)strcspn(word, "="), word);
        if (*typed && complain_of_ambiguity(command, typed))
                return STATUS_USAGE;
        for (int i = 0; i < ROWS_N; i++)
                if (accepts_option(command, &rows[i]))
                        suggest_nearest(typed, rows[i].name, &nearest);
        if (command && nearest)
                complain("%s takes no option --%s; did you mean --%s?", command->name, typed, nearest);
        else if (command)
                complain("%s takes no option --%s; see sitbonectl %s --help", command->name, typed, command->name);
        else if (nearest)
                complain("unknown option --%s; did you mean --%s?", typed, nearest);
        else
                complain("unknown option --%s; see sitbonectl --help", typed);
        return STATUS_USAGE;
}

/* key '?' or ':' of getopt_long(); word: the one that it has just read. */
static int complain_of_option(const struct ctl_command *command, int key, const char *word) {
        if (optopt < LONG_BASE)
                return complain_of_unknown(command, word, optopt);
        if (key == ':')
                complain("--%s needs a value; see sitbonectl%s%s --help", rows[optopt - LONG_BASE].name,
                         command ? " " : "", command ? command->name : "");
        else
                complain("--%s takes no value", rows[optopt - LONG_BASE].name);
        return STATUS_USAGE;
}

static int check_arguments(const struct ctl_command *command, const struct options *options) {
        if (options->help || options->version ||
            (options->n_args >= command->min_args && options->n_args <= command->max_args))
                return STATUS_DONE;
        complain("%s%s%s: %s; see sitbonectl %s --help", command->name, *command->arguments ? " " : "",
                 command->arguments,
                 options->n_args < command->min_args ? "an argument is missing" : "too many arguments", command->name);
        return STATUS_USAGE;
}

/* ---- parsing ---- */

int options_find_command(int argc, char **argv, struct options *ret) {
        struct option longs[ROWS_N + 1];
        struct options found = {0};
        int key;

        make_long_options(NULL, longs);
        opterr = 0;
        optind = 0; /* glibc: begin again */
        while ((key = getopt_long(argc, argv, SHORT_OPTIONS, longs, NULL)) != -1) {
                if (key == 1)
                        return optind - 1;
                if (!store_key(key, optarg, &found)) {
                        complain_of_option(NULL, key, argv[optind - 1]);
                        return -1;
                }
        }
        *ret = (struct options){.help = found.help, .version = found.version};
        return optind < argc ? optind : 0; /* after "--" */
}

/* "-5" is an argument, so that the command can explain which numbers it accepts. */
static bool is_negative_number(const char *word) {
        return word[0] == '-' && isdigit((unsigned char)word[1]);
}

int options_parse(const struct ctl_command *command, int argc, char **argv, struct options *ret) {
        struct options options = {.bus = "auto"};
        struct option longs[ROWS_N + 1];

        make_long_options(command, longs);
        opterr = 0;
        optind = 0;
        for (int next = 1;; next = optind) {
                int key;

                if (next < argc && is_negative_number(argv[next])) {
                        store_argument(argv[next], &options);
                        optind = next + 1;
                        continue;
                }
                key = getopt_long(argc, argv, SHORT_OPTIONS, longs, NULL);
                if (key == -1)
                        break;
                if (key == 1)
                        store_argument(optarg, &options);
                else if (!store_key(key, optarg, &options))
                        return complain_of_option(command, key, argv[optind - 1]);
        }
        for (; optind < argc; optind++) /* after "--" */
                store_argument(argv[optind], &options);
        *ret = options;
        return check_arguments(command, &options);
}

/* ---- help ---- */

static void print_option(const struct option_row *row, const struct command_option *option, int columns) {
        const char *value = option && option->value ? option->value : row->value;
        int at = printf("  --%s%s%s", row->name, value ? " " : "", value ? value : "");

        if (at + 2 > HELP_COLUMN) {
                putchar('\n');
                at = 0;
        }
        terminal_print_wrapped(stdout, option && option->meaning ? option->meaning : row->meaning, at, HELP_COLUMN,
                               columns);
}

void options_print(const struct ctl_command *command, int columns) {
        for (int i = 0; i < COMMAND_OPTIONS_MAX && command->options[i].name; i++)
                for (int k = 0; k < ROWS_N; k++)
                        if (strcmp(rows[k].name, command->options[i].name) == 0)
                                print_option(&rows[k], &command->options[i], columns);
        for (int k = 0; k < ROWS_N; k++)
                if (is_common(&rows[k]))
                        print_option(&rows[k], NULL, columns);
}

bool parse_span(const char *text, double *ret_from_s, double *ret_to_s) {
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
