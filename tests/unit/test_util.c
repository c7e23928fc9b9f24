/* SPDX-License-Identifier: MIT */
/* The small helpers of util/. */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"
#include "util/checksum.h"
#include "util/config_errors.h"
#include "util/file.h"
#include "util/latency.h"
#include "util/sanitize.h"
#include "util/suggest.h"

static void test_crc32(void) {
        CHECK(checksum_crc32(0, "123456789", 9) == 0xcbf43926); /* the check value of the catalogue of CRCs */
        CHECK(checksum_crc32(checksum_crc32(0, "1234", 4), "56789", 5) == 0xcbf43926);
}

static void test_latency(void) {
        struct latency l = {0};

        CHECK(latency_p99_us(&l) == 0);
        for (int i = 0; i < 990; i++)
                latency_add(&l, 40);
        for (int i = 0; i < 10; i++)
                latency_add(&l, 5000);
        CHECK(latency_p99_us(&l) >= 40 && latency_p99_us(&l) < 48); /* a quarter of an octave */
        latency_add(&l, 1u << 30);
        latency_add(&l, UINT64_MAX);
        CHECK(latency_p99_us(&l) >= 5000 && latency_p99_us(&l) < 6200);
        CHECK(l.worst_us == INT32_MAX);
        for (uint32_t us = 0; us < 100000;
             us++) { /* every value is at most its bucket's upper edge, and not far below */
                struct latency one = {0};
                latency_add(&one, us);
                one.worst_us = UINT32_MAX;
                CHECK(latency_p99_us(&one) >= us && latency_p99_us(&one) <= us + us / 4 + 1);
        }
}

static void test_suggest(void) {
        const char *best = NULL;

        CHECK(suggest_distance("kitten", "sitting") == 3);
        CHECK(suggest_distance("", "abc") == 3);
        suggest_nearest("snoze", "tare", &best);
        CHECK(!best);
        suggest_nearest("snoze", "snooze", &best);
        suggest_nearest("snoze", "done", &best);
        CHECK(best && strcmp(best, "snooze") == 0);
}

static bool sanitizes_to(const char *from, const char *to) {
        char line[64];

        snprintf(line, sizeof(line), "%s", from);
        sanitize_line(line);
        return strcmp(line, to) == 0 && is_sanitized(to) && is_sanitized(from) == (strcmp(from, to) == 0);
}

static void test_sanitize(void) {
        CHECK(sanitizes_to("a\033[31mb\r\n\x7f", "a?[31mb???"));
        CHECK(sanitizes_to("a\xc2\x9b"
                           "31m\xc2\x80\xc2\x9f\xc2\xa0",
                           "a??31m????\xc2\xa0")); /* CSI in UTF-8 */
        CHECK(sanitizes_to("a\x9b"
                           "31m\xdc",
                           "a?31m?")); /* CSI as one byte */
        CHECK(sanitizes_to("\xc3\x9b\xe2\x9b\xb5\xf0\x9f\x9b\x9b", "\xc3\x9b\xe2\x9b\xb5\xf0\x9f\x9b\x9b"));
        CHECK(sanitizes_to("\xe2\x9b", "??") &&
              sanitizes_to("\xc0\x9b"
                           "x",
                           "??x") &&
              sanitizes_to("\xc2", "?") && sanitizes_to("", ""));
}

static char log_of_names[256];

static void collect_name(void *userdata, const char *path) {
        (void)userdata;
        strncat(log_of_names, strrchr(path, '/') - 1, sizeof(log_of_names) - strlen(log_of_names) - 1);
        strncat(log_of_names, " ", sizeof(log_of_names) - strlen(log_of_names) - 1);
}

static void create_file(const char *directory, const char *name) {
        char path[128];

        snprintf(path, sizeof(path), "%s/%s", directory, name);
        CHECK(file_write_atomically(path, "x", 1, 0600) == 0);
}

static void test_files(void) {
        char top[] = "/tmp/sitbone-files-XXXXXX", a[64], b[64], *text;
        const char *const trees[] = {a, b, NULL};
        const char *mapped;
        char command[128];
        size_t n;

        CHECK(mkdtemp(top));
        snprintf(a, sizeof(a), "%s/a", top);
        snprintf(b, sizeof(b), "%s/b", top);
        CHECK(mkdir(a, 0700) == 0 && mkdir(b, 0700) == 0);
        create_file(a, "20.conf");
        create_file(b, "10.conf");
        create_file(b, "20.conf"); /* masked by a */
        create_file(b, "30.txt");  /* not a drop-in */
        create_file(b, ".5.conf"); /* hidden */
        file_each_drop_in(trees, collect_name, NULL);
        CHECK(strcmp(log_of_names, "b/10.conf a/20.conf ") == 0);

        CHECK(file_read("/dev/null", 10, &text, &n) == 0 && n == 0);
        free(text);
        CHECK(file_read(top, 10, &text, &n) < 0);
        snprintf(a, sizeof(a), "%s/b/10.conf", top);
        CHECK(file_read(a, 10, &text, &n) == 0 && n == 1 && strcmp(text, "x") == 0);
        free(text);
        CHECK(file_map(a, &mapped, &n) == 0 && n == 1 && *mapped == 'x');
        file_unmap(mapped, n);
        CHECK(file_map("/dev/null", &mapped, &n) == 0 && n == 0);
        CHECK(file_map("/dev/zero", &mapped, &n) == -EINVAL && file_read("/dev/full", 10, &text, &n) == -EINVAL);
        file_unmap(mapped, n);
        CHECK(file_map(top, &mapped, &n) == -EISDIR && file_map("/nowhere", &mapped, &n) == -ENOENT);
        snprintf(command, sizeof(command), "rm -r %s", top);
        CHECK(system(command) == 0);
}

static void test_utf8(void) {
        static const char *const good[] = {"", "Desk chair", "St\xc3\xbchl", "\xe2\x82\xac", "\xf0\x9f\xaa\x91"};
        static const char *const bad[] = {"\xff",
                                          "\xc3",
                                          "\xc3(",
                                          "\x80",
                                          "\xc0\xaf" /* overlong */,
                                          "\xe0\x80\xaf",
                                          "\xed\xa0\x80" /* surrogate */,
                                          "\xf4\x90\x80\x80",
                                          "\xe2\x82"};

        for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
                CHECK(utf8_valid(good[i]));
        for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
                CHECK(!utf8_valid(bad[i]));
}

/* Texts of files are quoted on a terminal. */
static void test_quotes_are_one_line(void) {
        static struct config_errors errors;

        config_error_add(&errors, "x.conf:1: %s", "a\n<3>b\x1b[2Jc\x7f \xc3\xbc");
        CHECK(strcmp(errors.text[0], "x.conf:1: a?<3>b?[2Jc? \xc3\xbc") == 0);
}

int main(void) {
        test_crc32();
        test_latency();
        test_suggest();
        test_sanitize();
        test_files();
        test_utf8();
        test_quotes_are_one_line();
        return 0;
}
