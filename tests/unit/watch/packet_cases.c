/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "test_watch.h"
#include "watch/icmp_packet.h"
#include "watch/targets.h"

static const struct icmp_key sent_key = {.cookie = UINT64_C(0x1122334455667788),
                                         .job = UINT64_C(0x99AABBCC00000007)};

static void assert_key(const struct icmp_message *m)
{
    assert_true(m->key.cookie == sent_key.cookie && m->key.job == sent_key.job);
}

static void a_request_has_a_right_checksum(void **state)
{
    (void)state;
    uint8_t p[ICMP_ECHO_SIZE];
    icmp_build(p, false, 0xBEEF, 65535, &sent_key);
    uint32_t sum = 0;
    for (int i = 0; i < ICMP_ECHO_SIZE; i += 2)
        sum += (uint32_t)p[i] << 8 | p[i + 1];
    while (sum >> 16)
        sum = (sum & 0xFFFF) + (sum >> 16);
    assert_int_equal(sum, 0xFFFF);
    assert_int_equal(p[0], 8);
}

static void an_echoed_request_is_our_answer_in_both_families(void **state)
{
    (void)state;
    for (int v6 = 0; v6 < 2; v6++) {
        uint8_t p[ICMP_ECHO_SIZE];
        struct icmp_message m;
        icmp_build(p, v6, 1, 2, &sent_key);
        icmp_parse(p, sizeof p, v6, false, &m);
        assert_int_equal(m.kind, ICMP_NOT_OURS); /* our own request seen by a raw socket */
        p[0] = v6 ? 129 : 0;
        icmp_parse(p, sizeof p, v6, false, &m);
        assert_int_equal(m.kind, ICMP_ANSWER);
        assert_key(&m);
        p[9] ^= 1; /* another program's payload */
        icmp_parse(p, sizeof p, v6, false, &m);
        assert_int_equal(m.kind, ICMP_NOT_OURS);
    }
}

static void a_raw_socket_shows_the_ip_header_with_options(void **state)
{
    (void)state;
    uint8_t p[24 + ICMP_ECHO_SIZE] = {0x46};
    struct icmp_message m;
    p[9] = 1;
    icmp_build(p + 24, false, 1, 2, &sent_key);
    p[24] = 0;
    icmp_parse(p, sizeof p, false, true, &m);
    assert_int_equal(m.kind, ICMP_ANSWER);
    assert_key(&m);
}

static void an_unreachable_message_names_our_request(void **state)
{
    (void)state;
    uint8_t v4[8 + 20 + ICMP_ECHO_SIZE] = {3, 1}, v6[8 + 40 + ICMP_ECHO_SIZE] = {1, 0};
    struct icmp_message m;
    v4[8] = 0x45;
    v4[8 + 9] = 1;
    icmp_build(v4 + 28, false, 1, 2, &sent_key);
    icmp_parse(v4, sizeof v4, false, false, &m);
    assert_int_equal(m.kind, ICMP_UNREACHABLE);
    assert_key(&m);
    assert_string_equal(icmp_unreachable_text(false, m.code), "host unreachable");
    v6[8] = 0x60;
    v6[8 + 6] = 58;
    icmp_build(v6 + 48, true, 1, 2, &sent_key);
    icmp_parse(v6, sizeof v6, true, false, &m);
    assert_int_equal(m.kind, ICMP_UNREACHABLE);
    assert_key(&m);
    assert_string_equal(icmp_unreachable_text(true, m.code), "no route");
}

static void cut_packets_are_nobodys(void **state)
{
    (void)state;
    uint8_t p[20 + ICMP_ECHO_SIZE] = {0x45};
    struct icmp_message m;
    p[9] = 1;
    icmp_build(p + 20, false, 1, 2, &sent_key);
    p[20] = 0;
    for (size_t n = 0; n < 20 + 28; n++) {
        icmp_parse(p, n, false, true, &m);
        assert_int_equal(m.kind, ICMP_NOT_OURS);
    }
    p[0] = 0x4F; /* a header longer than the packet */
    icmp_parse(p, 24, false, true, &m);
    assert_int_equal(m.kind, ICMP_NOT_OURS);
}

static void checks_are_read_as_people_write_them(void **state)
{
    (void)state;
    struct target_spec s[CHECKS_PER_ASSET];
    assert_int_equal(targets_of(7, "198.18.0.1", " ICMP, tcp:554;icmp tcp:80 ", s), 3);
    assert_string_equal(s[0].check, "icmp");
    assert_string_equal(s[1].check, "tcp:554");
    assert_string_equal(s[2].check, "tcp:80");
    assert_null(s[1].fault);
    assert_int_equal(s[1].asset_id, 7);
}

static void what_cannot_be_checked_says_why(void **state)
{
    (void)state;
    struct target_spec s[CHECKS_PER_ASSET];
    assert_int_equal(targets_of(1, "198.18.0.1", "tcp:0,tcp:65536,tcp:x,snmp", s), 4);
    for (int i = 0; i < 3; i++)
        assert_string_equal(s[i].fault, "wrong port");
    assert_string_equal(s[3].fault, "unsupported check");
    assert_int_equal(targets_of(1, "camera.example", "icmp", s), 1);
    assert_non_null(s[0].fault);
    assert_int_equal(targets_of(1, "198.18.0.1", " , ", s), 0);
    assert_int_equal(targets_of(1, "::1", "icmp", s), 1);
    assert_null(s[0].fault);
}

static void on_the_loopback_net_icmp_is_left_out_beside_another_check(void **state)
{
    (void)state;
    struct target_spec s[CHECKS_PER_ASSET];
    assert_int_equal(targets_of(1, "127.8.0.1", "icmp,tcp:554", s), 1);
    assert_string_equal(s[0].check, "tcp:554");
    assert_int_equal(targets_of(1, "127.8.0.1", "icmp", s), 1);
    assert_int_equal(targets_of(1, "127.8.0.1", "icmp,snmp", s), 2);
}

int run_packet_tests(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_request_has_a_right_checksum),
        cmocka_unit_test(an_echoed_request_is_our_answer_in_both_families),
        cmocka_unit_test(a_raw_socket_shows_the_ip_header_with_options),
        cmocka_unit_test(an_unreachable_message_names_our_request),
        cmocka_unit_test(cut_packets_are_nobodys),
        cmocka_unit_test(checks_are_read_as_people_write_them),
        cmocka_unit_test(what_cannot_be_checked_says_why),
        cmocka_unit_test(on_the_loopback_net_icmp_is_left_out_beside_another_check),
    };
    return cmocka_run_group_tests_name("packets and checks", tests, NULL, NULL);
}
