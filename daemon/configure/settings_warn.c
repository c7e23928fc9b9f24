/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "configure/settings.h"

static bool is_this_machine(const char *host) {
        return strcmp(host, "localhost") == 0 || strncmp(host, "127.", 4) == 0 || strcmp(host, "::1") == 0;
}

/* The unit takes the credential from one of these folders; only the service itself sees the last one. */
static bool credential_exists(void) {
        const char *folders[] = {"/etc/credstore", "/etc/credstore.encrypted", "/run/credstore",
                                 getenv("CREDENTIALS_DIRECTORY")};
        char path[512];

        for (size_t i = 0; i < sizeof(folders) / sizeof(*folders); i++) {
                snprintf(path, sizeof(path), "%s/mqtt-password", folders[i] ? folders[i] : "");
                if (access(path, F_OK) == 0 || errno == EACCES)
                        return true;
        }
        return false;
}

void settings_warn(const struct settings *settings, struct config_errors *ret) {
        const struct settings_mqtt *mqtt = &settings->mqtt;
        bool password = *mqtt->password_file || credential_exists();

        if (!mqtt->enabled)
                return;
        if (!mqtt->tls && mqtt->port == 8883)
                config_error_add(ret, "[mqtt] port = 8883 is the port with TLS, but tls = no; set tls = yes");
        else if ((*mqtt->password_file || *mqtt->user) && !mqtt->tls && !is_this_machine(mqtt->host))
                config_error_add(ret, "[mqtt] the password is sent to %s unencrypted; set tls = yes", mqtt->host);
        if (*mqtt->user && !password)
                config_error_add(ret,
                                 "[mqtt] user = %s has no password: neither password_file nor the credential "
                                 "mqtt-password (/etc/credstore/mqtt-password) is there",
                                 mqtt->user);
}
