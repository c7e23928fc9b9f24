/* SPDX-License-Identifier: MIT */
#include "contract/live_fields.h"

#include <math.h>
#include <string.h>

/* clang-format off */

#define TYPE_OF(member)                                                                                               \
        _Generic(((struct live_values *)0)->member, char *: LIVE_TEXT, bool: LIVE_FLAG, enum maybe: LIVE_MAYBE,       \
                 double: LIVE_NUMBER, struct live_array: LIVE_ARRAY, uint32_t: LIVE_COUNT, uint64_t: LIVE_COUNT64)
#define TYPED(member, type_)                                                                                          \
        .type = type_, .offset = offsetof(struct live_values, member), .size = sizeof(((struct live_values *)0)->member)
#define VALUE(member)           TYPED(member, TYPE_OF(member))
#define NAMES(member)           TYPED(member, LIVE_NAMES)
#define INSTANT(member)         TYPED(member, LIVE_INSTANT), .unit = "us"
#define OPTIONAL                .optional = true
#define EMPTY_STAYS             .empty_stays = true
#define BUS(key_)               .bus = key_
#define PROPERTY(key_, step_)   .bus = key_, .property_step = step_
#define STATUS(key_, decimals_) .in[LIVE_STATUS] = {key_, decimals_}
#define REPLAY(key_, decimals_) .in[LIVE_REPLAY] = {key_, decimals_}
#define STATE(key_, decimals_)  .in[LIVE_STATE] = {key_, decimals_}
#define DIAG(key_, decimals_)   .in[LIVE_DIAG] = {key_, decimals_}
#define PACE(pace_, step_)      .pace = pace_, .pace_step = step_
#define CONSTANT                INFINITY

/* Property steps: a smaller movement is not worth waking every listener.
 * Steps of MQTT (PACE): below them a number says nothing new (the standard deviation of the tilt is larger), above them a
 * recorder still sees every change worth a row. The instant at which an alert falls due wanders by the step of the loop;
 * a difference of 30 s is the same appointment. */
const struct live_field live_fields[] = {
        {VALUE(seat_id), .meaning = "id of the seat", PROPERTY("SeatId", CONSTANT), STATUS("seat_id", 0)},
        {VALUE(seat_name), .meaning = "name of the seat, for people", EMPTY_STAYS, PROPERTY("SeatName", CONSTANT),
         STATUS("seat_name", 0)},
        {VALUE(version), .meaning = "version of the daemon", PROPERTY("Version", CONSTANT), STATUS("version", 0)},

        {VALUE(occupancy), .meaning = "vacant, object, person or unknown", PROPERTY("Occupancy", 1),
         STATUS("occupancy", 0), REPLAY("occupancy", 0), STATE("occupancy", 0), PACE(LIVE_AT_ONCE, 0)},
        {VALUE(occupied), .meaning = "a person sits on the seat", STATE("occupied", 0)},
        {VALUE(posture), .meaning = "posture class", PROPERTY("Posture", 1), STATUS("posture", 0),
         REPLAY("posture", 0), STATE("posture", 0), PACE(LIVE_AT_ONCE, 0)},
        {VALUE(confidence), .unit = "1", .meaning = "probability that the posture class is right, 0 to 1",
         PROPERTY("Confidence", 0.1), STATUS("confidence", 2), REPLAY("confidence", 2)},
        {VALUE(confidence_pct), .unit = "%", .meaning = "the same in percent, while a person sits",
         STATE("confidence_pct", 0)},
        {VALUE(tilt_deg), .unit = "deg", .meaning = "pelvic tilt from the sitter's own upright; negative = slouched",
         PROPERTY("TiltDeg", 1), STATUS("pelvic_tilt_deg", 1), REPLAY("pelvic_tilt_deg", 2),
         STATE("pelvic_tilt_deg", 1), PACE(LIVE_AT_INTERVAL, 1)},
        {VALUE(tilt_sd_deg), .unit = "deg", .meaning = "standard deviation of the tilt", PROPERTY("TiltSdDeg", 1),
         STATUS("pelvic_tilt_sd_deg", 1), REPLAY("pelvic_tilt_sd_deg", 2), STATE("pelvic_tilt_sd_deg", 1)},
        {VALUE(obliquity_deg), .unit = "deg", .meaning = "pelvic obliquity; positive = right side lower",
         PROPERTY("ObliquityDeg", 1), STATUS("pelvic_obliquity_deg", 1), REPLAY("pelvic_obliquity_deg", 2),
         STATE("pelvic_obliquity_deg", 1), PACE(LIVE_AT_INTERVAL, 1)},
        {VALUE(obliquity_sd_deg), .unit = "deg", .meaning = "standard deviation of the obliquity",
         PROPERTY("ObliquitySdDeg", 1), STATUS("pelvic_obliquity_sd_deg", 1), REPLAY("pelvic_obliquity_sd_deg", 2),
         STATE("pelvic_obliquity_sd_deg", 1)},

        {VALUE(load), .unit = "cm2 of full scale", .meaning = "load on the whole mat", BUS("load"), STATUS("load", 1),
         REPLAY("load", 1)},
        {VALUE(contact_area_cm2), .unit = "cm2", .meaning = "area of the loaded cells", BUS("contact_area_cm2"),
         STATUS("contact_area_cm2", 1), REPLAY("contact_area_cm2", 0)},
        {VALUE(peak), .unit = "1", .meaning = "largest cell, share of full scale", BUS("peak")},
        {VALUE(cop_x_mm), .unit = "mm", .meaning = "centre of pressure, to the right", BUS("cop_x_mm"),
         STATUS("cop_x_mm", 1), REPLAY("cop_x_mm", 1)},
        {VALUE(cop_y_mm), .unit = "mm", .meaning = "centre of pressure, forward", BUS("cop_y_mm"),
         STATUS("cop_y_mm", 1), REPLAY("cop_y_mm", 1)},
        {VALUE(asymmetry), .unit = "1", .meaning = "-1 to 1; positive = more load on the right", BUS("asymmetry"),
         STATUS("asymmetry", 3), REPLAY("asymmetry", 3)},
        {VALUE(load_left_pct), .unit = "%", .meaning = "share of the load on the left, while a person sits",
         STATE("load_left_pct", 0), PACE(LIVE_AT_INTERVAL, 3)},
        {VALUE(front_share), .unit = "1", .meaning = "share of the load in the front 13/32 of the mat",
         BUS("front_share"), STATUS("front_share", 3)},
        {VALUE(sit_bones), .unit = "mm", .meaning = "left x, left y, right x, right y; empty = no pair was found",
         BUS("sit_bones")},
        {VALUE(sit_bone_quality), .unit = "1", .meaning = "how clear the pair of sit bones is, 0 to 1",
         BUS("sit_bone_quality")},
        {VALUE(ppi), .unit = "1", .meaning = "peak pressure index, share of full scale", BUS("ppi"), STATUS("ppi", 3)},
        {VALUE(cov), .unit = "1", .meaning = "coefficient of variation over the cells in contact", BUS("cov"),
         STATUS("cov", 3)},
        {VALUE(dispersion), .unit = "1", .meaning = "share of the load under sit bones and sacrum", BUS("dispersion"),
         STATUS("dispersion", 3)},
        {VALUE(gradient_per_cm), .unit = "1/cm", .meaning = "steepest step between cells, share of full scale a cm",
         BUS("gradient_per_cm"), STATUS("gradient_per_cm", 3)},
        {VALUE(cop_path_mm), .unit = "mm", .meaning = "way of the centre of pressure since the seat was last empty",
         BUS("cop_path_mm"), STATUS("cop_path_mm", 1)},
        {VALUE(cop_velocity_mm_s), .unit = "mm/s", .meaning = "speed of the centre of pressure over about a minute",
         BUS("cop_velocity_mm_s"), STATUS("cop_velocity_mm_s", 1)},
        {VALUE(weight_shifts), .meaning = "times that one side was off-loaded by 30 % for 15 s, since the start",
         BUS("weight_shifts"), STATUS("weight_shifts", 0)},
        {VALUE(pressure_reliefs), .meaning = "times that the seat was off-loaded by 90 % for 15 s, since the start",
         BUS("pressure_reliefs"), STATUS("pressure_reliefs", 0)},
        {VALUE(region_loaded_s), .unit = "s", .meaning = "time since each sixth of the seat was last off-loaded",
         BUS("region_loaded_s"), STATUS("region_loaded_s", 0)},
        {VALUE(stuck_cells), .meaning = "cells that always read the same", BUS("stuck_cells"),
         STATUS("stuck_cells", 0), DIAG("map.cells_stuck", 0)},
        {VALUE(taught), .meaning = "taught posture that matches", BUS("taught_now"), STATUS("taught", 0),
         REPLAY("taught", 0), STATE("taught", 0)},

        {VALUE(referenced), .meaning = "an upright reference is known", BUS("referenced"), STATUS("referenced", 0),
         PACE(LIVE_AT_INTERVAL, 0)},
        {VALUE(calibrated), .meaning = "the tilt rests on a personal calibration", BUS("calibrated"),
         STATUS("calibrated", 0), STATE("calibrated", 0)},
        {VALUE(calibration_needed), .meaning = "no upright reference, or a stale calibration",
         STATE("calibration_needed", 0)},
        {VALUE(sitter), .meaning = "name of the sitter", BUS("sitter"), STATUS("sitter", 0), STATE("sitter", 0),
         PACE(LIVE_AT_ONCE, 0)},
        {VALUE(sitter_confidence), .unit = "1", .meaning = "probability that it is this sitter; 1 = set by hand",
         BUS("sitter_confidence"), STATUS("sitter_confidence", 2)},
        {VALUE(sitter_confidence_pct), .unit = "%", .meaning = "the same in percent",
         STATE("sitter_confidence_pct", 0)},
        {VALUE(learning), .meaning = "idle, gathers, done or refused", EMPTY_STAYS, BUS("learning"),
         STATUS("learning", 0), STATE("learning.phase", 0), PACE(LIVE_AT_ONCE, 0)},
        {VALUE(learning_what), .meaning = "pose or posture that is learnt, or was last", BUS("learning_what"),
         STATUS("learning_what", 0), STATE("learning.what", 0)},
        {VALUE(learning_cue), .meaning = "rest or squeeze, in a lesson of squeezes", BUS("learning_cue"),
         STATUS("learning_cue", 0), STATE("learning.cue", 0)},
        {VALUE(learning_left_s), .unit = "s", .meaning = "quiet sitting still to come", BUS("learning_left_s"),
         STATUS("learning_left_s", 0)},
        {VALUE(learning_left_whole_s), .unit = "s", .meaning = "the same, rounded up", STATE("learning.left_s", 0),
         PACE(LIVE_AT_ONCE, 0)},
        {VALUE(learning_why), .meaning = "reason of a refusal, a sentence", BUS("learning_why"),
         STATUS("learning_why", 0)},
        {VALUE(learning_refusal), .meaning = "reason of a refusal, a name", STATE("learning.why", 0)},
        {NAMES(poses), .meaning = "calibrated poses", BUS("poses"), STATE("calibrated_poses", 0)},
        {VALUE(separation), .unit = "1", .meaning = "of those, from upright, in standard deviations",
         BUS("separation")},
        {VALUE(calibration_stale), .meaning = "why the calibration may no longer fit", BUS("calibration_stale"),
         STATUS("calibration_stale", 0), STATE("calibration_stale", 0), PACE(LIVE_AT_INTERVAL, 0)},
        {VALUE(mat_place), .meaning = "unjudged, learning, usual, moved or turned", BUS("mat_place"),
         STATUS("mat_place", 0)},
        {VALUE(mat_moved), .meaning = "the mat was moved or turned under the sitter", DIAG("mat_moved", 0)},
        {VALUE(mat_moved_x_mm), .unit = "mm", .meaning = "by how much the mat moved to the right",
         BUS("mat_moved_x_mm"), STATUS("mat_moved_x_mm", 0)},
        {VALUE(mat_moved_y_mm), .unit = "mm", .meaning = "by how much the mat moved forward", BUS("mat_moved_y_mm"),
         STATUS("mat_moved_y_mm", 0)},
        {VALUE(mat_turned_deg), .unit = "deg", .meaning = "by how much the mat turned, clockwise from above",
         BUS("mat_turned_deg"), STATUS("mat_turned_deg", 0)},
        {VALUE(squeezing), .meaning = "the glutes are squeezed now", OPTIONAL, BUS("squeezing")},
        {VALUE(squeezes), .meaning = "squeezes in this bout", OPTIONAL, BUS("squeezes"), STATUS("squeezes", 0),
         STATE("squeezes", 0)},
        {VALUE(squeezed_s), .unit = "s", .meaning = "time that they were held", OPTIONAL, BUS("squeezed_s"),
         STATUS("squeezed_s", 1), STATE("squeezed_s", 0)},
        {NAMES(taught_postures), .meaning = "postures that were taught", BUS("taught_postures"),
         STATUS("taught_postures", 0), STATE("taught_postures", 0), PACE(LIVE_AT_INTERVAL, 0)},

        {VALUE(phase), .meaning = "away, confirming, seated, interrupted or suspended", PROPERTY("Phase", 1),
         STATE("phase", 0), PACE(LIVE_AT_ONCE, 0)},
        {VALUE(bout_seated_s), .unit = "s", .meaning = "time on the seat in this bout", PROPERTY("BoutSeatedS", 60),
         STATUS("bout_seated_s", 0)},
        {VALUE(sitting_today_s), .unit = "s", .meaning = "time on the seat since midnight",
         PROPERTY("SittingTodayS", 60), STATUS("sitting_today_s", 0)},
        {VALUE(sitting_today_min), .unit = "min", .meaning = "the same, in steps of 5 min during a bout",
         STATE("sitting_today_min", 0)},
        {INSTANT(seated_since_us), .meaning = "start of the bout", PROPERTY("SeatedSince", 1e6),
         STATE("seated_since", 0), PACE(LIVE_AT_INTERVAL, 30e6)},
        {VALUE(seated_since_s), .unit = "s", .meaning = "time since the start of the bout",
         STATUS("seated_since_s", 0)},
        {INSTANT(next_alert_us), .meaning = "moment at which the activation falls due", PROPERTY("NextAlertAt", 1e6),
         STATE("next_alert_at", 0), PACE(LIVE_AT_INTERVAL, 30e6)},
        {VALUE(next_alert_in_s), .unit = "s", .meaning = "time until then", STATUS("next_alert_in_s", 0)},
        {INSTANT(snoozed_until_us), .meaning = "end of the snooze", PROPERTY("SnoozedUntil", 1e6),
         STATE("snoozed_until", 0), PACE(LIVE_AT_ONCE, 30e6)},
        {VALUE(snooze_left_s), .unit = "s", .meaning = "time until then", STATUS("snooze_left_s", 0)},
        {INSTANT(paused_until_us), .meaning = "end of the pause", PROPERTY("PausedUntil", 1e6),
         STATE("paused_until", 0), PACE(LIVE_AT_ONCE, 30e6)},
        {VALUE(inhibited), .meaning = "do not disturb, whoever asked for it", PROPERTY("DoNotDisturb", 1),
         PACE(LIVE_AT_ONCE, 0)},
        {VALUE(do_not_disturb), .meaning = "do not disturb, asked for by a person or an automation",
         STATE("do_not_disturb", 0)},
        {VALUE(last_session_min), .unit = "min", .meaning = "time on the seat in the last bout", OPTIONAL,
         STATE("last_session_min", 0), PACE(LIVE_AT_INTERVAL, 0)},
        {VALUE(bouts_today), .meaning = "bouts since midnight", BUS("bouts_today"), STATE("sessions_today", 0)},
        {VALUE(breaks_today), .meaning = "breaks since midnight", BUS("breaks_today"), STATUS("breaks_today", 0),
         STATE("breaks_today", 0)},
        {VALUE(break_s), .unit = "s", .meaning = "absence that counts as a break, from the settings", BUS("break_s")},
        {VALUE(alerts_today), .meaning = "alerts since midnight", STATE("alerts_today", 0)},
        {VALUE(session_today), .meaning = "a strengthening session is planned for today", STATE("session_today", 0),
         PACE(LIVE_AT_ONCE, 0)},
        {VALUE(sessions_done_week), .meaning = "strengthening sessions done this week", OPTIONAL,
         STATE("sessions_done_week", 0), PACE(LIVE_AT_ONCE, 0)},
        {VALUE(glute_alert), .meaning = "an activation alert is open", STATE("glute_alert", 0), PACE(LIVE_AT_ONCE, 0)},
        {VALUE(posture_alert), .meaning = "a posture alert is open", STATE("posture_alert", 0), PACE(LIVE_AT_ONCE, 0)},
        {VALUE(still_alert), .meaning = "a stillness alert is open", STATE("still_alert", 0), PACE(LIVE_AT_ONCE, 0)},
        {VALUE(alert_kind), .meaning = "kind of the most important open alert", OPTIONAL, BUS("alert_kind")},
        {VALUE(alert_title), .meaning = "its title", OPTIONAL, BUS("alert_title")},
        {VALUE(alert_reason), .meaning = "its reason, a phrase", OPTIONAL, BUS("alert_reason")},

        {VALUE(mat_online), .meaning = "frames arrive", PROPERTY("MatOnline", 1), STATUS("mat_online", 0),
         DIAG("mat_online", 0), PACE(LIVE_AT_ONCE, 0)},
        {VALUE(mat_trouble), .meaning = "why no frames arrive", BUS("mat_trouble"), STATUS("mat_trouble", 0)},
        {VALUE(bytes), .meaning = "bytes read from the mat", DIAG("bytes", 0)},
        {VALUE(frame_rate_hz), .unit = "Hz", .meaning = "frames a second", BUS("frame_rate_hz"),
         STATUS("frame_rate_hz", 1), DIAG("frame_rate_hz", 1)},
        {VALUE(frames), .meaning = "accepted frames", BUS("frames"), STATUS("frames", 0), DIAG("frames", 0)},
        {VALUE(refused), .meaning = "refused frames, for whatever reason", BUS("refused"), STATUS("refused", 0),
         DIAG("frames_bad", 0)},
        {VALUE(discarded_bytes), .meaning = "bytes skipped while looking for a frame", DIAG("discarded_bytes", 0)},
        {VALUE(reopened), .meaning = "times the port was opened again", DIAG("reopened", 0)},
        {VALUE(decide_worst_us), .unit = "us", .meaning = "longest turn of the loop", DIAG("decide_worst_us", 0)},
        {VALUE(decide_p99_us), .unit = "us", .meaning = "turn of the loop, 99th percentile", DIAG("decide_p99_us", 0)},
        {VALUE(deadlines_missed), .meaning = "timed decisions more than 50 ms late", DIAG("deadlines_missed", 0)},
        {VALUE(history_lost), .meaning = "entries that the full mailbox of the history dropped", BUS("history_lost"),
         STATUS("history_lost", 0), DIAG("history_lost", 0)},
        {VALUE(mqtt), .meaning = "connection to the broker, a phrase", EMPTY_STAYS, PROPERTY("Mqtt", 1),
         STATUS("mqtt", 0)},
        {VALUE(rows), .meaning = "rows of a grid, 0 = no grid", BUS("rows")},
        {VALUE(cols), .meaning = "columns of a grid, 0 = no grid", BUS("cols")},
        {VALUE(pitch_x_mm), .unit = "mm", .meaning = "width of a cell", OPTIONAL, BUS("pitch_x_mm")},
        {VALUE(pitch_y_mm), .unit = "mm", .meaning = "depth of a cell", OPTIONAL, BUS("pitch_y_mm")},
        {VALUE(tared), .meaning = "an empty seat was measured", DIAG("map.tared", 0)},
        {VALUE(quality_pct), .unit = "%", .meaning = "how far the loads can be trusted", DIAG("map.quality_pct", 0)},
        {VALUE(dead_cells), .meaning = "cells that read nothing between loaded ones", DIAG("map.cells_dead", 0)},
        {VALUE(filled_cells), .meaning = "cells estimated from their neighbours", DIAG("map.cells_filled", 0)},
        {VALUE(drift_pct), .unit = "%", .meaning = "change of the empty mat since its first tare",
         DIAG("map.drift_pct", 2)},
        {VALUE(creep_pct), .unit = "%", .meaning = "gain of a steady reading in a decade of time",
         DIAG("map.creep_pct", 1)},
        {VALUE(force_n), .unit = "N", .meaning = "force on the whole mat", DIAG("map.force_n", 0)},
};
/* clang-format on */

const size_t live_fields_n = sizeof(live_fields) / sizeof(live_fields[0]);

_Static_assert(sizeof(live_fields) / sizeof(live_fields[0]) <= LIVE_FIELDS_MAX, "raise LIVE_FIELDS_MAX");

const struct live_field *live_field_on_bus(const char *key) {
        for (size_t i = 0; i < live_fields_n; i++)
                if (live_fields[i].bus && strcmp(live_fields[i].bus, key) == 0)
                        return &live_fields[i];
        return NULL;
}
