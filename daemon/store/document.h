/* SPDX-License-Identifier: MIT */
/* Structs as JSON files. Each member has a name in the file. A member that is zero is not written, and one that is
 * missing is read as zero, so an older file can be read when members were added; names that are unknown are ignored.
 * The version changes only when the meaning of a name does. A file is one line:
 *   {"sitbone":"profile","version":1,"crc32":"3d5a0c11","data":{...}}
 * crc32 is the checksum of data without white space. A person who edits a file removes crc32. */
#ifndef STORE_DOCUMENT_H
#define STORE_DOCUMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum stored_type {
        STORED_U8,
        STORED_U16,
        STORED_U32,
        STORED_U64,
        STORED_I8,
        STORED_I32,
        STORED_FLOAT,
        STORED_TEXT,
        STORED_RECORD,
};

/* One member of a struct. A table of them ends with a key of NULL. */
struct stored_member {
        const char *key;
        enum stored_type type;
        size_t offset;
        size_t size;                        /* of one element */
        uint32_t n;                         /* elements of an array; 0 = no array */
        bool unset_is_max;                  /* STORED_U64: UINT64_MAX means "not set", and is what is not written */
        const struct stored_member *record; /* STORED_RECORD: its members */
        const char *(*name)(int i); /* an array: the keys of its elements; a number: the words for its values */
        int n_words;                /* a number with words: the number of words */
};

/* The rows of a table: {STORED_NUMBER(struct memory_sitting, "shifts", bout_shifts)}. */
#define STORED_MEMBER(owner, member) (((const owner *)0)->member)
#define STORED_TYPE(value)                                                                                            \
        _Generic((value), uint8_t                                                                                     \
                 : STORED_U8, uint16_t                                                                                \
                 : STORED_U16, uint32_t                                                                               \
                 : STORED_U32, uint64_t                                                                               \
                 : STORED_U64, int8_t                                                                                 \
                 : STORED_I8, int32_t                                                                                 \
                 : STORED_I32, float                                                                                  \
                 : STORED_FLOAT)
#define STORED_AT(owner, key_, member)                                                                                \
        .key = (key_), .offset = offsetof(owner, member), .size = sizeof(STORED_MEMBER(owner, member))

#define STORED_NUMBER(owner, key_, member)                                                                            \
        STORED_AT(owner, key_, member), .type = STORED_TYPE(STORED_MEMBER(owner, member))
#define STORED_AGE(owner, key_, member) STORED_NUMBER(owner, key_, member), .unset_is_max = true
#define STORED_WORD(owner, key_, member, name_, n_)                                                                   \
        STORED_NUMBER(owner, key_, member), .name = (name_), .n_words = (n_)
#define STORED_STRING(owner, key_, member) STORED_AT(owner, key_, member), .type = STORED_TEXT
#define STORED_STRUCT(owner, key_, member, table)                                                                     \
        STORED_AT(owner, key_, member), .type = STORED_RECORD, .record = (table)

/* Arrays: zeros at the end are not written. name_ NULL: a list; otherwise an object with the names as keys. */
#define STORED_ELEMENTS(owner, key_, member, name_)                                                                   \
        .key = (key_), .offset = offsetof(owner, member), .size = sizeof(STORED_MEMBER(owner, member)[0]),            \
        .n = (uint32_t)(sizeof(STORED_MEMBER(owner, member)) / sizeof(STORED_MEMBER(owner, member)[0])),              \
        .name = (name_)
#define STORED_NUMBERS(owner, key_, member, name_)                                                                    \
        STORED_ELEMENTS(owner, key_, member, name_), .type = STORED_TYPE(STORED_MEMBER(owner, member)[0])
#define STORED_GRID(owner, key_, member)                                                                              \
        .key = (key_), .offset = offsetof(owner, member), .type = STORED_TYPE(STORED_MEMBER(owner, member)[0][0]),    \
        .size = sizeof(STORED_MEMBER(owner, member)[0][0]),                                                           \
        .n = (uint32_t)(sizeof(STORED_MEMBER(owner, member)) / sizeof(STORED_MEMBER(owner, member)[0][0]))
#define STORED_STRUCTS(owner, key_, member, table, name_)                                                             \
        STORED_ELEMENTS(owner, key_, member, name_), .type = STORED_RECORD, .record = (table)

/* A function for .name that calls one of words/names.h. */
#define STORED_WORDS(function, name_function, type)                                                                   \
        static const char *function(int i) {                                                                          \
                return name_function((type)i);                                                                        \
        }

struct document_kind {
        const char *name; /* "profile" */
        int version;
        size_t size; /* of the struct */
        const struct stored_member *members;
};

/* The file's text, ended by a newline, or NULL when there is no memory. A float is read back as the same float; one
 * that is not finite is read back as NAN. */
char *document_write(const struct document_kind *kind, const void *record, size_t *ret_n);

/* NULL = good and *ret_record (kind->size bytes) is set, otherwise the reason why not: "it is damaged", ... */
const char *document_read(const struct document_kind *kind, const char *text, size_t n, void *ret_record);

#endif
