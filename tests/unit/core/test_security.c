/* SPDX-License-Identifier: Apache-2.0 */
/* The security lines of domain.md 6.3 that time, settings and two databases decide. Those that the HTTP server
 * decides are in tests/e2e/security.py. */
#include <pthread.h>
#include <sched.h>

#include "base/address.h"
#include "cases.h"
#include "core/account.h"
#include "core/role.h"
#include "core/session.h"
#include "core/setting.h"

#define RIGHT "Winter-2026-tea"

static int64_t account(struct house *h, const char *login, const char *role)
{
    be_console(h);
    OK(account_add(CX, login, login, role, NULL, RIGHT, false));
    be_nobody(h);
    return person_id(h, login);
}

static enum rc login_from(struct house *h, const char *who, const char *password, const char *address,
                          struct session *out)
{
    struct session other;
    be_nobody(h);
    h->cx.actor.address = address;
    h->cx.err = (struct err){0};
    return session_login(CX, who, password, "test", out ? out : &other);
}

static enum rc login(struct house *h, const char *who)
{
    return login_from(h, who, RIGHT, "127.0.0.1", NULL);
}

static void set(struct house *h, const char *name, const char *value)
{
    run_sql(h, "UPDATE parameter SET value = %s%s%s WHERE name = '%s'", value ? "'" : "", value ? value : "NULL",
            value ? "'" : "", name);
}

/* --- SEC-01, SEC-02 --- */

static void sec_01_ids_and_logins(void **state)
{
    struct house *h = *state;
    struct row *row;
    int64_t first = account(h, "field1", "b_field");
    be_console(h);
    OK(retire(h, &user_kind, first));
    person(h, "boss", "sys_admin", NULL);
    be(h, "boss");
    REFUSED(create(h, &user_kind, &row, "{'login':'field1','name':'乙'}"), RC_CONFLICT, "login");
    OK(create(h, &user_kind, &row, "{'login':'field2','name':'乙'}"));
    assert_true(row->id > first);
}

static void sec_01_an_id_is_never_given_twice(void **state)
{
    struct house *h = *state;
    struct row *row;
    be_console(h);
    OK(create(h, &user_kind, &row, "{'login':'field1','name':'甲'}"));
    int64_t gone = row->id;
    run_sql(h, "DELETE FROM account WHERE id = %lld", (long long)gone);
    OK(create(h, &user_kind, &row, "{'login':'field2','name':'乙'}"));
    assert_true(row->id > gone);
}

static void sec_02_an_old_password(void **state)
{
    struct house *h = *state;
    struct session s;
    int64_t t = h->cx.now.ms;
    int64_t id = account(h, "field1", "b_field");
    h->cx.now.ms = t + 90 * DAY_MS;
    OK(login_from(h, "field1", RIGHT, "127.0.0.1", &s));
    assert_false(s.must_change);
    h->cx.now.ms++;
    struct session again;
    OK(session_resume(CX, s.token, true, &again));
    assert_true(again.must_change); /* also in the session that is open */
    OK(login_from(h, "field1", RIGHT, "127.0.0.1", &s));
    assert_true(s.must_change);
    OK(account_set_password(CX, id, RIGHT, "Spring-2027-tea", false, s.id));
    OK(session_resume(CX, s.token, true, &again));
    assert_false(again.must_change);
    set(h, "password_days", "0");
    h->cx.now.ms += 89 * DAY_MS;
    OK(login_from(h, "field1", "Spring-2027-tea", "127.0.0.1", &s));
    h->cx.now.ms += 2 * DAY_MS;
    OK(login_from(h, "field1", "Spring-2027-tea", "127.0.0.1", &s));
    assert_false(s.must_change);
}

static void sec_02_common_words(void **state)
{
    struct house *h = *state;
    static const char *const bad[] = {"P@ssw0rd-26", "We1come-2026", "ILoveYou-26", "Xx-5201314",
                                      "Zhongguo-26", "Hikvision-26", "1Qaz2wsx-A", "Qwerty-abc1"};
    be_console(h);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        REFUSED(account_add(CX, "p1", "名字", "b_field", NULL, bad[i], false), RC_INVALID, "new");
    OK(account_add(CX, "p1", "名字", "b_field", NULL, "Teapot-26-x", false));
}

/* --- SEC-03 --- */

static void sec_03_five_wrong_from_anywhere(void **state)
{
    struct house *h = *state;
    static const char *const from[] = {"10.1.1.1", "10.1.1.2", "10.1.1.3", "10.1.1.1", "2001:db8::1"};
    account(h, "field1", "b_field");
    account(h, "field2", "b_field");
    for (int i = 0; i < 5; i++)
        assert_int_equal(login_from(h, "field1", "wrong", from[i], NULL), RC_UNAUTHORIZED);
    assert_int_equal(login_from(h, "field1", RIGHT, "10.9.9.9", NULL), RC_UNAUTHORIZED);
    h->cx.now.ms += 15 * MINUTE_MS;
    OK(login_from(h, "field1", RIGHT, "10.9.9.9", NULL));
}

static void sec_03_offices_behind_one_address(void **state)
{
    struct house *h = *state;
    for (int i = 0; i < 8; i++) {
        const char *who = arena_printf(CX->a, "clerk%d", i);
        for (int j = 0; j < 5; j++)
            assert_int_equal(login_from(h, who, "wrong", "10.1.1.1", NULL), RC_UNAUTHORIZED);
    }
    account(h, "other", "a_clerk");
    OK(login_from(h, "other", RIGHT, "10.1.1.1", NULL));
}

static void sec_03_guessing_the_old_password(void **state)
{
    struct house *h = *state;
    struct session s;
    int64_t id = account(h, "field1", "b_field");
    OK(login_from(h, "field1", RIGHT, "127.0.0.1", &s));
    for (int i = 0; i < 5; i++)
        REFUSED(account_set_password(CX, id, "wrong", "Spring-2027-tea", false, s.id), RC_INVALID, "old");
    REFUSED(account_set_password(CX, id, RIGHT, "Spring-2027-tea", false, s.id), RC_INVALID, "old");
    assert_int_equal(login(h, "field1"), RC_UNAUTHORIZED);
    h->cx.now.ms += 15 * MINUTE_MS;
    OK(account_set_password(CX, id, RIGHT, "Spring-2027-tea", false, s.id));
}

/* --- SEC-04 --- */

static void sec_04_sessions_at_once(void **state)
{
    struct house *h = *state;
    struct session s[4], again;
    account(h, "field1", "b_field");
    set(h, "session_most", "3");
    for (int i = 0; i < 4; i++) {
        h->cx.now.ms += MINUTE_MS;
        OK(login_from(h, "field1", RIGHT, "127.0.0.1", &s[i]));
    }
    be_nobody(h);
    assert_int_equal(session_resume(CX, s[0].token, true, &again), RC_UNAUTHORIZED);
    for (int i = 1; i < 4; i++)
        OK(session_resume(CX, s[i].token, true, &again));
}

static void sec_04_times_are_settings(void **state)
{
    struct house *h = *state;
    struct session s, again;
    account(h, "field1", "b_field");
    set(h, "session_idle_minutes", "5");
    OK(login_from(h, "field1", RIGHT, "127.0.0.1", &s));
    h->cx.now.ms += 5 * MINUTE_MS + 1;
    be_nobody(h);
    assert_int_equal(session_resume(CX, s.token, true, &again), RC_UNAUTHORIZED);
}

/* --- SEC-08 --- */

static void sec_08_stale_accounts(void **state)
{
    struct house *h = *state;
    int n;
    int64_t t = h->cx.now.ms;
    account(h, "never", "b_field");
    account(h, "often", "b_field");
    h->cx.now.ms = t + 80 * DAY_MS;
    OK(login(h, "often"));
    h->cx.now.ms = t + 90 * DAY_MS + 1;
    assert_int_equal(login(h, "never"), RC_UNAUTHORIZED); /* before any job ran */
    be_system(h);
    OK(accounts_tick(CX, &n));
    assert_int_equal(n, 1);
    assert_string_equal(words(h, "SELECT login FROM account WHERE state = 'disabled'"), "never");
    assert_string_equal(words(h, "SELECT action FROM journal WHERE action = 'stale'"), "stale");
    be_console(h);
    OK(account_set_state(CX, "never", "active"));
    be_system(h);
    OK(accounts_tick(CX, &n)); /* enabled by a person: 90 days anew */
    assert_int_equal(n, 0);
    OK(login(h, "never"));
}

static void sec_08_a_leaver(void **state)
{
    struct house *h = *state;
    struct session s, again;
    struct row *row;
    int n;
    int64_t id = account(h, "leaver", "b_field");
    be_console(h);
    OK(patch(h, &user_kind, id, &row, "{'rev':1,'leaves_on':'2026-05-09'}"));
    OK(login_from(h, "leaver", RIGHT, "127.0.0.1", &s));
    clock_at(h, "2026-05-08T23:59");
    be_nobody(h);
    h->cx.now.ms -= 6 * HOUR_MS + 45 * MINUTE_MS; /* 17:14: within the idle time */
    OK(session_resume(CX, s.token, true, &again));
    clock_at(h, "2026-05-09T00:00");
    be_nobody(h);
    assert_int_equal(session_resume(CX, s.token, false, &again), RC_UNAUTHORIZED);
    assert_int_equal(login(h, "leaver"), RC_UNAUTHORIZED);
    be_system(h);
    OK(accounts_tick(CX, &n));
    assert_string_equal(words(h, "SELECT action FROM journal WHERE action = 'left'"), "left");
}

static void sec_08_two_addresses(void **state)
{
    struct house *h = *state;
    account(h, "shared", "b_field");
    OK(login_from(h, "shared", RIGHT, "10.1.1.1", NULL));
    OK(login_from(h, "shared", RIGHT, "10.1.1.1", NULL));
    assert_int_equal(number(h, "SELECT COUNT(*) FROM journal WHERE action = 'two_addresses'"), 0);
    OK(login_from(h, "shared", RIGHT, "10.2.2.2", NULL));
    assert_string_equal(words(h, "SELECT changes FROM journal WHERE action = 'two_addresses'"),
                        "{\"address\":[\"10.1.1.1\",\"10.2.2.2\"]}");
    h->cx.now.ms += 31 * MINUTE_MS; /* the other one is idle: moved, not shared */
    OK(login_from(h, "shared", RIGHT, "10.3.3.3", NULL));
    assert_int_equal(number(h, "SELECT COUNT(*) FROM journal WHERE action = 'two_addresses'"), 1);
}

/* --- SEC-09 --- */

static enum rc insert_role(struct house *h, int64_t id, const char *role)
{
    return db_run(CX->db, "INSERT INTO account_role (account_id, role) VALUES (:id, :role)",
                  BINDS(B_INT("id", id), B_TEXT("role", role)), NULL);
}

static void sec_09_in_the_database(void **state)
{
    struct house *h = *state;
    int64_t admin = account(h, "admin1", "sys_admin"), pm = account(h, "pm1", "b_pm");
    assert_int_equal(insert_role(h, admin, "auditor"), RC_INVALID);
    assert_int_equal(insert_role(h, admin, "b_field"), RC_INVALID);
    assert_int_equal(insert_role(h, pm, "sec_admin"), RC_INVALID);
    OK(insert_role(h, pm, "b_dispatcher"));
    assert_int_equal(db_run(CX->db, "UPDATE account_role SET role = 'auditor' WHERE role = 'b_pm'", NO_BINDS, NULL),
                     RC_INVALID);
    assert_int_equal(db_run(CX->db, "UPDATE role SET class = 'party_b' WHERE name = 'auditor'", NO_BINDS, NULL),
                     RC_INVALID);
    assert_int_equal(db_run(CX->db, "UPDATE account SET retired_at = 1 WHERE login = 'admin1'", NO_BINDS, NULL),
                     RC_INVALID);
}

static void sec_09_in_the_program(void **state)
{
    struct house *h = *state;
    struct row *row, *role;
    int64_t pm = account(h, "pm1", "b_pm"), admin = account(h, "audit1", "auditor");
    account(h, "sec1", "sec_admin");
    be(h, "sec1");
    OK(record_find(CX, &role_kind, ROLE_NAME, "auditor", &role));
    REFUSED(act(h, &user_kind, pm, "grant_role", &row, "'role_id':%lld", (long long)role->id), RC_CONFLICT, "role_id");
    REFUSED(act(h, &user_kind, admin, "revoke_role", &row, "'role_id':%lld", (long long)role->id), RC_CONFLICT,
            "role_id"); /* the last one */
    account(h, "audit2", "auditor");
    be(h, "sec1");
    OK(act(h, &user_kind, admin, "revoke_role", &row, "'role_id':%lld", (long long)role->id));
    assert_true(row->v[USER_ROLES].null);
}

static void sec_09_what_administrators_hold_alone(void **state)
{
    static const char *const theirs[] = {"webhook.create", "webhook.activate", "dead_letter.resend", "notice_channel.read",
                                         "notice_delivery.resend", "journal.read", "person.erase"};
    struct house *h = *state;
    struct row *row;
    int64_t admin = account(h, "admin1", "sys_admin");
    account(h, "sec1", "sec_admin");
    be(h, "sec1");
    for (size_t i = 0; i < sizeof theirs / sizeof *theirs; i++)
        REFUSED(create(h, &role_permission_kind, &row, "{'role':'a_clerk','permission':'%s','scope':'all'}", theirs[i]),
                RC_DENIED, "permission");
    OK(create(h, &role_permission_kind, &row, "{'role':'a_clerk','permission':'sla_pause.carrier','scope':'all'}"));
    OK(patch(h, &role_permission_kind, row->id, &row, "{'rev':1,'scope':'none'}"));
    OK(patch(h, &role_permission_kind, row->id, &row, "{'rev':2,'scope':'all'}"));
    account(h, "admin2", "sys_admin");
    be(h, "admin2");
    REFUSED(retire(h, &user_kind, admin), RC_DENIED, "");
}

static void sec_02_a_new_administrator(void **state)
{
    struct house *h = *state;
    struct row *row, *role;
    struct session s, again;
    be_console(h);
    int64_t id = made(h, &user_kind, "{'login':'new1','name':'甲'}");
    OK(account_set_password(CX, id, NULL, "Tea-2026", false, 0));
    OK(login_from(h, "new1", "Tea-2026", "127.0.0.1", &s));
    assert_false(s.must_change);
    account(h, "sec1", "sec_admin");
    be(h, "sec1");
    OK(record_find(CX, &role_kind, ROLE_NAME, "auditor", &role));
    OK(act(h, &user_kind, id, "grant_role", &row, "'role_id':%lld", (long long)role->id));
    be_nobody(h);
    assert_int_equal(session_resume(CX, s.token, true, &again), RC_UNAUTHORIZED);
    OK(login_from(h, "new1", "Tea-2026", "127.0.0.1", &s));
    assert_true(s.must_change);
    REFUSED(account_set_password(CX, id, "Tea-2026", "Tea-2027", false, s.id), RC_INVALID, "new");
    OK(account_set_password(CX, id, "Tea-2026", "Tea-2027-ab", false, s.id));
}

/* --- SEC-14 --- */

static void sec_14_ranges(void **state)
{
    static const struct {
        const char *ranges, *address;
        bool in;
    } tries[] = {{"10.1.0.0/16", "10.1.255.255", true}, {"10.1.0.0/16", "10.2.0.0", false},
                 {"10.1.0.0/15", "10.0.7.7", true},     {"10.1.2.3", "10.1.2.3", true},
                 {"10.1.2.3", "10.1.2.4", false},       {"0.0.0.0/0", "203.0.113.9", true},
                 {"0.0.0.0/0", "2001:db8::1", false},   {"2001:db8::/32", "2001:db8:7::1", true},
                 {"2001:db8::/32", "2001:db9::1", false}, {"10.0.0.0/8, 192.168.7.9", "192.168.7.9", true},
                 {"10.1.0.0/16", "::ffff:10.1.2.3", true}, {"10.1.0.0/16", "", false},
                 {"10.1.0.0/16", "x", false}};
    (void)state;
    for (size_t i = 0; i < sizeof tries / sizeof *tries; i++)
        if (address_in(tries[i].ranges, tries[i].address) != tries[i].in)
            fail_msg("%s in %s", tries[i].address, tries[i].ranges);
    static const char *const bad[] = {"10.1.0.0/33", "10.1", "x", "10.1.0.0/", "10.1.0.0/-1", "2001:db8::/129", "1.2.3.4/8x"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(addresses_valid(bad[i]));
    assert_true(addresses_valid("") && addresses_valid("10.0.0.0/8 ::1"));
}

static void sec_14_where_admins_come_from(void **state)
{
    struct house *h = *state;
    struct session s, again;
    account(h, "admin1", "sys_admin");
    account(h, "field1", "b_field");
    set(h, "admin_addresses", "10.7.0.0/24");
    assert_int_equal(login_from(h, "admin1", RIGHT, "10.8.0.1", NULL), RC_UNAUTHORIZED);
    OK(login_from(h, "field1", RIGHT, "10.8.0.1", NULL));
    OK(login_from(h, "admin1", RIGHT, "10.7.0.9", &s));
    OK(session_resume(CX, s.token, true, &again));
    CX->actor.address = "10.8.0.1"; /* a stolen cookie is no use elsewhere */
    assert_int_equal(session_resume(CX, s.token, true, &again), RC_UNAUTHORIZED);
}

/* --- argon2id: two at once, four wait, the others are sent away --- */

enum { CALLERS = 9 };

static void *one_caller(void *p)
{
    enum rc *rc = p;
    bool right;
    struct cx cx = {0};
    *rc = password_matches(&cx, NULL, RIGHT, &right);
    return NULL;
}

static void no_more_than_two_hashes_at_once(void **state)
{
    pthread_t thread[CALLERS];
    enum rc rc[CALLERS];
    int busy = 0;
    bool right;
    (void)state;
    struct cx cx = {0};
    assert_int_equal(password_matches(&cx, NULL, RIGHT, &right), RC_OK); /* libsodium is started */
    hash_gate_close();
    for (int i = 0; i < 6; i++)
        assert_int_equal(pthread_create(&thread[i], NULL, one_caller, &rc[i]), 0);
    hash_gate_wait(2); /* two are inside */
    while (password_waiting() < 4)
        sched_yield(); /* the other four queue; from then on everybody is sent away at once */
    assert_int_equal(password_matches(&cx, NULL, RIGHT, &right), RC_BUSY);
    for (int i = 6; i < CALLERS; i++) {
        assert_int_equal(pthread_create(&thread[i], NULL, one_caller, &rc[i]), 0);
        pthread_join(thread[i], NULL);
        assert_int_equal(rc[i], RC_BUSY);
    }
    hash_gate_open();
    for (int i = 0; i < 6; i++) {
        pthread_join(thread[i], NULL);
        busy += rc[i] != RC_OK;
    }
    assert_int_equal(busy, 0);
    assert_int_equal(hashes_at_once, 2);
}

#define NAMED(c, name, test)                                                                       \
    do {                                                                                           \
        case_add((c), name " (sqlite)", (test), DB_SQLITE);                                        \
        case_add((c), name " (postgresql)", (test), DB_POSTGRES);                                  \
    } while (0)

void security_cases(struct cases *c)
{
    NAMED(c, "SEC-01 a login stays taken after its account was retired", sec_01_ids_and_logins);
    NAMED(c, "SEC-01 the id of a deleted account is never given again", sec_01_an_id_is_never_given_twice);
    NAMED(c, "SEC-02 a password older than 90 days must be changed; 0 is never", sec_02_an_old_password);
    NAMED(c, "SEC-02 common words are refused also in disguise", sec_02_common_words);
    NAMED(c, "SEC-02 who becomes an administrator needs a new, longer password", sec_02_a_new_administrator);
    NAMED(c, "SEC-03 five wrong passwords from anywhere lock the account everywhere", sec_03_five_wrong_from_anywhere);
    NAMED(c, "SEC-03 forty failures from one address lock no other account there", sec_03_offices_behind_one_address);
    NAMED(c, "SEC-03 guessing the old password counts and locks", sec_03_guessing_the_old_password);
    NAMED(c, "SEC-04 of too many sessions the longest unused ends", sec_04_sessions_at_once);
    NAMED(c, "SEC-04 the idle time is a setting", sec_04_times_are_settings);
    NAMED(c, "SEC-08 an account unused for 90 days is disabled", sec_08_stale_accounts);
    NAMED(c, "SEC-08 a leaver is out from the day on", sec_08_a_leaver);
    NAMED(c, "SEC-08 one account at two addresses raises an alert", sec_08_two_addresses);
    NAMED(c, "SEC-09 the database refuses an administrator a second role", sec_09_in_the_database);
    NAMED(c, "SEC-09 the program refuses it too, and keeps the last of each", sec_09_in_the_program);
    NAMED(c, "SEC-09 what administrators hold alone goes to no other role", sec_09_what_administrators_hold_alone);
    case_add(c, "SEC-14 address ranges", sec_14_ranges, DB_SQLITE);
    NAMED(c, "SEC-14 administrators come from their ranges only", sec_14_where_admins_come_from);
    case_add(c, "argon2id: two at once, four wait, the others are busy", no_more_than_two_hashes_at_once, DB_SQLITE);
}
