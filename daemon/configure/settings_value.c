/* SPDX-License-Identifier: MIT */
#include "configure/settings_value.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "configure/format_file.h"
#include "configure/settings_time.h"
#include "core/acquire/cell_lists.h"
#include "core/acquire/formats.h"
#include "sitbone/frame.h"
#include "util/sanitize.h"

void setting_legal(const struct setting *row, char *ret, size_t size) {
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
        case SETTING_FORMAT:
                for (size_t i = 0; i < format_count() && n < size; i++)
                        n += (size_t)snprintf(ret + n, size - n, "%s%s", i ? " | " : "", format_at(i)->name);
                if (n < size)
                        snprintf(ret + n, size - n, " | a file in /etc/sitbone/formats");
                break;
        case SETTING_SLUG:
                snprintf(ret, size, "auto, or a-z, 0-9 and -");
                break;
        case SETTING_TOPIC:
                snprintf(ret, size, "an MQTT topic without +, #, $ and a / at either end");
                break;
        case SETTING_LIST:
                snprintf(ret, size, "empty, or up to 64 numbers 0..63, as 0 1 2 or 15-31 14-0");
                break;
        case SETTING_BOARDS:
                snprintf(ret, size, "empty, or board numbers from left to right, as 0 1 or 0 / 1xy");
                break;
        case SETTING_MASK:
                snprintf(ret, size, "empty, or cells, rows and columns, as 120 3:5 row 7 col 0-2");
                break;
        case SETTING_POSITIONS:
                snprintf(ret, size, "empty, or numbers -2000..2000, as -90 0 90.5; %zu bytes at most", row->size - 1);
                break;
        case SETTING_HOURS:
                snprintf(ret, size, "hours such as 22:00-07:00, or empty");
                break;
        case SETTING_DAYS:
                snprintf(ret, size, "any of mon tue wed thu fri sat sun, or empty");
                break;
        case SETTING_TEXT:
                snprintf(ret, size, "printable text of at most %zu bytes of UTF-8", row->size - 1);
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

static bool legal_slug(const char *s) {
        return *s && s[strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789-")] == '\0';
}

static bool legal_topic(const char *s) {
        size_t n = strlen(s);

        return n > 0 && s[0] != '/' && s[n - 1] != '/' && strpbrk(s, "+#$") == NULL;
}

static bool legal_positions(const char *s) {
        uint32_t n;

        return cell_lists_parse_positions(s, CELLS_MAX, NULL, &n);
}

static bool legal_text(const struct setting *row, const char *s) {
        struct board_list boards;
        struct index_list list;

        if (strlen(s) >= row->size || !is_sanitized(s))
                return false;
        switch (row->kind) {
        case SETTING_SLUG:
                return legal_slug(s);
        case SETTING_TOPIC:
                return legal_topic(s);
        case SETTING_FORMAT:
                return format_exists(s);
        case SETTING_LIST:
                return cell_lists_parse_indices(s, &list);
        case SETTING_BOARDS:
                return cell_lists_parse_boards(s, &boards);
        case SETTING_MASK:
                return cell_lists_check_mask(s);
        case SETTING_POSITIONS:
                return legal_positions(s);
        default:
                return true;
        }
}

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
                return settings_time_hours(s, field);
        case SETTING_DAYS:
                return settings_time_days(s, field);
        default:
                if (!legal_text(row, s))
                        return false;
                memset(field, 0, row->size); /* no rest of an older value: the digest is over the whole */
                memcpy(field, s, strlen(s));
                return true;
        }
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
                settings_time_print_hours(field, text, sizeof(text));
                fputs(text, f);
                break;
        case SETTING_DAYS:
                settings_time_print_days(*(const uint32_t *)field, text, sizeof(text));
                fputs(text, f);
                break;
        default:
                fputs(field, f);
                break;
        }
}

bool setting_differs(const struct setting *row, const struct settings *a, const struct settings *b) {
        const char *x = (const char *)a + row->offset, *y = (const char *)b + row->offset;

        switch (row->kind) {
        case SETTING_BOOL:
                return *(const bool *)x != *(const bool *)y;
        case SETTING_INT:
        case SETTING_CHOICE:
                return *(const int32_t *)x != *(const int32_t *)y;
        case SETTING_FLOAT:
                return *(const float *)x != *(const float *)y;
        case SETTING_HOURS:
        case SETTING_DAYS:
                return memcmp(x, y, row->size) != 0;
        default:
                return strcmp(x, y) != 0;
        }
}
