/* SPDX-License-Identifier: Apache-2.0 */
/* Feed numbers: the order of commits, without a gap, whatever happens meanwhile. */
#include <string.h>
#include <sys/stat.h>

#include "kit.h"

static void two_writers_are_sealed_in_the_order_of_their_commits(void **state)
{
    struct kit *k = *state;
    if (k->t->kind == DB_SQLITE) {
        /* one writer at a time: the second waits for the first, so ids are in the order of commits */
        assert_int_equal(db_begin(k->other), RC_OK);
        kit_add(k, k->other, 1);
        assert_int_equal(db_commit(k->other), RC_OK);
        assert_int_equal(db_begin(k->cx.db), RC_OK);
        kit_add(k, k->cx.db, 2);
        assert_int_equal(db_commit(k->cx.db), RC_OK);
        assert_int_equal(kit_seal(k), 2);
        assert_string_equal(kit_feed(k), "1,2");
        return;
    }
    /* record 1 gets the lower id, record 2 is committed first, both before the sealer looks */
    struct db *third = testdb_open(k->t, DB_BUSINESS, DB_WRITE, NULL);
    assert_int_equal(db_begin(k->other), RC_OK);
    kit_add(k, k->other, 1);
    assert_int_equal(db_begin(third), RC_OK);
    kit_add(k, third, 2);
    kit_add(k, third, 3);
    assert_int_equal(db_commit(third), RC_OK);
    kit_add(k, k->other, 4);
    assert_int_equal(db_commit(k->other), RC_OK);
    db_close(third);
    assert_int_equal(kit_seal(k), 4);
    assert_string_equal(kit_feed(k), "2,3,1,4");
    assert_string_equal(kit_faults(k, NULL), "");
}

static void a_row_that_commits_late_is_not_passed_over(void **state)
{
    struct kit *k = *state;
    assert_int_equal(db_begin(k->other), RC_OK);
    kit_add(k, k->other, 1);
    kit_add(k, k->cx.db, 2);
    assert_int_equal(kit_seal(k), 1);
    assert_int_equal(db_commit(k->other), RC_OK);
    assert_int_equal(kit_seal(k), 1);
    assert_string_equal(kit_feed(k), "2,1");
}

static void what_is_rolled_back_leaves_no_gap(void **state)
{
    struct kit *k = *state;
    kit_rows(k, 2);
    assert_int_equal(db_begin(k->cx.db), RC_OK);
    kit_add(k, k->cx.db, 3);
    db_rollback(k->cx.db);
    kit_add(k, k->cx.db, 4);
    assert_int_equal(kit_seal(k), 1);
    assert_string_equal(kit_feed(k), "1,2,4");
    assert_string_equal(kit_faults(k, NULL), "");
    int64_t turns = -1;
    assert_int_equal(db_int_of(k->cx.db, "SELECT COUNT(*) FROM journal_turn", NO_BINDS, &turns), RC_OK);
    assert_int_equal(turns, 0);
}

static void the_database_refuses_changes_and_forged_seals(void **state)
{
    static const char *const bad[] = {
        "DELETE FROM journal",
        "UPDATE journal SET changes = '{}' WHERE feed = 1",
        "UPDATE journal SET hash = 'x' WHERE feed = 1",
        "UPDATE journal SET feed = NULL WHERE feed = 1",
        ("INSERT INTO journal (at, actor_type, actor_name, address, kind, record_id, action, changes,"
         " result, feed) VALUES (1, 'system', '', '', 'thing', 1, 'create', '{}', 'ok', 9)"),
    };
    struct kit *k = *state;
    kit_rows(k, 2);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_not_equal(db_run(k->cx.db, bad[i], NO_BINDS, NULL), RC_OK);
    assert_string_equal(kit_faults(k, NULL), "");
}

static void sm3_follows_sha_256_in_one_chain(void **state)
{
    struct kit *k = *state;
    struct anchor head;
    kit_rows(k, 2);
    assert_int_equal(db_run(k->cx.db, "UPDATE parameter SET value = '1' WHERE name = 'journal_sm3'", NO_BINDS, NULL), RC_OK);
    kit_add(k, k->cx.db, 3);
    assert_int_equal(kit_seal(k), 1);
    assert_int_equal(journal_head(&k->cx, &head), RC_OK);
    assert_int_equal(head.feed, 3);
    assert_memory_equal(head.hash, "sm3:", 4);
    assert_int_equal(db_run(k->cx.db, "UPDATE parameter SET value = '0' WHERE name = 'journal_sm3'", NO_BINDS, NULL), RC_OK);
    kit_add(k, k->cx.db, 4);
    assert_int_equal(kit_seal(k), 1);
    assert_string_equal(kit_faults(k, NULL), "");
    kit_force(k, "UPDATE journal SET action = 'x' WHERE feed = 3");
    assert_string_equal(kit_faults(k, NULL), "changed 3");
}

static void a_user_is_journalled_by_number_not_by_name(void **state)
{
    struct kit *k = *state;
    int64_t n = 0;
    k->cx.actor = (struct actor){.type = ACTOR_USER, .user_id = 7, .name = "某人", .address = "127.0.0.1"};
    kit_add(k, k->cx.db, 1);
    assert_int_equal(db_int_of(k->cx.db, "SELECT COUNT(*) FROM journal WHERE actor_id = 7 AND actor_name = ''",
                               NO_BINDS, &n),
                     RC_OK);
    assert_int_equal(n, 1);
}

static void anchors_are_appended_and_read_back(void **state)
{
    struct kit *k = *state;
    struct anchors a = {0};
    struct anchor head;
    struct err e = {0};
    struct stat st;
    assert_int_equal(anchors_load(&a, journal_anchor_path(&k->cx), &e), RC_NOT_FOUND);
    for (int i = 0; i < 3; i++) {
        kit_add(k, k->cx.db, i);
        assert_int_equal(kit_seal(k), 1);
        assert_int_equal(journal_head(&k->cx, &head), RC_OK);
        assert_int_equal(journal_anchor(&k->cx, &head), RC_OK);
    }
    assert_int_equal(anchors_load(&a, journal_anchor_path(&k->cx), &e), RC_OK);
    assert_int_equal(a.n, 3);
    assert_string_equal(kit_faults(k, &a), "");
    assert_int_equal(stat(journal_anchor_path(&k->cx), &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    anchors_free(&a);
}

int seal_cases(void)
{
    const struct CMUnitTest tests[] = {
        BOTH(two_writers_are_sealed_in_the_order_of_their_commits),
        /* on SQLite there is no second writer */
        cmocka_unit_test_setup_teardown(a_row_that_commits_late_is_not_passed_over, kit_postgres, kit_end),
        BOTH(what_is_rolled_back_leaves_no_gap),
        BOTH(the_database_refuses_changes_and_forged_seals),
        BOTH(sm3_follows_sha_256_in_one_chain),
        BOTH(a_user_is_journalled_by_number_not_by_name),
        BOTH(anchors_are_appended_and_read_back),
    };
    return cmocka_run_group_tests_name("sealing", tests, NULL, NULL);
}
