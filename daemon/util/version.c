/* SPDX-License-Identifier: MIT */
#include "util/version.h"

const char sitbone_version[] = SITBONE_VERSION;
