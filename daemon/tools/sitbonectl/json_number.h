/* SPDX-License-Identifier: MIT */
#ifndef TOOLS_SITBONECTL_JSON_NUMBER_H
#define TOOLS_SITBONECTL_JSON_NUMBER_H

#include <jansson.h>

/* Flags of json_dumpf() that print a rounded number as it was rounded. */
#define JSON_NUMBER_FLAGS (JSON_COMPACT | JSON_REAL_PRECISION(15))

/* Rounded to decimals; an integer when decimals is 0; null when it is not finite; never -0. */
json_t *json_rounded(double value, int decimals);

#endif
