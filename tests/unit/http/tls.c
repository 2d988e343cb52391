/* SPDX-License-Identifier: Apache-2.0 */
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "handlers.h"
#include "world.h"

static struct world world;
static char cert[128], key[128];

/* A certificate for 127.0.0.1 that is its own authority, made now so that it cannot expire. */
static void make_certificate(void)
{
    char command[640];
    snprintf(cert, sizeof cert, "%s/cert.pem", world.dir);
    snprintf(key, sizeof key, "%s/key.pem", world.dir);
    snprintf(command, sizeof command,
             "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 "
             "-subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1 -keyout %s -out %s 2>&1 "
             ">/dev/null | grep -i error >&2; test -s %s",
             key, cert, cert);
    assert_int_equal(system(command), 0);
}

static int start(void **state)
{
    (void)state;
    curl_global_init(CURL_GLOBAL_DEFAULT);
    world_dirs(&world);
    make_certificate();
    world_start(&world, (struct http_options){.tls_cert = cert, .tls_key = key});
    return 0;
}

static int end(void **state)
{
    (void)state;
    world_end(&world);
    curl_global_cleanup();
    return 0;
}

static size_t collect(char *data, size_t one, size_t n, void *out)
{
    buf_add(out, data, one * n);
    return one * n;
}

static CURLcode get(const char *path, long version, struct buf *head, struct buf *body)
{
    char url[256];
    snprintf(url, sizeof url, "https://127.0.0.1:%d%s", http_port(world.server), path);
    CURL *c = curl_easy_init();
    curl_easy_setopt(c, CURLOPT_URL, url);
    curl_easy_setopt(c, CURLOPT_CAINFO, cert);
    curl_easy_setopt(c, CURLOPT_SSLVERSION, version);
    curl_easy_setopt(c, CURLOPT_NOPROXY, "*");
    curl_easy_setopt(c, CURLOPT_TIMEOUT, 120L);
    curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, collect);
    curl_easy_setopt(c, CURLOPT_HEADERDATA, head);
    curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, collect);
    curl_easy_setopt(c, CURLOPT_WRITEDATA, body);
    CURLcode code = curl_easy_perform(c);
    curl_easy_cleanup(c);
    return code;
}

static void a_verified_connection_is_served_and_told_to_stay_on_tls(void **state)
{
    (void)state;
    static const long versions[] = {CURL_SSLVERSION_MAX_TLSv1_2, CURL_SSLVERSION_TLSv1_3};
    for (int i = 0; i < 2; i++) {
        struct buf head = {0}, body = {0};
        assert_int_equal(get("/api/v1/note", versions[i], &head, &body), CURLE_OK);
        assert_non_null(strstr(buf_text(&head), "Strict-Transport-Security: max-age=31536000"));
        assert_non_null(strstr(buf_text(&body), "\"tls\":true"));
        buf_free(&head);
        buf_free(&body);
    }
}

static void old_protocol_versions_are_refused(void **state)
{
    (void)state;
    struct buf head = {0}, body = {0};
    assert_int_not_equal(get("/healthz", CURL_SSLVERSION_MAX_TLSv1_1, &head, &body), CURLE_OK);
    buf_free(&head);
    buf_free(&body);
}

static void a_file_travels_whole_over_tls(void **state)
{
    (void)state;
    char *data = malloc(700001);
    memset(data, 'y', 700000);
    data[700000] = '\0';
    world_file(&world, "big.txt", data);
    struct buf head = {0}, body = {0};
    assert_int_equal(get("/big.txt", CURL_SSLVERSION_DEFAULT, &head, &body), CURLE_OK);
    assert_int_equal(body.len, 700000);
    assert_string_equal(body.data, data);
    buf_free(&head);
    buf_free(&body);
    free(data);
}

static void a_handshake_that_never_comes_is_cut(void **state)
{
    (void)state;
    struct world hasty = {0};
    world_start(&hasty,
                (struct http_options){.tls_cert = cert, .tls_key = key, .header_seconds = 1});
    struct wire c = wire_open(&hasty);
    wire_drip_until_closed(&c, '\x16');
    wire_close(&c);
    c = wire_open(&hasty);
    wire_expect_close(&c);
    wire_close(&c);
    world_end(&hasty);
}

static void plain_bytes_on_the_tls_port_are_not_answered(void **state)
{
    (void)state;
    struct wire c = wire_open(&world);
    wire_send(&c, "GET /healthz HTTP/1.1\r\nHost: h\r\n\r\n");
    wire_expect_close(&c);
    assert_true(!c.data || !strstr(c.data, "route"));
    wire_close(&c);
}

static void assert_not_started(struct http_options o, const char *field)
{
    struct http_server *s = NULL;
    struct err e = {0};
    o.threads = 2;
    o.routes = world_routes;
    assert_int_equal(http_start(&o, &s, &e), RC_INVALID);
    assert_null(s);
    assert_string_equal(e.field, field);
    assert_true(e.zh[0] && e.en[0]);
}

static void plain_http_is_refused_off_loopback(void **state)
{
    (void)state;
    static const char *const outside[] = {"0.0.0.0:0", "[::]:0", "192.0.2.1:0", "[2001:db8::1]:0",
                                          "[::ffff:192.0.2.1]:0"};
    for (size_t i = 0; i < sizeof outside / sizeof outside[0]; i++)
        assert_not_started((struct http_options){.listen = outside[i]}, "listen");
}

static void a_malformed_listen_address_is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",       "127.0.0.1",  ":80",     "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:65536",
        "::1:80", "example:80", "[::1]80", "[]:1"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_not_started((struct http_options){.listen = bad[i]}, "listen");
}

static void wrong_tls_files_are_refused(void **state)
{
    (void)state;
    const char *at = "127.0.0.1:0";
    assert_not_started((struct http_options){.listen = at, .tls_cert = cert}, "tls");
    assert_not_started(
        (struct http_options){.listen = at, .tls_cert = "/nonexistent", .tls_key = key}, "tls");
    assert_not_started((struct http_options){.listen = at, .tls_cert = key, .tls_key = cert},
                       "tls");
}

static void a_port_in_use_is_refused(void **state)
{
    (void)state;
    char at[64];
    snprintf(at, sizeof at, "127.0.0.1:%d", http_port(world.server));
    assert_not_started((struct http_options){.listen = at}, "listen");
}

int tls_tests(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_verified_connection_is_served_and_told_to_stay_on_tls),
        cmocka_unit_test(old_protocol_versions_are_refused),
        cmocka_unit_test(a_file_travels_whole_over_tls),
        cmocka_unit_test(a_handshake_that_never_comes_is_cut),
        cmocka_unit_test(plain_bytes_on_the_tls_port_are_not_answered),
        cmocka_unit_test(plain_http_is_refused_off_loopback),
        cmocka_unit_test(a_malformed_listen_address_is_refused),
        cmocka_unit_test(wrong_tls_files_are_refused),
        cmocka_unit_test(a_port_in_use_is_refused),
    };
    return cmocka_run_group_tests_name("http tls and listening", tests, start, end);
}
