/* SPDX-License-Identifier: MIT */
/* The command line of sitbone-sim. */
#ifndef TOOLS_SITBONE_SIM_OPTIONS_H
#define TOOLS_SITBONE_SIM_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "core/acquire/formats.h"
#include "sitbone/settings/device.h"

struct sim_options {
        const char *format_name, *scenario, *model, *link, *output, *truth;
        double speed, rate_hz, seed;
        double only_changes; /* send a frame only if a cell changed by more counts; 0 = send every frame */
        bool repeat, recording, help, version;
        struct settings_device device; /* size and orientation of the mat */
        const struct format *format;   /* looked up */
        struct format described;       /* where format points when it comes from a file */
        bool csv;                      /* frames CSV instead of a wire format */
};

/* 0, or -EINVAL with a line on stderr. */
int sim_options_parse(int argc, char **argv, struct sim_options *ret);

void sim_options_help(FILE *f);

#endif
