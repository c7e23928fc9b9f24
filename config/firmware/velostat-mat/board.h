// SPDX-License-Identifier: MIT
// The pins of each board. To use other pins, change them here and nowhere else.
#ifndef BOARD_H
#define BOARD_H

#include <Arduino.h>

#if defined(ESP32)
// ESP32 DevKit (ESP32-WROOM-32). GPIO 0, 2, 12 and 15 are left free because they select how the board boots, and
// the signal needs one of ADC1 (32 to 39) because ADC2 does not work while Wi-Fi is on.
static const uint8_t ROW_PINS[] = {4, 13, 14, 16, 17, 18, 19, 21, 22, 23, 25, 26};
static const uint8_t SELECT_PINS[] = {27, 32, 33, 5};
static const uint8_t SIGNAL_PIN = 34;
#else
// Arduino Nano and Uno. D0 and D1 are the serial line. D13 also drives the LED of the board, which glows while the mat
// is scanned.
static const uint8_t ROW_PINS[] = {2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13};
static const uint8_t SELECT_PINS[] = {A1, A2, A3, A4};
static const uint8_t SIGNAL_PIN = A0;
#endif

#endif
