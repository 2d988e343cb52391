/* SPDX-License-Identifier: Apache-2.0 */
/* The simulated street: devices read from a table, each with an address and services. One thread,
 * one epoll loop; everything is bounded. */
#ifndef SIM_STREET_H
#define SIM_STREET_H
#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

enum { MAX_DEVICES = 2000, MAX_SERVICES = 4, TEXT = 96, PORT_SHIFT = 20000, REQUEST = 4096 };

enum talk { TALK_RTSP, TALK_HTTP, TALK_SSH, TALK_SIP, TALK_RAW };

struct device;
struct service {
    struct device *device;
    enum talk talk;
    int port;  /* as in the table; +PORT_SHIFT on the wire in loopback mode */
    bool off;  /* fault on command: the port refuses */
    int tcp, udp; /* listening, -1 = closed */
};
struct device {
    char no[TEXT], name[TEXT], kind[TEXT], uplink_no[TEXT];
    struct in_addr address;
    struct device *uplink;
    bool down;   /* by its own fault */
    bool silent; /* by its own or an upper one's */
    struct service services[MAX_SERVICES];
    int n_services;
};
struct street {
    struct device *devices;
    size_t n;
    bool loopback;
    int epoll_fd;
};

/* table.c: reads the table; false after a message on standard error */
bool table_read(struct street *s, const char *path);
struct device *table_find(struct street *s, const char *no_or_name);

/* talk.c: what services answer; pure. Takes one message from in[0..n): returns how many bytes were
 * used, 0 when it is not complete yet, -1 to close. *close_after: close when the answer is out. */
int talk_answer(enum talk t, const struct device *d, int port, const char *in, size_t n, bool udp,
                struct buf *out, bool *close_after);
const char *talk_greeting(enum talk t); /* said before anything is asked; NULL = nothing */

/* route.c: true silence by routes of the namespace's table local; needs root */
bool route_own_namespace(void);
bool route_begin(const struct street *s);
bool route_set(const struct device *d, bool silent);

/* serve.c: listeners and clients */
bool serve_open(struct street *s);
void serve_apply(struct street *s); /* opens and closes what the faults ask for */
void serve_event(struct street *s, uint64_t tag, uint32_t events);
void serve_tick(struct street *s);

#endif
