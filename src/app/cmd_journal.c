/* SPDX-License-Identifier: Apache-2.0 */
/* shouwang journal: verification of the store and of exported copies, copies, the head. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/app.h"
#include "journal/journal.h"

static int usage(void)
{
    fprintf(stderr,
            "用法：shouwang journal verify [--anchor FEED:HASH] [--anchors FILE] --data DIR [--db URL]\n"
            "      shouwang journal verify FILE… [--anchor FEED:HASH] [--anchors FILE]   校验导出的副本，不需要数据库\n"
            "      shouwang journal export FILE [--since FEED] --data DIR [--db URL]\n"
            "      shouwang journal head --data DIR [--db URL]\n");
    return 2;
}

static void print_check(const struct chain_check *c)
{
    struct err e;
    for (int64_t i = 0; i < c->n_faults && i < CHAIN_FAULTS; i++) {
        chain_fault_text(&c->fault[i], &e);
        printf("%s\n", e.zh);
    }
    if (c->n_faults > CHAIN_FAULTS)
        printf("另有 %lld 处未列出\n", (long long)(c->n_faults - CHAIN_FAULTS));
    if (!c->n_faults)
        printf("日志完好：%lld 行，第 %lld 至 %lld 行，链头 %s\n", (long long)atomic_load(&c->rows), (long long)c->first,
               (long long)c->last, c->head);
    if (!c->n_faults && c->confirmed)
        printf("与外部锚点第 %lld 行相符\n", (long long)c->confirmed);
}

/* --anchor may be given several times. The anchor file of the data folder is read by itself. */
static bool take_anchors(int *argc, char **argv, struct anchors *a)
{
    struct err e = {0};
    const char *text;
    while ((text = option_take(argc, argv, "--anchor")))
        if (!anchors_add(a, text)) {
            fprintf(stderr, "错误：锚点应写成 行号:哈希，不是 %s\n", text);
            return false;
        }
    while ((text = option_take(argc, argv, "--anchors")))
        if (anchors_load(a, text, &e)) {
            fprintf(stderr, "错误：%s\n", e.zh);
            return false;
        }
    return true;
}

static int verify_copy(int argc, char **argv, struct anchors *a)
{
    struct chain_check c;
    struct err e = {0};
    enum rc rc = journal_verify_files(argv, argc, a, &c, &e);
    if (rc && rc != RC_CONFLICT)
        return print_err(&e, rc);
    print_check(&c);
    return rc ? 1 : 0;
}

static int verify_store(const struct app_options *o, struct anchors *a)
{
    struct console c;
    struct chain_check check;
    struct err none = {0};
    int64_t waiting = 0;
    if (!console_open(&c, o, false))
        return 1;
    enum rc rc = anchors_load(a, journal_anchor_path(&c.cx), &none);
    if (rc == RC_NOT_FOUND)
        printf("数据目录里没有锚点文件 journal.anchor：末尾被截断不能由它发现，请用 --anchor 给出外部锚点\n");
    else if (rc)
        c.cx.err = none;
    if (!rc || rc == RC_NOT_FOUND)
        rc = journal_verify(&c.cx, a, &check, NULL);
    if (!rc || rc == RC_CONFLICT)
        print_check(&check);
    if (!rc && !db_int_of(c.cx.db, "SELECT COUNT(*) FROM journal WHERE feed IS NULL", NO_BINDS, &waiting) && waiting)
        printf("另有 %lld 行尚未封存（平台运行时每秒封存一次），不在校验范围内\n", (long long)waiting);
    return console_exit(&c, rc) ? 1 : 0;
}

static int export(const struct app_options *o, const char *path, const char *since)
{
    struct console c;
    struct journal_copy copy;
    char *end = NULL;
    long long from = since ? strtoll(since, &end, 10) : 0;
    if (since && (end == since || *end || from < 0)) {
        fprintf(stderr, "错误：--since 应为上一份副本的最后行号\n");
        return 2;
    }
    if (!output_ok(path))
        return 2;
    if (!console_open(&c, o, false))
        return 1;
    enum rc rc = journal_export(&c.cx, path, from, &copy);
    if (!rc)
        rc = journal_note(&c.cx, "journal", 0, "export",
                          arena_printf(c.cx.a, "{\"first\":[null,%lld],\"last\":[null,%lld]}",
                                       (long long)copy.first, (long long)copy.last),
                          "ok");
    if (!rc && copy.rows)
        printf("导出 %lld 行，第 %lld 至 %lld 行，锚点 %lld:%s\n", (long long)copy.rows, (long long)copy.first,
               (long long)copy.last, (long long)copy.last, copy.head);
    else if (!rc)
        printf("导出 0 行：第 %lld 行之后没有新的封存行\n", from);
    return console_exit(&c, rc);
}

static int head(const struct app_options *o)
{
    struct console c;
    struct anchor a;
    if (!console_open(&c, o, false))
        return 1;
    enum rc rc = journal_head(&c.cx, &a);
    if (!rc)
        printf("%lld:%s\n", (long long)a.feed, a.hash);
    return console_exit(&c, rc);
}

static int run(int argc, char **argv, const struct app_options *o, struct anchors *a, const char *since)
{
    if (argc > 1 && !strcmp(argv[0], "verify"))
        return verify_copy(argc - 1, argv + 1, a);
    if (argc > 0 && !o->data) {
        fprintf(stderr, "错误：请用 --data DIR 指定数据目录\n");
        return 2;
    }
    if (argc == 1 && !strcmp(argv[0], "verify"))
        return verify_store(o, a);
    if (argc == 2 && !strcmp(argv[0], "export"))
        return export(o, argv[1], since);
    if (argc == 1 && !strcmp(argv[0], "head"))
        return head(o);
    return usage();
}

int cmd_journal(int argc, char **argv)
{
    struct app_options o;
    struct anchors a = {0};
    int code = 2;
    const char *since = option_take(&argc, argv, "--since");
    if (take_anchors(&argc, argv, &a) && app_options_take(&argc, argv, &o, false) && options_end(argc, argv))
        code = run(argc, argv, &o, &a, since);
    anchors_free(&a);
    return code;
}
