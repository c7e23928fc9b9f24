/* SPDX-License-Identifier: MIT */
/* Force and moments balance for every kind of sitter in every posture, whatever the last posture was. */
#include "tools/sitbone-sim/contact.c"

#include "check.h"

enum { POSES = 14 };

static struct sim_pose pose(int k) {
        static const struct sim_pose poses[POSES] = {
                {.weight = 1},
                {.weight = 1, .tilt_deg = -25},
                {.weight = 1, .tilt_deg = 20},
                {.weight = 1, .side_deg = -10, .knee_mm = {0, 32}, .legs_n = 24},
                {.weight = 1, .side_deg = 20, .knee_mm = {112, 0}, .legs_n = 84},
                {.weight = 1, .forward_deg = 30, .tilt_deg = 9},
                {.weight = 1, .forward_deg = 85, .tilt_deg = 15},
                {.weight = 1, .y_mm = 175, .knee_mm = {-50, -50}, .legs_n = 60, .forward_deg = 10},
                {.weight = 1, .knee_mm = {0, 100}},
                {.weight = 0.01, .forward_deg = 35},
                {.weight = 1, .oblique_deg = 10},
                {.weight = 1, .oblique_deg = -4, .tilt_deg = -10},
                {.weight = 0.3, .yaw_deg = 8},
                {.weight = 1, .sway_mm = {3, -5}},
        };
        struct sim_pose p = poses[k];
        p.y_mm -= 28;
        return p;
}

static void sit_all(double mass, double height, double seat, bool woman) {
        struct sim_body b;
        struct sim_contact c;
        sim_body_init(&b, mass, height, 0, woman, seat);
        sim_contact_body(&b);
        CHECK(b.mm_per_oblique_deg > 2 && b.mm_per_oblique_deg < 20);
        sim_contact_init(&c);
        for (int k = 0; k < POSES; k++) {
                struct sim_pose p = pose(k);
                double off[2], cells = 0;
                sim_contact_sitter(&c, &b, &p);
                for (int i = 0; i < SIM_GRID * SIM_GRID; i++)
                        cells += c.kpa[i / SIM_GRID][i % SIM_GRID] * CELL_N_PER_KPA;
                CHECK_NEAR(cells, c.load_n, 0.02 * c.load_n + 0.5);
                CHECK(c.load_n < 1.05 * mass * 9.81);
                measure_imbalance(&c, &b, &p, c.sink_mm, c.roll_deg, off);
                CHECK_NEAR(off[0], 0, 0.3);
                CHECK_NEAR(off[1], 0, 0.3);
        }
}

int main(void) {
        for (int mass = 45; mass <= 133; mass += 22)
                for (int height = 1500; height <= 1900; height += 200)
                        for (int seat = -50; seat <= 50; seat += 50)
                                for (int woman = 0; woman < 2; woman++)
                                        sit_all(mass, height, seat, woman);
        return 0;
}
