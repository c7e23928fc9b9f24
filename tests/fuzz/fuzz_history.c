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
                    "10, '');"
                    "INSERT INTO main.squeeze VALUES(1, 1500, 1510, 60, '', 2, 10, 1); INSERT INTO main.session "
                    "VALUES(1, "
                    "1600, 60, '');"
                    "INSERT INTO main.away VALUES(1, 2000, NULL, 60, 'break'); INSERT INTO main.alert VALUES(1, 1, "
                    "'activate', 1500, 60, NULL, NULL, NULL, 500, 'squats');"
                    "INSERT INTO main.posture VALUES(0, 'upright', 1, 60, 900); PRAGMA journal_mode=DELETE",
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

/* Puts numbers of the input, eight bytes each, into the rows of the file: no damage of pages comes that far. */
static void write_numbers(const uint8_t *data, size_t n) {
        static const char *const updates[] = {
                "UPDATE bout SET began_s = ?1, until_s = ?2, offset_min = ?3, seated_s = ?4, slump_s = ?4, shifts = "
                "?3, "
                "squeezes = ?3, squeezed_s = ?4, number = ?5",
                "UPDATE away SET began_s = ?1, offset_min = ?3",
                "UPDATE alert SET number = ?5, raised_s = ?1, closed_s = ?2, offset_min = ?3, seated_s = ?4",
                "UPDATE posture SET hour_s = ?1, offset_min = ?3, seconds = ?4",
                "UPDATE squeeze SET began_s = ?1, until_s = ?2, offset_min = ?3, repetitions = ?5, held_s = ?4",
                "UPDATE session SET at_s = ?1, offset_min = ?3",
        };
        int64_t number[5] = {0};
        double real;
        sqlite3 *db;

        memcpy(number, data, n < sizeof(number) ? n : sizeof(number));
        memcpy(&real, &number[3], sizeof(real));
        if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL) != SQLITE_OK)
                abort();
        for (size_t i = 0; i < sizeof(updates) / sizeof(*updates); i++) {
                sqlite3_stmt *s;

                if (sqlite3_prepare_v2(db, updates[i], -1, &s, NULL) != SQLITE_OK)
                        abort();
                for (int k = 0; k < sqlite3_bind_parameter_count(s); k++)
                        if (k == 3)
                                sqlite3_bind_double(s, k + 1, real);
                        else
                                sqlite3_bind_int64(s, k + 1, number[k]);
                sqlite3_step(s);
                sqlite3_finalize(s);
        }
        sqlite3_close(db);
}

/* No statement of a reader sees a row that overflows later. */
static void check_visible_rows(sqlite3 *db) {
        sqlite3_stmt *s;

        if (sqlite3_prepare_v2(db,
                               "SELECT began_s, until_s, offset_min, seated_s FROM bout UNION ALL "
                               "SELECT hour_s, hour_s, offset_min, seconds FROM posture UNION ALL "
                               "SELECT began_s, until_s, offset_min, held_s FROM squeeze UNION ALL "
                               "SELECT raised_s, coalesce(closed_s, 0), offset_min, seated_s FROM alert",
                               -1, &s, NULL) != SQLITE_OK)
                return;
        while (sqlite3_step(s) == SQLITE_ROW) {
                double seconds = sqlite3_column_double(s, 3);

                for (int k = 0; k < 2; k++)
                        if (sqlite3_column_int64(s, k) < 0 || sqlite3_column_int64(s, k) > 8000000000)
                                abort();
                if (sqlite3_column_int64(s, 2) / 1441 != 0 || !(seconds >= 0 && seconds <= 1e9))
                        abort();
        }
        sqlite3_finalize(s);
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
        if (n > 0 && data[0] == 1) {
                write_input(NULL, 0);
                write_numbers(data + 1, n - 1);
        } else {
                write_input(data, n);
        }
        if (history_db_open_to_read(path, &db, error) >= 0) {
                check_visible_rows(db);
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
