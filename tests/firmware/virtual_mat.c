/* SPDX-License-Identifier: MIT */
#include "virtual_mat.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void fail(const char *message) {
        fprintf(stderr, "virtual mat: %s\n", message);
        exit(1);
}

static void parse_pins(struct pin_list *list, const char *text) {
        list->count = 0;
        while (isdigit((unsigned char)*text)) {
                char *end;
                unsigned long pin = strtoul(text, &end, 10);

                if (pin >= PINS || list->count == WIRED_MAX)
                        fail("a pin is out of range");
                list->pins[list->count++] = (uint8_t)pin;
                text = *end == ',' ? end + 1 : end;
        }
}

static void read_frames(struct virtual_mat *mat, const char *path) {
        FILE *f = fopen(path, "r");
        size_t count = 0, room = 0;
        unsigned value;

        if (!f)
                fail("the file of frames cannot be opened");
        while (fscanf(f, "%u%*[, \n]", &value) == 1) {
                if (count == room) {
                        room = room * 2 + 1024;
                        mat->value = (uint16_t *)realloc(mat->value, room * sizeof *mat->value);
                        if (!mat->value)
                                fail("out of memory");
                }
                mat->value[count++] = (uint16_t)(value > FULL_SCALE ? FULL_SCALE : value);
        }
        fclose(f);
        mat->frames = (uint32_t)(count / mat->cells);
        if (count == 0 || count % mat->cells != 0)
                fail("the file holds no whole number of frames");
}

void virtual_mat_init(struct virtual_mat *mat, char **argv) {
        memset(mat, 0, sizeof *mat);
        parse_pins(&mat->rows, argv[0]);
        parse_pins(&mat->selects, argv[1]);
        parse_pins(&mat->signals, argv[2]);
        mat->circuit = strcmp(argv[3], "circuit") == 0;
        mat->cols = mat->rows.count ? 12 : mat->signals.count;
        mat->cells = mat->rows.count ? mat->rows.count * mat->cols : mat->cols;
        mat->last_signal = PINS;
        read_frames(mat, argv[4]);
}

/* The sketch begins a frame when it drives the first row or, without rows, when it turns to the first signal. */
void virtual_mat_set_pin(struct virtual_mat *mat, uint8_t pin, enum pin_state state) {
        if (mat->rows.count && pin == mat->rows.pins[0] && state == PIN_HIGH && mat->state[pin] != PIN_HIGH)
                mat->begun++;
        mat->state[pin] = state;
}

static const uint16_t *find_frame(const struct virtual_mat *mat) {
        uint32_t frame = mat->begun ? mat->begun - 1 : 0;

        return mat->value + (size_t)(frame < mat->frames ? frame : mat->frames - 1) * mat->cells;
}

static uint16_t read_direct(struct virtual_mat *mat, uint8_t pin) {
        if (pin == mat->signals.pins[0] && mat->last_signal != pin)
                mat->begun++;
        mat->last_signal = pin;
        for (uint32_t i = 0; i < mat->signals.count; i++)
                if (mat->signals.pins[i] == pin)
                        return find_frame(mat)[i];
        fail("the sketch reads an input that is not wired");
        return 0;
}

static uint32_t selected_column(const struct virtual_mat *mat) {
        uint32_t column = 0;

        for (uint32_t bit = 0; bit < mat->selects.count; bit++) {
                enum pin_state state = mat->state[mat->selects.pins[bit]];

                if (state == PIN_FLOATS)
                        fail("a select input of the multiplexer floats");
                column |= (uint32_t)(state == PIN_HIGH) << bit;
        }
        return column;
}

/* A column is a divider: every cell of the driven row feeds it, every other cell and the load resistor hold it at ground.
 * Conductances are in units of that of the load resistor. */
static uint16_t divide_voltage(const struct virtual_mat *mat, const uint16_t *frame, uint32_t column) {
        double driven = 0, all = 1;

        for (uint32_t row = 0; row < mat->rows.count; row++) {
                double value = frame[row * mat->cols + column];
                double conductance = value / (FULL_SCALE + 1e-6 - value);

                all += conductance;
                if (mat->state[mat->rows.pins[row]] == PIN_HIGH)
                        driven += conductance;
        }
        return (uint16_t)(FULL_SCALE * driven / all + 0.5);
}

static uint16_t read_matrix(const struct virtual_mat *mat, uint8_t pin) {
        uint32_t column = selected_column(mat), high = 0, row = 0;

        if (pin != mat->signals.pins[0])
                fail("the sketch reads an input that is not wired");
        for (uint32_t i = 0; i < mat->rows.count; i++) {
                enum pin_state state = mat->state[mat->rows.pins[i]];

                if (state == PIN_FLOATS)
                        fail("a row floats while a cell is read");
                if (state == PIN_HIGH) {
                        high++;
                        row = i;
                }
        }
        if (high != 1)
                fail("not exactly one row is driven while a cell is read");
        if (column >= mat->cols)
                return 0; /* an input of the multiplexer without a column */
        return mat->circuit ? divide_voltage(mat, find_frame(mat), column) : find_frame(mat)[row * mat->cols + column];
}

uint16_t virtual_mat_read(struct virtual_mat *mat, uint8_t pin) {
        return mat->rows.count ? read_matrix(mat, pin) : read_direct(mat, pin);
}
