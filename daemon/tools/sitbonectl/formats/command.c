/* SPDX-License-Identifier: MIT */
/* formats: every format of the table and of the description files; with a name, its data sheet. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "configure/format_file.h"
#include "contract/live_json.h"
#include "tools/sitbonectl/commands.h"
#include "tools/sitbonectl/formats/draw.h"
#include "tools/sitbonectl/source.h"

/* The evidence in a frame against noise. */
static const char *check_word(const struct format *f) {
        static const char *const words[] = {"none", "sum", "crc16", "xor", "nmea"};

        return f->check == CHECK_NONE && f->framing == FRAMING_TEXT ? "text" : words[f->check];
}

/* "A", "B", "C", or "" */
static const char *sure_letter(const struct format *f) {
        return f->sure == SURE_UNSAID ? "" : format_word(f, "sure");
}

/* The meaning of the letter. */
static const char *sure_meaning(const struct format *f) {
        static const char *const words[] = {"not given", "recorded bytes decode, or independent sources agree",
                                            "one source that plainly worked on hardware", "one weak source"};

        return words[f->sure];
}

/* The means by which a damaged frame is detected. */
static const char *damage_detection(const struct format *f) {
        if (f->check != CHECK_NONE)
                return "a check over the bytes before it";
        if (f->framing == FRAMING_TEXT)
                return f->rows > 0 ? "how many numbers there are" : "how many numbers there are, once they are known";
        if (f->max_valid > 0)
                return "length, and values that cannot be; other damage inside a frame is not noticed";
        return "length only: damage inside a frame is not noticed";
}

static bool is_polled_or_started(const struct format *f) {
        return f->start.n > 0 || f->request.n > 0;
}

static bool is_open(const struct format *f) {
        return f->cells == 0 && (f->rows == 0 || f->cols == 0);
}

/* --- JSON --- */

/* 0 says that it is open. */
static json_t *number_or_null(double value, int decimals) {
        return value > 0 ? live_json_number(value, decimals) : json_null();
}

static json_t *make_command(const struct format_command *command) {
        char words[160];

        format_bytes_words(command->of, command->n, words, sizeof(words));
        return live_json_text(words);
}

static json_t *make_format(const struct format *f, const char *path) {
        char drawn[DRAWN_MAX];
        double cells = f->cells > 0 ? f->cells : (double)f->rows * f->cols;

        format_draw(f, drawn, sizeof(drawn));
        return json_pack(
                "{s:o,s:o,s:o,s:o,s:o,s:b,s:o,s:o,s:o,s:o,s:o,s:b,s:s,s:o,s:o,s:o,s:o,s:o,s:o,s:o}", "name",
                live_json_text(f->name), "title", live_json_text(f->title), "rows", number_or_null(f->rows, 0), "cols",
                number_or_null(f->cols, 0), "cells", number_or_null(cells, 0), "resizable", f->resizable || is_open(f),
                "pitch_x_mm", number_or_null((double)f->pitch_x_mm, 2), "pitch_y_mm",
                number_or_null((double)f->pitch_y_mm, 2), "full_scale", number_or_null((double)f->full_scale, 2),
                "baud", number_or_null(f->baud, 0), "rate_hz", number_or_null((double)f->rate_hz, 2), "must_be_asked",
                is_polled_or_started(f), "check", check_word(f), "frame", live_json_text(drawn), "start",
                make_command(&f->start), "request", make_command(&f->request), "sure", live_json_text(sure_letter(f)),
                "known", live_json_text(f->known), "source", live_json_text(f->source), "file",
                live_json_text(path ? path : ""));
}

static void print_json(const struct format_list *list, const struct format *only) {
        json_t *all = json_array();

        for (size_t i = 0; i < list->n; i++)
                if (!only || list->of[i] == only)
                        json_array_append_new(all, make_format(list->of[i], format_list_path(list, list->of[i])));
        live_json_print(stdout, only ? json_incref(json_array_get(all, 0)) : json_incref(all));
        json_decref(all);
}

/* --- text --- */

static void write_cells(const struct format *f, char *ret, size_t size) {
        if (f->cells > 0)
                snprintf(ret, size, "%u", f->cells);
        else if (is_open(f))
                snprintf(ret, size, "as set");
        else
                snprintf(ret, size, "%ux%u%s", f->rows, f->cols, f->resizable ? " *" : "");
}

static void print_list(const struct format_list *list) {
        printf("%-22s %-10s %8s %6s  %-6s %-4s %s\n", "FORMAT", "CELLS", "BAUD", "HZ", "CHECK", "SURE", "WHAT");
        for (size_t i = 0; i < list->n; i++) {
                const struct format *f = list->of[i];
                char cells[24];

                write_cells(f, cells, sizeof(cells));
                printf("%-22s %-10s %8d %6g  %-6s %-4s %s%s%s\n", f->name, cells, (int)f->baud, (double)f->rate_hz,
                       check_word(f), *sure_letter(f) ? sure_letter(f) : "?", f->title,
                       f->request.n > 0 ? " (polled)"
                       : f->start.n > 0 ? " (needs a start command)"
                                        : "",
                       format_list_path(list, f) ? " (described in a file)" : "");
        }
        printf("\n* also comes in other sizes: set rows and cols. CHECK none: a damaged byte inside a frame is "
               "not noticed.\nSURE A: recorded bytes or two sources; B: one source; C: one weak source. The data "
               "sheet "
               "of one: sitbonectl formats NAME\n");
}

static void print_order(const struct format *f) {
        const char *words[5];
        size_t n = 0;

        words[n++] = f->order.column_major ? "column by column" : "row by row";
        if (f->order.serpentine)
                words[n++] = "every second line backwards";
        if (f->order.flip_x)
                words[n++] = "columns from right to left";
        if (f->order.flip_y)
                words[n++] = "rows from front to back";
        if (f->order.n_listed > 0)
                words[n++] = "rows in an order of their own";
        for (size_t i = 0; i < n; i++)
                printf(", %s", words[i]);
}

static void print_cells(const struct format *f) {
        char cells[24];

        write_cells(f, cells, sizeof(cells));
        printf("  cells     %s%s", is_open(f) ? "rows and cols " : "", cells);
        if (f->sparse.size == 0)
                print_order(f);
        if (f->pitch_x_mm > 0)
                printf(", %g x %g mm apart", (double)f->pitch_x_mm, (double)f->pitch_y_mm);
        printf("\n  values    up to %g%s", (double)f->full_scale, f->inverted ? ", falling with load" : "");
        if (f->max_valid > 0)
                printf("; above %u cannot be", f->max_valid);
        putchar('\n');
}

static void print_commands(const struct format *f) {
        char start[160], request[160];

        format_bytes_words(f->start.of, f->start.n, start, sizeof(start));
        format_bytes_words(f->request.of, f->request.n, request, sizeof(request));
        printf("  commands  ");
        if (f->start.n > 0)
                printf("%s to start", start);
        if (f->request.n > 0)
                printf("%s%s every %d ms", f->start.n > 0 ? ", " : "", request, (int)f->request_every_ms);
        printf("%s\n", is_polled_or_started(f) ? "" : "none");
}

static void print_sheet(const struct format *f, const char *path) {
        char drawn[DRAWN_MAX];

        format_draw(f, drawn, sizeof(drawn));
        printf("%s: %s\n  frame     %s\n", f->name, f->title, drawn);
        print_cells(f);
        printf("  line      %d baud, about %g frames a second%s%s\n", (int)f->baud, (double)f->rate_hz,
               f->dtr == LINE_OFF  ? ", DTR off"
               : f->dtr == LINE_ON ? ", DTR on"
                                   : "",
               f->rts == LINE_OFF  ? ", RTS off"
               : f->rts == LINE_ON ? ", RTS on"
                                   : "");
        print_commands(f);
        printf("  damage    detected by %s\n", damage_detection(f));
        printf("  how sure  %s%s%s\n", sure_letter(f), f->sure == SURE_UNSAID ? "" : ": ", sure_meaning(f));
        if (f->known[0])
                printf("            %s\n", f->known);
        printf("  source    %s\n", f->source[0] ? f->source : "not given");
        if (path)
                printf("  file      %s\n", path);
}

static int run_formats(const struct options *options) {
        const char *name = options->n_args > 0 ? options->args[0] : NULL;
        struct format_list *list = NULL;
        const struct format *only = NULL;
        int status = load_formats(name, &list);

        if (status == STATUS_DONE && name)
                only = strchr(name, '/') ? list->first : format_list_by_name(list, name);
        if (status == STATUS_DONE && options->json)
                print_json(list, only);
        else if (status == STATUS_DONE && only)
                print_sheet(only, format_list_path(list, only));
        else if (status == STATUS_DONE)
                print_list(list);
        free(list);
        return status;
}

const struct ctl_command formats_command = {
        .name = "formats",
        .arguments = "[NAME]",
        .max_args = 1,
        .summary = "list the wire formats, or show the data sheet of one",
        .examples = "  sitbonectl formats\n"
                    "  sitbonectl formats marveldex-v1\n"
                    "  sitbonectl formats ./my-mat.conf\n"
                    "  sitbonectl formats --json | jq -r .[].name\n",
        .options = {{"json"}},
        .run = run_formats,
};
