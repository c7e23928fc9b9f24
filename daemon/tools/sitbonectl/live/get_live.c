/* SPDX-License-Identifier: MIT */
/* GetLive -> view. Keys that are not known are skipped, so that an older sitbonectl works with a newer daemon. */
#include <errno.h>
#include <math.h>
#include <string.h>
#include <systemd/sd-bus.h>

#include "contract/bus_alert.h"
#include "contract/bus_names.h"
#include "contract/live_bus.h"
#include "contract/live_fill.h"
#include "tools/sitbonectl/live/get_live.h"
#include "util/clock.h"

enum { TIMEOUT_US = 2000000 };

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
                r = sd_bus_call(link->bus, call, TIMEOUT_US, NULL, &reply);
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
