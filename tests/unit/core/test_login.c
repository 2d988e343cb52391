/* SPDX-License-Identifier: Apache-2.0 */
/* SEC-03: failed logins. */
#include "base/civil.h"
#include "cases.h"
#include "core/account.h"
#include "core/session.h"

#define RIGHT "Winter-2026-tea"

static int64_t account(struct house *h, const char *login, const char *role)
{
    be_console(h);
    OK(account_add(CX, login, login, role, NULL, RIGHT, false));
    be_nobody(h);
    return person_id(h, login);
}

static enum rc login(struct house *h, const char *who, const char *password)
{
    struct session s;
    be_nobody(h);
    h->cx.err = (struct err){0};
    return session_login(CX, who, password, "test", &s);
}

static void the_right_password_opens_a_session_with_the_rights_of_the_account(void **state)
{
    struct house *h = *state;
    struct session s;
    int64_t id = account(h, "field1", "b_field");
    OK(session_login(CX, "field1", RIGHT, "test agent", &s));
    assert_int_equal(strlen(s.token), 64);
    assert_int_equal(strlen(s.csrf), 32);
    assert_int_equal(s.account_id, id);
    assert_string_equal(s.login, "field1");
    assert_false(s.must_change);
    assert_int_equal(CX->actor.type, ACTOR_USER);
    assert_int_equal(CX->actor.user_id, id);
    assert_string_equal(CX->actor.address, "127.0.0.1");
    assert_string_equal(CX->actor.line, "community_video");
    assert_true(cx_may(CX, "work_order.work"));
    assert_false(cx_may(CX, "work_order.dispatch"));
    assert_int_equal(number(h, "SELECT last_login_at FROM account WHERE id = %lld", (long long)id),
                     CX->now.ms);
    assert_string_equal(words(h, "SELECT agent FROM session"), "test agent");
}

static void a_wrong_password_opens_nothing(void **state)
{
    struct house *h = *state;
    account(h, "field1", "b_field");
    REFUSED(login(h, "field1", "winter-2026-tea"), RC_UNAUTHORIZED, "login");
    REFUSED(login(h, "field1", ""), RC_UNAUTHORIZED, "login");
    REFUSED(login(h, "", RIGHT), RC_UNAUTHORIZED, "login");
    assert_int_equal(CX->actor.type, ACTOR_NOBODY);
    assert_int_equal(number(h, "SELECT COUNT(*) FROM session"), 0);
}

static void lock(struct house *h, const char *who)
{
    for (int i = 0; i < 5; i++)
        assert_int_equal(login(h, who, "wrong"), RC_UNAUTHORIZED);
}

/* Scenario 22: nothing tells the four apart, neither the answer nor the work. */
static void unknown_wrong_locked_and_disabled_get_one_answer_for_the_same_work(void **state)
{
    struct house *h = *state;
    struct {
        const char *login, *password;
    } tries[] = {{"nobody-here", RIGHT},
                 {"wrong", "Summer-2026-tea"},
                 {"locked", RIGHT},
                 {"disabled", RIGHT}};
    struct err first = {0};
    char settings[sizeof hash_settings];
    account(h, "wrong", "b_field");
    account(h, "locked", "b_field");
    account(h, "disabled", "b_field");
    lock(h, "locked");
    be_console(h);
    OK(account_set_state(CX, "disabled", "disabled"));
    for (int i = 0; i < 4; i++) {
        hashes_checked = 0;
        assert_int_equal(login(h, tries[i].login, tries[i].password), RC_UNAUTHORIZED);
        assert_int_equal(hashes_checked, 1);
        if (!i) {
            first = CX->err;
            memcpy(settings, hash_settings, sizeof settings);
        }
        assert_string_equal(hash_settings, settings);
        assert_string_equal(CX->err.zh, first.zh);
        assert_string_equal(CX->err.en, first.en);
        assert_string_equal(CX->err.field, first.field);
        assert_int_equal(CX->err.rc, first.rc);
    }
    assert_non_null(strstr(settings, "$argon2id$"));
}

static void fail_at(struct house *h, const char *who, int64_t start, int minute)
{
    h->cx.now.ms = start + minute * MINUTE_MS;
    assert_int_equal(login(h, who, "wrong"), RC_UNAUTHORIZED);
}

static void five_failures_within_ten_minutes_lock_for_fifteen_minutes(void **state)
{
    struct house *h = *state;
    int64_t t = h->cx.now.ms;
    account(h, "field1", "b_field");
    account(h, "field2", "b_field");
    for (int i = 0; i < 4; i++)
        fail_at(h, "field1", t, i);
    OK(login(h, "field1", RIGHT));
    fail_at(h, "field1", t, 10); /* the fifth, exactly ten minutes after the first */
    assert_int_equal(login(h, "field1", RIGHT), RC_UNAUTHORIZED);
    OK(login(h, "field2", RIGHT)); /* of the same address */
    h->cx.now.ms = t + 25 * MINUTE_MS - 1;
    assert_int_equal(login(h, "field1", RIGHT), RC_UNAUTHORIZED);
    h->cx.now.ms = t + 25 * MINUTE_MS;
    OK(login(h, "field1", RIGHT));
    fail_at(h, "field1", t, 26); /* one more mistake later does not lock at once */
    OK(login(h, "field1", RIGHT));
}

static void failures_spread_over_more_than_ten_minutes_do_not_lock(void **state)
{
    struct house *h = *state;
    int64_t t = h->cx.now.ms;
    account(h, "field1", "b_field");
    for (int i = 0; i < 9; i++)
        fail_at(h, "field1", t, 3 * i);
    OK(login(h, "field1", RIGHT));
}

static void guessing_at_a_locked_account_does_not_keep_its_owner_out_for_longer(void **state)
{
    struct house *h = *state;
    int64_t t = h->cx.now.ms;
    account(h, "field1", "b_field");
    lock(h, "field1");
    for (int i = 1; i < 15; i++)
        fail_at(h, "field1", t, i);
    h->cx.now.ms = t + 15 * MINUTE_MS;
    OK(login(h, "field1", RIGHT));
}

static void the_console_unlocks_at_once(void **state)
{
    struct house *h = *state;
    account(h, "field1", "b_field");
    lock(h, "field1");
    assert_int_equal(login(h, "field1", RIGHT), RC_UNAUTHORIZED);
    be_console(h);
    OK(account_set_state(CX, "field1", "active"));
    OK(login(h, "field1", RIGHT));
}

static void a_name_that_does_not_exist_locks_like_one_that_does(void **state)
{
    struct house *h = *state;
    lock(h, "ghost");
    account(h, "ghost", "b_field"); /* the failures stand even when the account comes later */
    assert_int_equal(login(h, "ghost", RIGHT), RC_UNAUTHORIZED);
}

static void every_login_stands_in_the_journal_and_no_password_does(void **state)
{
    struct house *h = *state;
    int64_t id = account(h, "field1", "b_field");
    assert_int_equal(login(h, "field1", "Guess-0815-x"), RC_UNAUTHORIZED);
    assert_int_equal(login(h, "ghost", "Guess-0815-x"), RC_UNAUTHORIZED);
    OK(login(h, "field1", RIGHT));
    assert_string_equal(words(h,
                              "SELECT result FROM journal WHERE kind = 'user' AND action = 'login'"
                              " AND record_id = %lld ORDER BY id",
                              (long long)id),
                        "unauthorized,ok");
    assert_string_equal(
        words(h, "SELECT record_id FROM journal WHERE action = 'login' ORDER BY id LIMIT 2"),
        arena_printf(CX->a, "%lld,0", (long long)id));
    assert_int_equal(number(h, "SELECT COUNT(*) FROM journal WHERE changes LIKE '%%Guess%%'"
                               " OR changes LIKE '%%Winter%%' OR changes LIKE '%%argon2%%'"),
                     0);
}

void login_cases(struct cases *c)
{
    ON_BOTH(c, the_right_password_opens_a_session_with_the_rights_of_the_account);
    ON_BOTH(c, a_wrong_password_opens_nothing);
    ON_BOTH(c, unknown_wrong_locked_and_disabled_get_one_answer_for_the_same_work);
    ON_BOTH(c, five_failures_within_ten_minutes_lock_for_fifteen_minutes);
    ON_BOTH(c, failures_spread_over_more_than_ten_minutes_do_not_lock);
    ON_BOTH(c, guessing_at_a_locked_account_does_not_keep_its_owner_out_for_longer);
    ON_BOTH(c, the_console_unlocks_at_once);
    ON_BOTH(c, a_name_that_does_not_exist_locks_like_one_that_does);
    ON_BOTH(c, every_login_stands_in_the_journal_and_no_password_does);
}
