/* SPDX-License-Identifier: Apache-2.0 */
/* Valid records of any kind, from its fields. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "driver.h"

static int64_t ref_id(struct world *w, const char *ref, int n);
static int running = 4241; /* of texts that must be unique */

/* Names differ: a sheet refers by name. */
static json_t *text_value(const struct kind *k, const struct field *f, int n)
{
    struct buf b = {0};
    if (f->max && f->max < 8)
        buf_printf(&b, "%0*d", (int)(f->min ? f->min : 1), n + 1);
    else
        buf_printf(&b, "样本%c%04d", 'A' + n, (f->flags & UNIQUE) || f == &k->fields[k->label_field] ? ++running : 4242 + n);
    for (int64_t len = 7; f->max >= 8 && len < f->min; len++)
        buf_char(&b, 'x');
    json_t *v = json_string(buf_text(&b));
    buf_free(&b);
    return v;
}

static int64_t file_id(struct world *w, int n)
{
    int64_t id;
    assert_int_equal(db_int_of(w->cx.db,
                               "INSERT INTO file (sha256, name, type, size, created_at) VALUES (:sha, 'a.png', 'image/png', 1, :now)"
                               " RETURNING id",
                               BINDS(B_TEXT("sha", arena_printf(w->cx.a, "%064d", n)), B_INT("now", w->cx.now.ms)), &id),
                     RC_OK);
    return id;
}

static json_t *rows_value(struct world *w, const struct kind *k, const struct field *f, int n)
{
    json_t *child = json_object();
    for (int i = 0; i < f->rows->n_fields; i++)
        if (f->rows->fields[i].flags & REQ)
            json_object_set_new(child, f->rows->fields[i].name, sample_value(w, k, &f->rows->fields[i], n));
    return json_pack("[o]", child);
}

/* '#' in it becomes a number that was not there yet. */
static json_t *given_value(const char *json)
{
    struct buf b = {0};
    for (const char *s = json; *s; s++)
        if (*s == '#')
            buf_printf(&b, "%d", ++running);
        else
            buf_char(&b, *s);
    json_t *v = json_loads(buf_text(&b), JSON_DECODE_ANY, NULL);
    buf_free(&b);
    return v;
}

json_t *sample_value(struct world *w, const struct kind *k, const struct field *f, int n)
{
    int64_t low = f->min || f->max ? f->min : 1, step = n;
    int options = 0;
    if (*expected_sample(w, k, f->name))
        return given_value(expected_sample(w, k, f->name));
    switch (f->type) {
    case F_TEXT:
        return text_value(k, f, n);
    case F_SECRET:
        return json_string(arena_printf(w->cx.a, "Hidden-%04d-word", n));
    case F_ENUM:
        while (f->opts[options].value)
            options++;
        return json_string(f->opts[n % options].value);
    case F_BOOL:
        return json_boolean(n % 2);
    case F_DATE:
        return json_string(arena_printf(w->cx.a, "2026-05-%02d", 8 + n));
    case F_INSTANT:
        return json_integer(w->cx.now.ms + INT64_C(60000) * n);
    case F_DURATION:
        return json_integer(low + INT64_C(60000) * n);
    case F_FLOAT:
        return json_real((double)low + n + 0.5);
    case F_GEO:
        return json_pack("{s:f,s:f}", "lng", 116.3 + n / 100.0, "lat", 39.9);
    case F_FILES:
        return json_pack("[I]", (json_int_t)file_id(w, n));
    case F_ROWS:
        return rows_value(w, k, f, n);
    case F_REF:
        /* two references of one record name two others; a unique one what nobody named yet */
        for (const struct field *other = k->fields; other < f && other >= k->fields && f < k->fields + k->n_fields; other++)
            step += other->type == F_REF && !strcmp(other->ref, f->ref);
        low = ref_id(w, f->ref, f->flags & UNIQUE ? INT_MAX : (int)step);
        return low ? json_integer(low) : NULL;
    case F_INT:
    case F_FEN:
        break;
    }
    return json_integer(f->max && low + step > f->max ? f->max : low + step);
}

/* Only what must be, besides what nothing else hangs on. */
static bool wanted(const struct kind *k, const struct field *f)
{
    if (f->flags & REQ)
        return true;
    return f->type != F_REF && f->type != F_FILES && !(k->closed && (f->flags & UNIQUE));
}

json_t *sample_input(struct world *w, const struct kind *k, int n)
{
    json_t *in = json_object();
    for (int i = 0; i < k->n_fields; i++) {
        const struct field *f = &k->fields[i];
        if ((!k->closed && (f->flags & RO)) || (!wanted(k, f) && !*expected_sample(w, k, f->name)))
            continue;
        /* the last of them has only what is required: nulls must sort and filter too */
        if (n == SAMPLES - 1 && !(f->flags & REQ) && !*expected_sample(w, k, f->name))
            continue;
        json_t *v = sample_value(w, k, f, n);
        if (v)
            json_object_set_new(in, f->name, v);
    }
    return in;
}

static enum rc make_closed(struct world *w, const struct kind *k, json_t *in, struct row **out)
{
    enum rc rc = RC_OK;
    *out = record_new(&w->cx, k);
    for (int i = 0; i < k->n_fields && !rc; i++) {
        const json_t *v = json_object_get(in, k->fields[i].name);
        if (v)
            rc = value_from_json(&w->cx, &k->fields[i], v, &(*out)->v[i]);
    }
    return rc ? rc : record_insert(&w->cx, *out, "create");
}

static int64_t make_one(struct world *w, const struct kind *k, int n)
{
    struct row *row = NULL;
    json_t *in = sample_input(w, k, n);
    enum rc rc = db_savepoint(w->cx.db);
    if (!rc)
        rc = k->closed ? make_closed(w, k, in, &row) : record_create(&w->cx, k, in, &row);
    if (rc)
        db_savepoint_rollback(w->cx.db);
    else
        rc = db_savepoint_release(w->cx.db);
    if (rc)
        complain(w, k, w->cx.err.field, "no sample could be made (%s); give expect.txt a line \"sample FIELD JSON\"", w->cx.err.en);
    json_decref(in);
    return rc ? 0 : row->id;
}

int sample_ids(struct world *w, const struct kind *k, int64_t *ids, int max)
{
    struct db_rows *r;
    int n = 0;
    const char *sql = arena_printf(w->cx.a, "SELECT id FROM %s WHERE retired_at IS NULL ORDER BY id DESC LIMIT :max", kind_table(k));
    assert_int_equal(db_query(w->cx.db, sql, BINDS(B_INT("max", max)), &r), RC_OK);
    while (db_next(r))
        ids[n++] = db_int(r, 0);
    assert_int_equal(db_end(r), RC_OK);
    return n;
}

/* Two records of a kind never share a reference where they need not. */
static int64_t ref_id(struct world *w, const char *ref, int n)
{
    static int depth;
    const struct kind *k = record_kind(ref);
    int64_t ids[4 * SAMPLES];
    int have = sample_ids(w, k, ids, 4 * SAMPLES);
    if ((have <= n || n == INT_MAX) && depth < 4 && !unmade(w, k)) {
        depth++;
        int64_t id = make_one(w, k, have);
        depth--;
        return id;
    }
    return have ? ids[n % have] : 0;
}

void world_furnish(struct testdb *t)
{
    struct world w = {.t = t};
    int n, created;
    const struct kind *const *kinds;
    w.cx = (struct cx){.a = arena_new(), .now = {INT64_C(1778230800000)}, .data_dir = t->dir,
                       .actor = {.type = ACTOR_CONSOLE, .name = "console", .address = ""}};
    w.cx.db = testdb_open(t, DB_BUSINESS, DB_WRITE, NULL);
    app_register();
    if (app_prepare(&w.cx) || preset_load(&w.cx, preset_json[0].text, &created)) {
        print_error("%s: %s\n", w.cx.err.field, w.cx.err.en);
        exit(2);
    }
    /* what calls out may call nobody until it is listed */
    assert_int_equal(db_script(w.cx.db, "UPDATE parameter SET value = 'hook.example.org' WHERE name = 'outbound_hosts';"), RC_OK);
    kinds = record_kinds(&n);
    assert_int_equal(db_begin(w.cx.db), RC_OK);
    for (int i = 0; i < n; i++)
        for (int s = 0; s < SAMPLES && !unmade(&w, kinds[i]); s++)
            (void)make_one(&w, kinds[i], s);
    assert_int_equal(db_commit(w.cx.db), RC_OK);
    db_close(w.cx.db);
    arena_free(w.cx.a);
    if (w.wrong)
        print_error("%d samples are missing\n", w.wrong);
}
