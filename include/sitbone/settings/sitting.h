/* SPDX-License-Identifier: MIT */
/* Settings of the section [sitting]: bouts, interruptions and breaks. */
#ifndef SITBONE_SETTINGS_SITTING_H
#define SITBONE_SETTINGS_SITTING_H

struct settings_sitting {
        float confirm_s, interruption_s, break_s;
        float shift_movement; /* movement per second that is not sitting still */
};

#endif
