/* SPDX-License-Identifier: Apache-2.0 */
/* What happened reaches the persons a rule names, once each, and goes on when nobody answers. */
#include "journal/journal.h"
#include "mod/account_request/account_request.h"
#include "mod/notice/notice_int.h"
#include "mod/sla/sla.h"
#include "mod/sla_change/sla_change.h"
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
    assert_non_null(strstr(last_title(h, "field"), "截止 5月8日(周五) 11:00"));
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

/* --- the preset: each rule reaches somebody when its thing happens --- */

static enum rc kind_step(struct house *h, const struct kind *k, const char *login, const char *action,
                         const char *json)
{
    struct row *row;
    be(h, login);
    return act(h, k, number(h, "SELECT MAX(id) FROM %s", k->name), action, &row, "%s", json);
}

static int64_t new_order_of(struct house *h, const char *login, const char *json)
{
    struct row *row;
    be(h, login);
    OK(create(h, &work_order_kind, &row, "{'title':'没有图像'%s}", json));
    return row->id;
}

static int64_t in_work(struct house *h)
{
    int64_t id = new_order_of(h, "clerk", "");
    dispatched(h, id);
    step(h, "field", id, "accept", "'plan':'马上来'");
    return id;
}

static void pause_of(struct house *h, const char *login, int64_t order, const char *json)
{
    struct row *row;
    be(h, login);
    OK(create(h, &sla_pause_kind, &row, "{'work_order_id':%lld,'reason':'不能作业'%s}",
              (long long)order, json));
}

static void hands_and_pauses(struct house *h)
{
    int64_t id = in_work(h);
    step(h, "disp", id, "help",
         arena_printf(CX->a, "'helper_id':%lld,'helper2_id':%lld", (long long)person_id(h, "field2"),
                      (long long)person_id(h, "field3")));
    step(h, "field", id, "propose", "'proposal':'范围大，建议应急'");
    step(h, "field", id, "escalate", "'reason':'需要高空车'");
    pause_of(h, "field", id, ",'code':'safety','reference_no':'雷电黄色预警'");
    OK(kind_step(h, &sla_pause_kind, "pm", "confirm", ""));
    OK(kind_step(h, &sla_pause_kind, "super", "accept", ""));
    pause_of(h, "field", id, arena_printf(CX->a, ",'code':'customer','evidence':%s,'call_record':'无人接听','contact_told':true",
                          photo(h, "field")));
    told(h);
    OK(kind_step(h, &sla_pause_kind, "super", "reject", "'decision_note':'当时有人'"));
    pause_of(h, "disp", id, ",'code':'carrier','reference_no':'10086-1'"); /* nobody answers it */
    step(h, "disp", id, "hand_over",
         arena_printf(CX->a, "'engineer_id':%lld,'reason':'换班'", (long long)person_id(h, "field2")));
    told(h);
    step(h, "field2", id, "send_back", "'reason':'不在我片区'");
    step(h, "disp", in_work(h), "cancel", "'result':'重复报修'");
    step(h, "field", in_work(h), "no_fault", "'result':'一切正常'");
}

static void to_repair(struct house *h)
{
    step(h, "field", in_work(h), "verdict",
         arena_printf(CX->a, "'judgement':'主板损坏','conclusion':'repairable','data_handling':'wiped',"
                             "'evidence':%s", photo(h, "field")));
}

static void repairs(struct house *h)
{
    to_repair(h);
    OK(kind_step(h, &repair_request_kind, "appr", "reject", "'opinion':'改为更换'"));
    to_repair(h);
    OK(kind_step(h, &repair_request_kind, "appr", "approve", ""));
    OK(kind_step(h, &repair_request_kind, "disp", "send", "'vendor':'维修站'"));
    OK(kind_step(h, &repair_request_kind, "disp", "return", "'outcome':'已更换主板'"));
}

static void minutes_later(struct house *h, int64_t minutes)
{
    int n;
    CX->now.ms += minutes * MINUTE_MS;
    be_system(h);
    OK(sla_tick(CX, &n));
    OK(work_order_tick(CX, &n));
    told(h);
}

static void emergencies(struct house *h)
{
    (void)new_order_of(h, "disp", ",'emergency':true,'channel':'phone'");
    int64_t id = in_work(h);
    step(h, "disp", id, "declare_emergency", "'reason':'电杆被撞'");
    minutes_later(h, 30);
}

static void what_comes_with_time(struct house *h)
{
    int64_t late = in_work(h), done = in_work(h);
    step(h, "field", done, "restore", arena_printf(CX->a, "'result':'换了电源','after_photos':%s", photo(h, "field")));
    step(h, "field", done, "resolve", "'cause':'电源'");
    step(h, "clerk", done, "reopen", "'reason':'又不行了'");
    step(h, "field", done, "restore", arena_printf(CX->a, "'result':'换了主机','after_photos':%s", photo(h, "field")));
    step(h, "field", done, "resolve", "'cause':'主机','late_reason':'备件晚到'");
    told(h);
    run_sql(h, "UPDATE sla_clock SET calendar = '24x7' WHERE work_order_id = %lld", (long long)late);
    be_system(h);
    OK(sla_pauses_changed(CX, late));
    static const int64_t wait[] = {100, 21, 240, 240, 4 * 1440};
    for (size_t i = 0; i < sizeof wait / sizeof *wait; i++)
        minutes_later(h, wait[i]);
}

static void asked(struct house *h, const struct kind *k, const char *json)
{
    struct row *row;
    be(h, "pm");
    OK(create(h, k, &row, "%s", json));
}

static void accounts_and_limits(struct house *h)
{
    const char *one = "{'title':'增员','person_name':'某人','duty':'外勤','reason':'增员一人'}";
    const char *other = arena_printf(CX->a, "{'title':'改为 90 分钟','rule_id':%lld,'limit_minutes':90,'from_on':'2099-01-01',"
                                            "'reason':'补充协议','paper':%s}", (long long)number(h, "SELECT MIN(id) FROM sla_rule"),
                                     photo(h, "pm"));
    asked(h, &account_request_kind, one);
    OK(kind_step(h, &account_request_kind, "sysa", "carry_out", arena_printf(CX->a, "'user_id':%lld", (long long)person_id(h, "field"))));
    asked(h, &account_request_kind, one);
    OK(kind_step(h, &account_request_kind, "sysa", "reject", "'answer':'已有账号'"));
    asked(h, &sla_change_kind, other);
    told(h);
    OK(kind_step(h, &sla_change_kind, "super", "reject", "'answer':'未签字'"));
    asked(h, &sla_change_kind, arena_printf(CX->a, "{'title':'再提','rule_id':%lld,'limit_minutes':90,'from_on':'2099-01-01',"
                                                   "'reason':'补充协议','paper':%s}",
                                            (long long)number(h, "SELECT MIN(id) FROM sla_rule"), photo(h, "pm")));
    OK(kind_step(h, &sla_change_kind, "super", "agree", ""));
    OK(kind_step(h, &sla_change_kind, "seca", "approve", ""));
    be_system(h);
    OK(journal_note(CX, "user", person_id(h, "field"), "two_addresses", "{}", "alert"));
    told(h);
}

static void every_rule_of_the_preset_names_what_exists_and_tells_somebody(void **state)
{
    struct house *h = *state;
    static const char *const people[][2] = {
        {"clerk", "a_clerk"},      {"disp", "b_dispatcher"}, {"disp2", "b_dispatcher"},
        {"field", "b_field"},      {"field2", "b_field"},    {"field3", "b_field"},
        {"pm", "b_pm"},            {"super", "a_supervisor"}, {"appr", "a_approver"},
        {"bsup", "b_supervisor"},  {"sysa", "sys_admin"},    {"seca", "sec_admin"},
    };
    for (size_t i = 0; i < sizeof people / sizeof *people; i++)
        person(h, people[i][0], people[i][1], NULL);
    be_console(h);
    int64_t n_rules = number(h, "SELECT MAX(id) FROM notice_rule");
    for (int64_t id = 1; id <= n_rules; id++) {
        struct row *row;
        OK(record_load(CX, &notice_rule_kind, id, &row));
        OK(notice_rule_kind.check(CX, NULL, row));
    }
    clock_at(h, "2026-05-11T09:00");
    hands_and_pauses(h);
    repairs(h);
    emergencies(h);
    accounts_and_limits(h);
    what_comes_with_time(h);
    assert_string_equal(words(h, "SELECT name FROM notice_rule r WHERE state = 'active' AND NOT EXISTS"
                                 " (SELECT 1 FROM notice n WHERE n.rule_id = r.id)"
                                 /* those of accounts and of changed limits: tests of their kinds */
                                 " AND source_kind NOT IN ('user', 'account_request', 'sla_change')"
                                 " ORDER BY id"),
                        "");
    assert_int_equal(number(h, "SELECT COUNT(*) FROM (SELECT account_id, reason FROM notice"
                               " GROUP BY account_id, reason HAVING COUNT(*) > 1) x"),
                     0);
}

static void a_condition_holds_for_the_record_as_it_is(void **state)
{
    struct house *h = *state;
    struct row *row;
    person(h, "pm", "b_pm", NULL);
    person(h, "disp", "b_dispatcher", NULL);
    be_console(h);
#define ONLY "{'name':'r9','source_kind':'work_order','source_action':'create','to_role':'b_pm'," \
             "'level':'info','title':'{title}','only_if':"
    REFUSED(create(h, &notice_rule_kind, &row, ONLY "'nonsense=1'}"), RC_INVALID, "only_if");
    h->cx.err = (struct err){0};
    REFUSED(create(h, &notice_rule_kind, &row, ONLY "'emergency'}"), RC_INVALID, "only_if");
    h->cx.err = (struct err){0};
    REFUSED(create(h, &notice_rule_kind, &row,
                   "{'name':'r9','source_kind':'work_order','source_action':'explode','to_role':"
                   "'b_pm','level':'info','title':'xx'}"),
            RC_INVALID, "source_action");
    (void)new_order_of(h, "disp", "");
    told(h);
    assert_int_equal(notices_of(h, "pm"), 0);
    (void)new_order_of(h, "disp", ",'emergency':true");
    told(h);
    assert_int_equal(notices_of(h, "pm"), 1);
    assert_non_null(strstr(last_title(h, "pm"), "应急事件"));
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

/* A mail server that was dead for hours must not take the newest notice with it. */
static void a_new_notice_is_not_given_up_with_an_old_one(void **state)
{
    struct house *h = *state;
    int sent;
    person(h, "disp", "b_dispatcher", NULL);
    run_sql(h, "UPDATE parameter SET value = '127.0.0.1' WHERE name = 'outbound_addresses'");
    run_sql(h, "INSERT INTO notice_setting (rev, created_at, updated_at, account_id, email, min_level)"
               " VALUES (1, 0, 0, %lld, 'disp@example.cn', 'info')",
            (long long)person_id(h, "disp"));
    /* nobody listens on port 1 */
    int64_t way = made(h, &notice_channel_kind,
                       "{'name':'邮件','type':'smtp','url':'smtp://127.0.0.1:1','sender':'p@example.cn'}");
    for (int tries = 0; tries <= 7; tries += 7) {
        run_sql(h,
                "INSERT INTO notice (rev, created_at, updated_at, account_id, title, level, state,"
                " source_kind, source_id, reason, digest, raised_at) VALUES (1, 0, 0, %lld, 't',"
                " 'warning', 'new', 'work_order', 1, 'r%d', 0, 0)",
                (long long)person_id(h, "disp"), tries);
        run_sql(h,
                "INSERT INTO notice_delivery (rev, created_at, updated_at, channel_id, notice_id,"
                " account_id, target, reason, state, tries, next_at) SELECT 1, 0, 0, %lld, MAX(id),"
                " %lld, 'account:1', 'r%d', 'waiting', %d, 0 FROM notice",
                (long long)way, (long long)person_id(h, "disp"), tries, tries);
    }
    be_system(h);
    OK(notice_deliver(CX, &sent));
    assert_int_equal(sent, 0);
    assert_string_equal(words(h, "SELECT state FROM notice_delivery ORDER BY id"), "waiting,dead");
    assert_int_equal(number(h, "SELECT next_at FROM notice_delivery WHERE state = 'waiting'"),
                     CX->now.ms + MINUTE_MS);
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
    ON_BOTH(c, every_rule_of_the_preset_names_what_exists_and_tells_somebody);
    ON_BOTH(c, a_condition_holds_for_the_record_as_it_is);
    ON_BOTH(c, a_new_notice_is_not_given_up_with_an_old_one);
    ON_BOTH(c, a_telephone_number_never_stands_in_a_notice);
}
