/* SPDX-License-Identifier: MIT */
/* The least program that is linked to the same libraries and has set each of them going: the yardstick for memory. */
#include <jansson.h>
#include <libserialport.h>
#include <math.h>
#include <mosquitto.h>
#include <sqlite3.h>
#include <systemd/sd-bus.h>
#include <systemd/sd-event.h>
#include <unistd.h>

int main(int argc, char **argv) {
        volatile float one = expf((float)argc - 1) * (argv != NULL);
        sd_event *event = NULL;
        json_t *object = json_object();
        struct mosquitto *m;
        sqlite3 *db = NULL;

        mosquitto_lib_init();
        m = mosquitto_new("minimal", true, NULL);
        sd_event_default(&event);
        sqlite3_open(":memory:", &db);
        sqlite3_exec(db, "CREATE TABLE t (a INTEGER); INSERT INTO t VALUES (1)", NULL, NULL, NULL);
        pause();
        sqlite3_close(db);
        mosquitto_destroy(m);
        json_decref(object);
        sd_event_unref(event);
        return sp_get_major_package_version() + (int)one;
}
