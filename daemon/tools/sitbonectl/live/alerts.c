/* SPDX-License-Identifier: MIT */
/* The verbs that answer alerts or hold them off. */
#include <stdlib.h>
#include <string.h>

#include "tools/sitbonectl/live/daemon_link.h"
#include "util/language.h"

static int ask(const struct options *options, const char *said, const char *method, const char *signature,
               uint32_t number, const char *text) {
        char refusal[VIEW_TEXT_MAX];
        struct link link;
        int status = link_open(options, &link);

        if (status != STATUS_DONE)
                return status;
        status = link_call(&link, method, refusal, sizeof(refusal), signature, number, text);
        link_close(&link);
        if (status == STATUS_DONE)
                puts(said);
        else
                complain("%s", refusal);
        return status;
}

/* Without an argument 0: the daemon's own setting. */
static bool read_minutes(const struct options *options, const char *verb, unsigned long most, uint32_t *ret) {
        const char *word = options->n_args > 0 ? options->args[0] : NULL;
        char *end = NULL;
        unsigned long minutes = word ? strtoul(word, &end, 10) : 0;

        *ret = (uint32_t)minutes;
        if (!word || (*end == '\0' && end != word && word[0] != '-' && minutes >= 1 && minutes <= most))
                return true;
        complain(_("%s %s: must be 1 to %lu minutes"), verb, word, most);
        return false;
}

int verb_snooze(const struct options *options) {
        uint32_t minutes;

        if (!read_minutes(options, "snooze", 240, &minutes))
                return STATUS_USAGE;
        return ask(options, _("Snoozed."), "Snooze", "u", minutes, "");
}

int verb_pause(const struct options *options) {
        uint32_t minutes;

        if (!read_minutes(options, "pause", 1440, &minutes))
                return STATUS_USAGE;
        return ask(options, _("Paused: no alerts until then. sitbonectl resume ends it."), "Pause", "u", minutes, "");
}

int verb_resume(const struct options *options) {
        return ask(options, _("Neither paused nor snoozed any more."), "Resume", "", 0, "");
}

int verb_done(const struct options *options) {
        return ask(options, _("Noted. The next prompt comes a full interval from now."), "Done", "", 0, "");
}

int verb_skip(const struct options *options) {
        return ask(options, _("Skipped. The next prompt comes a full interval from now."), "Skip", "", 0, "");
}

int session_done(const struct options *options) {
        return ask(options, _("Noted: today's strengthening session is done. Tomorrow the muscles rest."),
                   "SessionDone", "", 0, "");
}

int verb_hold(const struct options *options) {
        bool on = strcmp(options->args[0], "on") == 0;

        if (!on && strcmp(options->args[0], "off") != 0) {
                complain(_("hold %s: must be on or off"), options->args[0]);
                return STATUS_USAGE;
        }
        return ask(options, on ? _("Alerts wait until sitbonectl hold off.") : _("Alerts come again."), "Hold", "bs",
                   on, "");
}
