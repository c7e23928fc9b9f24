/* SPDX-License-Identifier: MIT */
/* Postures that the sitter taught ("sit like this for ten seconds"), recognised from then on, on any mat. Positions are not
 * needed.
 *
 * A fingerprint (describe/fingerprint.h) is compared in two views:
 *  - load: x = log(load + offset). A cell with half of the load differs as much as one with double, whatever it measures,
 *    and loads below the offset do not count. The offset is a quarter of the mean load per cell at the first lesson, so that
 *    neither the mat's gain nor its full scale matters.
 *  - shape: x = (load - mean of the cells) / standard deviation of the cells. Drift of
 *    the whole mat, counts once here. On home-made cushions all cells read about the same and postures differ by 1 to 2 %
 *    of the load: there the shape decides.
 *
 * A lesson leaves mean and variance of each number. A few seconds show the variance within a posture badly, so 30 % of
 * it is taken from all postures together (shrinkage), and a variance is added that a lesson cannot show: sitting down
 * again another day. The distance of a view is that of Student's t, number by number,
 *
 *   misfit = mean of (NU + 1) log(1 + (x - mean)^2 / (NU variance)),   rank = mean of log variance
 *
 * since a fold of a coat changes a few cells a lot and must not outvote the others. The least misfit + rank wins, load plus
 * 0.4 of the shape. A name is kept until another one is clearly better, or better for three seconds.
 *
 * None of these: the misfit of the best is beyond its limit. The distance that a posture strays from one lesson to the next differs
 * from mat to mat, and so does the distance between neighbours; the second is known after the lessons, and the limit is
 * half of it and a half. After a lesson of ten seconds the limit is larger, because sitting the same way again must not be
 * refused: then most postures that nobody taught go unnoticed on a cushion (one in ten to five is noticed; after some
 * minutes of lessons, six in ten), and half to two thirds on large mats.
 *
 * A fingerprint fixed to the body gets less added variance than one fixed to the mat, because the place where the
 * sitter came down does not show in it: BODY_VARIANCE was the smallest that kept nine of ten simulated sits
 * recognised. Its limit is a constant: with one that follows the distances, every upright that nobody taught was taken for a
 * crossed leg.
 *
 * tests/accuracy/choose_taught.py chose weight, variance of the shape and limits, and shows what they are worth on a
 * recording that is left out. */
#ifndef CORE_ESTIMATE_TAUGHT_H
#define CORE_ESTIMATE_TAUGHT_H

#include <stdbool.h>
#include <stdint.h>

#include "sitbone/command.h"
#include "sitbone/features.h"
#include "sitbone/posture.h"
#include "sitbone/profile.h"

/* ---- learning: the caller decides when the lesson begins, which frames belong to it, and when it is over ---- */

struct lesson {
        char name[POSTURE_NAME_MAX];
        uint32_t n_fingerprint;
        uint64_t at_us;                    /* last fingerprint added */
        float seconds;                     /* so far */
        float n[FINGERPRINT_MAX];          /* fingerprints behind each number */
        struct taught_numbers load, shape; /* with sums of squares for variances */
};

/* False: no name, or one not of [A-Za-z0-9_-]. */
bool lesson_begin(struct lesson *l, const char *name);
/* Adds a frame. The first frame of the first lesson chooses the profile's offset. */
void lesson_add(struct lesson *l, struct profile *profile, const struct features *f);
/* The lesson is over: adds it to the profile, to earlier lessons of this name if there are any. COMMAND_OK,
 * COMMAND_UNSTEADY (fewer than two fingerprints), COMMAND_OUT_OF_RANGE (TAUGHT_MAX names are known already) or
 * COMMAND_NO_FRAMES (another mat). */
enum command_result lesson_learn(const struct lesson *l, struct profile *profile);
/* False: no such name. */
bool taught_remove(struct profile *profile, const char *name);
/* Could lesson_learn() have written these postures? */
bool taught_plausible(const struct profile *profile);

/* ---- recognising ---- */

struct recogniser {
        uint32_t n, n_fingerprint;
        float offset;
        float apart;           /* misfit of a posture to its neighbour, on average */
        bool notices_untaught; /* the taught lie further apart than their limits: most others are none of them */
        int32_t now;           /* -1 = none of them */
        int32_t next;          /* fits best since next_us */
        uint64_t at_us, next_us;
        struct {
                char name[POSTURE_NAME_MAX];
                struct taught_numbers load, shape;
                float rank;  /* added to the misfit where postures are compared: the variances' logarithm */
                float limit; /* of the misfit */
        } of[TAUGHT_MAX];
};

/* Loads the taught postures; call it again after each change of the profile. */
void recogniser_load(struct recogniser *r, const struct profile *profile);
void recogniser_step(struct recogniser *r, const struct features *f);
/* The mat fell silent. */
void recogniser_reset(struct recogniser *r);
void recogniser_report(const struct recogniser *r, struct posture *ret);

#endif
