/* SPDX-License-Identifier: MIT */
#include "app/config_files.h"

#include <errno.h>
#include <stdlib.h>

#include "configure/exercises.h"
#include "configure/response_curve.h"
#include "util/log.h"

void config_files_log_errors(const struct config_errors *errors) {
        for (int i = 0; i < errors->n && i < CONFIG_ERRORS_MAX; i++)
                log_error("%s", errors->text[i]);
}

int config_files_load_exercises(const struct settings *settings, struct exercise_catalogue *ret) {
        struct config_errors *errors = calloc(1, sizeof(*errors));
        const char *path = *settings->alert.exercises_file ? settings->alert.exercises_file : NULL;

        if (!errors)
                return -ENOMEM;
        exercises_load(path, errors, ret);
        config_files_log_errors(errors);
        if (ret->n == 0)
                log_warning(
                        "exercises: the catalogue is empty; alerts come without an exercise until it is corrected");
        free(errors);
        return 0;
}

void config_files_load_response(const struct settings *settings, struct condition *condition) {
        const char *path = settings->condition.response_file;
        struct config_errors *errors = *path ? calloc(1, sizeof(*errors)) : NULL;
        struct response *response = errors ? response_load(path, errors) : NULL;

        if (errors)
                config_files_log_errors(errors);
        if (!condition_set_response(condition, response) && response)
                log_error("%s: the file has curves for %u cells, the mat has %u; the curves are not used", path,
                          response->n_cells, condition->geometry->n_cells);
        free(response);
        free(errors);
}
