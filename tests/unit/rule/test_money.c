/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "rule/money.h"

#define PRICE 120800000 /* 1,208,000.00 */
#define CAP 12080000
#define LATE_BP 5

static void instalments_are_50_30_and_20_percent(void **state)
{
    (void)state; /* 5.1 */
    static const int32_t weights[] = {50, 30, 20};
    int64_t parts[3];
    money_split(PRICE, weights, 3, parts);
    assert_int_equal(parts[0], 60400000);
    assert_int_equal(parts[1], 36240000);
    assert_int_equal(parts[2], 24160000);
    money_split(10001, weights, 3, parts);
    assert_int_equal(parts[0] + parts[1] + parts[2], 10001);
}

static void net_and_tax_of_the_price_are_1139622_64_and_68377_36(void **state)
{
    (void)state; /* 5.2 */
    struct money_vat v = money_vat(PRICE, 600);
    assert_int_equal(v.net_fen, 113962264);
    assert_int_equal(v.tax_fen, 6837736);
}

static void invoices_of_3_percent_lower_the_price_to_1173811_32(void **state)
{
    (void)state;
    const struct money_invoice invoice = {113962264, 300, true};
    assert_int_equal(money_settled_price(PRICE, 600, &invoice, 1), 117381132);
}

static void without_a_special_invoice_the_price_is_the_net_price(void **state)
{
    (void)state;
    const struct money_invoice plain = {113962264, 600, false};
    assert_int_equal(money_settled_price(PRICE, 600, NULL, 0), 113962264);
    assert_int_equal(money_settled_price(PRICE, 600, &plain, 1), 113962264);
}

static void mixed_rates_deduct_each_invoice_by_its_own_and_never_pass_the_price(void **state)
{
    (void)state;
    const struct money_invoice mixed[] = {{56981132, 600, true}, {56981132, 300, true}};
    assert_int_equal(money_settled_price(PRICE, 600, mixed, 2), 113962264 + 3418868 + 1709434);
    const struct money_invoice high = {113962264, 1300, true};
    assert_int_equal(money_settled_price(PRICE, 600, &high, 1), PRICE);
}

static int64_t late(int64_t fen, int32_t days)
{
    const struct money_overdue part = {fen, days};
    return money_late_payment(&part, 1, LATE_BP, CAP);
}

static void late_payment_is_half_a_thousandth_a_day(void **state)
{
    (void)state; /* 5.3 */
    assert_int_equal(late(60400000, 1), 30200);
    assert_int_equal(late(60400000, 10), 302000);
    assert_int_equal(late(36240000, 30), 543600);
    assert_int_equal(late(24160000, 15), 181200);
    assert_int_equal(late(60400000, 0), 0);
    assert_int_equal(late(60400000, -3), 0);
}

static void late_payment_reaches_its_cap_on_day_400_and_stays_there_on_401(void **state)
{
    (void)state; /* 5.3, golden scenario 18 */
    assert_int_equal(late(60400000, 399), 12049800);
    assert_int_equal(late(60400000, 400), 12080000);
    assert_int_equal(late(60400000, 401), 12080000);
}

static void the_cap_is_on_the_sum_over_all_instalments(void **state)
{
    (void)state;
    const struct money_overdue parts[] = {{60400000, 200}, {36240000, 200}, {24160000, 300}};
    assert_int_equal(money_late_payment(parts, 2, LATE_BP, CAP), 6040000 + 3624000);
    assert_int_equal(money_late_payment(parts, 3, LATE_BP, CAP), CAP);
}

static void penalties_are_rounded_once_at_the_end(void **state)
{
    (void)state;
    const struct money_overdue parts[] = {{900, 1}, {900, 1}}; /* 0.45 + 0.45 fen */
    assert_int_equal(money_late_payment(parts, 2, LATE_BP, CAP), 1);
}

static void days_late_run_from_the_day_after_due_through_the_day_of_payment(void **state)
{
    (void)state;
    assert_int_equal(money_days_late(day("2026-04-27"), day("2026-04-27")), 0);
    assert_int_equal(money_days_late(day("2026-04-27"), day("2026-04-28")), 1);
    assert_int_equal(money_days_late(day("2026-04-27"), day("2026-05-07")), 10);
    assert_int_equal(money_days_late(day("2026-04-27"), day("2026-04-01")), 0);
}

static void late_delivery_of_ten_cameras_for_three_days_is_13_63(void **state)
{
    (void)state; /* 5.4 */
    assert_int_equal(money_late_delivery(54500, 10, 100, 3), 1363);
    assert_int_equal(money_late_delivery(54500, 0, 100, 3), 0);
    assert_int_equal(money_late_delivery(54500, 10, 100, 0), 0);
}

static void late_delivery_has_no_cap(void **state)
{
    (void)state;
    assert_int_equal(money_late_delivery(54500, 766, 100, 3650), INT64_C(126980458));
}

static void unit_values_leave_the_remainder_to_the_last_month(void **state)
{
    (void)state; /* 5.5 */
    static const int64_t year[] = {54500, 835000, 995600, 15360000};
    static const int64_t month[] = {4542, 69583, 82967, 1280000};
    for (size_t k = 0; k < 4; k++) {
        int64_t parts[12], sum = 0;
        money_spread(year[k], 12, parts);
        for (size_t i = 0; i < 12; i++)
            sum += parts[i];
        assert_int_equal(parts[0], month[k]);
        assert_int_equal(parts[10], month[k]);
        assert_int_equal(sum, year[k]);
    }
    int64_t parts[12];
    money_spread(54500, 12, parts);
    assert_int_equal(parts[11], 4538);
}

static void a_tiny_sum_spread_over_months_never_goes_below_zero(void **state)
{
    (void)state;
    for (int64_t total = 0; total < 200; total++) {
        int64_t parts[12], sum = 0;
        money_spread(total, 12, parts);
        for (size_t i = 0; i < 12; i++) {
            assert_true(parts[i] >= 0);
            sum += parts[i];
        }
        assert_int_equal(sum, total);
    }
}

static void duty_days_are_1602_and_1068_and_sum_to_32574(void **state)
{
    (void)state; /* 5.5, C-023 */
    struct money_duty d = money_duty(3257400, 13, 11);
    assert_int_equal(d.ordinary_fen, 53400);
    assert_int_equal(d.statutory_fen, 160200);
    assert_int_equal(d.rest_fen, 106800);
    assert_int_equal(13 * d.statutory_fen + 11 * d.rest_fen, 3257400);
}

static void the_halves_are_53_56_and_46_44_percent(void **state)
{
    (void)state; /* 5.5 */
    int64_t office_half = 30720000 + 30720000 + 3257400;
    int64_t video_half = 41747000 + 13360000 + 995600;
    assert_int_equal(office_half, 64697400);
    assert_int_equal(video_half, 56102600);
    assert_int_equal(money_percent_bp(office_half, PRICE), 5356);
    assert_int_equal(money_percent_bp(video_half, PRICE), 4644);
    assert_int_equal(money_percent_bp(1, 0), -1);
}

static void the_prepayment_is_due_on_27_april_and_its_invoice_on_3_april(void **state)
{
    (void)state; /* 5.6 */
    struct date due = money_due_work_days(office(), day("2026-04-03"), 15);
    assert_day(due, "2026-04-27");
    assert_day(money_invoice_due(office(), due, 15), "2026-04-03");
}

static void the_progress_payment_is_due_on_3_august_and_its_invoice_on_13_july(void **state)
{
    (void)state; /* 5.6 */
    struct date due = money_due_months(office(), day("2026-04-03"), 4);
    assert_day(due, "2026-08-03");
    assert_day(money_invoice_due(office(), due, 15), "2026-07-13");
}

static void the_settlement_after_acceptance_on_2_april_2027_is_due_on_26_april(void **state)
{
    (void)state; /* C-031: Qingming 2027-04-05 is free without any notice */
    assert_day(money_due_work_days(office(), day("2027-04-02"), 15), "2027-04-26");
}

static void the_two_month_right_moves_from_saturday_27_june_to_monday_29_june(void **state)
{
    (void)state; /* 5.6, C-038 */
    assert_day(money_due_months(office(), day("2026-04-27"), 2), "2026-06-29");
}

static void an_invoice_five_working_days_late_shifts_the_due_date_by_five(void **state)
{
    (void)state; /* 5.3, C-032, golden scenario 17 */
    struct date due = day("2026-04-27"), in_time = day("2026-04-03"), now = day("2026-04-03");
    assert_day(money_effective_due(office(), due, &in_time, now, 15), "2026-04-27");
    struct date delivered = calendar_add_work_days(office(), in_time, 5);
    assert_day(delivered, "2026-04-13");
    struct date moved = money_effective_due(office(), due, &delivered, now, 15);
    assert_day(moved, "2026-05-07");
    assert_int_equal(moved.day, calendar_add_work_days(office(), due, 5).day);
    assert_int_equal(money_days_late(moved, day("2026-05-08")), 1);
    assert_int_equal(late(60400000, money_days_late(moved, day("2026-05-08"))), 30200);
}

static void without_an_invoice_the_due_date_moves_on_with_today(void **state)
{
    (void)state;
    assert_day(money_effective_due(office(), day("2026-04-27"), NULL, day("2026-06-01"), 15),
               "2026-06-23");
}

static void the_printed_amount_of_p6_stands_and_its_gap_is_named(void **state)
{
    (void)state; /* D-9, golden scenario 19 */
    assert_int_equal(money_line_gap(1, 1185600, 995600), -190000);
    assert_int_equal(money_line_gap(766, 54500, 41747000), 0);
    assert_int_equal(30720000 + 30720000 + 3257400 + 41747000 + 13360000 + 995600, PRICE);
}

static void halves_round_up_and_huge_products_do_not_overflow(void **state)
{
    (void)state;
    assert_int_equal(money_scale(1, 1, 2), 1);
    assert_int_equal(money_scale(3, 1, 2), 2);
    assert_int_equal(money_scale(-1, 1, 2), 0);
    assert_int_equal(money_scale(-3, 1, 2), -1);
    assert_true(money_scale(INT64_MAX, INT64_MAX, INT64_MAX) == INT64_MAX);
    assert_true(money_scale(INT64_MAX, 2, 1) == INT64_MAX);
    assert_true(money_scale(INT64_MIN, 2, 1) == INT64_MIN);
    assert_true(money_late_delivery(INT64_MAX, INT32_MAX, INT32_MAX, INT32_MAX) == INT64_MAX);
}

static void amounts_are_written_with_thousands_and_two_decimals(void **state)
{
    (void)state;
    char t[MONEY_TEXT];
    assert_string_equal(money_text(PRICE, t), "1,208,000.00");
    assert_string_equal(money_text(0, t), "0.00");
    assert_string_equal(money_text(5, t), "0.05");
    assert_string_equal(money_text(99999, t), "999.99");
    assert_string_equal(money_text(100000, t), "1,000.00");
    assert_string_equal(money_text(-190000, t), "-1,900.00");
    assert_string_equal(money_text(INT64_MIN, t), "-92,233,720,368,547,758.08");
}

int money_tests(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(instalments_are_50_30_and_20_percent),
        cmocka_unit_test(net_and_tax_of_the_price_are_1139622_64_and_68377_36),
        cmocka_unit_test(invoices_of_3_percent_lower_the_price_to_1173811_32),
        cmocka_unit_test(without_a_special_invoice_the_price_is_the_net_price),
        cmocka_unit_test(mixed_rates_deduct_each_invoice_by_its_own_and_never_pass_the_price),
        cmocka_unit_test(late_payment_is_half_a_thousandth_a_day),
        cmocka_unit_test(late_payment_reaches_its_cap_on_day_400_and_stays_there_on_401),
        cmocka_unit_test(the_cap_is_on_the_sum_over_all_instalments),
        cmocka_unit_test(penalties_are_rounded_once_at_the_end),
        cmocka_unit_test(days_late_run_from_the_day_after_due_through_the_day_of_payment),
        cmocka_unit_test(late_delivery_of_ten_cameras_for_three_days_is_13_63),
        cmocka_unit_test(late_delivery_has_no_cap),
        cmocka_unit_test(unit_values_leave_the_remainder_to_the_last_month),
        cmocka_unit_test(a_tiny_sum_spread_over_months_never_goes_below_zero),
        cmocka_unit_test(duty_days_are_1602_and_1068_and_sum_to_32574),
        cmocka_unit_test(the_halves_are_53_56_and_46_44_percent),
        cmocka_unit_test(the_prepayment_is_due_on_27_april_and_its_invoice_on_3_april),
        cmocka_unit_test(the_progress_payment_is_due_on_3_august_and_its_invoice_on_13_july),
        cmocka_unit_test(the_settlement_after_acceptance_on_2_april_2027_is_due_on_26_april),
        cmocka_unit_test(the_two_month_right_moves_from_saturday_27_june_to_monday_29_june),
        cmocka_unit_test(an_invoice_five_working_days_late_shifts_the_due_date_by_five),
        cmocka_unit_test(without_an_invoice_the_due_date_moves_on_with_today),
        cmocka_unit_test(the_printed_amount_of_p6_stands_and_its_gap_is_named),
        cmocka_unit_test(halves_round_up_and_huge_products_do_not_overflow),
        cmocka_unit_test(amounts_are_written_with_thousands_and_two_decimals),
    };
    return cmocka_run_group_tests_name("money", tests, NULL, NULL);
}
