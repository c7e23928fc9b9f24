/* SPDX-License-Identifier: MIT */
/* Replays inputs of one fuzz target, without a fuzzer: for gcc, the sanitizers and valgrind. The target aborts when an
 * input breaks a rule. Usage: corpus_NAME [FILE | FOLDER]...; without arguments, the whole corpus of the target. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int LLVMFuzzerInitialize(int *argc, char ***argv) __attribute__((weak));
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void fail(const char *path) {
        perror(path);
        exit(1);
}

static void run_file(const char *path, size_t n) {
        uint8_t *data = malloc(n > 0 ? n : 1); /* exactly as large as the input, so that a read beyond it is seen */
        FILE *f = fopen(path, "rb");

        if (!data || !f || fread(data, 1, n, f) != n)
                fail(path);
        fclose(f);
        LLVMFuzzerTestOneInput(data, n);
        free(data);
}

/* Returns the number of inputs. */
static size_t run_path(const char *path) {
        struct dirent **entries;
        struct stat st;
        size_t ret = 0;
        int n;

        if (stat(path, &st) < 0)
                fail(path);
        if (!S_ISDIR(st.st_mode)) {
                fprintf(stderr, "%s\n", path); /* the last line names the input that ended the program */
                run_file(path, (size_t)st.st_size);
                return 1;
        }
        n = scandir(path, &entries, NULL, alphasort);
        if (n < 0)
                fail(path);
        for (int i = 0; i < n; i++) {
                char inside[4096];

                snprintf(inside, sizeof(inside), "%s/%s", path, entries[i]->d_name);
                if (entries[i]->d_name[0] != '.')
                        ret += run_path(inside);
                free(entries[i]);
        }
        free(entries);
        return ret;
}

int main(int argc, char **argv) {
        size_t inputs = 0;

        if (LLVMFuzzerInitialize)
                LLVMFuzzerInitialize(&argc, &argv);
        for (int i = 1; i < argc; i++)
                inputs += run_path(argv[i]);
        if (argc < 2)
                inputs = run_path(CORPUS_FOLDER);
        printf("%zu inputs\n", inputs);
        return inputs > 0 ? 0 : 1;
}
