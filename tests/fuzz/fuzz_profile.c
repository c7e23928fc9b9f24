/* SPDX-License-Identifier: MIT */
/* A profile in the state directory may be anything. It is refused with a reason, or accepted, and an estimator that
 * got it keeps its rules. First byte: 0 = a file, otherwise the bytes of the struct. */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "configure/settings.h"
#include "core/acquire/formats.h"
#include "core/acquire/layout.h"
#include "core/estimate/estimate.h"
#include "core/pipeline.h"
#include "store/profiles.h"

static struct layout layout;
static struct pipeline pipeline;
static struct snapshot snapshot;
static struct exercise_catalogue exercises;
static struct settings settings;
static struct profile profile;
static struct frame frame;

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerInitialize(int *argc, char ***argv) {
        (void)argc;
        (void)argv;
        settings_defaults(&settings);
        settings.device.rows = settings.device.cols = 8;
        if (layout_build(format_by_name("csv-line"), &settings.device, &layout))
                abort();
        frame.n_cells = layout.geometry.n_cells;
        return 0;
}

static void use_profile(void) {
        float likeness, sure;

        pipeline_init(&pipeline, &settings, &layout.geometry, &exercises);
        estimate_load_profile(&pipeline.estimate, &profile, 1, layout.geometry.n_cells);
        for (int i = 0; i < 40; i++) {
                frame.seq++;
                frame.arrived_us += 100000;
                for (uint32_t c = 0; c < frame.n_cells; c++)
                        frame.raw[c] = i < 5 ? 0 : 300 + (float)((c * 37 + (uint32_t)i) % 200);
                pipeline_step(&pipeline, &frame, frame.arrived_us, &snapshot);
                if (isinf(snapshot.posture.tilt_deg.value) || snapshot.posture.tilt_deg.sd < 0)
                        abort();
        }
        if (snapshot.learning.n_taught > TAUGHT_MAX || snapshot.learning.stale >= STALE_REASON_N)
                abort();
        estimate_record_sit(&pipeline.estimate);
        estimate_report_learning(&pipeline.estimate, &snapshot.learning);
        if (snapshot.posture.place.verdict >= PLACE_VERDICT_N || isinf(snapshot.posture.place.moved_x_mm))
                abort();
        likeness = sitter_baseline_likeness(&profile.baseline, profile.baseline.mean);
        sitter_baseline_identify(&likeness, 1, &sure);
        if (sure < 0 || sure > 1)
                abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
        if (n == 0)
                return 0;
        if (*data == 0) {
                if (!profile_read((const char *)data + 1, n - 1, "anna", &profile))
                        use_profile();
                return 0;
        }
        memset(&profile, 0, sizeof(profile));
        memcpy(&profile, data + 1, n - 1 < sizeof(profile) ? n - 1 : sizeof(profile));
        if (!profile_check(&profile))
                use_profile();
        return 0;
}
