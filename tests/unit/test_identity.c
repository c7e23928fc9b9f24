/* Who the daemon says it is: safe in topics, on the bus and in JSON, and the same tomorrow. */
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "identity.h"
#include "settings.h"

static char directory[] = "/tmp/sitbone-identity-XXXXXX";
static struct identity identity;

static void make(const char *id, const char *serial, const char *state_directory) {
        static struct geometry geometry;
        struct settings settings;

        settings_defaults(&settings);
        snprintf(settings.seat.id, sizeof(settings.seat.id), "%s", id);
        identity_make(&settings, format_by_name("csv-line"), &geometry, serial, state_directory, &identity);
}

/* A serial number is whatever bytes a device was given. */
static void test_strange_serial(void) {
        make("auto", "A5/..+#\n02\xff\x1b[2J$B1", NULL);
        CHECK(strcmp(identity.seat_id, "a5-02-2j-b1") == 0);
        CHECK(strcmp(identity.mat_serial, "A5/..+#02[2J$B1") == 0);
        make("auto", "---", NULL);
        CHECK(*identity.seat_id && strspn(identity.seat_id, "abcdefghijklmnopqrstuvwxyz0123456789-") ==
                                           strlen(identity.seat_id)); /* the host name's */
}

/* Home Assistant keeps an id for ever: a mat that is not plugged in yet has the one that it had. */
static void test_remembered(void) {
        char path[64];

        make("auto", "A5-02", directory);
        make("auto", "", directory);
        CHECK(strcmp(identity.seat_id, "a5-02") == 0);
        make("desk-7", "A5-02", directory);
        CHECK(strcmp(identity.seat_id, "desk-7") == 0);
        snprintf(path, sizeof(path), "%s/seat-id", directory);
        CHECK(remove(path) == 0);
}

/* A text mat's size comes with its first line: no size is said before. */
static void test_size_not_known_yet(void) {
        make("auto", "", NULL);
        CHECK(strcmp(identity.mat_model, "Seat pressure mat") == 0);
}

int main(void) {
        CHECK(mkdtemp(directory));
        test_strange_serial();
        test_remembered();
        test_size_not_known_yet();
        CHECK(remove(directory) == 0);
        return 0;
}
