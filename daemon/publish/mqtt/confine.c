/* SPDX-License-Identifier: MIT */
#include "publish/mqtt/confine.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>

/* Libraries, their heap and the stack need 40 MB of addresses with TLS; a message that needs more is refused. */
enum { ADDRESS_SPACE_MB = 64, DESCRIPTORS_MAX = 32 };

static void set_limit(int resource, rlim_t most) {
        setrlimit((__rlimit_resource_t)resource, &(struct rlimit){most, most});
}

void confine_resources(void) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (!SITBONE_CONFINED)
                return;
        prctl(PR_SET_DUMPABLE, 0); /* no core with the password, also not after each crash */
        set_limit(RLIMIT_AS, (rlim_t)ADDRESS_SPACE_MB << 20);
        set_limit(RLIMIT_NOFILE, DESCRIPTORS_MAX);
}
