/* SPDX-License-Identifier: MIT */
/* The files that the settings name: exercises and response curves. Errors in them are logged. */
#ifndef APP_CONFIG_FILES_H
#define APP_CONFIG_FILES_H

#include "core/condition/condition.h"
#include "sitbone/exercise.h"
#include "sitbone/settings.h"
#include "util/config_errors.h"

void config_files_log_errors(const struct config_errors *errors);

/* Loads the catalogue of exercises. Exercises without errors are used even when others have some. 0, or -ENOMEM. */
int config_files_load_exercises(const struct settings *settings, struct exercise_catalogue *ret);

/* Loads the response curves of the mat. If the file has errors, the mat is used without curves. */
void config_files_load_response(const struct settings *settings, struct condition *condition);

#endif
