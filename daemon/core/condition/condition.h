/* SPDX-License-Identifier: MIT */
/* frame -> map: tare, noise floor, cross-talk, creep, response curves, masked cells; in that order.
 * Cost: three short passes over the cells per frame, two more at most twenty times a second (movement, saturation),
 * four at four times a second (creep), and a few once a second.
 *
 * The stage must know whether the seat is empty before it may move the baseline, but may not depend on a later stage.
 * So it decides for itself: the seat counts as empty while it is still and carries less above the present baseline
 * (above zero before the first tare) than the smallest load that counts as an object. Before the first tare a mat that
 * rests higher is learnt from what happens on it (first_empty.h). So neither a sitter nor a bag is tared away, at
 * start-up or later, unless the owner states that the seat is empty; `tared` stays false until the seat was seen empty.
 * A mat with a cushion on it for good is tared by command. The drift of the empty mat since its first tare is reported,
 * and so is the quality of the map.
 *
 * Quality: trust in a map as a whole, a product of factors, one for each flaw. They are [judgement], not measured,
 * except the shares, which are counted:
 *   not tared        0.6    offsets of a few per cent of full scale count as load
 *   stuck, dead      1 - share of the masked cells; half of that where neighbours replace them
 *   saturated        1 - half of the share of loaded cells at full scale, once it is above a tenth
 *   slow             0.7    a sit-down takes 1.4 s: under 2 frames a second not even that is seen
 *   drifting         1 - 5 * drift, at least 0.5; from 2 % of full scale on
 *   unplaced         0.5    no centre of pressure, no posture
 *   pitch guessed    0.9    lengths and areas are a guess
 * A mat that moved under the sitter lowers it further, but an empty seat looks the same everywhere: see posture.place,
 * which publishers combine with it.
 *
 * Settings [condition]: reasons for the defaults (configure/settings_table.c holds values and ranges)
 *   tare                  no only for mats that subtract their own baseline
 *   noise_floor_pct       4 of 255 counts: above the +-1 count of noise and below the light edge of a contact
 *   tare_s                longer than any pause of a movement, shorter than most absences
 *   stuck_mask            no to see the readings of a suspect cell
 *   crosstalk             the format's own: only makers of unguarded mats publish one
 *   response              most sensors are read as they are; divider for resistive ones that saturate under a sitter
 *   response_file         loads in newtons need a measured curve
 *   creep                 no for mats that remove it themselves; a mat without creep shows that it has none (creep.h)
 *
 * The functions keep all their state in the struct: no struct may be used by two threads at once. */
#ifndef CORE_CONDITION_CONDITION_H
#define CORE_CONDITION_CONDITION_H

#include <stdbool.h>
#include <stdint.h>

#include "core/condition/creep.h"
#include "core/condition/crosstalk.h"
#include "core/condition/first_empty.h"
#include "core/condition/response.h"
#include "sitbone/frame.h"
#include "sitbone/geometry.h"
#include "sitbone/map.h"
#include "sitbone/memory.h"
#include "sitbone/settings/condition.h"

enum { FAULTS_FILLED_MAX = 256 };

/* A masked cell and the good cells that replace it. */
struct faults_fill {
        uint16_t cell, n;
        uint16_t from[4];
};

/* Cells that cannot be measuring. */
struct faults {
        const struct geometry *geometry; /* not owned */
        uint32_t n_filled;
        uint8_t silent_s[CELLS_MAX];                /* seconds without a reading among loaded neighbours, saturating */
        uint8_t row_s[CELLS_MAX], col_s[CELLS_MAX]; /* the same for whole lines */
        struct faults_fill fill[FAULTS_FILLED_MAX];
};

struct condition {
        struct settings_condition settings;
        const struct geometry *geometry; /* not owned */
        /* private state */
        bool tared;
        bool few;                 /* at most FEW_CELLS_MAX cells */
        bool started;             /* a frame was processed: recent is valid */
        bool falls;               /* the readings fall under load: they are turned round */
        bool shifted;             /* some cells have an origin */
        struct frame turned;      /* the frame with origins and polarity applied: scratch of a step */
        bool resting;             /* a load since the first frame: the empty seat or a sitter, see first_empty.h */
        uint64_t started_us;      /* first frame */
        uint64_t last_us;         /* last frame */
        uint64_t ticked_us;       /* last slow tick */
        uint64_t recent_us;       /* last frame averaged into recent */
        uint64_t still_since_us;  /* UINT64_MAX = moving */
        uint64_t quiet_since_us;  /* still and empty, as the slow ticks found; UINT64_MAX = not */
        uint32_t frames;          /* in recent, saturating */
        uint32_t n_stuck, n_dead; /* masked cells */
        uint32_t n_saturated;     /* when recent was updated last */
        uint32_t flaws;           /* as last computed, like the two below */
        float quality, drift;
        float peak;                         /* largest mean reading of few cells in the last minutes */
        float period_s;                     /* between frames, mean of the last few */
        uint32_t least_active, most_active; /* fewest and most cells above the floor over zero: the swing of the mat */
        /* Raw value that counts as 0, of cells that begin below 0 or above full scale (load cells); otherwise 0. */
        float origin[CELLS_MAX];
        float baseline[CELLS_MAX];                   /* raw units, as the arrays below except gain and threshold */
        float noise[CELLS_MAX];                      /* mean absolute deviation while empty */
        float recent[CELLS_MAX];                     /* mean over about two seconds */
        float lowest[CELLS_MAX], highest[CELLS_MAX]; /* of recent, since the start */
        float gain[CELLS_MAX];                       /* raw -> share of full scale; 0 = not trusted */
        float threshold[CELLS_MAX];                  /* noise floor of this cell, share of full scale */
        float first_baseline[CELLS_MAX];             /* of the first tare */
        uint8_t trusted[CELLS_MAX];
        struct first_empty first; /* until the first tare */
        struct faults faults;
        struct creep creep;
        struct response_curves curves;
};

void condition_init(struct condition *c, const struct settings_condition *settings, const struct geometry *geometry);
void condition_configure(struct condition *c, const struct settings_condition *settings);

/* Sets the curves; NULL = none. False = they are of another number of cells, and none are in force. */
bool condition_set_response(struct condition *c, const struct response *response);

/* Sets every field of *ret. frame->n_cells == geometry->n_cells. */
void condition_step(struct condition *c, const struct frame *frame, struct map *ret);

/* Share of each reading of the last map that remains without creep; NULL = creep was not removed. Valid until the next
 * step. */
const float *condition_creep_share(const struct condition *c);

/* Uses the mean of the recent frames as the empty mat. False = too few frames yet, or unsteady although the owner did not
 * state that the seat is empty; nothing changed. */
bool condition_tare(struct condition *c, bool stated_empty);

void condition_remember(const struct condition *c, struct memory_tare *ret);
/* Ignored (false) when the cell count differs. */
bool condition_recall(struct condition *c, const struct memory_tare *tare);

#endif
