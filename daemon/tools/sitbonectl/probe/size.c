/* SPDX-License-Identifier: MIT */
#include "tools/sitbonectl/probe/size.h"

#include <string.h>

#include "sitbone/frame.h"

enum { SIDE_MAX = 128, SEARCH_MAX = 32 * 1024 };

struct sizes {
        struct size *of;
        size_t n;
};

static void add_size(struct sizes *s, uint32_t rows, uint32_t cols, bool guessed) {
        if (s->n == SIZES_MAX || rows == 0 || cols == 0 || rows > SIDE_MAX || cols > SIDE_MAX ||
            rows * cols > CELLS_MAX)
                return;
        for (size_t i = 0; i < s->n; i++)
                if (s->of[i].rows == (int32_t)rows && s->of[i].cols == (int32_t)cols)
                        return;
        s->of[s->n++] = (struct size){(int32_t)rows, (int32_t)cols, guessed};
}

/* Only the number of cells is known: take the format's own rows, or else make the mat as square as possible. */
static void add_size_of_cells(struct sizes *s, const struct format *f, size_t n) {
        size_t side = 0;

        if (n < 4 || n > CELLS_MAX)
                return;
        if (f->rows > 0 && n % f->rows == 0) {
                add_size(s, f->rows, (uint32_t)n / f->rows, true);
                return;
        }
        for (size_t i = 1; i * i <= n; i++)
                side = n % i == 0 ? i : side;
        if (side > 1)
                add_size(s, (uint32_t)(n / side), (uint32_t)side, true);
}

static uint32_t u16le(const uint8_t *p) {
        return p[0] | (uint32_t)p[1] << 8;
}

static void add_size_of_shape(struct sizes *s, const struct format *f, const uint8_t *p) {
        if (f->shape.kind == SHAPE_U8)
                add_size(s, p[0], p[1], false);
        else
                add_size(s, u16le(p), u16le(p + 2), false);
}

/* For a format without a sync: a shape that occurs again a frame later. */
static void add_repeated_shapes(struct sizes *s, const struct format *f, const struct heard *h) {
        for (size_t i = 0; i + 4 <= h->n && i < SEARCH_MAX; i++) {
                uint32_t rows = u16le(h->bytes + i), cols = u16le(h->bytes + i + 2);
                size_t next = i + format_overhead(f) + (size_t)rows * cols * format_element_size(f);

                if (rows > 1 && cols > 1 && rows <= SIDE_MAX && cols <= SIDE_MAX && next + 4 <= h->n &&
                    memcmp(h->bytes + i, h->bytes + next, 4) == 0)
                        add_size(s, rows, cols, false);
        }
}

static void add_size_of_head(struct sizes *s, const struct format *f, const uint8_t *head) {
        const uint8_t *p = head + f->length.at;
        size_t length = f->length.kind == LENGTH_U8      ? p[0]
                        : f->length.kind == LENGTH_U16LE ? u16le(p)
                                                         : (size_t)p[0] << 8 | p[1];

        if (f->shape.kind != SHAPE_NONE)
                add_size_of_shape(s, f, head + f->shape.at);
        else if (f->part.kind == PART_NONE && f->sparse.size == 0 && f->length.kind != LENGTH_FIXED)
                add_size_of_cells(s, f, (length - f->length.adds) / (f->length.elements ? 1 : format_element_size(f)));
}

/* For a format without parts: the bytes between two ends are a frame. COBS adds one byte, and one for each 254. */
static void add_sizes_between_ends(struct sizes *s, const struct format *f, const struct heard *h) {
        uint8_t cobs_end[1] = {0};
        bool cobs = f->framing == FRAMING_COBS;
        const uint8_t *end = cobs ? cobs_end : f->sync.of;
        size_t n = cobs ? 1 : f->sync.n, last = 0;

        for (size_t i = 0; i + n <= h->n && i < SEARCH_MAX && s->n < SIZES_MAX; i++) {
                size_t length = i + n - last, around = cobs ? 2 + length / 255 : format_overhead(f);

                if (memcmp(h->bytes + i, end, n) != 0)
                        continue;
                if (last > 0 && length > around && (length - around) % format_element_size(f) == 0)
                        add_size_of_cells(s, f, (length - around) / format_element_size(f));
                last = i + n;
        }
}

/* A part is a row: the highest number of a part tells how many rows there are. */
static void add_size_of_parts(struct sizes *s, const struct format *f, const struct heard *h) {
        size_t head = (size_t)f->sync.n + f->header_n, each = format_element_size(f);
        uint32_t rows = 0, cols = 0;

        for (size_t i = 0; i + head <= h->n && i < SEARCH_MAX; i++) {
                size_t n = (uint8_t)(h->bytes[i + f->length.at] - f->length.adds),
                       length = format_overhead(f) + n * each;
                uint32_t part = (uint8_t)(h->bytes[i + f->part.at] - f->part.first);

                if (memcmp(h->bytes + i, f->sync.of, f->sync.n) != 0 || i + length > h->n ||
                    memcmp(h->bytes + i + length - f->tail.n, f->tail.of, f->tail.n) != 0)
                        continue;
                cols = (uint32_t)n;
                rows = part + 1 > rows ? part + 1 : rows;
                i += length - 1;
        }
        add_size(s, rows, cols, false);
}

size_t suggest_sizes(const struct format *f, const struct heard *h, struct size ret[SIZES_MAX]) {
        struct sizes s = {ret, 0};
        size_t head = (size_t)format_sync(f, 0, 0).n + f->header_n;

        if (f->framing == FRAMING_TEXT)
                return 0;
        if (f->part.kind == PART_NONE &&
            (f->framing == FRAMING_COBS || (f->framing == FRAMING_SUFFIX && f->sync.n > 0)))
                add_sizes_between_ends(&s, f, h);
        else if (f->part.kind == PART_INDEX_U8 && f->length.kind == LENGTH_U8 && f->length.elements && f->sync.n > 0)
                add_size_of_parts(&s, f, h);
        else if (f->part.kind != PART_NONE)
                return 0;
        else if (f->sync.n == 0)
                add_repeated_shapes(&s, f, h);
        else
                for (size_t i = 0; i + head <= h->n && i < SEARCH_MAX && s.n < SIZES_MAX; i++)
                        if (memcmp(h->bytes + i, f->sync.of, f->sync.n) == 0)
                                add_size_of_head(&s, f, h->bytes + i);
        return s.n;
}
