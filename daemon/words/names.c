/* SPDX-License-Identifier: MIT */
#include "words/names.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "util/language.h"

#define US_PER_MIN 60000000ull

/* A number that no enum has (a file of a newer version, a damaged one) must not read past a table. */
static const char *name_in(const char *const *names, size_t n, size_t i) {
        return i < n ? names[i] : "unknown";
}

#define NAME_IN(table, i) name_in(table, sizeof(table) / sizeof((table)[0]), (size_t)(i))

const char *occupancy_name(enum occupancy o) {
        static const char *const names[OCCUPANCY_N] = {
                [OCCUPANCY_UNKNOWN] = "unknown",
                [OCCUPANCY_VACANT] = "vacant",
                [OCCUPANCY_OBJECT] = "object",
                [OCCUPANCY_PERSON] = "person",
        };
        return NAME_IN(names, o);
}

const char *posture_name(enum posture_class k) {
        static const char *const names[POSTURE_N] = {
                [POSTURE_UNKNOWN] = "unknown",
                [POSTURE_VACANT] = "vacant",
                [POSTURE_UPRIGHT] = "upright",
                [POSTURE_SLOUCHED] = "slouched",
                [POSTURE_ARCHED] = "arched",
                [POSTURE_LEANING_LEFT] = "leaning_left",
                [POSTURE_LEANING_RIGHT] = "leaning_right",
                [POSTURE_LEANING_FORWARD] = "leaning_forward",
                [POSTURE_PERCHED] = "perched",
        };
        return NAME_IN(names, k);
}

const char *phase_name(enum sitting_phase p) {
        static const char *const names[SITTING_PHASE_N] = {
                [SITTING_AWAY] = "away",           [SITTING_CONFIRMING] = "confirming",
                [SITTING_SEATED] = "seated",       [SITTING_INTERRUPTED] = "interrupted",
                [SITTING_SUSPENDED] = "suspended",
        };
        return NAME_IN(names, p);
}

const char *alert_kind_name(enum alert_kind k) {
        static const char *const names[ALERT_KIND_N] = {
                [ALERT_ACTIVATE] = "activate", [ALERT_SLOUCH] = "slouch", [ALERT_ASYMMETRY] = "asymmetry",
                [ALERT_STILL] = "still",       [ALERT_SHORT] = "short",
        };
        return NAME_IN(names, k);
}

const char *alert_event_name(enum alert_kind k) {
        return k == ALERT_ACTIVATE ? "glute_activation_due" : alert_kind_name(k);
}

const char *alert_outcome_name(enum alert_outcome o) {
        static const char *const names[ALERT_OUTCOME_N] = {
                [ALERT_PENDING] = "pending",   [ALERT_STOOD] = "stood",     [ALERT_PARTIAL] = "partial",
                [ALERT_SHIFTED] = "shifted",   [ALERT_DONE] = "done",       [ALERT_SNOOZED] = "snoozed",
                [ALERT_IGNORED] = "ignored",   [ALERT_UNKNOWN] = "unknown", [ALERT_SKIPPED] = "skipped",
                [ALERT_SQUEEZED] = "squeezed",
        };
        return NAME_IN(names, o);
}

const char *alert_moment_name(enum alert_moment m) {
        static const char *const names[ALERT_MOMENT_N] = {
                [ALERT_AT_ONCE] = "at_once",
                [ALERT_AT_LULL] = "lull",
                [ALERT_AT_CHANGE] = "change",
                [ALERT_AT_LIMIT] = "limit",
        };
        return NAME_IN(names, m);
}

void alert_held_names(uint32_t held, char *ret, size_t size) {
        static const char *const names[ALERT_HELD_N] = {"off", "snooze",     "pause",  "disturb", "quiet", "day",
                                                        "gap", "confidence", "moment", "open",    "away"};
        size_t n = 0;

        ret[0] = '\0';
        for (int i = 0; i < ALERT_HELD_N && n < size; i++)
                if (held & (1U << i))
                        n += (size_t)snprintf(ret + n, size - n, "%s%s", n ? " " : "", names[i]);
}

const char *refusal_name(enum refusal r) {
        static const char *const names[REFUSAL_N] = {
                [REFUSED_LENGTH] = "length",     [REFUSED_TAIL] = "tail",       [REFUSED_CHECK] = "check",
                [REFUSED_CONSTANT] = "constant", [REFUSED_RANGE] = "range",     [REFUSED_TEXT] = "text",
                [REFUSED_COUNT] = "count",       [REFUSED_OVERRUN] = "overrun", [REFUSED_PARTIAL] = "partial",
        };
        return NAME_IN(names, r);
}

const char *exercise_kind_name(enum exercise_kind k) {
        static const char *const names[EXERCISE_KIND_N] = {
                [EXERCISE_ACTIVATE] = "activate",
                [EXERCISE_STRENGTHEN] = "strengthen",
                [EXERCISE_RELEASE] = "release",
                [EXERCISE_STRETCH] = "stretch",
        };
        return NAME_IN(names, k);
}

const char *exercise_place_name(enum exercise_place p) {
        static const char *const names[EXERCISE_PLACE_N] = {
                [EXERCISE_DESK] = "desk",
                [EXERCISE_STANDING] = "standing",
                [EXERCISE_FLOOR] = "floor",
                [EXERCISE_AWAY] = "away",
        };
        return NAME_IN(names, p);
}

const char *exercise_suits_name(uint32_t bit) {
        switch (bit) {
        case EXERCISE_SUITS_ANY:
                return "any";
        case EXERCISE_SUITS_SLOUCHED:
                return "slouched";
        case EXERCISE_SUITS_ARCHED:
                return "arched";
        case EXERCISE_SUITS_LOPSIDED:
                return "lopsided";
        case EXERCISE_SUITS_STILL:
                return "still";
        default:
                return "";
        }
}

const char *squeeze_cue_name(enum squeeze_cue c) {
        return c == SQUEEZE_CUE_HOLD ? "squeeze" : c == SQUEEZE_CUE_REST ? "rest" : "";
}

const char *pose_name(enum calibrate_pose p) {
        static const char *const names[POSE_N] = {
                [POSE_UPRIGHT] = "upright", [POSE_SLOUCHED] = "slouched", [POSE_ARCHED] = "arched",
                [POSE_LEFT] = "left",       [POSE_RIGHT] = "right",
        };
        return NAME_IN(names, p);
}

bool calibrate_target_of(const char *word, enum calibrate_target *ret) {
        for (int i = 0; i < CALIBRATE_TARGET_N; i++) {
                const char *name = i == CALIBRATE_EMPTY     ? "empty"
                                   : i == CALIBRATE_SQUEEZE ? "squeeze"
                                                            : pose_name((enum calibrate_pose)i);

                if (strcmp(word, name) != 0)
                        continue;
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

const char *learning_phase_name(enum learning_phase p) {
        static const char *const names[LEARNING_PHASE_N] = {
                [LEARNING_IDLE] = "idle",
                [LEARNING_RUNNING] = "gathers",
                [LEARNING_DONE] = "done",
                [LEARNING_REFUSED] = "refused",
        };
        return NAME_IN(names, p);
}

const char *place_name(enum place_verdict v) {
        static const char *const names[PLACE_VERDICT_N] = {
                [PLACE_UNJUDGED] = "unjudged", [PLACE_LEARNING] = "learning", [PLACE_USUAL] = "usual",
                [PLACE_MOVED] = "moved",       [PLACE_TURNED] = "turned",
        };
        return NAME_IN(names, v);
}

const char *stale_reason_text(enum stale_reason r) {
        static const char *const texts[STALE_REASON_N] = {
                [STALE_NOT] = "",
                [STALE_UPRIGHT] = N_("over many sits you sat otherwise than when upright was calibrated"),
                [STALE_LOAD] = N_("over many sits the load was much different from the calibrated one"),
                [STALE_MAT] = N_("it was made on a mat with another number of cells"),
                [STALE_MOVED] = N_("the mat seems to have moved since"),
                [STALE_TURNED] = N_("the mat seems to have been turned since"),
        };
        return NAME_IN(texts, r);
}

const char *command_result_name(enum command_result r) {
        static const char *const names[COMMAND_RESULT_N] = {
                [COMMAND_OK] = "Ok",
                [COMMAND_OUT_OF_RANGE] = "OutOfRange",
                [COMMAND_NOTHING_DUE] = "NothingDue",
                [COMMAND_NOBODY_SEATED] = "NobodySeated",
                [COMMAND_SOMEBODY_SEATED] = "SomebodySeated",
                [COMMAND_NO_FRAMES] = "NoFrames",
                [COMMAND_UNSTEADY] = "Unsteady",
                [COMMAND_MALFORMED] = "Malformed",
                [COMMAND_RETAINED] = "Retained",
                [COMMAND_UNKNOWN_VERB] = "UnknownVerb",
                [COMMAND_BUSY] = "Busy",
                [COMMAND_NOT_APART] = "NotApart",
                [COMMAND_FULL] = "Full",
                [COMMAND_NO_SUCH_NAME] = "NoSuchName",
                [COMMAND_LIMIT_REACHED] = "LimitReached",
                [COMMAND_NO_SESSIONS] = "NoSessions",
                [COMMAND_DONE_TODAY] = "DoneToday",
        };
        return NAME_IN(names, r);
}

const char *command_result_text(enum command_result r) {
        static const char *const texts[COMMAND_RESULT_N] = {
                [COMMAND_OK] = N_("Done."),
                [COMMAND_OUT_OF_RANGE] = N_("Out of range: snooze takes 1 to 240 minutes, pause 1 to 1440."),
                [COMMAND_NOTHING_DUE] = N_("No alert is open, so there is nothing to mark as done or to skip."),
                [COMMAND_NOBODY_SEATED] = N_("Nobody is seated: sit down the way you mean it, then ask again."),
                [COMMAND_SOMEBODY_SEATED] = N_("Somebody is seated: leave the seat empty, then ask again."),
                [COMMAND_NO_FRAMES] = N_("The mat is silent: check its cable and the device setting."),
                [COMMAND_UNSTEADY] = N_("The seat is not steady yet: hold still for a few seconds, then ask again."),
                [COMMAND_MALFORMED] = N_("The command could not be read: see the documentation for its form."),
                [COMMAND_RETAINED] = N_("A retained command is never executed: publish it without retain."),
                [COMMAND_UNKNOWN_VERB] = N_("No such command: see info for those there are."),
                [COMMAND_BUSY] = N_("Too many commands at once: wait a moment, then ask again."),
                [COMMAND_NOT_APART] = N_("The mat cannot tell this from your upright: exaggerate it, or calibrate "
                                         "upright again first."),
                [COMMAND_FULL] = N_("There is no room for another name: forget one first."),
                [COMMAND_NO_SUCH_NAME] = N_("Nothing of that name was taught."),
                [COMMAND_LIMIT_REACHED] =
                        N_("No more of it today: the settings snoozes_max and skips_max say how many."),
                [COMMAND_NO_SESSIONS] =
                        N_("No sessions are planned: the setting [exercise] sessions_per_week says how many."),
                [COMMAND_DONE_TODAY] = N_("Today's session was marked as done before."),
        };
        return NAME_IN(texts, r);
}

const char *alert_title(enum alert_kind k) {
        static const char *const titles[ALERT_KIND_N] = {
                [ALERT_ACTIVATE] = N_("Time to activate your glutes"), [ALERT_SLOUCH] = N_("Slouched for a while"),
                [ALERT_ASYMMETRY] = N_("Sitting more on one side"),    [ALERT_STILL] = N_("Time to move a little"),
                [ALERT_SHORT] = N_("A short move in your seat"),
        };
        return language_translate(NAME_IN(titles, k));
}

/* Copies as many whole characters as fit. */
static void copy_whole_characters(const char *text, char *ret, size_t size) {
        size_t n = strlen(text);

        if (size == 0)
                return;
        if (n >= size)
                for (n = size - 1; n > 0 && ((unsigned char)text[n] & 0xC0) == 0x80;)
                        n--;
        memcpy(ret, text, n);
        ret[n] = '\0';
}

/* Callers bring room for all they append. */
__attribute__((format(printf, 3, 4))) static void append(char *text, size_t size, const char *format, ...) {
        size_t n = size > 0 ? strlen(text) : 0;
        va_list arguments;

        if (n + 1 >= size)
                return;
        va_start(arguments, format);
        if (vsnprintf(text + n, size - n, format, arguments) < 0)
                text[n] = '\0';
        va_end(arguments);
}

static int percent(float share) {
        return share >= 0 && share <= 1 ? (int)lroundf(share * 100) : 0;
}

static unsigned whole_minutes(uint64_t us) {
        return (unsigned)(us / US_PER_MIN);
}

/* "2 min", "90 s": as a person wrote it in the settings. */
static void write_seconds(char *ret, size_t size, float s) {
        if (s >= 60 && fmodf(s, 60) == 0)
                snprintf(ret, size, "%.0f min", (double)s / 60);
        else
                snprintf(ret, size, "%.0f s", (double)s);
}

static void reason_activate(const struct alert *a, float break_s, char *ret, size_t size) {
        char needed[32];

        write_seconds(needed, sizeof(needed), break_s);
        append(ret, size, _("seated %u min without a %s break"), whole_minutes(a->seated_us), needed);
        if (percent(a->slouched_share) >= 10) /* less is not worth a word */
                append(ret, size, _("; slouched %d %% of it"), percent(a->slouched_share));
}

static void reason_posture(const struct alert *a, const char *what, char *ret, size_t size) {
        append(ret, size, _("%s %u of the last %u min (limit %u min)"), what, whole_minutes(a->cause_us),
               whole_minutes(a->window_us), whole_minutes(a->limit_us));
}

static const char *heavier_side(const struct alert *a) {
        if (isnan(a->asymmetry))
                return _("more load on one side");
        return a->asymmetry > 0 ? _("more load on the right") : _("more load on the left");
}

/* Longer than any reason; than any reason with any exercise. */
enum { REASON_MAX = 256, BODY_MAX = sizeof(struct exercise) + REASON_MAX + REASON_MAX + 64 };

static void write_reason(const struct alert *a, enum alert_kind k, float break_s, char *ret, size_t size) {
        ret[0] = '\0';
        switch (k) {
        case ALERT_ACTIVATE:
                reason_activate(a, break_s, ret, size);
                break;
        case ALERT_SLOUCH:
                reason_posture(a, _("slouched"), ret, size);
                break;
        case ALERT_ASYMMETRY:
                reason_posture(a, heavier_side(a), ret, size);
                break;
        case ALERT_STILL:
                append(ret, size, _("no weight shift for %u min (limit %u min)"), whole_minutes(a->cause_us),
                       whole_minutes(a->limit_us));
                break;
        case ALERT_SHORT:
                append(ret, size, _("seated %u min since the last prompt (limit %u min)"), whole_minutes(a->cause_us),
                       whole_minutes(a->limit_us));
                break;
        case ALERT_KIND_N:
                break;
        }
}

void alert_reason(const struct alert *a, enum alert_kind k, float break_s, char *ret, size_t size) {
        char reason[REASON_MAX];

        write_reason(a, k, break_s, reason, sizeof(reason));
        copy_whole_characters(reason, ret, size);
}

/* The reason as a sentence of its own. */
static void append_sentence(const struct alert *a, enum alert_kind k, float break_s, char *ret, size_t size) {
        char reason[REASON_MAX];

        write_reason(a, k, break_s, reason, sizeof(reason));
        if (reason[0] >= 'a' && reason[0] <= 'z')
                reason[0] = (char)(reason[0] - 'a' + 'A');
        append(ret, size, "%s.", reason);
}

/* "you sat slouched 64 % of the time" */
static void append_seen(const struct exercise_reason *why, char *ret, size_t size) {
        const char *what = why->suits & EXERCISE_SUITS_SLOUCHED   ? _("you sat slouched")
                           : why->suits & EXERCISE_SUITS_ARCHED   ? _("you sat arched")
                           : why->suits & EXERCISE_SUITS_LOPSIDED ? _("you sat more on one side")
                           : why->suits & EXERCISE_SUITS_STILL    ? _("you sat still")
                                                                  : NULL;

        if (!what)
                return;
        append(ret, size, _("because %s"), what);
        if (percent(why->share) > 0)
                append(ret, size, _(" %d %% of the time"), percent(why->share));
}

static const char *one_that(enum exercise_kind k) {
        static const char *const texts[EXERCISE_KIND_N] = {
                [EXERCISE_ACTIVATE] = N_("one that activates"),
                [EXERCISE_STRENGTHEN] = N_("one that strengthens"),
                [EXERCISE_RELEASE] = N_("one that releases"),
                [EXERCISE_STRETCH] = N_("one that stretches"),
        };
        return language_translate(NAME_IN(texts, k));
}

static const char *of_kind(enum exercise_kind k) {
        static const char *const texts[EXERCISE_KIND_N] = {
                [EXERCISE_ACTIVATE] = N_("activating"),
                [EXERCISE_STRENGTHEN] = N_("strengthening"),
                [EXERCISE_RELEASE] = N_("releasing"),
                [EXERCISE_STRETCH] = N_("stretching"),
        };
        return language_translate(NAME_IN(texts, k));
}

static void write_choice(const struct exercise_reason *why, enum exercise_kind kind, char *ret, size_t size) {
        ret[0] = '\0';
        append_seen(why, ret, size);
        if (why->other_lately == 0)
                return;
        append(ret, size, "%s", ret[0] ? "; " : "");
        append(ret, size, _("%s, after %u %s and %u %s lately"), one_that(kind), why->other_lately,
               of_kind((enum exercise_kind)why->other), why->lately, of_kind(kind));
}

const struct exercise *alert_exercise(const struct exercise_catalogue *c, const struct alert *a) {
        return a->exercise >= 0 && (uint32_t)a->exercise < c->n ? &c->of[a->exercise] : NULL;
}

void exercise_reason(const struct exercise *e, const struct exercise_reason *why, char *ret, size_t size) {
        char reason[REASON_MAX] = "";

        if (e)
                write_choice(why, e->kind, reason, sizeof(reason));
        copy_whole_characters(reason, ret, size);
}

const char *exercise_first_side(const struct exercise_reason *why) {
        if (why->first == EXERCISE_SIDE_LEFT)
                return _("Begin with the left side, which carried less.");
        if (why->first == EXERCISE_SIDE_RIGHT)
                return _("Begin with the right side, which carried less.");
        return "";
}

static void append_exercise(const struct exercise *e, const struct exercise_reason *why, char *ret, size_t size) {
        char reason[REASON_MAX];

        write_choice(why, e->kind, reason, sizeof(reason));
        append(ret, size, "\n%s: %s. %s", e->name, e->dose, e->how);
        if (*exercise_first_side(why))
                append(ret, size, " %s", exercise_first_side(why));
        if (reason[0])
                append(ret, size, " (%s)", reason);
}

void alert_body(const struct alert *a, enum alert_kind k, float break_s, const struct exercise *e, char *ret,
                size_t size) {
        char body[BODY_MAX] = "";

        if ((unsigned)k < ALERT_KIND_N) {
                append_sentence(a, k, break_s, body, sizeof(body));
                if (e)
                        append_exercise(e, &a->why, body, sizeof(body));
        }
        copy_whole_characters(body, ret, size);
}
