/* SPDX-License-Identifier: MIT */
#include "tools/sitbonectl/json_writer.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

void out_init(struct out *o, FILE *f) {
        o->f = f;
        o->n = 0;
}

void out_flush(struct out *o) {
        fwrite(o->buffer, 1, o->n, o->f); /* main() reports a failed standard output */
        o->n = 0;
}

static void put(struct out *o, const char *bytes, size_t n) {
        if (o->n + n > OUT_SIZE)
                out_flush(o);
        if (n > OUT_SIZE)
                n = OUT_SIZE;
        memcpy(o->buffer + o->n, bytes, n);
        o->n += n;
}

void out_text(struct out *o, const char *text) {
        put(o, text, strlen(text));
}

void out_string(struct out *o, const char *text) {
        put(o, "\"", 1);
        for (; *text; text++) {
                unsigned char c = (unsigned char)*text;
                char escaped[8];

                if (c == '"' || c == '\\')
                        put(o, "\\", 1);
                if (c >= ' ')
                        put(o, text, 1);
                else
                        put(o, escaped, (size_t)snprintf(escaped, sizeof(escaped), "\\u%04x", c));
        }
        put(o, "\"", 1);
}

void out_key(struct out *o, const char *key) {
        put(o, ",\"", 2);
        out_text(o, key);
        put(o, "\":", 2);
}

static const double powers[] = {1, 10, 100, 1e3, 1e4, 1e5, 1e6};

void out_fixed(struct out *o, double value, int decimals) {
        char digits[32], *p = digits + sizeof(digits);
        double scaled = value * powers[decimals];
        uint64_t whole;

        if (!isfinite(value) || fabs(scaled) > 1e17) {
                out_text(o, "null");
                return;
        }
        whole = (uint64_t)(fabs(scaled) + 0.5);
        if (scaled < 0 && whole > 0)
                put(o, "-", 1);
        for (int i = 0; i < decimals || whole > 0 || i == decimals; i++) {
                if (i == decimals && decimals > 0)
                        *--p = '.';
                *--p = (char)('0' + whole % 10);
                whole /= 10;
        }
        put(o, p, (size_t)(digits + sizeof(digits) - p));
}

void out_bones(struct out *o, const double mm[4], double quality) {
        if (!isfinite(mm[0] + mm[1] + mm[2] + mm[3])) {
                out_text(o, "null");
                return;
        }
        out_text(o, "{\"left_mm\":[");
        out_fixed(o, mm[0], 0);
        put(o, ",", 1);
        out_fixed(o, mm[1], 0);
        out_text(o, "],\"right_mm\":[");
        out_fixed(o, mm[2], 0);
        put(o, ",", 1);
        out_fixed(o, mm[3], 0);
        out_text(o, "],\"quality\":");
        out_fixed(o, quality, 2);
        put(o, "}", 1);
}

void out_number(struct out *o, const char *key, double value, int decimals) {
        out_key(o, key);
        out_fixed(o, value, decimals);
}

void out_word(struct out *o, const char *key, const char *value) {
        out_key(o, key);
        out_string(o, value);
}

void out_word_or_null(struct out *o, const char *key, const char *value) {
        out_key(o, key);
        if (value && *value)
                out_string(o, value);
        else
                out_text(o, "null");
}

void out_flag(struct out *o, const char *key, bool yes) {
        out_key(o, key);
        out_text(o, yes ? "true" : "false");
}
