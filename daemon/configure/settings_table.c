/* SPDX-License-Identifier: MIT */
/* The settings table: one row = section, key, kind, range, unit, default, help. */
#include "configure/settings_table.h"

/* NOLINTBEGIN(bugprone-macro-parentheses): names of fields cannot stand in parentheses */
#define FIELD(member) offsetof(struct settings, member), sizeof(((struct settings *)0)->member)
#define BOOL(s, k, standard, help)                                                                                    \
        { #s, #k, SETTING_BOOL, FIELD(s.k), 0, 0, "", standard, NULL, false, help }
#define INT(s, k, lo, hi, unit, standard, help)                                                                       \
        { #s, #k, SETTING_INT, FIELD(s.k), lo, hi, unit, standard, NULL, false, help }
#define FLOAT(s, k, lo, hi, unit, standard, help)                                                                     \
        { #s, #k, SETTING_FLOAT, FIELD(s.k), lo, hi, unit, standard, NULL, false, help }
#define TEXT(s, k, kind, standard, help)                                                                              \
        { #s, #k, kind, FIELD(s.k), 0, 0, "", standard, NULL, false, help }
#define TEXT(s, k, kind, standard, help)                                                                              \
        { #s, #k, kind, FIELD(s.k), 0, 0, "", standard, NULL, false, help }
/* Those below take effect at restart: they say who we are and what we are connected to. */
#define BOOL_R(s, k, standard, help)                                                                                  \
        { #s, #k, SETTING_BOOL, FIELD(s.k), 0, 0, "", standard, NULL, true, help }
#define INT_R(s, k, lo, hi, unit, standard, help)                                                                     \
        { #s, #k, SETTING_INT, FIELD(s.k), lo, hi, unit, standard, NULL, true, help }
#define FLOAT_R(s, k, lo, hi, unit, standard, help)                                                                   \
        { #s, #k, SETTING_FLOAT, FIELD(s.k), lo, hi, unit, standard, NULL, true, help }
#define CHOICE_R(s, k, words, standard, help)                                                                         \
        { #s, #k, SETTING_CHOICE, FIELD(s.k), 0, 0, "", standard, words, true, help }
#define TEXT_R(s, k, kind, standard, help)                                                                            \
        { #s, #k, kind, FIELD(s.k), 0, 0, "", standard, NULL, true, help }

/* NOLINTEND(bugprone-macro-parentheses) */

static const char *const line_words[] = {"leave", "on", "off", NULL};      /* enum line_state */
static const char *const bus_words[] = {"system", "session", "off", NULL}; /* enum bus_kind */
static const char *const protocol_words[] = {"auto", "5", "3.1.1", NULL};  /* enum mqtt_protocol */

const struct setting settings_table[] = {
        TEXT_R(seat, id, SETTING_SLUG, "auto",
               "Name of this seat in MQTT topics and Home Assistant; must be unique and never change, since Home "
               "Assistant "
               "keeps it for ever. auto: the USB serial number of the mat, or the host name where it has none or is "
               "away at the first start; kept in the state directory."),
        TEXT_R(seat, name, SETTING_TEXT, "Desk chair", "Name shown to people."),
        TEXT_R(seat, area, SETTING_TEXT, "", "Room suggested to Home Assistant, such as Office."),
        TEXT_R(seat, language, SETTING_TEXT, "auto",
               "Language of alerts and exercises: en, de; auto: that of the machine. Names in MQTT and D-Bus stay "
               "English."),
        BOOL(seat, recognise, "no",
             "Tell several sitters apart by load, sit bones and contact, once each was named by hand (sitbonectl "
             "sitter). "
             "Who is not recognised for sure sits as nobody in particular. no: the sitter named last counts."),

        TEXT_R(device, device, SETTING_TEXT, "auto",
               "Where the mat is: auto (the only USB serial device), a tty or a link such as /dev/serial/by-id/..., a "
               "pty, a FIFO, "
               "a file, - (standard input) or tcp://host:port."),
        TEXT_R(device, format, SETTING_FORMAT, "csv-line",
               "What the mat sends. csv-line fits most home-made mats: numbers in text, a line a frame."),
        INT_R(device, baud, 0, 4000000, "baud", "0",
              "Speed of the line. 0: the format's own. USB-CDC devices ignore it."),
        CHOICE_R(device, dtr, line_words, "leave",
                 "DTR line after opening. off keeps some Arduino and ESP32 boards from resetting."),
        CHOICE_R(device, rts, line_words, "leave", "RTS line after opening; see dtr."),
        INT_R(device, open_delay_ms, 0, 10000, "ms", "0",
              "Pause after opening before anything is read, for boards that reset."),
        INT_R(device, discard_ms, 0, 10000, "ms", "0",
              "Bytes that arrive this long after opening are thrown away (boot banners)."),
        INT(device, stale_ms, 200, 60000, "ms", "2000",
            "Silence of the mat after which nothing is known of the seat: neither vacant nor occupied. Above the "
            "longest pause "
            "between two frames, below what a person would notice."),
        INT_R(device, rows, 0, 64, "rows", "0",
              "Rows of the mat, back to front, where the format leaves it open. 0: the format's."),
        INT_R(device, cols, 0, 64, "columns", "0", "Columns of the mat, left to right. 0: the format's."),
        FLOAT_R(device, pitch_x_mm, 0, 200, "mm", "0", "Distance between columns. 0: the format's."),
        FLOAT_R(device, pitch_y_mm, 0, 200, "mm", "0", "Distance between rows. 0: the format's."),
        FLOAT_R(device, full_scale, 0, 1e6, "counts", "0", "Value of a saturated cell. 0: the format's."),
        BOOL_R(device, inverted, "no", "The value falls when somebody sits down (pull-up wiring)."),
        INT_R(device, rotate, 0, 270, "degrees", "0",
              "How the mat lies, clockwise seen from above: 0, 90, 180 or 270."),
        BOOL_R(device, flip_x, "no", "Left and right are exchanged."),
        BOOL_R(device, flip_y, "no", "Front and back are exchanged."),
        TEXT_R(device, row_list, SETTING_LIST, "",
               "For mats wired out of order: which row of the wire comes first at the back, which next, and so on to "
               "the front. Every row once."),
        TEXT_R(device, col_list, SETTING_LIST, "", "The same for columns, from left to right."),
        TEXT_R(device, boards, SETTING_BOARDS, "",
               "For mats of several boards that send in turn (marveldex-v1, marveldex-v2): which lies where, so that "
               "one frame holds all. From left to right, / begins the next row to the front; x or y behind a number: "
               "this board lies mirrored, left to right or back to front. rows and cols are those of one board."),
        TEXT_R(device, mask, SETTING_MASK, "",
               "Cells never to be used, as sitbonectl watch shows them, counted from 0 at the back left: by number, "
               "row:column, whole rows, whole columns; each may be a range."),
        TEXT_R(device, x_mm, SETTING_POSITIONS, "",
               "For cells that are not in rows and columns: the place of each to the right of the seat's middle, in "
               "the "
               "order of the wire. pitch_x_mm is the side of the square a cell stands for then."),
        TEXT_R(device, y_mm, SETTING_POSITIONS, "", "The same forward of the seat's middle."),

        BOOL(condition, tare, "yes",
             "Learn the empty seat while it is surely empty, so that cells that read above zero do not count as "
             "load."),
        FLOAT(condition, noise_floor_pct, 0, 20, "% of full scale", "1.5",
              "Load above the baseline that is not noise. Recorded mats ship with 1.2..6 %."),
        FLOAT(condition, tare_s, 1, 600, "s", "5",
              "The seat must be empty and still this long before the baseline follows."),
        BOOL(condition, stuck_mask, "yes",
             "Leave out cells, rows and columns that cannot be measuring; their neighbours stand in for them."),
        FLOAT(condition, crosstalk, -1, 1, "full scale / Vmax", "-1",
              "Strength of the correction for columns whose cells pull each other down: full scale over the Vmax of "
              "the published formula. -1: the format's own. 0: none."),
        BOOL(condition, creep, "yes",
             "Take off what a foil reads more the longer it is loaded; how much is learnt from the mat."),
        TEXT(condition, response_file, SETTING_TEXT, "",
             "Measured response curves of this mat, made by sitbonectl calibrate response. Empty: loads are shares of "
             "full scale, not newtons."),

        FLOAT(occupancy, person_area_cm2, 10, 2000, "cm2", "450",
              "Contact area of a person at least. A sit covers 800..1330 cm2, a perch on the edge 400..600, a bag or "
              "a "
              "cat 240..430, a hand 60. Two thirds of it do with 2.5 times person_load_cm2."),
        FLOAT(occupancy, person_load_cm2, 0.1, 2000, "cm2 of full scale", "40",
              "Load of a person at least: cells' share of full scale times their area."),
        FLOAT(occupancy, object_load_cm2, 0.05, 2000, "cm2 of full scale", "2",
              "Load that is something rather than nothing."),
        FLOAT(occupancy, release_pct, 10, 100, "%", "60",
              "Hysteresis: a person stays one until area or load falls below this share of the thresholds. A deep "
              "forward lean "
              "takes 58..75 % of the load off the seat and is not standing up."),
        FLOAT(occupancy, sit_s, 0, 30, "s", "0.4", "How long the seat must look occupied before it is believed."),
        FLOAT(occupancy, stand_s, 0, 30, "s", "0.8", "How long the seat must look empty before it is believed."),

        FLOAT(posture, slouched_deg, 2, 30, "degrees", "5",
              "Backward tilt from your own upright that counts as slouched. Upright to full slump is 10..20 degrees; "
              "the estimate errs towards 0."),
        FLOAT(posture, arched_deg, 2, 30, "degrees", "4", "Forward tilt from your own upright that counts as arched."),
        FLOAT(posture, lean_asymmetry, 0.02, 0.9, "share", "0.2",
              "(right - left) / (right + left) from your own upright that counts as leaning; 0 is even."),
        FLOAT(posture, forward_front_share, 0.2, 0.98, "share", "0.6",
              "Share of the load on the front of the seat in a forward lean, once your upright is known. A fifth of "
              "the load off "
              "the seat is one as well."),
        FLOAT(posture, perched_back_mm, -200, 300, "mm", "0",
              "Contact that begins in front of this line (0 is the middle of the mat) is perching on the edge."),
        FLOAT(posture, hysteresis_pct, 0, 50, "%", "20",
              "A posture ends only when it is this much below its threshold."),
        FLOAT(posture, dwell_s, 0, 60, "s", "2", "A new posture must last this long before it is believed."),
        FLOAT(posture, reference_s, 2, 600, "s", "10",
              "Quiet sitting after a sit-down that becomes your upright when none was calibrated."),
        FLOAT(posture, min_confidence, 0, 1, "", "0.5", "Below this confidence the posture is unknown."),

        FLOAT(sitting, confirm_s, 1, 120, "s", "5",
              "A bout begins when a person has sat this long; a bag or a hand is no sitter."),
        FLOAT(sitting, interruption_s, 1, 600, "s", "30",
              "Off the seat for less: you were reaching for something, the bout goes on."),
        FLOAT(sitting, break_s, 10, 3600, "s", "120",
              "Off the seat for longer: a break, the bout has ended. Studies count breaks of about two minutes and "
              "more."),
        FLOAT(sitting, shift_movement, 0.02, 10, "per second", "0.3",
              "Movement of load, as a share a second, that counts as a shift in the seat."),

        BOOL(alert, enabled, "yes", "Raise alerts at all."),
        FLOAT(alert, prompt_min, 1, 180, "min", "30",
              "Sitting without a break after which it is time to stand up and activate your glutes. Trials used "
              "20..30 min."),
        FLOAT(alert, still_min, 1, 180, "min", "20",
              "Sitting without any shift of weight after which a reminder to move is due."),
        FLOAT(alert, posture_min, 0.1, 120, "min", "10",
              "Slouched or lopsided for so long, within posture_window_min, is worth a word."),
        FLOAT(alert, posture_window_min, 0.1, 240, "min", "15", "The window for posture_min."),
        FLOAT(alert, posture_gap_min, 1, 240, "min", "15",
              "At most one posture alert in this time: nagging is why people switch such things off."),
        FLOAT(alert, lopsided_asymmetry, 0.02, 0.9, "share", "0.2",
              "Asymmetry of load, (right - left) / (right + left), that counts as lopsided."),
        FLOAT(alert, snooze_min, 1, 240, "min", "15", "How long a snooze is when nothing else is said."),
        FLOAT(alert, pause_min, 1, 1440, "min", "60", "How long a pause is when nothing else is said."),
        FLOAT(alert, min_confidence, 0, 1, "", "0.6", "Less confident posture raises no alert."),
        BOOL(alert, activate, "yes", "Time to activate your glutes (sitting too long)."),
        BOOL(alert, slouch, "yes", "Slouched for long."),
        BOOL(alert, asymmetry, "yes", "Lopsided for long."),
        BOOL(alert, still, "yes", "No movement for long."),
        FLOAT(alert, short_min, 0, 120, "min", "0",
              "The short tier: a word to move or squeeze in the seat after so much sitting, between the prompts to "
              "stand up. 0: none; who wants more words than one in half an hour says so. 10 goes well with a prompt "
              "of "
              "30."),
        INT(alert, squeezes, 1, 30, "", "3",
            "So many squeezes of the glutes, seen by the seat, answer a prompt whose exercise is done in the seat. "
            "Contract and relax is done two or three times. Nothing is counted before sitbonectl calibrate squeeze."),
        FLOAT(alert, hold_max_s, 0, 1800, "s", "120",
              "A due alert waits so long at most for a moment that disturbs less: a lull, or a change of posture. 0: "
              "none waits. Typing comes in bursts well below two minutes."),
        BOOL(alert, hold_still, "no",
             "Wait for a change only: who sits still and sunk in thought is left alone until they move, or hold_max_s "
             "is over."),
        FLOAT(alert, lull_s, 0, 60, "s", "5", "Not busy for so long is a lull."),
        FLOAT(alert, lull_movement, 0.01, 10, "per second", "0.1",
              "Movement of load, as a share a second, from which the sitter counts as busy."),
        TEXT(alert, quiet_hours, SETTING_HOURS, "",
             "No alerts in these local hours; what is due then comes when they are over, if it still is. Sitting is "
             "counted all the same."),
        TEXT(alert, quiet_days, SETTING_DAYS, "", "No alerts on these days, in the same way."),
        INT(alert, snoozes_max, 0, 100, "a day", "0",
            "Snoozes allowed a day. 0: no limit, since being denied one is worse than one too many."),
        INT(alert, skips_max, 0, 100, "a day", "0", "Skips allowed a day. 0: no limit."),
        INT(alert, daily_max, 0, 1000, "a day", "0", "Alerts a day at most, of all kinds. 0: no limit."),
        FLOAT(alert, repeat_min, 0, 120, "min", "0",
              "Show an alert anew, as the same one, when nothing came of it for so long. 0: never; nagging is why "
              "people switch such things off."),
        INT(alert, repeat_max, 0, 20, "times", "2", "So often at most."),
        FLOAT(alert, heads_up_s, 0, 600, "s", "0", "Announce the prompt to stand up so long before. 0: do not."),
        BOOL(alert, adaptive, "no",
             "Move the prompt to stand up by 10 min at most out of hours of the day in which it seldom led to "
             "anything, into one next to it that did. sitbonectl why says so."),
        TEXT_R(alert, exercises_file, SETTING_TEXT, "",
               "The exercise catalogue. Empty: /etc/sitbone/exercises.conf, or the one that was installed."),

        INT(exercise, sessions_per_week, 0, 3, "sessions", "0",
            "Plan so many strengthening sessions a week, floor exercises among them, never on two days in a row: "
            "1: Wednesday, 2: Monday and Thursday, 3: Monday, Wednesday and Friday. sitbonectl session lists the next "
            "one, session done counts it. 0: none."),

        BOOL_R(mqtt, enabled, "no", "Publish over MQTT (Home Assistant and others)."),
        TEXT_R(mqtt, host, SETTING_TEXT, "localhost", "The broker."),
        INT_R(mqtt, port, 1, 65535, "", "1883", "Its port: 1883, with TLS usually 8883."),
        CHOICE_R(mqtt, protocol, protocol_words, "auto", "auto: MQTT 5, and 3.1.1 when the broker does not know it."),
        TEXT_R(mqtt, user, SETTING_TEXT, "",
               "User name. The password comes from the credential mqtt-password or from password_file."),
        TEXT_R(mqtt, password_file, SETTING_TEXT, "",
               "File with the password in its first line, readable for sitboned alone (mode 600 or 400)."),
        BOOL_R(mqtt, tls, "no", "Encrypt, and check the broker's certificate."),
        TEXT_R(mqtt, ca_file, SETTING_TEXT, "", "Certificate authority (PEM). Empty: those of the system."),
        TEXT_R(mqtt, cert_file, SETTING_TEXT, "", "Client certificate (PEM), where the broker asks for one."),
        TEXT_R(mqtt, key_file, SETTING_TEXT, "", "Its key."),
        TEXT_R(mqtt, base_topic, SETTING_TOPIC, "sitbone", "First part of all topics: <base_topic>/<seat id>/..."),
        INT_R(mqtt, keepalive_s, 10, 3600, "s", "60", "A dead broker is noticed after one and a half of this."),
        FLOAT(mqtt, state_interval_s, 0, 3600, "s", "10",
              "Least time between two states that differ only in numbers."),
        FLOAT(mqtt, heartbeat_s, 5, 3600, "s", "60", "Most time between two states."),
        BOOL(mqtt, discovery, "yes", "Announce the seat to Home Assistant (2024.12 or newer)."),
        TEXT_R(mqtt, discovery_prefix, SETTING_TOPIC, "homeassistant", "Home Assistant's discovery prefix."),

        BOOL_R(history, enabled, "yes",
               "Keep bouts, breaks, postures by the hour, alerts and what came of them in the state directory, for "
               "sitbonectl history and report. Never pressure maps."),
        INT(history, keep_days, 0, 36500, "days", "730", "Older history is forgotten. 0: it is kept for ever."),

        CHOICE_R(bus, bus, bus_words, "system",
                 "Which D-Bus carries org.sitbone.Seat1, for sitbonectl and the desktop notifications."),

        BOOL_R(realtime, lock_memory, "no", "Keep all memory in RAM (mlockall); needs LimitMEMLOCK in the unit."),
        INT_R(realtime, priority, 0, 99, "", "0",
              "SCHED_FIFO priority of the decision thread, 0 for none; needs LimitRTPRIO and RestrictRealtime=no in "
              "the unit."),
};

const size_t settings_rows = sizeof(settings_table) / sizeof(settings_table[0]);
_Static_assert(sizeof(settings_table) / sizeof(settings_table[0]) <= SETTINGS_ROWS_MAX, "raise SETTINGS_ROWS_MAX");

const char settings_section_list[] = "[seat] [device] [condition] [occupancy] [posture] [sitting] [alert] [exercise] "
                                     "[mqtt] [history] [bus] [realtime]";
