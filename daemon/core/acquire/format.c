/* SPDX-License-Identifier: MIT */
#include "core/acquire/format.h"

size_t format_element_size(const struct format *format) {
        return format->framing == FRAMING_TEXT ? 0 : format_size_of_element(format->element);
}

size_t format_length_size(const struct format *format) {
        return format->length.kind == LENGTH_FIXED ? 0 : format->length.kind == LENGTH_U8 ? 1 : 2;
}

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
                return 1 << 24;
        case ELEMENT_SPLIT5:
                return 0x3FF;
        case ELEMENT_SPLIT6:
                return 0xFFF;
        }
        return 0;
}

uint32_t format_largest(const struct format *format) {
        uint32_t bits = largest_element(format);

        if (format->framing == FRAMING_TEXT)
                return format->digits ? 9 : 1 << 24;
        return (format->mask ? bits & format->mask : bits) >> format->shift;
}

size_t format_check_size(const struct format *format) {
        return format->check == CHECK_NONE ? 0 : format->check == CHECK_CRC16_MODBUS ? 2 : 1;
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
