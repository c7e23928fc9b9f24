/* SPDX-License-Identifier: MIT */
/* features -> posture: occupancy, posture, tilt and obliquity, each with its uncertainty.
 *
 *   occupancy.c   vacant, object, person: thresholds, hysteresis, dwell
 *   reference.c   the sitter's own upright: gathered in each sit, or taken by hand
 *   scoot.c       the reference moves along when the sitter slides on the seat
 *   angles.c      tilt and obliquity against the reference
 *   tilt.c        what of the seen tilt is a turn, what a slide on the seat
 *   kind.c        the posture's name and how sure it is
 *   taught.c      postures that were taught, on any mat
 *   squeeze.c     squeezes of the glutes (experimental)
 *   learn.c       what is learnt of the sitter: gather.c a held pose, usual.c what is usual; the profile is kept outside
 *
 * Tilt is a weighted sum of what moved along the seat since the reference (angles.c); poses of a guided calibration give
 * the sitter's own gain (calibration.c). What of it is a turn of the pelvis, and what a slide on the seat, is judged by what
 * happened and by what people do (tilt.c). Its standard deviation has the spread of that gain (a share of the angle),
 * noise, what of it may be a slide, and what the reference has lost since it was taken: creep adds 2 mm a decade of time.
 * Obliquity's has shifts in the seat as well, up to 5 mm. Without poses both are wider, because other flesh and foam may
 * answer otherwise. In another sit only the shape of the
 * profile is left, and that is wide; a prior then pulls the angle to zero.
 *
 * Settings: default, reason (ranges in the table of daemon/settings_table.c)
 *  [occupancy]  a mat smaller than 1000 cm2 (or of unknown area: a cell counts as 1 cm2) scales all three thresholds down
 *               by its share of 1000 cm2
 *   person_area_cm2 450   a press of a hand 45-90, a rucksack or a cat 240-430, a perch on the front edge 400-600, a sit
 *                         800-1300; two thirds of it do for who weighs 2.5 times person_load_cm2
 *   person_load_cm2 40    a recorded sitter 200, a light one 100, a rucksack of 6 kg 25
 *   object_load_cm2 2     about 600 g on a mat where a sitter makes 200
 *   release_pct     60    above the last traces of getting up, far below the deepest lean
 *   sit_s           0.4   a sit-down takes 1.4 s from 10 to 90 %; follow/ confirms the bout much later
 *   stand_s         0.8   an interruption must be seen at once, a hop on the seat is none
 *  [posture]
 *   slouched_deg    5     upright to slumped is 10-20 degrees of pelvis travel; the estimate is shrunk to zero
 *   arched_deg      4     half the travel of a slump
 *   lean_asymmetry  0.2   recorded one-sided leans begin at 0.41; ordinary sitting stays within 0.15
 *   forward_front_share 0.6  an upright sitter has 0.3 on the front 13/32; counts against an upright of this sit only
 *   perched_back_mm 0     rear edge of the contact in front of the middle of the mat
 *   hysteresis_pct  20    of the threshold, before the posture is left again
 *   dwell_s         2     longer than a fidget, shorter than the 10 s that make a posture worth noticing; a sure name
 *                         waits less, down to a quarter
 *   reference_s     10    quiet sitting: the sit-down and its settling are over; a first reference is there after one
 *   min_confidence  0.5   below it the name is a guess
 */
#ifndef CORE_ESTIMATE_ESTIMATE_H
#define CORE_ESTIMATE_ESTIMATE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/estimate/calibration.h"
#include "core/estimate/mat_shift.h"
#include "core/estimate/pose_average.h"
#include "core/estimate/sitter_baseline.h"
#include "core/estimate/squeeze.h"
#include "core/estimate/taught.h"
#include "core/estimate/tilt.h"
#include "sitbone/command.h"
#include "sitbone/features.h"
#include "sitbone/memory.h"
#include "sitbone/posture.h"
#include "sitbone/profile.h"
#include "sitbone/settings.h"

/* vacant, object, person; see occupancy.h */
struct occupancy_judge {
        enum occupancy now, candidate;
        uint64_t since_us;           /* first evidence of now */
        uint64_t candidate_since_us; /* first evidence of candidate */
        uint64_t against_since_us;   /* first evidence against now, whatever for */
        uint64_t seen_us;            /* last frame */
        uint32_t candidate_frames, against_frames;
        float sitter_load; /* of the person, or of the one who left last */
};

/* Index of each value in a reference vector; order is stored, see memory.h. */
enum reference_index {
        REFERENCE_PROFILE = 0,  /* PROFILE_BANDS shares */
        REFERENCE_LINE_Y = 8,   /* sit-bone line, mm on the mat */
        REFERENCE_MIDDLE_X = 9, /* middle of the pair, mm on the mat */
        REFERENCE_BACK_Y = 10,  /* rear edge of the contact, mm on the mat */
        REFERENCE_COP_X = 11,
        REFERENCE_COP_Y = 12,
        REFERENCE_LOAD = 13,
        REFERENCE_FRONT_SHARE = 14,
        REFERENCE_ASYMMETRY = 15,
        REFERENCE_ALONG = 16, /* ALONG_BANDS shares, on the mat */
        REFERENCE_N = 40,
};

struct reference {
        bool valid;
        bool same_sit;             /* taken in this sit: positions on the mat may be compared */
        float age_s;               /* of sitting since then: creep */
        float moved_mm2, lost_mm2; /* variance of a place on the mat since then: by shifts; by creep as well */
        float value[REFERENCE_N];
};

/* see scoot.h */
struct scoot {
        float recent[REFERENCE_N], mark[REFERENCE_N], lagged[REFERENCE_N]; /* quiet sitting: now, and a moment ago */
        float before[REFERENCE_N], anchor[REFERENCE_N]; /* as the last movement began: the sitter, and the reference */
        float origin[REFERENCE_N];                      /* the reference before it was moved for the first time */
        float lost, anchor_lost; /* variance of where the reference was moved to, share of that of where people sit */
        float quiet_s, mark_s;
        bool anchored, off; /* the reference was of this sit; weight has gone off since */
};

struct reference_keeper {
        struct reference held;    /* of this sit */
        struct reference own;     /* said by the sitter: survives standing up, stands in until this sit has one */
        float gathered_s;         /* quiet sitting so far, for the automatic reference */
        bool settled;             /* gathered, or said: not refined any more */
        float sum_s[REFERENCE_N]; /* seconds behind each mean */
        float mean[REFERENCE_N];
        struct scoot scoot;
        float quiet_s;    /* quiet without a pause */
        float usual_load; /* of this sit: the reference's, followed through creep; NAN = not known */
};

struct kind_judge {
        enum posture_class now, candidate;
        uint64_t since_us, candidate_since_us;
        float confidence;
};

/* see learn.h */
struct learner {
        struct profile profile;
        struct personal personal; /* what its calibration means */
        float confidence;         /* in the sitter; 1 = said by hand, NAN = nobody in particular */
        bool stale_mat;           /* the profile found was of another mat */
        struct gather gather;
        struct lesson lesson; /* being taught while gather runs; no name = a pose is gathered */
        struct usual_gather usual;
        struct moved_gather place;                              /* of this sit, while usual gathers */
        bool sat_upright, profile_changed, calibration_changed; /* not told yet */
};

struct estimate {
        struct settings_occupancy occupancy_settings;
        struct settings_posture posture_settings;
        uint64_t stale_us; /* silence after which occupancy is unknown, not vacant */
        float shift_movement;
        /* private state */
        bool seen; /* a frame came since the start or the last silence */
        uint64_t frame_us;
        uint64_t silent_sitter_us; /* last frame before a silence, when somebody sat then; 0 = none */
        uint64_t gaps_us[3];       /* between the last frames: how slow this mat is */
        float slow_load;
        float rest_share; /* at the reference: what the mat shows by itself */
        bool shifting;
        float unseen_s; /* since the sitter was looked at */
        struct occupancy_judge occupancy;
        struct reference_keeper reference;
        struct learner learner;
        struct squeeze_watch squeeze;
        struct recogniser recogniser; /* knows what the learner's profile holds */
        struct kind_judge kind;
        struct tilt_belief tilt;
        struct uncertain tilt_deg, obliquity_deg;
        float asymmetry, movement;
};

void estimate_init(struct estimate *e, const struct settings *settings);
void estimate_configure(struct estimate *e, const struct settings *settings);

/* features NULL = only time passed. Returns the next deadline (UINT64_MAX = none). Fills every field of *ret. */
uint64_t estimate_step(struct estimate *e, const struct features *features, uint64_t now_us, struct posture *ret);

/* Is there somebody who could hold a pose? COMMAND_OK, COMMAND_NOBODY_SEATED or COMMAND_NO_FRAMES. */
enum command_result estimate_anybody(const struct estimate *e, uint64_t now_us);

void estimate_remember(const struct estimate *e, struct memory *ret);
void estimate_recall(struct estimate *e, const struct memory *memory);

#endif
