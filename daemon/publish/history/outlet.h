/* SPDX-License-Identifier: MIT */
/* The history outlet: bouts, absences, postures by hour, alerts and what came of them, in SQLite (history_db.h), written
 * by a thread of its own: once a minute of a bout and at everything that happens. It may fail, the daemon goes on without
 * it and tries again. What counts up in a bout comes from the decision thread's own totals, which survive a restart
 * (publish/state.h): a row that is already there is continued, never doubled. */
#ifndef PUBLISH_HISTORY_OUTLET_H
#define PUBLISH_HISTORY_OUTLET_H

#include "publish/outlet.h"

enum { HISTORY_PATH_MAX = 512 };

/* directory/history.db. Negative errno only when there is no memory or no thread. speed: 1, or how many times faster
 * virtual time passes; the history then goes on where it ended, in virtual time. */
int history_new(const char *directory, const struct settings *settings, double speed, struct outlet *ret);

#endif
