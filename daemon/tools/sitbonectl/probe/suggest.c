/* SPDX-License-Identifier: MIT */
#include "tools/sitbonectl/probe/suggest.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/acquire/formats.h"
#include "core/acquire/parse_number.h"
#include "tools/sitbonectl/probe/fit.h"

enum { LINES_MIN = 10, VARIANTS = 8 };

/* The meaning of the first number of a line. */
enum first_number { FIRST_CELL, FIRST_CLOCK, FIRST_ROW };

static bool parse_first_numbers(const char *line, const char *end, double *ret, int most) {
        int n = 0;

        while (line < end && n < most)
                if (*line >= '0' && *line <= '9' && number_parse(&line, end, &ret[n]))
                        n++;
                else
                        line++;
        return n == most;
}

/* A clock or a counter rises from line to line; the number of a row counts up and begins again. The first and the last line
 * may be incomplete. */
static enum first_number classify_first_number(const struct heard *h) {
        const char *at = memchr(h->bytes, '\n', h->n), *end = (const char *)h->bytes + h->n, *next;
        double number[2], last = (double)NAN, least = (double)INFINITY;
        bool rises = true, counts = true;
        int lines = 0;

        for (at = at ? at + 1 : end; (next = memchr(at, '\n', (size_t)(end - at))); at = next + 1) {
                if (!parse_first_numbers(at, next, number, 2))
                        continue;
                least = fmin(least, number[0]);
                rises = rises && !(number[0] <= last);
                counts = counts && (lines == 0 || number[0] == last + 1 || (number[0] == least && last > least));
                last = number[0];
                lines++;
        }
        return lines < LINES_MIN || !(rises || counts) ? FIRST_CELL : rises ? FIRST_CLOCK : FIRST_ROW;
}

/* Variant i of a description: how frames end, and whether any character separates numbers. */
static void make_variant(struct format *f, int i, bool header) {
        *f = *format_by_name("csv-line");
        f->header_n = header;
        f->text_end = (enum text_end)(i / 2);
        if (i % 2)
                snprintf(f->separators, sizeof(f->separators), "%c", FORMAT_SEPARATOR_ANY);
}

static void print_description(const struct fit *fit, enum first_number first) {
        const struct format *f = fit->format;
        static const char *const ends[] = {"line", "blank", "word", "number"};
        double largest = fit->largest > 0 ? exp2(ceil(log2((double)fit->largest + 1))) - 1 : (double)f->full_scale;

        if (first != FIRST_CELL)
                printf("\nThe first number of each line is no cell: %s.",
                       first == FIRST_CLOCK ? "it only rises" : "it counts rows");
        printf("\nThis description fits, as /etc/sitbone/formats/my-mat.conf (man 5 sitbone-format):\n\n[format]\n");
        if (*f->separators == FORMAT_SEPARATOR_ANY)
                printf("separators = any\n");
        if (f->header_n > 0)
                printf("header = 1\n");
        if (f->text_end != TEXT_END_LINE)
                printf("frame_end = %s\n", ends[f->text_end]);
        printf("full_scale = %g\n# %u cells a frame: set rows and cols\n", largest, fit->n_cells);
        if (fit->n_cells < FEW_CELLS)
                printf("# other sensors print such lines, too: is this a mat?\n");
}

bool suggest_description(const struct heard *heard, bool only_counted) {
        enum first_number first = classify_first_number(heard);
        bool fits = false;
        struct format *variants = calloc(VARIANTS, sizeof(*variants));
        struct format_list *list = calloc(1, sizeof(*list));
        struct prober *prober = calloc(1, sizeof(*prober));

        if (variants && list && prober && (first != FIRST_CELL || !only_counted)) {
                for (int i = 0; i < (first == FIRST_ROW ? VARIANTS : VARIANTS - 2); i++) {
                        make_variant(&variants[i], i, first != FIRST_CELL);
                        list->of[list->n++] = &variants[i];
                }
                probe_bytes(prober, list, heard, 0, 0);
                fits = prober->n_fits > 0 && prober->fits[0].verdict == VERDICT_FITS;
                if (fits)
                        print_description(&prober->fits[0], first);
        }
        free(variants);
        free(list);
        free(prober);
        return fits;
}

void suggest_text(const struct heard *heard, struct suggestion *ret) {
        *ret = (struct suggestion){.reason = "unknown"};
        (void)heard;
}
