/* SPDX-License-Identifier: MIT */
/* sitbone-mqtt: connects to the broker on behalf of sitboned, which starts it. */
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "publish/mqtt/channel.h"
#include "publish/mqtt/client.h"
#include "publish/mqtt/confine.h"
#include "util/language.h"
#include "util/log.h"

enum { START_MS = 10000, EXIT_USAGE = 2 };

static bool is_channel(int fd) {
        int type = 0;
        socklen_t size = sizeof(type);

        return getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) == 0 && type == SOCK_SEQPACKET;
}

static bool receive_start(struct channel_message *ret) {
        struct pollfd p = {CHANNEL_FD, POLLIN, 0};

        return poll(&p, 1, START_MS) > 0 && channel_receive(CHANNEL_FD, true, ret) == 1 &&
               ret->header.type == CHANNEL_START;
}

int main(void) {
        static struct client client;
        static struct channel_message message;

        if (!is_channel(CHANNEL_FD)) {
                fputs("sitbone-mqtt: sitboned starts this program; see sitbone-mqtt(7)\n", stderr);
                return EXIT_USAGE;
        }
        signal(SIGPIPE, SIG_IGN);
        confine_resources();
        if (!receive_start(&message))
                return EXIT_FAILURE;
        log_open((enum log_level)message.of.start.log_level);
        language_choose(message.of.start.settings.seat.language);
        client_init(&client, &message.of.start);
        client_run(&client);
        return EXIT_SUCCESS;
}
