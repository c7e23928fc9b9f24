/* SPDX-License-Identifier: MIT */
#include "tools/sitbonectl/probe/heard.h"

enum {
        WORD_LETTERS = 4, /* a word */
        WORDS_RUN = 12,   /* among bytes: a run of text of this length, half of it letters */
        ENDS_MAX = 128,   /* one in this many lines has words or no digit: more end frames of rows */
};

static bool is_printable(uint8_t c) {
        return c >= ' ' && c <= '~';
}

static bool is_letter(uint8_t c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

double heard_text_share(const struct heard *heard) {
        size_t text = 0;

        for (size_t i = 0; i < heard->n; i++)
                text += is_printable(heard->bytes[i]) || (heard->bytes[i] >= '\t' && heard->bytes[i] <= '\r');
        return heard->n > 0 ? (double)text / (double)heard->n : 0;
}

bool bytes_have_words(const uint8_t *bytes, size_t n, bool among_text) {
        size_t run = 0, letters = 0, others = 0;

        for (size_t i = 0; i < n; i++) {
                bool printable = is_printable(bytes[i]);

                run = printable ? run + 1 : 0;
                letters = printable ? letters + is_letter(bytes[i]) : 0;
                others = printable ? others + (bytes[i] == ' ' || bytes[i] == ':' || bytes[i] == '=') : 0;
                if (among_text ? letters >= WORD_LETTERS : run >= WORDS_RUN && others > 0 && 2 * letters >= run)
                        return true;
        }
        return false;
}

bool heard_has_frame_ends(const struct heard *heard) {
        size_t lines = 1, ends = 0, digits = 0, line = 0;

        for (size_t i = 0; i < heard->n; i++) {
                digits += heard->bytes[i] >= '0' && heard->bytes[i] <= '9';
                if (heard->bytes[i] != '\n')
                        continue;
                lines++;
                ends += digits == 0 || bytes_have_words(heard->bytes + line, i - line, true);
                digits = 0;
                line = i + 1;
        }
        return ends * ENDS_MAX > lines;
}
