/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/estimate/taught.h"
#include "tools/sitbonectl/replay/command.h"
#include "tools/sitbonectl/source.h"

struct span {
        const char *text; /* as it was typed */
        double from_s, to_s;
        struct lesson lesson;
};

struct replay_lessons {
        int n;
        struct profile profile;
        struct span of[];
};

/* "NAME=FROM-TO". The name may hold a "-", the times may not be negative. */
static bool parse(const char *text, struct span *ret) {
        const char *times = strchr(text, '=');
        char name[POSTURE_NAME_MAX] = "";
        size_t n = times ? (size_t)(times - text) : 0;

        if (n == 0 || n >= sizeof(name))
                return false;
        memcpy(name, text, n);
        ret->text = text;
        return parse_span(times + 1, &ret->from_s, &ret->to_s) && lesson_begin(&ret->lesson, name);
}

int replay_lessons_new(const struct options *options, struct replay_lessons **ret) {
        const struct repeated *all = &options->teach;
        struct replay_lessons *l;

        *ret = NULL;
        if (all->n == 0)
                return STATUS_DONE;
        if (all->n > OPTIONS_REPEATED_MAX) {
                complain("--teach at most %d times", OPTIONS_REPEATED_MAX);
                return STATUS_USAGE;
        }
        l = calloc(1, sizeof(*l) + (size_t)all->n * sizeof(l->of[0]));
        if (!l) {
                complain("out of memory");
                return STATUS_FAILED;
        }
        *ret = l;
        for (; l->n < all->n; l->n++)
                if (!parse(all->of[l->n], &l->of[l->n])) {
                        complain("--teach %s: must be NAME=FROM-TO, a name of letters, digits, - and _ (at most %d) "
                                 "and "
                                 "seconds of the recording, as in crossed-left=30-40",
                                 all->of[l->n], POSTURE_NAME_MAX - 1);
                        return STATUS_USAGE;
                }
        return STATUS_DONE;
}

void replay_lessons_decided(void *userdata, const struct snapshot *s) {
        struct replay_lessons *l = userdata;
        const double now_s = replay_time_s(s);

        for (int i = 0; i < l->n && s->fresh; i++)
                if (now_s >= l->of[i].from_s - 1e-6 && now_s < l->of[i].to_s - 1e-6)
                        lesson_add(&l->of[i].lesson, &l->profile, &s->features);
}

static const char *reason(enum command_result r) {
        return r == COMMAND_OUT_OF_RANGE ? "too many names" : "fewer than two maps in that time";
}

int replay_lessons_learn(struct replay_lessons *l, struct profile *ret) {
        for (int i = 0; i < l->n; i++) {
                enum command_result r = lesson_learn(&l->of[i].lesson, &l->profile);

                if (r == COMMAND_OK)
                        continue;
                complain("--teach %s: %s", l->of[i].text, reason(r));
                return STATUS_FAILED;
        }
        *ret = l->profile;
        return STATUS_DONE;
}

void replay_lessons_free(struct replay_lessons *l) {
        free(l);
}
