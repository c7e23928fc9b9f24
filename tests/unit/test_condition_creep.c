/* SPDX-License-Identifier: MIT */
/* Creep is removed and learnt from a sitter who sits still, not from one who moves; response curves. */
#include "core/condition/condition.h"
#include "sitter.h"

static const struct settings_condition SETTINGS = {true, 1.5F, 5, true, 0, true};
static struct geometry geometry;
static struct condition condition;
static struct frame frame;
static struct map map;
static struct response response;
static uint64_t now;

/* The load that has lain on a cell for long, and the load that came on top later, each with its time. */
static struct layer {
        float load;
        double s;
} old[CELLS_MAX], top[CELLS_MAX];

static void begin(void) {
        grid(&geometry, 16, 16, 25);
        condition_init(&condition, &SETTINGS, &geometry);
        memset(&frame, 0, sizeof(frame));
        memset(old, 0, sizeof(old));
        memset(top, 0, sizeof(top));
        now = 1000000;
}

static float read_crept(struct layer *l, float constant) {
        l->s += 0.1;
        return l->load * (1 + constant * (float)log10(1 + l->s / 2));
}

/* A foil in logarithmic time, not the model's own exponentials: each part of the load reads 1 + constant * log10(1 +
 * t / 2 s) of itself. */
static float read_foil(uint32_t cell, float load, float constant) {
        struct layer *o = &old[cell], *t = &top[cell];

        if (load <= o->load) {
                o->load = load;
                *t = (struct layer){0};
        } else if (load != o->load + t->load) {
                *t = (struct layer){load - o->load, 0};
        }
        return read_crept(o, constant) + read_crept(t, constant);
}

/* Plays steps of 0.1 s. */
static void pass(const struct sitter *s, double seconds, float constant) {
        for (int i = 0; i < (int)(seconds * 10); i++) {
                sit(&geometry, s, now, &frame);
                for (uint32_t k = 0; k < geometry.n_cells; k++)
                        frame.raw[k] = read_foil(k, 0.6F * frame.raw[k], constant);
                condition_step(&condition, &frame, &map);
                now += 100000;
        }
}

/* The top becomes old: the next load comes on top of both. */
static void merge_layers(void) {
        for (uint32_t k = 0; k < geometry.n_cells; k++)
                old[k] = (struct layer){old[k].load + top[k].load, top[k].s > old[k].s ? top[k].s : old[k].s};
        memset(top, 0, sizeof(top));
}

static double sum_loads(void) {
        double ret = 0;

        for (uint32_t k = 0; k < map.n_cells; k++)
                ret += (double)map.load[k];
        return ret;
}

static void test_steady(void) {
        double early;

        for (float constant = 0; constant < 0.31F; constant += 0.1F) {
                begin();
                pass(NULL, 10, constant);
                pass(&SITTER, 200, constant); /* learns */
                pass(NULL, 30, constant);
                pass(&SITTER, 2, constant);
                early = sum_loads();
                pass(&SITTER, 88, constant);
                CHECK_NEAR(sum_loads() / early, 1, 0.05);
                CHECK_NEAR(map.creep, constant, 0.06);
        }
}

/* Left for two minutes, then right: the creep of the left side must not hold the centre back. */
static void test_shift(void) {
        struct sitter left = SITTER, right = SITTER;
        double bias[2];

        left.x = -40;
        right.x = 40;
        for (int on = 0; on < 2; on++) {
                struct settings_condition settings = SETTINGS;
                double moment = 0, all = 0, fresh = 0, fresh_all = 0;

                begin();
                settings.creep = on;
                condition_configure(&condition, &settings);
                CHECK(!on || map.creep >= 0 || isnan(map.creep));
                pass(NULL, 10, 0.2F);
                pass(&left, 120, 0.2F);
                merge_layers();
                pass(&right, 10, 0.2F);
                for (uint32_t k = 0; k < geometry.n_cells; k++) {
                        double load = (double)sitter_load(&right, geometry.x_mm[k], geometry.y_mm[k]);

                        load = load > 0.025 ? load : 0;
                        moment += (double)map.load[k] * (double)geometry.x_mm[k];
                        all += (double)map.load[k];
                        fresh += load * (double)geometry.x_mm[k];
                        fresh_all += load;
                }
                bias[on] = fabs(moment / all - fresh / fresh_all);
                CHECK(isnan(map.creep) == !on);
        }
        CHECK(bias[0] > 2 && bias[1] < bias[0] / 2);
}

/* Nothing is learnt from a sitter who leans about all the time. */
static void test_restless(void) {
        struct sitter s = SITTER;

        begin();
        pass(NULL, 10, 0.2F);
        for (int i = 0; i < 600; i++) {
                s.soft = 0.15F + 0.04F * sinf((float)i / 3);
                pass(&s, 0.5, 0);
        }
        CHECK_NEAR(map.creep, 0.1, 1e-6);
}

static void test_remembered(void) {
        static struct memory_tare tare;
        float learnt;

        begin();
        pass(NULL, 10, 0.3F);
        pass(&SITTER, 120, 0.3F);
        learnt = map.creep;
        CHECK(learnt > 0.2F);
        condition_remember(&condition, &tare);
        begin();
        CHECK(condition_recall(&condition, &tare));
        pass(NULL, 1, 0.3F);
        CHECK(map.creep == learnt);
        tare.creep = NAN; /* a tare is valid without it */
        begin();
        CHECK(condition_recall(&condition, &tare));
        pass(NULL, 1, 0.3F);
        CHECK_NEAR(map.creep, 0.1, 1e-6);
}

/* The reading of cells with different gains and a curve that flattens. */
static float read_cell(uint32_t cell, float load_n) {
        float gain = 0.8F + 0.4F * (float)(cell % 7) / 6;

        return 255 * gain * load_n / (load_n + 10);
}

static void test_response(void) {
        struct settings_condition settings = SETTINGS;

        settings.creep = false;
        grid(&geometry, 9, 9, 40);
        condition_init(&condition, &settings, &geometry);
        memset(&frame, 0, sizeof(frame));
        response = (struct response){.n_cells = 81, .n_points = 5, .load_n = {1, 2, 4, 8, 12}};
        for (uint32_t p = 0; p < 5; p++)
                for (uint32_t k = 0; k < 81; k++)
                        response.value[p][k] = read_cell(k, response.load_n[p]);
        CHECK(condition_set_response(&condition, &response));
        for (float load_n = 1; load_n <= 12; load_n += 0.5F) {
                float worst = 0;

                frame.n_cells = 81;
                frame.arrived_us += 100000;
                for (uint32_t k = 0; k < 81; k++)
                        frame.raw[k] = read_cell(k, load_n);
                condition_step(&condition, &frame, &map);
                for (uint32_t k = 0; k < 81; k++)
                        worst = fmaxf(worst, fabsf(map.load[k] * map.unit_n - load_n) / load_n);
                CHECK(worst < 0.05F); /* straight between the points */
                CHECK_NEAR(map.force_n, 81 * load_n, 81 * 0.05 * load_n);
        }
        for (uint32_t k = 0; k < 81; k++)
                frame.raw[k] = 255;
        frame.arrived_us += 100000;
        condition_step(&condition, &frame, &map);
        for (uint32_t k = 0; k < 81; k++)
                CHECK(map.load[k] > 0.5F && map.load[k] <= 1);
        response.n_cells = 80;
        CHECK(!condition_set_response(&condition, &response));
        condition_step(&condition, &frame, &map);
        CHECK(isnan(map.unit_n) && isnan(map.force_n) && map.load[3] == 1);
        CHECK(condition_set_response(&condition, NULL));
}

int main(void) {
        test_steady();
        test_shift();
        test_restless();
        test_remembered();
        test_response();
        return 0;
}
