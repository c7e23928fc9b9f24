/* SPDX-License-Identifier: MIT */
/* Every user setting, one nested struct a stage. The table in daemon/settings_table.c gives each its name, unit, range,
 * default and reason; a row there is all it takes to add one. Times are in the unit of the name. */
#ifndef SITBONE_SETTINGS_H
#define SITBONE_SETTINGS_H

#include <stdbool.h>
#include <stdint.h>

enum { SETTING_TEXT_MAX = 256 };

enum line_state { LINE_LEAVE, LINE_ON, LINE_OFF };
enum bus_kind { BUS_SYSTEM, BUS_SESSION, BUS_OFF };
enum mqtt_protocol { MQTT_AUTO, MQTT_V5, MQTT_V311 };

/* Part of each local day in minutes from midnight, over midnight when to < from; from = to: none. */
struct setting_hours {
        int32_t from_min, to_min;
};

struct settings_seat {
        char id[64]; /* "auto" or a slug */
        char name[96];
        char area[64];
        char language[16]; /* of sentences for people: auto = the environment's */
        bool recognise;    /* sitters by what the mat sees of them */
};

struct settings_device {
        char device[SETTING_TEXT_MAX]; /* auto, tty, symlink, pty, FIFO, file, "-", tcp://host:port */
        char format[SETTING_TEXT_MAX]; /* row of the format table, or a described format: its name or path */
        int32_t baud;                  /* 0 = the format's */
        int32_t dtr, rts;              /* enum line_state */
        int32_t open_delay_ms, discard_ms, stale_ms;
        int32_t rows, cols;           /* for formats that do not fix them; 0 = the format's */
        float pitch_x_mm, pitch_y_mm; /* 0 = the format's */
        float full_scale;             /* 0 = the format's */
        bool inverted;                /* values fall with load */
        int32_t rotate;               /* 0, 90, 180, 270 clockwise seen from above */
        bool flip_x, flip_y;
        char row_list[256], col_list[256]; /* row r is wire row n: acquire/places.h has the forms; "" = the format's */
        char boards[32];
        char mask[512];
        char x_mm[1024], y_mm[1024]; /* scattered cells, in the order of the wire */
};

struct settings_condition {
        bool tare;                            /* learn the empty seat while it is empty */
        float noise_floor_pct;                /* of full scale, above the baseline */
        float tare_s;                         /* empty and still this long before the baseline moves */
        bool stuck_mask;                      /* take cells out that cannot be measuring */
        float crosstalk;                      /* strength of the correction along columns; below 0 = the format's */
        bool creep;                           /* bring old loads back to what fresh ones read */
        char response_file[SETTING_TEXT_MAX]; /* curves of this mat; "" = none */
};

struct settings_occupancy {
        float person_area_cm2; /* contact of a person at least */
        float person_load_cm2; /* load of a person at least, cm2 of full scale */
        float object_load_cm2; /* anything at all */
        float release_pct;     /* hysteresis: falls back below this share of the thresholds */
        float sit_s, stand_s;  /* dwell before the change is believed */
};

struct settings_posture {
        float slouched_deg, arched_deg; /* tilt from the own upright */
        float lean_asymmetry;
        float forward_front_share, perched_back_mm;
        float hysteresis_pct;
        float dwell_s;
        float reference_s;    /* quiet sitting after a sit-down that makes the reference when none was calibrated */
        float min_confidence; /* posture below it is unknown */
};

struct settings_sitting {
        float confirm_s, interruption_s, break_s;
        float shift_movement; /* movement per second that counts as a shift */
};

struct settings_alert {
        bool enabled;
        float prompt_min, still_min;
        float posture_min, posture_window_min, posture_gap_min;
        float lopsided_asymmetry;
        float snooze_min, pause_min;
        float min_confidence;
        float hold_max_s, lull_s, lull_movement; /* waiting for a moment that disturbs less */
        bool hold_still;
        struct setting_hours quiet_hours;
        uint32_t quiet_days;                       /* bits 1 << weekday, Sunday = 0 */
        int32_t snoozes_max, skips_max, daily_max; /* a day, 0 = no limit */
        float repeat_min;                          /* 0 = never */
        int32_t repeat_max;
        float short_min;  /* 0 = no short tier */
        int32_t squeezes; /* that answer a prompt which can be answered in the seat */
        float heads_up_s; /* 0 = none */
        bool adaptive;
        bool activate, slouch, asymmetry, still; /* kinds switched on */
        char exercises_file[SETTING_TEXT_MAX];   /* "" = the installed catalogue */
};

struct settings_exercise {
        int32_t sessions_per_week; /* 0 = none are planned */
};

struct settings_mqtt {
        bool enabled;
        char host[SETTING_TEXT_MAX];
        int32_t port;
        int32_t protocol; /* enum mqtt_protocol */
        char user[96];
        char password_file[SETTING_TEXT_MAX];
        bool tls;
        char ca_file[SETTING_TEXT_MAX], cert_file[SETTING_TEXT_MAX], key_file[SETTING_TEXT_MAX];
        char base_topic[96];
        int32_t keepalive_s;
        float state_interval_s, heartbeat_s; /* least and most time between two states */
        bool discovery;
        char discovery_prefix[96];
};

struct settings_history {
        bool enabled;
        int32_t keep_days; /* 0 = for ever */
};

struct settings_bus {
        int32_t bus; /* enum bus_kind */
};

struct settings_realtime {
        bool lock_memory;
        int32_t priority; /* 0 = ordinary, 1..99 = SCHED_FIFO */
};

struct settings {
        struct settings_seat seat;
        struct settings_device device;
        struct settings_condition condition;
        struct settings_occupancy occupancy;
        struct settings_posture posture;
        struct settings_sitting sitting;
        struct settings_alert alert;
        struct settings_exercise exercise;
        struct settings_mqtt mqtt;
        struct settings_history history;
        struct settings_bus bus;
        struct settings_realtime realtime;
};

#endif
