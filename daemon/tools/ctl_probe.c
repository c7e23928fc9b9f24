/* probe: listens at each likely speed, and asks the format table what the bytes are. */
#include "ctl_probe.h"

#include <errno.h>
#include <math.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "acquire/port.h"
#include "acquire/recording_wire.h"
#include "ctl.h"
#include "ctl_out.h"
#include "util/clock.h"

enum {
        BYTES_MAX = 256 * 1024,
        LOOK_MS = 250,    /* between two looks at what has come */
        LISTEN_MS = 3000, /* a board that was reset by opening needs two seconds */
        NOISE_MS = 1000,  /* for bytes that are neither text nor any frame */
        SURE_IN_A_ROW = 5,
};

/* The speeds of the formats and the other common ones, the commonest first. */
static const int32_t bauds[] = {115200, 1000000, 921600,  230400,  9600,  2000000, 460800,
                                250000, 3000000, 1152000, 1500000, 57600, 500000,  38400};
enum { BAUDS_N = sizeof(bauds) / sizeof(*bauds) };

struct probe {
        const char *device;
        int32_t rows, cols, baud; /* baud 0 = try them */
        bool send;
        struct port *port;
        bool ended, silent;
        struct prober prober;
        size_t n;
        uint8_t bytes[BYTES_MAX];
};

static bool fits(const struct probe *p) {
        return p->prober.n_fits > 0 && p->prober.fits[0].verdict == VERDICT_FITS;
}

static bool is_sure(const struct probe *p) {
        return fits(p) && p->prober.fits[0].in_a_row >= SURE_IN_A_ROW;
}

static double text_share(const struct probe *p) {
        size_t text = 0;

        for (size_t i = 0; i < p->n; i++)
                text += (p->bytes[i] >= ' ' && p->bytes[i] <= '~') || (p->bytes[i] >= '\t' && p->bytes[i] <= '\r');
        return p->n > 0 ? (double)text / (double)p->n : 0;
}

/* Every format that would have to ask, asks; only when the user has said so. */
static void ask(struct probe *p) {
        for (size_t i = 0; p->send && i < format_count(); i++) {
                const struct format *f = format_at(i);

                if (f->start.n > 0)
                        port_write(p->port, f->start.of, f->start.n);
                if (f->request.n > 0)
                        port_write(p->port, f->request.of, f->request.n);
        }
}

static void read_for(struct probe *p, uint64_t until_us) {
        while (!p->ended && p->n < BYTES_MAX && clock_boottime_us() < until_us) {
                struct pollfd fd = {.fd = port_fd(p->port), .events = POLLIN};
                ssize_t n;

                if (poll(&fd, 1, 20) <= 0)
                        continue;
                n = port_read(p->port, p->bytes + p->n, BYTES_MAX - p->n);
                if (n > 0)
                        p->n += (size_t)n;
                else if (n != PORT_READ_NONE || (fd.revents & (POLLHUP | POLLERR)))
                        p->ended = true;
        }
}

/* Until it is clear what it is, or that it is nothing. */
static void listen_to(struct probe *p) {
        uint64_t began_us = clock_boottime_us(), now_us = began_us;

        p->n = 0;
        do {
                ask(p);
                read_for(p, now_us + LOOK_MS * 1000ull);
                now_us = clock_boottime_us();
                probe_bytes(&p->prober, p->bytes, p->n, p->rows, p->cols);
                if (p->n > 0 && p->prober.n_fits == 0 && text_share(p) < 0.9 &&
                    now_us >= began_us + NOISE_MS * 1000ull)
                        break;
        } while (!p->ended && !is_sure(p) && p->n < BYTES_MAX && now_us < began_us + LISTEN_MS * 1000ull);
        p->silent = p->n == 0;
}

/* A wrong speed gives other bytes, not silence: where nothing comes at all, no other speed is tried. */
static void try_all(struct probe *p) {
        bool one = p->baud > 0 || port_is_file(p->port) || !isatty(port_fd(p->port));

        for (int i = 0; i < BAUDS_N && (i == 0 || !one); i++) {
                if (!one) {
                        p->baud = bauds[i];
                        if (line_set_baud(port_fd(p->port), p->baud) < 0)
                                continue;
                        fprintf(stderr, "listening at %d baud ...\n", (int)p->baud);
                }
                listen_to(p);
                if (fits(p) || p->silent || p->ended)
                        return;
        }
        if (!one)
                p->baud = 0; /* none of them */
}

/* --- what is said --- */

static void put_fit(struct out *o, const struct fit *f) {
        out_text(o, "{\"format\":");
        out_string(o, f->format->name);
        out_key(o, "verdict");
        out_string(o, verdict_word(f->verdict));
        out_key(o, "frames");
        out_fixed(o, (double)f->frames, 0);
        out_key(o, "in_a_row");
        out_fixed(o, (double)f->in_a_row, 0);
        out_key(o, "refused");
        out_fixed(o, (double)f->refused, 0);
        out_key(o, "share");
        out_fixed(o, f->share, 3);
        out_key(o, "cells");
        out_fixed(o, f->n_cells, 0);
        out_text(o, "}");
}

static void print_json(const struct probe *p) {
        struct out *o = malloc(sizeof(*o));

        if (!o)
                return;
        out_init(o, stdout);
        out_text(o, "{\"device\":");
        out_string(o, p->device);
        out_key(o, "baud");
        out_fixed(o, p->baud > 0 ? p->baud : NAN, 0);
        out_key(o, "bytes");
        out_fixed(o, (double)p->n, 0);
        out_key(o, "format");
        if (fits(p))
                out_string(o, p->prober.fits[0].format->name);
        else
                out_text(o, "null");
        out_key(o, "candidates");
        out_text(o, "[");
        for (int i = 0; i < p->prober.n_fits; i++) {
                out_text(o, i ? "," : "");
                put_fit(o, &p->prober.fits[i]);
        }
        out_text(o, "]}\n");
        out_flush(o);
        free(o);
}

static void print_settings(const struct probe *p, const struct fit *f) {
        int32_t side = (int32_t)lround(sqrt(f->n_cells)), rows = p->rows > 0 ? p->rows : f->rows,
                cols = p->cols > 0 ? p->cols : f->cols;
        bool open = f->format->cells == 0 && (f->format->rows == 0 || f->format->cols == 0);

        printf("\nFor /etc/sitbone/sitbone.conf:\n\n[device]\ndevice = %s\nformat = %s\n", p->device, f->format->name);
        if (p->baud > 0 && p->baud != f->format->baud)
                printf("baud = %d\n", (int)p->baud);
        if (rows > 0 && cols > 0 && (open || f->format->resizable))
                printf("rows = %d\ncols = %d\n", (int)rows, (int)cols);
        else if (open && side * side == (int32_t)f->n_cells)
                printf("# %u cells a frame: a square is a guess\nrows = %d\ncols = %d\n", f->n_cells, (int)side,
                       (int)side);
        else if (open)
                printf("# %u cells a frame: say rows and cols\n", f->n_cells);
        if (f->largest > f->format->full_scale)
                printf("# the largest value seen is %g\nfull_scale = %g\n", (double)f->largest,
                       exp2(ceil(log2((double)f->largest + 1))) - 1);
}

static void print_seen(const struct probe *p) {
        bool text = text_share(p) > 0.9;

        printf(text ? "    it begins: " : "    it begins:");
        for (size_t i = 0; i < p->n && i < (text ? 60 : 24); i++)
                if (!text)
                        printf(" %02X", p->bytes[i]);
                else
                        putchar(p->bytes[i] >= ' ' && p->bytes[i] <= '~' ? p->bytes[i] : ' ');
        putchar('\n');
}

static void print_text(const struct probe *p) {
        printf("%s", p->device);
        if (p->baud > 0)
                printf(" at %d baud", (int)p->baud);
        printf(": %zu bytes, %.0f %% of them text\n", p->n, 100 * text_share(p));
        for (int i = 0; i < p->prober.n_fits; i++) {
                const struct fit *f = &p->prober.fits[i];

                printf("  %-20s %-8s %llu frames of %u cells in a row, %llu refused, %.0f %% of the bytes\n",
                       f->format->name, verdict_word(f->verdict), (unsigned long long)f->in_a_row, f->n_cells,
                       (unsigned long long)f->refused, 100 * f->share);
        }
        if (fits(p)) {
                print_settings(p, &p->prober.fits[0]);
        } else if (p->silent) {
                printf("nothing comes: is the mat powered? Some wait to be asked: probe --send asks in the words of "
                       "every "
                       "format that has some\n");
        } else {
                printf("%s\n", p->prober.n_fits > 0 ? "nothing fits well" : "nothing fits");
                print_seen(p);
        }
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
        if (recording_is_ours((const char *)p->bytes, p->n)) {
                complain("%s is a recording: sitbonectl check %s", p->device, p->device);
                return STATUS_FAILED;
        }
        if (json)
                print_json(p);
        else
                print_text(p);
        return fits(p) ? STATUS_DONE : STATUS_FAILED;
}

int verb_probe(const struct options *options) {
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
                status = run(p, options->json);
        free(p);
        return status;
}
