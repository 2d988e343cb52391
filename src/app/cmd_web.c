/* SPDX-License-Identifier: Apache-2.0 */
/* shouwang web: the HTTP server and the jobs; the only writer of the business store beside the
 * console commands. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/app.h"
#include "app/events.h"
#include "app/journal_api.h"
#include "app/order_routes.h"
#include "app/web_jobs.h"
#include "app/web_ledger.h"
#include "base/log.h"
#include "http/api.h"
#include "io/file.h"
#include "io/lock.h"
#include "io/poke.h"
#include "journal/journal.h"
#include "mod/report/report.h"
#include "mod/sla/sla.h"
#include "mod/notice/notice.h"
#include "mod/webhook/webhook.h"

#define THREADS 8
#define FILES 20000 /* descriptors, where the hard limit allows */
#define ROUND_MS 1000

struct web {
    struct app_options o;
    struct api api;
    struct jobs jobs;
    struct http_server *server;
    struct lock lock;
    char run_dir[512], poke_path[600], watch_path[600], spool[600], web_dir[4096];
    int poke_fd, signal_fd;
    int header_seconds, body_seconds; /* 0 = default */
    struct webhook_sender *sender;
    struct notice_sender *notices;
};

/* --- routes beyond records --- */

static enum rc figure(struct api_call *c)
{
    const char *set = http_query(c->req, "set");
    return figure_json(c->cx, set ? set : "dashboard", http_query(c->req, "month"), c->w);
}

static enum rc ledger(struct api_call *c)
{
    int64_t id;
    enum rc rc = api_id(c, &id);
    return rc ? rc : sla_ledger_json(c->cx, id, c->w);
}

static enum rc events(struct api_call *c)
{
    return events_open(c);
}

static enum rc send_file(struct api_call *c, const char *path, const char *type, const char *name)
{
    FILE *f = fopen(path, "rb");
    unlink(path);
    if (!f)
        return FAIL(c->cx, RC_INTERNAL, NULL, "报告文件读不到", "cannot read the report");
    c->res->file_fd = dup(fileno(f));
    fclose(f);
    c->res->type = type;
    http_set_header(c->req, c->res, "Content-Disposition",
                    arena_printf(c->cx->a, "attachment; filename=\"%s\"", name));
    return RC_OK;
}

static enum rc report(struct api_call *c)
{
    static const char *const types[] = {
        [REPORT_PDF] = "application/pdf",
        [REPORT_XLSX] = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        [REPORT_JSON] = "application/json; charset=utf-8"};
    const char *month = http_query(c->req, "month"), *word = http_query(c->req, "format");
    const char *host = http_header(c->req, "Host");
    enum report_format format;
    if (!cx_may(c->cx, "report.read"))
        return FAIL(c->cx, RC_DENIED, NULL, "您没有查看报告的权限", "you may not read reports");
    enum rc rc = report_format_of(c->cx, word ? word : "pdf", &format);
    if (rc)
        return rc;
    char *path = arena_printf(c->cx->a, "%s/run/report-XXXXXX", c->api->data_dir);
    int fd = mkstemp(path);
    if (fd < 0)
        return FAIL(c->cx, RC_BUSY, NULL, "不能写临时文件，磁盘可能已满", "cannot write a temporary file");
    close(fd);
    const char *base = arena_printf(c->cx->a, "%s://%s", http_tls(c->req) ? "https" : "http", host);
    rc = report_monthly(c->cx, month ? month : "", format, base, path);
    if (rc) {
        unlink(path);
        return rc;
    }
    rc = journal_note(c->cx, "report", 0, "export",
                      arena_printf(c->cx->a, "{\"month\":[null,\"%s\"],\"format\":[null,\"%s\"]}", month,
                                   word ? word : "pdf"),
                      "ok");
    if (rc) {
        unlink(path);
        return rc;
    }
    return send_file(c, path, types[format],
                     arena_printf(c->cx->a, "monthly-%s.%s", month, word ? word : "pdf"));
}

static enum rc healthz(struct api_call *c)
{
    int64_t one = 0;
    enum rc rc = cx_db(c->cx, db_int_of(c->cx->db, "SELECT COUNT(*) FROM migration", NO_BINDS, &one));
    if (rc)
        return rc;
    c->res->type = "text/plain; charset=utf-8";
    buf_text_add(&c->res->body, "ok\n");
    return RC_OK;
}

static void gauge(struct api_call *c, const char *name, const char *help, const char *sql)
{
    int64_t v = 0;
    if (db_int_of(c->cx->db, sql, NO_BINDS, &v))
        return;
    buf_printf(&c->res->body, "# HELP %s %s\n# TYPE %s gauge\n%s %lld\n", name, help, name, name,
               (long long)v);
}

static enum rc metrics(struct api_call *c)
{
    c->res->type = "text/plain; version=0.0.4; charset=utf-8";
    gauge(c, "shouwang_assets_in_use", "Assets in use",
          "SELECT COUNT(*) FROM asset WHERE state = 'in_use' AND retired_at IS NULL");
    gauge(c, "shouwang_assets_down", "Assets that do not answer",
          "SELECT COUNT(*) FROM asset WHERE state = 'in_use' AND health IN ('down', 'partial')");
    gauge(c, "shouwang_outages_open", "Open outages",
          "SELECT COUNT(*) FROM outage WHERE state = 'open'");
    gauge(c, "shouwang_work_orders_open", "Work orders not yet restored",
          "SELECT COUNT(*) FROM work_order WHERE state IN ('reported', 'registered', 'dispatched',"
          " 'accepted', 'arrived')");
    gauge(c, "shouwang_clocks_overdue", "Clocks past their deadline",
          "SELECT COUNT(*) FROM sla_clock WHERE state = 'overdue'");
    gauge(c, "shouwang_journal_sealed", "Sealed journal rows", "SELECT MAX(feed) FROM journal");
    return RC_OK;
}

#define ROUTE(name, flags)                                                                         \
    static enum rc h_##name(struct http_req *req, struct http_res *res, struct err *e, void *ctx)  \
    {                                                                                              \
        return api_run(req, res, e, ctx, name, flags);                                             \
    }
/* clang-format off */
ROUTE(figure, 0)
ROUTE(ledger, 0)
ROUTE(events, API_PASSIVE)
ROUTE(report, 0)
ROUTE(journal_list, 0)
ROUTE(journal_xlsx, 0)
ROUTE(journal_check_state, 0)
ROUTE(journal_check_start, API_WRITE)
ROUTE(healthz, API_PUBLIC | API_PASSIVE)
ROUTE(metrics, API_PUBLIC | API_PASSIVE)

static const struct http_route own_routes[] = {
    {"GET", "/healthz",                     h_healthz},
    {"GET", "/metrics",                     h_metrics},
    {"GET", "/api/v1/figure",               h_figure},
    {"GET", "/api/v1/events",               h_events},
    {"GET", "/api/v1/report/monthly",       h_report},
    {"GET", "/api/v1/journal",              h_journal_list},
    {"GET", "/api/v1/journal/export.xlsx",  h_journal_xlsx},
    {"GET", "/api/v1/journal/verify",       h_journal_check_state},
    {"POST", "/api/v1/journal/verify",      h_journal_check_start},
    {"GET", "/api/v1/sla_clock/:id/ledger", h_ledger},
};
/* clang-format on */
#define N_OWN (sizeof own_routes / sizeof *own_routes)

static struct http_route all_routes[N_OWN + 96];

static void join_routes(void)
{
    size_t n = 0;
    for (; n < N_OWN; n++)
        all_routes[n] = own_routes[n];
    for (const struct http_route *r = file_routes; r->method && n < N_OWN + 95; r++)
        all_routes[n++] = *r;
    for (const struct http_route *r = ledger_routes; r->method && n < N_OWN + 95; r++)
        all_routes[n++] = *r;
    for (const struct http_route *r = order_routes; r->method && n < N_OWN + 95; r++)
        all_routes[n++] = *r;
    for (const struct http_route *r = api_routes; r->method && n < N_OWN + 95; r++)
        all_routes[n++] = *r;
}

/* --- process --- */

static void look_now(void *ctx)
{
    struct web *w = ctx;
    poke_send(w->poke_path);
    poke_send(w->watch_path);
}

/* The pages lie beside the program (build/web) or where --web says. */
static void find_pages(struct web *w, const char *given)
{
    char self[2048];
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    self[n > 0 ? n : 0] = 0;
    char *slash = strrchr(self, '/');
    if (slash)
        *slash = 0;
    if (given)
        snprintf(w->web_dir, sizeof w->web_dir, "%s", given);
    else
        snprintf(w->web_dir, sizeof w->web_dir, "%s/web", self);
}

static enum rc open_all(struct web *w, struct err *e)
{
    snprintf(w->run_dir, sizeof w->run_dir, "%s/run", w->o.data);
    snprintf(w->spool, sizeof w->spool, "%s/spool", w->o.data);
    snprintf(w->poke_path, sizeof w->poke_path, "%s/web.sock", w->run_dir);
    snprintf(w->watch_path, sizeof w->watch_path, "%s/watch.sock", w->run_dir);
    enum rc rc = file_make_folders(w->run_dir, 0700, e);
    if (!rc)
        rc = file_make_folders(w->spool, 0700, e);
    if (!rc)
        rc = lock_take(w->run_dir, "web", &w->lock, e);
    if (!rc)
        rc = poke_listen(w->poke_path, &w->poke_fd, e);
    if (!rc)
        rc = web_jobs_open(&w->jobs, &w->o, e);
    if (!rc)
        rc = db_pool_new(w->o.data, w->o.db, DB_BUSINESS, DB_WRITE, THREADS, &w->api.pool, e);
    return rc;
}

/* How long a client may take for its headers and its body: 1 to 3600 s, "" is the default. */
static bool seconds_take(int *argc, char **argv, const char *name, int *out)
{
    char *end;
    const char *text = option_take(argc, argv, name);
    long n = text ? strtol(text, &end, 10) : 0;
    *out = (int)n;
    if (!text || (*text && !*end && n >= 1 && n <= 3600))
        return true;
    fprintf(stderr, "错误：%s 应为 1 到 3600 的秒数\n", name);
    return false;
}

static enum rc listen_on(struct web *w, const char *listen, const char *cert, const char *key,
                         struct err *e)
{
    w->api = (struct api){.pool = w->api.pool, .data_dir = w->o.data, .secure = cert != NULL,
                          .changed = look_now, .changed_ctx = w, .version = APP_VERSION};
    join_routes();
    journal_api_init(&w->o);
    struct http_options ho = {.listen = listen ? listen : "127.0.0.1:8080", .tls_cert = cert,
                              .tls_key = key, .threads = THREADS, .routes = all_routes,
                              .ctx = &w->api, .static_dir = w->web_dir, .spool_dir = w->spool,
                              .part_path = file_part_path,
                              .header_seconds = w->header_seconds, .body_seconds = w->body_seconds};
    enum rc rc = http_start(&ho, &w->server, e);
    w->jobs.server = w->server;
    if (!rc)
        log_info("listening on %s, port %d", ho.listen, http_port(w->server));
    return rc;
}

/* A stream per reader and a connection beside it: the soft limit of 1024 is for programs that select(). */
static void raise_files(void)
{
    struct rlimit r;
    if (getrlimit(RLIMIT_NOFILE, &r))
        return;
    r.rlim_cur = r.rlim_max == RLIM_INFINITY || r.rlim_max > FILES ? FILES : r.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &r))
        log_warn("the limit of open files stays: %s", strerror(errno));
}

static void block_signals(struct web *w)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    w->signal_fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    signal(SIGPIPE, SIG_IGN);
}

static void loop(struct web *w)
{
    for (;;) {
        struct pollfd p[] = {{.fd = w->signal_fd, .events = POLLIN}, {.fd = w->poke_fd, .events = POLLIN}};
        if (poll(p, 2, ROUND_MS) < 0 && errno != EINTR)
            die("poll: %s", strerror(errno));
        if (p[0].revents)
            return;
        poke_drain(w->poke_fd);
        web_jobs_round(&w->jobs);
        webhook_wake(w->sender);
    }
}

int cmd_web(int argc, char **argv)
{
    static struct web w;
    struct err e = {0};
    struct console c;
    const char *listen = option_take(&argc, argv, "--listen");
    const char *cert = option_take(&argc, argv, "--tls-cert"), *key = option_take(&argc, argv, "--tls-key");
    const char *pages = option_take(&argc, argv, "--web");
    if (!seconds_take(&argc, argv, "--header-seconds", &w.header_seconds) ||
        !seconds_take(&argc, argv, "--body-seconds", &w.body_seconds) ||
        !app_options_take(&argc, argv, &w.o, true) || !options_end(argc, argv))
        return 2;
    log_name("web");
    block_signals(&w);
    raise_files();
    if (!console_open(&c, &w.o, true))
        return 1;
    console_close(&c);
    find_pages(&w, pages);
    enum rc rc = open_all(&w, &e);
    if (!rc)
        rc = listen_on(&w, listen, cert, key, &e);
    if (!rc)
        rc = webhook_start(w.o.data, w.o.db, &w.sender, &e);
    if (!rc)
        rc = notice_start(w.o.data, w.o.db, &w.notices, &e);
    if (rc)
        return print_err(&e, rc);
    loop(&w);
    log_info("stopping");
    http_stop(w.server);
    journal_api_close();
    webhook_stop(w.sender);
    notice_stop(w.notices);
    web_jobs_close(&w.jobs);
    db_pool_free(w.api.pool);
    poke_close(w.poke_fd, w.poke_path);
    lock_release(&w.lock);
    return 0;
}
