/* SPDX-License-Identifier: MIT */
/* tcp://host:port, for ser2net and Wi-Fi mats. */
#include "ports/backend.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

/* The name is resolved in a thread of its own, and the connection is made in the background, one address after the
 * other. The descriptor to poll is an epoll instance, so that it stays the same while the thing it waits for
 * changes: first the thread, then the socket. */

/* Shared with the thread: a name server may answer long after the port was closed. The last user frees it. */
struct lookup {
        atomic_int users;
        int done; /* eventfd */
        char host[256], service[16];
        struct addrinfo *addresses;
};

struct tcp {
        struct lookup *lookup;
        struct addrinfo *next; /* address to try after this one */
        int socket;            /* -1 while the name is resolved */
};

static void drop_lookup(struct lookup *l) {
        if (atomic_fetch_sub(&l->users, 1) > 1)
                return;
        if (l->addresses)
                freeaddrinfo(l->addresses);
        close(l->done);
        free(l);
}

static void *run_lookup(void *userdata) {
        struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
        struct lookup *l = userdata;
        uint64_t one = 1;

        if (getaddrinfo(l->host, l->service, &hints, &l->addresses) != 0)
                l->addresses = NULL;
        if (write(l->done, &one, sizeof(one)) < 0) /* cannot fail: the counter is 0 */
                abort();
        drop_lookup(l);
        return NULL;
}

/* "tcp://host:port", "tcp://[::1]:port" */
static int parse_spec(const char *spec, struct lookup *l) {
        const char *host = spec + strlen("tcp://"), *colon = strrchr(host, ':');
        size_t n = colon ? (size_t)(colon - host) : 0;
        char *end;
        long port;

        if (n > 2 && host[0] == '[' && host[n - 1] == ']') {
                host++;
                n -= 2;
        }
        if (n == 0 || n >= sizeof(l->host))
                return -EINVAL;
        port = strtol(colon + 1, &end, 10);
        if (*end || end == colon + 1 || port < 1 || port > 65535)
                return -EINVAL;
        memcpy(l->host, host, n);
        l->host[n] = '\0';
        snprintf(l->service, sizeof(l->service), "%ld", port);
        return 0;
}

/* Signals are blocked in the thread: the event loop handles them. */
static int start_lookup(struct lookup *l) {
        pthread_attr_t attr;
        sigset_t all, before;
        pthread_t thread;
        int r;

        atomic_store(&l->users, 2);
        sigfillset(&all);
        pthread_sigmask(SIG_BLOCK, &all, &before);
        pthread_attr_init(&attr);
        pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
        r = pthread_create(&thread, &attr, run_lookup, l);
        pthread_attr_destroy(&attr);
        pthread_sigmask(SIG_SETMASK, &before, NULL);
        if (r != 0)
                atomic_store(&l->users, 1);
        return -r;
}

static int wait_for(const struct port *port, int fd, uint32_t events) {
        struct epoll_event e = {.events = events};

        if (epoll_ctl(port->fd, EPOLL_CTL_ADD, fd, &e) == 0)
                return 0;
        return errno == EEXIST && epoll_ctl(port->fd, EPOLL_CTL_MOD, fd, &e) == 0 ? 0 : -errno;
}

/* A peer that vanished without closing is noticed after about 25 s; a connection attempt lasts about 15 s. */
static void set_timeouts(int fd) {
        int on = 1, idle_s = 10, every_s = 5, times = 3;

        setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
        setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &idle_s, sizeof(idle_s));
        setsockopt(fd, IPPROTO_TCP, TCP_KEEPINTVL, &every_s, sizeof(every_s));
        setsockopt(fd, IPPROTO_TCP, TCP_KEEPCNT, &times, sizeof(times));
        setsockopt(fd, IPPROTO_TCP, TCP_SYNCNT, &times, sizeof(times));
}

/* 0 once a connection is on its way, or the reason why the last address failed. */
static int connect_next(struct port *port, int error) {
        struct tcp *t = port->state;

        while (t->next) {
                const struct addrinfo *a = t->next;

                t->next = a->ai_next;
                if (t->socket >= 0)
                        close(t->socket);
                t->socket = socket(a->ai_family, a->ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, a->ai_protocol);
                if (t->socket < 0) {
                        error = -errno;
                        continue;
                }
                set_timeouts(t->socket);
                if (connect(t->socket, a->ai_addr, a->ai_addrlen) == 0 || errno == EINPROGRESS)
                        return wait_for(port, t->socket, EPOLLOUT);
                error = -errno;
        }
        return error;
}

static int finish_lookup(struct port *port) {
        struct tcp *t = port->state;
        uint64_t done;

        if (read(t->lookup->done, &done, sizeof(done)) < 0)
                return errno == EAGAIN ? 0 : -errno;
        epoll_ctl(port->fd, EPOLL_CTL_DEL, t->lookup->done, NULL);
        t->next = t->lookup->addresses;
        return connect_next(port, -EHOSTUNREACH);
}

/* Continues to connect as far as is possible without waiting. */
static int continue_connecting(struct port *port) {
        struct tcp *t = port->state;
        struct epoll_event e;
        socklen_t size = sizeof(int);
        int error = 0;

        if (t->socket < 0)
                return finish_lookup(port);
        if (epoll_wait(port->fd, &e, 1, 0) <= 0)
                return 0;
        if (getsockopt(t->socket, SOL_SOCKET, SO_ERROR, &error, &size) < 0)
                return -errno;
        if (error)
                return connect_next(port, -error);
        port->connecting = false;
        return wait_for(port, t->socket, EPOLLIN | EPOLLRDHUP);
}

static ssize_t tcp_read(struct port *port, uint8_t *ret, size_t size) {
        const struct tcp *t = port->state;
        ssize_t n;

        if (port->connecting) {
                int r = continue_connecting(port);

                if (r < 0 || port->connecting)
                        return r < 0 ? r : PORT_READ_NONE;
        }
        n = recv(t->socket, ret, size, 0);
        if (n > 0)
                return n;
        if (n == 0 || errno == ECONNRESET || errno == ETIMEDOUT)
                return PORT_READ_END;
        return errno == EAGAIN || errno == EINTR ? PORT_READ_NONE : -errno;
}

static ssize_t tcp_write(struct port *port, const uint8_t *bytes, size_t n) {
        const struct tcp *t = port->state;

        return send(t->socket, bytes, n, MSG_NOSIGNAL);
}

static void tcp_close(struct port *port) {
        struct tcp *t = port->state;

        if (t->socket >= 0)
                close(t->socket);
        close(port->fd);
        drop_lookup(t->lookup);
        free(t);
}

static int start_connecting(struct port *port, struct tcp *t) {
        int r;

        port->state = t;
        port->connecting = true;
        port->two_way = true;
        t->socket = -1;
        atomic_store(&t->lookup->users, 1);
        t->lookup->done = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
        port->fd = epoll_create1(EPOLL_CLOEXEC);
        if (t->lookup->done < 0 || port->fd < 0)
                return -errno;
        r = wait_for(port, t->lookup->done, EPOLLIN);
        return r < 0 ? r : start_lookup(t->lookup);
}

static int tcp_open(struct port *port, const char *spec, const struct port_options *options, struct port_hint hint) {
        struct tcp *t = calloc(1, sizeof(*t));
        struct lookup *l = calloc(1, sizeof(*l));
        int r;

        (void)options;
        if (!t || !l || parse_spec(spec, l) < 0) {
                r = t && l ? port_fail(hint, EINVAL, "%s is not tcp://host:port", spec) : -ENOMEM;
                free(t);
                free(l);
                return r;
        }
        snprintf(port->path, sizeof(port->path), "%s", spec);
        t->lookup = l;
        r = start_connecting(port, t);
        if (r < 0) {
                tcp_close(port);
                return port_fail(hint, -r, "%s: %s", spec, strerror(-r));
        }
        return 0;
}

const struct port_backend port_tcp = {.open = tcp_open, .read = tcp_read, .write = tcp_write, .close = tcp_close};
