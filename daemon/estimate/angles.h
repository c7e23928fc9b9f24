/* Tilt and obliquity of the pelvis as far as a seat can tell, against the reference. NAN where there is no ground. */
#ifndef ESTIMATE_ANGLES_H
#define ESTIMATE_ANGLES_H

#include "estimate/estimate.h"

struct uncertain angles_tilt(const struct reference *reference, const struct features *f);
struct uncertain angles_obliquity(const struct reference *reference, const struct features *f);

#endif
