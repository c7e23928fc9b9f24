/* SPDX-License-Identifier: MIT */
/* Response curves are a file that people write: any bytes give one mistake or curves that rise, and what was read is read
 * the same when it is written again. Loads by such curves stay within 0..1 and pass through the points of the file. */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "configure/response_curve.h"
#include "core/condition/condition.h"

static struct config_errors mistakes;
static struct response first, again;
static struct response_curves curves;
static struct geometry geometry;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void require(bool good) {
        if (!good)
                abort();
}

static void check_points(uint32_t k) {
        const float wanted = first.load_n[k] / curves.unit_n;
        float load[CELLS_MAX];

        for (uint32_t i = 0; i < geometry.n_cells; i++)
                load[i] = first.value[k][first.n_cells == 1 ? 0 : i] / geometry.full_scale;
        response_apply(&curves, load);
        for (uint32_t i = 0; i < geometry.n_cells; i++)
                require(fabsf(load[i] - fminf(wanted, 1)) < 1e-5F);
}

static void check_curves(void) {
        float load[CELLS_MAX];

        geometry.n_cells = first.n_cells == 1 ? 7 : first.n_cells;
        geometry.full_scale = 4095;
        require(response_prepare(&curves, &first, &geometry) && curves.unit_n > 0);
        for (int k = 0; k <= 4; k++) {
                for (uint32_t i = 0; i < geometry.n_cells; i++)
                        load[i] = (float)k / 4;
                response_apply(&curves, load);
                for (uint32_t i = 0; i < geometry.n_cells; i++)
                        require(load[i] >= 0 && load[i] <= 1 && (k > 0 || load[i] == 0));
        }
        for (uint32_t k = 0; k < first.n_points; k++)
                check_points(k);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
        char *text = NULL;
        size_t length = 0;
        FILE *f;

        memset(&mistakes, 0, sizeof(mistakes));
        response_parse("fuzz", (const char *)data, n, &mistakes, &first);
        require(mistakes.n <= 1);
        if (mistakes.n > 0)
                return 0;
        require(first.n_cells >= 1 && first.n_cells <= CELLS_MAX && first.n_points >= 1 &&
                first.n_points <= RESPONSE_POINTS_MAX);
        for (uint32_t k = 0; k < first.n_points; k++)
                for (uint32_t i = 0; i < first.n_cells; i++)
                        require(first.value[k][i] > (k ? first.value[k - 1][i] : 0) &&
                                first.load_n[k] > (k ? first.load_n[k - 1] : 0));
        check_curves();
        f = open_memstream(&text, &length);
        require(f);
        response_print(f, &first);
        fclose(f);
        response_parse("again", text, length, &mistakes, &again);
        require(mistakes.n == 1 || (again.n_cells == first.n_cells && again.n_points == first.n_points));
        free(text);
        return 0;
}
