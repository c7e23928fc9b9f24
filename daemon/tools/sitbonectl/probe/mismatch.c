/* SPDX-License-Identifier: MIT */
#include "tools/sitbonectl/probe/mismatch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/sitbonectl/probe/fit.h"
#include "tools/sitbonectl/probe/pattern_describe.h"

/* Bytes of a frame of this many cells, or 0 if that is not fixed. */
static size_t measure_frame(const struct format *f, uint32_t cells) {
        if (cells == 0 || f->part.kind != PART_NONE || f->sparse.size > 0 || f->framing == FRAMING_SLIP ||
            f->framing == FRAMING_COBS)
                return 0;
        return format_overhead(f) + format_elements_size(f, cells);
}

/* Cells of a frame of this many bytes, in words, or "" if no whole number of them fits. */
static void write_cells(const struct format *f, size_t bytes, char *ret, size_t size) {
        size_t element = format_packed_bits(f->element) > 0 ? 0 : format_element_size(f), around = format_overhead(f);

        *ret = '\0';
        if (element > 0 && bytes > around && (bytes - around) % element == 0)
                snprintf(ret, size, " (%zu cells)", (bytes - around) / element);
}

static bool write_length(const struct format *f, uint32_t cells, const struct heard *heard, char *ret, size_t size) {
        struct pattern pattern = pattern_find(heard);
        size_t expected = measure_frame(f, cells);
        char words[96], found[32];

        if (pattern.period == 0 || expected == 0 || pattern.period == expected)
                return false;
        pattern_write(&pattern, words, sizeof(words));
        write_cells(f, pattern.period, found, sizeof(found));
        snprintf(ret, size, "%s expects frames of %zu bytes (%u cells), but %s%s", f->name, expected, cells, words,
                 found);
        return true;
}

/* Frames of the right length that change less from one to the next in the other order of bytes. */
static bool write_order(const struct format *f, uint32_t cells, const struct heard *heard, char *ret, size_t size) {
        bool big_endian = f->element == ELEMENT_U16BE || f->element == ELEMENT_I16BE;
        struct pattern pattern = {.period = measure_frame(f, cells), .n_sync = f->sync.n, .n_tail = 0};

        if ((!big_endian && f->element != ELEMENT_U16LE && f->element != ELEMENT_I16LE) || pattern.period == 0 ||
            f->sync.n == 0 || f->sync.n > PATTERN_SYNC_MAX)
                return false;
        memcpy(pattern.sync, f->sync.of, f->sync.n);
        if (!pattern_is_swapped(heard, &pattern, (size_t)f->sync.n + f->header_n, big_endian))
                return false;
        snprintf(ret, size, "The values make more sense with the other order of bytes: element = %c16%s",
                 f->element == ELEMENT_U16LE || f->element == ELEMENT_U16BE ? 'u' : 'i', big_endian ? "le" : "be");
        return true;
}

/* Lines of another number of numbers. */
static bool write_count(const struct format *f, uint32_t cells, const struct heard *heard, char *ret, size_t size) {
        struct format *open = malloc(sizeof(*open));
        struct format_list *list = calloc(1, sizeof(*list));
        struct prober *prober = calloc(1, sizeof(*prober));
        uint32_t found = 0;

        if (open && list && prober) {
                *open = *f;
                open->rows = open->cols = open->cells = 0;
                *open->x_mm = *open->y_mm = '\0';
                list->of[list->n++] = open;
                probe_bytes(prober, list, heard, 0, 0);
                found = prober->n_fits > 0 ? prober->fits[0].n_cells : 0;
        }
        free(open);
        free(list);
        free(prober);
        if (found == 0 || found == cells || cells == 0)
                return false;
        snprintf(ret, size, "%s expects %u cells, but there are %u numbers in a frame", f->name, cells, found);
        return true;
}

bool mismatch_write(const struct format *f, uint32_t cells, const struct heard *heard, char *ret, size_t size) {
        *ret = '\0';
        if (f->framing == FRAMING_TEXT)
                return write_count(f, cells, heard, ret, size);
        return write_length(f, cells, heard, ret, size) || write_order(f, cells, heard, ret, size);
}
