/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "tools/sitbonectl/probe/fit.h"
#include "tools/sitbonectl/probe/size.h"

enum {
        IN_A_ROW_MIN = 3,       /* frames with nothing else between them */
        REFUSED_PER_FRAME = 20, /* one in this many may be damaged; more, if this many frames were seen */
        PIECE = 1024,           /* bytes given to the decoder at once, so that the ends of frames are known */
        DIGITS_MIN = 21,        /* shorter lines of digits are numbers: times, counters (64 bits have 20 digits) */
        SYNCS_PER_FRAME = 3,    /* bytes that occur more often do not begin frames */
        BANNER_MAX = 4096,
        DAMAGED_MIN = 20,   /* frames, if many are damaged */
        EVIDENCE_LEAST = 3, /* bytes or the like by which each frame is recognised */
};
static const double SHARE_FITS = 0.9, SHARE_PERHAPS = 0.5, SHARE_CHANCE = 0.2, SHARE_DAMAGED = 0.3;
/* The least value of a mat is not that far below zero: values that go to both sides are another sensor's. */
static const float LEAST_MIN = -64;

static const struct size COMMON_SIZES[] = {
        {16, 16, 0}, {32, 32, 0}, {8, 8, 0},  {10, 10, 0}, {12, 12, 0}, {20, 20, 0}, {24, 24, 0},
        {48, 48, 0}, {64, 64, 0}, {16, 8, 0}, {8, 16, 0},  {32, 16, 0}, {16, 32, 0}, {12, 10, 0},
        {10, 12, 0}, {12, 6, 0},  {6, 12, 0}, {16, 10, 0}, {10, 16, 0}, {28, 56, 0}, {56, 28, 0},
        {80, 28, 0}, {28, 80, 0}, {4, 4, 0},  {5, 5, 0},   {6, 6, 0},   {9, 9, 0},
};

static bool is_text(const struct format *f) {
        return f->framing == FRAMING_TEXT;
}

static uint64_t count_refused(const struct decoder *d) {
        uint64_t n = d->words;

        for (int i = 0; i < REFUSAL_N; i++)
                n += i == REFUSED_PARTIAL ? 0 : d->refused[i];
        return n;
}

/* Bytes between this frame and the last one were refused or lost: to words, or for an unknown reason. */
static void count_gap(struct prober *p, uint64_t refused) {
        uint64_t lost = p->decoder.discarded_bytes - p->discarded;
        size_t left = p->heard->n - p->last_end, n = lost < left ? (size_t)lost : left;
        bool only_words = p->decoder.words > p->words &&
                          refused - p->refused == p->decoder.words - p->words; /* lines left out on purpose */

        if (p->fit.format->part.kind != PART_NONE ||
            p->fit.format->text_end == TEXT_END_NUMBER) /* good parts or rows come before the words */
                n = p->fed - p->decoder.held - p->last_end;
        if (p->fit.frames > 0 &&
            (only_words || bytes_have_words(p->heard->bytes + p->last_end, n, is_text(p->fit.format)))) {
                p->word_bytes += lost;
                p->word_refused += refused - p->refused;
                p->fit.words++;
        } else {
                p->run = 0;
        }
}

static void track_value(struct fit *f, float value) {
        f->largest = value > f->largest ? value : f->largest;
        f->least = value < f->least ? value : f->least;
}

static void on_frame(void *userdata, const struct frame *frame) {
        struct prober *p = userdata;
        uint64_t refused = count_refused(&p->decoder);

        if (p->fit.frames > 0 && (refused != p->refused || p->decoder.discarded_bytes != p->discarded))
                count_gap(p, refused);
        p->last_end = p->fed - p->decoder.held;
        if (p->fit.frames++ == 0) {
                p->discarded_before_first = p->decoder.discarded_bytes;
                p->refused_before_first = refused;
                p->first_end = p->last_end;
        }
        p->run++;
        p->refused = refused;
        p->words = p->decoder.words;
        p->discarded = p->decoder.discarded_bytes;
        p->fit.in_a_row = p->run > p->fit.in_a_row ? p->run : p->fit.in_a_row;
        p->fit.n_cells = frame->n_cells;
        for (uint32_t i = 0; i < frame->n_cells; i++)
                track_value(&p->fit, frame->raw[i]);
}

static void feed_bytes(struct prober *p, const struct heard *h) {
        size_t pause = 0;

        while (p->fed < h->n) {
                size_t end = p->fed + PIECE < h->n ? p->fed + PIECE : h->n, at = p->fed;

                while (pause < h->n_pauses && h->pauses[pause] <= at)
                        pause++;
                if (pause < h->n_pauses && h->pauses[pause] < end)
                        end = h->pauses[pause];
                p->fed = end;
                decoder_feed(&p->decoder, h->bytes + at, end - at, 0, &(struct frame_sink){&p->frame, on_frame, p});
                if (end == h->n || (pause < h->n_pauses && h->pauses[pause] == end))
                        decoder_idle(&p->decoder, 0, &(struct frame_sink){&p->frame, on_frame, p});
        }
}

/* A pattern that is full of syncs decodes as frames, too, if a frame has no other evidence. */
static bool sync_is_everywhere(const struct prober *p) {
        const struct format *f = p->fit.format;
        const uint8_t *at = p->heard->bytes, *end = at + p->heard->n;
        uint64_t n = 0;

        if (is_text(f) || f->sync.n == 0 || f->check != CHECK_NONE || f->part.kind != PART_NONE)
                return false;
        for (; (at = memmem(at, (size_t)(end - at), f->sync.of, f->sync.n)); at += f->sync.n)
                n++;
        return n > SYNCS_PER_FRAME * (p->fit.frames + 2);
}

/* A few numbers on both sides of zero are the angles and forces of other sensors, and so are many numbers if they are large. A
 * mat whose offset was subtracted sends some values a little below zero. */
static bool swings_around_zero(const struct fit *f) {
        return is_text(f->format) && (f->n_cells < FEW_CELLS || f->least < LEAST_MIN) && -f->least > f->largest / 4;
}

static bool is_plausible(const struct prober *p) {
        const struct fit *f = &p->fit;

        if ((f->format->digits && f->n_cells < DIGITS_MIN) || swings_around_zero(f) || sync_is_everywhere(p))
                return false;
        return p->discarded_before_first <= BANNER_MAX || p->discarded_before_first <= p->heard->n / 2;
}

/* Higher if it is less likely that other bytes look like this format. */
static int rate_evidence(const struct fit *fit) {
        const struct format *f = fit->format;
        int size = f->rows > 0 && !f->resizable;

        if (is_text(f)) /* a mat of 0 to 255 does not send 2000 */
                return size && fit->largest <= f->full_scale;
        return (int)f->sync.n + f->tail.n + f->n_constants + (f->length.kind != LENGTH_FIXED) +
               2 * (f->check != CHECK_NONE) + (f->max_valid > 0) + size + 3 * (f->framing == FRAMING_COBS);
}

/* On a bad line most frames may be damaged; the good ones are too many for chance. Damage turns numbers of a line of text into
 * something else; good lines of other lengths are no sign of damage, but of another format. */
static bool stands_out(const struct prober *p) {
        const struct fit *f = &p->fit;

        if (f->frames < DAMAGED_MIN || f->share < SHARE_DAMAGED)
                return false;
        if (!is_text(f->format))
                return rate_evidence(f) >= EVIDENCE_LEAST;
        return f->n_cells >= FEW_CELLS && 4 * p->decoder.refused[REFUSED_COUNT] <= f->refused &&
               (f->format->text_end != TEXT_END_LINE || !heard_has_frame_ends(p->heard));
}

static enum verdict classify_fit(const struct prober *p, double share_of_all) {
        const struct fit *f = &p->fit;

        if (f->frames == 0)
                return VERDICT_NO;
        if (f->in_a_row >= IN_A_ROW_MIN && f->share >= SHARE_FITS &&
            (f->refused * REFUSED_PER_FRAME <= f->frames || f->frames >= REFUSED_PER_FRAME) &&
            share_of_all >= SHARE_PERHAPS && is_plausible(p))
                return VERDICT_FITS;
        if (f->in_a_row >= IN_A_ROW_MIN && share_of_all >= SHARE_CHANCE && stands_out(p) && is_plausible(p))
                return VERDICT_FITS;
        return f->share >= SHARE_PERHAPS && share_of_all >= SHARE_CHANCE ? VERDICT_PERHAPS : VERDICT_NO;
}

/* Bytes that the decoder still holds because no end of a frame came; up to the length of two frames they do not count. */
static size_t lost_at_end(const struct prober *p) {
        size_t left = p->decoder.held, two = (size_t)(2 * p->fit.frame_bytes);

        return p->fit.frames > 1 && left > two ? left - two : 0;
}

static void measure_fit(struct prober *p) {
        struct fit *f = &p->fit;
        uint64_t refused = count_refused(&p->decoder);
        uint64_t lost = p->decoder.discarded_bytes - p->discarded_before_first, n = p->heard->n;

        if (f->frames > 0 && refused != p->refused)
                count_gap(p, refused);
        f->frame_bytes = f->frames > 1 ? (double)(p->last_end - p->first_end) / (double)(f->frames - 1) : 0;
        f->refused = refused - p->refused_before_first - p->word_refused;
        if (f->words == 0 && f->refused > 0)
                f->frame_bytes = 0;
        n -= p->discarded_before_first < n ? p->discarded_before_first
                                           : n; /* a banner, and the rest of a frame whose beginning was missed */
        lost += lost_at_end(p);
        lost = lost < n ? lost : n;
        f->share = n > p->word_bytes ? 1 - (double)(lost - p->word_bytes) / (double)(n - p->word_bytes) : 0;
        f->verdict = classify_fit(p, n > 0 ? 1 - (double)lost / (double)n : 0);
}

/* Lines of numbers that are the rows of a larger frame: the frame is right, although it fits less well. */
static bool are_rows_of(const struct fit *rows, const struct fit *whole) {
        return is_text(rows->format) && is_text(whole->format) && rows->format->text_end == TEXT_END_LINE &&
               whole->format->text_end != TEXT_END_LINE && whole->in_a_row >= IN_A_ROW_MIN &&
               whole->share >= SHARE_PERHAPS && whole->n_cells % rows->n_cells == 0 &&
               whole->n_cells / rows->n_cells >= IN_A_ROW_MIN;
}

/* Text that decodes as short lines may be the rows of larger frames, and parts of a large frame may decode as small frames:
 * more cells are better than fewer. */
static bool is_better(const struct fit *a, const struct fit *b) {
        int x = rate_evidence(a), y = rate_evidence(b);

        if (are_rows_of(a, b) || are_rows_of(b, a))
                return are_rows_of(b, a);
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
        return a->refused + a->words < b->refused + b->words;
}

/* Inserts the fit in order. Each format has one: that of its best size. */
static void insert_fit(struct prober *p) {
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

/* False: the format cannot have this size. */
static bool decode_all(struct prober *p, const struct format *format, struct size size) {
        struct settings_device device = {.rows = size.rows, .cols = size.cols};

        if (layout_build(format, &device, &p->layout))
                return false;
        p->fit = (struct fit){.format = format, .rows = size.rows, .cols = size.cols, .guessed = size.guessed};
        p->words = p->run = p->discarded = p->refused = p->word_bytes = p->word_refused = p->discarded_before_first =
                p->refused_before_first = 0;
        p->fed = p->first_end = p->last_end = 0;
        decoder_init(&p->decoder, format, &p->layout);
        feed_bytes(p, p->heard);
        measure_fit(p);
        return true;
}

static void try_size(struct prober *p, const struct format *format, struct size size) {
        if (decode_all(p, format, size) && p->fit.verdict != VERDICT_NO)
                insert_fit(p);
}

void probe_format(struct prober *p, const struct format *format, const struct heard *heard) {
        p->heard = heard;
        p->fit = (struct fit){.format = format};
        decode_all(p, format, (struct size){0, 0, false});
}

static void try_format(struct prober *p, const struct format *format, struct size given) {
        bool open = format->resizable || (format->cells == 0 && (format->rows == 0 || format->cols == 0));
        struct size sizes[SIZES_MAX];
        size_t n;

        try_size(p, format, open ? given : (struct size){0, 0, false});
        if (!open || given.rows > 0 || given.cols > 0 || is_text(format) || p->readable)
                return;
        for (size_t i = 0; i < sizeof(COMMON_SIZES) / sizeof(*COMMON_SIZES); i++)
                try_size(p, format, COMMON_SIZES[i]);
        n = suggest_sizes(format, p->heard, sizes);
        for (size_t i = 0; i < n; i++)
                try_size(p, format, sizes[i]);
}

/* If a format fits, drop the others of which only a frame or two were found, by chance. */
static void drop_chance(struct prober *p) {
        int n = 0;

        for (int i = 0; i < p->n_fits; i++)
                if (p->fits[0].verdict != VERDICT_FITS || p->fits[i].verdict == VERDICT_FITS ||
                    p->fits[i].in_a_row >= IN_A_ROW_MIN)
                        p->fits[n++] = p->fits[i];
        p->n_fits = n;
}

void probe_bytes(struct prober *p, const struct format_list *list, const struct heard *heard, int32_t rows,
                 int32_t cols) {
        p->n_fits = 0;
        p->heard = heard;
        p->readable = heard_is_readable(heard);
        for (size_t i = 0; i < list->n; i++)
                try_format(p, list->of[i], (struct size){rows, cols, false});
        drop_chance(p);
}

bool probe_fits(const struct prober *p) {
        return p->n_fits > 0 && p->fits[0].verdict == VERDICT_FITS;
}
