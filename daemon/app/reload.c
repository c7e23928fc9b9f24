/* SPDX-License-Identifier: MIT */
/* The files that the settings are and that they name: read at the start, and all but the exercises again at a reload.
 * That is done between two frames, which wait in the kernel meanwhile: a third of a millisecond with the curves of 32x32
 * cells, one and a half with those of 64x64, as long as the files are in memory. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <systemd/sd-daemon.h>

#include "app/app.h"
#include "configure/exercises.h"
#include "configure/response_curve.h"
#include "configure/settings.h"
#include "util/log.h"

static void say_mistakes(const struct config_errors *m) {
        for (int i = 0; i < m->n && i < CONFIG_ERRORS_MAX; i++)
                log_error("%s", m->text[i]);
}

void app_override(const struct app_options *options, struct settings *settings) {
        if (options->device) {
                memset(settings->device.device, 0, sizeof(settings->device.device));
                snprintf(settings->device.device, sizeof(settings->device.device), "%s", options->device);
        }
        if (options->session_bus)
                settings->bus.bus = BUS_SESSION;
}

int app_exercises(struct app *a) {
        struct config_errors *mistakes = calloc(1, sizeof(*mistakes));
        const char *path = *a->settings.alert.exercises_file ? a->settings.alert.exercises_file : NULL;

        if (!mistakes)
                return -ENOMEM;
        exercises_load(path, mistakes, &a->exercises);
        say_mistakes(mistakes);
        if (a->exercises.n == 0)
                log_warning("exercises: alerts come without one until that is put right");
        free(mistakes);
        return 0;
}

void app_respond(struct app *a) {
        const char *path = a->settings.condition.response_file;
        struct config_errors *mistakes = *path ? calloc(1, sizeof(*mistakes)) : NULL;
        struct response *response = mistakes ? response_load(path, mistakes) : NULL;

        if (mistakes)
                say_mistakes(mistakes);
        if (!condition_set_response(&a->pipeline.condition, response) && response)
                log_error("%s: curves of %u cells, the mat has %u: not used", path, response->n_cells,
                          a->mat.layout.geometry.n_cells);
        free(response);
        free(mistakes);
}

static void apply(struct app *a, const struct settings *settings) {
        char restart[512];

        settings_restart_needed(&a->settings, settings, restart, sizeof(restart));
        if (*restart)
                log_notice("settings: these take effect at the next restart: %s", restart);
        a->settings = *settings;
        pipeline_configure(&a->pipeline, settings);
        app_respond(a);
        for (int i = 0; i < a->n_outlets; i++)
                a->outlets[i].ops->configure(a->outlets[i].self, settings);
        app_decide(a, NULL, app_turn_time(a));
        log_info("settings: reloaded");
}

int app_reload(sd_event_source *source, const struct signalfd_siginfo *si, void *userdata) {
        struct app *a = userdata;
        struct config_errors *mistakes = calloc(1, sizeof(*mistakes));
        struct settings settings;
        uint64_t monotonic_us = 0;

        (void)source;
        (void)si;
        if (!mistakes)
                return 0;
        sd_event_now(a->event, CLOCK_MONOTONIC, &monotonic_us);
        sd_notifyf(false, "RELOADING=1\nMONOTONIC_USEC=%" PRIu64, monotonic_us);
        settings_load(a->options.config_path, &settings, mistakes);
        app_override(&a->options, &settings);
        if (mistakes->n > 0) {
                say_mistakes(mistakes);
                log_error("settings: the old ones stay in force, mistakes in the new: %d", mistakes->n);
        } else {
                apply(a, &settings);
        }
        free(mistakes);
        sd_notify(false, "READY=1");
        return 0;
}
