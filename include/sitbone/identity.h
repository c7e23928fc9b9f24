/* SPDX-License-Identifier: MIT */
/* The identity of this daemon as it is published. It is fixed between start and stop. */
#ifndef SITBONE_IDENTITY_H
#define SITBONE_IDENTITY_H

struct identity {
        char seat_id[64];    /* slug [a-z0-9-]: MQTT level, Home Assistant unique_id, D-Bus suffix */
        char seat_name[96];  /* for people */
        char area[64];       /* suggested_area, may be empty */
        char mat_model[96];  /* "Seat pressure mat 32x32" */
        char mat_format[48]; /* name of the format in use */
        char mat_serial[64]; /* USB serial, may be empty */
        char hostname[64];
        char version[32];
        char config_digest[17]; /* hex; differs when the settings of two seats differ */
};

#endif
