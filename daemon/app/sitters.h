/* SPDX-License-Identifier: MIT */
/* Chooses whose profile is in use, and stores the profile when something was learnt. store/profiles.c writes the
 * files; core/estimate/ learns. */
#ifndef APP_SITTERS_H
#define APP_SITTERS_H

#include <stdbool.h>

#include "core/pipeline.h"
#include "sitbone/command.h"
#include "sitbone/profile.h"
#include "sitbone/settings.h"
#include "sitbone/snapshot.h"
#include "store/profiles.h"

struct sitters {
        struct pipeline *pipeline;          /* not owned */
        const struct settings *settings;    /* not owned */
        struct profiles *profiles;          /* NULL: nothing is stored */
        struct profile loading;             /* scratch: a profile is too large for the stack */
        enum place_verdict place_reported;  /* the last verdict about the place of the mat that was logged */
        bool settled;                       /* for this sit, by a command: the mat is not asked again who sits */
        bool sat_upright, recorded;         /* in this sit: its first quiet seconds are complete; it was counted ... */
        char recorded_for[SITTER_NAME_MAX]; /* ... for this sitter */
};

/* Reads the profiles, after the state was recalled. state_directory may be NULL. */
void sitters_init(struct sitters *s, struct pipeline *pipeline, const struct settings *settings,
                  const char *state_directory);
void sitters_save(struct sitters *s); /* writes every profile again */
void sitters_free(struct sitters *s); /* writes pending profiles */

/* Call it after the pipeline was initialised again: loads the profile of the same sitter. */
void sitters_reload(struct sitters *s);

/* Call it after each decision. */
void sitters_step(struct sitters *s, const struct snapshot *snapshot);

/* Call it after a command was executed. */
void sitters_note_command(struct sitters *s, enum command_type type, const struct snapshot *snapshot);

/* Executes COMMAND_SITTER. */
enum command_result sitters_choose(struct sitters *s, const char *name);

#endif
