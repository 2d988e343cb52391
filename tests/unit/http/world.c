/* SPDX-License-Identifier: Apache-2.0 */
#include "world.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

#include "handlers.h"

void world_dirs(struct world *w)
{
    memset(w, 0, sizeof *w);
    pthread_mutex_init(&w->mu, NULL);
    pthread_cond_init(&w->changed, NULL);
    snprintf(w->dir, sizeof w->dir, "/tmp/http-test-XXXXXX");
    assert_non_null(mkdtemp(w->dir));
    snprintf(w->pages, sizeof w->pages, "%s/pages", w->dir);
    snprintf(w->spool, sizeof w->spool, "%s/spool", w->dir);
    snprintf(w->kept, sizeof w->kept, "%s/kept", w->dir);
    assert_int_equal(mkdir(w->pages, 0700), 0);
    assert_int_equal(mkdir(w->spool, 0700), 0);
}

void world_start(struct world *w, struct http_options o)
{
    struct err e = {0};
    if (!w->dir[0])
        world_dirs(w);
    o.listen = o.listen ? o.listen : "127.0.0.1:0";
    o.threads = o.threads ? o.threads : 4;
    o.routes = world_routes;
    o.ctx = w;
    o.static_dir = w->pages;
    o.spool_dir = w->spool;
    o.part_path = world_part;
    if (http_start(&o, &w->server, &e) != RC_OK)
        fail_msg("%s", e.en);
    assert_true(http_port(w->server) > 0);
}

static int delete_entry(const char *path, const struct stat *st, int type, struct FTW *at)
{
    (void)st;
    (void)type;
    (void)at;
    return remove(path);
}

void world_end(struct world *w)
{
    http_stop(w->server);
    nftw(w->dir, delete_entry, 16, FTW_DEPTH | FTW_PHYS);
    pthread_cond_destroy(&w->changed);
    pthread_mutex_destroy(&w->mu);
    memset(w, 0, sizeof *w);
}

void gate_wait_for(struct world *w, int n)
{
    pthread_mutex_lock(&w->mu);
    while (w->in_gate < n)
        pthread_cond_wait(&w->changed, &w->mu);
    pthread_mutex_unlock(&w->mu);
}

void gate_release(struct world *w)
{
    pthread_mutex_lock(&w->mu);
    w->gate_open = true;
    pthread_cond_broadcast(&w->changed);
    pthread_mutex_unlock(&w->mu);
}

void world_file(const struct world *w, const char *name, const char *text)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s", w->pages, name);
    for (char *p = path + strlen(w->pages) + 1; (p = strchr(p, '/')); p++) {
        *p = '\0';
        (void)mkdir(path, 0700);
        *p = '/';
    }
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs(text, f);
    assert_int_equal(fclose(f), 0);
}

int spool_count(const struct world *w)
{
    int n = 0;
    DIR *d = opendir(w->spool);
    assert_non_null(d);
    for (struct dirent *f; (f = readdir(d));)
        n += f->d_name[0] != '.';
    closedir(d);
    return n;
}

struct wire wire_open(const struct world *w)
{
    struct wire c = {.fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    assert_true(c.fd >= 0);
    struct sockaddr_in a = {.sin_family = AF_INET,
                            .sin_port = htons((uint16_t)http_port(w->server)),
                            .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct timeval hang = {.tv_sec =
                               120}; /* only so that a broken server fails instead of hanging */
    setsockopt(c.fd, SOL_SOCKET, SO_RCVTIMEO, &hang, sizeof hang);
    assert_int_equal(connect(c.fd, (struct sockaddr *)&a, sizeof a), 0);
    return c;
}

void wire_close(struct wire *c)
{
    if (c->fd >= 0)
        close(c->fd);
    free(c->data);
    *c = (struct wire){.fd = -1};
}

void wire_send_n(struct wire *c, const char *data, size_t n)
{
    while (n > 0) {
        ssize_t w = send(c->fd, data, n, MSG_NOSIGNAL);
        if (w < 0)
            return;
        data += w;
        n -= (size_t)w;
    }
}

void wire_send(struct wire *c, const char *text)
{
    wire_send_n(c, text, strlen(text));
}

static bool read_more(struct wire *c)
{
    char block[65536];
    ssize_t n = recv(c->fd, block, sizeof block, 0);
    if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
        fail_msg("the server neither answered nor closed");
    if (n <= 0)
        return false;
    c->data = realloc(c->data, c->len + (size_t)n + 1);
    memcpy(c->data + c->len, block, (size_t)n);
    c->len += (size_t)n;
    c->data[c->len] = '\0';
    return true;
}

bool wire_until(struct wire *c, const char *mark)
{
    while (!c->data || !memmem(c->data, c->len, mark, strlen(mark)))
        if (!read_more(c))
            return false;
    return true;
}

void wire_expect_close(struct wire *c)
{
    while (read_more(c))
        ;
}

void wire_drip_until_closed(struct wire *c, char byte)
{
    for (;;) {
        struct pollfd p = {.fd = c->fd, .events = POLLIN | POLLRDHUP};
        int n = poll(&p, 1, 50);
        if (n > 0 && !read_more(c))
            return;
        if (n == 0 && send(c->fd, &byte, 1, MSG_NOSIGNAL) < 0)
            return;
    }
}

void body_deadline_passes(const struct world *w)
{
    struct wire c = wire_open(w);
    wire_send(&c, "POST /api/v1/echo HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\n{");
    wire_expect_close(&c);
    assert_int_equal(c.len, 0);
    wire_close(&c);
}

static void consume(struct wire *c, size_t n)
{
    memmove(c->data, c->data + n, c->len - n + 1);
    c->len -= n;
}

const char *answer_header(const struct answer *a, const char *name, char out[512])
{
    size_t n = strlen(name);
    for (const char *s = strstr(a->head, "\r\n"); s; s = strstr(s, "\r\n")) {
        s += 2;
        if (strncasecmp(s, name, n) != 0 || s[n] != ':')
            continue;
        s += n + 1;
        s += strspn(s, " ");
        snprintf(out, 512, "%.*s", (int)strcspn(s, "\r"), s);
        return out;
    }
    return NULL;
}

static void read_body(struct wire *c, struct answer *a, size_t n)
{
    while (c->len < n)
        assert_true(read_more(c));
    a->body = calloc(1, n + 1);
    if (n > 0)
        memcpy(a->body, c->data, n);
    a->len = n;
    if (n > 0)
        consume(c, n);
}

struct answer wire_answer(struct wire *c, bool head_request)
{
    struct answer a = {0};
    char text[512];
    assert_true(wire_until(c, "\r\n\r\n"));
    size_t n = (size_t)(strstr(c->data, "\r\n\r\n") + 4 - c->data);
    a.head = strndup(c->data, n);
    consume(c, n);
    assert_int_equal(strncmp(a.head, "HTTP/1.1 ", 9), 0);
    a.status = (int)strtol(a.head + 9, NULL, 10);
    if (a.status == 100) {
        free(a.head);
        return wire_answer(c, head_request);
    }
    const char *length = answer_header(&a, "Content-Length", text);
    if (!head_request && a.status != 204 && a.status != 304) {
        assert_non_null(length);
        read_body(c, &a, (size_t)strtoul(length, NULL, 10));
    } else {
        a.body = strdup("");
    }
    return a;
}

void answer_free(struct answer *a)
{
    free(a->head);
    free(a->body);
    *a = (struct answer){0};
}

struct answer ask(const struct world *w, const char *method, const char *target, const char *extra,
                  const char *body)
{
    struct wire c = wire_open(w);
    struct buf b = {0};
    buf_printf(&b, "%s %s HTTP/1.1\r\nHost: here\r\n%s", method, target, extra);
    if (body)
        buf_printf(&b, "Content-Length: %zu\r\n", strlen(body));
    buf_printf(&b, "\r\n%s", body ? body : "");
    wire_send_n(&c, b.data, b.len);
    buf_free(&b);
    struct answer a = wire_answer(&c, strcmp(method, "HEAD") == 0);
    wire_close(&c);
    return a;
}

void assert_code(const struct answer *a, int status, const char *code)
{
    char text[512];
    assert_int_equal(a->status, status);
    assert_string_equal(answer_header(a, "Content-Type", text), "application/json; charset=utf-8");
    json_t *root = json_loadb(a->body, a->len, 0, NULL);
    assert_non_null(root);
    json_t *error = json_object_get(root, "error");
    assert_string_equal(json_string_value(json_object_get(error, "code")), code);
    assert_non_null(json_object_get(error, "field"));
    assert_true(json_string_length(json_object_get(error, "message")) > 0);
    json_decref(root);
}
