/* SPDX-License-Identifier: MIT */
#include "tools/sitbone-agent/safety.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "util/file.h"
#include "util/log.h"

/* Creates the folders of a path that are missing. */
static void make_parents(char *path) {
        for (char *end = strchr(path + 1, '/'); end; end = strchr(end + 1, '/')) {
                *end = '\0';
                if (mkdir(path, 0700) < 0 && errno != EEXIST)
                        log_debug("%s: %s", path, strerror(errno));
                *end = '/';
        }
}

/* The file whose presence records the showing: $XDG_STATE_HOME/sitbone/safety-shown. False = the user has no home. */
static bool find_marker(char *ret, size_t size) {
        const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");

        if (state && *state == '/')
                snprintf(ret, size, "%s/sitbone/safety-shown", state);
        else if (home && *home == '/')
                snprintf(ret, size, "%s/.local/state/sitbone/safety-shown", home);
        else
                return false;
        return true;
}

bool safety_claim_first_showing(void) {
        char path[4096];
        int r = -ENOENT;

        if (find_marker(path, sizeof(path))) {
                if (file_exists(path))
                        return false;
                make_parents(path);
                r = file_write_atomically(path, "", 0, 0600);
        }
        if (r < 0)
                log_notice("the advice on safety is shown again at the next start: its marker cannot be written: %s",
                           strerror(-r));
        return true;
}
