/* SPDX-License-Identifier: Apache-2.0 */
/* The empty sheet that people fill in for an import: what the import will read, with its choices. */
#include <stdio.h>
#include <string.h>

#include "proto/xlsx_write.h"
#include "record/import_int.h"

#define TEMPLATE_ROWS 2000 /* drop-downs reach down to here */
#define CHOICES_MAX 2000   /* records of another kind offered by name */

/* The names that the actor may see of another kind, in the order of its list. */
static enum rc names_of(struct cx *cx, const struct kind *k, const char ***out)
{
    struct query q = {.limit = 500, .no_total = true};
    struct page page = {0};
    const char **names = ARENA_NEW(cx->a, const char *, CHOICES_MAX + 1);
    int n = 0;
    *out = NULL;
    if (!cx_scope(cx, permission_of(cx, k, "read")))
        return RC_OK;
    do {
        enum rc rc = record_list(cx, k, &q, &page);
        if (rc)
            return rc;
        for (int i = 0; i < page.n && n < CHOICES_MAX; i++)
            if (!page.rows[i]->v[k->label_field].null)
                names[n++] = page.rows[i]->v[k->label_field].s;
        q.after = page.next;
    } while (page.next && n < CHOICES_MAX);
    *out = n && !page.next ? names : NULL;
    return RC_OK;
}

static enum rc choices_of(struct cx *cx, const struct field *f, const char ***out)
{
    static const char *yes_no[] = {"是", "否", NULL};
    const char **labels;
    int n = 0;
    *out = f->type == F_BOOL ? yes_no : NULL;
    if (f->type == F_REF)
        return names_of(cx, record_kind(f->ref), out);
    if (f->type != F_ENUM)
        return RC_OK;
    for (const struct option *o = f->opts; o->value; o++)
        n++;
    *out = labels = ARENA_NEW(cx->a, const char *, n + 1);
    for (int i = 0; i < n; i++)
        labels[i] = f->opts[i].label;
    return RC_OK;
}

static const char *kind_of_value(const struct field *f)
{
    switch (f->type) {
    case F_DATE:
        return "日期，如 2026-05-08；也认 2026.5.8、2026年5月8日";
    case F_INSTANT:
        return "时刻，如 2026-05-08 17:00";
    case F_FEN:
        return "金额，单位元";
    case F_INT:
        return "整数";
    case F_FLOAT:
        return "数字";
    case F_DURATION:
        return "分钟数";
    case F_BOOL:
    case F_ENUM:
        return "从下拉列表选";
    case F_REF:
        return "名称，从下拉列表选或照台账填写";
    case F_GEO:
        return "位置“经度,纬度”（WGS-84），如 116.391,39.907";
    case F_SECRET:
        return "密码，导入后封存，不再显示";
    case F_TEXT:
    case F_FILES:
    case F_ROWS:
        break;
    }
    return "文字";
}

static const char *help_of(struct cx *cx, const struct field *f)
{
    return arena_printf(cx->a, "%s%s%s%s", f->flags & REQ ? "必填。" : "", kind_of_value(f), f->help ? "。" : "",
                        f->help ? f->help : "");
}

static void explain(struct cx *cx, struct xlsx_writer *x, const struct kind *k, const struct xlsx_column *c,
                    const struct field *const *fields, size_t n)
{
    static const struct xlsx_column columns[] = {{.heading = "列", .width = 18}, {.heading = "必填", .width = 8},
                                                 {.heading = "填写说明", .width = 60}, {.heading = "也认作这一列的表头", .width = 60}};
    static const char *const rules[] = {
        "表头可以用本表的列名，也可以用现有台账的列名；列的先后不限，多出的列在导入时列出，可指定对应的字段。",
        "同一编号只能出现一行；编号已在台账里的行是修改，不在的是新增。",
        "空白单元格保持原值；填 - 或 / 表示清空。",
        "站点不在台账里时会单独列出，确认后一并建立。",
        "先试运行，看清新增、修改、不变、错误的行数再写入；写入后整批可以撤销。"};
    xlsx_write_sheet(x, "填写说明", columns, 4, 0);
    for (size_t i = 0; i < n; i++) {
        xlsx_write_text(x, 0, fields[i]->label);
        xlsx_write_text(x, 1, fields[i]->flags & REQ ? "是" : "");
        xlsx_write_text(x, 2, c[i].help);
        xlsx_write_text(x, 3, fields[i]->also ? arena_printf(cx->a, "%s", fields[i]->also) : "");
        xlsx_write_row(x);
    }
    xlsx_write_row(x);
    xlsx_write_text(x, 0, arena_printf(cx->a, "怎样导入%s", k->label));
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        xlsx_write_text(x, 2, rules[i]);
        xlsx_write_row(x);
    }
}

static enum rc columns_of(struct cx *cx, const struct kind *k, struct xlsx_column *columns,
                          const struct field **fields, size_t *n)
{
    *n = 0;
    for (int i = 0; i < k->n_fields; i++)
        if (importable(cx, &k->fields[i]))
            fields[(*n)++] = &k->fields[i];
    for (const struct import_link *l = k->import_links; l && l->kind; l++) {
        fields[(*n)++] = &l->column;
        if (l->more.name)
            fields[(*n)++] = &l->more;
    }
    for (size_t i = 0; i < *n; i++) {
        const char **choices;
        enum rc rc = choices_of(cx, fields[i], &choices);
        if (rc)
            return rc;
        columns[i] = (struct xlsx_column){.heading = fields[i]->label, .type = xlsx_type_of(fields[i]),
                                          .required = (fields[i]->flags & REQ) != 0, .options = choices,
                                          .help = help_of(cx, fields[i])};
    }
    return RC_OK;
}

enum rc record_template(struct cx *cx, const struct kind *k, const char *path)
{
    struct xlsx_writer *x;
    struct xlsx_column columns[COLUMNS_MAX] = {0};
    const struct field *fields[COLUMNS_MAX];
    size_t n;
    if (!k->identity || !cx_may(cx, permission_of(cx, k, "import")))
        return FAIL(cx, RC_DENIED, NULL, "您没有导入“{label}”的权限，或这类记录不能导入",
                    "{name} cannot be imported, or not by you", "label", k->label, "name", k->label_en);
    enum rc rc = columns_of(cx, k, columns, fields, &n);
    if (!rc)
        rc = xlsx_write_new(path, NULL, &x, &cx->err);
    if (rc)
        return rc;
    xlsx_write_sheet(x, k->label, columns, n, TEMPLATE_ROWS);
    explain(cx, x, k, columns, fields, n);
    return xlsx_write_end(x, &cx->err);
}
