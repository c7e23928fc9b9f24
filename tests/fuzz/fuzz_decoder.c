/* SPDX-License-Identifier: MIT */
/* Any bytes from the wire: no crash, every byte accounted for, and the same frames and counters however they are split.
 * Input: format, split, bytes; format 63: a description as text, a NUL, bytes. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "configure/format_file.h"
#include "core/acquire/decoder.h"
#include "core/acquire/encoder.h"
#include "core/acquire/formats.h"

static struct layout layout;
static struct format described;
static struct config_errors mistakes;
static uint8_t encoded[ENCODER_SIZE_MAX];
static float cells[CELLS_MAX];
static struct decoder whole, split;
static struct frame frame;

struct digest {
        uint64_t hash, n;
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void take(void *userdata, const struct frame *f) {
        struct digest *d = userdata;

        if (f->n_cells == 0 || f->n_cells > CELLS_MAX || f->seq != ++d->n)
                abort();
        for (uint32_t i = 0; i < f->n_cells; i++) {
                uint32_t bits;

                if (!isfinite(f->raw[i]))
                        abort();
                memcpy(&bits, &f->raw[i], sizeof(bits));
                d->hash = (d->hash ^ bits) * 1099511628211ull;
        }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
        struct settings_device device = {0};
        struct digest a = {0}, b = {0};
        const struct format *f;
        size_t skip = 2;

        if (n < 3)
                return 0;
        f = format_at((data[0] & 0x3F) % format_count());
        if ((data[0] & 0x3F) == 0x3F) {
                const uint8_t *end = memchr(data + 2, '\0', n - 2);

                mistakes.n = 0;
                if (!end ||
                    format_parse("f", (const char *)data + 2, (size_t)(end - data - 2), &mistakes, &described) != 0)
                        return 0;
                f = &described;
                skip = (size_t)(end - data) + 1;
        }
        if (f->rows == 0 && f->cells == 0 && data[1] & 0x80)
                device = (struct settings_device){.rows = 2, .cols = 3, .inverted = true};
        if (f == &described && f->rows == 0 && f->cells == 0 && f->framing != FRAMING_TEXT)
                device = (struct settings_device){.rows = 4, .cols = 4};
        if (layout_build(f, &device, &layout))
                abort();
        if (f == &described)
                format_encode(f, &layout, cells, encoded, sizeof(encoded));
        decoder_init(&whole, f, &layout);
        decoder_init(&split, f, &layout);
        if (data[0] & 0x40) {
                decoder_at_boundary(&whole);
                decoder_at_boundary(&split);
        }
        decoder_feed(&whole, data + skip, n - skip, 1, &(struct frame_sink){&frame, take, &a});
        decoder_idle(&whole, 1, &(struct frame_sink){&frame, take, &a});
        for (size_t at = skip, step = 1u + data[1]; at < n; at += step)
                decoder_feed(&split, data + at, step < n - at ? step : n - at, 1,
                             &(struct frame_sink){&frame, take, &b});
        decoder_idle(&split, 1, &(struct frame_sink){&frame, take, &b});
        if (a.n != b.n || a.hash != b.hash || whole.words != split.words ||
            memcmp(whole.refused, split.refused, sizeof(whole.refused)) != 0)
                abort();
        if (whole.discarded_bytes + whole.held > n - skip + f->sync.n)
                abort();
        if ((f->framing == FRAMING_PREFIX || f->framing == FRAMING_DELIMITER) && f->part.kind == PART_NONE &&
            f->sparse.size == 0 && f->preamble.n == 0 && f->escape == 0 &&
            whole.frames * (format_overhead(f) + format_elements_size(f, layout.geometry.n_cells)) +
                            whole.discarded_bytes + whole.held !=
                    n - skip)
                abort();
        return 0;
}
