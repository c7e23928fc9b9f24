/* SPDX-License-Identifier: MIT */
#include "app/tap.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

/* Some seconds of the fastest mat. The kernel may grant less. */
enum { SEND_BUFFER = 1 << 20 };

/* Sending detects closed ends too, but a silent mat sends nothing. */
static void remove_closed(struct tap *t) {
        for (int i = 0; i < TAPS_MAX; i++) {
                struct pollfd p = {.fd = t->of[i].fd};

                if (p.fd <= 0 || poll(&p, 1, 0) <= 0 || !(p.revents & (POLLHUP | POLLERR)))
                        continue;
                close(p.fd);
                t->of[i].fd = 0;
        }
}

int tap_open(struct tap *t) {
        int pair[2], size = SEND_BUFFER;

        remove_closed(t);
        for (int i = 0; i < TAPS_MAX; i++) {
                if (t->of[i].fd > 0)
                        continue;
                if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
                        return -errno;
                setsockopt(pair[0], SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
                shutdown(pair[0], SHUT_RD);
                t->of[i].fd = pair[0];
                t->of[i].lost = 0;
                return pair[1];
        }
        return -EMFILE;
}

static void send_one(struct tap *t, int i, uint64_t now_us, uint8_t *bytes, size_t n) {
        struct tap_head head = {now_us, t->of[i].lost};
        struct iovec parts[2] = {{&head, sizeof(head)}, {bytes, n}};
        struct msghdr message = {.msg_iov = parts, .msg_iovlen = n > 0 ? 2 : 1};

        if (sendmsg(t->of[i].fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL) >= 0) {
                t->of[i].lost = 0;
        } else if (errno == EAGAIN || errno == ENOBUFS || errno == EINTR) {
                t->of[i].lost += n;
        } else {
                close(t->of[i].fd);
                t->of[i].fd = 0;
        }
}

void tap_send(struct tap *t, uint64_t now_us, uint8_t *bytes, size_t n) {
        for (int i = 0; i < TAPS_MAX; i++)
                if (t->of[i].fd > 0)
                        send_one(t, i, now_us, bytes, n);
}

void tap_close(struct tap *t) {
        for (int i = 0; i < TAPS_MAX; i++) {
                if (t->of[i].fd > 0)
                        close(t->of[i].fd);
                t->of[i].fd = 0;
        }
}
