/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "tools/sitbonectl/probe/fit.h"

enum {
        IN_A_ROW_MIN = 3,       /* frames without anything between them that is none */
        REFUSED_PER_FRAME = 20, /* one in so many may be damaged; more, where so many frames were seen */
        PIECE = 1024,           /* bytes given to the decoder at once, so that one knows where frames end */
        DIGITS_MIN = 21,        /* shorter lines of digits are numbers: times, counters (64 bits have 20) */
        SYNCS_PER_FRAME = 3,    /* what stands there more often does not begin frames */
        BANNER_MAX = 4096,
        WORD_LETTERS = 4, /* a word */
        WORDS_RUN = 12,   /* among bytes: so much text in a row, half of it letters */
        DAMAGED_MIN = 20, /* frames, where many are damaged */
        STRENGTH_MIN = 3, /* bytes or the like to know each of them by */
        ENDS_MAX = 128,   /* lines of words or without a digit, one in so many: more end frames of rows */
};
static const double SHARE_FITS = 0.9, SHARE_PERHAPS = 0.5, SHARE_CHANCE = 0.2, SHARE_DAMAGED = 0.3;
/* No mat is so far below zero at its least: one that goes on to both sides is another sensor. */
static const float LEAST_MIN = -64;

static const struct size usual_sizes[] = {
        {16, 16, 0}, {32, 32, 0}, {8, 8, 0},  {10, 10, 0}, {12, 12, 0}, {20, 20, 0}, {24, 24, 0},
        {48, 48, 0}, {64, 64, 0}, {16, 8, 0}, {8, 16, 0},  {32, 16, 0}, {16, 32, 0}, {12, 10, 0},
        {10, 12, 0}, {12, 6, 0},  {6, 12, 0}, {16, 10, 0}, {10, 16, 0}, {28, 56, 0}, {56, 28, 0},
        {80, 28, 0}, {28, 80, 0}, {4, 4, 0},  {5, 5, 0},   {6, 6, 0},   {9, 9, 0},
};

const char *verdict_word(enum verdict verdict) {
        return verdict == VERDICT_FITS ? "fits" : verdict == VERDICT_PERHAPS ? "perhaps" : "no";
}

static bool is_text(const struct format *f) {
        return f->framing == FRAMING_TEXT;
}

static uint64_t count_refused(const struct decoder *d) {
        uint64_t n = 0;

        for (int i = 0; i < REFUSAL_N; i++)
                n += i == REFUSED_PARTIAL ? 0 : d->refused[i];
        return n;
}

static bool is_letter(uint8_t c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Words that a mat says between its frames: an answer, a complaint. Among bytes chance makes letters, too. */
static bool has_words(const uint8_t *bytes, size_t n, bool among_text) {
        size_t run = 0, letters = 0, others = 0;

        for (size_t i = 0; i < n; i++) {
                bool printable = bytes[i] >= ' ' && bytes[i] <= '~';

                run = printable ? run + 1 : 0;
                letters = printable ? letters + is_letter(bytes[i]) : 0;
                others = printable ? others + (bytes[i] == ' ' || bytes[i] == ':' || bytes[i] == '=') : 0;
                if (among_text ? letters >= WORD_LETTERS : run >= WORDS_RUN && others > 0 && 2 * letters >= run)
                        return true;
        }
        return false;
}

/* What stood between this frame and the last one was refused or is lost: by words, or for no reason that one knows. */
static void note_gap(struct prober *p, uint64_t refused) {
        uint64_t lost = p->decoder.discarded_bytes - p->discarded;
        size_t left = p->heard->n - p->last_end, n = lost < left ? (size_t)lost : left;

        if (p->fit.format->part.kind != PART_NONE ||
            p->fit.format->text_end == TEXT_END_NUMBER) /* good parts or rows stand before the words */
                n = p->fed - p->decoder.held - p->last_end;
        if (p->fit.frames > 0 && has_words(p->heard->bytes + p->last_end, n, is_text(p->fit.format))) {
                p->word_bytes += lost;
                p->word_refused += refused - p->refused;
                p->fit.words++;
        } else {
                p->run = 0;
        }
}

static void note_value(struct fit *f, float value) {
        f->largest = value > f->largest ? value : f->largest;
        f->least = value < f->least ? value : f->least;
}

static void on_frame(void *userdata, const struct frame *frame) {
        struct prober *p = userdata;
        uint64_t refused = count_refused(&p->decoder);

        if (p->fit.frames > 0 && (refused != p->refused || p->decoder.discarded_bytes != p->discarded))
                note_gap(p, refused);
        p->last_end = p->fed - p->decoder.held;
        if (p->fit.frames++ == 0) {
                p->before = p->decoder.discarded_bytes;
                p->refused_before = refused;
                p->first_end = p->last_end;
        }
        p->run++;
        p->refused = refused;
        p->discarded = p->decoder.discarded_bytes;
        p->fit.in_a_row = p->run > p->fit.in_a_row ? p->run : p->fit.in_a_row;
        p->fit.n_cells = frame->n_cells;
        for (uint32_t i = 0; i < frame->n_cells; i++)
                note_value(&p->fit, frame->raw[i]);
}

static void feed(struct prober *p, const struct heard *h) {
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

/* A pattern in which the sync stands all over decodes as frames, too; where nothing else says that it is one. */
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

/* Few numbers to both sides of zero are the angles and forces of other sensors, and so are many when they are large; a mat
 * with an offset taken off sends some a little below it. */
static bool swings(const struct fit *f) {
        return is_text(f->format) && (f->n_cells < FEW_CELLS || f->least < LEAST_MIN) && -f->least > f->largest / 4;
}

static bool is_plausible(const struct prober *p) {
        const struct fit *f = &p->fit;

        if ((f->format->digits && f->n_cells < DIGITS_MIN) || swings(f) || sync_is_everywhere(p))
                return false;
        return p->before <= BANNER_MAX || p->before <= p->heard->n / 2;
}

/* How unlikely it is that other bytes look like this format. */
static int strength(const struct fit *fit) {
        const struct format *f = fit->format;
        int size = f->rows > 0 && !f->resizable;

        if (is_text(f)) /* 2000 is not what a mat of 0 to 255 sends */
                return size && fit->largest <= f->full_scale;
        return (int)f->sync.n + f->tail.n + f->n_constants + (f->length.kind != LENGTH_FIXED) +
               2 * (f->check != CHECK_NONE) + (f->max_valid > 0) + size + 3 * (f->framing == FRAMING_COBS);
}

bool heard_rows(const struct heard *h) {
        size_t lines = 1, ends = 0, digits = 0, line = 0;

        for (size_t i = 0; i < h->n; i++) {
                digits += h->bytes[i] >= '0' && h->bytes[i] <= '9';
                if (h->bytes[i] != '\n')
                        continue;
                lines++;
                ends += digits == 0 || has_words(h->bytes + line, i - line, true);
                digits = 0;
                line = i + 1;
        }
        return ends * ENDS_MAX > lines;
}

/* On a bad line most frames may be damaged: those that are left are too many for chance. Lines of text are spoilt by what is
 * no number; where there are good ones of other lengths it is not damage. */
static bool stands_out(const struct prober *p) {
        const struct fit *f = &p->fit;

        if (f->frames < DAMAGED_MIN || f->share < SHARE_DAMAGED)
                return false;
        if (!is_text(f->format))
                return strength(f) >= STRENGTH_MIN;
        return f->n_cells >= FEW_CELLS && 4 * p->decoder.refused[REFUSED_COUNT] <= f->refused &&
               (f->format->text_end != TEXT_END_LINE || !heard_rows(p->heard));
}

static enum verdict judge(const struct prober *p, double share_of_all) {
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

/* Frames are over, and their end was waited for in vain: more than two frames long that is nothing. */
static size_t lost_at_end(const struct prober *p) {
        size_t left = p->decoder.held, two = (size_t)(2 * p->fit.frame_bytes);

        return p->fit.frames > 1 && left > two ? left - two : 0;
}

static void measure(struct prober *p) {
        struct fit *f = &p->fit;
        uint64_t refused = count_refused(&p->decoder);
        uint64_t lost = p->decoder.discarded_bytes - p->before, n = p->heard->n;

        if (f->frames > 0 && refused != p->refused)
                note_gap(p, refused);
        f->frame_bytes = f->frames > 1 ? (double)(p->last_end - p->first_end) / (double)(f->frames - 1) : 0;
        f->refused = refused - p->refused_before - p->word_refused;
        if (f->words == 0 && f->refused > 0)
                f->frame_bytes = 0;
        n -= p->before < n ? p->before : n; /* a banner, and the rest of a frame that nobody saw the beginning of */
        lost += lost_at_end(p);
        lost = lost < n ? lost : n;
        f->share = n > p->word_bytes ? 1 - (double)(lost - p->word_bytes) / (double)(n - p->word_bytes) : 0;
        f->verdict = judge(p, n > 0 ? 1 - (double)lost / (double)n : 0);
}

/* Lines of numbers that come as rows of a larger frame: the frame is what was meant, though it fits less well. */
static bool are_rows_of(const struct fit *rows, const struct fit *whole) {
        return is_text(rows->format) && is_text(whole->format) && rows->format->text_end == TEXT_END_LINE &&
               whole->format->text_end != TEXT_END_LINE && whole->in_a_row >= IN_A_ROW_MIN &&
               whole->share >= SHARE_PERHAPS && whole->n_cells % rows->n_cells == 0 &&
               whole->n_cells / rows->n_cells >= IN_A_ROW_MIN;
}

/* Text that reads as short lines may be the rows of larger frames, and parts of a large frame may be the whole of a small
 * one: more cells go before fewer. */
static bool is_better(const struct fit *a, const struct fit *b) {
        int x = strength(a), y = strength(b);

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

static void try_size(struct prober *p, const struct format *format, struct size size) {
        struct settings_device device = {.rows = size.rows, .cols = size.cols};

        if (layout_build(format, &device, &p->layout))
                return;
        p->fit = (struct fit){.format = format, .rows = size.rows, .cols = size.cols, .guessed = size.guessed};
        p->run = p->discarded = p->refused = p->word_bytes = p->word_refused = p->before = p->refused_before = 0;
        p->fed = p->first_end = p->last_end = 0;
        decoder_init(&p->decoder, format, &p->layout);
        feed(p, p->heard);
        measure(p);
        if (p->fit.verdict != VERDICT_NO)
                keep(p);
}

static void try_format(struct prober *p, const struct format *format, struct size said) {
        bool open = format->resizable || (format->cells == 0 && (format->rows == 0 || format->cols == 0));
        struct size sizes[SIZES_MAX];
        size_t n;

        try_size(p, format, open ? said : (struct size){0, 0, false});
        if (!open || said.rows > 0 || said.cols > 0 || is_text(format))
                return;
        for (size_t i = 0; i < sizeof(usual_sizes) / sizeof(*usual_sizes); i++)
                try_size(p, format, usual_sizes[i]);
        n = probe_sizes(format, p->heard, sizes);
        for (size_t i = 0; i < n; i++)
                try_size(p, format, sizes[i]);
}

/* Beside a format that fits, a frame or two by chance say nothing. */
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
        for (size_t i = 0; i < list->n; i++)
                try_format(p, list->of[i], (struct size){rows, cols, false});
        drop_chance(p);
}
