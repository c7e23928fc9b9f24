/* SPDX-License-Identifier: MIT */
/* Text and bytes as sketches send them: a description, what is on the line, and the cells that must come of it. Damage
 * refuses one frame and shifts nothing. */
#include <math.h>

#include "configure/format_file.h"
#include "wire.h"

static struct config_errors errors;
static struct format format;
static struct layout layout;
static struct decoder decoder;
static struct frame frame;

static struct wire_frames decode(const char *description, const void *bytes, size_t n) {
        const struct settings_device device = {0};
        struct wire_frames got = {0};
        const uint8_t *at = bytes;
        char text[512];

        snprintf(text, sizeof(text), "[format]\n%s%s", strstr(description, "full_scale") ? "" : "full_scale = 1023\n",
                 description);
        memset(&errors, 0, sizeof(errors));
        if (format_parse("x.conf", text, strlen(text), &errors, &format) != 0)
                fprintf(stderr, "%s\n%s\n", text, errors.text[0]);
        CHECK(errors.n == 0 && layout_build(&format, &device, &layout) == NULL);
        decoder_init(&decoder, &format, &layout);
        decoder_at_boundary(&decoder);
        for (size_t i = 0; i < n; i++) /* byte by byte */
                decoder_feed(&decoder, at + i, 1, 1, &(struct frame_sink){&frame, wire_collect, &got});
        decoder_idle(&decoder, 1, &(struct frame_sink){&frame, wire_collect, &got});
        return got;
}

/* cells: those of all frames, one frame after the other. */
struct expected {
        size_t frames, n_cells;
        uint64_t refused, words;
        float cells[32];
};

static void expect(const char *description, const char *text, struct expected e) {
        struct wire_frames got = decode(description, text, strlen(text));
        bool same = got.n == e.frames && (got.n == 0 || got.n_cells == e.n_cells);

        for (size_t k = 0; same && k < e.frames * e.n_cells; k++)
                same = got.raw[k] == e.cells[k];
        same = same && wire_refused(&decoder) == e.refused && decoder.words == e.words;
        if (!same) {
                fprintf(stderr, "%s\n%s\n%zu frames of %u, %llu refused, %llu words:", description, text, got.n,
                        got.n_cells, (unsigned long long)wire_refused(&decoder), (unsigned long long)decoder.words);
                for (size_t k = 0; k < got.n * got.n_cells; k++)
                        fprintf(stderr, " %g", (double)got.raw[k]);
                fprintf(stderr, "\n");
        }
        CHECK(same);
        wire_clear(&got);
}

#define CELLS(...)                                                                                                    \
        { __VA_ARGS__ }

static const struct expected twice = {2, 3, 0, 0, CELLS(1, 20, 3, 4, 5, 6)};

static void test_names(void) {
        expect("names = s1-s3\n", "s1:1,s2:20,s3:3\r\ns3:6,s1:4,s2:5\n", twice); /* in any order */
        expect("names = s1-s3\n", "{\"s1\":1,\"s2\":20,\"s3\":3}\n{\"s1\":4, \"s2\":5, \"s3\":6}\n", twice);
        expect("names = s1-s3\n", "t:99 s1=1 s2=20 s3=3 s4=77 s12=9\ns1=4 s2=5 s3=6\n", twice);
        expect("names = mat1-mat3\n", "mat01: 1 mat02: 20 mat03: 3\nmat01 4 mat02 5 mat03 6\n", twice);
        expect("names = Sensor_1-Sensor_3\n",
               "Sensor 1: 1, Sensor 2: 20, Sensor 3: 3\nSensor 1: 4 Sensor 2: 5 Sensor_3: 6\n", twice);
        expect("names = left mid right\n", "aleft:9 left:1 mid:20 right:3\nright:6 left:4 mid:5 lefty:8\n", twice);
        expect("names = front-left front-right back\n",
               "front-left:1 front-right:20 back:3\nback 6 front-left 4 front-right 5\n", twice);
        expect("names = FSR[0]-FSR[2]\n", "FSR[0]=1 FSR[1]=20 FSR[2]=3\nFSR[0]=4 FSR[1]=5 FSR[2]=6\n", twice);
        expect("names = 1)-3)\n", "1) 1 2) 20 3) 3\n1) 4 2) 5 3) 6\n", twice);
        expect("names = A B C\n", "A1B20C3\nA4B5C6\n", twice);
        expect("names = 0-2\n", "0:1,1:20,2:3\n0:4,1:5,2:6\n", twice);
        expect("names = a1-a2 b\ndecimal = comma\n", "a1:0,5;a2:20;b:3\na1:4;a2:5,25;b:6\n",
               (struct expected){2, 3, 0, 0, CELLS(0.5f, 20, 3, 4, 5.25f, 6)});
        expect("names = f1-f3\nvalue_after = \"raw\"\n",
               "\"f1\":{\"ohm\":9,\"raw\":1},\"f2\":{\"ohm\":8,\"raw\":20},\"f3\":{\"raw\":3}\n"
               "\"f1\":{\"raw\":4},\"f2\":{\"raw\":5},\"f3\":{\"raw\":6}\n",
               twice);
}

/* A name that is absent keeps its value; half of them must be there. */
static void test_absent_names(void) {
        char text[2000] = "s1:9,s2:2,s3:3,s4:4\n";
        struct wire_frames got;

        expect("names = s1-s4\n", "s1:1,s2:2,s3:3,s4:4\ns2:5,s4:6\ns4:7\ns1:1,s2:2,s1:3\nhello 2 you\n\n# s1:3 s2:4\n",
               (struct expected){2, 4, 2, 2, CELLS(1, 2, 3, 4, 1, 5, 3, 6)});
        expect("names = s1-s4\nmissing = nan -\n", "s1:1,s2:2,s3:3,s4:4\ns1:nan,s2:5,s3:-,s4:-6\n",
               (struct expected){2, 4, 0, 0, CELLS(1, 2, 3, 4, 1, 5, 3, -6)});
        for (int i = 0; i < 25; i++)
                strcat(text, "s2:5,s3:5,s4:5\n");
        got = decode("names = s1-s4\n", text, strlen(text));
        CHECK(got.n == 26 && got.raw[20 * 4] == 9 && got.raw[21 * 4] == 0); /* for 20 frames, then it reads unloaded */
        wire_clear(&got);
        got = decode("names = s1-s4\ninverted = yes\n", text, strlen(text));
        CHECK(got.raw[1 * 4] == 1023 - 9 && got.raw[2 * 4] == 1023 - 9 && got.raw[21 * 4] == 0);
        wire_clear(&got);
}

/* A cell a line. */
static void test_cell_by_cell(void) {
        expect("names = C1R1-C2R2\nframe_end = name\n",
               "C1R1=1\nC2R1=2\nC1R2=3\nC2R2=4\nready\nC1R1=5\nC2R1=6\nC2R2=8\nC1R1=9\n",
               (struct expected){2, 4, 0, 1, CELLS(1, 3, 2, 4, 5, 3, 6, 8)});
        /* only the cells that changed */
        expect("names = S0-S2\nframe_end = name\n", "S0=1\nS1=20\nS2=3\nS1=5\nS1=6\nS0=7\nS1=8\n",
               (struct expected){3, 3, 0, 0, CELLS(1, 20, 3, 1, 5, 3, 7, 6, 3)});
        expect("names = S0-S1\nframe_end = name\n", "Sensor\nS0\n7\nS1\n8\n",
               (struct expected){1, 2, 0, 3, CELLS(7, 8)});
        expect("names = S0-S1\nframe_end = blank\n", "S0 7\nS1 8\n\nS1 9\nS0 6\n\n",
               (struct expected){2, 2, 0, 0, CELLS(7, 8, 6, 9)});
}

static void test_missing(void) {
        expect("missing = nan XX\n", "1,2,3,4\n1,nan,7,XX\n-NaN,5,nan,nan\n1,x,3,4\n",
               (struct expected){2, 4, 2, 0, CELLS(1, 2, 3, 4, 1, 2, 7, 4)});
        expect("missing = empty\n", "1,2,3,4\n5,,7,8\n,6,7,\n9, ,,9\n1,2,3,4,\n",
               (struct expected){5, 4, 0, 0, CELLS(1, 2, 3, 4, 5, 2, 7, 8, 5, 6, 7, 8, 9, 6, 7, 9, 1, 2, 3, 4)});
        expect("missing = empty\nseparators = tab\n", "1\t2\t3\t4\n5\t\t7\t8\n",
               (struct expected){2, 4, 0, 0, CELLS(1, 2, 3, 4, 5, 2, 7, 8)});
        expect("missing = null\nseparators = any\n", "{\"cells\":[1,2,3,4]}\n{\"cells\":[null,20,null,40]}\n",
               (struct expected){2, 4, 0, 0, CELLS(1, 2, 3, 4, 1, 20, 3, 40)});
        expect("missing = -- inf\nseparators = bar blank\n", "1|2|3|4\n--|-2|inf|40\n",
               (struct expected){2, 4, 0, 0, CELLS(1, 2, 3, 4, 1, -2, 3, 40)});
        expect("missing = nan\nframe_end = blank\nrows = 2\ncols = 2\n", "1 2\n3 4\n\nnan 6\n7 nan\n\n",
               (struct expected){2, 4, 0, 0, CELLS(1, 2, 3, 4, 1, 6, 7, 4)});
}

static void test_times(void) {
        const struct expected once = {1, 4, 0, 0, CELLS(1, 2, 3, 4)};

        expect("skip_times = yes\n", "2024-03-05 09:00:00.100000,1,2,3,4\n", once);
        expect("skip_times = yes\n", "2024-03-05T09:00:00Z,1,2,3,4\n", once);
        expect("skip_times = yes\n", "2024-03-05T09:00:00+01:00;1;2;3;4\n", once);
        expect("skip_times = yes\n", "5.3.2024 9:00 1 2 3 4\n", once);
        expect("skip_times = yes\nmissing = empty\n", "09:59:05, 1,2,3,4\n", once);
        expect("skip_times = yes\nseparators = any\n", "2024-03-05 09:59:05,100 INFO: 1,2,3,4\n", once);
        expect("skip_times = yes\n", "09:59:05,100,2,3,4\n", (struct expected){1, 4, 0, 0, CELLS(100, 2, 3, 4)});
        expect("skip_times = yes\nseparators = any\n", "[09:59:05] s1:1 s2:2 s3:3 s4:4\n",
               (struct expected){1, 8, 0, 0, CELLS(1, 1, 2, 2, 3, 3, 4, 4)});
        expect("skip_times = yes\nheader = 1\n", "3/5/2024,09:59,17,1,2,3,4\n", once);
        expect("skip_to = \"->\"\n", "09:59:05.100 -> 1,2,3,4\nno arrow 1,2,3,4\n",
               (struct expected){1, 4, 0, 1, CELLS(1, 2, 3, 4)});
        expect("skip_to = \"mat:\"\n", "I (1234) mat: 1,2,3,4\n", once);
        expect("skip_to = \"]\"\nline_start = \"S,\"\n", "[12] S,1,2,3,4\n[13] B,5,6,7,8\n",
               (struct expected){1, 4, 0, 1, CELLS(1, 2, 3, 4)});
        expect("line_start = \"S,\"\n", "B,9,9,9,9\nS,1,2,3,4\nBS,9,9,9,9\n",
               (struct expected){1, 4, 0, 2, CELLS(1, 2, 3, 4)});
}

static void test_lines(void) {
        const struct expected once = {1, 4, 0, 0, CELLS(1, 2, 3, 4)};

        expect("decimal = comma\n", "0,5;2;3,25;4\n", (struct expected){1, 4, 0, 0, CELLS(0.5f, 2, 3.25f, 4)});
        expect("separators = dash\n", "1-2-3-4\n", once);
        expect("line_end = 0D\n", "1,2,3,4\r", once);
        expect("line_end = \">\"\nline_start = \"<\"\n", "<1,2,3,4>\r\n<5,6,7,8>",
               (struct expected){2, 4, 0, 0, CELLS(1, 2, 3, 4, 5, 6, 7, 8)});
        expect("", "\x1B[32m1,\x1B[1;31m2\x1B[0m,3,4\n", once);
        expect("separators = any\n", "\x1B[2J\x1B[HFSR: 1 2 3 4 \xC2\xB0\n\xE2\x94\x80\xE2\x94\x80\nAvg: 2.5\n",
               (struct expected){1, 4, 0, 2, CELLS(1, 2, 3, 4)});
        expect("full_scale = 2147483648\n", "8394935,-201261,95637,-1275\n",
               (struct expected){1, 4, 0, 0, CELLS(8394935, -201261, 95637, -1275)});
        expect("check = nmea\nskip_to = \"PMAT,\"\n",
               "$PMAT,1,2,3,4*0C\n$PMAT,1,2,3,4*0D\n$PMAT,1,2,3,5*0c\n$PMAT,1,2,3,4\n",
               (struct expected){1, 4, 3, 0, CELLS(1, 2, 3, 4)});
        /* words are no frames, and no damage; a damaged line is */
        expect("", "1,2,3,4\nhello 2 + 4 = 6\nt_ms,s1,s2\n1,2,x,4\n1,2,3\n\x80\xFF\n",
               (struct expected){1, 4, 3, 2, CELLS(1, 2, 3, 4)});
}

static void test_several_lines(void) {
        const struct expected two = {2, 4, 0, 0, CELLS(1, 2, 3, 4, 5, 6, 7, 8)};

        expect("separators = any\nframe_end = bracket\nrows = 2\ncols = 2\n", "[[1 2]\n [3 4]]\n[[5 6]\n [7 8]]\n",
               two);
        expect("separators = any\nframe_end = bracket\nrows = 2\ncols = 2\n", "[[1, 2], [3, 4]]\n[[5,6],\n[7,8]\n]\n",
               two);
        expect("separators = any\nframe_end = bracket\ncells = 4\n", "[1 2 3\n 4]\n[5 6\n7 8]\n", two);
        expect("separators = any\nframe_end = bracket\nrows = 2\ncols = 2\nheader = 2\ntrailer = 1\n",
               "{\n \"t\": 12,\n \"n\": 7,\n \"cells\": [\n 1,\n 2,\n 3,\n 4\n ],\n \"sum\": 10\n}\n"
               "{\"t\":12,\"n\":8,\"cells\":[5,6,\n7,8],\"sum\":26}\n",
               two);
        /* a bracket was lost, and the beginning was missed */
        expect("separators = any\nframe_end = bracket\nrows = 2\ncols = 2\n",
               "3 4]]\n[[9 9]\n [9 9]\n[[9 9]\n[9 9]]\n[[1 2]\n [3 4]]\n[[5 6]\n [7 8]]\n",
               (struct expected){2, 4, 2, 0, CELLS(1, 2, 3, 4, 5, 6, 7, 8)});
        expect("names = f1-f2\nvalue_after = \"raw\"\nframe_end = bracket\n",
               "{\n \"t\": 3,\n \"f1\": {\n \"ohm\": 9,\n \"raw\": 1\n },\n \"f2\": {\n \"raw\": 2\n }\n},\n"
               "{\n \"f2\": {\n \"raw\": 4\n },\n \"f1\": {\n \"raw\": 3\n }\n}\n",
               (struct expected){2, 2, 0, 0, CELLS(1, 2, 3, 4)});
        expect("separators = any\nframe_end = mark\nmark = 1B 5B 48\nrows = 2\ncols = 2\n",
               "\x1B[2J\x1B[H| 1| 2|\n+--+--+\n| 3| 4|\n+--+--+\n\x1B[2J\x1B[H| 5| 6|\n+--+--+\n| 7| 8|\n",
               (struct expected){2, 4, 0, 3, CELLS(1, 2, 3, 4, 5, 6, 7, 8)});
        expect("frame_end = title\nmark = \"matrix\"\nrows = 2\ncols = 2\n",
               "9 9\n--- matrix 12\n1 2\n3 4\n--- matrix 13\n5 6\n7 8\n",
               (struct expected){2, 4, 1, 0, CELLS(1, 2, 3, 4, 5, 6, 7, 8)});
}

#define BINARY "framing = prefix\nrows = 1\ncols = 4\n"

static void expect_bytes(const char *description, const void *bytes, size_t n, struct expected e) {
        struct wire_frames got = decode(description, bytes, n);

        CHECK(got.n == e.frames && wire_refused(&decoder) == e.refused);
        for (size_t k = 0; k < e.frames * e.n_cells; k++)
                CHECK(got.raw[k] == e.cells[k]);
        wire_clear(&got);
}

#define EXPECT_BYTES(description, bytes, ...)                                                                         \
        expect_bytes(description, bytes, sizeof(bytes) - 1, (struct expected)__VA_ARGS__)

static void test_bytes(void) {
        EXPECT_BYTES(BINARY "sync = AA 55\nelement = pack12be\n", "\xAA\x55\x12\x3A\x0C\x00\x10\x02",
                     {1, 4, 0, 0, CELLS(0x123, 0xA0C, 1, 2)});
        EXPECT_BYTES(BINARY "sync = AA 55\nelement = pack12le\n", "\xAA\x55\x23\xC1\xA0\x01\x20\x00",
                     {1, 4, 0, 0, CELLS(0x123, 0xA0C, 1, 2)});
        EXPECT_BYTES(BINARY "sync = AA 55\nelement = pack10be\n", "\xAA\x55\x00\x40\x20\x0F\xFF",
                     {1, 4, 0, 0, CELLS(1, 2, 3, 1023)});
        EXPECT_BYTES(BINARY "sync = AA 55\nelement = pack10le\n", "\xAA\x55\x01\x08\x30\xC0\xFF",
                     {1, 4, 0, 0, CELLS(1, 2, 3, 1023)});
        EXPECT_BYTES(BINARY "sync = 7E\nescape = 7D\ncheck = sum8\ncheck_from = 1\nfull_scale = 255\n",
                     "\x7E\x01\x7D\x5E\x7D\x5D\x04\x00"
                     "\x7E\x7E\x05\x06\x07\x08\x1A" /* the end of a frame and the beginning of the next */
                     "\x7E\x01\x02"                 /* cut off */
                     "\x7E\x01\x02\x03\x04\x0B"     /* a wrong check */
                     "\x7E\x01\x02\x7D\x7D\x04\x0A" /* no encoder writes this */
                     "\x7E\x01\x02\x03\x04\x0A",
                     {3, 4, 3, 0, CELLS(1, 0x7E, 0x7D, 4, 5, 6, 7, 8, 1, 2, 3, 4)});
        EXPECT_BYTES(BINARY "sync = 7E 00 7E\nheader = 1\nescape = 7D\nfull_scale = 255\n",
                     "\x7E\x00\x7E\x09\x01\x02\x7D\x5E\x04\x7E\x00\x7E\x09\x05\x06\x07\x08",
                     {2, 4, 0, 0, CELLS(1, 2, 0x7E, 4, 5, 6, 7, 8)});
}

int main(void) {
        test_names();
        test_absent_names();
        test_cell_by_cell();
        test_missing();
        test_times();
        test_lines();
        test_several_lines();
        test_bytes();
        return 0;
}
