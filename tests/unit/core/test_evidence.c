/* SPDX-License-Identifier: Apache-2.0 */
/* Evidence: pictures in the sandboxed child, their copies, uploads in parts, and keeping house. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hash.h"
#include "cases.h"
#include "core/file.h"
#include "core/image.h"
#include "io/file.h"
#include "mod/work_order/work_order.h"
#include "pictures.h"

static enum rc store(struct house *h, const char *name, const struct buf *b, struct file *out)
{
    char sha256[HASH_HEX];
    const char *path = arena_printf(CX->a, "%s/upload.tmp", h->t->dir);
    OK(file_write(path, b->data, b->len, 0600, &CX->err));
    hash_hex(b->data, b->len, sha256);
    h->cx.err = (struct err){0};
    enum rc rc = file_store(CX, path, name, b->len, sha256, out);
    (void)unlink(path);
    return rc;
}

static void stored(struct house *h, const char *name, struct buf b, struct file *out)
{
    OK(store(h, name, &b, out));
    buf_free(&b);
}

static const char *blob(struct house *h, const char *sha256)
{
    return arena_printf(CX->a, "%s/files/%.2s/%s", h->t->dir, sha256, sha256 + 2);
}

/* Bytes of a face; fails the test when it is not served. */
static struct buf face(struct house *h, int64_t id, enum file_face f)
{
    struct file file;
    struct buf b = {0};
    char block[4096];
    int fd = -1;
    ssize_t n;
    OK(file_open(CX, id, f, false, &file, &fd));
    while ((n = read(fd, block, sizeof block)) > 0)
        buf_add(&b, block, (size_t)n);
    (void)close(fd);
    assert_int_equal(b.len, file.size);
    return b;
}

static bool holds(const struct buf *b, const char *text)
{
    return memmem(b->data, b->len, text, strlen(text)) != NULL;
}

static void a_photo_tells_its_size_time_and_place_and_is_shown_without_them(void **state)
{
    struct house *h = *state;
    struct file f;
    person(h, "field1", "b_field", NULL);
    be(h, "field1");
    struct buf photo = photo_of(640, 480, 1, 6);
    OK(store(h, "a.jpg", &photo, &f));
    assert_int_equal(number(h, "SELECT width FROM file"), 480); /* upright */
    assert_int_equal(number(h, "SELECT height FROM file"), 640);
    assert_int_equal(number(h, "SELECT taken_at FROM file"), instant_of("2026-05-08T16:59:30"));
    assert_int_equal(
        number(h, "SELECT COUNT(*) FROM file WHERE latitude > 39.9875 AND latitude < 39.9876"
                  " AND longitude > 116.3083 AND longitude < 116.3084"),
        1);
    assert_int_equal(strlen(words(h, "SELECT phash FROM file")), 16);
    assert_true(holds(&photo, "MakerOfTest"));
    struct buf clean = face(h, f.id, FILE_CLEAN), small = face(h, f.id, FILE_SMALL),
               large = face(h, f.id, FILE_LARGE);
    assert_false(holds(&clean, "MakerOfTest"));
    assert_false(holds(&clean, "2026:05:08"));
    assert_true(small.len < large.len);
    char *bytes;
    size_t n;
    OK(file_read(CX->a, blob(h, f.sha256), 1 << 20, &bytes, &n, &CX->err));
    assert_int_equal(n, photo.len);
    assert_memory_equal(bytes, photo.data, n); /* the original is as it came */
    buf_free(&photo);
    buf_free(&clean);
    buf_free(&small);
    buf_free(&large);
}

static void two_uploads_of_equal_bytes_share_them_and_are_two_rows(void **state)
{
    struct house *h = *state;
    struct file a, b;
    be_console(h);
    stored(h, "one.jpg", jpeg_of(400, 300, 1), &a);
    stored(h, "two.jpg", jpeg_of(400, 300, 1), &b);
    assert_int_not_equal(a.id, b.id);
    assert_string_equal(a.sha256, b.sha256);
    assert_int_equal(number(h, "SELECT COUNT(*) FROM file"), 2);
    assert_int_equal(number(h, "SELECT COUNT(DISTINCT sha256) FROM file_copy WHERE face = 'small'"),
                     1);
    assert_int_equal(number(h, "SELECT COUNT(*) FROM file_copy WHERE face = 'small'"), 2);
}

static void the_original_needs_its_own_permission_and_every_view_is_journalled_sec_11(void **state)
{
    struct house *h = *state;
    struct file f, out;
    int fd;
    person(h, "field1", "b_field", NULL);
    person(h, "audit1", "auditor", NULL);
    be(h, "field1");
    stored(h, "a.jpg", photo_of(64, 48, 1, 1), &f);
    assert_int_equal(file_open(CX, f.id, FILE_ORIGINAL, false, &out, &fd), RC_DENIED);
    be(h, "audit1");
    assert_int_equal(file_open(CX, f.id, FILE_CLEAN, false, &out, &fd), RC_NOT_FOUND);
    struct buf original = face(h, f.id, FILE_ORIGINAL);
    assert_true(holds(&original, "MakerOfTest"));
    buf_free(&original);
    be(h, "field1");
    struct buf clean = face(h, f.id, FILE_CLEAN), small = face(h, f.id, FILE_SMALL),
               marked = face(h, f.id, FILE_MARKED);
    buf_free(&clean);
    buf_free(&small);
    buf_free(&marked);
    static const char *const seen[] = {"view", "view_marked", "view_original"};
    for (int i = 0; i < 3; i++)
        assert_int_equal(
            number(h,
                   "SELECT COUNT(*) FROM journal WHERE kind = 'file' AND record_id = %lld"
                   " AND action = '%s'",
                   (long long)f.id, seen[i]),
            1);
}

static void the_marked_copy_says_what_is_known_now_and_names_the_original(void **state)
{
    struct house *h = *state;
    struct file f;
    struct row *row;
    person(h, "field1", "b_field", NULL);
    int64_t order = made(h, &work_order_kind, "{'title':'电脑打不开'}");
    be(h, "field1");
    stored(h, "a.jpg", photo_of(800, 600, 1, 1), &f);
    struct buf first = face(h, f.id, FILE_MARKED), again = face(h, f.id, FILE_MARKED);
    assert_int_equal(first.len, again.len);
    const char *text = words(h, "SELECT text FROM file_copy WHERE face = 'marked'");
    assert_non_null(strstr(text, "服务器时间  2026-05-08 17:00:00 北京时间"));
    assert_non_null(strstr(text, "相机时间  2026-05-08 16:59:30"));
    assert_non_null(strstr(text, arena_printf(CX->a, "原件 SHA-256  %.16s", f.sha256)));
    assert_null(strstr(text, "工单"));
    OK(act(h, &work_order_kind, order, "accept", &row, "'plan':'一小时内到'"));
    OK(act(h, &work_order_kind, order, "arrive", &row,
           "'presence':'已到三楼','before_photos':[%lld]", (long long)f.id));
    struct buf now = face(h, f.id, FILE_MARKED);
    text = words(h, "SELECT text FROM file_copy WHERE face = 'marked'");
    assert_non_null(strstr(text, "工单"));
    assert_true(now.len != first.len || memcmp(now.data, first.data, now.len) != 0);
    assert_string_equal(words(h, "SELECT original_sha256 FROM file_copy WHERE face = 'marked'"),
                        f.sha256);
    assert_int_equal(number(h, "SELECT COUNT(*) FROM file_copy WHERE face = 'marked'"), 1);
    buf_free(&first);
    buf_free(&again);
    buf_free(&now);
}

static void lost_copies_are_made_anew(void **state)
{
    struct house *h = *state;
    struct file f;
    person(h, "field1", "b_field", NULL);
    be(h, "field1");
    stored(h, "a.jpg", photo_of(64, 48, 1, 1), &f);
    run_sql(h, "DELETE FROM file_copy");
    run_sql(h, "UPDATE file SET width = NULL, phash = NULL");
    struct buf marked = face(h, f.id, FILE_MARKED), clean = face(h, f.id, FILE_CLEAN);
    assert_false(holds(&clean, "MakerOfTest"));
    assert_int_equal(number(h, "SELECT width FROM file"), 64);
    buf_free(&marked);
    buf_free(&clean);
}

/* What a decoder that was taken over would try ends the child, and only the child. */
static void the_child_is_killed_when_it_reaches_out(void **state)
{
    struct house *h = *state;
    static const enum image_fault faults[] = {
        IMAGE_FAULT_OPEN,
        IMAGE_FAULT_SOCKET,
        IMAGE_FAULT_FORK,
#ifndef __SANITIZE_ADDRESS__
#if !defined(__has_feature)
        IMAGE_FAULT_MEMORY,
#endif
#endif
        IMAGE_FAULT_WRITE
    };
    struct file f;
    be_console(h);
    struct buf photo = jpeg_of(64, 48, 1);
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
        image_fault_next(faults[i]);
        REFUSED(store(h, "a.jpg", &photo, &f), RC_INVALID, "file");
    }
    assert_int_equal(number(h, "SELECT COUNT(*) FROM file"), 0);
    OK(store(h, "a.jpg", &photo, &f));
    buf_free(&photo);
}

/* The picture is not to blame: its user is asked to send it again. */
static void a_child_that_others_killed_blames_no_picture(void **state)
{
    struct house *h = *state;
    struct file f;
    be_console(h);
    struct buf photo = jpeg_of(64, 48, 1);
    image_fault_next(IMAGE_FAULT_KILLED);
    REFUSED(store(h, "a.jpg", &photo, &f), RC_BUSY, "file");
    OK(store(h, "a.jpg", &photo, &f));
    buf_free(&photo);
}

struct told {
    int n;
    char sha256[4][65], what[4][16];
};

static void tell(void *ctx, const struct file_fault *f)
{
    struct told *t = ctx;
    if (t->n < 4) {
        (void)snprintf(t->sha256[t->n], 65, "%s", f->sha256);
        (void)snprintf(t->what[t->n], 16, "%s", f->what);
    }
    t->n++;
}

static void fail_big_writes(const struct rlimit *r)
{
    assert_int_equal(setrlimit(RLIMIT_FSIZE, r), 0);
}

static int entries(struct house *h)
{
    int n = 0;
    char *text = NULL;
    size_t size = 0;
    FILE *f = popen(arena_printf(CX->a, "find %s/files -type f ! -name .lock", h->t->dir), "r");
    assert_non_null(f);
    while (getline(&text, &size, f) > 0)
        n++;
    (void)pclose(f);
    free(text);
    return n;
}

/* The kernel's "no room" without filling a disk: of two copies the small one still fits. */
static void a_full_disk_is_told_and_nothing_is_half_done(void **state)
{
    struct house *h = *state;
    struct file f;
    struct rlimit old, narrow;
    char sha256[HASH_HEX];
    be_console(h);
    struct buf photo = photo_of(1500, 1000, 1, 1);
    const char *path = arena_printf(CX->a, "%s/upload.tmp", h->t->dir);
    OK(file_write(path, photo.data, photo.len, 0600, &CX->err));
    hash_hex(photo.data, photo.len, sha256);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
    narrow = (struct rlimit){.rlim_cur = 16384, .rlim_max = old.rlim_max};
    void (*handler)(int) = signal(SIGXFSZ, SIG_IGN);
    fail_big_writes(&narrow);
    enum rc rc = file_store(CX, path, "a.jpg", photo.len, sha256, &f);
    fail_big_writes(&old);
    signal(SIGXFSZ, handler);
    assert_int_equal(rc, RC_BUSY);
    assert_int_equal(number(h, "SELECT COUNT(*) FROM file"), 0);
    assert_int_equal(number(h, "SELECT COUNT(*) FROM file_copy"), 0);
    assert_int_equal(number(h, "SELECT COUNT(*) FROM journal WHERE kind = 'file'"), 0);
    int left = entries(h); /* copies without a row: for the sweep */
    h->cx.err = (struct err){0};
    OK(file_store(CX, path, "a.jpg", photo.len, sha256, &f)); /* there is room again */
    assert_true(left < entries(h));
    int64_t checked, wrong;
    struct told t = {0};
    OK(file_verify(CX, tell, &t, &checked, &wrong));
    assert_int_equal(wrong, 0);
    buf_free(&photo);
}

static void a_daily_quota_is_a_setting(void **state)
{
    struct house *h = *state;
    struct file f;
    person(h, "field1", "b_field", NULL);
    be(h, "field1");
    run_sql(h, "UPDATE parameter SET value = '1' WHERE name = 'file_daily_mib'");
    stored(h, "a.jpg", jpeg_of(64, 48, 1), &f);
    run_sql(h, "UPDATE file SET size = 1048000");
    struct buf photo = jpeg_of(640, 480, 2);
    REFUSED(store(h, "b.jpg", &photo, &f), RC_TOO_BIG, "file");
    clock_at(h, "2026-05-09T00:00");
    OK(store(h, "b.jpg", &photo, &f));
    buf_free(&photo);
}

static void what_nobody_names_goes_after_a_day_and_its_bytes_with_it(void **state)
{
    struct house *h = *state;
    struct file loose, kept;
    struct row *row;
    int removed = 0, all = 0;
    person(h, "field1", "b_field", NULL);
    int64_t order = made(h, &work_order_kind, "{'title':'电脑打不开'}");
    be(h, "field1");
    stored(h, "loose.jpg", jpeg_of(64, 48, 1), &loose);
    stored(h, "kept.jpg", jpeg_of(64, 48, 2), &kept);
    OK(act(h, &work_order_kind, order, "accept", &row, "'plan':'一小时内到'"));
    OK(act(h, &work_order_kind, order, "arrive", &row,
           "'presence':'已到三楼','before_photos':[%lld]", (long long)kept.id));
    be_system(h);
    clock_at(h, "2026-05-09T16:59");
    OK(file_expire(CX, &removed));
    assert_int_equal(removed, 0);
    clock_at(h, "2026-05-09T17:01");
    OK(file_expire(CX, &removed));
    assert_int_equal(removed, 1);
    assert_int_equal(number(h, "SELECT COUNT(*) FROM file"), 1);
    assert_int_equal(
        number(h, "SELECT COUNT(*) FROM file_copy WHERE file_id = %lld", (long long)loose.id), 0);
    assert_int_equal(number(h, "SELECT COUNT(*) FROM journal WHERE action = 'expire'"), 1);
    assert_true(file_exists(blob(h, loose.sha256)));
    CX->now = instant_now(); /* the age of bytes is the file system's */
    for (int i = 0; i < FILE_FOLDERS; i++) {
        OK(file_sweep(CX, i, &removed));
        all += removed;
    }
    assert_int_equal(all, 0); /* young: they may still wait for a row */
    CX->now.ms += 2 * HOUR_MS;
    for (int i = 0; i < FILE_FOLDERS; i++) {
        OK(file_sweep(CX, i, &removed));
        all += removed;
    }
    assert_int_equal(all, 2); /* the original and its thumbnail: the clean copy is the original */
    assert_false(file_exists(blob(h, loose.sha256)));
    assert_true(file_exists(blob(h, kept.sha256)));
    struct buf small = face(h, kept.id, FILE_SMALL);
    buf_free(&small);
}

static void verification_names_what_is_missing_or_changed_sec_19(void **state)
{
    struct house *h = *state;
    struct file a, b;
    struct told t = {0};
    int64_t checked, wrong;
    be_console(h);
    stored(h, "a.jpg", jpeg_of(64, 48, 1), &a);
    stored(h, "b.jpg", jpeg_of(64, 48, 2), &b);
    OK(file_verify(CX, tell, &t, &checked, &wrong));
    assert_int_equal(wrong, 0);
    assert_int_equal(checked, 4);
    OK(file_write(blob(h, a.sha256), "other bytes", 11, 0600, &CX->err));
    assert_int_equal(unlink(blob(h, b.sha256)), 0);
    OK(file_verify(CX, tell, &t, &checked, &wrong));
    assert_int_equal(wrong, 2);
    for (int i = 0; i < 2; i++)
        assert_string_equal(t.what[i], strcmp(t.sha256[i], a.sha256) ? "missing" : "changed");
    assert_true(!strcmp(t.sha256[0], b.sha256) || !strcmp(t.sha256[1], b.sha256));
}

/* --- parts --- */

#define PART "0000000000000000000000000000000000000000000000000000000000000001"

static void append(struct house *h, const char *part, const char *data, size_t n)
{
    FILE *f = fopen(arena_printf(CX->a, "%s/spool/part-%s", h->t->dir, part), "ab");
    assert_non_null(f);
    assert_int_equal(fwrite(data, 1, n, f), n);
    assert_int_equal(fclose(f), 0);
}

static void an_upload_in_parts_is_stored_once_it_is_whole_sec_18(void **state)
{
    struct house *h = *state;
    struct file_part p;
    struct file f;
    char sha256[HASH_HEX];
    person(h, "field1", "b_field", NULL);
    be(h, "field1");
    OK(file_make_folders(arena_printf(CX->a, "%s/spool", h->t->dir), 0700, &CX->err));
    struct buf b = jpeg_of(200, 100, 1);
    hash_hex(b.data, b.len, sha256);
    OK(file_part_begin(CX, "upload-1", PART, "a.jpg", (int64_t)b.len, sha256, &p));
    assert_int_equal(p.offset, 0);
    append(h, PART, b.data, 100);
    REFUSED(file_part_end(CX, "upload-1", &f), RC_CONFLICT, "Upload-Offset");
    OK(file_part_begin(CX, "upload-1", PART, "a.jpg", (int64_t)b.len, sha256, &p));
    assert_int_equal(p.offset, 100);
    append(h, PART, "wrong", 5);
    append(h, PART, b.data + 105, b.len - 105);
    REFUSED(file_part_end(CX, "upload-1", &f), RC_INVALID, "sha256");
    OK(file_part_find(CX, "upload-1", &p));
    assert_int_equal(p.offset, 0); /* from the start */
    append(h, PART, b.data, b.len);
    OK(file_part_end(CX, "upload-1", &f));
    assert_string_equal(f.sha256, sha256);
    int64_t id = f.id;
    OK(file_part_end(CX, "upload-1", &f)); /* the answer was lost */
    assert_int_equal(f.id, id);
    assert_int_equal(number(h, "SELECT COUNT(*) FROM file"), 1);
    buf_free(&b);
}

static void a_half_upload_expires_and_is_bounded(void **state)
{
    struct house *h = *state;
    struct file_part p;
    int removed;
    char sha256[HASH_HEX];
    person(h, "field1", "b_field", NULL);
    be(h, "field1");
    OK(file_make_folders(arena_printf(CX->a, "%s/spool", h->t->dir), 0700, &CX->err));
    hash_hex("x", 1, sha256);
    REFUSED(file_part_begin(CX, "../../etc", PART, "a", 1, sha256, &p), RC_INVALID, "id");
    REFUSED(file_part_begin(CX, "upload-0", PART, "a", 1, "../x", &p), RC_INVALID, "sha256");
    REFUSED(file_part_begin(CX, "upload-0", PART, "a", 1LL << 40, sha256, &p), RC_TOO_BIG, "size");
    for (int i = 0; i < 20; i++)
        OK(file_part_begin(CX, arena_printf(CX->a, "upload-%d", i), arena_printf(CX->a, "%064d", i),
                           "a.jpg", 1, sha256, &p));
    assert_int_equal(file_part_begin(CX, "upload-20", PART, "a.jpg", 1, sha256, &p), RC_BUSY);
    be_system(h);
    clock_at(h, "2026-05-09T17:01");
    OK(file_expire(CX, &removed));
    assert_int_equal(removed, 20);
    assert_int_equal(number(h, "SELECT COUNT(*) FROM file_part"), 0);
}

void evidence_cases(struct cases *c)
{
    ON_BOTH(c, a_photo_tells_its_size_time_and_place_and_is_shown_without_them);
    ON_BOTH(c, two_uploads_of_equal_bytes_share_them_and_are_two_rows);
    ON_BOTH(c, the_original_needs_its_own_permission_and_every_view_is_journalled_sec_11);
    ON_BOTH(c, the_marked_copy_says_what_is_known_now_and_names_the_original);
    ON_BOTH(c, lost_copies_are_made_anew);
    case_add(c, "the_child_is_killed_when_it_reaches_out", the_child_is_killed_when_it_reaches_out,
             DB_SQLITE);
    case_add(c, "a_child_that_others_killed_blames_no_picture", a_child_that_others_killed_blames_no_picture,
             DB_SQLITE);
    case_add(c, "a_full_disk_is_told_and_nothing_is_half_done",
             a_full_disk_is_told_and_nothing_is_half_done, DB_SQLITE);
    ON_BOTH(c, a_daily_quota_is_a_setting);
    ON_BOTH(c, what_nobody_names_goes_after_a_day_and_its_bytes_with_it);
    ON_BOTH(c, verification_names_what_is_missing_or_changed_sec_19);
    ON_BOTH(c, an_upload_in_parts_is_stored_once_it_is_whole_sec_18);
    ON_BOTH(c, a_half_upload_expires_and_is_bounded);
}
