/* SPDX-License-Identifier: Apache-2.0 */
#include "journal/chain.h"

#include <errno.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"

const char chain_genesis[] = "0000000000000000000000000000000000000000000000000000000000000000";

/* Fetched once: an implicit fetch per row costs more than the hash of the row. */
static EVP_MD *digests[2];
static pthread_once_t fetched = PTHREAD_ONCE_INIT;

static void fetch(void)
{
    digests[CHAIN_SHA256] = EVP_MD_fetch(NULL, "SHA256", NULL);
    digests[CHAIN_SM3] = EVP_MD_fetch(NULL, "SM3", NULL);
    if (!digests[CHAIN_SHA256] || !digests[CHAIN_SM3])
        die("SHA-256 or SM3 is not available in this OpenSSL");
}

void chain_hash(enum chain_algorithm a, const char *text, size_t n, char out[CHAIN_HASH])
{
    static const char digits[] = "0123456789abcdef";
    unsigned char sum[EVP_MAX_MD_SIZE];
    unsigned int len = 0;
    pthread_once(&fetched, fetch);
    if (EVP_Digest(text, n, sum, &len, digests[a], NULL) != 1 || len != 32)
        die("a digest failed");
    char *s = out;
    if (a == CHAIN_SM3) {
        memcpy(s, "sm3:", 4);
        s += 4;
    }
    for (unsigned int i = 0; i < len; i++) {
        *s++ = digits[sum[i] >> 4];
        *s++ = digits[sum[i] & 15];
    }
    *s = '\0';
}

/* --- anchors --- */

static bool is_hash(const char *s, size_t n)
{
    if (n == 68 && !memcmp(s, "sm3:", 4)) {
        s += 4;
        n -= 4;
    }
    if (n != 64)
        return false;
    for (size_t i = 0; i < n; i++)
        if (!memchr("0123456789abcdef", s[i], 16))
            return false;
    return true;
}

static bool add(struct anchors *a, const char *feed, const char *hash, size_t n)
{
    char *end;
    errno = 0;
    long long no = strtoll(feed, &end, 10);
    if (end == feed || (*end != ':' && *end != ' ') || no < 1 || errno || !is_hash(hash, n))
        return false;
    if (a->n == a->cap) {
        a->cap = a->cap ? 2 * a->cap : 64;
        a->item = realloc(a->item, a->cap * sizeof *a->item);
        if (!a->item)
            die("out of memory: anchors");
    }
    struct anchor *one = &a->item[a->n++];
    one->feed = no;
    memcpy(one->hash, hash, n);
    one->hash[n] = '\0';
    return true;
}

bool anchors_add(struct anchors *a, const char *text)
{
    const char *colon = strchr(text, ':');
    return colon && add(a, text, colon + 1, strlen(colon + 1));
}

static void load_line(struct anchors *a, char *line)
{
    line[strcspn(line, "\r\n")] = '\0';
    char *hash = strrchr(line, ' ');
    if (!hash || hash == line)
        return;
    char *feed = hash;
    while (feed > line && feed[-1] != ' ')
        feed--;
    (void)add(a, feed, hash + 1, strlen(hash + 1)); /* a torn last line is no anchor */
}

enum rc anchors_load(struct anchors *a, const char *path, struct err *e)
{
    char line[512];
    FILE *f = fopen(path, "re");
    if (!f)
        return fail(e, errno == ENOENT ? RC_NOT_FOUND : RC_INTERNAL, "anchors", "读不到锚点文件 {path}：{why}",
                    "cannot read the anchor file {path}: {why}", "path", path, "why", strerror(errno), (const char *)NULL);
    while (fgets(line, sizeof line, f))
        load_line(a, line);
    fclose(f);
    return RC_OK;
}

void anchors_free(struct anchors *a)
{
    free(a->item);
    *a = (struct anchors){0};
}

static int by_feed(const void *x, const void *y)
{
    const struct anchor *a = x, *b = y;
    return (a->feed > b->feed) - (a->feed < b->feed);
}

/* --- checking --- */

void chain_begin(struct chain_check *c, struct anchors *anchors, bool partial)
{
    *c = (struct chain_check){.anchors = anchors, .partial = partial};
    memcpy(c->head, chain_genesis, sizeof chain_genesis);
    if (anchors && anchors->n)
        qsort(anchors->item, anchors->n, sizeof *anchors->item, by_feed);
}

static void fault(struct chain_check *c, enum fault what, int64_t from, int64_t to)
{
    if (c->n_faults < CHAIN_FAULTS)
        c->fault[c->n_faults] = (struct chain_fault){what, from, to};
    c->n_faults++;
}

/* A row that comes late was told as missing before: it is not. */
static void found_late(struct chain_check *c, int64_t feed)
{
    int64_t n = c->n_faults < CHAIN_FAULTS ? c->n_faults : CHAIN_FAULTS;
    for (int64_t i = 0; i < n; i++) {
        struct chain_fault *f = &c->fault[i];
        if (f->what != FAULT_MISSING || feed < f->from || feed > f->to)
            continue;
        if (f->from == f->to)
            *f = (struct chain_fault){FAULT_MOVED, feed, feed};
        else if (feed == f->from)
            f->from++;
        else
            f->to--;
        if (f->what == FAULT_MISSING)
            fault(c, FAULT_MOVED, feed, feed);
        return;
    }
    fault(c, FAULT_MOVED, feed, feed);
}

static const struct anchor *anchor_at(struct chain_check *c, int64_t feed)
{
    struct anchors *a = c->anchors;
    while (a && c->next_anchor < a->n && a->item[c->next_anchor].feed < feed)
        c->next_anchor++;
    return a && c->next_anchor < a->n && a->item[c->next_anchor].feed == feed
               ? &a->item[c->next_anchor]
               : NULL;
}

static void check_anchors(struct chain_check *c, int64_t feed, const char *hash)
{
    const struct anchor *a;
    while ((a = anchor_at(c, feed))) {
        if (strcmp(a->hash, hash))
            fault(c, FAULT_REWRITTEN, feed, feed);
        else
            c->confirmed = feed;
        c->next_anchor++;
    }
}

/* The row's place: false when it is out of order and only its own text can be checked. */
static bool take_place(struct chain_check *c, int64_t feed, const char *prev)
{
    int64_t due = c->last + 1;
    if (!c->last && c->partial && feed > 1) {
        c->first = feed;
        check_anchors(c, feed - 1, prev); /* the anchor of the copy before */
        c->loose = true;
    } else if (feed < due) {
        found_late(c, feed);
        return false;
    } else if (feed > due) {
        fault(c, FAULT_MISSING, due, feed - 1);
        c->loose = true;
    }
    if (!c->first)
        c->first = feed;
    return true;
}

void chain_row(struct chain_check *c, int64_t feed, const char *prev, const char *hash,
               const char *text, size_t n)
{
    char right[CHAIN_HASH];
    chain_hash(!strncmp(hash, "sm3:", 4) ? CHAIN_SM3 : CHAIN_SHA256, text, n, right);
    bool fits = !strcmp(right, hash);
    atomic_fetch_add(&c->rows, 1);
    if (!take_place(c, feed, prev)) {
        if (!fits)
            fault(c, FAULT_CHANGED, feed, feed);
        return;
    }
    bool follows = c->loose || !strcmp(prev, c->head);
    if (!fits)
        fault(c, follows ? FAULT_CHANGED : FAULT_MOVED, feed, feed);
    else if (!follows)
        fault(c, FAULT_REPLACED, feed - 1, feed - 1);
    check_anchors(c, feed, hash);
    c->loose = false;
    c->last = feed;
    snprintf(c->head, sizeof c->head, "%s", hash);
}

/* The digits before the comma, within the line; 0 when they are no row number. */
static int64_t feed_of(const char *s, const char *comma)
{
    int64_t feed = 0;
    if (!comma || comma - s > 18)
        return 0;
    for (; s < comma; s++) {
        if (*s < '0' || *s > '9')
            return 0;
        feed = 10 * feed + (*s - '0');
    }
    return feed;
}

void chain_line(struct chain_check *c, int64_t line_no, const char *line, size_t n)
{
    char hash[CHAIN_HASH], prev[CHAIN_HASH];
    const char *text = memchr(line, '[', n);
    const char *comma = text ? memchr(text, ',', n - (size_t)(text - line)) : NULL;
    size_t len = text ? (size_t)(text - line) : 0;
    int64_t feed = text ? feed_of(text + 1, comma) : 0;
    const char *quote = comma && n - (size_t)(comma - line) > 2 && comma[1] == '"' ? comma + 2 : NULL;
    const char *end = quote ? memchr(quote, '"', n - (size_t)(quote - line)) : NULL;
    if (len < 66 || memcmp(text - 2, "  ", 2) || !is_hash(line, len - 2) || feed < 1 || !end ||
        !is_hash(quote, (size_t)(end - quote))) {
        fault(c, FAULT_UNREADABLE, line_no, line_no);
        return;
    }
    memcpy(hash, line, len - 2);
    hash[len - 2] = '\0';
    memcpy(prev, quote, (size_t)(end - quote));
    prev[end - quote] = '\0';
    chain_row(c, feed, prev, hash, text, n - len);
}

void chain_end(struct chain_check *c)
{
    struct anchors *a = c->anchors;
    if (a && a->n && a->item[a->n - 1].feed > c->last)
        fault(c, FAULT_CUT, c->last + 1, a->item[a->n - 1].feed);
}

/* --- in words --- */

/* clang-format off */
static const struct { const char *word, *zh, *en; } words[] = {
    [FAULT_CHANGED]    = {"changed",    "日志第 {from} 行被改动", "journal row {from} was changed"},
    [FAULT_MOVED]      = {"moved",      "日志第 {from} 行被调换了位置", "journal row {from} was moved"},
    [FAULT_REPLACED]   = {"replaced",   "日志第 {from} 行被替换并重算过哈希", "journal row {from} was replaced and hashed anew"},
    [FAULT_MISSING]    = {"missing",    "日志第 {from} 至 {to} 行缺失", "journal rows {from} to {to} are missing"},
    [FAULT_CUT]        = {"cut",        "日志末尾被截断：第 {from} 至 {to} 行缺失", "the end of the journal was cut: rows {from} to {to} are missing"},
    [FAULT_REWRITTEN]  = {"rewritten",  "日志第 {from} 行与外部锚点不符，到此为止的行被整体重写", "journal row {from} differs from an anchor: the rows up to it were rewritten"},
    [FAULT_UNREADABLE] = {"unreadable", "副本第 {from} 行不是日志行", "line {from} of the copy is no journal row"},
};
/* clang-format on */

const char *chain_fault_word(enum fault f)
{
    return words[f].word;
}

void chain_fault_text(const struct chain_fault *f, struct err *out)
{
    char from[24], to[24];
    snprintf(from, sizeof from, "%lld", (long long)f->from);
    snprintf(to, sizeof to, "%lld", (long long)f->to);
    fail(out, RC_CONFLICT, "journal", words[f->what].zh, words[f->what].en, "from", from, "to", to,
         (const char *)NULL);
}

enum rc chain_result(const struct chain_check *c, struct err *e)
{
    if (!c->n_faults)
        return RC_OK;
    chain_fault_text(&c->fault[0], e);
    return RC_CONFLICT;
}
