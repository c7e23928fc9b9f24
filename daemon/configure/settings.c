/* SPDX-License-Identifier: MIT */
#include "configure/settings.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "configure/format_file.h"
#include "configure/settings_table.h"
#include "core/acquire/cell_lists.h"
#include "core/acquire/format.h"
#include "core/acquire/formats.h"
#include "core/acquire/layout.h"
#include "sitbone/frame.h"
#include "util/file.h"
#include "util/ini.h"
#include "util/sanitize.h"
#include "util/suggest.h"

enum { SETTINGS_FILE_MAX = 1024 * 1024, ORIGIN_MAX = 320 };

/* File and line of each value, by row; "" = the built-in default. */
struct origins {
        char text[SETTINGS_ROWS_MAX][ORIGIN_MAX];
};

/* ---- hours of the day and days of the week ---- */

static const char *const day_words[7] = {"sun", "mon", "tue", "wed", "thu", "fri", "sat"};

/* Parses one or two digits. Returns the text after them, or NULL if there are none or more. */
static const char *parse_digits(const char *s, int32_t *ret) {
        const char *from = s;
        int32_t value = 0;

        for (; isdigit((unsigned char)*s) && s - from < 2; s++)
                value = value * 10 + (*s - '0');
        *ret = value;
        return s > from && !isdigit((unsigned char)*s) ? s : NULL;
}

/* Parses 7:00, 07:00 or 24:00. Returns the text after it, or NULL if it is no time of day. */
static const char *parse_time_of_day(const char *s, int32_t *ret_min) {
        int32_t hour, minute;

        s = parse_digits(s, &hour);
        if (!s || *s != ':' || !isdigit((unsigned char)s[1]) || !isdigit((unsigned char)s[2]))
                return NULL;
        s = parse_digits(s + 1, &minute);
        if (!s || hour > 24 || minute > 59 || (hour == 24 && minute > 0))
                return NULL;
        *ret_min = hour % 24 * 60 + minute;
        return s;
}

static bool parse_hours(const char *text, struct setting_hours *ret) {
        struct setting_hours hours = {0, 0};

        if (*text) {
                text = parse_time_of_day(text, &hours.from_min);
                if (!text)
                        return false;
                text += strspn(text, " ");
                if (*text++ != '-')
                        return false;
                text = parse_time_of_day(text + strspn(text, " "), &hours.to_min);
                if (!text || *text || hours.from_min == hours.to_min)
                        return false;
        }
        *ret = hours;
        return true;
}

static void format_hours(const struct setting_hours *hours, char *ret, size_t size) {
        *ret = '\0';
        if (hours->from_min != hours->to_min)
                snprintf(ret, size, "%02d:%02d-%02d:%02d", hours->from_min / 60, hours->from_min % 60,
                         hours->to_min / 60, hours->to_min % 60);
}

static bool parse_days(const char *text, uint32_t *ret) {
        uint32_t days = 0;

        while (*(text += strspn(text, " ,"))) {
                size_t n = strcspn(text, " ,");
                uint32_t day = 0;

                while (day < 7 && (n != 3 || strncmp(text, day_words[day], 3) != 0))
                        day++;
                if (day == 7)
                        return false;
                days |= 1U << day;
                text += n;
        }
        *ret = days;
        return true;
}

static void format_days(uint32_t days, char *ret, size_t size) {
        size_t n = 0;

        *ret = '\0';
        for (int day = 0; day < 7; day++)
                if (days & (1U << day) && n < size)
                        n += (size_t)snprintf(ret + n, size - n, "%s%s", n ? " " : "", day_words[day]);
}

/* ---- one value ---- */

static void describe_formats(char *ret, size_t size) {
        size_t n = 0;

        for (size_t i = 0; i < format_count() && n < size; i++)
                n += (size_t)snprintf(ret + n, size - n, "%s%s", i ? " | " : "", format_at(i)->name);
        if (n < size)
                snprintf(ret + n, size - n, " | a file in /etc/sitbone/formats");
}

static void describe_syntax(const struct setting *row, char *ret, size_t size) {
        switch (row->syntax) {
        case TEXT_PLAIN:
                snprintf(ret, size, "printable text of at most %zu bytes of UTF-8", row->size - 1);
                break;
        case TEXT_SLUG:
                snprintf(ret, size, "auto, or a-z, 0-9 and -");
                break;
        case TEXT_TOPIC:
                snprintf(ret, size, "an MQTT topic without +, #, $ and a / at either end");
                break;
        case TEXT_FORMAT:
                describe_formats(ret, size);
                break;
        case TEXT_LIST:
                snprintf(ret, size, "empty, or up to 64 numbers 0..63, as 0 1 2 or 15-31 14-0");
                break;
        case TEXT_BOARDS:
                snprintf(ret, size, "empty, or board numbers from left to right, as 0 1 or 0 / 1xy");
                break;
        case TEXT_MASK:
                snprintf(ret, size, "empty, or cells, rows and columns, as 120 3:5 row 7 col 0-2");
                break;
        case TEXT_POSITIONS:
                snprintf(ret, size, "empty, or numbers -2000..2000, as -90 0 90.5; %zu bytes at most", row->size - 1);
                break;
        }
}

/* Legal values in words, for errors and for the file of defaults. */
static void describe_legal_values(const struct setting *row, char *ret, size_t size) {
        size_t n = 0;

        switch (row->kind) {
        case SETTING_BOOL:
                snprintf(ret, size, "yes or no");
                break;
        case SETTING_INT:
        case SETTING_FLOAT:
                snprintf(ret, size, "%.10g..%.10g%s%s", row->min, row->max, *row->unit ? " " : "", row->unit);
                break;
        case SETTING_CHOICE:
                for (const char *const *word = row->choices; *word && n < size; word++)
                        n += (size_t)snprintf(ret + n, size - n, "%s%s", word == row->choices ? "" : " | ", *word);
                break;
        case SETTING_HOURS:
                snprintf(ret, size, "hours such as 22:00-07:00, or empty");
                break;
        case SETTING_DAYS:
                snprintf(ret, size, "any of mon tue wed thu fri sat sun, or empty");
                break;
        case SETTING_TEXT:
                describe_syntax(row, ret, size);
                break;
        }
}

static bool parse_bool(const char *s, bool *ret) {
        static const char *const yes[] = {"yes", "true", "on", "1"}, *const no[] = {"no", "false", "off", "0"};

        for (size_t i = 0; i < 4; i++) {
                if (strcmp(s, yes[i]) == 0 || strcmp(s, no[i]) == 0) {
                        *ret = strcmp(s, yes[i]) == 0;
                        return true;
                }
        }
        return false;
}

static bool parse_number(const struct setting *row, const char *s, double *ret) {
        char *end;
        double v;

        if (!*s || strchr(s, 'x') || strchr(s, 'X'))
                return false;
        v = strtod(s, &end);
        if (*end || !isfinite(v) || v < row->min || v > row->max || (row->kind == SETTING_INT && v != floor(v)))
                return false;
        *ret = v;
        return true;
}

static bool parse_choice(const struct setting *row, const char *s, int32_t *ret) {
        for (int32_t i = 0; row->choices[i]; i++) {
                if (strcmp(s, row->choices[i]) == 0) {
                        *ret = i;
                        return true;
                }
        }
        return false;
}

static bool is_slug(const char *s) {
        return *s && s[strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789-")] == '\0';
}

static bool is_topic(const char *s) {
        size_t n = strlen(s);

        return n > 0 && s[0] != '/' && s[n - 1] != '/' && strpbrk(s, "+#$") == NULL;
}

static bool are_positions(const char *s) {
        uint32_t n;

        return cell_lists_parse_positions(s, CELLS_MAX, NULL, &n);
}

static bool is_legal_text(const struct setting *row, const char *s) {
        struct board_list boards;
        struct index_list list;

        if (strlen(s) >= row->size || !is_sanitized(s))
                return false;
        switch (row->syntax) {
        case TEXT_SLUG:
                return is_slug(s);
        case TEXT_TOPIC:
                return is_topic(s);
        case TEXT_FORMAT:
                return format_exists(s);
        case TEXT_LIST:
                return cell_lists_parse_indices(s, &list);
        case TEXT_BOARDS:
                return cell_lists_parse_boards(s, &boards);
        case TEXT_MASK:
                return cell_lists_check_mask(s);
        case TEXT_POSITIONS:
                return are_positions(s);
        case TEXT_PLAIN:
                break;
        }
        return true;
}

/* Clears the rest of an older value, because the digest of the settings covers the whole field. */
static bool assign_text(char *field, const struct setting *row, const char *s) {
        if (!is_legal_text(row, s))
                return false;
        memset(field, 0, row->size);
        snprintf(field, row->size, "%s", s);
        return true;
}

/* Writes the value into its field. Returns false and writes nothing if it is not legal. */
static bool assign_setting(struct settings *settings, const struct setting *row, const char *s) {
        void *field = (char *)settings + row->offset;
        double number;

        switch (row->kind) {
        case SETTING_BOOL:
                return parse_bool(s, field);
        case SETTING_INT:
                if (!parse_number(row, s, &number))
                        return false;
                *(int32_t *)field = (int32_t)number;
                return true;
        case SETTING_FLOAT:
                if (!parse_number(row, s, &number))
                        return false;
                *(float *)field = (float)number;
                return true;
        case SETTING_CHOICE:
                return parse_choice(row, s, field);
        case SETTING_HOURS:
                return parse_hours(s, field);
        case SETTING_DAYS:
                return parse_days(s, field);
        case SETTING_TEXT:
                return assign_text(field, row, s);
        }
        return false;
}

static void print_setting(FILE *f, const struct settings *settings, const struct setting *row) {
        const void *field = (const char *)settings + row->offset;
        char text[64];

        switch (row->kind) {
        case SETTING_BOOL:
                fputs(*(const bool *)field ? "yes" : "no", f);
                break;
        case SETTING_INT:
                fprintf(f, "%d", *(const int32_t *)field);
                break;
        case SETTING_FLOAT:
                fprintf(f, "%g", (double)*(const float *)field);
                break;
        case SETTING_CHOICE:
                fputs(row->choices[*(const int32_t *)field], f);
                break;
        case SETTING_HOURS:
                format_hours(field, text, sizeof(text));
                fputs(text, f);
                break;
        case SETTING_DAYS:
                format_days(*(const uint32_t *)field, text, sizeof(text));
                fputs(text, f);
                break;
        case SETTING_TEXT:
                fputs(field, f);
                break;
        }
}

static bool setting_differs(const struct setting *row, const struct settings *a, const struct settings *b) {
        const char *x = (const char *)a + row->offset, *y = (const char *)b + row->offset;

        return row->kind == SETTING_TEXT ? strcmp(x, y) != 0 : memcmp(x, y, row->size) != 0;
}

void settings_defaults(struct settings *ret) {
        memset(ret, 0, sizeof(*ret));
        for (size_t i = 0; i < settings_rows; i++)
                assign_setting(ret, &settings_table[i], settings_table[i].default_text);
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
                assign_setting(settings, &settings_table[row], preset->text);
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

static void report_section(struct parse *p, const struct ini_item *item) {
        const char *best = NULL;

        for (size_t i = 0; i < settings_rows; i++)
                suggest_nearest(item->section, settings_table[i].section, &best);
        config_error_add(p->errors, "%s:%d: [%s]: unknown section%s%s%s; sections are: %s", p->path, item->line,
                         item->section, best ? ", did you mean [" : "", best ? best : "", best ? "]" : "",
                         settings_section_list);
}

static void report_key(struct parse *p, const struct ini_item *item) {
        const char *best = NULL, *elsewhere = NULL;

        for (size_t i = 0; i < settings_rows; i++) {
                if (strcmp(settings_table[i].section, item->section) == 0)
                        suggest_nearest(item->key, settings_table[i].key, &best);
                else if (strcmp(settings_table[i].key, item->key) == 0)
                        elsewhere = settings_table[i].section;
        }
        if (elsewhere)
                config_error_add(p->errors, "%s:%d: [%s] %s: unknown key here, it belongs to [%s]", p->path,
                                 item->line, item->section, item->key, elsewhere);
        else
                config_error_add(p->errors, "%s:%d: [%s] %s: unknown key%s%s%s", p->path, item->line, item->section,
                                 item->key, best ? ", did you mean " : "", best ? best : "", best ? "?" : "");
}

static void apply_value(struct parse *p, const struct ini_item *item, size_t row_index) {
        const struct setting *row = &settings_table[row_index];
        char legal[1024];

        if (p->seen_at[row_index])
                config_error_add(p->errors, "%s:%d: [%s] %s: set twice, first in line %d", p->path, item->line,
                                 row->section, row->key, p->seen_at[row_index]);
        p->seen_at[row_index] = item->line;
        if (!assign_setting(p->settings, row, item->value)) {
                describe_legal_values(row, legal, sizeof(legal));
                config_error_add(p->errors, "%s:%d: [%s] %s = %.80s: must be %s (default %s)", p->path, item->line,
                                 row->section, row->key, item->value, legal,
                                 *row->default_text ? row->default_text : "empty");
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

static void check_format(const struct settings *s, const char *path, struct config_errors *errors) {
        struct config_errors inside = {0};
        struct format described;
        const struct format *format = format_find(s->device.format, &described, &inside);
        const char *wrong = format ? layout_check(format, &s->device) : NULL;

        if (wrong)
                config_error_add(errors, "%s: [device] format = %s: %s", path, s->device.format, wrong);
        for (int i = 0; i < inside.n && i < CONFIG_ERRORS_MAX; i++)
                config_error_add(errors, "%s: [device] format: %s", path, inside.text[i]);
}

/* Checks relations between settings, which no single range expresses. */
static void check_relations(const struct settings *s, const char *path, struct config_errors *errors) {
        check_format(s, path, errors);
        if (s->sitting.interruption_s >= s->sitting.break_s)
                config_error_add(errors, "%s: [sitting] interruption_s = %g must be less than break_s = %g", path,
                                 (double)s->sitting.interruption_s, (double)s->sitting.break_s);
        if (s->mqtt.discovery && strcmp(s->mqtt.discovery_prefix, s->mqtt.base_topic) == 0)
                config_error_add(errors, "%s: [mqtt] discovery_prefix and base_topic must differ", path);
        if (s->mqtt.discovery && s->mqtt.layout == LAYOUT_VALUES)
                config_error_add(errors,
                                 "%s: [mqtt] layout = values leaves out what discovery announces: set both, or "
                                 "discovery = no",
                                 path);
        if (!*s->mqtt.cert_file != !*s->mqtt.key_file)
                config_error_add(errors, "%s: [mqtt] cert_file and key_file go together", path);
        if (s->mqtt.heartbeat_s < s->mqtt.state_interval_s)
                config_error_add(errors, "%s: [mqtt] heartbeat_s = %g must not be less than state_interval_s = %g",
                                 path, (double)s->mqtt.heartbeat_s, (double)s->mqtt.state_interval_s);
        if (s->alert.posture_min > s->alert.posture_window_min)
                config_error_add(errors, "%s: [alert] posture_min = %g must not exceed posture_window_min = %g", path,
                                 (double)s->alert.posture_min, (double)s->alert.posture_window_min);
}

static void parse_text(struct parse *p, const char *text, size_t n) {
        const struct ini_sink sink = {.item = on_item, .userdata = p, .path = p->path, .errors = p->errors};

        memset(p->seen_at, 0, sizeof(p->seen_at));
        ini_parse(text, n, &sink);
}

void settings_parse(struct settings *settings, const char *path, const char *text, size_t n,
                    struct config_errors *errors) {
        bool is_set[SETTINGS_ROWS_MAX] = {false};
        struct parse p = {.settings = settings, .is_set = is_set, .errors = errors, .path = path};

        parse_text(&p, text, n);
        if (is_set[find_row("alert", "profile")])
                apply_profile(settings, is_set, NULL);
        check_relations(settings, path, errors);
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
        load_layer(path, controls, ret, errors, NULL);
}

void settings_merge(const struct settings_layer *files, const struct settings_layer *controls, const char *path,
                    struct settings *ret, struct config_errors *errors) {
        merge_layers(files, controls, ret, NULL);
        check_relations(ret, path ? path : "settings", errors);
}

void settings_load(const char *path, struct settings *ret, struct config_errors *errors) {
        struct settings_layer files;

        load_layer(path, false, &files, errors, NULL);
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
        if (*text && !assign_setting(&controls->values, &settings_table[i], text)) {
                describe_legal_values(&settings_table[i], legal, sizeof(legal));
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
        print_setting(f, settings, row);
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
        check_relations(&settings, path ? path : "settings", errors);
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
                describe_legal_values(row, legal, sizeof(legal));
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
