/* Every row of the format table is recognised from what a mat of it sends; noise, a damaged stream and nothing are not. */
#include <string.h>

#include "acquire/encoder.h"
#include "check.h"
#include "tools/ctl_probe.h"

enum { BYTES_MAX = 512 * 1024, FRAMES = 12 };

static struct prober prober;
static uint8_t bytes[BYTES_MAX];
static uint32_t state = 7;

static uint32_t any(void) {
        state = state * 1664525u + 1013904223u;
        return state >> 8;
}

/* The end of one frame, then whole ones. Half of the cells are loaded. */
static size_t make(const struct format *f, int32_t rows, int32_t cols) {
        static struct layout layout;
        static float cells[CELLS_MAX];
        struct settings_device device = {.rows = rows, .cols = cols};
        size_t n = 0, cut;

        CHECK(layout_build(f, &device, &layout) == NULL);
        for (int i = 0; i < FRAMES; i++) {
                for (uint32_t k = 0; k < layout.geometry.n_cells; k++)
                        cells[k] = any() % 2 ? (float)(any() % (uint32_t)layout.geometry.full_scale) : 0;
                n += format_encode(f, &layout, cells, bytes + n, BYTES_MAX - n);
        }
        CHECK(n > 0 && n < BYTES_MAX);
        cut = n / FRAMES / 3;
        memmove(bytes, bytes + cut, n - cut);
        return n - cut;
}

static void test_rows(void) {
        for (size_t i = 0; i < format_count(); i++) {
                const struct format *f = format_at(i);
                int32_t side = f->cells == 0 && (f->rows == 0 || f->cols == 0) ? 12 : 0;
                size_t n = make(f, side, side);

                probe_bytes(&prober, bytes, n, 0, 0);
                if (prober.n_fits == 0 || prober.fits[0].format != f)
                        fprintf(stderr, "%s is taken for %s\n", f->name,
                                prober.n_fits ? prober.fits[0].format->name : "nothing");
                CHECK(prober.n_fits > 0);
                CHECK(prober.fits[0].format == f && prober.fits[0].verdict == VERDICT_FITS);
                CHECK(prober.fits[0].in_a_row >= 3 && prober.fits[0].share > 0.9);
        }
}

/* Another size than the usual one of the format is found, too. */
static void test_sizes(void) {
        static const char *const names[] = {"etextile-cobs", "size-prefixed", "wiresens", "sensingtex-full"};

        for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
                size_t n = make(format_by_name(names[i]), 32, 32);

                probe_bytes(&prober, bytes, n, 0, 0);
                CHECK(prober.n_fits > 0 && strcmp(prober.fits[0].format->name, names[i]) == 0);
                CHECK(prober.fits[0].verdict == VERDICT_FITS);
                CHECK(prober.fits[0].rows == 32 && prober.fits[0].cols == 32);
        }
}

static void test_none(void) {
        size_t n;

        probe_bytes(&prober, bytes, 0, 0, 0);
        CHECK(prober.n_fits == 0);
        for (n = 0; n < 65536; n++)
                bytes[n] = (uint8_t)any();
        probe_bytes(&prober, bytes, n, 0, 0);
        for (int i = 0; i < prober.n_fits; i++)
                CHECK(prober.fits[i].verdict < VERDICT_FITS);
        n = (size_t)snprintf((char *)bytes, sizeof(bytes), "Hello, I am a sensor.\r\nready\r\n");
        probe_bytes(&prober, bytes, n, 0, 0);
        CHECK(prober.n_fits == 0);
        memset(bytes, 0, 65536);
        probe_bytes(&prober, bytes, 65536, 0, 0);
        for (int i = 0; i < prober.n_fits; i++)
                CHECK(prober.fits[i].verdict < VERDICT_FITS);
}

/* Other bytes between and inside the frames: no clean fit, but it is still named. */
static void test_damaged(void) {
        const struct format *f = format_by_name("jq-seat-32");
        size_t n = make(f, 0, 0);

        memmove(bytes + n - 3000, bytes + n - 3300, 3000);
        memset(bytes + 5000, 'x', 700);
        probe_bytes(&prober, bytes, n, 0, 0);
        CHECK(prober.n_fits > 0 && prober.fits[0].format == f && prober.fits[0].verdict == VERDICT_PERHAPS);
        CHECK(prober.fits[0].refused > 0);
}

static void test_text(void) {
        size_t n = 0;

        for (int i = 0; i < 20; i++)
                n += (size_t)snprintf((char *)bytes + n, sizeof(bytes) - n, "%d,2000,30,4,5,6,7,8,9\r\n", 100 + i);
        probe_bytes(&prober, bytes, n, 0, 0);
        CHECK(prober.n_fits > 0 && prober.fits[0].verdict == VERDICT_FITS);
        CHECK(prober.fits[0].n_cells == 9 && prober.fits[0].largest == 2000);
        CHECK(strcmp(prober.fits[0].format->name, "csv-line") == 0);
}

int main(void) {
        test_rows();
        test_sizes();
        test_none();
        test_damaged();
        test_text();
        return 0;
}
