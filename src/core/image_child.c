/* SPDX-License-Identifier: Apache-2.0 */
/* The child: has the text of a mark drawn while fonts may still be opened, enters the sandbox, then
 * reads the photo. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "core/image.h"
#include "core/image_int.h"
#include "io/sandbox.h"
#include "proto/exif.h"
#include "proto/picture.h"

enum { THUMB_QUALITY = 80, MARK_QUALITY = 88 };

struct work {
    struct image_job job;
    struct image_head head;
    struct buf part[N_PARTS];
    struct mark mark;
    uint8_t *data;
    size_t n;
};

static bool read_all(int fd, void *to, size_t n)
{
    for (char *p = to; n;) {
        ssize_t got = read(fd, p, n);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return false;
        p += got;
        n -= (size_t)got;
    }
    return true;
}

static bool write_all(int fd, const void *data, size_t n)
{
    for (const char *p = data; n;) {
        ssize_t put = write(fd, p, n);
        if (put < 0 && errno == EINTR)
            continue;
        if (put <= 0)
            return false;
        p += put;
        n -= (size_t)put;
    }
    return true;
}

#ifdef SW_FAULTS
/* Each of these must end the process. */
static void misbehave(enum image_fault f)
{
    if (f == IMAGE_FAULT_OPEN)
        _exit(open("/etc/passwd", O_RDONLY | O_CLOEXEC) >= 0 ? 0 : 3);
    if (f == IMAGE_FAULT_SOCKET)
        _exit(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0) >= 0 ? 0 : 3);
    if (f == IMAGE_FAULT_FORK)
        _exit(fork() >= 0 ? 0 : 3);
    if (f == IMAGE_FAULT_MEMORY) {
        char *p = malloc((size_t)IMAGE_MEMORY * 2);
        _exit(p && memset(p, 1, (size_t)IMAGE_MEMORY * 2) ? 0 : 3);
    }
    if (f == IMAGE_FAULT_WRITE)
        _exit(pwrite(1, "x", 1, (off_t)IMAGE_OUTPUT * 2) == 1 ? 0 : 3);
    while (f == IMAGE_FAULT_LOOP)
        continue;
}
#endif

static enum rc take_photo(struct work *w)
{
    struct stat st;
    if (fstat(0, &st) != 0 || st.st_size < 1 || st.st_size > IMAGE_INPUT)
        return fail(&w->head.err, RC_TOO_BIG, "file", "图片文件太大",
                    "the picture file is too large", (const char *)NULL);
    w->n = (size_t)st.st_size;
    w->data = malloc(w->n);
    if (!w->data)
        die("out of memory");
    if (!read_all(0, w->data, w->n))
        return fail(&w->head.err, RC_INTERNAL, "file", "图片读不到", "the picture cannot be read",
                    (const char *)NULL);
    return RC_OK;
}

static void note_exif(struct work *w, const struct photo *photo, struct exif *x)
{
    *x = (struct exif){.orientation = 1};
    if (photo->exif)
        exif_read(photo->exif, photo->n_exif, x);
    if (photo->type != PHOTO_JPEG)
        x->orientation = 1; /* viewers turn only JPEG by it */
    w->head.has_time = x->has_time;
    w->head.taken_ms = x->taken_ms;
    w->head.has_place = x->has_place;
    w->head.latitude = x->latitude;
    w->head.longitude = x->longitude;
}

static enum rc thumbs(struct work *w, const struct picture *p)
{
    struct picture large = picture_shrink(p, THUMB_LARGE),
                   small = picture_shrink(&large, THUMB_SMALL);
    int longer = w->head.width > w->head.height ? w->head.width : w->head.height;
    enum rc rc = picture_jpeg(&small, THUMB_QUALITY, &w->part[PART_SMALL], &w->head.err);
    if (!rc && longer > THUMB_SMALL)
        rc = picture_jpeg(&large, THUMB_QUALITY, &w->part[PART_LARGE], &w->head.err);
    w->head.phash = picture_dhash(&large);
    picture_free(&large);
    picture_free(&small);
    return rc;
}

static enum rc marked(struct work *w, struct picture *p)
{
    struct picture copy = picture_shrink(p, MARK_SIDE);
    mark_put(&w->mark, &copy);
    enum rc rc = picture_jpeg(&copy, MARK_QUALITY, &w->part[PART_MARKED], &w->head.err);
    picture_free(&copy);
    return rc;
}

static enum rc run(struct work *w)
{
    struct photo photo;
    struct exif x;
    struct picture p;
    bool mark = w->job.width > 0;
    int width, height;
    w->part[PART_CLEAN].limit = IMAGE_INPUT;
    enum rc rc = take_photo(w);
    if (!rc)
        rc = photo_read(w->data, w->n, &photo, mark ? NULL : &w->part[PART_CLEAN], &w->head.err);
    if (rc)
        return rc;
    note_exif(w, &photo, &x);
    rc = picture_decode(w->data, w->n, photo.type, x.orientation, mark ? 0 : THUMB_LARGE, &p,
                        &width, &height, &w->head.err);
    if (rc)
        return rc;
    w->head.width = width;
    w->head.height = height;
    rc = mark ? marked(w, &p) : thumbs(w, &p);
    picture_free(&p);
    struct buf *clean = &w->part[PART_CLEAN];
    if (clean->len == w->n && memcmp(clean->data, w->data, w->n) == 0)
        buf_clear(clean); /* nothing to take away */
    return rc;
}

static bool answer(struct work *w, enum rc rc)
{
    w->head.magic = IMAGE_RESULT;
    w->head.err.rc = rc;
    for (int i = 0; i < N_PARTS; i++)
        w->head.n[i] = rc ? 0 : w->part[i].len;
    bool ok = lseek(1, 0, SEEK_SET) == 0 && write_all(1, &w->head, sizeof w->head);
    for (int i = 0; i < N_PARTS && ok && !rc; i++)
        ok = write_all(1, w->part[i].data, w->part[i].len);
    return ok;
}

static void draw(const struct image_job *job, int to)
{
    struct mark m;
    int width = job->width, height = job->height;
    image_fit(&width, &height, MARK_SIDE);
    bool ok = mark_draw(width, height, job->text, &m, NULL) == RC_OK;
    int size[2] = {ok ? m.width : 0, ok ? m.height : 0};
    ok = ok && write_all(to, size, sizeof size) &&
         write_all(to, m.grey, (size_t)m.width * (size_t)m.height);
    _exit(ok ? 0 : 2);
}

/* In a process of its own: pango leaves threads behind, which would look for fonts when the filter
 * is already closed and take us with them. */
static bool draw_apart(const struct image_job *job, struct mark *out)
{
    int ends[2], size[2] = {0, 0};
    if (pipe2(ends, O_CLOEXEC) != 0)
        return false;
    pid_t pid = fork();
    if (pid == 0)
        draw(job, ends[1]);
    close(ends[1]);
    bool ok = pid > 0 && read_all(ends[0], size, sizeof size) && size[0] > 0 && size[1] > 0 &&
              size[0] <= MARK_SIDE && size[1] <= MARK_SIDE;
    size_t n = (size_t)size[0] * (size_t)size[1];
    *out = (struct mark){size[0], size[1], ok ? malloc(n) : NULL};
    ok = out->grey && read_all(ends[0], out->grey, n);
    close(ends[0]);
    while (pid > 0 && waitpid(pid, NULL, 0) < 0 && errno == EINTR)
        continue;
    return ok;
}

int image_main(void)
{
    static struct work w;
    static const struct sandbox cage = {IMAGE_MEMORY, IMAGE_OUTPUT, IMAGE_CPU_SECONDS};
    struct err e = {0};
    log_name("image");
    if (lseek(1, 0, SEEK_SET) != 0 || !read_all(1, &w.job, sizeof w.job) ||
        w.job.magic != IMAGE_JOB || ftruncate(1, 0) != 0)
        return 2;
    w.job.text[IMAGE_TEXT - 1] = '\0';
    if (w.job.width > 0 && !draw_apart(&w.job, &w.mark))
        return 2;
#ifdef SW_FAULTS
    if (w.job.fault == IMAGE_FAULT_KILLED)
        raise(SIGKILL);
#endif
    if (sandbox_enter(&cage, &e)) {
        log_error("%s", e.en);
        return 2;
    }
#ifdef SW_FAULTS
    misbehave((enum image_fault)w.job.fault);
#endif
    _exit(answer(&w, run(&w))
              ? 0
              : 2); /* no handlers of exit: they would need more than the sandbox has */
}
