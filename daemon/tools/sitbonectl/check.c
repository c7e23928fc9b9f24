/* SPDX-License-Identifier: MIT */
/* sitbonectl check: validates settings, exercise catalogues, descriptions of formats and recordings. The kind of file is
 * detected from its content. */
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "configure/exercises.h"
#include "configure/format_file.h"
#include "configure/settings.h"
#include "contract/live_json.h"
#include "core/describe/capabilities.h"
#include "tools/sitbonectl/commands.h"
#include "tools/sitbonectl/probe/mismatch.h"
#include "tools/sitbonectl/source.h"
#include "tools/sitbonectl/table.h"
#include "tools/sitbonectl/view/values.h"
#include "util/ini.h"
#include "words/names.h"

enum content {
        CONTENT_SETTINGS,
        CONTENT_EXERCISES,
        CONTENT_FORMAT,
        CONTENT_RECORDING,
        CONTENT_TABLE,
        CONTENT_TEXT,
        CONTENT_BYTES
};

static const char *const content_names[] = {"settings", "exercises", "format", "recording", "table", "text", "bytes"};

/* Recognises files by their keys: a catalogue has dose and how, or [safety]. */
static void recognise_item(void *userdata, const struct ini_item *item) {
        enum content *content = userdata;

        if (*content == CONTENT_TEXT)
                *content = CONTENT_SETTINGS;
        if (strcmp(item->section, "safety") == 0 ||
            (item->key && (strcmp(item->key, "dose") == 0 || strcmp(item->key, "how") == 0)))
                *content = CONTENT_EXERCISES;
        else if (strcmp(item->section, "format") == 0)
                *content = CONTENT_FORMAT;
}

static bool begins_with(const char *at, const char *end, const char *word) {
        size_t n = strlen(word);

        return (size_t)(end - at) >= n && memcmp(at, word, n) == 0;
}

/* The header line of frames CSV contains t_s and c0; a byte order mark and lines such as "# key=value" may precede it. */
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

static enum content detect_content(const struct source *s) {
        enum content content = s->n > 0 ? CONTENT_TEXT : CONTENT_SETTINGS;
        struct table table;
        struct ini_sink sink = {.item = recognise_item, .userdata = &content};

        if (s->format || recording_is_native(s->data, s->n))
                return CONTENT_RECORDING;
        for (size_t i = 0; i < s->n; i++) {
                unsigned char c = (unsigned char)s->data[i];

                if (c < ' ' && c != '\n' && c != '\r' && c != '\t')
                        return CONTENT_BYTES;
        }
        if (is_frames_csv(s->data, s->n))
                return CONTENT_RECORDING;
        if (table_detect(s->data, s->n, '\0', &table))
                return CONTENT_TABLE;
        ini_parse(s->data, s->n, &sink);
        return content;
}

enum { MISMATCH_MAX = 256 * 1024 }; /* bytes that are enough to find a difference */

struct validation {
        enum content content;
        char mismatch
                [240]; /* the difference between the format and the bytes, if most frames are refused or fit by chance */
        struct config_errors mistakes, warnings;
        struct exercise_catalogue exercises;
        double period_s;
};

static void ignore_frame(void *userdata, const struct frame *frame, const struct recording_row *row) {
        (void)userdata;
        (void)frame;
        (void)row;
}

/* The incomplete first frame of a capture is not a mistake. */
static uint64_t count_refused(const struct recording *r) {
        uint64_t n = 0;

        for (int i = 0; i < REFUSAL_N; i++)
                if (i != REFUSED_PARTIAL)
                        n += r->refused[i];
        return n;
}

/* Raw bytes only: in a recording they were read with this format before. */
static void find_mismatch(struct validation *c, const struct source *s) {
        const struct heard heard = {.bytes = (const uint8_t *)s->data, .n = s->n < MISMATCH_MAX ? s->n : MISMATCH_MAX};

        if (s->format && !recording_is_native(s->data, s->n) &&
            (s->format->framing != FRAMING_TEXT || s->recording.frames <= count_refused(&s->recording)))
                mismatch_write(s->format, s->recording.layout.geometry.n_cells, &heard, c->mismatch,
                               sizeof(c->mismatch));
}

static void check_recording(struct validation *c, struct source *s) {
        char error[RECORDING_ERROR_MAX];

        c->period_s = source_period_s(s);
        if (source_open(s, error) != STATUS_DONE) {
                config_error_add(&c->mistakes, "%s: %s", s->path, error);
                return;
        }
        recording_each(&s->recording, &s->frame, ignore_frame, NULL);
        find_mismatch(c, s);
}

static json_t *make_measures(const struct geometry *g) {
        char names[VIEW_TEXT_MAX];

        measure_names(capabilities_find(g).measures, names, sizeof(names));
        return live_json_names(names);
}

static void add_recording(json_t *root, const struct validation *c, const struct source *s) {
        const struct geometry *g = &s->recording.layout.geometry;
        bool grid = g->kind == GEOMETRY_GRID;
        json_t *refused = json_object();
        struct {
                const char *key;
                json_t *value;
        } members[] = {
                {"frames", json_integer((json_int_t)s->recording.frames)},
                {"rate_hz", live_json_number(1 / c->period_s, 2)},
                {"cells", json_integer(g->n_cells)},
                {"rows", live_json_number(g->rows ? (double)g->rows : (double)NAN, 0)},
                {"cols", live_json_number(g->cols ? (double)g->cols : (double)NAN, 0)},
                {"pitch_x_mm", live_json_number(grid ? (double)g->pitch_x_mm : (double)NAN, 2)},
                {"pitch_y_mm", live_json_number(grid ? (double)g->pitch_y_mm : (double)NAN, 2)},
                {"measures", make_measures(g)},
                {"full_scale", live_json_number((double)g->full_scale, 2)},
                {"format", json_string(s->recording.format ? s->recording.format->name : "csv")},
                {"damaged_bytes", json_integer((json_int_t)s->recording.damaged_bytes)},
                {"cut_bytes", json_integer((json_int_t)s->recording.cut_bytes)},
                {"refused", refused},
                {"mismatch", live_json_text(c->mismatch)},
        };

        for (int i = 0; i < REFUSAL_N; i++)
                json_object_set_new(refused, refusal_name((enum refusal)i),
                                    json_integer((json_int_t)s->recording.refused[i]));
        for (size_t i = 0; i < sizeof(members) / sizeof(*members); i++)
                json_object_set_new(root, members[i].key, members[i].value);
}

static json_t *make_texts(const struct config_errors *errors) {
        json_t *texts = json_array();

        for (int i = 0; i < errors->n && i < CONFIG_ERRORS_MAX; i++)
                json_array_append_new(texts, live_json_text(errors->text[i]));
        return texts;
}

static void print_json(const struct validation *c, const struct source *s, bool clean) {
        json_t *root = json_pack("{s:o, s:s, s:b}", "file", live_json_text(s->path), "content",
                                 content_names[c->content], "clean", clean);

        if (c->content == CONTENT_RECORDING && c->mistakes.n == 0)
                add_recording(root, c, s);
        json_object_set_new(root, "mistakes", make_texts(&c->mistakes));
        json_object_set_new(root, "warnings", make_texts(&c->warnings));
        live_json_print(stdout, root);
}

static void print_recording(const struct validation *c, const struct source *s) {
        const struct geometry *g = &s->recording.layout.geometry;
        char names[VIEW_TEXT_MAX], words[VIEW_TEXT_MAX];

        printf("%s: %llu frames", s->path, (unsigned long long)s->recording.frames);
        if (isfinite(c->period_s))
                printf(", %.1f a second", 1 / c->period_s);
        if (g->kind == GEOMETRY_GRID)
                printf(", %u x %u cells of %.1f x %.1f mm%s", g->rows, g->cols, (double)g->pitch_x_mm,
                       (double)g->pitch_y_mm, g->pitch_assumed ? " (assumed)" : "");
        else
                printf(", %u %s", g->n_cells,
                       g->kind == GEOMETRY_SCATTERED ? "scattered cells" : "cells, positions unknown");
        measure_names(capabilities_find(g).measures, names, sizeof(names));
        view_list_words(names, measure_text, words, sizeof(words));
        printf(", full scale %g\nit measures %s\n", (double)g->full_scale, words);
        source_print_losses(s, stdout);
        if (*c->mismatch)
                printf("%s: %s\n", s->path, c->mismatch);
}

static int report_result(const struct options *options, const struct validation *c, const struct source *s) {
        bool clean = c->mistakes.n == 0;

        if (c->content == CONTENT_RECORDING && clean)
                clean = s->recording.frames > 0 && count_refused(&s->recording) == 0 &&
                        s->recording.damaged_bytes == 0;
        if (options->json) {
                print_json(c, s, clean);
                return clean ? STATUS_DONE : STATUS_FAILED;
        }
        for (int i = 0; i < c->warnings.n; i++)
                fprintf(stderr, "warning: %s: %s\n", s->path, c->warnings.text[i]);
        for (int i = 0; i < c->mistakes.n && i < CONFIG_ERRORS_MAX; i++)
                fprintf(stderr, "%s\n", c->mistakes.text[i]);
        if (c->mistakes.n > CONFIG_ERRORS_MAX)
                fprintf(stderr, "... and %d more\n", c->mistakes.n - CONFIG_ERRORS_MAX);
        if (c->mistakes.n == 0 && c->content == CONTENT_RECORDING)
                print_recording(c, s);
        else if (c->mistakes.n == 0)
                printf(s->n > 0 ? "%s: %s in order\n" : "%s: empty; as %s in order\n", s->path,
                       content_names[c->content]);
        return clean ? STATUS_DONE : STATUS_FAILED;
}

/* Says what the table is, and how to read it. */
static void describe_table(struct validation *c, const struct source *s) {
        char time[TABLE_NAME_MAX] = "", first[TABLE_NAME_MAX], last[TABLE_NAME_MAX];
        struct table t;
        const char *delimiter;

        table_detect(s->data, s->n, '\0', &t);
        delimiter = t.delimiter == ','    ? "commas"
                    : t.delimiter == ';'  ? "semicolons"
                    : t.delimiter == '\t' ? "tabs"
                                          : "blanks";
        table_column_name(s->data, s->n, &t, t.first_cell, first);
        table_column_name(s->data, s->n, &t, t.last_cell, last);
        if (t.time >= 0)
                table_column_name(s->data, s->n, &t, t.time, time);
        config_error_add(
                &c->mistakes,
                "%s: a table of another program: %d columns separated by %s, %d of them numbers that may be cells",
                s->path, t.columns, t.delimiter == '|' ? "|" : delimiter, t.last_cell - t.first_cell + 1);
        config_error_add(
                &c->mistakes,
                "%s: to read it, name its columns: --columns %s%s,cells=%s..%s (and give rows, cols and pitch in "
                "settings: --config)",
                s->path, t.time >= 0 ? "time=" : "rate=10", time, first, last);
}

static void check_content(struct validation *c, struct source *s) {
        struct settings settings;
        struct format format;

        c->content = detect_content(s);
        switch (c->content) {
        case CONTENT_SETTINGS:
                settings_defaults(&settings);
                settings_parse(&settings, s->path, s->data, s->n, &c->mistakes);
                settings_warn(&settings, &c->warnings);
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
        case CONTENT_TABLE:
                describe_table(c, s);
                break;
        case CONTENT_TEXT:
                config_error_add(
                        &c->mistakes,
                        "%s: neither settings nor a catalogue, a format, a recording or a table of numbers; what "
                        "a mat sent as text needs --format NAME (sitbonectl probe %s finds it)",
                        s->path, s->path);
                break;
        case CONTENT_BYTES:
                config_error_add(&c->mistakes,
                                 begins_with(s->data, s->data + s->n, "\xFF\xFE") ||
                                                 begins_with(s->data, s->data + s->n, "\xFE\xFF")
                                         ? "%s: text in UTF-16; save it as UTF-8"
                                         : "%s: not text; raw wire bytes need --format NAME",
                                 s->path);
                break;
        }
}

static int run_check(const struct options *options) {
        struct validation *c = calloc(1, sizeof(*c));
        struct source *source = NULL;
        int status;

        if (!c)
                return complain_of_memory();
        status = source_load(options, &source);
        if (status == STATUS_DONE) {
                check_content(c, source);
                status = report_result(options, c, source);
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
        .options = {{"config", "settings for reading a recording (rows, pitch, rotate, ...)"},
                    {"format"},
                    {"columns"},
                    {"delimiter"},
                    {"json"}},
        .run = run_check,
};
