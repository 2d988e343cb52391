/* SPDX-License-Identifier: Apache-2.0 */
/* SEC-02: what a password must be; accounts as the console makes them. */
#include "cases.h"
#include "core/account.h"
#include "core/session.h"

static enum rc add(struct house *h, const char *login, const char *role, const char *password)
{
    be_console(h);
    h->cx.err = (struct err){0};
    return account_add(CX, login, "名字", role, NULL, password, false);
}

static void the_table_of_good_and_bad_passwords(void **state)
{
    struct house *h = *state;
    static const struct {
        const char *login, *role, *password;
        bool good;
    } tries[] = {
        {"p1", "b_field", "Winter26", true},       /* 8 of upper, lower, digit */
        {"p2", "b_field", "winter-26", true},      /* lower, digit, sign */
        {"p3", "b_field", "冬天的茶a1好喝", true}, /* other letters count as signs */
        {"p4", "b_field", "Winte26", false},       /* 7 */
        {"p4", "b_field", "茶茶茶茶aB1", false},   /* 7 characters of 15 bytes */
        {"p4", "b_field", "winterwinter", false},  /* one class */
        {"p4", "b_field", "winter2026", false},    /* two classes */
        {"p4", "b_field", "", false},
        {"waldo", "b_field", "My-Waldo-26", false}, /* holds the login, in any case */
        {"p4", "b_field", "Password-26", false},    /* common words */
        {"p4", "b_field", "Xy-123456-z", false},
        {"p4", "b_field", "Qwerty-2026", false},
        {"p4", "b_field", "Shouwang-26", false},
        {"p4", "sys_admin", "Winter-26", false}, /* admins: 10 */
        {"p4", "auditor", "Winter-26", false},
        {"p4", "sec_admin", "Winter-26", false},
        {"p5", "sys_admin", "Winter-261", true},
    };
    for (size_t i = 0; i < sizeof tries / sizeof *tries; i++) {
        enum rc rc = add(h, tries[i].login, tries[i].role, tries[i].password);
        if (rc != (tries[i].good ? RC_OK : RC_INVALID))
            fail_msg("%s as %s: %s", tries[i].password, tries[i].role, rc_word(rc));
        if (rc)
            assert_string_equal(CX->err.field, "new");
    }
    assert_int_equal(number(h, "SELECT COUNT(*) FROM account"), 4);
}

static void a_password_has_an_upper_bound(void **state)
{
    struct house *h = *state;
    char text[300];
    memset(text, 'a', sizeof text);
    memcpy(text, "Tea-1", 5);
    text[129] = 0;
    REFUSED(add(h, "p1", "b_field", text), RC_INVALID, "new");
    text[128] = 0;
    OK(add(h, "p1", "b_field", text));
}

static void the_last_five_passwords_are_refused_and_the_sixth_is_free_again(void **state)
{
    struct house *h = *state;
    static const char *const words_of[] = {"Tea-2026-a", "Tea-2026-b", "Tea-2026-c",
                                           "Tea-2026-d", "Tea-2026-e", "Tea-2026-f"};
    OK(add(h, "p1", "b_field", words_of[0]));
    int64_t id = person_id(h, "p1");
    for (int i = 1; i < 5; i++)
        OK(account_set_password(CX, id, words_of[i - 1], words_of[i], false, 0));
    for (int i = 0; i < 5; i++)
        REFUSED(account_set_password(CX, id, words_of[4], words_of[i], false, 0), RC_INVALID,
                "new");
    OK(account_set_password(CX, id, words_of[4], words_of[5], false, 0));
    OK(account_set_password(CX, id, words_of[5], words_of[0], false, 0));
    REFUSED(account_set_password(CX, id, words_of[0], words_of[2], false, 0), RC_INVALID, "new");
}

static void changing_a_password_needs_the_old_one_except_at_the_console(void **state)
{
    struct house *h = *state;
    struct session s;
    OK(add(h, "p1", "b_field", "Tea-2026-a"));
    int64_t id = person_id(h, "p1");
    REFUSED(account_set_password(CX, id, "Tea-2026-x", "Tea-2026-b", false, 0), RC_INVALID, "old");
    OK(account_set_password(CX, id, NULL, "Tea-2026-b", true, 0));
    be_nobody(h);
    OK(session_login(CX, "p1", "Tea-2026-b", "test", &s));
    assert_true(s.must_change);
    assert_int_equal(account_set_password(CX, id + 100, NULL, "Tea-2026-c", false, 0),
                     RC_NOT_FOUND);
}

static void an_admin_cannot_change_to_a_short_password(void **state)
{
    struct house *h = *state;
    OK(add(h, "p1", "sec_admin", "Tea-2026-long"));
    REFUSED(account_set_password(CX, person_id(h, "p1"), NULL, "Tea-2026x", false, 0), RC_INVALID,
            "new");
}

static void a_password_is_stored_as_a_salted_argon2id_hash(void **state)
{
    struct house *h = *state;
    OK(add(h, "p1", "b_field", "Tea-2026-a"));
    OK(add(h, "p2", "b_field", "Tea-2026-a"));
    assert_int_equal(
        number(h, "SELECT COUNT(DISTINCT hash) FROM account_secret WHERE hash LIKE '$argon2id$%%'"),
        2);
}

static void the_console_refuses_what_is_no_account(void **state)
{
    struct house *h = *state;
    be_console(h);
    REFUSED(add(h, "p1", "b_boss", "Tea-2026-a"), RC_INVALID, "role");
    REFUSED(add(h, "P1", "b_field", "Tea-2026-a"), RC_INVALID, "login");
    REFUSED(add(h, "p", "b_field", "Tea-2026-a"), RC_INVALID, "login");
    REFUSED(add(h, "p 1", "b_field", "Tea-2026-a"), RC_INVALID, "login");
    REFUSED(add(h, "p1';--", "b_field", "Tea-2026-a"), RC_INVALID, "login");
    REFUSED(add(h, "a234567890123456789012345678901234", "b_field", "Tea-2026-a"), RC_INVALID,
            "login");
    REFUSED(account_add(CX, "p1", "名字", "b_field", "没有的单位", "Tea-2026-a", false), RC_INVALID,
            "unit");
    assert_int_equal(number(h, "SELECT COUNT(*) FROM account"), 0);
    OK(add(h, "p1", "b_field", "Tea-2026-a"));
    REFUSED(add(h, "p1", "b_field", "Tea-2026-a"), RC_CONFLICT, "login");
    REFUSED(account_set_state(CX, "p2", "disabled"), RC_NOT_FOUND, "login");
}

static void an_account_made_on_a_page_must_have_a_login_that_can_log_in(void **state)
{
    struct house *h = *state;
    struct row *row;
    person(h, "admin1", "sys_admin", NULL);
    be(h, "admin1");
    REFUSED(create(h, &user_kind, &row, "{'login':'Big Boss','name':'甲'}"), RC_INVALID, "login");
    OK(create(h, &user_kind, &row, "{'login':'boss','name':'甲'}"));
    be_console(h);
    REFUSED(patch(h, &user_kind, row->id, &row, "{'rev':1,'login':'other'}"), RC_INVALID, "login");
}

/* The console gives an account made on a page its first password. */
static void an_account_made_on_a_page_gets_its_password_at_the_console(void **state)
{
    struct house *h = *state;
    struct session s;
    int64_t id = made(h, &user_kind, "{'login':'boss','name':'甲'}");
    be_console(h);
    OK(account_set_password(CX, id, NULL, "Tea-2026-a", true, 0));
    REFUSED(account_set_password(CX, id, NULL, "Tea-2026-a", true, 0), RC_INVALID, "new");
    be_nobody(h);
    OK(session_login(CX, "boss", "Tea-2026-a", "test", &s));
    assert_true(s.must_change);
}

#ifdef SW_FAULTS
static void a_fault_at_any_statement_leaves_no_half_account(void **state)
{
    struct house *h = *state;
    enum rc rc = RC_BUSY;
    int n = 0;
    be_console(h);
    while (rc == RC_BUSY && n < 30) {
        db_fault_next(RC_BUSY, ++n);
        rc = account_add(CX, "p1", "名字", "b_field", NULL, "Tea-2026-a", false);
        db_fault_next(RC_OK, 0);
        assert_int_equal(db_in_transaction(CX->db), false);
        if (rc)
            assert_int_equal(
                number(
                    h,
                    "SELECT (SELECT COUNT(*) FROM account) + (SELECT COUNT(*) FROM account_secret)"
                    " + (SELECT COUNT(*) FROM account_role) + (SELECT COUNT(*) FROM journal"
                    " WHERE kind = 'user')"),
                0);
    }
    OK(rc);
    assert_true(n > 5);
}
#endif

void password_cases(struct cases *c)
{
    ON_BOTH(c, the_table_of_good_and_bad_passwords);
    ON_BOTH(c, a_password_has_an_upper_bound);
    ON_BOTH(c, the_last_five_passwords_are_refused_and_the_sixth_is_free_again);
    ON_BOTH(c, changing_a_password_needs_the_old_one_except_at_the_console);
    ON_BOTH(c, an_admin_cannot_change_to_a_short_password);
    ON_BOTH(c, a_password_is_stored_as_a_salted_argon2id_hash);
    ON_BOTH(c, the_console_refuses_what_is_no_account);
    ON_BOTH(c, an_account_made_on_a_page_must_have_a_login_that_can_log_in);
    ON_BOTH(c, an_account_made_on_a_page_gets_its_password_at_the_console);
#ifdef SW_FAULTS
    ON_BOTH(c, a_fault_at_any_statement_leaves_no_half_account);
#endif
}
