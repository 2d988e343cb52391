/* SPDX-License-Identifier: Apache-2.0 */
/* The least that each service must say to be real: RTSP 1.0 (RFC 2326), HTTP/1.1 (RFC 9112), the
 * SSH version line (RFC 4253), SIP (RFC 3261). */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "street.h"

struct message {
    const char *start;   /* method, space, target, space, version */
    size_t start_len;
    const char *headers; /* after the first line, up to the blank line */
    size_t headers_len;
    size_t total;        /* with the body */
};

const char *talk_greeting(enum talk t)
{
    return t == TALK_SSH ? "SSH-2.0-Street_1.0\r\n" : NULL;
}

/* The n-th header of that name (or its short form); NULL when absent. Not NUL-terminated. */
static const char *header(const struct message *m, const char *name, const char *brief, int nth,
                          size_t *len)
{
    const char *p = m->headers, *end = p + m->headers_len;
    while (p < end) {
        const char *stop = memmem(p, (size_t)(end - p), "\r\n", 2);
        const char *colon = memchr(p, ':', (size_t)((stop ? stop : end) - p));
        if (!stop)
            stop = end;
        size_t n = colon ? (size_t)(colon - p) : 0;
        bool same = colon && ((n == strlen(name) && strncasecmp(p, name, n) == 0) ||
                              (brief && n == strlen(brief) && strncasecmp(p, brief, n) == 0));
        if (same && nth-- == 0) {
            for (colon++; colon < stop && (*colon == ' ' || *colon == '\t'); colon++)
                ;
            *len = (size_t)(stop - colon);
            return colon;
        }
        p = stop + 2;
    }
    return NULL;
}

static size_t body_length(const struct message *m)
{
    size_t len, n = 0;
    const char *v = header(m, "Content-Length", "l", 0, &len);
    for (size_t i = 0; v && i < len && v[i] >= '0' && v[i] <= '9' && n <= REQUEST; i++)
        n = n * 10 + (size_t)(v[i] - '0');
    return n;
}

/* 1 complete, 0 more bytes are needed, -1 it will never be one. */
static int read_message(const char *in, size_t n, bool udp, struct message *m)
{
    const char *line = memmem(in, n, "\r\n", 2), *end = memmem(in, n, "\r\n\r\n", 4);
    if (!end)
        return udp || n >= REQUEST ? -1 : 0;
    *m = (struct message){.start = in, .start_len = (size_t)(line - in)};
    if (end > line) {
        m->headers = line + 2;
        m->headers_len = (size_t)(end - m->headers);
    }
    size_t body = udp ? 0 : body_length(m);
    m->total = (size_t)(end - in) + 4 + body;
    if (m->total > REQUEST)
        return -1;
    return m->total <= n ? 1 : 0;
}

static bool method_is(const struct message *m, const char *word)
{
    size_t n = strlen(word);
    return m->start_len > n && strncmp(m->start, word, n) == 0 && m->start[n] == ' ';
}

static bool version_is(const struct message *m, const char *version)
{
    size_t n = strlen(version);
    return m->start_len > n && memcmp(m->start + m->start_len - n, version, n) == 0;
}

static void copy_header(struct buf *out, const struct message *m, const char *name,
                        const char *brief, int nth)
{
    size_t len;
    const char *v = header(m, name, brief, nth, &len);
    if (!v)
        return;
    buf_printf(out, "%s: ", name);
    buf_add(out, v, len);
    buf_text_add(out, "\r\n");
}

/* --- RTSP --- */

static void describe(const struct device *d, int port, const struct message *m, struct buf *out)
{
    char host[INET_ADDRSTRLEN], sdp[512];
    inet_ntop(AF_INET, &d->address, host, sizeof host);
    int n = snprintf(sdp, sizeof sdp,
                     "v=0\r\no=- 1 1 IN IP4 %s\r\ns=%s\r\nc=IN IP4 0.0.0.0\r\nt=0 0\r\n"
                     "a=control:*\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n"
                     "a=fmtp:96 packetization-mode=1\r\na=control:trackID=1\r\n",
                     host, d->no);
    buf_text_add(out, "RTSP/1.0 200 OK\r\n");
    copy_header(out, m, "CSeq", NULL, 0);
    buf_printf(out,
               "Content-Base: rtsp://%s:%d/\r\nContent-Type: application/sdp\r\n"
               "Content-Length: %d\r\n\r\n",
               host, port, n);
    buf_text_add(out, sdp);
}

static int rtsp(const struct device *d, int port, const struct message *m, struct buf *out)
{
    size_t len;
    if (!version_is(m, " RTSP/1.0") || !header(m, "CSeq", NULL, 0, &len)) {
        buf_text_add(out, "RTSP/1.0 400 Bad Request\r\n\r\n");
        return -1;
    }
    if (method_is(m, "DESCRIBE")) {
        describe(d, port, m, out);
        return 1;
    }
    bool options = method_is(m, "OPTIONS");
    buf_text_add(out, options ? "RTSP/1.0 200 OK\r\n" : "RTSP/1.0 405 Method Not Allowed\r\n");
    copy_header(out, m, "CSeq", NULL, 0);
    buf_printf(out, "%s: OPTIONS, DESCRIBE\r\n\r\n", options ? "Public" : "Allow");
    return 1;
}

/* --- HTTP --- */

static int http(const struct device *d, const struct message *m, struct buf *out)
{
    char page[512];
    bool head = method_is(m, "HEAD"), good = head || method_is(m, "GET");
    const char *status = good ? "200 OK" : "405 Method Not Allowed";
    if (!version_is(m, " HTTP/1.1") && !version_is(m, " HTTP/1.0"))
        status = "400 Bad Request";
    int n = snprintf(page, sizeof page,
                     "<!doctype html><meta charset=\"utf-8\"><title>%s</title><h1>%s</h1><p>%s\n",
                     d->no, d->name, d->kind);
    buf_printf(out,
               "HTTP/1.1 %s\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: %d\r\n"
               "%sConnection: close\r\n\r\n",
               status, n, good ? "" : "Allow: GET, HEAD\r\n");
    if (!head)
        buf_text_add(out, page);
    return -1;
}

/* --- SIP --- */

static void copy_to_with_tag(struct buf *out, const struct message *m)
{
    size_t len;
    const char *to = header(m, "To", "t", 0, &len);
    buf_text_add(out, "To: ");
    buf_add(out, to, len);
    if (!memmem(to, len, ";tag=", 5))
        buf_text_add(out, ";tag=street");
    buf_text_add(out, "\r\n");
}

static int sip(const struct message *m, struct buf *out)
{
    static const char *const must[][2] = {
        {"Via", "v"}, {"From", "f"}, {"To", "t"}, {"Call-ID", "i"}, {"CSeq", NULL}};
    size_t len;
    for (int i = 0; i < 5; i++)
        if (!header(m, must[i][0], must[i][1], 0, &len))
            return -1; /* nobody could match an answer */
    if (!version_is(m, " SIP/2.0"))
        return -1;
    if (method_is(m, "ACK"))
        return 1;
    bool options = method_is(m, "OPTIONS");
    buf_text_add(out, options ? "SIP/2.0 200 OK\r\n" : "SIP/2.0 405 Method Not Allowed\r\n");
    for (int i = 0; i < 10 && header(m, "Via", "v", i, &len); i++)
        copy_header(out, m, "Via", "v", i);
    copy_header(out, m, "From", "f", 0);
    copy_to_with_tag(out, m);
    copy_header(out, m, "Call-ID", "i", 0);
    copy_header(out, m, "CSeq", NULL, 0);
    buf_text_add(out, "Allow: OPTIONS, ACK\r\nAccept: application/sdp\r\nContent-Length: 0\r\n\r\n");
    return 1;
}

int talk_answer(enum talk t, const struct device *d, int port, const char *in, size_t n, bool udp,
                struct buf *out, bool *close_after)
{
    struct message m;
    *close_after = false;
    if (t == TALK_RAW || t == TALK_SSH)
        return (int)n; /* swallowed */
    int complete = read_message(in, n, udp, &m);
    if (complete <= 0)
        return complete;
    int keep = t == TALK_RTSP   ? rtsp(d, port, &m, out)
               : t == TALK_HTTP ? http(d, &m, out)
                                : sip(&m, out);
    *close_after = keep < 0;
    return (int)m.total;
}
