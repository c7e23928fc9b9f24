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
        const uint32_t *pause_ms; /* the length of each pause; NULL = not known */
        uint32_t waited_ms;       /* time of listening; 0 = not known, as of a file */
};

/* Share of the bytes that are text: printable characters, white space, sequences of a terminal and, in lines that contain
 * ASCII as well, valid UTF-8; 0 without bytes. */
double heard_text_share(const struct heard *heard);

/* True if it is text that somebody wrote for reading: characters and line ends, or mostly digits. Bytes of text that were
 * received at a wrong speed are not. */
bool heard_is_readable(const struct heard *heard);

/* The longest pause, and the usual one. */
struct gaps {
        uint32_t longest_ms, usual_ms;
};

struct gaps heard_measure_gaps(const struct heard *heard);

/* True if some lines look like the ends of frames that consist of rows: lines with words or without a digit. */
bool heard_has_frame_ends(const struct heard *heard);

/* True if a mat may have sent words in these bytes: an answer, a complaint. among_text: the rest of its bytes is text, too;
 * otherwise the bytes must make more of a word, because letters occur among bytes by chance. */
bool bytes_have_words(const uint8_t *bytes, size_t n, bool among_text);

#endif
