/* SPDX-License-Identifier: MIT */
/* Every row of the format table: the bytes of the simulated mat decode, whole and in the right order, to the cells
 * that the same mat writes as frames CSV. Usage: test_sim_formats SITBONE-SIM SOURCE-FOLDER */
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"
#include "core/acquire/formats.h"
#include "core/acquire/recording.h"
#include "util/file.h"

static const char scenario[] = "sitter mass=60 x=30\nmat imperfection=1\n0:02 sit\n+0:03 lean left 12\n+0:04 end\n";

static void run(const char *const argv[]) {
        int status = -1;
        pid_t child = fork();
        CHECK(child >= 0);
        if (child == 0) {
                char *copy[32] = {0};
                for (int i = 0; i < 31 && argv[i] != NULL; i++)
                        copy[i] = strdup(argv[i]);
                if (copy[0] != NULL)
                        execv(copy[0], copy);
                _exit(127);
        }
        CHECK(waitpid(child, &status, 0) == child);
        CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

struct collected {
        size_t n;
        uint32_t n_cells;
        float *cells; /* all frames, one after the other */
};

static void collect(void *userdata, const struct frame *frame, const struct recording_row *row) {
        struct collected *c = userdata;
        size_t old = c->n * frame->n_cells;
        (void)row;
        c->n_cells = frame->n_cells;
        c->cells = realloc(c->cells, (old + frame->n_cells) * sizeof(float));
        CHECK(c->cells != NULL);
        memcpy(c->cells + old, frame->raw, frame->n_cells * sizeof(float));
        c->n++;
}

static struct collected read_back(const char *path, const struct format *format,
                                  const struct settings_device *device) {
        struct recording *r = calloc(1, sizeof(*r));
        struct frame *frame = calloc(1, sizeof(*frame));
        struct collected c = {0};
        char *data, error[RECORDING_ERROR_MAX];
        size_t n;
        CHECK(r != NULL && frame != NULL);
        CHECK(file_read(path, 64 << 20, &data, &n) == 0);
        CHECK(recording_open(r, data, n, format, device, error) == 0);
        recording_each(r, frame, collect, &c);
        for (int i = 0; i < REFUSAL_N; i++)
                CHECK(r->refused[i] == 0);
        free(data);
        free(frame);
        free(r);
        return c;
}

static void compare(const struct format *f, const struct collected *wire, const struct collected *csv) {
        size_t loaded = 0;
        CHECK(csv->n > 50);
        /* The last frame of a delimiter format waits for a delimiter that does not come. */
        CHECK(wire->n == csv->n || (f->framing == FRAMING_DELIMITER && wire->n + 1 == csv->n));
        CHECK(wire->n_cells == csv->n_cells);
        for (size_t i = 0; i < wire->n * wire->n_cells; i++) {
                CHECK(wire->cells[i] == csv->cells[i]);
                loaded += csv->cells[i] > 0;
        }
        CHECK(loaded > csv->n);
}

/* For the format of 18 cells without rows and columns. */
static const char x_mm[] = "-90 -30 30 90 -90 -30 30 90 -90 -30 30 90 -90 -30 30 90 -30 30";
static const char y_mm[] = "-120 -120 -120 -120 -60 -60 -60 -60 0 0 0 0 60 60 60 60 120 120";

static void round_trip(const char *sim, const char *folder, const struct format *f, bool turned) {
        char text[6][32], in[300], wire_path[300], csv_path[300];
        int rows = f->rows > 0 ? f->rows : 16, cols = f->cols > 0 ? f->cols : 12;
        struct settings_device device = {.rows = f->rows > 0 && !f->resizable ? 0 : rows,
                                         .cols = f->rows > 0 && !f->resizable ? 0 : cols,
                                         .pitch_x_mm = 20,
                                         .pitch_y_mm = 20,
                                         .flip_x = turned,
                                         .flip_y = turned};
        const struct settings_device plain = {0};
        bool placed = f->cells > 0;
        CHECK(!placed || f->cells == 18);
        if (placed) {
                device.rows = device.cols = 0;
                snprintf(device.x_mm, sizeof(device.x_mm), "%s", x_mm);
                snprintf(device.y_mm, sizeof(device.y_mm), "%s", y_mm);
        }
        snprintf(in, sizeof(in), "%s/x.scenario", folder);
        snprintf(wire_path, sizeof(wire_path), "%s/wire", folder);
        snprintf(csv_path, sizeof(csv_path), "%s/csv", folder);
        snprintf(text[0], sizeof(text[0]), "%d", rows);
        snprintf(text[1], sizeof(text[1]), "%d", cols);
        snprintf(text[2], sizeof(text[2]), "%g", (double)f->full_scale);
        snprintf(text[3], sizeof(text[3]), "%s", f->name);
        const char *csv[] = {sim,
                             "--format",
                             "csv",
                             "--scenario",
                             in,
                             "--output",
                             csv_path,
                             placed ? "--x-mm" : "--rows",
                             placed ? x_mm : text[0],
                             placed ? "--y-mm" : "--cols",
                             placed ? y_mm : text[1],
                             "--full-scale",
                             text[2],
                             "--pitch",
                             "20",
                             "--rate",
                             "10",
                             NULL};
        const char *wire[24] = {sim,       "--format", text[3], "--scenario", in,  "--output",
                                wire_path, "--pitch",  "20",    "--rate",     "10"};
        int n = 11;
        if (device.rows > 0) {
                const char *size[] = {"--rows", text[0], "--cols", text[1]};
                memcpy(wire + n, size, sizeof(size));
                n += 4;
        }
        if (placed) {
                const char *places[] = {"--x-mm", x_mm, "--y-mm", y_mm};
                memcpy(wire + n, places, sizeof(places));
                n += 4;
        }
        if (turned) {
                wire[n++] = "--flip-x";
                wire[n++] = "--flip-y";
        }
        run(csv);
        run(wire);
        struct collected a = read_back(wire_path, f, &device), b = read_back(csv_path, NULL, &plain);
        compare(f, &a, &b);
        printf("%s%s: %zu frames of %u cells\n", f->name, turned ? ", turned" : "", a.n, a.n_cells);
        free(a.cells);
        free(b.cells);
        unlink(wire_path);
        unlink(csv_path);
}

int main(int argc, char **argv) {
        char folder[] = "/tmp/sitbone-sim.XXXXXX", path[300];
        CHECK(argc >= 2 && mkdtemp(folder) != NULL);
        snprintf(path, sizeof(path), "%s/x.scenario", folder);
        CHECK(file_write_atomically(path, scenario, sizeof(scenario) - 1, 0600) == 0);
        CHECK(format_count() > 0);
        for (size_t i = 0; i < format_count(); i++)
                /* scattered cells keep their order when the mat is turned: they are at other places under the
                 * sitter */
                for (int turned = 0; turned < (format_at(i)->cells > 0 ? 1 : 2); turned++)
                        round_trip(argv[1], folder, format_at(i), turned);
        unlink(path);
        rmdir(folder);
        return 0;
}
