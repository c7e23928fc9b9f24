/* SPDX-License-Identifier: MIT */
/* features -> posture: occupancy, posture class, tilt and obliquity, each with its uncertainty.
 *
 *   occupancy        vacant, object, person: thresholds, hysteresis, dwell
 *   silence          how long a pause of the mat may last
 *   reference        the sitter's own upright: gathered in each sit, or set by hand; it moves along when the sitter
 *                    slides on the seat
 *   angles           tilt and obliquity relative to the reference
 *   tilt             which part of the observed tilt is a turn, which a slide on the seat
 *   posture_class    the class and its confidence
 *   taught           postures that were taught, on any mat
 *   squeeze          squeezes of the glutes (experimental)
 *   calibration      the sitter's own gain from held poses (pose_average)
 *   sitter_baseline  the sitter's upright over many sits
 *   mat_shift        has the mat moved under the sitter
 *   estimate.c       the order of all these, shifts of weight, and learning of the sitter; the profile is stored by the caller
 *
 * Tilt is a weighted sum of the load that moved along the seat since the reference (angles.c); poses of a guided
 * calibration give the sitter's own gain (calibration.c). Which part of it is a turn of the pelvis, and which a slide
 * on the seat, is inferred from what happened and from what people do (tilt.c). Its standard deviation contains the
 * spread of that gain (a share of the angle), noise, the part that may be a slide, and what the reference has lost
 * since it was set: creep adds 2 mm a decade of time. The standard deviation of obliquity contains shifts in the seat
 * as well, up to 5 mm. Without poses both are wider, because other flesh and foam may answer otherwise. In another sit
 * only the shape of the profile is left, and its error is wide; a prior then pulls the angle to zero.
 *
 * Settings: reasons for the defaults (configure/settings_table.c holds values and ranges)
 *  [occupancy]  a mat smaller than 1000 cm2 (or of unknown area: a cell counts as 1 cm2) scales all three thresholds
 *               down by its share of 1000 cm2
 *   person_area_cm2       a press of a hand 45-90, a rucksack or a cat 240-430, a perch on the front edge 400-600, a
 *                         sit 800-1300; two thirds of it are enough with 2.5 times person_load_cm2
 *   person_load_cm2       a recorded sitter 200, a light one 100, a rucksack of 6 kg 25
 *   object_load_cm2       about 600 g on a mat where a sitter makes 200
 *   release_pct           above the last traces of getting up, far below the deepest lean
 *   sit_s                 a sit-down takes 1.4 s from 10 to 90 %; follow/ confirms the bout much later
 *   stand_s               long enough to ignore a bounce, short enough to report an interruption promptly
 *  [posture]
 *   slouched_deg          upright to slumped is 10-20 degrees of pelvis travel; the estimate is shrunk to zero.
 *                         This, arched_deg and lean_asymmetry: balanced recall on the family of simulators
 *                         (tests/accuracy/fit)
 *   arched_deg            half the travel of a slump
 *   lean_asymmetry        recorded one-sided leans begin at 0.41; ordinary sitting stays within 0.15
 *   forward_front_share   an upright sitter has 0.3 on the front 13/32; counts only with an upright of this sit
 *   perched_back_mm       rear edge of the contact in front of the middle of the mat
 *   hysteresis_pct        of the threshold, before the posture is left again; for perched of 100 mm: a position has no
 *                         natural zero
 *   dwell_s               longer than a fidget, shorter than the 10 s that make a posture worth noticing; a class with
 *                         high confidence waits less, down to a quarter
 *   reference_s           quiet sitting: the sit-down and its settling are over; a first reference is there after one
 *   min_confidence        below it the class is a guess
 * */
#ifndef CORE_ESTIMATE_ESTIMATE_H
#define CORE_ESTIMATE_ESTIMATE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/estimate/angles.h"
#include "core/estimate/mat_shift.h"
#include "core/estimate/occupancy.h"
#include "core/estimate/pose_average.h"
#include "core/estimate/posture_class.h"
#include "core/estimate/reference.h"
#include "core/estimate/silence.h"
#include "core/estimate/sitter_baseline.h"
#include "core/estimate/squeeze.h"
#include "core/estimate/taught.h"
#include "core/estimate/tilt.h"
#include "sitbone/command.h"
#include "sitbone/features.h"
#include "sitbone/geometry.h"
#include "sitbone/memory.h"
#include "sitbone/posture.h"
#include "sitbone/profile.h"
#include "sitbone/settings/occupancy.h"
#include "sitbone/settings/posture.h"

struct settings;

/* Counts shifts of weight: movements that change the load on the sit bones, forward, back or to a side (the definition of
 * the trial in SJWEH 47:306, 2021). One counts when weight goes off the seat and comes back or settles, or when weight
 * comes or the centre of pressure moves and stays; a fidget, out and back with the weight on the seat, does not. */
struct shift_counter {
        float seated_s;           /* since the sit-down, whose own movement is no shift */
        float load, x_mm, y_mm;   /* at rest; NAN = not known */
        float now_x_mm, now_y_mm; /* without what lasts for a moment only */
        float off_s, moved_s;     /* how long the weight has been off, and the centre elsewhere; 0 = it is not */
        uint64_t off_since_us, moved_since_us;
        uint32_t n; /* since the start */
        uint64_t began_us;
};

/* Learning of the sitter: the guided calibration pose by pose, taught postures, and the sitter baseline. */
struct learner {
        struct profile profile;
        struct sitter_gain gain; /* from its calibration */
        float confidence;        /* in the sitter; 1 = set by hand, NAN = nobody in particular */
        bool stale_mat;          /* the loaded profile was of another mat */
        struct pose_average pose;
        struct lesson lesson; /* taught while pose is being averaged; no name = a pose is calibrated */
        struct baseline_average baseline;
        struct place_average place;                /* of this sit, until baseline is complete */
        bool sat_upright;                          /* the baseline of this sit is complete, and was not polled yet */
        bool profile_changed, calibration_changed; /* not reported yet */
};

struct estimate {
        struct settings_occupancy occupancy_settings;
        struct settings_posture posture_settings;
        float shift_movement;
        /* private state */
        bool place_possible; /* the mat has the positions that a verdict on its place needs */
        bool receiving;      /* a frame came since the start or the last silence */
        struct silence silence;
        uint64_t silent_sitter_us; /* last frame before a silence, when somebody sat then; 0 = none */
        float slow_load;
        float rest_share;     /* at the reference: load that the mat shows by itself */
        float thighs_upright; /* asymmetry of the thighs beside the rest, as upright was learnt */
        bool shifting;
        struct shift_counter shifts;
        float unsampled_s; /* since the last sample of the sitter */
        struct occupancy_classifier occupancy;
        struct reference_tracker reference;
        struct learner learner;
        struct place place; /* from the learner's profile */
        struct squeeze_detector squeeze;
        struct recogniser recogniser; /* loaded from the learner's profile */
        struct posture_classifier posture_class;
        struct tilt_belief tilt;
        struct uncertain tilt_deg, obliquity_deg;
        float asymmetry, movement;
};

void estimate_init(struct estimate *e, const struct settings *settings, const struct geometry *geometry);
void estimate_configure(struct estimate *e, const struct settings *settings);

/* features NULL = only time passed. Returns the next deadline (UINT64_MAX = none). Sets every field of *ret. */
uint64_t estimate_step(struct estimate *e, const struct features *features, uint64_t now_us, struct posture *ret);

/* Sets every field; a change is reported once. */
void estimate_report_learning(struct estimate *e, struct learning *ret);

/* Executes COMMAND_CALIBRATE (a pose or squeezes), COMMAND_TEACH or COMMAND_UNTEACH. Refusals: COMMAND_NOBODY_SEATED,
 * COMMAND_NO_FRAMES; upright: COMMAND_UNSTEADY; teach: COMMAND_MALFORMED (the name is not allowed), COMMAND_FULL;
 * unteach: COMMAND_NO_SUCH_NAME only. */
enum command_result estimate_command(struct estimate *e, const struct command *command, uint64_t now_us);

/* ---- the profile: stored by the caller, who reads learning.profile_changed ---- */

/* Loads everything that is known of a sitter. confidence: 1 = set by hand, NAN = nobody in particular. From the
 * profile of a mat with another number of cells only the name is used. */
void estimate_load_profile(struct estimate *e, const struct profile *profile, float confidence, uint32_t n_cells);
/* True once in a sit, when its first quiet seconds are complete. */
bool estimate_poll_upright(struct estimate *e, float ret[BASELINE_N]);
/* Adds this sit to the sitter's baseline. */
void estimate_record_sit(struct estimate *e);

void estimate_remember(const struct estimate *e, struct memory *ret);
void estimate_recall(struct estimate *e, const struct memory *memory);

#endif
