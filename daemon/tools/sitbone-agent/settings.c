/* SPDX-License-Identifier: MIT */
#include "tools/sitbone-agent/settings.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/command_line.h"
#include "util/file.h"
#include "util/ini.h"

struct reading {
        const char *path;
        struct agent_settings *settings;
        struct config_errors errors;
};

bool agent_read_buses(const char *word, uint32_t *ret) {
        static const char *const words[] = {"", "system", "session", "auto"};

        for (uint32_t buses = 1; buses < 4; buses++)
                if (strcmp(word, words[buses]) == 0) {
                        *ret = buses;
                        return true;
                }
        return false;
}

static bool read_yes_no(const char *value, bool *ret) {
        *ret = strcmp(value, "yes") == 0;
        return *ret || strcmp(value, "no") == 0;
}

static bool read_seconds(const char *value, uint32_t *ret) {
        char *end;
        long seconds = strtol(value, &end, 10);

        if (end == value || *end || seconds < 0 || seconds > 86400)
                return false;
        *ret = (uint32_t)seconds;
        return true;
}

/* Returns NULL, or what is wrong. */
static const char *apply_setting(struct agent_settings *s, const char *key, const char *value) {
        if (strcmp(key, "bus") == 0)
                return agent_read_buses(value, &s->buses) ? NULL : "bus must be auto, system or session";
        if (strcmp(key, "stay") == 0)
                return read_yes_no(value, &s->stay) ? NULL : "stay must be yes or no";
        if (strcmp(key, "sound") == 0)
                return read_yes_no(value, &s->sound) ? NULL : "sound must be yes or no";
        if (strcmp(key, "mat_silent_s") == 0)
                return read_seconds(value, &s->mat_silent_s) ? NULL : "mat_silent_s must be 0..86400 s (0 = never)";
        if (strcmp(key, "do_not_disturb") == 0)
                return read_yes_no(value, &s->do_not_disturb) ? NULL : "do_not_disturb must be yes or no";
        if (strcmp(key, "fullscreen") == 0)
                return read_yes_no(value, &s->fullscreen) ? NULL : "fullscreen must be yes or no";
        return "no such setting; the settings are bus, stay, sound, mat_silent_s, do_not_disturb and fullscreen";
}

static void on_item(void *userdata, const struct ini_item *item) {
        struct reading *r = userdata;
        const char *wrong = NULL, *why = NULL;

        if (strcmp(item->section, "agent") != 0)
                wrong = "the only section is [agent]";
        else if (item->key && (wrong = apply_setting(r->settings, item->key, item->value)))
                why = ini_explain_value(item->value);
        if (wrong)
                config_error_add(&r->errors, "%s:%d: %s%s%s", r->path, item->line, wrong, why ? "; " : "",
                                 why ? why : "");
}

static bool default_path(char *ret, size_t size) {
        const char *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");

        if (config && *config == '/')
                snprintf(ret, size, "%s/sitbone/agent.conf", config);
        else if (home && *home)
                snprintf(ret, size, "%s/.config/sitbone/agent.conf", home);
        else
                return false;
        return true;
}

int agent_settings_load(const char *path, struct agent_settings *settings) {
        struct reading reading = {.path = path, .settings = settings};
        struct ini_sink sink = {.item = on_item, .userdata = &reading, .errors = &reading.errors};
        char own[4096], *text = NULL;
        size_t n;
        int r;

        *settings = (struct agent_settings){.buses = AGENT_SYSTEM_BUS | AGENT_SESSION_BUS,
                                            .stay = true,
                                            .mat_silent_s = 30,
                                            .do_not_disturb = true,
                                            .fullscreen = true};
        if (!path && !default_path(own, sizeof(own)))
                return 0;
        reading.path = sink.path = path ? path : own;
        r = file_read(reading.path, 65536, &text, &n);
        if (r == -ENOENT && !path)
                return 0;
        if (r < 0) {
                command_line_complain("sitbone-agent", "%s: %s", reading.path, strerror(-r));
                return 1;
        }
        ini_parse(text, n, &sink);
        free(text);
        for (int i = 0; i < reading.errors.n && i < CONFIG_ERRORS_MAX; i++)
                command_line_complain("sitbone-agent", "%s", reading.errors.text[i]);
        return reading.errors.n;
}
