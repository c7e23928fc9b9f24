/* SPDX-License-Identifier: MIT */
#include "configure/settings_time.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

static const char *const day_words[7] = {"sun", "mon", "tue", "wed", "thu", "fri", "sat"};

/* One or two digits. Returns what follows, NULL = none, or more. */
static const char *read_digits(const char *s, int32_t *ret) {
        const char *from = s;

        for (*ret = 0; isdigit((unsigned char)*s) && s - from < 2; s++)
                *ret = *ret * 10 + (*s - '0');
        return s > from && !isdigit((unsigned char)*s) ? s : NULL;
}

/* 7:00, 07:00, 24:00. Returns what follows, NULL = no time of day. */
static const char *read_clock(const char *s, int32_t *ret_min) {
        int32_t hour, minute;

        s = read_digits(s, &hour);
        if (!s || *s != ':' || !isdigit((unsigned char)s[1]) || !isdigit((unsigned char)s[2]))
                return NULL;
        s = read_digits(s + 1, &minute);
        if (!s || hour > 24 || minute > 59 || (hour == 24 && minute > 0))
                return NULL;
        *ret_min = hour % 24 * 60 + minute;
        return s;
}

bool settings_time_hours(const char *text, struct setting_hours *ret) {
        struct setting_hours hours = {0, 0};

        if (*text) {
                text = read_clock(text, &hours.from_min);
                if (!text)
                        return false;
                text += strspn(text, " ");
                if (*text++ != '-')
                        return false;
                text = read_clock(text + strspn(text, " "), &hours.to_min);
                if (!text || *text || hours.from_min == hours.to_min)
                        return false;
        }
        *ret = hours;
        return true;
}

void settings_time_print_hours(const struct setting_hours *hours, char *ret, size_t size) {
        *ret = '\0';
        if (hours->from_min != hours->to_min)
                snprintf(ret, size, "%02d:%02d-%02d:%02d", hours->from_min / 60, hours->from_min % 60,
                         hours->to_min / 60, hours->to_min % 60);
}

bool settings_time_days(const char *text, uint32_t *ret) {
        uint32_t days = 0;

        while (*(text += strspn(text, " ,"))) {
                size_t n = strcspn(text, " ,");
                uint32_t day = 0;

                while (day < 7 && (n != 3 || strncmp(text, day_words[day], 3) != 0))
                        day++;
                if (day == 7)
                        return false;
                days |= 1U << day;
                text += n;
        }
        *ret = days;
        return true;
}

void settings_time_print_days(uint32_t days, char *ret, size_t size) {
        size_t n = 0;

        *ret = '\0';
        for (int day = 0; day < 7; day++)
                if (days & (1U << day) && n < size)
                        n += (size_t)snprintf(ret + n, size - n, "%s%s", n ? " " : "", day_words[day]);
}
