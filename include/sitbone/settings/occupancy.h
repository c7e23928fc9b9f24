/* SPDX-License-Identifier: MIT */
/* Settings of the section [occupancy]: vacant, object or person. */
#ifndef SITBONE_SETTINGS_OCCUPANCY_H
#define SITBONE_SETTINGS_OCCUPANCY_H

struct settings_occupancy {
        float person_area_cm2; /* minimum contact area of a person */
        float person_load_cm2; /* minimum load of a person, in cm2 of full scale */
        float object_load_cm2; /* minimum load of an object, in cm2 of full scale */
        float release_pct;     /* hysteresis: share of the thresholds below which a person is lost */
        float sit_s, stand_s;  /* time that a change must last before it counts */
};

#endif
