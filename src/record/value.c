/* SPDX-License-Identifier: Apache-2.0 */
/* One field's value: from the database, from JSON, from people's spreadsheets, and back. */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "io/secret.h"
#include "record/record_int.h"

#define TEXT_MAX 4000 /* code points of a text without its own bound */

const char *field_token(const struct field *f)
{
    switch (f->type) {
    case F_TEXT:
    case F_ENUM:
    case F_DATE:
    case F_FILES:
    case F_SECRET:
        return "TEXT";
    case F_FLOAT:
    case F_GEO:
        return "FLOAT";
    case F_INT:
    case F_FEN:
    case F_BOOL:
    case F_INSTANT:
    case F_DURATION:
    case F_REF:
    case F_ROWS:
        break;
    }
    return "INT";
}

int field_columns(const struct field *f)
{
    return f->type == F_ROWS ? 0 : f->type == F_GEO ? 2 : 1;
}

const char *column_suffix(const struct field *f, int column)
{
    return f->type != F_GEO ? "" : column ? "_lat" : "_lng";
}

struct bind value_bind(const char *name, const struct field *f, const struct value *v, int column)
{
    if (!v || v->null)
        return B_NULL(name);
    const char *token = field_token(f);
    if (*token == 'T')
        return B_TEXT(name, v->s);
    return *token == 'F' ? B_FLOAT(name, column ? v->lat : v->f) : B_INT(name, v->i);
}

void value_read(struct cx *cx, const struct field *f, const struct db_rows *r, int col,
                struct value *out)
{
    *out = (struct value){.null = f->type == F_ROWS || db_null(r, col)};
    if (out->null)
        return;
    const char *token = field_token(f);
    if (f->type == F_GEO)
        out->lat = db_float(r, col + 1);
    if (*token == 'T')
        out->s = arena_strdup(cx->a, db_text(r, col));
    else if (*token == 'F')
        out->f = db_float(r, col);
    else
        out->i = db_int(r, col);
}

static bool same_float(double a, double b)
{
    return !(a < b || a > b);
}

bool value_same(const struct field *f, const struct value *a, const struct value *b)
{
    if (f->type == F_ROWS)
        return rows_same(f, a, b);
    if (a->null || b->null)
        return a->null == b->null;
    const char *token = field_token(f);
    if (*token == 'T')
        return !strcmp(a->s, b->s);
    return *token == 'F' ? same_float(a->f, b->f) && same_float(a->lat, b->lat) : a->i == b->i;
}

static void geo_json(struct jw *w, const struct value *v)
{
    jw_object(w);
    jw_key(w, "lng");
    jw_float(w, v->f);
    jw_key(w, "lat");
    jw_float(w, v->lat);
    jw_end_object(w);
}

void value_json(struct jw *w, const struct field *f, const struct value *v)
{
    if (f->type == F_SECRET)
        jw_raw(w, v->null ? "{\"set\":false}" : "{\"set\":true}");
    else if (v->null)
        jw_null(w);
    else if (f->type == F_GEO)
        geo_json(w, v);
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

static bool is_control(const char *s)
{
    unsigned char c = (unsigned char)*s;
    return c < 0x20 || c == 0x7f || (c == 0xc2 && (unsigned char)s[1] < 0xa0 && (unsigned char)s[1] != 0x85);
}

/* One line is written as the import of a spreadsheet would: "A-1 " typed and "A-1" imported are one device.
 * What is only blank, or holds control characters, stays as it is and is refused by check_text(). */
/* "ＺＣ－００１" and "ZC-001" are one code, with joiners inside or not; brackets stay as they are: 京资（2026）1 号. */
const char *code_narrow(struct cx *cx, const char *s)
{
    char *out = NULL, *to = NULL;
    for (const char *p = s, *next = s; *p; p = next) {
        uint32_t cp = utf8_next(&next), narrow = cp - 0xFEE0;
        bool code = cp >= 0xFF01 && cp <= 0xFF5E && (isalnum((int)narrow) || strchr("-./_#", (int)narrow));
        bool joiner = cp == 0x200C || cp == 0x200D;
        if ((code || joiner) && !out) {
            out = arena_strdup(cx->a, s);
            to = out + (p - s);
        }
        if (code)
            *to++ = (char)narrow;
        else if (out && !joiner)
            for (; p < next; p++)
                *to++ = *p;
    }
    if (!out)
        return s;
    *to = 0;
    return out;
}

static const char *tidied(struct cx *cx, const struct field *f, const char *s)
{
    if (f->type != F_TEXT || f->flags & (LONG | EXACT))
        return s;
    for (const char *p = s; *p; p++)
        if (is_control(p))
            return s;
    const char *tidy = utf8_tidy(cx->a, s);
    return !*tidy ? s : f->flags & CODE ? code_narrow(cx, tidy) : tidy;
}

static enum rc text_from_json(struct cx *cx, const struct field *f, const json_t *in,
                              struct value *out)
{
    out->s = "";
    if (!json_is_string(in))
        return wrong_type(cx, f, "文字", "a text");
    if (json_string_length(in) != strlen(json_string_value(in)))
        return wrong_type(cx, f, "不含空字符的文字", "a text without NUL");
    /* jansson's string outlives the request's JSON only as a copy */
    out->s = tidied(cx, f, arena_strdup(cx->a, json_string_value(in)));
    if (!*out->s)
        return FAIL(cx, RC_INVALID, f->name, "“{label}”不能是空文字；要清除请用 null",
                    "{name} must not be an empty text; null clears it", "label", f->label, "name",
                    f->name);
    return RC_OK;
}

static enum rc check_text(struct cx *cx, const struct field *f, const struct value *v);

/* Checked while it is clear, then sealed: no clear secret ever stands in a row. */
static enum rc seal(struct cx *cx, const struct field *f, struct value *out)
{
    enum rc rc = check_text(cx, f, out);
    return rc ? rc : secret_seal(cx->data_dir, cx->a, f->name, out->s, &out->s, &cx->err);
}

static enum rc secret_from_json(struct cx *cx, const struct field *f, const json_t *in,
                                struct value *out)
{
    enum rc rc = text_from_json(cx, f, in, out);
    return rc ? rc : seal(cx, f, out);
}

enum rc row_secret(struct cx *cx, const struct row *row, int field, const char **out)
{
    const struct field *f = &row->kind->fields[field];
    *out = NULL;
    if (row->v[field].null)
        return RC_OK;
    return secret_open(cx->data_dir, cx->a, f->name, row->v[field].s, out, &cx->err);
}

static enum rc geo_from_json(struct cx *cx, const struct field *f, const json_t *in,
                             struct value *out)
{
    const json_t *lng = json_object_get(in, "lng"), *lat = json_object_get(in, "lat");
    if (!json_is_number(lng) || !json_is_number(lat) || json_object_size(in) != 2)
        return wrong_type(cx, f, "位置 {\"lng\":经度,\"lat\":纬度}（WGS-84）",
                          "a place {\"lng\":…,\"lat\":…} in WGS-84 degrees");
    out->f = json_number_value(lng);
    out->lat = json_number_value(lat);
    return RC_OK;
}

enum rc value_from_json(struct cx *cx, const struct field *f, const json_t *in, struct value *out)
{
    if (f->type == F_ROWS)
        return rows_from_json(cx, f, in, out);
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
    case F_SECRET:
        return secret_from_json(cx, f, in, out);
    case F_GEO:
        return geo_from_json(cx, f, in, out);
    case F_ROWS:
        return rows_from_json(cx, f, in, out);
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
        if (is_control(s) && !((f->flags & LONG) && strchr("\n\t\r", *s)))
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
    if (f->type == F_ROWS)
        return rows_check(cx, f, v);
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
    case F_GEO:
        if (!isfinite(v->f) || !isfinite(v->lat) || fabs(v->f) > 180 || fabs(v->lat) > 90)
            return wrong_type(cx, f, "WGS-84 坐标（经度 -180 到 180，纬度 -90 到 90）",
                              "WGS-84 degrees: lng -180 to 180, lat -90 to 90");
        return RC_OK;
    case F_BOOL:
    case F_REF:
    case F_FILES:
    case F_SECRET:
    case F_ROWS:
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

/* The shortest text that reads back as the same number. */
static const char *float_text(struct cx *cx, double v)
{
    char text[32];
    for (int digits = 10; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, v);
        if (digits == 17 || strtod(text, NULL) == v) /* the very same number is what is asked for */
            break;
    }
    return arena_strdup(cx->a, text);
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
        return float_text(cx, v->f);
    case F_FEN:
        return arena_printf(cx->a, "%s%lld.%02d", v->i < 0 ? "-" : "", llabs(v->i) / 100,
                            (int)(llabs(v->i) % 100));
    case F_INSTANT:
        return arena_strdup(cx->a, instant_minute_text((struct instant){v->i}, text));
    case F_REF:
        if (!label)
            label = ref_label(cx, f->ref, v->i);
        return label ? label : arena_printf(cx->a, "#%" PRId64, v->i);
    case F_GEO:
        return arena_printf(cx->a, "%s,%s", float_text(cx, v->f), float_text(cx, v->lat));
    case F_SECRET:
        return "已设置";
    case F_ROWS:
        return rows_text(cx, f, v);
    case F_DURATION: /* minutes, as in spreadsheets */
        return arena_printf(cx->a, "%.10g", (double)v->i / (double)MINUTE_MS);
    case F_INT:
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

static enum rc float_from_text(struct cx *cx, const struct field *f, const char *text, double *out)
{
    char *end;
    *out = strtod(text, &end);
    return end != text && !*end && isfinite(*out) ? RC_OK : wrong_type(cx, f, "数字", "a number");
}

/* "1,250.5" yuan to fen; a third decimal is refused, not rounded. */
static enum rc fen_from_text(struct cx *cx, const struct field *f, const char *text, int64_t *out)
{
    char digits[32];
    size_t n = 0;
    int decimals = -1;
    const char *s = text + (*text == '-');
    for (; *s; s++) {
        if (*s == ',' && decimals < 0)
            continue;
        if (*s == '.' && decimals < 0) {
            decimals = 0;
            continue;
        }
        if (*s < '0' || *s > '9' || n > 16 || decimals == 2)
            return wrong_type(cx, f, "金额（元，最多两位小数）", "an amount in yuan with at most two decimals");
        digits[n++] = *s;
        decimals += decimals >= 0;
    }
    if (!n)
        return wrong_type(cx, f, "金额（元）", "an amount in yuan");
    for (int i = decimals < 0 ? 0 : decimals; i < 2; i++)
        digits[n++] = '0';
    digits[n] = 0;
    *out = strtoll(digits, NULL, 10) * (*text == '-' ? -1 : 1);
    return RC_OK;
}

static enum rc duration_from_text(struct cx *cx, const struct field *f, const char *text,
                                  int64_t *out)
{
    double minutes;
    enum rc rc = float_from_text(cx, f, text, &minutes);
    if (!rc && fabs(minutes) > 1e9)
        rc = wrong_type(cx, f, "分钟数", "a number of minutes");
    if (!rc)
        *out = llround(minutes * (double)MINUTE_MS);
    return rc;
}

static enum rc geo_from_text(struct cx *cx, const struct field *f, const char *text,
                             struct value *out)
{
    char *end;
    out->f = strtod(text, &end);
    const char *second = end + strspn(end, ", ");
    if (end != text && second != end) {
        out->lat = strtod(second, &end);
        if (end != second && !*end)
            return RC_OK;
    }
    return wrong_type(cx, f, "位置“经度,纬度”（WGS-84），如 116.391,39.907",
                      "a place \"lng,lat\" such as 116.391,39.907");
}

/* text is narrow (half-width); a label may have brackets of full width. */
static enum rc enum_from_text(struct cx *cx, const struct field *f, const char *text,
                              struct value *out)
{
    for (const struct option *o = f->opts; o && o->value; o++)
        if (!strcmp(o->value, text) || !strcmp(utf8_narrow(cx->a, o->label), text)) {
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

/* A name that several records bear names none of them. */
static enum rc only_one(struct cx *cx, const struct field *f, const struct kind *k, const char *text)
{
    int64_t n = 0;
    const struct query q = {.filter = {{k->fields[k->label_field].name, "eq", text}}, .n_filters = 1};
    if (k->fields[k->label_field].flags & UNIQUE)
        return RC_OK;
    enum rc rc = record_count(cx, k, &q, &n);
    if (rc || n < 2)
        return rc;
    return FAIL(cx, RC_INVALID, f->name, "“{label}”里的名称“{text}”有几条{kind}都叫，请改写编号",
                "{name}: several {ken} are called \"{text}\"; give the number", "label", f->label, "text", text, "kind", k->label,
                "name", f->name, "ken", k->label_en);
}

static enum rc ref_from_text(struct cx *cx, const struct field *f, const char *text,
                             struct value *out)
{
    const struct kind *k = record_kind(f->ref);
    struct row *row;
    /* its number first: names of devices stand more than once */
    int number = k->identity ? field_index(k, arena_strndup(cx->a, k->identity, strcspn(k->identity, "|+"))) : -1;
    enum rc rc = number >= 0 && k->fields[number].type == F_TEXT ? record_find(cx, k, number, code_narrow(cx, text), &row) : RC_NOT_FOUND;
    if (rc == RC_NOT_FOUND && number != k->label_field) {
        rc = record_find(cx, k, k->label_field, text, &row);
        if (!rc)
            rc = only_one(cx, f, k, text);
    }
    if (rc == RC_NOT_FOUND)
        return FAIL(cx, RC_NOT_FOUND, f->name, "“{label}”找不到{kind}“{text}”，请先登记或改成已有名称",
                    "{name}: no {ken} called \"{text}\"", "label", f->label, "kind", k->label,
                    "text", text, "name", f->name, "ken", k->label_en);
    if (!rc)
        out->i = row->id;
    return rc;
}

static enum rc bool_from_text(struct cx *cx, const struct field *f, const char *text, int64_t *out)
{
    char small[16] = "";
    for (size_t i = 0; text[i] && i < sizeof small - 1; i++)
        small[i] = (char)tolower((unsigned char)text[i]);
    *out = word_in("是|1|true|t|yes|y|有|√|✓|✔|支持|带|已装", small);
    if (!*out && !word_in("否|0|false|f|no|n|无|×|✗|x|没有|不支持|不带|未装", small))
        return wrong_type(cx, f, "是或否", "yes or no");
    return RC_OK;
}

enum rc record_text(struct cx *cx, const struct kind *k, int field, const json_t *in,
                    const char *key, const char **out)
{
    const struct field *f = &k->fields[field];
    const json_t *v = json_object_get(in, key);
    struct value value;
    *out = NULL;
    if (!v || json_is_null(v) || (json_is_string(v) && !*json_string_value(v)))
        return RC_OK;
    enum rc rc = value_from_json(cx, f, v, &value);
    if (!rc)
        rc = value_check(cx, f, &value);
    if (rc)
        snprintf(cx->err.field, sizeof cx->err.field, "%s", key);
    else
        *out = value.s;
    return rc;
}

enum rc value_from_text(struct cx *cx, const struct field *f, const char *text, struct value *out)
{
    struct date d;
    struct instant t;
    char day[DATE_TEXT];
    const char *narrow = utf8_narrow(cx->a, text);
    *out = (struct value){.null = !*narrow};
    if (out->null)
        return RC_OK;
    switch (f->type) {
    case F_TEXT:
        out->s = arena_strdup(cx->a, f->flags & CODE ? code_narrow(cx, text) : text);
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
        return bool_from_text(cx, f, narrow, &out->i);
    case F_FLOAT:
        return float_from_text(cx, f, narrow, &out->f);
    case F_FEN:
        return fen_from_text(cx, f, narrow, &out->i);
    case F_DURATION:
        return duration_from_text(cx, f, narrow, &out->i);
    case F_GEO:
        return geo_from_text(cx, f, narrow, out);
    case F_SECRET:
        out->s = arena_strdup(cx->a, text);
        return seal(cx, f, out);
    case F_INSTANT:
        if (instant_parse(narrow, &t)) {
            out->i = t.ms;
            return RC_OK;
        }
        break;
    case F_INT:
        break;
    case F_FILES:
    case F_ROWS:
        return wrong_type(cx, f, "网页上填写的内容", "something filled in on the page");
    }
    return int_from_text(cx, f, narrow, &out->i);
}
