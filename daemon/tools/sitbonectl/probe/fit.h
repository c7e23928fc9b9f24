/* SPDX-License-Identifier: MIT */
/* Finds the format that bytes come from. */
#ifndef TOOLS_SITBONECTL_PROBE_FIT_H
#define TOOLS_SITBONECTL_PROBE_FIT_H

#include <stddef.h>
#include <stdint.h>

#include "configure/format_list.h"
#include "core/acquire/decoder.h"
#include "tools/sitbonectl/probe/heard.h"

enum verdict {
        VERDICT_NO,
        VERDICT_PERHAPS, /* there are frames, but also many other bytes */
        VERDICT_FITS,
};

struct fit {
        const struct format *format;
        int32_t rows, cols; /* as they must be set; 0 = the format's, or not known */
        bool guessed;       /* only the product of rows and cols is known */
        uint32_t n_cells;
        uint64_t frames, in_a_row;
        uint64_t refused;   /* since the first frame; words between frames do not count */
        uint64_t words;     /* places with words in or between frames */
        double frame_bytes; /* from the beginning of one frame to that of the next, on average; 0 = not known */
        /* Share of the bytes since the first frame that are part of good frames. Bytes lost to words do not count. */
        double share;
        float largest, least; /* values seen: largest at least 0, least at most 0 */
        enum verdict verdict;
};

enum {
        FITS_MAX = 8,
        FEW_CELLS = 12, /* lines of fewer numbers are also printed by other sensors */
};

struct prober {
        struct decoder decoder;
        struct layout layout;
        struct frame frame;
        struct fit fit, fits[FITS_MAX];
        int n_fits;
        const struct heard *heard;
        bool readable; /* text: formats of bytes are tried in one size only */
        /* The rest concerns the format that is being tried. */
        uint64_t run;                                          /* frames without a gap up to the last one */
        uint64_t discarded, refused, words;                    /* as the decoder counted them at the last frame */
        uint64_t word_bytes, word_refused;                     /* lost to words */
        size_t fed, first_end, last_end;                       /* offsets: given to the decoder; ends of frames */
        uint64_t discarded_before_first, refused_before_first; /* frame */
};

/* Tries all formats of the list. Lists those that fit at least a little in p->fits, the best first, at most FITS_MAX. rows
 * and cols 0: if the format leaves them open, sizes that the bytes suggest and common sizes are tried. */
void probe_bytes(struct prober *p, const struct format_list *list, const struct heard *heard, int32_t rows,
                 int32_t cols);

/* Tries one format as it is: p->fit is the result. */
void probe_format(struct prober *p, const struct format *format, const struct heard *heard);

/* True if the best format fits. */
bool probe_fits(const struct prober *p);

#endif
