/* SPDX-License-Identifier: Apache-2.0 */
/* Schemas and roles of one database: DATABASE_web writes schema shouwang and reads watch,
 * DATABASE_watch the other way round. A login that may not create roles goes on as itself. */
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "db/pg_int.h"

struct state {
    bool schemas;    /* both are there */
    bool has_tables; /* in the schema of our store */
    bool may_create; /* the login may create roles */
    bool roles;      /* both are there */
    bool granted;    /* and have what they need */
    bool member;     /* the login may become p->role */
};

/* The stores differ only in names; read-only access follows from the process's own store. */
static bool is_web(const struct pg *p)
{
    return (p->base.store == DB_BUSINESS) == (p->base.mode == DB_WRITE);
}

static enum rc look(struct pg *p, const char *web, const char *watch, struct state *out)
{
    static const char sql[] =
        "SELECT to_regnamespace('shouwang') IS NOT NULL AND to_regnamespace('watch') IS NOT NULL,"
        " EXISTS (SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        "   WHERE n.nspname = $3 AND c.relkind IN ('r', 'p')),"
        " (SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = session_user),"
        " (SELECT COUNT(*) = 2 FROM pg_roles WHERE rolname IN ($1, $2)),"
        " (SELECT COUNT(*) = 2 FROM pg_namespace n WHERE nspname IN ('shouwang', 'watch')"
        "   AND EXISTS (SELECT 1 FROM pg_default_acl d WHERE d.defaclnamespace = n.oid)"
        "   AND (SELECT COUNT(DISTINCT r.rolname) = 2 FROM aclexplode(n.nspacl) a"
        "     JOIN pg_roles r ON r.oid = a.grantee WHERE r.rolname IN ($1, $2))),"
        " COALESCE((SELECT pg_has_role(session_user, oid, 'MEMBER') FROM pg_roles"
        "   WHERE rolname = $4), false)";
    const char *values[] = {web, watch, pg_schema(p->base.store), is_web(p) ? web : watch};
    PGresult *res = PQexecParams(p->conn, sql, 4, NULL, values, NULL, NULL, 0);
    if (PQresultStatus(res) != PGRES_TUPLES_OK) {
        enum rc rc = pg_fail(p, res, sql);
        PQclear(res);
        return rc;
    }
    bool *fields[] = {&out->schemas, &out->has_tables, &out->may_create,
                      &out->roles,   &out->granted,    &out->member};
    for (int i = 0; i < 6; i++) {
        *fields[i] = PQgetvalue(res, 0, i)[0] == 't';
    }
    PQclear(res);
    return RC_OK;
}

/* Several processes may start at once: what was seen before the lock is to be looked at again. */
static enum rc begin_alone(struct pg *p)
{
    enum rc rc = pg_exec(p, "BEGIN; SET LOCAL lock_timeout = '60s';"
                            "SELECT pg_advisory_xact_lock(" MAINTENANCE_LOCK ")");
    if (rc != RC_OK) {
        (void)pg_exec(p, "ROLLBACK");
    }
    return rc;
}

static enum rc finish(struct pg *p, enum rc rc)
{
    struct err kept = p->base.err;
    enum rc ended = pg_exec(p, rc == RC_OK ? "COMMIT" : "ROLLBACK");
    if (rc != RC_OK) {
        p->base.err = kept;
        return rc;
    }
    return ended;
}

static enum rc create_schemas(struct pg *p)
{
    enum rc rc = begin_alone(p);
    if (rc != RC_OK) {
        return rc;
    }
    rc = pg_exec(p, "DO $$ BEGIN IF to_regnamespace('shouwang') IS NULL THEN "
                    "CREATE SCHEMA shouwang; END IF; "
                    "IF to_regnamespace('watch') IS NULL THEN CREATE SCHEMA watch; END IF; END $$");
    return finish(p, rc);
}

/* $web and $watch in the template become quoted names, $login the login. */
static void fill(struct pg *p, const char *template, const char *web, const char *watch,
                 struct buf *out)
{
    const struct {
        const char *word, *value;
    } words[] = {{"$web", web}, {"$watch", watch}, {"$login", PQuser(p->conn)}};
    for (const char *s = template; *s;) {
        size_t i = 0;
        while (i < 3 && strncmp(s, words[i].word, strlen(words[i].word)) != 0) {
            i++;
        }
        if (i == 3) {
            buf_char(out, *s++);
            continue;
        }
        char *name = PQescapeIdentifier(p->conn, words[i].value, strlen(words[i].value));
        buf_text_add(out, name ? name : "");
        PQfreemem(name);
        s += strlen(words[i].word);
    }
}

/* Tables made before the roles existed change hands, so that web can alter what it owns. */
static const char grants[] =
    "GRANT ALL ON SCHEMA shouwang TO $web; GRANT USAGE ON SCHEMA shouwang TO $watch;"
    "GRANT ALL ON SCHEMA watch TO $watch; GRANT USAGE ON SCHEMA watch TO $web;"
    "GRANT ALL ON ALL TABLES IN SCHEMA shouwang TO $web;"
    "GRANT ALL ON ALL SEQUENCES IN SCHEMA shouwang TO $web;"
    "GRANT SELECT ON ALL TABLES IN SCHEMA shouwang TO $watch;"
    "GRANT ALL ON ALL TABLES IN SCHEMA watch TO $watch;"
    "GRANT ALL ON ALL SEQUENCES IN SCHEMA watch TO $watch;"
    "GRANT SELECT ON ALL TABLES IN SCHEMA watch TO $web;"
    "ALTER DEFAULT PRIVILEGES FOR ROLE $login, $web, $watch IN SCHEMA shouwang"
    " GRANT ALL ON TABLES TO $web;"
    "ALTER DEFAULT PRIVILEGES FOR ROLE $login, $web, $watch IN SCHEMA shouwang"
    " GRANT ALL ON SEQUENCES TO $web;"
    "ALTER DEFAULT PRIVILEGES FOR ROLE $login, $web, $watch IN SCHEMA shouwang"
    " GRANT SELECT ON TABLES TO $watch;"
    "ALTER DEFAULT PRIVILEGES FOR ROLE $login, $web, $watch IN SCHEMA watch"
    " GRANT ALL ON TABLES TO $watch;"
    "ALTER DEFAULT PRIVILEGES FOR ROLE $login, $web, $watch IN SCHEMA watch"
    " GRANT ALL ON SEQUENCES TO $watch;"
    "ALTER DEFAULT PRIVILEGES FOR ROLE $login, $web, $watch IN SCHEMA watch"
    " GRANT SELECT ON TABLES TO $web;";

static enum rc exec_filled(struct pg *p, const char *template, const char *web, const char *watch)
{
    struct buf sql = {0};
    fill(p, template, web, watch, &sql);
    enum rc rc = pg_exec(p, buf_text(&sql));
    buf_free(&sql);
    return rc;
}

static enum rc create_role(struct pg *p, const char *role)
{
    const char *values[] = {role};
    PGresult *res = PQexecParams(p->conn, "SELECT 1 FROM pg_roles WHERE rolname = $1", 1, NULL,
                                 values, NULL, NULL, 0);
    bool exists = PQntuples(res) > 0;
    PQclear(res);
    enum rc rc = exists ? RC_OK : exec_filled(p, "CREATE ROLE $web NOLOGIN", role, "");
    return rc == RC_OK ? exec_filled(p, "GRANT $web TO $login", role, "") : rc;
}

static enum rc give_tables(struct pg *p, const char *schema, const char *role)
{
    const char *values[] = {schema, role};
    PGresult *res = PQexecParams(
        p->conn,
        "SELECT format('ALTER TABLE %I.%I OWNER TO %I', $1::text, c.relname, $2::text)"
        " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1"
        " AND c.relkind IN ('r', 'p', 'v') AND c.relowner = (SELECT oid FROM pg_roles WHERE "
        "rolname = session_user)"
        " ORDER BY c.relname",
        2, NULL, values, NULL, NULL, 0);
    enum rc rc = PQresultStatus(res) == PGRES_TUPLES_OK ? RC_OK : pg_fail(p, res, "ALTER TABLE");
    for (int i = 0; rc == RC_OK && i < PQntuples(res); i++) {
        rc = pg_exec(p, PQgetvalue(res, i, 0));
    }
    PQclear(res);
    return rc;
}

static enum rc create_roles(struct pg *p, const char *web, const char *watch, struct state *s)
{
    enum rc rc = begin_alone(p);
    if (rc != RC_OK) {
        return rc;
    }
    if ((rc = look(p, web, watch, s)) != RC_OK || (s->roles && s->granted)) {
        return finish(p, rc);
    }
    if ((rc = create_role(p, web)) == RC_OK && (rc = create_role(p, watch)) == RC_OK &&
        (rc = exec_filled(p, grants, web, watch)) == RC_OK &&
        (rc = give_tables(p, "shouwang", web)) == RC_OK) {
        rc = give_tables(p, "watch", watch);
    }
    return finish(p, rc);
}

static void no_roles(const char *why)
{
    static atomic_flag said = ATOMIC_FLAG_INIT;
    if (!atomic_flag_test_and_set(&said)) {
        log_info("db: no separate roles: %s; going on as the login", why);
    }
}

static enum rc provide(struct pg *p, const char *web, const char *watch, bool names_fit,
                       struct state *s)
{
    enum rc rc = RC_OK;
    bool want_roles = names_fit && s->may_create && !(s->roles && s->granted);
    if (!s->schemas && (rc = create_schemas(p)) != RC_OK) {
        return rc;
    }
    if (want_roles && (rc = create_roles(p, web, watch, s)) != RC_OK) {
        if (rc == RC_BUSY) {
            return rc;
        }
        no_roles(p->base.err.en);
    }
    return s->schemas && !want_roles ? RC_OK : look(p, web, watch, s);
}

enum rc pg_setup(struct pg *p)
{
    char web[PG_ROLE_SIZE], watch[PG_ROLE_SIZE];
    struct state s = {0};
    bool fit = strlen(PQdb(p->conn)) + strlen("_watch") < PG_ROLE_SIZE;
    (void)snprintf(web, sizeof web, "%.57s_web", PQdb(p->conn));
    (void)snprintf(watch, sizeof watch, "%.57s_watch", PQdb(p->conn));
    enum rc rc = look(p, web, watch, &s);
    if (rc == RC_OK && p->base.mode == DB_WRITE) {
        rc = provide(p, web, watch, fit, &s);
    }
    if (rc != RC_OK) {
        return rc;
    }
    if (p->base.mode == DB_READ && !s.has_tables) {
        return fail(&p->base.err, RC_NOT_FOUND, NULL,
                    "数据库（模式 {name}）还不存在，请先运行 init",
                    "the database (schema {name}) does not exist yet: run init first", "name",
                    pg_schema(p->base.store), NULL);
    }
    if (fit && s.roles && s.granted && s.member) {
        memcpy(p->role, is_web(p) ? web : watch, sizeof p->role);
    } else {
        no_roles(fit ? "the login may not create or use them" : "the database's name is too long");
    }
    return RC_OK;
}
