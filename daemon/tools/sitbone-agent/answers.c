/* SPDX-License-Identifier: MIT */
/* What a person pressed, and what the desktop wants, said to the daemons. */
#include <string.h>

#include "contract/bus_names.h"
#include "tools/sitbone-agent/seats.h"
#include "util/language.h"
#include "util/log.h"

/* --- what the person pressed --- */

static void say(struct seat *seat, const char *title, const char *body, bool quiet) {
        seats_say(seat, "answer",
                  &(struct note_text){.title = title, .body = body, .category = "x-sitbone.answer", .quiet = quiet});
}

/* Shows a refusal; false when it was none. */
static bool refused(struct seat *seat, sd_bus_message *m) {
        const sd_bus_error *e = sd_bus_message_get_error(m);

        if (!e)
                return false;
        log_warning("%s: refused: %s", seat->name, e->message ? e->message : e->name);
        if (*seat->name)
                say(seat, _("The seat could not do that"), e->message ? language_translate(e->message) : e->name,
                    false);
        return true;
}

static int on_snoozed(sd_bus_message *m, void *userdata, sd_bus_error *ret_error) {
        (void)ret_error;
        refused(userdata, m);
        return 0;
}

static int on_done(sd_bus_message *m, void *userdata, sd_bus_error *ret_error) {
        struct seat *seat = userdata;

        (void)ret_error;
        if (!refused(seat, m) && *seat->name)
                say(seat, _("Well done"), _("The time to the next reminder starts again."), true);
        return 0;
}

void seats_pressed(void *userdata, struct note *note, const char *action) {
        struct seats *s = userdata;
        struct seat *seat = seats_named(s, note->seat);
        int r = 0;

        if (!seat)
                return;
        log_info("%s: %s pressed for %s", seat->name, action, note->kind);
        if (!*seat->owner || !s->bus)
                say(seat, _("The seat could not do that"), _("sitboned is not running."), false);
        else if (strcmp(action, "done") == 0)
                r = sd_bus_call_method_async(s->bus, NULL, seat->owner, BUS_PATH, BUS_INTERFACE, "Done", on_done, seat,
                                             NULL);
        else if (strcmp(action, "snooze") == 0)
                r = sd_bus_call_method_async(s->bus, NULL, seat->owner, BUS_PATH, BUS_INTERFACE, "Snooze", on_snoozed,
                                             seat, "u", note->snooze_min);
        else if (strcmp(action, "skip") == 0)
                r = sd_bus_call_method_async(s->bus, NULL, seat->owner, BUS_PATH, BUS_INTERFACE, "Skip", on_snoozed,
                                             seat, NULL);
        if (r < 0)
                say(seat, _("The seat could not do that"), strerror(-r), false);
}

/* --- do not disturb --- */

/* A daemon that cannot hold raises its alerts, and the desktop keeps them back: not worth a word to the person. */
static int on_held(sd_bus_message *m, void *userdata, sd_bus_error *ret_error) {
        const sd_bus_error *e = sd_bus_message_get_error(m);
        struct seat *seat = userdata;

        (void)ret_error;
        if (e)
                log_warning("%s: does not hold its alerts: %s", seat->name, e->message ? e->message : e->name);
        return 0;
}

void seats_tell_hold(struct seat *seat) {
        struct seats *s = seat->seats;

        if (s->bus && *seat->owner)
                sd_bus_call_method_async(s->bus, NULL, seat->owner, BUS_PATH, BUS_INTERFACE, "Hold", on_held, seat,
                                         "bs", (int)s->hold, "desktop");
}

void seats_hold(void *userdata, bool hold) {
        struct seats *s = userdata;

        s->hold = hold;
        for (int i = 0; i < SEATS_MAX; i++)
                if (*s->of[i].name)
                        seats_tell_hold(&s->of[i]);
}
