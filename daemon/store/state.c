/* SPDX-License-Identifier: MIT */
/* The two slots of the memory file are written in turn, so that a write that is cut never damages the good one. */
#include "store/state.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <systemd/sd-login.h>

#include "store/document.h"
#include "util/clock.h"
#include "util/file.h"
#include "util/log.h"
#include "util/sanitize.h"
#include "util/worker.h"
#include "words/names.h"

enum { BOOT_ID_SIZE = 40, PATH_SIZE = 512, TARE_SIZE_MAX = 1 << 20 };

struct slot {
        uint64_t serial;                   /* the greater one is newer */
        uint64_t boottime_us, realtime_us; /* of the save */
        char boot_id[BOOT_ID_SIZE];        /* boottime_us means nothing in another boot */
        struct memory memory;
};

struct state {
        char directory[PATH_SIZE - 16], memory_path[PATH_SIZE], tare_path[PATH_SIZE], controls_path[PATH_SIZE];
        char boot_id[BOOT_ID_SIZE];
        int fd;
        uint64_t serial; /* of the slot that was written last; the worker's thread, after state_load() */
        struct worker *worker;
        struct worker_queue *memory_queue, *tare_queue, *controls_queue, *check_queue;
        atomic_bool replaced; /* the directory or the memory file, since state_check() */
};

/* ---- what the files have ---- */

STORED_WORDS(name_phase, phase_name, enum sitting_phase)
STORED_WORDS(name_posture, posture_name, enum posture_class)
STORED_WORDS(name_alert_kind, alert_kind_name, enum alert_kind)
STORED_WORDS(name_outcome, alert_outcome_name, enum alert_outcome)
STORED_WORDS(name_moment, alert_moment_name, enum alert_moment)
STORED_WORDS(name_exercise_kind, exercise_kind_name, enum exercise_kind)

static const char *name_suits(int i) {
        return exercise_suits_name(1U << i);
}

static const struct stored_member sitting_members[] = {
        {STORED_WORD(struct memory_sitting, "phase", phase, name_phase, SITTING_PHASE_N)},
        {STORED_AGE(struct memory_sitting, "bout_age_us", bout_age_us)},
        {STORED_AGE(struct memory_sitting, "left_seat_age_us", left_seat_age_us)},
        {STORED_AGE(struct memory_sitting, "last_shift_age_us", last_shift_age_us)},
        {STORED_NUMBER(struct memory_sitting, "bout_seated_us", bout.seated_us)},
        {STORED_NUMBER(struct memory_sitting, "bout_slouched_us", bout.slouched_us)},
        {STORED_NUMBER(struct memory_sitting, "bout_arched_us", bout.arched_us)},
        {STORED_NUMBER(struct memory_sitting, "bout_lopsided_us", bout.lopsided_us)},
        {STORED_NUMBERS(struct memory_sitting, "bout_in_us", bout.in_us, name_posture)},
        {STORED_NUMBER(struct memory_sitting, "bout_shifts", bout.shifts)},
        {STORED_NUMBER(struct memory_sitting, "bout_squeezes", bout.squeezes)},
        {STORED_NUMBER(struct memory_sitting, "bout_squeezed_s", bout.squeezed_s)},
        {STORED_NUMBER(struct memory_sitting, "last_number", last_number)},
        {STORED_NUMBER(struct memory_sitting, "last_was_break", last_was_break)},
        {STORED_NUMBER(struct memory_sitting, "off_us", off_us)},
        {STORED_NUMBER(struct memory_sitting, "last_bout_us", last_bout_us)},
        {STORED_NUMBER(struct memory_sitting, "today_us", today_us)},
        {STORED_NUMBER(struct memory_sitting, "bouts_today", bouts_today)},
        {STORED_NUMBER(struct memory_sitting, "breaks_today", breaks_today)},
        {STORED_NUMBER(struct memory_sitting, "partial_breaks_today", partial_breaks_today)},
        {STORED_NUMBER(struct memory_sitting, "squeezed_today_s", squeezed_today_s)},
        {STORED_NUMBER(struct memory_sitting, "usual_asymmetry", usual_asymmetry)},
        {STORED_NUMBER(struct memory_sitting, "usual_known_us", usual_known_us)},
        {STORED_NUMBER(struct memory_sitting, "usual_shifts", usual_shifts)},
        {STORED_NUMBER(struct memory_sitting, "usual_shifts_us", usual_shifts_us)},
        {0},
};

static const struct stored_member reason_members[] = {
        {STORED_NUMBER(struct exercise_reason, "suits", suits)},
        {STORED_NUMBER(struct exercise_reason, "share", share)},
        {STORED_NUMBER(struct exercise_reason, "lately", lately)},
        {STORED_NUMBER(struct exercise_reason, "other_lately", other_lately)},
        {STORED_WORD(struct exercise_reason, "other", other, name_exercise_kind, EXERCISE_KIND_N)},
        {STORED_NUMBER(struct exercise_reason, "first", first)},
        {0},
};

static const struct stored_member alert_members[] = {
        {STORED_NUMBER(struct memory_alert, "open", open)},
        {STORED_NUMBER(struct memory_alert, "withdrawn", withdrawn)},
        {STORED_NUMBER(struct memory_alert, "id", id)},
        {STORED_AGE(struct memory_alert, "raised_age_us", raised_age_us)},
        {STORED_AGE(struct memory_alert, "closed_age_us", closed_age_us)},
        {STORED_AGE(struct memory_alert, "answered_age_us", answered_age_us)},
        {STORED_WORD(struct memory_alert, "outcome", outcome, name_outcome, ALERT_OUTCOME_N)},
        {STORED_WORD(struct memory_alert, "moment", moment, name_moment, ALERT_MOMENT_N)},
        {STORED_NUMBER(struct memory_alert, "showings", showings)},
        {STORED_NUMBER(struct memory_alert, "also", also)},
        {STORED_NUMBER(struct memory_alert, "hour", hour)},
        {STORED_NUMBER(struct memory_alert, "comes_back", comes_back)},
        {STORED_NUMBER(struct memory_alert, "snooze_left_us", snooze_left_us)},
        {STORED_NUMBER(struct memory_alert, "exercise", exercise)},
        {STORED_STRUCT(struct memory_alert, "why", why, reason_members)},
        {STORED_NUMBER(struct memory_alert, "seated_us", seated_us)},
        {STORED_NUMBER(struct memory_alert, "cause_us", cause_us)},
        {STORED_NUMBER(struct memory_alert, "raised_seated_us", raised_seated_us)},
        {STORED_NUMBER(struct memory_alert, "limit_us", limit_us)},
        {STORED_NUMBER(struct memory_alert, "window_us", window_us)},
        {STORED_NUMBER(struct memory_alert, "break_us", break_us)},
        {STORED_NUMBER(struct memory_alert, "slouched_share", slouched_share)},
        {STORED_NUMBER(struct memory_alert, "asymmetry", asymmetry)},
        {STORED_NUMBER(struct memory_alert, "shifts_per_hour", shifts_per_hour)},
        {STORED_NUMBER(struct memory_alert, "shifts_target", shifts_target)},
        {0},
};

static const struct stored_member hour_members[] = {
        {STORED_NUMBER(struct memory_hour, "raised", raised)},
        {STORED_NUMBER(struct memory_hour, "worked", worked)},
        {0},
};

static const struct stored_member offered_members[] = {
        {STORED_NUMBERS(struct exercise_history, "turn", turn, name_exercise_kind)},
        {STORED_NUMBERS(struct exercise_history, "lately", lately, name_exercise_kind)},
        {STORED_NUMBERS(struct exercise_history, "seen", seen, name_suits)},
        {STORED_NUMBERS(struct exercise_history, "seen_today", seen_today, name_suits)},
        {STORED_NUMBER(struct exercise_history, "rest_days", rest_days)},
        {0},
};

static const struct stored_member alerts_members[] = {
        {STORED_NUMBER(struct memory_alerts, "next_id", next_id)},
        {STORED_NUMBER(struct memory_alerts, "snooze_left_us", snooze_left_us)},
        {STORED_NUMBER(struct memory_alerts, "pause_left_us", pause_left_us)},
        {STORED_AGE(struct memory_alerts, "still_from_age_us", still_from_age_us)},
        {STORED_NUMBER(struct memory_alerts, "short_from_us", short_from_us)},
        {STORED_NUMBER(struct memory_alerts, "activate_from_us", activate_from_us)},
        {STORED_NUMBER(struct memory_alerts, "activate_not_before_us", activate_not_before_us)},
        {STORED_AGE(struct memory_alerts, "posture_alert_age_us", posture_alert_age_us)},
        {STORED_AGE(struct memory_alerts, "any_alert_age_us", any_alert_age_us)},
        {STORED_NUMBERS(struct memory_alerts, "lesser_left_us", lesser_left_us, NULL)},
        {STORED_NUMBER(struct memory_alerts, "raised_today", raised_today)},
        {STORED_NUMBER(struct memory_alerts, "snoozes_today", snoozes_today)},
        {STORED_NUMBER(struct memory_alerts, "skips_today", skips_today)},
        {STORED_NUMBER(struct memory_alerts, "partial", partial)},
        {STORED_NUMBER(struct memory_alerts, "limit_reported", limit_reported)},
        {STORED_NUMBER(struct memory_alerts, "withheld_left_us", withheld_left_us)},
        {STORED_NUMBER(struct memory_alerts, "inhibited", inhibited)},
        {STORED_NUMBER(struct memory_alerts, "inhibited_reported", inhibited_reported)},
        {STORED_AGE(struct memory_alerts, "inhibited_age_us", inhibited_age_us)},
        {STORED_STRING(struct memory_alerts, "inhibited_by", inhibited_by)},
        {STORED_STRUCTS(struct memory_alerts, "hours", hour, hour_members, NULL)},
        {STORED_NUMBER(struct memory_alerts, "workouts_done", workouts_done)},
        {STORED_STRUCT(struct memory_alerts, "offered", offered, offered_members)},
        {STORED_STRUCTS(struct memory_alerts, "alerts", of, alert_members, name_alert_kind)},
        {0},
};

static const struct stored_member reference_members[] = {
        {STORED_NUMBER(struct memory_reference, "valid", valid)},
        {STORED_NUMBER(struct memory_reference, "by_hand", by_hand)},
        {STORED_NUMBERS(struct memory_reference, "value", value, NULL)},
        {0},
};

static const struct stored_member memory_members[] = {
        {STORED_STRUCT(struct memory, "sitting", sitting, sitting_members)},
        {STORED_STRUCT(struct memory, "alerts", alerts, alerts_members)},
        {STORED_STRUCT(struct memory, "reference", reference, reference_members)},
        {STORED_STRING(struct memory, "sitter", sitter)},
        {0},
};

static const struct stored_member slot_members[] = {
        {STORED_NUMBER(struct slot, "serial", serial)},
        {STORED_NUMBER(struct slot, "boottime_us", boottime_us)},
        {STORED_NUMBER(struct slot, "realtime_us", realtime_us)},
        {STORED_STRING(struct slot, "boot_id", boot_id)},
        {STORED_STRUCT(struct slot, "memory", memory, memory_members)},
        {0},
};

static const struct stored_member tare_members[] = {
        {STORED_NUMBER(struct memory_tare, "n_cells", n_cells)},
        {STORED_NUMBERS(struct memory_tare, "baseline", baseline, NULL)},
        {STORED_NUMBERS(struct memory_tare, "noise", noise, NULL)},
        {STORED_NUMBER(struct memory_tare, "creep", creep)},
        {0},
};

static const struct document_kind slot_kind = {
        .name = "memory", .version = 1, .size = sizeof(struct slot), .members = slot_members};
static const struct document_kind tare_kind = {
        .name = "tare", .version = 1, .size = sizeof(struct memory_tare), .members = tare_members};

/* ---- the memory file, which has the lock of the directory ---- */

/* Names the process that has the lock. It may be of another container, and then it has no number here. */
static void describe_owner(pid_t pid, char *ret, size_t size) {
        char *unit = NULL;

        if (pid <= 0)
                snprintf(ret, size, "another sitboned");
        else if (sd_pid_get_unit(pid, &unit) >= 0 || sd_pid_get_user_unit(pid, &unit) >= 0)
                snprintf(ret, size, "process %d (%s)", (int)pid, unit);
        else
                snprintf(ret, size, "process %d", (int)pid);
        free(unit);
}

/* A record lock belongs to the process and ends with it. The descriptor, or negative errno; -EBUSY, with the reason in
 * reason: another process has the lock. */
static int open_memory(const char *path, char reason[WORKER_REASON_MAX]) {
        struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
        int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
        char owner[160];

        if (fd < 0)
                return -errno;
        if (fcntl(fd, F_SETLK, &lock) == 0 || (errno != EACCES && errno != EAGAIN))
                return fd; /* a file system without locks is used without */
        if (fcntl(fd, F_GETLK, &lock) < 0 || lock.l_type == F_UNLCK)
                lock.l_pid = 0;
        describe_owner(lock.l_pid, owner, sizeof(owner));
        snprintf(reason, WORKER_REASON_MAX, "in use by %s; stop that one, or give this one another --state", owner);
        close(fd);
        return -EBUSY;
}

/* ---- the worker's thread ---- */

static bool is_memory_in_place(const struct state *s) {
        struct stat named, opened;

        return stat(s->memory_path, &named) == 0 && fstat(s->fd, &opened) == 0 && named.st_ino == opened.st_ino &&
               named.st_dev == opened.st_dev;
}

/* Makes the directory and the memory file again when they were removed or replaced: writing to a removed file succeeds,
 * and is lost. */
static int restore_memory_file(struct state *s, char reason[WORKER_REASON_MAX]) {
        int fd;

        if (is_memory_in_place(s))
                return 0;
        if (mkdir(s->directory, 0700) < 0 && errno != EEXIST) {
                int r = -errno;
                snprintf(reason, WORKER_REASON_MAX, "%s was removed, and cannot be made again (%s): restart sitboned",
                         s->directory, strerror(-r));
                return r;
        }
        fd = open_memory(s->memory_path, reason);
        if (fd < 0)
                return fd;
        close(s->fd);
        s->fd = fd;
        log_warning("%s: it was removed or replaced while in use; it is written again", s->memory_path);
        atomic_store(&s->replaced, true);
        return ftruncate(fd, 0) < 0 ? -errno : 0;
}

static int check_files(void *userdata, const void *items, uint32_t n_items, char reason[WORKER_REASON_MAX]) {
        (void)items;
        (void)n_items;
        return restore_memory_file(userdata, reason);
}

/* A slot is the document, blanks up to its size, and a line end. */
static int write_memory(void *userdata, const void *items, uint32_t n_items, char reason[WORKER_REASON_MAX]) {
        struct state *s = userdata;
        struct slot slot = *(const struct slot *)items;
        char page[STATE_SLOT_SIZE], *text;
        ssize_t written;
        size_t n;
        int r = restore_memory_file(s, reason);

        (void)n_items;
        if (r < 0)
                return r;
        slot.serial = s->serial + 1;
        text = document_write(&slot_kind, &slot, &n);
        if (!text || n >= sizeof(page)) {
                free(text);
                return text ? -EFBIG : -ENOMEM;
        }
        memset(page, ' ', sizeof(page));
        memcpy(page, text, n - 1);
        page[sizeof(page) - 1] = '\n';
        free(text);
        written = pwrite(s->fd, page, sizeof(page), (off_t)(slot.serial % 2) * STATE_SLOT_SIZE);
        if (written != (ssize_t)sizeof(page))
                return written < 0 ? -errno : -ENOSPC;
        s->serial = slot.serial;
        return 0;
}

static int write_tare(void *userdata, const void *items, uint32_t n_items, char reason[WORKER_REASON_MAX]) {
        const struct state *s = userdata;
        size_t n;
        char *text = document_write(&tare_kind, items, &n);
        int r = text ? file_write_atomically(s->tare_path, text, n, 0600) : -ENOMEM;

        (void)n_items;
        (void)reason;
        free(text);
        return r;
}

static int write_controls(void *userdata, const void *items, uint32_t n_items, char reason[WORKER_REASON_MAX]) {
        const struct state *s = userdata;

        (void)n_items;
        (void)reason;
        return file_write_atomically(s->controls_path, items, strlen(items), 0600);
}

/* ---- loading ---- */

static uint64_t time_since(uint64_t now, uint64_t then) {
        return now > then ? now - then : 0;
}

/* NULL = good, otherwise the reason why not. */
static const char *read_slot(const struct state *s, int index, struct slot *ret) {
        char page[STATE_SLOT_SIZE];
        ssize_t n = pread(s->fd, page, sizeof(page), (off_t)index * STATE_SLOT_SIZE);

        if (n < 0)
                return strerror(errno);
        if (n == 0 || page[0] == '\0')
                return "nothing was saved yet";
        return document_read(&slot_kind, page, (size_t)n, ret);
}

bool state_load(struct state *s, struct memory *ret, uint64_t *ret_elapsed_us, const char **ret_why) {
        static const char nothing[] = "nothing was saved yet";
        struct slot best = {0}, slot = {0};
        bool found = false;

        *ret_why = nothing;
        for (int i = 0; i < 2; i++) {
                const char *why = read_slot(s, i, &slot);

                if (why && strcmp(why, nothing) != 0)
                        *ret_why = why;
                if (!why && (!found || slot.serial > best.serial)) {
                        best = slot;
                        found = true;
                }
        }
        if (!found)
                return false;
        s->serial = best.serial;
        *ret = best.memory;
        /* the id of a boot may be unknown: then it is not the same boot */
        *ret_elapsed_us = *s->boot_id && strcmp(best.boot_id, s->boot_id) == 0
                                  ? time_since(clock_boottime_us(), best.boottime_us)
                                  : time_since(clock_realtime_us(), best.realtime_us);
        return true;
}

const char *state_read_memory(const char *text, size_t n, struct memory *ret) {
        struct slot slot;
        const char *why = document_read(&slot_kind, text, n, &slot);

        if (!why)
                *ret = slot.memory;
        return why;
}

bool state_load_tare(struct state *s, struct memory_tare *ret) {
        struct memory_tare *tare = malloc(sizeof(*tare));
        char *text = NULL;
        size_t n;
        bool good = tare && file_read(s->tare_path, TARE_SIZE_MAX, &text, &n) >= 0 &&
                    !document_read(&tare_kind, text, n, tare) && tare->n_cells <= CELLS_MAX;

        if (good)
                *ret = *tare;
        free(text);
        free(tare);
        return good;
}

/* ---- saving: the decision thread ---- */

void state_save(struct state *s, const struct memory *memory) {
        struct slot slot = {.boottime_us = clock_boottime_us(), .realtime_us = clock_realtime_us(), .memory = *memory};

        memcpy(slot.boot_id, s->boot_id, sizeof(slot.boot_id));
        worker_post(s->memory_queue, &slot, true);
}

void state_save_tare(struct state *s, const struct memory_tare *tare) {
        worker_post(s->tare_queue, tare, true);
}

void state_save_controls(struct state *s, const char text[STATE_CONTROLS_SIZE]) {
        worker_post(s->controls_queue, text, true);
}

bool state_check(struct state *s) {
        worker_post(s->check_queue, "", true);
        return atomic_exchange(&s->replaced, false);
}

/* ---- life ---- */

/* The units hide /proc/sys (ProcSubset=pid) and pass the id of the boot in the environment. "" = unknown. */
static void read_boot_id(char ret[BOOT_ID_SIZE]) {
        const char *passed = getenv("SITBONE_BOOT_ID");
        FILE *f;

        memset(ret, 0, BOOT_ID_SIZE);
        if (passed && *passed) {
                snprintf(ret, BOOT_ID_SIZE, "%s", passed);
        } else if ((f = fopen("/proc/sys/kernel/random/boot_id", "re"))) {
                if (fgets(ret, BOOT_ID_SIZE, f))
                        ret[strcspn(ret, "\n")] = '\0';
                fclose(f);
        }
        if (!utf8_valid(ret))
                ret[0] = '\0';
}

static int start_worker(struct state *s) {
        struct worker_queue_rule rule = {.name = s->memory_path,
                                         .consequence = "what is known now will not survive a restart",
                                         .item_size = sizeof(struct slot),
                                         .capacity = 1,
                                         .batch_max = 1,
                                         .write = write_memory,
                                         .userdata = s};
        int r = worker_new(&s->worker);

        if (r >= 0)
                r = worker_add_queue(s->worker, &rule, &s->memory_queue);
        rule.name = s->tare_path;
        rule.item_size = sizeof(struct memory_tare);
        rule.write = write_tare;
        if (r >= 0)
                r = worker_add_queue(s->worker, &rule, &s->tare_queue);
        rule.name = s->controls_path;
        rule.item_size = STATE_CONTROLS_SIZE;
        rule.write = write_controls;
        if (r >= 0)
                r = worker_add_queue(s->worker, &rule, &s->controls_queue);
        rule.name = s->directory;
        rule.item_size = 1;
        rule.write = check_files;
        return r < 0 ? r : worker_add_queue(s->worker, &rule, &s->check_queue);
}

int state_new(const char *directory, struct state **ret) {
        struct state *s;
        char reason[WORKER_REASON_MAX];
        int r;

        if (strlen(directory) >= sizeof(s->directory))
                return -ENAMETOOLONG;
        s = calloc(1, sizeof(*s));
        if (!s)
                return -ENOMEM;
        snprintf(s->directory, sizeof(s->directory), "%s", directory);
        snprintf(s->memory_path, sizeof(s->memory_path), "%s/memory", directory);
        snprintf(s->tare_path, sizeof(s->tare_path), "%s/tare", directory);
        snprintf(s->controls_path, sizeof(s->controls_path), "%s/settings.conf", directory);
        read_boot_id(s->boot_id);
        r = s->fd = open_memory(s->memory_path, reason);
        if (r == -EBUSY)
                log_error("state: %s: %s", directory, reason);
        if (r >= 0)
                r = start_worker(s);
        if (r < 0) {
                state_free(s);
                return r;
        }
        *ret = s;
        return 0;
}

void state_free(struct state *s) {
        if (!s)
                return;
        worker_free(s->worker);
        if (s->fd >= 0)
                close(s->fd);
        free(s);
}
