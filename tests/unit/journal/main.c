/* SPDX-License-Identifier: Apache-2.0 */
#include "kit.h"

int main(void)
{
    return chain_cases() + seal_cases() + tamper_cases();
}
