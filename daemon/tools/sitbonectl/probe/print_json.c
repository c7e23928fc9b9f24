/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "contract/live_json.h"
#include "tools/sitbonectl/probe/evidence.h"
#include "tools/sitbonectl/probe/print.h"

static json_t *make_fit(const struct fit *f) {
        char evidence[256];

        fit_write_evidence(f, evidence, sizeof(evidence));
        return json_pack("{s:o,s:s,s:I,s:I,s:I,s:I,s:o,s:i,s:o,s:o,s:s}", "format", live_json_text(f->format->name),
                         "verdict", fit_verdict_word(f->verdict), "frames", (json_int_t)f->frames, "in_a_row",
                         (json_int_t)f->in_a_row, "refused", (json_int_t)f->refused, "words_between",
                         (json_int_t)f->words, "share", live_json_number(f->share, 3), "cells", (int)f->n_cells,
                         "rows", f->rows > 0 ? json_integer(f->rows) : json_null(), "cols",
                         f->cols > 0 ? json_integer(f->cols) : json_null(), "evidence", evidence);
}

/* Whole numbers are numbers; bytes such as 55 are not. */
static json_t *make_value(const struct description_key *key) {
        static const char *const bytes[] = {"sync",     "tail",       "preamble", "constants", "escape",
                                            "line_end", "line_start", "skip_to",  "mark"};
        char *end;
        long long value = strtoll(key->value, &end, 10);

        for (size_t i = 0; i < sizeof(bytes) / sizeof(*bytes); i++)
                if (strcmp(key->name, bytes[i]) == 0)
                        end = NULL;
        return end && end > key->value && !*end ? json_integer(value) : live_json_text(key->value);
}

static bool is_described(const struct findings *f) {
        return probe_fits(&f->prober) || f->suggestion.fits;
}

/* The lines of [format] and the number of cells; null if there is no description. */
static json_t *make_description(const struct findings *f) {
        const struct suggestion *s = &f->suggestion;
        json_t *keys = json_object();

        if (!is_described(f)) {
                json_decref(keys);
                return json_null();
        }
        for (int i = 0; s->fits && i < s->n_keys; i++)
                json_object_set_new(keys, s->keys[i].name, make_value(&s->keys[i]));
        json_object_set_new(keys, "cells", json_integer(s->fits ? s->cells : f->prober.fits[0].n_cells));
        return keys;
}

static json_t *make_sentences(int n, const char sentences[][VERDICT_SENTENCE_SIZE]) {
        json_t *list = json_array();

        for (int i = 0; i < n; i++)
                json_array_append_new(list, live_json_text(sentences[i]));
        return list;
}

static json_t *make_bytes(const uint8_t *bytes, size_t n) {
        char words[32];

        pattern_write_bytes(bytes, n, words, sizeof(words));
        return live_json_text(words);
}

void findings_print_json(const struct findings *f) {
        const struct prober *p = &f->prober;
        const struct suggestion *s = &f->suggestion;
        bool fits = is_described(f);
        const struct fit *fit = probe_fits(p) ? &p->fits[0] : NULL;
        json_t *candidates = json_array();
        struct {
                const char *key;
                json_t *value;
        } members[] = {
                {"device", live_json_text(f->device)},
                {"baud", f->baud > 0 ? json_integer(f->baud) : json_null()},
                {"any_baud", json_boolean(f->any_baud)},
                {"bytes", json_integer((json_int_t)f->heard.n)},
                {"text", live_json_number(heard_text_share(&f->heard), 3)},
                {"format", live_json_text(probe_fits(p) ? format_list_setting(f->list, p->fits[0].format) : "")},
                {"description", make_description(f)},
                {"reason", live_json_text(fits || f->silent ? "" : s->reason)},
                {"advice", live_json_text(fits ? "" : s->advice)},
                {"frames", json_integer((json_int_t)(fit ? fit->frames : s->frames))},
                {"refused", json_integer((json_int_t)(fit ? fit->refused : s->refused))},
                {"left_out", json_integer((json_int_t)(fit ? fit->words : s->words))},
                {"sync", make_bytes(f->pattern.sync, f->pattern.n_sync)},
                {"tail", make_bytes(f->pattern.tail, f->pattern.n_tail)},
                {"period_bytes", f->pattern.period > 0 ? json_integer((json_int_t)f->pattern.period) : json_null()},
                {"notes", make_sentences(s->n_notes, s->notes)},
                {"doubts", make_sentences(s->n_doubts, s->doubts)},
                {"stale_ms", f->stale_ms > 0 ? json_integer(f->stale_ms) : json_null()},
                {"silence", live_json_text(f->pauses_when_empty ? "empty" : "")},
                {"candidates", candidates},
        };
        json_t *root = json_object();

        for (int i = 0; i < p->n_fits; i++)
                json_array_append_new(candidates, make_fit(&p->fits[i]));
        for (size_t i = 0; i < sizeof(members) / sizeof(*members); i++)
                json_object_set_new(root, members[i].key, members[i].value);
        live_json_print(stdout, root);
}
