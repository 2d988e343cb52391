/* SPDX-License-Identifier: Apache-2.0 */
/* shouwang person erase: makes the personal values of one record unreadable, in the record and in the
 * journal. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/app.h"
#include "core/account.h"
#include "record/person.h"

static enum rc find(struct cx *cx, const struct kind *k, const char *text, int64_t *id)
{
    char *end;
    *id = strtoll(text, &end, 10);
    if (*text && !*end && *id > 0)
        return RC_OK;
    if (k == &user_kind)
        return account_by_login(cx, text, id);
    return FAIL(cx, RC_INVALID, "id", "“{text}”不是记录序号", "{text} is no record number", "text", text);
}

int cmd_person(int argc, char **argv)
{
    struct console c;
    struct app_options o;
    int64_t id;
    const char *reason = option_take(&argc, argv, "--reason");
    if (!app_options_take(&argc, argv, &o, true) || !options_end(argc, argv))
        return 2;
    if (argc != 3 || strcmp(argv[0], "erase") || !reason) {
        fprintf(stderr, "用法：shouwang person erase user LOGIN | KIND 序号  --reason 理由 --data DIR\n");
        return 2;
    }
    if (!console_open(&c, &o, false))
        return 1;
    const struct kind *k = record_kind(argv[1]);
    enum rc rc = k ? find(&c.cx, k, argv[2], &id)
                   : FAIL(&c.cx, RC_INVALID, "kind", "没有“{kind}”这类记录", "no kind {kind}", "kind", argv[1]);
    if (!rc)
        rc = person_erase(&c.cx, k, id, reason);
    if (!rc)
        printf("已销毁 %s %lld 的个人信息，日志仍可校验\n", k->label, (long long)id);
    return console_exit(&c, rc);
}
