/* SPDX-License-Identifier: MIT */
#include "tools/sitbone-sim/contact.h"

#include <math.h>
#include <string.h>

#define RAD(deg) ((deg)*0.017453292519943295)

/* Flesh is stiff when three quarters are squeezed away, or when it has bottomed out. */
static const double FLESH_MOST = 0.75, BOTTOMED = 6;
static const double FLESH_LEAST_MM = 8, FLESH_THICKEST_MM = 90;
/* The front edge falls away. */
static const double EDGE_FROM_MM = 205, EDGE_RADIUS_MM = 70;
/* Electrical stimulation of the gluteus changes the pressure under the sit bones by 20-30 %, down in four studies, up in
 * one, and is felt as far as the muscle lies over the bone. */
static const double SQUEEZE_REACH_MM = 40;
static const double THIGH_CENTRE = 0.433; /* of its length from the hip (Winter, as in body.c) */

static const double CELL_N_PER_KPA = SIM_GRID_MM * SIM_GRID_MM * 1e-3;

struct sums {
        double force, by_x, by_y; /* N, N mm about the figure's middle */
};

static double grid_to_mm(int i) {
        return (i + 0.5) * SIM_GRID_MM - SIM_SEAT_MM / 2;
}

static double seat_height_mm(double y) {
        double over = y - EDGE_FROM_MM;
        return over > 0 ? -over * over / (2 * EDGE_RADIUS_MM) : 0;
}

/* The two springs solved together: a quadratic in p. */
static double solve_hyperbolic(double deep, double thick, double stiff, double foam) {
        double a = 1 / (foam * FLESH_MOST);
        double b = thick + stiff / foam - deep / FLESH_MOST;
        return (sqrt(b * b + 4 * a * deep * stiff) - b) / (2 * a);
}

/* Newton's method from below: the depth is a concave function of the pressure. */
static double solve_exponential(double deep, double thick, const struct sim_physics *f) {
        const double soft = f->stiffening / f->flesh_kpa;
        double kpa = 0;
        for (int i = 0; i < 8; i++) {
                double over = 1 + soft * kpa;
                double off = thick / f->stiffening * log(over) + kpa / f->foam_kpa_mm - deep;
                kpa -= off / (thick / f->flesh_kpa / over + 1 / f->foam_kpa_mm);
        }
        return fmax(kpa, 0);
}

static double solve_pressure(double deep, double thick, const struct sim_physics *f) {
        double stiff;
        if (f->law == SIM_HYPERBOLIC)
                return solve_hyperbolic(deep, thick, f->flesh_kpa, f->foam_kpa_mm);
        if (f->law == SIM_EXPONENTIAL)
                return solve_exponential(deep, thick, f);
        stiff = 1 / (thick / f->flesh_kpa + 1 / f->foam_kpa_mm);
        return stiff * (deep + (BOTTOMED - 1) * fmax(deep - f->bottom_mm, 0));
}

static double clamp_to(double v, double least, double most) {
        return v < least ? least : v > most ? most : v;
}

/* The factor by which contracted muscles change the pressure at a place of the figure. */
static double squeeze_factor(const struct sim_body *b, const struct sim_pose *p, const struct sim_figure *f, double x,
                             double y) {
        double share = 1;
        for (int side = LEFT; side <= RIGHT; side++) {
                double dx = x - (side == LEFT ? -0.5 : 0.5) * b->bones_mm, dy = y - f->contact_y;
                share += p->squeeze[side] * exp(-(dx * dx + dy * dy) / (SQUEEZE_REACH_MM * SQUEEZE_REACH_MM));
        }
        return share;
}

/* Pressure of a figure at a depth and roll; sums over the seat. */
static struct sums press_figure(struct sim_contact *c, const struct sim_body *b, const struct sim_pose *p,
                                const struct sim_figure *f, double sink, double roll_deg) {
        bool squeezes = p->squeeze[LEFT] != 0 || p->squeeze[RIGHT] != 0;
        struct sums s = {0};
        double slope = tan(RAD(roll_deg));
        for (int row = 0; row < SIM_GRID; row++) {
                double seat = seat_height_mm(grid_to_mm(row)), dy = grid_to_mm(row) - p->y_mm;
                for (int col = 0; col < SIM_GRID; col++) {
                        double dx = grid_to_mm(col) - p->x_mm, flesh, bone;
                        double x = dx * f->cos_yaw + dy * f->sin_yaw, y = dy * f->cos_yaw - dx * f->sin_yaw;
                        c->kpa[row][col] = 0;
                        if (!sim_figure_at(f, x, y, &flesh, &bone))
                                continue;
                        double deep = seat - (sink + flesh - x * slope);
                        if (deep <= 0)
                                continue;
                        double thick = clamp_to(bone - flesh, FLESH_LEAST_MM, FLESH_THICKEST_MM);
                        double kpa = solve_pressure(deep, thick, &b->physics) *
                                     (squeezes ? squeeze_factor(b, p, f, x, y) : 1);
                        double n = kpa * CELL_N_PER_KPA;
                        c->kpa[row][col] = kpa;
                        s.force += n;
                        s.by_x += n * x;
                        s.by_y += n * y;
                }
        }
        return s;
}

/* Force (N) and sideways moment (N at 100 mm) that are not balanced at a depth and roll. */
static void measure_imbalance(struct sim_contact *c, const struct sim_body *b, const struct sim_pose *p, double sink,
                              double roll, double ret[2]) {
        struct sim_figure f;
        sim_body_figure(b, p, sink, &f);
        struct sums s = press_figure(c, b, p, &f, sink, roll);
        double weight = b->trunk_n + b->thigh_n;
        double at_knees = (b->trunk_n * f.trunk_y + b->thigh_n * THIGH_CENTRE * b->thigh_mm) / b->thigh_mm;
        double props = s.force - (s.by_y - s.force * f.hip_y) / b->thigh_mm;
        c->load_n = s.force;
        ret[0] = props - p->weight * fmax(weight - at_knees - p->legs_n, 0.05 * weight);
        ret[1] = (s.by_x - p->weight * b->trunk_n * f.trunk_x) / 100;
}

static void renew_slopes(struct sim_contact *c, const struct sim_body *b, const struct sim_pose *p,
                         const double at[2]) {
        const double dz = 0.5, dr = 0.25;
        double z[2], r[2];
        measure_imbalance(c, b, p, c->sink_mm + dz, c->roll_deg, z);
        measure_imbalance(c, b, p, c->sink_mm, c->roll_deg + dr, r);
        double j00 = fmin((z[0] - at[0]) / dz, -0.2),
               j10 = (z[1] - at[1]) / dz; /* a deeper body always presses more */
        double j01 = (r[0] - at[0]) / dr, j11 = fmax((r[1] - at[1]) / dr, 0.05);
        double det = j00 * j11 - j01 * j10;
        if (det > -0.005) {
                j01 = j10 = 0;
                det = j00 * j11;
        }
        c->inverse[0][0] = j11 / det;
        c->inverse[0][1] = -j01 / det;
        c->inverse[1][0] = -j10 / det;
        c->inverse[1][1] = j00 / det;
        c->warm = true;
}

/* Newton's method with the previous slopes, which are renewed when they no longer help: one or two steps a frame while the
 * body moves little. */
static void settle_body(struct sim_contact *c, const struct sim_body *b, const struct sim_pose *p) {
        const double close_n = 0.25, step_mm = 8, step_deg = 3, roll_most_deg = 25;
        if (!c->warm)
                c->sink_mm = b->flesh_mm - 2, c->roll_deg = 0;
        for (int i = 0; i < 40; i++) {
                double r[2];
                measure_imbalance(c, b, p, c->sink_mm, c->roll_deg, r);
                if (fabs(r[0]) < close_n && fabs(r[1]) < close_n)
                        return;
                if (!c->warm || i % 3 == 2)
                        renew_slopes(c, b, p, r);
                c->sink_mm -= clamp_to(c->inverse[0][0] * r[0] + c->inverse[0][1] * r[1], -step_mm, step_mm);
                c->roll_deg -= clamp_to(c->inverse[1][0] * r[0] + c->inverse[1][1] * r[1], -step_deg, step_deg);
                c->roll_deg = clamp_to(c->roll_deg, -roll_most_deg, roll_most_deg);
        }
        double r[2];
        measure_imbalance(c, b, p, c->sink_mm, c->roll_deg, r); /* not balanced: the pressure of the last step */
}

/* A truncated Gaussian along rows, then along columns. Pressure that would leave the seat stays at its edge. */
static void spread_pressure(struct sim_contact *c, double spread_mm) {
        enum { REACH_MOST = 7 };
        int reach = spread_mm > 10 ? REACH_MOST : 3;
        double weight[REACH_MOST + 1], sum = 0, line[SIM_GRID];
        for (int i = 0; i <= reach; i++) {
                weight[i] = exp(-0.5 * (i * SIM_GRID_MM / spread_mm) * (i * SIM_GRID_MM / spread_mm));
                sum += i == 0 ? weight[i] : 2 * weight[i];
        }
        for (int pass = 0; pass < 2; pass++)
                for (int a = 0; a < SIM_GRID; a++) {
                        for (int i = 0; i < SIM_GRID; i++)
                                line[i] = pass == 0 ? c->kpa[a][i] : c->kpa[i][a];
                        for (int i = 0; i < SIM_GRID; i++) {
                                double v = 0;
                                for (int k = -reach; k <= reach; k++) {
                                        int from = i + k < 0 ? 0 : i + k >= SIM_GRID ? SIM_GRID - 1 : i + k;
                                        v += line[from] * weight[k < 0 ? -k : k] / sum;
                                }
                                *(pass == 0 ? &c->kpa[a][i] : &c->kpa[i][a]) = v;
                        }
                }
}

void sim_contact_init(struct sim_contact *c) {
        memset(c, 0, sizeof(*c));
}

void sim_contact_none(struct sim_contact *c) {
        sim_contact_init(c);
}

void sim_contact_sitter(struct sim_contact *c, const struct sim_body *b, const struct sim_pose *p) {
        settle_body(c, b, p);
        spread_pressure(c, b->physics.spread_mm);
}

static double press_object(struct sim_contact *c, const struct sim_object *o, double sink) {
        double force = 0, cos_yaw = cos(RAD(o->yaw_deg)), sin_yaw = sin(RAD(o->yaw_deg));
        for (int row = 0; row < SIM_GRID; row++)
                for (int col = 0; col < SIM_GRID; col++) {
                        double dx = grid_to_mm(col) - o->x_mm, dy = grid_to_mm(row) - o->y_mm, low = (double)INFINITY,
                               z;
                        double x = dx * cos_yaw + dy * sin_yaw, y = dy * cos_yaw - dx * sin_yaw;
                        for (int i = 0; i < o->n_lumps; i++)
                                if (sim_ellipsoid_at(&o->lump[i], x, y, &z))
                                        low = fmin(low, z);
                        double deep = seat_height_mm(grid_to_mm(row)) - sink - low;
                        c->kpa[row][col] = deep > 0 ? solve_hyperbolic(deep, o->thickness_mm, o->stiffness_kpa,
                                                                       sim_physics_usual.foam_kpa_mm)
                                                    : 0;
                        force += c->kpa[row][col] * CELL_N_PER_KPA;
                }
        return force;
}

/* Force grows with depth: bisection finds the depth. */
void sim_contact_object(struct sim_contact *c, const struct sim_object *o, double weight) {
        double low = -120, high = 0;
        c->roll_deg = 0;
        for (int i = 0; i < 24; i++) {
                double middle = (low + high) / 2;
                if (press_object(c, o, middle) > weight * o->weight_n)
                        low = middle;
                else
                        high = middle;
        }
        c->sink_mm = (low + high) / 2;
        c->load_n = press_object(c, o, c->sink_mm);
        c->warm = false;
        spread_pressure(c, sim_physics_usual.spread_mm);
}

void sim_contact_body(struct sim_body *b) {
        struct sim_contact c;
        struct sim_pose p = {.weight = 1, .y_mm = -28, .sway_mm = {20, 0}};
        b->mm_per_oblique_deg = 0;
        sim_contact_init(&c);
        sim_contact_sitter(&c, b, &p);
        b->mm_per_oblique_deg = p.sway_mm[0] / fmax(c.roll_deg, 0.1);
}
