/* Lines for people that quote what a file, a device or a broker said. */
#ifndef UTIL_PRINTABLE_H
#define UTIL_PRINTABLE_H

/* Line ends and escape sequences become '?': one call is one line, and nothing but text. */
static inline void printable(char *line) {
        for (; *line; line++)
                if ((unsigned char)*line < ' ' || *line == 0x7f)
                        *line = '?';
}

#endif
