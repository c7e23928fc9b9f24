/* SPDX-License-Identifier: MIT */
#include "tools/sitbonectl/probe/suggest.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "configure/format_file.h"
#include "tools/sitbonectl/probe/block.h"
#include "tools/sitbonectl/probe/fit.h"
#include "tools/sitbonectl/probe/names.h"
#include "tools/sitbonectl/probe/reasons.h"
#include "tools/sitbonectl/probe/rows.h"

enum {
        LINES_MIN = 3,
        CELLS_FEW = 4,
        DIGITS_LINE = 21, /* shorter lines of digits are numbers */
        SMALL_PART = 50,  /* of full_scale: less was hardly a sitter */
        RAW_MIN = 40000,  /* readings beyond are raw counts of load cells, which have any offset */
};

struct analysis {
        const struct heard *heard;
        struct suggestion *result;
        struct lines lines;
        struct block block;
        struct prober *prober;
        const uint8_t *skip; /* an arrow or bracket that ends the numbers before the cells in every line */
        size_t skip_n;
        char percent; /* most numbers are followed by it; '\0' = nothing */
};

/* --- the description, tried on the bytes --- */

static void append_text(char *ret, size_t size, const char *name, const char *value) {
        size_t n = strlen(ret);

        snprintf(ret + n, size - n, "%s = %s\n", name, value);
}

/* Parses the keys as the daemon would, and decodes the bytes. False: the daemon would refuse them. */
static bool try_keys(struct analysis *a, const struct heard *heard) {
        const size_t size = 8192;
        struct config_errors errors = {0};
        struct format *format = calloc(1, sizeof(*format));
        char *text = calloc(1, size);
        bool good = false, scaled = false;

        if (format && text) {
                snprintf(text, size, "[format]\n");
                for (int i = 0; i < a->result->n_keys; i++) {
                        append_text(text, size, a->result->keys[i].name, a->result->keys[i].value);
                        scaled = scaled || strcmp(a->result->keys[i].name, "full_scale") == 0;
                }
                if (!scaled)
                        append_text(text, size, "full_scale", "1023");
                good = format_parse("my-mat.conf", text, strlen(text), &errors, format) == 0;
        }
        if (good)
                probe_format(a->prober, format, heard);
        free(text);
        free(format);
        return good;
}

/* The sizes of converters; of decimals those of volts and shares. */
static double choose_full_scale(double largest, bool whole, bool percent) {
        static const double wholes[] = {1023, 4095, 16383, 65535}, parts[] = {1, 3.3, 5, 10, 100};

        if (percent && largest <= 100)
                return 100;
        for (size_t i = 0; !whole && i < sizeof(parts) / sizeof(*parts); i++)
                if (largest <= parts[i])
                        return parts[i];
        if (largest == 255)
                return 255;
        for (size_t i = 0; i < sizeof(wholes) / sizeof(*wholes); i++)
                if (largest <= wholes[i])
                        return wholes[i];
        return fmin(exp2(ceil(log2(largest + 1))) - 1, 2147483647);
}

static bool cells_are_whole(const struct block *b) {
        for (uint32_t i = b->header; i + b->trailer < b->n_numbers; i++)
                if (!b->columns[i].whole)
                        return false;
        return true;
}

/* Before anybody sat down nearly all cells read near the full scale. */
static bool reads_high_at_first(const struct block *b, double full_scale) {
        size_t high = 0, all = 0, lines = b->n < 20 ? b->n : 20;

        for (size_t k = 0; k < lines; k++)
                for (uint32_t i = b->header; i + b->trailer < b->n_numbers; i++) {
                        all += isfinite(block_value(b, k, i)) ? 1u : 0u;
                        high += block_value(b, k, i) > 0.8 * full_scale;
                }
        return all > 0 && 10 * high >= 9 * all;
}

/* Lines whose first cell is ###, as a sheet prints what is too wide. */
static size_t count_comments(const struct analysis *a) {
        size_t n = 0;

        for (size_t k = 0; k < a->lines.n; k++)
                n += a->lines.bytes[a->lines.of[k].at] == '#' && a->block.n_numbers > 1 &&
                     a->lines.of[k].n_numbers + 1 == a->block.n_numbers;
        return n;
}

static void add_doubts(struct analysis *a, double full_scale) {
        struct suggestion *s = a->result;

        if (s->cells < CELLS_FEW)
                suggestion_add_doubt(s, "%u number%s a frame: other sensors print such lines, too. Is this a mat?",
                                     s->cells, s->cells == 1 ? "" : "s");
        if (SMALL_PART * (double)s->largest < full_scale)
                suggestion_add_doubt(s,
                                     "The largest value heard is %g. If somebody was seated, set full_scale to what a "
                                     "sitter gives.",
                                     (double)s->largest);
        if (count_comments(a) > 0)
                suggestion_add_doubt(s,
                                     "%zu lines of numbers begin with # and are left out as comments: print nan where "
                                     "a value is missing.",
                                     count_comments(a));
        if (a->block.n > 0 && reads_high_at_first(&a->block, full_scale))
                suggestion_add_doubt(s, "All cells read high. If the seat is empty, the values fall under load: add "
                                        "inverted = yes.");
}

/* Cells that each go to both sides of zero are the angles and forces of other sensors. */
static bool swings_around_zero(const struct block *b) {
        uint32_t swings = 0, cells = b->n_numbers - b->header - b->trailer;

        for (uint32_t i = b->header; i + b->trailer < b->n_numbers; i++)
                swings += b->columns[i].least < 0 && -b->columns[i].least > b->columns[i].largest / 4 &&
                          b->columns[i].largest > b->columns[i].least / 4;
        return 2 * swings >= cells && b->columns[b->header].largest - b->columns[b->header].least < RAW_MIN &&
               (cells < FEW_CELLS || b->columns[b->header].least < -64);
}

/* Lines of numbers outside of the block. */
static uint64_t count_other_lines(const struct analysis *a) {
        uint64_t n = 0;

        for (size_t k = 0; k < a->lines.n; k++)
                n += a->lines.of[k].n_numbers > 0 && a->lines.of[k].n_numbers != a->block.n_numbers;
        return n;
}

/* Accepts the keys if they decode this many cells and nearly this many frames. */
static bool accept_keys(struct analysis *a, uint32_t cells, size_t frames) {
        struct suggestion *s = a->result;
        const struct fit *fit = &a->prober->fit;
        bool whole = a->block.n == 0 || cells_are_whole(&a->block);
        double full_scale;

        if (!try_keys(a, a->heard) || fit->n_cells != cells || fit->frames < LINES_MIN ||
            (double)fit->frames < 0.6 * (double)frames || fit->in_a_row < LINES_MIN ||
            fit->refused > fit->frames / 4 + count_other_lines(a))
                return false;
        s->cells = fit->n_cells;
        s->frames = fit->frames;
        s->refused = fit->refused;
        s->words = fit->words;
        s->largest = fit->largest;
        full_scale = choose_full_scale((double)fit->largest, whole, a->percent == '%');
        if (full_scale == 3.3)
                suggestion_add_key(s, "full_scale", "3.3");
        else
                suggestion_add_key(s, "full_scale", "%.0f", full_scale);
        if (!try_keys(a, a->heard))
                return false;
        s->fits = true;
        s->reason = NULL;
        add_doubts(a, full_scale);
        return true;
}

static void drop_keys(struct suggestion *s) {
        s->n_keys = s->n_notes = s->n_doubts = 0;
}

static void add_bytes_key(struct suggestion *s, const char *name, const uint8_t *bytes, size_t n) {
        char text[3 * 32 + 3] = "";
        bool plain = true;

        for (size_t i = 0; i < n; i++)
                plain = plain && bytes[i] >= ' ' && bytes[i] <= '~' && bytes[i] != '"' && bytes[i] != '\\' &&
                        bytes[i] != '#' && bytes[i] != ';';
        if (plain) {
                suggestion_add_key(s, name, "\"%.*s\"", (int)n, (const char *)bytes);
                return;
        }
        for (size_t i = 0; i < n && i < 32; i++)
                snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s%02X", i > 0 ? " " : "", bytes[i]);
        suggestion_add_key(s, name, "%s", text);
}

/* --- lines of one kind --- */

/* The byte that follows most of the numbers. */
static char find_next_byte(const struct block *b) {
        size_t counts[256] = {0}, all = 0;

        for (size_t k = 0; k < b->n; k++)
                for (uint32_t i = 0; i < b->n_numbers; i++) {
                        const struct number *n = &b->lines->numbers[b->of[k]->first + i];

                        counts[b->lines->bytes[n->at + n->length]]++;
                        all++;
                }
        for (int c = 0; c < 256; c++)
                if (2 * counts[c] > all)
                        return (char)c;
        return '\0';
}

/* Finds the characters between the numbers, as the key *separators*; "" = the default, which needs no key. */
static const char *choose_separators(const struct analysis *a) {
        const struct block *b = &a->block;
        const uint32_t first = a->skip_n > 0 ? b->header : 0;
        static const struct {
                char sign;
                const char *word;
        } signs[] = {{'/', "slash"}, {':', "colon"}, {'|', "bar"}};
        bool used[256] = {false};
        size_t dashes = 0, numbers = 0;
        int kinds = 0;
        const char *ret = "";

        for (size_t k = 0; k < b->n; k++) {
                size_t at = first > 0 ? a->lines.numbers[b->of[k]->first + first].at : b->of[k]->at;

                for (uint32_t i = first; i <= b->of[k]->n_numbers; i++) {
                        const struct number *n = &a->lines.numbers[b->of[k]->first + i];
                        size_t end = i < b->of[k]->n_numbers ? n->at : b->of[k]->at + b->of[k]->n;

                        for (; at < end; at++)
                                used[a->lines.bytes[at]] = true;
                        if (i == b->of[k]->n_numbers)
                                break;
                        at = n->at + n->length;
                        numbers++;
                        dashes += n->dash;
                }
        }
        if (dashes > 0 && dashes + 2 * b->n > numbers)
                return "dash";
        for (size_t i = 0; i < sizeof(signs) / sizeof(*signs); i++)
                if (used[(uint8_t)signs[i].sign]) {
                        kinds++;
                        ret = signs[i].word;
                        used[(uint8_t)signs[i].sign] = false;
                }
        if (a->lines.decimal_comma && used[','])
                return "any";
        for (int c = 0; c < 256; c++)
                if (used[c] && !strchr(" \r\t", c) && !(kinds == 0 && (c == ',' || c == ';')))
                        return "any";
        return kinds > 1 ? "any" : ret;
}

/* The words in place of numbers, as the key *missing*. */
static void add_missing_key(struct analysis *a) {
        const struct block *b = &a->block;
        char words[128] = "";

        for (size_t k = 0; k < b->n; k++)
                for (uint32_t i = 0; i < b->n_numbers; i++) {
                        const struct number *n = &a->lines.numbers[b->of[k]->first + i];
                        char word[16];

                        snprintf(word, sizeof(word), "%.*s", (int)n->length, (const char *)a->lines.bytes + n->at);
                        if (n->length == 0)
                                snprintf(word, sizeof(word), "empty");
                        if (!isnan(n->value) || strstr(words, word))
                                continue;
                        snprintf(words + strlen(words), sizeof(words) - strlen(words), "%s%s", *words ? " " : "",
                                 word);
                }
        if (*words) {
                suggestion_add_key(a->result, "missing", "%s", words);
                suggestion_add_note(a->result, "Words stand in place of cells: %s.", words);
        }
}

static const char *explain_column(enum column_kind kind) {
        switch (kind) {
        case COLUMN_STAMP:
                return "a time";
        case COLUMN_NAME:
                return "part of a name";
        case COLUMN_COUNTER:
                return "a counter";
        case COLUMN_ROW:
                return "the number of a row";
        case COLUMN_CONSTANT:
                return "a constant";
        case COLUMN_STATE:
                return "a state, 0 or 1";
        case COLUMN_SUM:
                return "the sum or the mean of the others";
        case COLUMN_OTHER:
                return "another scale than the others";
        case COLUMN_CELL:
                break;
        }
        return "left out";
}

/* The numbers at one end of the line that are no cells. */
static void note_end(struct suggestion *s, const struct block *b, const char *end, uint32_t first, uint32_t n) {
        char reasons[128] = "";

        for (uint32_t i = first; i < first + n; i++) {
                const char *reason = explain_column(b->columns[i].kind);

                if (!strstr(reasons, reason) && strlen(reasons) + strlen(reason) + 3 < sizeof(reasons))
                        snprintf(reasons + strlen(reasons), sizeof(reasons) - strlen(reasons), "%s%s",
                                 *reasons ? ", " : "", reason);
        }
        if (n == 1)
                suggestion_add_note(s, "The %s number of each line is no cell (%s).", end, reasons);
        else if (n > 1)
                suggestion_add_note(s, "The %s %u numbers of each line are no cells (%s).", end, n, reasons);
}

/* Numbers between the cells that are no cells. */
static uint32_t count_between(const struct block *b) {
        uint32_t n = 0;

        for (uint32_t i = b->header; i + b->trailer < b->n_numbers; i++)
                n += b->columns[i].kind != COLUMN_CELL && b->columns[i].kind != COLUMN_CONSTANT;
        return n;
}

/* Numbers between the cells stay in the frame, but measure nothing. */
static void add_mask_key(struct suggestion *s, const struct block *b) {
        char mask[100] = "";

        for (uint32_t i = b->header; i + b->trailer < b->n_numbers; i++)
                if (b->columns[i].kind != COLUMN_CELL && b->columns[i].kind != COLUMN_CONSTANT && strlen(mask) < 90)
                        snprintf(mask + strlen(mask), sizeof(mask) - strlen(mask), "%s%u", *mask ? " " : "",
                                 i - b->header);
        if (!*mask)
                return;
        suggestion_add_key(s, "mask_cells", "%s", mask);
        suggestion_add_doubt(s, "Numbers between the cells are no cells, and are masked: %s (from 0 on).", mask);
}

static void add_common_keys(struct analysis *a, bool words_between) {
        struct suggestion *s = a->result;
        const struct block *b = &a->block;
        uint32_t stamps = 0;
        const char *separators = words_between ? "any" : choose_separators(a);

        for (uint32_t i = 0; i < b->header; i++)
                stamps += b->columns[i].kind == COLUMN_STAMP;
        if (a->lines.line_end != '\n')
                add_bytes_key(s, "line_end", &a->lines.line_end, 1);
        if (*separators)
                suggestion_add_key(s, "separators", "%s", separators);
        if (a->lines.decimal_comma)
                suggestion_add_key(s, "decimal", "comma");
        if (a->skip_n > 0)
                add_bytes_key(s, "skip_to", a->skip, a->skip_n);
        else if (stamps > 0)
                suggestion_add_key(s, "skip_times", "yes");
        if (b->of[0]->nmea)
                suggestion_add_key(s, "check", "nmea");
        if (b->header > stamps && a->skip_n == 0)
                suggestion_add_key(s, "header", "%u", b->header - stamps);
        if (b->trailer > 0)
                suggestion_add_key(s, "trailer", "%u", b->trailer);
        add_missing_key(a);
        note_end(s, b, "first", 0, b->header);
        note_end(s, b, "last", b->n_numbers - b->trailer, b->trailer);
}

/* True if the text ends in a word for a part of one seat: "] right: [". */
static bool names_part(const uint8_t *at, size_t n) {
        static const char *const words[] = {"l",     "r",    "left",  "right",  "links", "rechts", "gauche", "droite",
                                            "front", "rear", "vorne", "hinten", "row",   "line",   "zeile"};
        size_t begin, length = 0;

        for (begin = 0; begin < n && !isalpha(at[begin]); begin++)
                ;
        while (begin + length < n && isalpha(at[begin + length]))
                length++;
        for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
                if (strlen(words[i]) == length && strncasecmp((const char *)at + begin, words[i], length) == 0)
                        return true;
        return false;
}

/* Two groups of numbers with a word between them in one line. */
static void split_two_mats(struct analysis *a) {
        struct block *b = &a->block;
        const struct line *line = b->of[b->n / 2];
        uint32_t cells = b->n_numbers - b->header - b->trailer, first = 0;
        size_t words = 0;

        for (uint32_t i = b->header + 1; i + b->trailer < b->n_numbers; i++) {
                const struct number *n = &a->lines.numbers[line->first + i];
                const uint8_t *at = a->lines.bytes + n[-1].at + n[-1].length;
                size_t length = n->at - n[-1].at - n[-1].length, letters = 0;

                for (size_t k = 0; k < length; k++)
                        letters += isalpha(at[k]) ? 1u : 0u;
                if (letters == 0)
                        continue;
                words += names_part(at, length) ? 2 : 1;
                first = i - b->header;
        }
        if (words != 1 || first < CELLS_FEW || cells - first < CELLS_FEW)
                return;
        b->trailer += cells - first;
        suggestion_add_doubt(a->result, "A line has groups of %u and %u numbers: two mats? This reads the first.",
                             first, cells - first);
}

/* Chooses between lines that begin with two words in turn. */
static void select_lines(struct analysis *a, const struct kinds *kinds) {
        const struct line *line = kinds->chosen, *other = kinds->other;
        const uint8_t *bytes = a->lines.bytes + line->at;
        size_t n = a->lines.numbers[line->first].at - line->at;

        for (; n > 0 && strchr(" \t-+.", bytes[n - 1]); n--)
                ;
        for (; n > 0 && (*bytes == ' ' || *bytes == '\t'); n--) /* the daemon skips them */
                bytes++;
        if (n == 0 || n > 32)
                return;
        add_bytes_key(a->result, "line_start", bytes, n);
        if (!other)
                return;
        suggestion_add_doubt(a->result, "Lines begin with %.*s and %.*s in turn: two mats? This reads the first.",
                             (int)(n < 32 ? n : 32), (const char *)bytes,
                             (int)(a->lines.numbers[other->first].at - other->at < 32
                                           ? a->lines.numbers[other->first].at - other->at
                                           : 32),
                             (const char *)a->lines.bytes + other->at);
}

static bool describe_rows(struct analysis *a, const struct row_ends *ends) {
        static const char *const words[] = {"number", "bracket", "mark", "blank", "word"};
        struct suggestion *s = a->result;
        uint32_t a_line = a->block.n_numbers - a->block.header - a->block.trailer, cells = a_line * ends->rows;

        for (int variant = 0; variant < 2; variant++) {
                bool any = variant == 1 || ends->kind == ROWS_BRACKET || ends->kind == ROWS_MARK;

                drop_keys(s);
                suggestion_add_note(s, "A frame has %u lines of %u cells.", ends->rows, a_line);
                add_common_keys(a, any);
                suggestion_add_key(s, "frame_end", "%s", ends->title ? "title" : words[ends->kind]);
                if (ends->mark)
                        add_bytes_key(s, "mark", ends->mark, ends->mark_n);
                if (ends->start)
                        add_bytes_key(s, "line_start", ends->start, ends->start_n);
                suggestion_add_key(s, "cells", "%u", cells);
                if (accept_keys(a, cells, ends->frames))
                        return true;
        }
        return false;
}

/* First only lines that begin alike, if there are others; then all with that many numbers. */
static bool describe_line_frames(struct analysis *a, const struct kinds *kinds) {
        struct suggestion *s = a->result;

        for (int variant = kinds->chosen ? 0 : 1; variant < (kinds->other ? 1 : 2); variant++) {
                uint32_t cells;

                drop_keys(s);
                split_two_mats(a);
                cells = a->block.n_numbers - a->block.header - a->block.trailer;
                if (variant == 0)
                        select_lines(a, kinds);
                add_common_keys(a, false);
                add_mask_key(s, &a->block);
                suggestion_add_key(s, "cells", "%u", cells);
                if (accept_keys(a, cells, a->block.n))
                        return true;
        }
        return false;
}

/* Names that are numbers, with their values behind them: [{"id":0,"v":12},{"id":1,"v":30}]. A time may precede them. */
static bool describe_pairs(struct analysis *a) {
        const struct block *b = &a->block;
        const struct column *first = &b->columns[b->n_numbers % 2];
        const struct number *n = &a->lines.numbers[b->of[b->n / 2]->first + b->n_numbers % 2];
        const uint8_t *after = a->lines.bytes + n[0].at + n[0].length;
        size_t cells = b->n_numbers / 2, length;

        if (cells < 2 || b->n < 2 * (size_t)LINES_MIN)
                return false;
        length = n[1].at - n[0].at - n[0].length;
        if (length < 2 || length > 32 || (!memchr(after, ':', length) && !memchr(after, '=', length)))
                return false;
        for (size_t i = 0; i < cells; i++)
                if (first[2 * i].rises + first[2 * i].falls > 0 || first[2 * i].first != first->first + (double)i)
                        return false;
        drop_keys(a->result);
        suggestion_add_key(a->result, "names", "%.0f-%.0f", first->first, first->first + (double)cells - 1);
        add_bytes_key(a->result, "value_after", after, length);
        suggestion_add_key(a->result, "cells", "%zu", cells);
        return accept_keys(a, (uint32_t)cells, b->n);
}

static bool describe_digits(struct analysis *a) {
        const struct block *b = &a->block;
        size_t length = a->lines.numbers[b->of[0]->first].length;

        if (b->n_numbers != 1 || length < DIGITS_LINE)
                return false;
        drop_keys(a->result);
        suggestion_add_key(a->result, "digits", "yes");
        suggestion_add_key(a->result, "cells", "%zu", length);
        return accept_keys(a, (uint32_t)length, b->n / 2);
}

/* Finds an arrow or a bracket between a time and the cells, as a log has it. */
static void find_skip(struct analysis *a) {
        const struct block *b = &a->block;
        const uint8_t *bytes = a->lines.bytes, *text = NULL;
        size_t n = 0;

        for (size_t k = 0; k < b->n && b->header > 0; k++) {
                const struct number *last = &a->lines.numbers[b->of[k]->first + b->header - 1];
                size_t at = last->at + last->length, end = last[1].at;

                for (; at < end && bytes[at] == ' ';)
                        at++;
                for (; end > at && strchr(" -+.", bytes[end - 1]);)
                        end--;
                if (k == 0) {
                        text = bytes + at;
                        n = end - at;
                }
                if (n != end - at || memcmp(text, bytes + at, n) != 0)
                        return;
        }
        if (n == 0 || n > 16 || !strchr("])>-", *text) || memchr(text, '"', n))
                return;
        a->skip = text;
        a->skip_n = n;
}

/* Frames of several lines, or else of one. */
static void describe_frames(struct analysis *a, const struct row_ends *ends, size_t n, const struct kinds *kinds) {
        for (size_t i = 0; i < n; i++)
                if (describe_rows(a, &ends[i]))
                        return;
        drop_keys(a->result);
        if (n > 0 && ends[n - 1].kind != ROWS_NUMBER)
                return;
        describe_line_frames(a, kinds);
}

/* --- names --- */

static bool describe_names(struct analysis *a, const struct names *names) {
        struct suggestion *s = a->result;

        drop_keys(s);
        if (a->lines.line_end != '\n')
                add_bytes_key(s, "line_end", &a->lines.line_end, 1);
        suggestion_add_key(s, "names", "%s", names->list);
        if (*names->value_after)
                suggestion_add_key(s, "value_after", "%s", names->value_after);
        if (names->kind == NAMES_CYCLE)
                suggestion_add_key(s, "frame_end", "name");
        if (names->column_major)
                suggestion_add_key(s, "column_major", "yes");
        suggestion_add_key(s, "cells", "%u", names->n);
        suggestion_add_note(s, "Each value follows the name of its cell.");
        if (names->rows > 0)
                suggestion_add_note(s, "The names are those of %u rows and %u columns.", names->rows, names->cols);
        if (!accept_keys(a, names->n, names->frames))
                return false;
        /* angles and quaternions have names with numbers, too */
        return names->n >= FEW_CELLS || -a->prober->fit.least <= a->prober->fit.largest / 4 ||
               a->prober->fit.largest > RAW_MIN || !explain_foreign(s);
}

/* --- */

/* A format of the table reads the same if the description has nothing but its own properties. */
static void find_builtin(struct suggestion *s) {
        static const char *const names[] = {"csv-line", "rows-blank", "rows-word", "slash-text", "digits"};
        int found = 0;

        for (int i = 0; i < s->n_keys; i++) {
                const struct description_key *k = &s->keys[i];

                if (strcmp(k->name, "full_scale") == 0 || (strcmp(k->name, "cells") == 0 && s->cells >= CELLS_FEW))
                        continue;
                if (found == 0 && strcmp(k->name, "frame_end") == 0 && strcmp(k->value, "blank") == 0)
                        found = 1;
                else if (found == 0 && strcmp(k->name, "frame_end") == 0 && strcmp(k->value, "word") == 0)
                        found = 2;
                else if (found == 0 && strcmp(k->value, "slash") == 0)
                        found = 3;
                else if (found == 0 && strcmp(k->name, "digits") == 0)
                        found = 4;
                else
                        return;
        }
        s->builtin = names[found];
}

static void analyse_lines(struct analysis *a) {
        struct suggestion *s = a->result;
        struct names names;
        struct kinds kinds;
        struct row_ends ends[ROWS_KINDS];
        size_t n;

        if (explain_text(&a->lines, s))
                return;
        names_find(&a->lines, &names);
        if (names.kind == NAMES_CHANGES) {
                suggestion_set_reason(
                        s, "only_changes",
                        "Only the cells that change are sent: print all cells in one line, ten times a second.");
                return;
        }
        if (names.kind != NAMES_NONE && (describe_names(a, &names) || s->foreign))
                return;
        drop_keys(s);
        if (*names.value_after) {
                suggestion_set_reason(s, "nested_json",
                                      "These are nested objects: print an array of the cells in one line.");
                return;
        }
        if (!block_find(&a->lines, &a->block, &kinds))
                return;
        a->percent = find_next_byte(&a->block);
        if (describe_digits(a) || describe_pairs(a))
                return;
        n = rows_find(&a->lines, &a->block, ends);
        if (explain_block(&a->block, n > 0, s))
                return;
        if (swings_around_zero(&a->block) || count_between(&a->block) * 4 > a->block.n_numbers) {
                explain_foreign(s);
                return;
        }
        find_skip(a);
        describe_frames(a, ends, n, &kinds);
        if (!s->fits && a->skip_n > 0) {
                a->skip_n = 0;
                describe_frames(a, ends, n, &kinds);
        }
        if (!s->fits && kinds.other)
                suggestion_set_reason(
                        s, "two_mats",
                        "Lines of two kinds come in turn: print those of the seat alone, or all cells in one "
                        "line.");
}

void suggest_text(const struct heard *heard, struct suggestion *ret) {
        struct analysis a = {.heard = heard, .result = ret, .prober = calloc(1, sizeof(*a.prober))};

        *ret = (struct suggestion){.reason = "unknown"};
        if (a.prober && lines_split(heard, &a.lines))
                analyse_lines(&a);
        if (!ret->fits && strcmp(ret->reason, "unknown") == 0 && !*ret->advice)
                explain_rest(&a.lines, ret);
        if (a.lines.decimal_comma && !ret->fits)
                suggestion_set_reason(ret, "decimal_comma", "Decimals have a comma: print them with a point.");
        if (!ret->fits)
                drop_keys(ret);
        else
                find_builtin(ret);
        lines_free(&a.lines);
        block_free(&a.block);
        free(a.prober);
}
