/* SPDX-License-Identifier: MIT */
/* Recording while the daemon runs: it passes on the bytes that it reads (contract/tap.h). */
#ifndef TOOLS_SITBONECTL_RECORD_TAP_H
#define TOOLS_SITBONECTL_RECORD_TAP_H

#include "tools/sitbonectl/commands.h"

/* 1 = a daemon sent a descriptor and the head of a recording, malloc'd and with its start time; 0 = no daemon is running;
 * -1 after a complaint. */
int record_tap(const struct options *options, int *ret_fd, char **ret_head);

#endif
