/* SPDX-License-Identifier: MIT */
#include "app/identity.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sitbone/settings.h"
#include "util/checksum.h"
#include "util/file.h"
#include "util/version.h"

/* Lower-case letters and digits; one '-' for each run of other characters, none at the ends. */
static void make_slug(const char *text, char *ret, size_t size) {
        size_t n = 0;

        for (; *text && n + 1 < size; text++) {
                if (isalnum((unsigned char)*text))
                        ret[n++] = (char)tolower((unsigned char)*text);
                else if (n > 0 && ret[n - 1] != '-')
                        ret[n++] = '-';
        }
        while (n > 0 && ret[n - 1] == '-')
                n--;
        ret[n] = '\0';
}

/* Names of devices and machines may be any bytes; only printable ASCII is copied. */
static void copy_printable(const char *text, char *ret, size_t size) {
        size_t n = 0;

        for (; *text && n + 1 < size; text++)
                if (*text > ' ' && *text < 0x7f)
                        ret[n++] = *text;
        ret[n] = '\0';
}

/* Origin of the stored id. Ids from a host name are permanent; ids from a serial number change with the mat. */
enum source { FROM_NOTHING = 0, FROM_HOST = 'h', FROM_SERIAL = 's' };

static void store_id(const char *state_directory, enum source source, const char *id) {
        char path[512], text[80];
        int n = snprintf(text, sizeof(text), "%c %s\n", source, id);

        if (!state_directory)
                return;
        snprintf(path, sizeof(path), "%s/seat-id", state_directory);
        file_write_atomically(path, text, (size_t)n, 0600);
}

static enum source load_id(const char *state_directory, char *ret, size_t size) {
        enum source source = FROM_NOTHING;
        char path[512], *text;
        size_t n;

        if (!state_directory)
                return FROM_NOTHING;
        snprintf(path, sizeof(path), "%s/seat-id", state_directory);
        if (file_read(path, 256, &text, &n) < 0)
                return FROM_NOTHING;
        if (n > 2 && text[1] == ' ' && (text[0] == FROM_HOST || text[0] == FROM_SERIAL)) {
                make_slug(text + 2, ret, size);
                source = *ret ? (enum source)text[0] : FROM_NOTHING;
        }
        free(text);
        return source;
}

/* Home Assistant stores an id permanently, so it must not depend on whether the mat is plugged in at the start. */
static void choose_id(struct identity *id, const char *setting, const char *state_directory) {
        char serial[sizeof(id->seat_id)], known[sizeof(id->seat_id)];
        enum source source;

        if (strcmp(setting, "auto") != 0) {
                snprintf(id->seat_id, sizeof(id->seat_id), "%s", setting);
                return;
        }
        make_slug(id->mat_serial, serial, sizeof(serial));
        source = load_id(state_directory, known, sizeof(known));
        if (source == FROM_HOST || (source == FROM_SERIAL && !*serial)) {
                memcpy(id->seat_id, known, sizeof(known));
                return;
        }
        make_slug(*serial ? serial : id->hostname, id->seat_id, sizeof(id->seat_id));
        if (!*id->seat_id)
                snprintf(id->seat_id, sizeof(id->seat_id), "seat");
        store_id(state_directory, *serial ? FROM_SERIAL : FROM_HOST, id->seat_id);
}

void identity_make(const struct settings *settings, const struct format *format, const struct geometry *geometry,
                   const char *serial, const char *state_directory, struct identity *ret) {
        char hostname[sizeof(ret->hostname)] = "";

        memset(ret, 0, sizeof(*ret));
        gethostname(hostname, sizeof(hostname) - 1);
        copy_printable(hostname, ret->hostname, sizeof(ret->hostname));
        copy_printable(serial, ret->mat_serial, sizeof(ret->mat_serial));
        choose_id(ret, settings->seat.id, state_directory);
        snprintf(ret->seat_name, sizeof(ret->seat_name), "%s", settings->seat.name);
        snprintf(ret->area, sizeof(ret->area), "%s", settings->seat.area);
        if (geometry->rows)
                snprintf(ret->mat_model, sizeof(ret->mat_model), "Seat pressure mat %ux%u", geometry->rows,
                         geometry->cols);
        else /* the first line of text sets the number of cells */
                snprintf(ret->mat_model, sizeof(ret->mat_model), "Seat pressure mat");
        snprintf(ret->mat_format, sizeof(ret->mat_format), "%s", format->name);
        snprintf(ret->version, sizeof(ret->version), "%s", sitbone_version);
        snprintf(ret->config_digest, sizeof(ret->config_digest), "%08x",
                 checksum_crc32(0, settings, sizeof(*settings)));
}
