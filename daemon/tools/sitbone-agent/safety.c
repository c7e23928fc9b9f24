/* SPDX-License-Identifier: MIT */
/* The words on safety, once at first use: with the first alert that offers an exercise, then never again for this person. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "tools/sitbone-agent/seats.h"
#include "util/file.h"
#include "util/language.h"
#include "util/log.h"

/* Where it is remembered: $XDG_STATE_HOME/sitbone/safety-shown. False = no home. */
static bool marker(char *ret, size_t size) {
        const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
        char *end;

        if (state && *state == '/')
                snprintf(ret, size, "%s/sitbone/safety-shown", state);
        else if (home && *home == '/')
                snprintf(ret, size, "%s/.local/state/sitbone/safety-shown", home);
        else
                return false;
        for (end = strchr(ret + 1, '/'); end; end = strchr(end + 1, '/')) {
                *end = '\0';
                if (mkdir(ret, 0700) < 0 && errno != EEXIST)
                        log_debug("%s: %s", ret, strerror(errno));
                *end = '/';
        }
        return true;
}

void seats_tell_safety(struct seat *seat, const char *words) {
        struct seats *s = seat->seats;
        char path[4096] = "";
        int r = -ENOENT;

        if (!*words || s->safety_told)
                return;
        s->safety_told = true;
        if (marker(path, sizeof(path)) && file_exists(path))
                return;
        seats_say(
                seat, "safety",
                &(struct note_text){.title = _("Before you exercise"), .body = words, .category = "x-sitbone.safety"});
        if (*path)
                r = file_write_atomically(path, "", 0, 0600);
        if (r < 0)
                log_notice("the words on safety will come again with the next start: %s", strerror(-r));
}
