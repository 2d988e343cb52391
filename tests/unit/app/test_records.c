/* SPDX-License-Identifier: Apache-2.0 */
/* The driver: what holds for the records of every kind. Each kind's part runs in a transaction that is
 * taken back, so that the next finds the samples as they were. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "driver.h"

#define FIELD(k, i) (&(k)->fields[i])

static bool plain(const struct field *f)
{
    return f->type != F_SECRET && f->type != F_ROWS && f->type != F_GEO && f->type != F_FILES;
}

static enum rc create(struct world *w, const struct kind *k, json_t *in, struct row **row)
{
    struct row *none;
    enum rc rc = record_create(&w->cx, k, in, row ? row : &none);
    json_decref(in);
    return rc;
}

/* A valid input of a sample that is not in the store yet. */
static json_t *fresh_input(struct world *w, const struct kind *k)
{
    return sample_input(w, k, SAMPLES);
}

static void refused(struct world *w, const struct kind *k, json_t *in, const char *field, const char *why)
{
    enum rc rc = create(w, k, in, NULL);
    if (rc != RC_INVALID || strcmp(w->cx.err.field, field) != 0)
        complain(w, k, field, "%s: got %s at %s", why, rc_word(rc), rc ? w->cx.err.field : "-");
}

/* 1: the descriptor says what was expected of it */
static void is_as_expected(struct world *w, const struct kind *k)
{
    const char *want = expected(w, k), *have = described(w, k);
    if (!want)
        complain(w, k, "*", "tests/unit/app/expect.txt has no paragraph of it. Write one from the requirement, then compare with:\n%s", have);
    while (want && *want && *have) {
        size_t a = strcspn(want, "\n"), b = strcspn(have, "\n");
        if (a != b || strncmp(want, have, a) != 0)
            complain(w, k, "*", "expected \"%.*s\", is \"%.*s\"", (int)a, want, (int)b, have);
        want += a + (want[a] == '\n');
        have += b + (have[b] == '\n');
    }
    if (want && (*want || *have))
        complain(w, k, "*", "one more line: \"%.*s\"", (int)strcspn(*want ? want : have, "\n"), *want ? want : have);
}

/* 2: every required field is asked for, by its name */
static void asks_for_each_required_field(struct world *w, const struct kind *k)
{
    for (int i = 0; i < k->n_fields && !k->closed && !unmade(w, k); i++) {
        const struct field *f = FIELD(k, i);
        if (!(f->flags & REQ) || (f->flags & RO))
            continue;
        json_t *in = fresh_input(w, k);
        json_object_set_new(in, f->name, json_null());
        refused(w, k, in, f->name, "required, given null");
    }
}

/* 3: a value out of bounds or of another type is refused at its field */
static void refuses_what_is_out_of_bounds(struct world *w, const struct kind *k)
{
    for (int i = 0; i < k->n_fields && !k->closed && !unmade(w, k); i++) {
        const struct field *f = FIELD(k, i);
        json_t *bad[3] = {json_pack("{s:i}", "no_such", 1), NULL, NULL};
        if (f->flags & RO) {
            json_decref(bad[0]);
            continue;
        }
        if (f->type == F_TEXT && f->max) {
            char *long_text = arena_alloc(w->cx.a, (size_t)f->max + 2);
            memset(long_text, 'x', (size_t)f->max + 1);
            long_text[f->max + 1] = 0;
            bad[1] = json_string(long_text);
        }
        if ((f->type == F_INT || f->type == F_FEN || f->type == F_DURATION) && (f->min || f->max)) {
            bad[1] = f->min > INT64_MIN ? json_integer(f->min - 1) : NULL;
            bad[2] = f->max < INT64_MAX ? json_integer(f->max + 1) : NULL;
        }
        if (f->type == F_ENUM)
            bad[1] = json_string("no_such_word");
        if (f->type == F_DATE)
            bad[1] = json_string("2026-02-30");
        if (f->type == F_REF)
            bad[1] = json_integer(987654321);
        for (int b = 0; b < 3; b++) {
            if (!bad[b])
                continue;
            json_t *in = fresh_input(w, k);
            json_object_set_new(in, f->name, bad[b]);
            enum rc rc = create(w, k, in, NULL);
            if (rc != RC_INVALID || strncmp(w->cx.err.field, f->name, strlen(f->name)) != 0)
                complain(w, k, f->name, "bad value %d: got %s at %s", b, rc_word(rc), rc ? w->cx.err.field : "-");
        }
    }
}

static const char *last_changes(struct world *w, const struct kind *k, int64_t id)
{
    return world_text(w, arena_printf(w->cx.a, "SELECT changes FROM journal WHERE kind = '%s' AND record_id = :id ORDER BY id DESC LIMIT 1", k->name), id);
}

static json_t *json_of(struct world *w, const struct row *row)
{
    return json_loads(world_json(w, row), 0, NULL);
}

/* What a change of one field left: the value in the reply, and in the journal before and after of it. */
static void changed_exactly(struct world *w, const struct kind *k, const struct field *f, json_t *was, json_t *value, struct row *row)
{
    json_t *now = json_of(w, row), *changes = json_loads(last_changes(w, k, row->id), 0, NULL);
    json_t *pair = json_object_get(changes, f->name);
    bool secret = f->type == F_SECRET, sealed = person_field(k, f);
    if (!secret && !json_equal(json_object_get(now, f->name), value))
        complain(w, k, f->name, "the reply has another value than was written");
    if (json_array_size(pair) != 2)
        complain(w, k, f->name, "the journal has no before and after of it");
    else if (!secret && !sealed && (!json_equal(json_array_get(pair, 0), json_object_get(was, f->name)) || !json_equal(json_array_get(pair, 1), value)))
        complain(w, k, f->name, "the journal has other values than were and are");
    const char *key;
    json_t *other;
    json_object_foreach(changes, key, other)
    {
        if (strcmp(key, f->name) != 0 && json_equal(json_object_get(was, key), json_object_get(now, key)))
            complain(w, k, f->name, "the journal tells a change of %s that did not happen", key);
    }
    json_decref(now);
    json_decref(changes);
}

/* 4: a patch of one field changes and journals that one; what is fixed is refused */
static void patches_are_journalled_exactly(struct world *w, const struct kind *k)
{
    int64_t ids[1];
    struct row *row, *after;
    if (k->closed || unmade(w, k) || !sample_ids(w, k, ids, 1))
        return;
    for (int i = 0; i < k->n_fields; i++) {
        const struct field *f = FIELD(k, i);
        json_t *value = f->type == F_ROWS || f->type == F_FILES || (f->flags & RO) ? NULL : sample_value(w, k, f, 1);
        assert_int_equal(record_get(&w->cx, k, ids[0], &row), RC_OK);
        json_t *was = json_of(w, row);
        if (!value || json_equal(value, json_object_get(was, f->name)) || (f->flags & UNIQUE)) {
            json_decref(value);
            json_decref(was);
            continue;
        }
        json_t *in = json_pack("{s:I,s:O}", "rev", (json_int_t)row->rev, f->name, value);
        assert_int_equal(db_savepoint(w->cx.db), RC_OK);
        enum rc rc = record_patch(&w->cx, k, ids[0], in, &after);
        if ((f->flags & ONCE) ? rc != RC_INVALID : rc && rc != RC_CONFLICT && (rc != RC_INVALID || !strcmp(w->cx.err.field, f->name)))
            complain(w, k, f->name, "a patch of it: %s at %s (%s)", rc_word(rc), rc ? w->cx.err.field : "-", rc ? w->cx.err.en : "");
        if (!rc)
            changed_exactly(w, k, f, was, value, after);
        db_savepoint_rollback(w->cx.db);
        json_decref(in);
        json_decref(value);
        json_decref(was);
    }
}

/* 5: who comes second is told, and nothing changes */
static void a_stale_rev_is_refused(struct world *w, const struct kind *k)
{
    int64_t ids[1];
    struct row *row;
    if (k->closed || unmade(w, k) || !sample_ids(w, k, ids, 1))
        return;
    json_t *in = json_pack("{s:i}", "rev", 77);
    enum rc rc = record_patch(&w->cx, k, ids[0], in, &row);
    if (rc != RC_CONFLICT || strcmp(w->cx.err.field, "rev") != 0)
        complain(w, k, "rev", "a stale rev: %s", rc_word(rc));
    json_decref(in);
    in = json_object();
    rc = record_patch(&w->cx, k, ids[0], in, &row);
    if (rc != RC_INVALID || strcmp(w->cx.err.field, "rev") != 0)
        complain(w, k, "rev", "no rev: %s", rc_word(rc));
    json_decref(in);
}

static void become(struct world *w, const char *permission, const char *scope)
{
    struct grant *g = ARENA_NEW(w->cx.a, struct grant, 1);
    *g = (struct grant){permission, scope};
    w->cx.actor = (struct actor){.type = ACTOR_USER, .user_id = 999, .name = "x", .address = "", .grants = g, .n_grants = 1};
}

/* 6: what is out of reach is not there, also for who may change what is his */
static void a_foreign_record_is_not_there(struct world *w, const struct kind *k)
{
    static const char *const scopes[] = {"own", "unit", "site", "line"};
    int64_t ids[1];
    struct row *row;
    struct actor keep = w->cx.actor;
    if (unmade(w, k) || k->scope.pool || !sample_ids(w, k, ids, 1))
        return;
    for (int i = 0; i < 4; i++) {
        become(w, permission_of(&w->cx, k, "read"), scopes[i]);
        json_t *in = json_pack("{s:i}", "rev", 1);
        enum rc got = record_get(&w->cx, k, ids[0], &row), patched = record_patch(&w->cx, k, ids[0], in, &row);
        enum rc retired = record_retire(&w->cx, k, ids[0], in);
        if (got != RC_NOT_FOUND || patched != RC_NOT_FOUND || retired != RC_NOT_FOUND)
            complain(w, k, scopes[i], "a foreign record: read %s, patch %s, retire %s", rc_word(got), rc_word(patched), rc_word(retired));
        json_decref(in);
    }
    become(w, permission_of(&w->cx, k, "read"), "all");
    json_t *in = json_pack("{s:i}", "rev", 1);
    enum rc patched = record_patch(&w->cx, k, ids[0], in, &row);
    if (patched != RC_DENIED)
        complain(w, k, "*", "a reader may patch: %s", rc_word(patched));
    json_decref(in);
    w->cx.actor = keep;
}

static int64_t count(struct world *w, const struct kind *k, const char *field, const char *op, const char *value)
{
    struct query q = {.filter = {{field, op, value}}, .n_filters = 1};
    int64_t n = -1;
    if (record_count(&w->cx, k, &q, &n))
        complain(w, k, field, "no filter by %s %s (%s)", op, value, w->cx.err.en);
    return n;
}

static const char *filter_text(struct world *w, const struct field *f, const struct value *v)
{
    const char *token = field_token(f);
    return *token == 'T' ? v->s
           : *token == 'F' ? arena_printf(w->cx.a, "%.17g", v->f)
                           : arena_printf(w->cx.a, "%lld", (long long)v->i);
}

/* 7: each comparison finds its part of the records, and the parts are the whole */
static void comparisons_part_the_records(struct world *w, const struct kind *k)
{
    struct query first = {.limit = 1};
    struct page page;
    int64_t total;
    if (k->derived || record_count(&w->cx, k, &first, &total) || record_list(&w->cx, k, &first, &page) || !page.n)
        return;
    for (int i = 0; i < k->n_fields; i++) {
        const struct field *f = FIELD(k, i);
        const struct value *v = &page.rows[0]->v[i];
        if (!plain(f) || v->null || (f->type == F_TEXT && strpbrk(v->s, ",")))
            continue;
        const char *text = filter_text(w, f, v);
        int64_t none = count(w, k, f->name, "null", "1"), some = count(w, k, f->name, "null", "0");
        int64_t eq = count(w, k, f->name, "eq", text), ne = count(w, k, f->name, "ne", text), in = count(w, k, f->name, "in", text);
        int64_t lt = count(w, k, f->name, "lt", text), gt = count(w, k, f->name, "gt", text);
        int64_t le = count(w, k, f->name, "le", text), ge = count(w, k, f->name, "ge", text);
        if (eq < 1 || eq != in || none + some != total || lt + eq + gt != some || le != lt + eq || ge != gt + eq ||
            (ne != some - eq && ne != total - eq))
            complain(w, k, f->name, "of %d: null %d, eq %d, in %d, ne %d, lt %d, gt %d, le %d, ge %d", (int)total, (int)none, (int)eq,
                     (int)in, (int)ne, (int)lt, (int)gt, (int)le, (int)ge);
        if (f->type == F_TEXT && count(w, k, f->name, "has", v->s) < eq)
            complain(w, k, f->name, "not found by has");
    }
}

/* 8: sorted by any field, page after page meets every record once, nulls last */
static void pages_meet_every_record_once(struct world *w, const struct kind *k)
{
    int64_t total;
    struct query all = {0};
    if (record_count(&w->cx, k, &all, &total) || total > 40)
        return;
    for (int i = 0; i < 2 * k->n_fields; i++) {
        const struct field *f = FIELD(k, i / 2);
        struct query q = {.sort = arena_printf(w->cx.a, "%s%s", i % 2 ? "-" : "", f->name), .limit = 3, .no_total = true};
        struct page page;
        int64_t met = 0, sum = 0, want = 0;
        bool null = false, late = false;
        if (!plain(f) && f->type != F_FILES)
            continue;
        do {
            if (record_list(&w->cx, k, &q, &page)) {
                complain(w, k, f->name, "no list sorted by it: %s", w->cx.err.en);
                break;
            }
            for (int r = 0; r < page.n; r++, met++) {
                sum += page.rows[r]->id;
                late = late || (null && !page.rows[r]->v[i / 2].null);
                null = page.rows[r]->v[i / 2].null;
            }
            q.after = page.next;
        } while (q.after && met <= total);
        if (db_int_of(w->cx.db, arena_printf(w->cx.a, "SELECT SUM(id) FROM %s_v WHERE retired_at IS NULL", k->name), NO_BINDS, &want))
            want = 0;
        if (met != total || sum != want || late)
            complain(w, k, f->name, "sorted %s: met %d of %d%s", q.sort, (int)met, (int)total, late ? ", a value after a null" : "");
    }
}

/* 9: the reply has the fields that the metadata promises, no more, no less */
static void replies_match_the_metadata(struct world *w, const struct kind *k)
{
    static const char *const fixed[] = {"id", "rev", "created_at", "updated_at", "retired", "can", NULL};
    int64_t ids[1];
    struct row *row;
    if (k->derived || !sample_ids(w, k, ids, 1))
        return;
    assert_int_equal(record_get(&w->cx, k, ids[0], &row), RC_OK);
    json_t *reply = json_of(w, row);
    size_t want = sizeof fixed / sizeof *fixed - 1;
    for (int i = 0; fixed[i]; i++)
        if (!json_object_get(reply, fixed[i]))
            complain(w, k, fixed[i], "missing in the reply");
    for (int i = 0; i < k->n_fields; i++) {
        const char *label = arena_printf(w->cx.a, "%s_label", FIELD(k, i)->name);
        want += FIELD(k, i)->type == F_REF ? 2 : 1;
        if (!json_object_get(reply, FIELD(k, i)->name) || (FIELD(k, i)->type == F_REF && !json_object_get(reply, label)))
            complain(w, k, FIELD(k, i)->name, "missing in the reply");
    }
    if (json_object_size(reply) != want)
        complain(w, k, "*", "the reply has %d fields, the metadata %d", (int)json_object_size(reply), (int)want);
    json_decref(reply);
}

/* 10: a secret leaves neither by the reply nor by the journal nor by a file */
static void secrets_never_appear(struct world *w, const struct kind *k)
{
    struct query q = {0};
    struct page page;
    bool any = false;
    for (int i = 0; i < k->n_fields; i++)
        any = any || FIELD(k, i)->type == F_SECRET;
    if (!any || unmade(w, k))
        return;
    const char *path = arena_printf(w->cx.a, "%s/secret.csv", w->t->dir);
    assert_int_equal(record_list(&w->cx, k, &q, &page), RC_OK);
    for (int i = 0; i < page.n; i++) {
        const char *reply = world_json(w, page.rows[i]), *line = last_changes(w, k, page.rows[i]->id);
        if (strstr(reply, "Hidden-") || (line && strstr(line, "Hidden-")))
            complain(w, k, "*", "a secret stands in the reply or the journal");
        if (i + 1 < page.n && !strstr(reply, "{\"set\":true}"))
            complain(w, k, "*", "the reply does not say that the secret is set");
    }
    if (record_export(&w->cx, k, &q, EXPORT_CSV, NULL, path) == RC_OK) {
        char text[65536] = "";
        FILE *f = fopen(path, "r");
        assert_non_null(f);
        (void)!fread(text, 1, sizeof text - 1, f);
        fclose(f);
        if (strstr(text, "Hidden-"))
            complain(w, k, "*", "a secret stands in the file");
    }
}

/* 11: child rows: a changed cell is one line of the journal, an unknown cell is named */
static void child_rows_are_journalled_by_cell(struct world *w, const struct kind *k)
{
    int64_t ids[2];
    struct row *row;
    for (int i = 0; i < k->n_fields && !k->closed && !unmade(w, k); i++) {
        const struct field *f = FIELD(k, i);
        if (f->type != F_ROWS || (f->flags & RO) || sample_ids(w, k, ids, 2) < 2)
            continue;
        assert_int_equal(record_get(&w->cx, k, ids[1], &row), RC_OK);
        if (!row->v[i].rows || !row->v[i].i) {
            complain(w, k, f->name, "the sample has no child rows");
            continue;
        }
        const struct field *cell = NULL;
        for (int c = 0; c < f->rows->n_fields && !cell; c++)
            if (f->rows->fields[c].type == F_TEXT)
                cell = &f->rows->fields[c];
        if (!cell)
            continue;
        json_t *was = json_of(w, row), *child = json_deep_copy(json_array_get(json_object_get(was, f->name), 0));
        json_t *clean = json_pack("{s:O,s:s}", "id", json_object_get(child, "id"), cell->name, "改过的");
        json_t *in = json_pack("{s:I,s:[o]}", "rev", (json_int_t)row->rev, f->name, clean);
        const char *key = arena_printf(w->cx.a, "%s.%lld.%s", f->name, (long long)row->v[i].rows[0].id, cell->name);
        enum rc rc = record_patch(&w->cx, k, ids[1], in, &row);
        json_t *changes = rc ? NULL : json_loads(last_changes(w, k, ids[1]), 0, NULL);
        if (rc || json_object_size(changes) != 1 || !json_object_get(changes, key))
            complain(w, k, f->name, "one cell changed: %s, %s", rc_word(rc), rc ? w->cx.err.en : last_changes(w, k, ids[1]));
        json_decref(changes);
        json_decref(in);
        in = json_pack("{s:I,s:[{s:i}]}", "rev", (json_int_t)row->rev, f->name, "no_such_cell", 1);
        if (record_patch(&w->cx, k, ids[1], in, &row) != RC_INVALID)
            complain(w, k, f->name, "an unknown cell was taken");
        json_decref(in);
        json_decref(was);
        json_decref(child);
    }
}

static json_int_t said(json_t *result, const char *name)
{
    return json_integer_value(json_object_get(result, name));
}

/* 12: what is exported comes back by the import as unchanged */
static void a_sheet_comes_back_unchanged(struct world *w, const struct kind *k)
{
    struct query q = {0};
    struct buf out = {0};
    struct jw j = jw_on(&out);
    int wrong = 0;
    const struct import_options o = {.dry_run = true, .map = ""};
    const char *path = arena_printf(w->cx.a, "%s/%s.xlsx", w->t->dir, k->name);
    if (k->closed || !k->identity || unmade(w, k))
        return;
    enum rc rc = record_export(&w->cx, k, &q, EXPORT_XLSX, NULL, path);
    if (!rc)
        rc = record_import(&w->cx, k, path, &o, &j, &wrong);
    json_t *result = rc ? NULL : json_loads(buf_text(&out), 0, NULL);
    if (rc || wrong || said(result, "new") || said(result, "changed") || said(result, "unchanged") != said(result, "rows"))
        complain(w, k, "*", "a sheet came back: %s, %s", rc_word(rc), rc ? w->cx.err.en : buf_text(&out));
    json_decref(result);
    buf_free(&out);
}

/* 13: each field that search looks into finds its record, by two characters within */
static void search_looks_into_each_field(struct world *w, const struct kind *k)
{
    int64_t ids[SAMPLES];
    int n = k->derived ? 0 : sample_ids(w, k, ids, SAMPLES);
    for (int i = 0; i < k->n_fields && n; i++) {
        const struct field *f = FIELD(k, i);
        struct row *row;
        if (!(f->flags & FIND) || (f->type != F_TEXT && f->type != F_REF))
            continue;
        assert_int_equal(record_get(&w->cx, k, ids[n - 1], &row), RC_OK);
        const char *text = f->type == F_REF ? row->label[i] : row->v[i].null ? NULL : row->v[i].s;
        if (!text || strncmp(text, "样本", 6) != 0)
            continue;
        struct query q = {.q = "样本", .filter = {{"id", "eq", arena_printf(w->cx.a, "%lld", (long long)ids[n - 1])}}, .n_filters = 1};
        int64_t hits = 0;
        if (record_count(&w->cx, k, &q, &hits) || hits != 1)
            complain(w, k, f->name, "search does not find \"%s\"", text);
    }
}

/* 14: out of use: gone from the list, changed by nobody, its story stays */
static void a_retired_record_leaves_the_list(struct world *w, const struct kind *k)
{
    int64_t ids[1], before, after;
    struct row *row;
    struct query q = {0};
    if (k->closed || unmade(w, k) || !sample_ids(w, k, ids, 1))
        return;
    assert_int_equal(record_get(&w->cx, k, ids[0], &row), RC_OK);
    json_t *in = json_pack("{s:I}", "rev", (json_int_t)row->rev);
    assert_int_equal(record_count(&w->cx, k, &q, &before), RC_OK);
    enum rc rc = record_retire(&w->cx, k, ids[0], in);
    json_object_set_new(in, "rev", json_integer(row->rev + 1));
    enum rc patched = record_patch(&w->cx, k, ids[0], in, &row);
    assert_int_equal(record_count(&w->cx, k, &q, &after), RC_OK);
    if (rc || patched != RC_CONFLICT || after != before - 1)
        complain(w, k, "*", "retire: %s, then patch: %s, %d records of %d", rc_word(rc), rc_word(patched), (int)after, (int)before);
    json_decref(in);
}

/* 15: a step from another state is refused, and so is an unknown one */
static void steps_from_another_state_are_refused(struct world *w, const struct kind *k)
{
    int64_t ids[1];
    struct row *row;
    if (unmade(w, k) || k->state_field < 0 || !sample_ids(w, k, ids, 1))
        return;
    assert_int_equal(record_get(&w->cx, k, ids[0], &row), RC_OK);
    const char *state = row->v[k->state_field].s;
    json_t *in = json_pack("{s:I}", "rev", (json_int_t)row->rev);
    if (record_act(&w->cx, k, ids[0], "no_such_step", in, &row) != RC_NOT_FOUND)
        complain(w, k, "*", "an unknown step was not refused");
    for (int i = 0; i < k->n_flow; i++) {
        bool here = false;
        for (int s = 0; s < k->n_flow; s++)
            here = here || (!strcmp(k->flow[s].action, k->flow[i].action) && (!k->flow[s].from || word_in(k->flow[s].from, state)));
        if (here)
            continue;
        enum rc rc = record_act(&w->cx, k, ids[0], k->flow[i].action, in, &row);
        if (rc != RC_CONFLICT && rc != RC_DENIED)
            complain(w, k, k->flow[i].action, "from %s: %s", state, rc_word(rc));
    }
    json_decref(in);
}

/* 16: many at once are each alone */
struct became {
    int n;
    struct {
        int64_t id, rev;
        enum rc rc;
    } of[16];
};

static void note(void *ctx, int64_t id, enum rc rc, const struct row *row)
{
    struct became *b = ctx;
    if (b->n < 16) {
        b->of[b->n].id = id;
        b->of[b->n].rc = rc;
        b->of[b->n].rev = row ? row->rev : 0;
    }
    b->n++;
}

static json_t *form_of(struct world *w, const struct kind *k, const char *action)
{
    json_t *in = json_object();
    for (int s = 0; s < k->n_flow; s++)
        for (int i = 0; i < k->flow[s].n_input && !strcmp(k->flow[s].action, action); i++)
            if (k->flow[s].input[i].flags & REQ) {
                json_t *v = sample_value(w, k, &k->flow[s].input[i], 1);
                if (v)
                    json_object_set_new(in, k->flow[s].input[i].name, v);
            }
    return in;
}

static int64_t lines_of(struct world *w, const struct kind *k)
{
    int64_t n = 0;
    assert_int_equal(db_int_of(w->cx.db, "SELECT COUNT(*) FROM journal WHERE kind = :k", BINDS(B_TEXT("k", k->name)), &n), RC_OK);
    return n;
}

static void bulk_is_each_alone(struct world *w, const struct kind *k, const char *action, const int64_t *ids, int n)
{
    struct became alone = {0}, many = {0};
    struct row *row;
    json_t *form = form_of(w, k, action), *list = json_array();
    for (int i = 0; i < n; i++) {
        assert_int_equal(record_load(&w->cx, k, ids[i], &row), RC_OK);
        json_array_append_new(list, json_pack("{s:I,s:I}", "id", (json_int_t)ids[i], "rev", (json_int_t)row->rev));
    }
    json_array_append(list, json_array_get(list, 0)); /* again, with a rev that moved on */
    json_array_append_new(list, json_pack("{s:I,s:i}", "id", (json_int_t)987654321, "rev", 1));
    json_array_append_new(list, json_pack("{s:I}", "id", (json_int_t)ids[n - 1]));
    json_array_append_new(list, json_integer(7));
    int64_t before = lines_of(w, k), after[2];
    assert_int_equal(db_savepoint(w->cx.db), RC_OK);
    for (size_t i = 0; i < json_array_size(list); i++) {
        json_t *one = json_array_get(list, i), *in = json_copy(form);
        if (json_object_get(one, "rev"))
            json_object_set(in, "rev", json_object_get(one, "rev"));
        enum rc rc = record_act(&w->cx, k, json_integer_value(json_object_get(one, "id")), action, in, &row);
        note(&alone, json_integer_value(json_object_get(one, "id")), rc, rc ? NULL : row);
        json_decref(in);
    }
    after[0] = lines_of(w, k) - before;
    db_savepoint_rollback(w->cx.db);
    assert_int_equal(db_savepoint(w->cx.db), RC_OK);
    json_object_set(form, "ids", list);
    json_object_set_new(form, "rev", json_integer(1)); /* one for all is nobody's */
    enum rc rc = record_bulk(&w->cx, k, action, form, note, &many);
    after[1] = lines_of(w, k) - before;
    db_savepoint_rollback(w->cx.db);
    if (rc || many.n != alone.n || after[0] != after[1])
        complain(w, k, action, "many at once: %s, %d results of %d, %d lines in the journal for %d", rc_word(rc), many.n, alone.n,
                 (int)after[1], (int)after[0]);
    for (int i = 0; i < alone.n && i < many.n; i++)
        if (many.of[i].id != alone.of[i].id || many.of[i].rc != alone.of[i].rc || many.of[i].rev != alone.of[i].rev)
            complain(w, k, action, "of many, record %d: %s, alone %s", i, rc_word(many.of[i].rc), rc_word(alone.of[i].rc));
    if (!alone.of[0].rc && n > 1 && alone.of[n].rc != RC_CONFLICT)
        complain(w, k, action, "the same record twice: %s", rc_word(alone.of[n].rc));
    if (alone.of[n + 1].rc != RC_NOT_FOUND || alone.of[n + 3].rc != RC_NOT_FOUND)
        complain(w, k, action, "a record that is not there: %s, %s", rc_word(alone.of[n + 1].rc), rc_word(alone.of[n + 3].rc));
    json_decref(list);
    json_decref(form);
}

static void many_at_once_are_each_alone(struct world *w, const struct kind *k)
{
    int64_t ids[3];
    int n = unmade(w, k) ? 0 : sample_ids(w, k, ids, 3);
    struct became none = {0};
    if (!n)
        return;
    bulk_is_each_alone(w, k, "retire", ids, n);
    for (int i = 0; i < k->n_flow; i++)
        bulk_is_each_alone(w, k, k->flow[i].action, ids, n);
    json_t *wrong[] = {json_object(), json_pack("{s:i}", "ids", 1), json_pack("{s:[]}", "ids")};
    for (int i = 0; i <= BULK_MAX; i++)
        json_array_append_new(json_object_get(wrong[2], "ids"), json_object());
    for (int i = 0; i < 3; i++) {
        enum rc rc = record_bulk(&w->cx, k, "retire", wrong[i], note, &none);
        if (rc != RC_INVALID || strcmp(w->cx.err.field, "ids") != 0 || none.n)
            complain(w, k, "ids", "list %d: %s, %d results", i, rc_word(rc), none.n);
        json_decref(wrong[i]);
    }
}

DRIVER(every_kind_is_as_expected, is_as_expected)
DRIVER(every_kind_asks_for_each_required_field, asks_for_each_required_field)
DRIVER(every_kind_refuses_what_is_out_of_bounds, refuses_what_is_out_of_bounds)
DRIVER(every_kind_journals_exactly_what_a_patch_changed, patches_are_journalled_exactly)
DRIVER(every_kind_refuses_a_stale_rev, a_stale_rev_is_refused)
DRIVER(every_kind_hides_foreign_records, a_foreign_record_is_not_there)
DRIVER(every_kind_is_parted_by_each_comparison, comparisons_part_the_records)
DRIVER(every_kind_is_paged_by_each_field, pages_meet_every_record_once)
DRIVER(every_kind_replies_as_its_metadata_says, replies_match_the_metadata)
DRIVER(every_kind_keeps_its_secrets, secrets_never_appear)
DRIVER(every_kind_journals_child_rows_by_cell, child_rows_are_journalled_by_cell)
/* An import has a transaction of its own; the dry run takes it back. */
static void every_kind_takes_its_own_sheet_back_unchanged(void **state)
{
    struct world *w = *state;
    int n;
    const struct kind *const *kinds = record_kinds(&n);
    for (int i = 0; i < n; i++)
        a_sheet_comes_back_unchanged(w, kinds[i]);
    assert_int_equal(w->wrong, 0);
}
DRIVER(every_kind_is_found_by_each_field_of_its_search, search_looks_into_each_field)
DRIVER(every_kind_takes_records_out_of_use, a_retired_record_leaves_the_list)
DRIVER(every_kind_refuses_steps_from_another_state, steps_from_another_state_are_refused)
DRIVER(every_kind_takes_many_steps_at_once_each_alone, many_at_once_are_each_alone)

const struct CMUnitTest record_cases[] = {
    ON_BOTH(every_kind_is_as_expected),
    ON_BOTH(every_kind_asks_for_each_required_field),
    ON_BOTH(every_kind_refuses_what_is_out_of_bounds),
    ON_BOTH(every_kind_journals_exactly_what_a_patch_changed),
    ON_BOTH(every_kind_refuses_a_stale_rev),
    ON_BOTH(every_kind_hides_foreign_records),
    ON_BOTH(every_kind_is_parted_by_each_comparison),
    ON_BOTH(every_kind_is_paged_by_each_field),
    ON_BOTH(every_kind_replies_as_its_metadata_says),
    ON_BOTH(every_kind_keeps_its_secrets),
    ON_BOTH(every_kind_journals_child_rows_by_cell),
    ON_BOTH(every_kind_takes_its_own_sheet_back_unchanged),
    ON_BOTH(every_kind_is_found_by_each_field_of_its_search),
    ON_BOTH(every_kind_takes_records_out_of_use),
    ON_BOTH(every_kind_refuses_steps_from_another_state),
    ON_BOTH(every_kind_takes_many_steps_at_once_each_alone),
};
const size_t n_record_cases = sizeof record_cases / sizeof *record_cases;
