/* SPDX-License-Identifier: MIT */
/* The tap never waits: a reader that is too slow loses bytes, and receives their number; a closed reader is removed. */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "app/tap.h"
#include "check.h"

static struct tap tap;

struct message {
        struct tap_head head;
        uint8_t bytes[TAP_BYTES_MAX];
};

static ssize_t receive_message(int fd, struct message *ret) {
        return recv(fd, ret, sizeof(*ret), MSG_DONTWAIT);
}

static void test_slow_reader(void) {
        static uint8_t bytes[TAP_BYTES_MAX];
        static struct message message;
        uint64_t sent = 0, got = 0, lost = 0;
        int fd = tap_open(&tap);
        ssize_t n;

        CHECK(fd >= 0);
        for (uint64_t i = 1; i <= 1000; i++, sent += sizeof(bytes)) /* 16 MB: more than any buffer */
                tap_send(&tap, i, TAP_BYTES, bytes, sizeof(bytes));
        while ((n = receive_message(fd, &message)) > 0) {
                CHECK(message.head.lost == 0); /* only later bytes were lost */
                got += (uint64_t)n - sizeof(message.head);
        }
        CHECK(errno == EAGAIN && got > 100000 && got < sent);
        tap_send(&tap, 2000, TAP_BYTES, bytes, 10);
        n = receive_message(fd, &message);
        lost = message.head.lost;
        CHECK(n == (ssize_t)sizeof(message.head) + 10 && message.head.t_us == 2000 && lost == sent - got);
        tap_send(&tap, 2001, TAP_REOPENED, NULL, 0);
        CHECK(receive_message(fd, &message) == (ssize_t)sizeof(message.head) && message.head.lost == 0);
        CHECK(message.head.kind == TAP_REOPENED);
        CHECK(tap_send(&tap, 2001, TAP_LABEL, (char[]){"upright"}, 7) == 1);
        CHECK(receive_message(fd, &message) == (ssize_t)sizeof(message.head) + 7 && message.head.kind == TAP_LABEL);
        close(fd);
        CHECK(tap_send(&tap, 2002, TAP_BYTES, bytes, 10) == 0); /* no reader: no signal, and the slot is free */
        CHECK(tap.of[0].fd == 0);
}

static void test_many(void) {
        static struct message message;
        int fds[TAPS_MAX];

        for (int i = 0; i < TAPS_MAX; i++)
                CHECK((fds[i] = tap_open(&tap)) >= 0);
        CHECK(tap_open(&tap) == -EMFILE);
        close(fds[1]); /* the mat is silent: no send detects the closed end */
        CHECK((fds[1] = tap_open(&tap)) >= 0 && tap_open(&tap) == -EMFILE);
        tap_send(&tap, 5, TAP_BYTES, (uint8_t[]){"abc"}, 3);
        for (int i = 0; i < TAPS_MAX; i++) {
                CHECK(receive_message(fds[i], &message) == (ssize_t)sizeof(message.head) + 3 &&
                      memcmp(message.bytes, "abc", 3) == 0);
                CHECK(send(fds[i], "x", 1, MSG_NOSIGNAL) < 0); /* one way only */
        }
        tap_close(&tap);
        for (int i = 0; i < TAPS_MAX; i++) {
                CHECK(receive_message(fds[i], &message) == 0);
                close(fds[i]);
        }
}

int main(void) {
        test_slow_reader();
        test_many();
        return 0;
}
