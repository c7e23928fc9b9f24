/* SPDX-License-Identifier: MIT */
#include "publish/bus/command.h"

#include "contract/bus_names.h"
#include "publish/bus/outlet.h"
#include "words/names.h"

static enum command_result read_minutes(sd_bus_message *m, struct command *ret) {
        return sd_bus_message_read(m, "u", &ret->minutes) < 0 ? COMMAND_MALFORMED : COMMAND_OK;
}

static enum command_result read_target(sd_bus_message *m, struct command *ret) {
        const char *what;

        if (sd_bus_message_read(m, "s", &what) < 0)
                return COMMAND_MALFORMED;
        return calibrate_target_of(what, &ret->target) ? COMMAND_OK : COMMAND_MALFORMED;
}

static enum command_result read_name(sd_bus_message *m, struct command *ret) {
        const char *name;

        if (sd_bus_message_read(m, "s", &name) < 0)
                return COMMAND_MALFORMED;
        return name_of(name, ret->name) ? COMMAND_OK : COMMAND_MALFORMED;
}

static enum command_result read_hold(sd_bus_message *m, struct command *ret) {
        const char *who;
        int on;

        if (sd_bus_message_read(m, "bs", &on, &who) < 0)
                return COMMAND_MALFORMED;
        ret->on = on != 0;
        return !*who || name_of(who, ret->name) ? COMMAND_OK : COMMAND_MALFORMED;
}

/* "" = nobody in particular. */
static enum command_result read_sitter(sd_bus_message *m, struct command *ret) {
        const char *name;

        if (sd_bus_message_read(m, "s", &name) < 0)
                return COMMAND_MALFORMED;
        return !*name || name_of(name, ret->name) ? COMMAND_OK : COMMAND_MALFORMED;
}

enum command_result bus_read_command(sd_bus_message *m, struct command *ret) {
        static const struct {
                const char *member;
                enum command_type type;
                enum command_result (*read)(sd_bus_message *m, struct command *ret);
        } of[] = {
                {"Snooze", COMMAND_SNOOZE, read_minutes},
                {"Done", COMMAND_DONE, NULL},
                {"Skip", COMMAND_SKIP, NULL},
                {"Pause", COMMAND_PAUSE, read_minutes},
                {"Resume", COMMAND_RESUME, NULL},
                {"Hold", COMMAND_INHIBIT, read_hold},
                {"Tare", COMMAND_TARE, NULL},
                {"Calibrate", COMMAND_CALIBRATE, read_target},
                {"Teach", COMMAND_TEACH, read_name},
                {"Unteach", COMMAND_UNTEACH, read_name},
                {"SetSitter", COMMAND_SITTER, read_sitter},
                {"SessionDone", COMMAND_WORKOUT, NULL},
        };

        for (size_t i = 0; i < sizeof(of) / sizeof(of[0]); i++) {
                if (!sd_bus_message_is_method_call(m, BUS_INTERFACE, of[i].member))
                        continue;
                ret->type = of[i].type;
                return of[i].read ? of[i].read(m, ret) : COMMAND_OK;
        }
        return COMMAND_UNKNOWN;
}
