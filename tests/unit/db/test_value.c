/* SPDX-License-Identifier: Apache-2.0 */
/* Values in and out, queries, codes of constraints. */
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cases.h"

static const char all_types[] = "CREATE TABLE v (id ID, i INT, f FLOAT, t TEXT, b BYTES)";

static const char insert_all[] = "INSERT INTO v (i, f, t, b) VALUES (:i, :f, :t, :b) RETURNING id";

static void integers_keep_all_64_bits(void **state)
{
    static const int64_t values[] = {0, 1, -1, INT64_MAX, INT64_MIN, INT64_C(9007199254740993)};
    struct db *db = opened(state);
    done(db, all_types);
    for (size_t k = 0; k < sizeof values / sizeof *values; k++) {
        int64_t id, back;
        assert_rc(db_int_of(db, "INSERT INTO v (i) VALUES (:i) RETURNING id",
                            BINDS(B_INT("i", values[k])), &id),
                  RC_OK);
        assert_rc(db_int_of(db, "SELECT i FROM v WHERE id = :id AND i = :i",
                            BINDS(B_INT("id", id), B_INT("i", values[k])), &back),
                  RC_OK);
        assert_true(back == values[k]);
    }
    db_close(db);
}

static void floats_come_back_bit_by_bit(void **state)
{
    static const double values[] = {0.0, 0.1, -1.5, 1.0 / 3, DBL_MAX, DBL_MIN, 5e-324, 1e15, 12.0};
    struct db *db = opened(state);
    done(db, all_types);
    for (size_t k = 0; k < sizeof values / sizeof *values; k++) {
        struct db_rows *r;
        assert_rc(db_run(db, "DELETE FROM v", NO_BINDS, NULL), RC_OK);
        assert_rc(db_run(db, "INSERT INTO v (f) VALUES (:f)", BINDS(B_FLOAT("f", values[k])), NULL),
                  RC_OK);
        assert_rc(db_query(db, "SELECT f FROM v", NO_BINDS, &r), RC_OK);
        assert_true(db_next(r));
        double back = db_float(r, 0);
        assert_memory_equal(&back, &values[k], sizeof back);
        assert_true(strtod(db_text(r, 0), NULL) == values[k]);
        assert_rc(db_end(r), RC_OK);
    }
    db_close(db);
}

static void a_float_that_is_no_number_is_stored_as_null(void **state)
{
    struct db *db = opened(state);
    done(db, all_types);
    assert_rc(db_run(db, "INSERT INTO v (f) VALUES (:f)", BINDS(B_FLOAT("f", (double)NAN)), NULL),
              RC_OK);
    assert_int_equal(number(db, "SELECT COUNT(*) FROM v WHERE f IS NULL"), 1);
    db_close(db);
}

static void chinese_text_and_bytes_come_back_exactly(void **state)
{
    static const char text[] = "守望：东区07号 \xF0\xA0\xAE\xB7 O'Neill \"x\" \\ :a $1 -- %";
    char bytes[256];
    for (int i = 0; i < 256; i++) {
        bytes[i] = (char)i;
    }
    struct db *db = opened(state);
    done(db, all_types);
    assert_rc(db_run(db, insert_all,
                     BINDS(B_INT("i", 7), B_FLOAT("f", 2.5), B_TEXT("t", text),
                           B_BYTES("b", bytes, sizeof bytes)),
                     NULL),
              RC_OK);
    struct db_rows *r;
    assert_rc(db_query(db, "SELECT i, f, t, b FROM v WHERE t = :t AND b = :b",
                       BINDS(B_TEXT("t", text), B_BYTES("b", bytes, sizeof bytes)), &r),
              RC_OK);
    assert_true(db_next(r));
    size_t n = 0;
    assert_int_equal(db_cols(r), 4);
    assert_int_equal(db_int(r, 0), 7);
    assert_string_equal(db_text(r, 0), "7");
    assert_int_equal(db_int(r, 1), 2);
    assert_string_equal(db_text(r, 1), "2.5");
    assert_string_equal(db_text(r, 2), text);
    assert_memory_equal(db_bytes(r, 3, &n), bytes, sizeof bytes);
    assert_int_equal(n, sizeof bytes);
    assert_memory_equal(db_bytes(r, 2, &n), text, sizeof text - 1);
    assert_int_equal(n, sizeof text - 1);
    assert_false(db_next(r));
    assert_false(db_next(r));
    assert_rc(db_end(r), RC_OK);
    db_close(db);
}

static void empty_text_and_empty_bytes_are_not_null(void **state)
{
    struct db *db = opened(state);
    done(db, all_types);
    assert_rc(db_run(db, "INSERT INTO v (t, b) VALUES (:t, :b)",
                     BINDS(B_TEXT("t", ""), B_BYTES("b", "", 0)), NULL),
              RC_OK);
    struct db_rows *r;
    assert_rc(
        db_query(db, "SELECT t, b FROM v WHERE t IS NOT NULL AND b IS NOT NULL", NO_BINDS, &r),
        RC_OK);
    size_t n = 9;
    assert_true(db_next(r));
    assert_string_equal(db_text(r, 0), "");
    assert_non_null(db_bytes(r, 1, &n));
    assert_int_equal(n, 0);
    assert_rc(db_end(r), RC_OK);
    db_close(db);
}

static void null_goes_in_and_out_of_every_type(void **state)
{
    struct db *db = opened(state);
    done(db, all_types);
    for (int k = 0; k < 3; k++) { /* NULL first, then with the types known, then by pointers */
        const struct bind *binds =
            k == 0   ? BINDS(B_NULL("i"), B_NULL("f"), B_NULL("t"), B_NULL("b"))
            : k == 1 ? BINDS(B_INT("i", 1), B_FLOAT("f", 1), B_TEXT("t", "x"), B_BYTES("b", "x", 1))
                     : BINDS(B_NULL("i"), B_NULL("f"), B_TEXT("t", NULL), B_BYTES("b", NULL, 0));
        assert_rc(db_run(db, insert_all, binds, NULL), RC_OK);
    }
    struct db_rows *r;
    assert_rc(db_query(db, "SELECT i, f, t, b FROM v ORDER BY id", NO_BINDS, &r), RC_OK);
    for (int k = 0; k < 3; k++) {
        assert_true(db_next(r));
        for (int col = 0; col < 4; col++) {
            size_t n = 9;
            assert_int_equal(db_null(r, col), k != 1);
            assert_true(k == 1 || (db_int(r, col) == 0 && !db_text(r, col)));
            assert_true(k == 1 || (!db_bytes(r, col, &n) && n == 0));
        }
    }
    assert_rc(db_end(r), RC_OK);
    int64_t zero = 9;
    assert_rc(db_int_of(db, "SELECT MAX(i) FROM v WHERE id < 0", NO_BINDS, &zero), RC_OK);
    assert_int_equal(zero, 0);
    db_close(db);
}

static void a_null_filter_matches_all_whatever_the_type(void **state)
{
    static const char sql[] = "SELECT COUNT(*) FROM v WHERE (:i IS NULL OR i = :i) AND "
                              "(:f IS NULL OR f > :f) AND (:t IS NULL OR t = :t) AND "
                              "(:b IS NULL OR b = :b)";
    struct db *db = opened(state);
    done(db, all_types);
    assert_rc(db_run(db, insert_all,
                     BINDS(B_INT("i", 5), B_FLOAT("f", 5), B_TEXT("t", "五"), B_BYTES("b", "5", 1)),
                     NULL),
              RC_OK);
    for (int k = 0; k < 32; k++) {
        int64_t n;
        bool wrong = k == 16;
        assert_rc(db_int_of(db, sql,
                            BINDS(k & 1 ? B_INT("i", 5) : B_NULL("i"),
                                  k & 2 ? B_FLOAT("f", 4.5) : B_NULL("f"),
                                  k & 4 ? B_TEXT("t", "五") : B_TEXT("t", wrong ? "六" : NULL),
                                  k & 8 ? B_BYTES("b", "5", 1) : B_BYTES("b", NULL, 0)),
                            &n),
                  RC_OK);
        assert_int_equal(n, wrong ? 0 : 1);
    }
    db_close(db);
}

static void one_text_takes_different_types_for_one_name(void **state)
{
    struct db *db = opened(state);
    int64_t n;
    done(db, all_types);
    done(db, "INSERT INTO v (i, f) VALUES (3, 3.5)");
    static const char sql[] = "SELECT COUNT(*) FROM v WHERE f > :x";
    assert_rc(db_int_of(db, sql, BINDS(B_INT("x", 3)), &n), RC_OK);
    assert_int_equal(n, 1);
    assert_rc(db_int_of(db, sql, BINDS(B_FLOAT("x", 3.5)), &n), RC_OK);
    assert_int_equal(n, 0);
    assert_rc(db_int_of(db, sql, BINDS(B_INT("x", 2)), &n), RC_OK);
    assert_int_equal(n, 1);
    db_close(db);
}

static void booleans_and_sums_read_as_integers(void **state)
{
    struct db *db = opened(state);
    done(db, all_types);
    done(db, "INSERT INTO v (i) VALUES (9007199254740993), (2)");
    assert_int_equal(number(db, "SELECT 1 < 2"), 1);
    assert_int_equal(number(db, "SELECT 1 > 2"), 0);
    assert_true(number(db, "SELECT SUM(i) FROM v") == INT64_C(9007199254740995));
    assert_int_equal(number(db, "SELECT COUNT(*) FROM v WHERE i > 1 LIMIT 1"), 2);
    struct db_rows *r;
    assert_rc(db_query(db, "SELECT SUM(i), AVG(i), 1 = 1 FROM v WHERE i = 2", NO_BINDS, &r), RC_OK);
    assert_true(db_next(r));
    assert_string_equal(db_text(r, 0), "2");
    assert_true(db_float(r, 1) == 2.0);
    assert_string_equal(db_text(r, 2), "1");
    assert_rc(db_end(r), RC_OK);
    db_close(db);
}

static void a_missing_bind_is_refused_and_a_spare_one_is_not(void **state)
{
    struct db *db = opened(state);
    done(db, all_types);
    assert_rc(db_run(db, "INSERT INTO v (i) VALUES (:i)", BINDS(B_INT("j", 1)), NULL), RC_INTERNAL);
    assert_non_null(strstr(db_err(db)->en, "not bound"));
    assert_rc(
        db_run(db, "INSERT INTO v (i) VALUES (:i)", BINDS(B_INT("j", 1), B_INT("i", 2)), NULL),
        RC_OK);
    assert_int_equal(number(db, "SELECT i FROM v"), 2);
    db_close(db);
}

static void changed_counts_rows_and_a_missing_row_is_not_found(void **state)
{
    struct db *db = opened(state);
    int64_t n = 9;
    done(db, all_types);
    assert_rc(db_run(db, "INSERT INTO v (i) VALUES (1), (2), (3)", NO_BINDS, &n), RC_OK);
    assert_int_equal(n, 3);
    assert_rc(db_run(db, "UPDATE v SET i = 9 WHERE i > 1", NO_BINDS, &n), RC_OK);
    assert_int_equal(n, 2);
    assert_rc(db_run(db, "UPDATE v SET i = 9 WHERE i = 77", NO_BINDS, &n), RC_OK);
    assert_int_equal(n, 0);
    assert_rc(db_run(db, "SELECT i FROM v", NO_BINDS, &n), RC_OK);
    assert_int_equal(n, 0);
    assert_rc(db_run(db, "CREATE INDEX v_i ON v (i)", NO_BINDS, &n), RC_OK);
    assert_int_equal(n, 0);
    assert_rc(db_int_of(db, "SELECT i FROM v WHERE i = 77", NO_BINDS, &n), RC_NOT_FOUND);
    assert_rc(db_run(db, "DELETE FROM v", NO_BINDS, &n), RC_OK);
    assert_int_equal(n, 3);
    db_close(db);
}

static void ids_are_never_used_again(void **state)
{
    struct db *db = opened(state);
    done(db, all_types);
    done(db, "INSERT INTO v (i) VALUES (1), (2), (3)");
    assert_rc(db_run(db, "DELETE FROM v WHERE id = 3", NO_BINDS, NULL), RC_OK);
    assert_int_equal(number(db, "INSERT INTO v (i) VALUES (4) RETURNING id"), 4);
    db_close(db);
}

static void two_statements_or_none_in_one_text_are_refused(void **state)
{
    struct db *db = opened(state);
    done(db, all_types);
    assert_rc(db_run(db, "DELETE FROM v; DELETE FROM v", NO_BINDS, NULL), RC_INTERNAL);
    assert_rc(db_run(db, "SELECT nothing FROM nowhere", NO_BINDS, NULL), RC_INTERNAL);
    assert_rc(db_run(db, "DELETE FROM v ;\n", NO_BINDS, NULL), RC_OK);
    assert_rc(db_run(db, "DELETE FROM v WHERE t = \"x\"", NO_BINDS, NULL), RC_INTERNAL);
    db_close(db);
}

/* --- queries beside each other --- */

static void statements_run_while_a_query_is_open_and_it_sees_none_of_it(void **state)
{
    struct db *db = opened(state);
    done(db, all_types);
    done(db, "INSERT INTO v (i, t) VALUES (1, '一'), (2, '二'), (3, '三')");
    struct db_rows *r;
    assert_rc(db_begin(db), RC_OK);
    assert_rc(db_query(db, "SELECT i, t FROM v WHERE i < 100 ORDER BY i", NO_BINDS, &r), RC_OK);
    int rows = 0;
    while (db_next(r)) {
        const char *name = db_text(r, 1);
        assert_rc(
            db_run(db, "UPDATE v SET i = i + 10 WHERE t = :t", BINDS(B_TEXT("t", name)), NULL),
            RC_OK);
        assert_rc(
            db_run(db, "INSERT INTO v (i, t) VALUES (50, :t)", BINDS(B_TEXT("t", name)), NULL),
            RC_OK);
        assert_int_equal(strlen(name), 3); /* still valid */
        assert_int_equal(db_int(r, 0), ++rows);
    }
    assert_rc(db_end(r), RC_OK);
    assert_int_equal(rows, 3);
    assert_rc(db_commit(db), RC_OK);
    assert_int_equal(number(db, "SELECT SUM(i) FROM v WHERE i <> 50"), 36);
    assert_int_equal(number(db, "SELECT COUNT(*) FROM v"), 6);
    db_close(db);
}

static void one_text_may_be_open_twice(void **state)
{
    static const char sql[] = "SELECT i FROM v WHERE i >= :from ORDER BY i";
    struct db *db = opened(state);
    done(db, all_types);
    done(db, "INSERT INTO v (i) VALUES (1), (2), (3)");
    struct db_rows *outer, *inner;
    int64_t sum = 0;
    assert_rc(db_query(db, sql, BINDS(B_INT("from", 1)), &outer), RC_OK);
    while (db_next(outer)) {
        assert_rc(db_query(db, sql, BINDS(B_INT("from", db_int(outer, 0))), &inner), RC_OK);
        while (db_next(inner)) {
            sum = sum * 10 + db_int(inner, 0);
        }
        assert_rc(db_end(inner), RC_OK);
    }
    assert_rc(db_end(outer), RC_OK);
    assert_int_equal(sum, 123233);
    db_close(db);
}

static void a_query_may_end_early_and_be_run_again(void **state)
{
    struct db *db = opened(state);
    done(db, all_types);
    done(db, "INSERT INTO v (i) VALUES (1), (2), (3)");
    for (int k = 0; k < 3; k++) {
        struct db_rows *r;
        assert_rc(db_query(db, "SELECT i FROM v ORDER BY i", NO_BINDS, &r), RC_OK);
        assert_true(db_next(r));
        assert_int_equal(db_int(r, 0), 1);
        assert_rc(db_end(r), RC_OK);
    }
    assert_rc(db_run(db, "DROP TABLE v", NO_BINDS, NULL), RC_OK);
    db_close(db);
}

static void more_texts_than_the_cache_holds_still_run(void **state)
{
    struct db *db = opened(state);
    for (int round = 0; round < 2; round++) {
        for (int k = 0; k < 400; k++) {
            char sql[64];
            (void)snprintf(sql, sizeof sql, "SELECT %d + CAST(:a AS BIGINT)", k);
            int64_t n;
            assert_rc(db_int_of(db, sql, BINDS(B_INT("a", round)), &n), RC_OK);
            assert_int_equal(n, k + round);
        }
    }
    db_close(db);
}

/* --- constraints --- */

static const char constrained[] =
    "CREATE TABLE p (id ID, code TEXT NOT NULL UNIQUE, n INT CHECK (n > 0));"
    "CREATE TABLE q (id ID, p_id INT NOT NULL REFERENCES p (id))";

static void broken_constraints_have_their_codes_and_fields(void **state)
{
    struct db *db = opened(state);
    done(db, constrained);
    done(db, "INSERT INTO p (code, n) VALUES ('a', 1); INSERT INTO q (p_id) VALUES (1)");
    assert_rc(db_run(db, "INSERT INTO p (code) VALUES ('a')", NO_BINDS, NULL), RC_CONFLICT);
    assert_string_equal(db_err(db)->field, "code");
    assert_rc(db_run(db, "INSERT INTO p (id, code) VALUES (1, 'b')", NO_BINDS, NULL), RC_CONFLICT);
    assert_rc(db_run(db, "INSERT INTO q (p_id) VALUES (77)", NO_BINDS, NULL), RC_CONFLICT);
    assert_rc(db_run(db, "DELETE FROM p WHERE id = 1", NO_BINDS, NULL), RC_CONFLICT);
    assert_rc(db_run(db, "INSERT INTO p (code) VALUES (NULL)", NO_BINDS, NULL), RC_INVALID);
    assert_string_equal(db_err(db)->field, "code");
    assert_rc(db_run(db, "INSERT INTO p (code, n) VALUES ('c', 0)", NO_BINDS, NULL), RC_INVALID);
    int64_t id;
    assert_rc(db_int_of(db, "INSERT INTO p (code) VALUES ('a') RETURNING id", NO_BINDS, &id),
              RC_CONFLICT);
    assert_true(db_err(db)->zh[0] && db_err(db)->en[0]);
    assert_rc(db_run(db, "INSERT INTO q (p_id) VALUES ('x')", NO_BINDS, NULL), RC_INTERNAL);
    db_close(db);
}

static void columns_tell_the_tokens_they_were_made_of(void **state)
{
    static const char *const types[] = {"INT", "INT", "FLOAT", "TEXT", "BYTES", "TEXT"};
    struct db *db = opened(state);
    struct db_column cols[8];
    int n = 9;
    done(db, "CREATE TABLE w (id ID, i INT, f FLOAT NOT NULL, t TEXT, b BYTES, u TEXT NOT NULL);"
             "CREATE VIEW w_v AS SELECT id FROM w");
    assert_rc(db_columns(db, "w", cols, 8, &n), RC_OK);
    assert_int_equal(n, 6);
    for (int i = 0; i < 6; i++) {
        assert_string_equal(cols[i].type, types[i]);
        assert_int_equal(cols[i].not_null, i == 0 || i == 2 || i == 5);
    }
    assert_string_equal(cols[0].name, "id");
    assert_string_equal(cols[5].name, "u");
    assert_rc(db_columns(db, "w_v", cols, 8, &n), RC_OK);
    assert_int_equal(n, 0);
    assert_rc(db_columns(db, "nowhere", cols, 8, &n), RC_OK);
    assert_int_equal(n, 0);
    assert_rc(db_columns(db, "w", cols, 5, &n), RC_INTERNAL);
    db_close(db);
}

void value_cases(struct cases *c)
{
    ON_BOTH(c, integers_keep_all_64_bits);
    ON_BOTH(c, floats_come_back_bit_by_bit);
    ON_BOTH(c, a_float_that_is_no_number_is_stored_as_null);
    ON_BOTH(c, chinese_text_and_bytes_come_back_exactly);
    ON_BOTH(c, empty_text_and_empty_bytes_are_not_null);
    ON_BOTH(c, null_goes_in_and_out_of_every_type);
    ON_BOTH(c, a_null_filter_matches_all_whatever_the_type);
    ON_BOTH(c, one_text_takes_different_types_for_one_name);
    ON_BOTH(c, booleans_and_sums_read_as_integers);
    ON_BOTH(c, a_missing_bind_is_refused_and_a_spare_one_is_not);
    ON_BOTH(c, changed_counts_rows_and_a_missing_row_is_not_found);
    ON_BOTH(c, ids_are_never_used_again);
    ON_BOTH(c, two_statements_or_none_in_one_text_are_refused);
    ON_BOTH(c, statements_run_while_a_query_is_open_and_it_sees_none_of_it);
    ON_BOTH(c, one_text_may_be_open_twice);
    ON_BOTH(c, a_query_may_end_early_and_be_run_again);
    ON_BOTH(c, more_texts_than_the_cache_holds_still_run);
    ON_BOTH(c, broken_constraints_have_their_codes_and_fields);
    ON_BOTH(c, columns_tell_the_tokens_they_were_made_of);
}
