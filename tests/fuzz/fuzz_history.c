/* SPDX-License-Identifier: MIT */
/* The file of the history may be anything: cut, damaged, of another program. It is read, refused, or moved aside, and
 * then written. */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "publish/history/write.h"
#include "store/history_database.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static char folder[] = "/dev/shm/sitbone-fuzz-XXXXXX";
static char path[128];

/* A good file, which the input patches: two bytes of position, one byte of value. */
static char good[256 * 1024];
static size_t good_n;

static void remove_files(void) {
        static const char *const ends[] = {"", "-wal", "-shm"};

        for (int i = 0; i < 3; i++) {
                char name[160];

                snprintf(name, sizeof(name), "%s%s", path, ends[i]);
                unlink(name);
        }
}

static void remove_folder(void) {
        remove_files();
        rmdir(folder);
}

int LLVMFuzzerInitialize(int *argc, char ***argv) {
        char moved[256], error[HISTORY_ERROR_MAX];
        sqlite3 *db;
        FILE *f;

        (void)argc;
        (void)argv;
        if (!mkdtemp(folder) || atexit(remove_folder) != 0)
                abort();
        snprintf(path, sizeof(path), "%s/history.db", folder);
        if (history_db_open(path, &db, moved, sizeof(moved), error) != HISTORY_BEGUN)
                abort();
        if (sqlite3_exec(
                    db,
                    "INSERT INTO main.bout VALUES(1, 1, 1000, 2000, 60, 1, NULL, 900, '{\"upright\":900}', 3, 60, 2, "
                    "10);"
                    "INSERT INTO main.squeeze VALUES(1, 1500, 1510, 60, '', 2, 10, 1); INSERT INTO main.session "
                    "VALUES(1, "
                    "1600, 60, '');"
                    "INSERT INTO main.away VALUES(1, 2000, NULL, 60, 'break'); INSERT INTO main.alert VALUES(1, 1, "
                    "'activate', 1500, 60, NULL, NULL, NULL, 500, 'squats');"
                    "INSERT INTO main.posture VALUES(0, 'upright', 60, 900); PRAGMA journal_mode=DELETE",
                    NULL, NULL, NULL) != SQLITE_OK)
                abort();
        sqlite3_close(db);
        f = fopen(path, "rb");
        if (!f)
                abort();
        good_n = fread(good, 1, sizeof(good), f);
        fclose(f);
        return 0;
}

static void write_input(const uint8_t *data, size_t n) {
        static char bytes[sizeof(good)];
        size_t length = good_n;
        int fd;

        memcpy(bytes, good, good_n);
        if (n > 0 && data[0] == 0) { /* a whole file, no patches */
                length = n - 1 < sizeof(bytes) ? n - 1 : sizeof(bytes);
                memcpy(bytes, data + 1, length);
        }
        for (size_t i = 1; n > 0 && data[0] != 0 && i + 2 < n; i += 3)
                bytes[(size_t)(data[i] << 8 | data[i + 1]) % good_n] = (char)data[i + 2];
        fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
        if (fd < 0 || write(fd, bytes, length) != (ssize_t)length)
                abort();
        close(fd);
}

static void use_database(sqlite3 *db) {
        static struct history_entry entry;
        struct history_writer w;
        int64_t rows;

        if (history_writer_init(&w, db, false) != SQLITE_OK)
                return; /* it has closed db */
        entry = (struct history_entry){.now_us = 5000000000, .realtime_us = 5000000000, .first = true};
        entry.sitting.bout_number = 2;
        entry.sitting.bout_started_us = entry.now_us - 1000000;
        entry.sitting.bout.seated_us = 1000000;
        entry.sitting.bout.squeezes = 3;
        entry.sitting.bout.squeezed_s = 15;
        entry.sitting.phase = SITTING_SEATED;
        history_write(&w, &entry, 1);
        history_db_forget(w.db, 3000, &rows);
        history_writer_done(&w);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
        char moved[256], error[HISTORY_ERROR_MAX];
        sqlite3 *db;

        remove_files();
        write_input(data, n);
        if (history_db_open_to_read(path, &db, error) >= 0) {
                sqlite3_exec(
                        db,
                        "SELECT * FROM bout; SELECT * FROM away; SELECT * FROM alert; SELECT * FROM posture; SELECT * "
                        "FROM squeeze; SELECT * FROM session",
                        NULL, NULL, NULL);
                sqlite3_close(db);
        }
        if (history_db_open(path, &db, moved, sizeof(moved), error) >= 0)
                use_database(db);
        if (*moved)
                unlink(moved);
        return 0;
}
