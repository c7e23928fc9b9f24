/* SPDX-License-Identifier: MIT */
#include "tools/sitbonectl/probe/print.h"

#include <math.h>
#include <stdio.h>

#include "contract/live_json.h"
#include "tools/sitbonectl/formats/draw.h"
#include "tools/sitbonectl/probe/suggest.h"

/* Bytes of which a larger share is text are shown as text. */
static const double TEXT_SHARE = 0.9;

static const char *verdict_word(enum verdict verdict) {
        return verdict == VERDICT_FITS ? "fits" : verdict == VERDICT_PERHAPS ? "perhaps" : "no";
}

static void append_phrase(char *ret, size_t size, const char *words) {
        size_t n = 0;

        while (ret[n])
                n++;
        snprintf(ret + n, size - n, "%s%s", n > 0 ? ", " : "", words);
}

/* "starts with AA 55, 192 bytes, sum": the properties that every frame had. */
static void write_evidence(const struct fit *fit, char *ret, size_t size) {
        const struct format *f = fit->format;
        char words[96], sync[64];

        *ret = '\0';
        if (f->framing == FRAMING_TEXT) {
                snprintf(words, sizeof(words), "%u numbers each time", fit->n_cells);
                append_phrase(ret, size, words);
                return;
        }
        format_bytes_words(f->sync.of, f->sync.n, sync, sizeof(sync));
        snprintf(words, sizeof(words), "%s %s",
                 f->framing == FRAMING_SUFFIX      ? "ends with"
                 : f->framing == FRAMING_DELIMITER ? "between two"
                                                   : "begins with",
                 sync);
        if (f->sync.n > 0)
                append_phrase(ret, size, words);
        if (f->framing == FRAMING_SLIP || f->framing == FRAMING_COBS)
                append_phrase(ret, size, f->framing == FRAMING_SLIP ? "SLIP packets" : "COBS packets");
        snprintf(words, sizeof(words), "%.0f bytes long", fit->frame_bytes);
        if (fit->frame_bytes > 0 && f->sparse.size == 0)
                append_phrase(ret, size, words);
        if (f->length.kind != LENGTH_FIXED)
                append_phrase(ret, size, "the length it says");
        if (f->shape.kind != SHAPE_NONE)
                append_phrase(ret, size, "the rows and columns it says");
        if (f->part.kind != PART_NONE)
                append_phrase(ret, size, "parts in rising order");
        if (f->n_constants > 0)
                append_phrase(ret, size, "fixed bytes in the head");
        if (f->tail.n > 0) {
                format_bytes_words(f->tail.of, f->tail.n, sync, sizeof(sync));
                snprintf(words, sizeof(words), "ends with %s", sync);
                append_phrase(ret, size, words);
        }
        if (f->check != CHECK_NONE)
                append_phrase(ret, size, format_check_word(f));
        if (f->max_valid > 0)
                append_phrase(ret, size, "no value that cannot be");
}

/* --- JSON --- */

static json_t *make_fit(const struct fit *f) {
        char evidence[256];

        write_evidence(f, evidence, sizeof(evidence));
        return json_pack("{s:o,s:s,s:I,s:I,s:I,s:I,s:o,s:i,s:o,s:o,s:s}", "format", live_json_text(f->format->name),
                         "verdict", verdict_word(f->verdict), "frames", (json_int_t)f->frames, "in_a_row",
                         (json_int_t)f->in_a_row, "refused", (json_int_t)f->refused, "words_between",
                         (json_int_t)f->words, "share", live_json_number(f->share, 3), "cells", (int)f->n_cells,
                         "rows", f->rows > 0 ? json_integer(f->rows) : json_null(), "cols",
                         f->cols > 0 ? json_integer(f->cols) : json_null(), "evidence", evidence);
}

void findings_print_json(const struct findings *f) {
        const struct prober *p = &f->prober;
        json_t *candidates = json_array();

        for (int i = 0; i < p->n_fits; i++)
                json_array_append_new(candidates, make_fit(&p->fits[i]));
        live_json_print(stdout,
                        json_pack("{s:o,s:o,s:I,s:o,s:o}", "device", live_json_text(f->device), "baud",
                                  f->baud > 0 ? json_integer(f->baud) : json_null(), "bytes", (json_int_t)f->heard.n,
                                  "format",
                                  live_json_text(probe_fits(p) ? format_list_setting(f->list, p->fits[0].format) : ""),
                                  "candidates", candidates));
}

/* --- text --- */

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

static void print_settings(const struct findings *found, const struct fit *f) {
        printf("\nFor /etc/sitbone/sitbone.conf:\n\n[device]\ndevice = %s\nformat = %s\n", found->device,
               format_list_setting(found->list, f->format));
        if (found->baud > 0 && found->baud != f->format->baud)
                printf("baud = %d\n", (int)found->baud);
        print_size(found, f);
        if (f->largest > f->format->full_scale)
                printf("# the largest value seen is %g\nfull_scale = %g\n", (double)f->largest,
                       exp2(ceil(log2((double)f->largest + 1))) - 1);
        if (f->format->framing == FRAMING_TEXT && f->n_cells < FEW_CELLS)
                printf("# only %u numbers a line: other sensors print such lines, too. Is this a mat?\n", f->n_cells);
}

static void print_beginning(const struct findings *found) {
        bool text = heard_text_share(&found->heard) > TEXT_SHARE;

        printf(text ? "    it begins: " : "    it begins:");
        for (size_t i = 0; i < found->heard.n && i < (text ? 60 : 24); i++)
                if (!text)
                        printf(" %02X", found->heard.bytes[i]);
                else
                        putchar(found->heard.bytes[i] >= ' ' && found->heard.bytes[i] <= '~' ? found->heard.bytes[i]
                                                                                             : ' ');
        printf("\n");
}

static void print_fit(const struct fit *f) {
        char evidence[256];

        printf("  %-20s %-8s %llu frames of %u cells in a row, %llu refused, %.0f %% of the bytes\n", f->format->name,
               verdict_word(f->verdict), (unsigned long long)f->in_a_row, f->n_cells, (unsigned long long)f->refused,
               100 * f->share);
        if (f->verdict == VERDICT_FITS) {
                write_evidence(f, evidence, sizeof(evidence));
                printf("      each: %s\n", evidence);
        }
        if (f->words > 0)
                printf("      words occur between or in frames %llu times: ignored\n", (unsigned long long)f->words);
}

void findings_print(const struct findings *found) {
        printf("%s", found->device);
        if (found->baud > 0)
                printf(" at %d baud", (int)found->baud);
        printf(": %zu bytes, %.0f %% of them text\n", found->heard.n, 100 * heard_text_share(&found->heard));
        for (int i = 0; i < found->prober.n_fits; i++)
                print_fit(&found->prober.fits[i]);
        if (probe_fits(&found->prober)) {
                print_settings(found, &found->prober.fits[0]);
                if (found->prober.fits[0].format->framing == FRAMING_TEXT)
                        suggest_description(&found->heard, true);
        } else if (found->silent) {
                printf("nothing comes: is the mat powered? Some mats send only when they are polled: probe --send "
                       "polls "
                       "in every format that needs it\n");
        } else {
                printf("%s\n", found->prober.n_fits > 0 ? "nothing fits well" : "nothing fits");
                print_beginning(found);
                if (heard_text_share(&found->heard) <= TEXT_SHARE || !suggest_description(&found->heard, false))
                        printf("A mat of your own making is described in a file: man 5 sitbone-format\n");
        }
}
