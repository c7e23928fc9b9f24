/* SPDX-License-Identifier: MIT */
#include "tools/sitbonectl/live/daemon_link.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-bus.h>

#include "contract/bus_names.h"
#include "util/language.h"

enum { CALL_TIMEOUT_US = 3000000, SEATS_MAX = 16 };

static bool is_seat(const char *name) {
        size_t n = strlen(BUS_INTERFACE);

        return strncmp(name, BUS_INTERFACE, n) == 0 && (name[n] == '\0' || name[n] == '.');
}

/* Counts the seats on the bus: the wanted name only, or all. The last one found is stored in link->name, all in all. */
static int count_seats(struct link *link, const char *wanted, char *all, size_t size) {
        char **names = NULL;
        int n = 0;

        all[0] = '\0';
        if (sd_bus_list_names(link->bus, &names, NULL) < 0)
                return 0;
        for (char **p = names; p && *p; p++) {
                if (is_seat(*p) && (!wanted || strcmp(*p, wanted) == 0)) {
                        snprintf(link->name, sizeof(link->name), "%s", *p);
                        snprintf(all + strlen(all), size - strlen(all), "%s%s", n ? ", " : "", *p);
                        n++;
                }
                free(*p);
        }
        free(names);
        return n;
}

/* 1 = found, 0 = no seat, -1 = several. */
static int try_bus(struct link *link, const char *which, const char *wanted, bool loud) {
        char all[SEATS_MAX * 64];
        int r = strcmp(which, "system") == 0 ? sd_bus_open_system(&link->bus) : sd_bus_open_user(&link->bus), n;

        if (r < 0)
                return 0;
        link->which = which;
        n = count_seats(link, wanted, all, sizeof(all));
        if (n == 1)
                return 1;
        if (n > 1 && loud)
                complain(_("several seats on the %s bus: %s; choose one with --seat ID"), which, all);
        link_close(link);
        return n > 1 ? -1 : 0;
}

int link_find(const struct options *options, struct link *ret, bool loud) {
        static const char *const which[] = {"system", "session"};
        char wanted[BUS_NAME_MAX];
        int r = 0;

        memset(ret, 0, sizeof(*ret));
        if (strcmp(options->bus, "auto") != 0 && strcmp(options->bus, "system") != 0 &&
            strcmp(options->bus, "session") != 0) {
                complain(_("--bus %s: must be system, session or auto"), options->bus);
                return -1;
        }
        if (options->seat)
                bus_name(options->seat, wanted);
        for (int i = 0; i < 2 && r == 0; i++)
                if (strcmp(options->bus, "auto") == 0 || strcmp(options->bus, which[i]) == 0)
                        r = try_bus(ret, which[i], options->seat ? wanted : NULL, loud);
        return r;
}

int link_nobody(const struct options *options) {
        const char *where = strcmp(options->bus, "auto") == 0 ? _("system or session") : options->bus;
        char seat[96] = "";

        if (options->seat)
                snprintf(seat, sizeof(seat), _(" for seat \"%s\""), options->seat);
        complain(_("no daemon%s on the %s bus: is sitboned running? systemctl status sitboned"), seat, where);
        return STATUS_FAILED;
}

int link_open(const struct options *options, struct link *ret) {
        int r = link_find(options, ret, true);

        return r > 0 ? STATUS_DONE : r < 0 ? STATUS_USAGE : link_nobody(options);
}

void link_close(struct link *link) {
        link->bus = sd_bus_flush_close_unref(link->bus);
}

const char *link_denied(int r) {
        return r == -EACCES ? _("permission denied: only root and users with an active local session may see this; "
                                "use sudo "
                                "sitbonectl")
                            : NULL;
}

int link_lost(int r) {
        if (link_denied(r))
                complain("%s", link_denied(r));
        else
                complain(_("the daemon does not answer: %s. systemctl status sitboned"), strerror(-r));
        return STATUS_FAILED;
}

static const char *choose_hint(const sd_bus_error *error) {
        if (sd_bus_error_has_name(error, SD_BUS_ERROR_ACCESS_DENIED))
                return _(" (only root and users with an active local session may do this)");
        if (sd_bus_error_has_name(error, SD_BUS_ERROR_NO_REPLY) || sd_bus_error_has_name(error, SD_BUS_ERROR_TIMEOUT))
                return _(" (the daemon does not answer: systemctl status sitboned)");
        return "";
}

static int call_method(struct link *link, const char *method, char *ret, size_t size, const char *signature,
                       va_list arguments) {
        sd_bus_error error = SD_BUS_ERROR_NULL;
        sd_bus_message *call = NULL;
        int r = sd_bus_message_new_method_call(link->bus, &call, link->name, BUS_PATH, BUS_INTERFACE, method);

        if (r >= 0 && signature[0])
                r = sd_bus_message_appendv(call, signature, arguments);
        if (r >= 0)
                r = sd_bus_call(link->bus, call, CALL_TIMEOUT_US, &error, NULL);
        if (r < 0)
                snprintf(ret, size, "%s%s", error.message ? language_translate(error.message) : strerror(-r),
                         choose_hint(&error));
        sd_bus_error_free(&error);
        sd_bus_message_unref(call);
        return r < 0 ? STATUS_FAILED : STATUS_DONE;
}

int link_call(struct link *link, const char *method, char *ret, size_t size, const char *signature, ...) {
        va_list arguments;
        int status;

        va_start(arguments, signature);
        status = call_method(link, method, ret, size, signature, arguments);
        va_end(arguments);
        return status;
}

int link_command(const struct options *options, const char *done, const char *method, const char *signature, ...) {
        char refusal[LINK_TEXT_MAX];
        va_list arguments;
        struct link link;
        int status = link_open(options, &link);

        if (status != STATUS_DONE)
                return status;
        va_start(arguments, signature);
        status = call_method(&link, method, refusal, sizeof(refusal), signature, arguments);
        va_end(arguments);
        link_close(&link);
        if (status == STATUS_DONE)
                puts(done);
        else
                complain("%s", refusal);
        return status;
}
