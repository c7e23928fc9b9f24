/* SPDX-License-Identifier: MIT */
/* Settings of the section [device]: the mat, its port and its wire format. */
#ifndef SITBONE_SETTINGS_DEVICE_H
#define SITBONE_SETTINGS_DEVICE_H

#include <stdbool.h>
#include <stdint.h>

#include "sitbone/settings/text.h"

/* State of a modem control line (DTR, RTS) after the port is opened. */
enum line_state { LINE_LEAVE, LINE_ON, LINE_OFF };

/* Meaning of a pause of the mat that is longer than stale_ms. */
enum silence_means { SILENCE_UNKNOWN, SILENCE_EMPTY, SILENCE_LAST };

struct settings_device {
        char device[SETTING_TEXT_MAX]; /* auto, tty, symlink, pty, FIFO, file, "-", tcp://host:port */
        char format[SETTING_TEXT_MAX]; /* name of a row of the format table, or name or path of a described format */
        int32_t baud;                  /* 0 = rate of the format */
        int32_t dtr, rts;              /* enum line_state */
        int32_t open_delay_ms, discard_ms, stale_ms;
        int32_t silence;              /* enum silence_means */
        int32_t rows, cols;           /* for formats that do not fix them; 0 = numbers of the format */
        float pitch_x_mm, pitch_y_mm; /* 0 = distances of the format */
        float full_scale;             /* 0 = value of the format */
        bool inverted;                /* values fall under load */
        int32_t rotate;               /* 0, 90, 180 or 270 degrees, clockwise as seen from above */
        bool flip_x, flip_y;
        /* Row r of the mat is wire row n (list syntax: core/acquire/cell_lists.h); "" = order of the format. */
        char row_list[256], col_list[256];
        char boards[32];
        char mask[512];
        char x_mm[1024], y_mm[1024]; /* positions of scattered cells, in wire order */
};

#endif
