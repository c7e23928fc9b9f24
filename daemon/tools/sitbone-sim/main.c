/* SPDX-License-Identifier: MIT */
/* sitbone-sim: a virtual mat. A sitter of bones and flesh with known truth, written as the wire bytes of any mat in the
 * format table, or as frames CSV.
 *
 *   scenario -> scene (sitter: pose -> body: figure -> contact: pressure) -> sensor -> encoder -> pty or file */
#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "core/acquire/encoder.h"
#include "recording/recorder.h"
#include "tools/sitbone-sim/options.h"
#include "tools/sitbone-sim/output.h"
#include "util/file.h"
#include "util/version.h"

enum { OK = 0, FAILED = 1, WRONG_USE = 2 };
static const float UNPLACED_SPAN_MM = 400;

enum { SCENARIO_LIMIT = 4 * 1024 * 1024, LATE_NS = 500000000, REST_NS = 1000000 };

struct sim {
        struct sim_options options;
        struct layout layout;
        struct sim_scenario scenario;
        struct sim_scene scene;
        struct sim_sensor sensor;
        struct sim_line line;
        FILE *out, *truth;
        struct recorder recorder;
        float raw[CELLS_MAX], sent[CELLS_MAX];
        bool sent_any;
        uint8_t bytes[SIM_CSV_MAX > (int)ENCODER_SIZE_MAX ? SIM_CSV_MAX : (int)ENCODER_SIZE_MAX];
};

static volatile sig_atomic_t stopped; /* the one thing a signal handler may touch */

static void request_stop(int signal_number) {
        (void)signal_number;
        stopped = 1;
}

static void catch_signals(void) {
        struct sigaction a = {.sa_handler = request_stop};
        sigaction(SIGINT, &a, NULL);
        sigaction(SIGTERM, &a, NULL);
        sigaction(SIGHUP, &a, NULL);
        signal(SIGPIPE, SIG_IGN);
}

static int read_scenario(struct sim *s) {
        char *text = NULL, error[SIM_ERROR_MAX];
        size_t n = 0;
        int r = file_read(s->options.scenario, SCENARIO_LIMIT, &text, &n);
        if (r < 0) {
                fprintf(stderr, "sitbone-sim: %s: %s\n", s->options.scenario, strerror(-r));
                return FAILED;
        }
        r = sim_scenario_parse(s->options.scenario, text, n, &s->scenario, error);
        free(text);
        if (r < 0) {
                fprintf(stderr, "%s\n", error);
                return WRONG_USE;
        }
        return OK;
}

static FILE *open_file(const char *path) {
        FILE *f = strcmp(path, "-") == 0 ? stdout : fopen(path, "we");
        if (f == NULL)
                fprintf(stderr, "sitbone-sim: %s: %s\n", path, strerror(errno));
        return f;
}

static int open_recording(struct sim *s) {
        struct settings_device d = s->options.device;
        int r;
        snprintf(d.device, sizeof(d.device), "sitbone-sim");
        snprintf(d.format, sizeof(d.format), "%s", s->options.format_name);
        r = recorder_open(&s->recorder, s->options.output, &d, 0, true, true);
        if (r < 0)
                fprintf(stderr, "sitbone-sim: %s: %s\n", s->options.output, strerror(-r));
        return r < 0 ? FAILED : OK;
}

static int open_all(struct sim *s) {
        const struct sim_options *o = &s->options;
        if (o->link != NULL) {
                int r = sim_line_open(&s->line, o->link);
                if (r < 0) {
                        fprintf(stderr, "sitbone-sim: %s: %s\n", o->link, strerror(-r));
                        return FAILED;
                }
        } else if (o->recording) {
                if (open_recording(s) != OK)
                        return FAILED;
        } else if ((s->out = open_file(o->output)) == NULL) {
                return FAILED;
        }
        if (o->truth != NULL && (s->truth = open_file(o->truth)) == NULL)
                return FAILED;
        if (s->truth != NULL)
                sim_truth_head(s->truth);
        if (o->csv)
                sim_csv_head(s->out, &s->layout.geometry, o->rate_hz, s->scenario.mat.full_scale_kpa);
        return OK;
}

/* A mat that sends only changes stays quiet until a cell has moved far enough from the last frame that it sent. */
static bool is_worth_sending(struct sim *s) {
        bool changed = !s->sent_any || s->options.only_changes <= 0;

        for (uint32_t k = 0; k < s->layout.geometry.n_cells && !changed; k++)
                changed = fabs((double)(s->raw[k] - s->sent[k])) > s->options.only_changes;
        if (changed)
                memcpy(s->sent, s->raw, sizeof(s->sent));
        s->sent_any = true;
        return changed;
}

/* One frame at scenario time t. 0, or a negative errno. */
static int write_frame(struct sim *s, double t, const struct sim_truth *truth) {
        const struct sim_options *o = &s->options;
        size_t n;
        sim_sensor_scan(&s->sensor, &s->scene.contact, 1 / o->rate_hz, s->raw);
        if (o->csv)
                n = sim_csv_row((char *)s->bytes, &s->layout.geometry, t, truth, s->raw);
        else
                n = format_encode(o->format, &s->layout, s->raw, s->bytes, sizeof(s->bytes));
        if (n == 0)
                return -EMSGSIZE;
        if (s->truth != NULL) {
                sim_truth_row(s->truth, t, truth);
                if (o->link != NULL && fflush(s->truth) != 0) /* the file may be read while this runs */
                        return -errno;
        }
        if (!is_worth_sending(s))
                return 0;
        if (o->link != NULL)
                return sim_line_send(&s->line, s->bytes, n);
        if (o->recording)
                return recorder_add(&s->recorder, (uint64_t)(t * 1e6 + 0.5), s->bytes, n);
        return fwrite(s->bytes, 1, n, s->out) == n ? 0 : -errno;
}

static long long ns_between(const struct timespec *from, const struct timespec *to) {
        return (to->tv_sec - from->tv_sec) * 1000000000LL + to->tv_nsec - from->tv_nsec;
}

/* Sends the rest of a frame that is larger than the buffer of a pty, while the reader reads. 0, or a negative errno. */
static int send_rest(struct sim_line *l, const struct timespec *due) {
        static const struct timespec pause = {.tv_nsec = REST_NS};
        struct timespec now;
        int r;
        while ((r = sim_line_flush(l)) > 0 && !stopped) {
                clock_gettime(CLOCK_MONOTONIC, &now);
                if (ns_between(&now, due) < REST_NS)
                        return 0;
                nanosleep(&pause, NULL);
        }
        return r < 0 ? r : 0;
}

/* Sleeps until the next frame is due. After a long stop (suspend, debugger) it continues from now, as a mat would. 0, or a
 * negative errno. */
static int wait_for_next_frame(struct sim_line *l, struct timespec *due, double period_s) {
        struct timespec now;
        long long ns = due->tv_nsec + (long long)(period_s * 1e9);
        due->tv_sec += (time_t)(ns / 1000000000);
        due->tv_nsec = (long)(ns % 1000000000);
        int r = send_rest(l, due);
        clock_gettime(CLOCK_MONOTONIC, &now);
        long long late = ns_between(due, &now);
        if (late > LATE_NS)
                *due = now;
        else if (late < 0)
                clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, due, NULL);
        return r;
}

static int play_scenario(struct sim *s) {
        const struct sim_options *o = &s->options;
        struct timespec due;
        clock_gettime(CLOCK_MONOTONIC, &due);
        for (uint64_t i = 0; !stopped; i++) {
                struct sim_truth truth;
                double t = (double)i / o->rate_hz;
                if (!sim_scene_step(&s->scene, t, o->repeat, &truth))
                        return 0;
                int r = write_frame(s, t, &truth);
                if (r < 0)
                        return r;
                if (o->link != NULL && (r = wait_for_next_frame(&s->line, &due, 1 / (o->rate_hz * o->speed))) < 0)
                        return r;
        }
        return 0;
}

static int close_file(FILE *f) {
        if (f == NULL)
                return 0;
        int failed = ferror(f) || fflush(f) != 0 ? -EIO : 0;
        return f == stdout ? failed : fclose(f) == 0 ? failed : -errno;
}

/* The positions of the cells of this mat are unknown: place them in rows of a square, from the back left. */
static void place_cells(struct geometry *g) {
        uint32_t across = (uint32_t)ceil(sqrt(g->n_cells)), down = (g->n_cells + across - 1) / across;
        g->pitch_x_mm = g->pitch_y_mm = UNPLACED_SPAN_MM / (float)across;
        for (uint32_t i = 0; i < g->n_cells; i++) {
                const uint32_t row = i / across, col = i % across;

                g->x_mm[i] = ((float)col - (float)(across - 1) / 2) * g->pitch_x_mm;
                g->y_mm[i] = ((float)row - (float)(down - 1) / 2) * g->pitch_y_mm;
        }
}

static int run_simulation(struct sim *s) {
        const char *wrong = layout_build(s->options.format, &s->options.device, &s->layout);
        if (wrong != NULL) {
                fprintf(stderr, "sitbone-sim: %s\n", wrong);
                return WRONG_USE;
        }
        if (s->layout.geometry.kind == GEOMETRY_UNPLACED)
                place_cells(&s->layout.geometry);
        int r = read_scenario(s);
        if (r != OK)
                return r;
        uint64_t seed = (uint64_t)s->options.seed;
        sim_scene_init(&s->scene, &s->scenario, seed);
        sim_sensor_init(&s->sensor, &s->scenario.mat, &s->layout.geometry, seed);
        catch_signals();
        r = open_all(s);
        if (r != OK)
                return r;
        r = play_scenario(s);
        if (r < 0 && r != -EPIPE)
                fprintf(stderr, "sitbone-sim: writing: %s\n", strerror(-r));
        return r < 0 ? FAILED : OK;
}

int main(int argc, char **argv) {
        struct sim *s = calloc(1, sizeof(*s));
        if (s == NULL) {
                fputs("sitbone-sim: out of memory\n", stderr);
                return FAILED;
        }
        s->line.fd = s->recorder.fd = -1;
        int r = WRONG_USE;
        if (sim_options_parse(argc, argv, &s->options) == 0) {
                r = OK;
                if (s->options.version)
                        printf("sitbone-sim %s\n", sitbone_version);
                else if (s->options.help)
                        sim_options_help();
                else
                        r = run_simulation(s);
        }
        sim_line_close(&s->line);
        if (s->recorder.fd >= 0 && recorder_close(&s->recorder) < 0)
                r = r == OK ? FAILED : r;
        if (close_file(s->out) < 0 || close_file(s->truth) < 0)
                r = r == OK ? FAILED : r;
        free(s);
        return r;
}
