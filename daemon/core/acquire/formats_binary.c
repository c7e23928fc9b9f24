/* SPDX-License-Identifier: MIT */
/* Rows of mats that send bytes. The comment before each row names the mat, draws its frame and gives the limits of
 * what is known. */
#include "core/acquire/formats_table.h"

/* The fold of the JQ pads, "jqbed" in the vendor's code. */
#define JQBED                                                                                                         \
        {                                                                                                             \
                15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 14, 13, 12, 11, 10, 9, 8, 7, 6,   \
                        5, 4, 3, 2, 1, 0                                                                              \
        }

const struct format formats_binary[] = {
        /* JQ "Shroom" 32 x 32 seat, back and bed pads (CH340).
         *   AA 55 03 99 | 1024 x u8 | AA 55 03 99 | ...
         * The payload is not escaped and there is no check, so a frame counts only between two delimiters. Answers to
         * AT commands may occur anywhere in the stream. The sheet is folded, so that the wire starts in its middle
         * ("jqbed" in the vendor's code). On the pad that was recorded row 0 is then at the knees: set flip_y. */
        {
                .name = "jq-seat-32",
                .title = "JQ 32x32 seat pad",
                .sure = SURE_A,
                .known = "several independent hosts; real values in wire order decode",
                .source = "liudada118/shroom util/config.js, util/line.js; shroomSDKWEB builtinLineOrders.js",
                .framing = FRAMING_DELIMITER,
                .sync = {4, {0xAA, 0x55, 0x03, 0x99}},
                .element = ELEMENT_U8,
                .full_scale = 255,
                .rows = 32,
                .cols = 32,
                .pitch_x_mm = 12.5f,
                .pitch_y_mm = 12.5f,
                .order = {.n_listed = 32, .row_list = JQBED},
                .baud = 1000000,
                .rate_hz = 12,
        },
        /* Marveldex mats, first protocol (CP210x or ESP32): GRIB, KRRI, EZGEO, LGD; Luxtep at 921600 baud.
         *   FF FF | major minor length board reserved reserved | length x u8 | 00 FE
         * Values are clamped to EF, so FF never occurs in the data. Elements go column by column. The captured mat
         * has 176 = 11 columns of 16 a board (the only shape in which touches on neighbouring elements stay
         * together); other models send their own length. The captured mat has two boards, 0 and 1, that take turns.
         * The places of the boards are not documented and differ from model to model: the setting boards gives
         * them, and one frame then holds both boards; without it each frame stands alone. */
        {
                .name = "marveldex-v1",
                .title = "Marveldex mat (V1)",
                .sure = SURE_A,
                .known = "72 of 72 captured frames decode; which edge is which: not documented",
                .source = "72 captured frames; mdexdev01/MatESP32_18x11x2 app_tx_packet.h",
                .framing = FRAMING_PREFIX,
                .sync = {2, {0xFF, 0xFF}},
                .header_n = 6,
                .length = {LENGTH_U8, 4},
                .board_at = 5,
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
        /* The same pad with other firmware: a byte with the kind of pad precedes the cells.
         *   AA 55 03 99 | type | 1024 x u8 | AA 55 03 99 | ...
         * Type 1 back and 2 seat of a car, 3 bed, 4 back and 5 seat of the Endi chair (whose sheet is folded
         * otherwise). */
        {
                .name = "jq-seat-32t",
                .title = "JQ 32x32 seat pad, typed",
                .sure = SURE_A,
                .known = "several independent hosts",
                .source = "liudada118/shroom util/config.js, server/serial/SerialManager.js",
                .framing = FRAMING_DELIMITER,
                .sync = {4, {0xAA, 0x55, 0x03, 0x99}},
                .header_n = 1,
                .n_constants = 1,
                .constants = {{4, 0xF8, 0x00}},
                .element = ELEMENT_U8,
                .full_scale = 255,
                .rows = 32,
                .cols = 32,
                .pitch_x_mm = 12.5f,
                .pitch_y_mm = 12.5f,
                .order = {.n_listed = 32, .row_list = JQBED},
                .baud = 1000000,
                .rate_hz = 12,
        },
        /* JQ 64 x 64 foot and bed sheets.
         *   AA 55 03 99 | 4096 x u8, row by row | AA 55 03 99 | ... */
        {
                .name = "jq-64",
                .title = "JQ 64x64 sheet",
                .sure = SURE_A,
                .known = "several independent hosts; no bytes seen",
                .source = "liudada118/shroom util/config.js; shroomSDKWEB profiles.js",
                .framing = FRAMING_DELIMITER,
                .sync = {4, {0xAA, 0x55, 0x03, 0x99}},
                .element = ELEMENT_U8,
                .full_scale = 255,
                .rows = 64,
                .cols = 64,
                .baud = 3000000,
                .rate_hz = 12,
        },
        /* Sensing Tex development kits (Seating Mat 16 x 16, also 20 x 20), full matrix, requested with S.
         *   48 00 0A  then for each row  4D | n | row | n x u16le | 0A
         * 12 bits; 4095 is no load. A frame is accepted when all its rows came in order. The header
         * may be missing. */
        {
                .name = "sensingtex-full",
                .title = "Sensing Tex mat, full matrix",
                .sure = SURE_A,
                .known = "two hosts; no bytes seen; rows assumed to count from 0",
                .source = "hcmlab/ssi SensingTex plugin; a reader of the 20x20 kit",
                .framing = FRAMING_PREFIX,
                .preamble = {3, {0x48, 0x00, 0x0A}},
                .sync = {1, {0x4D}},
                .header_n = 2,
                .length = {LENGTH_U8, 1, .elements = true},
                .part = {PART_INDEX_U8, 2, 0},
                .tail = {1, {0x0A}},
                .element = ELEMENT_U16LE,
                .max_valid = 4095,
                .inverted = true,
                .full_scale = 4095,
                .rows = 16,
                .cols = 16,
                .resizable = true,
                .baud = 115200,
                .rate_hz = 20,
                .start = {1, {'S'}},
        },
        /* Sensing Tex 48 x 48 and 80 x 28, loaded points only, each frame requested with R.
         *   4E 0A | count u16be | 2 bytes unexplained | count x { x u8, y u8, value u16be }
         * Cells that are not listed are 0. The hosts mirror left and right: set flip_x if needed. */
        {
                .name = "sensingtex-points",
                .title = "Sensing Tex mat, loaded points",
                .sure = SURE_A,
                .known = "two independent hosts; the width of the value is not documented: 12 bits assumed",
                .source = "linneakirby/HAND Software/Mat.py; VHIL-interns-hub/sensingmat_summer2022 script.py",
                .framing = FRAMING_PREFIX,
                .sync = {2, {0x4E, 0x0A}},
                .header_n = 4,
                .length = {LENGTH_U16BE, 2},
                .sparse = {4, 0, 1, 2},
                .element = ELEMENT_U16BE,
                .max_valid = 4095,
                .full_scale = 4095,
                .rows = 48,
                .cols = 48,
                .resizable = true,
                .baud = 115200,
                .rate_hz = 10,
                .request = {1, {'R'}},
                .request_every_ms = 100,
        },
        /* Marveldex, second protocol (2025): the header carries the size.
         *   FF FF | 02 board 02 message rows cols | rows x cols x u8 | counter | FE */
        {
                .name = "marveldex-v2",
                .title = "Marveldex mat (V2)",
                .sure = SURE_B,
                .known =
                        "vendor's header file, no bytes seen; size, order and boards assumed as in the first protocol",
                .source = "mdexdev01/MatESP32_18x11x2 prj24-luxtep-MAT libProtocol.h",
                .framing = FRAMING_PREFIX,
                .sync = {2, {0xFF, 0xFF}},
                .header_n = 6,
                .shape = {SHAPE_U8, 6},
                .board_at = 3,
                .n_constants = 2,
                .constants = {{2, 0xFF, 0x02}, {4, 0xFF, 0x02}},
                .trailer_n = 1,
                .tail = {1, {0xFE}},
                .element = ELEMENT_U8,
                .max_valid = 0xEF,
                .full_scale = 0xEF,
                .rows = 16,
                .cols = 11,
                .resizable = true,
                .order = {.column_major = true},
                .baud = 921600,
                .rate_hz = 20,
        },
        /* "M1616", the cheapest 16 x 16 module of the market places.
         *   AA AB AC | 256 x u16be, row by row | 4 bytes unexplained | AA AB AC | ... */
        {
                .name = "m1616",
                .title = "M1616 16x16 module",
                .sure = SURE_B,
                .known = "one host that plainly worked; it shows 0 to 512",
                .source = "Ninth2234/PiezoresistiveArray_SerialMonitor main.py",
                .framing = FRAMING_DELIMITER,
                .sync = {3, {0xAA, 0xAB, 0xAC}},
                .trailer_n = 4,
                .element = ELEMENT_U16BE,
                .full_scale = 512,
                .rows = 16,
                .cols = 16,
                .baud = 115200,
                .rate_hz = 10,
        },
        /* Piezoresistive modules with a sum: one shape, three products.
         *   M0404, 4 x 4         AA 01 | 16 x u16be | sum of all bytes before, u8
         *   18 zones of a foot   AA id | 18 x u16be | sum     id 1 left, 2 right; where the zones are is not known
         *   insole 12 x 4        40 id | 48 x u16be | sum     the sources disagree on the order of the cells
         * Full scale is
         * not documented; 12 bits are assumed. */
        {
                .name = "piezo-sum8-16",
                .title = "Piezo module 4x4 with a sum",
                .sure = SURE_B,
                .known = "one host program; full scale not documented",
                .source = "host program of the module's seller",
                .framing = FRAMING_PREFIX,
                .sync = {2, {0xAA, 0x01}},
                .check = CHECK_SUM8,
                .element = ELEMENT_U16BE,
                .full_scale = 4095,
                .rows = 4,
                .cols = 4,
                .baud = 115200,
                .rate_hz = 10,
        },
        {
                .name = "piezo-sum8-18",
                .title = "Piezo foot of 18 zones with a sum",
                .sure = SURE_B,
                .known = "one host program; full scale and the places of the zones not documented",
                .source = "host program of the module's seller",
                .framing = FRAMING_PREFIX,
                .sync = {1, {0xAA}},
                .header_n = 1,
                .n_constants = 1,
                .constants = {{1, 0xFC, 0x00}},
                .check = CHECK_SUM8,
                .element = ELEMENT_U16BE,
                .full_scale = 4095,
                .cells = 18,
                .baud = 115200,
                .rate_hz = 10,
        },
        {
                .name = "piezo-sum8-48",
                .title = "Piezo insole 12x4 with a sum",
                .sure = SURE_A,
                .known = "two host programs that disagree on the order of the cells; full scale not documented",
                .source = "ada7ke/pressure-matrix-SVM main.py",
                .framing = FRAMING_PREFIX,
                .sync = {1, {0x40}},
                .header_n = 1,
                .n_constants = 1,
                .constants = {{1, 0xFC, 0x00}},
                .check = CHECK_SUM8,
                .element = ELEMENT_U16BE,
                .full_scale = 4095,
                .rows = 12,
                .cols = 4,
                .baud = 115200,
                .rate_hz = 10,
        },
        /* STM32 reader of a 16 x 16 array; other boards of it run at 2000000 baud.
         *   BB AA | length u16le = 512 | 256 x u16le | CRC-16/Modbus u16le over all before
         * Full scale: the converter of that chip. */
        {
                .name = "stm32-crc",
                .title = "STM32 16x16 reader with a CRC",
                .sure = SURE_B,
                .known = "one host",
                .source = "pressure_detector_4.py",
                .framing = FRAMING_PREFIX,
                .sync = {2, {0xBB, 0xAA}},
                .header_n = 2,
                .length = {LENGTH_U16LE, 2},
                .check = CHECK_CRC16_MODBUS,
                .element = ELEMENT_U16LE,
                .full_scale = 4095,
                .rows = 16,
                .cols = 16,
                .baud = 921600,
                .rate_hz = 34,
        },
        /* "Matrix sensor SDK" 12 x 6, each frame requested with AA 55 01 id sum (id 1 here).
         *   AA 55 02 | id | 72 | 72 x u8, column by column | sum of all bytes before, u8 */
        {
                .name = "sdk-12x6",
                .title = "Matrix sensor SDK 12x6",
                .sure = SURE_B,
                .known = "vendor's document, no bytes seen",
                .source = "the seller's document",
                .framing = FRAMING_PREFIX,
                .sync = {3, {0xAA, 0x55, 0x02}},
                .header_n = 2,
                .length = {LENGTH_U8, 4},
                .check = CHECK_SUM8,
                .element = ELEMENT_U8,
                .full_scale = 255,
                .rows = 12,
                .cols = 6,
                .order = {.column_major = true},
                .baud = 1152000,
                .rate_hz = 20,
                .request = {5, {0xAA, 0x55, 0x01, 0x01, 0x01}},
                .request_every_ms = 50,
        },
        /* FlexiTac open hardware, 16 rows of 32 (FTDI).
         *   AA 55 | 512 x u8, row by row | AA 55 | ... */
        {
                .name = "flexitac-32x16",
                .title = "FlexiTac 32x16",
                .sure = SURE_A,
                .known = "firmware and host agree",
                .source = "FlexiTac/FlexiTac_Hardware_Repo 32_16_fast.ino, fast_32_16.py",
                .framing = FRAMING_DELIMITER,
                .sync = {2, {0xAA, 0x55}},
                .element = ELEMENT_U8,
                .full_scale = 255,
                .rows = 16,
                .cols = 32,
                .baud = 2000000,
                .rate_hz = 100,
        },
        /* willowec's velostat mat (RP2040): sends after a start command.
         *   1568 x u8, row by row | FF FE FE FF
         * Its README puts the four bytes first; firmware and host put them last. Values reach about 207. */
        {
                .name = "willowec-28x56",
                .title = "willowec velostat mat 28x56",
                .sure = SURE_A,
                .known = "firmware and host agree (its README puts the four bytes first)",
                .source = "willowec/pressure-mat board_code/src/shared/transmitter.c, GUI/modules/communicator.py",
                .framing = FRAMING_SUFFIX,
                .sync = {4, {0xFF, 0xFE, 0xFE, 0xFF}},
                .element = ELEMENT_U8,
                .full_scale = 207,
                .rows = 56,
                .cols = 28,
                .baud = 115200,
                .rate_hz = 10,
                .start = {14, "start_reading\n"},
        },
        /* eTextile E256, raw matrix over OSC, requested with the OSC message /r.
         *   SLIP ( "/r" 00 00 ",b" 00 00 | 00 00 | length u16be = 256 | 256 x u8, row by row ) */
        {
                .name = "etextile-slip",
                .title = "eTextile E256 over OSC",
                .sure = SURE_A,
                .known = "firmware, sample bytes in its README",
                .source = "eTextile/Matrix Firmware/main/transmit_osc.cpp, Software/README.md",
                .framing = FRAMING_SLIP,
                .sync = {8, {'/', 'r', 0, 0, ',', 'b', 0, 0}},
                .header_n = 4,
                .length = {LENGTH_U16BE, 10},
                .element = ELEMENT_U8,
                .full_scale = 255,
                .rows = 16,
                .cols = 16,
                .baud = 230400,
                .rate_hz = 20,
                .request = {10, {0xC0, '/', 'r', 0, 0, ',', 0, 0, 0, 0xC0}},
                .request_every_ms = 50,
        },
        /* Older eTextile boards (PacketSerial).
         *   COBS ( 256 x u16le ) 00
         * Full scale: 10-bit analogRead. */
        {
                .name = "etextile-cobs",
                .title = "eTextile, older boards",
                .sure = SURE_B,
                .known = "one sketch",
                .source = "eTextile/Matrix, older folders",
                .framing = FRAMING_COBS,
                .element = ELEMENT_U16LE,
                .max_valid = 1023,
                .full_scale = 1023,
                .rows = 16,
                .cols = 16,
                .resizable = true,
                .baud = 230400,
                .rate_hz = 20,
        },
        /* WiReSens toolkit boards: a frame in packets, each with its place. The board begins after a line
         * of JSON with its configuration, which its own program sends. Packets of (index, value) pairs are refused.
         *   sensor i8 | start u16le | n x u16le | packet number u32le | "wr"
         * Not escaped: packet numbers with these bytes in them (about one in 30000) are lost. Opened without DTR
         * and RTS. */
        {
                .name = "wiresens",
                .title = "WiReSens toolkit board",
                .sure = SURE_A,
                .known = "firmware and host agree on the packet",
                .source = "WiReSens-Toolkit/WiReSensPy GenericReceiver.py; WiReSensToolkit-Arduino",
                .framing = FRAMING_SUFFIX,
                .sync = {2, {'w', 'r'}},
                .header_n = 3,
                .trailer_n = 4,
                .part = {PART_START_U16LE, 3, 0},
                .element = ELEMENT_U16LE,
                .max_valid = 4095,
                .full_scale = 4095,
                .rows = 16,
                .cols = 16,
                .resizable = true,
                .baud = 250000,
                .rate_hz = 20,
                .dtr = LINE_OFF,
                .rts = LINE_OFF,
        },
        /* MIT STAG glove and ActionNet mats, 32 x 32, each frame requested with a.
         *   index + 11 | 1024 x { (value >> 5) + 11, (value & 31) + 11 } | 0A
         * So no byte but the last is a newline; 10 bits. */
        {
                .name = "stag-request",
                .title = "STAG 32x32",
                .sure = SURE_B,
                .known = "sketch and host of one author",
                .source = "delpreto/ActionNet TouchStreamer.py, read_send_tactile_data.ino",
                .framing = FRAMING_SUFFIX,
                .sync = {1, {'\n'}},
                .header_n = 1,
                .element = ELEMENT_SPLIT5,
                .full_scale = 1023,
                .rows = 32,
                .cols = 32,
                .resizable = true,
                .baud = 1000000,
                .rate_hz = 10,
                .request = {1, {'a'}},
                .request_every_ms = 100,
        },
        /* Sketches that send their size first, each frame requested with the byte 01.
         *   rows u16le | cols u16le | rows x cols x u16le, row by row
         * Neither sync nor check: only the size and 10-bit values distinguish a frame from other bytes. */
        {
                .name = "size-prefixed",
                .title = "Sketch that sends its size",
                .sure = SURE_A,
                .known = "complete sketch",
                .source = "bdecker7/PressureMatSensorGeo2025 pressure_sensor.ino",
                .framing = FRAMING_PREFIX,
                .shape = {SHAPE_U16LE, 0},
                .element = ELEMENT_U16LE,
                .max_valid = 1023,
                .full_scale = 1023,
                .rows = 16,
                .cols = 16,
                .resizable = true,
                .baud = 115200,
                .rate_hz = 10,
                .request = {1, {0x01}},
                .request_every_ms = 100,
        },
};

const size_t formats_binary_n = sizeof(formats_binary) / sizeof(formats_binary[0]);
