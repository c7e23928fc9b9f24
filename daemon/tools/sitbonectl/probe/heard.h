/* SPDX-License-Identifier: MIT */
/* Bytes as they came from a port, and what they look like without any format. */
#ifndef TOOLS_SITBONECTL_PROBE_HEARD_H
#define TOOLS_SITBONECTL_PROBE_HEARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct heard {
        const uint8_t *bytes;
        size_t n;
        const size_t *pauses; /* rising offsets: the line was quiet before that byte */
        size_t n_pauses;
};

/* Share of the bytes that are printable characters or white space; 0 without bytes. */
double heard_text_share(const struct heard *heard);

/* True if some lines look like the ends of frames that consist of rows: lines with words or without a digit. */
bool heard_has_frame_ends(const struct heard *heard);

/* True if a mat may have sent words in these bytes: an answer, a complaint. among_text: the rest of its bytes is text, too;
 * otherwise the bytes must make more of a word, because letters occur among bytes by chance. */
bool bytes_have_words(const uint8_t *bytes, size_t n, bool among_text);

#endif
