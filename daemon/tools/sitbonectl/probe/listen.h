/* SPDX-License-Identifier: MIT */
/* Listens to a port at each likely speed, and retains what was heard at the best one. */
#ifndef TOOLS_SITBONECTL_PROBE_LISTEN_H
#define TOOLS_SITBONECTL_PROBE_LISTEN_H

#include "tools/sitbonectl/probe/findings.h"

struct listener;

/* NULL when out of memory. found must outlive it; found->device, baud (0 = try all), rows, cols and list are read. */
struct listener *listener_new(struct findings *found, bool send);

/* Fills the rest of found; what was heard is valid until listener_free(). 0, or STATUS_FAILED after a complaint. */
int listener_run(struct listener *l);

void listener_free(struct listener *l);

#endif
