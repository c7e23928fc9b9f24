/* SPDX-License-Identifier: MIT */
#include "tools/sitbonectl/ports/find.h"

#include <grp.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ports/holder.h"
#include "ports/port.h"
#include "tools/sitbonectl/commands.h"
#include "tools/sitbonectl/json_writer.h"
#include "util/language.h"

enum { LATENCY_LONG_MS = 2 };

/* "" = nobody, as far as this user can see: only root sees the files of other people's processes. */
static void holder_of(const char *path, char *ret, size_t size) {
        if (!port_holder(path, ret, size))
                *ret = '\0';
}

static void free_words(const struct port_facts *p, char *ret, size_t size) {
        const struct group *group = NULL;
        struct stat st;

        if (access(p->path, R_OK | W_OK) == 0) {
                snprintf(ret, size, "%s", geteuid() == 0 ? _("free") : _("free, as far as you may see"));
                return;
        }
        if (stat(p->path, &st) == 0 && (st.st_mode & S_IRGRP) && (st.st_mode & S_IWGRP))
                group = getgrgid(st.st_gid);
        if (group)
                snprintf(ret, size, _("no permission; members of the group %s have it"), group->gr_name);
        else
                snprintf(ret, size, "%s", _("no permission"));
}

static void print_port(const struct port_facts *p) {
        char holder[96], unheld[160];

        holder_of(p->path, holder, sizeof(holder));
        free_words(p, unheld, sizeof(unheld));
        printf("%s  %s%s\n", p->path, *holder ? _("in use by ") : "", *holder ? holder : unheld);
        if (p->by_id[0])
                printf("    %s\n", p->by_id);
        if (p->vendor[0])
                printf("    %s:%s %s%s%s%s%s\n", p->vendor, p->product, p->maker, p->maker[0] ? " " : "", p->title,
                       p->serial[0] ? _(", serial ") : _(", no serial number"), p->serial);
        if (p->driver[0])
                printf(_("    driver %s\n"), p->driver);
        if (p->latency_ms >= LATENCY_LONG_MS)
                printf(_("    holds bytes back for up to %d ms (latency timer): 70-sitboned.rules sets it to 1 ms\n"),
                       p->latency_ms);
}

static void put_port(struct out *o, const struct port_facts *p) {
        char holder[96];

        holder_of(p->path, holder, sizeof(holder));
        out_text(o, "{\"path\":");
        out_string(o, p->path);
        out_word_or_null(o, "by_id", p->by_id);
        out_word_or_null(o, "vendor", p->vendor);
        out_word_or_null(o, "product", p->product);
        out_word_or_null(o, "manufacturer", p->maker);
        out_word_or_null(o, "title", p->title);
        out_word_or_null(o, "serial", p->serial);
        out_word_or_null(o, "driver", p->driver);
        out_word_or_null(o, "holder", holder);
        out_flag(o, "holder_certain", *holder || geteuid() == 0);
        out_flag(o, "permitted", access(p->path, R_OK | W_OK) == 0);
        out_number(o, "latency_ms", p->latency_ms >= 0 ? p->latency_ms : NAN, 0);
        out_text(o, "}");
}

static void print_json(const struct port_facts *ports, int n) {
        struct out *o = malloc(sizeof(*o));

        if (!o)
                return;
        out_init(o, stdout);
        out_text(o, "[");
        for (int i = 0; i < n; i++) {
                out_text(o, i ? "," : "");
                put_port(o, &ports[i]);
        }
        out_text(o, "]\n");
        out_flush(o);
        free(o);
}

static int run_ports(const struct options *options) {
        struct port_facts *ports = calloc(PORTS_MAX, sizeof(*ports));
        int n;

        if (!ports) {
                complain("out of memory");
                return STATUS_FAILED;
        }
        n = ports_find("", ports);
        if (options->json)
                print_json(ports, n);
        else if (n == 0)
                puts(_("no serial ports"));
        for (int i = 0; i < n && !options->json; i++)
                print_port(&ports[i]);
        free(ports);
        return STATUS_DONE;
}

const struct ctl_command ports_command = {
        .name = "ports",
        .arguments = "",
        .summary = "list the serial ports, and the programs that use them",
        .examples = "  sitbonectl ports\n",
        .notes = "No port is opened, because opening resets many boards.",
        .options = {{"json"}},
        .run = run_ports,
};
