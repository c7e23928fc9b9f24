/* What probe has heard, and what it says of it. */
#ifndef TOOLS_CTL_PROBE_LISTEN_H
#define TOOLS_CTL_PROBE_LISTEN_H

#include <stdbool.h>

#include "acquire/port.h"
#include "ctl_probe.h"

enum { PROBE_BYTES_MAX = 256 * 1024, PROBE_PAUSES_MAX = 1024 };

struct probe {
        const char *device;
        int32_t rows, cols, baud; /* baud 0 = try them */
        bool send;
        struct port *port;
        bool ended, silent;
        struct format_list *list;
        struct prober prober;
        struct heard heard;
        uint64_t heard_us; /* when the last byte came */
        size_t pauses[PROBE_PAUSES_MAX];
        uint8_t bytes[PROBE_BYTES_MAX];
};

bool probe_fits(const struct probe *p);
double probe_text_share(const struct probe *p);
void probe_print(const struct probe *p);
void probe_print_json(const struct probe *p);

#endif
