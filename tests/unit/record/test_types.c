/* SPDX-License-Identifier: Apache-2.0 */
/* Places, secrets, durations, money, personal data, child rows, links, trees and the steps' rules. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cases.h"
#include "record/person.h"

static const char *text_of(struct kit *k, const struct row *row)
{
    struct buf out = {0};
    struct jw w = jw_on(&out);
    record_json(CX, &w, row);
    const char *s = arena_strdup(CX->a, buf_text(&out));
    buf_free(&out);
    return s;
}

static int64_t place(struct kit *k, const char *name, int64_t parent)
{
    struct row *row = record_new(CX, &place_kind);
    row_text(row, 0, name);
    if (parent)
        row_int(row, 1, parent);
    assert_int_equal(record_insert(CX, row, "create"), RC_OK);
    return row->id;
}

static void a_place_comes_back_and_is_found_by_its_box(void **state)
{
    struct kit *k = *state;
    struct row *row;
    kit_thing(k, "{'code':'T1'}");
    assert_int_equal(create(k, "{'code':'T2','spot':{'lng':116.391,'lat':39.907}}", &row), RC_OK);
    assert_non_null(strstr(text_of(k, row), "\"spot\":{\"lng\":116.391,\"lat\":39.907}"));
    assert_string_equal(kit_changes(k, "thing", row->id) + strlen("{\"code\":[null,\"T2\"],\"fragile\":[null,false],\"state\":[null,\"draft\"],"),
                        "\"spot\":[null,{\"lng\":116.391,\"lat\":39.907}]}");
    assert_string_equal(ids(k, "f=spot.box.116,39,117,40", 50), "T2");
    assert_string_equal(ids(k, "f=spot.box.117,39,118,40", 50), "");
    assert_string_equal(ids(k, "f=spot.null.1", 50), "T1");
    assert_int_equal(patch(k, row->id, "{'rev':1,'spot':null}", &row), RC_OK);
    assert_non_null(strstr(text_of(k, row), "\"spot\":null"));
    static const char *const bad[] = {"{'code':'XX','spot':{'lng':181,'lat':0}}", "{'code':'XX','spot':{'lng':0,'lat':-91}}",
                                      "{'code':'XX','spot':{'lng':0}}", "{'code':'XX','spot':[1,2]}",
                                      "{'code':'XX','spot':{'lng':0,'lat':0,'alt':1}}", "{'code':'XX','spot':'1,2'}"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        REFUSED(create(k, bad[i], &row), RC_INVALID, "spot");
}

static void a_secret_is_sealed_and_leaves_by_no_way_but_the_engines(void **state)
{
    struct kit *k = *state;
    struct row *row;
    struct buf out = {0};
    struct jw w = jw_on(&out);
    struct query q;
    struct page page;
    const char *clear;
    char *stored = NULL;
    struct db_rows *r;
    assert_int_equal(create(k, "{'code':'T1','password':'p@ss-Wort'}", &row), RC_OK);
    assert_non_null(strstr(text_of(k, row), "\"password\":{\"set\":true}"));
    assert_int_equal(patch(k, row->id, "{'rev':1,'password':'other-Wort'}", &row), RC_OK);
    /* nothing that can be read holds it: record, list, timeline, journal, table, spreadsheet text */
    assert_int_equal(record_journal(CX, &thing_kind, row->id, 0, 200, &w), RC_OK);
    assert_null(strstr(buf_text(&out), "Wort"));
    assert_non_null(strstr(buf_text(&out), "已设置"));
    assert_string_equal(kit_changes(k, "thing", row->id), "{\"password\":[{\"set\":true},{\"set\":true}]}");
    assert_string_equal(value_text(CX, &thing_kind.fields[T_PASSWORD], &row->v[T_PASSWORD], NULL), "已设置");
    assert_int_equal(db_query(CX->db, "SELECT password FROM thing", NO_BINDS, &r), RC_OK);
    assert_true(db_next(r));
    stored = arena_strdup(CX->a, db_text(r, 0));
    assert_int_equal(db_end(r), RC_OK);
    assert_null(strstr(stored, "Wort"));
    assert_int_equal(strncmp(stored, "v1:", 3), 0);
    static const char *const ways[] = {"f=password.eq.x", "f=password.has.W", "f=password.ge.v1", "f=password.in.a,b", "sort=password"};
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        assert_int_equal(query_parse(CX, ways[i], &q), RC_OK);
        assert_int_equal(record_list(CX, &thing_kind, &q, &page), RC_INVALID);
    }
    assert_string_equal(ids(k, "f=password.null.0", 50), "T1");
    REFUSED(patch(k, row->id, "{'rev':2,'password':'abc'}", &row), RC_INVALID, "password");
    assert_null(strstr(CX->err.zh, "abc"));
    /* the engine opens it; not without the key, not after a change */
    assert_int_equal(row_secret(CX, row, T_PASSWORD, &clear), RC_OK);
    assert_string_equal(clear, "other-Wort");
    struct stat st;
    const char *key = arena_printf(CX->a, "%s/secret.key", CX->data_dir);
    assert_int_equal(stat(key, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    stored[10] = stored[10] == 'A' ? 'B' : 'A';
    row->v[T_PASSWORD].s = stored;
    assert_int_equal(row_secret(CX, row, T_PASSWORD, &clear), RC_CONFLICT);
    assert_int_equal(rename(key, arena_printf(CX->a, "%s.away", key)), 0);
    assert_int_equal(row_secret(CX, row, T_PASSWORD, &clear), RC_INTERNAL);
    buf_free(&out);
}

static void texts_of_people_become_money_minutes_and_places(void **state)
{
    struct kit *k = *state;
    struct value v;
    const struct field *f = thing_kind.fields;
    static const struct { int field; const char *text, *back; int64_t i; } good[] = {
        {T_PRICE, "12.5", "12.50", 1250}, {T_PRICE, "1,208,000", "1208000.00", 120800000}, {T_PRICE, "-0.01", "-0.01", -1},
        {T_PRICE, "１２", "12.00", 1200}, {T_TOOK, "90", "90", 5400000}, {T_TOOK, "0.5", "0.5", 30000}};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        assert_int_equal(value_from_text(CX, &f[good[i].field], good[i].text, &v), RC_OK);
        assert_int_equal(v.i, good[i].i);
        assert_string_equal(value_text(CX, &f[good[i].field], &v, NULL), good[i].back);
    }
    assert_int_equal(value_from_text(CX, &f[T_SPOT], "116.391, 39.907", &v), RC_OK);
    assert_string_equal(value_text(CX, &f[T_SPOT], &v, NULL), "116.391,39.907");
    REFUSED(value_from_text(CX, &f[T_PRICE], "1.234", &v), RC_INVALID, "price_fen");
    REFUSED(value_from_text(CX, &f[T_PRICE], "abc", &v), RC_INVALID, "price_fen");
    REFUSED(value_from_text(CX, &f[T_PRICE], "99999999999999999999", &v), RC_INVALID, "price_fen");
    REFUSED(value_from_text(CX, &f[T_TOOK], "1h", &v), RC_INVALID, "took_ms");
    REFUSED(value_from_text(CX, &f[T_SPOT], "116.391", &v), RC_INVALID, "spot");
}

static const char *timeline(struct kit *k, int64_t id, int64_t before, int most)
{
    struct buf out = {0};
    struct jw w = jw_on(&out);
    assert_int_equal(record_journal(CX, &thing_kind, id, before, most, &w), RC_OK);
    const char *s = arena_strdup(CX->a, buf_text(&out));
    buf_free(&out);
    return s;
}

static void personal_data_of_a_child_row_lies_sealed_and_is_destroyed_with_the_record(void **state)
{
    struct kit *k = *state;
    struct row *row;
    int64_t id = kit_thing(k, "{'code':'T1','parts':[{'name':'甲','phone':'10000005678'},{'name':'乙'}]}");
    const char *stored = kit_changes(k, "thing", id);
    assert_null(strstr(stored, "10000005678"));
    assert_non_null(strstr(stored, "sealed"));
    assert_non_null(strstr(timeline(k, id, 0, 50), "10000005678"));
    kit_user(k, "thing.read:all", NULL);
    assert_null(strstr(timeline(k, id, 0, 50), "10000005678"));
    assert_non_null(strstr(timeline(k, id, 0, 50), "100****5678"));
    kit_console(k);
    assert_int_equal(person_erase(CX, &thing_kind, id, "本人要求"), RC_OK);
    assert_null(strstr(timeline(k, id, 0, 50), "10000005678"));
    assert_non_null(strstr(timeline(k, id, 0, 50), "已销毁"));
    assert_int_equal(record_get(CX, &thing_kind, id, &row), RC_OK);
    assert_true(row->v[T_PARTS].rows[0].v[PART_PHONE].null);
    assert_string_equal(row->v[T_PARTS].rows[0].v[PART_NAME].s, "甲");
}

static json_t *timeline_page(struct kit *k, int64_t id, int64_t before)
{
    json_t *page = json_loads(timeline(k, id, before, 4), 0, NULL);
    assert_non_null(page);
    return page;
}

static void a_long_timeline_begins_with_the_newest_and_is_paged_to_its_beginning(void **state)
{
    struct kit *k = *state;
    struct row *row;
    int64_t id = kit_thing(k, "{'code':'T1'}"), before = 0, last = INT64_MAX;
    int n = 0;
    for (int i = 1; i < 10; i++)
        assert_int_equal(patch(k, id, arena_printf(CX->a, "{'rev':%d,'qty':%d}", i, i), &row), RC_OK);
    do {
        json_t *page = timeline_page(k, id, before), *items = json_object_get(page, "items");
        for (size_t i = json_array_size(items); i-- > 0; n++) {
            const json_t *step = json_array_get(items, i);
            int64_t this = json_integer_value(json_object_get(step, "id"));
            const json_t *changes = json_object_get(step, "changes");
            assert_true(this < last);
            last = this;
            if (n < 9)
                assert_int_equal(atoi(json_string_value(json_object_get(json_array_get(changes, 0), "after"))), 9 - n);
        }
        before = json_integer_value(json_object_get(page, "next"));
        json_decref(page);
    } while (before);
    assert_int_equal(n, 10);
}

static const char *gate_of(struct kit *k, int64_t id, const struct cx *reader, const char *scope)
{
    struct gate gate;
    assert_int_equal(record_gate(CX, &thing_kind, id, kit_changes(k, "thing", id), &gate), RC_OK);
    return gate_open(&gate, reader, scope) ? "told" : "not told";
}

static void who_loses_a_record_is_told_of_it_once(void **state)
{
    struct kit *k = *state;
    struct row *row;
    struct cx seven = *CX, eight = *CX;
    seven.actor = (struct actor){.type = ACTOR_USER, .user_id = 7};
    eight.actor = (struct actor){.type = ACTOR_USER, .user_id = 8};
    int64_t id = kit_thing(k, "{'code':'T1','owner_id':7}");
    assert_string_equal(gate_of(k, id, &seven, "own"), "told");
    assert_string_equal(gate_of(k, id, &eight, "own"), "not told");
    assert_int_equal(patch(k, id, "{'rev':1,'owner_id':8}", &row), RC_OK);
    assert_string_equal(gate_of(k, id, &seven, "own"), "told");
    assert_string_equal(gate_of(k, id, &eight, "own"), "told");
    assert_int_equal(patch(k, id, "{'rev':2,'qty':5}", &row), RC_OK);
    assert_string_equal(gate_of(k, id, &seven, "own"), "not told");
    assert_string_equal(gate_of(k, id, &eight, "own"), "told");
}

static void personal_data_is_masked_for_those_without_the_right_and_no_way_to_find_by(void **state)
{
    struct kit *k = *state;
    struct row *row;
    struct query q;
    struct page page;
    struct buf out = {0};
    struct jw w = jw_on(&out);
    int64_t id = kit_thing(k, "{'code':'T1','phone':'10000005678'}");
    assert_string_equal(ids(k, "q=10000005678", 50), "T1");
    kit_user(k, "thing.read:all", "thing.update:all", NULL);
    assert_int_equal(record_get(CX, &thing_kind, id, &row), RC_OK);
    assert_non_null(strstr(text_of(k, row), "\"phone\":\"100****5678\""));
    assert_int_equal(record_journal(CX, &thing_kind, id, 0, 200, &w), RC_OK);
    assert_null(strstr(buf_text(&out), "10000005678"));
    assert_non_null(strstr(buf_text(&out), "100****5678"));
    assert_string_equal(ids(k, "q=10000005678", 50), "");
    assert_string_equal(ids(k, "q=T1", 50), "T1");
    static const char *const ways[] = {"f=phone.eq.10000005678", "f=phone.has.0000", "sort=phone"};
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        assert_int_equal(query_parse(CX, ways[i], &q), RC_OK);
        assert_int_equal(record_list(CX, &thing_kind, &q, &page), RC_INVALID);
    }
    assert_int_equal(patch(k, id, "{'rev':1,'phone':'10000000009'}", &row), RC_DENIED);
    kit_user(k, "thing.read:all", "thing.phone:all", NULL);
    assert_int_equal(record_get(CX, &thing_kind, id, &row), RC_OK);
    assert_non_null(strstr(text_of(k, row), "\"phone\":\"10000005678\""));
    buf_free(&out);
}

static void child_rows_travel_with_their_parent(void **state)
{
    struct kit *k = *state;
    struct row *row;
    assert_int_equal(create(k, "{'code':'T1','parts':[{'name':'甲','count':1},{'name':'乙','type':'used'}]}", &row), RC_OK);
    assert_int_equal(row->v[T_PARTS].i, 2);
    int a = (int)row->v[T_PARTS].rows[0].id, b = (int)row->v[T_PARTS].rows[1].id;
    int64_t id = row->id;
    assert_non_null(strstr(text_of(k, row), arena_printf(CX->a, "\"parts\":[{\"id\":%d,\"name\":\"甲\",\"count\":1,\"type\":\"new\",\"place_id\":null,\"place_id_label\":null,\"photos\":[],\"phone\":null},{\"id\":%d,\"name\":\"乙\",\"count\":null,\"type\":\"used\"", a, b)));
    assert_string_equal(value_text(CX, &thing_kind.fields[T_PARTS], &row->v[T_PARTS], NULL), "1. 甲 1 新\n2. 乙 旧");
    /* second first, changed; the first goes; a new one comes: the exact difference, one rev */
    assert_int_equal(patch(k, id, arena_printf(CX->a, "{'rev':1,'parts':[{'id':%d,'count':7},{'name':'丙'}]}", b), &row), RC_OK);
    assert_int_equal(row->rev, 2);
    int c = (int)row->v[T_PARTS].rows[1].id;
    assert_string_equal(row->v[T_PARTS].rows[0].v[PART_NAME].s, "乙");
    assert_string_equal(kit_changes(k, "thing", id),
                        arena_printf(CX->a, "{\"parts.%d.pos\":[1,null],\"parts.%d.name\":[\"甲\",null],\"parts.%d.count\":[1,null],"
                                            "\"parts.%d.type\":[\"new\",null],\"parts.%d.pos\":[2,1],\"parts.%d.count\":[null,7],"
                                            "\"parts.%d.pos\":[null,2],\"parts.%d.name\":[null,\"丙\"],\"parts.%d.type\":[null,\"new\"]}",
                                     a, a, a, a, b, b, c, c, c));
    /* absent keeps, null clears */
    assert_int_equal(patch(k, id, "{'rev':2,'qty':1}", &row), RC_OK);
    assert_int_equal(row->v[T_PARTS].i, 2);
    assert_string_equal(kit_changes(k, "thing", id), "{\"qty\":[null,1]}");
    assert_int_equal(patch(k, id, "{'rev':3,'parts':null}", &row), RC_OK);
    assert_int_equal(row->v[T_PARTS].i, 0);
}

static void a_wrong_child_row_is_named_and_changes_nothing(void **state)
{
    struct kit *k = *state;
    struct row *row;
    int64_t other = kit_thing(k, "{'code':'T2','parts':[{'name':'它'}]}");
    int64_t id = kit_thing(k, "{'code':'T1','parts':[{'name':'甲'}]}");
    assert_int_equal(record_get(CX, &thing_kind, other, &row), RC_OK);
    int theirs = (int)row->v[T_PARTS].rows[0].id;
    REFUSED(patch(k, id, "{'rev':1,'parts':[{'name':'甲'},{}]}", &row), RC_INVALID, "parts.2.name");
    REFUSED(patch(k, id, "{'rev':1,'parts':[{'name':'甲','count':100}]}", &row), RC_INVALID, "parts.1.count");
    REFUSED(patch(k, id, "{'rev':1,'parts':[{'name':'甲','nonsense':1}]}", &row), RC_INVALID, "parts.1.nonsense");
    REFUSED(patch(k, id, "{'rev':1,'parts':[{'name':'甲','place_id':99}]}", &row), RC_INVALID, "parts.1.place_id");
    REFUSED(patch(k, id, arena_printf(CX->a, "{'rev':1,'parts':[{'id':%d}]}", theirs), &row), RC_INVALID, "parts.1.id");
    REFUSED(patch(k, id, "{'rev':1,'parts':[1]}", &row), RC_INVALID, "parts.1");
    REFUSED(patch(k, id, "{'rev':1,'parts':{}}", &row), RC_INVALID, "parts");
    REFUSED(patch(k, id, "{'rev':1,'parts':[{'name':'1'},{'name':'2'},{'name':'3'},{'name':'4'},{'name':'5'},{'name':'6'}]}", &row), RC_INVALID, "parts");
    REFUSED(patch(k, id, "{'rev':1,'parts':[{'name':'1','photos':[99]}]}", &row), RC_INVALID, "photos");
    assert_int_equal(record_get(CX, &thing_kind, id, &row), RC_OK);
    assert_int_equal(row->rev, 1);
    assert_int_equal(row->v[T_PARTS].i, 1);
    assert_string_equal(row->v[T_PARTS].rows[0].v[PART_NAME].s, "甲");
}

static void a_row_from_a_list_keeps_the_children_it_did_not_read(void **state)
{
    struct kit *k = *state;
    struct query q = {0};
    struct page page;
    struct row *row;
    int64_t id = kit_thing(k, "{'code':'T1','parts':[{'name':'甲'}]}");
    assert_int_equal(record_list(CX, &thing_kind, &q, &page), RC_OK);
    assert_null(page.rows[0]->v[T_PARTS].rows);
    assert_null(strstr(text_of(k, page.rows[0]), "\"parts\""));
    row = record_copy(CX, page.rows[0]);
    row_int(row, T_QTY, 9);
    assert_int_equal(record_update(CX, page.rows[0], row, "update"), RC_OK);
    assert_string_equal(kit_changes(k, "thing", id), "{\"qty\":[null,9]}");
    q.rows = true;
    assert_int_equal(record_list(CX, &thing_kind, &q, &page), RC_OK);
    assert_int_equal(page.rows[0]->v[T_PARTS].i, 1);
    /* our own code appends */
    assert_int_equal(record_load(CX, &thing_kind, id, &row), RC_OK);
    struct row *more = record_copy(CX, row);
    row_child(CX, more, T_PARTS)->v[PART_NAME] = (struct value){.s = "乙"};
    assert_int_equal(record_update(CX, row, more, "update"), RC_OK);
    assert_int_equal(record_load(CX, &thing_kind, id, &row), RC_OK);
    assert_string_equal(row->v[T_PARTS].rows[1].v[PART_NAME].s, "乙");
}

static void a_step_takes_child_rows_waits_for_its_condition_and_keeps_the_state(void **state)
{
    struct kit *k = *state;
    struct row *row;
    int64_t id = kit_thing(k, "{'code':'T1'}");
    REFUSED(act(k, id, "count", "{'rev':1,'parts':[{'name':'甲'}]}", &row), RC_CONFLICT, "");
    assert_int_equal(patch(k, id, "{'rev':1,'parts':[{'name':'甲'}]}", &row), RC_OK);
    int a = (int)row->v[T_PARTS].rows[0].id;
    assert_non_null(strstr(text_of(k, row), "\"count\""));
    REFUSED(act(k, id, "count", "{'rev':2}", &row), RC_INVALID, "parts");
    assert_int_equal(act(k, id, "count", arena_printf(CX->a, "{'rev':2,'parts':[{'id':%d,'count':5}]}", a), &row), RC_OK);
    assert_string_equal(row->v[T_STATE].s, "draft");
    assert_string_equal(kit_changes(k, "thing", id), arena_printf(CX->a, "{\"parts.%d.count\":[null,5]}", a));
}

static void separation_of_duties_holds_over_several_fields(void **state)
{
    struct kit *k = *state;
    struct row *row;
    int64_t owner = kit_thing(k, "{'code':'T1','owner_id':7,'parts':[{'name':'甲'}]}"),
            checker = kit_thing(k, "{'code':'T2','checker_id':7,'parts':[{'name':'甲'}]}"),
            neither = kit_thing(k, "{'code':'T3','owner_id':8,'checker_id':9,'parts':[{'name':'甲'}]}");
    kit_user(k, "thing.read:all", "thing.count:all", NULL);
    assert_int_equal(act(k, owner, "count", "{'rev':1,'parts':[{'name':'乙'}]}", &row), RC_DENIED);
    assert_int_equal(act(k, checker, "count", "{'rev':1,'parts':[{'name':'乙'}]}", &row), RC_DENIED);
    assert_int_equal(act(k, neither, "count", "{'rev':1,'parts':[{'name':'乙'}]}", &row), RC_OK);
}

static void scopes_of_several_roles_are_merged(void **state)
{
    struct kit *k = *state;
    static const int64_t units[] = {70, 71};
    struct row *row;
    kit_thing(k, "{'code':'MINE','owner_id':7,'unit_id':90}");
    int64_t near = kit_thing(k, "{'code':'NEAR','owner_id':8,'unit_id':71}");
    kit_thing(k, "{'code':'FAR','owner_id':8,'unit_id':90}");
    assert_int_equal(db_script(CX->db, "INSERT INTO org_unit (id, rev, created_at, updated_at, name, type, video_scope) VALUES"
                                       " (70, 1, 0, 0, 'A', 'section', 0), (71, 1, 0, 0, 'B', 'section', 0);"
                                       "INSERT INTO org_unit_closure (ancestor_id, unit_id) VALUES (70, 70), (71, 71), (70, 71);"), RC_OK);
    kit_user(k, "thing.read:own", "thing.read:unit", "thing.update:unit", NULL);
    CX->actor.org_unit_id = 70;
    CX->actor.units = units;
    CX->actor.n_units = 2;
    assert_string_equal(ids(k, "sort=code", 50), "MINE,NEAR");
    assert_int_equal(patch(k, near, "{'rev':1,'qty':1}", &row), RC_OK);
    kit_user(k, "thing.read:own", "thing.read:all", NULL);
    assert_string_equal(ids(k, "sort=code", 50), "FAR,MINE,NEAR");
}

static void a_link_ties_two_records_once_and_both_sides_name_it(void **state)
{
    struct kit *k = *state;
    struct row *row;
    struct buf out = {0};
    struct jw w = jw_on(&out);
    int64_t thing = kit_thing(k, "{'code':'T1'}"), at = place(k, "库房", 0);
    json_t *in = json_pack("{s:I,s:I}", "thing_id", (json_int_t)thing, "place_id", (json_int_t)at);
    assert_int_equal(record_create(CX, &thing_place_kind, in, &row), RC_OK);
    assert_int_equal(record_create(CX, &thing_place_kind, in, &row), RC_CONFLICT);
    json_decref(in);
    record_meta(CX, &w);
    assert_non_null(strstr(buf_text(&out), "\"links\":[{\"kind\":\"thing_place\",\"label\":\"存放\",\"label_en\":\"Kept at\",\"via\":\"thing_id\",\"other\":\"place_id\",\"side\":\"物件\"}]"));
    assert_non_null(strstr(buf_text(&out), "\"link\":[\"thing_id\",\"place_id\"]"));
    buf_free(&out);
}

static int64_t below(struct kit *k, int64_t top)
{
    int64_t n = 0;
    assert_int_equal(db_int_of(CX->db, "SELECT COUNT(*) FROM place_closure WHERE ancestor_id = :id", BINDS(B_INT("id", top)), &n), RC_OK);
    return n;
}

static void a_tree_knows_everything_below_and_takes_no_loop(void **state)
{
    struct kit *k = *state;
    struct row *row;
    int64_t root = place(k, "根", 0), a = place(k, "甲", root), b = place(k, "乙", a), other = place(k, "旁", 0);
    assert_int_equal(below(k, root), 3);
    assert_int_equal(below(k, a), 2);
    json_t *in = json_pack("{s:i,s:I}", "rev", 1, "parent_id", (json_int_t)other);
    assert_int_equal(record_patch(CX, &place_kind, a, in, &row), RC_OK);
    json_decref(in);
    assert_int_equal(below(k, root), 1);
    assert_int_equal(below(k, other), 3);
    in = json_pack("{s:i,s:I}", "rev", 2, "parent_id", (json_int_t)b);
    REFUSED(record_patch(CX, &place_kind, a, in, &row), RC_INVALID, "parent_id");
    json_decref(in);
    assert_int_equal(below(k, other), 3);
}

static void a_total_stops_at_ten_thousand_unless_it_is_wanted(void **state)
{
    struct kit *k = *state;
    struct query q = {.limit = 1};
    struct page page;
    assert_int_equal(db_script(CX->db, "INSERT INTO place (rev, created_at, updated_at, name)"
                                       " WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10005)"
                                       " SELECT 1, 0, 0, 'P' FROM n"), RC_OK);
    assert_int_equal(record_list(CX, &place_kind, &q, &page), RC_OK);
    assert_int_equal(page.total, 10000);
    assert_true(page.more);
    q.exact = true;
    assert_int_equal(record_list(CX, &place_kind, &q, &page), RC_OK);
    assert_int_equal(page.total, 10005);
    assert_false(page.more);
}

#define BOTH ON_BOTH
const struct CMUnitTest type_cases[] = {
    BOTH(a_place_comes_back_and_is_found_by_its_box),
    BOTH(a_secret_is_sealed_and_leaves_by_no_way_but_the_engines),
    BOTH(texts_of_people_become_money_minutes_and_places),
    BOTH(personal_data_of_a_child_row_lies_sealed_and_is_destroyed_with_the_record),
    BOTH(a_long_timeline_begins_with_the_newest_and_is_paged_to_its_beginning),
    BOTH(who_loses_a_record_is_told_of_it_once),
    BOTH(personal_data_is_masked_for_those_without_the_right_and_no_way_to_find_by),
    BOTH(child_rows_travel_with_their_parent),
    BOTH(a_wrong_child_row_is_named_and_changes_nothing),
    BOTH(a_row_from_a_list_keeps_the_children_it_did_not_read),
    BOTH(a_step_takes_child_rows_waits_for_its_condition_and_keeps_the_state),
    BOTH(separation_of_duties_holds_over_several_fields),
    BOTH(scopes_of_several_roles_are_merged),
    BOTH(a_link_ties_two_records_once_and_both_sides_name_it),
    BOTH(a_tree_knows_everything_below_and_takes_no_loop),
    BOTH(a_total_stops_at_ten_thousand_unless_it_is_wanted),
};
const size_t n_type_cases = sizeof type_cases / sizeof *type_cases;
