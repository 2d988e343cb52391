/* SPDX-License-Identifier: Apache-2.0 */
/* SEC-04: how sessions go on and end; what an actor may. */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/json.h"
#include "cases.h"
#include "core/account.h"
#include "core/session.h"
#include "mod/work_order/work_order.h"

#define RIGHT "Winter-2026-tea"

static struct session opened(struct house *h, const char *login, const char *role)
{
    struct session s;
    if (role) {
        be_console(h);
        OK(account_add(CX, login, login, role, NULL, RIGHT, false));
    }
    be_nobody(h);
    OK(session_login(CX, login, RIGHT, "test", &s));
    be_nobody(h);
    return s;
}

static enum rc resume_at(struct house *h, const struct session *s, int64_t ms, bool touch)
{
    struct session again;
    be_nobody(h);
    h->cx.now.ms = ms;
    enum rc rc = session_resume(CX, s->token, touch, &again);
    if (!rc)
        assert_int_equal(again.id, s->id);
    else
        assert_int_equal(CX->actor.type, ACTOR_NOBODY);
    return rc;
}

static void a_session_ends_after_30_idle_minutes_that_of_an_admin_after_10(void **state)
{
    struct house *h = *state;
    int64_t t = h->cx.now.ms;
    struct session field = opened(h, "field1", "b_field"), admin = opened(h, "admin1", "sys_admin");
    OK(resume_at(h, &admin, t + 10 * MINUTE_MS, false));
    assert_int_equal(resume_at(h, &admin, t + 10 * MINUTE_MS + 1, true), RC_UNAUTHORIZED);
    OK(resume_at(h, &field, t + 30 * MINUTE_MS, false));
    assert_int_equal(resume_at(h, &field, t + 30 * MINUTE_MS + 1, true), RC_UNAUTHORIZED);
}

static void what_no_person_does_keeps_no_session_alive(void **state)
{
    struct house *h = *state;
    int64_t t = h->cx.now.ms;
    struct session s = opened(h, "field1", "b_field");
    for (int m = 5; m <= 30; m += 5)
        OK(resume_at(h, &s, t + m * MINUTE_MS, false));
    assert_int_equal(resume_at(h, &s, t + 31 * MINUTE_MS, false), RC_UNAUTHORIZED);
}

static void a_session_in_use_lives_on_but_never_longer_than_12_hours(void **state)
{
    struct house *h = *state;
    int64_t t = h->cx.now.ms;
    struct session s = opened(h, "field1", "b_field");
    for (int m = 25; m <= 12 * 60 - 20; m += 25)
        OK(resume_at(h, &s, t + m * MINUTE_MS, true));
    OK(resume_at(h, &s, t + 12 * HOUR_MS, true));
    assert_int_equal(resume_at(h, &s, t + 12 * HOUR_MS + 1, true), RC_UNAUTHORIZED);
}

static void logging_out_really_ends_the_session(void **state)
{
    struct house *h = *state;
    struct session s = opened(h, "field1", "b_field"), other = opened(h, "field1", NULL);
    OK(resume_at(h, &s, h->cx.now.ms, true));
    OK(session_end(CX, s.id));
    assert_int_equal(resume_at(h, &s, h->cx.now.ms, true), RC_UNAUTHORIZED);
    OK(resume_at(h, &other, h->cx.now.ms, true));
    assert_int_equal(session_end(CX, s.id), RC_NOT_FOUND); /* once is enough */
    assert_int_equal(number(h, "SELECT COUNT(*) FROM journal WHERE action = 'logout'"), 1);
}

static void nobody_ends_the_session_of_another_but_a_job_may(void **state)
{
    struct house *h = *state;
    struct session s = opened(h, "field1", "b_field");
    person(h, "field2", "b_field", NULL);
    be(h, "field2");
    assert_int_equal(session_end(CX, s.id), RC_NOT_FOUND);
    OK(resume_at(h, &s, h->cx.now.ms, true));
    be_system(h);
    OK(session_end(CX, s.id));
    assert_int_equal(resume_at(h, &s, h->cx.now.ms, true), RC_UNAUTHORIZED);
}

static void a_new_login_gets_a_new_token(void **state)
{
    struct house *h = *state;
    struct session a = opened(h, "field1", "b_field"), b = opened(h, "field1", NULL);
    assert_int_not_equal(a.id, b.id);
    assert_string_not_equal(a.token, b.token);
    assert_string_not_equal(a.csrf, b.csrf);
}

static void a_made_up_token_is_nobody(void **state)
{
    struct house *h = *state;
    struct session s = opened(h, "field1", "b_field"), none = s;
    none.token[0] = none.token[0] == '0' ? '1' : '0';
    assert_int_equal(resume_at(h, &none, h->cx.now.ms, true), RC_UNAUTHORIZED);
    none.token[0] = 0;
    assert_int_equal(resume_at(h, &none, h->cx.now.ms, true), RC_UNAUTHORIZED);
    OK(resume_at(h, &s, h->cx.now.ms, true));
}

static void a_changed_password_ends_the_other_sessions(void **state)
{
    struct house *h = *state;
    struct session s = opened(h, "field1", "b_field"), other = opened(h, "field1", NULL);
    OK(resume_at(h, &s, h->cx.now.ms, true));
    OK(account_set_password(CX, s.account_id, RIGHT, "Spring-2027-tea", false, s.id));
    OK(resume_at(h, &s, h->cx.now.ms, true));
    assert_int_equal(resume_at(h, &other, h->cx.now.ms, true), RC_UNAUTHORIZED);
    assert_int_equal(session_login(CX, "field1", RIGHT, "test", &other), RC_UNAUTHORIZED);
    OK(session_login(CX, "field1", "Spring-2027-tea", "test", &other));
}

static void who_must_change_the_password_is_told_so_until_it_is_done(void **state)
{
    struct house *h = *state;
    struct session s, again;
    be_console(h);
    OK(account_add(CX, "admin1", "管理员", "sys_admin", NULL, RIGHT, true));
    be_nobody(h);
    OK(session_login(CX, "admin1", RIGHT, "test", &s));
    assert_true(s.must_change);
    OK(session_resume(CX, s.token, true, &again));
    assert_true(again.must_change);
    OK(account_set_password(CX, s.account_id, RIGHT, "Spring-2027-tea", false, s.id));
    OK(session_resume(CX, s.token, true, &again));
    assert_false(again.must_change);
}

static bool in_file(const char *path, const char *needle)
{
    FILE *f = fopen(path, "rb");
    size_t n = 0, want = strlen(needle);
    char *all = malloc(64 << 20);
    bool found = false;
    if (f && all)
        n = fread(all, 1, 64 << 20, f);
    for (size_t i = 0; i + want <= n && !found; i++)
        found = !memcmp(all + i, needle, want);
    if (f)
        (void)fclose(f);
    free(all);
    return found;
}

static bool in_folder(struct house *h, const char *needle)
{
    DIR *dir = opendir(h->t->dir);
    bool found = false;
    for (struct dirent *d = readdir(dir); d && !found; d = readdir(dir))
        found = in_file(arena_printf(CX->a, "%s/%s", h->t->dir, d->d_name), needle);
    (void)closedir(dir);
    return found;
}

static bool in_tables(struct house *h, const char *needle)
{
    const char *tables =
        words(h, "SELECT table_name FROM information_schema.tables"
                 " WHERE table_schema = current_schema() AND table_type = 'BASE TABLE'");
    assert_non_null(strstr(tables, "session"));
    for (const char *s = tables; *s;) {
        size_t n = strcspn(s, ",");
        if (number(h, "SELECT COUNT(*) FROM %.*s t WHERE CAST(t AS TEXT) LIKE '%%%s%%'", (int)n, s,
                   needle))
            return true;
        s += n + (s[n] == ',');
    }
    return false;
}

static bool stored(struct house *h, const char *needle)
{
    return h->t->kind == DB_SQLITE ? in_folder(h, needle) : in_tables(h, needle);
}

static void a_token_is_stored_only_as_its_hash(void **state)
{
    struct house *h = *state;
    char hash[HASH_HEX];
    struct session s = opened(h, "field1", "b_field");
    hash_hex(s.token, strlen(s.token), hash);
    assert_true(stored(h, hash)); /* the search finds what is there */
    assert_false(stored(h, s.token));
    assert_false(stored(h, RIGHT));
}

static void a_disabled_account_loses_its_sessions_and_does_not_get_them_back(void **state)
{
    struct house *h = *state;
    struct session s = opened(h, "field1", "b_field"), other = opened(h, "field2", "b_field");
    be_console(h);
    OK(account_set_state(CX, "field1", "disabled"));
    assert_int_equal(resume_at(h, &s, h->cx.now.ms, true), RC_UNAUTHORIZED);
    OK(resume_at(h, &other, h->cx.now.ms, true));
    be_console(h);
    OK(account_set_state(CX, "field1", "active"));
    assert_int_equal(resume_at(h, &s, h->cx.now.ms, true), RC_UNAUTHORIZED);
    (void)opened(h, "field1", NULL);
    assert_string_equal(words(h,
                              "SELECT action FROM journal WHERE kind = 'user' AND record_id = %lld"
                              " AND action IN ('lock', 'unlock') ORDER BY id",
                              (long long)s.account_id),
                        "lock,unlock");
}

static void a_retired_account_is_nobody(void **state)
{
    struct house *h = *state;
    struct session s = opened(h, "field1", "b_field");
    be_console(h);
    OK(retire(h, &user_kind, s.account_id));
    assert_int_equal(resume_at(h, &s, h->cx.now.ms, true), RC_UNAUTHORIZED);
    assert_int_equal(session_login(CX, "field1", RIGHT, "test", &s), RC_UNAUTHORIZED);
}

static void the_list_of_sessions_shows_the_own_ones_that_live(void **state)
{
    struct house *h = *state;
    struct buf b = {0};
    struct jw w = jw_on(&b);
    struct session old = opened(h, "field1", "b_field"), other = opened(h, "field2", "b_field");
    (void)old;
    h->cx.now.ms += 13 * HOUR_MS;
    struct session s = opened(h, "field1", NULL), gone = opened(h, "field1", NULL);
    OK(resume_at(h, &gone, h->cx.now.ms, true));
    OK(session_end(CX, gone.id));
    OK(session_list(CX, s.id, false, &w));
    json_t *j = json_loads(buf_text(&b), 0, NULL), *items = json_object_get(j, "items");
    assert_int_equal(json_array_size(items), 1);
    assert_int_equal(json_integer_value(json_object_get(json_array_get(items, 0), "id")), s.id);
    assert_true(json_is_true(json_object_get(json_array_get(items, 0), "current")));
    assert_int_not_equal(other.id, s.id);
    json_decref(j);
    buf_free(&b);
}

/* --- rights --- */

static void the_grants_of_an_actor_are_the_rows_of_its_role(void **state)
{
    struct house *h = *state;
    static const char *const roles[] = {"b_pm", "a_clerk", "b_field", "sys_admin", "auditor"};
    for (int i = 0; i < 5; i++) {
        person(h, roles[i], roles[i], NULL);
        be(h, roles[i]);
        assert_int_equal(
            CX->actor.n_grants,
            number(h, "SELECT COUNT(*) FROM role_permission WHERE role = '%s'", roles[i]));
        for (int g = 0; g < CX->actor.n_grants; g++)
            assert_string_equal(words(h,
                                      "SELECT scope FROM role_permission WHERE role = '%s'"
                                      " AND permission = '%s'",
                                      roles[i], CX->actor.grants[g].permission),
                                CX->actor.grants[g].scope);
    }
}

static void of_two_roles_the_wider_scope_holds(void **state)
{
    struct house *h = *state;
    int64_t id = person(h, "two", "a_clerk", NULL);
    be(h, "two");
    assert_string_equal(cx_scope(CX, "work_order.read"), "own");
    run_sql(h, "INSERT INTO account_role (account_id, role) VALUES (%lld, 'a_supervisor')",
            (long long)id);
    be(h, "two");
    assert_string_equal(cx_scope(CX, "work_order.read"), "all");
    assert_true(cx_may(CX, "calendar_day.create"));
}

static void the_page_is_told_each_permission_once(void **state)
{
    struct house *h = *state;
    struct buf b = {0};
    struct jw w = jw_on(&b);
    int64_t id = person(h, "two", "a_clerk", NULL);
    run_sql(h, "INSERT INTO account_role (account_id, role) VALUES (%lld, 'a_supervisor')",
            (long long)id);
    be(h, "two");
    OK(session_user_json(CX, &(struct session){.login = "two"}, &w));
    json_t *j = json_loads(buf_text(&b), 0, NULL), *v;
    size_t i;
    int reads = 0;
    json_array_foreach(json_object_get(j, "permissions"), i, v) reads +=
        !strcmp(json_string_value(v), "work_order.read");
    assert_int_equal(reads, 1);
    assert_int_equal(json_array_size(json_object_get(j, "roles")), 2);
    assert_string_equal(json_string_value(json_array_get(json_object_get(j, "role_labels"), 0)),
                        "项目监督");
    json_decref(j);
    buf_free(&b);
}

/* Scenario 21 */
static void the_three_admins_are_separate_and_read_no_business(void **state)
{
    struct house *h = *state;
    static const char *const roles[] = {"sys_admin", "sec_admin", "auditor"};
    struct query q = {0};
    struct page page;
    be_console(h);
    for (int i = 0; i < 3; i++)
        OK(account_add(CX, roles[i], "管理员", roles[i], NULL, RIGHT, true));
    assert_string_equal(words(h, "SELECT r.class FROM account_role a JOIN role r ON r.name = a.role"
                                 " ORDER BY r.sort"),
                        "admin,admin,admin");
    for (int i = 0; i < 3; i++) {
        be(h, roles[i]);
        assert_int_equal(record_list(CX, &work_order_kind, &q, &page), RC_DENIED);
        assert_int_equal(cx_may(CX, "user.create"), i == 0);
    }
}

void session_cases(struct cases *c)
{
    ON_BOTH(c, a_session_ends_after_30_idle_minutes_that_of_an_admin_after_10);
    ON_BOTH(c, what_no_person_does_keeps_no_session_alive);
    ON_BOTH(c, a_session_in_use_lives_on_but_never_longer_than_12_hours);
    ON_BOTH(c, logging_out_really_ends_the_session);
    ON_BOTH(c, nobody_ends_the_session_of_another_but_a_job_may);
    ON_BOTH(c, a_new_login_gets_a_new_token);
    ON_BOTH(c, a_made_up_token_is_nobody);
    ON_BOTH(c, a_changed_password_ends_the_other_sessions);
    ON_BOTH(c, who_must_change_the_password_is_told_so_until_it_is_done);
    ON_BOTH(c, a_token_is_stored_only_as_its_hash);
    ON_BOTH(c, a_disabled_account_loses_its_sessions_and_does_not_get_them_back);
    ON_BOTH(c, a_retired_account_is_nobody);
    ON_BOTH(c, the_list_of_sessions_shows_the_own_ones_that_live);
    ON_BOTH(c, the_grants_of_an_actor_are_the_rows_of_its_role);
    ON_BOTH(c, of_two_roles_the_wider_scope_holds);
    ON_BOTH(c, the_page_is_told_each_permission_once);
    ON_BOTH(c, the_three_admins_are_separate_and_read_no_business);
}
