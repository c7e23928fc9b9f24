/* SPDX-License-Identifier: MIT */
#include "core/acquire/text_frame.h"

#include <math.h>
#include <string.h>

#include "core/acquire/parse_number.h"
#include "core/acquire/text_prepare.h"

/* A line with fewer numbers does not set the number of cells: boot banners print single numbers. */
enum { LEARN_CELLS_MIN = 4 };

/* After this many frames in a row of another count, another mat is on the line, or the first line was wrong. */
enum { FORGET_FRAMES = 10 };

/* A cell that is missing keeps its value for this many frames. */
enum { KEEP_FRAMES = 20, FRAME_FIRST = KEEP_FRAMES + 1 };

/* A frame of cells that are sent one by one has at least one of this many: so a short line costs no long frame. */
enum { NAMED_SHARE = 64 };

static bool has_names(const struct decoder *d) {
        return d->text.names.n > 0;
}

/* An array or object over several lines: header and trailer are those of the frame, not of its lines. */
static bool is_object(const struct decoder *d) {
        return d->format->text_end == TEXT_END_BRACKET;
}

/* --- words: lines that are no frame --- */

static void count_words(struct decoder *d, size_t n) {
        d->words++;
        d->discarded_bytes += n;
}

static void refuse_line(struct decoder *d, enum refusal reason, size_t n) {
        d->refused[reason]++;
        d->discarded_bytes += n;
}

static bool has_digit(const char *line, size_t n) {
        for (size_t i = 0; i < n; i++)
                if (is_digit(line[i]))
                        return true;
        return false;
}

/* Bytes before the first number. */
static size_t measure_lead(const char *line, size_t n) {
        size_t i = 0;

        while (i < n && !is_digit(line[i]))
                i++;
        while (i > 0 && (line[i - 1] == '-' || line[i - 1] == '+' || line[i - 1] == '.' || line[i - 1] == ' '))
                i--;
        return i;
}

static uint32_t hash_lead(const char *line, size_t n) {
        uint32_t hash = 2166136261u;

        for (size_t i = 0, lead = measure_lead(line, n); i < lead; i++)
                hash = (hash ^ (uint8_t)line[i]) * 16777619u;
        return hash;
}

/* Bytes of the UTF-8 character here, or 0. */
static size_t measure_character(const char *at, const char *end) {
        const uint8_t first = (uint8_t)*at;
        size_t n = first < 0x80 ? 1 : first < 0xC2 ? 0 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : first < 0xF5 ? 4 : 0;

        if (n == 0 || (size_t)(end - at) < n || (first < ' ' && first != '\t') || first == 0x7F)
                return 0;
        for (size_t i = 1; i < n; i++)
                if (((uint8_t)at[i] & 0xC0) != 0x80)
                        return 0;
        return n;
}

static bool is_printable(const char *line, size_t n) {
        for (const char *at = line, *end = line + n; at < end;) {
                size_t length = measure_character(at, end);

                if (length == 0)
                        return false;
                at += length;
        }
        return true;
}

/* Two letters: one may be a damaged digit. */
static bool has_word(const char *line, size_t n) {
        int letters = 0;

        for (size_t i = 0; i < n; i++)
                letters += (line[i] | 0x20) >= 'a' && (line[i] | 0x20) <= 'z';
        return letters >= 2;
}

/* Whether a line that gave no frame is none: it has no digit, or it begins with a word, where words are allowed with
 * another one than the last good line. A damaged line begins with a number, with the words of the good ones, or with
 * noise. */
static bool is_words(const struct decoder *d, enum refusal reason, const char *line, size_t n) {
        if (has_names(d) || !is_printable(line, n))
                return false;
        return !has_digit(line, n) ||
               (has_word(line, measure_lead(line, n)) &&
                (d->text.words ? d->frames > 0 && hash_lead(line, n) != d->lead : reason == REFUSED_TEXT));
}

static void count_bad_line(struct decoder *d, enum refusal reason, const char *line, size_t n) {
        if ((reason == REFUSED_TEXT || reason == REFUSED_COUNT) && is_words(d, reason, line, n))
                count_words(d, n);
        else
                refuse_line(d, reason, n);
}

/* --- cells --- */

/* Parses a line without names. first: the cells of the frame so far. */
static enum refusal parse_cells(struct decoder *d, const char *line, size_t n, uint32_t first, uint32_t *ret_n) {
        const uint32_t known = d->n_cells > 0 ? d->n_cells : CELLS_MAX;
        const struct text_room room = {.store = known > first ? known - first : 0,
                                       .accept = CELLS_MAX - first,
                                       .count_known = d->n_cells > 0,
                                       .header_left = is_object(d) ? &d->header_left : NULL};
        enum refusal wrong = text_parse_line(&d->text, line, n, room, d->elements + first, ret_n);

        if (wrong != REFUSAL_N || !d->text.has_missing)
                return wrong;
        for (uint32_t k = first; k < first + *ret_n && k < known; k++) {
                if (isnan(d->elements[k]))
                        continue;
                d->elements[CELLS_MAX + k] = d->elements[k];
                d->seen[k] = d->frame_number;
                d->present++;
        }
        return REFUSAL_N;
}

static void begin_frame(struct decoder *d) {
        d->gathered = d->present = 0;
        d->header_left = d->format->header_n;
        d->frame_number++;
}

/* Puts the last value into each cell that is missing, or no load if that value is old. Cells that are sent one by one
 * keep their value until they come again. */
static void fill_missing(struct decoder *d) {
        const float unloaded = d->layout->inverted ? d->layout->geometry.full_scale : 0;
        const uint32_t oldest = d->format->text_end == TEXT_END_NAME ? FRAME_FIRST : d->frame_number - KEEP_FRAMES;

        for (uint32_t k = 0; k < d->n_cells; k++)
                d->elements[k] = d->seen[k] >= oldest ? d->elements[CELLS_MAX + k] : unloaded;
}

/* Whether this many cells are a frame. The first frame sets the number of cells. */
static bool count_fits(struct decoder *d, uint32_t count) {
        if (d->n_cells == 0 && count >= LEARN_CELLS_MIN) {
                d->n_cells = count;
                if (count == d->layout->geometry.n_cells)
                        return false; /* the old mat again: its layout would not be applied to this one frame */
        }
        if (count == d->n_cells) {
                d->other_frames = 0;
                return true;
        }
        d->other_frames = count == d->other_count ? d->other_frames + 1 : 1;
        d->other_count = count;
        if (d->learns_count && d->other_frames == FORGET_FRAMES && count >= LEARN_CELLS_MIN)
                d->n_cells = d->other_frames = 0; /* the next frame sets it */
        return false;
}

/* Whether as many cells have a value as a frame needs. */
static bool has_enough(const struct decoder *d) {
        const uint32_t share = d->format->text_end == TEXT_END_NAME ? NAMED_SHARE : 2;

        return d->present > 0 && d->present >= d->n_cells / share;
}

/* Emits the frame that was gathered, if its cells are enough. False: they are not. */
static bool finish_frame(struct decoder *d, uint32_t count, const struct delivery *to) {
        const bool partly = has_names(d) || d->text.has_missing;
        const bool good = (has_names(d) || count_fits(d, count)) && (!partly || has_enough(d));

        if (good && partly)
                fill_missing(d);
        if (good)
                decoder_emit_frame(d, to);
        begin_frame(d);
        return good;
}

/* --- a line a row --- */

static void end_rows(struct decoder *d, const struct delivery *to) {
        uint32_t trailer_n = is_object(d) ? d->format->trailer_n : 0;
        uint32_t count = d->gathered > trailer_n ? d->gathered - trailer_n : 0;
        bool refused = d->row_refused;

        d->row_refused = false;
        if (!d->started) {
                d->started = true;
                d->refused[REFUSED_PARTIAL]++;
                begin_frame(d);
        } else if (refused) {
                begin_frame(d); /* counted when the row was refused */
        } else if (count > 0 && !finish_frame(d, count, to)) {
                /* rows of an array whose beginning was missed look like arrays */
                d->refused[REFUSED_COUNT] += d->in_step || !is_object(d);
        }
}

/* "Frame 12:", "=== 12 ===". A single such byte may be a damaged digit, and bytes of other kinds are noise. */
static bool begins_with_word(const struct decoder *d, const char *line, size_t n) {
        if (n < 2 || is_digit(line[0]) || text_is_separator(&d->text, line[0]) || is_digit(line[1]) ||
            text_is_separator(&d->text, line[1]) || line[1] == '.')
                return false;
        for (size_t i = 0; i < n; i++)
                if ((line[i] < ' ' && line[i] != '\t') || line[i] > '~')
                        return false;
        return true;
}

static bool is_end_line(const struct decoder *d, const char *line, size_t n) {
        if (d->format->text_end == TEXT_END_BLANK)
                return n == 0;
        return d->format->text_end == TEXT_END_WORD && n > 0 && (!has_digit(line, n) || begins_with_word(d, line, n));
}

/* A row number that does not rise begins the next frame, with row 0 or 1. Any other number there is damage, or the
 * rest of a line. */
static void follow_row_number(struct decoder *d, const char *line, size_t n, const struct delivery *to) {
        const char *end = line + n;
        double number;

        while (line < end && !is_digit(*line))
                line++;
        if (!number_parse(&line, end, &number))
                return;
        if (number <= d->row_number) {
                end_rows(d, to);
                d->row_refused = number > 1;
        }
        d->row_number = number;
}

/* Puts each number into the cell of its name, and counts them. A name that comes again ends a frame, or refuses it. */
static enum refusal parse_named(struct decoder *d, const char *line, size_t n, const struct delivery *to,
                                uint32_t *ret_n) {
        const char *at = line, *end = line + n;
        const double most = (double)format_value_limit(d->format);
        const uint16_t max_valid = d->format->max_valid;
        double value;

        *ret_n = 0;
        while (cell_names_next(&d->text.names, &d->at, line, &at, end, &value)) {
                const uint16_t k = d->at.cell;

                if (k >= d->n_cells)
                        continue;
                ++*ret_n;
                if (fabs(value) > most || (max_valid > 0 && value > max_valid))
                        return REFUSED_RANGE;
                if (d->seen[k] == d->frame_number && d->format->text_end != TEXT_END_NAME)
                        return REFUSED_COUNT;
                if (d->seen[k] == d->frame_number && has_enough(d))
                        end_rows(d, to);
                d->present += d->seen[k] != d->frame_number;
                d->gathered = d->present;
                d->seen[k] = d->frame_number;
                d->elements[CELLS_MAX + k] = (float)value;
                if (d->present == d->n_cells && d->format->text_end == TEXT_END_NAME)
                        end_rows(d, to);
        }
        return REFUSAL_N;
}

static void refuse_row(struct decoder *d, enum refusal reason, size_t n) {
        d->row_refused = d->format->text_end != TEXT_END_NAME;
        refuse_line(d, reason, n);
}

/* A row of words, or of numbers that are no cells. An array or object has such lines. */
static void skip_row(struct decoder *d, size_t n) {
        d->words += !is_object(d);
        d->discarded_bytes += n;
}

/* Adds the cells of a row to the frame. A row that is refused refuses the frame. */
static void add_row(struct decoder *d, const char *line, size_t n, const struct delivery *to) {
        enum refusal wrong;
        uint32_t count = 0;

        if (d->row_refused || !d->started || n == 0) {
                d->discarded_bytes += n;
                return;
        }
        wrong = has_names(d) ? parse_named(d, line, n, to, &count) : parse_cells(d, line, n, d->gathered, &count);
        if (wrong == REFUSAL_N && !has_names(d))
                d->gathered += count;
        if ((wrong == REFUSED_COUNT && d->text.words && !has_names(d)) || (wrong == REFUSAL_N && count == 0))
                skip_row(d, n);
        else if (wrong != REFUSAL_N)
                refuse_row(d, wrong, n);
}

/* An array or object over several lines: a frame ends where the outermost bracket is closed. */
static void follow_brackets(struct decoder *d, const char *line, size_t n, const struct delivery *to) {
        size_t from = 0;

        for (size_t i = 0; i < n; i++) {
                d->depth += line[i] == '[' || line[i] == '(' || line[i] == '{';
                if (line[i] != ']' && line[i] != ')' && line[i] != '}')
                        continue;
                d->depth -= d->depth > 0;
                if (d->depth > 0)
                        continue;
                add_row(d, line + from, i + 1 - from, to);
                end_rows(d, to);
                from = i + 1;
        }
        add_row(d, line + from, n - from, to);
        if (d->n_cells == 0 || d->gathered <= d->n_cells + d->format->trailer_n)
                return;
        refuse_row(d, REFUSED_COUNT, 0); /* a bracket was lost: begin again with the next that closes */
        d->depth = 0;
        begin_frame(d);
}

static void decode_row(struct decoder *d, const char *line, size_t n, const struct delivery *to) {
        if (d->format->text_end == TEXT_END_NUMBER)
                follow_row_number(d, line, n, to);
        if (d->format->text_end == TEXT_END_BRACKET)
                follow_brackets(d, line, n, to);
        else if (is_end_line(d, line, n))
                end_rows(d, to);
        else
                add_row(d, line, n, to);
}

/* --- a line a frame --- */

static void decode_line_frame(struct decoder *d, const char *line, size_t n, const struct delivery *to) {
        uint32_t count = 0;
        enum refusal wrong;

        d->at.waits = false;
        wrong = has_names(d) ? parse_named(d, line, n, to, &count) : parse_cells(d, line, n, 0, &count);
        if (wrong == REFUSAL_N && count == 0) {
                count_words(d, n);
                return;
        }
        if (wrong != REFUSAL_N)
                begin_frame(d);
        else if (!finish_frame(d, count, to))
                wrong = REFUSED_COUNT;
        if (wrong == REFUSAL_N)
                d->lead = hash_lead(line, n);
        else
                count_bad_line(d, wrong, line, n);
}

/* --- lines --- */

void text_frame_init(struct decoder *d) {
        text_rules_init(&d->text, d->format);
        d->lead = 0;
        d->has_codes = false;
        d->frame_number = FRAME_FIRST;
        memset(d->seen, 0, sizeof(d->seen));
}

void text_frame_reset(struct decoder *d) {
        /* the end of a row whose beginning was missed must not count as a blank line */
        d->skipping = d->format->text_end == TEXT_END_BLANK;
        d->row_number = 0;
        d->depth = 0;
        d->at = (struct cell_name_scan){0};
        begin_frame(d);
}

void text_frame_idle(struct decoder *d, const struct delivery *to) {
        if (d->format->text_end != TEXT_END_LINE && d->started && d->held == 0 && d->gathered > 0 &&
            d->gathered == d->n_cells + (is_object(d) ? d->format->trailer_n : 0U) && !d->row_refused)
                end_rows(d, to);
}

/* Padding includes "\n\r" line ends and a trailing NUL. In formats with words, only blanks and tabs are padding, and
 * where places may be empty separators are none. */
static bool is_padding(const struct text_rules *rules, char c) {
        const bool blanks_only = rules->words || rules->hard[0];

        return c == '\r' || c == '\0' ||
               (text_is_separator(rules, c) && (!blanks_only || c == ' ' || c == '\t' || c == '\n'));
}

static void trim_line(const struct text_rules *rules, char **line, size_t *n) {
        for (; *n > 0 && is_padding(rules, **line); --*n)
                ++*line;
        while (*n > 0 && is_padding(rules, (*line)[*n - 1]))
                --*n;
}

/* A line of known beginning, without its line end. */
static void decode_whole_line(struct decoder *d, char *line, size_t n, const struct delivery *to) {
        const enum text_end end = d->format->text_end;
        enum prepared prepared = PREPARED_LINE;

        if (d->text.prepares || d->has_codes)
                prepared = text_prepare(d->format, &line, &n);
        trim_line(&d->text, &line, &n);
        if (prepared == PREPARED_WORDS || (n > 0 && line[0] == '#'))
                count_words(d, n);
        else if (!d->started && n > 0 && (end == TEXT_END_LINE || end == TEXT_END_NAME))
                refuse_line(d, REFUSED_PARTIAL, n);
        else if (prepared == PREPARED_DAMAGED)
                refuse_line(d, REFUSED_CHECK, n);
        else if (end != TEXT_END_LINE)
                decode_row(d, line, n, to);
        else if (n > 0)
                decode_line_frame(d, line, n, to);
}

/* A line with the mark begins a frame. Returns the end of the mark, or NULL. */
static char *find_mark(struct decoder *d, char *line, size_t n, const struct delivery *to) {
        char *mark = text_find(&d->format->mark, line, n);

        if (!mark)
                return NULL;
        d->skipping = false;
        end_rows(d, to);
        return mark + d->format->mark.n;
}

static void decode_text_line(struct decoder *d, char *line, size_t n, const struct delivery *to) {
        const enum text_end end = d->format->text_end;
        char *after = d->format->mark.n > 0 ? find_mark(d, line, n, to) : NULL;

        if (after && end == TEXT_END_TITLE) {
                d->discarded_bytes += n;
                return;
        }
        if (after) {
                n -= (size_t)(after - line);
                line = after;
        }
        if (d->skipping)
                d->discarded_bytes += n;
        else
                decode_whole_line(d, line, n, to);
        d->skipping = false;
        d->started = d->started || end == TEXT_END_LINE || end == TEXT_END_NAME;
}

bool text_frame_decode(struct decoder *d, const struct delivery *to) {
        char *text = (char *)d->buffer + d->start;
        const char end = d->format->line_end ? d->format->line_end : '\n';
        const char *found = memchr(text + d->scanned, end, d->held - d->scanned);

        if (found) {
                size_t n = (size_t)(found - text);

                decoder_consume(d, n + 1);
                decode_text_line(d, text, n, to);
                return true;
        }
        d->scanned = d->held;
        if (d->held < DECODER_BUFFER)
                return false;
        d->row_refused = true;
        decoder_discard_overrun(d);
        return false;
}
