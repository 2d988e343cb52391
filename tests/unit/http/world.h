/* SPDX-License-Identifier: Apache-2.0 */
/* A real server on 127.0.0.1 with a port of the kernel's choice, and a client that writes raw
 * bytes, so that a test can say exactly what stands on the wire. */
#ifndef TESTS_HTTP_WORLD_H
#define TESTS_HTTP_WORLD_H
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

/* Before cmocka.h, whose macro fail() would spoil the prototype of ours. */
#include "http/http.h"
#include "http/target.h"

#include <cmocka.h>

struct world {
    struct http_server *server;
    char dir[64]; /* temporary folder: pages/ and spool/ */
    char pages[80], spool[80];
    pthread_mutex_t mu;
    pthread_cond_t changed;
    int in_gate; /* handlers that wait at the gate */
    bool gate_open;
    int left_gate;
    int states_freed; /* event streams whose state was given back */
    char kept[128];   /* where the upload handler keeps a file */
};

void world_dirs(struct world *w);
void world_start(struct world *w, struct http_options o); /* fills what o leaves 0 */
void world_end(struct world *w);                          /* stops and deletes the folder */
void gate_wait_for(struct world *w, int n);               /* until n handlers stand at the gate */
void gate_release(struct world *w);
void world_file(const struct world *w, const char *name, const char *text);
const char *world_part(struct http_req *req, void *ctx); /* spool/part-UPLOAD */
int spool_count(const struct world *w);

struct wire { /* one connection; what was read ahead stays in it */
    int fd;
    char *data;
    size_t len;
};
struct answer {
    int status;
    char *head;
    char *body;
    size_t len;
};

struct wire wire_open(const struct world *w);
void wire_close(struct wire *c);
void wire_send(struct wire *c, const char *text);
void wire_send_n(struct wire *c, const char *data, size_t n); /* a closed peer is no failure */
bool wire_until(struct wire *c,
                const char *mark); /* reads until the text was seen; false: closed */
void wire_expect_close(struct wire *c);
/* Sends one byte each time the peer stays quiet for a moment, until the peer closes. */
void wire_drip_until_closed(struct wire *c, char byte);
/* Returns when the server has cut a body that stopped half-way: one body deadline has passed. */
void body_deadline_passes(const struct world *w);
struct answer wire_answer(struct wire *c, bool head_request);
void answer_free(struct answer *a);
const char *answer_header(const struct answer *a, const char *name, char out[512]);

/* One request on a connection of its own. extra: further header lines with CRLF, or "". */
struct answer ask(const struct world *w, const char *method, const char *target, const char *extra,
                  const char *body);
void assert_code(const struct answer *a, int status, const char *code);

int target_tests(void);
int route_tests(void);
int request_tests(void);
int limit_tests(void);
int upload_tests(void);
int static_tests(void);
int sse_tests(void);
int tls_tests(void);
int stop_tests(void);

#endif
