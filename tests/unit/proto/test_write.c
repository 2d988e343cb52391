/* SPDX-License-Identifier: Apache-2.0 */
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "test.h"

#include "proto/xlsx_write.h"

static const char *const states[] = {"在用", "闲置", "报废", NULL};
static const struct xlsx_column columns[] = {
    {.heading = "资产编号", .required = true, .help = "贴在设备上的编号"},
    {.heading = "数量", .type = XLSX_NUMBER},
    {.heading = "金额", .type = XLSX_MONEY},
    {.heading = "启用日期", .type = XLSX_DATE},
    {.heading = "登记时间", .type = XLSX_INSTANT},
    {.heading = "状态", .options = states},
    {.heading = "原因", .type = XLSX_REASON},
};
enum { COLUMNS = sizeof columns / sizeof columns[0] };

static struct xlsx_writer *start(const char *name)
{
    struct err e = {0};
    struct xlsx_writer *w;
    if (xlsx_write_new(work_path(name), NULL, &w, &e) != RC_OK)
        fail_msg("%s", e.en);
    return w;
}

static void write_sample(const char *name)
{
    struct err e = {0};
    struct xlsx_writer *w = start(name);
    xlsx_write_sheet(w, "资产/台账", columns, COLUMNS, 0);
    xlsx_write_text(w, 0, "=1+1");
    xlsx_write_number(w, 1, 12.5);
    xlsx_write_fen(w, 2, 120800010);
    xlsx_write_date(w, 3, date_of(2019, 3, 7));
    xlsx_write_instant(w, 4, (struct instant){INT64_C(1778230800000)}); /* 2026-05-08T17:00 */
    xlsx_write_text(w, 5, "在用");
    xlsx_write_text(w, 6, "第 3 列“启用日期”：不是日期\n请写成 2026-05-08");
    xlsx_write_row(w);
    xlsx_write_row(w); /* an empty row stays empty */
    xlsx_write_text(w, 0, "110101199003071234");
    xlsx_write_int(w, 1, INT64_C(9007199254740993));
    xlsx_write_text(w, 6, "𠮷<&>\"' _x000D_ \x01\tok\xff");
    xlsx_write_text(w, 5, "  前后有空  ");
    xlsx_write_row(w);
    if (xlsx_write_end(w, &e) != RC_OK)
        fail_msg("%s", e.en);
}

static void what_is_written_reads_back_as_it_was(void **state)
{
    (void)state;
    write_sample("out.xlsx");
    assert_dump("out.xlsx", 0, 0,
                "1|t:资产编号*|t:数量|t:金额|t:启用日期|t:登记时间|t:状态|t:原因\n"
                "2|t:=1+1|n:12.5|n:1,208,000.10|d:2019-03-07|d:2026-05-08 17:00|t:在用|"
                "t:第 3 列“启用日期”：不是日期\n请写成 2026-05-08\n"
                "4|t:110101199003071234|t:9007199254740993|-|-|-|t:  前后有空  |"
                "t:𠮷<&>\"' _x000D_ \tok\xEF\xBF\xBD\n");
}

static void another_program_reads_the_same(void **state)
{
    (void)state;
    static const char script[] =
        "import openpyxl, sys\n"
        "ws = openpyxl.load_workbook(sys.argv[1]).worksheets[0]\n"
        "print(ws.title, ws.freeze_panes, ws['A1'].font.b)\n"
        "for row in ws.iter_rows(min_row=2):\n"
        "    print([c.value for c in row])\n"
        "print(ws['A2'].data_type, ws['A2'].number_format, ws['G2'].font.color.rgb,"
        " ws['D2'].is_date)\n"
        "for v in ws.data_validations.dataValidation: print(v.type, v.sqref, v.formula1, "
        "v.prompt)\n";
    struct buf out = {.limit = 0};
    write_sample("out.xlsx");
    assert_string_equal(
        python(script, work_path("out.xlsx"), &out),
        "资产_台账 A2 True\n"
        "['=1+1', 12.5, 1208000.1, datetime.datetime(2019, 3, 7, 0, 0), "
        "datetime.datetime(2026, 5, 8, 17, 0), '在用', "
        "'第 3 列“启用日期”：不是日期\\n请写成 2026-05-08']\n"
        "[None, None, None, None, None, None, None]\n"
        "['110101199003071234', '9007199254740993', None, None, None, '  前后有空  ', "
        "'𠮷<&>\"\\' _x005F_x000D_ \\tok\xEF\xBF\xBD']\n"
        "s @ FFC00000 True");
    buf_free(&out);
}

static void a_template_has_drop_downs_and_its_heading_helps(void **state)
{
    (void)state;
    static const char script[] = "import openpyxl, sys\n"
                                 "wb = openpyxl.load_workbook(sys.argv[1])\n"
                                 "print([(s.title, s.sheet_state) for s in wb])\n"
                                 "for v in wb.worksheets[0].data_validations.dataValidation:\n"
                                 "    print(v.type, v.sqref, v.formula1, v.prompt, v.errorTitle)\n"
                                 "print([c.value for c in wb['_选项']['A']][-1])\n";
    static char names[400][40];
    static const char *options[401];
    for (size_t i = 0; i < 400; i++) {
        snprintf(names[i], sizeof names[i], "第%zu社区, 东\"区\"", i + 1);
        options[i] = names[i];
    }
    const struct xlsx_column own[] = {{.heading = "编号", .help = "必填，不可重复"},
                                      {.heading = "社区", .options = options, .help = "从列表选"},
                                      {.heading = "状态", .options = states}};
    struct err e = {0};
    struct buf out = {.limit = 0};
    struct xlsx_writer *w = start("template.xlsx");
    xlsx_write_sheet(w, "模板", own, 3, 1000);
    assert_int_equal(xlsx_write_end(w, &e), RC_OK);
    assert_string_equal(python(script, work_path("template.xlsx"), &out),
                        "[('模板', 'visible'), ('_选项', 'hidden')]\n"
                        "None A2:A1001 None 必填，不可重复 None\n"
                        "None A1 None 必填，不可重复 None\n"
                        "list B2:B1001 '_选项'!$A$1:$A$400 从列表选 不在列表中\n"
                        "None B1 None 从列表选 None\n"
                        "list C2:C1001 '_选项'!$B$1:$B$3 None 不在列表中\n"
                        "第400社区, 东\"区\"");
    buf_free(&out);
}

static void long_texts_are_cut_and_say_so(void **state)
{
    (void)state;
    struct err e = {0};
    struct buf text = {.limit = 0};
    struct xlsx_writer *w = start("long.xlsx");
    for (int i = 0; i < 40000; i++)
        buf_text_add(&text, "长");
    xlsx_write_sheet(w, "长", columns, COLUMNS, 0);
    xlsx_write_text(w, 0, buf_text(&text));
    xlsx_write_row(w);
    assert_int_equal(xlsx_write_end(w, &e), RC_OK);
    buf_clear(&text);
    struct sheet_file *f = open_good("long.xlsx");
    const char *rows = dump(f, 0, 0, &text);
    assert_non_null(strstr(rows, "长…（内容过长，已截断）\n"));
    size_t kept = 0;
    for (const char *c = rows; (c = strstr(c, "长")) != NULL; c += 3)
        kept++;
    assert_true(kept > 32000 && kept < 32767);
    sheet_close(f);
    buf_free(&text);
}

static void several_sheets_follow_each_other(void **state)
{
    (void)state;
    struct err e = {0};
    struct xlsx_writer *w = start("two.xlsx");
    for (int s = 0; s < 2; s++) {
        xlsx_write_sheet(w, "同名", columns, COLUMNS, 0);
        for (int i = 0; i < 3; i++) {
            xlsx_write_int(w, 1, s * 10 + i);
            xlsx_write_row(w);
        }
    }
    assert_int_equal(xlsx_write_end(w, &e), RC_OK);
    struct sheet_file *f = open_good("two.xlsx");
    struct buf out = {.limit = 0};
    assert_int_equal(sheet_count(f), 2);
    assert_non_null(strstr(dump(f, 1, 0, &out), "\n2|-|n:10\n3|-|n:11\n4|-|n:12\n"));
    buf_free(&out);
    sheet_close(f);
}

static void misuse_and_missing_folders_are_errors(void **state)
{
    (void)state;
    struct err e = {0};
    struct xlsx_writer *w;
    assert_int_equal(xlsx_write_new("/nowhere/at/all.xlsx", NULL, &w, &e), RC_INTERNAL);
    assert_null(w);
    assert_int_equal(xlsx_write_new(work_path("."), NULL, &w, &e), RC_INVALID);
    w = start("misuse.xlsx");
    assert_int_equal(xlsx_write_end(w, &e), RC_INTERNAL); /* no sheet */
    w = start("misuse.xlsx");
    xlsx_write_sheet(w, "一", columns, COLUMNS, 0);
    xlsx_write_text(w, COLUMNS, "outside");
    assert_int_equal(xlsx_write_end(w, &e), RC_INTERNAL);
    w = start("misuse.xlsx");
    xlsx_write_sheet(w, "一", columns, COLUMNS, 0);
    xlsx_write_abort(w);
    struct stat st;
    assert_int_not_equal(stat(work_path("misuse.xlsx"), &st), 0);
    assert_int_not_equal(stat(work_path("misuse.xlsx.part"), &st), 0);
}

/* A file size limit stands for a full disk: write() fails the same way, half-way through. */
static int write_with_limit(const char *name, rlim_t limit)
{
    struct err e = {0};
    const struct rlimit r = {limit, limit};
    signal(SIGXFSZ, SIG_IGN);
    struct xlsx_writer *w = start(name);
    setrlimit(RLIMIT_FSIZE, &r);
    xlsx_write_sheet(w, "大", columns, COLUMNS, 0);
    for (int i = 0; i < 20000; i++) {
        char text[64];
        snprintf(text, sizeof text, "%d-%d", i, i * 7919 % 10007);
        xlsx_write_text(w, 0, text);
        xlsx_write_int(w, 1, i);
        xlsx_write_row(w);
    }
    enum rc rc = xlsx_write_end(w, &e);
    struct stat st;
    bool there = stat(work_path(name), &st) == 0;
    if (rc == RC_OK)
        return there ? 0 : 4;
    return there ? 3 : rc == RC_BUSY && strstr(e.zh, "磁盘已满") ? 1 : 2;
}

static int in_child(const char *name, rlim_t limit)
{
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) {
        _exit(write_with_limit(name, limit));
    }
    int status = -1;
    waitpid(pid, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void a_full_disk_leaves_an_error_and_no_file(void **state)
{
    (void)state;
    static const rlim_t limits[] = {100, 4096, 60000, 150000};
    for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++) {
        int got = in_child("full.xlsx", limits[i]);
        if (got != 1)
            fail_msg("limit %lu: outcome %d", (unsigned long)limits[i], got);
    }
    assert_int_equal(in_child("full.xlsx", RLIM_INFINITY), 0);
}

static void the_archive_is_whole_for_another_program(void **state)
{
    (void)state;
    struct buf out = {0};
    write_sample("out.xlsx");
    static const char script[] = "import sys, zipfile\n"
                                 "z = zipfile.ZipFile(sys.argv[1])\n"
                                 "print(z.testzip(), z.namelist()[0], len(z.namelist()) >= 6)\n";
    assert_string_equal(python(script, work_path("out.xlsx"), &out), "None xl/worksheets/sheet1.xml True");
    buf_free(&out);
}

int write_tests(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_reads_back_as_it_was),
        cmocka_unit_test(another_program_reads_the_same),
        cmocka_unit_test(a_template_has_drop_downs_and_its_heading_helps),
        cmocka_unit_test(long_texts_are_cut_and_say_so),
        cmocka_unit_test(several_sheets_follow_each_other),
        cmocka_unit_test(misuse_and_missing_folders_are_errors),
        cmocka_unit_test(a_full_disk_leaves_an_error_and_no_file),
        cmocka_unit_test(the_archive_is_whole_for_another_program),
    };
    return cmocka_run_group_tests_name("write", tests, NULL, NULL);
}
