/* SPDX-License-Identifier: MIT */
#include "recording/recorder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "configure/format_file.h"

/* A power cut loses at most this much. */
static const uint64_t CHUNK_US = 2000000;

static int write_all(struct recorder *r, const void *bytes, size_t n) {
        const char *at = bytes;

        while (n > 0) {
                ssize_t written = write(r->fd, at, n);

                if (written < 0 && errno == EINTR)
                        continue;
                if (written < 0)
                        return -errno;
                at += written;
                n -= (size_t)written;
                r->file_bytes += (uint64_t)written;
        }
        return 0;
}

static int flush_chunk(struct recorder *r) {
        size_t n = recording_chunk_pack(&r->chunk, r->packed);

        return write_all(r, r->packed, n);
}

/* The name of a format without its path. */
static void make_plain_name(const char *format, char *ret, size_t size) {
        const char *slash = strrchr(format, '/');

        format_file_name(slash ? slash + 1 : format, ret, size);
        for (char *p = ret; *p; p++)
                *p = *p <= ' ' || *p > '~' ? '_' : *p;
}

/* Copies the description of a format that comes from a file, line by line, so that the recording can be read
 * without that file. */
static int print_description(FILE *f, const char *format) {
        char *text, *line, *rest = NULL;
        size_t n;
        int result = format_text(format, &text, &n);

        if (result < 0)
                return result == -ENOENT ? 0 : result;
        for (line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
                line += strspn(line, " \t");
                if (*line != '\0' && *line != '#' && *line != '\r')
                        fprintf(f, "%s%s\n", recording_description_key, line);
        }
        free(text);
        return 0;
}

static void print_head(FILE *f, const struct settings_device *d, uint64_t started_us, bool whole) {
        char started[48] = "", device[SETTING_TEXT_MAX], name[RECORDING_FORMAT_MAX];
        time_t seconds = (time_t)(started_us / 1000000);
        struct tm tm;

        gmtime_r(&seconds, &tm);
        if (started_us > 0)
                strftime(started, sizeof(started), "# started=%Y-%m-%dT%H:%M:%SZ\n", &tm);
        snprintf(device, sizeof(device), "%s", d->device);
        for (char *p = device; *p; p++)
                *p = (unsigned char)*p < ' ' ? '?' : *p;
        make_plain_name(d->format, name, sizeof(name));
        fprintf(f,
                "%s\n# format=%s\n%s# device=%s\n# baud=%d\n# rows=%d\n# cols=%d\n# pitch_x_mm=%.9g\n"
                "# pitch_y_mm=%.9g\n# full_scale=%.9g\n# inverted=%d\n# rotate=%d\n# flip_x=%d\n# flip_y=%d\n"
                "# row_list=%s\n# col_list=%s\n# boards=%s\n# x_mm=%s\n# y_mm=%s\n%s%s%s# whole=%d\n",
                recording_magic, name, started, device, (int)d->baud, (int)d->rows, (int)d->cols,
                (double)d->pitch_x_mm, (double)d->pitch_y_mm, (double)d->full_scale, d->inverted, (int)d->rotate,
                d->flip_x, d->flip_y, d->row_list, d->col_list, d->boards, d->x_mm, d->y_mm, *d->mask ? "# mask=" : "",
                d->mask, *d->mask ? "\n" : "", whole);
}

char *recorder_make_head(const struct settings_device *device, uint64_t started_us, bool whole) {
        char *ret = NULL;
        size_t n;
        FILE *f = open_memstream(&ret, &n);
        int result;

        if (!f)
                return NULL;
        print_head(f, device, started_us, whole);
        result = print_description(f, device->format);
        fputc('\n', f);
        if (fclose(f) == 0 && result == 0)
                return ret;
        free(ret);
        return NULL;
}

int recorder_open_with_head(struct recorder *r, const char *path, const char *head, bool replace) {
        int result;

        r->fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | (replace ? O_TRUNC : O_EXCL), 0666);
        if (r->fd < 0)
                return -errno;
        r->chunk.n = 0;
        r->wire_bytes = r->file_bytes = 0;
        result = write_all(r, head, strlen(head));
        if (result < 0) {
                close(r->fd);
                r->fd = -1;
                if (!replace)
                        unlink(path); /* otherwise the next attempt would fail, because the file exists */
        }
        return result;
}

int recorder_open(struct recorder *r, const char *path, const struct settings_device *device, uint64_t started_us,
                  bool whole, bool replace) {
        char *head = recorder_make_head(device, started_us, whole);
        int result = head ? recorder_open_with_head(r, path, head, replace) : -ENOMEM;

        free(head);
        return result;
}

static int add_piece(struct recorder *r, uint64_t t_us, const uint8_t *bytes, size_t n) {
        bool due = r->chunk.n > 0 && t_us >= r->chunk_began_us + CHUNK_US;
        int result;

        if (!due && r->chunk.n > 0 && recording_chunk_add(&r->chunk, t_us, bytes, n))
                return 0;
        result = flush_chunk(r);
        if (result < 0)
                return result;
        r->chunk_began_us = t_us;
        recording_chunk_add(&r->chunk, t_us, bytes, n);
        return 0;
}

int recorder_add(struct recorder *r, uint64_t t_us, const uint8_t *bytes, size_t n) {
        int result = 0;

        r->wire_bytes += n;
        while (n > 0 && result == 0) {
                size_t piece_n = n < RECORDING_PIECE_MAX ? n : RECORDING_PIECE_MAX;

                result = add_piece(r, t_us, bytes, piece_n);
                bytes += piece_n;
                n -= piece_n;
        }
        return result;
}

int recorder_add_gap(struct recorder *r, uint64_t t_us) {
        return add_piece(r, t_us, NULL, 0);
}

int recorder_add_label(struct recorder *r, uint64_t t_us, const char *label) {
        int result;

        if (r->chunk.n > 0 && recording_chunk_add_label(&r->chunk, t_us, label))
                return 0;
        result = flush_chunk(r);
        if (result < 0)
                return result;
        r->chunk_began_us = t_us;
        recording_chunk_add_label(&r->chunk, t_us, label);
        return 0;
}

int recorder_close(struct recorder *r) {
        int result = flush_chunk(r);

        if (close(r->fd) < 0 && result == 0)
                result = -errno;
        r->fd = -1;
        return result;
}
