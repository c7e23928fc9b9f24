/* SPDX-License-Identifier: MIT */
/* calibrate, teach and sitter: ask the daemon to learn, and show its progress. The daemon learns without sitbonectl: nothing
 * is lost when the terminal is closed. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "tools/sitbonectl/live/daemon_link.h"
#include "tools/sitbonectl/view/values.h"
#include "util/language.h"
#include "words/names.h"

/* POLLS_MAX: at one each tenth of a second, longer than the daemon waits for the sitter. */
enum { TRIES = 3, POLLS_MAX = 600 };

#define POLL_S    0.1
#define PREPARE_S 5.0
/* Standard deviations between a pose and upright; the daemon accepts 2 and more. */
#define WELL_APART 4.0

struct lesson {
        struct link link;
        struct view *view;
        double prepare_s;
        bool terminal; /* a line can be overwritten */
};

static void sleep_s(double s) {
        struct timespec t = {(time_t)s, (long)((s - floor(s)) * 1e9)};

        while (nanosleep(&t, &t) < 0 && errno == EINTR)
                ;
}

static int begin_lesson(const struct options *options, double prepare_s, struct lesson *ret) {
        char *end = NULL;
        int status;

        ret->terminal = isatty(STDOUT_FILENO) && !options->json;
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
        return complain_of_memory();
}

static int end_lesson(struct lesson *s, int status) {
        link_close(&s->link);
        free(s->view);
        return status;
}

static int read_view(struct lesson *s) {
        int r = link_live(&s->link, s->view);

        return r < 0 ? link_lost(r) : STATUS_DONE;
}

static bool is_equal(const char *a, const char *b) {
        return strcmp(a, b) == 0;
}

/* ---- one pose or posture ---- */

static void count_down(const struct lesson *s) {
        double left = s->prepare_s;

        while (left > 0) {
                if (s->terminal)
                        printf("\r  %s %.0f s   ", _("starts in"), ceil(left));
                fflush(stdout);
                sleep_s(left < 1 ? left : 1);
                left -= 1;
        }
}

/* Overwrites one line with a bar of ten characters. */
static void show_progress(const struct lesson *s) {
        int done = (int)lrint(10 - fmin(fmax(s->view->live.learning_left_s, 0), 10));

        if (!s->terminal)
                return;
        printf("\r  %s [%.*s%.*s] %2.0f s ", _("hold still"), done, "##########", 10 - done, "          ",
               s->view->live.learning_left_s);
        fflush(stdout);
}

/* Overwrites one line with what to do now; in a pipe prints it when it changes. */
static void show_cue(const struct lesson *s, char *last_cue, size_t size) {
        const struct view *v = s->view;
        bool squeeze = is_equal(v->live.learning_cue, "squeeze");
        const char *loud = squeeze ? _("SQUEEZE") : _("let go");

        if (s->terminal)
                printf("\r  %-*s %2.0f s ", language_field_width(loud, 12), loud, v->live.learning_left_s);
        else if (!is_equal(last_cue, v->live.learning_cue))
                printf("  %s\n", squeeze ? _("squeeze") : _("let go"));
        snprintf(last_cue, size, "%s", v->live.learning_cue);
        fflush(stdout);
}

/* Shows the progress until the daemon has learnt or refused. */
static int show_learning(struct lesson *s) {
        char cue[LIVE_WORD_MAX] = "";

        for (int i = 0; i < POLLS_MAX; i++) {
                int status = read_view(s);

                if (status != STATUS_DONE)
                        return status;
                if (!is_equal(s->view->live.learning, "gathers"))
                        break;
                if (*s->view->live.learning_cue)
                        show_cue(s, cue, sizeof(cue));
                else
                        show_progress(s);
                sleep_s(POLL_S);
        }
        if (s->terminal)
                printf("\r%40s\r", "");
        if (is_equal(s->view->live.learning, "refused")) {
                complain("%s", language_translate(s->view->live.learning_why));
                return STATUS_FAILED;
        }
        if (is_equal(s->view->live.learning, "gathers")) {
                complain(_("the daemon is still waiting for %s; sitbonectl status shows the progress"),
                         posture_text(s->view->live.learning_what));
                return STATUS_FAILED;
        }
        return STATUS_DONE;
}

static int learn_pose(struct lesson *s, const char *method, const char *what) {
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
        return show_learning(s);
}

/* ---- calibrate ---- */

/* NAN = the pose is not calibrated. */
static double find_separation(const struct view *v, const char *pose) {
        char words[LIVE_WORD_MAX], *rest = words, *word;

        snprintf(words, sizeof(words), "%s", v->live.poses);
        for (int i = 0; i < POSE_N && (word = strsep(&rest, " ")); i++)
                if (is_equal(word, pose))
                        return v->live.separation.of[i];
        return (double)NAN;
}

static void print_preview(const struct view *v) {
        puts(_("Separation of these poses from upright, in standard deviations of a value of one second:"));
        for (int i = 1; i < POSE_N; i++) {
                const char *pose = pose_name((enum calibrate_pose)i);
                double apart = find_separation(v, pose);

                pose = posture_text(pose);
                printf("  %-*s ", language_field_width(pose, 16), pose);
                if (isnan(apart))
                        printf("%s\n", _("not calibrated"));
                else
                        printf("%5.1f  %s\n", apart, apart >= WELL_APART ? _("well") : _("just"));
        }
}

static const char *const instructions[POSE_N] = {
        [POSE_UPRIGHT] = N_("Sit upright, in the way that you call upright."),
        [POSE_SLOUCHED] = N_("Slouch: let the pelvis roll backwards, the way you do when tired."),
        [POSE_ARCHED] = N_("Arch: roll the pelvis forwards, belly to the front."),
        [POSE_LEFT] = N_("Put your weight on the left side."),
        [POSE_RIGHT] = N_("Put your weight on the right side."),
};

static int calibrate_all(struct lesson *s) {
        for (int i = 0; i < POSE_N; i++) {
                int status = STATUS_FAILED;

                printf(_("%d of %d: %s\n"), i + 1, POSE_N, _(instructions[i]));
                for (int tries = 0; tries < TRIES && status != STATUS_DONE; tries++) {
                        if (tries > 0)
                                puts(_("  Once more."));
                        status = learn_pose(s, "Calibrate", pose_name((enum calibrate_pose)i));
                        if (status != STATUS_DONE &&
                            (read_view(s) != STATUS_DONE || !is_equal(s->view->live.occupancy, "person")))
                                return STATUS_FAILED; /* standing up cancels the calibration */
                }
                if (status != STATUS_DONE) {
                        complain(_("calibration ended at %s; the poses before it are kept"),
                                 posture_text(pose_name((enum calibrate_pose)i)));
                        return status;
                }
                puts(_("  Done."));
        }
        print_preview(s->view);
        puts(_("Calibrated. To repeat a single pose: sitbonectl calibrate POSE"));
        puts(_("Other ways to sit, such as legs crossed, have names when they are taught: sitbonectl teach NAME"));
        return STATUS_DONE;
}

static int calibrate_one(struct lesson *s, const char *pose) {
        static const struct {
                const char *pose, *done;
        } sentences[] = {
                {"empty", N_("The seat as it is now counts as empty.")},
                {"squeeze",
                 N_("Changes of the load that look like a squeeze are counted from now on (experimental).")},
                {"upright", N_("The way you sit now counts as your upright.")},
        };
        double apart;
        int status;

        if (is_equal(pose, "squeeze"))
                puts(_("Sit still, and squeeze your glutes five times, four seconds each, at this beat:"));
        status = learn_pose(s, "Calibrate", pose);
        if (status != STATUS_DONE)
                return status;
        for (size_t i = 0; i < sizeof(sentences) / sizeof(*sentences); i++)
                if (is_equal(pose, sentences[i].pose)) {
                        puts(_(sentences[i].done));
                        return STATUS_DONE;
                }
        apart = find_separation(s->view, pose);
        if (isnan(apart))
                printf(_("Calibrated: %s. Its separation is shown after upright is calibrated.\n"),
                       posture_text(pose));
        else
                printf(_("Calibrated: %s, %.1f standard deviations from upright.\n"), posture_text(pose), apart);
        return STATUS_DONE;
}

static int run_calibrate(const struct options *options) {
        const char *pose = options->n_args ? options->args[0] : NULL;
        enum calibrate_target target;
        struct lesson s;
        int status;

        if (pose && !calibrate_target_of(pose, &target)) {
                complain(_("calibrate %s: must be upright, slouched, arched, left, right, squeeze or empty"), pose);
                return STATUS_USAGE;
        }
        status = begin_lesson(options, pose ? 0 : PREPARE_S, &s);
        if (status != STATUS_DONE)
                return status;
        return end_lesson(&s, pose ? calibrate_one(&s, pose) : calibrate_all(&s));
}

/* ---- teach ---- */

static int complain_of_name(const char *command, const char *name) {
        complain(_("%s %s: a name has a-z, 0-9 and hyphens, 1 to 31 characters, no hyphen first"), command, name);
        return STATUS_USAGE;
}

/* Prints names, separated by blanks: a line each, or a JSON array. */
static void print_names(const char *names, bool json) {
        if (json)
                putchar('[');
        for (const char *p = names; *p;) {
                int n = (int)strcspn(p, " ");

                printf(json ? "%s\"%.*s\"" : "%s%.*s\n", json && p > names ? "," : "", n, p);
                p += n + (p[n] == ' ');
        }
        if (json)
                puts("]");
}

static int list_taught(struct lesson *s, bool json) {
        int status = read_view(s);

        if (status != STATUS_DONE)
                return status;
        if (!json && !*s->view->live.taught_postures)
                puts(_("No posture was taught yet."));
        else
                print_names(s->view->live.taught_postures, json);
        return STATUS_DONE;
}

static int call_with_name(struct lesson *s, const char *method, const char *name, const char *done) {
        char refusal[VIEW_TEXT_MAX];
        int status = link_call(&s->link, method, refusal, sizeof(refusal), "s", name);

        if (status == STATUS_DONE)
                puts(done);
        else
                complain("%s", refusal);
        return status;
}

static int teach_posture(struct lesson *s, const char *name) {
        int status = learn_pose(s, "Teach", name);

        if (status != STATUS_DONE || read_view(s) != STATUS_DONE)
                return status;
        printf(_("Taught: %s.\n"), name);
        puts(_("One lesson misses how you sit the next time: teach it again later today and on another day.\n"
               "On recordings one lesson was right 70 to 100 % of the time, three at different times 94 to 100 %."));
        if (!s->view->live.untaught_noticed)
                puts(_("The taught postures lie close together for this mat: one that you did not teach is often\n"
                       "given one of their names. More lessons narrow that; so does teaching it, too."));
        return status;
}

static int run_teach(const struct options *options) {
        const char *name = options->forget ? options->forget : options->n_args ? options->args[0] : NULL;
        char checked[32];
        struct lesson s;
        int status;

        if (options->list + (options->forget != NULL) + options->n_args != 1) {
                complain(_("teach: one of NAME, --list and --forget NAME; see sitbonectl teach --help"));
                return STATUS_USAGE;
        }
        if (name && !name_of(name, checked))
                return complain_of_name("teach", name);
        status = begin_lesson(options, 0, &s);
        if (status != STATUS_DONE)
                return status;
        if (options->list)
                return end_lesson(&s, list_taught(&s, options->json));
        if (options->forget)
                return end_lesson(&s, call_with_name(&s, "Unteach", name, _("Deleted.")));
        return end_lesson(&s, teach_posture(&s, name));
}

/* ---- sitter ---- */

static int print_sitter(struct lesson *s, bool json) {
        const struct view *v = s->view;
        int status = read_view(s);

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
        bool nobody = name && is_equal(name, "nobody");
        char checked[32];
        struct lesson s;
        int status;

        if (name && !nobody && !name_of(name, checked))
                return complain_of_name("sitter", name);
        status = begin_lesson(options, 0, &s);
        if (status != STATUS_DONE)
                return status;
        return end_lesson(&s, name ? call_with_name(&s, "SetSitter", nobody ? "" : name, _("Sitter set."))
                                   : print_sitter(&s, options->json));
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
        .streams = STREAMS_TEXT,
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
                 "again, both lessons count: three at different times are best.",
        .options = {{"seconds", "time to get ready (default 0)"},
                    {"list", "print the taught postures"},
                    {"forget", "delete a taught posture", "NAME"},
                    {"bus"},
                    {"seat"}},
        .streams = STREAMS_TEXT,
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
        .options = {{"bus"}, {"seat"}},
        .run = run_sitter,
};
