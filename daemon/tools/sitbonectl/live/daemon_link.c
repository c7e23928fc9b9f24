/* SPDX-License-Identifier: MIT */
#include "tools/sitbonectl/live/daemon_link.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-bus.h>

#include "contract/bus_alert.h"
#include "contract/bus_names.h"
#include "contract/live_bus.h"
#include "contract/live_fill.h"
#include "tools/sitbonectl/view/values.h"
#include "util/clock.h"
#include "util/language.h"
#include "words/names.h"

enum { CALL_TIMEOUT_US = 3000000, LIVE_TIMEOUT_US = 2000000, SEATS_MAX = 16 };

/* ---- the bus and the seat ---- */

static bool is_seat(const char *name) {
        size_t n = strlen(BUS_INTERFACE);

        return strncmp(name, BUS_INTERFACE, n) == 0 && (name[n] == '\0' || name[n] == '.');
}

/* Counts the seats on the bus: the wanted name only, or all. The last one found is stored in link->name, all in all. */
static int count_seats(struct link *link, const char *wanted, char *all, size_t size) {
        char **names = NULL;
        int n = 0;

        all[0] = '\0';
        if (sd_bus_list_names(link->bus, &names, NULL) < 0)
                return 0;
        for (char **p = names; p && *p; p++) {
                if (is_seat(*p) && (!wanted || strcmp(*p, wanted) == 0)) {
                        snprintf(link->name, sizeof(link->name), "%s", *p);
                        snprintf(all + strlen(all), size - strlen(all), "%s%s", n ? ", " : "", *p);
                        n++;
                }
                free(*p);
        }
        free(names);
        return n;
}

/* 1 = found, 0 = no seat, -1 = several. */
static int try_bus(struct link *link, const char *which, const char *wanted, bool loud) {
        char all[SEATS_MAX * 64];
        int r = strcmp(which, "system") == 0 ? sd_bus_open_system(&link->bus) : sd_bus_open_user(&link->bus), n;

        if (r < 0)
                return 0;
        link->which = which;
        n = count_seats(link, wanted, all, sizeof(all));
        if (n == 1)
                return 1;
        if (n > 1 && loud)
                complain(_("several seats on the %s bus: %s; choose one with --seat ID"), which, all);
        link_close(link);
        return n > 1 ? -1 : 0;
}

int link_find(const struct options *options, struct link *ret, bool loud) {
        static const char *const which[] = {"system", "session"};
        char wanted[BUS_NAME_MAX];
        int r = 0;

        memset(ret, 0, sizeof(*ret));
        if (strcmp(options->bus, "auto") != 0 && strcmp(options->bus, "system") != 0 &&
            strcmp(options->bus, "session") != 0) {
                complain(_("--bus %s: must be system, session or auto"), options->bus);
                return -1;
        }
        if (options->seat)
                bus_name(options->seat, wanted);
        for (int i = 0; i < 2 && r == 0; i++)
                if (strcmp(options->bus, "auto") == 0 || strcmp(options->bus, which[i]) == 0)
                        r = try_bus(ret, which[i], options->seat ? wanted : NULL, loud);
        return r;
}

void link_list_seats(const char *typed, void (*offer)(const char *typed, const char *seat, const char *bus)) {
        static const char *const which[] = {"system", "session"};

        for (int i = 0; i < 2; i++) {
                sd_bus *bus = NULL;
                char **names = NULL;

                if ((i == 0 ? sd_bus_open_system(&bus) : sd_bus_open_user(&bus)) >= 0)
                        sd_bus_list_names(bus, &names, NULL);
                for (char **p = names; p && *p; p++) {
                        if (is_seat(*p) && (*p)[strlen(BUS_INTERFACE)])
                                offer(typed, *p + strlen(BUS_INTERFACE) + 1, which[i]);
                        free(*p);
                }
                free(names);
                sd_bus_flush_close_unref(bus);
        }
}

int link_nobody(const struct options *options) {
        const char *where = strcmp(options->bus, "auto") == 0 ? _("system or session") : options->bus;
        char seat[96] = "";

        if (options->seat)
                snprintf(seat, sizeof(seat), _(" for seat \"%s\""), options->seat);
        complain(_("no daemon%s on the %s bus: is sitboned running? systemctl status sitboned"), seat, where);
        return STATUS_FAILED;
}

int link_open(const struct options *options, struct link *ret) {
        int r = link_find(options, ret, true);

        return r > 0 ? STATUS_DONE : r < 0 ? STATUS_USAGE : link_nobody(options);
}

void link_close(struct link *link) {
        link->bus = sd_bus_flush_close_unref(link->bus);
}

const char *link_denied(int r) {
        return r == -EACCES ? _("permission denied: only root and users with an active local session may see this; "
                                "use sudo "
                                "sitbonectl")
                            : NULL;
}

int link_lost(int r) {
        if (link_denied(r))
                complain("%s", link_denied(r));
        else
                complain(_("the daemon does not answer: %s. systemctl status sitboned"), strerror(-r));
        return STATUS_FAILED;
}

/* ---- methods that are commands ---- */

static const char *choose_hint(const sd_bus_error *error) {
        if (sd_bus_error_has_name(error, SD_BUS_ERROR_ACCESS_DENIED))
                return _(" (only root and users with an active local session may do this)");
        if (sd_bus_error_has_name(error, SD_BUS_ERROR_NO_REPLY) || sd_bus_error_has_name(error, SD_BUS_ERROR_TIMEOUT))
                return _(" (the daemon does not answer: systemctl status sitboned)");
        return "";
}

static void translate_refusal(const char *english, char *ret, size_t size) {
        unsigned pct;

        if (sscanf(english, SEAT_READS_LIKE_PERSON, &pct) == 1) /* NOLINT(cert-err34-c): only shown */
                snprintf(ret, size, gettext(SEAT_READS_LIKE_PERSON), pct);
        else
                snprintf(ret, size, "%s", language_translate(english));
}

/* Every part of an answer is optional: which there are depends on the method. */
static void read_answer(sd_bus_message *reply, struct link_answer *ret) {
        const char *id, *kind;

        if (sd_bus_message_read(reply, "ss", &id, &kind) > 0) {
                snprintf(ret->alert_id, sizeof(ret->alert_id), "%s", id);
                snprintf(ret->alert_kind, sizeof(ret->alert_kind), "%s", kind);
        }
        sd_bus_message_read(reply, "t", &ret->until_us);
}

static int call_method(struct link *link, const char *method, struct link_answer *ret, const char *signature,
                       va_list arguments) {
        sd_bus_error error = SD_BUS_ERROR_NULL;
        sd_bus_message *call = NULL, *reply = NULL;
        char text[LINK_TEXT_MAX];
        int r = sd_bus_message_new_method_call(link->bus, &call, link->name, BUS_PATH, BUS_INTERFACE, method);

        if (r >= 0 && signature[0])
                r = sd_bus_message_appendv(call, signature, arguments);
        if (r >= 0)
                r = sd_bus_call(link->bus, call, CALL_TIMEOUT_US, &error, &reply);
        translate_refusal(error.message ? error.message : strerror(-r), text, sizeof(text));
        if (r >= 0)
                read_answer(reply, ret);
        else
                snprintf(ret->refusal, sizeof(ret->refusal), "%s%s", text, choose_hint(&error));
        sd_bus_error_free(&error);
        sd_bus_message_unref(reply);
        sd_bus_message_unref(call);
        return r < 0 ? STATUS_FAILED : STATUS_DONE;
}

int link_call(struct link *link, const char *method, char *ret, size_t size, const char *signature, ...) {
        struct link_answer answer = {0};
        va_list arguments;
        int status;

        va_start(arguments, signature);
        status = call_method(link, method, &answer, signature, arguments);
        va_end(arguments);
        if (status != STATUS_DONE)
                snprintf(ret, size, "%s", answer.refusal);
        return status;
}

static int ask_daemon(const struct options *options, struct link_answer *ret, const char *method,
                      const char *signature, va_list arguments) {
        struct link link;
        int status = link_open(options, &link);

        memset(ret, 0, sizeof(*ret));
        if (status != STATUS_DONE)
                return status;
        status = call_method(&link, method, ret, signature, arguments);
        link_close(&link);
        if (status != STATUS_DONE)
                complain("%s", ret->refusal);
        return status;
}

int link_ask(const struct options *options, struct link_answer *ret, const char *method, const char *signature, ...) {
        va_list arguments;
        int status;

        va_start(arguments, signature);
        status = ask_daemon(options, ret, method, signature, arguments);
        va_end(arguments);
        return status;
}

int link_command(const struct options *options, const char *done, const char *method, const char *signature, ...) {
        struct link_answer answer;
        va_list arguments;
        int status;

        va_start(arguments, signature);
        status = ask_daemon(options, &answer, method, signature, arguments);
        va_end(arguments);
        if (status == STATUS_DONE)
                puts(done);
        return status;
}

/* ---- GetLive: keys that are not known are skipped, so that an older sitbonectl works with a newer daemon ---- */

/* The map as it came, and the numbers of the open alert: both are put together once the whole message is read. */
struct live_message {
        struct view *view;
        const uint8_t *cells, *unmeasured;
        const double *x_mm, *y_mm;
        size_t n_cells, n_unmeasured, n_x, n_y; /* bytes of the arrays */
        struct bus_alert alert;
};

/* 1 = read, 0 = not an array of the map. */
static int read_map_array(sd_bus_message *m, const char *key, struct live_message *live) {
        const struct {
                const char *key, *type;
                void *ret_values;
                size_t *ret_size;
        } arrays[] = {
                {"cells", "ay", &live->cells, &live->n_cells},
                {"unmeasured", "ay", &live->unmeasured, &live->n_unmeasured},
                {"x_mm", "ad", &live->x_mm, &live->n_x},
                {"y_mm", "ad", &live->y_mm, &live->n_y},
        };
        const char *type;
        int r = sd_bus_message_peek_type(m, NULL, &type);

        for (size_t i = 0; r >= 0 && i < sizeof(arrays) / sizeof(*arrays); i++) {
                if (strcmp(arrays[i].key, key) != 0 || strcmp(arrays[i].type, type) != 0)
                        continue;
                r = sd_bus_message_enter_container(m, 'v', type);
                if (r >= 0)
                        r = sd_bus_message_read_array(m, type[1], arrays[i].ret_values, arrays[i].ret_size);
                if (r >= 0)
                        r = sd_bus_message_exit_container(m);
                return r < 0 ? r : 1;
        }
        return r < 0 ? r : 0;
}

static int read_entry(sd_bus_message *m, struct live_message *live) {
        const char *key;
        int r = sd_bus_message_read_basic(m, 's', &key);

        if (r < 0)
                return r;
        r = live_bus_read_entry(m, key, &live->view->live);
        if (r == 0)
                r = read_map_array(m, key, live);
        if (r == 0 && strncmp(key, "alert_", 6) == 0)
                return bus_alert_read(m, key + 6, &live->alert);
        return r == 0 ? sd_bus_message_skip(m, "v") : r;
}

static int read_entries(sd_bus_message *m, struct live_message *live) {
        int r = sd_bus_message_enter_container(m, 'a', "{sv}");

        while (r >= 0 && (r = sd_bus_message_enter_container(m, 'e', "sv")) > 0) {
                r = read_entry(m, live);
                if (r >= 0)
                        r = sd_bus_message_exit_container(m);
        }
        return r;
}

static void fill_map(struct live_message *live) {
        struct view *v = live->view;
        uint32_t n = live->n_cells > CELLS_MAX ? CELLS_MAX : (uint32_t)live->n_cells;
        float peak = isfinite(v->live.peak) ? (float)v->live.peak : 0;

        v->live.n_cells = n;
        for (uint32_t i = 0; i < n; i++)
                v->level[i] =
                        i < live->n_unmeasured && live->unmeasured[i] ? NAN : (float)live->cells[i] / 255.0f * peak;
        if ((uint64_t)v->live.rows * v->live.cols == n && n > 0)
                v->kind = GEOMETRY_GRID;
        else if (live->n_x == n * sizeof(double) && live->n_y == n * sizeof(double) && n > 0)
                v->kind = GEOMETRY_SCATTERED;
        for (uint32_t i = 0; v->kind == GEOMETRY_SCATTERED && i < n; i++) {
                v->x_mm[i] = live->x_mm[i];
                v->y_mm[i] = live->y_mm[i];
        }
        if (!(v->live.pitch_x_mm > 0))
                v->live.pitch_x_mm = 10; /* unplaced: any unit will do */
        if (!(v->live.pitch_y_mm > 0))
                v->live.pitch_y_mm = 10;
}

/* In the language of this program where it is not the daemon's. */
static void fill_alert(struct live_message *live) {
        struct live_values *v = &live->view->live;
        struct alert_words words;

        snprintf(v->alert_exercise, sizeof(v->alert_exercise), "%s", live->alert.exercise.name);
        if (!v->alert_kind[0] || !alert_words_make(&live->alert, v->alert_kind, &words))
                return;
        snprintf(v->alert_title, sizeof(v->alert_title), "%s", words.title);
        snprintf(v->alert_reason, sizeof(v->alert_reason), "%s", words.reason);
        snprintf(v->alert_exercise, sizeof(v->alert_exercise), "%s", words.exercise);
}

int link_live(struct link *link, struct view *ret) {
        sd_bus_message *call = NULL, *reply = NULL;
        struct live_message live = {.view = ret};
        int r = sd_bus_message_new_method_call(link->bus, &call, link->name, BUS_PATH, BUS_INTERFACE, "GetLive");

        if (r >= 0)
                r = sd_bus_call(link->bus, call, LIVE_TIMEOUT_US, NULL, &reply);
        sd_bus_message_unref(call);
        if (r < 0)
                return r;
        view_clear(ret);
        r = read_entries(reply, &live);
        if (r >= 0) {
                fill_map(&live);
                fill_alert(&live);
                ret->live.now_us = ret->live.realtime_us = clock_realtime_us(); /* the bus has instants by the wall */
                live_values_set_ages(&ret->live);
                view_settle(ret);
        }
        sd_bus_message_unref(reply);
        return r < 0 ? r : 0;
}
