/* SPDX-License-Identifier: MIT */
/* Text that no description can read, and text of other devices. */
#ifndef TOOLS_SITBONECTL_PROBE_REASONS_H
#define TOOLS_SITBONECTL_PROBE_REASONS_H

#include "tools/sitbonectl/probe/block.h"
#include "tools/sitbonectl/probe/verdict.h"

/* Sets the reason and returns true for text without line ends, words alone, hexadecimal numbers, numbers without anything
 * between them and pairs of numbers as names. */
bool explain_text(const struct lines *l, struct suggestion *ret);

/* The same for lines of another device and, unless they are known to be rows, for numbers one after another. */
bool explain_block(const struct block *b, bool rows, struct suggestion *ret);

/* The same for lines without a description that begin with an address or #. */
bool explain_rest(const struct lines *l, struct suggestion *ret);

/* Says that another device sends this. Returns true. */
static inline bool explain_foreign(struct suggestion *ret) {
        suggestion_set_reason(ret, "unknown", "These look like the readings of another device.");
        ret->foreign = true;
        return true;
}

#endif
