/* SPDX-License-Identifier: MIT */
#include "tools/sitbonectl/json_number.h"

#include <math.h>

json_t *json_rounded(double value, int decimals) {
        double scale = pow(10, decimals);

        if (!isfinite(value))
                return json_null();
        if (decimals == 0)
                return json_integer(llround(value));
        return json_real(round(value * scale) / scale + 0.0); /* + 0.0: not -0 */
}
