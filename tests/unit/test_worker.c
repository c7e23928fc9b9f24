/* SPDX-License-Identifier: MIT */
/* Items reach the disk in order, the newest provisional one alone, and a failure is retried and logged once. */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "check.h"
#include "util/log.h"
#include "util/worker.h"

static struct {
        pthread_mutex_t gate; /* held by the test: write() waits */
        atomic_int calls;     /* entered */
        atomic_int failures;  /* still to come */
        const char *reason;
        int written[64];
        atomic_int n;
        atomic_int largest_batch;
} disk = {.gate = PTHREAD_MUTEX_INITIALIZER};

static int write_items(void *userdata, const void *items, uint32_t n, char reason[WORKER_REASON_MAX]) {
        const int *numbers = items;

        (void)userdata;
        atomic_fetch_add(&disk.calls, 1);
        pthread_mutex_lock(&disk.gate);
        pthread_mutex_unlock(&disk.gate);
        if (atomic_load(&disk.failures) > 0) {
                atomic_fetch_sub(&disk.failures, 1);
                if (disk.reason)
                        snprintf(reason, WORKER_REASON_MAX, "%s", disk.reason);
                return -ENOSPC;
        }
        for (uint32_t i = 0; i < n; i++)
                disk.written[atomic_fetch_add(&disk.n, 1)] = numbers[i];
        if ((int)n > atomic_load(&disk.largest_batch))
                atomic_store(&disk.largest_batch, (int)n);
        return 0;
}

static struct worker_queue *open_queue(uint32_t capacity, uint32_t batch_max, struct worker **ret) {
        struct worker_queue_rule rule = {.name = "disk",
                                         .consequence = "not written",
                                         .item_size = sizeof(int),
                                         .capacity = capacity,
                                         .batch_max = batch_max,
                                         .write = write_items};
        struct worker_queue *queue;

        disk.calls = disk.n = disk.largest_batch = disk.failures = 0;
        disk.reason = NULL;
        CHECK(worker_new(ret) == 0);
        CHECK(worker_add_queue(*ret, &rule, &queue) == 0);
        return queue;
}

static void wait_for(const atomic_int *count, int value) {
        for (int i = 0; i < 4000 && atomic_load(count) < value; i++)
                usleep(5000);
        CHECK(atomic_load(count) >= value);
}

/* Posts item 0 and waits until it is being written; the gate is closed then. */
static void occupy(struct worker_queue *queue, bool provisional) {
        pthread_mutex_lock(&disk.gate);
        CHECK(worker_post(queue, &(int){0}, provisional));
        wait_for(&disk.calls, 1);
}

static void expect_written(const char *numbers) {
        char found[256] = "";

        for (int i = 0; i < disk.n; i++)
                snprintf(found + strlen(found), sizeof(found) - strlen(found), "%s%d", i ? " " : "", disk.written[i]);
        if (strcmp(found, numbers) != 0)
                printf("written: %s instead of %s\n", found, numbers);
        CHECK(strcmp(found, numbers) == 0);
}

static void test_newest_replaces(void) {
        struct worker *worker;
        struct worker_queue *queue = open_queue(1, 1, &worker);

        occupy(queue, true);
        for (int i = 1; i <= 9; i++)
                CHECK(worker_post(queue, &i, true));
        pthread_mutex_unlock(&disk.gate);
        worker_free(worker);
        expect_written("0 9");
}

static void test_order_and_overflow(void) {
        struct worker *worker;
        struct worker_queue *queue = open_queue(4, 3, &worker);

        occupy(queue, false);
        for (int i = 1; i <= 5; i++)
                CHECK(worker_post(queue, &i, false) == (i < 4)); /* item 0 still has its place */
        CHECK(worker_post(queue, &(int){6}, true) && worker_post(queue, &(int){7}, true));
        CHECK(!worker_post(queue, &(int){8}, false)); /* the place after the last is for a provisional item alone */
        CHECK(worker_lost(queue) == 3);
        pthread_mutex_unlock(&disk.gate);
        worker_free(worker);
        expect_written("0 1 2 3 7");
        CHECK(disk.largest_batch <= 3);
}

/* What is provisional is older than what follows it. */
static void test_item_replaces_provisional(void) {
        struct worker *worker;
        struct worker_queue *queue = open_queue(4, 4, &worker);

        occupy(queue, false);
        CHECK(worker_post(queue, &(int){1}, true) && worker_post(queue, &(int){2}, false));
        CHECK(worker_post(queue, &(int){3}, true));
        pthread_mutex_unlock(&disk.gate);
        worker_free(worker);
        expect_written("0 2 3");
}

/* Standard error into a file while the test runs. */
static char *read_log(void (*test)(void)) {
        static char text[1024];
        FILE *file = tmpfile();
        int before = dup(STDERR_FILENO);
        size_t n;

        CHECK(file && before >= 0 && dup2(fileno(file), STDERR_FILENO) >= 0);
        test();
        CHECK(dup2(before, STDERR_FILENO) >= 0 && close(before) == 0);
        rewind(file);
        n = fread(text, 1, sizeof(text) - 1, file);
        text[n] = '\0';
        fclose(file);
        return text;
}

static void fail_twice(void) {
        struct worker *worker;
        struct worker_queue *queue = open_queue(1, 1, &worker);

        disk.failures = 2;
        occupy(queue, true);
        CHECK(worker_post(queue, &(int){1}, true)); /* newer than the one that is about to fail */
        pthread_mutex_unlock(&disk.gate);
        wait_for(&disk.n, 1); /* after 2 s and 4 s */
        worker_free(worker);
        expect_written("1");
}

static void fail_to_the_end(void) {
        struct worker *worker;
        struct worker_queue *queue = open_queue(4, 1, &worker);

        disk.failures = 1000;
        disk.reason = "no such luck";
        for (int i = 0; i < 4; i++)
                CHECK(worker_post(queue, &i, false));
        wait_for(&disk.calls, 1);
        worker_free(worker);
        CHECK(disk.calls <= 2); /* once more, and not once for each item */
}

static void test_failures(void) {
        CHECK(strcmp(read_log(fail_twice), "disk: No space left on device: not written\ndisk: written again\n") == 0);
        CHECK(strcmp(read_log(fail_to_the_end), "disk: no such luck: not written\n") == 0);
}

static void *stop_worker(void *worker) {
        worker_free(worker);
        return NULL;
}

/* A write that fails after the stop, but began before it, is not the last try of what came meanwhile. */
static void test_newest_is_tried_at_the_end(void) {
        struct worker *worker;
        struct worker_queue *queue = open_queue(1, 1, &worker);
        pthread_t stopper;

        disk.failures = 1;
        occupy(queue, true);
        CHECK(worker_post(queue, &(int){1}, true));
        CHECK(pthread_create(&stopper, NULL, stop_worker, worker) == 0);
        usleep(50000);
        pthread_mutex_unlock(&disk.gate);
        pthread_join(stopper, NULL);
        expect_written("1");
}

static void test_empty(void) {
        struct worker *worker;

        open_queue(1, 1, &worker);
        worker_free(worker);
        CHECK(disk.calls == 0);
        worker_free(NULL);
}

int main(void) {
        test_newest_replaces();
        test_order_and_overflow();
        test_item_replaces_provisional();
        test_failures();
        test_newest_is_tried_at_the_end();
        test_empty();
        return 0;
}
