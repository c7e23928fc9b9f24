#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenario.h"
#include "settings.h"
#include "util/file.h"
#include "world.h"

enum section { SECTION_NONE, SECTION_SETTINGS, SECTION_SEAT, SECTION_EXPECT };

void scenario_fail(const struct scenario *s, int line, const char *format, ...) {
        va_list a;

        fprintf(stderr, "%s:%d: ", s->path, line);
        va_start(a, format);
        vfprintf(stderr, format, a);
        va_end(a);
        fputc('\n', stderr);
        exit(1);
}

/* 31:00, 1:02:03.5; the rest of the text follows after blanks. NULL = no time. */
static const char *read_time(const char *text, uint64_t *ret_us) {
        double total = 0;
        char *end;

        if (*text < '0' || *text > '9')
                return NULL;
        for (;;) {
                double part = strtod(text, &end);
                if (end == text)
                        return NULL;
                total = total * 60 + part;
                text = end;
                if (*text != ':')
                        break;
                text++;
        }
        *ret_us = (uint64_t)llround(total * (double)SECOND);
        return text + strspn(text, " \t");
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
        n *= strcmp(end, "h") == 0 ? 3600 : strcmp(end, "min") == 0 ? 60 : strcmp(end, "s") == 0 ? 1 : NAN;
        if (isnan(n))
                return false;
        *ret_us = (uint64_t)llround(n * (double)SECOND);
        return true;
}

void lines_add(struct lines *l, int number, uint64_t t_us, const char *text) {
        if (l->n == LINES_MAX) {
                fprintf(stderr, "more than %d lines\n", LINES_MAX);
                exit(1);
        }
        l->of[l->n].number = number;
        l->of[l->n].t_us = t_us;
        snprintf(l->of[l->n].text, TEXT_MAX, "%s", text);
        l->n++;
}

static enum section section_of(const struct scenario *s, int number, const char *text) {
        if (strcmp(text, "[settings]") == 0)
                return SECTION_SETTINGS;
        if (strcmp(text, "[seat]") == 0)
                return SECTION_SEAT;
        if (strcmp(text, "[expect]") == 0)
                return SECTION_EXPECT;
        scenario_fail(s, number, "sections are [settings], [seat] and [expect]");
}

/* section.key = value, as a settings file of its own */
static void read_setting(struct scenario *s, int number, const char *text) {
        size_t n = strlen(s->settings_text);
        const char *dot = strchr(text, '.');

        if (!dot)
                scenario_fail(s, number, "expected SECTION.KEY = VALUE");
        snprintf(s->settings_text + n, sizeof(s->settings_text) - n, "[%.*s]\n%s\n", (int)(dot - text), text, dot + 1);
}

static void read_line(struct scenario *s, enum section *section, int number, char *text) {
        char *end = text + strlen(text);
        const char *rest;
        uint64_t t_us = 0;

        while (end > text && strchr(" \t\r", end[-1]))
                *--end = '\0';
        if (*text == '\0' || *text == '#')
                return;
        if (*text == '[') {
                *section = section_of(s, number, text);
                return;
        }
        if (*section == SECTION_SETTINGS) {
                read_setting(s, number, text);
                return;
        }
        if (*section == SECTION_EXPECT && strcmp(text, "show updates") == 0) {
                s->updates = true;
                return;
        }
        rest = read_time(text, &t_us);
        if (!rest || *section == SECTION_NONE)
                scenario_fail(s, number, "expected a time like 31:00 and what happens then");
        struct lines *to = *section == SECTION_SEAT ? &s->seat : &s->expect;
        if (to->n > 0 && t_us < to->of[to->n - 1].t_us)
                scenario_fail(s, number, "earlier than the line before");
        lines_add(to, number, t_us, rest);
}

void scenario_read(struct scenario *s, const char *path) {
        struct mistakes mistakes = {0};
        enum section section = SECTION_NONE;
        char *text, *rest;
        size_t n;
        int r = file_read(path, 1 << 20, &text, &n), number = 0;

        s->path = path;
        if (r < 0)
                scenario_fail(s, 0, "%s", strerror(-r));
        rest = text;
        for (char *line; (line = strsep(&rest, "\n"));)
                read_line(s, &section, ++number, line);
        free(text);
        settings_defaults(&s->settings);
        settings_parse(&s->settings, path, s->settings_text, strlen(s->settings_text), &mistakes);
        if (mistakes.n)
                scenario_fail(s, 0, "in [settings]: %s", mistakes.of[0]);
        if (s->seat.n == 0 || s->expect.n == 0)
                scenario_fail(s, 0, "needs something in [seat] and in [expect]");
}
