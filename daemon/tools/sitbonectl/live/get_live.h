/* SPDX-License-Identifier: MIT */
#ifndef TOOLS_SITBONECTL_LIVE_GET_LIVE_H
#define TOOLS_SITBONECTL_LIVE_GET_LIVE_H

#include "tools/sitbonectl/live/daemon_link.h"
#include "tools/sitbonectl/view/values.h"

/* Reads the answer to GetLive into *ret. 0 or a negative errno; nothing is printed. */
int link_live(struct link *link, struct view *ret);

#endif
