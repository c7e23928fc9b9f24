/* SPDX-License-Identifier: MIT */
/* Every row of the format table is recognised from what a mat of it sends: any window of it, with a boot banner before and
 * answers in between, empty and loaded. Noise, a damaged stream, nothing, and mats that no row describes are not.
 * Usage: test_probe [WINDOWS]: so many random windows a format (4), with a table of what was found. */
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "core/acquire/encoder.h"
#include "core/acquire/formats.h"
#include "tools/sitbonectl/probe/fit.h"
#include "tools/sitbonectl/probe/size.h"

enum { BYTES_MAX = 512 * 1024, FRAMES = 12 };

static struct prober prober;
static struct format_list list;
static const char *const no_folders[] = {NULL};
static struct config_errors mistakes;
static uint8_t bytes[BYTES_MAX];
static uint32_t state = 7;

static uint32_t any(void) {
        state = state * 1664525u + 1013904223u;
        return state >> 8;
}

static void probe(const uint8_t *from, size_t n) {
        const struct heard heard = {.bytes = from, .n = n};

        probe_bytes(&prober, &list, &heard, 0, 0);
}

/* The end of one frame, then whole ones. Half of the cells are loaded. */
static size_t make(const struct format *f, int32_t rows, int32_t cols) {
        static struct layout layout;
        static float cells[CELLS_MAX];
        struct settings_device device = {.rows = rows, .cols = cols};
        size_t n = 0, cut;

        CHECK(layout_build(f, &device, &layout) == NULL);
        for (int i = 0; i < FRAMES; i++) {
                for (uint32_t k = 0; k < layout.geometry.n_cells; k++)
                        cells[k] = any() % 2 ? (float)(any() % (uint32_t)layout.geometry.full_scale) : 0;
                n += format_encode(f, &layout, cells, bytes + n, BYTES_MAX - n);
        }
        CHECK(n > 0 && n < BYTES_MAX);
        cut = n / FRAMES / 3;
        memmove(bytes, bytes + cut, n - cut);
        return n - cut;
}

static void test_rows(void) {
        for (size_t i = 0; i < format_count(); i++) {
                const struct format *f = format_at(i);
                int32_t side = f->cells == 0 && (f->rows == 0 || f->cols == 0) ? 12 : 0;
                size_t n = make(f, side, side);

                probe(bytes, n);
                if (prober.n_fits == 0 || prober.fits[0].format != f)
                        fprintf(stderr, "%s is taken for %s\n", f->name,
                                prober.n_fits ? prober.fits[0].format->name : "nothing");
                CHECK(prober.n_fits > 0);
                CHECK(prober.fits[0].format == f && prober.fits[0].verdict == VERDICT_FITS);
                CHECK(prober.fits[0].in_a_row >= 3 && prober.fits[0].share > 0.9);
        }
}

/* Another size than the usual one of the format is found, too. */
static void test_sizes(void) {
        static const char *const names[] = {"etextile-cobs", "size-prefixed", "wiresens", "sensingtex-full"};

        for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
                size_t n = make(format_by_name(names[i]), 32, 32);

                probe(bytes, n);
                CHECK(prober.n_fits > 0 && strcmp(prober.fits[0].format->name, names[i]) == 0);
                CHECK(prober.fits[0].verdict == VERDICT_FITS);
                CHECK(prober.fits[0].rows == 32 && prober.fits[0].cols == 32);
        }
}

static void test_none(void) {
        size_t n;

        probe(bytes, 0);
        CHECK(prober.n_fits == 0);
        for (n = 0; n < 65536; n++)
                bytes[n] = (uint8_t)any();
        probe(bytes, n);
        for (int i = 0; i < prober.n_fits; i++)
                CHECK(prober.fits[i].verdict < VERDICT_FITS);
        n = (size_t)snprintf((char *)bytes, sizeof(bytes), "Hello, I am a sensor.\r\nready\r\n");
        probe(bytes, n);
        CHECK(prober.n_fits == 0);
        memset(bytes, 0, 65536);
        probe(bytes, 65536);
        for (int i = 0; i < prober.n_fits; i++)
                CHECK(prober.fits[i].verdict < VERDICT_FITS);
}

/* Other bytes between and inside the frames: no clean fit, but it is still named. */
static enum verdict best(size_t n) {
        probe(bytes, n);
        return prober.n_fits > 0 ? prober.fits[0].verdict : VERDICT_NO;
}

/* Other things on a serial line, that frames could be read into. */
static void test_not_mats(void) {
        char *text = (char *)bytes;
        size_t n = 0;

        for (size_t i = 0; i < 60000; i++) /* a line at half the speed: AA 55 all over */
                bytes[i] = i % 2 ? 0x55 : 0xAA;
        CHECK(best(60000) < VERDICT_FITS);
        for (int i = 0; i < 300; i++) /* six angles and forces */
                for (int k = 0; k < 6; k++)
                        n += (size_t)sprintf(text + n, "%.2f%c", ((double)(any() % 2000) - 1000) / 500,
                                             k < 5 ? ',' : '\n');
        CHECK(best(n) < VERDICT_FITS);
        n = 0;
        for (int i = 0; i < 300; i++) /* a clock in microseconds */
                n += (size_t)sprintf(text + n, "%llu\n", 1732212345678901ULL + (unsigned)i * 20011);
        CHECK(best(n) < VERDICT_FITS);
        n = 0;
        for (int i = 0; i < 300; i++) /* sixteen electrodes */
                for (int k = 0; k < 16; k++)
                        n += (size_t)sprintf(text + n, "%d%c", (int)(any() % 400) - 200, k < 15 ? ',' : '\n');
        CHECK(best(n) < VERDICT_FITS);
        n = 0;
        for (int i = 0; i < 300; i++) /* but nine resistors on a chair, an offset taken off, are a mat */
                for (int k = 0; k < 9; k++)
                        n += (size_t)sprintf(text + n, "%d%c", (int)(any() % 500) - 20, k < 8 ? ',' : '\n');
        CHECK(best(n) == VERDICT_FITS);
        /* chance is not told beside a format that fits */
        n = make(format_by_name("jq-seat-32"), 0, 0);
        CHECK(best(n) == VERDICT_FITS);
        for (int i = 1; i < prober.n_fits; i++)
                CHECK(prober.fits[i].in_a_row >= 3);
}

static void test_damaged(void) {
        const struct format *f = format_by_name("jq-seat-32");
        size_t n = make(f, 0, 0);

        memmove(bytes + n - 3000, bytes + n - 3300, 3000);
        memset(bytes + 5000, 'x', 700);
        probe(bytes, n);
        CHECK(prober.n_fits > 0 && prober.fits[0].format == f && prober.fits[0].verdict == VERDICT_PERHAPS);
        CHECK(prober.fits[0].refused > 0);
}

/* So many frames of it on a line that spoils one byte in so many. */
static enum verdict on_a_bad_line(const struct format *f, int32_t rows, int32_t cols, uint32_t one_in) {
        size_t n = make(f, rows, cols), at = n;

        while (at + n < 150000 && at + n < BYTES_MAX) { /* the rest of a frame, then frames: each time a cut one */
                memcpy(bytes + at, bytes, n);
                at += n;
        }
        for (size_t i = 0; i < at; i++)
                if (any() % one_in == 0)
                        bytes[i] = (uint8_t)any();
        return best(at);
}

/* Those that a check or the count of numbers holds together are known although most frames are spoilt. */
static void test_bad_line(void) {
        static const struct {
                const char *name;
                uint32_t one_in;
        } rows[] = {{"piezo-sum8-16", 100}, {"piezo-sum8-48", 100}, {"sdk-12x6", 100},    {"marveldex-v1", 100},
                    {"stm32-crc", 1000},    {"csv-line", 1000},     {"rows-blank", 1000}, {"etextile-cobs", 1000}};
        size_t n = 0;

        for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
                const struct format *f = format_by_name(rows[i].name);
                int32_t side = f->cells == 0 && (f->rows == 0 || f->cols == 0) ? 12 : 0;

                CHECK(on_a_bad_line(f, side, side, rows[i].one_in) == VERDICT_FITS && prober.fits[0].format == f);
        }
        /* the rows of a mat, few of which come whole, are no frames */
        CHECK(on_a_bad_line(format_by_name("rows-blank"), 12, 12, 60) < VERDICT_FITS);
        CHECK(on_a_bad_line(format_by_name("rows-word"), 12, 12, 60) < VERDICT_FITS);
        /* a third of the lines has twelve numbers, the others have three: not damage */
        for (int i = 0; i < 300; i++)
                for (int k = 0, most = i % 3 ? 3 : 12; k < most; k++)
                        n += (size_t)sprintf((char *)bytes + n, "%u%c", any() % 500, k < most - 1 ? ',' : '\n');
        CHECK(best(n) < VERDICT_FITS);
}

static void test_text(void) {
        size_t n = 0;

        for (int i = 0; i < 20; i++)
                n += (size_t)snprintf((char *)bytes + n, sizeof(bytes) - n, "%d,2000,30,4,5,6,7,8,9\r\n", 100 + i);
        probe(bytes, n);
        CHECK(prober.n_fits > 0 && prober.fits[0].verdict == VERDICT_FITS);
        CHECK(prober.fits[0].n_cells == 9 && prober.fits[0].largest == 2000);
        CHECK(strcmp(prober.fits[0].format->name, "csv-line") == 0);
}

/* --- random windows --- */

enum { TEXT_LINES = 400 };

static uint8_t stream[BYTES_MAX];
static struct layout layout;
static float cells[CELLS_MAX];

static const char banner[] =
        "ets Jul 29 2019 12:21:46\r\n\r\nrst:0x1 (POWERON_RESET),boot:0x13 (SPI_FAST_FLASH_BOOT)\r\n"
        "configsip: 0, SPIWP:0xee\r\nload:0x3fff0030,len:1184\r\nentry 0x400805f0\r\nReady.\r\n";
static const char answer[] = "Unique ID: 3A5500FF12 Versions: 1.0.4 company: JQ\r\n";

/* Empty, somebody on it, all saturated, or a stuck picture with a little noise. */
static void next_cells(int kind) {
        uint32_t n = layout.geometry.n_cells, most = (uint32_t)layout.geometry.full_scale;

        for (uint32_t k = 0; k < n; k++) {
                bool loaded = k % 8 > 2 && k > n / 4 && k < 3 * n / 4;

                if (kind == 0)
                        cells[k] = any() % 16 == 0 ? (float)(any() % 4) : 0;
                else if (kind == 1)
                        cells[k] = loaded ? (float)(most / 4 + any() % (most / 2 + 1)) : 0;
                else if (kind == 2)
                        cells[k] = (float)most;
                else
                        cells[k] = (float)((k * 7919u + any() % 2) % (most + 1));
        }
}

/* So many frames from the middle of one on, with what boards say besides. */
static size_t make_window(const struct format *f, struct size size, int frames) {
        struct settings_device device = {.rows = size.rows, .cols = size.cols};
        int kind = (int)(any() % 4), answers = any() % 4 == 0 ? 7 : 0;
        bool boots = any() % 3 == 0;
        size_t n = 0, each = 0;

        CHECK(layout_build(f, &device, &layout) == NULL);
        if (boots)
                n += (size_t)snprintf((char *)stream, BYTES_MAX, "%s", banner);
        for (int i = 0; i < frames && n + 70000 < BYTES_MAX; i++) {
                size_t at = n;

                next_cells(kind);
                n += format_encode(f, &layout, cells, stream + n, BYTES_MAX - n);
                each = n - at;
                if (answers && i % answers == answers - 1) { /* in the middle of the frame */
                        size_t into = f->framing == FRAMING_TEXT ? 0 : any() % each, length = strlen(answer);

                        memmove(stream + at + into + length, stream + at + into, each - into);
                        memcpy(stream + at + into, answer, length);
                        n += length;
                }
        }
        if (boots)
                return n;
        each = any() % each;
        memmove(stream, stream + each, n - each);
        return n - each;
}

static bool same_structure(const struct format *a, const struct format *b) {
        return a == b || (a->framing == FRAMING_TEXT && b->framing == FRAMING_TEXT && !a->digits && !b->digits &&
                          a->text_end == b->text_end && a->separators[0] != '/' && b->separators[0] != '/');
}

static void test_windows(int windows) {
        for (size_t i = 0; i < format_count(); i++) {
                const struct format *f = format_at(i);
                bool open = f->cells == 0 && (f->rows == 0 || f->cols == 0);
                int right = 0, wrong = 0, alike = 0;

                for (int w = 0; w < windows; w++) {
                        struct size size = open ? (struct size){6 + (int)(any() % 12), 6 + (int)(any() % 12), false}
                                                : (struct size){0, 0, false};
                        const struct format *got;

                        probe(stream, make_window(f, size, 10 + (int)(any() % 12)));
                        got = prober.n_fits && prober.fits[0].verdict == VERDICT_FITS ? prober.fits[0].format : NULL;
                        right += got == f;
                        alike += got && got != f && same_structure(got, f);
                        wrong += got && !same_structure(got, f);
                        if (got && !same_structure(got, f))
                                fprintf(stderr, "%s was taken for %s\n", f->name, got->name);
                }
                if (windows > 8)
                        printf("%-18s right %5.1f %%  as another row of the same text %5.1f %%  wrong %5.2f %%\n",
                               f->name, 100.0 * right / windows, 100.0 * alike / windows, 100.0 * wrong / windows);
                CHECK(wrong == 0 && right + alike >= windows * 9 / 10);
        }
}

/* --- mats that no row describes --- */

static void any_format(struct format *f) {
        *f = (struct format){.name = "foreign", .title = "foreign", .full_scale = 255, .rate_hz = 10};
        f->framing = (enum framing[]){FRAMING_PREFIX, FRAMING_DELIMITER, FRAMING_SUFFIX, FRAMING_SLIP}[any() % 4];
        f->sync.n = (uint8_t)(1 + any() % 3);
        for (int i = 0; i < f->sync.n; i++)
                f->sync.of[i] = (uint8_t)any();
        if (any() % 3 == 0) { /* as many do */
                static const uint8_t usual[][2] = {
                        {0xAA, 0x55}, {0x55, 0xAA}, {0xFF, 0xFF}, {0xFF, 0xFE}, {0xBB, 0xAA}};

                f->sync.n = 2;
                memcpy(f->sync.of, usual[any() % 5], 2);
        }
        f->header_n = (uint8_t)(any() % 4);
        f->trailer_n = (uint8_t)(any() % 3);
        f->element = (enum element[]){ELEMENT_U8, ELEMENT_U16LE, ELEMENT_U16BE, ELEMENT_F32LE}[any() % 4];
        f->check = (enum check)(any() % 4);
        f->rows = (uint16_t)(3 + any() % 20);
        f->cols = (uint16_t)(3 + any() % 20);
}

static int count_foreign(int windows) {
        int claimed = 0;

        for (int w = 0; w < windows; w++) {
                struct format f;

                any_format(&f);
                probe(stream, make_window(&f, (struct size){0, 0, false}, 10 + (int)(any() % 20)));
                if (prober.n_fits == 0 || prober.fits[0].verdict != VERDICT_FITS)
                        continue;
                claimed++;
                fprintf(stderr,
                        "foreign: framing %d sync %u %02X %02X head %u %ux%u element %d check %d taken for %s\n",
                        f.framing, f.sync.n, f.sync.of[0], f.sync.of[1], f.header_n, f.rows, f.cols, f.element,
                        f.check, prober.fits[0].format->name);
        }
        return claimed;
}

static size_t line_of(int kind, int i, char *ret, size_t size) {
        switch (kind) {
        case 0:
                return (size_t)snprintf(ret, size, "%u\r\n", any() % 4096);
        case 1:
                return (size_t)snprintf(ret, size, "%u\n", 1000000u + (unsigned)i * 10007u);
        case 2:
                return (size_t)snprintf(ret, size, "%.2f,%.2f,%.2f\r\n", any() % 100 / 50.0, any() % 100 / 50.0, 9.81);
        case 3:
                return (size_t)snprintf(
                        ret, size, "$GPGGA,1235%02d,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,*47\r\n", i % 60);
        case 4:
                return (size_t)snprintf(ret, size, "T: %.1f C  H: %u %%\n", 20 + any() % 50 / 10.0, 30 + any() % 20);
        case 5:
                return (size_t)snprintf(ret, size, "{\"t\":%d,\"v\":[%u,%u,%u,%u]}\n", i, any() % 99, any() % 99,
                                        any() % 99, any() % 99);
        case 6:
                return (size_t)snprintf(ret, size, "I (%d) wifi: state: run -> init (%X)\n", i * 37, any() % 256);
        case 7: /* as many numbers as it likes */
        {
                size_t n = 0;

                for (unsigned k = 0, most = 1 + any() % 12; k < most; k++)
                        n += (size_t)snprintf(ret + n, size - n, "%u ", any() % 500);
                return n + (size_t)snprintf(ret + n, size - n, "\n");
        }
        default:
                return (size_t)snprintf(ret, size, "%013llu\n", 1732200000123ull + (unsigned)i * 50u);
        }
}

static int count_text(void) {
        int claimed = 0;

        for (int kind = 0; kind < 9; kind++) {
                size_t n = 0;

                for (int i = 0; i < TEXT_LINES; i++)
                        n += line_of(kind, i, (char *)stream + n, BYTES_MAX - n);
                probe(stream, n);
                if (prober.n_fits == 0 || prober.fits[0].verdict != VERDICT_FITS)
                        continue;
                claimed++;
                fprintf(stderr, "text %d was taken for %s\n", kind, prober.fits[0].format->name);
        }
        return claimed;
}

/* Bytes that a wrong speed makes of good ones, and other streams with a beat. */
static int count_noise(int windows) {
        int claimed = 0;

        for (int w = 0; w < windows; w++) {
                const struct format *f = format_at(any() % format_count());
                size_t n = make_window(f, f->rows || f->cells ? (struct size){0} : (struct size){8, 8, false}, 12);
                uint8_t times = (uint8_t)(any() | 3), plus = (uint8_t)any(), and = (uint8_t)(any() | 0x81);

                for (size_t i = 0; i < n; i++)
                        stream[i] = w % 3 == 0 ? (uint8_t)any() : (uint8_t)((stream[i] * times + plus) & and);
                probe(stream, n);
                if (w % 3 == 0 || times != 1 || plus != 0)
                        claimed += prober.n_fits > 0 && prober.fits[0].verdict == VERDICT_FITS;
        }
        return claimed;
}

static void test_foreign(int windows) {
        int mats = count_foreign(windows), texts = count_text(), noise = count_noise(windows);

        if (windows > 100)
                printf("of %d unknown mats %d claimed, of 9 texts %d, of %d noises %d\n", windows, mats, texts,
                       windows, noise);
        CHECK(mats == 0 && texts == 0 && noise == 0);
}

/* The end of a row, whose beginning nobody heard, is not the blank line that ends a frame. */
static void test_cut_in_row(void) {
        size_t n = (size_t)snprintf((char *)bytes, sizeof(bytes), "\n1 2 3 4\n5 6 7 8\n\n");

        for (int i = 0; i < 4; i++)
                n += (size_t)snprintf((char *)bytes + n, sizeof(bytes) - n, "9 9 9 9\n1 2 3 4\n5 6 7 8\n\n");
        probe(bytes, n);
        CHECK(prober.n_fits > 0 && strcmp(prober.fits[0].format->name, "rows-blank") == 0);
        CHECK(prober.fits[0].verdict == VERDICT_FITS && prober.fits[0].n_cells == 12 && prober.fits[0].refused == 0);
}

int main(int argc, char **argv) {
        int windows = argc > 1 ? atoi(argv[1]) : 4;

        format_list_load(&list, no_folders, &mistakes);
        test_rows();
        test_sizes();
        test_none();
        test_not_mats();
        test_damaged();
        test_text();
        test_bad_line();
        test_cut_in_row();
        test_windows(windows);
        test_foreign(10 * windows);
        return 0;
}
