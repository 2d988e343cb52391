/* SPDX-License-Identifier: Apache-2.0 */
#include "street.h"

#include <stdio.h>

#include "mod/alarm/alarm.h"
#include "mod/asset/asset.h"
#include "mod/work_order/work_order.h"

int64_t class_of(struct house *h, const char *code)
{
    return number(h, "SELECT id FROM asset_class WHERE code = '%s'", code);
}

int64_t device(struct house *h, const char *class, const char *no, const char *ip)
{
    const char *at = ip ? arena_printf(CX->a, ",'ip':'%s'", ip) : "";
    return made(h, &asset_kind, "{'asset_no':'%s','name':'%s','class_id':%lld%s}", no, no,
                (long long)class_of(h, class), at);
}

void feeds(struct house *h, int64_t up, int64_t asset)
{
    made(h, &uplink_kind, "{'asset_id':%lld,'up_id':%lld}", (long long)asset, (long long)up);
}

int64_t branch(struct house *h, const char *name, const char *ip, int n, int64_t *cameras)
{
    int64_t top = device(h, "video_switch", name, ip);
    for (int i = 0; i < n; i++) {
        cameras[i] = device(h, "camera", arena_printf(CX->a, "%s-C%02d", name, i),
                            arena_printf(CX->a, "10.9.8.%d", i + 1));
        feeds(h, top, cameras[i]);
    }
    return top;
}

void target(struct house *h, int64_t asset, const char *check, const char *state)
{
    enum rc rc = db_run(h->saw,
                        "INSERT INTO target (asset_id, check_name, address, state, since_at)"
                        " VALUES (:asset, :name, '10.9.8.7', :state, :now)"
                        " ON CONFLICT (asset_id, check_name) DO UPDATE SET state = excluded.state,"
                        " since_at = excluded.since_at",
                        BINDS(B_INT("asset", asset), B_TEXT("name", check), B_TEXT("state", state),
                              B_INT("now", CX->now.ms)),
                        NULL);
    assert_int_equal(rc, RC_OK);
}

void decided(struct house *h, int64_t asset, const char *check, const char *to)
{
    const char *from = strcmp(to, "up") ? "up" : "down";
    bool off = !strcmp(to, "down");
    target(h, asset, check, to);
    enum rc rc = db_run(
        h->saw,
        "INSERT INTO observation (asset_id, check_name, from_state, to_state, at, dark_since,"
        " rule, detail) VALUES (:asset, :name, :old, :new, :at, :dark, :rule, NULL)",
        BINDS(B_INT("asset", asset), B_TEXT("name", check), B_TEXT("old", from), B_TEXT("new", to),
              B_INT("at", CX->now.ms), off ? B_INT("dark", CX->now.ms - 3000) : B_NULL("dark"),
              B_TEXT("rule", off ? "3 misses in a row" : "answers again")),
        NULL);
    assert_int_equal(rc, RC_OK);
}

static void holds(struct house *h, const char *what, const char *sql)
{
    int64_t n = number(h, "%s", sql);
    if (n)
        fail_msg("%lld times not: %s", (long long)n, what);
}

static void what_must_always_hold(struct house *h)
{
    holds(h, "one open order per open outage",
          "SELECT COUNT(*) FROM outage o WHERE o.state = 'open' AND 1 <> (SELECT COUNT(*) FROM "
          "work_order w"
          " WHERE w.outage_id = o.id AND w.state NOT IN ('confirmed', 'closed', 'cancelled'))");
    holds(h, "no open order of a merged outage",
          "SELECT COUNT(*) FROM work_order w JOIN outage o ON o.id = w.outage_id WHERE o.state = "
          "'merged'"
          " AND w.state NOT IN ('confirmed', 'closed', 'cancelled')");
    holds(
        h, "dark in one outage only",
        "SELECT COUNT(*) FROM (SELECT m.asset_id FROM outage_asset m WHERE m.dark_until_at IS NULL"
        " GROUP BY m.asset_id HAVING COUNT(*) > 1) twice");
    holds(h, "dark only in an outage that is open",
          "SELECT COUNT(*) FROM outage_asset m JOIN outage o ON o.id = m.outage_id"
          " WHERE m.dark_until_at IS NULL AND o.state <> 'open'");
    holds(h, "darkness ends after it began",
          "SELECT COUNT(*) FROM outage_asset WHERE dark_until_at < dark_from_at");
    holds(h, "the count is the length of the list",
          "SELECT COUNT(*) FROM outage o WHERE o.affected_count <>"
          " (SELECT COUNT(DISTINCT m.asset_id) FROM outage_asset m WHERE m.outage_id = o.id)");
}

int look(struct house *h)
{
    int alarms, outages, orders;
    struct actor keep = h->cx.actor;
    be_system(h);
    OK(alarm_ingest(CX, h->watch, &alarms));
    OK(outage_recompute(CX, h->watch, &outages));
    OK(work_order_from_outages(CX, &orders));
    h->cx.actor = keep;
    what_must_always_hold(h);
    return alarms + outages + orders;
}

int look_later(struct house *h)
{
    h->cx.now.ms += OUTAGE_HOLD_MS;
    return look(h);
}

int64_t open_outages(struct house *h)
{
    return number(h, "SELECT COUNT(*) FROM outage WHERE state = 'open'");
}

int64_t open_outage_of_root(struct house *h, int64_t root)
{
    assert_int_equal(
        number(h, "SELECT COUNT(*) FROM outage WHERE state = 'open' AND root_asset_id = %lld",
               (long long)root),
        1);
    return number(h, "SELECT id FROM outage WHERE state = 'open' AND root_asset_id = %lld",
                  (long long)root);
}

const char *photo(struct house *h, const char *login)
{
    run_sql(h,
            "INSERT INTO file (sha256, name, type, size, created_at, created_by) VALUES"
            " ('00', 'p.jpg', 'image/jpeg', 1, 0, %lld)",
            (long long)person_id(h, login));
    return arena_printf(CX->a, "[%lld]", (long long)number(h, "SELECT MAX(id) FROM file"));
}
