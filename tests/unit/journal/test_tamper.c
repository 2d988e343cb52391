/* SPDX-License-Identifier: Apache-2.0 */
/* What somebody with all rights over the database or a copy may try, and what the verifier says. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "kit.h"

#define ROWS 9

/* The chain computed anew over whatever stands there, as a forger with our source would. */
static void reseal(struct kit *k)
{
    kit_force(k, "UPDATE journal SET feed = NULL, prev = NULL, hash = NULL");
    kit_seal(k);
}

static struct anchors anchors_now(struct kit *k)
{
    struct anchors a = {0};
    struct anchor head;
    assert_int_equal(journal_head(&k->cx, &head), RC_OK);
    assert_true(anchors_add(&a, arena_printf(k->cx.a, "%lld:%s", (long long)head.feed, head.hash)));
    return a;
}

static void every_tampering_of_the_store_is_named(void **state)
{
    struct kit *k = *state;
    static const struct {
        const char *sql, *undo, *told;
    } cases[] = {
        {"UPDATE journal SET changes = '{}' WHERE feed = 3", "UPDATE journal SET changes = (SELECT changes FROM journal WHERE feed = 2) WHERE feed = 3", "changed 3"},
        {"UPDATE journal SET at = at + 1 WHERE feed = 1", "UPDATE journal SET at = at - 1 WHERE feed = 1", "changed 1"},
        {"UPDATE journal SET address = 'x' WHERE feed = 9", "UPDATE journal SET address = '' WHERE feed = 9", "changed 9"},
        {"UPDATE journal SET actor_id = 4 WHERE feed = 5", "UPDATE journal SET actor_id = NULL WHERE feed = 5", "changed 5"},
        {"UPDATE journal SET result = 'denied' WHERE feed IN (2, 7)", "UPDATE journal SET result = 'ok' WHERE feed IN (2, 7)", "changed 2; changed 7"},
        {"UPDATE journal SET feed = CASE feed WHEN 4 THEN -1 ELSE feed END; UPDATE journal SET feed = 4 WHERE feed = 5; UPDATE journal SET feed = 5 WHERE feed = -1",
         "UPDATE journal SET feed = CASE feed WHEN 4 THEN -1 ELSE feed END; UPDATE journal SET feed = 4 WHERE feed = 5; UPDATE journal SET feed = 5 WHERE feed = -1",
         "moved 4; moved 5; replaced 5"},
        {"UPDATE journal SET feed = NULL WHERE feed = 6", "UPDATE journal SET feed = 6 WHERE feed IS NULL", "missing 6"},
    };
    kit_rows(k, ROWS);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        kit_force(k, cases[i].sql);
        assert_string_equal(kit_faults(k, NULL), cases[i].told);
        kit_force(k, cases[i].undo);
        assert_string_equal(kit_faults(k, NULL), "");
    }
}

/* --- any byte --- */

static const char *const columns[] = {"id", "at", "actor_type", "actor_id", "actor_name", "address", "kind", "record_id",
                                      "action", "changes", "result", "feed", "prev", "hash", "tx"};
#define COLUMNS (int)(sizeof columns / sizeof *columns)

static unsigned dice(unsigned most)
{
    static unsigned seed = 20260508;
    seed = seed * 1664525u + 1013904223u;
    return (seed >> 8) % most;
}

/* One byte put in, taken out, changed, or NUL and more behind the end. */
static void mutate(struct buf *b, const void *s, size_t n)
{
    size_t at = n ? dice((unsigned)n) : 0;
    unsigned how = dice(n ? 5 : 2);
    buf_add(b, s, how == 0 ? n : at);
    if (how == 0)
        buf_add(b, "\0x", 1 + dice(2));
    else if (how < 3)
        buf_char(b, (char)(how == 1 ? dice(256) : (unsigned)((const char *)s)[at] ^ 1u << dice(8)));
    if (how == 1)
        buf_add(b, (const char *)s + at, n - at);
    else if (how > 1)
        buf_add(b, (const char *)s + at + 1, n - at - 1);
}

/* The column of the row as an SQL literal, and as one that differs; false when it came out the same. */
static bool literals(struct kit *k, const char *column, int feed, const char **was, const char **is)
{
    struct db_rows *r;
    struct buf other = {0};
    size_t n;
    assert_int_equal(db_query(k->cx.db, arena_printf(k->cx.a, "SELECT %s, typeof(%s), hex(%s) FROM journal WHERE feed = %d",
                                                     column, column, column, feed), NO_BINDS, &r), RC_OK);
    assert_true(db_next(r));
    const char *s = db_bytes(r, 0, &n);
    bool text = !strcmp(db_text(r, 1), "text"), differs = true;
    if (db_null(r, 0)) {
        *was = "NULL";
        *is = "3";
    } else if (!text) {
        *was = arena_printf(k->cx.a, "%lld", (long long)db_int(r, 0));
        *is = arena_printf(k->cx.a, "%lld", (long long)(db_int(r, 0) ^ INT64_C(16) << dice(50)));
    } else {
        mutate(&other, s, n);
        differs = other.len != n || memcmp(other.data, s, n) != 0;
        *was = arena_printf(k->cx.a, "CAST(x'%s' AS TEXT)", db_text(r, 2));
        struct buf hex = {0};
        for (size_t i = 0; i < other.len; i++)
            buf_printf(&hex, "%02x", (unsigned char)other.data[i]);
        *is = arena_printf(k->cx.a, "CAST(x'%s' AS TEXT)", buf_text(&hex));
        buf_free(&hex);
    }
    assert_int_equal(db_end(r), RC_OK);
    buf_free(&other);
    return differs;
}

static void any_byte_of_any_column_of_any_row_is_found(void **state)
{
    struct kit *k = *state;
    const char *was, *is;
    struct db_rows *r;
    kit_rows(k, ROWS);
    struct anchors a = anchors_now(k);
    kit_force(k, "PRAGMA ignore_check_constraints = 1");
    for (int i = 0; i < 600; i++) {
        const char *column = columns[i % COLUMNS];
        int feed = 1 + (int)dice(ROWS);
        if (!literals(k, column, feed, &was, &is))
            continue;
        assert_int_equal(db_query(k->cx.db, arena_printf(k->cx.a, "SELECT id FROM journal WHERE feed = %d", feed), NO_BINDS, &r), RC_OK);
        assert_true(db_next(r));
        long long id = db_int(r, 0);
        assert_int_equal(db_end(r), RC_OK);
        long long now = strcmp(column, "id") ? id : strtoll(is, NULL, 10);
        kit_force(k, arena_printf(k->cx.a, "UPDATE journal SET %s = %s WHERE id = %lld", column, is, id));
        if (!*kit_faults(k, &a))
            fail_msg("row %d, %s: %s for %s was not found", feed, column, is, was);
        kit_force(k, arena_printf(k->cx.a, "UPDATE journal SET %s = %s WHERE id = %lld", column, was, now));
    }
    assert_string_equal(kit_faults(k, &a), "");
    anchors_free(&a);
}

static void any_byte_of_a_copy_is_found(void **state)
{
    struct kit *k = *state;
    struct journal_copy copy;
    char *path = kit_path(k, "copy");
    kit_rows(k, ROWS);
    assert_int_equal(journal_export(&k->cx, path, 0, &copy), RC_OK);
    struct anchors a = anchors_now(k);
    char whole[8192];
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    size_t n = fread(whole, 1, sizeof whole, f);
    fclose(f);
    assert_in_range(n, 1, sizeof whole - 1);
    for (int i = 0; i < 600; i++) {
        struct buf b = {0};
        mutate(&b, whole, n);
        f = fopen(path, "w");
        assert_non_null(f);
        assert_int_equal(fwrite(b.data, 1, b.len, f), b.len);
        fclose(f);
        /* a missing end of the last line takes no row away */
        bool same = (b.len == n && !memcmp(b.data, whole, n)) || (b.len == n - 1 && !memcmp(b.data, whole, n - 1));
        if (!same && !*kit_file_faults(k, &path, 1, &a))
            fail_msg("change %d of the copy was not found", i);
        buf_free(&b);
    }
    anchors_free(&a);
}

static void deleted_rows_are_named(void **state)
{
    struct kit *k = *state;
    kit_rows(k, ROWS);
    kit_force(k, "DELETE FROM journal WHERE feed IN (1, 4, 5)");
    assert_string_equal(kit_faults(k, NULL), "missing 1; missing 4-5");
}

static void a_row_replaced_with_its_hash_computed_anew_breaks_the_next(void **state)
{
    struct kit *k = *state;
    char hash[CHAIN_HASH];
    struct db_rows *r;
    kit_rows(k, ROWS);
    assert_int_equal(db_query(k->cx.db, "SELECT prev, id FROM journal WHERE feed = 4", NO_BINDS, &r), RC_OK);
    assert_true(db_next(r));
    char *text = arena_printf(k->cx.a, "[4,\"%s\",%lld,1778230800000,\"console\",null,\"console\",\"\",\"thing\",4,"
                                       "\"create\",\"{}\",\"ok\"]", db_text(r, 0), (long long)db_int(r, 1));
    assert_int_equal(db_end(r), RC_OK);
    chain_hash(CHAIN_SHA256, text, strlen(text), hash);
    kit_force(k, arena_printf(k->cx.a, "UPDATE journal SET changes = '{}', hash = '%s' WHERE feed = 4", hash));
    assert_string_equal(kit_faults(k, NULL), "replaced 4");
}

static void a_cut_end_shows_against_an_anchor(void **state)
{
    struct kit *k = *state;
    kit_rows(k, ROWS);
    struct anchors a = anchors_now(k);
    kit_force(k, "DELETE FROM journal WHERE feed > 6");
    assert_string_equal(kit_faults(k, NULL), ""); /* the chain alone cannot know */
    assert_string_equal(kit_faults(k, &a), "cut 7-9");
    anchors_free(&a);
}

static void a_journal_rewritten_as_a_whole_shows_against_an_anchor(void **state)
{
    struct kit *k = *state;
    kit_rows(k, ROWS);
    struct anchors a = anchors_now(k);
    kit_force(k, "UPDATE journal SET changes = '{}' WHERE feed = 2");
    reseal(k);
    assert_string_equal(kit_faults(k, NULL), "");
    assert_string_equal(kit_faults(k, &a), "rewritten 9");
    anchors_free(&a);
}

/* --- copies --- */

struct lines {
    char *line[64];
    int n;
};

static struct lines read_lines(struct kit *k, const char *path)
{
    struct lines l = {0};
    char text[2048];
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    while (l.n < 64 && fgets(text, sizeof text, f))
        l.line[l.n++] = arena_strdup(k->cx.a, text);
    fclose(f);
    return l;
}

/* order: line numbers from 1, e.g. "1 2 4 3"; line `bad` gets one byte changed. */
static const char *faults_of(struct kit *k, const struct lines *l, const char *order, int bad, struct anchors *a)
{
    char *path = kit_path(k, "tampered");
    FILE *f = fopen(path, "w");
    char *end;
    assert_non_null(f);
    for (const char *s = order; *s; s = end + (*end == ' ')) {
        long no = strtol(s, &end, 10);
        char *line = arena_strdup(k->cx.a, l->line[no - 1]);
        if (no == bad)
            *strstr(line, "create") = 'C';
        fputs(line, f);
    }
    fclose(f);
    return kit_file_faults(k, &path, 1, a);
}

static void every_tampering_of_a_copy_is_named(void **state)
{
    struct kit *k = *state;
    struct journal_copy copy;
    char *path = kit_path(k, "copy");
    kit_rows(k, ROWS);
    assert_int_equal(journal_export(&k->cx, path, 0, &copy), RC_OK);
    assert_int_equal(copy.rows, ROWS);
    struct lines l = read_lines(k, path);
    assert_int_equal(l.n, ROWS);
    struct anchors a = {0};
    assert_true(anchors_add(&a, arena_printf(k->cx.a, "%lld:%s", (long long)copy.last, copy.head)));
    assert_string_equal(kit_file_faults(k, &path, 1, &a), "");
    assert_string_equal(faults_of(k, &l, "1 2 3 4 5 6 7 8 9", 5, &a), "changed 5");
    assert_string_equal(faults_of(k, &l, "1 2 3 4 6 7 8 9", 0, &a), "missing 5");
    assert_string_equal(faults_of(k, &l, "1 2 4 3 5 6 7 8 9", 0, &a), "moved 3");
    assert_string_equal(faults_of(k, &l, "1 2 3 3 4 5 6 7 8 9", 0, &a), "moved 3");
    assert_string_equal(faults_of(k, &l, "1 2 3 4 5 6 7", 0, &a), "cut 8-9");
    assert_string_equal(faults_of(k, &l, "9 8 7", 0, NULL), "moved 8; moved 7");
    anchors_free(&a);
}

static void copies_of_days_are_checked_as_one(void **state)
{
    struct kit *k = *state;
    struct journal_copy first, second;
    char *paths[] = {kit_path(k, "day1"), kit_path(k, "day2")}, *wrong[] = {paths[1], paths[0]};
    kit_rows(k, 4);
    assert_int_equal(journal_export(&k->cx, paths[0], 0, &first), RC_OK);
    for (int i = 0; i < 3; i++)
        kit_add(k, k->cx.db, i);
    kit_seal(k);
    assert_int_equal(journal_export(&k->cx, paths[1], first.last, &second), RC_OK);
    assert_int_equal(second.first, 5);
    assert_int_equal(second.last, 7);
    assert_string_equal(kit_file_faults(k, paths, 2, NULL), "");
    assert_string_equal(kit_file_faults(k, wrong, 2, NULL), "moved 1; moved 2; moved 3; moved 4");
    /* the second alone stands behind the head of the first, and behind no other */
    struct anchors good = {0}, bad = {0};
    assert_true(anchors_add(&good, arena_printf(k->cx.a, "4:%s", first.head)));
    assert_true(anchors_add(&bad, arena_printf(k->cx.a, "4:%s", second.head)));
    assert_string_equal(kit_file_faults(k, &paths[1], 1, &good), "");
    assert_string_equal(kit_file_faults(k, &paths[1], 1, &bad), "rewritten 4");
    anchors_free(&good);
    anchors_free(&bad);
}

static void each_day_leaves_a_copy_of_what_was_new(void **state)
{
    struct kit *k = *state;
    int64_t rows = 0;
    char *paths[] = {kit_path(k, "journal/2026-05-08_000000000004"), kit_path(k, "journal/2026-05-10_000000000006")};
    k->cx.now.ms = INT64_C(1778230800000); /* 2026-05-08 17:00 */
    assert_int_equal(journal_daily(&k->cx, &rows), RC_OK);
    assert_int_equal(rows, 0); /* nothing yet, and so no file */
    kit_rows(k, 4);
    assert_int_equal(journal_daily(&k->cx, &rows), RC_OK);
    assert_int_equal(rows, 4);
    kit_add(k, k->cx.db, 5);
    kit_seal(k);
    assert_int_equal(journal_daily(&k->cx, &rows), RC_OK);
    assert_int_equal(rows, 0); /* one a day */
    k->cx.now.ms += INT64_C(24 * 3600000);
    kit_add(k, k->cx.db, 6);
    kit_seal(k);
    k->cx.now.ms += INT64_C(24 * 3600000);
    assert_int_equal(journal_daily(&k->cx, &rows), RC_OK);
    assert_int_equal(rows, 2); /* of the day on which nobody ran it, too */
    struct anchors a = anchors_now(k);
    assert_string_equal(kit_file_faults(k, paths, 2, &a), "");
    assert_string_equal(kit_file_faults(k, paths, 1, &a), "cut 5-6");
    anchors_free(&a);
}

static void a_copy_reads_with_sha256sum_alone(void **state)
{
    struct kit *k = *state;
    struct journal_copy copy;
    char *path = kit_path(k, "copy"), hash[CHAIN_HASH];
    kit_rows(k, 1);
    assert_int_equal(journal_export(&k->cx, path, 0, &copy), RC_OK);
    struct lines l = read_lines(k, path);
    char *text = strchr(l.line[0], '[');
    chain_hash(CHAIN_SHA256, text, strcspn(text, "\n"), hash);
    assert_memory_equal(l.line[0], hash, 64);
    assert_non_null(strstr(text, "东区 07"));
}

int tamper_cases(void)
{
    const struct CMUnitTest tests[] = {
        BOTH(every_tampering_of_the_store_is_named),
        cmocka_unit_test_setup_teardown(any_byte_of_any_column_of_any_row_is_found, kit_sqlite, kit_end),
        cmocka_unit_test_setup_teardown(any_byte_of_a_copy_is_found, kit_sqlite, kit_end),
        BOTH(deleted_rows_are_named),
        BOTH(a_row_replaced_with_its_hash_computed_anew_breaks_the_next),
        BOTH(a_cut_end_shows_against_an_anchor),
        BOTH(a_journal_rewritten_as_a_whole_shows_against_an_anchor),
        BOTH(every_tampering_of_a_copy_is_named),
        BOTH(copies_of_days_are_checked_as_one),
        BOTH(each_day_leaves_a_copy_of_what_was_new),
        BOTH(a_copy_reads_with_sha256sum_alone),
    };
    return cmocka_run_group_tests_name("tampering", tests, NULL, NULL);
}
