/* SPDX-License-Identifier: Apache-2.0 */
/* Verification of the chain beside the requests: one at a time, in a thread with a connection of its
 * own; its progress can be asked for. */
#include <pthread.h>
#include <string.h>

#include "app/journal_api.h"
#include "base/log.h"
#include "journal/journal.h"

static struct {
    pthread_mutex_t mu;
    struct app_options o;
    pthread_t thread;
    bool has_thread, running;
    atomic_bool stop;
    struct chain_check check; /* the thread's while it runs, but for rows */
    enum rc rc;
    struct err err;
    int64_t total, user_id, started_at, finished_at;
    char address[48];
} run = {.mu = PTHREAD_MUTEX_INITIALIZER};

void journal_api_init(const struct app_options *o)
{
    run.o = *o;
}

static enum rc check(struct cx *cx)
{
    struct anchors anchors = {0};
    struct err none = {0};
    enum rc rc = anchors_load(&anchors, journal_anchor_path(cx), &none);
    if (rc == RC_OK || rc == RC_NOT_FOUND)
        rc = journal_verify(cx, &anchors, &run.check, &run.stop);
    else
        cx->err = none;
    anchors_free(&anchors);
    if (rc && rc != RC_CONFLICT)
        return rc;
    enum rc noted = journal_note(cx, "journal", 0, "verify",
                                 arena_printf(cx->a, "{\"rows\":[null,%lld],\"faults\":[null,%lld]}",
                                              (long long)atomic_load(&run.check.rows), (long long)run.check.n_faults),
                                 rc_word(rc));
    return rc ? rc : noted;
}

static void *work(void *unused)
{
    struct cx cx = {.a = arena_new(), .now = instant_now(), .data_dir = run.o.data};
    cx.actor = (struct actor){.type = ACTOR_USER, .user_id = run.user_id, .name = "", .address = run.address};
    enum rc rc = db_open(run.o.data, run.o.db, DB_BUSINESS, DB_WRITE, &cx.db, &cx.err);
    if (!rc)
        rc = check(&cx);
    if (rc == RC_CONFLICT)
        log_error("journal verification: %s", cx.err.en);
    pthread_mutex_lock(&run.mu);
    run.rc = rc;
    run.err = cx.err;
    run.finished_at = instant_now().ms;
    run.running = false;
    pthread_mutex_unlock(&run.mu);
    db_close(cx.db);
    arena_free(cx.a);
    return unused;
}

/* Under run.mu: the thread before has ended. */
static enum rc start(struct cx *cx, int64_t total)
{
    if (run.has_thread)
        pthread_join(run.thread, NULL);
    chain_begin(&run.check, NULL, false);
    run.user_id = cx->actor.user_id;
    snprintf(run.address, sizeof run.address, "%s", cx->actor.address);
    run.started_at = cx->now.ms;
    run.finished_at = 0;
    run.total = total;
    run.running = run.has_thread = pthread_create(&run.thread, NULL, work, NULL) == 0;
    if (!run.running)
        return FAIL(cx, RC_BUSY, NULL, "无法创建线程，请稍后再试", "cannot create a thread, try again");
    return RC_OK;
}

static enum rc may(struct cx *cx)
{
    if (cx_may(cx, "journal.verify"))
        return RC_OK;
    return FAIL(cx, RC_DENIED, NULL, "操作日志只有审计管理员可以校验", "the journal is for the auditor only");
}

static void faults_json(struct jw *w)
{
    struct err text;
    jw_array(w);
    for (int64_t i = 0; i < run.check.n_faults && i < CHAIN_FAULTS; i++) {
        const struct chain_fault *f = &run.check.fault[i];
        chain_fault_text(f, &text);
        jw_object(w);
        jw_kt(w, "what", chain_fault_word(f->what));
        jw_ki(w, "from", f->from);
        jw_ki(w, "to", f->to);
        jw_kt(w, "message", text.zh);
        jw_end_object(w);
    }
    jw_end_array(w);
}

static void result_json(struct jw *w)
{
    struct anchor head = {.feed = run.check.last};
    memcpy(head.hash, run.check.head, sizeof head.hash);
    jw_ki(w, "finished_at", run.finished_at);
    jw_kb(w, "ok", run.rc == RC_OK);
    jw_kt(w, "message", run.rc ? run.err.zh : NULL);
    jw_ki(w, "n_faults", run.check.n_faults);
    jw_key(w, "faults");
    faults_json(w);
    jw_key(w, "head");
    journal_head_json(w, &head);
    jw_ki(w, "confirmed_by_anchor", run.check.confirmed);
}

enum rc journal_check_state(struct api_call *c)
{
    enum rc rc = may(c->cx);
    if (rc)
        return rc;
    pthread_mutex_lock(&run.mu);
    jw_object(c->w);
    jw_kb(c->w, "running", run.running);
    jw_ki(c->w, "rows", atomic_load(&run.check.rows));
    jw_ki(c->w, "total", run.total);
    jw_ki(c->w, "started_at", run.started_at);
    if (!run.running && run.finished_at)
        result_json(c->w);
    jw_end_object(c->w);
    pthread_mutex_unlock(&run.mu);
    return RC_OK;
}

enum rc journal_check_start(struct api_call *c)
{
    struct anchor head;
    enum rc rc = may(c->cx);
    if (!rc)
        rc = journal_head(c->cx, &head);
    if (rc)
        return rc;
    pthread_mutex_lock(&run.mu);
    if (!run.running)
        rc = start(c->cx, head.feed);
    pthread_mutex_unlock(&run.mu);
    c->res->status = 202;
    return rc ? rc : journal_check_state(c);
}

void journal_api_close(void)
{
    atomic_store(&run.stop, true);
    if (run.has_thread)
        pthread_join(run.thread, NULL);
    run.has_thread = false;
}
