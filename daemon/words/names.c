/* SPDX-License-Identifier: MIT */
#include "words/names.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/language.h"

/* A value as it goes over the wire, and in words for people; NULL = it is never shown. */
struct name {
        const char *name, *words;
};

/* A number that no enum has (from a file of a newer version, or a damaged one) must not read beyond a table. */
static const char *find_name(const struct name *rows, size_t n, size_t i) {
        return i < n ? rows[i].name : "unknown";
}

#define FIND_NAME(table, i) find_name(table, sizeof(table) / sizeof((table)[0]), (size_t)(i))

/* A name without words comes back as it is. */
static const char *find_words(const struct name *rows, size_t n, const char *name) {
        for (size_t i = 0; i < n; i++)
                if (strcmp(rows[i].name, name) == 0 && rows[i].words)
                        return _(rows[i].words);
        return name;
}

#define FIND_WORDS(table, name) find_words(table, sizeof(table) / sizeof((table)[0]), name)

static const struct name occupancies[OCCUPANCY_N] = {
        [OCCUPANCY_UNKNOWN] = {"unknown", N_("unknown")},
        [OCCUPANCY_VACANT] = {"vacant", N_("vacant")},
        [OCCUPANCY_OBJECT] = {"object", N_("object")},
        [OCCUPANCY_PERSON] = {"person", N_("person")},
};

const char *occupancy_name(enum occupancy o) {
        return FIND_NAME(occupancies, o);
}

const char *occupancy_text(const char *name) {
        return FIND_WORDS(occupancies, name);
}

static const struct name postures[POSTURE_N] = {
        [POSTURE_UNKNOWN] = {"unknown", N_("not sure")},
        [POSTURE_VACANT] = {"vacant", N_("vacant")},
        [POSTURE_UPRIGHT] = {"upright", N_("upright")},
        [POSTURE_SLOUCHED] = {"slouched", N_("slouched")},
        [POSTURE_ARCHED] = {"arched", N_("arched")},
        [POSTURE_LEANING_LEFT] = {"leaning_left", N_("leaning left")},
        [POSTURE_LEANING_RIGHT] = {"leaning_right", N_("leaning right")},
        [POSTURE_LEANING_FORWARD] = {"leaning_forward", N_("leaning forward")},
        [POSTURE_PERCHED] = {"perched", N_("perched")},
        [POSTURE_LEANING_BACK] = {"leaning_back", N_("leaning back")},
};

/* Targets of the calibration; the first ones are the poses. */
static const struct name targets[CALIBRATE_TARGET_N] = {
        [CALIBRATE_UPRIGHT] = {"upright", N_("upright")}, [CALIBRATE_SLOUCHED] = {"slouched", N_("slouched")},
        [CALIBRATE_ARCHED] = {"arched", N_("arched")},    [CALIBRATE_LEFT] = {"left", N_("left")},
        [CALIBRATE_RIGHT] = {"right", N_("right")},       [CALIBRATE_EMPTY] = {"empty", NULL},
        [CALIBRATE_SQUEEZE] = {"squeeze", N_("squeeze")},
};

_Static_assert((int)POSE_N == (int)CALIBRATE_EMPTY, "the poses are the first targets");

const char *posture_name(enum posture_class p) {
        return FIND_NAME(postures, p);
}

const char *pose_name(enum calibrate_pose p) {
        return find_name(targets, POSE_N, (size_t)p);
}

const char *posture_text(const char *name) {
        const char *words = FIND_WORDS(postures, name);

        return words == name ? FIND_WORDS(targets, name) : words;
}

bool calibrate_target_of(const char *word, enum calibrate_target *ret) {
        for (int i = 0; i < CALIBRATE_TARGET_N; i++)
                if (strcmp(word, targets[i].name) == 0) {
                        *ret = (enum calibrate_target)i;
                        return true;
                }
        return false;
}

bool name_of(const char *word, char ret[32]) {
        size_t n = strspn(word, "abcdefghijklmnopqrstuvwxyz0123456789-");

        if (n == 0 || n >= 32 || word[n] || *word == '-')
                return false;
        memcpy(ret, word, n + 1);
        return true;
}

bool alert_id_of(const char *word, uint64_t *ret) {
        size_t n = strspn(word, "0123456789");

        *ret = n > 0 && n < 19 && word[n] == '\0' ? strtoull(word, NULL, 10) : 0;
        return *ret > 0;
}

const char *phase_name(enum sitting_phase p) {
        static const struct name names[SITTING_PHASE_N] = {
                [SITTING_AWAY] = {"away"},           [SITTING_CONFIRMING] = {"confirming"},
                [SITTING_SEATED] = {"seated"},       [SITTING_INTERRUPTED] = {"interrupted"},
                [SITTING_SUSPENDED] = {"suspended"},
        };
        return FIND_NAME(names, p);
}

static const struct name alert_kinds[ALERT_KIND_N] = {
        [ALERT_ACTIVATE] = {"activate", N_("stand up")},   [ALERT_SLOUCH] = {"slouch", N_("slouch")},
        [ALERT_ASYMMETRY] = {"asymmetry", N_("one side")}, [ALERT_STILL] = {"still", N_("stillness")},
        [ALERT_SHORT] = {"short", N_("short move")},
};

const char *alert_kind_name(enum alert_kind k) {
        return FIND_NAME(alert_kinds, k);
}

const char *alert_kind_text(const char *name) {
        return FIND_WORDS(alert_kinds, name);
}

const char *alert_event_name(enum alert_kind k) {
        return k == ALERT_ACTIVATE ? "glute_activation_due" : alert_kind_name(k);
}

static const struct name alert_outcomes[ALERT_OUTCOME_N] = {
        [ALERT_PENDING] = {"pending", N_("open")},
        [ALERT_STOOD] = {"stood", N_("you stood up")},
        [ALERT_PARTIAL] = {"partial", N_("you stood up too briefly")},
        [ALERT_SHIFTED] = {"shifted", N_("you moved")},
        [ALERT_DONE] = {"done", N_("done")},
        [ALERT_SNOOZED] = {"snoozed", N_("snoozed")},
        [ALERT_IGNORED] = {"ignored", N_("no reaction")},
        [ALERT_UNKNOWN] = {"unknown", N_("unknown")},
        [ALERT_SKIPPED] = {"skipped", N_("skipped")},
        [ALERT_SQUEEZED] = {"squeezed", N_("you squeezed")},
        [ALERT_ABSORBED] = {"absorbed", N_("stand up came instead")},
        [ALERT_SWITCHED_OFF] = {"switched_off", N_("switched off")},
};

const char *alert_outcome_name(enum alert_outcome o) {
        return FIND_NAME(alert_outcomes, o);
}

const char *alert_outcome_text(const char *name) {
        return FIND_WORDS(alert_outcomes, name);
}

const char *alert_moment_name(enum alert_moment m) {
        static const struct name names[ALERT_MOMENT_N] = {
                [ALERT_AT_ONCE] = {"at_once"},
                [ALERT_AT_LULL] = {"lull"},
                [ALERT_AT_CHANGE] = {"change"},
                [ALERT_AT_LIMIT] = {"limit"},
        };
        return FIND_NAME(names, m);
}

void alert_held_names(uint32_t held, char *ret, size_t size) {
        static const char *const names[ALERT_INHIBIT_N] = {"off", "snooze",     "pause",  "disturb", "quiet", "day",
                                                           "gap", "confidence", "moment", "open",    "away",  "other"};
        size_t n = 0;

        ret[0] = '\0';
        for (int i = 0; i < ALERT_INHIBIT_N && n < size; i++)
                if (held & (1U << i))
                        n += (size_t)snprintf(ret + n, size - n, "%s%s", n ? " " : "", names[i]);
}

const char *refusal_name(enum refusal r) {
        static const struct name names[REFUSAL_N] = {
                [REFUSED_LENGTH] = {"length"},     [REFUSED_TAIL] = {"tail"},       [REFUSED_CHECK] = {"check"},
                [REFUSED_CONSTANT] = {"constant"}, [REFUSED_RANGE] = {"range"},     [REFUSED_TEXT] = {"text"},
                [REFUSED_COUNT] = {"count"},       [REFUSED_OVERRUN] = {"overrun"}, [REFUSED_PARTIAL] = {"partial"},
        };
        return FIND_NAME(names, r);
}

const char *mat_state_name(enum mat_state s) {
        static const struct name names[MAT_STATE_N] = {
                [MAT_NO_DEVICE] = {"no_device"}, [MAT_WAITING] = {"waiting"}, [MAT_NO_FRAMES] = {"no_frames"},
                [MAT_FRAMES] = {"frames"},       [MAT_SILENT] = {"silent"},   [MAT_ENDED] = {"ended"},
        };
        return FIND_NAME(names, s);
}

static const struct name exercise_kinds[EXERCISE_KIND_N] = {
        [EXERCISE_ACTIVATE] = {"activate", N_("activates")},
        [EXERCISE_STRENGTHEN] = {"strengthen", N_("strengthens")},
        [EXERCISE_RELEASE] = {"release", N_("releases")},
        [EXERCISE_STRETCH] = {"stretch", N_("stretches")},
};

const char *exercise_kind_name(enum exercise_kind k) {
        return FIND_NAME(exercise_kinds, k);
}

const char *exercise_kind_text(enum exercise_kind k) {
        return (unsigned)k < EXERCISE_KIND_N ? _(exercise_kinds[k].words) : "";
}

static const struct name exercise_places[EXERCISE_PLACE_N] = {
        [EXERCISE_DESK] = {"desk", N_("in the seat")},
        [EXERCISE_STANDING] = {"standing", N_("standing")},
        [EXERCISE_FLOOR] = {"floor", N_("on the floor")},
        [EXERCISE_AWAY] = {"away", N_("on the way")},
};

const char *exercise_place_name(enum exercise_place p) {
        return FIND_NAME(exercise_places, p);
}

const char *exercise_place_text(enum exercise_place p) {
        return (unsigned)p < EXERCISE_PLACE_N ? _(exercise_places[p].words) : "";
}

/* By the number of the bit of enum exercise_suits. */
static const struct name exercise_suits[EXERCISE_SUITS_N] = {
        {"any", NULL},
        {"slouched", N_("you sat slouched")},
        {"arched", N_("you sat arched")},
        {"lopsided", N_("you sat more on one side")},
        {"still", N_("you sat still")},
};

const char *exercise_suits_name(uint32_t bit) {
        for (int i = 0; i < EXERCISE_SUITS_N; i++)
                if (bit == 1U << i)
                        return exercise_suits[i].name;
        return "";
}

const char *exercise_suits_text(const char *name) {
        return FIND_WORDS(exercise_suits, name);
}

const char *squeeze_cue_name(enum squeeze_cue c) {
        return c == SQUEEZE_CUE_HOLD ? "squeeze" : c == SQUEEZE_CUE_REST ? "rest" : "";
}

const char *learning_phase_name(enum learning_phase p) {
        static const struct name names[LEARNING_PHASE_N] = {
                [LEARNING_IDLE] = {"idle"},
                [LEARNING_RUNNING] = {"gathers"},
                [LEARNING_DONE] = {"done"},
                [LEARNING_REFUSED] = {"refused"},
        };
        return FIND_NAME(names, p);
}

const char *stale_reason_name(enum stale_reason r) {
        static const struct name names[STALE_REASON_N] = {
                [STALE_NOT] = {""},    [STALE_UPRIGHT] = {"upright"}, [STALE_LOAD] = {"load"},
                [STALE_MAT] = {"mat"}, [STALE_MOVED] = {"moved"},     [STALE_TURNED] = {"turned"},
        };
        return FIND_NAME(names, r);
}

const char *place_name(enum place_verdict v) {
        static const struct name names[PLACE_VERDICT_N] = {
                [PLACE_UNJUDGED] = {"unjudged"}, [PLACE_LEARNING] = {"learning"}, [PLACE_USUAL] = {"usual"},
                [PLACE_MOVED] = {"moved"},       [PLACE_TURNED] = {"turned"},
        };
        return FIND_NAME(names, v);
}

/* By the number of the bit of enum measure. */
static const struct name measures[MEASURE_N] = {
        {"sitting", N_("sitting and standing")},
        {"balance", N_("balance of left and right")},
        {"leans", N_("leans to the left, right, front and back")},
        {"taught", N_("taught postures")},
        {"angles", N_("tilt and obliquity")},
        {"sit_bones", N_("sit bones")},
};

void measure_names(uint32_t set, char *ret, size_t size) {
        size_t n = 0;

        ret[0] = '\0';
        for (int i = 0; i < MEASURE_N && n < size; i++)
                if (set & 1U << i)
                        n += (size_t)snprintf(ret + n, size - n, "%s%s", n ? " " : "", measures[i].name);
}

const char *measure_text(const char *name) {
        return FIND_WORDS(measures, name);
}

static const struct name command_results[COMMAND_RESULT_N] = {
        [COMMAND_OK] = {"Ok", N_("Done.")},
        [COMMAND_OUT_OF_RANGE] = {"OutOfRange", N_("Out of range: snooze takes 1 to 240 minutes, pause 1 to 1440.")},
        [COMMAND_NOTHING_DUE] = {"NothingDue",
                                 N_("No alert is open, so there is nothing to mark as done or to skip.")},
        [COMMAND_NOBODY_SEATED] = {"NobodySeated", N_("Nobody is seated: sit down in that posture, then try again.")},
        [COMMAND_SOMEBODY_SEATED] = {"SomebodySeated",
                                     N_("The seat reads like a person. If it is empty, send the command "
                                        "again within a minute, or run: sitbonectl tare --empty")},
        [COMMAND_NO_FRAMES] = {"NoFrames", N_("The mat sends no frames: sitbonectl status shows why.")},
        [COMMAND_UNSTEADY] = {"Unsteady",
                              N_("The seat is not steady yet: hold still for a few seconds, then try again.")},
        [COMMAND_MALFORMED] = {"Malformed", N_("The command is malformed: see the manual page for its form.")},
        [COMMAND_RETAINED] = {"Retained", N_("A retained command is never executed: publish it without retain.")},
        [COMMAND_UNKNOWN] = {"UnknownVerb", N_("There is no such command: the topic info lists the commands.")},
        [COMMAND_BUSY] = {"Busy", N_("Too many commands at once: wait a moment, then try again.")},
        [COMMAND_NOT_APART] = {"NotApart", N_("The mat cannot tell this from your upright: exaggerate it, or "
                                              "calibrate upright again first.")},
        [COMMAND_FULL] = {"Full", N_("There is no room for another name: remove one first.")},
        [COMMAND_NO_SUCH_NAME] = {"NoSuchName", N_("No posture of this name was taught.")},
        [COMMAND_LIMIT_REACHED] = {"LimitReached", N_("The limit of the day is reached: the settings snoozes_max and "
                                                      "skips_max define it.")},
        [COMMAND_NO_WORKOUTS] = {"NoSessions",
                                 N_("No workouts are planned: set sessions_per_week in section [exercise].")},
        [COMMAND_DONE_TODAY] = {"DoneToday", N_("Today's workout is already marked as done.")},
        [COMMAND_NOT_RECORDING] = {"NotRecording", N_("Nothing is recorded now: start sitbonectl record first.")},
        [COMMAND_NOT_CONNECTED] = {"NotConnected",
                                   N_("There is no connection to a broker: sitbonectl status shows why.")},
        [COMMAND_NO_SUCH_SETTING] = {"NoSuchSetting", N_("There is no such setting: the topic settings lists them.")},
        [COMMAND_BAD_VALUE] = {"BadValue", N_("The setting does not take this value: see sitbone.conf(5).")},
        [COMMAND_ALERT_CLOSED] = {"AlertClosed",
                                  N_("That alert is not open: sitbonectl why shows the last one and its "
                                     "outcome.")},
};

const char *command_result_name(enum command_result r) {
        return FIND_NAME(command_results, r);
}

const char *command_result_text(enum command_result r) {
        return (unsigned)r < COMMAND_RESULT_N ? command_results[r].words : "unknown";
}

void command_refusal_text(enum command_result r, double load_pct, char *ret, size_t size) {
        if (r == COMMAND_SOMEBODY_SEATED && load_pct >= 0 && load_pct <= 100)
                snprintf(ret, size, SEAT_READS_LIKE_PERSON, (unsigned)(load_pct + 0.5));
        else
                snprintf(ret, size, "%s", command_result_text(r));
}

const char *map_doubt_name(uint32_t flaws) {
        return flaws & FLAW_FALLS ? "falls_under_load" : flaws & FLAW_WAITING ? "waiting_for_empty_seat" : "";
}

const char *map_doubt_text(const char *name) {
        if (strcmp(name, "falls_under_load") == 0)
                return N_("the readings are high while the seat is empty, or fall under load: set inverted = yes in "
                          "[device]");
        if (strcmp(name, "waiting_for_empty_seat") == 0)
                return N_("waiting for the first empty seat: sit down and get up; if it is empty now, run: sitbonectl "
                          "tare --empty");
        return "";
}
