/* SPDX-License-Identifier: Apache-2.0 */
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "test.h"

/* Opens and reads everything; the first failure. */
static enum rc read_through(const char *name, const struct sheet_limits *limits, struct err *e)
{
    struct sheet_file *f;
    const struct sheet_row *row = NULL;
    enum rc rc = sheet_open(work_path(name), limits, &f, e);
    if (rc != RC_OK) {
        assert_null(f);
        return rc;
    }
    for (size_t i = 0; i < sheet_count(f) && rc == RC_OK; i++) {
        rc = sheet_start(f, i, SHEET_REPEAT_MERGED, e);
        do {
            if (rc == RC_OK)
                rc = sheet_next(f, &row, e);
        } while (rc == RC_OK && row);
    }
    sheet_close(f);
    return rc;
}

struct refused {
    const char *name;
    enum rc rc;
    const char *zh, *en; /* parts of the text: the reason, the way out */
};

static void assert_refused(const struct refused *r, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct err e = {0};
        enum rc rc = read_through(r[i].name, NULL, &e);
        if (rc != r[i].rc || !strstr(e.zh, r[i].zh) || !strstr(e.en, r[i].en))
            fail_msg("%s: %d %s | %s", r[i].name, rc, e.zh, e.en);
        if (strchr(e.zh, '{') || strchr(e.en, '{'))
            fail_msg("%s: unfilled text %s | %s", r[i].name, e.zh, e.en);
    }
}
#define ASSERT_REFUSED(table) assert_refused(table, sizeof(table) / sizeof(table)[0])

static void bombs_are_refused_by_size_ratio_and_count(void **state)
{
    (void)state;
    static const struct refused table[] = {
        {"bomb.xlsx", RC_TOO_BIG, "压缩炸弹", "zip bomb"},
        {"liar.xlsx", RC_TOO_BIG, "压缩炸弹", "zip bomb"},
        {"entries.xlsx", RC_TOO_BIG, "超过 2000 个", "more than 2000 parts"},
    };
    ASSERT_REFUSED(table);
    const struct sheet_limits tight = {.inflated_bytes = 500};
    struct err e = {0};
    assert_int_equal(read_through("types.xlsx", &tight, &e), RC_TOO_BIG);
    assert_non_null(strstr(e.zh, "超过上限"));
}

static void reading_one_small_part_for_ever_is_refused_too(void **state)
{
    (void)state;
    const struct sheet_limits tight = {.inflated_bytes = 20000};
    struct sheet_file *f;
    struct err e = {0};
    enum rc rc = RC_OK;
    int passes = 0;
    assert_int_equal(sheet_open(work_path("types.xlsx"), &tight, &f, &e), RC_OK);
    for (; rc == RC_OK && passes < 1000; passes++)
        rc = sheet_start(f, 0, SHEET_REPEAT_MERGED, &e);
    assert_int_equal(rc, RC_TOO_BIG);
    assert_true(passes > 3);
    sheet_close(f);
}

static void document_type_declarations_are_refused_in_every_part(void **state)
{
    (void)state;
    static const struct refused table[] = {
        {"laughs.xlsx", RC_INVALID, "DTD", "DTD"},
        {"dtd_strings.xlsx", RC_INVALID, "DTD", "DTD"},
        {"dtd_rels.xlsx", RC_INVALID, "DTD", "DTD"},
    };
    ASSERT_REFUSED(table);
}

static void endless_tokens_cells_rows_and_lines_are_refused(void **state)
{
    (void)state;
    static const struct refused table[] = {
        {"token.xlsx", RC_TOO_BIG, "1 MB", "1 MB"},
        {"comment.xlsx", RC_TOO_BIG, "1 MB", "1 MB"},
        {"deep.xlsx", RC_INVALID, "已损坏", "nested too deep"},
        {"longcell.xlsx", RC_TOO_BIG, "第 7 行", "row 7"},
        {"longstring.xlsx", RC_TOO_BIG, "单元格超过", "a cell of more"},
        {"longrow.xlsx", RC_TOO_BIG, "第 3 行", "row 3"},
        {"longline.csv", RC_TOO_BIG, "文件有 100 MB，上限 64 MB", "split"},
        {"line.csv", RC_TOO_BIG, "第 1 行有一个单元格超过", "row 1 has a cell"},
        {"longfield.csv", RC_TOO_BIG, "第 2 行", "row 2"},
        {"quotes.csv", RC_INVALID, "引号没有闭合", "never closes"},
    };
    ASSERT_REFUSED(table);
}

static void too_many_rows_columns_and_sheets_are_refused(void **state)
{
    (void)state;
    static const struct refused table[] = {
        {"tall.xlsx", RC_TOO_BIG, "超过 1048576 行", "split"},
        {"wide.xlsx", RC_TOO_BIG, "第 2 行超过 500 列", "delete the columns"},
        {"widecsv.csv", RC_TOO_BIG, "第 1 行超过 500 列", "delete the columns"},
        {"many.xlsx", RC_TOO_BIG, "超过 200 个", "more than 200 sheets"},
    };
    ASSERT_REFUSED(table);
    const struct sheet_limits few = {.rows = 2};
    struct err e = {0};
    assert_int_equal(read_through("utf8.csv", &few, &e), RC_TOO_BIG);
    assert_int_equal(read_through("types.xlsx", &few, &e), RC_TOO_BIG);
}

static void other_formats_are_named_with_the_way_out(void **state)
{
    (void)state;
    static const struct refused table[] = {
        {"password.xlsx", RC_INVALID, "请先取消密码", "remove the password"},
        {"old.xls", RC_INVALID, "另存为 .xlsx", "save it as .xlsx"},
        {"old.doc", RC_INVALID, "Word", "Word"},
        {"page.xls", RC_INVALID, "另存为 .xlsx", "save it as .xlsx"},
        {"xml.xls", RC_INVALID, "另存为 .xlsx", "save it as .xlsx"},
        {"open.ods", RC_INVALID, "另存为 .xlsx", "save it as .xlsx"},
        {"binary.xlsb", RC_INVALID, "另存为 .xlsx", "save it as .xlsx"},
        {"writer.docx", RC_INVALID, "Word", "Word"},
        {"some.zip", RC_INVALID, "不是表格文件", "not a spreadsheet"},
        {"photo.jpg", RC_INVALID, "JPEG", "JPEG"},
        {"report.pdf", RC_INVALID, "PDF", "PDF"},
        {"noise.csv", RC_INVALID, "不是表格文件", "control characters"},
        {"nul.csv", RC_INVALID, "空字符", "NUL"},
        {"nothing.csv", RC_INVALID, "空的", "empty"},
    };
    ASSERT_REFUSED(table);
}

static void damaged_files_are_refused_and_say_where(void **state)
{
    (void)state;
    static const struct refused table[] = {
        {"cut.xlsx", RC_INVALID, "不完整", "cut off"},
        {"flipped.xlsx", RC_INVALID, "已损坏", "damaged"},
        {"broken.xlsx", RC_INVALID, "已损坏", "mismatched tag"},
        {"backwards.xlsx", RC_INVALID, "已损坏", "out of order"},
        {"badindex.xlsx", RC_INVALID, "已损坏", "not there"},
        {"nosheet.xlsx", RC_INVALID, "已损坏", "missing"},
        {"nobook.xlsx", RC_INVALID, "不是表格文件", "not a spreadsheet"},
        {"absent.xlsx", RC_NOT_FOUND, "读不了文件 absent.xlsx", "absent.xlsx"},
        {".", RC_INVALID, "读不了文件", "cannot read"},
    };
    ASSERT_REFUSED(table);
}

/* Every refusal again in a child whose memory could not hold what it is refused for. */
static void refusing_costs_no_memory(void **state)
{
    (void)state;
    static const char *const names[] = {"bomb.xlsx",     "liar.xlsx",    "laughs.xlsx",
                                        "longcell.xlsx", "comment.xlsx", "longline.csv"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        pid_t pid = fork();
        if (pid == 0) {
            struct err e = {0};
            struct rusage before, after;
            getrusage(RUSAGE_SELF, &before);
            enum rc rc = read_through(names[i], NULL, &e);
            getrusage(RUSAGE_SELF, &after);
            _exit(rc == RC_OK ? 1 : after.ru_maxrss - before.ru_maxrss > 64 * 1024 ? 2 : 0);
        }
        int status = -1;
        waitpid(pid, &status, 0);
        if (status != 0)
            fail_msg("%s: status %d", names[i], status);
    }
}

int refusal_tests(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bombs_are_refused_by_size_ratio_and_count),
        cmocka_unit_test(reading_one_small_part_for_ever_is_refused_too),
        cmocka_unit_test(document_type_declarations_are_refused_in_every_part),
        cmocka_unit_test(endless_tokens_cells_rows_and_lines_are_refused),
        cmocka_unit_test(too_many_rows_columns_and_sheets_are_refused),
        cmocka_unit_test(other_formats_are_named_with_the_way_out),
        cmocka_unit_test(damaged_files_are_refused_and_say_where),
        cmocka_unit_test(refusing_costs_no_memory),
    };
    return cmocka_run_group_tests_name("refusal", tests, NULL, NULL);
}
