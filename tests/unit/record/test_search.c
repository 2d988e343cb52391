/* SPDX-License-Identifier: Apache-2.0 */
/* Search, the same answers on both databases. */
#include <string.h>

#include "cases.h"

static const char *found(struct kit *k, const char *words)
{
    struct query q = {.q = words, .sort = "id", .limit = 50};
    struct page page;
    struct buf b = {0};
    assert_int_equal(record_list(CX, &thing_kind, &q, &page), RC_OK);
    assert_int_equal(page.total, page.n);
    for (int i = 0; i < page.n; i++)
        buf_printf(&b, "%s%s", i ? "," : "", page.rows[i]->v[T_CODE].s);
    const char *s = arena_strdup(CX->a, buf_text(&b));
    buf_free(&b);
    return s;
}

static void fill(struct kit *k)
{
    kit_thing(k, "{'code':'A1','name':'朝阳路东口球机'}");
    kit_thing(k, "{'code':'A2','name':'东路朝阳口'}");
    kit_thing(k, "{'code':'A3','name':'𠮷野家门前 𠮷'}");
    kit_thing(k, "{'code':'A4','name':'工单1234号'}");
    kit_thing(k, "{'code':'A5','name':'ＡＢＣ－７８９'}");
    kit_thing(k, "{'code':'A6','name':'Camera Hikvision-X9'}");
    kit_thing(k, "{'code':'A7','name':'〇三〇二室 々'}");
    kit_thing(k, "{'code':'B1'}");
}

static void words_of_two_characters_are_found_as_words(void **state)
{
    struct kit *k = *state;
    static const char *const cases[][2] = {
        {"朝阳", "A1,A2"}, {"阳路", "A1"}, {"路朝", "A2"}, {"朝路", ""}, {"朝", "A1,A2"}, {"朝阳路", "A1"},
        {"东口", "A1"}, {"东 路", "A1,A2"}, {"球机 朝阳", "A1"}, {"朝阳路东口球机", "A1"}, {"朝阳路西", ""},
        {"𠮷野", "A3"}, {"𠮷", "A3"}, {"吉野", ""}, {"前𠮷", "A3"}, {"〇二", "A7"}, {"々", "A7"},
        {"1234", "A4"}, {"工单1234", "A4"}, {"单12", "A4"}, {"234", ""}, {"1234号", "A4"}, {"12号", ""},
        {"abc", "A5"}, {"ABC-789", "A5"}, {"ａｂｃ７", "A5"}, {"ＡＢＣ－７８９", "A5"}, {"bc", ""},
        {"hik", "A6"}, {"HIKVISION", "A6"}, {"cam hik", "A6"}, {"hikvision x9", "A6"}, {"hik-x9", ""},
        {"hikvisionary", ""}, {"A", "A1,A2,A3,A4,A5,A6,A7"}, {"A1", "A1"}, {"B1", "B1"}, {"b", "B1"},
    };
    fill(k);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (strcmp(found(k, cases[i][0]), cases[i][1]))
            fail_msg("%s finds \"%s\"", cases[i][0], found(k, cases[i][0]));
}

/* What means something to a search language means nothing here. */
static void operators_and_quotes_in_the_words_are_only_separators(void **state)
{
    struct kit *k = *state;
    static const char *const cases[][2] = {
        {"\"朝阳\"", "A1,A2"}, {"朝阳*", "A1,A2"}, {"(朝阳", "A1,A2"}, {"朝阳 AND 球机", ""}, {"朝阳 OR 𠮷", ""},
        {"NOT 朝阳", ""}, {"c0:朝阳", ""}, {"{c1}:朝阳", ""}, {"-朝阳", "A1,A2"}, {"^东路", "A2"}, {"'朝阳'", "A1,A2"},
        {"朝阳%", "A1,A2"}, {"朝_", "A1,A2"}, {"%", ""}, {"\"", ""}, {"，。", ""}, {"*", ""}, {"\\朝阳\\", "A1,A2"},
        {"NEAR(朝阳 球机)", ""}, {"朝阳';DROP TABLE thing;--", ""}, {"1:朝阳", ""}, {"{朝阳,球机}", ""}, {"   ", "A1,A2,A3,A4,A5,A6,A7,B1"},
    };
    fill(k);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (strcmp(found(k, cases[i][0]), cases[i][1]))
            fail_msg("%s finds \"%s\"", cases[i][0], found(k, cases[i][0]));
    char *many = arena_alloc(CX->a, 4001);
    for (int i = 0; i < 4000; i += 4)
        memcpy(many + i, "\xe4\xb8\x9c ", 4);
    many[4000] = 0;
    struct query q = {.q = many};
    struct page page;
    assert_int_equal(record_list(CX, &thing_kind, &q, &page), RC_OK);
}

static void what_is_found_follows_every_write_and_its_rollback(void **state)
{
    struct kit *k = *state;
    struct row *row;
    fill(k);
    assert_int_equal(patch(k, 1, "{'rev':1,'name':'西山口'}", &row), RC_OK);
    assert_string_equal(found(k, "球机"), "");
    assert_string_equal(found(k, "西山"), "A1");
    assert_int_equal(patch(k, 1, "{'rev':2,'name':null}", &row), RC_OK);
    assert_string_equal(found(k, "西山"), "");
    assert_int_equal(db_begin(CX->db), RC_OK);
    assert_int_equal(create(k, "{'code':'C1','name':'南湖'}", &row), RC_OK);
    assert_int_equal(patch(k, 2, "{'rev':1,'name':'南湖'}", &row), RC_OK);
    assert_string_equal(found(k, "南湖"), "A2,C1");
    db_rollback(CX->db);
    assert_string_equal(found(k, "南湖"), "");
    assert_string_equal(found(k, "朝阳"), "A2");
    json_t *in = kit_json(k, "{'rev':1}");
    assert_int_equal(record_retire(CX, &thing_kind, 2, in), RC_OK);
    json_decref(in);
    assert_string_equal(found(k, "朝阳"), "");
    struct query q = {.q = "朝阳", .retired = true};
    int64_t n;
    assert_int_equal(record_count(CX, &thing_kind, &q, &n), RC_OK);
    assert_int_equal(n, 1);
}

static void a_record_is_found_by_what_it_refers_to_under_its_present_name(void **state)
{
    struct kit *k = *state;
    struct row *place;
    json_t *in = kit_json(k, "{'name':'北苑小区'}");
    assert_int_equal(record_create(CX, &place_kind, in, &place), RC_OK);
    json_decref(in);
    kit_thing(k, arena_printf(CX->a, "{'code':'P1','name':'枪机','place_id':%d}", (int)place->id));
    assert_string_equal(found(k, "北苑 枪机"), "P1");
    in = kit_json(k, "{'rev':1,'name':'北苑新村'}");
    assert_int_equal(record_patch(CX, &place_kind, place->id, in, &place), RC_OK);
    json_decref(in);
    assert_string_equal(found(k, "小区"), "");
    assert_string_equal(found(k, "新村"), "P1");
}

static void search_goes_together_with_filters_scope_sort_and_pages(void **state)
{
    struct kit *k = *state;
    for (int i = 0; i < 6; i++)
        kit_thing(k, arena_printf(CX->a, "{'code':'D%d','name':'东区','qty':%s,'owner_id':%d}", i,
                                  i % 3 ? arena_printf(CX->a, "%d", 9 - i) : "null", i < 4 ? 7 : 8));
    assert_string_equal(ids(k, "q=东区&f=qty.ge.5&sort=id", 50), "D1,D2,D4");
    assert_string_equal(ids(k, "q=东区&sort=qty", 2), "D5,D4,D2,D1,D0,D3");
    assert_string_equal(ids(k, "q=东区&sort=-id", 2), "D5,D4,D3,D2,D1,D0");
    kit_user(k, "thing.read:own", NULL);
    assert_string_equal(ids(k, "q=东区&sort=id", 2), "D0,D1,D2,D3");
}

static void nobody_finds_by_a_field_that_he_may_not_see(void **state)
{
    struct kit *k = *state;
    kit_thing(k, "{'code':'T1','name':'东区 77','phone':'10000005678'}");
    assert_string_equal(found(k, "1000000"), "T1");
    assert_string_equal(found(k, "东区 10000005678"), "T1");
    kit_user(k, "thing.read:all", NULL);
    assert_string_equal(found(k, "1000000"), "");
    assert_string_equal(found(k, "东区 10000005678"), "");
    assert_string_equal(found(k, "东区"), "T1");
}

/* Also after the tables were written behind our back or the descriptors changed. */
static void the_search_is_built_anew_when_what_it_was_built_from_changed(void **state)
{
    struct kit *k = *state;
    fill(k);
    assert_int_equal(db_run(CX->db, "UPDATE thing SET name = '南门' WHERE code = 'A1'", NO_BINDS, NULL), RC_OK);
    assert_int_equal(record_search(CX), RC_OK);
    assert_string_equal(found(k, "南门"), "");
    assert_int_equal(db_run(CX->db, "UPDATE setting SET value = 'older' WHERE name = 'search_thing'", NO_BINDS, NULL), RC_OK);
    assert_int_equal(record_search(CX), RC_OK);
    assert_string_equal(found(k, "南门"), "A1");
    assert_string_equal(found(k, "球机"), "");
    assert_string_equal(found(k, "𠮷野"), "A3");
}

#define BOTH ON_BOTH
const struct CMUnitTest search_cases[] = {
    BOTH(words_of_two_characters_are_found_as_words),
    BOTH(operators_and_quotes_in_the_words_are_only_separators),
    BOTH(what_is_found_follows_every_write_and_its_rollback),
    BOTH(a_record_is_found_by_what_it_refers_to_under_its_present_name),
    BOTH(search_goes_together_with_filters_scope_sort_and_pages),
    BOTH(nobody_finds_by_a_field_that_he_may_not_see),
    BOTH(the_search_is_built_anew_when_what_it_was_built_from_changed),
};
const size_t n_search_cases = sizeof search_cases / sizeof *search_cases;
