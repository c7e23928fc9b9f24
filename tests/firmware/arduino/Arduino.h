/* SPDX-License-Identifier: MIT */
/* As much of the Arduino library as the sketches in config/firmware use, on a virtual mat. */
#ifndef TESTS_FIRMWARE_ARDUINO_H
#define TESTS_FIRMWARE_ARDUINO_H

#include <stdint.h>

enum { LOW, HIGH };
enum { INPUT, OUTPUT };
#ifndef ESP32
enum { A0 = 14, A1, A2, A3, A4, A5, A6, A7 };
#endif
#define F(text) text

struct serial_line {
        void begin(unsigned long baud);
        void print(char c);
        void print(uint16_t number);
        void println(const char *text = "");
};
extern serial_line Serial;

void pinMode(uint8_t pin, uint8_t mode);
void digitalWrite(uint8_t pin, uint8_t level);
int analogRead(uint8_t pin);
void analogReadResolution(uint8_t bits);
void delayMicroseconds(unsigned int us);
unsigned long millis(void);

void setup();
void loop();

#endif
