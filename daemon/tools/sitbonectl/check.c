/* SPDX-License-Identifier: MIT */
/* check: settings, exercise catalogue, description of a format or recording, told apart by content. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "configure/exercises.h"
#include "configure/format_file.h"
#include "configure/settings.h"
#include "tools/sitbonectl/commands.h"
#include "tools/sitbonectl/json_writer.h"
#include "tools/sitbonectl/source.h"
#include "util/ini.h"
#include "words/names.h"

enum content { CONTENT_SETTINGS, CONTENT_EXERCISES, CONTENT_FORMAT, CONTENT_RECORDING, CONTENT_BYTES };

static const char *const content_names[] = {"settings", "exercises", "format", "recording", "bytes"};

/* What the keys look like: a catalogue has dose and how, or [safety]. */
static void note_item(void *userdata, const struct ini_item *item) {
        enum content *content = userdata;

        if (strcmp(item->section, "safety") == 0 ||
            (item->key && (strcmp(item->key, "dose") == 0 || strcmp(item->key, "how") == 0)))
                *content = CONTENT_EXERCISES;
        else if (strcmp(item->section, "format") == 0)
                *content = CONTENT_FORMAT;
}

static void ignore_mistake(void *userdata, int line, const char *what) {
        (void)userdata;
        (void)line;
        (void)what;
}

static bool begins_with(const char *at, const char *end, const char *word) {
        size_t n = strlen(word);

        return (size_t)(end - at) >= n && memcmp(at, word, n) == 0;
}

/* The header line of frames CSV names t_s and c0; comments of "# key=value" may stand before it, and a byte order mark. */
static bool is_frames_csv(const char *data, size_t n) {
        const char *at = data, *end = data + n, *line_end;

        at += begins_with(at, end, "\xEF\xBB\xBF") ? 3 : 0;
        if (begins_with(at, end, "# sitbone frames csv"))
                return true;
        while (at < end && (*at == '#' || *at == '\n' || *at == '\r')) {
                line_end = memchr(at, '\n', (size_t)(end - at));
                at = line_end ? line_end + 1 : end;
        }
        line_end = memchr(at, '\n', (size_t)(end - at));
        n = (size_t)((line_end ? line_end : end) - at);
        return memmem(at, n, "t_s", 3) && memmem(at, n, "c0", 2);
}

static enum content content_of(const struct source *s) {
        enum content content = CONTENT_SETTINGS;
        struct ini_sink sink = {note_item, ignore_mistake, &content};

        if (s->format || recording_is_native(s->data, s->n))
                return CONTENT_RECORDING;
        for (size_t i = 0; i < s->n; i++) {
                unsigned char c = (unsigned char)s->data[i];

                if (c < ' ' && c != '\n' && c != '\r' && c != '\t')
                        return CONTENT_BYTES;
        }
        if (is_frames_csv(s->data, s->n))
                return CONTENT_RECORDING;
        ini_parse(s->data, s->n, &sink);
        return content;
}

struct checked {
        enum content content;
        struct config_errors mistakes;
        struct exercise_catalogue exercises;
        double period_s;
};

static void pass_over(void *userdata, const struct frame *frame, const struct recording_row *row) {
        (void)userdata;
        (void)frame;
        (void)row;
}

static void check_recording(struct checked *c, struct source *s) {
        char error[RECORDING_ERROR_MAX];

        c->period_s = source_period_s(s);
        if (source_open(s, error) != STATUS_DONE) {
                config_error_add(&c->mistakes, "%s: %s", s->path, error);
                return;
        }
        recording_each(&s->recording, &s->frame, pass_over, NULL);
}

static void put_recording(struct out *o, const struct checked *c, const struct source *s) {
        const struct geometry *g = &s->recording.layout.geometry;
        const char *separator = "";

        out_number(o, "frames", (double)s->recording.frames, 0);
        out_number(o, "rate_hz", 1 / c->period_s, 2);
        out_number(o, "cells", g->n_cells, 0);
        out_number(o, "rows", g->rows ? g->rows : NAN, 0);
        out_number(o, "cols", g->cols ? g->cols : NAN, 0);
        out_number(o, "pitch_x_mm", g->kind == GEOMETRY_GRID ? (double)g->pitch_x_mm : NAN, 2);
        out_number(o, "pitch_y_mm", g->kind == GEOMETRY_GRID ? (double)g->pitch_y_mm : NAN, 2);
        out_number(o, "full_scale", (double)g->full_scale, 2);
        out_word(o, "format", s->recording.format ? s->recording.format->name : "csv");
        out_number(o, "damaged_bytes", (double)s->recording.damaged_bytes, 0);
        out_number(o, "cut_bytes", (double)s->recording.cut_bytes, 0);
        out_key(o, "refused");
        out_text(o, "{");
        for (int i = 0; i < REFUSAL_N; i++) {
                out_text(o, separator);
                out_string(o, refusal_name((enum refusal)i));
                out_text(o, ":");
                out_fixed(o, (double)s->recording.refused[i], 0);
                separator = ",";
        }
        out_text(o, "}");
}

static void print_json(const struct checked *c, const struct source *s, bool clean) {
        struct out *o = malloc(sizeof(*o));

        if (!o)
                return;
        out_init(o, stdout);
        out_text(o, "{\"file\":");
        out_string(o, s->path);
        out_word(o, "content", content_names[c->content]);
        out_flag(o, "clean", clean);
        if (c->content == CONTENT_RECORDING && c->mistakes.n == 0)
                put_recording(o, c, s);
        out_key(o, "mistakes");
        out_text(o, "[");
        for (int i = 0; i < c->mistakes.n && i < CONFIG_ERRORS_MAX; i++) {
                out_text(o, i ? "," : "");
                out_string(o, c->mistakes.text[i]);
        }
        out_text(o, "]}\n");
        out_flush(o);
        free(o);
}

static void print_recording(const struct checked *c, const struct source *s) {
        const struct geometry *g = &s->recording.layout.geometry;

        printf("%s: %llu frames", s->path, (unsigned long long)s->recording.frames);
        if (isfinite(c->period_s))
                printf(", %.1f a second", 1 / c->period_s);
        if (g->kind == GEOMETRY_GRID)
                printf(", %u x %u cells of %.1f x %.1f mm%s", g->rows, g->cols, (double)g->pitch_x_mm,
                       (double)g->pitch_y_mm, g->pitch_assumed ? " (assumed)" : "");
        else
                printf(", %u %s", g->n_cells,
                       g->kind == GEOMETRY_SCATTERED ? "scattered cells" : "cells, positions unknown");
        printf(", full scale %g\n", (double)g->full_scale);
        source_say_missing(s, stdout);
}

/* The first, cut frame of a capture is nobody's mistake. */
static uint64_t count_refused(const struct recording *r) {
        uint64_t n = 0;

        for (int i = 0; i < REFUSAL_N; i++)
                if (i != REFUSED_PARTIAL)
                        n += r->refused[i];
        return n;
}

static int report(const struct options *options, const struct checked *c, const struct source *s) {
        bool clean = c->mistakes.n == 0;

        if (c->content == CONTENT_RECORDING && clean)
                clean = s->recording.frames > 0 && count_refused(&s->recording) == 0 &&
                        s->recording.damaged_bytes == 0;
        if (options->json) {
                print_json(c, s, clean);
                return clean ? STATUS_DONE : STATUS_FAILED;
        }
        for (int i = 0; i < c->mistakes.n && i < CONFIG_ERRORS_MAX; i++)
                fprintf(stderr, "%s\n", c->mistakes.text[i]);
        if (c->mistakes.n > CONFIG_ERRORS_MAX)
                fprintf(stderr, "... and %d more\n", c->mistakes.n - CONFIG_ERRORS_MAX);
        if (c->mistakes.n == 0 && c->content == CONTENT_RECORDING)
                print_recording(c, s);
        else if (c->mistakes.n == 0)
                printf(s->n > 0 ? "%s: %s in order\n" : "%s: nothing in it; as %s in order\n", s->path,
                       content_names[c->content]);
        return clean ? STATUS_DONE : STATUS_FAILED;
}

static void check(struct checked *c, struct source *s) {
        struct settings settings;
        struct format format;

        c->content = content_of(s);
        switch (c->content) {
        case CONTENT_SETTINGS:
                settings_defaults(&settings);
                settings_parse(&settings, s->path, s->data, s->n, &c->mistakes);
                break;
        case CONTENT_EXERCISES:
                exercises_parse(s->path, s->data, s->n, &c->mistakes, &c->exercises);
                break;
        case CONTENT_FORMAT:
                format_parse(s->path, s->data, s->n, &c->mistakes, &format);
                break;
        case CONTENT_RECORDING:
                check_recording(c, s);
                break;
        case CONTENT_BYTES:
                config_error_add(&c->mistakes, "%s: not text; raw wire bytes need --format NAME", s->path);
                break;
        }
}

static int run_check(const struct options *options) {
        struct checked *c = calloc(1, sizeof(*c));
        struct source *source = NULL;
        int status;

        if (!c) {
                complain("out of memory");
                return STATUS_FAILED;
        }
        status = source_load(options, &source);
        if (status == STATUS_DONE) {
                check(c, source);
                status = report(options, c, source);
                source_free(source);
        }
        free(c);
        return status;
}

const struct ctl_command check_command = {
        .name = "check",
        .arguments = "FILE",
        .min_args = 1,
        .max_args = 1,
        .summary = "validate settings, a catalogue, a format or a recording",
        .examples = "  sitbonectl check /etc/sitbone/sitbone.conf\n"
                    "  sitbonectl check lunch.csv\n"
                    "  sitbonectl check capture.bin --format jq-seat-32\n",
        .notes = "The kind of the file is detected from its content. The exit status is 1 if it has mistakes.",
        .options = {{"config", "settings for reading a recording (rows, pitch, rotate, ...)"}, {"format"}, {"json"}},
        .run = run_check,
};
