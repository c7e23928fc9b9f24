/* SPDX-License-Identifier: MIT */
/* probe: listens at each likely speed, and asks the formats there are what the bytes are. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/acquire/recording_wire.h"
#include "tools/sitbonectl/commands.h"
#include "tools/sitbonectl/probe/command.h"
#include "tools/sitbonectl/source.h"
#include "util/clock.h"

enum {
        LOOK_MS = 250,    /* between two looks at what has come */
        LISTEN_MS = 3000, /* enough for a mat with ten frames a second */
        SILENT_MS = 5000, /* a board that was reset by opening needs two seconds */
        SLOW_MS = 9000,   /* where frames come, but one a second */
        NOISE_MS = 1000,  /* for bytes that are neither text nor any frame, unless they come so seldom */
        PAUSE_MS = 40,    /* a line so long quiet: a frame has ended. FTDI chips hold bytes back for up to 16 ms */
        SURE_IN_A_ROW = 5,
        BURSTS_MIN = 3,
};

/* The common speeds, the commonest first; those of described formats go in between. */
static const int32_t bauds[] = {115200,  1000000, 921600,  230400, 9600,    2000000, 460800, 250000,
                                3000000, 1152000, 57600,   500000, 38400,   1500000, 19200,  256000,
                                128000,  4000000, 2500000, 750000, 1200000, 576000,  76800,  74880,
                                1228800, 1843200, 307200,  4800,   2400,    14400,   28800,  31250};
enum { BAUDS_N = sizeof(bauds) / sizeof(*bauds), BAUDS_MAX = BAUDS_N + FORMAT_LIST_FILES };

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
        if (p->list->first)
                add_speed(ret, p->list->first->baud);
        add_speed(ret, bauds[0]);
        for (size_t i = 0; i < p->list->n_files; i++)
                add_speed(ret, p->list->file[i].baud);
        for (int i = 0; i < BAUDS_N; i++)
                add_speed(ret, bauds[i]);
}

static bool is_sure(const struct probe *p) {
        return probe_fits(p) && p->prober.fits[0].in_a_row >= SURE_IN_A_ROW;
}

/* Every format that would have to ask, asks; only when the user has said so. */
static void ask(struct probe *p) {
        for (size_t i = 0; p->send && i < p->list->n; i++) {
                const struct format *f = p->list->of[i];

                if (f->start.n > 0)
                        port_write(p->port, f->start.of, f->start.n);
                if (f->request.n > 0)
                        port_write(p->port, f->request.of, f->request.n);
        }
}

static void note_pause(struct probe *p, uint64_t now_us) {
        if (p->heard.n > 0 && now_us >= p->heard_us + PAUSE_MS * 1000ull && p->heard.n_pauses < PROBE_PAUSES_MAX)
                p->pauses[p->heard.n_pauses++] = p->heard.n;
}

static void read_for(struct probe *p, uint64_t until_us) {
        while (!p->ended && p->heard.n < PROBE_BYTES_MAX && clock_boottime_us() < until_us) {
                struct pollfd fd = {.fd = port_fd(p->port), .events = POLLIN};
                uint64_t now_us;
                ssize_t n;

                if (poll(&fd, 1, 20) <= 0)
                        continue;
                now_us = clock_boottime_us();
                n = port_read(p->port, p->bytes + p->heard.n, PROBE_BYTES_MAX - p->heard.n);
                if (n > 0) {
                        note_pause(p, now_us);
                        p->heard.n += (size_t)n;
                        p->heard_us = now_us;
                } else if (n != PORT_READ_NONE || (fd.revents & (POLLHUP | POLLERR))) {
                        p->ended = true;
                        p->error = n < 0 && n != PORT_READ_END ? (int)n : 0;
                }
        }
}

/* Lines fit, but they may be the rows of larger frames, of which more are needed. */
static bool may_be_rows(const struct probe *p) {
        const struct format *f = p->prober.n_fits > 0 ? p->prober.fits[0].format : NULL;

        return f && f->framing == FRAMING_TEXT && f->text_end == TEXT_END_LINE && heard_rows(&p->heard);
}

/* Long enough to say that it is nothing, or no more than what one has? */
static bool is_enough(const struct probe *p, uint64_t waited_ms) {
        bool promising = p->prober.n_fits > 0 || probe_text_share(p) >= 0.9;

        if (p->ended || p->heard.n == PROBE_BYTES_MAX)
                return true;
        if (probe_fits(p) && may_be_rows(p))
                return waited_ms >= SLOW_MS;
        if (is_sure(p))
                return true;
        if (p->heard.n == 0)
                return waited_ms >= SILENT_MS;
        if (probe_fits(p) && waited_ms >= LISTEN_MS)
                return true;
        if (!promising && p->heard.n_pauses < BURSTS_MIN && waited_ms < LISTEN_MS &&
            p->heard_us + LOOK_MS * 1000ull < clock_boottime_us())
                return false; /* a slow one: one more frame will tell */
        if (!promising)
                return waited_ms >= NOISE_MS;
        return waited_ms >= (p->heard.n_pauses * 300 < waited_ms ? SLOW_MS : LISTEN_MS);
}

static void listen_to(struct probe *p) {
        uint64_t began_us = clock_boottime_us(), now_us = began_us;

        p->heard = (struct heard){.bytes = p->bytes, .pauses = p->pauses};
        do {
                ask(p);
                read_for(p, now_us + LOOK_MS * 1000ull);
                probe_bytes(&p->prober, p->list, &p->heard, p->rows, p->cols);
                now_us = clock_boottime_us();
        } while (!is_enough(p, (now_us - began_us) / 1000));
        p->silent = p->heard.n == 0;
}

/* A wrong speed gives other bytes, not silence: where nothing comes at all, no other speed is tried. */
static void try_all(struct probe *p) {
        bool one = p->baud > 0 || port_is_file(p->port) || !isatty(port_fd(p->port));
        struct speeds speeds;

        list_speeds(p, &speeds);
        for (int i = 0; i < speeds.n && (i == 0 || !one); i++) {
                if (!one) {
                        p->baud = speeds.of[i];
                        if (line_set_baud(port_fd(p->port), p->baud) < 0)
                                continue;
                        fprintf(stderr, "listening at %d baud ...\n", (int)p->baud);
                }
                listen_to(p);
                if (probe_fits(p) || p->silent || p->ended)
                        return;
        }
        if (!one)
                p->baud = 0; /* none of them */
}

/* --- */

static bool take_whole(const char *text, const char *option, long most, int32_t *ret) {
        char *end;
        long value = text ? strtol(text, &end, 10) : 0;

        if (text && (end == text || *end || value < 1 || value > most)) {
                complain("--%s %s is not a whole number from 1 to %ld", option, text, most);
                return false;
        }
        *ret = (int32_t)value;
        return true;
}

static int run(struct probe *p, bool json) {
        struct port_options port = {.baud = p->baud > 0 ? p->baud : bauds[0]};
        char hint[256] = "";
        int r = port_open(p->device, &port, &p->port, hint, sizeof(hint));

        if (r < 0) {
                complain("%s", *hint ? hint : strerror(-r));
                return STATUS_FAILED;
        }
        if (p->baud > 0 && isatty(port_fd(p->port)))
                line_set_baud(port_fd(p->port), p->baud);
        try_all(p);
        port_close(p->port);
        if (p->heard.n == 0 && p->error < 0) {
                complain("%s: %s", p->device, strerror(-p->error));
                return STATUS_FAILED;
        }
        if (recording_is_native((const char *)p->bytes, p->heard.n)) {
                complain("%s is a recording: sitbonectl check %s", p->device, p->device);
                return STATUS_FAILED;
        }
        if (json)
                probe_print_json(p);
        else
                probe_print(p);
        return probe_fits(p) ? STATUS_DONE : STATUS_FAILED;
}

static int run_probe(const struct options *options) {
        struct probe *p = calloc(1, sizeof(*p));
        int status = STATUS_USAGE;

        if (!p) {
                complain("out of memory");
                return STATUS_FAILED;
        }
        p->device = options->args[0];
        p->send = options->send;
        if (take_whole(options->baud, "baud", 20000000, &p->baud) &&
            take_whole(options->rows, "rows", 4096, &p->rows) && take_whole(options->cols, "cols", 4096, &p->cols))
                status = load_formats(options->format, &p->list);
        if (status == STATUS_DONE)
                status = run(p, options->json);
        free(p->list);
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
