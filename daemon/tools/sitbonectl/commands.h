/* SPDX-License-Identifier: MIT */
/* sitbonectl: what the verbs share. A verb is a row of the table in ctl.c and one function, most of them in ctl_VERB*.c. For all of
 * them: ctl_source (settings, formats and recordings from files), ctl_bus (the daemon), ctl_view (a seat in words and JSON),
 * ctl_out (JSON), ctl_draw with ctl_map, ctl_canvas, ctl_svg and ctl_screen (pictures). */
#ifndef TOOLS_SITBONECTL_COMMANDS_H
#define TOOLS_SITBONECTL_COMMANDS_H

#include <stdbool.h>

/* What a shell sees. */
enum { STATUS_DONE = 0, STATUS_FAILED = 1, STATUS_USAGE = 2 };

enum { OPTIONS_ARGS_MAX = 4, OPTIONS_REPEATED_MAX = 256 };

/* Of an option that may be given again and again. */
struct repeated {
        int n; /* may be larger than what is kept */
        const char *of[OPTIONS_REPEATED_MAX];
};

/* Every option of every verb; a verb names the ones that it takes. */
struct options {
        const char *bus;  /* system, session, auto */
        const char *seat; /* NULL = the only one there is */
        const char *config, *format, *exercises, *svg, *at, *device, *baud, *seconds, *rows, *cols, *output;
        struct repeated teach, load, calibrate;
        const char *period, *file, *export, *what_if, *against;
        const char *forget;
        bool list, session;
        bool json, plain, once, send, help;
        int n_args;
        const char *args[OPTIONS_ARGS_MAX];
};

struct verb {
        const char *name;
        const char *usage;   /* arguments, for the first line of help */
        const char *options; /* names of the options it takes, separated by blanks */
        const char *summary; /* one line */
        const char *help;    /* example first */
        int min_args, max_args;
        int (*run)(const struct options *options);
};

/* "sitbonectl: ..." on stderr. */
void complain(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* STATUS_DONE, or STATUS_USAGE after a complaint. argv[0] is the first word after the verb. */
int options_parse(const struct verb *verb, int argc, char **argv, struct options *ret);

/* "FROM-TO", seconds of a recording: 0 <= FROM < TO, to the end of the text. */
bool span_of(const char *text, double *ret_from_s, double *ret_to_s);

int verb_status(const struct options *options);
int verb_watch(const struct options *options);
int verb_replay(const struct options *options);
int verb_check(const struct options *options);
int verb_tare(const struct options *options);
int verb_response(const struct options *options);
int verb_calibrate(const struct options *options);
int verb_teach(const struct options *options);
int verb_sitter(const struct options *options);
int verb_snooze(const struct options *options);
int verb_done(const struct options *options);
int verb_skip(const struct options *options);
int verb_pause(const struct options *options);
int verb_resume(const struct options *options);
int verb_hold(const struct options *options);
int verb_why(const struct options *options);
int verb_exercises(const struct options *options);
int verb_session(const struct options *options);
int session_done(const struct options *options);
int verb_formats(const struct options *options);
int verb_probe(const struct options *options);
int verb_record(const struct options *options);
int verb_ports(const struct options *options);
int verb_history(const struct options *options);
int verb_report(const struct options *options);

#endif
