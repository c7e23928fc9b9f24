/* SPDX-License-Identifier: MIT */
/* The file of response curves: legal files, illegal files and their errors. */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "configure/response_curve.h"

static struct config_errors errors;
static struct response response;

static bool good(const char *text) {
        memset(&errors, 0, sizeof(errors));
        response_parse("mat", text, strlen(text), &errors, &response);
        return errors.n == 0;
}

static void expect_error(const char *text, const char *why) {
        CHECK(!good(text));
        CHECK(errors.n == 1 && strncmp(errors.text[0], "mat", 3) == 0);
        if (!strstr(errors.text[0], why)) {
                fprintf(stderr, "%s: not: %s\n", errors.text[0], why);
                abort();
        }
}

#define HEAD "sitbone-response 1\ncells 2\n"

static void test_read(void) {
        CHECK(good("# mine\n\n" HEAD "load 0.5 12 13.5 # board\r\nload\t2 40 44\n"));
        CHECK(response.n_cells == 2 && response.n_points == 2);
        CHECK(response.load_n[0] == 0.5F && response.value[0][1] == 13.5F && response.value[1][0] == 40);
        CHECK(good(HEAD "load 1 100\nload 2 150"));
        CHECK(response.value[0][0] == 100 && response.value[1][1] == 150);
}

static void test_errors(void) {
        expect_error("", "no load");
        expect_error("load 1 2\n", "mat:1: the first line must be");
        expect_error("sitbone-response 2\n", "mat:1: the first line");
        expect_error("sitbone-response 1\nload 1 2\n", "mat:2: cells must be given before");
        expect_error("sitbone-response 1\ncells 0\n", "mat:2: cells must be a number from 1 to 4096");
        expect_error("sitbone-response 1\ncells 4097\n", "1 to 4096");
        expect_error(HEAD "cells 3\n", "mat:3: cells must be given once");
        expect_error(HEAD "load 1 2 3 4\n", "mat:3: more than 2 numbers");
        expect_error(HEAD "load 1 2 x\n", "mat:3: number 2 is missing");
        expect_error(HEAD "load 1\n", "mat:3: number 1 is missing");
        expect_error(HEAD "load 1 2 -3\n", "mat:3: number 2 is missing or not from");
        expect_error(HEAD "load 1 2 nan\n", "mat:3: number 2");
        expect_error(HEAD "load 2 20 30\nload 1 40 50\n", "mat:4: load must be newtons");
        expect_error(HEAD "load 1 20 30\nload 2 40 30\n", "mat:4: number 2 does not exceed");
        expect_error(HEAD "load 1 20 30\nload 2 40 30.002\n",
                     "mat:4: number 2 does not exceed that of the load before by");
        expect_error(HEAD "load 1 20 30\nload 1.00009 40 50\n", "mat:4: load must be newtons");
        expect_error(HEAD "load 1 0.00000000000000000000000000000000000004444442\n",
                     "mat:3: number 1 is missing or not from");
        expect_error(HEAD "load 1 1e-10 2\n", "mat:3: number 1 is missing or not from 1e-09 to 1e+09");
        expect_error(HEAD "load 1e-40 1 2\n", "mat:3: load must be newtons on one cell, from 1e-09 to 10000");
        expect_error(HEAD "lode 1 20 30\n", "mat:3: neither cells nor load: lode");
        expect_error(HEAD
                     "load 1 2\nload 2 3\nload 3 4\nload 4 5\nload 5 6\nload 6 7\nload 7 8\nload 8 9\nload 9 10\n",
                     "mat:11: more loads than 8");
        memset(&errors, 0, sizeof(errors));
        CHECK(!response_load("/nowhere/at/all", &errors) && strstr(errors.text[0], "No such file"));
}

static void test_written(void) {
        static struct response before;
        char *text = NULL;
        size_t n = 0;
        FILE *f = open_memstream(&text, &n);

        CHECK(f && good(HEAD "load 0.5 12 13.5\nload 2 40 44\n"));
        before = response;
        response_print(f, &response);
        fclose(f);
        CHECK(good(text));
        CHECK(response.n_cells == before.n_cells && response.n_points == before.n_points);
        CHECK(memcmp(response.load_n, before.load_n, 2 * sizeof(float)) == 0);
        CHECK(memcmp(response.value[1], before.value[1], 2 * sizeof(float)) == 0);
        free(text);
}

int main(void) {
        test_read();
        test_errors();
        test_written();
        return 0;
}
