/* SPDX-License-Identifier: MIT */
/* The settings reader: the table is consistent, and every error names file, line, key and the legal values. */
#include <string.h>

#include "check.h"
#include "configure/settings.h"
#include "configure/settings_table.h"

static struct settings settings;
static struct config_errors errors;

static void parse(const char *text) {
        memset(&errors, 0, sizeof(errors));
        settings_defaults(&settings);
        settings_parse(&settings, "x.conf", text, strlen(text), &errors);
}

static void expect_error(const char *text, const char *words) {
        parse(text);
        if (errors.n != 1 || !strstr(errors.text[0], words))
                fprintf(stderr, "for: %s\nwant: %s\ngot %d: %s\n", text, words, errors.n, errors.text[0]);
        CHECK(errors.n == 1);
        CHECK(strstr(errors.text[0], words));
}

/* The printed file without its comment signs must be legal and give the defaults. So every default is within its own
 * range, and config/sitbone.conf is correct. */
static void test_defaults_are_legal(void) {
        static char text[256 * 1024];
        struct settings standard;
        FILE *f = fmemopen(text, sizeof(text), "w");

        settings_print_defaults(f);
        fclose(f);
        for (char *line = text; line && *line; line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL)
                if (line[0] == '#' && line[1] != ' ')
                        memmove(line, line + 1, strlen(line));
        parse(text);
        for (int i = 0; i < errors.n; i++)
                fprintf(stderr, "%s\n", errors.text[i]);
        CHECK(errors.n == 0);
        settings_defaults(&standard);
        CHECK(memcmp(&standard, &settings, sizeof(standard)) == 0);
        CHECK(standard.sitting.break_s == 120 && standard.alert.prompt_min == 30);
}

static void test_shipped_file(void) {
        static char text[256 * 1024], shipped[256 * 1024];
        FILE *f = fmemopen(text, sizeof(text), "w");
        size_t n;

        settings_print_defaults(f);
        fclose(f);
        f = fopen("config/sitbone.conf", "r");
        CHECK(f);
        n = fread(shipped, 1, sizeof(shipped) - 1, f);
        fclose(f);
        CHECK(n == strlen(text) && memcmp(text, shipped, n) == 0); /* rebuild: sitboned --print-defaults */
}

static void test_values_are_literal(void) {
        parse("[mqtt]\nuser = a ;b#c \"d\"\nenabled = yes\n# comment\n\n[seat]\nname=Büro = Stuhl\n");
        CHECK(errors.n == 0);
        CHECK(strcmp(settings.mqtt.user, "a ;b#c \"d\"") == 0);
        CHECK(strcmp(settings.seat.name, "Büro = Stuhl") == 0);
        CHECK(settings.mqtt.enabled);
}

static void test_errors(void) {
        expect_error("[alert]\nprompt_min = 500\n",
                     "x.conf:2: [alert] prompt_min = 500: must be 1..180 min (default 30)");
        expect_error("[alert]\nprompt_mn = 5\n", "x.conf:2: [alert] prompt_mn: unknown key, did you mean prompt_min?");
        expect_error("[alrt]\nprompt_min = 5\n", "x.conf:1: [alrt]: unknown section, did you mean [alert]");
        expect_error("[mqtt]\nprompt_min = 5\n", "it belongs to [alert]");
        expect_error("prompt_min = 5\n", "x.conf:1: prompt_min: is before the first [section]");
        expect_error("[alert]\nprompt_min\n", "x.conf:2: expected key = value");
        parse("[alert]\n  prompt_min = 5\n \t[mqtt]\n\tport = 5\n  # comment\n");
        CHECK(errors.n == 0 && settings.alert.prompt_min == 5 && settings.mqtt.port == 5);
        expect_error("[alert]\nprompt_min = 30\nprompt_min = 31\n", "set twice, first in line 2");
        expect_error("[alert]\nenabled = maybe\n", "must be yes or no");
        expect_error("[alert]\nprompt_min = 30 # half an hour\n", "must be 1..180 min");
        expect_error("[alert]\nprompt_min = nan\n", "must be");
        expect_error(
                "[alert]\nquiet_hours = 22-7\n",
                "x.conf:2: [alert] quiet_hours = 22-7: must be hours such as 22:00-07:00, or empty (default empty)");
        expect_error("[alert]\nquiet_hours = 22:00-25:00\n", "must be hours");
        expect_error("[alert]\nquiet_hours = 7:00-7:00\n", "must be hours");
        expect_error("[alert]\nquiet_hours = 7:60-8:00\n", "must be hours");
        expect_error("[alert]\nquiet_hours = 22:00-07:00 at night\n", "must be hours");
        expect_error("[alert]\nquiet_days = sat sunday\n", "must be any of mon tue");
        expect_error("[alert]\nprompt_min = 0x20\n", "must be");
        expect_error("[device]\nbaud = 9600.5\n", "must be");
        expect_error("[device]\ndtr = up\n", "leave | on | off");
        expect_error("[device]\nformat = csvline\n", "csv-line");
        expect_error("[device]\nrotate = 45\n", "0 | 90 | 180 | 270");
        expect_error("[device]\nformat = jq-seat-32\nrows = 8\n",
                     "format = jq-seat-32: this format has a fixed number of rows");
        expect_error("[device]\nmask = row 1; 2\n",
                     "x.conf:2: [device] mask = row 1; 2: must be empty, or cells, rows");
        expect_error("[device]\nx_mm = 1 2 z\n",
                     "x.conf:2: [device] x_mm = 1 2 z: must be empty, or numbers -2000..2000");
        expect_error("[device]\nrow_list = 64\n",
                     "x.conf:2: [device] row_list = 64: must be empty, or up to 64 numbers");
        expect_error("[device]\nboards = 0 0\n", "x.conf:2: [device] boards = 0 0: must be empty, or board numbers");
        expect_error("[device]\nrows = 2\ncols = 2\nrow_list = 0 1 2\n", "row_list must name every row once");
        expect_error("[device]\nx_mm = 1 2\n", "x_mm and y_mm need one number each");
        expect_error("[seat]\nname = \xff\n", "printable text of at most 95 bytes of UTF-8");
        expect_error("[seat]\nname = a\xc2\x9b"
                     "31m\n",
                     "name = a??31m: must be printable text of at most 95 bytes of UTF-8");
        expect_error("[seat]\nid = Chair 1\n", "auto, or a-z, 0-9 and -");
        expect_error("[mqtt]\nbase_topic = /a\n", "MQTT topic");
        expect_error("[mqtt]\nbase_topic = homeassistant\n", "must differ");
        expect_error("[sitting]\ninterruption_s = 120\n", "must be less than break_s");
        expect_error("[alert\n", "a section is written [name]");
}

/* What people write instead of a legal value or key -> the remedy that the error names. */
static void test_advice(void) {
        static const char *const rows[][2] = {
                {"[mqtt]\nhost = \"homeassistant.local\"",
                 "x.conf:2: [mqtt] host = \"homeassistant.local\": write the "
                 "value without quotation marks"},
                {"[seat]\nname = 'Chair'", "write the value without quotation marks"},
                {"[alert]\nprompt_min = \"30\"", "write the value without quotation marks"},
                {"[mqtt]\nenabled = \"yes\"", "write the value without quotation marks"},
                {"[mqtt]\nhost = mqtt://ha.local:1883", "write host = ha.local, port = 1883; must be a host name"},
                {"[mqtt]\nhost = mqtts://me@ha.local:8883/", "write host = ha.local, port = 8883, tls = yes;"},
                {"[mqtt]\nhost = http://ha.local:8123", "write host = ha.local, port = 8123;"},
                {"[mqtt]\nhost = 192.168.1.5:1883", "write host = 192.168.1.5, port = 1883;"},
                {"[mqtt]\nhost = [fe80::1]:1883", "write host = fe80::1, port = 1883;"},
                {"[mqtt]\nhost = ha.local/", "write host = ha.local;"},
                {"[mqtt]\nhost =", "must be a host name or an address"},
                {"[mqtt]\nhost = ha.local # the Pi", "a comment needs a line of its own"},
                {"[device]\ndevice = ttyUSB0", "write device = /dev/ttyUSB0; must be auto"},
                {"[device]\ndevice = COM3", "a whole path such as /dev/ttyUSB0"},
                {"[device]\ndevice = tcp://pi", "tcp://host:port"},
                {"[device]\ndevice = socket://pi:3000", "tcp://host:port"},
                {"[device]\ndevice = ~/mat", "a whole path"},
                {"[device]\ndevice = /dev/ttyUSB0 # mat", "a comment needs a line of its own"},
                {"[mqtt]\npassword = secret", "x.conf:2: [mqtt] password: passwords are not stored here: use "
                                              "password_file, or the credential mqtt-password"},
                {"[mqtt]\npasswd = secret", "use password_file"},
                {"[mqtt]\nusername = me", "did you mean user?"},
                {"[mqtt]\nbroker = ha.local", "did you mean host?"},
                {"[alert]\nprompt_min = 30 min",
                 "prompt_min = 30 min: write the number without a unit; must be 1..180"},
                {"[alert]\nprompt_min = 1h", "write the number without a unit"},
                {"[device]\nbaud = 9600 baud", "write the number without a unit"},
                {"[device]\nbaud = 115,200", "write a decimal point and no comma"},
                {"[device]\npitch_x_mm = 12,5", "write a decimal point and no comma"},
                {"[condition]\nnoise_floor_pct = 2%", "write the number without a unit"},
                {"[device]\nrows = 16 # rows", "rows = 16 # rows: a comment needs a line of its own"},
                {"[device]\nrows = 16 ; rows", "a comment needs a line of its own"},
                {"[device]\nrows = 16;", "write the value without a semicolon"},
                {"[device]\npitch = 25", "[device] pitch: unknown key, did you mean pitch_x_mm or pitch_y_mm?"},
                {"[device]\nflip = yes", "did you mean flip_x or flip_y?"},
                {"[device]\nRows = 16", "did you mean rows?"},
                {"[device]\nformat = csv", "format = csv: no such format, did you mean csv-line?"},
                {"[device]\nformat = CSV-Line", "did you mean csv-line?"},
                {"[device]\nformat = my-mat", "no such format, and no file my-mat.conf in /etc/sitbone/formats or "},
                {"[device]\nformat = ./my-mat.conf", "format = ./my-mat.conf: no such file"},
                {"[device]\nrotate = 45", "x.conf:2: [device] rotate = 45: must be 0 | 90 | 180 | 270 (default 0)"},
                {"[device]\nport = /dev/ttyUSB0", "unknown key, did you mean device?"},
                {"[device]\nport = 1883", "it belongs to [mqtt]"},
                {"[seat]\nlanguage = english", "must be auto, or a language such as en, de, de_AT"},
                {"[mqtt]\npassword_file = ~/secret", "must be empty, or the path of a file"},
                /* errors between two settings have the line of one of them */
                {"[sitting]\nbreak_s = 130\ninterruption_s = 140", "x.conf:3: [sitting] interruption_s = 140 must be"},
                {"[mqtt]\n\ncert_file = /a", "x.conf:3: [mqtt] cert_file and key_file go together"},
                {"[device]\nrows = 2\ncols = 2\n\nrow_list = 0 1 2", "x.conf:5: [device] format = csv-line: row_list"},
        };

        for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
                expect_error(rows[i][0], rows[i][1]);
        parse("[mqtt]\nenabled = YES\ntls = True\nhost = fe80::1%eth0\nprotocol = AUTO\n[seat]\nname = \"A\" and # 2\n"
              "[device]\ndevice = tcp://[::1]:80\nrotate = 270\n");
        CHECK(errors.n == 0 && settings.mqtt.enabled && settings.mqtt.tls && settings.device.rotate == 270);
}

static void expect_warning(const char *text, const char *words) {
        struct config_errors warnings = {0};

        parse(text);
        settings_warn(&settings, &warnings);
        if (warnings.n != (*words ? 1 : 0) || !strstr(warnings.text[0], words))
                fprintf(stderr, "for: %s\nwant: %s\ngot %d: %s\n", text, words, warnings.n, warnings.text[0]);
        CHECK(errors.n == 0 && warnings.n == (*words ? 1 : 0) && strstr(warnings.text[0], words));
}

static void test_warnings(void) {
        expect_warning("[mqtt]\nenabled = yes\n", "");
        expect_warning("[mqtt]\nport = 8883\n", "");
        expect_warning("[mqtt]\nenabled = yes\nport = 8883\n", "[mqtt] port = 8883 is the port with TLS");
        expect_warning("[mqtt]\nenabled = yes\nport = 8883\ntls = yes\n", "");
        expect_warning("[mqtt]\nenabled = yes\nuser = me\n", "user = me has no password");
        expect_warning("[mqtt]\nenabled = yes\nuser = me\npassword_file = /x\n", "");
        expect_warning("[mqtt]\nenabled = yes\nhost = pi\nuser = me\npassword_file = /x\n", "sent to pi unencrypted");
}

static void test_hours_and_days(void) {
        static const char text[] = "[alert]\nquiet_hours = 22:30 - 7:05\nquiet_days = sat, sun\n";
        struct config_errors found = {0};
        struct settings s;

        settings_defaults(&s);
        CHECK(s.alert.quiet_hours.from_min == s.alert.quiet_hours.to_min && s.alert.quiet_days == 0);
        settings_parse(&s, "x.conf", text, sizeof(text) - 1, &found);
        CHECK(found.n == 0);
        CHECK(s.alert.quiet_hours.from_min == 22 * 60 + 30 && s.alert.quiet_hours.to_min == 7 * 60 + 5);
        CHECK(s.alert.quiet_days == ((1U << 6) | 1U));
}

static void test_all_mistakes_are_said(void) {
        parse("[alert]\nprompt_min = 0\nstill_min = x\n[nope]\n[mqtt]\nport = 0\n");
        CHECK(errors.n == 4);
        CHECK(settings.alert.prompt_min == 30 && settings.mqtt.port == 1883); /* illegal values changed nothing */
}

static void test_hostile_text(void) {
        static char text[10000];

        memset(text, 'a', sizeof(text));
        memset(&errors, 0, sizeof(errors));
        settings_parse(&settings, "x.conf", text, sizeof(text), &errors);
        CHECK(errors.n == 1 && strstr(errors.text[0], "line too long"));
        memset(text, '\n', sizeof(text));
        memcpy(text, "\xef\xbb\xbf[alert]\r\nprompt_min = 12\r\na\0b", 32);
        memset(&errors, 0, sizeof(errors));
        settings_parse(&settings, "x.conf", text, 40, &errors);
        CHECK(errors.n == 1 && strstr(errors.text[0], "zero byte"));
        CHECK(settings.alert.prompt_min == 12);
}

/* The digest over all settings detects differences in a fleet: it must not depend on the values that a setting had before. */
static void test_no_rest_of_an_older_value(void) {
        struct settings straight;

        parse("[mqtt]\nhost = x\n");
        straight = settings;
        parse("[mqtt]\nhost = broker.example.org\n");
        settings_parse(&settings, "y.conf", "[mqtt]\nhost = x\n", 16, &errors);
        CHECK(errors.n == 0 && memcmp(&straight, &settings, sizeof(settings)) == 0);
}

static void test_restart_needed(void) {
        struct settings a, b;
        char words[200];

        settings_defaults(&a);
        b = a;
        b.alert.prompt_min = 20;
        settings_restart_needed(&a, &b, words, sizeof(words));
        CHECK(strcmp(words, "") == 0);
        b.mqtt.port = 8883;
        snprintf(b.device.device, sizeof(b.device.device), "/dev/ttyUSB1");
        settings_restart_needed(&a, &b, words, sizeof(words));
        CHECK(strcmp(words, "device.device, mqtt.port") == 0);
}

static void test_profile(void) {
        parse("[alert]\nprofile = strict\n");
        CHECK(errors.n == 0 && settings.alert.prompt_min == 20 && settings.alert.posture_min == 5);
        parse("[alert]\nprompt_min = 25\nprofile = strict\n");
        CHECK(settings.alert.prompt_min == 25 && settings.alert.still_min == 15);
        parse("[alert]\nprofile = normal\n");
        CHECK(settings.alert.prompt_min == 30 && settings.alert.slouch);
        expect_error("[mqtt]\nlayout = values\n", "discovery = no");
        expect_error("[alert]\nprofile = loud\n", "quiet | normal | strict | coach");
        for (size_t i = 0; i < settings_presets_n; i++) { /* each is legal, and another value than the default */
                const struct setting_preset *p = &settings_presets[i];
                struct settings before;
                char text[200];

                parse("");
                before = settings;
                snprintf(text, sizeof(text), "[%s]\n%s = %s\n", p->section, p->key, p->text);
                parse(text);
                CHECK(errors.n == 0 && memcmp(&before, &settings, sizeof(settings)) != 0);
        }
}

/* The controls are numbers, choices and switches that take effect at once, each under a key of its own. */
static void test_controls(void) {
        static struct settings_layer files, controls;
        struct settings effective;
        char why[200], text[4096] = "";
        int n = 0;

        for (size_t i = 0; i < settings_rows; i++) {
                const struct setting *row = &settings_table[i];

                if (!row->control)
                        continue;
                n++;
                CHECK(!row->restart && row->kind <= SETTING_CHOICE);
                CHECK(settings_set_control(&controls, row->control, row->default_text, why, sizeof(why)) ==
                      COMMAND_OK);
                CHECK(controls.is_set[i]);
                for (size_t k = 0; k < i; k++)
                        CHECK(!settings_table[k].control || strcmp(settings_table[k].control, row->control) != 0);
        }
        CHECK(n > 10);
        FILE *f = fmemopen(text, sizeof(text), "w");
        settings_print_controls(f, &controls);
        fclose(f);
        parse(text);
        CHECK(errors.n == 0 && strlen(text) < 2048); /* STATE_CONTROLS_SIZE */

        memset(&controls, 0, sizeof(controls));
        settings_defaults(&files.values);
        CHECK(settings_set_control(&controls, "prompt_min", "40", why, sizeof(why)) == COMMAND_OK);
        CHECK(settings_set_control(&controls, "sit_limit_min", "400", why, sizeof(why)) == COMMAND_BAD_VALUE);
        CHECK(strcmp(why, "sit_limit_min: must be 1..180 min") == 0);
        CHECK(settings_set_control(&controls, "enabled", "no", why, sizeof(why)) == COMMAND_NO_SUCH_SETTING);
        CHECK(settings_set_control(&controls, "host", "x", why, sizeof(why)) == COMMAND_NO_SUCH_SETTING);
        settings_merge(&files, &controls, NULL, &effective, &errors);
        CHECK(effective.alert.prompt_min == 40);
        CHECK(settings_set_control(&controls, "sit_limit_min", "", why, sizeof(why)) == COMMAND_OK);
        settings_merge(&files, &controls, NULL, &effective, &errors);
        CHECK(effective.alert.prompt_min == 30);
}

int main(void) {
        test_profile();
        test_controls();
        test_defaults_are_legal();
        test_shipped_file();
        test_values_are_literal();
        test_errors();
        test_advice();
        test_warnings();
        test_hours_and_days();
        test_all_mistakes_are_said();
        test_hostile_text();
        test_no_rest_of_an_older_value();
        test_restart_needed();
        return 0;
}
