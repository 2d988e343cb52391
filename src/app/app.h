/* SPDX-License-Identifier: Apache-2.0 */
/* What the commands share: options, the one module registry, opening and preparing a store. */
#ifndef APP_APP_H
#define APP_APP_H
#include "db/migrate.h"
#include "journal/cx.h"

#define APP_VERSION "0.1.0"

struct app_options {
    const char *data; /* --data DIR */
    const char *db;   /* --db URL, NULL = SQLite in data */
};

/* An opened business store with the context of the console. */
struct console {
    struct cx cx;
    struct app_options o;
};

extern const struct embedded_file business_sql[], view_sql[], preset_json[];

/* Registers every kind; call once per process before anything else of the record engine. */
void app_register(void);
/* Creates the data folder, migrates, builds the views, compares tables with descriptors. */
MUST_USE enum rc app_prepare(struct cx *cx);
/* Opens the store for a console command. create: may make it (init, serve, web), else it must exist.
 * Prints the error and returns false on failure. */
bool console_open(struct console *c, const struct app_options *o, bool create);
void console_close(struct console *c);
/* Prints cx.err to standard error (Chinese, with the field) and returns the exit code: 2 for the
 * caller's mistakes, 1 otherwise; 0 for RC_OK. */
int console_exit(struct console *c, enum rc rc);
int print_err(const struct err *e, enum rc rc);
/* Whether a command may write this file. A new one takes the place of the old at the end (rename), and
 * would do so with /dev/stdout, too: anything but a regular file is refused, told and false. */
bool output_ok(const char *path);

/* Takes --data and --db out of argv; the rest keeps its order, *argc shrinks. A missing value or a
 * missing --data (when need_data and no --db) is told and false. */
bool app_options_take(int *argc, char **argv, struct app_options *o, bool need_data);
/* Value of "--name VALUE" in argv, taken out; NULL when absent. */
const char *option_take(int *argc, char **argv, const char *name);
bool flag_take(int *argc, char **argv, const char *name);
/* After all known options: anything left that starts with "--" is an error (told, false). */
bool options_end(int argc, char **argv);

/* Puts the rows of a preset ({"kind":[{field:value}]}) into the store; what is there stays. */
MUST_USE enum rc preset_load(struct cx *cx, const char *json_text, int *created);

int cmd_init(int argc, char **argv);
int cmd_user(int argc, char **argv);
int cmd_setting(int argc, char **argv);
int cmd_import(int argc, char **argv);
int cmd_export(int argc, char **argv);
int cmd_report(int argc, char **argv);
int cmd_journal(int argc, char **argv);
int cmd_person(int argc, char **argv);
int cmd_meta(int argc, char **argv);
int cmd_file(int argc, char **argv);
int cmd_image(int argc, char **argv);
int cmd_serve(int argc, char **argv);
int cmd_web(int argc, char **argv);

#endif
