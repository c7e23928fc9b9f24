/* D-Bus outlet: org.sitbone.Seat1 on the system or session bus, on the decision thread's event loop (never waits for a
 * peer; the bus may come and go).
 *
 * name   org.sitbone.Seat1 (seat id "seat"), otherwise org.sitbone.Seat1.<seat id, '-' as '_', leading digit after '_'>
 * path   /org/sitbone/Seat1
 * org.sitbone.Seat1
 *   properties (read, PropertiesChanged): SeatId s, SeatName s, Occupancy s, Posture s, Confidence d,
 *       TiltDeg d, TiltSdDeg d, ObliquityDeg d, ObliquitySdDeg d (NaN = unknown), SeatedSince t, NextAlertAt t,
 *       SnoozedUntil t (wall clock, microseconds, 0 = none), BoutSeatedS u, SittingTodayS u, MatOnline b,
 *       Mqtt s, Version s
 *   methods  Snooze(u minutes) Done() Calibrate(s what) Tare()   error org.sitbone.Error.<Refusal> with a sentence
 *            GetLive() -> a{sv}  all of the above and: rows u, cols u, cells ay (load 0..255 of peak), peak d, x_mm ad,
 *            y_mm ad (scattered cells), load d, contact_area_cm2 d, cop_x_mm d, cop_y_mm d, asymmetry d, front_share d,
 *            frame_rate_hz d, frames t, refused t, sit_bones ad (lx ly rx ry, empty when none), sit_bone_quality d
 *            pitch_x_mm d, pitch_y_mm d (absent when unplaced), referenced b, calibrated b, break_s u, bouts_today u,
 *            breaks_today u, and while an alert is open: alert_kind s, alert_title s, alert_reason s, alert_exercise s
 *   signals  AlertRaised(s id, s kind, a{sv}: title s, body s, reason s, exercise s, exercise_how s, seated_s u,
 *            snooze_min u), sent again with the same id when the numbers move; AlertCleared(s id, s kind, s outcome)
 */
#ifndef PUBLISH_BUS_H
#define PUBLISH_BUS_H

#include <systemd/sd-event.h>

#include "publish/outlet.h"

/* 0 also when no bus is there now: it is tried again with backoff. Negative errno on programming errors only.
 * mqtt_status may be NULL; it answers the Mqtt property. */
int bus_new(sd_event *event, const struct settings *settings, const struct identity *identity, command_fn execute,
            void *userdata, const struct outlet *mqtt, struct outlet *ret);

#endif
