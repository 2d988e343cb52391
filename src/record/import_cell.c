/* SPDX-License-Identifier: Apache-2.0 */
/* What people typed into cells, as values of fields; names of other records, as their ids. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "proto/clean.h"
#include "record/import_int.h"

#define FOLDED_MAX 20000 /* a kind with more records is only found by the exact name */

bool importable(struct cx *cx, const struct field *f)
{
    return f->type != F_FILES && f->type != F_ROWS && may_edit(cx, f);
}

static const char *const *synonyms_of(struct cx *cx, const struct field *f, const char *last)
{
    const char **list = ARENA_NEW(cx->a, const char *, 40);
    int n = 0;
    for (const char *s = f->also; s && *s && n < 39;) {
        size_t len = strcspn(s, "|");
        list[n++] = arena_strndup(cx->a, s, len);
        s += len + (s[len] == '|');
    }
    list[n] = last;
    return list;
}

static bool in_identity(const struct kind *k, const char *name)
{
    size_t n = strlen(name);
    for (const char *s = k->identity; *s;) {
        size_t len = strcspn(s, "|+");
        if (len == n && !memcmp(s, name, n))
            return true;
        s += len + (s[len] != 0);
    }
    return false;
}

struct table_column *import_columns(struct run *r)
{
    struct table_column *c = ARENA_NEW(r->cx->a, struct table_column, COLUMNS_MAX);
    for (int i = 0; i < r->k->n_fields; i++)
        if (importable(r->cx, &r->k->fields[i]))
            r->column[r->n_columns++] = &r->k->fields[i];
    r->n_fields = r->n_columns;
    for (const struct import_link *l = r->k->import_links; l && l->kind; l++) {
        r->column[r->n_columns++] = &l->column;
        r->column[r->n_columns++] = &l->more;
    }
    for (size_t i = 0; i < r->n_columns; i++) {
        const struct field *f = r->column[i];
        bool by_number = f->type == F_REF && kind_number(record_kind(f->ref));
        /* as the export says it; a sheet with number and name means the number */
        const char *label = by_number ? arena_printf(r->cx->a, "%s编号", f->label) : f->label;
        c[i] = (struct table_column){f->name, label, synonyms_of(r->cx, f, by_number ? f->label : NULL), in_identity(r->k, f->name)};
    }
    return c;
}

bool says_nothing(const char *text)
{
    return strnlen(text, 7) < 7 && word_in("-|/|—|——|--|－|／|无|暂无|N/A|n/a|NA", text);
}

/* 无 in a field of choices, or of yes and no, may be one of them. */
static bool clears(const struct field *f, const char *text)
{
    if (f->type == F_ENUM || f->type == F_BOOL)
        return strnlen(text, 7) < 7 && word_in("-|/|—|——|--|－|／", text);
    return says_nothing(text);
}

const char *cell_said(struct cx *cx, const struct field *f, const struct sheet_cell *c)
{
    return c->type == SHEET_EMPTY ? "" : clean_text(cx->a, c, (f->flags & LONG) != 0);
}

const char *fold_name(struct arena *a, const char *s)
{
    char *out = arena_strdup(a, utf8_narrow(a, s)), *to = out;
    for (const char *p = out; *p; p++)
        if (*p != ' ')
            *to++ = *p >= 'A' && *p <= 'Z' ? (char)(*p + 32) : *p;
    *to = 0;
    return out;
}

/* --- names of other records --- */

static const char *ref_key(struct run *r, const struct field *f, const char *text)
{
    size_t a = strlen(f->ref), b = strlen(text);
    char *key = arena_alloc(r->one.a, a + b + 2);
    memcpy(key, f->ref, a);
    key[a] = ':';
    memcpy(key + a + 1, text, b);
    return key;
}

/* All names of a kind that the actor may see, folded: "东区 07" is found as "东区07". */
static enum rc load_folded(struct run *r, const struct kind *to, const char *mark)
{
    struct cx *cx = &r->one;
    struct buf sql = {0};
    struct bind b[8];
    struct db_rows *rows;
    int n = 0;
    unsigned scope = cx_scopes(cx, permission_of(cx, to, "read"));
    *dict_put(&r->folded, mark, NULL) = 1;
    buf_printf(&sql, "SELECT id, %s FROM %s_v WHERE retired_at IS NULL",
               to->fields[to->label_field].name, to->name);
    bool sees = scope && scope_sql(cx, to, scope, &sql, b, &n);
    buf_printf(&sql, " ORDER BY id LIMIT %d", FOLDED_MAX);
    b[n] = B_END;
    const char *text = arena_strdup(cx->a, buf_text(&sql));
    buf_free(&sql);
    if (!sees)
        return RC_OK;
    enum rc rc = cx_db(cx, db_query(cx->db, text, b, &rows));
    if (rc)
        return rc;
    while (db_next(rows)) {
        bool fresh;
        const char *name = db_text(rows, 1);
        if (!name)
            continue;
        int64_t *id = dict_put(&r->folded, arena_printf(cx->a, "%s%s", mark, fold_name(cx->a, name)), &fresh);
        *id = fresh ? db_int(rows, 0) : -1;
    }
    return cx_db(cx, db_end(rows));
}

static enum rc folded_ref(struct run *r, const struct field *f, const char *text, int64_t *id)
{
    const char *mark = ref_key(r, f, "");
    enum rc rc = dict_get(&r->folded, mark) ? RC_OK : load_folded(r, record_kind(f->ref), mark);
    const int64_t *found = dict_get(&r->folded, ref_key(r, f, fold_name(r->one.a, text)));
    *id = found && *found > 0 ? *found : 0;
    return rc;
}

/* *id = 0: nobody knows it. Each name is looked up once. */
static enum rc find_ref(struct run *r, const struct field *f, const char *text, int64_t *id)
{
    struct value v;
    const int64_t *known = dict_get(&r->refs, ref_key(r, f, text));
    *id = known ? *known : 0;
    if (known)
        return RC_OK;
    enum rc rc = value_from_text(&r->one, f, text, &v);
    if (!rc)
        *id = v.i;
    if (rc == RC_NOT_FOUND)
        rc = folded_ref(r, f, text, id);
    if (!rc)
        *dict_put(&r->refs, ref_key(r, f, text), NULL) = *id;
    return rc;
}

/* A record that nobody knows yet is no mistake of the row: it is listed, and made when asked. The
 * value names it until then by its place in the list, below zero. */
static enum rc missing_ref(struct run *r, const struct field *f, const char *text, struct value *out)
{
    bool fresh;
    int64_t *at = dict_put(&r->missing, ref_key(r, f, fold_name(r->one.a, text)), &fresh);
    if (fresh) {
        if (r->n_missing == r->room_missing) {
            r->room_missing = r->room_missing ? r->room_missing * 2 : 64;
            struct missing *lacks = ARENA_NEW(r->pass, struct missing, r->room_missing);
            if (r->n_missing)
                memcpy(lacks, r->lacks, sizeof *lacks * (size_t)r->n_missing);
            r->lacks = lacks;
        }
        r->lacks[r->n_missing] = (struct missing){record_kind(f->ref), arena_strdup(r->pass, text), 0};
        *at = ++r->n_missing;
    }
    *out = (struct value){.i = -*at};
    if (r->o->create_new || !r->o->good_rows)
        return RC_OK;
    return FAIL(&r->one, RC_NOT_FOUND, f->name,
                "“{label}”里的“{text}”还不在台账里：请先登记，或确认后一并建立（--create-sites）",
                "{name}: \"{text}\" is not known yet; register it, or import with --create-sites",
                "label", f->label, "text", text, "name", f->name);
}

/* The retired record of that name comes back, or a new one is made. */
static enum rc make_missing(struct run *r, const struct kind *to, const char *name, int64_t *id)
{
    struct cx *cx = &r->one;
    struct row *made = record_new(cx, to), *old;
    int64_t retired = 0;
    row_text(made, to->label_field, name);
    enum rc rc = value_check(cx, &to->fields[to->label_field], &made->v[to->label_field]);
    if (!rc && to->adopt)
        rc = to->adopt(cx, made);
    if (rc)
        return rc;
    const char *sql = arena_printf(cx->a, "SELECT id FROM %s WHERE %s = :name AND retired_at IS NOT NULL ORDER BY id LIMIT 1",
                                   kind_table(to), to->fields[to->label_field].name);
    rc = cx_db(cx, db_int_of(cx->db, sql, BINDS(B_TEXT("name", name)), &retired));
    if (rc == RC_NOT_FOUND) {
        rc = record_insert(cx, made, "import_new");
        *id = made->id;
        return rc;
    }
    if (!rc)
        rc = record_load(cx, to, retired, &old);
    if (!rc)
        rc = may_revive(r, old);
    if (rc)
        return rc;
    *id = made->id = retired;
    return record_revive(cx, old, made, "import_new");
}

enum rc import_missing(struct run *r, struct item *it)
{
    for (int i = 0; i < r->k->n_fields; i++) {
        const struct field *f = &r->k->fields[i];
        struct value *v = &it->row->v[i];
        if (f->type != F_REF || v->null || v->i >= 0)
            continue;
        struct missing *m = &r->lacks[-v->i - 1];
        enum rc rc = m->id ? RC_OK : make_missing(r, m->kind, m->name, &m->id);
        if (rc)
            return rc;
        *v = (struct value){.i = m->id};
    }
    return RC_OK;
}

static bool may_make(struct run *r, const struct kind *to)
{
    if (r->asked != to) /* for thousands of rows the same */
        r->may_make = cx_may(r->cx, permission_of(&r->one, to, "create")) ||
                      cx_may(r->cx, permission_of(&r->one, to, "import"));
    r->asked = to;
    return r->may_make;
}

static enum rc ref_from_cell(struct run *r, const struct field *f, const char *text, struct value *out)
{
    enum rc rc = find_ref(r, f, text, &out->i);
    if (rc || out->i)
        return rc;
    const struct kind *to = record_kind(f->ref);
    if (to->import_new && may_make(r, to))
        return missing_ref(r, f, text, out);
    if (to->import_new)
        return FAIL(&r->one, RC_DENIED, f->name, "“{label}”里的{kind}“{text}”还没有登记，您也没有新建的权限；请管理员先登记，或改成已有名称",
                    "{name}: there is no {ken} \"{text}\" and you may not make one", "label", f->label, "kind", to->label, "text", text,
                    "name", f->name, "ken", to->label_en);
    return FAIL(&r->one, RC_INVALID, f->name, "“{label}”找不到{kind}“{text}”，请先登记或改成已有名称",
                "{name}: no {ken} called \"{text}\"", "label", f->label, "kind", to->label, "text", text,
                "name", f->name, "ken", to->label_en);
}

/* --- values --- */

static enum rc not_a(struct cx *cx, const struct field *f, const char *text, const char *zh, const char *en)
{
    char cut[160];
    snprintf(cut, sizeof cut, "%.150s", text);
    return FAIL(cx, RC_INVALID, f->name, "“{label}”的“{text}”不是{zh}", "{name}: \"{text}\" is not {en}",
                "label", f->label, "text", cut, "zh", zh, "name", f->name, "en", en);
}

static enum rc number_from_cell(struct cx *cx, const struct field *f, const struct sheet_cell *c,
                                const char *text, struct value *out)
{
    bool good = f->type == F_FLOAT  ? clean_number(c, &out->f)
                : f->type == F_FEN  ? clean_scaled(c, 2, &out->i)
                : f->type == F_REF  ? false
                                    : clean_scaled(c, 0, &out->i);
    if (f->type == F_DURATION)
        out->i *= MINUTE_MS;
    if (good)
        return RC_OK;
    return f->type == F_FEN     ? not_a(cx, f, text, "金额（元，最多两位小数）", "an amount in yuan")
           : f->type == F_FLOAT ? not_a(cx, f, text, "数字", "a number")
           : f->type == F_DURATION
               ? not_a(cx, f, text, "整数分钟", "a whole number of minutes")
               : not_a(cx, f, text, "整数", "an integer");
}

static enum rc instant_from_cell(struct cx *cx, const struct field *f, const struct sheet_cell *c,
                                 const char *text, struct value *out)
{
    struct date d;
    int32_t second;
    struct instant t;
    if (c->type == SHEET_DATE && c->has_day) {
        out->i = instant_at(c->date, c->second).ms;
    } else if (c->type == SHEET_NUMBER && sheet_serial_date(c->number, c->is_1904, &d, &second)) {
        out->i = instant_at(d, second).ms;
    } else {
        char *iso = arena_strdup(cx->a, utf8_narrow(cx->a, text));
        if (strlen(iso) > 10 && iso[10] == ' ')
            iso[10] = 'T';
        if (!instant_parse(iso, &t) && !(date_parse_loose(iso, &d) && ((t = instant_at(d, 0)), true)))
            return not_a(cx, f, text, "时刻，如 2026-05-08 17:00", "an instant such as 2026-05-08 17:00");
        out->i = t.ms;
    }
    return RC_OK;
}

/* The number 2019.1 is what a sheet also makes of a typed 2019.10: read as January, and told. */
static void doubt_month(struct run *r, const struct sheet_cell *c, int32_t number)
{
    if (c->type == SHEET_NUMBER && strlen(c->text) == 6 && !strcmp(c->text + 4, ".1") && !r->n_doubts++)
        r->first_doubt = number;
}

static enum rc date_from_cell(struct run *r, const struct field *f, const struct sheet_cell *c,
                              const char *text, int32_t number, struct value *out)
{
    struct cx *cx = &r->one;
    struct date d;
    char day[DATE_TEXT];
    bool whole = clean_date(c, &d);
    if (!whole && (c->type == SHEET_TEXT || c->type == SHEET_NUMBER) && month_parse_loose(c->text, &d))
        doubt_month(r, c, number);
    else if (!whole)
        return not_a(cx, f, text, "日期；请写成 2019-03-07、2019.3.7 或 2019年3月7日",
                     "a date; write 2019-03-07, 2019.3.7 or 20190307");
    out->s = arena_strdup(cx->a, date_text(d, day));
    return RC_OK;
}

/* Its label or another word for it, whatever their blanks, width and case. */
static bool is_choice(struct cx *cx, const struct option *o, const char *folded)
{
    if (!strcmp(fold_name(cx->a, o->label), folded))
        return true;
    for (const char *s = o->also; s && *s;) {
        size_t len = strcspn(s, "|");
        if (!strcmp(fold_name(cx->a, arena_strndup(cx->a, s, len)), folded))
            return true;
        s += len + (s[len] == '|');
    }
    return false;
}

static enum rc choice_from_cell(struct run *r, const struct field *f, const char *text, struct value *out)
{
    for (const struct option *o = f->opts; o && o->value; o++)
        if (!strcmp(o->label, text) || (o->also && word_in(o->also, text))) {
            out->s = o->value;
            return RC_OK;
        }
    const char *folded = fold_name(r->one.a, text);
    for (const struct option *o = f->opts; o && o->value; o++)
        if (is_choice(&r->one, o, folded)) {
            out->s = o->value;
            return RC_OK;
        }
    return value_from_text(&r->one, f, text, out);
}

/* "1.23E+15": what is left of a long number that a spreadsheet program has saved as csv. */
static bool is_power_of_ten(const char *s)
{
    int n = 0;
    return strchr(s, 'E') && sscanf(s, "%*1[1-9]%*[.0-9]E+%*2d%n", &n) == 0 && n && !s[n] && strspn(s, "0123456789.E+") == strlen(s);
}

/* A number in a text column is its digits; where some were lost the text would be another number. */
static enum rc text_from_cell(struct cx *cx, const struct field *f, const struct sheet_cell *c, const char *text, struct value *out)
{
    if (c->is_rounded || (!(f->flags & LONG) && is_power_of_ten(text)))
        return not_a(cx, f, text, "完整的编号：表格程序只保留 15 位数字，后面的已丢失；请把这一列设为文本格式，重新填写",
                     "a whole number: spreadsheet programs keep 15 digits only; make the column text and type it again");
    out->s = f->flags & CODE ? code_narrow(cx, text) : text;
    return value_check(cx, f, out);
}

static enum rc value_of_cell(struct run *r, const struct field *f, const struct sheet_cell *c,
                             const char *text, int32_t number, struct value *out)
{
    struct cx *cx = &r->one;
    *out = (struct value){0};
    switch (f->type) {
    case F_TEXT:
        return text_from_cell(cx, f, c, text, out);
    case F_REF:
        return ref_from_cell(r, f, text, out);
    case F_DATE:
        return date_from_cell(r, f, c, text, number, out);
    case F_INSTANT:
        return instant_from_cell(cx, f, c, text, out);
    case F_INT:
    case F_FLOAT:
    case F_FEN:
    case F_DURATION: {
        enum rc rc = number_from_cell(cx, f, c, text, out);
        return rc ? rc : value_check(cx, f, out);
    }
    case F_ENUM:
        return choice_from_cell(r, f, text, out);
    case F_BOOL:
    case F_FILES:
    case F_GEO:
    case F_SECRET:
    case F_ROWS:
        break;
    }
    return value_from_text(cx, f, text, out);
}

static enum rc bad_formula(struct cx *cx, const struct field *f, const char *text)
{
    if (*text == '=')
        return not_a(cx, f, text, "值，而是没有算过的公式；请用 Excel 或 WPS 打开保存一次，或粘贴为数值", "a value but a formula never calculated");
    return not_a(cx, f, text, "有效的值：这是表格里的公式错误；请改成要填的值，或清空", "a value but an error of a formula");
}

bool is_callers(enum rc rc)
{
    return rc != RC_BUSY && rc != RC_INTERNAL && rc != RC_TIMEOUT;
}

enum rc import_cells(struct run *r, const struct table_row *t, struct item *it, bool *good)
{
    *good = true;
    for (size_t i = 0; i < r->n_fields; i++) {
        const struct field *f = r->column[i];
        const char *text = cell_said(&r->one, f, &t->cells[i]);
        struct value *v = &it->row->v[f - r->k->fields];
        it->given[f - r->k->fields] = *text != 0;
        if (!*text)
            continue;
        if (clears(f, text)) {
            *v = (struct value){.null = true};
            continue;
        }
        enum rc rc = t->cells[i].type == SHEET_ERROR ? bad_formula(&r->one, f, text)
                                                     : value_of_cell(r, f, &t->cells[i], text, t->number, v);
        if (rc && !is_callers(rc))
            return rc;
        if (rc) {
            note_error(r, t->number, f);
            *v = r->blank->v[f - r->k->fields];
            *good = false;
        }
    }
    for (size_t i = r->n_fields; i < r->n_columns; i++)
        it->link[(i - r->n_fields) / 2][(i - r->n_fields) % 2] = cell_said(&r->one, r->column[i], &t->cells[i]);
    return RC_OK;
}
