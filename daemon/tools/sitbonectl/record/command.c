/* SPDX-License-Identifier: MIT */
/* record: writes the bytes of the port to a recording, and decodes them in order to report what they are. */
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <systemd/sd-bus.h>
#include <time.h>
#include <unistd.h>

#include "contract/bus_names.h"
#include "contract/tap.h"
#include "core/acquire/decoder.h"
#include "core/acquire/formats.h"
#include "ports/holder.h"
#include "ports/port.h"
#include "recording/recorder.h"
#include "tools/sitbonectl/commands.h"
#include "tools/sitbonectl/live/daemon_link.h"
#include "tools/sitbonectl/source.h"
#include "util/clock.h"
#include "util/language.h"
#include "words/names.h"

enum { READ_SIZE = 16 * 1024, POLL_MS = 20, REOPEN_MS = 500, START_AGAIN_US = 1000000 };

static volatile sig_atomic_t stopped; /* the one thing a signal handler may touch */

struct record {
        const char *path;
        const char *label; /* from the start on; NULL = none */
        struct settings settings;
        const struct format *format;
        struct format described; /* format points here if it comes from a file */
        struct layout layout;
        struct decoder decoder;
        struct frame frame;
        struct recorder recorder;
        struct port *port;         /* NULL while the mat is away, and when the daemon reads it */
        int tap;                   /* descriptor on which the daemon passes on its bytes; 0 = none */
        char *head;                /* head of the recording, from the daemon */
        uint64_t lost;             /* bytes that came faster than they were read */
        uint64_t began_us, end_us; /* end_us 0 = until Ctrl-C */
        uint64_t ask_us;           /* when to poll the mat again */
        bool heard;                /* bytes came since the port was opened */
        bool away;                 /* reported as away, until bytes come again */
        unsigned gaps;
};

/* ---- recording while the daemon runs: it passes on the bytes that it reads (contract/tap.h) ---- */

/* The head is as old as the daemon: the time at which this recording starts is inserted after the first line. */
static char *insert_start_time(const char *head) {
        const char *rest = strchr(head, '\n');
        size_t first = rest ? (size_t)(rest - head) + 1 : strlen(head), size = strlen(head) + 64;
        char *ret = malloc(size), started[64];
        time_t now = time(NULL);
        struct tm tm;

        gmtime_r(&now, &tm);
        strftime(started, sizeof(started), "# started=%Y-%m-%dT%H:%M:%SZ\n", &tm);
        if (ret)
                snprintf(ret, size, "%.*s%s%s", (int)first, head, started, head + first);
        return ret;
}

static int read_reply(sd_bus_message *reply, int *ret_fd, char **ret_head) {
        const char *head;
        int fd, r = sd_bus_message_read(reply, "hs", &fd, &head);

        if (r < 0)
                return r;
        *ret_fd = fcntl(fd, F_DUPFD_CLOEXEC, 3); /* the message closes its own descriptor */
        *ret_head = insert_start_time(head);
        return *ret_fd >= 0 && *ret_head ? 1 : -ENOMEM;
}

/* 1 = a daemon sent a descriptor and the head of a recording, malloc'd and with its start time; 0 = no daemon is running;
 * -1 after a complaint. */
static int open_tap(const struct options *options, int *ret_fd, char **ret_head) {
        sd_bus_error error = SD_BUS_ERROR_NULL;
        sd_bus_message *reply = NULL;
        struct link link;
        int r = link_find(options, &link, true);

        if (r == 0 && options->seat) { /* the device of the settings may be that of another seat */
                link_nobody(options);
                return -1;
        }
        if (r <= 0)
                return r;
        r = sd_bus_call_method(link.bus, link.name, BUS_PATH, BUS_INTERFACE, "Tap", &error, &reply, "");
        if (r >= 0)
                r = read_reply(reply, ret_fd, ret_head);
        if (r < 0) {
                complain("the daemon does not pass on its bytes: %s%s", error.message ? error.message : strerror(-r),
                         sd_bus_error_has_name(&error, SD_BUS_ERROR_ACCESS_DENIED)
                                 ? " (only the person at this machine and root may do this)"
                                 : "");
                r = -1;
        }
        sd_bus_error_free(&error);
        sd_bus_message_unref(reply);
        link_close(&link);
        return r;
}

/* ---- recording from the port ---- */

static void request_stop(int signal_number) {
        (void)signal_number;
        stopped = 1;
}

static void catch_signals(void) {
        struct sigaction a = {.sa_handler = request_stop};

        sigaction(SIGINT, &a, NULL);
        sigaction(SIGTERM, &a, NULL);
        sigaction(SIGHUP, &a, NULL);
}

static bool parse_number(const char *text, const char *option, double most, double *ret) {
        char *end;
        double value = strtod(text, &end);

        if (end == text || *end || !(value > 0 && value <= most)) {
                complain("--%s %s is not a number above 0 up to %.0f", option, text, most);
                return false;
        }
        *ret = value;
        return true;
}

static int read_options(struct record *r, const struct options *o) {
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
        if (o->baud && !parse_number(o->baud, "baud", 20e6, &number))
                return STATUS_USAGE;
        d->baud = o->baud ? (int32_t)number : d->baud > 0 ? d->baud : r->format->baud;
        if (o->seconds && !parse_number(o->seconds, "seconds", 1e8, &number))
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
                complain("a port has one reader: without --device, --format, --baud and --config sitboned passes on "
                         "its bytes; or stop it while recording (systemctl stop sitboned)");
        return STATUS_FAILED;
}

/* Two readers of a pty or a FIFO would each get a part of the bytes, without any error. */
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

/* Bytes before and after the gap do not make a frame. */
static int record_gap(struct record *r, uint64_t t_us) {
        decoder_reset(&r->decoder);
        r->gaps++;
        return recorder_add_gap(&r->recorder, t_us);
}

static int record_label(struct record *r, uint64_t t_us, const char *label) {
        fprintf(stderr, _("%.1f s: %s\n"), (double)t_us / 1e6, *label ? label : _("no label"));
        return recorder_add_label(&r->recorder, t_us, label);
}

static int record_bytes(struct record *r, const uint8_t *bytes, size_t n) {
        uint64_t t_us = elapsed_us(r);
        int result = 0;

        if (r->away) {
                fprintf(stderr, _("%s is back\n"), port_path(r->port));
                result = record_gap(r, t_us);
        }
        r->away = false;
        r->heard = true;
        if (result < 0)
                return result;
        decoder_feed(&r->decoder, bytes, n, t_us, &(struct frame_sink){&r->frame, ignore_frame, NULL});
        return recorder_add(&r->recorder, t_us, bytes, n);
}

/* As the daemon does: nothing is sent unless the format requires it; a board that is still booting is started again. */
static void poll_mat(struct record *r) {
        const struct format *f = r->format;

        if (elapsed_us(r) < r->ask_us || (f->start.n == 0 && f->request.n == 0))
                return;
        if (!r->heard && f->start.n > 0)
                port_write(r->port, f->start.of, f->start.n);
        if (f->request.n > 0)
                port_write(r->port, f->request.of, f->request.n);
        r->ask_us = elapsed_us(r) + (f->request.n > 0 ? (uint64_t)f->request_every_ms * 1000 : START_AGAIN_US);
}

/* The mat is away: try again after a while. It is back when bytes come, because a connection may open before it is refused. */
static int reopen_port(struct record *r) {
        char hint[256];

        poll(NULL, 0, REOPEN_MS);
        if (stopped || open_port(r, hint, sizeof(hint)) < 0)
                r->port = NULL;
        r->heard = false;
        return 0;
}

/* 1 = the end of the file, 0, or a negative errno. */
static int read_once(struct record *r) {
        struct pollfd p = {.fd = port_fd(r->port), .events = port_connecting(r->port) ? POLLIN | POLLOUT : POLLIN};
        uint8_t bytes[READ_SIZE];
        ssize_t n;

        poll_mat(r);
        if (poll(&p, 1, POLL_MS) <= 0)
                return 0;
        n = port_read(r->port, bytes, sizeof(bytes));
        if (n > 0)
                return record_bytes(r, bytes, (size_t)n);
        if (n == PORT_READ_NONE && !(p.revents & (POLLHUP | POLLERR)))
                return 0;
        if (port_is_file(r->port))
                return 1;
        if (!r->away)
                fprintf(stderr, _("%s is away; waiting for it to come back\n"), port_path(r->port));
        r->away = true;
        port_close(r->port);
        r->port = NULL;
        return 0;
}

struct tap_message {
        struct tap_head head;
        uint8_t bytes[TAP_BYTES_MAX];
};

static int record_message(struct record *r, const struct tap_message *m, size_t n, uint64_t t_us) {
        char label[RECORDING_LABEL_MAX];

        switch ((enum tap_kind)m->head.kind) {
        case TAP_BYTES:
                decoder_feed(&r->decoder, m->bytes, n, t_us, &(struct frame_sink){&r->frame, ignore_frame, NULL});
                return recorder_add(&r->recorder, t_us, m->bytes, n);
        case TAP_REOPENED:
                return record_gap(r, t_us);
        case TAP_LABEL:
                snprintf(label, sizeof(label), "%.*s", (int)n, (const char *)m->bytes);
                return record_label(r, t_us, label);
        }
        return 0;
}

/* 1 = the daemon has ended, 0, or a negative errno. */
static int read_message(struct record *r) {
        struct pollfd p = {.fd = r->tap, .events = POLLIN};
        struct tap_message message;
        uint64_t t_us;
        ssize_t n;
        int result = 0;

        if (poll(&p, 1, POLL_MS) <= 0)
                return 0;
        n = recv(r->tap, &message, sizeof(message), MSG_DONTWAIT);
        if (n < 0)
                return errno == EAGAIN || errno == EINTR ? 0 : -errno;
        if ((size_t)n < sizeof(message.head)) {
                fprintf(stderr, "%s\n", _("the daemon has ended"));
                return 1;
        }
        t_us = message.head.t_us > r->began_us ? message.head.t_us - r->began_us : 0;
        r->lost += message.head.lost;
        if (message.head.lost > 0)
                result = record_gap(r, t_us);
        return result < 0 ? result : record_message(r, &message, (size_t)n - sizeof(message.head), t_us);
}

static int record_until_end(struct record *r) {
        int result = 0;

        while (!stopped && result == 0 && (r->end_us == 0 || elapsed_us(r) < r->end_us))
                result = r->tap ? read_message(r) : r->port ? read_once(r) : reopen_port(r);
        return result < 0 ? result : 0;
}

static void print_summary(const struct record *r) {
        double seconds = (double)elapsed_us(r) / 1e6;
        uint64_t refused = 0;

        for (int i = 0; i < REFUSAL_N; i++)
                refused += i == REFUSED_PARTIAL ? 0 : r->decoder.refused[i];
        printf(_("%s: %.1f s, %llu bytes in %llu (%.0f %%), %llu frames of %s, %llu refused"), r->path, seconds,
               (unsigned long long)r->recorder.wire_bytes, (unsigned long long)r->recorder.file_bytes,
               r->recorder.wire_bytes > 0 ? 100.0 * (double)r->recorder.file_bytes / (double)r->recorder.wire_bytes
                                          : 100.0,
               (unsigned long long)r->decoder.frames, r->format->name, (unsigned long long)refused);
        if (r->gaps > 0)
                printf(ngettext(", away %u time", ", away %u times", r->gaps), r->gaps);
        if (r->lost > 0)
                printf(ngettext(", %llu byte lost: it came faster than it was written",
                                ", %llu bytes lost: they came faster than they were written", r->lost),
                       (unsigned long long)r->lost);
        putchar('\n');
        if (r->recorder.wire_bytes == 0)
                complain(_("the mat sent nothing"));
        else if (r->decoder.frames == 0)
                complain(_("no frame in it: another format or baud rate? sitbonectl probe %s"),
                         r->settings.device.device);
}

static int run_recording(struct record *r) {
        bool file = r->port && port_is_file(r->port);
        int result =
                r->tap ? recorder_open_with_head(&r->recorder, r->path, r->head, false)
                       : recorder_open(&r->recorder, r->path, &r->settings.device, clock_realtime_us(), file, false);
        int closed;

        if (result < 0) {
                complain("%s: %s", r->path, result == -EEXIST ? _("is there already") : strerror(-result));
                return STATUS_FAILED;
        }
        fprintf(stderr, _("recording %s as %s; Ctrl-C ends it\n"),
                r->tap ? _("what sitboned reads") : port_path(r->port), r->format->name);
        decoder_init(&r->decoder, r->format, &r->layout);
        if (file)
                decoder_at_boundary(&r->decoder);
        r->began_us = clock_boottime_us();
        result = r->label ? record_label(r, 0, r->label) : 0;
        result = result < 0 ? result : record_until_end(r);
        decoder_idle(&r->decoder, elapsed_us(r), &(struct frame_sink){&r->frame, ignore_frame, NULL});
        closed = recorder_close(&r->recorder);
        result = result < 0 ? result : closed;
        if (result < 0)
                complain("%s: %s", r->path, strerror(-result));
        print_summary(r);
        return result == 0 && r->decoder.frames > 0 ? STATUS_DONE : STATUS_FAILED;
}

/* Reads format and layout from the head that the daemon sent. */
static int parse_head(struct record *r) {
        struct recording_head head;
        size_t n = strlen(r->head);
        int status = format_of_head(r->head, n, &r->described, &r->format);
        const char *wrong = recording_read_head(r->head, n, &head, &r->settings.device);

        if (status != STATUS_DONE)
                return status;
        if (!wrong && !r->format)
                r->format = format_by_name(head.format);
        if (!wrong && r->format)
                wrong = layout_build(r->format, &r->settings.device, &r->layout);
        if (wrong || !r->format)
                complain("the daemon is of another version: %s", wrong ? wrong : head.format);
        return wrong || !r->format ? STATUS_FAILED : STATUS_DONE;
}

/* Records what the daemon reads, unless another device or other settings are given. -1: no daemon is running. */
static int record_beside(struct record *r, const struct options *o) {
        double seconds = 0;
        int found, status;

        if (o->device || o->format || o->baud || o->config)
                return -1;
        if (o->seconds && !parse_number(o->seconds, "seconds", 1e8, &seconds))
                return STATUS_USAGE;
        found = open_tap(o, &r->tap, &r->head);
        if (found <= 0)
                return found < 0 ? STATUS_FAILED : -1;
        r->end_us = (uint64_t)(seconds * 1e6);
        catch_signals();
        status = parse_head(r);
        return status == STATUS_DONE ? run_recording(r) : status;
}

static int record_port(struct record *r, const struct options *o) {
        char hint[256] = "";
        int status = read_options(r, o), result;

        if (status != STATUS_DONE)
                return status;
        result = open_port(r, hint, sizeof(hint));
        if (result < 0)
                return refuse_port(result, hint);
        catch_signals();
        status = refuse_shared(r);
        if (status == STATUS_DONE)
                status = run_recording(r);
        port_close(r->port);
        return status;
}

static int complain_of_label(const char *name) {
        complain(_("%s %s: a name has a-z, 0-9 and hyphens, 1 to 31 characters, no hyphen first"), "label", name);
        return STATUS_USAGE;
}

static bool is_named_csv(const char *path) {
        const char *dot = strrchr(path, '.');

        return dot && strcasecmp(dot, ".csv") == 0;
}

static int run_record(const struct options *options) {
        char checked[sizeof(((struct command *)0)->name)];
        struct record *r;
        int status;

        if (is_named_csv(options->args[0])) {
                complain(_("%s: a recording holds the bytes of the mat and is no CSV: record to a name that ends in "
                           ".sbr, "
                           "then make the table with sitbonectl export"),
                         options->args[0]);
                return STATUS_USAGE;
        }
        if (options->label && !name_of(options->label, checked))
                return complain_of_label(options->label);
        r = calloc(1, sizeof(*r));
        if (!r) {
                complain("out of memory");
                return STATUS_FAILED;
        }
        r->path = options->args[0];
        r->label = options->label;
        status = record_beside(r, options);
        if (status < 0)
                status = record_port(r, options);
        if (r->tap)
                close(r->tap);
        free(r->head);
        free(r);
        return status;
}

static int run_label(const struct options *options) {
        const char *name = options->args[0];
        bool none = strcmp(name, "none") == 0;
        char checked[sizeof(((struct command *)0)->name)], answer[sizeof(checked) + 64];

        if (!name_of(name, checked))
                return complain_of_label(name);
        snprintf(answer, sizeof(answer), _("Labelled from now on: %s"), name);
        return link_command(options, none ? _("No label from now on.") : answer, "Label", "s", none ? "" : name);
}

const struct ctl_command label_command = {
        .name = "label",
        .arguments = "NAME",
        .min_args = 1,
        .max_args = 1,
        .summary = "write into the running recordings what is being done",
        .examples = "  sitbonectl label slouched\n"
                    "  sitbonectl label none\n",
        .notes = "For sitbonectl record beside sitboned. The label holds until the next one; none ends it. NAME has "
                 "a-z, 0-9 and hyphens. sitbonectl export writes the labels beside the frames.",
        .options = {{"bus"}, {"seat"}},
        .run = run_label,
};

const struct ctl_command record_command = {
        .name = "record",
        .arguments = "FILE",
        .min_args = 1,
        .max_args = 1,
        .summary = "record the bytes of the mat with their arrival times",
        .examples = "  sitbonectl record lunch.sbr\n"
                    "  sitbonectl record lunch.sbr --label upright\n"
                    "  sitbonectl record lunch.sbr --device /dev/ttyUSB0 --format jq-seat-32 --seconds 60\n",
        .notes = "Records until Ctrl-C or for --seconds. FILE must not exist. If sitboned is running, it "
                 "passes on the bytes that it reads and continues with its work. With --config, --device, "
                 "--format or --baud the port is opened instead, and must be free.\n"
                 "\n"
                 "--label names what is being done from the start on; sitbonectl label changes it while sitboned "
                 "passes on its bytes.",
        .options = {{"config", "settings of the device (default: the installed ones)"},
                    {"device", "device instead of the one in the settings"},
                    {"format", "format instead of the one in the settings"},
                    {"baud", "baud rate instead of the one in the settings"},
                    {"seconds", "stop after S seconds"},
                    {"label", "what is being done: a-z, 0-9 and hyphens"},
                    {"bus"},
                    {"seat"}},
        .streams = STREAMS_TEXT,
        .run = run_record,
};
