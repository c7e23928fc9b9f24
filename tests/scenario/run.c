/* SPDX-License-Identifier: MIT */
/* Plays one scenario file (SYNTAX.md) twice, with frames at 10 Hz and with deadlines only: both must give exactly the
 * events that the file expects. */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "configure/exercises.h"
#include "configure/settings.h"
#include "scenario.h"
#include "values.h"
#include "words/names.h"
#include "world.h"

struct play {
        const struct scenario *scenario;
        struct world world;
        struct lines events; /* that happened */
        bool open[ALERT_KIND_N];
};

__attribute__((format(printf, 2, 3))) static void record_event(struct play *p, const char *format, ...) {
        char text[TEXT_MAX];
        va_list a;

        va_start(a, format);
        vsnprintf(text, sizeof(text), format, a);
        va_end(a);
        lines_add(&p->events, 0, p->world.t_us, text);
}

static void record_sitting(struct play *p, const struct sitting *s) {
        char length[32];

        if (s->changes & SITTING_PARTIAL_BREAK)
                record_event(p, "partial break");
        if (s->changes & SITTING_BACK) {
                values_print_time(s->last_away_us, length, sizeof(length));
                record_event(p, "back after %s", length);
        }
        if (s->changes & SITTING_BOUT_ENDED) {
                values_print_time(s->last_bout_us, length, sizeof(length));
                record_event(p, "bout of %s ends, %s", length, s->changes & SITTING_BREAK ? "break" : "silence");
        }
        if (s->changes & SITTING_BOUT_STARTED)
                record_event(p, "bout starts");
        if (s->changes & SITTING_LEFT_SEAT)
                record_event(p, "leaves");
        if (s->changes & SITTING_SHIFTED)
                record_event(p, "shifted");
}

static void record_general(struct play *p, uint32_t changes) {
        if (changes & ALERTS_SITTING_LIMIT)
                record_event(p, "sitting limit");
        if ((changes & ALERTS_STOOD_BRIEFLY) && p->scenario->hints)
                record_event(p, "stood briefly");
        if ((changes & ALERTS_HELD_LONG) && p->scenario->hints)
                record_event(p, "held for an hour");
}

static void record_alert(struct play *p, enum alert_kind k, const struct alert *a) {
        if (a->changes & ALERT_HEADS_UP)
                record_event(p, "heads-up %s", alert_kind_name(k));
        if (a->changes & ALERT_RAISED)
                record_event(p, "alert %s", alert_kind_name(k));
        if (a->changes & ALERT_REPEATED)
                record_event(p, "alert %s repeated", alert_kind_name(k));
        if ((a->changes & ALERT_UPDATED) && !p->open[k])
                record_event(p, "alert %s shown again", alert_kind_name(k));
        else if ((a->changes & ALERT_UPDATED) && p->scenario->updates)
                record_event(p, "alert %s updated", alert_kind_name(k));
        if (a->changes & ALERT_WITHDRAWN)
                record_event(p, "alert %s withdrawn", alert_kind_name(k));
        if (a->changes & ALERT_CLEARED)
                record_event(p, "alert %s %s", alert_kind_name(k), alert_outcome_name(a->outcome));
        p->open[k] = a->open;
}

static void on_step(void *userdata, const struct world *w) {
        struct play *p = userdata;
        bool changed = w->sitting.changes != 0;

        record_sitting(p, &w->sitting);
        record_general(p, w->alerts.changes);
        for (enum alert_kind k = 0; k < ALERT_KIND_N; k++)
                record_alert(p, k, &w->alerts.of[k]);
        for (enum alert_kind k = 0; k < ALERT_KIND_N; k++)
                changed = changed || w->alerts.of[k].changes;
        if (changed) /* the daemon saves then, too */
                world_save(&p->world);
}

/* [seat] */

/* sits [POSTURE] [confidence N] [asymmetry N] */
static bool play_sits(struct world *w, const char *text) {
        float confidence = 0.9f, asymmetry = 0;
        enum posture_class kind = POSTURE_UPRIGHT;
        char *end;

        for (enum posture_class k = 0; k < POSTURE_N; k++)
                if (k != POSTURE_VACANT && scenario_after(text, posture_name(k))) {
                        kind = k;
                        text = scenario_after(text, posture_name(k));
                        break;
                }
        while (*text) {
                float *to = scenario_after(text, "confidence")  ? &confidence
                            : scenario_after(text, "asymmetry") ? &asymmetry
                                                                : NULL;
                if (!to)
                        return false;
                text += strcspn(text, " ");
                *to = strtof(text, &end);
                if (end == text || !(fabsf(*to) <= 1) || confidence < 0 || (*end != ' ' && *end != '\0'))
                        return false;
                text = end + strspn(end, " ");
        }
        world_set_seat(w, OCCUPANCY_PERSON, kind, confidence, asymmetry);
        return true;
}

/* Parses the rest of a line after "hold": "on", "off desktop". */
static bool parse_hold(const char *text, struct command *ret) {
        const char *rest = scenario_after(text, "on");

        ret->type = COMMAND_INHIBIT;
        ret->on = rest != NULL;
        if (!rest)
                rest = scenario_after(text, "off");
        if (rest && scenario_after(rest, "desktop"))
                snprintf(ret->name, sizeof(ret->name), "desktop");
        return rest && (*rest == '\0' || ret->name[0]);
}

/* Splits "snooze 15 alert 2" before the last two words. */
static bool parse_alert(char *text, uint64_t *ret_id) {
        char *alert = strstr(text, " alert ");
        const char *rest = alert ? alert + strlen(" alert ") : "";
        unsigned long id = 0;

        if (alert && (!scenario_number(&rest, UINT32_MAX, &id) || *rest))
                return false;
        if (alert)
                *alert = '\0';
        *ret_id = id;
        return true;
}

static bool parse_command(const char *line, struct command *ret) {
        static const struct {
                const char *name;
                enum command_type type;
                bool minutes;
        } commands[] = {
                {"snooze", COMMAND_SNOOZE, true},  {"done", COMMAND_DONE, false},
                {"skip", COMMAND_SKIP, false},     {"pause", COMMAND_PAUSE, true},
                {"resume", COMMAND_RESUME, false}, {"session", COMMAND_WORKOUT, false},
        };
        unsigned long minutes = 0;
        char text[TEXT_MAX];

        memset(ret, 0, sizeof(*ret));
        if (scenario_after(line, "hold"))
                return parse_hold(scenario_after(line, "hold"), ret);
        snprintf(text, sizeof(text), "%s", line);
        if (!parse_alert(text, &ret->alert_id))
                return false;
        for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
                const char *rest = scenario_after(text, commands[i].name);

                if (!rest)
                        continue;
                ret->type = commands[i].type;
                if (*rest == '\0')
                        return true;
                if (!commands[i].minutes || !scenario_number(&rest, UINT32_MAX, &minutes))
                        return false;
                ret->minutes = minutes ? (uint32_t)minutes
                                       : UINT32_MAX; /* a 0 in the file must be refused, not stand for the default */
                return *rest == '\0';
        }
        return false;
}

static void play_command(struct play *p, const struct line *l, const char *text) {
        struct command command;
        enum command_result r;

        if (!parse_command(text, &command))
                scenario_fail(p->scenario, l->number, "do not know the command \"%s\"", text);
        r = world_command(&p->world, &command);
        if (r != COMMAND_OK)
                record_event(p, "refused %s", command_result_name(r));
}

/* clock 22:05 fri */
static bool play_clock(struct world *w, const char *text) {
        static const char *const days[] = {"sun", "mon", "tue", "wed", "thu", "fri", "sat"};
        unsigned long hour, minute;

        if (!scenario_number(&text, 23, &hour) || *text++ != ':' || !scenario_number(&text, 59, &minute) ||
            *text++ != ' ')
                return false;
        for (uint32_t i = 0; i < 7; i++)
                if (strcmp(text, days[i]) == 0) {
                        world_set_clock(w, i, (hour * 60 + minute) * 60 * SECOND);
                        return true;
                }
        return false;
}

static bool skip_word(const char **text, const char *word) {
        size_t n = strlen(word);

        if (strncmp(*text, word, n) != 0)
                return false;
        *text += n;
        return true;
}

/* hour 14 worked 1 of 8: the adaptive schedule as it was learnt before */
static bool play_hour(struct world *w, const char *text) {
        unsigned long hour, worked, raised;

        if (!scenario_number(&text, 23, &hour) || !skip_word(&text, " worked ") ||
            !scenario_number(&text, 60, &worked) || !skip_word(&text, " of ") ||
            !scenario_number(&text, 60, &raised) || *text || worked > raised)
                return false;
        w->alert_tracker.hours.raised[hour] = (uint8_t)raised;
        w->alert_tracker.hours.worked[hour] = (uint8_t)worked;
        world_step(w);
        return true;
}

static void play_set(struct play *p, const struct line *l, const char *text) {
        struct settings settings = p->world.settings;
        struct config_errors errors = {0};
        char section[64], ini[TEXT_MAX + 80];
        const char *dot = strchr(text, '.');

        if (!dot || (size_t)(dot - text) >= sizeof(section))
                scenario_fail(p->scenario, l->number, "expected set SECTION.KEY = VALUE");
        snprintf(section, sizeof(section), "%.*s", (int)(dot - text), text);
        snprintf(ini, sizeof(ini), "[%s]\n%s\n", section, dot + 1);
        settings_parse(&settings, p->scenario->path, ini, strlen(ini), &errors);
        if (errors.n)
                scenario_fail(p->scenario, l->number, "%s", errors.text[0]);
        world_configure(&p->world, &settings);
}

/* Lines that end with a length of time or a number. */
static bool play_timed(struct play *p, const char *text) {
        struct world *w = &p->world;
        const char *rest;
        unsigned long reps = 1;
        uint64_t n;

        if ((rest = scenario_after(text, "shifts")) && (*rest == '\0' || scenario_length(rest, &n)))
                world_shift(w, *rest ? n : 2 * SECOND);
        else if ((rest = scenario_after(text, "squeezes")) &&
                 (*rest == '\0' || (scenario_number(&rest, 1000, &reps) && *rest == '\0')))
                world_squeeze(w, (uint32_t)reps);
        else if ((rest = scenario_after(text, "types")) && scenario_length(rest, &n))
                world_type(w, n);
        else if ((rest = scenario_after(text, "machine sleeps")) && scenario_length(rest, &n))
                world_sleep(w, n);
        else if ((rest = scenario_after(text, "machine reboots")) && scenario_length(rest, &n))
                world_save(w), world_restart(w, n, true);
        else if ((rest = scenario_after(text, "daemon restarts")) && scenario_length(rest, &n))
                world_save(w), world_restart(w, n, false);
        else if ((rest = scenario_after(text, "daemon killed")) && scenario_length(rest, &n))
                w->check.exact = false, world_restart(w, n + SECOND, false);
        else if ((rest = scenario_after(text, "dwell")) && scenario_length(rest, &n))
                w->dwell_us = n, w->check.exact = w->check.exact && n == 0;
        else
                return false;
        return true;
}

static void play_line(struct play *p, const struct line *l) {
        struct world *w = &p->world;
        const char *rest;

        if (((rest = scenario_after(l->text, "sits")) && play_sits(w, rest)) ||
            ((rest = scenario_after(l->text, "clock")) && play_clock(w, rest)) ||
            ((rest = scenario_after(l->text, "hour")) && play_hour(w, rest)))
                return;
        if (strcmp(l->text, "stands") == 0)
                world_set_seat(w, OCCUPANCY_VACANT, POSTURE_VACANT, 1, NAN);
        else if (strcmp(l->text, "object") == 0)
                world_set_seat(w, OCCUPANCY_OBJECT, POSTURE_UNKNOWN, 0, NAN);
        else if (strcmp(l->text, "mat silent") == 0)
                world_set_seat(w, OCCUPANCY_UNKNOWN, POSTURE_UNKNOWN, 0, NAN);
        else if (strcmp(l->text, "midnight") == 0)
                world_midnight(w);
        else if ((rest = scenario_after(l->text, "command")))
                play_command(p, l, rest);
        else if ((rest = scenario_after(l->text, "set")))
                play_set(p, l, rest);
        else if (strcmp(l->text, "end") != 0 && !play_timed(p, l->text))
                scenario_fail(p->scenario, l->number, "do not know what \"%s\" means", l->text);
}

static bool is_check(const struct line *l) {
        return strstr(l->text, " = ") != NULL;
}

static void print_events(const struct play *p) {
        char time[32];

        fprintf(stderr, "the events were:\n");
        for (int i = 0; i < p->events.n; i++) {
                values_print_time(p->events.of[i].t_us, time, sizeof(time));
                fprintf(stderr, "%-8s %s\n", time, p->events.of[i].text);
        }
}

static void check_value(struct play *p, const struct line *l) {
        char name[TEXT_MAX], value[TEXT_MAX];
        const char *equals = strstr(l->text, " = ");

        snprintf(name, sizeof(name), "%.*s", (int)(equals - l->text), l->text);
        if (!values_print(name, &p->world, value, sizeof(value)))
                scenario_fail(p->scenario, l->number, "do not know the value \"%s\"", name);
        if (strcmp(value, equals + 3) == 0)
                return;
        print_events(p);
        scenario_fail(p->scenario, l->number, "%s is %s, expected %s", name, value, equals + 3);
}

static void compare_events(const struct play *p) {
        const struct lines *expect = &p->scenario->expect;
        int at = 0;
        char time[32];

        for (int i = 0; i < expect->n; i++) {
                const struct line *e = &expect->of[i], *h = &p->events.of[at];
                if (is_check(e))
                        continue;
                if (at < p->events.n && h->t_us == e->t_us && strcmp(h->text, e->text) == 0) {
                        at++;
                        continue;
                }
                print_events(p);
                scenario_fail(p->scenario, e->number, "did not happen, or not at this time: %s", e->text);
        }
        if (at == p->events.n)
                return;
        print_events(p);
        values_print_time(p->events.of[at].t_us, time, sizeof(time));
        scenario_fail(p->scenario, 0, "not expected: %s %s", time, p->events.of[at].text);
}

/* Runs until the line is due. The last save before a kill is a second old. */
static void run_to(struct play *p, const struct line *l) {
        struct world *w = &p->world;

        if (l->t_us < w->t_us)
                scenario_fail(p->scenario, l->number, "this time is over already");
        if (scenario_after(l->text, "daemon killed") && l->t_us >= w->t_us + SECOND) {
                world_run_until(w, l->t_us - SECOND);
                world_save(w);
        }
        world_run_until(w, l->t_us);
}

static void play_scenario(const struct scenario *s, const struct exercise_catalogue *exercises, uint64_t frame_us) {
        static struct play play;
        struct play *p = &play;
        int seat = 0, expect = 0;

        memset(p, 0, sizeof(*p));
        p->scenario = s;
        world_init(&p->world, &s->settings, exercises, frame_us, on_step, p);
        while (seat < s->seat.n || expect < s->expect.n) {
                const struct line *a = seat < s->seat.n ? &s->seat.of[seat] : NULL;
                const struct line *e = expect < s->expect.n ? &s->expect.of[expect] : NULL;

                if (e && !is_check(e)) {
                        expect++;
                } else if (a && (!e || a->t_us <= e->t_us)) {
                        run_to(p, a);
                        play_line(p, a);
                        seat++;
                } else if (e) {
                        run_to(p, e);
                        check_value(p, e);
                        expect++;
                }
        }
        if (s->expect.n && s->expect.of[s->expect.n - 1].t_us > p->world.t_us)
                world_run_until(&p->world, s->expect.of[s->expect.n - 1].t_us);
        compare_events(p);
}

int main(int argc, char **argv) {
        static struct scenario scenario;
        static struct exercise_catalogue exercises;
        static struct config_errors errors;

        if (argc != 3) {
                fprintf(stderr, "usage: %s EXERCISES SCENARIO\n", argv[0]);
                return 2;
        }
        if (exercises_load(argv[1], &errors, &exercises) > 0) {
                fprintf(stderr, "%s\n", errors.text[0]);
                return 1;
        }
        scenario_read(&scenario, argv[2]);
        play_scenario(&scenario, &exercises, 0);
        play_scenario(&scenario, &exercises, SECOND / 10);
        return 0;
}
