/* SPDX-License-Identifier: MIT */
/* exercises and session: the catalogue, and the strengthening workout that sitboned planned. */
#include <jansson.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "configure/exercises.h"
#include "contract/live_json.h"
#include "tools/sitbonectl/commands.h"
#include "tools/sitbonectl/live/daemon_link.h"
#include "tools/sitbonectl/live/get_why.h"
#include "tools/sitbonectl/source.h"
#include "util/language.h"
#include "util/terminal.h"
#include "words/names.h"
#include "words/sentences.h"

/* ---- the catalogue ---- */

static void print_catalogue_json(const struct exercise_catalogue *c) {
        json_t *exercises = json_array();

        for (uint32_t i = 0; i < c->n; i++) {
                const struct exercise *e = &c->of[i];

                json_array_append_new(exercises,
                                      json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:b, s:b}", "id", e->id,
                                                "name", e->name, "kind", exercise_kind_name(e->kind), "place",
                                                exercise_place_name(e->place), "dose", e->dose, "set", e->set, "how",
                                                e->how, "source", e->source, "sides", e->sides, "prompt", e->prompt));
        }
        live_json_print(stdout, json_pack("{s:s, s:s, s:s, s:o}", "safety", c->safety, "safety_short", c->safety_short,
                                          "about", c->about, "exercises", exercises));
}

/* In a pipe the lines are not broken, so that a line stays a line for programs. */
static void print_paragraph(const char *text, int indent) {
        terminal_print_wrapped(stdout, text, 0, indent, terminal_columns(stdout, INT_MAX));
}

/* In the list with one set and the source, in a workout without them. */
static void print_exercise(const struct exercise *e, bool listed) {
        char line[384];

        printf("\n%s (%s)\n", e->name, e->id);
        snprintf(line, sizeof(line), "%s, %s, %s", exercise_kind_text(e->kind), exercise_place_text(e->place),
                 e->dose);
        print_paragraph(line, 2);
        if (listed && e->prompt) {
                snprintf(line, sizeof(line), _("In a prompt: %s"), exercise_one_set(e));
                print_paragraph(line, 2);
        }
        print_paragraph(e->how, 2);
        if (listed && *e->source) {
                snprintf(line, sizeof(line), _("Source: %s"), e->source);
                print_paragraph(line, 2);
        }
}

static void print_catalogue(const struct exercise_catalogue *c) {
        print_paragraph(c->safety, 0);
        for (uint32_t i = 0; i < c->n; i++)
                print_exercise(&c->of[i], true);
        if (*c->about) {
                putchar('\n');
                print_paragraph(c->about, 0);
        }
}

/* ---- the workout ---- */

static const struct exercise *find_exercise(const struct exercise_catalogue *c, const char *id) {
        for (uint32_t i = 0; i < c->n; i++)
                if (strcmp(c->of[i].id, id) == 0)
                        return &c->of[i];
        return NULL;
}

static void print_workout(const struct exercise_catalogue *c, const json_t *why) {
        const char *planned = json_string_value(json_object_get(why, "session"));
        char words[160], ids[WORKOUT_EXERCISES_MAX * (EXERCISE_ID_MAX + 1)], *rest = NULL;

        if (!planned) {
                printf("%s\n", _("No workouts are planned: set sessions_per_week in section [exercise]."));
                return;
        }
        workout_words(why, words, sizeof(words));
        printf(_("Strengthening workout: %s.\n"), words);
        snprintf(ids, sizeof(ids), "%s", planned);
        for (char *id = strtok_r(ids, " ", &rest); id; id = strtok_r(NULL, " ", &rest)) {
                const struct exercise *e = find_exercise(c, id);

                if (e)
                        print_exercise(e, false);
                else
                        printf("\n%s\n", id); /* the daemon has another catalogue */
        }
        putchar('\n');
        print_paragraph(c->safety, 0);
}

/* Prints the keys of the answer that are about the workout. */
static void print_workout_json(json_t *why) {
        json_t *workout = json_object(), *value;
        const char *key;

        json_object_foreach(why, key, value) if (strncmp(key, "session", strlen("session")) == 0)
                json_object_set(workout, key, value);
        live_json_write(stdout, workout, JSON_COMPACT | JSON_SORT_KEYS);
        putchar('\n');
}

static int show_workout(const struct options *options, const struct exercise_catalogue *c) {
        json_t *why = json_object();
        int status = get_why(options, why);

        if (status == STATUS_DONE && options->json)
                print_workout_json(why);
        else if (status == STATUS_DONE)
                print_workout(c, why);
        json_decref(why);
        return status;
}

/* ---- the commands ---- */

static int load_catalogue(const char *path, struct exercise_catalogue *ret) {
        struct config_errors mistakes = {0};

        exercises_load(path, &mistakes, ret);
        return report_mistakes(&mistakes);
}

static int show_exercises(const struct options *options, bool workout) {
        struct exercise_catalogue *catalogue = calloc(1, sizeof(*catalogue));
        struct settings *settings = calloc(1, sizeof(*settings));
        int status = STATUS_FAILED;

        if (!catalogue || !settings)
                complain_of_memory();
        else if ((status = load_settings(options->config, settings)) == STATUS_DONE)
                status = load_catalogue(exercises_path(options, settings), catalogue);
        if (status == STATUS_DONE && workout)
                status = show_workout(options, catalogue);
        else if (status == STATUS_DONE && options->json)
                print_catalogue_json(catalogue);
        else if (status == STATUS_DONE)
                print_catalogue(catalogue);
        free(settings);
        free(catalogue);
        return status;
}

static int run_exercises(const struct options *options) {
        return show_exercises(options, options->session);
}

static int run_session(const struct options *options) {
        if (options->n_args == 0)
                return show_exercises(options, true);
        if (strcmp(options->args[0], "done") == 0)
                return link_command(options,
                                    _("Recorded: today's strengthening workout is done. Tomorrow the muscles rest."),
                                    "SessionDone", "");
        complain(_("session %s: must be done, or nothing"), options->args[0]);
        return STATUS_USAGE;
}

const struct ctl_command exercises_command = {
        .name = "exercises",
        .arguments = "",
        .summary = "show the exercise catalogue with its safety advice",
        .examples = "  sitbonectl exercises\n"
                    "  sitbonectl exercises --exercises ./exercises.conf --json\n"
                    "  sitbonectl exercises --session\n",
        .options = {{"session",
                     "show the strengthening workout of today or else the next one ([exercise] sessions_per_week)"},
                    {"exercises"},
                    {"config"},
                    {"json"},
                    {"bus"},
                    {"seat"}},
        .run = run_exercises,
};

const struct ctl_command session_command = {
        .name = "session",
        .arguments = "[done]",
        .max_args = 1,
        .summary = "show the workout of today or the next; done: record it",
        .examples = "  sitbonectl session\n"
                    "  sitbonectl session done\n",
        .notes = "A workout is recorded once a day. The day after is a day of rest, and a week has at most "
                 "[exercise] sessions_per_week workouts.",
        .options = {{"exercises"}, {"config"}, {"bus"}, {"seat"}},
        .run = run_session,
};
