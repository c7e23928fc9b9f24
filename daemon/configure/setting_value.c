/* SPDX-License-Identifier: MIT */
#include "configure/setting_value.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "configure/format_file.h"
#include "core/acquire/cell_lists.h"
#include "core/acquire/format.h"
#include "core/acquire/formats.h"
#include "sitbone/frame.h"
#include "util/ini.h"
#include "util/language.h"
#include "util/sanitize.h"

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
void setting_describe_legal(const struct setting *row, char *ret, size_t size) {
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
bool setting_assign(struct settings *settings, const struct setting *row, const char *s) {
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

void setting_print(FILE *f, const struct settings *settings, const struct setting *row) {
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

bool setting_differs(const struct setting *row, const struct settings *a, const struct settings *b) {
        const char *x = (const char *)a + row->offset, *y = (const char *)b + row->offset;

        return row->kind == SETTING_TEXT ? strcmp(x, y) != 0 : memcmp(x, y, row->size) != 0;
}
