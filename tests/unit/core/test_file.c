/* SPDX-License-Identifier: Apache-2.0 */
/* Evidence files: what is taken in, under which name, and who reads it. */
#include "core/file.h"

#include <stdio.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/hash.h"
#include "cases.h"
#include "core/account.h"
#include "mod/work_order/work_order.h"
#include "pictures.h"

#define BYTES(s) s, sizeof(s) - 1

static enum rc upload(struct house *h, const char *name, const char *data, size_t n,
                      struct file *out)
{
    char sha256[HASH_HEX];
    const char *path = arena_printf(CX->a, "%s/upload.tmp", h->t->dir);
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(data, 1, n, f), n);
    assert_int_equal(fclose(f), 0);
    hash_hex(data, n, sha256);
    h->cx.err = (struct err){0};
    enum rc rc = file_store(CX, path, name, n, sha256, out);
    (void)unlink(path);
    return rc;
}

static enum rc upload_jpeg(struct house *h, const char *name, unsigned seed, struct file *out)
{
    struct buf b = jpeg_of(64, 48, seed);
    enum rc rc = upload(h, name, b.data, b.len, out);
    buf_free(&b);
    return rc;
}

static void the_first_bytes_tell_what_a_file_is(void **state)
{
    struct house *h = *state;
    struct buf jpeg = jpeg_of(40, 30, 1);
    const struct {
        const char *name, *data;
        size_t n;
        const char *type;
    } good[] = {
        {"a.jpg", jpeg.data, jpeg.len, "image/jpeg"},
        {"a.html", jpeg.data, jpeg.len, "image/jpeg"},
        {"a.png", (const char *)tiny_png, sizeof tiny_png, "image/png"},
        {"a.webp", (const char *)tiny_webp, sizeof tiny_webp, "image/webp"},
        {"a.pdf", BYTES("%PDF-1.7\n"), "application/pdf"},
        {"a.xlsx", BYTES("PK\3\4 a book"),
         "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
        {"读数.txt", BYTES("温度 21 度\n"), "text/plain"},
    };
    struct file f;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        be_console(h);
        OK(upload(h, good[i].name, good[i].data, good[i].n, &f));
        assert_string_equal(f.type, good[i].type);
        assert_int_equal(f.size, good[i].n);
    }
    buf_free(&jpeg);
}

static void what_could_run_in_a_browser_or_on_a_desk_is_refused_sec_16(void **state)
{
    struct house *h = *state;
    static const struct {
        const char *name, *data;
        size_t n;
    } bad[] = {
        {"a.jpg", BYTES("<!DOCTYPE html><script>alert(1)</script>")},
        {"a.jpg", BYTES("<html><body>")},
        {"a.jpg", BYTES("\xff\xd8\xff\xe0 a text that calls itself a picture")},
        {"a.png", (const char *)tiny_png, sizeof tiny_png - 20},
        {"a.webp", (const char *)tiny_webp, sizeof tiny_webp - 20},
        {"a.txt", BYTES("hello <script src=//x></script>")},
        {"a.txt", BYTES("\xef\xbb\xbf \r\n<HTML>")},
        {"a.png", BYTES("<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>")},
        {"a.png", BYTES("<?xml version='1.0'?><svg/>")},
        {"a.pdf", BYTES("MZ\x90\0\3\0\0\0")},
        {"a.jpg", BYTES("\x7f"
                        "ELF\2\1\1\0")},
        {"a.zip", BYTES("PK\3\4 any archive")},
        {"a.webp", BYTES("<script>WEBP</script>")},
        {"a.jpg", BYTES("")},
        {"a.txt", BYTES("\xff\xfe\x01 no text")},
        {NULL, BYTES("GIF89a\1\0")},
    };
    struct file f;
    be_console(h);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (upload(h, bad[i].name, bad[i].data, bad[i].n, &f) != RC_INVALID ||
            strcmp(CX->err.field, "file"))
            fail_msg("taken: %s %.20s", bad[i].name, bad[i].data);
    assert_int_equal(number(h, "SELECT COUNT(*) FROM file"), 0);
}

static const char *repeated(struct house *h, const char *text, int times)
{
    struct buf b = {0};
    for (int i = 0; i < times; i++)
        buf_text_add(&b, text);
    const char *s = arena_strdup(CX->a, buf_text(&b));
    buf_free(&b);
    return s;
}

static void a_name_loses_its_path_and_its_control_characters(void **state)
{
    struct house *h = *state;
    char lengthy[400];
    memset(lengthy, 'x', sizeof lengthy);
    memcpy(lengthy + 390, ".jpg", 5);
    const char *title = repeated(h, "关于视频监控运行维护", 30), *cut = repeated(h, "关于视频监控运行维护", 6);
    const struct {
        const char *given, *kept;
    } names[] = {
        {"照片 1.jpg", "照片 1.jpg"},
        {"../../etc/passwd", "passwd"},
        {"C:\\photos\\a.jpg", "a.jpg"},
        {"a\r\nSet-Cookie: x\".jpg", "a__Set-Cookie_ x_.jpg"},
        {"a\x7f<b>.jpg", "a__b_.jpg"},
        {"bad\xff\xfe.jpg", "bad\xef\xbf\xbd\xef\xbf\xbd.jpg"},
        {"evil\xe2\x80\xaegpj.scr", "evil_gpj.scr"}, /* turned round by U+202E */
        {"..", "file"},
        {"dir/", "file"},
        {"", "file"},
        {NULL, "file"},
        {lengthy, arena_printf(CX->a, "%.193s….jpg", lengthy)},
        {arena_printf(CX->a, "%s.xlsx", title), arena_printf(CX->a, "%s关于视频….xlsx", cut)},
        {title, arena_printf(CX->a, "%s关于视频监…", cut)},
    };
    struct file f;
    be_console(h);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        OK(upload(h, names[i].given, BYTES("%PDF-1.7 a"), &f));
        assert_string_equal(f.name, names[i].kept);
    }
    OK(upload(h,
              "这个文件名非常长这个文件名非常长这个文件名非常长这个文件名非常长这个文件名非常长这个"
              "文件名非常长"
              "这个文件名非常长这个文件名非常长这个文件名非常长这个文件名非常长.xlsx",
              BYTES("PK\3\4 book"), &f));
}

static void equal_bytes_are_kept_once_and_come_back_whole(void **state)
{
    struct house *h = *state;
    struct file a, b, back;
    char text[64] = "";
    int fd;
    person(h, "field1", "b_field", NULL);
    be(h, "field1");
    OK(upload(h, "one.pdf", BYTES("%PDF-1.7 same"), &a));
    OK(upload(h, "two.pdf", BYTES("%PDF-1.7 same"), &b));
    assert_int_not_equal(a.id, b.id);
    assert_string_equal(a.sha256, b.sha256);
    OK(file_open(CX, b.id, FILE_CLEAN, false, &back, &fd));
    assert_int_equal(read(fd, text, sizeof text), 13);
    assert_memory_equal(text, "%PDF-1.7 same", 13);
    (void)close(fd);
    assert_string_equal(back.name, "two.pdf");
    assert_string_equal(back.type, "application/pdf");
    assert_int_equal(
        number(h, "SELECT COUNT(*) FROM journal WHERE kind = 'file' AND action = 'upload'"), 2);
}

static bool readable(struct house *h, const char *login, int64_t id)
{
    struct file f;
    int fd = -1;
    be(h, login);
    enum rc rc = file_open(CX, id, FILE_CLEAN, false, &f, &fd);
    if (!rc)
        (void)close(fd);
    else
        assert_int_equal(rc, RC_NOT_FOUND);
    return !rc;
}

static void a_file_is_read_by_its_uploader_and_by_the_readers_of_its_record(void **state)
{
    struct house *h = *state;
    struct file f;
    struct row *row;
    person(h, "clerk1", "a_clerk", NULL);
    person(h, "clerk2", "a_clerk", NULL);
    int64_t field = person(h, "field1", "b_field", NULL);
    person(h, "field2", "b_field", NULL);
    person(h, "pm", "b_pm", NULL);
    be(h, "clerk1");
    OK(create(h, &work_order_kind, &row, "{'title':'电脑打不开'}"));
    int64_t order = row->id;
    be(h, "pm");
    OK(act(h, &work_order_kind, order, "register", &row, NO_INPUT));
    OK(act(h, &work_order_kind, order, "dispatch", &row, "'engineer_id':%lld", (long long)field));
    be(h, "field1");
    OK(act(h, &work_order_kind, order, "accept", &row, "'plan':'一小时内到'"));
    OK(upload_jpeg(h, "after.jpg", 2, &f));
    assert_true(readable(h, "field1", f.id));
    assert_false(readable(h, "pm", f.id)); /* not yet evidence of anything */
    be(h, "field1");
    OK(act(h, &work_order_kind, order, "restore", &row, "'result':'换了电源','after_photos':[%lld]",
           (long long)f.id));
    assert_true(readable(h, "pm", f.id));
    assert_true(readable(h, "clerk1", f.id));
    assert_false(readable(h, "clerk2", f.id));
    assert_false(readable(h, "field2", f.id));
    assert_false(readable(h, "pm", f.id + 100));
}

static void nobody_makes_the_upload_of_another_his_evidence(void **state)
{
    struct house *h = *state;
    struct file f;
    struct row *row;
    person(h, "field1", "b_field", NULL);
    person(h, "field2", "b_field", NULL);
    int64_t order = made(h, &work_order_kind, "{'title':'电脑打不开'}");
    be(h, "field1");
    OK(upload_jpeg(h, "private.jpg", 3, &f));
    be(h, "field2");
    OK(act(h, &work_order_kind, order, "accept", &row, "'plan':'一小时内到'"));
    REFUSED(act(h, &work_order_kind, order, "arrive", &row,
                "'presence':'已到三楼','before_photos':[%lld]", (long long)f.id),
            RC_INVALID, "before_photos");
    assert_false(readable(h, "field2", f.id));
    assert_true(readable(h, "field1", f.id));
}

static void a_file_whose_bytes_are_gone_is_our_fault(void **state)
{
    struct house *h = *state;
    struct file f;
    int fd;
    person(h, "field1", "b_field", NULL);
    be(h, "field1");
    OK(upload(h, "a.pdf", BYTES("%PDF-1.7 a"), &f));
    assert_int_equal(
        unlink(arena_printf(CX->a, "%s/files/%.2s/%s", h->t->dir, f.sha256, f.sha256 + 2)), 0);
    assert_int_equal(file_open(CX, f.id, FILE_CLEAN, false, &f, &fd), RC_INTERNAL);
}

void file_cases(struct cases *c)
{
    ON_BOTH(c, the_first_bytes_tell_what_a_file_is);
    ON_BOTH(c, what_could_run_in_a_browser_or_on_a_desk_is_refused_sec_16);
    ON_BOTH(c, a_name_loses_its_path_and_its_control_characters);
    ON_BOTH(c, equal_bytes_are_kept_once_and_come_back_whole);
    ON_BOTH(c, a_file_is_read_by_its_uploader_and_by_the_readers_of_its_record);
    ON_BOTH(c, nobody_makes_the_upload_of_another_his_evidence);
    ON_BOTH(c, a_file_whose_bytes_are_gone_is_our_fault);
}
