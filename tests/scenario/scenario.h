/* SPDX-License-Identifier: MIT */
/* A parsed scenario file (SYNTAX.md). */
#ifndef TESTS_SCENARIO_H
#define TESTS_SCENARIO_H

#include <stdbool.h>
#include <stdint.h>

#include "sitbone/settings.h"

enum { LINES_MAX = 4000, TEXT_MAX = 400 };

struct line {
        int number;
        uint64_t t_us;
        char text[TEXT_MAX];
};

struct lines {
        int n;
        struct line of[LINES_MAX];
};

struct scenario {
        const char *path;
        char settings_text[8192];
        int setting_number[LINES_MAX], settings_n; /* lines of the file */
        struct settings settings;
        struct lines seat, expect;
        bool expects; /* the file has a section [expect], which may be empty */
        bool updates; /* [expect] lists "alert ... updated" too */
        bool hints;   /* and "held for an hour", "stood briefly" */
};

/* Reads the file; an error in it ends the program. */
void scenario_read(struct scenario *s, const char *path);

void scenario_fail(const struct scenario *s, int line, const char *format, ...)
        __attribute__((format(printf, 3, 4), noreturn));

/* Returns the text after these words; NULL when it does not begin with them. */
const char *scenario_after(const char *text, const char *start);

/* Parses "5 s", "10 min" or "1 h"; the blank is optional. */
bool scenario_length(const char *text, uint64_t *ret_us);

/* Parses a whole number from 0 to most at *text, and moves *text after it. */
bool scenario_number(const char **text, unsigned long most, unsigned long *ret);

void lines_add(struct lines *l, int number, uint64_t t_us, const char *text);

#endif
