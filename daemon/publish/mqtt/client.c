/* SPDX-License-Identifier: MIT */
#include "publish/mqtt/client.h"

#include "publish/mqtt/mailbox.h"

#include <errno.h>
#include <mqtt_protocol.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "publish/mqtt/discovery.h"
#include "util/clock.h"
#include "util/log.h"

enum { EXPIRY_HEARTBEATS = 3, EVENT_EXPIRY_S = 120, RESPONSE_EXPIRY_S = 30 };

/* An older event is not published: the sitter has moved on. */
#define EVENT_AGE_MAX_US (900 * USEC_PER_SEC)

/* A payload that is sent immediately after Home Assistant's birth message is lost, and a fleet must not answer all at
 * once. */
#define ANNOUNCE_LEAST_US  (2 * USEC_PER_SEC)
#define ANNOUNCE_SPREAD_US (8 * USEC_PER_SEC)

/* If two different configurations follow each other more closely, Home Assistant loses components of the second. */
#define CONFIG_APART_US (2 * USEC_PER_SEC)

enum { PUMP_MOST_MS = 1000 };

/* The broker has this long to send what it has retained of the seat, to be removed. */
#define REMOVE_US (2 * USEC_PER_SEC)

/* Limits of the good-bye: time for the last events and "offline", then steps that flush the connection. */
#define GOODBYE_US USEC_PER_SEC
enum { GOODBYE_STEP_MS = 50, GOODBYE_FLUSHES = 4 };

/* Time without subscriptions after a message that was too large. */
enum { DEAF_MIN = 10 };

static void send_status(const struct client *c) {
        bool up = c->link.up && c->status >= STATUS_CONNECTED && c->status != STATUS_REMOVED;

        channel_send(CHANNEL_FD, CHANNEL_STATUS,
                     &(struct channel_status){c->status, up, c->retry.v5, {c->counters, c->memory.seq}});
}

static void set_status(struct client *c, enum mqtt_status status) {
        c->status = status;
        send_status(c);
}

/* ---- publishing ---- */

/* Remembers the topic until the acknowledgement; message ids of publications and subscriptions are one sequence. */
static void record_sent(struct client *c, int mid, const char *topic) {
        struct client_sent *sent = &c->sent[c->n_sent++ % CLIENT_SENT_MAX];

        sent->mid = mid;
        snprintf(sent->topic, sizeof(sent->topic), "%s", topic);
}

static void publish_text(struct client *c, const char *topic, const char *text, int qos, bool retain,
                         uint32_t expiry_s) {
        struct link_publish p = {topic, text, text ? strlen(text) : 0, qos, retain, expiry_s, NULL};

        int mid;

        if (!text)
                return;
        mid = link_send(&c->link, &p);
        if (mid < 0)
                log_debug("mqtt: %s could not be published", topic);
        else if (qos > 0)
                record_sent(c, mid, topic);
}

/* Publishes below the topic of the seat. */
static void publish_below(struct client *c, const char *below, const char *text, int qos, bool retain,
                          uint32_t expiry_s) {
        char topic[TOPIC_MAX];

        snprintf(topic, sizeof(topic), "%s/%s", c->base, below);
        publish_text(c, topic, text, qos, retain, expiry_s);
}

/* Publishes below the topic of the seat and frees the text. */
static void publish_document(struct client *c, const char *below, char *text, int qos, bool retain,
                             uint32_t expiry_s) {
        publish_below(c, below, text, qos, retain, expiry_s);
        free(text);
}

static void send_config(void *userdata, const char *topic, const char *text) {
        publish_text(userdata, topic, text, 1, true, 0);
}

static void publish_config(struct client *c, uint64_t now_us) {
        const enum mqtt_discovery form = (enum mqtt_discovery)c->settings.mqtt.discovery;
        const struct announcement a = {.prefix = c->settings.mqtt.discovery_prefix,
                                       .base = c->base,
                                       .identity = &c->identity,
                                       .clear = form == DISCOVERY_NO || c->settings.mqtt.remove,
                                       .send = send_config,
                                       .userdata = c};

        homeassistant_announce(&a, form);
        c->published.config_us = now_us;
        c->config_due = false;
}

static uint32_t find_expiry_s(const struct client *c) {
        return (uint32_t)((float)EXPIRY_HEARTBEATS * c->settings.mqtt.heartbeat_s);
}

/* It expires, because the will is lost when daemon and broker end together and the broker restores its memory. */
static void publish_availability(struct client *c) {
        publish_below(c, "availability", "online", 1, true, find_expiry_s(c));
}

static void publish_mat_availability(struct client *c, bool online) {
        if (online != c->published.mat_online)
                publish_below(c, "mat/availability", online ? "online" : "offline", 1, true, 0);
        c->published.mat_online = online;
}

static void publish_info(struct client *c, const struct live_values *report) {
        const char *protocol = c->link.v5 ? "5" : "3.1.1";

        c->published.rows = report->rows;
        c->published.cols = report->cols;
        publish_document(c, "info", info_json(&c->identity, report, c->started_realtime_us, protocol), 1, true, 0);
}

static void publish_settings(struct client *c) {
        publish_document(c, "settings", settings_json(&c->settings), 1, true, 0);
}

static void publish_value(void *userdata, const char *key, const char *text) {
        struct client *c = userdata;
        char below[64];

        snprintf(below, sizeof(below), "v/%s", key);
        publish_below(c, below, text, 0, true, find_expiry_s(c));
}

/* all: also the values that have not changed, which would expire. */
static void publish_state(struct client *c, const struct live_values *report, bool all, uint64_t now_us) {
        const int32_t layout = c->settings.mqtt.layout;
        char *text = state_json(&c->memory, report);

        if (text && layout != LAYOUT_JSON)
                state_values(&c->memory, text, all, publish_value, c);
        if (layout != LAYOUT_VALUES)
                publish_below(c, "state", text, 0, true, find_expiry_s(c));
        free(text);
        c->published.state = *report;
        c->published.state_us = now_us;
}

static void publish_diag(struct client *c, const struct live_values *report, uint64_t now_us) {
        const struct channel_report *r = &c->inbox.report;

        c->counters.events_waiting = r->waiting_events + c->inbox.has_event;
        c->counters.events_dropped = r->dropped_events;
        c->counters.answers_dropped = r->dropped_answers;
        c->counters.restarts = r->restarts;
        c->counters.events_waiting += c->flight.held;
        publish_document(c, "diag", diag_json(report, &c->counters), 0, true, find_expiry_s(c));
        c->published.diag_us = now_us;
        send_status(c);
}

/* Publishes everything that is retained, as after a new connection. Values come before "online": a subscriber must
 * never take those of an earlier run, which the broker has retained, for present ones. */
static void publish_all(struct client *c, const struct live_values *report, uint64_t now_us) {
        c->announce_at_us = 0;
        publish_state(c, report, true, now_us);
        publish_diag(c, report, now_us);
        publish_info(c, report);
        publish_settings(c);
        c->published.mat_online = -1;
        publish_mat_availability(c, report->mat_online);
        publish_availability(c);
        if (c->settings.mqtt.discovery)
                publish_config(c, now_us);
}

/* ---- events: one is on its way at a time, so an event is sent again only if its acknowledgement never came ---- */

static void send_event(struct client *c) {
        char topic[TOPIC_MAX], *text = event_json(&c->flight.event, c->started_realtime_us, &c->settings);
        struct link_publish p = {topic, text, text ? strlen(text) : 0, 1, false, EVENT_EXPIRY_S, NULL};

        snprintf(topic, sizeof(topic), "%s/event", c->base);
        if (text)
                c->flight.mid = link_send(&c->link, &p);
        if (c->flight.mid >= 0)
                record_sent(c, c->flight.mid, topic);
        free(text);
}

/* sitboned forgets the event and sends the next one. */
static void finish_event(struct client *c) {
        channel_send(CHANNEL_FD, CHANNEL_EVENT_DONE, &(struct channel_event_done){c->flight.event.number});
        c->flight.held = false;
        c->flight.mid = -1;
}

static void pump_events(struct client *c, uint64_t now_us) {
        struct client_event *flight = &c->flight;

        if (flight->held && flight->mid >= 0)
                return;
        if (!flight->held && c->inbox.has_event) {
                flight->event = c->inbox.event;
                flight->held = true;
                c->inbox.has_event = false;
        }
        if (!flight->held)
                return;
        if (now_us < flight->event.queued_us + EVENT_AGE_MAX_US) {
                send_event(c);
                return;
        }
        c->counters.events_expired++;
        finish_event(c);
}

/* ---- acknowledgements, of publications and of subscriptions ---- */

static const char *find_sent_topic(const struct client *c, int mid) {
        for (size_t i = 0; i < CLIENT_SENT_MAX; i++)
                if (c->sent[i].topic[0] && c->sent[i].mid == mid)
                        return c->sent[i].topic;
        return NULL;
}

/* One refused topic is reported; the status lasts until the broker accepts that topic. */
static void report_refusal(struct client *c, const char *topic, int reason) {
        c->counters.messages_refused++;
        if (!topic || c->refused_topic[0])
                return;
        snprintf(c->refused_topic, sizeof(c->refused_topic), "%s", topic);
        log_warning("mqtt: the broker refuses %s: %s; see the access rules in docs/home-assistant.md", topic,
                    mosquitto_reason_string(reason));
        set_status(c, reason == MQTT_RC_NOT_AUTHORIZED ? STATUS_TOPICS_NOT_AUTHORISED : STATUS_TOPICS_REFUSED);
}

static void on_acknowledged(void *userdata, int mid, int reason) {
        struct client *c = userdata;
        const char *topic = find_sent_topic(c, mid);

        c->offline_acknowledged = c->offline_acknowledged || (mid == c->offline_mid && mid >= 0);
        if (reason >= MQTT_REASON_ERROR) {
                report_refusal(c, topic, reason);
        } else if (topic && strcmp(topic, c->refused_topic) == 0) {
                log_notice("mqtt: the broker accepts %s again", topic);
                c->refused_topic[0] = '\0';
                set_status(c, STATUS_CONNECTED);
        }
        if (!c->flight.held || mid != c->flight.mid)
                return;
        if (reason < MQTT_REASON_ERROR)
                c->counters.events_sent++;
        else
                c->counters.events_refused++;
        finish_event(c);
}

/* ---- commands ---- */

static void send_answer(struct client *c, const struct answer *answer, uint64_t now_us) {
        const struct reply_to *to = &answer->reply_to;
        char topic[TOPIC_MAX], *text;
        struct link_publish p = {topic, NULL, 0, 1, false, RESPONSE_EXPIRY_S, NULL};
        int mid;

        c->counters.commands_refused += answer->result != COMMAND_OK;
        if (!bucket_take(&c->answers, now_us)) {
                c->counters.commands_unanswered++;
                return;
        }
        if (to->topic[0])
                snprintf(topic, sizeof(topic), "%s", to->topic);
        else
                snprintf(topic, sizeof(topic), "%s/response/%s", c->base, to->command);
        if (c->link.v5 && to->n_correlation)
                mosquitto_property_add_binary(&p.properties, MQTT_PROP_CORRELATION_DATA, to->correlation,
                                              (uint16_t)to->n_correlation);
        text = response_json(answer);
        p.payload = text;
        p.n = text ? strlen(text) : 0;
        mid = link_send(&c->link, &p);
        if (mid >= 0 && !to->topic[0]) /* a foreign topic that is refused is the caller's mistake */
                record_sent(c, mid, topic);
        free(text);
}

/* Ignores invalid response topics. */
static void fill_reply_to(const struct link_message *m, struct reply_to *reply_to) {
        const char *topic = m->response_topic;

        if (!topic || topic[0] == '$' || strlen(topic) >= sizeof(reply_to->topic) ||
            mosquitto_pub_topic_check(topic) != MOSQ_ERR_SUCCESS)
                return;
        snprintf(reply_to->topic, sizeof(reply_to->topic), "%s", topic);
        if (m->n_correlation <= sizeof(reply_to->correlation) && m->correlation) {
                memcpy(reply_to->correlation, m->correlation, m->n_correlation);
                reply_to->n_correlation = (uint32_t)m->n_correlation;
        }
}

/* False: too many commands wait for their answer. */
static bool send_request(struct client *c, const struct request *request) {
        struct channel_request r = {.command = request->command};

        while (r.token < CLIENT_REQUESTS_MAX && c->requests[r.token].used)
                r.token++;
        if (r.token == CLIENT_REQUESTS_MAX || channel_send(CHANNEL_FD, CHANNEL_REQUEST, &r) < 0)
                return false;
        c->requests[r.token] = (struct client_request){true, request->reply_to};
        return true;
}

/* below: the topic below that of the seat: cmd/snooze, set/profile or set. */
static void on_command(struct client *c, const char *below, const struct link_message *m) {
        uint64_t now_us = clock_boottime_us();
        enum command_word word = WORD_COMMAND;
        struct request request;
        enum command_result result =
                *below == 'c' ? command_parse(below + 4, m->payload, m->n, m->retained, &word, &request)
                              : set_parse(below[3] ? below + 4 : "", m->payload, m->n, m->retained, &request);

        c->counters.commands++;
        fill_reply_to(m, &request.reply_to);
        if (!bucket_take(&c->commands, now_us))
                result = COMMAND_BUSY;
        else if (result == COMMAND_OK && word == WORD_ANNOUNCE)
                c->announce_at_us = now_us;
        else if (result == COMMAND_OK) {
                if (send_request(c, &request))
                        return; /* answered after its execution */
                result = COMMAND_BUSY;
        }
        if (result == COMMAND_RETAINED)
                log_warning("mqtt: a retained command at %s is not executed; clear it at the broker", m->topic);
        send_answer(c, &(struct answer){.result = result, .reply_to = request.reply_to}, now_us);
}

static void clear_retained(struct client *c, const struct link_message *m) {
        if (m->retained && m->n > 0)
                publish_text(c, m->topic, "", 1, true, 0);
}

/* The topic of an announcement of this seat that is not of the present form. */
static bool is_stale_config(const struct client *c, const char *topic) {
        const struct settings_mqtt *mqtt = &c->settings.mqtt;
        size_t n = strlen(mqtt->discovery_prefix);
        char own[96];

        snprintf(own, sizeof(own), "/sitbone_%s/", c->identity.seat_id);
        if (strncmp(topic, mqtt->discovery_prefix, n) != 0 || !strstr(topic + n, own))
                return false;
        return mqtt->discovery == DISCOVERY_NO || mqtt->remove ||
               (strncmp(topic + n, "/device/", 8) == 0) == (mqtt->discovery == DISCOVERY_COMPONENTS);
}

static bool is_birth_message(const struct client *c, const struct link_message *m) {
        char topic[TOPIC_MAX];

        snprintf(topic, sizeof(topic), "%s/status", c->settings.mqtt.discovery_prefix);
        return strcmp(m->topic, topic) == 0 && m->n == 6 && memcmp(m->payload, "online", 6) == 0;
}

static void on_message(void *userdata, const struct link_message *m) {
        struct client *c = userdata;
        size_t n = strlen(c->base);
        const char *below = strncmp(m->topic, c->base, n) == 0 ? m->topic + n : "";

        if (is_stale_config(c, m->topic) || (c->settings.mqtt.remove && m->retained && *below)) {
                clear_retained(c, m);
        } else if (strncmp(below, "/cmd/", 5) == 0 || strcmp(below, "/set") == 0 || strncmp(below, "/set/", 5) == 0) {
                /* an empty retained message only clears an older one */
                if (!m->retained || m->n > 0)
                        on_command(c, below + 1, m);
        } else if (c->settings.mqtt.discovery && is_birth_message(c, m)) {
                c->announce_at_us = clock_boottime_us() + ANNOUNCE_LEAST_US + retry_random_below(ANNOUNCE_SPREAD_US);
        }
}

static void subscribe_topic(struct client *c, const char *topic, int qos) {
        int mid = link_subscribe(&c->link, topic, qos);

        if (mid >= 0)
                record_sent(c, mid, topic);
}

static void subscribe_birth(struct client *c) {
        char topic[TOPIC_MAX];

        snprintf(topic, sizeof(topic), "%s/status", c->settings.mqtt.discovery_prefix);
        if (c->settings.mqtt.discovery)
                subscribe_topic(c, topic, 0);
}

/* The announcements of earlier runs. A broker may refuse this: they stay then. */
static void subscribe_config(struct client *c) {
        static const char *const below[] = {"config", "+/config"};
        char topic[TOPIC_MAX];

        for (int i = 0; i < 2; i++) {
                snprintf(topic, sizeof(topic), "%s/+/sitbone_%s/%s", c->settings.mqtt.discovery_prefix,
                         c->identity.seat_id, below[i]);
                link_subscribe(&c->link, topic, 1);
        }
}

static void subscribe_all(struct client *c) {
        char topic[TOPIC_MAX];

        if (c->retry.deaf_until_us)
                return;
        snprintf(topic, sizeof(topic), "%s/cmd/#", c->base);
        subscribe_topic(c, topic, 1);
        snprintf(topic, sizeof(topic), "%s/set/#", c->base); /* and set itself */
        subscribe_topic(c, topic, 1);
        subscribe_birth(c);
        subscribe_config(c);
}

/* ---- the work after each step of the connection ---- */

/* Applies settings that need no new connection. The others of [mqtt] take effect at restart. */
static void apply_settings(struct client *c, const struct settings *new_) {
        struct settings_mqtt mqtt = c->settings.mqtt;

        c->config_due = c->config_due || mqtt.discovery != new_->mqtt.discovery;
        mqtt.discovery = new_->mqtt.discovery;
        mqtt.state_interval_s = new_->mqtt.state_interval_s;
        mqtt.heartbeat_s = new_->mqtt.heartbeat_s;
        mqtt.remove = new_->mqtt.remove;
        if (mqtt.layout != new_->mqtt.layout)
                c->announce_at_us = clock_boottime_us();
        mqtt.layout = new_->mqtt.layout;
        c->settings = *new_;
        c->settings.mqtt = mqtt;
}

static void pump_config(struct client *c, uint64_t now_us) {
        if (!c->config_due || now_us < c->published.config_us + CONFIG_APART_US)
                return;
        subscribe_birth(c);
        publish_config(c, now_us);
        subscribe_config(c);
}

static void on_answer(struct client *c, const struct channel_answer *a) {
        struct client_request *request = &c->requests[a->token % CLIENT_REQUESTS_MAX];

        if (!request->used)
                return;
        request->used = false;
        if (c->link.up)
                send_answer(c, &(struct answer){a->result, a->details, a->until_realtime_us, request->reply_to},
                            clock_boottime_us());
}

static void apply_message(struct client *c, const struct channel_message *m) {
        struct client_inbox *inbox = &c->inbox;

        switch ((enum channel_type)m->header.type) {
        case CHANNEL_SETTINGS:
                apply_settings(c, &m->of.settings);
                if (c->link.up && !c->settings.mqtt.remove)
                        publish_settings(c);
                break;
        case CHANNEL_REPORT:
                inbox->report = m->of.report;
                inbox->has_report = true;
                break;
        case CHANNEL_EVENT:
                inbox->event = m->of.event;
                inbox->has_event = true;
                break;
        case CHANNEL_ANSWER:
                on_answer(c, &m->of.answer);
                break;
        case CHANNEL_STOP:
                inbox->stop = true;
                break;
        case CHANNEL_START:
        case CHANNEL_STATUS:
        case CHANNEL_EVENT_DONE:
        case CHANNEL_REQUEST:
        case CHANNEL_TYPE_N:
                break;
        }
}

/* Without sitboned the connection ends like the process, without a good-bye: the broker publishes the will. */
static void receive_messages(struct client *c) {
        int r;

        while ((r = channel_receive(CHANNEL_FD, true, &c->inbox.message)) > 0)
                apply_message(c, &c->inbox.message);
        if (r < 0)
                _exit(r == -EPIPE ? EXIT_SUCCESS : EXIT_FAILURE);
}

/* Returns the time at which the state is due if nothing happens. A broker that does not read gets no more states: the
 * newest one waits in the inbox. The values of the mat come before its "online" and after its "offline". */
static uint64_t pump_state(struct client *c, const struct live_values *report, uint64_t now_us) {
        const struct settings_mqtt *settings = &c->settings.mqtt;
        struct client_published *p = &c->published;
        bool switched = report->mat_online != p->mat_online;
        bool heartbeat = now_us >= p->diag_us + (uint64_t)(settings->heartbeat_s * (float)USEC_PER_SEC);
        uint64_t due_us;

        if (link_congested(&c->link))
                return now_us + USEC_PER_SEC;
        if (!report->mat_online)
                publish_mat_availability(c, false);
        if (report->rows != p->rows || report->cols != p->cols)
                publish_info(c, report);
        due_us = switched ? 0 : find_state_due_us(&p->state, p->state_us, report, settings);
        if (due_us <= now_us || (heartbeat && settings->layout != LAYOUT_JSON))
                publish_state(c, report, heartbeat, now_us);
        publish_mat_availability(c, report->mat_online);
        if (switched || heartbeat) {
                publish_diag(c, report, now_us);
                publish_availability(c);
        }
        if (heartbeat && c->retry.deaf_until_us && now_us >= c->retry.deaf_until_us) {
                c->retry.deaf_until_us = 0;
                set_status(c, STATUS_CONNECTED);
                subscribe_all(c);
        }
        if (heartbeat && c->refused_topic[0]) { /* the access rules may have changed */
                subscribe_all(c);
                c->announce_at_us = now_us;
        }
        return due_us <= now_us ? UINT64_MAX : due_us;
}

/* Empties every retained topic of the seat: those that sitbone publishes, and whatever else the broker sends. */
static int pump_removal(struct client *c, uint64_t now_us) {
        static const char *const below[] = {"state", "diag", "info", "settings", "mat/availability", "availability"};
        char topic[TOPIC_MAX];

        if (c->remove_until_us)
                return now_us < c->remove_until_us ? (int)((c->remove_until_us - now_us) / 1000) + 1 : 0;
        c->remove_until_us = now_us + REMOVE_US;
        for (size_t i = 0; i < sizeof(below) / sizeof(below[0]); i++)
                publish_below(c, below[i], "", 1, true, 0);
        publish_config(c, now_us);
        snprintf(topic, sizeof(topic), "%s/#", c->base);
        link_subscribe(&c->link, topic, 1);
        subscribe_config(c);
        return (int)(REMOVE_US / 1000);
}

static bool is_removed(const struct client *c) {
        return c->remove_until_us && clock_boottime_us() >= c->remove_until_us;
}

/* Returns the milliseconds that the connection may sleep. Nothing is announced before the first report. */
static int pump_all(struct client *c) {
        uint64_t due_us = UINT64_MAX, now_us = clock_boottime_us();
        const struct live_values *report = &c->inbox.report.values;
        bool any = c->inbox.has_report;

        if (any && c->announce_at_us && now_us >= c->announce_at_us)
                publish_all(c, report, now_us);
        pump_config(c, now_us);
        if (c->settings.mqtt.remove)
                return pump_removal(c, now_us);
        pump_events(c, now_us);
        if (any)
                due_us = pump_state(c, report, now_us);
        if (any && c->announce_at_us && c->announce_at_us < due_us)
                due_us = c->announce_at_us;
        if (due_us > now_us + PUMP_MOST_MS * 1000ull)
                return PUMP_MOST_MS;
        return due_us > now_us ? (int)((due_us - now_us) / 1000) + 1 : 0;
}

/* ---- one connection ---- */

static void begin_connection(struct client *c) {
        const struct settings_mqtt *s = &c->settings.mqtt;

        log_notice("mqtt: connected to %s:%d (MQTT %s%s)", s->host, s->port, c->link.v5 ? "5" : "3.1.1",
                   s->tls ? ", TLS" : "");
        c->retry.logged_reason[0] = c->refused_topic[0] = '\0';
        set_status(c, c->retry.deaf_until_us ? STATUS_WITHOUT_COMMANDS : STATUS_CONNECTED);
        subscribe_all(c);
        c->announce_at_us = clock_boottime_us();
        c->remove_until_us = 0;
}

static void end_connection(struct client *c) {
        link_close(&c->link);
        c->flight.mid = -1;
        memset(c->sent, 0, sizeof(c->sent));
}

/* The mat comes last: its entity in Home Assistant is unavailable by then, and does not show a lost connection. Returns
 * the id of the last message. */
static int send_offline(struct client *c) {
        char topic[TOPIC_MAX];
        struct link_publish p = {c->will_topic, "offline", 7, 1, true, 0, NULL};

        link_send(&c->link, &p);
        snprintf(topic, sizeof(topic), "%s/mat/availability", c->base);
        p.topic = topic;
        return link_send(&c->link, &p);
}

/* Sends the waiting events, then "offline", and disconnects; bounded to 1.3 s. The connection is closed only after
 * the broker has acknowledged "offline": closing earlier would reset the connection and discard what the broker has
 * not read yet. */
static void say_goodbye(struct client *c, bool offline) {
        uint64_t until_us = offline ? clock_boottime_us() + GOODBYE_US : 0;
        bool up = true;

        while (up && !c->offline_acknowledged && clock_boottime_us() < until_us) {
                receive_messages(c);
                pump_events(c, clock_boottime_us());
                if (!c->flight.held && !c->inbox.has_event && c->offline_mid < 0)
                        c->offline_mid = send_offline(c);
                up = link_step(&c->link, CHANNEL_FD, GOODBYE_STEP_MS);
        }
        if (up)
                link_disconnect(&c->link);
        for (int i = 0; up && i < GOODBYE_FLUSHES; i++)
                up = link_step(&c->link, CHANNEL_FD, GOODBYE_STEP_MS);
}

/* Opens one connection and serves it until it ends. */
static void run_connection(struct client *c) {
        uint64_t up_us = 0;
        int sleep_ms = 200;
        bool ok;

        send_status(c); /* the version of this attempt */
        ok = link_open(&c->link, &c->settings.mqtt, c->client_id, c->will_topic, c->retry.v5, &c->handler);

        while (ok && !c->inbox.stop && !is_removed(c)) {
                ok = link_step(&c->link, CHANNEL_FD, sleep_ms);
                receive_messages(c);
                if (ok && c->link.up && !up_us) {
                        up_us = clock_boottime_us();
                        begin_connection(c);
                }
                if (ok && up_us)
                        sleep_ms = pump_all(c);
        }
        if (ok && up_us)
                say_goodbye(c, !is_removed(c));
        if (c->link.up) {
                c->counters.reconnects++;
                retry_count_connection(&c->retry, c->link.end, up_us ? clock_boottime_us() - up_us : 0);
        }
        end_connection(c);
}

/* ---- connecting again ---- */

static void wait_for_retry(struct client *c, unsigned ms) {
        uint64_t now_us = clock_boottime_us(), until_us = now_us + ms * 1000ull;
        struct pollfd p = {CHANNEL_FD, POLLIN, 0};

        while (!c->inbox.stop && (now_us = clock_boottime_us()) < until_us)
                if (poll(&p, 1, (int)((until_us - now_us) / 1000) + 1) > 0)
                        receive_messages(c);
}

/* Logs why there is no connection; the same reason only once. */
static void log_end(struct client *c) {
        const struct settings_mqtt *s = &c->settings.mqtt;
        char *logged_reason = c->retry.logged_reason;

        if (retry_is_pushed_out(&c->retry, c->link.up))
                log_error("mqtt: connections of %s do not last: check that no other daemon has the same seat id; "
                          "retrying less often",
                          c->client_id);
        else if (strcmp(logged_reason, c->link.why) != 0)
                log_warning("mqtt: %s:%d: %s; retrying", s->host, s->port, c->link.why);
        snprintf(logged_reason, sizeof(c->retry.logged_reason), "%s", c->link.why);
}

/* A message that does not fit into the memory would end every connection that subscribes to it. */
static void avoid_large_message(struct client *c) {
        if (c->link.end != LINK_TOO_LARGE)
                return;
        log_warning("mqtt: a message at %s/cmd/# or %s/status is too large; clear it at the broker; commands are not "
                    "received for %d minutes",
                    c->base, c->settings.mqtt.discovery_prefix, DEAF_MIN);
        c->retry.deaf_until_us = clock_boottime_us() + DEAF_MIN * 60ull * USEC_PER_SEC;
}

/* Waits until the settings are read again. */
static void rest_removed(struct client *c) {
        log_notice("mqtt: all topics of the seat were removed; nothing is published until a restart or reload");
        set_status(c, STATUS_REMOVED);
        while (!c->inbox.stop && c->settings.mqtt.remove)
                wait_for_retry(c, PUMP_MOST_MS);
        c->remove_until_us = 0;
}

void client_run(struct client *c) {
        while (!c->inbox.stop) {
                receive_messages(c);
                run_connection(c);
                if (is_removed(c)) {
                        rest_removed(c);
                        continue;
                }
                if (c->inbox.stop)
                        return;
                set_status(c, c->link.end);
                avoid_large_message(c);
                if (c->settings.mqtt.protocol == MQTT_AUTO && retry_choose_protocol(&c->retry, &c->link))
                        continue;
                log_end(c);
                wait_for_retry(c, retry_find_backoff_ms(&c->retry, c->link.end));
                c->retry.failures++;
        }
}

void client_init(struct client *c, const struct channel_start *start) {
        const struct settings_mqtt *s = &start->settings.mqtt;
        const char *seat = start->identity.seat_id;

        mosquitto_lib_init();
        c->settings = start->settings;
        c->identity = start->identity;
        c->handler = (struct link_handler){on_message, on_acknowledged, c};
        c->retry.v5_spoils = start->v5_spoils && s->protocol == MQTT_AUTO;
        c->retry.v5 = s->protocol != MQTT_V311 && !c->retry.v5_spoils;
        c->flight.mid = c->offline_mid = -1;
        c->published.mat_online = -1;
        c->started_realtime_us = start->started_realtime_us;
        c->counters = start->carry.counters;
        c->memory.seq = start->carry.seq;
        /* a person presses a button now and then; an automation that runs wild is stopped */
        c->commands = (struct bucket){10, 10, 2, clock_boottime_us()};
        c->answers = (struct bucket){40, 40, 10, clock_boottime_us()};
        snprintf(c->base, sizeof(c->base), "%s/%s", s->base_topic, seat);
        snprintf(c->client_id, sizeof(c->client_id), "sitbone-%s", seat);
        snprintf(c->will_topic, sizeof(c->will_topic), "%s/availability", c->base);
}
