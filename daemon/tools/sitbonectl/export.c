/* SPDX-License-Identifier: MIT */
/* export: writes the frames of a recording as frames CSV, with their labels. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "recording/frames_csv.h"
#include "tools/sitbonectl/commands.h"
#include "tools/sitbonectl/source.h"
#include "util/language.h"
#include "util/sanitize.h"

struct export {
        FILE *out;
        const char *path; /* NULL = standard output */
        struct source *source;
};

/* Labels came from files: a quotation mark would end the column. */
static void print_label(FILE *f, const char *label) {
        char text[256];

        if (!*label)
                return;
        snprintf(text, sizeof(text), "%s", label);
        sanitize_line(text);
        fputc('"', f);
        for (const char *c = text; *c; c++)
                fputc(*c == '"' ? '\'' : *c, f);
        fputc('"', f);
}

static void print_frame(void *userdata, const struct frame *frame, const struct recording_row *row) {
        const struct export *x = userdata;

        fprintf(x->out, "%.3f,", source_time_s(frame->arrived_us));
        print_label(x->out, row->label);
        for (uint32_t i = 0; i < frame->n_cells; i++)
                fprintf(x->out, ",%.7g", (double)frame->raw[i]);
        fputc('\n', x->out);
}

/* The cells are written as they lie on the seat. The settings turn and mirror a table when it is read, so a source that is not
 * turned by its own head must not be turned here as well. */
static int open_source(struct source *s) {
        char error[RECORDING_ERROR_MAX];

        if (!recording_is_native(s->data, s->n)) {
                s->settings.device.rotate = 0;
                s->settings.device.flip_x = s->settings.device.flip_y = false;
        }
        if (source_open(s, error) == STATUS_DONE)
                return STATUS_DONE;
        complain("%s: %s", s->path, error);
        return STATUS_FAILED;
}

static int open_output(struct export *x) {
        x->out = x->path ? fopen(x->path, "wxe") : stdout;
        if (x->out)
                return STATUS_DONE;
        complain("%s: %s", x->path, errno == EEXIST ? _("is there already") : strerror(errno));
        return STATUS_FAILED;
}

static int close_output(struct export *x) {
        int failed = ferror(x->out);

        errno = 0;
        failed |= x->path ? fclose(x->out) : fflush(x->out);
        if (!failed)
                return STATUS_DONE;
        complain("%s: %s", x->path ? x->path : "-", errno ? strerror(errno) : _("could not be written"));
        return STATUS_FAILED;
}

static int export_frames(struct export *x) {
        struct source *s = x->source;
        int status = open_source(s);

        if (status == STATUS_DONE)
                status = open_output(x);
        if (status != STATUS_DONE)
                return status;
        frames_csv_print_head(x->out, &s->recording.layout.geometry);
        fputs("# polarity=normal\n", x->out);
        frames_csv_print_columns(x->out, s->recording.layout.geometry.n_cells);
        recording_each(&s->recording, &s->frame, print_frame, x);
        status = close_output(x);
        if (status == STATUS_DONE && x->path)
                printf(ngettext("%s: %llu frame\n", "%s: %llu frames\n", s->recording.frames), x->path,
                       (unsigned long long)s->recording.frames);
        source_print_losses(s, stderr);
        if (s->recording.frames == 0)
                complain(_("%s: no frame in it"), s->path);
        return s->recording.frames > 0 ? status : STATUS_FAILED;
}

static int run_export(const struct options *options) {
        struct export x = {.path = options->output};
        int status = source_load(options, &x.source);

        if (x.path && strcmp(x.path, "-") == 0)
                x.path = NULL;
        if (status != STATUS_DONE)
                return status;
        status = export_frames(&x);
        source_free(x.source);
        return status;
}

const struct ctl_command export_command = {
        .name = "export",
        .arguments = "RECORDING",
        .min_args = 1,
        .max_args = 1,
        .summary = "write the frames of a recording as a table, with their labels",
        .examples = "  sitbonectl export lunch.sbr --output lunch.csv\n"
                    "  sitbonectl export capture.bin --format jq-seat-32 --output -\n",
        .notes = "Writes frames CSV, which replay and check read, and spreadsheets too: seconds since the start, the "
                 "label, and a column for each cell as it lies on the seat, row by row from the back left.",
        .options = {{"output", "the table, must not exist (default, or -: standard output)"},
                    {"config", "settings for reading the recording (rows, pitch, ...)"},
                    {"format"},
                    {"columns"},
                    {"delimiter"}},
        .streams = STREAMS_TEXT,
        .run = run_export,
};
