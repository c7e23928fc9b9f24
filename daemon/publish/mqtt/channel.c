/* SPDX-License-Identifier: MIT */
#include "publish/mqtt/channel.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "contract/live_fields.h"

enum { HEADER_SIZE = offsetof(struct channel_message, of) };

static size_t find_size(unsigned type) {
        static const size_t sizes[CHANNEL_TYPE_N] = {
                [CHANNEL_START] = sizeof(struct channel_start),
                [CHANNEL_SETTINGS] = sizeof(struct settings),
                [CHANNEL_REPORT] = sizeof(struct channel_report),
                [CHANNEL_EVENT] = sizeof(struct seat_event),
                [CHANNEL_ANSWER] = sizeof(struct channel_answer),
                [CHANNEL_STOP] = 0,
                [CHANNEL_STATUS] = sizeof(struct channel_status),
                [CHANNEL_EVENT_DONE] = sizeof(struct channel_event_done),
                [CHANNEL_REQUEST] = sizeof(struct channel_request),
        };

        return sizes[type];
}

#define TERMINATE(text) ((text)[sizeof(text) - 1] = '\0')

static void terminate_identity(struct identity *i) {
        TERMINATE(i->seat_id);
        TERMINATE(i->seat_name);
        TERMINATE(i->area);
        TERMINATE(i->mat_model);
        TERMINATE(i->mat_format);
        TERMINATE(i->mat_serial);
        TERMINATE(i->hostname);
        TERMINATE(i->version);
        TERMINATE(i->config_digest);
}

static void terminate_settings(struct settings *s) {
        TERMINATE(s->mqtt.host);
        TERMINATE(s->mqtt.user);
        TERMINATE(s->mqtt.password_file);
        TERMINATE(s->mqtt.ca_file);
        TERMINATE(s->mqtt.cert_file);
        TERMINATE(s->mqtt.key_file);
        TERMINATE(s->mqtt.base_topic);
        TERMINATE(s->mqtt.discovery_prefix);
        TERMINATE(s->seat.language);
}

static void terminate_values(struct live_values *v) {
        for (size_t i = 0; i < live_fields_n; i++)
                if (live_fields[i].type == LIVE_TEXT || live_fields[i].type == LIVE_NAMES)
                        ((char *)v)[live_fields[i].offset + live_fields[i].size - 1] = '\0';
}

static bool check_event(struct seat_event *e) {
        TERMINATE(e->by);
        TERMINATE(e->reason);
        TERMINATE(e->exercise.id);
        TERMINATE(e->exercise.name);
        TERMINATE(e->exercise.dose);
        TERMINATE(e->exercise.how);
        TERMINATE(e->exercise.why);
        return (unsigned)e->kind <= EVENT_HEADS_UP && (unsigned)e->alert < ALERT_KIND_N &&
               (unsigned)e->outcome < ALERT_OUTCOME_N;
}

/* A bool of any other value must not even be read. */
static bool is_bool(const bool *value) {
        return *(const unsigned char *)value <= 1;
}

static bool check_command(struct command *c) {
        TERMINATE(c->name);
        TERMINATE(c->source);
        TERMINATE(c->settings);
        return (unsigned)c->type < COMMAND_TYPE_N && (unsigned)c->target < CALIBRATE_TARGET_N && is_bool(&c->on) &&
               strspn(c->name, "abcdefghijklmnopqrstuvwxyz0123456789-") == strlen(c->name) && !c->source[0];
}

static bool check_body(struct channel_message *m) {
        switch ((enum channel_type)m->header.type) {
        case CHANNEL_START:
                terminate_identity(&m->of.start.identity);
                terminate_settings(&m->of.start.settings);
                return true;
        case CHANNEL_SETTINGS:
                terminate_settings(&m->of.settings);
                return true;
        case CHANNEL_REPORT:
                terminate_values(&m->of.report.values);
                return true;
        case CHANNEL_EVENT:
                return check_event(&m->of.event);
        case CHANNEL_ANSWER:
                TERMINATE(m->of.answer.details.why);
                return (unsigned)m->of.answer.result < COMMAND_RESULT_N &&
                       (unsigned)m->of.answer.details.alert < ALERT_KIND_N;
        case CHANNEL_STATUS:
                return m->of.status.status < STATUS_RESTARTING && m->of.status.up <= 1 && m->of.status.v5 <= 1;
        case CHANNEL_REQUEST:
                return check_command(&m->of.request.command);
        case CHANNEL_STOP:
        case CHANNEL_EVENT_DONE:
        case CHANNEL_TYPE_N:
                break;
        }
        return true;
}

bool channel_check(struct channel_message *message, size_t n, bool to_child) {
        if (n < HEADER_SIZE || message->header.version != CHANNEL_VERSION || message->header.type >= CHANNEL_TYPE_N ||
            (message->header.type <= CHANNEL_STOP) != to_child)
                return false;
        return message->header.size == find_size(message->header.type) && n == HEADER_SIZE + message->header.size &&
               check_body(message);
}

int channel_send(int fd, enum channel_type type, const void *body) {
        struct channel_header header = {CHANNEL_VERSION, (uint16_t)type, (uint32_t)find_size(type)};
        struct iovec parts[2] = {{&header, HEADER_SIZE}, {NULL, header.size}};
        struct msghdr message = {.msg_iov = parts, .msg_iovlen = 2};

        memcpy(&parts[1].iov_base, &body, sizeof(body)); /* sendmsg() only reads it */
        return sendmsg(fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL) < 0 ? -errno : 0;
}

int channel_receive(int fd, bool to_child, struct channel_message *ret) {
        ssize_t n = recv(fd, ret, sizeof(*ret), MSG_DONTWAIT | MSG_TRUNC);

        if (n == 0 || (n < 0 && errno == ECONNRESET))
                return -EPIPE;
        if (n < 0)
                return errno == EAGAIN || errno == EINTR ? 0 : -errno;
        return (size_t)n <= sizeof(*ret) && channel_check(ret, (size_t)n, to_child) ? 1 : -EBADMSG;
}
