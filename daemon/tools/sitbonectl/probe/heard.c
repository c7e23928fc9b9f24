/* SPDX-License-Identifier: MIT */
#include "tools/sitbonectl/probe/heard.h"

/* Less is text with garbage, or garbage. */
static const double TEXT_SHARE = 0.9;

enum {
        ASCII_PART = 4, /* one byte in this many, at least, is ASCII in lines with other characters */
        DIGITS_PART =
                5, /* one character in this many, at least, is a digit in text without line ends or words. Text that
                           * is received at half of its speed looks like text, with hardly a digit */
        WORD_LETTERS = 4, /* a word */
        WORDS_RUN = 12,   /* among bytes: a run of text of this length, half of it letters */
        ENDS_MAX = 128,   /* one in this many lines has words or no digit: more end frames of rows */
};

static bool is_printable(uint8_t c) {
        return c >= ' ' && c <= '~';
}

static bool is_digit(uint8_t c) {
        return c >= '0' && c <= '9';
}

static bool is_letter(uint8_t c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_white(uint8_t c) {
        return c == '\t' || c == '\n' || c == '\r';
}

/* Bytes of the character beyond ASCII that begins here, or 0. Only UTF-8 in its shortest form counts, without the control
 * characters U+0080 to U+009F. */
static size_t measure_utf8(const uint8_t *at, size_t left) {
        size_t n = *at >= 0xC2 && *at <= 0xDF   ? 2
                   : *at >= 0xE0 && *at <= 0xEF ? 3
                   : *at >= 0xF0 && *at <= 0xF4 ? 4
                                                : 0;

        if (n == 0 || n > left || (*at == 0xC2 && at[1] < 0xA0) || (*at == 0xE0 && at[1] < 0xA0) ||
            (*at == 0xED && at[1] > 0x9F) || (*at == 0xF0 && at[1] < 0x90) || (*at == 0xF4 && at[1] > 0x8F))
                return 0;
        for (size_t i = 1; i < n; i++)
                if ((at[i] & 0xC0) != 0x80)
                        return 0;
        return n;
}

double heard_text_share(const struct heard *heard) {
        size_t ascii = 0, beyond = 0, ends = 0, n = 0;

        for (size_t i = 0; i<heard->n; i += n> 0 ? n : 1) {
                uint8_t c = heard->bytes[i];

                n = c >= 0x80 ? measure_utf8(heard->bytes + i, heard->n - i) : 0;
                beyond += n;
                ascii += is_printable(c) || is_white(c) ||
                         (c == 0x1B && i + 1 < heard->n && heard->bytes[i + 1] == '[');
                ends += c == '\n' || c == '\r';
        }
        if (ends == 0 || ascii < heard->n / ASCII_PART)
                beyond = 0; /* bytes of another speed may look like it */
        return heard->n > 0 ? (double)(ascii + beyond) / (double)heard->n : 0;
}

/* Letters of words: runs of small letters, of capital letters, or with one capital at the beginning. */
static size_t count_word_letters(const struct heard *h) {
        size_t letters = 0, run = 0, capitals = 0;

        for (size_t i = 0; i <= h->n; i++) {
                if (i < h->n && is_letter(h->bytes[i])) {
                        run++;
                        capitals += h->bytes[i] <= 'Z';
                        continue;
                }
                if (run >= 3 && (capitals == 0 || capitals == run || (capitals == 1 && h->bytes[i - run] <= 'Z')))
                        letters += run;
                run = capitals = 0;
        }
        return letters;
}

bool heard_is_readable(const struct heard *heard) {
        size_t ends = 0, digits = 0, letters = 0;

        for (size_t i = 0; i < heard->n; i++) {
                uint8_t c = heard->bytes[i];

                ends += c == '\n' || c == '\r';
                digits += is_digit(c);
                letters += is_letter(c);
        }
        return heard_text_share(heard) >= TEXT_SHARE && (ends > 0 || DIGITS_PART * digits > heard->n) &&
               (DIGITS_PART * digits >= letters || 2 * count_word_letters(heard) >= letters);
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

/* The usual pause is the median. */
struct gaps heard_measure_gaps(const struct heard *h) {
        struct gaps g = {0, 0};
        size_t least = SIZE_MAX;

        for (size_t i = 0; h->pause_ms && i < h->n_pauses; i++) {
                size_t shorter = 0;

                for (size_t k = 0; k < h->n_pauses; k++)
                        shorter += h->pause_ms[k] < h->pause_ms[i];
                g.longest_ms = h->pause_ms[i] > g.longest_ms ? h->pause_ms[i] : g.longest_ms;
                if (2 * shorter <= h->n_pauses && (least == SIZE_MAX || shorter > least)) {
                        least = shorter;
                        g.usual_ms = h->pause_ms[i];
                }
        }
        return g;
}

bool heard_has_frame_ends(const struct heard *heard) {
        size_t lines = 1, ends = 0, digits = 0, line = 0;

        for (size_t i = 0; i < heard->n; i++) {
                digits += is_digit(heard->bytes[i]);
                if (heard->bytes[i] != '\n')
                        continue;
                lines++;
                ends += digits == 0 || bytes_have_words(heard->bytes + line, i - line, true);
                digits = 0;
                line = i + 1;
        }
        return ends * ENDS_MAX > lines;
}
