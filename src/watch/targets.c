/* SPDX-License-Identifier: Apache-2.0 */
#include "watch/targets.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/address.h"
#include "base/log.h"

static const char separators[] = ", ;\t\r\n";

void target_list_free(struct target_list *l)
{
    free(l->specs);
    free(l->links);
    *l = (struct target_list){0};
}

int target_order(int64_t asset_a, const char *check_a, int64_t asset_b, const char *check_b)
{
    if (asset_a != asset_b)
        return asset_a < asset_b ? -1 : 1;
    return strcmp(check_a, check_b);
}

static int by_key(const void *a, const void *b)
{
    const struct target_spec *x = a, *y = b;
    return target_order(x->asset_id, x->check, y->asset_id, y->check);
}

static int by_asset(const void *a, const void *b)
{
    const struct uplink *x = a, *y = b;
    if (x->asset_id != y->asset_id)
        return x->asset_id < y->asset_id ? -1 : 1;
    return (x->up_id > y->up_id) - (x->up_id < y->up_id);
}

static void *room(void *old, size_t n, size_t *cap, size_t size)
{
    if (n < *cap)
        return old;
    *cap = *cap ? *cap * 2 : 256;
    void *p = reallocarray(old, *cap, size);
    if (!p)
        die("out of memory");
    return p;
}

static void understand(struct target_spec *s)
{
    unsigned port = 0;
    if (strcmp(s->check, "icmp") == 0) {
        s->kind = PROBE_ICMP;
    } else if (strncmp(s->check, "tcp:", 4) == 0) {
        size_t digits = strspn(s->check + 4, "0123456789");
        if (digits > 0 && digits <= 5 && !s->check[4 + digits])
            port = (unsigned)strtoul(s->check + 4, NULL, 10);
        s->kind = PROBE_TCP;
        if (port < 1 || port > 65535)
            s->fault = "wrong port";
    } else {
        s->fault = "unsupported check";
    }
    if (!s->fault && !probe_address_of(s->address, (uint16_t)port, &s->to))
        s->fault = "address is not a numeric IP address";
}

static bool host_loopback(const struct target_spec *s)
{
    return s->to.any.sa_family == AF_INET && ntohl(s->to.v4.sin_addr.s_addr) >> 24 == 127;
}

static int without_loopback_icmp(struct target_spec *s, int n)
{
    bool other = false;
    for (int i = 0; i < n; i++)
        other |= !s[i].fault && s[i].kind != PROBE_ICMP;
    for (int i = 0; other && i < n; i++) {
        if (!s[i].fault && s[i].kind == PROBE_ICMP && host_loopback(&s[i])) {
            memmove(s + i, s + i + 1, sizeof *s * (size_t)(n - i - 1));
            return n - 1;
        }
    }
    return n;
}

static bool already(const struct target_spec *s, int n)
{
    for (int i = 0; i < n; i++)
        if (strcmp(s[i].check, s[n].check) == 0)
            return true;
    return false;
}

int targets_of(int64_t asset_id, const char *address, const char *checks,
               struct target_spec out[CHECKS_PER_ASSET])
{
    int n = 0;
    for (const char *p = checks; *p && n < CHECKS_PER_ASSET;) {
        p += strspn(p, separators);
        size_t len = strcspn(p, separators);
        if (len == 0)
            break;
        struct target_spec *s = &out[n];
        *s = (struct target_spec){.asset_id = asset_id};
        for (size_t i = 0; i < len && i < sizeof s->check - 1; i++)
            s->check[i] = (char)(p[i] >= 'A' && p[i] <= 'Z' ? p[i] + 32 : p[i]);
        snprintf(s->address, sizeof s->address, "%s", address);
        understand(s);
        if (!already(out, n))
            n++;
        p += len;
    }
    return without_loopback_icmp(out, n);
}

/* Where the security administrator lets us look; NULL = nowhere. The caller frees it. */
static enum rc read_ranges(struct db *db, char **out)
{
    struct db_rows *r;
    *out = NULL;
    enum rc rc = db_query(db, "SELECT ranges FROM watch_range_v", NO_BINDS, &r);
    if (rc)
        return rc;
    if (db_next(r) && !db_null(r, 0) && !(*out = strdup(db_text(r, 0))))
        die("out of memory");
    return db_end(r);
}

static enum rc read_targets(struct db *db, const char *ranges, struct target_list *l)
{
    struct db_rows *r;
    enum rc rc = db_query(db, "SELECT asset_id, address, checks FROM watch_target_v"
                              " ORDER BY asset_id", NO_BINDS, &r);
    if (rc)
        return rc;
    while (db_next(r)) {
        struct target_spec found[CHECKS_PER_ASSET];
        const char *address = db_text(r, 1), *checks = db_text(r, 2);
        if (!address || !checks)
            continue;
        int n = targets_of(db_int(r, 0), address, checks, found);
        for (int i = 0; i < n && l->n < MAX_TARGETS; i++) {
            if (!found[i].fault && !(ranges && address_in(ranges, address)))
                found[i].fault = "address is not in probe_addresses";
            l->specs = room(l->specs, l->n, &l->cap, sizeof *l->specs);
            l->specs[l->n++] = found[i];
        }
    }
    return db_end(r);
}

static enum rc read_uplinks(struct db *db, struct target_list *l)
{
    struct db_rows *r;
    enum rc rc = db_query(db, "SELECT asset_id, up_id FROM watch_uplink_v"
                              " ORDER BY asset_id, up_id", NO_BINDS, &r);
    if (rc)
        return rc;
    while (db_next(r)) {
        if (l->n_links >= MAX_TARGETS)
            continue;
        l->links = room(l->links, l->n_links, &l->cap_links, sizeof *l->links);
        l->links[l->n_links++] = (struct uplink){db_int(r, 0), db_int(r, 1)};
    }
    return db_end(r);
}

static void drop_twins(struct target_list *l)
{
    size_t kept = 0;
    for (size_t i = 0; i < l->n; i++)
        if (kept == 0 || by_key(&l->specs[kept - 1], &l->specs[i]) != 0)
            l->specs[kept++] = l->specs[i];
    l->n = kept;
}

enum rc targets_read(struct db *business, struct target_list *out)
{
    *out = (struct target_list){0};
    char *ranges;
    enum rc rc = read_ranges(business, &ranges);
    if (!rc)
        rc = read_targets(business, ranges, out);
    free(ranges);
    if (!rc)
        rc = read_uplinks(business, out);
    if (rc) {
        target_list_free(out);
        return rc;
    }
    if (out->n)
        qsort(out->specs, out->n, sizeof *out->specs, by_key);
    if (out->n_links)
        qsort(out->links, out->n_links, sizeof *out->links, by_asset);
    drop_twins(out);
    return RC_OK;
}
