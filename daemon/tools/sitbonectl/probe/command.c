/* SPDX-License-Identifier: MIT */
/* probe: listens at each likely speed, tries all formats on the bytes, and describes those that no format fits. */
#include <stdio.h>
#include <stdlib.h>

#include "core/acquire/recording_wire.h"
#include "tools/sitbonectl/commands.h"
#include "tools/sitbonectl/probe/listen.h"
#include "tools/sitbonectl/probe/print.h"
#include "tools/sitbonectl/source.h"

static bool parse_whole_number(const char *text, const char *option, long most, int32_t *ret) {
        char *end;
        long value = text ? strtol(text, &end, 10) : 0;

        if (text && (end == text || *end || value < 1 || value > most)) {
                complain("--%s %s is not a whole number from 1 to %ld", option, text, most);
                return false;
        }
        *ret = (int32_t)value;
        return true;
}

static int listen_and_print(struct findings *found, bool send, bool json) {
        struct listener *listener;
        int status = listener_run(found, send, &listener);

        if (status == STATUS_DONE && recording_is_native((const char *)found->heard.bytes, found->heard.n)) {
                complain("%s is a recording: sitbonectl check %s", found->device, found->device);
                status = STATUS_FAILED;
        } else if (status == STATUS_DONE) {
                findings_analyse(found);
                if (json)
                        findings_print_json(found);
                else
                        findings_print(found);
                status = probe_fits(&found->prober) ? STATUS_DONE : STATUS_FAILED;
        }
        listener_free(listener);
        return status;
}

static int run_probe(const struct options *options) {
        struct findings *found = calloc(1, sizeof(*found));
        int status = STATUS_USAGE;

        if (!found) {
                complain("out of memory");
                return STATUS_FAILED;
        }
        found->device = options->args[0];
        if (parse_whole_number(options->baud, "baud", 20000000, &found->baud) &&
            parse_whole_number(options->rows, "rows", 4096, &found->rows) &&
            parse_whole_number(options->cols, "cols", 4096, &found->cols))
                status = load_formats(options->format, &found->list);
        if (status == STATUS_DONE)
                status = listen_and_print(found, options->send, options->json);
        free(found->list);
        free(found);
        return status;
}

const struct ctl_command probe_command = {
        .name = "probe",
        .arguments = "DEVICE",
        .min_args = 1,
        .max_args = 1,
        .summary = "find the format and baud rate of a mat",
        .examples = "  sitbonectl probe /dev/ttyUSB0\n"
                    "  sitbonectl probe capture.bin\n",
        .notes = "Listens at the usual baud rates, and prints the lines for the settings, or a description of a "
                 "format. "
                 "Sit down and stand up meanwhile. Nothing is sent without --send. The exit status is 1 if no format "
                 "that exists fits.",
        .options = {{"baud", "only this baud rate"},
                    {"format", "try this description of a format, too", "FILE"},
                    {"rows", "rows of the mat, for formats that come in several sizes"},
                    {"cols", "columns of the mat, likewise"},
                    {"send", "allow the formats that are polled to ask for frames"},
                    {"json"}},
        .run = run_probe,
};
