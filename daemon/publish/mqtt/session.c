/* SPDX-License-Identifier: MIT */
#include "publish/mqtt/session.h"

#include <math.h>
#include <mqtt_protocol.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "publish/mqtt/discovery.h"
#include "publish/mqtt/pace.h"
#include "util/clock.h"
#include "util/log.h"

enum { STATE_EXPIRY_HEARTBEATS = 3, EVENT_EXPIRY_S = 120, RESPONSE_EXPIRY_S = 30 };

/* An alert older than this is no longer one: the sitter has moved on. */
#define EVENT_AGE_MAX_US (900 * USEC_PER_SEC)

/* After Home Assistant's birth message a payload sent at once is lost, and a fleet must not answer in one breath. */
#define ANNOUNCE_LEAST_US  (2 * USEC_PER_SEC)
#define ANNOUNCE_SPREAD_US (8 * USEC_PER_SEC)

/* Two different configurations closer together lose components of the second in Home Assistant. */
#define CONFIG_APART_US (2 * USEC_PER_SEC)

enum { PUMP_MOST_MS = 1000 };

#define GOODBYE_US USEC_PER_SEC

static void send_text(struct session *s, const char *topic, const char *text, int qos, bool retain,
                      uint32_t expiry_s) {
        struct link_publish p = {topic, text, text ? strlen(text) : 0, qos, retain, expiry_s, NULL};

        if (text && link_send(&s->link, &p) < 0)
                log_debug("mqtt: %s could not be published", topic);
}

static void send_below(struct session *s, const char *below, const char *text, int qos, bool retain,
                       uint32_t expiry_s) {
        char topic[TOPIC_MAX];

        snprintf(topic, sizeof(topic), "%s/%s", s->base, below);
        send_text(s, topic, text, qos, retain, expiry_s);
}

static void send_owned(struct session *s, const char *below, char *text, int qos, bool retain, uint32_t expiry_s) {
        send_below(s, below, text, qos, retain, expiry_s);
        free(text);
}

/* ---- what is said ---- */

static void say_config(struct session *s, uint64_t now_us) {
        char topic[TOPIC_MAX], *text = homeassistant_config(s->base, &s->identity);

        snprintf(topic, sizeof(topic), "%s/device/sitbone_%s/config", s->settings.mqtt.discovery_prefix,
                 s->identity.seat_id);
        send_text(s, topic, s->settings.mqtt.discovery ? text : "", 1, true, 0);
        free(text);
        s->config_sent_us = now_us;
        s->config_due = false;
}

static void say_mat(struct session *s, const struct live_values *r) {
        int online = r ? r->mat_online : 0;

        if (online != s->mat_online)
                send_below(s, "mat/availability", online ? "online" : "offline", 1, true, 0);
        s->mat_online = online;
}

static void say_info(struct session *s, const struct live_values *r) {
        s->rows = r ? r->rows : 0;
        s->cols = r ? r->cols : 0;
        send_owned(s, "info", info_json(&s->identity, r, s->started_realtime_us, s->link.v5 ? "5" : "3.1.1"), 1, true,
                   0);
}

static void say_state(struct session *s, const struct live_values *r, uint64_t now_us) {
        uint32_t expiry_s = (uint32_t)(STATE_EXPIRY_HEARTBEATS * s->settings.mqtt.heartbeat_s);

        send_owned(s, "state", state_json(&s->memory, r), 0, true, expiry_s);
        s->last = *r;
        s->told = true;
        s->state_sent_us = now_us;
}

static void say_diag(struct session *s, const struct live_values *r, uint64_t now_us) {
        mailbox_count(s->mailbox, &s->counters.events_waiting, &s->counters.events_dropped,
                      &s->counters.answers_dropped);
        s->counters.events_waiting += s->event_held;
        send_owned(s, "diag", diag_json(r, &s->counters), 0, false, 0);
        s->diag_sent_us = now_us;
}

/* Everything that is retained, as if newly connected. */
static void announce(struct session *s, uint64_t now_us) {
        struct live_values r;
        bool any = mailbox_report(s->mailbox, &r);

        s->announce_at_us = 0;
        s->mat_online = -1;
        if (s->settings.mqtt.discovery)
                say_config(s, now_us);
        send_below(s, "availability", "online", 1, true, 0);
        say_mat(s, any ? &r : NULL);
        say_info(s, any ? &r : NULL);
        send_owned(s, "settings", settings_json(&s->settings), 1, true, 0);
        if (any)
                say_state(s, &r, now_us);
}

/* ---- events: one on its way at a time, so that one is sent again only when its acknowledgement never came ---- */

static void send_event(struct session *s) {
        char topic[TOPIC_MAX], *text = event_json(&s->event, s->started_realtime_us, &s->settings);
        struct link_publish p = {topic, text, text ? strlen(text) : 0, 1, false, EVENT_EXPIRY_S, NULL};

        snprintf(topic, sizeof(topic), "%s/event", s->base);
        if (text)
                s->event_mid = link_send(&s->link, &p);
        free(text);
}

static void pump_events(struct session *s, uint64_t now_us) {
        if (s->event_held && s->event_mid >= 0)
                return;
        while (s->event_held || mailbox_next_event(s->mailbox, &s->event)) {
                s->event_held = true;
                if (now_us < s->event.queued_us + EVENT_AGE_MAX_US) {
                        send_event(s);
                        return;
                }
                s->counters.events_expired++;
                s->event_held = false;
        }
}

static void on_acknowledged(void *userdata, int mid, int reason) {
        struct session *s = userdata;

        s->offline_known = s->offline_known || (mid == s->offline_mid && mid >= 0);
        if (!s->event_held || mid != s->event_mid)
                return;
        s->event_held = false;
        s->event_mid = -1;
        if (reason < 0x80) {
                s->counters.events_sent++;
                return;
        }
        s->counters.events_refused++;
        log_warning("mqtt: the broker refused an event: %s", mosquitto_reason_string(reason));
}

/* ---- commands ---- */

static void answer(struct session *s, enum command_result result, const struct reply_to *to, uint64_t now_us) {
        char topic[TOPIC_MAX], *text;
        struct link_publish p = {topic, NULL, 0, 1, false, RESPONSE_EXPIRY_S, NULL};

        s->counters.commands_refused += result != COMMAND_OK;
        if (!bucket_take(&s->answers, now_us)) {
                s->counters.commands_unanswered++;
                return;
        }
        if (to->topic[0])
                snprintf(topic, sizeof(topic), "%s", to->topic);
        else
                snprintf(topic, sizeof(topic), "%s/response/%s", s->base, to->verb);
        if (s->link.v5 && to->n_correlation)
                mosquitto_property_add_binary(&p.properties, MQTT_PROP_CORRELATION_DATA, to->correlation,
                                              (uint16_t)to->n_correlation);
        text = response_json(result, to->transaction);
        p.payload = text;
        p.n = text ? strlen(text) : 0;
        link_send(&s->link, &p);
        free(text);
}

/* A response topic that nobody may publish to is none. */
static void take_reply_to(const struct link_message *m, struct reply_to *to) {
        const char *topic = m->response_topic;

        if (!topic || topic[0] == '$' || strlen(topic) >= sizeof(to->topic) ||
            mosquitto_pub_topic_check(topic) != MOSQ_ERR_SUCCESS)
                return;
        snprintf(to->topic, sizeof(to->topic), "%s", topic);
        if (m->n_correlation <= sizeof(to->correlation) && m->correlation) {
                memcpy(to->correlation, m->correlation, m->n_correlation);
                to->n_correlation = (uint32_t)m->n_correlation;
        }
}

static void on_command(struct session *s, const char *verb, const struct link_message *m) {
        uint64_t now_us = clock_boottime_us();
        enum command_word word = WORD_COMMAND;
        struct request request;
        enum command_result result = command_read(verb, m->payload, m->n, m->retained, &word, &request);

        s->counters.commands++;
        take_reply_to(m, &request.reply_to);
        if (!bucket_take(&s->commands, now_us))
                result = COMMAND_BUSY;
        else if (result == COMMAND_OK && word == WORD_ANNOUNCE)
                s->announce_at_us = now_us;
        else if (result == COMMAND_OK) {
                if (mailbox_request(s->mailbox, &request))
                        return; /* answered once it was executed */
                result = COMMAND_BUSY;
        }
        if (result == COMMAND_RETAINED)
                log_warning("mqtt: a retained command at %s is not executed; clear it at the broker", m->topic);
        answer(s, result, &request.reply_to, now_us);
}

static uint64_t random_us(uint64_t below) {
        uint64_t r = 0;

        if (getrandom(&r, sizeof(r), GRND_NONBLOCK) < 0)
                r = clock_boottime_us();
        return r % below;
}

static bool is_birth(const struct session *s, const struct link_message *m) {
        char topic[TOPIC_MAX];

        snprintf(topic, sizeof(topic), "%s/status", s->settings.mqtt.discovery_prefix);
        return strcmp(m->topic, topic) == 0 && m->n == 6 && memcmp(m->payload, "online", 6) == 0;
}

static void on_message(void *userdata, const struct link_message *m) {
        struct session *s = userdata;
        size_t n = strlen(s->base);

        if (strncmp(m->topic, s->base, n) == 0 && strncmp(m->topic + n, "/cmd/", 5) == 0) {
                /* an empty retained message is somebody clearing one */
                if (!m->retained || m->n > 0)
                        on_command(s, m->topic + n + 5, m);
        } else if (s->settings.mqtt.discovery && is_birth(s, m)) {
                s->announce_at_us = clock_boottime_us() + ANNOUNCE_LEAST_US + random_us(ANNOUNCE_SPREAD_US);
        }
}

/* ---- life ---- */

void session_init(struct session *s, const struct settings *settings, const struct identity *identity,
                  struct mailbox *mailbox) {
        s->settings = *settings;
        s->identity = *identity;
        s->mailbox = mailbox;
        s->handler = (struct link_handler){on_message, on_acknowledged, s};
        s->event_mid = s->offline_mid = -1;
        s->mat_online = -1;
        s->started_realtime_us = clock_realtime_us();
        /* a person presses a button now and then; an automation gone wild is stopped */
        s->commands = (struct bucket){10, 10, 2, clock_boottime_us()};
        s->answers = (struct bucket){40, 40, 10, clock_boottime_us()};
        snprintf(s->base, sizeof(s->base), "%s/%s", settings->mqtt.base_topic, identity->seat_id);
        snprintf(s->client_id, sizeof(s->client_id), "sitbone-%s", identity->seat_id);
        snprintf(s->will_topic, sizeof(s->will_topic), "%s/availability", s->base);
}

bool session_open(struct session *s, bool v5) {
        return link_open(&s->link, &s->settings.mqtt, s->client_id, s->will_topic, v5, &s->handler);
}

/* Home Assistant's birth message. */
static void listen_for_birth(struct session *s) {
        char topic[TOPIC_MAX];

        snprintf(topic, sizeof(topic), "%s/status", s->settings.mqtt.discovery_prefix);
        if (s->settings.mqtt.discovery)
                link_subscribe(&s->link, topic, 0);
}

void session_begin(struct session *s) {
        char topic[TOPIC_MAX];

        snprintf(topic, sizeof(topic), "%s/cmd/+", s->base);
        link_subscribe(&s->link, topic, 1);
        listen_for_birth(s);
        announce(s, clock_boottime_us());
}

/* Whatever needs another connection waits for a restart. */
static void take_settings(struct session *s, const struct settings *new_) {
        struct settings_mqtt mqtt = s->settings.mqtt;

        s->config_due = s->config_due || mqtt.discovery != new_->mqtt.discovery;
        mqtt.discovery = new_->mqtt.discovery;
        mqtt.state_interval_s = new_->mqtt.state_interval_s;
        mqtt.heartbeat_s = new_->mqtt.heartbeat_s;
        s->settings = *new_;
        s->settings.mqtt = mqtt;
}

static void pump_settings(struct session *s, uint64_t now_us) {
        struct settings new_;

        if (mailbox_settings(s->mailbox, &new_)) {
                take_settings(s, &new_);
                send_owned(s, "settings", settings_json(&s->settings), 1, true, 0);
        }
        if (s->config_due && now_us >= s->config_sent_us + CONFIG_APART_US) {
                listen_for_birth(s);
                say_config(s, now_us);
        }
}

static void pump_answers(struct session *s, uint64_t now_us) {
        struct answer a;

        while (mailbox_next_answer(s->mailbox, &a))
                answer(s, a.result, &a.reply_to, now_us);
}

/* Returns when the state is due if nothing happens. A broker that does not read gets no more: the newest waits here. */
static uint64_t pump_state(struct session *s, uint64_t now_us) {
        uint64_t due_us;
        struct live_values r;

        if (!mailbox_report(s->mailbox, &r))
                return UINT64_MAX;
        if (link_congested(&s->link))
                return now_us + USEC_PER_SEC;
        say_mat(s, &r);
        if (r.rows != s->rows || r.cols != s->cols)
                say_info(s, &r);
        due_us = find_state_due_us(s->told ? &s->last : NULL, s->state_sent_us, &r, &s->settings.mqtt);
        if (due_us <= now_us)
                say_state(s, &r, now_us);
        if (s->diag_sent_us == 0 ||
            now_us >= s->diag_sent_us + (uint64_t)(s->settings.mqtt.heartbeat_s * (float)USEC_PER_SEC))
                say_diag(s, &r, now_us);
        return due_us <= now_us ? UINT64_MAX : due_us;
}

int session_pump(struct session *s) {
        uint64_t due_us, now_us = clock_boottime_us();

        if (s->announce_at_us && now_us >= s->announce_at_us)
                announce(s, now_us);
        pump_settings(s, now_us);
        pump_events(s, now_us);
        due_us = pump_state(s, now_us);
        pump_answers(s, now_us);
        if (s->announce_at_us && s->announce_at_us < due_us)
                due_us = s->announce_at_us;
        if (due_us > now_us + PUMP_MOST_MS * 1000ull)
                return PUMP_MOST_MS;
        return due_us > now_us ? (int)((due_us - now_us) / 1000) + 1 : 0;
}

void session_end(struct session *s) {
        link_close(&s->link);
        s->event_mid = -1;
        s->told = false;
        s->announce_at_us = 0;
        s->diag_sent_us = 0;
}

static int send_offline(struct session *s) {
        struct link_publish p = {s->will_topic, "offline", 7, 1, true, 0, NULL};

        return link_send(&s->link, &p);
}

/* Only when the broker has acknowledged "offline" is nothing of it left unread here: closing before that would reset the
 * connection and throw away what the broker has not read yet. */
void session_goodbye(struct session *s) {
        uint64_t until_us = clock_boottime_us() + GOODBYE_US;
        bool up = true;

        while (up && !s->offline_known && clock_boottime_us() < until_us) {
                pump_events(s, clock_boottime_us());
                if (!s->event_held && s->offline_mid < 0)
                        s->offline_mid = send_offline(s);
                up = link_step(&s->link, s->mailbox->wake, 50);
        }
        if (up)
                link_say_goodbye(&s->link);
        for (int i = 0; up && i < 4; i++)
                up = link_step(&s->link, s->mailbox->wake, 50);
}
