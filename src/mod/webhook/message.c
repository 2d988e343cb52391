/* SPDX-License-Identifier: Apache-2.0 */
/* Bodies and signatures. */
#include <jansson.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <string.h>

#include "base/buf.h"
#include "mod/webhook/webhook.h"

static void hmac(const char *key, const char *text, unsigned char out[32])
{
    unsigned int n = 32;
    HMAC(EVP_sha256(), key, (int)strlen(key), (const unsigned char *)text, strlen(text), out, &n);
}

static const char *hex(struct arena *a, const unsigned char sum[32])
{
    static const char digits[] = "0123456789abcdef";
    char *s = arena_alloc(a, 65);
    for (int i = 0; i < 32; i++) {
        s[2 * i] = digits[sum[i] >> 4];
        s[2 * i + 1] = digits[sum[i] & 15];
    }
    return s;
}

static const char *base64(struct arena *a, const unsigned char sum[32])
{
    unsigned char *s = arena_alloc(a, 48);
    EVP_EncodeBlock(s, sum, 32);
    return (const char *)s;
}

static const char *query_escaped(struct arena *a, const char *s)
{
    struct buf b = {0};
    for (; *s; s++)
        if (strchr("+/=", *s))
            buf_printf(&b, "%%%02X", (unsigned)(unsigned char)*s);
        else
            buf_char(&b, *s);
    const char *out = arena_strdup(a, buf_text(&b));
    buf_free(&b);
    return out;
}

static const char *with_query(struct arena *a, const char *url, const char *query)
{
    return arena_printf(a, "%s%c%s", url, strchr(url, '?') ? '&' : '?', query);
}

static const char *generic_body(struct arena *a, int64_t webhook_id, const struct news *n)
{
    struct buf b = {0};
    struct jw w = jw_on(&b);
    jw_object(&w);
    jw_kt(&w, "id", arena_printf(a, "%lld-%lld", (long long)webhook_id, (long long)n->feed));
    jw_ki(&w, "feed", n->feed);
    jw_kt(&w, "kind", n->kind);
    jw_ki(&w, "record_id", n->record_id);
    jw_kt(&w, "action", n->action);
    jw_ki(&w, "at", n->at);
    jw_key(&w, "anchor");
    jw_object(&w);
    jw_ki(&w, "feed", n->feed);
    jw_kt(&w, "hash", n->hash);
    jw_end_object(&w);
    jw_end_object(&w);
    const char *s = arena_strdup(a, buf_text(&b));
    buf_free(&b);
    return s;
}

/* {"msgtype":"text","text":{"content":"…"}}; Feishu names both otherwise and signs in the body. */
static const char *chat_body(struct arena *a, bool feishu, const char *text, const char *timestamp, const char *sign)
{
    struct buf b = {0};
    struct jw w = jw_on(&b);
    jw_object(&w);
    if (sign) {
        jw_kt(&w, "timestamp", timestamp);
        jw_kt(&w, "sign", sign);
    }
    jw_kt(&w, feishu ? "msg_type" : "msgtype", "text");
    jw_key(&w, feishu ? "content" : "text");
    jw_object(&w);
    jw_kt(&w, feishu ? "text" : "content", text);
    jw_end_object(&w);
    jw_end_object(&w);
    const char *s = arena_strdup(a, buf_text(&b));
    buf_free(&b);
    return s;
}

static void sign_generic(struct arena *a, const char *secret, int64_t webhook_id, const struct news *n, int64_t now,
                         struct message *m)
{
    unsigned char sum[32];
    hmac(secret, arena_printf(a, "%lld.%s", (long long)now, m->body), sum);
    m->header[1] = arena_printf(a, "X-Shouwang-Timestamp: %lld", (long long)now);
    m->header[2] = arena_printf(a, "X-Shouwang-Signature: v1=%s", hex(a, sum));
    m->header[3] = arena_printf(a, "X-Shouwang-Delivery: %lld-%lld", (long long)webhook_id, (long long)n->feed);
    m->header[4] = "X-Shouwang-Event: change";
}

void message_make(struct arena *a, const char *shape, const char *url, const char *secret, int64_t webhook_id,
                  const struct news *n, const char *text, int64_t now, struct message *out)
{
    unsigned char sum[32];
    bool has_secret = secret && *secret;
    *out = (struct message){.url = url, .header = {"Content-Type: application/json; charset=utf-8"}};
    if (!strcmp(shape, "wecom")) { /* the key of the group's robot is its only secret */
        out->body = chat_body(a, false, text, NULL, NULL);
        if (has_secret)
            out->url = with_query(a, url, arena_printf(a, "key=%s", query_escaped(a, secret)));
    } else if (!strcmp(shape, "dingtalk")) {
        const char *ms = arena_printf(a, "%lld", (long long)now * 1000);
        out->body = chat_body(a, false, text, NULL, NULL);
        if (has_secret) {
            hmac(secret, arena_printf(a, "%s\n%s", ms, secret), sum);
            out->url = with_query(a, url, arena_printf(a, "timestamp=%s&sign=%s", ms, query_escaped(a, base64(a, sum))));
        }
    } else if (!strcmp(shape, "feishu")) { /* here time and secret are the key, and nothing is hashed */
        const char *s = arena_printf(a, "%lld", (long long)now);
        if (has_secret)
            hmac(arena_printf(a, "%s\n%s", s, secret), "", sum);
        out->body = chat_body(a, true, text, s, has_secret ? base64(a, sum) : NULL);
    } else {
        out->body = generic_body(a, webhook_id, n);
        sign_generic(a, secret ? secret : "", webhook_id, n, now, out);
    }
}

const char *message_text(struct arena *a, const struct news *n)
{
    char at[INSTANT_TEXT];
    const struct kind *k = record_kind(n->kind);
    instant_minute_text((struct instant){n->at}, at);
    at[10] = ' ';
    return arena_printf(a, "【守望】%s %s #%lld %s", k ? k->label : n->kind, record_action_label(k, n->action),
                        (long long)n->record_id, at);
}

bool message_taken(const char *shape, const char *reply)
{
    if (!strcmp(shape, "generic"))
        return true;
    json_t *j = json_loads(reply, 0, NULL);
    const json_t *code = json_object_get(j, strcmp(shape, "feishu") ? "errcode" : "code");
    if (!code && !strcmp(shape, "feishu"))
        code = json_object_get(j, "StatusCode"); /* of older robots */
    bool taken = json_is_integer(code) && json_integer_value(code) == 0;
    json_decref(j);
    return taken;
}
