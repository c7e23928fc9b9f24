/* SPDX-License-Identifier: MIT */
/* Parses the numbers of one line of text. Pure. */
#ifndef CORE_ACQUIRE_TEXT_LINE_H
#define CORE_ACQUIRE_TEXT_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/acquire/cell_names.h"
#include "core/acquire/format.h"
#include "sitbone/health.h"
#include "util/ascii.h"

struct text_rules {
        const struct format *format;
        bool words;       /* words may occur between the numbers */
        char hard[8];     /* separators with nothing between them have an empty place, as in "1,,3"; "" = never */
        bool has_missing; /* numbers may be missing */
        bool prepares;    /* text_prepare() has more to do than to remove colour codes */
        struct cell_names names;
        bool separates[256]; /* this byte separates numbers */
};

/* Cells that the line may bring. */
struct text_room {
        uint32_t store;  /* more cells are counted but not stored */
        uint32_t accept; /* more cells refuse the line */
        bool count_known;

        /* Numbers at the beginning that are no cells and have not come yet; NULL = every line has the header and the
         * trailer of the format. */
        uint32_t *header_left;
};

void text_rules_init(struct text_rules *rules, const struct format *format);

static inline bool text_is_separator(const struct text_rules *rules, char c) {
        return rules->separates[(uint8_t)c];
}

/* Parses the bytes of a line of this length, which a byte that is in no number follows in memory. REFUSAL_N: *ret_n
 * cells are in it, and ret holds those that had room, NAN where one is missing. Otherwise the reason why the line is
 * refused. */
enum refusal text_parse_line(const struct text_rules *r, const char *line, size_t length, struct text_room room,
                             float *ret, uint32_t *ret_n);

#endif
