/* SPDX-License-Identifier: Apache-2.0 */
#include "test_watch.h"

int main(void)
{
    int failed = run_state_tests();
    failed += run_schedule_tests();
    failed += run_packet_tests();
    failed += run_probe_tests();
    failed += run_engine_tests();
    failed += run_net_tests();
    return failed ? 1 : 0;
}
