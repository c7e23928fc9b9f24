/* SPDX-License-Identifier: MIT */
/* The description of a wire format. It reads like a data sheet; the table of known formats is in formats.h. Pure.
 *
 * A binary frame on the wire is   sync | header | elements | trailer | check | tail   with everything but the elements
 * optional. Two things cannot be described: run lengths (Marveldex over Bluetooth: one damaged code moves all cells
 * after it, and cells are not at fixed places) and Modbus (a master with addresses and timeouts, not a stream). */
#ifndef CORE_ACQUIRE_FORMAT_H
#define CORE_ACQUIRE_FORMAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/acquire/crc16.h"
#include "sitbone/settings/device.h"

enum framing {
        FRAMING_PREFIX,    /* sync, header, payload, tail */
        FRAMING_DELIMITER, /* a frame of known length between two syncs; sync comes first on the wire */
        FRAMING_TEXT,      /* numbers in text */
        FRAMING_SUFFIX,    /* as FRAMING_DELIMITER, but sync comes last on the wire */
        FRAMING_SLIP,      /* a packet a frame, RFC 1055: ends in C0; C0 and DB are escaped */
        FRAMING_COBS,      /* a packet a frame, Cheshire & Baker 1999: ends in 00, which cannot occur elsewhere */
};

enum element {
        ELEMENT_U8,
        ELEMENT_U16LE,
        ELEMENT_U16BE,
        ELEMENT_I16LE,
        ELEMENT_I16BE,
        ELEMENT_I32LE,
        ELEMENT_F32LE,
        ELEMENT_SPLIT5,   /* two bytes: (value >> 5) + 11, (value & 31) + 11, so that no byte is a newline */
        ELEMENT_SPLIT6,   /* the same with 6 bits */
        ELEMENT_PACK10LE, /* 10 or 12 bits without gaps, the first in the lower or upper bits of the first byte */
        ELEMENT_PACK10BE,
        ELEMENT_PACK12LE,
        ELEMENT_PACK12BE,
};
/* Over the bytes of the frame before it. NMEA is the xor of a line of text, as two hexadecimal digits after a '*'. */
enum check { CHECK_NONE, CHECK_SUM8, CHECK_CRC16_MODBUS, CHECK_XOR8, CHECK_NMEA };
enum length_kind { LENGTH_FIXED, LENGTH_U8, LENGTH_U16LE, LENGTH_U16BE };
enum shape_kind { SHAPE_NONE, SHAPE_U8, SHAPE_U16LE };
enum part_kind { PART_NONE, PART_INDEX_U8, PART_START_U16LE };
enum text_end {
        TEXT_END_LINE,
        TEXT_END_BLANK,
        TEXT_END_WORD,
        TEXT_END_NUMBER,
        TEXT_END_BRACKET,
        TEXT_END_NAME,
        TEXT_END_MARK,
        TEXT_END_TITLE,
};

/* Confidence in the facts: A = two independent sources agree, or recorded bytes decode; B = one source that plainly
 * worked on hardware; C = one weak source. */
enum sure { SURE_UNSAID, SURE_A, SURE_B, SURE_C };

/* As one of the separators: every byte that cannot belong to a number separates. */
#define FORMAT_SEPARATOR_ANY '*'

enum { FORMAT_BYTES_MAX = 8, FORMAT_CONSTANTS_MAX = 4, FORMAT_ROWS_MAX = 64, FORMAT_COMMAND_MAX = 32 };

struct format_bytes {
        uint8_t n;
        uint8_t of[FORMAT_BYTES_MAX];
};

/* Bytes that are sent to the mat, or that lines of text have. n 0 = nothing. */
struct format_command {
        uint8_t n;
        uint8_t of[FORMAT_COMMAND_MAX];
};

/* Byte `at` (counted from the first sync byte), masked, must have this value. */
struct format_constant {
        uint8_t at, mask, value;
};

/* All members are values, so that a row of the table and a description from a file are the same thing. */
struct format {
        char name[24], title[40];
        enum sure sure;
        char known[128]; /* the evidence behind `sure` */
        char source[96]; /* the public place of the facts; "" = not given */
        enum framing framing;

        struct format_bytes sync, tail;
        struct format_bytes preamble; /* may precede a frame or a part, and carries no information */
        uint8_t header_n;             /* bytes between sync and elements */
        uint16_t trailer_n;           /* bytes after the elements that are unexplained or not needed */
        uint8_t escape;               /* the byte after this one was changed by xor 20; 0 = no byte is escaped */

        /* Length of the elements, in bytes unless `elements` is set; of sparse records always their number. */
        struct {
                enum length_kind kind;
                uint8_t at;    /* counted from the first sync byte */
                bool elements; /* it counts elements */
                uint8_t adds;  /* it is larger by this much, because it counts head or check too */
        } length;

        /* Rows, then columns. They must be those in force; without a sync a frame is found by these bytes. */
        struct {
                enum shape_kind kind;
                uint8_t at;
        } shape;

        /* A frame comes in parts, each framed by itself, in rising order. The index counts parts of equal size, the
         * start counts elements. A pass with a part missing is dropped. */
        struct {
                enum part_kind kind;
                uint8_t at;     /* of the index or start */
                uint16_t cells; /* elements in a part; 0 = one line of the wire (suffix: as many as come) */
                uint8_t first;  /* index of the first part */
        } part;

        /* Byte of the header with the number of the board that sent the frame, counted from the first sync byte; 0
         * = there is none. The boards listed in `boards` make one frame; when none are listed each frame stands
         * alone. rows, cols and the order are those of one board. */
        uint8_t board_at;

        /* Only loaded cells are sent, as records with column, row and value. size 0 = every cell is sent. */
        struct {
                uint8_t size, x_at, y_at, value_at;
        } sparse;

        uint8_t n_constants;
        struct format_constant constants[FORMAT_CONSTANTS_MAX];
        enum check check;
        uint8_t check_from; /* the first byte that it covers, counted from the first sync byte */

        /* Text: any number of separators and blanks separates two numbers; header_n and trailer_n count numbers at
         * both ends of a line that are no cells. A line is a frame; or a row, and the frame ends with a blank line,
         * with a line without a digit, where the first number is that of the row with the first row of the next
         * frame, with a bracket, with a name that comes again, or with the mark of the next frame. */
        char separators[8];
        bool digits; /* every digit is a cell */
        enum text_end text_end;
        char line_end; /* 0 = newline */
        bool decimal_comma, skip_times;
        struct format_command skip_to, line_start; /* the beginning of a line up to these bytes is no cell */
        struct format_command mark;                /* begins a frame */
        char missing[64];                          /* words in place of a number; "" = none */
        bool missing_empty;                        /* so is nothing between two separators */
        char names[128];                           /* names before the numbers (cell_names.h); "" = none */
        struct format_command value_after;         /* between name and number; n 0 = anything */

        enum element element;
        uint16_t mask;      /* 0 = all bits */
        uint8_t shift;      /* to the right, after the mask */
        uint16_t max_valid; /* larger values cannot come from this mat; 0 = no such limit */
        bool inverted;      /* values fall with load */
        float full_scale;   /* value of a saturated cell */
        float crosstalk;    /* full scale over the Vmax of the column correction; 0 = none */

        uint16_t rows, cols;          /* 0 = from the settings, or learnt from the first line of text */
        uint16_t cells;               /* number of cells when their places are not known and rows and cols are 0 */
        bool resizable;               /* the same frame comes in other sizes, which the settings may choose */
        float pitch_x_mm, pitch_y_mm; /* 0 = not known */

        struct {
                bool column_major; /* the wire sends column after column */
                bool serpentine;   /* every second line runs backwards */
                bool flip_x, flip_y;
                uint8_t n_listed;                  /* rows in row_list; 0 = as they come */
                uint8_t row_list[FORMAT_ROWS_MAX]; /* row r is wire row row_list[r] */
                uint8_t n_cols_listed;
                uint8_t col_list[FORMAT_ROWS_MAX]; /* column c is wire column col_list[c] */
        } order;
        char boards[32];           /* "" = each frame stands alone; syntax of this and the lists below: cell_lists.h */
        char mask_cells[128];      /* cells that never measure */
        char x_mm[512], y_mm[512]; /* places of scattered cells, in the order of the wire; "" = not known, or a grid */

        int32_t baud;
        float rate_hz; /* nominal, to space the frames of raw bytes in time */
        enum line_state dtr, rts;
        int32_t open_delay_ms, discard_ms;
        struct format_command start;   /* sent once when the port was opened */
        struct format_command request; /* asks for a frame: sent every request_every_ms */
        int32_t request_every_ms;
};

/* Bytes of an element of this kind. Packed ones take a part of it. */
static inline size_t format_size_of_element(enum element element) {
        return element == ELEMENT_U8 ? 1 : element == ELEMENT_I32LE || element == ELEMENT_F32LE ? 4 : 2;
}

/* Bits of a packed element; 0 = elements are whole bytes. */
static inline uint32_t format_packed_bits(enum element element) {
        return element < ELEMENT_PACK10LE ? 0 : element < ELEMENT_PACK12LE ? 10 : 12;
}

/* The largest value of a cell on the wire, and minus the smallest. No converter of any known mat has 24 bits, but
 * those of load cells. */
static inline float format_value_limit(const struct format *format) {
        return format->full_scale > (float)(1 << 24) ? (float)(1u << 31) : (float)(1 << 24);
}

/* Bytes of one element, of n elements, and of everything around them (of one part). 0 for text. */
static inline size_t format_element_size(const struct format *format) {
        return format->framing == FRAMING_TEXT ? 0 : format_size_of_element(format->element);
}

static inline size_t format_elements_size(const struct format *format, size_t n) {
        const uint32_t bits = format_packed_bits(format->element);

        return bits > 0 && format->framing != FRAMING_TEXT ? (n * bits + 7) / 8 : n * format_element_size(format);
}

size_t format_overhead(const struct format *format);

/* Bytes of the length field. */
static inline size_t format_length_size(const struct format *format) {
        return format->length.kind == LENGTH_FIXED ? 0 : format->length.kind == LENGTH_U8 ? 1 : 2;
}

/* The largest value that an element can have. */
uint32_t format_largest(const struct format *format);

/* The bytes by which a frame of this many rows and columns is found: the sync, or the shape where there is none. */
struct format_bytes format_sync(const struct format *format, uint32_t rows, uint32_t cols);

/* The shape as bytes on the wire. */
struct format_bytes format_shape(const struct format *format, uint32_t rows, uint32_t cols);

/* The check takes 0 to 2 bytes on the wire, the lowest first. */
size_t format_check_size(const struct format *format);
uint16_t format_check(const struct format *format, const struct crc16 *crc, const uint8_t *bytes, size_t n);

/* NULL, or the reason why no decoder could follow this description. Every row of the table passes. */
const char *format_validate(const struct format *format);

#endif
