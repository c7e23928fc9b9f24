/* SPDX-License-Identifier: MIT */
/* Runs a sketch on this machine, wired to a virtual mat. What it prints goes to standard output.
 * Usage: run_host fast|real LINES ROWS SELECTS SIGNALS cells|circuit FRAMES
 * fast: as fast as it goes; real: at the pace of a board. LINES 0: for ever. */
#include "../virtual_mat.h"
#include "Arduino.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const uint64_t READING_US = 112; /* analogRead() of an ATmega328P at 16 MHz */

static struct virtual_mat mat;
static uint64_t now_us;
static unsigned long lines, baud_rate;
static uint8_t output[PINS], level[PINS], bits = 10;
serial_line Serial;

static void apply_pin(uint8_t pin) {
        virtual_mat_set_pin(&mat, pin, !output[pin] ? PIN_FLOATS : level[pin] ? PIN_HIGH : PIN_LOW);
}

void pinMode(uint8_t pin, uint8_t mode) {
        output[pin] = mode == OUTPUT;
        apply_pin(pin);
}

void digitalWrite(uint8_t pin, uint8_t to) {
        level[pin] = to;
        apply_pin(pin);
}

int analogRead(uint8_t pin) {
        now_us += READING_US;
        return virtual_mat_read(&mat, pin) << (bits - 10);
}

void analogReadResolution(uint8_t to) {
        bits = to;
}

void delayMicroseconds(unsigned int us) {
        now_us += us;
}

unsigned long millis(void) {
        return (unsigned long)(now_us / 1000);
}

/* A line that nobody reads loses its bytes, as a serial line does. */
static void send_text(const char *text, size_t length) {
        ssize_t written;

        if (baud_rate == 0) {
                fprintf(stderr, "run_host: the sketch prints before Serial.begin()\n");
                exit(1);
        }
        written = write(STDOUT_FILENO, text, length);
        (void)written;
}

void serial_line::begin(unsigned long baud) {
        baud_rate = baud;
}

void serial_line::print(char c) {
        send_text(&c, 1);
}

void serial_line::print(uint16_t number) {
        char text[8];

        send_text(text, (size_t)snprintf(text, sizeof text, "%u", (unsigned)number));
}

void serial_line::println(const char *text) {
        send_text(text, strlen(text));
        send_text("\r\n", 2);
        lines++;
        for (; *text; text++)
                lines += *text == '\n';
}

static uint64_t read_clock_us(void) {
        struct timespec t;

        clock_gettime(CLOCK_MONOTONIC, &t);
        return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

int main(int argc, char **argv) {
        uint64_t begin_us = read_clock_us(), real_us;
        unsigned long lines_max;

        if (argc != 8)
                return 2;
        lines_max = strtoul(argv[2], NULL, 10);
        virtual_mat_init(&mat, argv + 3);
#ifdef ESP32
        bits = 12; /* until the sketch asks for another resolution */
#endif
        setup();
        while (lines_max == 0 || lines < lines_max) {
                loop();
                now_us += 1000;
                real_us = read_clock_us() - begin_us;
                if (strcmp(argv[1], "real") == 0 && now_us > real_us)
                        usleep((useconds_t)(now_us - real_us));
        }
        return 0;
}
