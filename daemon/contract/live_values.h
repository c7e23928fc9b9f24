/* SPDX-License-Identifier: MIT */
/* One moment of one seat, as it is published: plain values without the map. live_fill.h fills it once from a
 * snapshot, every outlet writes it from the table in live_fields.h, and sitbonectl fills it again from the answer of
 * GetLive.
 *
 * To publish another value: one member here, one row in live_fields.c, one assignment in live_fill.c. */
#ifndef CONTRACT_LIVE_VALUES_H
#define CONTRACT_LIVE_VALUES_H

#include <stdbool.h>
#include <stdint.h>

#include "sitbone/features.h"
#include "sitbone/health.h"

struct settings;

/* LIVE_ARRAY_MAX is the longest array that is published: the regions of the seat. */
enum { LIVE_WORD_MAX = 64, LIVE_TEXT_MAX = 512, LIVE_NAMES_MAX = 768, LIVE_ARRAY_MAX = REGION_N };

/* A count that is not known. Unknown numbers are NAN, unknown texts are empty. */
#define LIVE_COUNT_UNKNOWN UINT32_MAX

enum maybe { MAYBE_UNKNOWN = -1, MAYBE_NO, MAYBE_YES };

struct live_array {
        uint32_t n;
        double of[LIVE_ARRAY_MAX]; /* NAN from n on */
};

/* Meaning and unit of each member are in its row in live_fields.c. */
struct live_values {
        uint64_t now_us;      /* the moment, on the clock of all instants (..._us) in here; an instant of 0 = none */
        uint64_t realtime_us; /* CLOCK_REALTIME at the same moment */

        char seat_id[LIVE_WORD_MAX], seat_name[128], version[LIVE_WORD_MAX], mqtt[128];

        char occupancy[LIVE_WORD_MAX], posture[LIVE_WORD_MAX], taught[LIVE_WORD_MAX];
        enum maybe occupied;
        double confidence, confidence_pct;
        double tilt_deg, tilt_sd_deg, obliquity_deg, obliquity_sd_deg;
        bool referenced, calibrated;
        enum maybe calibration_needed;

        double load, contact_area_cm2, peak, cop_x_mm, cop_y_mm;
        double asymmetry, load_left_pct, front_share;
        struct live_array sit_bones; /* left x, y, right x, y */
        double sit_bone_quality;
        double ppi, cov, dispersion, gradient_per_cm, cop_path_mm, cop_velocity_mm_s;
        uint32_t weight_shifts, pressure_reliefs;
        struct live_array region_loaded_s; /* by enum seat_region */

        char sitter[LIVE_WORD_MAX];
        double sitter_confidence, sitter_confidence_pct;
        char learning[LIVE_WORD_MAX], learning_what[LIVE_WORD_MAX], learning_cue[LIVE_WORD_MAX];
        double learning_left_s;
        uint32_t learning_left_whole_s; /* rounded up: what a person counts down */
        char learning_why[LIVE_TEXT_MAX], learning_refusal[LIVE_WORD_MAX];
        char measures[LIVE_NAMES_MAX]; /* names, separated by blanks */
        char poses[LIVE_NAMES_MAX];    /* names, separated by blanks */
        struct live_array separation;  /* of those, in their order */
        char calibration_stale[LIVE_TEXT_MAX], calibration_doubt[LIVE_WORD_MAX];
        char taught_postures[LIVE_NAMES_MAX]; /* names, separated by blanks */
        bool untaught_noticed;
        enum maybe squeezing;
        uint32_t squeezes;
        double squeezed_s, squeezed_today_s, squeeze_goal_s;
        uint32_t shifts;
        double shifts_per_hour, shifts_target;

        char phase[LIVE_WORD_MAX];
        uint64_t seated_since_us, away_since_us;
        double away_s, break_in_s;
        double seated_since_s;
        uint32_t bout_seated_s, sitting_today_s, sitting_today_min, last_session_min;
        uint32_t bouts_today, breaks_today, break_s;

        uint64_t next_alert_us, snoozed_until_us, paused_until_us;
        double next_alert_in_s, snooze_left_s;
        bool inhibited, do_not_disturb, desktop_notifications, trial;
        char held[LIVE_WORD_MAX];    /* names of what inhibits every alert, separated by blanks */
        char held_by[LIVE_WORD_MAX]; /* the source of "do not disturb" */
        uint64_t held_since_us, quiet_until_us;
        double held_since_s, pause_left_s, quiet_left_s;
        uint32_t alerts_today;
        enum maybe session_today;
        uint32_t sessions_done_week;
        bool glute_alert, posture_alert, still_alert;
        char alert_id[24], alert_kind[LIVE_WORD_MAX], alert_title[128],
                alert_reason[LIVE_TEXT_MAX]; /* "" = no alert is open */
        char alert_exercise[128];            /* a name; sent with the numbers of the alert, see bus_alert.h */

        bool mat_online;
        char mat_link[LIVE_WORD_MAX];
        char mat_trouble[LIVE_TEXT_MAX];
        double mat_quiet_s;
        char mat_place[LIVE_WORD_MAX], mat_doubt[LIVE_WORD_MAX];
        enum maybe mat_moved;
        double mat_moved_x_mm, mat_moved_y_mm, mat_turned_deg;
        uint32_t rows, cols, n_cells;
        double pitch_x_mm, pitch_y_mm;
        bool tared;
        double load_pct, quality_pct, drift_pct, creep_pct, force_n;
        uint32_t stuck_cells, dead_cells, filled_cells;
        uint32_t flaws; /* enum map_flaw bits */

        double frame_rate_hz;
        uint64_t bytes, frames, refused, words, discarded_bytes, reopened, deadlines_missed, history_lost;
        uint64_t refused_of[REFUSAL_N];
        uint32_t decide_worst_us, decide_p99_us;
};

#endif
