/* SPDX-License-Identifier: MIT */
/* Recordings -> frames, from memory, in virtual time. Three kinds: sitbone's own recordings (recording_wire.h),
 * frames CSV, and raw wire bytes with the name of their format. Pure, so that replay, golden tests and fuzzing read
 * the same way. */
#ifndef CORE_ACQUIRE_RECORDING_H
#define CORE_ACQUIRE_RECORDING_H

#include <stddef.h>
#include <stdint.h>

#include "core/acquire/decoder.h"
#include "core/acquire/format.h"
#include "core/acquire/layout.h"
#include "core/acquire/recording_wire.h"
#include "sitbone/frame.h"
#include "sitbone/settings/device.h"

enum { RECORDING_ERROR_MAX = 256 };

struct recording {
        const char *data; /* not owned */
        size_t n;
        const struct format *format; /* NULL: frames CSV */
        struct layout layout;        /* geometry of the recording */
        uint64_t frames, refused[REFUSAL_N];
        bool native;                      /* one of sitbone's own: raw wire bytes with arrival times */
        uint64_t damaged_bytes;           /* native: bytes that are no chunk */
        uint64_t cut_bytes;               /* native: the incomplete chunk at the end */
        uint32_t refused_line[REFUSAL_N]; /* frames CSV: line of the first refusal of this kind; 0 = none */

        /* The members below are used by recording.c only. */

        struct {
                size_t rows_at; /* offset of the first row, after the header */
                uint32_t header_line;
                int t, label, subject, ref_pitch, ref_roll, first_cell; /* columns; -1 = none */
        } columns;
        bool resistance; /* values are resistances: raw is the conductance */
        float rate_hz;
        char label[RECORDING_LABEL_MAX]; /* native: the last one; "" = none */
        struct recording_head head;
        struct recording_cursor cursor;
        struct decoder decoder;
};

/* The other columns of a row. NAN where the recording has no such column. */
struct recording_row {
        char label[RECORDING_LABEL_MAX]; /* "" = none */
        char subject[RECORDING_LABEL_MAX];
        float ref_pitch_deg, ref_roll_deg;
};

typedef void (*recording_fn)(void *userdata, const struct frame *frame, const struct recording_row *row);

/* Reads the head and makes the geometry. 0, or -EINVAL with the line and the reason in ret_error.
 *
 * format NULL: a native recording or a frames CSV. A native recording whose format is in no table needs one that
 * reads it. device: the user's settings (pitch, rotate, flip, ...). Settings in the head of a native recording
 * override them.
 *
 * The head of a frames CSV (rows, cols, pitch, polarity, full_scale) overrides the settings; rotate and flip of the
 * settings always apply. Without a full scale in head or settings it is the largest value in the recording; with
 * polarity=inverted that is the value of an unloaded cell.
 * unit=resistance: raw is the conductance 1/value, and full scale the largest conductance, whatever polarity is. */
int recording_open(struct recording *r, const char *data, size_t n, const struct format *format,
                   const struct settings_device *device, char ret_error[RECORDING_ERROR_MAX]);

/* Emits every frame in order. frame->arrived_us is the time since the start of the recording (raw bytes: by the
 * nominal rate of the format), plus one second so that 0 stays "never". Bad rows are counted by reason and skipped.
 * frame is scratch space. */
void recording_each(struct recording *r, struct frame *frame, recording_fn emit, void *userdata);

#endif
