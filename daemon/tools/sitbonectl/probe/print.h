/* SPDX-License-Identifier: MIT */
/* The results of probe, for people and for programs. */
#ifndef TOOLS_SITBONECTL_PROBE_PRINT_H
#define TOOLS_SITBONECTL_PROBE_PRINT_H

#include "tools/sitbonectl/probe/fit.h"

struct findings {
        const char *device;
        int32_t rows, cols; /* as the user gave them; 0 = not given */
        int32_t baud;       /* 0 = no speed fits, or the device has none */
        bool silent;        /* nothing came */
        struct format_list *list;
        struct prober prober;
        struct heard heard;
};

void findings_print(const struct findings *f);
void findings_print_json(const struct findings *f);

#endif
