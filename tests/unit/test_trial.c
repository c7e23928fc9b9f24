/* SPDX-License-Identifier: MIT */
/* Simulated sitters with known effects of the prompt: the interval of sitbonectl trial covers the effect in 93 to 97 % of 400
 * trials, without bias. A withheld prompt comes 10 minutes later, and nothing reveals it before. */
#include "core/follow/trial.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "configure/settings.h"
#include "core/follow/alert.h"
#include "core/follow/alert_memory.h"
#include "core/follow/sitting.h"
#include "sitbone/settings.h"
#include "tools/sitbonectl/history/trial_effect.h"

static const uint64_t SECOND = 1000000, MINUTE = 60000000;

enum { TRIALS = 400, PROMPTS = 300 };

/* Share of the windows of 10 minutes in which the sitter gets up, or mean number of shifts, and what a prompt adds. */
struct sitter {
        const char *name;
        double up, shifts;
        double more_up, more_shifts;
        double fading; /* prompts after which the effect has fallen to 1 / e; 0 = it stays */
};

static struct settings settings;
static struct exercise_catalogue catalogue;
static struct sitting_tracker sitting_tracker;
static struct alert_tracker tracker;
static struct posture posture;
static struct sitting sitting;
static struct alerts alerts;
static uint64_t now, deadline;
static uint64_t results; /* reported in this trial */
static uint64_t raised;
static struct trial_arm stood[TRIAL_ARM_N], shifts[TRIAL_ARM_N];

static double draw(void) {
        static uint64_t state = 88172645463325252;

        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        return (double)(state >> 11) * 0x1p-53;
}

static void add_outcome(struct trial_arm *arm, double outcome) {
        arm->n++;
        arm->sum += outcome;
        arm->squares += outcome * outcome;
}

/* Before a result is reported, the prompt looks like one that waits for a good moment. */
static void check_step(void) {
        const struct alert_plan *plan = &alerts.plan[ALERT_ACTIVATE];
        const struct trial_result *r = &alerts.trial;

        if (now < tracker.trial.withheld_until_us && sitting.phase == SITTING_SEATED)
                CHECK((plan->inhibits == ALERT_INHIBIT_MOMENT || plan->due_us > now) &&
                      !alerts.of[ALERT_ACTIVATE].open);
        raised += (alerts.of[ALERT_ACTIVATE].changes & ALERT_RAISED) != 0;
        CHECK(!alerts.trial_runs || !(alerts.of[ALERT_ACTIVATE].changes & ALERT_HEADS_UP));
        if (!(alerts.changes & ALERTS_TRIAL_RESULT))
                return;
        CHECK(now >= r->decided_us + 10 * MINUTE);
        results++;
        add_outcome(&stood[r->withheld ? TRIAL_WITHHELD : TRIAL_SHOWN], r->stood);
        add_outcome(&shifts[r->withheld ? TRIAL_WITHHELD : TRIAL_SHOWN], r->shifts);
}

static void step(void) {
        uint64_t a = sitting_step(&sitting_tracker, &posture, now, &sitting);
        uint64_t b = alert_step(&tracker, &sitting, now, &alerts);

        deadline = a < b ? a : b;
        CHECK(deadline > now);
        check_step();
}

static void run_until(uint64_t t) {
        while (deadline < t) {
                now = deadline;
                step();
        }
        now = t;
        step();
}

static void set_seat(enum occupancy occupancy) {
        posture.occupancy = occupancy;
        posture.posture_class = occupancy == OCCUPANCY_PERSON ? POSTURE_UPRIGHT : POSTURE_VACANT;
        posture.occupancy_since_us = now;
        step();
}

static void begin(uint64_t seed) {
        settings_defaults(&settings);
        settings.alert.trial = true;
        settings.alert.heads_up_s = 20;
        settings.alert.slouch = settings.alert.still = false;
        posture = (struct posture){.occupancy = OCCUPANCY_VACANT, .asymmetry = NAN, .confidence = 1};
        now = 1000 * SECOND;
        sitting_init(&sitting_tracker, &settings);
        alert_init(&tracker, &settings, &catalogue);
        tracker.trial.seed = seed;
        memset(stood, 0, sizeof(stood));
        memset(shifts, 0, sizeof(shifts));
        results = raised = 0;
        set_seat(OCCUPANCY_VACANT);
        set_seat(OCCUPANCY_PERSON);
}

static void take_break(uint64_t minutes) {
        set_seat(OCCUPANCY_VACANT);
        run_until(now + minutes * MINUTE);
        set_seat(OCCUPANCY_PERSON);
}

static void shift_once(void) {
        posture.shifts++;
        posture.shift_began_us = now;
        step();
}

/* Sits until the next decision. */
static void sit_until_decision(void) {
        uint64_t most = now + 60 * MINUTE;

        while (tracker.trial.result.decided_us == 0 && now < most)
                run_until(deadline);
        CHECK(tracker.trial.result.decided_us == now);
}

/* The 10 minutes after a decision. */
static void behave(const struct sitter *who, double strength) {
        bool prompted = alerts.of[ALERT_ACTIVATE].open;
        uint64_t from = now;

        CHECK(prompted != tracker.trial.result.withheld);
        if (draw() < who->up + (prompted ? strength * who->more_up : 0)) {
                run_until(from + MINUTE / 2 + (uint64_t)(draw() * 9 * (double)MINUTE));
                take_break(3);
        } else {
                for (int slot = 0; slot < 9 && who->shifts > 0; slot++) {
                        run_until(from + (uint64_t)(slot + 1) * MINUTE);
                        if (draw() < (who->shifts + (prompted ? strength * who->more_shifts : 0)) / 9)
                                shift_once();
                }
        }
        run_until(now + (from + 11 * MINUTE > now ? from + 11 * MINUTE - now : 0));
        if (sitting.bout.seated_us > 30 * MINUTE)
                take_break(3);
}

/* The same 10 minutes as core/follow/sitting.c reports them, without the steps between. */
static void play_prompt(struct trial *t, const struct sitter *who, double strength, uint64_t at) {
        struct sitting s = {.phase = SITTING_SEATED, .bout_number = at};
        bool prompted = !trial_withhold(t, &s, at);
        double mean = who->shifts + (prompted ? strength * who->more_shifts : 0);
        struct trial_result r;

        if (draw() < who->up + (prompted ? strength * who->more_up : 0)) {
                s.phase = SITTING_INTERRUPTED;
                s.left_seat_us = at + MINUTE + (uint64_t)(draw() * 8 * (double)MINUTE);
                CHECK(!trial_step(t, &s, s.left_seat_us, &r));
                s = (struct sitting){.phase = SITTING_AWAY, .changes = SITTING_BREAK | SITTING_BOUT_ENDED};
        } else {
                for (int slot = 0; slot < 9; slot++)
                        s.bout.shifts += draw() < mean / 9;
        }
        CHECK(trial_step(t, &s, at + 10 * MINUTE, &r) && r.withheld != prompted);
        add_outcome(&stood[r.withheld ? TRIAL_WITHHELD : TRIAL_SHOWN], r.stood);
        add_outcome(&shifts[r.withheld ? TRIAL_WITHHELD : TRIAL_SHOWN], r.shifts);
}

static void run_trials(const struct sitter *who, double bias_most) {
        bool shifting = who->shifts > 0;
        double bias = 0;
        int covered = 0;

        for (uint64_t i = 0; i < TRIALS; i++) {
                struct trial t = {.seed = i * 7919 + 1};
                double effect = 0; /* of the prompts of this trial on average */
                struct trial_effect e;

                memset(stood, 0, sizeof(stood));
                memset(shifts, 0, sizeof(shifts));
                for (uint64_t p = 0; p < PROMPTS; p++) {
                        double strength = who->fading > 0 ? exp(-(double)p / who->fading) : 1;

                        play_prompt(&t, who, strength, (p + 1) * 40 * MINUTE);
                        effect += strength * (shifting ? who->more_shifts : who->more_up) / PROMPTS;
                        t.withheld_until_us = 0;
                }
                e = trial_effect(shifting ? shifts : stood, !shifting);
                CHECK(e.more == 0);
                covered += e.low <= effect && effect <= e.high;
                bias += (e.estimate - effect) / TRIALS;
        }
        printf("%s: covered %.1f %%, bias %.4f\n", who->name, 100.0 * covered / TRIALS, bias);
        CHECK(covered >= 0.93 * TRIALS && covered <= 0.97 * TRIALS);
        CHECK(fabs(bias) < bias_most);
}

static void test_coverage(void) {
        static const struct sitter sitters[] = {
                {.name = "no effect", .up = 0.3},
                {.name = "effect 0.1", .up = 0.3, .more_up = 0.1},
                {.name = "effect 0.3", .up = 0.3, .more_up = 0.3},
                {.name = "effect 0.3, fading", .up = 0.3, .more_up = 0.3, .fading = 100},
                {.name = "shifts, no effect", .shifts = 4},
                {.name = "shifts, effect 1", .shifts = 4, .more_shifts = 1},
        };

        for (size_t i = 0; i < sizeof(sitters) / sizeof(*sitters); i++)
                run_trials(&sitters[i], sitters[i].shifts > 0 ? 0.025 : 0.01); /* 0.6 % of the shifts of a window */
}

/* The sitter goes through the whole of core/follow/ for some weeks. */
static void follow_sitter(const struct sitter *who) {
        bool shifting = who->shifts > 0;
        struct trial_effect e;
        double withheld;

        begin(5);
        for (int p = 0; p < PROMPTS; p++) {
                sit_until_decision();
                behave(who, 1);
        }
        e = trial_effect(shifting ? shifts : stood, !shifting);
        withheld = stood[TRIAL_WITHHELD].n / PROMPTS;
        printf("%s: %.3f of %d withheld, %.3f (%.3f to %.3f)\n", who->name, withheld, (int)results, e.estimate, e.low,
               e.high);
        CHECK(results == PROMPTS && withheld > 0.15 && withheld < 0.25);
        CHECK(e.more == 0 && e.low < who->more_up + who->more_shifts && who->more_up + who->more_shifts < e.high);
}

static void test_weeks(void) {
        follow_sitter(&(struct sitter){.name = "weeks, standing", .up = 0.3, .more_up = 0.3});
        follow_sitter(&(struct sitter){.name = "weeks, shifting", .shifts = 4, .more_shifts = 1});
}

/* Draws with this seed until the next prompt is withheld, or shown. */
static void begin_with(bool withheld) {
        uint64_t seed = 0;

        do {
                begin(++seed);
                sit_until_decision();
        } while (tracker.trial.result.withheld != withheld);
}

/* A withheld prompt comes after 10 minutes, once, and is not drawn again. */
static void test_withheld(void) {
        uint64_t decided;

        begin_with(true);
        decided = now;
        CHECK(raised == 0 && sitting.bout.seated_us >= 30 * MINUTE);
        run_until(decided + 10 * MINUTE - 1);
        CHECK(raised == 0 && results == 0);
        run_until(decided + 10 * MINUTE);
        CHECK(raised == 1 && results == 1 && alerts.trial.withheld && !alerts.trial.stood);
        CHECK(tracker.trial.result.decided_us == 0);
}

/* A restart in the 10 minutes reveals nothing: the prompt still comes after them. Its result is lost. */
static void test_restart(void) {
        struct memory_sitting m;
        struct memory_alerts a;
        uint64_t decided;

        begin_with(true);
        decided = now;
        run_until(now + 4 * MINUTE);
        sitting_remember(&sitting_tracker, now, &m);
        alert_remember(&tracker, now, &a);
        sitting_init(&sitting_tracker, &settings);
        alert_init(&tracker, &settings, &catalogue);
        sitting_recall(&sitting_tracker, &m, 0, now);
        alert_recall(&tracker, &a, 0, now);
        tracker.trial.seed = 1;
        step();
        run_until(decided + 10 * MINUTE - 1);
        CHECK(raised == 0);
        run_until(decided + 10 * MINUTE);
        CHECK(raised == 1 && results == 0);
}

/* Standing up counts when it begins within the 10 minutes and becomes a break. */
static void test_results(void) {
        begin_with(false);
        run_until(now + 9 * MINUTE);
        take_break(3); /* ends after the 10 minutes */
        CHECK(results == 1 && alerts.trial.stood && !alerts.trial.withheld);
        begin_with(true);
        run_until(now + 3 * MINUTE);
        shift_once();
        take_break(1);
        shift_once();
        run_until(now + 6 * MINUTE);
        CHECK(results == 1 && !alerts.trial.stood && alerts.trial.withheld && alerts.trial.shifts == 2);
        begin_with(true);
        run_until(now + 8 * MINUTE);
        set_seat(OCCUPANCY_UNKNOWN);
        run_until(now + 5 * MINUTE);
        set_seat(OCCUPANCY_PERSON);
        run_until(now + 10 * MINUTE);
        CHECK(results == 0);
}

/* Without a seed (replay) or the setting, every prompt is shown, and none is counted. */
static void test_off(void) {
        begin(0);
        run_until(now + 31 * MINUTE);
        CHECK(raised == 1 && tracker.trial.result.decided_us == 0);
        begin_with(true);
        settings.alert.trial = false;
        alert_configure(&tracker, &settings);
        step();
        CHECK(raised == 1);
        run_until(now + 12 * MINUTE);
        CHECK(results == 0);
}

static void test_not_known(void) {
        struct trial_arm none[TRIAL_ARM_N] = {0}, few[TRIAL_ARM_N] = {{40, 0, 0}, {5, 0, 0}};
        struct trial_arm enough[TRIAL_ARM_N] = {{120, 60, 60}, {30, 6, 6}};
        struct trial_effect e = trial_effect(none, true);

        CHECK(e.more == 151 && isnan(e.estimate) && isnan(e.low)); /* 1.96^2 * 0.25 / (0.8 * 0.2 * 0.2^2) */
        e = trial_effect(few, true);                               /* the same in both arms so far: no certainty */
        CHECK(e.more == 106);
        e = trial_effect(few, false);
        CHECK(e.more == 25);
        e = trial_effect(enough, true);
        CHECK(e.more == 0 && fabs(e.estimate - 0.3) < 1e-9 && e.low > 0.1 && e.high < 0.47);
}

int main(void) {
        test_withheld();
        test_restart();
        test_results();
        test_off();
        test_not_known();
        test_weeks();
        test_coverage();
        return EXIT_SUCCESS;
}
