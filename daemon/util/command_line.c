/* SPDX-License-Identifier: MIT */
#include "util/command_line.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/sanitize.h"
#include "util/suggest.h"
#include "util/terminal.h"

enum { FAILED = 1, USAGE = 2 };

void command_line_translate(int argc, char **argv) {
        static char help[] = "--help", version[] = "--version";

        if (argc > 1 && strcmp(argv[1], "help") == 0)
                argv[1] = help;
        else if (argc > 1 && strcmp(argv[1], "version") == 0)
                argv[1] = version;
}

static const char *find_name(const struct option *longs, int value) {
        for (; longs->name; longs++)
                if (longs->val == value)
                        return longs->name;
        return NULL;
}

/* Several options may begin with these letters; else one may resemble them. */
static void explain_unknown(const struct option *longs, const char *word, const char *program, char *ret,
                            size_t size) {
        const char *nearest = NULL;
        char typed[64], list[256] = "";
        int n = 0;

        snprintf(typed, sizeof(typed), "%.*s", (int)strcspn(word + 2, "="), word + 2);
        for (; longs->name; longs++) {
                size_t end = strlen(list);

                suggest_nearest(typed, longs->name, &nearest);
                if (strncmp(longs->name, typed, strlen(typed)) == 0)
                        snprintf(list + end, sizeof(list) - end, "%s--%s", n++ ? ", " : "", longs->name);
        }
        if (*typed && n > 1)
                snprintf(ret, size, "--%s is not clear; it may be one of %s", typed, list);
        else if (nearest)
                snprintf(ret, size, "unknown option --%s; did you mean --%s?", typed, nearest);
        else
                snprintf(ret, size, "unknown option --%s; see %s --help", typed, program);
}

void command_line_explain(const struct option *longs, int key, const char *word, const char *program, char *ret,
                          size_t size) {
        const char *name = optopt ? find_name(longs, optopt) : NULL;

        if (!optopt)
                explain_unknown(longs, word, program, ret, size);
        else if (key == ':')
                snprintf(ret, size, "--%s needs a value; see %s --help", name ? name : "?", program);
        else if (name)
                snprintf(ret, size, "--%s takes no value", name);
        else
                snprintf(ret, size, "unknown option -%c; see %s --help", optopt, program);
}

void command_line_complain(const char *program, const char *format, ...) {
        char line[4096];
        va_list ap;

        va_start(ap, format);
        vsnprintf(line, sizeof(line), format, ap);
        va_end(ap);
        sanitize_line(line);
        fprintf(stderr, "%s: %s\n", program, line);
}

void command_line_refuse(const struct option *longs, int key, const char *word, const char *program) {
        char problem[512];

        command_line_explain(longs, key, word, program, problem, sizeof(problem));
        command_line_complain(program, "%s", problem);
        exit(USAGE);
}

void command_line_help(const char *program, void (*print)(FILE *f)) {
        char *text = NULL;
        size_t n;
        FILE *f = open_memstream(&text, &n);

        if (f) {
                print(f);
                fclose(f);
                terminal_print(text);
                free(text);
        }
        command_line_exit(program);
}

void command_line_exit(const char *program) {
        if (fflush(stdout) == 0 && !ferror(stdout))
                exit(EXIT_SUCCESS);
        command_line_complain(program, "cannot write to standard output: %m");
        exit(FAILED);
}
