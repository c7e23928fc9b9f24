/* SPDX-License-Identifier: MIT */
/* State survives a restart: the newest good slot wins, and a damaged one costs a second and not the rest. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"
#include "store/state.h"
#include "util/clock.h"

static char directory[] = "/tmp/sitbone-state-XXXXXX";
static char memory_path[64], tare_path[64];

static struct memory make_memory(uint64_t seated_us) {
        struct memory m;

        memset(&m, 0, sizeof(m));
        m.sitting.bout.seated_us = seated_us;
        return m;
}

static void save_seated(uint64_t seated_us) {
        struct state *s;
        struct memory m = make_memory(seated_us), old;
        uint64_t elapsed_us;
        const char *why;

        CHECK(state_new(directory, &s) == 0);
        state_load(s, &old, &elapsed_us, &why);
        state_save(s, &m);
        state_free(s);
}

/* The seated time that was saved, or -1 and the reason why there is none. */
static double load_seated(const char **ret_why) {
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

/* Replaces the first occurrence in the slot by as many bytes. */
static void edit_slot(const char *path, off_t slot, const char *from, const char *to) {
        char page[STATE_SLOT_SIZE + 1] = "", *found;
        int fd = open(path, O_RDWR);

        CHECK(fd >= 0 && pread(fd, page, STATE_SLOT_SIZE, slot) > 0);
        found = strstr(page, from);
        CHECK(found && strlen(from) == strlen(to));
        CHECK(pwrite(fd, to, strlen(to), slot + (found - page)) == (ssize_t)strlen(to));
        close(fd);
}

static void test_slots(void) {
        const char *why;

        CHECK(load_seated(&why) < 0 && strstr(why, "nothing"));
        save_seated(1);
        save_seated(2);
        save_seated(3);
        CHECK(load_seated(&why) == 3);
        edit_slot(memory_path, STATE_SLOT_SIZE, "\"bout_seated_us\":3",
                  "\"bout_seated_us\":9"); /* serial 3 is odd: the second slot */
        CHECK(load_seated(&why) == 2);
        edit_slot(memory_path, 0, "\"bout_seated_us\":2", "\"bout_seated_us:2\"");
        CHECK(load_seated(&why) < 0 && strstr(why, "damaged"));
        save_seated(4);
        CHECK(load_seated(&why) == 4);
        CHECK(truncate(memory_path, 10) == 0);
        CHECK(load_seated(&why) < 0);
        save_seated(5);
        edit_slot(memory_path, STATE_SLOT_SIZE, "\"version\":1", "\"version\":9");
        CHECK(load_seated(&why) < 0 && strstr(why, "newer"));
        edit_slot(memory_path, STATE_SLOT_SIZE, "\"version\":9", "\"version\":1");
        CHECK(load_seated(&why) == 5);
        /* a memory with fewer members, and with one that is unknown */
        edit_slot(memory_path, STATE_SLOT_SIZE, "\"crc32\"", "\"crc00\"");
        edit_slot(memory_path, STATE_SLOT_SIZE, "\"sitting\":", "\"knowing\":");
        CHECK(load_seated(&why) == 0);
        edit_slot(memory_path, STATE_SLOT_SIZE, "\"knowing\":", "\"sitting\":");
        CHECK(load_seated(&why) == 5);
        edit_slot(memory_path, STATE_SLOT_SIZE, "\"bout_seated_us\":5", "\"bout_seated_us\":-");
        CHECK(load_seated(&why) < 0 && strstr(why, "damaged"));
}

/* Moves the newest save back: by half of the machine's uptime on the clock of the boot, and by a day on the wall. */
static void backdate_slot(off_t slot, uint64_t boottime_us) {
        uint64_t realtime_us = clock_realtime_us() - 86400 * USEC_PER_SEC;
        char page[STATE_SLOT_SIZE + 1] = "", text[3 * STATE_SLOT_SIZE], *boottime, *rest;
        int fd = open(memory_path, O_RDWR);

        CHECK(fd >= 0 && pread(fd, page, STATE_SLOT_SIZE, slot) == STATE_SLOT_SIZE);
        boottime = strstr(page, "\"boottime_us\"");
        rest = strstr(page, ",\"boot_id\"");
        CHECK(boottime && rest);
        *boottime = '\0';
        snprintf(text, sizeof(text), "%s\"boottime_us\":%llu,\"realtime_us\":%llu%s", page,
                 (unsigned long long)boottime_us, (unsigned long long)realtime_us, rest);
        memset(text + strlen(text), ' ', STATE_SLOT_SIZE); /* it may have become shorter */
        CHECK(pwrite(fd, text, STATE_SLOT_SIZE, slot) == STATE_SLOT_SIZE);
        close(fd);
        edit_slot(memory_path, slot, "\"crc32\"", "\"crc00\"");
}

static double load_elapsed_s(const char *boot_id) {
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

/* Within a boot the clock of the boot counts, even if the wall clock was set; after a reboot only the wall clock is
 * left. */
static void test_reboot(void) {
        uint64_t boottime_us;

        CHECK(unlink(memory_path) == 0);
        CHECK(setenv("SITBONE_BOOT_ID", "1de8c0c2f10b4f4cbfbd5bb7cd6ff3a1", 1) == 0);
        save_seated(1);
        boottime_us = clock_boottime_us() / 2;
        backdate_slot(STATE_SLOT_SIZE, boottime_us); /* serial 1 is odd: the second slot */
        CHECK_NEAR(load_elapsed_s("1de8c0c2f10b4f4cbfbd5bb7cd6ff3a1"), (double)boottime_us / 1e6, 5);
        CHECK_NEAR(load_elapsed_s("ffffffffffffffffffffffffffffffff"), 86400, 5);
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
        edit_slot(tare_path, 0, "17.5", "18.5");
        CHECK(!state_load_tare(s, &back));
        state_free(s);
}

static void limit_file_size(rlim_t bytes) {
        CHECK(setrlimit(RLIMIT_FSIZE, &(struct rlimit){.rlim_cur = bytes, .rlim_max = RLIM_INFINITY}) == 0);
}

/* A disk without room for the second slot leaves the first one as it was, and the write is retried. */
static void test_full_disk(void) {
        struct memory memory = make_memory(2), back;
        uint64_t elapsed_us;
        struct stat st;
        struct state *s;
        const char *why;

        CHECK(unlink(memory_path) == 0);
        save_seated(0);
        save_seated(1); /* serial 2: the first slot */
        CHECK(truncate(memory_path, STATE_SLOT_SIZE) == 0);
        CHECK(signal(SIGXFSZ, SIG_IGN) != SIG_ERR);
        limit_file_size(STATE_SLOT_SIZE + 100);
        CHECK(state_new(directory, &s) == 0);
        CHECK(state_load(s, &back, &elapsed_us, &why));
        state_save(s, &memory);
        do
                CHECK(usleep(1000) == 0 && stat(memory_path, &st) == 0);
        while (st.st_size == STATE_SLOT_SIZE); /* a part of it was written */
        CHECK(load_seated(&why) == 1);
        limit_file_size(RLIM_INFINITY);
        for (int i = 0; i < 1000 && st.st_size < 2 * (off_t)STATE_SLOT_SIZE; i++)
                CHECK(usleep(10000) == 0 && stat(memory_path, &st) == 0);
        CHECK(load_seated(&why) == 2);
        state_free(s);
}

/* The longest memory that there can be fits into a slot. */
static void test_longest(void) {
        static struct memory longest, back;
        struct state *s;
        uint64_t elapsed_us;
        const char *why;

        memset(&longest, 0xfe, sizeof(longest)); /* numbers of many digits: floats of -1.69e38 */
        memset(&longest.sitting.bout_age_us, 0x7e,
               sizeof(longest.sitting) - offsetof(struct memory_sitting, bout_age_us));
        memset(&longest.sitter, 'x', sizeof(longest.sitter) - 1);
        longest.sitter[sizeof(longest.sitter) - 1] = '\0';
        memset(&longest.alerts.inhibited_by, 'x', sizeof(longest.alerts.inhibited_by) - 1);
        longest.alerts.inhibited_by[sizeof(longest.alerts.inhibited_by) - 1] = '\0';
        longest.sitting.phase = SITTING_INTERRUPTED;
        for (int k = 0; k < ALERT_KIND_N; k++) {
                memset(&longest.alerts.of[k], 0x7e, sizeof(longest.alerts.of[k]));
                longest.alerts.of[k].outcome = ALERT_SQUEEZED;
                longest.alerts.of[k].moment = ALERT_AT_CHANGE;
                longest.alerts.of[k].why.other = EXERCISE_STRENGTHEN;
        }
        CHECK(unlink(memory_path) == 0 && state_new(directory, &s) == 0);
        state_save(s, &longest);
        state_free(s);
        CHECK(state_new(directory, &s) == 0);
        CHECK(state_load(s, &back, &elapsed_us, &why));
        CHECK(back.sitting.bout.in_us[3] == longest.sitting.bout.in_us[3]);
        CHECK(back.alerts.of[1].asymmetry == longest.alerts.of[1].asymmetry);
        state_free(s);
}

static void test_no_directory(void) {
        static char long_path[600];
        struct state *s = NULL;

        CHECK(state_new("/nonexistent/sitbone", &s) < 0 && !s);
        memset(long_path, '/', sizeof(long_path) - 1);
        memcpy(long_path, directory, strlen(directory)); /* if it were cut, it would name a file of another folder */
        CHECK(state_new(long_path, &s) == -ENAMETOOLONG && !s);
}

int main(void) {
        CHECK(mkdtemp(directory));
        snprintf(memory_path, sizeof(memory_path), "%s/memory", directory);
        snprintf(tare_path, sizeof(tare_path), "%s/tare", directory);
        test_slots();
        test_reboot();
        test_full_disk();
        test_longest();
        test_tare();
        test_no_directory();
        unlink(memory_path);
        unlink(tare_path);
        rmdir(directory);
        return 0;
}
