/* SPDX-License-Identifier: Apache-2.0 */
/* Figures: each number is the length of the list behind it (scenario 23). */
#include "base/json.h"
#include "mod/report/report.h"
#include "mod/sla/sla.h"
#include "mod/work_order/work_order.h"
#include "street.h"

static const struct figure_value *figure(struct house *h, const char *set, const char *month,
                                         const char *id)
{
    struct figure_value *v;
    int n;
    OK(figure_values(CX, set, month, &v, &n));
    for (int i = 0; i < n; i++)
        if (!strcmp(v[i].figure->id, id))
            return &v[i];
    return NULL;
}

static int64_t value(struct house *h, const char *month, const char *id)
{
    const struct figure_value *v = figure(h, month ? "monthly" : "dashboard", month, id);
    assert_non_null(v);
    assert_false(v->null);
    return (int64_t)v->value;
}

/* Every figure of a set against the list that its query opens. */
static int lists_agree(struct house *h, const char *set, const char *month)
{
    struct figure_value *v;
    int n, seen = 0;
    OK(figure_values(CX, set, month, &v, &n));
    for (int i = 0; i < n; i++) {
        struct query q;
        struct page page;
        if (!v[i].figure->kind) {
            assert_null(v[i].query);
            continue;
        }
        OK(query_parse(CX, v[i].query, &q));
        q.limit = 500;
        OK(record_list(CX, record_kind(v[i].figure->kind), &q, &page));
        if ((int64_t)v[i].value != page.total || page.n != page.total)
            fail_msg("%s: %g, its list %d of %lld", v[i].figure->id, v[i].value, page.n,
                     (long long)page.total);
        seen++;
    }
    return seen;
}

static void order_at(struct house *h, const char *at, const char *more)
{
    clock_at(h, at);
    made(h, &work_order_kind, "{'title':'打不开了'%s}", more);
}

/* Two weeks of all sorts of things. */
static void busy_month(struct house *h)
{
    struct row *row;
    int changed;
    int64_t cams[3];
    house_watch(h);
    person(h, "clerk", "a_clerk", NULL);
    person(h, "field1", "b_field", NULL);
    person(h, "pm", "b_pm", NULL);
    order_at(h, "2026-04-30T23:59:59", "");
    order_at(h, "2026-05-01T00:00:00", ",'line':'community_video'");
    order_at(h, "2026-05-12T10:00", ",'emergency':true");
    order_at(h, "2026-05-12T11:00", ",'type':'service_request'");
    be(h, "clerk");
    OK(create(h, &work_order_kind, &row, "{'title':'打不开了'}"));
    be_console(h);
    OK(act(h, &work_order_kind, 3, "cancel", &row, "'result':'误报'"));
    int64_t sw = branch(h, "SW", "10.9.8.100", 3, cams);
    target(h, sw, "icmp", "up");
    for (int i = 0; i < 3; i++)
        dark(h, cams[i]);
    look_later(h);
    dark(h, sw);
    look_later(h);
    order_at(h, "2026-05-31T23:59:59", "");
    order_at(h, "2026-06-01T00:00:00", "");
    clock_at(h, "2026-06-02T12:00");
    be_system(h);
    OK(sla_tick(CX, &changed));
    assert_true(changed > 3);
}

static void every_figure_is_the_length_of_its_list_for_every_reader(void **state)
{
    struct house *h = *state;
    static const char *const who[] = {"clerk", "field1", "pm"};
    busy_month(h);
    be_console(h);
    assert_true(lists_agree(h, "dashboard", NULL) > 5);
    assert_true(lists_agree(h, "monthly", "2026-05") > 10);
    for (int i = 0; i < 3; i++) {
        be(h, who[i]);
        assert_true(lists_agree(h, "dashboard", NULL) > 0);
        assert_true(lists_agree(h, "monthly", "2026-05") > 0);
    }
    be_console(h);
    assert_int_equal(value(h, NULL, "outages_open"), 1);
    assert_int_equal(value(h, NULL, "assets_down"), 4);
    assert_int_equal(value(h, "2026-05", "affected_month"), 4);
    assert_int_equal(value(h, "2026-05", "outages_month"), 1);
    assert_int_equal(value(h, "2026-05", "orders_monitor"), 1);
}

static void a_reader_counts_only_what_he_may_read(void **state)
{
    struct house *h = *state;
    busy_month(h);
    be_console(h);
    int64_t all = value(h, NULL, "orders_open");
    be(h, "clerk");
    assert_int_equal(value(h, NULL, "orders_open"), 1);
    assert_true(all > 1);
    assert_null(figure(h, "dashboard", NULL, "clocks_overdue"));
    assert_null(figure(h, "dashboard", NULL, "outages_open"));
}

static void a_month_is_a_beijing_month(void **state)
{
    struct house *h = *state;
    order_at(h, "2026-04-30T23:59:59.999", "");
    order_at(h, "2026-05-01T00:00", "");
    order_at(h, "2026-05-31T23:59:59.999", "");
    order_at(h, "2026-06-01T00:00", "");
    order_at(h, "2026-12-31T23:59:59", "");
    order_at(h, "2027-01-01T00:00", "");
    be_console(h);
    assert_int_equal(value(h, "2026-04", "orders_month"), 1);
    assert_int_equal(value(h, "2026-05", "orders_month"), 2);
    assert_int_equal(value(h, "2026-06", "orders_month"), 1);
    assert_int_equal(value(h, "2026-12", "orders_month"), 1);
    assert_int_equal(value(h, "2027-01", "orders_month"), 1);
}

static void cancelled_orders_are_counted_nowhere(void **state)
{
    struct house *h = *state;
    struct row *row;
    order_at(h, "2026-05-12T10:00", "");
    order_at(h, "2026-05-12T10:00", "");
    be_console(h);
    OK(act(h, &work_order_kind, number(h, "SELECT MIN(id) FROM work_order"), "cancel", &row,
           "'result':'误报'"));
    assert_int_equal(value(h, "2026-05", "orders_month"), 1);
    assert_int_equal(value(h, NULL, "orders_open"), 1);
    assert_int_equal(value(h, "2026-05", "clocks_running"), 1); /* S-01; S-04 is our own target */
}

static void the_rate_is_met_of_met_and_missed_and_nothing_of_nothing(void **state)
{
    struct house *h = *state;
    be_console(h);
    const struct figure_value *v = figure(h, "monthly", "2026-05", "clock_rate");
    assert_true(v->null);
    for (int i = 0; i < 3; i++)
        order_at(h, "2026-05-12T10:00", "");
    be_console(h);
    assert_true(
        figure(h, "monthly", "2026-05", "clock_rate")->null); /* running ones are no population */
    clock_at(h, "2026-05-12T11:00");
    OK(sla_stop(CX, number(h, "SELECT MIN(id) FROM work_order"), "restore", CX->now));
    v = figure(h, "monthly", "2026-05", "clock_rate");
    assert_false(v->null);
    assert_true(v->value > 99.999);
    clock_at(h, "2026-05-12T16:00");
    OK(sla_stop(CX, number(h, "SELECT MAX(id) FROM work_order"), "restore", CX->now));
    v = figure(h, "monthly", "2026-05", "clock_rate");
    assert_true(v->value > 49.999 && v->value < 50.001);
    int changed;
    OK(sla_tick(CX, &changed)); /* the third is overdue: missed already */
    v = figure(h, "monthly", "2026-05", "clock_rate");
    assert_true(v->value > 33.3299 && v->value < 33.3301);
    assert_true(figure(h, "monthly", "2026-06", "clock_rate")->null);
}

static void the_json_says_null_where_there_is_no_population(void **state)
{
    struct house *h = *state;
    struct buf b = {0};
    struct jw w = jw_on(&b);
    be_console(h);
    OK(figure_json(CX, "monthly", "2030-01", &w));
    json_t *j = json_loads(buf_text(&b), 0, NULL), *f;
    size_t i;
    int rates = 0, counts = 0;
    json_array_foreach(json_object_get(j, "figures"), i, f)
    {
        bool rate = !strcmp(json_string_value(json_object_get(f, "unit")), "%");
        rates += rate && json_is_null(json_object_get(f, "value"));
        counts += !rate && json_is_number(json_object_get(f, "value")) &&
                  json_is_string(json_object_get(f, "query"));
        if (!rate && strcmp(json_string_value(json_object_get(f, "id")), "assets_in_use"))
            assert_true(json_number_value(json_object_get(f, "value")) < 0.5);
    }
    assert_int_equal(rates, 1);
    assert_int_equal((size_t)(rates + counts), json_array_size(json_object_get(j, "figures")));
    assert_int_equal(json_integer_value(json_object_get(j, "as_of")), CX->now.ms);
    json_decref(j);
    buf_free(&b);
}

static void what_is_no_month_or_no_set_is_refused(void **state)
{
    struct house *h = *state;
    struct figure_value *v;
    int n;
    be_console(h);
    REFUSED(figure_values(CX, "monthly", NULL, &v, &n), RC_INVALID, "month");
    static const char *const months[] = {"2026-5", "2026-13", "2026-00", "2026-05-01",
                                         "may",    "",        "2026/05", "２０２６-05"};
    for (size_t i = 0; i < sizeof months / sizeof *months; i++)
        REFUSED(figure_values(CX, "monthly", months[i], &v, &n), RC_INVALID, "month");
    REFUSED(figure_values(CX, "board", NULL, &v, &n), RC_INVALID, "set");
    REFUSED(figure_values(CX, "", NULL, &v, &n), RC_INVALID, "set");
}

void figure_cases(struct cases *c)
{
    ON_BOTH(c, every_figure_is_the_length_of_its_list_for_every_reader);
    ON_BOTH(c, a_reader_counts_only_what_he_may_read);
    ON_BOTH(c, a_month_is_a_beijing_month);
    ON_BOTH(c, cancelled_orders_are_counted_nowhere);
    ON_BOTH(c, the_rate_is_met_of_met_and_missed_and_nothing_of_nothing);
    ON_BOTH(c, the_json_says_null_where_there_is_no_population);
    ON_BOTH(c, what_is_no_month_or_no_set_is_refused);
}
