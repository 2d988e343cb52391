/* SPDX-License-Identifier: Apache-2.0 */
/* True silence, unreachable hosts and dead interfaces: needs root for a network of its own. Two
 * namespaces, ours and a child's, joined by a veth pair; 198.18.0.0/15 is the benchmark range. */
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "test_tools.h"
#include "test_watch.h"

#define OBSERVATIONS "SELECT COUNT(*) FROM observation"

static pid_t street;
static int street_leash = -1; /* closing it ends the child */

static bool run(const char *command)
{
    int status = system(command);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static bool here(const char *arguments)
{
    char command[256];
    snprintf(command, sizeof command, "ip %s", arguments);
    return run(command);
}

static bool there(const char *arguments)
{
    char command[256];
    snprintf(command, sizeof command, "nsenter -t %d -n ip %s", (int)street, arguments);
    return run(command);
}

/* Without forwarding the kernel says nothing about an unreachable route. */
static bool there_forwards(void)
{
    char command[128];
    snprintf(command, sizeof command,
             "nsenter -t %d -n sh -c 'echo 1 >/proc/sys/net/ipv4/ip_forward'", (int)street);
    return run(command);
}

static void child(int ready, int leash)
{
    char c = 1;
    if (unshare(CLONE_NEWNET) < 0)
        c = 0;
    if (write(ready, &c, 1) != 1 || read(leash, &c, 1) < 0)
        _exit(1);
    _exit(0);
}

static bool make_child(void)
{
    int ready[2], leash[2];
    char c = 0;
    if (pipe(ready) < 0 || pipe(leash) < 0)
        return false;
    street = fork();
    if (street == 0) {
        close(leash[1]);
        child(ready[1], leash[0]);
    }
    close(ready[1]);
    close(leash[0]);
    street_leash = leash[1];
    bool made = street > 0 && read(ready[0], &c, 1) == 1 && c == 1;
    close(ready[0]);
    return made;
}

static bool make_network(void)
{
    char pair[128];
    if (geteuid() != 0 || unshare(CLONE_NEWNET) < 0 || !make_child())
        return false;
    snprintf(pair, sizeof pair, "link add w0 type veth peer name s0 netns %d", (int)street);
    return here(pair) && here("link set lo up") && here("addr add 198.18.254.1/30 dev w0") &&
           here("link set w0 up") && here("-6 addr add fd00:18::1/64 dev w0 nodad") &&
           there("link set lo up") && there("addr add 198.18.254.2/30 dev s0") &&
           there("link set s0 up") && there_forwards() && there("-6 addr add fd00:18::2/64 dev s0 nodad") &&
           here("route add 198.18.0.0/16 via 198.18.254.2") &&
           there("route add local 198.18.0.0/24 dev lo");
}

static int set_up(void **state)
{
    (void)state;
    if (!make_network()) {
        print_message("no network namespace possible here: these tests are skipped\n");
        if (street > 0)
            close(street_leash);
        street = 0;
    }
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    if (street <= 0)
        return 0;
    close(street_leash);
    waitpid(street, NULL, 0);
    return 0;
}

static void need_network(void)
{
    if (street <= 0)
        skip();
}

static bool ping_group(const char *range)
{
    FILE *f = fopen("/proc/sys/net/ipv4/ping_group_range", "w");
    bool good = f && fputs(range, f) >= 0;
    return f && fclose(f) == 0 && good;
}

static void answers_in_mode(const char *mode)
{
    struct prober *p = prober_new(NULL);
    struct probe_answer a = one_probe(p, PROBE_ICMP, "198.18.0.7", 0, 10000);
    assert_int_equal(a.result, PROBE_UP);
    assert_string_equal(prober_icmp_mode(p), mode);
    a = one_probe(p, PROBE_ICMP, "fd00:18::2", 0, 10000);
    assert_int_equal(a.result, PROBE_UP);
    assert_true(there("route add blackhole 198.18.0.9/32 table local"));
    a = one_probe(p, PROBE_ICMP, "198.18.0.9", 0, 300);
    assert_int_equal(a.result, PROBE_TIMEOUT);
    assert_true(there("route del blackhole 198.18.0.9/32 table local"));
    assert_true(there("route add unreachable 198.18.0.9/32 table local"));
    a = one_probe(p, PROBE_ICMP, "198.18.0.9", 0, 10000);
    assert_int_equal(a.result, PROBE_UNREACHABLE);
    assert_string_equal(a.detail, "host unreachable");
    assert_true(there("route del unreachable 198.18.0.9/32 table local"));
    a = one_probe(p, PROBE_ICMP, "203.0.113.1", 0, 10000);
    assert_int_equal(a.result, PROBE_LOCAL);
    assert_int_equal(a.error, ENETUNREACH);
    a = one_probe(p, PROBE_ICMP, "198.18.0.7", 0, 10000); /* none of it harmed the socket */
    assert_int_equal(a.result, PROBE_UP);
    prober_free(p);
}

static void a_raw_socket_tells_answer_silence_unreachable_and_no_route(void **state)
{
    (void)state;
    need_network();
    assert_true(ping_group("1 0"));
    answers_in_mode("raw");
}

static void an_unprivileged_socket_tells_the_same(void **state)
{
    (void)state;
    need_network();
    assert_true(ping_group("0 0"));
    answers_in_mode("dgram");
}

static void tcp_tells_silence_unreachable_refused_and_no_route(void **state)
{
    (void)state;
    need_network();
    struct prober *p = prober_new(NULL);
    assert_int_equal(one_probe(p, PROBE_TCP, "198.18.0.7", 554, 10000).result, PROBE_REFUSED);
    assert_true(there("route add blackhole 198.18.0.9/32 table local"));
    assert_int_equal(one_probe(p, PROBE_TCP, "198.18.0.9", 554, 300).result, PROBE_TIMEOUT);
    assert_true(there("route del blackhole 198.18.0.9/32 table local"));
    assert_true(there("route add unreachable 198.18.0.9/32 table local"));
    assert_int_equal(one_probe(p, PROBE_TCP, "198.18.0.9", 554, 10000).result,
                     PROBE_UNREACHABLE);
    assert_true(there("route del unreachable 198.18.0.9/32 table local"));
    struct probe_answer a = one_probe(p, PROBE_TCP, "203.0.113.1", 554, 10000);
    assert_int_equal(a.result, PROBE_LOCAL);
    assert_int_equal(a.error, ENETUNREACH);
    prober_free(p);
}

static void ten_devices(struct house *h)
{
    house_new(h);
    house_business(h);
    for (int i = 1; i <= 10; i++) {
        char address[32];
        snprintf(address, sizeof address, "198.18.0.%d", i);
        house_target(h, i, address, "icmp");
    }
    house_start(h);
    for (int i = 1; i <= 10; i++)
        await_state(h, i, "icmp", WATCH_UP);
}

static void one_silent_device_among_ten_is_down(void **state)
{
    (void)state;
    struct house h;
    need_network();
    ten_devices(&h);
    assert_true(there("route add blackhole 198.18.0.4/32 table local"));
    await_state(&h, 4, "icmp", WATCH_DOWN);
    assert_true(there("route del blackhole 198.18.0.4/32 table local"));
    await_state(&h, 4, "icmp", WATCH_UP);
    house_stop(&h);
    assert_int_equal(house_count(&h, OBSERVATIONS " WHERE to_state = 'down'"), 1);
    assert_int_equal(house_count(&h, OBSERVATIONS " WHERE to_state = 'unknown'"), 0);
    house_free(&h);
}

static void a_whole_silent_interface_is_unknown_for_all_and_never_down(void **state)
{
    (void)state;
    struct house h;
    need_network();
    ten_devices(&h);
    assert_true(there("route add blackhole 198.18.0.0/25 table local"));
    for (int i = 1; i <= 10; i++)
        await_state(&h, i, "icmp", WATCH_UNKNOWN);
    await_count(&h, OBSERVATIONS " WHERE from_state = 'up' AND to_state = 'unknown' AND rule ="
                                 " 'unknown for all: all 10 targets of w0 failed together'", 10);
    assert_true(there("route del blackhole 198.18.0.0/25 table local"));
    for (int i = 1; i <= 10; i++)
        await_state(&h, i, "icmp", WATCH_UP);
    house_stop(&h);
    assert_int_equal(house_count(&h, OBSERVATIONS " WHERE to_state = 'down'"), 0);
    house_free(&h);
}

static void seven_of_ten_silent_are_down_because_three_still_answer(void **state)
{
    (void)state;
    struct house h;
    need_network();
    ten_devices(&h);
    assert_true(there("route add blackhole 198.18.0.0/29 table local")); /* .0 to .7 */
    for (int i = 1; i <= 7; i++)
        await_state(&h, i, "icmp", WATCH_DOWN);
    house_stop(&h);
    assert_int_equal(house_count(&h, OBSERVATIONS " WHERE to_state = 'unknown'"), 0);
    assert_true(there("route del blackhole 198.18.0.0/29 table local"));
    house_free(&h);
}

static void a_link_that_goes_away_here_is_our_fault_and_not_theirs(void **state)
{
    (void)state;
    struct house h;
    need_network();
    ten_devices(&h);
    assert_true(here("link set w0 down"));
    for (int i = 1; i <= 10; i++)
        await_state(&h, i, "icmp", WATCH_UNKNOWN);
    await_count(&h, OBSERVATIONS " WHERE to_state = 'unknown' AND rule LIKE 'cannot send: %'", 10);
    assert_true(here("link set w0 up"));
    assert_true(here("route add 198.18.0.0/16 via 198.18.254.2"));
    for (int i = 1; i <= 10; i++)
        await_state(&h, i, "icmp", WATCH_UP);
    house_stop(&h);
    assert_int_equal(house_count(&h, OBSERVATIONS " WHERE to_state = 'down'"), 0);
    house_free(&h);
}

int run_net_tests(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_raw_socket_tells_answer_silence_unreachable_and_no_route),
        cmocka_unit_test(an_unprivileged_socket_tells_the_same),
        cmocka_unit_test(tcp_tells_silence_unreachable_refused_and_no_route),
        cmocka_unit_test(one_silent_device_among_ten_is_down),
        cmocka_unit_test(a_whole_silent_interface_is_unknown_for_all_and_never_down),
        cmocka_unit_test(seven_of_ten_silent_are_down_because_three_still_answer),
        cmocka_unit_test(a_link_that_goes_away_here_is_our_fault_and_not_theirs),
    };
    return cmocka_run_group_tests_name("a network of its own", tests, set_up, tear_down);
}
