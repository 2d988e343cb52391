/* SPDX-License-Identifier: Apache-2.0 */
/* A device is there by a local route to its address and silent by a blackhole in its place: then
 * the kernel neither answers ping nor refuses a connection. */
#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "street.h"

extern char **environ;

/* Only a namespace that sim/netns.sh made has this interface. */
bool route_own_namespace(void)
{
    return if_nametoindex("sw-street") != 0;
}

static bool ip(char *const argv[])
{
    pid_t pid;
    int status;
    if (posix_spawnp(&pid, "ip", NULL, NULL, argv, environ) != 0)
        return false;
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            return false;
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

bool route_set(const struct device *d, bool silent)
{
    char text[INET_ADDRSTRLEN + 4];
    char *there[] = {"ip",  "route", "replace", "local", text, "dev", "lo", "table", "local",
                     "proto", "static", NULL};
    char *gone[] = {"ip",    "route", "replace", "blackhole", text, "table", "local",
                    "proto", "static", NULL};
    char host[INET_ADDRSTRLEN];
    inet_ntop(AF_INET, &d->address, host, sizeof host);
    snprintf(text, sizeof text, "%s/32", host);
    if (ip(silent ? gone : there))
        return true;
    fprintf(stderr, "street: cannot set the route of %s\n", d->no);
    return false;
}

bool route_begin(const struct street *s)
{
    char *up[] = {"ip", "link", "set", "lo", "up", NULL};
    if (!ip(up))
        return false;
    for (size_t i = 0; i < s->n; i++)
        if (!route_set(&s->devices[i], false))
            return false;
    return true;
}
