/* SPDX-License-Identifier: Apache-2.0 */
/* The yearly notices 国务院办公厅关于部分节假日安排的通知 as data, read from the notices' texts at
 * gov.cn as collected by holiday-cn and compared day by day with a second collection: no
 * difference. */
#include <threads.h>

#include "rule/calendar_int.h"

struct block { /* one numbered line of a notice; dates as yyyymmdd, 0 = none */
    int32_t from;
    int days_off;
    int32_t make_up[2];
    const char *name;
};

/* clang-format off */
static const struct block blocks[] = {
    /* Notice of 2019-11-21; Spring Festival as extended to 2 February (the make-up of 1 February
     * fell away) by the notice of 2020-01-27 */
    {20200101,  1, {0, 0},               "元旦"},
    {20200124, 10, {20200119, 0},        "春节"},
    {20200404,  3, {0, 0},               "清明节"},
    {20200501,  5, {20200426, 20200509}, "劳动节"},
    {20200625,  3, {20200628, 0},        "端午节"},
    {20201001,  8, {20200927, 20201010}, "国庆节、中秋节"},
    /* Notice of 2020-11-25 */
    {20210101,  3, {0, 0},               "元旦"},
    {20210211,  7, {20210207, 20210220}, "春节"},
    {20210403,  3, {0, 0},               "清明节"},
    {20210501,  5, {20210425, 20210508}, "劳动节"},
    {20210612,  3, {0, 0},               "端午节"},
    {20210919,  3, {20210918, 0},        "中秋节"},
    {20211001,  7, {20210926, 20211009}, "国庆节"},
    /* Notice of 2021-10-25 */
    {20220101,  3, {0, 0},               "元旦"},
    {20220131,  7, {20220129, 20220130}, "春节"},
    {20220403,  3, {20220402, 0},        "清明节"},
    {20220430,  5, {20220424, 20220507}, "劳动节"},
    {20220603,  3, {0, 0},               "端午节"},
    {20220910,  3, {0, 0},               "中秋节"},
    {20221001,  7, {20221008, 20221009}, "国庆节"},
    /* Notice of 2022-12-08 */
    {20221231,  3, {0, 0},               "元旦"},
    {20230121,  7, {20230128, 20230129}, "春节"},
    {20230405,  1, {0, 0},               "清明节"},
    {20230429,  5, {20230423, 20230506}, "劳动节"},
    {20230622,  3, {20230625, 0},        "端午节"},
    {20230929,  8, {20231007, 20231008}, "中秋节、国庆节"},
    /* Notice of October 2023 */
    {20240101,  1, {0, 0},               "元旦"},
    {20240210,  8, {20240204, 20240218}, "春节"},
    {20240404,  3, {20240407, 0},        "清明节"},
    {20240501,  5, {20240428, 20240511}, "劳动节"},
    {20240610,  1, {0, 0},               "端午节"},
    {20240915,  3, {20240914, 0},        "中秋节"},
    {20241001,  7, {20240929, 20241012}, "国庆节"},
    /* Notice of November 2024 */
    {20250101,  1, {0, 0},               "元旦"},
    {20250128,  8, {20250126, 20250208}, "春节"},
    {20250404,  3, {0, 0},               "清明节"},
    {20250501,  5, {20250427, 0},        "劳动节"},
    {20250531,  3, {0, 0},               "端午节"},
    {20251001,  8, {20250928, 20251011}, "国庆节、中秋节"},
    /* Notice of 2025-11-04 (domain.md 4.1) */
    {20260101,  3, {20260104, 0},        "元旦"},
    {20260215,  9, {20260214, 20260228}, "春节"},
    {20260404,  3, {0, 0},               "清明节"},
    {20260501,  5, {20260509, 0},        "劳动节"},
    {20260619,  3, {0, 0},               "端午节"},
    {20260925,  3, {0, 0},               "中秋节"},
    {20261001,  7, {20260920, 20261010}, "国庆节"},
};
/* clang-format on */

#define NOTICE_UNTIL 20261231
#define MAX_ROWS 320

static struct calendar_day rows[MAX_ROWS];
static size_t n_rows;
static once_flag built = ONCE_FLAG_INIT;

static struct date date_of_number(int32_t yyyymmdd)
{
    return date_of(yyyymmdd / 10000, yyyymmdd / 100 % 100, yyyymmdd % 100);
}

static void add_row(struct date on, enum day_kind kind, const char *name)
{
    if (n_rows < MAX_ROWS)
        rows[n_rows++] = (struct calendar_day){on, kind, name, false};
}

static void build_rows(void)
{
    for (size_t i = 0; i < sizeof blocks / sizeof blocks[0]; i++) {
        const struct block *b = &blocks[i];
        struct date first = date_of_number(b->from);
        for (int k = 0; k < b->days_off; k++) {
            struct date on = {first.day + k};
            add_row(on, statutory_day(on, NULL) ? DAY_STATUTORY : DAY_SWAP_OFF, b->name);
        }
        for (int k = 0; k < 2; k++)
            if (b->make_up[k])
                add_row(date_of_number(b->make_up[k]), DAY_SWAP_WORK, b->name);
    }
}

const struct calendar_day *calendar_builtin(size_t *n, struct date *notice_until)
{
    call_once(&built, build_rows);
    *n = n_rows;
    *notice_until = date_of_number(NOTICE_UNTIL);
    return rows;
}
