/* Rows of mats that send text. Each says what it is, draws its frame, tells how sure that is and where it comes from. */
#include "acquire/formats_table.h"

const struct format formats_text[] = {
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
        /* Text, one line a row, and a blank line behind the last.
         *   2,0,14\n 310,0,0\n \n
         * Sure: high (several sketches). */
        {
                .name = "rows-blank",
                .title = "Text, one line a row, blank line",
                .framing = FRAMING_TEXT,
                .separators = ",; \t",
                .text_end = TEXT_END_BLANK,
                .full_scale = 1023,
                .baud = 115200,
                .rate_hz = 10,
        },
        /* Text, one line a row, and a line without a digit behind the last, whatever it says: END, flag, ----- ; START
         * before the first is as good. Blank lines say nothing.
         *   START\n 2 0 14\n 310 0 0\n END\n
         * Sure: high (ashansw/PressureMat, two readers of 48 x 48 and 30 x 30 mats). */
        {
                .name = "rows-word",
                .title = "Text, one line a row, a word",
                .framing = FRAMING_TEXT,
                .separators = ",; \t",
                .text_end = TEXT_END_WORD,
                .full_scale = 1023,
                .baud = 115200,
                .rate_hz = 10,
        },
        /* Text, one line a frame, every digit a cell of ten levels.
         *   222332222233...\n
         * Sure: high (150 cells, 15 x 10, from recorded lines). Source: shieldkeke/sitting-posture-detection. */
        {
                .name = "digits",
                .title = "Text, a digit a cell",
                .framing = FRAMING_TEXT,
                .digits = true,
                .full_scale = 9,
                .baud = 9600,
                .rate_hz = 10,
        },
        /* Text, one line a frame, a slash behind every number.
         *   12/0/345/.../\n
         * Sure: medium. The MDXS-16-5610 cushion kit sends 32 numbers, 2 frames a second. Source: pushdown99's blog. */
        {
                .name = "slash-text",
                .title = "Text, slashes between numbers",
                .framing = FRAMING_TEXT,
                .separators = "/ \t",
                .full_scale = 1023,
                .baud = 115200,
                .rate_hz = 2,
        },
        /* 3D-ViTac 16 x 16 array: text at 2 Mbaud, one line a row, a blank line behind the last.
         *   16 lines of 16 numbers 0 to 255 with blanks between, then \n
         * Sure: high (sketch). Source: binghao-huang/3D-ViTac_Tactile_Hardware MatrixArray.ino. */
        {
                .name = "vitac-text",
                .title = "3D-ViTac 16x16, text",
                .framing = FRAMING_TEXT,
                .separators = " ,\t",
                .text_end = TEXT_END_BLANK,
                .full_scale = 255,
                .rows = 16,
                .cols = 16,
                .baud = 2000000,
                .rate_hz = 30,
        },
        /* Kitronyx Snowboard, 16 x 10: text, each frame asked for with any byte.
         *   160 numbers 0 to 255 with commas between \r\n
         * Sure: high (sketch and host). Source: kitronyx/snowboard snowforce.ino. */
        {
                .name = "snowboard-csv",
                .title = "Kitronyx Snowboard 16x10",
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
