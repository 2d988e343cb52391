/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char folder[100];

static int run(char *const *argv)
{
    pid_t pid = fork();
    if (pid == 0) {
        execv(argv[0], argv);
        _exit(127);
    }
    int status = -1;
    waitpid(pid, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

const char *work_path(const char *name)
{
    static char paths[8][160];
    static int next;
    char *path = paths[next++ % 8];
    snprintf(path, sizeof paths[0], "%s/%s", folder, name);
    return path;
}

const char *python(const char *script, const char *argument, struct buf *out)
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    pid_t pid = fork();
    if (pid == 0) {
        dup2(ends[1], 1);
        close(ends[0]);
        close(ends[1]);
        execl("/usr/bin/python3", "python3", "-c", script, argument, (char *)NULL);
        _exit(127);
    }
    close(ends[1]);
    char chunk[4096];
    ssize_t n;
    while ((n = read(ends[0], chunk, sizeof chunk)) > 0)
        buf_add(out, chunk, (size_t)n);
    close(ends[0]);
    int status = -1;
    waitpid(pid, &status, 0);
    assert_int_equal(status, 0);
    if (out->len > 0 && out->data[out->len - 1] == '\n')
        out->data[--out->len] = '\0';
    return buf_text(out);
}

struct sheet_file *open_good(const char *name)
{
    struct err e = {0};
    struct sheet_file *f = NULL;
    if (sheet_open(work_path(name), NULL, &f, &e) != RC_OK)
        fail_msg("%s: %s", name, e.en);
    return f;
}

static void dump_cell(struct buf *out, const struct sheet_cell *c)
{
    static const char letters[] = {'-', 't', 'n', 'd', 'b', 'e'};
    buf_printf(out, "|%c%s", letters[c->type], c->from_row ? "^" : "");
    if (c->type != SHEET_EMPTY)
        buf_printf(out, ":%s", c->text);
}

const char *dump(struct sheet_file *f, size_t sheet, unsigned flags, struct buf *out)
{
    struct err e = {0};
    const struct sheet_row *row;
    if (sheet_start(f, sheet, flags, &e) != RC_OK)
        fail_msg("start: %s", e.en);
    for (;;) {
        if (sheet_next(f, &row, &e) != RC_OK)
            fail_msg("next: %s", e.en);
        if (!row)
            break;
        buf_printf(out, "%d", row->number);
        for (size_t i = 0; i < row->n; i++)
            dump_cell(out, &row->cells[i]);
        buf_char(out, '\n');
    }
    return buf_text(out);
}

int main(void)
{
    snprintf(folder, sizeof folder, "%s/proto-XXXXXX",
             getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp");
    if (!mkdtemp(folder))
        return 1;
    char script[] = PROTO_TESTS "/make_files.py";
    char python3[] = "/usr/bin/python3";
    if (run((char *[]){python3, script, folder, NULL}) != 0) {
        fprintf(stderr, "make_files.py failed\n");
        return 1;
    }
    int failed = sheet_tests() + csv_tests() + refusal_tests() + table_tests() + clean_tests();
    failed += write_tests() + pdf_tests() + photo_tests();
    if (failed == 0 || !getenv("KEEP")) {
        char rm[] = "/bin/rm", rf[] = "-rf";
        run((char *[]){rm, rf, folder, NULL});
    }
    return failed != 0;
}

/* Of the libraries: fontconfig keeps its configuration, cairo 1.16 loses 768 bytes for each
 * document with a CFF font (Noto). */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libfontconfig\nleak:libcairo\n";
}
