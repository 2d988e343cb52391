/* SPDX-License-Identifier: Apache-2.0 */
/* The short commands: meta, report. */
#include <stdio.h>
#include <string.h>

#include "app/app.h"
#include "mod/report/report.h"
#include "record/record.h"

/* The descriptors stand in the program: no data folder is needed. */
static int typescript(void)
{
    struct buf out = {0};
    app_register();
    record_typescript(&out);
    fputs(buf_text(&out), stdout);
    buf_free(&out);
    return 0;
}

int cmd_meta(int argc, char **argv)
{
    struct console c;
    struct app_options o;
    struct buf out = {0};
    struct jw w = jw_on(&out);
    if (flag_take(&argc, argv, "--typescript"))
        return typescript();
    bool openapi = flag_take(&argc, argv, "--openapi");
    if (!app_options_take(&argc, argv, &o, true) || !options_end(argc, argv))
        return 2;
    if (!console_open(&c, &o, false))
        return 1;
    if (openapi) {
        record_openapi(&c.cx, &w, APP_VERSION);
    } else {
        jw_object(&w);
        jw_key(&w, "kinds");
        record_meta(&c.cx, &w);
        jw_end_object(&w);
    }
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
    if (!output_ok(argv[2]))
        return 2;
    if (!console_open(&c, &o, false))
        return 1;
    enum rc rc = report_format_of(&c.cx, dot + 1, &format);
    if (!rc)
        rc = report_monthly(&c.cx, argv[1], format, base, argv[2]);
    return console_exit(&c, rc);
}
