#include "util/language.h"

#include <locale.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char now[16];

static bool is_english(const char *name) {
        bool en = strncmp(name, "en", 2) == 0 && !(name[2] >= 'a' && name[2] <= 'z');

        return en || strcmp(name, "C") == 0 || strcmp(name, "POSIX") == 0 || strncmp(name, "C.", 2) == 0;
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

/* de, de_AT, gsw: a part of a path in any case. */
static bool is_language(const char *name) {
        size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyz");

        if (n < 2 || n > 3)
                return false;
        return name[n] == '\0' ||
               (name[n] == '_' && strspn(name + n + 1, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == 2 && name[n + 3] == '\0');
}

bool language_choose(const char *wish) {
        const char *folder = getenv("TEXTDOMAINDIR");
        bool asked = wish && *wish && strcmp(wish, "auto") != 0;

        if (!asked)
                wish = from_environment();
        snprintf(now, sizeof(now), "%.*s", (int)strcspn(wish, ".@:"), wish); /* de_DE.UTF-8@euro, de:fr */
        if (is_english(wish) || !is_language(now)) {
                now[0] = '\0';
                return !asked || is_english(wish);
        }
        setenv("LANGUAGE", now, 1);
        setlocale(LC_MESSAGES, "C.UTF-8"); /* always there; gettext goes by LANGUAGE then */
        bindtextdomain("sitbone", folder && *folder ? folder : SITBONE_LOCALEDIR);
        bind_textdomain_codeset("sitbone", "UTF-8");
        textdomain("sitbone");
        (void)gettext("Done."); /* the file is read now, not when the first alert comes */
        return true;
}

const char *language_now(void) {
        return now;
}
