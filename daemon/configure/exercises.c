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

/* One catalogue while it is read. */
struct reading {
        const char *path;
        struct config_errors *mistakes;
        struct exercise_catalogue catalogue;
        bool translates;           /* words for a catalogue that is there already */
        struct exercise *exercise; /* of the section in which we are; NULL outside */
        bool safety, safety_begun; /* in [safety]; it had a text */
        int section_line;
        unsigned given;               /* keys of this section, as bits of enum key */
        const struct exercise *wordy; /* the first with the keys of a translation alone, ... */
        int wordy_line, n_wordy;      /* ... and how many there are */
};

enum key { KEY_NAME, KEY_KIND, KEY_PLACE, KEY_SUITS, KEY_DOSE, KEY_HOW, KEY_PROMPT, KEY_SIDES, KEY_N };

static const char *const key_names[KEY_N] = {"name", "kind", "place", "suits", "dose", "how", "prompt", "sides"};

/* What may be left out, and what a translation has. */
enum { OPTIONAL = 1u << KEY_SIDES, WORDS = 1u << KEY_NAME | 1u << KEY_DOSE | 1u << KEY_HOW };

static const char *const kind_words[] = {"activate", "strengthen", "release", "stretch", NULL};
static const char *const place_words[] = {"desk", "standing", "floor", "away", NULL};
static const char *const suits_words[] = {"any", "slouched", "arched", "lopsided", "still", NULL};
static const char *const bool_words[] = {"no", "yes", NULL};

static int word_in(const char *const *words, const char *word) {
        for (int i = 0; words[i]; i++)
                if (strcmp(words[i], word) == 0)
                        return i;
        return -1;
}

static const char *list(const char *const *words, char *ret, size_t size) {
        ret[0] = '\0';
        for (int i = 0; words[i]; i++)
                snprintf(ret + strlen(ret), size - strlen(ret), "%s%s", i ? ", " : "", words[i]);
        return ret;
}

static void must_be_one_of(struct reading *r, const struct ini_item *item, const char *const *words) {
        char legal[128];

        config_error_add(r->mistakes, "%s:%d: [%s] %s = %s: must be one of %s", r->path, item->line, item->section,
                         item->key, item->value, list(words, legal, sizeof(legal)));
}

/* One of words; -1 after saying so. */
static int take_word(struct reading *r, const struct ini_item *item, const char *const *words) {
        int i = word_in(words, item->value);

        if (i < 0)
                must_be_one_of(r, item, words);
        return i;
}

static void take_text(struct reading *r, const struct ini_item *item, char *ret, size_t size) {
        size_t n = strlen(item->value);

        if (n == 0 || n >= size)
                config_error_add(r->mistakes, "%s:%d: [%s] %s: must have 1..%zu bytes, has %zu", r->path, item->line,
                                 item->section, item->key, size - 1, n);
        else
                memcpy(ret, item->value, n + 1);
}

/* Words apart by blanks or commas. */
static void take_suits(struct reading *r, const struct ini_item *item, uint32_t *ret) {
        char words[INI_LINE_MAX], *rest = NULL;
        uint32_t bits = 0;

        snprintf(words, sizeof(words), "%s", item->value);
        for (char *w = strtok_r(words, " ,\t", &rest); w; w = strtok_r(NULL, " ,\t", &rest)) {
                int i = word_in(suits_words, w);
                if (i < 0) {
                        must_be_one_of(r, item, suits_words);
                        return;
                }
                bits |= 1u << i;
        }
        if (bits == 0)
                must_be_one_of(r, item, suits_words);
        *ret = bits;
}

static void take_key(struct reading *r, struct exercise *e, enum key key, const struct ini_item *item) {
        int word;

        switch (key) {
        case KEY_NAME:
                take_text(r, item, e->name, sizeof(e->name));
                break;
        case KEY_KIND:
                if ((word = take_word(r, item, kind_words)) >= 0)
                        e->kind = (enum exercise_kind)word;
                break;
        case KEY_PLACE:
                if ((word = take_word(r, item, place_words)) >= 0)
                        e->place = (enum exercise_place)word;
                break;
        case KEY_SUITS:
                take_suits(r, item, &e->suits);
                break;
        case KEY_DOSE:
                take_text(r, item, e->dose, sizeof(e->dose));
                break;
        case KEY_HOW:
                take_text(r, item, e->how, sizeof(e->how));
                break;
        case KEY_PROMPT:
                if ((word = take_word(r, item, bool_words)) >= 0)
                        e->prompt = word == 1;
                break;
        case KEY_SIDES:
                if ((word = take_word(r, item, bool_words)) >= 0)
                        e->sides = word == 1;
                break;
        case KEY_N:
                break;
        }
}

static bool id_is_legal(const char *id) {
        size_t n = strlen(id);
        return n > 0 && n < EXERCISE_ID_MAX && strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789-") == n;
}

static struct exercise *find(struct exercise_catalogue *c, const char *id) {
        for (uint32_t i = 0; i < c->n; i++)
                if (strcmp(c->of[i].id, id) == 0)
                        return &c->of[i];
        return NULL;
}

/* Has words only, as a translation: not said of each. */
static bool only_words(struct reading *r) {
        if (r->translates || !r->given || r->given & ~(unsigned)WORDS)
                return false;
        if (r->n_wordy++ == 0) {
                r->wordy = r->exercise;
                r->wordy_line = r->section_line;
        }
        return true;
}

static void say_only_words(const struct reading *r) {
        char more[32] = "";

        if (r->n_wordy > 1)
                snprintf(more, sizeof(more), " and %d more", r->n_wordy - 1);
        config_error_add(
                r->mistakes,
                "%s:%d: [%s]%s: kind, place, suits, prompt are missing. A translation has words alone; it stands "
                "beside its catalogue, as exercises.de.conf beside exercises.conf, and is read with that",
                r->path, r->wordy_line, r->wordy->id, more);
}

/* keys: bits of enum key */
static void say_missing(const struct reading *r, unsigned keys) {
        char all[64] = "";

        for (int k = 0; k < KEY_N; k++)
                if (keys & 1u << k)
                        snprintf(all + strlen(all), sizeof(all) - strlen(all), "%s%s", *all ? ", " : "", key_names[k]);
        if (keys)
                config_error_add(r->mistakes, "%s:%d: [%s]: %s %s missing", r->path, r->section_line, r->exercise->id,
                                 all, keys & (keys - 1) ? "are" : "is");
}

/* What the section that ends here left out. */
static void end_section(struct reading *r) {
        const struct exercise *e = r->exercise;
        unsigned needed;

        if (!e)
                return;
        needed = r->translates || only_words(r) ? WORDS : (1u << KEY_N) - 1u - OPTIONAL;
        say_missing(r, needed & ~r->given);
        if (e->prompt && (e->place == EXERCISE_FLOOR || e->place == EXERCISE_AWAY))
                config_error_add(r->mistakes, "%s:%d: [%s]: prompt = yes needs place = desk or standing", r->path,
                                 r->section_line, e->id);
        r->exercise = NULL;
}

static void begin_section(struct reading *r, const struct ini_item *item) {
        struct exercise_catalogue *c = &r->catalogue;

        end_section(r);
        r->given = 0;
        r->section_line = item->line;
        r->safety = strcmp(item->section, "safety") == 0;
        if (r->safety)
                return;
        if (r->translates) {
                r->exercise = find(c, item->section);
                if (!r->exercise)
                        config_error_add(r->mistakes, "%s:%d: [%s]: the catalogue has no such exercise", r->path,
                                         item->line, item->section);
                return;
        }
        if (!id_is_legal(item->section))
                config_error_add(r->mistakes, "%s:%d: [%s]: the name of an exercise is 1..%d of a-z, 0-9 and -",
                                 r->path, item->line, item->section, EXERCISE_ID_MAX - 1);
        else if (find(c, item->section))
                config_error_add(r->mistakes, "%s:%d: [%s]: there already is an exercise of this name", r->path,
                                 item->line, item->section);
        else if (c->n == EXERCISES_MAX)
                config_error_add(r->mistakes, "%s:%d: [%s]: more than %d exercises", r->path, item->line,
                                 item->section, EXERCISES_MAX);
        else {
                r->exercise = &c->of[c->n++];
                snprintf(r->exercise->id, sizeof(r->exercise->id), "%s", item->section);
        }
}

/* Lines of [safety]: text = one paragraph each. */
static void take_safety(struct reading *r, const struct ini_item *item) {
        char *safety = r->catalogue.safety;
        size_t have = r->safety_begun ? strlen(safety) : 0, room = sizeof(r->catalogue.safety) - have;
        int n;

        if (strcmp(item->key, "text") != 0) {
                config_error_add(r->mistakes, "%s:%d: [safety] %s: no such key; legal is text (once a paragraph)",
                                 r->path, item->line, item->key);
                return;
        }
        r->safety_begun = true;
        n = snprintf(safety + have, room, "%s%s", have ? "\n" : "", item->value);
        if (n < 0 || (size_t)n >= room)
                config_error_add(r->mistakes, "%s:%d: [safety] text: more than %zu bytes in all", r->path, item->line,
                                 sizeof(r->catalogue.safety) - 1);
}

static void take_item(void *userdata, const struct ini_item *item) {
        struct reading *r = userdata;
        int key = 0;

        if (!item->key) {
                begin_section(r, item);
                return;
        }
        if (!is_sanitized(item->value)) {
                config_error_add(r->mistakes, "%s:%d: [%s] %s: not UTF-8, or with control characters", r->path,
                                 item->line, item->section, item->key);
                return;
        }
        if (r->safety) {
                take_safety(r, item);
                return;
        }
        if (item->section[0] == '\0')
                config_error_add(r->mistakes, "%s:%d: %s: before the first [exercise]", r->path, item->line,
                                 item->key);
        if (!r->exercise)
                return; /* the section was refused: said once */
        while (key < KEY_N && strcmp(key_names[key], item->key) != 0)
                key++;
        if (key == KEY_N || (r->translates && !(WORDS & 1u << key))) {
                config_error_add(r->mistakes, "%s:%d: [%s] %s: no such key; legal are %s", r->path, item->line,
                                 item->section, item->key,
                                 r->translates ? "name, dose, how"
                                               : "name, kind, place, suits, dose, how, prompt, sides");
        } else if (r->given & 1u << key) {
                config_error_add(r->mistakes, "%s:%d: [%s] %s: given twice", r->path, item->line, item->section,
                                 item->key);
        } else {
                r->given |= 1u << key;
                take_key(r, r->exercise, (enum key)key, item);
        }
}

static void take_mistake(void *userdata, int line, const char *what) {
        struct reading *r = userdata;
        config_error_add(r->mistakes, "%s:%d: %s", r->path, line, what);
}

/* Most of a catalogue is empty: nothing of that is copied, nor becomes resident. */
static void copy(const struct exercise_catalogue *from, struct exercise_catalogue *to) {
        memcpy(to, from, offsetof(struct exercise_catalogue, of) + from->n * sizeof(*from->of));
}

/* Returns the mistakes; without any, *ret is what was read. base: what the text has words for, NULL = it is a catalogue. */
static int parse(const char *path, const char *text, size_t n, const struct exercise_catalogue *base,
                 struct config_errors *mistakes, struct exercise_catalogue *ret) {
        struct reading *r = calloc(1, sizeof(*r));
        struct ini_sink sink = {.item = take_item, .error = take_mistake, .userdata = r};
        int before = mistakes->n;

        if (!r) {
                config_error_add(mistakes, "%s: out of memory", path);
                return 1;
        }
        r->path = path;
        r->mistakes = mistakes;
        if (base) {
                copy(base, &r->catalogue);
                r->translates = true;
        }
        ini_parse(text, n, &sink);
        end_section(r);
        if (r->n_wordy > 0)
                say_only_words(r);
        if (r->catalogue.n == 0)
                config_error_add(mistakes, "%s: no exercise in it", path);
        if (r->catalogue.safety[0] == '\0')
                config_error_add(mistakes, "%s: no safety words: [safety] with at least one text = ... is needed",
                                 path);
        if (mistakes->n == before)
                copy(&r->catalogue, ret);
        free(r);
        return mistakes->n - before;
}

int exercises_parse(const char *path, const char *text, size_t n, struct config_errors *mistakes,
                    struct exercise_catalogue *ret) {
        return parse(path, text, n, NULL, mistakes, ret);
}

int exercises_translate(const char *path, const char *text, size_t n, struct config_errors *mistakes,
                        struct exercise_catalogue *catalogue) {
        return parse(path, text, n, catalogue, mistakes, catalogue);
}

/* /etc first: what a user changed. */
static const char *installed(void) {
        static const char own[] = "/etc/sitbone/exercises.conf";
        static const char shipped[] = SITBONE_DATADIR "/sitbone/exercises.conf";
        FILE *f = fopen(own, "re");

        if (!f)
                return shipped;
        fclose(f);
        return own;
}

/* exercises.conf -> exercises.de.conf; false when there is no such file. */
static bool translation_of(const char *path, const char *language, char *ret, size_t size) {
        size_t n = strlen(path);

        if (n < 5 || strcmp(path + n - 5, ".conf") != 0)
                return false;
        snprintf(ret, size, "%.*s.%s.conf", (int)(n - 5), path, language);
        return file_exists(ret);
}

static int load(const char *path, struct config_errors *mistakes, struct exercise_catalogue *ret,
                int (*take)(const char *, const char *, size_t, struct config_errors *, struct exercise_catalogue *)) {
        char *text = NULL;
        size_t n = 0;
        int found, r = file_read(path, FILE_LIMIT, &text, &n);

        if (r < 0) {
                config_error_add(mistakes, "%s: %s", path, strerror(-r));
                return 1;
        }
        found = take(path, text, n, mistakes, ret);
        free(text);
        return found;
}

/* The words of this language, and for de_AT those of de where it has none. */
static int load_words(const char *path, struct config_errors *mistakes, struct exercise_catalogue *catalogue) {
        char words[4096], language[16];

        snprintf(language, sizeof(language), "%s", language_chosen());
        if (*language && !translation_of(path, language, words, sizeof(words)))
                language[strcspn(language, "_")] = '\0';
        if (!*language || !translation_of(path, language, words, sizeof(words)))
                return 0;
        return load(words, mistakes, catalogue, exercises_translate);
}

int exercises_load(const char *path, struct config_errors *mistakes, struct exercise_catalogue *ret) {
        int found;

        ret->n = 0;
        ret->safety[0] = '\0';
        if (!path)
                path = installed();
        found = load(path, mistakes, ret, exercises_parse);
        return found > 0 ? found : load_words(path, mistakes, ret);
}
