/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

int main(void)
{
    int failed = 0;
    failed += rc_tests();
    failed += memory_tests();
    failed += utf8_tests();
    failed += civil_tests();
    failed += json_tests();
    failed += log_tests();
    return failed != 0;
}
