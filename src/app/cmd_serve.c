/* SPDX-License-Identifier: Apache-2.0 */
/* shouwang serve: starts and restarts web and watch, and nothing else. Prepares the stores first, so
 * that both children find them. */
#include <stdio.h>
#include <string.h>

#include "app/app.h"
#include "base/log.h"
#include "io/child.h"

#define ARGS_MAX 24

struct command {
    const char *argv[ARGS_MAX];
    int n;
};

static void add(struct command *c, const char *name, const char *value)
{
    if (!value || c->n + 3 > ARGS_MAX)
        return;
    c->argv[c->n++] = name;
    c->argv[c->n++] = value;
}

static struct command command_of(const char *word, const struct app_options *o)
{
    struct command c = {.argv = {"/proc/self/exe", word}, .n = 2};
    add(&c, "--data", o->data);
    add(&c, "--db", o->db);
    return c;
}

static int run(const struct app_options *o, struct command *web, struct command *watch,
               const char *netns)
{
    struct err e = {0};
    struct supervisor *s;
    struct console c;
    if (!console_open(&c, o, true))
        return 1;
    console_close(&c);
    struct supervised children[] = {
        {"web", {.argv = web->argv, .death_signal = 15}},
        {"watch", {.argv = watch->argv, .netns = netns, .death_signal = 15}},
    };
    struct supervisor_options so = {.children = children, .n = 2};
    enum rc rc = supervisor_new(&so, &s, &e);
    if (rc)
        return print_err(&e, rc);
    supervisor_run(s);
    supervisor_free(s);
    return 0;
}

int cmd_serve(int argc, char **argv)
{
    static const char *const for_web[] = {"--listen", "--tls-cert", "--tls-key", "--web", "--header-seconds",
                                          "--body-seconds"};
    enum { FOR_WEB = sizeof for_web / sizeof *for_web };
    struct app_options o;
    const char *netns = option_take(&argc, argv, "--watch-netns");
    const char *value[FOR_WEB];
    for (int i = 0; i < FOR_WEB; i++)
        value[i] = option_take(&argc, argv, for_web[i]);
    if (!app_options_take(&argc, argv, &o, true) || !options_end(argc, argv))
        return 2;
    /* in its own namespace watch would look for the server behind its own loopback */
    if (netns && o.db && !strstr(o.db, "host=") &&
        (strstr(o.db, "@127.") || strstr(o.db, "//127.") || strstr(o.db, "localhost") || strstr(o.db, "[::1]"))) {
        fprintf(stderr, "错误：--watch-netns 与回环地址上的数据库不能同用：监测进程在自己的网络里连不到它。"
                        "请用套接字：--db 'postgresql://USER@/DATABASE?host=/run/postgresql'\n");
        return 2;
    }
    struct command web = command_of("web", &o), watch = command_of("watch", &o);
    for (int i = 0; i < FOR_WEB; i++)
        add(&web, for_web[i], value[i]);
    log_name("serve");
    return run(&o, &web, &watch, netns);
}
