/* SPDX-License-Identifier: MIT */
#include "tools/sitbone-sim/scenario.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char sim_scenario_help[] =
        "A scenario file, line by line; what follows # is a comment.\n"
        "\n"
        "  sitter KEY=NUMBER ...   the sitter: mass (kg), height (cm), bones (mm between the sit bones), woman (0 or "
        "1),\n"
        "                          seat (mm higher than the back of the knee), x y (mm, place of the sit "
        "bones),\n"
        "                          resit (mm, SD of the place from sit to sit), fidgets and shifts (in 15 minutes),\n"
        "                          breaths (a minute), sway (1 = usual),\n"
        "                          squeeze (percent by which squeezing the glutes changes the load under the sit "
        "bones)\n"
        "  mat KEY=NUMBER ...      imperfection (0 none, 1 usual, 2 doubled), and each alone: gain, curve, noise, "
        "offset,\n"
        "                          creep, dead, stuck, dead_rows, crosstalk; full_scale_kpa; rest (reading of "
        "the\n"
        "                          empty mat, share of full scale), rest_spread (from cell to cell, share of "
        "rest),\n"
        "                          drift (of rest, a minute), falls (1 = the readings fall under load)\n"
        "  TIME WORDS              an action at a time\n"
        "\n"
        "  TIME   0:05, 1:02:30 from the start, or +0:30 after the line before; seconds may have decimals\n"
        "  WORDS  sit, stand, upright, slouch [DEG], arch [DEG], lean left|right|forward [DEG],\n"
        "         oblique left|right [DEG] (that side lower), cross left|right (that leg over the other), perch,\n"
        "         feet flat, feet forward|left|right [MM] (knees lower, or one knee higher), rest off,\n"
        "         rest left|right|both [NEWTON] (on armrests): these stay when the posture changes,\n"
        "         fidget, shift, squeeze [SECONDS], place bag|cat|hand [NEWTON], remove, end\n"
        "         sit may be followed by a posture: sit slouch 10. A posture replaces the one before.\n";

struct word {
        const char *text;
        enum sim_action action;
        bool value; /* may be followed by a number */
        double least, most;
};

static const struct word WORDS[] = {
        {"stand", SIM_STAND},
        {"upright", SIM_UPRIGHT},
        {"slouch", SIM_SLOUCH, true, 0, 30},
        {"arch", SIM_ARCH, true, 0, 20},
        {"lean left", SIM_LEAN_LEFT, true, 0, 25},
        {"lean right", SIM_LEAN_RIGHT, true, 0, 25},
        {"lean forward", SIM_LEAN_FORWARD, true, 0, 90},
        {"oblique left", SIM_OBLIQUE_LEFT, true, 0, 10},
        {"oblique right", SIM_OBLIQUE_RIGHT, true, 0, 10},
        {"cross left", SIM_CROSS_LEFT},
        {"cross right", SIM_CROSS_RIGHT},
        {"perch", SIM_PERCH},
        {"feet flat", SIM_FEET_FLAT},
        {"feet forward", SIM_FEET_FORWARD, true, 0, 80},
        {"feet left", SIM_FEET_LEFT, true, 0, 80},
        {"feet right", SIM_FEET_RIGHT, true, 0, 80},
        {"rest off", SIM_REST_OFF},
        {"rest left", SIM_REST_LEFT, true, 0, 200},
        {"rest right", SIM_REST_RIGHT, true, 0, 200},
        {"rest both", SIM_REST_BOTH, true, 0, 200},
        {"fidget", SIM_FIDGET},
        {"shift", SIM_SHIFT},
        {"squeeze", SIM_SQUEEZE, true, 0.5, 60},
        {"place bag", SIM_PLACE_BAG, true, 1, 300},
        {"place cat", SIM_PLACE_CAT, true, 1, 300},
        {"place hand", SIM_PLACE_HAND, true, 1, 300},
        {"remove", SIM_REMOVE},
        {"end", SIM_END},
};

struct key {
        const char *name;
        double *value, least, most;
};

enum seat { SEAT_EMPTY, SEAT_PERSON, SEAT_OBJECT };

struct parser {
        const char *name;
        int line;
        double last_s;
        enum seat seat;
        bool ended;
        struct sim_scenario *scenario;
        char *error;
};

__attribute__((format(printf, 2, 3))) static int report_error(struct parser *p, const char *format, ...) {
        char what[SIM_ERROR_MAX];
        va_list args;
        va_start(args, format);
        vsnprintf(what, sizeof(what), format, args); /* NOLINT(clang-analyzer-valist.Uninitialized): clang 14 errs */
        va_end(args);
        int n = snprintf(p->error, SIM_ERROR_MAX, "%s:%d: %s", p->name, p->line, what);
        if (n >= SIM_ERROR_MAX) /* a very long path: the end of the sentence can go */
                memcpy(p->error + SIM_ERROR_MAX - 4, "...", 4);
        return -EINVAL;
}

static bool parse_number(const char *text, double *ret) {
        char *end;
        double v = strtod(text, &end);
        if (end == text || *end != '\0' || !isfinite(v))
                return false;
        *ret = v;
        return true;
}

/* H:MM:SS, M:SS or +M:SS, decimals on the seconds. */
static bool parse_time(const char *text, double last, double *ret) {
        bool after = text[0] == '+';
        double part[3], total = 0;
        int n = 0;
        char copy[32], *rest = copy, *piece;
        if (snprintf(copy, sizeof(copy), "%s", text + after) >= (int)sizeof(copy))
                return false;
        while ((piece = strsep(&rest, ":")) != NULL) {
                if (n == 3 || piece[0] < '0' || piece[0] > '9' || !parse_number(piece, &part[n]))
                        return false;
                if (n > 0 && part[n] >= 60)
                        return false;
                total = total * 60 + part[n++];
        }
        if (n < 2)
                return false;
        *ret = after ? last + total : total;
        return true;
}

static int refuse_key(struct parser *p, const char *what, const char *name, const struct key *keys, size_t n) {
        char legal[256] = "";
        for (size_t i = 0; i < n; i++) {
                size_t at = strlen(legal);
                snprintf(legal + at, sizeof(legal) - at, "%s%s", i == 0 ? "" : ", ", keys[i].name);
        }
        return report_error(p, "%s knows no \"%s\"; it knows %s", what, name, legal);
}

static int parse_key(struct parser *p, const char *what, char *token, const struct key *keys, size_t n) {
        char *value = strchr(token, '=');
        if (value == NULL)
                return report_error(p, "\"%s\" is not KEY=NUMBER", token);
        *value++ = '\0';
        for (size_t i = 0; i < n; i++) {
                double v;
                if (strcmp(keys[i].name, token) != 0)
                        continue;
                if (!parse_number(value, &v) || v < keys[i].least || v > keys[i].most)
                        return report_error(p, "%s=%s is not a number from %g to %g", token, value, keys[i].least,
                                            keys[i].most);
                *keys[i].value = v;
                return 0;
        }
        return refuse_key(p, what, token, keys, n);
}

static int parse_keys(struct parser *p, const char *what, char *rest, const struct key *keys, size_t n) {
        char *token;
        while ((token = strsep(&rest, " \t")) != NULL) {
                int r = *token == '\0' ? 0 : parse_key(p, what, token, keys, n);
                if (r < 0)
                        return r;
        }
        return 0;
}

static int parse_sitter(struct parser *p, char *rest) {
        struct sim_person *s = &p->scenario->person;
        const struct key keys[] = {
                {"mass", &s->mass_kg, 30, 200},    {"height", &s->height_cm, 130, 220},
                {"bones", &s->bones_mm, 80, 170},  {"woman", &s->woman, 0, 1},
                {"seat", &s->seat_mm, -60, 60},    {"x", &s->x_mm, -100, 100},
                {"y", &s->y_mm, -150, 100},        {"resit", &s->resit_mm, 0, 60},
                {"fidgets", &s->fidgets, 0, 200},  {"shifts", &s->shifts, 0, 200},
                {"breaths", &s->breaths, 0, 60},   {"sway", &s->sway, 0, 10},
                {"squeeze", &s->squeeze, -50, 50},
        };
        return parse_keys(p, "sitter", rest, keys, sizeof(keys) / sizeof(keys[0]));
}

static int parse_mat(struct parser *p, char *rest) {
        struct sim_mat *m = &p->scenario->mat;
        const struct key keys[] = {
                {"imperfection", &m->imperfection, 0, 5},
                {"full_scale_kpa", &m->full_scale_kpa, 1, 500},
                {"gain", &m->gain, 0, 1},
                {"curve", &m->curve, 0, 10},
                {"noise", &m->noise, 0, 0.2},
                {"offset", &m->offset, 0, 0.2},
                {"rest", &m->rest, 0, 1},
                {"rest_spread", &m->rest_spread, 0, 1},
                {"drift", &m->drift, -1, 1},
                {"falls", &m->falls, 0, 1},
                {"creep", &m->creep, 0, 1},
                {"dead", &m->dead, 0, 1},
                {"stuck", &m->stuck, 0, 1},
                {"dead_rows", &m->dead_rows, 0, 64},
                {"crosstalk", &m->crosstalk, 0, 0.5},
        };
        return parse_keys(p, "mat", rest, keys, sizeof(keys) / sizeof(keys[0]));
}

/* Refuses an action that does not fit the seat: to sit on an occupied one, to stand up from an empty one. */
static int check_seat(struct parser *p, enum sim_action action, const char *text) {
        bool sits = p->seat == SEAT_PERSON;
        if (action == SIM_END)
                return 0;
        if (action == SIM_SIT || (action >= SIM_PLACE_BAG && action <= SIM_PLACE_HAND)) {
                if (p->seat != SEAT_EMPTY)
                        return report_error(p, "%s: the seat is taken; first \"%s\"", text, sits ? "stand" : "remove");
                p->seat = action == SIM_SIT ? SEAT_PERSON : SEAT_OBJECT;
                return 0;
        }
        if (action == SIM_REMOVE && p->seat != SEAT_OBJECT)
                return report_error(p, "remove: nothing was placed");
        if (action != SIM_REMOVE && !sits)
                return report_error(p, "%s: nobody sits; first \"sit\"", text);
        if (action == SIM_REMOVE || action == SIM_STAND)
                p->seat = SEAT_EMPTY;
        return 0;
}

static int add_step(struct parser *p, enum sim_action action, double value, const char *text) {
        struct sim_scenario *s = p->scenario;
        int r = check_seat(p, action, text);
        if (r < 0)
                return r;
        if (s->n_steps == SIM_STEPS_MAX)
                return report_error(p, "more than %d lines of timeline", SIM_STEPS_MAX);
        s->step[s->n_steps++] = (struct sim_step){.t_s = p->last_s, .action = action, .value = value, .line = p->line};
        if (action == SIM_END) {
                s->end_s = p->last_s;
                p->ended = true;
        }
        return 0;
}

static int parse_words(struct parser *p, char *text) {
        for (size_t i = 0; i < sizeof(WORDS) / sizeof(WORDS[0]); i++) {
                const struct word *w = &WORDS[i];
                size_t n = strlen(w->text);
                double value = (double)NAN;
                if (strncmp(text, w->text, n) != 0 || (text[n] != '\0' && text[n] != ' '))
                        continue;
                if (text[n] == ' ' && !w->value)
                        return report_error(p, "nothing may follow \"%s\"", w->text);
                if (text[n] == ' ' && (!parse_number(text + n + 1, &value) || value < w->least || value > w->most))
                        return report_error(p, "\"%s\" after \"%s\" is not a number from %g to %g", text + n + 1,
                                            w->text, w->least, w->most);
                return add_step(p, w->action, value, w->text);
        }
        char legal[480] = "sit";
        for (size_t i = 0; i < sizeof(WORDS) / sizeof(WORDS[0]); i++) {
                size_t at = strlen(legal);
                snprintf(legal + at, sizeof(legal) - at, ", %s", WORDS[i].text);
        }
        return report_error(p, "\"%s\" is not known; known are %s", text, legal);
}

static int parse_event(struct parser *p, char *line) {
        char *rest = line, *when = strsep(&rest, " ");
        double t;
        if (!parse_time(when, p->last_s, &t))
                return report_error(p, "\"%s\" is neither sitter, mat nor a time like 0:05, 1:02:30 or +0:30", when);
        if (t < p->last_s)
                return report_error(p, "%s is before the line above", when);
        if (rest == NULL)
                return report_error(p, "what happens at %s?", when);
        p->last_s = t;
        if (strncmp(rest, "sit", 3) != 0 || (rest[3] != '\0' && rest[3] != ' '))
                return parse_words(p, rest);
        int r = add_step(p, SIM_SIT, (double)NAN, "sit");
        return r < 0 || rest[3] == '\0' ? r : parse_words(p, rest + 4);
}

/* One blank between words, none at the ends, no comment. */
static void tidy_line(char *line) {
        char *to = line;
        for (const char *from = line; *from != '\0' && *from != '#'; from++) {
                bool blank = *from == ' ' || *from == '\t' || *from == '\r';
                if (!blank)
                        *to++ = *from;
                else if (to > line && to[-1] != ' ')
                        *to++ = ' ';
        }
        if (to > line && to[-1] == ' ')
                to--;
        *to = '\0';
}

static int parse_line(struct parser *p, char *line) {
        tidy_line(line);
        if (*line == '\0')
                return 0;
        if (p->ended)
                return report_error(p, "nothing may follow \"end\"");
        if (strncmp(line, "sitter ", 7) == 0)
                return parse_sitter(p, line + 7);
        if (strncmp(line, "mat ", 4) == 0)
                return parse_mat(p, line + 4);
        return parse_event(p, line);
}

static void set_defaults(struct sim_scenario *s) {
        memset(s, 0, sizeof(*s));
        s->model = sim_model_name(0);
        s->mat = sim_mat_usual;
        s->person = (struct sim_person){
                .mass_kg = 78,
                .height_cm = 178,
                .y_mm = -28,
                .resit_mm = 12,
                .fidgets = 13, /* and about 9 shifts in 15 minutes: office workers */
                .shifts = 9,
                .breaths = 14,
                .sway = 1,
                .squeeze = -20,
        };
}

int sim_scenario_parse(const char *name, const char *text, size_t n, struct sim_scenario *ret,
                       char ret_error[SIM_ERROR_MAX]) {
        struct parser p = {.name = name, .scenario = ret, .error = ret_error};
        set_defaults(ret);
        while (n > 0) {
                const char *newline = memchr(text, '\n', n);
                size_t length = newline != NULL ? (size_t)(newline - text) : n, step = length + (newline != NULL);
                char line[512];
                p.line++;
                if (length >= sizeof(line))
                        return report_error(&p, "longer than %zu characters", sizeof(line) - 1);
                memcpy(line, text, length);
                line[length] = '\0';
                int r = parse_line(&p, line);
                if (r < 0)
                        return r;
                text += step;
                n -= step;
        }
        if (!p.ended)
                return report_error(&p, "the last line must say when it ends, like \"+1:00 end\"");
        return ret->end_s > 0 ? 0 : report_error(&p, "ends at 0:00");
}
