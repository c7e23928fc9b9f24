/* SPDX-License-Identifier: MIT */
/* Which format bytes come from, and how one knows. */
#ifndef TOOLS_SITBONECTL_PROBE_FIT_H
#define TOOLS_SITBONECTL_PROBE_FIT_H

#include <stddef.h>
#include <stdint.h>

#include "configure/format_list.h"
#include "core/acquire/decoder.h"

enum verdict {
        VERDICT_NO,
        VERDICT_PERHAPS, /* frames, but much that is none */
        VERDICT_FITS,
};

struct fit {
        const struct format *format;
        int32_t rows, cols; /* as they must be set; 0 = the format's, or not known */
        bool guessed;       /* only their product is known */
        uint32_t n_cells;
        uint64_t frames, in_a_row, refused; /* refused: since the first frame, words between frames not counted */
        uint64_t words;                     /* places where words stood in or between frames */
        double frame_bytes;                 /* from one frame to the next, in the middle of the row */
        double share; /* of the bytes since the first frame that stand in good ones; what words cost is left out */
        float largest, least; /* values seen; 0 or beyond */
        enum verdict verdict;
};

/* Bytes as they came. */
struct heard {
        const uint8_t *bytes;
        size_t n;
        const size_t *pauses; /* rising offsets: the line was quiet before that byte */
        size_t n_pauses;
};

enum {
        FITS_MAX = 8,
        FEW_CELLS = 12, /* other sensors print lines of fewer numbers, too */
};

struct prober {
        struct decoder decoder;
        struct layout layout;
        struct frame frame;
        struct fit fit, fits[FITS_MAX];
        int n_fits;
        /* of the format being tried */
        const struct heard *heard;
        uint64_t run, discarded, refused; /* at the last frame */
        uint64_t word_bytes, word_refused;
        size_t fed, first_end, last_end;
        uint64_t before, refused_before; /* the first frame */
};

/* All formats of the list over the bytes; the best first, at most FITS_MAX, none that does not fit at all. rows and cols
 * 0: where the format leaves them open, what the bytes say and usual sizes are tried. */
void probe_bytes(struct prober *p, const struct format_list *list, const struct heard *heard, int32_t rows,
                 int32_t cols);

struct size {
        int32_t rows, cols;
        bool guessed;
};

enum { SIZES_MAX = 8 };

/* Sizes that the bytes themselves speak of, for a format that comes in several. Returns how many. */
size_t probe_sizes(const struct format *format, const struct heard *heard, struct size ret[SIZES_MAX]);

/* Among lines of text stand some that may end frames of rows. */
bool heard_rows(const struct heard *heard);

const char *verdict_word(enum verdict verdict);

/* "starts with AA 55, 192 bytes, sum": what every frame of the row had. */
void fit_evidence(const struct fit *fit, char *ret, size_t size);

/* Sets a line to any speed without closing it: opening again would reset many boards. 0, or a negative errno; -ERANGE when
 * its driver takes another. */
int line_set_baud(int fd, int32_t baud);

#endif
