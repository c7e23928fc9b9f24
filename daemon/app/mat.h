/* SPDX-License-Identifier: MIT */
/* The mat as an event source: opens the port, reads, decodes, and opens it again with growing pauses when it went away. */
#ifndef APP_MAT_H
#define APP_MAT_H

#include <stdbool.h>
#include <stdint.h>

#include <systemd/sd-event.h>

#include "app/tap.h"
#include "core/acquire/decoder.h"
#include "core/acquire/format.h"
#include "core/acquire/layout.h"
#include "ports/port.h"
#include "sitbone/frame.h"
#include "sitbone/health.h"
#include "sitbone/settings/device.h"

struct mat {
        sd_event *event; /* not owned */
        struct settings_device settings;
        const struct format *format;
        struct format described; /* where format points when it comes from a file */
        struct layout layout;
        struct decoder decoder;
        struct frame frame; /* scratch of the decoder */
        struct port *port;  /* NULL while away */
        struct tap tap;     /* who records beside us */
        char *tap_head;     /* the head of a recording, made once: files are read for it */
        sd_event_source *source, *reopen, *settle, *request;
        uint64_t pause_us;         /* before the next attempt */
        uint64_t discard_until_us; /* boot banner: bytes before are thrown away */
        uint64_t read_us;          /* real time of the last byte */
        uint64_t bytes, reopened;
        bool opened_once, finished;      /* finished: a file came to its end */
        bool boards_said;                /* that frames come from several boards */
        bool heard;                      /* bytes came since it was opened */
        bool latency_said;               /* that the adapter holds bytes back */
        bool in_vain;                    /* opened the last time, and lost before a byte came */
        bool unreadable_said;            /* that bytes come and no frames */
        uint64_t heard_us;               /* when the first byte came since it was opened */
        uint64_t frames_before;          /* those of earlier openings */
        char complaint[MAT_TROUBLE_MAX]; /* last reason why it cannot be opened or was lost, said once */
        uint64_t (*now)(void *userdata); /* arrival time of frames */
        frame_fn frame_seen;
        void *userdata;
};

/* Resolves format and layout from the settings. 0, or -EINVAL after logging why. */
int mat_init(struct mat *m, sd_event *event, const struct settings_device *settings, uint64_t (*now)(void *userdata),
             frame_fn frame_seen, void *userdata);

/* A text mat's first frame said how many cells there are: makes the geometry. 0, or a word about what is wrong. */
const char *mat_learn(struct mat *m, uint32_t n_cells);

/* For who records beside us: the descriptor to give away and close (tap.h), and what a recording begins with. A negative
 * errno when there are too many. */
int mat_tap(struct mat *m, const char **ret_head);

/* First attempt to open; later ones come by themselves. */
void mat_start(struct mat *m);

/* Once a second: a whole frame may be waiting for the delimiter of a next one that does not come. Only on a quiet line:
 * between two pieces of a frame nothing is decided. */
void mat_tick(struct mat *m);

/* Why no frames come, for people. */
void mat_trouble(const struct mat *m, char ret[MAT_TROUBLE_MAX]);

void mat_stop(struct mat *m);

#endif
