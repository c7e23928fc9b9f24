/* SPDX-License-Identifier: MIT */
/* What is done once a second, beside deciding: health, midnight, saving, the word to systemd. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <systemd/sd-daemon.h>

#include "app/app.h"
#include "util/clock.h"
#include "util/minmax.h"
#include "words/names.h"

enum { TARE_SAVE_US = 60 * 1000 * 1000, TICK_MIN_US = 1000, DAY_S = 86400, DAYS_MAX = 30 };

int app_local_day(uint64_t realtime_us) {
        time_t t = (time_t)(realtime_us / USEC_PER_SEC);
        struct tm tm;

        localtime_r(&t, &tm);
        tm.tm_hour = tm.tm_min = tm.tm_sec = 0;
        return (int)(timegm(&tm) / DAY_S);
}

/* A machine that slept over a weekend saw no midnight. A clock set back is another day as well. */
void app_new_day(struct app *a, int from, uint64_t now_us) {
        int passed = a->today - from, days = passed < 0 ? 1 : passed < DAYS_MAX ? passed : DAYS_MAX;

        for (int i = 0; i < days; i++)
                pipeline_new_day(&a->pipeline, now_us);
}

/* Said anew each second: the clock on the wall may be set, and summer begins and ends. */
void app_tell_time(struct app *a, uint64_t now_us) {
        uint64_t realtime_us = clock_realtime_us();
        time_t t = (time_t)(realtime_us / USEC_PER_SEC);
        struct wall_clock around = {.known = true, .now_us = now_us};
        struct tm tm;

        localtime_r(&t, &tm);
        around.day_us =
                (uint64_t)(tm.tm_hour * 3600 + tm.tm_min * 60 + (tm.tm_sec < 60 ? tm.tm_sec : 59)) * USEC_PER_SEC +
                realtime_us % USEC_PER_SEC;
        around.weekday = (uint32_t)tm.tm_wday;
        pipeline_surround(&a->pipeline, &around);
}

static void watch_midnight(struct app *a) {
        int before = a->today;

        a->today = app_local_day(clock_realtime_us());
        if (a->today == before)
                return;
        app_new_day(a, before, app_turn_time(a));
        app_remember(a);
}

static void measure_health(struct app *a, uint64_t real_us) {
        struct health *h = &a->health;
        double seconds = (double)(real_us - a->tick_us) / 1e6;

        if (seconds > 0.5) {
                float rate = (float)((double)(h->frames - a->frames_at_tick) / seconds);
                h->frame_rate_hz = isnan(h->frame_rate_hz) ? rate : h->frame_rate_hz * 0.7f + rate * 0.3f;
                if (h->frames == a->frames_at_tick && h->frame_rate_hz < 0.05f)
                        h->frame_rate_hz = 0;
                a->frames_at_tick = h->frames;
                a->tick_us = real_us;
        }
        h->bytes = a->mat.bytes;
        h->reopened = a->mat.reopened;
        h->discarded_bytes = a->mat.decoder.discarded_bytes;
        memcpy(h->refused, a->mat.decoder.refused, sizeof(h->refused));
        h->decide_worst_us = a->latency.worst_us;
        h->history_lost = 0;
        for (int i = 0; i < a->n_outlets; i++)
                if (a->outlets[i].ops->lost)
                        h->history_lost += a->outlets[i].ops->lost(a->outlets[i].self);
        h->decide_p99_us = latency_p99_us(&a->latency);
}

/* The baseline follows slowly and is large: kept once a minute at most, and only while the seat is empty. */
static void remember_tare(struct app *a, uint64_t real_us) {
        struct memory_tare *tare;

        if (!a->state || !a->snapshot.map.tared || a->snapshot.posture.occupancy != OCCUPANCY_VACANT ||
            (a->tare_saved_us && real_us < a->tare_saved_us + TARE_SAVE_US))
                return;
        tare = malloc(sizeof(*tare));
        if (!tare)
                return;
        condition_remember(&a->pipeline.condition, tare);
        state_save_tare(a->state, tare);
        free(tare);
        a->tare_saved_us = real_us;
}

static void tell_systemd(struct app *a) {
        const struct sitting *s = &a->snapshot.sitting;
        char status[sizeof(a->status)];
        int n;

        if (s->bout_started_us)
                n = snprintf(status, sizeof(status), "STATUS=seated %" PRIu64 " min",
                             (uint64_t)(s->bout.seated_us / (60 * USEC_PER_SEC)));
        else
                n = snprintf(status, sizeof(status), "STATUS=%s", occupancy_name(a->snapshot.posture.occupancy));
        for (int i = 0; i < a->n_outlets && n < (int)sizeof(status); i++)
                n += snprintf(status + n, sizeof(status) - (size_t)n, ", %s %s", a->outlets[i].ops->name,
                              a->outlets[i].ops->status(a->outlets[i].self));
        if (!a->health.mat_online && n < (int)sizeof(status))
                snprintf(status + n, sizeof(status) - (size_t)n, ", no frames from the mat: %s",
                         a->health.mat_trouble);
        if (strcmp(status, a->status) == 0)
                return;
        memcpy(a->status, status, sizeof(status));
        sd_notify(false, status);
}

/* The mat counts as away after stale_ms, or two and a half of its own frames when it is slower than that. */
static uint64_t silence_us(const struct app *a) {
        uint64_t stale_us = (uint64_t)a->settings.device.stale_ms * 1000;
        float rate_hz = a->health.frame_rate_hz;

        return rate_hz > 0.1f ? max_u64(stale_us, (uint64_t)(2.5e6f / rate_hz)) : stale_us;
}

/* What a kill may cost is a second of virtual time, too, as far as the machine is quick enough. */
static uint64_t tick_us(const struct app *a) {
        return a->options.speed <= 1 ? APP_TICK_US : max_u64((uint64_t)(APP_TICK_US / a->options.speed), TICK_MIN_US);
}

int app_tick(sd_event_source *source, uint64_t usec, void *userdata) {
        struct app *a = userdata;
        uint64_t now_us = app_turn_time(a);
        bool silent;

        (void)usec;
        sd_event_source_set_time(source, a->wake_us + tick_us(a));
        app_tell_time(a, now_us);
        mat_tick(&a->mat);
        if (a->health.mat_online && a->wake_us > app_real_of(a, a->mat.frame.arrived_us) + silence_us(a))
                a->health.mat_online = false;
        a->health.mat_trouble[0] = '\0';
        if (!a->health.mat_online)
                mat_trouble(&a->mat, a->health.mat_trouble);
        silent = a->health.frames == a->frames_at_tick;
        measure_health(a, a->wake_us);
        a->snapshot.health = a->health;
        if (silent) /* frames bring the news themselves */
                app_decide(a, NULL, now_us);
        watch_midnight(a);
        if (a->snapshot.sitting.bout_started_us)
                app_remember(a);
        remember_tare(a, a->wake_us);
        tell_systemd(a);
        app_turn_ends(a);
        return 0;
}
