/* SPDX-License-Identifier: MIT */
/* What GetWhy says, for the verbs that put words to it. */
#ifndef TOOLS_SITBONECTL_LIVE_WHY_H
#define TOOLS_SITBONECTL_LIVE_WHY_H

#include <jansson.h>
#include <stddef.h>

#include "tools/sitbonectl/commands.h"

/* Fills an object; STATUS_DONE or, after a complaint, another. */
int why_fetch(const struct options *options, json_t *ret);

/* "today, 1 of 2 this week; you sat slouched lately". For a daemon that plans sessions. */
void why_session_words(const json_t *all, char *ret, size_t size);

#endif
