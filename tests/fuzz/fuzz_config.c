/* SPDX-License-Identifier: MIT */
/* Settings and exercise catalogues are files that people write: any bytes give errors, never a crash, and
 * accepted values are within their ranges (a second pass over the printed values must find no error). */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "configure/exercises.h"
#include "configure/settings.h"

static struct config_errors mistakes;
static struct exercise_catalogue catalogue;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
        const char *text = (const char *)data;
        struct settings settings;

        memset(&mistakes, 0, sizeof(mistakes));
        settings_defaults(&settings);
        settings_parse(&settings, "fuzz.conf", text, n, &mistakes);
        for (int i = 0; i < mistakes.n && i < CONFIG_ERRORS_MAX; i++)
                if (memchr(mistakes.text[i], '\0', CONFIG_ERROR_MAX) == NULL ||
                    strncmp(mistakes.text[i], "fuzz.conf", 9) != 0)
                        abort();
        if (!(settings.alert.prompt_min >= 1 && settings.alert.prompt_min <= 180) || settings.mqtt.port < 1 ||
            settings.mqtt.port > 65535 || strpbrk(settings.mqtt.base_topic, "+#"))
                abort();

        memset(&mistakes, 0, sizeof(mistakes));
        catalogue.n = 0;
        if (exercises_parse("fuzz.conf", text, n, &mistakes, &catalogue) == 0 && catalogue.n > EXERCISES_MAX)
                abort();
        if (catalogue.n > 0)
                exercises_translate("fuzz.de.conf", text, n, &mistakes, &catalogue);
        return 0;
}
