/* SPDX-License-Identifier: MIT */
/* sitbone's own recordings: every byte and time comes back; wherever they are cut or damaged, they lose no more than they
 * must. */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "check.h"
#include "core/acquire/encoder.h"
#include "core/acquire/formats.h"
#include "core/acquire/recording.h"
#include "recording/recorder.h"
#include "util/file.h"

enum { FRAMES = 100, PERIOD_US = 50000 };

static struct recorder recorder;
static struct recording recording;
static struct recording_cursor cursor;
static struct frame frame;
static char path[64];
static uint32_t state = 1;

static uint32_t random_number(void) {
        state = state * 1664525u + 1013904223u;
        return state >> 8;
}

/* Packs n bytes as one piece, and reads them back. Returns the size of the chunk. */
static size_t check_chunk(const uint8_t *bytes, size_t n) {
        static struct recording_chunk chunk;
        static uint8_t packed[RECORDING_PACKED_MAX];
        struct recording_piece piece;
        size_t size;

        CHECK(recording_chunk_add(&chunk, 5, bytes, n));
        size = recording_chunk_pack(&chunk, packed);
        CHECK(chunk.n == 0 && recording_chunk_pack(&chunk, packed) == 0);
        recording_cursor_init(&cursor, (const char *)packed, size, 0);
        CHECK(recording_cursor_next(&cursor, &piece));
        CHECK(piece.t_us == 5 && piece.n == n && piece.gap == (n == 0) && memcmp(piece.bytes, bytes, n) == 0);
        CHECK(!recording_cursor_next(&cursor, &piece) && cursor.cut_bytes == 0 && cursor.damaged_bytes == 0);
        recording_cursor_init(&cursor, (const char *)packed, size - 1, 0); /* every byte is needed */
        CHECK(!recording_cursor_next(&cursor, &piece) && cursor.cut_bytes == size - 1);
        return size;
}

static void test_chunk(void) {
        static uint8_t bytes[RECORDING_PIECE_MAX];

        CHECK(check_chunk(bytes, 0) < 40);
        CHECK(check_chunk(bytes, 1) < 40);
        CHECK(check_chunk(bytes, sizeof(bytes)) < 200); /* zeros are a run */
        for (size_t n = 1; n < 300; n++) {
                for (size_t i = 0; i < n; i++)
                        bytes[i] = (uint8_t)(random_number() % (1 + n % 4));
                CHECK(check_chunk(bytes, n) < n + 40);
        }
        for (size_t i = 0; i < sizeof(bytes); i++)
                bytes[i] = (uint8_t)random_number();
        CHECK(check_chunk(bytes, sizeof(bytes)) < sizeof(bytes) + 200);
        for (size_t i = 1000; i < sizeof(bytes); i++)
                bytes[i] = i % 100 == 0 ? (uint8_t)random_number()
                                        : bytes[i - 1000]; /* a frame much like the one before */
        CHECK(check_chunk(bytes, sizeof(bytes)) < 4000);
}

static void make_cells(size_t i, float *cells) {
        for (uint32_t k = 0; k < 1024; k++)
                cells[k] = (float)((k * 7 + i * 13) % 200);
}

/* A recording that cannot be begun leaves no file that would stop the next attempt. */
static void test_no_room(void) {
        struct settings_device d = {.format = "jq-seat-32"};
        struct rlimit limit, small;

        signal(SIGXFSZ, SIG_IGN);
        CHECK(getrlimit(RLIMIT_FSIZE, &limit) == 0);
        small = limit;
        small.rlim_cur = 10;
        CHECK(setrlimit(RLIMIT_FSIZE, &small) == 0);
        CHECK(recorder_open(&recorder, path, &d, 0, false, false) == -EFBIG);
        CHECK(setrlimit(RLIMIT_FSIZE, &limit) == 0);
        CHECK(access(path, F_OK) < 0);
}

/* 100 frames of a 32x32 mat, each in pieces; the port is opened again after the 50th. */
static char *make_recording(size_t *ret_n) {
        struct settings_device d = {.format = "jq-seat-32", .device = "a\nb", .flip_y = true, .pitch_x_mm = 10};
        static struct layout layout;
        static float cells[CELLS_MAX];
        static uint8_t wire[ENCODER_SIZE_MAX];
        char *data;

        CHECK(layout_build(format_by_name("jq-seat-32"), &d, &layout) == NULL);
        CHECK(recorder_open(&recorder, path, &d, 1795000000000000ull, true, true) == 0);
        CHECK(recorder_open(&recorder, path, &d, 0, true, false) < 0); /* an existing file is not replaced */
        CHECK(recorder_open(&recorder, path, &d, 1795000000000000ull, true, true) == 0);
        for (size_t i = 0; i < FRAMES; i++) {
                size_t n, cut = random_number() % 1000;

                make_cells(i, cells);
                n = format_encode(format_by_name("jq-seat-32"), &layout, cells, wire, sizeof(wire));
                if (i == 50)
                        CHECK(recorder_add_gap(&recorder, i * PERIOD_US) == 0);
                CHECK(recorder_add(&recorder, i * PERIOD_US, wire, cut) == 0);
                CHECK(recorder_add(&recorder, i * PERIOD_US + 2000, wire + cut, n - cut) == 0);
        }
        CHECK(recorder_close(&recorder) == 0);
        CHECK(recorder.wire_bytes == FRAMES * 1028ull);
        CHECK(file_read(path, 1 << 24, &data, ret_n) == 0 && *ret_n == recorder.file_bytes);
        return data;
}

struct seen {
        size_t n;
        uint64_t first_us, last_us;
        bool exact; /* every frame is one that was sent, in order */
        size_t next;
};

static void check_frame(void *userdata, const struct frame *f, const struct recording_row *row) {
        struct seen *s = userdata;
        static float cells[CELLS_MAX];
        bool found = false;

        (void)row;
        CHECK(s->n == 0 || f->arrived_us >= s->last_us);
        for (; s->next < FRAMES && !found; s->next++) {
                make_cells(s->next, cells);
                found = memcmp(cells, f->raw, 1024 * sizeof(float)) == 0;
        }
        s->exact = s->exact && found;
        s->first_us = s->n++ == 0 ? f->arrived_us : s->first_us;
        s->last_us = f->arrived_us;
}

static struct seen replay_recording(const char *data, size_t n) {
        struct settings_device device = {0};
        struct seen ret = {.exact = true};
        char error[RECORDING_ERROR_MAX] = "";

        CHECK(recording_open(&recording, data, n, NULL, &device, error) == 0);
        recording_each(&recording, &frame, check_frame, &ret);
        CHECK(ret.n == recording.frames && recording.native);
        return ret;
}

static void test_whole(const char *data, size_t n) {
        struct seen s = replay_recording(data, n);

        CHECK(s.exact && recording.damaged_bytes == 0 && recording.cut_bytes == 0);
        /* The delimiter after the last frame before the gap never came, and the pause is too short. */
        CHECK(s.n == FRAMES - 1 || s.n == FRAMES);
        CHECK(s.first_us >= 1000000 + 2000 && s.last_us <= 1000000 + (FRAMES - 1) * PERIOD_US + 2000);
        CHECK(s.last_us >= 1000000 + (FRAMES - 2) * PERIOD_US);
        CHECK(recording.layout.geometry.pitch_x_mm == 10); /* the head overrides the settings */
}

static size_t head_size(const char *data) {
        return (size_t)(strstr(data, "\n\n") + 2 - data);
}

/* The frames of complete chunks are read, and nothing else. */
static void test_cut(const char *data, size_t n) {
        struct settings_device device = {0};
        char error[RECORDING_ERROR_MAX];
        size_t head = head_size(data), last = 0;

        for (size_t cut = 11; cut < head; cut++)
                CHECK(recording_open(&recording, data, cut, NULL, &device, error) < 0);
        for (size_t cut = head; cut <= n; cut += cut + 500 < n ? 97 : 1) {
                struct seen s = replay_recording(data, cut);

                CHECK(s.exact && s.n >= last && recording.damaged_bytes == 0);
                last = s.n;
        }
        CHECK(last >= FRAMES - 1);
}

/* One damaged byte costs the chunk it is in: two seconds, and the frame across its edge. */
static void test_damage(char *data, size_t n) {
        size_t head = head_size(data), most = FRAMES - 2000000 / PERIOD_US - 3;

        for (size_t at = head; at < n; at += 61) {
                struct seen s;

                data[at] ^= (char)(1 << at % 8);
                s = replay_recording(data, n);
                CHECK(s.exact && s.n >= most && s.n < FRAMES);
                CHECK(recording.damaged_bytes > 0 || (recording.cut_bytes > 0 && n - at < 65536));
                data[at] ^= (char)(1 << at % 8);
        }
}

static void check_head(const char *text, const char *word) {
        struct settings_device device = {0};
        char error[RECORDING_ERROR_MAX] = "";

        CHECK(recording_open(&recording, text, strlen(text), NULL, &device, error) < 0);
        if (!strstr(error, word))
                fprintf(stderr, "\"%s\" lacks \"%s\"\n", error, word);
        CHECK(strstr(error, word));
}

static void test_heads(void) {
        check_head("# sitbone recording 2\n", "cut off");
        check_head("# sitbone rec", "line 1: the head is cut off");
        check_head("# sitbone recording 2\r\n# format=csv-line\r\n\r\n", "line 1: its line ends were changed");
        check_head("# sitbone recording 1\n# format=csv-line\n\n", "another version; this program reads version 2");
        check_head("# sitbone recording 2\n\n", "names no format");
        check_head("# sitbone recording 2\n# format=nothing-of-ours\n\n", "not in the table");
        check_head("# sitbone recording 2\n# format=csv-line\n# rows=many\n\n", "line 3: a value");
        check_head("# sitbone recording 2\nformat=csv-line\n\n", "line 2: not a line");
        check_head("# sitbone recording 2\n# format=jq-seat-32\n# rotate=45\n\n", "rotate");
        check_head("# sitbone recording 2\n# format=csv-line\n\n", "no line of numbers");
}

/* Text without rows and cols learns its size; the first bytes may be the rest of a line. */
static void test_text(void) {
        struct settings_device d = {.format = "csv-line"}, device = {0};
        char error[RECORDING_ERROR_MAX], *data;
        struct seen s = {0};
        size_t n;

        CHECK(recorder_open(&recorder, path, &d, 0, false, true) == 0);
        CHECK(recorder_add(&recorder, 0, (const uint8_t *)"9,9\n1,2,3,4,5,6\n", 16) == 0);
        CHECK(recorder_add(&recorder, 5000000, (const uint8_t *)"1,2,3,4,5,7\n", 12) == 0);
        CHECK(recorder_close(&recorder) == 0);
        CHECK(file_read(path, 1 << 20, &data, &n) == 0);
        CHECK(recording_open(&recording, data, n, NULL, &device, error) == 0);
        recording_each(&recording, &frame, check_frame, &s);
        CHECK(recording.frames == 2 && s.last_us == 6000000 && recording.refused[REFUSED_PARTIAL] == 1);
        free(data);
}

/* More bytes at once than a chunk can hold. */
static void test_much(void) {
        static uint8_t bytes[3 * RECORDING_CHUNK_MAX];
        struct settings_device d = {.format = "csv-line"};
        struct recording_head head;
        struct recording_piece piece;
        size_t n, at = 0;
        char *data;

        for (size_t i = 0; i < sizeof(bytes); i++)
                bytes[i] = (uint8_t)random_number();
        CHECK(recorder_open(&recorder, path, &d, 0, false, true) == 0);
        CHECK(recorder_add(&recorder, 7, bytes, sizeof(bytes)) == 0 && recorder_close(&recorder) == 0);
        CHECK(file_read(path, 1 << 24, &data, &n) == 0);
        CHECK(recording_read_head(data, n, &head, &d) == NULL);
        recording_cursor_init(&cursor, data, n, head.chunks_at);
        while (recording_cursor_next(&cursor, &piece)) {
                CHECK(piece.t_us == 7 && !piece.gap && memcmp(bytes + at, piece.bytes, piece.n) == 0);
                at += piece.n;
        }
        CHECK(at == sizeof(bytes));
        free(data);
}

/* A label lies between the bytes in time, is no gap, and no bytes are added to it. */
static void test_labels(void) {
        static struct recording_chunk chunk;
        static uint8_t packed[RECORDING_PACKED_MAX];
        static const char long_label[] =
                "a-label-that-is-much-longer-than-sixty-three-characters-is-cut-to-that-length";
        struct recording_piece piece;
        size_t size;

        CHECK(recording_chunk_add(&chunk, 5, (const uint8_t *)"ab", 2));
        CHECK(recording_chunk_add_label(&chunk, 6, "upright"));
        CHECK(recording_chunk_add(&chunk, 7, (const uint8_t *)"cd", 2));
        CHECK(recording_chunk_add_label(&chunk, 8, ""));
        CHECK(recording_chunk_add_label(&chunk, 3, long_label));
        size = recording_chunk_pack(&chunk, packed);
        recording_cursor_init(&cursor, (const char *)packed, size, 0);
        CHECK(recording_cursor_next(&cursor, &piece) && !piece.label && piece.n == 2 && piece.t_us == 5);
        CHECK(recording_cursor_next(&cursor, &piece) && piece.label && !piece.gap && piece.t_us == 6 && piece.n == 7 &&
              memcmp(piece.bytes, "upright", 7) == 0);
        CHECK(recording_cursor_next(&cursor, &piece) && !piece.label && !piece.gap && piece.n == 2 &&
              memcmp(piece.bytes, "cd", 2) == 0);
        CHECK(recording_cursor_next(&cursor, &piece) && piece.label && !piece.gap && piece.n == 0);
        CHECK(recording_cursor_next(&cursor, &piece) && piece.label && piece.n == RECORDING_LABEL_MAX - 1 &&
              piece.t_us == 8);
        CHECK(!recording_cursor_next(&cursor, &piece) && cursor.damaged_bytes == 0);
}

int main(void) {
        size_t n;
        char *data;

        snprintf(path, sizeof(path), "/tmp/test_recording_wire.%ld", (long)getpid());
        test_chunk();
        test_no_room();
        data = make_recording(&n);
        test_whole(data, n);
        test_cut(data, n);
        test_damage(data, n);
        free(data);
        test_heads();
        test_text();
        test_much();
        unlink(path);
        test_labels();
        return 0;
}
