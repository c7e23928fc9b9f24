// SPDX-License-Identifier: MIT
// four-fsr: reads four force-sensing resistors under a seat cushion and prints one line of four numbers for each
// frame.
//
// Boards: Arduino Nano, Arduino Uno, ESP32 DevKit. Parts and wiring: docs/build-a-mat.md of sitbone.
//
// sitbone reads the lines with format = csv-line, rows = 2, cols = 2, full_scale = 1023. The order is: back left, back
// right, front left, front right, as the sitter sees it.

#if defined(ESP32)
static const uint8_t PINS[] = {32, 33, 34, 35};
#else
static const uint8_t PINS[] = {A0, A1, A2, A3};
#endif

static const uint8_t CELLS = sizeof PINS;
static const unsigned long BAUD = 115200;
static const unsigned long FRAME_MS = 100;

// The first reading after another input was chosen still holds some of the charge of the input before, so it is
// dropped. The mean of the next four has half the noise of one.
static const uint8_t READINGS = 4;

static unsigned long frame_begin_ms;

static uint16_t read_cell(uint8_t pin) {
        uint16_t sum = 0;

        (void)analogRead(pin);
        for (uint8_t i = 0; i < READINGS; i++)
                sum += (uint16_t)analogRead(pin);
        return (uint16_t)((sum + READINGS / 2) / READINGS);
}

void setup() {
#if defined(ESP32)
        analogReadResolution(10); // 0 to 1023, as on the other boards
#endif
        Serial.begin(BAUD);
        // sitbone passes over lines that begin with #.
        Serial.println(F("\n# sitbone four-fsr: back left, back right, front left, front right"));
        frame_begin_ms = millis();
}

void loop() {
        if (millis() - frame_begin_ms < FRAME_MS)
                return;
        frame_begin_ms = millis();
        for (uint8_t cell = 0; cell < CELLS; cell++) {
                if (cell > 0)
                        Serial.print(',');
                Serial.print(read_cell(PINS[cell]));
        }
        Serial.println();
}
