/* SPDX-License-Identifier: MIT */
#include "recording/frames_csv.h"

static void print_positions(FILE *f, const char *name, const float *mm, uint32_t n) {
        fprintf(f, "# %s=", name);
        for (uint32_t i = 0; i < n; i++)
                fprintf(f, "%s%g", i ? "," : "", (double)mm[i]);
        fputc('\n', f);
}

void frames_csv_print_head(FILE *f, const struct geometry *g) {
        fputs("# sitbone frames csv 1\n", f);
        if (g->kind == GEOMETRY_GRID)
                fprintf(f, "# rows=%u\n# cols=%u\n", g->rows, g->cols);
        else
                fprintf(f, "# cells=%u\n", g->n_cells);
        if (g->kind == GEOMETRY_SCATTERED) {
                print_positions(f, "x_mm", g->x_mm, g->n_cells);
                print_positions(f, "y_mm", g->y_mm, g->n_cells);
        }
        if (g->kind == GEOMETRY_SCATTERED || (g->kind == GEOMETRY_GRID && !g->pitch_assumed))
                fprintf(f, "# pitch_x_mm=%g\n# pitch_y_mm=%g\n", (double)g->pitch_x_mm, (double)g->pitch_y_mm);
        fprintf(f, "# unit=counts\n# full_scale=%.9g\n", (double)g->full_scale);
}

void frames_csv_print_columns(FILE *f, uint32_t n_cells) {
        fputs("t_s,label", f);
        for (uint32_t i = 0; i < n_cells; i++)
                fprintf(f, ",c%u", i);
        fputc('\n', f);
}
