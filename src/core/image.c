/* SPDX-License-Identifier: Apache-2.0 */
/* The parent's side: starts the child, waits for it, checks what it left. */
#include "core/image.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "core/image_int.h"
#include "io/child.h"

enum { AT_ONCE = 2, WAITING = 4 };

static struct {
    pthread_mutex_t mu;
    pthread_cond_t free;
    int running, waiting;
} gate = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 0, 0};

#ifdef SW_FAULTS
static _Thread_local enum image_fault next_fault;

void image_fault_next(enum image_fault f)
{
    next_fault = f;
}
#endif

void image_fit(int *width, int *height, int side)
{
    int longer = *width > *height ? *width : *height;
    int to = longer < side ? longer : side;
    int w = (int)(((int64_t)*width * to + longer / 2) / longer);
    int h = (int)(((int64_t)*height * to + longer / 2) / longer);
    *width = w > 0 ? w : 1;
    *height = h > 0 ? h : 1;
}

/* Waiters hold a worker of the web server each, so only a few may. */
static enum rc enter(struct err *e)
{
    pthread_mutex_lock(&gate.mu);
    bool full = gate.running >= AT_ONCE && gate.waiting >= WAITING;
    if (!full) {
        gate.waiting++;
        while (gate.running >= AT_ONCE)
            pthread_cond_wait(&gate.free, &gate.mu);
        gate.waiting--;
        gate.running++;
    }
    pthread_mutex_unlock(&gate.mu);
    return full ? fail(e, RC_BUSY, "file", "正在处理的图片太多，请稍后再试",
                       "too many pictures at once; try again later", (const char *)NULL)
                : RC_OK;
}

static void leave(void)
{
    pthread_mutex_lock(&gate.mu);
    gate.running--;
    pthread_cond_signal(&gate.free);
    pthread_mutex_unlock(&gate.mu);
}

static int job_file(struct image_job *job)
{
    int fd = memfd_create("image", MFD_CLOEXEC);
#ifdef SW_FAULTS
    job->fault = next_fault;
    next_fault = IMAGE_FAULT_NONE;
#endif
    if (fd >= 0 && pwrite(fd, job, sizeof *job, 0) != (ssize_t)sizeof *job) {
        close(fd);
        fd = -1;
    }
    return fd;
}

static enum rc unreadable(struct err *e)
{
    return fail(e, RC_INVALID, "file", "图片无法识别，已拒绝",
                "the picture cannot be read and was refused", (const char *)NULL);
}

static enum rc run_child(int photo, int result, struct err *e)
{
    static const char *const argv[] = {"/proc/self/exe", "image", NULL};
    const struct child_spec spec = {
        .argv = argv, .death_signal = SIGKILL, .in = photo, .out = result};
    pid_t pid;
    enum rc rc = child_spawn(&spec, &pid, e);
    if (rc)
        return rc;
    struct child_state s = child_wait(pid, IMAGE_DEADLINE_MS);
    if (s.how == CHILD_RUNNING) {
        kill(pid, SIGKILL);
        s = child_wait(pid, -1);
        log_warn("image: past its deadline, killed");
        return unreadable(e);
    }
    if (s.how == CHILD_EXITED && s.code == 0)
        return RC_OK;
    char text[CHILD_TEXT];
    log_warn("image: %s", child_state_text(s, text));
    if (s.how == CHILD_EXITED && s.code == 2)
        return fail(e, RC_INTERNAL, "file", "图片处理程序无法工作",
                    "the picture process does not work", (const char *)NULL);
    if (s.how == CHILD_SIGNALLED && s.code == SIGKILL) /* by others: out of memory, an operator */
        return fail(e, RC_BUSY, "file", "图片处理被中断，请再传一次", "the picture process was ended: send it again",
                    (const char *)NULL);
    return unreadable(e);
}

static bool is_jpeg(struct image_part p)
{
    return p.n == 0 || (p.n > 3 && memcmp(p.data, "\xff\xd8\xff", 3) == 0);
}

/* The child may have been taken over: sizes must add up, numbers must be in range, thumbnails JPEG.
 */
static enum rc check(const struct image_head *h, struct image_result *out, struct err *e)
{
    struct image_part *const parts[N_PARTS] = {&out->clean, &out->small, &out->large, &out->marked};
    size_t at = sizeof *h;
    for (int i = 0; i < N_PARTS; i++) {
        if (h->n[i] > out->n_memory - at)
            return unreadable(e);
        *parts[i] = (struct image_part){h->n[i] ? (char *)out->memory + at : NULL, (size_t)h->n[i]};
        at += (size_t)h->n[i];
    }
    bool place =
        h->latitude >= -90 && h->latitude <= 90 && h->longitude >= -180 && h->longitude <= 180;
    if (h->width < 1 || h->height < 1 || h->width > 100000 || h->height > 100000 ||
        (h->has_place && !place) || !is_jpeg(out->small) || !is_jpeg(out->large) ||
        !is_jpeg(out->marked))
        return unreadable(e);
    out->width = h->width;
    out->height = h->height;
    out->has_time = h->has_time != 0;
    out->taken_ms = h->taken_ms;
    out->has_place = h->has_place != 0;
    out->latitude = h->latitude;
    out->longitude = h->longitude;
    out->phash = h->phash;
    return RC_OK;
}

static enum rc refused(const struct image_head *h, struct err *e)
{
    *e = h->err;
    e->field[sizeof e->field - 1] = e->zh[sizeof e->zh - 1] = e->en[sizeof e->en - 1] = '\0';
    if (e->rc == RC_INVALID || e->rc == RC_TOO_BIG)
        return e->rc;
    return unreadable(e);
}

static enum rc take_result(int fd, struct image_result *out, struct err *e)
{
    struct stat st;
    struct image_head h;
    if (fstat(fd, &st) != 0 || st.st_size < (off_t)sizeof h || st.st_size > IMAGE_OUTPUT)
        return unreadable(e);
    out->n_memory = (size_t)st.st_size;
    void *memory = mmap(NULL, out->n_memory, PROT_READ, MAP_PRIVATE, fd, 0);
    if (memory == MAP_FAILED)
        return fail(e, RC_BUSY, "file", "内存不足，请稍后再试", "out of memory; try again later",
                    (const char *)NULL);
    out->memory = memory;
    memcpy(&h, memory, sizeof h);
    enum rc rc = h.magic != IMAGE_RESULT ? unreadable(e)
                 : h.err.rc              ? refused(&h, e)
                                         : check(&h, out, e);
    if (rc)
        image_free(out);
    return rc;
}

static enum rc work(int photo, struct image_job *job, struct image_result *out, struct err *e)
{
    *out = (struct image_result){0};
    enum rc rc = enter(e);
    if (rc)
        return rc;
    job->magic = IMAGE_JOB;
    int result = job_file(job);
    if (result < 0)
        rc = fail(e, RC_BUSY, "file", "内存不足，请稍后再试", "out of memory; try again later",
                  (const char *)NULL);
    else if (lseek(photo, 0, SEEK_SET) != 0)
        rc = fail(e, RC_INTERNAL, "file", "图片读不到", "the picture cannot be read",
                  (const char *)NULL);
    if (!rc)
        rc = run_child(photo, result, e);
    if (!rc)
        rc = take_result(result, out, e);
    if (result >= 0)
        close(result);
    leave();
    return rc;
}

enum rc image_read(int fd, struct image_result *out, struct err *e)
{
    struct image_job job = {0};
    return work(fd, &job, out, e);
}

enum rc image_mark(int fd, int width, int height, const char *lines, struct image_result *out,
                   struct err *e)
{
    struct image_job job = {.width = width, .height = height};
    size_t n = strlen(lines);
    memcpy(job.text, lines, n < IMAGE_TEXT ? n : IMAGE_TEXT - 1);
    return work(fd, &job, out, e);
}

void image_free(struct image_result *r)
{
    if (r->memory)
        munmap(r->memory, r->n_memory);
    *r = (struct image_result){0};
}
