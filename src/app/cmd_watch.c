/* SPDX-License-Identifier: Apache-2.0 */
#include "app/cmd_watch.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "app/app.h"
#include "base/log.h"
#include "io/file.h"
#include "io/lock.h"
#include "io/poke.h"
#include "watch/engine.h"

extern const struct embedded_file watch_sql[]; /* sql/watch, by tools/embed.py */

struct watch {
    struct app_options o;
    struct lock lock;
    struct db *db;
    struct engine *engine;
    char run_dir[512], own_path[600], web_path[600];
    int poke_fd, signal_fd;
    bool stop;
};

static void poke_web(void *arg)
{
    struct watch *w = arg;
    poke_send(w->web_path);
}

static void poked(void *arg)
{
    struct watch *w = arg;
    poke_drain(w->poke_fd);
    engine_reload_soon(w->engine);
}

static void signalled(void *arg)
{
    struct watch *w = arg;
    struct signalfd_siginfo info;
    if (read(w->signal_fd, &info, sizeof info) == (ssize_t)sizeof info)
        w->stop = true;
}

static void block_signals(struct watch *w)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    signal(SIGPIPE, SIG_IGN);
    w->signal_fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    if (w->signal_fd < 0)
        die("signalfd: %s", strerror(errno));
}

static enum rc open_store(struct watch *w, struct err *e)
{
    enum rc rc = db_open(w->o.data, w->o.db, DB_WATCH, DB_WRITE, &w->db, e);
    return rc ? rc : db_migrate(w->db, watch_sql, e);
}

static enum rc open_all(struct watch *w, struct err *e)
{
    snprintf(w->run_dir, sizeof w->run_dir, "%s/run", w->o.data);
    snprintf(w->own_path, sizeof w->own_path, "%s/watch.sock", w->run_dir);
    snprintf(w->web_path, sizeof w->web_path, "%s/web.sock", w->run_dir);
    struct engine_options eo = {
        .data_dir = w->o.data, .url = w->o.db, .wrote = poke_web, .wrote_arg = w};
    enum rc rc = file_make_folders(w->run_dir, 0700, e);
    if (!rc)
        rc = lock_take(w->run_dir, "watch", &w->lock, e);
    if (!rc)
        rc = open_store(w, e);
    if (!rc)
        rc = engine_new(&eo, w->db, &w->engine, e);
    if (!rc)
        rc = poke_listen(w->own_path, &w->poke_fd, e);
    return rc;
}

static void close_all(struct watch *w)
{
    if (w->poke_fd >= 0)
        poke_close(w->poke_fd, w->own_path);
    engine_free(w->engine);
    db_close(w->db);
    lock_release(&w->lock);
    close(w->signal_fd);
}

int cmd_watch(int argc, char **argv)
{
    struct watch w = {.poke_fd = -1, .lock = {.fd = -1}};
    struct err e = {0};
    if (!app_options_take(&argc, argv, &w.o, true) || !options_end(argc, argv))
        return 2;
    log_name("watch");
    block_signals(&w);
    enum rc rc = open_all(&w, &e);
    if (rc) {
        log_error("cannot start: %s", e.en);
        close_all(&w);
        return print_err(&e, rc);
    }
    engine_listen(w.engine, w.signal_fd, signalled, &w);
    engine_listen(w.engine, w.poke_fd, poked, &w);
    log_info("started");
    while (!w.stop)
        engine_step(w.engine, 1000);
    log_info("stopping");
    close_all(&w);
    return 0;
}
