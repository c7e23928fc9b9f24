/* SPDX-License-Identifier: MIT */
#include "tools/sitbonectl/view/values.h"

#include <math.h>
#include <string.h>

#include "contract/live_json.h"

static json_t *make_point(double x_mm, double y_mm) {
        json_t *point = json_array();

        json_array_append_new(point, live_json_number(x_mm, 0));
        json_array_append_new(point, live_json_number(y_mm, 0));
        return point;
}

json_t *view_bones_json(const struct live_values *v) {
        const double *mm = v->sit_bones.of;
        json_t *bones;

        if (!isfinite(mm[0] + mm[1] + mm[2] + mm[3]))
                return json_null();
        bones = json_object();
        json_object_set_new(bones, "left_mm", make_point(mm[0], mm[1]));
        json_object_set_new(bones, "right_mm", make_point(mm[2], mm[3]));
        json_object_set_new(bones, "quality", live_json_number(v->sit_bone_quality, 2));
        return bones;
}

/* Each calibrated pose with its separation from upright. */
static json_t *make_poses(const struct live_values *v) {
        json_t *poses = json_object();
        const char *rest = v->poses;
        size_t n;

        for (int i = 0; i < LIVE_ARRAY_MAX && (n = strcspn(rest, " ")) > 0; i++, rest += n + (rest[n] == ' ')) {
                char pose[LIVE_WORD_MAX];

                snprintf(pose, sizeof(pose), "%.*s", (int)n, rest);
                json_object_set_new(poses, pose, live_json_number(v->separation.of[i], 1));
        }
        return poses;
}

static json_t *make_alert(const struct live_values *v) {
        if (!v->alert_kind[0])
                return json_null();
        return json_pack("{s:s,s:s,s:s,s:s}", "kind", v->alert_kind, "title", v->alert_title, "reason",
                         v->alert_reason, "exercise", v->alert_exercise);
}

void view_print_json(FILE *f, const struct view *v) {
        json_t *root = json_object();

        live_json_put(root, &v->live, LIVE_STATUS);
        /* these two are objects in JSON, and lists on D-Bus */
        json_object_set_new(root, "sit_bones", view_bones_json(&v->live));
        json_object_set_new(root, "calibrated_poses", make_poses(&v->live));
        json_object_set_new(root, "alert", make_alert(&v->live));
        live_json_print(f, root);
}
