/* SPDX-License-Identifier: MIT */
/* The exercise catalogue as a file: config/exercises.conf and what a user made of it. */
#ifndef CONFIGURE_EXERCISES_H
#define CONFIGURE_EXERCISES_H

#include <stddef.h>

#include "sitbone/exercise.h"
#include "util/config_errors.h"

/* Reads text (the file's content) into *ret; every mistake goes to mistakes with file and line. *ret is written only
 * when there is none. Returns the number of mistakes. */
int exercises_parse(const char *path, const char *text, size_t n, struct config_errors *mistakes,
                    struct exercise_catalogue *ret);

/* Puts the words of a translation (name, dose and how of exercises that *catalogue has; [safety]) in place of those there,
 * by the same rules. What the translation leaves out stays. */
int exercises_translate(const char *path, const char *text, size_t n, struct config_errors *mistakes,
                        struct exercise_catalogue *catalogue);

/* The file at path; NULL: the installed one. A missing file leaves an empty catalogue and is a mistake. Beside
 * exercises.conf, exercises.de.conf has the words for German, and so on: language_chosen() says which is read. A mistake in
 * that file leaves the words as they were. */
int exercises_load(const char *path, struct config_errors *mistakes, struct exercise_catalogue *ret);

#endif
