/* SPDX-License-Identifier: MIT */
/* A thread that writes for a thread that must not wait. Items of fixed size wait in queues until they are written. A
 * write that fails is tried again after 2 s, then 4, 8 and every 16 s; the log gets one line when the writes of a
 * queue begin to fail, and one when they succeed again. The lock is never held across a system call, and the thread
 * that holds it inherits the priority of one that waits for it. */
#ifndef UTIL_WORKER_H
#define UTIL_WORKER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { WORKER_REASON_MAX = 256 };

struct worker;
struct worker_queue;

struct worker_queue_rule {
        const char *name;        /* begins the log lines: the path of the file */
        const char *consequence; /* ends the log line of a failure: "not written" */
        size_t item_size;
        uint32_t capacity;  /* items; one provisional item more has room */
        uint32_t batch_max; /* items that write() gets at once */
        /* Called on the worker's thread with n items, oldest first. Negative errno on failure: the items then stay in
         * the queue. reason is empty at first; write() may set it to a longer explanation. */
        int (*write)(void *userdata, const void *items, uint32_t n, char reason[WORKER_REASON_MAX]);
        void *userdata;
};

/* Starts the thread, with all signals blocked. Negative errno. */
int worker_new(struct worker **ret);

/* The worker owns the queue; the strings of the rule must outlive it. -ENOMEM. */
int worker_add_queue(struct worker *worker, const struct worker_queue_rule *rule, struct worker_queue **ret);

/* Writes what waits, tries a failing queue once more, ends the thread and frees the queues. NULL is fine. */
void worker_free(struct worker *worker);

/* Copies the item into the queue. It replaces a provisional item before it, unless that one is being written already.
 * False when the queue is full: the item is lost, and counted unless it is provisional. */
bool worker_post(struct worker_queue *queue, const void *item, bool provisional);

/* Items that found the queue full. */
uint64_t worker_lost(struct worker_queue *queue);

#endif
