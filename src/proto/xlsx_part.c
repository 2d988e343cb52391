/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/xlsx_part.h"

#include <stdio.h>
#include <string.h>

#include "base/utf8.h"

enum {
    CHUNK = 64 * 1024,
    MAX_DEPTH = 100,
    MAX_SILENT = 1024 * 1024, /* a tag, comment or declaration longer than this is an attack */
    RATIO_FROM = 8 * 1024 * 1024,
    TOTAL = 4, /* times the limit of one part: entries may share bytes, passes may be repeated */
};

enum rc sheet_fail_damaged(const char *part, const char *detail, struct err *e)
{
    return fail(e, RC_INVALID, "file",
                "文件已损坏（{part}：{detail}）。请用 Excel 或 WPS 打开后另存为 .xlsx 再试",
                "the file is damaged ({part}: {detail}); open it in Excel or WPS, save it again as "
                ".xlsx and retry",
                "part", part, "detail", detail, NULL);
}

static enum rc fail_bomb(const char *part, const char *zh, const char *en, struct err *e)
{
    char zh_all[400], en_all[400];
    snprintf(zh_all, sizeof zh_all,
             "拒绝读取：{part} 解压后%s，像是压缩炸弹。请检查文件来源，删去空白区域后另存再试", zh);
    snprintf(
        en_all, sizeof en_all,
        "refused: {part} inflates %s, like a zip bomb; check where the file comes from, delete "
        "empty areas and save it again",
        en);
    return fail(e, RC_TOO_BIG, "file", zh_all, en_all, "part", part, NULL);
}

void part_stop(struct part *p, enum rc rc)
{
    if (p->rc == RC_OK)
        p->rc = rc;
    XML_StopParser(p->xml, XML_FALSE);
}

void part_pause(struct part *p)
{
    XML_StopParser(p->xml, XML_TRUE);
}

void part_finish(struct part *p)
{
    p->done = true;
    XML_StopParser(p->xml, XML_FALSE);
}

const char *part_local(const char *name)
{
    const char *colon = strchr(name, ':');
    return colon ? colon + 1 : name;
}

bool part_is(const char *name, const char *local)
{
    return *name == *local && strcmp(name, local) == 0;
}

const char *part_attr(const char **attrs, const char *local)
{
    for (; attrs[0]; attrs += 2)
        if (part_is(part_local(attrs[0]), local))
            return attrs[1];
    return NULL;
}

static bool over(struct part *p)
{
    p->silent = 0;
    return p->rc != RC_OK || p->done;
}

static void on_start(void *user, const char *name, const char **attrs)
{
    struct part *p = user;
    if (over(p))
        return;
    if (++p->depth > MAX_DEPTH) {
        part_stop(p, sheet_fail_damaged(p->name, "nested too deep", p->e));
        return;
    }
    p->handler->start(p, part_local(name), attrs);
}

static void on_end(void *user, const char *name)
{
    struct part *p = user;
    if (over(p))
        return;
    p->depth--;
    if (p->handler->end)
        p->handler->end(p, part_local(name));
}

static void on_chars(void *user, const char *s, int n)
{
    struct part *p = user;
    if (!over(p) && p->handler->chars && n > 0)
        p->handler->chars(p, s, (size_t)n);
}

static void on_other(void *user, const char *s, int n)
{
    (void)s;
    (void)n;
    over(user);
}

static void on_doctype(void *user, const char *name, const char *sys, const char *pub, int subset)
{
    (void)name;
    (void)sys;
    (void)pub;
    (void)subset;
    struct part *p = user;
    if (over(p))
        return;
    part_stop(p, fail(p->e, RC_INVALID, "file",
                      "拒绝读取：{part} 含有文档类型声明（DTD/实体），正常的表格不会有。"
                      "请用 Excel 或 WPS 另存为 .xlsx 再试",
                      "refused: {part} has a document type declaration (DTD/entities), which no "
                      "real spreadsheet has; save it again as .xlsx in Excel or WPS",
                      "part", p->name, NULL));
}

static enum rc check_declared(struct part *p, const zip_stat_t *st, struct err *e)
{
    struct sheet_file *f = p->file;
    if ((st->valid & ZIP_STAT_ENCRYPTION_METHOD) && st->encryption_method != ZIP_EM_NONE)
        return fail(e, RC_INVALID, "file", "文件有密码保护。请先取消密码，再另存为 .xlsx",
                    "the file is protected by a password; remove the password first and save it "
                    "as .xlsx",
                    NULL);
    if (!(st->valid & ZIP_STAT_SIZE) || !(st->valid & ZIP_STAT_COMP_SIZE))
        return sheet_fail_damaged(p->name, "no size", e);
    p->packed = st->comp_size;
    if (st->size > f->limits.inflated_bytes)
        return fail_bomb(p->name, "超过上限", "past the limit", e);
    if (st->size > RATIO_FROM && st->size / f->limits.ratio > st->comp_size)
        return fail_bomb(p->name, "放大倍数异常", "by an absurd ratio", e);
    return RC_OK;
}

enum rc part_open(struct part *p, struct sheet_file *f, const char *name,
                  const struct part_handler *handler, void *user, struct err *e)
{
    *p = (struct part){.file = f, .name = name, .handler = handler, .user = user, .e = e};
    zip_int64_t at = zip_name_locate(f->zip, name, ZIP_FL_NOCASE);
    if (at < 0)
        return RC_NOT_FOUND;
    zip_stat_t st;
    zip_stat_init(&st);
    if (zip_stat_index(f->zip, (zip_uint64_t)at, 0, &st) != 0)
        return sheet_fail_damaged(name, zip_strerror(f->zip), e);
    enum rc rc = check_declared(p, &st, e);
    if (rc != RC_OK)
        return rc;
    p->stream = zip_fopen_index(f->zip, (zip_uint64_t)at, 0);
    if (!p->stream)
        return sheet_fail_damaged(name, zip_strerror(f->zip), e);
    p->xml = XML_ParserCreate(NULL);
    if (!p->xml) {
        part_close(p);
        return fail(e, RC_INTERNAL, NULL, "内存不足", "out of memory", NULL);
    }
    XML_SetUserData(p->xml, p);
    XML_SetElementHandler(p->xml, on_start, on_end);
    XML_SetCharacterDataHandler(p->xml, on_chars);
    XML_SetDefaultHandler(p->xml, on_other);
    XML_SetStartDoctypeDeclHandler(p->xml, on_doctype);
    return RC_OK;
}

void part_close(struct part *p)
{
    if (p->xml)
        XML_ParserFree(p->xml);
    if (p->stream)
        zip_fclose(p->stream);
    p->xml = NULL;
    p->stream = NULL;
}

static enum rc check_budget(struct part *p, size_t n)
{
    struct sheet_file *f = p->file;
    p->got += n;
    p->silent += n;
    f->inflated += n;
    if (p->got > f->limits.inflated_bytes || f->inflated > TOTAL * f->limits.inflated_bytes)
        return fail_bomb(p->name, "超过上限", "past the limit", p->e);
    if (p->got > RATIO_FROM && p->got / f->limits.ratio > p->packed)
        return fail_bomb(p->name, "放大倍数异常", "by an absurd ratio", p->e);
    if (p->silent > MAX_SILENT)
        return fail(p->e, RC_TOO_BIG, "file",
                    "拒绝读取：{part} 里有超过 1 MB 的单个标记，正常的表格不会有。请另存后再试",
                    "refused: {part} has a single XML token of more than 1 MB, which no real "
                    "spreadsheet has; save it again and retry",
                    "part", p->name, NULL);
    return RC_OK;
}

/* What a finished call of expat means. */
static enum rc settle(struct part *p, enum XML_Status status)
{
    p->suspended = status == XML_STATUS_SUSPENDED;
    if (p->rc != RC_OK || p->done || status != XML_STATUS_ERROR)
        return p->rc;
    char detail[160];
    snprintf(detail, sizeof detail, "line %lu: %s", XML_GetCurrentLineNumber(p->xml),
             XML_ErrorString(XML_GetErrorCode(p->xml)));
    p->rc = sheet_fail_damaged(p->name, detail, p->e);
    return p->rc;
}

static enum rc feed(struct part *p)
{
    void *chunk = XML_GetBuffer(p->xml, CHUNK);
    if (!chunk)
        return fail(p->e, RC_INTERNAL, NULL, "内存不足", "out of memory", NULL);
    zip_int64_t n = zip_fread(p->stream, chunk, CHUNK);
    if (n < 0)
        return p->rc = sheet_fail_damaged(p->name, zip_file_strerror(p->stream), p->e);
    p->rc = check_budget(p, (size_t)n);
    if (p->rc != RC_OK)
        return p->rc;
    enum rc rc = settle(p, XML_ParseBuffer(p->xml, (int)n, n == 0));
    if (n == 0 && !p->suspended)
        p->done = true;
    return rc;
}

enum rc part_run(struct part *p, struct err *e)
{
    p->e = e;
    enum rc rc = p->rc;
    if (rc == RC_OK && p->suspended && !p->done) {
        XML_ParsingStatus status;
        rc = settle(p, XML_ResumeParser(p->xml));
        XML_GetParsingStatus(p->xml, &status);
        if (status.parsing == XML_FINISHED)
            p->done = true;
    }
    while (rc == RC_OK && !p->suspended && !p->done)
        rc = feed(p);
    return rc;
}

enum rc part_read(struct sheet_file *f, const char *name, const struct part_handler *handler,
                  void *user, struct err *e)
{
    struct part p;
    enum rc rc = part_open(&p, f, name, handler, user, e);
    if (rc == RC_OK)
        rc = part_run(&p, e);
    part_close(&p);
    return rc;
}

bool part_mentions(struct sheet_file *f, const char *name, const char *word, struct err *e, enum rc *rc)
{
    static const struct part_handler none = {.start = NULL};
    char room[CHUNK + 64]; /* the end of one piece stands before the next: a word may lie across */
    size_t kept = 0, n_word = strlen(word);
    struct part p;
    bool found = false, plain = true;
    *rc = part_open(&p, f, name, &none, NULL, e);
    while (*rc == RC_OK && !found && plain) {
        zip_int64_t n = zip_fread(p.stream, room + kept, CHUNK);
        if (n < 0)
            *rc = sheet_fail_damaged(name, zip_file_strerror(p.stream), e);
        if (n <= 0)
            break;
        p.silent = 0;
        *rc = check_budget(&p, (size_t)n);
        size_t all = kept + (size_t)n;
        found = memmem(room, all, word, n_word) != NULL;
        plain = !memchr(room, 0, all); /* UTF-16: only a parser can tell */
        kept = all < n_word ? all : n_word - 1;
        memmove(room, room + all - kept, kept);
    }
    part_close(&p);
    return *rc == RC_OK && (found || !plain);
}

static int hex4(const char *s, size_t n)
{
    int v = 0;
    if (n < 7 || s[0] != '_' || s[1] != 'x' || s[6] != '_')
        return -1;
    for (int i = 2; i < 6; i++) {
        int c = s[i] >= '0' && s[i] <= '9'   ? s[i] - '0'
                : s[i] >= 'a' && s[i] <= 'f' ? s[i] - 'a' + 10
                : s[i] >= 'A' && s[i] <= 'F' ? s[i] - 'A' + 10
                                             : -1;
        if (c < 0)
            return -1;
        v = v * 16 + c;
    }
    return v;
}

static void put_unit(struct buf *out, uint32_t cp)
{
    char bytes[4];
    if (cp < 0x20 && cp != '\t' && cp != '\n' && cp != '\r')
        return;
    buf_add(out, bytes, utf8_put(cp, bytes));
}

void part_unescape(struct buf *out, const char *s, size_t n)
{
    size_t first = out->len;
    for (size_t i = 0; i < n;) {
        int unit = s[i] == '_' ? hex4(s + i, n - i) : -1;
        if (unit <= 0) { /* as it is, up to the next that may begin an escape */
            const char *next = memchr(s + i + 1, '_', n - i - 1);
            size_t len = next ? (size_t)(next - s) - i : n - i;
            buf_add(out, s + i, len);
            i += len;
            continue;
        }
        i += 7;
        int low = unit >= 0xD800 && unit < 0xDC00 && i < n ? hex4(s + i, n - i) : -1;
        if (low >= 0xDC00 && low < 0xE000) {
            put_unit(out, 0x10000 + (((uint32_t)unit - 0xD800) << 10) + ((uint32_t)low - 0xDC00));
            i += 7;
        } else {
            put_unit(out, unit >= 0xD800 && unit < 0xE000 ? 0xFFFD : (uint32_t)unit);
        }
    }
    if (out->full || out->len == first || !memchr(out->data + first, '\r', out->len - first))
        return;
    size_t to = first;
    for (size_t i = first; i < out->len; i++) {
        bool cr = out->data[i] == '\r';
        if (cr && i + 1 < out->len && out->data[i + 1] == '\n')
            continue;
        out->data[to++] = cr ? '\n' : out->data[i];
    }
    out->len = to;
    out->data[to] = '\0';
}
