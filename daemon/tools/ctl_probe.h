/* Which row of the format table bytes come from, and how one knows. */
#ifndef TOOLS_CTL_PROBE_H
#define TOOLS_CTL_PROBE_H

#include <stddef.h>
#include <stdint.h>

#include "acquire/decoder.h"

enum verdict {
        VERDICT_NO,
        VERDICT_PERHAPS, /* frames, but much that is none */
        VERDICT_FITS,
};

struct fit {
        const struct format *format;
        int32_t rows, cols; /* as they must be set; 0 = the format's, or not known */
        uint32_t n_cells;
        uint64_t frames, in_a_row, refused;
        double share; /* of the bytes since the first frame that stand in good ones, or are text that may stand there */
        float largest; /* value seen */
        enum verdict verdict;
};

enum { FITS_MAX = 8 };

struct prober {
        struct decoder decoder;
        struct layout layout;
        struct frame frame;
        struct fit fit, fits[FITS_MAX];
        int n_fits;
        uint64_t run, refused_before, before; /* the last: bytes discarded before the first frame */
};

/* All rows of the table over the bytes; the best first, at most FITS_MAX, none that does not fit at all. rows and cols 0:
 * usual sizes are tried where the format leaves them open. */
void probe_bytes(struct prober *p, const uint8_t *bytes, size_t n, int32_t rows, int32_t cols);

const char *verdict_word(enum verdict verdict);

/* Sets a line to any speed without closing it: opening again would reset many boards. 0, or a negative errno. */
int line_set_baud(int fd, int32_t baud);

#endif
