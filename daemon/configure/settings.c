/* SPDX-License-Identifier: MIT */
#include "configure/settings.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "configure/format_file.h"
#include "configure/settings_table.h"
#include "core/acquire/cell_lists.h"
#include "core/acquire/format.h"
#include "core/acquire/formats.h"
#include "core/acquire/layout.h"
#include "sitbone/frame.h"
#include "util/file.h"
#include "util/ini.h"
#include "util/language.h"
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
        static const char *const words[] = {
                [TEXT_LANGUAGE] = "auto, or a language such as en, de, de_AT",
                [TEXT_DEVICE] = "auto, -, tcp://host:port, or a whole path such as /dev/ttyUSB0",
                [TEXT_HOST] = "a host name or an address, without scheme and port",
                [TEXT_PATH] = "empty, or the path of a file",
                [TEXT_SLUG] = "auto, or a-z, 0-9 and -",
                [TEXT_TOPIC] = "an MQTT topic without +, #, $ and a / at either end",
                [TEXT_LIST] = "empty, or up to 64 numbers 0..63, as 0 1 2 or 15-31 14-0",
                [TEXT_BOARDS] = "empty, or board numbers from left to right, as 0 1 or 0 / 1xy",
                [TEXT_MASK] = "empty, or cells, rows and columns, as 120 3:5 row 7 col 0-2",
        };

        if (row->syntax == TEXT_PLAIN)
                snprintf(ret, size, "printable text of at most %zu bytes of UTF-8", row->size - 1);
        else if (row->syntax == TEXT_FORMAT)
                describe_formats(ret, size);
        else if (row->syntax == TEXT_POSITIONS)
                snprintf(ret, size, "empty, or numbers -2000..2000, as -90 0 90.5; %zu bytes at most", row->size - 1);
        else
                snprintf(ret, size, "%s", words[row->syntax]);
}

static void describe_words(const struct setting *row, char *ret, size_t size) {
        size_t n = 0;

        for (const char *const *word = row->choices; *word && n < size; word++)
                n += (size_t)snprintf(ret + n, size - n, "%s%s", word == row->choices ? "" : " | ", *word);
}

/* Legal values in words, for errors and for the file of defaults. */
static void describe_legal_values(const struct setting *row, char *ret, size_t size) {
        switch (row->kind) {
        case SETTING_BOOL:
                snprintf(ret, size, "yes or no");
                break;
        case SETTING_INT:
        case SETTING_FLOAT:
                if (row->choices)
                        describe_words(row, ret, size);
                else
                        snprintf(ret, size, "%.10g..%.10g%s%s", row->min, row->max, *row->unit ? " " : "", row->unit);
                break;
        case SETTING_CHOICE:
                describe_words(row, ret, size);
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
                if (strcasecmp(s, yes[i]) == 0 || strcasecmp(s, no[i]) == 0) {
                        *ret = strcasecmp(s, yes[i]) == 0;
                        return true;
                }
        }
        return false;
}

static bool parse_choice(const struct setting *row, const char *s, int32_t *ret) {
        for (int32_t i = 0; row->choices[i]; i++) {
                if (strcasecmp(s, row->choices[i]) == 0) {
                        *ret = i;
                        return true;
                }
        }
        return false;
}

static bool parse_number(const struct setting *row, const char *s, double *ret) {
        char *end;
        double v;
        int32_t word;

        if (row->choices && !parse_choice(row, s, &word))
                return false;
        if (!*s || strchr(s, 'x') || strchr(s, 'X'))
                return false;
        v = strtod(s, &end);
        if (*end || !isfinite(v) || v < row->min || v > row->max || (row->kind == SETTING_INT && v != floor(v)))
                return false;
        *ret = v;
        return true;
}

static bool is_slug(const char *s) {
        return *s && s[strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789-")] == '\0';
}

static bool is_topic(const char *s) {
        size_t n = strlen(s);

        return n > 0 && s[0] != '/' && s[n - 1] != '/' && strpbrk(s, "+#$") == NULL;
}

static bool is_host(const char *s) {
        const char *colon = strchr(s, ':'); /* an IPv6 address has at least two */

        return *s && !s[strcspn(s, " \t/@\"'#;,[]")] && (!colon || strchr(colon + 1, ':'));
}

static bool is_path(const char *s) {
        return *s != '~' && *s != '$' && !strstr(s, "://") && !ini_explain_value(s);
}

static bool is_device(const char *s) {
        const char *port = strrchr(s, ':');

        if (strncmp(s, "tcp://", 6) == 0)
                return port > s + 6 && port[1] && !port[1 + strspn(port + 1, "0123456789")];
        return strcmp(s, "auto") == 0 || strcmp(s, "-") == 0 || (strchr(s, '/') && !strchr(s, '*') && is_path(s));
}

static bool are_positions(const char *s) {
        uint32_t n;

        return cell_lists_parse_positions(s, CELLS_MAX, NULL, &n);
}

static bool is_quoted(const char *s) {
        size_t n = strlen(s);

        return n > 1 && (*s == '"' || *s == '\'') && s[n - 1] == *s;
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
        case TEXT_LANGUAGE:
                return language_accepts(s);
        case TEXT_DEVICE:
                return is_device(s);
        case TEXT_HOST:
                return is_host(s);
        case TEXT_PATH:
                return is_path(s);
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
        if (!is_legal_text(row, s) || is_quoted(s))
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

/* ---- one text ---- */

struct parse {
        struct settings *settings;
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
                if (strcmp(settings_table[i].section, section) == 0 && settings_table[i].key[length] == '_' &&
                    strncasecmp(settings_table[i].key, key, length) == 0)
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
                    assign_setting(&scratch, &settings_table[i], item->value))
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
        describe_legal_values(row, legal, sizeof(legal));
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
        if (!assign_setting(p->settings, row, item->value))
                report_value(p, item, row);
        else if (p->origins)
                snprintf(p->origins->text[row_index], ORIGIN_MAX, "%s:%d", p->path, item->line);
}

static void on_item(void *userdata, const struct ini_item *item) {
        struct parse *p = userdata;

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
        for (size_t i = 0; i < settings_rows; i++) {
                if (strcmp(settings_table[i].section, item->section) == 0 &&
                    strcmp(settings_table[i].key, item->key) == 0) {
                        apply_value(p, item, i);
                        return;
                }
        }
        report_key(p, item);
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

static void parse_text(struct settings *settings, const char *path, const char *text, size_t n,
                       struct config_errors *errors, struct origins *origins) {
        struct parse p = {.settings = settings, .errors = errors, .origins = origins, .path = path};
        const struct ini_sink sink = {.item = on_item, .userdata = &p, .path = p.path, .errors = p.errors};

        ini_parse(text, n, &sink);
}

void settings_parse(struct settings *settings, const char *path, const char *text, size_t n,
                    struct config_errors *errors) {
        struct origins *origins = calloc(1, sizeof(*origins));

        parse_text(settings, path, text, n, errors, origins);
        check_relations(settings, path, origins, errors);
        free(origins);
}

/* ---- files ---- */

struct load {
        struct settings *settings;
        struct config_errors *errors;
        struct origins *origins;
};

static void load_file(struct load *l, const char *path, bool must_exist) {
        char *text;
        size_t n;
        int r = file_read(path, SETTINGS_FILE_MAX, &text, &n);

        if (r == -ENOENT && !must_exist)
                return;
        if (r < 0) {
                config_error_add(l->errors, "%s: %s", path, strerror(-r));
                return;
        }
        parse_text(l->settings, path, text, n, l->errors, l->origins);
        free(text);
}

static void load_drop_in(void *userdata, const char *path) {
        load_file(userdata, path, true);
}

static void load_files(const char *path, struct load *l) {
        settings_defaults(l->settings);
        if (path) {
                char drop_ins[4096];
                const char *const trees[] = {drop_ins, NULL};

                snprintf(drop_ins, sizeof(drop_ins), "%s.d", path);
                load_file(l, path, true);
                file_each_drop_in(trees, load_drop_in, l);
        } else {
                /* UAPI.6: a file in an earlier tree replaces the file of the same name in a later one */
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
                file_each_drop_in(trees, load_drop_in, l);
        }
        check_relations(l->settings, path ? path : "settings", l->origins, l->errors);
}

void settings_load(const char *path, struct settings *ret, struct config_errors *errors) {
        struct origins *origins = calloc(1, sizeof(*origins));
        struct load l = {.settings = ret, .errors = errors, .origins = origins};

        load_files(path, &l);
        free(origins);
}

/* ---- printing ---- */

void settings_print(FILE *f, const char *path, struct config_errors *errors) {
        struct settings settings;
        struct origins *origins = calloc(1, sizeof(*origins));
        struct load l = {.settings = &settings, .errors = errors, .origins = origins};

        if (!origins)
                return;
        load_files(path, &l);
        for (size_t i = 0; i < settings_rows; i++) {
                const struct setting *row = &settings_table[i];

                if (i == 0 || strcmp(row->section, settings_table[i - 1].section) != 0)
                        fprintf(f, "%s[%s]\n", i ? "\n" : "", row->section);
                fprintf(f, "# %s\n%s = ", *origins->text[i] ? origins->text[i] : "default", row->key);
                print_setting(f, &settings, row);
                fputc('\n', f);
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
