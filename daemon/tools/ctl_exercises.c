#include <stdlib.h>
#include <string.h>

#include "ctl.h"
#include "ctl_out.h"
#include "ctl_source.h"
#include "exercises.h"
#include "publish/text.h"

static void put(struct out *o, const char *key, const char *value) {
        out_key(o, key);
        out_string(o, value);
}

static void put_exercise(struct out *o, const struct exercise *e) {
        out_text(o, "{\"id\":");
        out_string(o, e->id);
        put(o, "name", e->name);
        put(o, "kind", exercise_kind_name(e->kind));
        put(o, "place", exercise_place_name(e->place));
        put(o, "dose", e->dose);
        put(o, "how", e->how);
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

static void print_text(const struct exercise_catalogue *c) {
        printf("%s\n", c->safety);
        for (uint32_t i = 0; i < c->n; i++) {
                const struct exercise *e = &c->of[i];

                printf("\n%s (%s)\n  %s, %s%s, %s\n  %s\n", e->name, e->id, exercise_kind_name(e->kind),
                       exercise_place_name(e->place), e->prompt ? ", offered by alerts" : "", e->dose, e->how);
        }
}

static int show(const char *path, bool json, struct mistakes *mistakes, struct exercise_catalogue *catalogue) {
        exercises_load(path, mistakes, catalogue);
        for (int i = 0; i < mistakes->n && i < MISTAKES_MAX; i++)
                complain("%s", mistakes->of[i]);
        if (mistakes->n)
                return STATUS_USAGE;
        if (json)
                print_json(catalogue);
        else
                print_text(catalogue);
        return STATUS_DONE;
}

int verb_exercises(const struct options *options) {
        struct exercise_catalogue *catalogue = calloc(1, sizeof(*catalogue));
        struct mistakes *mistakes = calloc(1, sizeof(*mistakes));
        struct settings *settings = calloc(1, sizeof(*settings));
        int status = STATUS_FAILED;

        if (!catalogue || !mistakes || !settings)
                complain("out of memory");
        else if ((status = load_settings(options->config, settings)) == STATUS_DONE)
                status = show(exercises_path(options, settings), options->json, mistakes, catalogue);
        free(settings);
        free(mistakes);
        free(catalogue);
        return status;
}
