/* SPDX-License-Identifier: MIT */
#include "tools/sitbonectl/probe/print.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "tools/sitbonectl/probe/evidence.h"

static void print_size(const struct findings *found, const struct fit *f) {
        int32_t side = (int32_t)lround(sqrt(f->n_cells)), rows = found->rows > 0 ? found->rows : f->rows,
                cols = found->cols > 0 ? found->cols : f->cols;
        bool open = f->format->cells == 0 && (f->format->rows == 0 || f->format->cols == 0);

        if (f->guessed)
                printf("# %u cells a frame: how many rows and cols is a guess\n", f->n_cells);
        if (rows > 0 && cols > 0 && (open || f->format->resizable))
                printf("rows = %d\ncols = %d\n", (int)rows, (int)cols);
        else if (open && side * side == (int32_t)f->n_cells)
                printf("# %u cells a frame: a square is a guess\nrows = %d\ncols = %d\n", f->n_cells, (int)side,
                       (int)side);
        else if (open)
                printf("# %u cells a frame: set rows and cols\n", f->n_cells);
}

/* Whole numbers without an exponent, as the settings accept them. */
static void print_full_scale(const struct fit *f) {
        if (f->largest > f->format->full_scale)
                printf("# the largest value seen is %.7g\nfull_scale = %.0f\n", (double)f->largest,
                       exp2(ceil(log2((double)f->largest + 1))) - 1);
}

static void print_pauses(const struct findings *found) {
        struct gaps gaps = heard_measure_gaps(&found->heard);

        if (found->stale_ms > 0)
                printf("# frames come up to %.1f s apart\nstale_ms = %d\n", gaps.longest_ms / 1000.0,
                       (int)found->stale_ms);
        if (found->pauses_when_empty)
                printf("# pauses of up to %.1f s: does it send only when something changes? last, if it pauses while "
                       "somebody sits, too\nsilence = empty\n",
                       gaps.longest_ms / 1000.0);
}

static void print_notes(const struct suggestion *s) {
        for (int i = 0; i < s->n_notes; i++)
                printf("%s\n", s->notes[i]);
}

/* Comments, because a description or settings stand before them. */
static void print_doubts(const struct suggestion *s) {
        for (int i = 0; i < s->n_doubts; i++)
                printf("# %s\n", s->doubts[i]);
}

static void print_settings(const struct findings *found, const char *format, int32_t baud) {
        printf("\nFor /etc/sitbone/sitbone.conf:\n\n[device]\ndevice = %s\nformat = %s\n", found->device, format);
        if (found->baud > 0 && found->baud != baud)
                printf("baud = %d\n", (int)found->baud);
        print_pauses(found);
}

static void print_format(const struct findings *found) {
        const struct fit *f = &found->prober.fits[0];

        print_settings(found, format_list_setting(found->list, f->format), f->format->baud);
        print_size(found, f);
        print_full_scale(f);
        if (f->format->framing == FRAMING_TEXT && f->n_cells < FEW_CELLS)
                printf("# only %u numbers a line: other sensors print such lines, too. Is this a mat?\n", f->n_cells);
        print_doubts(&found->suggestion);
        print_notes(&found->suggestion);
}

static void print_description(const struct findings *found) {
        const struct suggestion *s = &found->suggestion;

        print_settings(found, "my-mat", 115200);
        printf("\n");
        print_notes(s);
        printf("%s, as /etc/sitbone/formats/my-mat.conf (man 5 sitbone-format):\n\n[format]\n",
               found->pattern.period > 0 ? "This description reads such frames" : "This description fits");
        for (int i = 0; i < s->n_keys; i++)
                printf("%s = %s\n", s->keys[i].name, s->keys[i].value);
        printf("# %u cells a frame: set rows and cols\n", s->cells);
        print_doubts(s);
}

/* --- */

/* Numbers in a line. */
static int count_numbers(const char *at, const char *end) {
        int n = 0;

        for (bool inside = false; at < end; at++) {
                bool digit = *at >= '0' && *at <= '9';

                n += digit && !inside;
                inside = digit;
        }
        return n;
}

/* A capture begins anywhere: its first line counts only if a later one has as many numbers. */
static const char *find_line_start(const struct heard *heard) {
        const char *begin = (const char *)heard->bytes, *end = begin + heard->n, *at = memchr(begin, '\n', heard->n);
        const char *second = at ? at + 1 : end, *next;
        int numbers = at ? count_numbers(begin, at) : 0, lines = 0;

        for (at = second; (next = memchr(at, '\n', (size_t)(end - at))) && lines++ < 20; at = next + 1)
                if (count_numbers(at, next) == numbers)
                        return begin;
        return second < end ? second : begin;
}

static void print_beginning(const struct findings *found) {
        const char *at = find_line_start(&found->heard), *end = (const char *)found->heard.bytes + found->heard.n;

        if (!heard_is_readable(&found->heard)) {
                printf("    it begins:");
                for (size_t i = 0; i < found->heard.n && i < 24; i++)
                        printf(" %02X", found->heard.bytes[i]);
        } else {
                printf("    it begins: ");
                for (int width = 0; at < end && (width < 60 || (*at & 0xC0) == 0x80); width += (*at++ & 0xC0) != 0x80)
                        putchar((*at >= 0 && *at < ' ') || *at == 0x7F ? ' ' : *at);
        }
        printf("\n");
}

static void print_silence(const struct findings *found) {
        if (found->is_file)
                printf("the file is empty: nothing was captured\n");
        else
                printf("nothing comes: is the mat powered, or does it send only when pressed? Press it while probe "
                       "listens. "
                       "Some mats send only when they are polled: probe --send polls in every format that needs it\n");
}

static void print_fit(const struct fit *f) {
        char evidence[256];

        printf("  %-20s %-8s %llu frames of %u cells in a row, %llu refused, %.0f %% of the bytes\n", f->format->name,
               fit_verdict_word(f->verdict), (unsigned long long)f->in_a_row, f->n_cells,
               (unsigned long long)f->refused, 100 * f->share);
        if (f->verdict == VERDICT_FITS) {
                fit_write_evidence(f, evidence, sizeof(evidence));
                printf("      each: %s\n", evidence);
        }
        if (f->words > 0)
                printf("      words occur between or in frames %llu times: ignored\n", (unsigned long long)f->words);
}

static void print_nothing_fits(const struct findings *found) {
        const struct suggestion *s = &found->suggestion;

        printf("%s\n", found->prober.n_fits > 0 ? "nothing fits well" : "nothing fits");
        print_beginning(found);
        print_notes(s);
        for (int i = 0; i < s->n_doubts; i++)
                printf("%s\n", s->doubts[i]);
        if (*s->advice)
                printf("%s\n", s->advice);
        else
                printf("A mat of your own making is described in a file: man 5 sitbone-format\n");
}

void findings_print(const struct findings *found) {
        char pattern[96];

        printf("%s", found->device);
        if (found->baud > 0)
                printf(" at %d baud", (int)found->baud);
        printf(": %zu bytes, %.0f %% of them text\n", found->heard.n, 100 * heard_text_share(&found->heard));
        if (found->any_baud)
                printf("readable at every speed: the baud rate does not matter\n");
        if (found->pattern.period > 0 && !probe_fits(&found->prober)) {
                pattern_write(&found->pattern, pattern, sizeof(pattern));
                printf("%s\n", pattern);
        }
        for (int i = 0; i < found->prober.n_fits; i++)
                print_fit(&found->prober.fits[i]);
        if (found->silent)
                print_silence(found);
        else if (found->suggestion.fits && !found->suggestion.builtin) {
                if (found->pattern.period > 0) {
                        printf("nothing fits\n");
                        print_beginning(found);
                }
                print_description(found);
        } else if (probe_fits(&found->prober))
                print_format(found);
        else
                print_nothing_fits(found);
}
