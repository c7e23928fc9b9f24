/* SPDX-License-Identifier: MIT */
/* Reading, checking and printing of settings, all from the table in settings_table.c. */
#include "configure/settings.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "configure/format_file.h"
#include "configure/settings_table.h"
#include "configure/settings_value.h"
#include "core/acquire/formats.h"
#include "core/acquire/layout.h"
#include "util/file.h"
#include "util/ini.h"
#include "util/suggest.h"

enum { SETTINGS_FILE_MAX = 1024 * 1024, ORIGIN_MAX = 320 };

/* Where each value came from, by row; "" = the built-in default. */
struct origins {
        char of[SETTINGS_ROWS_MAX][ORIGIN_MAX];
};

void settings_defaults(struct settings *ret) {
        memset(ret, 0, sizeof(*ret));
        for (size_t i = 0; i < settings_rows; i++)
                setting_assign(ret, &settings_table[i], settings_table[i].standard);
}

/* ---- one text ---- */

struct parse {
        struct settings *settings;
        struct config_errors *mistakes;
        struct origins *origins; /* may be NULL */
        const char *path;
        int seen_at[SETTINGS_ROWS_MAX]; /* line, to notice a repeated key */
};

static bool section_exists(const char *name) {
        for (size_t i = 0; i < settings_rows; i++)
                if (strcmp(settings_table[i].section, name) == 0)
                        return true;
        return false;
}

static void mistake_section(struct parse *p, const struct ini_item *item) {
        const char *best = NULL;

        for (size_t i = 0; i < settings_rows; i++)
                suggest_nearest(item->section, settings_table[i].section, &best);
        config_error_add(p->mistakes, "%s:%d: [%s]: unknown section%s%s%s; sections are: %s", p->path, item->line,
                         item->section, best ? ", did you mean [" : "", best ? best : "", best ? "]" : "",
                         settings_section_list);
}

static void mistake_key(struct parse *p, const struct ini_item *item) {
        const char *best = NULL, *elsewhere = NULL;

        for (size_t i = 0; i < settings_rows; i++) {
                if (strcmp(settings_table[i].section, item->section) == 0)
                        suggest_nearest(item->key, settings_table[i].key, &best);
                else if (strcmp(settings_table[i].key, item->key) == 0)
                        elsewhere = settings_table[i].section;
        }
        if (elsewhere)
                config_error_add(p->mistakes, "%s:%d: [%s] %s: unknown key here, it belongs to [%s]", p->path,
                                 item->line, item->section, item->key, elsewhere);
        else
                config_error_add(p->mistakes, "%s:%d: [%s] %s: unknown key%s%s%s", p->path, item->line, item->section,
                                 item->key, best ? ", did you mean " : "", best ? best : "", best ? "?" : "");
}

static void take_value(struct parse *p, const struct ini_item *item, size_t row_index) {
        const struct setting *row = &settings_table[row_index];
        char legal[1024];

        if (p->seen_at[row_index])
                config_error_add(p->mistakes, "%s:%d: [%s] %s: set twice, first in line %d", p->path, item->line,
                                 row->section, row->key, p->seen_at[row_index]);
        p->seen_at[row_index] = item->line;
        if (!setting_assign(p->settings, row, item->value)) {
                setting_legal(row, legal, sizeof(legal));
                config_error_add(p->mistakes, "%s:%d: [%s] %s = %.80s: must be %s (default %s)", p->path, item->line,
                                 row->section, row->key, item->value, legal, *row->standard ? row->standard : "empty");
        } else if (p->origins) {
                snprintf(p->origins->of[row_index], ORIGIN_MAX, "%s:%d", p->path, item->line);
        }
}

static void on_item(void *userdata, const struct ini_item *item) {
        struct parse *p = userdata;

        if (!item->key) {
                if (!section_exists(item->section))
                        mistake_section(p, item);
                return;
        }
        if (!*item->section) {
                config_error_add(p->mistakes, "%s:%d: %s: stands before the first [section]", p->path, item->line,
                                 item->key);
                return;
        }
        if (!section_exists(item->section))
                return; /* said once, at its head */
        for (size_t i = 0; i < settings_rows; i++) {
                if (strcmp(settings_table[i].section, item->section) == 0 &&
                    strcmp(settings_table[i].key, item->key) == 0) {
                        take_value(p, item, i);
                        return;
                }
        }
        mistake_key(p, item);
}

static void on_mistake(void *userdata, int line, const char *what) {
        struct parse *p = userdata;

        config_error_add(p->mistakes, "%s:%d: %s", p->path, line, what);
}

static void check_format(const struct settings *s, const char *path, struct config_errors *m) {
        struct config_errors *inside = calloc(1, sizeof(*inside));
        struct format described;
        const struct format *format = inside ? format_find(s->device.format, &described, inside) : NULL;
        const char *wrong = format ? layout_check(format, &s->device) : NULL;

        if (wrong)
                config_error_add(m, "%s: [device] format = %s: %s", path, s->device.format, wrong);
        for (int i = 0; inside && i < inside->n && i < CONFIG_ERRORS_MAX; i++)
                config_error_add(m, "%s: [device] format: %s", path, inside->text[i]);
        free(inside);
}

/* What no single range can say. */
static void check_relations(const struct settings *s, const char *path, struct config_errors *m) {
        check_format(s, path, m);
        if (s->sitting.interruption_s >= s->sitting.break_s)
                config_error_add(m, "%s: [sitting] interruption_s = %g must be less than break_s = %g", path,
                                 (double)s->sitting.interruption_s, (double)s->sitting.break_s);
        if (s->mqtt.discovery && strcmp(s->mqtt.discovery_prefix, s->mqtt.base_topic) == 0)
                config_error_add(m, "%s: [mqtt] discovery_prefix and base_topic must differ", path);
        if (!*s->mqtt.cert_file != !*s->mqtt.key_file)
                config_error_add(m, "%s: [mqtt] cert_file and key_file go together", path);
        if (s->mqtt.heartbeat_s < s->mqtt.state_interval_s)
                config_error_add(m, "%s: [mqtt] heartbeat_s = %g must not be less than state_interval_s = %g", path,
                                 (double)s->mqtt.heartbeat_s, (double)s->mqtt.state_interval_s);
        if (s->alert.posture_min > s->alert.posture_window_min)
                config_error_add(m, "%s: [alert] posture_min = %g must not exceed posture_window_min = %g", path,
                                 (double)s->alert.posture_min, (double)s->alert.posture_window_min);
}

static void parse_text(struct settings *settings, const char *path, const char *text, size_t n,
                       struct config_errors *mistakes, struct origins *origins) {
        struct parse p = {.settings = settings, .mistakes = mistakes, .origins = origins, .path = path};
        struct ini_sink sink = {.item = on_item, .error = on_mistake, .userdata = &p};

        ini_parse(text, n, &sink);
}

void settings_parse(struct settings *settings, const char *path, const char *text, size_t n,
                    struct config_errors *mistakes) {
        parse_text(settings, path, text, n, mistakes, NULL);
        check_relations(settings, path, mistakes);
}

/* ---- files ---- */

struct load {
        struct settings *settings;
        struct config_errors *mistakes;
        struct origins *origins;
};

static void load_file(struct load *l, const char *path, bool must_exist) {
        char *text;
        size_t n;
        int r = file_read(path, SETTINGS_FILE_MAX, &text, &n);

        if (r == -ENOENT && !must_exist)
                return;
        if (r < 0) {
                config_error_add(l->mistakes, "%s: %s", path, strerror(-r));
                return;
        }
        parse_text(l->settings, path, text, n, l->mistakes, l->origins);
        free(text);
}

static void load_each(void *userdata, const char *path) {
        load_file(userdata, path, true);
}

static void load_all(const char *path, struct load *l) {
        settings_defaults(l->settings);
        if (path) {
                char drop_ins[4096];
                const char *const trees[] = {drop_ins, NULL};

                snprintf(drop_ins, sizeof(drop_ins), "%s.d", path);
                load_file(l, path, true);
                file_each_drop_in(trees, load_each, l);
        } else {
                /* UAPI.6: a file in a later tree replaces the same file of an earlier one */
                static const char *const files[] = {"/etc/sitbone/sitbone.conf", "/run/sitbone/sitbone.conf",
                                                    "/usr/lib/sitbone/sitbone.conf", NULL};
                static const char *const trees[] = {"/etc/sitbone/sitbone.conf.d", "/run/sitbone/sitbone.conf.d",
                                                    "/usr/lib/sitbone/sitbone.conf.d", NULL};

                for (const char *const *file = files; *file; file++) {
                        if (file_exists(*file)) {
                                load_file(l, *file, false);
                                break;
                        }
                }
                file_each_drop_in(trees, load_each, l);
        }
        check_relations(l->settings, path ? path : "settings", l->mistakes);
}

void settings_load(const char *path, struct settings *ret, struct config_errors *mistakes) {
        struct load l = {.settings = ret, .mistakes = mistakes};

        load_all(path, &l);
}

/* ---- printing ---- */

void settings_print(FILE *f, const char *path, struct config_errors *mistakes) {
        struct settings settings;
        struct origins *origins = calloc(1, sizeof(*origins));
        struct load l = {.settings = &settings, .mistakes = mistakes, .origins = origins};

        if (!origins)
                return;
        load_all(path, &l);
        for (size_t i = 0; i < settings_rows; i++) {
                const struct setting *row = &settings_table[i];

                if (i == 0 || strcmp(row->section, settings_table[i - 1].section) != 0)
                        fprintf(f, "%s[%s]\n", i ? "\n" : "", row->section);
                fprintf(f, "# %s\n%s = ", *origins->of[i] ? origins->of[i] : "default", row->key);
                setting_print(f, &settings, row);
                fputc('\n', f);
        }
        free(origins);
}

/* Wraps help into comment lines of at most 100 columns. */
static void print_comment(FILE *f, const char *text) {
        size_t column = 0;

        while (*text) {
                size_t word = strcspn(text, " ");

                if (column && column + 1 + word > 100) {
                        fputc('\n', f);
                        column = 0;
                }
                column += (size_t)fprintf(f, "%s%.*s", column ? " " : "# ", (int)word, text);
                text += word + strspn(text + word, " ");
        }
        fputc('\n', f);
}

void settings_print_defaults(FILE *f) {
        char legal[1024], comment[2048];

        fputs("# Settings of sitbone. Every setting stands here commented out at its default; to change one, take the "
              "# away,\n"
              "# or write it into a file of your own in sitbone.conf.d beside this one (its files are read in order "
              "of name).\n"
              "# Check: sitboned --check-config     Take effect: systemctl reload sitboned     Details: "
              "sitbone.conf(5)\n",
              f);
        for (size_t i = 0; i < settings_rows; i++) {
                const struct setting *row = &settings_table[i];

                if (i == 0 || strcmp(row->section, settings_table[i - 1].section) != 0)
                        fprintf(f, "\n[%s]\n", row->section);
                setting_legal(row, legal, sizeof(legal));
                snprintf(comment, sizeof(comment), "%s (%s%s)", row->help, legal,
                         row->restart ? "; takes effect at restart" : "");
                print_comment(f, comment);
                fprintf(f, "#%s = %s\n", row->key, row->standard);
        }
}

void settings_restart_needed(const struct settings *old, const struct settings *new_, char *ret, size_t size) {
        size_t n = 0;

        *ret = '\0';
        for (size_t i = 0; i < settings_rows; i++) {
                const struct setting *row = &settings_table[i];

                if (row->restart && setting_differs(row, old, new_) && n < size)
                        n += (size_t)snprintf(ret + n, size - n, "%s%s.%s", n ? ", " : "", row->section, row->key);
        }
}
