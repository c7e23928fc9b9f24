/* SPDX-License-Identifier: MIT */
/* frame -> map: tare, noise floor, cross-talk, creep, response curves, cells that cannot be measuring; in that order.
 * Cost: three short passes over the cells a frame, two more at most twenty times a second (what moves, what is
 * saturated), four at four times a second (creep), and a few once a second.
 *
 * The stage must know whether the seat is empty before it may move the baseline, but may not look downstream; so it
 * judges for itself: the seat counts as empty while it is still and carries less above the present baseline (above zero
 * before the first tare) than the smallest thing that counts as an object. So neither somebody seated nor a bag is ever
 * tared away, at start-up or later; `tared` stays false until the seat was seen empty. A mat that rests higher than
 * that, or with a cushion on it for good, is tared by command. How far the empty mat has drifted since its first tare is
 * said, and so is how good the map is (quality.h).
 *
 * Settings [condition]: default, reason (ranges in the table of daemon/settings_table.c)
 *   tare            yes   no only for mats that take their own baseline off
 *   noise_floor_pct 1.5   4 of 255 counts: above the +-1 count of noise and below the light edge of a contact
 *   tare_s          5     longer than any pause of a movement, shorter than most absences
 *   stuck_mask      yes   no to see what a suspect cell really sends (faults.h)
 *   crosstalk       -1    the format's own: only makers of unguarded mats publish one (crosstalk.h)
 *   response_file         loads in newtons need a measured curve (response.h)
 *   creep           yes   no for mats that do it themselves; a mat without creep teaches that it has none (creep.h)
 */
#ifndef CORE_CONDITION_CONDITION_H
#define CORE_CONDITION_CONDITION_H

#include <stdbool.h>
#include <stdint.h>

#include "core/condition/creep.h"
#include "core/condition/faults.h"
#include "core/condition/response.h"
#include "sitbone/frame.h"
#include "sitbone/geometry.h"
#include "sitbone/map.h"
#include "sitbone/memory.h"
#include "sitbone/response.h"
#include "sitbone/settings.h"

struct condition {
        struct settings_condition settings;
        const struct geometry *geometry; /* not owned */
        /* private state */
        bool tared;
        bool started;             /* a frame was seen: recent means something */
        uint64_t started_us;      /* first frame */
        uint64_t last_us;         /* last frame */
        uint64_t ticked_us;       /* last slow tick */
        uint64_t recent_us;       /* last frame taken into recent */
        uint64_t still_since_us;  /* UINT64_MAX = moving */
        uint64_t quiet_since_us;  /* still and empty, as far as the slow ticks saw; UINT64_MAX = not */
        uint32_t frames;          /* in recent, saturating */
        uint32_t n_stuck, n_dead; /* cells out */
        uint32_t n_saturated;     /* when recent was followed last */
        uint32_t flaws;           /* as last judged, and the two below */
        float quality, drift;
        float period_s;            /* between frames, mean of the last few */
        uint32_t least, most;      /* fewest and most cells above the floor over zero: how far the mat swung */
        float baseline[CELLS_MAX]; /* raw units, as all below but gain and threshold */
        float noise[CELLS_MAX];    /* mean absolute deviation while empty */
        float recent[CELLS_MAX];   /* mean over about two seconds */
        float lowest[CELLS_MAX], highest[CELLS_MAX]; /* of recent, since the start */
        float gain[CELLS_MAX];                       /* raw -> share of full scale; 0 = not trusted */
        float threshold[CELLS_MAX];                  /* noise floor of this cell, share of full scale */
        float tared_at[CELLS_MAX];                   /* baseline of the first tare */
        uint8_t trusted[CELLS_MAX];
        struct faults faults;
        struct creep creep;
        struct response_curves curves;
};

void condition_init(struct condition *c, const struct settings_condition *settings, const struct geometry *geometry);
void condition_configure(struct condition *c, const struct settings_condition *settings);

/* Curves from now on; NULL = none. False = they are of another number of cells, and none are in force. */
bool condition_respond(struct condition *c, const struct response *response);

/* Fills every field of *ret. frame->n_cells == geometry->n_cells. */
void condition_step(struct condition *c, const struct frame *frame, struct map *ret);

/* Takes the mean of the recent frames as empty. False = unsteady or too few frames yet; nothing changed. */
bool condition_tare(struct condition *c);

void condition_remember(const struct condition *c, struct memory_tare *ret);
/* Ignored (false) when the cell count differs. */
bool condition_recall(struct condition *c, const struct memory_tare *tare);

#endif
