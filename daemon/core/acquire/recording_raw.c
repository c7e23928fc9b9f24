/* SPDX-License-Identifier: MIT */
#include "core/acquire/recording_raw.h"

#include <math.h>
#include <string.h>

#include "core/acquire/formats.h"

static const float RATE_UNKNOWN_HZ = 10;
static const uint64_t QUIET_US = 50000; /* as the daemon has it: not a pause within a frame */

struct raw_reader {
        const struct recording *r;
        struct frame *frame; /* the decoder's scratch space, to put the time in */
        recording_fn emit;
        void *userdata;
        uint32_t n_cells; /* of most frames */
        uint32_t count, frames, most;
};

/* Bytes without times: all at once. */
static void feed_bytes(struct recording *r, struct frame *frame, frame_fn emit, struct raw_reader *reader) {
        decoder_at_boundary(&r->decoder);
        decoder_feed(&r->decoder, (const uint8_t *)r->data, r->n, RECORDING_START_US, &(struct frame_sink){frame, emit, reader});
        decoder_idle(&r->decoder, RECORDING_START_US, &(struct frame_sink){frame, emit, reader});
}

/* As they came: what stands on both sides of a gap is not one frame. */
static void feed_pieces(struct recording *r, struct frame *frame, frame_fn emit, struct raw_reader *reader) {
        uint64_t now_us = RECORDING_START_US;
        struct recording_piece piece;

        recording_cursor_init(&r->cursor, r->data, r->n, r->head.chunks_at);
        if (r->head.whole)
                decoder_at_boundary(&r->decoder);
        while (recording_cursor_next(&r->cursor, &piece)) {
                uint64_t then_us = RECORDING_START_US + piece.t_us;

                if (then_us >= now_us + QUIET_US)
                        decoder_idle(&r->decoder, now_us + QUIET_US, &(struct frame_sink){frame, emit, reader});
                if (piece.gap)
                        decoder_reset(&r->decoder);
                now_us = then_us;
                decoder_feed(&r->decoder, piece.bytes, piece.n, now_us, &(struct frame_sink){frame, emit, reader});
        }
        decoder_idle(&r->decoder, now_us, &(struct frame_sink){frame, emit, reader});
        r->damaged_bytes = r->cursor.damaged_bytes;
        r->cut_bytes = r->cursor.cut_bytes;
}

static void feed(struct recording *r, struct frame *frame, frame_fn emit, struct raw_reader *reader) {
        decoder_init(&r->decoder, r->format, &r->layout);
        if (r->ours)
                feed_pieces(r, frame, emit, reader);
        else
                feed_bytes(r, frame, emit, reader);
}

static void on_frame(void *userdata, const struct frame *frame) {
        const struct raw_reader *reader = userdata;
        struct recording_row row = {.ref_pitch_deg = NAN, .ref_roll_deg = NAN};

        if (!reader->r->ours)
                reader->frame->arrived_us =
                        RECORDING_START_US + (uint64_t)((double)(frame->seq - 1) * 1e6 / (double)reader->r->rate_hz);
        reader->emit(reader->userdata, reader->frame, &row);
}

static void count_cells(void *userdata, const struct frame *frame) {
        struct raw_reader *reader = userdata;

        reader->frames = frame->n_cells == reader->count ? reader->frames + 1 : 1;
        reader->count = frame->n_cells;
        if (reader->frames > reader->most) {
                reader->most = reader->frames;
                reader->n_cells = frame->n_cells;
        }
}

int recording_raw_open(struct recording *r, const struct settings_device *device,
                       char ret_error[RECORDING_ERROR_MAX]) {
        const char *wrong = layout_build(r->format, device, &r->layout);
        struct raw_reader reader = {.r = r};
        struct frame scratch;

        r->rate_hz = r->format->rate_hz > 0 ? r->format->rate_hz : RATE_UNKNOWN_HZ;
        if (wrong)
                return recording_fail(ret_error, 0, wrong);
        if (r->layout.geometry.n_cells > 0)
                return 0;
        feed(r, &scratch, count_cells, &reader);
        if (reader.n_cells == 0)
                return recording_fail(ret_error, 0, "no line of numbers in it");
        wrong = layout_learn(r->format, device, reader.n_cells, &r->layout);
        return wrong ? recording_fail(ret_error, 0, wrong) : 0;
}

int recording_ours_open(struct recording *r, const struct settings_device *device,
                        char ret_error[RECORDING_ERROR_MAX]) {
        struct settings_device d = *device;
        const char *wrong = recording_read_head(r->data, r->n, &r->head, &d);

        if (wrong)
                return recording_fail(ret_error, r->head.bad_line, wrong);
        if (!r->format)
                r->format = format_by_name(r->head.format);
        if (!r->format)
                return recording_fail(ret_error, 0, "its format is not in the table here; say which one reads it");
        return recording_raw_open(r, &d, ret_error);
}

void recording_raw_each(struct recording *r, struct frame *frame, recording_fn emit, void *userdata) {
        struct raw_reader reader = {.r = r, .frame = frame, .emit = emit, .userdata = userdata};

        feed(r, frame, on_frame, &reader);
        r->frames = r->decoder.frames;
        memcpy(r->refused, r->decoder.refused, sizeof(r->refused));
}
