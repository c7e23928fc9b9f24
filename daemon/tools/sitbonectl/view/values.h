/* SPDX-License-Identifier: MIT */
/* One moment of one seat, as the live view, status and the SVG picture show it. Filled from the daemon (ctl_bus.c) or
 * from a snapshot of replay. NAN = unknown. */
#ifndef TOOLS_SITBONECTL_VIEW_VALUES_H
#define TOOLS_SITBONECTL_VIEW_VALUES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "sitbone/geometry.h"
#include "sitbone/snapshot.h"

enum { VIEW_WORD_MAX = 128, VIEW_TEXT_MAX = 512, VIEW_LABEL_W = 11 };

struct view {
        char seat_id[VIEW_WORD_MAX], seat_name[VIEW_WORD_MAX], version[VIEW_WORD_MAX], mqtt[VIEW_WORD_MAX];
        char occupancy[VIEW_WORD_MAX], posture[VIEW_WORD_MAX];
        bool mat_online, referenced, calibrated;
        char mat_trouble[VIEW_TEXT_MAX]; /* why not online, in English as in the log; "" = it is, or nobody knows */
        double confidence, tilt_deg, tilt_sd_deg, obliquity_deg, obliquity_sd_deg;
        double asymmetry, front_share, load, contact_area_cm2, peak, cop_x_mm, cop_y_mm;
        double ppi, cov, dispersion, gradient_per_cm, cop_path_mm, cop_velocity_mm_s; /* see features.h */
        unsigned weight_shifts, pressure_reliefs, stuck_cells;
        double region_loaded_s[REGION_N]; /* NAN = not known */
        char taught[VIEW_WORD_MAX];       /* "" = none of those that were taught */
        double sit_bones[4];              /* left x, y, right x, y */
        double sit_bone_quality;
        double frame_rate_hz;
        uint64_t frames, refused, history_lost;
        double bout_s, today_s;        /* on the seat */
        double since_s;                /* since the bout began; NAN = no bout */
        double next_alert_s, snooze_s; /* from now; NAN = none */
        unsigned bouts_today, breaks_today;
        unsigned break_s;                                           /* 0 = not told */
        char alert_kind[VIEW_WORD_MAX], alert_title[VIEW_WORD_MAX]; /* "" = no alert open */
        char sitter[VIEW_WORD_MAX];                                 /* "" = nobody in particular */
        double sitter_confidence;
        char learning[VIEW_WORD_MAX],
                learning_what[VIEW_WORD_MAX]; /* idle gathers done refused; pose or taught name */
        char learning_why[VIEW_TEXT_MAX], calibration_stale[VIEW_TEXT_MAX];
        char mat_place[VIEW_WORD_MAX]; /* see sitbone-dbus(7); "" = unknown */
        double mat_moved_x_mm, mat_moved_y_mm, mat_turned_deg;
        char learning_cue[VIEW_WORD_MAX]; /* rest or squeeze, while squeezes are learnt */
        double learning_left_s;
        bool squeezing;
        unsigned squeezes;                       /* of this bout */
        double squeezed_s;                       /* held; NAN = not learnt what one looks like */
        char poses[VIEW_WORD_MAX];               /* calibrated ones, separated by blanks */
        double separation[POSE_N];               /* of those, in their order; see estimate/calibration.h */
        char taught_postures[2 * VIEW_TEXT_MAX]; /* names, separated by blanks */
        char alert_reason[VIEW_TEXT_MAX], alert_exercise[VIEW_WORD_MAX];

        enum geometry_kind kind;
        uint32_t rows, cols, n_cells; /* a grid has rows x cols cells, row 0 at the back */
        double pitch_x_mm, pitch_y_mm;
        float level[CELLS_MAX]; /* share of full scale; NAN = not measured (masked, stuck or dead) */
        double x_mm[CELLS_MAX], y_mm[CELLS_MAX];
};

void view_clear(struct view *v);

/* As the daemon would say it at this moment; seat name and MQTT stay empty. */
void view_from_snapshot(struct view *v, const struct snapshot *s, float break_s);

/* Takes out what says nothing: of a silent mat, of a seat with nobody on it. */
void view_settle(struct view *v);

/* Millimetres that the map covers, and its middle. Cells without positions count as a block of unit cells. */
struct view_extent {
        double middle_x_mm, middle_y_mm, width_mm, height_mm;
};
struct view_extent view_extent(const struct view *v);

/* Rows and columns of the block in which cells without positions are shown. */
uint32_t view_cols(const struct view *v);
uint32_t view_rows(const struct view *v);

/* Cells that nothing is known of. */
uint32_t view_unmeasured(const struct view *v);

/* 0..1 for the palette: full at the peak, but a nearly empty seat stays dark. Or VIEW_UNMEASURED. */
static const float VIEW_UNMEASURED = -1;
float view_shade(const struct view *v, float level);

/* Words for the values, the same in the terminal and in the picture. All write a NUL. */
/* A person sits in a posture that has a name, and a confidence goes with it. */
bool view_is_sure(const struct view *v);

/* The beginning of a line: what it is about, in a column of its own. */
void view_label(const char *label);
void view_line(const char *label, const char *text);
/* Names of poses, separated by blanks: "upright, slouched". */
void view_poses_words(const char *poses, char *ret, size_t size);
void view_posture_words(const struct view *v, char *ret, size_t size);
void view_uncertain_words(double value, double sd, const char *otherwise, char *ret, size_t size);
void view_tilt_words(const struct view *v, char *ret, size_t size);
void view_balance_words(const struct view *v, char *ret, size_t size);
void view_duration_words(double s, char *ret, size_t size);
void view_seated_words(const struct view *v, char *ret, size_t size);
void view_next_words(const struct view *v, char *ret, size_t size);
void view_today_words(const struct view *v, char *ret, size_t size);
void view_contact_words(const struct view *v, char *ret, size_t size);
void view_bones_words(const struct view *v, char *ret, size_t size);
/* "" = nothing to say */
void view_place_words(const struct view *v, char *ret, size_t size);
void view_mat_words(const struct view *v, char *ret, size_t size);
void view_unmeasured_words(const struct view *v, char *ret, size_t size);

/* {"seat_id":...} without the cells, keys as in replay; one line. */
void view_print_json(FILE *f, const struct view *v);

/* The picture. 0, or a negative errno. */
int view_write_svg(const char *path, const struct view *v);

#endif
