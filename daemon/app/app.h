/* SPDX-License-Identifier: MIT */
/* The composition root of sitboned: owns one of everything, connects the parts and runs the event loop. */
#ifndef APP_APP_H
#define APP_APP_H

#include <stdbool.h>

#include "configure/settings.h"

struct app_options {
        const char *config_path;     /* NULL: the system's */
        const char *device;          /* NULL: the setting */
        const char *state_directory; /* NULL: nothing is stored */
        bool session_bus;            /* overrides the setting */
        double speed; /* factor by which time passes faster, for demonstrations and tests; 1 = real time */
};

/* Runs until SIGTERM or SIGINT. 0, or a negative errno after logging the reason. files are valid; options override
 * them. */
int app_run(const struct app_options *options, const struct settings_layer *files);

#endif
