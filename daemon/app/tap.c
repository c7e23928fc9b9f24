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

struct tap_message {
        uint64_t now_us;
        enum tap_kind kind;
        void *bytes;
        size_t n;
};

static void send_one(struct tap *t, int i, const struct tap_message *m) {
        struct tap_head head = {m->now_us, t->of[i].lost, m->kind};
        struct iovec parts[2] = {{&head, sizeof(head)}, {m->bytes, m->n}};
        struct msghdr message = {.msg_iov = parts, .msg_iovlen = m->n > 0 ? 2 : 1};

        if (sendmsg(t->of[i].fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL) >= 0) {
                t->of[i].lost = 0;
        } else if (errno == EAGAIN || errno == ENOBUFS || errno == EINTR) {
                t->of[i].lost += m->kind == TAP_BYTES ? m->n : 0;
        } else {
                close(t->of[i].fd);
                t->of[i].fd = 0;
        }
}

int tap_send(struct tap *t, uint64_t now_us, enum tap_kind kind, void *bytes, size_t n) {
        const struct tap_message message = {now_us, kind, bytes, n};
        int taps = 0;

        for (int i = 0; i < TAPS_MAX; i++) {
                if (t->of[i].fd > 0)
                        send_one(t, i, &message);
                taps += t->of[i].fd > 0;
        }
        return taps;
}

void tap_close(struct tap *t) {
        for (int i = 0; i < TAPS_MAX; i++) {
                if (t->of[i].fd > 0)
                        close(t->of[i].fd);
                t->of[i].fd = 0;
        }
}
