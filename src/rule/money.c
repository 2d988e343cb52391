/* SPDX-License-Identifier: Apache-2.0 */
#include "rule/money.h"

/* Wide enough for a product of one int64 and two int32; more factors are narrowed in between. */
__extension__ typedef __int128 wide;

static int64_t narrow(wide v)
{
    return v > INT64_MAX ? INT64_MAX : v < INT64_MIN ? INT64_MIN : (int64_t)v;
}

/* num / den to the nearest, halves upwards; den > 0. */
static wide round_div(wide num, wide den)
{
    wide q = num / den, r = num % den;
    if (r < 0) { /* floor */
        q--;
        r += den;
    }
    return q + (2 * r >= den);
}

int64_t money_scale(int64_t fen, int64_t num, int64_t den)
{
    return narrow(round_div((wide)fen * num, den));
}

void money_split(int64_t total_fen, const int32_t *weights, size_t n, int64_t *parts_out)
{
    int64_t sum = 0, left = total_fen;
    for (size_t i = 0; i < n; i++)
        sum += weights[i];
    for (size_t i = 0; i + 1 < n; i++) {
        parts_out[i] = money_scale(total_fen, weights[i], sum);
        left -= parts_out[i];
    }
    parts_out[n - 1] = left;
}

void money_spread(int64_t total_fen, size_t months, int64_t *months_out)
{
    int64_t n = (int64_t)months;
    int64_t each = money_scale(total_fen, 1, n);
    if ((wide)each * (n - 1) > total_fen)
        each = total_fen / n;
    for (int64_t i = 0; i < n - 1; i++)
        months_out[i] = each;
    months_out[n - 1] = total_fen - each * (n - 1);
}

struct money_vat money_vat(int64_t gross_fen, int32_t rate_bp)
{
    int64_t net = money_scale(gross_fen, MONEY_BP, MONEY_BP + rate_bp);
    return (struct money_vat){net, gross_fen - net};
}

int64_t money_settled_price(int64_t gross_fen, int32_t contract_rate_bp,
                            const struct money_invoice *invoices, size_t n)
{
    wide price = money_vat(gross_fen, contract_rate_bp).net_fen;
    for (size_t i = 0; i < n; i++)
        if (invoices[i].special)
            price += money_scale(invoices[i].net_fen, invoices[i].rate_bp, MONEY_BP);
    return price > gross_fen ? gross_fen : narrow(price);
}

int64_t money_late_payment(const struct money_overdue *parts, size_t n, int32_t rate_bp,
                           int64_t cap_fen)
{
    wide sum = 0;
    for (size_t i = 0; i < n; i++) {
        if (parts[i].days > 0)
            sum += (wide)parts[i].fen * parts[i].days * rate_bp;
        if (sum > (wide)INT64_MAX * MONEY_BP)
            sum = (wide)INT64_MAX * MONEY_BP;
    }
    int64_t penalty = narrow(round_div(sum, MONEY_BP));
    return penalty < cap_fen ? penalty : cap_fen;
}

int32_t money_days_late(struct date due, struct date paid)
{
    return paid.day > due.day ? paid.day - due.day : 0;
}

int64_t money_late_delivery(int64_t unit_year_fen, int32_t missed_units, int32_t rate_bp,
                            int32_t days)
{
    if (missed_units <= 0 || days <= 0)
        return 0;
    wide units = narrow((wide)unit_year_fen * missed_units);
    return narrow(round_div(units * rate_bp * days, (wide)12 * MONEY_BP));
}

struct date money_due_work_days(const struct calendar *c, struct date event, int work_days)
{
    return calendar_add_work_days(c, event, work_days);
}

struct date money_due_months(const struct calendar *c, struct date event, int months)
{
    return calendar_roll(c, date_add_months(event, months));
}

struct date money_invoice_due(const struct calendar *c, struct date due, int work_days)
{
    return calendar_add_work_days(c, due, -work_days);
}

struct date money_effective_due(const struct calendar *c, struct date due,
                                const struct date *delivered, struct date today, int work_days)
{
    struct date from_invoice = calendar_add_work_days(c, delivered ? *delivered : today, work_days);
    return from_invoice.day > due.day ? from_invoice : due;
}

int64_t money_line_gap(int64_t quantity, int64_t unit_fen, int64_t amount_fen)
{
    return narrow((wide)amount_fen - (wide)quantity * unit_fen);
}

int32_t money_percent_bp(int64_t part_fen, int64_t whole_fen)
{
    if (whole_fen <= 0)
        return -1;
    int64_t bp = money_scale(part_fen, MONEY_BP, whole_fen);
    return bp > INT32_MAX ? INT32_MAX : bp < 0 ? -1 : (int32_t)bp;
}

struct money_duty money_duty(int64_t total_fen, int32_t statutory_days, int32_t rest_days)
{
    int64_t units = 3 * (int64_t)statutory_days + 2 * (int64_t)rest_days;
    if (units <= 0)
        return (struct money_duty){0, 0, 0};
    return (struct money_duty){money_scale(total_fen, 1, units), money_scale(total_fen, 3, units),
                               money_scale(total_fen, 2, units)};
}

char *money_text(int64_t fen, char out[MONEY_TEXT])
{
    uint64_t v = fen < 0 ? 0 - (uint64_t)fen : (uint64_t)fen;
    char reversed[MONEY_TEXT];
    size_t n = 0;
    for (int digit = 0; digit < 3 || v; digit++, v /= 10) {
        if (digit == 2)
            reversed[n++] = '.';
        else if (digit > 2 && (digit - 2) % 3 == 0)
            reversed[n++] = ',';
        reversed[n++] = (char)('0' + v % 10);
    }
    if (fen < 0)
        reversed[n++] = '-';
    for (size_t i = 0; i < n; i++)
        out[i] = reversed[n - 1 - i];
    out[n] = '\0';
    return out;
}
