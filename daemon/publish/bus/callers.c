/* SPDX-License-Identifier: MIT */
#include "publish/bus/callers.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-login.h>
#include <unistd.h>

#include "util/clock.h"

/* The allowance: a live view polls at up to 30 a second; nobody needs more. */
static const double ALLOWANCE_MAX = 60, ALLOWANCE_PER_SECOND = 30;

static void free_pending(struct pending_call *p) {
        p->slot = sd_bus_slot_unref(p->slot);
        p->call = sd_bus_message_unref(p->call);
}

void callers_forget(struct callers *c) {
        for (int i = 0; i < PENDING_MAX; i++)
                free_pending(&c->pending[i]);
        memset(c->of, 0, sizeof(c->of));
}

/* Returns the caller's entry; a new caller replaces the one that was silent longest. */
static struct caller *find_caller(struct callers *c, const char *name, uint64_t now_us) {
        struct caller *oldest = &c->of[0];

        for (int i = 0; i < CALLERS_MAX; i++) {
                if (strcmp(c->of[i].name, name) == 0)
                        return &c->of[i];
                if (c->of[i].seen_us < oldest->seen_us)
                        oldest = &c->of[i];
        }
        memset(oldest, 0, sizeof(*oldest));
        snprintf(oldest->name, sizeof(oldest->name), "%s", name);
        oldest->allowance = ALLOWANCE_MAX;
        oldest->seen_us = now_us;
        return oldest;
}

static bool spend_allowance(struct caller *caller, double cost, uint64_t now_us) {
        caller->allowance += (double)(now_us - caller->seen_us) * 1e-6 * ALLOWANCE_PER_SECOND;
        caller->seen_us = now_us;
        if (caller->allowance > ALLOWANCE_MAX)
                caller->allowance = ALLOWANCE_MAX;
        if (caller->allowance < cost)
                return false;
        caller->allowance -= cost;
        return true;
}

/* logind's state files are small and in memory: reading them takes no bus call, and works inside the unit's sandbox,
 * where the /proc of other users cannot be read. */
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

static int answer_if_allowed(struct callers *c, sd_bus_message *m, uid_t uid, answer_fn answer) {
        if (uid == 0 || uid == geteuid() || has_active_local_session(uid))
                return answer(c->userdata, m);
        return sd_bus_reply_method_errorf(m, SD_BUS_ERROR_ACCESS_DENIED,
                                          "Only root, the daemon's own user and users with an active local session "
                                          "may call this method");
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

static int refuse_unknown(sd_bus_message *m) {
        return sd_bus_reply_method_errorf(m, SD_BUS_ERROR_ACCESS_DENIED, "The bus does not tell the caller's uid");
}

static int on_credentials(sd_bus_message *reply, void *userdata, sd_bus_error *ret_error) {
        struct pending_call *p = userdata;
        struct callers *c = p->callers;
        sd_bus_message *call = sd_bus_message_ref(p->call);
        struct caller *caller;
        uint32_t uid;
        int r;

        (void)ret_error;
        free_pending(p);
        if (sd_bus_message_is_method_error(reply, NULL) || read_uid(reply, &uid) < 0) {
                r = refuse_unknown(call);
        } else {
                caller = find_caller(c, sd_bus_message_get_sender(call), 0);
                caller->known = true;
                caller->uid = uid;
                r = answer_if_allowed(c, call, uid, p->answer);
                if (r < 0) /* sd-bus answers with an error only for method handlers */
                        r = sd_bus_reply_method_errno(call, r, NULL);
        }
        sd_bus_message_unref(call);
        return r < 0 ? r : 1;
}

/* The ready-made sd_bus_query_sender_creds() would make the decision thread wait for the bus daemon. */
static int request_uid(struct callers *c, sd_bus_message *m, answer_fn answer) {
        struct pending_call *p = NULL;
        int r;

        for (int i = 0; i < PENDING_MAX && !p; i++)
                if (!c->pending[i].call)
                        p = &c->pending[i];
        if (!p)
                return sd_bus_reply_method_errorf(m, SD_BUS_ERROR_LIMITS_EXCEEDED, "Too many callers at once");
        p->callers = c;
        p->answer = answer;
        r = sd_bus_call_method_async(sd_bus_message_get_bus(m), &p->slot, "org.freedesktop.DBus",
                                     "/org/freedesktop/DBus", "org.freedesktop.DBus", "GetConnectionCredentials",
                                     on_credentials, p, "s", sd_bus_message_get_sender(m));
        if (r < 0)
                return r;
        p->call = sd_bus_message_ref(m);
        return 1;
}

int callers_admit(struct callers *c, sd_bus_message *m, double cost, answer_fn answer) {
        const char *sender = sd_bus_message_get_sender(m);
        uint64_t now_us = clock_boottime_us();
        struct caller *caller;

        if (!sender || strlen(sender) >= sizeof(caller->name))
                return refuse_unknown(m);
        caller = find_caller(c, sender, now_us);
        if (!spend_allowance(caller, cost, now_us))
                return sd_bus_reply_method_errorf(m, SD_BUS_ERROR_LIMITS_EXCEEDED,
                                                  "Called too often; wait a second, then try again");
        if (c->everybody)
                return answer(c->userdata, m);
        if (caller->known)
                return answer_if_allowed(c, m, caller->uid, answer);
        return request_uid(c, m, answer);
}
