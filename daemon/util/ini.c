/* SPDX-License-Identifier: MIT */
#include "util/ini.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/ascii.h"

/* Removes blanks at both ends, in place. */
static char *trim_blanks(char *s) {
        char *end = s + strlen(s);

        while (end > s && is_blank(end[-1]))
                end--;
        *end = '\0';
        while (is_blank(*s))
                s++;
        return s;
}

struct reader {
        const struct ini_sink *sink;
        char section[INI_LINE_MAX];
        int line;
};

static void report_error(const struct reader *r, const char *what) {
        if (r->sink->errors)
                config_error_add(r->sink->errors, "%s:%d: %s", r->sink->path, r->line, what);
}

static void parse_section(struct reader *r, char *s) {
        size_t n = strlen(s);
        struct ini_item item = {.line = r->line, .section = r->section};

        if (n < 3 || s[n - 1] != ']') {
                report_error(r, "a section is written [name]");
                return;
        }
        s[n - 1] = '\0';
        snprintf(r->section, sizeof(r->section), "%s", trim_blanks(s + 1));
        r->sink->item(r->sink->userdata, &item);
}

static void parse_setting(struct reader *r, char *s) {
        char *equals = strchr(s, '=');
        struct ini_item item = {.line = r->line, .section = r->section};

        if (!equals || equals == s) {
                report_error(r, "expected key = value, [section] or # comment");
                return;
        }
        *equals = '\0';
        item.key = trim_blanks(s);
        item.value = trim_blanks(equals + 1);
        r->sink->item(r->sink->userdata, &item);
}

static void parse_line(struct reader *r, char *raw) {
        char *s = trim_blanks(raw);

        if (*s == '\0' || *s == '#')
                return;
        if (*s == '[')
                parse_section(r, s);
        else
                parse_setting(r, s);
}

void ini_parse(const char *text, size_t n, const struct ini_sink *sink) {
        struct reader r = {.sink = sink};
        const char *end = text + n;
        char line[INI_LINE_MAX];

        if (n >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
                text += 3; /* byte order mark of some editors */
        while (text < end) {
                const char *newline = memchr(text, '\n', (size_t)(end - text));
                size_t length = (size_t)((newline ? newline : end) - text);

                r.line++;
                if (length >= sizeof(line)) {
                        report_error(&r, "line too long (4095 bytes at most)");
                } else if (memchr(text, '\0', length)) {
                        report_error(&r, "a zero byte: not a text file");
                } else {
                        memcpy(line, text, length);
                        line[length] = '\0';
                        parse_line(&r, line);
                }
                text += length + (newline ? 1 : 0);
        }
}

const char *ini_explain_value(const char *value) {
        size_t n = strlen(value);

        if (n > 1 && (*value == '"' || *value == '\'') && value[n - 1] == *value)
                return "write the value without quotation marks";
        for (const char *p = value; (p = strpbrk(p, "#;")); p++)
                if (p > value && is_blank(p[-1]))
                        return "a comment needs a line of its own";
        return n > 1 && value[n - 1] == ';' ? "write the value without a semicolon" : NULL;
}

const char *ini_explain_number(const char *value) {
        const char *advice = ini_explain_value(value);
        char *end;

        strtod(value, &end);
        if (advice || end == value)
                return advice;
        if (*end == ',')
                return "write a decimal point and no comma";
        end += strspn(end, " \t");
        return isalpha((unsigned char)*end) || *end == '%' || (*end & 0x80) ? "write the number without a unit" : NULL;
}
