/* SPDX-License-Identifier: MIT */
/* The adaptive schedule (setting adaptive): activation prompts prefer hours of the day in which they worked.
 *
 * Kept for each local hour: how many prompts were raised in it, and how many of them worked: stood, done, shifted or
 * squeezed. Unknown outcomes count for nothing. At HABIT_FULL both are halved, so that old habits fade.
 *
 *   share of an hour  (worked + 1) / (raised + 2): one half as long as nothing is known
 *   mean              the same over all hours together
 *   bad hour          at least HABIT_LEAST prompts, and a share below half the mean
 *   good hour         a share of at least the mean, or nothing known of it
 *
 * A prompt that falls due in a bad hour is moved by at most HABIT_MOVE_US: to the beginning of the next hour if that is
 * so near and good; otherwise to the end of the hour before if that is so near and good; otherwise not at all. */
#ifndef CORE_FOLLOW_PROMPT_HOURS_H
#define CORE_FOLLOW_PROMPT_HOURS_H

#include "core/follow/alert.h"

enum { HABIT_LEAST = 4, HABIT_FULL = 64 };
#define HABIT_MOVE_US (600 * 1000000ull)

/* due_us may lie before now_us. Returns the instant at which it shall come, never before now_us. */
uint64_t habit_moved(const struct alert_habit *h, const struct surroundings *around, uint64_t due_us, uint64_t now_us);

void habit_learn(struct alert_habit *h, int hour, enum alert_outcome outcome);

#endif
