/* SPDX-License-Identifier: MIT */
/* What `sitbonectl ports` finds in a /sys and /dev of our own making. */
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"
#include "tools/sitbonectl/ports/find.h"

static char root[64];

static void make_folder(const char *path) {
        char whole[512];

        for (const char *p = path + 1; *p; p++)
                if (*p == '/') {
                        snprintf(whole, sizeof(whole), "%s%.*s", root, (int)(p - path), path);
                        mkdir(whole, 0755);
                }
        snprintf(whole, sizeof(whole), "%s%s", root, path);
        mkdir(whole, 0755);
        CHECK(access(whole, X_OK) == 0);
}

static void make_file(const char *path, const char *text) {
        char whole[512];
        FILE *f;

        snprintf(whole, sizeof(whole), "%s%s", root, path);
        f = fopen(whole, "w");
        CHECK(f && fputs(text, f) >= 0 && fclose(f) == 0);
}

static void make_link(const char *path, const char *target) {
        char whole[512], to[512];

        snprintf(whole, sizeof(whole), "%s%s", root, path);
        snprintf(to, sizeof(to), "%s%s", *target == '/' ? root : "", target);
        CHECK(symlink(to, whole) == 0);
}

/* An FTDI adapter as ttyUSB10, a CDC-ACM board as ttyACM0, a UART, a place without UART, a virtual terminal. */
static void plug_in(void) {
        make_folder("/dev/serial/by-id");
        make_link("/dev/serial/by-id/usb-FTDI_FT232R_A10X-if00-port0", "../../ttyUSB10");
        make_folder("/sys/devices/usb1/1-1/1-1:1.0/ttyUSB10/tty/ttyUSB10");
        make_file("/sys/devices/usb1/1-1/idVendor", "0403\n");
        make_file("/sys/devices/usb1/1-1/idProduct", "6001\n");
        make_file("/sys/devices/usb1/1-1/manufacturer", "FT\033[2JDI\n");
        make_file("/sys/devices/usb1/1-1/product",
                  "A seat pressure mat that has more to say than there is room: M\303\266bel\n");
        make_file("/sys/devices/usb1/1-1/serial", "A10X\n");
        make_file("/sys/devices/usb1/1-1/1-1:1.0/ttyUSB10/latency_timer", "16\n");
        make_link("/sys/devices/usb1/1-1/1-1:1.0/ttyUSB10/driver", "../../../../../bus/usb-serial/drivers/ftdi_sio");
        make_link("/sys/devices/usb1/1-1/1-1:1.0/ttyUSB10/tty/ttyUSB10/device",
                  "/sys/devices/usb1/1-1/1-1:1.0/ttyUSB10");
        make_folder("/sys/devices/usb1/1-2/1-2:1.0/tty/ttyACM0");
        make_file("/sys/devices/usb1/1-2/idVendor", "2341\n");
        make_file("/sys/devices/usb1/1-2/manufacturer", "M\366bel & Co\n");
        make_link("/sys/devices/usb1/1-2/1-2:1.0/tty/ttyACM0/device", "/sys/devices/usb1/1-2/1-2:1.0");
        make_folder("/sys/devices/platform/serial8250/tty/ttyS0");
        make_file("/sys/devices/platform/serial8250/tty/ttyS0/type", "4\n");
        make_link("/sys/devices/platform/serial8250/tty/ttyS0/device", "/sys/devices/platform/serial8250");
        make_folder("/sys/devices/platform/serial8250/tty/ttyS1");
        make_file("/sys/devices/platform/serial8250/tty/ttyS1/type", "0\n");
        make_link("/sys/devices/platform/serial8250/tty/ttyS1/device", "/sys/devices/platform/serial8250");
        make_folder("/sys/devices/virtual/tty/tty0");
        make_folder("/sys/class/tty");
        make_link("/sys/class/tty/ttyUSB10", "/sys/devices/usb1/1-1/1-1:1.0/ttyUSB10/tty/ttyUSB10");
        make_link("/sys/class/tty/ttyACM0", "/sys/devices/usb1/1-2/1-2:1.0/tty/ttyACM0");
        make_link("/sys/class/tty/ttyS0", "/sys/devices/platform/serial8250/tty/ttyS0");
        make_link("/sys/class/tty/ttyS1", "/sys/devices/platform/serial8250/tty/ttyS1");
        make_link("/sys/class/tty/tty0", "/sys/devices/virtual/tty/tty0");
}

static void test_found(void) {
        static struct port_facts p[PORTS_MAX];

        CHECK(ports_find(root, p) == 3);
        CHECK(strcmp(p[0].path, "/dev/ttyACM0") == 0 && strcmp(p[0].vendor, "2341") == 0);
        CHECK(p[0].serial[0] == '\0' && p[0].by_id[0] == '\0' && p[0].latency_ms == -1);
        CHECK(strcmp(p[1].path, "/dev/ttyS0") == 0 && p[1].vendor[0] == '\0');
        CHECK(strcmp(p[2].path, "/dev/ttyUSB10") == 0 && strcmp(p[2].vendor, "0403") == 0);
        CHECK(strcmp(p[2].product, "6001") == 0 && strcmp(p[2].serial, "A10X") == 0);
        /* whole characters only: JSON takes no others */
        CHECK(strcmp(p[2].title, "A seat pressure mat that has more to say than there is room: M") == 0);
        CHECK(strcmp(p[0].maker, "M?bel & Co") == 0);
        CHECK(strcmp(p[2].maker, "FT?[2JDI") == 0); /* nothing that a terminal obeys */
        CHECK(strcmp(p[2].driver, "ftdi_sio") == 0 && p[2].latency_ms == 16);
        CHECK(strcmp(p[2].by_id, "/dev/serial/by-id/usb-FTDI_FT232R_A10X-if00-port0") == 0);
}

int main(void) {
        static struct port_facts none[PORTS_MAX];
        char command[128];

        snprintf(root, sizeof(root), "/tmp/test_ports.XXXXXX");
        CHECK(mkdtemp(root));
        CHECK(ports_find(root, none) == 0);
        plug_in();
        test_found();
        snprintf(command, sizeof(command), "rm -r %s", root);
        return system(command) != 0;
}
