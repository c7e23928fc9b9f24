#include "identity.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "util/checksum.h"
#include "util/file.h"
#include "version.h"

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

static void remember_id(const char *state_directory, const char *id) {
        char path[512];

        if (!state_directory)
                return;
        snprintf(path, sizeof(path), "%s/seat-id", state_directory);
        file_write_atomically(path, id, strlen(id), 0600);
}

static void remembered_id(const char *state_directory, char *ret, size_t size) {
        char path[512], *text;
        size_t n;

        if (!state_directory)
                return;
        snprintf(path, sizeof(path), "%s/seat-id", state_directory);
        if (file_read(path, 256, &text, &n) < 0)
                return;
        slug(text, ret, size);
        free(text);
}

static void choose_id(struct identity *id, const char *setting, const char *state_directory) {
        if (strcmp(setting, "auto") != 0) {
                snprintf(id->seat_id, sizeof(id->seat_id), "%s", setting);
                return;
        }
        slug(id->mat_serial, id->seat_id, sizeof(id->seat_id));
        if (*id->seat_id)
                remember_id(state_directory, id->seat_id);
        else
                remembered_id(state_directory, id->seat_id, sizeof(id->seat_id));
        if (!*id->seat_id)
                slug(id->hostname, id->seat_id, sizeof(id->seat_id));
        if (!*id->seat_id)
                snprintf(id->seat_id, sizeof(id->seat_id), "seat");
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
        snprintf(ret->config_digest, sizeof(ret->config_digest), "%08x", checksum_crc32(settings, sizeof(*settings)));
}
