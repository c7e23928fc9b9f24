/* SPDX-License-Identifier: MIT */
#include "app/mat.h"

#include <errno.h>
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

enum { READ_SIZE = 16 * 1024, PAUSE_FIRST_US = 250000, PAUSE_MOST_US = 5000000 };

/* Without bytes for this long, no frame is being sent. USB adapters hold bytes back for up to 16 ms (FTDI latency
 * timer). */
enum { QUIET_US = 50000 };

enum { START_AGAIN_US = 1000000, LATENCY_LONG_MS = 3 };

/* After this time a boot banner is over, and the slowest mats have sent a frame. */
enum { UNREADABLE_US = 5000000, SILENT_US = 1000000 };

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

/* Tries again after a pause that doubles up to PAUSE_MOST_US. */
static void open_later(struct mat *m) {
        timer_add(m->event, &m->reopen, m->pause_us, on_reopen, m, "mat-reopen");
        m->pause_us = m->pause_us * 2 < PAUSE_MOST_US ? m->pause_us * 2 : PAUSE_MOST_US;
}

/* EHOSTUNREACH also stands for a name that cannot be resolved. */
static const char *describe_error(ssize_t error) {
        return error == -EHOSTUNREACH ? "no such host, or no route to it" : strerror((int)-error);
}

/* No more bytes come for now: the bytes that the decoder holds may be a whole frame. */
static void decode_quiet_line(struct mat *m) {
        decoder_idle(&m->decoder, m->now(m->sink.userdata), &m->sink);
}

/* The port ended or failed. */
static void handle_loss(struct mat *m, const char *why) {
        char trouble[MAT_TROUBLE_MAX];

        if (m->port && port_is_file(m->port)) {
                decode_quiet_line(m);
                log_notice("mat: %s: end of the file", port_path(m->port));
                m->finished = true;
                close_port(m);
                return;
        }
        snprintf(trouble, sizeof(trouble), "%s: %s; waiting for it to come back",
                 m->port ? port_path(m->port) : m->settings.device, why);
        /* logged once: a server that is away refuses every few seconds, for days */
        log_line(m->in_vain && !m->heard && strcmp(m->complaint, trouble) == 0 ? LOG_LEVEL_DEBUG : LOG_LEVEL_NOTICE,
                 "mat: %s", trouble);
        m->in_vain = !m->heard;
        snprintf(m->complaint, sizeof(m->complaint), "%s", trouble);
        close_port(m);
        open_later(m);
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
        m->pause_us = PAUSE_FIRST_US; /* the port works: the next loss is a new one */
        if (m->in_vain)
                log_info("mat: %s is sending again", port_path(m->port));
        m->in_vain = false;
        m->bytes += (uint64_t)n;
        sd_event_now(m->event, CLOCK_BOOTTIME, &m->read_us);
        m->heard_us = m->heard ? m->heard_us : m->read_us;
        m->heard = true;
        tap_send(&m->tap, m->read_us, TAP_BYTES, bytes, (size_t)n);
        now_us = m->now(m->sink.userdata);
        if (m->discard_until_us == 0 || clock_boottime_us() >= m->discard_until_us) {
                m->discard_until_us = 0;
                decoder_feed(&m->decoder, bytes, (size_t)n, now_us, &m->sink);
        }
        return n;
}

static int on_readable(sd_event_source *source, int fd, uint32_t events, void *userdata) {
        struct mat *m = userdata;
        ssize_t n;

        (void)fd;
        n = read_port(m);
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
        if (m->heard)
                decode_quiet_line(m);
        else
                send_command(m, &m->format->start);
        send_command(m, &m->format->request);
        if (!m->heard || m->format->request.n > 0)
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

        if (port_latency_ms(m->port) < LATENCY_LONG_MS || m->latency_reported)
                return;
        m->latency_reported = true;
        log_notice(
                "mat: %s: its chip holds bytes back for up to %d ms (FTDI latency timer); 70-sitboned.rules can set "
                "1 ms for this mat, or set it by hand: echo 1 > /sys/class/tty/%s/device/latency_timer",
                path, port_latency_ms(m->port), name ? name + 1 : path);
}

static void handle_opened(struct mat *m) {
        uint64_t wait_us = (uint64_t)m->settings.open_delay_ms * 1000;

        log_line(m->in_vain ? LOG_LEVEL_DEBUG : LOG_LEVEL_INFO, "mat: %s opened, format %s", port_path(m->port),
                 m->format->name);
        report_latency(m);
        tap_send(&m->tap, clock_boottime_us(), TAP_REOPENED, NULL, 0);
        m->reopened += m->opened_once;
        m->opened_once = true;
        m->heard = false;
        m->frames_before = m->decoder.frames;
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
        char hint[256] = "";
        int r = port_open(m->settings.device, &options, &m->port, hint, sizeof(hint));

        if (r == 0) {
                handle_opened(m);
                return;
        }
        m->port = NULL;
        m->in_vain = false;
        if (strcmp(m->complaint, hint) != 0) { /* logged once, not at every attempt */
                snprintf(m->complaint, sizeof(m->complaint), "%s", hint);
                log_warning("mat: %s: %s", m->settings.device, *hint ? hint : strerror(-r));
        }
        open_later(m);
}

static const struct format *find_format(struct mat *m, const char *name) {
        struct config_errors *errors = calloc(1, sizeof(*errors));
        const struct format *ret = errors ? format_find(name, &m->described, errors) : NULL;

        if (errors)
                config_errors_log(errors);
        free(errors);
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
        m->pause_us = PAUSE_FIRST_US;
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

/* Bytes without frames nearly always mean another format or baud rate. */
static bool is_unreadable(const struct mat *m) {
        return m->heard && m->decoder.frames == m->frames_before;
}

static bool is_silent(const struct mat *m) {
        uint64_t now_us, silent_us = min_u64(SILENT_US, (uint64_t)m->settings.stale_ms * 1000);

        return sd_event_now(m->event, CLOCK_BOOTTIME, &now_us) < 0 || now_us >= m->read_us + silent_us;
}

void mat_trouble(const struct mat *m, char ret[MAT_TROUBLE_MAX]) {
        const char *path = m->port ? port_path(m->port) : "";

        if (!m->port)
                snprintf(ret, MAT_TROUBLE_MAX, "%s", m->finished ? "the file has ended" : m->complaint);
        else if (port_connecting(m->port))
                snprintf(ret, MAT_TROUBLE_MAX, "%s does not answer yet", path);
        else if (!m->heard)
                snprintf(ret, MAT_TROUBLE_MAX, "%s is open, but sends nothing", path);
        else if (is_silent(m) && !is_unreadable(m))
                snprintf(ret, MAT_TROUBLE_MAX, "%s has stopped sending", path);
        else
                snprintf(ret, MAT_TROUBLE_MAX,
                         "%.100s sends bytes, but no frame of %s: another format or baud rate? (sitbonectl probe)",
                         path, m->format->name);
}

static void report_unreadable(struct mat *m, uint64_t now_us) {
        char trouble[MAT_TROUBLE_MAX];

        if (m->unreadable_reported || !is_unreadable(m) || now_us < m->heard_us + UNREADABLE_US)
                return;
        m->unreadable_reported = true;
        mat_trouble(m, trouble);
        log_warning("mat: %s", trouble);
}

void mat_tick(struct mat *m) {
        uint64_t now_us;

        report_boards(m);
        if (!m->port || sd_event_now(m->event, CLOCK_BOOTTIME, &now_us) < 0)
                return;
        report_unreadable(m, now_us);
        if (now_us >= m->read_us + QUIET_US)
                decode_quiet_line(m);
}

void mat_stop(struct mat *m) {
        m->reopen = sd_event_source_disable_unref(m->reopen);
        close_port(m);
        tap_close(&m->tap);
        free(m->tap_head);
        m->tap_head = NULL;
}
