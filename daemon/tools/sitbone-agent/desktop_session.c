/* SPDX-License-Identifier: MIT */
#include "tools/sitbone-agent/desktop_session.h"

#include <errno.h>
#include <stdlib.h>
#include <systemd/sd-login.h>
#include <unistd.h>

struct watch {
        sd_login_monitor *monitor;
        void (*changed)(void *userdata, bool may_show);
        void *userdata;
};

static bool find_may_show(void) {
        char *session = NULL;
        bool may = true;

        /* a user service belongs to no session: the user's graphical session counts */
        if (sd_pid_get_session(0, &session) < 0 && sd_uid_get_display(getuid(), &session) < 0)
                return true; /* no logind, or no session known to it: assume that the user is here */
        if (sd_session_is_active(session) == 0 || sd_session_is_remote(session) > 0)
                may = false;
        free(session);
        return may;
}

static int on_change(sd_event_source *source, int fd, uint32_t events, void *userdata) {
        struct watch *w = userdata;

        (void)source, (void)fd, (void)events;
        sd_login_monitor_flush(w->monitor);
        w->changed(w->userdata, find_may_show());
        return 0;
}

static void free_watch(void *userdata) {
        struct watch *w = userdata;

        sd_login_monitor_unref(w->monitor);
        free(w);
}

int session_watch(sd_event *event, void (*changed)(void *userdata, bool may_show), void *userdata) {
        struct watch *w = calloc(1, sizeof(*w));
        sd_event_source *source = NULL;
        int r;

        if (!w)
                return -ENOMEM;
        changed(userdata, find_may_show());
        w->changed = changed;
        w->userdata = userdata;
        if (sd_login_monitor_new("session", &w->monitor) < 0) {
                free(w);
                return 0; /* no logind here */
        }
        r = sd_event_add_io(event, &source, sd_login_monitor_get_fd(w->monitor),
                            (uint32_t)sd_login_monitor_get_events(w->monitor), on_change, w);
        if (r < 0) {
                free_watch(w);
                return r;
        }
        sd_event_source_set_description(source, "logind");
        sd_event_source_set_destroy_callback(source, free_watch);
        r = sd_event_source_set_floating(source, 1);
        sd_event_source_unref(source);
        return r < 0 ? r : 0;
}
