/* SPDX-License-Identifier: Apache-2.0 */
/* The short commands: journal verify, meta, report. */
#include <stdio.h>
#include <string.h>

#include "app/app.h"
#include "base/hash.h"
#include "journal/journal.h"
#include "mod/report/report.h"
#include "record/record.h"

int cmd_journal(int argc, char **argv)
{
    struct console c;
    struct app_options o;
    char head[HASH_HEX];
    int64_t rows = 0;
    int64_t waiting = 0;
    if (!app_options_take(&argc, argv, &o, true) || !options_end(argc, argv))
        return 2;
    if (argc != 1 || strcmp(argv[0], "verify")) {
        fprintf(stderr, "用法：shouwang journal verify --data DIR\n");
        return 2;
    }
    if (!console_open(&c, &o, false))
        return 1;
    enum rc rc = journal_verify(&c.cx, head, &rows);
    if (!rc)
        rc = cx_db(&c.cx, db_int_of(c.cx.db, "SELECT COUNT(*) FROM journal WHERE feed IS NULL", NO_BINDS, &waiting));
    if (!rc)
        printf("日志完好：%lld 行，链头 %s\n", (long long)rows, head);
    if (!rc && waiting)
        printf("另有 %lld 行尚未封存（平台运行时每秒封存一次），不在校验范围内\n", (long long)waiting);
    return console_exit(&c, rc) ? 1 : 0;
}

int cmd_meta(int argc, char **argv)
{
    struct console c;
    struct app_options o;
    struct buf out = {0};
    struct jw w = jw_on(&out);
    if (!app_options_take(&argc, argv, &o, true) || !options_end(argc, argv))
        return 2;
    if (!console_open(&c, &o, false))
        return 1;
    jw_object(&w);
    jw_key(&w, "kinds");
    record_meta(&c.cx, &w);
    jw_end_object(&w);
    puts(buf_text(&out));
    buf_free(&out);
    return console_exit(&c, RC_OK);
}

int cmd_report(int argc, char **argv)
{
    struct console c;
    struct app_options o;
    enum report_format format = REPORT_PDF;
    const char *base = option_take(&argc, argv, "--base-url");
    if (!app_options_take(&argc, argv, &o, true) || !options_end(argc, argv))
        return 2;
    const char *dot = argc == 3 ? strrchr(argv[2], '.') : NULL;
    if (!dot || strcmp(argv[0], "monthly")) {
        fprintf(stderr, "用法：shouwang report monthly 2026-05 FILE.pdf|.xlsx|.json --data DIR\n");
        return 2;
    }
    if (!console_open(&c, &o, false))
        return 1;
    enum rc rc = report_format_of(&c.cx, dot + 1, &format);
    if (!rc)
        rc = report_monthly(&c.cx, argv[1], format, base, argv[2]);
    return console_exit(&c, rc);
}
