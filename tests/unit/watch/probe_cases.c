/* SPDX-License-Identifier: Apache-2.0 */
/* Single probes against real sockets on loopback. */
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "test_watch.h"
#include "watch/probe.h"
#include "test_tools.h"

/* --- tools --- */

int listen_on(const char *address, uint16_t *port)
{
    union probe_address a;
    assert_true(probe_address_of(address, *port, &a));
    int fd = socket(a.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;
    socklen_t size = sizeof a;
    assert_true(fd >= 0);
    assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on), 0);
    assert_int_equal(bind(fd, &a.any, probe_address_size(&a)), 0);
    assert_int_equal(listen(fd, 64), 0);
    assert_int_equal(getsockname(fd, &a.any, &size), 0);
    *port = ntohs(a.v4.sin_port);
    return fd;
}

uint16_t dead_port(const char *address)
{
    uint16_t port = 0;
    close(listen_on(address, &port));
    return port;
}

void note(void *arg, const struct probe_answer *a)
{
    struct noted *n = arg;
    n->n++;
    n->a = *a;
}

void await_answers(struct prober *p, const struct noted *n, int count)
{
    prober_step(p);
    while (n->n < count) {
        int wait = prober_wait_ms(p);
        assert_true(wait >= 0); /* nothing under way: it would never come */
        struct pollfd fd = {.fd = prober_fd(p), .events = POLLIN};
        poll(&fd, 1, wait);
        prober_step(p);
    }
    assert_int_equal(n->n, count);
}

struct probe_answer one_probe(struct prober *p, enum probe_kind kind, const char *host,
                              uint16_t port, int timeout_ms)
{
    struct noted n = {0};
    union probe_address to;
    assert_true(probe_address_of(host, port, &to));
    assert_true(probe_start(p, kind, &to, timeout_ms, note, &n) != 0);
    await_answers(p, &n, 1);
    return n.a;
}

/* --- tcp --- */

static void an_open_port_is_up_and_is_left_by_a_reset(void **state)
{
    (void)state;
    const char *const hosts[] = {"127.0.0.1", "::1"};
    struct prober *p = prober_new(NULL);
    for (int i = 0; i < 2; i++) {
        uint16_t port = 0;
        int fd = listen_on(hosts[i], &port);
        struct probe_answer a = one_probe(p, PROBE_TCP, hosts[i], port, 10000);
        assert_int_equal(a.result, PROBE_UP);
        assert_string_equal(a.detail, "");
        int peer = accept(fd, NULL, NULL);
        char c;
        assert_true(peer < 0 || (read(peer, &c, 1) < 0 && errno == ECONNRESET));
        if (peer >= 0)
            close(peer);
        close(fd);
    }
    prober_free(p);
}

static void a_closed_port_is_refused_which_is_not_silence(void **state)
{
    (void)state;
    struct prober *p = prober_new(NULL);
    struct probe_answer a =
        one_probe(p, PROBE_TCP, "127.0.0.1", dead_port("127.0.0.1"), 10000);
    assert_int_equal(a.result, PROBE_REFUSED);
    assert_non_null(strstr(a.detail, "host is alive"));
    prober_free(p);
}

static void a_port_whose_queue_is_full_times_out(void **state)
{
    (void)state;
    struct prober *p = prober_new(NULL);
    union probe_address a;
    socklen_t size = sizeof a;
    int fd = socket(AF_INET, SOCK_STREAM, 0), fill[4];
    assert_true(probe_address_of("127.0.0.1", 0, &a));
    assert_int_equal(bind(fd, &a.any, sizeof a.v4), 0);
    assert_int_equal(listen(fd, 0), 0);
    assert_int_equal(getsockname(fd, &a.any, &size), 0);
    for (int i = 0; i < 4; i++) {
        fill[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
        (void)connect(fill[i], &a.any, sizeof a.v4);
    }
    struct probe_answer answer =
        one_probe(p, PROBE_TCP, "127.0.0.1", ntohs(a.v4.sin_port), 300);
    assert_int_equal(answer.result, PROBE_TIMEOUT);
    for (int i = 0; i < 4; i++)
        close(fill[i]);
    close(fd);
    prober_free(p);
}

static void connects_in_parallel_stay_under_the_limit_and_all_answer(void **state)
{
    (void)state;
    enum { N = 200 };
    struct prober_options o = {.tcp_parallel = 7};
    struct prober *p = prober_new(&o);
    struct noted n = {0};
    union probe_address to;
    assert_true(probe_address_of("127.0.0.1", dead_port("127.0.0.1"), &to));
    for (int i = 0; i < N; i++)
        probe_start(p, PROBE_TCP, &to, 60000, note, &n);
    await_answers(p, &n, N);
    prober_free(p);
}

static void a_cancelled_probe_never_answers(void **state)
{
    (void)state;
    struct prober *p = prober_new(NULL);
    struct noted kept = {0}, cancelled = {0};
    union probe_address to;
    assert_true(probe_address_of("127.0.0.1", dead_port("127.0.0.1"), &to));
    uint64_t job = probe_start(p, PROBE_TCP, &to, 10000, note, &cancelled);
    probe_start(p, PROBE_TCP, &to, 10000, note, &kept);
    probe_cancel(p, job);
    await_answers(p, &kept, 1);
    assert_int_equal(cancelled.n, 0);
    probe_cancel(p, job); /* a number that is gone */
    probe_cancel(p, 0);
    prober_free(p);
}

/* --- icmp --- */

static bool icmp_possible(struct prober *p)
{
    struct probe_answer a = one_probe(p, PROBE_ICMP, "127.0.0.1", 0, 10000);
    if (a.result == PROBE_LOCAL)
        print_message("icmp: %s\n", a.detail);
    return a.result != PROBE_LOCAL;
}

static void an_echo_request_comes_back_in_both_families(void **state)
{
    (void)state;
    struct prober *p = prober_new(NULL);
    if (!icmp_possible(p)) {
        prober_free(p);
        skip();
    }
    struct probe_answer a = one_probe(p, PROBE_ICMP, "127.1.2.3", 0, 10000);
    assert_int_equal(a.result, PROBE_UP);
    assert_true(a.rtt_us > 0 && a.rtt_us < 10000000);
    a = one_probe(p, PROBE_ICMP, "::1", 0, 10000);
    assert_int_equal(a.result, PROBE_UP);
    prober_free(p);
}

static void two_thousand_hosts_answer_under_pacing_each_for_itself(void **state)
{
    (void)state;
    enum { N = 2000 };
    struct prober_options o = {.icmp_rate = 20000};
    struct prober *p = prober_new(&o);
    struct noted n = {0};
    if (!icmp_possible(p)) {
        prober_free(p);
        skip();
    }
    for (int i = 0; i < N; i++) {
        char host[32];
        union probe_address to;
        snprintf(host, sizeof host, "127.2.%d.%d", i / 250, i % 250 + 1);
        assert_true(probe_address_of(host, 0, &to));
        probe_start(p, PROBE_ICMP, &to, 60000, note, &n);
    }
    int64_t began = boot_us();
    await_answers(p, &n, N);
    assert_int_equal(n.a.result, PROBE_UP);
    assert_true(boot_us() - began >= (int64_t)(N - 64) * 1000000 / 20000); /* never faster */
    prober_free(p);
}

static void an_address_text_is_numeric_or_refused(void **state)
{
    (void)state;
    union probe_address a;
    assert_true(probe_address_of("198.18.0.1", 80, &a));
    assert_int_equal(ntohs(a.v4.sin_port), 80);
    assert_true(probe_address_of("fe80::1%lo", 80, &a));
    assert_true(a.v6.sin6_scope_id > 0);
    assert_false(probe_address_of("fe80::1%nosuch0", 80, &a));
    assert_false(probe_address_of("", 80, &a));
    assert_false(probe_address_of("198.18.0", 80, &a));
    assert_false(probe_address_of("localhost", 80, &a));
}

int run_probe_tests(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_open_port_is_up_and_is_left_by_a_reset),
        cmocka_unit_test(a_closed_port_is_refused_which_is_not_silence),
        cmocka_unit_test(a_port_whose_queue_is_full_times_out),
        cmocka_unit_test(connects_in_parallel_stay_under_the_limit_and_all_answer),
        cmocka_unit_test(a_cancelled_probe_never_answers),
        cmocka_unit_test(an_echo_request_comes_back_in_both_families),
        cmocka_unit_test(two_thousand_hosts_answer_under_pacing_each_for_itself),
        cmocka_unit_test(an_address_text_is_numeric_or_refused),
    };
    return cmocka_run_group_tests_name("probes", tests, NULL, NULL);
}
