/* SPDX-License-Identifier: MIT */
#include "tools/sitbonectl/formats/draw.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "configure/format_file.h"

struct drawing {
        char *text;
        size_t n, size;
};

static void append_text(struct drawing *d, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void append_text(struct drawing *d, const char *format, ...) {
        va_list ap;
        int n;

        va_start(ap, format);
        n = vsnprintf(d->text + d->n, d->size - d->n, format, ap);
        va_end(ap);
        d->n = n >= 0 && d->n + (size_t)n < d->size ? d->n + (size_t)n : d->size - 1;
}

static void add_bytes(struct drawing *d, const struct format_bytes *bytes) {
        for (size_t i = 0; i < bytes->n; i++)
                append_text(d, "%s%02X", i > 0 ? " " : "", bytes->of[i]);
}

static bool is_text(const uint8_t *bytes, size_t n) {
        for (size_t i = 0; i < n; i++)
                if ((bytes[i] < ' ' || bytes[i] > '~') && bytes[i] != '\n' && bytes[i] != '\r')
                        return false;
        return n > 0;
}

void format_bytes_words(const uint8_t *bytes, size_t n, char *ret, size_t size) {
        struct drawing d = {ret, 0, size};
        bool text = is_text(bytes, n);

        *ret = '\0';
        append_text(&d, "%s", text ? "\"" : "");
        for (size_t i = 0; i < n; i++)
                if (!text)
                        append_text(&d, "%s%02X", i > 0 ? " " : "", bytes[i]);
                else if (bytes[i] == '\n' || bytes[i] == '\r')
                        append_text(&d, "\\%c", bytes[i] == '\n' ? 'n' : 'r');
                else
                        append_text(&d, "%c", bytes[i]);
        append_text(&d, "%s", text ? "\"" : "");
}

/* --- the head, byte by byte --- */

static const char *const width_words[] = {"", "u8", "u16le", "u16be"};

/* The field at this place of the head. Returns the number of its bytes; 0: no field begins here. */
static size_t describe_field(const struct format *f, size_t at, char *ret, size_t size) {
        *ret = '\0';
        if (f->length.kind != LENGTH_FIXED && f->length.at == at) {
                snprintf(ret, size, f->length.adds > 0 ? "%s %s + %u" : "%s %s",
                         f->sparse.size > 0 || f->length.elements ? "count" : "length", width_words[f->length.kind],
                         f->length.adds);
                return f->length.kind == LENGTH_U8 ? 1 : 2;
        }
        if (f->shape.kind != SHAPE_NONE && f->shape.at == at) {
                snprintf(ret, size, "rows cols %s", f->shape.kind == SHAPE_U8 ? "u8" : "u16le");
                return f->shape.kind == SHAPE_U8 ? 2 : 4;
        }
        if (f->part.kind != PART_NONE && f->part.at == at) {
                snprintf(ret, size, f->part.first > 0 ? "%s from %u" : "%s",
                         f->part.kind == PART_INDEX_U8 ? "part u8" : "start u16le", f->part.first);
                return f->part.kind == PART_INDEX_U8 ? 1 : 2;
        }
        for (size_t i = 0; i < f->n_constants; i++)
                if (f->constants[i].at == at) {
                        if (f->constants[i].mask == 0xFF)
                                snprintf(ret, size, "%02X", f->constants[i].value);
                        else
                                snprintf(ret, size, "byte with &%02X = %02X", f->constants[i].mask,
                                         f->constants[i].value);
                        return 1;
                }
        return 0;
}

static void add_free(struct drawing *d, size_t n) {
        if (n > 0)
                append_text(d, " | %zu byte%s", n, n > 1 ? "s" : "");
}

static void add_head(struct drawing *d, const struct format *f) {
        size_t at = f->sync.n, end = (size_t)format_sync(f, 0, 0).n + f->header_n, unnamed = 0;
        char words[64];

        while (at < end) {
                size_t n = describe_field(f, at, words, sizeof(words));

                if (n > 0) {
                        add_free(d, unnamed);
                        append_text(d, " | %s", words);
                        unnamed = 0;
                } else {
                        unnamed++;
                }
                at += n > 0 ? n : 1;
        }
        add_free(d, unnamed);
}

/* --- cells --- */

static void add_cells(struct drawing *d, const struct format *f) {
        const char *element = format_word(f, "element");
        uint32_t n = f->cells > 0 ? f->cells : (uint32_t)f->rows * f->cols;

        if (f->sparse.size > 0)
                append_text(d, " | count x { %u bytes: column at %u, row at %u, value %s at %u }", f->sparse.size,
                            f->sparse.x_at, f->sparse.y_at, element, f->sparse.value_at);
        else if (f->part.cells > 0)
                append_text(d, " | %u x %s", f->part.cells, element);
        else if (f->part.kind == PART_START_U16LE)
                append_text(d, " | n x %s", element);
        else if (f->part.kind != PART_NONE)
                append_text(d, " | a line x %s", element);
        else if (n > 0 && !f->resizable)
                append_text(d, " | %u x %s", n, element);
        else
                append_text(d, " | rows x cols x %s", element);
}

static void draw_bytes(struct drawing *d, const struct format *f) {
        bool packet = f->framing == FRAMING_SLIP || f->framing == FRAMING_COBS;
        bool suffix = f->framing == FRAMING_SUFFIX;
        size_t began;

        if (f->preamble.n > 0) {
                append_text(d, "(");
                add_bytes(d, &f->preamble);
                append_text(d, ") ");
        }
        append_text(d, "%s", packet ? f->framing == FRAMING_SLIP ? "SLIP ( " : "COBS ( " : "");
        began = d->n;
        if (!suffix)
                add_bytes(d, &f->sync);
        add_head(d, f);
        add_cells(d, f);
        if (d->n >= began + 3 && strncmp(d->text + began, " | ", 3) == 0) { /* nothing comes before it */
                memmove(d->text + began, d->text + began + 3, d->n - began - 2);
                d->n -= 3;
        }
        add_free(d, f->trailer_n);
        if (f->check != CHECK_NONE)
                append_text(d, f->check_from > 0 ? " | %s from %u" : " | %s", format_word(f, "check"), f->check_from);
        if (f->tail.n > 0 || suffix || f->framing == FRAMING_DELIMITER)
                append_text(d, " | ");
        add_bytes(d, &f->tail);
        if (suffix || f->framing == FRAMING_DELIMITER)
                add_bytes(d, &f->sync);
        append_text(d, "%s", packet ? " )" : f->framing == FRAMING_DELIMITER ? " | ..." : "");
        if (f->escape)
                append_text(d, ", escaped by %02X", f->escape);
}

static void draw_text(struct drawing *d, const struct format *f) {
        static const char *const rows[] = {"",
                                           "a line for each row; then a blank line",
                                           "a line for each row; then a line without a digit",
                                           "a line for each row, its number first",
                                           "an array or object over several lines",
                                           "over several lines",
                                           "over several lines after a mark",
                                           "over several lines after a title"};
        char s = *f->separators == FORMAT_SEPARATOR_ANY ? ',' : *f->separators;

        append_text(d, "%.*s%.*s", f->skip_to.n, f->skip_to.of, f->line_start.n, f->line_start.of);
        for (uint8_t i = 0; i < f->header_n; i++)
                append_text(d, "(no cell)%c", s);
        if (f->digits)
                append_text(d, "0 3 9 ... without anything between");
        else if (*f->names)
                append_text(d, "a number after each name: %s", f->names);
        else
                append_text(d, "0%c12%c345 ...", s, s);
        for (uint16_t i = 0; i < f->trailer_n; i++)
                append_text(d, "%c(no cell)", s);
        append_text(d, "%s", f->check == CHECK_NMEA ? "*hh" : "");
        if (f->line_end)
                append_text(d, " %02X", (uint8_t)f->line_end);
        else
                append_text(d, " \\n");
        if (f->text_end != TEXT_END_LINE)
                append_text(d, ", %s", rows[f->text_end]);
}

void format_draw(const struct format *f, char *ret, size_t size) {
        struct drawing d = {ret, 0, size};

        *ret = '\0';
        if (f->framing == FRAMING_TEXT)
                draw_text(&d, f);
        else
                draw_bytes(&d, f);
}
