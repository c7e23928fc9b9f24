/* SPDX-License-Identifier: MIT */
/* Timers on CLOCK_BOOTTIME that ring once. A timer that cannot be set would leave the daemon waiting for ever, so
 * it ends the event loop with an error, and the service manager starts the daemon again. */
#ifndef APP_TIMER_H
#define APP_TIMER_H

#include <stdint.h>

#include <systemd/sd-event.h>

/* Rings `delay_us` from now. Replaces the timer in *source. */
void timer_add(sd_event *event, sd_event_source **source, uint64_t delay_us, sd_event_time_handler_t handler,
               void *userdata, const char *name);

/* Rings at at_us. */
void timer_set(sd_event_source *source, uint64_t at_us);

/* Rings delay_us from now. */
void timer_set_relative(sd_event_source *source, uint64_t delay_us);

#endif
