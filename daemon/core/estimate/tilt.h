/* SPDX-License-Identifier: MIT */
/* The seen angle into the pelvis's: has the sitter turned, or slid? Both look alike on a seat, 8 mm forward like 4 degrees
 * of arching. What tells them apart is what happened and what people do:
 *
 *  - who slides takes weight off first (scoot.h); without that hardly anybody has slid, and what is seen is turning;
 *  - a slide stays, a turn comes back: people return to their upright again and again;
 *  - who leans to a side seldom slumps in the same while, and a lifted leg turns what is seen.
 *
 * So how far the sitter has slid since upright was learnt, in degrees it looks like, is kept as a distribution on a grid.
 * seen = turned + slid + noise, where turned is upright (a narrow normal distribution) or anywhere (a wide one). After each
 * movement the sitter is in the same posture as before, or in another; in the same place, or slid: so a slide within a
 * posture is measured, by what is seen before and after it, and errors of many slides do not add up without end, since
 * people stay within centimetres of where they came down. The angle is the mean of what is turned, its standard deviation
 * that of the same mixture; a posture counts once, however long it is held. */
#ifndef CORE_ESTIMATE_TILT_H
#define CORE_ESTIMATE_TILT_H

#include <stdbool.h>

#include "sitbone/posture.h"

enum { TILT_SLIDES = 37 }; /* degrees, -18 to 18 */

struct tilt_belief {
        float before[TILT_SLIDES]; /* probability of each slide as the last movement began, */
        float before_deg;          /* and what was seen then; NAN = not known */
        float before_lean;
        float other[TILT_SLIDES]; /* now, if the posture is another one: what is seen of it does not count yet, */
        float same[TILT_SLIDES];  /* and if it is the one before: times what is seen of the movement */
        float seen_deg, spread, noise_deg, lean, held_s; /* of this posture: means, and its age */
        float load, rest_load, least_load; /* in rest: now, before; least in the movement; 0 = not known */
        float slow_deg, slow_lean;         /* what was seen a moment ago */
        float age_s;                       /* of the reference */
        bool moving, off;
};

/* One moment against the reference of this sit. */
struct tilt_seen {
        float angle_deg;   /* NAN = the bands do not say */
        float noise_deg;   /* whatever else than slides and the gain moves it */
        float unknown_deg; /* what else may be wrong with all of this sitter; in the result only */
        float spread;      /* of the gain: standard deviation, share */
        float lean;        /* to a side: 0 not at all, 1 clearly */
        float load;
        bool quiet;  /* not shifting */
        float age_s; /* of the reference; younger than before: another one */
};

void tilt_forget(struct tilt_belief *b);
/* Every frame of a person. NAN while the angle is. */
struct uncertain tilt_step(struct tilt_belief *b, const struct tilt_seen *seen, float dt);

#endif
