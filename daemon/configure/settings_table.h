/* SPDX-License-Identifier: MIT */
/* Rows of the settings table. A setting is added by one row and one member of its struct in
 * include/sitbone/settings/. */
#ifndef CONFIGURE_SETTINGS_TABLE_H
#define CONFIGURE_SETTINGS_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SETTINGS_ROWS_MAX = 128 };

enum setting_kind {
        SETTING_BOOL,   /* bool */
        SETTING_INT,    /* int32_t, min..max */
        SETTING_FLOAT,  /* float, min..max */
        SETTING_CHOICE, /* int32_t, index into choices */
        SETTING_HOURS,  /* struct setting_hours */
        SETTING_DAYS,   /* uint32_t, bits 1 << weekday */
        SETTING_TEXT,   /* char[size], in the syntax of the row */
};

enum text_syntax {
        TEXT_PLAIN, /* printable UTF-8 */
        TEXT_LANGUAGE,
        TEXT_DEVICE, /* what port_open() accepts */
        TEXT_HOST,   /* a name or an address, without scheme, user and port */
        TEXT_PATH,   /* of a file, or empty */
        TEXT_SLUG,   /* "auto" or a-z 0-9 - */
        TEXT_TOPIC,  /* safe as a level of an MQTT topic */
        TEXT_FORMAT, /* name of a row of the format table or of a described format */
        /* lists of cells, rows and boards as in core/acquire/cell_lists.h */
        TEXT_LIST,
        TEXT_BOARDS,
        TEXT_MASK,
        TEXT_POSITIONS,
};

struct setting {
        const char *section, *key;
        enum setting_kind kind;
        enum text_syntax syntax; /* of SETTING_TEXT */
        size_t offset, size;     /* of the member in struct settings */
        double min, max;         /* of numbers, both inclusive */
        const char *unit;
        const char *default_text;
        const char *const *choices; /* ends with NULL; of SETTING_INT: the legal numbers, NULL = all of min..max */
        bool restart;               /* takes effect at restart only */
        const char *control;        /* may be set while the daemon runs, under this key; NULL = files only */
        const char *help;           /* meaning, and the reason for the default */
};

/* A profile is a set of other defaults. */
struct setting_preset {
        int32_t profile; /* enum alert_profile */
        const char *section, *key, *text;
};

extern const struct setting settings_table[];
extern const size_t settings_rows;
extern const struct setting_preset settings_presets[];
extern const size_t settings_presets_n;
extern const char settings_section_list[]; /* "[seat] [device] ..." */

#endif
