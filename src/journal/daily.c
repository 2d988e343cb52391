/* SPDX-License-Identifier: Apache-2.0 */
/* The daily copy (SEC-13): DIR/journal/DAY_FEED has the rows that were sealed since the copy before, FEED
 * being the last of them, so that the names in their order are the journal. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/civil.h"
#include "io/file.h"
#include "journal/journal_int.h"

#define FEED_DIGITS 12

/* The newest name; "" when there is none. */
static enum rc newest(struct cx *cx, const char *folder, char out[64])
{
    struct date d;
    out[0] = '\0';
    enum rc rc = file_make_folders(folder, 0700, &cx->err);
    DIR *dir = rc ? NULL : opendir(folder);
    if (!dir)
        return rc ? rc : FAIL(cx, RC_INTERNAL, "journal", "日志副本目录打不开", "cannot open the folder of the copies");
    for (const struct dirent *e; (e = readdir(dir));) {
        char day[DATE_TEXT];
        if (strlen(e->d_name) != 10 + 1 + FEED_DIGITS || e->d_name[10] != '_' ||
            strspn(e->d_name + 11, "0123456789") != FEED_DIGITS)
            continue;
        snprintf(day, sizeof day, "%.10s", e->d_name);
        if (date_parse(day, &d) && strcmp(e->d_name, out) > 0)
            snprintf(out, 64, "%s", e->d_name);
    }
    closedir(dir);
    return RC_OK;
}

enum rc journal_daily(struct cx *cx, int64_t *rows)
{
    char last[64], today[DATE_TEXT];
    struct journal_copy copy = {0};
    const char *folder = arena_printf(cx->a, "%s/journal", cx->data_dir), *fresh = arena_printf(cx->a, "%s/next", folder);
    *rows = 0;
    date_text(civil_date(cx->now), today);
    enum rc rc = newest(cx, folder, last);
    if (rc || strncmp(last, today, 10) >= 0)
        return rc;
    rc = journal_export(cx, fresh, *last ? strtoll(last + 11, NULL, 10) : 0, &copy);
    if (rc)
        return rc;
    *rows = copy.rows;
    const char *name = arena_printf(cx->a, "%s/%s_%0*lld", folder, today, FEED_DIGITS, (long long)copy.last);
    int bad = copy.rows ? rename(fresh, name) : remove(fresh);
    return bad ? FAIL(cx, RC_INTERNAL, "journal", "日志副本 {path} 写不成", "cannot write the copy {path}", "path", name)
               : file_sync_folder(folder, &cx->err);
}
