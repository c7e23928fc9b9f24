/* SPDX-License-Identifier: MIT */
/* Names under which a seat is found on D-Bus. */
#ifndef CONTRACT_BUS_NAMES_H
#define CONTRACT_BUS_NAMES_H

#define BUS_PATH      "/org/sitbone/Seat1"
#define BUS_INTERFACE "org.sitbone.Seat1"
#define BUS_ERROR     "org.sitbone.Error."

enum { BUS_NAME_MAX = 96 };

/* The well-known name of a seat. */
void bus_name(const char *seat_id, char ret[BUS_NAME_MAX]);

#endif
