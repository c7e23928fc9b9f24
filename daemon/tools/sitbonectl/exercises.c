/* SPDX-License-Identifier: MIT */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "configure/exercises.h"
#include "tools/sitbonectl/commands.h"
#include "tools/sitbonectl/json_writer.h"
#include "tools/sitbonectl/live/why.h"
#include "tools/sitbonectl/source.h"
#include "util/language.h"
#include "words/names.h"

static void put_exercise(struct out *o, const struct exercise *e) {
        out_text(o, "{\"id\":");
        out_string(o, e->id);
        out_word(o, "name", e->name);
        out_word(o, "kind", exercise_kind_name(e->kind));
        out_word(o, "place", exercise_place_name(e->place));
        out_word(o, "dose", e->dose);
        out_word(o, "how", e->how);
        out_flag(o, "sides", e->sides);
        out_key(o, "prompt");
        out_text(o, e->prompt ? "true}" : "false}");
}

static void print_json(const struct exercise_catalogue *c) {
        struct out out, *o = &out;

        out_init(o, stdout);
        out_text(o, "{\"safety\":");
        out_string(o, c->safety);
        out_key(o, "exercises");
        out_text(o, "[");
        for (uint32_t i = 0; i < c->n; i++) {
                out_text(o, i ? "," : "");
                put_exercise(o, &c->of[i]);
        }
        out_text(o, "]}\n");
        out_flush(o);
}

/* Columns of the terminal; no limit elsewhere, so that a line stays a line for programs. */
static int columns(void) {
        struct winsize size;

        return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 20 ? size.ws_col : INT_MAX;
}

/* Paragraphs, broken between words. */
static void print_wrapped(const char *text, int indent) {
        int most = columns(), at = 0;

        while (*text) {
                size_t n = strcspn(text, " \n");

                if (at > 0 && at + 1 + language_columns(text, n) > most) {
                        putchar('\n');
                        at = 0;
                }
                at += printf("%*s", at > 0 ? 1 : indent, "") + language_columns(text, n);
                fwrite(text, 1, n, stdout);
                text += n;
                if (*text == '\n') {
                        putchar('\n');
                        at = 0;
                }
                text += *text != '\0';
        }
        putchar('\n');
}

static void print_exercise(const struct exercise *e) {
        char line[256];

        printf("\n%s (%s)\n", e->name, e->id);
        snprintf(line, sizeof(line), "%s, %s%s, %s", exercise_kind_text(e->kind), exercise_place_text(e->place),
                 e->prompt ? _(", offered by alerts") : "", e->dose);
        print_wrapped(line, 2);
        print_wrapped(e->how, 2);
}

static void print_text(const struct exercise_catalogue *c) {
        print_wrapped(c->safety, 0);
        for (uint32_t i = 0; i < c->n; i++)
                print_exercise(&c->of[i]);
}

/* ---- the strengthening session, as the daemon planned it ---- */

void why_session_words(const json_t *all, char *ret, size_t size) {
        int number = (int)json_integer_value(json_object_get(all, "session_number"));
        int of = (int)json_integer_value(json_object_get(all, "session_of"));
        int days = (int)json_integer_value(json_object_get(all, "session_in_days"));
        int done = (int)json_integer_value(json_object_get(all, "session_done"));
        const char *suits = json_string_value(json_object_get(all, "session_suits"));
        size_t n;

        if (days == 0)
                snprintf(ret, size, _("today, %d of %d this week"), number, of);
        else if (days == 1)
                snprintf(ret, size, _("tomorrow, %d of %d of its week"), number, of);
        else
                snprintf(ret, size, _("in %d days, %d of %d of its week; muscles recover until then"), days, number,
                         of);
        n = strlen(ret);
        if (done > 0 && n < size)
                n += (size_t)snprintf(ret + n, size - n, _("; %d done this week"), done);
        if (suits && *suits && n < size)
                snprintf(ret + n, size - n, _("; chosen because lately %s"), exercise_suits_text(suits));
}

static const struct exercise *by_id(const struct exercise_catalogue *c, const char *id) {
        for (uint32_t i = 0; i < c->n; i++)
                if (strcmp(c->of[i].id, id) == 0)
                        return &c->of[i];
        return NULL;
}

static void print_session(const struct exercise_catalogue *c, const json_t *all) {
        const char *planned = json_string_value(json_object_get(all, "session"));
        char words[160], ids[WORKOUT_EXERCISES_MAX * (EXERCISE_ID_MAX + 1)], *rest = NULL;

        if (!planned) {
                printf("%s\n", _("No sessions are planned: the setting [exercise] sessions_per_week says how many."));
                return;
        }
        why_session_words(all, words, sizeof(words));
        printf(_("Strengthening session: %s.\n"), words);
        snprintf(ids, sizeof(ids), "%s", planned);
        for (char *id = strtok_r(ids, " ", &rest); id; id = strtok_r(NULL, " ", &rest)) {
                const struct exercise *e = by_id(c, id);

                if (e)
                        print_exercise(e);
                else
                        printf("\n%s\n", id); /* of another catalogue than ours */
        }
        putchar('\n');
        print_wrapped(c->safety, 0);
}

static int show_session(const struct options *options, const struct exercise_catalogue *c) {
        json_t *all = json_object();
        int status = why_fetch(options, all);

        if (status == STATUS_DONE && options->json) {
                void *at = json_object_iter(all);

                while (at) {
                        const char *key = json_object_iter_key(at);

                        at = json_object_iter_next(all, at);
                        if (strncmp(key, "session", 7) != 0)
                                json_object_del(all, key);
                }
                json_dumpf(all, stdout, JSON_COMPACT | JSON_SORT_KEYS);
                putchar('\n');
        } else if (status == STATUS_DONE) {
                print_session(c, all);
        }
        json_decref(all);
        return status;
}

static int show(const struct options *options, const char *path, struct config_errors *mistakes,
                struct exercise_catalogue *catalogue) {
        exercises_load(path, mistakes, catalogue);
        for (int i = 0; i < mistakes->n && i < CONFIG_ERRORS_MAX; i++)
                complain("%s", mistakes->text[i]);
        if (mistakes->n)
                return STATUS_USAGE;
        if (options->session)
                return show_session(options, catalogue);
        if (options->json)
                print_json(catalogue);
        else
                print_text(catalogue);
        return STATUS_DONE;
}

int verb_session(const struct options *options) {
        struct options shown = *options;

        if (options->n_args == 0) {
                shown.session = true;
                return verb_exercises(&shown);
        }
        if (strcmp(options->args[0], "done") == 0)
                return session_done(options);
        complain("session %s: must be done, or nothing", options->args[0]);
        return STATUS_USAGE;
}

int verb_exercises(const struct options *options) {
        struct exercise_catalogue *catalogue = calloc(1, sizeof(*catalogue));
        struct config_errors *mistakes = calloc(1, sizeof(*mistakes));
        struct settings *settings = calloc(1, sizeof(*settings));
        int status = STATUS_FAILED;

        if (!catalogue || !mistakes || !settings)
                complain("out of memory");
        else if ((status = load_settings(options->config, settings)) == STATUS_DONE)
                status = show(options, exercises_path(options, settings), mistakes, catalogue);
        free(settings);
        free(mistakes);
        free(catalogue);
        return status;
}
