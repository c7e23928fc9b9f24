/* SPDX-License-Identifier: MIT */
/* One thread writes; the decision thread only replaces what waits. A slot of the memory file is a header and the struct;
 * the two slots are written in turn, so that a cut write never takes the good one. */
#include "store/state.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "util/checksum.h"
#include "util/clock.h"
#include "util/file.h"
#include "util/log.h"

enum {
        STATE_MAGIC = 0x54495353 /* "SSIT" */,
        STATE_VERSION = 4,
        TARE_VERSION = 1,
        SLOT_SIZE = 4096,
        BOOT_ID_SIZE = 40
};

struct slot {
        uint32_t magic, version, size, crc; /* crc over everything behind itself */
        uint64_t serial;                    /* the greater one is newer */
        uint64_t boottime_us, realtime_us;  /* of the save */
        char boot_id[BOOT_ID_SIZE];         /* another one: boottime_us means nothing */
        struct memory memory;
};
_Static_assert(sizeof(struct slot) <= SLOT_SIZE, "a slot is one page");

struct tare_file {
        uint32_t magic, version, size, crc;
        struct memory_tare tare;
};

struct state {
        char memory_path[512], tare_path[512];
        char boot_id[BOOT_ID_SIZE];
        int fd;
        uint64_t serial;
        pthread_t thread;
        pthread_mutex_t lock; /* guards what follows; never held across a system call but the wait */
        pthread_cond_t wake;
        bool stop, has_memory, has_tare;
        struct slot memory;
        struct memory_tare tare;
};

#define BEHIND_CRC(p)      ((const char *)&(p)->crc + sizeof((p)->crc))
#define SIZE_BEHIND_CRC(p) (sizeof(*(p)) - (size_t)(BEHIND_CRC(p) - (const char *)(p)))

/* The units hide /proc/sys (ProcSubset=pid) and tell the boot's number themselves. "" = nobody says. */
static void read_boot_id(char ret[BOOT_ID_SIZE]) {
        const char *told = getenv("SITBONE_BOOT_ID");
        FILE *f;

        memset(ret, 0, BOOT_ID_SIZE);
        if (told && *told) {
                snprintf(ret, BOOT_ID_SIZE, "%s", told);
                return;
        }
        f = fopen("/proc/sys/kernel/random/boot_id", "re");
        if (!f)
                return;
        if (fgets(ret, BOOT_ID_SIZE, f))
                ret[strcspn(ret, "\n")] = '\0';
        fclose(f);
}

/* ---- the thread ---- */

static int write_slot(struct state *s, struct slot *slot) {
        slot->serial = ++s->serial;
        slot->crc = checksum_crc32(BEHIND_CRC(slot), SIZE_BEHIND_CRC(slot));
        if (pwrite(s->fd, slot, sizeof(*slot), (off_t)(slot->serial % 2) * SLOT_SIZE) != (ssize_t)sizeof(*slot))
                return errno ? -errno : -EIO;
        return 0;
}

static int write_tare(struct state *s, const struct memory_tare *tare) {
        struct tare_file *file = calloc(1, sizeof(*file));
        int r;

        if (!file)
                return -ENOMEM;
        file->magic = STATE_MAGIC;
        file->version = TARE_VERSION;
        file->size = sizeof(*file);
        file->tare = *tare;
        file->crc = checksum_crc32(BEHIND_CRC(file), SIZE_BEHIND_CRC(file));
        r = file_write_atomically(s->tare_path, file, sizeof(*file), 0600);
        free(file);
        return r;
}

/* Says a failure once, and when it is over. */
static void report(int r, const char *path, bool *failing) {
        if (r < 0 && !*failing)
                log_warning("%s: %s: what is known will not survive a restart", path, strerror(-r));
        if (r >= 0 && *failing)
                log_notice("%s: can be written again", path);
        *failing = r < 0;
}

/* Waits for work and takes it. False = stopped and nothing left. */
static bool take(struct state *s, struct slot *slot, bool *ret_memory, struct memory_tare *tare, bool *ret_tare) {
        bool more;

        pthread_mutex_lock(&s->lock);
        while (!s->stop && !s->has_memory && !s->has_tare)
                pthread_cond_wait(&s->wake, &s->lock);
        *ret_memory = s->has_memory;
        *ret_tare = s->has_tare;
        if (s->has_memory)
                *slot = s->memory;
        if (s->has_tare)
                *tare = s->tare;
        s->has_memory = s->has_tare = false;
        more = *ret_memory || *ret_tare || !s->stop;
        pthread_mutex_unlock(&s->lock);
        return more;
}

static void *run(void *userdata) {
        struct state *s = userdata;
        bool memory, tare, memory_failing = false, tare_failing = false;
        struct memory_tare *tare_copy = malloc(sizeof(*tare_copy));
        struct slot slot;

        while (tare_copy && take(s, &slot, &memory, tare_copy, &tare)) {
                if (memory)
                        report(write_slot(s, &slot), s->memory_path, &memory_failing);
                if (tare)
                        report(write_tare(s, tare_copy), s->tare_path, &tare_failing);
        }
        free(tare_copy);
        return NULL;
}

/* ---- loading ---- */

static bool read_slot(const struct state *s, int index, struct slot *ret) {
        return pread(s->fd, ret, sizeof(*ret), (off_t)index * SLOT_SIZE) == (ssize_t)sizeof(*ret) &&
               ret->magic == STATE_MAGIC;
}

static bool slot_good(const struct slot *slot) {
        return slot->version == STATE_VERSION && slot->size == sizeof(*slot) &&
               slot->crc == checksum_crc32(BEHIND_CRC(slot), SIZE_BEHIND_CRC(slot));
}

static const char *why_not(const struct slot *slot) {
        if (slot->version > STATE_VERSION)
                return "it is of a newer version";
        /* while a version is being made its memory may grow without a new number */
        return slot->version < STATE_VERSION || slot->size != sizeof(*slot) ? "it is of an older version"
                                                                            : "it is damaged";
}

static uint64_t since(uint64_t now, uint64_t then) {
        return now > then ? now - then : 0;
}

bool state_load(struct state *s, struct memory *ret, uint64_t *ret_elapsed_us, const char **ret_why) {
        struct slot best, slot;
        bool found = false;

        *ret_why = "nothing was saved yet";
        for (int i = 0; i < 2; i++) {
                if (!read_slot(s, i, &slot))
                        continue;
                if (!slot_good(&slot)) {
                        *ret_why = why_not(&slot);
                } else if (!found || slot.serial > best.serial) {
                        best = slot;
                        found = true;
                }
        }
        if (!found)
                return false;
        s->serial = best.serial;
        *ret = best.memory;
        /* a boot that nobody named is not known to be the same one */
        *ret_elapsed_us = *s->boot_id && strncmp(best.boot_id, s->boot_id, BOOT_ID_SIZE) == 0
                                  ? since(clock_boottime_us(), best.boottime_us)
                                  : since(clock_realtime_us(), best.realtime_us);
        return true;
}

bool state_load_tare(struct state *s, struct memory_tare *ret) {
        struct tare_file *file;
        char *data;
        size_t n;
        bool good;

        if (file_read(s->tare_path, sizeof(*file), &data, &n) < 0)
                return false;
        file = (struct tare_file *)(void *)data;
        good = n == sizeof(*file) && file->magic == STATE_MAGIC && file->version == TARE_VERSION &&
               file->crc == checksum_crc32(BEHIND_CRC(file), SIZE_BEHIND_CRC(file)) && file->tare.n_cells <= CELLS_MAX;
        if (good)
                *ret = file->tare;
        free(data);
        return good;
}

/* ---- saving: the decision thread ---- */

void state_save(struct state *s, const struct memory *memory) {
        uint64_t boottime_us = clock_boottime_us(), realtime_us = clock_realtime_us();

        pthread_mutex_lock(&s->lock);
        s->memory.memory = *memory;
        s->memory.boottime_us = boottime_us;
        s->memory.realtime_us = realtime_us;
        s->has_memory = true;
        pthread_cond_signal(&s->wake);
        pthread_mutex_unlock(&s->lock);
}

void state_save_tare(struct state *s, const struct memory_tare *tare) {
        pthread_mutex_lock(&s->lock);
        s->tare = *tare;
        s->has_tare = true;
        pthread_cond_signal(&s->wake);
        pthread_mutex_unlock(&s->lock);
}

/* ---- life ---- */

static int start_thread(struct state *s) {
        sigset_t all, before;
        int r;

        sigfillset(&all);
        pthread_sigmask(SIG_SETMASK, &all, &before); /* signals belong to the decision thread */
        r = -pthread_create(&s->thread, NULL, run, s);
        pthread_sigmask(SIG_SETMASK, &before, NULL);
        return r;
}

int state_new(const char *directory, struct state **ret) {
        struct state *s;
        int r;

        if (strlen(directory) + sizeof("/memory") > sizeof(s->memory_path))
                return -ENAMETOOLONG;
        s = calloc(1, sizeof(*s));
        if (!s)
                return -ENOMEM;
        snprintf(s->memory_path, sizeof(s->memory_path), "%s/memory", directory);
        snprintf(s->tare_path, sizeof(s->tare_path), "%s/tare", directory);
        read_boot_id(s->boot_id);
        s->memory.magic = STATE_MAGIC;
        s->memory.version = STATE_VERSION;
        s->memory.size = sizeof(s->memory);
        memcpy(s->memory.boot_id, s->boot_id, BOOT_ID_SIZE);
        pthread_mutex_init(&s->lock, NULL);
        pthread_cond_init(&s->wake, NULL);

        s->fd = open(s->memory_path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
        r = s->fd < 0 ? -errno : start_thread(s);
        if (r < 0) {
                if (s->fd >= 0)
                        close(s->fd);
                free(s);
                return r;
        }
        *ret = s;
        return 0;
}

void state_free(struct state *s) {
        if (!s)
                return;
        pthread_mutex_lock(&s->lock);
        s->stop = true;
        pthread_cond_signal(&s->wake);
        pthread_mutex_unlock(&s->lock);
        pthread_join(s->thread, NULL);
        close(s->fd);
        pthread_mutex_destroy(&s->lock);
        pthread_cond_destroy(&s->wake);
        free(s);
}
