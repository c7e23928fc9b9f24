/* SPDX-License-Identifier: MIT */
/* The answer to "what can this mat measure?", from its layout alone. docs/own-mat.md has it as a table. */
#ifndef CORE_DESCRIBE_CAPABILITIES_H
#define CORE_DESCRIBE_CAPABILITIES_H

#include "sitbone/features.h"
#include "sitbone/geometry.h"

struct capabilities capabilities_find(const struct geometry *geometry);

#endif
