/* SPDX-License-Identifier: MIT */
#ifndef TOOLS_SITBONECTL_HISTORY_WHAT_IF_H
#define TOOLS_SITBONECTL_HISTORY_WHAT_IF_H

#include "tools/sitbonectl/history/load.h"

/* Prints which activation alerts the settings options->what_if would have raised in a period, compared with
 * options->config. STATUS_* */
int history_what_if(const struct options *options, sqlite3 *db, const struct history_period *period);

#endif
