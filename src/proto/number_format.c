/* SPDX-License-Identifier: Apache-2.0 */
/* Number formats of spreadsheets (ECMA-376 part 1, 18.8.30/31), as far as ledgers use them: dates
 * and times are recognised, digit patterns ("000000", "#,##0.00", "0%", "SN-"0000) are drawn,
 * because a zero-padded number is an identity. Everything else is shown in full digits. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/sheet_int.h"

enum { MAX_TOKENS = 64 };

static struct number_format pattern(const char *code)
{
    return (struct number_format){NUMBER_PATTERN, false, false, code};
}

static struct number_format moment(bool day, bool time)
{
    return (struct number_format){NUMBER_DATE, day, time, NULL};
}

struct number_format number_format_builtin(int id)
{
    static const char *const patterns[] = {
        [1] = "0", [2] = "0.00", [3] = "#,##0", [4] = "#,##0.00", [9] = "0%", [10] = "0.00%"};
    if (id >= 0 && id <= 10 && patterns[id])
        return pattern(patterns[id]);
    if (id == 46)
        return (struct number_format){NUMBER_ELAPSED, false, true, NULL};
    /* 27-36 and 50-58 are the East Asian dates; 32-35, 55, 56 are times in Chinese Excel */
    if ((id >= 18 && id <= 21) || (id >= 32 && id <= 35) || id == 45 || id == 47 || id == 55 ||
        id == 56)
        return moment(false, true);
    if (id == 22)
        return moment(true, true);
    if ((id >= 14 && id <= 17) || (id >= 27 && id <= 36) || (id >= 50 && id <= 58))
        return moment(true, false);
    if (id == 37 || id == 38)
        return pattern("#,##0;-#,##0");
    if (id == 39 || id == 40)
        return pattern("#,##0.00;-#,##0.00");
    return (struct number_format){NUMBER_GENERAL, false, false, NULL};
}

static bool starts(const char *s, const char *word)
{
    return strncasecmp(s, word, strlen(word)) == 0;
}

/* The position behind a quoted, escaped or bracketed piece at s; s itself when there is none. */
static const char *skip_literal(const char *s)
{
    if (*s == '"' || *s == '[') {
        const char *close = strchr(s + 1, *s == '"' ? '"' : ']');
        return close ? close + 1 : s + strlen(s);
    }
    if ((*s == '\\' || *s == '_' || *s == '*') && s[1]) {
        s += 2;
        while (((unsigned char)*s & 0xC0) == 0x80)
            s++;
        return s;
    }
    return s;
}

/* [h], [mm], [ss] */
static bool is_elapsed(const char *s)
{
    size_t n = strspn(s + 1, "hHmMsS");
    return n > 0 && s[n + 1] == ']';
}

struct letters {
    bool year, month, day, hour, second, era, digit, elapsed;
};

static struct letters letters_of(const char *s)
{
    struct letters l = {false};
    while (*s && *s != ';') {
        const char *behind = skip_literal(s);
        if (behind != s) {
            l.elapsed = l.elapsed || (*s == '[' && is_elapsed(s));
            s = behind;
            continue;
        }
        if (starts(s, "am/pm") || starts(s, "a/p")) {
            l.hour = true;
            s += starts(s, "am/pm") ? 5 : 3;
            continue;
        }
        int c = *s | 0x20;
        l.year = l.year || c == 'y';
        l.month = l.month || c == 'm';
        l.day = l.day || c == 'd';
        l.hour = l.hour || c == 'h';
        l.second = l.second || c == 's';
        l.era = l.era || c == 'e' || c == 'g';
        l.digit = l.digit || *s == '0' || *s == '#' || *s == '?';
        s++;
    }
    return l;
}

struct number_format number_format_custom(const char *code)
{
    if (starts(code, "general") || starts(code, "G/") || *code == '\0' || *code == '@')
        return number_format_builtin(0);
    struct letters l = letters_of(code);
    bool time = l.hour || l.second;
    if (l.elapsed && !l.year && !l.day)
        return (struct number_format){NUMBER_ELAPSED, false, true, NULL};
    if (l.year || l.day || time || (l.month && !l.digit)) {
        bool day = l.year || l.day || (l.month && !time) || (l.era && l.month);
        if (!l.digit || time) /* digits belong to ss.000 only */
            return moment(day, time);
    }
    if (l.digit && !l.era)
        return pattern(code);
    return number_format_builtin(0);
}

static void show_general(double v, char out[NUMBER_TEXT])
{
    if (fabs(v) < 1e21 && v == trunc(v))
        snprintf(out, NUMBER_TEXT, "%.0f", v == 0 ? 0.0 : v);
    else
        snprintf(out, NUMBER_TEXT, "%.15g", v);
}

/* A section of a pattern, cut into placeholders and literals. */
struct section {
    struct {
        char digit; /* '0' '#' '?' or 0 for a literal */
        uint8_t len;
        const char *literal;
    } token[MAX_TOKENS];
    size_t n, point; /* point: index of the first token behind the decimal point, or n */
    int n_int, n_frac;
    bool has_point, thousands;
    int scale; /* powers of ten: +2 per %, -3 per trailing comma */
};

static bool literal_add(struct section *s, const char *text, size_t n)
{
    if (n == 0)
        return true;
    if (s->n == MAX_TOKENS || n > 200)
        return false;
    s->token[s->n].digit = 0;
    s->token[s->n].len = (uint8_t)n;
    s->token[s->n++].literal = text;
    return true;
}

/* [Red] and [$-804] show nothing, [$¥-804] shows its sign; a condition ends our competence. */
static bool bracket_add(struct section *s, const char *p, const char *end)
{
    if (strchr("<>=", p[1]) && p[1])
        return false;
    if (p[1] != '$')
        return true;
    const char *sign = p + 2;
    size_t n = strcspn(sign, "-]");
    return sign + n > end ? false : literal_add(s, sign, n);
}

static bool quoted_add(struct section *s, const char *p, const char *end)
{
    if (*p == '[')
        return bracket_add(s, p, end);
    if (*p == '"')
        return literal_add(s, p + 1, (size_t)(end - p) - (end[-1] == '"' && end > p + 1 ? 2 : 1));
    if (*p == '\\')
        return literal_add(s, p + 1, (size_t)(end - p) - 1);
    return true; /* _x and *x are only space */
}

static bool digit_add(struct section *s, char c)
{
    if (s->n == MAX_TOKENS)
        return false;
    s->token[s->n].digit = c;
    s->token[s->n++].literal = NULL;
    if (s->has_point)
        s->n_frac++;
    else
        s->n_int++;
    return true;
}

static bool plain_add(struct section *s, const char *p, int *commas)
{
    if (*p == '0' || *p == '#' || *p == '?') {
        if (*commas > 0 && !s->has_point)
            s->thousands = true;
        *commas = 0;
        return digit_add(s, *p);
    }
    if (*p == ',' && s->n_int > 0) {
        ++*commas;
        return true;
    }
    if (*p == '.' && !s->has_point) {
        s->has_point = true;
        s->point = s->n;
        return true;
    }
    if (strchr("eE/@gGhsydmn", *p))
        return false;
    if (*p == '%')
        s->scale += 2;
    return literal_add(s, p, 1);
}

static bool section_parse(const char *p, struct section *s)
{
    *s = (struct section){.n = 0};
    int commas = 0;
    while (*p && *p != ';') {
        const char *end = skip_literal(p);
        bool ok = end != p ? quoted_add(s, p, end) : plain_add(s, p, &commas);
        if (!ok)
            return false;
        p = end != p ? end : p + 1;
    }
    s->scale -= 3 * commas;
    if (!s->has_point)
        s->point = s->n;
    return s->n_int + s->n_frac > 0 && s->n_frac <= 15;
}

static const char *section_start(const char *code, int index)
{
    while (index > 0 && *code) {
        const char *end = skip_literal(code);
        if (end != code) {
            code = end;
        } else {
            index -= *code == ';';
            code++;
        }
    }
    return index == 0 ? code : NULL;
}

/* Writes into out from its end towards its start. */
struct back {
    char *start, *at;
};

static bool back_put(struct back *b, const char *s, size_t n)
{
    if ((size_t)(b->at - b->start) < n)
        return false;
    b->at -= n;
    memcpy(b->at, s, n);
    return true;
}

/* digits: the integer part; each placeholder takes one from the right, the first all the rest */
static bool draw_integer(const struct section *s, const char *digits, struct back *out)
{
    size_t left = strcmp(digits, "0") == 0 ? 0 : strlen(digits);
    int placeholders = s->n_int, written = 0;
    for (size_t i = s->point; i-- > 0;) {
        if (!s->token[i].digit) {
            if (!back_put(out, s->token[i].literal, s->token[i].len))
                return false;
            continue;
        }
        bool first = --placeholders == 0;
        char spare = s->token[i].digit == '0' ? '0' : s->token[i].digit == '?' ? ' ' : '\0';
        char c = left > 0 ? digits[--left] : spare;
        while (c) {
            if (s->thousands && written > 0 && written % 3 == 0 && !back_put(out, ",", 1))
                return false;
            if (!back_put(out, &c, 1))
                return false;
            written++;
            c = first && left > 0 ? digits[--left] : '\0';
        }
    }
    return true;
}

static void draw_fraction(const struct section *s, const char *digits, struct buf *out)
{
    if (s->has_point)
        buf_char(out, '.');
    for (size_t i = s->point; i < s->n; i++) {
        if (!s->token[i].digit) {
            buf_add(out, s->token[i].literal, s->token[i].len);
            continue;
        }
        bool rest_zero = digits[strspn(digits, "0")] == '\0';
        if (s->token[i].digit == '0' || !rest_zero)
            buf_char(out, *digits ? *digits : '0');
        digits += *digits != '\0';
    }
}

/* Rounds as people do, on the decimal form with the 15 digits a spreadsheet keeps (2.675 is 2.68),
 * and writes "integer\0fraction"; the fraction has `places` digits. */
static bool round_digits(double v, int places, char out[64], const char **fraction)
{
    char text[40];
    double scaled = v * pow(10, places);
    if (!(v < 1e21))
        return false;
    if (scaled < 1e15) {
        snprintf(text, sizeof text, "%.15g", scaled);
        snprintf(text, sizeof text, "%0*.0f", places + 1, round(strtod(text, NULL)));
        int whole = (int)strlen(text) - places;
        snprintf(out, 64, "%.*s.%s", whole, text, text + whole);
    } else {
        snprintf(out, 64, "%.*f.", places, v);
    }
    char *point = strchr(out, '.');
    *point = '\0';
    *fraction = point + 1;
    return true;
}

static bool section_draw(const struct section *s, double v, bool sign, char out[NUMBER_TEXT])
{
    char digits[64], room[NUMBER_TEXT];
    const char *fraction;
    if (!round_digits(v * pow(10, s->scale), s->n_frac, digits, &fraction))
        return false;
    struct back back = {room, room + sizeof room};
    if (!draw_integer(s, digits, &back) || (sign && !back_put(&back, "-", 1)))
        return false;
    struct buf text = {.limit = NUMBER_TEXT - 1};
    buf_add(&text, back.at, (size_t)(room + sizeof room - back.at));
    draw_fraction(s, fraction, &text);
    bool ok = !text.full;
    if (ok)
        snprintf(out, NUMBER_TEXT, "%s", buf_text(&text));
    buf_free(&text);
    return ok;
}

static bool show_pattern(const char *code, double v, char out[NUMBER_TEXT])
{
    const char *negative = section_start(code, 1), *zero = section_start(code, 2);
    struct section s;
    if (v == 0 && zero)
        return section_parse(zero, &s) && section_draw(&s, 0, false, out);
    if (v < 0 && negative)
        return section_parse(negative, &s) && section_draw(&s, -v, false, out);
    return section_parse(code, &s) && section_draw(&s, fabs(v), v < 0, out);
}

bool sheet_serial_date(double serial, bool is_1904, struct date *out, int32_t *second)
{
    if (!(serial >= 0 && serial < 2958466.0))
        return false;
    int64_t seconds = (int64_t)floor(serial * 86400.0 + 0.5);
    int32_t day = (int32_t)(seconds / 86400);
    if (is_1904) {
        *out = date_of(1904, 1, 1);
        if (day > 2957003) /* 9999-12-31 */
            return false;
    } else {
        if (day < 1 || day > 2958465)
            return false;
        *out = day < 60 ? date_of(1899, 12, 31) : date_of(1899, 12, 30);
    }
    out->day += day;
    if (second)
        *second = (int32_t)(seconds % 86400);
    return true;
}

static void time_text(char *out, size_t room, int32_t second)
{
    if (second % 60 == 0)
        snprintf(out, room, "%02d:%02d", second / 3600, second / 60 % 60);
    else
        snprintf(out, room, "%02d:%02d:%02d", second / 3600, second / 60 % 60, second % 60);
}

static bool show_elapsed(double v, struct sheet_cell *cell, char out[NUMBER_TEXT])
{
    if (!(v >= 0 && v < 20000))
        return false;
    cell->type = SHEET_DATE;
    cell->has_time = true;
    cell->second = (int32_t)floor(v * 86400.0 + 0.5);
    snprintf(out, NUMBER_TEXT, "%d:%02d:%02d", cell->second / 3600, cell->second / 60 % 60,
             cell->second % 60);
    return true;
}

static bool show_moment(const struct number_format *f, double v, struct sheet_cell *cell,
                        char out[NUMBER_TEXT])
{
    struct date d = {0};
    int32_t second = 0;
    bool has_day = sheet_serial_date(v, cell->is_1904, &d, &second);
    if (!has_day || (v < 1 && !f->day)) {
        if (!(v >= 0 && v < 1))
            return false;
        has_day = false;
        second = (int32_t)floor(v * 86400.0 + 0.5) % 86400;
    }
    cell->type = SHEET_DATE;
    cell->has_day = has_day;
    cell->has_time = f->time || !has_day;
    cell->date = d;
    cell->second = second;
    char day[DATE_TEXT] = "", time[16] = "";
    if (has_day)
        date_text(d, day);
    if (cell->has_time)
        time_text(time, sizeof time, second);
    snprintf(out, NUMBER_TEXT, "%s%s%s", day, *day && *time ? " " : "", time);
    return true;
}

void number_show(const struct number_format *f, double v, bool is_1904, struct sheet_cell *cell,
                 char out[NUMBER_TEXT])
{
    cell->type = SHEET_NUMBER;
    cell->number = v;
    cell->is_1904 = is_1904;
    bool done = (f->kind == NUMBER_DATE && show_moment(f, v, cell, out)) ||
                (f->kind == NUMBER_ELAPSED && show_elapsed(v, cell, out)) ||
                (f->kind == NUMBER_PATTERN && show_pattern(f->code, v, out));
    if (!done)
        show_general(v, out);
}
