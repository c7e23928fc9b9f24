/* sitting -> alerts: what is due, why, with which exercise, and what came of it. */
#ifndef FOLLOW_ALERT_H
#define FOLLOW_ALERT_H

#include <stdint.h>

#include "sitbone/alert.h"
#include "sitbone/command.h"
#include "sitbone/exercise.h"
#include "sitbone/memory.h"
#include "sitbone/settings.h"
#include "sitbone/sitting.h"

struct alert_desk {
        struct settings_alert settings;
        const struct exercise_catalogue *exercises; /* not owned */
        struct alerts now;                          /* what the last step returned */
        /* private state follows; alert.c */
        uint64_t next_id;
        uint32_t exercise_turn;
};

void alert_init(struct alert_desk *d, const struct settings *settings, const struct exercise_catalogue *exercises);
void alert_configure(struct alert_desk *d, const struct settings *settings);

/* Returns the next deadline (UINT64_MAX = none). Fills every field of *ret. */
uint64_t alert_step(struct alert_desk *d, const struct sitting *sitting, uint64_t now_us, struct alerts *ret);

/* minutes 0 = the setting. COMMAND_OK or COMMAND_OUT_OF_RANGE. Closes open alerts as snoozed. */
enum command_result alert_snooze(struct alert_desk *d, uint32_t minutes, uint64_t now_us);
/* The activation was done: COMMAND_OK or COMMAND_NOTHING_DUE. The next one is due a full prompt later. */
enum command_result alert_done(struct alert_desk *d, uint64_t now_us);

void alert_new_day(struct alert_desk *d, uint64_t now_us);
void alert_remember(const struct alert_desk *d, uint64_t now_us, struct memory_alerts *ret);
void alert_recall(struct alert_desk *d, const struct memory_alerts *memory, uint64_t elapsed_us, uint64_t now_us);

#endif
