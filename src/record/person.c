/* SPDX-License-Identifier: Apache-2.0 */
#include "record/person.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/secret.h"
#include "journal/journal.h"
#include "record/record_int.h"

#define KEY crypto_aead_xchacha20poly1305_ietf_KEYBYTES
#define NONCE crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
#define TAG crypto_aead_xchacha20poly1305_ietf_ABYTES
#define GONE "已销毁"

/* Values of persons that everybody who may read the record sees, and so are no PERSON fields. `of`: the
 * REF field to the user whose value it is; NULL = the record's own. */
static const struct more {
    const char *kind, *field, *of;
} more[] = {{"user", "name", NULL},
            {"work_order", "reporter_name", NULL},
            {"account_request", "person_name", NULL},
            {"work_order_step", "actor_name", "actor_id"},
            {"notice_setting", "email", "account_id"}};
#define N_MORE (sizeof more / sizeof *more)

static const struct more *more_of(const struct kind *k, const struct field *f)
{
    for (size_t i = 0; i < N_MORE; i++)
        if (!strcmp(more[i].kind, k->name) && !strcmp(more[i].field, f->name))
            return &more[i];
    return NULL;
}

bool person_field(const struct kind *k, const struct field *f)
{
    return (f->flags & PERSON) != 0 || more_of(k, f) != NULL;
}

struct subject {
    const char *kind;
    int64_t id;
};

static struct subject subject_of(const struct row *row, const struct field *f)
{
    const struct more *m = more_of(row->kind, f);
    int of = m && m->of ? field_index(row->kind, m->of) : -1;
    if (of >= 0 && !row->v[of].null)
        return (struct subject){row->kind->fields[of].ref, row->v[of].i};
    return (struct subject){row->kind->name, row->id};
}

/* --- keys --- */

struct key {
    int64_t id; /* 0: there is none */
    bool usable;
    unsigned char bytes[KEY];
};

static enum rc open_key(struct cx *cx, const struct db_rows *r, struct key *out)
{
    const char *hex;
    out->id = db_int(r, 0);
    if (db_null(r, 1))
        return RC_OK; /* destroyed */
    enum rc rc = secret_open(cx->data_dir, cx->a, "person", db_text(r, 1), &hex, &cx->err);
    if (!rc)
        out->usable = !sodium_hex2bin(out->bytes, KEY, hex, strlen(hex), NULL, NULL, NULL);
    return rc;
}

static enum rc find_key(struct cx *cx, const char *sql, const struct bind *b, struct key *out)
{
    struct db_rows *r;
    *out = (struct key){0};
    enum rc rc = cx_db(cx, db_query(cx->db, sql, b, &r));
    if (rc)
        return rc;
    if (db_next(r))
        rc = open_key(cx, r, out);
    enum rc end = db_end(r);
    return rc ? rc : cx_db(cx, end);
}

/* A record whose key was destroyed gets another; what the first sealed stays closed. */
static enum rc make_key(struct cx *cx, struct subject of, struct key *out)
{
    char hex[2 * KEY + 1];
    const char *sealed;
    randombytes_buf(out->bytes, KEY);
    sodium_bin2hex(hex, sizeof hex, out->bytes, KEY);
    enum rc rc = secret_seal(cx->data_dir, cx->a, "person", hex, &sealed, &cx->err);
    sodium_memzero(hex, sizeof hex);
    if (!rc)
        rc = cx_db(cx, db_int_of(cx->db,
                                 "INSERT INTO person_key (kind, record_id, key, created_at)"
                                 " VALUES (:kind, :id, :key, :now) ON CONFLICT (kind, record_id)"
                                 " DO UPDATE SET key = excluded.key, created_at = excluded.created_at RETURNING id",
                                 BINDS(B_TEXT("kind", of.kind), B_INT("id", of.id), B_TEXT("key", sealed),
                                       B_INT("now", cx->now.ms)),
                                 &out->id));
    out->usable = !rc;
    return rc;
}

/* --- values --- */

enum rc person_seal(struct cx *cx, const struct row *row, const struct field *f, const char *json, struct jw *w)
{
    struct key key;
    struct subject of = subject_of(row, f);
    size_t n = strlen(json);
    unsigned long long len = 0;
    enum rc rc = find_key(cx, "SELECT id, key FROM person_key WHERE kind = :kind AND record_id = :id",
                          BINDS(B_TEXT("kind", of.kind), B_INT("id", of.id)), &key);
    if (!rc && !key.usable)
        rc = make_key(cx, of, &key);
    if (rc)
        return rc;
    unsigned char *raw = arena_alloc(cx->a, NONCE + n + TAG);
    randombytes_buf(raw, NONCE);
    crypto_aead_xchacha20poly1305_ietf_encrypt(raw + NONCE, &len, (const unsigned char *)json, n, NULL, 0, NULL, raw,
                                               key.bytes);
    sodium_memzero(key.bytes, KEY);
    size_t room = sodium_base64_encoded_len(NONCE + n + TAG, sodium_base64_VARIANT_ORIGINAL);
    char *base64 = arena_alloc(cx->a, room);
    sodium_bin2base64(base64, room, raw, NONCE + (size_t)len, sodium_base64_VARIANT_ORIGINAL);
    jw_object(w);
    jw_kt(w, "sealed", arena_printf(cx->a, "%lld:%s", (long long)key.id, base64));
    jw_end_object(w);
    return RC_OK;
}

static const char *open_value(struct cx *cx, const char *sealed)
{
    struct key key;
    char *colon;
    size_t n = 0, room = strlen(sealed);
    unsigned long long len = 0;
    long long id = strtoll(sealed, &colon, 10);
    unsigned char *raw = arena_alloc(cx->a, room + 1), *text = arena_alloc(cx->a, room + 1);
    if (*colon != ':' ||
        sodium_base642bin(raw, room, colon + 1, strlen(colon + 1), NULL, &n, NULL, sodium_base64_VARIANT_ORIGINAL) ||
        n < NONCE + TAG)
        return NULL;
    if (find_key(cx, "SELECT id, key FROM person_key WHERE id = :id", BINDS(B_INT("id", id)), &key))
        return "\"打不开：密钥文件不可用\"";
    if (!key.usable)
        return NULL;
    int bad = crypto_aead_xchacha20poly1305_ietf_decrypt(text, &len, NULL, raw + NONCE, n - NONCE, NULL, 0, raw, key.bytes);
    sodium_memzero(key.bytes, KEY);
    text[bad ? 0 : len] = '\0';
    return bad ? NULL : (const char *)text;
}

json_t *person_side(struct cx *cx, json_t *side)
{
    const char *sealed = json_string_value(json_object_get(side, "sealed"));
    if (!sealed)
        return side ? json_incref(side) : json_null();
    const char *text = open_value(cx, sealed);
    json_t *v = text ? json_loads(text, JSON_DECODE_ANY, NULL) : NULL;
    return v ? v : json_string(GONE);
}

/* --- erasing --- */

/* Whether there was one. */
static bool empty_value(const struct kind *k, const struct field *f, struct value *v)
{
    if (!person_field(k, f) || v->null)
        return false;
    *v = f->flags & REQ ? (struct value){.s = GONE} : (struct value){.null = true};
    return true;
}

/* The child rows with copies of their values, so that the old row stays what it was. */
static bool empty_rows(struct cx *cx, const struct kind *k, const struct field *f, struct value *v)
{
    bool any = false;
    int n = f->rows->n_fields;
    struct child *rows = ARENA_NEW(cx->a, struct child, (size_t)v->i);
    for (int r = 0; r < (int)v->i; r++) {
        rows[r] = v->rows[r];
        rows[r].v = ARENA_NEW(cx->a, struct value, (size_t)n);
        memcpy(rows[r].v, v->rows[r].v, sizeof *rows[r].v * (size_t)n);
        for (int i = 0; i < n; i++)
            any = empty_value(k, &f->rows->fields[i], &rows[r].v[i]) || any;
    }
    v->rows = rows;
    return any;
}

static struct row *without_person(struct cx *cx, const struct row *old, bool *any)
{
    struct row *row = record_copy(cx, old);
    *any = false;
    for (int i = 0; i < row->kind->n_fields; i++) {
        const struct field *f = &row->kind->fields[i];
        bool had = f->type == F_ROWS ? row->v[i].i && empty_rows(cx, row->kind, f, &row->v[i])
                                     : empty_value(row->kind, f, &row->v[i]);
        *any = had || *any;
    }
    return row;
}

static const char *reason_json(struct cx *cx, const char *reason)
{
    struct buf b = {0};
    struct jw w = jw_on(&b);
    jw_object(&w);
    jw_key(&w, "reason");
    jw_array(&w);
    jw_null(&w);
    jw_text(&w, reason);
    jw_end_array(&w);
    jw_end_object(&w);
    const char *s = arena_strdup(cx->a, buf_text(&b));
    buf_free(&b);
    return s;
}

/* The values that other records keep of this one: who did a step. They change without a line of their
 * own in the journal, which would need the key; the line of the erasure stands for them. */
static enum rc empty_elsewhere(struct cx *cx, const struct kind *of, int64_t id)
{
    enum rc rc = RC_OK;
    for (size_t i = 0; i < N_MORE && !rc; i++) {
        const struct kind *k = more[i].of ? record_kind(more[i].kind) : NULL;
        int ref = k ? field_index(k, more[i].of) : -1, f = k ? field_index(k, more[i].field) : -1;
        if (ref < 0 || f < 0 || strcmp(k->fields[ref].ref, of->name) != 0)
            continue;
        const char *sql = arena_printf(cx->a, "UPDATE %s SET %s = :gone, rev = rev + 1, updated_at = :now WHERE %s = :id"
                                              " AND %s IS NOT NULL", kind_table(k), more[i].field, more[i].of, more[i].field);
        rc = cx_db(cx, db_run(cx->db, sql, BINDS(k->fields[f].flags & REQ ? B_TEXT("gone", GONE) : B_NULL("gone"),
                                                 B_INT("now", cx->now.ms), B_INT("id", id)), NULL));
    }
    return rc;
}

static enum rc erase(struct cx *cx, const struct kind *k, int64_t id, const char *reason)
{
    struct row *old, *row;
    bool any;
    enum rc rc = record_load(cx, k, id, &old);
    if (rc)
        return rc;
    row = without_person(cx, old, &any);
    if (any && !old->retired)
        rc = record_update(cx, old, row, "update");
    if (!rc)
        rc = empty_elsewhere(cx, k, id);
    if (!rc)
        rc = search_forget(cx, k);
    if (!rc)
        rc = journal_add(cx, k->name, id, "erase", reason_json(cx, reason), "ok");
    if (!rc) /* last: the update above has sealed what it took out with it */
        rc = cx_db(cx, db_run(cx->db,
                              "UPDATE person_key SET key = NULL, destroyed_at = :now WHERE kind = :kind AND record_id = :id",
                              BINDS(B_INT("now", cx->now.ms), B_TEXT("kind", k->name), B_INT("id", id)), NULL));
    return rc;
}

enum rc person_erase(struct cx *cx, const struct kind *k, int64_t id, const char *reason)
{
    if (!cx_may(cx, "person.erase"))
        return FAIL(cx, RC_DENIED, NULL, "您没有销毁个人信息的权限", "you may not erase personal data");
    if (!reason || strlen(reason) < 4 || strlen(reason) > 600)
        return FAIL(cx, RC_INVALID, "reason", "请写明销毁的理由（2 至 200 字）", "the reason is required, 2 to 200 characters");
    enum rc rc = cx_db(cx, db_begin(cx->db));
    if (rc)
        return rc;
    rc = erase(cx, k, id, reason);
    if (!rc)
        rc = cx_db(cx, db_commit(cx->db));
    if (rc)
        db_rollback(cx->db);
    else
        db_forget(cx->db);
    return rc;
}
