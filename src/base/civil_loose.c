/* SPDX-License-Identifier: Apache-2.0 */
/* Dates as people type them into spreadsheets and forms. The text is first brought to ASCII, the
 * Chinese unit words to control characters (which cannot come from the input), then read once. */
#include <string.h>

#include "base/civil.h"
#include "base/civil_int.h"
#include "base/utf8.h"

enum { YEAR = 1, MONTH, DAY, HOUR, MINUTE, SECOND, HALF_DAY };
enum { MAX_INPUT = 120, MAX_ASCII = 64 };

/* clang-format off */
static const struct {
    const char *word;
    char token;
} words[] = {
    {"年", YEAR},       {"月", MONTH},      {"日", DAY},        {"号", DAY},
    {"號", DAY},        {"时", HOUR},       {"時", HOUR},       {"点", HOUR},
    {"點", HOUR},       {"分", MINUTE},     {"秒", SECOND},     {"上午", HALF_DAY},
    {"下午", HALF_DAY}, {"早上", HALF_DAY}, {"晚上", HALF_DAY}, {"中午", HALF_DAY},
    {"凌晨", HALF_DAY},
};
/* clang-format on */

static char word_at(const char **s)
{
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        size_t n = strlen(words[i].word);
        if (strncmp(*s, words[i].word, n) == 0) {
            *s += n;
            return words[i].token;
        }
    }
    return 0;
}

static char ascii_of(uint32_t cp)
{
    if (cp == ' ' || (cp >= '\t' && cp <= '\r') || cp == 0xA0 || cp == 0x200B || cp == 0x3000 ||
        cp == 0xFEFF)
        return ' ';
    if (cp >= 0xFF01 && cp <= 0xFF5E)
        return (char)(cp - 0xFEE0);
    if (cp == 0x2010 || cp == 0x2011 || cp == 0x2013 || cp == 0x2212)
        return '-'; /* hyphens, en dash and minus, as office programs "correct" them */
    return cp > ' ' && cp < 0x7F ? (char)cp : 0;
}

/* 0 to 9, 10 for 十; -1: another character. "O" for 〇 is common behind a Chinese digit. */
static int chinese_digit(uint32_t cp, bool behind)
{
    static const uint32_t digits[] = {0x3007, 0x4E00, 0x4E8C, 0x4E09, 0x56DB, 0x4E94,
                                      0x516D, 0x4E03, 0x516B, 0x4E5D, 0x5341};
    for (int i = 0; i <= 10; i++)
        if (digits[i] == cp)
            return i;
    bool zero = cp == 0x96F6 || cp == 0x25CB || cp == 0x25EF; /* 零 ○ ◯ */
    return zero || (behind && (cp == 'O' || cp == 'o' || cp == '0' || cp == 0xFF2F || cp == 0x039F))
               ? 0
               : -1;
}

/* 二〇一九 → 2019, 十二 → 12, 三十 → 30; moves *s behind them. Digits written, 0: there are none.
 */
static size_t chinese_number(const char **s, char out[8])
{
    size_t n = 0;
    int tens = -1;
    for (const char *next = *s; n < 6; *s = next) {
        int d = *next ? chinese_digit(utf8_next(&next), n > 0 || tens >= 0) : -1;
        if (d < 0 || (d == 10 && (tens >= 0 || n > 1)))
            break;
        if (d == 10)
            tens = n ? out[--n] - '0' : 1;
        else
            out[n++] = (char)('0' + d);
    }
    if (tens < 0)
        return n;
    out[1] = n ? out[0] : '0';
    out[0] = (char)('0' + tens);
    return 2;
}

/* Blanks beside a separator or word mean nothing; between digits they part date and time. */
static bool to_ascii(const char *s, char out[MAX_ASCII])
{
    size_t n = 0;
    bool blank = false;
    while (*s) {
        char c = word_at(&s), number[8];
        size_t digits = c ? 0 : chinese_number(&s, number);
        if (n + digits + 2 >= MAX_ASCII)
            return false;
        memcpy(out + n, number, digits);
        n += digits;
        if (digits) {
            blank = false;
            continue;
        }
        if (!c)
            c = ascii_of(utf8_next(&s));
        if (!c)
            return false;
        if (c == ' ') {
            blank = n > 0;
            continue;
        }
        bool parts = c >= '0' && c <= '9' && n > 0 && out[n - 1] >= '0' && out[n - 1] <= '9';
        if (blank && parts)
            out[n++] = ' ';
        blank = false;
        out[n++] = c;
    }
    out[n] = '\0';
    return n > 0;
}

static bool take(const char **s, char c)
{
    if (**s != c)
        return false;
    (*s)++;
    return true;
}

static bool take_day(const char **s, struct date *out)
{
    int y, m, d;
    if (!civil_digits(s, 4, 4, &y))
        return false;
    char separator = **s;
    if (separator >= '0' && separator <= '9') {
        if (!civil_digits(s, 2, 2, &m) || !civil_digits(s, 2, 2, &d))
            return false;
    } else if (take(s, YEAR)) {
        if (!civil_digits(s, 1, 2, &m) || !take(s, MONTH) || !civil_digits(s, 1, 2, &d))
            return false;
        take(s, DAY);
    } else {
        if (separator != '-' && separator != '/' && separator != '.')
            return false;
        (*s)++;
        if (!civil_digits(s, 1, 2, &m) || !take(s, separator) || !civil_digits(s, 1, 2, &d))
            return false;
    }
    if (!date_valid(y, m, d))
        return false;
    *out = date_of(y, m, d);
    return true;
}

static bool take_seconds(const char **s)
{
    int sec;
    if (!civil_digits(s, 1, 2, &sec) || sec > 59)
        return false;
    if (take(s, '.') && !civil_digits(s, 1, 9, &sec))
        return false;
    take(s, SECOND);
    return true;
}

/* The time is dropped but must be one, else "2026-05-08 or later" would read as a date. */
static bool is_time(const char *s)
{
    int h, m;
    int64_t zone;
    take(&s, HALF_DAY);
    if (!civil_digits(&s, 1, 2, &h) || h > 23)
        return false;
    if (take(&s, HOUR)) {
        if (*s == '\0')
            return true;
        if (!civil_digits(&s, 1, 2, &m) || m > 59)
            return false;
        if (take(&s, MINUTE) && *s >= '0' && *s <= '9' && !take_seconds(&s))
            return false;
    } else {
        if (!take(&s, ':') || !civil_digits(&s, 1, 2, &m) || m > 59)
            return false;
        if (take(&s, ':') && !take_seconds(&s))
            return false;
    }
    return civil_zone(&s, &zone) && *s == '\0';
}

bool date_parse_loose(const char *s, struct date *out)
{
    char ascii[MAX_ASCII];
    struct date d;
    if (!s || strnlen(s, MAX_INPUT + 1) > MAX_INPUT || !to_ascii(s, ascii))
        return false;
    const char *p = ascii;
    if (!take_day(&p, &d))
        return false;
    if (*p != '\0') {
        bool parted = p[-1] == DAY || *p == HALF_DAY || take(&p, ' ') || take(&p, 'T');
        if (!parted || !is_time(p))
            return false;
    }
    *out = d;
    return true;
}

bool month_parse_loose(const char *s, struct date *out)
{
    char ascii[MAX_ASCII];
    int y, m;
    if (!s || strnlen(s, MAX_INPUT + 1) > MAX_INPUT || !to_ascii(s, ascii))
        return false;
    const char *p = ascii;
    if (!civil_digits(&p, 4, 4, &y))
        return false;
    bool joined = *p >= '0' && *p <= '9', worded = take(&p, YEAR);
    if (joined && y % 100 >= 1 && y % 100 <= 12)
        return false;
    if (!joined && !worded && !take(&p, '-') && !take(&p, '/') && !take(&p, '.'))
        return false;
    if (!civil_digits(&p, joined ? 2 : 1, 2, &m) || (worded && !take(&p, MONTH)) || *p ||
        y < 1980 || !date_valid(y, m, 1))
        return false;
    *out = date_of(y, m, 1);
    return true;
}
