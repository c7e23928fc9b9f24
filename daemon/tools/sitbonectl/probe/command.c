/* SPDX-License-Identifier: MIT */
/* probe: listens at each likely speed, and tries all formats on the bytes. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/acquire/recording_wire.h"
#include "ports/port.h"
#include "tools/sitbonectl/commands.h"
#include "tools/sitbonectl/probe/baud.h"
#include "tools/sitbonectl/probe/print.h"
#include "tools/sitbonectl/source.h"
#include "util/clock.h"

enum {
        READ_MS = 250,    /* between two attempts to decode the bytes */
        LISTEN_MS = 3000, /* enough for a mat with ten frames a second */
        SILENT_MS = 5000, /* a board that was reset by opening needs two seconds */
        SLOW_MS = 9000,   /* if frames come, but one a second */
        NOISE_MS = 1000,  /* for bytes that are neither text nor any frame, unless they come seldom */
        PAUSE_MS =
                40, /* a line that is quiet for this long: a frame has ended. FTDI chips delay bytes by up to 16 ms */
        SURE_IN_A_ROW = 5,
        BURSTS_MIN = 3,
        BYTES_MAX = 256 * 1024,
        PAUSES_MAX = 1024,
};

struct probe {
        struct findings found;
        bool send;
        struct port *port;
        bool ended;
        int error;         /* why it ended, a negative errno; 0 = hung up */
        uint64_t heard_us; /* arrival of the last byte */
        size_t pauses[PAUSES_MAX];
        uint8_t bytes[BYTES_MAX];
};

/* The most common first. Those of described formats are tried after the first one. */
static const int32_t COMMON_BAUDS[] = {115200,  1000000, 921600,  230400, 9600,    2000000, 460800, 250000,
                                       3000000, 1152000, 57600,   500000, 38400,   1500000, 19200,  256000,
                                       128000,  4000000, 2500000, 750000, 1200000, 576000,  76800,  74880,
                                       1228800, 1843200, 307200,  4800,   2400,    14400,   28800,  31250};
enum { BAUDS_N = sizeof(COMMON_BAUDS) / sizeof(*COMMON_BAUDS), BAUDS_MAX = BAUDS_N + FORMAT_LIST_FILES };

struct speeds {
        int n;
        int32_t of[BAUDS_MAX];
};

static void add_speed(struct speeds *s, int32_t baud) {
        for (int i = 0; i < s->n; i++)
                if (s->of[i] == baud)
                        return;
        if (baud > 0 && s->n < BAUDS_MAX)
                s->of[s->n++] = baud;
}

static void list_speeds(const struct probe *p, struct speeds *ret) {
        ret->n = 0;
        if (p->found.list->first)
                add_speed(ret, p->found.list->first->baud);
        add_speed(ret, COMMON_BAUDS[0]);
        for (size_t i = 0; i < p->found.list->n_files; i++)
                add_speed(ret, p->found.list->file[i].baud);
        for (int i = 0; i < BAUDS_N; i++)
                add_speed(ret, COMMON_BAUDS[i]);
}

static bool is_sure(const struct probe *p) {
        return probe_fits(&p->found.prober) && p->found.prober.fits[0].in_a_row >= SURE_IN_A_ROW;
}

/* Polls in every format that needs it; only if the user allowed it. */
static void poll_formats(struct probe *p) {
        for (size_t i = 0; p->send && i < p->found.list->n; i++) {
                const struct format *f = p->found.list->of[i];

                if (f->start.n > 0)
                        port_write(p->port, f->start.of, f->start.n);
                if (f->request.n > 0)
                        port_write(p->port, f->request.of, f->request.n);
        }
}

static void record_pause(struct probe *p, uint64_t now_us) {
        if (p->found.heard.n > 0 && now_us >= p->heard_us + PAUSE_MS * 1000ull && p->found.heard.n_pauses < PAUSES_MAX)
                p->pauses[p->found.heard.n_pauses++] = p->found.heard.n;
}

static void read_for(struct probe *p, uint64_t until_us) {
        while (!p->ended && p->found.heard.n < BYTES_MAX && clock_boottime_us() < until_us) {
                struct pollfd fd = {.fd = port_fd(p->port), .events = POLLIN};
                uint64_t now_us;
                ssize_t n;

                if (poll(&fd, 1, 20) <= 0)
                        continue;
                now_us = clock_boottime_us();
                n = port_read(p->port, p->bytes + p->found.heard.n, BYTES_MAX - p->found.heard.n);
                if (n > 0) {
                        record_pause(p, now_us);
                        p->found.heard.n += (size_t)n;
                        p->heard_us = now_us;
                } else if (n != PORT_READ_NONE || (fd.revents & (POLLHUP | POLLERR))) {
                        p->ended = true;
                        p->error = n < 0 && n != PORT_READ_END ? (int)n : 0;
                }
        }
}

/* True if lines fit, but may be the rows of larger frames, of which more are needed. */
static bool may_be_rows(const struct probe *p) {
        const struct format *f = p->found.prober.n_fits > 0 ? p->found.prober.fits[0].format : NULL;

        return f && f->framing == FRAMING_TEXT && f->text_end == TEXT_END_LINE &&
               heard_has_frame_ends(&p->found.heard);
}

/* True if more listening would not change the result. */
static bool is_enough(const struct probe *p, uint64_t waited_ms) {
        bool promising = p->found.prober.n_fits > 0 || heard_text_share(&p->found.heard) >= 0.9;

        if (p->ended || p->found.heard.n == BYTES_MAX)
                return true;
        if (probe_fits(&p->found.prober) && may_be_rows(p))
                return waited_ms >= SLOW_MS;
        if (is_sure(p))
                return true;
        if (p->found.heard.n == 0)
                return waited_ms >= SILENT_MS;
        if (probe_fits(&p->found.prober) && waited_ms >= LISTEN_MS)
                return true;
        if (!promising && p->found.heard.n_pauses < BURSTS_MIN && waited_ms < LISTEN_MS &&
            p->heard_us + READ_MS * 1000ull < clock_boottime_us())
                return false; /* a slow mat: one more frame decides */
        if (!promising)
                return waited_ms >= NOISE_MS;
        return waited_ms >= (p->found.heard.n_pauses * 300 < waited_ms ? SLOW_MS : LISTEN_MS);
}

static void listen_to(struct probe *p) {
        uint64_t began_us = clock_boottime_us(), now_us = began_us;

        p->found.heard = (struct heard){.bytes = p->bytes, .pauses = p->pauses};
        do {
                poll_formats(p);
                read_for(p, now_us + READ_MS * 1000ull);
                probe_bytes(&p->found.prober, p->found.list, &p->found.heard, p->found.rows, p->found.cols);
                now_us = clock_boottime_us();
        } while (!is_enough(p, (now_us - began_us) / 1000));
        p->found.silent = p->found.heard.n == 0;
}

/* A wrong speed gives other bytes, not silence: if nothing comes at all, no other speed is tried. */
static void try_speeds(struct probe *p) {
        bool one = p->found.baud > 0 || port_is_file(p->port) || !isatty(port_fd(p->port));
        struct speeds speeds;

        list_speeds(p, &speeds);
        for (int i = 0; i < speeds.n && (i == 0 || !one); i++) {
                if (!one) {
                        p->found.baud = speeds.of[i];
                        if (line_set_baud(port_fd(p->port), p->found.baud) < 0)
                                continue;
                        fprintf(stderr, "listening at %d baud ...\n", (int)p->found.baud);
                }
                listen_to(p);
                if (probe_fits(&p->found.prober) || p->found.silent || p->ended)
                        return;
        }
        if (!one)
                p->found.baud = 0; /* none of them */
}

/* --- */

static bool parse_whole_number(const char *text, const char *option, long most, int32_t *ret) {
        char *end;
        long value = text ? strtol(text, &end, 10) : 0;

        if (text && (end == text || *end || value < 1 || value > most)) {
                complain("--%s %s is not a whole number from 1 to %ld", option, text, most);
                return false;
        }
        *ret = (int32_t)value;
        return true;
}

static int listen_and_print(struct probe *p, bool json) {
        struct port_options port = {.baud = p->found.baud > 0 ? p->found.baud : COMMON_BAUDS[0]};
        char hint[256] = "";
        int r = port_open(p->found.device, &port, &p->port, hint, sizeof(hint));

        if (r < 0) {
                complain("%s", *hint ? hint : strerror(-r));
                return STATUS_FAILED;
        }
        if (p->found.baud > 0 && isatty(port_fd(p->port)))
                line_set_baud(port_fd(p->port), p->found.baud);
        try_speeds(p);
        port_close(p->port);
        if (p->found.heard.n == 0 && p->error < 0) {
                complain("%s: %s", p->found.device, strerror(-p->error));
                return STATUS_FAILED;
        }
        if (recording_is_native((const char *)p->bytes, p->found.heard.n)) {
                complain("%s is a recording: sitbonectl check %s", p->found.device, p->found.device);
                return STATUS_FAILED;
        }
        if (json)
                findings_print_json(&p->found);
        else
                findings_print(&p->found);
        return probe_fits(&p->found.prober) ? STATUS_DONE : STATUS_FAILED;
}

static int run_probe(const struct options *options) {
        struct probe *p = calloc(1, sizeof(*p));
        int status = STATUS_USAGE;

        if (!p) {
                complain("out of memory");
                return STATUS_FAILED;
        }
        p->found.device = options->args[0];
        p->send = options->send;
        if (parse_whole_number(options->baud, "baud", 20000000, &p->found.baud) &&
            parse_whole_number(options->rows, "rows", 4096, &p->found.rows) &&
            parse_whole_number(options->cols, "cols", 4096, &p->found.cols))
                status = load_formats(options->format, &p->found.list);
        if (status == STATUS_DONE)
                status = listen_and_print(p, options->json);
        free(p->found.list);
        free(p);
        return status;
}

const struct ctl_command probe_command = {
        .name = "probe",
        .arguments = "DEVICE",
        .min_args = 1,
        .max_args = 1,
        .summary = "find the format and baud rate of a mat",
        .examples = "  sitbonectl probe /dev/ttyUSB0\n"
                    "  sitbonectl probe capture.bin\n",
        .notes = "Listens at the usual baud rates, and prints the lines for the settings. Nothing is sent "
                 "without --send. The exit status is 1 if nothing fits.",
        .options = {{"baud", "only this baud rate"},
                    {"format", "try this description of a format, too", "FILE"},
                    {"rows", "rows of the mat, for formats that come in several sizes"},
                    {"cols", "columns of the mat, likewise"},
                    {"send", "allow the formats that are polled to ask for frames"},
                    {"json"}},
        .run = run_probe,
};
