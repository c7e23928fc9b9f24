/* SPDX-License-Identifier: MIT */
#include "configure/format_file.h"

#include <errno.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/acquire/cell_lists.h"
#include "core/acquire/cell_names.h"
#include "core/acquire/formats.h"
#include "sitbone/frame.h"
#include "util/file.h"
#include "util/ini.h"
#include "util/sanitize.h"
#include "util/suggest.h"

enum { FILE_LIMIT = 64 * 1024, PATH_SIZE = 512 };

static const char DEFAULT_SEPARATORS[] = ",; \t";

enum value_kind {
        TEXT,
        WORD, /* an enum: the value is the index into words */
        YES_NO,
        U8,
        U16,
        I32,
        REAL,
        BYTES,
        COMMAND,
        CONSTANTS,
        ROW_LIST,
        COL_LIST,
        BOARDS,
        MASK,
        POSITIONS,
        SEPARATORS,
        MISSING,
        NAMES,
        ONE_BYTE,
};

struct key {
        const char *name;
        enum value_kind kind;
        size_t offset, size;
        double min, max;
        const char *const *words;
};

static const char *const framing_words[] = {"prefix", "delimiter", "text", "suffix", "slip", "cobs", NULL};
static const char *const sure_words[] = {"unsaid", "A", "B", "C", NULL};
static const char *const element_words[] = {"u8",       "u16le",    "u16be",    "i16le",  "i16be",
                                            "i32le",    "f32le",    "split5",   "split6", "pack10le",
                                            "pack10be", "pack12le", "pack12be", NULL};
static const char *const check_words[] = {"none", "sum8", "crc16-modbus", "xor8", "nmea", NULL};
static const char *const length_words[] = {"fixed", "u8", "u16le", "u16be", NULL};
static const char *const shape_words[] = {"none", "u8", "u16le", NULL};
static const char *const part_words[] = {"none", "index", "start", NULL};
static const char *const end_words[] = {"line", "blank", "word", "number", "bracket", "name", "mark", "title", NULL};
static const char *const decimal_words[] = {"point", "comma", NULL};
static const char *const line_words[] = {"leave", "on", "off", NULL};
static const char *const yes_words[] = {"no", "yes", NULL};
static const char *const separator_words[] = {"comma", "semicolon", "tab",  "blank", "slash",
                                              "colon", "bar",       "dash", "any",   NULL};
static const char separator_signs[] = {',', ';', '\t', ' ', '/', ':', '|', '-', FORMAT_SEPARATOR_ANY};

#define AT(field) offsetof(struct format, field), sizeof(((struct format *)0)->field)
#define WORD_KEY(name, f, w)                                                                                          \
        { name, WORD, AT(f), 0, 0, w }
#define YES_KEY(name, f)                                                                                              \
        { name, YES_NO, AT(f), 0, 1, yes_words }
#define NUM_KEY(name, k, f, least, most)                                                                              \
        { name, k, AT(f), least, most, NULL }
#define PLAIN_KEY(name, k, f)                                                                                         \
        { name, k, AT(f), 0, 0, NULL }

static const struct key keys[] = {
        PLAIN_KEY("title", TEXT, title),
        WORD_KEY("sure", sure, sure_words),
        PLAIN_KEY("known", TEXT, known),
        PLAIN_KEY("source", TEXT, source),
        WORD_KEY("framing", framing, framing_words),
        PLAIN_KEY("sync", BYTES, sync),
        PLAIN_KEY("tail", BYTES, tail),
        PLAIN_KEY("preamble", BYTES, preamble),
        NUM_KEY("header", U8, header_n, 0, 64),
        NUM_KEY("trailer", U16, trailer_n, 0, 4096),
        WORD_KEY("length", length.kind, length_words),
        NUM_KEY("length_at", U8, length.at, 0, 71),
        YES_KEY("length_counts_elements", length.elements),
        NUM_KEY("length_adds", U8, length.adds, 0, 255),
        WORD_KEY("shape", shape.kind, shape_words),
        NUM_KEY("shape_at", U8, shape.at, 0, 71),
        PLAIN_KEY("constants", CONSTANTS, constants),
        WORD_KEY("part", part.kind, part_words),
        NUM_KEY("part_at", U8, part.at, 0, 71),
        NUM_KEY("part_first", U8, part.first, 0, 255),
        NUM_KEY("part_cells", U16, part.cells, 0, 4096),
        NUM_KEY("board_at", U8, board_at, 0, 71),
        NUM_KEY("record", U8, sparse.size, 0, 32),
        NUM_KEY("record_x_at", U8, sparse.x_at, 0, 31),
        NUM_KEY("record_y_at", U8, sparse.y_at, 0, 31),
        NUM_KEY("record_value_at", U8, sparse.value_at, 0, 31),
        WORD_KEY("check", check, check_words),
        PLAIN_KEY("escape", ONE_BYTE, escape),
        NUM_KEY("check_from", U8, check_from, 0, 72),
        PLAIN_KEY("separators", SEPARATORS, separators),
        YES_KEY("digits", digits),
        WORD_KEY("frame_end", text_end, end_words),
        PLAIN_KEY("mark", COMMAND, mark),
        PLAIN_KEY("line_end", ONE_BYTE, line_end),
        PLAIN_KEY("line_start", COMMAND, line_start),
        PLAIN_KEY("skip_to", COMMAND, skip_to),
        YES_KEY("skip_times", skip_times),
        {"decimal", YES_NO, AT(decimal_comma), 0, 1, decimal_words},
        PLAIN_KEY("missing", MISSING, missing),
        PLAIN_KEY("names", NAMES, names),
        PLAIN_KEY("value_after", COMMAND, value_after),
        WORD_KEY("element", element, element_words),
        NUM_KEY("mask", U16, mask, 0, 65535),
        NUM_KEY("shift", U8, shift, 0, 15),
        NUM_KEY("max_valid", U16, max_valid, 0, 65535),
        YES_KEY("inverted", inverted),
        NUM_KEY("full_scale", REAL, full_scale, 1e-3, 2147483648),
        NUM_KEY("crosstalk", REAL, crosstalk, 0, 1),
        NUM_KEY("rows", U16, rows, 0, 4096),
        NUM_KEY("cols", U16, cols, 0, 4096),
        NUM_KEY("cells", U16, cells, 0, 4096),
        YES_KEY("resizable", resizable),
        NUM_KEY("pitch_x_mm", REAL, pitch_x_mm, 0, 200),
        NUM_KEY("pitch_y_mm", REAL, pitch_y_mm, 0, 200),
        YES_KEY("column_major", order.column_major),
        YES_KEY("serpentine", order.serpentine),
        YES_KEY("flip_x", order.flip_x),
        YES_KEY("flip_y", order.flip_y),
        PLAIN_KEY("row_list", ROW_LIST, order.row_list),
        PLAIN_KEY("col_list", COL_LIST, order.col_list),
        PLAIN_KEY("boards", BOARDS, boards),
        PLAIN_KEY("mask_cells", MASK, mask_cells),
        PLAIN_KEY("x_mm", POSITIONS, x_mm),
        PLAIN_KEY("y_mm", POSITIONS, y_mm),
        NUM_KEY("baud", I32, baud, 0, 4000000),
        NUM_KEY("rate_hz", REAL, rate_hz, 0, 1000),
        WORD_KEY("dtr", dtr, line_words),
        WORD_KEY("rts", rts, line_words),
        NUM_KEY("open_delay_ms", I32, open_delay_ms, 0, 60000),
        NUM_KEY("discard_ms", I32, discard_ms, 0, 60000),
        PLAIN_KEY("start", COMMAND, start),
        PLAIN_KEY("request", COMMAND, request),
        NUM_KEY("request_every_ms", I32, request_every_ms, 0, 60000),
};

enum { KEYS_N = sizeof(keys) / sizeof(keys[0]) };

struct reading {
        const char *path;
        struct config_errors *errors;
        int errors_before;
        struct format format;
        int given[KEYS_N]; /* line of each key, 0 = not given */
};

/* --- values --- */

static bool parse_bounded_number(const char *s, double least, double most, bool whole, double *ret) {
        char *end;
        double value = strtod(s, &end);

        if (end == s || *end || !(value >= least && value <= most) || (whole && value != floor(value)))
                return false;
        *ret = value;
        return true;
}

static bool parse_number(const struct key *key, const char *s, void *field) {
        double value;

        if (!parse_bounded_number(s, key->min, key->max, key->kind != REAL, &value))
                return false;
        if (key->kind == U8)
                *(uint8_t *)field = (uint8_t)value;
        else if (key->kind == U16)
                *(uint16_t *)field = (uint16_t)value;
        else if (key->kind == I32)
                *(int32_t *)field = (int32_t)value;
        else
                *(float *)field = (float)value;
        return true;
}

static int find_word(const char *const *words, const char *s) {
        for (int i = 0; words[i]; i++)
                if (strcmp(words[i], s) == 0)
                        return i;
        return -1;
}

static bool parse_word(const struct key *key, const char *s, void *field) {
        int i = find_word(key->words, s);

        if (i < 0)
                return false;
        if (key->kind == YES_NO)
                *(bool *)field = i == 1;
        else
                memcpy(field, &i, sizeof(i));
        return true;
}

/* Parses 1 to `digits` hexadecimal digits and moves *at past them. */
static bool parse_hex(const char **at, size_t digits, uint8_t *ret) {
        size_t n = strspn(*at, "0123456789abcdefABCDEF");
        char text[3] = "";

        n = n < digits ? n : digits;
        if (n == 0)
                return false;
        memcpy(text, *at, n);
        *ret = (uint8_t)strtoul(text, NULL, 16);
        *at += n;
        return true;
}

/* Parses "AA 55 03", or the text between quotation marks, in which \n and \r are escapes. */
static bool parse_bytes(const char *s, size_t most, uint8_t *ret_n, uint8_t *ret) {
        uint8_t bytes[FORMAT_COMMAND_MAX];
        size_t n = 0, length = strlen(s);
        bool quoted = length >= 2 && s[0] == '"' && s[length - 1] == '"';

        for (const char *at = quoted ? s + 1 : s, *end = s + length - (quoted ? 1 : 0); at < end; at++) {
                if (!quoted && *at == ' ')
                        continue;
                if (n == most || n == sizeof(bytes))
                        return false;
                if (!quoted) {
                        if (strspn(at, "0123456789abcdefABCDEF") < 2 || !parse_hex(&at, 2, &bytes[n++]))
                                return false;
                        at--;
                } else if (*at == '\\' && at + 1 < end && (at[1] == 'n' || at[1] == 'r')) {
                        bytes[n++] = *++at == 'n' ? '\n' : '\r';
                } else {
                        bytes[n++] = (uint8_t)*at;
                }
        }
        memcpy(ret, bytes, n);
        *ret_n = (uint8_t)n;
        return n > 0;
}

/* Parses one of "2=02 4=02 3&F0=40": place (decimal), mask and value (hexadecimal). */
static bool parse_constant(const char **at, struct format_constant *ret) {
        char *end;
        unsigned long place = strtoul(*at, &end, 10);

        if (end == *at || place > 71)
                return false;
        *ret = (struct format_constant){(uint8_t)place, 0xFF, 0};
        *at = end;
        if (**at == '&') {
                ++*at;
                if (!parse_hex(at, 2, &ret->mask))
                        return false;
        }
        if (*(*at)++ != '=' || !parse_hex(at, 2, &ret->value) || (ret->value & ~ret->mask))
                return false;
        return **at == '\0' || **at == ' ';
}

static bool parse_constants(struct format *f, const char *s) {
        for (f->n_constants = 0; *s; s += strspn(s, " "))
                if (f->n_constants == FORMAT_CONSTANTS_MAX || !parse_constant(&s, &f->constants[f->n_constants++]))
                        return false;
        return f->n_constants > 0;
}

static bool parse_order(const char *s, uint8_t *ret_n, uint8_t *ret) {
        struct index_list list;

        if (!cell_lists_parse_indices(s, &list))
                return false;
        memcpy(ret, list.of, list.n);
        *ret_n = list.n;
        return list.n > 0;
}

/* Checks a list and stores it as text; the layout parses it with cell_lists.h. */
static bool parse_cell_list(const struct key *key, const char *s, char *field) {
        struct board_list boards;
        uint32_t n;

        if (strlen(s) >= key->size || (key->kind == BOARDS && !cell_lists_parse_boards(s, &boards)) ||
            (key->kind == MASK && !cell_lists_check_mask(s)) ||
            (key->kind == POSITIONS && !cell_lists_parse_positions(s, CELLS_MAX, NULL, &n)))
                return false;
        snprintf(field, key->size, "%s", s);
        return true;
}

static bool parse_separators(struct format *f, const char *s) {
        size_t n = 0;

        memset(f->separators, 0, sizeof(f->separators));
        while (*s) {
                char word[16];
                size_t length = strcspn(s, " ");
                int i;

                snprintf(word, sizeof(word), "%.*s", (int)length, s);
                i = length < sizeof(word) ? find_word(separator_words, word) : -1;
                if (i < 0 || n + 1 >= sizeof(f->separators))
                        return false;
                f->separators[n++] = separator_signs[i];
                s += length + strspn(s + length, " ");
        }
        return n > 0;
}

/* Parses one byte as 0D or ">". */
static bool parse_one_byte(const char *s, void *field) {
        uint8_t n, *byte = field;

        return parse_bytes(s, 1, &n, byte) && *byte != 0;
}

/* Parses "nan XX empty": words, among which `empty` has a flag of its own. */
static bool parse_missing(struct format *f, const char *s) {
        size_t n = 0;

        for (f->missing[0] = '\0'; *s; s += strspn(s, " ")) {
                size_t length = strcspn(s, " ");

                if (length == 5 && memcmp(s, "empty", 5) == 0) {
                        f->missing_empty = true;
                } else {
                        if (n + length + 2 > sizeof(f->missing))
                                return false;
                        n += (size_t)snprintf(f->missing + n, sizeof(f->missing) - n, "%s%.*s", n > 0 ? " " : "",
                                              (int)length, s);
                }
                s += length;
        }
        return n > 0 || f->missing_empty;
}

static bool parse_names(struct format *f, const char *s) {
        struct cell_names names;

        return (size_t)snprintf(f->names, sizeof(f->names), "%s", s) < sizeof(f->names) &&
               cell_names_parse(f->names, &names) && names.n_cells > 0;
}

static bool parse_value(struct format *f, const struct key *key, const char *s) {
        void *field = (char *)f + key->offset;
        struct format_bytes *bytes = field;
        struct format_command *command = field;
        size_t n;

        switch (key->kind) {
        case TEXT:
                n = (size_t)snprintf(field, key->size, "%s", s);
                sanitize_line(field); /* it goes to a terminal */
                return n > 0 && n < key->size;
        case WORD:
        case YES_NO:
                return parse_word(key, s, field);
        case U8:
        case U16:
        case I32:
        case REAL:
                return parse_number(key, s, field);
        case BYTES:
                return parse_bytes(s, FORMAT_BYTES_MAX, &bytes->n, bytes->of);
        case COMMAND:
                return parse_bytes(s, FORMAT_COMMAND_MAX, &command->n, command->of);
        case CONSTANTS:
                return parse_constants(f, s);
        case ROW_LIST:
                return parse_order(s, &f->order.n_listed, f->order.row_list);
        case COL_LIST:
                return parse_order(s, &f->order.n_cols_listed, f->order.col_list);
        case BOARDS:
        case MASK:
        case POSITIONS:
                return parse_cell_list(key, s, field);
        case SEPARATORS:
                return parse_separators(f, s);
        case MISSING:
                return parse_missing(f, s);
        case NAMES:
                return parse_names(f, s);
        case ONE_BYTE:
                return parse_one_byte(s, field);
        }
        return false;
}

/* --- keys --- */

static void join_words(const char *const *words, char *ret, size_t size) {
        *ret = '\0';
        for (int i = 0; words[i]; i++)
                snprintf(ret + strlen(ret), size - strlen(ret), "%s%s", i ? " | " : "", words[i]);
}

static void describe_legal_values(const struct key *key, char *ret, size_t size) {
        switch (key->kind) {
        case TEXT:
                snprintf(ret, size, "1..%zu bytes", key->size - 1);
                return;
        case WORD:
        case YES_NO:
                join_words(key->words, ret, size);
                return;
        case BYTES:
                snprintf(ret, size, "1..8 bytes as AA 55 03, or \"text\"");
                return;
        case COMMAND:
                snprintf(ret, size, "1..32 bytes as AA 55 03, or \"text\\n\"");
                return;
        case CONSTANTS:
                snprintf(ret, size, "up to 4 of PLACE=VALUE or PLACE&MASK=VALUE, as 2=02 4&F0=40");
                return;
        case ROW_LIST:
        case COL_LIST:
                snprintf(ret, size, "up to 64 numbers 0..63, as 0 1 2 or 15-31 14-0");
                return;
        case BOARDS:
                snprintf(ret, size, "board numbers from left to right, as 0 1 or 0 / 1xy");
                return;
        case MASK:
                snprintf(ret, size, "up to %zu bytes of cells, rows and columns, as 120 3:5 row 7 col 0-2",
                         key->size - 1);
                return;
        case POSITIONS:
                snprintf(ret, size, "up to %zu bytes of numbers -2000..2000, as -90 0 90.5", key->size - 1);
                return;
        case SEPARATORS:
                join_words(separator_words, ret, size);
                return;
        case MISSING:
                snprintf(ret, size, "up to %zu bytes of words, as nan inf empty", key->size - 1);
                return;
        case NAMES:
                snprintf(ret, size, "up to 16 names or ranges in %zu bytes, as left right or C1R1-C4R4",
                         key->size - 1);
                return;
        case ONE_BYTE:
                snprintf(ret, size, "one byte as 7D, or \">\"");
                return;
        case U8:
        case U16:
        case I32:
        case REAL:
                snprintf(ret, size, "%.10g..%.10g", key->min, key->max);
        }
}

static void report_value(const struct reading *r, const struct ini_item *item, const struct key *key) {
        const char *why = key->max > key->min ? ini_explain_number(item->value) : ini_explain_value(item->value);
        char legal[160];

        describe_legal_values(key, legal, sizeof(legal));

        config_error_add(r->errors, "%s:%d: %s = %.100s: %s%smust be %s", r->path, item->line, item->key, item->value,
                         why ? why : "", why ? "; " : "", legal);
}

static void on_item(void *userdata, const struct ini_item *item) {
        struct reading *r = userdata;
        const char *near = NULL;

        if (strcmp(item->section, "format") != 0) {
                if (!item->key)
                        config_error_add(r->errors, "%s:%d: [%s]: there is only the section [format]", r->path,
                                         item->line, item->section);
                else if (!*item->section)
                        config_error_add(r->errors, "%s:%d: %s: is before the line [format]", r->path, item->line,
                                         item->key);
                return;
        }
        for (int k = 0; item->key && k < KEYS_N; k++) {
                suggest_nearest(item->key, keys[k].name, &near);
                if (strcmp(item->key, keys[k].name) != 0)
                        continue;
                if (r->given[k])
                        config_error_add(r->errors, "%s:%d: %s is given twice", r->path, item->line, item->key);
                else if (!parse_value(&r->format, &keys[k], item->value))
                        report_value(r, item, &keys[k]);
                r->given[k] = item->line;
                return;
        }
        if (item->key)
                config_error_add(r->errors, "%s:%d: no key \"%s\"%s%s", r->path, item->line, item->key,
                                 near ? "; did you mean " : "", near ? near : "");
}

/* --- keys without effect --- */

static bool is_one_of(const char *const *names, const char *key) {
        for (; *names; names++)
                if (strcmp(*names, key) == 0)
                        return true;
        return false;
}

static const char *find_text_problem(const struct format *f, const char *key) {
        static const char *const of_bytes[] = {
                "sync",     "tail",     "preamble",  "length",      "length_at",   "length_counts_elements",
                "shape",    "shape_at", "constants", "part",        "part_at",     "part_cells",
                "board_at", "boards",   "record",    "record_x_at", "record_y_at", "record_value_at",
                "element",  "mask",     "shift",     "length_adds", "part_first",  "check_from",
                "escape",   NULL};
        static const char *const of_numbers[] = {"separators", "header",  "trailer", "decimal",
                                                 "skip_times", "missing", "names",   NULL};
        static const char *const of_places[] = {"separators", "header", "trailer", NULL};

        if (is_one_of(of_bytes, key) ||
            (strcmp(key, "check") == 0 && f->check != CHECK_NMEA && f->check != CHECK_NONE))
                return "is about bytes, and framing is text, the default; say framing = prefix or another";
        if (f->digits && is_one_of(of_numbers, key))
                return "with digits = yes every digit is a cell";
        if (*f->names && is_one_of(of_places, key))
                return "with names only the numbers after them count";
        return NULL;
}

static const char *find_bytes_problem(const struct format *f, const char *key) {
        static const char *const of_text[] = {"separators", "digits",      "frame_end",  "mark",    "line_end",
                                              "line_start", "skip_to",     "skip_times", "decimal", "missing",
                                              "names",      "value_after", NULL};
        static const char *const of_length[] = {"length_at", "length_counts_elements", "length_adds", NULL};
        static const char *const of_part[] = {"part_at", "part_cells", NULL};
        static const char *const of_record[] = {"record_x_at", "record_y_at", "record_value_at", NULL};
        static const char *const of_bits[] = {"mask", "shift", NULL};

        if (is_one_of(of_text, key) || (strcmp(key, "check") == 0 && f->check == CHECK_NMEA))
                return "is for framing = text";
        if (strcmp(key, "trailer") == 0 && f->trailer_n > 64)
                return "must be 0..64 bytes";
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

/* Returns NULL, or the reason why a key that is given has no effect, or says too little, in this description. */
static const char *find_key_problem(const struct format *f, const char *key) {
        if (f->request.n == 0 && strcmp(key, "request_every_ms") == 0)
                return "needs request";
        return f->framing == FRAMING_TEXT ? find_text_problem(f, key) : find_bytes_problem(f, key);
}

/* --- one text --- */

const char *format_word(const struct format *f, const char *key) {
        int word;

        for (int i = 0; i < KEYS_N; i++)
                if (keys[i].kind == WORD && strcmp(keys[i].name, key) == 0) {
                        memcpy(&word, (const char *)f + keys[i].offset, sizeof(word));
                        return keys[i].words[word];
                }
        return "";
}

void format_file_name(const char *path, char *ret, size_t size) {
        const char *base = strrchr(path, '/');
        size_t n;

        base = base ? base + 1 : path;
        n = strlen(base);
        if (n > 5 && strcmp(base + n - 5, ".conf") == 0)
                n -= 5;
        snprintf(ret, size, "%.*s", (int)n, base);
}

static void check_keys(struct reading *r) {
        for (int k = 0; k < KEYS_N; k++) {
                const char *problem = r->given[k] ? find_key_problem(&r->format, keys[k].name) : NULL;

                if (problem)
                        config_error_add(r->errors, "%s:%d: %s: %s", r->path, r->given[k], keys[k].name, problem);
        }
}

/* Reports a problem of the whole description, at the line of the key with which its text begins. */
static void report_problem(const struct reading *r, const char *problem) {
        for (int k = 0; k < KEYS_N; k++) {
                size_t n = strlen(keys[k].name);

                if (r->given[k] && strncmp(problem, keys[k].name, n) == 0 && problem[n] == ' ') {
                        config_error_add(r->errors, "%s:%d: %s", r->path, r->given[k], problem);
                        return;
                }
        }
        config_error_add(r->errors, "%s: %s", r->path, problem);
}

/* Derives what a description leaves out: the number of cells equals the number of names or positions, and a shape at the start
 * of the frame is not part of the header. */
static void derive_defaults(struct format *f) {
        uint8_t shape_n = format_shape(f, 0, 0).n;
        struct cell_names names;
        uint32_t n;

        if (*f->names && f->cells == 0 && f->rows == 0 && cell_names_parse(f->names, &names))
                f->cells = (uint16_t)names.n_cells;
        if (f->decimal_comma && strcmp(f->separators, DEFAULT_SEPARATORS) == 0)
                memcpy(f->separators, DEFAULT_SEPARATORS + 1, sizeof(DEFAULT_SEPARATORS) - 1);

        if (*f->x_mm && f->cells == 0 && f->rows == 0 && f->framing != FRAMING_TEXT &&
            cell_lists_parse_positions(f->x_mm, CELLS_MAX, NULL, &n))
                f->cells = (uint16_t)n;
        if (f->framing == FRAMING_PREFIX && f->sync.n == 0 && f->header_n >= shape_n)
                f->header_n = (uint8_t)(f->header_n - shape_n);
}

int format_parse(const char *path, const char *text, size_t n, struct config_errors *errors, struct format *ret) {
        struct reading r = {.path = path, .errors = errors, .errors_before = errors->n};
        const struct ini_sink sink = {.item = on_item, .userdata = &r, .path = path, .errors = errors};
        const char *problem;

        r.format.rate_hz = 10;
        r.format.baud = 115200;
        r.format.framing = FRAMING_TEXT;
        memcpy(r.format.separators, DEFAULT_SEPARATORS, sizeof(DEFAULT_SEPARATORS));
        format_file_name(path, r.format.name, sizeof(r.format.name));
        snprintf(r.format.title, sizeof(r.format.title), "%s", r.format.name);
        ini_parse(text, n, &sink);
        if (errors->n == r.errors_before)
                check_keys(&r);
        derive_defaults(&r.format);
        problem = errors->n == r.errors_before ? format_validate(&r.format) : NULL;
        if (problem)
                report_problem(&r, problem);
        if (errors->n == r.errors_before)
                *ret = r.format;
        return errors->n - r.errors_before;
}

/* --- files --- */

const char *const format_folders[] = {"/etc/sitbone/formats", SITBONE_DATADIR "/sitbone/formats", NULL};

static bool find_path(const char *name, char *ret, size_t size) {
        if (strchr(name, '/')) {
                snprintf(ret, size, "%s", name);
                return file_exists(ret);
        }
        for (size_t i = 0; *name && format_folders[i]; i++) {
                snprintf(ret, size, "%s/%s.conf", format_folders[i], name);
                if (file_exists(ret))
                        return true;
        }
        return false;
}

int format_text(const char *name, char **ret, size_t *ret_n) {
        char path[PATH_SIZE];

        if (format_by_name(name) || !find_path(name, path, sizeof(path)))
                return -ENOENT;
        return file_read(path, FILE_LIMIT, ret, ret_n);
}

bool format_exists(const char *name) {
        char path[PATH_SIZE];

        return format_by_name(name) || find_path(name, path, sizeof(path));
}

const struct format *format_find(const char *name, struct format *storage, struct config_errors *errors) {
        const struct format *row = format_by_name(name);
        char path[PATH_SIZE], *text;
        size_t n;
        int r;

        if (row || !find_path(name, path, sizeof(path)))
                return row;
        r = file_read(path, FILE_LIMIT, &text, &n);
        if (r < 0) {
                config_error_add(errors, "%s: %s", path, strerror(-r));
                return NULL;
        }
        r = format_parse(path, text, n, errors, storage);
        free(text);
        return r == 0 ? storage : NULL;
}
