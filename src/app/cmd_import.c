/* SPDX-License-Identifier: Apache-2.0 */
/* shouwang import and export: spreadsheets in and out from the console. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "app/app.h"
#include "record/record.h"

static const struct kind *kind_of(const char *name)
{
    const struct kind *k = record_kind(name);
    if (!k)
        fprintf(stderr, "错误：没有“%s”这类记录\n", name);
    return k;
}

#define NAMES_TOLD 20

/* "what：A、B"; nothing when the list is empty. */
static void tell_names(const json_t *r, const char *key, const char *what, const char *advice)
{
    const json_t *list = json_object_get(r, key), *name;
    size_t i, n = json_array_size(list);
    if (!n)
        return;
    fprintf(stderr, "  %s（%zu）：", what, n);
    json_array_foreach(list, i, name)
    {
        if (i == NAMES_TOLD)
            break;
        fprintf(stderr, "%s%s", i ? "、" : "", json_string_value(name));
    }
    fprintf(stderr, "%s%s\n", n > NAMES_TOLD ? "……" : "", advice);
}

/* What a person must know beside the wrong rows. */
static void tell_rest(const json_t *r)
{
    const json_t *e;
    size_t i, skipped = json_array_size(json_object_get(r, "skipped"));
    const char *make = json_is_true(json_object_get(r, "stored")) ? "，已建立" : "；看过无误后加 --create-sites 一并建立";
    tell_names(r, "new_sites", "台账里还没有的站点", make);
    tell_names(r, "new_units", "还没有登记的单位", make);
    tell_names(r, "unmatched", "没有对上的列，未导入", "；可用 --map 列名=字段 指定");
    if (json_array_size(json_object_get(r, "sheets")) > 1)
        fprintf(stderr, "  读的是工作表“%s”；读别的用 --sheet 名称\n", json_string_value(json_object_get(r, "sheet")));
    if (skipped)
        fprintf(stderr, "  略过 %zu 行（合计、说明、重复的表头或空行）\n", skipped);
    json_array_foreach(json_object_get(r, "notes"), i, e)
    {
        if (i == NAMES_TOLD)
            break;
        int row = (int)json_integer_value(json_object_get(e, "row"));
        const char *message = json_string_value(json_object_get(e, "message"));
        if (row)
            fprintf(stderr, "  第 %d 行：%s\n", row, message);
        else
            fprintf(stderr, "  %s\n", message);
    }
}

static void summary(const char *json_text)
{
    json_t *r = json_loads(json_text, 0, NULL);
    size_t i;
    json_t *e;
    fprintf(stderr, "共 %d 行：新增 %d，修改 %d，不变 %d，错误 %d；%s\n",
            (int)json_integer_value(json_object_get(r, "rows")),
            (int)json_integer_value(json_object_get(r, "new")),
            (int)json_integer_value(json_object_get(r, "changed")),
            (int)json_integer_value(json_object_get(r, "unchanged")),
            (int)json_integer_value(json_object_get(r, "wrong")),
            json_is_true(json_object_get(r, "stored")) ? "已写入" : "未写入");
    tell_rest(r);
    json_array_foreach(json_object_get(r, "errors"), i, e)
    {
        if (i == 50)
            break;
        fprintf(stderr, "  第 %d 行 %s：%s\n", (int)json_integer_value(json_object_get(e, "row")),
                json_string_value(json_object_get(e, "column")),
                json_string_value(json_object_get(e, "message")));
    }
    json_decref(r);
}

static enum rc undo_batch(struct cx *cx, const char *text)
{
    struct row *row;
    struct buf out = {0};
    struct jw w = jw_on(&out);
    enum rc rc = record_get(cx, &import_batch_kind, strtoll(text, NULL, 10), &row);
    json_t *in = rc ? NULL : json_pack("{s:I}", "rev", (json_int_t)row->rev);
    if (!rc)
        rc = record_act(cx, &import_batch_kind, row->id, "undo", in, &row);
    json_decref(in);
    if (!rc) {
        record_json(cx, &w, row);
        puts(buf_text(&out));
    }
    buf_free(&out);
    return rc;
}

int cmd_import(int argc, char **argv)
{
    struct console c;
    struct app_options o;
    struct buf out = {0};
    struct jw w = jw_on(&out);
    int wrong = 0;
    struct import_options io = {.dry_run = flag_take(&argc, argv, "--dry-run"),
                                .good_rows = flag_take(&argc, argv, "--good-rows"),
                                .create_new = flag_take(&argc, argv, "--create-sites"),
                                .sheet = option_take(&argc, argv, "--sheet"),
                                .map = option_take(&argc, argv, "--map"),
                                .errors_path = option_take(&argc, argv, "--errors")};
    const char *undo = option_take(&argc, argv, "--undo");
    if (!app_options_take(&argc, argv, &o, true) || !options_end(argc, argv))
        return 2;
    if (argc != (undo ? 0 : 2)) {
        fprintf(stderr, "用法：shouwang import KIND FILE [--dry-run] [--good-rows] [--create-sites] "
                        "[--sheet NAME] [--map 列名=字段;…] [--errors FILE.xlsx] --data DIR\n"
                        "      shouwang import --undo 批次编号 --data DIR\n");
        return 2;
    }
    if (!console_open(&c, &o, false))
        return 1;
    if (undo)
        return console_exit(&c, undo_batch(&c.cx, undo));
    const struct kind *k = kind_of(argv[0]);
    enum rc rc = k ? record_import(&c.cx, k, argv[1], &io, &w, &wrong) : RC_INVALID;
    if (!rc) {
        puts(buf_text(&out));
        summary(buf_text(&out));
    }
    buf_free(&out);
    int code = k ? console_exit(&c, rc) : (console_close(&c), 2);
    return code ? code : wrong ? 2 : 0;
}

static bool is_csv(const char *path)
{
    size_t n = strlen(path);
    return n > 4 && !strcasecmp(path + n - 4, ".csv");
}

int cmd_export(int argc, char **argv)
{
    struct console c;
    struct app_options o;
    const char *filter = option_take(&argc, argv, "--query"), *columns = option_take(&argc, argv, "--columns");
    if (!app_options_take(&argc, argv, &o, true) || !options_end(argc, argv))
        return 2;
    if (argc != 2) {
        fprintf(stderr, "用法：shouwang export KIND FILE.xlsx|.csv [--query 'f=state.eq.in_use'] [--columns 字段,…] --data DIR\n");
        return 2;
    }
    if (!output_ok(argv[1]))
        return 2;
    if (!console_open(&c, &o, false))
        return 1;
    struct query q;
    const struct kind *k = kind_of(argv[0]);
    enum rc rc = k ? query_parse(&c.cx, filter ? filter : "", &q) : RC_INVALID;
    if (!rc)
        rc = record_export(&c.cx, k, &q, is_csv(argv[1]) ? EXPORT_CSV : EXPORT_XLSX, columns, argv[1]);
    return k ? console_exit(&c, rc) : (console_close(&c), 2);
}
