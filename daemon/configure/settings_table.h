/* SPDX-License-Identifier: MIT */
/* Rows of the settings table; settings.c reads, checks and prints from them. */
#ifndef CONFIGURE_SETTINGS_TABLE_H
#define CONFIGURE_SETTINGS_TABLE_H

#include <stdbool.h>
#include <stddef.h>

enum { SETTINGS_ROWS_MAX = 128 };

enum setting_kind {
        SETTING_BOOL,   /* bool */
        SETTING_INT,    /* int32_t, min..max */
        SETTING_FLOAT,  /* float, min..max */
        SETTING_CHOICE, /* int32_t, index into choices */
        SETTING_TEXT,   /* char[size] */
        SETTING_SLUG,   /* char[size]: "auto" or a-z 0-9 - */
        SETTING_TOPIC,  /* char[size]: safe as a level of an MQTT topic */
        SETTING_FORMAT, /* char[size]: a row of the format table */
        SETTING_HOURS,  /* struct setting_hours */
        SETTING_DAYS,   /* uint32_t, bits 1 << weekday */
        SETTING_LIST,   /* char[size], and those below: lists as acquire/places.h has them */
        SETTING_BOARDS,
        SETTING_MASK,
        SETTING_POSITIONS,
};

struct setting {
        const char *section, *key;
        enum setting_kind kind;
        size_t offset, size;
        double min, max;
        const char *unit;
        const char *standard;       /* default, as text */
        const char *const *choices; /* NULL-terminated */
        bool restart;               /* a reload does not change it */
        const char *help;           /* what it is and why the default is what it is */
};

extern const struct setting settings_table[];
extern const size_t settings_rows;
extern const char settings_section_list[]; /* "[seat] [device] ..." */

#endif
