/* SPDX-License-Identifier: MIT */
/* GNOME's "do not disturb" is a setting: the shell shows no banners. dconf announces on the bus that settings were written,
 * without their values; gsettings reads them. It is read only on a desktop that calls itself GNOME: others may have that
 * setting, too, and ignore it. */
#include "tools/sitbone-agent/gnome.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "util/log.h"

#define FOLDER "/org/gnome/desktop/notifications/"

struct gnome {
        sd_event *event; /* not owned */
        void (*changed)(void *userdata, bool inhibited);
        void *userdata;
        sd_event_source *child; /* gsettings, while it runs */
        int output;             /* its output; -1 = none */
        bool outdated;          /* a setting was written since it began: read again */
};

static bool is_gnome(void) {
        const char *desktops = getenv("XDG_CURRENT_DESKTOP"); /* "ubuntu:GNOME" */

        for (const char *p = desktops; p && *p; p += *p == ':') {
                size_t n = strcspn(p, ":");

                if (n == 5 && strncmp(p, "GNOME", n) == 0)
                        return true;
                p += n;
        }
        return false;
}

static int spawn_gsettings(int out, pid_t *ret_pid) {
        char name[] = "gsettings", command[] = "get", schema[] = "org.gnome.desktop.notifications",
             key[] = "show-banners";
        char *const argv[] = {name, command, schema, key, NULL};
        posix_spawn_file_actions_t files;
        posix_spawnattr_t attributes;
        sigset_t none;
        int r;

        sigemptyset(&none); /* the agent's own signals are blocked */
        posix_spawn_file_actions_init(&files);
        posix_spawnattr_init(&attributes);
        posix_spawn_file_actions_adddup2(&files, out, STDOUT_FILENO);
        posix_spawn_file_actions_addopen(&files, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
        posix_spawnattr_setsigmask(&attributes, &none);
        posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
        r = posix_spawnp(ret_pid, argv[0], &files, &attributes, argv, environ);
        posix_spawnattr_destroy(&attributes);
        posix_spawn_file_actions_destroy(&files);
        return -r;
}

static void read_setting(struct gnome *g);

static int on_child_exit(sd_event_source *source, const siginfo_t *info, void *userdata) {
        struct gnome *g = userdata;
        char text[16] = "";

        (void)source;
        g->child = sd_event_source_disable_unref(g->child);
        if (info->si_code == CLD_EXITED && info->si_status == 0 && read(g->output, text, sizeof(text) - 1) > 0)
                g->changed(g->userdata, strncmp(text, "false", 5) == 0);
        close(g->output);
        g->output = -1;
        if (g->outdated)
                read_setting(g);
        return 0;
}

static void read_setting(struct gnome *g) {
        int pipes[2], r;
        pid_t pid = 0;

        g->outdated = g->child != NULL;
        if (g->child)
                return;
        if (pipe2(pipes, O_CLOEXEC | O_NONBLOCK) < 0) {
                log_warning("GNOME's \"do not disturb\" not read: %s", strerror(errno));
                return;
        }
        r = spawn_gsettings(pipes[1], &pid);
        close(pipes[1]);
        g->output = pipes[0];
        if (r >= 0)
                r = sd_event_add_child(g->event, &g->child, pid, WEXITED, on_child_exit, g);
        if (r >= 0)
                return;
        log_warning("GNOME's \"do not disturb\" not read: gsettings: %s", strerror(-r));
        close(g->output);
        g->output = -1;
}

static int on_written(sd_bus_message *m, void *userdata, sd_bus_error *ret_error) {
        (void)m, (void)ret_error;
        read_setting(userdata);
        return 0;
}

int gnome_new(sd_event *event, sd_bus *desktop, void (*changed)(void *userdata, bool inhibited), void *userdata,
              struct gnome **ret) {
        struct gnome *g;
        sigset_t child;
        int r;

        if (!is_gnome())
                return 0;
        g = calloc(1, sizeof(*g));
        if (!g)
                return -ENOMEM;
        *g = (struct gnome){.event = event, .changed = changed, .userdata = userdata, .output = -1};
        sigemptyset(&child);
        sigaddset(&child, SIGCHLD);
        sigprocmask(SIG_BLOCK, &child, NULL);
        r = sd_bus_add_match_async(desktop, NULL,
                                   "type='signal',interface='ca.desrt.dconf.Writer',member='Notify',"
                                   "arg0path='" FOLDER "'",
                                   on_written, NULL, g);
        if (r < 0) {
                free(g);
                return r;
        }
        read_setting(g);
        *ret = g;
        return 0;
}

void gnome_free(struct gnome *g) {
        if (!g)
                return;
        sd_event_source_disable_unref(g->child);
        if (g->output >= 0)
                close(g->output);
        free(g);
}
