/* SPDX-License-Identifier: Apache-2.0 */
#include "world.h"

int main(void)
{
    return target_tests() + route_tests() + request_tests() + limit_tests() + upload_tests() +
                       static_tests() + sse_tests() + tls_tests() + stop_tests() >
                   0
               ? 1
               : 0;
}
