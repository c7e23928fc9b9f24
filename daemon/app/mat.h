/* SPDX-License-Identifier: MIT */
/* The mat as an event source: opens the port, reads, decodes, and opens the port again, with growing pauses, after
 * it was lost. */
#ifndef APP_MAT_H
#define APP_MAT_H

#include <stdbool.h>
#include <stdint.h>

#include <systemd/sd-event.h>

#include "app/mat_link.h"
#include "app/tap.h"
#include "core/acquire/decoder.h"
#include "core/acquire/format.h"
#include "core/acquire/layout.h"
#include "ports/port.h"
#include "sitbone/command.h"
#include "sitbone/frame.h"
#include "sitbone/health.h"
#include "sitbone/settings/device.h"

struct mat {
        sd_event *event; /* not owned */
        struct settings_device settings;
        const struct format *format;
        struct format described; /* format points here when it comes from a file */
        struct layout layout;
        struct decoder decoder;
        struct frame frame; /* scratch of the decoder */
        struct frame_sink sink;
        uint64_t (*now)(void *userdata); /* arrival time of frames; userdata is that of the sink */
        struct port *port;               /* NULL while away */
        struct tap tap;                  /* programs that record beside the daemon */
        char *tap_head;                  /* the head of their recordings, made once because it is read from files */
        sd_event_source *source, *reopen, *settle, *request;
        uint64_t discard_until_us; /* bytes before are dropped (boot banner); 0 = none are */
        uint64_t bytes, reopened;
        bool opened_once;
        struct mat_link link;
        uint64_t frames_before, refused_before, discarded_before; /* of the decoder, at link.since_us */

        /* Reported once. */
        bool boards_reported;            /* frames come from several boards */
        bool latency_reported;           /* the adapter holds bytes back */
        char absent[MAT_TROUBLE_MAX];    /* the reason why the port could not be opened, */
        char complaint[MAT_TROUBLE_MAX]; /* and this one, or why it was lost */
};

/* Resolves format and layout from the settings. 0, or a negative errno after logging the reason. */
int mat_init(struct mat *m, sd_event *event, const struct settings_device *settings, uint64_t (*now)(void *userdata),
             frame_fn emit, void *userdata);

/* Makes the geometry of a mat whose first frame has n_cells cells. NULL, or an error. */
const char *mat_learn(struct mat *m, uint32_t n_cells);

/* For a program that records beside the daemon: returns the descriptor to pass on and close (tap.h), or a negative
 * errno when there are too many. *ret_head: the head of its recording. */
int mat_tap(struct mat *m, const char **ret_head);

/* Executes COMMAND_LABEL: writes the name to the recordings that run beside the daemon. */
enum command_result mat_label(struct mat *m, const char *name);

/* Opens the port; further attempts follow by themselves. */
void mat_start(struct mat *m);

/* Call it once a second. On a quiet line it decodes a frame that waits for the delimiter of a next one that does
 * not come. */
void mat_tick(struct mat *m);

/* Judges the link, logs what changed, and writes state, reason and counters of the mat into *ret. online: the estimator
 * has fresh frames. */
void mat_report(struct mat *m, bool online, struct health *ret);

void mat_stop(struct mat *m);

#endif
