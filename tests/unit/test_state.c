/* SPDX-License-Identifier: MIT */
/* What survives a restart: newest good slot wins, a damaged one costs a second and not the rest. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "check.h"
#include "store/state.h"
#include "util/checksum.h"
#include "util/clock.h"

static char directory[] = "/tmp/sitbone-state-XXXXXX";
static char memory_path[64], tare_path[64];

static struct memory memory_of(uint64_t seated_us) {
        struct memory m;

        memset(&m, 0, sizeof(m));
        m.sitting.bout.seated_us = seated_us;
        return m;
}

static void save(uint64_t seated_us) {
        struct state *s;
        struct memory m = memory_of(seated_us), old;
        uint64_t elapsed_us;
        const char *why;

        CHECK(state_new(directory, &s) == 0);
        state_load(s, &old, &elapsed_us, &why);
        state_save(s, &m);
        state_free(s);
}

/* Seated time that comes back, or -1 - and why. */
static double load(const char **ret_why) {
        struct state *s;
        struct memory m;
        uint64_t elapsed_us = UINT64_MAX;
        bool found;

        CHECK(state_new(directory, &s) == 0);
        found = state_load(s, &m, &elapsed_us, ret_why);
        state_free(s);
        CHECK(!found || elapsed_us < 60 * 1000000ull);
        return found ? (double)m.sitting.bout.seated_us : -1;
}

static void damage(const char *path, off_t at) {
        int fd = open(path, O_RDWR);
        char byte;

        CHECK(fd >= 0 && pread(fd, &byte, 1, at) == 1);
        byte = (char)(byte ^ 0x40);
        CHECK(pwrite(fd, &byte, 1, at) == 1);
        close(fd);
}

static void test_slots(void) {
        const char *why;

        CHECK(load(&why) < 0 && strstr(why, "nothing"));
        save(1);
        save(2);
        save(3);
        CHECK(load(&why) == 3);
        damage(memory_path, 4096 + 100); /* serial 3 is odd: the second slot */
        CHECK(load(&why) == 2);
        damage(memory_path, 100);
        CHECK(load(&why) < 0 && strstr(why, "damaged"));
        save(4);
        CHECK(load(&why) == 4);
        CHECK(truncate(memory_path, 10) == 0);
        CHECK(load(&why) < 0);
        save(5);
        damage(memory_path, 4096 + 7); /* version: now a huge one */
        CHECK(load(&why) < 0 && strstr(why, "newer"));
        damage(memory_path, 4096 + 7);
        CHECK(load(&why) == 5);
        damage(memory_path, 4096 + 8); /* size: of a memory that had fewer fields */
        CHECK(load(&why) < 0 && strstr(why, "older"));
}

/* The newest save was an hour ago by the clock of the boot, ten seconds ago by the wall. */
static void backdate(off_t slot) {
        enum { SIZE_AT = 8, CRC_AT = 12, BEHIND_CRC = 16, BOOTTIME_AT = 24, REALTIME_AT = 32 };
        uint64_t boottime_us = clock_boottime_us() - 3600 * USEC_PER_SEC;
        uint64_t realtime_us = clock_realtime_us() - 10 * USEC_PER_SEC;
        int fd = open(memory_path, O_RDWR);
        unsigned char page[4096];
        uint32_t size, crc;

        CHECK(fd >= 0 && pread(fd, page, sizeof(page), slot) > BEHIND_CRC);
        memcpy(&size, page + SIZE_AT, sizeof(size));
        memcpy(page + BOOTTIME_AT, &boottime_us, sizeof(boottime_us));
        memcpy(page + REALTIME_AT, &realtime_us, sizeof(realtime_us));
        crc = checksum_crc32(page + BEHIND_CRC, size - BEHIND_CRC);
        memcpy(page + CRC_AT, &crc, sizeof(crc));
        CHECK(pwrite(fd, page, size, slot) == (ssize_t)size);
        close(fd);
}

static double elapsed_s(const char *boot_id) {
        struct state *s;
        struct memory m;
        uint64_t elapsed_us;
        const char *why;

        CHECK(setenv("SITBONE_BOOT_ID", boot_id, 1) == 0);
        CHECK(state_new(directory, &s) == 0);
        CHECK(state_load(s, &m, &elapsed_us, &why));
        state_free(s);
        return (double)elapsed_us / 1e6;
}

/* Within a boot its own clock counts, whatever the wall was set to; after a reboot there is only the wall. */
static void test_reboot(void) {
        CHECK(unlink(memory_path) == 0);
        CHECK(setenv("SITBONE_BOOT_ID", "1de8c0c2f10b4f4cbfbd5bb7cd6ff3a1", 1) == 0);
        if (clock_boottime_us() < 3601 * USEC_PER_SEC)
                return; /* a machine that young has no hour to look back on */
        save(1);
        backdate(4096); /* serial 1 is odd: the second slot */
        CHECK_NEAR(elapsed_s("1de8c0c2f10b4f4cbfbd5bb7cd6ff3a1"), 3600, 5);
        CHECK_NEAR(elapsed_s("ffffffffffffffffffffffffffffffff"), 10, 5);
        CHECK(unsetenv("SITBONE_BOOT_ID") == 0);
}

static void test_tare(void) {
        static struct memory_tare tare, back;
        struct state *s;

        tare.n_cells = 3;
        tare.baseline[2] = 17.5f;
        CHECK(state_new(directory, &s) == 0);
        CHECK(!state_load_tare(s, &back));
        state_save_tare(s, &tare);
        state_free(s);
        CHECK(state_new(directory, &s) == 0);
        CHECK(state_load_tare(s, &back) && back.n_cells == 3 && back.baseline[2] == 17.5f);
        damage(tare_path, 200);
        CHECK(!state_load_tare(s, &back));
        state_free(s);
}

static void test_no_directory(void) {
        static char long_path[600];
        struct state *s = NULL;

        CHECK(state_new("/nonexistent/sitbone", &s) < 0 && !s);
        memset(long_path, '/', sizeof(long_path) - 1);
        memcpy(long_path, directory, strlen(directory)); /* cut, it would be another folder's file */
        CHECK(state_new(long_path, &s) == -ENAMETOOLONG && !s);
}

int main(void) {
        CHECK(mkdtemp(directory));
        snprintf(memory_path, sizeof(memory_path), "%s/memory", directory);
        snprintf(tare_path, sizeof(tare_path), "%s/tare", directory);
        test_slots();
        test_reboot();
        test_tare();
        test_no_directory();
        unlink(memory_path);
        unlink(tare_path);
        rmdir(directory);
        return 0;
}
