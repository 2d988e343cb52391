/* SPDX-License-Identifier: Apache-2.0 */
/* shouwang init: first start. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/app.h"
#include "base/rand.h"
#include "core/account.h"

/* 16 letters and digits without look-alikes, in groups of four: 94 bits. */
static void one_time_password(char out[20])
{
    static const char letters[] = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    int n = 0;
    do {
        for (n = 0; n < 19; n++)
            out[n] = n % 5 == 4 ? '-' : letters[rand_u64() % (sizeof letters - 1)];
        out[n] = 0;
    } while (!strpbrk(out, "23456789") || !strpbrk(out, "ABCDEFGHJKLMNPQRSTUVWXYZ"));
}

static enum rc add_admin(struct cx *cx, const char *login, const char *name, const char *role)
{
    int64_t id;
    char password[20];
    if (account_by_login(cx, login, &id) == RC_OK) {
        printf("  %-10s 已存在\n", login);
        return RC_OK;
    }
    one_time_password(password);
    enum rc rc = account_add(cx, login, name, role, NULL, password, true);
    if (!rc)
        printf("  %-10s %s  一次性密码 %s\n", login, name, password);
    return rc;
}

static char *read_file(const char *path)
{
    FILE *f = fopen(path, "rb");
    char *text = f ? calloc(1, 4 << 20) : NULL;
    size_t n = text ? fread(text, 1, (4 << 20) - 1, f) : 0;
    if (f)
        fclose(f);
    if (text && n)
        return text;
    fprintf(stderr, "错误：读不到 %s\n", path);
    free(text);
    return NULL;
}

/* "contract" is the preset of that name inside the program; anything else is a file. */
static const char *builtin_preset(const char *name)
{
    for (const struct embedded_file *f = preset_json; f->name; f++)
        if (strlen(f->name) == strlen(name) + 5 && !strncmp(f->name, name, strlen(name)))
            return f->text;
    return NULL;
}

static enum rc load_presets(struct console *c, const char *file)
{
    int created;
    enum rc rc = preset_load(&c->cx, builtin_preset("base"), &created);
    if (rc || !file)
        return rc;
    const char *inside = builtin_preset(file);
    char *text = inside ? NULL : read_file(file);
    if (!inside && !text)
        return FAIL(&c->cx, RC_INVALID, "preset", "读不到预置文件", "cannot read the preset file");
    rc = preset_load(&c->cx, inside ? inside : text, &created);
    free(text);
    if (!rc)
        printf("预置数据：新建 %d 条\n", created);
    return rc;
}

int cmd_init(int argc, char **argv)
{
    struct console c;
    struct app_options o;
    const char *preset = option_take(&argc, argv, "--preset");
    if (!app_options_take(&argc, argv, &o, true) || !options_end(argc, argv))
        return 2;
    if (!console_open(&c, &o, true))
        return 1;
    enum rc rc = load_presets(&c, preset);
    if (!rc)
        printf("三员账号（首次登录须改密码，密码只显示这一次）：\n");
    if (!rc)
        rc = add_admin(&c.cx, "sysadmin", "系统管理员", "sys_admin");
    if (!rc)
        rc = add_admin(&c.cx, "secadmin", "安全管理员", "sec_admin");
    if (!rc)
        rc = add_admin(&c.cx, "auditor", "审计管理员", "auditor");
    return console_exit(&c, rc);
}
