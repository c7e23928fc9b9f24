/* SPDX-License-Identifier: MIT */
/* sitbonectl: finds the command of a command line, and runs it or prints its help. */
#include <ctype.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>

#include "tools/sitbonectl/commands.h"
#include "tools/sitbonectl/options.h"
#include "tools/sitbonectl/terminal.h"
#include "util/language.h"
#include "util/suggest.h"
#include "util/version.h"

enum { HELP_COLUMNS = 80, SUMMARY_COLUMN = 22 };

static int run_help(const struct options *options);
static int run_version(const struct options *options);

static const struct ctl_command help_command = {
        .name = "help",
        .arguments = "[COMMAND]",
        .max_args = 2,
        .summary = "list the commands, or print the help of one",
        .examples = "  sitbonectl help\n"
                    "  sitbonectl help replay\n",
        .run = run_help,
};

static const struct ctl_command version_command = {
        .name = "version",
        .arguments = "",
        .summary = "print the version of sitbonectl",
        .run = run_version,
};

static const struct {
        const char *group; /* heading above it; NULL = as before */
        const struct ctl_command *command;
} table[] = {
        {"Seat", &status_command},
        {NULL, &watch_command},
        {"Alerts", &snooze_command},
        {NULL, &done_command},
        {NULL, &skip_command},
        {NULL, &pause_command},
        {NULL, &resume_command},
        {NULL, &hold_command},
        {NULL, &why_command},
        {"Calibration and postures", &tare_command},
        {NULL, &calibrate_command},
        {NULL, &response_command},
        {NULL, &teach_command},
        {NULL, &sitter_command},
        {"Exercises", &exercises_command},
        {NULL, &session_command},
        {"History", &history_command},
        {NULL, &report_command},
        {"Recordings", &record_command},
        {NULL, &replay_command},
        {NULL, &check_command},
        {"Mats and formats", &ports_command},
        {NULL, &probe_command},
        {NULL, &formats_command},
        {"Help", &help_command},
        {NULL, &version_command},
};

enum { COMMANDS_N = sizeof(table) / sizeof(*table) };

/* ---- help ---- */

static int choose_help_columns(FILE *f) {
        int columns = terminal_columns(f, HELP_COLUMNS);

        return columns < HELP_COLUMNS ? columns : HELP_COLUMNS;
}

static void print_summary(FILE *f, const struct ctl_command *command, int columns) {
        bool two_words = strchr(command->name, ' ');
        int at = fprintf(f, "%s%s %s", two_words ? "    " : "  ", command->name, command->arguments);

        if (at + 1 > SUMMARY_COLUMN) {
                fputc('\n', f);
                at = 0;
        }
        terminal_print_wrapped(f, command->summary, at, SUMMARY_COLUMN, columns);
}

static void print_usage(FILE *f) {
        int columns = choose_help_columns(f);

        fputs("Usage: sitbonectl COMMAND [ARGUMENTS] [OPTIONS]\n\n", f);
        terminal_print_wrapped(
                f,
                "Shows the seat as sitboned knows it, sends commands to sitboned, and works with history, "
                "recordings and wire formats. To begin: sitbonectl status, sitbonectl watch.",
                0, 0, columns);
        for (int i = 0; i < COMMANDS_N; i++) {
                if (table[i].group)
                        fprintf(f, "\n%s:\n", table[i].group);
                print_summary(f, table[i].command, columns);
        }
        fputs("\n"
              "Options:\n"
              "  --bus system|session|auto\n"
              "                      bus of the daemon (default auto: system, then session)\n"
              "  --seat ID           seat, if there are several\n"
              "  --help, --version\n"
              "\n"
              "sitbonectl COMMAND --help shows examples and all options of a command.\n"
              "Exit status: 0 success, 1 failure, 2 wrong usage or settings.\n",
              f);
}

static void print_command_help(const struct ctl_command *command) {
        int columns = choose_help_columns(stdout);
        char sentence[128];

        printf("Usage: sitbonectl %s%s%s [OPTIONS]\n\n", command->name, *command->arguments ? " " : "",
               command->arguments);
        snprintf(sentence, sizeof(sentence), "%c%s.", toupper((unsigned char)command->summary[0]),
                 command->summary + 1);
        terminal_print_wrapped(stdout, sentence, 0, 0, columns);
        if (command->examples)
                printf("\nExamples:\n%s", command->examples);
        if (command->notes) {
                putchar('\n');
                terminal_print_wrapped(stdout, command->notes, 0, 0, columns);
        }
        puts("\nOptions:");
        options_print(command, columns);
}

static int run_version(const struct options *options) {
        (void)options;
        printf("sitbonectl %s\n", sitbone_version);
        return STATUS_DONE;
}

/* ---- the command of a command line ---- */

static const struct ctl_command *find_command(const char *name) {
        for (int i = 0; i < COMMANDS_N; i++)
                if (strcmp(table[i].command->name, name) == 0)
                        return table[i].command;
        return NULL;
}

/* Prefers a name of two words. *ret_words: the words of the name that was found. */
static const struct ctl_command *match_command(const char *const *words, int n, int *ret_words) {
        const struct ctl_command *command = NULL;
        char both[64];

        *ret_words = 2;
        if (n > 1) {
                snprintf(both, sizeof(both), "%s %s", words[0], words[1]);
                command = find_command(both);
        }
        if (command)
                return command;
        *ret_words = 1;
        return find_command(words[0]);
}

static int complain_of_unknown_command(const char *name) {
        const char *nearest = NULL;

        for (int i = 0; i < COMMANDS_N; i++)
                suggest_nearest(name, table[i].command->name, &nearest);
        if (nearest)
                complain("no command \"%s\"; did you mean \"%s\"? sitbonectl help lists the commands", name, nearest);
        else
                complain("no command \"%s\"; sitbonectl help lists the commands", name);
        return STATUS_USAGE;
}

static int run_help(const struct options *options) {
        const struct ctl_command *command;
        int words;

        if (options->n_args == 0) {
                print_usage(stdout);
                return STATUS_DONE;
        }
        command = match_command(options->args, options->n_args, &words);
        if (!command)
                return complain_of_unknown_command(options->args[0]);
        print_command_help(command);
        return STATUS_DONE;
}

static int run_without_command(const struct options *options) {
        if (options->version)
                return run_version(options);
        if (options->help) {
                print_usage(stdout);
                return STATUS_DONE;
        }
        print_usage(stderr);
        return STATUS_USAGE;
}

static int run_command_line(int argc, char **argv) {
        struct options options;
        const struct ctl_command *command;
        int words, status, at = options_find_command(argc, argv, &options);

        if (at < 0)
                return STATUS_USAGE;
        if (at == 0)
                return run_without_command(&options);
        command = match_command((const char *const *)argv + at, argc - at, &words);
        if (!command)
                return complain_of_unknown_command(argv[at]);
        memmove(&argv[1 + words], &argv[1], (size_t)(at - 1) * sizeof(*argv)); /* drops the words of the command */
        status = options_parse(command, argc - words, argv + words, &options);
        if (status != STATUS_DONE)
                return status;
        if (options.version)
                return run_version(&options);
        if (options.help) {
                print_command_help(command);
                return STATUS_DONE;
        }
        return command->run(&options);
}

int main(int argc, char **argv) {
        int status;

        /* numbers keep their decimal point; sitbone's own texts are UTF-8, also in a locale that was never generated */
        if (!setlocale(LC_CTYPE, ""))
                setlocale(LC_CTYPE, "C.UTF-8");
        language_choose("auto");
        setlocale(LC_TIME, ""); /* names of days and months */
        status = run_command_line(argc, argv);
        if ((fflush(stdout) != 0 || ferror(stdout)) && status == STATUS_DONE) {
                complain("cannot write to standard output: %m");
                return STATUS_FAILED;
        }
        return status;
}
