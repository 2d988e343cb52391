/* SPDX-License-Identifier: Apache-2.0 */
/* A fixed set of connections, opened at once so that a wrong address shows at start. */
#include <pthread.h>
#include <stdlib.h>

#include "base/log.h"
#include "db/db_int.h"

#define POOL_MAX 256

struct db_pool {
    pthread_mutex_t mutex;
    pthread_cond_t given;
    int size, free_count;
    struct db *all[POOL_MAX];
    struct db *free[POOL_MAX];
};

enum rc db_pool_new(const char *data_dir, const char *url, enum db_store store, enum db_mode mode,
                    int size, struct db_pool **out, struct err *e)
{
    *out = NULL;
    if (size < 1 || size > POOL_MAX) {
        return fail(e, RC_INVALID, NULL, "连接池大小应为 1 到 256",
                    "a pool has 1 to 256 connections", NULL);
    }
    struct db_pool *p = db_alloc(sizeof *p);
    pthread_mutex_init(&p->mutex, NULL);
    pthread_cond_init(&p->given, NULL);
    for (; p->size < size; p->size++) {
        enum rc rc = db_open(data_dir, url, store, mode, &p->all[p->size], e);
        if (rc != RC_OK) {
            db_pool_free(p);
            return rc;
        }
        p->free[p->free_count++] = p->all[p->size];
    }
    *out = p;
    return RC_OK;
}

struct db *db_take(struct db_pool *p)
{
    pthread_mutex_lock(&p->mutex);
    while (p->free_count == 0) {
        pthread_cond_wait(&p->given, &p->mutex);
    }
    struct db *db = p->free[--p->free_count];
    pthread_mutex_unlock(&p->mutex);
    if (db->ops->ready(db) != RC_OK) {
        log_warn("db: a connection of the pool is down: %s", db->err.en);
    }
    return db;
}

void db_give(struct db_pool *p, struct db *db)
{
    if (db->in_tx) {
        log_error("db: given back with an open transaction, rolled back");
        db_rollback(db);
    }
    if (db->open) {
        log_error("db: given back with %d open queries", db->open_count);
    }
    while (db->open) {
        (void)db_end(db->open);
    }
    pthread_mutex_lock(&p->mutex);
    p->free[p->free_count++] = db;
    pthread_cond_signal(&p->given);
    pthread_mutex_unlock(&p->mutex);
}

void db_pool_free(struct db_pool *p)
{
    if (!p) {
        return;
    }
    for (int i = 0; i < p->size; i++) {
        db_close(p->all[i]);
    }
    pthread_cond_destroy(&p->given);
    pthread_mutex_destroy(&p->mutex);
    free(p);
}
