/* SPDX-License-Identifier: MIT */
#include "configure/settings_advice.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "configure/format_file.h"
#include "core/acquire/formats.h"
#include "util/ini.h"
#include "util/suggest.h"

/* "mqtt://user@host:1883" is three settings. */
static void explain_host(const char *s, char *ret, size_t size) {
        const char *host = strstr(s, "://"), *at, *port;
        bool tls = host && (strncmp(s, "mqtts", 5) == 0 || strncmp(s, "ssl", 3) == 0 || strncmp(s, "https", 5) == 0);
        size_t n, port_n;

        host = host ? host + strlen("://") : s;
        at = strchr(host, '@');
        host = at ? at + 1 : host;
        host += *host == '[';
        n = strcspn(host, host > s && host[-1] == '[' ? "]" : ":/@ \t");
        port = host + n + (host[n] == ']');
        port_n = *port == ':' ? strspn(port + 1, "0123456789") : 0;
        if (n > 0)
                snprintf(ret, size, "write host = %.*s%s%.*s%s", (int)n, host, port_n ? ", port = " : "", (int)port_n,
                         port_n ? port + 1 : "", tls ? ", tls = yes" : "");
}

static void explain_number(const struct setting *row, const char *s, char *ret, size_t size) {
        char *end;

        strtod(s, &end);
        if (end == s)
                return;
        if (*end == ',')
                snprintf(ret, size, "write a decimal point and no comma");
        else if (end += strspn(end, " \t"), isalpha((unsigned char)*end) || *end == '%' || (*end & 0x80))
                snprintf(ret, size, "write the number without a unit%s%s", *row->unit ? ", in " : "", row->unit);
}

static void explain_format(const char *s, char *ret, size_t size) {
        const char *best = NULL;

        for (size_t i = 0; i < format_count(); i++)
                suggest_nearest(s, format_at(i)->name, &best);
        if (strchr(s, '/'))
                snprintf(ret, size, "no such file");
        else if (best)
                snprintf(ret, size, "no such format, did you mean %s? sitbonectl formats lists them", best);
        else
                snprintf(ret, size, "no such format, and no file %s.conf in %s or %s; sitbonectl formats lists them",
                         s, format_folders[0], format_folders[1]);
}

void settings_explain_value(const struct setting *row, const char *s, char *ret, size_t size) {
        const char *shape = ini_explain_value(s);

        *ret = '\0';
        if (shape)
                snprintf(ret, size, "%s", shape);
        else if (row->kind == SETTING_INT || row->kind == SETTING_FLOAT)
                explain_number(row, s, ret, size);
        else if (row->kind == SETTING_TEXT && row->syntax == TEXT_HOST)
                explain_host(s, ret, size);
        else if (row->kind == SETTING_TEXT && row->syntax == TEXT_FORMAT)
                explain_format(s, ret, size);
        else if (row->kind == SETTING_TEXT && row->syntax == TEXT_DEVICE && strncmp(s, "tty", 3) == 0)
                snprintf(ret, size, "write device = /dev/%s", s);
}
