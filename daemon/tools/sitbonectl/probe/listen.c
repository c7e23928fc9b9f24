/* SPDX-License-Identifier: MIT */
#include "tools/sitbonectl/probe/listen.h"

#include <errno.h>
#include <math.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ports/port.h"
#include "tools/sitbonectl/complain.h"
#include "tools/sitbonectl/probe/baud.h"
#include "tools/sitbonectl/probe/pattern_describe.h"
#include "util/clock.h"

enum {
        READ_MS = 250,     /* between two attempts to decode the bytes */
        LISTEN_MS = 3000,  /* enough for a mat with ten frames a second */
        SILENT_MS = 11000, /* a mat may send once in ten seconds */
        SLOW_MS = 9000,    /* if lines fit, but may be the rows of larger frames */
        FEW_MS = 13000,    /* for lines that come seconds apart */
        NOISE_MS = 1000,   /* for bytes that are neither text nor any frame, unless they come seldom */
        REPEATED_MS = 200, /* for noise that looks like that of another speed */
        RESET_MS = 1500,   /* a board that was reset by opening sends messages of its own, maybe at another speed */
        BOOT_MS = 2500,    /* and begins to measure later */
        SETTLE_MS = 600,   /* after a change of speed, bytes of the speed before may still come */
        RECENT_MS = 500,   /* the state of the line: later than what a board sent when it was reset */
        DRAIN_MS = 100,    /* after a change of speed, chips still deliver bytes of the speed before */
        OTHER_SPEED_MS = 4000, /* for one line at another speed */
        PAUSE_MS =
                40, /* a line that is quiet for this long: a frame has ended. FTDI chips delay bytes by up to 16 ms */
        SURE_IN_A_ROW = 5,
        QUIET_MS = 1000,   /* a pause that may be part of the way a mat sends */
        LINES_ENOUGH = 30, /* to tell counters from cells */
        LINES_FEW = 15,
        BURSTS_MIN = 3,
        BURSTS_ENOUGH = 6, /* for bytes to repeat */
        BURST_BYTES = 8,   /* fewer do not decide whether a line is readable */
        READABLE_BYTES = 16,
        LOOK_BYTES = 256,
        LOOKS_MAX = 3,
        BYTES_MAX = 256 * 1024,
        PAUSES_MAX = 1024,
        ROUND_MS = 45000, /* for mats that send seldom */
        ROUND_2_SPEEDS = 12,
        ATTEMPTS_MAX = 2 * 128,
        TICKS_MAX = 16, /* of READ_MS */
        ALIKE_BYTES = 64,
        ALIKE_LEAST = 16,
        ALIKE_STEP = 8,   /* of a byte, by noise */
        ALIKE_SPEEDS = 3, /* that begin like the first one: the line has no speed */
};
/* Two samples of the same bytes differ less: sum of the differences of the shares of each kind of byte. */
static const double LOOK_DISTANCE = 0.6;

/* The quality of the bytes of a speed. Repeats, described: bytes that no format fits, but that have a period. */
enum quality {
        QUALITY_NONE,
        QUALITY_NOISE,
        QUALITY_REPEATS,
        QUALITY_DESCRIBED,
        QUALITY_PERHAPS,
        QUALITY_READABLE,
        QUALITY_FITS,
};

/* A speed that was tried. */
struct attempt {
        int32_t baud;
        int look; /* its row in looks; -1 = none */
        enum quality quality;
};

/* The bytes of one speed. */
struct tape {
        struct heard heard;
        int32_t baud;
        enum quality quality;
        size_t pauses[PAUSES_MAX];
        uint32_t pause_ms[PAUSES_MAX];
        uint8_t bytes[BYTES_MAX];
};

struct listener {
        struct findings *found;
        bool send;
        bool one;     /* one speed only: the user's, or the device has none */
        bool first;   /* at the first speed */
        bool quick;   /* leave a speed after the first burst that makes no sense */
        bool hurried; /* that happened */
        bool ended;
        int error; /* why it ended, a negative errno; 0 = hung up */
        struct port *port;
        uint64_t opened_us, heard_us; /* heard: arrival of the last byte */
        size_t settled;               /* bytes of this speed before RESET_MS or SETTLE_MS */
        size_t recent[TICKS_MAX];     /* bytes at each of the last ticks */
        int n_attempts;
        struct attempt attempts[ATTEMPTS_MAX];
        int n_looks; /* shares of the bytes at earlier speeds, by their upper five bits */
        double looks[LOOKS_MAX][32];
        size_t n_begun; /* bytes with which the first speed began */
        uint8_t begun[ALIKE_BYTES];
        int alike;        /* speeds after it that began alike */
        bool other_looks; /* some speed gave other bytes than the first one */
        struct tape *tape, *best;
        struct tape tapes[2];
};

/* The most common first: a mat that sends a line every two seconds is heard at the first eight within half a minute. Those of
 * described formats are tried after the first one. */
static const int32_t COMMON_BAUDS[] = {115200,  9600,    921600,  57600,  230400,  1000000, 250000,  500000,
                                       38400,   460800,  2000000, 19200,  3000000, 1152000, 1500000, 256000,
                                       128000,  4000000, 2500000, 750000, 1200000, 576000,  76800,   74880,
                                       1228800, 1843200, 307200,  4800,   2400,    14400,   28800,   31250};
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

static void list_speeds(const struct format_list *list, struct speeds *ret) {
        ret->n = 0;
        if (list->first)
                add_speed(ret, list->first->baud);
        add_speed(ret, COMMON_BAUDS[0]);
        for (size_t i = 0; i < list->n_files; i++)
                add_speed(ret, list->file[i].baud);
        for (int i = 0; i < BAUDS_N; i++)
                add_speed(ret, COMMON_BAUDS[i]);
}

/* --- the bytes of one speed --- */

/* Polls in every format that needs it; only if the user allowed it. */
static void poll_formats(struct listener *l) {
        for (size_t i = 0; l->send && i < l->found->list->n; i++) {
                const struct format *f = l->found->list->of[i];

                if (f->start.n > 0)
                        port_write(l->port, f->start.of, f->start.n);
                if (f->request.n > 0)
                        port_write(l->port, f->request.of, f->request.n);
        }
}

static void record_pause(struct listener *l, uint64_t now_us) {
        struct heard *h = &l->tape->heard;
        uint64_t quiet_us = now_us - l->heard_us;

        if (h->n == 0 || quiet_us < PAUSE_MS * 1000ull || h->n_pauses == PAUSES_MAX)
                return;
        l->tape->pauses[h->n_pauses] = h->n;
        l->tape->pause_ms[h->n_pauses++] = (uint32_t)(quiet_us / 1000);
}

static void read_for(struct listener *l, uint64_t until_us) {
        struct heard *h = &l->tape->heard;

        while (!l->ended && h->n < BYTES_MAX && clock_boottime_us() < until_us) {
                struct pollfd fd = {.fd = port_fd(l->port), .events = POLLIN};
                uint64_t now_us;
                ssize_t n;

                if (poll(&fd, 1, 20) <= 0)
                        continue;
                now_us = clock_boottime_us();
                n = port_read(l->port, l->tape->bytes + h->n, BYTES_MAX - h->n);
                if (n > 0) {
                        record_pause(l, now_us);
                        h->n += (size_t)n;
                        l->heard_us = now_us;
                } else if (n != PORT_READ_NONE || (fd.revents & (POLLHUP | POLLERR))) {
                        l->ended = true;
                        l->error = n < 0 && n != PORT_READ_END ? (int)n : 0;
                }
        }
}

/* The bytes of the last RECENT_MS, or of as many bursts before as decide. */
static struct heard take_recent(const struct listener *l) {
        const struct heard *h = &l->tape->heard;
        size_t from = l->recent[RECENT_MS / READ_MS], pause = h->n_pauses;

        while (h->n - from < READABLE_BYTES && pause > 0)
                from = h->pauses[--pause] < from ? h->pauses[pause] : from;
        if (h->n - from < READABLE_BYTES)
                from = 0;
        return (struct heard){.bytes = h->bytes + from, .n = h->n - from};
}

static bool is_readable_now(const struct listener *l) {
        struct heard recent = take_recent(l);

        return heard_is_readable(&recent);
}

/* True if lines fit, but may be the rows of larger frames, of which more are needed. */
static bool may_be_rows(const struct listener *l, const struct heard *settled) {
        const struct prober *p = &l->found->prober;
        const struct format *f = p->n_fits > 0 ? p->fits[0].format : NULL;

        return f && f->framing == FRAMING_TEXT && f->text_end == TEXT_END_LINE && heard_has_frame_ends(settled);
}

/* Complete lines with a digit. */
static size_t count_lines(const struct heard *heard) {
        size_t lines = 0;
        bool digit = false;

        for (size_t i = 0; i < heard->n; i++) {
                digit = digit || (heard->bytes[i] >= '0' && heard->bytes[i] <= '9');
                if (heard->bytes[i] == '\n' || heard->bytes[i] == '\r') {
                        lines += digit;
                        digit = false;
                }
        }
        return lines;
}

/* Text shows only over many lines which numbers are cells. The messages of a reset board do not count. */
static bool has_enough_text(const struct listener *l, uint64_t waited_ms) {
        const struct heard *h = &l->tape->heard;
        const struct heard settled = {.bytes = h->bytes + l->settled, .n = h->n - l->settled};
        bool rows = may_be_rows(l, &settled);
        size_t lines = count_lines(&settled), bursts = 0;

        for (size_t i = h->n_pauses; i > 0 && h->pauses[i - 1] > l->settled; i--)
                bursts++;
        if (waited_ms >= FEW_MS || (rows && waited_ms >= SLOW_MS))
                return true;
        if (l->heard_us + QUIET_MS * 1000ull < clock_boottime_us())
                return false; /* the length of this pause tells how the mat sends */
        if (rows || waited_ms < (lines >= LINES_ENOUGH ? LISTEN_MS / 2 : LISTEN_MS))
                return false;
        if (bursts < BURSTS_MIN) /* does it flow? */
                return (lines >= LINES_ENOUGH || settled.n > LOOK_BYTES) && l->recent[0] > l->recent[2];
        return lines >= LINES_FEW || (lines == 0 && settled.n > LOOK_BYTES);
}

/* True if bytes that make no sense have been heard for long enough. */
static bool has_enough_noise(const struct listener *l, uint64_t waited_ms) {
        const struct heard *h = &l->tape->heard;
        bool quiet = l->heard_us + READ_MS * 1000ull < clock_boottime_us();

        if (l->one)
                return waited_ms >= LISTEN_MS &&
                       (h->n_pauses >= BURSTS_ENOUGH || (h->n_pauses == 0 && !quiet) || waited_ms >= FEW_MS);
        if (l->first && clock_boottime_us() < l->opened_us + BOOT_MS * 1000ull)
                return false;
        if (l->quick && h->n >= BURST_BYTES && quiet)
                return true;
        if (h->n_pauses < BURSTS_MIN && waited_ms < LISTEN_MS && quiet)
                return false; /* a slow mat: one more frame decides */
        return waited_ms >= NOISE_MS;
}

/* --- the look of bytes --- */

/* Noise of two speeds, or what a line without a speed sends, looks the same: the shares of the kinds of bytes are alike. */
static bool compute_look(const struct heard *h, double ret[32]) {
        memset(ret, 0, 32 * sizeof(*ret));
        for (size_t i = 0; i < h->n; i++)
                ret[h->bytes[i] >> 3] += 1 / (double)h->n;
        return h->n >= LOOK_BYTES;
}

static int find_look(const struct listener *l, const double look[32]) {
        for (int k = 0; k < l->n_looks; k++) {
                double distance = 0;

                for (int i = 0; i < 32; i++)
                        distance += fabs(look[i] - l->looks[k][i]);
                if (distance < LOOK_DISTANCE)
                        return k;
        }
        return -1;
}

static bool is_known_look(const struct listener *l) {
        double look[32];

        return !l->one && compute_look(&l->tape->heard, look) && find_look(l, look) >= 0;
}

/* Frames that come seldom are too few for a look: on a line without a speed they begin alike. At a wrong speed bytes have few
 * values. */
static void compare_beginning(struct listener *l) {
        const struct heard *h = &l->tape->heard;
        const size_t n = h->n < ALIKE_BYTES ? h->n : ALIKE_BYTES, least = n < l->n_begun ? n : l->n_begun;
        size_t alike = 0, changes = 0;

        if (l->n_begun == 0) {
                memcpy(l->begun, h->bytes, n);
                l->n_begun = n;
                return;
        }
        for (size_t i = 0; i < least; i++) {
                alike += abs(h->bytes[i] - l->begun[i]) <= ALIKE_STEP;
                changes += i > 0 && abs(h->bytes[i] - h->bytes[i - 1]) > ALIKE_STEP;
        }
        l->alike += least >= ALIKE_LEAST && 10 * alike >= 9 * least && 3 * changes >= least;
}

static void record_attempt(struct listener *l) {
        double look[32];
        int known = compute_look(&l->tape->heard, look) ? find_look(l, look) : -1;

        l->other_looks = l->other_looks || (l->n_looks > 0 && known != 0);
        if (known < 0 && l->n_looks < LOOKS_MAX && l->tape->heard.n >= LOOK_BYTES) {
                known = l->n_looks;
                memcpy(l->looks[l->n_looks++], look, sizeof(look));
        }
        if (l->n_attempts < ATTEMPTS_MAX)
                l->attempts[l->n_attempts++] = (struct attempt){l->tape->baud, known, l->tape->quality};
}

/* The same bytes at several speeds are noise: only one speed is right. */
static bool is_look_repeated(const struct listener *l, int look) {
        int n = 0;

        for (int i = 0; i < l->n_attempts; i++)
                n += look >= 0 && l->attempts[i].look == look;
        return n > 1;
}

/* The most likely speed of bytes that no format fits; 0 = none. */
static int32_t choose_speed(const struct listener *l) {
        const struct attempt *best = NULL;

        for (int alone = 1; alone >= 0 && !best; alone--)
                for (int i = 0; i < l->n_attempts; i++) {
                        const struct attempt *a = &l->attempts[i];

                        if (a->quality >= QUALITY_REPEATS && !(alone && is_look_repeated(l, a->look)) &&
                            (!best || a->quality > best->quality))
                                best = a;
                }
        return best ? best->baud : 0;
}

/* --- one speed after the other --- */

/* True if more listening would not change the result. */
static bool is_enough(struct listener *l, uint64_t waited_ms) {
        const struct heard *h = &l->tape->heard;
        const struct prober *p = &l->found->prober;
        bool text = p->n_fits > 0 && p->fits[0].format->framing == FRAMING_TEXT;

        if (l->ended || h->n == BYTES_MAX)
                return true;
        if (h->n == 0)
                return waited_ms >= SILENT_MS;
        if (text || is_readable_now(l))
                return has_enough_text(l, waited_ms);
        if (probe_fits(p))
                return p->fits[0].in_a_row >= SURE_IN_A_ROW || waited_ms >= FEW_MS;
        if (p->n_fits > 0)
                return waited_ms >= (h->n_pauses * 300 < waited_ms ? SLOW_MS : LISTEN_MS);
        if (!l->first && waited_ms >= REPEATED_MS && is_known_look(l))
                return true;
        if (!has_enough_noise(l, waited_ms))
                return false;
        l->hurried = l->hurried || (l->quick && waited_ms < LISTEN_MS && h->n_pauses < BURSTS_MIN);
        return true;
}

/* Bytes that a board sent at another speed when it was reset have nothing to do with the mat. */
static void discard_boot(struct listener *l) {
        struct heard *h = &l->tape->heard;
        const struct heard boot = {.bytes = h->bytes, .n = l->settled};
        const struct heard rest = {.bytes = h->bytes + l->settled, .n = h->n - l->settled};
        size_t k = 0, kept = 0;

        if (rest.n < BURST_BYTES || heard_is_readable(&boot) || !heard_is_readable(&rest))
                return;
        while (k < h->n_pauses && h->pauses[k] <= boot.n)
                k++;
        for (; k < h->n_pauses; k++, kept++) {
                l->tape->pauses[kept] = h->pauses[k] - boot.n;
                l->tape->pause_ms[kept] = h->pause_ms[k];
        }
        h->n_pauses = kept;
        h->bytes += boot.n;
        h->n -= boot.n;
}

static bool has_check(const struct suggestion *s) {
        for (int i = 0; i < s->n_keys; i++)
                if (strcmp(s->keys[i].name, "check") == 0)
                        return true;
        return false;
}

/* A check that is right in all frames is as good as text. */
static enum quality rate_pattern(const struct heard *h) {
        struct pattern pattern = pattern_find(h);
        struct suggestion *suggestion = pattern.period > 0 ? calloc(1, sizeof(*suggestion)) : NULL;
        enum quality quality = pattern.period > 0 ? QUALITY_REPEATS : QUALITY_NOISE;

        if (suggestion) {
                pattern_describe(h, &pattern, suggestion);
                quality = !suggestion->fits ? quality : has_check(suggestion) ? QUALITY_READABLE : QUALITY_DESCRIBED;
        }
        free(suggestion);
        return quality;
}

/* Fits, text, or less. */
static enum quality rate_bytes(const struct listener *l) {
        const struct prober *p = &l->found->prober;

        if (l->tape->heard.n == 0)
                return QUALITY_NONE;
        if (probe_fits(p))
                return QUALITY_FITS;
        if (l->tape->heard.n >= BURST_BYTES && is_readable_now(l))
                return QUALITY_READABLE;
        return p->n_fits > 0 ? QUALITY_PERHAPS : rate_pattern(&l->tape->heard);
}

static void listen_once(struct listener *l, int32_t baud) {
        uint64_t began_us = clock_boottime_us(), now_us = began_us;
        struct tape *t = l->tape;

        t->baud = baud;
        t->heard = (struct heard){.bytes = t->bytes, .pauses = t->pauses, .pause_ms = t->pause_ms};
        memset(l->recent, 0, sizeof(l->recent));
        l->settled = 0;
        do {
                poll_formats(l);
                read_for(l, now_us + READ_MS * 1000ull);
                memmove(l->recent + 1, l->recent, sizeof(l->recent) - sizeof(*l->recent));
                l->recent[0] = t->heard.n;
                now_us = clock_boottime_us();
                t->heard.waited_ms = (uint32_t)((now_us - began_us) / 1000);
                if (now_us < (l->first ? l->opened_us + RESET_MS * 1000ull : began_us + SETTLE_MS * 1000ull))
                        l->settled = t->heard.n;
                probe_bytes(&l->found->prober, l->found->list, &t->heard, l->found->rows, l->found->cols);
        } while (!is_enough(l, t->heard.waited_ms));
        t->quality = rate_bytes(l);
        discard_boot(l);
}

/* Retains the better of this speed and the best one so far. */
static void compare_to_best(struct listener *l) {
        struct tape *better = l->tape;

        if (better->quality > l->best->quality) {
                l->tape = l->best;
                l->best = better;
        }
}

/* Returns true if the bytes of this speed decide. */
static bool try_speed(struct listener *l, int32_t baud) {
        if (!l->one) {
                if (line_set_baud(port_fd(l->port), baud) < 0)
                        return false;
                fprintf(stderr, "listening at %d baud ...\n", (int)baud);
        }
        listen_once(l, baud);
        record_attempt(l);
        compare_beginning(l);
        compare_to_best(l);
        l->first = false;
        return l->best->quality >= QUALITY_READABLE || l->ended || l->best->quality == QUALITY_NONE;
}

static void discard_for(struct listener *l, uint64_t ms) {
        l->tape->heard.n = 0;
        read_for(l, clock_boottime_us() + ms * 1000ull);
        l->tape->heard =
                (struct heard){.bytes = l->tape->bytes, .pauses = l->tape->pauses, .pause_ms = l->tape->pause_ms};
}

/* A line that is readable at another speed as well has none. */
static bool is_readable_elsewhere(struct listener *l, int32_t baud) {
        const struct prober *p = &l->found->prober;
        uint64_t until_us = clock_boottime_us() + OTHER_SPEED_MS * 1000ull;

        if (line_set_baud(port_fd(l->port), baud == COMMON_BAUDS[0] ? COMMON_BAUDS[1] : COMMON_BAUDS[0]) < 0)
                return false;
        discard_for(l, DRAIN_MS);
        while (!l->ended && clock_boottime_us() < until_us) {
                poll_formats(l);
                read_for(l, clock_boottime_us() + READ_MS * 1000ull);
                probe_bytes(&l->found->prober, l->found->list, &l->tape->heard, l->found->rows, l->found->cols);
                if (l->tape->heard.n >= BURST_BYTES && (heard_is_readable(&l->tape->heard) || probe_fits(p) ||
                                                        rate_pattern(&l->tape->heard) == QUALITY_READABLE))
                        return true;
                if (l->tape->heard.n > LOOK_BYTES && l->tape->heard.n_pauses > BURSTS_ENOUGH && p->n_fits == 0)
                        return false;
        }
        return false;
}

/* Bytes that no format fits: more of them at the most likely speed. */
static void listen_to_likely(struct listener *l) {
        int32_t chosen = choose_speed(l), baud = chosen > 0 ? chosen : COMMON_BAUDS[0];

        if ((chosen == 0 && !l->hurried) || line_set_baud(port_fd(l->port), baud) < 0)
                return;
        discard_for(l, DRAIN_MS);
        l->one = true;
        listen_once(l, baud);
        if (l->tape->quality >= QUALITY_REPEATS) {
                l->best = l->tape;
                l->found->baud_guessed = l->tape->quality < QUALITY_READABLE;
                l->found->baud = l->found->baud_guessed ? chosen : baud;
        }
}

static bool is_round_over(const struct listener *l) {
        return l->hurried && clock_boottime_us() > l->opened_us + ROUND_MS * 1000ull;
}

/* Two rounds: a mat that sends seldom is left quickly at first where its bytes make no sense. Returns true if the bytes of some
 * speed decide. */
static bool try_rounds(struct listener *l) {
        struct speeds speeds;
        bool decided = false;

        list_speeds(l->found->list, &speeds);
        l->quick = true;
        for (int i = 0; i < speeds.n && !decided && l->alike < ALIKE_SPEEDS && !is_round_over(l); i++)
                decided = try_speed(l, speeds.of[i]);
        l->quick = false;
        if (l->hurried && l->alike < ALIKE_SPEEDS && l->other_looks && l->best->quality < QUALITY_REPEATS)
                for (int i = 0; i < speeds.n && i < ROUND_2_SPEEDS && !decided; i++)
                        decided = try_speed(l, speeds.of[i]);
        return decided;
}

/* A wrong speed gives other bytes, not silence: if nothing comes at all, no other speed is tried. */
static void try_speeds(struct listener *l) {
        struct findings *found = l->found;
        bool decided = try_rounds(l);

        if (l->best->quality == QUALITY_NONE)
                return;
        if (l->ended) {
                found->baud = l->best->quality >= QUALITY_READABLE ? l->best->baud : 0;
        } else if (decided) {
                found->any_baud = is_readable_elsewhere(l, l->best->baud);
                found->baud = found->any_baud ? 0 : l->best->baud;
                line_set_baud(port_fd(l->port), l->best->baud);
        } else if (l->alike >= ALIKE_SPEEDS) {
                l->one = found->any_baud = true;
                discard_for(l, DRAIN_MS);
                listen_once(l, l->best->baud);
                l->best = l->tape;
        } else if (l->n_looks > 0 && !l->other_looks) {
                found->any_baud = true;
        } else {
                listen_to_likely(l);
        }
}

static struct listener *make_listener(struct findings *found, bool send) {
        struct listener *l = calloc(1, sizeof(*l));

        if (l) {
                l->found = found;
                l->send = send;
                l->first = true;
                l->tape = &l->tapes[0];
                l->best = &l->tapes[1];
                l->best->heard.bytes = l->best->bytes;
        }
        return l;
}

int listener_run(struct findings *found, bool send, struct listener **ret) {
        struct port_options port = {.baud = found->baud > 0 ? found->baud : COMMON_BAUDS[0]};
        struct listener *l = *ret = make_listener(found, send);
        char hint[256] = "";
        int r = l ? port_open(found->device, &port, &l->port, hint, sizeof(hint)) : -ENOMEM;

        if (r < 0) {
                complain("%s", *hint ? hint : strerror(-r));
                return STATUS_FAILED;
        }
        l->opened_us = clock_boottime_us();
        found->is_file = port_is_file(l->port);
        l->one = found->baud > 0 || found->is_file || !isatty(port_fd(l->port));
        if (found->baud > 0 && isatty(port_fd(l->port)))
                line_set_baud(port_fd(l->port), found->baud);
        if (l->one)
                try_speed(l, found->baud);
        else
                try_speeds(l);
        found->heard = l->best->heard;
        found->silent = found->heard.n == 0;
        if (found->silent && l->error < 0) {
                complain("%s: %s", found->device, strerror(-l->error));
                return STATUS_FAILED;
        }
        return STATUS_DONE;
}

void listener_free(struct listener *l) {
        if (l)
                port_close(l->port);
        free(l);
}
