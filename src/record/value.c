/* SPDX-License-Identifier: Apache-2.0 */
/* One field's value: from the database, from JSON, from people's spreadsheets, and back. */
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "record/record_int.h"

#define TEXT_MAX 4000 /* code points of a text without its own bound */

const char *field_token(const struct field *f)
{
    switch (f->type) {
    case F_TEXT:
    case F_ENUM:
    case F_DATE:
    case F_FILES:
        return "TEXT";
    case F_FLOAT:
        return "FLOAT";
    case F_INT:
    case F_FEN:
    case F_BOOL:
    case F_INSTANT:
    case F_DURATION:
    case F_REF:
        break;
    }
    return "INT";
}

struct bind value_bind(const char *name, const struct field *f, const struct value *v)
{
    if (v->null)
        return B_NULL(name);
    const char *token = field_token(f);
    if (*token == 'T')
        return B_TEXT(name, v->s);
    return *token == 'F' ? B_FLOAT(name, v->f) : B_INT(name, v->i);
}

void value_read(struct cx *cx, const struct field *f, const struct db_rows *r, int col,
                struct value *out)
{
    *out = (struct value){.null = db_null(r, col)};
    if (out->null)
        return;
    const char *token = field_token(f);
    if (*token == 'T')
        out->s = arena_strdup(cx->a, db_text(r, col));
    else if (*token == 'F')
        out->f = db_float(r, col);
    else
        out->i = db_int(r, col);
}

bool value_same(const struct field *f, const struct value *a, const struct value *b)
{
    if (a->null || b->null)
        return a->null == b->null;
    const char *token = field_token(f);
    if (*token == 'T')
        return !strcmp(a->s, b->s);
    return *token == 'F' ? !(a->f < b->f || a->f > b->f) : a->i == b->i;
}

void value_json(struct jw *w, const struct field *f, const struct value *v)
{
    if (v->null)
        jw_null(w);
    else if (f->type == F_BOOL)
        jw_bool(w, v->i != 0);
    else if (f->type == F_FILES)
        jw_raw(w, v->s);
    else if (f->type == F_FLOAT)
        jw_float(w, v->f);
    else if (*field_token(f) == 'T')
        jw_text(w, v->s);
    else
        jw_int(w, v->i);
}

const struct option *field_option(const struct field *f, const char *value)
{
    for (const struct option *o = f->opts; o && o->value; o++)
        if (!strcmp(o->value, value))
            return o;
    return NULL;
}

static enum rc wrong_type(struct cx *cx, const struct field *f, const char *zh, const char *en)
{
    return FAIL(cx, RC_INVALID, f->name, "“{label}”应为{zh}", "{name} must be {en}", "label",
                f->label, "zh", zh, "name", f->name, "en", en);
}

static enum rc files_from_json(struct cx *cx, const struct field *f, const json_t *in,
                               struct value *out)
{
    struct buf b = {0};
    struct jw w = jw_on(&b);
    if (!json_is_array(in) || json_array_size(in) > 50)
        return wrong_type(cx, f, "文件编号的数组（最多 50 个）", "an array of at most 50 file ids");
    jw_array(&w);
    for (size_t i = 0; i < json_array_size(in); i++) {
        if (!json_is_integer(json_array_get(in, i))) {
            buf_free(&b);
            return wrong_type(cx, f, "文件编号的数组", "an array of file ids");
        }
        jw_int(&w, json_integer_value(json_array_get(in, i)));
    }
    jw_end_array(&w);
    if (json_array_size(in))
        out->s = arena_strdup(cx->a, buf_text(&b));
    else
        out->null = true;
    buf_free(&b);
    return RC_OK;
}

static enum rc text_from_json(struct cx *cx, const struct field *f, const json_t *in,
                              struct value *out)
{
    if (!json_is_string(in))
        return wrong_type(cx, f, "文字", "a text");
    if (json_string_length(in) != strlen(json_string_value(in)))
        return wrong_type(cx, f, "不含空字符的文字", "a text without NUL");
    /* jansson's string outlives the request's JSON only as a copy */
    out->s = arena_strdup(cx->a, json_string_value(in));
    if (!*out->s)
        return FAIL(cx, RC_INVALID, f->name, "“{label}”不能是空文字；要清除请用 null",
                    "{name} must not be an empty text; null clears it", "label", f->label, "name",
                    f->name);
    return RC_OK;
}

enum rc value_from_json(struct cx *cx, const struct field *f, const json_t *in, struct value *out)
{
    *out = (struct value){.null = !in || json_is_null(in)};
    if (out->null)
        return RC_OK;
    switch (f->type) {
    case F_TEXT:
    case F_ENUM:
    case F_DATE:
        return text_from_json(cx, f, in, out);
    case F_FILES:
        return files_from_json(cx, f, in, out);
    case F_BOOL:
        if (!json_is_boolean(in))
            return wrong_type(cx, f, "是或否（true/false）", "true or false");
        out->i = json_is_true(in);
        return RC_OK;
    case F_FLOAT:
        if (!json_is_number(in))
            return wrong_type(cx, f, "数字", "a number");
        out->f = json_number_value(in);
        return RC_OK;
    case F_INT:
    case F_FEN:
    case F_INSTANT:
    case F_DURATION:
    case F_REF:
        break;
    }
    if (!json_is_integer(in))
        return wrong_type(cx, f, "整数", "an integer");
    out->i = json_integer_value(in);
    return RC_OK;
}

static enum rc out_of_bounds(struct cx *cx, const struct field *f, int64_t min, int64_t max)
{
    char lo[24], hi[24];
    snprintf(lo, sizeof lo, "%" PRId64, min);
    snprintf(hi, sizeof hi, "%" PRId64, max);
    if (f->type == F_TEXT)
        return FAIL(cx, RC_INVALID, f->name, "“{label}”应为 {min} 到 {max} 个字",
                    "{name} needs {min} to {max} characters", "label", f->label, "min", lo, "max",
                    hi, "name", f->name);
    return FAIL(cx, RC_INVALID, f->name, "“{label}”应在 {min} 到 {max} 之间",
                "{name} must lie between {min} and {max}", "label", f->label, "min", lo, "max", hi,
                "name", f->name);
}

static enum rc check_text(struct cx *cx, const struct field *f, const struct value *v)
{
    int64_t max = f->max ? f->max : TEXT_MAX, n = (int64_t)utf8_count(v->s);
    if (n < f->min || n > max)
        return out_of_bounds(cx, f, f->min, max);
    bool visible = *v->s > 0x20 && *v->s < 0x7f; /* most texts begin so: no need to look further */
    if (!visible && !*utf8_tidy(cx->a, v->s))
        return FAIL(cx, RC_INVALID, f->name, "“{label}”不能只有空白", "{name} must not be blank",
                    "label", f->label, "name", f->name);
    for (const char *s = v->s; *s; s++)
        if ((unsigned char)*s < 0x20 && !((f->flags & LONG) && strchr("\n\t\r", *s)))
            return FAIL(cx, RC_INVALID, f->name, "“{label}”含有控制字符，请删去",
                        "{name} contains control characters", "label", f->label, "name", f->name);
    return RC_OK;
}

static enum rc check_enum(struct cx *cx, const struct field *f, const struct value *v)
{
    if (field_option(f, v->s))
        return RC_OK;
    struct buf all = {0};
    for (const struct option *o = f->opts; o && o->value; o++)
        buf_printf(&all, "%s%s", all.len ? " " : "", o->value);
    enum rc rc = FAIL(cx, RC_INVALID, f->name, "“{label}”只能是：{all}", "{name} must be one of: {all}",
                      "label", f->label, "name", f->name, "all", buf_text(&all));
    buf_free(&all);
    return rc;
}

enum rc value_check(struct cx *cx, const struct field *f, const struct value *v)
{
    struct date d;
    if (v->null) {
        if (!(f->flags & REQ))
            return RC_OK;
        return FAIL(cx, RC_INVALID, f->name, "请填写“{label}”", "{name} is required", "label",
                    f->label, "name", f->name);
    }
    switch (f->type) {
    case F_TEXT:
        return check_text(cx, f, v);
    case F_ENUM:
        return check_enum(cx, f, v);
    case F_DATE:
        if (!date_parse(v->s, &d))
            return wrong_type(cx, f, "日期，如 2026-05-08", "a date such as 2026-05-08");
        return RC_OK;
    case F_FLOAT:
        if (!isfinite(v->f) || ((f->min || f->max) && (v->f < (double)f->min || v->f > (double)f->max)))
            return out_of_bounds(cx, f, f->min, f->max);
        return RC_OK;
    case F_INSTANT: /* years 1970 to 9999 */
        if (v->i < 0 || v->i > INT64_C(253402300799999))
            return wrong_type(cx, f, "时刻（UTC 毫秒）", "an instant in UTC milliseconds");
        return RC_OK;
    case F_INT:
    case F_FEN:
    case F_DURATION:
        if ((f->min || f->max) && (v->i < f->min || v->i > f->max))
            return out_of_bounds(cx, f, f->min, f->max);
        return RC_OK;
    case F_BOOL:
    case F_REF:
    case F_FILES:
        break;
    }
    return RC_OK;
}

const char *ref_label(struct cx *cx, const char *ref, int64_t id)
{
    const struct kind *k = record_kind(ref);
    struct db_rows *r;
    const char *label = NULL;
    const char *sql = arena_printf(cx->a, "SELECT %s FROM %s WHERE id = :id",
                                   k->fields[k->label_field].name, kind_table(k));
    if (db_query(cx->db, sql, BINDS(B_INT("id", id)), &r))
        return NULL;
    if (db_next(r))
        label = arena_strdup(cx->a, db_text(r, 0));
    return db_end(r) ? NULL : label;
}

const char *value_text(struct cx *cx, const struct field *f, const struct value *v,
                       const char *label)
{
    char text[INSTANT_TEXT];
    const struct option *o;
    if (v->null)
        return "";
    switch (f->type) {
    case F_TEXT:
    case F_DATE:
    case F_FILES:
        return v->s;
    case F_ENUM:
        o = field_option(f, v->s);
        return o ? o->label : v->s;
    case F_BOOL:
        return v->i ? "是" : "否";
    case F_FLOAT:
        return arena_printf(cx->a, "%.10g", v->f);
    case F_FEN:
        return arena_printf(cx->a, "%s%lld.%02d", v->i < 0 ? "-" : "", llabs(v->i) / 100,
                            (int)(llabs(v->i) % 100));
    case F_INSTANT:
        return arena_strdup(cx->a, instant_minute_text((struct instant){v->i}, text));
    case F_REF:
        if (!label)
            label = ref_label(cx, f->ref, v->i);
        return label ? label : arena_printf(cx->a, "#%" PRId64, v->i);
    case F_INT:
    case F_DURATION:
        break;
    }
    return arena_printf(cx->a, "%" PRId64, v->i);
}

static enum rc int_from_text(struct cx *cx, const struct field *f, const char *text, int64_t *out)
{
    char *end;
    errno = 0;
    *out = strtoll(text, &end, 10);
    if (errno || end == text || *end)
        return wrong_type(cx, f, "整数", "an integer");
    return RC_OK;
}

static enum rc enum_from_text(struct cx *cx, const struct field *f, const char *text,
                              struct value *out)
{
    for (const struct option *o = f->opts; o && o->value; o++)
        if (!strcmp(o->value, text) || !strcmp(o->label, text)) {
            out->s = o->value;
            return RC_OK;
        }
    struct buf all = {0};
    for (const struct option *o = f->opts; o && o->value; o++)
        buf_printf(&all, "%s%s", all.len ? "、" : "", o->label);
    enum rc rc = FAIL(cx, RC_INVALID, f->name, "“{label}”不认识“{text}”，可用：{all}",
                      "{name} does not know \"{text}\"; use one of: {all}", "label", f->label,
                      "name", f->name, "text", text, "all", buf_text(&all));
    buf_free(&all);
    return rc;
}

static enum rc ref_from_text(struct cx *cx, const struct field *f, const char *text,
                             struct value *out)
{
    const struct kind *k = record_kind(f->ref);
    struct row *row;
    /* its number first: names of devices stand more than once */
    int number = k->identity ? field_index(k, arena_strndup(cx->a, k->identity, strcspn(k->identity, "|+"))) : -1;
    enum rc rc = number >= 0 && k->fields[number].type == F_TEXT ? record_find(cx, k, number, text, &row) : RC_NOT_FOUND;
    if (rc == RC_NOT_FOUND && number != k->label_field)
        rc = record_find(cx, k, k->label_field, text, &row);
    if (rc == RC_NOT_FOUND)
        return FAIL(cx, RC_NOT_FOUND, f->name, "“{label}”找不到{kind}“{text}”，请先登记或改成已有名称",
                    "{name}: no {ken} called \"{text}\"", "label", f->label, "kind", k->label,
                    "text", text, "name", f->name, "ken", k->label_en);
    if (!rc)
        out->i = row->id;
    return rc;
}

enum rc value_from_text(struct cx *cx, const struct field *f, const char *text, struct value *out)
{
    struct date d;
    struct instant t;
    char day[DATE_TEXT], *end;
    const char *narrow = utf8_narrow(cx->a, text);
    *out = (struct value){.null = !*narrow};
    if (out->null)
        return RC_OK;
    switch (f->type) {
    case F_TEXT:
        out->s = arena_strdup(cx->a, text);
        return RC_OK;
    case F_ENUM:
        return enum_from_text(cx, f, utf8_tidy(cx->a, narrow), out);
    case F_DATE:
        if (!date_parse_loose(narrow, &d))
            return wrong_type(cx, f, "日期，如 2026-05-08", "a date such as 2026-05-08");
        out->s = arena_strdup(cx->a, date_text(d, day));
        return RC_OK;
    case F_REF:
        return ref_from_text(cx, f, utf8_tidy(cx->a, text), out);
    case F_BOOL:
        if (!word_in("是|1|true|y|Y|有|√", narrow) && !word_in("否|0|false|n|N|无|×", narrow))
            return wrong_type(cx, f, "是或否", "yes or no");
        out->i = word_in("是|1|true|y|Y|有|√", narrow);
        return RC_OK;
    case F_FLOAT:
        out->f = strtod(narrow, &end);
        return end != narrow && !*end ? RC_OK : wrong_type(cx, f, "数字", "a number");
    case F_INSTANT:
        if (instant_parse(narrow, &t)) {
            out->i = t.ms;
            return RC_OK;
        }
        break;
    case F_FEN:
    case F_INT:
    case F_DURATION:
        break;
    case F_FILES:
        return wrong_type(cx, f, "网页上传的文件", "files uploaded on the page");
    }
    return int_from_text(cx, f, narrow, &out->i);
}
