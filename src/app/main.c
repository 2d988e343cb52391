/* SPDX-License-Identifier: Apache-2.0 */
/* shouwang COMMAND …: one program, its commands as rows. */
#include <stdio.h>
#include <string.h>

#include "app/app.h"
#include "app/cmd_check.h"
#include "app/cmd_sla.h"
#include "app/cmd_watch.h"
#include "mod/sla/sla.h"

/* argv of a command starts behind its word; these take the word as argv[0]. With a data folder the
 * clocks run on its calendar, else on the built-in one. */
static int sla(int argc, char **argv)
{
    struct app_options o = {0};
    struct console c;
    const struct calendar *cal = NULL;
    for (int i = 0; i + 1 < argc; i++)
        if (!strcmp(argv[i], "--data"))
            o.data = argv[i + 1];
        else if (!strcmp(argv[i], "--db"))
            o.db = argv[i + 1];
    if (!o.data && !o.db)
        return cmd_sla(argc + 1, argv - 1, NULL);
    if (!console_open(&c, &o, false))
        return 1;
    enum rc rc = sla_calendar(&c.cx, &cal);
    int code = rc ? print_err(&c.cx.err, rc) : cmd_sla(argc + 1, argv - 1, cal);
    console_close(&c);
    return code;
}

static int version(int argc, char **argv)
{
    (void)argc;
    (void)argv;
    puts("shouwang " APP_VERSION);
    return 0;
}

/* clang-format off */
static const struct { const char *name; int (*run)(int, char **); const char *help; } commands[] = {
    {"serve",   cmd_serve,   "启动平台：--data DIR [--db URL] [--listen 127.0.0.1:8080] [--watch-netns NAME]"},
    {"web",     cmd_web,     "只启动网页与业务进程（serve 会启动它）"},
    {"watch",   cmd_watch,   "只启动监测进程（serve 会启动它）"},
    {"init",    cmd_init,    "首次启动：建立数据目录和三员账号 --data DIR [--preset FILE]"},
    {"user",    cmd_user,    "账号：add|lock|unlock|passwd LOGIN · list"},
    {"setting", cmd_setting, "参数：list | set NAME VALUE"},
    {"import",  cmd_import,  "导入：import KIND FILE [--dry-run] [--good-rows] [--create-sites]"},
    {"export",  cmd_export,  "导出：export KIND FILE.xlsx"},
    {"report",  cmd_report,  "报告：monthly 2026-05 FILE.pdf|.xlsx|.json"},
    {"check",   cmd_check,   "一次性探测：icmp:HOST tcp:HOST:PORT"},
    {"sla",     sla,         "时限：deadline --calendar 5x8 --minutes 120 --from 2026-05-08T17:00 | --batch"},
    {"journal", cmd_journal, "日志：verify [FILE…] [--anchor FEED:HASH] | export FILE [--since FEED] | head"},
    {"file",    cmd_file,    "证据文件：verify 重新计算全部校验值"},
    {"image",   cmd_image,   "隔离的图片解码子进程（由平台启动）"},
    {"person",  cmd_person,  "个人信息：erase user LOGIN | KIND 序号 --reason 理由"},
    {"meta",    cmd_meta,    "记录种类的元数据（JSON）：--data DIR [--openapi] | --typescript"},
    {"version", version,     "版本"},
};
/* clang-format on */

static int usage(void)
{
    fprintf(stderr, "用法：shouwang 命令 …\n");
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        fprintf(stderr, "  %-8s %s\n", commands[i].name, commands[i].help);
    return 2;
}

int main(int argc, char **argv)
{
    for (size_t i = 0; argc > 1 && i < sizeof commands / sizeof *commands; i++)
        if (!strcmp(argv[1], commands[i].name))
            return commands[i].run(argc - 2, argv + 2);
    return usage();
}
