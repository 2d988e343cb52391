/* SPDX-License-Identifier: Apache-2.0 */
#include "app/journal_api.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "journal/journal.h"
#include "proto/xlsx_write.h"
#include "record/person.h"

#define TOTAL_MOST 10000 /* counted exactly up to here */
#define PAGE_MOST 500
#define FILTERS_MOST 24

/* --- the question as SQL: names come from this table, values are bound --- */

/* clang-format off */
static const struct column { const char *name, *sql; char type; } columns[] = {
    {"id",         "j.id",         'i'}, {"feed",      "j.feed",      'i'}, {"at",      "j.at",      't'},
    {"actor_type", "j.actor_type", 's'}, {"actor_id",  "j.actor_id",  'i'}, {"login",   "a.login",   's'},
    {"address",    "j.address",    's'}, {"kind",      "j.kind",      's'}, {"action",  "j.action",  's'},
    {"record_id",  "j.record_id",  'i'}, {"result",    "j.result",    's'},
};
static const struct { const char *word, *sql; } operators[] = {
    {"eq", " = "}, {"ne", " <> "}, {"lt", " < "}, {"le", " <= "}, {"gt", " > "}, {"ge", " >= "}};
/* clang-format on */
#define COUNT(a) (sizeof(a) / sizeof *(a))

#define FROM " FROM journal j LEFT JOIN account a ON a.id = j.actor_id WHERE 1 = 1"
#define SELECTED                                                                                   \
    "SELECT j.id, j.feed, j.at, j.actor_type, j.actor_id, COALESCE(a.name, j.actor_name), a.login,"\
    " j.address, j.kind, j.record_id, j.action, j.changes, j.result, j.hash"

struct question {
    struct buf where;
    struct bind b[128];
    int n;
    int limit;
    int64_t after; /* ids below it; 0 = from the newest */
};

static enum rc bad(struct cx *cx, const char *name, const char *text)
{
    return FAIL(cx, RC_INVALID, name, "筛选“{name}”的值“{text}”不对", "filter on {name}: bad value \"{text}\"", "name",
                name, "text", text);
}

static enum rc add_value(struct cx *cx, struct question *q, const struct column *c, const char *text)
{
    struct instant t;
    char *end;
    const char *name = arena_printf(cx->a, "b%d", q->n);
    if (q->n >= (int)COUNT(q->b) - 8)
        return FAIL(cx, RC_INVALID, "f", "筛选条件过多", "too many filters");
    long long number = strtoll(text, &end, 10);
    bool is_number = end != text && !*end;
    if (c->type == 's')
        q->b[q->n++] = B_TEXT(name, text);
    else if (is_number)
        q->b[q->n++] = B_INT(name, number);
    else if (c->type == 't' && instant_parse(text, &t))
        q->b[q->n++] = B_INT(name, t.ms);
    else
        return bad(cx, c->name, text);
    buf_printf(&q->where, ":%s", name);
    return RC_OK;
}

static enum rc add_in(struct cx *cx, struct question *q, const struct column *c, const char *text)
{
    enum rc rc = RC_OK;
    buf_printf(&q->where, " AND %s IN (", c->sql);
    for (const char *s = text; !rc;) {
        size_t len = strcspn(s, ",");
        rc = add_value(cx, q, c, arena_strndup(cx->a, s, len));
        if (!s[len])
            break;
        buf_char(&q->where, ',');
        s += len + 1;
    }
    buf_char(&q->where, ')');
    return rc;
}

static enum rc add_filter(struct cx *cx, struct question *q, const struct filter *f)
{
    const struct column *c = NULL;
    for (size_t i = 0; i < COUNT(columns); i++)
        if (!strcmp(columns[i].name, f->field))
            c = &columns[i];
    if (!c)
        return FAIL(cx, RC_INVALID, "f", "日志没有“{field}”这一列", "the journal has no column {field}", "field", f->field);
    if (!strcmp(f->op, "in"))
        return add_in(cx, q, c, f->value);
    for (size_t i = 0; i < COUNT(operators); i++)
        if (!strcmp(operators[i].word, f->op)) {
            buf_printf(&q->where, " AND %s%s", c->sql, operators[i].sql);
            return add_value(cx, q, c, f->value);
        }
    return FAIL(cx, RC_INVALID, "f", "没有“{op}”这种比较；可用 eq ne lt le gt ge in", "no operator {op}; use eq ne lt le gt ge in",
                "op", f->op);
}

static void add_search(struct cx *cx, struct question *q, const char *text)
{
    struct buf b = {0};
    for (const char *s = text; *s; s++)
        buf_printf(&b, "%s%c", strchr("%_!", *s) ? "!" : "", *s);
    buf_text_add(&q->where, " AND (LOWER(j.changes) LIKE LOWER(:q) ESCAPE '!' OR LOWER(j.action) LIKE LOWER(:q) ESCAPE '!'"
                            " OR LOWER(j.kind) LIKE LOWER(:q) ESCAPE '!' OR j.address LIKE :q ESCAPE '!'"
                            " OR LOWER(COALESCE(a.name, j.actor_name)) LIKE LOWER(:q) ESCAPE '!'"
                            " OR LOWER(COALESCE(a.login, '')) LIKE LOWER(:q) ESCAPE '!')");
    q->b[q->n++] = B_TEXT("q", arena_printf(cx->a, "%%%s%%", buf_text(&b)));
    buf_free(&b);
}

static enum rc read_number(struct api_call *c, const char *name, int64_t most, int64_t *out)
{
    const char *text = http_query(c->req, name);
    char *end;
    if (!text || !*text)
        return RC_OK;
    *out = strtoll(text, &end, 10);
    return *end || *out < 1 || *out > most ? bad(c->cx, name, text) : RC_OK;
}

static enum rc ask(struct api_call *c, struct question *q)
{
    int n;
    int64_t limit = 50;
    struct query parsed = {0};
    const struct http_param *p = http_queries(c->req, &n);
    const char *text = http_query(c->req, "q");
    enum rc rc = read_number(c, "limit", PAGE_MOST, &limit);
    if (!rc)
        rc = read_number(c, "after", INT64_MAX, &q->after);
    for (int i = 0; i < n && !rc; i++)
        if (!strcmp(p[i].name, "f"))
            rc = query_add(c->cx, &parsed, p[i].value);
    for (int i = 0; i < parsed.n_filters && !rc; i++)
        rc = add_filter(c->cx, q, &parsed.filter[i]);
    if (!rc && text && *text)
        add_search(c->cx, q, text);
    q->limit = (int)limit;
    return rc;
}

static enum rc may(struct api_call *c, const char *permission)
{
    if (cx_may(c->cx, permission))
        return RC_OK;
    return FAIL(c->cx, RC_DENIED, NULL, "操作日志只有审计管理员可以查看", "the journal is for the auditor only");
}

static enum rc run(struct cx *cx, struct question *q, int limit, struct db_rows **r)
{
    const char *older = q->after ? " AND j.id < :after" : "";
    const char *sql = arena_printf(cx->a, "%s" FROM "%s%s ORDER BY j.id DESC LIMIT :limit", SELECTED,
                                   buf_text(&q->where), older);
    int n = q->n;
    q->b[n++] = B_INT("limit", limit);
    if (q->after)
        q->b[n++] = B_INT("after", q->after);
    q->b[n] = B_END;
    return cx_db(cx, db_query(cx->db, sql, q->b, r));
}

static enum rc total(struct cx *cx, struct question *q, int64_t *out)
{
    const char *sql = arena_printf(cx->a, "SELECT COUNT(*) FROM (SELECT 1" FROM "%s LIMIT :most) n", buf_text(&q->where));
    q->b[q->n] = B_INT("most", TOTAL_MOST + 1);
    q->b[q->n + 1] = B_END;
    return cx_db(cx, db_int_of(cx->db, sql, q->b, out));
}

/* --- one row --- */

static const char *field_label(const struct kind *k, const char *name)
{
    int i = k ? field_index(k, name) : -1;
    return i < 0 ? name : k->fields[i].label;
}

/* One side of a change as JSON text (free it), opened where it was sealed. */
static char *side_text(struct cx *cx, json_t *pair, size_t side)
{
    json_t *v = person_side(cx, json_array_get(pair, side));
    char *text = json_dumps(v, JSON_COMPACT | JSON_ENCODE_ANY);
    json_decref(v);
    return text;
}

static void side_json(struct cx *cx, struct jw *w, const char *key, json_t *pair, size_t side)
{
    char *text = side_text(cx, pair, side);
    jw_key(w, key);
    jw_raw(w, text ? text : "null");
    free(text);
}

static void changes_json(struct cx *cx, struct jw *w, const struct kind *k, json_t *changes)
{
    const char *name;
    json_t *pair;
    jw_key(w, "changes");
    jw_array(w);
    json_object_foreach(changes, name, pair)
    {
        jw_object(w);
        jw_kt(w, "field", name);
        jw_kt(w, "label", field_label(k, name));
        side_json(cx, w, "before", pair, 0);
        side_json(cx, w, "after", pair, 1);
        jw_end_object(w);
    }
    jw_end_array(w);
}

static void item_json(struct cx *cx, struct jw *w, const struct db_rows *r)
{
    const struct kind *k = record_kind(db_text(r, 8));
    json_t *changes = json_loads(db_text(r, 11), 0, NULL);
    jw_object(w);
    jw_ki(w, "id", db_int(r, 0));
    jw_key(w, "feed");
    if (db_null(r, 1))
        jw_null(w);
    else
        jw_int(w, db_int(r, 1));
    jw_ki(w, "at", db_int(r, 2));
    jw_kt(w, "actor_type", db_text(r, 3));
    jw_key(w, "actor_id");
    if (db_null(r, 4))
        jw_null(w);
    else
        jw_int(w, db_int(r, 4));
    jw_kt(w, "actor", db_text(r, 5));
    jw_kt(w, "login", db_text(r, 6));
    jw_kt(w, "address", db_text(r, 7));
    jw_kt(w, "kind", db_text(r, 8));
    jw_kt(w, "kind_label", k ? k->label : db_text(r, 8));
    jw_ki(w, "record_id", db_int(r, 9));
    jw_kt(w, "action", db_text(r, 10));
    jw_kt(w, "action_label", record_action_label(k, db_text(r, 10)));
    changes_json(cx, w, k, changes);
    jw_kt(w, "result", db_text(r, 12));
    jw_kt(w, "hash", db_text(r, 13));
    jw_end_object(w);
    json_decref(changes);
}

enum rc journal_list(struct api_call *c)
{
    struct question q = {0};
    struct db_rows *r;
    int64_t count = 0, last = 0;
    int n = 0;
    enum rc rc = may(c, "journal.read");
    if (!rc)
        rc = ask(c, &q);
    if (!rc)
        rc = total(c->cx, &q, &count);
    if (!rc)
        rc = run(c->cx, &q, q.limit + 1, &r);
    buf_free(&q.where);
    if (rc)
        return rc;
    jw_object(c->w);
    jw_key(c->w, "items");
    jw_array(c->w);
    while (db_next(r) && ++n <= q.limit) {
        last = db_int(r, 0);
        item_json(c->cx, c->w, r);
    }
    jw_end_array(c->w);
    jw_kt(c->w, "next", n > q.limit ? arena_printf(c->cx->a, "%lld", (long long)last) : NULL);
    jw_ki(c->w, "total", count > TOTAL_MOST ? TOTAL_MOST : count);
    jw_kb(c->w, "total_is_more", count > TOTAL_MOST);
    jw_end_object(c->w);
    return cx_db(c->cx, db_end(r));
}

/* --- spreadsheet --- */

/* "名称: 旧 → 新" */
static const char *changes_text(struct cx *cx, const struct kind *k, const char *stored)
{
    json_t *changes = json_loads(stored, 0, NULL), *pair;
    struct buf b = {0};
    const char *name;
    json_object_foreach(changes, name, pair)
    {
        char *before = side_text(cx, pair, 0), *after = side_text(cx, pair, 1);
        buf_printf(&b, "%s%s: %s → %s", b.len ? "; " : "", field_label(k, name), before ? before : "",
                   after ? after : "");
        free(before);
        free(after);
    }
    json_decref(changes);
    const char *s = arena_strdup(cx->a, buf_text(&b));
    buf_free(&b);
    return s;
}

static void write_row(struct cx *cx, struct xlsx_writer *x, const struct db_rows *r)
{
    const struct kind *k = record_kind(db_text(r, 8));
    if (!db_null(r, 1))
        xlsx_write_int(x, 0, db_int(r, 1));
    xlsx_write_instant(x, 1, (struct instant){db_int(r, 2)});
    xlsx_write_text(x, 2, db_text(r, 5));
    xlsx_write_text(x, 3, db_text(r, 6));
    xlsx_write_text(x, 4, db_text(r, 7));
    xlsx_write_text(x, 5, k ? k->label : db_text(r, 8));
    xlsx_write_int(x, 6, db_int(r, 9));
    xlsx_write_text(x, 7, record_action_label(k, db_text(r, 10)));
    xlsx_write_text(x, 8, changes_text(cx, k, db_text(r, 11)));
    xlsx_write_text(x, 9, db_text(r, 12));
    xlsx_write_text(x, 10, db_text(r, 13));
    xlsx_write_row(x);
}

/* Pages by cursor, an arena per page: memory stays flat and no read snapshot is held. */
static enum rc write_pages(struct cx *cx, struct question *q, struct xlsx_writer *x, int64_t *rows)
{
    struct cx one = *cx;
    struct db_rows *r;
    enum rc rc;
    int n;
    one.a = arena_new();
    do {
        n = 0;
        rc = run(&one, q, PAGE_MOST, &r);
        if (rc)
            break;
        for (; db_next(r); n++) {
            q->after = db_int(r, 0);
            write_row(&one, x, r);
        }
        rc = cx_db(&one, db_end(r));
        arena_reset(one.a);
        *rows += n;
    } while (!rc && n == PAGE_MOST);
    if (rc)
        cx->err = one.err;
    arena_free(one.a);
    return rc;
}

static enum rc write_file(struct cx *cx, struct question *q, const char *path, int64_t *rows)
{
    static const struct xlsx_column headings[] = {
        {"行号", XLSX_NUMBER}, {"时间", XLSX_INSTANT}, {"操作人", XLSX_TEXT}, {"登录名", XLSX_TEXT},
        {"地址", XLSX_TEXT},   {"对象", XLSX_TEXT},    {"对象序号", XLSX_NUMBER}, {"操作", XLSX_TEXT},
        {"变更", XLSX_TEXT},   {"结果", XLSX_TEXT},    {"哈希", XLSX_TEXT}};
    struct xlsx_writer *x;
    enum rc rc = xlsx_write_new(path, NULL, &x, &cx->err);
    if (rc)
        return rc;
    xlsx_write_sheet(x, "操作日志", headings, COUNT(headings), 0);
    rc = write_pages(cx, q, x, rows);
    if (rc) {
        xlsx_write_abort(x);
        return rc;
    }
    return xlsx_write_end(x, &cx->err);
}

enum rc journal_xlsx(struct api_call *c)
{
    struct question q = {0};
    int64_t rows = 0;
    enum rc rc = may(c, "journal.export");
    if (!rc)
        rc = ask(c, &q);
    q.after = 0;
    char *path = arena_printf(c->cx->a, "%s/spool/journal-XXXXXX", c->api->data_dir);
    int fd = rc ? -1 : mkstemp(path);
    if (!rc && fd < 0)
        rc = FAIL(c->cx, RC_BUSY, NULL, "不能写临时文件，磁盘可能已满", "cannot write a temporary file");
    if (fd >= 0)
        close(fd);
    if (!rc)
        rc = write_file(c->cx, &q, path, &rows);
    if (!rc)
        rc = journal_note(c->cx, "journal", 0, "export", arena_printf(c->cx->a, "{\"rows\":[null,%lld]}", (long long)rows),
                          "ok");
    if (!rc)
        c->res->file_fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd >= 0)
        unlink(path);
    buf_free(&q.where);
    c->res->type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    http_set_header(c->req, c->res, "Content-Disposition", "attachment; filename=\"journal.xlsx\"");
    return rc;
}
