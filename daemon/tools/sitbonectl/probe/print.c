/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "tools/sitbonectl/formats/draw.h"
#include "tools/sitbonectl/json_writer.h"
#include "tools/sitbonectl/probe/command.h"

/* More of the bytes than this: it is text. */
static const double TEXT_SHARE = 0.9;

bool probe_fits(const struct probe *p) {
        return p->prober.n_fits > 0 && p->prober.fits[0].verdict == VERDICT_FITS;
}

double probe_text_share(const struct probe *p) {
        size_t text = 0;

        for (size_t i = 0; i < p->heard.n; i++)
                text += (p->bytes[i] >= ' ' && p->bytes[i] <= '~') || (p->bytes[i] >= '\t' && p->bytes[i] <= '\r');
        return p->heard.n > 0 ? (double)text / (double)p->heard.n : 0;
}

static void say(char *ret, size_t size, const char *words) {
        size_t n = 0;

        while (ret[n])
                n++;
        snprintf(ret + n, size - n, "%s%s", n > 0 ? ", " : "", words);
}

void fit_evidence(const struct fit *fit, char *ret, size_t size) {
        const struct format *f = fit->format;
        char words[96], sync[64];

        *ret = '\0';
        if (f->framing == FRAMING_TEXT) {
                snprintf(words, sizeof(words), "%u numbers each time", fit->n_cells);
                say(ret, size, words);
                return;
        }
        format_bytes_words(f->sync.of, f->sync.n, sync, sizeof(sync));
        snprintf(words, sizeof(words), "%s %s",
                 f->framing == FRAMING_SUFFIX      ? "ends with"
                 : f->framing == FRAMING_DELIMITER ? "between two"
                                                   : "begins with",
                 sync);
        if (f->sync.n > 0)
                say(ret, size, words);
        if (f->framing == FRAMING_SLIP || f->framing == FRAMING_COBS)
                say(ret, size, f->framing == FRAMING_SLIP ? "SLIP packets" : "COBS packets");
        snprintf(words, sizeof(words), "%.0f bytes long", fit->frame_bytes);
        if (fit->frame_bytes > 0 && f->sparse.size == 0)
                say(ret, size, words);
        if (f->length.kind != LENGTH_FIXED)
                say(ret, size, "the length it says");
        if (f->shape.kind != SHAPE_NONE)
                say(ret, size, "the rows and columns it says");
        if (f->part.kind != PART_NONE)
                say(ret, size, "parts in rising order");
        if (f->n_constants > 0)
                say(ret, size, "fixed bytes in the head");
        if (f->tail.n > 0) {
                format_bytes_words(f->tail.of, f->tail.n, sync, sizeof(sync));
                snprintf(words, sizeof(words), "ends with %s", sync);
                say(ret, size, words);
        }
        if (f->check != CHECK_NONE)
                say(ret, size, format_check_word(f));
        if (f->max_valid > 0)
                say(ret, size, "no value that cannot be");
}

/* --- JSON --- */

static void put_fit(struct out *o, const struct fit *f) {
        char evidence[256];

        out_text(o, "{\"format\":");
        out_string(o, f->format->name);
        out_word(o, "verdict", verdict_word(f->verdict));
        out_number(o, "frames", (double)f->frames, 0);
        out_number(o, "in_a_row", (double)f->in_a_row, 0);
        out_number(o, "refused", (double)f->refused, 0);
        out_number(o, "words_between", (double)f->words, 0);
        out_number(o, "share", f->share, 3);
        out_number(o, "cells", f->n_cells, 0);
        out_number(o, "rows", f->rows > 0 ? f->rows : NAN, 0);
        out_number(o, "cols", f->cols > 0 ? f->cols : NAN, 0);
        out_key(o, "evidence");
        fit_evidence(f, evidence, sizeof(evidence));
        out_string(o, evidence);
        out_text(o, "}");
}

void probe_print_json(const struct probe *p) {
        struct out *o = malloc(sizeof(*o));

        if (!o)
                return;
        out_init(o, stdout);
        out_text(o, "{\"device\":");
        out_string(o, p->device);
        out_number(o, "baud", p->baud > 0 ? p->baud : NAN, 0);
        out_number(o, "bytes", (double)p->heard.n, 0);
        out_word_or_null(o, "format", probe_fits(p) ? format_list_setting(p->list, p->prober.fits[0].format) : NULL);
        out_key(o, "candidates");
        out_text(o, "[");
        for (int i = 0; i < p->prober.n_fits; i++) {
                out_text(o, i ? "," : "");
                put_fit(o, &p->prober.fits[i]);
        }
        out_text(o, "]}\n");
        out_flush(o);
        free(o);
}

/* --- text --- */

static void print_size(const struct probe *p, const struct fit *f) {
        int32_t side = (int32_t)lround(sqrt(f->n_cells)), rows = p->rows > 0 ? p->rows : f->rows,
                cols = p->cols > 0 ? p->cols : f->cols;
        bool open = f->format->cells == 0 && (f->format->rows == 0 || f->format->cols == 0);

        if (f->guessed)
                printf("# %u cells a frame: how many rows and cols is a guess\n", f->n_cells);
        if (rows > 0 && cols > 0 && (open || f->format->resizable))
                printf("rows = %d\ncols = %d\n", (int)rows, (int)cols);
        else if (open && side * side == (int32_t)f->n_cells)
                printf("# %u cells a frame: a square is a guess\nrows = %d\ncols = %d\n", f->n_cells, (int)side,
                       (int)side);
        else if (open)
                printf("# %u cells a frame: say rows and cols\n", f->n_cells);
}

static void print_settings(const struct probe *p, const struct fit *f) {
        printf("\nFor /etc/sitbone/sitbone.conf:\n\n[device]\ndevice = %s\nformat = %s\n", p->device,
               format_list_setting(p->list, f->format));
        if (p->baud > 0 && p->baud != f->format->baud)
                printf("baud = %d\n", (int)p->baud);
        print_size(p, f);
        if (f->largest > f->format->full_scale)
                printf("# the largest value seen is %g\nfull_scale = %g\n", (double)f->largest,
                       exp2(ceil(log2((double)f->largest + 1))) - 1);
        if (f->format->framing == FRAMING_TEXT && f->n_cells < FEW_CELLS)
                printf("# only %u numbers a line: is it a mat at all? Other sensors print such lines, too\n",
                       f->n_cells);
}

static void print_seen(const struct probe *p) {
        bool text = probe_text_share(p) > TEXT_SHARE;

        printf(text ? "    it begins: " : "    it begins:");
        for (size_t i = 0; i < p->heard.n && i < (text ? 60 : 24); i++)
                if (!text)
                        printf(" %02X", p->bytes[i]);
                else
                        putchar(p->bytes[i] >= ' ' && p->bytes[i] <= '~' ? p->bytes[i] : ' ');
        printf("\n");
}

static void print_fit(const struct fit *f) {
        char evidence[256];

        printf("  %-20s %-8s %llu frames of %u cells in a row, %llu refused, %.0f %% of the bytes\n", f->format->name,
               verdict_word(f->verdict), (unsigned long long)f->in_a_row, f->n_cells, (unsigned long long)f->refused,
               100 * f->share);
        if (f->verdict == VERDICT_FITS) {
                fit_evidence(f, evidence, sizeof(evidence));
                printf("      each: %s\n", evidence);
        }
        if (f->words > 0)
                printf("      words stand between or in frames %llu times: left out\n", (unsigned long long)f->words);
}

void probe_print(const struct probe *p) {
        printf("%s", p->device);
        if (p->baud > 0)
                printf(" at %d baud", (int)p->baud);
        printf(": %zu bytes, %.0f %% of them text\n", p->heard.n, 100 * probe_text_share(p));
        for (int i = 0; i < p->prober.n_fits; i++)
                print_fit(&p->prober.fits[i]);
        if (probe_fits(p)) {
                print_settings(p, &p->prober.fits[0]);
                if (p->prober.fits[0].format->framing == FRAMING_TEXT)
                        probe_suggest(p, true);
        } else if (p->silent) {
                printf("nothing comes: is the mat powered? Some wait to be asked: probe --send asks in the words of "
                       "every "
                       "format that has some\n");
        } else {
                printf("%s\n", p->prober.n_fits > 0 ? "nothing fits well" : "nothing fits");
                print_seen(p);
                if (probe_text_share(p) <= TEXT_SHARE || !probe_suggest(p, false))
                        printf("A mat of your own making is described in a file: man 5 sitbone-format\n");
        }
}
