/* SPDX-License-Identifier: MIT */
#include "tools/sitbonectl/probe/evidence.h"

#include <stdio.h>

#include "configure/format_file.h"
#include "tools/sitbonectl/formats/draw.h"

const char *fit_verdict_word(enum verdict verdict) {
        return verdict == VERDICT_FITS ? "fits" : verdict == VERDICT_PERHAPS ? "perhaps" : "no";
}

static void append_phrase(char *ret, size_t size, const char *words) {
        size_t n = 0;

        while (ret[n])
                n++;
        snprintf(ret + n, size - n, "%s%s", n > 0 ? ", " : "", words);
}

void fit_write_evidence(const struct fit *fit, char *ret, size_t size) {
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
                append_phrase(ret, size, format_word(f, "check"));
        if (f->max_valid > 0)
                append_phrase(ret, size, "no value that cannot be");
}
