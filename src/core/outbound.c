/* SPDX-License-Identifier: Apache-2.0 */
#include "core/outbound.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <netinet/in.h>
#include <string.h>
#include <strings.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/address.h"

/* RFC 6890 and its kin: not the public network. 64:ff9b::/96 and 2002::/16 carry IPv4 inside. */
static const char inner[] = "0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 "
                            "192.168.0.0/16 198.18.0.0/15 224.0.0.0/3 ::/127 fc00::/7 fe80::/10 ff00::/8 64:ff9b::/96 "
                            "2002::/16";

enum rc outbound_load(struct cx *cx, struct outbound *out)
{
    struct db_rows *r;
    *out = (struct outbound){0};
    enum rc rc = cx_db(cx, db_query(cx->db,
                                    "SELECT name, value FROM parameter WHERE name IN ('outbound_hosts', 'outbound_addresses')"
                                    " AND value IS NOT NULL ORDER BY name",
                                    NO_BINDS, &r));
    if (rc)
        return rc;
    while (db_next(r))
        *(!strcmp(db_text(r, 0), "outbound_hosts") ? &out->hosts : &out->addresses) = arena_strdup(cx->a, db_text(r, 1));
    return cx_db(cx, db_end(r));
}

static bool host_matches(const char *rule, size_t n, const char *host)
{
    size_t len = strlen(host);
    if (n > 2 && !memcmp(rule, "*.", 2))
        return len > n - 1 && !strncasecmp(host + len - (n - 1), rule + 1, n - 1);
    return n == len && !strncasecmp(rule, host, n);
}

bool outbound_host(const struct outbound *o, const char *host)
{
    static const char gap[] = " ,;\t\r\n";
    for (const char *s = o->hosts ? o->hosts : ""; *(s += strspn(s, gap));) {
        size_t n = strcspn(s, gap);
        if (host_matches(s, n, host))
            return true;
        s += n;
    }
    return o->addresses && address_in(o->addresses, host);
}

bool outbound_address(const struct outbound *o, const struct sockaddr *to, bool plain)
{
    char text[INET6_ADDRSTRLEN] = "";
    if (to->sa_family == AF_INET)
        inet_ntop(AF_INET, &((const struct sockaddr_in *)(const void *)to)->sin_addr, text, sizeof text);
    else if (to->sa_family == AF_INET6)
        inet_ntop(AF_INET6, &((const struct sockaddr_in6 *)(const void *)to)->sin6_addr, text, sizeof text);
    if (!*text)
        return false;
    if (o->addresses && address_in(o->addresses, text))
        return true;
    return !plain && !address_in(inner, text);
}

static enum rc bad_url(struct cx *cx, bool mail)
{
    return mail ? FAIL(cx, RC_INVALID, "url", "地址应写成 smtps://主机:465 或 smtp://主机:587",
                       "the address must be smtps://host:465 or smtp://host:587")
                : FAIL(cx, RC_INVALID, "url", "地址应写成 https://主机/路径，不含用户名和 # 部分",
                       "the address must be https://host/path without user and fragment");
}

/* secure, plain: the two schemes that are allowed. */
static enum rc check_url(struct cx *cx, const struct outbound *o, const char *url, const char *secure,
                         const char *plain, bool *plain_out)
{
    CURLU *u = curl_url();
    char *scheme = NULL, *host = NULL, *user = NULL, *fragment = NULL;
    enum rc rc = RC_OK;
    if (!u || curl_url_set(u, CURLUPART_URL, url, 0) || curl_url_get(u, CURLUPART_SCHEME, &scheme, 0) ||
        curl_url_get(u, CURLUPART_HOST, &host, 0) || !curl_url_get(u, CURLUPART_USER, &user, 0) ||
        !curl_url_get(u, CURLUPART_FRAGMENT, &fragment, 0) || (strcmp(scheme, secure) && strcmp(scheme, plain)))
        rc = bad_url(cx, plain[0] == 's');
    if (!rc && *host == '[') { /* [::1] */
        memmove(host, host + 1, strlen(host));
        host[strcspn(host, "]")] = '\0';
    }
    if (!rc && !outbound_host(o, host))
        rc = FAIL(cx, RC_INVALID, "url", "主机 {host} 不在允许主动访问的范围内，请安全管理员先在设置 outbound_hosts 或 outbound_addresses 中列入",
                  "host {host} is not on the allow-list: the security administrator lists it first", "host", host);
    if (!rc && plain_out)
        *plain_out = !strcmp(scheme, plain);
    curl_free(scheme);
    curl_free(host);
    curl_free(user);
    curl_free(fragment);
    curl_url_cleanup(u);
    return rc;
}

enum rc outbound_url(struct cx *cx, const struct outbound *o, const char *url, bool *plain)
{
    return check_url(cx, o, url, "https", "http", plain);
}

enum rc outbound_mail(struct cx *cx, const struct outbound *o, const char *url, bool *plain)
{
    return check_url(cx, o, url, "smtps", "smtp", plain);
}

bool outbound_listed(const struct outbound *o, const char *url)
{
    CURLU *u = curl_url();
    char *host = NULL;
    bool listed = o->addresses && u && !curl_url_set(u, CURLUPART_URL, url, 0) &&
                  !curl_url_get(u, CURLUPART_HOST, &host, 0) && address_in(o->addresses, host);
    curl_free(host);
    curl_url_cleanup(u);
    return listed;
}

static curl_socket_t open_socket(void *ctx, curlsocktype purpose, struct curl_sockaddr *to)
{
    struct outbound_guard *g = ctx;
    (void)purpose;
    if (!outbound_address(&g->allowed, &to->addr, g->plain)) {
        g->refused = true;
        return CURL_SOCKET_BAD;
    }
    return socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
}

void outbound_curl(void *easy, struct outbound_guard *g, const char *data_dir)
{
    char ca[4096];
    snprintf(ca, sizeof ca, "%s/outbound-ca.pem", data_dir);
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy, CURLOPT_PROXY, ""); /* a proxy would see the address instead of us */
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, 5000L);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, 15000L);
    curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, g);
    if (!access(ca, R_OK)) /* a private authority of the house, instead of the public ones */
        curl_easy_setopt(easy, CURLOPT_CAINFO, ca);
}
