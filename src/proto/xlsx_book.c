/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of an .xlsx around its sheets: relationships, workbook, styles, shared strings. Only
 * local names are compared, so any prefix and the strict namespaces (ISO 29500-1) read alike. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/utf8.h"
#include "proto/xlsx_part.h"

enum {
    MAX_RELATIONS = 4000,
    MAX_STYLES = 65536,
    MAX_FORMATS = 4096,
    MAX_FORMAT_CODE = 1024,
    MAX_NAME = 400,
    BLOCK = 1024 * 1024,
};

struct relation {
    const char *id, *type, *target;
};
struct relations {
    const char *folder; /* that relative targets start from, with a slash at its end or "" */
    struct relation *items;
    size_t n, cap;
};

/* "xl/" + "../x/sheet1.xml", "/xl/sheet1.xml", "xl\sheet1.xml" -> path inside the archive */
static char *resolve(struct arena *a, const char *folder, const char *target)
{
    char *path = target[0] == '/' || target[0] == '\\' ? arena_strdup(a, target + 1)
                                                       : arena_printf(a, "%s%s", folder, target);
    for (char *p = path; *p; p++)
        if (*p == '\\')
            *p = '/';
    char *up;
    while ((up = strstr(path, "/./")) != NULL)
        memmove(up, up + 2, strlen(up + 2) + 1);
    while ((up = strstr(path, "/../")) != NULL) {
        char *from = up;
        while (from > path && from[-1] != '/')
            from--;
        memmove(from, up + 4, strlen(up + 4) + 1);
    }
    while (strncmp(path, "./", 2) == 0)
        path += 2;
    return path;
}

static void relation_start(struct part *p, const char *name, const char **attrs)
{
    struct relations *r = p->user;
    if (!part_is(name, "Relationship"))
        return;
    const char *id = part_attr(attrs, "Id"), *type = part_attr(attrs, "Type");
    const char *target = part_attr(attrs, "Target"), *mode = part_attr(attrs, "TargetMode");
    if (!id || !type || !target || (mode && strcmp(mode, "External") == 0) ||
        strlen(target) > MAX_NAME)
        return;
    if (r->n == MAX_RELATIONS) {
        part_stop(p, sheet_fail_damaged(p->name, "too many relationships", p->e));
        return;
    }
    struct arena *a = p->file->arena;
    if (r->n == r->cap) {
        size_t cap = r->cap ? r->cap * 2 : 16;
        struct relation *items = ARENA_NEW(a, struct relation, cap);
        if (r->n > 0)
            memcpy(items, r->items, r->n * sizeof *items);
        r->items = items;
        r->cap = cap;
    }
    const char *slash = strrchr(type, '/');
    r->items[r->n++] =
        (struct relation){arena_strdup(a, id), arena_strdup(a, slash ? slash + 1 : type),
                          resolve(a, r->folder, target)};
}

static const struct part_handler relation_handler = {.start = relation_start};

static const char *relation_target(const struct relations *r, const char *type)
{
    for (size_t i = 0; i < r->n; i++)
        if (strcmp(r->items[i].type, type) == 0)
            return r->items[i].target;
    return NULL;
}

struct workbook {
    struct relations relations;
    size_t cap;
};

static const struct relation *sheet_relation(const struct workbook *w, const char **attrs)
{
    for (; attrs[0]; attrs += 2) {
        if (!part_is(part_local(attrs[0]), "id")) /* r:id; sheetId is another name */
            continue;
        for (size_t i = 0; i < w->relations.n; i++)
            if (strcmp(w->relations.items[i].id, attrs[1]) == 0)
                return &w->relations.items[i];
    }
    return NULL;
}

static enum rc fail_sheets(const struct sheet_file *f, struct err *e)
{
    char may[24];
    snprintf(may, sizeof may, "%u", f->limits.sheets);
    return fail(e, RC_TOO_BIG, "file", "文件里的工作表超过 {may} 个。请只保留要导入的工作表",
                "the file has more than {may} sheets; keep only those to import", "may", may, NULL);
}

static void sheet_add(struct part *p, const char **attrs)
{
    struct sheet_file *f = p->file;
    struct workbook *w = p->user;
    const char *name = part_attr(attrs, "name"), *state = part_attr(attrs, "state");
    const struct relation *r = sheet_relation(w, attrs);
    if (!name || !r || strcmp(r->type, "worksheet") != 0)
        return; /* chart and dialog sheets have no rows */
    if (f->n_sheets == f->limits.sheets) {
        part_stop(p, fail_sheets(f, p->e));
        return;
    }
    if (f->n_sheets == w->cap) {
        w->cap = w->cap ? w->cap * 2 : 8;
        struct sheet_entry *sheets = ARENA_NEW(f->arena, struct sheet_entry, w->cap);
        if (f->n_sheets > 0)
            memcpy(sheets, f->sheets, f->n_sheets * sizeof *sheets);
        f->sheets = sheets;
    }
    size_t n = strlen(name);
    f->sheets[f->n_sheets++] = (struct sheet_entry){
        .name = n > MAX_NAME ? "?" : arena_strdup(f->arena, name),
        .part = r->target,
        .hidden = state && strcmp(state, "visible") != 0,
    };
}

static bool is_true(const char *s)
{
    return s && (strcmp(s, "1") == 0 || strcmp(s, "true") == 0);
}

static void workbook_start(struct part *p, const char *name, const char **attrs)
{
    if (part_is(name, "workbookPr"))
        p->file->is_1904 = is_true(part_attr(attrs, "date1904"));
    else if (part_is(name, "sheet"))
        sheet_add(p, attrs);
}

static const struct part_handler workbook_handler = {.start = workbook_start};

struct styles {
    struct {
        int id;
        struct number_format format;
    } custom[MAX_FORMATS];
    size_t n_custom, cap;
    bool in_cells;
};

static int integer(const char *s, int bad)
{
    char *end;
    long v = s ? strtol(s, &end, 10) : bad;
    return s && (end == s || *end || v < 0 || v > 1000000) ? bad : (int)v;
}

static void format_add(struct part *p, const char **attrs)
{
    struct styles *s = p->user;
    const char *code = part_attr(attrs, "formatCode");
    int id = integer(part_attr(attrs, "numFmtId"), -1);
    if (!code || id < 0 || s->n_custom == MAX_FORMATS || strlen(code) > MAX_FORMAT_CODE)
        return;
    s->custom[s->n_custom].id = id;
    s->custom[s->n_custom++].format = number_format_custom(arena_strdup(p->file->arena, code));
}

static struct number_format format_of(const struct styles *s, int id)
{
    for (size_t i = 0; i < s->n_custom; i++)
        if (s->custom[i].id == id)
            return s->custom[i].format;
    return number_format_builtin(id);
}

static void style_add(struct part *p, const char **attrs)
{
    struct styles *s = p->user;
    struct sheet_file *f = p->file;
    if (f->n_styles == MAX_STYLES) {
        part_stop(p, sheet_fail_damaged(p->name, "too many cell styles", p->e));
        return;
    }
    if (f->n_styles == s->cap) {
        s->cap = s->cap ? s->cap * 2 : 64;
        struct number_format *styles = ARENA_NEW(f->arena, struct number_format, s->cap);
        if (f->n_styles > 0)
            memcpy(styles, f->styles, f->n_styles * sizeof *styles);
        f->styles = styles;
    }
    f->styles[f->n_styles++] = format_of(s, integer(part_attr(attrs, "numFmtId"), 0));
}

static void styles_start(struct part *p, const char *name, const char **attrs)
{
    struct styles *s = p->user;
    if (part_is(name, "numFmt"))
        format_add(p, attrs);
    else if (part_is(name, "cellXfs"))
        s->in_cells = true;
    else if (s->in_cells && part_is(name, "xf"))
        style_add(p, attrs);
}

static void styles_end(struct part *p, const char *name)
{
    struct styles *s = p->user;
    if (part_is(name, "cellXfs"))
        s->in_cells = false;
}

static const struct part_handler styles_handler = {.start = styles_start, .end = styles_end};

static enum rc read_styles(struct sheet_file *f, struct err *e)
{
    struct styles *s = calloc(1, sizeof *s);
    if (!s)
        die("out of memory for cell styles");
    enum rc rc = part_read(f, f->styles_part, &styles_handler, s, e);
    free(s);
    return rc == RC_NOT_FOUND ? RC_OK : rc;
}

static bool has_part(const struct sheet_file *f, const char *name)
{
    return zip_name_locate(f->zip, name, ZIP_FL_NOCASE) >= 0;
}

/* An archive without a workbook: say what it is instead. */
static enum rc fail_not_workbook(const struct sheet_file *f, struct err *e)
{
    if (has_part(f, "EncryptedPackage"))
        return fail(e, RC_INVALID, "file", "文件有密码保护。请先取消密码，再另存为 .xlsx",
                    "the file is protected by a password; remove it and save as .xlsx", NULL);
    if (has_part(f, "xl/workbook.bin"))
        return fail(e, RC_INVALID, "file",
                    "这是二进制表格（.xlsb）。请用 Excel 或 WPS 打开，另存为 .xlsx 再导入",
                    "this is a binary workbook (.xlsb); open it in Excel or WPS and save it as "
                    ".xlsx",
                    NULL);
    if (has_part(f, "content.xml") && has_part(f, "META-INF/manifest.xml"))
        return fail(
            e, RC_INVALID, "file", "这是 OpenDocument 文件（.ods 等）。请打开后另存为 .xlsx 再导入",
            "this is an OpenDocument file (.ods or alike); open it and save it as .xlsx", NULL);
    const char *what = has_part(f, "word/document.xml")      ? "Word (.docx)"
                       : has_part(f, "ppt/presentation.xml") ? "PowerPoint (.pptx)"
                                                             : "ZIP";
    return fail(e, RC_INVALID, "file",
                "这不是表格文件（看上去是 {what}）。请选择 .xlsx 或 .csv 文件",
                "this is not a spreadsheet (it looks like {what}); choose an .xlsx or .csv file",
                "what", what, NULL);
}

static enum rc check_entries(const struct sheet_file *f, struct err *e)
{
    zip_int64_t n = zip_get_num_entries(f->zip, 0);
    if (n <= (zip_int64_t)f->limits.entries)
        return RC_OK;
    char may[24];
    snprintf(may, sizeof may, "%u", f->limits.entries);
    return fail(e, RC_TOO_BIG, "file",
                "拒绝读取：压缩包内文件超过 {may} 个，像是压缩炸弹或图片很多的表格。"
                "请删去图片，另存为 .xlsx 再试",
                "refused: the archive has more than {may} parts, like a zip bomb or a sheet full "
                "of pictures; remove the pictures and save it again",
                "may", may, NULL);
}

/* "xl/workbook.xml" -> "xl/_rels/workbook.xml.rels", folder "xl/" */
static const char *rels_of(struct arena *a, const char *part, const char **folder)
{
    const char *slash = strrchr(part, '/');
    size_t n = slash ? (size_t)(slash - part) + 1 : 0;
    *folder = arena_strndup(a, part, n);
    return arena_printf(a, "%s_rels/%s.rels", *folder, part + n);
}

static enum rc read_workbook(struct sheet_file *f, const char *part, struct err *e)
{
    struct workbook w = {.cap = 0};
    const char *rels = rels_of(f->arena, part, &w.relations.folder);
    enum rc rc = part_read(f, rels, &relation_handler, &w.relations, e);
    if (rc == RC_OK)
        rc = part_read(f, part, &workbook_handler, &w, e);
    if (rc == RC_NOT_FOUND)
        return fail_not_workbook(f, e);
    if (rc != RC_OK)
        return rc;
    f->strings_part = relation_target(&w.relations, "sharedStrings");
    f->styles_part = relation_target(&w.relations, "styles");
    if (f->n_sheets == 0)
        return fail(e, RC_INVALID, "file", "文件里没有工作表", "the file has no worksheet", NULL);
    return f->styles_part ? read_styles(f, e) : RC_OK;
}

enum rc xlsx_open(struct sheet_file *f, struct err *e)
{
    enum rc rc = check_entries(f, e);
    if (rc != RC_OK)
        return rc;
    struct relations root = {.folder = ""};
    rc = part_read(f, "_rels/.rels", &relation_handler, &root, e);
    if (rc != RC_OK && rc != RC_NOT_FOUND)
        return rc;
    const char *part = relation_target(&root, "officeDocument");
    if (!part || !has_part(f, part))
        part = "xl/workbook.xml";
    return read_workbook(f, part, e);
}

/* ---- shared strings ---- */

struct string_reader {
    struct buf raw;  /* the <t> being read */
    struct buf text; /* the string so far: all its runs */
    bool in_text, preserve;
    int phonetic; /* depth inside rPh: readings, not text */
};

static void string_start(struct part *p, const char *name, const char **attrs)
{
    struct string_reader *r = p->user;
    if (part_is(name, "si")) {
        buf_clear(&r->text);
        r->phonetic = 0;
    } else if (part_is(name, "rPh")) {
        r->phonetic++;
    } else if (part_is(name, "t") && r->phonetic == 0) {
        const char *space = part_attr(attrs, "space");
        r->preserve = space && strcmp(space, "preserve") == 0;
        r->in_text = true;
        buf_clear(&r->raw);
    }
}

static void string_chars(struct part *p, const char *s, size_t n)
{
    struct string_reader *r = p->user;
    if (!r->in_text)
        return;
    buf_add(&r->raw, s, n);
    if (r->raw.full)
        part_stop(p, sheet_fail_cell(p->file, 0, p->e));
}

void xlsx_text_trim(const char **s, size_t *n)
{
    while (*n > 0 && strchr(" \t\r\n", **s)) {
        ++*s;
        --*n;
    }
    while (*n > 0 && strchr(" \t\r\n", (*s)[*n - 1]))
        --*n;
}

static void pool_add(struct part *p, const struct buf *text)
{
    struct sheet_file *f = p->file;
    struct string_pool *pool = &f->strings;
    size_t n = text->len + 1;
    if ((uint64_t)pool->n_blocks * BLOCK + n > f->limits.string_bytes + BLOCK || n > BLOCK ||
        pool->n >= f->limits.string_bytes / 8) {
        part_stop(p,
                  fail(p->e, RC_TOO_BIG, "file", "文件里的文字总量超过上限。请分成几个文件再导入",
                       "the file holds more text than allowed; split it into several files", NULL));
        return;
    }
    if (pool->n_blocks == 0 || pool->used + n > BLOCK) {
        char **blocks = realloc(pool->blocks, (pool->n_blocks + 1) * sizeof *blocks);
        if (!blocks || !(blocks[pool->n_blocks] = malloc(BLOCK)))
            die("out of memory for shared strings");
        pool->blocks = blocks;
        pool->n_blocks++;
        pool->used = 0;
    }
    if (pool->n == pool->cap) {
        pool->cap = pool->cap ? pool->cap * 2 : 1024;
        pool->at = realloc(pool->at, pool->cap * sizeof *pool->at);
        if (!pool->at)
            die("out of memory for shared strings");
    }
    memcpy(pool->blocks[pool->n_blocks - 1] + pool->used, buf_text(text), n);
    pool->at[pool->n++] = (uint32_t)((pool->n_blocks - 1) * BLOCK + pool->used);
    pool->used += n;
}

static void string_end(struct part *p, const char *name)
{
    struct string_reader *r = p->user;
    if (part_is(name, "t") && r->in_text) {
        const char *s = buf_text(&r->raw);
        size_t n = r->raw.len;
        if (!r->preserve)
            xlsx_text_trim(&s, &n);
        part_unescape(&r->text, s, n);
        r->in_text = false;
        if (r->text.full)
            part_stop(p, sheet_fail_cell(p->file, 0, p->e));
    } else if (part_is(name, "rPh")) {
        r->phonetic--;
    } else if (part_is(name, "si")) {
        pool_add(p, &r->text);
    }
}

static const struct part_handler string_handler = {string_start, string_end, string_chars};

enum rc xlsx_strings_load(struct sheet_file *f, struct err *e)
{
    if (f->strings.loaded)
        return RC_OK;
    enum rc rc = RC_OK;
    if (f->strings_part) {
        struct string_reader r = {.raw = {.limit = f->limits.cell_bytes},
                                  .text = {.limit = f->limits.cell_bytes}};
        rc = part_read(f, f->strings_part, &string_handler, &r, e);
        buf_free(&r.raw);
        buf_free(&r.text);
    }
    if (rc == RC_NOT_FOUND)
        rc = RC_OK;
    if (rc != RC_OK)
        xlsx_strings_free(f);
    f->strings.loaded = rc == RC_OK;
    return rc;
}

const char *xlsx_string(const struct sheet_file *f, size_t i)
{
    const struct string_pool *pool = &f->strings;
    return i < pool->n ? pool->blocks[pool->at[i] / BLOCK] + pool->at[i] % BLOCK : NULL;
}

void xlsx_strings_free(struct sheet_file *f)
{
    for (size_t i = 0; i < f->strings.n_blocks; i++)
        free(f->strings.blocks[i]);
    free(f->strings.blocks);
    free(f->strings.at);
    f->strings = (struct string_pool){0};
}
