/* SPDX-License-Identifier: MIT */
/* Settings of the section [posture]: thresholds of the posture classes. */
#ifndef SITBONE_SETTINGS_POSTURE_H
#define SITBONE_SETTINGS_POSTURE_H

struct settings_posture {
        float slouched_deg, arched_deg; /* tilt relative to the sitter's own upright */
        float lean_asymmetry;
        float forward_front_share, perched_back_mm;
        float hysteresis_pct;
        float dwell_s;
        float reference_s;    /* quiet sitting after sitting down that becomes the reference if none was calibrated */
        float min_confidence; /* below it the posture is unknown */
};

#endif
