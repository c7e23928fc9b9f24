/* SPDX-License-Identifier: MIT */
#include "tools/sitbonectl/probe/findings.h"

#include <string.h>

#include "tools/sitbonectl/probe/mismatch.h"
#include "tools/sitbonectl/probe/pattern_describe.h"
#include "tools/sitbonectl/probe/suggest.h"

enum {
        FEW_FRAMES = 6,  /* fewer are no proof */
        STALE_MS = 2000, /* the default of the setting */
        STALE_STEP_MS = 500,
        CHANGES_MS = 1500, /* a pause of this length and */
        CHANGES_TIMES = 4, /* this many times as long as others: it sends only when something changes */
        CHANGES_PAUSES = 3,
};

/* A description that reads the lines better, or a reason why they cannot be read, speaks against formats of text; not
 * against those that the user described. */
static void apply_suggestion(const struct format_list *list, struct prober *p, const struct suggestion *s) {
        bool against = s->fits ? !s->builtin : s->foreign || strcmp(s->reason, "unknown") != 0;

        for (int i = 0; i < p->n_fits; i++) {
                struct fit fit = p->fits[i];
                bool text = fit.format->framing == FRAMING_TEXT && !format_list_path(list, fit.format);

                if (text && against)
                        p->fits[i].verdict = VERDICT_PERHAPS;
                if (!text || !s->fits || !s->builtin || fit.n_cells != s->cells ||
                    (fit.verdict < VERDICT_FITS && strcmp(fit.format->name, s->builtin) != 0))
                        continue;
                memmove(p->fits + 1, p->fits, (size_t)i * sizeof(fit));
                fit.verdict = VERDICT_FITS;
                p->fits[0] = fit;
                return;
        }
}

static void add_doubts(struct findings *found) {
        struct suggestion *s = &found->suggestion;
        uint64_t frames = probe_fits(&found->prober) ? found->prober.fits[0].frames : s->fits ? s->frames : 0;

        if (frames > 0 && frames < FEW_FRAMES)
                suggestion_add_doubt(s, "Only %llu frames were heard; more are needed to be certain.",
                                     (unsigned long long)frames);
        if (found->baud_guessed)
                suggestion_add_doubt(s, "The baud rate is a guess: no format shows that these bytes are right.");
}

/* The difference to the format that the user gave; the order of bytes of one that fits. */
static void compare_format(struct findings *found) {
        const struct format *given = found->list->first;
        uint32_t cells = (uint32_t)(found->rows * found->cols);
        char words[VERDICT_SENTENCE_SIZE];

        if (probe_fits(&found->prober)) {
                given = found->prober.fits[0].format;
                cells = found->prober.fits[0].n_cells;
        } else if (given && cells == 0)
                cells = given->cells > 0 ? given->cells : (uint32_t)(given->rows * given->cols);
        if (given && (found->list->first || given->framing != FRAMING_TEXT) &&
            mismatch_write(given, cells, &found->heard, words, sizeof(words)))
                suggestion_add_doubt(&found->suggestion, "%s.", words);
}

static void suggest_settings(struct findings *found) {
        const struct heard *h = &found->heard;
        struct gaps gaps = heard_measure_gaps(h);
        uint32_t stale_ms = 5 * gaps.longest_ms / 2;

        found->pauses_when_empty = h->n_pauses >= CHANGES_PAUSES && gaps.longest_ms >= CHANGES_MS &&
                                   gaps.longest_ms >= CHANGES_TIMES * gaps.usual_ms;
        if (stale_ms > STALE_MS && !found->pauses_when_empty)
                found->stale_ms = (int32_t)((stale_ms / STALE_STEP_MS + 1) * STALE_STEP_MS);
}

void findings_analyse(struct findings *found) {
        probe_bytes(&found->prober, found->list, &found->heard, found->rows, found->cols);
        found->suggestion = (struct suggestion){.reason = "unknown"};
        if (heard_is_readable(&found->heard)) {
                suggest_text(&found->heard, &found->suggestion);
                apply_suggestion(found->list, &found->prober, &found->suggestion);
        } else {
                found->pattern = pattern_find(&found->heard);
                if (found->pattern.period > 0 && !probe_fits(&found->prober))
                        pattern_describe(&found->heard, &found->pattern, &found->suggestion);
        }
        add_doubts(found);
        compare_format(found);
        suggest_settings(found);
}
