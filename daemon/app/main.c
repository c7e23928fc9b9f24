/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <malloc.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/app.h"
#include "configure/exercises.h"
#include "configure/response_curve.h"
#include "configure/settings.h"
#include "util/command_line.h"
#include "util/language.h"
#include "util/log.h"
#include "util/version.h"

enum { LARGE_BLOCK = 64 * 1024, THREAD_STACK = 512 * 1024 };

enum { EXIT_OK = 0, EXIT_FAILED = 1, EXIT_USAGE = 2 };

enum action { RUN, CHECK_CONFIG, PRINT_CONFIG };

struct arguments {
        struct app_options app;
        enum action action;
        bool user, debug;
};

static void print_help(FILE *f) {
        fputs("Usage: sitboned [OPTIONS]\n"
              "\n"
              "  sitboned --device /dev/ttyUSB0          read this mat, settings from /etc/sitbone\n"
              "  sitboned --check-config                 check the configuration\n"
              "\n"
              "Reads a seat pressure mat, tracks posture and sitting time, and reminds you to stand up.\n"
              "\n"
              "  -c, --config FILE     settings; FILE.d/*.conf override them (default /etc/sitbone/sitbone.conf)\n"
              "      --device SPEC     auto, a tty, a link, a pty, a FIFO, a file, - or tcp://host:port\n"
              "      --state DIR       state that survives a restart, and history (default $STATE_DIRECTORY)\n"
              "      --user            for one person: session bus, settings in ~/.config/sitbone, state in\n"
              "                        ~/.local/state/sitbone\n"
              "      --check-config    report all errors in settings and exercises, then exit\n"
              "      --print-config    print the active settings and the file of each\n"
              "      --print-defaults  print a settings file with every setting at its default\n"
              "      --speed X         let time pass X times faster (for demonstrations with a virtual mat)\n"
              "  -d, --debug           log more\n"
              "  -V, --version         print the version\n"
              "  -h, --help            print this help\n"
              "\n"
              "Signals: HUP reloads the settings. Manual: sitboned(8), sitbone.conf(5), sitbone-mqtt(7)\n",
              f);
}

enum { OPT_DEVICE = 256, OPT_STATE, OPT_USER, OPT_CHECK, OPT_PRINT, OPT_DEFAULTS, OPT_SPEED };

static const struct option options[] = {{"config", required_argument, NULL, 'c'},
                                        {"device", required_argument, NULL, OPT_DEVICE},
                                        {"state", required_argument, NULL, OPT_STATE},
                                        {"user", no_argument, NULL, OPT_USER},
                                        {"check-config", no_argument, NULL, OPT_CHECK},
                                        {"print-config", no_argument, NULL, OPT_PRINT},
                                        {"print-defaults", no_argument, NULL, OPT_DEFAULTS},
                                        {"speed", required_argument, NULL, OPT_SPEED},
                                        {"debug", no_argument, NULL, 'd'},
                                        {"version", no_argument, NULL, 'V'},
                                        {"help", no_argument, NULL, 'h'},
                                        {NULL, 0, NULL, 0}};

static double parse_speed(const char *text) {
        char *end;
        double speed = strtod(text, &end);

        if (*end || !(speed >= 0.1 && speed <= 1000)) {
                command_line_complain("sitboned", "--speed %s: must be a number from 0.1 to 1000", text);
                exit(EXIT_USAGE);
        }
        return speed;
}

/* Options that need no daemon, and wrong usage. */
_Noreturn static void answer_and_exit(int option, const char *word) {
        if (option == OPT_DEFAULTS)
                settings_print_defaults(stdout);
        else if (option == 'V')
                printf("sitboned %s\n", sitbone_version);
        else if (option == 'h')
                command_line_help("sitboned", print_help);
        else
                command_line_refuse(options, option, word, "sitboned");
        command_line_exit("sitboned");
}

/* Accepts "--check-config FILE" without -c. */
static void parse_operands(int argc, char **argv, struct arguments *ret) {
        if (optind < argc && ret->action != RUN && !ret->app.config_path)
                ret->app.config_path = argv[optind++];
        if (optind < argc) {
                command_line_complain("sitboned", "unexpected argument %s; see sitboned --help", argv[optind]);
                exit(EXIT_USAGE);
        }
}

/* Exits on wrong usage, and after options such as --help. */
static void parse_arguments(int argc, char **argv, struct arguments *ret) {
        int c;

        opterr = 0;
        command_line_translate(argc, argv);
        while ((c = getopt_long(argc, argv, ":c:dhV", options, NULL)) >= 0) {
                switch (c) {
                case 'c':
                        ret->app.config_path = optarg;
                        break;
                case OPT_DEVICE:
                        ret->app.device = optarg;
                        break;
                case OPT_STATE:
                        ret->app.state_directory = optarg;
                        break;
                case OPT_USER:
                        ret->user = true;
                        break;
                case OPT_CHECK:
                        ret->action = CHECK_CONFIG;
                        break;
                case OPT_PRINT:
                        ret->action = PRINT_CONFIG;
                        break;
                case OPT_SPEED:
                        ret->app.speed = parse_speed(optarg);
                        break;
                case 'd':
                        ret->debug = true;
                        break;
                default:
                        answer_and_exit(c, argv[optind - 1]);
                }
        }
        parse_operands(argc, argv, ret);
}

/* Makes the directory and its parents, as far as they are missing. */
static void make_directories(const char *path) {
        char part[512];

        snprintf(part, sizeof(part), "%s", path);
        for (char *slash = strchr(part + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
                *slash = '\0';
                mkdir(part, 0700);
                *slash = '/';
        }
        mkdir(part, 0700);
}

/* A path below an XDG base directory: from the variable, or its default under the home directory. */
static void make_user_path(const char *variable, const char *standard, const char *name, char *ret, size_t size) {
        const char *base = getenv(variable), *home = getenv("HOME");

        if (base && base[0] == '/')
                snprintf(ret, size, "%s/%s", base, name);
        else
                snprintf(ret, size, "%s/%s/%s", home ? home : "", standard, name);
}

/* --user: settings of this user if there are any, and a state directory below the home directory. */
static void use_home_directory(struct arguments *arguments) {
        static char config[512], state[512]; /* for the life of the program */
        struct stat st;

        make_user_path("XDG_CONFIG_HOME", ".config", "sitbone/sitbone.conf", config, sizeof(config));
        make_user_path("XDG_STATE_HOME", ".local/state", "sitbone", state, sizeof(state));
        arguments->app.session_bus = true;
        if (!arguments->app.config_path && stat(config, &st) == 0)
                arguments->app.config_path = config;
        if (!arguments->app.state_directory) {
                make_directories(state);
                arguments->app.state_directory = state;
        }
}

static int print_errors(const struct config_errors *m) {
        for (int i = 0; i < m->n && i < CONFIG_ERRORS_MAX; i++)
                fprintf(stderr, "%s\n", m->text[i]);
        if (m->n > CONFIG_ERRORS_MAX)
                fprintf(stderr, "... and %d more\n", m->n - CONFIG_ERRORS_MAX);
        return m->n;
}

/* The user who checks may have no right to look where the service reads: then nothing is known about the file. */
static void check_password(const struct settings_mqtt *mqtt, struct config_errors *errors) {
        const char *path = mqtt->password_file;
        struct stat st;

        if (!mqtt->enabled)
                return;
        if (*path && stat(path, &st) < 0) {
                if (errno != EACCES)
                        config_error_add(errors, "[mqtt] password_file = %s: %s", path, strerror(errno));
        } else if (*path && !S_ISREG(st.st_mode)) {
                config_error_add(errors, "[mqtt] password_file = %s: not a regular file", path);
        } else if (*path && (st.st_mode & (S_IRWXG | S_IRWXO))) {
                config_error_add(errors, "[mqtt] password_file = %s: other users may read it; run chmod 600 on it",
                                 path);
        }
}

static void print_warnings(const struct settings *settings) {
        static struct config_errors warnings;

        settings_warn(settings, &warnings);
        for (int i = 0; i < warnings.n; i++)
                log_warning("warning: %s", warnings.text[i]);
}

static int check_config(const struct settings *settings, struct config_errors *errors) {
        static struct exercise_catalogue exercises;
        const char *path = *settings->alert.exercises_file ? settings->alert.exercises_file : NULL;

        exercises_load(path, errors, &exercises);
        if (*settings->condition.response_file)
                free(response_load(settings->condition.response_file, errors));
        check_password(&settings->mqtt, errors);
        print_warnings(settings);
        if (print_errors(errors) > 0) {
                fprintf(stderr, "%d error%s\n", errors->n, errors->n == 1 ? "" : "s");
                return EXIT_USAGE;
        }
        printf("The configuration is valid.\n");
        return EXIT_OK;
}

static void limit_memory(void) {
        pthread_attr_t attributes;

        /* Threads that allocate a few bytes a minute need no own heaps. Large blocks take only the pages in use, and
         * are returned when freed. */
        mallopt(M_ARENA_MAX, 1);
        mallopt(M_MMAP_THRESHOLD, LARGE_BLOCK);
        if (pthread_attr_init(&attributes) != 0)
                return;
        pthread_attr_setstacksize(&attributes, THREAD_STACK); /* [realtime] lock_memory locks whole stacks */
        pthread_setattr_default_np(&attributes);
        pthread_attr_destroy(&attributes);
}

/* A file that is opened later must not become the descriptor to which log lines go. */
static void open_standard_streams(void) {
        int fd;

        do {
                fd = open("/dev/null", O_RDWR);
        } while (fd >= 0 && fd <= STDERR_FILENO);
        if (fd >= 0)
                close(fd);
}

int main(int argc, char **argv) {
        struct arguments arguments = {.app = {.speed = 1, .state_directory = getenv("STATE_DIRECTORY")}};
        static struct config_errors errors;
        static struct settings_layer files;
        struct settings settings;

        open_standard_streams();
        limit_memory();
        parse_arguments(argc, argv, &arguments);
        log_open(arguments.debug ? LOG_LEVEL_DEBUG : LOG_LEVEL_INFO);
        if (arguments.user)
                use_home_directory(&arguments);
        if (arguments.action == PRINT_CONFIG) {
                if (!arguments.app.config_path && !arguments.app.state_directory)
                        arguments.app.state_directory = "/var/lib/sitbone"; /* that of the service */
                settings_print(stdout, arguments.app.config_path, arguments.app.state_directory, &errors);
                return print_errors(&errors) > 0 ? EXIT_USAGE : EXIT_OK;
        }
        settings_load_layer(arguments.app.config_path, false, &files, &errors);
        settings_merge(&files, NULL, arguments.app.config_path, &settings, &errors);
        language_choose(settings.seat.language);
        if (arguments.action == CHECK_CONFIG)
                return check_config(&settings, &errors);
        if (print_errors(&errors) > 0)
                return EXIT_USAGE;
        print_warnings(&settings);
        return app_run(&arguments.app, &files) < 0 ? EXIT_FAILED : EXIT_OK;
}
