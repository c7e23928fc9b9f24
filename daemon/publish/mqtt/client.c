/* SPDX-License-Identifier: MIT */
#include "publish/mqtt/client.h"

#include <mqtt_protocol.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "publish/mqtt/discovery.h"
#include "util/clock.h"
#include "util/language.h"
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

/* Reconnecting: 1 s doubled to 120 s, anywhere in between (full jitter), so that a fleet does not return in step. */
enum { BACKOFF_LEAST_MS = 100, BACKOFF_FIRST_MS = 1000, BACKOFF_MOST_MS = 120 * 1000 };

enum { BACKOFF_REFUSED_MS = 3 * 1000, BACKOFF_BUSY_MS = 30 * 1000, BACKOFF_TAKEN_OVER_MS = 600 * 1000 };

enum { TAKE_OVERS_TOLERATED = 2, SHORT_LIVES_TOLERATED = 3, CLOSED_UNHEARD_TOLERATED = 2 };

/* Shorter connections in a row count as no progress: mosquitto 2.0 drops the older of two clients with one id without
 * a reason code, and the two would push each other out forever. */
#define SHORT_LIFE_US (30 * USEC_PER_SEC)

static uint64_t random_below(uint64_t limit) {
        uint64_t r = 0;

        if (getrandom(&r, sizeof(r), GRND_NONBLOCK) < 0)
                r = clock_boottime_us();
        return r % limit;
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
        mailbox_count(&c->mailbox, &c->counters.events_waiting, &c->counters.events_dropped,
                      &c->counters.answers_dropped);
        c->counters.events_waiting += c->flight.held;
        publish_document(c, "diag", diag_json(report, &c->counters), 0, true, find_expiry_s(c));
        c->published.diag_us = now_us;
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

static void pump_events(struct client *c, uint64_t now_us) {
        struct client_event *flight = &c->flight;

        if (flight->held && flight->mid >= 0)
                return;
        while (flight->held || mailbox_next_event(&c->mailbox, &flight->event)) {
                flight->held = true;
                if (now_us < flight->event.queued_us + EVENT_AGE_MAX_US) {
                        send_event(c);
                        return;
                }
                c->counters.events_expired++;
                flight->held = false;
        }
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
        atomic_store(&c->status, reason == MQTT_RC_NOT_AUTHORIZED
                                         ? N_("connected, but the broker refuses topics (not authorised): see the "
                                              "access rules in docs/home-assistant.md")
                                         : N_("connected, but the broker refuses topics: see the log"));
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
                atomic_store(&c->status, N_("connected"));
        }
        if (!c->flight.held || mid != c->flight.mid)
                return;
        c->flight.held = false;
        c->flight.mid = -1;
        if (reason < MQTT_REASON_ERROR)
                c->counters.events_sent++;
        else
                c->counters.events_refused++;
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
                if (mailbox_request(&c->mailbox, &request))
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
                c->announce_at_us = clock_boottime_us() + ANNOUNCE_LEAST_US + random_below(ANNOUNCE_SPREAD_US);
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

static void pump_settings(struct client *c, uint64_t now_us) {
        struct settings new_;

        if (mailbox_settings(&c->mailbox, &new_)) {
                apply_settings(c, &new_);
                if (new_.mqtt.remove)
                        return;
                publish_settings(c);
        }
        if (c->config_due && now_us >= c->published.config_us + CONFIG_APART_US) {
                subscribe_birth(c);
                publish_config(c, now_us);
                subscribe_config(c);
        }
}

static void pump_answers(struct client *c, uint64_t now_us) {
        struct answer a;

        while (mailbox_next_answer(&c->mailbox, &a))
                send_answer(c, &a, now_us);
}

/* Returns the time at which the state is due if nothing happens. A broker that does not read gets no more states: the
 * newest one waits in the mailbox. The values of the mat come before its "online" and after its "offline". */
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
        struct live_values report;
        bool any = mailbox_report(&c->mailbox, &report);

        if (any && c->announce_at_us && now_us >= c->announce_at_us)
                publish_all(c, &report, now_us);
        pump_settings(c, now_us);
        if (c->settings.mqtt.remove)
                return pump_removal(c, now_us);
        pump_events(c, now_us);
        if (any)
                due_us = pump_state(c, &report, now_us);
        pump_answers(c, now_us);
        if (any && c->announce_at_us && c->announce_at_us < due_us)
                due_us = c->announce_at_us;
        if (due_us > now_us + PUMP_MOST_MS * 1000ull)
                return PUMP_MOST_MS;
        return due_us > now_us ? (int)((due_us - now_us) / 1000) + 1 : 0;
}

/* ---- one connection ---- */

static void begin_connection(struct client *c) {
        const struct settings_mqtt *s = &c->settings.mqtt;

        atomic_store(&c->status, N_("connected"));
        log_notice("mqtt: connected to %s:%d (MQTT %s%s)", s->host, s->port, c->link.v5 ? "5" : "3.1.1",
                   s->tls ? ", TLS" : "");
        c->retry.logged_reason[0] = c->refused_topic[0] = '\0';
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
                pump_events(c, clock_boottime_us());
                if (!c->flight.held && c->offline_mid < 0)
                        c->offline_mid = send_offline(c);
                up = link_step(&c->link, c->mailbox.wake_fd, GOODBYE_STEP_MS);
        }
        if (up)
                link_disconnect(&c->link);
        for (int i = 0; up && i < GOODBYE_FLUSHES; i++)
                up = link_step(&c->link, c->mailbox.wake_fd, GOODBYE_STEP_MS);
}

static void count_connection(struct client *c, uint64_t life_us) {
        struct client_retry *retry = &c->retry;
        bool lasted = life_us > SHORT_LIFE_US;

        c->counters.reconnects++;
        retry->failures = 0;
        retry->short_lives = lasted ? 0 : retry->short_lives + 1;
        retry->take_overs = lasted ? 0 : retry->take_overs;
        retry->take_overs += c->link.end == LINK_TAKEN_OVER;
}

/* Opens one connection and serves it until it ends. */
static void run_connection(struct client *c) {
        uint64_t up_us = 0;
        int sleep_ms = 200;
        bool ok = link_open(&c->link, &c->settings.mqtt, c->client_id, c->will_topic, c->retry.v5, &c->handler);

        while (ok && !mailbox_stopping(&c->mailbox) && !is_removed(c)) {
                ok = link_step(&c->link, c->mailbox.wake_fd, sleep_ms);
                if (ok && c->link.up && !up_us) {
                        up_us = clock_boottime_us();
                        begin_connection(c);
                }
                if (ok && up_us)
                        sleep_ms = pump_all(c);
        }
        if (ok && up_us)
                say_goodbye(c, !is_removed(c));
        if (c->link.up)
                count_connection(c, up_us ? clock_boottime_us() - up_us : 0);
        end_connection(c);
}

/* ---- connecting again ---- */

static const char *const status_of_end[] = {
        [LINK_UP] = N_("connecting"),
        [LINK_UNREACHABLE] = N_("no broker"),
        [LINK_SILENT] = N_("the broker does not answer"),
        [LINK_PROTOCOL] = N_("refused: MQTT version"),
        [LINK_REFUSED] = N_("refused: not authorised"),
        [LINK_BUSY] = N_("refused: busy"),
        [LINK_TAKEN_OVER] = N_("refused: another client uses this seat id"),
        [LINK_TLS] = N_("refused: TLS"),
        [LINK_SETTINGS] = N_("not tried: password or certificate file"),
};

/* Minimum pause before the next attempt: a refusal does not change immediately. */
static unsigned find_least_backoff_ms(enum link_end end) {
        switch (end) {
        case LINK_REFUSED:
        case LINK_TLS:
        case LINK_SETTINGS:
                return BACKOFF_REFUSED_MS;
        case LINK_BUSY:
                return BACKOFF_BUSY_MS;
        case LINK_UP:
        case LINK_UNREACHABLE:
        case LINK_SILENT:
        case LINK_PROTOCOL:
        case LINK_TAKEN_OVER:
                break;
        }
        return 0;
}

static unsigned find_backoff_ms(const struct client *c) {
        const struct client_retry *retry = &c->retry;
        unsigned tries = retry->failures + (retry->short_lives > SHORT_LIVES_TOLERATED ? retry->short_lives : 0);
        unsigned most_ms = (unsigned)BACKOFF_FIRST_MS << (tries < 7 ? tries : 7);

        if (c->link.end == LINK_TAKEN_OVER && retry->take_overs > TAKE_OVERS_TOLERATED)
                return BACKOFF_TAKEN_OVER_MS;
        most_ms = most_ms < BACKOFF_MOST_MS ? most_ms : BACKOFF_MOST_MS;
        return find_least_backoff_ms(c->link.end) + BACKOFF_LEAST_MS +
               (unsigned)random_below(most_ms - BACKOFF_LEAST_MS);
}

static void wait_for_retry(struct client *c, unsigned ms) {
        uint64_t now_us = clock_boottime_us(), until_us = now_us + ms * 1000ull, n;
        struct pollfd p = {c->mailbox.wake_fd, POLLIN, 0};

        while (!mailbox_stopping(&c->mailbox) && (now_us = clock_boottime_us()) < until_us)
                if (poll(&p, 1, (int)((until_us - now_us) / 1000) + 1) > 0)
                        (void)!read(c->mailbox.wake_fd, &n, sizeof(n));
}

/* True once, when another client with the same id is first suspected. */
static bool is_pushed_out(const struct client *c) {
        return c->retry.take_overs == TAKE_OVERS_TOLERATED + 1 ||
               (c->retry.short_lives == SHORT_LIVES_TOLERATED + 1 && c->link.up);
}

/* Logs why there is no connection; the same reason only once. */
static void log_end(struct client *c) {
        const struct settings_mqtt *s = &c->settings.mqtt;
        char *logged_reason = c->retry.logged_reason;

        if (is_pushed_out(c))
                log_error("mqtt: connections of %s do not last: check that no other daemon has the same seat id; "
                          "retrying less often",
                          c->client_id);
        else if (strcmp(logged_reason, c->link.why) != 0)
                log_warning("mqtt: %s:%d: %s; retrying", s->host, s->port, c->link.why);
        snprintf(logged_reason, sizeof(c->retry.logged_reason), "%s", c->link.why);
}

/* Old brokers close the connection on an MQTT 5 greeting, or refuse the version: then 3.1.1 is used. Returns true if
 * the next attempt should follow immediately. */
static bool choose_protocol(struct client *c) {
        struct client_retry *retry = &c->retry;
        const struct link *l = &c->link;

        if (c->settings.mqtt.protocol != MQTT_AUTO)
                return false;
        if (l->up) {
                retry->v5 = true; /* the broker may be upgraded before the next connection */
                retry->unheard = 0;
                return false;
        }
        if (l->end == LINK_PROTOCOL && retry->v5) {
                retry->v5 = false;
                return true;
        }
        if (l->end == LINK_UNREACHABLE && l->opened_us && ++retry->unheard > CLOSED_UNHEARD_TOLERATED) {
                retry->v5 = !retry->v5;
                retry->unheard = 0;
        }
        return false;
}

/* Waits until the settings are read again. */
static void rest_removed(struct client *c) {
        struct settings new_;

        log_notice("mqtt: all topics of the seat were removed; nothing is published until a restart or reload");
        atomic_store(&c->status, N_("removed from the broker until a restart or reload"));
        while (!mailbox_stopping(&c->mailbox) && c->settings.mqtt.remove) {
                wait_for_retry(c, PUMP_MOST_MS);
                if (mailbox_settings(&c->mailbox, &new_))
                        apply_settings(c, &new_);
        }
        c->remove_until_us = 0;
}

void client_run(struct client *c) {
        while (!mailbox_stopping(&c->mailbox)) {
                run_connection(c);
                if (is_removed(c)) {
                        rest_removed(c);
                        continue;
                }
                if (mailbox_stopping(&c->mailbox))
                        return;
                atomic_store(&c->status, status_of_end[c->link.end]);
                if (choose_protocol(c))
                        continue;
                log_end(c);
                wait_for_retry(c, find_backoff_ms(c));
                c->retry.failures++;
        }
}

int client_init(struct client *c, const struct settings *settings, const struct identity *identity) {
        int r = mailbox_init(&c->mailbox);

        if (r < 0)
                return r;
        mosquitto_lib_init();
        atomic_init(&c->status, N_("connecting"));
        c->settings = *settings;
        c->identity = *identity;
        c->handler = (struct link_handler){on_message, on_acknowledged, c};
        c->retry.v5 = settings->mqtt.protocol != MQTT_V311;
        c->flight.mid = c->offline_mid = -1;
        c->published.mat_online = -1;
        c->started_realtime_us = clock_realtime_us();
        /* a person presses a button now and then; an automation that runs wild is stopped */
        c->commands = (struct bucket){10, 10, 2, clock_boottime_us()};
        c->answers = (struct bucket){40, 40, 10, clock_boottime_us()};
        snprintf(c->base, sizeof(c->base), "%s/%s", settings->mqtt.base_topic, identity->seat_id);
        snprintf(c->client_id, sizeof(c->client_id), "sitbone-%s", identity->seat_id);
        snprintf(c->will_topic, sizeof(c->will_topic), "%s/availability", c->base);
        return 0;
}

void client_free(struct client *c) {
        json_decref(c->memory.values);
        mailbox_free(&c->mailbox);
        mosquitto_lib_cleanup();
}
