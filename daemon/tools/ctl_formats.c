#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "acquire/formats.h"
#include "ctl.h"
#include "ctl_out.h"

/* What a frame can be told by from noise. */
static const char *check_word(const struct format *f) {
        switch (f->check) {
        case CHECK_SUM8:
                return "sum";
        case CHECK_XOR8:
                return "xor";
        case CHECK_CRC16_MODBUS:
                return "crc16";
        default:
                return f->framing == FRAMING_TEXT ? "text" : "none";
        }
}

static bool must_be_asked(const struct format *f) {
        return f->start.n > 0 || f->request.n > 0;
}

static void put_number(struct out *o, const char *key, double value, int decimals) {
        out_key(o, key);
        out_fixed(o, value > 0 ? value : NAN, decimals); /* 0 says that it is open */
}

static void put_format(struct out *o, const struct format *f) {
        out_text(o, "{\"name\":");
        out_string(o, f->name);
        out_key(o, "title");
        out_string(o, f->title);
        put_number(o, "rows", f->rows, 0);
        put_number(o, "cols", f->cols, 0);
        put_number(o, "cells", f->cells > 0 ? f->cells : (double)f->rows * f->cols, 0);
        out_key(o, "resizable");
        out_text(o, f->resizable || (f->cells == 0 && (f->rows == 0 || f->cols == 0)) ? "true" : "false");
        put_number(o, "pitch_x_mm", (double)f->pitch_x_mm, 2);
        put_number(o, "pitch_y_mm", (double)f->pitch_y_mm, 2);
        put_number(o, "full_scale", (double)f->full_scale, 2);
        put_number(o, "baud", f->baud, 0);
        put_number(o, "rate_hz", (double)f->rate_hz, 2);
        out_key(o, "must_be_asked");
        out_text(o, must_be_asked(f) ? "true" : "false");
        out_key(o, "check");
        out_string(o, check_word(f));
        out_text(o, "}");
}

static int print_json(void) {
        struct out *o = malloc(sizeof(*o));

        if (!o)
                return STATUS_FAILED;
        out_init(o, stdout);
        out_text(o, "[");
        for (size_t i = 0; i < format_count(); i++) {
                out_text(o, i ? "," : "");
                put_format(o, format_at(i));
        }
        out_text(o, "]\n");
        out_flush(o);
        free(o);
        return STATUS_DONE;
}

static void cells_words(const struct format *f, char *ret, size_t size) {
        if (f->cells > 0)
                snprintf(ret, size, "%u", f->cells);
        else if (f->rows == 0 || f->cols == 0)
                snprintf(ret, size, "as set");
        else
                snprintf(ret, size, "%ux%u%s", f->rows, f->cols, f->resizable ? " *" : "");
}

int verb_formats(const struct options *options) {
        if (options->json)
                return print_json();
        printf("%-22s %-10s %8s %6s  %-6s %s\n", "FORMAT", "CELLS", "BAUD", "HZ", "CHECK", "WHAT");
        for (size_t i = 0; i < format_count(); i++) {
                const struct format *f = format_at(i);
                char cells[24];

                cells_words(f, cells, sizeof(cells));
                printf("%-22s %-10s %8d %6g  %-6s %s%s\n", f->name, cells, (int)f->baud, (double)f->rate_hz,
                       check_word(f), f->title, must_be_asked(f) ? " (must be asked)" : "");
        }
        printf("\n* also comes in other sizes: say rows and cols. CHECK none: a damaged byte inside a frame goes "
               "unnoticed.\n");
        return STATUS_DONE;
}
