/* SPDX-License-Identifier: MIT */
/* Published values on D-Bus: how sitboned writes them and how sitbonectl reads them back. Instants travel as
 * microseconds of the wall clock, 0 = none. */
#ifndef CONTRACT_LIVE_BUS_H
#define CONTRACT_LIVE_BUS_H

#include <systemd/sd-bus.h>

#include "contract/live_fields.h"

/* Signature of the field's value. */
const char *live_bus_type(const struct live_field *f);

int live_bus_append_value(sd_bus_message *m, const struct live_field *f, const struct live_values *v);

/* The entry {sv}; an optional field that is unknown is left out. */
int live_bus_append_entry(sd_bus_message *m, const struct live_field *f, const struct live_values *v);

/* Reads the variant that is next into the field with this key. 1 = read; 0 = there is no such field, or it has another
 * type here, and nothing was consumed. */
int live_bus_read_entry(sd_bus_message *m, const char *key, struct live_values *v);

#endif
