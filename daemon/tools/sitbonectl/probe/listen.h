/* SPDX-License-Identifier: MIT */
/* Listens to a port at each likely speed, and retains what was heard at the best one. */
#ifndef TOOLS_SITBONECTL_PROBE_LISTEN_H
#define TOOLS_SITBONECTL_PROBE_LISTEN_H

#include "tools/sitbonectl/probe/findings.h"

struct listener;

/* Listens to found->device at found->baud (0 = all speeds), with its rows, cols and list, and fills the rest of found. send: polls
 * in every format that needs it. 0, or STATUS_FAILED after a complaint. The bytes in found are valid until listener_free(*ret),
 * which is needed in either case. */
int listener_run(struct findings *found, bool send, struct listener **ret);

void listener_free(struct listener *l); /* NULL is fine */

#endif
