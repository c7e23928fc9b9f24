/* SPDX-License-Identifier: MIT */
#include "tools/sitbonectl/terminal.h"

#include <string.h>
#include <sys/ioctl.h>

#include "util/language.h"

enum { COLUMNS_MIN = 20 }; /* narrower terminals are treated as if their size were unknown */

int terminal_columns(FILE *f, int otherwise) {
        struct winsize size;

        return ioctl(fileno(f), TIOCGWINSZ, &size) == 0 && size.ws_col > COLUMNS_MIN ? size.ws_col : otherwise;
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
