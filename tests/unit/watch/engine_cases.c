/* SPDX-License-Identifier: Apache-2.0 */
/* The engine with real stores and real sockets on loopback. */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "test_tools.h"
#include "test_watch.h"

#define OBSERVATIONS "SELECT COUNT(*) FROM observation"

static void tcp_check(char out[32], uint16_t port)
{
    snprintf(out, 32, "tcp:%d", port);
}

static void it_waits_for_a_business_store_that_is_not_there_yet(void **state)
{
    (void)state;
    struct house h;
    uint16_t port = 0;
    char check[32];
    int fd = listen_on("127.0.0.1", &port);
    house_new(&h);
    house_start(&h);
    for (int i = 0; i < 5; i++)
        engine_step(h.engine, 150);
    assert_int_equal(engine_targets(h.engine), 0);
    house_business(&h);
    tcp_check(check, port);
    house_target(&h, 1, "127.0.0.1", check);
    h.o.reload_ms = 1;
    engine_reload_soon(h.engine);
    await_state(&h, 1, check, WATCH_UP);
    close(fd);
    house_free(&h);
}

static void a_service_that_dies_and_returns_is_observed_down_and_up(void **state)
{
    (void)state;
    struct house h;
    uint16_t port = 0;
    char check[32];
    int fd = listen_on("127.0.0.1", &port);
    house_new(&h);
    house_business(&h);
    tcp_check(check, port);
    house_target(&h, 5, "127.0.0.1", check);
    house_start(&h);
    await_state(&h, 5, check, WATCH_UP);
    close(fd);
    await_state(&h, 5, check, WATCH_DOWN);
    fd = listen_on("127.0.0.1", &port);
    await_state(&h, 5, check, WATCH_UP);
    await_count(&h, OBSERVATIONS, 3);
    assert_int_equal(house_count(&h, "SELECT COUNT(*) FROM observation WHERE asset_id = 5 AND"
                                     " from_state = 'up' AND to_state = 'down' AND dark_since < at"
                                     " AND rule LIKE '3 misses (0 s,%' AND detail LIKE 'refused%'"),
                     1);
    assert_int_equal(house_count(&h, "SELECT COUNT(*) FROM observation WHERE from_state = 'down'"
                                     " AND to_state = 'up' AND dark_since IS NOT NULL"),
                     1);
    await_count(&h, "SELECT COUNT(*) FROM target WHERE asset_id = 5 AND state = 'up' AND"
                    " first_miss_at IS NULL AND last_ok_at IS NOT NULL", 1);
    assert_true(h.pokes >= 2);
    house_stop(&h);
    assert_int_equal(house_count(&h, "SELECT lost FROM sample_5m ORDER BY at DESC LIMIT 1"), 3);
    assert_int_equal(house_count(&h, "SELECT COUNT(*) FROM sample_5m WHERE n > lost AND"
                                     " rtt_min_us <= rtt_avg_us AND rtt_avg_us <= rtt_max_us"),
                     1);
    close(fd);
    house_free(&h);
}

static void targets_are_added_changed_and_removed_while_it_runs(void **state)
{
    (void)state;
    struct house h;
    uint16_t port = 0;
    char check[32];
    int fd = listen_on("127.0.0.1", &port);
    house_new(&h);
    house_business(&h);
    tcp_check(check, port);
    house_target(&h, 1, "127.0.0.1", check);
    house_start(&h);
    await_state(&h, 1, check, WATCH_UP);
    house_target(&h, 2, "127.0.0.1", check);
    await_state(&h, 2, check, WATCH_UP);
    house_target(&h, 2, "127.0.0.2", check); /* nobody listens there */
    await_count(&h, OBSERVATIONS " WHERE asset_id = 2 AND rule = 'address changed'", 1);
    await_count(&h, OBSERVATIONS " WHERE asset_id = 2 AND rule = 'never answered'", 1);
    assert_int_equal(engine_state(h.engine, 2, check)->shown, WATCH_UNKNOWN);
    house_sql(&h, "DELETE FROM t WHERE asset_id = 1");
    await_count(&h, "SELECT COUNT(*) FROM target WHERE asset_id = 1", 0);
    assert_null(engine_state(h.engine, 1, check));
    assert_int_equal(house_count(&h, OBSERVATIONS " WHERE asset_id = 1 AND from_state = 'up' AND"
                                                  " to_state = 'unknown'"),
                     1);
    close(fd);
    house_free(&h);
}

static void a_check_that_cannot_be_made_stands_there_as_unknown(void **state)
{
    (void)state;
    struct house h;
    house_new(&h);
    house_business(&h);
    house_target(&h, 1, "127.0.0.1", "snmp");
    house_target(&h, 2, "not an address", "icmp");
    house_start(&h);
    await_count(&h, "SELECT COUNT(*) FROM target WHERE state = 'unknown' AND last_at IS NULL AND"
                    " detail IN ('unsupported check', 'address is not a numeric IP address')", 2);
    assert_int_equal(house_count(&h, OBSERVATIONS), 0);
    house_free(&h);
}

/* SEC-14: the setting says where it may look, and a change of it is heard. */
static void an_address_off_the_list_is_never_probed(void **state)
{
    (void)state;
    struct house h;
    uint16_t port = 0;
    char check[32];
    int fd = listen_on("127.0.0.1", &port);
    house_new(&h);
    house_business(&h);
    tcp_check(check, port);
    house_sql(&h, "UPDATE p SET ranges = '10.0.0.0/8'");
    house_target(&h, 1, "127.0.0.1", check);
    house_start(&h);
    await_count(&h, "SELECT COUNT(*) FROM target WHERE state = 'unknown' AND last_at IS NULL AND"
                    " detail = 'address is not in probe_addresses'", 1);
    assert_int_equal(house_count(&h, OBSERVATIONS), 0);
    house_sql(&h, "UPDATE p SET ranges = '10.0.0.0/8 127.0.0.1'");
    await_count(&h, "SELECT COUNT(*) FROM target WHERE state = 'up'", 1);
    house_sql(&h, "UPDATE p SET ranges = NULL");
    await_count(&h, "SELECT COUNT(*) FROM target WHERE state = 'unknown' AND"
                    " detail = 'address is not in probe_addresses'", 1);
    house_sql(&h, "UPDATE p SET ranges = '127.0.0.0/8'");
    await_state(&h, 1, check, WATCH_UP);
    house_stop(&h);
    house_sql(&h, "UPDATE p SET ranges = '10.0.0.0/8'"); /* while it was not running */
    house_start(&h);
    await_state(&h, 1, check, WATCH_UNKNOWN);
    close(fd);
    house_free(&h);
}

static void a_restart_keeps_state_and_flips_nothing(void **state)
{
    (void)state;
    struct house h;
    uint16_t up = 0, down = 0;
    char up_check[32], down_check[32];
    int fd = listen_on("127.0.0.1", &up), gone = listen_on("127.0.0.1", &down);
    house_new(&h);
    house_business(&h);
    tcp_check(up_check, up);
    tcp_check(down_check, down);
    house_target(&h, 1, "127.0.0.1", up_check);
    house_target(&h, 2, "127.0.0.1", down_check);
    house_start(&h);
    await_state(&h, 1, up_check, WATCH_UP);
    await_state(&h, 2, down_check, WATCH_UP);
    close(gone);
    await_state(&h, 2, down_check, WATCH_DOWN);
    int64_t since = engine_state(h.engine, 2, down_check)->since_at;
    int64_t dark = engine_state(h.engine, 2, down_check)->first_miss_at;
    int64_t up_since = engine_state(h.engine, 1, up_check)->since_at;
    house_stop(&h);
    int64_t seen = house_count(&h, OBSERVATIONS);
    int64_t rows = house_count(&h, "SELECT MAX(id) FROM target");
    house_start(&h);
    while (!engine_checks_done(h.engine, 1, up_check) ||
           !engine_checks_done(h.engine, 2, down_check))
        engine_step(h.engine, 1000);
    assert_int_equal(engine_state(h.engine, 2, down_check)->shown, WATCH_DOWN);
    assert_int_equal(engine_state(h.engine, 2, down_check)->since_at, since);
    assert_int_equal(engine_state(h.engine, 2, down_check)->first_miss_at, dark);
    assert_int_equal(engine_state(h.engine, 1, up_check)->since_at, up_since);
    house_stop(&h);
    assert_int_equal(house_count(&h, OBSERVATIONS), seen);
    assert_int_equal(house_count(&h, "SELECT MAX(id) FROM target"), rows);
    close(fd);
    house_free(&h);
}

static void a_suspicion_outlives_a_restart_with_its_first_miss(void **state)
{
    (void)state;
    struct house h;
    uint16_t port = 0;
    char check[32];
    int fd = listen_on("127.0.0.1", &port);
    house_new(&h);
    h.o.rules.retry_ms = 2000;
    house_business(&h);
    tcp_check(check, port);
    house_target(&h, 1, "127.0.0.1", check);
    house_start(&h);
    await_state(&h, 1, check, WATCH_UP);
    close(fd);
    await_state(&h, 1, check, WATCH_SUSPECT);
    int64_t dark = engine_state(h.engine, 1, check)->first_miss_at;
    house_stop(&h);
    assert_int_equal(house_count(&h, OBSERVATIONS), 1);
    h.o.rules.retry_ms = 30;
    house_start(&h);
    assert_int_equal(engine_state(h.engine, 1, check)->shown, WATCH_SUSPECT);
    await_state(&h, 1, check, WATCH_DOWN);
    house_stop(&h);
    assert_int_equal(house_count(&h, "SELECT dark_since FROM observation WHERE from_state = 'up'"
                                     " AND to_state = 'down'"),
                     dark);
    house_free(&h);
}

static void the_uplink_chain_is_probed_at_a_first_miss(void **state)
{
    (void)state;
    struct house h;
    uint16_t port = 0, dead = dead_port("127.0.0.1");
    char check[32], dead_check[32];
    int fd = listen_on("127.0.0.1", &port);
    house_new(&h);
    h.o.rules.interval_ms = 3600000; /* nothing is due by itself during this test */
    house_business(&h);
    tcp_check(check, port);
    tcp_check(dead_check, dead);
    house_target(&h, 1, "127.0.0.1", check); /* core */
    house_target(&h, 2, "127.0.0.1", check); /* switch */
    house_target(&h, 4, "127.0.0.1", check); /* somebody else's switch */
    house_sql(&h, "INSERT INTO u VALUES (3, 2), (2, 1), (1, 3)"); /* with a cycle */
    house_start(&h);
    await_state(&h, 1, check, WATCH_UP);
    await_state(&h, 2, check, WATCH_UP);
    await_state(&h, 4, check, WATCH_UP);
    house_target(&h, 3, "127.0.0.1", dead_check);
    while (engine_checks_done(h.engine, 1, check) < 2 || engine_checks_done(h.engine, 2, check) < 2)
        engine_step(h.engine, 1000);
    assert_int_equal(engine_checks_done(h.engine, 4, check), 1);
    close(fd);
    house_free(&h);
}

static void what_a_returning_switch_feeds_is_probed_at_once(void **state)
{
    (void)state;
    struct house h;
    uint16_t port = 0, leaf_port = 0;
    char check[32], leaf[32];
    int fd = listen_on("127.0.0.1", &port), leaf_fd = listen_on("127.0.0.1", &leaf_port);
    house_new(&h);
    house_business(&h);
    tcp_check(check, port);
    tcp_check(leaf, leaf_port);
    house_target(&h, 1, "127.0.0.1", check);
    house_target(&h, 2, "127.0.0.1", leaf);
    house_sql(&h, "INSERT INTO u VALUES (2, 1)");
    house_start(&h);
    await_state(&h, 1, check, WATCH_UP);
    await_state(&h, 2, leaf, WATCH_UP);
    close(fd);
    close(leaf_fd);
    await_state(&h, 1, check, WATCH_DOWN);
    await_state(&h, 2, leaf, WATCH_DOWN);
    house_stop(&h);
    h.o.rules.interval_ms = 3600000; /* from here nothing is due by itself after the first look */
    house_start(&h);
    while (!engine_checks_done(h.engine, 1, check) || !engine_checks_done(h.engine, 2, leaf))
        engine_step(h.engine, 1000);
    leaf_fd = listen_on("127.0.0.1", &leaf_port);
    fd = listen_on("127.0.0.1", &port);
    uint64_t seen = engine_checks_done(h.engine, 2, leaf);
    house_target(&h, 3, "127.0.0.1", "tcp:1"); /* its first miss asks its feed, the switch */
    house_sql(&h, "INSERT INTO u VALUES (3, 1)");
    await_state(&h, 1, check, WATCH_UP);
    await_state(&h, 2, leaf, WATCH_UP);
    assert_true(engine_checks_done(h.engine, 2, leaf) >= seen + 2);
    close(fd);
    close(leaf_fd);
    house_free(&h);
}

static void a_gap_of_the_scheduler_makes_all_unknown_and_then_decides_anew(void **state)
{
    (void)state;
    struct house h;
    uint16_t port = 0;
    char check[32];
    int fd = listen_on("127.0.0.1", &port);
    house_new(&h);
    house_business(&h);
    tcp_check(check, port);
    house_target(&h, 1, "127.0.0.1", check);
    house_target(&h, 2, "127.0.0.1", check);
    house_start(&h);
    await_state(&h, 1, check, WATCH_UP);
    await_state(&h, 2, check, WATCH_UP);
    engine_pretend_gap(h.engine, 2 * h.o.rules.interval_ms + 1000);
    engine_step(h.engine, 0);
    await_state(&h, 1, check, WATCH_UP);
    await_state(&h, 2, check, WATCH_UP);
    await_count(&h, OBSERVATIONS " WHERE to_state = 'unknown' AND at - dark_since >= 7000 AND rule"
                                 " LIKE 'unknown for all: the scheduler stood still for % s'", 2);
    await_count(&h, OBSERVATIONS " WHERE from_state = 'unknown' AND rule = 'answers again'", 2);
    close(fd);
    house_free(&h);
}

static void a_locked_store_delays_observations_and_loses_none(void **state)
{
    (void)state;
    struct house h;
    sqlite3 *other; /* as another process would: not in this program's line of writers */
    char path[128];
    uint16_t port = 0;
    char check[32];
    int fd = listen_on("127.0.0.1", &port);
    house_new(&h);
    h.o.rules.interval_ms = 30000; /* a blocked write is no gap */
    house_business(&h);
    tcp_check(check, port);
    for (int i = 1; i <= 20; i++)
        house_target(&h, i, "127.0.0.1", check);
    house_start(&h);
    snprintf(path, sizeof path, "%s/watch.db", h.dir);
    assert_int_equal(sqlite3_open(path, &other), SQLITE_OK);
    assert_int_equal(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    for (int i = 1; i <= 20; i++)
        await_state(&h, i, check, WATCH_UP);
    int64_t until = boot_ms() + 1000; /* long enough for a first try, which blocks itself */
    while (boot_ms() < until)
        engine_step(h.engine, 100);
    assert_int_equal(house_count(&h, OBSERVATIONS), 0);
    assert_int_equal(h.pokes, 0);
    assert_int_equal(sqlite3_exec(other, "ROLLBACK", NULL, NULL, NULL), SQLITE_OK);
    await_count(&h, OBSERVATIONS " WHERE to_state = 'up'", 20);
    await_count(&h, "SELECT COUNT(*) FROM target WHERE state = 'up'", 20);
    assert_int_equal(h.pokes, 1);
    sqlite3_close(other);
    close(fd);
    house_free(&h);
}

int run_engine_tests(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_waits_for_a_business_store_that_is_not_there_yet),
        cmocka_unit_test(a_service_that_dies_and_returns_is_observed_down_and_up),
        cmocka_unit_test(targets_are_added_changed_and_removed_while_it_runs),
        cmocka_unit_test(a_check_that_cannot_be_made_stands_there_as_unknown),
        cmocka_unit_test(an_address_off_the_list_is_never_probed),
        cmocka_unit_test(a_restart_keeps_state_and_flips_nothing),
        cmocka_unit_test(a_suspicion_outlives_a_restart_with_its_first_miss),
        cmocka_unit_test(the_uplink_chain_is_probed_at_a_first_miss),
        cmocka_unit_test(what_a_returning_switch_feeds_is_probed_at_once),
        cmocka_unit_test(a_gap_of_the_scheduler_makes_all_unknown_and_then_decides_anew),
        cmocka_unit_test(a_locked_store_delays_observations_and_loses_none),
    };
    return cmocka_run_group_tests_name("engine", tests, NULL, NULL);
}
