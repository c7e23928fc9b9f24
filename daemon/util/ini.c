/* SPDX-License-Identifier: MIT */
#include "util/ini.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static bool blank(char c) {
        return c == ' ' || c == '\t' || c == '\r';
}

/* Cuts blanks off both ends, in place. */
static char *trim(char *s) {
        char *end = s + strlen(s);

        while (end > s && blank(end[-1]))
                end--;
        *end = '\0';
        while (blank(*s))
                s++;
        return s;
}

struct reader {
        const struct ini_sink *sink;
        char section[INI_LINE_MAX];
        int line;
};

static void mistake(const struct reader *r, const char *what) {
        r->sink->mistake(r->sink->userdata, r->line, what);
}

static void take_section(struct reader *r, char *s) {
        size_t n = strlen(s);
        struct ini_item item = {.line = r->line, .section = r->section};

        if (n < 3 || s[n - 1] != ']') {
                mistake(r, "a section is written [name]");
                return;
        }
        s[n - 1] = '\0';
        snprintf(r->section, sizeof(r->section), "%s", trim(s + 1));
        r->sink->item(r->sink->userdata, &item);
}

static void take_setting(struct reader *r, char *s) {
        char *equals = strchr(s, '=');
        struct ini_item item = {.line = r->line, .section = r->section};

        if (!equals || equals == s) {
                mistake(r, "expected key = value, [section] or # comment");
                return;
        }
        *equals = '\0';
        item.key = trim(s);
        item.value = trim(equals + 1);
        r->sink->item(r->sink->userdata, &item);
}

static void take_line(struct reader *r, char *raw) {
        char *s = trim(raw);

        if (*s == '\0' || *s == '#')
                return;
        if (blank(raw[0]))
                mistake(r, "a line may not begin with a blank (continued lines do not exist)");
        else if (*s == '[')
                take_section(r, s);
        else
                take_setting(r, s);
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
                        mistake(&r, "line too long (4095 bytes at most)");
                } else if (memchr(text, '\0', length)) {
                        mistake(&r, "a zero byte: not a text file");
                } else {
                        memcpy(line, text, length);
                        line[length] = '\0';
                        take_line(&r, line);
                }
                text += length + (newline ? 1 : 0);
        }
}
