/* SPDX-License-Identifier: MIT */
/* What is found in the state directory may be anything: cut, damaged, of another version, written by somebody else. It is
 * taken up or refused, and a pipeline that took it up goes on within its rules. */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "configure/settings.h"
#include "core/acquire/formats.h"
#include "core/acquire/layout.h"
#include "core/pipeline.h"
#include "sitbone/memory.h"

static struct layout layout;
static struct pipeline pipeline;
static struct snapshot snapshot;
static struct exercise_catalogue exercises;
static struct settings settings;

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerInitialize(int *argc, char ***argv) {
        (void)argc;
        (void)argv;
        settings_defaults(&settings);
        if (layout_build(format_by_name("jq-seat-32"), &settings.device, &layout))
                abort();
        return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
        uint64_t now_us = 1000ull * 3600 * 1000000, elapsed_us = 0;
        struct memory memory, again;

        if (n < sizeof(memory) + sizeof(elapsed_us))
                return 0;
        memcpy(&memory, data, sizeof(memory));
        memcpy(&elapsed_us, data + sizeof(memory), sizeof(elapsed_us));
        pipeline_init(&pipeline, &settings, &layout.geometry, &exercises);
        pipeline_recall(&pipeline, &memory, elapsed_us % now_us, now_us);
        for (int i = 0; i < 4; i++) {
                now_us += 30ull * 1000000;
                pipeline_step(&pipeline, NULL, now_us, &snapshot);
                if (snapshot.sitting.bout_started_us > now_us || snapshot.sitting.phase >= SITTING_PHASE_N)
                        abort();
        }
        pipeline_remember(&pipeline, now_us, &again);
        return 0;
}
