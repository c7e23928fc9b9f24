/* SPDX-License-Identifier: MIT */
#include "contract/live_fields.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* clang-format off */
/* NOLINTBEGIN(bugprone-macro-parentheses): the arguments are names of members and initialisers */

#define TYPE_OF(member)                                                                                               \
        _Generic(((struct live_values *)0)->member, char *: LIVE_TEXT, bool: LIVE_FLAG, enum maybe: LIVE_MAYBE,       \
                 double: LIVE_NUMBER, struct live_array: LIVE_ARRAY, uint32_t: LIVE_COUNT, uint64_t: LIVE_COUNT64)
#define TYPED(member, type_)                                                                                          \
        .type = type_, .offset = offsetof(struct live_values, member),                                                \
        .size = sizeof(((struct live_values *)0)->member)
#define TYPED_ROW(member, type, unit_, meaning_) TYPED(member, type), .unit = unit_, .meaning = meaning_
#define VALUE(member, unit, meaning)   TYPED_ROW(member, TYPE_OF(member), unit, meaning)
#define NAMES(member, meaning)         TYPED_ROW(member, LIVE_NAMES, NULL, meaning)
#define INSTANT(member, meaning)       TYPED_ROW(member, LIVE_INSTANT, "us", meaning)

/* Columns: key and decimals on each outlet. LIVE: the same key in GetLive and in status --json. */
#define OPTIONAL                .optional = true
#define EMPTY_STAYS             .empty_stays = true
#define BUS(key_)               .bus = key_
#define PROPERTY(key_, step_)   .bus = key_, .property_step = step_
#define STATUS(key_, decimals_) .in[LIVE_STATUS] = {key_, decimals_}
#define REPLAY(key_, decimals_) .in[LIVE_REPLAY] = {key_, decimals_}
#define STATE(key_, decimals_)  .in[LIVE_STATE] = {key_, decimals_}
#define DIAG(key_, decimals_)   .in[LIVE_DIAG] = {key_, decimals_}
#define LIVE(key_, decimals_)   BUS(key_), STATUS(key_, decimals_)
#define AT_ONCE(step_)          .pace = LIVE_AT_ONCE, .pace_step = step_
#define AT_INTERVAL(step_)      .pace = LIVE_AT_INTERVAL, .pace_step = step_
#define CONSTANT                ((double)INFINITY)

/* Property steps: a smaller change is not worth waking every listener. Steps of MQTT (AT_ONCE, AT_INTERVAL): a
 * smaller change carries no information (the standard deviation of the tilt is larger); with these steps a
 * recorder still gets every change that is worth a row. The instant at which an alert falls due wanders by the
 * step of the loop; a difference of 30 s is the same appointment. */
const struct live_field live_fields[] = {
        {VALUE(seat_id, NULL, "id of the seat"), PROPERTY("SeatId", CONSTANT), STATUS("seat_id", 0)},
        {VALUE(seat_name, NULL, "name of the seat, for people"), EMPTY_STAYS, PROPERTY("SeatName", CONSTANT),
         STATUS("seat_name", 0)},
        {VALUE(version, NULL, "version of the daemon"), PROPERTY("Version", CONSTANT), STATUS("version", 0)},

        {VALUE(occupancy, NULL, "vacant, object, person or unknown"), PROPERTY("Occupancy", 1), STATUS("occupancy", 0),
         REPLAY("occupancy", 0), STATE("occupancy", 0), AT_ONCE(0)},
        {VALUE(occupied, NULL, "a person sits on the seat"), STATE("occupied", 0)},
        {VALUE(posture, NULL, "posture class"), PROPERTY("Posture", 1), STATUS("posture", 0), REPLAY("posture", 0),
         STATE("posture", 0), AT_ONCE(0)},
        {VALUE(confidence, "1", "probability that the posture class is right, 0 to 1"), PROPERTY("Confidence", 0.1),
         STATUS("confidence", 2), REPLAY("confidence", 2)},
        {VALUE(confidence_pct, "%", "the same in percent, while a person sits"), STATE("confidence_pct", 0)},
        {VALUE(tilt_deg, "deg", "pelvic tilt from the sitter's own upright; negative = slouched"),
         PROPERTY("TiltDeg", 1), STATUS("pelvic_tilt_deg", 1), REPLAY("pelvic_tilt_deg", 2),
         STATE("pelvic_tilt_deg", 1), AT_INTERVAL(1)},
        {VALUE(tilt_sd_deg, "deg", "standard deviation of the tilt"), PROPERTY("TiltSdDeg", 1),
         STATUS("pelvic_tilt_sd_deg", 1), REPLAY("pelvic_tilt_sd_deg", 2), STATE("pelvic_tilt_sd_deg", 1)},
        {VALUE(obliquity_deg, "deg", "pelvic obliquity; positive = right side lower"), PROPERTY("ObliquityDeg", 1),
         STATUS("pelvic_obliquity_deg", 1), REPLAY("pelvic_obliquity_deg", 2), STATE("pelvic_obliquity_deg", 1),
         AT_INTERVAL(1)},
        {VALUE(obliquity_sd_deg, "deg", "standard deviation of the obliquity"), PROPERTY("ObliquitySdDeg", 1),
         STATUS("pelvic_obliquity_sd_deg", 1), REPLAY("pelvic_obliquity_sd_deg", 2),
         STATE("pelvic_obliquity_sd_deg", 1)},

        {VALUE(load, "cm2 of full scale", "load on the whole mat"), LIVE("load", 1), REPLAY("load", 1)},
        {VALUE(contact_area_cm2, "cm2", "area of the loaded cells"), LIVE("contact_area_cm2", 1),
         REPLAY("contact_area_cm2", 0)},
        {VALUE(peak, "1", "largest cell, share of full scale"), BUS("peak")},
        {VALUE(cop_x_mm, "mm", "centre of pressure, to the right"), LIVE("cop_x_mm", 1), REPLAY("cop_x_mm", 1)},
        {VALUE(cop_y_mm, "mm", "centre of pressure, forward"), LIVE("cop_y_mm", 1), REPLAY("cop_y_mm", 1)},
        {VALUE(asymmetry, "1", "-1 to 1; positive = more load on the right"), LIVE("asymmetry", 3),
         REPLAY("asymmetry", 3)},
        {VALUE(load_left_pct, "%", "share of the load on the left, while a person sits"), STATE("load_left_pct", 0),
         AT_INTERVAL(3)},
        {VALUE(front_share, "1", "share of the load in the front 13/32 of the mat"), LIVE("front_share", 3)},
        {VALUE(sit_bones, "mm", "left x, left y, right x, right y; empty = no pair was found"), LIVE("sit_bones", 0),
         REPLAY("sit_bones", 0)},
        {VALUE(sit_bone_quality, "1", "how clear the pair of sit bones is, 0 to 1"), BUS("sit_bone_quality")},
        {VALUE(ppi, "1", "peak pressure index, share of full scale"), LIVE("ppi", 3)},
        {VALUE(cov, "1", "coefficient of variation over the cells in contact"), LIVE("cov", 3)},
        {VALUE(dispersion, "1", "share of the load under sit bones and sacrum"), LIVE("dispersion", 3)},
        {VALUE(gradient_per_cm, "1/cm", "steepest step between cells, share of full scale a cm"),
         LIVE("gradient_per_cm", 3)},
        {VALUE(cop_path_mm, "mm", "way of the centre of pressure since the seat was last empty"),
         LIVE("cop_path_mm", 1)},
        {VALUE(cop_velocity_mm_s, "mm/s", "speed of the centre of pressure over about a minute"),
         LIVE("cop_velocity_mm_s", 1)},
        {VALUE(weight_shifts, NULL, "times that one side was off-loaded by 30 % for 15 s, since the start"),
         LIVE("weight_shifts", 0)},
        {VALUE(pressure_reliefs, NULL, "times that the seat was off-loaded by 90 % for 15 s, since the start"),
         LIVE("pressure_reliefs", 0)},
        {VALUE(region_loaded_s, "s", "time since each sixth of the seat was last off-loaded"),
         LIVE("region_loaded_s", 0)},
        {VALUE(stuck_cells, NULL, "cells that always read the same"), LIVE("stuck_cells", 0),
         DIAG("map.cells_stuck", 0)},
        {VALUE(taught, NULL, "taught posture that matches"), BUS("taught_now"), STATUS("taught", 0),
         REPLAY("taught", 0), STATE("taught", 0)},

        {VALUE(referenced, NULL, "an upright reference is known"), LIVE("referenced", 0), AT_INTERVAL(0)},
        {VALUE(calibrated, NULL, "the tilt rests on a personal calibration"), LIVE("calibrated", 0),
         STATE("calibrated", 0)},
        {VALUE(calibration_needed, NULL, "no calibrated upright, or a stale calibration"),
         STATE("calibration_needed", 0)},
        {VALUE(sitter, NULL, "name of the sitter"), LIVE("sitter", 0), STATE("sitter", 0), AT_ONCE(0)},
        {VALUE(sitter_confidence, "1", "probability that it is this sitter; 1 = set by hand"),
         LIVE("sitter_confidence", 2)},
        {VALUE(sitter_confidence_pct, "%", "the same in percent"), STATE("sitter_confidence_pct", 0)},
        {VALUE(learning, NULL, "idle, gathers, done or refused"), EMPTY_STAYS, LIVE("learning", 0),
         STATE("learning.phase", 0), AT_ONCE(0)},
        {VALUE(learning_what, NULL, "pose or posture that is learnt, or was last"), LIVE("learning_what", 0),
         STATE("learning.what", 0)},
        {VALUE(learning_cue, NULL, "rest or squeeze, in a lesson of squeezes"), LIVE("learning_cue", 0),
         STATE("learning.cue", 0)},
        {VALUE(learning_left_s, "s", "quiet sitting still to come"), LIVE("learning_left_s", 0)},
        {VALUE(learning_left_whole_s, "s", "the same, rounded up"), STATE("learning.left_s", 0), AT_ONCE(0)},
        {VALUE(learning_why, NULL, "reason of a refusal, a sentence"), LIVE("learning_why", 0)},
        {VALUE(learning_refusal, NULL, "reason of a refusal, a name"), STATE("learning.why", 0)},
        {NAMES(poses, "calibrated poses"), BUS("poses"), STATUS("calibrated_poses", 0), STATE("calibrated_poses", 0)},
        {VALUE(separation, "1", "of those, from upright, in standard deviations"), BUS("separation")},
        {VALUE(calibration_stale, NULL, "why the calibration may no longer fit"), LIVE("calibration_stale", 0)},
        {VALUE(calibration_doubt, NULL, "the same, a name"), STATE("calibration_stale", 0), AT_INTERVAL(0)},
        {VALUE(mat_place, NULL, "unjudged, learning, usual, moved or turned"), LIVE("mat_place", 0)},
        {VALUE(mat_moved, NULL, "the mat was moved or turned under the sitter"), DIAG("mat_moved", 0)},
        {VALUE(mat_moved_x_mm, "mm", "by how much the mat moved to the right"), LIVE("mat_moved_x_mm", 0)},
        {VALUE(mat_moved_y_mm, "mm", "by how much the mat moved forward"), LIVE("mat_moved_y_mm", 0)},
        {VALUE(mat_turned_deg, "deg", "by how much the mat turned, clockwise from above"), LIVE("mat_turned_deg", 0)},
        {VALUE(squeezing, NULL, "the glutes are squeezed now"), OPTIONAL, BUS("squeezing")},
        {VALUE(squeezes, NULL, "squeezes in this bout"), OPTIONAL, LIVE("squeezes", 0), STATE("squeezes", 0)},
        {VALUE(squeezed_s, "s", "time that they were held"), OPTIONAL, LIVE("squeezed_s", 1), STATE("squeezed_s", 0)},
        {VALUE(squeezed_today_s, "s", "the same since midnight"), OPTIONAL, LIVE("squeezed_today_s", 0),
         STATE("squeezed_today_s", 0), AT_INTERVAL(0)},
        {VALUE(squeeze_goal_s, "s", "time to hold squeezes a day, from the settings"), OPTIONAL,
         LIVE("squeeze_goal_s", 0), STATE("squeeze_goal_s", 0)},
        {VALUE(shifts, NULL, "shifts of weight in this bout"), LIVE("shifts", 0)},
        {VALUE(shifts_per_hour, "1/h", "shifts of weight an hour, over the last hour on the seat"),
         LIVE("shifts_per_hour", 0), STATE("shifts_per_hour", 0), AT_INTERVAL(1)},
        {VALUE(shifts_target, "1/h", "target of the shift coach"), OPTIONAL, LIVE("shifts_target", 0),
         STATE("shifts_target", 0)},
        {NAMES(taught_postures, "postures that were taught"), LIVE("taught_postures", 0), STATE("taught_postures", 0),
         AT_INTERVAL(0)},
        {VALUE(untaught_noticed, NULL, "most postures that nobody taught are noticed"), LIVE("untaught_noticed", 0)},

        {VALUE(phase, NULL, "away, confirming, seated, interrupted or suspended"), PROPERTY("Phase", 1),
         STATE("phase", 0), AT_ONCE(0)},
        {VALUE(bout_seated_s, "s", "time on the seat in this bout"), PROPERTY("BoutSeatedS", 60),
         STATUS("bout_seated_s", 0)},
        {VALUE(sitting_today_s, "s", "time on the seat since midnight"), PROPERTY("SittingTodayS", 60),
         STATUS("sitting_today_s", 0)},
        {VALUE(sitting_today_min, "min", "the same, in steps of 5 min during a bout"), STATE("sitting_today_min", 0)},
        {INSTANT(seated_since_us, "start of the bout"), PROPERTY("SeatedSince", 1e6), STATE("seated_since", 0),
         AT_INTERVAL(30e6)},
        {VALUE(seated_since_s, "s", "time since the start of the bout"), STATUS("seated_since_s", 0)},
        {INSTANT(away_since_us, "moment at which the sitter left the seat"), BUS("away_since"),
         STATE("away_since", 0), AT_INTERVAL(30e6)},
        {VALUE(away_s, "s", "time since then"), STATUS("away_s", 0)},
        {VALUE(break_in_s, "s", "time until the absence counts as a break"), STATUS("break_in_s", 0)},
        {INSTANT(next_alert_us, "moment at which the activation falls due"), PROPERTY("NextAlertAt", 1e6),
         STATE("next_alert_at", 0), AT_INTERVAL(30e6)},
        {VALUE(next_alert_in_s, "s", "time until then"), STATUS("next_alert_in_s", 0)},
        {INSTANT(snoozed_until_us, "end of the snooze"), PROPERTY("SnoozedUntil", 1e6), STATE("snoozed_until", 0),
         AT_ONCE(30e6)},
        {VALUE(snooze_left_s, "s", "time until then"), STATUS("snooze_left_s", 0)},
        {VALUE(trial, NULL, "a prompt to stand up may come 10 min late, at random"), LIVE("trial", 0)},
        {INSTANT(paused_until_us, "end of the pause"), PROPERTY("PausedUntil", 1e6), STATE("paused_until", 0),
         AT_ONCE(30e6)},
        {VALUE(pause_left_s, "s", "time until then"), STATUS("pause_left_s", 0)},
        {INSTANT(quiet_until_us, "end of the quiet hours"), PROPERTY("QuietUntil", 1e6), STATE("quiet_until", 0),
         AT_ONCE(30e6)},
        {VALUE(quiet_left_s, "s", "time until then"), STATUS("quiet_left_s", 0)},
        {VALUE(held, NULL, "reasons that inhibit every alert now"), PROPERTY("Held", 1), STATUS("held", 0),
         STATE("held", 0), AT_ONCE(0)},
        {VALUE(held_by, NULL, "program or person that asks for do not disturb"), PROPERTY("HeldBy", 1),
         STATUS("held_by", 0), STATE("held_by", 0), AT_ONCE(0)},
        {INSTANT(held_since_us, "moment since which it is asked for"), PROPERTY("HeldSince", 1e6),
         STATE("held_since", 0), AT_ONCE(30e6)},
        {VALUE(held_since_s, "s", "time since then"), STATUS("held_since_s", 0)},
        {VALUE(inhibited, NULL, "do not disturb, whoever asked for it"), PROPERTY("DoNotDisturb", 1), AT_ONCE(0)},
        {VALUE(desktop_notifications, NULL, "sitbone-agent shows notifications, from the settings"),
         PROPERTY("DesktopNotifications", 1)},
        {VALUE(do_not_disturb, NULL, "do not disturb, asked for by a person or an automation"),
         STATE("do_not_disturb", 0), AT_ONCE(0)},
        {VALUE(last_session_min, "min", "time on the seat in the last bout"), OPTIONAL, STATE("last_session_min", 0),
         AT_INTERVAL(0)},
        {VALUE(bouts_today, NULL, "bouts since midnight"), BUS("bouts_today"), STATE("sessions_today", 0)},
        {VALUE(breaks_today, NULL, "breaks since midnight"), LIVE("breaks_today", 0), STATE("breaks_today", 0)},
        {VALUE(break_s, "s", "absence that counts as a break, from the settings"), BUS("break_s")},
        {VALUE(alerts_today, NULL, "alerts since midnight"), STATE("alerts_today", 0), AT_ONCE(0)},
        {VALUE(session_today, NULL, "a strengthening workout is planned for today"), PROPERTY("WorkoutToday", 1),
         STATE("session_today", 0), AT_ONCE(0)},
        {VALUE(sessions_done_week, NULL, "strengthening workouts done this week"),
         OPTIONAL, STATE("sessions_done_week", 0), AT_ONCE(0)},
        {VALUE(glute_alert, NULL, "an activation alert is open"), STATE("glute_alert", 0), AT_ONCE(0)},
        {VALUE(posture_alert, NULL, "a posture alert is open"), STATE("posture_alert", 0), AT_ONCE(0)},
        {VALUE(still_alert, NULL, "a stillness alert is open"), STATE("still_alert", 0), AT_ONCE(0)},
        {VALUE(alert_id, NULL, "id of the most important open alert"), OPTIONAL, BUS("alert_id")},
        {VALUE(alert_kind, NULL, "its kind"), OPTIONAL, BUS("alert_kind")},
        {VALUE(alert_title, NULL, "its title"), OPTIONAL, BUS("alert_title")},
        {VALUE(alert_reason, NULL, "its reason, a phrase"), OPTIONAL, BUS("alert_reason")},

        {VALUE(mat_online, NULL, "frames arrive"), PROPERTY("MatOnline", 1), STATUS("mat_online", 0),
         DIAG("mat_online", 0), AT_ONCE(0)},
        {VALUE(mat_link, NULL, "no_device, waiting, no_frames, frames, silent or ended"), LIVE("mat_link", 0),
         DIAG("mat_link", 0), AT_ONCE(0)},
        {VALUE(mat_trouble, NULL, "why no frames arrive"), LIVE("mat_trouble", 0)},
        {VALUE(mat_quiet_s, "s", "time since the mat sent anything"), LIVE("mat_quiet_s", 1)},
        {VALUE(mat_doubt, NULL, "waiting_for_empty_seat or falls_under_load"), LIVE("mat_doubt", 0)},
        {VALUE(bytes, NULL, "bytes read from the mat"), DIAG("bytes", 0)},
        {VALUE(frame_rate_hz, "Hz", "frames a second"), LIVE("frame_rate_hz", 1), DIAG("frame_rate_hz", 1)},
        {VALUE(frames, NULL, "accepted frames"), LIVE("frames", 0), DIAG("frames", 0)},
        {VALUE(refused, NULL, "refused frames, for whatever reason"), LIVE("refused", 0), DIAG("frames_bad", 0)},
        {VALUE(words, NULL, "lines of text that are no frame, such as headings"), LIVE("words", 0),
         DIAG("lines_of_words", 0)},
        {VALUE(discarded_bytes, NULL, "bytes skipped while looking for a frame"), DIAG("discarded_bytes", 0)},
        {VALUE(reopened, NULL, "times the port was opened again"), DIAG("reopened", 0)},
        {VALUE(decide_worst_us, "us", "longest turn of the loop"), DIAG("decide_worst_us", 0)},
        {VALUE(decide_p99_us, "us", "turn of the loop, 99th percentile"), DIAG("decide_p99_us", 0)},
        {VALUE(deadlines_missed, NULL, "timed decisions more than 50 ms late"), DIAG("deadlines_missed", 0)},
        {VALUE(history_lost, NULL, "entries that the full mailbox of the history dropped"), LIVE("history_lost", 0),
         DIAG("history_lost", 0)},
        {VALUE(mqtt, NULL, "connection to the broker, a phrase"), EMPTY_STAYS, PROPERTY("Mqtt", 1),
         STATUS("mqtt", 0)},
        {NAMES(measures, "kinds of values that this mat can measure"), LIVE("measures", 0)},
        {VALUE(rows, NULL, "rows of a grid, 0 = no grid"), BUS("rows")},
        {VALUE(cols, NULL, "columns of a grid, 0 = no grid"), BUS("cols")},
        {VALUE(pitch_x_mm, "mm", "width of a cell"), OPTIONAL, BUS("pitch_x_mm")},
        {VALUE(pitch_y_mm, "mm", "depth of a cell"), OPTIONAL, BUS("pitch_y_mm")},
        {VALUE(tared, NULL, "an empty seat was measured"), DIAG("map.tared", 0)},
        {VALUE(load_pct, "%", "mean load of the cells, in percent of full scale"), DIAG("map.load_pct", 1)},
        {VALUE(quality_pct, "%", "how far the loads can be trusted"), DIAG("map.quality_pct", 0)},
        {VALUE(dead_cells, NULL, "cells that read nothing between loaded ones"), DIAG("map.cells_dead", 0)},
        {VALUE(filled_cells, NULL, "cells estimated from their neighbours"), DIAG("map.cells_filled", 0)},
        {VALUE(drift_pct, "%", "change of the empty mat since its first tare"), DIAG("map.drift_pct", 2)},
        {VALUE(creep_pct, "%", "gain of a steady reading in a decade of time"), DIAG("map.creep_pct", 1)},
        {VALUE(force_n, "N", "force on the whole mat"), DIAG("map.force_n", 0)},
};
/* NOLINTEND(bugprone-macro-parentheses) */
/* clang-format on */

const size_t live_fields_n = sizeof(live_fields) / sizeof(live_fields[0]);

_Static_assert(sizeof(live_fields) / sizeof(live_fields[0]) <= LIVE_FIELDS_MAX, "raise LIVE_FIELDS_MAX");

const struct live_field *live_field_on_bus(const char *key) {
        for (size_t i = 0; i < live_fields_n; i++)
                if (live_fields[i].bus && strcmp(live_fields[i].bus, key) == 0)
                        return &live_fields[i];
        return NULL;
}

void live_array_clear(struct live_array *array) {
        array->n = 0;
        for (int i = 0; i < LIVE_ARRAY_MAX; i++)
                array->of[i] = (double)NAN;
}

void live_values_clear(struct live_values *v) {
        memset(v, 0, sizeof(*v));
        for (size_t i = 0; i < live_fields_n; i++) {
                const struct live_field *f = &live_fields[i];
                void *member = (char *)v + f->offset;

                if (f->type == LIVE_NUMBER)
                        *(double *)member = (double)NAN;
                else if (f->type == LIVE_MAYBE)
                        *(enum maybe *)member = MAYBE_UNKNOWN;
                else if (f->type == LIVE_COUNT && f->optional)
                        *(uint32_t *)member = LIVE_COUNT_UNKNOWN;
                else if (f->type == LIVE_ARRAY)
                        live_array_clear(member);
        }
        snprintf(v->occupancy, sizeof(v->occupancy), "unknown");
        snprintf(v->posture, sizeof(v->posture), "unknown");
}
