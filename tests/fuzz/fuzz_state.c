/* SPDX-License-Identifier: MIT */
/* The memory in the state directory may be anything: cut, damaged, of another version, written by somebody else. It is
 * refused or restored, and a pipeline that restored it keeps its rules. First byte: 0 = a slot of the file, otherwise
 * the bytes of the struct, and of the time since the save. */
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
#include "store/state.h"

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

static bool read_input(const uint8_t *data, size_t n, struct memory *ret, uint64_t *ret_elapsed_us) {
        *ret_elapsed_us = 90ull * 1000000;
        if (n > 0 && *data == 0)
                return !state_read_memory((const char *)data + 1, n - 1, ret);
        if (n < 1 + sizeof(*ret) + sizeof(*ret_elapsed_us))
                return false;
        memcpy(ret, data + 1, sizeof(*ret));
        memcpy(ret_elapsed_us, data + 1 + sizeof(*ret), sizeof(*ret_elapsed_us));
        return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
        uint64_t now_us = 1000ull * 3600 * 1000000, elapsed_us;
        struct memory memory, again;

        if (!read_input(data, n, &memory, &elapsed_us))
                return 0;
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
