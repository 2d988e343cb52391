/* SPDX-License-Identifier: Apache-2.0 */
#include "kit.h"

#include <stdlib.h>
#include <string.h>

extern const struct embedded_file business_sql[], thing_sql[];

/* clang-format off */
static const struct option states[] = {
    {"draft", "草稿", "Draft", "info"}, {"sent", "已送", "Sent", "primary"}, {"done", "办结", "Done", "success"}, {NULL}};
static const struct field place_fields[] = {{"name", "名称", "Name", F_TEXT, REQ | FIND | LIST, 1, 40},
                                            {"parent_id", "上级", "Parent", F_REF, 0, .ref = "place"}};
const struct kind place_kind = {.name = "place", .label = "地方", .label_en = "Place", .fields = place_fields,
                                .n_fields = 2, .label_field = 0, .state_field = -1,
                                .tree = {"parent_id", "place_closure", "place_id"}};
static const struct field link_fields[] = {
    {"thing_id", "物件", "Thing", F_REF, REQ | LIST | ONCE, .ref = "thing"},
    {"place_id", "地方", "Place", F_REF, REQ | LIST | ONCE, .ref = "place"},
    {"note",     "备注", "Note",  F_TEXT, LIST}};
const struct kind thing_place_kind = {.name = "thing_place", .label = "存放", .label_en = "Kept at", .fields = link_fields,
                                      .n_fields = 3, .label_field = 2, .state_field = -1, .link = {"thing_id", "place_id"}};
static const struct option part_types[] = {{"new", "新", "New", NULL}, {"used", "旧", "Used", NULL}, {NULL}};
static const struct field part_fields[] = {
    [PART_NAME]   = {"name",     "名称", "Name",   F_TEXT,  REQ, 1, 10},
    [PART_COUNT]  = {"count",    "个数", "Count",  F_INT,   0, 0, 99},
    [PART_TYPE]   = {"type",     "新旧", "Type",   F_ENUM,  REQ, .opts = part_types, .initial = "new"},
    [PART_PLACE]  = {"place_id", "地方", "Place",  F_REF,   0, .ref = "place"},
    [PART_PHOTOS] = {"photos",   "照片", "Photos", F_FILES, 0},
    [PART_PHONE]  = {"phone",    "电话", "Phone",  F_TEXT,  PERSON, 3, 20, .see = "thing.phone"},
};
static const struct child_kind parts = {"thing_part", part_fields, PART_N};
static const struct field fields[] = {
    [T_CODE]    = {"code",      "编号", "Code",    F_TEXT,    REQ | FIND | LIST | UNIQUE | ONCE, 2, 10},
    [T_NAME]    = {"name",      "名称", "Name",    F_TEXT,    FIND | LIST, 1, 20},
    [T_QTY]     = {"qty",       "数量", "Qty",     F_INT,     LIST, 0, 100},
    [T_RATIO]   = {"ratio",     "比例", "Ratio",   F_FLOAT,   0},
    [T_PRICE]   = {"price_fen", "价格", "Price",   F_FEN,     0, .see = "thing.price"},
    [T_FRAGILE] = {"fragile",   "易碎", "Fragile", F_BOOL,    REQ, .initial = "0"},
    [T_STATE]   = {"state",     "状态", "State",   F_ENUM,    REQ | RO | LIST, .opts = states, .initial = "draft"},
    [T_SEEN]    = {"seen_at",   "见到", "Seen",    F_INSTANT, 0},
    [T_MADE]    = {"made_on",   "日期", "Made",    F_DATE,    0},
    [T_PLACE]   = {"place_id",  "地方", "Place",   F_REF,     FIND, .ref = "place"},
    [T_UNIT]    = {"unit_id",   "单位", "Unit",    F_INT,     0},
    [T_OWNER]   = {"owner_id",  "归属", "Owner",   F_INT,     0},
    [T_CHECKER] = {"checker_id", "复核", "Checker", F_INT,    0},
    [T_PHOTOS]  = {"photos",    "照片", "Photos",  F_FILES,   0},
    [T_NOTE]    = {"note",      "备注", "Note",    F_TEXT,    LONG, .edit = "thing.note"},
    [T_SPOT]    = {"spot",      "位置", "Spot",    F_GEO,     0},
    [T_PASSWORD] = {"password", "口令", "Password", F_SECRET, 0, 4, 20},
    [T_TOOK]    = {"took_ms",   "用时", "Took",    F_DURATION, 0, 0, 86400000},
    [T_PHONE]   = {"phone",     "电话", "Phone",   F_TEXT,    PERSON | FIND, 3, 20, .see = "thing.phone"},
    [T_PARTS]   = {"parts",     "零件", "Parts",   F_ROWS,    0, 0, 5, .rows = &parts},
};
static bool has_parts(const struct row *row)
{
    return row->v[T_PARTS].i > 0;
}
static const struct field send_input[] = {{"note", "说明", "Note", F_TEXT, REQ | LONG, 2, 50}};
static const struct field count_input[] = {{"parts", "零件", "Parts", F_ROWS, REQ, 0, 5, .rows = &parts}};
static const struct flow_step flow[] = {
    {"send", "送出", "Send", "draft",      "sent", "thing.send", send_input, 1},
    {"done", "办结", "Done", "sent|draft", "done", "thing.done", .not_same = "owner_id"},
    {"back", "退回", "Back", "sent", "draft", "thing.back", .only = "checker_id"},
    {"count", "清点", "Count", ANY, SAME, "thing.count", count_input, 1, .when = has_parts, .not_same = "owner_id|checker_id"},
};
const struct kind thing_kind = {
    .name = "thing", .label = "物件", .label_en = "Thing", .fields = fields, .n_fields = T_N,
    .label_field = T_CODE, .state_field = T_STATE, .flow = flow, .n_flow = 4,
    .scope = {.own = {"owner_id"}, .unit = "unit_id"}, .locked_in = "done"};
/* clang-format on */

static struct embedded_file files[256];

static const struct embedded_file *all_files(void)
{
    int n = 0;
    for (const struct embedded_file *f = business_sql; f->name && n < 250; f++)
        files[n++] = *f;
    files[n++] = (struct embedded_file){"9000_thing.sql", thing_sql[0].text};
    files[n] = (struct embedded_file){NULL, NULL};
    return files;
}

static void open_in(struct kit *k, struct testdb *t, const struct embedded_file *migrations)
{
    k->t = t;
    k->cx = (struct cx){.a = arena_new(), .now = {INT64_C(1778230800000)}, .data_dir = t->dir};
    k->cx.db = testdb_open(t, DB_BUSINESS, DB_WRITE, migrations);
    kit_console(k);
}

static void make(struct testdb *t)
{
    struct kit k;
    open_in(&k, t, all_files());
    assert_int_equal(record_views(&k.cx, ""), RC_OK);
    assert_int_equal(record_check_schema(&k.cx), RC_OK);
    db_close(k.cx.db);
    arena_free(k.cx.a);
}

void kit_open(struct kit *k, enum db_kind kind)
{
    static const struct kind *const kinds[] = {&thing_kind, &place_kind, &thing_place_kind};
    record_register(kinds, 3);
    open_in(k, testdb_copy(kind, make), NULL);
}

void kit_close(struct kit *k)
{
    db_close(k->cx.db);
    arena_free(k->cx.a);
    testdb_free(k->t);
}

void kit_console(struct kit *k)
{
    k->cx.actor = (struct actor){.type = ACTOR_CONSOLE, .name = "console", .address = ""};
}

void kit_user(struct kit *k, ...)
{
    va_list ap;
    struct grant *g = ARENA_NEW(k->cx.a, struct grant, 32);
    int n = 0;
    va_start(ap, k);
    for (const char *s = va_arg(ap, const char *); s; s = va_arg(ap, const char *)) {
        size_t len = strcspn(s, ":");
        g[n++] = (struct grant){arena_strndup(k->cx.a, s, len), s + len + 1};
    }
    va_end(ap);
    k->cx.actor = (struct actor){.type = ACTOR_USER, .user_id = 7, .name = "七号", .address = "127.0.0.1"};
    cx_grant(&k->cx, g, n);
}

json_t *kit_json(struct kit *k, const char *text)
{
    char *s = arena_strdup(k->cx.a, text);
    json_error_t e;
    for (char *p = s; *p; p++)
        if (*p == '\'')
            *p = '"';
    json_t *j = json_loads(s, 0, &e);
    if (!j)
        fail_msg("test JSON: %s in %s", e.text, s);
    return j;
}

int64_t kit_thing(struct kit *k, const char *json)
{
    struct row *row;
    struct actor keep = k->cx.actor;
    json_t *in = kit_json(k, json);
    kit_console(k);
    enum rc rc = record_create(&k->cx, &thing_kind, in, &row);
    json_decref(in);
    k->cx.actor = keep;
    if (rc)
        fail_msg("%s: %s", k->cx.err.field, k->cx.err.en);
    return row->id;
}

const char *kit_actions(struct kit *k, const char *kind, int64_t id)
{
    struct db_rows *r;
    struct buf b = {0};
    assert_int_equal(db_query(k->cx.db,
                              "SELECT action FROM journal WHERE kind = :kind AND record_id = :id ORDER BY id",
                              BINDS(B_TEXT("kind", kind), B_INT("id", id)), &r),
                     RC_OK);
    while (db_next(r))
        buf_printf(&b, "%s%s", b.len ? "," : "", db_text(r, 0));
    assert_int_equal(db_end(r), RC_OK);
    const char *s = arena_strdup(k->cx.a, buf_text(&b));
    buf_free(&b);
    return s;
}

const char *kit_changes(struct kit *k, const char *kind, int64_t id)
{
    struct db_rows *r;
    const char *s = NULL;
    assert_int_equal(db_query(k->cx.db,
                              "SELECT changes FROM journal WHERE kind = :kind AND record_id = :id"
                              " ORDER BY id DESC LIMIT 1",
                              BINDS(B_TEXT("kind", kind), B_INT("id", id)), &r),
                     RC_OK);
    if (db_next(r))
        s = arena_strdup(k->cx.a, db_text(r, 0));
    assert_int_equal(db_end(r), RC_OK);
    return s;
}

static int start(void **state, enum db_kind kind)
{
    struct kit *k = calloc(1, sizeof *k);
    kit_open(k, kind);
    *state = k;
    return 0;
}

int kit_sqlite(void **state)
{
    return start(state, DB_SQLITE);
}

int kit_postgres(void **state)
{
    return start(state, DB_POSTGRES);
}

int kit_end(void **state)
{
    kit_close(*state);
    free(*state);
    return 0;
}
