/* record: what comes from the port goes into a recording of ours, and through the decoder to tell what it is. */
#include <errno.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "acquire/decoder.h"
#include "acquire/port.h"
#include "ctl.h"
#include "ctl_source.h"
#include "recorder.h"
#include "util/clock.h"

enum { READ_SIZE = 16 * 1024, POLL_MS = 20, REOPEN_MS = 500, START_AGAIN_US = 1000000 };

static volatile sig_atomic_t stopped; /* the one thing a signal handler may touch */

struct record {
        const char *path;
        struct settings settings;
        const struct format *format;
        struct format described; /* where format points when it comes from a file */
        struct layout layout;
        struct decoder decoder;
        struct frame frame;
        struct recorder recorder;
        struct port *port;
        uint64_t began_us, end_us; /* end_us 0 = until Ctrl-C */
        uint64_t ask_us;           /* when to ask the mat again */
        bool heard;                /* since the port was opened */
        unsigned gaps;
};

static void stop(int signal_number) {
        (void)signal_number;
        stopped = 1;
}

static void catch_signals(void) {
        struct sigaction a = {.sa_handler = stop};

        sigaction(SIGINT, &a, NULL);
        sigaction(SIGTERM, &a, NULL);
        sigaction(SIGHUP, &a, NULL);
}

static bool take_number(const char *text, const char *option, double most, double *ret) {
        char *end;
        double value = strtod(text, &end);

        if (end == text || *end || !(value > 0 && value <= most)) {
                complain("--%s %s is not a number above 0 up to %.0f", option, text, most);
                return false;
        }
        *ret = value;
        return true;
}

static int take_options(struct record *r, const struct options *o) {
        struct settings_device *d = &r->settings.device;
        double number;
        const char *wrong;
        int status = load_settings(o->config, &r->settings);

        if (status != STATUS_DONE)
                return status;
        if (o->device)
                snprintf(d->device, sizeof(d->device), "%s", o->device);
        if (o->format)
                snprintf(d->format, sizeof(d->format), "%s", o->format);
        status = find_format(d->format, &r->described, &r->format);
        if (status != STATUS_DONE)
                return status;
        if (o->baud && !take_number(o->baud, "baud", 20e6, &number))
                return STATUS_USAGE;
        d->baud = o->baud ? (int32_t)number : d->baud > 0 ? d->baud : r->format->baud;
        if (o->seconds && !take_number(o->seconds, "seconds", 1e8, &number))
                return STATUS_USAGE;
        r->end_us = o->seconds ? (uint64_t)(number * 1e6) : 0;
        wrong = layout_build(r->format, d, &r->layout);
        if (wrong)
                complain("format %s: %s", r->format->name, wrong);
        return wrong ? STATUS_USAGE : STATUS_DONE;
}

static int open_port(struct record *r, char *hint, size_t size) {
        const struct settings_device *d = &r->settings.device;
        struct port_options options = {
                .baud = d->baud,
                .dtr = d->dtr == LINE_LEAVE ? (int32_t)r->format->dtr : d->dtr,
                .rts = d->rts == LINE_LEAVE ? (int32_t)r->format->rts : d->rts,
        };

        return port_open(d->device, &options, &r->port, hint, size);
}

static int refuse_port(int error, const char *hint) {
        complain("%s", *hint ? hint : strerror(-error));
        if (error == -EBUSY)
                complain(
                        "a port has one reader: stop it while recording (systemctl stop sitboned, or systemctl --user "
                        "stop sitboned)");
        return STATUS_FAILED;
}

/* Two readers of a pty or a FIFO would each get a part of the bytes, and nobody would notice. */
static int refuse_shared(const struct record *r) {
        const char *path = port_path(r->port);
        char holder[96];

        if (strncmp(path, "/dev/", 5) != 0 || !port_holder(path, holder, sizeof(holder)) ||
            strstr(holder, "(sitboned)") == NULL)
                return STATUS_DONE;
        complain("%s is in use by %s", path, holder);
        return refuse_port(-EBUSY, "two readers would each get a part of what the mat sends");
}

static void ignore_frame(void *userdata, const struct frame *frame) {
        (void)userdata;
        (void)frame;
}

static uint64_t elapsed_us(const struct record *r) {
        return clock_boottime_us() - r->began_us;
}

static int take_bytes(struct record *r, const uint8_t *bytes, size_t n) {
        uint64_t t_us = elapsed_us(r);

        r->heard = true;
        decoder_feed(&r->decoder, bytes, n, t_us, &r->frame, ignore_frame, NULL);
        return recorder_add(&r->recorder, t_us, bytes, n);
}

/* As the daemon does: nothing is sent unless the format says so; a board that still boots is started again. */
static void ask(struct record *r) {
        const struct format *f = r->format;

        if (elapsed_us(r) < r->ask_us || (f->start.n == 0 && f->request.n == 0))
                return;
        if (!r->heard && f->start.n > 0)
                port_write(r->port, f->start.of, f->start.n);
        if (f->request.n > 0)
                port_write(r->port, f->request.of, f->request.n);
        r->ask_us = elapsed_us(r) + (f->request.n > 0 ? (uint64_t)f->request_every_ms * 1000 : START_AGAIN_US);
}

/* The mat is away: waits for it. 1 = it is back, 0 = not yet, or a negative errno. */
static int come_back(struct record *r) {
        char hint[256];

        if (open_port(r, hint, sizeof(hint)) < 0) {
                r->port = NULL;
                poll(NULL, 0, REOPEN_MS);
                return 0;
        }
        fprintf(stderr, "%s is back\n", port_path(r->port));
        decoder_reset(&r->decoder);
        r->gaps++;
        r->heard = false;
        return recorder_note_gap(&r->recorder, elapsed_us(r));
}

/* 1 = the end of the file, 0, or a negative errno. */
static int read_once(struct record *r) {
        struct pollfd p = {.fd = port_fd(r->port), .events = port_connecting(r->port) ? POLLIN | POLLOUT : POLLIN};
        uint8_t bytes[READ_SIZE];
        ssize_t n;

        ask(r);
        if (poll(&p, 1, POLL_MS) <= 0)
                return 0;
        n = port_read(r->port, bytes, sizeof(bytes));
        if (n > 0)
                return take_bytes(r, bytes, (size_t)n);
        if (n == PORT_READ_NONE && !(p.revents & (POLLHUP | POLLERR)))
                return 0;
        if (port_is_file(r->port))
                return 1;
        fprintf(stderr, "%s is away; waiting for it to come back\n", port_path(r->port));
        port_close(r->port);
        r->port = NULL;
        return 0;
}

static int record(struct record *r) {
        int result = 0;

        while (!stopped && result == 0 && (r->end_us == 0 || elapsed_us(r) < r->end_us))
                result = r->port ? read_once(r) : come_back(r);
        return result < 0 ? result : 0;
}

static void tell(const struct record *r) {
        double seconds = (double)elapsed_us(r) / 1e6;
        uint64_t refused = 0;

        for (int i = 0; i < REFUSAL_N; i++)
                refused += i == REFUSED_PARTIAL ? 0 : r->decoder.refused[i];
        printf("%s: %.1f s, %llu bytes in %llu (%.0f %%), %llu frames of %s, %llu refused", r->path, seconds,
               (unsigned long long)r->recorder.wire_bytes, (unsigned long long)r->recorder.file_bytes,
               r->recorder.wire_bytes > 0 ? 100.0 * (double)r->recorder.file_bytes / (double)r->recorder.wire_bytes
                                          : 100.0,
               (unsigned long long)r->decoder.frames, r->format->name, (unsigned long long)refused);
        if (r->gaps > 0)
                printf(", away %u times", r->gaps);
        putchar('\n');
        if (r->recorder.wire_bytes == 0)
                complain("the mat sent nothing");
        else if (r->decoder.frames == 0)
                complain("no frame in it: another format or baud rate? sitbonectl probe %s",
                         r->settings.device.device);
}

static int run(struct record *r) {
        int result = recorder_open(&r->recorder, r->path, &r->settings.device, clock_realtime_us(),
                                   port_is_file(r->port), false);
        int closed;

        if (result < 0) {
                complain("%s: %s", r->path, result == -EEXIST ? "is there already" : strerror(-result));
                return STATUS_FAILED;
        }
        fprintf(stderr, "recording %s as %s; Ctrl-C ends it\n", port_path(r->port), r->format->name);
        decoder_init(&r->decoder, r->format, &r->layout);
        if (port_is_file(r->port))
                decoder_at_boundary(&r->decoder);
        r->began_us = clock_boottime_us();
        result = record(r);
        decoder_idle(&r->decoder, elapsed_us(r), &r->frame, ignore_frame, NULL);
        closed = recorder_close(&r->recorder);
        result = result < 0 ? result : closed;
        if (result < 0)
                complain("%s: %s", r->path, strerror(-result));
        tell(r);
        return result == 0 && r->decoder.frames > 0 ? STATUS_DONE : STATUS_FAILED;
}

int verb_record(const struct options *options) {
        struct record *r = calloc(1, sizeof(*r));
        char hint[256] = "";
        int status, result;

        if (!r) {
                complain("out of memory");
                return STATUS_FAILED;
        }
        r->path = options->args[0];
        status = take_options(r, options);
        if (status == STATUS_DONE && (result = open_port(r, hint, sizeof(hint))) < 0)
                status = refuse_port(result, hint);
        if (status == STATUS_DONE) {
                catch_signals();
                status = refuse_shared(r);
                if (status == STATUS_DONE)
                        status = run(r);
                port_close(r->port);
        }
        free(r);
        return status;
}
