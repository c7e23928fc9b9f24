/* SPDX-License-Identifier: MIT */
/* Bytes -> a mat, settings, frames of any values and times, commands, restarts: whatever comes, the pipeline answers
 * with numbers in their ranges or NAN. Layout of the input: a head, then records of one verb byte and its arguments. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "configure/settings.h"
#include "core/pipeline.h"

#define REQUIRE(expr)                                                                                                 \
        do {                                                                                                          \
                if (!(expr))                                                                                          \
                        abort();                                                                                      \
        } while (0)

struct input {
        const uint8_t *at;
        size_t left;
};

static struct pipeline pipeline;
static struct snapshot snapshot;
static struct geometry geometry;
static struct exercise_catalogue exercises;
static struct settings settings;
static struct frame frame;
static struct memory memory;
static struct memory_tare tare;
static uint64_t now;

static uint8_t byte(struct input *in) {
        if (in->left == 0)
                return 0;
        in->left--;
        return *in->at++;
}

static float word(struct input *in) {
        uint8_t raw[4] = {byte(in), byte(in), byte(in), byte(in)};
        float ret;

        memcpy(&ret, raw, sizeof(ret));
        return ret;
}

/* Within a range, all bytes used: what a checked setting can be. */
static float between(struct input *in, float least, float most) {
        return least + (most - least) * (float)byte(in) / 255;
}

static void make_geometry(struct input *in, bool usual) {
        uint8_t kind = usual ? 0 : byte(in) % 3;

        memset(&geometry, 0, sizeof(geometry));
        geometry.kind = (enum geometry_kind)kind;
        geometry.rows = usual ? 16 : 1 + byte(in) % 64;
        geometry.cols = usual ? 16 : 1 + byte(in) % 64;
        geometry.n_cells = geometry.rows * geometry.cols;
        geometry.pitch_x_mm = usual ? 25 : between(in, 0.1F, 200);
        geometry.pitch_y_mm = usual ? 25 : between(in, 0.1F, 200);
        geometry.cell_cm2 = geometry.pitch_x_mm * geometry.pitch_y_mm / 100;
        geometry.full_scale = byte(in) % 2 ? 255 : between(in, 0.001F, 1e6F);
        for (uint32_t i = 0; i < geometry.n_cells; i++) {
                float x = (float)(i % geometry.cols) - (float)(geometry.cols - 1) / 2;
                float y = (float)(i / geometry.cols) - (float)(geometry.rows - 1) / 2;

                geometry.x_mm[i] = kind == GEOMETRY_UNPLACED ? 0 : x * geometry.pitch_x_mm;
                geometry.y_mm[i] = kind == GEOMETRY_UNPLACED ? 0 : y * geometry.pitch_y_mm;
        }
        for (uint32_t i = byte(in); i < geometry.n_cells; i += 97)
                geometry.masked[i] = 1;
        if (kind == GEOMETRY_SCATTERED)
                for (int i = 0; i < 8; i++) {
                        geometry.x_mm[byte(in) % geometry.n_cells] = between(in, -5000, 5000);
                        geometry.y_mm[byte(in) % geometry.n_cells] = between(in, -5000, 5000);
                }
        if (kind == GEOMETRY_UNPLACED)
                geometry.cell_cm2 = 1;
        if (kind != GEOMETRY_GRID)
                geometry.rows = geometry.cols = 0;
}

static void make_settings(struct input *in) {
        settings_defaults(&settings);
        settings.device.stale_ms = 200 + 200 * byte(in);
        settings.device.silence = settings.device.stale_ms / 200 % 3;
        settings.condition.tare = byte(in) % 2;
        settings.condition.stuck_mask = byte(in) % 2;
        settings.condition.noise_floor_pct = between(in, 0, 20);
        settings.condition.tare_s = between(in, 1, 600);
        settings.occupancy.person_area_cm2 = between(in, 10, 2000);
        settings.occupancy.person_load_cm2 = between(in, 0.1F, 2000);
        settings.occupancy.object_load_cm2 = between(in, 0.05F, 2000);
        settings.occupancy.release_pct = between(in, 10, 100);
        settings.occupancy.sit_s = between(in, 0, 30);
        settings.occupancy.stand_s = between(in, 0, 30);
        settings.posture.dwell_s = between(in, 0, 60);
        settings.posture.reference_s = between(in, 2, 60);
        settings.posture.hysteresis_pct = between(in, 0, 50);
        settings.posture.min_confidence = between(in, 0, 1);
        settings.sitting.break_s = between(in, 10, 3600);
        settings.alert.prompt_min = between(in, 1, 180);
        settings.alert.short_min = between(in, 0, 120);
        settings.alert.hold_max_s = between(in, 0, 1800);
        settings.alert.repeat_min = between(in, 0, 120);
        settings.alert.heads_up_s = between(in, 0, 600);
        settings.alert.adaptive = byte(in) % 2;
        settings.alert.trial = byte(in) % 2;
        settings.alert.coach = byte(in) % 2;
        settings.alert.quiet_hours.from_min = byte(in) * 1439 / 255;
        settings.alert.quiet_hours.to_min = byte(in) * 1439 / 255;
        settings.alert.quiet_days = byte(in) % 128;
}

/* NAN, or within. */
static void range(float x, float least, float most) {
        REQUIRE(isnan(x) || (x >= least && x <= most));
}

static void check_features(const struct features *f) {
        REQUIRE(f->load >= 0 && isfinite(f->load) && f->n_active <= f->n_cells && f->n_saturated <= f->n_cells);
        range(f->peak, 0, 1);
        range(f->ppi, 0, 1);
        range(f->asymmetry, -1, 1);
        range(f->front_share, 0, 1);
        range(f->cov, 0, 1e4F);
        range(f->cop_x_mm, -2e4F, 2e4F);
        range(f->cop_y_mm, -2e4F, 2e4F);
        range(f->width_mm, 0, 4e4F);
        range(f->movement, 0, 1e9F);
        range(f->cop_speed_mm_s, 0, 1e9F);
        REQUIRE(isnan(f->back_y_mm) || f->back_y_mm <= f->front_y_mm);
        REQUIRE(f->sit_bones.quality >= 0 && f->sit_bones.quality <= 1);
        REQUIRE(f->sit_bones.valid == !isnan(f->sit_bones.left_mm[0]));
        REQUIRE(!f->sit_bones.valid || (fabsf(f->asymmetry) <= 0.35F && geometry.kind == GEOMETRY_GRID));
        for (int b = 0; b < PROFILE_BANDS; b++)
                range(f->profile[b], 0, 1.0001F);
}

static void check_angle(const struct uncertain *a, const struct posture *p) {
        REQUIRE(isnan(a->value) == isnan(a->sd));
        REQUIRE(isnan(a->value) || (p->referenced && p->occupancy == OCCUPANCY_PERSON && a->sd > 0 && a->sd < 90));
        range(a->value, -90, 90);
}

static void check_posture(const struct posture *p) {
        bool person = p->occupancy == OCCUPANCY_PERSON;

        REQUIRE(p->occupancy < OCCUPANCY_N && p->posture_class < POSTURE_N);
        REQUIRE(p->confidence >= 0 && p->confidence <= 1);
        REQUIRE(p->occupancy_since_us <= now && p->class_since_us <= now);
        REQUIRE((p->posture_class == POSTURE_VACANT) == (p->occupancy == OCCUPANCY_VACANT));
        REQUIRE(person || p->posture_class == POSTURE_VACANT || p->posture_class == POSTURE_UNKNOWN);
        REQUIRE(person || (isnan(p->asymmetry) && !p->shifting));
        check_angle(&p->tilt_deg, p);
        check_angle(&p->obliquity_deg, p);
}

static void check_alerts(const struct alerts *all) {
        for (int k = 0; k < ALERT_KIND_N; k++) {
                const struct alert *a = &all->of[k];

                REQUIRE(!(a->open && a->withdrawn) && a->outcome < ALERT_OUTCOME_N && a->moment < ALERT_MOMENT_N);
                REQUIRE(a->exercise >= -1 && all->plan[k].inhibits < 1U << ALERT_INHIBIT_N);
                if (a->changes & (ALERT_RAISED | ALERT_REPEATED | ALERT_HEADS_UP))
                        REQUIRE(!all->snoozed_until_us && !all->paused_until_us && !all->inhibitors &&
                                !all->quiet_until_us);
        }
}

static void check_map(const struct map *m) {
        REQUIRE(m->n_cells == geometry.n_cells && m->n_active <= m->n_cells && m->n_stuck + m->n_dead <= m->n_cells);
        REQUIRE(m->quality >= 0 && m->quality <= 1 && m->n_filled <= m->n_stuck + m->n_dead);
        REQUIRE(m->drift >= 0 && m->drift <= 1);
        for (uint32_t i = 0; i < m->n_cells; i++) {
                REQUIRE(m->load[i] >= 0 && m->load[i] <= 1);
                REQUIRE(m->trusted[i] || m->load[i] == 0 || m->n_filled > 0);
                REQUIRE(!geometry.masked[i] || m->load[i] == 0);
                REQUIRE(!geometry.masked[i] || !m->trusted[i]);
        }
}

static void step(bool fresh) {
        uint64_t due = pipeline_step(&pipeline, fresh ? &frame : NULL, now, &snapshot);

        REQUIRE(due > 0);
        if (fresh) {
                check_map(&snapshot.map);
                check_features(&snapshot.features);
        }
        check_posture(&snapshot.posture);
        check_alerts(&snapshot.alerts);
}

/* 1 at the middle, falling to a quarter at 30 mm. */
static float bump(float dx, float dy) {
        float fall = 1 + (dx * dx + dy * dy) / 900;

        return 1 / (fall * fall);
}

/* A sitter of fuzzed shape, so that the deep states are reached ... */
static void fill_sitter(struct input *in) {
        float x = between(in, -40, 40), y = between(in, -120, 40), half = between(in, 30, 90);
        float left = between(in, 0.2F, 1.2F), right = left * between(in, 0.3F, 1.7F),
              soft = left * between(in, 0, 0.4F);

        for (uint32_t i = 0; i < geometry.n_cells; i++) {
                float dx = geometry.x_mm[i] - x, dy = geometry.y_mm[i] - y;
                float seat = fabsf(dx) < 160 && dy > -90 && dy < 230 ? soft : 0;

                frame.raw[i] = geometry.full_scale * (seat + left * bump(dx + half, dy) + right * bump(dx - half, dy));
        }
}

/* ... an even load on part of the cells ... */
static void fill_plate(struct input *in) {
        float base = (float)byte(in) / 255 * geometry.full_scale, top = (float)byte(in) / 128 * geometry.full_scale;
        uint32_t from = byte(in) * geometry.n_cells / 256, to = byte(in) * geometry.n_cells / 256;

        for (uint32_t i = 0; i < geometry.n_cells; i++)
                frame.raw[i] = i >= from && i < to ? top : base;
}

/* ... and single cells of any value at all. */
static void fill(struct input *in) {
        uint8_t how = byte(in);

        if (how % 4 == 0)
                fill_plate(in);
        else if (how % 4 < 3)
                fill_sitter(in);
        for (int n = how / 16; n > 0; n--) {
                uint32_t cell = (byte(in) * 256U + byte(in)) % geometry.n_cells;

                frame.raw[cell] = word(in);
        }
}

static void pass_frames(struct input *in, int n) {
        uint64_t gap = (uint64_t)byte(in) * byte(in) * 100;
        uint8_t odd = byte(in);

        for (int i = 0; i < n; i++) {
                now += gap;
                frame.seq++;
                frame.n_cells = geometry.n_cells;
                /* the time of arrival is at or before now; sometimes nonsense */
                frame.arrived_us = odd % 8 == 0 ? now - (now < odd ? now : odd) : odd == 1 ? now / 2 : now;
                step(true);
        }
}

static void command(struct input *in) {
        struct command c = {.type = (enum command_type)(byte(in) % (COMMAND_TYPE_N + 1)),
                            .minutes = byte(in),
                            .target = (enum calibrate_target)(byte(in) % CALIBRATE_TARGET_N)};

        c.on = c.minutes % 2;
        if (c.minutes % 3 == 0)
                memcpy(c.name, "desktop", sizeof("desktop"));
        REQUIRE(pipeline_command(&pipeline, &c, now, &snapshot, &(struct command_answer){0}) < COMMAND_RESULT_N);
}

/* The clock on the wall is set to anything. */
static void set_clock(struct input *in) {
        struct wall_clock clock = {.known = byte(in) % 4 > 0,
                                   .now_us = now,
                                   .day_us = (uint64_t)byte(in) * 86399 / 255 * 1000000,
                                   .weekday = byte(in) % 7};

        pipeline_set_clock(&pipeline, &clock);
}

static void restart(struct input *in) {
        uint64_t elapsed = (uint64_t)byte(in) * 10000000;

        pipeline_remember(&pipeline, now, &memory);
        condition_remember(&pipeline.condition, &tare);
        if (byte(in) % 4 == 0) {
                memory.reference.value[byte(in) % MEMORY_REFERENCE_N] = word(in);
                tare.baseline[byte(in)] = word(in);
        }
        now += elapsed;
        pipeline_init(&pipeline, &settings, &geometry, &exercises);
        pipeline.alert.trial.seed = 1;
        memset(&snapshot, 0, sizeof(snapshot));
        pipeline_recall(&pipeline, &memory, elapsed, now);
        condition_recall(&pipeline.condition, &tare);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
        struct input in = {data, size < 4096 ? size : 4096};
        bool usual;

        now = 1000000;
        memset(&frame, 0, sizeof(frame));
        memset(&snapshot, 0, sizeof(snapshot));
        usual = byte(&in) % 2; /* half of all: an ordinary mat with the defaults, for depth; the others for breadth */
        make_geometry(&in, usual);
        if (usual)
                settings_defaults(&settings);
        else
                make_settings(&in);
        pipeline_init(&pipeline, &settings, &geometry, &exercises);
        pipeline.alert.trial.seed = 1;
        while (in.left > 0)
                switch (byte(&in) % 8) {
                case 0:
                        now += (uint64_t)byte(&in) * 1000000;
                        step(false);
                        break;
                case 1:
                        command(&in);
                        break;
                case 2:
                        restart(&in);
                        break;
                case 3:
                        make_settings(&in);
                        pipeline_configure(&pipeline, &settings);
                        break;
                case 4:
                        set_clock(&in);
                        pipeline_new_day(&pipeline, now);
                        break;
                case 5:
                        fill(&in);
                        break;
                default:
                        pass_frames(&in, 1 + byte(&in) % 16);
                        break;
                }
        return 0;
}
