/* SPDX-License-Identifier: Apache-2.0 */
#include "orders.h"

#include "mod/work_order/work_order.h"
#include "street.h"

enum rc step(struct house *h, const char *login, int64_t id, const char *action,
                    const char *json)
{
    struct row *row;
    be(h, login);
    h->cx.err = (struct err){0};
    return act(h, &work_order_kind, id, action, &row, "%s", json);
}

enum rc dispatch(struct house *h, int64_t id, const char *engineer)
{
    return step(h, "disp", id, "dispatch",
                arena_printf(CX->a, "'engineer_id':%lld", (long long)person_id(h, engineer)));
}

int64_t reported(struct house *h, const char *more)
{
    struct row *row;
    be(h, "disp");
    OK(create(h, &work_order_kind, &row, "{'title':'打不开了','channel':'phone'%s}", more));
    return row->id;
}

enum rc set_pause(struct house *h, const char *login, int64_t id, const char *code,
                     const char *more)
{
    struct row *row;
    be(h, login);
    h->cx.err = (struct err){0};
    return create(h, &sla_pause_kind, &row, "{'work_order_id':%lld,'code':'%s','reason':'等人'%s}",
                  (long long)id, code, more);
}

int64_t clock_int(struct house *h, int64_t id, const char *metric, const char *column)
{
    return number(
        h,
        "SELECT %s FROM sla_clock WHERE work_order_id = %lld AND metric = '%s' AND state <> 'void'",
        column, (long long)id, metric);
}

int64_t order_int(struct house *h, int64_t id, const char *column)
{
    return number(h, "SELECT %s FROM work_order WHERE id = %lld", column, (long long)id);
}
