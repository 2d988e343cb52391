/* SPDX-License-Identifier: Apache-2.0 */
/* Spreadsheets in and out. What goes out is written to a spool file first, whole, and sent from there:
 * no read snapshot is held while a slow line takes it. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/utf8.h"
#include "http/api_int.h"
#include "journal/journal.h"

#define XLSX_TYPE "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

static enum rc spool_file(struct api_call *c, char **path)
{
    *path = arena_printf(c->cx->a, "%s/spool/sheet-XXXXXX", c->api->data_dir);
    int fd = mkstemp(*path);
    if (fd < 0)
        return FAIL(c->cx, RC_BUSY, NULL, "不能写临时文件，磁盘可能已满", "cannot write a temporary file");
    close(fd);
    return RC_OK;
}

/* The answer is the file; its name leaves the folder at once. */
static enum rc send(struct api_call *c, enum rc rc, const char *path, const char *type, const char *name)
{
    c->res->file_fd = rc ? -1 : open(path, O_RDONLY | O_CLOEXEC);
    unlink(path);
    if (rc)
        return rc;
    c->res->type = type;
    http_set_header(c->req, c->res, "Content-Disposition",
                    arena_printf(c->cx->a, "attachment; filename=\"%s\"", name));
    return RC_OK;
}

/* NAME=1 or true, 0 or false. What is meant otherwise is not guessed: a dry run would be none. */
static enum rc take_flag(struct api_call *c, const char *name, bool *out)
{
    const char *v = http_query(c->req, name);
    *out = v && (!strcmp(v, "1") || !strcmp(v, "true"));
    if (!v || *out || !*v || !strcmp(v, "0") || !strcmp(v, "false"))
        return RC_OK;
    return FAIL(c->cx, RC_INVALID, name, "参数 {name} 应为 1 或 0", "{name} is 1 or 0", "name", name);
}

static enum rc run_import(struct api_call *c, const struct kind *k, bool dry, const char *errors)
{
    uint64_t size;
    int wrong;
    const char *sha256, *path = http_upload(c->req, &size, &sha256);
    struct import_options o = {.sheet = http_query(c->req, "sheet"),
                               .map = http_query(c->req, "map"),
                               .file_name = http_query(c->req, "name"),
                               .sha256 = sha256,
                               .errors_path = errors};
    if (!path)
        return FAIL(c->cx, RC_INVALID, "file", "没有收到文件", "no file received");
    enum rc rc = take_flag(c, "dry_run", &o.dry_run);
    if (!rc)
        rc = take_flag(c, "good_rows", &o.good_rows);
    if (!rc)
        rc = take_flag(c, "create_sites", &o.create_new);
    o.dry_run = o.dry_run || dry;
    return rc ? rc : record_import(c->cx, k, path, &o, c->w, &wrong);
}

enum rc api_import(struct api_call *c)
{
    const struct kind *k;
    enum rc rc = api_kind(c, &k);
    return rc ? rc : run_import(c, k, false, NULL);
}

/* A dry run whose answer is the sheet of wrong rows: nothing of the file stays with us. */
enum rc api_import_errors(struct api_call *c)
{
    const struct kind *k;
    char *path;
    enum rc rc = api_kind(c, &k);
    if (!rc)
        rc = spool_file(c, &path);
    if (rc)
        return rc;
    rc = run_import(c, k, true, path);
    buf_clear(&c->res->body);
    return send(c, rc, path, XLSX_TYPE, arena_printf(c->cx->a, "%s-errors.xlsx", k->name));
}

/* The filters of an export; what was searched for may be a name or a phone number, so it stays out. */
static enum rc note_export(struct api_call *c, const char *kind, const struct query *q, const char *reason)
{
    struct buf b = {0};
    struct jw w = jw_on(&b);
    jw_object(&w);
    if (reason) {
        jw_key(&w, "reason");
        jw_array(&w);
        jw_null(&w);
        jw_text(&w, reason);
        jw_end_array(&w);
    }
    for (int i = 0; i < q->n_filters; i++) {
        jw_key(&w, arena_printf(c->cx->a, "%s.%s", q->filter[i].field, q->filter[i].op));
        jw_array(&w);
        jw_null(&w);
        jw_text(&w, q->filter[i].value);
        jw_end_array(&w);
    }
    jw_end_object(&w);
    enum rc rc = journal_note(c->cx, kind, 0, "export", buf_text(&b), "ok");
    buf_free(&b);
    return rc;
}

/* What it is for, where the sheet holds personal or network data; NULL where nobody asks. */
static enum rc reason_of(struct api_call *c, const struct kind *k, const char **out)
{
    const char *s = http_query(c->req, "reason");
    size_t n = s ? utf8_count(s) : 0;
    *out = k->export_reason ? s : NULL;
    if (!k->export_reason || (n >= 2 && n <= 200 && strspn(s, " ") < strlen(s)))
        return RC_OK;
    return FAIL(c->cx, RC_INVALID, "reason", "“{label}”含个人信息或网络信息，导出请写明用途（2 至 200 字）",
                "{name} holds personal or network data: say what the export is for (2 to 200 characters)", "label",
                k->label, "name", k->label_en);
}

static enum rc export_as(struct api_call *c, enum export_format format, const char *type, const char *end)
{
    const struct kind *k;
    struct query q;
    char *path;
    const char *reason = NULL;
    enum rc rc = api_kind(c, &k);
    if (!rc)
        rc = api_query(c, &q);
    if (!rc && !cx_may(c->cx, arena_printf(c->cx->a, "%s.export", k->name)))
        rc = FAIL(c->cx, RC_DENIED, NULL, "您没有导出“{label}”的权限", "you may not export {name}", "label",
                  k->label, "name", k->label_en);
    if (!rc)
        rc = reason_of(c, k, &reason);
    if (!rc)
        rc = spool_file(c, &path);
    if (rc)
        return rc;
    rc = record_export(c->cx, k, &q, format, http_query(c->req, "columns"), path);
    if (!rc)
        rc = note_export(c, k->name, &q, reason);
    return send(c, rc, path, type, arena_printf(c->cx->a, "%s.%s", k->name, end));
}

enum rc api_export_xlsx(struct api_call *c)
{
    return export_as(c, EXPORT_XLSX, XLSX_TYPE, "xlsx");
}

enum rc api_export_csv(struct api_call *c)
{
    return export_as(c, EXPORT_CSV, "text/csv; charset=utf-8", "csv");
}

enum rc api_template(struct api_call *c)
{
    const struct kind *k;
    char *path;
    enum rc rc = api_kind(c, &k);
    if (!rc)
        rc = spool_file(c, &path);
    if (rc)
        return rc;
    rc = record_template(c->cx, k, path);
    return send(c, rc, path, XLSX_TYPE, arena_printf(c->cx->a, "%s-template.xlsx", k->name));
}
