/* SPDX-License-Identifier: Apache-2.0 */
#include "cases.h"

/* Of the library: fontconfig keeps its configuration, cairo loses a little for each font. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libfontconfig\nleak:libcairo\n";
}

/* An argument chooses cases: test_mod '*switch*' */
int main(int argc, char **argv)
{
    static struct cases c;
    if (argc > 1)
        cmocka_set_test_filter(argv[1]);
    sla_cases(&c);
    alarm_cases(&c);
    outage_cases(&c);
    storm_cases(&c);
    flow_cases(&c);
    figure_cases(&c);
    ledger_cases(&c);
    notice_cases(&c);
    odd_cases(&c);
    order_cases(&c);
    return _cmocka_run_group_tests("mod", c.tests, c.n, NULL, NULL);
}
