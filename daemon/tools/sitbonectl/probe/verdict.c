/* SPDX-License-Identifier: MIT */
#include "tools/sitbonectl/probe/verdict.h"

#include <stdarg.h>
#include <stdio.h>

void suggestion_add_key(struct suggestion *s, const char *name, const char *format, ...) {
        struct description_key *key = &s->keys[s->n_keys];
        va_list args;

        if (s->n_keys == VERDICT_KEYS_MAX)
                return;
        s->n_keys++;
        snprintf(key->name, sizeof(key->name), "%s", name);
        va_start(args, format);
        vsnprintf(key->value, sizeof(key->value), format, args);
        va_end(args);
}

void suggestion_add_note(struct suggestion *s, const char *format, ...) {
        va_list args;

        if (s->n_notes == VERDICT_NOTES_MAX)
                return;
        va_start(args, format);
        vsnprintf(s->notes[s->n_notes++], VERDICT_SENTENCE_SIZE, format, args);
        va_end(args);
}

void suggestion_add_doubt(struct suggestion *s, const char *format, ...) {
        va_list args;

        if (s->n_doubts == VERDICT_NOTES_MAX)
                return;
        va_start(args, format);
        vsnprintf(s->doubts[s->n_doubts++], VERDICT_SENTENCE_SIZE, format, args);
        va_end(args);
}

void suggestion_set_reason(struct suggestion *s, const char *reason, const char *format, ...) {
        va_list args;

        s->fits = false;
        s->reason = reason;
        va_start(args, format);
        vsnprintf(s->advice, sizeof(s->advice), format, args);
        va_end(args);
}
