/* SPDX-License-Identifier: Apache-2.0 */
/* street run --csv FILE --control SOCK [--loopback]     plays all devices until SIGTERM
 * street down|up NAME|NO [--control SOCK]               breaks and repairs a device
 * street fault NAME|NO tcp:PORT off|on [--control SOCK] breaks and repairs one service
 * street list [--control SOCK]                          NO, state, address, name, one per line
 * Without --control: $STREET_CONTROL, else run/street.sock. A device that feeds others silences
 * them too; what has a fault of its own stays silent when its feed returns. */
#include <arpa/inet.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "street.h"

enum { TAG_CONTROL = 0, TAG_SIGNAL = 1, COMMAND = 512 };

/* --- faults --- */

static bool fed_by_down(const struct device *d)
{
    const struct device *up = d;
    for (int depth = 0; up && depth < 32; depth++, up = up->uplink)
        if (up->down)
            return true;
    return false;
}

static bool apply(struct street *s)
{
    bool good = true;
    for (size_t i = 0; i < s->n; i++) {
        struct device *d = &s->devices[i];
        bool silent = fed_by_down(d);
        if (silent != d->silent && !s->loopback)
            good = route_set(d, silent) && good;
        d->silent = silent;
    }
    serve_apply(s);
    return good;
}

static size_t count_silent(const struct street *s)
{
    size_t n = 0;
    for (size_t i = 0; i < s->n; i++)
        n += s->devices[i].silent;
    return n;
}

static void set_down(struct street *s, struct device *d, bool down, struct buf *out)
{
    d->down = down;
    bool good = apply(s);
    buf_printf(out, "%s %s %s, %zu of %zu silent\n", good ? "ok" : "error", d->no,
               down ? "down" : d->silent ? "repaired, its feed is down" : "up", count_silent(s),
               s->n);
}

static void set_service(struct street *s, struct device *d, const char *check, const char *how,
                        struct buf *out)
{
    bool off = strcmp(how, "off") == 0;
    int port;
    char rest;
    if ((!off && strcmp(how, "on") != 0) || sscanf(check, "tcp:%5d%c", &port, &rest) != 1) {
        buf_text_add(out, "error expected: fault NO tcp:PORT off|on\n");
        return;
    }
    for (int i = 0; i < d->n_services; i++) {
        if (d->services[i].port != port)
            continue;
        d->services[i].off = off;
        serve_apply(s);
        buf_printf(out, "ok %s tcp:%d %s\n", d->no, port, how);
        return;
    }
    buf_printf(out, "error %s has no port %d\n", d->no, port);
}

static void list(const struct street *s, struct buf *out)
{
    for (size_t i = 0; i < s->n; i++) {
        const struct device *d = &s->devices[i];
        char host[INET_ADDRSTRLEN];
        inet_ntop(AF_INET, &d->address, host, sizeof host);
        buf_printf(out, "%s\t%s\t%s\t%s", d->no, d->down ? "down" : d->silent ? "silent" : "up",
                   host, d->name);
        for (int k = 0; k < d->n_services; k++)
            if (d->services[k].off)
                buf_printf(out, "\ttcp:%d off", d->services[k].port);
        buf_char(out, '\n');
    }
}

static void obey(struct street *s, char *line, struct buf *out)
{
    char *word[4] = {NULL}, *save = NULL;
    int n = 0;
    for (char *w = strtok_r(line, "\t\r\n", &save); w && n < 4; w = strtok_r(NULL, "\t\r\n", &save))
        word[n++] = w;
    struct device *d = n > 1 ? table_find(s, word[1]) : NULL;
    if (n == 1 && strcmp(word[0], "list") == 0)
        list(s, out);
    else if (n > 1 && !d)
        buf_printf(out, "error no device %s\n", word[1]);
    else if (n == 2 && strcmp(word[0], "down") == 0)
        set_down(s, d, true, out);
    else if (n == 2 && strcmp(word[0], "up") == 0)
        set_down(s, d, false, out);
    else if (n == 4 && strcmp(word[0], "fault") == 0)
        set_service(s, d, word[2], word[3], out);
    else
        buf_text_add(out, "error expected: down|up NO, fault NO tcp:PORT off|on, list\n");
}

/* --- control socket --- */

static bool control_address(const char *path, struct sockaddr_un *a)
{
    *a = (struct sockaddr_un){.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof a->sun_path) {
        fprintf(stderr, "street: the path of the control socket is too long\n");
        return false;
    }
    memcpy(a->sun_path, path, strlen(path));
    return true;
}

static void limit_waiting(int fd)
{
    struct timeval limit = {.tv_sec = 2};
    (void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    (void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
}

static size_t read_command(int fd, char line[COMMAND])
{
    size_t n = 0;
    while (n < COMMAND - 1) {
        ssize_t got = recv(fd, line + n, COMMAND - 1 - n, 0);
        if (got <= 0)
            break;
        n += (size_t)got;
        if (memchr(line, '\n', n))
            break;
    }
    line[n] = 0;
    return n;
}

static bool send_all(int fd, const char *data, size_t n)
{
    while (n) {
        ssize_t done = send(fd, data, n, MSG_NOSIGNAL);
        if (done <= 0)
            return false;
        data += done;
        n -= (size_t)done;
    }
    return true;
}

static void control(struct street *s, int listener)
{
    char line[COMMAND];
    struct buf out = {.limit = 1 << 20};
    int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    if (fd < 0)
        return;
    limit_waiting(fd);
    if (read_command(fd, line))
        obey(s, line, &out);
    (void)send_all(fd, buf_text(&out), out.len);
    buf_free(&out);
    close(fd);
}

static int open_control(const char *path)
{
    struct sockaddr_un a;
    if (!control_address(path, &a))
        return -1;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    unlink(path);
    if (fd >= 0 && bind(fd, (struct sockaddr *)&a, sizeof a) == 0 && listen(fd, 16) == 0)
        return fd;
    fprintf(stderr, "street: %s: %s\n", path, strerror(errno));
    return -1;
}

/* --- run --- */

static int open_signals(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigprocmask(SIG_BLOCK, &set, NULL);
    return signalfd(-1, &set, SFD_CLOEXEC);
}

static void watch_fd(struct street *s, int fd, uint64_t tag)
{
    struct epoll_event ev = {.events = EPOLLIN, .data.u64 = tag};
    if (epoll_ctl(s->epoll_fd, EPOLL_CTL_ADD, fd, &ev) < 0) {
        perror("street: epoll");
        exit(1);
    }
}

static void loop(struct street *s, int control_fd)
{
    struct epoll_event events[64];
    for (;;) {
        int n = epoll_wait(s->epoll_fd, events, 64, 5000);
        for (int i = 0; i < n; i++) {
            uint64_t tag = events[i].data.u64;
            if (tag == TAG_SIGNAL)
                return;
            if (tag == TAG_CONTROL)
                control(s, control_fd);
            else
                serve_event(s, tag, events[i].events);
        }
        serve_tick(s);
    }
}

static bool prepare(struct street *s, const char *csv)
{
    struct rlimit r;
    if (getrlimit(RLIMIT_NOFILE, &r) == 0) {
        r.rlim_cur = r.rlim_max;
        (void)setrlimit(RLIMIT_NOFILE, &r);
    }
    if (!table_read(s, csv))
        return false;
    if (!s->loopback && !route_own_namespace()) {
        fprintf(stderr, "street: runs in a network namespace of its own (sim/netns.sh up NAME, ip "
                        "netns exec NAME-street ...) or with --loopback\n");
        return false;
    }
    if (!s->loopback && !route_begin(s))
        return false;
    s->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    return s->epoll_fd >= 0 && serve_open(s);
}

static int run(const char *csv, const char *path, bool loopback)
{
    static struct street s; /* lives as long as the process, its devices too */
    s.loopback = loopback;
    int signals = open_signals();
    if (!csv || !prepare(&s, csv)) {
        if (!csv)
            fprintf(stderr, "street: run needs --csv FILE\n");
        return 1;
    }
    int control_fd = open_control(path);
    if (signals < 0 || control_fd < 0)
        return 1;
    watch_fd(&s, control_fd, TAG_CONTROL);
    watch_fd(&s, signals, TAG_SIGNAL);
    if (loopback)
        printf("street: loopback mode: devices are on 127.x, ports +%d; a device that is down refuses "
               "TCP connections, but 127/8 answers every ping: no true silence here\n", PORT_SHIFT);
    printf("street: %zu devices, control %s\n", s.n, path);
    fflush(stdout);
    loop(&s, control_fd);
    unlink(path);
    return 0;
}

/* --- the command line --- */

static int ask(const char *path, int argc, char **argv)
{
    struct sockaddr_un a;
    char reply[4096];
    struct buf out = {.limit = COMMAND};
    ssize_t n;
    bool good = true, first = true;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || !control_address(path, &a) || connect(fd, (struct sockaddr *)&a, sizeof a) < 0) {
        fprintf(stderr, "street: %s: %s\n", path, strerror(errno));
        return 1;
    }
    for (int i = 0; i < argc; i++)
        buf_printf(&out, "%s%s", i ? "\t" : "", argv[i]);
    buf_char(&out, '\n');
    if (out.full || !send_all(fd, out.data, out.len))
        good = false;
    buf_free(&out);
    while ((n = recv(fd, reply, sizeof reply, 0)) > 0) {
        if (first && n >= 5 && memcmp(reply, "error", 5) == 0)
            good = false;
        first = false;
        fwrite(reply, 1, (size_t)n, stdout);
    }
    close(fd);
    return good && !first ? 0 : 1;
}

static const char *take_option(int *argc, char **argv, const char *name)
{
    for (int i = 0; i + 1 < *argc; i++) {
        if (strcmp(argv[i], name) != 0)
            continue;
        const char *value = argv[i + 1];
        memmove(argv + i, argv + i + 2, sizeof *argv * (size_t)(*argc - i - 2));
        *argc -= 2;
        return value;
    }
    return NULL;
}

static bool take_flag(int *argc, char **argv, const char *name)
{
    for (int i = 0; i < *argc; i++) {
        if (strcmp(argv[i], name) != 0)
            continue;
        memmove(argv + i, argv + i + 1, sizeof *argv * (size_t)(*argc - i - 1));
        --*argc;
        return true;
    }
    return false;
}

int main(int argc, char **argv)
{
    argc--;
    argv++;
    const char *csv = take_option(&argc, argv, "--csv");
    const char *path = take_option(&argc, argv, "--control");
    bool loopback = take_flag(&argc, argv, "--loopback");
    if (!path)
        path = getenv("STREET_CONTROL") ? getenv("STREET_CONTROL") : "run/street.sock";
    if (argc == 1 && strcmp(argv[0], "run") == 0)
        return run(csv, path, loopback);
    if (argc >= 1 && argv[0][0] != '-')
        return ask(path, argc, argv);
    fprintf(stderr, "usage: street run --csv FILE --control SOCK [--loopback]\n"
                    "       street down|up NAME|NO | fault NAME|NO tcp:PORT off|on | list "
                    "[--control SOCK]\n");
    return 2;
}
