/* SPDX-License-Identifier: MIT */
/* Anybody who reaches the broker can send MQTT commands: any topic level and any payload become a command within its
 * ranges, or a refusal; a retained one is never a command. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "publish/mqtt/command.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
        static const char *const verbs[] = {"snooze",   "activation_done", "calibrate", "tare",
                                            "announce", "teach",           "unteach",   "sitter"};
        char name[64] = "";
        struct request request;
        enum command_word word;
        enum command_result result;
        size_t length;
        bool retained;

        if (n < 2)
                return 0;
        retained = data[0] & 1;
        length = data[1] % sizeof(name);
        if (data[0] & 2) { /* a name that the fuzzer chooses */
                length = length < n - 2 ? length : n - 2;
                memcpy(name, data + 2, length);
        } else {
                strcpy(name, verbs[data[1] % (sizeof(verbs) / sizeof(verbs[0]))]);
                length = 0;
        }
        result = command_parse(name, data + 2 + length, n - 2 - length, retained, &word, &request);
        if (result >= COMMAND_RESULT_N)
                abort();
        if (retained && result == COMMAND_OK)
                abort();
        if (set_parse(name, data + 2 + length, n - 2 - length, retained, &request) == COMMAND_OK &&
            (retained || memchr(request.command.settings, '\0', COMMAND_SETTINGS_MAX) == NULL ||
             !strchr(request.command.settings, '=')))
                abort();
        command_parse(name, data + 2 + length, n - 2 - length, retained, &word, &request);
        if (result == COMMAND_OK && word == WORD_COMMAND &&
            (request.command.type >= COMMAND_TYPE_N || request.command.minutes > 240 ||
             request.command.target >= CALIBRATE_TARGET_N ||
             strspn(request.command.name, "abcdefghijklmnopqrstuvwxyz0123456789-") != strlen(request.command.name)))
                abort();
        return 0;
}
