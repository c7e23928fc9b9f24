/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "configure/settings.h"
#include "scenario.h"
#include "util/file.h"
#include "world.h"

enum { LENGTH_MAX_S = 400 * 24 * 3600 };

enum section { SECTION_NONE, SECTION_SETTINGS, SECTION_SEAT, SECTION_EXPECT };

void scenario_fail(const struct scenario *s, int line, const char *format, ...) {
        va_list a;

        fprintf(stderr, "%s:", s->path);
        if (line)
                fprintf(stderr, "%d:", line);
        fputc(' ', stderr);
        va_start(a, format);
        vfprintf(stderr, format, a);
        va_end(a);
        fputc('\n', stderr);
        exit(1);
}

/* Parses 31:00 or 1:02:03.5, and returns the text after the blank that follows. NULL = it is no time. */
static const char *parse_time(const char *text, uint64_t *ret_us) {
        enum { HOURS_MAX = 100000 };
        uint64_t total = 0, part, us = 0;
        int parts = 0;

        for (;; text++) {
                const char *from = text;
                for (part = 0; *text >= '0' && *text <= '9' && part < HOURS_MAX * (uint64_t)60; text++)
                        part = part * 10 + (uint64_t)(*text - '0');
                if (text == from || ++parts > 3 || (parts > 1 && part > 59))
                        return NULL;
                total = total * 60 + part;
                if (*text != ':')
                        break;
        }
        if (*text == '.')
                for (uint64_t digit = SECOND / 10; *++text >= '0' && *text <= '9'; digit /= 10)
                        us += digit * (uint64_t)(*text - '0');
        if (parts < 2 || total > HOURS_MAX * (uint64_t)3600 || (*text != ' ' && *text != '\0'))
                return NULL;
        *ret_us = total * SECOND + us;
        return text + (*text == ' ');
}

const char *scenario_after(const char *text, const char *start) {
        size_t n = strlen(start);

        if (strncmp(text, start, n) != 0 || (text[n] != ' ' && text[n] != '\0'))
                return NULL;
        return text + n + strspn(text + n, " ");
}

bool scenario_length(const char *text, uint64_t *ret_us) {
        char *end;
        double n = strtod(text, &end);

        if (end == text)
                return false;
        end += strspn(end, " ");
        n *= strcmp(end, "h") == 0 ? 3600 : strcmp(end, "min") == 0 ? 60 : strcmp(end, "s") == 0 ? 1 : (double)NAN;
        if (!(n >= 0 && n <= LENGTH_MAX_S))
                return false;
        *ret_us = (uint64_t)llround(n * (double)SECOND);
        return true;
}

bool scenario_number(const char **text, unsigned long most, unsigned long *ret) {
        unsigned long n = 0;
        const char *at = *text;

        for (; *at >= '0' && *at <= '9' && n <= most; at++)
                n = n * 10 + (unsigned long)(*at - '0');
        if (at == *text || n > most || (*at >= '0' && *at <= '9'))
                return false;
        *ret = n;
        *text = at;
        return true;
}

void lines_add(struct lines *l, int number, uint64_t t_us, const char *text) {
        if (l->n == LINES_MAX) {
                fprintf(stderr, "more than %d lines or events\n", LINES_MAX);
                exit(1);
        }
        l->of[l->n].number = number;
        l->of[l->n].t_us = t_us;
        snprintf(l->of[l->n].text, TEXT_MAX, "%s", text);
        l->n++;
}

static enum section parse_section(const struct scenario *s, int number, const char *text) {
        if (strcmp(text, "[settings]") == 0)
                return SECTION_SETTINGS;
        if (strcmp(text, "[seat]") == 0)
                return SECTION_SEAT;
        if (strcmp(text, "[expect]") == 0)
                return SECTION_EXPECT;
        scenario_fail(s, number, "sections are [settings], [seat] and [expect]");
}

/* Stores section.key = value as two lines of a settings file. */
static void add_setting(struct scenario *s, int number, const char *text) {
        size_t n = strlen(s->settings_text), section = strspn(text, "abcdefghijklmnopqrstuvwxyz");

        if (section == 0 || text[section] != '.')
                scenario_fail(s, number, "expected SECTION.KEY = VALUE");
        if (s->settings_n == LINES_MAX || n + strlen(text) + 4 > sizeof(s->settings_text))
                scenario_fail(s, number, "too many settings");
        s->setting_number[s->settings_n++] = number;
        snprintf(s->settings_text + n, sizeof(s->settings_text) - n, "[%.*s]\n%s\n", (int)section, text,
                 text + section + 1);
}

/* Reports an error in settings_text with the line of the scenario file. */
static void fail_setting(const struct scenario *s, const char *error) {
        char *end;
        long at = strtol(error + strlen(s->path) + 1, &end, 10);

        if (at < 1 || (at - 1) / 2 >= s->settings_n || *end != ':')
                scenario_fail(s, 0, "in [settings]: %s", error);
        scenario_fail(s, s->setting_number[(at - 1) / 2], "%s", end + strspn(end, ": "));
}

/* Removes blanks at both ends, and reduces each run of blanks to one. */
static void normalize_blanks(char *text) {
        char *to = text;

        for (const char *from = text; *from; from++) {
                char c = strchr(" \t\r", *from) ? ' ' : *from;
                if (c != ' ' || (to > text && to[-1] != ' '))
                        *to++ = c;
        }
        if (to > text && to[-1] == ' ')
                to--;
        *to = '\0';
}

static void parse_line(struct scenario *s, enum section *section, int number, char *text) {
        const char *rest;
        uint64_t t_us = 0;

        normalize_blanks(text);
        if (*text == '\0' || *text == '#')
                return;
        if (*text == '[') {
                *section = parse_section(s, number, text);
                s->expects = s->expects || *section == SECTION_EXPECT;
                return;
        }
        if (*section == SECTION_SETTINGS) {
                add_setting(s, number, text);
                return;
        }
        if (*section == SECTION_EXPECT && strcmp(text, "show hints") == 0) {
                s->hints = true;
                return;
        }
        if (*section == SECTION_EXPECT && strcmp(text, "show updates") == 0) {
                s->updates = true;
                return;
        }
        rest = parse_time(text, &t_us);
        if (!rest || *section == SECTION_NONE)
                scenario_fail(s, number, "expected a time such as 31:00 or 1:02:03.5, and an event");
        if (*rest == '\0' || strlen(rest) >= TEXT_MAX)
                scenario_fail(s, number, *rest ? "the line is too long" : "there is a time, but no event");
        struct lines *to = *section == SECTION_SEAT ? &s->seat : &s->expect;
        if (to->n > 0 && t_us < to->of[to->n - 1].t_us)
                scenario_fail(s, number, "earlier than the line before");
        lines_add(to, number, t_us, rest);
}

void scenario_read(struct scenario *s, const char *path) {
        struct config_errors errors = {0};
        enum section section = SECTION_NONE;
        char *text, *rest;
        size_t n;
        int r = file_read(path, 1 << 20, &text, &n), number = 0;

        s->path = path;
        if (r < 0)
                scenario_fail(s, 0, "%s", strerror(-r));
        rest = text + (strncmp(text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0);
        for (char *line; (line = strsep(&rest, "\n"));)
                parse_line(s, &section, ++number, line);
        free(text);
        settings_defaults(&s->settings);
        settings_parse(&s->settings, path, s->settings_text, strlen(s->settings_text), &errors);
        if (errors.n)
                fail_setting(s, errors.text[0]);
        if (s->seat.n == 0 || !s->expects)
                scenario_fail(s, 0, "needs something in [seat], and an [expect]");
}
