/* SPDX-License-Identifier: MIT */
/* The results of probe. */
#ifndef TOOLS_SITBONECTL_PROBE_FINDINGS_H
#define TOOLS_SITBONECTL_PROBE_FINDINGS_H

#include "tools/sitbonectl/probe/fit.h"
#include "tools/sitbonectl/probe/pattern.h"
#include "tools/sitbonectl/probe/verdict.h"

struct findings {
        const char *device;
        int32_t rows, cols; /* as the user gave them; 0 = not given */
        int32_t baud;       /* 0 = no speed fits, or the device has none */
        bool baud_guessed;  /* its bytes repeat, but no format fits them */
        bool any_baud;      /* the line is readable at every speed, as native USB and a pty are */
        bool is_file;       /* a capture, not a mat that could send more */
        bool silent;        /* nothing came, at any speed */
        struct format_list *list;
        struct prober prober;
        struct heard heard;
        struct suggestion suggestion; /* its doubts concern a format that fits, too */

        struct pattern pattern; /* of bytes that are no text and that no format fits */

        /* From the pauses that were heard. 0 = the defaults will do. */
        int32_t stale_ms;
        bool pauses_when_empty; /* seems to send only when something changes */
};

/* Tries all formats on found->heard; looks for a description, too, or for bytes that repeat. */
void findings_analyse(struct findings *found);

#endif
