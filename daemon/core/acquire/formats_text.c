/* SPDX-License-Identifier: MIT */
/* Rows of mats that send text. The comment before each row names the mat, draws its frame and gives the limits of
 * what is known. */
#include "core/acquire/formats_table.h"

const struct format formats_text[] = {
        /* Output of hobbyists' sketches: one line a frame, numbers separated by comma, semicolon, tab or blanks.
         *   2,0,14,310,...,7\n
         * Lines starting with # and lines that are not numbers (boot banners) are skipped. The size comes from
         * the settings rows and cols, or from the first whole line; the positions are then unknown.
         * Sure: high. Seen in Kitronyx snowforce.ino, KOBAKANT velostat sketches, FSR-Matrix-Scanning.
         * Full scale: 10-bit analogRead of the common boards. */
        {
                .name = "csv-line",
                .title = "Text, one line a frame",
                .sure = SURE_A,
                .known = "many sketches",
                .source = "Kitronyx snowforce.ino; KOBAKANT velostat sketches; alfredpaul7/FSR-Matrix-Scanning",
                .framing = FRAMING_TEXT,
                .separators = ",; \t",
                .full_scale = 1023,
                .baud = 115200,
                .rate_hz = 10,
        },
        /* Text, one line a row, and a blank line after the last.
         *   2,0,14\n 310,0,0\n \n */
        {
                .name = "rows-blank",
                .title = "Text, one line a row, blank line",
                .sure = SURE_A,
                .known = "several sketches",
                .source = "binghao-huang/3D-ViTac_Tactile_Hardware MatrixArray.ino; other sketches",
                .framing = FRAMING_TEXT,
                .separators = ",; \t",
                .text_end = TEXT_END_BLANK,
                .full_scale = 1023,
                .baud = 115200,
                .rate_hz = 10,
        },
        /* Text, one line a row, and any line without a digit after the last: END, flag, ----- ; START
         * before the first works too. Blank lines are ignored.
         *   START\n 2 0 14\n 310 0 0\n END\n */
        {
                .name = "rows-word",
                .title = "Text, one line a row, a word",
                .sure = SURE_A,
                .known = "ashansw/PressureMat, two readers of 48 x 48 and 30 x 30 mats",
                .source = "ashansw/PressureMat; readers of 48x48 and 30x30 mats",
                .framing = FRAMING_TEXT,
                .separators = ",; \t",
                .text_end = TEXT_END_WORD,
                .full_scale = 1023,
                .baud = 115200,
                .rate_hz = 10,
        },
        /* Text, one line a frame, every digit a cell of ten levels.
         *   222332222233...\n */
        {
                .name = "digits",
                .title = "Text, a digit a cell",
                .sure = SURE_A,
                .known = "150 cells, 15 x 10, from recorded lines",
                .source = "recorded lines; shieldkeke/sitting-posture-detection",
                .framing = FRAMING_TEXT,
                .digits = true,
                .full_scale = 9,
                .baud = 9600,
                .rate_hz = 10,
        },
        /* Text, one line a frame, a slash after every number.
         *   12/0/345/.../\n
         * The MDXS-16-5610 cushion kit sends 32 numbers, 2 frames a second. */
        {
                .name = "slash-text",
                .title = "Text, slashes between numbers",
                .sure = SURE_B,
                .known = "one blog with its sketch",
                .source = "pushdown99/pushdown99.github.io 2019-03-19-cushion-sensor.md",
                .framing = FRAMING_TEXT,
                .separators = "/ \t",
                .full_scale = 1023,
                .baud = 115200,
                .rate_hz = 2,
        },
        /* 3D-ViTac 16 x 16 array: text at 2 Mbaud, one line a row, a blank line after the last.
         *   16 lines of 16 numbers 0 to 255 with blanks between, then \n */
        {
                .name = "vitac-text",
                .title = "3D-ViTac 16x16, text",
                .sure = SURE_A,
                .known = "sketch",
                .source = "binghao-huang/3D-ViTac_Tactile_Hardware MatrixArray.ino",
                .framing = FRAMING_TEXT,
                .separators = " ,\t",
                .text_end = TEXT_END_BLANK,
                .full_scale = 255,
                .rows = 16,
                .cols = 16,
                .baud = 2000000,
                .rate_hz = 30,
        },
        /* Kitronyx Snowboard, 16 x 10: text, each frame is requested with any byte.
         *   160 numbers 0 to 255 with commas between \r\n */
        {
                .name = "snowboard-csv",
                .title = "Kitronyx Snowboard 16x10",
                .sure = SURE_A,
                .known = "sketch and host",
                .source = "kitronyx/snowboard snowforce.ino; kitronyx/fsrmonitor",
                .framing = FRAMING_TEXT,
                .separators = ", ",
                .full_scale = 255,
                .rows = 16,
                .cols = 10,
                .baud = 115200,
                .rate_hz = 10,
                .request = {1, {'A'}},
                .request_every_ms = 100,
        },
};

const size_t formats_text_n = sizeof(formats_text) / sizeof(formats_text[0]);
