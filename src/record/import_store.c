/* SPDX-License-Identifier: Apache-2.0 */
/* Which stored record each row of a chunk is, and what of it is new, changed or as before. */
#include <stdio.h>
#include <string.h>

#include "journal/journal.h"
#include "record/import_int.h"

struct identity { /* one way to know a record again: all its fields */
    int field[6];
    int n;
};

static int identities(const struct kind *k, struct identity out[4])
{
    int n = 0;
    for (const char *s = k->identity; *s && n < 4; n++) {
        size_t len = strcspn(s, "|");
        out[n] = (struct identity){0};
        for (size_t at = 0; at < len && out[n].n < 6;) {
            size_t part = strcspn(s + at, "|+");
            char name[64];
            snprintf(name, sizeof name, "%.*s", (int)part, s + at);
            out[n].field[out[n].n++] = field_index(k, name);
            at += part + (s[at + part] == '+');
        }
        s += len + (s[len] == '|');
    }
    return n;
}

/* Equal for rows that are the same record; NULL when a field of it is missing. */
static const char *key_of(struct cx *cx, const struct identity *id, int which, const struct row *row)
{
    char number[24], *key;
    const char *parts[6];
    size_t n = 2;
    int count = 0;
    for (int i = 0; i < id->n; i++, count++) {
        const struct field *f = &row->kind->fields[id->field[i]];
        const struct value *v = &row->v[id->field[i]];
        if (v->null)
            return NULL;
        parts[i] = v->s;
        if (*field_token(f) != 'T') {
            snprintf(number, sizeof number, "%lld", (long long)v->i);
            parts[i] = id->n > 1 ? arena_strdup(cx->a, number) : number;
        }
        n += strlen(parts[i]) + 1;
    }
    char *p = key = arena_alloc(cx->a, n);
    *p++ = which ? '1' : '0';
    for (int i = 0; i < count; i++) {
        size_t len = strlen(parts[i]);
        *p++ = '\x1f';
        memcpy(p, parts[i], len);
        p += len;
    }
    return key;
}

/* --- what is stored --- */

static bool prefer(const struct row *now, const struct row *before)
{
    return !before || (before->retired && !now->retired);
}

/* The stored records of all rows known by this identity: one query by its last field, the others
 * compared here. */
static enum rc load_old(struct run *r, const struct identity *id, int which, const struct dict *items)
{
    struct cx *cx = &r->one;
    int last = id->field[id->n - 1];
    const struct field *f = &r->k->fields[last];
    struct bind b[CHUNK_ROWS + 1];
    struct buf sql = {0};
    struct db_rows *rows;
    int n = 0;
    buf_printf(&sql, "SELECT %s FROM %s_v WHERE %s IN (", row_columns(cx, r->k), r->k->name, f->name);
    buf_text_add(&sql, r->slots);
    for (int i = 0; i < CHUNK_ROWS; i++) {
        struct item *it = i < r->n_items ? &r->items[i] : NULL;
        bool mine = it && it->key && (*it->key == '1') == which;
        b[i] = mine ? value_bind(r->slot[i], f, &it->row->v[last], 0) : B_NULL(r->slot[i]);
        n += mine;
    }
    b[CHUNK_ROWS] = B_END;
    /* what is unique for ever is also looked for among the retired */
    bool for_ever = id->n == 1 && (f->flags & UNIQUE) && !(f->flags & REUSE);
    buf_printf(&sql, ")%s ORDER BY id", for_ever ? "" : " AND retired_at IS NULL");
    const char *text = arena_strdup(cx->a, buf_text(&sql));
    buf_free(&sql);
    enum rc rc = n ? cx_db(cx, db_query(cx->db, text, b, &rows)) : RC_OK;
    if (rc || !n)
        return rc;
    while (db_next(rows)) {
        struct row *old = row_read(cx, r->k, rows);
        const char *key = key_of(cx, id, which, old);
        const int64_t *at = key ? dict_get(items, key) : NULL;
        struct item *it = at ? &r->items[*at] : NULL;
        if (it)
            it->several = it->several || (it->old && !it->old->retired && !old->retired);
        if (it && prefer(old, it->old))
            it->old = old;
    }
    return cx_db(cx, db_end(rows));
}

static void drop(struct item *it)
{
    it->key = NULL;
}

/* The column is the last one of the identity: the number, the serial number. */
static void note_twice(struct run *r, struct item *it, const struct identity *id, int64_t first)
{
    char row[16];
    const struct field *f = &r->k->fields[id->field[id->n - 1]];
    snprintf(row, sizeof row, "%d", (int)first);
    (void)FAIL(&r->one, RC_CONFLICT, NULL, "与第 {first} 行重复（{label}相同），请删去其中一行",
               "the same {name} as row {first}; delete one of them", "first", row, "label", f->label, "name", f->name);
    note_error(r, it->number, f);
    drop(it);
}

/* The same identity, of a row that is known by another one. */
static const char *borne(struct run *r, const char *key)
{
    char *out = arena_strdup(r->one.a, key);
    *out = (char)(*out - '0' + 'a');
    return out;
}

/* A row that has a number bears its class and serial number, too; a row that has only these is then the same
 * record. The row before, 0 = none; *which: what they share. */
static int64_t same_otherwise(struct run *r, const struct identity *ids, int n, const struct item *it, int *which)
{
    *which = *it->key - '0';
    const int64_t *at = *which ? dict_get(&r->seen, borne(r, it->key)) : NULL;
    while (!at && ++*which < n) {
        const char *key = key_of(&r->one, &ids[*which], *which, it->row);
        bool fresh = false;
        at = key ? dict_get(&r->seen, key) : NULL;
        int64_t *row = key && !at ? dict_put(&r->seen, borne(r, key), &fresh) : NULL;
        if (fresh)
            *row = it->number;
    }
    return at ? *at : 0;
}

/* Two stored records bear what the row is known by: a guess would change the wrong one. */
static void note_several(struct run *r, struct item *it, const struct identity *id)
{
    const struct field *f = &r->k->fields[id->field[id->n - 1]];
    (void)FAIL(&r->one, RC_CONFLICT, NULL, "台账里有几条{kind}的{label}都是这个，请填上编号",
               "several {en} bear this {name}; give the number", "kind", r->k->label, "label", f->label, "en", r->k->label_en,
               "name", f->name);
    note_error(r, it->number, f);
    drop(it);
}

static enum rc identify(struct run *r)
{
    struct identity ids[4] = {0};
    struct dict items = {.a = r->one.a};
    int n = identities(r->k, ids);
    bool fresh;
    for (int i = 0; i < r->n_items; i++) {
        struct item *it = &r->items[i];
        for (int w = 0; w < n && !it->key; w++)
            it->key = key_of(&r->one, &ids[w], w, it->row);
        if (!it->key) {
            (void)FAIL(&r->one, RC_INVALID, NULL, "没有可识别的编号（资产编号，或类别加序列号）",
                       "no identity: asset number, or class and serial number");
            note_error(r, it->number, &r->k->fields[ids[0].field[0]]);
            continue;
        }
        int which = *it->key - '0';
        int64_t *at = dict_put(&r->seen, it->key, &fresh), first = fresh ? 0 : *at;
        if (fresh) {
            *at = it->number;
            first = same_otherwise(r, ids, n, it, &which);
        }
        if (first)
            note_twice(r, it, &ids[which], first);
        else
            *dict_put(&items, it->key, NULL) = i;
    }
    enum rc rc = RC_OK;
    for (int w = 0; w < n && !rc; w++)
        rc = load_old(r, &ids[w], w, &items);
    for (int i = 0; i < r->n_items && !rc; i++)
        if (r->items[i].key && r->items[i].several)
            note_several(r, &r->items[i], &ids[*r->items[i].key - '0']);
    return rc;
}

/* --- what the row would be --- */

enum rc may_revive(struct run *r, const struct row *old)
{
    struct cx *cx = &r->one;
    int64_t undone = 0;
    enum rc rc = db_int_of(cx->db,
                           "SELECT CASE WHEN action = 'import_undo' THEN 1 ELSE 0 END FROM journal"
                           " WHERE kind = :kind AND record_id = :id AND action IN ('import_undo', 'retire')"
                           " ORDER BY id DESC LIMIT 1",
                           BINDS(B_TEXT("kind", old->kind->name), B_INT("id", old->id)), &undone);
    if (rc && rc != RC_NOT_FOUND)
        return cx_db(cx, rc);
    if (undone)
        return RC_OK;
    const struct field *f = &old->kind->fields[old->kind->label_field];
    return FAIL(cx, RC_CONFLICT, NULL, "这个编号或名称属于一条已停用的{kind}（{name}），请换一个",
                "it belongs to a retired {en}; choose another", "kind", old->kind->label, "name",
                value_text(cx, f, &old->v[old->kind->label_field], ""), "en", old->kind->label_en);
}

/* Sealed anew each time, the same secret looks different. */
static bool same_secret(struct cx *cx, const struct row *a, const struct row *b, int i)
{
    const char *x = NULL, *y = NULL;
    if (a->kind->fields[i].type != F_SECRET || a->v[i].null || b->v[i].null)
        return false;
    return !row_secret(cx, a, i, &x) && !row_secret(cx, b, i, &y) && !strcmp(x, y);
}

static struct row *merged(struct run *r, const struct item *it)
{
    struct row *row = record_copy(&r->one, it->old);
    for (int i = 0; i < r->k->n_fields; i++)
        if (it->given[i] && same_secret(&r->one, it->old, it->row, i))
            continue;
        else if (it->given[i])
            row->v[i] = it->row->v[i];
        else if (it->revived && !(r->k->fields[i].flags & RO))
            row->v[i] = it->row->v[i]; /* its initial value */
    return row;
}

static enum rc check_fields(struct run *r, const struct item *it)
{
    struct cx *cx = &r->one;
    for (int i = 0; i < r->k->n_fields; i++) {
        const struct field *f = &r->k->fields[i];
        const struct value *v = &it->row->v[i];
        if (f->flags & RO)
            continue;
        if (v->null && (f->flags & REQ))
            return value_check(cx, f, v);
        if (it->old && !it->revived && (f->flags & ONCE) && !value_same(f, &it->old->v[i], v))
            return FAIL(cx, RC_INVALID, f->name, "“{label}”建立后不能修改", "{field} is fixed after creation",
                        "label", f->label, "field", f->name);
    }
    return RC_OK;
}

static enum rc check_scope(struct run *r, const struct item *it)
{
    if (row_in_scope(r->cx, it->row, r->scopes) && (!it->old || row_in_scope(r->cx, it->old, r->scopes)))
        return RC_OK;
    return FAIL(&r->one, RC_DENIED, NULL, "这条记录不在您的导入权限范围内", "outside what you may import");
}

static enum rc settle(struct run *r, struct item *it)
{
    enum rc rc = it->old && it->old->retired ? may_revive(r, it->old) : RC_OK;
    it->revived = it->old && it->old->retired;
    if (!rc && it->old)
        it->row = merged(r, it);
    if (!rc)
        rc = import_missing(r, it);
    if (!rc)
        rc = check_fields(r, it);
    if (!rc)
        rc = check_scope(r, it);
    if (!rc && r->k->check)
        rc = r->k->check(&r->one, it->revived ? NULL : it->old, it->row);
    return rc;
}

/* --- storing --- */

static const char *insert_sql(struct cx *cx, const struct kind *k)
{
    struct buf sql = {0}, values = {0};
    buf_printf(&sql, "INSERT INTO %s (rev, created_at, created_by, updated_at", kind_table(k));
    buf_text_add(&values, "1, :now, :by, :now");
    for (int i = 0; i < k->n_fields; i++)
        for (int c = 0; c < field_columns(&k->fields[i]); c++) {
            buf_printf(&sql, ", %s%s", k->fields[i].name, column_suffix(&k->fields[i], c));
            buf_printf(&values, ", :%s%s", k->fields[i].name, column_suffix(&k->fields[i], c));
        }
    buf_printf(&sql, ") VALUES (%s) RETURNING id", buf_text(&values));
    const char *text = arena_strdup(cx->a, buf_text(&sql));
    buf_free(&sql);
    buf_free(&values);
    return text;
}

/* first: the binds of an earlier row, whose names are taken. */
static void insert_binds(struct cx *cx, const struct row *row, const struct bind *first, struct bind *at)
{
    const struct kind *k = row->kind;
    const struct bind *begin = at;
    *at++ = B_INT("now", cx->now.ms);
    *at++ = cx->actor.user_id ? B_INT("by", cx->actor.user_id) : B_NULL("by");
    for (int f = 0; f < k->n_fields; f++)
        for (int c = 0; c < field_columns(&k->fields[f]); c++, at++) {
            const char *name = first ? first[at - begin].name
                                     : arena_printf(cx->a, "%s%s", k->fields[f].name, column_suffix(&k->fields[f], c));
            *at = value_bind(name, &k->fields[f], &row->v[f], c);
        }
}

enum rc record_insert_many(struct cx *cx, struct row **rows, int n, const char *action)
{
    if (n == 0)
        return RC_OK;
    const struct kind *k = rows[0]->kind;
    int per = 2, changes;
    for (int f = 0; f < k->n_fields; f++)
        per += field_columns(&k->fields[f]);
    struct bind *b = ARENA_NEW(cx->a, struct bind, per * n);
    int64_t *ids = ARENA_NEW(cx->a, int64_t, n);
    struct journal_line *lines = ARENA_NEW(cx->a, struct journal_line, n);
    for (int i = 0; i < n; i++)
        insert_binds(cx, rows[i], i ? b : NULL, b + (ptrdiff_t)i * per);
    enum rc rc = db_run_many(cx->db, insert_sql(cx, k), b, per, n, ids);
    if (rc)
        return row_explain(cx, rows[0], rc);
    for (int i = 0; i < n; i++) {
        rows[i]->id = ids[i];
        rows[i]->rev = 1;
        rows[i]->created_at = rows[i]->updated_at = cx->now;
        rows[i]->created_by = cx->actor.user_id;
        if ((rc = tree_store(cx, NULL, rows[i])))
            return rc;
        lines[i] = (struct journal_line){ids[i], action, row_diff(cx, NULL, rows[i], &changes)};
    }
    return journal_add_many(cx, k->name, lines, n);
}

static bool same_row(const struct row *a, const struct row *b)
{
    for (int i = 0; i < a->kind->n_fields; i++)
        if (!value_same(&a->kind->fields[i], &a->v[i], &b->v[i]))
            return false;
    return true;
}

static void preview(struct run *r, const struct item *it)
{
    struct jw w = jw_on(&r->preview);
    const struct kind *k = r->k;
    if (r->n_preview++ >= PREVIEW_MAX)
        return;
    if (r->preview.len)
        buf_char(&r->preview, ',');
    jw_object(&w);
    jw_ki(&w, "row", it->number);
    jw_ki(&w, "id", it->old->id);
    jw_kt(&w, "label", value_text(&r->one, &k->fields[k->label_field], &it->row->v[k->label_field], ""));
    jw_key(&w, "changes");
    jw_array(&w);
    for (int i = 0; i < k->n_fields; i++) {
        const struct field *f = &k->fields[i];
        if (value_same(f, &it->old->v[i], &it->row->v[i]) || !may_see(r->cx, f))
            continue;
        jw_object(&w);
        jw_kt(&w, "column", f->label);
        jw_kt(&w, "before", value_text(&r->one, f, &it->old->v[i], it->old->label[i]));
        jw_kt(&w, "after", value_text(&r->one, f, &it->row->v[i], NULL));
        jw_end_object(&w);
    }
    jw_end_array(&w);
    jw_end_object(&w);
}

void keep_links(struct run *r, const struct item *it, bool fresh)
{
    for (int i = 0; i < LINKS_MAX; i++) {
        if (!it->link[i][0] || !*it->link[i][0])
            continue;
        struct later *l = ARENA_NEW(r->pass, struct later, 1);
        *l = (struct later){.number = it->number, .which = i, .id = it->row->id, .fresh = fresh,
                            .name = arena_strdup(r->pass, it->link[i][0]),
                            .more = arena_strdup(r->pass, it->link[i][1])};
        *r->later_end = l;
        r->later_end = &l->next;
    }
}

static enum rc after(struct run *r, struct item *it)
{
    return r->k->after ? r->k->after(&r->one, it->revived ? NULL : it->old, it->row) : RC_OK;
}

static enum rc change(struct run *r, struct item *it)
{
    enum rc rc;
    if (it->revived)
        rc = record_revive(&r->one, it->old, it->row, "import_new");
    else
        rc = record_update(&r->one, it->old, it->row, "import");
    return rc ? rc : after(r, it);
}

static void tell(struct run *r, const struct item *it)
{
    bool fresh = !it->old || it->revived;
    if (fresh) {
        r->count.fresh++;
    } else if (same_row(it->old, it->row)) {
        r->count.unchanged++;
    } else {
        r->count.changed++;
        preview(r, it);
    }
    if (!it->old) {
        r->new_from = r->new_from ? r->new_from : it->row->id;
        r->new_to = it->row->id;
    }
    keep_links(r, it, fresh);
}

/* The rows [0, n) of the list together; any failure fails them all. */
static enum rc store_together(struct run *r, struct item **list, int n)
{
    struct row *fresh[CHUNK_ROWS];
    int n_fresh = 0;
    for (int i = 0; i < n; i++)
        if (!list[i]->old)
            fresh[n_fresh++] = list[i]->row;
    enum rc rc = record_insert_many(&r->one, fresh, n_fresh, "import_new");
    for (int i = 0; i < n && !rc; i++) {
        if (!list[i]->old)
            rc = after(r, list[i]);
        else if (list[i]->revived || !same_row(list[i]->old, list[i]->row))
            rc = change(r, list[i]);
    }
    return rc;
}

static enum rc under_savepoint(struct run *r, struct item **list, int n)
{
    enum rc rc = cx_db(r->cx, db_savepoint(r->cx->db));
    if (rc)
        return rc;
    rc = store_together(r, list, n);
    if (!rc)
        return cx_db(&r->one, db_savepoint_release(r->cx->db));
    db_savepoint_rollback(r->cx->db);
    return rc;
}

/* All at once; when the database refuses something, one by one to find out whose it was. */
static enum rc store_good(struct run *r, struct item **list, int n)
{
    enum rc rc = n ? under_savepoint(r, list, n) : RC_OK;
    if (!rc) {
        for (int i = 0; i < n; i++)
            tell(r, list[i]);
        return RC_OK;
    }
    for (int i = 0; i < n && is_callers(rc); i++) {
        rc = n > 1 ? under_savepoint(r, &list[i], 1) : rc;
        if (!rc)
            tell(r, list[i]);
        else if (is_callers(rc))
            note_error(r, list[i]->number, NULL);
    }
    return is_callers(rc) ? RC_OK : rc;
}

enum rc import_store(struct run *r)
{
    struct item *good[CHUNK_ROWS];
    int n = 0;
    enum rc rc = identify(r);
    for (int i = 0; i < r->n_items && !rc; i++) {
        struct item *it = &r->items[i];
        if (!it->key)
            continue;
        rc = settle(r, it);
        if (!rc)
            good[n++] = it;
        if (rc && is_callers(rc)) {
            int from = r->n_errors, f = field_index(r->k, r->one.err.field);
            note_error(r, it->number, NULL);
            rc = RC_OK;
            if (f >= 0 && it->given[f]) {
                it->row->v[f] = r->blank->v[f];
                rc = import_check_others(r, it, from);
            }
        }
    }
    return rc ? rc : store_good(r, good, n);
}
