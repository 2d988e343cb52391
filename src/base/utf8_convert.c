/* SPDX-License-Identifier: Apache-2.0 */
/* Foreign encodings. GB18030 is glibc's iconv plus the 24 code points that its table lacks. */
#include <errno.h>
#include <iconv.h>
#include <string.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "base/utf8_int.h"

/* GB18030-2022 moved 18 private-use code points to four-byte codes and keeps 6 on two bytes; glibc
 * knows only the characters that took or share their places. The six therefore read back as the
 * real character (FE51 as U+20087), which is what old programs mean by them. */
struct pua {
    uint16_t cp;
    uint8_t n;
    unsigned char code[4];
};

/* clang-format off */
static const struct pua pua[] = {
    {0xE78D, 4, {0x84, 0x31, 0x82, 0x36}}, {0xE78E, 4, {0x84, 0x31, 0x82, 0x38}},
    {0xE78F, 4, {0x84, 0x31, 0x82, 0x37}}, {0xE790, 4, {0x84, 0x31, 0x82, 0x39}},
    {0xE791, 4, {0x84, 0x31, 0x83, 0x30}}, {0xE792, 4, {0x84, 0x31, 0x83, 0x31}},
    {0xE793, 4, {0x84, 0x31, 0x83, 0x32}}, {0xE794, 4, {0x84, 0x31, 0x83, 0x33}},
    {0xE795, 4, {0x84, 0x31, 0x83, 0x34}}, {0xE796, 4, {0x84, 0x31, 0x83, 0x35}},
    {0xE816, 2, {0xFE, 0x51}},             {0xE817, 2, {0xFE, 0x52}},
    {0xE818, 2, {0xFE, 0x53}},             {0xE81E, 4, {0x82, 0x35, 0x90, 0x37}},
    {0xE826, 4, {0x82, 0x35, 0x90, 0x38}}, {0xE82B, 4, {0x82, 0x35, 0x90, 0x39}},
    {0xE82C, 4, {0x82, 0x35, 0x91, 0x30}}, {0xE831, 2, {0xFE, 0x6C}},
    {0xE832, 4, {0x82, 0x35, 0x91, 0x31}}, {0xE83B, 2, {0xFE, 0x76}},
    {0xE843, 4, {0x82, 0x35, 0x91, 0x32}}, {0xE854, 4, {0x82, 0x35, 0x91, 0x33}},
    {0xE855, 2, {0xFE, 0x91}},             {0xE864, 4, {0x82, 0x35, 0x91, 0x34}},
};
/* clang-format on */

static const size_t n_pua = sizeof pua / sizeof pua[0];

struct cursor { /* what iconv() moves */
    char *in, *out;
    size_t in_left, out_left;
};

static bool take(struct cursor *c, size_t in, const void *out, size_t n)
{
    if (c->out_left < n)
        return false;
    memcpy(c->out, out, n);
    c->out += n;
    c->out_left -= n;
    c->in += in;
    c->in_left -= in;
    return true;
}

static bool pua_decode(struct cursor *c)
{
    for (size_t i = 0; i < n_pua && c->in_left >= 4; i++)
        if (pua[i].n == 4 && memcmp(c->in, pua[i].code, 4) == 0) {
            char text[4] = {0};
            size_t n = utf8_put(pua[i].cp, text);
            return take(c, 4, text, n);
        }
    return false;
}

static bool pua_encode(struct cursor *c)
{
    uint32_t cp;
    size_t len;
    if (c->in_left == 0 || !utf8_step(c->in, c->in_left, &cp, &len))
        return false;
    for (size_t i = 0; i < n_pua; i++)
        if (pua[i].cp == cp)
            return take(c, len, pua[i].code, pua[i].n);
    return false;
}

/* RC_INVALID without a text when the bytes are not of the encoding. */
static enum rc convert(const char *to, const char *from, struct cursor *c,
                       bool (*rescue)(struct cursor *), struct err *e)
{
    iconv_t cd = iconv_open(to, from);
    if (cd == (iconv_t)-1)
        return fail(e, RC_INTERNAL, NULL, "系统缺少 GB18030 编码支持",
                    "this system has no GB18030 conversion", NULL);
    enum rc rc = RC_OK;
    while (c->in_left > 0) {
        if (iconv(cd, &c->in, &c->in_left, &c->out, &c->out_left) != (size_t)-1)
            continue;
        if (errno != EILSEQ || !rescue(c)) {
            rc = RC_INVALID;
            break;
        }
        iconv(cd, NULL, NULL, NULL, NULL);
    }
    iconv_close(cd);
    return rc;
}

static enum rc from_gb18030(struct arena *a, const char *data, size_t n, char **out,
                            size_t *out_len, struct err *e)
{
    size_t room = n + n / 2 + 4; /* two bytes become at most three */
    char *text = arena_alloc(a, room);
    char *in = (char *)(uintptr_t)data; /* iconv() does not write to its input */
    struct cursor c = {in, text, n, room - 1};
    enum rc rc = convert("UTF-8", "GB18030", &c, pua_decode, e);
    if (rc != RC_OK)
        return rc;
    *out_len = (size_t)(c.out - text);
    text[*out_len] = '\0';
    *out = text;
    return RC_OK;
}

static uint32_t unit16(const char *p, bool big)
{
    uint32_t a = (unsigned char)p[0], b = (unsigned char)p[1];
    return big ? a << 8 | b : b << 8 | a;
}

/* False for a lone surrogate, an odd number of bytes, or (mark = false) a NUL character: without
 * a byte-order mark that is no text but binary data. */
static bool from_utf16(struct arena *a, const char *data, size_t n, bool big, bool mark, char **out,
                       size_t *out_len)
{
    if (n % 2 != 0)
        return false;
    char *text = arena_alloc(a, n + n / 2 + 1), *p = text;
    for (size_t i = 0; i < n; i += 2) {
        uint32_t cp = unit16(data + i, big);
        if (cp >= 0xD800 && cp <= 0xDBFF && i + 4 <= n) {
            uint32_t low = unit16(data + i + 2, big);
            if (low < 0xDC00 || low > 0xDFFF)
                return false;
            cp = 0x10000 + ((cp - 0xD800) << 10) + (low - 0xDC00);
            i += 2;
        }
        if ((cp >= 0xD800 && cp <= 0xDFFF) || (cp == 0 && !mark))
            return false;
        p += utf8_put(cp, p);
    }
    *out_len = (size_t)(p - text);
    *p = '\0';
    *out = text;
    return true;
}

/* ASCII in UTF-16 puts a NUL at every second byte; a Han character with a NUL byte (U+4E00) is
 * rarer than the commas, digits and line ends around it, so the majority tells the order. */
static int nul_parity(const char *data, size_t n)
{
    size_t even = 0, odd = 0;
    for (size_t i = 0; i < n; i++)
        if (data[i] == '\0')
            *(i % 2 == 0 ? &even : &odd) += 1;
    return even == odd ? 0 : even > odd ? 1 : -1;
}

static enum rc not_text(struct err *e)
{
    return fail(e, RC_INVALID, NULL,
                "无法识别文件的文字编码（支持 "
                "UTF-8、UTF-16、GB18030）：内容可能已损坏，或混用了几种编码。请用 Excel 或 WPS "
                "打开核对，另存为 .xlsx 再试",
                "the text encoding is not recognised (UTF-8, UTF-16 and GB18030 are): damaged or "
                "of several encodings; open it, look, and save it as .xlsx",
                NULL);
}

static enum rc from_marked_or_utf8(struct arena *a, const char *data, size_t n, size_t mark,
                                   char **out, size_t *out_len, const char **which)
{
    if (!utf8_valid(data + mark, n - mark))
        return RC_INVALID;
    *which = "utf-8";
    *out_len = n - mark;
    *out = arena_alloc(a, n - mark + 1);
    if (n > mark)
        memcpy(*out, data + mark, n - mark);
    return RC_OK;
}

enum rc utf8_from_any(struct arena *a, const char *data, size_t n, char **out, size_t *out_len,
                      const char **which, struct err *e)
{
    if (n > BUF_LIMIT)
        return fail(e, RC_TOO_BIG, NULL, "文件太大，文字最多 64 MB", "text is limited to 64 MiB",
                    NULL);
    bool le = n >= 2 && memcmp(data, "\xFF\xFE", 2) == 0;
    bool be = n >= 2 && memcmp(data, "\xFE\xFF", 2) == 0;
    bool u8 = n >= 3 && memcmp(data, "\xEF\xBB\xBF", 3) == 0;
    if (le || be) {
        *which = be ? "utf-16be" : "utf-16le";
        return from_utf16(a, data + 2, n - 2, be, true, out, out_len) ? RC_OK : not_text(e);
    }
    bool nul = n > 0 && memchr(data, '\0', n) != NULL;
    if ((u8 || !nul) && from_marked_or_utf8(a, data, n, u8 ? 3 : 0, out, out_len, which) == RC_OK)
        return RC_OK;
    if (nul) {
        int parity = nul_parity(data, n);
        *which = parity > 0 ? "utf-16be" : "utf-16le";
        if (parity == 0 || !from_utf16(a, data, n, parity > 0, false, out, out_len))
            return not_text(e);
        return RC_OK;
    }
    *which = "gb18030";
    enum rc rc = from_gb18030(a, data, n, out, out_len, e);
    return rc == RC_INVALID ? not_text(e) : rc;
}

enum rc utf8_to_gb18030(struct arena *a, const char *s, char **out, size_t *out_len, struct err *e)
{
    size_t n = strlen(s);
    if (n > BUF_LIMIT)
        return fail(e, RC_TOO_BIG, NULL, "文字太长，最多 64 MB", "text is limited to 64 MiB", NULL);
    size_t room = 2 * n + 4; /* two bytes (U+0080..07FF) become at most four */
    char *text = arena_alloc(a, room);
    struct cursor c = {(char *)(uintptr_t)s, text, n, room - 1};
    enum rc rc = utf8_valid(s, n) ? convert("GB18030", "UTF-8", &c, pua_encode, e) : RC_INVALID;
    if (rc == RC_INVALID)
        return fail(e, rc, NULL, "文字不是有效的 UTF-8", "the text is not valid UTF-8", NULL);
    if (rc != RC_OK)
        return rc;
    *out_len = (size_t)(c.out - text);
    text[*out_len] = '\0';
    *out = text;
    return RC_OK;
}
