/* SPDX-License-Identifier: MIT */
/* sitbonectl calibrate response: computes the response curves of a mat from a recording with known loads on it. */
#include <errno.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "configure/response_curve.h"
#include "core/condition/condition.h"
#include "tools/sitbonectl/commands.h"
#include "tools/sitbonectl/source.h"

/* A load during a part of the recording: newtons in all, spread evenly over the cells that it presses. */
struct known_load {
        const char *text;
        double newton, from_s, to_s;
        uint32_t frames;
        double sum[CELLS_MAX]; /* readings, share of full scale */
};

struct measurement {
        struct condition condition;
        struct map map;
        uint32_t n_cells, n;
        bool tared;
        struct known_load of[RESPONSE_POINTS_MAX];
};

/* Parses "N=FROM-TO". */
static bool parse_load(const char *text, struct known_load *ret) {
        char *end;

        *ret = (struct known_load){.text = text};
        ret->newton = strtod(text, &end);
        if (end == text || *end != '=')
                return false;
        return ret->newton > 0 && ret->newton <= 1e5 && parse_span(end + 1, &ret->from_s, &ret->to_s);
}

static int parse_loads(const struct options *options, struct measurement *m) {
        if (options->load.n < 1 || options->load.n > RESPONSE_POINTS_MAX) {
                complain("calibrate response: 1 to %d times --load N=FROM-TO", RESPONSE_POINTS_MAX);
                return STATUS_USAGE;
        }
        for (; m->n < (uint32_t)options->load.n; m->n++)
                if (!parse_load(options->load.of[m->n], &m->of[m->n])) {
                        complain("--load %s: must be N=FROM-TO, newtons and seconds of the recording, as in 98=20-30",
                                 options->load.of[m->n]);
                        return STATUS_USAGE;
                }
        return STATUS_DONE;
}

static void on_frame(void *userdata, const struct frame *frame, const struct recording_row *row) {
        struct measurement *m = userdata;
        const double t_s = source_time_s(frame->arrived_us);

        (void)row;
        condition_step(&m->condition, frame, &m->map);
        for (uint32_t k = 0; k < m->n; k++) {
                struct known_load *l = &m->of[k];

                if (t_s < l->from_s || t_s >= l->to_s)
                        continue;
                m->tared = m->map.tared && (m->tared || l->frames == 0);
                l->frames++;
                for (uint32_t i = 0; i < m->n_cells; i++)
                        l->sum[i] += m->map.trusted[i] ? (double)m->map.load[i] : 0;
        }
}

struct point {
        double load_n; /* newtons on each pressed cell */
        double mean;   /* mean reading of the pressed cells */
        const struct known_load *known;
};

static int compare_loads(const void *a, const void *b) {
        const struct point *x = a, *y = b;

        return (x->load_n > y->load_n) - (x->load_n < y->load_n);
}

static int make_point(const struct known_load *l, uint32_t n_cells, double floor, struct point *ret) {
        uint32_t pressed = 0;
        double sum = 0;

        for (uint32_t i = 0; i < n_cells && l->frames > 0; i++)
                if (l->sum[i] / l->frames > floor) {
                        pressed++;
                        sum += l->sum[i] / l->frames;
                }
        if (pressed == 0) {
                complain("--load %s: %s", l->text,
                         l->frames ? "no cell is loaded then" : "the recording has no frame then");
                return STATUS_FAILED;
        }
        *ret = (struct point){l->newton / pressed, sum / pressed, l};
        return STATUS_DONE;
}

/* Reading of a cell relative to the mean of the cells pressed with it, over all loads that pressed it. */
static double estimate_gain(const struct point *points, uint32_t n, uint32_t cell, double floor) {
        double own = 0, mean = 0;

        for (uint32_t k = 0; k < n; k++) {
                double reading = points[k].known->sum[cell] / points[k].known->frames;

                own += reading > floor ? reading : 0;
                mean += reading > floor ? points[k].mean : 0;
        }
        return mean > 0 ? own / mean : 1;
}

/* Uses a cell's own readings where it was pressed; elsewhere the mean curve times its gain. The curve always rises. */
static void make_cell(const struct point *points, uint32_t n, uint32_t cell, double floor, double full,
                      struct response *ret) {
        const double gain = estimate_gain(points, n, cell, floor);
        double last = 0;

        for (uint32_t k = 0; k < n; k++) {
                double reading = points[k].known->sum[cell] / points[k].known->frames;

                if (!(reading > floor))
                        reading = gain * points[k].mean;
                if (!(reading > last * 1.001))
                        reading = last * 1.001 + 1e-4;
                last = reading;
                ret->value[k][cell] = (float)(reading * full);
        }
}

static int make_response(const struct measurement *m, float full_scale, struct response *ret) {
        struct point points[RESPONSE_POINTS_MAX];
        const double floor = (double)m->map.floor;

        for (uint32_t k = 0; k < m->n; k++)
                if (make_point(&m->of[k], m->n_cells, floor, &points[k]) != STATUS_DONE)
                        return STATUS_FAILED;
        if (!m->tared) {
                complain("the seat is not empty before the first load; record ten empty seconds first");
                return STATUS_FAILED;
        }
        qsort(points, m->n, sizeof(points[0]), compare_loads);
        for (uint32_t k = 1; k < m->n; k++)
                if (!(points[k].load_n > points[k - 1].load_n * 1.001) ||
                    !(points[k].mean > points[k - 1].mean * 1.01)) {
                        complain(
                                "--load %s and --load %s: the cells do not read more under more load; check that each "
                                "load is spread evenly and no cell is saturated",
                                points[k - 1].known->text, points[k].known->text);
                        return STATUS_FAILED;
                }
        ret->n_cells = m->n_cells;
        ret->n_points = m->n;
        for (uint32_t k = 0; k < m->n; k++)
                ret->load_n[k] = (float)points[k].load_n;
        for (uint32_t i = 0; i < m->n_cells; i++)
                make_cell(points, m->n, i, floor, (double)full_scale, ret);
        return STATUS_DONE;
}

static int write_file(const char *path, const struct response *response) {
        FILE *f = path ? fopen(path, "wxe") : stdout;
        bool failed;

        if (!f) {
                complain("%s: %s", path, strerror(errno));
                return STATUS_FAILED;
        }
        response_print(f, response);
        if (f == stdout)
                return STATUS_DONE;
        failed = ferror(f) != 0;
        if (fclose(f) != 0 || failed) {
                complain("%s: %s", path, strerror(errno));
                unlink(path); /* an existing file would make the next attempt fail */
                return STATUS_FAILED;
        }
        fprintf(stderr, "%s: %u loads, %u cells; to use it, set [condition] response_file = %s\n", path,
                response->n_points, response->n_cells, path);
        return STATUS_DONE;
}

static int measure_loads(struct source *source, struct measurement *m, const char *output) {
        const struct geometry *g = &source->recording.layout.geometry;
        struct response *response;
        char error[RECORDING_ERROR_MAX];
        int status = source_open(source, error);

        if (status != STATUS_DONE) {
                complain("%s: %s", source->path, error);
                return status;
        }
        m->n_cells = g->n_cells;
        source->settings.condition.response = RESPONSE_LINEAR; /* a curve is measured in readings */
        condition_init(&m->condition, &source->settings.condition, g);
        recording_each(&source->recording, &source->frame, on_frame, m);
        response = calloc(1, sizeof(*response));
        status = response ? make_response(m, g->full_scale, response) : STATUS_FAILED;
        if (status == STATUS_DONE)
                status = write_file(output, response);
        free(response);
        return status;
}

static int run_response(const struct options *options) {
        struct measurement *m = calloc(1, sizeof(*m));
        struct source *source;
        int status = m ? parse_loads(options, m) : STATUS_FAILED;

        if (status == STATUS_DONE) {
                status = source_load(options, &source);
                if (status == STATUS_DONE) {
                        status = measure_loads(source, m, options->output);
                        source_free(source);
                }
        }
        free(m);
        return status;
}

const struct ctl_command response_command = {
        .name = "calibrate response",
        .arguments = "RECORDING",
        .min_args = 1,
        .max_args = 1,
        .summary = "compute response curves of the mat from known loads",
        .examples =
                "  sitbonectl calibrate response loads.sbr --load 49=20-30 --load 98=40-50 --output mat.response\n",
        .notes = "Record ten seconds of the empty seat, then one known load after the other for half a minute "
                 "each, every one spread evenly: a water bag, or a board on soft foam. 10 kg weigh 98 newtons. "
                 "1 to 8 loads.",
        .options = {{"load", "N newtons in all lay on the mat from second FROM to TO of the recording"},
                    {"output", "file for the curves, must not exist (default: standard output)"},
                    {"config", "settings for reading the recording (rows, full_scale, rotate, ...)"},
                    {"format", "RECORDING holds raw wire bytes of this format"}},
        .streams = STREAMS_TEXT,
        .run = run_response,
};
