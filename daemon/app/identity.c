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

/* Lower-case letters, digits and '-' in a row of anything else; nothing at the ends. */
static void slug(const char *text, char *ret, size_t size) {
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

/* What a device or a machine calls itself may be any bytes; here it is ASCII that can be printed. */
static void copy_printable(const char *text, char *ret, size_t size) {
        size_t n = 0;

        for (; *text && n + 1 < size; text++)
                if (*text > ' ' && *text < 0x7f)
                        ret[n++] = *text;
        ret[n] = '\0';
}

/* Whence a remembered id came: a host name stays for ever, a serial number gives way to that of another mat. */
enum source { FROM_NOTHING = 0, FROM_HOST = 'h', FROM_SERIAL = 's' };

static void remember_id(const char *state_directory, enum source source, const char *id) {
        char path[512], text[80];
        int n = snprintf(text, sizeof(text), "%c %s\n", source, id);

        if (!state_directory)
                return;
        snprintf(path, sizeof(path), "%s/seat-id", state_directory);
        file_write_atomically(path, text, (size_t)n, 0600);
}

static enum source remembered_id(const char *state_directory, char *ret, size_t size) {
        enum source source = FROM_NOTHING;
        char path[512], *text;
        size_t n;

        if (!state_directory)
                return FROM_NOTHING;
        snprintf(path, sizeof(path), "%s/seat-id", state_directory);
        if (file_read(path, 256, &text, &n) < 0)
                return FROM_NOTHING;
        if (n > 2 && text[1] == ' ' && (text[0] == FROM_HOST || text[0] == FROM_SERIAL)) {
                slug(text + 2, ret, size);
                source = *ret ? (enum source)text[0] : FROM_NOTHING;
        }
        free(text);
        return source;
}

/* Home Assistant keeps an id for ever, so it must not depend on whether the mat happens to be plugged in at the start. */
static void choose_id(struct identity *id, const char *setting, const char *state_directory) {
        char serial[sizeof(id->seat_id)], known[sizeof(id->seat_id)];
        enum source source;

        if (strcmp(setting, "auto") != 0) {
                snprintf(id->seat_id, sizeof(id->seat_id), "%s", setting);
                return;
        }
        slug(id->mat_serial, serial, sizeof(serial));
        source = remembered_id(state_directory, known, sizeof(known));
        if (source == FROM_HOST || (source == FROM_SERIAL && !*serial)) {
                memcpy(id->seat_id, known, sizeof(known));
                return;
        }
        slug(*serial ? serial : id->hostname, id->seat_id, sizeof(id->seat_id));
        if (!*id->seat_id)
                snprintf(id->seat_id, sizeof(id->seat_id), "seat");
        remember_id(state_directory, *serial ? FROM_SERIAL : FROM_HOST, id->seat_id);
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
        else /* the first line of text will say how many cells there are */
                snprintf(ret->mat_model, sizeof(ret->mat_model), "Seat pressure mat");
        snprintf(ret->mat_format, sizeof(ret->mat_format), "%s", format->name);
        snprintf(ret->version, sizeof(ret->version), "%s", sitbone_version);
        snprintf(ret->config_digest, sizeof(ret->config_digest), "%08x",
                 checksum_crc32(0, settings, sizeof(*settings)));
}
