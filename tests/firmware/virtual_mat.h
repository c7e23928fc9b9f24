/* SPDX-License-Identifier: MIT */
/* The mats of docs/build-a-mat.md and their wiring, for sketches that run without hardware. The board tells it the state of
 * every pin, and it answers what the board would read. */
#ifndef TESTS_FIRMWARE_VIRTUAL_MAT_H
#define TESTS_FIRMWARE_VIRTUAL_MAT_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { WIRED_MAX = 16, PINS = 64, FULL_SCALE = 1023 };

enum pin_state { PIN_FLOATS, PIN_LOW, PIN_HIGH };

struct pin_list {
        uint32_t count;
        uint8_t pins[WIRED_MAX];
};

struct virtual_mat {
        struct pin_list rows, selects, signals; /* without rows: one cell on each signal */
        int circuit;                            /* cells of one column pull each other down, as in a real matrix */
        uint32_t cols, cells, frames;           /* frames to play; the last one stays */
        uint32_t begun;                         /* frames that the sketch has begun to read */
        uint16_t *value;                        /* what each cell reads alone, frame after frame */
        enum pin_state state[PINS];
        uint8_t last_signal;
};

/* argv: rows, selects and signals as lists of pin numbers (- for none), cells | circuit, a file with one frame a line.
 * Ends the program when they are wrong. */
void virtual_mat_init(struct virtual_mat *mat, char **argv);
void virtual_mat_set_pin(struct virtual_mat *mat, uint8_t pin, enum pin_state state);
/* 0..1023. Ends the program with a message when the sketch drives the rows in a way that the wiring forbids. */
uint16_t virtual_mat_read(struct virtual_mat *mat, uint8_t pin);

#ifdef __cplusplus
}
#endif

#endif
