/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/clean.h"

#include <arpa/inet.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/utf8.h"

enum { SHORT_TEXT = 200 }; /* no number, date or address is longer */

static const char *cell_text(const struct sheet_cell *c)
{
    return c->type == SHEET_EMPTY || !c->text ? "" : c->text;
}

char *clean_text(struct arena *a, const struct sheet_cell *c, bool keep_lines)
{
    const char *s = cell_text(c);
    if (!keep_lines || !strchr(s, '\n'))
        return utf8_tidy(a, s);
    struct buf out = {.limit = strlen(s) + 1};
    while (s) {
        const char *end = strchr(s, '\n');
        char *line = utf8_tidy(a, arena_strndup(a, s, end ? (size_t)(end - s) : strlen(s)));
        if (out.len > 0 || *line)
            buf_text_add(&out, line);
        s = end ? end + 1 : NULL;
        if (s && out.len > 0)
            buf_char(&out, '\n');
    }
    while (out.len > 0 && out.data[out.len - 1] == '\n')
        out.data[--out.len] = '\0';
    char *text = arena_strdup(a, buf_text(&out));
    buf_free(&out);
    return text;
}

/* Full width to ASCII, no blanks at all; false when it does not fit. */
static bool compact(const char *s, char out[SHORT_TEXT])
{
    size_t n = 0;
    while (*s) {
        uint32_t cp = utf8_next(&s);
        if (cp >= 0xFF01 && cp <= 0xFF5E)
            cp -= 0xFEE0;
        if (cp == ' ' || cp == '\t' || cp == '\n' || cp == '\r' || cp == 0x3000 || cp == 0xA0 ||
            (cp >= 0x2000 && cp <= 0x200D) || cp == 0x202F || cp == 0x2060 || cp == 0xFEFF)
            continue;
        char bytes[4];
        size_t len = utf8_put(cp, bytes);
        if (n + len >= SHORT_TEXT)
            return false;
        memcpy(out + n, bytes, len);
        n += len;
    }
    out[n] = '\0';
    return n > 0;
}

/* Digits with an optional point; commas only in whole groups of three. */
static bool drop_commas(char *s)
{
    char *comma = strchr(s, ',');
    if (!comma)
        return true;
    char *point = strchr(s, '.');
    size_t whole = point ? (size_t)(point - s) : strlen(s);
    size_t lead = (size_t)(comma - s);
    if (lead < 1 || lead > 3 || (whole - lead) % 4 != 0 || (point && strchr(point, ',')))
        return false;
    for (size_t i = lead; i < whole; i++)
        if ((s[i] == ',') != ((i - lead) % 4 == 0))
            return false;
    char *to = s;
    for (const char *p = s; *p; p++)
        if (*p != ',')
            *to++ = *p;
    *to = '\0';
    return true;
}

static bool is_plain_decimal(const char *s)
{
    size_t whole = strspn(s, "0123456789");
    const char *rest = s + whole;
    size_t part = *rest == '.' ? strspn(rest + 1, "0123456789") : 0;
    rest += *rest == '.' ? part + 1 : 0;
    return whole + part > 0 && *rest == '\0';
}

struct decimal {
    char digits[SHORT_TEXT]; /* unsigned, at most one point */
    bool negative;
    int shift; /* powers of ten to multiply with: -2 for a percentage */
};

static bool strip_suffix(char *s, const char *suffix)
{
    size_t n = strlen(s), m = strlen(suffix);
    if (n <= m || strcmp(s + n - m, suffix) != 0)
        return false;
    s[n - m] = '\0';
    return true;
}

static bool decimal_of_text(const char *text, struct decimal *d)
{
    char room[SHORT_TEXT];
    if (!compact(text, room))
        return false;
    char *s = room;
    d->negative = *s == '-' || strncmp(s, "\xE2\x88\x92", 3) == 0; /* U+2212 */
    s += *s == '-' || *s == '+' ? 1 : d->negative ? 3 : 0;
    if (strncmp(s, "\xC2\xA5", 2) == 0)
        s += 2; /* U+00A5; U+FFE5 below */
    else if (strncmp(s, "\xEF\xBF\xA5", 3) == 0)
        s += 3;
    d->shift = 0;
    if (strip_suffix(s, "%"))
        d->shift = -2;
    else
        strip_suffix(s, "元");
    if (!drop_commas(s) || !is_plain_decimal(s))
        return false;
    memcpy(d->digits, s, strlen(s) + 1);
    return true;
}

static bool is_numeric(const struct sheet_cell *c)
{
    return c->type == SHEET_NUMBER;
}

bool clean_number(const struct sheet_cell *c, double *out)
{
    if (is_numeric(c)) {
        *out = c->number;
        return isfinite(c->number);
    }
    struct decimal d;
    if (c->type != SHEET_TEXT || !decimal_of_text(c->text, &d))
        return false;
    char number[SHORT_TEXT + 8];
    snprintf(number, sizeof number, "%se%d", d.digits, d.shift);
    double v = strtod(number, NULL);
    *out = d.negative ? -v : v;
    return isfinite(v);
}

static bool scale_digits(const struct decimal *d, int digits, int64_t *out)
{
    int64_t v = 0;
    int left = digits + d->shift;
    bool behind = false;
    for (const char *p = d->digits; *p; p++) {
        if (*p == '.') {
            behind = true;
            continue;
        }
        if (behind && left-- <= 0) {
            if (*p != '0')
                return false;
            continue;
        }
        if (__builtin_mul_overflow(v, INT64_C(10), &v) ||
            __builtin_add_overflow(v, (int64_t)(*p - '0'), &v))
            return false;
    }
    for (; left > 0; left--)
        if (__builtin_mul_overflow(v, INT64_C(10), &v))
            return false;
    *out = d->negative ? -v : v;
    return true;
}

bool clean_scaled(const struct sheet_cell *c, int digits, int64_t *out)
{
    struct decimal d = {.shift = 0};
    if (digits < 0 || digits > 9)
        return false;
    if (is_numeric(c)) {
        if (!(fabs(c->number) < 1e15))
            return false;
        /* 15 significant digits are what the spreadsheet itself keeps */
        double size = fabs(c->number);
        int whole = size < 10 ? 1 : (int)floor(log10(size)) + 1;
        int places = 15 - whole < 0 ? 0 : 15 - whole;
        snprintf(d.digits, sizeof d.digits, "%.*f", places, fabs(c->number));
        d.negative = c->number < 0;
        return scale_digits(&d, digits, out);
    }
    if (c->type != SHEET_TEXT || !decimal_of_text(c->text, &d))
        return false;
    if (digits + d.shift < 0)
        return false;
    return scale_digits(&d, digits, out);
}

static bool plausible_serial(double v, bool is_1904, struct date *out)
{
    if (!sheet_serial_date(v, is_1904, out, NULL))
        return false;
    return out->day >= date_of(1980, 1, 1).day && out->day <= date_of(2100, 12, 31).day;
}

bool clean_date(const struct sheet_cell *c, struct date *out)
{
    char s[SHORT_TEXT];
    if (c->type == SHEET_DATE) {
        *out = c->date;
        return c->has_day;
    }
    if (c->type == SHEET_NUMBER && plausible_serial(c->number, c->is_1904, out))
        return true;
    if (c->type != SHEET_TEXT && c->type != SHEET_NUMBER)
        return false;
    const char *text = cell_text(c);
    if (compact(text, s) && strlen(s) == 5 && strspn(s, "0123456789") == 5)
        return plausible_serial(strtod(s, NULL), false, out);
    return date_parse_loose(text, out);
}

/* The digit in lower case, or NUL. */
static char hex_digit(char c)
{
    if (c >= 'A' && c <= 'F')
        return (char)(c + 32);
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') ? c : '\0';
}

/* Twelve hexadecimal digits, with separators between whole pairs only. */
static bool mac_digits(const char *p, char hex[13])
{
    size_t n = 0;
    for (; *p; p++) {
        char digit = hex_digit(*p);
        bool between = n > 0 && n % 2 == 0 && hex_digit(p[1]);
        if (digit && n < 12)
            hex[n++] = digit;
        else if (!strchr("-:._", *p) || !between)
            return false;
    }
    hex[n] = '\0';
    return n == 12;
}

bool clean_mac(const char *s, char out[CLEAN_MAC])
{
    char room[SHORT_TEXT], hex[13];
    if (!s || !compact(s, room) || !mac_digits(room, hex))
        return false;
    for (size_t i = 0; i < 6; i++)
        snprintf(out + 3 * i, CLEAN_MAC - 3 * i, "%.2s%s", hex + 2 * i, i < 5 ? ":" : "");
    return true;
}

/* Leading zeros are columns lined up by hand, never octal, in a ledger. */
static bool ipv4(const char *s, char out[CLEAN_IP])
{
    unsigned octet[4];
    for (int i = 0; i < 4; i++) {
        size_t n = strspn(s, "0123456789");
        if (n < 1 || n > 3 || s[n] != (i < 3 ? '.' : '\0'))
            return false;
        octet[i] = (unsigned)strtoul(s, NULL, 10);
        if (octet[i] > 255)
            return false;
        s += n + 1;
    }
    snprintf(out, CLEAN_IP, "%u.%u.%u.%u", octet[0], octet[1], octet[2], octet[3]);
    return true;
}

bool clean_ip(const char *s, char out[CLEAN_IP])
{
    char room[SHORT_TEXT], plain[SHORT_TEXT];
    size_t n = 0;
    if (!s || !compact(s, room))
        return false;
    for (const char *p = room; *p;) {
        if (strncmp(p, "。", 3) == 0 || strncmp(p, "｡", 3) == 0) {
            plain[n++] = '.';
            p += 3;
        } else {
            plain[n++] = *p++;
        }
    }
    plain[n] = '\0';
    struct in6_addr a;
    if (ipv4(plain, out))
        return true;
    return inet_pton(AF_INET6, plain, &a) == 1 && inet_ntop(AF_INET6, &a, out, CLEAN_IP) != NULL;
}
