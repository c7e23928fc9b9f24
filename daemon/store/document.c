/* SPDX-License-Identifier: MIT */
#include "store/document.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/checksum.h"

/* Nine digits are enough to find every float again. */
enum { FORMAT = JSON_COMPACT | JSON_REAL_PRECISION(9) };

static json_t *write_record(const struct stored_member *members, const char *record);
static bool read_record(const struct stored_member *members, const json_t *object, char *ret_record);

/* A greater integer than JSON has is written as the greatest. */
static int64_t load_integer(const struct stored_member *m, const void *member) {
        switch (m->type) {
        case STORED_U8:
                return *(const uint8_t *)member;
        case STORED_U16:
                return *(const uint16_t *)member;
        case STORED_U32:
                return *(const uint32_t *)member;
        case STORED_I8:
                return *(const int8_t *)member;
        case STORED_I32:
                return *(const int32_t *)member;
        case STORED_U64:
                return *(const uint64_t *)member < INT64_MAX ? (int64_t) * (const uint64_t *)member : INT64_MAX;
        case STORED_FLOAT:
        case STORED_TEXT:
        case STORED_RECORD:
                break;
        }
        return 0;
}

/* False when the member has no room for the value. */
static bool store_integer(const struct stored_member *m, int64_t value, void *ret_member) {
        if (m->type == STORED_U64)
                *(uint64_t *)ret_member = (uint64_t)value;
        else if (m->size == 4)
                *(uint32_t *)ret_member = (uint32_t)value;
        else if (m->size == 2)
                *(uint16_t *)ret_member = (uint16_t)value;
        else
                *(uint8_t *)ret_member = (uint8_t)value;
        return load_integer(m, ret_member) == value;
}

/* ---- writing ---- */

static json_t *write_element(const struct stored_member *m, const void *member) {
        float real;

        if (m->type == STORED_TEXT)
                return json_stringn(member, strnlen(member, m->size));
        if (m->type == STORED_RECORD)
                return write_record(m->record, member);
        if (m->n_words > 0)
                return json_string(m->name((int)load_integer(m, member)));
        if (m->type != STORED_FLOAT)
                return json_integer(load_integer(m, member));
        real = *(const float *)member;
        return isfinite(real) ? json_real((double)real) : json_null();
}

static bool is_zero(const char *bytes, size_t n) {
        return n == 0 || (bytes[0] == 0 && memcmp(bytes, bytes + 1, n - 1) == 0);
}

/* NULL when there is no memory, or a text is not UTF-8. */
static json_t *write_array(const struct stored_member *m, const char *bytes) {
        uint32_t n = m->n;
        json_t *ret = m->name ? json_object() : json_array();
        int r = 0;

        while (n > 0 && is_zero(bytes + (n - 1) * m->size, m->size))
                n--;
        for (uint32_t i = 0; i < n && r == 0; i++) {
                json_t *element = write_element(m, bytes + i * m->size);

                r = m->name ? json_object_set_new(ret, m->name((int)i), element) : json_array_append_new(ret, element);
        }
        if (r == 0)
                return ret;
        json_decref(ret);
        return NULL;
}

/* A member that is missing is read as this value. */
static bool is_default(const struct stored_member *m, const char *bytes) {
        size_t size = m->n > 0 ? m->n * m->size : m->size;

        return m->unset_is_max ? load_integer(m, bytes) == INT64_MAX : is_zero(bytes, size);
}

static json_t *write_record(const struct stored_member *members, const char *record) {
        json_t *ret = json_object();
        int r = 0;

        for (const struct stored_member *m = members; m->key && r == 0; m++) {
                const char *bytes = record + m->offset;

                if (!is_default(m, bytes))
                        r = json_object_set_new(ret, m->key,
                                                m->n > 0 ? write_array(m, bytes) : write_element(m, bytes));
        }
        if (r == 0)
                return ret;
        json_decref(ret);
        return NULL;
}

char *document_write(const struct document_kind *kind, const void *record, size_t *ret_n) {
        json_t *root = write_record(kind->members, record);
        char *data = json_dumps(root, FORMAT), *text = NULL;
        int n = -1;

        if (data)
                n = asprintf(&text, "{\"sitbone\":\"%s\",\"version\":%d,\"crc32\":\"%08x\",\"data\":%s}\n", kind->name,
                             kind->version, checksum_crc32(0, data, strlen(data)), data);
        free(data);
        json_decref(root);
        if (n < 0)
                return NULL;
        *ret_n = (size_t)n;
        return text;
}

/* ---- reading ---- */

static bool read_word(const struct stored_member *m, const char *word, void *ret_member) {
        for (int i = 0; i < m->n_words; i++)
                if (strcmp(m->name(i), word) == 0)
                        return store_integer(m, i, ret_member);
        return false;
}

static bool read_text(const struct stored_member *m, const json_t *value, char *ret_member) {
        size_t n = json_string_length(value);

        if (!json_is_string(value) || n >= m->size)
                return false;
        memset(ret_member, 0, m->size);
        memcpy(ret_member, json_string_value(value), n);
        return true;
}

static bool read_float(const json_t *value, float *ret) {
        *ret = json_is_null(value) ? NAN : (float)json_number_value(value);
        return json_is_null(value) || (json_is_number(value) && isfinite(*ret));
}

static bool read_element(const struct stored_member *m, const json_t *value, void *ret_member) {
        if (m->type == STORED_TEXT)
                return read_text(m, value, ret_member);
        if (m->type == STORED_RECORD)
                return read_record(m->record, value, ret_member);
        if (m->type == STORED_FLOAT)
                return read_float(value, ret_member);
        if (m->n_words > 0)
                return json_is_string(value) && read_word(m, json_string_value(value), ret_member);
        return json_is_integer(value) && store_integer(m, json_integer_value(value), ret_member);
}

static bool read_array(const struct stored_member *m, const json_t *value, char *ret_member) {
        if (m->name ? !json_is_object(value) : !json_is_array(value) || json_array_size(value) > m->n)
                return false;
        for (uint32_t i = 0; i < m->n; i++) {
                const json_t *element = m->name ? json_object_get(value, m->name((int)i)) : json_array_get(value, i);

                if (element && !read_element(m, element, ret_member + i * m->size))
                        return false;
        }
        return true;
}

static bool read_record(const struct stored_member *members, const json_t *object, char *ret_record) {
        if (!json_is_object(object))
                return false;
        for (const struct stored_member *m = members; m->key; m++) {
                const json_t *value = json_object_get(object, m->key);
                char *member = ret_record + m->offset;

                if (!value && m->unset_is_max)
                        memset(member, 0xff, m->size);
                else if (value && !(m->n > 0 ? read_array(m, value, member) : read_element(m, value, member)))
                        return false;
        }
        return true;
}

static bool matches_checksum(const json_t *root, const json_t *data) {
        const json_t *expected = json_object_get(root, "crc32");
        char *text = json_dumps(data, FORMAT), found[16] = "";

        if (text)
                snprintf(found, sizeof(found), "%08x", checksum_crc32(0, text, strlen(text)));
        free(text);
        return !expected || (json_is_string(expected) && strcmp(json_string_value(expected), found) == 0);
}

static const char *read_root(const struct document_kind *kind, const json_t *root, void *ret_record) {
        const json_t *name = json_object_get(root, "sitbone"), *version = json_object_get(root, "version");
        const json_t *data = json_object_get(root, "data");

        if (!json_is_string(name) || strcmp(json_string_value(name), kind->name) != 0 || !json_is_integer(version))
                return "it is not a file of this kind";
        if (json_integer_value(version) > kind->version)
                return "it is of a newer version";
        if (json_integer_value(version) < kind->version)
                return "it is of an older version";
        memset(ret_record, 0, kind->size);
        return matches_checksum(root, data) && read_record(kind->members, data, ret_record) ? NULL : "it is damaged";
}

const char *document_read(const struct document_kind *kind, const char *text, size_t n, void *ret_record) {
        json_t *root = json_loadb(text, n, JSON_REJECT_DUPLICATES, NULL);
        const char *why = root ? read_root(kind, root, ret_record) : "it is damaged";

        json_decref(root);
        return why;
}
