// SPDX-License-Identifier: MIT
// velostat-mat: reads a home-made seat mat of 12 rows and 12 columns and prints one line of 144 numbers for each
// frame.
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

static const uint16_t FULL_SCALE = 1023;
static const uint16_t DENOMINATOR_MIN = FULL_SCALE / 8;
static const unsigned long BAUD = 115200;

// Ten frames a second. A Nano needs less than this to read all cells and to print 144 numbers of four digits at 115200
// baud.
static const unsigned long FRAME_MS = 100;

// Time for a column to follow after the multiplexer or the row has changed. The load resistor of 4.7 kilohm and about
// 2 nF of mat and cable have a time constant of 10 us, and after five of them less than 1 % of the step is left.
static const unsigned int SETTLE_US = 50;

static uint16_t frame[ROWS][COLS];
static unsigned long frame_begin_ms;

static void select_column(uint8_t column) {
        for (uint8_t bit = 0; bit < SELECT_BITS; bit++)
                digitalWrite(SELECT_PINS[bit], (column >> bit) & 1 ? HIGH : LOW);
}

static uint16_t read_cell(void) {
        delayMicroseconds(SETTLE_US);
        return (uint16_t)analogRead(SIGNAL_PIN);
}

// One row is driven and all others are held at ground. A row that floats would let current pass backwards through
// three loaded cells and show a fourth one that nobody presses.
static void read_row(uint8_t row) {
        digitalWrite(ROW_PINS[row], HIGH);
        for (uint8_t column = 0; column < COLS; column++) {
                select_column(column);
                frame[row][column] = read_cell();
        }
        digitalWrite(ROW_PINS[row], LOW);
}

// The grounded cells of a column lie in parallel with the load resistor and pull the reading down: it is full scale *
// g / (load + sum of all g of the column), where g is the conductance of a cell. All twelve readings of the column
// together give what the cell would read alone: full scale * g / (load + g). Where one cell is short-circuited, the
// limit keeps the correction from raising the noise of the others to full scale.
static uint16_t correct_cell(uint16_t reading, uint16_t column_sum) {
        uint16_t others = column_sum - reading;
        uint16_t denominator = others < FULL_SCALE - DENOMINATOR_MIN ? FULL_SCALE - others : DENOMINATOR_MIN;

        if (reading >= denominator)
                return FULL_SCALE;
        return (uint16_t)(((uint32_t)reading * FULL_SCALE + denominator / 2) / denominator);
}

static void correct_column(uint8_t column) {
        uint16_t sum = 0;

        for (uint8_t row = 0; row < ROWS; row++)
                sum += frame[row][column];
        for (uint8_t row = 0; row < ROWS; row++)
                frame[row][column] = correct_cell(frame[row][column], sum);
}

static void print_frame(void) {
        for (uint8_t row = 0; row < ROWS; row++)
                for (uint8_t column = 0; column < COLS; column++) {
                        if (row > 0 || column > 0)
                                Serial.print(',');
                        Serial.print(frame[row][column]);
                }
        Serial.println();
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
                read_row(row);
        for (uint8_t column = 0; column < COLS; column++)
                correct_column(column);
        print_frame();
}
