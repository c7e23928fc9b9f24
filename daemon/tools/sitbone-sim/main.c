/* SPDX-License-Identifier: MIT */
/* sitbone-sim: a virtual mat. A sitter of bones and flesh with known truth, written as the wire bytes of any mat in the
 * format table, or as frames CSV.
 *
 *   scenario -> scene (sitter: pose -> body: figure -> contact: pressure) -> sensor -> encoder -> pty or file */
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "core/acquire/encoder.h"
#include "recording/frames_csv.h"
#include "recording/recorder.h"
#include "sitbone/geometry.h"
#include "tools/sitbone-sim/options.h"
#include "tools/sitbone-sim/scene.h"
#include "util/command_line.h"
#include "util/file.h"
#include "util/version.h"
#include "words/names.h"

enum { OK = 0, FAILED = 1, WRONG_USE = 2 };
static const float UNPLACED_SPAN_MM = 400;

enum { SCENARIO_LIMIT = 4 * 1024 * 1024, LATE_NS = 500000000, REST_NS = 1000000 };

/* A pty that behaves like a serial line. */
struct sim_line {
        int fd; /* -1 = not open */
        char link[256];
        uint64_t frames, dropped; /* dropped: nobody had the line open, or the reader was too slow */
        uint8_t *rest;            /* of the frame that is being sent; malloc'd */
        size_t rest_at, rest_n, rest_size;
};

/* Frames CSV; text of one row fits in SIM_CSV_MAX bytes. */
enum { SIM_CSV_MAX = CELLS_MAX * 12 + 256 };

/* A serial line does not echo, edit or translate. On Linux the master's settings are the slave's. */
static int make_raw(int fd) {
        struct termios t;
        if (tcgetattr(fd, &t) < 0)
                return -errno;
        if ((t.c_lflag & (ICANON | ECHO)) == 0 && (t.c_oflag & OPOST) == 0)
                return 0; /* the reader may have set it: do not change its VMIN */
        cfmakeraw(&t);
        return tcsetattr(fd, TCSANOW, &t) < 0 ? -errno : 0;
}

/* Replaces the link in one step; anything but a symlink is left alone. */
static int place_link(const char *target, const char *path) {
        struct stat st;
        char fresh[300];
        if (lstat(path, &st) == 0 && !S_ISLNK(st.st_mode))
                return -EEXIST;
        snprintf(fresh, sizeof(fresh), "%s.%ld", path, (long)getpid());
        if (symlink(target, fresh) < 0)
                return -errno;
        if (rename(fresh, path) < 0) {
                int r = -errno;
                unlink(fresh);
                return r;
        }
        return 0;
}

/* Opens a pty and makes PATH a symlink to it. Negative errno; -EEXIST: PATH is there and is no symlink. */
static int open_line(struct sim_line *l, const char *path) {
        char slave[64];
        int r, other;
        *l = (struct sim_line){.fd = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC)};
        if (l->fd < 0)
                return -errno;
        if (strlen(path) >= sizeof(l->link))
                r = -ENAMETOOLONG;
        else if (grantpt(l->fd) < 0 || unlockpt(l->fd) < 0 || ptsname_r(l->fd, slave, sizeof(slave)) != 0)
                r = -errno;
        else {
                /* Open and close the other end once: from now on the kernel reports whether a program has it open. */
                other = open(slave, O_RDWR | O_NOCTTY | O_CLOEXEC);
                if (other >= 0)
                        close(other);
                r = place_link(slave, path);
        }
        if (r < 0) {
                close(l->fd);
                l->fd = -1;
                return r;
        }
        memcpy(l->link, path, strlen(path) + 1);
        return 0;
}

/* The mat ignores its input, which must not fill the pty. */
static void discard_input(int fd) {
        char waste[256];
        while (read(fd, waste, sizeof(waste)) > 0)
                ;
}

/* True if a program has the other end open. */
static bool is_opened(struct sim_line *l) {
        struct pollfd p = {.fd = l->fd, .events = POLLIN};
        if (poll(&p, 1, 0) < 0)
                return true; /* a signal: check again at the next frame */
        if (p.revents & POLLIN)
                discard_input(l->fd);
        return !(p.revents & POLLHUP);
}

/* Sends the rest of a frame that the line had no room for. Negative errno, 1 when some of it is still left, else 0. */
static int flush_line(struct sim_line *l) {
        if (l->rest_n > 0 && !is_opened(l)) {
                l->dropped++;
                l->rest_n = 0;
        }
        if (l->rest_n == 0)
                return 0;
        ssize_t sent = write(l->fd, l->rest + l->rest_at, l->rest_n);
        if (sent < 0)
                return errno == EAGAIN || errno == EIO || errno == EINTR ? 1 : -errno;
        l->rest_at += (size_t)sent;
        l->rest_n -= (size_t)sent;
        return l->rest_n > 0;
}

/* Sends a whole frame, or drops it while an older one is still being sent. 0, or a negative errno. */
static int send_frame(struct sim_line *l, const uint8_t *bytes, size_t n) {
        int r = flush_line(l);
        l->frames++;
        if (r > 0 || !is_opened(l)) {
                l->dropped++;
                return 0;
        }
        if (r < 0 || (r = make_raw(l->fd)) < 0)
                return r;
        if (n > l->rest_size) {
                uint8_t *larger = realloc(l->rest, n);
                if (larger == NULL)
                        return -ENOMEM;
                l->rest = larger;
                l->rest_size = n;
        }
        memcpy(l->rest, bytes, n);
        l->rest_at = 0;
        l->rest_n = n;
        r = flush_line(l);
        return r < 0 ? r : 0;
}

static void close_line(struct sim_line *l) {
        char slave[64], now[64];
        if (l->fd < 0)
                return;
        /* Another simulator may have replaced the link. */
        ssize_t n = readlink(l->link, now, sizeof(now) - 1);
        if (n > 0 && ptsname_r(l->fd, slave, sizeof(slave)) == 0) {
                now[n] = '\0';
                if (strcmp(now, slave) == 0)
                        unlink(l->link);
        }
        close(l->fd);
        l->fd = -1;
        free(l->rest);
        l->rest = NULL;
}

static void print_csv_head(FILE *out, const struct geometry *g, double rate_hz, double full_scale_kpa) {
        frames_csv_print_head(out, g);
        fprintf(out, "# rate_hz=%g\n# full_scale_kpa=%g\n# source=sitbone-sim\n", rate_hz, full_scale_kpa);
        frames_csv_print_columns(out, g->n_cells);
}

/* Cells are whole numbers; printing them takes most of the time of writing a file. */
static char *append_count(char *to, float value) {
        char digit[12];
        int n = 0;
        uint32_t v = (uint32_t)value;
        do
                digit[n++] = (char)('0' + v % 10);
        while ((v /= 10) > 0);
        while (n > 0)
                *to++ = digit[--n];
        return to;
}

static const char *frame_label(const struct sim_truth *truth) {
        return truth->occupancy == OCCUPANCY_OBJECT ? "object" : posture_name(truth->posture);
}

static size_t format_csv_row(char *ret, const struct geometry *g, double t, const struct sim_truth *truth,
                             const float *raw) {
        char *to = ret + snprintf(ret, 256, "%.3f,%s", t, frame_label(truth));
        for (uint32_t i = 0; i < g->n_cells; i++) {
                *to++ = ',';
                to = append_count(to, raw[i]);
        }
        *to++ = '\n';
        return (size_t)(to - ret);
}

static void print_truth_head(FILE *out) {
        fputs("t_s,occupancy,posture,tilt_deg,obliquity_deg,left_x_mm,left_y_mm,right_x_mm,right_y_mm,load_n,"
              "squeeze\n",
              out);
}

static void print_truth_row(FILE *out, double t, const struct sim_truth *truth) {
        const double value[] = {truth->tilt_deg,    truth->obliquity_deg, truth->left_mm[0], truth->left_mm[1],
                                truth->right_mm[0], truth->right_mm[1],   truth->load_n,     truth->squeeze};
        fprintf(out, "%.3f,%s,%s", t, occupancy_name(truth->occupancy), posture_name(truth->posture));
        for (size_t i = 0; i < sizeof(value) / sizeof(value[0]); i++)
                if (isnan(value[i])) /* unknown is empty */
                        fputc(',', out);
                else
                        fprintf(out, ",%.2f", value[i]);
        fputc('\n', out);
}

struct sim {
        struct sim_options options;
        struct layout layout;
        struct sim_scenario scenario;
        struct sim_scene scene;
        struct sim_sensor sensor;
        struct sim_line line;
        FILE *out, *truth;
        struct recorder recorder;
        float raw[CELLS_MAX], sent[CELLS_MAX];
        bool sent_any;
        uint8_t bytes[SIM_CSV_MAX > (int)ENCODER_SIZE_MAX ? SIM_CSV_MAX : (int)ENCODER_SIZE_MAX];
};

static volatile sig_atomic_t stopped; /* the one thing a signal handler may touch */

static void request_stop(int signal_number) {
        (void)signal_number;
        stopped = 1;
}

static void catch_signals(void) {
        struct sigaction a = {.sa_handler = request_stop};
        sigaction(SIGINT, &a, NULL);
        sigaction(SIGTERM, &a, NULL);
        sigaction(SIGHUP, &a, NULL);
        signal(SIGPIPE, SIG_IGN);
}

static int read_scenario(struct sim *s) {
        char *text = NULL, error[SIM_ERROR_MAX];
        size_t n = 0;
        int r = file_read(s->options.scenario, SCENARIO_LIMIT, &text, &n);
        if (r < 0) {
                command_line_complain("sitbone-sim", "%s: %s", s->options.scenario, strerror(-r));
                return FAILED;
        }
        r = sim_scenario_parse(s->options.scenario, text, n, &s->scenario, error);
        free(text);
        if (r < 0) {
                command_line_complain("sitbone-sim", "%s", error);
                return WRONG_USE;
        }
        return OK;
}

static FILE *open_file(const char *path) {
        FILE *f = strcmp(path, "-") == 0 ? stdout : fopen(path, "we");
        if (f == NULL)
                command_line_complain("sitbone-sim", "%s: %s", path, strerror(errno));
        return f;
}

static int open_recording(struct sim *s) {
        struct settings_device d = s->options.device;
        int r;
        snprintf(d.device, sizeof(d.device), "sitbone-sim");
        snprintf(d.format, sizeof(d.format), "%s", s->options.format_name);
        r = recorder_open(&s->recorder, s->options.output, &d, 0, true, true);
        if (r < 0)
                command_line_complain("sitbone-sim", "%s: %s", s->options.output, strerror(-r));
        return r < 0 ? FAILED : OK;
}

static int open_all(struct sim *s) {
        const struct sim_options *o = &s->options;
        if (o->link != NULL) {
                int r = open_line(&s->line, o->link);
                if (r < 0) {
                        command_line_complain("sitbone-sim", "%s: %s", o->link, strerror(-r));
                        return FAILED;
                }
        } else if (o->recording) {
                if (open_recording(s) != OK)
                        return FAILED;
        } else if ((s->out = open_file(o->output)) == NULL) {
                return FAILED;
        }
        if (o->truth != NULL && (s->truth = open_file(o->truth)) == NULL)
                return FAILED;
        if (s->truth != NULL)
                print_truth_head(s->truth);
        if (o->csv)
                print_csv_head(s->out, &s->layout.geometry, o->rate_hz, s->scenario.mat.full_scale_kpa);
        return OK;
}

/* A mat that sends only changes stays quiet until a cell has moved far enough from the last frame that it sent. */
static bool is_worth_sending(struct sim *s) {
        bool changed = !s->sent_any || s->options.only_changes <= 0;

        for (uint32_t k = 0; k < s->layout.geometry.n_cells && !changed; k++)
                changed = fabs((double)(s->raw[k] - s->sent[k])) > s->options.only_changes;
        if (changed)
                memcpy(s->sent, s->raw, sizeof(s->sent));
        s->sent_any = true;
        return changed;
}

/* One frame at scenario time t. 0, or a negative errno. */
static int write_frame(struct sim *s, double t, const struct sim_truth *truth) {
        const struct sim_options *o = &s->options;
        size_t n;
        sim_sensor_scan(&s->sensor, &s->scene.contact, 1 / o->rate_hz, s->raw);
        if (o->csv)
                n = format_csv_row((char *)s->bytes, &s->layout.geometry, t, truth, s->raw);
        else
                n = format_encode(o->format, &s->layout, s->raw, s->bytes, sizeof(s->bytes));
        if (n == 0)
                return -EMSGSIZE;
        if (s->truth != NULL) {
                print_truth_row(s->truth, t, truth);
                if (o->link != NULL && fflush(s->truth) != 0) /* the file may be read while this runs */
                        return -errno;
        }
        if (!is_worth_sending(s))
                return 0;
        if (o->link != NULL)
                return send_frame(&s->line, s->bytes, n);
        if (o->recording)
                return recorder_add(&s->recorder, (uint64_t)(t * 1e6 + 0.5), s->bytes, n);
        return fwrite(s->bytes, 1, n, s->out) == n ? 0 : -errno;
}

static long long ns_between(const struct timespec *from, const struct timespec *to) {
        return (to->tv_sec - from->tv_sec) * 1000000000LL + to->tv_nsec - from->tv_nsec;
}

/* Sends the rest of a frame that is larger than the buffer of a pty, while the reader reads. 0, or a negative errno. */
static int send_rest(struct sim_line *l, const struct timespec *due) {
        static const struct timespec pause = {.tv_nsec = REST_NS};
        struct timespec now;
        int r;
        while ((r = flush_line(l)) > 0 && !stopped) {
                clock_gettime(CLOCK_MONOTONIC, &now);
                if (ns_between(&now, due) < REST_NS)
                        return 0;
                nanosleep(&pause, NULL);
        }
        return r < 0 ? r : 0;
}

/* Sleeps until the next frame is due. After a long stop (suspend, debugger) it continues from now, as a mat would. 0, or a
 * negative errno. */
static int wait_for_next_frame(struct sim_line *l, struct timespec *due, double period_s) {
        struct timespec now;
        long long ns = due->tv_nsec + (long long)(period_s * 1e9);
        due->tv_sec += (time_t)(ns / 1000000000);
        due->tv_nsec = (long)(ns % 1000000000);
        int r = send_rest(l, due);
        clock_gettime(CLOCK_MONOTONIC, &now);
        long long late = ns_between(due, &now);
        if (late > LATE_NS)
                *due = now;
        else if (late < 0)
                clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, due, NULL);
        return r;
}

static int play_scenario(struct sim *s) {
        const struct sim_options *o = &s->options;
        struct timespec due;
        clock_gettime(CLOCK_MONOTONIC, &due);
        for (uint64_t i = 0; !stopped; i++) {
                struct sim_truth truth;
                double t = (double)i / o->rate_hz;
                if (!sim_scene_step(&s->scene, t, o->repeat, &truth))
                        return 0;
                int r = write_frame(s, t, &truth);
                if (r < 0)
                        return r;
                if (o->link != NULL && (r = wait_for_next_frame(&s->line, &due, 1 / (o->rate_hz * o->speed))) < 0)
                        return r;
        }
        return 0;
}

static int close_file(FILE *f) {
        if (f == NULL)
                return 0;
        int failed = ferror(f) || fflush(f) != 0 ? -EIO : 0;
        return f == stdout ? failed : fclose(f) == 0 ? failed : -errno;
}

/* The positions of the cells of this mat are unknown: place them in rows of a square, from the back left. */
static void place_cells(struct geometry *g) {
        uint32_t across = (uint32_t)ceil(sqrt(g->n_cells)), down = (g->n_cells + across - 1) / across;
        g->pitch_x_mm = g->pitch_y_mm = UNPLACED_SPAN_MM / (float)across;
        for (uint32_t i = 0; i < g->n_cells; i++) {
                const uint32_t row = i / across, col = i % across;

                g->x_mm[i] = ((float)col - (float)(across - 1) / 2) * g->pitch_x_mm;
                g->y_mm[i] = ((float)row - (float)(down - 1) / 2) * g->pitch_y_mm;
        }
}

static int run_simulation(struct sim *s) {
        const char *wrong = layout_build(s->options.format, &s->options.device, &s->layout);
        if (wrong != NULL) {
                command_line_complain("sitbone-sim", "%s", wrong);
                return WRONG_USE;
        }
        if (s->layout.geometry.kind == GEOMETRY_UNPLACED)
                place_cells(&s->layout.geometry);
        int r = read_scenario(s);
        if (r != OK)
                return r;
        s->scenario.model = s->options.model;
        uint64_t seed = (uint64_t)s->options.seed;
        sim_scene_init(&s->scene, &s->scenario, seed);
        sim_sensor_init(&s->sensor, &s->scenario.mat, &s->layout.geometry, seed);
        catch_signals();
        r = open_all(s);
        if (r != OK)
                return r;
        r = play_scenario(s);
        if (r < 0 && r != -EPIPE)
                command_line_complain("sitbone-sim", "writing: %s", strerror(-r));
        return r < 0 ? FAILED : OK;
}

int main(int argc, char **argv) {
        struct sim *s = calloc(1, sizeof(*s));
        if (s == NULL) {
                fputs("sitbone-sim: out of memory\n", stderr);
                return FAILED;
        }
        s->line.fd = s->recorder.fd = -1;
        int r = WRONG_USE;
        if (sim_options_parse(argc, argv, &s->options) == 0) {
                r = OK;
                if (s->options.version)
                        printf("sitbone-sim %s\n", sitbone_version);
                else if (s->options.help)
                        command_line_help("sitbone-sim", sim_options_help);
                else
                        r = run_simulation(s);
                if (s->options.version)
                        command_line_exit("sitbone-sim");
        }
        close_line(&s->line);
        if (s->recorder.fd >= 0 && recorder_close(&s->recorder) < 0)
                r = r == OK ? FAILED : r;
        if (close_file(s->out) < 0 || close_file(s->truth) < 0)
                r = r == OK ? FAILED : r;
        free(s);
        return r;
}
