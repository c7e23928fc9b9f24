/* SPDX-License-Identifier: MIT */
/* The commands that a person or an automation may send, by whichever outlet, and their answers. */
#ifndef SITBONE_COMMAND_H
#define SITBONE_COMMAND_H

#include <stdbool.h>
#include <stdint.h>

#include "sitbone/alert.h"

enum command_type {
        COMMAND_SNOOZE,    /* minutes; 0 = the setting's default. alert_id */
        COMMAND_DONE,      /* what the alert asked for was done. alert_id */
        COMMAND_CALIBRATE, /* the sitter now sits as target says */
        COMMAND_TARE,      /* use the present map as the empty seat; on: whatever it reads like */
        COMMAND_SKIP,      /* not this time; counted apart from snoozing. alert_id */
        COMMAND_PAUSE,     /* minutes; no alert of any kind until then; 0 = the setting's default */
        COMMAND_RESUME,    /* ends a pause and a snooze */
        COMMAND_INHIBIT, /* on: do not disturb, alerts that fall due wait; name "desktop": see alert.h, else a person */
        COMMAND_TEACH,   /* name: the sitter holds this posture for the next seconds */
        COMMAND_UNTEACH, /* name */
        COMMAND_SITTER,  /* name: the sitter from now on; "" = nobody in particular */
        COMMAND_WORKOUT, /* the workout of today was done */
        COMMAND_LABEL,   /* name: what is being done, written to the recordings that run; "" = nothing in particular */
        COMMAND_SET,     /* settings: controls, see configure/settings.h */
        COMMAND_TYPE_N,
};

enum { COMMAND_SETTINGS_MAX = 512, COMMAND_WHY_MAX = 192 };

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
        enum command_type type;
        uint32_t minutes;
        uint64_t alert_id; /* the alert that is answered; 0 = the one that is open */
        enum calibrate_target target;
        bool on;
        char name[32];                       /* [a-z0-9-] */
        char settings[COMMAND_SETTINGS_MAX]; /* set: lines of key=value; an empty value: that of the files again */
        char source[ALERT_INHIBITED_BY_MAX]; /* inhibit: the program that asks for it, for people; "" = name */
};

/* Answers. Everything but COMMAND_OK is a refusal, reported to the caller. */
enum command_result {
        COMMAND_OK,
        COMMAND_OUT_OF_RANGE,    /* snooze 1..240 minutes, pause 1..1440 */
        COMMAND_NOTHING_DUE,     /* done, skip: no alert is open */
        COMMAND_NOBODY_SEATED,   /* calibrate upright needs a person */
        COMMAND_SOMEBODY_SEATED, /* tare: the seat reads like a person; asked again within a minute, it obeys */
        COMMAND_NO_FRAMES,       /* the mat is silent */
        COMMAND_UNSTEADY,        /* the sitter moved: sit still and send the command again */
        COMMAND_MALFORMED,       /* an outlet could not parse it */
        COMMAND_RETAINED,        /* a retained MQTT command is never executed */
        COMMAND_UNKNOWN,
        COMMAND_BUSY,          /* the inbox was full */
        COMMAND_NOT_APART,     /* the pose cannot be distinguished from the upright, or squeezes from rest */
        COMMAND_FULL,          /* no room for another sitter or posture */
        COMMAND_NO_SUCH_NAME,  /* no posture of that name was taught */
        COMMAND_LIMIT_REACHED, /* snooze, skip: the user's limit for a day */
        COMMAND_NO_WORKOUTS,   /* workout: none are planned, or the date is not known */
        COMMAND_DONE_TODAY,    /* workout: done today already */
        COMMAND_NOT_RECORDING, /* label: nothing is recorded now */
        COMMAND_ALERT_CLOSED,  /* done, skip, snooze: the alert that was named is not open */
        COMMAND_NO_SUCH_SETTING,
        COMMAND_NOT_CONNECTED, /* to a broker */
        COMMAND_BAD_VALUE,     /* set: the value is not legal, or does not go with another */
        COMMAND_RESULT_N,
};

/* Details of an answer, for the caller. All 0 = there are none. */
struct command_answer {
        uint64_t alert_id;         /* done, skip, snooze: the alert that the command acted on; 0 = none was open */
        enum alert_kind alert;     /* its kind */
        uint64_t until_us;         /* snooze, pause: when it ends */
        char why[COMMAND_WHY_MAX]; /* set: the key that was refused, and the legal values; "" = see the result */
};

#endif
