/* SPDX-License-Identifier: MIT */
/* Tables of frames that somebody else's program wrote (CSV with any header, delimiter and clock), turned into frames CSV. */
#ifndef TOOLS_SITBONECTL_TABLE_H
#define TOOLS_SITBONECTL_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "tools/sitbonectl/commands.h"

enum { TABLE_NAME_MAX = 48, TABLE_COLUMNS_MAX = 4200, TABLE_ERROR_MAX = 256 };

/* The look of a table. Columns count from 0; -1 = none. */
struct table {
        char delimiter;
        bool header; /* the first line has the names of the columns */
        int columns, time, first_cell, last_cell;
        size_t header_at; /* offset of the first line of the table, after a byte order mark and remarks */
};

/* delimiter 0: find it. False: the text is no table of numbers. The columns of time and cells are a guess. */
bool table_detect(const char *data, size_t n, char delimiter, struct table *ret);

/* Writes the name of a column, or its number from 1 in a table without header, so that a terminal can show it. */
void table_column_name(const char *data, size_t n, const struct table *t, int column, char ret[TABLE_NAME_MAX]);

/* Makes frames CSV from a table. options->columns: "time=NAME[:s|ms|us],cells=FROM..TO[,label=NAME]", names or numbers from 1; rate=HZ
 * stands for time where there is none. options->delimiter: NULL = as detected. Returns 0 and *ret, to be freed, or -1 and the reason. */
int table_to_frames_csv(const char *data, size_t n, const struct options *options, char **ret, size_t *ret_n,
                        char error[TABLE_ERROR_MAX]);

#endif
