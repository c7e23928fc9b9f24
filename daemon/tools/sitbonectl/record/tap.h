/* SPDX-License-Identifier: MIT */
/* Recording beside the running daemon: it hands over what it reads (daemon/tap.h). */
#ifndef TOOLS_SITBONECTL_RECORD_TAP_H
#define TOOLS_SITBONECTL_RECORD_TAP_H

#include "tools/sitbonectl/commands.h"

/* 1 = a daemon gives a descriptor and the head of a recording, malloc'd and with the time in it; 0 = no daemon is there;
 * -1 after a complaint. */
int record_tap(const struct options *options, int *ret_fd, char **ret_head);

#endif
