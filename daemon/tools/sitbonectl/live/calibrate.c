/* SPDX-License-Identifier: MIT */
/* calibrate, teach and sitter: ask the daemon to learn, and show how it gets on. The daemon gathers by itself: who goes
 * away from the terminal loses nothing. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "tools/sitbonectl/live/daemon_link.h"
#include "util/language.h"
#include "words/names.h"

enum { TRIES = 3, LOOKS = 600 /* a tenth of a second each: longer than the daemon waits */ };

static const double PREPARE_S = 5;
static const double WELL_APART = 4; /* standard deviations; 2 is the least the daemon takes */

struct session {
        struct link link;
        struct view *view;
        double prepare_s;
        bool terminal; /* the line may be written over */
};

static void pause_s(double s) {
        struct timespec t = {(time_t)s, (long)((s - floor(s)) * 1e9)};

        while (nanosleep(&t, &t) < 0 && errno == EINTR)
                ;
}

static int begin(const struct options *options, double prepare_s, struct session *ret) {
        char *end = NULL;
        int status;

        ret->terminal = isatty(STDOUT_FILENO) != 0;
        ret->prepare_s = options->seconds ? strtod(options->seconds, &end) : prepare_s;
        if ((end && (*end || end == options->seconds)) || !(ret->prepare_s >= 0 && ret->prepare_s <= 60)) {
                complain(_("--seconds %s: must be 0 to 60"), options->seconds);
                return STATUS_USAGE;
        }
        status = link_open(options, &ret->link);
        if (status != STATUS_DONE)
                return status;
        ret->view = malloc(sizeof(*ret->view));
        if (ret->view)
                return STATUS_DONE;
        link_close(&ret->link);
        complain("out of memory");
        return STATUS_FAILED;
}

static int end(struct session *s, int status) {
        link_close(&s->link);
        free(s->view);
        return status;
}

static int look(struct session *s) {
        int r = link_live(&s->link, s->view);

        if (r >= 0)
                return STATUS_DONE;
        return link_lost(r);
}

static bool is(const char *a, const char *b) {
        return strcmp(a, b) == 0;
}

/* ---- one pose or posture ---- */

static void count_down(const struct session *s) {
        double left = s->prepare_s;

        while (left > 0) {
                if (s->terminal)
                        printf("\r  %s %.0f s   ", _("starts in"), ceil(left));
                fflush(stdout);
                pause_s(left < 1 ? left : 1);
                left -= 1;
        }
}

/* One line that is written over, ten blocks wide. */
static void show_progress(const struct session *s) {
        int done = (int)lrint(10 - fmin(fmax(s->view->live.learning_left_s, 0), 10));

        if (!s->terminal)
                return;
        printf("\r  %s [%.*s%.*s] %2.0f s ", _("hold still"), done, "##########", 10 - done, "          ",
               s->view->live.learning_left_s);
        fflush(stdout);
}

/* What to do now, by itself on its line or, where nobody can write over it, when it changes. */
static void show_cue(const struct session *s, char *last, size_t size) {
        const struct view *v = s->view;
        bool squeeze = is(v->live.learning_cue, "squeeze");
        const char *loud = squeeze ? _("SQUEEZE") : _("let go");

        if (s->terminal)
                printf("\r  %-*s %2.0f s ", language_field_width(loud, 12), loud, v->live.learning_left_s);
        else if (!is(last, v->live.learning_cue))
                printf("  %s\n", squeeze ? _("squeeze") : _("let go"));
        snprintf(last, size, "%s", v->live.learning_cue);
        fflush(stdout);
}

/* Until the daemon has gathered. */
static int watch(struct session *s) {
        char cue[LIVE_WORD_MAX] = "";

        for (int i = 0; i < LOOKS; i++) {
                int status = look(s);

                if (status != STATUS_DONE)
                        return status;
                if (!is(s->view->live.learning, "gathers"))
                        break;
                if (*s->view->live.learning_cue)
                        show_cue(s, cue, sizeof(cue));
                else
                        show_progress(s);
                pause_s(0.1);
        }
        if (s->terminal)
                printf("\r%40s\r", "");
        if (is(s->view->live.learning, "refused")) {
                complain("%s", language_translate(s->view->live.learning_why));
                return STATUS_FAILED;
        }
        if (is(s->view->live.learning, "gathers")) {
                complain(_("the daemon is still waiting for %s; sitbonectl status says how it gets on"),
                         posture_text(s->view->live.learning_what));
                return STATUS_FAILED;
        }
        return STATUS_DONE;
}

static int ask(struct session *s, const char *method, const char *what) {
        char refusal[VIEW_TEXT_MAX];
        int status;

        fflush(stdout);
        count_down(s);
        status = link_call(&s->link, method, refusal, sizeof(refusal), "s", what);
        if (s->terminal)
                printf("\r%40s\r", "");
        if (status != STATUS_DONE) {
                complain("%s", refusal);
                return status;
        }
        return watch(s);
}

/* ---- calibrate ---- */

/* NAN = not there. */
static double separation_of(const struct view *v, const char *pose) {
        char words[LIVE_WORD_MAX], *rest = words, *word;

        snprintf(words, sizeof(words), "%s", v->live.poses);
        for (int i = 0; i < POSE_N && (word = strsep(&rest, " ")); i++)
                if (is(word, pose))
                        return v->live.separation.of[i];
        return NAN;
}

static void print_preview(const struct view *v) {
        puts(_("How well the mat tells these from upright, in standard deviations of a second:"));
        for (int i = 1; i < POSE_N; i++) {
                const char *pose = pose_name((enum calibrate_pose)i);
                double apart = separation_of(v, pose);

                pose = posture_text(pose);
                printf("  %-*s ", language_field_width(pose, 16), pose);
                if (isnan(apart))
                        printf("%s\n", _("not calibrated"));
                else
                        printf("%5.1f  %s\n", apart, apart >= WELL_APART ? _("well") : _("just"));
        }
}

static const char *const instructions[POSE_N] = {
        [POSE_UPRIGHT] = N_("Sit upright, the way that you mean by it."),
        [POSE_SLOUCHED] = N_("Slouch: let the pelvis roll backwards, the way you do when tired."),
        [POSE_ARCHED] = N_("Arch: roll the pelvis forwards, belly to the front."),
        [POSE_LEFT] = N_("Put your weight on the left side."),
        [POSE_RIGHT] = N_("Put your weight on the right side."),
};

static int guide(struct session *s) {
        for (int i = 0; i < POSE_N; i++) {
                int status = STATUS_FAILED;

                printf(_("%d of %d: %s\n"), i + 1, POSE_N, _(instructions[i]));
                for (int tries = 0; tries < TRIES && status != STATUS_DONE; tries++) {
                        if (tries > 0)
                                puts(_("  Once more."));
                        status = ask(s, "Calibrate", pose_name((enum calibrate_pose)i));
                        if (status != STATUS_DONE &&
                            (look(s) != STATUS_DONE || !is(s->view->live.occupancy, "person")))
                                return STATUS_FAILED; /* who stood up has ended it */
                }
                if (status != STATUS_DONE) {
                        complain(_("given up at %s; the poses before it are kept"),
                                 posture_text(pose_name((enum calibrate_pose)i)));
                        return status;
                }
                puts(_("  Taken."));
        }
        print_preview(s->view);
        puts(_("Calibrated. It is kept, and what you do not like can be done again: sitbonectl calibrate POSE"));
        return STATUS_DONE;
}

static int single(struct session *s, const char *pose) {
        double apart;
        int status;

        if (is(pose, "squeeze"))
                puts(_("Sit still, and squeeze your glutes five times, four seconds each, at this beat:"));
        status = ask(s, "Calibrate", pose);

        if (status != STATUS_DONE)
                return status;
        if (is(pose, "empty")) {
                puts(_("The seat as it is now counts as empty."));
                return STATUS_DONE;
        }
        if (is(pose, "squeeze")) {
                puts(_("The seat can tell a squeeze-like change from sitting: it counts them from now on "
                       "(experimental)."));
                return STATUS_DONE;
        }
        if (is(pose, "upright")) {
                puts(_("The way you sit now counts as your upright."));
                return STATUS_DONE;
        }
        apart = separation_of(s->view, pose);
        if (isnan(apart))
                printf(_("Taken: %s. How well it is told apart shows once upright is calibrated.\n"),
                       posture_text(pose));
        else
                printf(_("Taken: %s, %.1f standard deviations from upright.\n"), posture_text(pose), apart);
        return STATUS_DONE;
}

static int run_calibrate(const struct options *options) {
        const char *pose = options->n_args ? options->args[0] : NULL;
        enum calibrate_target target;
        struct session s;
        int status;

        if (pose && !calibrate_target_of(pose, &target)) {
                complain(_("calibrate %s: must be upright, slouched, arched, left, right, squeeze or empty"), pose);
                return STATUS_USAGE;
        }
        status = begin(options, pose ? 0 : PREPARE_S, &s);
        if (status != STATUS_DONE)
                return status;
        return end(&s, pose ? single(&s, pose) : guide(&s));
}

/* ---- teach ---- */

static int bad_name(const char *verb, const char *name) {
        complain(_("%s %s: a name has a-z, 0-9 and hyphens, 1 to 31 characters, no hyphen first"), verb, name);
        return STATUS_USAGE;
}

/* What stands in words, separated by blanks: a line each, or a JSON array. */
static void print_names(const char *words, bool json) {
        if (json)
                putchar('[');
        for (const char *p = words; *p;) {
                int n = (int)strcspn(p, " ");

                printf(json ? "%s\"%.*s\"" : "%s%.*s\n", json && p > words ? "," : "", n, p);
                p += n + (p[n] == ' ');
        }
        if (json)
                puts("]");
}

static int list(struct session *s, bool json) {
        int status = look(s);

        if (status != STATUS_DONE)
                return status;
        if (!json && !*s->view->live.taught_postures)
                puts(_("Nothing was taught yet."));
        else
                print_names(s->view->live.taught_postures, json);
        return STATUS_DONE;
}

static int tell(struct session *s, const char *method, const char *name, const char *said) {
        char refusal[VIEW_TEXT_MAX];
        int status = link_call(&s->link, method, refusal, sizeof(refusal), "s", name);

        if (status == STATUS_DONE)
                puts(said);
        else
                complain("%s", refusal);
        return status;
}

static int teach(struct session *s, const char *name) {
        int status = ask(s, "Teach", name);

        if (status == STATUS_DONE)
                printf(_("Taught: %s.\n"), name);
        return status;
}

static int run_teach(const struct options *options) {
        const char *name = options->forget ? options->forget : options->n_args ? options->args[0] : NULL;
        char checked[32];
        struct session s;
        int status;

        if (options->list + (options->forget != NULL) + options->n_args != 1) {
                complain(_("teach: one of NAME, --list and --forget NAME; see sitbonectl teach --help"));
                return STATUS_USAGE;
        }
        if (name && !name_of(name, checked))
                return bad_name("teach", name);
        status = begin(options, 0, &s);
        if (status != STATUS_DONE)
                return status;
        if (options->list)
                return end(&s, list(&s, options->json));
        if (options->forget)
                return end(&s, tell(&s, "Unteach", name, _("Forgotten.")));
        return end(&s, teach(&s, name));
}

/* ---- sitter ---- */

static int say_sitter(struct session *s, bool json) {
        const struct view *v = s->view;
        int status = look(s);

        if (status != STATUS_DONE)
                return status;
        if (json && v->live.sitter[0])
                printf("{\"sitter\":\"%s\",\"confidence\":%.2f}\n", v->live.sitter, v->live.sitter_confidence);
        else if (json)
                puts("{\"sitter\":null,\"confidence\":null}");
        else if (v->live.sitter[0])
                printf(_("%s (%.0f %% sure)\n"), v->live.sitter, v->live.sitter_confidence * 100);
        else
                puts(_("nobody in particular"));
        return STATUS_DONE;
}

static int run_sitter(const struct options *options) {
        const char *name = options->n_args ? options->args[0] : NULL;
        bool nobody = name && is(name, "nobody");
        char checked[32];
        struct session s;
        int status;

        if (name && !nobody && !name_of(name, checked))
                return bad_name("sitter", name);
        status = begin(options, 0, &s);
        if (status != STATUS_DONE)
                return status;
        return end(&s, name ? tell(&s, "SetSitter", nobody ? "" : name, _("Noted.")) : say_sitter(&s, options->json));
}

const struct ctl_command calibrate_command = {
        .name = "calibrate",
        .arguments = "[POSE]",
        .max_args = 1,
        .summary = "learn how you sit: upright, slouched, arched, left, right",
        .examples = "  sitbonectl calibrate\n"
                    "  sitbonectl calibrate upright\n"
                    "  sitbonectl calibrate squeeze\n",
        .notes = "Without POSE the command guides you through all five, ten quiet seconds each, and shows how "
                 "well the mat separates them.\n"
                 "\n"
                 "POSE is upright, slouched, arched, left, right, empty (the same as tare) or squeeze: five "
                 "squeezes of the glutes, which are counted from then on if the seat can tell them from "
                 "sitting (experimental).",
        .options = {{"seconds", "time to get ready for each pose (default 5; for a single pose 0)"},
                    {"bus"},
                    {"seat"}},
        .run = run_calibrate,
};

const struct ctl_command teach_command = {
        .name = "teach",
        .arguments = "[NAME]",
        .max_args = 1,
        .summary = "learn the posture that you hold for ten seconds",
        .examples = "  sitbonectl teach crossed-left\n"
                    "  sitbonectl teach --list\n"
                    "  sitbonectl teach --forget crossed-left\n",
        .notes = "The posture is recognised from then on. NAME has a-z, 0-9 and hyphens. If a name is taught "
                 "again, both lessons count: one now and one on another day is best.",
        .options = {{"seconds", "time to get ready (default 0)"},
                    {"list", "print the taught postures"},
                    {"forget", "delete a taught posture", "NAME"},
                    {"json", "with --list: print a JSON array"},
                    {"bus"},
                    {"seat"}},
        .run = run_teach,
};

const struct ctl_command sitter_command = {
        .name = "sitter",
        .arguments = "[NAME]",
        .max_args = 1,
        .summary = "name the sitter, or show the present one",
        .examples = "  sitbonectl sitter anna\n"
                    "  sitbonectl sitter nobody\n"
                    "  sitbonectl sitter\n",
        .notes = "Each sitter has a calibration and taught postures. NAME has a-z, 0-9 and hyphens; a new name "
                 "is a new sitter, nobody is nobody in particular. With the setting [seat] recognise, a sitter "
                 "who was named once is recognised later.",
        .options = {{"json"}, {"bus"}, {"seat"}},
        .run = run_sitter,
};
