/* SPDX-License-Identifier: MIT */
/* Measurements of one map, in the terms of ISO/TR 16840-9 and the seating clinics. NAN = cannot be known from this map
 * (too little load, no positions). Loads are shares of full scale times cm2, so that they compare between mats. */
#ifndef SITBONE_FEATURES_H
#define SITBONE_FEATURES_H

#include <stdbool.h>
#include <stdint.h>

/* Load profile along y in bands fixed to the body: band b covers y from line_y + (b - 3) * 24 mm, 24 mm wide,
 * where line_y is the sit-bone line. Shares of the load in the bands; see describe/describe.c. */
enum { PROFILE_BANDS = 8 };

/* Load profile along y in bands fixed to the mat: band b covers y from (b - 12) * 20 mm, 20 mm wide. Shares of the
 * load; see describe/describe.c. */
enum { ALONG_BANDS = 24 };

/* Numbers in a fingerprint at most, and in one fixed to the body. A fingerprint is the map averaged over the last
 * second, for recognising taught postures; see describe/fingerprint.h. */
enum { FINGERPRINT_MAX = 144, FINGERPRINT_BODY = 121 };

/* The kinds of values that a mat can measure, depending on its cells. */
enum measure {
        MEASURE_SITTING = 1 << 0, /* sitting and standing */
        MEASURE_SIDES = 1 << 1,   /* balance of left and right */
        MEASURE_LEANS = 1 << 2,   /* to the left, right, front and back */
        MEASURE_TAUGHT = 1 << 3,  /* taught postures */
        MEASURE_ANGLES = 1 << 4,  /* tilt and obliquity, slouching, contact area */
        MEASURE_SIT_BONES = 1 << 5,
        MEASURE_N = 6
};

/* The same for every map of a mat. */
struct capabilities {
        uint32_t n_cells;               /* without those that are masked */
        bool few;                       /* at most FEW_CELLS_MAX */
        uint32_t measures;              /* enum measure, or-ed */
        float middle_x_mm, middle_y_mm; /* of the cells */
};

struct sit_bones {
        bool valid;       /* a pair was found, abs(asymmetry) <= 0.35, a person's weight is there */
        float left_mm[2]; /* x, y */
        float right_mm[2];
        float press[2]; /* left, right: mean load round each peak, share of full scale; known where two peaks are
                         * searched for, valid or not, otherwise NAN */
        float quality;  /* 0..1: prominence, distance within 80..170 mm, level */
};

/* Thirds of the mat from the back, left and right. */
enum seat_region {
        REGION_BACK_LEFT,
        REGION_BACK_RIGHT,
        REGION_MIDDLE_LEFT,
        REGION_MIDDLE_RIGHT,
        REGION_FRONT_LEFT,
        REGION_FRONT_RIGHT,
        REGION_N,
};

/* Numbers that seating clinics report beside the present map, a few times a second. Formulas and sources:
 * describe/clinical.h. */
struct clinical {
        float dispersion;      /* dispersion index: share of the load under sit bones and sacrum; NAN without a pair */
        float gradient_per_cm; /* steepest step between neighbouring cells, share of full scale per cm */
        float cop_path_mm;     /* length of the COP's path since the seat was last empty */
        float cop_velocity_mm_s;         /* the same per second, over about a minute */
        float region_load[REGION_N];     /* cm2 of full scale */
        float region_loaded_s[REGION_N]; /* since it was last off-loaded by 30 % for 15 s; 0 = it is now */
        uint32_t weight_shifts;          /* since the start: one side off-loaded by 30 % for 15 s */
        uint32_t reliefs;                /* since the start: the whole seat by 90 % for 15 s, getting up included */
};

struct features {
        uint64_t seq;
        uint64_t arrived_us;
        bool resting;            /* from the map: it is not known yet whether a load is the empty seat or a sitter */
        struct capabilities can; /* NAN or invalid is everything below that this excludes */
        bool tared;              /* from the map: the baseline is measured */
        float reading; /* from the map: mean reading of the cells; NAN = occupancy is classified by the load */
        bool straight; /* from the map: loads are proportional to weight */
        float load;    /* sum of load x area, cm2 of full scale */
        float contact_area_cm2; /* area of the cells above the floor; NAN when unplaced */
        uint32_t n_active, n_saturated, n_cells;
        float cop_x_mm, cop_y_mm; /* load-weighted mean position */
        float peak;               /* largest cell, share of full scale */
        float ppi;                /* peak pressure index: mean over 9-10 cm2 round the peak, share of full scale */
        float cov;                /* coefficient of variation over the cells in contact */
        float asymmetry;   /* (R - L) / (R + L) about the mat's middle line, -1..1, positive = more on the right */
        float rest_share;  /* of the load, shown by the mat itself: not tared and loaded in every cell; otherwise 0 */
        float front_share; /* share of the load in the front 13/32 of the mat, of few cells in the front half, 0..1 */
        float back_y_mm;   /* rear edge of the contact (5 % quantile of load along y) */
        float front_y_mm;  /* front edge of the contact (95 % quantile) */
        float width_mm;    /* 5..95 % width of load along x */
        /* A vector that points to the thighs, measured a few times a second; see describe/describe.c. */
        float orientation_x_mm, orientation_y_mm;
        struct sit_bones sit_bones;
        float profile[PROFILE_BANDS]; /* NAN unless a pair is valid */
        float along[ALONG_BANDS];     /* NAN without load, or where rows are too coarse */
        float movement;       /* sum of absolute change from the previous map divided by load, per second, smoothed */
        float cop_speed_mm_s; /* smoothed */
        struct clinical clinical;
        uint64_t fingerprint_at_us; /* of the map that changed it last: a few times a second */
        uint32_t n_fingerprint;
        float fingerprint[FINGERPRINT_MAX]; /* share of full scale; NAN = no trusted cell there */
};

#endif
