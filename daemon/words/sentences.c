/* SPDX-License-Identifier: MIT */
#include "words/sentences.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "util/language.h"
#include "util/minmax.h"

#define US_PER_MIN 60000000ull

const char *stale_reason_text(enum stale_reason r) {
        static const char *const texts[STALE_REASON_N] = {
                [STALE_NOT] = "",
                [STALE_UPRIGHT] = N_("over many sits your posture differed from the calibrated upright"),
                [STALE_LOAD] = N_("over many sits the load differed much from the calibrated one"),
                [STALE_MAT] = N_("it was made on a mat with another number of cells"),
                [STALE_MOVED] = N_("the mat seems to have moved since"),
                [STALE_TURNED] = N_("the mat seems to have been turned since"),
        };
        return (unsigned)r < STALE_REASON_N ? texts[r] : "unknown";
}

static void write_moved(const struct place *p, char *ret, size_t size) {
        const bool sideways = fabsf(p->moved_x_mm) > fabsf(p->moved_y_mm);
        const char *where = p->moved_x_mm > 0 ? _("to the right") : _("to the left");

        if (!sideways)
                where = p->moved_y_mm > 0 ? _("forward") : _("backward");
        snprintf(ret, size, _("seems to have moved under you by %.0f mm %s"),
                 (double)hypotf(p->moved_x_mm, p->moved_y_mm), where);
}

void place_text(const struct place *p, char *ret, size_t size) {
        *ret = '\0';
        if (p->verdict == PLACE_UNJUDGED)
                snprintf(ret, size, "%s",
                         _("movement cannot be detected: the cells have no positions, or are too few"));
        else if (p->verdict == PLACE_MOVED)
                write_moved(p, ret, size);
        else if (p->verdict == PLACE_TURNED && p->turned_deg == 180)
                snprintf(ret, size, "%s", _("seems to have been turned round under you"));
        else if (p->verdict == PLACE_TURNED)
                snprintf(ret, size, "%s",
                         p->turned_deg > 0 ? _("seems to have been turned by a quarter to the right under you")
                                           : _("seems to have been turned by a quarter to the left under you"));
}

const char *alert_title(enum alert_kind k) {
        static const char *const titles[ALERT_KIND_N] = {
                [ALERT_ACTIVATE] = N_("Stand up: time to activate your glutes"),
                [ALERT_SLOUCH] = N_("Sit back a little"),
                [ALERT_ASYMMETRY] = N_("Even out your weight"),
                [ALERT_STILL] = N_("Time to move a little"),
                [ALERT_SHORT] = N_("A short move in your seat"),
        };
        return (unsigned)k < ALERT_KIND_N ? _(titles[k]) : "";
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

/* Callers bring room for everything that they append. */
__attribute__((format(printf, 3, 4))) static void append_text(char *text, size_t size, const char *format, ...) {
        size_t n = size > 0 ? strlen(text) : 0;
        va_list arguments;

        if (n + 1 >= size)
                return;
        va_start(arguments, format);
        if (vsnprintf(text + n, size - n, format, arguments) < 0)
                text[n] = '\0';
        va_end(arguments);
}

static int to_percent(float share) {
        return share >= 0 && share <= 1 ? (int)lroundf(share * 100) : 0;
}

static unsigned to_minutes(uint64_t us) {
        return (unsigned)(us / US_PER_MIN);
}

/* Writes "45 min" or "1 h 5 min". */
static void write_duration(char *ret, size_t size, uint64_t us) {
        unsigned min = to_minutes(us);

        if (min < 60)
                snprintf(ret, size, _("%u min"), min);
        else if (min % 60 == 0)
                snprintf(ret, size, _("%u h"), min / 60);
        else
                snprintf(ret, size, _("%u h %u min"), min / 60, min % 60);
}

/* Writes the length of a break as a word before it: "2-minute" or "90-second". */
static void write_break_length(char *ret, size_t size, uint64_t us) {
        unsigned s = (unsigned)((us + 500000) / 1000000);

        if (s >= 60 && s % 60 == 0)
                snprintf(ret, size, _("%u-minute"), s / 60);
        else
                snprintf(ret, size, _("%u-second"), s);
}

static const char *describe_heavier_side(const struct alert *a) {
        if (isnan(a->asymmetry))
                return _("more load on one side");
        return a->asymmetry > 0 ? _("more load on the right") : _("more load on the left");
}

static void append_activate_reason(const struct alert *a, char *ret, size_t size) {
        char seated[48], needed[48];

        write_duration(seated, sizeof(seated), a->seated_us);
        write_break_length(needed, sizeof(needed), a->break_us);
        append_text(ret, size, _("seated %s without a %s break"), seated, needed);
        if (to_percent(a->slouched_share) >= 10) /* less is not worth mentioning */
                append_text(ret, size, _("; slouched %d %% of it"), to_percent(a->slouched_share));
        if (a->also & (1U << ALERT_STILL))
                append_text(ret, size, "%s", _("; no weight shift for long"));
        if (a->also & (1U << ALERT_ASYMMETRY))
                append_text(ret, size, "; %s", describe_heavier_side(a));
}

static void append_posture_reason(const struct alert *a, const char *what, char *ret, size_t size) {
        append_text(ret, size, _("%s %u of the last %u min"), what, to_minutes(a->cause_us), to_minutes(a->window_us));
}

/* Returns the advice that the title leaves open; "" = none. */
static const char *describe_advice(const struct alert *a, enum alert_kind k) {
        if (k != ALERT_ASYMMETRY || isnan(a->asymmetry))
                return "";
        return a->asymmetry > 0 ? _("bring some weight to the left") : _("bring some weight to the right");
}

/* REASON_MAX is longer than any reason, BODY_MAX than any reason with any exercise. */
enum { REASON_MAX = 256, BODY_MAX = sizeof(struct exercise) + REASON_MAX + REASON_MAX + 64 };

/* Writes what was measured, without the limit. */
static void write_measured(const struct alert *a, enum alert_kind k, char *ret, size_t size) {
        char cause[48];

        ret[0] = '\0';
        write_duration(cause, sizeof(cause), a->cause_us);
        switch (k) {
        case ALERT_ACTIVATE:
                append_activate_reason(a, ret, size);
                break;
        case ALERT_SLOUCH:
                append_posture_reason(a, _("slouched"), ret, size);
                break;
        case ALERT_ASYMMETRY:
                append_posture_reason(a, describe_heavier_side(a), ret, size);
                break;
        case ALERT_STILL:
                if (a->shifts_target > 0)
                        append_text(ret, size, _("%.0f weight shifts an hour lately, your target is %.0f"),
                                    (double)a->shifts_per_hour, (double)a->shifts_target);
                else
                        append_text(ret, size, _("no weight shift for %s"), cause);
                break;
        case ALERT_SHORT:
                append_text(ret, size, _("seated %s since the last prompt"), cause);
                break;
        case ALERT_KIND_N:
                break;
        }
}

void alert_reason(const struct alert *a, enum alert_kind k, char *ret, size_t size) {
        char reason[REASON_MAX], limit[48];

        write_measured(a, k, reason, sizeof(reason));
        write_duration(limit, sizeof(limit), a->limit_us);
        if (k != ALERT_ACTIVATE && reason[0] && !(a->shifts_target > 0))
                append_text(reason, sizeof(reason), _(" (limit %s)"), limit);
        copy_whole_characters(reason, ret, size);
}

static int count_words(const char *text) {
        int n = 0;

        for (text += strspn(text, " "); *text; text += strspn(text, " ")) {
                text += strcspn(text, " ");
                n++;
        }
        return n;
}

/* Drops clauses from the end, the least important first, until a reader has few words before the exercise. */
static void shorten_reason(char *reason, const char *title) {
        enum { WORDS_MAX = 25 };
        char *end;

        while (count_words(title) + count_words(reason) > WORDS_MAX && (end = strrchr(reason, ';')))
                *end = '\0';
}

/* Appends what was measured as a sentence, and what to do about it. */
static void append_reason_sentence(const struct alert *a, enum alert_kind k, char *ret, size_t size) {
        const char *advice = describe_advice(a, k);
        char reason[REASON_MAX];

        write_measured(a, k, reason, sizeof(reason));
        shorten_reason(reason, alert_title(k));
        if (reason[0] >= 'a' && reason[0] <= 'z')
                reason[0] = (char)(reason[0] - 'a' + 'A');
        append_text(ret, size, "%s%s%s.", reason, *advice ? ": " : "", advice);
}

/* Appends "because you sat slouched 64 % of the time". */
static void append_observation(const struct exercise_reason *why, char *ret, size_t size) {
        const char *what = why->suits & EXERCISE_SUITS_SLOUCHED   ? _("you sat slouched")
                           : why->suits & EXERCISE_SUITS_ARCHED   ? _("you sat arched")
                           : why->suits & EXERCISE_SUITS_LOPSIDED ? _("you sat more on one side")
                           : why->suits & EXERCISE_SUITS_STILL    ? _("you sat still")
                                                                  : NULL;

        if (!what)
                return;
        append_text(ret, size, _("because %s"), what);
        if (to_percent(why->share) > 0)
                append_text(ret, size, _(" %d %% of the time"), to_percent(why->share));
}

static const char *describe_offered(enum exercise_kind k) {
        static const char *const texts[EXERCISE_KIND_N] = {
                [EXERCISE_ACTIVATE] = N_("one that activates"),
                [EXERCISE_STRENGTHEN] = N_("one that strengthens"),
                [EXERCISE_RELEASE] = N_("one that releases"),
                [EXERCISE_STRETCH] = N_("one that stretches"),
        };
        return (unsigned)k < EXERCISE_KIND_N ? _(texts[k]) : "";
}

static const char *describe_recent(enum exercise_kind k) {
        static const char *const texts[EXERCISE_KIND_N] = {
                [EXERCISE_ACTIVATE] = N_("activating"),
                [EXERCISE_STRENGTHEN] = N_("strengthening"),
                [EXERCISE_RELEASE] = N_("releasing"),
                [EXERCISE_STRETCH] = N_("stretching"),
        };
        return (unsigned)k < EXERCISE_KIND_N ? _(texts[k]) : "";
}

static void write_choice(const struct exercise_reason *why, enum exercise_kind kind, char *ret, size_t size) {
        ret[0] = '\0';
        append_observation(why, ret, size);
        if (why->other_lately == 0)
                return;
        append_text(ret, size, "%s", ret[0] ? "; " : "");
        append_text(ret, size, _("%s, after %u %s and %u %s lately"), describe_offered(kind), why->other_lately,
                    describe_recent((enum exercise_kind)why->other), why->lately, describe_recent(kind));
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

/* "Begin with the left side, which carried less."; "" = neither side is better. */
static const char *choose_first_side(const struct exercise_reason *why) {
        if (why->first == EXERCISE_SIDE_LEFT)
                return _("Begin with the left side, which carried less.");
        if (why->first == EXERCISE_SIDE_RIGHT)
                return _("Begin with the right side, which carried less.");
        return "";
}

void stood_briefly_text(uint64_t away_us, uint64_t break_us, char *ret, size_t size) {
        unsigned more_s = (unsigned)((max_u64(break_us, away_us) - away_us + 999999) / 1000000);

        ret[0] = '\0';
        if (more_s < 60)
                append_text(ret, size, _("Good that you were up: %u s more and it counts as a break."), more_s);
        else
                append_text(ret, size, _("Good that you were up: %u min %02u s more and it counts as a break."),
                            more_s / 60, more_s % 60);
}

void sitting_limit_text(uint64_t today_us, char *ret, size_t size) {
        char seated[48];

        write_duration(seated, sizeof(seated), today_us);
        ret[0] = '\0';
        append_text(ret, size, _("You have been sitting for %s today: enough for one day."), seated);
}

const char *exercise_one_set(const struct exercise *e) {
        return *e->set ? e->set : e->dose;
}

static void append_exercise(const struct exercise *e, const struct exercise_reason *why, char *ret, size_t size) {
        append_text(ret, size, "\n%s: %s. %s", e->name, exercise_one_set(e), e->how);
        if (*choose_first_side(why))
                append_text(ret, size, " %s", choose_first_side(why));
}

void alert_body(const struct alert *a, enum alert_kind k, const struct exercise *e, char *ret, size_t size) {
        char body[BODY_MAX] = "";

        if ((unsigned)k < ALERT_KIND_N) {
                append_reason_sentence(a, k, body, sizeof(body));
                if (e)
                        append_exercise(e, &a->why, body, sizeof(body));
        }
        copy_whole_characters(body, ret, size);
}
