/* SPDX-License-Identifier: Apache-2.0 */
#include "app/cmd_sla.h"

#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/log.h"
#include "rule/sla.h"

#define EXIT_IO 1
#define EXIT_USAGE 2
#define MAX_LINE 256
#define MAX_MINUTES 5256000 /* ten years of 24x7 */
#define FIRST_YEAR 1970
#define LAST_YEAR 2199
#define TIME_TEXT 48

struct ask {
    bool is_5x8;
    int32_t minutes;
    struct instant from;
};

struct options {
    const char *calendar, *minutes, *from;
    bool json, batch;
};

/* What is wrong, by field; NULL = nothing. */
struct complaint {
    const char *field, *text;
};

static int usage(const char *what, const char *value)
{
    fprintf(stderr,
            "%s%s%s\n"
            "用法: shouwang sla deadline --calendar 5x8|24x7 --minutes 分钟数 "
            "--from 2026-05-08T17:00 [--json]\n"
            "      shouwang sla deadline --batch   (标准输入每行: 5x8 120 2026-05-08T17:00)\n",
            what, value ? ": " : "", value ? value : "");
    return EXIT_USAGE;
}

/* Minutes of the Beijing clock; seconds and milliseconds only when they are not zero. */
static const char *time_text(struct instant t, char out[TIME_TEXT])
{
    struct civil c = civil_of(t);
    int n = snprintf(out, TIME_TEXT, "%04d-%02d-%02dT%02d:%02d", c.year, c.month, c.day, c.hour,
                     c.minute);
    if (n > 0 && (c.second || c.ms))
        n += snprintf(out + n, TIME_TEXT - (size_t)n, ":%02d", c.second);
    if (n > 0 && c.ms)
        snprintf(out + n, TIME_TEXT - (size_t)n, ".%03d", c.ms);
    return out;
}

static bool parse_minutes(const char *s, int32_t *out)
{
    int32_t v = 0;
    if (!*s)
        return false;
    for (; *s; s++) {
        if (*s < '0' || *s > '9')
            return false;
        v = v * 10 + (*s - '0');
        if (v > MAX_MINUTES)
            return false;
    }
    *out = v;
    return true;
}

static struct complaint parse_ask(const char *calendar, const char *minutes, const char *from,
                                  struct ask *out)
{
    bool is_5x8 = strcmp(calendar, "5x8") == 0;
    if (!is_5x8 && strcmp(calendar, "24x7") != 0)
        return (struct complaint){"calendar", "日历须为 5x8 或 24x7"};
    out->is_5x8 = is_5x8;
    if (!parse_minutes(minutes, &out->minutes))
        return (struct complaint){"minutes", "分钟数须为 0 至 5256000 的整数"};
    if (!instant_parse(from, &out->from))
        return (struct complaint){"from", "时间须形如 2026-05-08T17:00"};
    int year = civil_of(out->from).year;
    if (year < FIRST_YEAR || year > LAST_YEAR)
        return (struct complaint){"from", "年份须在 1970 至 2199 之间"};
    return (struct complaint){NULL, NULL};
}

/* The next word of a line; moves *s behind it. "" at the end. */
static const char *next_word(char **s)
{
    *s += strspn(*s, " \t");
    char *word = *s;
    *s += strcspn(*s, " \t");
    if (**s)
        *(*s)++ = '\0';
    return word;
}

/* One line without its end; *bad when it is longer than out or holds a NUL. False at the end. */
static bool read_line(FILE *in, char out[MAX_LINE], bool *bad)
{
    size_t n = 0;
    int c = getc(in);
    *bad = false;
    if (c == EOF)
        return false;
    for (; c != EOF && c != '\n'; c = getc(in)) {
        if (n == MAX_LINE - 1 || c == '\0')
            *bad = true;
        else
            out[n++] = (char)c;
    }
    while (n > 0 && (out[n - 1] == '\r' || out[n - 1] == ' ' || out[n - 1] == '\t'))
        n--;
    out[n] = '\0';
    return true;
}

static struct complaint answer_line(char *line, const struct calendar *cal)
{
    struct ask ask;
    const char *calendar = next_word(&line);
    const char *minutes = next_word(&line);
    const char *from = line + strspn(line, " \t");
    struct complaint bad = parse_ask(calendar, minutes, from, &ask);
    if (bad.field)
        return bad;
    bool provisional;
    char text[TIME_TEXT];
    struct instant end =
        sla_deadline(ask.is_5x8 ? cal : NULL, ask.from, ask.minutes, NULL, 0, &provisional);
    printf("%s%s\n", time_text(end, text), provisional ? " provisional" : "");
    return bad;
}

static int batch(const struct calendar *cal)
{
    char line[MAX_LINE];
    bool overlong;
    int code = 0;
    for (long n = 1; read_line(stdin, line, &overlong); n++) {
        struct complaint bad = {"line", "行过长或含空字符"};
        if (!overlong)
            bad = answer_line(line, cal);
        if (bad.field) {
            printf("error: %s: %s（第 %ld 行）\n", bad.field, bad.text, n);
            code = EXIT_USAGE;
        }
    }
    if (ferror(stdin)) {
        fputs("无法读取标准输入\n", stderr);
        return EXIT_IO;
    }
    return code;
}

static const char *kind_word(const struct span *s)
{
    static const char *const words[] = {
        [SPAN_WORKED] = "worked",   [SPAN_LUNCH] = "lunch",     [SPAN_NIGHT] = "night",
        [SPAN_WEEKEND] = "weekend", [SPAN_HOLIDAY] = "holiday", [SPAN_PAUSED] = "paused",
    };
    return words[s->kind];
}

static const char *kind_text(const struct span *s)
{
    static const char *const texts[] = {
        [SPAN_WORKED] = "计时",  [SPAN_LUNCH] = "午休",   [SPAN_NIGHT] = "下班时间",
        [SPAN_WEEKEND] = "周末", [SPAN_HOLIDAY] = "假日", [SPAN_PAUSED] = "暂停",
    };
    return s->makeup ? "计时(调休上班)" : texts[s->kind];
}

static const char *minutes_text(int64_t ms, char out[TIME_TEXT])
{
    long long minutes = ms / MINUTE_MS;
    int seconds = (int)(ms % MINUTE_MS / SECOND_MS);
    if (seconds)
        snprintf(out, TIME_TEXT, "%lld分%02d秒", minutes, seconds);
    else
        snprintf(out, TIME_TEXT, "%lld分钟", minutes);
    return out;
}

static void print_ledger(const struct span *spans, size_t n, struct instant end, bool provisional)
{
    char a[TIME_TEXT], b[TIME_TEXT], m[TIME_TEXT];
    int64_t worked = 0;
    printf("截止 %s%s\n", time_text(end, a),
           provisional ? " provisional（暂定: 晚于已载入的放假通知）" : "");
    for (size_t i = 0; i < n; i++) {
        const struct span *s = &spans[i];
        int64_t ms = s->to.ms - s->from.ms;
        printf("%s  %s  %s  %s%s%s\n", time_text(s->from, a), time_text(s->to, b),
               minutes_text(ms, m), kind_text(s), s->note ? " " : "", s->note ? s->note : "");
        worked += s->kind == SPAN_WORKED ? ms : 0;
    }
    printf("合计计时 %s\n", minutes_text(worked, m));
}

/* "minutes" is whole minutes as in the contract (3.4.11), "seconds" exact. */
static void write_span(struct jw *w, const struct span *s)
{
    char text[TIME_TEXT];
    int64_t ms = s->to.ms - s->from.ms;
    jw_object(w);
    jw_kt(w, "from", time_text(s->from, text));
    jw_kt(w, "to", time_text(s->to, text));
    jw_ki(w, "minutes", ms / MINUTE_MS);
    jw_ki(w, "seconds", ms / SECOND_MS);
    jw_kt(w, "kind", kind_word(s));
    jw_kb(w, "makeup", s->makeup);
    jw_kt(w, "name", s->note);
    jw_end_object(w);
}

static void print_json(const struct options *o, const struct ask *ask, const struct span *spans,
                       size_t n, struct instant end, bool provisional)
{
    struct buf out = {0};
    struct jw w = jw_on(&out);
    char text[TIME_TEXT];
    jw_object(&w);
    jw_kt(&w, "calendar", o->calendar);
    jw_ki(&w, "minutes", ask->minutes);
    jw_kt(&w, "from", time_text(ask->from, text));
    jw_kt(&w, "deadline", time_text(end, text));
    jw_kb(&w, "provisional", provisional);
    jw_key(&w, "spans");
    jw_array(&w);
    for (size_t i = 0; i < n; i++)
        write_span(&w, &spans[i]);
    jw_end_array(&w);
    jw_end_object(&w);
    printf("%s\n", buf_text(&out));
    buf_free(&out);
}

static int single(struct arena *a, const struct options *o, const struct calendar *cal)
{
    if (!o->calendar || !o->minutes || !o->from)
        return usage("缺少参数", !o->calendar  ? "--calendar"
                                 : !o->minutes ? "--minutes"
                                               : "--from");
    struct ask ask;
    struct complaint bad = parse_ask(o->calendar, o->minutes, o->from, &ask);
    if (bad.field) {
        fprintf(stderr, "--%s: %s\n", bad.field, bad.text);
        return EXIT_USAGE;
    }
    bool provisional;
    const struct calendar *c = ask.is_5x8 ? cal : NULL;
    struct instant end = sla_deadline(c, ask.from, ask.minutes, NULL, 0, &provisional);
    const struct span *spans;
    size_t n;
    calendar_spans(a, c, ask.from, end, &spans, &n);
    if (o->json)
        print_json(o, &ask, spans, n, end, provisional);
    else
        print_ledger(spans, n, end, provisional);
    return 0;
}

/* The place for the value of an option that has one; NULL when the word is no such option. */
static const char **value_of(struct options *o, const char *word, const char **ignored)
{
    if (strcmp(word, "--calendar") == 0)
        return &o->calendar;
    if (strcmp(word, "--minutes") == 0)
        return &o->minutes;
    if (strcmp(word, "--from") == 0)
        return &o->from;
    if (strcmp(word, "--data") == 0 || strcmp(word, "--db") == 0)
        return ignored;
    return NULL;
}

static int parse_options(int argc, char **argv, struct options *o)
{
    const char *ignored = NULL;
    for (int i = 2; i < argc; i++) {
        const char **value = value_of(o, argv[i], &ignored);
        if (value && i + 1 >= argc)
            return usage("参数缺少取值", argv[i]);
        if (value)
            *value = argv[++i];
        else if (strcmp(argv[i], "--json") == 0)
            o->json = true;
        else if (strcmp(argv[i], "--batch") == 0)
            o->batch = true;
        else
            return usage("不认识的参数", argv[i]);
    }
    if (o->batch && (o->calendar || o->minutes || o->from || o->json))
        return usage("--batch 不能与其他参数同用", NULL);
    return 0;
}

static const struct calendar *built_in(struct arena *a)
{
    size_t n;
    struct date until;
    const struct calendar_day *days = calendar_builtin(&n, &until);
    const struct calendar *c = NULL;
    struct err e;
    if (calendar_new(a, days, n, calendar_hours_5x8, 2, until, &c, &e) != RC_OK)
        die("the built-in calendar is refused: %s", e.en);
    return c;
}

int cmd_sla(int argc, char **argv, const struct calendar *cal_5x8)
{
    struct options o = {0};
    if (argc < 2 || strcmp(argv[1], "deadline") != 0)
        return usage("sla 的子命令须为 deadline", argc < 2 ? NULL : argv[1]);
    int code = parse_options(argc, argv, &o);
    if (code != 0)
        return code;
    struct arena *a = arena_new();
    const struct calendar *cal = cal_5x8 ? cal_5x8 : built_in(a);
    code = o.batch ? batch(cal) : single(a, &o, cal);
    arena_free(a);
    if (fflush(stdout) != 0 || ferror(stdout)) {
        fputs("无法写出结果\n", stderr);
        return EXIT_IO;
    }
    return code;
}
