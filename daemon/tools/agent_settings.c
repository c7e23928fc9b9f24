#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent.h"
#include "util/file.h"
#include "util/ini.h"

struct reading {
        const char *path;
        struct agent_settings *settings;
        int mistakes;
};

static void on_mistake(void *userdata, int line, const char *what) {
        struct reading *r = userdata;

        fprintf(stderr, "%s:%d: %s\n", r->path, line, what);
        r->mistakes++;
}

static bool read_choice(const char *value, const char *yes, const char *no, bool *ret) {
        if (strcmp(value, yes) != 0 && strcmp(value, no) != 0)
                return false;
        *ret = strcmp(value, yes) == 0;
        return true;
}

static void on_item(void *userdata, const struct ini_item *item) {
        struct reading *r = userdata;
        const struct row {
                const char *key, *yes, *no;
                bool *to;
        } rows[] = {
                {"bus", "system", "session", &r->settings->system_bus},
                {"sound", "yes", "no", &r->settings->sound},
                {"mat", "yes", "no", &r->settings->mat},
        };
        char what[160];

        if (strcmp(item->section, "agent") != 0) {
                on_mistake(r, item->line, "the only section is [agent]");
                return;
        }
        for (size_t i = 0; item->key && i < sizeof(rows) / sizeof(*rows); i++) {
                if (strcmp(item->key, rows[i].key) != 0)
                        continue;
                snprintf(what, sizeof(what), "%s must be %s or %s", rows[i].key, rows[i].yes, rows[i].no);
                if (!read_choice(item->value, rows[i].yes, rows[i].no, rows[i].to))
                        on_mistake(r, item->line, what);
                return;
        }
        if (item->key)
                on_mistake(r, item->line, "no such setting; there are bus, sound and mat");
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
        struct ini_sink sink = {.item = on_item, .mistake = on_mistake, .userdata = &reading};
        char own[4096], *text = NULL;
        size_t n;
        int r;

        *settings = (struct agent_settings){.system_bus = true, .sound = false, .mat = true};
        if (!path && !default_path(own, sizeof(own)))
                return 0;
        reading.path = path ? path : own;
        r = file_read(reading.path, 65536, &text, &n);
        if (r == -ENOENT && !path)
                return 0;
        if (r < 0) {
                fprintf(stderr, "%s: %s\n", reading.path, strerror(-r));
                return 1;
        }
        ini_parse(text, n, &sink);
        free(text);
        return reading.mistakes;
}
