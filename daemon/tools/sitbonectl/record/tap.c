/* SPDX-License-Identifier: MIT */
#include "tools/sitbonectl/record/tap.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-bus.h>
#include <time.h>

#include "contract/bus_names.h"
#include "tools/sitbonectl/live/daemon_link.h"

/* The head is as old as the daemon: the time at which this recording starts is inserted after the first line. */
static char *insert_start_time(const char *head) {
        const char *rest = strchr(head, '\n');
        size_t first = rest ? (size_t)(rest - head) + 1 : strlen(head), size = strlen(head) + 64;
        char *ret = malloc(size), started[64];
        time_t now = time(NULL);
        struct tm tm;

        gmtime_r(&now, &tm);
        strftime(started, sizeof(started), "# started=%Y-%m-%dT%H:%M:%SZ\n", &tm);
        if (ret)
                snprintf(ret, size, "%.*s%s%s", (int)first, head, started, head + first);
        return ret;
}

static int read_reply(sd_bus_message *reply, int *ret_fd, char **ret_head) {
        const char *head;
        int fd, r = sd_bus_message_read(reply, "hs", &fd, &head);

        if (r < 0)
                return r;
        *ret_fd = fcntl(fd, F_DUPFD_CLOEXEC, 3); /* the message closes its own descriptor */
        *ret_head = insert_start_time(head);
        return *ret_fd >= 0 && *ret_head ? 1 : -ENOMEM;
}

int record_tap(const struct options *options, int *ret_fd, char **ret_head) {
        sd_bus_error error = SD_BUS_ERROR_NULL;
        sd_bus_message *reply = NULL;
        struct link link;
        int r = link_find(options, &link, true);

        if (r == 0 && options->seat) { /* the device of the settings may be that of another seat */
                link_nobody(options);
                return -1;
        }
        if (r <= 0)
                return r;
        r = sd_bus_call_method(link.bus, link.name, BUS_PATH, BUS_INTERFACE, "Tap", &error, &reply, "");
        if (r >= 0)
                r = read_reply(reply, ret_fd, ret_head);
        if (r < 0) {
                complain("the daemon does not pass on its bytes: %s%s", error.message ? error.message : strerror(-r),
                         sd_bus_error_has_name(&error, SD_BUS_ERROR_ACCESS_DENIED)
                                 ? " (only the person at this machine and root may do this)"
                                 : "");
                r = -1;
        }
        sd_bus_error_free(&error);
        sd_bus_message_unref(reply);
        link_close(&link);
        return r;
}
