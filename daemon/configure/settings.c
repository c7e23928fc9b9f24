/* SPDX-License-Identifier: MIT */
#include "configure/settings.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "configure/format_file.h"
#include "configure/setting_value.h"
#include "configure/settings_table.h"
#include "core/acquire/format.h"
#include "core/acquire/formats.h"
#include "core/acquire/layout.h"
#include "util/file.h"
#include "util/ini.h"
#include "util/sanitize.h"
#include "util/suggest.h"

enum { SETTINGS_FILE_MAX = 1024 * 1024, ORIGIN_MAX = 320 };

/* File and line of each value, by row; "" = the built-in default. */
struct origins {
        char text[SETTINGS_ROWS_MAX][ORIGIN_MAX];
};

void settings_defaults(struct settings *ret) {
        memset(ret, 0, sizeof(*ret));
        for (size_t i = 0; i < settings_rows; i++)
                setting_assign(ret, &settings_table[i], settings_table[i].default_text);
}

static int find_row(const char *section, const char *key) {
        for (size_t i = 0; i < settings_rows; i++)
                if (strcmp(settings_table[i].section, section) == 0 && strcmp(settings_table[i].key, key) == 0)
                        return (int)i;
        return -1;
}

/* Gives the settings that are set nowhere the defaults of the profile. */
static void apply_profile(struct settings *settings, const bool is_set[SETTINGS_ROWS_MAX], struct origins *origins) {
        for (size_t i = 0; i < settings_presets_n; i++) {
                const struct setting_preset *preset = &settings_presets[i];
                int row = find_row(preset->section, preset->key);

                if (preset->profile != settings->alert.profile || row < 0 || is_set[row])
                        continue;
                setting_assign(settings, &settings_table[row], preset->text);
                if (origins)
                        snprintf(origins->text[row], ORIGIN_MAX, "[alert] profile");
        }
}

/* ---- one text ---- */

struct parse {
        struct settings *settings;
        bool *is_set; /* [SETTINGS_ROWS_MAX] */
        bool controls_only;
        struct config_errors *errors;
        struct origins *origins; /* may be NULL */
        const char *path;
        int seen_at[SETTINGS_ROWS_MAX]; /* line of the key, 0 = not seen; detects a repeated key */
};

static bool section_exists(const char *name) {
        for (size_t i = 0; i < settings_rows; i++)
                if (strcmp(settings_table[i].section, name) == 0)
                        return true;
        return false;
}

/* ---- remedies for the mistakes that people make ---- */

/* "mqtt://user@host:1883" is three settings. */
static void explain_host(const char *s, char *ret, size_t size) {
        const char *host = strstr(s, "://"), *at, *port;
        bool tls = host && (strncmp(s, "mqtts", 5) == 0 || strncmp(s, "ssl", 3) == 0 || strncmp(s, "https", 5) == 0);
        size_t n, port_n;

        host = host ? host + strlen("://") : s;
        at = strchr(host, '@');
        host = at ? at + 1 : host;
        host += *host == '[';
        n = strcspn(host, host > s && host[-1] == '[' ? "]" : ":/@ \t");
        port = host + n + (host[n] == ']');
        port_n = *port == ':' ? strspn(port + 1, "0123456789") : 0;
        if (n > 0)
                snprintf(ret, size, "write host = %.*s%s%.*s%s", (int)n, host, port_n ? ", port = " : "", (int)port_n,
                         port_n ? port + 1 : "", tls ? ", tls = yes" : "");
}

static void explain_format(const char *s, char *ret, size_t size) {
        const char *best = NULL;

        for (size_t i = 0; i < format_count(); i++)
                suggest_nearest(s, format_at(i)->name, &best);
        if (strchr(s, '/'))
                snprintf(ret, size, "no such file");
        else if (best)
                snprintf(ret, size, "no such format, did you mean %s? sitbonectl formats lists them", best);
        else
                snprintf(ret, size, "no such format, and no file %s.conf in %s or %s; sitbonectl formats lists them",
                         s, format_folders[0], format_folders[1]);
}

/* The mistake in a value that is not legal in this row, and its remedy; "" = not known. */
static void explain_value(const struct setting *row, const char *s, char *ret, size_t size) {
        bool number = row->kind == SETTING_INT || row->kind == SETTING_FLOAT;
        const char *shape = number ? ini_explain_number(s) : ini_explain_value(s);

        *ret = '\0';
        if (shape)
                snprintf(ret, size, "%s", shape);
        else if (row->kind == SETTING_TEXT && row->syntax == TEXT_HOST)
                explain_host(s, ret, size);
        else if (row->kind == SETTING_TEXT && row->syntax == TEXT_FORMAT)
                explain_format(s, ret, size);
        else if (row->kind == SETTING_TEXT && row->syntax == TEXT_DEVICE && strncmp(s, "tty", 3) == 0)
                snprintf(ret, size, "write device = /dev/%s", s);
}

/* Other names for keys, which do not resemble them. */
static const char *translate_key(const char *section, const char *key) {
        static const char *const names[][3] = {
                {"device", "device", " port tty serial path "},
                {"device", "rows", " height "},
                {"device", "cols", " width "},
                {"mqtt", "host", " broker server address url "},
                {"mqtt", "user", " login "},
                {"mqtt", "tls", " ssl "},
                {"mqtt", "base_topic", " topic prefix "},
        };
        char word[64];

        snprintf(word, sizeof(word), " %s ", key);
        for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
                if (strcmp(section, names[i][0]) == 0 && strstr(names[i][2], word))
                        return names[i][1];
        return NULL;
}

/* For an unknown key: the keys that begin with it, as "pitch_x_mm or pitch_y_mm", or else the nearest; "" = none. */
static void suggest_keys(const char *section, const char *key, char *ret, size_t size) {
        const char *best = translate_key(section, key);
        size_t length = strlen(key), n = 0;

        *ret = '\0';
        for (size_t i = 0; i < settings_rows && !best && n < size; i++)
                if (strcmp(settings_table[i].section, section) == 0 &&
                    strncasecmp(settings_table[i].key, key, length) == 0 && settings_table[i].key[length] == '_')
                        n += (size_t)snprintf(ret + n, size - n, "%s%s", n ? " or " : "", settings_table[i].key);
        for (size_t i = 0; i < settings_rows && n == 0; i++)
                if (strcmp(settings_table[i].section, section) == 0)
                        suggest_nearest(key, settings_table[i].key, &best);
        if (best)
                snprintf(ret, size, "%s", best);
}

/* The row of this key in another section, in which the value would be legal. */
static const struct setting *find_elsewhere(const struct parse *p, const struct ini_item *item) {
        struct settings scratch = *p->settings;

        for (size_t i = 0; i < settings_rows; i++)
                if (strcmp(settings_table[i].key, item->key) == 0 &&
                    setting_assign(&scratch, &settings_table[i], item->value))
                        return &settings_table[i];
        return NULL;
}

static void report_section(struct parse *p, const struct ini_item *item) {
        const char *best = NULL;

        for (size_t i = 0; i < settings_rows; i++)
                suggest_nearest(item->section, settings_table[i].section, &best);
        config_error_add(p->errors, "%s:%d: [%s]: unknown section%s%s%s; sections are: %s", p->path, item->line,
                         item->section, best ? ", did you mean [" : "", best ? best : "", best ? "]" : "",
                         settings_section_list);
}

static void report_key(struct parse *p, const struct ini_item *item) {
        const struct setting *elsewhere = find_elsewhere(p, item);
        char near[160];

        suggest_keys(item->section, item->key, near, sizeof(near));
        if (strncasecmp(item->key, "pass", 4) == 0)
                config_error_add(p->errors,
                                 "%s:%d: [%s] %s: passwords are not stored here: use password_file, or the "
                                 "credential mqtt-password",
                                 p->path, item->line, item->section, item->key);
        else if (elsewhere)
                config_error_add(p->errors, "%s:%d: [%s] %s: unknown key here, it belongs to [%s]", p->path,
                                 item->line, item->section, item->key, elsewhere->section);
        else
                config_error_add(p->errors, "%s:%d: [%s] %s: unknown key%s%s%s", p->path, item->line, item->section,
                                 item->key, *near ? ", did you mean " : "", near, *near ? "?" : "");
}

static void report_value(struct parse *p, const struct ini_item *item, const struct setting *row) {
        char why[256], legal[1024];

        explain_value(row, item->value, why, sizeof(why));
        setting_describe_legal(row, legal, sizeof(legal));
        if (*why && row->kind == SETTING_TEXT && row->syntax == TEXT_FORMAT) /* the legal values are a long list */
                config_error_add(p->errors, "%s:%d: [%s] %s = %.80s: %s", p->path, item->line, row->section, row->key,
                                 item->value, why);
        else
                config_error_add(p->errors, "%s:%d: [%s] %s = %.80s: %s%smust be %s (default %s)", p->path, item->line,
                                 row->section, row->key, item->value, why, *why ? "; " : "", legal,
                                 *row->default_text ? row->default_text : "empty");
}

static void apply_value(struct parse *p, const struct ini_item *item, size_t row_index) {
        const struct setting *row = &settings_table[row_index];

        if (p->seen_at[row_index])
                config_error_add(p->errors, "%s:%d: [%s] %s: set twice, first in line %d", p->path, item->line,
                                 row->section, row->key, p->seen_at[row_index]);
        p->seen_at[row_index] = item->line;
        if (!setting_assign(p->settings, row, item->value)) {
                report_value(p, item, row);
                return;
        }
        p->is_set[row_index] = true;
        if (p->origins)
                snprintf(p->origins->text[row_index], ORIGIN_MAX, "%s:%d", p->path, item->line);
}

static void on_item(void *userdata, const struct ini_item *item) {
        struct parse *p = userdata;
        int row;

        if (!item->key) {
                if (!section_exists(item->section))
                        report_section(p, item);
                return;
        }
        if (!*item->section) {
                config_error_add(p->errors, "%s:%d: %s: is before the first [section]", p->path, item->line,
                                 item->key);
                return;
        }
        if (!section_exists(item->section))
                return; /* reported once, at its header */
        row = find_row(item->section, item->key);
        if (row < 0 || (p->controls_only && !settings_table[row].control))
                report_key(p, item);
        else
                apply_value(p, item, (size_t)row);
}

/* File and line of the setting; the file alone when it has its default, or when origins is NULL. */
static const char *find_origin(const struct origins *origins, const char *path, const char *section, const char *key) {
        for (size_t i = 0; i < settings_rows && origins; i++)
                if (*origins->text[i] && strcmp(settings_table[i].section, section) == 0 &&
                    strcmp(settings_table[i].key, key) == 0)
                        return origins->text[i];
        return path;
}

/* The key of a sentence that begins with one, such as "row_list must name every row once", or else format. */
static const char *find_key_in(const char *sentence) {
        for (size_t i = 0; i < settings_rows; i++) {
                size_t n = strlen(settings_table[i].key);

                if (strcmp(settings_table[i].section, "device") == 0 &&
                    strncmp(sentence, settings_table[i].key, n) == 0 && sentence[n] == ' ')
                        return settings_table[i].key;
        }
        return "format";
}

static void check_format(const struct settings *s, const char *path, const struct origins *origins,
                         struct config_errors *errors) {
        struct config_errors inside = {0};
        struct format described;
        const struct format *format = format_find(s->device.format, &described, &inside);
        const char *wrong = format ? layout_check(format, &s->device) : NULL;

        if (wrong)
                config_error_add(errors, "%s: [device] format = %s: %s",
                                 find_origin(origins, path, "device", find_key_in(wrong)), s->device.format, wrong);
        for (int i = 0; i < inside.n && i < CONFIG_ERRORS_MAX; i++)
                config_error_add(errors, "%s: [device] format: %s", find_origin(origins, path, "device", "format"),
                                 inside.text[i]);
}

/* Checks relations between settings, which no single range expresses. */
static void check_relations(const struct settings *s, const char *path, const struct origins *origins,
                            struct config_errors *errors) {
        const struct settings_mqtt *mqtt = &s->mqtt;

        check_format(s, path, origins, errors);
        if (s->sitting.interruption_s >= s->sitting.break_s)
                config_error_add(errors, "%s: [sitting] interruption_s = %g must be less than break_s = %g",
                                 find_origin(origins, path, "sitting", "interruption_s"),
                                 (double)s->sitting.interruption_s, (double)s->sitting.break_s);
        if (mqtt->discovery && strcmp(mqtt->discovery_prefix, mqtt->base_topic) == 0)
                config_error_add(errors, "%s: [mqtt] discovery_prefix and base_topic must differ",
                                 find_origin(origins, path, "mqtt", "base_topic"));
        if (mqtt->discovery && mqtt->layout == LAYOUT_VALUES)
                config_error_add(errors,
                                 "%s: [mqtt] layout = values leaves out what discovery announces: set both, or "
                                 "discovery = no",
                                 find_origin(origins, path, "mqtt", "layout"));
        if (!*mqtt->cert_file != !*mqtt->key_file)
                config_error_add(errors, "%s: [mqtt] cert_file and key_file go together",
                                 find_origin(origins, path, "mqtt", *mqtt->cert_file ? "cert_file" : "key_file"));
        if (mqtt->heartbeat_s < mqtt->state_interval_s)
                config_error_add(errors, "%s: [mqtt] heartbeat_s = %g must not be less than state_interval_s = %g",
                                 find_origin(origins, path, "mqtt", "heartbeat_s"), (double)mqtt->heartbeat_s,
                                 (double)mqtt->state_interval_s);
        if (s->alert.posture_min > s->alert.posture_window_min)
                config_error_add(errors, "%s: [alert] posture_min = %g must not exceed posture_window_min = %g",
                                 find_origin(origins, path, "alert", "posture_min"), (double)s->alert.posture_min,
                                 (double)s->alert.posture_window_min);
}

static void parse_text(struct parse *p, const char *text, size_t n) {
        const struct ini_sink sink = {.item = on_item, .userdata = p, .path = p->path, .errors = p->errors};

        memset(p->seen_at, 0, sizeof(p->seen_at));
        ini_parse(text, n, &sink);
}

void settings_parse(struct settings *settings, const char *path, const char *text, size_t n,
                    struct config_errors *errors) {
        struct origins *origins = calloc(1, sizeof(*origins));
        bool is_set[SETTINGS_ROWS_MAX] = {false};
        struct parse p = {.settings = settings, .is_set = is_set, .errors = errors, .origins = origins, .path = path};

        parse_text(&p, text, n);
        if (is_set[find_row("alert", "profile")])
                apply_profile(settings, is_set, origins);
        check_relations(settings, path, origins, errors);
        free(origins);
}

/* ---- files ---- */

static void load_file(struct parse *p, const char *path, bool must_exist) {
        char *text;
        size_t n;
        int r = file_read(path, SETTINGS_FILE_MAX, &text, &n);

        if (r == -ENOENT && !must_exist)
                return;
        if (r < 0) {
                config_error_add(p->errors, "%s: %s", path, strerror(-r));
                return;
        }
        p->path = path;
        parse_text(p, text, n);
        free(text);
}

static void load_drop_in(void *userdata, const char *path) {
        load_file(userdata, path, true);
}

static void load_files(const char *path, struct parse *p) {
        if (path) {
                char drop_ins[4096];
                const char *const trees[] = {drop_ins, NULL};

                snprintf(drop_ins, sizeof(drop_ins), "%s.d", path);
                load_file(p, path, true);
                file_each_drop_in(trees, load_drop_in, p);
        } else {
                /* UAPI.6: a file in an earlier tree replaces the file of the same name in a later one */
                static const char *const files[] = {"/etc/sitbone/sitbone.conf", "/run/sitbone/sitbone.conf",
                                                    "/usr/lib/sitbone/sitbone.conf", NULL};
                static const char *const trees[] = {"/etc/sitbone/sitbone.conf.d", "/run/sitbone/sitbone.conf.d",
                                                    "/usr/lib/sitbone/sitbone.conf.d", NULL};

                for (const char *const *file = files; *file; file++) {
                        if (file_exists(*file)) {
                                load_file(p, *file, false);
                                break;
                        }
                }
                file_each_drop_in(trees, load_drop_in, p);
        }
}

static void load_layer(const char *path, bool controls, struct settings_layer *ret, struct config_errors *errors,
                       struct origins *origins) {
        struct parse p = {.settings = &ret->values,
                          .is_set = ret->is_set,
                          .controls_only = controls,
                          .errors = errors,
                          .origins = origins};
        char file[4096];

        memset(ret, 0, sizeof(*ret));
        settings_defaults(&ret->values);
        if (!controls) {
                load_files(path, &p);
        } else if (path) {
                snprintf(file, sizeof(file), "%s/settings.conf", path);
                load_file(&p, file, false);
        }
}

static void merge_layers(const struct settings_layer *files, const struct settings_layer *controls,
                         struct settings *ret, struct origins *origins) {
        bool is_set[SETTINGS_ROWS_MAX];

        *ret = files->values;
        for (size_t i = 0; i < settings_rows; i++) {
                const struct setting *row = &settings_table[i];

                is_set[i] = files->is_set[i] || (controls && controls->is_set[i]);
                if (controls && controls->is_set[i])
                        memcpy((char *)ret + row->offset, (const char *)&controls->values + row->offset, row->size);
        }
        apply_profile(ret, is_set, origins);
}

void settings_load_layer(const char *path, bool controls, struct settings_layer *ret, struct config_errors *errors) {
        struct origins *origins = controls ? NULL : calloc(1, sizeof(*origins));
        struct settings whole;

        load_layer(path, controls, ret, errors, origins);
        if (controls)
                return;
        merge_layers(ret, NULL, &whole, origins);
        check_relations(&whole, path ? path : "settings", origins, errors);
        free(origins);
}

void settings_merge(const struct settings_layer *files, const struct settings_layer *controls, const char *path,
                    struct settings *ret, struct config_errors *errors) {
        merge_layers(files, controls, ret, NULL);
        if (controls)
                check_relations(ret, path ? path : "settings", NULL, errors);
}

void settings_load(const char *path, struct settings *ret, struct config_errors *errors) {
        struct settings_layer files;

        settings_load_layer(path, false, &files, errors);
        settings_merge(&files, NULL, path, ret, errors);
}

/* ---- controls ---- */

/* By the key of MQTT, or that of the settings file where it is the only one. */
static int find_control(const char *key) {
        for (size_t i = 0; i < settings_rows; i++) {
                const struct setting *row = &settings_table[i];

                if (row->control &&
                    (strcmp(row->control, key) == 0 || (row->kind != SETTING_BOOL && strcmp(row->key, key) == 0)))
                        return (int)i;
        }
        return -1;
}

enum command_result settings_set_control(struct settings_layer *controls, const char *key, const char *text,
                                         char *ret_why, size_t size) {
        int i = find_control(key);
        char legal[256];

        if (i < 0) {
                snprintf(ret_why, size, "%s: no such setting; the topic settings lists them", key);
                return COMMAND_NO_SUCH_SETTING;
        }
        if (*text && !setting_assign(&controls->values, &settings_table[i], text)) {
                setting_describe_legal(&settings_table[i], legal, sizeof(legal));
                snprintf(ret_why, size, "%s: must be %s", key, legal);
                return COMMAND_BAD_VALUE;
        }
        controls->is_set[i] = *text != '\0';
        return COMMAND_OK;
}

/* ---- printing ---- */

static void print_row(FILE *f, const struct settings *settings, const struct setting *row, const char *origin) {
        if (origin)
                fprintf(f, "# %s\n", *origin ? origin : "default");
        fprintf(f, "%s = ", row->key);
        setting_print(f, settings, row);
        fputc('\n', f);
}

void settings_print_controls(FILE *f, const struct settings_layer *controls) {
        const char *section = "";

        fputs("# Set while sitboned ran. These override the settings file; without a line, the file counts.\n", f);
        for (size_t i = 0; i < settings_rows; i++) {
                if (!controls->is_set[i])
                        continue;
                if (strcmp(section, settings_table[i].section) != 0)
                        fprintf(f, "[%s]\n", settings_table[i].section);
                section = settings_table[i].section;
                print_row(f, &controls->values, &settings_table[i], NULL);
        }
}

void settings_print(FILE *f, const char *path, const char *state_directory, struct config_errors *errors) {
        struct settings settings;
        struct settings_layer files, controls;
        struct config_errors doubts = {0}; /* of the controls: the daemon starts without them */
        struct origins *origins = calloc(1, sizeof(*origins));

        if (!origins)
                return;
        load_layer(path, false, &files, errors, origins);
        load_layer(state_directory, true, &controls, &doubts, origins);
        merge_layers(&files, &controls, &settings, origins);
        check_relations(&settings, path ? path : "settings", origins, errors);
        for (size_t i = 0; i < settings_rows; i++) {
                const struct setting *row = &settings_table[i];

                if (i == 0 || strcmp(row->section, settings_table[i - 1].section) != 0)
                        fprintf(f, "%s[%s]\n", i ? "\n" : "", row->section);
                print_row(f, &settings, row, origins->text[i]);
        }
        free(origins);
}

/* Wraps the text into comment lines of at most 100 columns. */
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

        fputs("# Settings of sitbone. Every setting is listed here, commented out, with its default. To change one, "
              "remove "
              "the #,\n"
              "# or write it into a file of your own in sitbone.conf.d beside this one (its files are read in order "
              "of name).\n"
              "# Check: sitboned --check-config     Take effect: systemctl reload sitboned     Details: "
              "sitbone.conf(5)\n",
              f);
        for (size_t i = 0; i < settings_rows; i++) {
                const struct setting *row = &settings_table[i];

                if (i == 0 || strcmp(row->section, settings_table[i - 1].section) != 0)
                        fprintf(f, "\n[%s]\n", row->section);
                setting_describe_legal(row, legal, sizeof(legal));
                snprintf(comment, sizeof(comment), "%s (%s%s)", row->help, legal,
                         row->restart ? "; takes effect at restart" : "");
                print_comment(f, comment);
                fprintf(f, "#%s = %s\n", row->key, row->default_text);
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
