/* SPDX-License-Identifier: Apache-2.0 */
#include "watch/route.h"

#include <errno.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/time.h>
#include <unistd.h>

struct query {
    struct nlmsghdr head;
    struct rtmsg route;
    uint8_t attributes[64];
};

int route_open(void)
{
    int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
    struct timeval limit = {.tv_usec = 200000};
    if (fd >= 0)
        (void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    return fd;
}

static void add_attribute(struct query *q, unsigned short type, const void *data, size_t n)
{
    struct rtattr a = {.rta_type = type, .rta_len = (unsigned short)RTA_LENGTH(n)};
    uint8_t *at = (uint8_t *)q + NLMSG_ALIGN(q->head.nlmsg_len);
    memcpy(at, &a, sizeof a);
    memcpy(at + RTA_LENGTH(0), data, n);
    q->head.nlmsg_len = (uint32_t)(NLMSG_ALIGN(q->head.nlmsg_len) + RTA_ALIGN(a.rta_len));
}

static struct query query_for(const union probe_address *to, uint32_t seq)
{
    bool v6 = to->any.sa_family == AF_INET6;
    struct query q = {.head = {.nlmsg_len = NLMSG_LENGTH(sizeof q.route),
                               .nlmsg_type = RTM_GETROUTE,
                               .nlmsg_flags = NLM_F_REQUEST,
                               .nlmsg_seq = seq},
                      .route = {.rtm_family = (unsigned char)to->any.sa_family,
                                .rtm_dst_len = v6 ? 128 : 32}};
    if (v6)
        add_attribute(&q, RTA_DST, &to->v6.sin6_addr, sizeof to->v6.sin6_addr);
    else
        add_attribute(&q, RTA_DST, &to->v4.sin_addr, sizeof to->v4.sin_addr);
    if (v6 && to->v6.sin6_scope_id) {
        int index = (int)to->v6.sin6_scope_id;
        add_attribute(&q, RTA_OIF, &index, sizeof index);
    }
    return q;
}

static int egress_in(const struct nlmsghdr *h)
{
    const struct rtmsg *r = NLMSG_DATA(h);
    const struct rtattr *a = RTM_RTA(r);
    long left = (long)RTM_PAYLOAD(h);
    for (; left > 0 && RTA_OK(a, left); a = RTA_NEXT(a, left)) {
        int index;
        if (a->rta_type == RTA_OIF && RTA_PAYLOAD(a) >= sizeof index) {
            memcpy(&index, RTA_DATA(a), sizeof index);
            return index;
        }
    }
    return 0;
}

int route_egress(int fd, const union probe_address *to)
{
    static uint32_t seq;
    struct query q = query_for(to, ++seq);
    _Alignas(struct nlmsghdr) uint8_t answer[4096];
    if (send(fd, &q, q.head.nlmsg_len, 0) < 0)
        return 0;
    for (int tries = 0; tries < 8; tries++) { /* skips answers of a query that timed out */
        ssize_t n = recv(fd, answer, sizeof answer, 0);
        const struct nlmsghdr *h = (const void *)answer;
        if (n < (ssize_t)sizeof *h || !NLMSG_OK(h, (uint32_t)n))
            return 0;
        if (h->nlmsg_seq == seq)
            return h->nlmsg_type == RTM_NEWROUTE ? egress_in(h) : 0;
    }
    return 0;
}

void route_name(int index, char out[32])
{
    char name[IF_NAMESIZE];
    if (index > 0 && if_indextoname((unsigned)index, name))
        snprintf(out, 32, "%s", name);
    else if (index > 0)
        snprintf(out, 32, "interface %d", index);
    else
        snprintf(out, 32, "no interface");
}

bool route_is_loopback(int index)
{
    struct ifreq r = {0};
    bool yes = false;
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return false;
    if (index > 0 && if_indextoname((unsigned)index, r.ifr_name) &&
        ioctl(fd, SIOCGIFFLAGS, &r) == 0)
        yes = r.ifr_flags & IFF_LOOPBACK;
    close(fd);
    return yes;
}
