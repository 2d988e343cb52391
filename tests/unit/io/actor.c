/* SPDX-License-Identifier: Apache-2.0 */
/* The parts that children of the tests play. Each says "ready" when it can be acted upon, so that
 * no test has to guess how long that takes. */
#include "test.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io/file.h"
#include "io/lock.h"
#include "io/poke.h"

const char *const *actor(const char *part, const char *argument)
{
    static const char *argv[5];
    argv[0] = "/proc/self/exe";
    argv[1] = "--actor";
    argv[2] = part;
    argv[3] = argument;
    argv[4] = NULL;
    return argv;
}

static void say(const char *s)
{
    printf("%s\n", s);
    fflush(stdout);
}

/* Waits for SIGTERM or SIGINT, says which, ends well. */
static int graceful(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigprocmask(SIG_BLOCK, &set, NULL);
    say("ready");
    int sig;
    sigwait(&set, &sig);
    say(sig == SIGTERM ? "TERM" : "INT");
    return 0;
}

static int stubborn(void)
{
    signal(SIGTERM, SIG_IGN);
    signal(SIGINT, SIG_IGN);
    say("ready");
    while (pause() == -1)
        continue;
    return 0;
}

/* Says what it was given: signals, open descriptors, environment, name space. */
static int inspect(const char *variable)
{
    sigset_t blocked;
    sigprocmask(SIG_BLOCK, NULL, &blocked);
    struct sigaction pipe_action;
    sigaction(SIGPIPE, NULL, &pipe_action);
    int open_above = 0;
    for (int fd = 3; fd < 256; fd++) {
        struct stat st;
        open_above += fstat(fd, &st) == 0;
    }
    char ns[64] = "";
    ssize_t n = readlink("/proc/self/ns/net", ns, sizeof ns - 1);
    const char *value = variable ? getenv(variable) : NULL;
    printf("term=%d pipe=%d open=%d env=%s ns=%s\n", sigismember(&blocked, SIGTERM),
           pipe_action.sa_handler == SIG_DFL, open_above, value ? value : "-", n > 0 ? ns : "?");
    return 0;
}

static int copy(void)
{
    int c;
    while ((c = getchar()) != EOF)
        putchar(c);
    fprintf(stderr, "to stderr");
    return 3;
}

static int hold_lock(const char *folder)
{
    struct lock l;
    struct err e;
    if (lock_take(folder, "watch", &l, &e) != RC_OK)
        return 1;
    return stubborn();
}

static int poke(const char *path)
{
    poke_send(path);
    return 0;
}

/* Writes two contents in turn until it is ended. */
static int rewrite(const char *path)
{
    char small[100], big[100000];
    memset(small, 's', sizeof small);
    memset(big, 'b', sizeof big);
    for (int i = 0;; i++) {
        bool even = i % 2 == 0;
        struct err e;
        if (file_write(path, even ? small : big, even ? sizeof small : sizeof big, 0600, &e) !=
            RC_OK)
            return 1;
        if (i == 0)
            say("ready");
    }
}

int actor_main(const char *part, const char *argument)
{
    if (strcmp(part, "graceful") == 0)
        return graceful();
    if (strcmp(part, "stubborn") == 0)
        return stubborn();
    if (strcmp(part, "inspect") == 0)
        return inspect(argument);
    if (strcmp(part, "copy") == 0)
        return copy();
    if (strcmp(part, "hold_lock") == 0)
        return hold_lock(argument);
    if (strcmp(part, "poke") == 0)
        return poke(argument);
    if (strcmp(part, "rewrite") == 0)
        return rewrite(argument);
    return 99;
}
