/* SPDX-License-Identifier: MIT */
#include "util/language.h"

#include <langinfo.h>
#include <locale.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char language[16]; /* written once, before threads start */

/* The locale that is always there, under a name with a territory: glibc loads the same files, and from 2.39 on gettext
 * translates nothing in a locale whose name begins with "C.". */
#define ALWAYS_THERE "C_DE.UTF-8"

static bool is_english(const char *name) {
        bool en = strncmp(name, "en", 2) == 0 && !(name[2] >= 'a' && name[2] <= 'z');

        return en || strcmp(name, "C") == 0 || strcmp(name, "POSIX") == 0 || strncmp(name, "C.", 2) == 0;
}

static const char *find_wish_in_environment(void) {
        static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
        const char *list = getenv("LANGUAGE");

        for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
                const char *locale = getenv(names[i]);

                if (!locale || !*locale)
                        continue;
                if (list && *list && strncmp(locale, "C", 1) != 0 && strcmp(locale, "POSIX") != 0)
                        return list;
                return locale;
        }
        return "";
}

/* de, de_AT, gsw. It becomes a part of a path, so anything else is refused. */
static bool is_language(const char *name) {
        size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyz");

        if (n < 2 || n > 3)
                return false;
        return name[n] == '\0' ||
               (name[n] == '_' && strspn(name + n + 1, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == 2 && name[n + 3] == '\0');
}

/* The name without coding and modifier: de_DE.UTF-8@euro, de:fr. */
static bool copy_language(const char *wish, char ret[static sizeof(language)]) {
        snprintf(ret, sizeof(language), "%.*s", (int)strcspn(wish, ".@:"), wish);
        return !is_english(wish) && is_language(ret);
}

bool language_accepts(const char *wish) {
        char name[sizeof(language)];

        return !*wish || strcmp(wish, "auto") == 0 || is_english(wish) || copy_language(wish, name);
}

bool language_choose(const char *wish) {
        const char *folder = getenv("TEXTDOMAINDIR");
        bool asked = wish && *wish && strcmp(wish, "auto") != 0;

        if (!asked)
                wish = find_wish_in_environment();
        if (!copy_language(wish, language)) {
                language[0] = '\0';
                return !asked || is_english(wish);
        }
        setenv("LANGUAGE", language, 1);
        if (!setlocale(LC_MESSAGES, ALWAYS_THERE)) /* gettext then uses LANGUAGE */
                setlocale(LC_MESSAGES, "C.UTF-8"); /* one in the locale archive is found by its exact name only */
        bindtextdomain("sitbone", folder && *folder ? folder : SITBONE_LOCALEDIR);
        bind_textdomain_codeset("sitbone", "UTF-8");
        textdomain("sitbone");
        (void)gettext("Done."); /* reads the file now, not with the first alert */
        return true;
}

const char *language_chosen(void) {
        return language;
}

const char *language_translate(const char *english) {
        return *english ? _(english) : english;
}

int language_columns(const char *text, size_t n) {
        int columns = 0;

        for (size_t i = 0; i < n; i++)
                columns += ((unsigned char)text[i] & 0xC0) != 0x80;
        return columns;
}

int language_field_width(const char *text, int columns) {
        size_t n = strlen(text);

        return columns + (int)n - language_columns(text, n);
}

/* The names that nl_langinfo() gives without a locale. */
static const char *const date_names[] __attribute__((unused)) = {
        N_("Sunday"),  N_("Monday"),    N_("Tuesday"), N_("Wednesday"), N_("Thursday"), N_("Friday"), N_("Saturday"),
        N_("Sun"),     N_("Mon"),       N_("Tue"),     N_("Wed"),       N_("Thu"),      N_("Fri"),    N_("Sat"),
        N_("January"), N_("February"),  N_("March"),   N_("April"),     N_("May"),      N_("June"),   N_("July"),
        N_("August"),  N_("September"), N_("October"), N_("November"),  N_("December"), N_("Jan"),    N_("Feb"),
        N_("Mar"),     N_("Apr"),       N_("Jun"),     N_("Jul"),       N_("Aug"),      N_("Sep"),    N_("Oct"),
        N_("Nov"),     N_("Dec"),
};

static const char *find_date_name(char which, const struct tm *tm) {
        switch (which) {
        case 'A':
                return _(nl_langinfo(DAY_1 + tm->tm_wday));
        case 'a':
                return _(nl_langinfo(ABDAY_1 + tm->tm_wday));
        case 'B':
                return _(nl_langinfo(MON_1 + tm->tm_mon));
        case 'b':
                return _(nl_langinfo(ABMON_1 + tm->tm_mon));
        default:
                return NULL;
        }
}

/* The format is the caller's with names filled in: no literal here, but the compiler checks it where it is one. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
void language_date(char *ret, size_t size, const char *format, const struct tm *tm) {
        char named[128];
        size_t n = 0;

        for (; *format && n + 1 < sizeof(named); format++) {
                const char *name = *format == '%' ? find_date_name(format[1], tm) : NULL;

                if (!name) {
                        named[n++] = *format;
                        continue;
                }
                n += (size_t)snprintf(named + n, sizeof(named) - n, "%s", name);
                format++;
        }
        named[n < sizeof(named) ? n : sizeof(named) - 1] = '\0';
        if (strftime(ret, size, named, tm) == 0 && size > 0)
                ret[0] = '\0';
}
#pragma GCC diagnostic pop
