#include "acquire/formats.h"

#include <string.h>

static const struct format formats[] = {
        /* What a hobbyist's sketch prints: one line a frame, numbers separated by comma, semicolon, tab or blanks.
         *   2,0,14,310,...,7\n
         * Lines starting with # and lines that are not numbers (boot banners) are skipped. The size comes from the
         * settings rows and cols, or from the first whole line, and then the positions are unknown.
         * Sure: high. Seen in Kitronyx snowforce.ino, KOBAKANT velostat sketches, FSR-Matrix-Scanning.
         * Full scale: 10-bit analogRead of the common boards. */
        {
                .name = "csv-line",
                .title = "Text, one line a frame",
                .framing = FRAMING_TEXT,
                .separators = ",; \t",
                .full_scale = 1023,
                .baud = 115200,
                .rate_hz = 10,
        },
        /* JQ "Shroom" 32 x 32 seat, back and bed pads (CH340).
         *   AA 55 03 99 | 1024 x u8 | AA 55 03 99 | ...
         * The payload is not escaped and there is no check, so a frame counts only between two delimiters. Answers to
         * AT commands may stand anywhere in the stream. The sheet is folded, so that the wire starts in its middle
         * ("jqbed" in the vendor's code). On the pad that was recorded row 0 is then at the knees: set flip_y.
         * Sure: high (several independent hosts; real values in wire order decode).
         * Source: liudada118/shroom util/config.js, util/line.js; shroomSDKWEB builtinLineOrders.js. */
        {
                .name = "jq-seat-32",
                .title = "JQ 32x32 seat pad",
                .framing = FRAMING_DELIMITER,
                .sync = {4, {0xAA, 0x55, 0x03, 0x99}},
                .element = ELEMENT_U8,
                .full_scale = 255,
                .rows = 32,
                .cols = 32,
                .pitch_x_mm = 12.5f,
                .pitch_y_mm = 12.5f,
                .order = {.n_listed = 32, .row_list = {15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30,
                                                       31, 14, 13, 12, 11, 10, 9,  8,  7,  6,  5,  4,  3,  2,  1,  0}},
                .baud = 1000000,
                .rate_hz = 12,
        },
        /* Marveldex mats, first protocol (CP210x or ESP32): GRIB, KRRI, EZGEO, LGD; Luxtep at 921600 baud.
         *   FF FF | major minor length board reserved reserved | length x u8 | 00 FE
         * Values are clamped to EF, so FF never stands in the data. Elements go column by column. The captured mat has
         * 176 = 11 columns of 16 a board (the only shape in which touches on neighbouring elements stay together); other
         * models say their own length. The board byte tells two boards apart that take turns; each is a frame here.
         * Sure: high (72 of 72 captured frames decode); which edge is which: not documented.
         * Source: mdexdev01/MatESP32_18x11x2 app_tx_packet.h. */
        {
                .name = "marveldex-v1",
                .title = "Marveldex mat (V1)",
                .framing = FRAMING_PREFIX,
                .sync = {2, {0xFF, 0xFF}},
                .header_n = 6,
                .length = {LENGTH_U8, 4},
                .tail = {2, {0x00, 0xFE}},
                .element = ELEMENT_U8,
                .max_valid = 0xEF,
                .full_scale = 0xEF,
                .rows = 16,
                .cols = 11,
                .resizable = true,
                .order = {.column_major = true},
                .baud = 230400,
                .rate_hz = 20,
        },
};

size_t format_count(void) {
        return sizeof(formats) / sizeof(formats[0]);
}

const struct format *format_at(size_t i) {
        return i < format_count() ? &formats[i] : NULL;
}

const struct format *format_by_name(const char *name) {
        for (size_t i = 0; i < format_count(); i++)
                if (strcmp(formats[i].name, name) == 0)
                        return &formats[i];
        return NULL;
}

size_t format_element_size(const struct format *format) {
        if (format->framing == FRAMING_TEXT)
                return 0;
        return format->element == ELEMENT_U8 ? 1 : 2;
}

static size_t check_size(const struct format *format) {
        return format->check == CHECK_NONE ? 0 : format->check == CHECK_SUM8 ? 1 : 2;
}

size_t format_overhead(const struct format *format) {
        if (format->framing == FRAMING_TEXT)
                return 0;
        return (size_t)format->sync.n + format->header_n + check_size(format) + format->tail.n;
}

static uint16_t crc16_modbus(const uint8_t *bytes, size_t n) {
        uint16_t crc = 0xFFFF;

        for (size_t i = 0; i < n; i++) {
                crc ^= bytes[i];
                for (int bit = 0; bit < 8; bit++)
                        crc = (uint16_t)(crc & 1 ? crc >> 1 ^ 0xA001 : crc >> 1);
        }
        return crc;
}

size_t format_check(const struct format *format, const uint8_t *bytes, size_t n, uint8_t ret[2]) {
        uint16_t sum = 0;

        switch (format->check) {
        case CHECK_NONE:
                return 0;
        case CHECK_SUM8:
                for (size_t i = 0; i < n; i++)
                        sum = (uint16_t)(sum + bytes[i]);
                ret[0] = (uint8_t)sum;
                return 1;
        case CHECK_CRC16_MODBUS:
                sum = crc16_modbus(bytes, n);
                ret[0] = (uint8_t)sum;
                ret[1] = (uint8_t)(sum >> 8);
                return 2;
        }
        return 0;
}
