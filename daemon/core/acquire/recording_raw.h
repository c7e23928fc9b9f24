/* SPDX-License-Identifier: MIT */
/* Inside of the recording, for recording*.c alone: wire bytes through the decoder, with arrival times and without. */
#ifndef CORE_ACQUIRE_RECORDING_RAW_H
#define CORE_ACQUIRE_RECORDING_RAW_H

#include "core/acquire/recording.h"

enum { RECORDING_EINVAL = -22 };                    /* errno.h is not for the core */
static const uint64_t RECORDING_START_US = 1000000; /* 0 stays "never" */

/* "line 12: why"; line 0: only why. */
int recording_fail(char ret[RECORDING_ERROR_MAX], uint32_t line, const char *why);

int recording_raw_open(struct recording *r, const struct settings_device *device, char ret_error[RECORDING_ERROR_MAX]);
int recording_ours_open(struct recording *r, const struct settings_device *device,
                        char ret_error[RECORDING_ERROR_MAX]);

/* Both. */
void recording_raw_each(struct recording *r, struct frame *frame, recording_fn emit, void *userdata);

#endif
