/* SPDX-License-Identifier: MIT */
#include "tools/sitbonectl/commands.h"

#include <locale.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/language.h"
#include "util/sanitize.h"
#include "util/suggest.h"
#include "util/version.h"

static const struct verb verbs[] = {
        {"status", "", "bus seat json", "who sits, how, for how long, and what is due",
         "  sitbonectl status\n"
         "  sitbonectl status --json | jq .posture\n",
         0, 0, verb_status},
        {"watch", "", "bus seat json plain once svg", "the seat, live: pressure map, posture, numbers",
         "  sitbonectl watch\n"
         "  sitbonectl watch --once --svg seat.svg\n"
         "\n"
         "Keys: q quit, s snooze, d done, t tare (seat empty).\n"
         "  --plain      text on standard output, also when it is no terminal; no keys\n"
         "  --once       one picture, then exit\n"
         "  --svg FILE   with --once: write the picture to FILE\n"
         "  --json       one object for each picture\n",
         0, 0, verb_watch},
        {"replay", "FILE", "config against format exercises json svg at teach calibrate",
         "a recording through the whole pipeline, in virtual time",
         "  sitbonectl replay lunch.csv\n"
         "  sitbonectl replay capture.bin --format jq-seat-32 --json > decisions.jsonl\n"
         "  sitbonectl replay lunch.csv --svg seat.svg --at 95\n"
         "  sitbonectl replay lunch.csv --teach crossed=30-40 --teach crossed=95-105 --teach straight=50-60\n"
         "  sitbonectl replay lunch.csv --calibrate upright=20-35 --calibrate slouched=40-55\n"
         "\n"
         "FILE is a recording of sitbonectl record, frames CSV, or raw wire bytes with --format.\n"
         "  --config FILE      settings to decide with (default: the installed ones)\n"
         "  --against FILE     which alerts would come, go or move with these settings instead\n"
         "  --format NAME      FILE holds raw wire bytes of this format\n"
         "  --exercises FILE   exercise catalogue (default: the one of the settings)\n"
         "  --json             an object for each frame and each event, in time order\n"
         "  --svg FILE --at S  a picture of the seat at S seconds of the recording\n"
         "  --teach NAME=FROM-TO      seconds FROM to TO are a lesson, as by teach\n"
         "  --calibrate POSE=FROM-TO  they are a pose, as by calibrate; at least 12 s, and upright belongs to it\n",
         1, 1, verb_replay},
        {"record", "FILE", "bus seat config device format baud seconds",
         "what the mat sends, byte by byte, into a file",
         "  sitbonectl record lunch.sbr\n"
         "  sitbonectl record lunch.sbr --device /dev/ttyUSB0 --format jq-seat-32 --seconds 60\n"
         "\n"
         "Until Ctrl-C. FILE must not be there yet. Where sitboned runs it hands over what it reads, and goes on with "
         "its\n"
         "work; with one of the options below the port is opened instead, and must be free.\n"
         "  --config FILE    settings of the device (default: the installed ones)\n"
         "  --device SPEC, --format NAME, --baud N\n"
         "                   instead of what the settings say\n"
         "  --seconds S      end after S seconds\n",
         1, 1, verb_record},
        {"check", "FILE", "config format json", "is this settings file, catalogue or recording in order?",
         "  sitbonectl check /etc/sitbone/sitbone.conf\n"
         "  sitbonectl check lunch.csv\n"
         "  sitbonectl check capture.bin --format jq-seat-32\n"
         "\n"
         "What FILE is, is found out from its content. Exit status 1 when it has mistakes.\n"
         "  --config FILE   settings for reading a recording (rows, pitch, rotate, ...)\n"
         "  --format NAME   FILE holds raw wire bytes of this format\n",
         1, 1, verb_check},
        {"tare", "", "bus seat", "take the seat as it is now as empty",
         "  sitbonectl tare\n"
         "\n"
         "Nobody and nothing may be on the seat.\n",
         0, 0, verb_tare},
        {"calibrate", "[POSE]", "bus seat seconds", "learn how you sit: upright, slouched, arched, left, right",
         "  sitbonectl calibrate\n"
         "  sitbonectl calibrate upright\n"
         "  sitbonectl calibrate squeeze\n"
         "\n"
         "Without POSE it leads through all five, ten quiet seconds each, and says how well the mat tells them "
         "apart.\n"
         "POSE is one of upright, slouched, arched, left and right, or squeeze: five squeezes of the glutes, which "
         "the\n"
         "seat counts from then on where it can tell them (experimental). `empty` does the same as tare.\n"
         "  --seconds S   time to take each pose (default 5; for a single one 0)\n",
         0, 1, verb_calibrate},
        {"calibrate response", "RECORDING", "load output config format", "curves of the mat from known loads: newtons",
         "  sitbonectl calibrate response loads.sbr --load 49=20-30 --load 98=40-50 --output mat.response\n"
         "\n"
         "Record the empty seat for ten seconds, then known loads one after the other, half a minute each, every one\n"
         "spread evenly: a water bag, or a board on soft foam. 10 kg weigh 98 newtons. 1 to 8 loads.\n"
         "  --load N=FROM-TO   N newtons in all lay on the mat from FROM to TO, seconds of the recording\n"
         "  --output FILE      where the curves go (default: standard output); must not be there yet\n"
         "  --config FILE      settings for reading the recording (rows, full_scale, rotate, ...)\n"
         "  --format NAME      RECORDING holds raw wire bytes of this format\n",
         1, 1, verb_response},
        {"teach", "[NAME]", "bus seat seconds list forget json",
         "sit so for ten seconds: it is recognised from then on",
         "  sitbonectl teach crossed-left\n"
         "  sitbonectl teach --list\n"
         "  sitbonectl teach --forget crossed-left\n"
         "\n"
         "NAME has a-z, 0-9 and hyphens. Taught again, both lessons count: once now and once another day is best.\n"
         "  --seconds S     time to take the posture\n"
         "  --list          what was taught so far\n"
         "  --forget NAME   it is not recognised any more\n",
         0, 1, verb_teach},
        {"sitter", "[NAME]", "bus seat json", "who sits there: each sitter has a calibration and taught postures",
         "  sitbonectl sitter anna\n"
         "  sitbonectl sitter nobody\n"
         "  sitbonectl sitter\n"
         "\n"
         "NAME has a-z, 0-9 and hyphens; a new one is a new sitter, nobody is nobody in particular. Without NAME it\n"
         "says who it is. With the setting [seat] recognise whoever was named once is recognised later on.\n",
         0, 1, verb_sitter},
        {"snooze", "[MIN]", "bus seat", "no alerts for MIN minutes; counted as put off",
         "  sitbonectl snooze\n"
         "  sitbonectl snooze 30\n"
         "\n"
         "MIN is 1 to 240; without it the setting [alert] snooze_min counts. How often a day it may be: "
         "snoozes_max.\n",
         0, 1, verb_snooze},
        {"done", "", "bus seat", "the exercise was done: close the alert", "  sitbonectl done\n", 0, 0, verb_done},
        {"skip", "", "bus seat", "not this time: close the alert, counted apart from snoozing", "  sitbonectl skip\n",
         0, 0, verb_skip},
        {"pause", "[MIN]", "bus seat", "no alerts for MIN minutes; not counted, for a meeting",
         "  sitbonectl pause\n"
         "  sitbonectl pause 90\n"
         "\n"
         "MIN is 1 to 1440; without it the setting [alert] pause_min counts. It ends by itself.\n",
         0, 1, verb_pause},
        {"resume", "", "bus seat", "end a pause or a snooze", "  sitbonectl resume\n", 0, 0, verb_resume},
        {"hold", "on|off", "bus seat", "do not disturb: what falls due waits until it is off",
         "  sitbonectl hold on\n"
         "  sitbonectl hold off\n"
         "\n"
         "It does not end by itself, as a pause does.\n",
         1, 1, verb_hold},
        {"why", "", "bus seat json", "what is due when, what holds it, and why the last alert came",
         "  sitbonectl why\n"
         "  sitbonectl why --json | jq .kinds\n",
         0, 0, verb_why},
        {"exercises", "", "config exercises session bus seat json", "the exercise catalogue and its words on safety",
         "  sitbonectl exercises\n"
         "  sitbonectl exercises --exercises ./exercises.conf --json\n"
         "  sitbonectl exercises --session\n"
         "\n"
         "  --session          the strengthening session of today, or the next ([exercise] sessions_per_week)\n"
         "  --exercises FILE   this catalogue (default: the one of the settings)\n"
         "  --config FILE      settings (default: the installed ones)\n",
         0, 0, verb_exercises},
        {"session", "[done]", "config exercises bus seat json",
         "the strengthening session of today or the next; done: it was done",
         "  sitbonectl session\n"
         "  sitbonectl session done\n"
         "\n"
         "A session that was done is counted, once a day: the day after it is one of rest, and there are no more in a "
         "week\n"
         "than [exercise] sessions_per_week.\n"
         "  --exercises FILE   this catalogue (default: the one of the settings)\n"
         "  --config FILE      settings (default: the installed ones)\n",
         0, 1, verb_session},
        {"formats", "[NAME]", "json", "the wire formats there are; with a name, its data sheet",
         "  sitbonectl formats\n"
         "  sitbonectl formats marveldex-v1\n"
         "  sitbonectl formats ./my-mat.conf\n"
         "  sitbonectl formats --json | jq -r .[].name\n",
         0, 1, verb_formats},
        {"ports", "", "json", "the serial ports of this machine, and who holds them",
         "  sitbonectl ports\n"
         "\n"
         "Opens none of them: opening resets many boards.\n",
         0, 0, verb_ports},
        {"probe", "DEVICE", "baud format rows cols send json", "which format and baud rate fit what a mat sends",
         "  sitbonectl probe /dev/ttyUSB0\n"
         "  sitbonectl probe capture.bin\n"
         "\n"
         "Listens at the usual baud rates, and writes the lines for the settings. Sends nothing unless told to.\n"
         "Exit status 1 when nothing fits.\n"
         "  --baud N           only this baud rate\n"
         "  --format FILE      try this description too\n"
         "  --rows N --cols N  the size, for formats that come in several\n"
         "  --send             ask for frames in the words of every format that has some\n",
         1, 1, verb_probe},
        {"history", "[PERIOD]", "file seat json export forget what-if config",
         "what the seat saw: today, a week, a month",
         "  sitbonectl history week\n"
         "  sitbonectl history all --export csv > history.csv\n"
         "  sitbonectl history month --what-if new.conf\n"
         "  sitbonectl history --forget 2026-01-01\n"
         "\n"
         "PERIOD: today (default), yesterday, week, month, year, all, 2026-11-21 or 2026-11-01..2026-11-21.\n"
         "  --json             the numbers as an object\n"
         "  --export csv|json  every row of the period (default: all)\n"
         "  --forget all|DAY   everything, or what ended before that day, goes out of the history for good\n"
         "  --what-if FILE     which activation alerts other settings would have raised\n"
         "  --config FILE      settings: what --what-if is held against, and the exercises by name (default: the\n"
         "                     installed ones)\n"
         "  --file FILE        this history (default: your own daemon's, else the service's)\n"
         "  --seat ID          the history of sitboned@ID\n",
         0, 1, verb_history},
        {"report", "", "output period file seat config",
         "a page to look at: days, postures, alerts and what they led to",
         "  sitbonectl report --output week.png\n"
         "  sitbonectl report --output november.html --period 2026-11-01..2026-11-30\n"
         "\n"
         "  --output FILE   .svg, .png or .html, all in one file\n"
         "  --period P      as for history (default: week)\n"
         "  --file FILE     this history (default: your own daemon's, else the service's)\n"
         "  --seat ID       the history of sitboned@ID\n"
         "  --config FILE   settings, for the exercises by name (default: the installed ones)\n",
         0, 0, verb_report},
};

enum { VERBS_N = sizeof(verbs) / sizeof(*verbs) };

void complain(const char *format, ...) {
        char line[4096];
        va_list ap;

        va_start(ap, format);
        vsnprintf(line, sizeof(line), format, ap);
        va_end(ap);
        sanitize_line(line); /* files and programs are quoted */
        fprintf(stderr, "sitbonectl: %s\n", line);
}

static void print_usage(FILE *f) {
        fputs("sitbonectl status\n"
              "sitbonectl watch\n"
              "\n"
              "Shows what sitboned knows of the seat, tells it what you want, and looks into recordings and history.\n"
              "\n"
              "Usage: sitbonectl VERB [ARGUMENTS] [OPTIONS]\n"
              "\n",
              f);
        for (int i = 0; i < VERBS_N; i++) {
                char call[48];

                snprintf(call, sizeof(call), "%s %s", verbs[i].name, verbs[i].usage);
                fprintf(f, "%s%-24s%s %s\n", strchr(verbs[i].name, ' ') ? "    " : "  ", call,
                        strlen(call) > 24 ? "\n                          " : "", verbs[i].summary);
        }
        fputs("\n"
              "  --bus system|session|auto   where the daemon is (auto: system first, then session)\n"
              "  --seat ID                   which seat, when there are several\n"
              "  --help, --version\n"
              "\n"
              "sitbonectl VERB --help says more. Exit status: 0 done, 1 failed, 2 wrong usage or settings.\n",
              f);
}

static void print_verb_help(const struct verb *verb) {
        static const struct {
                const char *name, *option, *said;
        } common[] = {
                {"bus", "--bus",
                 "  --bus system|session|auto   where the daemon is (auto: system first, then session)\n"},
                {"seat", "--seat", "  --seat ID                   which seat, when there are several\n"},
                {"json", "--json ", "  --json                      for programs\n"},
        };

        printf("%s\nUsage: sitbonectl %s %s%s[OPTIONS]\n       %s\n\n", verb->help, verb->name, verb->usage,
               *verb->usage ? " " : "", verb->summary);
        for (size_t i = 0; i < sizeof(common) / sizeof(*common); i++)
                if (strstr(verb->options, common[i].name) && !strstr(verb->help, common[i].option))
                        fputs(common[i].said, stdout);
        printf("Options:");
        for (const char *p = verb->options; *p; p++)
                if (*p != ' ')
                        printf("%s%c", p == verb->options || p[-1] == ' ' ? " --" : "", *p);
        printf(" --help\n");
}

static const struct verb *verb_by_name(const char *name) {
        for (int i = 0; i < VERBS_N; i++)
                if (strcmp(verbs[i].name, name) == 0)
                        return &verbs[i];
        return NULL;
}

/* A verb may be of two words. *ret_words: of those that are there. */
static const struct verb *verb_at(char **word, int n, int *ret_words) {
        char both[64];
        const struct verb *verb = NULL;

        *ret_words = 2;
        if (n > 1) {
                snprintf(both, sizeof(both), "%s %s", word[0], word[1]);
                verb = verb_by_name(both);
        }
        if (verb)
                return verb;
        *ret_words = 1;
        return verb_by_name(word[0]);
}

static int unknown_verb(const char *name) {
        const char *near = NULL;

        for (int i = 0; i < VERBS_N; i++)
                suggest_nearest(name, verbs[i].name, &near);
        fprintf(stderr, "sitbonectl: no verb \"%s\"", name);
        if (near)
                fprintf(stderr, "; did you mean \"%s\"", near);
        fprintf(stderr, "? There are:");
        for (int i = 0; i < VERBS_N; i++)
                if (!strchr(verbs[i].name, ' '))
                        fprintf(stderr, " %s", verbs[i].name);
        fputs("\nsitbonectl --help says what they do.\n", stderr);
        return STATUS_USAGE;
}

/* Options may stand before the verb, too: the verb is the first word that is neither an option nor the value of one. */
static int find_verb(int argc, char **argv) {
        for (int i = 1; i < argc; i++) {
                if (strcmp(argv[i], "--bus") == 0 || strcmp(argv[i], "--seat") == 0)
                        i++;
                else if (argv[i][0] != '-')
                        return i;
        }
        return 0;
}

static bool is_one_of(const char *word, const char *a, const char *b) {
        return strcmp(word, a) == 0 || strcmp(word, b) == 0;
}

static int without_verb(int argc, char **argv) {
        if (argc > 1 && is_one_of(argv[1], "--version", "-V")) {
                printf("sitbonectl %s\n", sitbone_version);
                return STATUS_DONE;
        }
        print_usage(argc > 1 && is_one_of(argv[1], "--help", "-h") ? stdout : stderr);
        return argc > 1 && is_one_of(argv[1], "--help", "-h") ? STATUS_DONE : STATUS_USAGE;
}

int main(int argc, char **argv) {
        struct options options;
        const struct verb *verb;
        int at = find_verb(argc, argv), words, status;

        if (!setlocale(LC_CTYPE, "")) /* numbers stay with a decimal point */
                setlocale(LC_CTYPE,
                          "C.UTF-8"); /* a locale that was never generated: our sentences are UTF-8 then, too */
        language_choose("auto");
        setlocale(LC_TIME, ""); /* names of days and months in the report */
        if (at == 0)
                return without_verb(argc, argv);
        verb = verb_at(&argv[at], argc - at, &words);
        if (!verb)
                return unknown_verb(argv[at]);
        memmove(&argv[1 + words], &argv[1], (size_t)(at - 1) * sizeof(*argv)); /* the verb's words fall out */
        status = options_parse(verb, argc - 1 - words, argv + 1 + words, &options);
        if (status != STATUS_DONE)
                return status;
        if (options.help) {
                print_verb_help(verb);
                return STATUS_DONE;
        }
        status = verb->run(&options);
        if ((fflush(stdout) != 0 || ferror(stdout)) && status == STATUS_DONE) {
                complain("cannot write to standard output: %m");
                return STATUS_FAILED;
        }
        return status;
}
