/* SPDX-License-Identifier: Apache-2.0 */
/* The driver: what must hold for every kind in the registry, whatever it is. A new kind is tested by
 * being registered. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "driver.h"

static int open_world(void **state, enum db_kind kind)
{
    struct world *w = calloc(1, sizeof *w);
    app_register();
    w->t = testdb_copy(kind, world_furnish);
    w->cx = (struct cx){.a = arena_new(), .now = {INT64_C(1778230800000)}, .data_dir = w->t->dir,
                        .actor = {.type = ACTOR_CONSOLE, .name = "console", .address = ""}};
    w->cx.db = testdb_open(w->t, DB_BUSINESS, DB_WRITE, NULL);
    *state = w;
    return 0;
}

int sqlite_world(void **state)
{
    return open_world(state, DB_SQLITE);
}

int postgres_world(void **state)
{
    return open_world(state, DB_POSTGRES);
}

int close_world(void **state)
{
    struct world *w = *state;
    db_close(w->cx.db);
    arena_free(w->cx.a);
    testdb_free(w->t);
    free(w);
    return 0;
}

void complain(struct world *w, const struct kind *k, const char *field, const char *format, ...)
{
    char text[16384];
    va_list ap;
    va_start(ap, format);
    (void)vsnprintf(text, sizeof text, format, ap);
    va_end(ap);
    print_error("%s.%s: %s\n", k->name, field, text);
    w->wrong++;
}

const char *world_json(struct world *w, const struct row *row)
{
    struct buf b = {0};
    struct jw j = jw_on(&b);
    record_json(&w->cx, &j, row);
    const char *s = arena_strdup(w->cx.a, buf_text(&b));
    buf_free(&b);
    return s;
}

const char *world_text(struct world *w, const char *sql, int64_t id)
{
    struct db_rows *r;
    const char *s = NULL;
    assert_int_equal(db_query(w->cx.db, sql, BINDS(B_INT("id", id)), &r), RC_OK);
    if (db_next(r))
        s = arena_strdup(w->cx.a, db_text(r, 0));
    assert_int_equal(db_end(r), RC_OK);
    return s;
}

void for_each_kind(void **state, check *f)
{
    int n;
    struct world *w = *state;
    const struct kind *const *kinds = record_kinds(&n);
    assert_true(n >= 13);
    for (int i = 0; i < n; i++) {
        assert_int_equal(db_begin(w->cx.db), RC_OK);
        f(w, kinds[i]);
        db_rollback(w->cx.db);
    }
    assert_int_equal(w->wrong, 0);
}

static void become(struct world *w, const char *permission, const char *scope)
{
    struct grant *g = ARENA_NEW(w->cx.a, struct grant, 1);
    *g = (struct grant){permission, scope};
    w->cx.actor = (struct actor){.type = ACTOR_USER, .user_id = 999, .name = "x", .address = "",
                                 .grants = g, .n_grants = permission ? 1 : 0};
}

static const char *verb(struct world *w, const struct kind *k, const char *what)
{
    return arena_printf(w->cx.a, "%s.%s", k->name, what);
}

static void lists_by_every_field(struct world *w, const struct kind *k)
{
    struct page page;
    for (int i = 0; i < k->n_fields; i++) {
        const struct field *f = &k->fields[i];
        bool sorts = f->type != F_SECRET && f->type != F_ROWS && f->type != F_GEO;
        struct query up = {.sort = f->name, .limit = 3}, blank = {.limit = 3};
        assert_int_equal(query_add(&w->cx, &blank, arena_printf(w->cx.a, "%s.null.1", k->fields[i].name)), RC_OK);
        assert_int_equal(record_list(&w->cx, k, &up, &page), sorts ? RC_OK : RC_INVALID);
        if (f->type != F_ROWS)
            assert_int_equal(record_list(&w->cx, k, &blank, &page), RC_OK);
    }
    struct query words = {.q = "东区"};
    assert_int_equal(record_list(&w->cx, k, &words, &page), RC_OK);
}

static void refuses_strangers(struct world *w, const struct kind *k)
{
    static const char *const scopes[] = {"own", "unit", "site", "line"};
    struct query q = {0};
    struct page page;
    struct row *row;
    struct actor keep = w->cx.actor;
    become(w, NULL, NULL);
    assert_int_equal(record_list(&w->cx, k, &q, &page), RC_DENIED);
    assert_int_equal(record_get(&w->cx, k, 1, &row), RC_NOT_FOUND);
    json_t *in = json_object();
    assert_int_equal(record_create(&w->cx, k, in, &row), RC_DENIED);
    json_decref(in);
    /* a narrow scope of somebody who has no unit, site or line sees nothing that has an owner */
    for (int i = 0; i < 4; i++) {
        become(w, verb(w, k, "read"), scopes[i]);
        assert_int_equal(record_list(&w->cx, k, &q, &page), RC_OK);
        if (!k->scope.pool)
            assert_int_equal(page.total, 0);
    }
    w->cx.actor = keep;
}

static void refuses_unknown_fields(struct world *w, const struct kind *k)
{
    struct row *row;
    json_t *in = json_pack("{s:i}", "no_such_field", 1);
    enum rc rc = record_create(&w->cx, k, in, &row);
    assert_int_equal(rc, k->closed ? RC_DENIED : RC_INVALID);
    if (!k->closed)
        assert_string_equal(w->cx.err.field, "no_such_field");
    json_decref(in);
}

/* Without anything given, the first required field that has no initial value is asked for. */
static void asks_for_what_is_required(struct world *w, const struct kind *k)
{
    struct row *row;
    bool wants = false;
    for (int i = 0; i < k->n_fields; i++)
        wants = wants || ((k->fields[i].flags & REQ) && !(k->fields[i].flags & RO) && !k->fields[i].initial);
    if (k->closed || !wants)
        return;
    json_t *in = json_object();
    assert_int_equal(record_create(&w->cx, k, in, &row), RC_INVALID);
    json_decref(in);
    int i = field_index(k, w->cx.err.field);
    assert_true(i >= 0 && (k->fields[i].flags & REQ));
}

static void system_fields_are_read_only(struct world *w, const struct kind *k)
{
    struct row *row;
    for (int i = 0; i < k->n_fields && !k->closed; i++) {
        if (!(k->fields[i].flags & RO))
            continue;
        json_t *in = json_pack("{s:n}", k->fields[i].name);
        assert_int_equal(record_create(&w->cx, k, in, &row), RC_INVALID);
        assert_string_equal(w->cx.err.field, k->fields[i].name);
        json_decref(in);
    }
}

static void exports(struct world *w, const struct kind *k)
{
    struct query q = {0};
    const char *path = arena_printf(w->cx.a, "%s/%s.xlsx", w->t->dir, k->name);
    assert_int_equal(record_export(&w->cx, k, &q, EXPORT_XLSX, NULL, path), RC_OK);
}

static void is_described(struct world *w, const struct kind *k)
{
    struct buf out = {0};
    struct jw j = jw_on(&out);
    record_openapi(&w->cx, &j, "1");
    json_t *api = json_loads(buf_text(&out), JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(api);
    assert_non_null(json_object_get(json_object_get(api, "paths"), arena_printf(w->cx.a, "/api/v1/%s", k->name)));
    json_decref(api);
    buf_clear(&out);
    j = jw_on(&out);
    record_meta(&w->cx, &j);
    json_t *meta = json_loads(buf_text(&out), JSON_REJECT_DUPLICATES, NULL);
    json_t *fields = json_object_get(json_object_get(meta, k->name), "fields");
    assert_int_equal(json_array_size(fields), k->n_fields);
    for (int i = 0; i < k->n_fields; i++)
        assert_true(*k->fields[i].label && json_string_length(json_object_get(json_array_get(fields, (size_t)i), "label_en")));
    json_decref(meta);
    buf_free(&out);
}

/* Each name of the list ('|' between) is a field; NULL names none. */
static bool names_fields(struct world *w, const struct kind *k, const char *list)
{
    bool all = true;
    for (const char *s = list; s && *s; s += strcspn(s, "|"), s += *s == '|')
        all = all && field_index(k, arena_strndup(w->cx.a, s, strcspn(s, "|"))) >= 0;
    return all;
}

/* A step nobody may take, or one that leads nowhere, is a slip of the table. */
static void steps_are_sound(struct world *w, const struct kind *k)
{
    for (int i = 0; i < k->n_flow; i++) {
        const struct flow_step *s = &k->flow[i];
        int64_t n = 0;
        assert_true(k->state_field >= 0);
        assert_int_equal(db_int_of(w->cx.db, "SELECT COUNT(*) FROM role_permission WHERE permission = :p",
                                   BINDS(B_TEXT("p", s->permission)), &n),
                         RC_OK);
        assert_true(n > 0);
        bool found = !s->to;
        for (const struct option *o = k->fields[k->state_field].opts; o->value; o++)
            found = found || !strcmp(o->value, s->to);
        assert_true(found);
        assert_true(names_fields(w, k, s->not_same));
        assert_true(names_fields(w, k, s->only));
    }
}

static void the_pages_types_are_those_of_the_kinds(void **state)
{
    struct buf out = {0};
    FILE *f = fopen(SW_TESTS_DIR "/../web/src/gen/kinds.ts", "r");
    (void)state;
    assert_non_null(f);
    app_register();
    record_typescript(&out);
    char *text = calloc(1, out.len + 2);
    size_t n = fread(text, 1, out.len + 1, f);
    fclose(f);
    if (n != out.len || strcmp(text, buf_text(&out)) != 0)
        print_error("run: build/shouwang meta --typescript > web/src/gen/kinds.ts\n");
    assert_string_equal(text, buf_text(&out));
    free(text);
    buf_free(&out);
}

DRIVER(every_kind_lists_sorts_and_filters_by_each_of_its_fields, lists_by_every_field)
DRIVER(every_kind_is_closed_to_strangers, refuses_strangers)
DRIVER(every_kind_refuses_unknown_fields, refuses_unknown_fields)
DRIVER(every_kind_asks_for_what_is_required, asks_for_what_is_required)
DRIVER(every_kind_keeps_its_system_fields_to_itself, system_fields_are_read_only)
DRIVER(every_kind_exports, exports)
DRIVER(every_kind_is_described_to_pages_and_programs, is_described)
DRIVER(every_step_can_be_taken_by_somebody_and_leads_somewhere, steps_are_sound)

/* "test_app describe": every kind in the words of expect.txt, to compare with what was expected. */
static int describe(void)
{
    struct world w = {.cx = {.a = arena_new()}};
    int n;
    app_register();
    const struct kind *const *kinds = record_kinds(&n);
    for (int i = 0; i < n; i++)
        printf("%s\n", described(&w, kinds[i]));
    arena_free(w.cx.a);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc > 1 && !strcmp(argv[1], "describe"))
        return describe();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_pages_types_are_those_of_the_kinds),
        ON_BOTH(every_kind_lists_sorts_and_filters_by_each_of_its_fields),
        ON_BOTH(every_kind_is_closed_to_strangers),
        ON_BOTH(every_kind_refuses_unknown_fields),
        ON_BOTH(every_kind_asks_for_what_is_required),
        ON_BOTH(every_kind_keeps_its_system_fields_to_itself),
        ON_BOTH(every_kind_exports),
        ON_BOTH(every_kind_is_described_to_pages_and_programs),
        ON_BOTH(every_step_can_be_taken_by_somebody_and_leads_somewhere),
    };
    int wrong = cmocka_run_group_tests(tests, NULL, NULL);
    return wrong + _cmocka_run_group_tests("records", record_cases, n_record_cases, NULL, NULL);
}
