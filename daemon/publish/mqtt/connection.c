/* SPDX-License-Identifier: MIT */
#include "publish/mqtt/connection.h"

#include <errno.h>
#include <mqtt_protocol.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "publish/mqtt/secret.h"
#include "util/clock.h"

/* A short loss of the network must not be visible as "offline": the broker stores the session and delays the will. */
enum { SESSION_EXPIRY_S = 60, WILL_DELAY_S = 10 };

/* A broker of MQTT 5 does not send larger packets: a command has at most 1 KB. */
enum { PACKET_SIZE_MAX = 64 * 1024 };

/* Time from opening to CONNACK; a broker on the other side of the world needs less than a second. */
enum { CONNACK_TIMEOUT_S = 10 };

/* Packets that are read per wake-up: TLS may buffer several after one readiness event. */
enum { READS_A_STEP = 64 };

/* Records the first reason only. Returns false, for the caller to return. */
static bool end_link(struct link *l, enum mqtt_status end, const char *why) {
        if (l->end == LINK_UP) {
                l->end = end;
                snprintf(l->why, sizeof(l->why), "%s", why);
        }
        return false;
}

static enum mqtt_status classify_reason(int reason) {
        switch (reason) {
        case MQTT_RC_UNSUPPORTED_PROTOCOL_VERSION:
                return LINK_PROTOCOL;
        case MQTT_RC_SESSION_TAKEN_OVER:
                return LINK_TAKEN_OVER;
        case MQTT_RC_SERVER_UNAVAILABLE:
        case MQTT_RC_SERVER_BUSY:
        case MQTT_RC_SERVER_SHUTTING_DOWN:
        case MQTT_RC_QUOTA_EXCEEDED:
        case MQTT_RC_CONNECTION_RATE_EXCEEDED:
        case MQTT_RC_USE_ANOTHER_SERVER:
        case MQTT_RC_SERVER_MOVED:
                return LINK_BUSY;
        default:
                return LINK_REFUSED;
        }
}

/* code: return code of MQTT 3.1.1. */
static enum mqtt_status classify_code(int code) {
        return code == 1 ? LINK_PROTOCOL : code == 3 ? LINK_BUSY : LINK_REFUSED;
}

static void on_connect(struct mosquitto *m, void *userdata, int code, int flags, const mosquitto_property *props) {
        struct link *l = userdata;

        (void)m, (void)flags, (void)props;
        if (code == 0)
                l->up = true;
        else if (l->v5)
                end_link(l, classify_reason(code), mosquitto_reason_string(code));
        else
                end_link(l, classify_code(code), mosquitto_connack_string(code));
}

/* Reasons below MQTT_REASON_ERROR are errors of the library. */
static void on_disconnect(struct mosquitto *m, void *userdata, int reason, const mosquitto_property *props) {
        struct link *l = userdata;

        (void)m, (void)props;
        if (l->v5 && reason == MQTT_RC_SERVER_SHUTTING_DOWN)
                end_link(l, LINK_UNREACHABLE, mosquitto_reason_string(reason));
        else if (l->v5 && reason >= MQTT_REASON_ERROR)
                end_link(l, classify_reason(reason), mosquitto_reason_string(reason));
}

static void on_publish(struct mosquitto *m, void *userdata, int mid, int reason, const mosquitto_property *props) {
        struct link *l = userdata;

        (void)m, (void)props;
        l->handler->acknowledged(l->handler->userdata, mid, reason);
}

/* codes: one for each topic of the subscription; 128 and above are refusals in both versions. */
static void on_subscribe(struct mosquitto *m, void *userdata, int mid, int n, const int *codes,
                         const mosquitto_property *props) {
        struct link *l = userdata;

        (void)m, (void)props;
        if (n > 0)
                l->handler->acknowledged(l->handler->userdata, mid, codes[0]);
}

static void on_message(struct mosquitto *m, void *userdata, const struct mosquitto_message *message,
                       const mosquitto_property *props) {
        struct link *l = userdata;
        struct link_message lm = {.topic = message->topic,
                                  .payload = message->payload,
                                  .n = (size_t)message->payloadlen,
                                  .retained = message->retain};
        char *response = NULL;
        void *correlation = NULL;
        uint16_t n = 0;

        (void)m;
        mosquitto_property_read_string(props, MQTT_PROP_RESPONSE_TOPIC, &response, false);
        mosquitto_property_read_binary(props, MQTT_PROP_CORRELATION_DATA, &correlation, &n, false);
        lm.response_topic = response;
        lm.correlation = correlation;
        lm.n_correlation = n;
        l->handler->message(l->handler->userdata, &lm);
        free(response);
        free(correlation);
}

static bool set_will(struct link *l, const char *topic) {
        mosquitto_property *props = NULL;

        if (!l->v5)
                return mosquitto_will_set(l->m, topic, 7, "offline", 1, true) == MOSQ_ERR_SUCCESS;
        if (mosquitto_property_add_int32(&props, MQTT_PROP_WILL_DELAY_INTERVAL, WILL_DELAY_S) == MOSQ_ERR_SUCCESS &&
            mosquitto_will_set_v5(l->m, topic, 7, "offline", 1, true, props) == MOSQ_ERR_SUCCESS)
                return true;
        mosquitto_property_free_all(&props);
        return false;
}

static const char *null_if_empty(const char *text) {
        return text[0] ? text : NULL;
}

static bool set_tls(struct link *l, const struct settings_mqtt *s) {
        int r;

        if (!s->tls)
                return true;
        r = s->ca_file[0] ? mosquitto_tls_set(l->m, s->ca_file, NULL, null_if_empty(s->cert_file),
                                              null_if_empty(s->key_file), NULL)
                          : mosquitto_int_option(l->m, MOSQ_OPT_TLS_USE_OS_CERTS, 1);
        if (r == MOSQ_ERR_SUCCESS && !s->ca_file[0] && s->cert_file[0])
                r = mosquitto_tls_set(l->m, NULL, "/etc/ssl/certs", s->cert_file, null_if_empty(s->key_file), NULL);
        if (r == MOSQ_ERR_SUCCESS)
                r = mosquitto_tls_opts_set(l->m, 1, "tlsv1.2", NULL);
        if (r != MOSQ_ERR_SUCCESS)
                end_link(l, LINK_SETTINGS,
                         "ca_file, cert_file or key_file cannot be used; check that they are readable PEM files");
        return r == MOSQ_ERR_SUCCESS;
}

/* ---- opening ---- */

static bool set_credentials(struct link *l, const struct settings_mqtt *s) {
        char password[SECRET_MAX], why[sizeof(l->why)];
        int r = secret_read(s->password_file, password, why, sizeof(why));

        if (r < 0)
                return end_link(l, LINK_SETTINGS, why);
        if (s->user[0] || password[0])
                r = mosquitto_username_pw_set(l->m, null_if_empty(s->user), null_if_empty(password));
        explicit_bzero(password, sizeof(password));
        return r == MOSQ_ERR_SUCCESS || end_link(l, LINK_SETTINGS, "user and password cannot be used");
}

static int start_connect(struct link *l, const struct settings_mqtt *s) {
        int keepalive = s->keepalive_s < 5 ? 5 : s->keepalive_s; /* the minimum of the library */
        mosquitto_property *props = NULL;
        int r;

        if (!l->v5)
                return mosquitto_connect_bind(l->m, s->host, s->port, keepalive, NULL);
        r = mosquitto_property_add_int32(&props, MQTT_PROP_SESSION_EXPIRY_INTERVAL, SESSION_EXPIRY_S);
        if (r == MOSQ_ERR_SUCCESS)
                r = mosquitto_property_add_int32(&props, MQTT_PROP_MAXIMUM_PACKET_SIZE, PACKET_SIZE_MAX);
        if (r == MOSQ_ERR_SUCCESS)
                r = mosquitto_connect_bind_v5(l->m, s->host, s->port, keepalive, NULL, props);
        mosquitto_property_free_all(&props);
        return r;
}

static bool end_by_library_error(struct link *l, int r) {
        /* libmosquitto 2.0.21 does not recognise the refusal of a broker that knows only 3.1.1 */
        if (r == MOSQ_ERR_MALFORMED_PACKET && l->v5 && !l->up)
                return end_link(l, LINK_PROTOCOL, "the broker does not answer in MQTT 5");
        if (r == MOSQ_ERR_ERRNO) /* without an error number the broker closed in the middle of a packet */
                return end_link(l, LINK_UNREACHABLE, errno && errno != EAGAIN ? strerror(errno) : "connection lost");
        if (r == MOSQ_ERR_NOMEM || r == MOSQ_ERR_OVERSIZE_PACKET)
                return end_link(l, LINK_TOO_LARGE, "a message is too large for sitbone-mqtt");
        if (r == MOSQ_ERR_TLS)
                return end_link(l, LINK_TLS, "TLS failed: certificate, name or version not accepted");
        if (r == MOSQ_ERR_EAI)
                return end_link(l, LINK_UNREACHABLE, "host name not found");
        return end_link(l, LINK_UNREACHABLE, mosquitto_strerror(r));
}

static bool create_client(struct link *l, const char *client_id, const char *will_topic) {
        /* 3.1.1 has no session expiry: a stored session would hold commands forever */
        l->m = mosquitto_new(client_id, !l->v5, l);
        if (!l->m)
                return end_link(l, LINK_SETTINGS, strerror(errno));
        /* publishing only queues and link_step() writes, so that reading always comes first */
        mosquitto_threaded_set(l->m, true);
        mosquitto_int_option(l->m, MOSQ_OPT_PROTOCOL_VERSION, l->v5 ? MQTT_PROTOCOL_V5 : MQTT_PROTOCOL_V311);
        mosquitto_int_option(l->m, MOSQ_OPT_TCP_NODELAY, 1);
        mosquitto_connect_v5_callback_set(l->m, on_connect);
        mosquitto_disconnect_v5_callback_set(l->m, on_disconnect);
        mosquitto_publish_v5_callback_set(l->m, on_publish);
        mosquitto_subscribe_v5_callback_set(l->m, on_subscribe);
        mosquitto_message_v5_callback_set(l->m, on_message);
        return set_will(l, will_topic) || end_link(l, LINK_SETTINGS, "base_topic cannot be used");
}

bool link_open(struct link *l, const struct settings_mqtt *settings, const char *client_id, const char *will_topic,
               bool v5, const struct link_handler *handler) {
        int r;

        memset(l, 0, sizeof(*l));
        l->v5 = v5;
        l->handler = handler;
        if (!create_client(l, client_id, will_topic) || !set_tls(l, settings) || !set_credentials(l, settings))
                return false;
        r = start_connect(l, settings);
        if (r != MOSQ_ERR_SUCCESS)
                return end_by_library_error(l, r);
        l->opened_us = clock_boottime_us();
        return true;
}

static int read_packets(struct link *l) {
        int r = MOSQ_ERR_SUCCESS;

        for (int i = 0; i < READS_A_STEP && r == MOSQ_ERR_SUCCESS; i++) {
                errno = 0;
                r = mosquitto_loop_read(l->m, 1);
                if (errno == EAGAIN || errno == EWOULDBLOCK)
                        break;
        }
        return r;
}

static bool serve_events(struct link *l, int wake_fd, int timeout_ms) {
        struct pollfd p[] = {{mosquitto_socket(l->m), POLLIN, 0}, {wake_fd, POLLIN, 0}};
        int r;

        if (p[0].fd < 0)
                return end_link(l, LINK_UNREACHABLE, "connection lost");
        if (mosquitto_want_write(l->m))
                p[0].events |= POLLOUT;
        if (poll(p, 2, timeout_ms) < 0 && errno != EINTR)
                return end_link(l, LINK_UNREACHABLE, strerror(errno));
        r = p[0].revents & (POLLIN | POLLERR | POLLHUP) ? read_packets(l) : MOSQ_ERR_SUCCESS;
        if (r == MOSQ_ERR_SUCCESS && p[0].revents & POLLOUT)
                r = mosquitto_loop_write(l->m, 1);
        if (r == MOSQ_ERR_SUCCESS)
                r = mosquitto_loop_misc(l->m);
        if (l->end != LINK_UP)
                return false;
        return r == MOSQ_ERR_SUCCESS || end_by_library_error(l, r);
}

bool link_step(struct link *l, int wake_fd, int timeout_ms) {
        if (!serve_events(l, wake_fd, timeout_ms))
                return false;
        if (!l->up && clock_boottime_us() - l->opened_us > CONNACK_TIMEOUT_S * USEC_PER_SEC)
                return end_link(l, LINK_SILENT, "the broker does not answer");
        return true;
}

int link_send(struct link *l, const struct link_publish *p) {
        mosquitto_property *props = p->properties;
        int mid = -1, r = MOSQ_ERR_SUCCESS;

        if (l->v5 && p->expiry_s)
                r = mosquitto_property_add_int32(&props, MQTT_PROP_MESSAGE_EXPIRY_INTERVAL, p->expiry_s);
        if (r == MOSQ_ERR_SUCCESS)
                r = mosquitto_publish_v5(l->m, &mid, p->topic, (int)p->n, p->payload, p->qos, p->retain,
                                         l->v5 ? props : NULL);
        mosquitto_property_free_all(&props);
        return r == MOSQ_ERR_SUCCESS ? mid : -1;
}

/* RETAIN_AS_PUBLISHED: retained commands must be recognised, because they are refused with an answer. */
int link_subscribe(struct link *l, const char *topic, int qos) {
        int mid,
                r = mosquitto_subscribe_v5(l->m, &mid, topic, qos, l->v5 ? MQTT_SUB_OPT_RETAIN_AS_PUBLISHED : 0, NULL);

        return r == MOSQ_ERR_SUCCESS ? mid : -1;
}

bool link_congested(const struct link *l) {
        return mosquitto_want_write(l->m);
}

void link_disconnect(struct link *l) {
        mosquitto_property *props = NULL;

        if (l->v5 && mosquitto_property_add_int32(&props, MQTT_PROP_SESSION_EXPIRY_INTERVAL, 0) == MOSQ_ERR_SUCCESS)
                mosquitto_disconnect_v5(l->m, 0, props);
        else
                mosquitto_disconnect(l->m);
        mosquitto_property_free_all(&props);
}

void link_close(struct link *l) {
        mosquitto_destroy(l->m);
        l->m = NULL;
}
