/* SPDX-License-Identifier: MIT */
/* The seat id never changes by itself: not with the mat plugged in or out, only with another mat. */
#include <string.h>
#include <unistd.h>

#include "app/identity.h"
#include "check.h"
#include "configure/settings.h"
#include "core/acquire/formats.h"
#include "core/acquire/layout.h"

static char directory[] = "/tmp/sitbone-identity-XXXXXX";

static const char *id_with(const char *setting, const char *serial, const char *state_directory) {
        static struct layout layout;
        static struct identity identity;
        const struct format *format = format_by_name("jq-seat-32");
        struct settings settings;

        settings_defaults(&settings);
        snprintf(settings.seat.id, sizeof(settings.seat.id), "%s", setting);
        CHECK(!layout_build(format, &settings.device, &layout));
        identity_make(&settings, format, &layout.geometry, serial, state_directory, &identity);
        return identity.seat_id;
}

static void remove_stored_id(void) {
        char path[64];

        snprintf(path, sizeof(path), "%s/seat-id", directory);
        unlink(path);
}

int main(void) {
        char host[64];

        CHECK(mkdtemp(directory));
        CHECK(strcmp(id_with("desk-1", "MAT0001", directory), "desk-1") == 0);
        CHECK(strcmp(id_with("auto", "MAT 0001/x", directory), "mat0001-x") ==
              0);                                                        /* the name of a device may be any bytes */
        CHECK(strcmp(id_with("auto", "", directory), "mat0001-x") == 0); /* unplugged */
        CHECK(strcmp(id_with("auto", "MAT0002", directory), "mat0002") == 0); /* another mat */

        remove_stored_id();
        snprintf(host, sizeof(host), "%s", id_with("auto", "", directory)); /* away at the first start */
        CHECK(*host && host[strspn(host, "abcdefghijklmnopqrstuvwxyz0123456789-")] == '\0');
        CHECK(strcmp(id_with("auto", "MAT0001", directory), host) == 0);

        CHECK(strcmp(id_with("auto", "MAT0001", NULL), "mat0001") == 0);
        CHECK(strcmp(id_with("auto", "///", NULL), host) == 0);
        remove_stored_id();
        rmdir(directory);
        return 0;
}
