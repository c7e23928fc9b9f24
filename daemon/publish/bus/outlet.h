/* SPDX-License-Identifier: MIT */
/* D-Bus outlet: org.sitbone.Seat1 on the system or session bus, on the event loop of the decision thread. It never
 * waits for a peer, and the bus may come and go.
 *
 * The contract (names, members, types, units, errors, authorisation) is sitbone-dbus(7), config/man/sitbone-
 * dbus.7.scd; tests/system/test_bus_manual.py compares it with a running daemon. Methods and signals and the
 * authorisation and rate limits of callers are in outlet.c, properties and the keys of GetLive in
 * contract/live_fields.c, the keys of GetWhy and the details of an alert in values.c and contract/bus_alert.c. */
#ifndef PUBLISH_BUS_OUTLET_H
#define PUBLISH_BUS_OUTLET_H

#include "publish/outlet.h"

/* userdata is that of the host. Returns a descriptor, which the outlet closes after it was passed on, or a negative
 * errno. *ret_head stays the property of the callee. The function may be NULL. */
typedef int (*bus_tap_fn)(void *userdata, const char **ret_head);

/* Returns 0 also while there is no bus: the connection is retried with backoff. Negative errno on programming errors
 * only. mqtt may be NULL; its status becomes the property Mqtt. All posted snapshots must be the same object, and it
 * must outlive the outlet: GetLive is built from it on request. */
int bus_new(const struct outlet_host *host, bus_tap_fn tap, const struct outlet *mqtt, struct outlet *ret);

#endif
