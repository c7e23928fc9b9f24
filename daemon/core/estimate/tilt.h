/* SPDX-License-Identifier: MIT */
/* From the observed angle to the pelvis's: has the sitter turned, or slid? Both look alike on a seat: 8 mm forward
 * looks like 4 degrees of arching. Three things separate them:
 *
 *  - a sitter who slides takes weight off first (reference.h); without that hardly anybody has slid;
 *  - a slide stays, a turn comes back: people return to their upright again and again;
 *  - a sitter who leans to a side seldom slumps at the same time, and a lifted leg turns the observed angle.
 *
 * So the distance that the sitter has slid since upright was learnt, in the degrees that it looks like, is a
 * distribution on a grid. observed = turned + slid + noise, where turned is upright (a narrow normal distribution) or
 * anywhere (a wide one). After each movement the sitter is in the same posture as before or in another, in the same
 * place or slid: a slide within a posture is measured, by the angles before and after it, and errors of many slides do
 * not add up without end, because people stay within centimetres of where they came down. The angle is the mean of the
 * turned part, its standard deviation that of the same mixture; a posture counts once, however long it is held. */
#ifndef CORE_ESTIMATE_TILT_H
#define CORE_ESTIMATE_TILT_H

#include <stdbool.h>

#include "sitbone/posture.h"

enum { TILT_SLIDES = 37 }; /* degrees, -18 to 18 */

struct tilt_belief {
        float before[TILT_SLIDES]; /* probability of each slide as the last movement began */
        float before_deg;          /* the angle observed then; NAN = not known */
        float before_lean;
        /* Probability of each slide now, if the posture is another one: the angle observed in it does not count
         * yet. */
        float other[TILT_SLIDES];
        /* The same if the posture is the one before: times the likelihood of the change observed in the movement. */
        float same[TILT_SLIDES];
        float observed_deg, spread, noise_deg, lean, held_s; /* of this posture: means, and its age */
        float load, rest_load, least_load; /* at rest: now, before; least in the movement; 0 = not known */
        float slow_deg, slow_lean;         /* observed a moment ago */
        float age_s;                       /* of the reference */
        bool moving, unweighted;           /* unweighted: weight went off in the movement */
};

/* One moment relative to the reference of this sit. */
struct tilt_observation {
        float angle_deg;   /* NAN = the bands do not show it */
        float noise_deg;   /* from everything but slides and the gain */
        float unknown_deg; /* error common to all of this sitter; added to the result only */
        float spread;      /* of the gain: standard deviation, share */
        float lean;        /* to a side: 0 not at all, 1 clearly */
        float load;
        bool quiet;  /* not shifting */
        float age_s; /* of the reference; younger than before: another one */
};

void tilt_reset(struct tilt_belief *b);
/* One sample of a person. NAN while the observed angle is. */
struct uncertain tilt_step(struct tilt_belief *b, const struct tilt_observation *observation, float dt);

#endif
