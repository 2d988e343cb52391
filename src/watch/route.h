/* SPDX-License-Identifier: Apache-2.0 */
/* Which interface a target's packets leave by, asked of the kernel (rtnetlink). */
#ifndef WATCH_ROUTE_H
#define WATCH_ROUTE_H
#include <stdbool.h>

#include "watch/probe.h"

int route_open(void);                                       /* a descriptor or -1 */
int route_egress(int fd, const union probe_address *to);    /* interface index, 0 = no route */
bool route_is_loopback(int index);
void route_name(int index, char out[32]);

#endif
