/* SPDX-License-Identifier: MIT */
/* The history outlet writes bouts, absences, postures by hour, alerts and their outcomes into SQLite
 * (store/history_database.h). A thread of its own writes once a minute of a bout, and at every event. When it fails,
 * the daemon goes on without the history, and the write is retried. The totals of a bout come from the decision thread
 * and survive a restart (store/state.h), so a row that exists already is continued and never doubled. */
#ifndef PUBLISH_HISTORY_OUTLET_H
#define PUBLISH_HISTORY_OUTLET_H

#include "publish/outlet.h"

enum { HISTORY_PATH_MAX = 512 };

/* Writes to directory/history.db. Negative errno only when there is no memory or no thread. speed: 1, or the factor by
 * which virtual time is faster; the history then continues where it ended, in virtual time. */
int history_new(const char *directory, const struct settings *settings, double speed, struct outlet *ret);

#endif
