/* SPDX-License-Identifier: MIT */
/* Only the decision thread changes what is known; the writing thread copies one profile at a time under the lock. */
#include "store/profiles.h"

#include <dirent.h>
#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "util/checksum.h"
#include "util/file.h"
#include "util/log.h"

enum { PROFILE_MAGIC = 0x464f5250 /* "PROF" */, PATH_SIZE = 512, RETRY_S = 2 };

/* Version 2 knew nothing of the usual place, which stands last. */
enum { VERSION_2 = 2, SIZE_2 = 20840, END_2 = 20836 };
_Static_assert(offsetof(struct profile, place) == END_2, "version 2 is read as it was");

struct profile_file {
        uint32_t magic, version, size, crc; /* crc over everything behind itself */
        struct profile profile;
};

struct kept {
        struct profile_file file;
        bool pending;   /* to be written */
        bool other_mat; /* the file is of another mat: it is moved aside first */
        bool failing;   /* said in the log */
        bool later;     /* could not be written, and is tried again in a while */
};

struct profiles {
        char directory[PATH_SIZE - 64];
        pthread_t thread;
        pthread_mutex_t lock; /* guards what follows; never held across a system call but the wait */
        pthread_cond_t wake;
        bool stop;
        int n;
        struct kept *of[SITTERS_MAX];
};

/* ---- what a good profile is ---- */

bool profile_name_good(const char *name) {
        size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-");

        return n > 0 && n < SITTER_NAME_MAX && name[n] == '\0';
}

/* "" is one, too. */
static bool name_field_good(const char *field, size_t size) {
        return memchr(field, '\0', size) && (!*field || profile_name_good(field));
}

static bool numbers_good(const float *value, int n) {
        for (int i = 0; i < n; i++)
                if (isinf(value[i]))
                        return false;
        return true;
}

static bool spreads_good(const float *value, int n) {
        for (int i = 0; i < n; i++)
                if (isinf(value[i]) || value[i] < 0)
                        return false;
        return true;
}

static bool pose_good(const struct pose_record *p) {
        if (!p->taken)
                return true;
        return p->taken == 1 && p->seconds > 0 && p->seconds < 3600 && numbers_good(p->mean, MEMORY_REFERENCE_N) &&
               spreads_good(p->sd, MEMORY_REFERENCE_N);
}

static bool taught_good(const struct profile *p, int i) {
        const struct taught_posture *t = &p->taught[i];

        if (!name_field_good(t->name, sizeof(t->name)))
                return false;
        if (!*t->name)
                return true;
        for (int other = 0; other < i; other++)
                if (strcmp(p->taught[other].name, t->name) == 0)
                        return false;
        return t->seconds >= 0 && t->seconds < 1e9F && p->fingerprint_offset > 0 && isfinite(p->fingerprint_offset) &&
               numbers_good(t->mean, (int)p->n_fingerprint) && spreads_good(t->variance, (int)p->n_fingerprint);
}

/* Millimetres: a mat is smaller than ten metres. */
static bool place_good(const struct place_baseline *p) {
        static const float MOST_MM = 10000;

        for (int i = 0; i < PLACE_N; i++) {
                if (!(fabsf(p->mean[i]) <= MOST_MM))
                        return false;
                if (i < 2 && !(p->variance[i] >= 0 && p->variance[i] <= MOST_MM * MOST_MM))
                        return false;
                for (uint32_t k = 0; k < PLACE_RECENT; k++)
                        if (!(fabsf(p->recent[k][i]) <= MOST_MM))
                                return false;
        }
        return p->n_recent <= PLACE_RECENT && p->verdict < PLACE_VERDICT_N;
}

const char *profile_check(const struct profile *p) {
        const struct calibration *c = &p->calibration;

        if (!name_field_good(p->sitter, sizeof(p->sitter)))
                return "the sitter's name is not legal";
        if (p->n_cells > CELLS_MAX || p->n_fingerprint > FINGERPRINT_MAX)
                return "its mat is larger than any";
        for (int i = 0; i < POSE_N; i++)
                if (!pose_good(&c->pose[i]) || (c->pose[i].taken && c->version != PROFILE_VERSION))
                        return "a pose has values that cannot be";
        if (!numbers_good(p->baseline.mean, BASELINE_N) || !spreads_good(p->baseline.variance, BASELINE_N))
                return "the usual upright has values that cannot be";
        if (!place_good(&p->place))
                return "the usual place has values that cannot be";
        if (!numbers_good(&p->squeeze.change, 5) || (p->squeeze.taken && !(fabsf(p->squeeze.change) > 0)))
                return "the squeeze has values that cannot be";
        for (int i = 0; i < TAUGHT_MAX; i++)
                if (!taught_good(p, i))
                        return "a taught posture has values that cannot be";
        return NULL;
}

#define BEHIND_CRC(p)         ((const char *)&(p)->crc + sizeof((p)->crc))
#define SIZE_BEHIND_CRC(p, n) ((n) - (size_t)(BEHIND_CRC(p) - (const char *)(p)))

static void from_version_2(struct profile *p) {
        memset(&p->place, 0, sizeof(p->place));
        p->calibration.version = PROFILE_VERSION;
}

const char *profile_read(const void *data, size_t n, const char *sitter, struct profile *ret) {
        struct profile_file *file;
        const char *why = NULL;
        uint32_t head[2];
        size_t size;

        if (n < sizeof(head))
                return "it is cut off";
        memcpy(head, data, sizeof(head));
        if (head[0] != PROFILE_MAGIC)
                return "it is no profile";
        if (head[1] > PROFILE_VERSION)
                return "it is of a newer version";
        if (head[1] < VERSION_2)
                return "it is of a version that never was";
        size = head[1] == VERSION_2 ? offsetof(struct profile_file, profile) + SIZE_2 : sizeof(*file);
        if (n != size)
                return n < size ? "it is cut off" : "it is longer than a profile";
        file = malloc(sizeof(*file));
        if (!file)
                return "there is no memory for it";
        memcpy(file, data, size);
        if (file->size != size || file->crc != checksum_crc32(BEHIND_CRC(file), SIZE_BEHIND_CRC(file, size)))
                why = "it is damaged";
        if (head[1] == VERSION_2)
                from_version_2(&file->profile);
        if (!why)
                why = profile_check(&file->profile);
        if (!why && strcmp(file->profile.sitter, sitter) != 0)
                why = "it is the profile of another sitter";
        if (!why)
                *ret = file->profile;
        free(file);
        return why;
}

/* ---- files ---- */

static void path_of(const struct profiles *p, const char *sitter, char ret[PATH_SIZE]) {
        snprintf(ret, PATH_SIZE, "%s/profile%s%s", p->directory, *sitter ? "-" : "", sitter);
}

static struct kept *find(const struct profiles *p, const char *sitter) {
        for (int i = 0; i < p->n; i++)
                if (strcmp(p->of[i]->file.profile.sitter, sitter) == 0)
                        return p->of[i];
        return NULL;
}

static struct kept *add(struct profiles *p) {
        struct kept *k = p->n < SITTERS_MAX ? calloc(1, sizeof(*k)) : NULL;

        if (!k)
                return NULL;
        k->file.magic = PROFILE_MAGIC;
        k->file.version = PROFILE_VERSION;
        k->file.size = sizeof(k->file);
        return k;
}

/* The first free name of PATH.unusable, PATH.unusable-2, ... */
static void move_aside(const char *path, const char *why) {
        char aside[PATH_SIZE + 32];

        snprintf(aside, sizeof(aside), "%s.unusable", path);
        for (int i = 2; i < 100 && file_exists(aside); i++)
                snprintf(aside, sizeof(aside), "%s.unusable-%d", path, i);
        if (rename(path, aside) < 0)
                log_warning("%s: %s, and cannot be moved aside: %s", path, why, strerror(errno));
        else
                log_warning("%s: %s: moved aside as %s", path, why, aside);
}

static void load(struct profiles *p, const char *sitter) {
        struct kept *k = add(p);
        char path[PATH_SIZE], *data;
        const char *why;
        size_t n;
        int r;

        path_of(p, sitter, path);
        if (!k) {
                log_warning("%s: not read: %d sitters is the most", path, SITTERS_MAX);
                return;
        }
        r = file_read(path, 2 * sizeof(k->file), &data, &n);
        if (r == -EFBIG) {
                move_aside(path, "it is longer than a profile");
        } else if (r < 0) {
                log_warning("%s: %s", path, strerror(-r));
        } else {
                why = profile_read(data, n, sitter, &k->file.profile);
                free(data);
                if (!why) {
                        p->of[p->n++] = k;
                        return;
                }
                move_aside(path, why);
        }
        free(k);
}

static int load_all(struct profiles *p) {
        DIR *dir = opendir(p->directory);
        struct dirent *entry;

        if (!dir)
                return -errno;
        while ((entry = readdir(dir))) {
                if (strcmp(entry->d_name, "profile") == 0)
                        load(p, "");
                else if (strncmp(entry->d_name, "profile-", 8) == 0 && profile_name_good(entry->d_name + 8))
                        load(p, entry->d_name + 8);
        }
        closedir(dir);
        return 0;
}

/* ---- the thread ---- */

static struct kept *next(const struct profiles *p) {
        for (int i = 0; i < p->n; i++)
                if (p->of[i]->pending && (!p->of[i]->later || p->stop))
                        return p->of[i];
        return NULL;
}

static bool any_later(const struct profiles *p) {
        for (int i = 0; i < p->n; i++)
                if (p->of[i]->later)
                        return true;
        return false;
}

static void wait_for_work(struct profiles *p) {
        struct timespec until;

        if (!any_later(p)) {
                pthread_cond_wait(&p->wake, &p->lock);
                return;
        }
        clock_gettime(CLOCK_MONOTONIC, &until);
        until.tv_sec += RETRY_S;
        if (pthread_cond_timedwait(&p->wake, &p->lock, &until) != ETIMEDOUT)
                return;
        for (int i = 0; i < p->n; i++)
                p->of[i]->later = false;
}

/* Waits for work and takes it. NULL = stopped and nothing left. */
static struct kept *take(struct profiles *p, struct profile_file *ret, bool *ret_other_mat) {
        struct kept *k;

        pthread_mutex_lock(&p->lock);
        while (!(k = next(p)) && !p->stop)
                wait_for_work(p);
        if (k) {
                *ret = k->file;
                *ret_other_mat = k->other_mat;
                k->pending = k->other_mat = false;
        }
        pthread_mutex_unlock(&p->lock);
        return k;
}

/* A full disk has room again some time; at the end it is tried once more, and no longer. */
static void done(struct profiles *p, struct kept *k, bool written) {
        pthread_mutex_lock(&p->lock);
        k->failing = k->later = !written;
        k->pending |= !written && !p->stop;
        pthread_mutex_unlock(&p->lock);
}

static void *run(void *userdata) {
        struct profiles *p = userdata;
        struct profile_file *file = malloc(sizeof(*file));
        struct kept *k;
        char path[PATH_SIZE];
        bool other_mat;

        while (file && (k = take(p, file, &other_mat))) {
                int r;

                file->crc = checksum_crc32(BEHIND_CRC(file), SIZE_BEHIND_CRC(file, sizeof(*file)));
                path_of(p, file->profile.sitter, path);
                if (other_mat && file_exists(path))
                        move_aside(path, "it is of a mat with another number of cells");
                r = file_write_atomically(path, file, sizeof(*file), 0600);
                if (r < 0 && !k->failing)
                        log_warning("%s: %s: what was learnt will not survive a restart", path, strerror(-r));
                if (r >= 0 && k->failing)
                        log_notice("%s: can be written again", path);
                done(p, k, r >= 0);
        }
        free(file);
        return NULL;
}

static int start_thread(struct profiles *p) {
        sigset_t all, before;
        int r;

        sigfillset(&all);
        pthread_sigmask(SIG_SETMASK, &all, &before); /* signals belong to the decision thread */
        r = -pthread_create(&p->thread, NULL, run, p);
        pthread_sigmask(SIG_SETMASK, &before, NULL);
        return r;
}

/* ---- the decision thread ---- */

const struct profile *profiles_get(const struct profiles *p, const char *sitter) {
        const struct kept *k = find(p, sitter);

        return k ? &k->file.profile : NULL;
}

const struct profile *profiles_at(const struct profiles *p, int i) {
        return i < p->n ? &p->of[i]->file.profile : NULL;
}

bool profiles_room(const struct profiles *p, const char *sitter) {
        return p->n < SITTERS_MAX || find(p, sitter);
}

int profiles_put(struct profiles *p, const struct profile *profile) {
        struct kept *known = find(p, profile->sitter), *k = known ? known : add(p);

        if (!k)
                return p->n < SITTERS_MAX ? -ENOMEM : -ENOSPC;
        pthread_mutex_lock(&p->lock);
        if (k->file.profile.n_cells && k->file.profile.n_cells != profile->n_cells)
                k->other_mat = true;
        k->file.profile = *profile;
        k->pending = true;
        if (!known)
                p->of[p->n++] = k;
        pthread_cond_signal(&p->wake);
        pthread_mutex_unlock(&p->lock);
        return 0;
}

/* ---- life ---- */

static void free_all(struct profiles *p) {
        for (int i = 0; i < p->n; i++)
                free(p->of[i]);
        pthread_mutex_destroy(&p->lock);
        pthread_cond_destroy(&p->wake);
        free(p);
}

int profiles_new(const char *directory, struct profiles **ret) {
        pthread_condattr_t cond;
        struct profiles *p;
        int r;

        if (strlen(directory) >= sizeof(p->directory))
                return -ENAMETOOLONG;
        p = calloc(1, sizeof(*p));
        if (!p)
                return -ENOMEM;
        snprintf(p->directory, sizeof(p->directory), "%s", directory);
        pthread_mutex_init(&p->lock, NULL);
        pthread_condattr_init(&cond);
        pthread_condattr_setclock(&cond, CLOCK_MONOTONIC);
        pthread_cond_init(&p->wake, &cond);
        pthread_condattr_destroy(&cond);
        r = load_all(p);
        if (r >= 0)
                r = start_thread(p);
        if (r < 0) {
                free_all(p);
                return r;
        }
        *ret = p;
        return 0;
}

void profiles_free(struct profiles *p) {
        if (!p)
                return;
        pthread_mutex_lock(&p->lock);
        p->stop = true;
        pthread_cond_signal(&p->wake);
        pthread_mutex_unlock(&p->lock);
        pthread_join(p->thread, NULL);
        free_all(p);
}
