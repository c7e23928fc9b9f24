/* SPDX-License-Identifier: MIT */
#include "core/acquire/recording.h"

#include <math.h>
#include <string.h>

#include "core/acquire/parse_number.h"
#include "core/acquire/recording_raw.h"

static const double TIME_MAX_S = 1e9;   /* 30 years: more is not a time since the start */
static const double CLOCK_MAX_S = 1e11; /* times count from the first row, which may say seconds since 1970 */
static const double VALUE_MAX = 1e9;

/* A stretch of the recording. */
struct span {
        const char *at, *end;
};

/* What the head says. */
struct head {
        uint32_t rows, cols, cells, n_x, n_y;
        float pitch_x_mm, pitch_y_mm, full_scale;
        bool polarity_said, inverted, resistance;
        float x_mm[CELLS_MAX], y_mm[CELLS_MAX];
};

/* --- text --- */

static struct span take_until(struct span *rest, char stop) {
        struct span ret = {rest->at, rest->at};

        while (ret.end < rest->end && *ret.end != stop)
                ret.end++;
        rest->at = ret.end < rest->end ? ret.end + 1 : ret.end;
        return ret;
}

static bool is_blank(char c) {
        return c == ' ' || c == '\t' || c == '\r';
}

static struct span trim(struct span s) {
        while (s.at < s.end && is_blank(*s.at))
                s.at++;
        while (s.end > s.at && is_blank(s.end[-1]))
                s.end--;
        return s;
}

/* Of a line, up to the next comma; what stands between quotation marks may hold commas. */
static struct span take_field(struct span *line) {
        struct span ret;

        while (line->at < line->end && is_blank(*line->at))
                line->at++;
        if (line->at == line->end || *line->at != '"')
                return trim(take_until(line, ','));
        line->at++;
        ret = take_until(line, '"');
        take_until(line, ',');
        return ret;
}

static bool same(struct span s, const char *word) {
        size_t n = strlen(word);

        return (size_t)(s.end - s.at) == n && memcmp(s.at, word, n) == 0;
}

static bool parse_whole(struct span s, double *ret) {
        double value;

        s = trim(s);
        if (!number_parse(&s.at, s.end, &value) || s.at != s.end)
                return false;
        *ret = value;
        return true;
}

/* Cut at a whole character of UTF-8. */
static void copy_text(struct span s, char ret[RECORDING_LABEL_MAX]) {
        size_t n;

        s = trim(s);
        n = (size_t)(s.end - s.at);
        if (n > RECORDING_LABEL_MAX - 1) {
                n = RECORDING_LABEL_MAX - 1;
                while (n > 0 && ((unsigned char)s.at[n] & 0xC0) == 0x80)
                        n--;
        }
        memcpy(ret, s.at, n);
        ret[n] = '\0';
}

static size_t append(char *ret, size_t at, const char *text) {
        while (*text && at < RECORDING_ERROR_MAX - 1)
                ret[at++] = *text++;
        ret[at] = '\0';
        return at;
}

int recording_fail(char ret[RECORDING_ERROR_MAX], uint32_t line, const char *why) {
        char digits[11] = {0};
        size_t i = sizeof(digits) - 1, at = 0;

        if (line > 0) {
                for (; line > 0; line /= 10)
                        digits[--i] = (char)('0' + line % 10);
                at = append(ret, append(ret, append(ret, 0, "line "), digits + i), ": ");
        }
        append(ret, at, why);
        return RECORDING_EINVAL;
}

/* --- head: "# key=value" --- */

static bool number_in(struct span value, double least, double most, float *ret) {
        double number;

        if (!parse_whole(value, &number) || !(number >= least && number <= most))
                return false;
        *ret = (float)number;
        return true;
}

static bool count_in(struct span value, uint32_t *ret) {
        double number;

        if (!parse_whole(value, &number) || !(number >= 1 && number <= CELLS_MAX) || number != (uint32_t)number)
                return false;
        *ret = (uint32_t)number;
        return true;
}

/* Numbers with blanks or commas between them. */
static bool list_in(struct span value, float ret[CELLS_MAX], uint32_t *ret_n) {
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

/* 0 or what is wrong. Unknown keys (source, note, licence) say nothing to us. */
static const char *take_key(struct head *h, struct span key, struct span value) {
        if (same(key, "rows"))
                return count_in(value, &h->rows) ? NULL : "rows is not 1 to 4096";
        if (same(key, "cols"))
                return count_in(value, &h->cols) ? NULL : "cols is not 1 to 4096";
        if (same(key, "cells"))
                return count_in(value, &h->cells) ? NULL : "cells is not 1 to 4096";
        if (same(key, "pitch_x_mm"))
                return number_in(value, 0.01, 1e4, &h->pitch_x_mm) ? NULL : "pitch_x_mm is not 0.01 to 10000";
        if (same(key, "pitch_y_mm"))
                return number_in(value, 0.01, 1e4, &h->pitch_y_mm) ? NULL : "pitch_y_mm is not 0.01 to 10000";
        if (same(key, "full_scale"))
                return number_in(value, 1e-6, VALUE_MAX, &h->full_scale) ? NULL : "full_scale is not above 0";
        if (same(key, "x_mm"))
                return list_in(value, h->x_mm, &h->n_x) ? NULL : "x_mm is not a list of numbers";
        if (same(key, "y_mm"))
                return list_in(value, h->y_mm, &h->n_y) ? NULL : "y_mm is not a list of numbers";
        if (same(key, "unit"))
                h->resistance = same(value, "resistance");
        if (same(key, "polarity")) {
                h->polarity_said = true;
                h->inverted = same(value, "inverted");
                return h->inverted || same(value, "normal") ? NULL : "polarity is neither inverted nor normal";
        }
        return NULL;
}

static const char *take_head_line(struct head *h, struct span line) {
        struct span key, value = {line.at + 1, line.end};

        key = take_until(&value, '=');
        return take_key(h, trim(key), trim(value));
}

/* --- header: names of the columns --- */

static bool is_cell_name(struct span name, uint32_t number) {
        double value;

        if (name.at == name.end || *name.at != 'c')
                return false;
        name.at++;
        return parse_whole(name, &value) && value == number;
}

static const char *take_header(struct recording *r, struct span line, uint32_t *ret_cells) {
        uint32_t cells = 0;

        r->columns.t = r->columns.label = r->columns.subject = r->columns.ref_pitch = r->columns.ref_roll = -1;
        r->columns.first_cell = -1;
        for (int i = 0; line.at < line.end; i++) {
                struct span name = take_field(&line);

                if (is_cell_name(name, cells)) {
                        r->columns.first_cell = cells++ == 0 ? i : r->columns.first_cell;
                        continue;
                }
                if (cells > 0)
                        return "the columns c0, c1, ... are not the last ones in order";
                r->columns.t = same(name, "t_s") ? i : r->columns.t;
                r->columns.label = same(name, "label") ? i : r->columns.label;
                r->columns.subject = same(name, "subject") ? i : r->columns.subject;
                r->columns.ref_pitch = same(name, "ref_pitch_deg") ? i : r->columns.ref_pitch;
                r->columns.ref_roll = same(name, "ref_roll_deg") ? i : r->columns.ref_roll;
        }
        if (r->columns.t < 0)
                return "the header has no column t_s (columns stand between commas)";
        if (cells == 0 || cells > CELLS_MAX)
                return "the header has not 1 to 4096 cell columns c0, c1, ...";
        *ret_cells = cells;
        return NULL;
}

/* --- rows --- */

/* What a cell's number means as a raw value. The load on a foil goes with its conductance, not with what its resistance
 * is below the largest one. */
static float raw_of(const struct recording *r, double value) {
        const double full = (double)r->layout.geometry.full_scale;

        if (r->resistance)
                return value >= 1e-6 ? (float)(1 / value) : 0;
        if (r->layout.inverted)
                return value < full ? (float)(full - value) : 0;
        return (float)value;
}

/* The cells of one row, as they stand there. */
static bool take_cells(struct recording *r, struct span cells, struct frame *frame, float *largest,
                       enum refusal *ret_reason) {
        const struct layout *l = &r->layout;
        uint32_t n = l->geometry.n_cells;

        for (uint32_t k = 0; k < n; k++) {
                double value;

                *ret_reason = REFUSED_COUNT;
                if (cells.at == cells.end)
                        return false;
                *ret_reason = REFUSED_TEXT;
                if (!parse_whole(*cells.at == '"' ? take_field(&cells) : take_until(&cells, ','), &value))
                        return false;
                *ret_reason = REFUSED_RANGE;
                if (fabs(value) > VALUE_MAX)
                        return false;
                frame->raw[l->cell_of[k]] = raw_of(r, value);
                if (r->resistance)
                        value = (double)frame->raw[l->cell_of[k]];
                *largest = (float)value > *largest ? (float)value : *largest;
        }
        *ret_reason = REFUSED_COUNT;
        return cells.at == cells.end;
}

static void take_extra(const struct recording *r, int column, struct span field, struct recording_row *row) {
        double value;

        if (column == r->columns.label)
                copy_text(field, row->label);
        else if (column == r->columns.subject)
                copy_text(field, row->subject);
        else if (column == r->columns.ref_pitch && parse_whole(field, &value) && fabs(value) <= 360)
                row->ref_pitch_deg = (float)value;
        else if (column == r->columns.ref_roll && parse_whole(field, &value) && fabs(value) <= 360)
                row->ref_roll_deg = (float)value;
}

static bool take_row(struct recording *r, struct span line, struct frame *frame, struct recording_row *row,
                     double *ret_t_s, float *largest, enum refusal *ret_reason) {
        double t_s = -1;

        *row = (struct recording_row){.ref_pitch_deg = NAN, .ref_roll_deg = NAN};
        for (int i = 0; i < r->columns.first_cell; i++) {
                struct span field;

                *ret_reason = REFUSED_COUNT;
                if (line.at == line.end)
                        return false;
                field = take_field(&line);
                *ret_reason = REFUSED_TEXT;
                if (i == r->columns.t && !parse_whole(field, &t_s))
                        return false;
                take_extra(r, i, field, row);
        }
        *ret_reason = REFUSED_RANGE;
        if (!(t_s >= 0 && t_s <= CLOCK_MAX_S))
                return false;
        *ret_t_s = t_s;
        return take_cells(r, line, frame, largest, ret_reason);
}

static void refuse(struct recording *r, enum refusal reason, uint32_t line) {
        if (r->refused[reason]++ == 0)
                r->refused_line[reason] = line;
}

/* Time that runs backwards is refused: everything behind the frames counts on a clock that does not. */
static void each_row(struct recording *r, struct frame *frame, recording_fn emit, void *userdata, float *largest) {
        struct span rest = {r->data + r->columns.rows_at, r->data + r->n};
        double t_s = 0, first_s = -1, last_s = 0;

        for (uint32_t number = r->columns.header_line + 1; rest.at < rest.end; number++) {
                struct span line = trim(take_until(&rest, '\n'));
                struct recording_row row;
                enum refusal reason;

                if (line.at == line.end || *line.at == '#')
                        continue;
                if (!take_row(r, line, frame, &row, &t_s, largest, &reason)) {
                        refuse(r, reason, number);
                        continue;
                }
                if (first_s >= 0 && (t_s < last_s || t_s - first_s > TIME_MAX_S)) {
                        refuse(r, REFUSED_RANGE, number);
                        continue;
                }
                first_s = first_s < 0 ? t_s : first_s;
                last_s = t_s;
                frame->seq = ++r->frames;
                frame->n_cells = r->layout.geometry.n_cells;
                frame->arrived_us = RECORDING_START_US + (uint64_t)((t_s - first_s) * 1e6 + 0.5);
                if (emit)
                        emit(userdata, frame, &row);
        }
}

/* --- opening --- */

static const char *build_layout(struct recording *r, const struct head *h, const struct settings_device *device,
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
        d.inverted = h->polarity_said ? h->inverted : d.inverted;
        if (h->cells > 0 && h->cells != cells)
                return "cells is not the number of cell columns";
        if (h->rows > 0 && h->cols > 0 && h->rows * h->cols != cells)
                return "rows x cols is not the number of cell columns";
        if ((h->n_x > 0 || h->n_y > 0) && (h->n_x != cells || h->n_y != cells))
                return "x_mm and y_mm do not have one number a cell column";
        d.boards[0] = '\0'; /* the cells of a frame stand together here */
        if (h->n_x > 0)
                return layout_scatter(&d, &(struct layout_points){cells, h->x_mm, h->y_mm, h->pitch_x_mm, 1},
                                      &r->layout);
        if (h->rows > 0 || h->cols > 0)
                d.x_mm[0] = d.y_mm[0] = '\0';
        return layout_learn(&grid, &d, cells, &r->layout);
}

/* One pass over the rows for the largest value. Only for recordings that do not say their full scale. */
static void measure_full_scale(struct recording *r, struct frame *scratch) {
        float largest = 0;
        bool inverted = r->layout.inverted;

        r->layout.inverted = false;
        each_row(r, scratch, NULL, NULL, &largest);
        r->layout.inverted = inverted;
        r->layout.geometry.full_scale = largest > 0 ? largest : 1;
}

static int open_csv(struct recording *r, const struct settings_device *device, char ret_error[RECORDING_ERROR_MAX]) {
        struct span rest = {r->data, r->data + r->n}, line = rest;
        struct head head = {0};
        const char *wrong = NULL;
        uint32_t number = 0, cells = 0;
        struct frame scratch;

        if (r->n == 0)
                return recording_fail(ret_error, 0, "there is nothing in it");
        if (r->n >= 3 && memcmp(r->data, "\xEF\xBB\xBF", 3) == 0)
                rest.at += 3;
        while (rest.at < rest.end && !wrong) {
                number++;
                line = trim(take_until(&rest, '\n'));
                if (line.at < line.end && *line.at != '#')
                        break;
                if (line.at < line.end)
                        wrong = take_head_line(&head, line);
                line.at = line.end;
        }
        if (!wrong && line.at == line.end)
                return recording_fail(ret_error, 0, "no header t_s,...,c0,c1,... in it: not a frames CSV");
        wrong = wrong ? wrong : take_header(r, line, &cells);
        wrong = wrong ? wrong : build_layout(r, &head, device, cells);
        if (wrong)
                return recording_fail(ret_error, number, wrong);
        r->columns.rows_at = (size_t)(rest.at - r->data);
        r->columns.header_line = number;
        r->resistance = head.resistance;
        if (head.resistance || (!(head.full_scale > 0) && !(device->full_scale > 0)))
                measure_full_scale(r, &scratch);
        return 0;
}

int recording_open(struct recording *r, const char *data, size_t n, const struct format *format,
                   const struct settings_device *device, char ret_error[RECORDING_ERROR_MAX]) {
        int status;

        r->data = data;
        r->n = n;
        r->format = format;
        r->ours = recording_is_ours(data, n);
        r->damaged_bytes = r->cut_bytes = 0;
        r->resistance = false;
        if (r->ours)
                status = recording_ours_open(r, device, ret_error);
        else if (format)
                status = recording_raw_open(r, device, ret_error);
        else
                status = open_csv(r, device, ret_error);
        r->frames = 0;
        memset(r->refused, 0, sizeof(r->refused));
        return status;
}

void recording_each(struct recording *r, struct frame *frame, recording_fn emit, void *userdata) {
        float largest = 0;

        r->frames = 0;
        memset(r->refused, 0, sizeof(r->refused));
        memset(r->refused_line, 0, sizeof(r->refused_line));
        if (r->format)
                recording_raw_each(r, frame, emit, userdata);
        else
                each_row(r, frame, emit, userdata, &largest);
}
