/* SPDX-License-Identifier: MIT */
/* Frames CSV and raw bytes as recordings: values, refusals with their reasons, and every recording in the tree. */
#include <dirent.h>

#include "core/acquire/encoder.h"
#include "core/acquire/formats.h"
#include "core/acquire/recording.h"
#include "made.h"

static struct recording recording;
static struct frame frame;

struct seen {
        size_t n;
        float first[16], last[16];
        uint64_t first_us, last_us;
        struct recording_row row; /* the last one */
        size_t labelled, referenced;
};

static void collect_row(void *userdata, const struct frame *f, const struct recording_row *row) {
        struct seen *s = userdata;
        size_t n = f->n_cells < 16 ? f->n_cells : 16;

        CHECK(f->n_cells == recording.layout.geometry.n_cells && f->seq == s->n + 1);
        CHECK(s->n == 0 || f->arrived_us >= s->last_us);
        for (uint32_t i = 0; i < f->n_cells; i++)
                CHECK(f->raw[i] >= 0);
        if (s->n++ == 0) {
                memcpy(s->first, f->raw, n * sizeof(float));
                s->first_us = f->arrived_us;
        }
        memcpy(s->last, f->raw, n * sizeof(float));
        s->last_us = f->arrived_us;
        s->row = *row;
        s->labelled += row->label[0] != '\0';
        s->referenced += !isnan(row->ref_pitch_deg);
}

static uint64_t count_refused(void) {
        uint64_t sum = 0;

        for (int i = 0; i < REFUSAL_N; i++)
                sum += recording.refused[i];
        return sum;
}

static struct seen replay_text(const char *text, const struct settings_device *device) {
        struct seen ret = {0};
        char error[RECORDING_ERROR_MAX] = "";

        if (recording_open(&recording, text, strlen(text), NULL, device, error) != 0) {
                fprintf(stderr, "%s\n", error);
                CHECK(!"recording_open");
        }
        recording_each(&recording, &frame, collect_row, &ret);
        CHECK(ret.n == recording.frames);
        return ret;
}

static void check_refused(const char *text, const char *word) {
        struct settings_device device = {0};
        char error[RECORDING_ERROR_MAX] = "";

        CHECK(recording_open(&recording, text, strlen(text), NULL, &device, error) < 0);
        if (!strstr(error, word))
                fprintf(stderr, "\"%s\" lacks \"%s\"\n", error, word);
        CHECK(strstr(error, word));
}

static void test_columns(void) {
        struct settings_device device = {0};
        struct seen s = replay_text(
                "\xEF\xBB\xBF# sitbone frames csv 1\r\n# rows=2\r\n# cols=2\r\n# pitch_x_mm=10\r\n# pitch_y_mm=20\r\n"
                "# full_scale=255\r\nt_s,subject,label,ref_pitch_deg,ref_roll_deg,ref_x,c0,c1,c2,c3\r\n"
                "2.000,p1,sit,1.5,-2.25,9,1,2.5,3e1,4\r\n# a remark\r\n\r\n2.500,p1,,nan,nan,,5,6,7,8",
                &device);

        CHECK(s.n == 2 && count_refused() == 0 && s.labelled == 1 && s.referenced == 1);
        CHECK(s.first[0] == 1 && s.first[1] == 2.5f && s.first[2] == 30 && s.last[3] == 8);
        CHECK(s.first_us == 1000000 && s.last_us == 1500000);
        CHECK(strcmp(s.row.subject, "p1") == 0 && isnan(s.row.ref_roll_deg));
        CHECK(recording.layout.geometry.kind == GEOMETRY_GRID && recording.layout.geometry.cell_cm2 == 2);
        CHECK(!recording.layout.geometry.pitch_assumed && recording.layout.geometry.full_scale == 255);
}

/* Tables as other programs write them: fields in quotation marks, seconds since 1970. */
static void test_other_tables(void) {
        struct settings_device device = {0};
        struct seen s = replay_text(
                "# full_scale=9\n\"t_s\",\"label\", \"c0\",\"c1\"\n\"1763751600.25\",\"a, b\",\"1\",\"2\"\n"
                "1763751600.75,,3,4\n9763751600.75,,3,4\n",
                &device);

        CHECK(s.n == 2 && s.labelled == 1 && s.first[1] == 2 && s.last[1] == 4 &&
              recording.refused[REFUSED_RANGE] == 1);
        CHECK(s.first_us == 1000000 && s.last_us == 1500000);
        check_refused("t_s;c0;c1\n0;1;2\n", "separate the columns by commas");
}

static void test_bad_rows(void) {
        struct settings_device device = {0};
        struct seen s = replay_text(
                "# cells=3\n# full_scale=9\nt_s,label,c0,c1,c2\n0,a,1,2,3\n1,a,1,2\n1,a,1,2,3,4\n1,a,1,x,3\n1,a,1,,3\n"
                "1,a,1,nan,3\n0.5,a,1,2,1e10\nx,a,1,2,3\n-1,a,1,2,3\n2,a,1,2,3\n1,a,1,2,3\n3,a,4,5,6\n",
                &device);

        CHECK(s.n == 3 && recording.refused[REFUSED_COUNT] == 2 && recording.refused[REFUSED_TEXT] == 4);
        CHECK(recording.refused[REFUSED_RANGE] == 3 && count_refused() == 9);
        CHECK(recording.layout.geometry.kind == GEOMETRY_UNPLACED && recording.layout.geometry.cell_cm2 == 1);
        CHECK(s.last[2] == 6 && s.last_us == 4000000);
}

static void test_polarity(void) {
        struct settings_device device = {0};
        struct seen s =
                replay_text("# cells=2\n# full_scale=1023\n# polarity=inverted\nt_s,c0,c1\n0,1000,1030\n", &device);

        CHECK(s.first[0] == 23 && s.first[1] == 0);
        /* no full scale: the largest value is the unloaded cell */
        s = replay_text("# cells=2\n# polarity=inverted\nt_s,c0,c1\n0,1000,1030\n1,40,990\n", &device);
        CHECK(recording.layout.geometry.full_scale == 1030 && s.first[1] == 0 && s.last[0] == 990 && s.n == 2);
        device.full_scale = 2000;
        s = replay_text("# cells=2\n# polarity=inverted\nt_s,c0,c1\n0,1000,1030\n", &device);
        CHECK(s.first[0] == 1000);
        device.inverted = true;
        s = replay_text("# cells=2\n# full_scale=10\n# polarity=normal\nt_s,c0,c1\n0,3,4\n", &device);
        CHECK(s.first[0] == 3);
        /* resistances: the load is proportional to the conductance, and the largest one is full scale */
        s = replay_text("# cells=2\n# unit=resistance\n# polarity=inverted\nt_s,c0,c1\n0,1000,500\n1,0,200\n",
                        &device);
        CHECK_NEAR(s.first[0] / recording.layout.geometry.full_scale, 0.2, 1e-6);
        CHECK_NEAR(s.first[1] / recording.layout.geometry.full_scale, 0.4, 1e-6);
        CHECK(s.last[0] == 0 && s.last[1] == recording.layout.geometry.full_scale && s.n == 2);
}

static void test_scattered(void) {
        struct settings_device device = {.rotate = 90};
        const struct geometry *g = &recording.layout.geometry;

        replay_text("# cells=4\n# x_mm=-100 100 -100 100\n# y_mm=-50 -50 50 50\n# "
                    "full_scale=9\nt_s,c0,c1,c2,c3\n0,1,2,3,4\n",
                    &device);
        CHECK(g->kind == GEOMETRY_SCATTERED && g->n_cells == 4 && g->pitch_assumed);
        CHECK(g->x_mm[0] == -50 && g->y_mm[0] == 100); /* x' = y, y' = -x */
        CHECK_NEAR(4 * g->pitch_x_mm * g->pitch_x_mm, (200 + g->pitch_x_mm) * (100 + g->pitch_x_mm), 1);
}

static void test_heads(void) {
        check_refused("", "nothing in it");
        check_refused("# rows=2\n", "no header");
        check_refused("# rows=two\nt_s,c0\n", "line 1: rows");
        check_refused("# rows=100\n# cols=100\nt_s,c0\n", "line 3: rows x cols");
        check_refused("# rows=2\n# cols=2\nt_s,c0,c1\n", "line 3: rows x cols");
        check_refused("# cells=5\nt_s,c0,c1\n", "cells is not");
        check_refused("# x_mm=1 2 3\n# y_mm=1 2\nt_s,c0,c1\n", "x_mm and y_mm");
        check_refused("# polarity=upside-down\nt_s,c0\n", "polarity");
        check_refused("# full_scale=0\nt_s,c0\n", "full_scale");
        check_refused("time,c0\n", "t_s");
        check_refused("t_s,label\n", "cell columns");
        check_refused("t_s,c0,c2\n", "in order");
        check_refused("t_s,c0,label\n", "in order");
}

static void test_raw(void) {
        struct settings_device device = {0};
        struct seen s = {0};
        char error[RECORDING_ERROR_MAX];
        const char *text = "# a sketch\nready\n1,2,3,4,5,6\n2,3,4,5,6,7\n2,3,4\n3,4,5,6,7,8\n9,9,9";

        device.cols = 3;
        CHECK(recording_open(&recording, text, strlen(text), format_by_name("csv-line"), &device, error) == 0);
        CHECK(recording.layout.geometry.rows == 2 && recording.layout.geometry.pitch_assumed);
        recording_each(&recording, &frame, collect_row, &s);
        CHECK(s.n == 3 && recording.refused[REFUSED_TEXT] == 0 && recording.refused[REFUSED_COUNT] == 1);
        CHECK(count_refused() == 1 && s.first_us == 1000000 && s.last_us == 1200000 && s.last[5] == 8);
        s = (struct seen){0};
        recording_each(&recording, &frame, collect_row, &s); /* again: the same */
        CHECK(s.n == 3 && count_refused() == 1);
        CHECK(recording_open(&recording, "hello\n", 6, format_by_name("csv-line"), &device, error) < 0);
        CHECK(strstr(error, "no line"));
}

/* Not one row refused, as many frames as rows. Frees data. */
static void check_whole(const char *name, char *data, size_t n, size_t *ret_frames) {
        struct settings_device device = {0};
        char error[RECORDING_ERROR_MAX];
        struct seen s = {0};
        size_t rows = 0;

        CHECK(data);
        CHECK(recording_open(&recording, data, n, NULL, &device, error) == 0);
        recording_each(&recording, &frame, collect_row, &s);
        for (size_t i = 0; i < n; i++)
                rows += data[i] == '\n' && i + 1 < n && data[i + 1] != '#' && data[i + 1] != 't';
        CHECK(s.n == rows && count_refused() == 0 && s.labelled == rows);
        CHECK((strstr(name, "wheelchair") != NULL) == (s.referenced > 0));
        CHECK((strstr(name, "wheelchair") != NULL) == (recording.layout.geometry.kind == GEOMETRY_SCATTERED));
        *ret_frames += s.n;
        free(data);
}

/* Every recording of a folder. */
static void check_folder(const char *folder) {
        DIR *dir = opendir(folder);
        struct dirent *entry;
        size_t files = 0, frames = 0, n = 0;

        CHECK(dir);
        while ((entry = readdir(dir)))
                if (strstr(entry->d_name, ".csv")) {
                        char *data = wire_file(folder, entry->d_name, &n);

                        check_whole(entry->d_name, data, n, &frames);
                        files++;
                }
        closedir(dir);
        printf("%s: %zu files, %zu frames, none refused\n", folder, files, frames);
        CHECK(files > 0);
}

static void test_files(void) {
        const struct made made[] = {made_seat32(), made_chair12(true), made_fsr9(), made_levels()};
        struct made scattered = made_wheelchair12();
        const char *folder = getenv("SITBONE_DATA");
        size_t frames = 0;

        for (size_t i = 0; i < sizeof(made) / sizeof(made[0]); i++)
                check_whole("made", made[i].text, made[i].n, &frames);
        check_whole("made wheelchair", scattered.text, scattered.n, &frames);
        CHECK(frames == 500 + 960 + 1000 + 600 + 600);
        check_folder("tests/recordings");
        if (folder && *folder)
                check_folder(folder);
        else
                printf("the larger set was not read: needs SITBONE_DATA\n");
}

int main(void) {
        test_columns();
        test_other_tables();
        test_bad_rows();
        test_polarity();
        test_scattered();
        test_heads();
        test_raw();
        test_files();
        return 0;
}
