/* The table of wire formats: a row reads like a data sheet. Adding a mat is adding a row. Pure.
 *
 * A binary frame on the wire is   sync | header | elements | check | tail   with everything but the elements optional. */
#ifndef ACQUIRE_FORMATS_H
#define ACQUIRE_FORMATS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sitbone/settings.h"

enum framing {
        FRAMING_PREFIX,    /* sync, header, payload, tail */
        FRAMING_DELIMITER, /* payload of known length between two syncs */
        FRAMING_TEXT,      /* numbers in text; a line a frame */
};

enum element { ELEMENT_U8, ELEMENT_U16LE, ELEMENT_U16BE };
enum check { CHECK_NONE, CHECK_SUM8, CHECK_CRC16_MODBUS }; /* over every byte of the frame before it */
enum length_kind { LENGTH_FIXED, LENGTH_U8, LENGTH_U16LE, LENGTH_U16BE };

enum { FORMAT_BYTES_MAX = 8, FORMAT_CONSTANTS_MAX = 4, FORMAT_ROWS_MAX = 64 };

struct format_bytes {
        uint8_t n;
        uint8_t of[FORMAT_BYTES_MAX];
};

/* Byte `at` (counted from the first sync byte), masked, must have this value. */
struct format_constant {
        uint8_t at, mask, value;
};

/* All by value: a row of the table and a description read from a file are the same thing. */
struct format {
        char name[24], title[40];
        enum framing framing;

        struct format_bytes sync, tail;
        uint8_t header_n; /* bytes between sync and elements */
        struct {
                enum length_kind kind;
                uint8_t at; /* counted from the first sync byte */
        } length;           /* of the elements, in bytes */
        uint8_t n_constants;
        struct format_constant constants[FORMAT_CONSTANTS_MAX];
        enum check check;
        char separators[8]; /* text: any of these, any number of them, between two numbers */

        enum element element;
        uint16_t mask;      /* 0 = all bits */
        uint8_t shift;      /* to the right, after the mask */
        uint16_t max_valid; /* larger values cannot come from this mat; 0 = no such limit */
        bool inverted;      /* values fall with load */
        float full_scale;   /* value of a saturated cell */

        uint16_t rows, cols;          /* 0 = from the settings, or learnt from the first line of text */
        bool resizable;               /* the same frame comes in other sizes: the settings may say which */
        float pitch_x_mm, pitch_y_mm; /* 0 = not known */

        struct {
                bool column_major; /* the wire sends column after column */
                bool serpentine;   /* every second line runs backwards */
                bool flip_x, flip_y;
                uint8_t n_listed;                  /* rows in row_list; 0 = as they come */
                uint8_t row_list[FORMAT_ROWS_MAX]; /* row r is wire row row_list[r] */
        } order;

        int32_t baud;
        float rate_hz; /* nominal, to space the frames of raw bytes in time */
        enum line_state dtr, rts;
        int32_t open_delay_ms, discard_ms;
};

/* NULL when there is no such row. */
const struct format *format_by_name(const char *name);
size_t format_count(void);
const struct format *format_at(size_t i);

/* Bytes of one element, and of everything round the elements. 0 for text. */
size_t format_element_size(const struct format *format);
size_t format_overhead(const struct format *format);

/* The check over n bytes as it stands on the wire; returns how many bytes of ret it fills (0..2). */
size_t format_check(const struct format *format, const uint8_t *bytes, size_t n, uint8_t ret[2]);

#endif
