/* SPDX-License-Identifier: MIT */
/* The decisions of a replay as a summary of the whole recording for people. */
#ifndef TOOLS_SITBONECTL_REPLAY_SUMMARY_H
#define TOOLS_SITBONECTL_REPLAY_SUMMARY_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "core/acquire/recording.h"
#include "sitbone/posture.h"
#include "sitbone/sitting.h"
#include "sitbone/snapshot.h"

enum { SUMMARY_LINES_MAX = 200, SUMMARY_LINE_MAX = 400, SUMMARY_NAMES_MAX = 65 };

/* A thing that happened. */
struct summary_line {
        double at_s;
        char text[SUMMARY_LINE_MAX];
};

/* Time in which a taught posture was recognised. */
struct recognised {
        char name[POSTURE_NAME_MAX]; /* "" = none of these */
        double s;
};

/* Zero, except for taught, before the first decision. */
struct replay_summary {
        bool taught;       /* there are lessons */
        int n_names, name; /* name: since last_s */
        struct recognised names[SUMMARY_NAMES_MAX];
        bool begun;
        double last_s;
        enum occupancy occupancy;   /* since last_s */
        enum posture_class posture; /* since last_s */
        double occupancy_s[OCCUPANCY_N], posture_s[POSTURE_N];
        struct sitting sitting; /* after the last decision */
        uint64_t n_lines;       /* also those that are not stored */
        struct summary_line lines[SUMMARY_LINES_MAX];
};

/* Adds a decision; userdata: the struct replay_summary. */
void replay_summary_decided(void *userdata, const struct snapshot *s);

void replay_summary_print(struct replay_summary *m, FILE *f, const char *path, const struct recording *r);

#endif
