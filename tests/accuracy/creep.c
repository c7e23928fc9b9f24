/* SPDX-License-Identifier: MIT */
/* How much of the creep of a pressed cell is taken off. Each file is one cell pressed by a robot for a minute or more
 * (frames CSV, unit=resistance). The reading a second after the press is the load; the error is what the load seems to
 * have become 90 s later (or at the end of a shorter press). The constant comes from another of the files, for all
 * ordered pairs: "kept" with that constant to the end, "learning" as the daemon does it, which starts from it.
 * Usage: accuracy_creep FILE FILE... */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "configure/settings.h"
#include "core/acquire/recording.h"
#include "core/condition/creep.h"
#include "util/file.h"

enum { FILES_MAX = 16, ROWS_MAX = 1 << 20, TICK_US = 250000 };

struct press {
        const char *path;
        uint32_t n, from, to; /* rows from..to-1 are pressed */
        double *t_s;
        float *value; /* share of full scale */
};

static struct creep creep;

static void take(void *userdata, const struct frame *frame, const struct recording_row *row) {
        struct press *p = userdata;

        (void)row;
        if (p->n < ROWS_MAX) {
                p->t_s[p->n] = (double)frame->arrived_us / 1e6;
                p->value[p->n++] = frame->raw[0];
        }
}

/* The longest stretch above half of the full scale. */
static void find_press(struct press *p) {
        for (uint32_t i = 0; i < p->n; i++) {
                uint32_t end = i;

                while (end < p->n && p->value[end] > 0.5F)
                        end++;
                if (end - i > p->to - p->from) {
                        p->from = i;
                        p->to = end;
                }
                i = end > i ? end : i;
        }
}

static bool load(struct press *p, const char *path) {
        static struct recording recording;
        static struct frame frame;
        struct settings settings;
        char error[RECORDING_ERROR_MAX], *data;
        size_t n;

        *p = (struct press){
                .path = path, .t_s = calloc(ROWS_MAX, sizeof(double)), .value = calloc(ROWS_MAX, sizeof(float))};
        settings_defaults(&settings);
        if (!p->t_s || !p->value || file_read(path, 64 << 20, &data, &n) < 0)
                return false;
        if (recording_open(&recording, data, n, NULL, &settings.device, error) < 0) {
                fprintf(stderr, "%s: %s\n", path, error);
                return false;
        }
        recording_each(&recording, &frame, take, p);
        for (uint32_t i = 0; i < p->n; i++)
                p->value[i] /= recording.layout.geometry.full_scale;
        free(data);
        find_press(p);
        return p->to > p->from && p->t_s[p->to - 1] - p->t_s[p->from] > 30;
}

static double mean(const struct press *p, const float *v, double after_s, double width_s) {
        double sum = 0, at_s = p->t_s[p->from] + after_s;
        int n = 0;

        for (uint32_t i = p->from; i < p->to; i++)
                if (fabs(p->t_s[i] - at_s) <= width_s) {
                        sum += (double)v[i];
                        n++;
                }
        return sum / n;
}

static double error_pct(const struct press *p, const float *v) {
        double length_s = p->t_s[p->to - 1] - p->t_s[p->from], late_s = fmin(90, length_s - 3);

        return 100 * (mean(p, v, late_s, 1) / mean(p, v, 1, 0.2) - 1);
}

/* The whole file through the model. Returns the constant it ended with. */
static float run(const struct press *p, float constant, bool learning, float *ret) {
        uint64_t due_us = 0;

        creep_init(&creep, 1);
        if (constant >= 0)
                creep_recall(&creep, constant);
        for (uint32_t i = 0; i < p->n; i++) {
                uint64_t now_us = (uint64_t)(p->t_s[i] * 1e6);

                ret[i] = p->value[i];
                if (now_us >= due_us) {
                        creep_tick(&creep, &p->value[i], true, now_us);
                        if (!learning)
                                creep_recall(&creep, constant);
                        due_us = now_us + TICK_US;
                }
                creep_remove(&creep, &ret[i]);
                if (i + 1 == p->to && learning)
                        constant = creep.constant;
        }
        return constant;
}

int main(int argc, char **argv) {
        static struct press press[FILES_MAX];
        static float after[ROWS_MAX], constant[FILES_MAX];
        int n = argc - 1 < FILES_MAX ? argc - 1 : FILES_MAX;
        double worst[3] = {0};

        if (n < 2) {
                fprintf(stderr, "usage: accuracy_creep FILE FILE...\n");
                return 2;
        }
        for (int i = 0; i < n; i++)
                if (!load(&press[i], argv[i + 1])) {
                        fprintf(stderr, "%s: no press of 30 s in it\n", argv[i + 1]);
                        return 1;
                }
        printf("%-44s %9s %9s\n", "file", "error %", "constant");
        for (int i = 0; i < n; i++) {
                double error = error_pct(&press[i], press[i].value);

                constant[i] = run(&press[i], -1, true, after);
                worst[0] = fmax(worst[0], fabs(error));
                printf("%-44.44s %9.1f %9.3f\n", press[i].path, error, (double)constant[i]);
        }
        printf("constant of -> file %27s %9s %9s\n", "before %", "kept %", "learning %");
        for (int i = 0; i < n; i++)
                for (int k = 0; k < n; k++) {
                        double kept, learning;

                        if (i == k)
                                continue;
                        run(&press[k], constant[i], false, after);
                        kept = error_pct(&press[k], after);
                        run(&press[k], constant[i], true, after);
                        learning = error_pct(&press[k], after);
                        worst[1] = fmax(worst[1], fabs(kept));
                        worst[2] = fmax(worst[2], fabs(learning));
                        printf("%4d -> %-4d %35.1f %9.1f %9.1f\n", i, k, error_pct(&press[k], press[k].value), kept,
                               learning);
                }
        printf("worst %41.1f %9.1f %9.1f\n", worst[0], worst[1], worst[2]);
        return 0;
}
