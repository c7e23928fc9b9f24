/* SPDX-License-Identifier: MIT */
#include "publish/mqtt/retry.h"

#include <sys/random.h>

#include "util/clock.h"

/* Reconnecting: 1 s doubled to 120 s, anywhere in between (full jitter), so that a fleet does not return in step. */
enum { BACKOFF_LEAST_MS = 100, BACKOFF_FIRST_MS = 1000, BACKOFF_MOST_MS = 120 * 1000 };

enum { BACKOFF_REFUSED_MS = 3 * 1000, BACKOFF_BUSY_MS = 30 * 1000, BACKOFF_TAKEN_OVER_MS = 600 * 1000 };

enum { TAKE_OVERS_TOLERATED = 2, SHORT_LIVES_TOLERATED = 3, CLOSED_UNHEARD_TOLERATED = 2 };

/* Shorter connections in a row count as no progress: mosquitto 2.0 drops the older of two clients with one id without
 * a reason code, and the two would push each other out forever. */
#define SHORT_LIFE_US (30 * USEC_PER_SEC)

uint64_t retry_random_below(uint64_t limit) {
        uint64_t r = 0;

        if (getrandom(&r, sizeof(r), GRND_NONBLOCK) < 0)
                r = clock_boottime_us();
        return r % limit;
}

void retry_count_connection(struct client_retry *retry, enum mqtt_status end, uint64_t life_us) {
        bool lasted = life_us > SHORT_LIFE_US;

        retry->failures = 0;
        retry->short_lives = lasted ? 0 : retry->short_lives + 1;
        retry->take_overs = lasted ? 0 : retry->take_overs;
        retry->take_overs += end == LINK_TAKEN_OVER;
}

/* Minimum pause before the next attempt: a refusal does not change immediately. */
static unsigned find_least_backoff_ms(enum mqtt_status end) {
        if (end == LINK_REFUSED || end == LINK_TLS || end == LINK_SETTINGS)
                return BACKOFF_REFUSED_MS;
        return end == LINK_BUSY ? BACKOFF_BUSY_MS : 0;
}

unsigned retry_find_backoff_ms(const struct client_retry *retry, enum mqtt_status end) {
        unsigned tries = retry->failures + (retry->short_lives > SHORT_LIVES_TOLERATED ? retry->short_lives : 0);
        unsigned most_ms = (unsigned)BACKOFF_FIRST_MS << (tries < 7 ? tries : 7);

        if (end == LINK_TAKEN_OVER && retry->take_overs > TAKE_OVERS_TOLERATED)
                return BACKOFF_TAKEN_OVER_MS;
        most_ms = most_ms < BACKOFF_MOST_MS ? most_ms : BACKOFF_MOST_MS;
        return find_least_backoff_ms(end) + BACKOFF_LEAST_MS +
               (unsigned)retry_random_below(most_ms - BACKOFF_LEAST_MS);
}

bool retry_is_pushed_out(const struct client_retry *retry, bool was_up) {
        return retry->take_overs == TAKE_OVERS_TOLERATED + 1 ||
               (retry->short_lives == SHORT_LIVES_TOLERATED + 1 && was_up);
}

bool retry_choose_protocol(struct client_retry *retry, const struct link *l) {
        if (l->up) {
                retry->v5 = !retry->v5_spoils; /* the broker may be upgraded before the next connection */
                retry->unheard = 0;
                return false;
        }
        if (l->end == LINK_PROTOCOL && retry->v5) {
                retry->v5 = false;
                return true;
        }
        if (l->end == LINK_UNREACHABLE && l->opened_us && ++retry->unheard > CLOSED_UNHEARD_TOLERATED) {
                retry->v5 = !retry->v5 && !retry->v5_spoils;
                retry->unheard = 0;
        }
        return false;
}
