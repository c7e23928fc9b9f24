/* SPDX-License-Identifier: MIT */
#include "core/acquire/format.h"

#include <string.h>

#include "core/acquire/cell_lists.h"
#include "core/acquire/cell_names.h"
#include "sitbone/frame.h"

static uint32_t largest_element(const struct format *f) {
        switch (f->element) {
        case ELEMENT_U8:
                return 0xFF;
        case ELEMENT_U16LE:
        case ELEMENT_U16BE:
                return 0xFFFF;
        case ELEMENT_I16LE:
        case ELEMENT_I16BE:
                return 0x7FFF;
        case ELEMENT_I32LE:
        case ELEMENT_F32LE:
                return 1u << 31;
        case ELEMENT_SPLIT5:
        case ELEMENT_PACK10LE:
        case ELEMENT_PACK10BE:
                return 0x3FF;
        case ELEMENT_SPLIT6:
        case ELEMENT_PACK12LE:
        case ELEMENT_PACK12BE:
                return 0xFFF;
        }
        return 0;
}

uint32_t format_largest(const struct format *format) {
        uint32_t bits = largest_element(format);

        if (format->framing == FRAMING_TEXT)
                return format->digits ? 9 : 1u << 31;
        return (format->mask ? bits & format->mask : bits) >> format->shift;
}

size_t format_check_size(const struct format *format) {
        if (format->check == CHECK_NONE || format->check == CHECK_NMEA)
                return 0;
        return format->check == CHECK_CRC16_MODBUS ? 2 : 1;
}

struct format_bytes format_shape(const struct format *format, uint32_t rows, uint32_t cols) {
        switch (format->shape.kind) {
        case SHAPE_NONE:
                break;
        case SHAPE_U8:
                return (struct format_bytes){2, {(uint8_t)rows, (uint8_t)cols}};
        case SHAPE_U16LE:
                return (struct format_bytes){
                        4, {(uint8_t)rows, (uint8_t)(rows >> 8), (uint8_t)cols, (uint8_t)(cols >> 8)}};
        }
        return (struct format_bytes){0};
}

struct format_bytes format_sync(const struct format *format, uint32_t rows, uint32_t cols) {
        return format->sync.n > 0 ? format->sync : format_shape(format, rows, cols);
}

size_t format_overhead(const struct format *format) {
        if (format->framing == FRAMING_TEXT)
                return 0;
        return (size_t)format_sync(format, 0, 0).n + format->header_n + format->trailer_n + format_check_size(format) +
               format->tail.n;
}

uint16_t format_check(const struct format *format, const struct crc16 *crc, const uint8_t *bytes, size_t n) {
        uint8_t folded = 0;

        switch (format->check) {
        case CHECK_NONE:
        case CHECK_NMEA:
                break;
        case CHECK_SUM8:
                for (size_t i = 0; i < n; i++)
                        folded = (uint8_t)(folded + bytes[i]);
                break;
        case CHECK_XOR8:
                for (size_t i = 0; i < n; i++)
                        folded ^= bytes[i];
                break;
        case CHECK_CRC16_MODBUS:
                return crc16_of(crc, bytes, n);
        }
        return folded;
}
/* ---- validation: a description is complete, and nothing in it lies outside a frame ---- */

/* With a suffix this is the sync of the frame before. */
static bool is_in_sync(const struct format *f, uint8_t at) {
        return at < f->sync.n;
}

static const char *check_offsets(const struct format *f) {
        if (f->length.kind != LENGTH_FIXED && is_in_sync(f, f->length.at))
                return "length_at is in the sync: places are counted from its first byte, header bytes follow it";
        if (f->shape.kind != SHAPE_NONE && is_in_sync(f, f->shape.at))
                return "shape_at is in the sync: places are counted from its first byte, header bytes follow it";
        if (f->part.kind != PART_NONE && is_in_sync(f, f->part.at))
                return "part_at is in the sync: places are counted from its first byte, header bytes follow it";
        return NULL;
}

static const char *check_head(const struct format *f) {
        size_t head = (size_t)format_sync(f, 0, 0).n + f->header_n;
        const char *wrong = check_offsets(f);

        if (wrong)
                return wrong;
        if (f->length.kind != LENGTH_FIXED && f->length.at + format_length_size(f) > head)
                return "length_at is not within sync and header: header must count these bytes, too";
        if (f->shape.kind != SHAPE_NONE && f->shape.at + (size_t)format_shape(f, 0, 0).n > head)
                return "shape_at is not within sync and header: header must count these bytes, too";
        if (f->shape.kind != SHAPE_NONE && f->sync.n == 0 && f->shape.at != 0)
                return "without a sync the shape comes first: shape_at must be 0";
        if (f->part.kind != PART_NONE && f->part.at + (f->part.kind == PART_START_U16LE ? 2u : 1u) > head)
                return "part_at is not within sync and header: header must count these bytes, too";
        if (f->board_at > 0 && (f->board_at >= head || f->part.kind != PART_NONE))
                return "board_at must be within sync and header, which counts this byte, too, and there may be no "
                       "parts";
        if (f->check_from > head)
                return "check_from is not within sync and header";
        for (uint8_t i = 0; i < f->n_constants; i++)
                if (f->constants[i].at >= head)
                        return "constants has a place that is not within sync and header: header must count these "
                               "bytes, too";
        return NULL;
}

static const char *check_cells(const struct format *f) {
        size_t each = f->sparse.size;

        if (f->sparse.size > 0 &&
            (f->sparse.x_at >= each || f->sparse.y_at >= each || f->sparse.value_at + format_element_size(f) > each))
                return "record is too short for the places of x, y and value in it";
        if (f->sparse.size > 0 && (f->length.kind == LENGTH_FIXED || f->part.kind != PART_NONE || f->cells > 0))
                return "record needs a length that counts them, rows and cols, and no parts";
        if (f->sparse.size > 0 && (f->rows > 256 || f->cols > 256))
                return "record has one byte each for row and column: 256 of them at most";
        if (f->length.kind == LENGTH_U8 && each == 0 && f->part.kind == PART_NONE && !f->resizable &&
            (f->length.elements ? (size_t)f->rows * f->cols : format_elements_size(f, (size_t)f->rows * f->cols)) +
                            f->length.adds >
                    255)
                return "a length of one byte cannot count that much: use u16le or u16be";
        if (f->part.kind == PART_INDEX_U8 && f->part.cells > 0 &&
            (uint32_t)f->rows * f->cols > (256u - f->part.first) * f->part.cells)
                return "part = index has one byte and cannot count that many parts";
        if (f->part.kind == PART_INDEX_U8 && f->part.cells == 0 && f->cells > 0)
                return "part = index needs rows and cols, or part_cells";
        if (f->part.kind == PART_START_U16LE && f->part.cells == 0 && f->framing == FRAMING_PREFIX)
                return "part = start needs part_cells, or framing = delimiter, suffix, slip or cobs";
        return NULL;
}

/* Escapes and packed elements are for frames whose length is known before they are read. */
static const char *check_coding(const struct format *f) {
        const bool whole = f->part.kind == PART_NONE && f->sparse.size == 0;

        if (f->escape && (f->framing != FRAMING_PREFIX || f->sync.n == 0 || !whole))
                return "escape needs framing = prefix, a sync, and neither parts nor records";
        if (f->escape && (f->escape & ~0x20) == (f->sync.of[0] & ~0x20))
                return "escape is the first byte of the sync, or that changed by xor 20";
        if (format_packed_bits(f->element) > 0 && !whole)
                return "element is packed: that goes with neither parts nor records";
        return NULL;
}

static const char *check_bytes(const struct format *f) {
        bool packet = f->framing == FRAMING_SLIP || f->framing == FRAMING_COBS;
        const char *wrong;

        if (f->sync.n == 0 && !packet && (f->framing != FRAMING_PREFIX || f->shape.kind == SHAPE_NONE))
                return "sync is missing: nothing says where a frame begins";
        wrong = check_head(f);
        wrong = wrong ? wrong : check_coding(f);
        return wrong ? wrong : check_cells(f);
}

/* Whether the list names each of n once. */
static bool lists_each_once(const uint8_t *list, uint8_t listed, uint32_t n) {
        struct index_list places = {.n = listed};

        memcpy(places.of, list, listed);
        return cell_lists_is_permutation(&places, n);
}

static bool mask_fits(const struct format *f, uint32_t cells) {
        uint8_t masked[CELLS_MAX] = {0};

        return cells == 0 || f->resizable || *f->boards ||
               !cell_lists_apply_mask(f->mask_cells, f->rows, f->cols, cells, masked);
}

static const char *check_places(const struct format *f) {
        uint32_t n_x, n_y, cells = f->cells > 0 ? f->cells : (uint32_t)f->rows * f->cols;
        struct board_list boards;

        if (f->order.n_listed > 0 && (f->resizable || !lists_each_once(f->order.row_list, f->order.n_listed, f->rows)))
                return "row_list must have every row once, and the size must be fixed";
        if (f->order.n_cols_listed > 0 &&
            (f->resizable || !lists_each_once(f->order.col_list, f->order.n_cols_listed, f->cols)))
                return "col_list must have every column once, and the size must be fixed";
        if (!cell_lists_parse_boards(f->boards, &boards) || (boards.n > 0 && f->board_at == 0))
                return "boards is a list of board numbers, each once, and needs board_at";
        if (!cell_lists_parse_positions(f->x_mm, CELLS_MAX, NULL, &n_x) ||
            !cell_lists_parse_positions(f->y_mm, CELLS_MAX, NULL, &n_y) || n_x != n_y)
                return "x_mm and y_mm need one number each for every cell";
        if (!mask_fits(f, cells))
                return "mask_cells names a cell, row or column that is not there";
        return n_x > 0 && cells > 0 && n_x != cells * (boards.n > 0 ? boards.n : 1u)
                       ? "x_mm and y_mm do not have one number for every cell"
                       : NULL;
}

static const char *check_size(const struct format *f) {
        if ((uint32_t)f->rows * f->cols > CELLS_MAX || f->cells > CELLS_MAX || f->part.cells > CELLS_MAX)
                return "rows x cols is more than 4096 cells";
        if ((f->rows == 0) != (f->cols == 0) || (f->cells > 0 && f->rows > 0))
                return "rows and cols go together, and cells instead of them";
        return check_places(f);
}

static const char *check_names(const struct format *f) {
        const uint32_t cells = f->cells > 0 ? f->cells : (uint32_t)f->rows * f->cols;
        struct cell_names names;

        if (f->text_end == TEXT_END_NAME && !*f->names)
                return "frame_end = name needs names";
        if (f->value_after.n > 0 && !*f->names)
                return "value_after needs names";
        if (!*f->names)
                return NULL;
        if (!cell_names_parse(f->names, &names))
                return "names is a list of up to 16 names and ranges, as left right or s1-s12";
        if (cells > 0 && cells != names.n_cells)
                return "names are not as many as rows x cols or cells";
        return f->text_end == TEXT_END_NUMBER ? "frame_end = number is for rows without names" : NULL;
}

static const char *check_text(const struct format *f) {
        const bool any = strchr(f->separators, FORMAT_SEPARATOR_ANY) != NULL;
        const bool marked = f->text_end == TEXT_END_MARK || f->text_end == TEXT_END_TITLE;

        if (!f->digits && !f->separators[0])
                return "separators are missing";
        if (f->text_end == TEXT_END_NUMBER && f->header_n == 0)
                return "frame_end = number needs header: the first number of a line is that of the row, no cell";
        if (f->line_end && strchr("0123456789+-.", f->line_end))
                return "line_end cannot be a digit, a sign or a point";
        if (marked != (f->mark.n > 0))
                return marked ? "frame_end = mark and title need mark, the bytes with which a frame begins"
                              : "mark needs frame_end = mark or title";
        if (f->text_end == TEXT_END_BRACKET && !any && !*f->names)
                return "frame_end = bracket needs separators = any, or names";
        if (f->decimal_comma && strchr(f->separators, ','))
                return "separators has comma, which is in the numbers";
        if (f->check == CHECK_NMEA && f->text_end != TEXT_END_LINE && f->text_end != TEXT_END_NUMBER &&
            f->text_end != TEXT_END_NAME && !marked)
                return "check = nmea is in every line: frame_end = blank, word and bracket have lines without numbers";
        return check_names(f);
}

const char *format_validate(const struct format *f) {
        const char *wrong = check_size(f);

        if (wrong)
                return wrong;
        if (!(f->full_scale > 0))
                return "full_scale is missing: the value of a saturated cell";
        if (f->full_scale > (float)format_largest(f))
                return "full_scale is more than an element can be, as element, mask and shift say";
        if (f->request.n > 0 && f->request_every_ms < 5)
                return "request needs request_every_ms of 5 or more";
        if (f->framing == FRAMING_TEXT)
                return check_text(f);
        return check_bytes(f);
}
