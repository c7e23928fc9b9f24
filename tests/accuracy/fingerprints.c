/* SPDX-License-Identifier: MIT */
/* Prints the fingerprints of a frames CSV as the estimator sees them, default settings: a line for each new one, seconds
 * since the first frame, then the numbers. choose_taught.py chooses the constants of the taught postures with it.
 * Usage: accuracy_fingerprints FILE */
#include <stdio.h>
#include <stdlib.h>

#include "configure/settings.h"
#include "core/acquire/recording.h"
#include "core/pipeline.h"
#include "util/file.h"

struct printer {
        struct pipeline pipeline;
        struct snapshot snapshot;
        struct exercise_catalogue exercises;
        uint64_t first_us, at_us; /* of the recording, of the last fingerprint */
};

static void print_fingerprint(void *userdata, const struct frame *frame, const struct recording_row *row) {
        struct printer *p = userdata;
        const struct features *f = &p->snapshot.features;

        (void)row;
        if (p->first_us == 0)
                p->first_us = frame->arrived_us;
        pipeline_step(&p->pipeline, frame, frame->arrived_us, &p->snapshot);
        if (f->fingerprint_at_us == p->at_us)
                return;
        p->at_us = f->fingerprint_at_us;
        printf("%.3f", (double)(p->at_us - p->first_us) / 1e6);
        for (uint32_t i = 0; i < f->n_fingerprint; i++)
                printf(",%.7g", (double)f->fingerprint[i]);
        putchar('\n');
}

int main(int argc, char **argv) {
        static struct recording recording;
        static struct printer printer;
        static struct frame frame;
        struct settings settings;
        char error[RECORDING_ERROR_MAX], *data;
        size_t n;

        settings_defaults(&settings);
        settings.device.stale_ms = 3600000; /* slow recordings are not silent between two frames */
        if (argc != 2 || file_read(argv[1], 64 << 20, &data, &n) < 0)
                return 2;
        if (recording_open(&recording, data, n, NULL, &settings.device, error) < 0) {
                fprintf(stderr, "%s: %s\n", argv[1], error);
                return 1;
        }
        pipeline_init(&printer.pipeline, &settings, &recording.layout.geometry, &printer.exercises);
        recording_each(&recording, &frame, print_fingerprint, &printer);
        free(data);
        return 0;
}
