/* SPDX-License-Identifier: MIT */
/* Kinds of bytes, whatever the locale. Pure: the core may use it. */
#ifndef UTIL_ASCII_H
#define UTIL_ASCII_H

#include <stdbool.h>

static inline bool is_digit(char c) {
        return c >= '0' && c <= '9';
}

/* Between the words of a line; the last line of a file from Windows ends with a carriage return. */
static inline bool is_blank(char c) {
        return c == ' ' || c == '\t' || c == '\r';
}

#endif
