/* SPDX-License-Identifier: MIT */
/* The exercise catalogue as a file: config/exercises.conf, or one that a user wrote. */
#ifndef CONFIGURE_EXERCISES_H
#define CONFIGURE_EXERCISES_H

#include <stddef.h>

#include "sitbone/exercise.h"
#include "util/config_errors.h"

/* Parses text, the content of the file at path. Every error is added with file and line; *ret is written only if
 * there is none. Returns the number of errors. */
int exercises_parse(const char *path, const char *text, size_t n, struct config_errors *errors,
                    struct exercise_catalogue *ret);

/* Replaces words of *catalogue by those of a translation (name, dose, how and set of exercises that are in *catalogue;
 * [about], [safety]), by the same rules. Words that the translation leaves out stay as they are. */
int exercises_translate(const char *path, const char *text, size_t n, struct config_errors *errors,
                        struct exercise_catalogue *catalogue);

/* Loads the file at path; NULL: the installed one. A missing file leaves an empty catalogue and is an error. Beside
 * exercises.conf, exercises.de.conf has the words for German, and so on; language_chosen() selects the one that is
 * read. An error in that file leaves the words as they were. */
int exercises_load(const char *path, struct config_errors *errors, struct exercise_catalogue *ret);

#endif
