/* SPDX-License-Identifier: MIT */
/* A unit test is a program: CHECK fails it with place and expression, SKIP ends it with status 77. */
#ifndef TESTS_CHECK_H
#define TESTS_CHECK_H

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define CHECK(expr)                                                                                                   \
        do {                                                                                                          \
                if (!(expr)) {                                                                                        \
                        fprintf(stderr, "%s:%d: %s: CHECK(%s) failed\n", __FILE__, __LINE__, __func__, #expr);        \
                        exit(1);                                                                                      \
                }                                                                                                     \
        } while (0)

#define CHECK_NEAR(a, b, tolerance)                                                                                   \
        do {                                                                                                          \
                double check_a_ = (a), check_b_ = (b);                                                                \
                if (!(fabs(check_a_ - check_b_) <= (tolerance))) {                                                    \
                        fprintf(stderr, "%s:%d: %s: %s = %g, not %g within %g\n", __FILE__, __LINE__, __func__, #a,   \
                                check_a_, check_b_, (double)(tolerance));                                             \
                        exit(1);                                                                                      \
                }                                                                                                     \
        } while (0)

#define SKIP(why)                                                                                                     \
        do {                                                                                                          \
                printf("SKIP: %s\n", why);                                                                            \
                exit(77);                                                                                             \
        } while (0)

#endif
