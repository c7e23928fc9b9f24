/* SPDX-License-Identifier: MIT */
#include "publish/bus/callers.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-login.h>
#include <unistd.h>

/* A live view polls at up to 30 a second; nobody needs more. */
static const double burst = 60, per_second = 30;

void bus_callers_init(struct bus_callers *c, bool everybody, bus_answer_fn answer, void *userdata) {
        memset(c, 0, sizeof(*c));
        c->everybody = everybody;
        c->answer = answer;
        c->userdata = userdata;
}

static void asking_done(struct bus_asking *a) {
        a->slot = sd_bus_slot_unref(a->slot);
        a->call = sd_bus_message_unref(a->call);
}

void bus_callers_reset(struct bus_callers *c) {
        for (int i = 0; i < BUS_ASKING_MAX; i++)
                asking_done(&c->asking[i]);
        memset(c->of, 0, sizeof(c->of));
}

/* The caller's entry; a new one takes the place of whoever was silent longest. */
static struct bus_caller *caller_of(struct bus_callers *c, const char *name, uint64_t now_us) {
        struct bus_caller *oldest = &c->of[0];

        for (int i = 0; i < BUS_CALLERS_MAX; i++) {
                if (strcmp(c->of[i].name, name) == 0)
                        return &c->of[i];
                if (c->of[i].seen_us < oldest->seen_us)
                        oldest = &c->of[i];
        }
        memset(oldest, 0, sizeof(*oldest));
        snprintf(oldest->name, sizeof(oldest->name), "%s", name);
        oldest->allowance = burst;
        oldest->seen_us = now_us;
        return oldest;
}

static bool within_allowance(struct bus_caller *caller, double cost, uint64_t now_us) {
        caller->allowance += (double)(now_us - caller->seen_us) * 1e-6 * per_second;
        caller->seen_us = now_us;
        if (caller->allowance > burst)
                caller->allowance = burst;
        if (caller->allowance < cost)
                return false;
        caller->allowance -= cost;
        return true;
}

/* logind's state files are small and in memory: no bus call, and they can be read inside the unit's sandbox, where
 * other people's /proc cannot. */
static bool has_active_local_session(uid_t uid) {
        char **sessions = NULL;
        bool found = false;

        if (sd_uid_get_sessions(uid, 1, &sessions) <= 0)
                return false;
        for (char **s = sessions; *s; s++) {
                found |= sd_session_is_active(*s) > 0 && sd_session_is_remote(*s) == 0;
                free(*s);
        }
        free(sessions);
        return found;
}

static int answer_if_allowed(struct bus_callers *c, sd_bus_message *m, uid_t uid) {
        if (uid == 0 || uid == geteuid() || has_active_local_session(uid))
                return c->answer(c->userdata, m);
        return sd_bus_reply_method_errorf(m, SD_BUS_ERROR_ACCESS_DENIED,
                                          "Only root, the daemon's own user and users with an active local session "
                                          "may ask this");
}

static int read_uid(sd_bus_message *reply, uint32_t *ret) {
        const char *key;
        int r = sd_bus_message_enter_container(reply, 'a', "{sv}");

        while (r >= 0 && (r = sd_bus_message_enter_container(reply, 'e', "sv")) > 0) {
                r = sd_bus_message_read(reply, "s", &key);
                if (r >= 0 && strcmp(key, "UnixUserID") == 0)
                        return sd_bus_message_read(reply, "v", "u", ret);
                if (r >= 0)
                        r = sd_bus_message_skip(reply, "v");
                if (r >= 0)
                        r = sd_bus_message_exit_container(reply);
        }
        return r < 0 ? r : -ENODATA;
}

static int on_credentials(sd_bus_message *reply, void *userdata, sd_bus_error *ret_error) {
        struct bus_asking *a = userdata;
        struct bus_callers *c = a->callers;
        sd_bus_message *call = sd_bus_message_ref(a->call);
        struct bus_caller *caller;
        uint32_t uid;
        int r;

        (void)ret_error;
        asking_done(a);
        if (sd_bus_message_is_method_error(reply, NULL) || read_uid(reply, &uid) < 0) {
                r = sd_bus_reply_method_errorf(call, SD_BUS_ERROR_ACCESS_DENIED, "The bus does not say who you are");
        } else {
                caller = caller_of(c, sd_bus_message_get_sender(call), 0);
                caller->known = true;
                caller->uid = uid;
                r = answer_if_allowed(c, call, uid);
                if (r < 0) /* sd-bus does so only for what a method handler returns */
                        r = sd_bus_reply_method_errno(call, r, NULL);
        }
        sd_bus_message_unref(call);
        return r < 0 ? r : 1;
}

static int ask_for_uid(struct bus_callers *c, sd_bus_message *m) {
        struct bus_asking *free_one = NULL;
        int r;

        for (int i = 0; i < BUS_ASKING_MAX && !free_one; i++)
                if (!c->asking[i].call)
                        free_one = &c->asking[i];
        if (!free_one)
                return sd_bus_reply_method_errorf(m, SD_BUS_ERROR_LIMITS_EXCEEDED, "Too many callers at once");
        free_one->callers = c;
        r = sd_bus_call_method_async(sd_bus_message_get_bus(m), &free_one->slot, "org.freedesktop.DBus",
                                     "/org/freedesktop/DBus", "org.freedesktop.DBus", "GetConnectionCredentials",
                                     on_credentials, free_one, "s", sd_bus_message_get_sender(m));
        if (r < 0)
                return r;
        free_one->call = sd_bus_message_ref(m);
        return 1;
}

int bus_callers_admit(struct bus_callers *c, sd_bus_message *m, double cost, uint64_t now_us) {
        const char *sender = sd_bus_message_get_sender(m);
        struct bus_caller *caller;

        if (!sender || strlen(sender) >= sizeof(caller->name))
                return sd_bus_reply_method_errorf(m, SD_BUS_ERROR_ACCESS_DENIED, "The bus does not say who you are");
        caller = caller_of(c, sender, now_us);
        if (!within_allowance(caller, cost, now_us))
                return sd_bus_reply_method_errorf(m, SD_BUS_ERROR_LIMITS_EXCEEDED, "Asked too often, try again");
        if (c->everybody)
                return c->answer(c->userdata, m);
        if (caller->known)
                return answer_if_allowed(c, m, caller->uid);
        return ask_for_uid(c, m);
}
