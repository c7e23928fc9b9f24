/* SPDX-License-Identifier: MIT */
/* Random damage to the bytes of every row: counts the good frames that are lost, and the frames that are accepted although
 * none was sent. The figures are printed for each row.
 *
 *   test_damage [FRAMES]     of each row at each rate of damage: 400, or as many as a claim needs */
#include "core/acquire/encoder.h"
#include "core/acquire/formats.h"
#include "wire.h"

enum { WIRE_MAX = 64 << 10 };

static size_t n_frames = 400;

static struct layout layout;
static struct decoder decoder;
static struct frame frame;
static float cells[CELLS_MAX];
static uint8_t wire[WIRE_MAX]; /* one frame */

/* A plausible load of a seat: most cells empty, the others with a few bits of noise; the first cells count the frames,
 * so that no two are alike. */
static void fill_cells(uint32_t number) {
        float most = layout.geometry.full_scale;
        uint64_t seed = number + 1;

        for (uint32_t i = 0; i < layout.geometry.n_cells; i++)
                cells[i] = i % 3 == 0 ? 0 : (float)(wire_random(&seed) % (uint32_t)(most / 2 + 1));
        for (uint32_t i = 0; i < 8 && i < layout.geometry.n_cells; i++)
                cells[i] = (float)(number >> 2 * i & 3);
}

struct tally {
        uint32_t fed; /* number of the frame whose bytes are being fed */
        size_t exact, altered, misplaced;
};

/* A frame is emitted with its own last byte, or with the next sync: it must be this frame or the one before, with each
 * cell as it was sent (exact) or at least half of them (altered: nothing could detect it). */
static void check_frame(void *userdata, const struct frame *got) {
        struct tally *t = userdata;
        uint32_t n = got->n_cells, best = 0;

        for (uint32_t i = t->fed > 0 ? t->fed - 1 : 0; i <= t->fed && best < n; i++) {
                uint32_t same = 0;

                fill_cells(i);
                for (uint32_t c = 0; c < n; c++)
                        same += got->raw[c] == cells[c];
                best = same > best ? same : best;
        }
        t->exact += best == n;
        t->altered += best < n && best > n / 2;
        t->misplaced += best <= n / 2;
}

/* Several bytes of one frame were changed. */
static size_t damage_frame(size_t n, double share, uint64_t *seed) {
        size_t damages = 0;

        for (size_t at = 0; at < n; at++)
                if (wire_random(seed) < share * UINT32_MAX) {
                        wire[at] ^= (uint8_t)(1 + wire_random(seed) % 255);
                        damages++;
                }
        return damages;
}

static void damage_bytes(const struct format *f, double share) {
        uint64_t seed = 4711;
        struct tally t = {0};
        size_t damages = 0, hit = 0;

        decoder_init(&decoder, f, &layout);
        decoder_at_boundary(&decoder);
        for (; t.fed < n_frames; t.fed++) {
                size_t n, here;

                fill_cells(t.fed);
                n = format_encode(f, &layout, cells, wire, sizeof(wire));
                CHECK(n > 0);
                here = damage_frame(n, share, &seed);
                damages += here;
                hit += here > 0;
                decoder_feed(&decoder, wire, n, 1, &(struct frame_sink){&frame, check_frame, &t});
        }
        t.fed--;
        decoder_idle(&decoder, 1, &(struct frame_sink){&frame, check_frame, &t});
        printf("%-18s %4.1f %% of bytes: %6zu damages in %3zu of %zu frames; exact %3zu, altered %3zu, misplaced "
               "%zu\n",
               f->name, share * 100, damages, hit, n_frames, t.exact, t.altered, t.misplaced);
        CHECK(n_frames - hit <= t.exact + 2 * damages); /* good ones lost */
        if (share < 0.002)
                CHECK(n_frames - hit <= t.exact + 2 * hit / 10 + 1); /* and far fewer where damages are apart */
        if (f->framing != FRAMING_TEXT && share <= 0.011)
                CHECK(t.misplaced * 10000 <= n_frames);
        if (f->check == CHECK_CRC16_MODBUS)
                CHECK(t.altered * 10000 <= n_frames);
}

int main(int argc, char *argv[]) {
        static const double shares[] = {0.001, 0.01, 0.1};

        if (argc > 1)
                n_frames = (size_t)atol(argv[1]);
        CHECK(n_frames > 0);
        for (size_t i = 0; i < format_count(); i++) {
                const struct format *f = format_at(i);
                bool open = f->rows == 0 && f->cells == 0;
                struct settings_device device = {.rows = open ? 16 : 0, .cols = open ? 12 : 0};

                CHECK(layout_build(f, &device, &layout) == NULL);
                for (size_t s = 0; s < sizeof(shares) / sizeof(shares[0]); s++)
                        damage_bytes(f, shares[s]);
        }
        return 0;
}
