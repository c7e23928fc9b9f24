#include <string.h>

#include "ctl_probe.h"

enum {
        IN_A_ROW_MIN = 3,      /* frames without anything between them that is none */
        REFUSED_PER_FRAME = 20 /* one in so many may be damaged */
};
static const double SHARE_FITS = 0.9, SHARE_PERHAPS = 0.5;

static const struct size {
        int32_t rows, cols;
} usual_sizes[] = {
        {16, 16}, {32, 32}, {8, 8},   {10, 10}, {12, 12}, {20, 20}, {24, 24}, {48, 48}, {64, 64},
        {16, 8},  {8, 16},  {32, 16}, {16, 32}, {12, 10}, {10, 12}, {12, 6},  {6, 12},  {16, 10},
        {10, 16}, {28, 56}, {56, 28}, {4, 4},   {5, 5},   {6, 6},   {9, 9},   {18, 11}, {32, 11},
};

const char *verdict_word(enum verdict verdict) {
        return verdict == VERDICT_FITS ? "fits" : verdict == VERDICT_PERHAPS ? "perhaps" : "no";
}

static uint64_t count_refused(const struct decoder *d) {
        uint64_t n = 0;

        for (int i = 0; i < REFUSAL_N; i++)
                n += i == REFUSED_PARTIAL ? 0 : d->refused[i];
        return n;
}

static void on_frame(void *userdata, const struct frame *frame) {
        struct prober *p = userdata;
        uint64_t refused = count_refused(&p->decoder);

        if (p->fit.frames++ == 0)
                p->before = p->decoder.discarded_bytes;
        p->run = refused == p->refused_before ? p->run + 1 : 1;
        p->refused_before = refused;
        p->fit.in_a_row = p->run > p->fit.in_a_row ? p->run : p->fit.in_a_row;
        p->fit.n_cells = frame->n_cells;
        for (uint32_t i = 0; i < frame->n_cells; i++)
                p->fit.largest = frame->raw[i] > p->fit.largest ? frame->raw[i] : p->fit.largest;
}

static enum verdict judge(const struct fit *f) {
        if (f->frames == 0)
                return VERDICT_NO;
        if (f->in_a_row >= IN_A_ROW_MIN && f->share >= SHARE_FITS && f->refused * REFUSED_PER_FRAME <= f->frames)
                return VERDICT_FITS;
        return f->share >= SHARE_PERHAPS ? VERDICT_PERHAPS : VERDICT_NO;
}

static bool is_text(const struct format *f) {
        return f->framing == FRAMING_TEXT;
}

/* How unlikely it is that other bytes look like this format. */
static int strength(const struct format *f) {
        int size = f->rows > 0 && !f->resizable;

        if (is_text(f))
                return size;
        return (int)f->sync.n + f->tail.n + f->n_constants + (f->length.kind != LENGTH_FIXED) +
               2 * (f->check != CHECK_NONE) + (f->max_valid > 0) + size;
}

/* Text that reads as short lines may be the rows of larger frames, and parts of a large frame may be the whole of a small
 * one: more cells go before fewer. */
static bool is_better(const struct fit *a, const struct fit *b) {
        int x = strength(a->format), y = strength(b->format);

        if (a->verdict != b->verdict)
                return a->verdict > b->verdict;
        if (is_text(a->format) != is_text(b->format))
                return is_text(b->format);
        if (a->n_cells != b->n_cells && (is_text(a->format) || a->format == b->format))
                return a->n_cells > b->n_cells;
        if (a->share < b->share - 0.02 || a->share > b->share + 0.02)
                return a->share > b->share;
        if (x != y)
                return x > y;
        return a->refused < b->refused;
}

/* One line a format: the best of its sizes. */
static void keep(struct prober *p) {
        const struct fit *f = &p->fit;
        int at;

        for (int i = 0; i < p->n_fits; i++)
                if (p->fits[i].format == f->format) {
                        if (!is_better(f, &p->fits[i]))
                                return;
                        memmove(&p->fits[i], &p->fits[i + 1], (size_t)(p->n_fits - i - 1) * sizeof(*f));
                        p->n_fits--;
                        break;
                }
        for (at = p->n_fits; at > 0 && is_better(f, &p->fits[at - 1]); at--)
                ;
        if (at == FITS_MAX)
                return;
        if (p->n_fits == FITS_MAX)
                p->n_fits--;
        memmove(&p->fits[at + 1], &p->fits[at], (size_t)(p->n_fits - at) * sizeof(*f));
        p->fits[at] = *f;
        p->n_fits++;
}

static void try_size(struct prober *p, const struct format *format, struct size size, const uint8_t *bytes, size_t n) {
        struct settings_device device = {.rows = size.rows, .cols = size.cols};
        uint64_t lost;

        if (layout_build(format, &device, &p->layout))
                return;
        p->fit = (struct fit){.format = format, .rows = size.rows, .cols = size.cols};
        p->run = p->refused_before = p->before = 0;
        decoder_init(&p->decoder, format, &p->layout);
        decoder_feed(&p->decoder, bytes, n, 0, &p->frame, on_frame, p);
        decoder_idle(&p->decoder, 0, &p->frame, on_frame, p);
        n -= p->before < n ? p->before : n; /* a banner, and the rest of a frame that nobody saw the beginning of */
        lost = p->decoder.discarded_bytes - p->before;
        lost = lost < n ? lost : n;
        p->fit.refused = count_refused(&p->decoder);
        p->fit.share = n > 0 ? 1 - (double)lost / (double)n : 0;
        p->fit.verdict = judge(&p->fit);
        if (p->fit.verdict != VERDICT_NO)
                keep(p);
}

static void try_format(struct prober *p, const struct format *format, struct size said, const uint8_t *bytes,
                       size_t n) {
        bool open = format->resizable || (format->cells == 0 && (format->rows == 0 || format->cols == 0));

        try_size(p, format, open ? said : (struct size){0, 0}, bytes, n);
        if (!open || said.rows > 0 || said.cols > 0 || format->framing == FRAMING_TEXT)
                return;
        for (size_t i = 0; i < sizeof(usual_sizes) / sizeof(*usual_sizes); i++)
                try_size(p, format, usual_sizes[i], bytes, n);
}

void probe_bytes(struct prober *p, const uint8_t *bytes, size_t n, int32_t rows, int32_t cols) {
        p->n_fits = 0;
        for (size_t i = 0; i < format_count(); i++)
                try_format(p, format_at(i), (struct size){rows, cols}, bytes, n);
}
