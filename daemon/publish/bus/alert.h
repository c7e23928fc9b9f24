/* SPDX-License-Identifier: MIT */
/* The daemon's alerts as they go over the bus. */
#ifndef PUBLISH_BUS_ALERT_H
#define PUBLISH_BUS_ALERT_H

#include "contract/bus_alert.h"
#include "publish/bus/values.h"

/* Fills *ret with the alert of this kind from the last snapshot. */
void bus_alert_of(const struct bus_view *v, enum alert_kind k, struct bus_alert *ret);

#endif
