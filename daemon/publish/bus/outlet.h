/* SPDX-License-Identifier: MIT */
/* D-Bus outlet: org.sitbone.Seat1 on the system or session bus, on the decision thread's event loop (never waits for a
 * peer; the bus may come and go).
 *
 * name   org.sitbone.Seat1 (seat id "seat"), otherwise org.sitbone.Seat1.<seat id, '-' as '_', leading digit after '_'>
 * path   /org/sitbone/Seat1
 * org.sitbone.Seat1
 *   properties (read, PropertiesChanged): SeatId s, SeatName s, Occupancy s, Posture s, Confidence d,
 *       TiltDeg d, TiltSdDeg d, ObliquityDeg d, ObliquitySdDeg d (NaN = unknown), SeatedSince t, NextAlertAt t,
 *       SnoozedUntil t (wall clock, microseconds, 0 = none), BoutSeatedS u, SittingTodayS u (sent when they moved by a
 *       minute), PausedUntil t, DoNotDisturb b, MatOnline b, Mqtt s, Version s, Phase s
 *   property without PropertiesChanged (the signals say it): OpenAlerts a(ssa{sv}) id, kind, details as in AlertRaised
 *   methods  Snooze(u minutes) Done() Skip() Pause(u minutes) Resume() Calibrate(s upright slouched arched left right empty) Tare() Teach(s name)
 *            Unteach(s name) SetSitter(s name, "" = nobody in particular) SessionDone()
 *            error org.sitbone.Error.<Refusal> with a sentence, in English whatever the language
 *            Hold(b on, s who): do not disturb; who "desktop" must say it again within 3 min, "" need not
 *            GetWhy() -> a{sv} aa{sv}: what holds all alerts and why the last came (bus_why.c), then an entry a kind;
 *            with sessions planned: session s (ids of exercises), session_number u, session_of u, session_in_days u (0 = today),
 *            session_done u (this week), session_done_today b, session_suits s (what was seen most lately, "" = nothing special)
 *            GetLive() -> a{sv}  all of the above and, from the first tick on: rows u, cols u, cells ay (load 0..255 of peak), peak d, x_mm ad,
 *            y_mm ad (scattered cells), load d, contact_area_cm2 d, cop_x_mm d, cop_y_mm d, asymmetry d, front_share d,
 *            frame_rate_hz d, frames t, refused t, mat_trouble s (why none come, "" = they do), sit_bones ad (lx ly rx ry, empty when none), sit_bone_quality d,
 *            ppi d, cov d, dispersion d, gradient_per_cm d, cop_path_mm d, cop_velocity_mm_s d, weight_shifts u,
 *            pressure_reliefs u, region_loaded_s ad (back left, back right, middle left, ...; see features.h), taught_now s
 *            (the taught posture that matches, "" = none), stuck_cells u,
 *            pitch_x_mm d, pitch_y_mm d (absent when unplaced), referenced b, calibrated b, break_s u, bouts_today u,
 *            breaks_today u, sitter s, sitter_confidence d, learning s (idle gathers done refused), learning_what s (pose or
 *            taught name), learning_left_s d, learning_why s (of a refusal), poses as (calibrated), separation ad (of those,
 *            from upright, in standard deviations), calibration_stale s (reason, "" = it is not), mat_place s
 *            (unjudged learning usual moved turned: does it lie where it lay under the sitter), mat_moved_x_mm d, mat_moved_y_mm d,
 *            mat_turned_deg d (see profile.h), taught_postures as; and while an alert is open: alert_kind s, alert_title s, alert_reason s, and alert_ before what AlertRaised
 *            says below from language on and of the exercise
 *            Tap() -> (h bytes, s head)  what the mat sends from now on, as tap.h has it, and the head of a recording of it
 *   signals  AlertRaised(s id, s kind, a{sv}: title s, body s, reason s, exercise s (id), exercise_name s,
 *            exercise_dose s, exercise_how s, exercise_why s, safety s (with an exercise), showings u, snooze_min u; and what these words
 *            are made of, for who speaks another language: language s (of the words, "" = English), catalogue s (file of the exercises,
 *            "" = the installed one), seated_s u, cause_s u, limit_s u, window_s u, slouched_share d, asymmetry d, break_s d,
 *            exercise_kind u, why_suits u, why_share d, why_lately u, why_other u, why_other_lately u, why_first u, as in alert.h and
 *            exercise.h), sent again with the same id when the numbers
 *            move; to be shown anew when showings grew
 *            AlertSoon(s kind, t due_at): the heads-up
 *            AlertCleared(s id, s kind, s outcome): nothing to show any more; outcome "pending" when only withdrawn
 *
 * Who may ask: on the session bus everybody there is; on the system bus methods are for root, the daemon's own user and
 * users with an active local session (logind). Others get org.freedesktop.DBus.Error.AccessDenied, who asks too often
 * gets org.freedesktop.DBus.Error.LimitsExceeded. Properties can be read by whoever the bus policy lets in.
 */
#ifndef PUBLISH_BUS_OUTLET_H
#define PUBLISH_BUS_OUTLET_H

#include <systemd/sd-event.h>

#include "publish/outlet.h"

/* A descriptor that is closed after it was given away, or a negative errno. *ret_head stays the owner's. May be NULL. */
typedef int (*bus_tap_fn)(void *userdata, const char **ret_head);

/* 0 also when no bus is there now: it is tried again with backoff. Negative errno on programming errors only.
 * mqtt may be NULL; its status answers the Mqtt property. The snapshots posted must all be the same object, and it must
 * outlive the outlet: the live view is made from it when somebody asks. */
int bus_new(sd_event *event, const struct settings *settings, const struct identity *identity, command_fn execute,
            bus_tap_fn tap, void *userdata, const struct outlet *mqtt, struct outlet *ret);

#endif
