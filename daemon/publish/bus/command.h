/* SPDX-License-Identifier: MIT */
/* A method call on the bus as a command. */
#ifndef PUBLISH_BUS_COMMAND_H
#define PUBLISH_BUS_COMMAND_H

#include <systemd/sd-bus.h>

#include "sitbone/command.h"

/* COMMAND_OK, COMMAND_MALFORMED or COMMAND_UNKNOWN. */
enum command_result bus_read_command(sd_bus_message *m, struct command *ret);

#endif
