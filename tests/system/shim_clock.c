/* SPDX-License-Identifier: MIT */
/* A wall clock that a test can step. Preloaded (LD_PRELOAD), CLOCK_REALTIME, time() and gettimeofday() are off by the
 * seconds in the file $CLOCK_OFFSET, which is read again at every call. The other clocks stay as they are. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

int clock_gettime(clockid_t id, struct timespec *ts) {
        int r = (int)syscall(SYS_clock_gettime, id, ts);
        const char *path = id == CLOCK_REALTIME ? getenv("CLOCK_OFFSET") : NULL;
        FILE *f = path ? fopen(path, "re") : NULL;
        long seconds = 0;

        if (f) {
                if (fscanf(f, "%ld", &seconds) == 1)
                        ts->tv_sec += seconds;
                fclose(f);
        }
        return r;
}

time_t time(time_t *ret) {
        struct timespec ts;

        clock_gettime(CLOCK_REALTIME, &ts);
        if (ret)
                *ret = ts.tv_sec;
        return ts.tv_sec;
}

int gettimeofday(struct timeval *restrict ret, void *restrict zone) {
        struct timespec ts;
        int r = clock_gettime(CLOCK_REALTIME, &ts);

        (void)zone;
        ret->tv_sec = ts.tv_sec;
        ret->tv_usec = ts.tv_nsec / 1000;
        return r;
}
