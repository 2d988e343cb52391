/* SPDX-License-Identifier: Apache-2.0 */
/* What happened reaches the persons a rule names, once each, and goes on when nobody answers. */
#include "journal/journal.h"
#include "mod/notice/notice_int.h"
#include "mod/sla/sla.h"
#include "mod/work_order/work_order.h"
#include "street.h"

static int told(struct house *h)
{
    int sealed, made = 0;
    be_system(h);
    OK(journal_seal(CX, 1000, &sealed));
    OK(notice_from_journal(CX, &made));
    return made;
}

static int64_t notices_of(struct house *h, const char *login)
{
    return number(h, "SELECT COUNT(*) FROM notice WHERE account_id = %lld",
                  (long long)person_id(h, login));
}

static const char *last_title(struct house *h, const char *login)
{
    return words(h, "SELECT title FROM notice WHERE account_id = %lld ORDER BY id DESC LIMIT 1",
                 (long long)person_id(h, login));
}

static int64_t reported(struct house *h)
{
    struct row *row;
    person(h, "clerk", "a_clerk", NULL);
    person(h, "disp", "b_dispatcher", NULL);
    person(h, "field", "b_field", NULL);
    be(h, "clerk");
    OK(create(h, &work_order_kind, &row, "{'title':'电脑打不开'}"));
    return row->id;
}

static void step(struct house *h, const char *login, int64_t id, const char *action,
                 const char *json)
{
    struct row *row;
    be(h, login);
    OK(act(h, &work_order_kind, id, action, &row, "%s", json));
}

static void dispatched(struct house *h, int64_t id)
{
    step(h, "disp", id, "register", "");
    step(h, "disp", id, "dispatch",
         arena_printf(CX->a, "'engineer_id':%lld", (long long)person_id(h, "field")));
}

static void a_report_is_told_to_the_desk_and_the_dispatch_to_the_engineer_once(void **state)
{
    struct house *h = *state;
    int64_t id = reported(h);
    told(h);
    assert_int_equal(notices_of(h, "disp"), 1);
    assert_non_null(strstr(last_title(h, "disp"), "电脑打不开"));
    assert_non_null(strstr(last_title(h, "disp"), "YW-20260508-"));
    dispatched(h, id);
    told(h);
    assert_int_equal(notices_of(h, "field"), 1);
    assert_int_equal(told(h), 0);
    assert_int_equal(notices_of(h, "field"), 1);
    assert_int_equal(notices_of(h, "disp"), 1); /* nobody is told what he did himself */
}

static void the_same_news_read_again_makes_no_second_notice(void **state)
{
    struct house *h = *state;
    reported(h);
    told(h);
    run_sql(h, "UPDATE counter SET value = 0 WHERE name = 'notice.feed'"); /* a lost place */
    assert_int_equal(told(h), 0);
    assert_int_equal(notices_of(h, "disp"), 1);
}

static void only_who_may_read_the_record_is_told(void **state)
{
    struct house *h = *state;
    struct row *row;
    person(h, "other", "a_clerk", NULL);
    be_console(h);
    OK(create(h, &notice_rule_kind, &row,
              "{'name':'全体经办人','source_kind':'work_order','source_action':'create',"
              "'to_role':'a_clerk','level':'info','title':'{title}'}"));
    reported(h);
    told(h);
    assert_int_equal(notices_of(h, "other"), 0);
}

static void a_notice_is_the_own_persons_to_read_and_answer(void **state)
{
    struct house *h = *state;
    struct row *row;
    reported(h);
    person(h, "disp2", "b_dispatcher", NULL);
    told(h);
    int64_t id =
        number(h, "SELECT id FROM notice WHERE account_id = %lld", (long long)person_id(h, "disp"));
    be(h, "disp2");
    assert_int_equal(record_get(CX, &notice_kind, id, &row), RC_NOT_FOUND);
    assert_int_equal(count(h, &notice_kind, ""), 1);
    be(h, "disp");
    OK(act(h, &notice_kind, id, "acknowledge", &row, NO_INPUT));
    assert_string_equal(row->v[NOTICE_STATE].s, "acknowledged");
    assert_int_equal(row->v[NOTICE_READ].i, CX->now.ms);
}

static void what_nobody_acknowledges_goes_on_once(void **state)
{
    struct house *h = *state;
    int made;
    person(h, "pm", "b_pm", NULL);
    be_console(h);
    run_sql(h, "UPDATE notice_rule SET ack_minutes = 30, ack_role = 'b_pm'"
               " WHERE source_kind = 'work_order' AND to_role = 'b_dispatcher'");
    reported(h);
    told(h);
    CX->now.ms += 30 * MINUTE_MS - 1;
    OK(notice_escalate(CX, &made));
    assert_int_equal(made, 0);
    CX->now.ms += 1;
    OK(notice_escalate(CX, &made));
    assert_int_equal(made, 1);
    assert_non_null(strstr(last_title(h, "pm"), "未按时确认"));
    OK(notice_escalate(CX, &made));
    assert_int_equal(made, 0);
}

static void what_was_acknowledged_in_time_goes_nowhere(void **state)
{
    struct house *h = *state;
    struct row *row;
    int made;
    person(h, "pm", "b_pm", NULL);
    be_console(h);
    run_sql(h, "UPDATE notice_rule SET ack_minutes = 30, ack_role = 'b_pm'"
               " WHERE source_kind = 'work_order' AND to_role = 'b_dispatcher'");
    reported(h);
    told(h);
    be(h, "disp");
    OK(act(h, &notice_kind, number(h, "SELECT MIN(id) FROM notice"), "acknowledge", &row,
           NO_INPUT));
    be_system(h);
    CX->now.ms += HOUR_MS;
    OK(notice_escalate(CX, &made));
    assert_int_equal(made, 0);
}

static void a_rule_that_names_what_does_not_exist_is_refused(void **state)
{
    struct house *h = *state;
    struct row *row;
    be_console(h);
#define RULE "'source_action':'create','level':'info'"
    REFUSED(create(h, &notice_rule_kind, &row,
                   "{'name':'r1','source_kind':'nothing','to_role':'b_pm','title':'xx'," RULE "}"),
            RC_INVALID, "source_kind");
    REFUSED(create(h, &notice_rule_kind, &row,
                   "{'name':'r1','source_kind':'notice','to_role':'b_pm','title':'xx'," RULE "}"),
            RC_INVALID, "source_kind");
    REFUSED(create(h, &notice_rule_kind, &row,
                   "{'name':'r1','source_kind':'work_order','to_role':'boss','title':'xx'," RULE
                   "}"),
            RC_INVALID, "to_role");
    REFUSED(create(h, &notice_rule_kind, &row,
                   "{'name':'r1','source_kind':'work_order','title':'xx'," RULE "}"),
            RC_INVALID, "to_role");
    REFUSED(create(h, &notice_rule_kind, &row,
                   "{'name':'r1','source_kind':'work_order','to_field':'title','title':'xx'," RULE
                   "}"),
            RC_INVALID, "to_field");
    REFUSED(
        create(h, &notice_rule_kind, &row,
               "{'name':'r1','source_kind':'work_order','to_role':'b_pm','title':'{nonsense}'," RULE
               "}"),
        RC_INVALID, "title");
}

static void a_telephone_number_never_stands_in_a_notice(void **state)
{
    struct house *h = *state;
    struct row *row;
    person(h, "disp", "b_dispatcher", NULL);
    person(h, "clerk", "a_clerk", NULL);
    be_console(h);
    run_sql(h, "UPDATE notice_rule SET state = 'disabled'");
    OK(create(h, &notice_rule_kind, &row,
              "{'name':'带电话','source_kind':'work_order','source_action':'create','to_role':"
              "'b_dispatcher','level':'info','title':'回电 {reporter_phone}'}"));
    be(h, "clerk");
    OK(create(h, &work_order_kind, &row, "{'title':'没有图像','reporter_phone':'010-00000000'}"));
    told(h);
    assert_string_equal(words(h, "SELECT title FROM notice WHERE title LIKE '回电%%'"), "回电 ***");
}

/* C-130: the engineer and the desk at limit - 20 %, the project manager at the limit, further with
 * time; each once. */
static void a_clock_warns_the_engineer_then_reaches_the_project_manager(void **state)
{
    struct house *h = *state;
    int levels;
    person(h, "pm", "b_pm", NULL);
    clock_at(h, "2026-05-08T09:00");
    dispatched(h, reported(h));
    told(h);
    run_sql(h, "DELETE FROM notice");
    clock_at(h, "2026-05-08T10:35"); /* 95 of S-01's 120 minutes: nothing */
    OK(sla_tick(CX, &levels));
    told(h);
    assert_int_equal(number(h, "SELECT COUNT(*) FROM notice WHERE title LIKE '即将超时%%恢复%%'"), 0);
    clock_at(h, "2026-05-08T10:36");
    OK(sla_tick(CX, &levels));
    told(h);
    assert_non_null(strstr(last_title(h, "field"), "即将超时"));
    assert_non_null(strstr(last_title(h, "field"), "电脑打不开"));
    clock_at(h, "2026-05-08T11:01");
    for (int i = 0; i < 3; i++) {
        OK(sla_tick(CX, &levels));
        told(h);
    }
    assert_int_equal(number(h, "SELECT COUNT(*) FROM notice WHERE account_id = %lld AND title LIKE"
                               " '已超时%%恢复%%'",
                            (long long)person_id(h, "pm")),
                     1);
}

static int64_t goes(const char *now, const char *level, bool digest)
{
    return delivery_time((struct instant){instant_of(now)}, level, digest, "22:00", "07:00", "08:00");
}

static void quiet_hours_hold_back_what_is_not_urgent(void **state)
{
    (void)state;
    assert_int_equal(goes("2026-05-08T21:59", "warning", false), instant_of("2026-05-08T21:59"));
    assert_int_equal(goes("2026-05-08T22:00", "warning", false), instant_of("2026-05-09T07:00"));
    assert_int_equal(goes("2026-05-09T06:59", "info", false), instant_of("2026-05-09T07:00"));
    assert_int_equal(goes("2026-05-09T07:00", "info", false), instant_of("2026-05-09T07:00"));
    assert_int_equal(goes("2026-05-09T02:00", "danger", false), instant_of("2026-05-09T02:00"));
    assert_int_equal(goes("2026-05-08T07:30", "info", true), instant_of("2026-05-08T08:00"));
    assert_int_equal(goes("2026-05-08T09:00", "info", true), instant_of("2026-05-09T08:00"));
    assert_int_equal(goes("2026-05-08T09:00", "danger", true), instant_of("2026-05-08T09:00"));
}

/* RFC 2047: no encoded word is longer than 75 characters, none ends inside a code point. */
static void a_long_chinese_subject_is_cut_between_characters(void **state)
{
    struct buf mail = {0};
    (void)state;
    mail_text(&mail, "a@example.cn", "b@example.cn",
              "即将超时：三楼会议室的网络交换机没有响应，请尽快到场并告知报修人处理计划", "正文\n", "1@example.cn",
              (struct instant){instant_of("2026-05-08T17:00")});
    const char *s = buf_text(&mail);
    assert_non_null(strstr(s, "Date: Fri, 08 May 2026 17:00:00 +0800\r\n"));
    int words_seen = 0;
    for (const char *at = strstr(s, "=?UTF-8?B?"); at; at = strstr(at + 1, "=?UTF-8?B?"), words_seen++)
        assert_true(strcspn(at, " \r\n") <= 75);
    assert_true(words_seen > 1);
    for (const char *line = s; *line; line += strcspn(line, "\n") + 1)
        assert_true(strcspn(line, "\r\n") <= 76);
    buf_free(&mail);
}

void notice_cases(struct cases *c)
{
    ON_BOTH(c, a_report_is_told_to_the_desk_and_the_dispatch_to_the_engineer_once);
    ON_BOTH(c, the_same_news_read_again_makes_no_second_notice);
    ON_BOTH(c, only_who_may_read_the_record_is_told);
    ON_BOTH(c, a_notice_is_the_own_persons_to_read_and_answer);
    ON_BOTH(c, what_nobody_acknowledges_goes_on_once);
    ON_BOTH(c, what_was_acknowledged_in_time_goes_nowhere);
    ON_BOTH(c, a_rule_that_names_what_does_not_exist_is_refused);
    ON_BOTH(c, a_clock_warns_the_engineer_then_reaches_the_project_manager);
    case_add(c, "quiet_hours_hold_back_what_is_not_urgent", quiet_hours_hold_back_what_is_not_urgent, DB_SQLITE);
    case_add(c, "a_long_chinese_subject_is_cut_between_characters", a_long_chinese_subject_is_cut_between_characters, DB_SQLITE);
    ON_BOTH(c, a_telephone_number_never_stands_in_a_notice);
}
