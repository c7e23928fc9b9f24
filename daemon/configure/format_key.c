/* SPDX-License-Identifier: MIT */
#include "configure/format_key.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

static bool is_one_of(const char *const *names, const char *key) {
        for (; *names; names++)
                if (strcmp(*names, key) == 0)
                        return true;
        return false;
}

static const char *wrong_for_text(const struct format *f, const char *key) {
        static const char *const of_bytes[] = {
                "sync",       "tail",     "preamble",  "length",      "length_at",   "length_counts_elements",
                "shape",      "shape_at", "constants", "part",        "part_at",     "part_cells",
                "board_at",   "boards",   "record",    "record_x_at", "record_y_at", "record_value_at",
                "check",      "element",  "mask",      "shift",       "length_adds", "part_first",
                "check_from", NULL};
        static const char *const of_numbers[] = {"separators", "header", "trailer", NULL};

        if (is_one_of(of_bytes, key))
                return "is about bytes, and framing is text, the default; say framing = prefix or another";
        if (f->digits && is_one_of(of_numbers, key))
                return "with digits = yes every digit is a cell";
        return NULL;
}

static const char *wrong_for_bytes(const struct format *f, const char *key) {
        static const char *const of_text[] = {"separators", "digits", "frame_end", NULL};
        static const char *const of_length[] = {"length_at", "length_counts_elements", "length_adds", NULL};
        static const char *const of_part[] = {"part_at", "part_cells", NULL};
        static const char *const of_record[] = {"record_x_at", "record_y_at", "record_value_at", NULL};
        static const char *const of_bits[] = {"mask", "shift", NULL};

        if (is_one_of(of_text, key))
                return "is for framing = text";
        if (f->length.kind == LENGTH_FIXED && is_one_of(of_length, key))
                return "needs length = u8, u16le or u16be";
        if (f->shape.kind == SHAPE_NONE && strcmp(key, "shape_at") == 0)
                return "needs shape = u8 or u16le";
        if (f->part.kind == PART_NONE && is_one_of(of_part, key))
                return "needs part = index or start";
        if (f->part.kind != PART_INDEX_U8 && strcmp(key, "part_first") == 0)
                return "needs part = index";
        if (f->check == CHECK_NONE && strcmp(key, "check_from") == 0)
                return "needs check";
        if (f->sparse.size == 0 && is_one_of(of_record, key))
                return "needs record, the bytes of one";
        if (f->element > ELEMENT_U16BE && is_one_of(of_bits, key))
                return "is for elements of u8, u16le and u16be";
        return NULL;
}

const char *format_key_wrong(const struct format *f, const char *key) {
        if (f->request.n == 0 && strcmp(key, "request_every_ms") == 0)
                return "needs request";
        return f->framing == FRAMING_TEXT ? wrong_for_text(f, key) : wrong_for_bytes(f, key);
}
