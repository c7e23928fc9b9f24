/* SPDX-License-Identifier: MIT */
/* Recordings -> frames, from memory, in virtual time: recordings of ours (recording_wire.h), frames CSV, or raw wire bytes
 * with a format name. Pure, so that replay, golden tests and fuzzing read the same way. */
#ifndef CORE_ACQUIRE_RECORDING_H
#define CORE_ACQUIRE_RECORDING_H

#include <stddef.h>
#include <stdint.h>

#include "core/acquire/decoder.h"
#include "core/acquire/format.h"
#include "core/acquire/layout.h"
#include "core/acquire/recording_wire.h"
#include "sitbone/frame.h"
#include "sitbone/settings.h"

enum { RECORDING_LABEL_MAX = 64, RECORDING_ERROR_MAX = 256 };

struct recording {
        const char *data; /* not owned */
        size_t n;
        const struct format *format; /* NULL: frames CSV */
        struct layout layout;        /* geometry of the recording */
        uint64_t frames, refused[REFUSAL_N];
        bool ours;                         /* raw wire bytes with arrival times */
        uint64_t damaged_bytes, cut_bytes; /* of the file of ours: not what was written, and the begun end */
        uint32_t refused_line[REFUSAL_N];  /* of frames CSV: where that was the first time; 0 = nowhere */
        /* private state follows; recording.c */
        struct {
                size_t rows_at; /* offset of the first row, behind the header */
                uint32_t header_line;
                int t, label, subject, ref_pitch, ref_roll, first_cell; /* columns; -1 = none */
        } columns;
        bool resistance; /* values are resistances: raw is the conductance */
        float rate_hz;
        struct recording_head head;
        struct recording_cursor cursor;
        struct decoder decoder;
};

/* What a row says beside its cells. NAN where the recording has no such column. */
struct recording_row {
        char label[RECORDING_LABEL_MAX]; /* "" = none */
        char subject[RECORDING_LABEL_MAX];
        float ref_pitch_deg, ref_roll_deg;
};

typedef void (*recording_fn)(void *userdata, const struct frame *frame, const struct recording_row *row);

/* What the head of a recording of ours says of the device goes before the settings; of one whose format has another
 * name, format tells it.
 *
 * What the head of a frames CSV says (rows, cols, pitch, polarity, full_scale) goes before the settings; rotate and flip
 * of the settings always apply. A recording that does not say its full scale, settings neither, has the largest value
 * it holds; with polarity=inverted that is the value of an unloaded cell.
 * unit=resistance: raw is the conductance 1/value, full scale the largest one there is, whatever polarity says.
 *
 * Reads the head and makes the geometry. format NULL: ours or frames CSV. device: the user's settings (pitch, rotate, flip, ...).
 * 0, or -EINVAL with line and reason in ret_error. */
int recording_open(struct recording *r, const char *data, size_t n, const struct format *format,
                   const struct settings_device *device, char ret_error[RECORDING_ERROR_MAX]);

/* Every frame in order; frame->arrived_us is the recording's time from its start (raw bytes: the format's nominal
 * rate), offset by one second so that 0 stays "never". Bad rows are counted by reason and left out. frame is scratch space. */
void recording_each(struct recording *r, struct frame *frame, recording_fn emit, void *userdata);

#endif
