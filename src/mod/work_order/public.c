/* SPDX-License-Identifier: Apache-2.0 */
/* Without login, behind the label on a device: its neutral card, a report in three taps, the
 * progress of that report by number and key. Nothing personal is shown, everything is counted. */
#include <string.h>

#include "base/hash.h"
#include "base/rand.h"
#include "mod/asset/asset.h"
#include "mod/work_order/order_int.h"

#define TOKEN_BYTES 16

/* At most so many acts of a type: from one address (forty offices may share one), for one label, in
 * all; within an hour and a day. */
static const struct limit {
    const char *type;
    int hour_address, day_address, hour_token, day_token, day_all;
} limits[] = {{"report", 20, 100, 6, 20, 500},
              {"upload", 60, 200, 20, 60, 1500},
              {"confirm", 20, 100, 10, 20, 500}};

static enum rc count_acts(struct cx *cx, const char *type, const char *address, const char *token,
                          int64_t n[5])
{
    struct db_rows *r;
    enum rc rc = cx_db(
        cx,
        db_query(cx->db,
                 "SELECT COALESCE(SUM(CASE WHEN address_hash = :address AND at >= :hour THEN 1 "
                 "ELSE 0 END), 0),"
                 " COALESCE(SUM(CASE WHEN address_hash = :address THEN 1 ELSE 0 END), 0),"
                 " COALESCE(SUM(CASE WHEN token = :token AND at >= :hour THEN 1 ELSE 0 END), 0),"
                 " COALESCE(SUM(CASE WHEN token = :token THEN 1 ELSE 0 END), 0), COUNT(*)"
                 " FROM public_act WHERE type = :type AND at >= :day",
                 BINDS(B_TEXT("address", address), B_TEXT("token", token), B_TEXT("type", type),
                       B_INT("hour", cx->now.ms - HOUR_MS), B_INT("day", cx->now.ms - DAY_MS)),
                 &r));
    if (rc)
        return rc;
    bool there = db_next(r);
    for (int i = 0; i < 5; i++)
        n[i] = there ? db_int(r, i) : 0;
    return cx_db(cx, db_end(r));
}

/* Refuses what is too much, else puts the act down. */
static enum rc count_in(struct cx *cx, const char *type, const char *token)
{
    char address[HASH_HEX];
    int64_t n[5];
    const struct limit *l = &limits[0];
    while (strcmp(l->type, type) != 0)
        l++;
    hash_hex(cx->actor.address, strlen(cx->actor.address), address);
    enum rc rc = count_acts(cx, type, address, token, n);
    if (rc)
        return rc;
    if (n[0] >= l->hour_address || n[1] >= l->day_address || n[2] >= l->hour_token ||
        n[3] >= l->day_token || n[4] >= l->day_all)
        return FAIL(cx, RC_BUSY, NULL, "提交太频繁，请稍后再试，紧急情况请拨打服务电话",
                    "too many; try later or telephone");
    rc = cx_db(cx,
               db_run(cx->db, "DELETE FROM public_act WHERE type = :type AND at < :before",
                      BINDS(B_TEXT("type", type), B_INT("before", cx->now.ms - 2 * DAY_MS)), NULL));
    if (rc)
        return rc;
    return cx_db(cx, db_run(cx->db,
                            "INSERT INTO public_act (at, type, address_hash, token) VALUES (:at, "
                            ":type, :address, :token)",
                            BINDS(B_INT("at", cx->now.ms), B_TEXT("type", type),
                                  B_TEXT("address", address), B_TEXT("token", token)),
                            NULL));
}

static enum rc find_label(struct cx *cx, const char *token, const char **kind, int64_t *id)
{
    enum rc rc = strchr(token, '/') ? RC_NOT_FOUND : qr_find(cx, token, kind, id);
    if (!rc && *id)
        return RC_OK;
    if (rc && rc != RC_NOT_FOUND)
        return rc;
    return FAIL(cx, RC_NOT_FOUND, NULL, "没有这个标签，可能已更换；请拨打服务电话",
                "no such label; it may have been replaced");
}

/* --- the card --- */

static enum rc phrases_json(struct cx *cx, const char *line, const char *group, struct jw *w)
{
    struct db_rows *r;
    enum rc rc = cx_db(
        cx,
        db_query(cx->db,
                 "SELECT id, text FROM stock_phrase WHERE type = 'symptom' AND retired_at IS NULL"
                 " AND (line IS NULL OR line = :line) AND (sla_group IS NULL OR sla_group = :group)"
                 " ORDER BY CASE WHEN sla_group IS NULL THEN 1 ELSE 0 END, sort_no, id LIMIT 12",
                 BINDS(B_TEXT("line", line), B_TEXT("group", group)), &r));
    if (rc)
        return rc;
    jw_key(w, "phrases");
    jw_array(w);
    while (db_next(r)) {
        jw_object(w);
        jw_ki(w, "id", db_int(r, 0));
        jw_kt(w, "text", db_text(r, 1));
        jw_end_object(w);
    }
    jw_end_array(w);
    return cx_db(cx, db_end(r));
}

struct card {
    const char *no, *class, *site, *line, *group, *health;
};

static enum rc load_card(struct cx *cx, const char *kind, int64_t id, struct card *out)
{
    struct db_rows *r;
    const char *sql =
        !strcmp(kind, "asset")
            ? "SELECT a.asset_no, c.name, s.name, a.line, c.sla_group, a.health FROM asset a"
              " JOIN asset_class c ON c.id = a.class_id LEFT JOIN site s ON s.id = a.site_id"
              " WHERE a.id = :id AND a.retired_at IS NULL"
            : "SELECT NULL, NULL, s.name, NULL, NULL, NULL FROM site s WHERE s.id = :id AND "
              "s.retired_at IS NULL";
    enum rc rc = cx_db(cx, db_query(cx->db, sql, BINDS(B_INT("id", id)), &r));
    if (rc)
        return rc;
    *out = (struct card){0};
    const char **to[] = {&out->no, &out->class, &out->site, &out->line, &out->group, &out->health};
    bool there = db_next(r);
    for (int i = 0; there && i < 6; i++)
        *to[i] = db_null(r, i) ? NULL : arena_strdup(cx->a, db_text(r, i));
    rc = cx_db(cx, db_end(r));
    if (rc || there)
        return rc;
    return FAIL(cx, RC_NOT_FOUND, NULL, "这台设备已停用", "this device is out of use");
}

static enum rc open_json(struct cx *cx, int64_t order_id, struct jw *w)
{
    struct row *order;
    jw_key(w, "open");
    if (!order_id) {
        jw_null(w);
        return RC_OK;
    }
    enum rc rc = record_load(cx, &work_order_kind, order_id, &order);
    if (rc)
        return rc;
    const struct field *f = &work_order_kind.fields[WO_STATE];
    jw_object(w);
    jw_ki(w, "since", order->v[WO_STARTED].i);
    jw_kt(w, "state", order->v[WO_STATE].s);
    jw_kt(w, "label", value_text(cx, f, &order->v[WO_STATE], NULL));
    jw_end_object(w);
    return RC_OK;
}

enum rc public_device(struct cx *cx, const char *token, struct jw *w)
{
    const char *kind = "";
    int64_t id = 0, open = 0;
    struct card c;
    enum rc rc = find_label(cx, token, &kind, &id);
    if (!rc)
        rc = load_card(cx, kind, id, &c);
    if (!rc && !strcmp(kind, "asset"))
        rc = work_order_open_of(cx, id, &open);
    if (rc)
        return rc;
    jw_object(w);
    jw_kt(w, "kind", kind);
    jw_kt(w, "asset_no", c.no);
    jw_kt(w, "class", c.class);
    jw_kt(w, "site", c.site);
    jw_kt(w, "line", c.line);
    jw_kt(w, "health", c.health);
    rc = open_json(cx, open, w);
    if (!rc)
        rc = phrases_json(cx, c.line, c.group, w);
    jw_end_object(w);
    return rc;
}

/* --- the report --- */

static enum rc title_in(struct cx *cx, json_t *in, const char **out)
{
    struct row *phrase;
    json_t *id = json_object_get(in, "phrase_id");
    enum rc rc = record_text(cx, &work_order_kind, WO_TITLE, in, "title", out);
    if (rc || *out)
        return rc;
    rc = json_is_integer(id) ? record_load(cx, &stock_phrase_kind, json_integer_value(id), &phrase)
                             : RC_NOT_FOUND;
    if (rc == RC_NOT_FOUND || (!rc && strcmp(phrase->v[PHRASE_TYPE].s, "symptom") != 0))
        return FAIL(cx, RC_INVALID, "phrase_id", "请选择或填写故障现象",
                    "choose or write a symptom");
    if (!rc)
        *out = phrase->v[PHRASE_TEXT].s;
    return rc;
}

/* Pictures sent before, each named with its hash: only the sender knows that. */
static enum rc photos_in(struct cx *cx, json_t *in, const char **out)
{
    json_t *list = json_object_get(in, "photos"), *one;
    struct buf b = {0};
    size_t i;
    enum rc rc = RC_OK;
    *out = NULL;
    if ((list && !json_is_null(list) && !json_is_array(list)) || json_array_size(list) > 3)
        return FAIL(cx, RC_INVALID, "photos", "照片最多 3 张", "three photos at most");
    json_array_foreach(list, i, one)
    {
        int64_t id = json_integer_value(json_object_get(one, "id")), n = 0;
        const char *sha = json_string_value(json_object_get(one, "sha256"));
        if (!rc)
            rc = cx_db(cx, db_int_of(cx->db,
                                     "SELECT COUNT(*) FROM file WHERE id = :id AND sha256 = :sha "
                                     "AND created_by IS NULL"
                                     " AND record_id IS NULL AND type LIKE 'image/%'",
                                     BINDS(B_INT("id", id), B_TEXT("sha", sha ? sha : "")), &n));
        if (!rc && !n)
            rc = FAIL(cx, RC_INVALID, "photos", "照片没有上传成功，请重拍",
                      "the photo is not there: take it again");
        buf_printf(&b, "%s%lld", b.len ? "," : "[", (long long)id);
    }
    if (b.len && !rc)
        *out = arena_printf(cx->a, "%s]", buf_text(&b));
    buf_free(&b);
    return rc;
}

static bool phone_good(const char *s)
{
    return !s || strspn(s, "0123456789+- ") == strlen(s);
}

static enum rc take_report(struct cx *cx, const char *token, json_t *in, struct fault_report *out)
{
    const char *kind = "";
    int64_t id = 0;
    enum rc rc = find_label(cx, token, &kind, &id);
    *out = (struct fault_report){0};
    if (!rc)
        rc = title_in(cx, in, &out->title);
    if (!rc)
        rc = record_text(cx, &work_order_kind, WO_SYMPTOM, in, "note", &out->symptom);
    if (!rc)
        rc = record_text(cx, &work_order_kind, WO_REPORTER_PHONE, in, "phone", &out->phone);
    if (!rc && !phone_good(out->phone))
        rc = FAIL(cx, RC_INVALID, "phone", "电话号码只能有数字", "a telephone number has digits");
    if (!rc)
        rc = photos_in(cx, in, &out->photos);
    if (rc)
        return rc;
    *(strcmp(kind, "asset") ? &out->site_id : &out->asset_id) = id;
    return RC_OK;
}

static enum rc new_token(struct cx *cx, int64_t order_id, const char **out)
{
    char token[2 * TOKEN_BYTES + 1];
    rand_hex(token, TOKEN_BYTES);
    *out = arena_strdup(cx->a, token);
    return cx_db(cx, db_run(cx->db,
                            "INSERT INTO order_token (work_order_id, token) VALUES (:id, :token)",
                            BINDS(B_INT("id", order_id), B_TEXT("token", token)), NULL));
}

static enum rc report_in(struct cx *cx, const char *token, json_t *in, struct row **row,
                         const char **key)
{
    struct fault_report report;
    enum rc rc = take_report(cx, token, in, &report);
    if (!rc)
        rc = count_in(cx, "report", token);
    if (!rc)
        rc = work_order_report(cx, &report, row);
    return rc ? rc : new_token(cx, (*row)->id, key);
}

static enum rc ended(struct cx *cx, enum rc rc)
{
    if (!rc)
        rc = cx_db(cx, db_commit(cx->db));
    if (rc)
        db_rollback(cx->db);
    return rc;
}

enum rc public_report(struct cx *cx, const char *token, json_t *in, struct jw *w)
{
    struct row *row = NULL;
    const char *key = NULL;
    cx->actor.name = "扫码报修";
    enum rc rc = cx_db(cx, db_begin(cx->db));
    if (rc)
        return rc;
    rc = ended(cx, report_in(cx, token, in, &row, &key));
    if (rc)
        return rc;
    jw_object(w);
    jw_kt(w, "no", row->v[WO_NO].s);
    jw_kt(w, "token", key);
    jw_kb(w, "joined", !row->v[WO_PARENT].null);
    jw_end_object(w);
    return RC_OK;
}

enum rc public_upload(struct cx *cx, const char *token)
{
    const char *kind = "";
    int64_t id = 0;
    cx->actor.name = "扫码报修";
    enum rc rc = cx_db(cx, db_begin(cx->db));
    if (rc)
        return rc;
    rc = find_label(cx, token, &kind, &id);
    return ended(cx, rc ? rc : count_in(cx, "upload", token));
}

/* --- progress --- */

static enum rc by_key(struct cx *cx, const char *no, const char *token, struct row **out)
{
    int64_t id;
    enum rc rc =
        db_int_of(cx->db,
                  "SELECT w.id FROM work_order w JOIN order_token t ON t.work_order_id = w.id"
                  " WHERE w.no = :no AND t.token = :token",
                  BINDS(B_TEXT("no", no), B_TEXT("token", token ? token : "")), &id);
    if (rc == RC_NOT_FOUND)
        return FAIL(cx, RC_NOT_FOUND, NULL, "没有这张工单，请检查链接",
                    "no such order: check the link");
    if (rc) {
        (void)cx_db(cx, rc);
        return rc;
    }
    return record_load(cx, &work_order_kind, id, out);
}

/* Only what any reporter may know: that something was done, and when. */
static enum rc steps_json(struct cx *cx, int64_t order_id, struct jw *w)
{
    static const char *const shown[][2] = {
        {"register", "已受理"},       {"dispatch", "已派工程师"},
        {"accept", "工程师已接单"},   {"arrive", "工程师已到场"},
        {"restore", "已恢复"},        {"resolve", "已修复"},
        {"no_fault", "核实为非故障"}, {"verdict", "需送修，等待审批"},
        {"reopen", "再次处理"},       {"confirm", "已确认"},
        {"close", "已关闭"},          {"auto_close", "已自动关闭"},
        {"pause", "暂时无法处理"},    {"pause_end", "继续处理"}};
    struct db_rows *r;
    enum rc rc = cx_db(cx, db_query(cx->db,
                                    "SELECT action, at FROM work_order_step WHERE work_order_id = "
                                    ":id ORDER BY id LIMIT 200",
                                    BINDS(B_INT("id", order_id)), &r));
    if (rc)
        return rc;
    jw_key(w, "steps");
    jw_array(w);
    while (db_next(r))
        for (size_t i = 0; i < sizeof shown / sizeof *shown; i++)
            if (!strcmp(shown[i][0], db_text(r, 0))) {
                jw_object(w);
                jw_kt(w, "label", shown[i][1]);
                jw_ki(w, "at", db_int(r, 1));
                jw_end_object(w);
            }
    jw_end_array(w);
    return cx_db(cx, db_end(r));
}

static bool may_confirm(const struct row *order)
{
    const char *s = order->v[WO_STATE].s;
    return order->v[WO_PARENT].null && (!strcmp(s, "restored") || !strcmp(s, "resolved"));
}

enum rc public_order(struct cx *cx, const char *no, const char *token, struct jw *w)
{
    struct row *mine = NULL, *order;
    enum rc rc = by_key(cx, no, token, &mine);
    if (rc)
        return rc;
    order = mine;
    if (!mine->v[WO_PARENT].null)
        rc = record_load(cx, &work_order_kind, mine->v[WO_PARENT].i, &order);
    if (rc)
        return rc;
    const struct field *f = &work_order_kind.fields[WO_STATE];
    jw_object(w);
    jw_kt(w, "no", mine->v[WO_NO].s);
    jw_kt(w, "title", mine->v[WO_TITLE].s);
    jw_ki(w, "reported_at", mine->v[WO_STARTED].i);
    jw_kb(w, "joined", order != mine);
    jw_kt(w, "state", order->v[WO_STATE].s);
    jw_kt(w, "label", value_text(cx, f, &order->v[WO_STATE], NULL));
    jw_kb(w, "can_confirm", may_confirm(mine));
    rc = steps_json(cx, order->id, w);
    jw_end_object(w);
    return rc;
}

static enum rc confirm_in(struct cx *cx, const char *no, json_t *in)
{
    struct row *old = NULL;
    const char *note, *token = json_string_value(json_object_get(in, "token"));
    int64_t rating = json_integer_value(json_object_get(in, "rating"));
    enum rc rc = count_in(cx, "confirm", no);
    if (!rc)
        rc = by_key(cx, no, token, &old);
    if (!rc)
        rc = record_text(cx, &work_order_kind, WO_CONFIRM_NOTE, in, "note", &note);
    if (rc)
        return rc;
    if (rating < 1 || rating > 5)
        return FAIL(cx, RC_INVALID, "rating", "满意度为 1 至 5", "the rating is 1 to 5");
    if (!may_confirm(old))
        return FAIL(cx, RC_CONFLICT, "state", "这张工单现在不需要确认", "nothing to confirm now");
    struct row *row = record_copy(cx, old);
    row_text(row, WO_STATE, "confirmed");
    row_int(row, WO_CONFIRMED, cx->now.ms);
    row_int(row, WO_RATING, rating);
    row_text(row, WO_CONFIRM_NOTE, note);
    if (row->v[WO_PROOF].null)
        row_text(row, WO_PROOF, "user");
    rc = record_update(cx, old, row, "confirm");
    return rc ? rc : step_note(cx, row, "confirm", note);
}

enum rc public_confirm(struct cx *cx, const char *no, json_t *in, struct jw *w)
{
    cx->actor.name = "报修人";
    enum rc rc = cx_db(cx, db_begin(cx->db));
    if (rc)
        return rc;
    rc = ended(cx, confirm_in(cx, no, in));
    return rc ? rc : public_order(cx, no, json_string_value(json_object_get(in, "token")), w);
}

enum rc order_token(struct cx *cx, int64_t work_order_id, const char **out)
{
    struct row *row;
    struct db_rows *r;
    *out = NULL;
    enum rc rc = record_get(cx, &work_order_kind, work_order_id, &row);
    if (!rc)
        rc = cx_db(cx, db_query(cx->db, "SELECT token FROM order_token WHERE work_order_id = :id",
                                BINDS(B_INT("id", work_order_id)), &r));
    if (rc)
        return rc;
    if (db_next(r))
        *out = arena_strdup(cx->a, db_text(r, 0));
    rc = cx_db(cx, db_end(r));
    return rc || *out ? rc : new_token(cx, work_order_id, out);
}
