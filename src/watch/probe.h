/* SPDX-License-Identifier: Apache-2.0 */
/* Single probes, many at a time, without blocking: one prober per thread, with its own epoll
 * descriptor that an outer loop may watch. An answer is never delivered inside probe_start(). */
#ifndef WATCH_PROBE_H
#define WATCH_PROBE_H
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include "base/rc.h"

enum probe_kind { PROBE_ICMP, PROBE_TCP };
enum probe_result {
    PROBE_UP,
    PROBE_REFUSED,     /* the host is alive, the service is not */
    PROBE_TIMEOUT,     /* nothing came back */
    PROBE_UNREACHABLE, /* somebody on the way says so */
    PROBE_LOCAL,       /* we could not even send: says nothing about the target */
};
const char *probe_word(enum probe_result r); /* up refused timeout unreachable error */

union probe_address {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
};
/* Numeric IPv4 or IPv6 (with %interface), no name look-up. */
MUST_USE bool probe_address_of(const char *text, uint16_t port, union probe_address *out);
socklen_t probe_address_size(const union probe_address *a);

struct probe_answer {
    enum probe_result result;
    uint32_t rtt_us;     /* of PROBE_UP and PROBE_REFUSED */
    int error;           /* errno of PROBE_LOCAL, else 0 */
    int64_t sent;        /* boot ms; of a probe that was never sent: when it gave up */
    char detail[96];     /* English, "" when up */
};
typedef void probe_done(void *arg, const struct probe_answer *answer);

struct prober_options {
    int tcp_parallel; /* connects at a time, 0 = 256 */
    int icmp_rate;    /* echo requests per second, 0 = 2000 */
    bool icmp_raw;    /* do not try the unprivileged socket: for tests */
};
struct prober;

struct prober *prober_new(const struct prober_options *o); /* o may be NULL */
void prober_free(struct prober *p);                        /* unanswered probes are dropped */
int prober_fd(const struct prober *p);                     /* readable: call prober_step() */

/* done(arg, ...) comes exactly once unless the probe is cancelled. Returns its number, never 0. */
uint64_t probe_start(struct prober *p, enum probe_kind kind, const union probe_address *to,
                     int timeout_ms, probe_done *done, void *arg);
void probe_cancel(struct prober *p, uint64_t job); /* harmless for a finished one */

void prober_step(struct prober *p);              /* never blocks */
int prober_wait_ms(const struct prober *p);      /* until the next step is due; -1 = idle */
const char *prober_icmp_mode(const struct prober *p); /* "dgram", "raw", "none": after a probe */

int64_t boot_ms(void); /* runs on while the machine is suspended */
int64_t boot_us(void);

#endif
