/* SPDX-License-Identifier: MIT */
/* The messages between sitboned and sitbone-mqtt: what neither side may send is refused, whatever its bytes. */
#include "publish/mqtt/channel.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "check.h"

static int pair[2];
static struct channel_message message;

static int receive(bool to_child) {
        return channel_receive(pair[1], to_child, &message);
}

static void test_round_trip(void) {
        struct channel_event_done done = {.number = 7};

        CHECK(receive(false) == 0);
        CHECK(channel_send(pair[0], CHANNEL_EVENT_DONE, &done) == 0);
        CHECK(receive(false) == 1);
        CHECK(message.header.type == CHANNEL_EVENT_DONE && message.of.event_done.number == 7);
        CHECK(channel_send(pair[0], CHANNEL_STOP, NULL) == 0);
        CHECK(receive(true) == 1 && message.header.type == CHANNEL_STOP);
}

/* A message of the other direction, and commands that sitboned must not execute. */
static void test_wrong_side(void) {
        static struct channel_request request;

        CHECK(channel_send(pair[0], CHANNEL_STOP, NULL) == 0);
        CHECK(receive(false) == -EBADMSG);
        request.command.type = COMMAND_SNOOZE;
        CHECK(channel_send(pair[0], CHANNEL_REQUEST, &request) == 0);
        CHECK(receive(false) == 1);
        request.command.type = (enum command_type)COMMAND_TYPE_N;
        CHECK(channel_send(pair[0], CHANNEL_REQUEST, &request) == 0);
        CHECK(receive(false) == -EBADMSG);
        request.command.type = COMMAND_SNOOZE;
        strcpy(request.command.name, "../x");
        CHECK(channel_send(pair[0], CHANNEL_REQUEST, &request) == 0);
        CHECK(receive(false) == -EBADMSG);
}

static void test_wrong_header(void) {
        static struct channel_message m;
        size_t whole = offsetof(struct channel_message, of) + sizeof(struct channel_status);
        struct channel_header header = {CHANNEL_VERSION, CHANNEL_STATUS, sizeof(struct channel_status)};

        m.header = header;
        CHECK(channel_check(&m, whole, false));
        CHECK(!channel_check(&m, whole - 1, false));
        CHECK(!channel_check(&m, 3, false));
        m.header.version++;
        CHECK(!channel_check(&m, whole, false));
        m.header = header;
        m.header.size++;
        CHECK(!channel_check(&m, whole + 1, false));
        m.header = header;
        m.header.type = CHANNEL_TYPE_N;
        CHECK(!channel_check(&m, whole, false));
}

/* Random bytes behind a right header: never more than refused, and texts of what passes are terminated. */
static void test_random_bodies(void) {
        static const size_t sizes[CHANNEL_TYPE_N] = {
                [CHANNEL_STATUS] = sizeof(struct channel_status),
                [CHANNEL_EVENT_DONE] = sizeof(struct channel_event_done),
                [CHANNEL_REQUEST] = sizeof(struct channel_request),
        };

        srand(1);
        for (int round = 0; round < 20000; round++) {
                unsigned type = CHANNEL_STATUS + (unsigned)rand() % 3;
                unsigned char *body = (unsigned char *)&message.of;

                message.header = (struct channel_header){CHANNEL_VERSION, (uint16_t)type, (uint32_t)sizes[type]};
                for (size_t i = 0; i < sizes[type]; i++)
                        body[i] = (unsigned char)(rand() >> 7);
                if (channel_check(&message, offsetof(struct channel_message, of) + sizes[type], false) &&
                    type == CHANNEL_REQUEST) {
                        CHECK(memchr(message.of.request.command.name, 0, sizeof(message.of.request.command.name)));
                        CHECK(memchr(message.of.request.command.settings, 0, COMMAND_SETTINGS_MAX));
                }
        }
}

static void test_end(void) {
        close(pair[0]);
        CHECK(receive(false) == -EPIPE);
}

int main(void) {
        CHECK(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) == 0);
        test_round_trip();
        test_wrong_side();
        test_wrong_header();
        test_random_bodies();
        test_end();
        return 0;
}
