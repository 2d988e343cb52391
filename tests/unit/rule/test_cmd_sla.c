/* SPDX-License-Identifier: Apache-2.0 */
/* The command as an operator runs it: in a child process with its own standard streams. */
#include "test.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "app/cmd_sla.h"

#define MAX_TEXT 65536

struct run {
    int code;
    char out[MAX_TEXT], err[MAX_TEXT];
};

static void slurp(FILE *f, char out[MAX_TEXT])
{
    rewind(f);
    size_t n = fread(out, 1, MAX_TEXT - 1, f);
    out[n] = '\0';
    fclose(f);
}

static FILE *scratch(void)
{
    FILE *f = tmpfile();
    assert_non_null(f);
    return f;
}

/* words: argv by single blanks behind "sla". */
static void run_with(struct run *r, const char *words, const char *input, size_t n_input,
                     const struct calendar *cal)
{
    FILE *in = scratch(), *out = scratch(), *err = scratch();
    assert_int_equal(fwrite(input, 1, n_input, in), n_input);
    rewind(in);
    char copy[256], *argv[16] = {"sla"}, *rest = copy;
    int argc = 1;
    snprintf(copy, sizeof copy, "%s", words);
    for (char *w; argc < 15 && (w = strsep(&rest, " ")) != NULL;)
        argv[argc++] = w;
    fflush(NULL);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        dup2(fileno(in), 0);
        dup2(fileno(out), 1);
        dup2(fileno(err), 2);
        int code = cmd_sla(argc, argv, cal);
        fflush(NULL);
        _exit(code);
    }
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    r->code = WEXITSTATUS(status);
    fclose(in);
    slurp(out, r->out);
    slurp(err, r->err);
}

static struct run *run(const char *words, const char *input)
{
    static struct run r;
    run_with(&r, words, input, strlen(input), NULL);
    return &r;
}

static void a_deadline_is_printed_with_its_minute_ledger(void **state)
{
    (void)state;
    struct run *r = run("deadline --calendar 5x8 --minutes 120 --from 2026-05-08T17:00", "");
    assert_int_equal(r->code, 0);
    assert_string_equal(r->out,
                        "截止 2026-05-09T10:00\n"
                        "2026-05-08T17:00  2026-05-08T18:00  60分钟  计时\n"
                        "2026-05-08T18:00  2026-05-09T09:00  900分钟  下班时间\n"
                        "2026-05-09T09:00  2026-05-09T10:00  60分钟  计时(调休上班) 劳动节\n"
                        "合计计时 120分钟\n");
    assert_string_equal(r->err, "");
}

static void holidays_are_named_in_the_ledger(void **state)
{
    (void)state;
    struct run *r = run("deadline --calendar 5x8 --minutes 120 --from 2026-09-30T17:10", "");
    assert_non_null(strstr(r->out, "2026-10-01T00:00  2026-10-08T00:00  10080分钟  假日 国庆节\n"));
    assert_non_null(strstr(r->out, "截止 2026-10-08T10:10\n"));
}

static void the_24x7_ledger_is_one_line(void **state)
{
    (void)state;
    struct run *r = run("deadline --calendar 24x7 --minutes 120 --from 2026-05-08T23:30", "");
    assert_string_equal(r->out, "截止 2026-05-09T01:30\n"
                                "2026-05-08T23:30  2026-05-09T01:30  120分钟  计时\n"
                                "合计计时 120分钟\n");
}

static void json_has_the_same_spans(void **state)
{
    (void)state;
    struct run *r =
        run("deadline --json --calendar 5x8 --minutes 60 --from 2026-12-31T17:30:30", "");
    assert_int_equal(r->code, 0);
    assert_non_null(strstr(r->out, "\"deadline\":\"2027-01-04T09:30:30\",\"provisional\":true"));
    assert_non_null(strstr(r->out, "{\"from\":\"2026-12-31T17:30:30\",\"to\":\"2026-12-31T18:00\","
                                   "\"minutes\":29,\"seconds\":1770,\"kind\":\"worked\","
                                   "\"makeup\":false,\"name\":null}"));
    assert_non_null(strstr(r->out, "\"kind\":\"holiday\",\"makeup\":false,\"name\":\"元旦\""));
}

static void a_batch_answers_each_line_and_marks_provisional_ones(void **state)
{
    (void)state;
    struct run *r = run("deadline --batch", "5x8 120 2026-05-08T17:00\n"
                                            "5x8 120 2026-12-31T17:00\n"
                                            "24x7 120 2026-12-31T23:30\n"
                                            "5x8 120 2026-05-08T17:00:30\n"
                                            "5x8\t120  2026-05-08 17:00\r\n"
                                            "5x8 0 2026-05-09T23:00");
    assert_int_equal(r->code, 0);
    assert_string_equal(r->out, "2026-05-09T10:00\n"
                                "2027-01-04T10:00 provisional\n"
                                "2027-01-01T01:30\n"
                                "2026-05-09T10:00:30\n"
                                "2026-05-09T10:00\n"
                                "2026-05-09T23:00\n");
}

static int lines_with(const char *text, const char *word)
{
    int n = 0;
    for (const char *p = text; (p = strstr(p, word)) != NULL; p++)
        n++;
    return n;
}

static void a_bad_line_names_its_field_and_the_rest_is_answered(void **state)
{
    (void)state;
    struct run *r = run("deadline --batch", "5x9 120 2026-05-08T17:00\n"
                                            "5x8 12x 2026-05-08T17:00\n"
                                            "5x8 -5 2026-05-08T17:00\n"
                                            "5x8 99999999999 2026-05-08T17:00\n"
                                            "5x8 120 2026-02-30T17:00\n"
                                            "5x8 120 2026-05-08T17:00 extra\n"
                                            "5x8 120 9999-05-08T17:00\n"
                                            "5x8 120\n"
                                            "\n"
                                            "5x8 120 2026-05-08T17:00\n");
    assert_int_equal(r->code, 2);
    assert_int_equal(lines_with(r->out, "\n"), 10);
    assert_int_equal(lines_with(r->out, "error: "), 9);
    assert_int_equal(lines_with(r->out, "error: calendar: "), 2);
    assert_int_equal(lines_with(r->out, "error: minutes: "), 3);
    assert_int_equal(lines_with(r->out, "error: from: "), 4);
    assert_int_equal(lines_with(r->out, "error: from: 时间须形如 2026-05-08T17:00（第 5 行）"), 1);
    assert_int_equal(lines_with(r->out, "（第 9 行）"), 1);
    assert_non_null(strstr(r->out, "\n2026-05-09T10:00\n"));
}

static void an_overlong_line_or_a_nul_is_one_error_and_not_the_end(void **state)
{
    (void)state;
    static char input[5000];
    static struct run r;
    memset(input, 'x', 4000);
    static const char tail[] = "\n5x8 120\0 2026-05-08T17:00\n5x8 120 2026-05-08T17:00\n";
    memcpy(input + 4000, tail, sizeof tail - 1);
    run_with(&r, "deadline --batch", input, 4000 + sizeof tail - 1, NULL);
    assert_int_equal(r.code, 2);
    assert_int_equal(lines_with(r.out, "error: line: "), 2);
    assert_non_null(strstr(r.out, "\n2026-05-09T10:00\n"));
}

static void wrong_usage_exits_2_with_the_usage_in_chinese(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "",
        "clock",
        "deadline",
        "deadline --calendar 5x8 --minutes 120",
        "deadline --calendar 5x8 --minutes 120 --from",
        "deadline --calendar 5x8 --minutes 120 --from 2026-05-08T17:00 --verbose",
        "deadline --batch --json",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct run *r = run(wrong[i], "");
        assert_int_equal(r->code, 2);
        assert_non_null(strstr(r->err, "用法"));
        assert_string_equal(r->out, "");
    }
    struct run *r = run("deadline --calendar 6x9 --minutes 120 --from 2026-05-08T17:00", "");
    assert_int_equal(r->code, 2);
    assert_non_null(strstr(r->err, "--calendar: "));
}

static void the_callers_calendar_is_used_when_there_is_one(void **state)
{
    (void)state;
    struct arena *a = arena_new();
    static struct run r;
    const struct calendar_day row = {day("2026-05-09"), DAY_REST, "台风停工", true};
    const struct calendar *c = office_with(a, &row, 1, (struct date){0});
    static const char line[] = "5x8 120 2026-05-08T17:00\n";
    run_with(&r, "deadline --data ignored --batch", line, sizeof line - 1, c);
    assert_string_equal(r.out, "2026-05-11T10:00\n");
    arena_free(a);
}

int cmd_sla_tests(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_deadline_is_printed_with_its_minute_ledger),
        cmocka_unit_test(holidays_are_named_in_the_ledger),
        cmocka_unit_test(the_24x7_ledger_is_one_line),
        cmocka_unit_test(json_has_the_same_spans),
        cmocka_unit_test(a_batch_answers_each_line_and_marks_provisional_ones),
        cmocka_unit_test(a_bad_line_names_its_field_and_the_rest_is_answered),
        cmocka_unit_test(an_overlong_line_or_a_nul_is_one_error_and_not_the_end),
        cmocka_unit_test(wrong_usage_exits_2_with_the_usage_in_chinese),
        cmocka_unit_test(the_callers_calendar_is_used_when_there_is_one),
    };
    return cmocka_run_group_tests_name("cmd_sla", tests, NULL, NULL);
}
