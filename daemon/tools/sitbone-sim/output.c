/* SPDX-License-Identifier: MIT */
#include "tools/sitbone-sim/output.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "recording/frames_csv.h"

static const char *const OCCUPANCY_WORDS[OCCUPANCY_N] = {"unknown", "vacant", "object", "person"};
static const char *const POSTURE_WORDS[POSTURE_N] = {"unknown", "vacant",       "upright",       "slouched",
                                                     "arched",  "leaning_left", "leaning_right", "leaning_forward",
                                                     "perched", "leaning_back"};

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

int sim_line_open(struct sim_line *l, const char *path) {
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

int sim_line_flush(struct sim_line *l) {
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

int sim_line_send(struct sim_line *l, const uint8_t *bytes, size_t n) {
        int r = sim_line_flush(l);
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
        r = sim_line_flush(l);
        return r < 0 ? r : 0;
}

void sim_line_close(struct sim_line *l) {
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

void sim_csv_head(FILE *out, const struct geometry *g, double rate_hz, double full_scale_kpa) {
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
        return truth->occupancy == OCCUPANCY_OBJECT ? "object" : POSTURE_WORDS[truth->posture];
}

size_t sim_csv_row(char *ret, const struct geometry *g, double t, const struct sim_truth *truth, const float *raw) {
        char *to = ret + snprintf(ret, 256, "%.3f,%s", t, frame_label(truth));
        for (uint32_t i = 0; i < g->n_cells; i++) {
                *to++ = ',';
                to = append_count(to, raw[i]);
        }
        *to++ = '\n';
        return (size_t)(to - ret);
}

void sim_truth_head(FILE *out) {
        fputs("t_s,occupancy,posture,tilt_deg,obliquity_deg,left_x_mm,left_y_mm,right_x_mm,right_y_mm,load_n,"
              "squeeze\n",
              out);
}

void sim_truth_row(FILE *out, double t, const struct sim_truth *truth) {
        const double value[] = {truth->tilt_deg,    truth->obliquity_deg, truth->left_mm[0], truth->left_mm[1],
                                truth->right_mm[0], truth->right_mm[1],   truth->load_n,     truth->squeeze};
        fprintf(out, "%.3f,%s,%s", t, OCCUPANCY_WORDS[truth->occupancy], POSTURE_WORDS[truth->posture]);
        for (size_t i = 0; i < sizeof(value) / sizeof(value[0]); i++)
                if (isnan(value[i])) /* unknown is empty */
                        fputc(',', out);
                else
                        fprintf(out, ",%.2f", value[i]);
        fputc('\n', out);
}
