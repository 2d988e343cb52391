/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "world.h"

static struct world world;

static int start(void **state)
{
    (void)state;
    world_dirs(&world);
    world_file(&world, "index.html", "<title>desk</title>");
    world_file(&world, "field/index.html", "<title>field</title>");
    world_file(&world, "assets/app-1a2b.js", "plain();");
    world_file(&world, "assets/app-1a2b.js.gz", "(gzip bytes)");
    world_file(&world, "map.geojson", "{}");
    world_file(&world, ".secret", "hidden");
    world_start(&world, (struct http_options){0});
    return 0;
}

static int end(void **state)
{
    (void)state;
    world_end(&world);
    return 0;
}

static void assert_page(const char *target, const char *body)
{
    char text[512];
    struct answer a = ask(&world, "GET", target, "", NULL);
    if (a.status != 200 || strcmp(a.body, body) != 0)
        fail_msg("%s: %d %s", target, a.status, a.body);
    assert_string_equal(answer_header(&a, "Content-Type", text), "text/html; charset=utf-8");
    assert_string_equal(answer_header(&a, "Cache-Control", text), "no-cache");
    assert_string_equal(
        answer_header(&a, "Content-Security-Policy", text),
        "default-src 'self'; script-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline'; "
        "img-src 'self' data: blob:; connect-src 'self'; object-src 'none'; base-uri 'none'; "
        "frame-ancestors 'none'; form-action 'self'");
    answer_free(&a);
}

static void assert_absent(const char *target)
{
    struct answer a = ask(&world, "GET", target, "", NULL);
    if (a.status != 404)
        fail_msg("%s: %d %s", target, a.status, a.body);
    assert_code(&a, 404, "not_found");
    answer_free(&a);
}

static void the_addresses_of_the_page_itself_get_the_page(void **state)
{
    (void)state;
    assert_page("/", "<title>desk</title>");
    assert_page("/index.html", "<title>desk</title>");
    assert_page("/work_order/12", "<title>desk</title>");
    assert_page("/field", "<title>field</title>");
    assert_page("/field/", "<title>field</title>");
    assert_page("/field/round/7?x=1", "<title>field</title>");
}

static void a_missing_file_is_404_and_not_the_page(void **state)
{
    (void)state;
    assert_absent("/favicon.ico");
    assert_absent("/assets/old-ffff.js");
    assert_absent("/assets/none");
    assert_absent("/assets");
    assert_absent("/api/none");
}

static void a_hashed_asset_is_kept_for_ever(void **state)
{
    (void)state;
    char text[512];
    struct answer a = ask(&world, "GET", "/assets/app-1a2b.js", "", NULL);
    assert_string_equal(a.body, "plain();");
    assert_string_equal(answer_header(&a, "Cache-Control", text),
                        "public, max-age=31536000, immutable");
    assert_string_equal(answer_header(&a, "Content-Type", text), "text/javascript; charset=utf-8");
    assert_string_equal(answer_header(&a, "Vary", text), "Accept-Encoding");
    assert_null(answer_header(&a, "Content-Encoding", text));
    answer_free(&a);
    a = ask(&world, "GET", "/map.geojson", "", NULL);
    assert_string_equal(answer_header(&a, "Cache-Control", text), "no-cache");
    assert_string_equal(answer_header(&a, "Content-Type", text),
                        "application/geo+json; charset=utf-8");
    answer_free(&a);
}

static void the_gzip_neighbour_is_sent_to_those_who_accept_it(void **state)
{
    (void)state;
    char text[512], plain_tag[512], gzip_tag[512];
    struct answer a =
        ask(&world, "GET", "/assets/app-1a2b.js", "Accept-Encoding: br, gzip\r\n", NULL);
    assert_string_equal(a.body, "(gzip bytes)");
    assert_string_equal(answer_header(&a, "Content-Encoding", text), "gzip");
    assert_string_equal(answer_header(&a, "Content-Type", text), "text/javascript; charset=utf-8");
    assert_non_null(answer_header(&a, "ETag", gzip_tag));
    answer_free(&a);
    a = ask(&world, "GET", "/assets/app-1a2b.js", "Accept-Encoding: gzip;q=0\r\n", NULL);
    assert_string_equal(a.body, "plain();");
    assert_non_null(answer_header(&a, "ETag", plain_tag));
    assert_string_not_equal(gzip_tag, plain_tag);
    answer_free(&a);
}

static void a_known_tag_is_304_until_the_content_changes(void **state)
{
    (void)state;
    char etag[512], again[512], line[640];
    struct answer a = ask(&world, "GET", "/map.geojson", "", NULL);
    assert_non_null(answer_header(&a, "ETag", etag));
    answer_free(&a);
    snprintf(line, sizeof line, "If-None-Match: \"x\", %s\r\n", etag);
    for (int i = 0; i < 2; i++) {
        a = ask(&world, "GET", "/map.geojson", line, NULL);
        assert_int_equal(a.status, 304);
        assert_string_equal(answer_header(&a, "ETag", again), etag);
        answer_free(&a);
    }
    /* the same bytes in a new file keep their tag */
    char from[160], to[160];
    world_file(&world, "new", "{}");
    snprintf(from, sizeof from, "%s/new", world.pages);
    snprintf(to, sizeof to, "%s/map.geojson", world.pages);
    assert_int_equal(rename(from, to), 0);
    a = ask(&world, "GET", "/map.geojson", line, NULL);
    assert_int_equal(a.status, 304);
    answer_free(&a);
    world_file(&world, "map.geojson", "{\"changed\":1}");
    a = ask(&world, "GET", "/map.geojson", line, NULL);
    assert_int_equal(a.status, 200);
    assert_string_equal(a.body, "{\"changed\":1}");
    answer_free(&a);
}

static void head_of_a_file_has_its_length(void **state)
{
    (void)state;
    char text[512];
    struct answer a = ask(&world, "HEAD", "/index.html", "", NULL);
    assert_int_equal(a.status, 200);
    assert_string_equal(answer_header(&a, "Content-Length", text), "19");
    answer_free(&a);
}

static void links_and_hidden_names_lead_nowhere(void **state)
{
    (void)state;
    char outside[160], link[160];
    snprintf(outside, sizeof outside, "%s/outside", world.dir);
    assert_int_equal(mkdir(outside, 0700), 0);
    snprintf(outside, sizeof outside, "%s/outside/page.html", world.dir);
    FILE *f = fopen(outside, "w");
    fputs("private", f);
    fclose(f);
    snprintf(link, sizeof link, "%s/file.html", world.pages);
    assert_int_equal(symlink(outside, link), 0);
    snprintf(link, sizeof link, "%s/folder", world.pages);
    assert_int_equal(symlink("../outside", link), 0);
    snprintf(link, sizeof link, "%s/pipe.html", world.pages);
    assert_int_equal(mkfifo(link, 0600), 0);
    assert_absent("/file.html");
    assert_absent("/folder/page.html");
    assert_absent("/pipe.html");
    assert_absent("/.secret");
    assert_page("/folder", "<title>desk</title>");
}

int static_tests(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_addresses_of_the_page_itself_get_the_page),
        cmocka_unit_test(a_missing_file_is_404_and_not_the_page),
        cmocka_unit_test(a_hashed_asset_is_kept_for_ever),
        cmocka_unit_test(the_gzip_neighbour_is_sent_to_those_who_accept_it),
        cmocka_unit_test(a_known_tag_is_304_until_the_content_changes),
        cmocka_unit_test(head_of_a_file_has_its_length),
        cmocka_unit_test(links_and_hidden_names_lead_nowhere),
    };
    return cmocka_run_group_tests_name("http static files", tests, start, end);
}
