/* SPDX-License-Identifier: Apache-2.0 */
#include <sys/stat.h>

#include "test.h"

#include "proto/pdf.h"
#include "proto/picture.h"

static const struct pdf_options options = {
    .title = "2026年5月运维服务月报",
    .author = "守望",
    .printed_at = {INT64_C(1780275600000)}, /* 2026-06-01T09:00 Beijing */
    .footer = "sha256 9f86d081884c7d65",
};
static const struct pdf_column columns[] = {
    {"编号", 1, PDF_CENTER}, {"现象", 4, PDF_LEFT}, {"用时", 1, PDF_RIGHT}};

static struct pdf *document(const struct pdf_options *o, int rows)
{
    static const char *const labels[] = {"编制（签字）：", "审核（签字）："};
    const struct pdf_pair pairs[] = {{"合同", "YW-2026", NULL, false},
                                     {"设备", "2516", "http://127.0.0.1/#/asset?a='b'", false},
                                     {"说明", "宽", NULL, true}};
    struct pdf *p = pdf_new(o);
    pdf_title(p, "某街道运维月报");
    pdf_grid(p, pairs, 3, 2);
    pdf_heading(p, "一、清单");
    pdf_table_begin(p, columns, 3);
    for (int i = 0; i < rows; i++) {
        char no[16];
        snprintf(no, sizeof no, "R%d.", i + 1);
        const struct pdf_cell cells[] = {
            {no, NULL, false},
            {"摄像机离线（龘𠮷）", i == 0 ? "javascript:alert(1)" : NULL, false},
            {"12", i == 0 ? "https://127.0.0.1/#/work_order?f=rule.eq.S-01" : NULL, true}};
        pdf_table_row(p, cells);
    }
    pdf_table_end(p);
    pdf_text(p, "结束。");
    pdf_signatures(p, labels, 2);
    return p;
}

static const char *tool(const char *script, const char *name, struct buf *out)
{
    return python(script, work_path(name), out);
}

static const char text_of[] =
    "import subprocess, sys\n"
    "sys.stdout.write(subprocess.run(['pdftotext', '-layout', sys.argv[1], '-'], check=True,"
    " capture_output=True, text=True).stdout.replace(' ', ''))\n"; /* small blanks come and go */

static void write_document(struct pdf *p, const char *name)
{
    struct err e = {0};
    if (pdf_write(p, work_path(name), &e) != RC_OK)
        fail_msg("%s", e.en);
    pdf_free(p);
}

static size_t count(const char *text, const char *word)
{
    size_t n = 0;
    for (; (text = strstr(text, word)) != NULL; text += strlen(word))
        n++;
    return n;
}

static void a_report_says_its_texts_page_time_and_hash(void **state)
{
    (void)state;
    struct pdf *p = document(&options, 3);
    struct buf out = {.limit = 0};
    assert_int_equal(pdf_pages(p), 1);
    assert_int_equal(pdf_unknown_glyphs(p), 0);
    write_document(p, "one.pdf");
    const char *text = tool(text_of, "one.pdf", &out);
    static const char *const words[] = {
        "某街道运维月报",         "合同",           "YW-2026",
        "摄像机离线（龘𠮷）",     "第1页/共1页",    "打印时间2026-06-0109:00",
        "sha2569f86d081884c7d65", "编制（签字）：", "结束。"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (!strstr(text, words[i]))
            fail_msg("%s is missing in:\n%s", words[i], text);
    buf_free(&out);
}

static void title_links_and_fonts_are_in_the_file(void **state)
{
    (void)state;
    struct buf out = {.limit = 0};
    write_document(document(&options, 3), "one.pdf");
    const char *text = tool("import subprocess, sys\n"
                            "for c in (['pdfinfo'], ['pdfinfo', '-url'], ['pdffonts']):\n"
                            "    sys.stdout.write(subprocess.run(c + [sys.argv[1]], check=True,"
                            " capture_output=True, text=True).stdout)\n",
                            "one.pdf", &out);
    assert_non_null(strstr(text, "2026年5月运维服务月报"));
    assert_non_null(strstr(text, "(A4)"));
    assert_non_null(strstr(text, "https://127.0.0.1/#/work_order?f=rule.eq.S-01"));
    assert_non_null(strstr(text, "http://127.0.0.1/#/asset?a=%27b%27"));
    assert_null(strstr(text, "javascript"));
    assert_non_null(strstr(text, "WenQuanYiMicroHei"));
    assert_non_null(strstr(text, "NotoSansCJK")); /* U+20BB7 is not in the first font */
    buf_free(&out);
}

static void a_long_table_repeats_its_heading_and_loses_no_row(void **state)
{
    (void)state;
    struct pdf *p = document(&options, 150);
    struct buf out = {.limit = 0};
    int pages = pdf_pages(p);
    assert_true(pages >= 4 && pages <= 8);
    write_document(p, "long.pdf");
    const char *text = tool(text_of, "long.pdf", &out);
    assert_int_equal(count(text, "现象"), pages);
    for (int i = 1; i <= 150; i++) {
        char no[16];
        snprintf(no, sizeof no, "R%d.", i);
        if (count(text, no) != 1)
            fail_msg("row %s", no);
    }
    char last[64];
    snprintf(last, sizeof last, "第%d页/共%d页", pages, pages);
    assert_non_null(strstr(text, last));
    buf_free(&out);
}

static void a_document_shrinks_to_fit_one_page_when_it_can(void **state)
{
    (void)state;
    struct pdf_options fit = options;
    int rows = 1;
    for (;; rows++) {
        struct pdf *p = document(&options, rows);
        int pages = pdf_pages(p);
        pdf_free(p);
        if (pages == 2)
            break;
    }
    fit.fit_pages = 1;
    struct pdf *p = document(&fit, rows);
    assert_int_equal(pdf_pages(p), 1);
    pdf_free(p);
    p = document(&fit, rows * 4); /* past help: keeps its size */
    assert_true(pdf_pages(p) > 2);
    pdf_free(p);
}

/* 7 good ones are two pages; what is no picture keeps its box and its caption and nothing else. */
static void pictures_stand_in_the_file_as_they_are(void **state)
{
    (void)state;
    struct err e = {0};
    struct buf jpeg = {.limit = 0}, out = {.limit = 0};
    struct picture plain = {64, 48, calloc(64 * 48, 3)};
    assert_int_equal(picture_jpeg(&plain, 80, &jpeg, &e), RC_OK);
    picture_free(&plain);
    struct pdf_picture pics[9];
    for (size_t i = 0; i < 9; i++)
        pics[i] = (struct pdf_picture){jpeg.data, jpeg.len, "处理前"};
    pics[1] = (struct pdf_picture){"\xff\xd8\xff\xc0", 4, "残缺"};
    pics[3] = (struct pdf_picture){"", 0, "缺失"};
    struct pdf *p = pdf_new(&options);
    pdf_heading(p, "附页");
    pdf_pictures(p, pics, 9);
    assert_int_equal(pdf_pages(p), 2);
    write_document(p, "pictures.pdf");
    const char *text = tool("import subprocess, sys\n"
                            "for c in (['pdfimages', '-list', sys.argv[1]], ['pdftotext', sys.argv[1], '-']):\n"
                            "    sys.stdout.write(subprocess.run(c, check=True,"
                            " capture_output=True, text=True).stdout)\n",
                            "pictures.pdf", &out);
    assert_int_equal(count(text, " jpeg "), 7);
    assert_int_equal(count(text, "处理前"), 7);
    assert_non_null(strstr(text, "残缺"));
    assert_non_null(strstr(text, "缺失"));
    buf_free(&jpeg);
    buf_free(&out);
}

static void a_cell_longer_than_a_page_goes_on_on_the_next(void **state)
{
    (void)state;
    struct buf text = {.limit = 0}, out = {.limit = 0};
    for (int i = 1; i <= 300; i++)
        buf_printf(&text, "L%d.\n", i);
    struct pdf *p = pdf_new(&options);
    pdf_table_begin(p, columns, 3);
    pdf_table_row(p, &(struct pdf_cell[]){{"1"}, {buf_text(&text)}, {"x"}}[0]);
    pdf_table_end(p);
    assert_true(pdf_pages(p) >= 5);
    write_document(p, "cell.pdf");
    tool(text_of, "cell.pdf", &out);
    for (int i = 1; i <= 300; i++) {
        char line[16];
        snprintf(line, sizeof line, "L%d.", i);
        if (count(buf_text(&out), line) != 1)
            fail_msg("%s", line);
    }
    buf_free(&text);
    buf_free(&out);
}

static void a_heading_taller_than_a_page_ends(void **state)
{
    (void)state;
    struct pdf_column narrow[PDF_COLUMNS];
    struct pdf_cell cells[PDF_COLUMNS];
    char tall[301];
    memset(tall, 'w', 300);
    tall[300] = '\0';
    for (size_t i = 0; i < PDF_COLUMNS; i++) {
        narrow[i] = (struct pdf_column){tall, i == 0 ? 0.001 : 1, PDF_LEFT};
        cells[i] = (struct pdf_cell){tall, NULL, false};
    }
    struct pdf *p = pdf_new(&options);
    pdf_table_begin(p, narrow, PDF_COLUMNS);
    pdf_table_row(p, cells);
    pdf_table_end(p);
    assert_true(pdf_pages(p) > 2);
    pdf_free(p);
}

static void bad_bytes_and_empty_documents_do_no_harm(void **state)
{
    (void)state;
    struct err e = {0};
    struct buf out = {.limit = 0};
    const struct pdf_options bare = {.title = "\xff\xfe\x01"};
    struct pdf *p = pdf_new(&bare);
    assert_int_equal(pdf_pages(p), 1);
    pdf_text(p, "a\xc3\x28\x07 b");
    pdf_title(p, NULL);
    pdf_signatures(p, NULL, 0);
    pdf_grid(p, NULL, 0, 2);
    pdf_page_break(p);
    pdf_text(p, "第二页");
    assert_int_equal(pdf_pages(p), 2);
    assert_int_equal(pdf_write_buf(p, &out, &e), RC_OK);
    assert_memory_equal(out.data, "%PDF-1.5", 8);
    struct buf small = {.limit = 100};
    assert_int_equal(pdf_write_buf(p, &small, &e), RC_TOO_BIG);
    assert_int_equal(mkdir(work_path("folder.pdf"), 0700), 0);
    assert_int_equal(pdf_write(p, work_path("folder.pdf"), &e), RC_INVALID);
    struct stat st;
    assert_int_not_equal(stat(work_path("folder.pdf.part"), &st), 0);
    assert_int_not_equal(pdf_write(p, "/nowhere/x.pdf", &e), RC_OK);
    buf_free(&small);
    buf_free(&out);
    pdf_free(p);
}

static void the_same_input_makes_the_same_bytes(void **state)
{
    (void)state;
    struct err e = {0};
    struct buf a = {.limit = 0}, b = {.limit = 0};
    struct pdf *p = document(&options, 20), *q = document(&options, 20);
    assert_int_equal(pdf_write_buf(p, &a, &e), RC_OK);
    assert_int_equal(pdf_write_buf(q, &b, &e), RC_OK);
    assert_int_equal(a.len, b.len);
    assert_memory_equal(a.data, b.data, a.len);
    pdf_free(p);
    pdf_free(q);
    buf_free(&a);
    buf_free(&b);
}

int pdf_tests(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_report_says_its_texts_page_time_and_hash),
        cmocka_unit_test(title_links_and_fonts_are_in_the_file),
        cmocka_unit_test(a_long_table_repeats_its_heading_and_loses_no_row),
        cmocka_unit_test(a_document_shrinks_to_fit_one_page_when_it_can),
        cmocka_unit_test(pictures_stand_in_the_file_as_they_are),
        cmocka_unit_test(a_cell_longer_than_a_page_goes_on_on_the_next),
        cmocka_unit_test(a_heading_taller_than_a_page_ends),
        cmocka_unit_test(bad_bytes_and_empty_documents_do_no_harm),
        cmocka_unit_test(the_same_input_makes_the_same_bytes),
    };
    return cmocka_run_group_tests_name("pdf", tests, NULL, NULL);
}
