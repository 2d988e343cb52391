/* SPDX-License-Identifier: Apache-2.0 */
/* The ledger in depth: what is asked of it, who may change it, and the contract that it is measured by. */
#include "app/app.h"
#include "base/json.h"
#include "mod/asset/asset.h"
#include "mod/contract/contract.h"
#include "mod/report/report.h"
#include "street.h"

#include <stdio.h>
#include <stdlib.h>

static void contract(struct house *h)
{
    int created;
    OK(preset_load(CX, preset_json[1].text, &created));
}

static int64_t unit_of(struct house *h, const char *name)
{
    return number(h, "SELECT id FROM org_unit WHERE name = '%s'", name);
}

/* The answer of a JSON writer, parsed; the caller's to free. */
static json_t *answer(struct house *h, enum rc (*f)(struct cx *, int64_t, struct jw *), int64_t id)
{
    struct buf b = {0};
    struct jw w = jw_on(&b);
    OK(f(CX, id, &w));
    json_t *j = json_loads(buf_text(&b), 0, NULL);
    assert_non_null(j);
    buf_free(&b);
    return j;
}

static int64_t counted(const json_t *blast, const char *what)
{
    return json_integer_value(json_object_get(json_object_get(blast, "counts"), what));
}

/* A patch at the rev that is stored now; json without its braces. */
static enum rc edit(struct house *h, const struct kind *k, int64_t id, const char *format, ...) __attribute__((format(printf, 4, 5)));
static enum rc edit(struct house *h, const struct kind *k, int64_t id, const char *format, ...)
{
    char more[256];
    struct row *row;
    va_list ap;
    va_start(ap, format);
    vsnprintf(more, sizeof more, format, ap);
    va_end(ap);
    return patch(h, k, id, &row, "{'rev':%lld,%s}", (long long)number(h, "SELECT rev FROM %s WHERE id = %lld", k->name, (long long)id), more);
}

static void linked(struct house *h, int64_t up, int64_t asset, const char *type)
{
    made(h, &uplink_kind, "{'asset_id':%lld,'up_id':%lld,'type':'%s'}", (long long)asset, (long long)up, type);
}

/* --- the preset --- */

static void the_contract_is_what_was_printed(struct house *h)
{
    contract(h);
    assert_int_equal(number(h, "SELECT total_fen FROM contract"), 120800000);
    assert_int_equal(number(h, "SELECT SUM(amount_fen) FROM price_item"), 120800000);
    assert_int_equal(number(h, "SELECT amount_fen FROM price_item WHERE code = 'P6'"), 995600);
    assert_int_equal(number(h, "SELECT unit_price_fen FROM price_item WHERE code = 'P6'"), 1185600);
    assert_int_equal(number(h, "SELECT COUNT(*) FROM price_item WHERE amount_fen <> qty * unit_price_fen"), 1);
    assert_non_null(strstr(words(h, "SELECT note FROM price_item WHERE code = 'P6'"), "1,900.00"));
    assert_int_equal(number(h, "SELECT SUM(qty) FROM baseline_qty WHERE class_id IS NOT NULL AND line = 'office_it'"), 2516);
    assert_int_equal(number(h, "SELECT SUM(qty) FROM baseline_qty WHERE class_id IS NOT NULL AND line = 'community_video'"), 4347);
    assert_int_equal(number(h, "SELECT COUNT(*) FROM site WHERE type = 'office'"), 40);
    assert_int_equal(number(h, "SELECT COUNT(*) FROM org_unit WHERE type = 'community'"), 19);
    assert_int_equal(number(h, "SELECT COUNT(*) FROM org_unit WHERE type = 'community' AND video_scope = 1"), 16);
    assert_int_equal(number(h, "SELECT COUNT(*) FROM contract_note"), 36);
    assert_int_equal(number(h, "SELECT days FROM duty_quota WHERE type = 'statutory'"), 13);
    assert_int_equal(number(h, "SELECT days FROM duty_quota WHERE type = 'rest'"), 11);
    assert_int_equal(number(h, "SELECT SUM(days * day_price_fen) FROM duty_quota"), 3257400);
}

static void every_note_names_a_record_that_is_there(struct house *h)
{
    struct db_rows *r;
    contract(h);
    OK(db_query(CX->db, "SELECT code, about_kind, about FROM contract_note WHERE about IS NOT NULL ORDER BY code", NO_BINDS, &r));
    int n = 0;
    for (; db_next(r); n++) {
        struct row *row;
        const struct kind *k = record_kind(db_text(r, 1));
        assert_non_null(k);
        OK(record_find(CX, k, k->label_field, arena_strdup(CX->a, db_text(r, 2)), &row));
    }
    OK(db_end(r));
    assert_true(n > 10);
}

static void a_preset_loads_again_and_leaves_what_people_changed(struct house *h)
{
    int created;
    contract(h);
    int64_t p6 = number(h, "SELECT id FROM price_item WHERE code = 'P6'");
    OK(edit(h, &price_item_kind, p6, "'note':'双方已签字确认'"));
    OK(edit(h, &baseline_qty_kind, 1, "'qty':700"));
    OK(preset_load(CX, preset_json[1].text, &created));
    assert_int_equal(created, 0);
    assert_string_equal(words(h, "SELECT note FROM price_item WHERE code = 'P6'"), "双方已签字确认");
    assert_int_equal(number(h, "SELECT qty FROM baseline_qty WHERE id = 1"), 700);
}

static void a_wrong_preset_row_is_named_and_nothing_is_kept(struct house *h)
{
    int created;
    contract(h);
    int64_t items = number(h, "SELECT COUNT(*) FROM price_item");
    const char *text = "{\"key_period\":[{\"name\":\"a\",\"from_on\":\"2026-01-01\",\"to_on\":\"2026-01-02\",\"level\":\"report_only\",\"source\":\"x\"}],"
                       "\"price_item\":[{\"code\":\"P7\",\"contract_id\":\"2026 年度信息化运维服务合同\",\"name\":\"n\",\"line\":\"office_it\",\"unit\":\"个\",\"qty\":2,"
                       "\"unit_price_fen\":100,\"amount_fen\":300}]}";
    REFUSED(preset_load(CX, text, &created), RC_INVALID, "note");
    assert_non_null(strstr(CX->err.en, "price_item row 1"));
    assert_int_equal(number(h, "SELECT COUNT(*) FROM price_item"), items);
    assert_int_equal(number(h, "SELECT COUNT(*) FROM key_period WHERE name = 'a'"), 0);
}

static void a_printed_amount_that_is_no_product_needs_a_note(struct house *h)
{
    struct row *row;
    contract(h);
    REFUSED(create(h, &price_item_kind, &row, "{'code':'P7','contract_id':1,'name':'n','line':'office_it','unit':'个','qty':1,'unit_price_fen':1185600,'amount_fen':995600}"),
            RC_INVALID, "note");
    OK(create(h, &price_item_kind, &row, "{'code':'P7','contract_id':1,'name':'n','line':'office_it','unit':'个','qty':1,'unit_price_fen':1185600,'amount_fen':995600,'note':'笔误'}"));
    assert_int_equal(number(h, "SELECT total_fen FROM contract"), 120800000);
}

/* --- camera files --- */

static void a_gb_code_is_checked_digit_by_digit(struct house *h)
{
    static const char *const wrong[] = {"3402000000132000000", "3402000000132000000x", "00020000001320000001",
                                        "34020000001180000001", "34020000001320000000"};
    struct row *row;
    int64_t camera = device(h, "camera", "C1", NULL), pc = device(h, "computer", "PC1", NULL);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        REFUSED(create(h, &camera_kind, &row, "{'asset_id':%lld,'gb_id':'%s'}", (long long)camera, wrong[i]), RC_INVALID, "gb_id");
    OK(create(h, &camera_kind, &row, "{'asset_id':%lld,'gb_id':'34020000001320000001'}", (long long)camera));
    REFUSED(create(h, &camera_kind, &row, "{'asset_id':%lld}", (long long)camera), RC_CONFLICT, "asset_id");
    REFUSED(create(h, &camera_kind, &row, "{'asset_id':%lld}", (long long)pc), RC_INVALID, "asset_id");
    int64_t other = device(h, "camera", "C2", NULL);
    REFUSED(create(h, &camera_kind, &row, "{'asset_id':%lld,'gb_id':'34020000001320000001'}", (long long)other), RC_CONFLICT, "gb_id");
}

static void a_file_is_complete_when_nothing_is_missing(struct house *h)
{
    contract(h);
    int64_t core = device(h, "video_switch", "SW", NULL);
    int64_t c = made(h, &asset_kind, "{'asset_no':'C1','name':'C1','class_id':%lld,'site_id':%lld,'maker':'厂','model':'M','serial_no':'S1','mac':'02:00:00:00:00:01','ip':'10.9.8.1'}",
                     (long long)class_of(h, "camera"), (long long)number(h, "SELECT id FROM site WHERE name = '办公点22'"));
    linked(h, core, c, "port");
    assert_int_equal(count(h, &camera_file_kind, "f=complete.eq.0"), 1);
    assert_string_equal(words(h, "SELECT missing FROM camera_file_v WHERE id = %lld", (long long)c),
                        "点位编号、国标编码、点位名称、监控点类别、点位类型、经纬度、安装地址、安装方式、摄像机类型、接入协议、取电方式、应存天数、管理单位");
    assert_int_equal(number(h, "SELECT missing_count FROM camera_file_v WHERE id = %lld", (long long)c), 13);
    made(h, &camera_kind, "{'asset_id':%lld,'point_no':'D1','gb_id':'34020000001320000001','point_name':'东门','point_class':'class_2','point_type':'gate','type':'bullet','retention_days':30,'manager_unit':'社区'}", (long long)c);
    made(h, &asset_place_kind, "{'asset_id':%lld,'lng':116.3,'lat':39.9,'address':'东门','mounting':'pole'}", (long long)c);
    made(h, &asset_network_kind, "{'asset_id':%lld,'protocol':'gb28181'}", (long long)c);
    made(h, &asset_power_kind, "{'asset_id':%lld,'type':'poe'}", (long long)c);
    assert_int_equal(count(h, &camera_file_kind, "f=complete.eq.1"), 1);
    json_t *file = answer(h, asset_file_json, c);
    assert_int_equal(json_array_size(json_object_get(file, "groups")), 4);
    assert_string_equal(json_string_value(json_object_get(file, "missing")), "");
    json_decref(file);
}

static void halves_of_a_place_and_odd_masks_are_refused(struct house *h)
{
    struct row *row;
    long long c = (long long)device(h, "camera", "C1", NULL);
    REFUSED(create(h, &asset_place_kind, &row, "{'asset_id':%lld,'lng':116.3}", c), RC_INVALID, "lat");
    REFUSED(create(h, &asset_place_kind, &row, "{'asset_id':%lld,'lng':39.9,'lat':89.9}", c), RC_INVALID, "lng");
    REFUSED(create(h, &asset_network_kind, &row, "{'asset_id':%lld,'netmask':'255.0.255.0'}", c), RC_INVALID, "netmask");
    REFUSED(create(h, &asset_network_kind, &row, "{'asset_id':%lld,'ipv6':'10.0.0.1'}", c), RC_INVALID, "ipv6");
    OK(create(h, &asset_network_kind, &row, "{'asset_id':%lld,'netmask':'255.255.254.0','gateway':'fe80::1'}", c));
}

static void a_device_password_is_sealed_and_never_leaves(struct house *h)
{
    struct row *row;
    long long c = (long long)device(h, "camera", "C1", NULL);
    person(h, "pm", "b_pm", NULL);
    person(h, "disp", "b_dispatcher", NULL);
    be(h, "disp"); /* may keep network data, but no passwords */
    assert_int_equal(create(h, &asset_network_kind, &row, "{'asset_id':%lld,'password':'Cam-3x7-geheim'}", c), RC_DENIED);
    be(h, "pm");
    OK(create(h, &asset_network_kind, &row, "{'asset_id':%lld,'password':'Cam-3x7-geheim'}", c));
    be_console(h);
    assert_int_equal(number(h, "SELECT COUNT(*) FROM asset_network WHERE password IS NOT NULL"), 1);
    assert_null(strstr(words(h, "SELECT password FROM asset_network"), "geheim"));
    assert_int_equal(number(h, "SELECT COUNT(*) FROM journal WHERE changes LIKE '%%geheim%%'"), 0);
    json_t *file = answer(h, asset_file_json, c);
    char *text = json_dumps(file, 0);
    assert_non_null(strstr(text, "\"password\": {\"set\": true}"));
    assert_null(strstr(text, "geheim"));
    free(text);
    json_decref(file);
}

/* --- what feeds what --- */

static void blast_counts_what_the_reader_may_see(struct house *h)
{
    int64_t cams[5];
    contract(h);
    int64_t box = device(h, "camera_accessory", "BOX", NULL), nvr = device(h, "storage", "NVR", NULL);
    int64_t sw = branch(h, "SW", NULL, 5, cams);
    linked(h, box, sw, "power");
    for (int i = 0; i < 5; i++)
        linked(h, nvr, cams[i], "nvr_channel");
    OK(edit(h, &asset_kind, cams[0], "'org_unit_id':%lld", (long long)unit_of(h, "社区01")));
    json_t *b = answer(h, asset_blast_json, box);
    assert_int_equal(counted(b, "dark"), 6);
    assert_int_equal(counted(b, "cameras_dark"), 5);
    assert_int_equal(counted(b, "power"), 1);
    assert_int_equal(counted(b, "signal"), 5);
    assert_int_equal(json_array_size(json_object_get(b, "blast")), counted(b, "all"));
    json_decref(b);
    b = answer(h, asset_blast_json, nvr);
    assert_int_equal(counted(b, "dark"), 0);
    assert_int_equal(counted(b, "recording"), 5);
    json_decref(b);
    b = answer(h, asset_blast_json, cams[0]);
    assert_int_equal(json_array_size(json_object_get(b, "feeds")), 3); /* switch, recorder, box above the switch */
    json_decref(b);
    person(h, "c1", "a_community", "社区01");
    OK(edit(h, &asset_kind, nvr, "'org_unit_id':%lld", (long long)unit_of(h, "社区01")));
    be(h, "c1");
    b = answer(h, asset_blast_json, nvr);
    assert_int_equal(counted(b, "recording"), 1);
    assert_int_equal(json_array_size(json_object_get(b, "blast")), 1);
    json_decref(b);
    struct buf text = {0};
    struct jw w = jw_on(&text);
    assert_int_equal(asset_blast_json(CX, box, &w), RC_NOT_FOUND);
    buf_free(&text);
}

static void loops_are_refused_within_a_supply_only(struct house *h)
{
    struct row *row;
    long long ups = (long long)device(h, "server", "UPS", NULL), sw = (long long)device(h, "switch", "SW", NULL), c = (long long)device(h, "camera", "C", NULL);
    linked(h, ups, sw, "power");
    linked(h, sw, ups, "port");
    linked(h, sw, c, "fibre");
    REFUSED(create(h, &uplink_kind, &row, "{'asset_id':%lld,'up_id':%lld,'type':'port'}", sw, c), RC_INVALID, "up_id");
    REFUSED(create(h, &uplink_kind, &row, "{'asset_id':%lld,'up_id':%lld,'type':'power'}", ups, sw), RC_INVALID, "up_id");
    OK(create(h, &uplink_kind, &row, "{'asset_id':%lld,'up_id':%lld,'type':'power'}", c, sw));
}

/* --- life cycle --- */

static void a_disposed_asset_returns_by_an_approved_change_only(struct house *h)
{
    struct row *row;
    int64_t a = device(h, "printer", "P1", NULL);
    person(h, "pm", "b_pm", NULL);
    person(h, "sup", "a_supervisor", NULL);
    OK(edit(h, &asset_kind, a, "'state':'disposed'"));
    assert_string_equal(words(h, "SELECT left_on FROM asset WHERE id = %lld", (long long)a), "2026-05-08");
    REFUSED(edit(h, &asset_kind, a, "'state':'in_use'"), RC_INVALID, "state");
    be(h, "pm");
    OK(create(h, &asset_change_kind, &row, "{'title':'恢复使用','type':'restore','asset_id':%lld,'reason':'误报废'}", (long long)a));
    int64_t change = row->id;
    assert_int_equal(act(h, &asset_change_kind, change, "approve", &row, NO_INPUT), RC_DENIED);
    assert_true(act(h, &asset_change_kind, change, "carry_out", &row, "'result':'已恢复'") != RC_OK);
    be(h, "sup");
    OK(act(h, &asset_change_kind, change, "approve", &row, NO_INPUT));
    be(h, "pm");
    OK(act(h, &asset_change_kind, change, "carry_out", &row, "'result':'已恢复'"));
    assert_string_equal(words(h, "SELECT state FROM asset WHERE id = %lld", (long long)a), "in_use");
    assert_int_equal(number(h, "SELECT COUNT(*) FROM asset WHERE id = %lld AND left_on IS NULL", (long long)a), 1);
}

static void the_applicant_of_a_change_does_not_decide_it(struct house *h)
{
    struct row *row;
    int64_t a = device(h, "printer", "P1", NULL);
    int64_t sup = person(h, "sup", "a_supervisor", NULL);
    int64_t change = made(h, &asset_change_kind, "{'title':'停用','type':'suspend','asset_id':%lld,'reason':'装修'}", (long long)a);
    run_sql(h, "UPDATE asset_change SET applicant_id = %lld", (long long)sup);
    be(h, "sup");
    assert_true(act(h, &asset_change_kind, change, "approve", &row, NO_INPUT) != RC_OK);
    be_console(h);
    REFUSED(create(h, &asset_change_kind, &row, "{'title':'迁移','type':'move','asset_id':%lld,'reason':'装修'}", (long long)a), RC_INVALID, "to_site_id");
    REFUSED(create(h, &asset_change_kind, &row, "{'title':'其他','type':'other','risk':'high','asset_id':%lld,'reason':'装修'}", (long long)a), RC_INVALID, "rollback");
}

static void an_old_disk_leaves_with_approval_and_proof_only(struct house *h)
{
    struct row *row;
    int64_t nvr = device(h, "storage", "NVR", NULL);
    person(h, "keeper", "b_storekeeper", NULL);
    person(h, "sup", "a_supervisor", NULL);
    be(h, "keeper");
    OK(create(h, &replaced_part_kind, &row, "{'name':'硬盘','asset_id':%lld,'holds_data':true,'taken_on':'2026-05-08'}", (long long)nvr));
    int64_t disk = row->id;
    REFUSED(act(h, &replaced_part_kind, disk, "rma", &row, "'receiver':'原厂'"), RC_INVALID, "holds_data");
    REFUSED(act(h, &replaced_part_kind, disk, "send_repair", &row, "'receiver':'维修单位'"), RC_INVALID, "holds_data");
    assert_int_equal(act(h, &replaced_part_kind, disk, "approve", &row, NO_INPUT), RC_DENIED);
    be(h, "sup");
    OK(act(h, &replaced_part_kind, disk, "approve", &row, NO_INPUT));
    be(h, "keeper");
    REFUSED(act(h, &replaced_part_kind, disk, "rma", &row, "'receiver':'原厂'"), RC_INVALID, "proof");
    run_sql(h, "INSERT INTO file (sha256, name, type, size, created_at, created_by) VALUES ('aa', 'wipe.pdf', 'application/pdf', 1, 1, %lld)", (long long)CX->actor.user_id);
    int64_t file = number(h, "SELECT MAX(id) FROM file");
    OK(act(h, &replaced_part_kind, disk, "destroy", &row, "'receiver':'销毁单位','proof':[%lld]", (long long)file));
    assert_string_equal(words(h, "SELECT state FROM replaced_part"), "destroyed");
    /* what holds no data needs neither */
    OK(create(h, &replaced_part_kind, &row, "{'name':'电源','asset_id':%lld,'taken_on':'2026-05-08'}", (long long)nvr));
    OK(act(h, &replaced_part_kind, row->id, "return_part", &row, "'receiver':'全响应办公室'"));
}

static void a_number_is_free_again_when_its_device_is_retired(struct house *h)
{
    struct row *row;
    int64_t old = device(h, "printer", "P1", NULL);
    REFUSED(create(h, &asset_kind, &row, "{'asset_no':'P1','name':'x','class_id':%lld}", (long long)class_of(h, "printer")), RC_CONFLICT, "asset_no");
    OK(retire(h, &asset_kind, old));
    OK(create(h, &asset_kind, &row, "{'asset_no':'P1','name':'x','class_id':%lld}", (long long)class_of(h, "printer")));
    assert_int_equal(count(h, &asset_kind, "f=asset_no.eq.P1"), 1);
}

/* --- what is asked of it --- */

/* All that real ledgers hold: nothing at all, doubles, "无", retired, disposed, added, a spare. */
static void dirty_ledger(struct house *h)
{
    contract(h);
    long long camera = (long long)class_of(h, "camera"), printer = (long long)class_of(h, "printer");
    for (int i = 0; i < 7; i++)
        made(h, &asset_kind, "{'asset_no':'D%d','name':'门口%s','class_id':%lld,'serial_no':'%s'%s%s}", i, i % 2 ? "" : "摄像机", i % 3 ? camera : printer,
             i < 2 ? "无" : i < 4 ? "sn 77" : i == 4 ? "SN77" : "Z", i % 2 ? ",'ip':'10.9.8.7'" : "", i > 4 ? ",'in_use_on':'2026-06-01'" : "");
    made(h, &asset_kind, "{'asset_no':'M1','name':'a','class_id':%lld,'mac':'02-00-00-00-00-AA','state':'spare'}", printer);
    made(h, &asset_kind, "{'asset_no':'M2','name':'b','class_id':%lld,'mac':'020000.0000aa','site_id':1}", printer);
    OK(edit(h, &asset_kind, 1, "'state':'disposed'"));
    OK(retire(h, &asset_kind, 2));
    OK(retire(h, &asset_kind, 6)); /* added and gone again: in no drift */
}

static void every_number_of_the_ledger_is_its_list(struct house *h)
{
    struct figure_value *v;
    struct page page;
    int n, shown = 0;
    dirty_ledger(h);
    OK(figure_values(CX, "ledger", NULL, &v, &n));
    for (int i = 0; i < n; i++) {
        struct query q;
        if (!v[i].figure->kind)
            continue;
        OK(query_parse(CX, v[i].query, &q));
        q.limit = 500;
        OK(record_list(CX, record_kind(v[i].figure->kind), &q, &page));
        if ((int64_t)v[i].value != page.total || page.n != page.total)
            fail_msg("%s: %g, its list %d of %lld", v[i].figure->id, v[i].value, page.n, (long long)page.total);
        shown += v[i].value > 0;
    }
    assert_true(n >= 15 && shown >= 8);
}

static void the_census_counts_the_lists_that_it_opens(struct house *h)
{
    struct page page;
    struct query q = {.limit = 500};
    dirty_ledger(h);
    OK(record_list(CX, &census_kind, &q, &page));
    assert_int_equal(page.n, 15);
    int64_t counted_all = 0;
    for (int i = 0; i < page.n; i++) {
        const struct value *x = page.rows[i]->v;
        const char *class = arena_printf(CX->a, "f=class_id.eq.%lld", (long long)page.rows[i]->id);
        int64_t c = count(h, &asset_kind, arena_printf(CX->a, "%s&f=state.ne.disposed", class));
        assert_int_equal(x[field_index(&census_kind, "counted")].i, c);
        assert_int_equal(x[field_index(&census_kind, "added")].i, count(h, &asset_drift_kind, arena_printf(CX->a, "%s&f=direction.eq.added", class)));
        assert_int_equal(x[field_index(&census_kind, "removed")].i, count(h, &asset_drift_kind, arena_printf(CX->a, "%s&f=direction.eq.removed", class)));
        assert_int_equal(x[field_index(&census_kind, "drift")].i, c - x[field_index(&census_kind, "baseline")].i);
        counted_all += c;
    }
    assert_int_equal(counted_all, 6);
    assert_int_equal(count(h, &asset_drift_kind, "f=direction.eq.added"), 1);
    assert_int_equal(count(h, &asset_drift_kind, "f=direction.eq.removed"), 2);
    assert_int_equal(count(h, &asset_drift_kind, "f=change_id.null.1"), 3);
}

static void without_a_contract_there_is_no_baseline_and_no_drift(struct house *h)
{
    device(h, "printer", "P1", NULL);
    assert_int_equal(count(h, &census_kind, "f=baseline.null.1&f=drift.null.1"), 15);
}

static void what_is_one_device_twice_is_found_and_forgotten_until_another_joins(struct house *h)
{
    dirty_ledger(h);
    /* serial "sn 77" and "SN77" are one; 无 is none; the MAC in three spellings; the IP */
    assert_int_equal(count(h, &duplicate_group_kind, "f=type.eq.serial_no&f=value.eq.SN77"), 1);
    assert_int_equal(number(h, "SELECT size FROM duplicate_group_v WHERE value = 'SN77'"), 3);
    assert_int_equal(count(h, &duplicate_group_kind, "f=type.eq.mac"), 1);
    assert_int_equal(count(h, &duplicate_group_kind, "f=value.has.无"), 0);
    assert_int_equal(count(h, &asset_duplicate_kind, ""), number(h, "SELECT SUM(size) FROM duplicate_group_v"));
    long long last = (long long)number(h, "SELECT last_id FROM duplicate_group_v WHERE value = 'SN77'");
    int64_t known = made(h, &not_duplicate_kind, "{'type':'serial_no','value':'SN77','up_to_id':%lld,'reason':'厂家重号'}", last);
    assert_int_equal(count(h, &duplicate_group_kind, "f=value.eq.SN77"), 0);
    assert_int_equal(count(h, &asset_duplicate_kind, "f=value.eq.SN77"), 0);
    made(h, &asset_kind, "{'asset_no':'NEW','name':'n','class_id':%lld,'serial_no':'sn77'}", (long long)class_of(h, "printer"));
    assert_int_equal(count(h, &duplicate_group_kind, "f=value.eq.SN77"), 1);
    OK(retire(h, &not_duplicate_kind, known));
    assert_int_equal(number(h, "SELECT size FROM duplicate_group_v WHERE value = 'SN77'"), 4);
}

static void a_community_sees_its_own_cameras_and_no_others(struct house *h)
{
    contract(h);
    long long camera = (long long)class_of(h, "camera");
    long long site1 = (long long)made(h, &site_kind, "{'name':'杆1','type':'pole','org_unit_id':%lld,'lng':116.3,'lat':39.9}", (long long)unit_of(h, "社区01"));
    long long site2 = (long long)made(h, &site_kind, "{'name':'杆2','type':'pole','org_unit_id':%lld,'lng':116.31,'lat':39.91}", (long long)unit_of(h, "社区02"));
    for (int i = 0; i < 6; i++)
        made(h, &asset_kind, "{'asset_no':'C%d','name':'C%d','class_id':%lld,'site_id':%lld}", i, i, camera, i < 4 ? site1 : site2);
    assert_int_equal(count(h, &map_point_kind, "f=type.eq.camera"), 6);
    person(h, "c1", "a_community", "社区01");
    be(h, "c1");
    assert_int_equal(count(h, &asset_kind, ""), 4);
    assert_int_equal(count(h, &map_point_kind, "f=type.eq.camera"), 4);
    assert_int_equal(count(h, &asset_gap_kind, "f=type.eq.no_photo"), 4);
    struct query q = {0};
    int64_t n;
    assert_int_equal(record_count(CX, &census_kind, &q, &n), RC_DENIED);
    assert_int_equal(record_count(CX, &asset_network_kind, &q, &n), RC_DENIED);
}

/* The parts of a camera's file have no unit of their own: who may read them follows the device. */
static void the_parts_of_a_file_are_read_by_who_may_read_the_device(struct house *h)
{
    contract(h);
    int64_t part[3];
    long long unit[] = {(long long)unit_of(h, "社区01"), (long long)unit_of(h, "社区02"), (long long)unit_of(h, "社区02")};
    for (int i = 0; i < 3; i++) {
        long long a = (long long)made(h, &asset_kind, "{'asset_no':'C%d','name':'C%d','class_id':%lld,'org_unit_id':%lld}", i, i, (long long)class_of(h, "camera"), unit[i]);
        made(h, &camera_kind, "{'asset_id':%lld,'point_no':'P%d'}", a, i);
        part[i] = made(h, &asset_place_kind, "{'asset_id':%lld,'address':'东门'}", a);
    }
    struct gate gate;
    OK(record_gate(CX, &asset_place_kind, part[0], "{}", &gate));
    person(h, "c1", "a_community", "社区01");
    be(h, "c1");
    assert_int_equal(count(h, &camera_kind, ""), 1);
    assert_int_equal(count(h, &asset_place_kind, ""), 1);
    assert_int_equal(count(h, &asset_place_kind, "q=东门"), 1);
    struct row *row;
    OK(record_get(CX, &asset_place_kind, part[0], &row));
    assert_int_equal(record_get(CX, &asset_place_kind, part[1], &row), RC_NOT_FOUND);
    assert_true(gate_open(&gate, CX, "unit"));
    person(h, "pm", "b_pm", NULL);
    be(h, "pm");
    assert_int_equal(count(h, &asset_place_kind, ""), 3);
    OK(edit(h, &asset_kind, number(h, "SELECT id FROM asset WHERE asset_no = 'C0'"), "'org_unit_id':%lld", unit[1]));
    OK(record_gate(CX, &asset_place_kind, part[0], "{}", &gate));
    be(h, "c1");
    assert_int_equal(count(h, &camera_kind, ""), 0);
    assert_int_equal(record_get(CX, &asset_place_kind, part[0], &row), RC_NOT_FOUND);
    assert_false(gate_open(&gate, CX, "unit"));
}

static void derived_lists_page_without_gap_or_double(struct house *h)
{
    static const char *const sorts[] = {"id", "-missing_count", "missing", "-name"};
    contract(h);
    for (int i = 0; i < 23; i++)
        made(h, &asset_kind, "{'asset_no':'C%02d','name':'C%d','class_id':%lld%s}", i, i % 4, (long long)class_of(h, "camera"), i % 3 ? "" : ",'ip':'10.9.8.7'");
    for (size_t s = 0; s < sizeof sorts / sizeof *sorts; s++) {
        struct query q = {.limit = 5, .sort = sorts[s]};
        struct page page;
        int64_t sum = 0;
        int n = 0;
        do {
            OK(record_list(CX, &camera_file_kind, &q, &page));
            for (int i = 0; i < page.n; i++, n++)
                sum += page.rows[i]->id;
            q.after = page.next;
        } while (page.next);
        assert_int_equal(n, 23);
        assert_int_equal(sum, number(h, "SELECT SUM(id) FROM asset"));
    }
}

static void the_history_tells_moves_orders_parts_and_links(struct house *h)
{
    contract(h);
    int64_t sw = device(h, "switch", "SW", NULL), a = device(h, "printer", "P1", NULL);
    clock_at(h, "2026-05-09T09:00");
    OK(edit(h, &asset_kind, a, "'site_id':%lld", (long long)number(h, "SELECT id FROM site WHERE name = '办公点01'")));
    clock_at(h, "2026-05-10T09:00");
    feeds(h, sw, a);
    made(h, record_kind("work_order"), "{'title':'卡纸','asset_id':%lld}", (long long)a);
    clock_at(h, "2026-05-11T09:00");
    made(h, &replaced_part_kind, "{'name':'硒鼓','asset_id':%lld,'taken_on':'2026-05-11'}", (long long)a);
    json_t *j = answer(h, asset_history_json, a);
    const json_t *items = json_object_get(j, "items");
    static const char *const types[] = {"part", "order", "uplink", "ledger", "ledger"};
    assert_int_equal(json_array_size(items), 5);
    for (size_t i = 0; i < 5; i++) {
        const char *type = json_string_value(json_object_get(json_array_get(items, i), "type"));
        if (i == 0 || i > 2)
            assert_string_equal(type, types[i]);
    }
    assert_non_null(strstr(json_string_value(json_object_get(json_array_get(items, 3), "text")), "— → 办公点01"));
    json_decref(j);
}

#define CASE(f)                                                                                    \
    static void f##_case(void **state)                                                             \
    {                                                                                              \
        f(*state);                                                                                 \
    }
/* clang-format off */
#define ALL(X) X(the_contract_is_what_was_printed) X(every_note_names_a_record_that_is_there) X(a_preset_loads_again_and_leaves_what_people_changed) \
    X(a_wrong_preset_row_is_named_and_nothing_is_kept) X(a_printed_amount_that_is_no_product_needs_a_note) X(a_gb_code_is_checked_digit_by_digit) \
    X(a_file_is_complete_when_nothing_is_missing) X(halves_of_a_place_and_odd_masks_are_refused) X(a_device_password_is_sealed_and_never_leaves) X(blast_counts_what_the_reader_may_see) \
    X(loops_are_refused_within_a_supply_only) X(a_disposed_asset_returns_by_an_approved_change_only) X(the_applicant_of_a_change_does_not_decide_it) \
    X(an_old_disk_leaves_with_approval_and_proof_only) X(a_number_is_free_again_when_its_device_is_retired) X(every_number_of_the_ledger_is_its_list) \
    X(the_census_counts_the_lists_that_it_opens) X(without_a_contract_there_is_no_baseline_and_no_drift) \
    X(what_is_one_device_twice_is_found_and_forgotten_until_another_joins) X(a_community_sees_its_own_cameras_and_no_others) \
    X(the_parts_of_a_file_are_read_by_who_may_read_the_device) \
    X(derived_lists_page_without_gap_or_double) X(the_history_tells_moves_orders_parts_and_links)
ALL(CASE)
/* clang-format on */

void ledger_cases(struct cases *c)
{
#define ADD(f) case_add(c, #f " (sqlite)", f##_case, DB_SQLITE), case_add(c, #f " (postgresql)", f##_case, DB_POSTGRES);
    ALL(ADD)
}
