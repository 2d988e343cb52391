/* SPDX-License-Identifier: Apache-2.0 */
#include "app/cmd_check.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/json.h"
#include "base/log.h"
#include "watch/probe.h"

enum { HOST = 256, MOST = 1000, ICMP_MS = 1000, TCP_MS = 3000, RESOLVE_MS = 3000 };

struct one {
    const char *target;
    char host[HOST];
    uint16_t port;
    enum probe_kind kind;
    bool malformed, finished, asked;
    union probe_address to;
    struct gaicb look_up;
    struct addrinfo hints;
    struct probe_answer answer;
};

static void finish(struct one *o, const char *message)
{
    o->finished = true;
    o->answer = (struct probe_answer){.result = PROBE_LOCAL};
    snprintf(o->answer.detail, sizeof o->answer.detail, "%s", message);
}

static void malformed(struct one *o, const char *message)
{
    o->malformed = true;
    finish(o, message);
}

/* --- reading targets --- */

static bool take_host(struct one *o, const char *from, size_t n)
{
    if (n >= 2 && from[0] == '[' && from[n - 1] == ']') {
        from++;
        n -= 2;
    }
    if (n == 0 || n >= HOST)
        return false;
    memcpy(o->host, from, n);
    o->host[n] = 0;
    return true;
}

static bool take_port(struct one *o, const char *s)
{
    size_t n = strspn(s, "0123456789");
    unsigned long port = n > 0 && n <= 5 && !s[n] ? strtoul(s, NULL, 10) : 0;
    o->port = (uint16_t)port;
    return port >= 1 && port <= 65535;
}

static void read_tcp(struct one *o, const char *rest)
{
    const char *colon = strrchr(rest, ':');
    bool bare_v6 = colon && rest[0] != '[' && memchr(rest, ':', (size_t)(colon - rest));
    o->kind = PROBE_TCP;
    if (!colon || bare_v6 || !take_host(o, rest, (size_t)(colon - rest)) ||
        !take_port(o, colon + 1))
        malformed(o, "expected tcp:HOST:PORT, IPv6 in brackets");
}

static void read_target(struct one *o)
{
    static const char *const later[] = {"http:", "https:", "rtsp:", "snmp:", "onvif:"};
    if (strncmp(o->target, "icmp:", 5) == 0) {
        o->kind = PROBE_ICMP;
        if (!take_host(o, o->target + 5, strlen(o->target + 5)))
            malformed(o, "expected icmp:HOST");
        return;
    }
    if (strncmp(o->target, "tcp:", 4) == 0) {
        read_tcp(o, o->target + 4);
        return;
    }
    for (size_t i = 0; i < sizeof later / sizeof *later; i++)
        if (strncmp(o->target, later[i], strlen(later[i])) == 0) {
            char text[64];
            snprintf(text, sizeof text, "unsupported scheme %.*s", (int)strlen(later[i]) - 1,
                     later[i]);
            finish(o, text);
            return;
        }
    malformed(o, "unsupported scheme: expected icmp:HOST or tcp:HOST:PORT");
}

/* --- names --- */

static void ask_names(struct one *all, int n)
{
    for (int i = 0; i < n; i++) {
        struct one *o = &all[i];
        if (o->finished || probe_address_of(o->host, o->port, &o->to))
            continue;
        o->hints = (struct addrinfo){.ai_socktype = SOCK_STREAM, .ai_flags = AI_ADDRCONFIG};
        o->look_up = (struct gaicb){.ar_name = o->host, .ar_request = &o->hints};
        struct gaicb *list[] = {&o->look_up};
        int bad = getaddrinfo_a(GAI_NOWAIT, list, 1, NULL);
        o->asked = bad == 0;
        if (bad)
            finish(o, gai_strerror(bad));
    }
}

static void take_name(struct one *o)
{
    int bad = gai_error(&o->look_up);
    char text[96];
    if (bad == EAI_INPROGRESS) {
        (void)gai_cancel(&o->look_up);
        finish(o, "the name was not resolved in time");
        return;
    }
    if (bad || !o->look_up.ar_result) {
        snprintf(text, sizeof text, "cannot resolve the name: %s", gai_strerror(bad));
        finish(o, text);
        return;
    }
    const struct addrinfo *a = o->look_up.ar_result;
    memcpy(&o->to, a->ai_addr, a->ai_addrlen <= sizeof o->to ? a->ai_addrlen : sizeof o->to);
    o->to.v4.sin_port = htons(o->port); /* the same place in both families */
    freeaddrinfo(o->look_up.ar_result);
}

/* All names at once, within one time limit. A look-up that hangs in the resolver is left behind:
 * its memory is `all`, which lives as long as the process. */
static void resolve(struct one *all, int n)
{
    int64_t until = boot_ms() + RESOLVE_MS;
    ask_names(all, n);
    for (int i = 0; i < n; i++) {
        const struct gaicb *list[] = {&all[i].look_up};
        if (!all[i].asked)
            continue;
        int64_t left;
        while (gai_error(&all[i].look_up) == EAI_INPROGRESS && (left = until - boot_ms()) > 0) {
            struct timespec t = {.tv_sec = left / 1000, .tv_nsec = left % 1000 * 1000000};
            (void)gai_suspend(list, 1, &t);
        }
        take_name(&all[i]);
    }
}

/* --- probing --- */

static void answered(void *arg, const struct probe_answer *a)
{
    struct one *o = arg;
    o->finished = true;
    o->answer = *a;
}

static void probe_all(struct one *all, int n)
{
    struct prober *p = prober_new(NULL);
    for (int i = 0; i < n; i++)
        if (!all[i].finished)
            (void)probe_start(p, all[i].kind, &all[i].to,
                              all[i].kind == PROBE_ICMP ? ICMP_MS : TCP_MS, answered, &all[i]);
    prober_step(p);
    for (int wait; (wait = prober_wait_ms(p)) >= 0;) {
        struct pollfd fd = {.fd = prober_fd(p), .events = POLLIN};
        (void)poll(&fd, 1, wait);
        prober_step(p);
    }
    prober_free(p);
}

static void print_one(const struct one *o)
{
    struct buf out = {0};
    struct jw w = jw_on(&out);
    const struct probe_answer *a = &o->answer;
    bool timed = a->result == PROBE_UP || a->result == PROBE_REFUSED;
    jw_object(&w);
    jw_kt(&w, "target", o->target);
    jw_kb(&w, "ok", a->result == PROBE_UP);
    jw_kt(&w, "state", probe_word(a->result));
    jw_key(&w, "rtt_ms");
    if (timed)
        jw_float(&w, a->rtt_us / 1000.0);
    else
        jw_null(&w);
    jw_kt(&w, "message", a->result == PROBE_UP ? "answers" : a->detail);
    jw_end_object(&w);
    puts(buf_text(&out));
    buf_free(&out);
}

int cmd_check(int argc, char **argv)
{
    int code = 0;
    for (int i = 0; i < argc; i++)
        if (argv[i][0] == '-')
            argc = 0;
    if (argc < 1 || argc > MOST) {
        fprintf(stderr, "用法：shouwang check TARGET...  (icmp:HOST, tcp:HOST:PORT, 最多 %d 个)\n", MOST);
        return 2;
    }
    struct one *all = calloc((size_t)argc, sizeof *all);
    if (!all)
        die("out of memory");
    for (int i = 0; i < argc; i++) {
        all[i].target = argv[i];
        read_target(&all[i]);
    }
    resolve(all, argc);
    probe_all(all, argc);
    bool hanging = false;
    for (int i = 0; i < argc; i++) {
        print_one(&all[i]);
        hanging |= all[i].asked && gai_error(&all[i].look_up) == EAI_INPROGRESS;
        if (all[i].malformed)
            code = 2;
        else if (code == 0 && all[i].answer.result != PROBE_UP)
            code = 1;
    }
    if (!hanging)
        free(all);
    return code;
}
