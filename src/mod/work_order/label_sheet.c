/* SPDX-License-Identifier: Apache-2.0 */
/* The QR labels of a list of devices or sites as one PDF. The code is an address whose last part is the
 * label's token: the page behind it works without a login. */
#include <string.h>

#include "core/setting.h"
#include "mod/asset/asset.h"
#include "mod/work_order/work_order.h"
#include "proto/label.h"

#define LABELS_MAX 5000 /* of one document; more would be 200 sheets of paper */

static const char *line_of(struct cx *cx, const struct row *row, const char *field, const char *word)
{
    int i = field_index(row->kind, field);
    if (i < 0 || row->v[i].null)
        return NULL;
    return arena_printf(cx->a, "%s%s", word, value_text(cx, &row->kind->fields[i], &row->v[i], row->label[i]));
}

static enum rc add(struct cx *cx, struct labels *l, const struct row *row, const char *base)
{
    const char *token;
    enum rc rc = qr_token(cx, row->kind->name, row->id, &token);
    if (rc)
        return rc;
    const struct value *name = &row->v[row->kind->label_field];
    struct label label = {.code = arena_printf(cx->a, "%s/q/%s", base, token), .name = name->null ? "" : name->s};
    if (row->kind == &asset_kind) {
        label.lines[0] = line_of(cx, row, "asset_no", "编号 ");
        label.lines[1] = line_of(cx, row, "site_id", "地点 ");
        label.lines[2] = line_of(cx, row, "org_unit_id", "单位 ");
        label.lines[3] = line_of(cx, row, "model", "型号 ");
    } else {
        label.lines[0] = line_of(cx, row, "org_unit_id", "单位 ");
        label.lines[1] = line_of(cx, row, "address", "地址 ");
    }
    return label_add(l, &label, &cx->err);
}

static enum rc add_all(struct cx *cx, struct labels *l, const struct kind *k, const struct query *in, const char *base)
{
    struct query q = *in;
    struct page page;
    enum rc rc = RC_OK;
    int n = 0;
    q.limit = 500;
    q.page = 0;
    q.after = NULL;
    q.no_total = true;
    do {
        rc = record_list(cx, k, &q, &page);
        for (int i = 0; !rc && i < page.n; i++)
            rc = add(cx, l, page.rows[i], base);
        n += rc ? 0 : page.n;
        q.after = rc ? NULL : page.next;
        if (!rc && page.next && n >= LABELS_MAX)
            rc = FAIL(cx, RC_TOO_BIG, "f", "超过 5000 张标签，请缩小筛选范围", "more than 5000 labels; narrow the filter");
    } while (!rc && q.after);
    if (!rc && !n)
        rc = FAIL(cx, RC_NOT_FOUND, "f", "没有符合条件的{label}", "no {name} matches", "label", k->label, "name", k->label_en);
    return rc;
}

/* The setting, or what the caller fell back on. */
static enum rc setting_or(struct cx *cx, const char *name, const char *given, const char *otherwise, const char **out)
{
    *out = given;
    enum rc rc = given && *given ? RC_OK : setting_text(cx, name, out);
    if (!rc && (!*out || !**out))
        *out = otherwise;
    return rc;
}

enum rc label_sheet(struct cx *cx, const struct kind *k, const struct query *q, const struct label_wish *wish,
                    struct buf *out)
{
    struct label_paper paper;
    const char *size, *base;
    enum rc rc = setting_or(cx, "label.size", wish->size, "a4:3x8", &size);
    if (!rc)
        rc = label_paper_parse(size, &paper, &cx->err);
    if (!rc)
        rc = setting_or(cx, "public_url", NULL, wish->base, &base);
    if (!rc)
        rc = cx_db(cx, db_begin(cx->db)); /* the tokens of all labels at once */
    if (rc)
        return rc;
    size_t n = strlen(base);
    while (n && base[n - 1] == '/')
        n--;
    struct labels *l = labels_new(&paper, arena_printf(cx->a, "%s二维码标签", k->label), cx->now);
    rc = add_all(cx, l, k, q, arena_strndup(cx->a, base, n));
    if (!rc)
        rc = cx_db(cx, db_commit(cx->db));
    db_rollback(cx->db);
    if (!rc)
        return labels_end(l, out, &cx->err);
    labels_abort(l);
    return rc;
}
