/* SPDX-License-Identifier: MIT */
/* The settings table. A row holds section, key, kind, range, unit, default and help text. This is the only place with
 * the value of a default; headers and stages give reasons. */
#include "configure/settings_table.h"

#include "sitbone/settings.h"

/* NOLINTBEGIN(bugprone-macro-parentheses): field names cannot be put in parentheses */
#define FIELD(member) offsetof(struct settings, member), sizeof(((struct settings *)0)->member)
#define ROW(s, k, kind, syntax, lo, hi, unit, preset, words, restart, control, help)                                  \
        { #s, #k, kind, syntax, FIELD(s.k), lo, hi, unit, preset, words, restart, control, help }
#define NUMBER(s, k, kind, lo, hi, unit, preset, restart, control, help)                                              \
        ROW(s, k, kind, TEXT_PLAIN, lo, hi, unit, preset, NULL, restart, control, help)
#define WORDS(s, k, kind, syntax, preset, words, restart, control, help)                                              \
        ROW(s, k, kind, syntax, 0, 0, "", preset, words, restart, control, help)

#define BOOL(s, k, preset, help)                WORDS(s, k, SETTING_BOOL, TEXT_PLAIN, preset, NULL, false, NULL, help)
#define INT(s, k, lo, hi, unit, preset, help)   NUMBER(s, k, SETTING_INT, lo, hi, unit, preset, false, NULL, help)
#define FLOAT(s, k, lo, hi, unit, preset, help) NUMBER(s, k, SETTING_FLOAT, lo, hi, unit, preset, false, NULL, help)
#define TEXT(s, k, syntax, preset, help)        WORDS(s, k, SETTING_TEXT, syntax, preset, NULL, false, NULL, help)
#define CHOICE(s, k, words, preset, help)       WORDS(s, k, SETTING_CHOICE, TEXT_PLAIN, preset, words, false, NULL, help)
#define HOURS(s, k, preset, help)               WORDS(s, k, SETTING_HOURS, TEXT_PLAIN, preset, NULL, false, NULL, help)
#define DAYS(s, k, preset, help)                WORDS(s, k, SETTING_DAYS, TEXT_PLAIN, preset, NULL, false, NULL, help)
/* The _R rows take effect at restart: they define the identity of the seat and its connections. */
#define BOOL_R(s, k, preset, help)                WORDS(s, k, SETTING_BOOL, TEXT_PLAIN, preset, NULL, true, NULL, help)
#define INT_R(s, k, lo, hi, unit, preset, help)   NUMBER(s, k, SETTING_INT, lo, hi, unit, preset, true, NULL, help)
#define FLOAT_R(s, k, lo, hi, unit, preset, help) NUMBER(s, k, SETTING_FLOAT, lo, hi, unit, preset, true, NULL, help)
#define CHOICE_R(s, k, words, preset, help)       WORDS(s, k, SETTING_CHOICE, TEXT_PLAIN, preset, words, true, NULL, help)
#define TEXT_R(s, k, syntax, preset, help)        WORDS(s, k, SETTING_TEXT, syntax, preset, NULL, true, NULL, help)
/* The _C rows are controls: they may be set while the daemon runs, under the key c. */
#define BOOL_C(s, k, c, preset, help)                WORDS(s, k, SETTING_BOOL, TEXT_PLAIN, preset, NULL, false, c, help)
#define INT_C(s, k, c, lo, hi, unit, preset, help)   NUMBER(s, k, SETTING_INT, lo, hi, unit, preset, false, c, help)
#define FLOAT_C(s, k, c, lo, hi, unit, preset, help) NUMBER(s, k, SETTING_FLOAT, lo, hi, unit, preset, false, c, help)
#define CHOICE_C(s, k, c, words, preset, help)       WORDS(s, k, SETTING_CHOICE, TEXT_PLAIN, preset, words, false, c, help)
/* NOLINTEND(bugprone-macro-parentheses) */

static const char *const line_words[] = {"leave", "on", "off", NULL};          /* enum line_state */
static const char *const silence_words[] = {"unknown", "empty", "last", NULL}; /* enum silence_means */
static const char *const rotate_words[] = {"0", "90", "180", "270", NULL};
static const char *const response_words[] = {"linear", "divider", NULL};                  /* enum response_model */
static const char *const coach_words[] = {"off", "shifts", NULL};                         /* enum coach_kind */
static const char *const profile_words[] = {"quiet", "normal", "strict", "coach", NULL};  /* enum alert_profile */
static const char *const discovery_words[] = {"no", "device", "components", "yes", NULL}; /* enum mqtt_discovery */
static const char *const layout_words[] = {"json", "values", "both", NULL};               /* enum mqtt_layout */
static const char *const bus_words[] = {"system", "session", "off", NULL};                /* enum bus_kind */
static const char *const protocol_words[] = {"auto", "5", "3.1.1", NULL};                 /* enum mqtt_protocol */

const struct setting settings_table[] = {
        TEXT_R(seat, id, TEXT_SLUG, "auto",
               "Name of this seat in MQTT topics and Home Assistant. It must be unique and must never change: Home "
               "Assistant uses it as the permanent device ID. auto: the USB serial number of the mat, or the host "
               "name if the mat has none or is not plugged in at the first start; the result is stored in the "
               "state directory."),
        TEXT_R(seat, name, TEXT_PLAIN, "Desk chair", "Display name."),
        TEXT_R(seat, area, TEXT_PLAIN, "", "Room suggested to Home Assistant, such as Office."),
        TEXT_R(seat, language, TEXT_LANGUAGE, "auto",
               "Language of alerts and exercises: en or de; auto: the language of the machine. Names in MQTT and "
               "D-Bus are always English."),
        BOOL(seat, recognise, "no",
             "Recognise several sitters by load, sit bones and contact, after each was named by hand once "
             "(sitbonectl sitter). A person who is not recognised with certainty counts as nobody in particular. "
             "no: the sitter named last counts."),

        TEXT_R(device, device, TEXT_DEVICE, "auto",
               "Location of the mat: auto (the only USB serial device), a tty or a link such as "
               "/dev/serial/by-id/..., a pty, a FIFO, a file, - (standard input) or tcp://host:port."),
        TEXT_R(device, format, TEXT_FORMAT, "csv-line",
               "Wire format of the mat. csv-line fits most home-made mats: numbers as text, one line per frame."),
        INT_R(device, baud, 0, 4000000, "baud", "0",
              "Baud rate. 0: the rate of the format. USB-CDC devices ignore it."),
        CHOICE_R(device, dtr, line_words, "leave",
                 "State of the DTR line after opening. off keeps some Arduino and ESP32 boards from resetting."),
        CHOICE_R(device, rts, line_words, "leave", "State of the RTS line after opening; see dtr."),
        INT_R(device, open_delay_ms, 0, 10000, "ms", "0",
              "Pause between opening the port and the first read, for boards that reset."),
        INT_R(device, discard_ms, 0, 10000, "ms", "0",
              "Bytes that arrive within this time after opening are discarded (boot messages)."),
        INT(device, stale_ms, 200, 60000, "ms", "2000",
            "Silence of the mat after which the state of the seat is unknown: neither vacant nor occupied. Choose "
            "a time above the longest pause between two frames and below what a person would notice."),
        CHOICE(device, silence, silence_words, "unknown",
               "Meaning of a pause longer than stale_ms, for mats that send only when something changes. unknown: "
               "nothing is known of the seat; if this mat has paused over an empty seat before, an empty seat stays "
               "vacant for 2.5 times as long as it did then, at most 1 h. empty: an empty seat stays vacant for up to "
               "24 h; an occupied one becomes unknown. last: the last frame holds, for up to 24 h while the seat is "
               "empty and 10 min while it is not. A mat that is unplugged is always unknown."),
        INT_R(device, rows, 0, 64, "rows", "0",
              "Rows of the mat, from back to front, if the format leaves the number open. 0: the number of the "
              "format."),
        INT_R(device, cols, 0, 64, "columns", "0",
              "Columns of the mat, from left to right. 0: the number of the format."),
        FLOAT_R(device, pitch_x_mm, 0, 200, "mm", "0", "Distance between columns. 0: the distance of the format."),
        FLOAT_R(device, pitch_y_mm, 0, 200, "mm", "0", "Distance between rows. 0: the distance of the format."),
        FLOAT_R(device, full_scale, 0, 2147483648, "counts", "0",
                "Value of a saturated cell. 0: the value of the format."),
        BOOL_R(device, inverted, "no", "Values fall under load (pull-up wiring)."),
        ROW(device, rotate, SETTING_INT, TEXT_PLAIN, 0, 270, "degrees", "0", rotate_words, true, NULL,
            "Rotation of the mat, clockwise as seen from above."),
        BOOL_R(device, flip_x, "no", "Exchange left and right."),
        BOOL_R(device, flip_y, "no", "Exchange front and back."),
        TEXT_R(device, row_list, TEXT_LIST, "",
               "For mats whose rows are wired out of order: the wire row that lies at the back, then the next one, "
               "and so on to the front. Every row must be listed once."),
        TEXT_R(device, col_list, TEXT_LIST, "", "The same for columns, from left to right."),
        TEXT_R(device, boards, TEXT_BOARDS, "",
               "For mats made of several boards that send in turn (marveldex-v1, marveldex-v2): the arrangement of "
               "the boards, so that one frame holds all of them. List the boards from left to right; / begins the "
               "next row towards the front. x or y after a number marks a board that is mounted mirrored, left to "
               "right or back to front. rows and cols are those of one board."),
        TEXT_R(device, mask, TEXT_MASK, "",
               "Cells that are never used, numbered as in sitbonectl watch, from 0 at the back left: single cells "
               "by number or as row:column, whole rows, or whole columns. Each may be a range."),
        TEXT_R(device, x_mm, TEXT_POSITIONS, "",
               "For cells that are not in rows and columns: the position of each cell to the right of the middle "
               "of the seat, in wire order. pitch_x_mm is then the side of the square that one cell represents."),
        TEXT_R(device, y_mm, TEXT_POSITIONS, "", "The same, forward of the middle of the seat."),

        BOOL(condition, tare, "yes",
             "Learn the readings of the empty seat while it is certainly empty, so that cells that read above zero "
             "do not count as load."),
        FLOAT(condition, noise_floor_pct, 0, 20, "% of full scale", "1.5",
              "Readings up to this far above the baseline count as noise. Recorded mats ship with 1.2..6 %."),
        FLOAT(condition, tare_s, 1, 600, "s", "5",
              "Time the seat must be empty and still before the baseline follows it."),
        BOOL(condition, stuck_mask, "yes",
             "Exclude cells, rows and columns that cannot be measuring; their values are estimated from their "
             "neighbours."),
        FLOAT(condition, crosstalk, -1, 1, "full scale / Vmax", "-1",
              "Strength of the correction for columns whose cells pull each other down: full scale divided by the "
              "Vmax of the published formula. -1: the strength of the format. 0: no correction."),
        BOOL(condition, creep, "yes",
             "Compensate for sensor creep (readings that rise under constant load). The amount is learned from the "
             "mat."),
        CHOICE(condition, response, response_words, "linear",
               "What a reading is to the load. divider: each sensor is one half of a voltage divider, as most FSRs "
               "and velostat cells on an analog input are. Its reading saturates, so that a lean hardly changes it; "
               "sitbone then computes with the conductance, which is proportional to the load. response_file takes "
               "precedence."),
        TEXT(condition, response_file, TEXT_PATH, "",
             "Measured response curves of this mat, made by sitbonectl calibrate response. Empty: loads are shares "
             "of full scale, not newtons."),

        FLOAT(occupancy, person_area_cm2, 10, 2000, "cm2", "450",
              "Minimum contact area that counts as a person. A sitter covers 800..1330 cm2, a sitter on the edge "
              "of the seat 400..600, a bag or a cat 240..430, a hand 60. Two thirds suffice if the load is at "
              "least 2.5 x person_load_cm2."),
        FLOAT(occupancy, person_load_cm2, 0.1, 2000, "cm2 of full scale", "40",
              "Minimum load that counts as a person: the sum over all cells of share of full scale times cell "
              "area."),
        FLOAT(occupancy, object_load_cm2, 0.05, 2000, "cm2 of full scale", "2",
              "Minimum load that counts as an object."),
        FLOAT(occupancy, release_pct, 10, 100, "%", "60",
              "Hysteresis: a person stays detected until area or load falls below this share of the thresholds. A "
              "deep forward lean takes 58..75 % of the load off the seat and is not standing up."),
        FLOAT(occupancy, sit_s, 0, 30, "s", "0.4", "Time the seat must read occupied before it counts as occupied."),
        FLOAT(occupancy, stand_s, 0, 30, "s", "0.8", "Time the seat must read empty before it counts as vacant."),

        FLOAT_C(posture, slouched_deg, "slouch_deg", 2, 30, "degrees", "4",
                "Backward tilt, relative to your own upright posture, that counts as slouched. From upright to a "
                "full slump is 10..20 degrees; the estimate errs towards 0."),
        FLOAT_C(posture, arched_deg, "arched_deg", 2, 30, "degrees", "2.5",
                "Forward tilt, relative to your own upright posture, that counts as arched."),
        FLOAT(posture, lean_asymmetry, 0.02, 0.9, "share", "0.17",
              "Asymmetry of load, (right - left) / (right + left), relative to your own upright posture, that "
              "counts as leaning; 0 is even."),
        FLOAT(posture, forward_front_share, 0.2, 0.98, "share", "0.6",
              "Share of the load on the front of the seat that counts as leaning forward, once your upright "
              "posture is known. A fifth of the load off the seat counts as leaning forward as well."),
        FLOAT(posture, perched_back_mm, -200, 300, "mm", "0",
              "Contact that begins in front of this line counts as perching on the edge; 0 is the middle of the "
              "mat."),
        FLOAT(posture, hysteresis_pct, 0, 50, "%", "20",
              "A posture ends only when its value falls this far below its threshold; for perched, this share of "
              "100 mm behind it."),
        FLOAT(posture, dwell_s, 0, 60, "s", "2", "Time a new posture must last before it counts."),
        FLOAT(posture, reference_s, 2, 600, "s", "10",
              "Time of quiet sitting after a person sits down that becomes the upright posture, if none was "
              "calibrated."),
        FLOAT(posture, min_confidence, 0, 1, "", "0.5", "Below this confidence the posture is reported as unknown."),

        FLOAT(sitting, confirm_s, 1, 120, "s", "5",
              "Time a person must sit before a bout of sitting begins. Bags and hands never begin one."),
        FLOAT(sitting, interruption_s, 1, 600, "s", "30",
              "An absence shorter than this is an interruption (reaching for something): the bout goes on."),
        FLOAT_C(sitting, break_s, "break_s", 10, 3600, "s", "120",
                "An absence of at least this length is a break and ends the bout. Studies count breaks of about two "
                "minutes and more."),
        FLOAT(sitting, shift_movement, 0.02, 10, "per second", "0.3",
              "Movement of load, as a share per second, with which the sitter does not sit still. Shifts of weight "
              "are counted otherwise."),

        BOOL_C(alert, enabled, "alerts", "yes", "Raise alerts."),
        CHOICE_C(alert, profile, "profile", profile_words, "normal",
                 "Other defaults for the settings below, in which what you set yourself stays: quiet: stand up after "
                 "45 min, no alerts of posture and stillness. strict: stand up after 20 min, slouching after 5 min, "
                 "stillness after 15 min, and an alert without an answer comes again after 5 min. coach: the shift "
                 "coach, a short prompt after 10 min, and an announcement 60 s ahead."),
        FLOAT_C(alert, prompt_min, "sit_limit_min", 1, 180, "min", "30",
                "Sitting time without a break after which it is time to stand up and activate your glutes. Trials "
                "used 20..30 min."),
        FLOAT_C(alert, still_min, "still_limit_min", 1, 180, "min", "20",
                "Sitting time without a shift of weight after which a reminder to move is due."),
        FLOAT_C(alert, posture_min, "posture_limit_min", 0.1, 120, "min", "10",
                "Slouched or lopsided time within posture_window_min after which a posture alert is due."),
        FLOAT(alert, posture_window_min, 0.1, 240, "min", "15", "Length of the window for posture_min."),
        FLOAT(alert, posture_gap_min, 1, 240, "min", "15",
              "Minimum time between two posture alerts: people switch off reminders that nag."),
        FLOAT(alert, lopsided_asymmetry, 0.02, 0.9, "share", "0.2",
              "Asymmetry of load, (right - left) / (right + left), that counts as lopsided; in alerts compared with "
              "what is "
              "usual for the sitter."),
        FLOAT_C(alert, snooze_min, "snooze_min", 1, 240, "min", "15", "Length of a snooze if the command gives none."),
        FLOAT_C(alert, pause_min, "pause_min", 1, 1440, "min", "60", "Length of a pause if the command gives none."),
        FLOAT(alert, inhibit_most_min, 0, 1440, "min", "0",
              "Time after which a request of Do Not Disturb no longer inhibits alerts, until it is made again: a "
              "program "
              "that always asks for it would silence the seat for ever. 0: no limit; after an hour a hint comes."),
        FLOAT(alert, sitting_limit_h, 0, 24, "h", "0",
              "Sitting time of a day after which one word says that it is enough for today, once. 0: none."),
        FLOAT(alert, min_confidence, 0, 1, "", "0.6",
              "Below this confidence in the posture no posture alert is raised."),
        BOOL_C(alert, activate, "alert_activate", "yes",
               "Alert after sitting too long: stand up and activate your glutes."),
        BOOL_C(alert, slouch, "alert_slouch", "yes", "Alert after sitting slouched for a long time."),
        BOOL_C(alert, asymmetry, "alert_asymmetry", "no",
               "Alert after sitting for a long time with the weight elsewhere than is usual for you. Off: most people "
               "sit "
               "more on one side most of the time, and that is normal."),
        BOOL_C(alert, still, "alert_still", "yes", "Alert after sitting without movement for a long time."),
        BOOL_C(alert, desktop, "desktop_notifications", "yes",
               "Show notifications on the desktops where sitbone-agent runs. no: alerts come over MQTT and D-Bus "
               "alone."),
        FLOAT_C(alert, short_min, "short_min", 0, 120, "min", "0",
                "Sitting time after which a short prompt suggests moving or squeezing in the seat, between the "
                "prompts to stand up. 0: no short prompts, because not everybody wants more than one alert in half "
                "an hour. 10 goes well with a prompt_min of 30."),
        INT(alert, squeezes, 1, 30, "", "3",
            "Number of detected glute squeezes that answers an alert whose exercise is done in the seat. The "
            "exercise contract-and-relax takes two or three. Squeezes are not counted before sitbonectl "
            "calibrate squeeze."),
        FLOAT(alert, hold_max_s, 0, 1800, "s", "120",
              "Longest time a due alert is delayed to find a convenient moment: a lull, or a change of posture. 0: "
              "no delay. Typing comes in bursts well below two minutes."),
        BOOL(alert, hold_still, "no",
             "Wait for a movement or a change of posture only: a sitter who is still and deep in thought is left "
             "alone until moving, or until hold_max_s is over."),
        FLOAT(alert, lull_s, 0, 60, "s", "5", "Time without activity that counts as a lull."),
        FLOAT(alert, lull_movement, 0.01, 10, "per second", "0.1",
              "Movement of load, as a share per second, above which the sitter counts as busy."),
        HOURS(alert, quiet_hours, "",
              "No alerts in these local hours. Alerts that fall due then come afterwards if they are still due. "
              "Sitting time is counted as usual."),
        DAYS(alert, quiet_days, "", "No alerts on these days, by the same rule."),
        INT(alert, snoozes_max, 0, 100, "a day", "0",
            "Maximum number of snoozes a day. 0: no limit, since a refused snooze is worse than one too many."),
        INT(alert, skips_max, 0, 100, "a day", "0", "Maximum number of skips a day. 0: no limit."),
        INT(alert, daily_max, 0, 1000, "a day", "0",
            "Maximum number of alerts a day, of all kinds together. 0: no limit."),
        FLOAT(alert, repeat_min, 0, 120, "min", "0",
              "Show an unanswered alert again after this time, as the same alert. 0: never; people switch off "
              "reminders that nag."),
        INT(alert, repeat_max, 0, 20, "times", "2", "Maximum number of repeats of one alert."),
        FLOAT(alert, heads_up_s, 0, 600, "s", "0",
              "Announce the prompt to stand up this long before it is due. 0: no announcement."),
        BOOL(alert, adaptive, "no",
             "Move the prompt to stand up by at most 10 min out of hours of the day in which it seldom worked, "
             "into a neighbouring hour in which it did. sitbonectl why reports this."),
        BOOL(alert, trial, "no",
             "Find out whether the prompt to stand up works for you: one of five that are due, drawn at random, comes "
             "10 min later, and the seat measures what you do in these 10 min. sitbonectl trial reports the effect. "
             "No heads-up meanwhile."),
        CHOICE(alert, coach, coach_words, "off",
               "shifts: after 10 h of sitting, from which your own usual is learnt, the target is half as many shifts "
               "of "
               "weight again, at least 2 and at most 20 an hour. While the last hour on the seat is behind it, the "
               "alert "
               "still, which must be on, comes after 5 min without a shift."),
        TEXT_R(alert, exercises_file, TEXT_PATH, "",
               "The exercise catalogue. Empty: /etc/sitbone/exercises.conf, or else the installed one."),

        INT_C(exercise, sessions_per_week, "sessions_per_week", 0, 3, "sessions", "0",
              "Number of strengthening workouts to plan for each week, with floor exercises, never on two days in a "
              "row: 1: Wednesday, 2: Monday and Thursday, 3: Monday, Wednesday and Friday. sitbonectl session lists "
              "the next one, session done counts it. 0: none."),
        INT(exercise, squeeze_goal_s, 0, 3600, "s", "0",
            "Seconds of squeezing the glutes that you mean to hold in a day, counted by the seat after sitbonectl "
            "calibrate squeeze; begin with 60. One trial used 900. status and history show how far you are. 0: no "
            "goal."),

        BOOL_R(mqtt, enabled, "no", "Publish over MQTT (Home Assistant and others)."),
        TEXT_R(mqtt, host, TEXT_HOST, "localhost", "Host name or address of the broker."),
        INT_R(mqtt, port, 1, 65535, "", "1883", "Port of the broker: 1883, with TLS usually 8883."),
        CHOICE_R(mqtt, protocol, protocol_words, "auto",
                 "MQTT version. auto: MQTT 5, or 3.1.1 if the broker does not support MQTT 5."),
        TEXT_R(mqtt, user, TEXT_PLAIN, "",
               "User name. The password comes from the credential mqtt-password or from password_file."),
        TEXT_R(mqtt, password_file, TEXT_PATH, "",
               "File with the password in its first line, readable by sitboned alone (mode 600 or 400)."),
        BOOL_R(mqtt, tls, "no", "Encrypt the connection and verify the certificate of the broker."),
        TEXT_R(mqtt, ca_file, TEXT_PATH, "", "Certificate authority (PEM). Empty: the authorities of the system."),
        TEXT_R(mqtt, cert_file, TEXT_PATH, "", "Client certificate (PEM), if the broker requires one."),
        TEXT_R(mqtt, key_file, TEXT_PATH, "", "Key of the client certificate."),
        TEXT_R(mqtt, base_topic, TEXT_TOPIC, "sitbone", "First part of all topics: <base_topic>/<seat id>/..."),
        INT_R(mqtt, keepalive_s, 10, 3600, "s", "60",
              "MQTT keep-alive interval. A dead broker is detected after 1.5 times this interval."),
        FLOAT(mqtt, state_interval_s, 0, 3600, "s", "10",
              "Minimum time between two states that differ only in numbers."),
        FLOAT(mqtt, heartbeat_s, 5, 3600, "s", "60", "Maximum time between two states."),
        CHOICE(mqtt, layout, layout_words, "json",
               "Form of the state. json: one document in the topic state. values: a topic for each value, v/<key>, "
               "for "
               "programs that cannot read JSON. both: both. Home Assistant needs the document."),
        CHOICE(mqtt, discovery, discovery_words, "device",
               "Announce the seat to Home Assistant and others. device (or yes): as one device, for Home Assistant "
               "2024.12 or newer. components: each entity by itself, for older ones, Domoticz and openHAB. no: not; "
               "an earlier announcement is removed."),
        TEXT_R(mqtt, discovery_prefix, TEXT_TOPIC, "homeassistant", "Discovery prefix of Home Assistant."),

        BOOL_R(history, enabled, "yes",
               "Store bouts, breaks, postures by the hour, alerts and their outcomes in the state directory, for "
               "sitbonectl history and report. Pressure maps are never stored."),
        INT(history, keep_days, 0, 36500, "days", "730", "Older history is deleted. 0: history is kept forever."),

        CHOICE_R(bus, bus, bus_words, "system",
                 "D-Bus that carries org.sitbone.Seat1, for sitbonectl and desktop notifications."),

        BOOL_R(realtime, lock_memory, "no", "Lock all memory in RAM (mlockall); needs LimitMEMLOCK in the unit."),
        INT_R(realtime, priority, 0, 99, "", "0",
              "SCHED_FIFO priority of the decision thread, 0 for none; needs LimitRTPRIO and RestrictRealtime=no "
              "in the unit."),
};

/* [judgement] The numbers stay within those of the trials for strict; quiet gives up the posture for fewer alerts. */
const struct setting_preset settings_presets[] = {
        {PROFILE_QUIET, "alert", "prompt_min", "45"},  {PROFILE_QUIET, "alert", "slouch", "no"},
        {PROFILE_QUIET, "alert", "still", "no"},       {PROFILE_STRICT, "alert", "prompt_min", "20"},
        {PROFILE_STRICT, "alert", "posture_min", "5"}, {PROFILE_STRICT, "alert", "still_min", "15"},
        {PROFILE_STRICT, "alert", "repeat_min", "5"},  {PROFILE_COACH, "alert", "coach", "shifts"},
        {PROFILE_COACH, "alert", "short_min", "10"},   {PROFILE_COACH, "alert", "heads_up_s", "60"},
};
const size_t settings_presets_n = sizeof(settings_presets) / sizeof(settings_presets[0]);

const size_t settings_rows = sizeof(settings_table) / sizeof(settings_table[0]);
_Static_assert(sizeof(settings_table) / sizeof(settings_table[0]) <= SETTINGS_ROWS_MAX, "raise SETTINGS_ROWS_MAX");

const char settings_section_list[] = "[seat] [device] [condition] [occupancy] [posture] [sitting] [alert] [exercise] "
                                     "[mqtt] [history] [bus] [realtime]";
