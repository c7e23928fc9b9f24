#include "util/language.h"

#include <locale.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char now[16];

static bool is_english(const char *name) {
        return strncmp(name, "en", 2) == 0 || strcmp(name, "C") == 0 || strcmp(name, "POSIX") == 0 ||
               strncmp(name, "C.", 2) == 0;
}

static const char *from_environment(void) {
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

void language_choose(const char *wish) {
        const char *folder = getenv("TEXTDOMAINDIR");

        if (!wish || !*wish || strcmp(wish, "auto") == 0)
                wish = from_environment();
        now[0] = '\0';
        if (!is_english(wish)) /* de_DE.UTF-8@euro, de:fr */
                snprintf(now, sizeof(now), "%.*s", (int)strcspn(wish, ".@:"), wish);
        if (strspn(now, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_") != strlen(now))
                now[0] = '\0'; /* a path is no language */
        if (!*now)
                return;
        setenv("LANGUAGE", now, 1);
        setlocale(LC_MESSAGES, "C.UTF-8"); /* always there; gettext goes by LANGUAGE then */
        bindtextdomain("sitbone", folder && *folder ? folder : SITBONE_LOCALEDIR);
        bind_textdomain_codeset("sitbone", "UTF-8");
        textdomain("sitbone");
}

const char *language_now(void) {
        return now;
}
