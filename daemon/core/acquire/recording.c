/* SPDX-License-Identifier: MIT */
#include "core/acquire/recording.h"

#include <math.h>
#include <string.h>

#include "core/acquire/formats.h"
#include "core/acquire/parse_number.h"
#include "util/ascii.h"

enum { RECORDING_EINVAL = -22 }; /* the core may not include errno.h */

static const uint64_t START_US = 1000000; /* 0 stays "never" */
static const uint64_t QUIET_US = 50000;   /* as in the daemon: longer than any pause within a frame */
static const float RATE_UNKNOWN_HZ = 10;

static const double TIME_MAX_S = 1e9;   /* 30 years: more is not a time since the start */
static const double CLOCK_MAX_S = 1e11; /* times are relative to the first row, which may be in seconds since 1970 */
static const double VALUE_MAX = 1e9;

/* Part of the text of a recording. */
struct span {
        const char *at, *end;
};

/* The head of a frames CSV. */
struct csv_head {
        uint32_t rows, cols, cells, n_x, n_y;
        float pitch_x_mm, pitch_y_mm, full_scale;
        bool has_polarity, inverted, resistance;
        float x_mm[CELLS_MAX], y_mm[CELLS_MAX];
};

/* --- text --- */

static struct span split_until(struct span *rest, char stop) {
        struct span ret = {rest->at, rest->at};

        while (ret.end < rest->end && *ret.end != stop)
                ret.end++;
        rest->at = ret.end < rest->end ? ret.end + 1 : ret.end;
        return ret;
}

static struct span trim_blanks(struct span s) {
        while (s.at < s.end && is_blank(*s.at))
                s.at++;
        while (s.end > s.at && is_blank(s.end[-1]))
                s.end--;
        return s;
}

/* Splits off the text up to the next comma; commas between quotation marks do not count. */
static struct span split_field(struct span *line) {
        struct span ret;

        while (line->at < line->end && is_blank(*line->at))
                line->at++;
        if (line->at == line->end || *line->at != '"')
                return trim_blanks(split_until(line, ','));
        line->at++;
        ret = split_until(line, '"');
        split_until(line, ',');
        return ret;
}

static bool span_equals(struct span s, const char *word) {
        size_t n = strlen(word);

        return (size_t)(s.end - s.at) == n && memcmp(s.at, word, n) == 0;
}

static bool parse_span(struct span s, double *ret) {
        double value;

        s = trim_blanks(s);
        if (!number_parse(&s.at, s.end, &value) || s.at != s.end)
                return false;
        *ret = value;
        return true;
}

/* A text that is too long is cut between two characters of UTF-8. */
static void copy_text(struct span s, char ret[RECORDING_LABEL_MAX]) {
        size_t n;

        s = trim_blanks(s);
        n = (size_t)(s.end - s.at);
        if (n > RECORDING_LABEL_MAX - 1) {
                n = RECORDING_LABEL_MAX - 1;
                while (n > 0 && ((unsigned char)s.at[n] & 0xC0) == 0x80)
                        n--;
        }
        memcpy(ret, s.at, n);
        ret[n] = '\0';
}

static size_t append_text(char *ret, size_t at, const char *text) {
        while (*text && at < RECORDING_ERROR_MAX - 1)
                ret[at++] = *text++;
        ret[at] = '\0';
        return at;
}

/* Writes "line 12: why", or only why when line is 0. */
static int fail_at_line(char ret[RECORDING_ERROR_MAX], uint32_t line, const char *why) {
        char digits[11] = {0};
        size_t i = sizeof(digits) - 1, at = 0;

        if (line > 0) {
                for (; line > 0; line /= 10)
                        digits[--i] = (char)('0' + line % 10);
                at = append_text(ret, append_text(ret, append_text(ret, 0, "line "), digits + i), ": ");
        }
        append_text(ret, at, why);
        return RECORDING_EINVAL;
}

/* --- head: "# key=value" --- */

static bool parse_number_in(struct span value, double least, double most, float *ret) {
        double number;

        if (!parse_span(value, &number) || !(number >= least && number <= most))
                return false;
        *ret = (float)number;
        return true;
}

static bool parse_cell_count(struct span value, uint32_t *ret) {
        double number;

        if (!parse_span(value, &number) || !(number >= 1 && number <= CELLS_MAX) || number != (uint32_t)number)
                return false;
        *ret = (uint32_t)number;
        return true;
}

/* Numbers with blanks or commas between them. */
static bool parse_number_list(struct span value, float ret[CELLS_MAX], uint32_t *ret_n) {
        uint32_t n = 0;
        double number;

        for (;;) {
                while (value.at < value.end && (is_blank(*value.at) || *value.at == ',' || *value.at == ';'))
                        value.at++;
                if (value.at == value.end)
                        break;
                if (n == CELLS_MAX || !number_parse(&value.at, value.end, &number) || fabs(number) > 1e5)
                        return false;
                ret[n++] = (float)number;
        }
        *ret_n = n;
        return n > 0;
}

/* NULL or an error. Unknown keys (source, note, licence) are ignored. */
static const char *apply_head_key(struct csv_head *h, struct span key, struct span value) {
        if (span_equals(key, "rows"))
                return parse_cell_count(value, &h->rows) ? NULL : "rows is not 1 to 4096";
        if (span_equals(key, "cols"))
                return parse_cell_count(value, &h->cols) ? NULL : "cols is not 1 to 4096";
        if (span_equals(key, "cells"))
                return parse_cell_count(value, &h->cells) ? NULL : "cells is not 1 to 4096";
        if (span_equals(key, "pitch_x_mm"))
                return parse_number_in(value, 0.01, 1e4, &h->pitch_x_mm) ? NULL : "pitch_x_mm is not 0.01 to 10000";
        if (span_equals(key, "pitch_y_mm"))
                return parse_number_in(value, 0.01, 1e4, &h->pitch_y_mm) ? NULL : "pitch_y_mm is not 0.01 to 10000";
        if (span_equals(key, "full_scale"))
                return parse_number_in(value, 1e-6, VALUE_MAX, &h->full_scale) ? NULL : "full_scale is not above 0";
        if (span_equals(key, "x_mm"))
                return parse_number_list(value, h->x_mm, &h->n_x) ? NULL : "x_mm is not a list of numbers";
        if (span_equals(key, "y_mm"))
                return parse_number_list(value, h->y_mm, &h->n_y) ? NULL : "y_mm is not a list of numbers";
        if (span_equals(key, "unit"))
                h->resistance = span_equals(value, "resistance");
        if (span_equals(key, "polarity")) {
                h->has_polarity = true;
                h->inverted = span_equals(value, "inverted");
                return h->inverted || span_equals(value, "normal") ? NULL : "polarity is neither inverted nor normal";
        }
        return NULL;
}

static const char *parse_head_line(struct csv_head *h, struct span line) {
        struct span key, value = {line.at + 1, line.end};

        key = split_until(&value, '=');
        return apply_head_key(h, trim_blanks(key), trim_blanks(value));
}

/* --- header: names of the columns --- */

static bool is_cell_name(struct span name, uint32_t number) {
        double value;

        if (name.at == name.end || *name.at != 'c')
                return false;
        name.at++;
        return parse_span(name, &value) && value == number;
}

static const char *parse_column_names(struct recording *r, struct span line, uint32_t *ret_cells) {
        uint32_t cells = 0;

        r->columns.t = r->columns.label = r->columns.subject = r->columns.ref_pitch = r->columns.ref_roll = -1;
        r->columns.first_cell = -1;
        for (int i = 0; line.at < line.end; i++) {
                struct span name = split_field(&line);

                if (is_cell_name(name, cells)) {
                        r->columns.first_cell = cells++ == 0 ? i : r->columns.first_cell;
                        continue;
                }
                if (cells > 0)
                        return "the columns c0, c1, ... are not the last ones in order";
                r->columns.t = span_equals(name, "t_s") ? i : r->columns.t;
                r->columns.label = span_equals(name, "label") ? i : r->columns.label;
                r->columns.subject = span_equals(name, "subject") ? i : r->columns.subject;
                r->columns.ref_pitch = span_equals(name, "ref_pitch_deg") ? i : r->columns.ref_pitch;
                r->columns.ref_roll = span_equals(name, "ref_roll_deg") ? i : r->columns.ref_roll;
        }
        if (r->columns.t < 0)
                return "the header has no column t_s; separate the columns by commas";
        if (cells == 0 || cells > CELLS_MAX)
                return "the header has not 1 to 4096 cell columns c0, c1, ...";
        *ret_cells = cells;
        return NULL;
}

/* --- rows --- */

/* Turns the number of a cell into a raw value. The load on a foil is proportional to its conductance, not to the
 * difference between its resistance and the largest one. */
static float convert_value(const struct recording *r, double value) {
        const double full = (double)r->layout.geometry.full_scale;

        if (r->resistance)
                return value >= 1e-6 ? (float)(1 / value) : 0;
        if (r->layout.inverted)
                return value < full ? (float)(full - value) : 0;
        return (float)value;
}

/* One row of a frames CSV, beside the cells. */
struct csv_row {
        struct recording_row extra;
        double t_s;
        float largest; /* value of a cell, of those that were read */
};

/* The cells of one row, in the order of the columns. REFUSAL_N = all are good. */
static enum refusal parse_cells(const struct recording *r, struct span cells, struct frame *frame,
                                struct csv_row *row) {
        const struct layout *l = &r->layout;
        uint32_t n = l->geometry.n_cells;

        for (uint32_t k = 0; k < n; k++) {
                double value;

                if (cells.at == cells.end)
                        return REFUSED_COUNT;
                if (!parse_span(*cells.at == '"' ? split_field(&cells) : split_until(&cells, ','), &value))
                        return REFUSED_TEXT;
                if (fabs(value) > VALUE_MAX)
                        return REFUSED_RANGE;
                frame->raw[l->cell_of[k]] = convert_value(r, value);
                if (r->resistance)
                        value = (double)frame->raw[l->cell_of[k]];
                row->largest = (float)value > row->largest ? (float)value : row->largest;
        }
        return cells.at == cells.end ? REFUSAL_N : REFUSED_COUNT;
}

static void parse_extra_column(const struct recording *r, int column, struct span field, struct recording_row *row) {
        double value;

        if (column == r->columns.label)
                copy_text(field, row->label);
        else if (column == r->columns.subject)
                copy_text(field, row->subject);
        else if (column == r->columns.ref_pitch && parse_span(field, &value) && fabs(value) <= 360)
                row->ref_pitch_deg = (float)value;
        else if (column == r->columns.ref_roll && parse_span(field, &value) && fabs(value) <= 360)
                row->ref_roll_deg = (float)value;
}

static enum refusal parse_row(const struct recording *r, struct span line, struct frame *frame, struct csv_row *ret) {
        *ret = (struct csv_row){.extra = {.ref_pitch_deg = NAN, .ref_roll_deg = NAN}, .t_s = -1};
        for (int i = 0; i < r->columns.first_cell; i++) {
                struct span field;

                if (line.at == line.end)
                        return REFUSED_COUNT;
                field = split_field(&line);
                if (i == r->columns.t && !parse_span(field, &ret->t_s))
                        return REFUSED_TEXT;
                parse_extra_column(r, i, field, &ret->extra);
        }
        if (!(ret->t_s >= 0 && ret->t_s <= CLOCK_MAX_S))
                return REFUSED_RANGE;
        return parse_cells(r, line, frame, ret);
}

static void refuse_row(struct recording *r, enum refusal reason, uint32_t line) {
        if (r->refused[reason]++ == 0)
                r->refused_line[reason] = line;
}

/* Emits every good row, and returns the largest value of a cell. Rows whose time runs backwards are refused:
 * everything that uses the frames relies on a clock that does not. */
static float read_rows(struct recording *r, struct frame *frame, recording_fn emit, void *userdata) {
        struct span rest = {r->data + r->columns.rows_at, r->data + r->n};
        double first_s = -1, last_s = 0;
        float largest = 0;

        for (uint32_t number = r->columns.header_line + 1; rest.at < rest.end; number++) {
                struct span line = trim_blanks(split_until(&rest, '\n'));
                struct csv_row row;
                enum refusal wrong;

                if (line.at == line.end || *line.at == '#')
                        continue;
                wrong = parse_row(r, line, frame, &row);
                largest = row.largest > largest ? row.largest : largest;
                if (wrong == REFUSAL_N && first_s >= 0 && (row.t_s < last_s || row.t_s - first_s > TIME_MAX_S))
                        wrong = REFUSED_RANGE;
                if (wrong != REFUSAL_N) {
                        refuse_row(r, wrong, number);
                        continue;
                }
                first_s = first_s < 0 ? row.t_s : first_s;
                last_s = row.t_s;
                frame->seq = ++r->frames;
                frame->n_cells = r->layout.geometry.n_cells;
                frame->arrived_us = START_US + (uint64_t)((row.t_s - first_s) * 1e6 + 0.5);
                if (emit)
                        emit(userdata, frame, &row.extra);
        }
        return largest;
}

/* --- opening a frames CSV --- */

static const char *build_layout(struct recording *r, const struct csv_head *h, const struct settings_device *device,
                                uint32_t cells) {
        struct settings_device d = *device;
        struct format grid = {.framing = FRAMING_TEXT, .full_scale = 1};

        if (h->rows > 0 || h->cols > 0 || h->cells > 0) {
                d.rows = (int32_t)h->rows;
                d.cols = (int32_t)h->cols;
        }
        d.pitch_x_mm = h->pitch_x_mm > 0 ? h->pitch_x_mm : d.pitch_x_mm;
        d.pitch_y_mm = h->pitch_y_mm > 0 ? h->pitch_y_mm : d.pitch_y_mm;
        d.full_scale = h->full_scale > 0 ? h->full_scale : d.full_scale;
        d.inverted = h->has_polarity ? h->inverted : d.inverted;
        if (h->cells > 0 && h->cells != cells)
                return "cells is not the number of cell columns";
        if (h->rows > 0 && h->cols > 0 && h->rows * h->cols != cells)
                return "rows x cols is not the number of cell columns";
        if ((h->n_x > 0 || h->n_y > 0) && (h->n_x != cells || h->n_y != cells))
                return "x_mm and y_mm do not have one number a cell column";
        d.boards[0] = '\0'; /* a row holds the cells of all boards */
        if (h->n_x > 0)
                return layout_scatter(&d, &(struct layout_points){cells, h->x_mm, h->y_mm, h->pitch_x_mm, 1},
                                      &r->layout);
        if (h->rows > 0 || h->cols > 0)
                d.x_mm[0] = d.y_mm[0] = '\0';
        return layout_learn(&grid, &d, cells, &r->layout);
}

/* Finds the largest value in a pass over the rows, for recordings without a full scale. */
static void measure_full_scale(struct recording *r, struct frame *scratch) {
        bool inverted = r->layout.inverted;
        float largest;

        r->layout.inverted = false;
        largest = read_rows(r, scratch, NULL, NULL);
        r->layout.inverted = inverted;
        r->layout.geometry.full_scale = largest > 0 ? largest : 1;
}

static int open_csv(struct recording *r, const struct settings_device *device, char ret_error[RECORDING_ERROR_MAX]) {
        struct span rest = {r->data, r->data + r->n}, line = rest;
        struct csv_head head = {0};
        const char *wrong = NULL;
        uint32_t number = 0, cells = 0;
        struct frame scratch;

        if (r->n == 0)
                return fail_at_line(ret_error, 0, "there is nothing in it");
        if (r->n >= 3 && memcmp(r->data, "\xEF\xBB\xBF", 3) == 0)
                rest.at += 3;
        while (rest.at < rest.end && !wrong) {
                number++;
                line = trim_blanks(split_until(&rest, '\n'));
                if (line.at < line.end && *line.at != '#')
                        break;
                if (line.at < line.end)
                        wrong = parse_head_line(&head, line);
                line.at = line.end;
        }
        if (!wrong && line.at == line.end)
                return fail_at_line(ret_error, 0, "no header t_s,...,c0,c1,... in it: this is not a frames CSV");
        wrong = wrong ? wrong : parse_column_names(r, line, &cells);
        wrong = wrong ? wrong : build_layout(r, &head, device, cells);
        if (wrong)
                return fail_at_line(ret_error, number, wrong);
        r->columns.rows_at = (size_t)(rest.at - r->data);
        r->columns.header_line = number;
        r->resistance = head.resistance;
        if (head.resistance || (!(head.full_scale > 0) && !(device->full_scale > 0)))
                measure_full_scale(r, &scratch);
        return 0;
}

/* --- wire bytes --- */

struct raw_reader {
        const struct recording *r;
        struct frame *frame; /* scratch of the decoder; the time is written there */
        recording_fn emit;
        void *userdata;
        uint32_t n_cells;     /* of the longest run of frames with the same count, */
        uint32_t longest_run; /* and the number of frames in it */
        uint32_t count, run;  /* of the last frame, and frames in a row with that count */
};

/* Bytes without times: all at once. */
static void feed_raw_bytes(struct recording *r, const struct frame_sink *sink) {
        decoder_at_boundary(&r->decoder);
        decoder_feed(&r->decoder, (const uint8_t *)r->data, r->n, START_US, sink);
        decoder_idle(&r->decoder, START_US, sink);
}

/* Control characters would break the lines of every table that shows the label. */
static void read_label(struct recording *r, const struct recording_piece *piece) {
        const char *at = (const char *)piece->bytes;

        copy_text((struct span){at, at + piece->n}, r->label);
        for (char *p = r->label; *p; p++)
                *p = (unsigned char)*p < ' ' || *p == 0x7F ? '?' : *p;
}

/* Bytes with their times. Bytes on both sides of a gap never make one frame. */
static void feed_pieces(struct recording *r, const struct frame_sink *sink) {
        uint64_t now_us = START_US;
        struct recording_piece piece;

        recording_cursor_init(&r->cursor, r->data, r->n, r->head.chunks_at);
        if (r->head.whole)
                decoder_at_boundary(&r->decoder);
        while (recording_cursor_next(&r->cursor, &piece)) {
                uint64_t then_us = START_US + piece.t_us;

                if (piece.label) {
                        read_label(r, &piece);
                        continue;
                }
                if (then_us >= now_us + QUIET_US)
                        decoder_idle(&r->decoder, now_us + QUIET_US, sink);
                if (piece.gap)
                        decoder_reset(&r->decoder);
                now_us = then_us;
                decoder_feed(&r->decoder, piece.bytes, piece.n, now_us, sink);
        }
        decoder_idle(&r->decoder, now_us, sink);
        r->damaged_bytes = r->cursor.damaged_bytes;
        r->cut_bytes = r->cursor.cut_bytes;
}

static void feed_decoder(struct recording *r, const struct frame_sink *sink) {
        decoder_init(&r->decoder, r->format, &r->layout);
        r->label[0] = '\0';
        if (r->native)
                feed_pieces(r, sink);
        else
                feed_raw_bytes(r, sink);
}

static void emit_timed(void *userdata, const struct frame *frame) {
        const struct raw_reader *reader = userdata;
        struct recording_row row = {.ref_pitch_deg = NAN, .ref_roll_deg = NAN};

        memcpy(row.label, reader->r->label, sizeof(row.label));
        if (!reader->r->native)
                reader->frame->arrived_us =
                        START_US + (uint64_t)((double)(frame->seq - 1) * 1e6 / (double)reader->r->rate_hz);
        reader->emit(reader->userdata, reader->frame, &row);
}

static void count_cells(void *userdata, const struct frame *frame) {
        struct raw_reader *reader = userdata;

        reader->run = frame->n_cells == reader->count ? reader->run + 1 : 1;
        reader->count = frame->n_cells;
        if (reader->run > reader->longest_run) {
                reader->longest_run = reader->run;
                reader->n_cells = frame->n_cells;
        }
}

/* The first character of a line with numbers that the format does not expect; 0 = there is none. */
static char find_stranger(const struct recording *r, uint32_t *ret_line) {
        char stranger = 0;
        bool digits = false;

        *ret_line = 1;
        for (size_t i = 0; i < r->n; i++) {
                const char c = r->data[i];

                digits = c == '\n' ? false : digits || is_digit(c);
                if (c == '\n')
                        ++*ret_line;
                if (c == '\n' || text_is_separator(&r->decoder.text, c))
                        stranger = 0;
                else if (!is_digit(c) && !strchr(".+-\r", c) && !stranger)
                        stranger = c;
                if (stranger && digits && (unsigned char)stranger > ' ' && (unsigned char)stranger < 127)
                        return stranger;
        }
        return 0;
}

static int fail_without_frame(const struct recording *r, char ret_error[RECORDING_ERROR_MAX]) {
        const struct decoder *d = &r->decoder;
        const uint32_t count = d->other_count;
        char stranger[2] = {0};
        uint32_t line;
        size_t at;

        if (d->refused[REFUSED_COUNT] > d->refused[REFUSED_TEXT]) {
                if (count == 0 || count > 9)
                        return fail_at_line(ret_error, 0, "no numbers in its lines, or more than 4096");
                stranger[0] = (char)('0' + count);
                at = append_text(ret_error, append_text(ret_error, 0, "only "), stranger);
                at = append_text(ret_error, at, count == 1 ? " number" : " numbers");
                append_text(ret_error, at, " in a line, as words may have: set rows and cols in [device]");
                return RECORDING_EINVAL;
        }
        stranger[0] = r->native || r->format->framing != FRAMING_TEXT ? '\0' : find_stranger(r, &line);
        if (!stranger[0])
                return fail_at_line(ret_error, 0, "no line of numbers in it");
        fail_at_line(ret_error, line, "the character ");
        append_text(ret_error, append_text(ret_error, strlen(ret_error), stranger),
                    " is not expected among numbers; a description can name it (separators, words)");
        return RECORDING_EINVAL;
}

static int open_wire_bytes(struct recording *r, const struct settings_device *device,
                           char ret_error[RECORDING_ERROR_MAX]) {
        const char *wrong = layout_build(r->format, device, &r->layout);
        struct raw_reader reader = {.r = r};
        struct frame scratch;

        r->rate_hz = r->format->rate_hz > 0 ? r->format->rate_hz : RATE_UNKNOWN_HZ;
        if (wrong)
                return fail_at_line(ret_error, 0, wrong);
        if (r->layout.geometry.n_cells > 0)
                return 0;
        feed_decoder(r, &(struct frame_sink){&scratch, count_cells, &reader});
        if (reader.n_cells == 0)
                return fail_without_frame(r, ret_error);
        wrong = layout_learn(r->format, device, reader.n_cells, &r->layout);
        return wrong ? fail_at_line(ret_error, 0, wrong) : 0;
}

static int open_native(struct recording *r, const struct settings_device *device,
                       char ret_error[RECORDING_ERROR_MAX]) {
        struct settings_device d = *device;
        const char *wrong = recording_read_head(r->data, r->n, &r->head, &d);

        if (wrong)
                return fail_at_line(ret_error, r->head.bad_line, wrong);
        if (!r->format)
                r->format = format_by_name(r->head.format);
        if (!r->format)
                return fail_at_line(ret_error, 0,
                                    "its format is not in the table here; name one that reads it with --format");
        return open_wire_bytes(r, &d, ret_error);
}

static void read_wire_bytes(struct recording *r, struct frame *frame, recording_fn emit, void *userdata) {
        struct raw_reader reader = {.r = r, .frame = frame, .emit = emit, .userdata = userdata};

        feed_decoder(r, &(struct frame_sink){frame, emit_timed, &reader});
        r->frames = r->decoder.frames;
        memcpy(r->refused, r->decoder.refused, sizeof(r->refused));
}

/* --- recording.h --- */

int recording_open(struct recording *r, const char *data, size_t n, const struct format *format,
                   const struct settings_device *device, char ret_error[RECORDING_ERROR_MAX]) {
        int status;

        r->data = data;
        r->n = n;
        r->format = format;
        r->native = recording_is_native(data, n);
        r->damaged_bytes = r->cut_bytes = 0;
        r->resistance = false;
        if (r->native)
                status = open_native(r, device, ret_error);
        else if (format)
                status = open_wire_bytes(r, device, ret_error);
        else
                status = open_csv(r, device, ret_error);
        r->frames = 0;
        memset(r->refused, 0, sizeof(r->refused));
        return status;
}

void recording_each(struct recording *r, struct frame *frame, recording_fn emit, void *userdata) {
        r->frames = 0;
        memset(r->refused, 0, sizeof(r->refused));
        memset(r->refused_line, 0, sizeof(r->refused_line));
        if (r->format)
                read_wire_bytes(r, frame, emit, userdata);
        else
                read_rows(r, frame, emit, userdata);
}
