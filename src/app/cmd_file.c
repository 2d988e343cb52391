/* SPDX-License-Identifier: Apache-2.0 */
/* shouwang file verify, and the picture child. */
#include <stdio.h>
#include <string.h>

#include "app/app.h"
#include "core/file.h"
#include "core/image.h"

static void tell(void *ctx, const struct file_fault *f)
{
    (void)ctx;
    printf("%s %s %s\n", strcmp(f->what, "missing") ? "已改动" : "缺失", f->sha256, f->names);
}

int cmd_file(int argc, char **argv)
{
    struct console c;
    struct app_options o;
    int64_t checked = 0, wrong = 0;
    if (!app_options_take(&argc, argv, &o, true) || !options_end(argc, argv))
        return 2;
    if (argc != 1 || strcmp(argv[0], "verify")) {
        fprintf(stderr, "用法：shouwang file verify --data DIR\n");
        return 2;
    }
    if (!console_open(&c, &o, false))
        return 1;
    enum rc rc = file_verify(&c.cx, tell, NULL, &checked, &wrong);
    if (!rc && !wrong)
        printf("证据文件完好：%lld 个\n", (long long)checked);
    if (!rc && wrong)
        printf("共 %lld 个文件，其中 %lld 个缺失或已改动\n", (long long)checked, (long long)wrong);
    int code = console_exit(&c, rc);
    return code ? code : wrong > 0;
}

int cmd_image(int argc, char **argv)
{
    (void)argc;
    (void)argv;
    return image_main();
}
