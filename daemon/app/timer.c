/* SPDX-License-Identifier: MIT */
#include "app/timer.h"

#include <string.h>
#include <time.h>

#include "util/log.h"

enum { ACCURACY_US = 1000 };

static void end_loop(sd_event *event, int error) {
        log_error("a timer cannot be set: %s", strerror(-error));
        sd_event_exit(event, error);
}

void timer_add(sd_event *event, sd_event_source **source, uint64_t delay_us, sd_event_time_handler_t handler,
               void *userdata, const char *name) {
        int r;

        *source = sd_event_source_disable_unref(*source);
        r = sd_event_add_time_relative(event, source, CLOCK_BOOTTIME, delay_us, ACCURACY_US, handler, userdata);
        if (r >= 0)
                r = sd_event_source_set_description(*source, name);
        if (r < 0)
                end_loop(event, r);
}

static void enable_or_end(sd_event_source *source, int r) {
        if (r >= 0)
                r = sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
        if (r < 0)
                end_loop(sd_event_source_get_event(source), r);
}

void timer_set(sd_event_source *source, uint64_t at_us) {
        enable_or_end(source, sd_event_source_set_time(source, at_us));
}

void timer_set_relative(sd_event_source *source, uint64_t delay_us) {
        enable_or_end(source, sd_event_source_set_time_relative(source, delay_us));
}
