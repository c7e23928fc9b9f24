/* SPDX-License-Identifier: MIT */
/* JSON into one large buffer, with fixed decimals: replay writes a line a frame and must not wait for printf. */
#ifndef TOOLS_SITBONECTL_JSON_WRITER_H
#define TOOLS_SITBONECTL_JSON_WRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum { OUT_SIZE = 64 * 1024 };

struct out {
        FILE *f;
        size_t n;
        char buffer[OUT_SIZE];
};

void out_init(struct out *o, FILE *f);
void out_text(struct out *o, const char *text);
void out_string(struct out *o, const char *text);                  /* quoted and escaped */
void out_key(struct out *o, const char *key);                      /* ,"key": */
void out_fixed(struct out *o, double value, int decimals);         /* at most 6; null when not finite; never -0 */
void out_bones(struct out *o, const double mm[4], double quality); /* an object, or null when there is no pair */
/* With its key. */
void out_number(struct out *o, const char *key, double value, int decimals);
void out_word(struct out *o, const char *key, const char *value);
void out_word_or_null(struct out *o, const char *key, const char *value); /* null for "" and NULL */
void out_flag(struct out *o, const char *key, bool yes);
void out_flush(struct out *o);

#endif
