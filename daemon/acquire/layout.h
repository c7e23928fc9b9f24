/* Where wire elements go: the format's own order, then the user's rotate and flip, become one permutation, and the
 * geometry that comes out of it. Pure. */
#ifndef ACQUIRE_LAYOUT_H
#define ACQUIRE_LAYOUT_H

#include <stdint.h>

#include "acquire/formats.h"
#include "sitbone/geometry.h"
#include "sitbone/settings.h"

struct layout {
        struct geometry geometry;
        uint16_t wire_of[CELLS_MAX]; /* cell i of the geometry is element wire_of[i] of the wire */
};

/* 0, or a word about what is wrong ("rows x cols is 5000, at most 4096"); nothing is written then. */
const char *layout_build(const struct format *format, const struct settings_device *device, struct layout *ret);

#endif
