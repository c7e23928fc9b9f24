/* SPDX-License-Identifier: MIT */
#include "app/mat.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

#include "app/timer.h"
#include "configure/format_file.h"
#include "recording/recorder.h"
#include "util/clock.h"
#include "util/log.h"
#include "util/minmax.h"

enum { READ_SIZE = 16 * 1024 };

/* Without bytes for this long, no frame is being sent. USB adapters hold bytes back for up to 16 ms (FTDI latency
 * timer). */
enum { QUIET_US = 50000 };

enum { START_AGAIN_US = 1000000, LATENCY_LONG_MS = 3 };

/* A port that was lost this often in a row flaps. */
enum { FLAPS = 3 };

static void open_port(struct mat *m);

static void close_port(struct mat *m) {
        m->source = sd_event_source_disable_unref(m->source);
        m->settle = sd_event_source_disable_unref(m->settle);
        m->request = sd_event_source_disable_unref(m->request);
        port_close(m->port);
        m->port = NULL;
        decoder_reset(&m->decoder);
}

static int on_reopen(sd_event_source *source, uint64_t usec, void *userdata) {
        (void)source;
        (void)usec;
        open_port(userdata);
        return 0;
}

/* EHOSTUNREACH also stands for a name that cannot be resolved. */
static const char *describe_error(ssize_t error) {
        return error == -EHOSTUNREACH ? "no such host, or no route to it" : strerror((int)-error);
}

/* Whole lines and packets that are no frames. */
static uint64_t count_refused(const struct decoder *d) {
        uint64_t n = d->words;

        for (int i = 0; i < REFUSAL_N; i++)
                n += i == REFUSED_PARTIAL ? 0 : d->refused[i];
        return n;
}

/* Refusals count from the last frame on. */
static void count_decoded(struct mat *m) {
        const struct decoder *d = &m->decoder;

        if (d->frames > m->frames_before) {
                m->link.frames += d->frames - m->frames_before;
                m->link.since_us = m->link.read_us;
                m->frames_before = d->frames;
                m->refused_before = count_refused(d);
                m->discarded_before = d->discarded_bytes;
        }
        m->link.refused = count_refused(d) - m->refused_before;
        m->link.discarded = d->discarded_bytes - m->discarded_before;
}

/* No more bytes come for now: the bytes that the decoder holds may be a whole frame. */
static void decode_quiet_line(struct mat *m) {
        decoder_idle(&m->decoder, m->now(m->sink.userdata), &m->sink);
        count_decoded(m);
}

/* Logged when it is news: a port that flaps is counted, and a server that is away refuses every few seconds, for days. */
static void report_loss(struct mat *m, enum log_level level, bool connected, const char *trouble, uint64_t now_us) {
        bool news = strcmp(m->absent, trouble) != 0;
        char suffix[64] = "";

        if (connected)
                news = mat_link_may_log(&m->link, MAT_NO_DEVICE, now_us, suffix);
        if (connected && m->link.losses == 1)
                m->absent[0] = '\0';
        else if (!connected)
                snprintf(m->absent, sizeof(m->absent), "%s", trouble);
        snprintf(m->complaint, sizeof(m->complaint), "%s", trouble);
        log_line(news ? level : LOG_LEVEL_DEBUG, "mat: %s%s", trouble, suffix);
}

/* Tries again after a pause. */
static void open_later(struct mat *m, enum log_level level, const char *trouble) {
        const uint64_t now_us = clock_boottime_us();
        const bool connected = m->link.connected_us;

        timer_add(m->event, &m->reopen, mat_link_lose(&m->link, now_us), on_reopen, m, "mat-reopen");
        report_loss(m, level, connected, trouble, now_us);
}

/* The port ended or failed. */
static void handle_loss(struct mat *m, const char *why) {
        char trouble[MAT_TROUBLE_MAX];

        if (m->port && port_is_file(m->port)) {
                decode_quiet_line(m);
                log_notice("mat: %s: end of the file", port_path(m->port));
                m->link.finished = true;
                close_port(m);
                return;
        }
        snprintf(trouble, sizeof(trouble), "%s: %s; waiting for it to come back",
                 m->port ? port_path(m->port) : m->settings.device, why);
        close_port(m);
        open_later(m, LOG_LEVEL_NOTICE, trouble);
}

/* Logged once: without the setting, sitting time is right, but posture is not. */
static void report_boards(struct mat *m) {
        uint32_t seen = m->decoder.boards_seen;

        if (m->boards_reported || m->layout.n_boards > 0 || (seen & (seen - 1)) == 0)
                return;
        m->boards_reported = true;
        log_notice(
                "mat: frames come from several boards in turn, and each is treated as a mat of its own; set [device] "
                "boards to the places of the boards");
}

/* Reads once per wake-up (level-triggered), so that a fast mat cannot starve the other sources. */
static ssize_t read_port(struct mat *m) {
        uint8_t bytes[READ_SIZE];
        uint64_t now_us;
        ssize_t n = port_read(m->port, bytes, sizeof(bytes));

        if (n <= 0)
                return n;
        m->bytes += (uint64_t)n;
        sd_event_now(m->event, CLOCK_BOOTTIME, &m->link.read_us);
        if (!m->link.heard)
                m->link.since_us = m->link.read_us;
        m->link.heard = true;
        tap_send(&m->tap, m->link.read_us, TAP_BYTES, bytes, (size_t)n);
        now_us = m->now(m->sink.userdata);
        if (m->discard_until_us == 0 || clock_boottime_us() >= m->discard_until_us) {
                m->discard_until_us = 0;
                decoder_feed(&m->decoder, bytes, (size_t)n, now_us, &m->sink);
                count_decoded(m);
        }
        return n;
}

static void handle_connected(struct mat *m) {
        /* a port that flaps is opened as often as it is lost */
        log_line(m->link.lines[MAT_NO_DEVICE].changes > 0 ? LOG_LEVEL_DEBUG : LOG_LEVEL_INFO,
                 "mat: %s opened, format %s", port_path(m->port), m->format->name);
        m->reopened += m->opened_once;
        m->opened_once = true;
        m->link.connected_us = clock_boottime_us();
}

static int on_readable(sd_event_source *source, int fd, uint32_t events, void *userdata) {
        struct mat *m = userdata;
        ssize_t n;

        (void)fd;
        n = read_port(m);
        if (!m->link.connected_us && !port_connecting(m->port))
                handle_connected(m);
        if (n == PORT_READ_END)
                handle_loss(m, "hung up");
        else if (n < 0)
                handle_loss(m, describe_error(n));
        else if (n == 0 && (events & (EPOLLHUP | EPOLLERR)))
                handle_loss(m, "unplugged");
        else if ((events & EPOLLOUT) && !port_connecting(m->port))
                return sd_event_source_set_io_events(source, EPOLLIN);
        return 0;
}

/* Regular files cannot be polled, because they are always readable. */
static int on_file(sd_event_source *source, void *userdata) {
        ssize_t n = read_port(userdata);

        (void)source;
        if (n == PORT_READ_END)
                handle_loss(userdata, "end");
        else if (n < 0)
                handle_loss(userdata, describe_error(n));
        return 0;
}

/* --- commands to the mat, where its format has them --- */

static void send_command(struct mat *m, const struct format_command *command) {
        ssize_t n = command->n > 0 ? port_write(m->port, command->of, command->n) : 0;

        if (n < 0)
                /* reading reports the lasting errors */
                log_debug("mat: %s: cannot send: %s", port_path(m->port), strerror((int)-n));
}

/* A board that is still booting misses the start command: it is repeated until bytes come. */
static int on_request(sd_event_source *source, uint64_t usec, void *userdata) {
        struct mat *m = userdata;
        uint64_t every_us = m->format->request.n > 0 ? (uint64_t)m->format->request_every_ms * 1000 : START_AGAIN_US;

        (void)usec;
        /* a mat that is asked for each frame sends nothing after it until the next request: its frame is complete */
        if (m->link.heard)
                decode_quiet_line(m);
        else
                send_command(m, &m->format->start);
        send_command(m, &m->format->request);
        if (!m->link.heard || m->format->request.n > 0)
                timer_set_relative(source, every_us);
        return 0;
}

static void start_asking(struct mat *m) {
        if (m->format->start.n == 0 && m->format->request.n == 0)
                return;
        timer_add(m->event, &m->request, 0, on_request, m, "mat-request");
}

static void watch_port(struct mat *m) {
        uint32_t events = EPOLLIN | (port_connecting(m->port) ? EPOLLOUT : 0);
        int r = sd_event_add_io(m->event, &m->source, port_fd(m->port), events, on_readable, m);

        if (r == -EPERM && port_is_file(m->port)) {
                r = sd_event_add_defer(m->event, &m->source, on_file, m);
                if (r >= 0)
                        r = sd_event_source_set_enabled(m->source, SD_EVENT_ON);
        }
        if (r < 0) {
                handle_loss(m, strerror(-r));
                return;
        }
        sd_event_source_set_description(m->source, "mat");
        start_asking(m);
}

static int on_settled(sd_event_source *source, uint64_t usec, void *userdata) {
        struct mat *m = userdata;

        (void)source;
        (void)usec;
        m->settle = sd_event_source_disable_unref(m->settle);
        watch_port(m);
        return 0;
}

/* Logged once: later openings find the same adapter. */
static void report_latency(struct mat *m) {
        const char *path = port_path(m->port), *name = strrchr(path, '/');

        if (port_chip(m->port).latency_ms < LATENCY_LONG_MS || m->latency_reported)
                return;
        m->latency_reported = true;
        log_notice(
                "mat: %s: its chip holds bytes back for up to %d ms (FTDI latency timer); 70-sitboned.rules can set "
                "1 ms for this mat, or set it by hand: echo 1 > /sys/class/tty/%s/device/latency_timer",
                path, port_chip(m->port).latency_ms, name ? name + 1 : path);
}

static void handle_opened(struct mat *m) {
        uint64_t wait_us = (uint64_t)m->settings.open_delay_ms * 1000;

        if (!port_connecting(m->port))
                handle_connected(m);
        report_latency(m);
        tap_send(&m->tap, clock_boottime_us(), TAP_REOPENED, NULL, 0);
        m->frames_before = m->decoder.frames;
        m->refused_before = count_refused(&m->decoder);
        m->discarded_before = m->decoder.discarded_bytes;
        m->discard_until_us =
                m->settings.discard_ms ? clock_boottime_us() + wait_us + (uint64_t)m->settings.discard_ms * 1000 : 0;
        decoder_reset(&m->decoder);
        if (port_is_file(m->port))
                decoder_at_boundary(&m->decoder);
        if (wait_us == 0) {
                watch_port(m);
                return;
        }
        timer_add(m->event, &m->settle, wait_us, on_settled, m, "mat-settle");
}

static void open_port(struct mat *m) {
        struct port_options options = {.baud = m->settings.baud, .dtr = m->settings.dtr, .rts = m->settings.rts};
        char hint[256] = "", trouble[MAT_TROUBLE_MAX];
        int r = port_open(m->settings.device, &options, &m->port, hint, sizeof(hint));

        if (r == 0) {
                handle_opened(m);
                return;
        }
        m->port = NULL;
        snprintf(trouble, sizeof(trouble), "%s: %s", m->settings.device, *hint ? hint : strerror(-r));
        open_later(m, LOG_LEVEL_WARNING, trouble);
}

static const struct format *find_format(struct mat *m, const char *name) {
        struct config_errors errors = {0};
        const struct format *ret = format_find(name, &m->described, &errors);

        config_errors_log(&errors);
        return ret;
}

/* The format gives what the settings leave open. */
static void complete_settings(struct settings_device *d, const struct format *f) {
        if (d->baud == 0)
                d->baud = f->baud;
        if (d->dtr == LINE_LEAVE)
                d->dtr = (int32_t)f->dtr;
        if (d->rts == LINE_LEAVE)
                d->rts = (int32_t)f->rts;
        if (d->open_delay_ms == 0)
                d->open_delay_ms = f->open_delay_ms;
        if (d->discard_ms == 0)
                d->discard_ms = f->discard_ms;
}

int mat_init(struct mat *m, sd_event *event, const struct settings_device *settings, uint64_t (*now)(void *userdata),
             frame_fn emit, void *userdata) {
        const char *why;

        m->event = event;
        m->settings = *settings;
        m->now = now;
        m->sink = (struct frame_sink){&m->frame, emit, userdata};
        m->format = find_format(m, settings->format);
        if (!m->format) {
                log_error("[device] format = %s: no such wire format; sitbonectl formats lists them",
                          settings->format);
                return -EINVAL;
        }
        why = layout_build(m->format, settings, &m->layout);
        if (why) {
                log_error("[device] %s: %s", settings->format, why);
                return -EINVAL;
        }
        m->link.wait_us = (uint64_t)settings->stale_ms * 1000;
        complete_settings(&m->settings, m->format);
        decoder_init(&m->decoder, m->format, &m->layout);
        m->tap_head = recorder_make_head(&m->settings, 0, false);
        return m->tap_head ? 0 : -ENOMEM;
}

int mat_tap(struct mat *m, const char **ret_head) {
        *ret_head = m->tap_head;
        return tap_open(&m->tap);
}

enum command_result mat_label(struct mat *m, const char *name) {
        char label[RECORDING_LABEL_MAX];
        int taps;

        snprintf(label, sizeof(label), "%s", name);
        taps = tap_send(&m->tap, clock_boottime_us(), TAP_LABEL, label, strlen(label));
        return taps > 0 ? COMMAND_OK : COMMAND_NOT_RECORDING;
}

const char *mat_learn(struct mat *m, uint32_t n_cells) {
        return layout_learn(m->format, &m->settings, n_cells, &m->layout);
}

void mat_start(struct mat *m) {
        open_port(m);
}

static const char *describe_silence(const struct mat *m) {
        if (m->link.frames == 0)
                return m->link.refused > 0 ? "; nothing that it sent was a frame"
                                           : " before its first frame was whole";
        return m->settings.silence == SILENCE_UNKNOWN
                       ? "; if it sends only when something changes, set [device] silence"
                       : "";
}

/* The reason why no frames come, as a sentence for people. */
static void describe_trouble(const struct mat *m, enum mat_state state, char ret[MAT_TROUBLE_MAX]) {
        const struct mat_link *l = &m->link;
        const char *path = m->port ? port_path(m->port) : "";

        ret[0] = '\0';
        if (state == MAT_ENDED)
                snprintf(ret, MAT_TROUBLE_MAX, "the file has ended");
        else if (state == MAT_NO_DEVICE && m->port)
                snprintf(ret, MAT_TROUBLE_MAX, "%s does not answer yet", path);
        else if (state == MAT_NO_DEVICE && l->losses >= FLAPS)
                snprintf(ret, MAT_TROUBLE_MAX,
                         "%.180s (lost %u times in a row; the next attempt follows within 1 min)", m->complaint,
                         l->losses);
        else if (state == MAT_NO_DEVICE)
                snprintf(ret, MAT_TROUBLE_MAX, "%s", m->complaint);
        else if (state == MAT_WAITING)
                snprintf(ret, MAT_TROUBLE_MAX, "%s is open, but sends %s yet", path,
                         l->heard ? "no whole frame" : "nothing");
        else if (state == MAT_SILENT)
                snprintf(ret, MAT_TROUBLE_MAX, "%.100s has stopped sending%s", path, describe_silence(m));
        else if (state == MAT_NO_FRAMES)
                snprintf(ret, MAT_TROUBLE_MAX,
                         "%.100s sends bytes, but no frame of %s: another format or baud rate? (sitbonectl probe)",
                         path, m->format->name);
}

/* Only changes are news: frames after the start are not, and the port itself is reported where it is lost. */
static void log_state(struct mat *m, enum mat_state state, const char *trouble, uint64_t now_us) {
        static const enum log_level levels[MAT_STATE_N] = {
                [MAT_NO_FRAMES] = LOG_LEVEL_WARNING, [MAT_FRAMES] = LOG_LEVEL_INFO, [MAT_SILENT] = LOG_LEVEL_NOTICE};
        struct mat_link *l = &m->link;
        char suffix[64];

        l->lines[state].changes += state != l->state && state != MAT_NO_DEVICE;
        l->state = state;
        if (l->lines[MAT_NO_DEVICE].changes > (state != MAT_NO_DEVICE) &&
            mat_link_may_log(l, MAT_NO_DEVICE, now_us, suffix))
                log_notice("mat: %s%s", m->complaint, suffix);
        if (state != MAT_NO_FRAMES && state != MAT_FRAMES && state != MAT_SILENT)
                return;
        if (l->logged == MAT_NO_DEVICE && state == MAT_FRAMES) {
                l->logged = state;
                l->lines[state].changes = 0;
        }
        if (state == l->logged || !mat_link_may_log(l, state, now_us, suffix))
                return;
        l->logged = state;
        log_line(levels[state], "mat: %s%s%s", state == MAT_FRAMES ? m->settings.device : trouble,
                 state == MAT_FRAMES ? " is sending frames again" : "", suffix);
}

void mat_report(struct mat *m, bool online, struct health *ret) {
        uint64_t now_us;

        if (sd_event_now(m->event, CLOCK_BOOTTIME, &now_us) < 0)
                now_us = clock_boottime_us();
        ret->mat_online = online;
        ret->mat_state = mat_link_judge(&m->link, online, now_us);
        ret->quiet_s = m->link.heard ? (float)(now_us - m->link.read_us) * 1e-6F : NAN;
        describe_trouble(m, ret->mat_state, ret->mat_trouble);
        log_state(m, ret->mat_state, ret->mat_trouble, now_us);
        ret->bytes = m->bytes;
        ret->reopened = m->reopened;
        ret->discarded_bytes = m->decoder.discarded_bytes;
        ret->words = m->decoder.words;
        memcpy(ret->refused, m->decoder.refused, sizeof(ret->refused));
}

void mat_tick(struct mat *m) {
        uint64_t now_us;

        report_boards(m);
        if (!m->port || sd_event_now(m->event, CLOCK_BOOTTIME, &now_us) < 0)
                return;
        if (now_us >= m->link.read_us + QUIET_US)
                decode_quiet_line(m);
}

void mat_stop(struct mat *m) {
        if (!m->tap_head) /* it was never set up */
                return;
        m->reopen = sd_event_source_disable_unref(m->reopen);
        close_port(m);
        tap_close(&m->tap);
        free(m->tap_head);
        m->tap_head = NULL;
}
