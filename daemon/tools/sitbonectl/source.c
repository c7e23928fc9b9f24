/* SPDX-License-Identifier: MIT */
#include "tools/sitbonectl/source.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "configure/format_file.h"
#include "configure/settings.h"
#include "core/acquire/formats.h"
#include "tools/sitbonectl/table.h"
#include "util/file.h"
#include "util/suggest.h"
#include "words/names.h"

/* PREFIX: enough bytes for a few dozen frames of the largest mat. */
enum { PERIODS_MAX = 64, PREFIX = 1 << 20, LEAD = 1 << 24, DESCRIPTION_MAX = 64 * 1024 };

int report_mistakes(const struct config_errors *mistakes) {
        for (int i = 0; i < mistakes->n && i < CONFIG_ERRORS_MAX; i++)
                complain("%s", mistakes->text[i]);
        return mistakes->n ? STATUS_USAGE : STATUS_DONE;
}

int load_settings(const char *path, struct settings *ret) {
        struct config_errors mistakes = {0};

        settings_load(path, ret, &mistakes);
        return report_mistakes(&mistakes);
}

const char *exercises_path(const struct options *options, const struct settings *settings) {
        if (options->exercises)
                return options->exercises;
        return settings->alert.exercises_file[0] ? settings->alert.exercises_file : NULL;
}

/* STATUS_DONE, or STATUS_USAGE after a complaint of each mistake in the file. */
static int read_format(const char *name, struct format *storage, const struct format **ret) {
        struct config_errors mistakes = {0};

        *ret = format_find(name, storage, &mistakes);
        report_mistakes(&mistakes);
        return *ret ? STATUS_DONE : STATUS_USAGE;
}

static int complain_of_unknown_format(const struct format_list *list, const char *name) {
        const char *near = NULL;
        char names[2048] = "";

        for (size_t i = 0; i < list->n; i++) {
                size_t end = strlen(names);

                suggest_nearest(name, list->of[i]->name, &near);
                snprintf(names + end, sizeof(names) - end, " %s", list->of[i]->name);
        }
        if (near)
                complain("no format \"%s\"; did you mean %s? sitbonectl formats lists them", name, near);
        else
                complain("no format \"%s\". There are:%s", name, names);
        return STATUS_USAGE;
}

int load_formats(const char *name, struct format_list **ret) {
        struct config_errors mistakes = {0};
        struct format_list *list = *ret = calloc(1, sizeof(*list));
        int status = STATUS_DONE, before;

        if (!list)
                return complain_of_memory();
        format_list_load(list, format_folders, &mistakes);
        before = mistakes.n;
        if (name && strchr(name, '/'))
                format_list_add(list, name, &mistakes);
        else if (name && !format_list_by_name(list, name))
                status = complain_of_unknown_format(list, name);
        report_mistakes(&mistakes);
        return mistakes.n > before ? STATUS_USAGE : status;
}

int find_format(const char *name, struct format *storage, const struct format **ret) {
        struct format_list *list;
        int status;

        *ret = NULL;
        if (!name)
                return STATUS_DONE;
        if (format_exists(name))
                return read_format(name, storage, ret);
        status = load_formats(strchr(name, '/') ? NULL : name, &list);
        if (strchr(name, '/'))
                complain("%s: no such file", name);
        free(list);
        return status == STATUS_DONE ? STATUS_USAGE : status;
}

int format_of_head(const char *data, size_t n, struct format *storage, const struct format **ret) {
        char text[DESCRIPTION_MAX];
        struct settings_device device = {0};
        struct recording_head head;
        struct config_errors mistakes = {0};
        size_t length;

        if (recording_read_head(data, n, &head, &device) || format_by_name(head.format))
                return STATUS_DONE;
        length = recording_description(data, n, text, sizeof(text));
        if (length == 0)
                return format_exists(head.format) ? read_format(head.format, storage, ret) : STATUS_DONE;
        if (format_parse(head.format, text, length, &mistakes, storage) == 0)
                *ret = storage;
        return report_mistakes(&mistakes);
}

/* If --format names another mat than the settings, and that format has a size of its own, the size in the settings does not
 * apply. */
static void drop_other_size(const struct options *options, const struct format *f, struct settings_device *d) {
        if (!options->format || !f || strcmp(options->format, d->format) == 0 || f->rows == 0 || f->resizable)
                return;
        if ((d->rows > 0 && d->rows != f->rows) || (d->cols > 0 && d->cols != f->cols)) {
                d->rows = d->cols = 0;
                d->pitch_x_mm = d->pitch_y_mm = d->full_scale = 0;
        }
}

/* Replaces the table by the frames CSV made from it. */
static int convert_table(struct source *s, const struct options *options) {
        char error[TABLE_ERROR_MAX];
        size_t n;

        if (table_to_frames_csv(s->data, s->n, options, &s->converted, &n, error) < 0) {
                complain("%s: %s", s->path, error);
                return STATUS_USAGE;
        }
        file_unmap(s->data, s->n);
        s->data = s->converted;
        s->n = n;
        return STATUS_DONE;
}

int source_load(const struct options *options, struct source **ret) {
        struct source *s = calloc(1, sizeof(*s));
        int status, r;

        if (!s)
                return complain_of_memory();
        s->path = options->args[0];
        status = find_format(options->format, &s->described, &s->format);
        if (status == STATUS_DONE)
                status = load_settings(options->config, &s->settings);
        drop_other_size(options, s->format, &s->settings.device);
        if (status == STATUS_DONE && (r = file_map(s->path, &s->data, &s->n)) < 0) {
                complain("%s: %s", s->path,
                         r == -EINVAL ? "not a regular file; write what it holds to a file first" : strerror(-r));
                status = STATUS_FAILED;
        }
        if (status == STATUS_DONE && options->columns)
                status = convert_table(s, options);
        if (status == STATUS_DONE && !s->format && recording_is_native(s->data, s->n))
                status = format_of_head(s->data, s->n, &s->described, &s->format);
        if (status == STATUS_DONE)
                *ret = s;
        else
                source_free(s);
        return status;
}

static int open_whole(struct source *s, char error[RECORDING_ERROR_MAX]) {
        int r = recording_open(&s->recording, s->data, s->n, s->format, &s->settings.device, error);
        size_t length = strlen(error);
        struct table table;

        if (r < 0 && !s->format && !s->converted && !recording_is_native(s->data, s->n) &&
            table_detect(s->data, s->n, '\0', &table))
                snprintf(error + length, RECORDING_ERROR_MAX - length,
                         "; sitbonectl check shows how to read this table");
        return r < 0 ? STATUS_FAILED : STATUS_DONE;
}

static void ignore_frame(void *userdata, const struct frame *frame, const struct recording_row *row) {
        (void)userdata;
        (void)frame;
        (void)row;
}

/* Reading all of a large file that is no recording would take minutes: its first part must have a frame. */
static int check_first_part(struct source *s, char error[RECORDING_ERROR_MAX]) {
        size_t n = s->n;
        int status;

        s->n = LEAD;
        status = open_whole(s, error);
        s->n = n;
        if (status != STATUS_DONE)
                return status;
        recording_each(&s->recording, &s->frame, ignore_frame, NULL);
        if (s->recording.frames > 0)
                return STATUS_DONE;
        snprintf(error, RECORDING_ERROR_MAX, "no frame in its first 16 MiB; is it a recording, and of this --format?");
        return STATUS_FAILED;
}

int source_open(struct source *s, char error[RECORDING_ERROR_MAX]) {
        int status = s->n > LEAD ? check_first_part(s, error) : STATUS_DONE;

        return status == STATUS_DONE ? open_whole(s, error) : status;
}

struct periods {
        uint64_t last_us;
        int n;
        double of[PERIODS_MAX];
};

static void record_period(void *userdata, const struct frame *frame, const struct recording_row *row) {
        struct periods *p = userdata;

        (void)row;
        if (p->last_us > 0 && frame->arrived_us > p->last_us && p->n < PERIODS_MAX)
                p->of[p->n++] = (double)(frame->arrived_us - p->last_us) / 1e6;
        p->last_us = frame->arrived_us;
}

static int compare_numbers(const void *a, const void *b) {
        double x = *(const double *)a, y = *(const double *)b;

        return (x > y) - (x < y);
}

double source_period_s(struct source *s) {
        size_t n = s->n < PREFIX ? s->n : PREFIX;
        struct periods periods = {0};
        char error[RECORDING_ERROR_MAX];

        if (recording_open(&s->recording, s->data, n, s->format, &s->settings.device, error) < 0)
                return (double)NAN;
        recording_each(&s->recording, &s->frame, record_period, &periods);
        if (periods.n == 0)
                return (double)NAN;
        qsort(periods.of, (size_t)periods.n, sizeof(*periods.of), compare_numbers);
        return periods.of[periods.n / 2];
}

bool parse_span(const char *text, double *ret_from_s, double *ret_to_s) {
        char *end;
        double from_s = strtod(text, &end), to_s;

        if (end == text || *end != '-')
                return false;
        text = end + 1;
        to_s = strtod(text, &end);
        if (end == text || *end != '\0' || !(from_s >= 0 && to_s > from_s) || !isfinite(to_s))
                return false;
        *ret_from_s = from_s;
        *ret_to_s = to_s;
        return true;
}

double source_time_s(uint64_t now_us) {
        return (double)now_us / 1e6 - 1;
}

/* The reason a row of frames CSV is refused for; refusals of other formats are described in sitbone-format(5). */
static const char *explain_refusal(enum refusal r) {
        return r == REFUSED_COUNT  ? "not as many cells as in the header"
               : r == REFUSED_TEXT ? "not a number"
                                   : "a time before that of the row above, or a number that is too large";
}

void source_print_losses(const struct source *s, FILE *f) {
        const struct recording *r = &s->recording;

        for (int i = 0; i < REFUSAL_N; i++) {
                if (r->refused[i] == 0)
                        continue;
                fprintf(f, "%s: %llu refused: %s", s->path, (unsigned long long)r->refused[i],
                        refusal_name((enum refusal)i));
                if (r->refused_line[i] > 0)
                        fprintf(f, "; the first is line %u: %s", r->refused_line[i], explain_refusal((enum refusal)i));
                fputc('\n', f);
        }
        if (r->damaged_bytes > 0)
                fprintf(f, "%s: %llu bytes are damaged, their frames are lost\n", s->path,
                        (unsigned long long)r->damaged_bytes);
        if (r->cut_bytes > 0)
                fprintf(f, "%s: cut off, %llu bytes at its end cannot be used\n", s->path,
                        (unsigned long long)r->cut_bytes);
}

void source_free(struct source *s) {
        if (s && !s->converted)
                file_unmap(s->data, s->n);
        if (s)
                free(s->converted);
        free(s);
}
