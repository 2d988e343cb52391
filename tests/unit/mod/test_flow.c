/* SPDX-License-Identifier: Apache-2.0 */
/* The way of a work order from report to close: who may do what, and who sees it. */
#include <pthread.h>

#include "base/civil.h"
#include "core/account.h"
#include "mod/asset/asset.h"
#include "mod/work_order/work_order.h"
#include "orders.h"
#include "street.h"

static void people(struct house *h)
{
    static const char *const who[][2] = {
        {"clerk1", "a_clerk"},      {"clerk2", "a_clerk"},
        {"disp", "b_dispatcher"},   {"pm", "b_pm"},
        {"field1", "b_field"},      {"field2", "b_field"},
        {"resident", "b_resident"}, {"super", "a_supervisor"},
    };
    for (size_t i = 0; i < sizeof who / sizeof *who; i++)
        person(h, who[i][0], who[i][1], NULL);
}

static int64_t reported_by(struct house *h, const char *login)
{
    struct row *row;
    be(h, login);
    OK(create(h, &work_order_kind, &row, "{'title':'电脑打不开'}"));
    return row->id;
}


static enum rc restore(struct house *h, const char *login, int64_t id)
{
    return step(h, login, id, "restore",
                arena_printf(CX->a, "'result':'换了电源','after_photos':%s", photo(h, login)));
}

static const char *state_of(struct house *h, int64_t id)
{
    return words(h, "SELECT state FROM work_order WHERE id = %lld", (long long)id);
}

static bool sees(struct house *h, const char *login, int64_t id)
{
    struct row *row;
    be(h, login);
    enum rc rc = record_get(CX, &work_order_kind, id, &row);
    if (rc)
        assert_int_equal(rc, RC_NOT_FOUND);
    bool listed =
        count(h, &work_order_kind, arena_printf(CX->a, "f=id.eq.%lld", (long long)id)) == 1;
    assert_int_equal(listed, !rc);
    return !rc;
}

static void what_a_clerk_reports_goes_the_whole_way_and_the_clerk_confirms_it(void **state)
{
    struct house *h = *state;
    struct row *row;
    people(h);
    int64_t pc = device(h, "computer", "PC-1", NULL);
    run_sql(h, "UPDATE asset SET org_unit_id = NULL");
    be(h, "clerk1");
    OK(create(h, &work_order_kind, &row, "{'title':'电脑打不开','reporter_phone':'010-00000000'}"));
    int64_t id = row->id;
    assert_true(pc > 0);
    assert_string_equal(row->v[WO_STATE].s, "reported");
    assert_string_equal(row->v[WO_NO].s, "YW-20260508-0001");
    assert_int_equal(row->v[WO_REPORTER].i, person_id(h, "clerk1"));
    assert_string_equal(row->v[WO_REPORTER_NAME].s, "clerk1");
    assert_int_equal(row->v[WO_STARTED].i, CX->now.ms);
    OK(step(h, "disp", id, "register", ""));
    OK(dispatch(h, id, "field1"));
    h->cx.now.ms += 4 * MINUTE_MS;
    OK(step(h, "field1", id, "accept", "'plan':'半小时内到现场'"));
    assert_string_equal(words(h, "SELECT state FROM sla_clock WHERE metric = 'respond'"), "met");
    h->cx.now.ms += 20 * MINUTE_MS;
    OK(step(h, "field1", id, "arrive", "'presence':'已到三楼'"));
    h->cx.now.ms += 20 * MINUTE_MS;
    OK(restore(h, "field1", id));
    assert_string_equal(words(h, "SELECT state FROM sla_clock WHERE metric = 'restore'"), "met");
    assert_int_equal(number(h, "SELECT restored_at FROM work_order"), CX->now.ms);
    OK(step(h, "field1", id, "resolve", "'cause':'电源老化'"));
    OK(step(h, "clerk1", id, "confirm", "'rating':5"));
    OK(step(h, "pm", id, "close", ""));
    assert_string_equal(state_of(h, id), "closed");
    assert_true(number(h, "SELECT COUNT(*) FROM work_order WHERE deadline_at IS NULL") == 1);
    assert_string_equal(
        words(h, "SELECT action FROM journal WHERE kind = 'work_order' ORDER BY id"),
        "create,clock,register,dispatch,accept,arrive,restore,resolve,confirm,close");
}

static void what_the_desk_takes_by_telephone_is_registered_at_once(void **state)
{
    struct house *h = *state;
    struct row *row;
    people(h);
    be(h, "disp");
    OK(create(h, &work_order_kind, &row,
              "{'title':'打印机卡纸','channel':'phone','reporter_name':'三科','reporter_phone':'"
              "010-00000000'}"));
    assert_string_equal(row->v[WO_STATE].s, "registered");
    assert_int_equal(row->v[WO_REGISTERED].i, CX->now.ms);
    assert_true(row->v[WO_REPORTER].null);
}

static void line_and_site_of_an_order_follow_its_asset(void **state)
{
    struct house *h = *state;
    struct row *row;
    int64_t site = made(h, &site_kind, "{'name':'东区 07'}"), c = device(h, "camera", "C-1", NULL);
    be_console(h);
    OK(patch(h, &asset_kind, c, &row, "{'rev':1,'site_id':%lld}", (long long)site));
    OK(create(h, &work_order_kind, &row, "{'title':'画面没有了','asset_id':%lld}", (long long)c));
    assert_string_equal(row->v[WO_LINE].s, "community_video");
    assert_int_equal(row->v[WO_SITE].i, site);
    assert_string_equal(row->label[WO_SITE], "东区 07");
}

static void an_order_of_the_monitor_cannot_be_made_by_hand(void **state)
{
    struct house *h = *state;
    struct row *row;
    people(h);
    be(h, "disp");
    REFUSED(create(h, &work_order_kind, &row, "{'title':'假的','channel':'monitor'}"), RC_INVALID,
            "channel");
    REFUSED(create(h, &work_order_kind, &row, "{'title':'假的','no':'YW-1'}"), RC_INVALID, "no");
    REFUSED(create(h, &work_order_kind, &row, "{'title':'假的','started_at':5}"), RC_INVALID,
            "started_at");
}

static void only_an_engineer_is_sent(void **state)
{
    struct house *h = *state;
    people(h);
    int64_t id = reported_by(h, "clerk1");
    OK(step(h, "disp", id, "register", ""));
    REFUSED(dispatch(h, id, "clerk2"), RC_INVALID, "engineer_id");
    REFUSED(dispatch(h, id, "super"), RC_INVALID, "engineer_id");
    REFUSED(step(h, "disp", id, "dispatch", "'engineer_id':9999"), RC_INVALID, "engineer_id");
    REFUSED(step(h, "disp", id, "dispatch", ""), RC_INVALID, "engineer_id");
    OK(dispatch(h, id, "resident"));
    OK(dispatch(h, id, "field1")); /* sent to somebody else before he accepted */
    run_sql(h, "UPDATE account SET state = 'disabled' WHERE login = 'field2'");
    REFUSED(dispatch(h, id, "field2"), RC_INVALID, "engineer_id");
    assert_string_equal(state_of(h, id), "dispatched");
}

static void the_reporter_must_be_told_a_plan_and_the_result_needs_a_photo(void **state)
{
    struct house *h = *state;
    people(h);
    int64_t id = reported_by(h, "clerk1");
    OK(step(h, "disp", id, "register", ""));
    OK(dispatch(h, id, "field1"));
    REFUSED(step(h, "field1", id, "accept", ""), RC_INVALID, "plan");
    assert_string_equal(state_of(h, id), "dispatched");
    assert_string_equal(words(h, "SELECT state FROM sla_clock WHERE metric = 'respond'"),
                        "running");
    OK(step(h, "field1", id, "accept", "'plan':'马上到'"));
    REFUSED(step(h, "field1", id, "restore", "'result':'好了'"), RC_INVALID, "after_photos");
    REFUSED(step(h, "field1", id, "restore", "'result':'好了','after_photos':[]"), RC_INVALID,
            "after_photos");
    REFUSED(step(h, "field1", id, "restore",
                 arena_printf(CX->a, "'after_photos':%s", photo(h, "field1"))),
            RC_INVALID, "result");
    assert_string_equal(state_of(h, id), "accepted");
    OK(restore(h, "field1", id)); /* also without arriving: from afar */
}

static void steps_go_only_along_the_table(void **state)
{
    struct house *h = *state;
    people(h);
    int64_t id = reported_by(h, "clerk1");
    REFUSED(dispatch(h, id, "field1"), RC_CONFLICT, "state");
    assert_int_equal(step(h, "clerk1", id, "register", ""), RC_DENIED);
    assert_int_equal(step(h, "field1", id, "register", ""), RC_DENIED);
    REFUSED(step(h, "clerk1", id, "confirm", "'rating':5"), RC_CONFLICT, "state");
    assert_int_equal(step(h, "disp", id, "nonsense", ""), RC_NOT_FOUND);
    OK(step(h, "disp", id, "register", ""));
    REFUSED(step(h, "disp", id, "register", ""), RC_CONFLICT, "state");
    REFUSED(step(h, "disp", id, "register", "'x':1"), RC_CONFLICT, "state");
}

static int64_t restored(struct house *h, const char *reporter, const char *engineer)
{
    int64_t id = reported_by(h, reporter);
    OK(step(h, "disp", id, "register", ""));
    OK(dispatch(h, id, engineer));
    OK(step(h, engineer, id, "accept", "'plan':'马上到'"));
    OK(restore(h, engineer, id));
    return id;
}

static void only_the_reporter_or_the_supervisor_confirms(void **state)
{
    struct house *h = *state;
    people(h);
    int64_t id = restored(h, "clerk1", "field1");
    assert_int_equal(step(h, "field1", id, "confirm", "'rating':5"), RC_DENIED);
    assert_int_equal(step(h, "pm", id, "confirm", "'rating':5"), RC_DENIED);
    assert_int_equal(step(h, "disp", id, "confirm", "'rating':5"), RC_DENIED);
    assert_int_equal(step(h, "clerk2", id, "confirm", "'rating':5"), RC_NOT_FOUND);
    REFUSED(step(h, "clerk1", id, "confirm", "'rating':6"), RC_INVALID, "rating");
    OK(step(h, "clerk1", id, "confirm", "'rating':4"));
    id = restored(h, "clerk1", "field1");
    OK(step(h, "super", id, "confirm", "'rating':3"));
    assert_string_equal(state_of(h, id), "confirmed");
}

/* Whoever did the work does not confirm it, also not with the widest rights. */
static void who_did_the_work_never_confirms_it(void **state)
{
    struct house *h = *state;
    people(h);
    int64_t id = restored(h, "resident", "resident");
    assert_int_equal(step(h, "resident", id, "confirm", "'rating':5"), RC_DENIED);
    run_sql(h, "INSERT INTO account_role (account_id, role) VALUES (%lld, 'a_supervisor')",
            (long long)person_id(h, "resident"));
    assert_int_equal(step(h, "resident", id, "confirm", "'rating':5"), RC_DENIED);
    OK(step(h, "super", id, "confirm", "'rating':5"));
}

static void the_supervisor_confirms_what_the_monitor_found(void **state)
{
    struct house *h = *state;
    people(h);
    house_watch(h);
    dark(h, device(h, "camera", "C-1", "10.9.8.1"));
    look_later(h);
    int64_t id = number(h, "SELECT id FROM work_order");
    OK(dispatch(h, id, "field1"));
    OK(step(h, "field1", id, "accept", "")); /* there is nobody to tell a plan */
    OK(restore(h, "field1", id));
    assert_int_equal(step(h, "field1", id, "confirm", "'rating':5"), RC_DENIED);
    assert_false(sees(h, "clerk1", id));
    OK(step(h, "super", id, "confirm", "'rating':5"));
}

static void an_engineer_claims_from_the_pool(void **state)
{
    struct house *h = *state;
    people(h);
    int64_t id = reported_by(h, "clerk1");
    REFUSED(step(h, "field1", id, "accept", "'plan':'我去'"), RC_CONFLICT,
            "state"); /* not yet registered */
    OK(step(h, "disp", id, "register", ""));
    REFUSED(step(h, "field1", id, "accept", ""), RC_INVALID, "plan");
    OK(step(h, "field1", id, "accept", "'plan':'我去'"));
    assert_int_equal(number(h, "SELECT engineer_id FROM work_order"), person_id(h, "field1"));
    assert_string_equal(state_of(h, id), "accepted");
    assert_int_equal(step(h, "field2", id, "accept", "'plan':'我也去'"), RC_NOT_FOUND);
    assert_int_equal(step(h, "clerk1", id, "accept", "'plan':'自己修'"), RC_CONFLICT);
}

static void a_field_engineer_sees_the_own_orders_and_the_pool(void **state)
{
    struct house *h = *state;
    people(h);
    int64_t pool = reported_by(h, "clerk1"), mine = restored(h, "clerk1", "field1"),
            theirs = restored(h, "clerk1", "field2");
    assert_true(sees(h, "field1", pool));
    assert_true(sees(h, "field1", mine));
    assert_false(sees(h, "field1", theirs));
    be(h, "field1");
    assert_int_equal(count(h, &work_order_kind, ""), 2);
    assert_true(sees(h, "disp", theirs));
    assert_int_equal(step(h, "field1", theirs, "resolve", "'cause':'不知道'"), RC_NOT_FOUND);
    struct row *row;
    be(h, "field1");
    assert_int_equal(patch(h, &work_order_kind, theirs, &row, "{'rev':1,'title':'改了'}"),
                     RC_NOT_FOUND);
}

/* The pool is for those who may take from it: what one clerk reports is no news for the next. */
static void the_order_of_another_reporter_is_not_there(void **state)
{
    struct house *h = *state;
    people(h);
    int64_t id = reported_by(h, "clerk1");
    assert_true(sees(h, "clerk1", id));
    assert_false(sees(h, "clerk2", id));
    OK(step(h, "disp", id, "register", ""));
    assert_false(sees(h, "clerk2", id));
    assert_int_equal(step(h, "clerk2", id, "confirm", "'rating':1"), RC_NOT_FOUND);
    be(h, "clerk2");
    assert_int_equal(count(h, &work_order_kind, ""), 0);
}

static void a_section_head_sees_the_orders_of_the_own_people(void **state)
{
    struct house *h = *state;
    int64_t street = made(h, &org_unit_kind, "{'name':'street','type':'sub_district'}");
    made(h, &org_unit_kind, "{'name':'a','type':'section','parent_id':%lld}", (long long)street);
    made(h, &org_unit_kind, "{'name':'b','type':'section','parent_id':%lld}", (long long)street);
    person(h, "head", "a_section", "a");
    person(h, "lone", "a_section", NULL);
    person(h, "ann", "a_clerk", "a");
    person(h, "ben", "a_clerk", "b");
    int64_t own = reported_by(h, "head"), hers = reported_by(h, "ann"), his = reported_by(h, "ben"),
            alone = reported_by(h, "lone");
    assert_true(sees(h, "head", own));
    assert_true(sees(h, "head", hers));
    assert_false(sees(h, "head", his));
    assert_true(sees(h, "lone", alone)); /* the own ones, also without a unit */
    assert_false(sees(h, "lone", hers));
}

static void the_telephone_number_is_for_those_who_handle_the_order(void **state)
{
    struct house *h = *state;
    struct row *row;
    struct buf b = {0};
    struct jw w = jw_on(&b);
    people(h);
    be(h, "clerk1");
    OK(create(h, &work_order_kind, &row, "{'title':'电脑打不开','reporter_phone':'010-00000000'}"));
    be(h, "super");
    record_json(CX, &w, row);
    assert_null(strstr(buf_text(&b), "010-00000000"));
    buf_free(&b);
    struct query q = {0};
    struct page page;
    OK(query_add(CX, &q, "reporter_phone.eq.010-00000000"));
    assert_int_equal(record_list(CX, &work_order_kind, &q, &page), RC_INVALID);
}

static void numbers_begin_anew_on_each_beijing_day(void **state)
{
    struct house *h = *state;
    static const char *const at[][2] = {
        {"2026-05-08T23:59:59", "YW-20260508-0001"}, {"2026-05-09T00:00:00", "YW-20260509-0001"},
        {"2026-05-09T07:59:59", "YW-20260509-0002"}, {"2026-05-09T08:00:00", "YW-20260509-0003"},
        {"2026-05-08T23:59:59", "YW-20260508-0002"},
    };
    for (int i = 0; i < 5; i++) {
        clock_at(h, at[i][0]);
        made(h, &work_order_kind, "{'title':'打不开了'}");
        assert_string_equal(words(h, "SELECT no FROM work_order ORDER BY id DESC LIMIT 1"),
                            at[i][1]);
    }
}

#define THREADS 8
#define EACH 6

struct desk {
    struct house *h;
    pthread_barrier_t *together;
    int i, bad;
};

/* Every third attempt is broken off in the middle, after the number was drawn. */
static enum rc one_order(struct cx *cx, int attempt)
{
    struct row *row;
    json_t *in = json_pack("{s:s}", "title", "打不开了");
#ifdef SW_FAULTS
    if (attempt % 3 == 2)
        db_fault_next(RC_BUSY, 4 + attempt % 5);
#endif
    enum rc rc = record_create(cx, &work_order_kind, in, &row);
#ifdef SW_FAULTS
    db_fault_next(RC_OK, 0);
#endif
    json_decref(in);
    return rc;
}

static void *work_at_desk(void *arg)
{
    struct desk *d = arg;
    struct cx cx = d->h->cx;
    cx.a = arena_new();
    cx.db = testdb_open(d->h->t, DB_BUSINESS, DB_WRITE, NULL);
    (void)pthread_barrier_wait(d->together);
    for (int done = 0, attempt = d->i; done < EACH && attempt < 1000; attempt++) {
        cx.now.ms = d->h->cx.now.ms + (done % 2) * DAY_MS;
        enum rc rc = one_order(&cx, attempt);
        d->bad += rc && rc != RC_BUSY;
        done += !rc;
    }
    db_close(cx.db);
    arena_free(cx.a);
    return NULL;
}

static void eight_desks_at_once_count_without_gaps_or_doubles(void **state)
{
    struct house *h = *state;
    pthread_t threads[THREADS];
    struct desk desks[THREADS];
    pthread_barrier_t together;
    be_console(h);
    assert_int_equal(pthread_barrier_init(&together, NULL, THREADS), 0);
    for (int i = 0; i < THREADS; i++) {
        desks[i] = (struct desk){h, &together, i, 0};
        assert_int_equal(pthread_create(&threads[i], NULL, work_at_desk, &desks[i]), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        assert_int_equal(desks[i].bad, 0);
    }
    (void)pthread_barrier_destroy(&together);
    for (int day = 8; day < 10; day++) {
        assert_int_equal(
            number(h, "SELECT COUNT(DISTINCT no) FROM work_order WHERE no LIKE 'YW-2026050%d-%%'",
                   day),
            THREADS * EACH / 2);
        assert_string_equal(
            words(h, "SELECT MIN(no) FROM work_order WHERE no LIKE 'YW-2026050%d-%%'", day),
            arena_printf(CX->a, "YW-2026050%d-0001", day));
        assert_string_equal(
            words(h, "SELECT MAX(no) FROM work_order WHERE no LIKE 'YW-2026050%d-%%'", day),
            arena_printf(CX->a, "YW-2026050%d-%04d", day, THREADS * EACH / 2));
    }
    assert_int_equal(number(h, "SELECT COUNT(*) FROM work_order"), THREADS * EACH);
    assert_int_equal(number(h, "SELECT COUNT(*) FROM sla_clock"), 2 * THREADS * EACH);
}

/* Two engineers take the same order at the same time: one has it, the other is told. */
static void of_two_who_claim_at_once_one_gets_the_order(void **state)
{
    struct house *h = *state;
    struct row *row;
    people(h);
    int64_t id = reported_by(h, "clerk1");
    OK(step(h, "disp", id, "register", ""));
    int64_t rev = number(h, "SELECT rev FROM work_order");
    OK(step(h, "field1", id, "accept", "'plan':'我去'"));
    run_sql(h, "UPDATE work_order SET engineer_id = NULL, state = 'registered'"); /* what field2 had
                                                                                     read */
    json_t *in = json_of(h, arena_printf(CX->a, "{'rev':%lld,'plan':'我也去'}", (long long)rev));
    be(h, "field2");
    REFUSED(record_act(CX, &work_order_kind, id, "accept", in, &row), RC_CONFLICT, "rev");
    json_decref(in);
}

void flow_cases(struct cases *c)
{
    ON_BOTH(c, what_a_clerk_reports_goes_the_whole_way_and_the_clerk_confirms_it);
    ON_BOTH(c, what_the_desk_takes_by_telephone_is_registered_at_once);
    ON_BOTH(c, line_and_site_of_an_order_follow_its_asset);
    ON_BOTH(c, an_order_of_the_monitor_cannot_be_made_by_hand);
    ON_BOTH(c, only_an_engineer_is_sent);
    ON_BOTH(c, the_reporter_must_be_told_a_plan_and_the_result_needs_a_photo);
    ON_BOTH(c, steps_go_only_along_the_table);
    ON_BOTH(c, only_the_reporter_or_the_supervisor_confirms);
    ON_BOTH(c, who_did_the_work_never_confirms_it);
    ON_BOTH(c, the_supervisor_confirms_what_the_monitor_found);
    ON_BOTH(c, an_engineer_claims_from_the_pool);
    ON_BOTH(c, a_field_engineer_sees_the_own_orders_and_the_pool);
    ON_BOTH(c, the_order_of_another_reporter_is_not_there);
    ON_BOTH(c, a_section_head_sees_the_orders_of_the_own_people);
    ON_BOTH(c, the_telephone_number_is_for_those_who_handle_the_order);
    ON_BOTH(c, numbers_begin_anew_on_each_beijing_day);
    ON_BOTH(c, eight_desks_at_once_count_without_gaps_or_doubles);
    ON_BOTH(c, of_two_who_claim_at_once_one_gets_the_order);
}
