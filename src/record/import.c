/* SPDX-License-Identifier: Apache-2.0 */
/* Spreadsheets into records. The whole sheet is one transaction; a dry run is the same work taken
 * back, so it cannot promise what the run would not do. Fields first, then the links between records
 * of the sheet; a row that is found wrong only then is left out by another pass. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "record/import_int.h"

#define PASSES_MAX 20 /* each leaves out at least one more row */
#define MAPS_MAX 20   /* remembered maps tried on a sheet without any known heading */

bool bit_get(const uint8_t *bits, int32_t i)
{
    return i >= 0 && i < SHEET_ROWS && (bits[i / 8] >> i % 8 & 1);
}

void bit_set(uint8_t *bits, int32_t i)
{
    if (i >= 0 && i < SHEET_ROWS)
        bits[i / 8] = (uint8_t)(bits[i / 8] | 1 << i % 8);
}

void note_wrong(struct run *r, int32_t number, const char *column, const char *message)
{
    r->count.wrong += !bit_get(r->is_wrong, number);
    bit_set(r->is_wrong, number);
    if (r->n_errors == ERRORS_KEPT)
        return;
    r->errors[r->n_errors++] = (struct wrong){number, arena_strdup(r->pass, column), arena_strdup(r->pass, message)};
}

static const struct field *column_named(const struct run *r, const char *name)
{
    for (size_t i = 0; i < r->n_columns; i++)
        if (!strcmp(r->column[i]->name, name))
            return r->column[i];
    return NULL;
}

void note_error(struct run *r, int32_t number, const struct field *f)
{
    const struct field *named = column_named(r, r->one.err.field);
    f = named ? named : f;
    note_wrong(r, number, f ? f->label : "", r->one.err.zh);
}

void note_late(struct run *r, int32_t number, const char *column, const char *message)
{
    r->again = true;
    bit_set(r->is_late, number);
    if (r->n_late == r->room_late) {
        r->room_late = r->room_late ? r->room_late * 2 : 64;
        struct wrong *late = ARENA_NEW(r->kept, struct wrong, r->room_late);
        if (r->n_late)
            memcpy(late, r->late, sizeof *late * (size_t)r->n_late);
        r->late = late;
    }
    r->late[r->n_late++] = (struct wrong){number, arena_strdup(r->kept, column), arena_strdup(r->kept, message)};
}

/* --- one pass --- */

static enum rc end_chunk(struct run *r)
{
    enum rc rc = r->n_items ? import_store(r) : RC_OK;
    if (rc)
        r->cx->err = r->one.err;
    r->n_items = 0;
    arena_reset(r->one.a);
    return rc;
}

static bool is_noted(const struct run *r, int from, const struct field *f)
{
    for (int i = from; i < r->n_errors; i++)
        if (!strcmp(r->errors[i].column, f->label))
            return true;
    return false;
}

enum rc import_check_others(struct run *r, struct item *it, int from)
{
    for (int i = 0; i < 4 && r->k->check; i++) {
        enum rc rc = r->k->check(&r->one, NULL, it->row);
        if (rc && !is_callers(rc))
            return rc;
        int f = rc ? field_index(r->k, r->one.err.field) : -1;
        if (f < 0 || !it->given[f] || is_noted(r, from, &r->k->fields[f]))
            return RC_OK;
        note_error(r, it->number, &r->k->fields[f]);
        it->row->v[f] = r->blank->v[f];
    }
    return RC_OK;
}

static enum rc take_row(struct run *r, const struct table_row *t)
{
    struct item *it = &r->items[r->n_items];
    bool good;
    r->count.rows++;
    if (bit_get(r->is_late, t->number))
        return RC_OK;
    *it = (struct item){.number = t->number, .row = record_copy(&r->one, r->blank)};
    int from = r->n_errors;
    enum rc rc = import_cells(r, t, it, &good);
    if (!rc && !good)
        rc = import_check_others(r, it, from);
    if (rc)
        r->cx->err = r->one.err;
    r->n_items += !rc && good;
    return rc || r->n_items < CHUNK_ROWS ? rc : end_chunk(r);
}

static enum rc all_rows(struct run *r)
{
    for (int i = 0; i < r->n_late; i++)
        note_wrong(r, r->late[i].number, r->late[i].column, r->late[i].message);
    for (;;) {
        const struct table_row *row;
        enum rc rc = table_next(r->table, &row, &r->cx->err);
        if (!rc && row)
            rc = take_row(r, row);
        if (!rc && !row)
            rc = end_chunk(r);
        if (rc || !row)
            return rc ? rc : import_links(r);
    }
}

static void forget(struct run *r)
{
    arena_reset(r->pass);
    arena_reset(r->one.a);
    r->seen = r->refs = r->folded = r->missing = (struct dict){.a = r->pass};
    r->lacks = NULL;
    r->n_missing = r->room_missing = r->n_errors = r->n_items = r->n_preview = r->n_doubts = 0;
    r->errors = ARENA_NEW(r->pass, struct wrong, ERRORS_KEPT);
    r->is_wrong = ARENA_NEW(r->pass, uint8_t, SHEET_ROWS / 8 + 1);
    r->later = NULL;
    r->later_end = &r->later;
    r->count = (struct counts){0};
    r->new_from = r->new_to = 0;
    buf_clear(&r->preview);
    r->again = false;
}

/* "heading=field;…" */
static size_t parse_map(struct cx *cx, const char *map, bool optional, struct table_force *out, size_t most)
{
    size_t n = 0;
    for (const char *s = map; s && *s && n < most;) {
        size_t len = strcspn(s, ";"), eq = strcspn(s, "=;");
        if (eq < len)
            out[n++] = (struct table_force){arena_strndup(cx->a, s, eq),
                                            arena_strndup(cx->a, s + eq + 1, len - eq - 1), optional};
        s += len + (s[len] == ';');
    }
    return n;
}

static enum rc open_with(struct run *r, struct sheet_file *file, const char *map, bool optional, struct err *e)
{
    struct table_options *to = ARENA_NEW(r->kept, struct table_options, 1);
    struct table_force *force = ARENA_NEW(r->kept, struct table_force, COLUMNS_MAX);
    to->sheet = r->o->sheet;
    to->force = force;
    to->n_force = parse_map(r->cx, map, optional, force, COLUMNS_MAX);
    table_close(r->table);
    r->table = NULL;
    return table_open(file, r->columns, r->n_columns, to, &r->table, e);
}

/* No heading is known here; perhaps somebody has said before what such headings mean. */
static enum rc try_remembered(struct run *r, struct sheet_file *file)
{
    const char *maps[MAPS_MAX];
    int n = 0;
    struct err first = r->cx->err, e = {0};
    enum rc rc = import_maps(r, maps, MAPS_MAX, &n);
    for (int i = 0; i < n && !rc; i++)
        if (!open_with(r, file, maps[i], false, &e)) {
            r->remembered = maps[i];
            return RC_OK;
        }
    r->cx->err = first;
    return rc ? rc : RC_INVALID;
}

/* The user's word, else what is remembered of a sheet with these headings. "" is a word, too. */
enum rc import_open(struct run *r, struct sheet_file *file)
{
    const char *map = r->o->map;
    if (map || r->remembered)
        return open_with(r, file, map ? map : r->remembered, !map, &r->cx->err);
    enum rc rc = open_with(r, file, NULL, true, &r->cx->err);
    if (rc == RC_INVALID && !strcmp(r->cx->err.field, "file"))
        return try_remembered(r, file);
    if (!rc)
        rc = import_remembered(r, headings_hash(r->cx, r->table), &r->remembered);
    return rc || !r->remembered ? rc : open_with(r, file, r->remembered, true, &r->cx->err);
}

static bool may_keep(const struct run *r)
{
    return !r->again && !r->o->dry_run && (!r->count.wrong || r->o->good_rows) &&
           (!r->n_missing || r->o->create_new);
}

static enum rc journal_end(struct run *r, int64_t *out)
{
    return cx_db(r->cx, db_int_of(r->cx->db, "SELECT COALESCE(MAX(id), 0) FROM journal", NO_BINDS, out));
}

/* One pass over the sheet in one transaction, kept when that is wanted and possible. */
static enum rc one_pass(struct run *r, struct sheet_file *file, struct jw *w)
{
    forget(r);
    enum rc rc = cx_db(r->cx, db_begin(r->cx->db));
    if (!rc)
        rc = import_open(r, file);
    if (!rc)
        rc = journal_end(r, &r->journal_from);
    if (!rc)
        rc = all_rows(r);
    bool keep = !rc && may_keep(r);
    if (keep && r->new_to)
        rc = search_added(r->cx, r->k, r->new_from, r->new_to);
    if (keep && !rc)
        rc = import_batch_add(r);
    if (keep && !rc)
        rc = cx_db(r->cx, db_commit(r->cx->db));
    db_rollback(r->cx->db);
    if (!rc && !r->again)
        import_json(r, file, keep, w);
    if (!rc && !r->again && r->o->errors_path)
        rc = import_errors_file(r, file);
    return rc;
}

static enum rc all_passes(struct run *r, struct sheet_file *file, struct jw *w)
{
    for (int i = 0; i < PASSES_MAX; i++) {
        enum rc rc = one_pass(r, file, w);
        if (rc || !r->again)
            return rc;
    }
    return FAIL(r->cx, RC_INVALID, "uplink_no", "上联关系的错误层层相连，请先改正已列出的行",
                "errors of uplinks hang on each other; correct them first");
}

static struct run *run_new(struct cx *cx, const struct kind *k, const struct import_options *o)
{
    struct run *r = ARENA_NEW(cx->a, struct run, 1);
    *r = (struct run){.cx = cx, .one = *cx, .k = k, .o = o, .pass = arena_new(), .kept = arena_new()};
    r->one.a = arena_new();
    r->is_late = ARENA_NEW(r->kept, uint8_t, SHEET_ROWS / 8 + 1);
    struct buf slots = {0};
    for (int i = 0; i < CHUNK_ROWS; i++) {
        r->slot[i] = arena_printf(r->kept, "k%d", i);
        buf_printf(&slots, "%s:%s", i ? "," : "", r->slot[i]);
    }
    r->slots = arena_strdup(r->kept, buf_text(&slots));
    buf_free(&slots);
    r->scopes = cx_scopes(cx, permission_of(cx, k, "import"));
    r->columns = import_columns(r);
    r->blank = record_new(cx, k);
    return r;
}

static void run_free(struct run *r)
{
    table_close(r->table);
    buf_free(&r->preview);
    arena_free(r->one.a);
    arena_free(r->pass);
    arena_free(r->kept);
}

enum rc record_import(struct cx *cx, const struct kind *k, const char *path,
                      const struct import_options *o, struct jw *w, int *wrong)
{
    struct sheet_file *file;
    *wrong = 0;
    if (!k->identity || !cx_may(cx, permission_of(cx, k, "import")))
        return FAIL(cx, RC_DENIED, NULL, "您没有导入“{label}”的权限，或这类记录不能导入",
                    "{name} cannot be imported, or not by you", "label", k->label, "name", k->label_en);
    enum rc rc = sheet_open(path, NULL, &file, &cx->err);
    if (rc)
        return rc;
    struct run *r = run_new(cx, k, o);
    r->path = path;
    record_cache_begin(k);
    db_large(cx->db, true);
    rc = all_passes(r, file, w);
    db_large(cx->db, false);
    record_cache_end();
    *wrong = r->count.wrong + (r->n_missing && !o->create_new && !o->dry_run && !o->good_rows);
    run_free(r);
    sheet_close(file);
    return rc;
}
