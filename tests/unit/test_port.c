/* SPDX-License-Identifier: MIT */
/* Ports over the real thing: pty, FIFO, file, standard input, TCP; hang-up, re-opening, and a mat at its own pace. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "core/acquire/encoder.h"
#include "core/acquire/formats.h"
#include "ports/port.h"
#include "wire.h"

static const struct port_options options = {.baud = 115200};
static char folder[] = "/tmp/sitbone-port-XXXXXX";
static char hint[256];

static const char *in_folder(const char *name) {
        static char path[128];

        snprintf(path, sizeof(path), "%s/%s", folder, name);
        return path;
}

static struct port *must_open(const char *spec) {
        struct port *port = NULL;
        int r = port_open(spec, &options, &port, hint, sizeof(hint));

        if (r < 0)
                fprintf(stderr, "%s: %s\n", spec, hint);
        CHECK(r == 0 && port && port_fd(port) >= 0);
        CHECK(fcntl(port_fd(port), F_GETFD) & FD_CLOEXEC);
        return port;
}

/* Waits for bytes or the end of the port; PORT_READ_NONE after twenty seconds without either. */
static ssize_t must_answer(struct port *port, uint8_t *ret, size_t size) {
        ssize_t n = PORT_READ_NONE;

        for (int i = 0; i < 400 && n == PORT_READ_NONE; i++) {
                struct pollfd p = {.fd = port_fd(port), .events = POLLIN};

                n = poll(&p, 1, 50) >= 0 ? port_read(port, ret, size) : -errno;
        }
        return n;
}

static int open_pty(char *ret_path, size_t size) {
        int master = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);

        CHECK(master >= 0 && grantpt(master) == 0 && unlockpt(master) == 0);
        CHECK(ptsname_r(master, ret_path, size) == 0);
        return master;
}

static void test_pty(void) {
        const uint8_t bytes[] = {0x03, 0x04, 0x0D, 0x0A, 0x11,
                                 0x13, 0x1A, 0x7F, 0xFF, 0x00}; /* bytes that a cooked tty consumes */
        uint8_t got[32];
        char path[64], link[128];
        int master = open_pty(path, sizeof(path));
        struct port *port;

        snprintf(link, sizeof(link), "%s", in_folder("mat"));
        CHECK(symlink(path, link) == 0);
        port = must_open(link);
        CHECK(strcmp(port_path(port), path) == 0 && !port_is_file(port) && !port_connecting(port));
        CHECK(port_read(port, got, sizeof(got)) == PORT_READ_NONE);
        CHECK(write(master, bytes, sizeof(bytes)) == sizeof(bytes));
        CHECK(must_answer(port, got, sizeof(got)) == sizeof(bytes) && memcmp(got, bytes, sizeof(bytes)) == 0);
        close(master);
        CHECK(must_answer(port, got, sizeof(got)) == PORT_READ_END);
        port_close(port);
        /* another program may have this number by now */
        CHECK(unlink(link) == 0 && symlink("/dev/pts/gone", link) == 0);
        CHECK(port_open(link, &options, &port, hint, sizeof(hint)) == -ENOENT && strstr(hint, "not there"));
}

static void test_fifo(void) {
        const char *path = in_folder("fifo");
        uint8_t got[8];
        struct port *port;

        CHECK(mkfifo(path, 0600) == 0);
        port = must_open(path);
        for (int writer = 0; writer < 2; writer++) { /* the end of the first is no hang-up */
                int fd = open(path, O_WRONLY | O_NONBLOCK);
                struct pollfd p = {.fd = port_fd(port), .events = POLLIN};

                CHECK(poll(&p, 1, 0) == 0); /* polling does not spin without a writer */
                CHECK(port_read(port, got, sizeof(got)) == PORT_READ_NONE);
                CHECK(fd >= 0 && write(fd, "abc", 3) == 3 && close(fd) == 0);
                CHECK(must_answer(port, got, sizeof(got)) == 3);
        }
        port_close(port);
}

static void test_file(void) {
        const char *path = in_folder("file");
        FILE *f = fopen(path, "w");
        uint8_t got[8];
        struct port *port;
        int before = dup(STDIN_FILENO), fd;

        CHECK(f && fputs("12345", f) >= 0 && fclose(f) == 0);
        port = must_open(path);
        CHECK(port_is_file(port) && port_read(port, got, 4) == 4 && port_read(port, got, 4) == 1);
        CHECK(port_read(port, got, 4) == PORT_READ_END);
        port_close(port);

        fd = open(path, O_RDONLY);
        CHECK(fd >= 0 && dup2(fd, STDIN_FILENO) == 0 && close(fd) == 0);
        port = must_open("-");
        CHECK(port_is_file(port) && port_read(port, got, 8) == 5 && port_read(port, got, 8) == PORT_READ_END);
        port_close(port);
        CHECK(dup2(before, STDIN_FILENO) == 0 && close(before) == 0);
}

static void test_stdin_pipe(void) {
        int before = dup(STDIN_FILENO), pipe_[2];
        uint8_t got[8];
        struct port *port;

        CHECK(pipe(pipe_) == 0 && dup2(pipe_[0], STDIN_FILENO) == 0 && close(pipe_[0]) == 0);
        port = must_open("-");
        CHECK(port_read(port, got, 8) == PORT_READ_NONE); /* and does not wait */
        CHECK((fcntl(STDIN_FILENO, F_GETFL) & O_NONBLOCK) == 0);
        CHECK(write(pipe_[1], "x", 1) == 1 && close(pipe_[1]) == 0);
        CHECK(port_read(port, got, 8) == 1 && port_read(port, got, 8) == PORT_READ_END);
        port_close(port);
        CHECK(dup2(before, STDIN_FILENO) == 0 && close(before) == 0);
}

static int open_listener(uint16_t *ret_port) {
        struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
        socklen_t size = sizeof(a);
        int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

        CHECK(fd >= 0 && bind(fd, (struct sockaddr *)&a, sizeof(a)) == 0 && listen(fd, 1) == 0);
        CHECK(getsockname(fd, (struct sockaddr *)&a, &size) == 0);
        *ret_port = ntohs(a.sin_port);
        return fd;
}

static void test_tcp(const char *host) {
        uint16_t number;
        int server = open_listener(&number), peer, fd;
        struct port *port;
        char spec[64];
        uint8_t got[8];

        snprintf(spec, sizeof(spec), "tcp://%s:%d", host, number);
        port = must_open(spec);
        fd = port_fd(port);
        CHECK(port_connecting(port));
        for (int i = 0; i < 100 && port_connecting(port); i++) {
                struct pollfd p = {.fd = fd, .events = POLLIN};

                CHECK(poll(&p, 1, 20000) == 1);
                CHECK(port_read(port, got, sizeof(got)) == PORT_READ_NONE);
        }
        peer = accept(server, NULL, NULL);
        CHECK(peer >= 0 && !port_connecting(port) && port_fd(port) == fd);
        CHECK(write(peer, "mat", 3) == 3);
        CHECK(must_answer(port, got, sizeof(got)) == 3 && memcmp(got, "mat", 3) == 0);
        close(peer);
        CHECK(must_answer(port, got, sizeof(got)) == PORT_READ_END);
        port_close(port);
        close(server);
        port = must_open(spec); /* no listener now */
        CHECK(must_answer(port, got, sizeof(got)) == -ECONNREFUSED);
        port_close(port);
}

static void test_hints(void) {
        struct port *port;

        CHECK(port_open("tcp://nowhere", &options, &port, hint, sizeof(hint)) == -EINVAL && strstr(hint, "host:port"));
        CHECK(port_open("tcp://:99999", &options, &port, hint, sizeof(hint)) == -EINVAL);
        CHECK(port_open(folder, &options, &port, hint, sizeof(hint)) == -EINVAL && strstr(hint, "neither"));
        CHECK(port_open("/dev/null", &options, &port, hint, sizeof(hint)) == -EINVAL && strstr(hint, "neither"));
        CHECK(port_open("/dev/urandom", &options, &port, hint, sizeof(hint)) == -EINVAL && strstr(hint, "neither"));
        CHECK(port_open("ttyUSB99", &options, &port, hint, sizeof(hint)) == -ENOENT && strstr(hint, "a whole path"));
        CHECK(port_open("/nowhere/at/all", &options, &port, hint, sizeof(hint)) == -ENOENT && strstr(hint, "plugged"));
        port = must_open("tcp://name.invalid:1"); /* closed while the name is being resolved */
        port_close(port);
        port_close(NULL);
}

/* As an ordinary user, in a child: a port without permission, and the remedy in the hint. */
static void test_permission(void) {
        const char *path = in_folder("private");
        struct port *port;
        pid_t child;
        int fd, status;

        if (geteuid() != 0)
                return;
        fd = open(path, O_CREAT | O_WRONLY, 0600);
        CHECK(fd >= 0 && fchmod(fd, 0660) == 0 && close(fd) == 0 && chmod(folder, 0755) == 0);
        child = fork();
        if (child == 0) {
                CHECK(setgroups(0, NULL) == 0 && setgid(65534) == 0 && setuid(65534) == 0);
                CHECK(port_open(path, &options, &port, hint, sizeof(hint)) == -EACCES);
                CHECK(strstr(hint, "members of the group root may open it"));
                _exit(0);
        }
        CHECK(child > 0 && waitpid(child, &status, 0) == child && status == 0);
        CHECK(unlink(path) == 0);
}

/* Bytes into a pty as fast as the mat's line carries them, read as the daemon reads. */
static void stream_at_rate(const struct format *f, const struct layout *l, const uint8_t *bytes, size_t n,
                           size_t frames) {
        static struct decoder decoder;
        static struct frame frame;
        struct wire_frames got = {0};
        char path[64];
        int master = open_pty(path, sizeof(path));
        struct port *port = must_open(path);
        size_t step = (size_t)f->baud / 10 / 200; /* bytes in 5 ms: 10 bits a byte */
        struct timespec pause = {.tv_nsec = 5000000};
        uint8_t in[4096];
        ssize_t r;

        decoder_init(&decoder, f, l);
        for (size_t at = 0, heard = 0, pauses = 0; heard < n;) {
                ssize_t wrote = write(master, bytes + at, n - at < step ? n - at : step);

                CHECK(wrote >= 0 || errno == EAGAIN);
                at += wrote > 0 ? (size_t)wrote : 0;
                nanosleep(&pause, NULL);
                while ((r = port_read(port, in, sizeof(in))) > 0) {
                        decoder_feed(&decoder, in, (size_t)r, 1, &(struct frame_sink){&frame, wire_collect, &got});
                        heard += (size_t)r;
                }
                CHECK(r == PORT_READ_NONE && (at < n || pauses++ < 4000)); /* the last bytes may be on their way */
        }
        decoder_idle(&decoder, 1, &(struct frame_sink){&frame, wire_collect, &got});
        CHECK(got.n == frames && wire_refused(&decoder) == 0);
        close(master);
        port_close(port);
        wire_clear(&got);
}

static void test_rate(const char *name, const char *file, size_t frames) {
        static struct layout layout;
        static uint8_t made[64 * 1024];
        static float cells[CELLS_MAX];
        const struct format *f = format_by_name(name);
        struct settings_device device = {0};
        size_t n = 0;
        char *bytes = wire_data(file, &n);

        CHECK(layout_build(f, &device, &layout) == NULL);
        if (bytes) {
                stream_at_rate(f, &layout, (uint8_t *)bytes, n, frames);
                free(bytes);
                return;
        }
        for (int i = 0; i < 20; i++) {
                for (int c = 0; c < CELLS_MAX; c++)
                        cells[c] = (float)((c * 7 + i) % 200);
                n += format_encode(f, &layout, cells, made + n, sizeof(made) - n);
        }
        stream_at_rate(f, &layout, made, n, 20);
}

int main(void) {
        CHECK(mkdtemp(folder));
        test_permission(); /* first, before there are threads that resolve names, which a child would not have */
        test_pty();
        test_fifo();
        test_file();
        test_stdin_pipe();
        test_tcp("127.0.0.1");
        test_tcp("localhost");
        test_hints();
        test_rate("jq-seat-32", "wire/jq-seat-32.bin", 120);
        test_rate("marveldex-v1", "wire/marveldex-v1.bin", 72);
        unlink(in_folder("mat"));
        unlink(in_folder("fifo"));
        unlink(in_folder("file"));
        CHECK(rmdir(folder) == 0);
        return 0;
}
