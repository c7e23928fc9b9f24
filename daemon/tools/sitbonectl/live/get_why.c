/* SPDX-License-Identifier: MIT */
#include "tools/sitbonectl/live/get_why.h"

#include <errno.h>
#include <math.h>
#include <string.h>
#include <systemd/sd-bus.h>

#include "contract/bus_names.h"
#include "tools/sitbonectl/live/daemon_link.h"
#include "util/language.h"
#include "words/names.h"

enum { TIMEOUT_US = 3000000 };

static int read_value(sd_bus_message *m, json_t **ret) {
        const char *contents, *text;
        uint64_t t = 0;
        uint32_t u = 0;
        double d = 0;
        int b = 0;
        char type;
        int r = sd_bus_message_peek_type(m, &type, &contents);

        if (r < 0)
                return r;
        if (strcmp(contents, "s") == 0 && (r = sd_bus_message_read(m, "v", "s", &text)) >= 0)
                *ret = json_string(text);
        else if (strcmp(contents, "t") == 0 && (r = sd_bus_message_read(m, "v", "t", &t)) >= 0)
                *ret = json_integer((json_int_t)t);
        else if (strcmp(contents, "u") == 0 && (r = sd_bus_message_read(m, "v", "u", &u)) >= 0)
                *ret = json_integer(u);
        else if (strcmp(contents, "d") == 0 && (r = sd_bus_message_read(m, "v", "d", &d)) >= 0)
                *ret = isfinite(d) ? json_real(d) : json_null();
        else if (strcmp(contents, "b") == 0 && (r = sd_bus_message_read(m, "v", "b", &b)) >= 0)
                *ret = json_boolean(b);
        return *ret ? 0 : r < 0 ? r : -EBADMSG;
}

static int read_dict(sd_bus_message *m, json_t *object) {
        int r = sd_bus_message_enter_container(m, 'a', "{sv}");
        const char *key;

        while (r >= 0 && (r = sd_bus_message_enter_container(m, 'e', "sv")) > 0) {
                json_t *value = NULL;

                r = sd_bus_message_read(m, "s", &key);
                if (r >= 0)
                        r = read_value(m, &value);
                if (r >= 0)
                        json_object_set_new(object, key, value);
                if (r >= 0)
                        r = sd_bus_message_exit_container(m);
        }
        return r < 0 ? r : sd_bus_message_exit_container(m);
}

static int read_kinds(sd_bus_message *m, json_t *kinds) {
        int r = sd_bus_message_enter_container(m, 'a', "a{sv}");

        while (r >= 0 && (r = sd_bus_message_at_end(m, false)) == 0) {
                json_t *kind = json_object();

                json_array_append_new(kinds, kind);
                r = read_dict(m, kind);
        }
        return r < 0 ? r : sd_bus_message_exit_container(m);
}

static int call_get_why(struct link *link, json_t *object) {
        sd_bus_message *call = NULL, *reply = NULL;
        json_t *kinds = json_array();
        int r = sd_bus_message_new_method_call(link->bus, &call, link->name, BUS_PATH, BUS_INTERFACE, "GetWhy");

        if (r >= 0)
                r = sd_bus_call(link->bus, call, TIMEOUT_US, NULL, &reply);
        if (r >= 0)
                r = read_dict(reply, object);
        if (r >= 0)
                r = read_kinds(reply, kinds);
        json_object_set_new(object, "kinds", kinds);
        sd_bus_message_unref(reply);
        sd_bus_message_unref(call);
        return r;
}

int get_why(const struct options *options, json_t *object) {
        struct link link;
        int r, status = link_open(options, &link);

        if (status != STATUS_DONE)
                return status;
        r = call_get_why(&link, object);
        link_close(&link);
        return r < 0 ? link_lost(r) : STATUS_DONE;
}

void workout_words(const json_t *why, char *ret, size_t size) {
        int number = (int)json_integer_value(json_object_get(why, "session_number"));
        int of = (int)json_integer_value(json_object_get(why, "session_of"));
        int days = (int)json_integer_value(json_object_get(why, "session_in_days"));
        int done = (int)json_integer_value(json_object_get(why, "session_done"));
        const char *suits = json_string_value(json_object_get(why, "session_suits"));
        size_t n;

        if (days == 0)
                snprintf(ret, size, _("today, number %d of %d this week"), number, of);
        else if (days == 1)
                snprintf(ret, size, _("tomorrow, number %d of %d of that week"), number, of);
        else
                snprintf(ret, size, _("in %d days, number %d of %d of that week; until then the muscles recover"),
                         days, number, of);
        n = strlen(ret);
        if (done > 0 && n < size)
                n += (size_t)snprintf(ret + n, size - n, _("; %d done this week"), done);
        if (suits && *suits && n < size)
                snprintf(ret + n, size - n, _("; chosen because %s lately"), exercise_suits_text(suits));
}
