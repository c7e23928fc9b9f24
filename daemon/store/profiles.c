/* SPDX-License-Identifier: MIT */
/* The profiles themselves belong to the decision thread; the worker's thread gets copies. */
#include "store/profiles.h"

#include <dirent.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/document.h"
#include "util/file.h"
#include "util/log.h"
#include "util/worker.h"
#include "words/names.h"

enum { PATH_SIZE = 512, FILE_SIZE_MAX = 1 << 20 };

struct sitter_file {
        char path[PATH_SIZE];
        struct profile profile;
        struct worker_queue *queue;
        uint32_t n_cells; /* of the profile that is on the disk, 0 = none; the worker's thread */
};

struct profiles {
        char directory[PATH_SIZE - 64];
        struct worker *worker;
        int n;
        struct sitter_file *of[SITTERS_MAX];
};

/* ---- what a file has ---- */

STORED_WORDS(name_pose, pose_name, enum calibrate_pose)
STORED_WORDS(name_verdict, place_name, enum place_verdict)

static const struct stored_member pose_members[] = {
        {STORED_NUMBER(struct pose_record, "taken", taken)},
        {STORED_NUMBER(struct pose_record, "seconds", seconds)},
        {STORED_NUMBERS(struct pose_record, "mean", mean, NULL)},
        {STORED_NUMBERS(struct pose_record, "sd", sd, NULL)},
        {0},
};

static const struct stored_member calibration_members[] = {
        {STORED_NUMBER(struct calibration, "version", version)},
        {STORED_NUMBER(struct calibration, "taken_at_s", taken_at_s)},
        {STORED_STRUCTS(struct calibration, "poses", pose, pose_members, name_pose)},
        {0},
};

static const struct stored_member baseline_members[] = {
        {STORED_NUMBER(struct sitter_baseline, "sits", sits)},
        {STORED_NUMBERS(struct sitter_baseline, "mean", mean, NULL)},
        {STORED_NUMBERS(struct sitter_baseline, "variance", variance, NULL)},
        {0},
};

static const struct stored_member squeeze_members[] = {
        {STORED_NUMBER(struct squeeze_pattern, "taken", taken)},
        {STORED_NUMBER(struct squeeze_pattern, "change", change)},
        {STORED_NUMBER(struct squeeze_pattern, "spread", spread)},
        {STORED_NUMBER(struct squeeze_pattern, "noise", noise)},
        {STORED_NUMBER(struct squeeze_pattern, "apart", apart)},
        {STORED_NUMBER(struct squeeze_pattern, "cop_mm", cop_mm)},
        {0},
};

static const struct stored_member taught_members[] = {
        {STORED_STRING(struct taught_posture, "name", name)},
        {STORED_NUMBER(struct taught_posture, "seconds", seconds)},
        {STORED_NUMBERS(struct taught_posture, "mean", load.mean, NULL)},
        {STORED_NUMBERS(struct taught_posture, "variance", load.variance, NULL)},
        {STORED_NUMBERS(struct taught_posture, "shape_mean", shape.mean, NULL)},
        {STORED_NUMBERS(struct taught_posture, "shape_variance", shape.variance, NULL)},
        {0},
};

static const struct stored_member place_members[] = {
        {STORED_NUMBER(struct place_baseline, "sits", sits)},
        {STORED_NUMBERS(struct place_baseline, "mean", mean, NULL)},
        {STORED_NUMBERS(struct place_baseline, "variance", variance, NULL)},
        {STORED_NUMBER(struct place_baseline, "n_recent", n_recent)},
        {STORED_GRID(struct place_baseline, "recent", recent)},
        {STORED_WORD(struct place_baseline, "verdict", verdict, name_verdict, PLACE_VERDICT_N)},
        {0},
};

static const struct stored_member profile_members[] = {
        {STORED_STRING(struct profile, "sitter", sitter)},
        {STORED_NUMBER(struct profile, "n_cells", n_cells)},
        {STORED_NUMBER(struct profile, "n_fingerprint", n_fingerprint)},
        {STORED_NUMBER(struct profile, "fingerprint_offset", fingerprint_offset)},
        {STORED_STRUCT(struct profile, "calibration", calibration, calibration_members)},
        {STORED_STRUCT(struct profile, "baseline", baseline, baseline_members)},
        {STORED_STRUCT(struct profile, "squeeze", squeeze, squeeze_members)},
        {STORED_STRUCTS(struct profile, "taught", taught, taught_members, NULL)},
        {STORED_STRUCT(struct profile, "place", place, place_members)},
        {0},
};

static const struct document_kind profile_kind = {
        .name = "profile", .version = PROFILE_VERSION, .size = sizeof(struct profile), .members = profile_members};

/* ---- what a good profile is ---- */

bool profile_name_is_legal(const char *name) {
        size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-");

        return n > 0 && n < SITTER_NAME_MAX && name[n] == '\0';
}

/* An empty name is legal here, too. */
static bool is_legal_name_member(const char *name, size_t size) {
        return memchr(name, '\0', size) && (!*name || profile_name_is_legal(name));
}

static bool are_numbers_good(const float *value, uint32_t n) {
        for (uint32_t i = 0; i < n; i++)
                if (isinf(value[i]))
                        return false;
        return true;
}

static bool are_spreads_good(const float *value, uint32_t n) {
        for (uint32_t i = 0; i < n; i++)
                if (isinf(value[i]) || value[i] < 0)
                        return false;
        return true;
}

static bool is_pose_good(const struct pose_record *p) {
        if (!p->taken)
                return true;
        return p->taken == 1 && p->seconds > 0 && p->seconds < 3600 && are_numbers_good(p->mean, MEMORY_REFERENCE_N) &&
               are_spreads_good(p->sd, MEMORY_REFERENCE_N);
}

static bool is_taught_good(const struct profile *p, int i) {
        const struct taught_posture *t = &p->taught[i];

        if (!is_legal_name_member(t->name, sizeof(t->name)))
                return false;
        if (!*t->name)
                return true;
        for (int other = 0; other < i; other++)
                if (strcmp(p->taught[other].name, t->name) == 0)
                        return false;
        return t->seconds >= 0 && t->seconds < 1e9F && p->fingerprint_offset > 0 && isfinite(p->fingerprint_offset) &&
               are_numbers_good(t->load.mean, p->n_fingerprint) &&
               are_spreads_good(t->load.variance, p->n_fingerprint) &&
               are_numbers_good(t->shape.mean, p->n_fingerprint) &&
               are_spreads_good(t->shape.variance, p->n_fingerprint);
}

/* Millimetres: a mat is smaller than ten metres. */
static bool is_place_good(const struct place_baseline *p) {
        static const float MAX_MM = 10000;

        for (int i = 0; i < PLACE_N; i++) {
                if (!(fabsf(p->mean[i]) <= MAX_MM))
                        return false;
                if (i < 2 && !(p->variance[i] >= 0 && p->variance[i] <= MAX_MM * MAX_MM))
                        return false;
                for (uint32_t k = 0; k < PLACE_RECENT; k++)
                        if (!(fabsf(p->recent[k][i]) <= MAX_MM))
                                return false;
        }
        return p->n_recent <= PLACE_RECENT && p->verdict < PLACE_VERDICT_N;
}

const char *profile_check(const struct profile *p) {
        const struct calibration *c = &p->calibration;

        if (!is_legal_name_member(p->sitter, sizeof(p->sitter)))
                return "the sitter's name is not legal";
        if (p->n_cells > CELLS_MAX || p->n_fingerprint > FINGERPRINT_MAX)
                return "its mat is larger than any";
        for (int i = 0; i < POSE_N; i++)
                if (!is_pose_good(&c->pose[i]) || (c->pose[i].taken && c->version != PROFILE_VERSION))
                        return "a pose has values that cannot be";
        if (!are_numbers_good(p->baseline.mean, BASELINE_N) || !are_spreads_good(p->baseline.variance, BASELINE_N))
                return "the sitter baseline has values that cannot be";
        if (!is_place_good(&p->place))
                return "the usual place has values that cannot be";
        if (!are_numbers_good(&p->squeeze.change, 5) || (p->squeeze.taken && !(fabsf(p->squeeze.change) > 0)))
                return "the squeeze has values that cannot be";
        for (int i = 0; i < TAUGHT_MAX; i++)
                if (!is_taught_good(p, i))
                        return "a taught posture has values that cannot be";
        return NULL;
}

const char *profile_read(const char *text, size_t n, const char *sitter, struct profile *ret) {
        struct profile *profile = malloc(sizeof(*profile));
        const char *why = profile ? document_read(&profile_kind, text, n, profile) : "there is no memory for it";

        if (!why)
                why = profile_check(profile);
        if (!why && strcmp(profile->sitter, sitter) != 0)
                why = "it is the profile of another sitter";
        if (!why)
                *ret = *profile;
        free(profile);
        return why;
}

/* ---- files ---- */

/* Renames to the first free name of PATH.unusable, PATH.unusable-2, ... */
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

/* On the worker's thread. */
static int write_profile(void *userdata, const void *items, uint32_t n_items, char reason[WORKER_REASON_MAX]) {
        struct sitter_file *f = userdata;
        const struct profile *profile = items;
        size_t n;
        char *text = document_write(&profile_kind, profile, &n);
        int r;

        (void)n_items;
        (void)reason;
        if (!text)
                return -ENOMEM;
        if (f->n_cells && f->n_cells != profile->n_cells && file_exists(f->path))
                move_aside(f->path, "it is of a mat with another number of cells");
        r = file_write_atomically(f->path, text, n, 0600);
        if (r >= 0)
                f->n_cells = profile->n_cells;
        free(text);
        return r;
}

static struct sitter_file *find_sitter(const struct profiles *p, const char *sitter) {
        for (int i = 0; i < p->n; i++)
                if (strcmp(p->of[i]->profile.sitter, sitter) == 0)
                        return p->of[i];
        return NULL;
}

static struct sitter_file *new_sitter(const struct profiles *p, const char *sitter) {
        struct sitter_file *f = calloc(1, sizeof(*f));

        if (f)
                snprintf(f->path, sizeof(f->path), "%s/profile%s%s", p->directory, *sitter ? "-" : "", sitter);
        return f;
}

/* Takes f, also on failure. */
static int add_sitter(struct profiles *p, struct sitter_file *f) {
        struct worker_queue_rule rule = {.name = f->path,
                                         .consequence = "what was learnt will not survive a restart",
                                         .item_size = sizeof(struct profile),
                                         .capacity = 1,
                                         .batch_max = 1,
                                         .write = write_profile,
                                         .userdata = f};
        int r = worker_add_queue(p->worker, &rule, &f->queue);

        if (r < 0)
                free(f);
        else
                p->of[p->n++] = f;
        return r;
}

/* -EBADMSG: the file was not usable, and is moved aside. */
static int read_profile(const char *path, const char *sitter, struct profile *ret) {
        const char *why = "it is longer than a profile";
        char *text;
        size_t n;
        int r = file_read(path, FILE_SIZE_MAX, &text, &n);

        if (r < 0 && r != -EFBIG)
                return r;
        if (r >= 0) {
                why = profile_read(text, n, sitter, ret);
                free(text);
        }
        if (why)
                move_aside(path, why);
        return why ? -EBADMSG : 0;
}

static void load_profile(struct profiles *p, const char *sitter) {
        struct sitter_file *f = new_sitter(p, sitter);
        int r;

        if (!f)
                return;
        r = p->n < SITTERS_MAX ? read_profile(f->path, sitter, &f->profile) : -ENOSPC;
        if (r == -ENOSPC)
                log_warning("%s: not read: there is room for %d sitters only", f->path, SITTERS_MAX);
        else if (r < 0 && r != -EBADMSG)
                log_warning("%s: not read: %s", f->path, strerror(-r));
        if (r < 0) {
                free(f);
                return;
        }
        f->n_cells = f->profile.n_cells;
        add_sitter(p, f);
}

static int load_all(struct profiles *p) {
        DIR *dir = opendir(p->directory);
        struct dirent *entry;

        if (!dir)
                return -errno;
        while ((entry = readdir(dir))) {
                if (strcmp(entry->d_name, "profile") == 0)
                        load_profile(p, "");
                else if (strncmp(entry->d_name, "profile-", 8) == 0 && profile_name_is_legal(entry->d_name + 8))
                        load_profile(p, entry->d_name + 8);
        }
        closedir(dir);
        return 0;
}

/* ---- the decision thread ---- */

const struct profile *profiles_get(const struct profiles *p, const char *sitter) {
        const struct sitter_file *f = find_sitter(p, sitter);

        return f ? &f->profile : NULL;
}

const struct profile *profiles_at(const struct profiles *p, int i) {
        return i < p->n ? &p->of[i]->profile : NULL;
}

bool profiles_have_room(const struct profiles *p, const char *sitter) {
        return p->n < SITTERS_MAX || find_sitter(p, sitter);
}

int profiles_put(struct profiles *p, const struct profile *profile) {
        struct sitter_file *f = find_sitter(p, profile->sitter);

        if (!f) {
                if (p->n == SITTERS_MAX)
                        return -ENOSPC;
                f = new_sitter(p, profile->sitter);
                if (!f || add_sitter(p, f) < 0)
                        return -ENOMEM;
        }
        f->profile = *profile;
        worker_post(f->queue, profile, true);
        return 0;
}

void profiles_write_all(struct profiles *p) {
        for (int i = 0; i < p->n; i++)
                worker_post(p->of[i]->queue, &p->of[i]->profile, true);
}

/* ---- life ---- */

void profiles_free(struct profiles *p) {
        if (!p)
                return;
        worker_free(p->worker);
        for (int i = 0; i < p->n; i++)
                free(p->of[i]);
        free(p);
}

int profiles_new(const char *directory, struct profiles **ret) {
        struct profiles *p;
        int r;

        if (strlen(directory) >= sizeof(p->directory))
                return -ENAMETOOLONG;
        p = calloc(1, sizeof(*p));
        if (!p)
                return -ENOMEM;
        snprintf(p->directory, sizeof(p->directory), "%s", directory);
        r = worker_new(&p->worker);
        if (r >= 0)
                r = load_all(p);
        if (r < 0) {
                profiles_free(p);
                return r;
        }
        *ret = p;
        return 0;
}
