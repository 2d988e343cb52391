/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/hash.h"
#include "base/rand.h"

static void arena_memory_is_zeroed_aligned_and_apart(void **state)
{
    (void)state;
    struct arena *a = arena_new();
    unsigned char *last = NULL;
    for (size_t n = 0; n < 3000; n += 7) {
        unsigned char *p = arena_alloc(a, n);
        assert_int_equal((uintptr_t)p % alignof(max_align_t), 0);
        assert_ptr_not_equal(p, last);
        for (size_t i = 0; i < n; i++)
            assert_int_equal(p[i], 0);
        memset(p, 0xAA, n);
        last = p;
    }
    assert_true(arena_used(a) >= (size_t)3000 / 7 * 1500);
    arena_free(a);
    arena_free(NULL);
}

static void a_reset_arena_hands_out_zeroes_again(void **state)
{
    (void)state;
    struct arena *a = arena_new();
    for (int round = 0; round < 3; round++) {
        char *small = arena_alloc(a, 100);
        char *big = arena_alloc(a, 1 << 20);
        for (size_t i = 0; i < 100; i++)
            assert_int_equal(small[i], 0);
        assert_int_equal(big[(1 << 20) - 1], 0);
        memset(small, 1, 100);
        memset(big, 1, 1 << 20);
        arena_reset(a);
        assert_int_equal(arena_used(a), 0);
    }
    arena_free(a);
}

static void arena_texts_are_copies(void **state)
{
    (void)state;
    struct arena *a = arena_new();
    assert_null(arena_strdup(a, NULL));
    assert_null(arena_strndup(a, NULL, 3));
    assert_string_equal(arena_strdup(a, "守望"), "守望");
    assert_string_equal(arena_strndup(a, "abcdef", 3), "abc");
    assert_string_equal(arena_strndup(a, "ab", 100), "ab");
    assert_string_equal(arena_printf(a, "%d-%s", 7, "x"), "7-x");
    char *wide = arena_printf(a, "%9000d", 1);
    assert_int_equal(strlen(wide), 9000);
    int64_t *rows = ARENA_NEW(a, int64_t, 10);
    rows[9] = 1;
    assert_int_equal(rows[0], 0);
    arena_free(a);
}

static void a_buffer_grows_and_stays_terminated(void **state)
{
    (void)state;
    struct buf b = {0};
    assert_string_equal(buf_text(&b), "");
    for (int i = 0; i < 1000; i++) {
        buf_char(&b, 'a');
        assert_int_equal(b.data[b.len], '\0');
    }
    assert_int_equal(b.len, 1000);
    buf_clear(&b);
    assert_string_equal(buf_text(&b), "");
    buf_text_add(&b, "x");
    buf_text_add(&b, NULL);
    buf_add(&b, "y\0z", 3);
    assert_int_equal(b.len, 4);
    buf_free(&b);
    buf_free(&b);
    assert_string_equal(buf_text(&b), "");
    buf_add(&b, NULL, 0);
    assert_non_null(b.data);
    buf_free(&b);
}

static void a_buffer_takes_exactly_its_limit_and_nothing_after(void **state)
{
    (void)state;
    struct buf b = {.limit = 10};
    buf_text_add(&b, "0123456789");
    assert_false(b.full);
    buf_char(&b, 'x');
    assert_true(b.full);
    assert_string_equal(buf_text(&b), "0123456789");
    buf_clear(&b);
    buf_text_add(&b, "12345678901");
    assert_true(b.full);
    buf_char(&b, 'y'); /* would fit, but a hole in the middle would be worse */
    buf_printf(&b, "%d", 1);
    buf_int(&b, 1);
    assert_int_equal(b.len, 0);
    buf_clear(&b);
    buf_printf(&b, "%s", "1234567890");
    assert_false(b.full);
    buf_printf(&b, "%s", "");
    assert_false(b.full);
    buf_printf(&b, "%s", "1");
    assert_true(b.full);
    assert_int_equal(b.len, 10);
    buf_free(&b);
    assert_int_equal(b.limit, 10);
}

static void a_buffer_without_a_limit_has_the_default_one(void **state)
{
    (void)state;
    struct buf b = {0};
    char *mega = calloc(1, 1 << 20);
    for (int i = 0; i < 64; i++)
        buf_add(&b, mega, 1 << 20);
    assert_false(b.full);
    assert_int_equal(b.len, BUF_LIMIT);
    buf_char(&b, 'x');
    assert_true(b.full);
    free(mega);
    buf_free(&b);
}

static void integers_print_to_both_ends_of_their_range(void **state)
{
    (void)state;
    struct buf b = {0};
    const int64_t v[] = {0, -1, 10, INT64_MAX, INT64_MIN};
    for (size_t i = 0; i < 5; i++) {
        buf_int(&b, v[i]);
        buf_char(&b, ' ');
    }
    assert_string_equal(buf_text(&b), "0 -1 10 9223372036854775807 -9223372036854775808 ");
    buf_free(&b);
}

static void sha256_gives_the_known_answers(void **state)
{
    (void)state;
    char hex[HASH_HEX];
    hash_hex("", 0, hex);
    assert_string_equal(hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    hash_hex("abc", 3, hex);
    assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    struct hasher *h = hasher_new(); /* FIPS 180-4: one million times 'a' */
    char a[1000];
    memset(a, 'a', sizeof a);
    for (int i = 0; i < 1000; i++)
        hasher_add(h, a, sizeof a);
    hasher_add(h, NULL, 0);
    hasher_end(h, hex);
    assert_string_equal(hex, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

static void random_text_has_the_right_length_and_does_not_repeat(void **state)
{
    (void)state;
    char a[401], b[401];
    memset(a, '?', sizeof a);
    rand_hex(a, 200);
    rand_hex(b, 200);
    assert_int_equal(strlen(a), 400);
    assert_int_equal(strspn(a, "0123456789abcdef"), 400);
    assert_string_not_equal(a, b);
    rand_hex(a, 0);
    assert_string_equal(a, "");
    assert_true(rand_u64() != rand_u64());
    unsigned char big[5000] = {0};
    rand_bytes(big, sizeof big);
    int seen[256] = {0}, missing = 0;
    for (size_t i = 0; i < sizeof big; i++)
        seen[big[i]]++;
    for (int i = 0; i < 256; i++)
        missing += seen[i] == 0;
    assert_in_range(missing, 0, 2);
}

int memory_tests(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arena_memory_is_zeroed_aligned_and_apart),
        cmocka_unit_test(a_reset_arena_hands_out_zeroes_again),
        cmocka_unit_test(arena_texts_are_copies),
        cmocka_unit_test(a_buffer_grows_and_stays_terminated),
        cmocka_unit_test(a_buffer_takes_exactly_its_limit_and_nothing_after),
        cmocka_unit_test(a_buffer_without_a_limit_has_the_default_one),
        cmocka_unit_test(integers_print_to_both_ends_of_their_range),
        cmocka_unit_test(sha256_gives_the_known_answers),
        cmocka_unit_test(random_text_has_the_right_length_and_does_not_repeat),
    };
    return cmocka_run_group_tests_name("memory", tests, NULL, NULL);
}
