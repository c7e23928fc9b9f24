/* SPDX-License-Identifier: MIT */
#include "util/terminal.h"

#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "util/language.h"
#include "util/sanitize.h"

enum { COLUMNS_MIN = 20 }; /* narrower terminals are treated as if their size were unknown */

int terminal_columns(FILE *f, int otherwise) {
        struct winsize size;
        int fd = fileno(f);

        return ioctl(fd < 0 ? STDOUT_FILENO : fd, TIOCGWINSZ, &size) == 0 && size.ws_col > COLUMNS_MIN ? size.ws_col
                                                                                                       : otherwise;
}

static bool is_dumb(void) {
        const char *term = getenv("TERM");

        return !term || strcmp(term, "dumb") == 0;
}

bool terminal_wants_colour(void) {
        const char *no_colour = getenv("NO_COLOR");

        return (!no_colour || !*no_colour) && !is_dumb();
}

void terminal_print_wrapped(FILE *f, const char *text, int at, int indent, int columns) {
        bool line_begins = true;

        while (*text) {
                size_t n = strcspn(text, " \n");
                int width = language_columns(text, n);

                if (!line_begins && at + 1 + width > columns) {
                        fputc('\n', f);
                        at = 0;
                        line_begins = true;
                }
                if (line_begins && n > 0)
                        at += fprintf(f, "%*s", at < indent ? indent - at : 0, "");
                else if (n > 0)
                        at += fprintf(f, " ");
                fwrite(text, 1, n, f);
                at += width;
                line_begins = line_begins && n == 0;
                text += n;
                if (*text == '\n') {
                        fputc('\n', f);
                        at = 0;
                        line_begins = true;
                }
                text += *text != '\0';
        }
        fputc('\n', f);
}

/* ---- whole texts ---- */

/* Sequences that sitbonectl itself prints. Texts of others come without control characters to this place or lose them here. */
static const char *const own_sequences[] = {"\033[34m", "\033[0m"};
enum { OWN_SEQUENCES_COLUMNS = 9 }; /* language_columns() of one pair of them, which takes no room */

static size_t measure_own_sequence(const char *text) {
        for (size_t i = 0; i < sizeof(own_sequences) / sizeof(*own_sequences); i++)
                if (strncmp(text, own_sequences[i], strlen(own_sequences[i])) == 0)
                        return strlen(own_sequences[i]);
        return 0;
}

static void sanitize_text(char *text) {
        while (*text) {
                char *end = text + strcspn(text, "\n\t\033"), last = *end;

                *end = '\0';
                sanitize_line(text);
                *end = last;
                text = end;
                if (last == '\033' && !measure_own_sequence(text))
                        *text = '?';
                text += last == '\033' && *text == '\033' ? measure_own_sequence(text) : *text ? 1 : 0;
        }
}

/* The column at which a broken line continues: below the last column of a table, unless that is too far to the right. */
static int find_indent(const char *line, int columns) {
        int begin = (int)strspn(line, " "), indent = begin + (begin > 0 ? 2 : 0);

        for (const char *gap = line + begin; (gap = strstr(gap, "  ")); gap += strspn(gap, " ")) {
                int at = language_columns(line, (size_t)(gap - line) + strspn(gap, " "));

                if (at <= columns / 2)
                        indent = at;
        }
        return indent;
}

/* Bytes of the line, up to a blank, that fit into the columns; all of it when no blank is early enough. */
static size_t measure_fitting(const char *line, size_t length, int columns) {
        size_t fits = 0;
        int column = 0;

        for (size_t i = strspn(line, " "); i < length; i++) {
                if (line[i] == ' ' && language_columns(line, i) <= columns)
                        fits = i;
                column = line[i] == ' ' || i == 0 ? language_columns(line, i) : column;
                if (column > columns)
                        break;
        }
        return fits > 0 && language_columns(line, length) > columns ? fits : length;
}

/* Returns the number of lines. */
static int print_broken(FILE *f, const char *text, int columns) {
        int lines = 0;

        while (*text) {
                size_t length = strcspn(text, "\n");
                int indent = 0, next = find_indent(text, columns);
                int room = columns + (memchr(text, '\033', length) ? OWN_SEQUENCES_COLUMNS : 0);

                do {
                        size_t n = measure_fitting(text, length, room - indent);

                        size_t printed = n;

                        while (printed > 0 && n < length && text[printed - 1] == ' ')
                                printed--;
                        fprintf(f, "%*s%.*s\n", indent, "", (int)printed, text);
                        lines++;
                        while (n < length && text[n] == ' ')
                                n++;
                        text += n;
                        length -= n;
                        indent = next;
                } while (length > 0);
                text += *text == '\n';
        }
        return lines;
}

/* False when there is no pager. */
static bool print_paged(const char *text) {
        const char *pager = getenv("SITBONE_PAGER");
        void (*interrupt)(int);
        FILE *f;

        if (!pager)
                pager = getenv("PAGER");
        if (!pager)
                pager = "command -v less >/dev/null && exec less; exec cat";
        if (!*pager || strcmp(pager, "cat") == 0 || is_dumb())
                return false;
        setenv("LESS", "FRXMK", 0);
        setenv("LESSCHARSET", "utf-8", 0);
        signal(SIGPIPE, SIG_IGN); /* the pager may end before the text */
        interrupt = signal(SIGINT, SIG_IGN);
        fflush(stdout);
        f = popen(pager, "w"); /* NOLINT(cert-env33-c): the user's own choice of program, as in git */
        if (f)
                fputs(text, f);
        if (f && pclose(f) == 127 << 8) /* not found */
                f = NULL;
        signal(SIGINT, interrupt);
        return f != NULL;
}

void terminal_print(char *text) {
        struct winsize size;
        char *broken = NULL;
        size_t n = 0;
        FILE *f;

        sanitize_text(text);
        if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) < 0 || size.ws_col <= COLUMNS_MIN ||
            !(f = open_memstream(&broken, &n))) {
                fputs(text, stdout);
                return;
        }
        size.ws_row = print_broken(f, text, size.ws_col) > size.ws_row - 1 ? size.ws_row : 0;
        if (fclose(f) != 0 || size.ws_row == 0 || !print_paged(broken))
                fputs(broken, stdout);
        free(broken);
}
