// SPDX-License-Identifier: MIT
// velostat-mat: reads a home-made seat mat of 12 rows and 12 columns and prints one line of 144 numbers for each frame.
//
// Boards: Arduino Nano, Arduino Uno, ESP32 DevKit (pins: board.h). Column multiplexer: 74HC4067.
// Parts, drawings and wiring: docs/build-a-mat.md of sitbone.
//
// sitbone reads the lines with format = csv-line, rows = 12, cols = 12, full_scale = 1023. Row 0 is at the back of the
// seat, column 0 at the sitter's left. A cell that nobody presses reads near 0.

#include "board.h"

static const uint8_t ROWS = sizeof ROW_PINS;
static const uint8_t COLS = 12;
static const uint8_t SELECT_BITS = sizeof SELECT_PINS;

static const unsigned long BAUD = 115200;

// Ten frames a second: a line of 144 numbers has at most 721 bytes and takes up to 63 ms at 115200 baud.
static const unsigned long FRAME_MS = 100;

// Time for a column to follow after the multiplexer or the row has changed. The load resistor of 1 kilohm and about 1 nF of
// mat and cable have a time constant of 1 us; 20 us also covers a load resistor of 2.2 kilohm and a longer cable.
static const unsigned int SETTLE_US = 20;

// Two readings a cell halve the noise power of one, and a frame still takes less than FRAME_MS.
static const uint8_t READINGS = 2;

static unsigned long frame_begin_ms;

static void select_column(uint8_t column) {
        for (uint8_t bit = 0; bit < SELECT_BITS; bit++)
                digitalWrite(SELECT_PINS[bit], (column >> bit) & 1 ? HIGH : LOW);
}

static uint16_t read_cell(void) {
        uint16_t sum = 0;

        delayMicroseconds(SETTLE_US);
        for (uint8_t i = 0; i < READINGS; i++)
                sum += (uint16_t)analogRead(SIGNAL_PIN);
        return (sum + READINGS / 2) / READINGS;
}

// One row is driven and all others are held at ground. A row that floats would let current pass backwards through three
// loaded cells and show a fourth one that nobody presses.
static void print_row(uint8_t row) {
        digitalWrite(ROW_PINS[row], HIGH);
        for (uint8_t column = 0; column < COLS; column++) {
                select_column(column);
                if (row > 0 || column > 0)
                        Serial.print(',');
                Serial.print(read_cell());
        }
        digitalWrite(ROW_PINS[row], LOW);
}

void setup() {
        for (uint8_t row = 0; row < ROWS; row++) {
                pinMode(ROW_PINS[row], OUTPUT);
                digitalWrite(ROW_PINS[row], LOW);
        }
        for (uint8_t bit = 0; bit < SELECT_BITS; bit++)
                pinMode(SELECT_PINS[bit], OUTPUT);
#if defined(ESP32)
        analogReadResolution(10); // 0 to 1023, as on the other boards
#endif
        Serial.begin(BAUD);
        // sitbone passes over lines that begin with #. A person at the serial monitor reads what the board is.
        Serial.println(F("\n# sitbone velostat-mat, 12 rows, 12 columns, row 0 at the back, column 0 left"));
        frame_begin_ms = millis();
}

void loop() {
        if (millis() - frame_begin_ms < FRAME_MS)
                return;
        frame_begin_ms = millis();
        for (uint8_t row = 0; row < ROWS; row++)
                print_row(row);
        Serial.println();
}
