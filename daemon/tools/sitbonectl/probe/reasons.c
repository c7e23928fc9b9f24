/* SPDX-License-Identifier: MIT */
#include "tools/sitbonectl/probe/reasons.h"

#include <ctype.h>
#include <math.h>
#include <string.h>
#include <strings.h>

enum {
        LINES_MIN = 10,
        HEX_LINES_MIN = 3,
        HEX_WIDTH = 8, /* digits of one hexadecimal number; more are numbers without blanks between them */
        CELLS_FEW = 4, /* lines of fewer numbers are a mat only if they are many among all lines */
        PERIOD_MAX = 64,
        STEPS_MIN = 40, /* lines from which a period can be known */
};

/* --- hexadecimal numbers --- */

/* True if all words of the line are hexadecimal numbers, of one width unless 0x precedes them (0x1F) or h follows them
 * (1Fh); *letters is set if that or a digit shows it. */
static bool line_is_hex(const uint8_t *at, size_t n, bool *letters) {
        const uint8_t *end = at + n;
        size_t width = 0, words = 0, lettered = 0;

        while (at < end) {
                size_t length = 0;
                bool marked = *at == '0' && end - at > 2 && (at[1] | 0x20) == 'x';

                if (strchr(" ,;:\t\r[]{}-", *at) && *at) {
                        at++;
                        continue;
                }
                at += marked ? 2 : 0;
                while (at + length < end && isxdigit(at[length])) {
                        *letters = *letters || !isdigit(at[length]);
                        length++;
                }
                width = width > 0 ? width : length;
                lettered += !marked && !isdigit(*at);
                words++;
                at += length;
                marked = marked || (at < end && (*at | 0x20) == 'h');
                *letters = *letters || marked;
                at += at < end && (*at | 0x20) == 'h';
                if (length < (marked ? 1 : 2) || (at < end && isalnum(*at)) ||
                    (!marked && length != width && length <= HEX_WIDTH))
                        return false;
                if (at < end && !strchr(" ,;:\t\r[]{}-", *at))
                        return false;
        }
        return words > 0 && (words < 3 || lettered < words); /* A12 B340 C7 are decimal numbers with names */
}

/* A word in front of the numbers does not matter: DATA: 1F 00, D=0x1F. */
static bool is_hex(const struct lines *l) {
        size_t hex = 0, lettered = 0, all = 0;

        for (size_t k = 0; k < l->n; k++) {
                const uint8_t *at = l->bytes + l->of[k].at, *end = at + l->of[k].n, *word = at;
                bool letters = false;

                if (l->of[k].n == 0)
                        continue;
                all++;
                if (!line_is_hex(at, (size_t)(end - at), &letters)) {
                        letters = false;
                        while (word < end && *word != ':' && *word != '=')
                                word++;
                        if (word == end || !line_is_hex(word + 1, (size_t)(end - word - 1), &letters))
                                continue;
                }
                hex++;
                lettered += letters;
        }
        return all >= HEX_LINES_MIN && 10 * hex >= 8 * all && 5 * lettered >= hex;
}

/* --- numbers of a fixed width without anything between them: 012303450000 --- */

enum { GLUED_LEAST = 6, GLUED_WIDTH = 5 }; /* digits of a line, at least; of a number, at most */
/* Two last digits of a noisy number differ by 3.3 on the average; a cell of one digit changes by 1. */
static const double GLUED_STEP = 2, GLUED_FIRST = 0.3;

/* Sets the mean change between two lines of a digit at this place in each number of this width, and of those that change. */
static bool measure_digit(const struct lines *l, size_t length, size_t width, size_t place, double *ret,
                          double *ret_moved) {
        const uint8_t *last = NULL;
        size_t lines = 0, others = 0, n = 0, moved = 0;
        double sum = 0;

        for (size_t k = 0; k < l->n; k++) {
                const struct number *number = &l->numbers[l->of[k].first];
                const uint8_t *at = l->bytes + number->at;

                if (l->of[k].n_numbers != 1 || number->length != length || memchr(at, '.', length)) {
                        others += l->of[k].n_numbers > 0;
                        continue;
                }
                for (size_t i = place; last && i < length; i += width, n++) {
                        sum += abs(at[i] - last[i]);
                        moved += at[i] != last[i];
                }
                last = at;
                lines++;
        }
        *ret = n > 0 ? sum / (double)n : 0;
        *ret_moved = moved > 0 ? sum / (double)moved : 0;
        return lines >= LINES_MIN && 10 * others <= lines;
}

/* Returns the width of the numbers; 0 = these are no such lines. Half of the right width does nearly as well. */
static size_t find_glued_width(const struct lines *l) {
        const size_t middle = l->n / 2;
        const size_t length = l->n > 0 && l->of[middle].n_numbers == 1 ? l->numbers[l->of[middle].first].length : 0;
        double best = GLUED_FIRST;
        size_t ret = 0;

        for (size_t width = 2; length >= GLUED_LEAST && width <= GLUED_WIDTH; width++) {
                double first, last, moved;

                if (length % width == 0 && length > width && measure_digit(l, length, width, 0, &first, &moved) &&
                    measure_digit(l, length, width, width - 1, &last, &moved) && moved >= GLUED_STEP &&
                    first <= best * last) {
                        best = first / last / 2;
                        ret = width;
                }
        }
        return ret;
}

/* --- what stands among the numbers --- */

/* True if most lines with numbers match: 0 = digits, one or more; other characters stand for themselves. */
static bool lines_have(const struct lines *l, const char *pattern, bool anywhere) {
        size_t good = 0, all = 0;

        for (size_t k = 0; k < l->n; k++) {
                const uint8_t *begin = l->bytes + l->of[k].at, *end = begin + l->of[k].n;
                bool found = false;

                for (; begin < end && !found; begin += anywhere || !isdigit(*begin) ? 1 : end - begin) {
                        const uint8_t *at = begin;
                        const char *want = pattern;

                        for (; *want && at < end && (*want == '0' ? isdigit(*at) : *at == (uint8_t)*want); want++)
                                for (at++; *want == '0' && at < end && isdigit(*at);)
                                        at++;
                        found = !*want;
                }
                good += found;
                all += l->of[k].n > 0;
        }
        return all >= LINES_MIN && 10 * good >= 8 * all;
}

/* (0,1):12 or [0, 1] = 12 */
static bool has_pairs(const struct lines *l) {
        static const char *const patterns[] = {"(0,0):0", "(0,0)=0", "[0,0]:0", "[0,0]=0", "(0,0): 0", "[0,0]: 0"};

        for (size_t i = 0; i < sizeof(patterns) / sizeof(*patterns); i++)
                if (lines_have(l, patterns[i], true))
                        return true;
        return false;
}

/* --- */

bool explain_text(const struct lines *l, struct suggestion *ret) {
        size_t width = find_glued_width(l);
        size_t numbers = 0, words = 0;

        for (size_t k = 0; k < l->n; k++) {
                numbers += l->of[k].n_numbers > 0;
                words += l->of[k].n_numbers == 0 && l->of[k].letters > 1;
        }
        if (l->line_end == 0)
                suggestion_set_reason(ret, "no_line_ends",
                                      "There are no line ends: print one after each frame (Serial.println).");
        else if (is_hex(l))
                suggestion_set_reason(ret, "hex_text",
                                      "These are hexadecimal numbers: print decimal numbers, or send them as bytes.");
        else if (width > 0)
                suggestion_set_reason(ret, "glued_numbers",
                                      "These are numbers of %zu digits without anything between them: print a comma "
                                      "after each.",
                                      width);
        else if (has_pairs(l))
                suggestion_set_reason(ret, "unknown",
                                      "Each value follows a pair of numbers in brackets: print names such as "
                                      "R0C1=12, or the values alone.");
        else if (words >= LINES_MIN && 20 * numbers <= words)
                suggestion_set_reason(ret, "words_only",
                                      "These are words without numbers: print the readings of the cells.");
        else
                return false;
        return true;
}

bool explain_rest(const struct lines *l, struct suggestion *ret) {
        if (lines_have(l, "0.0.0.0", false))
                suggestion_set_reason(ret, "unknown",
                                      "Lines begin with an IP address: print the values of the cells alone.");
        else if (lines_have(l, "#", false))
                suggestion_set_reason(ret, "unknown",
                                      "Lines that begin with # are comments: print the numbers first, and nan where "
                                      "a value is missing.");
        else
                return false;
        return true;
}

/* --- other devices --- */

static const char *const foreign_words[] = {
        "temp",  "temperature", "humidity", "hum",     "lat",  "lon",   "lng",      "gps",   "acc",      "accel",
        "accx",  "ax",          "gx",       "gyro",    "mag",  "pitch", "roll",     "yaw",   "quat",     "qw",
        "euler", "heading",     "lux",      "co",      "ppm",  "theta", "dist",     "angle", "rssi",     "wifi",
        "heap",  "bpm",         "spo",      "ecg",     "emg",  "rpm",   "altitude", "speed", "uptime",   "nozzle",
        "bed",   "ok",          "kernel",   "systemd", "sshd", "note",  "pm",       "ug",    "velocity", "celsius",
};

static bool is_foreign_word(const uint8_t *at, size_t n) {
        for (size_t i = 0; i < sizeof(foreign_words) / sizeof(*foreign_words); i++)
                if (strlen(foreign_words[i]) == n && strncasecmp((const char *)at, foreign_words[i], n) == 0)
                        return true;
        return n == 1 && strchr("TXYZxyz", *at) && (at[1] == ':' || at[1] == '=');
}

static uint32_t count_foreign_words(const struct lines *l, const struct line *line) {
        const uint8_t *at = l->bytes + line->at, *end = at + line->n;
        uint32_t ret = 0;

        while (at < end) {
                size_t n = 0;

                while (at + n < end && isalpha(at[n]))
                        n++;
                if (n == 5 && at[0] == 'G' && strchr("PNLAB", at[1])) /* a sentence of a satellite receiver */
                        ret += l->bytes[line->at] == '$' ? line->n_numbers : 0;
                ret += n > 0 && is_foreign_word(at, n);
                if (n == 2 && memcmp(at, "ok", 2) == 0 && at == l->bytes + line->at) /* the answer of a 3D printer */
                        ret += line->n_numbers;
                at += n > 0 ? n : 1;
        }
        return ret;
}

/* Number of lines whose first word is the most common one. */
static size_t count_common_word(const struct block *b) {
        size_t lead = 0, same = 0;
        uint32_t word = 0;

        for (size_t k = 0; k < b->n; k++) {
                word = lead == 0 ? b->of[k]->word : word;
                lead = b->of[k]->word == word ? lead + 1 : lead - 1;
        }
        for (size_t k = 0; k < b->n; k++)
                same += b->of[k]->word == word;
        return same;
}

/* True if the words of these lines are those of other devices, or if the lines differ too much to be frames. */
static bool lines_are_foreign(const struct lines *l, const struct block *b, bool rows) {
        size_t foreign = 0, same = 0, worded = 0, all = 0;
        bool varies = false, few = b->n_numbers - b->header - b->trailer < CELLS_FEW;

        for (size_t k = 0; k < b->n; k++) {
                size_t alike = 0;

                foreign += 3 * count_foreign_words(l, b->of[k]) >= b->n_numbers - b->header - b->trailer;
                worded += b->of[k]->letters >= 3;
                for (size_t i = k > 8 ? k - 8 : 0; i < k; i++)
                        alike += b->of[i]->shape == b->of[k]->shape;
                same += alike > 0;
        }
        for (size_t k = 0; k < l->n; k++)
                all += l->of[k].n > 0;
        for (uint32_t i = b->header; i + b->trailer < b->n_numbers; i++)
                varies = varies || b->columns[i].rises + b->columns[i].falls > 0;
        return 2 * foreign > b->n || (few && (3 * b->n < all || (2 * b->n < all && !varies))) ||
               (!rows && 2 * worded > b->n && 2 * same < b->n) ||
               (!rows && 2 * worded > b->n && 5 * count_common_word(b) < 3 * b->n);
}

/* --- numbers one after another --- */

/* Number of lines after which the readings repeat, although nothing is sent between frames; 0 = they do not. */
static size_t find_period(const struct block *b) {
        double line = block_step(b, 1), least = line;
        size_t ret = 0;

        for (size_t lag = 2; lag <= PERIOD_MAX && 4 * lag <= b->n && b->n >= STEPS_MIN; lag++) {
                double step = block_step(b, lag);

                if (step < 0.5 * line && step < 0.8 * least) {
                        least = step;
                        ret = lag;
                }
        }
        return ret;
}

bool explain_block(const struct block *b, bool rows, struct suggestion *ret) {
        size_t period = rows ? 0 : find_period(b);

        if (period == 0)
                return lines_are_foreign(b->lines, b, rows) && explain_foreign(ret);
        if (b->n_numbers == 1)
                suggestion_set_reason(ret, "one_number_a_line",
                                      "One number a line, %zu in turn: print all cells of a frame in one line.",
                                      period);
        else
                suggestion_set_reason(
                        ret, "unknown",
                        "These look like the rows of a mat, %zu a frame, with nothing between frames: print "
                        "an empty line after each frame.",
                        period);
        return true;
}
