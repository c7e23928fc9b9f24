/* The table of wire formats: a row reads like a data sheet. Adding a mat is adding a row. Pure. */
#ifndef ACQUIRE_FORMATS_H
#define ACQUIRE_FORMATS_H

#include <stddef.h>
#include <stdint.h>

enum framing {
        FRAMING_PREFIX,    /* sync, header, payload, tail */
        FRAMING_DELIMITER, /* payload of known length between two syncs */
        FRAMING_TEXT,      /* numbers in text; a line, or lines, a frame */
};

struct format; /* rows and fields: this header, filled in by the acquire room */

/* NULL when there is no such row. */
const struct format *format_by_name(const char *name);
size_t format_count(void);
const struct format *format_at(size_t i);

#endif
