/* SPDX-License-Identifier: MIT */
/* The command line of sitbonectl: parses the options, finds the command, and runs it or prints its help. */
#include <ctype.h>
#include <getopt.h>
#include <locale.h>
#include <signal.h>
#include <sqlite3.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "contract/live_json.h"
#include "tools/sitbonectl/commands.h"
#include "tools/sitbonectl/history/load.h"
#include "tools/sitbonectl/live/daemon_link.h"
#include "tools/sitbonectl/source.h"
#include "tools/sitbonectl/view/values.h"
#include "util/command_line.h"
#include "util/language.h"
#include "util/suggest.h"
#include "util/terminal.h"
#include "util/version.h"

/* ---- options ---- */

enum option_type { OPTION_FLAG, OPTION_VALUE, OPTION_REPEATED };

static const struct option_row {
        const char *name;
        size_t offset; /* in struct options: bool, const char * or struct repeated, according to type */
        enum option_type type;
        const char *value, *meaning; /* for --help */
} option_rows[] = {
        {"bus", offsetof(struct options, bus), OPTION_VALUE, "system|session|auto",
         "bus of the daemon (default auto: the system bus first, then the session bus)"},
        {"seat", offsetof(struct options, seat), OPTION_VALUE, "ID", "seat, if there are several"},
        {"config", offsetof(struct options, config), OPTION_VALUE, "FILE", "settings (default: the installed ones)"},
        {"format", offsetof(struct options, format), OPTION_VALUE, "NAME", "FILE holds raw wire bytes of this format"},
        {"exercises", offsetof(struct options, exercises), OPTION_VALUE, "FILE",
         "exercise catalogue (default: the one in the settings)"},
        {"svg", offsetof(struct options, svg), OPTION_VALUE, "FILE", "write a picture to FILE"},
        {"at", offsetof(struct options, at), OPTION_VALUE, "S", "second of the recording"},
        {"device", offsetof(struct options, device), OPTION_VALUE, "SPEC", "device of the mat"},
        {"baud", offsetof(struct options, baud), OPTION_VALUE, "N", "baud rate"},
        {"seconds", offsetof(struct options, seconds), OPTION_VALUE, "S", "a duration"},
        {"rows", offsetof(struct options, rows), OPTION_VALUE, "N", "rows of the mat"},
        {"cols", offsetof(struct options, cols), OPTION_VALUE, "N", "columns of the mat"},
        {"teach", offsetof(struct options, teach), OPTION_REPEATED, "NAME=FROM-TO", "a lesson for a posture"},
        {"calibrate", offsetof(struct options, calibrate), OPTION_REPEATED, "POSE=FROM-TO", "a calibrated pose"},
        {"period", offsetof(struct options, period), OPTION_VALUE, "PERIOD", "the days shown"},
        {"sitter", offsetof(struct options, sitter), OPTION_VALUE, "NAME",
         "only what this sitter did; nobody: those without a name"},
        {"file", offsetof(struct options, file), OPTION_VALUE, "FILE",
         "history (default: that of your own daemon, or else that of the service)"},
        {"export", offsetof(struct options, export), OPTION_VALUE, "csv|json", "print every row"},
        {"what-if", offsetof(struct options, what_if), OPTION_VALUE, "FILE", "compare with these settings"},
        {"against", offsetof(struct options, against), OPTION_VALUE, "FILE", "compare with these settings"},
        {"forget", offsetof(struct options, forget), OPTION_VALUE, "NAME", "delete"},
        {"alert", offsetof(struct options, alert), OPTION_VALUE, "ID", "this alert alone"},
        {"session", offsetof(struct options, session), OPTION_FLAG, NULL, "the strengthening workout"},
        {"empty", offsetof(struct options, empty), OPTION_FLAG, NULL, "the seat is empty"},
        {"list", offsetof(struct options, list), OPTION_FLAG, NULL, "print a list"},
        {"load", offsetof(struct options, load), OPTION_REPEATED, "N=FROM-TO", "a known load"},
        {"output", offsetof(struct options, output), OPTION_VALUE, "FILE", "file to write"},
        {"label", offsetof(struct options, label), OPTION_VALUE, "NAME", "what is being done"},
        {"columns", offsetof(struct options, columns), OPTION_VALUE, "LIST",
         "FILE is a table with a header line: its columns, as in time=timestamp,cells=s1..s9"},
        {"delimiter", offsetof(struct options, delimiter), OPTION_VALUE, "C",
         "between the columns: comma, semicolon, tab or blank (default: found)"},
        {"send", offsetof(struct options, send), OPTION_FLAG, NULL, "send bytes to the mat"},
        {"json", offsetof(struct options, json), OPTION_FLAG, NULL, "print JSON, for programs"},
        {"plain", offsetof(struct options, plain), OPTION_FLAG, NULL, "print text"},
        {"once", offsetof(struct options, once), OPTION_FLAG, NULL, "once, then exit"},
        {"help", offsetof(struct options, help), OPTION_FLAG, NULL, "print this help"},
        {"version", offsetof(struct options, version), OPTION_FLAG, NULL, "print the version"},
};

/* LONG_BASE: what getopt_long() returns for the first row. SHORT_OPTIONS: arguments come in order (-), and a missing value
 * is told apart from an unknown option (:). */
enum { OPTIONS_N = sizeof(option_rows) / sizeof(*option_rows), LONG_BASE = 256, NAME_MAX_SHOWN = 64 };
#define SHORT_OPTIONS "-:hV"

static bool is_common(const struct option_row *row) {
        return row->offset == offsetof(struct options, json) || row->offset == offsetof(struct options, help) ||
               row->offset == offsetof(struct options, version);
}

static const struct command_option *find_option(const struct ctl_command *command, const char *name) {
        for (int i = 0; i < COMMAND_OPTIONS_MAX && command->options[i].name; i++)
                if (strcmp(command->options[i].name, name) == 0)
                        return &command->options[i];
        return NULL;
}

/* command NULL: any command. */
static bool accepts_option(const struct ctl_command *command, const struct option_row *row) {
        return !command || is_common(row) || find_option(command, row->name);
}

static void make_long_options(const struct ctl_command *command, struct option ret[OPTIONS_N + 1]) {
        int n = 0;

        for (int i = 0; i < OPTIONS_N; i++)
                if (accepts_option(command, &option_rows[i]))
                        ret[n++] =
                                (struct option){option_rows[i].name,
                                                option_rows[i].type == OPTION_FLAG ? no_argument : required_argument,
                                                NULL, LONG_BASE + i};
        ret[n] = (struct option){0};
}

static void store_option(const struct option_row *row, const char *value, struct options *options) {
        void *member = (char *)options + row->offset;
        struct repeated *all = member;

        if (row->type == OPTION_FLAG)
                *(bool *)member = true;
        else if (row->type == OPTION_VALUE)
                *(const char **)member = value;
        else if (all->n++ < OPTIONS_REPEATED_MAX)
                all->of[all->n - 1] = value;
}

/* key: what getopt_long() returned. False when it is no option. */
static bool store_key(int key, const char *value, struct options *options) {
        if (key >= LONG_BASE)
                store_option(&option_rows[key - LONG_BASE], value, options);
        else if (key == 'h')
                options->help = true;
        else if (key == 'V')
                options->version = true;
        else
                return false;
        return true;
}

static void store_argument(const char *word, struct options *options) {
        if (options->n_args++ < OPTIONS_ARGS_MAX)
                options->args[options->n_args - 1] = word;
}

/* ---- complaints about options ---- */

/* key: what getopt_long() returned; word: the one that it has just read; command NULL: not known yet. */
static int complain_of_option(const struct ctl_command *command, const struct option *longs, int key,
                              const char *word) {
        char problem[512], program[NAME_MAX_SHOWN];

        snprintf(program, sizeof(program), "sitbonectl%s%s", command ? " " : "", command ? command->name : "");
        command_line_explain(longs, key, word, program, problem, sizeof(problem));
        complain("%s%s%s", command ? command->name : "", command ? ": " : "", problem);
        return STATUS_USAGE;
}

static int check_arguments(const struct ctl_command *command, const struct options *options) {
        if (options->help || options->version ||
            (options->n_args >= command->min_args && options->n_args <= command->max_args))
                return STATUS_DONE;
        complain("%s%s%s: %s; see sitbonectl %s --help", command->name, *command->arguments ? " " : "",
                 command->arguments,
                 options->n_args < command->min_args ? "an argument is missing" : "too many arguments", command->name);
        return STATUS_USAGE;
}

/* ---- parsing: options before and after the command, "--name value" or "--name=value", unambiguous abbreviations, "--" before
 * arguments that begin with a hyphen ---- */

/* Index of the first word that is neither an option nor the value of one; 0 = there is none, -1 = an unknown option comes
 * first, after a complaint. Of *ret, only help, version and json are set. */
static int find_command_word(int argc, char **argv, struct options *ret) {
        struct option longs[OPTIONS_N + 1];
        struct options found = {0};
        int key;

        make_long_options(NULL, longs);
        opterr = 0;
        optind = 0; /* glibc: begin again */
        while ((key = getopt_long(argc, argv, SHORT_OPTIONS, longs, NULL)) != -1) {
                if (key == 1)
                        return optind - 1;
                if (!store_key(key, optarg, &found)) {
                        complain_of_option(NULL, longs, key, argv[optind - 1]);
                        return -1;
                }
        }
        *ret = (struct options){.help = found.help, .version = found.version, .json = found.json};
        return optind < argc ? optind : 0; /* after "--" */
}

/* "-5" is an argument, so that the command can explain which numbers it accepts. */
static bool is_negative_number(const char *word) {
        return word[0] == '-' && isdigit((unsigned char)word[1]);
}

/* argv[0] is skipped; the command's own words are not in argv. STATUS_DONE, or STATUS_USAGE after a complaint. */
static int parse_options(const struct ctl_command *command, int argc, char **argv, struct options *ret) {
        struct options options = {.bus = "auto"};
        struct option longs[OPTIONS_N + 1];

        make_long_options(command, longs);
        opterr = 0;
        optind = 0;
        for (int next = 1;; next = optind) {
                int key;

                if (next < argc && is_negative_number(argv[next])) {
                        store_argument(argv[next], &options);
                        optind = next + 1;
                        continue;
                }
                key = getopt_long(argc, argv, SHORT_OPTIONS, longs, NULL);
                if (key == -1)
                        break;
                if (key == 1)
                        store_argument(optarg, &options);
                else if (!store_key(key, optarg, &options))
                        return complain_of_option(command, longs, key, argv[optind - 1]);
        }
        for (; optind < argc; optind++) /* after "--" */
                store_argument(argv[optind], &options);
        *ret = options;
        return check_arguments(command, &options);
}

/* ---- commands ---- */

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
} commands[] = {
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
        {NULL, &trial_command},
        {"Recordings", &record_command},
        {NULL, &label_command},
        {NULL, &export_command},
        {NULL, &replay_command},
        {NULL, &check_command},
        {"Mats and formats", &ports_command},
        {NULL, &probe_command},
        {NULL, &formats_command},
        {"Home Assistant", &ha_remove_command},
        {"Help", &help_command},
        {NULL, &version_command},
};

enum { COMMANDS_N = sizeof(commands) / sizeof(*commands) };

/* ---- help ---- */

enum { HELP_COLUMNS = 80, HELP_COLUMN = 22 };

static int choose_help_columns(FILE *f) {
        int columns = terminal_columns(f, HELP_COLUMNS);

        return columns < HELP_COLUMNS ? columns : HELP_COLUMNS;
}

static void print_summary(FILE *f, const struct ctl_command *command, int columns) {
        bool two_words = strchr(command->name, ' ');
        int at = fprintf(f, "%s%s %s", two_words ? "    " : "  ", command->name, command->arguments);

        if (at + 1 > HELP_COLUMN) {
                fputc('\n', f);
                at = 0;
        }
        terminal_print_wrapped(f, command->summary, at, HELP_COLUMN, columns);
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
                if (commands[i].group)
                        fprintf(f, "\n%s:\n", commands[i].group);
                print_summary(f, commands[i].command, columns);
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

static void print_option(const struct option_row *row, const struct command_option *option, int columns) {
        const char *value = option && option->value ? option->value : row->value;
        int at = printf("  --%s%s%s", row->name, value ? " " : "", value ? value : "");

        if (at + 2 > HELP_COLUMN) {
                putchar('\n');
                at = 0;
        }
        terminal_print_wrapped(stdout, option && option->meaning ? option->meaning : row->meaning, at, HELP_COLUMN,
                               columns);
}

/* Prints a line for each option of the command and for those of all commands, wrapped at the given column. */
static void print_options(const struct ctl_command *command, int columns) {
        for (int i = 0; i < COMMAND_OPTIONS_MAX && command->options[i].name; i++)
                for (int k = 0; k < OPTIONS_N; k++)
                        if (strcmp(option_rows[k].name, command->options[i].name) == 0)
                                print_option(&option_rows[k], &command->options[i], columns);
        for (int k = 0; k < OPTIONS_N; k++)
                if (is_common(&option_rows[k]) && !find_option(command, option_rows[k].name))
                        print_option(&option_rows[k], NULL, columns);
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
        print_options(command, columns);
}

static int run_version(const struct options *options) {
        (void)options;
        printf("sitbonectl %s\n", sitbone_version);
        return STATUS_DONE;
}

/* ---- the command of a command line ---- */

static const struct ctl_command *find_command(const char *name) {
        for (int i = 0; i < COMMANDS_N; i++)
                if (strcmp(commands[i].command->name, name) == 0)
                        return commands[i].command;
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
                suggest_nearest(name, commands[i].command->name, &nearest);
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

/* ---- completion: sitbonectl --complete WORD... prints what the last word may become, each with its meaning after a tab. The
 * scripts in config/completion/ pass it to the shell; ":files" leaves the word to it ---- */

/* typed: the beginning of the word, or "--name=" and the beginning. */
static void offer_word(const char *typed, const char *word, const char *meaning) {
        const char *equals = *typed == '-' ? strchr(typed, '=') : NULL, *value = equals ? equals + 1 : typed;

        if (strncmp(word, value, strlen(value)) == 0)
                printf("%.*s%s\t%s\n", (int)(value - typed), typed, word, meaning);
}

/* words are separated by any of the separators; those in capitals stand for others. */
static void offer_words(const char *typed, const char *words, const char *separators) {
        while (*(words += strspn(words, separators))) {
                size_t n = strcspn(words, separators);
                char word[64];

                snprintf(word, sizeof(word), "%.*s", (int)n, words);
                if (!isupper((unsigned char)*word))
                        offer_word(typed, word, "");
                words += n;
        }
}

static void offer_commands(const char *typed) {
        for (int i = 0; i < COMMANDS_N; i++)
                if (!strchr(commands[i].command->name, ' '))
                        offer_word(typed, commands[i].command->name, commands[i].command->summary);
}

static void offer_formats(const char *typed) {
        struct format_list *list;

        if (load_formats(NULL, &list) == STATUS_DONE)
                for (size_t i = 0; i < list->n; i++)
                        offer_word(typed, list->of[i]->name, list->of[i]->title);
        free(list);
}

static void offer_taught_postures(const char *typed, const struct options *options) {
        struct view *view = calloc(1, sizeof(*view));
        struct link link;

        if (view && link_find(options, &link, false) > 0) {
                if (link_live(&link, view) == 0)
                        offer_words(typed, view->live.taught_postures, " ");
                link_close(&link);
        }
        free(view);
}

static void offer_sitters(const char *typed, const struct options *options) {
        sqlite3_stmt *rows = NULL;
        sqlite3 *db;

        offer_word(typed, "nobody", "nobody in particular");
        if (history_open(options, &db) != STATUS_DONE)
                return;
        sqlite3_prepare_v2(db, "SELECT DISTINCT sitter FROM bout WHERE sitter <> '' LIMIT 100", -1, &rows, NULL);
        while (rows && sqlite3_step(rows) == SQLITE_ROW)
                offer_words(typed, (const char *)sqlite3_column_text(rows, 0), " \t\n");
        sqlite3_finalize(rows);
        sqlite3_close(db);
}

/* value: as in --help; name: of the option or command to which it belongs. */
static void offer_values(const char *typed, const char *value, const char *name, const struct options *options) {
        static const char *const lists[][2] = {
                {"POSE", "upright slouched arched left right squeeze empty response"},
                {"PERIOD", "today yesterday week month year all"},
                {"C", "comma semicolon tab blank"},
                {"MIN", "15 30 60 until"},
        };
        static const char *const files[] = {"FILE", "RECORDING", "DEVICE", "SPEC"};
        char kind[64];

        snprintf(kind, sizeof(kind), "%.*s", (int)strcspn(value + (*value == '['), "]"), value + (*value == '['));
        for (size_t i = 0; i < sizeof(lists) / sizeof(*lists); i++)
                if (strcmp(kind, lists[i][0]) == 0)
                        offer_words(typed, lists[i][1], " ");
        for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++)
                if (strcmp(kind, files[i]) == 0)
                        puts(":files");
        if (strcmp(kind, "COMMAND") == 0)
                offer_commands(typed);
        else if (strncmp(name, "format", strlen("format")) == 0)
                offer_formats(typed);
        else if (strcmp(name, "sitter") == 0)
                offer_sitters(typed, options);
        else if (strcmp(name, "seat") == 0)
                link_list_seats(typed, offer_word);
        else if (strcmp(kind, "NAME") == 0)
                offer_taught_postures(typed, options);
        else
                offer_words(typed, kind, "|");
}

static void offer_options(const char *typed, const struct ctl_command *command) {
        char word[NAME_MAX_SHOWN];

        for (int i = 0; i < OPTIONS_N; i++) {
                const struct command_option *own = command ? find_option(command, option_rows[i].name) : NULL;

                snprintf(word, sizeof(word), "--%s", option_rows[i].name);
                if (accepts_option(command, &option_rows[i]))
                        offer_word(typed, word, own && own->meaning ? own->meaning : option_rows[i].meaning);
        }
}

/* "--name" whose value is the next word, or "--name=...". NULL = none. */
static const struct option_row *find_open_option(const char *word) {
        size_t n = strcspn(word, "=");

        for (int i = 0; i < OPTIONS_N; i++)
                if (strncmp(word, "--", 2) == 0 && strlen(option_rows[i].name) + 2 == n &&
                    strncmp(word + 2, option_rows[i].name, n - 2) == 0)
                        return option_rows[i].type == OPTION_FLAG ? NULL : &option_rows[i];
        return NULL;
}

static int complete_words(int n, char **words) {
        struct options options = {.bus = "auto"};
        const struct ctl_command *command = NULL;
        const struct option_row *open = NULL;
        const char *typed = n > 0 && strcmp(words[n - 1], "=") != 0 ? words[n - 1] : "", *value, *first = NULL;

        for (int i = 0; i < n - 1; i++) {
                const char *const two[] = {first, words[i]};
                int used;

                if (strcmp(words[i], "=") == 0) /* bash takes --name=value apart */
                        continue;
                if (open) {
                        store_option(open, words[i], &options);
                        open = NULL;
                } else if (*words[i] == '-') {
                        open = strchr(words[i], '=') ? NULL : find_open_option(words[i]);
                } else {
                        command = first ? match_command(two, 2, &used) : find_command(words[i]);
                        first = first ? first : words[i];
                }
        }
        if (!open && *typed == '-' && strchr(typed, '='))
                open = find_open_option(typed);
        value = open && command && find_option(command, open->name) ? find_option(command, open->name)->value : NULL;
        if (open)
                offer_values(typed, value ? value : open->value, open->name, &options);
        else if (*typed == '-')
                offer_options(typed, command);
        else if (!first)
                offer_commands(typed);
        else if (command)
                offer_values(typed, command->arguments, command->name, &options);
        return STATUS_DONE;
}

/* ---- running ---- */

static int run_now(const struct ctl_command *command, const struct options *options) {
        if (!options->help)
                return command->run(options);
        print_command_help(command);
        return STATUS_DONE;
}

/* Collects what the command prints. With --json, sentences become {"text": ...}; main() prints the complaints of all commands. */
static int run_collected(const struct ctl_command *command, const struct options *options) {
        char *text = NULL;
        size_t n;
        FILE *out = stdout, *memory = open_memstream(&text, &n);
        int status;

        if (!memory)
                return complain_of_memory();
        stdout = memory;
        status = run_now(command, options);
        stdout = out;
        fclose(memory);
        if (options->export || *text == '{' || *text == '[') {
                fputs(text, stdout);
        } else if (!options->json) {
                terminal_print(text);
        } else if (status == STATUS_DONE || !*complaints()) {
                while (n > 0 && text[n - 1] == '\n')
                        text[--n] = '\0';
                live_json_print(stdout, json_pack("{s:o}", "text", live_json_text(text)));
        }
        free(text);
        return status;
}

static int run_without_command(const struct options *options) {
        if (options->version)
                return run_version(options);
        if (options->help)
                return run_collected(&help_command, &(struct options){0});
        if (options->json)
                complain("a command is missing; sitbonectl help lists the commands");
        else
                print_usage(stderr);
        return STATUS_USAGE;
}

static int run_command_line(int argc, char **argv) {
        struct options options;
        const struct ctl_command *command;
        int words, status, at;

        if (argc > 1 && strcmp(argv[1], "--complete") == 0)
                return complete_words(argc - 2, argv + 2);
        at = find_command_word(argc, argv, &options);
        if (at < 0)
                return STATUS_USAGE;
        if (at == 0)
                return run_without_command(&options);
        command = match_command((const char *const *)argv + at, argc - at, &words);
        if (!command)
                return complain_of_unknown_command(argv[at]);
        memmove(&argv[1 + words], &argv[1], (size_t)(at - 1) * sizeof(*argv)); /* drops the words of the command */
        status = parse_options(command, argc - words, argv + words, &options);
        if (status != STATUS_DONE)
                return status;
        if (options.version)
                return run_version(&options);
        if (!options.help && (command->streams & (options.json ? STREAMS_JSON : STREAMS_TEXT)))
                return command->run(&options);
        return run_collected(command, &options);
}

/* A recording is mapped into memory: this comes when another program makes the file shorter. */
_Noreturn static void end_after_short_file(int signal_number) {
        static const char words[] = "sitbonectl: the file became shorter while it was read; try again\n";

        (void)signal_number;
        (void)!write(STDERR_FILENO, words, sizeof(words) - 1);
        _exit(STATUS_FAILED);
}

int main(int argc, char **argv) {
        bool json = false;
        int status;

        signal(SIGBUS, end_after_short_file);

        /* numbers keep their decimal point; sitbone's own texts are UTF-8, also in a locale that was never generated */
        if (!setlocale(LC_CTYPE, ""))
                setlocale(LC_CTYPE, "C.UTF-8");
        language_choose("auto");
        setlocale(LC_TIME, ""); /* names of days and months */
        for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
                json |= strcmp(argv[i], "--json") == 0;
        status = run_command_line(argc, argv);
        if (json && status != STATUS_DONE && *complaints())
                live_json_print(stdout, json_pack("{s:o}", "error", live_json_text(complaints())));
        if ((fflush(stdout) != 0 || ferror(stdout)) && status == STATUS_DONE) {
                complain("cannot write to standard output: %m");
                return STATUS_FAILED;
        }
        return status;
}
