/* SPDX-License-Identifier: MIT */
#include "configure/exercises.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/file.h"
#include "util/ini.h"
#include "util/language.h"
#include "util/sanitize.h"

enum { FILE_LIMIT = 256 * 1024 };

/* A section that holds text: each line text = is one paragraph. */
static const struct passage {
        const char *section;
        size_t offset, size;
} passages[] = {
#define PASSAGE(section, member)                                                                                      \
        { section, offsetof(struct exercise_catalogue, member), sizeof(((struct exercise_catalogue *)0)->member) }
        PASSAGE("about", about),
        PASSAGE("safety", safety),
};

enum { PASSAGES_N = sizeof(passages) / sizeof(passages[0]) };

/* State of the parser of one catalogue. */
struct reading {
        const char *path;
        struct config_errors *errors;
        struct exercise_catalogue catalogue;
        bool translates;               /* the text translates a catalogue that was parsed before */
        struct exercise *exercise;     /* of the current section, NULL = none */
        const struct passage *passage; /* the current section is [safety] or [about]; NULL = it is neither */
        bool begun[PASSAGES_N];        /* a text of it was parsed */
        int section_line;
        unsigned given; /* keys of the current section, as bits of enum key */
        /* Sections that have the keys of a translation only: the first one, its line, and their number. */
        const struct exercise *words_only;
        int words_only_line, n_words_only;
};

enum key {
        KEY_NAME,
        KEY_KIND,
        KEY_PLACE,
        KEY_SUITS,
        KEY_DOSE,
        KEY_HOW,
        KEY_PROMPT,
        KEY_SIDES,
        KEY_SET,
        KEY_SOURCE,
        KEY_N
};

static const char *const key_names[KEY_N] = {"name", "kind",   "place", "suits", "dose",
                                             "how",  "prompt", "sides", "set",   "source"};

/* Keys that may be left out, and the keys of a translation. */
enum {
        OPTIONAL = 1u << KEY_SIDES | 1u << KEY_SET | 1u << KEY_SOURCE,
        WORDS = 1u << KEY_NAME | 1u << KEY_DOSE | 1u << KEY_HOW | 1u << KEY_SET,
};

static const char *const kind_words[] = {"activate", "strengthen", "release", "stretch", NULL};
static const char *const place_words[] = {"desk", "standing", "floor", "away", NULL};
static const char *const suits_words[] = {"any", "slouched", "arched", "lopsided", "still", NULL};
static const char *const bool_words[] = {"no", "yes", NULL};

static int find_word(const char *const *words, const char *word) {
        for (int i = 0; words[i]; i++)
                if (strcmp(words[i], word) == 0)
                        return i;
        return -1;
}

static const char *join_words(const char *const *words, char *ret, size_t size) {
        ret[0] = '\0';
        for (int i = 0; words[i]; i++)
                snprintf(ret + strlen(ret), size - strlen(ret), "%s%s", i ? ", " : "", words[i]);
        return ret;
}

static void report_illegal_word(struct reading *r, const struct ini_item *item, const char *const *words) {
        char legal[128];

        config_error_add(r->errors, "%s:%d: [%s] %s = %s: must be one of %s", r->path, item->line, item->section,
                         item->key, item->value, join_words(words, legal, sizeof(legal)));
}

/* Returns the index of the value in words; -1 if it is none of them, which is reported. */
static int parse_word(struct reading *r, const struct ini_item *item, const char *const *words) {
        int i = find_word(words, item->value);

        if (i < 0)
                report_illegal_word(r, item, words);
        return i;
}

static void parse_text_value(struct reading *r, const struct ini_item *item, char *ret, size_t size) {
        size_t n = strlen(item->value);

        if (n == 0 || n >= size)
                config_error_add(r->errors, "%s:%d: [%s] %s: must have 1..%zu bytes, has %zu", r->path, item->line,
                                 item->section, item->key, size - 1, n);
        else
                memcpy(ret, item->value, n + 1);
}

/* Parses words that are separated by blanks or commas. */
static void parse_suits(struct reading *r, const struct ini_item *item, uint32_t *ret) {
        char words[INI_LINE_MAX], *rest = NULL;
        uint32_t bits = 0;

        snprintf(words, sizeof(words), "%s", item->value);
        for (char *w = strtok_r(words, " ,\t", &rest); w; w = strtok_r(NULL, " ,\t", &rest)) {
                int i = find_word(suits_words, w);
                if (i < 0) {
                        report_illegal_word(r, item, suits_words);
                        return;
                }
                bits |= 1u << i;
        }
        if (bits == 0)
                report_illegal_word(r, item, suits_words);
        *ret = bits;
}

static void parse_value(struct reading *r, struct exercise *e, enum key key, const struct ini_item *item) {
        int word;

        switch (key) {
        case KEY_NAME:
                parse_text_value(r, item, e->name, sizeof(e->name));
                break;
        case KEY_KIND:
                if ((word = parse_word(r, item, kind_words)) >= 0)
                        e->kind = (enum exercise_kind)word;
                break;
        case KEY_PLACE:
                if ((word = parse_word(r, item, place_words)) >= 0)
                        e->place = (enum exercise_place)word;
                break;
        case KEY_SUITS:
                parse_suits(r, item, &e->suits);
                break;
        case KEY_DOSE:
                parse_text_value(r, item, e->dose, sizeof(e->dose));
                break;
        case KEY_HOW:
                parse_text_value(r, item, e->how, sizeof(e->how));
                break;
        case KEY_PROMPT:
                if ((word = parse_word(r, item, bool_words)) >= 0)
                        e->prompt = word == 1;
                break;
        case KEY_SIDES:
                if ((word = parse_word(r, item, bool_words)) >= 0)
                        e->sides = word == 1;
                break;
        case KEY_SET:
                parse_text_value(r, item, e->set, sizeof(e->set));
                break;
        case KEY_SOURCE:
                parse_text_value(r, item, e->source, sizeof(e->source));
                break;
        case KEY_N:
                break;
        }
}

static bool is_legal_id(const char *id) {
        size_t n = strlen(id);
        return n > 0 && n < EXERCISE_ID_MAX && strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789-") == n;
}

static struct exercise *find_exercise(struct exercise_catalogue *c, const char *id) {
        for (uint32_t i = 0; i < c->n; i++)
                if (strcmp(c->of[i].id, id) == 0)
                        return &c->of[i];
        return NULL;
}

/* True if the section has the keys of a translation only. Such sections are counted and reported together. */
static bool has_words_only(struct reading *r) {
        if (r->translates || !r->given || r->given & ~(unsigned)WORDS)
                return false;
        if (r->n_words_only++ == 0) {
                r->words_only = r->exercise;
                r->words_only_line = r->section_line;
        }
        return true;
}

static void report_words_only(const struct reading *r) {
        char more[32] = "";

        if (r->n_words_only > 1)
                snprintf(more, sizeof(more), " and %d more", r->n_words_only - 1);
        config_error_add(r->errors,
                         "%s:%d: [%s]%s: kind, place, suits, prompt are missing. A translation has words only; put it "
                         "beside its catalogue, as exercises.de.conf beside exercises.conf, and it is read with that",
                         r->path, r->words_only_line, r->words_only->id, more);
}

/* keys: bits of enum key. */
static void report_missing_keys(const struct reading *r, unsigned keys) {
        char all[64] = "";

        for (int k = 0; k < KEY_N; k++)
                if (keys & 1u << k)
                        snprintf(all + strlen(all), sizeof(all) - strlen(all), "%s%s", *all ? ", " : "", key_names[k]);
        if (keys)
                config_error_add(r->errors, "%s:%d: [%s]: %s %s missing", r->path, r->section_line, r->exercise->id,
                                 all, keys & (keys - 1) ? "are" : "is");
}

/* Checks the section that ends here for missing keys. */
static void end_section(struct reading *r) {
        struct exercise *e = r->exercise;
        unsigned needed;

        if (!e)
                return;
        needed = r->translates || has_words_only(r) ? WORDS : (1u << KEY_N) - 1u;
        report_missing_keys(r, needed & ~r->given & ~(unsigned)OPTIONAL);
        if (r->translates && !(r->given & 1u << KEY_SET))
                e->set[0] = '\0'; /* one in another language would be worse than the whole dose */
        if (e->prompt && e->place == EXERCISE_FLOOR)
                config_error_add(r->errors, "%s:%d: [%s]: prompt = yes needs place = desk or standing, or away",
                                 r->path, r->section_line, e->id);
        r->exercise = NULL;
}

static const struct passage *find_passage(const char *section) {
        for (int i = 0; i < PASSAGES_N; i++)
                if (strcmp(passages[i].section, section) == 0)
                        return &passages[i];
        return NULL;
}

static void begin_section(struct reading *r, const struct ini_item *item) {
        struct exercise_catalogue *c = &r->catalogue;

        end_section(r);
        r->given = 0;
        r->section_line = item->line;
        r->passage = find_passage(item->section);
        if (r->passage)
                return;
        if (r->translates) {
                r->exercise = find_exercise(c, item->section);
                if (!r->exercise)
                        config_error_add(r->errors, "%s:%d: [%s]: the catalogue has no such exercise", r->path,
                                         item->line, item->section);
                return;
        }
        if (!is_legal_id(item->section))
                config_error_add(r->errors, "%s:%d: [%s]: the name of an exercise is 1..%d of a-z, 0-9 and -", r->path,
                                 item->line, item->section, EXERCISE_ID_MAX - 1);
        else if (find_exercise(c, item->section))
                config_error_add(r->errors, "%s:%d: [%s]: an exercise of this name exists already", r->path,
                                 item->line, item->section);
        else if (c->n == EXERCISES_MAX)
                config_error_add(r->errors, "%s:%d: [%s]: more than %d exercises", r->path, item->line, item->section,
                                 EXERCISES_MAX);
        else {
                r->exercise = &c->of[c->n++];
                snprintf(r->exercise->id, sizeof(r->exercise->id), "%s", item->section);
        }
}

/* Appends a paragraph; the first one of a translation replaces the text. */
static void append_paragraph(struct reading *r, const struct ini_item *item) {
        const struct passage *p = r->passage;
        char *text = (char *)&r->catalogue + p->offset;
        size_t have = r->begun[p - passages] ? strlen(text) : 0, room = p->size - have;
        int n = snprintf(text + have, room, "%s%s", have ? "\n" : "", item->value);

        r->begun[p - passages] = true;
        if (n < 0 || (size_t)n >= room)
                config_error_add(r->errors, "%s:%d: [%s] text: more than %zu bytes in all", r->path, item->line,
                                 p->section, p->size - 1);
}

/* Parses a line of [safety] or [about]. Only [safety] has a short form. */
static void parse_passage(struct reading *r, const struct ini_item *item) {
        bool safety = strcmp(r->passage->section, "safety") == 0;

        if (strcmp(item->key, "text") == 0)
                append_paragraph(r, item);
        else if (safety && strcmp(item->key, "short") == 0)
                parse_text_value(r, item, r->catalogue.safety_short, sizeof(r->catalogue.safety_short));
        else
                config_error_add(r->errors, "%s:%d: [%s] %s: no such key; legal is text (once a paragraph)%s", r->path,
                                 item->line, item->section, item->key, safety ? ", and short" : "");
}

static void on_item(void *userdata, const struct ini_item *item) {
        struct reading *r = userdata;
        int key = 0;

        if (!item->key) {
                begin_section(r, item);
                return;
        }
        if (!is_sanitized(item->value)) {
                config_error_add(r->errors, "%s:%d: [%s] %s: not UTF-8, or with control characters", r->path,
                                 item->line, item->section, item->key);
                return;
        }
        if (r->passage) {
                parse_passage(r, item);
                return;
        }
        if (item->section[0] == '\0')
                config_error_add(r->errors, "%s:%d: %s: before the first [exercise]", r->path, item->line, item->key);
        if (!r->exercise)
                return; /* the section was refused, which is reported once */
        while (key < KEY_N && strcmp(key_names[key], item->key) != 0)
                key++;
        if (key == KEY_N || (r->translates && !(WORDS & 1u << key))) {
                config_error_add(r->errors, "%s:%d: [%s] %s: no such key; legal are %s", r->path, item->line,
                                 item->section, item->key,
                                 r->translates ? "name, dose, how, set"
                                               : "name, kind, place, suits, dose, how, prompt, sides, set, source");
        } else if (r->given & 1u << key) {
                config_error_add(r->errors, "%s:%d: [%s] %s: given twice", r->path, item->line, item->section,
                                 item->key);
        } else {
                r->given |= 1u << key;
                parse_value(r, r->exercise, (enum key)key, item);
        }
}

/* Copies the used part only: most of a catalogue is empty and need not become resident memory. */
static void copy_catalogue(const struct exercise_catalogue *from, struct exercise_catalogue *to) {
        // NOLINTNEXTLINE(clang-analyzer-core.NonNullParamChecker): only base may be NULL, and is tested
        memcpy(to, from, offsetof(struct exercise_catalogue, of) + from->n * sizeof(*from->of));
}

/* Returns the number of errors; without any, writes *ret. base: the catalogue that the text translates, NULL if the
 * text is a catalogue itself. */
static int parse_catalogue(const char *path, const char *text, size_t n, const struct exercise_catalogue *base,
                           struct config_errors *errors, struct exercise_catalogue *ret) {
        struct reading *r = calloc(1, sizeof(*r));
        struct ini_sink sink = {.item = on_item, .userdata = r, .path = path, .errors = errors};
        int before = errors->n;

        if (!r) {
                config_error_add(errors, "%s: out of memory", path);
                return 1;
        }
        r->path = path;
        r->errors = errors;
        if (base) {
                copy_catalogue(base, &r->catalogue);
                r->translates = true;
        }
        ini_parse(text, n, &sink);
        end_section(r);
        if (r->n_words_only > 0)
                report_words_only(r);
        if (r->catalogue.n == 0)
                config_error_add(errors, "%s: contains no exercise", path);
        if (r->catalogue.safety[0] == '\0')
                config_error_add(errors, "%s: no safety text: add [safety] with at least one line text = ...", path);
        if (errors->n == before)
                copy_catalogue(&r->catalogue, ret);
        free(r);
        return errors->n - before;
}

int exercises_parse(const char *path, const char *text, size_t n, struct config_errors *errors,
                    struct exercise_catalogue *ret) {
        return parse_catalogue(path, text, n, NULL, errors, ret);
}

int exercises_translate(const char *path, const char *text, size_t n, struct config_errors *errors,
                        struct exercise_catalogue *catalogue) {
        return parse_catalogue(path, text, n, catalogue, errors, catalogue);
}

/* A catalogue in /etc, which a user changed, has priority over the installed one. */
static const char *find_installed(void) {
        static const char own[] = "/etc/sitbone/exercises.conf";
        static const char shipped[] = SITBONE_DATADIR "/sitbone/exercises.conf";
        FILE *f = fopen(own, "re");

        if (!f)
                return shipped;
        fclose(f);
        return own;
}

/* exercises.conf -> exercises.de.conf. Returns false if there is no such file. */
static bool find_translation(const char *path, const char *language, char *ret, size_t size) {
        size_t n = strlen(path);

        if (n < 5 || strcmp(path + n - 5, ".conf") != 0)
                return false;
        snprintf(ret, size, "%.*s.%s.conf", (int)(n - 5), path, language);
        return file_exists(ret);
}

/* base: as in parse_catalogue(). */
static int load_file(const char *path, const struct exercise_catalogue *base, struct config_errors *errors,
                     struct exercise_catalogue *ret) {
        char *text = NULL;
        size_t n = 0;
        int n_errors, r = file_read(path, FILE_LIMIT, &text, &n);

        if (r < 0) {
                config_error_add(errors, "%s: %s", path, strerror(-r));
                return 1;
        }
        n_errors = parse_catalogue(path, text, n, base, errors, ret);
        free(text);
        return n_errors;
}

/* Loads the translation for the chosen language; for de_AT that of de if it has none of its own. */
static int load_translation(const char *path, struct config_errors *errors, struct exercise_catalogue *catalogue) {
        char words[4096], language[16];

        snprintf(language, sizeof(language), "%s", language_chosen());
        if (*language && !find_translation(path, language, words, sizeof(words)))
                language[strcspn(language, "_")] = '\0';
        if (!*language || !find_translation(path, language, words, sizeof(words)))
                return 0;
        return load_file(words, catalogue, errors, catalogue);
}

int exercises_load(const char *path, struct config_errors *errors, struct exercise_catalogue *ret) {
        int n_errors;

        ret->n = 0;
        ret->about[0] = ret->safety[0] = ret->safety_short[0] = '\0';
        if (!path)
                path = find_installed();
        n_errors = load_file(path, NULL, errors, ret);
        return n_errors > 0 ? n_errors : load_translation(path, errors, ret);
}
