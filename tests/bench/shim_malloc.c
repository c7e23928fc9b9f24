/* SPDX-License-Identifier: MIT */
/* Counts allocations: LD_PRELOAD it; the count is written to $MALLOC_COUNT at SIGTERM's end of the program. */
#include <dlfcn.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
void *malloc(size_t);
void *calloc(size_t, size_t);
void *realloc(void *, size_t);

static atomic_ulong count;

void *malloc(size_t n) {
        atomic_fetch_add_explicit(&count, 1, memory_order_relaxed);
        return __libc_malloc(n);
}

void *calloc(size_t n, size_t size) {
        atomic_fetch_add_explicit(&count, 1, memory_order_relaxed);
        return __libc_calloc(n, size);
}

void *realloc(void *p, size_t n) {
        atomic_fetch_add_explicit(&count, 1, memory_order_relaxed);
        return __libc_realloc(p, n);
}

__attribute__((destructor)) static void report(void) {
        const char *path = getenv("MALLOC_COUNT");
        FILE *f = path ? fopen(path, "w") : NULL;

        if (f) {
                fprintf(f, "%lu\n", atomic_load(&count));
                fclose(f);
        }
}
