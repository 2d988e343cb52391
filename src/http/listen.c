/* SPDX-License-Identifier: Apache-2.0 */
/* The listening socket, and the one rule about it: passwords and cookies never cross a network in
 * the clear, so plain HTTP binds to loopback only. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "http/http_int.h"

enum { PEM_LIMIT = 1024 * 1024 };

struct address {
    struct sockaddr_storage sa;
    socklen_t len;
};

static bool parse_port(const char *s, in_port_t *out)
{
    char *end;
    if (*s < '0' || *s > '9' || strlen(s) > 5)
        return false;
    unsigned long port = strtoul(s, &end, 10);
    *out = htons((uint16_t)port);
    return *end == '\0' && port <= 65535;
}

/* "127.0.0.1:8080", "localhost:8080", "[::1]:8080" */
static bool parse_listen(const char *text, struct address *out)
{
    char host[64];
    const char *colon = strrchr(text, ':');
    size_t n = colon ? (size_t)(colon - text) : 0;
    bool six = n > 2 && text[0] == '[' && colon[-1] == ']';
    if (n == 0 || n >= sizeof host)
        return false;
    memcpy(host, text + six, n - 2 * six);
    host[n - 2 * six] = '\0';
    memset(out, 0, sizeof *out);
    if (six) {
        struct sockaddr_in6 *a = (struct sockaddr_in6 *)&out->sa;
        a->sin6_family = AF_INET6;
        out->len = sizeof *a;
        return parse_port(colon + 1, &a->sin6_port) &&
               inet_pton(AF_INET6, host, &a->sin6_addr) == 1;
    }
    struct sockaddr_in *a = (struct sockaddr_in *)&out->sa;
    a->sin_family = AF_INET;
    out->len = sizeof *a;
    const char *ip = strcmp(host, "localhost") == 0 ? "127.0.0.1" : host;
    return parse_port(colon + 1, &a->sin_port) && inet_pton(AF_INET, ip, &a->sin_addr) == 1;
}

static bool is_loopback(const struct address *a)
{
    if (a->sa.ss_family == AF_INET)
        return (ntohl(((const struct sockaddr_in *)&a->sa)->sin_addr.s_addr) >> 24) == 127;
    const struct in6_addr *six = &((const struct sockaddr_in6 *)&a->sa)->sin6_addr;
    return IN6_IS_ADDR_LOOPBACK(six) || (IN6_IS_ADDR_V4MAPPED(six) && six->s6_addr[12] == 127);
}

static enum rc cannot_listen(const char *listen_on, struct err *e)
{
    return fail(e, RC_INVALID, "listen", "无法监听 {address}：{why}",
                "Cannot listen on {address}: {why}", "address", listen_on, "why", strerror(errno),
                NULL);
}

static int port_of(int fd)
{
    struct sockaddr_storage sa = {0};
    socklen_t len = sizeof sa;
    if (getsockname(fd, (struct sockaddr *)&sa, &len) != 0)
        return 0;
    return ntohs(sa.ss_family == AF_INET6 ? ((const struct sockaddr_in6 *)&sa)->sin6_port
                                          : ((const struct sockaddr_in *)&sa)->sin_port);
}

static enum rc open_socket(const struct address *a, const char *text, int *out, struct err *e)
{
    int on = 1;
    int fd = socket(a->sa.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return cannot_listen(text, e);
    (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(fd, (const struct sockaddr *)&a->sa, a->len) != 0 || listen(fd, SOMAXCONN) != 0) {
        enum rc rc = cannot_listen(text, e);
        close(fd);
        return rc;
    }
    *out = fd;
    return RC_OK;
}

enum rc listen_open(const struct http_options *o, int *fd, int *port, struct err *e)
{
    struct address a;
    if (!o->listen || !parse_listen(o->listen, &a))
        return fail(e, RC_INVALID, "listen", "监听地址写法不对：{address}，应如 127.0.0.1:8080",
                    "Malformed listen address: {address}; write it like 127.0.0.1:8080", "address",
                    o->listen ? o->listen : "", NULL);
    if (!o->tls_cert != !o->tls_key)
        return fail(e, RC_INVALID, "tls", "TLS 证书和私钥须同时给出",
                    "TLS needs both a certificate and a key", NULL);
    if (!is_loopback(&a) && !o->tls_cert)
        return fail(e, RC_INVALID, "listen", "{address} 不是本机地址，未配置 TLS 时拒绝监听",
                    "{address} is not a loopback address; without TLS this is refused", "address",
                    o->listen, NULL);
    enum rc rc = open_socket(&a, o->listen, fd, e);
    if (rc == RC_OK)
        *port = port_of(*fd);
    return rc;
}

enum rc pem_load(const char *path, char **out, struct err *e)
{
    *out = NULL;
    if (!path)
        return RC_OK;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    char *text = calloc(1, PEM_LIMIT + 1);
    if (!text)
        die("out of memory");
    size_t len = 0;
    ssize_t n = fd < 0 ? -1 : 1;
    while (n > 0 && len < PEM_LIMIT) {
        n = read(fd, text + len, PEM_LIMIT - len);
        len += n > 0 ? (size_t)n : 0;
    }
    int error = errno;
    if (fd >= 0)
        close(fd);
    if (n != 0 || len == 0) {
        free(text);
        return fail(e, RC_INVALID, "tls", "TLS 文件读不出来：{path}：{why}",
                    "The TLS file cannot be read: {path}: {why}", "path", path, "why",
                    n < 0 ? strerror(error) : "?", NULL);
    }
    *out = text;
    return RC_OK;
}
