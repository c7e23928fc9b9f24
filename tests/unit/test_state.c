/* What survives a restart: newest good slot wins, a damaged one costs a second and not the rest. */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "check.h"
#include "publish/state.h"

static char directory[] = "/tmp/sitbone-state-XXXXXX";
static char memory_path[64], tare_path[64];

static struct memory memory_of(uint64_t seated_us) {
        struct memory m;

        memset(&m, 0, sizeof(m));
        m.sitting.bout_seated_us = seated_us;
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
        return found ? (double)m.sitting.bout_seated_us : -1;
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
        struct state *s = NULL;

        CHECK(state_new("/nonexistent/sitbone", &s) < 0 && !s);
}

int main(void) {
        CHECK(mkdtemp(directory));
        snprintf(memory_path, sizeof(memory_path), "%s/memory", directory);
        snprintf(tare_path, sizeof(tare_path), "%s/tare", directory);
        test_slots();
        test_tare();
        test_no_directory();
        unlink(memory_path);
        unlink(tare_path);
        rmdir(directory);
        return 0;
}
