/* SPDX-License-Identifier: MIT */
/* The profile of each sitter survives a restart. A file that cannot be used is moved aside, and the others are
 * read. */
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"
#include "store/profiles.h"
#include "util/file.h"

static char directory[] = "/tmp/sitbone-profiles-XXXXXX";
static struct profile anna, read_back;

static const char *find_path(const char *name) {
        static char path[128];

        snprintf(path, sizeof(path), "%s/%s", directory, name);
        return path;
}

static void make_anna(void) {
        snprintf(anna.sitter, sizeof(anna.sitter), "anna");
        anna.n_cells = 1024;
        anna.calibration.version = PROFILE_VERSION;
        anna.calibration.pose[POSE_UPRIGHT].taken = 1;
        anna.calibration.pose[POSE_UPRIGHT].seconds = 10;
        anna.calibration.pose[POSE_UPRIGHT].mean[3] = NAN;
        anna.calibration.pose[POSE_UPRIGHT].mean[13] = 200;
        anna.n_fingerprint = 2;
        snprintf(anna.taught[0].name, sizeof(anna.taught[0].name), "crossed-left");
        anna.taught[0].seconds = 10;
        anna.fingerprint_offset = 0.05F;
}

static void put_profile(const struct profile *profile) {
        struct profiles *p;

        CHECK(profiles_new(directory, &p) == 0);
        CHECK(profiles_put(p, profile) == 0);
        CHECK(profiles_get(p, profile->sitter)->n_cells == profile->n_cells); /* at once */
        profiles_free(p);                                                     /* writes the pending profile */
}

static bool load_profile(const char *sitter, struct profile *ret) {
        struct profiles *p;
        const struct profile *found;

        CHECK(profiles_new(directory, &p) == 0);
        found = profiles_get(p, sitter);
        if (found)
                *ret = *found;
        profiles_free(p);
        return found != NULL;
}

static void test_restart(void) {
        struct profile nobody = {.n_cells = 7};
        struct stat st;

        CHECK(!load_profile("anna", &read_back) && !load_profile("", &read_back));
        put_profile(&anna);
        put_profile(&nobody);
        CHECK(load_profile("anna", &read_back) && memcmp(&read_back, &anna, sizeof(anna)) == 0);
        CHECK(load_profile("", &read_back) && read_back.n_cells == 7 && !*read_back.sitter);
        CHECK(stat(find_path("profile-anna"), &st) == 0 && (st.st_mode & 0777) == 0600);
        CHECK(file_exists(find_path("profile")));
}

/* Replaces the first occurrence in the file. */
static void edit_file(const char *name, const char *from, const char *to) {
        char *text, *found, *edited;
        size_t n;

        CHECK(file_read(find_path(name), 1 << 20, &text, &n) == 0);
        found = strstr(text, from);
        CHECK(found);
        *found = '\0';
        CHECK(asprintf(&edited, "%s%s%s", text, to, found + strlen(from)) > 0);
        CHECK(file_write_atomically(find_path(name), edited, strlen(edited), 0600) == 0);
        free(edited);
        free(text);
}

/* An unusable file is moved aside under a name of its own each time; the other sitter's is untouched. */
static void test_damaged(void) {
        char from[128];

        edit_file("profile-anna", "\"n_cells\":1024", "\"n_cells\":1025");
        CHECK(!load_profile("anna", &read_back) && load_profile("", &read_back));
        CHECK(!file_exists(find_path("profile-anna")) && file_exists(find_path("profile-anna.unusable")));
        CHECK(!load_profile("anna", &read_back)); /* the moved file is not read */
        put_profile(&anna);
        CHECK(load_profile("anna", &read_back));
        edit_file("profile-anna", "\"version\":1", "\"version\":2");
        CHECK(!load_profile("anna", &read_back) && file_exists(find_path("profile-anna.unusable-2")));
        put_profile(&anna);
        CHECK(truncate(find_path("profile-anna"), 10) == 0 && !load_profile("anna", &read_back));
        put_profile(&anna);
        CHECK(truncate(find_path("profile-anna"), 10000000) == 0 && !load_profile("anna", &read_back));
        put_profile(&anna);
        snprintf(from, sizeof(from), "%s", find_path("profile-anna"));
        CHECK(rename(from, find_path("profile-ben")) == 0); /* a person copies files */
        CHECK(!load_profile("ben", &read_back) && file_exists(find_path("profile-ben.unusable")));
        put_profile(&anna);
        CHECK(mkdir(find_path("profile-folder"), 0700) == 0);
        CHECK(load_profile("anna", &read_back) && !load_profile("folder", &read_back));
}

/* A person may edit a file: without its checksum it is read when its values can be. */
static void test_edited(void) {
        edit_file("profile-anna", "\"crc32\":", "\"was\":");
        edit_file("profile-anna", "\"n_cells\":1024", "\n  \"n_cells\": 1025");
        CHECK(load_profile("anna", &read_back) && read_back.n_cells == 1025);
        edit_file("profile-anna", "\"n_cells\": 1025", "\"n_cells\": 10250");
        CHECK(!load_profile("anna", &read_back) && file_exists(find_path("profile-anna.unusable-5")));
        put_profile(&anna);
}

static void test_other_mat(void) {
        struct profile other = anna;

        put_profile(&anna);
        CHECK(!file_exists(find_path("profile-anna.unusable-6")));
        other.n_cells = 256;
        put_profile(&other);
        CHECK(load_profile("anna", &read_back) && read_back.n_cells == 256);
        CHECK(file_exists(find_path("profile-anna.unusable-6"))); /* the calibration of the other mat is not lost */
}

/* A failed write is retried until it succeeds, and does not delay the profile of another sitter. */
static void test_retry(void) {
        struct profile late = {.sitter = "late", .n_cells = 1}, next = {.sitter = "next", .n_cells = 1};
        struct profiles *p;

        CHECK(profiles_new(directory, &p) == 0);
        CHECK(mkdir(find_path("profile-late"), 0700) == 0); /* in the way of its file */
        CHECK(profiles_put(p, &late) == 0 && profiles_put(p, &next) == 0);
        for (int i = 0; i < 1000 && !file_exists(find_path("profile-next")); i++)
                usleep(10000);
        CHECK(rmdir(find_path("profile-late")) == 0);
        for (int i = 0; i < 1000 && !file_exists(find_path("profile-late")); i++)
                usleep(10000);
        CHECK(file_exists(find_path("profile-late")));
        CHECK(mkdir(find_path("profile-never"), 0700) == 0);
        snprintf(late.sitter, sizeof(late.sitter), "never");
        CHECK(profiles_put(p, &late) == 0);
        profiles_free(p); /* ends nevertheless */
        CHECK(load_profile("late", &read_back) && unlink(find_path("profile-late")) == 0 &&
              unlink(find_path("profile-next")) == 0 && rmdir(find_path("profile-never")) == 0);
}

static void test_room(void) {
        struct profile many = {.n_cells = 1};
        struct profiles *p;
        int i;

        CHECK(profiles_new(directory, &p) == 0);
        for (i = 0; i < SITTERS_MAX - 2; i++) { /* anna and nobody are there */
                snprintf(many.sitter, sizeof(many.sitter), "s%d", i);
                CHECK(profiles_have_room(p, many.sitter) && profiles_put(p, &many) == 0);
        }
        CHECK(!profiles_have_room(p, "late") && profiles_have_room(p, "s3"));
        snprintf(many.sitter, sizeof(many.sitter), "late");
        CHECK(profiles_put(p, &many) == -ENOSPC);
        CHECK(profiles_at(p, SITTERS_MAX - 1) && !profiles_at(p, SITTERS_MAX));
        profiles_free(p);
        CHECK(load_profile("s13", &read_back) && !load_profile("late", &read_back));
}

static void test_names(void) {
        static const char *const bad[] = {"",    "A", "a b", "../x",
                                          "a/b", "ä", "a.b", "12345678901234567890123456789012"};

        CHECK(profile_name_is_legal("a") && profile_name_is_legal("anna-2") &&
              profile_name_is_legal("1234567890123456789012345678901"));
        for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
                CHECK(!profile_name_is_legal(bad[i]));
}

static void test_check(void) {
        static struct profile p;

#define REFUSED(change)                                                                                               \
        p = anna;                                                                                                     \
        CHECK(!profile_check(&p));                                                                                    \
        change;                                                                                                       \
        CHECK(profile_check(&p))
        REFUSED(memset(p.sitter, 'a', sizeof(p.sitter)));
        REFUSED(p.sitter[0] = '/');
        REFUSED(p.n_cells = CELLS_MAX + 1);
        REFUSED(p.n_fingerprint = FINGERPRINT_MAX + 1);
        REFUSED(p.calibration.pose[0].taken = 2);
        REFUSED(p.calibration.version = 0);
        REFUSED(p.calibration.pose[0].seconds = NAN);
        REFUSED(p.calibration.pose[0].mean[2] = INFINITY);
        REFUSED(p.calibration.pose[0].sd[2] = -1);
        REFUSED(p.baseline.variance[1] = -1);
        REFUSED(p.place.mean[0] = NAN);
        REFUSED(p.place.mean[1] = 1e30F);
        REFUSED(p.place.variance[1] = -1);
        REFUSED(p.place.recent[2][3] = INFINITY);
        REFUSED(p.place.n_recent = PLACE_RECENT + 1);
        REFUSED(p.place.verdict = PLACE_VERDICT_N);
        REFUSED(p.taught[0].seconds = -1);
        REFUSED(p.taught[0].load.mean[1] = -INFINITY);
        REFUSED(p.taught[0].load.variance[1] = -1);
        REFUSED(p.fingerprint_offset = 0);
        REFUSED(p.taught[5] = p.taught[0]); /* twice the same name */
        REFUSED(p.taught[1].name[0] = '%');
}

int main(void) {
        char command[128];
        struct profiles *p;

        CHECK(mkdtemp(directory) != NULL);
        make_anna();
        test_names();
        test_check();
        test_restart();
        test_damaged();
        test_edited();
        test_other_mat();
        test_retry();
        test_room();
        CHECK(profiles_new("/nonexistent/folder", &p) == -ENOENT);
        snprintf(command, sizeof(command), "rm -r %s", directory);
        CHECK(system(command) == 0);
        return 0;
}
