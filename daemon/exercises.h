/* The exercise catalogue as a file: config/exercises.conf and what a user made of it. */
#ifndef EXERCISES_H
#define EXERCISES_H

#include "settings.h"
#include "sitbone/exercise.h"

/* Reads text (the file's content) into *ret; every mistake goes to mistakes with file and line. *ret is written only
 * when there is none. Returns the number of mistakes. */
int exercises_parse(const char *path, const char *text, size_t n, struct mistakes *mistakes,
                    struct exercise_catalogue *ret);

/* The file at path; NULL: the installed one. A missing file leaves an empty catalogue and is a mistake. */
int exercises_load(const char *path, struct mistakes *mistakes, struct exercise_catalogue *ret);

#endif
