/* SPDX-License-Identifier: MIT */
/* The adaptive schedule (setting adaptive): activation prompts prefer hours of the day in which they worked.
 *
 * For each local hour two numbers are stored: prompts raised in it, and how many of them worked (stood, done, shifted or
 * squeezed). Unknown outcomes are not counted. At PROMPT_HOURS_FULL both are halved, so that old habits fade.
 *
 *   share of an hour  (worked + 1) / (raised + 2): one half as long as nothing is known
 *   mean              the same over all hours together
 *   bad hour          at least PROMPT_HOURS_LEAST prompts, and a share below half the mean
 *   good hour         a share of at least the mean, or no prompts yet
 *
 * A prompt that falls due in a bad hour is moved by at most PROMPT_HOURS_MOVE_US: to the beginning of the next hour if
 * that is near enough and good; otherwise to the end of the hour before if that is near enough and good; otherwise it is not
 * moved. */
#ifndef CORE_FOLLOW_PROMPT_HOURS_H
#define CORE_FOLLOW_PROMPT_HOURS_H

#include <stdint.h>

#include "sitbone/alert.h"

enum { PROMPT_HOURS_LEAST = 4, PROMPT_HOURS_FULL = 64 };
#define PROMPT_HOURS_MOVE_US (600 * 1000000ull)

struct prompt_hours {
        uint8_t raised[24], worked[24];
};

/* The instant at which a prompt that falls due at due_us is raised. day_us: local time of day at due_us. */
uint64_t prompt_hours_move(const struct prompt_hours *p, uint64_t day_us, uint64_t due_us);

/* Counts a prompt that was raised in this local hour; hours out of range are ignored. */
void prompt_hours_learn(struct prompt_hours *p, int hour, enum alert_outcome outcome);

#endif
