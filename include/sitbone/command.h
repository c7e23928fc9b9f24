/* SPDX-License-Identifier: MIT */
/* What a person or an automation may ask for, whichever way it came in, and what it is answered. */
#ifndef SITBONE_COMMAND_H
#define SITBONE_COMMAND_H

#include <stdbool.h>
#include <stdint.h>

enum command_verb {
        COMMAND_SNOOZE,    /* minutes; 0 = the setting's default */
        COMMAND_DONE,      /* the activation was done */
        COMMAND_CALIBRATE, /* target says what: the sitter sits so now */
        COMMAND_TARE,      /* take the present map as empty */
        COMMAND_SKIP,      /* not this time: closes what is open, counted apart from snoozing */
        COMMAND_PAUSE,     /* minutes; no alerts until then, for whatever reason; 0 = the setting's default */
        COMMAND_RESUME,    /* ends a pause and a snooze */
        COMMAND_HOLD,      /* on: do not disturb; what falls due waits. name "desktop": see alert.h, else a person */
        COMMAND_TEACH,     /* name: the sitter sits so for the next seconds */
        COMMAND_UNTEACH,   /* name */
        COMMAND_SITTER,    /* name: who sits from now on; "" = nobody in particular */
        COMMAND_SESSION,   /* the strengthening session of today was done */
        COMMAND_VERB_N,
};

/* The first five are the poses of profile.h, in its order. */
enum calibrate_target {
        CALIBRATE_UPRIGHT,
        CALIBRATE_SLOUCHED,
        CALIBRATE_ARCHED,
        CALIBRATE_LEFT,
        CALIBRATE_RIGHT,
        CALIBRATE_EMPTY,
        CALIBRATE_SQUEEZE, /* five squeezes of the glutes at a given beat */
        CALIBRATE_TARGET_N,
};

struct command {
        enum command_verb verb;
        uint32_t minutes;
        enum calibrate_target target;
        bool on;
        char name[32]; /* [a-z0-9-] */
};

/* Answers. Everything but COMMAND_OK is a refusal that is said to the asker. */
enum command_result {
        COMMAND_OK,
        COMMAND_OUT_OF_RANGE,    /* snooze 1..240 minutes, pause 1..1440 */
        COMMAND_NOTHING_DUE,     /* done: no alert is open */
        COMMAND_NOBODY_SEATED,   /* calibrate upright needs a person */
        COMMAND_SOMEBODY_SEATED, /* tare needs an empty seat */
        COMMAND_NO_FRAMES,       /* the mat is silent */
        COMMAND_UNSTEADY,        /* hold still and ask again */
        COMMAND_MALFORMED,       /* the rim could not read it */
        COMMAND_RETAINED,        /* a retained MQTT command is never executed */
        COMMAND_UNKNOWN_VERB,
        COMMAND_BUSY,          /* the inbox was full */
        COMMAND_NOT_APART,     /* the pose cannot be told from the upright, or squeezes from rest */
        COMMAND_FULL,          /* no room for another sitter or posture */
        COMMAND_NO_SUCH_NAME,  /* nothing of that name was taught */
        COMMAND_LIMIT_REACHED, /* snooze, skip: the limit of the day that the user set */
        COMMAND_NO_SESSIONS,   /* session: none are planned, or nobody knows what day it is */
        COMMAND_DONE_TODAY,    /* session: that was said before */
        COMMAND_RESULT_N,
};

#endif
