/* SPDX-License-Identifier: Apache-2.0 */
/* Ranges of network addresses as settings hold them: "10.1.0.0/16 192.168.7.9 fc00::/7". */
#ifndef BASE_ADDRESS_H
#define BASE_ADDRESS_H
#include <stdbool.h>

/* Is the address in one of the ranges (blanks or commas between)? IPv4 and IPv6; an IPv4 address in
 * IPv6 dress counts as IPv4. False for what is no address. */
bool address_in(const char *ranges, const char *address);
bool addresses_valid(const char *ranges);

#endif
