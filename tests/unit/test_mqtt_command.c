/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "check.h"
#include "publish/mqtt/command.h"

static enum command_result read_as(const char *verb, const char *payload, struct request *ret) {
        enum command_word word;

        return command_parse(verb, payload, strlen(payload), false, &word, ret);
}

static void test_snooze(void) {
        struct request r;

        CHECK(read_as("snooze", "", &r) == COMMAND_OK && r.command.type == COMMAND_SNOOZE && r.command.minutes == 0);
        CHECK(read_as("snooze", "default", &r) == COMMAND_OK && r.command.minutes == 0);
        CHECK(read_as("snooze", " 15\n", &r) == COMMAND_OK && r.command.minutes == 15);
        CHECK(read_as("snooze", "240", &r) == COMMAND_OK && r.command.minutes == 240);
        CHECK(read_as("snooze", "0", &r) == COMMAND_OUT_OF_RANGE);
        CHECK(read_as("snooze", "241", &r) == COMMAND_OUT_OF_RANGE);
        CHECK(read_as("snooze", "-5", &r) == COMMAND_MALFORMED);
        CHECK(read_as("snooze", "1e3", &r) == COMMAND_MALFORMED);
        CHECK(read_as("snooze", "99999999999999999999", &r) == COMMAND_MALFORMED);
}

static void test_json(void) {
        struct request r;

        CHECK(read_as("snooze", "{\"minutes\":10,\"transaction\":\"x\"}", &r) == COMMAND_OK);
        CHECK(r.command.minutes == 10 && strcmp(r.reply_to.transaction, "\"x\"") == 0);
        CHECK(read_as("snooze", "{}", &r) == COMMAND_OK && r.command.minutes == 0 && r.command.alert_id == 0);
        CHECK(read_as("snooze", "{\"minutes\":10,\"alert_id\":7}", &r) == COMMAND_OK);
        CHECK(r.command.minutes == 10 && r.command.alert_id == 7);
        CHECK(read_as("activation_done", "{\"alert_id\":\"7\"}", &r) == COMMAND_OK && r.command.alert_id == 7);
        CHECK(read_as("skip", "{\"alert_id\":7,\"transaction\":1}", &r) == COMMAND_OK && r.command.alert_id == 7);
        CHECK(read_as("skip", "{\"alert_id\":0}", &r) == COMMAND_MALFORMED);
        CHECK(read_as("skip", "{\"alert_id\":\"x\"}", &r) == COMMAND_MALFORMED);
        CHECK(read_as("skip", "{\"alert_id\":1.5}", &r) == COMMAND_MALFORMED);
        CHECK(read_as("pause", "{\"alert_id\":7}", &r) == COMMAND_MALFORMED);
        CHECK(read_as("snooze", "{\"minutes\":-1}", &r) == COMMAND_OUT_OF_RANGE);
        CHECK(read_as("snooze", "{\"minutes\":1.5}", &r) == COMMAND_MALFORMED);
        CHECK(read_as("snooze", "{\"minutes\":1,\"minutes\":2}", &r) == COMMAND_MALFORMED);
        CHECK(read_as("snooze", "{\"minute\":1}", &r) == COMMAND_MALFORMED);
        CHECK(read_as("snooze", "{\"transaction\":[1]}", &r) == COMMAND_MALFORMED);
        CHECK(read_as("snooze", "{\"minutes\":1", &r) == COMMAND_MALFORMED && r.reply_to.transaction[0] == '\0');
        CHECK(read_as("snooze", "{\"minutes\":\"x\",\"transaction\":5}", &r) == COMMAND_MALFORMED);
        CHECK(strcmp(r.reply_to.transaction, "5") == 0);
        CHECK(read_as("calibrate", "{\"target\":\"empty\"}", &r) == COMMAND_OK);
        CHECK(r.command.type == COMMAND_CALIBRATE && r.command.target == CALIBRATE_EMPTY);
}

static void test_names(void) {
        static const char *const bad[] = {"",
                                          "Anna",
                                          "a b",
                                          "-anna",
                                          "../x",
                                          "a/b",
                                          "ä",
                                          "a\nb",
                                          "a.b",
                                          "{\"name\":5}",
                                          "{\"target\":\"a\"}",
                                          "12345678901234567890123456789012"};
        struct request r;

        CHECK(read_as("teach", "crossed-left", &r) == COMMAND_OK && r.command.type == COMMAND_TEACH);
        CHECK(strcmp(r.command.name, "crossed-left") == 0);
        CHECK(read_as("unteach", "{\"name\":\"a1\"}", &r) == COMMAND_OK && r.command.type == COMMAND_UNTEACH);
        CHECK(strcmp(r.command.name, "a1") == 0);
        CHECK(read_as("teach", "1234567890123456789012345678901", &r) == COMMAND_OK);
        CHECK(read_as("sitter", "7", &r) == COMMAND_OK && strcmp(r.command.name, "7") == 0);
        CHECK(read_as("sitter", "", &r) == COMMAND_OK && r.command.type == COMMAND_SITTER && !*r.command.name);
        for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
                CHECK(read_as("teach", bad[i], &r) == COMMAND_MALFORMED && !*r.command.name);
                CHECK(read_as("unteach", bad[i], &r) == COMMAND_MALFORMED);
                CHECK(i == 0 || read_as("sitter", bad[i], &r) == COMMAND_MALFORMED);
        }
}

static void test_poses(void) {
        static const char *const poses[] = {"upright", "slouched", "arched", "left", "right", "empty", "squeeze"};
        struct request r;

        for (int i = 0; i < CALIBRATE_TARGET_N; i++)
                CHECK(read_as("calibrate", poses[i], &r) == COMMAND_OK && (int)r.command.target == i);
        CHECK(read_as("calibrate", "uprigh", &r) == COMMAND_MALFORMED);
        CHECK(read_as("calibrate", "1", &r) == COMMAND_MALFORMED);
}

static void test_others(void) {
        char large[COMMAND_PAYLOAD_MAX + 1];
        enum command_word word = WORD_COMMAND;
        struct request r;

        CHECK(read_as("calibrate", "upright", &r) == COMMAND_OK && r.command.target == CALIBRATE_UPRIGHT);
        CHECK(read_as("calibrate", "", &r) == COMMAND_MALFORMED);
        CHECK(read_as("activation_done", "anything", &r) == COMMAND_OK && r.command.type == COMMAND_DONE);
        CHECK(read_as("session_done", "1", &r) == COMMAND_OK && r.command.type == COMMAND_WORKOUT);
        CHECK(command_parse("session_done", "1", 1, true, &word, &r) == COMMAND_RETAINED);
        CHECK(read_as("tare", "", &r) == COMMAND_OK && r.command.type == COMMAND_TARE && !r.command.on);
        CHECK(read_as("tare", "1", &r) == COMMAND_OK && !r.command.on);
        CHECK(read_as("tare", "empty", &r) == COMMAND_OK && r.command.on);
        CHECK(read_as("tare", "{\"empty\":true}", &r) == COMMAND_OK && r.command.on);
        CHECK(read_as("tare", "{\"empty\":false}", &r) == COMMAND_OK && !r.command.on);
        CHECK(read_as("sitter", "{\"name\":true}", &r) == COMMAND_MALFORMED);
        CHECK(command_parse("announce", NULL, 0, false, &word, &r) == COMMAND_OK && word == WORD_ANNOUNCE);
        CHECK(read_as("dance", "", &r) == COMMAND_UNKNOWN && strcmp(r.reply_to.command, "dance") == 0);
        CHECK(read_as("../x", "", &r) == COMMAND_UNKNOWN && strcmp(r.reply_to.command, "invalid") == 0);
        CHECK(read_as("set/prompt_min", "45", &r) == COMMAND_UNKNOWN);
        CHECK(strcmp(r.reply_to.command, "set/prompt_min") == 0);
        CHECK(read_as("set//x", "", &r) == COMMAND_UNKNOWN && strcmp(r.reply_to.command, "invalid") == 0);
        CHECK(read_as("", "", &r) == COMMAND_UNKNOWN && strcmp(r.reply_to.command, "invalid") == 0);
        CHECK(command_parse("snooze", "5", 1, true, &word, &r) == COMMAND_RETAINED);
        CHECK(command_parse("snooze", "5\0", 2, false, &word, &r) == COMMAND_MALFORMED);
        memset(large, '5', sizeof(large));
        CHECK(command_parse("snooze", large, sizeof(large), false, &word, &r) == COMMAND_MALFORMED);
}

static void test_holding(void) {
        struct request r;

        CHECK(read_as("pause", "90", &r) == COMMAND_OK && r.command.type == COMMAND_PAUSE && r.command.minutes == 90);
        CHECK(read_as("pause", "{}", &r) == COMMAND_OK && r.command.minutes == 0);
        CHECK(read_as("pause", "1440", &r) == COMMAND_OK && read_as("pause", "1441", &r) == COMMAND_OUT_OF_RANGE);
        CHECK(read_as("resume", "", &r) == COMMAND_OK && r.command.type == COMMAND_RESUME);
        CHECK(read_as("skip", "1", &r) == COMMAND_OK && r.command.type == COMMAND_SKIP);
        CHECK(read_as("hold", "on", &r) == COMMAND_OK && r.command.type == COMMAND_INHIBIT && r.command.on);
        CHECK(read_as("hold", "{\"state\":\"off\"}", &r) == COMMAND_OK && !r.command.on && !r.command.name[0]);
        CHECK(read_as("hold", "", &r) == COMMAND_MALFORMED && read_as("hold", "1", &r) == COMMAND_MALFORMED);
}

static size_t next(uint32_t *seed, size_t below) {
        *seed = *seed * 1664525 + 1013904223;
        return (*seed >> 8) % below;
}

static void test_random(void) {
        static const char alphabet[] = "{}[]\":,0123456789minutestransaction\\u\0\xff ";
        static const char *const verbs[] = {"snooze",          "pause",    "hold", "calibrate",
                                            "activation_done", "announce", "tare"};
        char payload[64];
        uint32_t seed = 7;
        struct request r;
        enum command_word word;

        for (int i = 0; i < 200000; i++) {
                size_t n = next(&seed, sizeof(payload));
                enum command_result result;

                for (size_t j = 0; j < n; j++)
                        payload[j] = alphabet[next(&seed, sizeof(alphabet) - 1)];
                if (n && i % 2)
                        payload[0] = '{';
                result = command_parse(verbs[i % 7], payload, n, false, &word, &r);
                CHECK(result == COMMAND_OK || result == COMMAND_MALFORMED || result == COMMAND_OUT_OF_RANGE);
                CHECK(result != COMMAND_OK || r.command.minutes <= (r.command.type == COMMAND_PAUSE ? 1440 : 240));
                CHECK(memchr(r.reply_to.transaction, '\0', sizeof(r.reply_to.transaction)));
        }
}

static enum command_result set_as(const char *key, const char *payload, struct request *ret) {
        return set_parse(key, payload, strlen(payload), false, ret);
}

static void test_set(void) {
        struct request r;

        CHECK(set_as("break_s", " 90\n", &r) == COMMAND_OK && r.command.type == COMMAND_SET);
        CHECK(strcmp(r.command.settings, "break_s=90\n") == 0 && strcmp(r.reply_to.command, "set") == 0);
        CHECK(set_as("break_s", "", &r) == COMMAND_OK && strcmp(r.command.settings, "break_s=\n") == 0);
        CHECK(set_as("break_s", "{\"value\":90.5,\"transaction\":7}", &r) == COMMAND_OK);
        CHECK(strcmp(r.command.settings, "break_s=90.5\n") == 0 && strcmp(r.reply_to.transaction, "7") == 0);
        CHECK(set_as("", "{\"a\":1,\"b\":true,\"c\":null,\"d\":\"x\"}", &r) == COMMAND_OK);
        CHECK(strcmp(r.command.settings, "a=1\nb=yes\nc=\nd=x\n") == 0);
        CHECK(set_as("break_s", "9\nhost=x", &r) == COMMAND_MALFORMED);
        CHECK(set_as("a=1", "9", &r) == COMMAND_MALFORMED && set_as("a\nb", "9", &r) == COMMAND_MALFORMED);
        CHECK(set_as("", "{\"a\":\"1\\nhost=x\"}", &r) == COMMAND_MALFORMED);
        CHECK(set_as("", "{\"a=1\\nb\":1}", &r) == COMMAND_MALFORMED);
        CHECK(set_as("", "", &r) == COMMAND_MALFORMED && set_as("", "{}", &r) == COMMAND_MALFORMED);
        CHECK(set_as("", "{\"transaction\":1}", &r) == COMMAND_MALFORMED);
        CHECK(set_as("a", "{\"b\":1}", &r) == COMMAND_MALFORMED);
        CHECK(set_parse("a", "1", 1, true, &r) == COMMAND_RETAINED);
}

static void test_bucket(void) {
        struct bucket b = {2, 2, 1, 1000000};

        CHECK(bucket_take(&b, 1000000) && bucket_take(&b, 1000000) && !bucket_take(&b, 1000000));
        CHECK(!bucket_take(&b, 1900000) && bucket_take(&b, 2000000) && !bucket_take(&b, 2000001));
        CHECK(bucket_take(&b, 100000000) && bucket_take(&b, 100000000) && !bucket_take(&b, 100000000));
}

int main(void) {
        test_snooze();
        test_json();
        test_names();
        test_poses();
        test_others();
        test_holding();
        test_random();
        test_set();
        test_bucket();
        return 0;
}
