/* SPDX-License-Identifier: MIT */
/* The answer to GetWhy, for the commands why, exercises and session. */
#ifndef TOOLS_SITBONECTL_LIVE_GET_WHY_H
#define TOOLS_SITBONECTL_LIVE_GET_WHY_H

#include <jansson.h>
#include <stddef.h>

#include "tools/sitbonectl/commands.h"

/* Adds the answer to an object: its keys, and "kinds", an array with an object for each kind of alert. STATUS_DONE, or
 * another status after a complaint. */
int get_why(const struct options *options, json_t *object);

/* "today, number 1 of 2 this week; chosen because you sat slouched lately", if the daemon plans workouts. */
void workout_words(const json_t *why, char *ret, size_t size);

#endif
