/* SPDX-License-Identifier: MIT */
#include "tools/sitbone-sim/options.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "configure/format_file.h"
#include "core/acquire/formats.h"
#include "tools/sitbone-sim/model.h"
#include "tools/sitbone-sim/scenario.h"
#include "util/command_line.h"
#include "util/suggest.h"

/* Frames CSV is no wire format; this row describes the mat that it comes from. */
static const struct format FRAMES_CSV = {
        .name = "csv",
        .title = "Frames CSV",
        .framing = FRAMING_TEXT,
        .rows = 32,
        .cols = 32,
        .resizable = true,
        .pitch_x_mm = 15,
        .pitch_y_mm = 15,
        .full_scale = 255,
        .rate_hz = 20,
};

static const struct format FRAMES_CSV_SCATTERED = {
        .name = "csv",
        .title = "Frames CSV of scattered cells",
        .framing = FRAMING_TEXT,
        .full_scale = 255,
        .rate_hz = 20,
};

enum { BARE_ROWS = 16 }; /* a home-made mat whose format leaves the size open */
static const float BARE_SPAN_MM = 400;

enum kind { TEXT, PLACES, FLAG, REAL, FLOAT, WHOLE };

struct row {
        const char *name;
        enum kind kind;
        void *to;
        double least, most; /* PLACES: least is the size of the text */
};

enum { ROWS = 27, LONG_BASE = 256 };

static void make_table(struct sim_options *o, struct row ret[ROWS]) {
        struct settings_device *d = &o->device;
        const struct row rows[ROWS] = {
                {"format", TEXT, &o->format_name},
                {"scenario", TEXT, &o->scenario},
                {"model", TEXT, &o->model},
                {"link", TEXT, &o->link},
                {"output", TEXT, &o->output},
                {"truth", TEXT, &o->truth},
                {"speed", REAL, &o->speed, 0.01, 1000},
                {"seed", REAL, &o->seed, 0, 4294967295.0},
                {"loop", FLAG, &o->repeat},
                {"recording", FLAG, &o->recording},
                {"rows", WHOLE, &d->rows, 1, 4096},
                {"cols", WHOLE, &d->cols, 1, 4096},
                {"pitch", FLOAT, &d->pitch_x_mm, 1, 500},
                {"rate", REAL, &o->rate_hz, 0.1, 1000},
                {"only-changes", REAL, &o->only_changes, 1, 999999},
                {"full-scale", FLOAT, &d->full_scale, 1, 999999},
                {"flip-x", FLAG, &d->flip_x},
                {"flip-y", FLAG, &d->flip_y},
                {"rotate", WHOLE, &d->rotate, 0, 270},
                {"row-list", PLACES, d->row_list, sizeof(d->row_list)},
                {"col-list", PLACES, d->col_list, sizeof(d->col_list)},
                {"boards", PLACES, d->boards, sizeof(d->boards)},
                {"mask", PLACES, d->mask, sizeof(d->mask)},
                {"x-mm", PLACES, d->x_mm, sizeof(d->x_mm)},
                {"y-mm", PLACES, d->y_mm, sizeof(d->y_mm)},
                {"version", FLAG, &o->version},
                {"help", FLAG, &o->help},
        };
        memcpy(ret, rows, sizeof(rows));
}

void sim_options_help(FILE *f) {
        fputs("Usage: sitbone-sim --format NAME --scenario FILE (--link PATH | --output FILE) [OPTIONS]\n"
              "\n"
              "  sitbone-sim --format jq-seat-32 --scenario office-day.scenario --link /tmp/mat\n"
              "  sitbone-sim --format csv --scenario postures.scenario --output lunch.csv --truth truth.csv\n"
              "\n"
              "A virtual mat with a sitter of known truth on it.\n"
              "\n"
              "  --format NAME     csv (frames CSV), or a wire format:",
              f);
        for (size_t i = 0; i < format_count(); i++)
                fprintf(f, "%s %s", i == 0 ? "" : ",", format_at(i)->name);
        fputs("\n"
              "  --scenario FILE   the sitter and a timeline (below)\n"
              "  --model NAME      physics of bodies and seats, a sitter for each seed:",
              f);
        for (size_t i = 0; sim_model_name(i) != NULL; i++)
                fprintf(f, "%s %s", i == 0 ? "" : ",", sim_model_name(i));
        fputs("\n"
              "  --link PATH       be a serial mat: a pty with PATH as its name, frames at the rate of the mat\n"
              "  --output FILE     write to FILE at full speed (- = standard output)\n"
              "  --recording       with --output FILE: wire bytes with their times, as sitbonectl record writes them\n"
              "  --truth FILE      write the truth to another file, a row for each frame\n"
              "  --speed X         with --link: X times as fast (default 1)\n"
              "  --only-changes COUNTS\n"
              "                    send a frame only if a cell changed by more than COUNTS since the last one sent\n"
              "  --seed N          another sitter's day, another mat's faults (default 1)\n"
              "  --loop            start again at the end (with --link, or --output -)\n"
              "  --rows N, --cols N, --pitch MM, --rate HZ, --full-scale COUNTS\n"
              "                    if the format leaves them open\n"
              "  --flip-x, --flip-y, --rotate DEG, --row-list LIST, --col-list LIST, --boards LIST, --mask LIST\n"
              "                    orientation of the mat: as flip_x, row_list, ... in the settings of sitboned\n"
              "  --x-mm LIST, --y-mm LIST\n"
              "                    positions of scattered cells, as x_mm and y_mm there; cells without positions "
              "are spread\n"
              "                    over the seat, row by row from the back left\n"
              "  -V, --version     print the version\n"
              "  -h, --help        print this help\n"
              "\n",
              f);
        fputs(sim_scenario_help, f);
}

static int refuse_options(const char *what, const char *which) {
        command_line_complain("sitbone-sim", "%s%s; see sitbone-sim --help", what, which);
        return -EINVAL;
}

static int parse_value(const struct row *row, const char *text) {
        char *end;
        if (row->kind == TEXT) {
                *(const char **)row->to = text;
                return 0;
        }
        if (row->kind == PLACES) { /* its contents are checked with the layout */
                if (strlen(text) >= (size_t)row->least) {
                        command_line_complain("sitbone-sim", "--%s is longer than %g bytes", row->name,
                                              row->least - 1);
                        return -EINVAL;
                }
                snprintf(row->to, (size_t)row->least, "%s", text);
                return 0;
        }
        if (row->kind == FLAG) {
                *(bool *)row->to = true;
                return 0;
        }
        double v = strtod(text, &end);
        if (end == text || *end != '\0' || !(v >= row->least && v <= row->most)) {
                command_line_complain("sitbone-sim", "--%s %s is not a number from %g to %.10g", row->name, text,
                                      row->least, row->most);
                return -EINVAL;
        }
        if (row->kind == REAL)
                *(double *)row->to = v;
        else if (row->kind == FLOAT)
                *(float *)row->to = (float)v;
        else
                *(int32_t *)row->to = (int32_t)v;
        return 0;
}

static int refuse_format(const char *name) {
        const char *near = NULL;

        suggest_nearest(name, FRAMES_CSV.name, &near);
        for (size_t i = 0; i < format_count(); i++)
                suggest_nearest(name, format_at(i)->name, &near);
        command_line_complain("sitbone-sim", "no format \"%s\"%s%s; sitbone-sim --help lists them", name,
                              near ? "; did you mean " : "", near ? near : "");
        return -EINVAL;
}

static const struct format *find_format(struct sim_options *o) {
        struct config_errors mistakes = {0};
        const struct format *ret = format_find(o->format_name, &o->described, &mistakes);

        for (int i = 0; i < mistakes.n && i < CONFIG_ERRORS_MAX; i++)
                command_line_complain("sitbone-sim", "%s", mistakes.text[i]);
        return ret;
}

static bool find_model(struct sim_options *o) {
        size_t i = 0;

        while (o->model != NULL && sim_model_name(i) != NULL && strcmp(sim_model_name(i), o->model) != 0)
                i++;
        o->model = sim_model_name(i);
        return o->model != NULL;
}

static void fill_open_sizes(struct sim_options *o) {
        struct settings_device *d = &o->device;
        const struct format *f = o->format;
        bool grid = f->cells == 0 && !*d->x_mm && !*f->x_mm;
        if (grid && f->rows == 0 && d->rows == 0)
                d->rows = BARE_ROWS;
        if (grid && f->cols == 0 && d->cols == 0)
                d->cols = BARE_ROWS;
        d->pitch_y_mm = d->pitch_x_mm;
        if (grid && d->pitch_x_mm == 0 && f->pitch_x_mm == 0) {
                d->pitch_x_mm = BARE_SPAN_MM / (float)(d->cols > 0 ? d->cols : f->cols);
                d->pitch_y_mm = BARE_SPAN_MM / (float)(d->rows > 0 ? d->rows : f->rows);
        }
        if (o->rate_hz == 0)
                o->rate_hz = f->rate_hz > 0 ? (double)f->rate_hz : 10;
}

static int check_options(struct sim_options *o) {
        if (o->help || o->version)
                return 0;
        if (o->format_name == NULL)
                return refuse_options("--format is missing", "");
        if (o->scenario == NULL)
                return refuse_options("--scenario is missing", "");
        if ((o->link == NULL) == (o->output == NULL))
                return refuse_options("give one of --link and --output", "");
        if (!find_model(o))
                return refuse_options("--model names no model", "");
        if (o->repeat && o->output != NULL && strcmp(o->output, "-") != 0)
                return refuse_options("--loop into a file would never end", "");
        o->csv = strcmp(o->format_name, FRAMES_CSV.name) == 0;
        o->format = !o->csv ? find_format(o) : *o->device.x_mm ? &FRAMES_CSV_SCATTERED : &FRAMES_CSV;
        if (o->format == NULL)
                return format_exists(o->format_name) ? -EINVAL : refuse_format(o->format_name);
        if (o->csv && o->link != NULL)
                return refuse_options("csv is no wire format: use --output, or another format", "");
        if (o->recording && (o->csv || o->link != NULL || strcmp(o->output, "-") == 0))
                return refuse_options("--recording needs a wire format and --output FILE", "");
        fill_open_sizes(o);
        return 0;
}

int sim_options_parse(int argc, char **argv, struct sim_options *ret) {
        struct sim_options o = {.speed = 1, .seed = 1};
        struct row rows[ROWS];
        struct option longs[ROWS + 1] = {0};
        int key;
        make_table(&o, rows);
        for (int i = 0; i < ROWS; i++)
                longs[i] = (struct option){rows[i].name, rows[i].kind == FLAG ? no_argument : required_argument, NULL,
                                           LONG_BASE + i};
        opterr = 0;
        command_line_translate(argc, argv);
        while ((key = getopt_long(argc, argv, ":hV", longs, NULL)) != -1) {
                if (key == 'h' || key == 'V')
                        *(key == 'h' ? &o.help : &o.version) = true;
                else if (key < LONG_BASE)
                        command_line_refuse(longs, key, argv[optind - 1], "sitbone-sim");
                else if (parse_value(&rows[key - LONG_BASE], optarg) < 0)
                        return -EINVAL;
        }
        if (optind < argc)
                return refuse_options("unexpected argument: ", argv[optind]);
        int r = check_options(&o);
        if (r < 0)
                return r;
        *ret = o;
        if (o.format == &o.described)
                ret->format = &ret->described;
        return 0;
}
