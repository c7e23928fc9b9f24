/* SPDX-License-Identifier: MIT */
/* The commands of sitbonectl and their options. A command is one struct ctl_command beside its code, and a row of the table in
 * main.c: the argument parser and --help are made from both.
 *
 * Shared code: source (settings, formats and recordings from files), live/daemon_link (the running daemon), view/ (a seat in
 * words, pictures and JSON), what_if (comparing the alerts of two settings). */
#ifndef TOOLS_SITBONECTL_COMMANDS_H
#define TOOLS_SITBONECTL_COMMANDS_H

#include <stdbool.h>

#include "tools/sitbonectl/complain.h"

enum { OPTIONS_ARGS_MAX = 4, OPTIONS_REPEATED_MAX = 256, COMMAND_OPTIONS_MAX = 12 };

/* Values of an option that may be given several times. */
struct repeated {
        int n; /* may be larger than OPTIONS_REPEATED_MAX: the values beyond are not stored */
        const char *of[OPTIONS_REPEATED_MAX];
};

/* The options of all commands, and the arguments. NULL, false or empty: not given. */
struct options {
        const char *bus;  /* system, session, auto */
        const char *seat; /* NULL = the only one there is */
        const char *config, *format, *exercises, *svg, *at, *device, *baud, *seconds, *rows, *cols, *output;
        struct repeated teach, load, calibrate;
        const char *period, *file, *export, *what_if, *against, *label, *columns, *delimiter;
        const char *forget, *alert, *sitter;
        bool list, session, empty;
        bool json, plain, once, send, help, version;
        int n_args; /* may be larger than OPTIONS_ARGS_MAX */
        const char *args[OPTIONS_ARGS_MAX];
};

/* An option that a command accepts. */
struct command_option {
        const char *name;    /* of a row of the table in main.c */
        const char *meaning; /* for --help; NULL = the meaning in that row */
        const char *value;   /* name of its value for --help; NULL = the name in that row */
};

enum { STREAMS_TEXT = 1, STREAMS_JSON = 2 };

struct ctl_command {
        const char *name;      /* one word or two */
        const char *arguments; /* for the usage line; "" = none */
        int min_args, max_args;
        const char *summary;  /* one line */
        const char *examples; /* command lines; NULL = none */
        const char *notes;    /* paragraphs for --help; NULL = none */
        struct command_option options[COMMAND_OPTIONS_MAX];
        unsigned
                streams; /* STREAMS_*: printed while the command runs; other output is collected, see terminal_print() */
        int (*run)(const struct options *options); /* returns STATUS_* */
};

extern const struct ctl_command status_command, watch_command;
extern const struct ctl_command snooze_command, done_command, skip_command, pause_command, resume_command,
        hold_command;
extern const struct ctl_command why_command, ha_remove_command;
extern const struct ctl_command tare_command, calibrate_command, response_command, teach_command, sitter_command;
extern const struct ctl_command exercises_command, session_command;
extern const struct ctl_command history_command, report_command, trial_command;
extern const struct ctl_command record_command, label_command, replay_command, check_command, export_command;
extern const struct ctl_command ports_command, probe_command, formats_command;

#endif
