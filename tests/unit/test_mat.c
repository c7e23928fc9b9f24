/* SPDX-License-Identifier: MIT */
/* A frame without a closing delimiter is accepted once the line is quiet or the next frame is requested, never between two
 * pieces of it. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/mat.h"
#include "check.h"
#include "core/acquire/encoder.h"
#include "util/clock.h"

static struct mat mat;
static int frames;

static uint64_t read_time(void *userdata) {
        (void)userdata;
        return clock_boottime_us();
}

static void on_frame(void *userdata, const struct frame *frame) {
        (void)userdata;
        CHECK(frame->n_cells == mat.layout.geometry.n_cells);
        frames++;
}

/* The tick comes in the same turn of the loop as the last byte. */
static int frames_after(sd_event *event, int fd, const uint8_t *bytes, size_t n) {
        uint64_t all = mat.bytes + n;

        CHECK(write(fd, bytes, n) == (ssize_t)n);
        while (mat.bytes < all)
                CHECK(sd_event_run(event, 20 * USEC_PER_SEC) > 0);
        mat_tick(&mat);
        return frames;
}

static int frames_after_quiet(sd_event *event) {
        usleep(60000);
        CHECK(sd_event_run(event, 0) == 0);
        mat_tick(&mat);
        return frames;
}

/* Opens a mat of this format; returns the other end. */
static int open_mat(sd_event *event, const char *format) {
        static struct settings_device device;
        int master = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);

        device = (struct settings_device){0};
        snprintf(device.format, sizeof(device.format), "%s", format);
        CHECK(master >= 0 && grantpt(master) == 0 && unlockpt(master) == 0);
        CHECK(ptsname_r(master, device.device, sizeof(device.device)) == 0);
        memset(&mat, 0, sizeof(mat));
        CHECK(mat_init(&mat, event, &device, read_time, on_frame, NULL) == 0);
        mat_start(&mat);
        return master;
}

/* Collects the bytes that the daemon sends to a mat of this format: up to `size` of them, or for 300 ms after `least`. */
static size_t sent_to(sd_event *event, const char *format, const char *answer, char *ret, size_t size, size_t least) {
        int master = open_mat(event, format);
        uint64_t until = clock_boottime_us() + (least > 0 ? 20 * USEC_PER_SEC : 300000);
        size_t n = 0;

        while (n < size && clock_boottime_us() < until) {
                ssize_t got;

                CHECK(sd_event_run(event, 10000) >= 0);
                got = read(master, ret + n, size - n);
                if (got <= 0)
                        continue;
                CHECK(write(master, answer, strlen(answer)) == (ssize_t)strlen(answer));
                n += (size_t)got;
                if (n >= least)
                        until = clock_boottime_us() + 300000;
        }
        mat_stop(&mat);
        close(master);
        return n;
}

static void test_commands(sd_event *event) {
        char sent[64];

        CHECK(sent_to(event, "jq-seat-32", "", sent, sizeof(sent), 0) == 0);
        CHECK(sent_to(event, "csv-line", "", sent, sizeof(sent), 0) == 0);
        CHECK(sent_to(event, "willowec-28x56", "x", sent, sizeof(sent), 14) == 14); /* once: the mat has answered */
        CHECK(memcmp(sent, "start_reading\n", 14) == 0);
        CHECK(sent_to(event, "sdk-12x6", "x", sent, 15, 15) == 15); /* repeatedly */
        CHECK(memcmp(sent, "\xAA\x55\x01\x01\x01\xAA\x55\x01\x01\x01\xAA\x55\x01\x01\x01", 15) == 0);
}

/* A frame that could continue (a list of loaded cells) is emitted before the next one is requested. */
static void test_asked(sd_event *event) {
        static uint8_t wire[16 * 1024];
        static float raw[CELLS_MAX] = {[7] = 100, [1000] = 4095};
        int master = open_mat(event, "sensingtex-points");
        size_t length = format_encode(mat.format, &mat.layout, raw, wire, sizeof(wire));
        char asked[64];

        frames = 0;
        for (int answered = 0; answered < 3; answered++) {
                while (read(master, asked, sizeof(asked)) <= 0)
                        CHECK(sd_event_run(event, USEC_PER_SEC) >= 0);
                CHECK(asked[0] == 'R' && frames == answered);
                frames_after(event, master, wire, length);
                while (read(master, asked, sizeof(asked)) > 0) /* requested before the whole answer was read */
                        ;
        }
        mat_stop(&mat);
        close(master);
}

int main(void) {
        static struct settings_device device = {.format = "jq-seat-32"};
        static uint8_t wire[4096];
        static float raw[CELLS_MAX];
        int master = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
        sd_event *event = NULL;
        size_t length;

        CHECK(master >= 0 && grantpt(master) == 0 && unlockpt(master) == 0);
        CHECK(ptsname_r(master, device.device, sizeof(device.device)) == 0);
        CHECK(sd_event_default(&event) >= 0);
        CHECK(mat_init(&mat, event, &device, read_time, on_frame, NULL) == 0);
        CHECK(mat.format->framing == FRAMING_DELIMITER);
        length = format_encode(mat.format, &mat.layout, raw, wire, sizeof(wire));
        mat_start(&mat);

        CHECK(frames_after(event, master, wire, length) == 0); /* whole by its length, but more may be on its way */
        CHECK(frames_after(event, master, wire, 2) == 0);      /* half a delimiter */
        CHECK(frames_after(event, master, wire + 2, length - 2) == 1);
        CHECK(frames_after_quiet(event) == 2);
        CHECK(frames_after_quiet(event) == 2);
        mat_stop(&mat);
        test_commands(event);
        test_asked(event);
        sd_event_unref(event);
        close(master);
        return 0;
}
