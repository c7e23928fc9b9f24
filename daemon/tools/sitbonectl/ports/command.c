/* SPDX-License-Identifier: MIT */
#include "tools/sitbonectl/ports/find.h"

#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "contract/live_json.h"
#include "ports/holder.h"
#include "ports/port.h"
#include "tools/sitbonectl/commands.h"
#include "util/language.h"

enum { LATENCY_LONG_MS = 2 };

/* "" = nobody, as far as this user can see: only root sees the files of other people's processes. */
static void find_holder(const char *path, char *ret, size_t size) {
        if (!port_holder(path, ret, size))
                *ret = '\0';
}

static void describe_access(const struct port_facts *p, char *ret, size_t size) {
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

        find_holder(p->path, holder, sizeof(holder));
        describe_access(p, unheld, sizeof(unheld));
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

static json_t *make_port(const struct port_facts *p) {
        char holder[96];

        find_holder(p->path, holder, sizeof(holder));
        return json_pack("{s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:b,s:b,s:o}", "path", live_json_text(p->path), "by_id",
                         live_json_text(p->by_id), "vendor", live_json_text(p->vendor), "product",
                         live_json_text(p->product), "manufacturer", live_json_text(p->maker), "title",
                         live_json_text(p->title), "serial", live_json_text(p->serial), "driver",
                         live_json_text(p->driver), "holder", live_json_text(holder), "holder_certain",
                         *holder || geteuid() == 0, "permitted", access(p->path, R_OK | W_OK) == 0, "latency_ms",
                         p->latency_ms >= 0 ? json_integer(p->latency_ms) : json_null());
}

static void print_json(const struct port_facts *ports, int n) {
        json_t *all = json_array();

        for (int i = 0; i < n; i++)
                json_array_append_new(all, make_port(&ports[i]));
        live_json_print(stdout, all);
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
