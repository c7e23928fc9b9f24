/* SPDX-License-Identifier: MIT */
/* The reasons why a format fits, in words. */
#ifndef TOOLS_SITBONECTL_PROBE_EVIDENCE_H
#define TOOLS_SITBONECTL_PROBE_EVIDENCE_H

#include "tools/sitbonectl/probe/fit.h"

/* fits perhaps no */
const char *fit_verdict_word(enum verdict verdict);

/* "begins with AA 55, 192 bytes long, sum": the properties that every frame had. */
void fit_write_evidence(const struct fit *fit, char *ret, size_t size);

#endif
