/* SPDX-License-Identifier: Apache-2.0 */
#include "http/api_int.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "core/account.h"
#include "core/role.h"
#include "journal/journal.h"
#include "record/person.h"

#define COOKIE "sw_session"

const char *api_token(const struct http_req *req, bool *bearer)
{
    const char *auth = http_header(req, "Authorization");
    *bearer = auth && !strncasecmp(auth, "Bearer ", 7);
    return *bearer ? auth + 7 : http_cookie(req, COOKIE);
}

static enum rc check_csrf(struct api_call *c, unsigned flags, bool bearer)
{
    const char *sent = http_header(c->req, "X-CSRF-Token");
    if (!(flags & API_WRITE) || bearer || (flags & API_PUBLIC))
        return RC_OK;
    if (sent && !strcmp(sent, c->session.csrf))
        return RC_OK;
    return FAIL(c->cx, RC_DENIED, "X-CSRF-Token", "页面已过期，请刷新后再试",
                "the CSRF token is missing or old: reload the page");
}

/* A browser says whose page makes it write. A foreign one must not even log somebody in, as whom he does not
 * know: there the CSRF token does not help. */
static enum rc check_site(struct api_call *c, unsigned flags)
{
    const char *site = http_header(c->req, "Sec-Fetch-Site");
    if (!(flags & API_WRITE) || !site || !strcmp(site, "same-origin") || !strcmp(site, "none"))
        return RC_OK;
    return FAIL(c->cx, RC_DENIED, "Sec-Fetch-Site", "不接受其他网站的页面发来的操作",
                "pages of other sites may not write here");
}

static enum rc enter(struct api_call *c, unsigned flags)
{
    bool bearer;
    if (check_site(c, flags))
        return c->cx->err.rc;
    const char *token = api_token(c->req, &bearer);
    if (!token || !*token) {
        if (flags & API_PUBLIC)
            return RC_OK;
        return FAIL(c->cx, RC_UNAUTHORIZED, NULL, "请先登录", "please log in");
    }
    enum rc rc = session_resume(c->cx, token, !(flags & API_PASSIVE), &c->session);
    if (rc == RC_UNAUTHORIZED && (flags & API_PUBLIC)) {
        c->session = (struct session){0};
        return RC_OK;
    }
    if (!rc && c->session.must_change && !(flags & API_ANY_STATE)) {
        if (!(flags & API_PUBLIC))
            return FAIL(c->cx, RC_DENIED, "password", "请先修改初始密码", "change your password first");
        c->session = (struct session){0}; /* until then nobody, also where nobody is asked for */
        c->cx->actor = (struct actor){.type = ACTOR_NOBODY, .name = "", .address = c->cx->actor.address};
        return RC_OK;
    }
    return rc ? rc : check_csrf(c, flags, bearer);
}

/* --- what is only looked at, taken out or refused (SEC-11) --- */

static const char *verb_of(const struct http_req *req)
{
    static const char *const words[][2] = {{"GET", "read"}, {"POST", "create"}, {"PATCH", "update"}, {"PUT", "upload"},
                                           {"DELETE", "delete"}};
    const char *end = strrchr(http_path(req), '/');
    if (http_segment(req, "action"))
        return http_segment(req, "action");
    if (end && (!strcmp(end, "/export.xlsx") || !strcmp(end, "/import")))
        return end[1] == 'e' ? "export" : "import";
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (!strcmp(words[i][0], http_method(req)))
            return words[i][1];
    return "read";
}

/* The word behind /api/v1/: a kind, or what else is served there. */
static const char *thing_of(struct api_call *c)
{
    const char *kind = http_segment(c->req, "kind"), *path = http_path(c->req);
    if (kind)
        return kind;
    path = !strncmp(path, "/api/v1/", 8) ? path + 8 : path;
    return arena_strndup(c->cx->a, path, strcspn(path, "/"));
}

static void note_refusal(struct api_call *c, int64_t record_id, const struct err *why)
{
    struct buf b = {0};
    struct jw w = jw_on(&b);
    struct cx *cx = c->cx;
    jw_object(&w);
    jw_key(&w, "path");
    jw_array(&w);
    jw_null(&w);
    jw_text(&w, arena_printf(cx->a, "%s %.300s", http_method(c->req), http_path(c->req)));
    jw_end_array(&w);
    jw_key(&w, "reason");
    jw_array(&w);
    jw_null(&w);
    jw_text(&w, why->zh);
    jw_end_array(&w);
    jw_end_object(&w);
    if (journal_note(cx, arena_printf(cx->a, "%.60s", thing_of(c)), record_id,
                     arena_printf(cx->a, "%.60s", verb_of(c->req)), buf_text(&b), "denied"))
        log_warn("a refusal could not be journalled: %s", cx->err.en);
    buf_free(&b);
}

enum rc api_run(struct http_req *req, struct http_res *res, struct err *e, void *ctx,
                api_function *f, unsigned flags)
{
    struct api *api = ctx;
    struct db *db = db_take(api->pool);
    struct cx cx = {.a = http_arena(req), .db = db, .now = instant_now(), .data_dir = api->data_dir,
                    .actor = {.type = ACTOR_NOBODY, .name = "", .address = http_address(req)}};
    struct jw w = jw_on(&res->body);
    struct api_call c = {.cx = &cx, .req = req, .res = res, .w = &w, .api = api};
    enum rc rc = enter(&c, flags);
    if (!rc)
        rc = f(&c);
    if (rc) {
        buf_clear(&res->body);
        *e = cx.err;
        if (e->rc != rc)
            fail(e, rc, NULL, "服务器内部错误", "internal error", (const char *)NULL);
    } else if (res->body.full) {
        rc = fail(e, RC_TOO_BIG, NULL, "结果过大，请缩小范围", "the answer is too large", (const char *)NULL);
    }
    db_rollback(db);
    if (rc == RC_DENIED && cx.actor.type == ACTOR_USER) {
        const char *id = http_segment(req, "id");
        note_refusal(&c, id ? strtoll(id, NULL, 10) : 0, e);
    }
    db_give(api->pool, db);
    if (!rc && (flags & API_WRITE) && api->changed)
        api->changed(api->changed_ctx);
    return rc;
}

enum rc api_kind(struct api_call *c, const struct kind **out)
{
    const char *name = http_segment(c->req, "kind");
    *out = record_kind(name);
    if (*out)
        return RC_OK;
    return FAIL(c->cx, RC_NOT_FOUND, NULL, "没有“{kind}”这类记录", "no kind called {kind}", "kind", name);
}

enum rc api_id(struct api_call *c, int64_t *out)
{
    char *end;
    const char *text = http_segment(c->req, "id");
    *out = strtoll(text, &end, 10);
    if (*text && !*end && *out > 0)
        return RC_OK;
    return FAIL(c->cx, RC_NOT_FOUND, NULL, "没有这条记录", "no such record");
}

static enum rc body(struct api_call *c, json_t **out)
{
    return http_json(c->req, out, &c->cx->err);
}

/* Two texts and nothing else. */
static enum rc two_texts(struct api_call *c, const char *a, const char *b, const char **a_out, const char **b_out)
{
    json_t *in, *value;
    const char *key;
    enum rc rc = body(c, &in);
    if (rc)
        return rc;
    json_object_foreach(in, key, value)
    {
        if (strcmp(key, a) && strcmp(key, b))
            return FAIL(c->cx, RC_INVALID, key, "没有“{field}”这一项", "no field called {field}", "field", key);
        if (!json_is_string(value) || json_string_length(value) > 200)
            return FAIL(c->cx, RC_INVALID, key, "“{field}”应为不超过 200 字节的文字",
                        "{field} must be a text of at most 200 bytes", "field", key);
    }
    *a_out = json_string_value(json_object_get(in, a));
    *b_out = json_string_value(json_object_get(in, b));
    if (*a_out && *b_out)
        return RC_OK;
    return FAIL(c->cx, RC_INVALID, *a_out ? b : a, "缺少“{field}”", "{field} is missing", "field", *a_out ? b : a);
}

/* --- session --- */

static void set_cookie(struct api_call *c, const char *token, const char *more)
{
    http_set_header(c->req, c->res, "Set-Cookie",
                    arena_printf(c->cx->a, COOKIE "=%s; Path=/; HttpOnly; SameSite=Strict%s%s", token,
                                 c->api->secure ? "; Secure" : "", more));
}

static enum rc session_json(struct api_call *c)
{
    jw_object(c->w);
    jw_kt(c->w, "csrf", c->session.csrf);
    jw_key(c->w, "user");
    enum rc rc = session_user_json(c->cx, &c->session, c->w);
    jw_end_object(c->w);
    return rc;
}

static enum rc login(struct api_call *c)
{
    const char *who, *password, *agent = http_header(c->req, "User-Agent");
    enum rc rc = two_texts(c, "login", "password", &who, &password);
    if (rc)
        return rc;
    agent = arena_printf(c->cx->a, "%.200s", agent ? agent : "");
    rc = session_login(c->cx, who, password, agent, &c->session);
    if (rc)
        return rc;
    set_cookie(c, c->session.token, "");
    return session_json(c);
}

static enum rc current(struct api_call *c)
{
    return session_json(c);
}

static enum rc logout(struct api_call *c)
{
    enum rc rc = session_end(c->cx, c->session.id);
    if (!rc) /* a session that could not be ended stays in the browser that may try again */
        set_cookie(c, "", "; Max-Age=0");
    c->res->status = 204;
    return rc;
}

static enum rc sessions(struct api_call *c)
{
    const char *all = http_query(c->req, "all");
    return session_list(c->cx, c->session.id, all && !strcmp(all, "1"), c->w);
}

static enum rc end_session(struct api_call *c)
{
    int64_t id;
    enum rc rc = api_id(c, &id);
    c->res->status = 204;
    return rc ? rc : session_end(c->cx, id);
}

static enum rc password(struct api_call *c)
{
    const char *old, *new;
    enum rc rc = two_texts(c, "old", "new", &old, &new);
    c->res->status = 204;
    return rc ? rc : account_set_password(c->cx, c->session.account_id, old, new, false, c->session.id);
}

/* --- records --- */

static enum rc meta(struct api_call *c)
{
    jw_object(c->w);
    jw_key(c->w, "app");
    jw_object(c->w);
    jw_kt(c->w, "name", "守望");
    jw_kt(c->w, "version", c->api->version);
    jw_end_object(c->w);
    jw_key(c->w, "user");
    enum rc rc = RC_OK;
    if (c->session.id)
        rc = session_user_json(c->cx, &c->session, c->w);
    else
        jw_null(c->w);
    jw_key(c->w, "kinds");
    record_meta(c->cx, c->w);
    if (cx_may(c->cx, "role_permission.read")) {
        jw_key(c->w, "words");
        record_words(c->cx, c->w);
    }
    if (c->session.id && !rc) {
        jw_key(c->w, "codes");
        jw_object(c->w);
        record_codes(c->w);
        jw_key(c->w, "role");
        rc = role_codes(c->cx, c->w);
        jw_end_object(c->w);
    }
    jw_end_object(c->w);
    return rc;
}

static enum rc openapi(struct api_call *c)
{
    record_openapi(c->cx, c->w, c->api->version);
    return RC_OK;
}

static enum rc read_int(struct api_call *c, const char *name, int *out)
{
    const char *text = http_query(c->req, name);
    char *end;
    if (!text)
        return RC_OK;
    long v = strtol(text, &end, 10);
    if (!*text || *end || v < 0 || v > 1000000)
        return FAIL(c->cx, RC_INVALID, name, "{name} 应为数字", "{name} must be a number", "name", name);
    *out = (int)v;
    return RC_OK;
}

enum rc api_query(struct api_call *c, struct query *q)
{
    int n;
    const struct http_param *p = http_queries(c->req, &n);
    enum rc rc = RC_OK;
    *q = (struct query){.q = http_query(c->req, "q"), .sort = http_query(c->req, "sort"),
                        .after = http_query(c->req, "after")};
    const char *retired = http_query(c->req, "retired");
    const char *exact = http_query(c->req, "exact"), *rows = http_query(c->req, "rows");
    q->retired = retired && !strcmp(retired, "1");
    q->exact = exact && !strcmp(exact, "1");
    q->rows = rows && !strcmp(rows, "1");
    for (int i = 0; i < n && !rc; i++)
        if (!strcmp(p[i].name, "f"))
            rc = query_add(c->cx, q, p[i].value);
    if (!rc)
        rc = read_int(c, "limit", &q->limit);
    return rc ? rc : read_int(c, "page", &q->page);
}

static enum rc list(struct api_call *c)
{
    const struct kind *k;
    struct query q;
    struct page page;
    enum rc rc = api_kind(c, &k);
    if (!rc)
        rc = api_query(c, &q);
    if (!rc)
        rc = record_list(c->cx, k, &q, &page);
    if (rc)
        return rc;
    jw_object(c->w);
    jw_key(c->w, "items");
    jw_array(c->w);
    for (int i = 0; i < page.n; i++)
        record_json(c->cx, c->w, page.rows[i]);
    jw_end_array(c->w);
    jw_kt(c->w, "next", page.next);
    jw_ki(c->w, "total", page.total);
    jw_kb(c->w, "more", page.more);
    jw_end_object(c->w);
    return RC_OK;
}

static enum rc answer(struct api_call *c, enum rc rc, const struct row *row)
{
    if (!rc)
        record_json(c->cx, c->w, row);
    return rc;
}

static enum rc get(struct api_call *c)
{
    const struct kind *k;
    struct row *row = NULL;
    int64_t id;
    enum rc rc = api_kind(c, &k);
    if (!rc)
        rc = api_id(c, &id);
    if (!rc)
        rc = record_get(c->cx, k, id, &row);
    return answer(c, rc, row);
}

/* ?before= and ?limit= of a timeline. */
static enum rc timeline(struct api_call *c, const struct kind *k, int64_t id)
{
    const char *text = http_query(c->req, "before");
    char *end = NULL;
    int most = 200;
    long long before = text ? strtoll(text, &end, 10) : 0;
    enum rc rc = read_int(c, "limit", &most);
    if (!rc && (most < 1 || most > TIMELINE_MOST))
        rc = FAIL(c->cx, RC_INVALID, "limit", "limit 应为 1 至 1000", "limit is 1 to 1000");
    if (!rc && text && (!*text || *end || before < 1))
        rc = FAIL(c->cx, RC_INVALID, "before", "before 应为上一页的 next", "before is the next of another page");
    return rc ? rc : record_journal(c->cx, k, id, before, most, c->w);
}

static enum rc journal(struct api_call *c)
{
    const struct kind *k;
    int64_t id;
    enum rc rc = api_kind(c, &k);
    if (!rc)
        rc = api_id(c, &id);
    return rc ? rc : timeline(c, k, id);
}

/* When somebody came and went is between him and the administrators. */
static enum rc user_journal(struct api_call *c)
{
    int64_t id;
    enum rc rc = api_id(c, &id);
    if (!rc && id != c->session.account_id && !cx_may(c->cx, "user.account"))
        rc = FAIL(c->cx, RC_DENIED, NULL, "账号的登录和变更记录只有管理员和本人能看",
                  "only administrators and the person see what happened to an account");
    return rc ? rc : timeline(c, &user_kind, id);
}

/* The record that the address names, and what is said of it. */
static enum rc one_record(struct api_call *c, const struct kind **k, int64_t *id, json_t **in)
{
    enum rc rc = api_kind(c, k);
    if (!rc)
        rc = api_id(c, id);
    return rc ? rc : body(c, in);
}

static enum rc create(struct api_call *c)
{
    const struct kind *k;
    struct row *row = NULL;
    json_t *in;
    enum rc rc = api_kind(c, &k);
    if (!rc)
        rc = body(c, &in);
    if (!rc)
        rc = record_create(c->cx, k, in, &row);
    c->res->status = 201;
    return answer(c, rc, row);
}

static enum rc patch(struct api_call *c)
{
    const struct kind *k;
    struct row *row = NULL;
    json_t *in;
    int64_t id;
    enum rc rc = one_record(c, &k, &id, &in);
    if (!rc)
        rc = record_patch(c->cx, k, id, in, &row);
    return answer(c, rc, row);
}

static enum rc act(struct api_call *c)
{
    const struct kind *k;
    struct row *row = NULL;
    json_t *in;
    int64_t id;
    enum rc rc = one_record(c, &k, &id, &in);
    if (!rc)
        rc = record_act(c->cx, k, id, http_segment(c->req, "action"), in, &row);
    return answer(c, rc, row);
}

/* Takes the personal values out of a record and out of the journal: by who may erase, who need not be
 * able to read the record. */
static enum rc erase(struct api_call *c)
{
    const struct kind *k;
    json_t *in;
    int64_t id;
    enum rc rc = one_record(c, &k, &id, &in);
    c->res->status = 204;
    return rc ? rc : person_erase(c->cx, k, id, json_string_value(json_object_get(in, "reason")));
}

/* A refusal among them is journalled like one alone. */
static void bulk_result(void *ctx, int64_t id, enum rc rc, const struct row *row)
{
    struct api_call *c = ctx;
    const struct err why = c->cx->err;
    if (rc == RC_DENIED)
        note_refusal(c, id, &why);
    jw_object(c->w);
    jw_ki(c->w, "id", id);
    jw_kb(c->w, "ok", !rc);
    if (!rc)
        jw_ki(c->w, "rev", row->rev);
    if (rc) {
        jw_key(c->w, "error");
        jw_object(c->w);
        jw_kt(c->w, "code", rc_word(rc));
        jw_kt(c->w, "field", why.field);
        jw_kt(c->w, "message", http_english(c->req) ? why.en : why.zh);
        jw_end_object(c->w);
    }
    jw_end_object(c->w);
}

static enum rc bulk(struct api_call *c)
{
    const struct kind *k;
    json_t *in;
    enum rc rc = api_kind(c, &k);
    if (!rc)
        rc = body(c, &in);
    if (rc)
        return rc;
    jw_object(c->w);
    jw_key(c->w, "results");
    jw_array(c->w);
    rc = record_bulk(c->cx, k, http_segment(c->req, "action"), in, bulk_result, c);
    jw_end_array(c->w);
    jw_end_object(c->w);
    return rc;
}

/* --- spreadsheets --- */

bool api_flag(struct api_call *c, const char *name)
{
    const char *v = http_query(c->req, name);
    return v && !strcmp(v, "1");
}

#define ROUTE(name, flags)                                                                         \
    static enum rc h_##name(struct http_req *req, struct http_res *res, struct err *e, void *ctx)  \
    {                                                                                              \
        return api_run(req, res, e, ctx, name, flags);                                             \
    }
/* clang-format off */
ROUTE(login, API_WRITE | API_PUBLIC | API_ANY_STATE)
ROUTE(current, API_ANY_STATE)
ROUTE(logout, API_WRITE | API_ANY_STATE)
ROUTE(sessions, API_ANY_STATE)
ROUTE(end_session, API_WRITE | API_ANY_STATE)
ROUTE(password, API_WRITE | API_ANY_STATE)
ROUTE(meta, API_PUBLIC)
ROUTE(openapi, 0)
ROUTE(list, 0)
ROUTE(get, 0)
ROUTE(journal, 0)
ROUTE(user_journal, 0)
ROUTE(create, API_WRITE)
ROUTE(patch, API_WRITE)
ROUTE(act, API_WRITE)
ROUTE(bulk, API_WRITE)
ROUTE(erase, API_WRITE)
ROUTE(api_import, API_WRITE)
ROUTE(api_import_errors, API_WRITE)
ROUTE(api_export_xlsx, 0)
ROUTE(api_export_csv, 0)
ROUTE(api_template, 0)

const struct http_route api_routes[] = {
    {"POST",   "/api/v1/session",           h_login},
    {"GET",    "/api/v1/session",           h_current},
    {"DELETE", "/api/v1/session",           h_logout},
    {"GET",    "/api/v1/session/list",      h_sessions},
    {"DELETE", "/api/v1/session/list/:id",  h_end_session},
    {"POST",   "/api/v1/password",          h_password},
    {"GET",    "/api/v1/meta",              h_meta},
    {"GET",    "/api/v1/openapi.json",      h_openapi},
    {"GET",    "/api/v1/:kind",             h_list},
    {"POST",   "/api/v1/:kind",             h_create},
    {"POST",   "/api/v1/:kind/import",      h_api_import, HTTP_UPLOAD},
    {"POST",   "/api/v1/:kind/import/errors.xlsx", h_api_import_errors, HTTP_UPLOAD},
    {"GET",    "/api/v1/:kind/export.xlsx", h_api_export_xlsx},
    {"GET",    "/api/v1/:kind/export.csv",  h_api_export_csv},
    {"GET",    "/api/v1/:kind/template.xlsx", h_api_template},
    {"GET",    "/api/v1/:kind/:id",         h_get},
    {"PATCH",  "/api/v1/:kind/:id",         h_patch},
    {"GET",    "/api/v1/user/:id/journal",  h_user_journal},
    {"GET",    "/api/v1/:kind/:id/journal", h_journal},
    {"POST",   "/api/v1/:kind/:action",     h_bulk},
    {"POST",   "/api/v1/:kind/:id/erase",   h_erase},
    {"POST",   "/api/v1/:kind/:id/:action", h_act},
    {NULL, NULL, NULL, 0}};
/* clang-format on */
